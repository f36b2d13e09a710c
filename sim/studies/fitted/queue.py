"""What is learnt of one queue, and what of all queues together where it has too few chats of its own?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Flags, Floats
from sim.rules import Outcome
from sim.studies.fitted.again import Again, Chains, retries_of, returns_of
from sim.studies.fitted.laws import FEW, Durations, Fit, Number, fits_of
from sim.studies.fitted.patience import Hidden, Patience, Waits, hidden_of, patience_of
from sim.studies.fitted.seen import Seen
from sim.studies.fitted.talk import Talk, agent_of, customer_of, ratio, turns_of, work_of, wrap_up_of
from sim.studies.volumes.study import QueueVolumes

_OWN = 100
"""Chats that were answered, from which on a queue's service is its own; else that of all queues."""
_SENT_AWAY = 0.05
"""Relative spread of the waits of those whom the system sent away, up to which it is a limit."""
_LEFT = 20
"""Customers who left before the first reply, from which on their patience with it is told."""


@dataclass(frozen=True, slots=True, eq=False)
class QueueFit:
    """What is known of a queue."""

    name: str
    volumes: QueueVolumes
    chats: int
    waits: Waits
    patience: Patience | None
    hidden: Hidden | None
    detect: tuple[Fit, ...]
    """How long agents take to notice that a silent customer is gone."""
    talk: Talk | None
    work: tuple[Fit, ...]
    """Handling times, where there are no messages."""
    is_own: bool
    """Whether its service is that of its own chats, and not of all queues."""
    reply_patience: tuple[Fit, ...]
    left_unanswered: int
    max_wait_s: Number | None
    """The wait at which the system sends chats away."""
    retry: Again | None
    returns: Again | None
    resolved: Number | None
    """Share of served chats that were resolved, where that is recorded."""


def queue_of(
    seen: Seen, q: int, volumes: QueueVolumes, chains: Chains, switching: float, *, alone: bool
) -> QueueFit:
    """Learn what is to be known of a queue; *alone* there is no other."""
    chosen = np.asarray(seen.chats.chat.queue == q)
    waits = waits_of(seen, chosen)
    patience, hidden = patience_of(waits), _hidden(seen, chosen, waits)
    present = _present(seen, chosen, waits, hidden)
    is_own = alone or int((chosen & (seen.chats.chat.outcome == Outcome.SERVED)).sum()) >= _OWN
    of_service = chosen if is_own else np.ones(len(chosen), dtype=np.bool_)
    resolved = _resolved(seen, chosen)
    talk = _talk(seen, of_service, present, switching)
    left = _left(seen, chosen)
    return QueueFit(
        seen.chats.centre.queues[q],
        volumes,
        int(chosen.sum()),
        waits,
        patience,
        hidden,
        _detect(seen, chosen, present),
        talk,
        () if talk is not None else work_of(seen, of_service),
        is_own,
        tuple(fits_of(left)) if left.n >= _LEFT else (),
        left.n,
        _max_wait(seen, chosen),
        retries_of(seen, chains, chosen),
        returns_of(seen, chains, chosen),
        resolved,
    )


def waits_of(seen: Seen, chosen: Flags) -> Waits:
    """Waits of the *chosen* chats that are known."""
    known = chosen & np.isfinite(seen.wait_s)
    wrote = np.nan_to_num(seen.last_words_s, nan=-np.inf) > np.nan_to_num(
        seen.chats.chat.accepted_s, nan=np.inf
    )
    came_to_it = np.array([by == "customer" for by in seen.ended_by], dtype=np.bool_)
    shows = wrote | came_to_it | ~seen.has_messages | (seen.chats.chat.outcome == Outcome.OVERFLOWED)
    gone_s = seen.seconds("gone_at") - seen.entered_s
    wait_s = np.asarray(
        np.where(seen.gone_before & np.isfinite(gone_s), gone_s, seen.wait_s), dtype=np.float64
    )
    return Waits(
        np.round(wait_s[known], 6),
        seen.gave_up[known],
        seen.day[known],
        shows[known],
        (seen.gone_before & ~seen.gave_up)[known],
    )


def _hidden(seen: Seen, chosen: Flags, waits: Waits) -> Hidden | None:
    """Silent customers where it does not show; none where it does, or there are no messages."""
    if waits.was_silent.any() or not seen.has_messages[chosen].any():
        return None
    waited = waits.wait_s > 0
    prompt = ~waited & ~waits.gave_up
    parts = (getattr(waits, name)[waited] for name in Waits.__dataclass_fields__)
    return hidden_of(Waits(*parts), int(prompt.sum()), int((prompt & ~waits.wrote).sum()))


def _present(seen: Seen, chosen: Flags, waits: Waits, hidden: Hidden | None) -> Floats:
    """Probability that the customer of each chat was there when it was answered."""
    present = np.ones(len(chosen))
    present[seen.gone_before] = 0.0
    if hidden is not None:
        rows = np.flatnonzero(chosen & np.isfinite(seen.wait_s))
        present[rows[waits.wait_s > 0]] = 1 - hidden.weight
    return present


def _talk(seen: Seen, chosen: Flags, present: Floats, switching: float) -> Talk | None:
    turns = turns_of(seen, chosen, present)
    agent = agent_of(seen, chosen, switching)
    if turns is None or not agent:
        return None
    return Talk(turns, agent, customer_of(seen, chosen), wrap_up_of(seen, chosen, present))


def _detect(seen: Seen, chosen: Flags, present: Floats) -> tuple[Fit, ...]:
    """From the reply to nobody until the agent closed the chat, of those who were silent for all we know."""
    gone = chosen & (present < 0.5) & seen.is_accepted
    took_s = (seen.chats.chat.ended_s - seen.last_reply_s)[gone]
    fine = np.isfinite(took_s) & (took_s > 0)
    return tuple(fits_of(Durations.of(took_s[fine], seen.day[gone][fine])))


def _left(seen: Seen, chosen: Flags) -> Durations:
    """Waits for the first reply: who left before it, and who was answered."""
    chat, offset = seen.chats.chat, seen.chats.turn.offset
    has_turn = chosen & seen.is_accepted & (np.diff(offset) > 0)
    first = offset[:-1][has_turn]
    asked_s, reply_s = seen.chats.turn.message_s[first], seen.chats.turn.reply_s[first]
    left = (chat.outcome[has_turn] == Outcome.LEFT) & np.isnan(reply_s)
    waited = np.where(left, chat.ended_s[has_turn], reply_s) - asked_s
    return Durations.of(np.where(waited > 0, waited, np.nan), seen.day[has_turn], ~left)


def _max_wait(seen: Seen, chosen: Flags) -> Number | None:
    sent = chosen & (seen.chats.chat.outcome == Outcome.OVERFLOWED) & np.isfinite(seen.wait_s)
    waits = seen.wait_s[sent]
    if len(waits) < FEW or waits.std() > _SENT_AWAY * waits.mean():
        return None
    return Number(float(np.median(waits)), float(waits.min()), float(waits.max()))


def _resolved(seen: Seen, chosen: Flags) -> Number | None:
    """Share of served chats that were resolved; None where that is not recorded."""
    said = seen.rows["resolved"]
    served = chosen & (seen.chats.chat.outcome == Outcome.SERVED) & said.is_not_null().to_numpy()
    if served.sum() < FEW:
        return None
    resolved = said.fill_null(value=True).to_numpy().astype(np.float64)
    return ratio(resolved[served], np.ones(int(served.sum())), seen.day[served])
