"""Does every local time exist, and once? Laws of times on days on which the clocks change (R45)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from sim.scenario.dates import place_of_hours
from sim.scenario.demand import Queue
from sim.scenario.hours import Calendar
from sim.scenario.local_time import LocalTime
from sim.scenario.record import BrokenLaw
from sim.scenario.shifts import Shift
from sim.scenario.team import Group
from sim.scenario.units import DAY_S, clock_text
from sim.scenario.words import Place, Words

USUAL_INTERVALS = (60, 30, 15, 10, 5, 1)
"""Planning intervals that are proposed, in minutes."""


def clock_laws(
    calendar: Calendar,
    interval_min: int | None,
    queues: Sequence[Queue | None],
    groups: Sequence[Group | None],
    moments: Iterable[tuple[Place, dt.datetime, str | None]],
) -> Iterator[BrokenLaw]:
    """Broken laws of zones and clock times; *moments* are dates and times with their places and zones."""
    if calendar.zone is None:
        yield from _zoneless_laws(queues, groups, moments)
        return
    if interval_min is not None and not 24 * 60 % interval_min:
        yield from _interval_laws(calendar, interval_min)
    for place, moment, zone in moments:
        doubt = calendar.local_of(zone).moment_doubt(moment)
        if doubt is not None:
            yield place, f"must be one moment: {doubt}", Words(str(moment))
    yield from _hours_laws(calendar)
    for g, group in enumerate(groups):
        if group is not None:
            for k, shift in enumerate(group.shifts or ()):
                yield from _shift_laws(calendar, shift, group.zone, ("groups", g, "shifts", k))


def _zoneless_laws(
    queues: Sequence[Queue | None],
    groups: Sequence[Group | None],
    moments: Iterable[tuple[Place, dt.datetime, str | None]],
) -> Iterator[BrokenLaw]:
    """What makes no sense where the centre has no time zone."""
    own: list[tuple[Place, str | None]] = [
        *(
            (("queues", q, "arrivals", "zone"), queue.arrivals.zone)
            for q, queue in enumerate(queues)
            if queue
        ),
        *((("groups", g, "zone"), group.zone) for g, group in enumerate(groups) if group),
    ]
    for place, zone in own:
        if zone is not None:
            law = f'needs a time zone of the centre; write one above its tables, such as zone = "{zone}"'
            yield place, law, zone
    for place, moment, _ in moments:
        if moment.tzinfo is not None:
            law = "must be local time, without a time zone; or give the centre one, above its tables"
            yield place, law, Words(str(moment))


def _interval_laws(calendar: Calendar, interval_min: int) -> Iterator[BrokenLaw]:
    local, width_s = calendar.local, interval_min * 60
    for day in local.changes(calendar.n):
        pieces = local.pieces(day)
        marks = [int(each) for piece in pieces for each in (piece.clock_s, piece.until_s)]
        if any(mark % width_s for mark in marks):
            fitting = [each for each in USUAL_INTERVALS if not any(mark % (60 * each) for mark in marks)]
            hint = f"; write {fitting[0]}" if fitting else ""
            law = f"clocks must change between planning intervals, and don't on {calendar.date(day)}{hint}"
            yield ("interval_min",), law, interval_min
            return


def _hours_laws(calendar: Calendar) -> Iterator[BrokenLaw]:
    seen = set[Place]()
    for day in _near_changes(calendar.local, range(-1, calendar.n)):
        date = calendar.date(day)
        hours = calendar.opening(date)
        if calendar.hours is None or hours is None or (day < 0 and hours[1] <= DAY_S):
            continue
        for name, clock_s in zip(("open", "close"), hours, strict=True):
            place = (*place_of_hours(calendar, date), name)
            if calendar.local.doubt(day, clock_s) and place not in seen:
                seen.add(place)
                law = (
                    f"must be one moment: {calendar.local.why_in_doubt(day, clock_s)}; give that day hours "
                    f"of its own: dates = {{ {date} = {{ open = ..., close = ... }} }}"
                )
                yield place, law, clock_text(clock_s)


def _shift_laws(calendar: Calendar, shift: Shift, zone: str | None, place: Place) -> Iterator[BrokenLaw]:
    local, seen = calendar.local_of(zone), set[Place]()
    worked = set(shift.days_worked(calendar, zone))
    for day in _near_changes(local, local.days_around(calendar.n)):
        for inside, clock_s in shift.clock_times if day in worked else ():
            if local.doubt(day, clock_s) and inside not in seen:
                seen.add(inside)
                date = f'"{calendar.date(day)}"'
                law = (
                    f"must be one moment: {local.why_in_doubt(day, clock_s)}; write not_on = [{date}] "
                    f"here, and add a shift of other times with dates = [{date}]"
                )
                yield (*place, *inside), law, clock_text(clock_s)


def _near_changes(local: LocalTime, days: range) -> list[int]:
    """Days on which clocks change, and their eves, whose nights last until then."""
    changing = {day for day in range(days.start, days.stop + 1) if len(local.pieces(day)) != 1}
    changing |= {day for day in days if any(piece.clock_s for piece in local.pieces(day)[:1])}
    return [day for day in days if {day, day + 1} & changing]
