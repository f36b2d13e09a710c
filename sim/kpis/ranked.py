"""What percentile do all days have together, and how sure is it? Values of many days, sorted once.

The interval is Woodruff's, with days as clusters: the share of values below the percentile has an interval
by Student's *t* over days, and its ends are read off the pooled values (R. S. Woodruff, *Confidence intervals
for medians and other position measures*, JASA 47 (1952) 635-646). Where the share's interval passes 1, the
days set no upper limit: the highest value seen is none.

What one day says of a percentile is told by leaving it out (the jackknife that deletes a day, which takes
many values at once: Shao and Wu, *A general theory for jackknife variance estimation*, Annals of Statistics
17 (1989) 1176-1197). So differences of percentiles are those of the pooled ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats, Ints, firsts
from sim.kpis.intervals import Ends, t_quantile
from sim.kpis.loops import By
from sim.kpis.totals import Sample

_AT_A_TIME = 8
"""Days whose values are copied, to be sorted each by itself."""


class Ranked:
    """Values of several days in each cell of a breakdown, in order."""

    def __init__(self, samples: Sequence[Sample], by: By, size: int) -> None:
        self.n, self.size = len(samples), size
        self._samples, self._by = samples, by
        self._edges = firsts(self.sizes.sum(axis=0).astype(np.int64).tolist())
        self.values = np.empty(self._edges[-1])
        free = self._edges[:-1].copy()
        for day, sizes in zip(self._days(), self.sizes.astype(np.int64), strict=True):
            first = np.repeat(free - firsts(sizes.tolist())[:-1], sizes)
            self.values[first + np.arange(len(first))] = _by_cell(*day, size)
            free += sizes
        _sort_within(self.values, self._edges)

    @property
    def counts(self) -> Ints:
        """Values in each cell."""
        return np.diff(self._edges)

    @cached_property
    def sizes(self) -> Floats:
        """Values of each day in each cell, shape (n_days, n_cells)."""
        return np.array(
            [np.bincount(cells, minlength=self.size) for _, cells in self._days()], dtype=np.float64
        )

    def _days(self, some: slice = slice(None)) -> Iterator[tuple[Floats, NDArray[np.integer]]]:
        """Values of each of *some* days, and their cells: worked out anew, for they take memory."""
        return ((each.values, each.cell(self._by, self.size)) for each in self._samples[some])

    def of_days(self, share: float) -> Floats:
        """Quantile of each day by itself in each cell, shape (n_days, n_cells)."""
        found = []
        for first in range(0, self.n, _AT_A_TIME):
            some = slice(first, first + _AT_A_TIME)
            edges = firsts(self.sizes[some].astype(np.int64).ravel().tolist())
            values = np.concatenate([_by_cell(*day, self.size) for day in self._days(some)])
            found.append(_quantiles(_sort_within(values, edges), edges, share))
        return np.concatenate(found).reshape(self.n, self.size)

    @cached_property
    def _day(self) -> Ints:
        """Day of each of the values in order."""
        values, cells = (np.concatenate(column) for column in zip(*self._days(), strict=True))
        day = np.repeat(np.arange(self.n), [len(of_day) for of_day, _ in self._days()])
        return day[np.lexsort((values, cells))]

    def quantile(self, share: float | Floats) -> Floats:
        """Quantile of each cell, interpolated as `np.quantile` does it; NaN where there is no value."""
        return _quantiles(self.values, self._edges, share)

    def woodruff(self, share: float) -> Ends:
        """95 % interval of a quantile in each cell; NaN where days say the same, or there are too few."""
        value, sizes = self.quantile(share), self.sizes
        below = np.array(
            [
                np.bincount(cells, weights=of_day <= value[cells], minlength=self.size)
                for of_day, cells in self._days()
            ]
        )
        pooled = sizes.sum(axis=0)
        off = below - below.sum(axis=0) / np.maximum(pooled, 1) * sizes
        spread = np.sqrt((off * off).sum(axis=0) / max(self.n - 1, 1) / self.n)
        half = t_quantile(self.n) * spread / np.maximum(sizes.mean(axis=0), 1e-300)
        is_known = (half > 0) & (self.n > 2)
        half = np.where(is_known, half, 0.0)
        low = np.where(share - half > 0, self.quantile(np.maximum(share - half, 0.0)), -np.inf)
        high = np.where(share + half < 1, self.quantile(np.minimum(share + half, 1.0)), np.inf)
        return Ends(np.where(is_known, low, np.nan), np.where(is_known, high, np.nan))

    def without(self, share: float, cell: int) -> Floats:
        """Quantile of a cell without each of the days, shape (n_days,); NaN where nothing would be left.

        Of the values without a day's, the k-th stands k + m places from the start, where m are the day's own
        before it: those with at most k values of other days before them.
        """
        first, end = self._edges[cell], self._edges[cell + 1]
        day = self._day[first:end]
        size = np.bincount(day, minlength=self.n)
        by_day = np.argsort(day, kind="stable")
        others_before = by_day - (np.arange(len(day)) - np.repeat(np.cumsum(size) - size, size))
        left = end - first - size
        place = np.maximum(left - 1, 0) * share
        whose = day[by_day]

        def nth(k: Ints) -> Floats:
            own = np.bincount(whose, weights=others_before <= k[whose], minlength=self.n).astype(np.int64)
            return np.asarray(self.values[np.minimum(first + k + own, max(end - 1, 0))])

        low = place.astype(np.int64)
        some = left > 0
        if not some.any():
            return np.full(self.n, np.nan)
        found = _between(nth(low), nth(np.minimum(low + 1, np.maximum(left - 1, 0))), place - low)
        return np.where(some, found, np.nan)


def _by_cell(values: Floats, cells: NDArray[np.integer], size: int) -> Floats:
    """Copy of *values*, those of one cell after those of another."""
    return values[np.argsort(cells, kind="stable")] if size > 1 else values.copy()  # counts small numbers


def _sort_within(values: Floats, edges: Ints) -> Floats:
    """Sort *values* in place between each two *edges*: numbers alone sort tenfold faster than rows do."""
    for first, end in pairwise(edges.tolist()):
        values[first:end].sort()
    return values


def _quantiles(values: Floats, edges: Ints, share: float | Floats) -> Floats:
    """Quantiles of *values* that are in order between each two *edges*; NaN where there is none."""
    counts = np.diff(edges)
    found = np.full(len(counts), np.nan)
    some = np.flatnonzero(counts)
    first, count = edges[some], counts[some]
    place = (count - 1) * np.broadcast_to(share, found.shape)[some]
    low = place.astype(np.int64)
    high = np.minimum(low + 1, count - 1)
    found[some] = _between(values[first + low], values[first + high], place - low)
    return found


def _between(below: Floats, above: Floats, rest: Floats) -> Floats:
    """Interpolate, to the bit as `np.quantile` does it."""
    return np.where(rest >= 0.5, above - (above - below) * (1 - rest), below + (above - below) * rest)
