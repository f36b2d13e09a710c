"""`sim kpis`: which key figures are there, and what is one of them?"""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.common import Json, give, handles_errors

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="FIGURE", help="Figures to explain, by name. Omitted: all of them, in a list."),
]
List = Annotated[bool, typer.Option("--list", hidden=True)]


@handles_errors
def kpis(names: Names = None, listed: List = False, json: Json = False) -> None:
    """Say what the key figures are: definition, unit and source of each, or of the one asked for.

    For example: sim kpis · sim kpis asa_s · sim kpis service_level missed_rate --json
    """
    from sim.kpis.definitions import BY_NAME  # noqa: PLC0415

    found = [BY_NAME[name] for name in names or ()]
    from sim.report.known import result  # noqa: PLC0415

    give(result(found), json=json)
