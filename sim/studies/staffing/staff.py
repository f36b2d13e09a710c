"""How few agents keep the promise, and how sure is that? The whole study: guess, search, proof, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Ints
from sim.draws.memory import refuse_too_large
from sim.errors import StudyError
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates, pseudo_values
from sim.kpis.intervals import chance_of, wilson
from sim.kpis.measure import Kpis
from sim.kpis.targets import Bound
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per, Step
from sim.studies.staffing.guess import guess
from sim.studies.staffing.plan import Blocks, blocks
from sim.studies.staffing.promise import Promise, promised
from sim.studies.staffing.search import Days, Found, Search
from sim.studies.staffing.trial import Evaluation
from sim.studies.staffing.why import Need, Value, needs, values_of

SURELY = 0.05
"""A promise is called impossible by luck alone with this probability at most."""
MOST_WORK = 80
"""A search simulates at most so many times the replications that its answer is held against."""
LEVELS = (0.5, 0.8, 0.95)
"""Confidences that are staffed for beside the one asked for: P50, P80, P95."""
ENOUGH = 4
"""Teams so many times the guess, and once more that, are asked whether the promise can be kept at all."""


@dataclass(frozen=True, slots=True)
class Level:
    """Staffing for one confidence."""

    confidence: float
    hours: float
    """Agent hours on duty a day."""
    plan: Ints
    days_kept: float
    """Share of fresh days that keep every target."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """The fewest agents that keep a scenario's targets."""

    scenario: Scenario
    """With the staffing found."""
    promise: Promise
    blocks: Blocks
    plan: Ints
    """Agents, shape (n_groups, n_blocks)."""
    needs: list[Need]
    day: tuple[Value, ...]
    """Promised figures over the whole day."""
    days_kept: float
    """Share of fresh days that keep every target ..."""
    days_kept_between: tuple[float, float]
    """... and the ends of its 95 % interval (Wilson's)."""
    kept: bool
    """Whether the promise is kept on the fresh days."""
    settled: bool
    """Whether nobody can be spared: the promise is broken with one agent fewer anywhere."""
    is_whole: bool
    """Whether the search came to its end; else it was interrupted, and this is the best it had found."""
    levels: list[Level]
    """P50, P80, P95 and the confidence asked for, if one was."""
    trial: Evaluation
    """What came of it on fresh days ..."""
    estimates: Estimates
    """... and the figures on them."""
    seed: int
    replications: int
    """Fresh ones, that the answer is held against: those asked for, or more if these left it open."""
    simulated: int
    """Replications that the search took in all, without those for other confidences."""
    chats: float
    """Chats simulated in all."""

    def __repr__(self) -> str:
        kept = "kept" if self.kept else "not kept"
        return f"<Staffing of {self.scenario.name!r}: {self.hours:,.1f} agent hours a day, targets {kept}>"

    @property
    def hours(self) -> float:
        """Agent hours a day."""
        return float((self.plan * self.blocks.hours).sum())

    def staffing(self, plan: Ints | None = None) -> dict[str, tuple[int, ...]]:
        """Agents of each group in each planning interval of the day; by another *plan*, if one is given."""
        levels = zip(self.scenario.groups, (self.plan if plan is None else plan).tolist(), strict=True)
        return {group.name: self.blocks.spread(level) for group, level in levels}


def staff(
    scenario: Scenario,
    *,
    per: Per | str = Per.INTERVAL,
    step: Step | str = Step.INTERVAL,
    confidence: float | None = None,
    seed: int = 1,
    replications: int = 400,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Staffing:
    """Find the fewest agents of each group, *step* by step of the day, that keep all targets of a *scenario*.

    Targets are kept *per* interval or day on average, and with a *confidence* each on that share of days. The
    answer is held against *replications* that the search did not see; the search takes at most `MOST_WORK`
    times as many. Staffing that the scenario has is ignored.

    Raises
    ------
    StudyError
        If it has no targets, nobody comes, or no staffing keeps the targets.
    TooLargeError
        If a day does not fit into memory.
    """
    if replications < 20:
        raise StudyError(f"replications: must be at least 20 to staff by, got {replications}")
    promise, parts = promised(scenario, Per(per), confidence), blocks(scenario, Step(step))
    start = guess(parts, promise)
    refuse_too_large(parts.apply(start))
    days = Days(replications, share=1.0)
    with executing(workers, given=executor) as ours:
        search = Search(parts, promise, ours, seed, MOST_WORK * replications, progress)
        refuse_impossible(search, start, days.coarse)
        found, levels = _found(search, start, days)
        reasons = needs(parts, found, found.runs)
    estimates = Estimates(found.runs)
    share = found.trial.share_kept()
    return Staffing(
        scenario=parts.apply(found.plan),
        promise=promise,
        blocks=parts,
        plan=found.plan,
        needs=reasons,
        day=values_of(found.trial, slice(None)),
        days_kept=share,
        days_kept_between=wilson(share, found.trial.n_days),
        kept=found.trial.kept,
        settled=found.is_whole and all(fewer.is_needed for need in reasons for fewer in need.fewer),
        is_whole=found.is_whole,
        levels=levels,
        trial=found.trial,
        estimates=estimates,
        seed=seed,
        replications=len(found.runs),
        simulated=search.simulated,
        chats=float(estimates.figure("arrivals").value or 0.0) * search.simulated,
    )


def _found(search: Search, start: Ints, days: Days) -> tuple[Found, list[Level]]:
    """Search; what is best so far, if that is interrupted."""
    found = None
    try:
        found = search.find(start, days)
        return found, _levels(search, found, days) if search.promise.confidence is not None else []
    except KeyboardInterrupt:
        best = replace(found, is_whole=False) if found is not None else search.best_so_far(days)
        if best is None:
            raise
        return best, []


def _levels(search: Search, found: Found, days: Days) -> list[Level]:
    """Staff for P50, P80 and P95 beside the confidence asked for, each from the nearest before it."""
    asked = search.promise.confidence
    assert asked is not None
    plans: dict[float, tuple[Ints, float]] = {asked: (found.plan, found.trial.share_kept())}
    for confidence in sorted({*LEVELS} - {asked}, key=lambda level: abs(level - asked)):
        promise = replace(search.promise, confidence=confidence)
        counted = f"Replications searched for {confidence:.0%} of days, at most"
        other = search.promising(promise, MOST_WORK * days.final, counted)
        nearest = min(plans, key=lambda level: abs(level - confidence))
        result = other.find(plans[nearest][0], days)
        plans[confidence] = (result.plan, result.trial.share_kept())
    hours = {level: float((plan * search.blocks.hours).sum()) for level, (plan, _) in plans.items()}
    cheapest = {level: min((k for k in plans if k >= level), key=lambda k: hours[k]) for level in plans}
    return [Level(level, hours[best], *plans[best]) for level, best in sorted(cheapest.items())]


def refuse_impossible(search: Search, start: Ints, runs: range) -> None:
    """Refuse a promise that teams many times the guess can't keep, and say why."""
    for times in (ENOUGH, ENOUGH**2):
        plan = times * (start + 1)
        trial = search.trial(plan, runs)
        if trial.kept or not _is_surely_missed(trial):
            return
    (kpis,) = search.executor.replications([search.blocks.apply(plan)], search.seed, runs)
    raise StudyError("\n".join(_reasons(search, plan, runs, kpis)))


def _is_surely_missed(trial: Evaluation) -> bool:
    """Whether a promise is missed by more than the luck of its days: one test for all that is promised.

    Each figure that misses its bound is held against it day by day; that any of as many is called missed by
    luck alone happens once in twenty (Bonferroni).
    """
    promise = trial.promise
    if promise.confidence is not None and wilson(trial.share_kept(), trial.n_days)[1] < promise.confidence:
        return True
    sums, figures = (trial.top, trial.bottom), trial.of_intervals()
    if promise.per is Per.DAY:
        sums = (trial.top.sum(axis=2, keepdims=True), trial.bottom.sum(axis=2, keepdims=True))
        figures = np.reshape(trial.overall(), (-1, 1))
    for bound, values, top, bottom in zip(promise.bounds, figures, *sums, strict=True):
        for k in np.flatnonzero(bound.shortfall(values) > 0):
            said = pseudo_values(top[:, k : k + 1], bottom[:, k : k + 1])[:, 0]
            if (
                not chance_of(said, bound.value) > SURELY / figures.size
            ):  # days that are all alike have no chance
                return True
    return False


def _reasons(search: Search, plan: Ints, runs: range, kpis: Sequence[Kpis]) -> list[str]:
    """Say what nobody can keep, a line a target, and what becomes of those who are missed."""
    trial, estimates, promise = search.trial(plan, runs), Estimates(kpis), search.promise
    busiest = int(plan.sum(axis=0).max())
    scenario = search.blocks.scenario
    lines = []
    for bound, values, overall in zip(promise.bounds, trial.of_intervals(), trial.overall(), strict=True):
        missed = bound.shortfall(values if promise.per is Per.INTERVAL else np.atleast_1d(overall))
        if missed.any():
            worst = float(values[missed.argmax()]) if promise.per is Per.INTERVAL else float(overall)
            where = ""
            if promise.per is Per.INTERVAL:
                where = f" at {search.blocks.clock(int(missed.argmax()))}"
            unit = bound.counted.unit
            table = bound.place.removesuffix(f".{bound.target}")
            figure = bound.kpi if bound.within is None else bound.counted.title.lower()
            shown = f"{worst:.1%}" if unit == "share" else f"{worst:.4g} {unit}"
            wanted = f"{bound.value:.1%}" if unit == "share" else f"{bound.value:.4g} {unit}"
            lines.append(
                f"{table}: no staffing keeps {figure} {bound.side} {wanted}: with {busiest:,} agents it is"
                f" {shown}{where}{_because(bound, estimates, scenario)}"
            )
    if not lines:
        assert promise.confidence is not None
        lines.append(
            f"confidence: no staffing keeps the targets on {promise.confidence:.0%} of days: with {busiest:,}"
            f" agents {trial.share_kept():.1%} of {trial.n_days} days keep them"
        )
    return lines


def _because(bound: Bound, estimates: Estimates, scenario: Scenario) -> str:
    """What is left when nobody waits for an agent."""
    kpi = BY_NAME[bound.kpi]
    if kpi.name == "response_s":
        return ", when nobody shares an agent's attention: composing a reply takes as long"
    causes = ("abandoned", "silent", "blocked", "overflowed", "left", "unfinished")
    is_level = kpi.name.startswith("service_level")
    if not is_level and (kpi.section != "volume" or kpi.unit != "share"):
        return ""
    offered = estimates.figures("offered", bound.by)[bound.cell].value or 1.0
    shares = {name: (estimates.figures(name, bound.by)[bound.cell].value or 0.0) / offered for name in causes}
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    lost = [f"{share:.1%} {name}" for name, share in ranked if share > 0]
    seconds = sorted({scenario.thresholds_s[bound.cell]} if bound.where else {*scenario.thresholds_s})
    patience = f"; the threshold is {' or '.join(f'{s:g}' for s in seconds)} s" if is_level else ""
    return f" ({', '.join(lost[:3])}{patience})" if lost or patience else ""
