"""Break points of centres whose figures are known at every load: Erlang A, finite rooms, exact chains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import brentq

import sim
from sim.studies.stress.breakpoint import stress
from sim.studies.stress.search import WIDEST
from sim.theory.chains.desk import Desk
from sim.theory.chains.pool import Pool
from sim.theory.erlang import erlang
from sim.validation.scenarios import LONG_RUN


@dataclass(frozen=True)
class Known:
    """A centre, its targets, and its figures at a factor of its demand."""

    name: str
    scenario: sim.Scenario
    figures: Callable[[float], dict[str, float]]

    def root(self, kpi: str, bound: float) -> float:
        """Factor at which a figure passes its bound."""
        found: float = brentq(lambda factor: self.figures(factor)[kpi] - bound, 0.3, 4.0, xtol=1e-6)
        return found


def centre(demand: sim.Queue, agents: int, slots: int = 1, **targets: float) -> sim.Scenario:
    """One queue before a team, in the long run."""
    team = sim.Group(name="team", queues=["chats"], agents=agents, concurrency=slots)
    return sim.Scenario(**LONG_RUN, queues=[demand], groups=[team], targets=sim.Targets(**targets))


def line(agents: int, per_s: float, patience_s: float, room: int | None = None, **targets: float) -> Known:
    """M/M/n+M, with a finite room maybe; chats of a minute."""
    demand = sim.Queue(
        name="chats", arrivals=3600 * per_s, patience=patience_s, capacity=room, service=sim.ByWork(work_s=60)
    )
    scenario = centre(demand, agents, **{"threshold_s": 20.0, **targets})

    def figures(factor: float) -> dict[str, float]:
        found = erlang(agents, factor * per_s, 60.0, patience_s, room=room).figures(20.0)
        return {name: float(getattr(found, name)) for name in FIGURES}

    return Known(f"{agents} agents, patience {patience_s:g} s, room {room}", scenario, figures)


def desk(arrival: float, slots: int, turns: float, **targets: float) -> Known:
    """One agent with several chats, by turns; rates a minute."""
    service = sim.ByTurns(turns=turns, agent_s=30, customer_s=45)
    demand = sim.Queue(name="chats", arrivals=60 * arrival, patience=300, service=service)

    def figures(factor: float) -> dict[str, float]:
        return Desk(factor * arrival, slots, 0.5, 0.75, turns, 5.0).figures()

    return Known(f"desk with {slots} slots, {turns:g} turns", centre(demand, 1, slots, **targets), figures)


def pool(arrival: float, agents: int, aht: tuple[float, ...], **targets: float) -> Known:
    """Agents with several chats that slow each other down, by work; rates a minute."""
    service = sim.ByWork(work_s=60 * aht[0], aht_s=[60 * each for each in aht])
    demand = sim.Queue(name="chats", arrivals=60 * arrival, patience=120, service=service)

    def figures(factor: float) -> dict[str, float]:
        return Pool(factor * arrival, agents, aht, patience=2.0, lines=60).figures()

    return Known(f"pool of {agents} agents", centre(demand, agents, len(aht), **targets), figures)


FIGURES = ("abandonment", "wait_probability", "service_level")
CENTRES = (
    line(10, 0.13, 60.0, max_abandonment=0.05),
    desk(0.4, 3, 3.0, max_attention=0.7),
    line(4, 0.04, 120.0, max_abandonment=0.08),
    line(30, 0.42, 60.0, max_abandonment=0.04),
    line(6, 0.07, 40.0, 5, max_wait_probability=0.5),
    line(20, 0.28, 90.0, 10, max_wait_probability=0.4),
    line(10, 0.13, 60.0, service_level=0.8),
    line(4, 0.08, 90.0, 8, service_level=0.75),
    desk(0.3, 2, 4.0, max_attention=0.6),
    desk(0.5, 4, 2.0, max_response_s=60.0),
    pool(0.8, 2, (3.0, 4.0), max_abandonment=0.1),
    pool(2.0, 3, (2.0, 3.0, 4.2), max_wait_probability=0.3),
)


def is_held(known: Known, seed: int) -> bool:
    """Whether the exact break point lies in bounds that are close enough."""
    found = stress(known.scenario, seed=seed)
    (point,) = found.points
    lower, upper = point.root.lower, point.root.upper
    assert lower is not None
    assert upper is not None
    assert upper / lower < 1 + WIDEST, known.name
    assert found.replications < 1_500, known.name
    return lower <= known.root(point.bound.kpi, point.bound.value) <= upper


@pytest.mark.parametrize("known", CENTRES[:2], ids=lambda known: known.name)
def test_the_exact_break_point_lies_in_the_bounds(known: Known):
    """Of Erlang A, and of an exact chain."""
    assert is_held(known, 1)


@pytest.mark.nightly
def test_so_it_does_in_nearly_all_of_twelve_centres():
    """Three seeds each: 31 of 36 at least; at 95 % fewer come with a probability of 1 %."""
    held = np.array([[is_held(known, seed) for seed in (11, 12, 13)] for known in CENTRES])
    assert held.sum() >= 31, held
