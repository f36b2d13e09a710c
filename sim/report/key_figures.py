"""What are the key figures? Each with its unit, definition and source, as text and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import TextWrapper
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Column, Table
from rich.text import Text

from sim.kpis.definitions import KPIS, Kpi, Peak, Quantile, Ratio
from sim.kpis.loops import By
from sim.scenario.figures import TARGETS

MADE = {
    Ratio: "One sum over another: both add up over intervals, queues, days and replications.",
    Quantile: "A percentile of the values of all replications together.",
    Peak: "The highest value of a replication; over several, the mean of theirs.",
}
"""How figures of each form are made."""


def document(kpis: Iterable[Kpi] = KPIS) -> list[dict[str, Any]]:
    """Document of key figures: what each of them is, and by what it can be broken down."""
    names = ("name", "title", "unit", "better", "section", "definition", "source")
    return [
        {name: getattr(kpi, name) for name in names} | {"by": [by for by in By if by in kpi.form.breakdowns]}
        for kpi in kpis
    ]


def every(width: int) -> Table:
    """All key figures: name, unit, which way is better, definition and source."""
    heads = Column("Name", no_wrap=True), Column("Unit"), Column("Better"), Column("Definition", ratio=1)
    table = Table(*heads, box=box.SIMPLE_HEAD, width=width, title="Key figures", title_style="bold")
    table.title_justify = "left"
    section = None
    for kpi in KPIS:
        if kpi.section != section:
            section = kpi.section
            table.add_section()
            table.add_row(Text(section.capitalize(), style="bold"))
        told = f"{kpi.title}: {kpi.definition} [{kpi.source.split(', http')[0]}]"
        table.add_row(kpi.name, kpi.unit, "" if kpi.better == "neither" else kpi.better, Text(told))
    return table


def one(kpi: Kpi, width: int) -> Iterator[RenderableType]:
    """One key figure: name, unit, which way is better, definition, source and how it is made."""
    better = {"higher": "higher is better", "lower": "lower is better"}.get(kpi.better)
    head = Text(kpi.title, style="bold")
    head.append(f"  {', '.join(part for part in (kpi.name, kpi.unit, better) if part)}", style="not bold")
    parts = [str(by) for by in By if by in kpi.form.breakdowns - {By.OVERALL}]
    keys = " and ".join(key for key, target in TARGETS.items() if target.figure == kpi.name)
    said = [kpi.definition, f"Source: {kpi.source}", MADE[type(kpi.form)], f"By: {', '.join(parts)}."]
    yield head
    said += [f"As a target: {keys}."] if keys else []
    indented = TextWrapper(width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    yield Text("\n".join(indented.fill(line) for line in said))
    yield Text()
