"""`sim stress`: how much does it bear?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from sim.cli.choices import names_of, one_of
from sim.cli.common import (
    Cluster,
    Exit,
    Force,
    Json,
    Out,
    Resume,
    Seed,
    Svg,
    UsualReplications,
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
from sim.studies.stress.choice import Profile

Teams = Annotated[
    list[Path],
    typer.Argument(metavar="SCENARIO...", help="Scenario files (TOML).", show_default=False),
]
How = Annotated[
    Profile | None,
    typer.Option(
        "--profile",
        parser=one_of(Profile, "profile"),
        metavar=names_of(Profile),
        help="How load runs: " + "; ".join(f"{profile}: {escape(profile.told)}" for profile in Profile) + ". "
        "If omitted, the scenario's stages, or breakpoint if it has none.",
        show_default=False,
    ),
]
FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if",
        metavar="THRESHOLD",
        help="What fails, such as 'missed_rate > 10%' or 'orders.frt_p90_s > 120 over run': over each stage, "
        "over run or over interval. May be repeated; adds to the scenario's. Without any its targets count.",
        show_default=False,
    ),
]
Abort = Annotated[
    bool, typer.Option("--abort-on-fail", help="End the load with the first stage that surely fails.")
]
MostRuns = Annotated[
    int,
    typer.Option(
        "--max-replications", parser=whole(100), metavar="N", help="Most replications at a load (breakpoint)."
    ),
]


@handles_errors
def stress(
    scenarios: Teams,
    profile: How = None,
    fail_if: FailIf = None,
    abort_on_fail: Abort = False,
    replications: UsualReplications = None,
    max_runs: MostRuns = 20_000,
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
    """Put SCENARIO under load: how does it bear stages and incidents, and from which demand on does it break?

    Of several, break points are compared.

    Exits with 99 if a threshold is missed; for break points, if a target is missed at today's demand.
    """
    from sim.report.stress import stress as put_under_stress  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415

    centres = [load(path) for path in scenarios]
    refuse_outputs(out, xlsx, force=force)
    with executing(workers, cluster, resume) as executor, progress("Replications") as bar:
        answer = put_under_stress(
            centres,
            profile,
            fail_if=fail_if or (),
            abort_on_fail=abort_on_fail,
            replications=replications,
            seed=seed,
            most=max_runs,
            progress=bar,
            executor=executor,
        )
    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    if answer.head.interrupted:
        stderr(f"interrupted after {answer.head.replications:,} replications: it is as far as these say")
        raise typer.Exit(Exit.INTERRUPTED)
    if answer.kept is False:
        raise typer.Exit(Exit.MISSED)
