"""What had happened by a time? A log that ends there, as one of a day that was broken off."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from sim.arrays import Floats, Ints
from sim.log.chatlog import ChatLog, Chats, Duty, Legs, Turns
from sim.rules import NO_AGENT, Outcome

_OF_CHATS = ("accepted_s", "ended_s", "released_s", "first_reply_s", "left_s", "estimate_s")


def until(log: ChatLog, end_s: float) -> ChatLog:
    """Give what of a *log* had happened by *end_s*: chats of then and not over are unfinished."""
    n = int(np.searchsorted(log.chat.arrival_s, end_s))
    if end_s == np.inf:
        return log
    chat = _chats(log.chat, n, end_s)
    offset = log.turn.offset[: n + 1]
    times = (
        _by(getattr(log.turn, name)[: offset[-1]], end_s) for name in ("message_s", "start_s", "reply_s")
    )
    duty = _duty(log.duty, end_s)
    return replace(log, chat=chat, turn=Turns(offset, *times), leg=Legs.single(chat), message=None, duty=duty)


def _duty(duty: Duty, end_s: float) -> Duty:
    """Spans that had begun, no longer than until then: what nobody could work yet is no duty."""
    begun = duty.on_s < end_s
    off_s, out_s = (np.fmin(times_s[begun], end_s) for times_s in (duty.off_s, duty.out_s))
    return Duty(duty.agent[begun], duty.on_s[begun], off_s, out_s)


def _by(times_s: Floats, end_s: float) -> Floats:
    return np.where(times_s <= end_s, times_s, np.nan)


def _chats(chat: Chats, n: int, end_s: float) -> Chats:
    """Chats that had come, with what was known of them."""
    columns = {field.name: getattr(chat, field.name)[:n] for field in fields(Chats)}
    columns |= {name: _by(columns[name], end_s) for name in _OF_CHATS}
    is_over = columns["ended_s"] <= end_s
    was_over: Ints = np.where(is_over, columns["outcome"], Outcome.UNFINISHED)
    was_taken = columns["accepted_s"] <= end_s
    columns |= {"outcome": was_over, "agent": np.where(was_taken, columns["agent"], NO_AGENT)}
    return Chats(**columns)
