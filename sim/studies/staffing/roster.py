"""Which shifts keep the promise at the least cost? Integer programmes, simulation, and cuts between them.

Shifts that cover the requirement of every interval are a first roster. What is spare in an interval helps
its neighbours, so cheaper ones may do: the programme is solved for the agents that each interval needs even
if its neighbours have plenty, the roster is simulated, and where it falls short a cut is added (`cuts`) and
it is solved again. The first roster that keeps the promise is the cheapest: those before it are cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np

from sim.arrays import Floats, Ints
from sim.draws.memory import refuse_too_large
from sim.errors import StudyError
from sim.kpis.estimate import Estimates
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.scenario import Scenario
from sim.scenario.team import Pattern
from sim.scenario.units import clock_text, end_text
from sim.studies.staffing.choice import Per
from sim.studies.staffing.cover import Alternative, Demands, Linear, Programme, Solution
from sim.studies.staffing.cuts import Cutter, by_clock
from sim.studies.staffing.guess import guess
from sim.studies.staffing.patterns import Candidate, Candidates, candidates
from sim.studies.staffing.plan import Blocks, blocks, expected_a_day
from sim.studies.staffing.promise import Promise, promised
from sim.studies.staffing.search import Days, Search
from sim.studies.staffing.staff import refuse_impossible
from sim.studies.staffing.trial import Evaluation

MOST_ROUNDS = 12
MOST_STEPS = 12
MOST_CONFIRMATIONS = 6
MOST_SPARING = 40
"""Times that a roster is made cheaper shift by shift."""
MOST_TRIED = 6
"""... by one of so many, those that look best on few days."""
MOST_STAGGERED = 40
"""Times that an agent's break is moved away from those of others on the same shift."""
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Round:
    """One roster that was tried."""

    cost: float
    kept: bool
    shortfall: float
    """How far it was from the promise."""
    cuts: int
    """Cuts that it gave."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A shift of the roster."""

    candidate: Candidate
    agents: int


@dataclass(frozen=True, slots=True)
class Roster:
    """The cheapest shifts that were found."""

    scenario: Scenario
    """With these shifts."""
    candidates: Candidates
    promise: Promise
    shifts: tuple[Planned, ...]
    """By group, then start."""
    required: Ints
    """Agents that each interval needs if staffing may change with it: (n_groups, n_intervals)."""
    covered: Floats
    """Agents on duty, on average over the interval, the same shape."""
    cost: float
    covering_cost: float | None
    """Of the cheapest shifts that cover the requirement; None if none do."""
    bound: float
    """No roster that keeps the promise on the days of the search is cheaper, as far as is proved."""
    rounds: tuple[Round, ...]
    alternatives: int
    """Cuts that say where there must be more agents ..."""
    linear: int
    """... and those that extrapolate what one agent more does to the day."""
    confirmations: int
    """Sets of fresh days that the roster, or one before it, was held against."""
    trial: Evaluation
    """What came of it on the last of them."""
    estimates: Estimates
    seed: int
    replications: int
    """Fresh ones, each time."""
    is_whole: bool
    """Whether the search came to its end; else it was interrupted, and this is the best it had found."""
    simulated: int
    """Replications in all."""

    def __repr__(self) -> str:
        kinds = f"{len(self.shifts)} kinds of shifts"
        return f"<Roster of {self.scenario.name!r}: {kinds}, {self.paid_h:,.1f} paid hours a day>"

    @property
    def kept(self) -> bool:
        """Whether the roster keeps the promise on fresh days."""
        return self.trial.kept

    @property
    def is_cheapest(self) -> bool:
        """Whether it is proved that no roster is cheaper."""
        return self.bound >= self.cost - 1e-6

    @property
    def gap(self) -> float | None:
        """By which share of the cost something may be cheaper; None if nothing is proved."""
        return max(0.0, 1 - self.bound / self.cost) if self.bound > 0 else None

    @property
    def paid_h(self) -> float:
        """Paid hours a day."""
        return float(sum(planned.agents * planned.candidate.paid_h for planned in self.shifts))

    @property
    def gross_h(self) -> float:
        """Paid hours a day with those lost to planned shrinkage."""
        return float(
            sum(
                planned.agents
                * planned.candidate.paid_h
                / (1 - self.scenario.groups[planned.candidate.group].planned_shrinkage)
                for planned in self.shifts
            )
        )


def roster(
    scenario: Scenario,
    *,
    patterns: tuple[Pattern, ...] | None = None,
    per: Per | str = Per.INTERVAL,
    confidence: float | None = None,
    seed: int = 1,
    replications: int = 400,
    rounds: int = MOST_ROUNDS,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Roster:
    """Find the cheapest shifts of a *scenario*'s patterns that keep its targets.

    Targets are kept *per* interval or day on average, and with a *confidence* each on that share of days. The
    answer is held against *replications* that its search did not see. Staffing that the scenario has is
    ignored.

    Raises
    ------
    StudyError
        If no shift covers an interval, no staffing keeps the targets, or the patterns' limits don't allow it.
    """
    if replications < FEWEST:
        raise StudyError(f"replications: must be at least {FEWEST} to plan by, got {replications}")
    promise, parts = promised(scenario, Per(per), confidence), blocks(scenario)
    possible = candidates(scenario, patterns)
    start = guess(parts, promise)
    _refuse_gaps(possible, parts, start)
    refuse_too_large(parts.apply(start))
    days = Days(replications)
    with executing(workers, given=executor) as ours:
        counted = "Replications searched for the requirement"
        search = Search(parts, promise, ours, seed, progress=progress, counted=counted)
        refuse_impossible(search, start, days.coarse)
        found = search.find(start, days).plan
        search.progress = None  # rosters are counted from now on
        required = np.array([parts.spread(level) for level in found.tolist()])
        return Planner(possible, search, required, days, rounds, progress).planned()


def _refuse_gaps(possible: Candidates, parts: Blocks, start: Ints) -> None:
    """Refuse patterns that leave an interval without anybody who serves one of its queues."""
    scenario, gaps = possible.scenario, possible.gaps()
    expected = expected_a_day(scenario)
    for q, queue in enumerate(scenario.queues):
        skilled = [g for g, group in enumerate(scenario.groups) if queue.name in group.queues]
        bad = np.flatnonzero((expected[q] > 0) & gaps[skilled].all(axis=0))
        if not len(bad):
            continue
        first = int(bad[0])
        last = first + int(np.argmin(np.append(np.diff(bad) == 1, False)))
        block = int(np.flatnonzero(parts.first <= first)[-1])
        agents = max(int(start[skilled, block].max()), 1)
        teams = " or ".join(repr(scenario.groups[g].name) for g in skilled)
        span = f"{_clock(scenario, first)}–{_clock(scenario, last + 1)}"
        need = f"{span} needs about {agents} agent{'s' * (agents > 1)} of {teams} for {queue.name!r}"
        why = f"no shift covers it: {_reach(possible, skilled)}"
        raise StudyError(f"groups.{skilled[0]}.patterns: {need}, and {why}")


def _reach(possible: Candidates, groups: list[int]) -> str:
    """When the shifts of some groups begin and end."""
    shifts = [candidate.shift for candidate in possible.all if candidate.group in groups]
    start, end = min(shift.start for shift in shifts), max(shift.end for shift in shifts)
    return f"they begin at {clock_text(start)} at the earliest and end at {end_text(end)} at the latest"


def _clock(scenario: Scenario, interval: int) -> str:
    return end_text(interval * scenario.interval_s)


@dataclass(slots=True)
class _Best:
    """The cheapest roster so far that keeps the promise, and what is proved."""

    solution: Solution | None = None
    bound: float = 0.0
    """No roster that keeps it is cheaper; infinite if there is none."""

    @property
    def cost(self) -> float:
        return self.solution.cost if self.solution is not None else inf


class Planner:
    """Solves, simulates, cuts, and solves again."""

    def __init__(
        self,
        possible: Candidates,
        search: Search,
        required: Ints,
        days: Days,
        most_rounds: int,
        progress: Progress | None,
    ) -> None:
        self.possible, self.search, self.required, self.days = possible, search, required, days
        self.most_rounds, self.progress = most_rounds, progress
        self.cutter = Cutter(possible, search, required)
        self.programme = Programme(possible, search.blocks.least_peak())
        self.rounds: list[Round] = []
        self.n_alternatives = self.n_linear = 0
        self._best = _Best()

    def planned(self) -> Roster:
        """The cheapest roster that was found, held against fresh days; the best so far, if interrupted."""
        try:
            return self._planned()
        except KeyboardInterrupt:
            if self._best.solution is None:
                raise
            solution, runs = self._best.solution, self.days.fresh[: len(self.days.coarse)]
            trial = self.cutter.trial(solution.agents, runs)
            return self._result(solution, None, self._best.bound, trial, runs, 1, is_whole=False)

    def _planned(self) -> Roster:
        required = self.required.ravel().astype(np.float64)
        covering = self.programme.solve(Demands(required))
        demands = Demands(self.least())
        best = self.cheapest(demands, covering, self._best)
        if best.solution is None:
            raise StudyError(self._why_none(best.bound, required))
        bound, runs = best.bound, self.days.fresh
        for n in range(1, MOST_CONFIRMATIONS + 1):
            solution = self._tidied(best.solution, demands)
            trial = self.cutter.trial(solution.agents, runs)
            if trial.kept or n == MOST_CONFIRMATIONS:
                break
            self._ask_for_more(demands, solution, trial)
            raised = Demands(np.maximum(required, demands.least), demands.alternatives, demands.cuts)
            best = self.cheapest(demands, self.programme.solve(raised), proves=False)
            if best.solution is None:
                break
            self._best.solution = best.solution
            runs = range(runs.stop, runs.stop + self.days.final)
        covering_cost = covering.cost if covering.is_there else None
        return self._result(solution, covering_cost, bound, trial, runs, n)

    def least(self) -> Floats:
        """Agents that rows must have at least, before anything is cut.

        Where days alone are promised no interval needs anybody: two thirds of the requirement then are where
        the way begins, and nothing is proved.
        """
        if self.search.promise.per is not Per.INTERVAL:
            return np.floor(self.required.ravel() * 2 / 3) * self.programme.presence.any(axis=1)
        return self.cutter.alone(self.days.fine).ravel().astype(np.float64)

    def cheapest(
        self, demands: Demands, first: Solution, best: _Best | None = None, *, proves: bool = True
    ) -> _Best:
        """The cheapest roster that meets the *demands* and keeps the promise, starting with a *first* one.

        One that is good is found soon; if it is to *prove* more, all that may be cheaper is cut off.
        """
        best = best or _Best()
        if first.is_there:
            self._try(first, best)
        self._climb(demands, best)
        if proves or best.solution is None:
            self._cut_off(demands, best)
            self._climb(demands, best)
        if best.solution is not None and best.bound < best.cost:
            best.solution = self._spared(best.solution, demands)
            if best.cost < best.bound:  # so a cut was wrong: service was better with fewer agents
                best.bound = 0.0
        return best

    def _cut_off(self, demands: Demands, best: _Best) -> None:
        """Solve, simulate and cut until nothing is left that is cheaper than the best roster.

        What is cut off by linear cuts is looked at again without them, once something was found.
        """
        cuts: list[Linear] = []
        is_new, last = True, len(self.rounds) + self.most_rounds
        while len(self.rounds) < last:
            open_still = Demands(demands.least, demands.alternatives, demands.cuts + cuts)
            solution = self.programme.solve(open_still, best.cost)
            if not cuts:
                best.bound = max(best.bound, min(solution.bound, best.cost))
            if solution.is_there:
                is_new |= self._try(solution, best, demands.alternatives, cuts)
            elif cuts and is_new:
                cuts, is_new = [], False
            else:
                break
        if self.search.promise.per is not Per.INTERVAL:
            best.bound = 0.0

    def _climb(self, demands: Demands, best: _Best) -> None:
        """Look for a good roster soon: ask for one more in each interval that falls short, and again."""
        asked = Demands(demands.least.copy(), list(demands.alternatives), demands.cuts)
        for _ in range(MOST_STEPS if self.search.promise.per is Per.INTERVAL else 0):
            solution = self.programme.solve(asked, best.cost)
            if not solution.is_there or self._try(solution, best):
                break
            trial = self.cutter.trial(solution.agents, self.days.fine)
            if not self.cutter.short(trial).any():
                break
            asked.alternatives += self._one_more(solution, trial)

    def _one_more(self, solution: Solution, trial: Evaluation) -> list[Alternative]:
        """One agent more, of any group, in each interval that falls short."""
        covered = np.floor(self.programme.coverage(solution.agents) + 1e-9)
        n_groups, n = self.required.shape
        return [
            frozenset((g * n + k, int(covered[g * n + k]) + 1) for g in range(n_groups))
            for k in np.flatnonzero(self.cutter.short(trial)).tolist()
        ]

    def _try(
        self,
        solution: Solution,
        best: _Best,
        alternatives: list[Alternative] | None = None,
        cuts: list[Linear] | None = None,
    ) -> bool:
        """Simulate a roster; it is the best if it keeps the promise, and else is cut off. Gives which."""
        trial = self.cutter.trial(solution.agents, self.days.fine)
        n_cuts = 0
        if trial.kept:
            best.solution = solution
        elif alternatives is not None and cuts is not None:
            covered = self.programme.coverage(solution.agents)
            found = list(self.cutter.alternatives(solution.agents, covered, trial, self.days.fine))
            alternatives += found
            self.n_alternatives += len(found)
            if not found:
                cuts.append(self.cutter.linear(covered, self.days.few))
                self.n_linear += 1
            n_cuts = len(found) or 1
        self.rounds.append(Round(solution.cost, trial.kept, trial.shortfall(), n_cuts))
        if self.progress is not None:
            most = max(self.most_rounds, len(self.rounds))
            self.progress(len(self.rounds), most, "Rosters tried, at most")
        return trial.kept

    def _spared(self, solution: Solution, demands: Demands) -> Solution:
        """Make a roster cheaper by one agent or shorter shift at a time, as long as it keeps the promise."""
        for _ in range(MOST_SPARING):
            options = [
                agents for agents in self._smaller(solution.agents) if self.programme.allows(agents, demands)
            ]
            lacks = [self.cutter.trial(agents, self.days.coarse).shortfall() for agents in options]
            order = np.argsort(lacks, kind="stable")[:MOST_TRIED]
            kept = (options[k] for k in order if self.cutter.trial(options[k], self.days.fine).kept)
            agents = next(kept, None)
            if agents is None:
                break
            solution = Solution(agents, float(self.programme.costs @ agents), solution.bound)
        return solution

    def _smaller(self, agents: Ints) -> Iterator[Ints]:
        """Rosters with one agent fewer, or one on a cheaper shift that begins or ends with theirs."""
        everybody, costs = self.possible.all, self.programme.costs
        for j in np.flatnonzero(agents):
            fewer = agents.copy()
            fewer[j] -= 1
            yield fewer
            seen: set[tuple[float, float]] = set()
            mine = everybody[j].shift
            for k, other in enumerate(everybody):
                span = other.shift.start, other.shift.end
                touches = (span[0] == mine.start) != (span[1] == mine.end)
                inside = mine.start <= span[0] and span[1] <= mine.end
                if other.group == everybody[j].group and touches and inside and costs[k] < costs[j]:
                    if span not in seen:
                        shorter = fewer.copy()
                        shorter[k] += 1
                        yield shorter
                    seen.add(span)

    def _tidied(self, solution: Solution, demands: Demands) -> Solution:
        """The roster with fewer different shifts, if it is as good, and their breaks one after the other."""
        tidy = self.programme.tidied(solution)
        is_fine = self.programme.allows(tidy.agents, demands) and tidy.cost <= solution.cost + 1e-9
        is_fine = is_fine and self.cutter.trial(tidy.agents, self.days.fine).kept
        return self._staggered(tidy if is_fine else solution, demands)

    def _staggered(self, solution: Solution, demands: Demands) -> Solution:
        """As cheap a roster in which agents of one shift are away together as little as may be."""
        agents = solution.agents
        for _ in range(MOST_STAGGERED):
            moved = (
                other
                for other in self.possible.less_together(agents)
                if self.programme.allows(other, demands) and self.cutter.trial(other, self.days.fine).kept
            )
            other = next(moved, None)
            if other is None:
                break
            agents = other
        return Solution(agents, solution.cost, solution.bound)

    def _ask_for_more(self, demands: Demands, solution: Solution, trial: Evaluation) -> None:
        """Ask for one agent more where fresh days fell short."""
        more = self._one_more(solution, trial)
        demands.alternatives += more
        if not more:
            covered = self.programme.coverage(solution.agents)
            demands.cuts.append(self.cutter.linear(covered, self.days.few))

    def _why_none(self, bound: float, required: Floats) -> str:
        """Say that no roster keeps the promise, or that none was found, and where agents lack."""
        lacking = self.programme.shortfall(required)
        if not (lacking > 0.5e-6).any() and bound < inf:
            return (
                f"rounds: no roster that keeps the targets was found in {self.most_rounds}; try more --rounds"
            )
        scenario, n = self.possible.scenario, self.required.shape[1]
        rows = np.argsort(-lacking, kind="stable")[:3]
        told = [
            f"{_clock(scenario, row % n)}–{_clock(scenario, row % n + 1)} lacks {lacking[row]:.3g} of the"
            f" {required[row]:g} agents of {scenario.groups[row // n].name!r} that it needs"
            for row in sorted(rows.tolist())
            if lacking[row] > 0
        ]
        proof = (
            "no roster keeps the targets" if bound == inf else "no roster that keeps the targets was found"
        )
        limits = f"groups.*.patterns: {proof} within the limits of agents"
        return f"{limits}: {'; '.join(told)}" if told else limits

    def _result(
        self,
        solution: Solution,
        covering_cost: float | None,
        bound: float,
        trial: Evaluation,
        runs: range,
        n: int,
        *,
        is_whole: bool = True,
    ) -> Roster:
        scenario = self.cutter.staffed(solution.agents)
        (kpis,) = self.search.executor.replications([scenario], self.search.seed, runs)
        shifts = [
            Planned(candidate, agents)
            for candidate, agents in zip(self.possible.all, solution.agents.tolist(), strict=True)
            if agents
        ]
        return Roster(
            scenario=scenario,
            candidates=self.possible,
            promise=self.search.promise,
            shifts=tuple(
                sorted(
                    shifts, key=lambda planned: (planned.candidate.group, by_clock(planned.candidate.shift))
                )
            ),
            required=self.required,
            covered=self.programme.coverage(solution.agents).reshape(self.required.shape),
            cost=solution.cost,
            covering_cost=covering_cost,
            bound=bound,
            rounds=tuple(self.rounds),
            alternatives=self.n_alternatives,
            linear=self.n_linear,
            confirmations=n,
            trial=trial,
            estimates=Estimates(kpis),
            seed=self.search.seed,
            replications=len(runs),
            is_whole=is_whole,
            simulated=self.search.simulated + len(runs),
        )
