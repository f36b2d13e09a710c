"""Which shifts are there on which date? Kinds by the clocks, and duties by the time that passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

from sim.errors import StudyError
from sim.scenario.hours import Span
from sim.scenario.scenario import Scenario
from sim.scenario.team import Pattern
from sim.scenario.units import DAY_S, HOUR_S
from sim.studies.staffing.patterns import standard

MOST_KINDS = 400
"""More kinds of shifts in a group are taken for a slip."""
Pauses = tuple[tuple[float, float], ...]
"""Breaks of a shift: clock time in seconds since midnight of the shift's day, and minutes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A shift by the clocks: when it begins and ends, and the ways to take its breaks."""

    group: int
    start_s: float
    end_s: float
    """Seconds since midnight of the day on which it begins: above 86,400 on the next."""
    options: tuple[Pauses, ...]
    paid_breaks: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """A kind of shift on a date: its times in seconds since the roster's first midnight."""

    day: int
    kind: Kind
    on_s: float
    off_s: float
    paid_min: int
    pauses: tuple[tuple[Span, ...], ...]
    """Breaks of each of its options."""

    def pieces(self, option: int) -> list[Span]:
        """Its spans between the breaks of an option."""
        edges = [self.on_s, *(edge for span in self.pauses[option] for edge in span), self.off_s]
        return [(on, off) for on, off in zip(edges[::2], edges[1::2], strict=True) if on < off]


def kinds_of(scenario: Scenario, g: int) -> list[Kind]:
    """Kinds of shifts of a group: by its patterns, or standard ones of eight hours.

    Raises
    ------
    StudyError
        If a pattern allows none, or they are too many.
    """
    found: dict[tuple[float, float, bool], set[Pauses]] = {}
    for p, pattern in enumerate(scenario.groups[g].patterns or standard_of(scenario)):
        shifts = list(_shifts(scenario, pattern))
        if not shifts:
            raise StudyError(
                f"groups.{g}.patterns.{p}: no shift lies between its earliest start and latest end"
            )
        for start_s, end_s, pauses in shifts:
            found.setdefault((start_s, end_s, pattern.paid_breaks), set()).add(pauses)
    if len(found) > MOST_KINDS:
        law = f"more than {MOST_KINDS} kinds of shifts are possible: a coarser grid_min makes fewer"
        raise StudyError(f"groups.{g}.patterns: {law}")
    return [
        Kind(g, start_s, end_s, tuple(sorted(options)), paid)
        for (start_s, end_s, paid), options in sorted(found.items())
    ]


def standard_of(scenario: Scenario) -> tuple[Pattern, ...]:
    """Standard shifts of eight hours, within the longest opening hours of any day."""
    open_s, close_s = _widest(scenario)
    alike = scenario.model_copy(
        update={"hours": None, "holidays": None, "zone": None, "days": 1, "people": (), "roster": None}
    )
    (pattern,) = standard(alike)
    over = close_s > DAY_S
    return (
        pattern.model_copy(
            update={"earliest": open_s, "latest": close_s - DAY_S * over, "over_midnight": over}
        ),
    )


def _widest(scenario: Scenario) -> Span:
    """From the earliest opening to the latest closing of all days."""
    calendar = scenario.calendar
    spans = [span for day in range(scenario.days) if (span := calendar.opening(calendar.date(day)))]
    if not spans:
        raise StudyError("hours: the centre opens on no day of the roster")
    return min(span[0] for span in spans), max(span[1] for span in spans)


def _shifts(scenario: Scenario, pattern: Pattern) -> Iterator[tuple[float, float, Pauses]]:
    open_s, close_s = _widest(scenario)
    first_s = open_s if pattern.earliest is None else pattern.earliest
    last_s = close_s if pattern.latest is None else pattern.latest + DAY_S * pattern.over_midnight
    for length_h in pattern.lengths_h:
        start_s = first_s
        while start_s + length_h * HOUR_S <= last_s and start_s < DAY_S:
            for pauses in _pauses(pattern, length_h):
                yield start_s, start_s + length_h * HOUR_S, tuple((start_s + at, m) for at, m in pauses)
            start_s += pattern.grid_min * 60.0


def _pauses(pattern: Pattern, length_h: float) -> Iterator[Pauses]:
    """Every way to take the breaks of a shift: seconds after its beginning, and minutes."""
    places = []
    for window in pattern.breaks:
        if window.least_length_h <= length_h:
            n = int((window.latest_h - window.earliest_h) * 60 / window.grid_min + 1e-9) + 1
            starts = (window.earliest_h * HOUR_S + k * window.grid_min * 60.0 for k in range(n))
            places.append([(at_s, window.minutes) for at_s in starts])
    for taken in product(*places):
        if all(early[0] + early[1] * 60 <= late[0] for early, late in pairwise(taken)):
            yield taken


def duties_of(scenario: Scenario, kinds: list[Kind]) -> list[list[Duty]]:
    """Duties of each day of the roster, by the clocks of their group.

    A shift does not begin on a date on which its times, or those of its breaks, don't exist or come twice;
    nor on one on which the centre is closed, if it ends before the centre opens again.
    """
    return [[duty for kind in kinds if (duty := _duty(scenario, kind, day))] for day in range(scenario.days)]


def _duty(scenario: Scenario, kind: Kind, day: int) -> Duty | None:
    local = scenario.calendar.local_of(scenario.groups[kind.group].zone)
    times = {kind.start_s, kind.end_s} | {at_s for pauses in kind.options for at_s, _ in pauses}
    if any(local.doubt(day, at_s) for at_s in times):
        return None
    on_s, off_s = local.at(day, kind.start_s), local.at(day, kind.end_s)
    if not any(on < off_s and off > on_s for on, off in scenario.opening_spans):
        return None
    pauses = tuple(
        tuple((local.at(day, at_s), local.at(day, at_s) + 60 * minutes) for at_s, minutes in option)
        for option in kind.options
    )
    unpaid_s = 0.0 if kind.paid_breaks else sum(60 * minutes for _, minutes in kind.options[0])
    return Duty(day, kind, on_s, off_s, round((off_s - on_s - unpaid_s) / 60), pauses)
