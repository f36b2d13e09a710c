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

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from sim.measure.intervals import Ends, t_quantile
from sim.measure.tables import By
from sim.measure.totals import Sample
from sim.world.units import Floats, Ints


class Ranked:
    """Values of several days in each cell of a breakdown, in order."""

    def __init__(self, samples: Sequence[Sample], by: By, size: int) -> None:
        self.n, self.size = len(samples), size
        values = np.concatenate([each.values for each in samples])
        # Days sort tenfold faster as small numbers.
        day = np.repeat(
            np.arange(self.n, dtype=np.uint16 if self.n < 2**16 else np.int64),
            [len(each.values) for each in samples],
        )
        if by is By.OVERALL:
            order, cells = np.argsort(values, kind="stable"), np.zeros(len(values), dtype=np.int64)
        else:
            cells = np.concatenate([each.cell(by, size) for each in samples])
            order = np.lexsort((values, cells))
        self.values, self._day = values[order], day[order]
        self._edges = np.searchsorted(cells[order], np.arange(size + 1))

    @property
    def counts(self) -> Ints:
        """Values in each cell."""
        return np.diff(self._edges)

    @cached_property
    def sizes(self) -> Floats:
        """Values of each day in each cell, shape (n_days, n_cells)."""
        return self._by_day(np.ones(len(self.values), dtype=np.bool_))

    def quantile(self, share: float | Floats) -> Floats:
        """Quantile of each cell, interpolated as `np.quantile` does it; NaN where there is no value."""
        found = np.full(self.size, np.nan)
        some = np.flatnonzero(self.counts)
        place = (self.counts[some] - 1) * np.broadcast_to(share, (self.size,))[some]
        found[some] = self._at(self._edges[some], self.counts[some], place)
        return found

    def woodruff(self, share: float) -> Ends:
        """95 % interval of a quantile in each cell; NaN where days say the same, or there are too few."""
        value, sizes = self.quantile(share), self.sizes
        upto = np.array([
            np.searchsorted(self.values[first:end], x, side="right")
            for first, end, x in zip(self._edges[:-1], self._edges[1:], value, strict=True)
        ], dtype=np.int64)  # fmt: skip
        rank = np.arange(len(self.values)) - np.repeat(self._edges[:-1], self.counts)
        below = self._by_day(rank < np.repeat(upto, self.counts))
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

    def _at(self, first: Ints, count: Ints, place: Floats) -> Floats:
        """Values of cells at a *place* between two of them."""
        low = place.astype(np.int64)
        high = np.minimum(low + 1, count - 1)
        return _between(self.values[first + low], self.values[first + high], place - low)

    def _by_day(self, which: np.ndarray) -> Floats:
        """How many of *which* values each day has in each cell, shape (n_days, n_cells)."""
        cell = np.repeat(np.arange(self.size), self.counts)
        flat = np.bincount(
            (self._day.astype(np.int64) * self.size + cell)[which], minlength=self.n * self.size
        )
        return flat.reshape(self.n, self.size).astype(np.float64)


def _between(below: Floats, above: Floats, rest: Floats) -> Floats:
    """Interpolate, to the bit as `np.quantile` does it."""
    return np.where(rest >= 0.5, above - (above - below) * (1 - rest), below + (above - below) * rest)
