"""Worlds to test with: small hand-made ones, and Hypothesis's, full of ties."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.draws.record import Draws
from sim.draws.sampling import draw
from sim.engines import simulate
from sim.log.chatlog import ChatLog
from sim.world.scenario import Scenario

SCALE = int(os.environ.get("SIM_SCALE", "1"))
"""How many times longer than in the normal test run the random tests run."""


def fixed(mean_s: float) -> dict[str, Any]:
    """A law that always gives the same."""
    return {"law": "fixed", "mean_s": mean_s}


def by_turns(
    agent_s: float, customer_s: float, turns: int, wrap_up_s: float = 0, **more: Any
) -> dict[str, Any]:
    """Service by turns with fixed times."""
    return {
        "turns": {"law": "fixed", "mean": turns},
        "agent_s": fixed(agent_s),
        "customer_s": fixed(customer_s),
        "wrap_up_s": fixed(wrap_up_s),
    } | more


def by_work(work_s: float, **more: Any) -> dict[str, Any]:
    """Service by work of a fixed size."""
    return {"work_s": fixed(work_s)} | more


def queue(times_s: list[float], service: dict[str, Any], name: str = "q", **more: Any) -> dict[str, Any]:
    """A queue whose chats arrive at exact times."""
    return {"name": name, "arrivals": {"times_s": times_s}, "service": service} | more


def group(agents: int = 1, name: str = "g", queues: tuple[str, ...] = ("q",), **more: Any) -> dict[str, Any]:
    """A constant group, unless told otherwise."""
    way = {} if {"shifts", "staffing"} & set(more) else {"agents": agents}
    return {"name": name, "queues": list(queues)} | way | more


def world(queues: list[dict[str, Any]], groups: list[dict[str, Any]] | None = None, **more: Any) -> Scenario:
    """A scenario from dictionaries."""
    return Scenario.model_validate({"queues": queues, "groups": groups or [group()]} | more)


def run(scenario: Scenario, seed: int = 1) -> ChatLog:
    """One run of a scenario."""
    return simulate(scenario, draw(scenario, seed))


small = st.integers(0, 12).map(float)


@st.composite
def patterns(draw: st.DrawFn) -> dict[str, Any]:
    """Duty of a group: constant, by staffing, or by shifts with breaks; all in the first hours."""
    match draw(st.sampled_from(["agents", "staffing", "shifts"])):
        case "agents":
            return {"agents": draw(st.integers(0, 3))}
        case "staffing":
            head = draw(st.lists(st.integers(0, 3), min_size=1, max_size=6))
            return {"staffing": head + [draw(st.integers(0, 1))] * (1440 - len(head))}
        case _:
            return {"shifts": [draw(shifts()) for _ in range(draw(st.integers(1, 2)))]}


@st.composite
def shifts(draw: st.DrawFn) -> dict[str, Any]:
    """A shift of some minutes at the start of the day, maybe with a break of a minute or two."""
    start, length = draw(st.integers(0, 2)), draw(st.integers(1, 6))
    shift: dict[str, Any] = {
        "agents": draw(st.integers(1, 2)),
        "start": f"00:{start:02d}",
        "end": f"00:{start + length:02d}",
    }
    if length > 2 and draw(st.booleans()):
        shift["breaks"] = [{"start": f"00:{start + 1:02d}", "minutes": draw(st.integers(1, length - 1))}]
    return shift


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Scenario, Draws]:
    """A scenario with any mixture of features, and customers with small whole times: ties everywhere."""
    n_queues = draw(st.integers(1, 3))
    turns = draw(st.booleans())
    names = [f"q{q}" for q in range(n_queues)]
    n_groups = draw(st.integers(1, 3))
    concurrency = [draw(st.integers(1, 3)) for _ in range(n_groups)]
    skills = [draw(st.sets(st.sampled_from(names), min_size=1)) for _ in range(n_groups)]
    skills[0] |= set(names) - set().union(*skills)
    groups = [
        {
            "name": f"g{g}",
            "queues": sorted(skills[g]),
            "concurrency": concurrency[g],
            "switching": draw(st.sampled_from([0.0, 1.0])),
        }
        | draw(patterns())
        for g in range(n_groups)
    ]
    queues = []
    for name in names:
        able = [f"g{g}" for g in range(n_groups) if name in skills[g]]
        queues.append(_queue(draw, name, turns, able))
    policy = draw(st.sampled_from(["least_loaded", "most_loaded", "longest_idle", "round_robin", "random"]))
    more: dict[str, Any] = {"interval_min": 1, "routing": {"policy": policy}}
    if draw(st.booleans()):
        more["hours"] = {"open": "00:00", "close": "00:05"}
    scenario = world(queues, groups, **more)
    return scenario, _customers(draw, scenario)


def _queue(draw: st.DrawFn, name: str, turns: bool, groups: list[str]) -> dict[str, Any]:
    service = (
        by_turns(1, 1, 1, wrap_up_attention=draw(st.booleans()))
        if turns
        else by_work(1, aht_s=draw(st.sampled_from([None, [2.0, 3.0, 4.0], [4.0, 8.0, 16.0]])))
    )
    queue_: dict[str, Any] = {
        "name": name,
        "arrivals": {"per_hour": 0},
        "service": service,
        "priority": draw(st.integers(1, 2)),
        "prefer": draw(st.permutations(groups))[: draw(st.integers(0, len(groups)))],
    }
    if draw(st.booleans()):
        queue_["capacity"] = draw(st.integers(0, 3))
    if draw(st.booleans()):
        queue_["max_wait_s"] = draw(small) * 10
    return queue_


def _customers(draw: st.DrawFn, scenario: Scenario) -> Draws:
    n = draw(st.integers(0, 25))
    arrival_s = np.sort(np.array(draw(st.lists(small.map(lambda x: 30 * x), min_size=n, max_size=n))))
    turns = scenario.queues[0].by_turns
    counts = np.array([draw(st.integers(1, 4)) if turns else 0 for _ in range(n)], dtype=np.int64)
    total = int(counts.sum())

    def column(size: int, unit: float, *more: float) -> np.ndarray[Any, np.dtype[np.float64]]:
        values = st.one_of(small.map(lambda x: unit * x), st.sampled_from([*more, 0.0]))
        return np.array(draw(st.lists(values, min_size=size, max_size=size)), dtype=np.float64)

    queue_ = np.array(
        draw(st.lists(st.integers(0, len(scenario.queues) - 1), min_size=n, max_size=n)), dtype=np.int64
    )
    return Draws(
        seed=0,
        replication=0,
        queue=queue_,
        number=np.arange(n),
        arrival_s=arrival_s.astype(np.float64),
        patience_s=column(n, 20, np.inf),
        work_s=column(n, 10) if not turns else np.full(n, np.nan),
        wrap_up_s=column(n, 5),
        route_u=np.array(draw(st.lists(st.integers(0, 7), min_size=n, max_size=n)), dtype=np.float64) / 8,
        turn_offset=np.concatenate([[0], np.cumsum(counts)]),
        agent_s=column(total, 5),
        customer_s=column(total, 10),
    )
