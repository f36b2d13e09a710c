"""What percentile do all days have together, and how sure is it?

The interval is Woodruff's, with days as clusters: the share of values below the percentile has an interval
by Student's *t* over days, and its ends are read off the pooled values (R. S. Woodruff, *Confidence intervals
for medians and other position measures*, JASA 47 (1952) 635-646). Where the share's interval passes 1, the
days set no upper limit: the highest value seen is none.

What one day says of a percentile is told by leaving it out (the jackknife that deletes a day, which takes
many values at once: Shao and Wu, *A general theory for jackknife variance estimation*, Annals of Statistics
17 (1989) 1176-1197). So differences of percentiles are those of the pooled ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from sim.arrays import Floats, Ints
from sim.kpis.intervals import Ends, t_quantile
from sim.kpis.loops import By
from sim.kpis.order import between, quantiles_of, quantiles_within
from sim.kpis.samples import Samples

_AT_A_TIME = 32
"""Days whose values are copied, to be sorted each by itself."""


class Ranked:
    """Values of several days in each cell of a breakdown: looked at where they are, for they take memory.

    Quantiles of all *shares* are found with the first that is asked for: putting values in order takes longer
    than reading them off.
    """

    def __init__(self, samples: Sequence[Samples], by: By, size: int, shares: Sequence[float] = ()) -> None:
        self.n, self.size, self._shares = sum(map(len, samples)), size, shares
        self._samples, self._by = samples, by
        self._quantiles: dict[float, Floats] = {}
        self._of_days: dict[float, Floats] = {}

    @cached_property
    def sizes(self) -> Floats:
        """Values of each day in each cell, shape (n_days, n_cells)."""
        return np.concatenate([some.count(self._by, self.size) for some in self._samples], dtype=np.float64)

    def _up_to(self, most: Floats) -> Floats:
        """Values of each day in each cell up to its *most*, shape (n_days, n_cells)."""
        found = []
        for some in self._samples:
            cells = some.cell(self._by, self.size) % self.size if self.size > 1 else 0
            found.append(some.count(self._by, self.size, some.values <= most[cells]))
        return np.concatenate(found, dtype=np.float64)

    def _pieces(self, cell: int) -> list[Floats]:
        """Values of all days in a cell."""
        return [piece for some in self._samples for piece in some.of_cell(self._by, self.size, cell)]

    def of_days(self, share: float) -> Floats:
        """Quantile of each day by itself in each cell, shape (n_days, n_cells)."""
        if share not in self._of_days:
            shares, found = {share, *self._shares}, list[list[Floats]]()
            for some in self._samples:
                for first in range(0, len(some), _AT_A_TIME):
                    days = some.of_runs(slice(first, first + _AT_A_TIME))
                    values, edges = days.by_cell(self._by, self.size)
                    values = _sort_within(values, edges)
                    found.append([quantiles_within(values, edges, each) for each in shares])
            for each, parts in zip(shares, zip(*found, strict=True), strict=True):
                self._of_days[each] = np.concatenate(parts).reshape(self.n, self.size)
        return self._of_days[share]

    def quantile(self, share: float) -> Floats:
        """Quantile of each cell, interpolated as `np.quantile` does it; NaN where there is no value."""
        if share not in self._quantiles:
            shares = [share, *self._shares]
            found = self._read(np.broadcast_to(np.array(shares)[:, None], (len(shares), self.size)))
            self._quantiles |= zip(shares, found, strict=True)
        return self._quantiles[share]

    def _read(self, shares: Floats) -> Floats:
        """Quantiles of each cell for *shares* of its own, (n_shares, n_cells); NaN where nothing is."""
        found = np.full(shares.shape, np.nan)
        for cell in np.flatnonzero(self.sizes.any(axis=0)).tolist():
            found[:, cell] = quantiles_of(self._pieces(cell), shares[:, cell].tolist())
        return found

    def woodruff(self, share: float) -> Ends:
        """95 % interval of a quantile in each cell; NaN where days say the same, or there are too few."""
        sizes, below = self.sizes, self._up_to(self.quantile(share))
        pooled = sizes.sum(axis=0)
        off = below - below.sum(axis=0) / np.maximum(pooled, 1) * sizes
        spread = np.sqrt((off * off).sum(axis=0) / max(self.n - 1, 1) / self.n)
        half = t_quantile(self.n) * spread / np.maximum(sizes.mean(axis=0), 1e-300)
        is_known = (half > 0) & (self.n > 2)
        half = np.where(is_known, half, 0.0)
        ends = self._read(np.stack([np.maximum(share - half, 0.0), np.minimum(share + half, 1.0)]))
        low = np.where(share - half > 0, ends[0], -np.inf)
        high = np.where(share + half < 1, ends[1], np.inf)
        return Ends(np.where(is_known, low, np.nan), np.where(is_known, high, np.nan))

    def without(self, share: float, cell: int) -> Floats:
        """Quantile of a cell without each of the days, shape (n_days,); NaN where nothing would be left.

        Of the values without a day's, the k-th stands k + m places from the start, where m are the day's own
        before it: those with at most k values of other days before them.
        """
        values, day = self._in_order(cell)
        size = np.bincount(day, minlength=self.n)
        by_day = np.argsort(day, kind="stable")
        others_before = by_day - (np.arange(len(day)) - np.repeat(np.cumsum(size) - size, size))
        left = len(values) - size
        place = np.maximum(left - 1, 0) * share
        whose = day[by_day]

        def nth(k: Ints) -> Floats:
            own = np.bincount(whose, weights=others_before <= k[whose], minlength=self.n).astype(np.int64)
            return np.asarray(values[np.minimum(k + own, max(len(values) - 1, 0))])

        low = place.astype(np.int64)
        some = left > 0
        if not some.any():
            return np.full(self.n, np.nan)
        found = between(nth(low), nth(np.minimum(low + 1, np.maximum(left - 1, 0))), place - low)
        return np.where(some, found, np.nan)

    def _in_order(self, cell: int) -> tuple[Floats, Ints]:
        """Values of a cell in order, and the day of each."""
        sizes = self.sizes[:, cell].astype(np.int64)
        values, day = np.concatenate([np.empty(0), *self._pieces(cell)]), np.repeat(np.arange(self.n), sizes)
        order = np.argsort(values, kind="stable")
        return values[order], day[order]


def _sort_within(values: Floats, edges: Ints) -> Floats:
    """Sort *values* in place between each two *edges*: numbers alone sort tenfold faster than rows do."""
    for first, end in pairwise(edges.tolist()):
        values[first:end].sort()
    return values
