"""What is due for a clause? Bonus and malus of the windows of a contract, in decimals.

Windows are judged elsewhere; here stands what comes of it: steps, points, caps, months of grace, earn-back.
Amounts are the vendor's: a bonus is above zero, a malus below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sim.scenario.bid_clauses import Clause, Step

NAUGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Judged:
    """A window of a contract and what was measured in it."""

    kept: bool
    """Whether it keeps the promise; one in which nothing is measured does."""
    month: int
    """In which it ends, from 0."""
    points_off: Decimal = NAUGHT
    """Points by which the figure is beyond its bound, where the amount goes by points."""
    step: int | None = None
    """The last step that is reached."""
    chats: Decimal = NAUGHT
    """Offered in it."""
    charges: Decimal = NAUGHT
    """Of the window."""
    is_measured: bool = True


def due(clause: Clause, window: Judged) -> Decimal:
    """What is due for one *window*, nothing of grace and earn-back considered."""
    is_due = window.is_measured and window.kept == (clause.kind == "bonus")
    if not is_due or clause.client_dictates_staffing:
        return NAUGHT
    rate: Clause | Step = clause if window.step is None else clause.steps[window.step]
    amount = _amount(rate, window) * (window.points_off if clause.per_point else 1)
    if clause.cap is not None:
        amount = min(amount, clause.cap)
    if clause.cap_share_of_charges is not None:
        amount = min(amount, clause.cap_share_of_charges * window.charges)
    return amount if clause.kind == "bonus" else -amount


def _amount(rate: Clause | Step, window: Judged) -> Decimal:
    if rate.share_of_charges is not None:
        return rate.share_of_charges * window.charges
    if rate.per_chat is not None:
        return rate.per_chat * window.chats
    return rate.amount if rate.amount is not None else NAUGHT


def settled(clause: Clause, windows: Sequence[Judged], months: int) -> list[Decimal]:
    """What is due in each of the *months*, in which *windows* follow each other.

    A window that ends in the months of grace owes nothing. A malus is paid back, in the month in which the
    last of the windows that earn it ends, if all of these keep the promise.
    """
    amounts = {
        k: due(clause, window) for k, window in enumerate(windows) if window.month >= clause.grace_months
    }
    kept, ends = [window.kept for window in windows], [window.month for window in windows]
    return settled_amounts(clause, amounts, kept, ends, months)


def settled_amounts(
    clause: Clause, amounts: Mapping[int, Decimal], kept: Sequence[bool], ends: Sequence[int], months: int
) -> list[Decimal]:
    """The same, of windows of which it is known what they owe, whether they are kept, and when they end."""
    found, n = [NAUGHT] * months, clause.earn_back_windows
    for k, amount in amounts.items():
        found[ends[k]] += amount
        if n and amount < 0 and k + n < len(kept) and all(kept[k + 1 : k + 1 + n]):
            found[ends[k + n]] -= amount
    return found


def within_risk(maluses: Decimal, charges: Decimal, at_risk_share: Decimal | None) -> Decimal:
    """What a month's *maluses* (below zero) come to, if no more than a share of its *charges* is at risk."""
    return maluses if at_risk_share is None else max(maluses, -at_risk_share * charges)
