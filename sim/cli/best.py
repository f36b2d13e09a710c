"""`sim best`: which of these plans is best?"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
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
    Wide,
    Workers,
    Xlsx,
    give,
    handles_errors,
    refuse_outputs,
    stderr,
)
from sim.cli.numbers import TINY, real, whole
from sim.cli.progress import progress

if TYPE_CHECKING:
    from sim.scenario.vary import Change
    from sim.studies.selection import Plan

Plans = Annotated[
    list[Path], typer.Argument(metavar="PLAN", help="Scenario files, a plan each.", show_default=False)
]
Varied = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="PATH=VALUES",
        help="Makes a plan of each value of a field; repeated, of each combination.",
        show_default=False,
    ),
]
KpiName = Annotated[
    str, typer.Option("--figure", metavar="NAME", help="Key figure that counts (`sim kpis`).")
]
Within = Annotated[
    float,
    typer.Option(
        parser=real(TINY, 1e6),
        metavar="SHARE",
        help="Differences that don't matter: 0.01 is one point of a share, or 1 % of any other figure.",
    ),
]
Confidence = Annotated[
    float,
    typer.Option(parser=real(0.5, 0.9999), metavar="SHARE", help="Least probability of choosing right."),
]
First = Annotated[
    int,
    typer.Option(
        "--replications", "-n", parser=whole(5), metavar="N", help="Replications of each plan to begin with."
    ),
]
MaxRuns = Annotated[
    int,
    typer.Option(
        "--max-replications",
        parser=whole(1),
        metavar="N",
        help="Stop undecided rather than need more, over all plans.",
    ),
]


@handles_errors
def best(
    plans: Plans,
    vary: Varied = None,
    figure: KpiName = "service_level",
    within: Within = 0.01,
    confidence: Confidence = 0.95,
    replications: First = 20,
    max_runs: MaxRuns = 100_000,
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
    """Find the best of several PLANs, simulating those further that are not seen to be worse yet.

    All plans meet the same customers. The procedure is Kim and Nelson's, sequential with an indifference
    zone.
    """
    from sim.report.best import best as choose  # noqa: PLC0415
    from sim.runs.executor import executing  # noqa: PLC0415

    refuse_outputs(out, xlsx, force=force)
    these = _plans(plans, vary or [], replications, max_runs)
    with executing(workers, cluster, resume) as executor, progress("Replications") as bar:
        answer = choose(
            these,
            figure,
            executor=executor,
            within=within,
            confidence=confidence,
            first=replications,
            seed=seed,
            most_runs=max_runs,
            progress=bar,
        )
    give(answer, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
    if answer.head.interrupted:
        stderr(f"interrupted after {answer.head.replications:,} replications: this is the best so far")
        raise typer.Exit(Exit.INTERRUPTED)


def _plans(files: list[Path], vary: list[str], replications: int, max_runs: int) -> list[Plan]:
    """A plan for each file, or for each combination of values in each file, named by what tells it apart."""
    from sim.errors import printable  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.scenario.vary import varied  # noqa: PLC0415
    from sim.studies.selection import Plan  # noqa: PLC0415
    from sim.studies.sweep import read_varies, refuse_explosion, scalings  # noqa: PLC0415

    centres = [load(file) for file in files]
    varies = read_varies(vary, centres[0], replications, max_runs)
    refuse_explosion(centres[0], [len(files), *(len(each.values) for each in varies)], replications, max_runs)
    stems = [file.stem for file in files]
    names = [
        printable(stem if stems.count(stem) == 1 else str(file))
        for stem, file in zip(stems, files, strict=True)
    ]
    found = []
    for name, centre in zip(names, centres, strict=True):
        made = []
        for changes in product(*(each.changes() for each in varies)):
            told_apart = [name] if len(files) > 1 or not changes else []
            label = ", ".join([*told_apart, *map(str, _named(changes))])
            made.append(Plan(label, varied(centre, changes) if changes else centre))
        for words in scalings(centre, [plan.scenario for plan in made]):
            stderr(f"note: {f'{name}: ' if len(files) > 1 else ''}{words}")
        found += made
    return found


def _named(changes: tuple[Change, ...]) -> list[Change]:
    """Changes with the last keys of their paths alone, where these tell them apart."""
    keys = [change.path.rsplit(".", 1)[-1] for change in changes]
    if len(set(keys)) < len(keys):
        return list(changes)
    return [replace(change, path=key) for change, key in zip(changes, keys, strict=True)]
