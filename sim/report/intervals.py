"""How does service go through the day? Every planning interval, its figures and numbers at a time."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from sim.kpis.definitions import BY_NAME, KPIS
from sim.kpis.estimate import Estimates, Quantity
from sim.kpis.intervals import skewed_t
from sim.kpis.loops import By
from sim.kpis.measure import ratio
from sim.report.result import Column, Table
from sim.scenario.local_time import Cells, LocalTime


class Clocked(Protocol):
    """Whose planning intervals they are: a scenario, or a log."""

    @property
    def local(self) -> LocalTime:
        """Its clocks."""

    @property
    def cells(self) -> Cells:
        """Planning intervals of all days."""


NUMBERS = {
    "busy_agents": ("Agents with a chat", "agents", "occupancy", False),
    "composing_agents": ("Agents composing", "agents", "attention", False),
    "open_chats": ("Open chats", "chats", "slot_utilisation", False),
    "slots": ("Slots on duty", "slots", "slot_utilisation", True),
}
"""Mean numbers at a time: title, unit, and the ratio above (true: below) whose line they stand."""


def table(centre: Clocked, estimates: Estimates, *, everything: bool = False) -> Table:
    """A row a planning interval: the usual figures, or *everything*, and numbers at a time.

    Those in which nothing happens are not shown.
    """
    known = [kpi for kpi in KPIS if By.INTERVAL in kpi.form.breakdowns]
    usual = [kpi.name for kpi in known if By.INTERVAL in kpi.shown.across]
    names = [kpi.name for kpi in known] if everything else usual
    figures = {name: estimates.figures(name, By.INTERVAL) for name in names}
    figures |= {name: _numbers(estimates, *told[2:]) for name, told in NUMBERS.items()}
    local, edges_s = centre.local, centre.cells.edges_s
    rows: list[dict[str, Any]] = [
        {
            "start_s": float(edges_s[k]),
            "shown": any((figures[name][k].value or 0) > 0 for name in usual),
            "from": local.stamp(edges_s[k]),
            "to": local.stamp(edges_s[k + 1]),
        }
        | {name: figures[name][k] for name in figures}
        for k in np.flatnonzero(np.diff(edges_s)).tolist()
    ]
    columns = (
        Column("start_s", is_shown=False),
        Column("shown", form="flag", is_shown=False),
        Column("from", "From"),
        Column("to", "To"),
        *(Column(name, BY_NAME[name].title, BY_NAME[name].unit, "quantity") for name in names),
        *(Column(name, title, unit, "quantity") for name, (title, unit, *_) in NUMBERS.items()),
    )
    title = "Planning intervals, each figure with its 95 % interval"
    return Table("intervals", title, columns, rows, is_shown=False)


def _numbers(estimates: Estimates, name: str, below: bool) -> list[Quantity]:
    """Mean number at a time, from the time that a ratio of agents' time adds up above or *below* the line."""
    time_s, window_s = estimates.sums(name, By.INTERVAL)[below], estimates.sums("agents", By.INTERVAL)[1]
    numbers = np.nan_to_num(ratio(time_s, window_s))
    low, high = skewed_t(numbers)
    p10, p90 = np.quantile(numbers, [0.1, 0.9], axis=0)
    sides = (numbers.mean(axis=0), np.maximum(low, 0.0), high, p10, p90)
    return [
        Quantity(mean, _known(low), _known(high), False, mean, p10, p90)
        for mean, low, high, p10, p90 in zip(*(side.tolist() for side in sides), strict=True)
    ]


def _known(end: float) -> float | None:
    return None if np.isnan(end) else end
