"""Who works when, so that the promise is kept at the least cost? Requirement, programme, simulation.

The requirement of each interval is that of `staff_week`. A roster that covers it is simulated on fresh weeks,
as the shifts of its people; where a kind of day misses its promise, one more is asked for there, and it is
solved again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.arrays import Ints
from sim.errors import StudyError
from sim.kpis.measure import Kpis
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.scenario import Scenario
from sim.scenario.shifts import Break, Shift
from sim.scenario.team import Group
from sim.scenario.units import DAY_S
from sim.studies.rostering.allowed import breaks_wish
from sim.studies.rostering.conflict import conflict
from sim.studies.rostering.model import Model, Solved, solve
from sim.studies.rostering.place import Placed
from sim.studies.rostering.place import Shift as PlacedShift
from sim.studies.rostering.problem import WEEK, Problem, on_duty, problem_of, refuse_others
from sim.studies.staffing.choice import Per
from sim.studies.staffing.trial import Evaluation
from sim.studies.staffing.week import WeekStaffing, of_kind, staff_week, window

MOST_ROUNDS = 3
"""Rosters that are simulated."""
GAP = 0.01
"""A roster is good enough if it is proved that none is cheaper by more than this share."""
SECONDS = 150.0
"""For solving all programmes together; what was found by then is taken, with its gap."""
FRESH = 2_000_000
"""First replication of fresh weeks: searches of the requirement don't come that far."""

_Alike = tuple[str, float, float, tuple[tuple[float, float], ...]]
"""Name, start, end, and what they are away for."""


@dataclass(frozen=True, eq=False)
class PeopleRoster:
    """Shifts of people for some weeks."""

    scenario: Scenario
    """With these shifts."""
    problem: Problem
    placed: Placed
    solved: Solved
    staffing: WeekStaffing
    """The requirement that was covered, and what the roster made of its days in fresh weeks."""
    trials: tuple[Evaluation, ...]
    """What came of each kind of day in fresh weeks."""
    rounds: int
    """Rosters that were simulated."""
    seed: int
    replications: int

    def __repr__(self) -> str:
        people = f"{len(self.problem.workers)} people, {self.paid_h:,.1f} paid hours"
        return f"<PeopleRoster of {self.scenario.name!r}: {people}>"

    @property
    def kept(self) -> bool:
        """Whether every kind of day keeps its promise in fresh weeks."""
        return all(trial.kept for trial in self.trials)

    @property
    def gap(self) -> float:
        """By which share of the cost something may be cheaper that covers as much and keeps the rules."""
        return max(0.0, 1 - self.solved.bound / self.solved.cost) if self.solved.cost else 0.0

    @cached_property
    def paid_h(self) -> float:
        """Paid hours in all weeks."""
        return sum(shift.duty.paid_min for shift in self.placed.shifts) / 60

    @cached_property
    def wage_cost(self) -> float:
        """Paid hours times what they cost."""
        shifts = self.placed.shifts
        return sum(shift.duty.paid_min / 60 * shift.worker.person.cost_per_hour for shift in shifts)

    @property
    def wish_cost(self) -> float:
        """What unmet wishes cost."""
        return self.solved.cost - self.wage_cost

    def wishes_broken(self, name: str) -> int:
        """How often a person's roster breaks a wish of theirs."""
        date = self.scenario.calendar.date
        return sum(
            breaks_wish(wish, shift.duty, date(shift.duty.day))
            for shift in self.placed.shifts
            if shift.worker.name == name
            for wish in shift.worker.person.wishes
        )


def roster_people(
    scenario: Scenario,
    *,
    weeks: int,
    per: Per | str = Per.INTERVAL,
    confidence: float | None = None,
    seed: int = 1,
    replications: int = 100,
    seconds: float = SECONDS,
    gap: float = GAP,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> PeopleRoster:
    """Find shifts for the people of a *scenario* for some *weeks* that keep its targets and its rules.

    The answer is held against *replications* of all weeks that the search did not see. Staffing that the
    scenario has is ignored. The cost is paid hours times their rates, and the weights of unmet wishes. It is
    solved to a relative *gap*, or as far as some *seconds* in all allow: another machine may then come to
    another roster.

    Raises
    ------
    StudyError
        If it names nobody, no staffing keeps the targets, or no roster keeps the rules: with a smallest set
        of rules that clash.
    """
    refuse_others(scenario)
    ahead = scenario.model_copy(update={"days": WEEK * weeks})
    with executing(workers, given=executor) as ours:
        staffing = staff_week(
            ahead, per=per, confidence=confidence, seed=seed, replications=replications,
            progress=progress, executor=ours,
        )  # fmt: skip
        required = on_duty(staffing.scenario)
        for n in range(1, MOST_ROUNDS + 1):
            problem = problem_of(ahead, required)
            solved = _solved(problem, gap, seconds / MOST_ROUNDS if n > 1 else seconds / 2)
            placed = Placed(problem, solved)
            made = with_shifts(problem, placed)
            runs = range(FRESH + (n - 1) * replications, FRESH + n * replications)
            (found,) = ours.replications([made], seed, runs, bounds=staffing.promise.bounds)
            trials = _trials(staffing, ahead, list(found))
            if all(trial.kept for trial in trials) or n == MOST_ROUNDS:
                break
            required = _more(required, staffing, ahead, trials)
    plans = tuple(replace(plan, trial=trial) for plan, trial in zip(staffing.plans, trials, strict=True))
    shown = replace(staffing, plans=plans)
    return PeopleRoster(made, problem, placed, solved, shown, trials, n, seed, replications)


def _solved(problem: Problem, gap: float, seconds: float) -> Solved:
    """Solve a problem, or say why it can't be.

    Raises
    ------
    StudyError
        If it can't, or the time was too short to find a roster.
    """
    solved = solve(Model(problem), gap=gap, seconds=seconds)
    if solved.given:
        return solved
    why = conflict(problem)
    if why is None:
        raise StudyError(
            f"no roster was found in {seconds:,.0f} s, nor proved that there is none: give it more --seconds"
        )
    proof = "" if why.is_smallest else " (perhaps not all of them are needed: the time was too short to say)"
    told = "\n".join(f"  {reason}" for reason in why.reasons)
    raise StudyError(f"no roster keeps all rules; these can't be kept together{proof}:\n{told}")


def _trials(staffing: WeekStaffing, ahead: Scenario, runs: Sequence[Kpis]) -> tuple[Evaluation, ...]:
    return tuple(of_kind(ahead, plan.kind, staffing.promise, runs) for plan in staffing.plans)


def _more(required: Ints, staffing: WeekStaffing, ahead: Scenario, trials: Sequence[Evaluation]) -> Ints:
    """Ask for one more in each interval in which a kind of day misses its promise."""
    more = required.copy()
    for plan, trial in zip(staffing.plans, trials, strict=True):
        if trial.kept:
            continue
        bad = np.flatnonzero(trial.margins().min(axis=0) < 0)
        cells = window(ahead, plan.kind)
        cells = cells[:, bad] if cells.shape[1] == len(trial.margins()[0]) else cells
        at = cells[cells >= 0]
        more[:, at] += required[:, at] > 0
    return more


def with_shifts(problem: Problem, placed: Placed) -> Scenario:
    """Give the scenario with the shifts of its people: each person is a crew of one."""
    groups = list[Group]()
    for g, group in enumerate(problem.scenario.groups):
        mine = [shift for shift in placed.shifts if shift.worker.group == g]
        shifts = _shifts(problem, mine) + _of_eve(problem, g)
        if shifts:
            update: dict[str, Any] = {
                "agents": None,
                "staffing": None,
                "staffing_by_day": None,
                "shifts": shifts,
            }
        else:
            update = {"agents": 0, "staffing": None, "staffing_by_day": None, "shifts": None}
        groups.append(group.model_copy(update=update))
    return problem.scenario.model_copy(update={"groups": tuple(groups)})


def _of_eve(problem: Problem, g: int) -> tuple[Shift, ...]:
    """Shifts of the night before the roster, which nobody of it works."""
    eve = problem.scenario.calendar.date(-1)
    return tuple(
        Shift(agents=n, start=kind.start_s, end=kind.end_s - DAY_S, dates=(eve,))
        for kind, n in problem.eve
        if kind.group == g
    )


def _shifts(problem: Problem, placed: list[PlacedShift]) -> tuple[Shift, ...]:
    """Shifts of a scenario: those of a person that are alike by the clocks are one, with its dates."""
    alike = defaultdict[_Alike, list[dt.date]](list)
    calendar = problem.scenario.calendar
    for shift in placed:
        local = calendar.local_of(problem.scenario.groups[shift.worker.group].zone)
        away = sorted([*shift.breaks, *((on, off) for _, on, off in shift.activities)])
        pauses = tuple((local.place(on)[1], (off - on) / 60) for on, off in away)
        start_s, end_s = shift.duty.kind.start_s, shift.duty.kind.end_s
        end_s = end_s - DAY_S if end_s > DAY_S else end_s
        alike[shift.worker.name, start_s, end_s, pauses].append(calendar.date(shift.duty.day))
    return tuple(
        Shift(
            agents=1,
            crew=name,
            start=start_s,
            end=end_s,
            dates=tuple(dates),
            breaks=tuple(Break(start=at_s, minutes=minutes) for at_s, minutes in pauses),
        )
        for (name, start_s, end_s, pauses), dates in alike.items()
    )
