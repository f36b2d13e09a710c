"""When does an interval begin? Dates, clock times and time zones of cells, as one column writes them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from sim.scenario.cells import DateOrder, Stamp, TimeZoneError, date_order, read_stamp, shows_nothing

_OFFSET = re.compile(r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$")
_EIGHT = re.compile(r"(\d{2})(\d{2})(\d{4})")
_PLAIN_TIME = re.compile(r"(\d{1,2})(\d{2})")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7,
    "aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}  # fmt: skip
"""First letters of months, English and German."""
_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)[-/.](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.-]((?:19|20)\d\d)")
_NAMED_MONTH = re.compile(r"([^\W\d_]{3,9})[-. /]+((?:19|20)?\d\d)")
_FEW = 5
"""Dates that show an order by following each other, at least."""
_DENSE, _SPARSE = 2.0, 4.0
"""Days between the first and the last date, for each of them: they follow each other, or they do not."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a row says of its start."""

    stamp: Stamp
    offset_s: int | None = None
    """Seconds that its clock is ahead of UTC; None where it does not say."""
    is_month: bool = False
    """Whether it is a month, without a day."""


@lru_cache(maxsize=200_000)
def read_moment(text: str, *, may_be_span: bool = True) -> Moment | None:
    """Read a date, a clock time or both, with or without a time zone; None if *text* is none of these.

    >>> read_moment("2026-03-02T08:00:00Z").offset_s, read_moment("03022026 08:00").stamp.parts
    (0, (3, 2, 2026))
    """
    if month := _month(text):
        return month
    offset = _OFFSET.search(text)
    span = _SPAN.search(text)
    if offset is not None and "T" not in text and span is not None and may_be_span and _is_span(span):
        offset = None  # 08:00-08:30 is an interval, not an offset
    if offset is not None and ":" in text[: offset.start()]:
        stamp = _stamp(text[: offset.start()])
        seconds = _offset_s(offset[1])
        return None if stamp is None or stamp.clock_s is None or seconds is None else Moment(stamp, seconds)
    stamp = _stamp(text if span is None or not may_be_span or not _is_span(span) else _first_of(text, span))
    return None if stamp is None else Moment(stamp)


def _is_span(span: re.Match[str]) -> bool:
    """Whether two clock times are an interval's ends: at most an hour apart, over midnight too."""
    first = int(span[1]) * 60 + int(span[2])
    last = int(span[3]) * 60 + int(span[4])
    return (last - first) % 1_440 in {5, 10, 15, 30, 60}


def _first_of(text: str, span: re.Match[str]) -> str:
    return text[: span.start()] + f"{span[1]}:{span[2]}"


def _offset_s(text: str) -> int | None:
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        return None
    return (-1 if text[0] == "-" else 1) * (hours * 3600 + minutes * 60)


def _stamp(text: str) -> Stamp | None:
    """A stamp as scenarios read it, or one whose date has eight digits without anything between."""
    try:
        stamp = read_stamp(text)
    except (TimeZoneError, ValueError):
        return None
    eight = _EIGHT.match(text)
    if stamp is None and eight:
        rest = text[eight.end() :].strip()
        clock = None if not rest else clock_s(rest)
        parts = Stamp(parts=(int(eight[1]), int(eight[2]), int(eight[3])), clock_s=clock, is_iso=False)
        fits = any(parts.day_by(order) for order in DateOrder) and (not rest or clock is not None)
        return parts if fits else None
    return stamp


def clock_s(text: str) -> float | None:
    """Seconds since midnight of a clock time, also of one without a colon: 0830."""
    moment = _stamp(text) if ":" in text else None
    if moment is not None and not moment.has_date:
        return moment.clock_s
    plain = _PLAIN_TIME.fullmatch(text)
    if plain and int(plain[1]) <= 24 and int(plain[2]) < 60:
        seconds = int(plain[1]) * 3600.0 + int(plain[2]) * 60.0
        return seconds if seconds <= 86_400 else None
    return 0.0 if text == "0" else None


def _month(text: str) -> Moment | None:
    """A month and a year."""
    year = month = 0
    if match := _YEAR_MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2])
    elif match := _MONTH_YEAR.fullmatch(text):
        year, month = int(match[2]), int(match[1])
    elif (match := _NAMED_MONTH.fullmatch(text)) and match[1][:3].lower() in _MONTHS:
        year, month = int(match[2]), _MONTHS[match[1][:3].lower()]
        year += 2_000 if year < 100 else 0
    if not 1 <= month <= 12 or not year >= 1:
        return None
    return Moment(Stamp(dt.date(year, month, 1)), is_month=True)


def is_month(text: str) -> bool:
    """Whether a text is a month's name without a year."""
    return text.isalpha() and len(text) <= 9 and text[:3].lower() in _MONTHS


def joined(date: Moment, time: str) -> Moment | None:
    """A date and the clock time beside it; None if that is none."""
    offset = _OFFSET.search(time)
    bare = time[: offset.start()] if offset and ":" in time[: offset.start()] else time
    span = _SPAN.search(bare)
    seconds = clock_s(_first_of(bare, span) if span else bare)
    if seconds is None or date.is_month:
        return None
    ahead = _offset_s(offset[1]) if offset and bare is not time else date.offset_s
    return Moment(replace(date.stamp, clock_s=seconds), ahead)


@dataclass(frozen=True, slots=True)
class Order:
    """What the dates of a column are: days first or months first, and what showed it."""

    order: DateOrder | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Dates that may be read in two ways, or in none."""

    readings: tuple[str, ...]
    """The first unclear date in each reading; none if the dates are mixed."""
    text: str = ""


def order_of(stamps: Sequence[Stamp], wanted: DateOrder | None) -> Order | Unclear:
    """Decide whether days or months come first in the dates of a column.

    A day above 12 shows it; so do dates that follow each other in one order and lie months apart in the
    other.
    """
    if all(stamp.parts is None for stamp in stamps):
        return Order(None)
    if wanted is not None:
        return Order(wanted, "as is said")
    orders = date_order(stamps)
    if not orders:
        return Unclear(())
    if len(orders) == 1:
        (order,) = orders
        return Order(order, "a day is above 12")
    unclear = next((stamp for stamp in stamps if shows_nothing(stamp)), None)
    return Order(DateOrder.DAY_FIRST) if unclear is None else _by_following(stamps, unclear)


def _by_following(stamps: Sequence[Stamp], unclear: Stamp) -> Order | Unclear:
    """Order in which dates follow each other, if they do so in one alone."""
    spread = {order: _days_apart(stamps, order) for order in DateOrder}
    dense = [order for order in DateOrder if spread[order] <= _DENSE]
    if len(dense) == 1 and max(spread.values()) >= _SPARSE:
        return Order(dense[0], "read so, the days follow each other")
    readings = tuple(f"{unclear.day_by(order):%d %B %Y}".lstrip("0") for order in DateOrder)
    return Unclear(readings, "/".join(f"{part:02d}" for part in unclear.parts or ()))


def _days_apart(stamps: Iterable[Stamp], order: DateOrder) -> float:
    """Mean days between dates, in an order; without weekends they are 1.4. Infinite where dates are few."""
    days = sorted({day for stamp in stamps if (day := stamp.day_by(order)) is not None})
    if len(days) < _FEW:
        return float("inf")
    return sum((late - early).days for early, late in pairwise(days)) / (len(days) - 1)
