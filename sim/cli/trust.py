"""`sim trust`: is the simulator right?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sim.cli.common import (
    Exit,
    Force,
    Json,
    Out,
    Seed,
    Svg,
    Wide,
    Workers,
    Xlsx,
    give,
    handles_errors,
    refuse_outputs,
    stderr,
)
from sim.cli.progress import progress

if TYPE_CHECKING:
    from sim.validation.formulas import Point


@handles_errors
def trust(
    seed: Seed = 1,
    workers: Workers = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Simulate centres whose figures are known, published or exact, and compare: is the simulator right?

    Takes about two minutes. Exits with 99 if a figure disagrees, which of 100 seeds happens to one by chance.
    """
    from sim.report import trust as show  # noqa: PLC0415
    from sim.validation.suite import suite  # noqa: PLC0415
    from sim.validation.suite import trust as simulate_all  # noqa: PLC0415

    refuse_outputs(out, xlsx, force=force)
    cases = suite()
    with progress("Centres", len(cases)) as bar:
        found = simulate_all(seed, cases, progress=bar, workers=workers)
    points = _formulas(seed, workers) if out is not None else []
    give(show.result(found, points), json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    if found.interrupted:
        stderr(f"interrupted after {len({row.case.name for row in found.rows})} of {len(cases)} centres")
        raise typer.Exit(Exit.INTERRUPTED)
    for row in found.failed:
        stderr(f"disagrees: {row.case.name}: {row.check.heading()}")
    if found.failed:
        raise typer.Exit(Exit.MISSED)


def _formulas(seed: int, workers: int | None) -> list[Point]:
    """How wrong formulas are for chat, for a picture."""
    from sim.validation.formulas import LOADS, SLOTS, compared  # noqa: PLC0415

    with progress("Formulas", len(SLOTS) * len(LOADS)) as bar:
        return compared(seed, progress=bar, workers=workers)
