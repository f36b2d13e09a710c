"""How do figures read that are adjusted for what is known of the arrivals? As a table and as data."""

from __future__ import annotations

from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates, Quantity
from sim.report.result import PER_ROW, Column, Table
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


def table(scenario: Scenario, estimates: Estimates) -> Table:
    """A row a figure: as it is, adjusted, and what is gained."""
    rows = []
    for name, found in _found(scenario, estimates).items():
        kpi, plain = BY_NAME[name], estimates.figure(name)
        value = Quantity(found.value, found.low, found.high, False, None, None, None)
        rows.append(
            {"kpi": name, "title": kpi.title, "unadjusted": plain.value, "value": value, "unit": kpi.unit}
            | {"controls": found.controls, "gain": found.gain}
        )
    columns = (
        Column("kpi", is_shown=False),
        Column("title", "Figure"),
        Column("unadjusted", "Value", PER_ROW, "number"),
        Column("value", "Adjusted", PER_ROW, "quantity", "interval"),
        Column("unit"),
        Column("controls", is_shown=False),
        Column("gain", "Gain", "×", "number"),
    )
    notes = (METHOD if rows else NONE,)
    return Table("controls", "With control variates", columns, rows, key="kpi", notes=notes)


def _found(scenario: Scenario, estimates: Estimates) -> dict[str, Adjusted]:
    """Figures that exist, vary, and can be adjusted."""
    found = {name: adjusted(name, estimates, scenario) for name in FIGURES}
    return {name: each for name, each in found.items() if each is not None}
