"""How few agents keep the promise on each day of a week? A requirement by kind of day, checked together.

Each kind of day is searched for by itself (:mod:`sim.studies.staffing.search`), with as many simulated days
as its share of the week allows. All of them are then simulated together, as the weeks that they make, on
fresh replications: what is carried over from day to day is in those figures. A day that misses its promise
there gets agents where it missed it, and the week is checked again on others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Floats, Ints
from sim.draws.memory import refuse_too_large
from sim.errors import StudyError
from sim.kpis.estimate import Estimates
from sim.kpis.intervals import wilson
from sim.kpis.loops import By, Column
from sim.kpis.measure import Kpis, bound_of, columns
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.scenario import Scenario
from sim.scenario.units import DAY_S
from sim.studies.staffing.choice import Over, Per, Step
from sim.studies.staffing.guess import guess
from sim.studies.staffing.people import days_a_week
from sim.studies.staffing.plan import Blocks, blocks, expected_a_day
from sim.studies.staffing.promise import Promise, promised
from sim.studies.staffing.search import Days, Search
from sim.studies.staffing.staff import refuse_impossible
from sim.studies.staffing.trial import Evaluation
from sim.studies.staffing.weekdays import WEEK, Kind, kinds, together
from sim.studies.staffing.why import Need, Value, needs, values_of

MOST_WORK = 20
"""At most so many days are simulated for each day that the answer is held against."""
FOR_CHECKS = 7
"""So many of them are for weeks in which all days are checked together."""
OF_SEARCH = 0.2
"""Days on which a search tries one agent more or fewer, in relation to those of the answer."""
FIRST_WEEK = 1_000_000
"""The first replication of weeks: searches of single days don't come that far."""


@dataclass(frozen=True, slots=True, eq=False)
class DayPlan:
    """The requirement of one kind of day."""

    kind: Kind
    blocks: Blocks
    plan: Ints
    """Agents, shape (n_groups, n_blocks)."""
    needs: list[Need]
    """Reasons of each block, as days by themselves showed them; none for staffing that was given."""
    trial: Evaluation
    """What came of it in fresh weeks."""
    simulated: int
    """Days simulated in its search."""

    @property
    def title(self) -> str:
        """What its days are called."""
        return self.kind.title

    @property
    def kept(self) -> bool:
        """Whether it keeps its promise in fresh weeks."""
        return self.trial.kept

    @property
    def hours(self) -> Floats:
        """Agent hours on duty of each group on such a day, shape (n_groups,)."""
        return np.asarray((self.plan * self.blocks.hours).sum(axis=1))

    @property
    def spare(self) -> int:
        """Blocks and groups in which one agent fewer may do: the search had no days left to try."""
        return sum(not fewer.is_needed for need in self.needs for fewer in need.fewer)

    @property
    def chats(self) -> Floats:
        """Chats expected in each interval of such a day, shape (n_intervals,)."""
        return np.asarray(expected_a_day(self.kind.scenario).sum(axis=0))

    def levels(self) -> list[Ints]:
        """Agents of each group in each interval of the day."""
        return [np.array(self.blocks.spread(level), dtype=np.int64) for level in self.plan.tolist()]

    def day(self) -> tuple[Value, ...]:
        """Promised figures over such a day."""
        return values_of(self.trial, slice(None))

    def interval(self, k: int) -> tuple[Value, ...]:
        """Promised figures of one interval of such a day."""
        return values_of(self.trial, slice(k, k + 1))

    def margin(self) -> tuple[float, int]:
        """By how much its worst interval (or the day) keeps its worst bound, relative to it, and which it is.

        Below 0 where a bound is missed. 0 as the interval where the day is promised as a whole.
        """
        margins = self.trial.margins().min(axis=0)
        worst = int(margins.argmin())
        return float(margins[worst]), worst


@dataclass(frozen=True, slots=True, eq=False)
class WeekStaffing:
    """The fewest agents that keep a scenario's targets on each of its days."""

    scenario: Scenario
    """With the staffing found, by weekday and date."""
    promise: Promise
    """Of each day; with `Over.WEEK` its confidence is the root of what is asked for."""
    over: Over
    confidence: float | None
    """As it was asked for."""
    plans: tuple[DayPlan, ...]
    """In order of the first day of each kind."""
    estimates: Estimates
    """Figures of fresh weeks."""
    duty: Duty
    seed: int
    replications: int
    """Fresh weeks (or as many days as the scenario has) that the answer is held against."""
    simulated: int
    """Days simulated in all: searches and checks."""
    weeks_kept: float
    """Share of fresh weeks all days of which keep every target ..."""
    weeks_kept_between: tuple[float, float]
    """... and the ends of its 95 % interval (Wilson's)."""

    def __repr__(self) -> str:
        kept = "kept" if self.kept else "not kept"
        return (
            f"<WeekStaffing of {self.scenario.name!r}: {self.hours:,.1f} agent hours a week, targets {kept}>"
        )

    @property
    def kept(self) -> bool:
        """Whether every day keeps its promise, and the weeks theirs, in fresh weeks."""
        of_weeks = self.over is not Over.WEEK or self.confidence is None or self.weeks_kept >= self.confidence
        return of_weeks and all(plan.kept for plan in self.plans)

    @property
    def settled(self) -> bool:
        """Whether the search showed that nobody can be spared."""
        return not any(plan.spare for plan in self.plans)

    @property
    def first_to_fail(self) -> tuple[DayPlan, int]:
        """The kind of day that keeps its promise by least, or misses it by most, and the interval where."""
        worst = min(self.plans, key=lambda plan: plan.margin()[0])
        return worst, worst.margin()[1]

    def a_week(self, kind: Kind) -> float:
        """How many days of a *kind* there are in a week."""
        return a_week(self.scenario, kind)

    @property
    def hours(self) -> float:
        """Agent hours on duty a week."""
        return sum(float(plan.hours.sum()) * self.a_week(plan.kind) for plan in self.plans)

    @property
    def hours_of_one_pattern(self) -> float:
        """Agent hours a week if all days had the same agents at the same time of their day.

        Each interval of the day then needs as many as the day that needs most there.
        """
        most: dict[float, Ints] = {}
        for plan in self.plans:
            for k, levels in enumerate(np.array(plan.levels()).T.tolist()):
                at_s = plan.kind.begin_s + k * self.scenario.interval_s
                most[at_s] = np.maximum(most.get(at_s, np.zeros(len(levels), dtype=np.int64)), levels)
        width_h, total = self.scenario.interval_s / 3600, 0.0
        for plan in self.plans:
            (open_s, close_s), begin_s = open_span(plan.kind), plan.kind.begin_s
            for at_s, levels in most.items():
                if open_s <= at_s - begin_s < close_s and np.any(levels):
                    total += float(levels.sum()) * width_h * self.a_week(plan.kind)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Duty:
    """Where paid hours go, by kind of day and interval: hours of one such day, a mean over weeks."""

    planned: tuple[Floats, ...]
    """On duty as planned, of each kind: shape (n_groups, n_intervals)."""
    absent: tuple[Floats, ...]
    """Of those, lost to absence: shape (n_intervals,)."""
    late: tuple[Floats, ...]
    """Of those, lost to late log-ins."""


def a_week(scenario: Scenario, kind: Kind) -> float:
    """How many days of a *kind* a week of the *scenario* has: all open ones, if it has one day alone."""
    if scenario.days == 1:
        return float(days_a_week(scenario))
    return len(kind.days) / max(scenario.days / WEEK, 1.0)


def open_span(kind: Kind) -> tuple[float, float]:
    """From and until when such a day is open, by its own clock."""
    hours = kind.scenario.hours
    if hours is None or hours.open is None or hours.close is None:
        return 0.0, float(DAY_S)
    return hours.open, hours.close or float(DAY_S)


class Planner:
    """Searches for kinds of days, and what simulated weeks say of their plans."""

    def __init__(
        self,
        scenario: Scenario,
        promise: Promise,
        step: Step,
        executor: Executor,
        seed: int,
        replications: int,
        progress: Progress | None = None,
    ) -> None:
        self.scenario, self.promise, self.executor, self.seed = scenario, promise, executor, seed
        self.replications = replications
        self.kinds = kinds(scenario)
        self.parts = [blocks(kind.scenario, step) for kind in self.kinds]
        self.open_days = sum(len(kind.days) for kind in self.kinds)
        """Days of the scenario on which chats are expected."""
        self.most = MOST_WORK * replications * self.open_days
        """Days that may be simulated in all."""
        self.simulated = 0
        """Days simulated so far."""
        self.progress = progress
        self._next = FIRST_WEEK

    def count(self, n_days: int) -> None:
        """Count simulated days, and tell how many they are."""
        self.simulated += n_days
        if self.progress is not None:
            self.progress(min(self.simulated, self.most), self.most, None)

    def search(self, k: int) -> Search:
        """A search for kind *k* of days that may take its part of the work."""
        most = (MOST_WORK - FOR_CHECKS) * self.replications * self.open_days / len(self.kinds)
        return Search(self.parts[k], self.promise, self.executor, self.seed, most, self._tell)

    def _tell(self, done: int, _most: int | None, _counted: str | None = None, /) -> None:
        """Tell how far a search has come, which is counted once it ends."""
        if self.progress is not None:
            self.progress(min(self.simulated + done, self.most), self.most, None)

    @property
    def days(self) -> Days:
        """Days of a search."""
        return Days(self.replications, OF_SEARCH)

    def fresh_weeks(self, levels: Sequence[Sequence[Ints]], n: int) -> tuple[Scenario, list[Kpis]]:
        """Simulate *n* weeks that nothing saw yet, with the *levels* of each kind of day."""
        scenario = together(self.scenario, self.kinds, levels)
        runs = range(self._next, self._next + n)
        self._next += n
        bounds = self.promise.bounds
        (found,) = self.executor.replications([scenario], self.seed, runs, bounds=bounds)
        self.count(n * self.open_days)
        return scenario, list(found)

    def affords_weeks(self, n: int) -> bool:
        """Whether *n* more weeks may be simulated."""
        return self.simulated + n * self.open_days <= self.most


def of_kind(scenario: Scenario, kind: Kind, promise: Promise, runs: Sequence[Kpis]) -> Evaluation:
    """What came of the days of a *kind* in some weeks: each of its days counts as one."""
    cells, sums = window(scenario, kind), bound_of(runs)  # (n_runs, n_bounds, 2, n_cells)
    known = np.concatenate([np.nan_to_num(sums), np.zeros((*sums.shape[:-1], 1))], axis=-1)
    of_days = known[..., cells]  # (n_runs, n_bounds, 2, n_days, n_intervals)
    n, planned = cells.shape[1], np.asarray(expected_a_day(kind.scenario).sum(axis=0) > 0)
    top, bottom = of_days.transpose(2, 1, 0, 3, 4).reshape(2, len(promise.bounds), -1, n)
    return Evaluation(promise, top, bottom, planned=planned)


def window(scenario: Scenario, kind: Kind) -> Ints:
    """Cells of the whole *scenario* that are the intervals of each day of a *kind*: (n_days, n_intervals).

    The end of the last night lies after the last midnight: it is that of the eve's night if that is like it,
    else −1.
    """
    cells_s, width_s = scenario.cells.edges_s, scenario.interval_s
    middles_s = (np.arange(kind.scenario.intervals_per_day) + 0.5) * width_s
    at_s = np.array(kind.starts_s)[:, None] + middles_s
    if kind.has_morning:
        at_s = np.where(at_s < cells_s[-1], at_s, at_s - cells_s[-1])
    cells = np.searchsorted(cells_s, at_s, side="right") - 1
    return np.asarray(np.where(at_s < cells_s[-1], cells, -1), dtype=np.int64)


def duty_of(scenario: Scenario, plans: Sequence[tuple[Kind, Sequence[Ints]]], runs: Sequence[Kpis]) -> Duty:
    """Hours on duty as planned, and what absence and lateness took of them in *runs*."""
    width_h = scenario.interval_s / 3600
    lost = columns(runs, By.INTERVAL, [Column.ABSENT_S, Column.LATE_S]).mean(axis=0) / 3600
    known = np.concatenate([np.nan_to_num(lost), np.zeros((2, 1))], axis=1)
    planned, absent, late = list[Floats](), list[Floats](), list[Floats]()
    for kind, levels in plans:
        planned.append(np.array(levels, dtype=np.float64) * width_h)
        took = known[:, window(scenario, kind)].mean(axis=1)
        absent.append(took[0])
        late.append(took[1])
    return Duty(tuple(planned), tuple(absent), tuple(late))


def staff_week(
    scenario: Scenario,
    *,
    per: Per | str = Per.INTERVAL,
    step: Step | str = Step.INTERVAL,
    confidence: float | None = None,
    over: Over | str = Over.DAY,
    seed: int = 1,
    replications: int = 400,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> WeekStaffing:
    """Find the fewest agents of each group on each day of a *scenario* that keep all targets on that day.

    Days that are alike have the same agents. Targets are kept *per* interval or day on average over such
    days, and with a *confidence* each on that share of days, or *over* a week on all its days in that share
    of weeks. The answer is held against *replications* of all days that the search did not see; at most
    `MOST_WORK` times as many days are simulated. Staffing that the scenario has is ignored.

    Raises
    ------
    StudyError
        If it has no targets, nobody comes, days can't be planned one by one, or no staffing keeps the targets
        on some days: with all of those.
    TooLargeError
        If a week does not fit into memory.
    """
    if replications < 20:
        raise StudyError(f"replications: must be at least 20 to staff by, got {replications}")
    over, asked = Over(over), confidence
    promise = promised(scenario, Per(per), confidence)
    with executing(workers, given=executor) as ours:
        planner = Planner(scenario, promise, Step(step), ours, seed, replications, progress)
        if over is Over.WEEK and confidence is not None:
            open_days = sum(len(kind.days) for kind in planner.kinds)
            n_days = min(open_days, WEEK * open_days / scenario.days)
            planner.promise = replace(promise, confidence=confidence ** (1 / n_days))
        return _found(planner, over, asked)


def _found(planner: Planner, over: Over, confidence: float | None) -> WeekStaffing:
    searches = [planner.search(k) for k in range(len(planner.kinds))]
    starts = [guess(parts, planner.promise) for parts in planner.parts]
    refuse_too_large(together(planner.scenario, planner.kinds, levels_of(planner.parts, starts)))
    _refuse_impossible(planner, searches, starts)
    plans, reasons = list[Ints](), list[list[Need]]()
    for search, parts, start in zip(searches, planner.parts, starts, strict=True):
        before = search.simulated
        found = search.unchecked(_as_found(parts, start, starts[: len(plans)], plans), planner.days)
        planner.count(search.simulated - before)
        plans.append(found.plan)
        reasons.append(needs(parts, found, found.runs))
    plans, whole, runs, trials = _checked(planner, searches, plans)
    made = tuple(
        DayPlan(kind, parts, plan, why, trial, search.simulated)
        for kind, parts, plan, why, trial, search in zip(
            planner.kinds, planner.parts, plans, reasons, trials, searches, strict=True
        )
    )
    return answer(planner, whole, runs, made, over, confidence)


def _as_found(parts: Blocks, start: Ints, starts: Sequence[Ints], plans: Sequence[Ints]) -> Ints:
    """A first guess, corrected by how right the guesses of other days were: near ones end soon."""
    guessed, found = sum(int(each.sum()) for each in starts), sum(int(each.sum()) for each in plans)
    if not guessed:
        return start
    whole = np.maximum(np.ceil(start * (found / guessed) - 0.5), np.minimum(start, 1))
    scaled = np.asarray(whole, dtype=np.int64)
    for g, least in enumerate(parts.least_peak()):
        scaled[g, scaled[g].argmax()] = max(least, scaled[g].max())
    return scaled


def levels_of(parts: Sequence[Blocks], plans: Sequence[Ints]) -> list[list[Ints]]:
    """Agents of each group in each interval of each kind of day, of *plans* by block."""
    return [
        [np.array(of.spread(level), dtype=np.int64) for level in plan.tolist()]
        for of, plan in zip(parts, plans, strict=True)
    ]


def _refuse_impossible(planner: Planner, searches: Sequence[Search], starts: Sequence[Ints]) -> None:
    """Refuse a promise that can't be kept on some kinds of days: name all of them, and why."""
    wrong = []
    for kind, search, start in zip(planner.kinds, searches, starts, strict=True):
        try:
            refuse_impossible(search, start, planner.days.coarse)
        except StudyError as error:
            wrong += [f"{kind.title}: {line}" for line in str(error).splitlines()]
    if wrong:
        raise StudyError("\n".join(wrong))


def _checked(
    planner: Planner, searches: Sequence[Search], plans: Sequence[Ints]
) -> tuple[list[Ints], Scenario, list[Kpis], list[Evaluation]]:
    """Hold plans against fresh weeks; days that miss get more agents, and all are held against further weeks.

    What is known of a kind of day is what came of it in all weeks since it was last changed.
    """
    plans, n = list(plans), planner.replications
    seen: list[Evaluation | None] = [None] * len(plans)
    while True:
        whole, runs = planner.fresh_weeks(levels_of(planner.parts, plans), n)
        for k, kind in enumerate(planner.kinds):
            trial, before = of_kind(planner.scenario, kind, planner.promise, runs), seen[k]
            seen[k] = trial if before is None else before.joined(trial)
        trials = [trial for trial in seen if trial is not None]
        failing = [k for k, trial in enumerate(trials) if not trial.kept]
        if not failing or not planner.affords_weeks(n):
            return plans, whole, runs, trials
        for k in failing:
            plans[k] = searches[k].repaired(plans[k], trials[k], planner.days)
            seen[k] = None


def answer(
    planner: Planner,
    whole: Scenario,
    runs: Sequence[Kpis],
    plans: tuple[DayPlan, ...],
    over: Over,
    confidence: float | None,
) -> WeekStaffing:
    """What was found, as weeks showed it: the *whole* scenario was simulated in *runs*."""
    kept = np.all(
        [
            _last(plan.trial, len(runs) * len(plan.kind.days)).days_kept().reshape(len(runs), -1).all(axis=1)
            for plan in plans
        ],
        axis=0,
    )
    share = float(kept.mean())
    levels = [(plan.kind, plan.levels()) for plan in plans]
    return WeekStaffing(
        scenario=whole,
        promise=planner.promise,
        over=over,
        confidence=confidence,
        plans=plans,
        estimates=Estimates(runs),
        duty=duty_of(planner.scenario, levels, runs),
        seed=planner.seed,
        replications=len(runs),
        simulated=planner.simulated,
        weeks_kept=share,
        weeks_kept_between=wilson(share, len(runs)),
    )


def _last(trial: Evaluation, n_days: int) -> Evaluation:
    """What came of the last *n_days* of a trial."""
    return replace(trial, top=trial.top[:, -n_days:], bottom=trial.bottom[:, -n_days:], came=None)
