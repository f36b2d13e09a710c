"""What does the browser's engine begin with? The plan of a centre, its team and its customers, as JSON.

Columns are base64 of their bytes (`columns.js` reads them), so that no bit is lost on the way.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.draws.profile import days_of, demand
from sim.draws.record import Draws
from sim.engines.reference_parts import tiers
from sim.rules import From, Policy
from sim.scenario.behaviour import Again
from sim.scenario.demand import Queue
from sim.scenario.duty import People, duty_plan
from sim.scenario.scenario import Scenario
from sim.scenario.troubles import bursts, outages, slowdowns

Json = dict[str, Any]


def plan_of(scenario: Scenario) -> Json:
    """What is the same in every run of a *scenario* (`Plan` in `plan.js`)."""
    quality = scenario.quality
    names = [queue.name for queue in scenario.queues]
    n_slots = max(group.most_slots for group in scenario.groups)
    return {
        "policy": str(scenario.routing.policy),
        "accept_s": scenario.platform.accept_s,
        "deliver_s": scenario.platform.deliver_s,
        "horizon_s": scenario.horizon_s,
        "openings": [_column(span) for span in scenario.opening_spans],
        "queues": [_queue(scenario, queue, n_slots) for queue in scenario.queues],
        "groups": [
            {
                "name": group.name,
                "skills": sorted(names.index(name) for name in group.queues),
                "switching": group.switching,
            }
            for group in scenario.groups
        ],
        "outages": [list(each) for each in outages(scenario)],
        "slowdowns": [list(each) for each in slowdowns(scenario)],
        "quality": quality and {"resolution": quality.resolution, "multitasking": quality.multitasking},
    }


def _queue(scenario: Scenario, queue: Queue, n_slots: int) -> Json:
    balking, retry = queue.balking, queue.retry
    return {
        "name": queue.name,
        "by_turns": queue.by_turns,
        "wrap_up_attention": queue.wrap_up_attention,
        "capacity": queue.capacity,
        "max_wait_s": queue.max_wait_s,
        "idle_timeout_s": queue.idle_timeout_s,
        "silent": queue.silence is not None,
        "patient": queue.reply_patience is not None,
        "priority": queue.priority,
        "tiers": tiers(scenario, queue),
        "balking": balking
        and {
            "estimate": str(balking.estimate),
            "by_place": balking.places is not None,
            "x": [float(x) for x in balking.points],
            "share": list(balking.shares),
        },
        "retry_after": sorted(str(way) for way in retry.after) if retry else [],
        "from_opening": retry is not None and retry.offline_from is From.OPENING,
        "speed": queue.speeds(n_slots),
    }


def team_of(scenario: Scenario, people: People | None = None, *, only: int | None = None) -> Json:
    """Agents and their spans of duty (`Team` in `plan.js`), with their *people* as they are drawn.

    *only* one group's, by its place, are numbered from 0 on.
    """
    team = duty_plan(scenario, people)
    agents = np.arange(len(team.group)) if only is None else np.flatnonzero(team.group == only)
    spans = np.flatnonzero(np.isin(team.agent, agents))
    first = int(agents[0]) if len(agents) else 0
    return {
        "group": _column(team.group[agents], np.int32),
        "slots": _column(team.slots[agents], np.int32),
        "speed": [_column(days) for days in team.speed[agents]],
        "day_s": [_column(days) for days in team.day_s[agents]],
        "agent": _column(team.agent[spans] - first, np.int32),
        "on_s": _column(team.on_s[spans]),
        "off_s": _column(team.off_s[spans]),
        "stays": _column(team.stays[spans], np.uint8),
    }


def draws_of(draws: Draws) -> Json:
    """Who comes, with what patience and what needs (`Draws` in `plan.js`)."""
    chains, opinions = draws.chains, draws.opinions
    return {
        "n_customers": draws.n_customers,
        "queue": _column(draws.queue, np.int32),
        "turn_offset": _column(draws.turn_offset, np.int32),
        "silent": _column(draws.silent, np.uint8),
        **{name: _column(getattr(draws, name)) for name in FLOATS},
        "resolve_u": _column([] if opinions is None else opinions.resolve_u),
        "chains": chains
        and {
            "next_row": _column(chains.next_row, np.int32),
            "retries": _column(chains.retries, np.uint8),
            "returns": _column(chains.returns, np.uint8),
            "retry_delay_s": _column(chains.retry_delay_s),
            "return_delay_s": _column(chains.return_delay_s),
        },
    }


FLOATS = (
    *("arrival_s", "patience_s", "work_s", "wrap_up_s", "route_u", "agent_s", "customer_s"),
    *("reply_patience_s", "detect_s", "balk_u"),
)
"""Columns of draws that are doubles."""


def _column(values: ArrayLike, dtype: type[np.generic] = np.float64) -> dict[str, str]:
    column = np.ascontiguousarray(values, dtype=dtype)
    little = column.astype(column.dtype.newbyteorder("<"), copy=False)
    return {np.dtype(dtype).name: base64.b64encode(little.tobytes()).decode("ascii")}


def demand_of(scenario: Scenario) -> Json:
    """Who is expected, and by which laws they are drawn (`Demand` in `draws.js`)."""
    return {
        "queues": [_demand(scenario, q, queue) for q, queue in enumerate(scenario.queues)],
        "bursts": [
            {"queue": q, "customers": burst.customers, "start_s": start_s, "end_s": end_s}
            for q, burst in bursts(scenario)
            for start_s, end_s in [burst.span_s(scenario.calendar.local)]
        ],
        "random_routing": scenario.routing.policy is Policy.RANDOM,
        "quality": scenario.quality is not None,
    }


def _demand(scenario: Scenario, q: int, queue: Queue) -> Json:
    edges_s, expected = demand(scenario)[q]
    arrivals, silence = queue.arrivals, queue.silence
    return {
        "times_s": None if arrivals.times_s is None else _column(arrivals.times_s),
        "edges_s": _column(edges_s),
        "expected": _column(expected),
        "day": _column(days_of(scenario, edges_s[:-1]), np.int32),
        "interval": _column(edges_s[:-1] // scenario.interval_s, np.int32),
        "busyness_cv": arrivals.busyness_cv,
        "interval_cv": arrivals.interval_cv,
        **{name: _law(getattr(queue.service, name, None)) for name in OF_SERVICE},
        "patience": _law(queue.patience),
        "reply_patience": _law(queue.reply_patience),
        "silence": silence and {"share": silence.share, "detect_s": _law(silence.detect_s)},
        "balks": queue.balking is not None,
        "retry": _again(queue.retry),
        "returns": _again(queue.returns),
        "comes_again": queue.comes_again,
        "most_attempts": queue.most_attempts,
        "keep": [str(kept) for kept in queue.attempts_keep],
    }


OF_SERVICE = ("turns", "agent_s", "customer_s", "work_s", "wrap_up_s")
"""Laws of service, by turns and by work."""


def _law(law: Any) -> Json | None:
    return None if law is None else dict(law.model_dump(exclude_none=True))


def _again(again: Again | None) -> Json | None:
    return None if again is None else {"probability": again.probability, "delay_s": _law(again.delay_s)}
