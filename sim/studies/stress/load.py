"""What is more load? The same centre with all its demand times a factor, or with fewer agents."""

from __future__ import annotations

from sim.errors import StudyError
from sim.scenario.heads import apportioned
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Change, varied


def with_demand(scenario: Scenario, factor: float) -> Scenario:
    """Give a *scenario* into which so many times as many chats come, at the same times of the day.

    Raises
    ------
    StudyError
        If chats come at exact times, of which nobody knows what more of them would be.
    """
    changes = []
    for q, queue in enumerate(scenario.queues):
        if queue.arrivals.times_s is not None:
            raise StudyError(
                f"stress: {queue.name!r} has exact arrival times (times_s), and these can't be made more; "
                "give per_hour or a forecast file"
            )
        key = "per_hour" if queue.arrivals.per_hour is not None else "per_interval"
        changes.append(Change(f"queues.{q}.arrivals.{key}", "*=", factor))
    return scenario if factor == 1 else varied(scenario, changes)


def most_fewer(scenario: Scenario) -> int:
    """Agents that can be taken away so that every group keeps one."""
    return sum(_spare(scenario))


def with_fewer(scenario: Scenario, fewer: int) -> Scenario:
    """Give a *scenario* with so many *fewer* agents, or more if below 0; every group keeps one.

    Groups lose by their share of the agents, and shifts and staffing scale.

    Raises
    ------
    ScenarioError
        If its agents differ, and there are no longer enough of them for that.
    """
    spare = _spare(scenario)
    left = apportioned(sum(spare) - fewer, spare if any(spare) else [1] * len(spare))
    return varied(scenario, [Change(f"groups.{g}.agents", "=", 1 + n) for g, n in enumerate(left)])


def _spare(scenario: Scenario) -> list[int]:
    """Agents of each group beyond one."""
    return [max(group.n_agents - 1, 0) for group in scenario.groups]
