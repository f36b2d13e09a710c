"""How do the answers of formulas read? One interval's figures on a terminal, or as a JSON document."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import isfinite, isinf, isnan
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from sim import __version__
from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME
from sim.report.tables import PIPED_WIDTH, number
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
_HARD = "\u00a0"
"""A blank at which no line ends."""
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


def text(value: float, unit: str) -> str:
    """Text of a figure: ∞ for what never ends, – for what has no denominator."""
    if isnan(value):
        return "–"
    return number(value, unit) if isfinite(value) else "∞"


def answer(found: Answer, width: int = PIPED_WIDTH) -> RenderableType:
    """All figures of one row, or the usual ones of each row; sentences filled to a *width*."""
    head = Text(found.formula, style="bold")
    parts = [_given(name, value) for name, value in found.given.items() if value is not None]
    given = textwrap.fill(f"{_HARD}· ".join(part.replace(" ", _HARD) for part in parts), width)
    table = _one(found) if len(found.rows) == 1 else _many(found)
    told = [Text(textwrap.fill(sentence, width)) for sentence in _remarks(found)]
    return Group(head, Text(given.replace(_HARD, " ")), table, *told)


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
    label, values = found.rows[0]
    columns = (Column(found.by.capitalize()), Column(f"{label:,}", justify="right"), Column(""))
    table = Table(*columns, box=box.SIMPLE_HEAD)
    for name, value in values.items():
        title, unit = title_and_unit(name)
        table.add_row(title, text(value, unit), "" if unit == "share" else unit)
    return table


def _many(found: Answer) -> Table:
    names = [name for name in ACROSS if name in found.rows[0][1] and not _is_idle(name, found.rows)]
    columns = [Column(found.by.capitalize(), justify="right")]
    for name in names:
        unit = title_and_unit(name)[1]
        columns.append(Column(f"{SHORT[name]}\n{'%' if unit == 'share' else unit}", justify="right"))
    table = Table(*columns, box=box.SIMPLE_HEAD)
    for label, values in found.rows:
        cells = [text(values[name], title_and_unit(name)[1]).removesuffix(" %") for name in names]
        table.add_row(f"{label:,}", *cells)
    return table


def _is_idle(name: str, rows: Sequence[tuple[int, Values]]) -> bool:
    """Whether nobody is blocked in any row: most lines have no limit."""
    return name == "blocked_rate" and not any(values[name] for _, values in rows)


def document(found: Answer) -> dict[str, Any]:
    """The same as data; a value without a denominator is null, and so is one without end, which says so."""
    return {
        "formula": found.formula,
        "version": __version__,
        "given": {name: value for name, value in found.given.items() if value is not None},
        "results": [
            {found.by: label, "figures": {name: _value(name, value) for name, value in values.items()}}
            for label, values in found.rows
        ],
    } | ({"remark": " ".join(_remarks(found))} if _remarks(found) else {})


def _value(name: str, value: float) -> dict[str, Any]:
    unit = title_and_unit(name)[1]
    if isfinite(value):
        return {"value": value, "unit": unit}
    return {"value": None, "unit": unit} | ({} if isnan(value) else {"is_infinite": True})
