"""What does a cell of an export say? Times, durations, flags and numbers, however platforms write them.

Times are microseconds since 1970, UTC. What is written as nothing ("undefined", "null", "-") is nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from sim.errors import LogError, short
from sim.scenario.words import did_you_mean

NOTHING = frozenset({"", "undefined", "null", "none", "nan", "-", "–", "n/a", "na", "nil", "\\n"})
"""Words for no value, in small letters."""
YES, NO = frozenset({"true", "t", "yes", "y", "1"}), frozenset({"false", "f", "no", "n", "0"})
SECOND = 1_000_000
"""Microseconds."""
_EARLIEST, _LATEST = 631_152_000, 4_102_444_800
"""1990 and 2100 in seconds: what lies outside is no time of a chat."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+]?\d{1,2})?$")
_UTC_WORD = re.compile(r"\s*(UTC|GMT)$")
MOST_OFFSETS = 100_000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class UnreadableError(ValueError):
    """A cell, or a record, that can't be read; says why."""


def zone_of(name: str) -> ZoneInfo:
    """Time zone by name; raises `LogError` with the nearest for what is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = sorted(available_timezones())
        hint = did_you_mean(name, known) or "; zones are called like Europe/Berlin or UTC"
        raise LogError(f"zone: no time zone is called {short(name)!r}{hint}") from None


def is_nothing(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or (isinstance(value, str) and value.strip().lower() in NOTHING)


def text(value: Any) -> str | None:
    """Text of a cell, or nothing; lone surrogates are replaced."""
    if is_nothing(value):
        return None
    if isinstance(value, dict | list):
        raise UnreadableError(f"must be a word, is {type(value).__name__}")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().encode("utf-8", "replace").decode()


def number(value: Any) -> float | None:
    """Number of a cell, or nothing."""
    if is_nothing(value) or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise UnreadableError(f"must be a number, is {short(str(value))!r}") from None
    if not abs(found) < 1e15:
        raise UnreadableError(f"is no number that could be: {short(str(value))}")
    return found


def whole(value: Any) -> int | None:
    """Whole number of a cell, or nothing."""
    found = number(value)
    return None if found is None else int(found)


def flag(value: Any) -> bool | None:
    """Whether a cell says yes, in whatever words; or nothing."""
    if isinstance(value, bool) or is_nothing(value):
        return value if isinstance(value, bool) else None
    word = str(value).strip().lower().removesuffix(".0")
    if word in YES or word in NO:
        return word in YES
    raise UnreadableError(f"must be true or false, is {short(str(value))!r}")


def seconds(value: Any, *, unit_s: float = 1.0) -> int | None:
    """Duration in microseconds of a number, in units of *unit_s*, or of h:mm:ss or mm:ss; or nothing."""
    if isinstance(value, str) and ":" in value:
        parts = value.strip().split(":")
        if not 2 <= len(parts) <= 3 or not all(re.fullmatch(r"\d+(\.\d+)?", part) for part in parts):
            raise UnreadableError(f"must be a duration, is {short(value)!r}")
        sizes = (3600, 60, 1)[-len(parts) :]
        return round(SECOND * sum(float(part) * size for part, size in zip(parts, sizes, strict=True)))
    found = number(value)
    return None if found is None else round(found * unit_s * SECOND)


class Clock:
    """Reads times; those without a zone are of one that is known."""

    def __init__(self, zone: ZoneInfo | None = None, ambiguous: Callable[[], None] | None = None) -> None:
        self.zone = zone
        self.ambiguous = ambiguous
        self.is_utc = zone is None or zone.key in {"UTC", "Etc/UTC", "GMT"}
        self.coarsest = 0
        """Most digits behind the second that any time had."""
        self._offsets: dict[tuple[int, ...], dt.timedelta] = {}
        """From UTC, of quarters of an hour in which no clock changes."""
        self.formats: Collection[str] = ()
        """Formats to be tried first, as of strptime."""

    def moment(self, value: Any) -> int | None:
        """Microseconds since 1970 of a number (seconds, milliseconds …) or of an ISO date and time.

        Raises
        ------
        UnreadableError
            For what is neither, a time that the clocks of the zone skip, and years that can't be.
        """
        if isinstance(value, bool):
            raise UnreadableError(f"must be a time, is {value}")
        if isinstance(value, int | float):
            return self._counted(float(value))
        if is_nothing(value):
            return None
        if not isinstance(value, str):
            raise UnreadableError(f"must be a time, is {type(value).__name__}")
        word = value.strip()
        for form in self.formats:
            try:
                return self.local(dt.datetime.strptime(word, form))
            except UnreadableError:
                raise
            except ValueError:
                continue
        if _NUMBER.match(word) and not self.formats:
            return self._counted(float(word))
        if not self.formats and _ISO.match(word):
            try:
                return self.local(dt.datetime.fromisoformat(_UTC_WORD.sub("Z", word)))
            except UnreadableError:
                raise
            except ValueError:
                pass
        wanted = f" like {' or '.join(self.formats)}" if self.formats else ""
        raise UnreadableError(f"must be a time{wanted}, is {short(value)!r}")

    def local(self, moment: dt.datetime) -> int:
        """Microseconds since 1970 of a time, in the clock's zone if it names none."""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC) if self.is_utc else self._zoned(moment)
        if moment.microsecond:
            self.coarsest = 6
        return self._sound((moment - _EPOCH) // dt.timedelta(microseconds=1))

    def _zoned(self, moment: dt.datetime) -> dt.datetime:
        quarter = (moment.year, moment.month, moment.day, moment.hour, moment.minute // 15)
        known = self._offsets.get(quarter)
        if known is not None:
            return (moment - known).replace(tzinfo=dt.UTC)
        there = moment.replace(tzinfo=self.zone, fold=0)
        if there.astimezone(dt.UTC).astimezone(self.zone).replace(tzinfo=None) != moment:
            raise UnreadableError(f"{moment} is a time that the clocks of {self.zone} skip")
        offset = there.utcoffset()
        if offset != there.replace(fold=1).utcoffset():
            if self.ambiguous is not None:
                self.ambiguous()
        elif offset is not None and len(self._offsets) < MOST_OFFSETS:
            self._offsets[quarter] = offset
        return there

    def _counted(self, value: float) -> int:
        """Seconds, milliseconds or microseconds since 1970: their sizes don't overlap."""
        if not abs(value) < 1e17:
            raise UnreadableError("is no time that could be")
        size = 1 if abs(value) >= 1e14 else 1_000 if abs(value) >= 1e11 else SECOND
        found = round(value * size)
        if found % SECOND:
            self.coarsest = 6
        return self._sound(found)

    @staticmethod
    def _sound(micros: int) -> int:
        if not _EARLIEST * SECOND <= micros < _LATEST * SECOND:
            raise UnreadableError("is a time before 1990 or after 2099")
        return micros
