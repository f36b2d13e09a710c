"""What do all commands share? Options, exit codes, and how problems are told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from sim.errors import SimError

P = ParamSpec("P")


class Exit(IntEnum):
    """Exit codes of all commands; 1 is a fault of ours."""

    FINE = 0
    INPUT = 2
    MISSED = 99
    INTERRUPTED = 130


ScenarioPath = Annotated[Path, typer.Argument(help="A scenario file (TOML).", show_default=False)]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the run: the same seed gives the same result.")]
Replications = Annotated[
    int, typer.Option("--replications", "-n", min=1, help="Independent repetitions of the scenario.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Out = Annotated[
    Path | None, typer.Option(help="Also write everything into this directory.", show_default=False)
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]


def told(command: Callable[P, None]) -> Callable[P, None]:
    """Tell problems of the input in words, on stderr, with their exit code and no traceback."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except SimError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(Exit.INPUT) from None
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(Exit.INTERRUPTED) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(Exit.FINE) from None

    return wrapper


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on stderr once the work has taken a second, on a terminal only; gives the step to call."""
    from time import monotonic  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task(what, total=total)
    began, started = monotonic(), False

    def step() -> None:
        nonlocal started
        bar.advance(task)
        if not started and monotonic() - began > 1:
            started = True
            bar.start()

    try:
        yield step
    finally:
        if started:
            bar.stop()
