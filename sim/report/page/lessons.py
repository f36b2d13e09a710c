"""Which lessons can a centre show? Their steps and words are the page's (`lessons.js`, `lesson_texts.js`)."""

from __future__ import annotations

from sim.errors import SimError
from sim.kpis.targets import bounds
from sim.scenario.scenario import Scenario
from sim.scenario.words import did_you_mean

LESSONS = ("power_of_one", "pooling", "chats_at_once", "patience", "spike", "penalty")
FEWER, MORE = 6, 6
"""How many agents fewer and more the sliders reach."""


def lessons_of(scenario: Scenario) -> list[str]:
    """Names of the lessons that a *scenario* can show."""
    return [name for name in LESSONS if lacking(scenario, name) is None]


def lacking(scenario: Scenario, lesson: str) -> str | None:
    """What a *lesson* needs and a scenario has not; None if it can be given."""
    n_agents = scenario.groups[0].n_agents
    is_one_small = len(scenario.groups) == 1 and n_agents <= 2 * FEWER
    has_rates = is_drawn(scenario)
    is_by_turns = all(queue.by_turns for queue in scenario.queues)
    has_missed = promises_missed(scenario)
    needs = [
        ("power_of_one", n_agents >= 2, "two agents or more in the first group"),
        ("pooling", is_one_small and n_agents >= 2, f"one group of 2 to {2 * FEWER} agents"),
        ("pooling", has_rates, "demand that can change (no exact arrival times)"),
        ("spike", has_rates, "demand that can change (no exact arrival times)"),
        ("chats_at_once", is_by_turns, "service by turns"),
        ("patience", scenario.queues[0].patience is not None, "customers who leave (queues.patience)"),
        ("penalty", has_missed, "a promised share missed (targets.max_missed)"),
    ]
    return next((need for name, is_there, need in needs if name == lesson and not is_there), None)


def is_drawn(scenario: Scenario) -> bool:
    """Whether who comes is drawn, and so may become more or others: no queue has exact arrival times."""
    return all(queue.arrivals.times_s is None for queue in scenario.queues)


def promises_missed(scenario: Scenario) -> bool:
    """Whether a share missed is promised of the whole centre."""
    return any(each.kpi == "missed_rate" and each.where is None for each in bounds(scenario))


def check_lesson(scenario: Scenario, lesson: str) -> None:
    """Refuse a *lesson* that there is not, or that a *scenario* can't show.

    Raises
    ------
    SimError
        With the nearest name, or with what the lesson needs.
    """
    if lesson not in LESSONS:
        near = did_you_mean(lesson, list(LESSONS))
        raise SimError(f"lesson: must be one of {', '.join(LESSONS)}, got {lesson!r}{near}")
    missing = lacking(scenario, lesson)
    if missing is not None:
        fit = ", ".join(lessons_of(scenario)) or "none"
        raise SimError(f"lesson: {lesson} needs {missing}; this scenario can show {fit}")
