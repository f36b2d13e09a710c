"""When do they come? Arrival times of a queue, by inversion of its cumulated rate (R1).

Points of a unit-rate Poisson process are carried to the times at which the cumulated rate passes them
(Çinlar, *Introduction to Stochastic Processes*, 1975, section 4.7). So more load moves every customer
earlier and appends new ones; thinning would make new people of all of them.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.compiled import compiled
from sim.draws.profile import days_of, demand
from sim.draws.streams import Stream, Streams
from sim.scenario.distributions import gamma_factor
from sim.scenario.scenario import Scenario

ROOM = 7.0
"""Room for arrivals, in standard deviations of their number above the expected: more are as good as never."""

UNLOCKED = 501
"""Of fewer values, numpy keeps Python's lock."""


def arrivals(scenario: Scenario, q: int, streams: Streams) -> tuple[Floats, Ints]:
    """Arrival times in queue *q*: all replications', one after the other, and where each begins and ends.

    Those of the r-th are the rows ``ends[r]`` to ``ends[r + 1]`` of the times.
    """
    n = len(streams)
    times_s = scenario.queues[q].arrivals.times_s
    if times_s is not None:
        return np.tile(np.array(times_s, dtype=np.float64), n), np.arange(n + 1) * len(times_s)
    cumulated, edges_s = cumulated_chats(scenario, q, streams), demand(scenario)[q][0]
    ends = np.zeros(n + 1, dtype=np.int64)
    expected = cumulated[:, -1]
    room = (expected + ROOM * np.sqrt(expected) + 50).astype(np.int64)
    while True:
        rooms = np.concatenate([[0], np.cumsum(room)])
        u = streams.uniforms(q, Stream.ARRIVAL, rooms)
        arrival_s = np.empty(len(u))
        if _arrive(u, rooms, cumulated, edges_s, arrival_s, ends):
            return arrival_s[: ends[-1]], ends
        room *= 2


def cumulated_chats(scenario: Scenario, q: int, streams: Streams) -> Floats:
    """Chats expected up to each edge of the profile, in each replication: shape (n_replications, n_edges)."""
    edges_s, expected = demand(scenario)[q]
    given = scenario.queues[q].arrivals
    cumulated = np.zeros((len(streams), len(edges_s)))
    pieces = cumulated[:, 1:]
    pieces[:] = expected
    if given.busyness_cv:
        days = days_of(scenario, edges_s[:-1])
        pieces *= _factors(streams, q, Stream.DAY, given.busyness_cv, days, expected)
    if given.interval_cv:
        intervals = (edges_s[:-1] // scenario.interval_s).astype(np.int64)
        pieces *= _factors(streams, q, Stream.INTERVAL, given.interval_cv, intervals, expected)
    np.cumsum(pieces, axis=1, out=pieces)
    return cumulated


def _factors(streams: Streams, q: int, stream: Stream, cv: float, spans: Ints, expected: Floats) -> Floats:
    """Busyness of each piece in each replication: one factor for a span, which is a day or an interval."""
    n, n_spans = len(streams), int(spans[-1]) + 1
    u = streams.uniforms(q, stream, np.arange(n + 1) * n_spans).reshape(n, n_spans)
    factors = np.ones((n, n_spans))
    busy = np.unique(spans[expected > 0])  # a quantile takes a microsecond: none where nobody is expected
    factors[:, busy] = _unlocked(u[:, busy], cv)
    return factors[:, spans]


def _unlocked(u: Floats, cv: float) -> Floats:
    """Gamma factors, so many that numpy lets go of Python's lock: those of 0, which fill up, take no time."""
    many = np.zeros(max(u.size, UNLOCKED))
    many[: u.size] = u.ravel()
    return gamma_factor(many, cv)[: u.size].reshape(u.shape)


@compiled
def _arrive(
    u: Floats, rooms: Ints, cumulated: Floats, edges_s: Floats, arrival_s: Floats, ends: Ints
) -> bool:
    """Fill *arrival_s* and *ends* by the uniforms of each replication; return whether there were enough."""
    n = 0
    for r in range(len(rooms) - 1):
        piece, clock, last = 0, 0.0, cumulated[r, -1]
        for k in range(rooms[r], rooms[r + 1]):
            clock -= np.log(1.0 - u[k])  # exact: u is a multiple of 2**-53
            if clock >= last:
                break
            while cumulated[r, piece + 1] <= clock:  # past pieces where nobody comes
                piece += 1
            share = (clock - cumulated[r, piece]) / (cumulated[r, piece + 1] - cumulated[r, piece])
            arrival_s[n] = edges_s[piece] + share * (edges_s[piece + 1] - edges_s[piece])
            n += 1
        if clock < last:
            return False
        ends[r + 1] = n
    return True
