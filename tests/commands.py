"""The command line in this process: what `python -m sim` says, without the second or two that its imports take."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

from sim import cli, interrupts
from tests.conftest import ROOT

PROGRAM = [sys.executable, "-m", "sim"]
"""Where signals, pipes, devices or the start itself are looked at, the real one is run."""


def sim(*args: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, from the project's folder, with streams that are no terminals.

    Its own `main` reads the arguments and ends with an exit code. Signals stay pytest's business, warnings stay
    errors, and a fault of ours is raised.
    """
    words = [str(ROOT / "sim" / "__main__.py"), *map(str, args)]
    code: object = None
    with _as_a_program(words, more) as (out, err):
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
    assert code is None or isinstance(code, int)
    return subprocess.CompletedProcess(words, code or 0, _text(out), _text(err))


@contextmanager
def _as_a_program(words: list[str], more: dict[str, str]) -> Iterator[tuple[TextIOWrapper, TextIOWrapper]]:
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    threshold = gc.get_threshold()
    with (
        patch.object(gc, "freeze"),  # what is left does not go with this process
        patch.object(sys, "argv", words),
        patch.object(sys.modules["__main__"], "__package__", "sim"),  # by which the parser names the program
        patch.object(cli, "listen"),
        # Or Ctrl-C of an earlier test would end pytest.
        patch.object(interrupts, "_DOOR", interrupts._Door()),
        patch.dict(os.environ, {"COLUMNS": "120"} | more),
        chdir(ROOT),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            yield out, err
        finally:
            gc.set_threshold(*threshold)


def _text(stream: TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, BytesIO)
    return buffer.getvalue().decode()
