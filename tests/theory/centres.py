"""Centres of one queue and one group, given in minutes as the literature does, and their runs.

Every test runs ten times the replications that would do for a first look: the compiled engine has the time.
`SIM_SCALE=10` in the environment makes ten times as many again, and `SIM_ENGINE` chooses another engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from sim.draws.sampling import draw
from sim.engines import Engine, simulate
from sim.kpis.estimate import Estimates
from sim.kpis.measure import measure
from sim.log.chatlog import ChatLog
from sim.scenario.scenario import Scenario
from tests.worlds import SCALE as WORLDS_SCALE

SCALE = 10 * WORLDS_SCALE
"""How many times longer the tests run than the numbers beside them say."""

ENGINE: dict[str, Engine | str] = {"engine": os.environ["SIM_ENGINE"]} if "SIM_ENGINE" in os.environ else {}
"""The engine to run, if one is asked for."""

Spec = Mapping[str, Any]


def exponential(minutes: float, **more: float) -> dict[str, Any]:
    """An exponential law with a mean in *minutes*."""
    return {"law": "exponential", "mean_s": 60.0 * minutes, **more}


def by_work(aht: tuple[float, ...], law: Spec | None = None) -> dict[str, Any]:
    """Service by work: mean handling times in minutes with 1, 2, 3, … chats open, exponential or of a *law*."""
    return {
        "work_s": {"mean_s": 60.0 * aht[0], **(law or {"law": "exponential"})},
        "aht_s": [60.0 * a for a in aht],
    }


def by_turns(mean_turns: float, compose: float, think: float) -> dict[str, Any]:
    """Service by turns: a geometric number of turns, exponential composing and thinking, in minutes."""
    return {
        "turns": {"law": "geometric", "mean": mean_turns},
        "agent_s": exponential(compose),
        "customer_s": exponential(think),
    }


def centre(
    *,
    arrivals: Spec,
    service: Spec,
    agents: int | list[int],
    slots: int = 1,
    patience: float | Spec | None = None,
    policy: str = "least_loaded",
    capacity: int | None = None,
    threshold: float = 1 / 3,
    days: int = 1,
    warm_up_h: float = 0.0,
    interval_min: int = 1440,
) -> Scenario:
    """Scenario of one queue and one group; *patience* (a mean or a law) and *threshold* in minutes.

    *agents* is a constant number, or a staffing by the hour.
    """
    if isinstance(patience, float | int):
        patience = exponential(patience)
    return Scenario.model_validate(
        {
            "days": days,
            "warm_up_h": warm_up_h,
            "interval_min": interval_min,
            "targets": {"threshold_s": 60.0 * threshold},
            "queues": [
                {
                    "name": "chats",
                    "capacity": capacity,
                    "arrivals": arrivals,
                    "patience": patience,
                    "service": service,
                }
            ],
            "groups": [
                {
                    "name": "agents",
                    "queues": ["chats"],
                    "concurrency": slots,
                    "agents" if isinstance(agents, int) else "staffing": agents,
                }
            ],
            "routing": {"policy": policy},
        }
    )


def poisson(per_minute: float) -> dict[str, Any]:
    """Poisson arrivals at a constant rate a minute."""
    return {"per_hour": 60.0 * per_minute}


def logs(scenario: Scenario, replications: int, seed: int = 1) -> Iterator[ChatLog]:
    """Logs of `SCALE` × *replications* of a *scenario*."""
    for replication in range(SCALE * replications):
        yield simulate(scenario, draw(scenario, seed, replication), **ENGINE)


def run(scenario: Scenario, replications: int, seed: int = 1) -> Estimates:
    """Key figures of `SCALE` × *replications* of a *scenario*."""
    return Estimates(measure(log, scenario.targets) for log in logs(scenario, replications, seed))
