"""What does an agent do? The busiest hour of an agent, slot by slot: the chats of one run.

They are what happened, not what happens on average.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.kpis import timeline
from sim.log.chatlog import ChatLog
from sim.report.numbers import percent
from sim.report.result import Column, Table
from sim.rules import NO_AGENT, Outcome
from sim.scenario.units import HOUR_S

Window = tuple[float, float]
Spans = dict[str, tuple[Ints, Floats, Floats]]
"""What goes on in an agent's slots, by kind: rows, starts and ends."""
COMPOSING, WRAP_UP, OFF_DUTY = "agent composes", "wrap-up", "off duty"
CHAT, ACCEPTED = "chat", "chat accepted"


def agent_hour(
    log: ChatLog, agent: int | None = None, start_s: float | None = None, length_s: float = HOUR_S
) -> tuple[Table, dict[str, Any]]:
    """Table of one agent's slots from *start_s* on, and whose and when it is; if not given, the busiest.

    A row is a span of time in a slot: the chat as a whole, and within it the customer's turn, messages that
    wait, replies that are composed, the wrap-up; and the time off duty.
    """
    found = _busiest(log, agent, start_s, length_s)
    if found is None:
        return _table("No agent held a chat", []), {"agent_hour_of": None}
    agent, start_s = found
    window = (start_s, start_s + length_s)
    mine = np.flatnonzero(log.chat.agent == agent)
    slot = lowest_free_slot(log.chat.accepted_s[mine], log.chat.released_s[mine])
    shown = {kind: cut for kind, spans in _spans(log, mine, slot).items() if (cut := _within(spans, window))}
    group = log.team.group[agent]
    of = {
        "agent": f"agent {agent} ({log.centre.groups[group]})",
        "slots": int(log.team.slots[agent]),
        "attentive": bool(log.centre.attentive[group]),
        "start_s": window[0],
        "end_s": window[1],
    }
    chats = _within((slot, log.chat.accepted_s[mine], log.chat.released_s[mine]), window)
    rows = list(_rows(shown, OFF_DUTY, _off_duty(log, agent, window)))
    if chats is not None:
        rows += _rows({}, CHAT, chats)
    accepted = (log.chat.accepted_s[mine] >= window[0]) & (log.chat.accepted_s[mine] < window[1])
    begins_s = log.chat.accepted_s[mine][accepted]
    rows += _rows({}, ACCEPTED, (slot[accepted], begins_s, begins_s))
    return _table(_title(log, mine, shown, window), rows), {"agent_hour_of": of}


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    """Spans of time in slots, for a picture."""
    columns = (
        Column("kind", is_shown=False),
        Column("slot", form="number", is_shown=False),
        Column("start_s", form="clock", is_shown=False),
        Column("end_s", form="clock", is_shown=False),
    )
    return Table("agent_hour", title, columns, rows, is_shown=False)


def _rows(shown: Spans, kind: str, more: tuple[Ints, Floats, Floats]) -> Iterator[dict[str, Any]]:
    """Rows of spans by kind, and of *more*."""
    for name, spans in [*shown.items(), (kind, more)]:
        for slot, start_s, end_s in zip(*(part.tolist() for part in spans), strict=True):
            yield {"kind": name, "slot": slot, "start_s": start_s, "end_s": end_s}


def _within(spans: tuple[Ints, Floats, Floats], window: Window) -> tuple[Ints, Floats, Floats] | None:
    """What of spans is in a window; None if nothing is."""
    rows, begins_s, ends_s = spans
    start_s, end_s = np.maximum(begins_s, window[0]), np.minimum(ends_s, window[1])
    seen = start_s < end_s
    return (rows[seen], start_s[seen], end_s[seen]) if seen.any() else None


def _off_duty(log: ChatLog, agent: int, window: Window) -> tuple[Ints, Floats, Floats]:
    """Spans within a window in which an agent is not on duty; their slot is 0."""
    spans = np.flatnonzero(log.duty.agent == agent)
    off_s = np.maximum([-np.inf, *log.duty.out_s[spans]], window[0])
    on_s = np.minimum([*log.duty.on_s[spans], np.inf], window[1])
    seen = off_s < on_s
    return np.zeros(int(seen.sum()), dtype=np.int64), off_s[seen], on_s[seen]


def lowest_free_slot(start_s: Floats, end_s: Floats) -> Ints:
    """Slot of each of an agent's chats, when every chat takes the lowest slot that is free.

    >>> lowest_free_slot(np.array([0.0, 1.0, 5.0, 6.0]), np.array([5.0, 9.0, 7.0, 8.0])).tolist()
    [0, 1, 0, 2]
    """
    free_at_s: list[float] = []
    slots = np.zeros(len(start_s), dtype=np.int64)
    for chat in np.argsort(start_s, kind="stable"):
        slot = next((k for k, free_s in enumerate(free_at_s) if free_s <= start_s[chat]), len(free_at_s))
        free_at_s[slot : slot + 1] = [end_s[chat]]
        slots[chat] = slot
    return slots


def _turn_chats(log: ChatLog) -> Ints:
    """Chat of each turn."""
    return np.repeat(np.arange(len(log.chat.agent)), np.diff(log.turn.offset))


def _busiest(
    log: ChatLog, agent: int | None, start_s: float | None, length_s: float
) -> tuple[int, float] | None:
    """Agent and start of the span in which attention (by work: open chats) is highest; None without chats."""
    held = np.flatnonzero((log.chat.agent != NO_AGENT) & ((log.chat.agent == agent) | (agent is None)))
    if not len(held):
        return None if agent is None or start_s is None else (agent, start_s)
    if start_s is None:
        edges_s = np.arange(0.0, log.centre.horizon_s + length_s, length_s)
    else:
        edges_s = np.array([start_s, start_s + length_s])
    chat = _turn_chats(log)
    replied = np.flatnonzero(~np.isnan(log.turn.reply_s) & np.isin(chat, held))
    n = len(log.team.slots)
    work = timeline.time_within(
        log.chat.agent[held], n, log.chat.accepted_s[held], log.chat.released_s[held], edges_s
    )
    attention = timeline.time_within(
        log.chat.agent[chat[replied]], n, log.turn.start_s[replied], _sent_s(log)[replied], edges_s
    )
    best = np.unravel_index((attention if attention.any() else work).argmax(), work.shape)
    return int(best[0]), float(edges_s[best[1]])


def _sent_s(log: ChatLog) -> Floats:
    """When replies were sent: before their customers are shown them."""
    return np.asarray(log.turn.reply_s - log.centre.deliver_s)


def _spans(log: ChatLog, mine: Ints, row: Ints) -> Spans:
    """What goes on in the slots of the chats *mine*; the later kinds lie upon the first."""
    chat, turn = log.chat, log.turn
    place = np.full(len(chat.agent), -1)
    place[mine] = row
    of_turn = place[_turn_chats(log)]
    turns = np.flatnonzero((of_turn >= 0) & ~np.isnan(turn.reply_s))
    talk = row, chat.accepted_s[mine], chat.ended_s[mine]
    served = mine[chat.outcome[mine] == Outcome.SERVED]
    wrap_up = place[served], chat.ended_s[served], chat.released_s[served]
    left_s = chat.left_s[mine] if len(chat.left_s) else np.full(len(mine), np.nan)
    gone = row, np.maximum(chat.accepted_s[mine], left_s), chat.released_s[mine]
    if not len(turns):
        return {"chat open": talk, "customer gone": gone, WRAP_UP: wrap_up}
    return {
        "customer's turn": talk,
        "customer gone": gone,
        "message waits": (of_turn[turns], turn.message_s[turns], turn.start_s[turns]),
        COMPOSING: (of_turn[turns], turn.start_s[turns], _sent_s(log)[turns]),
        WRAP_UP: wrap_up,
    }


def _title(log: ChatLog, mine: Ints, shown: Spans, window: Window) -> str:
    edges_s = np.array(window)
    chat = log.chat
    one = np.zeros(len(mine), dtype=np.int64)
    open_s = float(timeline.time_within(one, 1, chat.accepted_s[mine], chat.released_s[mine], edges_s)[0, 0])
    length_s = window[1] - window[0]
    hours = f"{log.centre.local.text(window[0])}–{log.centre.local.text(window[1])}"
    text = f"{hours}: {open_s / length_s:.1f} chats open on average"
    if COMPOSING not in shown:
        return text
    _, start_s, end_s = shown[COMPOSING]
    share = float(np.sum(end_s - start_s)) / length_s
    return f"{text}, {percent(share)} of the time composing"
