"""What does a sensitivity answer with? Every change of every input, and how likely the promise is missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.kpis.targets import bounds
from sim.report.numbers import caveats, interval, titled, with_unit
from sim.report.result import Column, Head, Result, Row, Table, answering, change
from sim.report.risk import tables as risk_tables
from sim.report.risk import words as risk_words
from sim.scenario.units import plural
from sim.studies.risk import Risk
from sim.studies.sensitivity import Effect, Sensitivity
from sim.studies.sensitivity import sensitivity as change_each

METHOD = (
    "Each change alone, on the same customers; differences are paired, replication by replication. An "
    "interval that holds 0 means that no difference was seen."
)


def result(
    found: Sensitivity, risk: Risk | None = None, remarks: Sequence[str] = (), *, interrupted: bool = False
) -> Result:
    """Result of a sensitivity, the widest swing first; with a *risk*, and *remarks* on what was left out."""
    scenario, base, kpi = found.scenario, found.base, found.kpi
    runs = plural(found.replications, "replication")
    basis = f"{plural(scenario.days, 'day')}, {runs} of each change, seed {found.seed}"
    if found.unseen:
        basis += f"\nInterrupted; not simulated yet: {', '.join(found.unseen)}"
    head = Head(
        "sensitivity", (scenario.name,), basis, found.seed, found.replications,
        interrupted=interrupted or bool(found.unseen),
    )  # fmt: skip
    facts: dict[str, Any] = {
        "figure": kpi.name, "figure_title": kpi.title, "unit": kpi.unit, "better": kpi.better,
        "value": base.value, "low": base.low, "high": base.high, "few_days": base.few_days,
        "bounds": [
            {"side": bound.side, "value": bound.value}
            for bound in bounds(scenario) if bound.kpi == kpi.name and bound.where is None
        ],
        "in_words": titled(kpi, scenario), "not_simulated": list(found.unseen), "left_out": list(remarks),
    }  # fmt: skip
    tables: tuple[Table, ...] = (_inputs(found),)
    words = list(_answer(found))
    if risk is not None:
        risks, more = risk_tables(risk)
        tables, facts = (*tables, *risks), facts | more
        words += risk_words(risk)
    return Result(head, (), (*words, *remarks), tables, facts, found)


def _answer(found: Sensitivity) -> list[str]:
    """Which input moves the figure most."""
    if not found.bars:
        return []
    widest, unit = found.bars[0], found.kpi.unit
    values = [found.base.value, *(effect.figure.value for effect in widest.effects)]
    known = sorted(value for value in values if value is not None)
    if widest.swing == 0 or not known:
        return [f"Nothing moves {titled(found.kpi, found.scenario)}."]
    title, what = widest.title, titled(found.kpi, found.scenario)
    low, high, base = (with_unit(unit, value) for value in (known[0], known[-1], found.base.value))
    sure = interval(found.base, unit) or "no interval"
    return [f"{title} moves {what} most: between {low} and {high}; as it is, it is {base} ({sure})."]


def _inputs(found: Sensitivity) -> Table:
    """A row a change: value, and difference from the scenario as it is."""
    kpi = found.kpi
    columns = (
        Column("input", "Input"),
        Column("change", "Change"),
        Column("changes", is_shown=False),
        Column("swing", unit=kpi.unit, form="number", is_shown=False),
        Column("figure", kpi.title, kpi.unit, "quantity"),
        Column("difference", "Difference", kpi.unit, "difference", "interval"),
        Column("seen", spare=1),
    )
    rows: list[Row] = [
        {
            "input": bar.title, "change": effect.side.label, "swing": bar.swing, "figure": effect.figure,
            "changes": [str(change) for change in effect.side.changes],
            "difference": change(effect.difference), "seen": _seen(effect),
        }
        for bar in found.bars
        for effect in bar.effects
    ]  # fmt: skip
    figures = [found.base, *(effect.figure for bar in found.bars for effect in bar.effects)]
    notes = (*caveats(found.replications, ((kpi, figure) for figure in figures)), METHOD)
    title = f"What moves {titled(kpi, found.scenario)}"
    return Table("inputs", title, columns, rows, divide="input", notes=notes)


def _seen(effect: Effect) -> str:
    """That no difference was seen, where that can be said."""
    low, high = effect.difference.low, effect.difference.high
    is_seen = effect.difference.steady or (low is not None and high is not None and (low > 0 or high < 0))
    return "" if is_seen or not (low is not None or effect.difference.same) else "not seen"


sensitivity = answering(change_each, result)
