"""How far is it? A bar on a terminal; without one, a line now and then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from sim.cli.common import stderr

if TYPE_CHECKING:
    from sim.runs.executor import Progress

BAR_AFTER_S = 1.0
"""Shorter work shows no bar."""
LINE_AFTER_S = 10.0
"""When work that no terminal shows says first how far it is; then after as long again ..."""
LONGEST_SILENCE_S = 60.0
"""... and at least so often."""


@contextmanager
def progress(what: str = "Tasks", total: int | None = None) -> Iterator[Progress]:
    """Show on stderr how far work has come, as soon as it takes long: as a bar, or as lines in a pipe.

    *what* is counted at first, and *total* is how many there will be, if that is known before they begin.
    """
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True)
    with _bar(console, what, total) if console.is_terminal else _lines(what, total) as show:
        yield show


@contextmanager
def _bar(console: object, what: str, total: int | None) -> Iterator[Progress]:
    from rich import progress as rich  # noqa: PLC0415

    text = rich.TextColumn("{task.description}")
    columns = (text, rich.BarColumn(), rich.MofNCompleteColumn(), rich.TimeRemainingColumn())
    bar = rich.Progress(*columns, console=console, transient=True)  # type: ignore[arg-type]
    task = bar.add_task(what, total=total)
    began, started = monotonic(), False

    def show(done: int, wanted: int | None, now: str | None = None, /) -> None:
        nonlocal started
        bar.update(task, completed=done, total=wanted, description=now)
        if not started and monotonic() - began > BAR_AFTER_S:
            started = True
            bar.start()

    try:
        yield show
    finally:
        if started:
            bar.stop()


@contextmanager
def _lines(what: str, total: int | None) -> Iterator[Progress]:
    """Lines come from a thread of their own: between two things that are done, minutes may pass."""
    began, over = monotonic(), Event()
    so_far = (what, 0, total)

    def show(done: int, wanted: int | None, now: str | None = None, /) -> None:
        nonlocal so_far
        so_far = now or so_far[0], done, wanted

    def print_result() -> None:
        pause = LINE_AFTER_S
        while not over.wait(pause):
            took_s = monotonic() - began
            stderr(progress_text(*so_far, took_s))
            pause = min(took_s, LONGEST_SILENCE_S)

    teller = Thread(target=print_result, name="progress", daemon=True)
    teller.start()
    try:
        yield show
    finally:
        over.set()
        teller.join()


def progress_text(what: str, done: int, wanted: int | None, took_s: float) -> str:
    """Line that says how far it is.

    >>> progress_text("Tasks", 1200, 8000, 61.4)
    'Tasks: 1,200 of 8,000 after 61 s'
    >>> progress_text("Days", 0, None, 10.0)
    'Days: 0 after 10 s'
    """
    of = "" if wanted is None else f" of {wanted:,}"
    return f"{what}: {done:,}{of} after {took_s:,.0f} s"
