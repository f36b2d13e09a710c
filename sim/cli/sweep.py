"""`sim sweep`: what if a number were another?"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    Cluster,
    Exit,
    Force,
    Json,
    Out,
    Replications,
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

if TYPE_CHECKING:
    from sim.report.result import Result

Varies = Annotated[
    list[str],
    typer.Option(
        "--vary",
        metavar="PATH=VALUES",
        help="What varies, and its values: any field by its path, a range such as 6:16 or 0.8:1.4:0.1, or "
        "values between commas. *= is times what stands there, += plus. Given once, or twice for a grid.",
        show_default=False,
    ),
]
MaxRuns = Annotated[
    int,
    typer.Option(
        "--max-replications",
        parser=whole(1),
        metavar="N",
        help="Refuse more than this, over all points together.",
    ),
]
EXAMPLES = (
    "sim sweep scenarios/web_shop.toml --vary groups.0.agents=6:16",
    "sim sweep scenarios/concurrency.toml --vary groups.0.concurrency=1:6 --vary groups.0.agents=4:12",
    "sim sweep scenarios/two_languages.toml --vary 'queues.*.arrivals.per_hour*=0.8:1.4:0.1'",
    "sim sweep scenarios/web_shop.toml --vary routing.policy=least_loaded,random",
)
_LONG_S = 60
"""What is expected to take longer says so before it begins."""


@handles_errors
def sweep(
    scenario: ScenarioPath,
    vary: Varies,
    seed: Seed = 1,
    replications: Replications = 20,
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    max_runs: MaxRuns = 100_000,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Simulate SCENARIO with every value of one or two fields, on the same customers: what does it change?

    Shows the figures of each point, the cheapest that keeps all targets, and from where on one more chat
    per agent makes it worse.
    """
    from sim.report.sweep import sweep as simulate_all  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.studies.sweep import duration_text, expected_seconds, read_varies  # noqa: PLC0415

    centre = load(scenario)
    varies = read_varies(vary, centre, replications, max_runs)
    refuse_outputs(out, xlsx, force=force)
    runs = replications * prod(len(each.values) for each in varies)
    if (seconds := expected_seconds(centre, runs)) > _LONG_S:
        stderr(f"{runs:,} replications will take about {duration_text(seconds)}")
    with progress() as bar, executing(workers, cluster, resume) as ours:
        answer = simulate_all(
            centre,
            varies,
            seed=seed,
            replications=replications,
            progress=bar,
            executor=ours,
            most_runs=max_runs,
        )
    _remarks(answer)
    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    if answer.head.interrupted:
        stderr(f"interrupted after {len(answer.found.points):,} of {runs // replications:,} points")
        raise typer.Exit(Exit.INTERRUPTED)


def _remarks(answer: Result) -> None:
    """What the user should know of how the points came about."""
    from sim.studies.sweep import duration_text  # noqa: PLC0415

    for words in answer.facts["remarks"]:
        stderr(f"note: {words}")
    found = answer.found
    runs = len(found.points) * found.replications
    seconds = f"{found.seconds:.1f} s" if found.seconds < 10 else duration_text(found.seconds)
    stderr(f"{runs:,} replications with {found.chats:,} chats in {seconds}")
