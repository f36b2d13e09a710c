"""Which of these plans is best? Those that are seen to be worse are given up, the others simulated further.

The procedure is KN of Kim and Nelson (*A fully sequential procedure for indifference-zone selection in
simulation*, ACM TOMACS 11, 2001, 251-273; c = 1). If the best plan is better than all others by at least the
indifference zone, it is chosen with at least the stated probability, and whichever is chosen, no other is
seen to be better by more. It holds for normal observations that may depend on each other across plans, so
common random numbers make it quicker. A first stage gives the variance of every difference; then the sums of
two plans may come apart by a bound that narrows from stage to stage, and a plan beyond it is out. Stages are
of several replications: looking less often makes wrong decisions rarer, not more frequent.

What is saved is counted against equal allocation: the same stages, and no plan given up before the end. For
comparison there is the number that is fixed after the first stage and has the same guarantee: all plans get
what the pair with the widest spread needs (Clark and Yang, Proceedings of the 1986 Winter Simulation
Conference, 228-235).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np
from scipy import special

from sim.arrays import Floats
from sim.draws.memory import refuse_too_large
from sim.errors import StudyError
from sim.kpis.definitions import BY_NAME, Kpi
from sim.kpis.estimate import Estimates, Quantity
from sim.kpis.measure import Kpis
from sim.kpis.targets import Promising, Verdict, verdicts
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.scenario import Scenario
from sim.studies.paired import Paired, difference

See = Callable[[Sequence[int], int], Floats]
"""Gives what each of the first n replications says of some plans, shape (n_plans, n): higher is better."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which plan was chosen, and what it took."""

    best: int
    left: tuple[int, ...]
    """Plans that were not given up, the best among them: one, but for ties and an exhausted budget."""
    used: tuple[int, ...]
    """Replications of each plan."""
    fixed: int
    """Replications that each plan would need if their number were fixed after the first stage."""
    decided: bool
    """Whether it came to its end; False if the budget did not suffice, or the user stopped."""
    interrupted: bool = False
    """Whether the user stopped it."""

    @property
    def saved(self) -> float:
        """Share of the replications that were not needed, of those with no plan given up before the end."""
        return 1 - sum(self.used) / (max(self.used) * len(self.used))


def select(
    see: See, n_plans: int, within: float, confidence: float = 0.95, first: int = 20, budget: float = np.inf
) -> Selection:
    """Choose the plan of the highest mean; differences *within* the indifference zone don't matter.

    *first* is the number of replications of the first stage, and *budget* the most that all plans together
    may take. Stages grow by a tenth. Ctrl-C after the first ends it undecided.
    """
    if n_plans < 2 or first < 2 or within <= 0 or not 1 / n_plans < confidence < 1:
        law = "needs 2 plans, 2 replications, a zone above 0 and a confidence between 1 / plans and 1"
        raise StudyError(f"selection: {law}, got {n_plans}, {first}, {within:g} and {confidence:g}")
    start = see(range(n_plans), first)
    spread = _spread(start)
    miss = (1 - confidence) / (n_plans - 1)
    eta = ((2 * miss) ** (-2 / (first - 1)) - 1) / 2
    reach = 2 * eta * (first - 1) * spread / within**2
    """Replications after which two plans are told apart at the latest."""
    quantile = float(special.stdtrit(first - 1, 1 - miss))
    fixed = max(first, ceil(float((quantile**2 * spread).max()) / within**2))
    left, used, n = list(range(n_plans)), [first] * n_plans, first
    sums = start.sum(axis=1)
    while True:
        bound = np.maximum(0.0, within / 2 * (reach[np.ix_(left, left)] - n))
        behind = sums[None, :] - sums[:, None] > bound
        final = n > float(reach[np.ix_(left, left)].max())
        best = left[int(sums.argmax())]
        left = [plan for plan, is_out in zip(left, behind.any(axis=1), strict=True) if not is_out]
        growth = max(5, n // 10)
        affordable = sum(used) + growth * len(left) <= budget
        if len(left) == 1 or final or not affordable:
            return Selection(best, tuple(left), tuple(used), fixed, decided=len(left) == 1 or final)
        n += growth
        try:
            sums = see(left, n).sum(axis=1)
        except KeyboardInterrupt:
            return Selection(best, tuple(left), tuple(used), fixed, decided=False, interrupted=True)
        for plan in left:
            used[plan] = n


def _spread(values: Floats) -> Floats:
    """Variance of the difference of each two rows of *values*, shape (n_plans, n_plans)."""
    covariance = np.atleast_2d(np.cov(values))
    variances = np.diag(covariance)
    return np.maximum(variances[:, None] + variances[None, :] - 2 * covariance, 0.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario with a name."""

    name: str
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Ranked(Promising):
    """What a plan gave."""

    plan: Plan
    figure: Quantity
    difference: Paired
    """To the best plan, over the replications that both had."""
    replications: int
    is_left: bool
    """Whether it was not given up."""
    verdicts: tuple[Verdict, ...]
    """On each target that its scenario sets, over its replications."""


@dataclass(frozen=True, slots=True)
class Best:
    """Plans from best to worst, and what the choice took."""

    kpi: Kpi
    ranked: tuple[Ranked, ...]
    """The chosen plan, those not given up, then the others: each by their figure."""
    within: float
    """Indifference zone, in the unit of the figure."""
    confidence: float
    first: int
    seed: int
    selection: Selection
    unseen: tuple[str, ...] = ()
    """Plans that were not simulated yet when the user stopped."""

    def __repr__(self) -> str:
        return f"<Best of {len(self.ranked)} plans by {self.kpi.name}: {self.ranked[0].plan.name!r}>"


@dataclass(slots=True)
class _Runs:
    """Replications of plans, simulated as they are asked for."""

    plans: Sequence[Plan]
    figure: str
    sign: float
    executor: Executor
    seed: int
    progress: Progress | None
    runs: list[list[Kpis]] = field(default_factory=list)

    def __call__(self, plans: Sequence[int], n: int) -> Floats:
        """What replications say of plans that all had the same number so far."""
        self.runs = self.runs or [[] for _ in self.plans]
        have = len(self.runs[plans[0]])
        if n > have:
            scenarios = [self.plans[plan].scenario for plan in plans]
            for plan, more in zip(
                plans, self.executor.replications(scenarios, self.seed, range(have, n)), strict=True
            ):
                self.runs[plan] += more
                if self.progress is not None:
                    done = sum(map(len, self.runs))
                    self.progress(done, done + n * (len(plans) - 1 - list(plans).index(plan)))
        return self.sign * np.array([self.said(plan, n) for plan in plans])

    def said(self, plan: int, n: int) -> Floats:
        """What the first *n* replications say of the figure: their mean is the pooled one."""
        values = self.estimates(plan, n).pseudo_values(self.figure)[:, 0]
        if np.isnan(values).all():
            raise StudyError(f"best: {self.plans[plan].name} has no {self.figure}")
        return np.where(np.isnan(values), np.nanmean(values), values)

    def estimates(self, plan: int, n: int | None = None) -> Estimates:
        """Estimates of the first *n* replications of a plan, or of all."""
        return Estimates(self.runs[plan][:n])


def best(
    plans: Sequence[Plan | Scenario] | Mapping[str, Scenario],
    figure: str,
    *,
    within: float = 0.01,
    confidence: float = 0.95,
    first: int = 20,
    seed: int = 1,
    most_runs: int = 100_000,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Best:
    """Find the plan whose *figure* is best, with a *confidence*.

    Differences *within* the indifference zone don't matter: for shares it is absolute, for other figures
    relative to the best of the first stage. It ends undecided where *most_runs* in all are not enough, and on
    Ctrl-C once two plans have had their first stage. An *executor* that is given simulates, else *workers*
    threads.

    Raises
    ------
    StudyError
        If there is no such figure, or neither high nor low is better; if a plan does not have it; for fewer
        than two plans.
    """
    kpi = BY_NAME[figure]
    if kpi.better == "neither":
        raise StudyError(f"best: of {kpi.name} ({kpi.title}) neither more nor less is better")
    if len(plans) < 2:
        raise StudyError(f"best: needs at least 2 plans, got {len(plans)}")
    if isinstance(plans, Mapping):
        these = [Plan(name, scenario) for name, scenario in plans.items()]
    else:
        these = [Plan(each.name, each) if isinstance(each, Scenario) else each for each in plans]
    for plan in these:
        refuse_too_large(plan.scenario, first)
    sign = 1.0 if kpi.better == "higher" else -1.0
    with executing(workers, given=executor) as ours:
        return _found(
            kpi, _Runs(these, figure, sign, ours, seed, progress), within, confidence, first, most_runs
        )


def _found(kpi: Kpi, runs: _Runs, within: float, confidence: float, first: int, most_runs: int) -> Best:
    plans = runs.plans
    seen, start, is_whole = _first_stage(runs, first)
    highest = float(start.mean(axis=1).max())
    zone = within if kpi.unit == "share" else within * abs(highest)
    if not zone:
        raise StudyError(f"best: the best {kpi.title} is 0, of which nothing is {within:g} times as much")
    found = select(runs, len(plans), zone, confidence, first, most_runs) if is_whole else _leader(seen, start)
    ranked = [_ranked(runs, plan, found) for plan in seen]
    worst = float("-inf")

    def merit(each: Ranked) -> tuple[bool, bool, float]:
        value = worst if each.figure.value is None else runs.sign * each.figure.value
        return each.plan is plans[found.best], each.is_left, value

    order = sorted(ranked, key=merit, reverse=True)
    unseen = tuple(plan.name for k, plan in enumerate(plans) if k not in seen)
    return Best(kpi, tuple(order), zone, confidence, first, runs.seed, found, unseen)


def _first_stage(runs: _Runs, n: int) -> tuple[Sequence[int], Floats, bool]:
    """Plans that had their first stage, what it says, and whether they are all; two are enough on Ctrl-C."""
    everyone = range(len(runs.plans))
    try:
        return everyone, runs(everyone, n), True
    except KeyboardInterrupt:
        seen = [plan for plan in everyone if len(runs.runs[plan]) >= n]
        if len(seen) < 2:
            raise
        return seen, runs(seen, n), False


def _leader(seen: Sequence[int], start: Floats) -> Selection:
    """Say which of the plans that were *seen* leads when the user stops in the first stage."""
    n, best = start.shape[1], seen[int(start.mean(axis=1).argmax())]
    used = tuple(n if plan in seen else 0 for plan in range(max(seen) + 1))
    return Selection(best, tuple(seen), used, n, decided=False, interrupted=True)


def _ranked(runs: _Runs, plan: int, found: Selection) -> Ranked:
    n = min(found.used[plan], found.used[found.best])
    to_best = difference(runs.figure, runs.estimates(found.best, n), runs.estimates(plan, n))
    estimates = runs.estimates(plan, found.used[plan])
    judged = tuple(verdicts(estimates, runs.plans[plan].scenario))
    figure, used = estimates.figure(runs.figure), found.used[plan]
    return Ranked(runs.plans[plan], figure, to_best, used, plan in found.left, judged)
