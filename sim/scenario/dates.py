"""Do dates and days fit together? Laws of opening hours, shifts and staffing on the days of a scenario."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from sim.scenario.demand import Queue
from sim.scenario.hours import Calendar, Opening, Stretch, Weekday
from sim.scenario.record import BrokenLaw
from sim.scenario.shifts import crews
from sim.scenario.team import Group
from sim.scenario.units import DAY_S
from sim.scenario.words import Place


def date_laws(
    calendar: Calendar, queues: Sequence[Queue | None], groups: Sequence[Group | None]
) -> Iterator[BrokenLaw]:
    """Broken laws of what is said of weekdays and dates, as far as the valid parts show them."""
    if calendar.hours is not None:
        yield from _outside(calendar, ("hours", "dates"), _dates_of_hours(calendar))
        yield from _overlapping_hours(calendar)
    for q, queue in enumerate(queues):
        if queue is not None:
            named = [(day, False) for day in queue.arrivals.by_date]
            yield from _outside(calendar, ("queues", q, "arrivals", "by_date"), named, queue.arrivals.zone)
    for g, group in enumerate(groups):
        if group is None:
            continue
        by_day = group.staffing_by_day
        dates = ((day, False) for day in by_day.dates) if by_day else ()
        yield from _outside(calendar, ("groups", g, "staffing_by_day", "dates"), dates, group.zone)
        for k, shift in enumerate(group.shifts or ()):
            place: Place = ("groups", g, "shifts", k, "dates")
            for n, day in enumerate(shift.dates):
                if not _touches(calendar, day, group.zone, over_midnight=shift.end < shift.start):
                    yield (*place, n), _law(calendar), str(day)
            for n, day in enumerate(shift.not_on):
                if not _touches(calendar, day, group.zone, over_midnight=shift.end < shift.start):
                    yield (*place[:-1], "not_on", n), _law(calendar), str(day)
        for k, law, got in _overlapping_shifts(calendar, group):
            yield ("groups", g, "shifts", k), law, got


def _dates_of_hours(calendar: Calendar) -> Iterator[tuple[dt.date, bool]]:
    """Dates that the opening hours name, each with whether it is open over midnight."""
    assert calendar.hours is not None
    for day, said in calendar.hours.dates.items():
        yield day, isinstance(said, Opening) and said.span[1] > DAY_S


def _outside(
    calendar: Calendar, place: Place, dates: Iterable[tuple[dt.date, bool]], zone: str | None = None
) -> Iterator[BrokenLaw]:
    for day, over_midnight in dates:
        if not _touches(calendar, day, zone, over_midnight=over_midnight):
            yield (*place, str(day)), _law(calendar), str(day)


def _touches(calendar: Calendar, day: dt.date, zone: str | None, *, over_midnight: bool) -> bool:
    """Whether what begins on a day of a *zone* is in the scenario: on the eve, if over midnight."""
    if zone not in {None, calendar.zone}:
        local, number = calendar.local_of(zone), (day - calendar.start).days
        ends_s = local.midnight(number + 1 + over_midnight)
        return ends_s > 0 and local.midnight(number) < calendar.horizon_s
    return -1 <= (day - calendar.start).days < calendar.n and (over_midnight or day >= calendar.start)


def _law(calendar: Calendar) -> str:
    first, last = calendar.date(0), calendar.date(calendar.n - 1)
    days = (
        f"the scenario's day, {first}" if first == last else f"one of the scenario's days, {first} to {last}"
    )
    return f"must be {days}"


def _overlapping_hours(calendar: Calendar) -> Iterator[BrokenLaw]:
    seen, text = set[Place](), calendar.local.text
    for early, late in calendar.overlaps():
        place = place_of_hours(calendar, calendar.date(early.day))
        if place not in seen:
            seen.add(place)
            law = (
                f"hours must end before the next ones begin, which open at {text(late.on_s)}: those of "
                f"{_day_text(calendar, early)} last until {text(early.off_s)} of the next day"
            )
            yield (*place, "close"), law, text(early.off_s)


def place_of_hours(calendar: Calendar, day: dt.date) -> Place:
    """Where the hours of a day stand: those of its date, of its weekday, or of every day."""
    hours, weekday = calendar.hours, Weekday.of(day)
    if hours is not None and day in hours.dates:
        return "hours", "dates", str(day)
    if hours is not None and hours.of_weekday(weekday):
        return "hours", weekday.value
    return ("hours",)


def _overlapping_shifts(calendar: Calendar, group: Group) -> Iterator[tuple[int, str, str]]:
    """Shifts of one crew that overlap: the place of the later one, the law, and when it begins."""
    shifts, text = group.shifts or (), calendar.local_of(group.zone).text
    for places in crews(shifts):
        if len(places) == 1:
            continue
        worked = sorted(
            (Stretch(stretches[0].on_s, stretches[-1].off_s, stretches[0].day), k)
            for k in places
            for stretches in shifts[k].worked(calendar, group.zone)
            if stretches
        )
        seen = set[int]()
        for (early, _), (late, k) in pairwise(worked):
            if early.off_s > late.on_s and k not in seen:
                seen.add(k)
                law = (
                    f"shifts of a crew must not overlap: its other one lasts until {text(early.off_s)} "
                    f"when this one begins on {_day_text(calendar, late)}; other agents need another crew"
                )
                yield k, law, text(late.on_s)


def _day_text(calendar: Calendar, stretch: Stretch) -> str:
    day = calendar.date(stretch.day)
    return f"{day:%a} {day}"
