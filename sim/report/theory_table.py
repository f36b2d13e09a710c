"""What does the formula say, and what the run? Both beside each other, and why they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from sim.kpis.definitions import BY_NAME, Kpi
from sim.kpis.estimate import Estimates, Quantity
from sim.report.result import PER_ROW, Column, Table
from sim.scenario.scenario import Scenario
from sim.theory.applies import FIGURES, Formula, NoFormula, formula_for


def table(
    scenario: Scenario, estimates: Estimates
) -> tuple[tuple[Table, ...], tuple[str, ...], dict[str, Any]]:
    """Formula and run, a row a figure, and why they differ; or why no formula fits. ≈: not exact."""
    found = formula_for(scenario)
    if isinstance(found, NoFormula):
        told = f"No formula fits this scenario: {found.why}."
        return (), (told,), {"formula": {"name": None, "is_exact": None, "why": found.why}}
    rows = [
        {
            "kpi": kpi.name,
            "title": kpi.title,
            "exact": "" if kpi.name in found.exact else "≈",
            "formula": value,
        }
        | {"value": figure, "unit": kpi.unit}
        for kpi, value, figure in _both(found, estimates)
    ]
    columns = (
        Column("kpi", is_shown=False),
        Column("title", "Figure"),
        Column("exact"),
        Column("formula", "Formula", PER_ROW, "number"),
        Column("value", "Simulated", PER_ROW, "quantity", "interval"),
        Column("unit"),
    )
    title = f"Beside the formula: {found.name}"
    facts = {"formula": {"name": found.name, "is_exact": found.is_exact, "why": sentence(found)}}
    return (Table("theory", title, columns, rows, key="kpi", notes=(sentence(found),)),), (), facts


def sentence(found: Formula) -> str:
    """Why the run differs from the formula."""
    if found.is_exact:
        return f"The formula is exact in the long run; the two differ because {found.why}."
    why = found.why.replace("the formula's", "its", 1)
    said = "The formula is an approximation"
    if found.exact:
        names = sorted((BY_NAME[name].title.lower() for name in FIGURES - found.exact), reverse=True)
        rest = " and ".join(names)
        said = f"The formula is exact in the long run, but for {rest}"
    return f"{said}: {why}. Besides, a run is finite, and begins empty."


def _both(found: Formula, estimates: Estimates) -> Iterator[tuple[Kpi, float, Quantity]]:
    """Key figures that the formula and the run both have."""
    values = {field.name: float(getattr(found.figures, field.name)) for field in fields(found.figures)}
    if found.response_s is not None:
        values["response_s"] = found.response_s
    for name, value in values.items():
        if name in BY_NAME:
            yield BY_NAME[name], value, estimates.figure(name)
