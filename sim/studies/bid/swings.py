"""What moves the margin most? One input at a time, of money and of the centre, on the same months."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sim.runs.executor import Executor, Progress
from sim.scenario.bid_cost import Cost
from sim.scenario.vary import varied
from sim.studies.bid.case import Case, case
from sim.studies.bid.contract import Contract
from sim.studies.bid.outcome import Outcome
from sim.studies.bid.price import scaled
from sim.studies.inputs import usual_inputs

STEP = Decimal("0.1")
"""Amounts are varied by this share, either way."""
PART, FEWEST = 4, 5
"""Inputs of the centre are simulated on a part of the months, and no fewer than so many of each level."""


@dataclass(frozen=True, slots=True)
class Swing:
    """The margin with one input changed: mean result over mean receipts."""

    title: str
    label: str
    margin: float
    change: float
    """To the margin on the same months without it."""


def margin_of(outcome: Outcome) -> float:
    """Mean of what is left over the mean of what is received."""
    received = outcome.mean(outcome.charged) + outcome.mean(outcome.service)
    return float(outcome.mean(outcome.results) / received) if received else float("-inf")


def money_swings(base: Case, outcome: Outcome) -> Iterator[Swing]:
    """Price and cost, a tenth less and more: nothing is simulated again."""
    bid, was = base.contract.bid, margin_of(outcome)
    for sign in (-1, 1):
        factor, label = 1 + sign * STEP, f"{'−' if sign < 0 else '+'}{100 * STEP:g} %"
        found = margin_of(base.outcome(scaled(bid.prices[0], factor)))
        yield Swing("Price", label, found, found - was)
        for title, changed in _amounts(bid.cost, factor):
            found = margin_of(base.outcome(cost=changed))
            yield Swing(title, label, found, found - was)


def _amounts(cost: Cost, factor: Decimal) -> Iterator[tuple[str, Cost]]:
    """Cost with one kind of amount changed; wages of the usual hour and of others together are hours' own."""
    titles = {
        "on_cost_share": "On-cost", "attrition_per_month": "Attrition", "supervisor_per_month": "Supervisors",
        "seat_per_month": "Seats", "licence_per_agent_month": "Licences", "platform_per_chat": "Platform",
        "overhead_share": "Overhead", "fixed_per_month": "Fixed cost",
    }  # fmt: skip
    for key, title in titles.items():
        value = getattr(cost, key)
        if value:
            more = value * factor if isinstance(value, Decimal) else value * float(factor)
            yield title, cost.model_copy(update={key: more})


def wage_swings(base: Case, outcome: Outcome, again: Callable[[Cost], Outcome]) -> Iterator[Swing]:
    """All wages a tenth lower and higher."""
    cost, was = base.contract.bid.cost, margin_of(outcome)
    for sign in (-1, 1):
        factor, label = 1 + sign * STEP, f"{'−' if sign < 0 else '+'}{100 * STEP:g} %"
        wages = tuple(
            each.model_copy(update={"wage_per_hour": each.wage_per_hour * factor})
            if each.wage_per_hour is not None
            else each
            for each in cost.wages
        )
        usual = None if cost.wage_per_hour is None else cost.wage_per_hour * factor
        found = margin_of(again(cost.model_copy(update={"wage_per_hour": usual, "wages": wages})))
        yield Swing("Wages", label, found, found - was)


def centre_swings(
    contract: Contract, months: int, executor: Executor, seed: int, progress: Progress | None = None
) -> Iterator[Swing]:
    """Demand, handling, patience, absence and chats at once: each simulated with the agents as they are."""
    n = max(FEWEST, months // PART)
    was = margin_of(case(contract, n, executor, seed).outcome())
    for each in usual_inputs(contract.scenario).inputs:
        for side in each.sides:
            changed = Contract.of(varied(contract.scenario, side.changes))
            found = margin_of(case(changed, n, executor, seed, progress).outcome())
            yield Swing(each.title, side.label, found, found - was)
