"""So many people are there: what can be promised with them, and where should they be?

People are paid hours by contract. From the fewest agents that keep the targets, agents are taken away, one
after the other, where the promise then is kept best, until the paid hours are there and no more agents are on
duty at a time than there are people; or, if hours are left, added where the promise is kept by least. So what
is promised is as good as it can be everywhere, and no day is given up for another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, Ints
from sim.errors import StudyError
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Over, Per, Step
from sim.studies.staffing.people import Heads
from sim.studies.staffing.plan import Blocks, expected_a_day
from sim.studies.staffing.promise import promised
from sim.studies.staffing.search import Move, Search
from sim.studies.staffing.trial import Evaluation
from sim.studies.staffing.week import (
    DayPlan,
    Planner,
    WeekStaffing,
    a_week,
    answer,
    levels_of,
    of_kind,
    staff_week,
)

MOST_ROUNDS = 60
"""Rounds in which agents are taken away, or added, at most."""
A_ROUND = 4
"""A fourth of what is too much goes in a round, or of what is left is added."""
PART, LEAST = 4, 40
"""Days on which an agent less is tried: a fourth of those of the answer, and no fewer than so many."""
APART = 2
"""Blocks that are nearer to each other are not changed in one round."""
MOST_SPARE = 10
"""People who are more than so many times those needed are refused: each would be placed, and mend nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadCount:
    """What some people can promise."""

    people: int
    contract_h: float
    """Paid hours of a week of each of them."""
    needed: WeekStaffing
    """The fewest agents that keep the targets ..."""
    reached: WeekStaffing
    """... and what these people make of it."""
    simulated: int
    """Days simulated in all."""

    def __repr__(self) -> str:
        kept = "kept" if self.reached.kept else "not kept"
        return f"<HeadCount of {self.reached.scenario.name!r}: {self.people:,} people, targets {kept}>"

    @property
    def people_needed(self) -> int:
        """People whose paid hours the fewest agents take, and who are enough for the busiest time."""
        return people_for(self.needed, self.contract_h).employed


def people_for(week: WeekStaffing, contract_h: float) -> Heads:
    """People that the hours of a *week* come to, and who are enough for its busiest time."""
    peak = max(int(plan.plan.sum(axis=0).max()) for plan in week.plans)
    return Heads(paid_h_a_week(week), 1, contract_h, peak)


def paid_h_a_week(week: WeekStaffing) -> float:
    """Hours paid a week for those on duty, planned shrinkage included."""
    each = _paid_per_hour(week.scenario)
    return sum(float(plan.hours @ each) * week.a_week(plan.kind) for plan in week.plans)


def _paid_per_hour(scenario: Scenario) -> Floats:
    """Paid hours for an hour on duty, of each group."""
    return np.array([1 / (1 - group.planned_shrinkage) for group in scenario.groups])


def head_count(
    scenario: Scenario,
    people: int,
    *,
    contract_h: float | None = None,
    per: Per | str = Per.INTERVAL,
    step: Step | str = Step.INTERVAL,
    confidence: float | None = None,
    over: Over | str = Over.DAY,
    seed: int = 1,
    replications: int = 400,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> HeadCount:
    """Find what so many *people* of *contract_h* paid hours a week can promise, and who is on duty when.

    The targets of the *scenario* say what is tried: see `staff_week`, whose answer it begins with.

    Raises
    ------
    StudyError
        As `staff_week`; and if the people are too few for one agent at all open times.
    """
    hours = scenario.fte_hours_per_week if contract_h is None else contract_h
    if people < 1:
        raise StudyError(f"head-count: must be at least 1, got {people}")
    with executing(workers, given=executor) as ours:
        promise = promised(scenario, Per(per), confidence)
        planner = Planner(scenario, promise, Step(step), ours, seed, replications)
        _refuse_too_few(planner, people, hours)
        needed = staff_week(
            scenario, per=per, step=step, confidence=confidence, over=over, seed=seed,
            replications=replications, progress=progress, executor=ours,
        )  # fmt: skip
        most = MOST_SPARE * people_for(needed, hours).employed
        if people > most:
            times = f"{MOST_SPARE} times the people who keep all targets"
            raise StudyError(f"head-count: must be at most {most:,}, {times}, got {people:,}")
        planner.promise = needed.promise
        placing = _Placing(planner, [plan.plan.copy() for plan in needed.plans], people, hours)
        placing.fit()
        whole, runs = planner.fresh_weeks(levels_of(planner.parts, placing.plans), replications)
        made = tuple(
            DayPlan(kind, parts, plan, [], of_kind(scenario, kind, planner.promise, runs), 0)
            for kind, parts, plan in zip(planner.kinds, planner.parts, placing.plans, strict=True)
        )
        reached = answer(planner, whole, runs, made, Over(over), confidence)
    simulated = needed.simulated + planner.simulated + sum(each.simulated for each in placing.searches)
    return HeadCount(people, hours, needed, reached, simulated)


def _paid_h(planner: Planner, plans: Sequence[Ints]) -> float:
    """Paid hours a week of *plans* of each kind of day."""
    each = _paid_per_hour(planner.scenario)
    pairs = zip(planner.kinds, planner.parts, plans, strict=True)
    return sum(
        float((plan * parts.hours).sum(axis=1) @ each) * a_week(planner.scenario, kind)
        for kind, parts, plan in pairs
    )


def _refuse_too_few(planner: Planner, people: int, contract_h: float) -> None:
    """Refuse people who can't be there at all open times in which chats are expected."""
    least = [_least(parts) for parts in planner.parts]
    hours, there = _paid_h(planner, least), people * contract_h
    at_once = max(int(plan.sum(axis=0).max()) for plan in least)
    if hours > there + 1e-9 or at_once > people:
        enough = Heads(hours, 1, contract_h, at_once).employed
        what = f"one agent at all open times takes {hours:,.1f} paid hours a week"
        have = f"{people:,} of {contract_h:g} h have {there:,.1f}"
        raise StudyError(f"head-count: {what}, and {have}: it takes {enough:,} people")


class _Placing:
    """Agents of each kind of day, brought to the hours of some people."""

    def __init__(self, planner: Planner, plans: list[Ints], people: int, contract_h: float) -> None:
        self.planner, self.plans, self.people, self.contract_h = planner, plans, people, contract_h
        self.searches = [planner.search(k) for k in range(len(planner.kinds))]
        self.weights = [a_week(planner.scenario, kind) for kind in planner.kinds]
        self.paid_each = _paid_per_hour(planner.scenario)
        self.runs = range(max(planner.replications // PART, LEAST))

    def paid_h(self, plans: Sequence[Ints]) -> float:
        """Paid hours a week."""
        return _paid_h(self.planner, plans)

    def fit(self) -> None:
        """Take away, or add, until the hours are those of the people."""
        there = self.people * self.contract_h
        for _ in range(MOST_ROUNDS):
            too_much = self.paid_h(self.plans) - there
            if too_much <= 1e-9 and not self._crowded():
                break
            if not self._take(max(too_much, 0.0)):
                break
        for _ in range(MOST_ROUNDS):
            if not self._add(there - self.paid_h(self.plans)):
                break

    def _crowded(self) -> bool:
        """Whether more agents are on duty at a time than there are people."""
        return any((plan.sum(axis=0) > self.people).any() for plan in self.plans)

    def _take(self, too_much: float) -> bool:
        """Take agents away where the promise is kept best without them; whether anybody was."""
        options = sorted(
            (self._kept_without(k, base, move), k, move.group, move.block)
            for k, search in enumerate(self.searches)
            for base, move in self._moves(k, search)
        )
        forced = [each for each in options if self.plans[each[1]][:, each[3]].sum() > self.people]
        taken: list[tuple[int, int]] = []
        before, goal = self.paid_h(self.plans), too_much / A_ROUND
        for _, k, g, b in [*forced, *options]:
            is_forced = self.plans[k][:, b].sum() > self.people
            if not is_forced and before - self.paid_h(self.plans) >= goal:
                continue
            if any(other == k and abs(b - at) < APART for other, at in taken) or not self._may_go(k, g, b):
                continue
            self.plans[k][g, b] -= 1
            taken.append((k, b))
            if self.paid_h(self.plans) <= before - too_much + 1e-9 and not self._crowded():
                break
        return bool(taken)

    def _moves(self, k: int, search: Search) -> Iterator[tuple[Evaluation, Move]]:
        base = search.trial(self.plans[k], self.runs)
        yield from ((base, move) for move in search.moves(self.plans[k], self.runs, -1))

    def _kept_without(self, k: int, base: Evaluation, move: Move) -> float:
        """How far the promise is from being kept near a block once an agent went, at its worst."""
        after = base.with_effect_of(base, move.tried, move.window)
        margins = after.margins()
        return -float((margins[:, move.window] if after.promise.per is Per.INTERVAL else margins).min())

    def _may_go(self, k: int, g: int, b: int) -> bool:
        """Whether somebody who may serve each queue is left, and seniors and new hires at the peak."""
        lower = self.plans[k].copy()
        lower[g, b] -= 1
        peaks = (lower.max(axis=1) >= self.planner.parts[k].least_peak()).all()
        return bool(peaks and lower[g, b] >= 0 and _serves(self.planner.parts[k], lower, b))

    def _add(self, left: float) -> bool:
        """Add agents where the promise is kept by least, as far as hours are left; whether any was."""
        margins = []
        for k, search in enumerate(self.searches):
            trial = search.trial(self.plans[k], self.runs)
            margins += [(margin, k, b) for b, margin in enumerate(_margins(search.blocks, trial))]
        goal, used, added = left / A_ROUND, 0.0, list[tuple[int, int]]()
        for _, k, b in sorted(margins):
            g = int(self.plans[k][:, b].argmax())
            hours = float(self.planner.parts[k].hours[b] * self.paid_each[g]) * self.weights[k]
            is_near = any(other == k and abs(b - at) < APART for other, at in added)
            if is_near or used + hours > left + 1e-9 or self.plans[k][:, b].sum() >= self.people:
                continue
            self.plans[k][g, b] += 1
            added.append((k, b))
            used += hours
            if used >= goal:
                break
        return bool(added)


def _least(parts: Blocks) -> Ints:
    """One agent for each queue at all times in which chats of it are expected, shared where groups can."""
    least = np.zeros((len(parts.scenario.groups), len(parts)), dtype=np.int64)
    for b in range(len(parts)):
        while not _serves(parts, least, b):
            waiting = _unserved(parts, least, b)
            helps = [len(waiting & set(group.queues)) for group in parts.scenario.groups]
            least[int(np.argmax(helps)), b] += 1
    for g, peak in enumerate(parts.least_peak()):
        least[g, least[g].argmax()] = max(peak, least[g].max())
    return least


def _serves(parts: Blocks, plan: Ints, block: int) -> bool:
    """Whether there is somebody in a *block* for each queue of which chats are expected there."""
    return not _unserved(parts, plan, block)


def _unserved(parts: Blocks, plan: Ints, block: int) -> set[str]:
    """Queues of which chats are expected in a *block*, and whom nobody there serves."""
    window = slice(int(parts.first[block]), int(parts.end[block]))
    busy = expected_a_day(parts.scenario)[:, window].sum(axis=1) > 0
    queues = {queue.name for queue, is_busy in zip(parts.scenario.queues, busy, strict=True) if is_busy}
    groups = zip(parts.scenario.groups, plan[:, block].tolist(), strict=True)
    return queues - {name for group, agents in groups if agents for name in group.queues}


def _margins(parts: Blocks, trial: Evaluation) -> list[float]:
    """By how much the intervals of each block (or the day) keep what binds most there."""
    worst = trial.margins().min(axis=0)
    if trial.promise.per is not Per.INTERVAL:
        return [float(worst[0])] * len(parts)
    ends = zip(parts.first.tolist(), parts.end.tolist(), strict=True)
    return [float(worst[a:b].min()) for a, b in ends]
