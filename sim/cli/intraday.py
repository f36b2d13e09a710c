"""`sim intraday`: what will the rest of today be, and what can be done?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import (
    Force,
    Json,
    Out,
    ScenarioPath,
    Seed,
    Svg,
    Wide,
    Xlsx,
    give,
    handles_errors,
    refuse_outputs,
)
from sim.cli.numbers import whole
from sim.cli.progress import progress

EXAMPLES = (
    "sim intraday scenarios/web_shop.toml --now 11:00 --actuals scenarios/intraday/web_shop_at_11.toml",
)


@handles_errors
def intraday(
    scenario: ScenarioPath,
    now: Annotated[
        str,
        typer.Option(
            metavar="HH:MM", help="The time, at which a planning interval begins.", show_default=False
        ),
    ],
    actuals: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="What has come so far (TOML; see the example).", show_default=False
        ),
    ],
    date: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD", help="Today; if omitted, the scenario's first day.", show_default=False
        ),
    ] = None,
    moves: Annotated[
        bool, typer.Option("--moves/--no-moves", help="Whether to simulate what can be done.")
    ] = True,
    seed: Seed = 1,
    replications: Annotated[
        int,
        typer.Option(
            "--replications", "-n", parser=whole(9), metavar="N", help="Ways in which the day may go on."
        ),
    ] = 200,
    json: Json = False,
    wide: Wide = False,
    out: Out = None,
    xlsx: Xlsx = None,
    svg: Svg = False,
    force: Force = False,
) -> None:
    """Say how today goes on at SCENARIO, from what has come up to now, and which moves help most.

    Volumes of the intervals that are over are needed. Who is logged in, and the chats that wait and are open,
    are assumed from the simulated morning where they are not told.
    """
    from sim.report.intraday import result  # noqa: PLC0415
    from sim.scenario.actuals import load_actuals  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415
    from sim.studies.intraday.study import intraday as study  # noqa: PLC0415
    from sim.studies.intraday.study import now_of  # noqa: PLC0415

    centre = load(scenario)
    today = None if date is None else _date(date)
    now_s = now_of(centre, now)
    refuse_outputs(out, xlsx, force=force)
    day = load_actuals(actuals, centre, now_s)
    with progress("Days simulated") as bar:
        found = study(
            centre, day, date=today, seed=seed, replications=replications, with_moves=moves, progress=bar
        )
    give(result(found), json=json, wide=wide, out=out, xlsx=xlsx, svg=svg, force=force)


def _date(text: str) -> dt.date:
    from sim.errors import StudyError  # noqa: PLC0415

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise StudyError(f"--date: must be a date such as 2026-03-02, got {text!r}") from None
