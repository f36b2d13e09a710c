"""How good was it? The key figures of logs.

A day's service level is the sum of its intervals' tops over the sum of their bottoms, never the mean of
their levels (a function of expectations, in the words of Buist and L'Ecuyer's ContactCenters). Percentiles
are pooled. A zero denominator gives None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME, KPIS, RATIOS, Kpi, Peak, Quantile, Ratio
from sim.kpis.loops import END, By, Column
from sim.kpis.promised import bound_sums, crossing
from sim.kpis.ranked import Ranked
from sim.kpis.samples import Samples
from sim.kpis.targets import Bound
from sim.kpis.timeline import Window
from sim.kpis.totals import Times, Totals, totals
from sim.log.chatlog import ChatLog
from sim.scenario.scenario import Scenario
from sim.scenario.targets import Targets

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class Kpis:
    """Key figures of one run: sums above and below the line, in every breakdown."""

    of: Totals
    """Of all runs that were measured together ..."""
    run: int
    """... this one."""

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
    def sizes(self) -> Mapping[By, int]:
        """Cells of each breakdown."""
        return self.of.sizes

    @property
    def tables(self) -> Mapping[By, Floats]:
        """What they are made of, shape (n_cells, n_columns + 1): NaN in the last column."""
        return OfRun(self.of.tables, self.run)

    @property
    def samples(self) -> Mapping[str, Samples]:
        """Values of each quantile figure."""
        return OfRun({name: self.of.samples[value] for name, value in QUANTILES.items()}, self.run)

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
        return self._found(top, by), self._found(bottom, by)

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
                return Ranked([self.samples[name]], by, self.sizes[by]).quantile(share)
            case Peak(highest=highest):
                return self._column(kpi, highest.column, by)

    def _column(self, kpi: Kpi, column: Column, by: By) -> Floats:
        """Column of the table of a breakdown, if the figure can be told apart there."""
        return self._found(column_of(kpi, column, by), by)

    def _found(self, column: int, by: By) -> Floats:
        values: Floats = self.of.tables[by].column(column, slice(self.run, self.run + 1))[0]
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


QUANTILES = {kpi.name: kpi.form.value for kpi in KPIS if isinstance(kpi.form, Quantile)}
"""Figures that are percentiles, and of what."""


def measure(log: ChatLog, targets: Targets | Scenario | None = None) -> Kpis:
    """Measure the key figures of a *log*.

    Service levels look at the threshold of the *targets*; of a scenario, at each queue's own.
    """
    return measure_all([log], targets or Targets())[0]


def measure_all(
    logs: Iterable[ChatLog],
    targets: Targets | Scenario,
    *,
    of_chats: bool = False,
    bounds: Sequence[Bound] = (),
    window: Window | None = None,
) -> list[Kpis]:
    """Measure *logs* of one centre, each by itself: several at once take hardly longer than one.

    If only figures *of chats* are wanted, none of agents, of the queue's length and of percentiles exist.
    What *bounds* bind is added up by interval as well. Of runs only a *window* is measured if one is given.
    """
    data = totals(logs, _times(targets), of_chats=of_chats, crossing=crossing(bounds), window=window)
    return kpis_of(replace(data, bound=bound_sums(data, bounds), crossed={}))


def _times(targets: Targets | Scenario) -> Times:
    """What service levels look at."""
    if isinstance(targets, Targets):
        short_s = targets.short_abandon_s
        return Times(targets.threshold_s, targets.threshold_s if short_s is None else short_s)
    return Times(targets.thresholds_s, targets.short_abandons_s)


def kpis_of(data: Totals) -> list[Kpis]:
    """Key figures of each of the runs that were added up."""
    return [Kpis(data, run) for run in range(data.n)]


def pieces(runs: Iterable[Kpis]) -> list[tuple[Totals, slice]]:
    """Give the runs that follow each other and were measured together, and which those are.

    So nothing is put together but the columns that a figure is made of: tables are most of the memory.
    """
    found: list[tuple[Totals, slice]] = []
    for each in runs:
        if found and found[-1][0] is each.of and found[-1][1].stop == each.run:
            found[-1] = each.of, slice(found[-1][1].start, each.run + 1)
        else:
            found.append((each.of, slice(each.run, each.run + 1)))
    return found


def columns(runs: Iterable[Kpis], by: By, wanted: Sequence[int]) -> Floats:
    """Columns of the tables of a breakdown, shape (n_runs, n_columns, n_cells)."""
    return np.concatenate(
        [
            np.stack([data.tables[by].column(column, some) for column in wanted], axis=1)
            for data, some in pieces(runs)
        ]
    )


def bound_of(runs: Iterable[Kpis]) -> Floats:
    """Sums of what was bound, by interval: shape (n_runs, n_bounds, 2, n_intervals), above the line first."""
    return np.concatenate([data.bound[some] for data, some in pieces(runs)])


def ratio(top: Floats, bottom: Floats) -> Floats:
    """*top* over *bottom*; NaN where *bottom* is zero or unknown."""
    unknown = np.full(np.shape(top), np.nan)
    return np.asarray(np.divide(top, bottom, out=unknown, where=bottom != 0), dtype=np.float64)
