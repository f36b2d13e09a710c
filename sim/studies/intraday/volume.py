"""How many will still come today? The forecast, corrected by what has come.

A day's chats are Poisson, given gamma factors of busyness, one for the day and one for each interval. What
has come up to now gives the day's factor a posterior: with no spread between intervals it is gamma again, of
shape 1/b² + n and rate 1/b² + λ for n chats where λ were expected (Gelman et al., *Bayesian Data Analysis*,
3rd ed., section 2.6); with one, each interval is negative binomial given the day's factor, the posterior is
added up on a grid, and the gamma law with its mean and spread stands for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from sim.arrays import Floats, Ints
from sim.draws.profile import demand
from sim.errors import StudyError
from sim.scenario.actuals import Day
from sim.scenario.scenario import Scenario
from sim.scenario.units import FROM_DUMP
from sim.scenario.vary import vary

_GRID = 2_000
_CERTAIN = 1e-3
"""A spread below which a factor counts as known: the least that a scenario may have."""


@dataclass(frozen=True, slots=True)
class Busyness:
    """What a day's factor of busyness is thought to be: gamma with this mean and coefficient of variation."""

    mean: float
    cv: float


def one_day(scenario: Scenario, date: dt.date | None = None) -> Scenario:
    """Give one day of a *scenario*, its first if there is no *date*, with its forecast by planning interval.

    Raises
    ------
    StudyError
        If the date is not among the scenario's days, its clocks change, or its arrivals are at exact times.
    """
    day = 0 if date is None else (date - scenario.start).days
    if not 0 <= day < scenario.days:
        last = scenario.calendar.date(scenario.days - 1)
        raise StudyError(f"--date: {date} is no day of the scenario, which has {scenario.start} to {last}")
    exact = [queue.name for queue in scenario.queues if queue.arrivals.times_s is not None]
    if exact:
        raise StudyError(f"intraday needs a forecast: the arrivals of {', '.join(exact)} are at exact times")
    midnights = scenario.calendar.local.midnights(scenario.days)
    if midnights[day + 1] - midnights[day] != 86_400:
        raise StudyError(
            f"intraday can't plan a day on which the clocks change: {scenario.calendar.date(day)}"
        )
    edges_s = midnights[day] + scenario.interval_s * np.arange(24 * 60 // scenario.interval_min + 1)
    today = scenario.calendar.date(day)
    data = _of_one_date(scenario.model_dump(by_alias=True), today)
    for q, queue in enumerate(data["queues"]):
        at_s, expected = demand(scenario)[q]
        volumes = np.diff(np.interp(edges_s, at_s, np.concatenate([[0.0], np.cumsum(expected)])))
        spread = {name: queue["arrivals"][name] for name in ("busyness_cv", "interval_cv")}
        queue["arrivals"] = {"per_interval": volumes.tolist()} | spread
    return Scenario.model_validate(data | {"start": today, "days": 1, "warm_up_h": 0.0}, context=FROM_DUMP)


def _of_one_date(data: Any, today: dt.date) -> Any:
    """The same data without what they say of other dates."""
    if isinstance(data, list | tuple):
        return [_of_one_date(each, today) for each in data]
    if not isinstance(data, Mapping):
        return data
    found = {key: _of_one_date(value, today) for key, value in data.items()}
    for key in ("dates", "by_date", "not_on"):
        said = data.get(key)
        if isinstance(said, Mapping):
            found[key] = {date: value for date, value in said.items() if _date(date) == today}
        elif isinstance(said, list | tuple):
            found[key] = [date for date in said if _date(date) == today]
    if data.get("dates") and not found["dates"] and data.get("days") == ():
        found["not_on"] = [today]  # a shift of other dates alone: without any it would be one of every day
    return found


def _date(said: Any) -> dt.date:
    return dt.date.fromisoformat(said) if isinstance(said, str) else said


def expected(centre: Scenario) -> Floats:
    """Chats forecast of a day, shape (n_queues, n_intervals)."""
    return np.array([queue.arrivals.per_interval for queue in centre.queues], dtype=np.float64)


def busyness(centre: Scenario, offered: Ints) -> list[Busyness]:
    """What the factor of each queue is after so many were *offered*, (n_queues, n_intervals) up to now."""
    forecast = expected(centre)[:, : offered.shape[1]]
    return [
        posterior(queue.arrivals.busyness_cv, queue.arrivals.interval_cv, forecast[q], offered[q])
        for q, queue in enumerate(centre.queues)
    ]


def posterior(day_cv: float, interval_cv: float, forecast: Floats, offered: Ints) -> Busyness:
    """A day's factor of busyness, given what was *offered* in intervals of which this was the *forecast*."""
    if day_cv < _CERTAIN:
        return Busyness(1.0, 0.0)
    shape = day_cv**-2
    if not interval_cv:
        n, rate = shape + offered.sum(), shape + forecast.sum()
        return Busyness(float(n / rate), float(n**-0.5))
    factor = np.asarray(stats.gamma.ppf((np.arange(_GRID) + 0.5) / _GRID, shape, scale=1 / shape))
    some = forecast > 0
    size = interval_cv**-2
    mean = factor[:, None] * forecast[some]
    fits = np.asarray(stats.nbinom.logpmf(offered[some], size, size / (size + mean))).sum(axis=1)
    weight = np.exp(fits - fits.max())
    weight /= weight.sum()
    at = float((weight * factor).sum())
    spread = float((weight * (factor - at) ** 2).sum()) ** 0.5
    return Busyness(at, max(spread / at, _CERTAIN))


def with_volumes(centre: Scenario, day: Day, factors: list[Busyness], first: Ints) -> Scenario:
    """The day with enough customers up to now to keep so many *first* attempts of, then as is thought."""
    n, forecast = first.shape[1], expected(centre)
    changes: dict[str, object] = {}
    for q, (queue, factor) in enumerate(zip(centre.queues, factors, strict=True)):
        room = (1 + 6 * factor.cv) * (1 + 6 * queue.arrivals.interval_cv)
        volumes = forecast[q] * factor.mean
        volumes[:n] = np.where(first[q] > 0, (first[q] + 6 * np.sqrt(first[q]) + 10) * room, 0.0)
        changes[f"queues.{q}.arrivals.per_interval"] = tuple(volumes.tolist())
        changes[f"queues.{q}.arrivals.busyness_cv"] = factor.cv
    return vary(centre, changes)
