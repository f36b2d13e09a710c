"""What do the clauses of a bid measure? Bounds that runs add up, and the hours in which they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sim.kpis.definitions import BY_NAME, Quantile
from sim.kpis.loops import By
from sim.kpis.promised import is_a_run, of_sums
from sim.kpis.targets import Bound, Where
from sim.scenario.bid_clauses import Clause, Condition
from sim.scenario.bid_cost import DayName
from sim.scenario.figures import usual_target
from sim.scenario.scenario import Scenario


class Measure(NamedTuple):
    """A bound, and the hours of which days it is measured over."""

    bound: Bound
    days: tuple[DayName, ...]
    start_s: float
    end_s: float

    @property
    def is_count(self) -> bool:
        """Whether it is a number of things, which stands over no line."""
        return is_a_run(self.bound)

    @property
    def of_sums(self) -> Bound:
        """The bound of its sums: of a percentile one of the share of values within it."""
        return of_sums(self.bound)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A clause with the measures of its promise and of its steps."""

    clause: Clause
    conditions: tuple[Measure, ...]
    steps: tuple[Measure, ...]


def sentences(scenario: Scenario) -> tuple[Sentence, ...]:
    """Clauses of the bid of a *scenario*."""
    assert scenario.bid is not None
    return tuple(sentence(scenario, clause) for clause in scenario.bid.clauses)


def sentence(scenario: Scenario, clause: Clause) -> Sentence:
    """A *clause* with what it measures in a *scenario*."""
    queues, groups = ([each.name for each in some] for some in (scenario.queues, scenario.groups))
    found = clause.conditions(queues, groups)
    steps = [found[0]._replace(value=step.beyond) for step in clause.steps]
    measured = [[_measure(clause, each, queues, groups) for each in some] for some in (found, steps)]
    return Sentence(clause, tuple(measured[0]), tuple(measured[1]))


def _measure(clause: Clause, condition: Condition, queues: list[str], groups: list[str]) -> Measure:
    where = None
    if condition.kind:
        names = queues if condition.kind == "queue" else groups
        by = By.QUEUE if condition.kind == "queue" else By.GROUP
        where = Where(by, names.index(condition.name), condition.name)
    target = usual_target(condition.figure) or condition.figure
    bound = Bound(target, condition.figure, condition.side, condition.value, where)
    return Measure(bound, clause.days, clause.start, clause.end)


def measures_of(some: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """All different measures of *some* sentences.

    Steps of a figure that adds up are judged by its own sums; those of percentiles are counted.
    """
    found = [measure for each in some for measure in each.conditions]
    found += [step for each in some for step in each.steps if _is_percentile(step)]
    return tuple(dict.fromkeys(found))


def sums_of(measure: Measure, measures: tuple[Measure, ...]) -> int:
    """Place of the sums by which a *measure* is judged."""
    if measure in measures or _is_percentile(measure):
        return measures.index(measure)

    def alike(other: Measure) -> bool:
        same = (other.bound.kpi, other.bound.where) == (measure.bound.kpi, measure.bound.where)
        return same and other[1:] == measure[1:]

    return next(k for k, other in enumerate(measures) if alike(other))


def _is_percentile(measure: Measure) -> bool:
    return isinstance(BY_NAME[measure.bound.kpi].form, Quantile)
