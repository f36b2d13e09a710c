"""How do totals of days and months become intervals? By the profile of other history, or an assumed one."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.history.mapping import DAY_MIN
from sim.history.series import FIGURES, Series
from sim.scenario.units import plural

_HOURS = (0, 0, 0, 0, 0, 0, 0, 0, 40, 60, 80, 90, 70, 60, 80, 90, 70, 50, 40, 30, 0, 0, 0, 0)
_WEEK = (1.1, 1.0, 1.0, 1.0, 0.9, 0.6, 0.5)
_ASSUMED_MIN = 30


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """How a week's contacts lie: shares of its days, and of each day's intervals."""

    of_days: Floats
    """Contacts of each weekday over those of a mean day, Monday first, shape (7,)."""
    of_intervals: Floats
    """Share of each interval in its day, shape (7, n_intervals)."""
    told: str
    """Where it is from, in words."""

    @property
    def interval_min(self) -> int:
        """Minutes of an interval."""
        return DAY_MIN // int(self.of_intervals.shape[1])


def assumed() -> Profile:
    """A web shop's week, as in the scenario that one starts from: an assumption, measured nowhere."""
    halves = np.repeat(np.array(_HOURS, dtype=np.float64), 60 // _ASSUMED_MIN)
    week = np.array(_WEEK)
    told = "an ASSUMED profile (a web shop's day from 08:00 to 20:00, quieter at weekends)"
    return Profile(week / week.mean(), np.tile(halves / halves.sum(), (7, 1)), told)


def profile_of(series: Series, source: str) -> Profile:
    """Profile of a history by interval: a weekday of which nothing is known has no contacts."""
    known = ~np.isnan(series.offered) & (series.passes == 1)
    sums = np.zeros((7, series.offered.shape[1]))
    for weekday in range(7):
        rows = series.weekdays == weekday
        n = known[rows].sum(axis=0)
        total = np.where(known[rows], series.offered[rows], 0.0).sum(axis=0)
        sums[weekday] = np.divide(total, n, out=np.zeros_like(total), where=n > 0)
    days = sums.sum(axis=1)
    shares = np.divide(sums, days[:, None], out=np.zeros_like(sums), where=days[:, None] > 0)
    overall = sums.sum(axis=0) / max(sums.sum(), 1e-12)
    shares[days == 0] = overall
    told = f"the profile of {source} ({plural(int(series.has_rows.sum()), 'day')})"
    return Profile(days / max(days.mean(), 1e-12), shares, told)


def spread(series: Series, profile: Profile) -> Series:
    """Totals of days or months as intervals, whose sums they keep."""
    days = _as_days(series, profile) if series.kind == "months" else series
    shares = profile.of_intervals[days.weekdays]

    def laid(totals: Floats) -> Floats:
        return np.asarray(totals[:, :1] * shares, dtype=np.float64)

    figures: dict[str, Any] = {
        name: laid(getattr(days, name)) for name in ("offered", "handled", "abandoned", "handle_s")
    }
    shape = shares.shape
    return replace(
        days, interval_min=profile.interval_min, passes=np.ones(shape),
        unsure=np.zeros(shape, dtype=np.bool_), is_spread=True, **figures,
    )  # fmt: skip


def _as_days(series: Series, profile: Profile) -> Series:
    """Totals of months as totals of days: each day by its weekday's share."""
    rows = np.flatnonzero(series.has_rows)
    months = [series.date(int(row)) for row in rows]
    last = months[-1]
    end = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    first = months[0].replace(day=1)
    n = (end - first).days + 1
    weights = profile.of_days[(first.weekday() + np.arange(n)) % 7]
    figures: dict[str, Any] = {}
    for name in FIGURES:
        totals = np.full((n, 1), np.nan)
        for row, month in zip(rows, months, strict=True):
            at = (month.replace(day=1) - first).days
            own = slice(at, at + calendar.monthrange(month.year, month.month)[1])
            share = weights[own] / max(weights[own].sum(), 1e-12)
            totals[own, 0] = getattr(series, name)[row, 0] * share
        figures[name] = totals
    return replace(
        series, first=first, passes=np.ones((n, 1)), unsure=np.zeros((n, 1), dtype=np.bool_), **figures
    )
