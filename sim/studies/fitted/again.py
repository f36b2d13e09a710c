"""Do customers come again? Who was missed and tries again, and who was served and is back soon.

Chats of one customer follow each other within a window, or they are visits of their own. Who was missed near
the end of the log may still have come after it: the last window does not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from sim.arrays import Flags, Floats, Ints
from sim.rules import Outcome
from sim.scenario.units import DAY_S, HOUR_S
from sim.studies.fitted.laws import Durations, Fit, Number, fits_of
from sim.studies.fitted.seen import Seen

RETRY_S, RETURN_S = 12 * HOUR_S, 3 * DAY_S
"""Who comes again within these, after having been missed or served, does so because of it."""
_MISSED = (Outcome.ABANDONED, Outcome.SILENT, Outcome.BLOCKED, Outcome.OVERFLOWED, Outcome.TIMED_OUT)
_FEWEST = 20
"""Chats after which somebody might have come again, at least."""
_RARE = 0.005
"""A smaller share is taken for none."""


@dataclass(frozen=True, slots=True)
class Again:
    """Customers who come again after something."""

    share: Number
    delay: tuple[Fit, ...]
    n: int
    """Chats after which they might have."""


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Chats of the same customers."""

    follows: Ints
    """Row of the customer's chat before, if this one belongs to it; −1 for a first attempt."""
    known: Flags
    """Whether it is recorded whose chat it is."""

    @property
    def first(self) -> Flags:
        """Whether a chat is a first attempt."""
        return np.asarray(self.follows < 0)


def chains_of(seen: Seen) -> Chains:
    """Find out whose chats belong together."""
    names = seen.rows["customer_id"].to_list()
    known = np.array([name is not None for name in names], dtype=np.bool_)
    follows = np.full(len(names), -1, dtype=np.int64)
    last: dict[str, int] = {}
    missed, served = missed_of(seen), _served(seen)
    over_s = _over_s(seen)
    for row, name in enumerate(names):
        if name is None:
            continue
        before = last.get(name)
        if before is not None and np.isfinite(over_s[before]):
            gap_s = seen.chats.chat.arrival_s[row] - over_s[before]
            window_s = RETRY_S if missed[before] else RETURN_S if served[before] else 0.0
            if 0 <= gap_s <= window_s:
                follows[row] = before
        last[name] = row
    return Chains(follows, known)


def missed_of(seen: Seen) -> Flags:
    """Whether a chat went wrong in a way after which customers may try again."""
    chat = seen.chats.chat
    unanswered = (chat.outcome == Outcome.LEFT) & (seen.n_replies == 0)
    return np.asarray(np.isin(chat.outcome, _MISSED) | unanswered | seen.gone_before)


def _served(seen: Seen) -> Flags:
    return np.asarray((seen.chats.chat.outcome == Outcome.SERVED) & ~seen.gone_before)


def _over_s(seen: Seen) -> Floats:
    """When a customer was gone: the arrival of those who were turned away."""
    chat = seen.chats.chat
    gone_s = seen.seconds("gone_at")
    over_s = np.where(np.isfinite(gone_s), gone_s, chat.ended_s)
    return np.asarray(np.where(chat.outcome == Outcome.BLOCKED, chat.arrival_s, over_s))


def retries_of(seen: Seen, chains: Chains, chosen: Flags) -> Again | None:
    """Who was missed and tries again; None where nobody does or nobody knows."""
    return _again(seen, chains, chosen & missed_of(seen), RETRY_S)


def returns_of(seen: Seen, chains: Chains, chosen: Flags, unresolved: Flags | None) -> Again | None:
    """Who was served and is back: of those *unresolved*, where that is recorded, else of all."""
    served = chosen & _served(seen)
    return _again(seen, chains, served if unresolved is None else served & unresolved, RETURN_S)


def _again(seen: Seen, chains: Chains, after: Flags, window_s: float) -> Again | None:
    over_s, chat = _over_s(seen), seen.chats.chat
    followed = np.full(len(after), -1, dtype=np.int64)
    rows = np.flatnonzero(chains.follows >= 0)
    followed[chains.follows[rows]] = rows
    end_s = seen.n_days * float(DAY_S)
    fine = after & chains.known & np.isfinite(over_s) & (over_s + window_s <= end_s)
    n, came = int(fine.sum()), fine & (followed >= 0)
    k = int(came.sum())
    if n < _FEWEST or k < _RARE * n:
        return None
    ends = stats.binomtest(k, n).proportion_ci(0.95, "wilson")
    delay_s = chat.arrival_s[followed[came]] - over_s[came]
    fits = tuple(fits_of(Durations.of(np.maximum(delay_s, 1e-3), seen.day[came])))
    if not fits:
        return None
    return Again(Number(k / n, float(ends.low), float(ends.high)), fits, n)
