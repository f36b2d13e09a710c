"""Which scenario is the centre of a formula or a chain? Times in seconds, rates per second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from sim.scenario.scenario import Scenario
from sim.theory.chains.pool import Pool
from sim.theory.line import Line
from sim.validation.case import Case, Check, Known

Spec = Mapping[str, Any]
WARM_UP_H = 1
"""Hours that are not measured where the long run is meant."""


def exponential(mean_s: float, **more: float) -> dict[str, Any]:
    """An exponential law."""
    return {"law": "exponential", "mean_s": mean_s, **more}


def law(name: str, mean_s: float, **more: float) -> dict[str, Any]:
    """Any law."""
    return {"law": name, "mean_s": mean_s, **more}


def by_work(aht_s: Sequence[float], work: Spec | None = None, wrap_up_s: float = 0.0) -> dict[str, Any]:
    """Service by work: mean handling times with 1, 2, 3, … chats open; exponential unless *work* is given."""
    wrap_up = {"wrap_up_s": exponential(wrap_up_s)} if wrap_up_s else {}
    return {"work_s": work or exponential(aht_s[0]), "aht_s": list(aht_s)} | wrap_up


def by_turns(turns: float, agent_s: float, customer_s: float, **more: Any) -> dict[str, Any]:
    """Service by turns: a geometric number of them, exponential times."""
    return {
        "turns": {"law": "geometric", "mean": turns},
        "agent_s": exponential(agent_s),
        "customer_s": exponential(customer_s),
        **more,
    }


def queue(per_s: float | Spec, service: Spec, name: str = "chats", **more: Any) -> dict[str, Any]:
    """A queue with Poisson arrivals *per_s*, or with given arrivals; what is None is left out."""
    arrivals = {"per_hour": 3600 * per_s} if isinstance(per_s, float | int) else dict(per_s)
    given = {key: value for key, value in more.items() if value is not None}
    return {"name": name, "arrivals": arrivals, "service": dict(service), **given}


def group(
    agents: int | Sequence[int], slots: int = 1, queues: Sequence[str] = ("chats",), **more: Any
) -> Any:
    """A group of a constant number of agents, or staffed by the hour."""
    way = "agents" if isinstance(agents, int) else "staffing"
    given = agents if isinstance(agents, int) else list(agents)
    return {"name": "team", "queues": list(queues), way: given, "concurrency": slots, **more}


def centre(queues: Spec | Sequence[Spec], groups: Spec | Sequence[Spec], **more: Any) -> Scenario:
    """A scenario of one or several queues and groups."""
    given = {
        "queues": [queues] if isinstance(queues, Mapping) else list(queues),
        "groups": [groups] if isinstance(groups, Mapping) else list(groups),
    }
    return Scenario.model_validate({"interval_min": 1440, "warm_up_h": WARM_UP_H} | given | more)


def within(threshold_s: float) -> dict[str, Any]:
    """The threshold of a service level."""
    return {"targets": {"threshold_s": threshold_s}}


def pool_case(
    name: str, source: str, pool: Pool, days: int, n: int, rows: tuple[Check, ...], threshold_s: float = 20.0
) -> Case:
    """Case of a pool in the long run."""
    scenario = centre(
        queue(
            pool.arrival / 60,
            by_work([60 * aht for aht in pool.aht]),
            patience=None if pool.patience is None else exponential(60 * pool.patience),
        ),
        group(pool.agents, pool.slots),
        routing={"policy": pool.policy},
        days=days,
        warm_up_h=4,
        **within(threshold_s),
    )
    return Case(name, source, scenario, partial(pool.figures, threshold_s / 60), rows, n)


def of_line(line: Line, threshold_s: float) -> Known:
    """Exact figures of a line in the long run."""
    figures = asdict(line.figures(threshold_s))
    return {name: float(value) for name, value in figures.items()}
