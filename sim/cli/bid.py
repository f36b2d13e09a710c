"""`sim bid`: what does an offer earn, how sure is that, and what does each sentence of its contract cost?"""

from __future__ import annotations

from time import monotonic
from typing import Annotated

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
from sim.cli.numbers import whole
from sim.cli.progress import progress

OFFER = "scenarios/bpo_bid.toml"
EXAMPLES = (f"sim bid {OFFER}", f"sim bid {OFFER} --out bid --xlsx bid.xlsx")


@handles_errors
def bid(
    scenario: ScenarioPath,
    months: Annotated[
        int,
        typer.Option(
            parser=whole(5, 100_000),
            metavar="N",
            help="Months simulated of each level of demand and staffing.",
        ),
    ] = 60,
    brief: Annotated[
        bool,
        typer.Option(
            "--brief", help="Leave out other numbers of agents, and what moves the margin: sooner done."
        ),
    ] = False,
    seed: Seed = 1,
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
    """Judge SCENARIO's offer on simulated months: what is left, how sure, and what does each clause cost?

    SCENARIO says under `bid` what people and places cost, what the work is sold for, and what the contract
    says of service.
    """
    from sim.report.bid import result  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.studies.bid.study import bid as study  # noqa: PLC0415

    centre = load(scenario)
    refuse_outputs(out, xlsx, force=force)
    began = monotonic()
    with progress("Days") as bar, executing(workers, cluster, resume) as ours:
        found = study(centre, months=months, is_brief=brief, seed=seed, progress=bar, executor=ours)
    give(result(found), json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    stderr(f"in {monotonic() - began:.0f} s")
