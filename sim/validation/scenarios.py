"""What do the centres of formulas and chains have in common?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from sim.scenario.demand import ByWork, Queue
from sim.scenario.scenario import Routing, Scenario
from sim.scenario.targets import Targets
from sim.scenario.team import Group
from sim.theory.chains.pool import Pool
from sim.theory.line import Line
from sim.validation.case import Case, Check, Known

LONG_RUN: Mapping[str, int] = {"interval_min": 1440, "warm_up_h": 1}
"""A day is looked at as a whole, without the hour in which the centre fills."""


def centre(
    demand: Queue, agents: int = 1, slots: int = 1, threshold_s: float = 30.0, **more: Any
) -> Scenario:
    """One queue before one team of like agents in the long run, if no *more* is said of the scenario."""
    team = Group(name="team", queues=[demand.name], agents=agents, concurrency=slots)
    given = {"queues": [demand], "groups": [team], "targets": Targets(threshold_s=threshold_s)}
    return Scenario(**{**LONG_RUN, **given, **more})


def pool_case(
    name: str, source: str, pool: Pool, days: int, n: int, rows: tuple[Check, ...], threshold_s: float = 20.0
) -> Case:
    """Case of a pool in the long run."""
    demand = Queue(
        name="chats",
        arrivals=3600 * (pool.arrival / 60),
        patience=None if pool.patience is None else 60 * pool.patience,
        service=ByWork(work_s=60 * pool.aht[0], aht_s=[60 * aht for aht in pool.aht]),
    )
    routing = Routing(policy=pool.policy)
    scenario = centre(demand, pool.agents, pool.slots, threshold_s, routing=routing, days=days, warm_up_h=4)
    return Case(name, source, scenario, partial(pool.figures, threshold_s / 60), rows, n)


def of_line(line: Line, threshold_s: float) -> Known:
    """Exact figures of a line in the long run."""
    figures = asdict(line.figures(threshold_s))
    return {name: float(value) for name, value in figures.items()}
