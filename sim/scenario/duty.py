"""Who is on duty, and when? Agents as rows, and their spans of duty (R11, R12, R31, R32)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.scenario.away import Lost, Worked, without_the_away
from sim.scenario.hours import Calendar, Span, Stretch, joined
from sim.scenario.scenario import Same, Scenario
from sim.scenario.shifts import crews
from sim.scenario.team import Group
from sim.scenario.units import DAY_S


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """How the agents of a replication differ: a row each, in order of number over all groups."""

    speed: Floats
    """Shape (n_agents,)."""
    absent: Flags
    """Shape (n_agents, days): away from the shifts that begin on the day."""
    late_s: Floats
    """Shape (n_agents, days): delay of the day's first log-in."""
    absent_on_eve: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    """Shape (n_agents,): away from a shift that began on the eve of the first day. Empty where none did."""
    late_on_eve_s: Floats = field(default_factory=lambda: np.zeros(0))
    """Shape (n_agents,): delay of the log-in to it, likewise."""

    def on(self, agent: int, day: int) -> tuple[bool, float]:
        """Whether an agent is away on a day, and how late they are; -1 is the eve of the first."""
        if day >= 0:
            return bool(self.absent[agent, day]), float(self.late_s[agent, day])
        if not len(self.absent_on_eve):
            return False, 0.0
        return bool(self.absent_on_eve[agent]), float(self.late_on_eve_s[agent])

    def is_as_planned(self, agent: int) -> bool:
        """Whether an agent is there and punctual on all days."""
        eve = [*self.absent_on_eve[agent : agent + 1], *self.late_on_eve_s[agent : agent + 1]]
        return not (self.absent[agent].any() or self.late_s[agent].any() or any(eve))


@dataclass(frozen=True, slots=True, eq=False)
class DutyPlan:
    """Agents of all groups, and their spans of duty in order of agent, then of time."""

    group: Ints
    """Group of each agent; agents stand in order of group, then of number within it."""
    slots: Ints
    """Chats that each agent may hold at once."""
    agent: Ints
    """Agent of each span."""
    on_s: Floats
    """Log-in of each span."""
    off_s: Floats
    """Log-off of each span; infinite for constant agents of a centre that never closes."""
    speed: Floats
    """Speed of each agent on each day, shape (n_agents, days) (R30)."""
    day_s: Floats
    """When each agent's days begin, same shape: at midnight, or when a shift of the day before ends (R30)."""
    lost_agent: Ints
    """Agent of each span that was planned and not worked."""
    lost_on_s: Floats
    lost_off_s: Floats
    lost_late: Flags
    """Whether it was lost to a late log-in, not to an absence."""
    stays: Flags
    """Of each span: whether its agent stays after its end until nobody waits whom they may serve (R12)."""


def duty_plan(scenario: Scenario, people: People | None = None) -> DutyPlan:
    """Agents and spans of duty of a *scenario*, with its *people* as they are drawn."""
    groups = np.repeat(np.arange(len(scenario.groups)), [group.n_agents for group in scenario.groups])
    worked: list[Worked] = []
    lost: list[Lost] = []
    planned = _planned(Same(scenario))
    for agent, stretches in enumerate(planned.stretches):
        if people is None or people.is_as_planned(agent):
            kept = joined(stretches)
        else:
            kept, gone = _kept(stretches, people, agent)
            lost += [(agent, on, off, late) for on, off, late in gone]
        worked += [(agent, on, off) for on, off in kept]
    log_offs = worked
    if scenario.incidents:
        worked, lost = without_the_away(scenario, groups.tolist(), worked, lost)
    columns, lost_columns = _columns(worked, 3), _columns(lost, 4)
    return DutyPlan(
        group=groups,
        slots=np.array([slots for group in scenario.groups for slots in group.slots], dtype=np.int64),
        agent=columns[0].astype(np.int64),
        on_s=columns[1],
        off_s=columns[2],
        speed=_speeds(scenario, people),
        day_s=planned.day_s,
        lost_agent=lost_columns[0].astype(np.int64),
        lost_on_s=lost_columns[1],
        lost_off_s=lost_columns[2],
        lost_late=lost_columns[3].astype(np.bool_),
        stays=_stays(scenario, groups, worked, log_offs),
    )


def any_on_eve(scenario: Scenario) -> bool:
    """Whether a shift that began on the eve of the first day reaches into it (R11)."""
    return any(each[0].day < 0 for each in _planned(Same(scenario)).stretches if each)


class _Planned(NamedTuple):
    """Duty as planned."""

    stretches: list[list[Stretch]]
    """Of each agent, in order of time."""
    day_s: Floats
    """See `DutyPlan`."""


@lru_cache(maxsize=8)
def _planned(same: Same) -> _Planned:
    """Duty as planned: every replication with people of its own asks."""
    scenario = same.scenario
    stretches = [each for group in scenario.groups for each in _stretches(group, scenario)]
    return _Planned(stretches, _days(scenario, stretches))


def _stays(scenario: Scenario, groups: Ints, worked: list[Worked], planned: list[Worked]) -> Flags:
    """Of each span that is worked: whether it ends at closing, as constant agents' do that are *planned*."""
    constant = np.array([scenario.closes and group.agents is not None for group in scenario.groups])
    stays: Flags = constant[groups[np.array([agent for agent, *_ in worked], dtype=np.int64)]]
    if worked is not planned:
        ends = {(agent, off) for agent, _, off in planned}
        stays = stays & np.array([(agent, off) in ends for agent, _, off in worked], dtype=np.bool_)
    return stays


def _columns(rows: list[Worked] | list[Lost], n: int) -> Floats:
    """Columns of some rows of *n* values."""
    return np.ascontiguousarray(np.array(rows, dtype=np.float64).reshape(-1, n).T)


def _speeds(scenario: Scenario, people: People | None) -> Floats:
    """Speed of each agent on each day (R30)."""
    rows = []
    for group in scenario.groups:
        learning = np.ones((group.n_agents, scenario.days))
        if group.ramp is not None:
            days = [group.ramp.learning(day) for day in range(scenario.days)]
            learning[group.n_agents - group.ramp.new_hires :] = days
        rows.append(learning)
    speed = np.concatenate(rows)
    return speed if people is None else speed * people.speed[:, None]


def _days(scenario: Scenario, planned: Sequence[Sequence[Stretch]]) -> Floats:
    """When the days of agents begin, whose stretches of duty are *planned* (R30)."""
    midnights = scenario.calendar.local.midnights(scenario.days)
    days_s = np.tile(midnights[:-1], (len(planned), 1))
    for agent, stretches in enumerate(planned):
        for _, off_s, day in stretches:
            if 0 <= day < scenario.days - 1 and midnights[day + 1] < off_s < np.inf:
                days_s[agent, day + 1] = off_s
    return days_s


def _kept(
    stretches: Sequence[Stretch], people: People, agent: int
) -> tuple[list[Span], list[tuple[float, float, bool]]]:
    """Spans that an agent works (R31, R32), and those lost, each with whether it was by being late."""
    kept: list[Stretch] = []
    lost: list[tuple[float, float, bool]] = []
    today, from_s = -2, 0.0
    for on, off, day in stretches:
        absent, late_s = people.on(agent, day)
        if absent:
            lost.append((on, off, False))
            continue
        if day != today:
            goes_on = bool(kept) and kept[-1].off_s == on
            today, from_s = day, on if goes_on else on + late_s
        begin = min(max(on, from_s), off)
        if begin > on:
            lost.append((on, begin, True))
        if begin < off:
            kept.append(Stretch(begin, off, day))
    return joined(kept), [(max(on, 0.0), off, late) for on, off, late in lost if off > 0]


def _stretches(group: Group, scenario: Scenario) -> Iterator[list[Stretch]]:
    """Duty of each agent of a group, in order of number: what begins on each day (R11, R12, R31)."""
    calendar = scenario.calendar
    if group.agents is not None:
        openings = list(calendar.openings()) if scenario.closes else _by_day(0.0, float("inf"), calendar)
        yield from (openings for _ in range(group.agents))
    elif group.shifts is None:
        levels, edges_s = _levels(group, scenario)
        for number in range(group.n_agents):
            yield _runs(levels > number, edges_s, calendar)
    for places in crews(group.shifts or ()):
        shifts = [(group.shifts or ())[k] for k in places]
        worked = sorted(stretch for shift in shifts for stretch in shift.stretches(calendar, group.zone))
        yield from (worked for _ in range(shifts[0].agents))


def _by_day(on_s: float, off_s: float, calendar: Calendar) -> list[Stretch]:
    """A span cut at midnight; beyond the last midnight it belongs to the last day."""
    midnights = calendar.local.midnights(calendar.n)
    cuts = midnights[1 : calendar.n]
    edges = [on_s, *cuts[(cuts > on_s) & (cuts < off_s)].tolist(), off_s]
    return [Stretch(on, off, calendar.day_of(on)) for on, off in pairwise(edges)]


def _levels(group: Group, scenario: Scenario) -> tuple[Ints, Floats]:
    """Staffing of a group in each interval from the eve of the first day on, and their edges (R46)."""
    calendar, n = scenario.calendar, len(group.staffings[0][1])
    local, width = calendar.local_of(group.zone), DAY_S / n
    levels: list[Ints] = []
    edges: list[Floats] = []
    for day in local.days_around(scenario.days + 1):
        date = calendar.date(day)
        staffing = np.array(group.staffing_on(date, calendar.closed_by(date)) or (0,) * n, dtype=np.int64)
        for piece in local.pieces(day):
            slots = np.arange(int(piece.clock_s // width), int(-(-piece.until_s // width)))
            levels.append(staffing[slots])
            edges.append(piece.start_s + np.maximum(slots * width - piece.clock_s, 0.0))
    return np.concatenate(levels), np.append(np.concatenate(edges), piece.end_s)


def _runs(on_duty: Flags, edges_s: Floats, calendar: Calendar) -> list[Stretch]:
    """Maximal runs of intervals on duty that touch the days of the centre.

    One that is longer than a day is cut at midnight, and ends with the last.
    """
    ends = np.flatnonzero(np.diff(np.concatenate([[False], on_duty, [False]]).astype(np.int8)))
    first_s, last_s = -DAY_S if calendar.zone is None else calendar.local.midnight(-1), calendar.horizon_s
    stretches = []
    for on_s, off_s in edges_s[ends].reshape(-1, 2).tolist():
        begins_s = max(on_s, first_s)
        if off_s <= 0 or begins_s >= last_s:
            continue
        if off_s - begins_s <= DAY_S:
            stretches.append(Stretch(begins_s, off_s, calendar.day_of(begins_s)))
        else:
            stretches += _by_day(max(begins_s, 0.0), min(off_s, last_s), calendar)
    return stretches
