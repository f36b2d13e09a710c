"""`sim kpis`: which key figures there are."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.common import Json, say, told

List = Annotated[bool, typer.Option("--list", help="Every figure: its unit, its definition and its source.")]


@told
def kpis(listed: List = True, json: Json = False) -> None:
    """List the key figures: what each is called, its unit, its definition and its source."""
    if json:
        from sim.show.documents import kpis_document, to_json  # noqa: PLC0415

        say(to_json(kpis_document()))
    else:
        from sim.show.tables import Terminal, figures_known  # noqa: PLC0415

        terminal = Terminal()
        say(terminal.text([figures_known(terminal.width)]))
