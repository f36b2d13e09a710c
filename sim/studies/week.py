"""What does a week look like? Opening hours, chats expected and agents planned, hour by hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.scenario.duty import duty_plan
from sim.scenario.scenario import Scenario
from sim.scenario.units import HOUR_S, clock_text, end_text
from sim.studies.doubts import expected_before

DAYS, HOURS = 7, 24
WIDTH, _TIME = 80, 12
"""Letters of a line, and of the hours at its beginning."""


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """Hours of each day of a scenario, or of each weekday if it has more than a week: (n_days, 24) each.

    Of a weekday the days count on which it is open in the hour; all, if it never is.
    """

    titles: tuple[str, ...]
    """Of each day: its weekday, and its date where there is one."""
    exists: Flags
    """Whether the clocks show the hour at all: on the day on which they go forward they leave one out."""
    open: Flags
    """Whether the centre is open at any time of the hour, on any day of the weekday ..."""
    partly: Flags
    """... and on others not."""
    agents: Floats
    """Agents planned, a mean over the hour."""
    chats: Floats
    """Chats expected in the hour, those of the second time too where the clocks show it twice."""


def week(scenario: Scenario) -> Week:
    """Look at the hours of a *scenario*."""
    edges_s, cell = _hours(scenario)
    so_far = [expected_before(scenario, q)(edges_s) for q in range(len(scenario.queues))]
    plan, spans = duty_plan(scenario), np.array(scenario.opening_spans).reshape(-1, 2)
    agent_s = _time_within(np.stack([plan.on_s, plan.off_s], axis=1), edges_s)
    first = scenario.start.weekday()
    if scenario.days <= DAYS:
        dates = [scenario.calendar.date(day) for day in range(scenario.days)]
        titles, places = tuple(f"{date:%a} {date.day}" for date in dates), np.arange(scenario.days)
    else:
        titles = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        places = (first + np.arange(scenario.days)) % DAYS

    def by_hour(values: Floats) -> Floats:
        every = np.bincount(cell, values, scenario.days * HOURS)
        return np.asarray(every.reshape(scenario.days, HOURS), dtype=np.float64)

    def added(by_day: Floats | Flags) -> Floats:
        sums = np.zeros((len(titles), HOURS))
        np.add.at(sums, places, by_day)
        return sums

    there_s = by_hour(np.diff(edges_s))
    is_open = by_hour(_time_within(spans, edges_s)) > 0
    n, n_open = added(there_s > 0), added(is_open)
    counts = np.where((n_open > 0)[places], is_open, there_s > 0)
    agents, chats = (
        added(counts * by_hour(values)) / np.maximum(added(counts * whole), 1)
        for values, whole in ((agent_s, there_s), (np.diff(np.sum(so_far, axis=0)), 1.0))
    )
    return Week(titles, n > 0, n_open > 0, (n_open > 0) & (n_open < n), agents, chats)


def holidays(scenario: Scenario) -> Iterator[str]:
    """Name the public holidays among the days of a *scenario*, and what they change."""
    calendar = scenario.calendar
    for day in range(scenario.days):
        date = calendar.date(day)
        name = calendar.holiday(date)
        if name is not None and calendar.holidays is not None:
            opening, factor = calendar.opening(date), calendar.holidays.factor
            does = "closed" if opening is None else f"open {clock_text(opening[0])}-{end_text(opening[1])}"
            does += f", chats × {factor:g}" * (factor != 1 and opening is not None)
            yield f"holiday: {date:%a} {date}, {name}: {does}"


def _hours(scenario: Scenario) -> tuple[Floats, Ints]:
    """Edges of the hours of all days by the centre's clocks, and the number of each; some come twice."""
    local = scenario.calendar.local
    starts, cells = [], []
    for day in range(scenario.days):
        for piece in local.pieces(day):
            hours = np.arange(int(piece.clock_s // HOUR_S), int(-(-piece.until_s // HOUR_S)))
            starts.append(piece.start_s + np.maximum(hours * float(HOUR_S) - piece.clock_s, 0.0))
            cells.append(day * HOURS + hours)
    return np.append(np.concatenate(starts), scenario.horizon_s), np.concatenate(cells)


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
    if found.partly.any():
        yield "~ open on some of these days: a mean of those"
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
    if not found.exists[day, hour]:
        return ""
    if not found.open[day, hour] and not chats and not agents:
        return "."
    said = f"{chats:.0f}|{agents:.3g}"
    if not found.open[day, hour]:
        return f"({said})"
    return said + "~" * bool(found.partly[day, hour]) + "!" * (not agents)
