"""Over which span is a promise kept, and how often may staffing change? Two choices of the user."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from sim.errors import UnknownNameError


class _Choice(StrEnum):
    """One of a few words; another is refused with those that there are."""

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise UnknownNameError(f"{cls.__name__.lower()}: must be one of {', '.join(cls)}, got {value!r}")


class Per(_Choice):
    """Over which span of time each target is held against its figure."""

    INTERVAL = "interval"
    """In each planning interval, over all days; so the day keeps it as well."""
    DAY = "day"
    """Over the whole day."""


class Step(_Choice):
    """How long staffing stays the same, at least."""

    INTERVAL = "interval"
    HOUR = "hour"
    DAY = "day"


class Over(_Choice):
    """Over what a confidence is promised where days differ."""

    DAY = "day"
    """Each kind of day keeps all targets on that share of its days."""
    WEEK = "week"
    """All days of a week keep all targets in that share of weeks."""
