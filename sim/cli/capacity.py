"""`sim capacity`: how many people are needed months from now, and when are they hired?"""

from __future__ import annotations

from time import monotonic
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
    Xlsx,
    give,
    handles_errors,
    refuse_outputs,
    stderr,
)
from sim.cli.numbers import whole
from sim.cli.progress import progress
from sim.cli.staff import PerSpan
from sim.studies.staffing.choice import Per, Step

EXAMPLES = ("sim capacity scenarios/web_shop.toml", "sim capacity scenarios/web_shop.toml --out plan")


@handles_errors
def capacity(
    scenario: ScenarioPath,
    per: PerSpan = Per.INTERVAL,
    step: Annotated[
        Step, typer.Option(help="Shortest time for which staffing stays the same.")
    ] = Step.INTERVAL,
    seed: Seed = 1,
    replications: Annotated[
        int,
        typer.Option(
            "--replications",
            "-n",
            parser=whole(20),
            metavar="N",
            help="New days on which the staffing of each level of demand, and each month, is simulated.",
        ),
    ] = 100,
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Plan SCENARIO's people months ahead: how many are needed, when to hire, what is missed if that is late.

    SCENARIO says under `capacity` how many people there are, how demand grows, how many leave, and how long
    notice, training and ramp take. The heads needed come from the fewest agents that keep the targets; each
    month is simulated with the agents that its people make. Exits with 99 if a month misses a target.
    """
    from sim.report.capacity import result  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.studies.capacity import capacity as study  # noqa: PLC0415

    centre = load(scenario)
    refuse_outputs(out, xlsx, force=force)
    began = monotonic()
    with progress("Days simulated, at most") as bar, executing(workers, cluster, resume) as ours:
        found = study(
            centre, per=per, step=step, seed=seed, replications=replications, progress=bar, executor=ours
        )
    give(result(found), json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    stderr(f"simulated {found.simulated:,} days, in {monotonic() - began:.0f} s")
    if not all(month.kept for month in found.months):
        stderr("some months miss a target")
        raise typer.Exit(Exit.MISSED)
