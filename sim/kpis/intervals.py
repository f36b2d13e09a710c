"""How sure is a mean over days? Intervals that hold where most days are good and a few are bad.

A service level, a wait or a share of missed chats is the work of a few bad days: its sample mean is skewed,
and Student's *t* about it is too short, always on the optimistic side. So the *t* quantile goes through a
cubic that takes the skewness of the sample out (P. Hall, *On the removal of skewness by transformation*,
JRSS B 54 (1992) 221-228; R. Willink, *A confidence interval and test for the mean of an asymmetric
distribution*, Comm. Stat. Theory Meth. 34 (2005) 753-766). Without skewness it is Student's *t*. Of days
that are all alike nobody knows how they vary: there is no interval.

A *day* here is a replication, whatever number of days it has.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy

from sim.arrays import Flags, Floats, Ints

CONFIDENCE = 0.95
"""Coverage of every interval."""
NORMAL = 1.959963984540054
"""Quantile of the normal law for it."""
FEW = 5
"""A figure that fewer days carry has a mark: its interval may be far too short."""
_DUST = 1e-12
"""Equal numbers may differ by so much of their size, by rounding."""
_STRAIGHT = 1e-6
"""Below this skewness the cubic is a line, to the last digit."""


class Ends(NamedTuple):
    """Ends of intervals, one of each cell: NaN where there is none, infinite where days set no limit."""

    low: Floats
    high: Floats


class Moments(NamedTuple):
    """What is known of the mean of each column of values, shape (n_cells,) each; NaN where it is not."""

    n: Floats
    """Values that are known."""
    mean: Floats
    error: Floats
    """Standard error of the mean; NaN for fewer than three values, and where all are alike."""
    lean: Floats
    """A sixth of the skewness over √n: Hall's *a*."""


def moments(values: Floats) -> Moments:
    """Mean of each column of *values*, shape (n_days, n_cells), and what makes it unsure; NaN is left out."""
    known = ~np.isnan(values)
    n = known.sum(axis=0).astype(np.float64)
    mean = _over(np.where(known, values, 0.0).sum(axis=0), n)
    off = np.where(known, values - mean, 0.0)
    widest = np.abs(off).max(axis=0, initial=0.0)
    size = np.abs(np.where(known, values, 0.0)).max(axis=0, initial=0.0)
    varies = (widest > _DUST * size) & (n > 2)
    off = _over(off, np.where(varies, widest, 0.0))  # powers of huge numbers leave the range of doubles
    variance = _over((off * off).sum(axis=0), n - 1)
    third = _over(n * (off * off * off).sum(axis=0), (n - 1) * (n - 2))
    error = np.sqrt(_over(variance, n)) * widest
    return Moments(n, mean, error, _over(third, 6 * np.sqrt(n) * variance**1.5))


def skewed_t(values: Floats, spent: int = 0) -> Ends:
    """95 % interval of the mean of each column of *values*, shape (n_days, n_cells); NaN is left out.

    *spent* degrees of freedom went into what was taken off the values beforehand.
    """
    n, mean, error, lean = moments(values)
    t = t_quantile(n - spent)
    return Ends(mean - _bent(t, lean) * error, mean - _bent(-t, lean) * error)


def chance_of(values: Floats, null: float = 0.0) -> float:
    """Probability of a mean as far from *null*, on either side, were that the true one.

    It is the interval's inverse: 5 % at either end, NaN where there is none. *values* have shape (n_days,).
    """
    n, mean, error, lean = (float(part[0]) for part in moments(values[:, None]))
    away = (mean - null) / error
    q = away if abs(lean) <= _STRAIGHT else lean + ((1 + 2 * lean * away) ** 3 - 1) / (6 * lean)
    return 2 * float(scipy.special.stdtr(n - 1, -abs(q)))


def t_quantile(n: int | Floats) -> Floats:
    """Quantile of Student's t for a 95 % interval from *n* replications; NaN for fewer than two."""
    n = np.asarray(n, dtype=np.float64)
    return np.where(n > 1, scipy.special.stdtrit(np.maximum(n - 1, 1), (1 + CONFIDENCE) / 2), np.nan)


def few_days(values: Floats) -> Flags:
    """Whether fewer than `FEW` days carry the figure of each column of *values*, shape (n_days, n_cells)."""
    return carriers(values) < FEW


def carriers(values: Floats) -> Ints:
    """Days that differ from the commonest value of their column: *values* have shape (n_days, n_cells).

    Where no two days are alike, all differ; NaN is no day.
    """
    ordered = np.sort(values, axis=0)  # NaN comes last
    rows = np.arange(len(ordered))[:, None]
    near = _DUST * np.abs(np.nan_to_num(ordered)).max(axis=0, initial=0.0)
    begins = np.ones(ordered.shape, dtype=np.bool_)
    begins[1:] = ~(ordered[1:] - ordered[:-1] <= near)
    alike = (rows - np.maximum.accumulate(np.where(begins, rows, 0), axis=0)).max(axis=0) + 1
    return np.asarray((~np.isnan(values)).sum(axis=0) - np.where(alike > 1, alike, 0))


def unseen(n: int) -> float:
    """Share of days that may still be of a kind that was not seen on *n* days, at 95 %.

    >>> round(unseen(20), 3), round(unseen(200), 3)
    (0.139, 0.015)
    """
    return 1 - float((1 - CONFIDENCE) ** (1 / n))


def wilson(p: float, n: float) -> tuple[float, float]:
    """95 % interval of a probability, of which a share *p* of *n* was seen (Wilson, JASA 22, 1927).

    >>> tuple(round(end, 4) for end in wilson(0.1, 50))
    (0.0435, 0.2136)
    """
    weight = NORMAL**2 / n
    middle = (p + weight / 2) / (1 + weight)
    half = (weight * (p * (1 - p) + weight / 4)) ** 0.5 / (1 + weight)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _bent(t: Floats, lean: Floats) -> Floats:
    """Quantile *t* with the skewness put back: the inverse of Hall's cubic."""
    bends = np.abs(lean) > _STRAIGHT
    safe = np.where(bends, lean, 1.0)
    return np.where(bends, (np.cbrt(1 + 6 * safe * (t - safe)) - 1) / (2 * safe), t)


def _over(top: Floats, bottom: Floats) -> Floats:
    """*top* over *bottom*; NaN where *bottom* is not above 0."""
    return np.asarray(np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=bottom > 0))
