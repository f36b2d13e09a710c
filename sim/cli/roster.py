"""`sim roster`: which shifts keep the promise, at the least cost?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    Cluster,
    Force,
    Json,
    Out,
    Resume,
    ScenarioPath,
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
from sim.cli.numbers import real, whole
from sim.cli.progress import progress
from sim.cli.staff import Confidence, FteHours, PerSpan, leave_if_missed
from sim.studies.staffing.choice import Per

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.scenario.team import Pattern

Lengths = Annotated[
    str | None,
    typer.Option(
        metavar="H,H,…",
        help="Lengths of shifts in hours, such as 8,6,4, instead of the patterns in SCENARIO. "
        "Shifts of 6 h and more have a break around their middle.",
        show_default=False,
    ),
]
Grid = Annotated[
    int | None,
    typer.Option(
        parser=whole(1, 1_440),
        metavar="MIN",
        help="A shift may begin every so many minutes [30].",
        show_default=False,
    ),
]
Break = Annotated[
    float | None,
    typer.Option(
        "--break",
        parser=real(0, 1_440),
        metavar="MIN",
        help="Length of the unpaid break, 0 for none [30].",
        show_default=False,
    ),
]
Rounds = Annotated[
    int,
    typer.Option(
        parser=whole(1, 10_000),
        metavar="N",
        help="Rosters that are simulated and cut off, at most, to find a cheaper one.",
    ),
]
Write = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write SCENARIO with these shifts to a new file.", show_default=False),
]


@handles_errors
def roster(
    scenario: ScenarioPath,
    lengths: Lengths = None,
    grid: Grid = None,
    pause: Break = None,
    confidence: Confidence = None,
    per: PerSpan = Per.INTERVAL,
    seed: Seed = 1,
    replications: Annotated[
        int,
        typer.Option(
            "--replications",
            "-n",
            parser=whole(20),
            metavar="N",
            help="New days on which the shifts are checked.",
        ),
    ] = 200,
    rounds: Rounds = 12,
    fte_hours_per_week: FteHours = None,
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    write: Write = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Find the cheapest shifts that keep all of SCENARIO's targets.

    Shifts are those that the patterns of its groups allow, or standard ones of 8 hours; staffing that stands
    in SCENARIO is ignored. An integer programme chooses, the roster is simulated, and where it falls short a
    cut is added and it is solved again. Exits with 99 if no roster was found that keeps the targets on days
    that the search did not see. Ctrl-C gives the best one found so far.
    """
    from sim.output import refuse_target  # noqa: PLC0415
    from sim.report.roster import result  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.scenario.write import read, written  # noqa: PLC0415
    from sim.scenario.write import write as write_scenario  # noqa: PLC0415
    from sim.studies.staffing.roster import roster as plan  # noqa: PLC0415

    centre = load(scenario)
    patterns = _patterns(centre, lengths, grid, pause)
    if write is not None:
        refuse_target(write, force=force)
    refuse_outputs(out, xlsx, force=force)
    with (
        progress("Replications searched for the requirement") as bar,
        executing(workers, cluster, resume) as ours,
    ):
        found = plan(
            centre,
            patterns=patterns,
            per=per,
            confidence=confidence,
            seed=seed,
            replications=replications,
            rounds=rounds,
            progress=bar,
            executor=ours,
        )
    comment = f"by sim roster --seed {seed}: {found.paid_h:,.1f} paid hours a day"
    if write is not None:
        write_scenario(scenario, found.scenario.groups, write, comment=comment, force=force)
        stderr(f"shifts written to {write}")

    def staffed(folder: Path) -> None:
        text = written(read(scenario), found.scenario.groups, scenario.parent, out, comment)
        (folder / "scenario.toml").write_text(text, encoding="utf-8", newline="\n")

    answer = result(found, fte_hours_per_week)
    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force, more=staffed)
    leave_if_missed(found, "cheaper shifts may do")


def _patterns(
    centre: Scenario, lengths: str | None, grid: int | None, pause: float | None
) -> tuple[Pattern, ...] | None:
    """Patterns of the command line, if it has any."""
    from sim.errors import StudyError, short  # noqa: PLC0415
    from sim.studies.staffing.patterns import BREAK_MIN, GRID_MIN, LENGTH_H, standard  # noqa: PLC0415

    if lengths is None and grid is None and pause is None:
        return None
    try:
        hours = tuple(float(part) for part in lengths.split(",")) if lengths is not None else (LENGTH_H,)
    except ValueError:
        raise StudyError(f"--lengths: must be hours such as 8,6,4, got {short(lengths or '')!r}") from None
    return standard(centre, hours, grid or GRID_MIN, BREAK_MIN if pause is None else pause)
