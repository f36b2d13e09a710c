"""How well does a plan keep its promise? Sums by day and interval, and what they say of each bound.

An interval's figure is pooled over all days. Trials of two plans saw the same customers day by day, so the
effect of a small change of one can be added to another: see `Trial.spliced`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.measure.figures import BY_NAME
from sim.measure.kpis import Kpis, ratio
from sim.measure.tables import By
from sim.studies.staffing.choice import Per
from sim.studies.staffing.promise import Promise
from sim.world.scenario import Scenario
from sim.world.units import Flags, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What came of a plan on some days."""

    promise: Promise
    top: Floats
    """Sums above the line of each bound's figure, shape (n_bounds, n_days, n_intervals of a day)."""
    bottom: Floats
    """Sums below the line."""

    @classmethod
    def of(cls, promise: Promise, scenario: Scenario, runs: Sequence[Kpis]) -> Trial:
        """Give the trial that *runs* of a *scenario* are: each of its days counts as one."""
        kpis = [BY_NAME[name] for name in promise.figures]
        sums = np.array([[run.sums(kpi, By.INTERVAL) for kpi in kpis] for run in runs])
        by_day = sums.reshape(len(runs), len(kpis), 2, scenario.days, scenario.intervals_per_day)
        top, bottom = np.nan_to_num(by_day.transpose(2, 1, 0, 3, 4)).reshape(
            2, len(kpis), -1, scenario.intervals_per_day
        )
        return cls(promise, top, bottom)

    @property
    def n_days(self) -> int:
        """Days."""
        return int(self.top.shape[1])

    def first(self, n_days: int) -> Trial:
        """Give what came of the first *n_days*."""
        return Trial(self.promise, self.top[:, :n_days], self.bottom[:, :n_days])

    def of_intervals(self) -> Floats:
        """Figure of each bound in each interval of the day, over all days, shape (n_bounds, n_intervals)."""
        return ratio(self.top.sum(axis=1), self.bottom.sum(axis=1))

    def of_days(self) -> Floats:
        """Figure of each bound on each day, shape (n_bounds, n_days)."""
        return ratio(self.top.sum(axis=2), self.bottom.sum(axis=2))

    def overall(self) -> Floats:
        """Figure of each bound over everything, shape (n_bounds,)."""
        return ratio(self.top.sum(axis=(1, 2)), self.bottom.sum(axis=(1, 2)))

    def days_kept(self) -> Flags:
        """Days that keep every bound."""
        return self.promise.of_days(self.top.sum(axis=2), self.bottom.sum(axis=2))

    def share_kept(self) -> float:
        """Share of days that keep every bound."""
        return float(self.days_kept().mean())

    def errors(self) -> Floats:
        """Standard errors of `of_intervals`, by the delta method over days."""
        return value_and_error(self.top, self.bottom)[1]

    def lack(self) -> float:
        """How far the plan is from its promise: 0 if it keeps it, else a number that falls on the way there.

        It adds up what each interval (or the day) misses relative to its bound and, where days are promised,
        the share of days that is missing and a tenth of what the bad days miss.
        """
        bounds = self.promise.bounds
        values = self.of_intervals() if self.promise.per is Per.INTERVAL else self.overall()[:, None]
        lack = float(sum(bound.lack(value).sum() for bound, value in zip(bounds, values, strict=True)))
        if self.promise.confidence is not None:
            days = self.of_days()
            miss = np.sum([bound.lack(value) for bound, value in zip(bounds, days, strict=True)], axis=0)
            missing = self.promise.confidence - float((miss == 0).mean())
            lack += missing + 0.1 * float(miss.mean()) if missing > 0 else 0.0
        return lack

    @property
    def kept(self) -> bool:
        """Whether the plan keeps its promise on these days."""
        return self.lack() == 0

    def spliced(self, base: Trial, changed: Trial, window: slice) -> Trial:
        """Give this trial with what a change did to a *base* plan within a *window* of intervals added."""
        top, bottom = self.top.copy(), self.bottom.copy()
        top[:, :, window] += changed.top[:, :, window] - base.top[:, :, window]
        bottom[:, :, window] += changed.bottom[:, :, window] - base.bottom[:, :, window]
        return Trial(self.promise, top, np.maximum(bottom, 0.0))


def value_and_error(top: Floats, bottom: Floats) -> tuple[Floats, Floats]:
    """Ratio of sums over days, (n_bounds, n_days, …), and its standard error by the delta method."""
    n_days = top.shape[1]
    value = ratio(top.sum(axis=1), bottom.sum(axis=1))
    residuals = np.nan_to_num(top - value[:, None] * bottom)
    spread = np.sqrt((residuals**2).sum(axis=1) / max(n_days - 1, 1) / n_days)
    return value, ratio(spread, bottom.mean(axis=1))
