"""What do our numbers mean? The vocabulary of units: a type a unit, and names that end in it.

Time is in seconds since the midnight that opens the scenario's first day, everywhere inside;
clock times exist only in files and in what is shown. Rates are per second inside and per hour in
files. Shares lie in [0, 1]. Spelling is British (centre, utilisation).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.errors import printable
from sim.scenario.words import did_you_mean

MOST_DAYS = 3_660
"""Days of the longest scenario: ten years."""
MOST_S = 1e9
"""Longest duration that may be asked for: some thirty years."""


LEAST_S = 1e-6
"""Shortest duration that may be asked for; where there may be none, that is 0."""


def _no_hair(cv: float) -> float:
    """Refuse a coefficient of variation that differs from 0 by nothing that numbers can hold."""
    if 0 < cv < 1e-3:
        raise PydanticCustomError("spread", "must be 0, or at least 0.001")
    return cv


def _no_dust(duration: float) -> float:
    """Refuse a duration that nobody can measure, and with which numbers leave their range."""
    if 0 < duration < LEAST_S:
        raise PydanticCustomError("dust", "must be 0, or at least 0.000001")
    return duration


def _not_dust(duration: float) -> float:
    """Refuse the same of a duration that there must be."""
    if duration < LEAST_S:
        raise PydanticCustomError("dust", "must be at least 0.000001")
    return duration


def _no_control(name: str) -> str:
    """Refuse a name that would do something to a terminal or a picture."""
    if printable(name) != name:
        raise PydanticCustomError("control", "must not hold control characters")
    return name


_NONE_OR_SOME, _SOME = AfterValidator(_no_dust), AfterValidator(_not_dust)
Seconds = Annotated[float, Field(ge=0, le=MOST_S, allow_inf_nan=False, strict=True), _NONE_OR_SOME]
PositiveSeconds = Annotated[float, Field(gt=0, le=MOST_S, allow_inf_nan=False, strict=True), _SOME]
Minutes = Annotated[float, Field(gt=0, le=MOST_DAYS * 1440, allow_inf_nan=False, strict=True), _SOME]
Hours = Annotated[float, Field(ge=0, le=MOST_DAYS * 24, allow_inf_nan=False, strict=True), _NONE_OR_SOME]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]
Rate = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False, strict=True)]
Factor = Annotated[float, Field(ge=0, le=1e3, allow_inf_nan=False, strict=True)]
Weight = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False, strict=True)]
Cv = Annotated[float, Field(ge=1e-3, le=100, allow_inf_nan=False, strict=True)]
"""Coefficient of variation of a law: beyond these it is a constant, or beyond what numbers can hold."""
Spread = Annotated[
    Annotated[float, Field(ge=0, le=100, allow_inf_nan=False, strict=True)], AfterValidator(_no_hair)
]
"""Coefficient of variation of a factor; 0 for none."""
Days = Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)]
Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
PositiveCount = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
Slots = Annotated[int, Field(ge=1, le=1_000, strict=True)]


def _zone(name: Any) -> str:
    """Refuse a time zone that nobody knows, with the nearest one's name."""
    if not isinstance(name, str):
        raise PydanticCustomError("zone", 'must be a time zone such as "Europe/Berlin"')
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = sorted(available_timezones())
        by_city = [
            each for each in known if each.rpartition("/")[2].casefold() == name.casefold().replace(" ", "_")
        ]
        hint = f"; did you mean {by_city[0]!r}?" if by_city else did_you_mean(name, known)
        hint = hint or '; they are called after a city: "Europe/Berlin", "America/New_York"'
        raise PydanticCustomError("zone", "{law}", {"law": f"no time zone has this name{hint}"}) from None
    return name


def known_zone(name: Any) -> str | None:
    """Give a time zone's name, if it is one."""
    try:
        return _zone(name)
    except PydanticCustomError:
        return None


Zone = Annotated[str, BeforeValidator(_zone)]
"""Name of a time zone in the database of zones (IANA)."""
Name = Annotated[
    Annotated[str, Field(min_length=1, max_length=200, strict=True)], AfterValidator(_no_control)
]
"""Text that is shown as it stands: it may hold anything that does nothing."""

DAY_S = 86_400
HOUR_S = 3_600

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


FROM_FILE = {"from_file": True}
"""Context of a validation whose input stands in a file: there a clock time is never a mere number."""
FROM_DUMP = {"from_dump": True}
"""Context of a validation of what was a record, and was changed at some places."""


def clock_s(value: Any, *, takes_seconds: bool = False) -> float:
    """Seconds since midnight of a clock time: a TOML time, or text such as "08:30" or "24:00".

    With *takes_seconds* a float passes through.
    """
    if isinstance(value, dt.time) and value.tzinfo is None:
        return float(value.hour * HOUR_S + value.minute * 60 + value.second + value.microsecond / 1e6)
    if isinstance(value, str):
        match = _CLOCK.fullmatch(value)
        if match:
            hour, minute, second = (int(part or 0) for part in match.groups())
            seconds = hour * HOUR_S + minute * 60 + second
            if minute < 60 and second < 60 and seconds <= DAY_S:
                return float(seconds)
    elif isinstance(value, float) and takes_seconds and 0 <= value <= DAY_S:
        return value
    raise PydanticCustomError("clock", 'must be a clock time such as 08:30:00 or "08:30" (up to "24:00")')


def _clock(value: Any, info: ValidationInfo) -> float:
    """Outside files a record can be made from its own dump, in which clock times are seconds."""
    return clock_s(value, takes_seconds=not (info.context or {}).get("from_file"))


def _day(value: Any) -> dt.date:
    day = value
    if isinstance(value, str):
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            day = None
    if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
        raise PydanticCustomError("day", "must be a date such as 2026-03-02")
    if not 1900 <= day.year < 2200:
        raise PydanticCustomError("day", "must be a date from 1900 to 2199")
    return day


def _moment(value: Any) -> dt.datetime:
    moment = value
    if isinstance(value, str):
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            moment = None
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        moment = dt.datetime.combine(value, dt.time())
    if not isinstance(moment, dt.datetime):
        raise PydanticCustomError("moment", "must be a date and time such as 2026-03-02T13:00:00")
    _day(moment.date())
    return moment


Clock = Annotated[
    float,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}(:\d{2})?$"}),
]
"""A clock time as seconds since midnight."""
Day = Annotated[dt.date, BeforeValidator(_day)]
"""A date, never a number of seconds since 1970."""
Moment = Annotated[dt.datetime, BeforeValidator(_moment)]
"""A local date and time, or one with its offset from UTC, which a centre with a time zone takes."""


def plural(n: int, word: str) -> str:
    """A number of things.

    >>> plural(1, "day"), plural(1200, "chat")
    ('1 day', '1,200 chats')
    """
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def clock_text(seconds: float) -> str:
    """HH:MM of a time in seconds since the first midnight; later days are folded into one.

    >>> clock_text(30600.0), clock_text(86400.0 + 60)
    ('08:30', '00:01')
    """
    minutes = int(seconds % DAY_S) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def end_text(seconds: float) -> str:
    """HH:MM of a clock time at which something ends: midnight is 24:00.

    >>> end_text(30600.0), end_text(86400.0)
    ('08:30', '24:00')
    """
    return "24:00" if seconds == DAY_S else clock_text(seconds)
