"""What happens in the months of a contract? A pool of simulated months of each level, day by day.

The forecast is wrong by one factor a month, of which the months of a pool take the quantiles in turn. All
levels, and all numbers of agents, see the same customers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.arrays import Floats
from sim.draws.memory import refuse_too_large
from sim.kpis.definitions import BY_NAME, Peak
from sim.kpis.loops import By, Column
from sim.kpis.measure import Kpis, bound_of, columns
from sim.kpis.targets import Bound
from sim.runs.executor import Executor, Progress
from sim.runs.tasks import Task
from sim.scenario.scenario import Scenario
from sim.scenario.vary import varied
from sim.studies.bid.contract import Contract
from sim.studies.bid.hours import day_names
from sim.studies.bid.measures import Measure
from sim.studies.inputs import volume
from sim.studies.risk import stratified_factors

COUNTS = (
    Column.OFFERED, Column.ANSWERED, Column.SUCCESSFUL, Column.HANDLING_S, Column.CONVERTED, Column.BUSY_S,
    Column.CHAT_S, Column.DUTY_S,
)  # fmt: skip
"""What is kept of each day beside what clauses bind."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Simulated months."""

    contract: Contract
    counts: Floats
    """`COUNTS` of each day, shape (n_levels, n_months, month_days, n_counts)."""
    sums: Floats
    """Above and below the line of each measure, shape (n_measures, 2, n_levels, n_months, month_days)."""

    @property
    def size(self) -> int:
        """Months of each level."""
        return int(self.counts.shape[1])

    def count(self, column: Column) -> Floats:
        """One of the counts, (n_levels, n_months, month_days)."""
        return np.asarray(self.counts[..., COUNTS.index(column)])


def simulate(
    contract: Contract,
    measures: Sequence[Measure],
    months: int,
    executor: Executor,
    seed: int,
    progress: Progress | None = None,
) -> Pool:
    """Simulate so many *months* of each level of a *contract*, and add up what *measures* bind."""
    each = -(-contract.month_days // len(contract.open_days))
    factors = stratified_factors(contract.bid.forecast_cv, months)
    counts, sums, done = [], [], 0
    for level in contract.levels:
        scenario = contract.at(level)
        refuse_too_large(scenario, each * months, keeps_logs=False)
        parts = []
        for _, runs in executor.measured(_tasks(scenario, seed, factors, each, [m.bound for m in measures])):
            parts.append(_by_day(runs.runs, scenario, measures))
            done += len(runs.runs)
            if progress is not None:
                progress(done, each * months * len(contract.levels))
        of_days, of_measures = (np.concatenate(some) for some in zip(*parts, strict=True))
        counts.append(_months(of_days, contract, months))
        sums.append(_months(of_measures, contract, months))
    day_sums = np.moveaxis(np.stack(sums), -1, 0).reshape(
        len(measures), 2, len(sums), months, contract.month_days
    ) if measures else np.zeros((0, 2, len(sums), months, contract.month_days))  # fmt: skip
    return Pool(contract, np.stack(counts), day_sums)


def _tasks(scenario: Scenario, seed: int, factors: Floats, each: int, bounds: Sequence[Bound]) -> list[Task]:
    """Replications of all months: a task a month where their forecasts are wrong by factors of their own."""
    edges = [k * each for k in range(len(factors) + 1)]
    if not np.ptp(factors):
        return [Task(scenario, seed, range(edges[-1]), bounds=tuple(bounds))]
    return [
        Task(
            varied(scenario, tuple(volume(scenario, float(factor)))), seed, range(*ends), bounds=tuple(bounds)
        )
        for factor, ends in zip(factors, pairwise(edges), strict=True)
    ]


def _by_day(runs: Sequence[Kpis], scenario: Scenario, measures: Sequence[Measure]) -> tuple[Floats, Floats]:
    """Counts (n_runs, days, n_counts), and sums (n_runs, days, 2 × n_measures), of each day."""
    counts = np.moveaxis(columns(runs, By.DAY, COUNTS), 1, -1)
    every = bound_of(runs).reshape(len(runs), len(measures), 2, scenario.days, scenario.intervals_per_day)
    sides = [side for k, each in enumerate(measures) for side in _sides(every[:, k], scenario, each)]
    return counts, np.stack(sides, axis=-1) if sides else np.zeros((*counts.shape[:2], 0))


def _sides(sums: Floats, scenario: Scenario, measure: Measure) -> Iterator[Floats]:
    """Sums above and below the line of each day in the hours that count: (n_runs, days) each."""
    clock_s = np.array(scenario.cells.clock_s)
    within = (clock_s >= measure.start_s) & (clock_s < measure.end_s)
    wanted = set(measure.days)
    named = (day_names(scenario.calendar, day) for day in range(scenario.days))
    days = np.array([not wanted or bool(names & wanted) for names in named])
    counted = days[:, None] & within
    top, bottom = (np.asarray(np.where(counted, sums[:, side], 0.0)) for side in (0, 1))
    if isinstance(BY_NAME[measure.bound.kpi].form, Peak):
        yield np.asarray(np.where(bottom > 0, top, -np.inf).max(axis=-1), dtype=np.float64)
        yield np.asarray((bottom > 0).any(axis=-1), dtype=np.float64)
        return
    yield np.asarray(top.sum(axis=-1))
    is_open: Floats = np.tile(days.astype(np.float64), (len(top), 1))
    yield is_open if measure.is_count else np.asarray(bottom.sum(axis=-1))


def _months(by_day: Floats, contract: Contract, months: int) -> Floats:
    """Open days of each month: (n_runs, days, …) to (months, month_days, …)."""
    kept = by_day[:, contract.open_days]
    each = len(kept) // months * kept.shape[1]
    return np.asarray(kept.reshape(months, each, kept.shape[-1])[:, : contract.month_days])
