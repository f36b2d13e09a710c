"""Over which span is a promise kept, and how often may staffing change? Two choices of the user."""

from __future__ import annotations

from enum import StrEnum


class Per(StrEnum):
    """Over which span of time each target is held against its figure."""

    INTERVAL = "interval"
    """In each planning interval, over all days; so the day keeps it as well."""
    DAY = "day"
    """Over the whole day."""


class Step(StrEnum):
    """How long staffing stays the same, at least."""

    INTERVAL = "interval"
    HOUR = "hour"
    DAY = "day"
