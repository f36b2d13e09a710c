"""Which systems do the benchmarks run? The same centre in our words and in those of other tools.

Two centres. *One chat at a time* is M/M/20+M, the one system that every tool can run: Poisson arrivals, 20 agents,
exponential handling times and patience. *By turns* is a web shop with constant staff: agents with three slots who
compose one reply at a time. The other tools' versions are what a user of them would write, with monitors and traces
off where they have them. Every run returns its counts, so that a benchmark can tell that it timed the same system.

Other tools are imported when they are used; none of them is needed to run the tests.
"""

from __future__ import annotations

import math
import random
from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np
import simpy

import sim
from sim.draws.sampling import draw
from sim.engines import Engine, simulate
from sim.log.chatlog import ChatLog
from sim.rules import Outcome
from sim.scenario.scenario import Scenario

# One chat at a time, in minutes.
AGENTS = 20
ARRIVALS_PER_MIN = 19.0
HANDLING_MIN = 1.0
PATIENCE_MIN = 2.0

# By turns, in seconds: the web shop's laws, constant rates and staff.
SLOTS = 3
BUSY_PER_AGENT_H = 13.5
"""Chats an hour for each agent at which all slots are often taken and one customer in fifteen leaves."""
ORDINARY_PER_AGENT_H = 10.0
TURNS = 6.0
AGENT_S, AGENT_CV = 40.0, 0.9
CUSTOMER_S, CUSTOMER_CV = 55.0, 1.4
WRAP_UP_S = 20.0
WAIT_S, WAIT_CV = 180.0, 1.2


class Counts(NamedTuple):
    """How the chats of a run ended."""

    served: int
    abandoned: int

    @property
    def chats(self) -> int:
        """Chats that came to an end."""
        return self.served + self.abandoned

    @property
    def abandonment(self) -> float:
        """Share of them that abandoned."""
        return self.abandoned / self.chats


def pooled(runs: list[Counts]) -> Counts:
    """Add the counts of several *runs*."""
    return Counts(sum(run.served for run in runs), sum(run.abandoned for run in runs))


def counts(log: ChatLog) -> Counts:
    """Count the outcomes of a *log*."""
    outcome = log.chat.outcome
    served, abandoned = (int(np.sum(outcome == end)) for end in (Outcome.SERVED, Outcome.ABANDONED))
    assert served + abandoned == len(outcome)
    return Counts(served, abandoned)


def run(scenario: Scenario, seed: int, engine: Engine | str = Engine.KERNEL) -> Counts:
    """Draw and simulate a *scenario* with ours."""
    return counts(simulate(scenario, draw(scenario, seed), engine))


# One chat at a time


def one_at_a_time(hours: int = 24) -> Scenario:
    """M/M/20+M as a scenario: up to a day, so many *hours* of arrivals."""
    queue = {
        "name": "chats",
        "arrivals": {"per_hour": [60 * ARRIVALS_PER_MIN] * hours + [0.0] * (24 - hours)},
        "patience": {"law": "exponential", "mean_s": 60 * PATIENCE_MIN},
        "service": {"work_s": {"law": "exponential", "mean_s": 60 * HANDLING_MIN}},
    }
    group = {"name": "team", "queues": ["chats"], "concurrency": 1, "agents": AGENTS}
    return Scenario.model_validate({"queues": [queue], "groups": [group]})


def erlang_a_abandonment() -> float:
    """Abandonment of M/M/20+M, by its birth-death chain: rate of abandoning over rate of arriving.

    Garnett, Mandelbaum and Reiman, M&SOM 4 (2002), section 2.
    """
    n = np.arange(1, 40 * AGENTS)
    leaving = np.minimum(n, AGENTS) / HANDLING_MIN + np.maximum(n - AGENTS, 0) / PATIENCE_MIN
    weights = np.concatenate([[1.0], np.cumprod(ARRIVALS_PER_MIN / leaving)])
    waiting = np.maximum(np.arange(len(weights)) - AGENTS, 0)
    return float(weights @ waiting / weights.sum() / PATIENCE_MIN / ARRIVALS_PER_MIN)


def one_at_a_time_in_ciw(seed: int, hours: int = 24) -> Counts:
    """M/M/20+M in Ciw: a network of one node with reneging."""
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=ARRIVALS_PER_MIN)],
        service_distributions=[ciw.dists.Exponential(rate=1 / HANDLING_MIN)],
        reneging_time_distributions=[ciw.dists.Exponential(rate=1 / PATIENCE_MIN)],
        number_of_servers=[AGENTS],
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(60 * hours)
    kinds = [record.record_type for record in simulation.get_all_records()]
    return Counts(kinds.count("service"), kinds.count("renege"))


def one_at_a_time_in_salabim(seed: int, hours: int = 24) -> Counts:
    """M/M/20+M in salabim, with generators (without `yield` it needs greenlets), nothing monitored that need not be."""
    import salabim

    class Chat(salabim.Component):
        def process(self) -> Generator[Any, None, None]:
            yield self.request(agents, fail_delay=patience.sample())
            if self.failed():
                ends["abandoned"] += 1
            else:
                yield self.hold(handling.sample())
                self.release()
                ends["served"] += 1

    class Door(salabim.Component):
        def process(self) -> Generator[Any, None, None]:
            while True:
                yield self.hold(gap.sample())
                Chat()

    ends = {"served": 0, "abandoned": 0}
    env = salabim.Environment(yieldless=False, random_seed=seed, trace=False)
    gap = salabim.Exponential(1 / ARRIVALS_PER_MIN)
    handling, patience = salabim.Exponential(HANDLING_MIN), salabim.Exponential(PATIENCE_MIN)
    agents = salabim.Resource("agents", capacity=AGENTS, monitor=False)
    Door()
    env.run(60 * hours)
    return Counts(**ends)


# By turns


def by_turns(agents: int, per_hour: float, days: int = 1) -> Scenario:
    """A web shop with constant arrivals and staff."""
    service = sim.ByTurns(
        turns=TURNS,
        agent_s=sim.Lognormal(mean_s=AGENT_S, cv=AGENT_CV),
        customer_s=sim.Lognormal(mean_s=CUSTOMER_S, cv=CUSTOMER_CV),
        wrap_up_s=WRAP_UP_S,
    )
    patience = sim.Lognormal(mean_s=WAIT_S, cv=WAIT_CV)
    queue = sim.Queue(name="orders", arrivals=per_hour, patience=patience, service=service)
    group = sim.Group(name="team", queues=["orders"], concurrency=SLOTS, agents=agents)
    return Scenario(days=days, queues=[queue], groups=[group])


def by_turns_in_simpy(seed: int, agents: int, per_hour: float, days: int = 1) -> Counts:
    """The same web shop in plain SimPy: slots are one resource, an agent's attention is another.

    A free slot goes to the agent with the fewest chats; ties to the first instead of the one idle longest.
    """
    rng = random.Random(seed)
    env = simpy.Environment()
    slots = simpy.Resource(env, capacity=SLOTS * agents)
    attention = [simpy.Resource(env, capacity=1) for _ in range(agents)]
    n_open = [0] * agents
    ends = {"served": 0, "abandoned": 0}

    def lognormal(mean: float, cv: float) -> float:
        variance = math.log(1 + cv**2)
        return rng.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))

    def chat() -> Generator[simpy.Event, Any, None]:
        with slots.request() as slot:
            yield slot | env.timeout(lognormal(WAIT_S, WAIT_CV))
            if not slot.triggered:
                ends["abandoned"] += 1
                return
            agent = min(range(agents), key=n_open.__getitem__)
            n_open[agent] += 1
            is_last = False
            while not is_last:
                is_last = rng.random() < 1 / TURNS
                with attention[agent].request() as turn:
                    yield turn
                    yield env.timeout(lognormal(AGENT_S, AGENT_CV))
                    if is_last:
                        yield env.timeout(rng.expovariate(1 / WRAP_UP_S))
                if not is_last:
                    yield env.timeout(lognormal(CUSTOMER_S, CUSTOMER_CV))
            n_open[agent] -= 1
            ends["served"] += 1

    def door() -> Generator[simpy.Event, Any, None]:
        while True:
            yield env.timeout(rng.expovariate(per_hour / 3600))
            if env.now >= days * 86_400:
                return
            env.process(chat())

    env.process(door())
    env.run()
    return Counts(**ends)
