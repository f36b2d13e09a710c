"""Which numbers are looked for, what is thought of them beforehand, and which centre do they make?

The centre serves by turns: replies, times of agents and customers, wrap-up, patience, and how many of the
agents who are said to be on duty really are. Numbers are looked for as logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, log
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.scenario.averages import Averages
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
}
"""All numbers that are looked for, in the order in which they are shown."""
LOGGED = 0.02
"""Spread of `available` where agents on duty come from a log of their status."""
UNSURE = 0.30
"""... and where hours on duty contradict the other averages."""
SWITCHING = 0.18
"""What switching costs, where it is tried whether it matters."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """How a centre is made of the numbers."""

    base: Averages
    names: tuple[str, ...]
    """Of the numbers that are looked for."""
    prior: Floats
    """Their usual logarithms."""
    spread: Floats
    turns_law: str = "geometric"
    switching: float = 0.0

    @classmethod
    def of(cls, averages: Averages, *, unsure: bool = False) -> Model:
        """Give the model of what is known of a centre; *unsure* who is on duty."""
        names = tuple(name for name in PRIORS if not (name == "wrap_up_s" and averages.has_no_wrap_up))
        usual = {name: PRIORS[name].usual for name in names}
        spread = {name: PRIORS[name].spread for name in names}
        if averages.agents_known == "logged":
            spread["available"] = LOGGED
        if unsure:
            spread["available"] = UNSURE
        for name, known in averages.known_numbers.items():
            if name not in names:
                continue
            usual[name], spread[name] = known.value, log(1 + known.spread)
        return cls(
            averages,
            names,
            np.log([usual[name] for name in names]),
            np.array([spread[name] for name in names]),
        )

    def numbers(self, x: Floats) -> dict[str, float]:
        """Give the numbers of a point *x* (their logarithms) by name."""
        found = {name: exp(value) for name, value in zip(self.names, x, strict=True)}
        found["turns"] = max(found["turns"], LEAST_TURNS)
        return found

    def centre(self, x: Floats, *, demand: float = 1.0, slots: int | None = None) -> Centre:
        """Give the centre that the numbers make; with other demand or slots, if wished."""
        numbers = self.numbers(x)
        scenario = self.base.scenario(self.service(numbers), self.patience(numbers), self.switching)
        changes = []
        if slots is not None:
            changes.append(Change("groups.0.concurrency", "=", slots))
        if demand != 1:
            key = "per_hour" if scenario.queues[0].arrivals.per_hour is not None else "per_interval"
            changes.append(Change(f"queues.0.arrivals.{key}", "*=", demand))
        return Centre(varied(scenario, changes), scenario.groups[0].n_agents * numbers["available"])

    def service(self, numbers: dict[str, float]) -> dict[str, Any]:
        """Give the table of service."""
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

    def patience(self, numbers: dict[str, float]) -> dict[str, Any]:
        """Give the table of patience."""
        return {"law": "lognormal", "mean_s": numbers["patience_s"], "cv": numbers["patience_cv"]}


@dataclass(frozen=True, slots=True)
class Centre:
    """A scenario, and how many agents it has on duty at its peak: not a whole number."""

    scenario: Scenario
    agents: float

    def parts(self, n: int) -> list[tuple[Scenario, range]]:
        """Give scenarios with whole numbers of agents, each on some of *n* days: the mean is as it is.

        On the last days there is one more than on the first.
        """
        below = max(1, floor(self.agents))
        more = round((self.agents - below) * n) if self.agents > 1 else 0
        few = [(self.with_agents(below), range(n - more))]
        return few + ([(self.with_agents(below + 1), range(n - more, n))] if more else [])

    def with_agents(self, agents: int) -> Scenario:
        """Give the scenario with so many agents: shifts and staffing scale."""
        if agents == self.scenario.groups[0].n_agents:
            return self.scenario
        return varied(self.scenario, [Change("groups.0.agents", "=", agents)])
