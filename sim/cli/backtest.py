"""`sim backtest`: how well would a scenario fitted to a log have predicted what came later?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
)
from sim.cli.numbers import whole
from sim.cli.progress import progress
from sim.cli.volumes import Without, date_of

Log = Annotated[
    Path, typer.Argument(metavar="LOG", help="A log that sim import has made.", show_default=False)
]
Split = Annotated[
    str,
    typer.Option(
        metavar="DATE",
        help="The days before it are fitted, those from it on are predicted.",
        show_default=False,
    ),
]
Given = Annotated[
    str | None,
    typer.Option(
        metavar="arrivals", help="Give the true arrivals, instead of a forecast of them.", show_default=False
    ),
]
Interval = Annotated[
    int,
    typer.Option(
        "--interval", parser=whole(15, 60), metavar="15|30|60", help="Planning interval in minutes."
    ),
]


@handles_errors
def backtest(
    log: Log,
    split: Split,
    given: Given = None,
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
    """Fit a log's days before a date, predict the rest, and say in words how well that went.

    The later days have the staffing that was recorded for them (or that their chats show) and the arrivals
    that were to be expected. Figures are held against their bands by interval of the day.
    """
    from sim.report.backtest import backtest as predict  # noqa: PLC0415

    refuse_outputs(out, xlsx, force=force)
    day, days = date_of(split, "--split"), [date_of(text) for text in without or ()]
    with progress("Replications of the later days") as bar:
        found = predict(
            log,
            day,
            given=given,
            interval_min=interval,
            without=days,
            seed=seed,
            workers=workers,
            progress=bar,
        )
    give(found, json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)
