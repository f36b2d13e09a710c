"""Who comes and goes together, and on which days? The records of shifts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.hours import Calendar, Span, Stretch, Weekday
from sim.scenario.local_time import LocalTime
from sim.scenario.record import BrokenLaw, Record, law_broken
from sim.scenario.units import DAY_S, Clock, Day, Minutes, Name, PositiveCount, clock_text
from sim.scenario.words import Place, Words


def _some(days: Any, info: ValidationInfo) -> Any:
    """Refuse a list in a file that is empty: it would name every day, and looks like none."""
    if (info.context or {}).get("from_file") and days == []:
        raise PydanticCustomError(
            "no_day", "names no day; leave it out for every day on which the centre opens"
        )
    return days


Weekdays = Annotated[tuple[Weekday, ...], BeforeValidator(_some)]
Dates = Annotated[tuple[Day, ...], BeforeValidator(_some)]


class Break(Record):
    """A break within a shift: no new chats; those in hand are finished."""

    start: Clock = Field(examples=["12:00"])
    minutes: Minutes = Field(examples=[30.0])

    @property
    def end(self) -> float:
        """Clock time, in seconds since midnight, at which the break is over."""
        return self.start + self.minutes * 60


class Shift(Record):
    """Some agents who come and go together: every day, or on some weekdays and dates.

    An end before the start is on the next day.
    """

    agents: PositiveCount = Field(examples=[6])
    start: Clock = Field(examples=["08:00"])
    end: Clock = Field(examples=["16:00"])
    breaks: tuple[Break, ...] = ()
    days: Weekdays = Field(default=(), examples=[["mon", "tue"]])
    """Weekdays on which it begins. Omitted, and `dates` too: every day on which the centre opens."""
    dates: Dates = Field(default=(), examples=[["2026-03-07"]])
    """Further dates on which it begins, also if the centre is closed then."""
    not_on: tuple[Day, ...] = Field(default=(), examples=[["2026-03-29"]])
    """Dates on which it does not begin, whatever is said above."""
    crew: Name | None = Field(default=None, examples=["early and late"])
    """Shifts of the same crew are worked by the same agents. Omitted: by agents of their own."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = []
        if self.end == self.start:
            law = "a shift must end after it starts; one of 24 hours is written as two of a crew"
            broken.append((("end",), law, clock_text(self.end)))
        else:
            broken += self._break_laws()
        for name, days in (("days", self.days), ("dates", self.dates), ("not_on", self.not_on)):
            twice = [k for k, day in enumerate(days) if day in days[:k]]
            broken += [((name, k), "names a day twice", str(days[k])) for k in twice]
        if broken:
            raise law_broken(*broken)
        return self

    def _break_laws(self) -> Iterator[BrokenLaw]:
        begin, finish = self.span
        places = [self._placed(pause) for pause in self.breaks]
        for k, (on, off) in enumerate(places):
            if on < begin or off > finish:
                text = clock_text(self.breaks[k].start)
                yield ("breaks", k), "a break must lie within its shift", Words(text)
        order = sorted(range(len(places)), key=lambda k: places[k][0])
        for early, late in pairwise(order):
            if places[late][0] < places[early][1]:
                text = clock_text(self.breaks[late].start)
                yield ("breaks", late), "breaks must not overlap", Words(text)

    def _placed(self, pause: Break) -> Span:
        """A break in seconds since the midnight of the day on which the shift begins."""
        is_next_day = self.end < self.start and pause.start < self.start
        after_s = float(DAY_S) if is_next_day else 0.0
        return after_s + pause.start, after_s + pause.end

    @property
    def span(self) -> Span:
        """From and until when it lasts, in seconds since the midnight of the day on which it begins."""
        return self.start, self.end if self.end > self.start else self.end + DAY_S

    @property
    def pieces(self) -> list[Span]:
        """Its spans of duty between breaks, likewise."""
        return _between(self.span, [self._placed(pause) for pause in self.breaks])

    @property
    def clock_times(self) -> Iterator[tuple[Place, float]]:
        """Clock times at which something begins or ends, each with its place; counted like the span."""
        yield ("start",), self.span[0]
        yield ("end",), self.span[1]
        yield from ((("breaks", k, "start"), self._placed(pause)[0]) for k, pause in enumerate(self.breaks))

    def pieces_on(self, local: LocalTime, day: int) -> list[Span]:
        """Its spans of duty if it begins on a day of some clocks, in seconds since midnight of day 0."""
        begin, finish = (local.at(day, clock_s) for clock_s in self.span)
        starts = [local.at(day, self._placed(pause)[0]) for pause in self.breaks]
        ends = (start + pause.minutes * 60 for start, pause in zip(starts, self.breaks, strict=True))
        return _between((begin, finish), list(zip(starts, ends, strict=True)))

    def begins_on(self, date: dt.date, closed_by: Literal["weekday", "date"] | None) -> bool:
        """Whether it begins on a date (R11), which is *closed_by* its weekday, as a date, or not at all."""
        if date in self.not_on:
            return False
        if date in self.dates:
            return True
        is_named = Weekday.of(date) in self.days
        every_day = not self.days and not self.dates
        return (is_named and closed_by != "date") or (every_day and closed_by is None)

    def stretches(self, days: Calendar, zone: str | None = None) -> Iterator[Stretch]:
        """Its duty on all *days* of a scenario, by clocks of a *zone*; see `worked`."""
        for each in self.worked(days, zone):
            yield from each

    def worked(self, days: Calendar, zone: str | None = None) -> Iterator[list[Stretch]]:
        """Each time that it is worked, from that of the eve on, if it lasts over midnight.

        What begins by the clocks of another *zone* belongs to the day of the centre on which it begins (R47).
        """
        local, pieces = days.local_of(zone), self.pieces
        for day in self.days_worked(days, zone):
            if local.zone is None:
                midnight = day * float(DAY_S)
                yield [Stretch(midnight + on, midnight + off, day) for on, off in pieces]
            else:
                begins_on = day if local.zone == days.zone else days.day_of(local.at(day, self.start))
                yield [Stretch(on, off, begins_on) for on, off in self.pieces_on(local, day)]

    def days_worked(self, days: Calendar, zone: str | None = None) -> Iterator[int]:
        """Days of the clocks on which it begins, of those that touch the *days* of a scenario."""
        local, over_midnight = days.local_of(zone), self.end < self.start
        for day in local.days_around(days.n):
            if local.zone == days.zone:
                touches = day >= 0 or over_midnight
            else:
                begin, finish = (local.at(day, clock_s) for clock_s in self.span)
                touches = finish > 0 and begin < days.horizon_s
            date = days.date(day)
            if touches and self.begins_on(date, days.closed_by(date)):
                yield day


def _between(span: Span, pauses: list[Span]) -> list[Span]:
    """What is left of a span between pauses."""
    pauses = sorted(pauses)
    starts = [*accumulate((end for _, end in pauses), max, initial=span[0])]
    ends = [*(start for start, _ in pauses), span[1]]
    return [(on, min(off, span[1])) for on, off in zip(starts, ends, strict=True) if on < min(off, span[1])]


def crews(shifts: tuple[Shift, ...]) -> list[list[int]]:
    """Places of the shifts of each crew, in order of its first; a shift without a crew is one by itself.

    >>> early = Shift(agents=2, start="06:00", end="14:00", days=["mon"], crew="A")
    >>> late = Shift(agents=2, start="14:00", end="22:00", days=["tue"], crew="A")
    >>> crews((early, Shift(agents=1, start="08:00", end="16:00"), late))
    [[0, 2], [1]]
    """
    places: dict[Name | int, list[int]] = {}
    for k, shift in enumerate(shifts):
        places.setdefault(k if shift.crew is None else shift.crew, []).append(k)
    return list(places.values())
