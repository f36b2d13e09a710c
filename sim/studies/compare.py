"""Which plan is better, and by how much? Scenarios held against a baseline on the same customers.

Every figure's difference is taken replication by replication, so that luck which all share drops out.
Verdicts are given together: by Holm's procedure over all figures of all scenarios, the probability that any
of them calls equals different is at most 5 %. The intervals beside them are each figure's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from sim.draws.memory import refuse_too_large
from sim.errors import StudyError
from sim.kpis.definitions import BY_NAME, KPIS, Kpi, Ratio
from sim.kpis.definitions.forms import RUNS
from sim.kpis.estimate import Estimates, Quantity
from sim.kpis.loops import By
from sim.kpis.measure import Kpis
from sim.kpis.targets import Promising, Verdict, bounds, in_order, verdicts
from sim.runs.executor import Executor, Progress, executing
from sim.runs.replicate import usual_replications
from sim.runs.tasks import Task
from sim.scenario.scenario import Scenario
from sim.scenario.units import plural
from sim.scenario.vary import differences
from sim.studies.paired import ALPHA, Paired, difference, holm

MOST_SCENARIOS = 26
"""They are called A to Z."""
_A_TURN = 25
"""Replications of a scenario before it is the next one's turn, so that Ctrl-C leaves something of each."""


class Seen(StrEnum):
    """What is seen of a difference."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    """Of a figure of which neither way is better, or a count where demand is another."""
    LOWER = "lower"
    UNSURE = "not for sure"
    """Its own interval leaves out zero, which among so many figures may be chance."""
    NONE = "no difference seen"
    SAME = "the same"
    """In every replication; nothing to judge."""
    UNKNOWN = "not known"
    """With one or two replications, or where a figure does not exist."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of a scenario, and of the baseline."""

    kpi: str
    baseline: float | None
    """The figure as `sim run` has it."""
    value: float | None
    by: Paired
    """Value − baseline, replication by replication."""
    seen: Seen
    way: Seen | None
    """What it would mean, were it sure: better, worse, higher or lower; None where there is none."""

    @property
    def relative(self) -> float | None:
        """Difference as a share of the baseline; None where that is zero."""
        return None if not self.baseline or self.by.value is None else self.by.value / abs(self.baseline)


@dataclass(frozen=True, slots=True)
class Plan(Promising):
    """A scenario of a comparison, measured."""

    label: str
    """A for the baseline, B, C, …"""
    name: str
    scenario: Scenario
    figures: dict[str, Quantity]
    verdicts: tuple[Verdict, ...]


class Part(NamedTuple):
    """A figure of a queue or group."""

    kpi: str
    by: By
    name: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A scenario against the baseline."""

    plan: Plan
    differences: dict[str, Difference]
    """Of every key figure."""
    parts: dict[Part, Difference]
    """Of what a target of a queue or group binds in either scenario, where both have one of that name."""
    changed: tuple[tuple[str, Any, Any], ...]
    """Where the scenario files differ: dotted path, the baseline's value, this one's."""
    notes: tuple[str, ...]
    """What makes the two hard to compare."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scenarios against the first of them."""

    baseline: Plan
    contrasts: tuple[Contrast, ...]
    seed: int
    replications: int
    interrupted: bool

    def __repr__(self) -> str:
        others = plural(len(self.contrasts), "scenario")
        runs = plural(self.replications, "replication")
        return f"<Comparison of {others} with {self.baseline.scenario.name!r}: {runs} each>"

    @property
    def plans(self) -> tuple[Plan, ...]:
        """All of them, the baseline first."""
        return self.baseline, *(contrast.plan for contrast in self.contrasts)


def compare(
    scenarios: Sequence[Scenario] | Mapping[str, Scenario],
    *,
    seed: int = 1,
    replications: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    names: Sequence[str] | None = None,
) -> Comparison:
    """Simulate *scenarios*, a list or by name, with the same customers and hold each against the first.

    Each gets as many *replications*, `usual_replications` if omitted.
    *names* tell them apart where theirs are alike. *progress* is told tasks done and wanted. Ctrl-C ends it
    with the replications that all have done, if any is. An *executor* that is given simulates, else
    *workers* threads.

    Raises
    ------
    StudyError
        If there is nothing to compare, or too much.
    """
    if isinstance(scenarios, Mapping):
        names, scenarios = names or list(scenarios), list(scenarios.values())
    if not isinstance(scenarios, Sequence) or not all(isinstance(each, Scenario) for each in scenarios):
        raise StudyError("compare: must be a list of scenarios, the first of them the baseline")
    if not 2 <= len(scenarios) <= MOST_SCENARIOS:
        law = f"needs a baseline and one to {MOST_SCENARIOS - 1} others"
        raise StudyError(f"compare: {law}, got {len(scenarios)} scenario{'s' * (len(scenarios) != 1)}")
    if replications is None:
        replications = usual_replications(scenarios)
    for scenario in scenarios:
        refuse_too_large(scenario, replications)
    runs: list[list[Kpis]] = [[] for _ in scenarios]
    interrupted = False
    with executing(workers, given=executor) as ours:
        try:
            _simulate(ours, scenarios, seed, replications, runs, progress)
        except KeyboardInterrupt:
            interrupted = True
    done = min(map(len, runs))
    if not done:
        raise KeyboardInterrupt
    estimates = [Estimates(some[:done]) for some in runs]
    plans = [
        _plan(k, scenario, (names or [s.name for s in scenarios])[k], estimates[k])
        for k, scenario in enumerate(scenarios)
    ]
    return Comparison(plans[0], tuple(_contrasts(plans, estimates)), seed, done, interrupted)


def _simulate(
    ours: Executor,
    scenarios: Sequence[Scenario],
    seed: int,
    replications: int,
    runs: list[list[Kpis]],
    progress: Progress | None,
) -> None:
    """Add to the *runs* of each of the *scenarios*, by turns."""
    turns = [
        (k, Task(scenario, seed, range(first, min(first + _A_TURN, replications))))
        for first in range(0, replications, _A_TURN)
        for k, scenario in enumerate(scenarios)
    ]
    with closing(ours.measured([task for _, task in turns], progress)) as found:
        for k, task in turns:
            while len(runs[k]) < task.replications.stop:
                _, done = next(found)
                runs[k] += done.runs


def _plan(k: int, scenario: Scenario, name: str, estimates: Estimates) -> Plan:
    figures = {kpi.name: estimates.figure(kpi.name) for kpi in KPIS}
    return Plan(chr(ord("A") + k), name, scenario, figures, tuple(verdicts(estimates, scenario)))


def _contrasts(plans: Sequence[Plan], estimates: Sequence[Estimates]) -> Iterator[Contrast]:
    pairs: list[dict[str | Part, Paired]] = [
        {kpi.name: difference(kpi.name, estimates[0], mine) for kpi in KPIS}
        | {
            part: difference(part.kpi, estimates[0], mine, part.by, cells)
            for part, cells in _parts(plans[0].scenario, plan.scenario).items()
        }
        for plan, mine in zip(plans[1:], estimates[1:], strict=True)
    ]
    known = [pair for mine in pairs for pair in mine.values() if _is_judged(pair)]
    refused = {id(pair): is_one for pair, is_one in zip(known, holm([p.p for p in known]), strict=True)}
    baseline = plans[0]
    for plan, mine, its in zip(plans[1:], pairs, estimates[1:], strict=True):
        alike = _same_demand(estimates[0], its)
        other_measure = _OF_QUALITY if _only_one_judges(baseline.scenario, plan.scenario) else set()
        found: dict[str | Part, Difference] = {}
        cells = _parts(baseline.scenario, plan.scenario)
        for key, pair in mine.items():
            kpi = key.kpi if isinstance(key, Part) else key
            by, (here, there) = (key.by, cells[key]) if isinstance(key, Part) else (By.OVERALL, (0, 0))
            is_judged = (alike or not _is_count(BY_NAME[kpi])) and kpi not in other_measure
            way = _way(BY_NAME[kpi], pair.value, is_judged=is_judged)
            found[key] = Difference(
                kpi,
                estimates[0].figures(kpi, by)[here].value,
                its.figures(kpi, by)[there].value,
                pair,
                _seen(pair, way, refused=refused.get(id(pair), False)),
                way,
            )
        changed = tuple(differences(baseline.scenario, plan.scenario))
        yield Contrast(
            plan,
            {key: each for key, each in found.items() if not isinstance(key, Part)},
            {key: each for key, each in found.items() if isinstance(key, Part)},
            changed,
            tuple(_notes(baseline.scenario, plan.scenario)),
        )


def _parts(one: Scenario, other: Scenario) -> dict[Part, tuple[int, int]]:
    """What targets of queues and groups bind in either scenario, with its place in each."""
    places = [
        {(By.QUEUE, queue.name): q for q, queue in enumerate(each.queues)}
        | {(By.GROUP, group.name): g for g, group in enumerate(each.groups)}
        for each in (one, other)
    ]
    found = in_order((*bounds(one), *bounds(other)))
    parts = [Part(bound.kpi, bound.by, bound.where.name) for bound in found if bound.where is not None]
    return {
        part: (places[0][part[1:]], places[1][part[1:]])
        for part in parts
        if part[1:] in places[0] and part[1:] in places[1]
    }


def _is_judged(pair: Paired) -> bool:
    """Whether anything is known of a difference, and it is not none."""
    return pair.low is not None or pair.steady


def _seen(pair: Paired, way: Seen | None, *, refused: bool) -> Seen:
    if pair.same:
        return Seen.SAME
    if way is None or not _is_judged(pair):
        return Seen.UNKNOWN
    if not refused:
        return Seen.NONE if pair.p > ALPHA else Seen.UNSURE
    return way


def _way(kpi: Kpi, change: float | None, *, is_judged: bool) -> Seen | None:
    if not change:
        return None
    if kpi.better == "neither" or not is_judged:
        return Seen.HIGHER if change > 0 else Seen.LOWER
    return Seen.BETTER if (change > 0) == (kpi.better == "higher") else Seen.WORSE


def _is_count(kpi: Kpi) -> bool:
    """Whether a figure adds up over a run, and so grows with what comes."""
    return isinstance(kpi.form, Ratio) and kpi.form.bottom is RUNS


def _same_demand(one: Estimates, other: Estimates) -> bool:
    """Whether as many customers came to each queue in every replication."""
    first, second = (each.own_values("customers", By.QUEUE) for each in (one, other))
    return np.array_equal(first, second)


_OF_QUALITY = {"successful", "success_rate"}
"""Figures that are of other chats where there is no `[quality]`."""


def _only_one_judges(one: Scenario, other: Scenario) -> bool:
    """Whether one of two scenarios says which chats are resolved, and the other does not."""
    return (one.quality is None) != (other.quality is None)


def _seconds(thresholds_s: Sequence[float]) -> str:
    return f"{' or '.join(f'{each:g}' for each in dict.fromkeys(thresholds_s))} s"


def _notes(one: Scenario, other: Scenario) -> Iterator[str]:
    """What makes two scenarios hard to compare."""
    if _only_one_judges(one, other):
        yield (
            "only one of them has [quality]: in the other every served chat counts as successful, so "
            "successful conversations are not judged"
        )
    here, there = (_seconds(each.thresholds_s) for each in (one, other))
    if here != there:
        yield (f"service levels count {here} here and {there} there: their difference is one of measures too")
    elif one.short_abandons_s != other.short_abandons_s:
        yield "short abandons differ: the difference of service levels is one of measures too"
    if bounds(one) != bounds(other):
        yield "the targets differ: ✓ and ✗ hold each scenario to its own"
    if one.days != other.days:
        yield f"{one.days} and {other.days} days: counts and hours are those of a whole run"
    if one.warm_up_h != other.warm_up_h:
        yield f"warm-ups of {one.warm_up_h:g} and {other.warm_up_h:g} h: counts are of what comes after"
    if one.start.weekday() != other.start.weekday() and any(
        queue.arrivals.differs_by_weekday for queue in (*one.queues, *other.queues)
    ):
        yield "they start on different weekdays, whose demand differs"
    if [queue.name for queue in one.queues] != [queue.name for queue in other.queues]:
        yield (
            "their queues differ: customers are paired by the place of their queue in the file, and figures "
            "of all queues together are compared"
        )
