"""Is this the centre that was meant? What a valid scenario says and is probably a slip, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise

import numpy as np

from sim.arrays import Floats
from sim.draws.profile import days_of, demand
from sim.errors import TheoryError
from sim.rules import After
from sim.scenario.demand import Queue
from sim.scenario.duty import DutyPlan, duty_plan
from sim.scenario.incidents import AgentsOut, ShiftGap
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group
from sim.scenario.troubles import bursts
from sim.scenario.units import HOUR_S
from sim.studies.promises import doubts_of_targets

MOST_TOGETHER = 10
"""With more queues whom nobody leaves, each is looked at alone, and all together."""
MOST_NAMED = 3
"""Gaps named in a sentence; of more it says how many."""


def doubts(scenario: Scenario) -> Iterator[str]:
    """Sentences on a *scenario*: who comes while it is closed, who finds nobody there, what never settles,
    and what can't be meant by the targets.
    """
    team = duty_plan(scenario)
    for q, queue in enumerate(scenario.queues):
        yield from _while_closed(scenario, q, queue)
        yield from _nobody_there(scenario, q, queue, team)
    yield from _nobody_to_miss(scenario)
    yield from _nothing_to_deliver(scenario)
    never = never_settles(scenario, team)
    if never is not None:
        yield never
    yield from doubts_of_targets(scenario)


def never_settles(scenario: Scenario, team: DutyPlan | None = None) -> str | None:
    """Say of which queues more comes than can be served, while nobody leaves; None where that is not so.

    Capacity is that of agents on duty as planned whose slots are always full: by turns the machine-repair
    model's, which is near, and not exact. Who comes while it is closed asks for none of it; that some of them
    come again when it opens is left out.
    """
    endless = [q for q, queue in enumerate(scenario.queues) if _is_endless(queue)]
    if not endless:
        return None
    duty_s = _duty_s(scenario, duty_plan(scenario) if team is None else team)
    for some in _together(endless):
        chats = np.array([_while_open(scenario, q) for q in some])
        needed = np.array([_agent_s(scenario, scenario.queues[q]) for q in some])
        names = {scenario.queues[q].name for q in some}
        serving = [g for g, group in enumerate(scenario.groups) if names & set(group.queues)]
        there_s, work_s = duty_s[serving].sum(axis=0), needed @ chats
        if work_s.sum() > 0 and work_s.sum() >= there_s.sum():
            what = " and ".join(repr(scenario.queues[q].name) for q in some)
            stay = sum((scenario.groups[g].agents or 0) * (1 - scenario.groups[g].absence) for g in serving)
            return (
                f"{what}: more comes than can be served: {chats.sum():,.1f} chats expected need about "
                f"{work_s.sum() / HOUR_S:,.1f} agent hours, with all slots full, and "
                f"{there_s.sum() / HOUR_S:,.1f} are planned; nobody loses patience, so "
                f"{_what_becomes(scenario, work_s - there_s, stay)}"
            )
    return None


def _what_becomes(scenario: Scenario, more_s: Floats, stay: float) -> str:
    """Say what becomes of a line that grows: the constant agents who *stay* work it off, if nights allow.

    *more_s* is the work of each day beyond what is planned for it.
    """
    if scenario.closes and stay:
        night_s = (scenario.horizon_s - float(np.diff(_open(scenario), axis=1).sum())) / scenario.days
        left_s = longest_s = 0.0
        for day_s in more_s.tolist():
            over_s = max(0.0, left_s + day_s) / stay
            longest_s = max(longest_s, over_s)
            left_s = max(0.0, over_s - night_s) * stay
        if not left_s:
            return (
                "the line grows while it is open, and is worked off in overtime, until about "
                f"{longest_s / HOUR_S:,.1f} h after closing{' on the longest day' * (len(more_s) > 1)}"
            )
    return "the line grows as long as it runs, and no figure settles"


def _is_endless(queue: Queue) -> bool:
    """Whether nobody ever leaves the line of a queue, or its chats, and all join."""
    limits = (queue.patience, queue.capacity, queue.max_wait_s, queue.balking)
    return all(limit is None for limit in (*limits, queue.reply_patience, queue.idle_timeout_s))


def _together(queues: list[int]) -> Iterator[tuple[int, ...]]:
    """Sets of queues: one that needs more than all who serve any of it have is served by nobody's plan."""
    sizes = range(1, len(queues) + 1) if len(queues) <= MOST_TOGETHER else sorted({1, len(queues)})
    for size in sizes:
        yield from combinations(queues, size)


def _agent_s(scenario: Scenario, queue: Queue) -> float:
    """Time that a chat takes of the quickest agent whose slots are full."""
    from sim.theory.applies import handling_s  # noqa: PLC0415  seldom asked, and every run looks for doubts

    skilled = [group for group in scenario.groups if queue.name in group.queues]
    try:
        return min(
            float(handling_s(queue.service, group)[group.concurrency - 1]) / group.most_slots / _speed(group)
            for group in skilled
        )
    except TheoryError:  # replies that take no time
        return 0.0


def _speed(group: Group) -> float:
    """Mean speed of a group's agents, if that is above 1: replies alone are quicker, so this is no less."""
    if group.speed is None:
        return 1.0
    return max(1.0, float(group.speed.sample((np.arange(1000) + 0.5) / 1000).mean()))


def _duty_s(scenario: Scenario, team: DutyPlan) -> Floats:
    """Planned duty of each group on each day, but for absences: shape (n_groups, days)."""
    duty_s = np.zeros((len(scenario.groups), scenario.days))
    for day, (begin_s, end_s) in enumerate(pairwise(scenario.calendar.local.midnights(scenario.days))):
        on_s, off_s = (np.clip(at, begin_s, end_s) for at in (team.on_s, team.off_s))
        duty_s[:, day] = np.bincount(team.group[team.agent], off_s - on_s, minlength=len(duty_s))
    return np.asarray(duty_s * [[1 - group.absence] for group in scenario.groups])


def _while_closed(scenario: Scenario, q: int, queue: Queue) -> Iterator[str]:
    total = float(expected_before(scenario, q)(np.array([scenario.horizon_s]))[0])
    closed = total - float(_while_open(scenario, q).sum())
    again = queue.retry.probability if queue.retry and After.OFFLINE in queue.retry.after else 0.0
    if closed * (1 - again) > 1e-6:
        yield (
            f"{queue.name!r}: {closed:,.1f} of {total:,.1f} chats expected come while the centre is closed: "
            "they are offline, and "
            + (f"{closed * (1 - again):,.1f} of them do not come again" if again else "nobody answers them")
        )


def _nobody_there(scenario: Scenario, q: int, queue: Queue, team: DutyPlan) -> Iterator[str]:
    skilled = [queue.name in group.queues for group in scenario.groups]
    mine = np.array(skilled)[team.group[team.agent]]
    gaps = np.array(list(_gaps(_open(scenario), team.on_s[mine], team.off_s[mine]))).reshape(-1, 2)
    lost = np.diff(expected_before(scenario, q)(gaps), axis=1).ravel()
    gaps, lost = gaps[lost > 1e-6], lost[lost > 1e-6]
    if not len(gaps):
        return
    local = scenario.calendar.local
    clocks = Counter(f"{local.text(on)}-{local.end_text(off)}" for on, off in gaps.tolist())
    named = [
        clock + ("" if n == scenario.days else f" (on {n} of {scenario.days} days)")
        for clock, n in clocks.most_common(MOST_NAMED)
    ]
    more = f" and {len(clocks) - MOST_NAMED} more times" if len(clocks) > MOST_NAMED else ""
    yield (
        f"{queue.name!r}: open, and nobody there who serves it, {', '.join(named)}{more}: "
        f"{lost.sum():,.1f} chats expected"
    )


def _nobody_to_miss(scenario: Scenario) -> Iterator[str]:
    """Incidents that take agents away while none of them would be on duty."""
    away = [each for each in scenario.incidents if isinstance(each, AgentsOut | ShiftGap)]
    if not away:
        return
    planned = duty_plan(scenario.model_copy(update={"stress": None}))
    for incident in away:
        start_s, end_s = incident.span_s(scenario.calendar.local)
        meanwhile = planned.agent[(planned.on_s < end_s) & (planned.off_s > start_s)]
        there = {scenario.groups[g].name for g in planned.group[meanwhile]}
        if incident.group not in there if incident.group is not None else not there:
            yield f"{incident.told}: changes nothing, nobody of them is on duty then"


def _nothing_to_deliver(scenario: Scenario) -> Iterator[str]:
    """A delay of messages where there are none, and one of chats that is beyond what is waited for."""
    platform = scenario.platform
    if platform.deliver_s and not any(queue.by_turns for queue in scenario.queues):
        yield "[platform] deliver_s: changes nothing, by work there are no messages"
    for queue, threshold_s in zip(scenario.queues, scenario.thresholds_s, strict=True):
        if platform.accept_s > threshold_s:
            yield (
                f"[platform] accept_s: no chat of {queue.name!r} is accepted within its threshold of "
                f"{threshold_s:g} s, as each is {platform.accept_s:g} s on its way to its agent"
            )


def _while_open(scenario: Scenario, q: int) -> Floats:
    """Chats that a queue is expected to get while the centre is open, on each day."""
    opens = _open(scenario)
    chats = np.diff(expected_before(scenario, q)(opens), axis=1).reshape(-1)
    days = days_of(scenario, opens[:, 0])
    return np.asarray(np.bincount(days, chats, minlength=scenario.days), dtype=np.float64)


def _open(scenario: Scenario) -> Floats:
    """From and until when the centre is open, by the day on which it is: shape (n, 2)."""
    found, midnights = [], scenario.calendar.local.midnights(scenario.days)
    for open_s, close_s in scenario.opening_spans:
        end_s = min(close_s, scenario.horizon_s)
        cuts = midnights[(midnights > open_s) & (midnights < end_s)]
        found += list(pairwise([open_s, *cuts.tolist(), end_s]))
    return np.array(found).reshape(-1, 2)


def _gaps(opens: Floats, on_s: Floats, off_s: Floats) -> Iterator[tuple[float, float]]:
    """Parts of the times it *opens* in which none of the spans lies."""
    order = np.argsort(on_s, kind="stable")
    spans = list(zip(on_s[order].tolist(), off_s[order].tolist(), strict=True))
    for begin, end in opens.tolist():
        free = begin
        for on, off in spans:
            if off <= free or on >= end:
                continue
            if on > free:
                yield free, on
            free = max(free, off)
        if free < end:
            yield free, end


def expected_before(scenario: Scenario, q: int) -> Callable[[Floats], Floats]:
    """Chats that a queue is expected to have got before each of some times."""
    times_s = scenario.queues[q].arrivals.times_s
    edges_s, chats = demand(scenario)[q]
    total = np.concatenate([[0.0], np.cumsum(chats)])
    extra = [
        (burst.span_s(scenario.calendar.local), burst.customers)
        for mine, burst in bursts(scenario)
        if mine == q
    ]

    def expected(at: Floats) -> Floats:
        usual = np.interp(at, edges_s, total) if times_s is None else np.searchsorted(np.array(times_s), at)
        return np.asarray(usual + sum(n * np.interp(at, span_s, (0.0, 1.0)) for span_s, n in extra))

    return expected
