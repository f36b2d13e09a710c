"""What do many contracts come to? Charges, cost, bonus and malus of each of their months, in decimals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.kpis.intervals import wilson
from sim.kpis.loops import Column
from sim.scenario.bid_clauses import Clause
from sim.scenario.bid_price import Price
from sim.studies.bid.clauses import due, settled_amounts, within_risk
from sim.studies.bid.contract import Contract
from sim.studies.bid.cost import Month, MonthCost, dearer
from sim.studies.bid.judging import Windows, window_charges
from sim.studies.bid.price import Volumes, charges
from sim.studies.bid.simulated import Pool

NAUGHT = Decimal(0)
Table = list[list[Decimal]]
"""Amounts of each contract, month by month; or of each month of a contract, by month of the pool."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A probability, or a mean, with its 95 % interval."""

    value: float
    low: float
    high: float


def volumes(pool: Pool, hours: Sequence[Month], expected: Floats) -> list[list[Volumes]]:
    """What each month of a contract comes to, for each month of the *pool* that it may be."""
    contract = pool.contract
    columns = (Column.OFFERED, Column.ANSWERED, Column.SUCCESSFUL, Column.HANDLING_S, Column.CONVERTED)
    sums = np.array([pool.count(column).sum(axis=2) for column in columns])
    found = []
    for month, level in zip(hours, contract.level_of, strict=True):
        fixed = (month.duty_h, month.paid_h / contract.contract_h)
        forecast = Decimal(repr(float(expected[level].sum())))
        rows = sums[:, level].T.tolist()
        found.append([_volumes(fixed, forecast, [Decimal(repr(each)) for each in row]) for row in rows])
    return found


def _volumes(fixed: tuple[Decimal, Decimal], forecast: Decimal, row: Sequence[Decimal]) -> Volumes:
    offered, handled, resolved, handling_s, outcomes = row
    return Volumes(*fixed, offered, handled, resolved, handling_s / 60, outcomes, forecast)


def monthly_charges(contract: Contract, price: Price, months: list[list[Volumes]]) -> Table:
    """Charges of each month of a contract, for each month of the pool that it may be."""
    times = [dearer(contract.bid.indexation_per_year, k) for k in range(contract.months)]
    return [[charges(price, each) * by for each in row] for row, by in zip(months, times, strict=True)]


def monthly_cost(costs: Sequence[MonthCost], months: list[list[Volumes]]) -> Table:
    """Cost likewise."""
    return [[cost.total(each.offered) for each in row] for cost, row in zip(costs, months, strict=True)]


def clause_amounts(found: Windows, contract: Contract, charged: Table, taken: Ints) -> Table:
    """What a clause comes to in each contract, month by month."""
    known: dict[tuple[int, ...], Decimal] = {}
    return [_of_contract(found, contract, charged, row, k, known) for k, row in enumerate(taken.tolist())]


def _of_contract(
    found: Windows,
    contract: Contract,
    charged: Table,
    taken: Sequence[int],
    k: int,
    known: dict[tuple[int, ...], Decimal],
) -> list[Decimal]:
    """Of one contract; what a window owes is *known* once its months of the pool were met."""
    ends, amounts = found.ends.tolist(), {}
    for w in np.flatnonzero(found.is_due[k]).tolist():
        first = int(found.starts[w]) // contract.month_days
        key = (w, *taken[first : ends[w] + 1])
        if key not in known:
            monthly = [charged[month][i] for month, i in enumerate(taken)]
            known[key] = due(found.clause, found.judged(k, w, window_charges(found, contract, monthly, w)))
        amounts[w] = known[key]
    if not amounts:
        return [NAUGHT] * contract.months
    return settled_amounts(found.clause, amounts, found.kept[k].tolist(), ends, contract.months)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What contracts come to, at one price and staffing."""

    contract: Contract
    pool_size: int
    taken: Ints
    charged: Table
    """Charges of each contract, month by month."""
    cost: Table
    clauses: tuple[tuple[Clause, Table], ...]
    """Bonus or malus of each clause by itself."""

    @cached_property
    def service(self) -> Table:
        """Bonus and malus of all clauses together, with no more than the sum at risk."""
        at_risk = self.contract.bid.at_risk_share
        found = [[NAUGHT] * self.contract.months for _ in self.charged]
        for kind in ("malus", "bonus"):
            tables = [table for clause, table in self.clauses if clause.kind == kind]
            for k, rows in enumerate(zip(*tables, strict=True)):
                for month, amounts in enumerate(zip(*rows, strict=True)):
                    amount = sum(amounts, NAUGHT)
                    if amount < 0:
                        amount = within_risk(amount, self.charged[k][month], at_risk)
                    found[k][month] += amount
        return found

    @cached_property
    def results(self) -> Table:
        """What is left of each month: charges, bonus and malus, less cost."""
        return [
            [a + b - c for a, b, c in zip(*rows, strict=True)]
            for rows in zip(self.charged, self.service, self.cost, strict=True)
        ]

    @cached_property
    def margins(self) -> Floats:
        """What is left of each contract, a share of what is received."""
        received = totals(self.charged) + totals(self.service)
        left = totals(self.results)
        return np.asarray(np.divide(left, received, out=np.full(len(left), -np.inf), where=received > 0))

    def mean(self, table: Table) -> Decimal:
        """Mean of a whole contract's sum."""
        return sum((sum(row, NAUGHT) for row in table), NAUGHT) / len(table)

    def mean_with_interval(self, table: Table) -> Likely:
        """The same with its interval: contracts that hold the same simulated month are not independent."""
        value = totals(table)
        half = 1.96 * _error(
            np.repeat(value[:, None], self.taken.shape[1], axis=1), self.taken, self.pool_size
        )
        mean = float(self.mean(table))
        return Likely(mean, mean - half, mean + half)


def totals(table: Table) -> Floats:
    """Sum of each contract, rounded no sooner than to a binary number."""
    return np.array([float(sum(row, NAUGHT)) for row in table])


def _error(values: Floats, taken: Ints, pool: int) -> float:
    """Standard error of a mean over contracts, by the months of the pool that they are made of.

    Means of the contracts that hold a month (Hájek's projection); *values* stand beside each month *taken*.
    """
    n = np.bincount(taken.ravel(), minlength=pool)
    means = np.bincount(taken.ravel(), np.ascontiguousarray(values).ravel(), minlength=pool) / np.maximum(
        n, 1
    )
    return taken.shape[1] * float(means[n > 0].std(ddof=1)) / pool**0.5 if pool > 1 else float("inf")


def chance(found: Flags, ends: Ints, contract: Contract, days: int, taken: Ints, pool: int) -> Likely:
    """Probability that a window is one of those *found*, with Wilson's interval.

    It counts for as many independent windows as would have the variance that months of the pool show.
    """
    p = float(found.mean())
    span = max(1, days // contract.month_days)
    columns = [np.minimum(ends, contract.months - 1) - k for k in range(span)]
    held = np.stack([taken[:, column] for column in columns], axis=-1).reshape(-1, span)
    error = _error(np.repeat(found.reshape(-1, 1).astype(float), span, axis=1), held, pool)
    least = pool / span
    most = pool * max(1.0, contract.month_days / days)
    n = least if not error or not 0 < p < 1 else float(np.clip(p * (1 - p) / error**2, least, most))
    low, high = wilson(p, n)
    return Likely(p, float(low), float(high))


def share_of(flags: Flags, taken: Ints, pool: int) -> Likely:
    """Probability of something of whole contracts, shape (n_contracts,), with an interval likewise."""
    p, span = float(flags.mean()), taken.shape[1]
    error = _error(np.repeat(flags[:, None].astype(float), span, axis=1), taken, pool)
    least = max(1.0, pool / span)
    n = least if not error or not 0 < p < 1 else float(np.clip(p * (1 - p) / error**2, least, pool))
    low, high = wilson(p, n)
    return Likely(p, float(low), float(high))
