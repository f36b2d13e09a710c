"""What does a Chatwoot export say? Conversations, messages, reporting events and survey responses.

There is no queue and no acceptance. Private notes, activities, templates, bots and failed sends don't count.
"""

from __future__ import annotations

from sim.importers.formats.base import Format, Kind, Record, letters, listed, needed, said, table
from sim.importers.out import Out
from sim.importers.raw import Chat, Message
from sim.importers.values import UnreadableError, flag, number, text

_MEASURES = frozenset({"first_response", "reply_time", "conversation_opened"})
"""Events that say what the messages say as well."""
_TYPES = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}


def _conversation(record: Record, out: Out) -> None:
    chat_id, moment = needed(text(record["id"]), "id"), out.clock.moment
    meta = table(record.get("meta"))
    created = moment(record.get("created_at"))
    if created is None:
        created = needed(moment(record.get("timestamp")), "created_at")
    chat = Chat(
        chat_id, channel=text(meta.get("channel")) or text(record.get("channel")) or "conversation",
        queue=_inbox(record), requested_at=created,
        initiated_by="customer",
        customer_id=text(table(meta.get("sender")).get("id")),
    )  # fmt: skip
    out.add(chat)
    updated = text(record.get("updated_at"))
    chat.stamp = moment(record.get("updated_at")) if updated else moment(record.get("last_activity_at"))
    status = str(record["status"])
    chat.closed = status == "resolved"
    timed = [(_message(each, chat_id, out), each) for each in listed(record.get("messages"))]
    if timed:
        chat.has_messages = True
    said_first = [each for _, each in sorted(timed, key=lambda pair: pair[0].sent_at)
                  if _type(each) in {"incoming", "outgoing"} and not flag(each.get("private"))]  # fmt: skip
    sender = str(table(said_first[0].get("sender")).get("type")).lower() if said_first else ""
    if said_first and _type(said_first[0]) == "outgoing":
        chat.initiated_by = "agent" if sender == "user" else chat.initiated_by
    if table(record.get("additional_attributes")).get("campaign_id") is not None:
        chat.initiated_by = "system"
    chat.agent_id = next((message.author_id for message, _ in timed if _counts(message)), None)
    is_bots = any(message.role == "bot" for message, _ in timed) and chat.agent_id is None
    if status == "pending" or (chat.closed and is_bots and meta.get("assignee") is None):
        chat.outcome = "contained" if chat.closed else None


def _counts(message: Message) -> bool:
    return message.role == "agent" and message.visible and message.kind in {"text", "file"}


def _inbox(record: Record) -> str | None:
    name = text(record.get("inbox_id"))
    return None if name is None else f"inbox {name}"


def _type(record: Record) -> str:
    kind = str(record.get("message_type"))
    return _TYPES.get(kind, kind)


def _message(record: Record, chat_id: str, out: Out) -> Message:
    kind, sender = _type(record), table(record.get("sender"))
    if kind not in _TYPES.values():
        raise UnreadableError(f"message_type: {kind!r} is none of {', '.join(_TYPES.values())}")
    who = str(sender.get("type") or record.get("sender_type") or "").lower()
    role = "customer" if kind == "incoming" else "agent" if kind == "outgoing" else "system"
    if "bot" in who or "captain" in who:
        role = "bot"
    content = record.get("content")
    message = Message(
        chat_id,
        needed(out.clock.moment(record.get("created_at")), "created_at"),
        role,
        text(record.get("id")),
        text(sender.get("id")) if sender else text(record.get("sender_id")),
        visible=not flag(record.get("private")) and record.get("status") != "failed",
        kind="template" if kind in {"template", "activity"} else "text" if content else "file",
        n_chars=letters(content),
        text=said(content),
    )
    out.add(message)
    return message


def _alone(record: Record, out: Out) -> None:
    _message(record, needed(text(record["conversation_id"]), "conversation_id"), out)


def _event(record: Record, out: Out) -> None:
    """What is reported of a conversation: hand-off by the bot, and the end."""
    chat_id, name = needed(text(record["conversation_id"]), "conversation_id"), str(record["name"])
    at = out.clock.moment(record.get("event_end_time"))
    part = Chat(chat_id, part=f"{chat_id}:event:{record.get('id') or name}")
    if name == "conversation_bot_handoff":
        part.queued_at = at
    elif name == "conversation_resolved":
        part.ended_at = at
    elif name == "conversation_bot_resolved":
        part.ended_at, part.outcome = at, "contained"
    else:
        if name not in _MEASURES:
            out.count("unknown_events", f"event {name!r}")
        return
    out.add(part)


def _survey(record: Record, out: Out) -> None:
    chat_id, score = needed(text(record["conversation_id"]), "conversation_id"), number(record["rating"])
    if score not in {1, 2, 3, 4, 5}:
        out.count("bad_ratings", f"rating {score}")
        return
    out.add(Chat(chat_id, part=f"{chat_id}:csat:{record.get('id')}", rating=score, rating_scale="1_5"))


def _is_webhook(record: Record) -> bool:
    return _type(record) in _TYPES.values()


CHATWOOT = Format(
    "chatwoot",
    "Chatwoot",
    (
        Kind("conversation", frozenset({"id", "inbox_id", "status", "created_at", "meta"}), _conversation),
        Kind("conversation", frozenset({"id", "inbox_id", "status", "messages"}), _conversation),
        Kind("message", frozenset({"conversation_id", "message_type", "created_at"}), _alone, _is_webhook),
        Kind("event", frozenset({"conversation_id", "name", "event_end_time"}), _event),
        Kind("survey", frozenset({"conversation_id", "rating"}), _survey),
    ),
    resolution_s=1.0,
    has_durations=False,
)
