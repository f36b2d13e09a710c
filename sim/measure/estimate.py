"""How sure is it? Figures over replications, with intervals.

The value of a ratio is the ratio of the sums over all replications (pooled), and its interval a t-interval by
the delta method: the residuals top − ratio × bottom of the replications have mean zero, and their standard
deviation over √n × mean bottom is the standard error (Law, *Simulation Modeling and Analysis*, 5th ed.,
section 9.5). For a count it is the plain t-interval. The mean of the replications' own figures is another
number; it is kept as well, and so is the band in which 80 % of the replications lie. A single run has
intervals for satisfaction alone, whose sample is its surveys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import special

from sim.measure.figures import BY_NAME, Kpi, Peak, Quantile, Ratio
from sim.measure.kpis import Kpis, columns_of_sums, quantile, quantiles, ratio
from sim.measure.tables import By
from sim.world.units import Floats

CONFIDENCE = 0.95
"""Coverage of every interval."""
NORMAL = float(special.ndtri((1 + CONFIDENCE) / 2))
_RANGES = {"share": (0.0, 1.0), "points": (-100.0, 100.0), "of 5": (1.0, 5.0), "of 7": (1.0, 7.0)}
"""Bounds of figures by unit."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure over replications; None where it does not exist."""

    value: float | None
    """Pooled: the sums over all replications, divided."""
    low: float | None
    """Lower end of the 95 % interval of the value: how sure we are. None with one replication, unless the
    figure is a mean over surveys."""
    high: float | None
    mean_of_runs: float | None
    """Mean of the replications' own figures."""
    p10: float | None
    """A tenth of the replications lies below: how days vary."""
    p90: float | None


class Estimates:
    """Key figures of replications, added up one by one in order of replication."""

    def __init__(self, runs: Iterable[Kpis]) -> None:
        self.runs = list(runs)
        if not self.runs:
            raise ValueError("estimates need at least one run")
        self._looked_up: dict[By, list[Floats]] = {}

    @property
    def n(self) -> int:
        """Replications."""
        return len(self.runs)

    def figure(self, name: str) -> Figure:
        """Figure over the whole scenario."""
        return self.figures(name, By.OVERALL)[0]

    def figures(self, name: str, by: By | str) -> list[Figure]:
        """Figure in each cell of a breakdown."""
        kpi, by = BY_NAME[name], By(by)
        per_run = self._per_run(kpi, by)
        value, error = self._value_and_error(kpi, by, per_run)
        half = error * (t_quantile(self.n) if self.n > 1 else NORMAL)
        floor, ceiling = _range(kpi)
        return [
            Figure(
                value=_number(value[cell]),
                low=_number(max(value[cell] - half[cell], floor)),
                high=_number(min(value[cell] + half[cell], ceiling)),
                **_spread(per_run[:, cell]),
            )
            for cell in range(len(value))
        ]

    def values(self, name: str, by: By | str) -> Floats:
        """Pooled value of a figure in each cell of a breakdown; NaN where there is none."""
        kpi, by = BY_NAME[name], By(by)
        match kpi.form:
            case Ratio():
                top, bottom = self._sums(kpi, by)
                return ratio(top.sum(axis=0), bottom.sum(axis=0))
            case Quantile(share=share):
                size = self.runs[0].sizes[by]
                if by not in kpi.form.breakdowns:
                    return np.full(size, np.nan)
                return quantiles([run.samples[name] for run in self.runs], share, by, size)
            case Peak():
                return _mean_known(self._per_run(kpi, by))

    def pseudo_values(self, name: str, by: By | str = By.OVERALL) -> Floats:
        """What each replication says of a figure, shape (n_runs, n_cells); NaN where it says nothing.

        Their mean is the figure and their spread its standard error: for a ratio the value plus the residual
        top − value × bottom over the mean bottom (the delta method), for other figures the replication's own.
        Differences between scenarios that saw the same customers, and regressions, are made of them.
        """
        kpi, by = BY_NAME[name], By(by)
        if not isinstance(kpi.form, Ratio):
            return self._per_run(kpi, by)
        top, bottom = self._sums(kpi, by)
        value = ratio(top.sum(axis=0), bottom.sum(axis=0))
        mean_bottom = np.broadcast_to(bottom.mean(axis=0), top.shape)
        return np.asarray(value + ratio(top - value * bottom, mean_bottom))

    def _sums(self, kpi: Kpi, by: By) -> tuple[Floats, Floats]:
        """Sums above and below the line of each run, shape (n_runs, n_cells)."""
        tables, columns = self._tables(by), columns_of_sums(kpi, by)
        top, bottom = (np.array([table[:, column] for table in tables]) for column in columns)
        return top, bottom

    def _per_run(self, kpi: Kpi, by: By) -> Floats:
        """Figure of each run, shape (n_runs, n_cells)."""
        if isinstance(kpi.form, Ratio):
            return ratio(*self._sums(kpi, by))
        return np.stack([run.values(kpi.name, by) for run in self.runs])

    def _tables(self, by: By) -> list[Floats]:
        """The runs' tables of a breakdown, looked up once for all figures."""
        if by not in self._looked_up:
            self._looked_up[by] = [run.tables[by] for run in self.runs]
        return self._looked_up[by]

    def _value_and_error(self, kpi: Kpi, by: By, per_run: Floats) -> tuple[Floats, Floats]:
        """Pooled value and its standard error, shape (n_cells,) each."""
        value = self.values(kpi.name, by)
        if self.n < 2:
            return value, self._error_within_run(kpi, by, value)
        if isinstance(kpi.form, Ratio):
            top, bottom = self._sums(kpi, by)
            residual = np.sqrt(((top - value * bottom) ** 2).sum(axis=0) / (self.n - 1))
            return value, ratio(residual / self.n**0.5, bottom.mean(axis=0))
        return value, _standard_error(per_run)

    def _error_within_run(self, kpi: Kpi, by: By, value: Floats) -> Floats:
        """Standard error of a mean over the rows of a single run, as far as the figure knows their spread.

        For NPS it is √((p₊ + p₋ − (p₊ − p₋)²) / n), for a share √(p (1 − p) / n).
        """
        squares = self.runs[0].squares(kpi, by)
        _, n = self.runs[0].sums(kpi, by) if isinstance(kpi.form, Ratio) else (value, value)
        variance = np.maximum(ratio(squares, n) - value**2, 0.0)
        variance[variance == 0] = np.nan  # of rows that are all alike nobody knows how they vary
        return np.sqrt(ratio(variance, n))


def t_quantile(n: int) -> float:
    """Quantile of Student's t for a 95 % interval from *n* replications; NaN for fewer than two."""
    return float(special.stdtrit(n - 1, (1 + CONFIDENCE) / 2)) if n > 1 else float("nan")


def _range(kpi: Kpi) -> tuple[float, float]:
    """Bounds that a figure can't pass, so its interval need not either."""
    return _RANGES.get(kpi.unit, (float("-inf") if kpi.name == "estimate_bias_s" else 0.0, float("inf")))


def _spread(values: Floats) -> dict[str, float | None]:
    known = values[~np.isnan(values)]
    if not len(known):
        return {"mean_of_runs": None, "p10": None, "p90": None}
    return {"mean_of_runs": float(known.mean()), "p10": quantile(known, 0.1), "p90": quantile(known, 0.9)}


def _mean_known(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0).astype(np.float64))


def _standard_error(per_run: Floats) -> Floats:
    """Standard error of the mean of the known values of each column; NaN for fewer than two."""
    known = ~np.isnan(per_run)
    n = known.sum(axis=0)
    squares = np.where(known, (per_run - _mean_known(per_run)) ** 2, 0.0).sum(axis=0)
    return np.sqrt(ratio(squares, np.where(n > 1, n * (n - 1.0), 0.0)))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
