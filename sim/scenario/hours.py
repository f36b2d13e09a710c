"""When may chats arrive? Opening hours by weekday, by date and over midnight, and holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeAlias

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from sim.scenario.local_time import LocalTime
from sim.scenario.record import BrokenLaw, FrozenDict, Record, law_broken
from sim.scenario.units import DAY_S, Clock, Day, Factor, clock_text
from sim.scenario.words import Words, did_you_mean


class Weekday(StrEnum):
    """A day of the week, as files name it."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @classmethod
    def of(cls, day: dt.date) -> Weekday:
        """Weekday of a date."""
        return _WEEK[day.weekday()]


_WEEK = tuple(Weekday)

Span = tuple[float, float]
"""From and until when, in seconds since the first midnight."""


class Stretch(NamedTuple):
    """A span that belongs to the day on which it begins: an opening, or a shift between two breaks."""

    on_s: float
    off_s: float
    day: int
    """Place of that day in the scenario; -1 for the eve of the first, whose part before time zero counts."""


class Opening(Record):
    """Opening hours of a day, [open, close); a close before the open is on the next day."""

    open: Clock = Field(examples=["08:00"])
    close: Clock = Field(examples=["20:00"])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if self.open == self.close:
            raise law_broken(_never_closing(self.close))
        return self

    @property
    def span(self) -> Span:
        """From and until when it is open, in seconds since the midnight of the day on which it opens."""
        return self.open, self.close if self.close > self.open else self.close + DAY_S


def _never_closing(close: float) -> BrokenLaw:
    law = 'the centre must close after it opens; for all day write open = 00:00:00, close = "24:00"'
    return ("close",), law, clock_text(close)


def _kind_of_hours(data: Any) -> str:
    return "word" if isinstance(data, str) else "table"


DayHours: TypeAlias = Annotated[
    Annotated[Opening, Tag("table")] | Annotated[Literal["closed"], Tag("word")],
    Discriminator(_kind_of_hours),
]
"""What is said of a day: its opening hours, or that it is closed."""


class OpeningHours(Record):
    """When chats may arrive, every day or by weekday and date. A close before the open is on the next day."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"open": "08:00", "close": "20:00"}]})

    open: Clock | None = Field(default=None, examples=["08:00"])
    """Of each day that is not named below; omitted with `close`: those days are closed."""
    close: Clock | None = Field(default=None, examples=["20:00"])
    mon: DayHours | None = None
    """Of Mondays, such as { open = "09:00", close = "17:00" }, or "closed". Omitted: as every day."""
    tue: DayHours | None = None
    wed: DayHours | None = None
    thu: DayHours | None = None
    fri: DayHours | None = None
    sat: DayHours | None = None
    sun: DayHours | None = None
    dates: Annotated[dict[Day, DayHours], AfterValidator(FrozenDict)] = Field(
        default={}, validate_default=True, examples=[{"2026-03-02": "closed"}]
    )
    """Of single dates: what is said here goes before the weekday's hours and holidays."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if (self.open is None) != (self.close is None):
            raise law_broken((("open" if self.open is None else "close",), "is missing", None))
        if self.open is None and not any(self.of_weekday(name) for name in Weekday):
            law = 'says no hours; write open and close, or hours of some weekdays such as mon = "closed"'
            raise law_broken(((), law, Words("none")))
        if self.open is None and not self._opens:
            law = 'closes every day; write hours of the others, such as open = 00:00:00, close = "24:00"'
            raise law_broken(((), law, Words("no day that opens")))
        if self.open is not None and self.open == self.close:
            raise law_broken(_never_closing(self.open))
        return self

    @property
    def _opens(self) -> bool:
        """Whether hours of any weekday or date are named."""
        named = [*(self.of_weekday(name) for name in Weekday), *self.dates.values()]
        return any(isinstance(said, Opening) for said in named)

    def of_weekday(self, weekday: Weekday) -> Opening | Literal["closed"] | None:
        """What is said of a weekday by its name; None for nothing."""
        said: Opening | Literal["closed"] | None = getattr(self, weekday)
        return said

    def on(self, day: dt.date) -> Span | None:
        """Hours of a day, as :attr:`Opening.span` has them, before holidays; None if it is closed."""
        said = self.dates.get(day) or self.of_weekday(Weekday.of(day))
        if said is None and self.open is not None and self.close is not None:
            said = Opening(open=self.open, close=self.close)
        return said.span if isinstance(said, Opening) else None


class Holidays(Record):
    """Public holidays of a country, by the package `holidays`: whether it is closed, and how many come."""

    country: str = Field(examples=["DE"])
    """Its code by ISO 3166."""
    region: str | None = Field(default=None, examples=["BY"])
    """Code of a part of it that has holidays of its own."""
    closed: Annotated[bool, Field(strict=True)] = True
    """Whether the centre is closed on them, but for dates that `hours` names."""
    factor: Factor = 1.0
    """Chats on a holiday, times those of its weekday: of queues with a profile of rates."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        known = _countries()
        if self.country not in known:
            code = _code_of(self.country)
            near = f"; did you mean {code!r}?" if code else did_you_mean(self.country.upper(), list(known))
            law = f"no country that is known has this code{near}"
            raise law_broken((("country",), law, self.country))
        regions = list(known[self.country])
        if self.region is not None and self.region not in regions:
            which = f"; its regions: {', '.join(regions)}" if regions else "; it has no regions"
            near = did_you_mean(self.region.upper(), regions) or which
            raise law_broken((("region",), f"no region of {self.country} has this code{near}", self.region))
        return self

    def of(self, day: dt.date) -> str | None:
        """Name of the holiday that a day is; None if it is none."""
        return _holidays(self.country, self.region, day.year).get(day)


@cache
def _countries() -> dict[str, list[str]]:
    """Countries that have holidays, with the codes of their regions."""
    from holidays import list_supported_countries  # noqa: PLC0415  a second, for those who name a country

    return dict(list_supported_countries())


def _code_of(country: str) -> str | None:
    """Code of a country that is called by its name, or nearly so."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415  likewise

    codes = {name.replace("_", " "): entry[1] for name, entry in COUNTRIES.items()}
    codes |= {entry[2].casefold(): entry[1] for entry in COUNTRIES.values()}
    near = get_close_matches(country.casefold(), list(codes), n=1, cutoff=0.8)
    return codes[near[0]] if near else None


@cache
def _holidays(country: str, region: str | None, year: int) -> dict[dt.date, str]:
    from holidays import country_holidays  # noqa: PLC0415  likewise

    return dict(country_holidays(country, subdiv=region, years=year, observed=True))


class Calendar(NamedTuple):
    """What a scenario says of its days."""

    start: dt.date
    n: int
    hours: OpeningHours | None
    holidays: Holidays | None
    zone: str | None = None

    @property
    def local(self) -> LocalTime:
        """The centre's clocks."""
        return LocalTime(self.start, self.zone, self.zone)

    def local_of(self, zone: str | None) -> LocalTime:
        """Clocks of a *zone*, or the centre's."""
        return LocalTime(self.start, zone or self.zone, self.zone)

    @property
    def horizon_s(self) -> float:
        """The last midnight."""
        return self.local.midnight(self.n)

    def day_of(self, time_s: float) -> int:
        """Day of the centre on which something begins that concerns it: -1 for the eve or earlier (R47)."""
        return max(self.local.place(time_s)[0], -1)

    def date(self, day: int) -> dt.date:
        """Date of the day in a place; -1 is the eve of the first."""
        return self.start + dt.timedelta(days=day)

    def holiday(self, date: dt.date) -> str | None:
        """Name of the holiday that a date is; None if it is none."""
        return self.holidays.of(date) if self.holidays is not None else None

    def opening(self, date: dt.date) -> Span | None:
        """Opening hours of a date, in seconds since its midnight (R2); None if it is closed."""
        is_named = self.hours is not None and date in self.hours.dates
        if self.holidays is not None and self.holidays.closed and not is_named and self.holiday(date):
            return None
        return (0.0, float(DAY_S)) if self.hours is None else self.hours.on(date)

    def closed_by(self, date: dt.date) -> Literal["weekday", "date"] | None:
        """Whether a date is closed like all of its weekday, or as a date or holiday; None if it opens."""
        if self.opening(date) is not None:
            return None
        is_usual = self.hours is not None and date not in self.hours.dates and self.hours.on(date) is None
        return "weekday" if is_usual else "date"

    def openings(self) -> Iterator[Stretch]:
        """Openings in order of their days, from that of the eve on, if it lasts over midnight."""
        for day in range(-1, self.n):
            hours = self.opening(self.date(day))
            if hours is not None and (day >= 0 or hours[1] > DAY_S):
                yield Stretch(self.local.at(day, hours[0]), self.local.at(day, hours[1]), day)

    def overlaps(self) -> Iterator[tuple[Stretch, Stretch]]:
        """Openings that last beyond the next one's beginning, with that."""
        yield from ((early, late) for early, late in pairwise(self.openings()) if early.off_s > late.on_s)


def joined(stretches: list[Stretch]) -> list[Span]:
    """Spans of stretches in order, from time zero on; those that touch (as 24:00 and 00:00) are one.

    >>> joined([Stretch(-7200.0, 3600.0, -1), Stretch(3600.0, 5400.0, 0), Stretch(7200.0, 9000.0, 0)])
    [(0.0, 5400.0), (7200.0, 9000.0)]
    """
    spans: list[Span] = []
    for on_s, off_s, _ in stretches:
        if spans and spans[-1][1] == on_s:
            spans[-1] = (spans[-1][0], off_s)
        elif off_s > 0:
            spans.append((max(on_s, 0.0), off_s))
    return spans
