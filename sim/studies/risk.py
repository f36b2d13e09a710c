"""How likely is the promise to be missed, and is that luck? Days, weeks and months, and what makes them vary.

Months of independent days are simulated, and their days are pooled as a contract pools them: a week's service
level is that of all its chats. A forecast that may be wrong is wrong by one factor for a whole month, for
otherwise its errors would cancel out; the months take the quantiles of the factor's law in turn (stratified
sampling), so the months are few and chance does not choose them. Days within a month are independent but for
what is carried over midnight.

The variance of a day's figure is split by the law of total variance, Var = Var E(· | forecast) +
E Var E(· | forecast, busyness) + E Var(· | both). The first is the variance between months, less what days
put into it (one-way analysis of variance); the second what a quadratic in the day's drawn volume of each
queue explains within months (adjusted R²); the third is luck: who comes when, with what need and patience.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log1p

import numpy as np
from scipy import special

from sim.arrays import Flags, Floats, Ints
from sim.draws.busyness import drawn_volumes, expected_volumes
from sim.draws.memory import refuse_too_large
from sim.errors import StudyError
from sim.kpis.definitions import BY_NAME, Kpi, Peak
from sim.kpis.intervals import t_quantile, wilson
from sim.kpis.loops import By
from sim.kpis.measure import Kpis, bound_of, ratio
from sim.kpis.promised import is_a_run, of_sums
from sim.kpis.targets import Bound, bounds
from sim.runs.executor import Executor, Progress, executing
from sim.runs.tasks import Task
from sim.scenario.scenario import Scenario
from sim.scenario.vary import varied
from sim.studies.inputs import volume

MONTH_WEEKS = 365.25 / 12 / 7
FEWEST_MONTHS = 5
"""From fewer nobody could tell how sure it is."""
ANY = "any"
"""Name of the promise as a whole: missed where any of its targets is."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Probability that a target is missed, with its 95 % interval."""

    bound: Bound | None
    """None for the promise as a whole."""
    value: float
    low: float
    high: float

    @property
    def target(self) -> str:
        """Its key in the scenario, or `ANY`."""
        return ANY if self.bound is None else self.bound.key


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a variance, from 0 to 1, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week or a month: how likely it misses the promise, and what its variance is made of."""

    name: str
    days: int
    """Open days in it."""
    n: int
    """How many were simulated."""
    chances: tuple[Chance, ...]
    """Of each target, then of any of them."""
    luck: Share | None
    """Shares of the variance of the figure; None where it does not vary."""
    busyness: Share | None
    forecast: Share | None


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely it is that the promise is missed."""

    scenario: Scenario
    kpi: Kpi
    """Figure whose variance is split."""
    forecast_cv: float
    seed: int
    months: int
    periods: tuple[Period, ...]
    days: Floats
    """The figure on each simulated day, shape (n_days,), NaN where it does not exist."""

    def __repr__(self) -> str:
        chances = (f"a {period.name} {period.chances[-1].value:.0%}" for period in self.periods)
        return f"<Risk that the promise is missed: {', '.join(chances)}>"


def risk(
    scenario: Scenario,
    figure: str = "service_level",
    *,
    seed: int = 1,
    months: int = 50,
    forecast_cv: float = 0.0,
    week_days: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Risk:
    """Simulate *months* of a *scenario*'s days, and say how likely each target is missed.

    The forecast is wrong by a lognormal factor of mean 1 and coefficient of variation *forecast_cv*, one a
    month. A week has *week_days* open days: if None, as many as the scenario's days suggest. Days are told by
    one *figure*, too. An *executor* that is given simulates, else *workers* threads.

    Raises
    ------
    StudyError
        If the scenario has no target, no open day, or no forecast that could be wrong; or for fewer than
        `FEWEST_MONTHS`.
    """
    refuse(scenario, months, forecast_cv)
    promise, open_days = bounds(scenario), _open_days(scenario)
    week = week_days or max(1, round(7 * len(open_days) / scenario.days))
    lengths = {"day": 1, "week": week, "month": round(week * MONTH_WEEKS)}
    each = -(-lengths["month"] // len(open_days))
    refuse_too_large(scenario, each * months, keeps_logs=False)
    factors = stratified_factors(forecast_cv, months)
    kpi = BY_NAME[figure]
    with executing(workers, given=executor) as ours:
        runs = list(_simulated(scenario, seed, factors, each, ours, progress))
    calendar = _Calendar(open_days, months, lengths["month"])
    values = calendar.days(np.array([run.values(kpi.name, By.DAY) for run in runs]))
    sums = dict(zip(promise, _sums(runs, scenario, calendar), strict=True))
    volumes = drawn_volumes(scenario, seed, range(each * months)) / np.maximum(
        expected_volumes(scenario), 1e-9
    )
    busyness = [calendar.days(volumes[:, q]) for q in range(len(scenario.queues))]
    parts = _split(values - calendar.usual(values), busyness, has_error=forecast_cv > 0)
    periods = []
    for name, days in lengths.items():
        missed: dict[Bound | None, Flags] = {bound: _missed(bound, sums[bound], days) for bound in promise}
        missed |= {None: np.any(list(missed.values()), axis=0)}
        chances = [_chance(bound, flags, months, forecast_cv > 0) for bound, flags in missed.items()]
        shares = _shares(parts, days)
        periods.append(Period(name, days, missed[None].size, tuple(chances), *shares))
    return Risk(scenario, kpi, forecast_cv, seed, months, tuple(periods), values.ravel())


def stratified_factors(cv: float, n: int) -> Floats:
    """Quantiles of a lognormal factor of mean 1: *n* values, equally likely and rising, shape (n,).

    The normal scores are stretched to a variance of 1, which the middles of strata fall short of.
    """
    scores = special.ndtri((np.arange(n) + 0.5) / n)
    sigma = log1p(cv**2) ** 0.5
    factors = np.exp(sigma * scores / max(float(scores.std()), exp(-99)))
    return np.asarray(factors / factors.mean())


@dataclass(frozen=True, slots=True)
class _Calendar:
    """How the open days of replications make months."""

    open_days: Sequence[int] | np.ndarray
    months: int
    month_days: int

    def days(self, by_day: Floats) -> Floats:
        """Open days of each month, shape (months, month_days), of values of shape (n_replications, days)."""
        return np.asarray(by_day[:, self.open_days].reshape(self.months, -1)[:, : self.month_days])

    def usual(self, values: Floats) -> Floats:
        """Mean over all months of days of the same place in the scenario: what is known beforehand."""
        place = np.arange(self.month_days) % len(self.open_days)
        known = ~np.isnan(values)
        means = np.zeros(values.shape)
        for k in range(min(len(self.open_days), self.month_days)):
            here = known & (place == k)
            means[:, place == k] = values[here].mean() if here.any() else 0.0
        return means


def _open_days(scenario: Scenario) -> Ints:
    """Days of the scenario on which somebody is expected."""
    return np.flatnonzero(expected_volumes(scenario).sum(axis=0) > 0)


def refuse(scenario: Scenario, months: int, forecast_cv: float) -> None:
    """Refuse what `risk` can't be asked of.

    Raises
    ------
    StudyError
        With the reason.
    """
    if not bounds(scenario):
        raise StudyError("risk: the scenario promises nothing: it has no [targets]")
    if not len(_open_days(scenario)):
        raise StudyError("risk: nobody is expected on any day")
    if months < FEWEST_MONTHS:
        raise StudyError(f"risk: needs at least {FEWEST_MONTHS} months, got {months}")
    if forecast_cv and all(queue.arrivals.times_s is not None for queue in scenario.queues):
        raise StudyError("risk: all arrivals are at exact times: there is no forecast to be wrong")


def _simulated(
    scenario: Scenario, seed: int, factors: Floats, each: int, executor: Executor, progress: Progress | None
) -> Iterator[Kpis]:
    """Figures of *each* replications of every month, whose volume is times its factor."""
    edges, bound = [k * each for k in range(len(factors) + 1)], tuple(map(of_sums, bounds(scenario)))
    if np.ptp(factors):
        scenarios = [varied(scenario, tuple(volume(scenario, float(factor)))) for factor in factors]
        jobs = [
            Task(one, seed, range(*ends), bounds=bound)
            for one, ends in zip(scenarios, pairwise(edges), strict=True)
        ]
    else:
        jobs = [Task(scenario, seed, range(edges[-1]), bounds=bound)]
    done = 0
    for _, result in executor.measured(jobs):
        done += len(result.runs)
        if progress is not None:
            progress(done, edges[-1])
        yield from result.runs


def _sums(runs: Sequence[Kpis], scenario: Scenario, calendar: _Calendar) -> Iterator[list[Floats]]:
    """Of each bound: sums above and below the line of each day of the months, (months, month_days) each.

    Of a highest value the highest of each day, and 1; NaN where there is none.
    """
    every = bound_of(runs)
    by_day = every.reshape(len(runs), -1, 2, scenario.days, scenario.intervals_per_day)
    for k, bound in enumerate(bounds(scenario)):
        if isinstance(BY_NAME[bound.kpi].form, Peak):
            top = np.where(by_day[:, k, 1] > 0, by_day[:, k, 0], -np.inf).max(axis=-1)
            sides = [np.where(np.isinf(top), np.nan, top), np.ones(top.shape)]
        else:  # one after the other, as days are added up elsewhere
            sides = list(np.moveaxis(np.cumsum(by_day[:, k], axis=-1)[..., -1], 1, 0))
            if is_a_run(bound):
                sides[1] = np.full(sides[1].shape, 1 / len(calendar.open_days))
        yield [calendar.days(side) for side in sides]


def _missed(bound: Bound, sums: Sequence[Floats], days: int) -> Flags:
    """Whether each period of so many *days* misses a target, shape (months, periods of a month).

    A period whose figure does not exist, for nobody came, misses nothing. The highest value is that of the
    period, and a count a run is one in proportion to the days.
    """
    if isinstance(BY_NAME[bound.kpi].form, Peak):
        pieces = _pieces(sums[0], days)
        known = np.where(np.isnan(pieces), -np.inf, pieces).max(axis=2)
        return ~bound.kept(np.where(np.isinf(known), np.nan, known))
    top, bottom = (_pieces(side, days).sum(axis=2) for side in sums)
    return ~of_sums(bound).kept(ratio(top, bottom))


def _pieces(by_day: Floats, days: int) -> Floats:
    """Days of each period of so many, (months, periods, days); what is left of a month makes none."""
    n = by_day.shape[1] // days
    return by_day[:, : n * days].reshape(len(by_day), n, days)


def _chance(bound: Bound | None, missed: Flags, months: int, has_error: bool) -> Chance:
    """Probability with Wilson's interval.

    Where months differ by their forecast, their periods are alike and count for fewer: for as many
    independent ones as would have the variance that months show (Korn and Graubard, *Survey Methodology* 24,
    1998).
    """
    p, n = float(missed.mean()), float(missed.size)
    if has_error:
        variance = float(missed.mean(axis=1).var(ddof=1)) / months
        n = min(max(p * (1 - p) / variance, float(months)), n) if variance else float(months)
    low, high = wilson(p, n)
    return Chance(bound, p, low, high)


def _split(values: Floats, busyness: Sequence[Floats], *, has_error: bool) -> Floats | None:
    """Variance of a day by luck, busyness and forecast error, in all and without each month.

    Shape (1 + months, 3); None where nothing varies. *values* and each column of *busyness* have shape
    (months, month_days).
    """
    columns = [power for drawn in busyness for power in (drawn, drawn**2) if np.ptp(drawn) > 0]
    months = len(values)
    rows = [_parts(values, columns, has_error)]
    if not rows[0].sum() > 0:
        return None
    for gone in range(months):
        kept = np.arange(months) != gone
        rows.append(_parts(values[kept], [column[kept] for column in columns], has_error))
    return np.array(rows)


def _parts(values: Floats, columns: Sequence[Floats], has_error: bool) -> Floats:
    known = ~np.isnan(values)
    within = [_centred(column, known, by_month=has_error) for column in (values, *columns)]
    n, groups = int(known.sum()), int(known.any(axis=1).sum()) if has_error else 1
    if n <= groups:
        return np.zeros(3)
    y, x = within[0], np.array(within[1:]).T
    days = float(y @ y) / (n - groups)
    explained = 0.0
    if len(columns) and days > 0 and n - groups > len(columns):
        left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        # Adjusted: what the columns explain by chance is taken off.
        explained = max(0.0, days - float(left @ left) / (n - groups - len(columns)))
    between = 0.0
    if has_error:
        counts = known.sum(axis=1)
        means = ratio(np.where(known, values, 0.0).sum(axis=1), counts.astype(np.float64))[counts > 0]
        between = max(0.0, float(means.var(ddof=1)) - days * float((1 / counts[counts > 0]).mean()))
    return np.array([days - explained, explained, between])


def _centred(values: Floats, known: Flags, *, by_month: bool) -> Floats:
    """Known *values* less their mean, of each month or of all, one below the other."""
    shown = np.where(known, values, 0.0)
    axis = 1 if by_month else None
    means = ratio(shown.sum(axis=axis, keepdims=True), known.sum(axis=axis, keepdims=True).astype(np.float64))
    return np.asarray((values - means)[known])


def _shares(parts: Floats | None, days: int) -> tuple[Share | None, Share | None, Share | None]:
    """Shares of luck, busyness and forecast error over a period of *days*, with jackknife intervals.

    Over days luck and busyness average out, and an error that is common to them does not.
    """
    if parts is None:
        return None, None, None
    variances = parts / np.array([days, days, 1.0])
    shares = variances / variances.sum(axis=1, keepdims=True)
    whole, without = shares[0], shares[1:]
    n = len(without)
    half = float(t_quantile(n)) * ((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0)) ** 0.5
    ends = zip(whole, np.maximum(whole - half, 0.0), np.minimum(whole + half, 1.0), strict=True)
    luck, busyness, forecast = (Share(*(float(end) for end in each)) for each in ends)
    return luck, busyness, forecast
