"""What does a table say whose columns are known by name? Chats, messages, legs, duty, or a row an event.

The names are those of the canonical form, or what a mapping gives for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.importers.canonical import ENDERS, INITIATORS, KINDS, OUTCOMES, RESULTS, ROLES, SCALES, STATUSES
from sim.importers.formats.base import Format, Kind, Record, letters, needed, said
from sim.importers.out import Out
from sim.importers.raw import Chat, Leg, Message, Span
from sim.importers.values import UnreadableError, flag, is_nothing, number, seconds, text, whole

ALIASES: Mapping[str, str] = {
    "assigned_at": "accepted_at", "first_agent_msg_at": "first_reply_at", "conversation_id": "chat_id",
    "ts": "sent_at", "sender": "role", "csat": "rating", "skill": "queue", "n_messages": "ignored",
    "on_at": "start", "out_at": "end", "slots": "max_slots", "chars": "n_chars", "leg": "k",
    "transferred_at": "released_at", "visibility": "visible", "message_id": "message_id",
}  # fmt: skip
"""Other names of columns."""
_LEG_ENDS = {
    "finished": "accepted", "open": "accepted", "transferred": "transferred_out",
    "transfer_out": "transferred_out", "timeout": "timed_out",
}  # fmt: skip
_OUTCOMES = {
    "missed": "abandoned", "abandoned_queue": "abandoned", "abandoned_silent": "silent", "dropped": "served",
    "open": "unfinished", "completed": "served",
}  # fmt: skip
_STATUS = {"worked": "available", "online": "available", "busy": "available"}
_MOMENTS = (
    "requested_at",
    "queued_at",
    "accepted_at",
    "first_reply_at",
    "ended_at",
    "wrapup_end_at",
    "gone_at",
)
EVENTS = {
    **{name.removesuffix("_at"): name for name in _MOMENTS}, "assigned": "accepted_at", "closed": "ended_at",
    "left": "gone_at", "wrapup_end": "wrapup_end_at",
}  # fmt: skip
"""Moments of a chat by the event that marks them."""
SPEAKERS = {f"{role}_{word}": role for role in ROLES for word in ("msg", "message")}
"""Who sends what an event of this name is."""


def renamed(record: Record) -> Record:
    """A record whose columns have the names of the form, however they are written."""
    found: Record = {}
    for name, value in record.items():
        plain = "_".join(str(name).strip().lower().replace("-", " ").split())
        found.setdefault(ALIASES.get(plain, plain), value)
    return found


def choice(value: Any, known: tuple[str, ...], also: Mapping[str, str], what: str, out: Out) -> str | None:
    """One of some words; another is counted, and unknown."""
    word = text(value)
    if word is None:
        return None
    plain = "_".join(word.lower().replace("-", " ").split())
    plain = also.get(plain, plain)
    if plain in known:
        return plain
    out.count("unknown_values", f"{what} {word!r}")
    return None


def _is_another_run(record: Record, out: Out) -> bool:
    """Whether a simulated log has the same days again: of several replications the first is read."""
    return not is_nothing(record.get("replication")) and whole(record["replication"]) != 0


def _chat(record: Record, out: Out) -> None:
    moment = out.clock.moment
    chat = Chat(needed(text(record["chat_id"]), "chat_id"), stamp=moment(record.get("updated_at")))
    if _is_another_run(record, out):
        out.count("filtered", "another replication")
        return
    out.add(chat)
    chat.drop = text(record.get("drop"))
    if chat.drop is not None:
        return
    chat.requested_at = needed(moment(record["requested_at"]), "requested_at")
    for name in _MOMENTS[1:]:
        setattr(chat, name, moment(record.get(name)))
    chat.outcome = choice(record.get("outcome"), OUTCOMES, _OUTCOMES, "outcome", out)
    chat.sure = chat.outcome is not None
    for name in ("queue", "group", "channel", "agent_id", "customer_id"):
        setattr(chat, name, text(record.get(name)))
    chat.initiated_by = choice(
        record.get("initiated_by"), INITIATORS, {"visitor": "customer"}, "initiated_by", out
    )
    chat.ended_by = choice(record.get("ended_by"), ENDERS, {"visitor": "customer"}, "ended_by", out)
    chat.n_transfers, chat.reopened = whole(record.get("n_transfers")), whole(record.get("reopened"))
    chat.resolved = flag(record.get("resolved"))
    chat.closed = None if chat.outcome is None else chat.outcome != "unfinished"
    if not is_nothing(record.get("closed")):
        chat.closed = flag(record["closed"])
    if chat.gone_at is None and chat.outcome in {"abandoned", "silent"}:
        chat.gone_at = chat.ended_at
    if chat.first_reply_at is not None:
        chat.has_messages = None
    rate(chat, record, out)


def rate(chat: Chat, record: Record, out: Out) -> None:
    """Take in the rating of a record, if it lies within its scale."""
    rating = record.get("rating")
    if is_nothing(rating):
        return
    scale = choice(record.get("rating_scale"), SCALES, {}, "rating_scale", out)
    word = str(rating).strip().lower()
    if word in {"good", "bad"}:
        chat.rating, chat.rating_scale = float(word == "good"), "binary"
        return
    score = number(rating)
    scale = scale or "1_5"
    low, high = {"binary": (0, 1), "1_5": (1, 5), "0_10": (0, 10)}[scale]
    if score is None or not low <= score <= high:
        out.count("bad_ratings", f"rating {rating}")
        return
    chat.rating, chat.rating_scale = score, scale


def _message(record: Record, out: Out) -> None:
    if _is_another_run(record, out):
        out.count("filtered", "another replication")
        return
    role = choice(
        record["role"], ROLES, {"visitor": "customer", "user": "customer", "operator": "agent"}, "role", out
    )
    if role is None:
        raise UnreadableError(f"role: must be one of {', '.join(ROLES)}")
    visible = record.get("visible")
    words = {"all": True, "agents": False}
    body = record.get("text")
    out.add(
        Message(
            needed(text(record["chat_id"]), "chat_id"),
            needed(out.clock.moment(record["sent_at"]), "sent_at"), role,
            text(record.get("message_id")), text(record.get("author_id")) or text(record.get("agent_id")),
            visible=words[visible] if visible in words else flag(visible) is not False,
            kind=choice(record.get("kind"), KINDS, {}, "kind", out) or "text",
            n_chars=whole(record.get("n_chars")) if body is None else letters(body), text=said(body),
        )
    )  # fmt: skip


def _leg(record: Record, out: Out) -> None:
    if _is_another_run(record, out):
        out.count("filtered", "another replication")
        return
    moment = out.clock.moment
    result = choice(record.get("result", record.get("end")), RESULTS, _LEG_ENDS, "result", out) or "accepted"
    out.add(
        Leg(
            needed(text(record["chat_id"]), "chat_id"), needed(text(record["agent_id"]), "agent_id"),
            moment(record.get("offered_at")), moment(record.get("accepted_at")),
            moment(record.get("released_at", record.get("ended_at"))), moment(record.get("wrapup_end_at")),
            result,
        )
    )  # fmt: skip


def span(record: Record, out: Out) -> None:
    """A row a span of an agent's status."""
    if _is_another_run(record, out) or text(record["status"]) in {"absent", "late"}:
        out.count("filtered", "not worked")
        return
    agent, start = (
        needed(text(record["agent_id"]), "agent_id"),
        needed(out.clock.moment(record["start"]), "start"),
    )
    status = choice(record["status"], STATUSES, _STATUS, "status", out)
    if status is None:
        raise UnreadableError(f"status: must be one of {', '.join(STATUSES)}")
    end, lasted = out.clock.moment(record.get("end")), seconds(record.get("duration_s"))
    out.add(
        Span(
            agent, start, start + lasted if end is None and lasted is not None else end, status,
            text(record.get("group")), whole(record.get("max_slots")),
        )
    )  # fmt: skip


def event(record: Record, out: Out) -> None:
    """A row an event: a moment of its chat, a message, a transfer, or a rating."""
    chat_id, at = needed(text(record["chat_id"]), "chat_id"), needed(out.clock.moment(record["at"]), "at")
    name = "_".join(str(record["event"]).strip().lower().split())
    agent = text(record.get("agent_id"))
    if name in SPEAKERS:
        who, body = agent if SPEAKERS[name] == "agent" else None, record.get("text")
        n_chars = whole(record.get("n_chars")) if body is None else letters(body)
        out.add(Message(chat_id, at, SPEAKERS[name], author_id=who, n_chars=n_chars, text=said(body)))
        return
    part = Chat(chat_id, part=f"{chat_id}:{name}:{at}", queue=text(record.get("queue")))
    if name in EVENTS:
        setattr(part, EVENTS[name], at)
        part.agent_id = agent if name in {"accepted", "assigned"} else None
        part.closed = True if EVENTS[name] in {"ended_at", "gone_at"} else None
        part.ended_by = choice(record.get("ended_by"), ENDERS, {"visitor": "customer"}, "ended_by", out)
        if EVENTS[name] == "gone_at":
            part.ended_by, part.gone_by = part.ended_by or "customer", "left"
    elif name in {"transfer", "transferred"}:
        part.n_transfers, part.handed_at = 1, at
    elif name in {"rating", "rated"}:
        rate(part, record, out)
    elif name in OUTCOMES:
        part.outcome, part.sure, part.closed, part.ended_at = name, True, True, at
    else:
        out.count("unknown_values", f"event {str(record['event'])!r}")
        return
    out.add(part)


COLUMNS: Mapping[str, frozenset[str]] = {
    "chats": frozenset(_MOMENTS) | {
        "chat_id", "updated_at", "drop", "outcome", "queue", "group", "channel", "agent_id", "customer_id",
        "initiated_by", "ended_by", "n_transfers", "reopened", "resolved", "closed", "rating", "rating_scale",
        "replication",
    },
    "events": frozenset({
        "chat_id", "at", "event", "agent_id", "queue", "ended_by", "text", "n_chars", "rating",
        "rating_scale",
    }),
    "messages": frozenset({
        "chat_id", "sent_at", "role", "message_id", "author_id", "agent_id", "visible", "kind", "text",
        "n_chars", "replication",
    }),
    "legs": frozenset({
        "chat_id", "agent_id", "offered_at", "accepted_at", "released_at", "ended_at", "wrapup_end_at",
        "result", "end", "replication",
    }),
    "duty": frozenset({
        "agent_id", "start", "end", "duration_s", "status", "group", "max_slots", "replication",
    }),
}  # fmt: skip
"""What each kind of table may say."""
GENERIC = Format(
    "csv",
    "a table of one's own",
    (
        Kind("chats", frozenset({"chat_id", "requested_at"}), _chat),
        Kind("events", frozenset({"chat_id", "at", "event"}), event),
        Kind("messages", frozenset({"chat_id", "sent_at", "role"}), _message),
        Kind("legs", frozenset({"chat_id", "agent_id", "accepted_at"}), _leg),
        Kind("duty", frozenset({"agent_id", "start", "status"}), span),
    ),
    renamed=renamed,
)
