"""`sim trust`: is the simulator right?"""

from __future__ import annotations

from pathlib import Path
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
    handles_errors,
    print_result,
    stderr,
)
from sim.cli.progress import progress

if TYPE_CHECKING:
    from sim.validation.suite import Trust


@handles_errors
def trust(
    seed: Seed = 1,
    workers: Workers = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Simulate centres whose figures are known, published or exact, and compare: is the simulator right?

    Takes about two minutes. Exits with 99 if a figure disagrees, which of 100 seeds happens to one by chance.
    """
    from sim.report import trust as show  # noqa: PLC0415
    from sim.report.folder import refuse_existing  # noqa: PLC0415
    from sim.validation.suite import suite  # noqa: PLC0415
    from sim.validation.suite import trust as simulate_all  # noqa: PLC0415

    if out is not None:
        refuse_existing(out, force=force)
    cases = suite()
    with progress("Centres", len(cases)) as bar:
        found = simulate_all(seed, cases, progress=bar, workers=workers)
    if out is not None:
        _write(out, found, seed, workers, svg=svg, force=force)
        stderr(f"written to {out}")
    print_result(lambda: show.document(found), lambda width: [show.table(found, width)], json=json, wide=wide)
    if found.interrupted:
        stderr(f"interrupted after {len({row.case.name for row in found.rows})} of {len(cases)} centres")
        raise typer.Exit(Exit.INTERRUPTED)
    for row in found.failed:
        stderr(f"disagrees: {row.case.name}: {row.check.heading()}")
    if found.failed:
        raise typer.Exit(Exit.MISSED)


def _write(out: Path, found: Trust, seed: int, workers: int | None, *, svg: bool, force: bool) -> None:
    """Write the table as data, and two pictures: the table, and how wrong formulas are for chat."""
    from sim.report import trust as show  # noqa: PLC0415
    from sim.report.documents import to_json  # noqa: PLC0415
    from sim.report.folder import whole_folder  # noqa: PLC0415
    from sim.report.plots import run as plots  # noqa: PLC0415
    from sim.validation.formulas import LOADS, SLOTS, compared  # noqa: PLC0415

    with progress("Formulas", len(SLOTS) * len(LOADS)) as bar:
        points = compared(seed, progress=bar, workers=workers)
    with whole_folder(out, force=force) as folder:
        (folder / "trust.json").write_text(to_json(show.document(found)) + "\n", encoding="utf-8")
        plots.save({"trust": show.picture(found), "formulas": show.formulas(points)}, folder, svg=svg)
