"""How busy was each day drawn to be? Chats expected once the factors of busyness are known, before chance."""

from __future__ import annotations

import numpy as np

from sim.draws.arrivals import cumulated_chats
from sim.draws.profile import demand
from sim.draws.streams import Streams
from sim.world.scenario import Scenario
from sim.world.units import DAY_S, Floats, Ints

_AT_ONCE = 2_000_000
"""Numbers that are held at a time."""


def expected_volumes(scenario: Scenario) -> Floats:
    """Measured chats that each queue is expected to get on each day, shape (n_queues, days)."""
    days_s = _days_s(scenario)
    volumes = np.empty((len(scenario.queues), scenario.days))
    for q, (edges_s, expected) in enumerate(demand(scenario)):
        cumulated = np.concatenate([[0.0], np.cumsum(expected)])
        volumes[q] = (
            _exact(scenario, q) if not len(edges_s) else np.diff(np.interp(days_s, edges_s, cumulated))
        )
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
    return volumes


def _days_s(scenario: Scenario) -> Floats:
    """Edges of the days, without the warm-up."""
    return np.asarray(np.maximum(np.arange(scenario.days + 1) * float(DAY_S), scenario.warm_up_s))


def _exact(scenario: Scenario, q: int) -> Ints:
    arrival_s = np.array(scenario.queues[q].arrivals.times_s)
    return np.asarray(np.diff(np.searchsorted(arrival_s, _days_s(scenario))), dtype=np.int64)
