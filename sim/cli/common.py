"""What do all commands share? Options, exit codes, and how problems are told."""

from __future__ import annotations

import errno
import os
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from functools import wraps
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec, TextIO
from warnings import catch_warnings

import typer

from sim.cli.numbers import MOST_SEED, whole
from sim.errors import OutputError, SimError, printable
from sim.interrupts import came
from sim.output import reason

if TYPE_CHECKING:
    from sim.report.result import Result

P = ParamSpec("P")
_INDENT = "  "
"""Before what goes on below itself."""


class Exit(IntEnum):
    """Exit codes of all commands; 1 is a fault of ours."""

    FINE = 0
    INPUT = 2
    MISSED = 99
    INTERRUPTED = 130


ScenarioPath = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO",
        help="A scenario file: TOML, or a workbook of sim new --excel.",
        show_default=False,
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        parser=whole(0, MOST_SEED), metavar="N", help="Seed of the run: the same seed gives the same result."
    ),
]
Replications = Annotated[
    int,
    typer.Option(
        "--replications",
        "-n",
        parser=whole(1),
        metavar="N",
        help="How often it is simulated, each time with other customers.",
    ),
]
UsualReplications = Annotated[
    int | None,
    typer.Option(
        "--replications",
        "-n",
        parser=whole(1),
        metavar="N",
        help="Independent repetitions of the scenario; if omitted, as many as make 200 days, at least 20.",
        show_default=False,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        parser=whole(1, 1_024),
        metavar="N",
        help="Threads; as many as processors if omitted.",
        show_default=False,
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="tcp://HOST:8786",
        help="Simulate on the workers of the Dask scheduler there, instead of in threads here.",
        show_default=False,
    ),
]
Resume = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Keep finished tasks in this file, and don't run those again that it has: "
        "after Ctrl-C or a crash, the same command goes on where it stopped.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Also write everything into this directory.", show_default=False),
]
Xlsx = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Also write the answer as an Excel workbook: a sheet a table, with formulas and charts.",
        show_default=False,
    ),
]
Svg = Annotated[
    bool,
    typer.Option("--svg", help="With --out: pictures as SVG too, for whoever enlarges or edits them."),
]
Wide = Annotated[
    bool, typer.Option("--wide", help="Show tables with all their columns, however wide that is.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]


def handles_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Tell problems of the input in words, on stderr, with their exit code and no traceback."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        with in_words():
            command(*args, **kwargs)

    return wrapper


@contextmanager
def in_words() -> Iterator[None]:
    """Say what went wrong in a sentence, and end with its exit code; a fault of ours keeps its traceback.

    Warnings are said too, without the lines of code that they come from.
    """
    with catch_warnings():
        warnings.showwarning = _warned  # type: ignore[assignment]
        try:
            yield
        except typer.Exit:
            raise
        except SimError as error:
            _leave(str(error), Exit.INPUT)
        except KeyboardInterrupt:
            _leave("interrupted", Exit.INTERRUPTED)
        except MemoryError:
            _leave("it takes more memory than there is: ask for less at a time", Exit.INPUT)
        except OSError as error:
            stream = "" if error.filename else _stuck(error)
            place = (
                f"{stream}: can't be written to"
                if stream
                else f"{error.filename or 'a device'}: can't be used"
            )
            _leave(f"{place}: {reason(error)}", Exit.INPUT)
        except Exception:
            if not came():
                raise
            _leave("interrupted", Exit.INTERRUPTED)


def _leave(why: str, code: Exit) -> NoReturn:
    stderr(why)
    raise typer.Exit(code) from None


def _warned(message: Warning | str, *where: Any) -> None:
    """Say a warning as a sentence."""
    stderr(f"warning: {message}")


def stdout(text: str) -> None:
    """Print *text* on stdout. A reader who has left early is no problem; a full disk is one.

    Raises
    ------
    OutputError
        If stdout can't be written to.
    """
    if sys.stdout is None:
        raise OutputError("standard output: is closed")
    try:
        _write(sys.stdout, text)
    except BrokenPipeError:
        pass
    except OSError as error:
        raise OutputError(f"standard output: can't be written to: {error.strerror}") from None


def give(
    result: Result,
    *,
    json: bool,
    wide: bool = False,
    out: Path | None = None,
    xlsx: Path | None = None,
    svg: bool = False,
    force: bool = False,
    more: Callable[[Path], None] | None = None,
    few: str = "",
) -> None:
    """Print a result, as its document or as text, and write it to a directory or a workbook that is named.

    *more* writes what else belongs there, and *few* says what of it does not.
    """
    if out is not None:
        from sim.report.folder import save  # noqa: PLC0415

        save(result, out, svg=svg, force=force, more=more)
        stderr(f"written to {out}{few}")
    if xlsx is not None:
        from sim.report.workbook.write import save as save_workbook  # noqa: PLC0415

        save_workbook(result, xlsx, force=force)
        stderr(f"written to {xlsx}")
    if json:
        from sim.report.data import document, to_json  # noqa: PLC0415

        stdout(to_json(document(result)))
    else:
        from sim.report.text import text  # noqa: PLC0415

        stdout(text(result, wide=wide))


def refuse_outputs(out: Path | None, xlsx: Path | None, *, force: bool) -> None:
    """Refuse a directory, or a workbook, that can't be written, before anything is simulated for it."""
    if out is not None:
        from sim.report.folder import refuse_existing  # noqa: PLC0415

        refuse_existing(out, force=force)
    if xlsx is not None:
        from sim.report.workbook.write import refuse_workbook  # noqa: PLC0415

        refuse_workbook(xlsx, force=force)


def stderr(text: str) -> None:
    """Print *text* on stderr, if anybody listens there; control characters in it do nothing.

    On a terminal no line is wider than that, and none ends within a word.
    """
    with suppress(OSError):
        if sys.stderr is not None:
            lines = [printable(line) for line in text.split("\n")]
            if sys.stderr.isatty():
                lines = [_filled(line, os.get_terminal_size(sys.stderr.fileno()).columns) for line in lines]
            _write(sys.stderr, "\n".join(lines))


def _filled(line: str, width: int) -> str:
    """A line as several, none of which is wider than a terminal; a name that is goes on below itself."""
    if len(line) <= width or width <= len(_INDENT):
        return line
    return textwrap.fill(line, width, subsequent_indent=_INDENT, break_on_hyphens=False)


def _write(stream: TextIO, text: str) -> None:
    """Write a line; after a failure the rest goes nowhere, and Python's exit is quiet."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")  # a terminal without our letters still shows the figures
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except OSError:
        _silence(stream)
        raise


def _silence(stream: TextIO) -> None:
    """Let all that is still to be written to a stream go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _stuck(error: OSError) -> str:
    """Name the stream that can't be written to, if there is one; nothing more is written there.

    Without a buffer nothing is left in it that would show; then it is where a full disk is mostly met.
    """
    for name, stream in (("standard output", sys.stdout), ("standard error", sys.stderr)):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            _silence(stream)
            return name
    return "standard output" if error.errno == errno.ENOSPC else ""
