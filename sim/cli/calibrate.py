"""`sim calibrate`: which scenario fits what is known of a centre?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    Force,
    Json,
    Out,
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
from sim.cli.volumes import Without, date_of

if TYPE_CHECKING:
    from sim.report.result import Result

Log = Annotated[
    Path | None,
    typer.Argument(
        metavar="[LOG]", help="A log that sim import has made: to be fitted to.", show_default=False
    ),
]
AveragesFile = Annotated[
    Path | None,
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
Interval = Annotated[
    int,
    typer.Option(
        "--interval",
        parser=whole(15, 60),
        metavar="15|30|60",
        help="Planning interval, of a log, in minutes.",
    ),
]


@handles_errors
def calibrate(
    log: Log = None,
    averages: AveragesFile = None,
    output: Target = None,
    interval: Interval = 30,
    without: Without = None,
    seed: Seed = 1,
    workers: Workers = None,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Find the scenario that fits a log, or the averages of a centre, and say how sure each number is.

    A LOG tells arrivals, patience, turns, times, staffing; what it does not tell is assumed, and said.
    With --averages, volumes, agents and what a platform shows make a scenario by turns; so do the agents
    that the centre needs, with the band in which 90 % of the centres lie that these averages allow.
    """
    from sim.output import refuse_target  # noqa: PLC0415

    if (log is None) == (averages is None):
        raise typer.BadParameter(
            "name a log, as in `sim calibrate centre.log`, or --averages FILE, and not both"
        )
    if averages is not None and (without or interval != 30):
        raise typer.BadParameter("--interval and --without are for a log")
    if output is not None:
        refuse_target(output, force=force)
    refuse_outputs(out, xlsx, force=force)
    if log is not None:
        found, text = _of_log(log, interval, without, seed, workers)
    else:
        found, text = _of_averages(averages, seed, workers)
    if output is not None:
        _write(output, text, force=force)
    give(found, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)


def _of_log(
    log: Path, interval: int, without: list[str] | None, seed: int, workers: int | None
) -> tuple[Result, str]:
    from sim.report.fitted import calibrate_log, scenario_of  # noqa: PLC0415

    days = [date_of(text) for text in without or ()]
    with progress("Weeks of the fitted scenario") as bar:
        found = calibrate_log(
            log, interval_min=interval, without=days, seed=seed, workers=workers, progress=bar
        )
    return found, scenario_of(found.found)


def _of_averages(averages: Path | None, seed: int, workers: int | None) -> tuple[Result, str]:
    from sim.report.averages import result, scenario_of  # noqa: PLC0415
    from sim.studies.averages.calibrate import calibrate as find_scenario  # noqa: PLC0415
    from sim.studies.averages.file import load_averages  # noqa: PLC0415

    assert averages is not None
    known, remarks = load_averages(averages)
    for remark in remarks:
        stderr(remark)
    with progress("Steps of the fit") as bar:
        found = find_scenario(known, seed=seed, workers=workers, progress=bar)
    return result(found), scenario_of(found)


def _write(output: Path, text: str, *, force: bool) -> None:
    from sim.errors import printable  # noqa: PLC0415
    from sim.output import write_text  # noqa: PLC0415

    write_text(output, text, force=force)
    stderr(f"scenario written to {printable(str(output))}: sim check it, then sim run it")
