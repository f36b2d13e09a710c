"""What is a month charged? Each price model, for the volumes of a month, in decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from sim.scenario.bid_price import Anchored, PerChat, PerFte, PerHour, PerMinute, PerOutcome, Price

NAUGHT = Decimal(0)


class Volumes(NamedTuple):
    """What a month comes to, as far as prices go by it."""

    hours: Decimal = NAUGHT
    """On duty, as planned."""
    fte: Decimal = NAUGHT
    """Full-time equivalents of trained people."""
    offered: Decimal = NAUGHT
    handled: Decimal = NAUGHT
    """Chats with a human reply."""
    resolved: Decimal = NAUGHT
    minutes: Decimal = NAUGHT
    """Of handling time."""
    outcomes: Decimal = NAUGHT
    """Customers who went on to buy."""
    forecast: Decimal = NAUGHT
    """Chats that were forecast."""

    def counted(self, which: str) -> Decimal:
        """Chats that are ``offered``, ``handled`` or ``resolved``."""
        chats: Decimal = getattr(self, which)
        return chats


def charges(price: Price, month: Volumes) -> Decimal:
    """What a *month* is charged, not rounded.

    >>> charges(PerHour(per_hour=30, fixed_per_month=100), Volumes(hours=Decimal("10.5")))
    Decimal('415.0')
    """
    return max(price.fixed_per_month + _variable(price, month), price.minimum_per_month)


def _variable(price: Price, month: Volumes) -> Decimal:
    match price:
        case PerHour():
            return price.per_hour * month.hours
        case PerFte():
            return price.per_fte_month * month.fte
        case PerChat():
            least = price.minimum_share_of_forecast * month.forecast
            return _tiered(price, max(month.counted(price.counted), least))
        case PerMinute():
            return price.per_minute * month.minutes
        case PerOutcome():
            return price.per_outcome * month.outcomes
        case Anchored():
            return _anchored(price, month.counted(price.counted))


def _tiered(price: PerChat, chats: Decimal) -> Decimal:
    """Each chat at the price of its tier."""
    total, before, rate = NAUGHT, NAUGHT, price.per_chat
    for tier in price.tiers:
        edge = Decimal(tier.above_chats)
        total += rate * max(min(chats, edge) - before, NAUGHT)
        before, rate = edge, tier.per_chat
    return total + rate * max(chats - before, NAUGHT)


def _anchored(price: Anchored, chats: Decimal) -> Decimal:
    """The fee, more for chats above the deadband, less for those missing below it; never below nothing."""
    total = price.per_month
    for sign, bands in ((1, price.additional), (-1, price.reduced)):
        before = price.edge(sign)
        for band in bands:
            end = chats if band.until_chats is None else Decimal(band.until_chats)
            reached = min(chats, end) if sign > 0 else max(chats, end)
            total += sign * band.per_chat * max(sign * (reached - before), NAUGHT)
            before = end if band.until_chats is not None else before
    return max(total, NAUGHT)


def scaled(price: Price, factor: Decimal) -> Price:
    """Give a *price* whose every amount is taken so many times."""
    amounts = {
        name: value * factor
        for name in type(price).names()
        if isinstance(value := getattr(price, name), Decimal) and "share" not in name
    }
    lists = {
        name: tuple(
            each.model_copy(update={"per_chat": each.per_chat * factor}) for each in getattr(price, name)
        )
        for name in ("tiers", "additional", "reduced")
        if hasattr(price, name)
    }
    return price.model_copy(update=amounts | lists)
