"""Centres that nobody has designed: drawn at random, so that a method can't have been fitted to them.

How well a fit to averages does on them is said by each question's answer beside the truth.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.scenario.scenario import Scenario
from sim.studies.averages.calibrate import calibrate
from sim.theory.attention import Attention, saturated
from tests.true_centres import (
    TARGETS,
    agents_needed,
    averages_of,
    centre,
    exponential,
    geometric,
    lognormal,
)

SLACK = 1.05
"""A response target is so many times what the centre has today."""


class Judged(NamedTuple):
    """An answer beside the truth."""

    centre: str
    question: str
    agents: float
    low: float
    high: float
    truth: float

    @property
    def error(self) -> float:
        """Share by which the answer is off."""
        return abs(self.agents / self.truth - 1)

    @property
    def is_inside(self) -> bool:
        """Whether the band holds the truth."""
        return self.low <= self.truth <= self.high


def fresh_centres(n: int, seed: int) -> list[Scenario]:
    """So many centres: 1 to 5 slots, 3 to 24 agents, all kinds of laws, levels, shifts, absence, switching."""
    random = np.random.default_rng(seed)
    return [_fresh(random, f"fresh {seed}.{k}") for k in range(n)]


def _fresh(random: np.random.Generator, name: str) -> Scenario:
    slots = int(random.integers(1, 6))
    turns, agent_s = _within(random, 3.0, 9.0), _within(random, 20.0, 70.0)
    customer_s, wrap_up_s = _within(random, 30.0, 120.0), _within(random, 8.0, 60.0)
    how: dict[str, Any] = {
        "turns": _turns(random, turns),
        "agent_s": _times(random, agent_s, 0.6, 1.1),
        "customer_s": _times(random, customer_s, 0.9, 1.6),
        "wrap_up_s": exponential(wrap_up_s),
        "patience": _patience(random, _within(random, 90.0, 400.0)),
        "busyness_cv": float(random.choice([0.0, 0.0, 0.1, 0.15])),
    }
    if has_no_wrap_up := bool(random.random() < 0.2):
        del how["wrap_up_s"]
    switching = float(random.choice([0.0, 0.0, 0.1, 0.2])) if slots > 1 else 0.0
    work = Attention(agent_s, customer_s, turns, 0.0 if has_no_wrap_up else wrap_up_s, switching)
    capacity = float(saturated(work, slots).chats_per_s[-1]) * 3_600
    agents = int(random.integers(3, 25))
    per_hour = agents * capacity * random.uniform(0.68, 0.9)
    return _staffed(random, name, slots, agents, per_hour, switching, how)


def _staffed(
    random: np.random.Generator,
    name: str,
    slots: int,
    agents: int,
    per_hour: float,
    switching: float,
    how: dict[str, Any],
) -> Scenario:
    """A constant load, or a day with levels that follow it, or with two shifts; some agents are absent."""
    more: dict[str, Any] = {"switching": switching, "absence": float(random.choice([0.0, 0.0, 0.04]))}
    kind = random.choice(["constant", "levels", "shifts"]) if agents > 5 else "constant"
    if kind == "constant":
        return centre(name, round(per_hour, 1), slots, {"agents": agents, **more}, **how)
    day = np.array([0.5, 0.8, 1.0, 1.0, 0.85, 0.75, 0.95, 1.0, 0.85, 0.7, 0.6, 0.4])
    if kind == "levels":
        levels = [max(2, round(agents * share)) for share in day]
        rates = [*[0.0] * 8, *(round(float(per_hour * share), 1) for share in day), *[0.0] * 4]
        return centre(name, rates, slots, {"staffing": [0] * 8 + levels + [0] * 4, **more}, **how)
    half = agents // 2
    shifts = [
        {"agents": half, "start": "08:00", "end": "16:00", "breaks": [{"start": "11:30", "minutes": 30.0}]},
        {"agents": agents - half, "start": "12:00", "end": "20:00"},
    ]
    flat = [*[0.0] * 8, *[round(per_hour * 0.47, 1)] * 4, *[round(per_hour, 1)] * 4]
    return centre(
        name, [*flat, *[round(per_hour * 0.47, 1)] * 4, *[0.0] * 4], slots, {"shifts": shifts, **more}, **how
    )


def _within(random: np.random.Generator, low: float, high: float) -> float:
    """A value between two others, evenly on a logarithmic scale."""
    return round(float(np.exp(random.uniform(np.log(low), np.log(high)))), 2)


def _turns(random: np.random.Generator, mean: float) -> dict[str, Any]:
    kind = random.choice(["geometric", "geometric", "poisson", "fixed"])
    if kind == "fixed":
        return {"law": "fixed", "mean": round(mean)}
    return geometric(mean) if kind == "geometric" else {"law": "poisson", "mean": mean}


def _times(random: np.random.Generator, mean_s: float, low: float, high: float) -> dict[str, Any]:
    cv = round(float(random.uniform(low, high)), 2)
    return lognormal(mean_s, cv) if random.random() < 0.6 else {"law": "gamma", "mean_s": mean_s, "cv": cv}


def _patience(random: np.random.Generator, mean_s: float) -> dict[str, Any]:
    kind = random.choice(["lognormal", "exponential", "weibull"])
    if kind == "weibull":
        return {"law": "weibull", "mean_s": mean_s, "shape": round(float(random.uniform(0.8, 1.4)), 2)}
    return exponential(mean_s) if kind == "exponential" else lognormal(mean_s, 1.1)


def judged(
    true: Scenario, *, response: bool = False, seed: int = 77, n: int = 200, **more: Any
) -> list[Judged]:
    """Answers of a fit to a centre's averages, beside the truth; with a target of its *response*, if wished."""
    targets = dict(TARGETS)
    averages = averages_of(true, targets=targets, seed=seed)
    if response:
        shown = averages.averages.response_s
        assert shown is not None
        targets["max_response_s"] = round(SLACK * shown.value)
        averages = averages_of(true, targets=targets, seed=seed)
    found = calibrate(averages, **more)
    said = []
    for answer in found.answers:
        if answer.agents is None or answer.low is None or answer.high is None:
            continue
        truth = agents_needed(
            true, targets, answer.question.demand, answer.question.more, n, about=answer.agents
        )
        words = answer.question.words + (" with a response target" if response else "")
        said.append(Judged(true.name, words, answer.agents, answer.low, answer.high, truth))
    return said
