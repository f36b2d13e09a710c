"""When is the system down, and when slow, and who comes on top? Incidents as runs meet them (R36 to R38)."""

from __future__ import annotations

from sim.scenario.incidents import Burst, Outage, SlowSystem
from sim.scenario.scenario import Scenario


def outages(scenario: Scenario) -> list[tuple[float, float]]:
    """Beginning and end of each outage in seconds, in order; those that overlap or touch are one."""
    spans = [each.span_s(scenario.calendar.local) for each in scenario.incidents if isinstance(each, Outage)]
    joined: list[tuple[float, float]] = []
    for begin, end in sorted((max(0.0, begin), end) for begin, end in spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def slowdowns(scenario: Scenario) -> list[tuple[float, float, float]]:
    """Beginning and end in seconds, and factor, of each time with a slow system, as the scenario has them."""
    slow = [each for each in scenario.incidents if isinstance(each, SlowSystem)]
    return [(*each.span_s(scenario.calendar.local), each.factor) for each in slow]


def bursts(scenario: Scenario) -> list[tuple[int, Burst]]:
    """Each burst with the place of its queue."""
    names = [queue.name for queue in scenario.queues]
    return [(names.index(each.queue), each) for each in scenario.incidents if isinstance(each, Burst)]
