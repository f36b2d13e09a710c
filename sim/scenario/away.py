"""Who is away while something goes wrong? Duty that incidents take away (R34, R35)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.scenario.incidents import AgentsOut, ShiftGap
from sim.scenario.scenario import Scenario

Worked = tuple[int, float, float]
"""Agent, log-in and log-off of a span of duty."""
Lost = tuple[int, float, float, bool]
"""Agent, beginning and end of what was planned and not worked, and whether by being late."""
Window = tuple[float, float]
"""Beginning and end of an incident, in seconds."""


def without_the_away(
    scenario: Scenario, group_of: Sequence[int], worked: list[Worked], lost: list[Lost]
) -> tuple[list[Worked], list[Lost]]:
    """Spans that are worked and lost when the incidents of a *scenario* have taken their part.

    Agents stand in order of number, *group_of* tells the group of each. A gap between shifts was never
    planned; whoever is out has lost what they would have worked.
    """
    gaps = [each for each in scenario.incidents if isinstance(each, ShiftGap)]
    outs = [each for each in scenario.incidents if isinstance(each, AgentsOut)]
    names = [group.name for group in scenario.groups]
    for gap in gaps:
        window = gap.span_s(scenario.calendar.local)
        agents = {a for a, g in enumerate(group_of) if gap.group in (None, names[g])}
        worked = [span for each in worked for span in _outside(each, window, agents)]
        lost = [(*span, late) for a, on, off, late in lost for span in _outside((a, on, off), window, agents)]
    taken: list[tuple[Window, int]] = []
    for out in sorted(outs, key=lambda each: each.span_s(scenario.calendar.local)[0]):
        window = out.span_s(scenario.calendar.local)
        busy = {agent for other, agent in taken if _overlap(other, window)}
        mine = [span for span in worked if names[group_of[span[0]]] == out.group]
        there = sorted({agent for agent, on, off in mine if _overlap((on, off), window)} - busy)
        agents = set(there[max(0, len(there) - out.agents) :])
        lost += [(*span, False) for each in worked for span in _inside(each, window, agents)]
        worked = [span for each in worked for span in _outside(each, window, agents)]
        taken += [(window, agent) for agent in agents]
    return worked, sorted(lost)


def _overlap(one: Window, other: Window) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _outside(span: Worked, window: Window, agents: Iterable[int]) -> list[Worked]:
    """What is left of a span outside a window, if it is one of some agents'."""
    agent, on, off = span
    if agent not in agents or not _overlap((on, off), window):
        return [span]
    parts = (on, min(off, window[0])), (max(on, window[1]), off)
    return [(agent, begin, end) for begin, end in parts if begin < end]


def _inside(span: Worked, window: Window, agents: Iterable[int]) -> list[Worked]:
    """The part of a span within a window, if it is one of some agents'."""
    agent, on, off = span
    begin, end = max(on, window[0]), min(off, window[1])
    return [(agent, begin, end)] if agent in agents and begin < end else []
