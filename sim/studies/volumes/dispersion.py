"""Do contacts vary more than chance? Index of dispersion, and spreads of days and of intervals within them.

A count is Poisson with mean m D H: m the mean of its weekday and interval, D one factor a day, H one an
interval, all independent and of mean 1. Then the covariance of two intervals of a day is m m' var D, and the
variance of one is m + m² c with c = var D + var H + var D var H. Sums over all weekdays and intervals are
equated (moments); a mean of k days costs k / (k - 1). Given the sum of a cell its counts are multinomial if
they are Poisson, so the index of dispersion has mean k - 1 and variance 2 (k - 1) (1 - 1 / sum) exactly (R.
A. Fisher, H. G. Thornton and W. A. Mackenzie, Ann. Appl. Biol. 9 (1922) 325-359; J. B. S. Haldane, Biometrika
29 (1937) 133-143).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from sim.arrays import Flags, Floats, Ints
from sim.studies.volumes.pattern import WEEK

_FEW, _MOST = 4, 26
"""Weeks from which on spreads have an interval, and stretches that are left out in turn, at most."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A relative variance or its root, with its 95 % interval where weeks are enough."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How much contacts vary beyond weekday and interval."""

    cells: int
    """Counts that it is of."""
    freedom: int
    index: float
    """χ² over its degrees of freedom: 1 for chance alone."""
    p: float
    """Probability of an index as large, if there were nothing but chance."""
    alpha: Spread
    """Relative variance of an interval beyond chance (negative binomial, NB2): variance = m + α m²."""
    day: Spread
    """Coefficient of variation of the factor of a day (`busyness_cv`)."""
    interval: Spread | None
    """Coefficient of variation of the factor of an interval (`interval_cv`); None of totals of days."""
    day_alpha: float
    """Relative variance of a day's total beyond chance."""


@dataclass(slots=True)
class _Sums:
    cells: int = 0
    freedom: int = 0
    chi2: float = 0.0
    variance: float = 0.0
    excess: float = 0.0
    square: float = 0.0
    pairs: float = 0.0
    pair_square: float = 0.0

    @property
    def alpha(self) -> float:
        return self.excess / self.square if self.square > 0 else 0.0

    @property
    def day(self) -> float:
        return self.pairs / self.pair_square if self.pair_square > 0 else 0.0

    @property
    def interval(self) -> float:
        day = max(self.day, 0.0)
        return (self.alpha - day) / (1 + day)

    @property
    def day_alpha(self) -> float:
        whole = self.square + self.pair_square
        return (self.excess + self.pairs) / whole if whole > 0 else 0.0


def dispersion(found: Floats, weekdays: Ints, *, sure: bool = True) -> Dispersion | None:
    """Measure how contacts of days and intervals vary, shape (n_days, n_intervals), NaN where not known.

    None where no weekday has two days. Spreads have intervals if it is to be *sure*, which takes longer.
    """
    sums = _sums(found, weekdays)
    if sums.freedom == 0:
        return None
    z = (sums.chi2 - sums.freedom) / sqrt(sums.variance) if sums.variance > 0 else 0.0
    without = _without_weeks(found, weekdays) if sure else []
    alpha = _spread("alpha", sums, without, root=False)
    is_daily = found.shape[1] == 1
    day = _spread("alpha" if is_daily else "day", sums, without, root=True)
    interval = None if is_daily else _spread("interval", sums, without, root=True)
    return Dispersion(
        sums.cells, sums.freedom, sums.chi2 / sums.freedom, float(norm.sf(z)), alpha, day, interval,
        max(sums.day_alpha, 0.0),
    )  # fmt: skip


def _sums(found: Floats, weekdays: Ints) -> _Sums:
    sums = _Sums()
    for weekday in range(WEEK):
        rows = found[weekdays == weekday]
        known = ~np.isnan(rows)
        k = known.sum(axis=0)
        total = np.where(known, rows, 0.0).sum(axis=0)
        fine = (k >= 2) & (total > 0)
        if not fine.any():
            continue
        known, k, total = known[:, fine], k[fine], total[fine]
        mean = total / k
        rest = np.where(known, rows[:, fine] - mean, 0.0)
        sums.cells += int(k.sum())
        sums.freedom += int((k - 1).sum())
        sums.chi2 += float(((rest**2).sum(axis=0) / mean).sum())
        sums.variance += float((2 * (k - 1) * (1 - 1 / np.maximum(total, 1.0))).sum())
        own = float(((rest**2).sum(axis=0) * k / (k - 1)).sum())
        own_square = float((mean**2 * k).sum())
        all_pairs, all_square = _pairs(rest, known, k, mean)
        sums.excess += own - float((k * mean).sum())
        sums.square += own_square
        sums.pairs += all_pairs - own
        sums.pair_square += all_square - own_square
    return sums


def _pairs(rest: Floats, known: Flags, k: Ints, mean: Floats) -> tuple[float, float]:
    """Products of all pairs of intervals of a day, a pair's days being those of which both are known."""
    if (k == k[0]).all() and known.any(axis=1).sum() == k[0]:  # days are known as a whole, or not at all
        n = int(k[0])
        return float((rest.sum(axis=1) ** 2).sum()) * n / (n - 1), float(mean.sum() ** 2) * n
    both = known.astype(np.float64).T @ known.astype(np.float64)
    product = rest.T @ rest * np.divide(both, both - 1, out=np.zeros_like(both), where=both > 1)
    square = np.outer(mean, mean) * np.where(both > 1, both, 0.0)
    return float(product.sum()), float(square.sum())


def _without_weeks(found: Floats, weekdays: Ints) -> list[_Sums]:
    """Sums with each week left out in turn, or each of some stretches of weeks; none where weeks are few."""
    n = -(-len(found) // WEEK)
    if n < _FEW:
        return []
    stretch = np.arange(len(found)) // WEEK * min(n, _MOST) // n
    return [_sums(found[stretch != k], weekdays[stretch != k]) for k in range(min(n, _MOST))]


def _spread(name: str, sums: _Sums, without: list[_Sums], *, root: bool) -> Spread:
    """A relative variance, or its *root*, with the interval of a jackknife over weeks."""

    def shown(variance: float) -> float:
        return sqrt(max(variance, 0.0)) if root else max(variance, 0.0)

    value = getattr(sums, name)
    if not without:
        return Spread(shown(value))
    others = np.array([getattr(each, name) for each in without])
    n = len(others)
    error = sqrt(float((n - 1) / n * ((others - others.mean()) ** 2).sum()))
    reach = float(student.ppf(0.975, n - 1)) * error
    return Spread(shown(value), shown(value - reach), shown(value + reach))
