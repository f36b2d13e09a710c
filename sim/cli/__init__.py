"""What does the user type? The command `sim`: parse, call one function, print.

Heavy modules are imported inside the commands, so that help and errors answer at once; the commands
themselves are imported inside :func:`main`, so that Ctrl-C is answered well from the start.
"""

from __future__ import annotations

import gc

from sim.interrupts import came, listen


def main() -> None:
    """Run the command line."""
    try:
        listen()
        gc.disable()  # nothing that is imported is garbage: to look for it takes a tenth of the start
        from typer import Exit  # noqa: PLC0415

        from sim.cli.commands import app  # noqa: PLC0415
        from sim.cli.common import in_words  # noqa: PLC0415

        gc.freeze()
        gc.enable()
        try:
            with in_words():  # of what the parser itself prints
                app()
        except Exit as end:
            raise SystemExit(end.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except SystemExit as end:
        raise SystemExit(130 if came() and end.code == 1 else end.code) from None
