"""`sim stress`: how much does it bear?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from sim.cli.common import (
    Cluster,
    Exit,
    Force,
    Json,
    Out,
    Resume,
    ScenarioPath,
    Seed,
    Svg,
    Wide,
    Workers,
    give,
    handles_errors,
    stderr,
)
from sim.cli.numbers import whole
from sim.cli.progress import progress


class Profile(StrEnum):
    """How the load runs."""

    BREAKPOINT = "breakpoint"


How = Annotated[
    Profile,
    typer.Option("--profile", help="breakpoint: more and more demand, until every target is missed."),
]
MostRuns = Annotated[
    int,
    typer.Option("--max-replications", parser=whole(100), metavar="N", help="Most replications at a load."),
]


@handles_errors
def stress(
    scenario: ScenarioPath,
    profile: How = Profile.BREAKPOINT,
    max_runs: MostRuns = 20_000,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Load SCENARIO until its targets break: how much more demand, or how many agents fewer, does it bear?

    Exits with 99 if a target is missed at today's demand already.
    """
    from sim.report.folder import refuse_existing  # noqa: PLC0415
    from sim.report.stress import stress as load_until_it_breaks  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415

    centre = load(scenario)
    if out is not None:
        refuse_existing(out, force=force)
    with executing(workers, cluster, resume) as executor, progress("Replications") as bar:
        answer = load_until_it_breaks(centre, seed=seed, most=max_runs, progress=bar, executor=executor)
    give(answer, json=json, wide=wide, out=out, svg=svg, force=force)
    if answer.head.interrupted:
        stderr(f"interrupted after {answer.head.replications:,} replications: bounds are as far as these say")
        raise typer.Exit(Exit.INTERRUPTED)
    if answer.kept is False:
        raise typer.Exit(Exit.MISSED)
