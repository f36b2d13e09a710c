"""How do figures read that are adjusted for what is known of the arrivals? As a table and as data."""

from __future__ import annotations

import textwrap
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates
from sim.report.tables import PIPED_WIDTH, Row, narrowed, number
from sim.scenario.scenario import Scenario
from sim.studies.controls import Adjusted, adjusted

FIGURES = ("service_level", "missed_rate", "abandonment", "asa_s", "frt_s", "response_s", "attention")
"""Figures that are shown adjusted, where they exist."""

METHOD = (
    "Adjusted by regression on the number of arrivals, whose mean is known, and its square. Gain: so many "
    "times as many replications would be needed without, to be as sure. A figure that fewer than 15 "
    "replications carry, all others being alike, is not adjusted."
)
NONE = (
    "No control variates: the number of arrivals does not vary, or fewer than 15 replications carry a figure."
)


def table(scenario: Scenario, estimates: Estimates, width: int = PIPED_WIDTH) -> RenderableType:
    """A row a figure: as it is, adjusted, and what is gained; within a *width*."""
    columns = [
        Column("Figure"),
        Column("Value", justify="right"),
        Column("Adjusted", justify="right"),
        Column("95 % interval", justify="right"),
        Column("Gain", justify="right"),
    ]
    rows: list[Row | None] = []
    for name, found in _found(scenario, estimates).items():
        kpi = BY_NAME[name]
        ends = f"{number(found.low, kpi.unit)} … {number(found.high, kpi.unit)}"
        title = kpi.title if kpi.unit == "share" else f"{kpi.title} [{kpi.unit}]"
        plain = number(estimates.figure(name).value, kpi.unit)
        rows.append([title, plain, number(found.value, kpi.unit), ends, f"{found.gain:.1f} ×"])
    if not rows:
        return Text(NONE)
    return Group(
        narrowed("With control variates", columns, rows, width, spare=()), Text(textwrap.fill(METHOD, width))
    )


def document(scenario: Scenario, estimates: Estimates) -> dict[str, Any]:
    """The same as data."""
    return {
        "controls": {
            name: {"value": found.value, "low": found.low, "high": found.high}
            | {"controls": found.controls, "gain": found.gain}
            for name, found in _found(scenario, estimates).items()
        }
    }


def _found(scenario: Scenario, estimates: Estimates) -> dict[str, Adjusted]:
    """Figures that exist, vary, and can be adjusted."""
    found = {name: adjusted(name, estimates, scenario) for name in FIGURES}
    return {name: each for name, each in found.items() if each is not None}
