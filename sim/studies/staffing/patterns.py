"""Which shifts may be planned? Every one that a group's patterns allow: its start, length and breaks.

A shift lies within one day, as all shifts do: one over midnight is written as two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations, product

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.errors import StudyError
from sim.scenario.scenario import Scenario
from sim.scenario.shifts import Break, Shift
from sim.scenario.team import BreakWindow, Pattern
from sim.scenario.units import DAY_S, HOUR_S, end_text
from sim.studies.staffing.plan import open_edges, usual_hours

MOST_SHIFTS = 5_000
"""More shifts than that are taken for a slip."""
LENGTH_H, GRID_MIN, BREAK_MIN = 8.0, 30, 30.0
LENGTH_WITH_BREAK_H = 6.0
"""Standard shifts of at least this length have a break."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shift that one agent of a group may work."""

    group: int
    pattern: int
    """Its pattern, of those of the group."""
    shift: Shift
    paid_h: float
    cost: float

    @property
    def length_h(self) -> float:
        """From log-in to log-off."""
        return (self.shift.end - self.shift.start) / HOUR_S


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """All shifts that may be planned, and when who works them is on duty."""

    scenario: Scenario
    patterns: tuple[tuple[Pattern, ...], ...]
    """Of each group."""
    all: tuple[Candidate, ...]
    presence: Floats
    """Share of each planning interval of the day, of its open part if it has one, that each is on duty.

    Shape (n_groups, n_intervals, n_shifts).
    """

    def __len__(self) -> int:
        """Shifts."""
        return len(self.all)

    @property
    def costs(self) -> Floats:
        """Of each shift."""
        return np.array([candidate.cost for candidate in self.all])

    def less_together(self, agents: Ints) -> Iterator[Ints]:
        """Rosters with one break moved so that fewer on the same shift are away at a time, the best first."""
        alike: dict[tuple[int, int, float, float], list[int]] = {}
        for j, candidate in enumerate(self.all):
            span = candidate.shift.start, candidate.shift.end
            alike.setdefault((candidate.group, candidate.pattern, *span), []).append(j)
        options: list[tuple[float, int, int]] = []
        for places in alike.values():
            if len(places) < 2 or agents[places].sum() < 2:
                continue
            away = np.array([_away(self.all[j].shift) for j in places])
            now = float(((agents[places] @ away) ** 2).sum())
            for a, b in permutations(range(len(places)), 2):
                if agents[places[a]]:
                    after = agents[places] @ away - away[a] + away[b]
                    if (better := float((after**2).sum()) - now) < 0:
                        options.append((better, places[a], places[b]))
        for _, a, b in sorted(options):
            moved = agents.copy()
            moved[a] -= 1
            moved[b] += 1
            yield moved

    def gaps(self) -> Flags:
        """Intervals with an open minute in which no shift of a group is on duty, (n_groups, n_intervals)."""
        open_s, close_s = usual_hours(self.scenario)
        minutes = np.arange(DAY_S // 60) * 60.0
        is_open = (minutes >= open_s) & (minutes < close_s)
        there = np.zeros((len(self.scenario.groups), len(minutes)), dtype=np.bool_)
        for candidate in self.all:
            for on_s, off_s in candidate.shift.pieces:
                there[candidate.group] |= (minutes >= on_s) & (minutes < off_s)
        gaps = (is_open & ~there).reshape(len(there), self.scenario.intervals_per_day, -1)
        return np.asarray(gaps.any(axis=2))


def _away(shift: Shift) -> Floats:
    """Minutes of the day in which whoever works a *shift* has a break: 1, others 0."""
    minutes = np.arange(DAY_S // 60) * 60.0
    away = [(minutes >= pause.start) & (minutes < pause.end) for pause in shift.breaks]
    return np.asarray(np.any(away, axis=0) if away else np.zeros(len(minutes)), dtype=np.float64)


def standard(
    scenario: Scenario,
    lengths_h: Sequence[float] = (LENGTH_H,),
    grid_min: int = GRID_MIN,
    break_min: float = BREAK_MIN,
) -> tuple[Pattern, ...]:
    """Patterns of a *scenario* that names none: one for each length, none longer than the centre is open.

    Shifts of six hours and more have a break that begins when between three and five eighths are over.

    Raises
    ------
    StudyError
        If the lengths, the grid or the break make no shift.
    """
    first_s, last_s = _span(scenario, Pattern(lengths_h=(1.0,)))
    open_h = (last_s - first_s) / HOUR_S
    if not all(0 < length_h <= 24 for length_h in lengths_h):
        raise StudyError(f"lengths: must be above 0 h and at most 24 h, got {min(lengths_h):g} h")
    if grid_min < 1 or not 0 <= break_min < 24 * 60:
        raise StudyError("grid, break: must be a minute at least, and less than a day")
    cut_h = dict.fromkeys(min(length_h, open_h) for length_h in lengths_h)
    return tuple(
        Pattern(lengths_h=(length_h,), grid_min=grid_min, breaks=_middle(length_h, grid_min, break_min))
        for length_h in cut_h
    )


def _middle(length_h: float, grid_min: int, break_min: float) -> tuple[BreakWindow, ...]:
    """A break around the middle of a shift, on the grid."""
    if length_h < LENGTH_WITH_BREAK_H or break_min == 0:
        return ()
    grid_h = grid_min / 60
    earliest_h = -(-length_h * 3 / 8 // grid_h) * grid_h
    latest_h = length_h * 5 / 8 // grid_h * grid_h
    if latest_h < earliest_h or latest_h + break_min / 60 > length_h:
        earliest_h = latest_h = max(0.0, (length_h - break_min / 60) / 2)
    if latest_h + break_min / 60 > length_h:
        raise StudyError(f"break: {break_min:g} min do not fit into a shift of {length_h:g} h")
    return (BreakWindow(minutes=break_min, earliest_h=earliest_h, latest_h=latest_h, grid_min=grid_min),)


def candidates(
    scenario: Scenario, instead: tuple[Pattern, ...] | None = None, most: int = MOST_SHIFTS
) -> Candidates:
    """All shifts of each group: by its patterns, or by those *instead* of them, or the standard ones.

    Raises
    ------
    StudyError
        If a pattern allows none, or they are more than *most*.
    """
    patterns = tuple(instead or group.patterns or standard(scenario) for group in scenario.groups)
    found: list[Candidate] = []
    for g, of_group in enumerate(patterns):
        for p, pattern in enumerate(of_group):
            if pattern.over_midnight:
                law = "one day is planned for all: shifts over midnight need people and --weeks"
                raise StudyError(f"groups.{g}.patterns.{p}.over_midnight: {law}")
            before = len(found)
            for shift in _shifts(scenario, pattern):
                found.append(_candidate(g, p, pattern, shift))
                if len(found) > most:
                    law = f"more than {most:,} shifts are possible: a coarser grid_min makes fewer"
                    raise StudyError(f"groups.{g}.patterns.{p}: {law}")
            if len(found) == before:
                raise StudyError(f"groups.{g}.patterns.{p}: {_why_none(scenario, pattern)}")
    return Candidates(scenario, patterns, tuple(found), _presence(scenario, found))


def _span(scenario: Scenario, pattern: Pattern) -> tuple[float, float]:
    """Earliest start and latest end of a pattern's shifts."""
    open_s, close_s = usual_hours(scenario)
    first_s = pattern.earliest if pattern.earliest is not None else open_s
    last_s = pattern.latest if pattern.latest is not None else close_s
    return first_s, last_s


def _why_none(scenario: Scenario, pattern: Pattern) -> str:
    first_s, last_s = _span(scenario, pattern)
    shortest_h = min(pattern.lengths_h)
    if first_s + shortest_h * HOUR_S > last_s:
        return f"no shift of {shortest_h:g} h lies between {end_text(first_s)} and {end_text(last_s)}"
    return "its breaks overlap, however they are placed"


def _shifts(scenario: Scenario, pattern: Pattern) -> Iterator[Shift]:
    """Every shift of a pattern, for one agent."""
    first_s, last_s = _span(scenario, pattern)
    for length_h in pattern.lengths_h:
        pauses = list(_pauses(pattern, length_h))
        start_s = first_s
        while start_s + length_h * HOUR_S <= last_s:
            for offsets in pauses:
                breaks = tuple(Break(start=start_s + at_s, minutes=minutes) for at_s, minutes in offsets)
                yield Shift(agents=1, start=start_s, end=start_s + length_h * HOUR_S, breaks=breaks)
            start_s += pattern.grid_min * 60.0


def _pauses(pattern: Pattern, length_h: float) -> Iterator[tuple[tuple[float, float], ...]]:
    """Every way to take the breaks of a shift: after how many seconds, and for how many minutes."""
    places = []
    for window in pattern.breaks:
        if window.least_length_h <= length_h:
            n = int((window.latest_h - window.earliest_h) * 60 / window.grid_min + 1e-9) + 1
            offsets_s = [window.earliest_h * HOUR_S + k * window.grid_min * 60.0 for k in range(n)]
            places.append([(at_s, window.minutes) for at_s in offsets_s])
    for taken in product(*places):
        if all(early[0] + early[1] * 60 <= late[0] for early, late in pairwise(taken)):
            yield taken


def _candidate(group: int, place: int, pattern: Pattern, shift: Shift) -> Candidate:
    unpaid_min = 0.0 if pattern.paid_breaks else sum(pause.minutes for pause in shift.breaks)
    paid_h = (shift.end - shift.start) / HOUR_S - unpaid_min / 60
    return Candidate(group, place, shift, paid_h, paid_h * pattern.cost_per_hour)


def _presence(scenario: Scenario, found: Sequence[Candidate]) -> Floats:
    n = scenario.intervals_per_day
    edges_s = np.arange(n + 1) * scenario.interval_s
    drawn_s = open_edges(scenario)
    is_open = np.diff(drawn_s) > 0
    starts_s, ends_s = (np.where(is_open, drawn_s[k : k + n], edges_s[k : k + n]) for k in (0, 1))
    presence = np.zeros((len(scenario.groups), n, len(found)))
    for j, candidate in enumerate(found):
        for on_s, off_s in candidate.shift.pieces:
            overlap_s = np.minimum(off_s, ends_s) - np.maximum(on_s, starts_s)
            presence[candidate.group, :, j] += np.maximum(overlap_s, 0.0) / (ends_s - starts_s)
    return presence
