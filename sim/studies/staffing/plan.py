"""What is searched? Agents of each group in each block of the day, and the scenario that they make.

A block is one or more planning intervals with the same staffing. Where nobody is expected, and while the
centre is closed, nobody is on duty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np

from sim.arrays import Floats, Ints
from sim.draws.profile import demand
from sim.errors import StudyError
from sim.scenario.hours import Span
from sim.scenario.scenario import Scenario
from sim.scenario.shifts import Break, Shift
from sim.scenario.units import DAY_S, clock_text
from sim.studies.staffing.choice import Step

NOBODY = {"agents": None, "staffing": None, "staffing_by_day": None, "shifts": None}
"""What says who is on duty in a group."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Blocks of a scenario's day, in order: ``[first, end)`` in planning intervals."""

    scenario: Scenario
    first: Ints
    end: Ints

    def __len__(self) -> int:
        """Blocks."""
        return len(self.first)

    @property
    def hours(self) -> Floats:
        """Length of each block in hours, as far as the centre is open."""
        edges_s = open_edges(self.scenario)
        return np.asarray((edges_s[self.end] - edges_s[self.first]) / 3600)

    def apply(self, levels: Ints) -> Scenario:
        """Give the scenario with the *levels* as staffing, shape (n_groups, n_blocks).

        A group that is there all day without end is constant, so that it clears what waits at the horizon.
        Where the centre opens or closes within an interval, staffing is written as shifts that don't reach
        beyond.
        """
        groups = []
        edges_s = open_edges(self.scenario)
        cuts_intervals = bool((edges_s % self.scenario.interval_s).any())
        for group, level in zip(self.scenario.groups, levels.tolist(), strict=True):
            staffing = self.spread(level)
            new: dict[str, object]
            if len(set(staffing)) == 1 and group.late_s is None and not cuts_intervals:
                new = {"agents": staffing[0]}
            elif cuts_intervals and any(staffing):
                new = {"shifts": _shifts(staffing, edges_s)}
            else:
                new = {"staffing": staffing}
            groups.append(group.model_copy(update=NOBODY | new))
        return self.scenario.model_copy(update={"groups": tuple(groups)})

    def spread(self, level: Sequence[int]) -> tuple[int, ...]:
        """Agents in each interval of the day, of a level for each block."""
        staffing = [0] * self.scenario.intervals_per_day
        for first, end, agents in zip(self.first.tolist(), self.end.tolist(), level, strict=True):
            staffing[first:end] = [agents] * (end - first)
        return tuple(staffing)

    def clock(self, interval: int) -> str:
        """Clock time at which an *interval* of the day begins."""
        return clock_text(interval * self.scenario.interval_s)

    def least_peak(self) -> list[int]:
        """Agents that each group must have at its busiest: its seniors and new hires are some of them."""
        return [
            max(group.ramp.new_hires if group.ramp else 0, sum(level.agents for level in group.seniority))
            for group in self.scenario.groups
        ]


def blocks(scenario: Scenario, step: Step = Step.INTERVAL) -> Blocks:
    """Cut the open hours of a *scenario*'s day in which chats are expected into blocks.

    Raises
    ------
    StudyError
        If no chat is expected while the centre is open.
    """
    expected = expected_a_day(scenario).sum(axis=0)
    busy = np.flatnonzero(expected > 0)
    if not len(busy):
        while_open = " while the centre is open" if scenario.hours else ""
        raise StudyError(f"queues: no chat is expected on any day{while_open}, so nobody is needed")
    per_day = scenario.intervals_per_day
    length = {Step.INTERVAL: 1, Step.HOUR: max(1, round(3600 / scenario.interval_s)), Step.DAY: per_day}[step]
    edges = sorted({int(busy[0]), *range(length * ceil((busy[0] + 1) / length), int(busy[-1]) + 1, length)})
    cut = [(a, b) for a, b in pairwise([*edges, int(busy[-1]) + 1]) if expected[a:b].any()]
    return Blocks(scenario, *(np.array(ends, dtype=np.int64) for ends in zip(*cut, strict=True)))


def open_edges(scenario: Scenario) -> Floats:
    """Clock times between the planning intervals of a day, drawn into the opening hours, in seconds.

    An interval in which the centre is closed lies between two that are the same.
    """
    first_s, last_s = usual_hours(scenario)
    edges_s = np.arange(scenario.intervals_per_day + 1) * scenario.interval_s
    return np.asarray(np.minimum(np.maximum(edges_s, first_s), last_s), dtype=np.float64)


def usual_hours(scenario: Scenario) -> Span:
    """Opening hours of all days, from and until when, in seconds since midnight.

    Raises
    ------
    StudyError
        If days differ, or the centre is open over midnight: what is planned here is one day for all.
    """
    calendar = scenario.calendar
    changing = calendar.local.changes(scenario.days)
    if changing:
        law = f"a day of 24 hours is planned for all, and the clocks change on {calendar.date(changing[0])}"
        raise StudyError(f"zone: {law}: leave that day out, or plan it without a zone")
    for g, group in enumerate(scenario.groups):
        if group.zone not in {None, scenario.zone}:
            law = f"agents are planned by the centre's clocks, and {group.name!r} has others"
            raise StudyError(f"groups.{g}.zone: {law}: leave it out, and plan in the centre's local time")
    days = {calendar.opening(calendar.date(day)) for day in range(scenario.days)}
    hours = days.pop()
    if days or hours is None:
        law = "one day is planned for all, and opening hours differ between these"
        raise StudyError(f"hours: {law}: plan days that are alike by a scenario of their own")
    if hours[1] > DAY_S:
        raise StudyError("hours: a day is planned from midnight to midnight, and the centre is open over it")
    return hours


def expected_a_day(scenario: Scenario) -> Floats:
    """Chats expected in the open part of each interval, a mean over days: (n_queues, n_intervals)."""
    midnights = scenario.calendar.local.midnights(scenario.days)[:-1]
    edges_s = (midnights[:, None] + open_edges(scenario)).ravel()
    rows = []
    for queue, (pieces_s, chats) in zip(scenario.queues, demand(scenario), strict=True):
        if queue.arrivals.times_s is not None:
            came = np.sort(np.array(queue.arrivals.times_s))
            so_far = np.searchsorted(came, edges_s).astype(np.float64)
        else:
            so_far = np.interp(edges_s, pieces_s, np.concatenate([[0.0], np.cumsum(chats)]))
        counts = np.diff(so_far.reshape(scenario.days, -1), axis=1)
        rows.append(counts.mean(axis=0))
    return np.array(rows)


def _shifts(staffing: Sequence[int], edges_s: Floats) -> tuple[Shift, ...]:
    """Shifts of agents who are on duty in each interval in which more than so many are: breaks in between."""
    worked: dict[tuple[tuple[float, float], ...], int] = {}
    for number in range(max(staffing)):
        on_duty = np.array([False, *(level > number for level in staffing), False])
        runs = np.flatnonzero(np.diff(on_duty.astype(np.int8))).reshape(-1, 2)
        spans = tuple((float(edges_s[on]), float(edges_s[off])) for on, off in runs)
        worked[spans] = worked.get(spans, 0) + 1
    return tuple(
        Shift(
            agents=agents,
            start=spans[0][0],
            end=spans[-1][1],
            breaks=tuple(Break(start=off, minutes=(on - off) / 60) for (_, off), (on, _) in pairwise(spans)),
        )
        for spans, agents in worked.items()
    )
