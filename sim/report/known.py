"""Which key figures are there, and what is each?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.kpis.definitions import KPIS, Kpi, Peak, Quantile, Ratio
from sim.kpis.loops import By
from sim.report.result import Column, Head, Result, Row, Table
from sim.scenario.figures import TARGETS

MADE = {
    Ratio: "One sum over another: both add up over intervals, queues, days and replications.",
    Quantile: "A percentile of the values of all replications together.",
    Peak: "The highest value of a replication; over several, the mean of theirs.",
}
"""How figures of each form are made."""


def result(explained: Sequence[Kpi] = ()) -> Result:
    """All key figures in a table; of those to be *explained*, all that there is to say in sentences."""
    words = tuple(line for kpi in explained for line in _words(kpi))
    head = Head("kpis", (), "", title="Key figures")
    return Result(head, (), words, (_table(explained or KPIS, is_shown=not explained),))


def _table(kpis: Sequence[Kpi], *, is_shown: bool) -> Table:
    columns = (
        Column("name", "Name"),
        Column("unit", "Unit"),
        Column("better", "Better"),
        Column("told", "Definition", look="span"),
        *(Column(name, is_shown=False) for name in ("title", "section", "definition", "source", "by")),
    )
    rows: list[Row] = [
        {
            "name": kpi.name, "unit": kpi.unit, "better": kpi.better, "title": kpi.title,
            "told": f"{kpi.title}: {kpi.definition} [{kpi.source.split(', http')[0]}]",
            "section": kpi.section.capitalize(), "definition": kpi.definition, "source": kpi.source,
            "by": [str(by) for by in By if by in kpi.form.breakdowns],
        }
        for kpi in kpis
    ]  # fmt: skip
    return Table("figures", "", columns, rows, section="section", is_shown=is_shown)


def _words(kpi: Kpi) -> Iterator[str]:
    """Name, unit, which way is better, definition, source, how it is made, and its keys as a target."""
    better = {"higher": "higher is better", "lower": "lower is better"}.get(kpi.better)
    yield f"{kpi.title}  {', '.join(part for part in (kpi.name, kpi.unit, better) if part)}"
    yield f"  {kpi.definition}"
    yield f"  Source: {kpi.source}"
    yield f"  {MADE[type(kpi.form)]}"
    yield f"  By: {', '.join(by for by in By if by in kpi.form.breakdowns - {By.OVERALL})}."
    if keys := [key for key, target in TARGETS.items() if target.figure == kpi.name]:
        yield f"  As a target: {' and '.join(keys)}."
