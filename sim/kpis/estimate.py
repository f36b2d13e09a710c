"""How sure is it? Figures over replications, with intervals.

The value of a ratio is the ratio of the sums over all replications (pooled). What one replication says of it
is the value plus its residual top − ratio × bottom over the mean bottom (the delta method: Law, *Simulation
Modeling and Analysis*, 5th ed., section 9.5), and the interval is that of the mean of these pseudo-values.
For counts and highest values it is that of the replications' own. Percentiles are pooled, and so are their
intervals. The mean of the replications' own figures is another number; it is kept as well, and so is the
band in which 80 % of the replications lie. A single run has intervals for satisfaction alone, whose sample
is its surveys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isclose, isfinite

import numpy as np

from sim.arrays import Flags, Floats, firsts
from sim.kpis.definitions import BY_NAME, KPIS, Kpi, Peak, Quantile, Ratio
from sim.kpis.intervals import FEW, NORMAL, Ends, few_days, skewed_t, unseen
from sim.kpis.loops import By, Value
from sim.kpis.measure import Kpis, column_of, columns_of_sums, pieces, ratio
from sim.kpis.order import quantiles_within
from sim.kpis.ranked import Ranked
from sim.kpis.totals import Totals
from sim.scenario.units import plural

_RANGES = {"share": (0.0, 1.0), "points": (-100.0, 100.0), "of 5": (1.0, 5.0), "of 7": (1.0, 7.0)}
"""Bounds of figures by unit."""
LARGE_KEPT = 2
"""Columns by interval, or another breakdown, that are kept: those of the ratio that is looked at."""
_PERCENTILES = [kpi.form for kpi in KPIS if isinstance(kpi.form, Quantile)]
_SHARES = {value: [form.share for form in _PERCENTILES if form.value is value] for value in Value}
"""Shares of the percentiles of each kind of values."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A key figure over replications; None where it does not exist."""

    value: float | None
    """Pooled: the sums over all replications, divided."""
    low: float | None
    """Lower end of the 95 % interval of the value: how sure we are. None with fewer than three replications
    (with one, a mean over surveys has it), and where none differs."""
    high: float | None
    """Upper end. It alone is None where the replications set no upper limit: at least `low`."""
    few_days: bool
    """The mark: fewer than five replications carry the figure, all others being alike; so the interval may be
    far too short. False with one replication."""
    mean_of_runs: float | None
    """Mean of the replications' own figures."""
    p10: float | None
    """A tenth of the replications lies below: how days vary."""
    p90: float | None

    @property
    def alike(self) -> bool:
        """Whether all of several replications say the same."""
        if not self.few_days or self.p10 is None or self.p90 is None:
            return False
        return self.low is self.high is None and isclose(self.p10, self.p90, rel_tol=1e-9)

    def certain(self, unit: str, n: int) -> tuple[float, float] | None:
        """Ends within which the value is, for sure; None where that is not known.

        It is the interval. What few of *n* replications carry is surer than that only of a share: a kind of
        day that was not seen is `unseen` at most, whatever it does.
        """
        if self.value is None:
            return None
        low, high = (self.value if self.alike else end for end in (self.low, self.high))
        if low is None or high is None or (self.few_days and unit != "share"):
            return None
        more = unseen(n) if self.few_days else 0.0
        return low - more, high + more

    @property
    def reach(self) -> float | None:
        """Longer side of the interval; None where an end is missing."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return max(self.high - self.value, self.value - self.low)


class Estimates:
    """Key figures of replications, added up one by one in order of replication."""

    def __init__(self, runs: Iterable[Kpis]) -> None:
        self.runs = list(runs)
        if not self.runs:
            raise ValueError("estimates need at least one run")
        self._found: dict[tuple[str, By], list[Quantity]] = {}
        self._pooled: dict[tuple[str, By], Floats] = {}
        self._values: dict[tuple[Value, By], Ranked] = {}
        self._columns: dict[tuple[int, By], Floats] = {}

    def __repr__(self) -> str:
        level = self.figure("service_level")
        ends = "" if level.low is None or level.high is None else f" ({level.low:.1%} … {level.high:.1%})"
        shown = "–" if level.value is None else f"{level.value:.1%}{ends}"
        return f"<Estimates of {plural(self.n, 'replication')}: service level {shown}>"

    @property
    def n(self) -> int:
        """Replications."""
        return len(self.runs)

    def figure(self, name: str) -> Quantity:
        """Figure over the whole scenario."""
        return self.figures(name, By.OVERALL)[0]

    def figures(self, name: str, by: By | str) -> list[Quantity]:
        """Figure in each cell of a breakdown."""
        kpi, by = BY_NAME[name], self._as_told_apart(name, By(by))
        if (name, by) not in self._found:
            per_run, value = self._per_run(kpi, by), self.values(name, by)
            ends = self._ends(kpi, by, value)
            self._found[name, by] = figures_of(kpi, value, ends, few_carry(kpi, per_run, ends.low), per_run)
        return self._found[name, by]

    def values(self, name: str, by: By | str) -> Floats:
        """Pooled value of a figure in each cell of a breakdown; NaN where there is none."""
        by = self._as_told_apart(name, By(by))
        if (name, by) not in self._pooled:
            self._pooled[name, by] = self._value(BY_NAME[name], by)
        return self._pooled[name, by].copy()

    def _as_told_apart(self, name: str, by: By) -> By:
        """Breakdown in which cells of a figure are told apart: where there is one, it is the whole run."""
        is_whole = by in BY_NAME[name].form.breakdowns and self.runs[0].sizes[by] == 1
        return By.OVERALL if is_whole else by

    def _value(self, kpi: Kpi, by: By) -> Floats:
        match kpi.form:
            case Ratio():
                top, bottom = self._sums(kpi, by)
                return ratio(top.sum(axis=0), bottom.sum(axis=0))
            case Quantile(share=share):
                ranked = self._ranked(kpi, by)
                return np.full(self.runs[0].sizes[by], np.nan) if ranked is None else ranked.quantile(share)
            case Peak():
                return _mean_known(self._per_run(kpi, by))

    def pseudo_values(self, name: str, by: By | str = By.OVERALL) -> Floats:
        """What each replication says of a figure, shape (n_runs, n_cells); NaN where it says nothing.

        Their mean is the figure and their spread its standard error: for a ratio the value plus the residual
        top − value × bottom over the mean bottom (the delta method), for a percentile n times the pooled one
        less n − 1 times that without the replication (the jackknife), for a highest value the replication's
        own. Differences between scenarios that saw the same customers, and regressions, are made of them.
        """
        kpi, by = BY_NAME[name], By(by)
        match kpi.form:
            case Ratio():
                top, bottom = self._sums(kpi, by)
                return pseudo_values(top, bottom)
            case Quantile(share=share):
                return self._jackknifed(kpi, by, share)
            case Peak():
                return self._per_run(kpi, by)

    def sums(self, name: str, by: By | str) -> tuple[Floats, Floats]:
        """Sums of a ratio above and below the line in each replication, shape (n_runs, n_cells)."""
        return self._sums(BY_NAME[name], By(by))

    def own_values(self, name: str, by: By | str = By.OVERALL) -> Floats:
        """Figure of each replication by itself, shape (n_runs, n_cells); NaN where it has none."""
        return self._per_run(BY_NAME[name], By(by))

    def _jackknifed(self, kpi: Kpi, by: By, share: float) -> Floats:
        """What each replication says of a percentile: their mean is the pooled one."""
        value, ranked = self.values(kpi.name, by), self._ranked(kpi, by)
        if ranked is None or self.n == 1:
            return np.broadcast_to(value, (self.n, len(value))).copy()
        without = np.stack([ranked.without(share, cell) for cell in range(len(value))], axis=1)
        return np.asarray(value - (self.n - 1) * (without - without.mean(axis=0)))

    def _ranked(self, kpi: Kpi, by: By) -> Ranked | None:
        """Values of a percentile; None where it can't be told apart."""
        assert isinstance(kpi.form, Quantile)
        if by not in kpi.form.breakdowns:
            return None
        key = kpi.form.value, by
        if key not in self._values:
            samples = [data.samples[kpi.form.value].of_runs(some) for data, some in self._pieces]
            self._values[key] = Ranked(samples, by, self.runs[0].sizes[by], _SHARES[kpi.form.value])
        return self._values[key]

    def _sums(self, kpi: Kpi, by: By) -> tuple[Floats, Floats]:
        """Sums above and below the line of each run, shape (n_runs, n_cells)."""
        top, bottom = columns_of_sums(kpi, by)
        return self._column(top, by), self._column(bottom, by)

    def _per_run(self, kpi: Kpi, by: By) -> Floats:
        """Figure of each run, shape (n_runs, n_cells)."""
        match kpi.form:
            case Ratio():
                return ratio(*self._sums(kpi, by))
            case Quantile(share=share):
                ranked, none = self._ranked(kpi, by), (self.n, self.runs[0].sizes[by])
                return np.full(none, np.nan) if ranked is None else ranked.of_days(share)
            case Peak(highest=highest):
                return self._column(column_of(kpi, highest.column, by), by)

    def _column(self, column: int, by: By) -> Floats:
        """Column of the runs' tables of a breakdown, shape (n_runs, n_cells).

        Those of the whole are kept; of others, which are larger, those used last.
        """
        key = column, by
        if key not in self._columns:
            found, end = np.empty((self.n, self.runs[0].sizes[by])), 0
            for data, some in self._pieces:
                first, end = end, end + some.stop - some.start
                data.tables[by].put(column, some, found[first:end])
            found.flags.writeable = False
            large = [each for each in self._columns if each[1] is not By.OVERALL]
            for each in large[: max(len(large) + 1 - LARGE_KEPT, 0)]:
                del self._columns[each]
            self._columns[key] = found
        return self._columns[key]

    @cached_property
    def _pieces(self) -> list[tuple[Totals, slice]]:
        return pieces(self.runs)

    def _ends(self, kpi: Kpi, by: By, value: Floats) -> Ends:
        """Ends of the interval in each cell, as the replications give them: within no range yet."""
        if self.n == 1:
            half = NORMAL * self._error_within_run(kpi, by, value)
            return Ends(value - half, value + half)
        if isinstance(kpi.form, Quantile):
            ranked, nothing = self._ranked(kpi, by), np.full(len(value), np.nan)
            return Ends(nothing, nothing) if ranked is None else ranked.woodruff(kpi.form.share)
        return skewed_t(self.pseudo_values(kpi.name, by))

    def _error_within_run(self, kpi: Kpi, by: By, value: Floats) -> Floats:
        """Standard error of a mean over the rows of a single run, as far as the figure knows their spread.

        For NPS it is √((p₊ + p₋ − (p₊ − p₋)²) / n), for a share √(p (1 − p) / n).
        """
        squares = self.runs[0].squares(kpi, by)
        _, n = self.runs[0].sums(kpi, by) if isinstance(kpi.form, Ratio) else (value, value)
        variance = np.maximum(ratio(squares, n) - value**2, 0.0)
        variance[variance == 0] = np.nan  # of rows that are all alike nobody knows how they vary
        return np.sqrt(ratio(variance, n))


def few_carry(kpi: Kpi, per_run: Floats, low: Floats) -> Flags:
    """Whether too few replications carry the figure in each cell; *per_run* has shape (n_runs, n_cells).

    Those that have values carry a percentile, if it has an interval, which begins at *low*.
    """
    if len(per_run) == 1:
        return np.zeros(per_run.shape[1], dtype=np.bool_)
    if isinstance(kpi.form, Quantile):
        return np.asarray(((~np.isnan(per_run)).sum(axis=0) < FEW) | np.isnan(low))
    return few_days(per_run)


def ratios_over_days(top: Floats, bottom: Floats, kpis: Sequence[Kpi]) -> list[Quantity]:
    """Figures that are ratios of sums, a column each: *top* and *bottom* have shape (n_days, n_kpis)."""
    of_days, said = ratio(top, bottom), pseudo_values(top, bottom)
    ends, few = skewed_t(said), few_days(of_days)
    value = ratio(top.sum(axis=0), bottom.sum(axis=0))
    return [
        figures_of(
            kpi,
            value[k : k + 1],
            Ends(*(end[k : k + 1] for end in ends)),
            few[k : k + 1],
            of_days[:, k : k + 1],
        )[0]
        for k, kpi in enumerate(kpis)
    ]


def pseudo_values(top: Floats, bottom: Floats) -> Floats:
    """What each day says of a ratio of sums over days: *top* and *bottom* have shape (n_days, n_cells)."""
    value = ratio(top.sum(axis=0), bottom.sum(axis=0))
    mean_bottom = np.broadcast_to(bottom.mean(axis=0), top.shape)
    return np.asarray(value + ratio(top - value * bottom, mean_bottom))


def mean_of(values: Sequence[float | None]) -> Quantity:
    """Give a figure of one's own: the mean of a value of each replication, with its 95 % interval.

    Replications that have none, None or NaN, are left out. A ratio's value had better be its sums divided.
    """
    column = np.array(values, dtype=np.float64)[:, None]
    mean, p10, p90 = (each[0] for each in _spreads(column))
    low, high = (_numbers(end)[0] for end in skewed_t(column))
    few = len(column) > 1 and bool(few_days(column)[0])
    return Quantity(mean, low, high, few, mean, p10, p90)


def figures_of(kpi: Kpi, value: Floats, ends: Ends, few: Flags, per_run: Floats) -> list[Quantity]:
    """Figure of each cell, its interval within the bounds that the figure can't pass."""
    floor, ceiling = _range(kpi)
    columns = (
        _numbers(value),
        _numbers(np.where(ends.low < floor, floor, ends.low)),
        _numbers(np.where(ends.high > ceiling, ceiling, ends.high)),
        few.tolist(),
        *_spreads(per_run),
    )
    return [Quantity(*cells) for cells in zip(*columns, strict=True)]


def _range(kpi: Kpi) -> tuple[float, float]:
    """Bounds that a figure can't pass, so its interval need not either."""
    return _RANGES.get(kpi.unit, (float("-inf") if kpi.name == "estimate_bias_s" else 0.0, float("inf")))


def _spreads(values: Floats) -> Iterator[list[float | None]]:
    """Mean, tenth and ninetieth percentile of the known *values* of each cell, shape (n_runs, n_cells)."""
    if not len(values):
        nothing: list[float | None] = [None] * values.shape[1]
        yield from (nothing, nothing, nothing)
        return
    cells = values.T.copy()  # numbers of a cell beside each other are added as those of one are
    known = ~np.isnan(cells)
    n = known.sum(axis=1)
    mean = cells.mean(axis=1)
    for cell in np.flatnonzero((n > 0) & (n < len(values))).tolist():
        mean[cell] = cells[cell, known[cell]].mean()
    cells.sort(axis=1)  # NaN comes last
    ordered, edges = cells[np.arange(len(values)) < n[:, None]], firsts(n.tolist())
    for part in (mean, *(quantiles_within(ordered, edges, share) for share in (0.1, 0.9))):
        yield [each if some else None for each, some in zip(part.tolist(), (n > 0).tolist(), strict=True)]


def _mean_known(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0).astype(np.float64))


def _numbers(values: Floats) -> list[float | None]:
    return [each if isfinite(each) else None for each in values.tolist()]
