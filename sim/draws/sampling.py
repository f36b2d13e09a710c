"""How are customers drawn? The only module with randomness.

Every stream has a name and a generator of its own, `SeedSequence(seed, spawn_key=(replication, queue,
stream))`, so a new stream moves no other. A draw belongs to a row, and all laws are sampled by inversion
of one uniform a row: the same customer comes with the same patience whatever the staffing (common random
numbers). Arrivals invert the cumulated rate (Çinlar, *Introduction to Stochastic Processes*, 1975,
section 4.7), so more load moves every customer earlier and appends new ones; thinning would make new
people of all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sim.draws.memory import refuse_too_large
from sim.draws.profile import demand
from sim.draws.record import Draws
from sim.errors import SimError
from sim.world.demand import ByWork, Queue
from sim.world.laws import gamma_factor
from sim.world.rules import Policy
from sim.world.scenario import Scenario
from sim.world.units import Floats, Ints


class Stream(IntEnum):
    """Names of the streams of a queue. Numbers are never used again for another purpose."""

    DAY = 0
    """Busyness of each day."""
    INTERVAL = 1
    """Busyness of each planning interval."""
    ARRIVAL = 2
    PATIENCE = 3
    TURNS = 4
    AGENT = 5
    CUSTOMER = 6
    WORK = 7
    WRAP_UP = 8
    ROUTE = 9


@dataclass(frozen=True, slots=True)
class _Streams:
    """The generators of one queue of one replication."""

    seed: int
    replication: int
    queue: int

    def generator(self, stream: Stream) -> np.random.Generator:
        key = (self.replication, self.queue, int(stream))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))

    def uniforms(self, stream: Stream, n: int) -> Floats:
        return self.generator(stream).random(n)


def draw(scenario: Scenario, seed: int, replication: int = 0) -> Draws:
    """Draw the customers of one *replication* of a *scenario*.

    Raises
    ------
    TooLargeError
        If the expected demand needs more memory than the machine has available.
    """
    if seed < 0 or replication < 0:
        raise SimError(f"a seed and a replication are 0 or more, got {seed} and {replication}")
    refuse_too_large(scenario)
    columns = [
        _queue_columns(scenario, queue, _Streams(seed, replication, q))
        for q, queue in enumerate(scenario.queues)
    ]
    return _merged(columns, seed, replication)


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """The customers of one queue, in order of number."""

    queue: int
    arrival_s: Floats
    patience_s: Floats
    work_s: Floats
    wrap_up_s: Floats
    route_u: Floats
    n_turns: Ints
    agent_s: Floats
    customer_s: Floats


def _queue_columns(scenario: Scenario, queue: Queue, streams: _Streams) -> _Columns:
    arrival_s = _arrivals(scenario, queue, streams)
    n, service = len(arrival_s), queue.service
    work_s, n_turns = np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    agent_s, customer_s = np.empty(0), np.empty(0)
    if isinstance(service, ByWork):
        work_s = service.work_s.sample(streams.uniforms(Stream.WORK, n))
    else:
        n_turns = service.turns.sample(streams.uniforms(Stream.TURNS, n)).astype(np.int64)
        all_turns = int(n_turns.sum())
        agent_s = service.agent_s.sample(streams.uniforms(Stream.AGENT, all_turns))
        customer_s = service.customer_s.sample(streams.uniforms(Stream.CUSTOMER, all_turns))
    wrap_up, patience = service.wrap_up_s, queue.patience
    is_random = scenario.routing.policy is Policy.RANDOM
    return _Columns(
        queue=streams.queue,
        arrival_s=arrival_s,
        patience_s=patience.sample(streams.uniforms(Stream.PATIENCE, n)) if patience else np.full(n, np.inf),
        work_s=work_s,
        wrap_up_s=wrap_up.sample(streams.uniforms(Stream.WRAP_UP, n)) if wrap_up else np.zeros(n),
        route_u=streams.uniforms(Stream.ROUTE, n) if is_random else np.zeros(n),
        n_turns=n_turns,
        agent_s=agent_s,
        customer_s=customer_s,
    )


def _arrivals(scenario: Scenario, queue: Queue, streams: _Streams) -> Floats:
    """Arrival times of a queue, by inversion of its cumulated rate (R1)."""
    arrivals = queue.arrivals
    if arrivals.times_s is not None:
        return np.array(arrivals.times_s, dtype=np.float64)
    edges_s, expected = demand(scenario)[streams.queue]
    if arrivals.busyness_cv:
        factors = gamma_factor(streams.uniforms(Stream.DAY, scenario.days), arrivals.busyness_cv)
        expected = expected * factors[(edges_s[:-1] // 86_400).astype(np.int64)]
    if arrivals.interval_cv:
        n_intervals = scenario.days * scenario.intervals_per_day
        factors = gamma_factor(streams.uniforms(Stream.INTERVAL, n_intervals), arrivals.interval_cv)
        expected = expected * factors[(edges_s[:-1] // scenario.interval_s).astype(np.int64)]
    cumulated = np.concatenate([[0.0], np.cumsum(expected)])
    clock = _clock(streams.generator(Stream.ARRIVAL), float(cumulated[-1]))
    return _inverse(clock, cumulated, edges_s)


def _inverse(clock: Floats, cumulated: Floats, edges_s: Floats) -> Floats:
    """Times at which the cumulated rate passes each value of the *clock*: never where it stands still."""
    piece = np.searchsorted(cumulated, clock, side="right") - 1
    share = (clock - cumulated[piece]) / (cumulated[piece + 1] - cumulated[piece])
    return edges_s[piece] + share * (edges_s[piece + 1] - edges_s[piece])


def _clock(generator: np.random.Generator, end: float) -> Floats:
    """Points of a unit-rate Poisson process before *end*; more load only appends to them."""
    clock = np.empty(0)
    last = 0.0
    while last < end:
        gaps = generator.standard_exponential(int(1.05 * (end - last) + 50))
        gaps[0] += last
        clock = np.concatenate([clock, np.cumsum(gaps)])
        last = float(clock[-1])
    return clock[clock < end]


def _merged(columns: list[_Columns], seed: int, replication: int) -> Draws:
    """The customers of all queues in order of arrival, then of queue and number."""
    if len(columns) == 1:
        return _as_they_are(columns[0], seed, replication)
    arrival_s = np.concatenate([c.arrival_s for c in columns])
    order = np.argsort(arrival_s, kind="stable")
    n_turns = np.concatenate([c.n_turns for c in columns])
    starts = np.concatenate([[0], np.cumsum(n_turns)])
    turn_offset = np.concatenate([[0], np.cumsum(n_turns[order])])
    # Row of each turn before the merge: its chat's first row there, plus its place within the chat.
    turns = np.arange(turn_offset[-1]) + np.repeat(starts[:-1][order] - turn_offset[:-1], n_turns[order])
    return Draws(
        seed=seed,
        replication=replication,
        queue=np.concatenate([np.full(len(c.arrival_s), c.queue) for c in columns])[order],
        number=np.concatenate([np.arange(len(c.arrival_s)) for c in columns])[order],
        arrival_s=arrival_s[order],
        patience_s=np.concatenate([c.patience_s for c in columns])[order],
        work_s=np.concatenate([c.work_s for c in columns])[order],
        wrap_up_s=np.concatenate([c.wrap_up_s for c in columns])[order],
        route_u=np.concatenate([c.route_u for c in columns])[order],
        turn_offset=turn_offset,
        agent_s=np.concatenate([c.agent_s for c in columns])[turns],
        customer_s=np.concatenate([c.customer_s for c in columns])[turns],
    )


def _as_they_are(columns: _Columns, seed: int, replication: int) -> Draws:
    """The customers of one queue, which come in order of number."""
    n = len(columns.arrival_s)
    return Draws(
        seed=seed,
        replication=replication,
        queue=np.zeros(n, dtype=np.int64),
        number=np.arange(n),
        arrival_s=columns.arrival_s,
        patience_s=columns.patience_s,
        work_s=columns.work_s,
        wrap_up_s=columns.wrap_up_s,
        route_u=columns.route_u,
        turn_offset=np.concatenate([[0], np.cumsum(columns.n_turns)]),
        agent_s=columns.agent_s,
        customer_s=columns.customer_s,
    )
