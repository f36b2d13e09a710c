"""How many turns has a chat, how long do both sides take, and do agents slow down who hold more?

Turns are counted over all chats, those that broke off too: each reply is one that may be the last. How much
longer a reply takes while its agent holds several chats is read off the turns, by chats held as each is
begun, and not off handling times, for a long chat sees more others beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.stats import t as student

from sim.arrays import Flags, Floats, Ints
from sim.rules import Outcome
from sim.scenario.distributions import CountDistribution, EmpiricalCount, GeometricCount, PoissonCount
from sim.studies.fitted.laws import FEW, Durations, Fit, Number, fits_of
from sim.studies.fitted.seen import Seen

_ENOUGH = 30
"""Turns with one chat held, and with more, from which on they are compared."""
_UNLIKE = 1e-4
"""Probability below which counts are not of a law."""
_MOST_HELD = 10


@dataclass(frozen=True, slots=True, eq=False)
class TurnsFit:
    """Replies of an agent in a chat."""

    law: CountDistribution
    mean: Number
    counts: Floats
    """Chats with 1, 2, … replies at their end, shape (most,)."""
    share: Floats
    """Share of chats with so many, those that broke off allowed for."""
    chats: float
    """Chats that came to their end."""
    broke_off: float
    """Chats that did not."""


@dataclass(frozen=True, slots=True)
class Slower:
    """Turns that were begun with so many chats held."""

    held: int
    n: int
    compose_s: float
    """Mean attention for a reply."""
    response_s: float
    """Mean time from the message to the reply."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Service by turns of a queue, or of all."""

    turns: TurnsFit
    agent: tuple[Fit, ...]
    """An agent's time for a reply with one chat held, the best law first."""
    customer: tuple[Fit, ...]
    wrap_up: tuple[Fit, ...]
    """None where slots are free with the end of the conversation, or nobody knows."""


def turns_of(seen: Seen, chosen: Flags, present: Floats) -> TurnsFit | None:
    """Count replies of the *chosen* chats; *present* is the probability that their customer was there."""
    outcome, n_replies = seen.chats.chat.outcome, seen.n_replies
    fine = chosen & seen.has_messages & (n_replies > 0)
    ended = fine & (outcome == Outcome.SERVED)
    if ended.sum() < FEW:
        return None
    days = seen.day[fine]
    replies, ends = present[fine] * n_replies[fine], present[fine] * ended[fine]
    mean = ratio(replies, ends, days)
    most = int(n_replies[fine].max())
    counts = np.bincount(n_replies[ended] - 1, present[ended], most).astype(np.float64)
    at_risk = np.cumsum(np.bincount(n_replies[fine] - 1, present[fine], most)[::-1])[::-1]
    hazard = np.divide(counts, at_risk, out=np.zeros(most), where=at_risk > 0)
    share = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]]) * hazard
    law = _law(mean.value, counts, share)
    return TurnsFit(law, mean, counts, share, float(ends.sum()), float((present[fine] * ~ended[fine]).sum()))


def ratio(top: Floats, bottom: Floats, day: Ints) -> Number:
    """Ratio of two sums with its 95 % interval, days being clusters; chats themselves where days are few."""
    value = float(top.sum() / bottom.sum())
    _, place = np.unique(day, return_inverse=True)
    if place.max(initial=0) < FEW:
        place = np.arange(len(top))
    rest = np.bincount(place, top - value * bottom)
    n = len(rest)
    error = float(np.sqrt((rest**2).sum() * n / max(n - 1, 1))) / float(bottom.sum())
    reach = float(student.ppf(0.975, max(n - 1, 1))) * error
    return Number(value, value - reach, value + reach)


def _law(mean: float, counts: Floats, share: Floats) -> CountDistribution:
    """Geometric if the counts may be, or one and a Poisson number; else the counts themselves."""
    mean = max(mean, 1.0)
    k = np.arange(1, len(counts) + 1)
    geometric = stats.geom.pmf(k, 1 / mean)
    poisson = stats.poisson.pmf(k - 1, mean - 1)
    n = float(counts.sum())
    fits = {"geometric": _p_value(share * n, geometric * n), "poisson": _p_value(share * n, poisson * n)}
    best = max(fits, key=lambda name: fits[name])
    if fits[best] < _UNLIKE:
        known = share > 1e-6
        return EmpiricalCount(
            values=tuple(int(each) for each in k[known]),
            weights=tuple(float(f"{each:.3g}") for each in share[known]),
        )
    return GeometricCount(mean=mean) if best == "geometric" else PoissonCount(mean=mean)


def _p_value(seen: Floats, expected: Floats) -> float:
    """Pearson's test, small cells put together with the next, and the tail beyond all that was seen."""
    rest = max(float(seen.sum() - expected.sum()), 0.0)
    cells: list[list[float]] = [[0.0, 0.0]]
    for one, other in zip([*seen, 0.0], [*expected, rest], strict=True):
        cells[-1][0] += one
        cells[-1][1] += other
        if cells[-1][1] >= 5:
            cells.append([0.0, 0.0])
    last = cells.pop()
    if cells:
        cells[-1] = [cells[-1][0] + last[0], cells[-1][1] + last[1]]
    if len(cells) < 3:
        return 1.0
    found = np.array(cells)
    chi2 = float(((found[:, 0] - found[:, 1]) ** 2 / found[:, 1]).sum())
    return float(stats.chi2.sf(chi2, len(cells) - 2))


def customer_of(seen: Seen, chosen: Flags) -> tuple[Fit, ...]:
    """A customer's time from a reply to their next message."""
    turns = seen.turns
    if turns is None:
        return ()
    mine = chosen[turns.chat] & np.isfinite(turns.next_s)
    gaps = (turns.next_s - turns.reply_s)[mine]
    return tuple(fits_of(Durations.of(gaps, seen.day[turns.chat[mine]])))


def agent_of(seen: Seen, chosen: Flags, switching: float) -> tuple[Fit, ...]:
    """An agent's time for a reply, with one chat held."""
    turns = seen.turns
    if turns is None:
        return ()
    mine = chosen[turns.chat]
    compose_s = turns.compose_s[mine] / np.where(turns.held[mine] > 1, 1 + switching, 1.0)
    return tuple(fits_of(Durations.of(compose_s, seen.day[turns.chat[mine]])))


def wrap_up_of(seen: Seen, chosen: Flags, present: Floats) -> tuple[Fit, ...]:
    """How long slots are held after the conversation; none where they are not."""
    known = chosen & np.isfinite(seen.wrap_up_s) & (present > 0.5)
    wrap_up_s = seen.wrap_up_s[known]
    if not len(wrap_up_s) or float((wrap_up_s > 0).mean()) < 0.005:
        return ()
    return tuple(fits_of(Durations.of(wrap_up_s, seen.day[known])))


def work_of(seen: Seen, chosen: Flags) -> tuple[Fit, ...]:
    """Handling times, where there is nothing else: from acceptance to the end of the conversation."""
    chat = seen.chats.chat
    known = chosen & seen.is_accepted & np.isfinite(chat.ended_s)
    return tuple(fits_of(Durations.of((chat.ended_s - chat.accepted_s)[known], seen.day[known])))


def switching_of(seen: Seen) -> tuple[Number | None, int, int]:
    """By how much longer a reply takes while its agent holds more than one chat; and the turns of each kind.

    A factor on the time, so a difference of mean logarithms, with queues told apart and days as clusters.
    """
    turns = seen.turns
    if turns is None:
        return None, 0, 0
    compose_s = turns.compose_s
    known = np.isfinite(compose_s) & (compose_s > 0)
    several = turns.held[known] > 1
    n_one, n_more = int((~several).sum()), int(several.sum())
    if min(n_one, n_more) < _ENOUGH:
        return None, n_one, n_more
    logs = np.log(compose_s[known])
    queue, day = seen.chats.chat.queue[turns.chat[known]], seen.day[turns.chat[known]]
    x = several.astype(np.float64)
    for q in np.unique(queue):
        mine = queue == q
        x[mine] -= x[mine].mean()
        logs[mine] -= logs[mine].mean()
    square = float((x**2).sum())
    if square <= 0:
        return None, n_one, n_more
    slope = float((x * logs).sum()) / square
    scores = x * (logs - slope * x)
    _, place = np.unique(day, return_inverse=True)
    if place.max(initial=0) < FEW:
        place = np.arange(len(x))
    by_day = np.bincount(place, scores)
    n = len(by_day)
    reach = float(student.ppf(0.975, n - 1)) * float(np.sqrt((by_day**2).sum() * n / (n - 1))) / square
    return Number(*(float(np.expm1(each)) for each in (slope, slope - reach, slope + reach))), n_one, n_more


def slower_by_held(seen: Seen) -> Sequence[Slower]:
    """Mean attention and response by chats held as the reply was begun."""
    turns, found = seen.turns, []
    if turns is None:
        return ()
    compose_s = turns.compose_s
    known = np.isfinite(compose_s)
    for held in range(1, min(int(turns.held[known].max(initial=0)), _MOST_HELD) + 1):
        mine = known & (turns.held == held)
        if mine.any():
            response = float((turns.reply_s - turns.message_s)[mine].mean())
            found.append(Slower(held, int(mine.sum()), float(compose_s[mine].mean()), response))
    return found
