"""What does a week look like? Opening hours, chats expected and agents planned, hour by hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.arrays import Flags, Floats
from sim.scenario.duty import duty_plan
from sim.scenario.scenario import Scenario
from sim.scenario.units import HOUR_S
from sim.studies.doubts import expected_before

DAYS, HOURS = 7, 24
WIDTH, _TIME = 80, 12
"""Letters of a line, and of the hours at its beginning."""


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """Hours of each day of a scenario, or of each weekday if it has more than a week: (n_days, 24) each."""

    titles: tuple[str, ...]
    """Of each day: its weekday, and its date where there is one."""
    open: Flags
    """Whether the centre is open at any time of the hour (on any day of the weekday)."""
    agents: Floats
    """Agents planned, a mean over the hour."""
    chats: Floats
    """Chats expected."""


def week(scenario: Scenario) -> Week:
    """Look at the hours of a *scenario*."""
    edges_s: Floats = np.arange(scenario.days * HOURS + 1, dtype=np.float64) * HOUR_S
    so_far = [expected_before(scenario, q)(edges_s) for q in range(len(scenario.queues))]
    chats = np.diff(np.sum(so_far, axis=0))
    open_s = _time_within(np.array(scenario.opening_spans).reshape(-1, 2), edges_s)
    plan = duty_plan(scenario)
    agents = _time_within(np.stack([plan.on_s, plan.off_s], axis=1), edges_s) / HOUR_S
    first = scenario.start.weekday()
    if scenario.days <= DAYS:
        dates = [scenario.calendar.date(day) for day in range(scenario.days)]
        titles, places = tuple(f"{date:%a} {date.day}" for date in dates), np.arange(scenario.days)
    else:
        titles = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        places = (first + np.arange(scenario.days)) % DAYS
    days = np.bincount(places)

    def mean(values: Floats) -> Floats:
        by_day = values.reshape(scenario.days, HOURS)
        sums = np.zeros((len(days), HOURS))
        np.add.at(sums, places, by_day)
        return np.asarray(sums / days[:, None])

    return Week(titles, mean(open_s) > 0, mean(agents), mean(np.asarray(chats)))


def _time_within(spans_s: Floats, edges_s: Floats) -> Floats:
    """Time of all spans, shape (n, 2), that lies between each two edges."""
    before = np.zeros(len(edges_s))
    for side, sign in ((0, 1.0), (1, -1.0)):
        at = np.sort(spans_s[:, side][spans_s[:, side] < edges_s[-1]])
        n = np.searchsorted(at, edges_s)
        before += sign * (n * edges_s - np.concatenate([[0.0], np.cumsum(at)])[n])
    return np.asarray(np.diff(before))


def grid(found: Week) -> Iterator[str]:
    """Lines of a table: a row an hour, alike ones together; of each day chats and agents, such as 40|6.

    Days for which a line of `WIDTH` letters has no room go on below.
    """
    yield "Chats expected | agents planned in each hour;"
    yield "( ) closed, ! open and nobody there, . nothing"
    rows = [[_cell(found, day, hour) for day in range(len(found.titles))] for hour in range(HOURS)]
    wide = 2 + max(len(cell) for cells in (found.titles, *rows) for cell in cells)
    n = max((WIDTH - _TIME) // wide, 1)
    for first_day in range(0, len(found.titles), n):
        days = slice(first_day, first_day + n)
        yield " " * _TIME + "".join(f"{title:>{wide}}" for title in found.titles[days])
        first = 0
        for hour in range(HOURS):
            if hour + 1 == HOURS or rows[hour + 1] != rows[first]:
                cells = "".join(f"{cell:>{wide}}" for cell in rows[first][days])
                yield f"{first:02d}:00-{hour + 1:02d}:00 {cells}"
                first = hour + 1


def _cell(found: Week, day: int, hour: int) -> str:
    chats, agents = found.chats[day, hour], found.agents[day, hour]
    if not found.open[day, hour] and not chats and not agents:
        return "."
    said = f"{chats:.0f}|{agents:.3g}"
    if not found.open[day, hour]:
        return f"({said})"
    return said if agents else f"{said}!"
