"""`sim export`: a simulated centre as a platform's export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Force, Json, ScenarioPath, Seed, Wide, give, handles_errors, stderr
from sim.cli.numbers import whole
from sim.engines.choice import Engine

EXAMPLES = (
    "sim export scenarios/web_shop.toml --to zendesk -o export",
    "sim export scenarios/web_shop.toml --to csv --days 28 --messages -o export",
)
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="zendesk|livechat|intercom|chatwoot|csv|ocel",
        help="As whose export.",
    ),
]
Target = Annotated[
    Path,
    typer.Option(
        "-o", "--output", metavar="DIR", help="Write the files into this folder.", show_default=False
    ),
]
Days = Annotated[
    int | None,
    typer.Option(
        parser=whole(1, 3_660),
        metavar="N",
        help="Simulate so many days; the scenario's if omitted.",
        show_default=False,
    ),
]


@handles_errors
def export(
    scenario: ScenarioPath,
    output: Target,
    to: To = "csv",
    days: Days = None,
    seed: Seed = 1,
    engine: Annotated[Engine, typer.Option(help="Simulation engine.")] = Engine.KERNEL,
    messages: Annotated[
        bool, typer.Option("--messages", help="Make texts up, so that there is something to read.")
    ] = False,
    json: Json = False,
    wide: Wide = False,
    force: Force = False,
) -> None:
    """Simulate SCENARIO once and write it as a platform would export it; `sim import` reads it again.

    All of it is synthetic, and says so. What the platform can't hold is named.
    """
    from sim.report.exported import export_log  # noqa: PLC0415
    from sim.scenario.files import load  # noqa: PLC0415

    found = export_log(
        load(scenario, stderr),
        output,
        to=to,
        days=days,
        seed=seed,
        messages=messages,
        engine=engine,
        force=force,
    )
    stderr(f"written to {output}: sim import {output} -o centre.log")
    give(found, json=json, wide=wide)
