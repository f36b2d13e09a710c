"""What can be done today? Changes of duty from now on, each of one or two people, and what they cost.

Each works on a plan of duty whose groups have agents to spare at their end, who are never on duty unless a
move calls them in; so agents keep their numbers, and all moves see the same customers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from sim.arrays import Ints
from sim.scenario.demand import ByWork
from sim.scenario.duty import DutyPlan
from sim.scenario.scenario import Scenario
from sim.scenario.units import DAY_S, HOUR_S, clock_text

SPARE = 1
"""Agents of each group who may be called in."""
OVERTIME_S = 3_600.0
CALLED_AFTER_S, CALLED_FOR_S = 1_800.0, 4 * 3_600.0
BREAK_BY_S = 3_600.0
_MOST = 3
"""Ends of shifts, or breaks, of a group that are tried."""

Span = tuple[int, float, float, bool]
"""An agent, their log-in and log-off, and whether they stay (R12)."""


@dataclass(frozen=True, slots=True)
class Move:
    """Something that can be done."""

    kind: str
    """overtime, call_in, break, one_more_chat or send_home."""
    title: str
    change: Callable[[DutyPlan], DutyPlan]


def with_spare(plan: DutyPlan, scenario: Scenario) -> DutyPlan:
    """Add agents to spare at the end of each group."""
    group = np.repeat(np.arange(len(scenario.groups)), SPARE)
    at = np.searchsorted(plan.group, group, side="right")
    number = np.cumsum(np.bincount(at, minlength=len(plan.group) + 1))[: len(plan.group)] + np.arange(
        len(plan.group)
    )
    slots = [max(scenario.groups[g].slots, default=1) for g in group]
    return replace(
        plan,
        group=np.insert(plan.group, at, group),
        slots=np.insert(plan.slots, at, slots),
        agent=number[plan.agent],
        speed=np.insert(plan.speed, at, 1.0, axis=0),
        day_s=np.insert(plan.day_s, at, 0.0, axis=0),
        lost_agent=number[plan.lost_agent],
    )


def numbers_with_spare(scenario: Scenario) -> Ints:
    """Number of each agent of a scenario in a plan with agents to spare."""
    sizes = [group.n_agents for group in scenario.groups]
    return np.arange(sum(sizes)) + SPARE * np.repeat(np.arange(len(sizes)), sizes)


def spans_of(plan: DutyPlan) -> list[Span]:
    """Spans of duty of all agents, in order."""
    columns = plan.agent.tolist(), plan.on_s.tolist(), plan.off_s.tolist(), plan.stays.tolist()
    return list(zip(*columns, strict=True))


def with_spans(plan: DutyPlan, spans: list[Span]) -> DutyPlan:
    """The same agents with other spans of duty; those without length are none, those that touch are one."""
    joined: list[Span] = []
    for agent, on_s, off_s, stays in sorted(span for span in spans if span[1] < span[2]):
        if joined and joined[-1][0] == agent and joined[-1][2] >= on_s:
            last = joined.pop()
            joined.append((agent, last[1], max(last[2], off_s), stays))
        else:
            joined.append((agent, on_s, off_s, stays))
    agents = np.array([span[0] for span in joined], dtype=np.int64)
    times = np.array([span[1:3] for span in joined], dtype=np.float64).reshape(-1, 2)
    stays_ = np.array([span[3] for span in joined], dtype=np.bool_)
    return replace(plan, agent=agents, on_s=times[:, 0].copy(), off_s=times[:, 1].copy(), stays=stays_)


def present(plan: DutyPlan, now_s: float) -> Ints:
    """Agents who are on duty by plan."""
    return np.unique(plan.agent[(plan.on_s < now_s) & (plan.off_s > now_s)])


def with_logged_in(plan: DutyPlan, logged_in: Ints, now_s: float, close_s: float) -> DutyPlan:
    """The plan, corrected from now on by how many of each group are logged in; −1 where that is not known.

    Whoever is missing, the highest numbers, stays away today; whoever is there unplanned stays to the end.
    """
    here, spans = present(plan, now_s), spans_of(plan)
    for g, n in enumerate(logged_in.tolist()):
        its = np.flatnonzero(plan.group == g)
        mine = np.intersect1d(here, its)
        if 0 <= n < len(mine):
            gone = set(mine[n:].tolist())
            spans = [
                (agent, on, min(off, now_s), False) if agent in gone else (agent, on, off, stays)
                for agent, on, off, stays in spans
                if agent not in gone or on < now_s
            ]
        elif n > len(mine):
            more = np.setdiff1d(its, mine)[: n - len(mine)].tolist()
            spans += [(agent, now_s, close_s, False) for agent in more]
    return with_spans(plan, spans)


def moves(plan: DutyPlan, scenario: Scenario, now_s: float, close_s: float) -> Iterator[Move]:
    """What can be done with a *plan* from now on."""
    for g, group in enumerate(scenario.groups):
        its = [span for span in spans_of(plan) if plan.group[span[0]] == g and span[2] < np.inf]
        lasts = _lasts(its, now_s)
        ends = sorted({off for off in lasts.values() if off < close_s})[:_MOST]
        for end_s in ends:
            who = min(agent for agent, off in lasts.items() if off == end_s)
            title = f"{group.name}: one of those until {clock_text(end_s)} stays an hour"
            yield Move("overtime", title, partial(_stay, who, min(OVERTIME_S, close_s - end_s)))
        on_s = now_s + CALLED_AFTER_S
        if on_s < close_s:
            off_s = min(on_s + CALLED_FOR_S, close_s)
            spare = int(np.flatnonzero(plan.group == g)[-1])
            title = f"{group.name}: one more, {clock_text(on_s)} to {clock_text(off_s)}"
            yield Move("call_in", title, partial(_call_in, spare, on_s, off_s))
        for start_s, end_s in _breaks(its, now_s)[:_MOST]:
            for by_s in (-BREAK_BY_S, BREAK_BY_S):
                if start_s + by_s < now_s:
                    continue
                title = f"{group.name}: the break at {clock_text(start_s)} at {clock_text(start_s + by_s)}"
                yield Move("break", title, partial(_move_break, g, start_s, end_s, by_s))
        if _may_hold_more(scenario, g):
            title = f"{group.name}: one more chat at once"
            yield Move("one_more_chat", title, partial(_one_more_chat, g))
        if lasts:
            who = min(lasts, key=lambda agent: (lasts[agent], agent))
            title = f"{group.name}: one of those until {clock_text(lasts[who])} goes now"
            yield Move("send_home", title, partial(_send_home, who, now_s))


def hours_more(plan: DutyPlan, changed: DutyPlan) -> float:
    """Paid hours that a change of the plan adds."""
    return float(_hours(changed) - _hours(plan))


def _hours(plan: DutyPlan) -> float:
    ends = np.minimum(plan.off_s, float(DAY_S))
    return float(np.maximum(ends - plan.on_s, 0.0).sum()) / HOUR_S


def _lasts(spans: list[Span], now_s: float) -> dict[int, float]:
    """When each agent who is on duty now leaves for today."""
    here = {agent for agent, on, off, _ in spans if on < now_s < off}
    return {agent: max(off for other, _, off, _ in spans if other == agent) for agent in here}


def _breaks(spans: list[Span], now_s: float) -> list[tuple[float, float]]:
    """Breaks that begin after now: from and until when."""
    found = set()
    for (agent, _, off, _), (other, on, _, _) in pairwise(spans):
        if agent == other and now_s < off < on <= off + 2 * HOUR_S:
            found.add((off, on))
    return sorted(found)


def _may_hold_more(scenario: Scenario, g: int) -> bool:
    """Whether a group's agents may hold a chat more: by work its slowdown must be known."""
    group = scenario.groups[g]
    for queue in scenario.queues:
        service = queue.service
        knows = not isinstance(service, ByWork) or service.aht_s is None
        if queue.name in group.queues and not knows and len(service.aht_s) <= max(group.slots):  # type: ignore[union-attr, arg-type]
            return False
    return group.n_agents > 0


def _stay(agent: int, by_s: float, plan: DutyPlan) -> DutyPlan:
    spans = spans_of(plan)
    mine = [k for k, span in enumerate(spans) if span[0] == agent]
    if mine:
        k = max(mine, key=lambda k: spans[k][2])
        spans[k] = (agent, spans[k][1], spans[k][2] + by_s, spans[k][3])
    return with_spans(plan, spans)


def _call_in(agent: int, on_s: float, off_s: float, plan: DutyPlan) -> DutyPlan:
    return with_spans(plan, [*spans_of(plan), (agent, on_s, off_s, False)])


def _move_break(g: int, start_s: float, end_s: float, by_s: float, plan: DutyPlan) -> DutyPlan:
    """Fill the break, and cut another of the same length out of what is then one span."""
    spans: list[Span] = spans_of(plan)
    have = {agent for agent, _, off, _ in spans if off == start_s and plan.group[agent] == g}
    have &= {agent for agent, on, _, _ in spans if on == end_s}
    filled = with_spans(plan, [*spans, *((agent, start_s, end_s, False) for agent in have)])
    cut: list[Span] = []
    for agent, on, off, stays in spans_of(filled):
        if agent in have and on < start_s + by_s and end_s + by_s < off:
            cut += [(agent, on, start_s + by_s, False), (agent, end_s + by_s, off, stays)]
        elif agent in have and on <= start_s and end_s <= off:
            return plan  # there is no room for it
        else:
            cut.append((agent, on, off, stays))
    return with_spans(plan, cut)


def _one_more_chat(g: int, plan: DutyPlan) -> DutyPlan:
    return replace(plan, slots=plan.slots + (plan.group == g))


def _send_home(agent: int, now_s: float, plan: DutyPlan) -> DutyPlan:
    spans = [
        (who, on, min(off, now_s) if who == agent else off, stays)
        for who, on, off, stays in spans_of(plan)
        if who != agent or on < now_s
    ]
    return with_spans(plan, spans)
