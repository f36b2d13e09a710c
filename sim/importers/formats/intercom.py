"""What does an Intercom export say? Conversations with their parts.

The customer's first message is the source, not a part; whatever has a body and both see is a message, a
closing word too. Statistics leave out closed hours and are never used. Nobody knows the queue, nor who left.
"""

from __future__ import annotations

from typing import Any

from sim.importers.formats.base import Format, Kind, Record, letters, listed, needed, said, table
from sim.importers.out import Out
from sim.importers.raw import Chat, Message
from sim.importers.values import flag, number, text, whole

_ROLES = {
    "user": "customer",
    "lead": "customer",
    "contact": "customer",
    "admin": "agent",
    "bot": "bot",
    "team": "system",
}
_BEGUN = {"customer_initiated": "customer", "admin_initiated": "agent"}
"""All other ways are the system's: campaigns, operators, automation."""
MOST_PARTS = 500
"""So many parts come back, the newest."""
_INTERNAL = ("note", "note_and_reopen")
_KNOWN = frozenset(
    {
        "comment", "open", "close", "quick_reply", "participant_added", "participant_removed", "snoozed",
        "unsnoozed", "timer_unsnooze", "message", "title_changed", "subject_changed",
        "language_detection_details", *_INTERNAL,
    }
)  # fmt: skip
_KNOWN_WORDS = (
    "assign", "attribute", "operator_workflow", "custom_action", "rating", "sla", "tag", "merge", "ticket",
)  # fmt: skip
"""Parts that may be passed over where they have no body, and words in the names of others."""


def _conversation(record: Record, out: Out) -> None:
    chat_id, moment = needed(text(record["id"]), "id"), out.clock.moment
    source, stats = table(record.get("source")), table(record.get("statistics"))
    created = needed(moment(record["created_at"]), "created_at")
    chat = Chat(
        chat_id, stamp=moment(record.get("updated_at")), channel=text(source.get("type")) or "conversation",
        queue=text(record.get("team_assignee_id")), requested_at=created, has_messages=True,
    )  # fmt: skip
    out.add(chat)
    way = text(source.get("delivered_as"))
    role = _role(source.get("author"))
    chat.initiated_by = _BEGUN.get(way or "", "system") if way else "agent" if role == "agent" else "customer"
    if chat.queue in {"0"}:
        chat.queue = None
    if source.get("body") or source.get("attachments"):
        _say(chat_id, created, role, source, "text", out)
    state = text(record.get("state"))
    chat.closed = state == "closed" if state else flag(record.get("open")) is False
    holder = table(record.get("conversation_parts"))
    parts = listed(holder.get("conversation_parts"))
    timed = [(needed(moment(part.get("created_at")), "part's created_at"), part) for part in parts]
    timed.sort(key=lambda pair: pair[0])
    _parts(chat, timed, role, out)
    if chat.closed and chat.ended_at is None:
        chat.ended_at = moment(stats.get("last_close_at"))
    total = whole(holder.get("total_count"))
    if len(parts) >= MOST_PARTS or (total is not None and total > len(parts)):
        chat.truncated = True
    chat.reopened = whole(stats.get("count_reopens"))
    people = listed(table(record.get("contacts")).get("contacts"))
    chat.customer_id = text(people[0].get("id")) if people else None
    _rate(chat, table(record.get("conversation_rating")).get("rating"), out)


def _role(author: Any) -> str:
    who = table(author)
    if flag(who.get("from_ai_agent")) or flag(who.get("is_ai_answer")):
        return "bot"
    return _ROLES.get(str(who.get("type")), "system")


def _say(
    chat_id: str, at: int, role: str, part: Record, kind: str, out: Out, *, visible: bool = True
) -> None:
    body, who = part.get("body"), table(part.get("author"))
    shape = "file" if not body and part.get("attachments") else kind
    out.add(
        Message(
            chat_id,
            at,
            role,
            text(part.get("id")),
            text(who.get("id")),
            visible,
            shape,
            letters(body),
            said(body),
        )
    )


def _parts(chat: Chat, timed: list[tuple[int, Record]], first: str, out: Out) -> None:
    """Messages, who was assigned, and when it was closed."""
    with_bot, was_handed, replied = first == "bot", False, False
    for at, part in timed:
        kind, role = str(part.get("part_type")), _role(part.get("author"))
        if kind not in _KNOWN and not any(word in kind for word in _KNOWN_WORDS):
            out.count("unknown_events", f"part of type {kind!r}")
        if part.get("body") or part.get("attachments") or flag(part.get("redacted")):
            visible = kind not in _INTERNAL
            _say(chat.chat_id, at, role, part, "text", out, visible=visible)
            with_bot |= role == "bot"
            if role == "agent" and visible and not replied:
                replied = True
                chat.agent_id = chat.agent_id or text(table(part.get("author")).get("id"))
        to = table(part.get("assigned_to")) if isinstance(part.get("assigned_to"), dict) else {}
        if "assign" in kind and to.get("type") in {"admin", "team"}:
            if with_bot and not was_handed and not replied:
                chat.queued_at = at
            was_handed = True
            if to["type"] == "admin" and chat.accepted_at is None and not replied:
                chat.accepted_at, chat.agent_id = at, text(to.get("id"))
            if to["type"] == "team" and chat.queue is None:
                chat.queue = text(to.get("id"))
        if kind == "close":
            chat.ended_at = at if chat.closed else None
            chat.ended_by = {"customer": "customer", "agent": "agent"}.get(role, "system")
    if not chat.closed:
        chat.ended_by = None
    if chat.closed and with_bot and not was_handed and not replied:
        chat.outcome = "contained"


def _rate(chat: Chat, rating: Any, out: Out) -> None:
    score = number(rating)
    if score is None:
        return
    if score not in {1, 2, 3, 4, 5}:
        out.count("bad_ratings", f"rating {score:g}")
        return
    chat.rating, chat.rating_scale = score, "1_5"


INTERCOM = Format(
    "intercom",
    "Intercom",
    (
        Kind("conversation", frozenset({"id", "source", "conversation_parts", "created_at"}), _conversation),
        Kind(
            "conversation without parts",
            frozenset({"id", "statistics", "source", "created_at"}),
            _conversation,
        ),
    ),
    resolution_s=1.0,
    has_durations=False,
)
