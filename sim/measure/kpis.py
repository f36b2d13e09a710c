"""How good was it? The key figures of one log.

A day's service level is the sum of its intervals' tops over the sum of their bottoms, never the mean of their
levels (a function of expectations, in the words of Buist and L'Ecuyer's ContactCenters). Percentiles are
pooled. A zero denominator gives None, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.log.chatlog import ChatLog
from sim.measure.figures import BY_NAME, PEAKS, QUANTILES, RATIOS, Peak, Quantile, Ratio, Values
from sim.measure.tables import By, tables
from sim.world.scenario import Targets
from sim.world.units import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Values of a quantile's figure in one run, with the cell of each in every breakdown."""

    values: Floats
    cells: Mapping[By, Ints]


@dataclass(frozen=True, slots=True, eq=False)
class Kpis:
    """Key figures of one run: sums above and below the line, in every breakdown."""

    sizes: Mapping[By, int]
    """Cells of each breakdown."""
    top: Mapping[By, Floats]
    """Shape (n_ratios, n_cells): NaN where a ratio can't be told apart."""
    bottom: Mapping[By, Floats]
    samples: Mapping[str, Sample]
    """Of each quantile figure."""
    peaks: Mapping[By, Floats]
    """Shape (n_peaks, n_cells)."""

    def __getitem__(self, name: str) -> float | None:
        """Value of a key figure over the whole run, or None where its denominator is zero."""
        value = self.values(name)[0]
        return None if np.isnan(value) else float(value)

    def values(self, name: str, by: By | str = By.OVERALL) -> Floats:
        """Values of a figure in each cell of a breakdown; NaN where there is none."""
        kpi, by = BY_NAME[name], By(by)
        if by not in kpi.form.breakdowns:
            return np.full(self.sizes[by], np.nan)
        match kpi.form:
            case Ratio():
                k = RATIOS.index(kpi)
                return ratio(self.top[by][k], self.bottom[by][k])
            case Quantile(share=share):
                return quantiles([self.samples[name]], share, by, self.sizes[by])
            case Peak():
                peaks: Floats = self.peaks[by][PEAKS.index(kpi)]
                return peaks


def measure(log: ChatLog, targets: Targets | None = None) -> Kpis:
    """Measure the key figures of a *log*; service levels look at the threshold of the *targets*."""
    data = tables(log, (targets or Targets()).threshold_s)
    top = {by: np.full((len(RATIOS), data.sizes[by]), np.nan) for by in By}
    bottom = {by: np.full((len(RATIOS), data.sizes[by]), np.nan) for by in By}
    for k, kpi in enumerate(RATIOS):
        assert isinstance(kpi.form, Ratio)
        for side, sums in ((kpi.form.top, top), (kpi.form.bottom, bottom)):
            values, cells = side.add(data)
            for by in kpi.form.breakdowns:
                sums[by][k] = _cell_sums(values, cells.get(by), data.sizes[by])
    samples = {}
    for kpi in QUANTILES:
        assert isinstance(kpi.form, Quantile)
        values, cells = kpi.form.values.add(data)
        known = ~np.isnan(values)
        samples[kpi.name] = Sample(
            np.asarray(values, dtype=np.float64)[known], {by: c[known] for by, c in cells.items()}
        )
    peaks = {by: np.full((len(PEAKS), data.sizes[by]), np.nan) for by in By}
    for k, kpi in enumerate(PEAKS):
        assert isinstance(kpi.form, Peak)
        values, cells = kpi.form.values.add(data)
        for by in kpi.form.breakdowns:
            peaks[by][k] = _cell_peaks(np.asarray(values, dtype=np.float64), cells.get(by), data.sizes[by])
    return Kpis(data.sizes, top, bottom, samples, peaks)


def ratio(top: Floats, bottom: Floats) -> Floats:
    """*top* over *bottom*; NaN where *bottom* is zero or unknown."""
    unknown = np.full(np.shape(top), np.nan)
    return np.asarray(np.divide(top, bottom, out=unknown, where=bottom != 0), dtype=np.float64)


def quantiles(samples: list[Sample], share: float, by: By, size: int) -> Floats:
    """Quantile of the pooled values of *samples* in each cell of a breakdown, shape (size,)."""
    result = np.full(size, np.nan)
    values = np.concatenate([sample.values for sample in samples])
    if by is By.OVERALL:
        if len(values):
            result[0] = np.quantile(values, share)
        return result
    cells = np.concatenate([sample.cells[by] for sample in samples])
    order = np.argsort(cells, kind="stable")
    edges = np.searchsorted(cells[order], np.arange(size + 1))
    for cell in np.flatnonzero(np.diff(edges)):
        result[cell] = np.quantile(values[order[edges[cell] : edges[cell + 1]]], share)
    return result


def _cell_sums(values: Values, cells: Ints | None, size: int) -> Floats:
    if cells is None:
        return np.full(size, float(np.sum(values)))
    return np.bincount(cells, np.asarray(values, dtype=np.float64), size).astype(np.float64)


def _cell_peaks(values: Floats, cells: Ints | None, size: int) -> Floats:
    if cells is None:
        cells = np.zeros(len(values), dtype=np.int64)
    peaks = np.full(size, -np.inf)
    known = cells >= 0
    np.maximum.at(peaks, cells[known], values[known])
    return np.where(np.isinf(peaks), np.nan, peaks)
