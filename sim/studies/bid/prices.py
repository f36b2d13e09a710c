"""Which price reaches the wanted margin, at which is nothing left, and what do other price models make?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from sim.arrays import Floats
from sim.scenario.bid_price import PerChat, PerFte, PerHour, PerMinute, Price
from sim.studies.bid.case import Case
from sim.studies.bid.outcome import Outcome, totals
from sim.studies.bid.price import scaled

ROUNDS = 8
"""Prices that are tried at most for one margin."""
MOST_TIMES = 1e6
"""A price that would have to be so many times as high is none."""
CLOSE = 1e-6
"""How near two factors of a price are that are one."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a price reaches."""

    factor: float | None
    """Times the price of the bid; None if no price does."""
    best: float
    """The margin that it reaches as surely as wanted; of no price, the best that any can."""


@dataclass(frozen=True, slots=True)
class Model:
    """A price model on the same months."""

    name: str
    price: Price
    is_offered: bool
    is_fair: bool
    """Whether its price was made here, so that it charges as much as the offered one, on average."""
    charges: Decimal
    """Of a contract, on average."""
    result: Decimal
    margins: Floats
    """Of each contract."""


def sure_margin(outcome: Outcome, confidence: float) -> float:
    """The margin that is reached with a probability."""
    return float(np.quantile(outcome.margins, 1 - confidence, method="lower"))


def price_for(case: Case, outcome: Outcome, margin: float, confidence: float) -> Reached:
    """How many times the price of the bid reaches a *margin* with a probability.

    What a contract receives is taken to be in a straight line between two prices that were worked out, which
    it is until a cap or the sum at risk binds; the price found is worked out itself, and so on.
    """
    price, spent = case.contract.bid.prices[0], totals(outcome.cost)
    tried = {1.0: _received(outcome)}
    tried[2.0] = _received(case.outcome(scaled(price, Decimal(2))))
    low, high, found = 1.0, 2.0, 1.0
    for _ in range(ROUNDS):
        slope = (tried[high] - tried[low]) / (high - low)
        base = tried[low] - slope * low
        factor = _factor(base, slope, spent, margin, confidence)
        if factor is None:
            return Reached(None, _quantile(slope * MOST_TIMES + base, spent, confidence))
        found = factor
        if factor in tried:
            break
        near = min(tried, key=lambda each, at=factor: abs(each - at))  # type: ignore[misc]
        tried[factor] = _received(case.outcome(scaled(price, Decimal(repr(factor)))))
        if abs(near - factor) < CLOSE:
            break
        low, high = sorted((near, factor))
    return Reached(found, _quantile(tried[found], spent, confidence))


def service_share(case: Case, outcome: Outcome) -> float:
    """Bonus and malus for each amount of charges, beside those in sums: from here to twice the price."""
    twice = case.outcome(scaled(case.contract.bid.prices[0], Decimal(2)))
    more = twice.mean(twice.charged) - outcome.mean(outcome.charged)
    change = twice.mean(twice.service) - outcome.mean(outcome.service)
    return float(change / more) if more else 0.0


def _received(outcome: Outcome) -> Floats:
    return totals(outcome.charged) + totals(outcome.service)


def _quantile(received: Floats, spent: Floats, confidence: float) -> float:
    margins = np.divide(received - spent, received, out=np.full(len(spent), -np.inf), where=received > 0)
    return float(np.quantile(margins, 1 - confidence, method="lower"))


def _factor(base: Floats, slope: Floats, spent: Floats, margin: float, confidence: float) -> float | None:
    """The least factor at which enough contracts reach a margin, each by its own straight line."""
    wanted = spent / (1 - margin) if margin < 1 else np.full(len(spent), np.inf)
    needed = np.divide(wanted - base, slope, out=np.full(len(spent), np.inf), where=slope > 0)
    factor = float(np.quantile(np.maximum(needed, 0.0), confidence, method="higher"))
    return factor if 0 < factor < MOST_TIMES else None


def break_even(case: Case, outcome: Outcome) -> float | None:
    """Times the price of the bid at which nothing is left, on average."""
    price = case.contract.bid.prices[0]
    spent = float(outcome.mean(outcome.cost))
    low, high = 1.0, 2.0
    first = _mean(outcome)
    second = _mean(case.outcome(scaled(price, Decimal(2))))
    for _ in range(ROUNDS):
        slope = (second - first) / (high - low)
        if slope <= 0:
            return None
        factor = low + (spent - first) / slope
        if not 0 < factor < MOST_TIMES:
            return None
        if abs(factor - low) < CLOSE:
            return factor
        found = _mean(case.outcome(scaled(price, Decimal(repr(factor)))))
        low, first, high, second = factor, found, low, first
    return factor


def _mean(outcome: Outcome) -> float:
    return float(outcome.mean(outcome.charged) + outcome.mean(outcome.service))


def models(case: Case, outcome: Outcome) -> Iterator[Model]:
    """Price models of the bid, and the usual ones that charge as much as the offered one on average."""
    prices = case.contract.bid.prices
    for k, price in enumerate(prices):
        found = outcome if not k else case.outcome(price)
        yield _model(price, found, is_offered=not k, is_fair=False)
    for fair in _fair(case, outcome, [price.kind for price in prices]):
        yield _model(fair, case.outcome(fair), is_offered=False, is_fair=True)


def _model(price: Price, found: Outcome, *, is_offered: bool, is_fair: bool) -> Model:
    return Model(
        price.name or price.kind, price, is_offered, is_fair, found.mean(found.charged),
        found.mean(found.results), found.margins,
    )  # fmt: skip


def _fair(case: Case, outcome: Outcome, known: Sequence[str]) -> Iterator[Price]:
    """Usual price models that the bid does not have, each with the price that charges as much."""
    months = [each for row in case.volumes for each in row]
    charged = outcome.mean(outcome.charged) * len(case.volumes[0])

    def price(kind: str, of: str) -> Decimal | None:
        total: Decimal = sum((getattr(each, of) for each in months), Decimal(0))
        return None if kind in known or not total else charged / total

    if (amount := price("hour", "hours")) is not None:
        yield PerHour(per_hour=amount)
    if (amount := price("fte", "fte")) is not None:
        yield PerFte(per_fte_month=amount)
    if (amount := price("chat", "handled")) is not None:
        yield PerChat(per_chat=amount)
    if (amount := price("minute", "minutes")) is not None:
        yield PerMinute(per_minute=amount)
