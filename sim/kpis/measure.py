"""How good was it? The key figures of logs.

A day's service level is the sum of its intervals' tops over the sum of their bottoms, never the mean of
their levels (a function of expectations, in the words of Buist and L'Ecuyer's ContactCenters). Percentiles
are pooled. A zero denominator gives None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME, KPIS, RATIOS, Kpi, Peak, Quantile, Ratio
from sim.kpis.loops import END, By, Column
from sim.kpis.totals import Sample, totals
from sim.log.chatlog import ChatLog
from sim.scenario.scenario import Targets

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class Kpis:
    """Key figures of one run: sums above and below the line, in every breakdown."""

    sizes: Mapping[By, int]
    """Cells of each breakdown."""
    tables: OfRun[By, Floats]
    """What they are made of, shape (n_cells, n_columns + 1): NaN in the last column."""
    samples: Mapping[str, Sample]
    """Of each quantile figure."""

    def __getitem__(self, name: str) -> float | None:
        """Value of a key figure over the whole run, or None where its denominator is zero.

        Raises
        ------
        UnknownNameError
            If no figure has this *name*; says which is nearest.
        """
        value = self.values(name)[0]
        return None if np.isnan(value) else float(value)

    def __iter__(self) -> Iterator[str]:
        """Names of all figures, in the order in which they are shown."""
        return iter(self.keys())

    def __len__(self) -> int:
        return len(BY_NAME)

    def keys(self) -> Iterable[str]:
        """Names of all figures: ``dict(kpis)`` has all values."""
        return BY_NAME.keys()

    def __repr__(self) -> str:
        level = self["service_level"]
        shown = "–" if level is None else f"{level:.1%}"
        return f"<Kpis: {self['offered']:,.0f} chats offered, service level {shown}>"

    @property
    def top(self) -> dict[By, Floats]:
        """Sums above the line of all ratios, shape (n_ratios, n_cells): NaN where one can't be told apart."""
        return {by: np.stack([self.sums(kpi, by)[0] for kpi in RATIOS]) for by in self.tables}

    @property
    def bottom(self) -> dict[By, Floats]:
        """Sums below the line, likewise."""
        return {by: np.stack([self.sums(kpi, by)[1] for kpi in RATIOS]) for by in self.tables}

    def sums(self, kpi: Kpi, by: By) -> tuple[Floats, Floats]:
        """Sums above and below the line of a ratio in each cell of a breakdown."""
        top, bottom = columns_of_sums(kpi, by)
        return self.tables[by][:, top], self.tables[by][:, bottom]

    def squares(self, kpi: Kpi, by: By) -> Floats:
        """Sums of squares of what a ratio's rows add above the line; NaN where nobody knows."""
        if not isinstance(kpi.form, Ratio) or kpi.form.squares is None:
            return np.full(self.sizes[by], np.nan)
        return self._column(kpi, kpi.form.squares.column, by)

    def values(self, name: str, by: By | str = By.OVERALL) -> Floats:
        """Values of a figure in each cell of a breakdown; NaN where there is none."""
        kpi, by = BY_NAME[name], By(by)
        match kpi.form:
            case Ratio():
                return ratio(*self.sums(kpi, by))
            case Quantile(share=share):
                return quantiles([self.samples[name]], share, by, self.sizes[by])
            case Peak(highest=highest):
                return self._column(kpi, highest.column, by)

    def _column(self, kpi: Kpi, column: Column, by: By) -> Floats:
        """Column of the table of a breakdown, if the figure can be told apart there."""
        values: Floats = self.tables[by][:, column_of(kpi, column, by)]
        return values


def column_of(kpi: Kpi, column: Column, by: By) -> int:
    """Give the column in the table of a breakdown: the last, unknown, where a figure can't be told apart."""
    return column if by in kpi.form.breakdowns else END


def columns_of_sums(kpi: Kpi, by: By) -> tuple[int, int]:
    """Columns of the sums above and below the line of a ratio in the table of a breakdown."""
    assert isinstance(kpi.form, Ratio)
    return column_of(kpi, kpi.form.top.column, by), column_of(kpi, kpi.form.bottom.column, by)


class OfRun(Mapping[K, V]):
    """What one run has of what several have: cut out when it is asked for."""

    def __init__(self, every: Mapping[K, Any], run: int) -> None:
        self.every, self.run = every, run

    def __getitem__(self, key: K) -> V:
        its: V = self.every[key][self.run]
        return its

    def __iter__(self) -> Iterator[K]:
        return iter(self.every)

    def __len__(self) -> int:
        return len(self.every)


_QUANTILES = {kpi.name: kpi.form.value for kpi in KPIS if isinstance(kpi.form, Quantile)}


def measure(log: ChatLog, targets: Targets | None = None) -> Kpis:
    """Measure the key figures of a *log*; service levels look at the threshold of the *targets*."""
    return measure_all([log], targets or Targets())[0]


def measure_all(logs: Iterable[ChatLog], targets: Targets, *, of_chats: bool = False) -> list[Kpis]:
    """Measure *logs* of one centre, each by itself: several at once take hardly longer than one.

    If only figures *of chats* are wanted, none of agents, of the queue's length and of percentiles exist.
    """
    data = totals(logs, targets.threshold_s, of_chats=of_chats)
    samples = {name: data.samples[value] for name, value in _QUANTILES.items()}
    return [Kpis(data.sizes, OfRun(data.tables, run), OfRun(samples, run)) for run in range(data.n)]


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
            result[0] = quantile(values, share)
        return result
    cells = np.concatenate([sample.cell(by, size) for sample in samples])
    order = np.argsort(cells, kind="stable")
    edges = np.searchsorted(cells[order], np.arange(size + 1))
    for cell in np.flatnonzero(np.diff(edges)):
        result[cell] = quantile(values[order[edges[cell] : edges[cell + 1]]], share)
    return result


def quantile(values: Floats, share: float) -> float:
    """Quantile of some known *values*, interpolated, to the bit, as `np.quantile` does it.

    Of a thousand runs' few chats it takes a tenth of the time.
    """
    place = (len(values) - 1) * share
    low = int(place)
    high = min(low + 1, len(values) - 1)
    parted = np.partition(values, (low, high))
    below, above, rest = float(parted[low]), float(parted[high]), place - low
    return above - (above - below) * (1 - rest) if rest >= 0.5 else below + (above - below) * rest
