"""What does this sentence cost? Each clause by itself, in other forms, and with more agents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

import numpy as np

from sim.scenario.bid_clauses import MONTHS, Clause, Window
from sim.studies.bid.case import Case
from sim.studies.bid.judging import Windows
from sim.studies.bid.measures import sentence
from sim.studies.bid.outcome import Likely, Outcome, chance, clause_amounts, monthly_charges, share_of

BOUGHT_OFF = 0.01
"""A malus that is due for no more windows than this share is bought off."""


@dataclass(frozen=True, slots=True)
class Form:
    """A clause in one form."""

    clause: Clause
    label: str
    is_own: bool
    """Whether it is as the bid has it."""
    due: Likely
    """Probability that a window owes something, or earns it."""
    ever: Likely
    """Probability that any window of a contract does."""
    amount: Likely
    """What it comes to over a contract, of itself: below zero is paid."""


@dataclass(frozen=True, slots=True)
class Step:
    """A clause with agents more or fewer."""

    added: int
    due: Likely
    amount: Decimal
    """Over a contract."""
    cost: Decimal
    """What these agents cost over a contract, beyond those of the bid."""
    result: Decimal
    """What is left of a contract in all."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one clause."""

    clause: Clause
    forms: tuple[Form, ...]
    steps: tuple[Step, ...]
    """By agents added, the bid's own among them."""
    worth: Decimal
    """How much more is left of a contract without it."""
    correlation: float | None
    """Of keeping the first two conditions, over windows; None where there is one, or one never varies."""
    together: tuple[float, float] | None
    """Probability that all conditions are kept, and the product of those of each."""

    @property
    def own(self) -> Form:
        """The form that the bid has."""
        return self.forms[0]

    @property
    def bought_off(self) -> Step | None:
        """The fewest agents more with which hardly any window owes anything."""
        more = (step for step in self.steps if step.added >= 0 and step.due.value <= BOUGHT_OFF)
        return next(more, None) if self.clause.kind == "malus" else None


def found_of(base: Case, outcome: Outcome, ladder: Sequence[tuple[int, Case, Outcome]]) -> tuple[Found, ...]:
    """What each clause costs: as it is, in other forms, without it, and with the staffing of a *ladder*."""
    return tuple(_found(base, outcome, k, ladder) for k in range(len(base.windows)))


def _found(base: Case, outcome: Outcome, k: int, ladder: Sequence[tuple[int, Case, Outcome]]) -> Found:
    others = [each for j, each in enumerate(base.windows) if j != k]
    left = outcome.mean(outcome.results)
    without = base.outcome(some=others)
    own = base.windows[k]
    steps = []
    for added, case, result in ladder:
        spent = result.mean(result.cost) - outcome.mean(outcome.cost)
        amount = result.mean(result.clauses[k][1])
        steps.append(Step(added, _due(case, case.windows[k]), amount, spent, result.mean(result.results)))
    return Found(
        own.clause, tuple(_forms(base, own)), tuple(steps), without.mean(without.results) - left,
        _correlation(own), _together(own),
    )  # fmt: skip


def _due(case: Case, found: Windows) -> Likely:
    return chance(found.falls_due, found.ends, case.contract, found.days, case.taken, case.pool.size)


def _forms(base: Case, own: Windows) -> Iterator[Form]:
    contract = base.contract
    charged = monthly_charges(contract, contract.bid.prices[0], base.volumes)
    for label, clause in variants(
        own.clause, contract.months, {w: contract.window_days(w) for w in _WINDOWS}
    ):
        is_own = clause is own.clause
        found = own if is_own else base.judged(sentence(contract.scenario, clause))
        table = clause_amounts(found, contract, charged, base.taken)
        result = Outcome(contract, base.pool.size, base.taken, [], [], ((clause, table),))
        ever = share_of(np.asarray(found.is_due.any(axis=1)), base.taken, base.pool.size)
        yield Form(clause, label, is_own, _due(base, found), ever, result.mean_with_interval(table))


_WINDOWS: tuple[Window, ...] = get_args(Window)
_ADVERBS: dict[Window, str] = {
    "day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "yearly",
}  # fmt: skip


def variants(clause: Clause, months: int, days: dict[Window, int]) -> Iterator[tuple[str, Clause]]:
    """A *clause* as it is, over other windows, with each of its conditions alone, and with *any* for *all*.

    Sums over another window are in proportion to its *days*, so that as much is at stake.
    """
    yield f"as it is ({_ADVERBS[clause.window]})", clause
    for window in _WINDOWS:
        if window != clause.window and MONTHS.get(window, 0) <= months:
            times = Decimal(days[window]) / days[clause.window]
            yield _ADVERBS[window], _over(clause, window, times)
    if len(clause.promise) > 1:
        other = "any" if clause.kept_if == "all" else "all"
        yield (
            f"{other} of them enough" if other == "any" else "all of them",
            clause.model_copy(update={"kept_if": other}),
        )
        for text in clause.promise:
            yield f"{text} alone", clause.model_copy(update={"promise": (text,)})


def _over(clause: Clause, window: Window, times: Decimal) -> Clause:
    """A clause over another window, whose sums are taken so many *times*."""
    sums = {name: value * times for name in ("amount", "cap") if (value := getattr(clause, name)) is not None}
    steps = tuple(
        step if step.amount is None else step.model_copy(update={"amount": step.amount * times})
        for step in clause.steps
    )
    return clause.model_copy(update={"window": window, "steps": steps} | sums)


def _correlation(own: Windows) -> float | None:
    """Of the first two conditions' being kept, over windows."""
    if len(own.each) < 2:
        return None
    first, second = (flags.ravel().astype(float) for flags in own.each[:2])
    if not first.std() or not second.std():
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _together(own: Windows) -> tuple[float, float] | None:
    if len(own.each) < 2:
        return None
    return float(own.each.all(axis=0).mean()), float(np.prod([flags.mean() for flags in own.each]))
