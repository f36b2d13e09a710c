"""What does the user type? The command `sim`: parse, call one function, print.

Heavy modules are imported inside the commands, so that help and errors answer at once; the commands
themselves are imported inside :func:`main`, so that Ctrl-C is answered well from the start.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress
from typing import Any, NoReturn

from sim.interrupts import came, listen, stop_listening


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
        _leave(130)
    except SystemExit as end:
        if not came():
            raise
        _leave(130 if end.code == 1 else end.code)


def _leave(code: Any) -> NoReturn:
    """End with this exit code after Ctrl-C, at once.

    A signal that comes while Python clears up, a second Ctrl-C or one that is raised again, would kill the
    process, whatever the exit code.
    """
    stop_listening()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)
