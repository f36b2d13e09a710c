"""What does the user type? The command `sim`: parse, call one function, print.

Heavy modules are imported inside the commands, so that help and errors answer at once; the commands
themselves are imported inside :func:`main`, so that Ctrl-C is answered well from the start.
"""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line."""
    try:
        gc.disable()  # nothing that is imported is garbage: to look for it takes a tenth of the start
        from sim.cli.commands import app  # noqa: PLC0415

        gc.freeze()
        gc.enable()
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
