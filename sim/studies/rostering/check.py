"""Is a roster as its rules say? Every rule, from the rows of its table alone; shares nothing with the search.

Times are clock times with their offset from UTC, or without one where clocks never change: hours are counted
by the clock that passes.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from sim.scenario.people import Person, RosterRules, Window
from sim.scenario.scenario import Scenario

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ZERO = dt.timedelta()


class Breach(NamedTuple):
    """A rule that somebody's roster breaks."""

    rule: str
    person: str
    when: str
    found: str

    def __str__(self) -> str:
        return f"{self.person}, {self.when}: {self.rule}: {self.found}"


class _Span(NamedTuple):
    start: dt.datetime
    end: dt.datetime
    activity: str
    group: str

    @property
    def seconds(self) -> float:
        if self.start.tzinfo is None:
            return (self.end - self.start).total_seconds()
        return (self.end.astimezone(dt.UTC) - self.start.astimezone(dt.UTC)).total_seconds()

    @property
    def date(self) -> dt.date:
        return self.start.date()


def check(rows: Iterable[Mapping[str, Any]], scenario: Scenario, weeks: int) -> list[Breach]:
    """All rules of a *scenario* that the *rows* of a roster of so many weeks break.

    Rows have person, group, start, end and activity: "work" for a shift, "break" for a break in it, and names
    of activities.
    """
    known = {name: person for person in scenario.people for name in person.all_names}
    spans = defaultdict[str, list[_Span]](list)
    for row in rows:
        start, end = (
            value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
            for value in (row["start"], row["end"])
        )
        spans[str(row["person"])].append(_Span(start, end, str(row["activity"]), str(row["group"])))
    found = [
        Breach("people", name, "always", "is not one of the scenario's people")
        for name in spans
        if name not in known
    ]
    first = scenario.start
    dates = [first + dt.timedelta(days=day) for day in range(7 * weeks)]
    for name, person in known.items():
        rules = scenario.roster or RosterRules()
        found += (
            breach._replace(person=name) for breach in _person(person, rules, spans[name], dates, scenario)
        )
    return found


def _person(
    person: Person, rules: RosterRules, spans: list[_Span], dates: list[dt.date], scenario: Scenario
) -> Iterator[Breach]:
    shifts = sorted((span for span in spans if span.activity == "work"), key=lambda span: span.start)
    inside = [span for span in spans if span.activity != "work"]
    paid = {shift: _paid_h(shift, inside, _pays_breaks(scenario, person, shift, inside)) for shift in shifts}
    by_date = defaultdict[dt.date, list[_Span]](list)
    for shift in shifts:
        by_date[shift.date].append(shift)
    yield from _one_by_one(person, rules, shifts, paid, by_date, dates)
    yield from _inside(rules, person, shifts, inside)
    yield from _hours(person, rules, paid, dates)
    yield from _days(rules, by_date, dates)
    yield from _weeks(person, rules, by_date, dates)


def _pays_breaks(scenario: Scenario, person: Person, shift: _Span, inside: list[_Span]) -> bool:
    """Whether some pattern of the group with paid breaks has shifts of this length."""
    group = next(group for group in scenario.groups if group.name == person.group)
    paying = [p for p in group.patterns if p.paid_breaks]
    clock_h = (shift.end.replace(tzinfo=None) - shift.start.replace(tzinfo=None)).total_seconds() / 3600
    return any(abs(clock_h - length_h) < 1e-9 for p in paying for length_h in p.lengths_h)


def _paid_h(shift: _Span, inside: list[_Span], pays_breaks: bool) -> float:
    unpaid = (s.seconds for s in inside if s.activity == "break" and shift.start <= s.start < shift.end)
    return (shift.seconds - (0.0 if pays_breaks else sum(unpaid))) / 3600


def _one_by_one(
    person: Person,
    rules: RosterRules,
    shifts: list[_Span],
    paid: dict[_Span, float],
    by_date: dict[dt.date, list[_Span]],
    dates: list[dt.date],
) -> Iterator[Breach]:
    for shift in shifts:
        yield from _alone(person, shift, dates)
        if rules.most_hours_a_day is not None and paid[shift] > rules.most_hours_a_day + 1 / 60:
            yield Breach("most_hours_a_day", "", str(shift.date), f"{paid[shift]:g} h")
    for date, several in by_date.items():
        if len(several) > 1:
            yield Breach("one shift a day", "", str(date), f"{len(several)} shifts")
    for early, late in pairwise(shifts):
        rest_h = _Span(early.end, late.start, "", "").seconds / 3600
        if rest_h < (rules.rest_h or 0.0) - 1e-9:
            yield Breach("rest_h", "", str(early.date), f"{rest_h:g} h")


def _alone(person: Person, shift: _Span, dates: list[dt.date]) -> Iterator[Breach]:
    """What a shift breaks by itself."""
    date, when = shift.date, str(shift.date)
    if shift.group != person.group:
        yield Breach("group", "", when, f"works in {shift.group}, and belongs to {person.group}")
    if date not in dates:
        yield Breach("weeks", "", when, "lies outside the roster")
    if shift.seconds <= 0 or shift.seconds > 25 * 3600:
        yield Breach("shift", "", when, f"lasts {shift.seconds / 3600:g} h")
    if date in person.days_off:
        yield Breach("days_off", "", when, "is a day off")
    if person.available is not None:
        window = getattr(person.available, DAY_NAMES[date.weekday()])
        if window is None or not _within(shift, window):
            yield Breach("available", "", when, f"works {shift.start:%H:%M}–{shift.end:%H:%M}")
    if person.rotation:
        turn = person.rotation[(date - dates[0]).days // 7 % len(person.rotation)]
        if not turn.earliest <= _clock_s(shift.start) <= turn.latest:
            yield Breach("rotation", "", when, f"begins at {shift.start:%H:%M}")


def _clock_s(moment: dt.datetime) -> float:
    return moment.hour * 3600.0 + moment.minute * 60 + moment.second


def _within(shift: _Span, window: Window) -> bool:
    midnight = dt.datetime.combine(shift.date, dt.time())
    from_s = (shift.start.replace(tzinfo=None) - midnight).total_seconds()
    until_s = (shift.end.replace(tzinfo=None) - midnight).total_seconds()
    last_s = window.end if window.end > window.start else window.end + 86_400
    return window.start <= from_s and until_s <= last_s


def _inside(rules: RosterRules, person: Person, shifts: list[_Span], inside: list[_Span]) -> Iterator[Breach]:
    for span in inside:
        if not any(shift.start <= span.start and span.end <= shift.end for shift in shifts):
            yield Breach(span.activity, "", str(span.date), "lies in no shift")
    for early, late in pairwise(sorted(inside, key=lambda span: span.start)):
        if late.start < early.end:
            yield Breach(late.activity, "", str(late.date), f"overlaps {early.activity}")
    for activity in rules.activities:
        if not activity.groups or person.group in activity.groups:
            mine = [span for span in inside if span.activity == activity.name]
            lasts = all(abs(span.seconds - 60 * activity.minutes) < 1 for span in mine)
            if len(mine) != activity.times or not lasts:
                yield Breach(
                    "activities", "", "all weeks", f"{activity.name}: {len(mine)} of {activity.times}"
                )


def _hours(
    person: Person, rules: RosterRules, paid: dict[_Span, float], dates: list[dt.date]
) -> Iterator[Breach]:
    weeks, slack = len(dates) // 7, len(paid) / 120 + 1e-6  # duties are paid by the minute
    total = sum(paid.values())
    if total > person.hours_per_week * weeks + slack:
        yield Breach("hours_per_week", "", "all weeks", f"{total:g} h in {weeks} weeks")
    if total < person.least_hours_per_week * weeks - slack:
        yield Breach("least_hours_per_week", "", "all weeks", f"{total:g} h in {weeks} weeks")
    if rules.most_hours_a_week is not None:
        for monday in dates[::7]:
            of_week = sum(h for shift, h in paid.items() if 0 <= (shift.date - monday).days < 7)
            if of_week > rules.most_hours_a_week + slack:
                yield Breach("most_hours_a_week", "", f"week of {monday}", f"{of_week:g} h")


def _days(rules: RosterRules, by_date: dict[dt.date, list[_Span]], dates: list[dt.date]) -> Iterator[Breach]:
    if rules.most_consecutive_days is None:
        return
    run = 0
    for date in dates:
        run = run + 1 if by_date.get(date) else 0
        if run > rules.most_consecutive_days:
            yield Breach("most_consecutive_days", "", f"to {date}", f"{run} days")


def _weeks(
    person: Person, rules: RosterRules, by_date: dict[dt.date, list[_Span]], dates: list[dt.date]
) -> Iterator[Breach]:
    mondays = dates[::7]
    for monday in mondays:
        week = [monday + dt.timedelta(days=day) for day in range(7)]
        works = "".join("x" if by_date.get(date) else "." for date in week)
        n = rules.days_off_together
        if n is not None and "." * n not in works:
            yield Breach("days_off_together", "", f"week of {monday}", f"days worked: {works}")
        starts = [_clock_s(shift.start) for date in week for shift in by_date.get(date, [])]
        if (
            rules.same_start_min is not None
            and starts
            and max(starts) - min(starts) > 60 * rules.same_start_min
        ):
            yield Breach(
                "same_start_min", "", f"week of {monday}", f"{(max(starts) - min(starts)) / 60:g} min apart"
            )
    free = [not any(by_date.get(monday + dt.timedelta(days=day)) for day in (5, 6)) for monday in mondays]
    for k in range(len(free) - rules.weekends_of + 1):
        off = sum(free[k : k + rules.weekends_of])
        if off < rules.weekends_off:
            yield Breach("weekends_off", "", f"weeks from {mondays[k]}", f"{off} of {rules.weekends_of}")
