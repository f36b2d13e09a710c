"""How busy was each day drawn to be? Chats expected once the factors of busyness are known, before chance."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.draws.arrivals import cumulated_chats
from sim.draws.bursts import expected_in_bursts
from sim.draws.profile import days_of, demand
from sim.draws.streams import Streams
from sim.scenario.scenario import Scenario

_AT_ONCE = 2_000_000
"""Numbers that are held at a time."""


def expected_volumes(scenario: Scenario) -> Floats:
    """Measured chats that each queue is expected to get on each day, shape (n_queues, days)."""
    days_s = _days_s(scenario)
    volumes = np.empty((len(scenario.queues), scenario.days))
    for q, (edges_s, expected) in enumerate(demand(scenario)):
        cumulated = np.concatenate([[0.0], np.cumsum(expected)])
        is_exact = not len(edges_s)
        volumes[q] = (
            _exact(scenario, q, days_s) if is_exact else np.diff(np.interp(days_s, edges_s, cumulated))
        )
        volumes[q] += expected_in_bursts(scenario, q, days_s)[0]
    return volumes


def drawn_volumes(scenario: Scenario, seed: int, replications: range) -> Floats:
    """The same in each of the *replications*, its factors drawn: shape (n_replications, n_queues, days).

    Their expectation is `expected_volumes`.
    """
    days_s, n = _days_s(scenario), len(replications)
    volumes = np.empty((n, len(scenario.queues), scenario.days))
    for q, (edges_s, _) in enumerate(demand(scenario)):
        arrivals = scenario.queues[q].arrivals
        if not (arrivals.busyness_cv or arrivals.interval_cv):
            volumes[:, q] = expected_volumes(scenario)[q]
            continue
        size = max(1, _AT_ONCE // len(edges_s))
        for first in range(0, n, size):
            streams = Streams(seed, replications[first : first + size])
            for r, cumulated in enumerate(cumulated_chats(scenario, q, streams), start=first):
                volumes[r, q] = np.diff(np.interp(days_s, edges_s, cumulated))
        volumes[:, q] += expected_in_bursts(scenario, q, days_s)[0]
    return volumes


def _days_s(scenario: Scenario) -> Floats:
    """Edges of the days, without the warm-up."""
    return np.asarray(np.maximum(scenario.calendar.local.midnights(scenario.days), scenario.warm_up_s))


def _exact(scenario: Scenario, q: int, edges_s: Floats) -> Ints:
    """Chats that come between edges, where their times are given."""
    arrival_s = np.array(scenario.queues[q].arrivals.times_s)
    return np.asarray(np.diff(np.searchsorted(arrival_s, edges_s)), dtype=np.int64)


def volume_variances(scenario: Scenario) -> Floats:
    """Variance of the measured chats of each queue in a replication, first attempts alone: shape (n_queues,).

    Given the factors they are Poisson, but for those of bursts, who are so many for sure. A day's factor of
    busyness with spread b and those of its intervals with spread i turn chats λ of a day, λₜ in interval t,
    into a volume with the mean square (1 + b²) (λ² + i² Σ λₜ²).
    """
    variances = np.zeros(len(scenario.queues))
    measured_s = np.array([scenario.warm_up_s, scenario.horizon_s])
    for q, (edges_s, expected) in enumerate(demand(scenario)):
        variances[q] = expected_in_bursts(scenario, q, measured_s)[1][0]
        if not len(edges_s):
            continue  # exact times don't vary
        arrivals = scenario.queues[q].arrivals
        cumulated = np.concatenate([[0.0], np.cumsum(expected)])
        pieces = np.diff(np.interp(np.maximum(edges_s, scenario.warm_up_s), edges_s, cumulated))
        by_day = np.bincount(days_of(scenario, edges_s[:-1]), pieces)
        by_interval = np.bincount((edges_s[:-1] // scenario.interval_s).astype(np.int64), pieces)
        squares = (by_day**2).sum() + arrivals.interval_cv**2 * (by_interval**2).sum()
        busy = (1 + arrivals.busyness_cv**2) * squares - (by_day**2).sum()
        variances[q] += pieces.sum() + busy
    return variances


def interval_moments(scenario: Scenario) -> tuple[Floats, Floats]:
    """Mean and variance of the measured chats of all queues in each interval, first attempts alone.

    Shape (days, intervals a day) each; see `volume_variances`.
    """
    n_intervals = scenario.days * scenario.intervals_per_day
    cells_s = np.asarray(np.maximum(scenario.cells.edges_s, scenario.warm_up_s))
    means, variances = np.zeros(n_intervals), np.zeros(n_intervals)
    for q, (edges_s, expected) in enumerate(demand(scenario)):
        arrivals = scenario.queues[q].arrivals
        in_bursts = expected_in_bursts(scenario, q, cells_s)
        means, variances = means + in_bursts[0], variances + in_bursts[1]
        if arrivals.times_s is not None:
            means += _exact(scenario, q, cells_s)
            continue
        chats = np.diff(np.interp(cells_s, edges_s, np.concatenate([[0.0], np.cumsum(expected)])))
        busy = (1 + arrivals.busyness_cv**2) * (1 + arrivals.interval_cv**2) - 1
        means += chats
        variances += chats + busy * chats**2
    shape = scenario.days, scenario.intervals_per_day
    return means.reshape(shape), variances.reshape(shape)
