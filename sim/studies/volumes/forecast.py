"""How many will come? The mean of the last weeks by weekday and interval, with a band, trend and holidays.

The band is that of a negative binomial (NB2) whose mean is the forecast m and whose variance is (m + α m²)
(1 + 1/k): α is the relative variance that was measured beyond chance, and a mean of k weeks is itself off.
A Poisson band forgets that days differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import nbinom, poisson

from sim.arrays import Floats, Ints
from sim.history.series import Series
from sim.studies.volumes.dispersion import Dispersion, dispersion
from sim.studies.volumes.pattern import WEEK, counts, pattern, rates, trend

BAND = 0.90
"""Share of intervals that a band is to hold."""
_LEAST_ALPHA = 1e-6
"""Relative variance below which a band is Poisson's."""

Holiday = Callable[[dt.date], str | None]
"""Tells the name of the holiday that a day is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How it is forecast."""

    weeks: int = 4
    """Weeks whose mean it is."""
    trend: bool = False
    """Whether growth from week to week goes on."""
    holiday: Holiday | None = None
    without: frozenset[dt.date] = frozenset()
    """Days that are not usual."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Contacts expected on days after a history, shape (n_days, n_intervals) each."""

    first: dt.date
    mean: Floats
    """NaN where nothing is known of that weekday and interval."""
    alpha: float | None
    """Relative variance of an interval beyond chance; None where it is not known."""
    day_alpha: float | None
    """Relative variance of a day's total beyond chance."""
    weeks: Floats
    """Of how many weeks each mean is, same shape."""
    growth: float = 0.0
    """By how much a week has more contacts than the one before it, in the forecast."""
    holidays: Mapping[dt.date, str] = field(default_factory=dict)
    """Holidays among its days."""
    holiday_factor: float | None = None
    """Contacts on a holiday, times those of its weekday; None where history has none."""

    @property
    def band(self) -> tuple[Floats, Floats]:
        """Ends of the band of intervals."""
        return _band(self.mean, self.spread)

    @property
    def spread(self) -> Floats:
        """Relative variance of each interval to come about its mean, beyond chance; NaN where unknown."""
        return _about_the_mean(self.mean, self.alpha, self.weeks)

    @property
    def days(self) -> Floats:
        """Contacts of each day, NaN of one of which nothing is known."""
        empty = np.isnan(self.mean).all(axis=1)
        return np.asarray(np.where(empty, np.nan, np.nansum(self.mean, axis=1)))

    @property
    def day_band(self) -> tuple[Floats, Floats]:
        """Ends of the band of days."""
        known = np.isfinite(self.mean)
        weeks = np.where(known, self.weeks, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        return _band(self.days, _about_the_mean(self.days, self.day_alpha, weeks))

    def date(self, day: int) -> dt.date:
        """Date of a day by its place."""
        return self.first + dt.timedelta(days=day)


def forecast_of(series: Series, ahead: int, settings: Settings, spread: Dispersion | None = None) -> Forecast:
    """Forecast so many days *ahead* of the end of a history.

    Parameters
    ----------
    spread
        How much its contacts vary; omitted: measured.
    """
    holiday = settings.holiday
    off = {} if holiday is None else {
        series.date(day): name for day in range(series.days) if (name := holiday(series.date(day)))
    }  # fmt: skip
    found = counts(series, {*off, *settings.without})
    weekdays = np.asarray(series.weekdays)
    after = (series.weekdays[-1] + 1 + np.arange(ahead)) % WEEK
    mean, age, known_weeks = last_means(
        rates(series, {*off, *settings.without}), weekdays, after, settings.weeks
    )
    growth = 0.0
    if settings.trend and (grows := trend(found, weekdays)) is not None:
        growth = grows.a_week
        mean = mean * (1 + growth) ** (age + (np.arange(ahead) // WEEK)[:, None])
    if spread is None and series.is_counts:
        spread = dispersion(found, weekdays, sure=False)
    first = series.last + dt.timedelta(days=1)
    to_come, factor = dict[dt.date, str](), None
    if holiday is not None:
        days = [first + dt.timedelta(days=k) for k in range(ahead)]
        to_come = {day: name for day in days if (name := holiday(day))}
        factor = holiday_factor(series, found, off)
        for k, day in enumerate(days):
            if day in to_come and factor is not None:
                mean[k] *= factor
    alpha, day_alpha = (None, None) if spread is None else (spread.alpha.value, spread.day_alpha)
    return Forecast(first, mean, alpha, day_alpha, known_weeks, growth, to_come, factor)


def last_means(found: Floats, weekdays: Ints, after: Ints, weeks: int) -> tuple[Floats, Floats, Floats]:
    """Mean of the last so many known counts of each interval on the weekdays *after*, their age and number.

    Their age is in weeks before the first day that is forecast, shape (n_days, n_intervals) all.
    """
    n = found.shape[1]
    of_weekday, ages, numbers = np.full((WEEK, n), np.nan), np.zeros((WEEK, n)), np.zeros((WEEK, n))
    for weekday in range(WEEK):
        rows = np.flatnonzero(weekdays == weekday)[::-1]
        known = ~np.isnan(found[rows])
        taken = known & (np.cumsum(known, axis=0) <= weeks)
        k = numbers[weekday] = taken.sum(axis=0)
        total = np.where(taken, found[rows], 0.0).sum(axis=0)
        of_weekday[weekday] = np.divide(total, k, out=np.full(n, np.nan), where=k > 0)
        old = ((len(found) - rows + WEEK - 1) // WEEK)[:, None] * taken
        ages[weekday] = np.divide(old.sum(axis=0), k, out=np.zeros(n), where=k > 0)
    return of_weekday[after], ages[after], numbers[after]


def holiday_factor(series: Series, found: Floats, off: Mapping[dt.date, str]) -> float | None:
    """Contacts of past holidays over those that their weekdays usually have; None where none is known."""
    everything, usual = counts(series), np.nan_to_num(pattern(found, np.asarray(series.weekdays)).mean)
    came = expected = 0.0
    for day in (day for day in range(series.days) if series.date(day) in off):
        known = ~np.isnan(everything[day])
        came += float(everything[day][known].sum())
        expected += float(usual[series.weekdays[day]][known].sum())
    return came / expected if expected > 0 else None


def _about_the_mean(mean: Floats, alpha: float | None, weeks: Floats) -> Floats:
    """Relative variance beyond chance of what comes about a mean of so many weeks, which is off, too."""
    if alpha is None:
        return np.full_like(mean, np.nan)
    of_mean = np.divide(alpha + 1 / np.maximum(mean, 1e-12), weeks, out=np.zeros_like(mean), where=weeks > 0)
    return np.asarray(np.where(mean > 0, alpha + of_mean, alpha), dtype=np.float64)


def _band(mean: Floats, alpha: Floats) -> tuple[Floats, Floats]:
    """Ends of a band; NaN where it is not known how much contacts vary."""
    return quantile(mean, alpha, (1 - BAND) / 2), quantile(mean, alpha, (1 + BAND) / 2)


def quantile(mean: Floats, alpha: Floats | float, share: float) -> Floats:
    """Quantile of counts with these means and relative variances beyond chance; NaN where either is."""
    known = np.isfinite(mean) & np.isfinite(alpha)
    some, more = np.where(known, mean, 1.0), np.where(known, alpha, 0.0)
    wide = np.maximum(more, _LEAST_ALPHA)
    over = nbinom.ppf(share, 1 / wide, 1 / (1 + wide * np.maximum(some, 1e-12)))
    found = np.where(more < _LEAST_ALPHA, poisson.ppf(share, some), over)
    found = np.where(some <= 0, 0.0, np.maximum(found, 0.0))
    return np.asarray(np.where(known, found, np.nan), dtype=np.float64)
