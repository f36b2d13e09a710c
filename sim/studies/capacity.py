"""How many people are needed months from now, when are they hired, and what if that is late?

The heads needed in a month are those whose paid hours the fewest agents take at its demand
(:mod:`sim.studies.staffing.week`). They are searched for at a few levels of demand; between two of these,
hours go in a straight line. People who leave are trained ones, at the end of a month, in whole people: as
many as the share says of all months until then, rounded. Who is hired is in training, then worth a part of a
trained agent, then all of one. Each month is simulated with the agents that its people make.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from sim.arrays import Floats, Ints
from sim.errors import StudyError
from sim.kpis.estimate import Estimates
from sim.kpis.targets import Verdict, bounds, verdict_on
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.capacity import Capacity, HiringClass
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per, Step
from sim.studies.staffing.headcount import people_for
from sim.studies.staffing.week import Planner, WeekStaffing, staff_week
from sim.studies.stress.load import with_demand

MOST_LEVELS = 4
"""Demand is staffed for at most at so many levels; between them hours are interpolated."""
WEEKS_A_MONTH = 365.25 / 7 / 12
"""Weeks in a month, on average."""
LATE_BY = 1
"""Months by which hiring is late where it is asked what that misses."""
MOST_HIRED = 10_000
"""More people than this are not hired in a month."""


@dataclass(frozen=True, slots=True)
class Team:
    """People in one month."""

    number: int
    """Of the month, from 1."""
    hired: int
    """Who begin with the month."""
    people: int
    """Employed during the month, those hired included."""
    in_training: int
    in_ramp: int
    """Who are through the training, and not worth a trained agent yet."""
    productive: float
    """What all of them are worth, in trained people."""
    leavers: int
    """Who leave at its end."""


@dataclass(frozen=True, slots=True, eq=False)
class Month:
    """What is needed in a month, who is there, and what comes of it."""

    first: dt.date
    """Its first day."""
    factor: float
    """Demand, times the scenario's."""
    required: float
    """Full-time equivalents that the targets take."""
    team: Team
    estimates: Estimates
    """Figures of simulated weeks (or as many days as the scenario has) with that team."""
    verdicts: tuple[Verdict, ...]
    """On every target, over the weeks."""
    cost: float

    @property
    def needed(self) -> int:
        """Trained people that the targets take."""
        return ceil(self.required - 1e-9)

    @property
    def short(self) -> float:
        """Trained people who are missing; 0 if none is."""
        return max(self.required - self.team.productive, 0.0)

    @property
    def kept(self) -> bool:
        """Whether all targets are kept over the month."""
        return all(verdict.met is not False for verdict in self.verdicts)


@dataclass(frozen=True, slots=True, eq=False)
class CapacityPlan:
    """People over months."""

    scenario: Scenario
    capacity: Capacity
    classes: tuple[HiringClass, ...]
    """Those of the scenario, or the fewest people, as late as can be."""
    is_found: bool
    """Whether the classes were found here."""
    months: tuple[Month, ...]
    late: tuple[Month, ...]
    """The same if every class begins `LATE_BY` months later."""
    levels: tuple[WeekStaffing, ...]
    """Staffing at each level of demand that was searched for ..."""
    factors: tuple[float, ...]
    """... which are these."""
    worth: tuple[float, ...]
    """What people are worth in each month from the day they begin; 1 after that."""
    seed: int
    replications: int
    simulated: int
    """Days simulated in all."""

    def __repr__(self) -> str:
        hired = sum(each.people for each in self.classes)
        return f"<CapacityPlan of {self.scenario.name!r}: {len(self.months)} months, {hired} people to hire>"


def worth_of(scenario: Scenario, capacity: Capacity) -> tuple[float, ...]:
    """What somebody hired is worth in each month: nothing in training, then what the ramp says.

    Without a ramp of the plan it is that of the first group that has new hires: they are as fast as what they
    have learnt (R30), which rises by the day, and a month of 30 days is worth the mean of these.
    """
    ramp = capacity.ramp
    learning = next((group.ramp for group in scenario.groups if group.ramp is not None), None)
    if not ramp and learning is not None:
        n = ceil(learning.days / 30)
        days = np.array([learning.learning(day) for day in range(30 * n)])
        ramp = tuple(days.reshape(n, 30).mean(axis=1).tolist())
    return (0.0,) * capacity.training_months + tuple(ramp)


def teams(capacity: Capacity, classes: Sequence[HiringClass], worth: Sequence[float]) -> tuple[Team, ...]:
    """Who is there in each month, if these *classes* are hired.

    Leavers of a month are a share of those employed in it; whole people, so that all of those until then
    differ from their shares by half a person at most. They are trained ones, as far as there are any.
    """
    trained, classes_there = capacity.people, list[tuple[int, int]]()  # age in months, people
    found, left_so_far, expected = [], 0, 0.0
    for number in range(1, capacity.months + 1):
        hired = sum(each.people for each in classes if each.month == number)
        if hired:
            classes_there.append((0, hired))
        done = sum(n for age, n in classes_there if age >= len(worth))
        trained += done
        classes_there = [(age, n) for age, n in classes_there if age < len(worth)]
        in_training = sum(n for age, n in classes_there if age < capacity.training_months)
        there = sum(n for _, n in classes_there)
        productive = float(trained + sum(n * worth[age] for age, n in classes_there))
        people = trained + there
        expected += capacity.attrition * people
        leavers = min(floor(expected + 0.5 + 1e-9) - left_so_far, trained)
        found.append(Team(number, hired, people, in_training, there - in_training, productive, leavers))
        left_so_far += leavers
        trained -= leavers
        classes_there = [(age + 1, n) for age, n in classes_there]
    return tuple(found)


def hiring(capacity: Capacity, required: Sequence[float], worth: Sequence[float]) -> tuple[HiringClass, ...]:
    """People to hire, month by month, each class as late as it is worth most when it is needed.

    A month in which people are missing gets a class that is through training and ramp by then; one that can't
    be so early begins as soon as notice allows, and is larger by what its people are worth less. What can't
    be filled by anybody hired now stays short.
    """
    people: dict[int, int] = {}
    earliest = 1 + capacity.notice_months
    for number, wanted in enumerate(required, start=1):
        begins = max(number - len(worth), earliest)
        age = number - begins
        value = 0.0 if age < 0 else worth[age] if age < len(worth) else 1.0
        while value > 0:
            team = teams(capacity, _classes(people), worth)[number - 1]
            missing = wanted - team.productive
            if missing <= 1e-9:
                break
            people[begins] = people.get(begins, 0) + max(ceil(missing / value - 1e-9), 1)
            if people[begins] > MOST_HIRED:
                raise StudyError(f"capacity: month {number} takes more than {MOST_HIRED:,} people to hire")
    return _delayed(capacity, people, required, worth)


def _delayed(
    capacity: Capacity, people: dict[int, int], required: Sequence[float], worth: Sequence[float]
) -> tuple[HiringClass, ...]:
    """Classes of which everybody begins later who can, as others are in their ramp when they are needed."""

    def short(some: dict[int, int]) -> Floats:
        there = teams(capacity, _classes(some), worth)
        return np.array([max(n - team.productive, 0.0) for n, team in zip(required, there, strict=True)])

    before, month = short(people), capacity.months
    while month >= 1:
        later = people | {month: people.get(month, 0) - 1, month + 1: people.get(month + 1, 0) + 1}
        if people.get(month) and month < capacity.months and (short(later) <= before + 1e-9).all():
            people, month = later, month + 1
        else:
            month -= 1
    return _classes(people)


def _classes(people: dict[int, int]) -> tuple[HiringClass, ...]:
    return tuple(HiringClass(month=month, people=n) for month, n in sorted(people.items()) if n)


def capacity(
    scenario: Scenario,
    *,
    per: Per | str = Per.INTERVAL,
    step: Step | str = Step.INTERVAL,
    seed: int = 1,
    replications: int = 100,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> CapacityPlan:
    """Plan the people of a *scenario* that has a `[capacity]`, month by month, and simulate each month.

    Raises
    ------
    StudyError
        As `staff_week`; and if it has no `[capacity]`, or chats come at exact times and are to become more.
    """
    plan = scenario.capacity
    if plan is None:
        law = "is missing: say how many people there are, as in [capacity] people = 24"
        raise StudyError(f"capacity: {law}; growth, attrition, training_months and ramp say more")
    _refuse_exact_times(scenario, plan)
    worth, scenario = worth_of(scenario, plan), _trained(scenario)
    with executing(workers, given=executor) as ours:
        factors = _levels(plan.factors)
        found = []
        for k, factor in enumerate(factors):
            found.append(
                staff_week(
                    _at(scenario, factor), per=per, step=step, seed=seed, replications=replications,
                    progress=_part(progress, k, len(factors)), executor=ours,
                )
            )  # fmt: skip
        curve = _Curve(scenario, factors, found)
        required = [curve.required(factor) for factor in plan.factors]
        classes = plan.classes or hiring(plan, required, worth)
        runs = _Months(scenario, plan, curve, Step(step), ours, seed, replications)
        months = tuple(runs.of(teams(plan, classes, worth), required))
        later = [_moved(each, LATE_BY) for each in classes]
        late = tuple(runs.of(teams(plan, later, worth), required))
    return CapacityPlan(
        scenario=scenario,
        capacity=plan,
        classes=tuple(classes),
        is_found=not plan.classes,
        months=months,
        late=late,
        levels=tuple(found),
        factors=tuple(factors),
        worth=worth,
        seed=seed,
        replications=replications,
        simulated=sum(each.simulated for each in found) + runs.simulated,
    )


def _moved(each: HiringClass, months: int) -> HiringClass:
    """A class that begins so many months later, maybe after the plan."""
    return each.model_copy(update={"month": each.month + months})


def _refuse_exact_times(scenario: Scenario, plan: Capacity) -> None:
    wrong = [
        f"queues.{q}.arrivals.times_s: exact times can't be made more or fewer, as the plan's months ask for:"
        " give per_hour or a forecast file"
        for q, queue in enumerate(scenario.queues)
        if queue.arrivals.times_s is not None and set(plan.factors) != {1.0}
    ]
    if wrong:
        raise StudyError("\n".join(wrong))


def _trained(scenario: Scenario) -> Scenario:
    """The scenario with trained agents alone: new ones are counted by what they are worth."""
    groups = tuple(group.model_copy(update={"ramp": None}) for group in scenario.groups)
    return scenario.model_copy(update={"groups": groups})


def _part(progress: Progress | None, k: int, n: int) -> Progress | None:
    """Progress of the *k*-th of *n* searches."""
    if progress is None:
        return None

    def tell(done: int, most: int | None, counted: str | None = None, /) -> None:
        progress(k * (most or 0) + done, n * (most or 0), counted)

    return tell


def _levels(factors: Sequence[float]) -> list[float]:
    """Levels of demand to staff for: all, or so many from the lowest to the highest."""
    some = sorted(set(factors))
    if len(some) <= MOST_LEVELS:
        return some
    return [float(level) for level in np.linspace(some[0], some[-1], MOST_LEVELS)]


def _at(scenario: Scenario, factor: float) -> Scenario:
    """The scenario with so many times the demand."""
    return scenario if factor == 1 else with_demand(scenario, factor)


class _Curve:
    """Hours and agents by demand."""

    def __init__(self, scenario: Scenario, factors: Sequence[float], found: Sequence[WeekStaffing]) -> None:
        self.factors, self.found = np.array(factors), found
        people = [people_for(each, scenario.fte_hours_per_week) for each in found]
        self.fte, self.peaks = [each.fte for each in people], [each.peak for each in people]

    def required(self, factor: float) -> float:
        """Full-time equivalents at a demand; people enough for the busiest time, if that takes more."""
        return max(float(np.interp(factor, self.factors, those)) for those in (self.fte, self.peaks))

    def plans(self, factor: float) -> list[Floats]:
        """Agents of each kind of day by block at a demand: between two levels, part of each."""
        place = float(np.interp(factor, self.factors, np.arange(len(self.factors))))
        low, part = floor(place), place - floor(place)
        high = min(low + 1, len(self.found) - 1)
        pairs = zip(self.found[low].plans, self.found[high].plans, strict=True)
        return [(1 - part) * a.plan + part * b.plan for a, b in pairs]


class _Months:
    """Simulates months with the people that are there."""

    def __init__(
        self,
        scenario: Scenario,
        plan: Capacity,
        curve: _Curve,
        step: Step,
        executor: Executor,
        seed: int,
        replications: int,
    ) -> None:
        self.scenario, self.plan, self.curve, self.step = scenario, plan, curve, step
        self.executor, self.seed, self.replications = executor, seed, replications
        self.simulated = 0
        """Days simulated so far."""
        self._known: dict[tuple[float, float], Estimates] = {}

    def of(self, people: Sequence[Team], required: Sequence[float]) -> Iterator[Month]:
        """Each month with its team."""
        asked = bounds(self.scenario)
        for k, (team, wanted) in enumerate(zip(people, required, strict=True)):
            factor = self.plan.factors[k]
            share = min(team.productive / wanted, 1.0) if wanted else 1.0
            estimates = self._estimates(factor, share)
            verdicts = [verdict_on(bound, bound.figure(estimates), estimates.n) for bound in asked]
            yield Month(
                first=month_after(self.scenario.start, k),
                factor=factor,
                required=wanted,
                team=team,
                estimates=estimates,
                verdicts=tuple(verdicts),
                cost=self._cost(team),
            )

    def _cost(self, team: Team) -> float:
        hours = team.people * self.scenario.fte_hours_per_week * WEEKS_A_MONTH
        return hours * self.plan.cost_per_hour + team.hired * self.plan.cost_per_hire

    def _estimates(self, factor: float, share: float) -> Estimates:
        """Figures with a *share* of the agents that the targets take."""
        key = factor, round(share, 9)
        if key not in self._known:
            scenario = _at(self.scenario, factor)
            promise = self.curve.found[0].promise
            planner = Planner(scenario, promise, self.step, self.executor, self.seed, self.replications)
            levels = _scaled(planner, self.curve.plans(factor), share)
            _, runs = planner.fresh_weeks(levels, self.replications)
            self.simulated += planner.simulated
            self._known[key] = Estimates(runs)
        return self._known[key]


def _scaled(planner: Planner, plans: Sequence[Floats], share: float) -> list[list[Ints]]:
    """Staffing with a *share* of the agents of *plans*, rounded to as many agent hours."""
    scaled = []
    for parts, plan in zip(planner.parts, plans, strict=True):
        whole = np.array([_rounded(level * share) for level in plan])
        for g, least in enumerate(parts.least_peak()):
            whole[g, whole[g].argmax()] = max(least, whole[g].max())
        scaled.append([np.array(parts.spread(level), dtype=np.int64) for level in whole.tolist()])
    return scaled


def _rounded(levels: Floats) -> Ints:
    """Whole numbers that add up to the sum of *levels*, rounded, and are next to them: largest remainders."""
    whole = np.floor(levels + 1e-9).astype(np.int64)
    more = round(float(levels.sum())) - int(whole.sum())
    whole[np.argsort(whole - levels, kind="stable")[: max(more, 0)]] += 1
    return np.asarray(whole)


def month_after(start: dt.date, months: int) -> dt.date:
    """First day of the month so many after that of a date."""
    place = start.year * 12 + start.month - 1 + months
    return dt.date(place // 12, place % 12 + 1, 1)
