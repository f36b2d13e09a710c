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

MANY_OBJECTS = 100_000
"""Garbage is looked for after so many new objects: what is imported is none, and figures are arrays."""


def main() -> None:
    """Run the command line."""
    try:
        listen()
        gc.set_threshold(MANY_OBJECTS)
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for some takes a while
        from typer import Exit  # noqa: PLC0415

        from sim.cli.commands import app  # noqa: PLC0415
        from sim.cli.common import in_words  # noqa: PLC0415

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
    finally:
        gc.freeze()  # what is left goes with the process: nobody need look through it


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
