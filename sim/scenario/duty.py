"""Who is on duty, and when? Agents as rows, and their spans of duty (R11, R12, R31, R32)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.scenario.away import Lost, Worked, without_the_away
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group, Shift
from sim.scenario.units import DAY_S

Span = tuple[float, float]
"""Log-in and log-off in seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """How the agents of a replication differ: a row each, in order of number over all groups."""

    speed: Floats
    """Shape (n_agents,)."""
    absent: Flags
    """Shape (n_agents, days): away for the whole day."""
    late_s: Floats
    """Shape (n_agents, days): delay of the day's first log-in."""


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
    planned = (spans for group in scenario.groups for spans in _spans(group, scenario))
    for agent, spans in enumerate(planned):
        kept = spans
        if people is not None and (people.absent[agent].any() or people.late_s[agent].any()):
            kept, gone = _kept(spans, people.absent[agent], people.late_s[agent])
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
        lost_agent=lost_columns[0].astype(np.int64),
        lost_on_s=lost_columns[1],
        lost_off_s=lost_columns[2],
        lost_late=lost_columns[3].astype(np.bool_),
        stays=_stays(scenario, groups, worked, log_offs),
    )


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


def _kept(
    spans: list[Span], absent: Flags, late_s: Floats
) -> tuple[list[Span], list[tuple[float, float, bool]]]:
    """Spans that an agent works (R31, R32), and those lost, each with whether it was by being late."""
    kept: list[Span] = []
    lost: list[tuple[float, float, bool]] = []
    today, from_s = -1, 0.0
    for on, off in _cut_at_midnight(spans, len(absent)):
        day = int(on // DAY_S)
        if absent[day]:
            lost.append((on, off, False))
            continue
        if day != today:
            goes_on = bool(kept) and kept[-1][1] == on
            today, from_s = day, on if goes_on else on + float(late_s[day])
        begin = min(max(on, from_s), off)
        if begin > on:
            lost.append((on, begin, True))
        if begin < off:
            kept.append((begin, off))
    return _joined(kept), lost


def _cut_at_midnight(spans: list[Span], days: int) -> Iterator[Span]:
    """Spans in pieces that lie within a day; beyond the last midnight belongs to the last day."""
    for on, off in spans:
        last = min(int(off // DAY_S), days - 1) if off < float("inf") else days - 1
        cuts = [day * float(DAY_S) for day in range(int(on // DAY_S) + 1, last + 1)]
        edges = [on, *(cut for cut in cuts if cut < off), off]
        yield from pairwise(edges)


def _spans(group: Group, scenario: Scenario) -> Iterator[list[Span]]:
    """Spans of each agent of a group, in order of number."""
    if group.agents is not None:
        spans = _open_spans(scenario)
        yield from (spans for _ in range(group.agents))
    elif group.staffing is not None:
        width = DAY_S / len(group.staffing)
        levels = np.tile(group.staffing, scenario.days)
        for number in range(group.n_agents):
            yield _runs(levels > number, width)
    for shift in group.shifts or ():
        days = [day * float(DAY_S) for day in range(scenario.days)]
        spans = _joined([(day + on, day + off) for day in days for on, off in pieces(shift)])
        yield from (spans for _ in range(shift.agents))


def _open_spans(scenario: Scenario) -> list[Span]:
    """When the centre is open: the duty of constant agents (R12)."""
    if scenario.hours is None or not scenario.closes:
        return [(0.0, float("inf"))]
    midnights = [day * float(DAY_S) for day in range(scenario.days)]
    return [(day + scenario.hours.open, day + scenario.hours.close) for day in midnights]


def _runs(on_duty: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], width: float) -> list[Span]:
    """Maximal runs of intervals on duty."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on_duty, [False]]).astype(np.int8)))
    return [(float(on * width), float(off * width)) for on, off in edges.reshape(-1, 2)]


def pieces(shift: Shift) -> list[Span]:
    """A shift's spans between its breaks, as clock times."""
    pauses = sorted((pause.start, pause.end) for pause in shift.breaks)
    starts = [shift.start, *(end for _, end in pauses)]
    ends = [*(start for start, _ in pauses), shift.end]
    return [(on, off) for on, off in zip(starts, ends, strict=True) if on < off]


def _joined(spans: list[Span]) -> list[Span]:
    """Spans with those that touch (24:00 and 00:00 of the next day) joined."""
    joined: list[Span] = []
    for on, off in spans:
        if joined and joined[-1][1] == on:
            joined[-1] = (joined[-1][0], off)
        else:
            joined.append((on, off))
    return joined
