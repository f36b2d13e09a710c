"""What does the first run show, while the engine is still being compiled? Its first days, at once."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.common import stderr

if TYPE_CHECKING:
    import typer

    from sim.scenario.scenario import Scenario

HARMLESS = {"scenario", "wide"}
"""What may be given: every option that fixes or judges a figure asks for the whole answer."""


def first_days(context: typer.Context, centre: Scenario) -> int | None:
    """Give the replications of a first answer, and let another process compile; None: all are simulated now.

    From then on nothing is compiled in this process. Whoever reads the figures is told so: only people at a
    terminal get them.
    """
    from sim.runs import first  # noqa: PLC0415

    given = {name for name in context.params if not _by_default(context, name)}
    if given - HARMLESS or not sys.stdout.isatty() or "numba" in sys.modules or not first.has_to_compile():
        return None
    n = first.replications(centre)
    if n is None:
        return None
    try:
        first.compile_behind()
    except OSError:
        return None
    _stay_plain()
    stderr(
        f"compiling the engine for this machine: once, about half a minute. Until then, {_shown(centre, n)}:"
    )
    return n


def _by_default(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is None or source.name == "DEFAULT"


def _stay_plain() -> None:
    """Let modules that are imported from now on compile nothing."""
    from sim import compiled  # noqa: PLC0415  as above

    os.environ[compiled.PLAIN] = "1"
    compiled.IS_COMPILED = False


def _shown(centre: Scenario, n: int) -> str:
    return f"the first {n} {'days' if centre.days == 1 else 'replications'}"


def how_to_see_all(path: Path, centre: Scenario, n: int, usual: int) -> str:
    """Say that these were the first few, and what shows all of them."""
    first, command = _shown(centre, n), f"sim run {shlex.quote(str(path))}"
    return f"Only {first} of {usual}, while the engine is compiled.\nAll of them, in half a minute: {command}"
