"""What do formulas answer with? Figures of one interval in the long run, for one number of agents or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import isinf, isnan
from typing import Any

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME
from sim.report.numbers import HARD
from sim.report.result import PER_ROW, Column, Head, Result, Row, Table
from sim.theory.line import Line

OWN = {
    "blocked_rate": ("Blocked", "share"),
    "service_level_virtual": ("Service level, virtual", "share"),
    "abandoned_wait_s": ("Wait of who left", "s"),
    "virtual_wait_s": ("Wait, virtual", "s"),
    "slowdown": ("Slowdown", "×"),
    "chats_per_hour": ("Chats", "chats/h"),
    "attempts": ("Attempts", "a customer"),
    "lost": ("Lost for good", "share"),
    "arrivals_per_hour": ("Arrivals, retrials too", "chats/h"),
}
"""Titles and units of figures that no log has."""

ACROSS = (
    "blocked_rate", "abandonment", "service_level", "wait_probability", "asa_s", "wait_p90_s", "response_s",
    "occupancy", "slot_utilisation", "attention", "aht_s", "slowdown", "chats_per_hour",
    "lost", "attempts", "arrivals_per_hour",
)  # fmt: skip
"""Columns of a table with a row for each number of agents or slots, as far as there are such figures."""

SHORT = {
    "blocked_rate": "blocked", "abandonment": "aband.", "service_level": "SL", "wait_probability": "waits",
    "asa_s": "ASA", "wait_p90_s": "wait p90", "response_s": "reply", "occupancy": "occup.",
    "slot_utilisation": "slots", "attention": "attent.", "aht_s": "AHT", "slowdown": "slowdown",
    "chats_per_hour": "chats", "lost": "lost", "attempts": "attempts", "arrivals_per_hour": "arrivals",
}  # fmt: skip
"""Heads of those columns."""

PERCENTILES = {"wait_p50_s": 0.5, "wait_p80_s": 0.8, "wait_p90_s": 0.9, "wait_p95_s": 0.95}
Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a formula says of one interval."""

    formula: str
    """Its name."""
    given: Mapping[str, Any]
    """What it was asked, by name."""
    by: str
    """What the rows differ in: agents, slots or queue."""
    rows: Sequence[tuple[int, Values]]
    remark: str = ""
    """A sentence below the figures."""


def rows(labels: Sequence[int], columns: Mapping[str, Floats]) -> list[tuple[int, Values]]:
    """Rows of an answer from its columns, which have a value for each label."""
    return [
        (label, {name: float(values[k]) for name, values in columns.items()})
        for k, label in enumerate(labels)
    ]


def line_columns(line: Line, threshold_s: float) -> dict[str, Floats]:
    """Figures of a line, percentiles among them."""
    figures = line.figures(threshold_s)
    percentiles = {name: line.percentile_s(share) for name, share in PERCENTILES.items()}
    return {field.name: getattr(figures, field.name) for field in fields(figures)} | percentiles


def title_and_unit(name: str) -> tuple[str, str]:
    """How a figure is called, and its unit."""
    if name in OWN:
        return OWN[name]
    return BY_NAME[name].title, BY_NAME[name].unit


def result(found: Answer) -> Result:
    """Result of a formula: all figures of one row below each other, or the usual ones of each row."""
    parts = [_given(name, value) for name, value in found.given.items() if value is not None]
    # No line ends within what was given.
    basis = f"{HARD}· ".join(part.replace(" ", HARD) for part in parts)
    head = Head("theory", (), basis, title=found.formula)
    given = {name: value for name, value in found.given.items() if value is not None}
    tables = (_one(found), _many(found)) if len(found.rows) == 1 else (_many(found),)
    facts: dict[str, Any] = {"formula": found.formula, "given": given}
    told = tuple(_remarks(found))
    return Result(head, (), told, tables, facts | ({"remark": " ".join(told)} if told else {}), found)


def _remarks(found: Answer) -> list[str]:
    """Sentences below the figures: what grows without end, and the answer's own."""
    endless = [f"{label:,}" for label, values in found.rows if isinf(values.get("asa_s", 0.0))]
    sentences = [found.remark] if found.remark else []
    if endless:
        which = ", ".join(endless)
        by = found.by.removesuffix("s") if endless == ["1"] else found.by
        where = f"In queue {which}" if found.by == "queue" else f"With {which} {by}"
        sentences.append(
            f"{where}: more comes than can be served, and nobody leaves, so the line grows without end."
        )
    return sentences


def _given(name: str, value: object) -> str:
    unit = " s" if name.endswith("_s") else ""
    plain = name.removesuffix("_s").replace("_per_hour", " an hour").replace("_", " ")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"{plain} {', '.join(f'{part:g}' for part in value)}{unit}"
    return f"{plain} {value:g}{unit}" if isinstance(value, float | int) else f"{plain} {value}"


def _one(found: Answer) -> Table:
    """A row a figure."""
    (_, values), *_ = found.rows
    rows: list[Row] = []
    for name, value in values.items():
        title, unit = title_and_unit(name)
        rows.append({"kpi": name, "title": title, "value": _known(value), "unit": unit})
    columns = (
        Column("kpi", is_shown=False),
        Column("title", found.by.capitalize()),
        Column("value", f"{found.rows[0][0]:,}", PER_ROW, "number"),
        Column("unit"),
    )
    return Table("figures", "", columns, rows, key="kpi")


def _many(found: Answer) -> Table:
    """A row a number of agents, or whatever the rows differ in; shown if there are several."""
    is_single, first = len(found.rows) == 1, found.rows[0][1]
    names = [name for name in ACROSS if name in first and not _is_idle(name, found.rows)]
    columns = [Column(found.by, found.by.capitalize(), form="number")]
    for name in [*names, *(name for name in first if name not in names)]:
        head = SHORT.get(name, title_and_unit(name)[0])
        columns.append(Column(name, head, title_and_unit(name)[1], "number", is_shown=name in names))
    rows = [
        {found.by: label} | {name: _known(v) for name, v in values.items()} for label, values in found.rows
    ]
    return Table("results", "", tuple(columns), rows, is_shown=not is_single)


def _known(value: float) -> float | None:
    """A value; None where it has no denominator."""
    return None if isnan(value) else value


def _is_idle(name: str, rows: Sequence[tuple[int, Values]]) -> bool:
    """Whether nobody is blocked in any row: most lines have no limit."""
    return name == "blocked_rate" and not any(values[name] for _, values in rows)
