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
    anyway: float
    """Share who come so soon after a chat that helped."""


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Chats of the same customers."""

    follows: Ints
    """Row of the customer's chat before, if this one belongs to it; −1 for a first attempt."""
    known: Flags
    """Whether it is recorded whose chat it is."""
    next_s: Floats
    """Time from the end of each until the same customer's next; infinite for none."""

    @property
    def first(self) -> Flags:
        """Whether a chat is a first attempt."""
        return np.asarray(self.follows < 0)


def chains_of(seen: Seen) -> Chains:
    """Find out which chats belong together: those after a miss, or after one that did not help."""
    names = seen.rows["customer_id"].to_list()
    known = np.array([name is not None for name in names], dtype=np.bool_)
    follows = np.full(len(names), -1, dtype=np.int64)
    last: dict[str, int] = {}
    window_s = np.where(missed_of(seen), RETRY_S, np.where(unresolved_of(seen), RETURN_S, 0.0))
    over_s = _over_s(seen)
    for row, name in enumerate(names):
        if name is None:
            continue
        before = last.get(name)
        if before is not None and 0 <= seen.chats.chat.arrival_s[row] - over_s[before] <= window_s[before]:
            follows[row] = before
        last[name] = row
    return Chains(follows, known, _next(seen, names))


def _next(seen: Seen, names: list[str | None]) -> Floats:
    """Time from each chat's end until its customer's next; infinite for none, and where nobody knows."""
    over_s, found = _over_s(seen), np.full(len(names), np.inf)
    later: dict[str, float] = {}
    for row in range(len(names) - 1, -1, -1):
        name = names[row]
        if name is not None:
            if name in later:
                found[row] = later[name] - over_s[row]
            later[name] = float(seen.chats.chat.arrival_s[row])
    return found


def unresolved_of(seen: Seen) -> Flags:
    """Whether a chat was served and, as it is recorded, did not solve what its customer came for."""
    said = seen.rows["resolved"].fill_null(value=True).to_numpy()
    return np.asarray(_served(seen) & ~said)


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
    """Who was missed and tries again, beyond those who would have come anyway; None where nobody does.

    Who was served is back within the same time, too, if only with something else: that share is taken off.
    """
    helped = chosen & _served(seen) & ~unresolved_of(seen)
    return _again(seen, chains, chosen & missed_of(seen), RETRY_S, helped)


def returns_of(seen: Seen, chains: Chains, chosen: Flags) -> Again | None:
    """Who was served, was not helped, and is back: where the log says who was helped."""
    helped = chosen & _served(seen) & ~unresolved_of(seen)
    return _again(seen, chains, chosen & unresolved_of(seen), RETURN_S, helped)


def back_soon(seen: Seen, chains: Chains) -> tuple[int, int]:
    """Served customers who are known, and those of them who came again within three days, whyever."""
    fine = _served(seen) & chains.known
    return int(fine.sum()), int((fine & (chains.next_s >= 0) & (chains.next_s <= RETURN_S)).sum())


def _again(seen: Seen, chains: Chains, after: Flags, window_s: float, anyway: Flags) -> Again | None:
    over_s = _over_s(seen)
    end_s = seen.n_days * float(DAY_S)
    in_time = chains.known & np.isfinite(over_s) & (over_s + window_s <= end_s)
    came = (chains.next_s >= 0) & (chains.next_s <= window_s)
    fine, others = after & in_time, anyway & in_time
    n, k = int(fine.sum()), int((fine & came).sum())
    if n < _FEWEST:
        return None
    usual = float(came[others].mean()) if others.sum() >= _FEWEST else 0.0
    ends = stats.binomtest(k, n).proportion_ci(0.95, "wilson")
    share, low, high = ((p - usual) / (1 - usual) if usual < 1 else 0.0 for p in (k / n, ends.low, ends.high))
    if low < _RARE:
        return None
    fits = tuple(fits_of(Durations.of(np.maximum(chains.next_s[fine & came], 1e-3), seen.day[fine & came])))
    return Again(Number(share, max(low, 0.0), high), fits, n, usual) if fits else None
