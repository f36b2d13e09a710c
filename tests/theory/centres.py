"""Centres of one queue and one group, given in minutes as the literature does, and their runs.

Every test runs ten times the replications that would do for a first look: the compiled engine has the time.
`SIM_SCALE=10` in the environment makes ten times as many again, and `SIM_ENGINE` chooses another engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from sim.draws.sampling import draw_all
from sim.engines import Engine, simulate_all
from sim.kpis.estimate import Estimates
from sim.kpis.measure import measure_all
from sim.log.batch import LogBatch
from sim.log.chatlog import ChatLog
from sim.scenario.demand import ByWork, Queue
from sim.scenario.distributions import Distribution
from sim.scenario.scenario import Routing, Scenario
from sim.scenario.targets import Targets
from sim.scenario.team import Group
from tests.worlds import SCALE as WORLDS_SCALE

SCALE = 10 * WORLDS_SCALE
"""How many times longer the tests run than the numbers beside them say."""

ENGINE: dict[str, Engine | str] = {"engine": os.environ["SIM_ENGINE"]} if "SIM_ENGINE" in os.environ else {}
"""The engine to run, if one is asked for."""
BATCH = 20
"""Replications that are drawn, simulated and measured at once: the same figures in half the time."""


def by_work(aht: tuple[float, ...], work: Distribution | None = None) -> ByWork:
    """Service by work: mean handling times in minutes with 1, 2, 3, … chats open; exponential unless *work* is given."""
    return ByWork(work_s=work or 60.0 * aht[0], aht_s=[60.0 * a for a in aht])


def centre(
    *,
    agents: int | list[int],
    slots: int = 1,
    patience: float | Distribution | None = None,
    policy: str = "least_loaded",
    threshold: float = 1 / 3,
    days: int = 1,
    warm_up_h: float = 0.0,
    interval_min: int = 1440,
    **demand: Any,
) -> Scenario:
    """Scenario of one queue and one group; *patience* (a mean, if it is a number) and *threshold* in minutes.

    *agents* is a constant number, or a staffing by the hour; *demand* is what else the queue says.
    """
    staff = {"agents" if isinstance(agents, int) else "staffing": agents}
    patience = 60.0 * patience if isinstance(patience, float | int) else patience
    return Scenario(
        days=days,
        warm_up_h=warm_up_h,
        interval_min=interval_min,
        targets=Targets(threshold_s=60.0 * threshold),
        queues=[Queue(name="chats", patience=patience, **demand)],
        groups=[Group(name="agents", queues=["chats"], concurrency=slots, **staff)],
        routing=Routing(policy=policy),
    )


def batches(scenario: Scenario, n: int, seed: int = 1) -> Iterator[LogBatch]:
    """Logs of *n* replications of a *scenario*, a few at a time."""
    for first in range(0, n, BATCH):
        yield simulate_all(scenario, draw_all(scenario, seed, range(first, min(first + BATCH, n))), **ENGINE)


def logs(scenario: Scenario, replications: int, seed: int = 1) -> Iterator[ChatLog]:
    """Logs of `SCALE` × *replications* of a *scenario*."""
    for batch in batches(scenario, SCALE * replications, seed):
        yield from batch


def run(scenario: Scenario, replications: int, seed: int = 1) -> Estimates:
    """Key figures of `SCALE` × *replications* of a *scenario*."""
    parts = batches(scenario, SCALE * replications, seed)
    return Estimates(kpis for batch in parts for kpis in measure_all(batch, scenario.targets))
