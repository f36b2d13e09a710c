"""What does the formula say, and what the run? Both beside each other, and why they differ."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import fields
from math import isfinite
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from sim.kpis.definitions import BY_NAME, Kpi
from sim.kpis.estimate import Estimates, Figure
from sim.report.formulas import text
from sim.report.tables import PIPED_WIDTH, Row, interval, narrowed, number
from sim.theory.applies import FIGURES, Formula, NoFormula


def beside(found: Formula | NoFormula, estimates: Estimates, width: int = PIPED_WIDTH) -> RenderableType:
    """Formula and run, a row a figure; or why no formula fits. What is not exact has a ≈."""
    if isinstance(found, NoFormula):
        return Text(textwrap.fill(f"No formula fits this scenario: {found.why}.", width))
    columns = [
        Column("Figure"),
        Column("Formula", justify="right"),
        Column("Simulated", justify="right"),
        Column(""),
        Column("95 % interval", justify="right"),
    ]
    rows: list[Row | None] = [
        [
            kpi.title,
            text(value, kpi.unit) if kpi.name in found.exact else f"≈ {text(value, kpi.unit)}",
            number(figure.value, kpi.unit),
            "" if kpi.unit == "share" else kpi.unit,
            interval(figure, kpi.unit),
        ]
        for kpi, value, figure in _both(found, estimates)
    ]
    table = narrowed(f"Beside the formula: {found.name}", columns, rows, width, spare=(4,))
    return Group(table, Text(textwrap.fill(sentence(found), width)))


def sentence(found: Formula) -> str:
    """Why the run differs from the formula."""
    if found.is_exact:
        return f"The formula is exact in the long run; the two differ because {found.why}."
    why = found.why.replace("the formula's", "its", 1)
    said = "The formula is an approximation"
    if found.exact:
        rest = " and ".join(sorted(BY_NAME[name].title.lower() for name in FIGURES - found.exact))
        said = f"The formula is exact in the long run, but for {rest}"
    return f"{said}: {why}. Besides, a run is finite, and begins empty."


def _both(found: Formula, estimates: Estimates) -> Iterator[tuple[Kpi, float, Figure]]:
    """Key figures that the formula and the run both have."""
    values = {field.name: float(getattr(found.figures, field.name)) for field in fields(found.figures)}
    if found.response_s is not None:
        values["response_s"] = found.response_s
    for name, value in values.items():
        if name in BY_NAME:
            yield BY_NAME[name], value, estimates.figure(name)


def document(found: Formula | NoFormula, estimates: Estimates) -> dict[str, Any]:
    """The same as data; a value of the formula without a denominator or end is null."""
    if isinstance(found, NoFormula):
        return {"formula": None, "why": found.why}
    return {
        "formula": found.name,
        "is_exact": found.is_exact,
        "why": sentence(found),
        "figures": {
            kpi.name: {
                "formula": value if isfinite(value) else None,
                "is_exact": kpi.name in found.exact,
                "simulated": figure.value,
                "low": figure.low,
                "high": figure.high,
                "few_days": figure.few_days,
                "unit": kpi.unit,
            }
            for kpi, value, figure in _both(found, estimates)
        },
    }
