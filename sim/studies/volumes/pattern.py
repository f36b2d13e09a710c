"""How does a week usually look, which days were unlike it, and does it grow?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from sim.arrays import Flags, Floats, Ints
from sim.history.series import Series

WEEK = 7
_FEW_WEEKS = 4
"""Weeks from which on a trend is looked for."""
_FAR = 5.0
"""Robust standard deviations from which on a day is unlike the others ..."""
_APART = 1.3
"""... if it has also so many times their contacts, or one of so many."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A usual week: shape (7, n_intervals) each, Monday first."""

    mean: Floats
    """Contacts of an interval; NaN where no day of that weekday has a row."""
    days: Ints
    """Days that it is the mean of."""


@dataclass(frozen=True, slots=True)
class Trend:
    """By how much a week has more contacts than the one before it, and its 95 % interval."""

    a_week: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether there is one at all."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class OddDay:
    """A day unlike others of its weekday."""

    day: dt.date
    ratio: float
    """Its contacts over those of a usual day of its weekday."""


def counts(series: Series, without: AbstractSet[dt.date] = frozenset()) -> Floats:
    """Contacts by day and interval, which spreads rest on: NaN where clocks changed, and on days left out."""
    found = np.where((series.passes == 1) & ~series.unsure, series.offered, np.nan)
    if without:
        found[[series.date(day) in without for day in range(series.days)]] = np.nan
    return np.asarray(found)


def rates(series: Series, without: AbstractSet[dt.date] = frozenset()) -> Floats:
    """Contacts of each pass of an interval, by day: half of what came in an hour that came twice.

    Means rest on them; they are no counts, which spreads rest on.
    """
    known = (series.passes > 0) & ~series.unsure
    found = np.full_like(series.offered, np.nan)
    np.divide(series.offered, series.passes, out=found, where=known)
    if without:
        found[[series.date(day) in without for day in range(series.days)]] = np.nan
    return found


def pattern(found: Floats, weekdays: Ints) -> Pattern:
    """Mean of each weekday and interval over the days that are known, shape (n_days, n_intervals)."""
    mean = np.full((WEEK, found.shape[1]), np.nan)
    days = np.zeros((WEEK, found.shape[1]), dtype=np.int64)
    for weekday in range(WEEK):
        rows = found[weekdays == weekday]
        known = ~np.isnan(rows)
        days[weekday] = known.sum(axis=0)
        total = np.where(known, rows, 0.0).sum(axis=0)
        mean[weekday] = np.divide(
            total, days[weekday], out=np.full(found.shape[1], np.nan), where=days[weekday] > 0
        )
    return Pattern(mean, days)


def ratios(found: Floats, weekdays: Ints) -> Floats:
    """Contacts of each day over those that its weekday usually has in these intervals; NaN of unknown days.

    A day counts if at least half of what is usual is known of it.
    """
    usual = np.nan_to_num(pattern(found, weekdays).mean[weekdays])
    known = ~np.isnan(found)
    whole, expected = usual.sum(axis=1), np.where(known, usual, 0.0).sum(axis=1)
    came = np.where(known, found, 0.0).sum(axis=1)
    counts_ = (expected > 0.5 * whole) & (expected > 0)
    return np.asarray(np.divide(came, expected, out=np.full(len(found), np.nan), where=counts_))


def odd_days(series: Series, found: Floats) -> list[OddDay]:
    """Days far from what is usual, by the median and the median deviation of all days; the oddest first."""
    ratio = ratios(found, series.weekdays)
    known = np.flatnonzero(np.isfinite(ratio))
    if len(known) < 2 * WEEK:
        return []
    logs = np.log(np.maximum(ratio[known], 1e-3))
    middle = np.median(logs)
    scale = max(1.4826 * float(np.median(np.abs(logs - middle))), 0.02)
    off = np.abs(logs - middle)
    far = (off > _FAR * scale) & (off > np.log(_APART))
    order = known[far][np.argsort(-off[far], kind="stable")]
    return [OddDay(series.date(int(day)), float(ratio[day])) for day in order]


def trend(found: Floats, weekdays: Ints) -> Trend | None:
    """Growth from week to week; None where there are too few weeks.

    A line through the logarithms of weeks' contacts over the usual ones, by least squares; weeks, not days,
    as the days of a week are alike.
    """
    ratio = ratios(found, weekdays)
    n_weeks = len(ratio) // WEEK
    weeks = ratio[len(ratio) - n_weeks * WEEK :].reshape(n_weeks, WEEK)
    have = np.isfinite(weeks).sum(axis=1) >= 3
    at = np.flatnonzero(have).astype(np.float64)
    if len(at) < _FEW_WEEKS:
        return None
    means = np.array([np.nanmean(week) for week in weeks[have]])
    if (means <= 0).any():
        return None
    y, x = np.log(means), at - at.mean()
    slope = float((x * y).sum() / (x**2).sum())
    rest = y - y.mean() - slope * x
    freedom = len(at) - 2
    error = float(np.sqrt((rest**2).sum() / freedom / (x**2).sum()))
    reach = float(student.ppf(0.975, freedom)) * error
    return Trend(*(float(np.expm1(each)) for each in (slope, slope - reach, slope + reach)))


def open_hours(found: Pattern, series: Series) -> list[tuple[int, int] | None]:
    """First and last interval in which contacts come, of each weekday; None of one on which none do."""
    hours: list[tuple[int, int] | None] = []
    for weekday in range(WEEK):
        busy = np.flatnonzero(np.nan_to_num(found.mean[weekday]) > 0)
        hours.append((int(busy[0]), int(busy[-1])) if len(busy) else None)
    return hours


def known_days(found: Floats) -> Flags:
    """Days of which anything is known."""
    return np.asarray(~np.isnan(found).all(axis=1))
