"""Which numbers are looked for, what is thought of them beforehand, and which centre do they make?

The centre serves by turns: replies, times of agents and customers, wrap-up, patience, and how many of the
agents who are said to be on duty really are. With handling times by the chats open it serves by work: they
are looked for as one factor on all. Numbers are looked for as logarithms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, floor, log
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.scenario.averages import NEVER_SHARED, Averages, Known
from sim.scenario.averages_scenario import scenario_of
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Change, varied

LEAST_TURNS = 1.02


@dataclass(frozen=True, slots=True)
class Prior:
    """What is thought of a number before any average is seen."""

    usual: float
    spread: float
    """One standard deviation of its logarithm."""
    words: str
    unit: str
    step: float = 0.1
    """By how much its logarithm is moved to see what that does."""


PRIORS: dict[str, Prior] = {
    "turns": Prior(6.0, 0.40, "Replies in a chat", "turns", 0.06),
    "agent_s": Prior(40.0, 0.50, "An agent's time for a reply", "s", 0.06),
    "customer_s": Prior(55.0, 0.80, "A customer's time between replies", "s", 0.10),
    "wrap_up_s": Prior(20.0, log(2.2), "Wrap-up", "s", 0.20),
    "patience_s": Prior(180.0, log(2.0), "Patience in the queue", "s", 0.20),
    "available": Prior(1.0, 0.07, "Agents truly on duty ÷ those said to be", "times", 0.06),
    "agent_cv": Prior(0.9, 0.25, "Spread of an agent's times, cv", "times", 0.20),
    "customer_cv": Prior(1.2, 0.25, "Spread of customers' times, cv", "times", 0.20),
    "patience_cv": Prior(1.1, 0.30, "Spread of patience, cv", "times", 0.20),
    "handling": Prior(1.0, 0.10, "Handling times ÷ those given", "times", 0.06),
    "handling_cv": Prior(0.9, 0.25, "Spread of handling times, cv", "times", 0.20),
}
"""All numbers that are looked for, in the order in which they are shown."""
BY_WORK = ("handling", "patience_s", "available", "handling_cv", "patience_cv")
"""Those of a centre that serves by work."""
BY_TURNS = tuple(name for name in PRIORS if name not in {"handling", "handling_cv"})
"""Those of one that serves by turns."""
LOGGED = 0.02
"""Spread of `available` where agents on duty come from a log of their status."""
UNSURE = 0.30
"""... and where hours on duty contradict the other averages."""
SWITCHING = 0.18
"""Cost of switching between chats, as a share of a reply, at which it is tried what it changes."""


OF = " of "
"""Between a number and the queue whose it is."""


def prior_of(name: str) -> Prior:
    """Give what is thought beforehand of a number of the centre, or of one of its queues."""
    return PRIORS[name.split(OF, maxsplit=1)[0]]


def words_of(name: str) -> str:
    """Give a number's words, with the queue whose it is."""
    base, _, queue = name.partition(OF)
    return f"{PRIORS[base].words}, {queue}" if queue else PRIORS[base].words


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """How a centre is made of the numbers."""

    base: Averages
    names: tuple[str, ...]
    """Of the numbers that are looked for: those of one of several queues end with its name."""
    prior: Floats
    """Their usual logarithms."""
    spread: Floats
    turns_law: str = "geometric"
    switching: float = 0.0

    @classmethod
    def of(cls, averages: Averages, *, unsure: bool = False) -> Model:
        """Give the model of what is known of a centre; *unsure* who is on duty."""
        numbers = dict(_numbers(averages))
        usual = {name: prior_of(name).usual for name in numbers}
        spread = {name: prior_of(name).spread for name in numbers}
        if all(team.agents_known == "logged" for team in averages.teams):
            spread["available"] = LOGGED
        if unsure:
            spread["available"] = UNSURE
        for name, known in numbers.items():
            if known is not None:
                usual[name], spread[name] = known.value, log(1 + known.spread)
        return cls(
            averages,
            tuple(numbers),
            np.log([usual[name] for name in numbers]),
            np.array([spread[name] for name in numbers]),
        )

    @property
    def known(self) -> set[str]:
        """Numbers that the planner gave."""
        return {name for name, known in _numbers(self.base) if known is not None}

    def numbers(self, x: Floats) -> dict[str, float]:
        """Give the numbers of a point *x* (their logarithms) by name."""
        found = {name: exp(value) for name, value in zip(self.names, x, strict=True)}
        return {
            name: max(each, LEAST_TURNS) if name.startswith("turns") else each for name, each in found.items()
        }

    def of_queue(self, numbers: Mapping[str, float], queue: int) -> dict[str, float]:
        """Give the numbers of a queue by their plain names: its own, and those that all queues share."""
        name = self.base.lines[queue].name
        found = {base: numbers.get(f"{base}{OF}{name}", numbers.get(base)) for base in PRIORS}
        return {base: value for base, value in found.items() if value is not None}

    def centre(self, x: Floats, *, demand: float = 1.0, more: int = 0) -> Centre:
        """Give the centre that the numbers make; with other demand or more slots, if wished."""
        numbers = self.numbers(x)
        most = max(team.slots for team in self.base.teams) + more
        own = [self.of_queue(numbers, queue) for queue in range(len(self.base.lines))]
        services = [self.service(each, queue, most) for queue, each in enumerate(own)]
        scenario = scenario_of(self.base, services, [self.patience(each) for each in own], self.switching)
        changes = []
        if more:
            changes.append(Change("groups.*.concurrency", "+=", more))
        if demand != 1:
            changes.append(Change("queues.*.arrivals.per_hour", "*=", demand))
        agents = tuple(group.n_agents * numbers["available"] for group in scenario.groups)
        return Centre(varied(scenario, changes), agents)

    def service(self, numbers: Mapping[str, float], queue: int, most: int) -> dict[str, Any]:
        """Give the table of service of a queue whose agents may hold so many chats at *most*."""
        if self.base.by_work:
            times = [numbers["handling"] * each for each in self.base.handling(queue, most)]
            work = {"law": "lognormal", "mean_s": times[0], "cv": numbers["handling_cv"]}
            return {"work_s": work, "aht_s": times}
        turns: dict[str, Any] = {"law": self.turns_law, "mean": numbers["turns"]}
        if self.turns_law == "fixed":
            below = floor(numbers["turns"])
            rest = numbers["turns"] - below
            turns = {"law": "fixed", "mean": below}
            if rest > 0:
                turns = {"law": "empirical", "values": [below, below + 1], "weights": [1 - rest, rest]}
        service = {
            "turns": turns,
            "agent_s": {"law": "lognormal", "mean_s": numbers["agent_s"], "cv": numbers["agent_cv"]},
            "customer_s": {"law": "lognormal", "mean_s": numbers["customer_s"], "cv": numbers["customer_cv"]},
        }
        if "wrap_up_s" in numbers:
            service["wrap_up_s"] = {"law": "exponential", "mean_s": numbers["wrap_up_s"]}
        return service

    def patience(self, numbers: Mapping[str, float]) -> dict[str, Any]:
        """Give the table of patience."""
        return {"law": "lognormal", "mean_s": numbers["patience_s"], "cv": numbers["patience_cv"]}


def _numbers(averages: Averages) -> Iterator[tuple[str, Known | None]]:
    """Numbers that are looked for, in order, each with what the planner knows of it."""
    of_all = {} if averages.known is None else averages.known.given()
    for base in BY_WORK if averages.by_work else BY_TURNS:
        if averages.queues is None or base not in NEVER_SHARED or base in averages.shared:
            if not (base == "wrap_up_s" and averages.has_no_wrap_up):
                yield base, of_all.get(base)
            continue
        for queue, line in enumerate(averages.lines):
            wrap_up = averages.shown(queue).wrap_up_s
            if base == "wrap_up_s" and wrap_up is not None and wrap_up.value == 0:
                continue
            own = {} if line.known is None else line.known.given()
            yield f"{base}{OF}{line.name}", own.get(base, of_all.get(base))


@dataclass(frozen=True, slots=True)
class Centre:
    """A scenario, and how many agents each group has on duty at its peak: not whole numbers."""

    scenario: Scenario
    agents: tuple[float, ...]

    @property
    def total(self) -> float:
        """Agents of all groups."""
        return sum(self.agents)

    def with_total(self, total: float) -> Centre:
        """Give the centre with other agents, in the mix that it has."""
        now = self.total
        return replace(self, agents=tuple(total * share / now for share in self.agents))

    def parts(self, n: int) -> list[tuple[Scenario, range]]:
        """Give scenarios with whole numbers of agents, each on some of *n* days: the mean is as it is.

        On the last days each group has one more than on the first.
        """
        below = [max(1, floor(agents)) for agents in self.agents]
        more = [
            round((agents - least) * n) if agents > 1 else 0
            for agents, least in zip(self.agents, below, strict=True)
        ]
        edges = sorted({0, n, *(n - each for each in more)})
        return [
            (
                self.with_agents(
                    [least + (begin >= n - each) for least, each in zip(below, more, strict=True)]
                ),
                range(begin, end),
            )
            for begin, end in pairwise(edges)
        ]

    def with_agents(self, agents: Sequence[int]) -> Scenario:
        """Give the scenario with so many agents of each group: shifts and staffing scale."""
        changes = [
            Change(f"groups.{g}.agents", "=", n)
            for g, n in enumerate(agents)
            if n != self.scenario.groups[g].n_agents
        ]
        return varied(self.scenario, changes) if changes else self.scenario

    def in_whole_agents(self) -> Scenario:
        """Give the one scenario that is nearest, to be written to a file.

        Levels by interval keep the hours of a day: what rounding adds to one, the next ones lose.
        """
        changes, scenario = [], self.with_agents([max(1, round(agents)) for agents in self.agents])
        for g, (group, agents) in enumerate(zip(self.scenario.groups, self.agents, strict=True)):
            if group.staffing is not None:
                levels = whole_levels([level * agents / group.n_agents for level in group.staffing])
                changes.append(Change(f"groups.{g}.staffing", "=", levels))
        return varied(scenario, changes) if changes else scenario


def whole_levels(levels: Sequence[float]) -> list[int]:
    """Round levels so that those of any hours running add up to what they were, within one agent.

    None that is above 0 becomes 0: a centre with a single agent keeps them, and no other level pays for it.

    >>> whole_levels([0, 4.68, 4.68, 4.68, 0.3, 0])
    [0, 5, 4, 5, 1, 0]
    """
    whole: list[int] = []
    ahead = 0.0
    for level in levels:
        n = max(round(level - ahead), 1) if level > 0 else 0
        ahead = min(ahead + n - level, 0.5)
        whole.append(n)
    return whole
