"""How many chats are expected, and when? The rate of a queue over the whole scenario, piece by piece."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.world.demand import Queue
from sim.world.scenario import Scenario
from sim.world.units import DAY_S, HOUR_S, Floats


def busy_edges(scenario: Scenario, queue: Queue) -> Floats:
    """Times between which the rate of a *queue* is constant, from 0 to the horizon, rising."""
    arrivals = queue.arrivals
    steps = [scenario.interval_s, float(DAY_S)]
    if isinstance(arrivals.per_hour, tuple):
        steps.append(DAY_S / len(arrivals.per_hour))
    edges = [np.arange(0.0, scenario.horizon_s, step) for step in steps]
    edges.append(_spikes(scenario, queue)[:, :2].ravel())
    edges.append(np.array([scenario.horizon_s]))
    return np.unique(np.clip(np.concatenate(edges), 0.0, scenario.horizon_s))


def expected_chats(scenario: Scenario, queue: Queue, edges_s: Floats) -> Floats:
    """Expected chats of a *queue* in each piece between *edges_s*, shape (n_edges − 1,), before busyness."""
    arrivals = queue.arrivals
    at = edges_s[:-1]
    hours = np.diff(edges_s) / HOUR_S
    if arrivals.per_interval is not None:
        per_interval = np.array(arrivals.per_interval, dtype=np.float64)
        rates = per_interval[(at // scenario.interval_s).astype(np.int64)] * (HOUR_S / scenario.interval_s)
    else:
        profile = np.atleast_1d(np.array(arrivals.per_hour, dtype=np.float64))
        rates = profile[(at % DAY_S // (DAY_S / len(profile))).astype(np.int64)]
    if arrivals.weekday is not None:
        days = (scenario.start.weekday() + at // DAY_S).astype(np.int64) % 7
        rates = rates * np.array(arrivals.weekday, dtype=np.float64)[days]
    for start_s, end_s, factor in _spikes(scenario, queue):
        rates = np.where((at >= start_s) & (at < end_s), rates * factor, rates)
    return np.asarray(rates * hours, dtype=np.float64)


def expected_total(scenario: Scenario, queue: Queue) -> float:
    """Chats that a *queue* is expected to get over the whole scenario."""
    if queue.arrivals.times_s is not None:
        return float(len(queue.arrivals.times_s))
    return float(expected_chats(scenario, queue, busy_edges(scenario, queue)).sum())


def _spikes(scenario: Scenario, queue: Queue) -> Floats:
    """Start, end and factor of each spike, in seconds since the first midnight."""
    first = dt.datetime.combine(scenario.start, dt.time())
    rows = []
    for spike in queue.arrivals.spikes:
        start_s = (spike.start - first).total_seconds()
        rows.append((start_s, start_s + spike.minutes * 60, spike.factor))
    return np.array(rows, dtype=np.float64).reshape(-1, 3)
