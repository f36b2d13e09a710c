"""Which formula fits a scenario, and what does it say? For one queue and one group in the long run.

A formula knows one rate of arrivals and one team; whatever else a scenario has is refused, by name, rather
than left out. A formula that fits may still be an approximation, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from sim.arrays import Floats
from sim.errors import TheoryError
from sim.rules import Policy
from sim.scenario.demand import ByTurns, ByWork, Queue, Service
from sim.scenario.distributions import Exponential
from sim.scenario.record import Record
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group
from sim.theory.attention import Attention, Saturated, saturated
from sim.theory.line import Figures
from sim.theory.sharing import agent_loads, response_s, sharing

KNOWN = {
    "queues.0": {
        *("name", "priority", "capacity", "prefer", "arrivals", "patience", "service"),
        *("max_attempts", "attempts_keep", "targets"),
    },
    "groups.0": {"name", "queues", "concurrency", "switching", "agents", "shrinkage", "targets"},
    "queues.0.arrivals": {"per_hour"},
}
"""Keys of a scenario that formulas take into account, or need not."""

ROUTED = {
    Policy.LEAST_LOADED: "are never moved from one to another",
    Policy.MOST_LOADED: "go to the agent who holds the most",
    Policy.LONGEST_IDLE: "go to the agent idle longest, however many they hold",
    Policy.ROUND_ROBIN: "go to each agent in turn, however many they hold",
    Policy.RANDOM: "go to any agent with a free slot",
}
"""Why each routing does not spread chats evenly at all times."""
OF_AGENTS = frozenset({"occupancy", "concurrency"})
"""Figures that depend on which agents hold the chats, and not on how many chats there are alone."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, what it says of a scenario, and how near that is."""

    name: str
    figures: Figures
    response_s: float | None
    """Mean time from a message to its reply; None without messages."""
    exact: frozenset[str]
    """Names of those of its figures that are exact in the long run."""
    why: str
    """Why a simulation of the scenario differs from it, in one sentence."""

    @property
    def is_exact(self) -> bool:
        """Whether all of its figures are exact in the long run."""
        return self.exact >= FIGURES


FIGURES = frozenset(field.name for field in fields(Figures))
"""Figures that every formula has."""


@dataclass(frozen=True, slots=True)
class NoFormula:
    """No formula fits a scenario."""

    why: str
    """What the scenario has that formulas don't know."""


def formula_for(scenario: Scenario) -> Formula | NoFormula:
    """Formula that fits a *scenario*, with its figures; or why none does."""
    why = _unknown(scenario)
    if why is not None:
        return NoFormula(why)
    queue, group = scenario.queues[0], scenario.groups[0]
    try:
        return _formula(queue, group, scenario.thresholds_s[0], scenario.routing.policy)
    except TheoryError as error:
        return NoFormula(str(error))


def _unknown(scenario: Scenario) -> str | None:
    if len(scenario.queues) > 1 or len(scenario.groups) > 1:
        return f"formulas know one queue and one group, not {len(scenario.queues)} and {len(scenario.groups)}"
    if scenario.platform or scenario.incidents:
        late = "delays of a platform (platform.accept_s, platform.deliver_s)"
        bad = "incidents: they are of days on which nothing goes wrong"
        return f"formulas know no {late if scenario.platform else bad}"
    if scenario.hours is not None or scenario.holidays is not None:
        return "formulas know no hours: the centre closes and begins empty every day"
    queue, group = scenario.queues[0], scenario.groups[0]
    parts: dict[str, Record] = {"queues.0": queue, "groups.0": group, "queues.0.arrivals": queue.arrivals}
    for place, part in parts.items():
        for name, field in type(part).model_fields.items():
            if name not in KNOWN[place] and getattr(part, name) != field.default:
                return f"formulas know no {field.alias or name} ({place}.{field.alias or name})"
    if _per_s(queue) is None:
        return "formulas know one rate of arrivals: theirs change in the course of the day"
    return None if group.agents else "formulas need an agent"


def _per_s(queue: Queue) -> float | None:
    """The one rate of arrivals, if it is one."""
    per_hour = queue.arrivals.per_hour
    rates = set(per_hour) if isinstance(per_hour, tuple) else {per_hour}
    rate = rates.pop()
    return None if rates or rate is None else rate / 3600


def _formula(queue: Queue, group: Group, threshold_s: float, policy: Policy) -> Formula:
    rate, agents, slots = _per_s(queue) or 0.0, group.agents or 0, group.concurrency
    service, agent = queue.service, None
    if isinstance(service, ByTurns):
        agent = _by_turns(service, group)
    aht_s = handling_s(service, group)
    line = sharing(agents, rate, aht_s, queue.patience, queue.capacity)
    reply_s = None if agent is None else response_s(agent_loads(line, agents, aht_s), agent)
    doubts = list(_doubts(service, slots))
    exact: frozenset[str] = frozenset() if doubts else FIGURES
    if slots > 1 and agents > 1:
        doubts.append(f"chats are spread evenly over agents at all times; here they {ROUTED[policy]}")
        exact = exact - OF_AGENTS if _is_unslowed(service, slots) else frozenset()
    why = f"the formula's {', and its '.join(doubts)}" if doubts else "a run is finite, and begins empty"
    return Formula(_name(queue, slots), line.figures(threshold_s), reply_s, exact, why)


def handling_s(service: Service, group: Group) -> Floats:
    """Mean handling times of chats whose agent in a *group* always holds 1, 2, … of them."""
    if isinstance(service, ByTurns):
        return _by_turns(service, group).aht_s
    return _by_work(service, group.concurrency)


def _by_turns(service: ByTurns, group: Group) -> Saturated:
    wrap_up_s = 0.0 if service.wrap_up_s is None else service.wrap_up_s.mean
    attention = Attention(
        service.agent_s.mean,
        service.customer_s.mean,
        service.turns.mean,
        wrap_up_s,
        group.switching,
        service.wrap_up_attention,
    )
    return saturated(attention, group.concurrency)


def _by_work(service: ByWork, slots: int) -> Floats:
    """Handling times with 1, 2, … chats open; a wrap-up holds the slot, beside the other chats."""
    wrap_up_s = 0.0 if service.wrap_up_s is None else service.wrap_up_s.mean
    slower = [1 / service.speed(j) for j in range(1, slots + 1)]
    return np.array(slower) * service.work_s.mean + wrap_up_s


def _name(queue: Queue, slots: int) -> str:
    if slots > 1:
        return "machine repair and balanced chain" if queue.by_turns else "balanced chain"
    if queue.capacity == 0:
        return "Erlang B"
    if queue.patience is None:
        return "Erlang C" if queue.capacity is None else "M/M/n/k"
    exponential = isinstance(queue.patience, Exponential) and not queue.patience.zero
    if queue.capacity is not None:
        return "M/M/n/k+M"
    return "Erlang A" if exponential else "M/M/n+G"


def _doubts(service: Service, slots: int) -> Iterator[str]:
    """What the formula takes for granted of a chat and the scenario does not have."""
    if isinstance(service, ByTurns):
        yield "handling times are exponential"
        if slots > 1:
            yield "replies take as long as if an agent's chats were always as many as now"
    elif not isinstance(service.work_s, Exponential) or service.work_s.zero or service.wrap_up_s is not None:
        yield "handling times are exponential"


def _is_unslowed(service: Service, slots: int) -> bool:
    return isinstance(service, ByWork) and all(service.speed(j) == 1 for j in range(2, slots + 1))
