"""What do the cells of a column say? Dates, clock times and numbers, as they are written in many countries.

A cell alone may be read in two ways, 02/03/2026 or 1.012; the column it stands in mostly shows which is
meant, and where it does not, nobody guesses.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class DateOrder(StrEnum):
    """Which of two numbers is the day: 02/03/2026 is the second of March, or the third of February."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


class Decimals(StrEnum):
    """What stands before the decimals: the other one groups thousands."""

    POINT = "point"
    COMMA = "comma"


class TimeZoneError(ValueError):
    """A time with a time zone: its local time is not known."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date, a clock time, or both."""

    day: dt.date | None = None
    parts: tuple[int, int, int] | None = None
    """Two numbers and a year: a date of which the column says what is the day."""
    clock_s: float | None = None
    """Seconds since midnight; None for a date alone."""
    is_iso: bool = True
    """Whether the year comes first, as in 2026-03-02."""

    @property
    def has_date(self) -> bool:
        """Whether there is a date, which may be known or not."""
        return self.day is not None or self.parts is not None

    def day_by(self, order: DateOrder | None) -> dt.date | None:
        """The date, if its two numbers stand in this *order*; None if there is no such day."""
        if self.parts is None or order is None:
            return self.day
        first, second, year = self.parts
        day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
        try:
            return dt.date(year, month, day)
        except ValueError:
            return None


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})(\d{2})(\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})([./])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})[-. /]+([A-Za-z]{3,9})[-., /]+(\d{4}|\d{2})")
_AFTER_DATE = re.compile(r"$|[^0-9A-Za-z]|T\d")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([AaPp])\.?[Mm]\.?)?")
_ZONE = re.compile(r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$")
_LIKE_DATE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}\b|\d{1,2}[-. /]+[^\W\d_]{3,9}\W+\d{2,4}\b")
_LIKE_CLOCK = re.compile(r"\d{1,2}:\d{2}\b")
_UNTIL = re.compile(r"\s*[-–—]\s*(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AaPp]\.?[Mm]\.?)?)$")


def read_stamp(text: str) -> Stamp | None:
    """Read a date, a clock time or both; None if *text* is neither.

    Of an interval such as 08:00-08:30 it is the start.

    >>> read_stamp("2.3.2026 8:30").day, read_stamp("8:30 PM").clock_s
    (datetime.date(2026, 3, 2), 73800.0)

    Raises
    ------
    TimeZoneError
        If the time has a time zone.
    """
    if text[4:5] == "-":
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            pass  # an interval, or no zero before a month
        else:
            if moment.tzinfo is None:  # or it is an interval: 08:00-09:00 has the looks of an offset
                since_s = (moment - dt.datetime.combine(moment, dt.time())).total_seconds()
                return Stamp(moment.date(), None, since_s if len(text) > 10 else None)
    date, rest = _date(text)
    rest = rest.lstrip(" T,\t\u00a0\u202f") if date is not None else rest
    if date is not None and not rest:
        return date
    clock_s = _start_s(rest)
    if clock_s is None:
        zone = _ZONE.search(rest)
        if zone and _clock_s(rest[: zone.start()]) is not None:
            raise TimeZoneError(text)
        return None
    date = date or Stamp()
    return Stamp(date.day, date.parts, clock_s, date.is_iso)


def is_stamp(text: str) -> bool:
    """Whether a text is a date, a clock time or both, even if with a time zone."""
    try:
        return read_stamp(text) is not None
    except TimeZoneError:
        return True


def looks_like(text: str) -> tuple[bool, bool]:
    """Whether a text has the looks of a date, and of a clock time: there may be no such day or time.

    >>> looks_like("30.02.2026 08:00"), looks_like("8:30 PM"), looks_like("1.012")
    ((True, True), (False, True), (False, False))
    """
    has_date = _date(text)[0] is not None or _LIKE_DATE.match(text) is not None
    return has_date, (_LIKE_CLOCK.search if has_date else _LIKE_CLOCK.match)(text) is not None


def _date(text: str) -> tuple[Stamp | None, str]:
    """Read a date at the beginning of a text, and give what follows it."""
    for pattern, read in _DATES:
        match = pattern.match(text)
        if match and _AFTER_DATE.match(text, match.end()):
            stamp = read(match)
            return stamp, text[match.end() :] if stamp else text
    return None, text


def _iso(match: re.Match[str]) -> Stamp | None:
    year, month, day = (int(part) for part in match.groups() if part is not None)
    return _known(year, month, day, is_iso=True)


def _year_first(match: re.Match[str]) -> Stamp | None:
    return _known(int(match[1]), int(match[3]), int(match[4]), is_iso=True)


def _year_last(match: re.Match[str]) -> Stamp | None:
    """With dots between them the day is first everywhere."""
    first, second, year = int(match[1]), int(match[3]), _year(match[4])
    if match[2] == ".":
        return _known(year, second, first)
    stamp = Stamp(parts=(first, second, year), is_iso=False)
    return stamp if any(stamp.day_by(order) for order in DateOrder) else None


def _named(match: re.Match[str]) -> Stamp | None:
    name = match[2][:3].lower()
    return _known(_year(match[3]), _MONTHS.index(name) + 1, int(match[1])) if name in _MONTHS else None


def _known(year: int, month: int, day: int, *, is_iso: bool = False) -> Stamp | None:
    try:
        return Stamp(dt.date(year, month, day), is_iso=is_iso)
    except ValueError:
        return None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


_DATES = ((_ISO, _iso), (_YEAR_FIRST, _year_first), (_YEAR_LAST, _year_last), (_NAMED, _named))


def _start_s(text: str) -> float | None:
    """Seconds since midnight of a clock time, or of an interval that ends after it starts."""
    until = _UNTIL.search(text)
    if until is None:
        return _clock_s(text)
    start_s, end_s = _clock_s(text[: until.start()]), _clock_s(until[1])
    is_interval = start_s is not None and end_s is not None and (end_s > start_s or end_s == 0)
    return start_s if is_interval else None


def _clock_s(text: str) -> float | None:
    """Seconds since midnight, up to 24:00."""
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        return None
    hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3))
    if match[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[5] in "Pp" else 0)
    seconds = hour * 3600 + minute * 60 + second + float(f"0.{match[4] or 0}")
    return seconds if minute < 60 and second < 60 and seconds <= 86_400 else None


def date_order(stamps: Iterable[Stamp]) -> set[DateOrder]:
    """Orders in which all dates of a column are days: both if it does not show, none if they are mixed."""
    orders = set(DateOrder)
    for stamp in stamps:
        if stamp.parts is not None:
            orders &= {order for order in DateOrder if stamp.day_by(order) is not None}
    return orders


def shows_nothing(stamp: Stamp) -> bool:
    """Whether a date is another one in the other order."""
    both = {stamp.day_by(order) for order in DateOrder}
    return stamp.parts is not None and len(both) == 2 and None not in both


_GROUP = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009'’](?=\d{3}(?!\d))")
_NUMBER = {
    mark: re.compile(
        rf"[-+]?(?:(?:\d+|[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+)(?:{re.escape(mark)}\d*)?|{re.escape(mark)}\d+)"
        r"(?:[eE][-+]?\d+)?"
    )
    for mark, group in ((".", ","), (",", "."))
}
_MARK = {Decimals.POINT: ".", Decimals.COMMA: ","}


def read_number(text: str, decimals: Decimals) -> float | None:
    """Read a number; None if it is none.

    >>> read_number("1.012,5", Decimals.COMMA), read_number("1,012.5", Decimals.POINT)
    (1012.5, 1012.5)
    """
    mark, text = _MARK[decimals], _GROUP.sub("", text)
    if not _NUMBER[mark].fullmatch(text):
        return None
    return float(text.replace("," if mark == "." else ".", "").replace(",", "."))


def decimals_shown(texts: Iterable[str]) -> set[Decimals]:
    """What the numbers of a column show of their decimals: both are possible where they show nothing.

    With one mark in it that three digits follow, a number may be read in two ways.

    >>> decimals_shown(["9", "1.012"]) == set(Decimals), decimals_shown(["1.012", "9,5"])
    (True, {<Decimals.COMMA: 'comma'>})
    """
    votes: dict[Decimals, int] = {}
    for text in texts:
        if text.isdecimal():
            continue
        readings = {decimals: read_number(text, decimals) for decimals in Decimals}
        possible = [decimals for decimals, value in readings.items() if value is not None]
        if len(possible) == 1:
            votes[possible[0]] = votes.get(possible[0], 0) + 1
    if not votes:
        return set(Decimals)
    return {max(votes, key=lambda decimals: votes[decimals])}


def may_be_two(text: str) -> bool:
    """Whether a text is another number with the other decimals, as 1.012 is."""
    return len({read_number(text, decimals) for decimals in Decimals} - {None}) == 2
