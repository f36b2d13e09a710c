"""Which windows of many contracts keep a promise? Sums of days, pooled over each window as contracts do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.kpis.definitions import BY_NAME, Peak
from sim.kpis.loops import Column
from sim.kpis.measure import ratio
from sim.scenario.bid_clauses import Clause, points
from sim.studies.bid.clauses import Judged
from sim.studies.bid.contract import Contract, in_months
from sim.studies.bid.measures import Measure, Sentence, sums_of
from sim.studies.bid.simulated import Pool


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of many contracts, each row those of one contract: shape (n_contracts, n_windows)."""

    clause: Clause
    kept: Flags
    """Whether they keep the promise."""
    each: Flags
    """Whether they keep each condition, shape (n_conditions, n_contracts, n_windows)."""
    is_measured: Flags
    step: Ints
    """The last step that is reached, -1 for none."""
    sums: Floats
    """Above and below the line of the first condition, shape (2, n_contracts, n_windows)."""
    chats: Floats
    ends: Ints
    """Month in which each window ends, shape (n_windows,)."""
    days: int
    """Of a window."""
    starts: Ints
    """First day of each window in its contract."""
    measure: Measure

    @cached_property
    def is_due(self) -> Flags:
        """Whether something is due, but for grace and earn-back."""
        if self.clause.client_dictates_staffing:
            return np.zeros(self.kept.shape, dtype=np.bool_)
        said = self.kept if self.clause.kind == "bonus" else ~self.kept
        return np.asarray(said & self.is_measured & (self.ends >= self.clause.grace_months))

    @property
    def falls_due(self) -> Flags:
        """Whether the promise goes the way that the clause speaks of: a malus broken, a bonus kept."""
        said = self.kept if self.clause.kind == "bonus" else ~self.kept
        return np.asarray(said & self.is_measured)

    def judged(self, contract: int, window: int, charges: Decimal) -> Judged:
        """One window, whose charges are known."""
        step = int(self.step[contract, window])
        return Judged(
            bool(self.kept[contract, window]),
            int(self.ends[window]),
            self._points(contract, window) if self.clause.per_point else Decimal(0),
            step if step >= 0 else None,
            Decimal(repr(float(self.chats[contract, window]))),
            charges,
            bool(self.is_measured[contract, window]),
        )

    def _points(self, contract: int, window: int) -> Decimal:
        """Points by which the first condition's figure is off its bound."""
        top, bottom = (Decimal(repr(float(side[contract, window]))) for side in self.sums)
        value = top / bottom if bottom else top
        bound = Decimal(repr(self.measure.bound.value))
        return abs(value - bound) / points(self.measure.bound.kpi)


def windows(
    sentence: Sentence, pool: Pool, taken: Ints, measures: tuple[Measure, ...], expected: Floats
) -> Windows:
    """Judge the windows of contracts made of the months *taken* from a *pool*.

    Parameters
    ----------
    sentence
        A clause and its measures.
    taken
        Month of the pool in each place, shape (n_contracts, months).
    measures
        Of which the pool has sums.
    expected
        Chats forecast for each day of a month of each level.
    """
    clause, contract = sentence.clause, pool.contract
    counted = _counted(clause, pool, expected)
    chats = pool.count(Column.OFFERED)
    length = contract.window_days(clause.window)
    n = contract.months * contract.month_days // length
    starts = np.arange(n) * length

    def pieces(by_day: Floats) -> Floats:
        days = in_months(by_day, contract, taken).reshape(len(taken), -1)
        return np.asarray(days[:, : n * length].reshape(len(taken), n, length))

    def values(measure: Measure) -> tuple[Floats, Floats]:
        top, bottom = pool.sums[sums_of(measure, measures)]
        return _pooled(measure, pieces(np.where(counted, top, 0.0)), pieces(np.where(counted, bottom, 0.0)))

    sides = [values(measure) for measure in sentence.conditions]
    each = np.array(
        [_keeps(measure, *side) for measure, side in zip(sentence.conditions, sides, strict=True)]
    )
    reached = np.zeros((len(taken), n), dtype=np.int64) - 1
    for k, step in enumerate(sentence.steps):
        keeps = _keeps(step, *values(step))
        reached[keeps if clause.kind == "bonus" else ~keeps] = k
    kept = np.asarray(each.all(axis=0) if clause.kept_if == "all" else each.any(axis=0))
    measured = np.asarray(np.any([bottom > 0 for _, bottom in sides], axis=0))
    return Windows(
        clause, kept, each, measured, reached, np.array(sides[0]), pieces(chats).sum(axis=2),
        (starts + length - 1) // contract.month_days, length, starts, sentence.conditions[0],
    )  # fmt: skip


def _counted(clause: Clause, pool: Pool, expected: Floats) -> Flags:
    """Days that are measured, shape (n_levels, n_months, month_days)."""
    counted = np.ones(pool.counts.shape[:3], dtype=np.bool_)
    if clause.excluded_above_forecast is not None:
        most = float(clause.excluded_above_forecast) * expected[:, None, :]
        counted &= pool.count(Column.OFFERED) <= most
    if clause.excludes_outages:
        counted &= ~pool.contract.out_of_order()
    return counted


def _pooled(measure: Measure, top: Floats, bottom: Floats) -> tuple[Floats, Floats]:
    """Sums of the days of each window; of a highest value the highest; a number of things stands over one."""
    below = bottom.sum(axis=2)
    if isinstance(BY_NAME[measure.bound.kpi].form, Peak):
        highest = np.where(bottom > 0, top, -np.inf).max(axis=2)
        return np.asarray(np.where(below > 0, highest, 0.0)), np.asarray((below > 0).astype(np.float64))
    if measure.is_count:
        below = (below > 0).astype(np.float64)
    return np.asarray(top.sum(axis=2)), np.asarray(below)


def _keeps(measure: Measure, top: Floats, bottom: Floats) -> Flags:
    """Whether windows keep a bound; one without a value does."""
    return measure.of_sums.kept(ratio(top, bottom))


def window_charges(found: Windows, contract: Contract, monthly: Sequence[Decimal], window: int) -> Decimal:
    """Charges of one window: those of its months, or of its days' share of them."""
    start, end = int(found.starts[window]), int(found.starts[window]) + found.days
    total, day = Decimal(0), start
    while day < end:
        month = day // contract.month_days
        until = min(end, (month + 1) * contract.month_days)
        total += monthly[month] * (until - day) / contract.month_days
        day = until
    return total
