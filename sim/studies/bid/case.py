"""What does one staffing come to? Simulated months, their cost, and the windows of each clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from sim.arrays import Floats, Ints
from sim.kpis.loops import Column
from sim.runs.executor import Executor, Progress
from sim.scenario.bid_cost import Cost
from sim.scenario.bid_price import Price
from sim.studies.bid.contract import Contract, contracts
from sim.studies.bid.cost import Month, MonthCost, month_costs
from sim.studies.bid.judging import Windows, windows
from sim.studies.bid.measures import Measure, Sentence, measures_of, sentences
from sim.studies.bid.outcome import Outcome, clause_amounts, monthly_charges, monthly_cost, volumes
from sim.studies.bid.price import Volumes
from sim.studies.bid.simulated import Pool, simulate


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A contract with its simulated months."""

    contract: Contract
    pool: Pool
    taken: Ints
    """Month of the pool in each place of each contract, shape (n_contracts, months)."""
    hours: list[Month]
    costs: tuple[MonthCost, ...]
    volumes: list[list[Volumes]]
    sentences: tuple[Sentence, ...]
    measures: tuple[Measure, ...]
    expected: Floats
    windows: tuple[Windows, ...]
    """Of each clause."""

    def judged(self, sentence: Sentence) -> Windows:
        """Windows of a *sentence*, which binds what the clauses of the bid do."""
        return windows(sentence, self.pool, self.taken, self.measures, self.expected)

    def outcome(
        self,
        price: Price | None = None,
        cost: Cost | None = None,
        some: Sequence[Windows] | None = None,
    ) -> Outcome:
        """What contracts come to at a *price* and *cost* (the bid's) with *some* clauses (all)."""
        contract = self.contract
        costs = self.costs if cost is None else month_costs(cost, self.hours, contract.contract_h)
        charged = monthly_charges(contract, price or contract.bid.prices[0], self.volumes)
        spent = monthly_cost(costs, self.volumes)
        rows = self.taken.tolist()

        def picked(table: list[list[Decimal]]) -> list[list[Decimal]]:
            return [[table[month][i] for month, i in enumerate(row)] for row in rows]

        clauses = tuple(
            (each.clause, clause_amounts(each, contract, charged, self.taken))
            for each in (self.windows if some is None else some)
        )
        return Outcome(contract, self.pool.size, self.taken, picked(charged), picked(spent), clauses)

    @property
    def occupancy(self) -> float:
        """Share of time on duty with a chat."""
        return self._share(Column.BUSY_S)

    @property
    def concurrency(self) -> float:
        """Mean chats held by those who hold any."""
        busy = self._total(Column.BUSY_S)
        return self._total(Column.CHAT_S) / busy if busy else 0.0

    def _share(self, column: Column) -> float:
        duty = self._total(Column.DUTY_S)
        return self._total(column) / duty if duty else 0.0

    def _total(self, column: Column) -> float:
        """Sum over all months of the contract, each as its level's mean month."""
        of_levels = self.pool.count(column).sum(axis=2).mean(axis=1)
        return float(of_levels[np.array(self.contract.level_of)].sum())


def case(
    contract: Contract, months: int, executor: Executor, seed: int, progress: Progress | None = None
) -> Case:
    """Simulate so many *months* of each level of a *contract*, and judge its clauses."""
    some = sentences(contract.scenario)
    measures = measures_of(some)
    hours = contract.hours()
    pool = simulate(contract, measures, months, executor, seed, progress)
    return case_of(pool, contracts(contract, seed, months), hours, some, measures)


def case_of(
    pool: Pool,
    taken: Ints,
    hours: list[Month],
    some: tuple[Sentence, ...],
    measures: tuple[Measure, ...],
) -> Case:
    """A case of months that are there."""
    contract, expected = pool.contract, pool.contract.expected()
    return Case(
        contract, pool, taken, hours, month_costs(contract.bid.cost, hours, contract.contract_h),
        volumes(pool, hours, expected), some, measures, expected,
        tuple(windows(each, pool, taken, measures, expected) for each in some),
    )  # fmt: skip
