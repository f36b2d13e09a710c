"""How many chats are expected, and when? The rate of a queue over the whole scenario, piece by piece."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sim.arrays import Floats, Ints, distinct
from sim.scenario.demand import Arrivals, Queue
from sim.scenario.local_time import profile_edges, shown
from sim.scenario.scenario import Same, Scenario
from sim.scenario.troubles import bursts
from sim.scenario.units import DAY_S, HOUR_S

WEEK = 7


def busy_edges(scenario: Scenario, queue: Queue) -> Floats:
    """Times between which the rate of a *queue* is constant, from 0 to the horizon, rising."""
    arrivals = queue.arrivals
    width_s = _width_s(arrivals)
    edges = [np.arange(0.0, scenario.horizon_s, step) for step in (scenario.interval_s, width_s)]
    if scenario.zone is None:
        edges.append(np.arange(0.0, scenario.horizon_s, DAY_S))
    else:
        edges[1] = profile_edges(scenario.calendar.local_of(arrivals.zone), scenario.days, width_s)
        edges.append(scenario.calendar.local.midnights(scenario.days))
    edges.append(_spikes(scenario, queue)[:, :2].ravel())
    edges.append(np.array([scenario.horizon_s]))
    return distinct(np.clip(np.concatenate(edges), 0.0, scenario.horizon_s))


def expected_chats(scenario: Scenario, queue: Queue, edges_s: Floats) -> Floats:
    """Expected chats of a *queue* in each piece between *edges_s*, shape (n_edges − 1,), before busyness."""
    arrivals = queue.arrivals
    at = edges_s[:-1]
    hours = np.diff(edges_s) / HOUR_S
    if arrivals.per_interval is not None:
        per_interval = np.array(arrivals.per_interval, dtype=np.float64)
        rates = per_interval[(at // scenario.interval_s).astype(np.int64)] * (HOUR_S / scenario.interval_s)
    else:
        rates = _by_the_clock(scenario, arrivals, at)
    for start_s, end_s, factor in _spikes(scenario, queue):
        rates = np.where((at >= start_s) & (at < end_s), rates * factor, rates)
    return np.asarray(rates * hours, dtype=np.float64)


def _width_s(arrivals: Arrivals) -> float:
    """How long each rate of a profile holds: one alone, a day."""
    rates = arrivals.per_hour if isinstance(arrivals.per_hour, tuple) else (0.0,)
    return (WEEK * DAY_S if arrivals.is_weekly else DAY_S) / len(rates)


def _by_the_clock(scenario: Scenario, arrivals: Arrivals, at: Floats) -> Floats:
    """Rates an hour of the profile at some times, by the queue's clocks (R45); a week begins on Monday."""
    profile = np.atleast_1d(np.array(arrivals.per_hour, dtype=np.float64))
    width_s = _width_s(arrivals)
    now = shown(scenario.calendar.local_of(arrivals.zone), scenario.days, at)
    first = (
        (now.day + scenario.start.weekday()) % WEEK * round(DAY_S / width_s)
        if arrivals.is_weekly
        else 0 * now.day
    )
    rates = profile[first + (now.clock_s // width_s).astype(np.int64)]
    if scenario.zone is not None:
        rates = np.where(now.twice, rates / 2, rates)
        moved = ~np.isnan(now.moved_s)
        rates[moved] += profile[first[moved] + (now.moved_s[moved] // width_s).astype(np.int64)]
    if arrivals.weekday is not None or arrivals.by_date or scenario.holidays is not None:
        days = range(int(now.day.min()), int(now.day.max()) + 1)
        rates = rates * _of_days(scenario, arrivals, days)[now.day - days.start]
    return rates


def _of_days(scenario: Scenario, arrivals: Arrivals, days: range) -> Floats:
    """Factor of each day on the profile: that of its date, else of its weekday and of holidays."""
    factors, calendar = np.ones(len(days)), scenario.calendar
    for k, day in enumerate(days):
        date = calendar.date(day)
        if arrivals.weekday is not None:
            factors[k] = arrivals.weekday[date.weekday()]
        if date in arrivals.by_date:
            factors[k] = arrivals.by_date[date]
        elif calendar.holidays is not None and calendar.holiday(date):
            factors[k] *= calendar.holidays.factor
    return factors


def days_of(scenario: Scenario, times_s: Floats) -> Ints:
    """Day of the centre of each time before the horizon."""
    return shown(scenario.calendar.local, scenario.days, times_s).day


def expected_total(scenario: Scenario, q: int) -> float:
    """Chats that queue *q* is expected to get over the whole scenario, bursts included."""
    times_s = scenario.queues[q].arrivals.times_s
    usual = float(demand(scenario)[q][1].sum()) if times_s is None else float(len(times_s))
    return usual + sum(burst.customers for mine, burst in bursts(scenario) if mine == q)


def expected_overall(scenario: Scenario) -> float:
    """Chats that all queues are expected to get."""
    return sum(expected_total(scenario, q) for q in range(len(scenario.queues)))


def demand(scenario: Scenario) -> list[tuple[Floats, Floats]]:
    """Of each queue: the edges of its pieces and the chats expected in each; none for exact times.

    Those of bursts, which are no part of the rate, are left out.
    Every replication asks, so the last scenarios' answers are kept.
    """
    return _demand(Same(scenario))


@lru_cache(maxsize=8)
def _demand(same: Same) -> list[tuple[Floats, Floats]]:
    pieces = []
    for queue in same.scenario.queues:
        if queue.arrivals.times_s is not None:
            pieces.append((np.empty(0), np.empty(0)))
            continue
        edges_s = busy_edges(same.scenario, queue)
        pieces.append((edges_s, expected_chats(same.scenario, queue, edges_s)))
    return pieces


def _spikes(scenario: Scenario, queue: Queue) -> Floats:
    """Start, end and factor of each spike, in seconds since the first midnight."""
    local = scenario.calendar.local_of(queue.arrivals.zone)
    rows = [(*spike.span_s(local), spike.factor) for spike in queue.arrivals.spikes]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)
