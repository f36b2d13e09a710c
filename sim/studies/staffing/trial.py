"""How well does a plan keep its promise? Sums by day and interval, and what they say of each bound.

An interval's figure is pooled over all days. Trials of two plans saw the same customers day by day, so the
effect of a small change of one can be added to another: see `Trial.spliced`. And how much some days differ
from the average day can be measured with one plan on many days, and taken off others: see `Level`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Flags, Floats
from sim.draws.busyness import interval_moments
from sim.kpis.loops import By, Column
from sim.kpis.measure import Kpis, bound_of, columns, ratio
from sim.kpis.promised import is_of_time
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per
from sim.studies.staffing.plan import expected_a_day
from sim.studies.staffing.promise import Promise

REPLICATIONS_EACH = 10
"""Days that each coefficient of who came asks for: with fewer, it costs more than it gains."""
FELT = 4
"""Who came in an interval is looked at for its figures, and for those of the three that follow."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """By how much some days are luckier than the average day: a control variate.

    A plan was simulated on these days and on many more. Plans that differ by an agent here and there have
    good and bad days in common, so what the plan had more on the many days is added to what others had on
    the few; its expectation is 0. Two trials on few days and one on many are then nearly as sure as three on
    many (Lavenberg and Welch, Management Science 27, 1981, 322-335). What many days say of the average day is
    made surer by who came, which is known beforehand: see `Trial.expected`.
    """

    top: Floats
    """To be added to the sums above the line of each day, shape (n_bounds, n_intervals) ..."""
    bottom: Floats
    """... and below it."""
    share: float
    """To be added to the share of days that keep every bound."""
    n_days: int
    """Days of which this is known."""

    @classmethod
    def of(cls, few: Evaluation) -> Level:
        """Give the level of *few* days alone."""
        return cls(*_apart(few, few), few.n_days)

    def beside(self, few: Evaluation, more: Evaluation) -> Level:
        """Give the level once a plan is known on the *few* days and on *more* of them."""
        n = self.n_days + more.n_days
        old, new = self.n_days / n, more.n_days / n
        top, bottom, share = _apart(more, few)
        return Level(
            old * self.top + new * top,
            old * self.bottom + new * bottom,
            old * self.share + new * share,
            n,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What came of a plan on some days."""

    promise: Promise
    top: Floats
    """Sums above the line of each bound's figure, shape (n_bounds, n_days, n_intervals of a day)."""
    bottom: Floats
    """Sums below the line."""
    level: Level | None = None
    """What the days had less than the average day, which is made up for in figures over all days."""
    came: Floats | None = None
    """Customers in each interval of each day, standardised, where they are known: (n_days, n_intervals)."""
    planned: Flags | None = None
    """Intervals of the day for which anybody is planned, where it matters: of agents' time in others nothing
    is promised."""

    @classmethod
    def of(cls, promise: Promise, scenario: Scenario, runs: Sequence[Kpis]) -> Evaluation:
        """Give the trial that *runs* of a *scenario* are: each of its days counts as one."""
        sums = bound_of(runs)
        by_day = sums.reshape(len(runs), -1, 2, scenario.days, scenario.intervals_per_day)
        top, bottom = np.nan_to_num(by_day.transpose(2, 1, 0, 3, 4)).reshape(
            2, len(promise.bounds), -1, scenario.intervals_per_day
        )
        means, variances = interval_moments(scenario)
        customers = columns(runs, By.INTERVAL, [Column.CUSTOMERS])
        apart = customers.reshape(len(runs), *means.shape) - means
        came = np.divide(apart, np.sqrt(variances), out=np.zeros_like(apart), where=variances > 0)
        planned = None
        if any(map(is_of_time, promise.bounds)):
            planned = np.asarray(expected_a_day(scenario).sum(axis=0) > 0)
        return cls(promise, top, bottom, came=came.reshape(-1, scenario.intervals_per_day), planned=planned)

    @property
    def n_days(self) -> int:
        """Days."""
        return int(self.top.shape[1])

    def first(self, n_days: int) -> Evaluation:
        """Give what came of the first *n_days*."""
        came = None if self.came is None else self.came[:n_days]
        return replace(self, top=self.top[:, :n_days], bottom=self.bottom[:, :n_days], came=came, level=None)

    def joined(self, more: Evaluation) -> Evaluation:
        """Give what came of the same plan on these days and *more*."""
        return replace(
            self,
            top=np.concatenate([self.top, more.top], axis=1),
            bottom=np.concatenate([self.bottom, more.bottom], axis=1),
            came=None if self.came is None or more.came is None else np.concatenate([self.came, more.came]),
            level=None,
        )

    def expected(self) -> tuple[Floats, Floats]:
        """Sums of the average day, above and below the line: shape (n_bounds, n_intervals) each.

        How many customers are expected is known, so what is due to others having come, in an interval and in
        those just before it, is taken off (see :mod:`sim.studies.controls`).
        """
        sums = np.stack([self.top, self.bottom])
        means = sums.mean(axis=2)
        if self.came is not None and self.n_days >= REPLICATIONS_EACH * 2 * FELT:
            for k in range(means.shape[-1]):
                came = self.came[:, max(0, k - FELT + 1) : k + 1]
                means[..., k] = _intercepts(sums[..., k].reshape(-1, self.n_days), came).reshape(2, -1)
        return means[0], means[1]

    def means(self) -> tuple[Floats, Floats]:
        """Sums of a day, above and below the line, on average: shape (n_bounds, n_intervals) each."""
        top, bottom = self.top.mean(axis=1), self.bottom.mean(axis=1)
        if self.level is None:
            return top, bottom
        return np.maximum(top + self.level.top, 0.0), np.maximum(bottom + self.level.bottom, 0.0)

    def of_intervals(self) -> Floats:
        """Figure of each bound in each interval of the day, over all days, shape (n_bounds, n_intervals)."""
        return self._of_planned(ratio(*self.means()))

    def _of_planned(self, values: Floats) -> Floats:
        """Leave out agents' time, by interval, where nobody is planned: what runs over is nobody's plan."""
        if self.planned is not None:
            of_time = np.array([is_of_time(bound) for bound in self.promise.bounds])
            values = np.where(of_time[:, None] & ~self.planned, np.nan, values)
        return values

    def of_days(self) -> Floats:
        """Figure of each bound on each day, shape (n_bounds, n_days)."""
        return ratio(self.top.sum(axis=2), self.bottom.sum(axis=2))

    def overall(self) -> Floats:
        """Figure of each bound over everything, shape (n_bounds,)."""
        top, bottom = self.means()
        return ratio(top.sum(axis=1), bottom.sum(axis=1))

    def days_kept(self) -> Flags:
        """Days that keep every bound."""
        return self.promise.of_days(self.top.sum(axis=2), self.bottom.sum(axis=2))

    def share_kept(self) -> float:
        """Share of days that keep every bound."""
        return self._share(self.days_kept())

    def _share(self, kept: Flags) -> float:
        share = float(kept.mean())
        return share if self.level is None else min(max(share + self.level.share, 0.0), 1.0)

    def errors(self) -> Floats:
        """Standard errors of `of_intervals`, by the delta method over days."""
        return value_and_error(self.top, self.bottom)[1]

    def shortfall(self) -> float:
        """How far the plan is from its promise: 0 if it keeps it, else a number that falls on the way there.

        It adds up what each interval (or the day) misses relative to its bound and, where days are promised,
        the share of days that is missing and a tenth of what the bad days miss.
        """
        bounds = self.promise.bounds
        shortfall = float(sum(missed.sum() for missed in self._missed()))
        if self.promise.confidence is not None:
            days = self.of_days()
            miss = np.sum([bound.shortfall(value) for bound, value in zip(bounds, days, strict=True)], axis=0)
            missing = self.promise.confidence - self._share(miss == 0)
            shortfall += missing + 0.1 * float(miss.mean()) if missing > 0 else 0.0
        return shortfall

    @property
    def kept(self) -> bool:
        """Whether the plan keeps its promise on these days: whether `shortfall` is 0, found sooner."""
        if any(missed.any() for missed in self._missed()):
            return False
        return self.promise.confidence is None or self.share_kept() >= self.promise.confidence

    def _missed(self) -> Iterator[Floats]:
        """How far each bound is missed on average: in each interval, or over everything."""
        for bound, value in zip(self.promise.bounds, self._promised(), strict=True):
            yield bound.shortfall(value)

    def _promised(self) -> Floats:
        """Figure of each bound where it is promised: in each interval, or in one for everything."""
        return self.of_intervals() if self.promise.per is Per.INTERVAL else self.overall()[:, None]

    def margins(self) -> Floats:
        """By how much each bound is kept, relative to it: in each interval, or in one for everything.

        Shape (n_bounds, n_intervals or 1). Below 0 where it is missed, infinite where it has no figure.
        """
        kept = [
            bound.margin(value) for bound, value in zip(self.promise.bounds, self._promised(), strict=True)
        ]
        return np.where(np.isnan(kept), np.inf, kept)

    def surely_missed(self, errors: float = 2.0) -> bool:
        """Whether a bound is missed by more than so many standard *errors*."""
        if self.missed_by(errors).any():
            return True
        share = self.share_kept()
        return (
            self.promise.confidence is not None
            and share + errors * (share * (1 - share) / self.n_days) ** 0.5 < self.promise.confidence
        )

    def missed_by(self, errors: float) -> Flags:
        """Intervals in which a bound is missed by more than so many standard *errors*; one for the day."""
        if self.promise.per is Per.INTERVAL:
            values, spread = value_and_error(self.top, self.bottom)
            values = self._of_planned(values)
        else:
            values, spread = (
                part[:, None] for part in value_and_error(self.top.sum(axis=2), self.bottom.sum(axis=2))
            )
        signs = np.array([1 if bound.side == "at least" else -1 for bound in self.promise.bounds])
        better = values + errors * signs[:, None] * np.nan_to_num(spread)
        misses = [
            bound.shortfall(value) > 0 for bound, value in zip(self.promise.bounds, better, strict=True)
        ]
        return np.asarray(np.any(misses, axis=0))

    def with_effect_of(self, base: Evaluation, changed: Evaluation, window: slice) -> Evaluation:
        """Give this trial with what a change did to a *base* plan within a *window* of intervals added."""
        top, bottom = self.top.copy(), self.bottom.copy()
        top[:, :, window] += changed.top[:, :, window] - base.top[:, :, window]
        bottom[:, :, window] += changed.bottom[:, :, window] - base.bottom[:, :, window]
        np.maximum(bottom[:, :, window], 0.0, out=bottom[:, :, window])
        return Evaluation(self.promise, top, bottom, self.level, planned=self.planned)


def _apart(more: Evaluation, few: Evaluation) -> tuple[Floats, Floats, float]:
    """What the average day has more than *few* days had, as *more* days say: a level's sums and share."""
    (top, bottom), share = more.expected(), more.days_kept().mean() - few.days_kept().mean()
    return top - few.top.mean(axis=1), bottom - few.bottom.mean(axis=1), float(share)


def _intercepts(values: Floats, scores: Floats) -> Floats:
    """Means of *values*, (n_values, n_days), had *scores*, (n_days, n_scores), been 0 and their squares 1."""
    scores = scores[:, scores.any(axis=0)]  # the square of what never varies would be one more intercept
    design = np.column_stack([np.ones(len(scores)), scores, scores**2 - 1])
    return np.asarray(np.linalg.lstsq(design, values.T, rcond=None)[0][0])


def value_and_error(top: Floats, bottom: Floats) -> tuple[Floats, Floats]:
    """Ratio of sums over days, (n_bounds, n_days, …), and its standard error by the delta method."""
    n_days = top.shape[1]
    value = ratio(top.sum(axis=1), bottom.sum(axis=1))
    residuals = np.nan_to_num(top - value[:, None] * bottom)
    spread = np.sqrt((residuals**2).sum(axis=1) / max(n_days - 1, 1) / n_days)
    return value, ratio(spread, bottom.mean(axis=1))
