"""How good was it? The key figures of logs.

A day's service level is the sum of its intervals' tops over the sum of their bottoms, never the mean of
their levels (a function of expectations, in the words of Buist and L'Ecuyer's ContactCenters). Percentiles
are pooled. A zero denominator gives None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.log.chatlog import ChatLog
from sim.measure.figures import BY_NAME, PEAKS, QUANTILES, RATIOS, Peak, Quantile, Ratio, Sum, Values
from sim.measure.tables import By, Tables, tables
from sim.world.scenario import Targets
from sim.world.units import Flags, Floats, Ints

SAMPLE_LIMIT = 100_000
"""A run keeps no more values of a quantile figure; of more, every second, third, … in order of arrival."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Values of a quantile's figure in one run, with the cell of each in every breakdown."""

    values: Floats
    cells: Mapping[By, NDArray[np.integer]]
    n_intervals: int

    def cell(self, by: By, size: int) -> NDArray[np.integer]:
        """Cell of each value in a breakdown with *size* cells."""
        if by is By.DAY:
            return self.cells[By.INTERVAL] * size // self.n_intervals
        return self.cells[by] if size > 1 or by is By.INTERVAL else np.zeros(len(self.values), dtype=np.int32)


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
    return measure_all([log], targets or Targets())[0]


def measure_all(logs: Sequence[ChatLog], targets: Targets) -> list[Kpis]:
    """Measure *logs* of one centre, each by itself: several at once take hardly longer than one."""
    data = tables(logs, targets.threshold_s)
    tops, bottoms = _ratio_sums(data)
    peaks, samples = _peaks(data), _samples(data)
    return [
        Kpis(
            sizes=data.sizes,
            top={by: sums[run] for by, sums in tops.items()},
            bottom={by: sums[run] for by, sums in bottoms.items()},
            samples=samples[run],
            peaks={by: values[run] for by, values in peaks.items()},
        )
        for run in range(len(logs))
    ]


def ratio(top: Floats, bottom: Floats) -> Floats:
    """*top* over *bottom*; NaN where *bottom* is zero or unknown."""
    unknown = np.full(np.shape(top), np.nan)
    return np.asarray(np.divide(top, bottom, out=unknown, where=bottom != 0), dtype=np.float64)


def quantiles(samples: Sequence[Sample], share: float, by: By, size: int) -> Floats:
    """Quantile of the pooled values of *samples* in each cell of a breakdown, shape (size,)."""
    result = np.full(size, np.nan)
    values = np.concatenate([sample.values for sample in samples])
    if by is By.OVERALL:
        if len(values):
            result[0] = np.quantile(values, share)
        return result
    cells = np.concatenate([sample.cell(by, size) for sample in samples])
    order = np.argsort(cells, kind="stable")
    edges = np.searchsorted(cells[order], np.arange(size + 1))
    for cell in np.flatnonzero(np.diff(edges)):
        result[cell] = np.quantile(values[order[edges[cell] : edges[cell + 1]]], share)
    return result


def _ratio_sums(data: Tables) -> tuple[dict[By, Floats], dict[By, Floats]]:
    """Sums above and below the line of every ratio: of each breakdown, shape (n_runs, n_ratios, n_cells)."""
    forms = [kpi.form for kpi in RATIOS if isinstance(kpi.form, Ratio)]
    sums = _sums([side for form in forms for side in (form.top, form.bottom)], data)
    tops, bottoms = {}, {}
    for by, size in data.sizes.items():
        shape = (data.n_runs, len(forms), size)
        tops[by], bottoms[by] = np.full(shape, np.nan), np.full(shape, np.nan)
        for k, form in enumerate(forms):
            if by in form.breakdowns:
                tops[by][:, k] = sums[id(form.top)][by]
                bottoms[by][:, k] = sums[id(form.bottom)][by]
    for by, empty in _unmeasured(data).items():  # nothing was counted there, not even nobody
        bottoms[by][np.broadcast_to(empty[:, None], bottoms[by].shape)] = 0
    return tops, bottoms


def _unmeasured(data: Tables) -> dict[By, Flags]:
    """Intervals and days that lie in the warm-up as a whole, shape (n_runs, n_cells)."""
    by_interval = data.window.window_s.reshape(data.n_runs, -1)
    by_day = by_interval.reshape(data.n_runs, data.sizes[By.DAY], -1).sum(axis=2)
    return {By.INTERVAL: by_interval == 0, By.DAY: by_day == 0}


def _sums(wanted: Iterable[Sum], data: Tables) -> dict[int, dict[By, Floats]]:
    """Each different sum by its identity: of each breakdown, shape (n_runs, n_cells)."""
    by_table: dict[int, list[tuple[int, Values]]] = {}
    cells_of: dict[int, Mapping[By, Ints]] = {}
    for side in {id(side): side for side in wanted}.values():  # a table is added up whole
        values, cells = side.add(data)
        cells_of[id(cells)] = cells
        by_table.setdefault(id(cells), []).append((id(side), values))
    result: dict[int, dict[By, Floats]] = {}
    for table, sides in by_table.items():
        columns = np.array([values for _, values in sides], dtype=np.float64)
        added = _added(columns, cells_of[table], data)
        for k, (identity, _) in enumerate(sides):
            result[identity] = {by: total[k] for by, total in added.items()}
    return result


def _added(values: Floats, cells: Mapping[By, Ints], data: Tables) -> dict[By, Floats]:
    """Columns of *values* added up by cell: of each breakdown, shape (n_columns, n_runs, n_cells).

    Days and the whole are added up from intervals, so that figures add up to the last bit.
    """
    n_columns, n_runs = len(values), data.n_runs

    def add_by(by: By, size: int) -> Floats:
        total = np.zeros((n_columns, n_runs * size))
        _add_by_cell(values, cells[by], total)
        return total.reshape(n_columns, n_runs, size)

    added: dict[By, Floats] = {}
    if By.INTERVAL in cells:
        added[By.INTERVAL] = add_by(By.INTERVAL, data.sizes[By.INTERVAL])
        days = added[By.INTERVAL].reshape(n_columns, n_runs, data.sizes[By.DAY], -1)
        added[By.DAY] = days.sum(axis=3)
        added[By.OVERALL] = added[By.DAY].sum(axis=2, keepdims=True)
    else:
        added[By.OVERALL] = add_by(By.OVERALL, 1)
    for by, size in data.sizes.items():
        if by not in added:
            known = by in cells and size > 1
            added[by] = add_by(by, size) if known else np.repeat(added[By.OVERALL], size, axis=2)
    return added


@compiled
def _add_by_cell(values: Floats, cell: Ints, total: Floats) -> None:
    for k in range(values.shape[0]):
        for row in range(values.shape[1]):
            total[k, cell[row]] += values[k, row]


@compiled
def _raise_by_cell(values: Floats, cell: Ints, peak: Floats) -> None:
    for row in range(len(values)):
        if cell[row] >= 0:
            peak[cell[row]] = max(peak[cell[row]], values[row])


def _peaks(data: Tables) -> dict[By, Floats]:
    """Largest values of every peak figure: of each breakdown, shape (n_runs, n_peaks, n_cells)."""
    peaks = {by: np.full((data.n_runs, len(PEAKS), size), np.nan) for by, size in data.sizes.items()}
    for k, kpi in enumerate(PEAKS):
        assert isinstance(kpi.form, Peak)
        values, cells = kpi.form.values.add(data)
        for by in kpi.form.breakdowns - {By.DAY}:
            peak = np.full(data.n_runs * data.sizes[by], -np.inf)
            _raise_by_cell(np.asarray(values, dtype=np.float64), cells[by], peak)
            peaks[by][:, k] = peak.reshape(data.n_runs, data.sizes[by])
        by_day = peaks[By.INTERVAL][:, k].reshape(data.n_runs, data.sizes[By.DAY], -1)
        peaks[By.DAY][:, k] = by_day.max(axis=2)
    for by, empty in _unmeasured(data).items():
        peaks[by][np.broadcast_to(empty[:, None], peaks[by].shape)] = np.nan
    for values_by_cell in peaks.values():
        values_by_cell[np.isinf(values_by_cell)] = np.nan
    return peaks


def _samples(data: Tables) -> list[dict[str, Sample]]:
    """Values of every quantile figure, for each run; figures that look at the same values share them."""
    result: list[dict[str, Sample]] = [{} for _ in range(data.n_runs)]
    shared: dict[int, list[Sample]] = {}
    for kpi in QUANTILES:
        assert isinstance(kpi.form, Quantile)
        source = kpi.form.values
        if id(source) not in shared:
            shared[id(source)] = _run_samples(*source.add(data), data)
        for run, sample in enumerate(shared[id(source)]):
            result[run][kpi.name] = sample
    return result


def _run_samples(values: Values, cells: Mapping[By, Ints], data: Tables) -> list[Sample]:
    known = np.flatnonzero(~np.isnan(values))
    edges = np.searchsorted(cells[By.OVERALL][known], np.arange(data.n_runs + 1))
    samples = []
    for run in range(data.n_runs):
        rows = known[edges[run] : edges[run + 1]]
        rows = rows[:: len(rows) // SAMPLE_LIMIT + 1]
        mine: dict[By, NDArray[np.integer]] = {
            by: np.asarray(cell[rows] - run * data.sizes[by], dtype=np.int32)
            for by, cell in cells.items()
            if by is By.INTERVAL or (by is not By.OVERALL and data.sizes[by] > 1)
        }
        samples.append(Sample(np.asarray(values, dtype=np.float64)[rows], mine, data.sizes[By.INTERVAL]))
    return samples
