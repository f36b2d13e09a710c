"""`sim compare`: which plan is better, and by how much?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
from sim.cli.progress import progress

if TYPE_CHECKING:
    from sim.errors import Problem
    from sim.scenario.scenario import Scenario

Scenarios = Annotated[
    list[Path],
    typer.Argument(
        metavar="SCENARIO",
        help="Scenario files (TOML), two or more; the first is the baseline.",
        show_default=False,
    ),
]
All = Annotated[bool, typer.Option("--all", help="Show every figure, not only the usual ones.")]


@handles_errors
def compare(
    scenarios: Scenarios,
    seed: Seed = 1,
    replications: UsualReplications = None,
    workers: Workers = None,
    cluster: Cluster = None,
    resume: Resume = None,
    everything: All = False,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Hold scenarios against the first of them, on the same customers: what is better, what is worse?"""
    from sim.errors import ScenarioError, printable  # noqa: PLC0415
    from sim.report.compare import result  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415
    from sim.runs.replicate import usual_replications  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.studies.compare import compare as simulate_all  # noqa: PLC0415

    loaded: dict[Path, Scenario] = {}
    problems: list[Problem] = []
    for path in scenarios:
        try:
            loaded.setdefault(path, load(path))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    refuse_outputs(out, xlsx, force=force)
    centres = [loaded[path] for path in scenarios]
    replications = replications or usual_replications(centres)
    names = [
        f"{centre.name} ({printable(str(path))})" for centre, path in zip(centres, scenarios, strict=True)
    ]
    with progress() as bar, executing(workers, cluster, resume) as ours:
        found = simulate_all(
            centres, seed=seed, replications=replications, progress=bar, executor=ours, names=names
        )
    answer = result(found, everything=everything)
    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    if found.interrupted:
        stderr(f"interrupted after {found.replications} of {replications} replications")
        raise typer.Exit(Exit.INTERRUPTED)
