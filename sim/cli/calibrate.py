"""`sim calibrate`: which scenario fits what is known of a centre?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Force, Json, Out, Seed, Svg, Wide, Workers, give, handles_errors, stderr
from sim.cli.progress import progress

AveragesFile = Annotated[
    Path,
    typer.Option(
        "--averages",
        metavar="FILE",
        help="What is known: volumes, agents, averages. sim new --averages FILE writes one to fill in.",
        show_default=False,
    ),
]
Target = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write the scenario to a new file.", show_default=False
    ),
]


@handles_errors
def calibrate(
    averages: AveragesFile,
    output: Target = None,
    seed: Seed = 1,
    workers: Workers = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Find the scenario that reproduces the averages of a centre, and say how sure each of its numbers is.

    Volumes, agents and the averages that a platform shows make a scenario by turns; so do the agents that
    the centre needs, with the band in which 90 % of the centres lie that these averages allow.
    """
    from sim.errors import printable  # noqa: PLC0415
    from sim.output import refuse_target, write_text  # noqa: PLC0415
    from sim.report.averages import result, scenario_of  # noqa: PLC0415
    from sim.report.folder import refuse_existing  # noqa: PLC0415
    from sim.studies.averages.calibrate import calibrate as find_scenario  # noqa: PLC0415
    from sim.studies.averages.file import load_averages  # noqa: PLC0415

    known, remarks = load_averages(averages)
    for remark in remarks:
        stderr(remark)
    if output is not None:
        refuse_target(output, force=force)
    if out is not None:
        refuse_existing(out, force=force)
    with progress("Steps of the fit") as bar:
        found = find_scenario(known, seed=seed, workers=workers, progress=bar)
    if output is not None:
        write_text(output, scenario_of(found), force=force)
        stderr(f"scenario written to {printable(str(output))}: sim check it, then sim run it")
    give(result(found), json=json, wide=wide, out=out, svg=svg, force=force)
