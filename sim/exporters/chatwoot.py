"""How does a log look as a Chatwoot export? Conversations, reporting events, survey responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.exporters.base import Export, write_json
from sim.exporters.chats import Chat, Say, answered, chats_of, iso_s, number, numbered, seconds, unix_s
from sim.importers.folder import Recorded


def _write(log: Recorded, say: Say, folder: Path) -> None:
    inboxes = numbered(log.chats["queue"].to_list())
    records = (_conversation(chat, inboxes) for chat in chats_of(log, say))
    write_json(folder, "conversations.json", "payload", records)
    events = (event for chat in chats_of(log, say) for event in _events(chat, inboxes))
    write_json(folder, "reporting_events.json", "data", events)
    rated = (chat for chat in chats_of(log, say) if chat.rating is not None)
    write_json(folder, "csat_survey_responses.json", "data", (_survey(chat) for chat in rated))


def _id(chat: Chat) -> int:
    return number(chat.id) + 1


def _conversation(chat: Chat, inboxes: Mapping[str, int]) -> dict[str, Any]:
    last = chat.ended or chat.messages[-1].at
    assignee = (
        None if chat.agent is None else {"id": number(chat.agent), "name": f"Agent {number(chat.agent)}"}
    )
    return {
        "id": _id(chat),
        "account_id": 1,
        "inbox_id": inboxes[chat.queue],
        "status": "resolved" if chat.is_over else "open",
        "created_at": unix_s(chat.requested),
        "timestamp": unix_s(last),
        "last_activity_at": unix_s(last),
        "updated_at": float(unix_s(last) or 0),
        "meta": {
            "sender": {
                "id": number(chat.customer),
                "name": f"Contact {number(chat.customer)}",
                "type": "contact",
            },
            "assignee": assignee,
            "channel": "Channel::WebWidget",
        },
        "labels": ["synthetic"],
        "additional_attributes": {},
        "custom_attributes": {},
        "priority": None,
        "first_reply_created_at": unix_s(chat.replied),
        "unread_count": 0,
        "waiting_since": 0,
        "messages": [_message(chat, k, inboxes) for k in range(len(chat.messages))],
    }


def _message(chat: Chat, k: int, inboxes: Mapping[str, int]) -> dict[str, Any]:
    message = chat.messages[k]
    is_agent = message.role == "agent"
    who = number(message.author or chat.agent or "0") if is_agent else number(chat.customer)
    return {
        "id": 10_000 * _id(chat) + k,
        "content": message.text,
        "inbox_id": inboxes[chat.queue],
        "conversation_id": _id(chat),
        "message_type": int(is_agent),
        "content_type": "text",
        "status": "sent",
        "content_attributes": {},
        "created_at": unix_s(message.at),
        "private": False,
        "source_id": None,
        "sender": {
            "id": who,
            "type": "user" if is_agent else "contact",
            "name": f"{'Agent' if is_agent else 'Contact'} {who}",
        },
    }


def _events(chat: Chat, inboxes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """First response, each later reply, and the end."""
    spans = [("first_response", chat.requested, chat.replied)] if chat.replied is not None else []
    spans += [("reply_time", asked, replied) for asked, replied in answered(chat) if replied != chat.replied]
    if chat.ended is not None:
        spans.append(("conversation_resolved", chat.requested, chat.ended))
    for k, (name, start, end) in enumerate(spans):
        yield {
            "id": 10_000 * _id(chat) + k, "name": name, "value": float(seconds(start, end) or 0),
            "value_in_business_hours": None, "event_start_time": iso_s(start), "event_end_time": iso_s(end),
            "account_id": 1, "conversation_id": _id(chat), "inbox_id": inboxes[chat.queue],
            "user_id": None if chat.agent is None else number(chat.agent), "created_at": iso_s(end),
        }  # fmt: skip


def _survey(chat: Chat) -> dict[str, Any]:
    return {
        "id": _id(chat),
        "conversation_id": _id(chat),
        "rating": int(chat.rating or 0),
        "feedback_message": None,
        "created_at": unix_s(chat.ended),
    }


CHATWOOT = Export(
    "chatwoot",
    "Chatwoot",
    _write,
    {
        "seconds": "Times are whole seconds.",
        "acceptance": "No acceptance: no waits, no service level, the first response counts from the "
        "request; who was accepted and never answered has left the queue.",
        "durations": "Conversations may be opened again: no durations, no AHT, no time of agents.",
        "duty": "No agents' status: no hours on duty, no occupancy.",
        "closed": "Who came while closed or was turned away is left out.",
        "queues": "Queues are inboxes with numbers.",
        "resolution": "Nothing says what was resolved.",
    },
    left_out=("offline", "blocked"),
    whole_seconds=True,
    has_acceptance=False,
    has_leaving=False,
    has_legs=False,
    has_duty=False,
    has_wrap_up=False,
    has_durations=False,
    has_groups=False,
    needs_messages=True,
    outcomes={"left": "abandoned", "timed_out": "abandoned", "overflowed": "abandoned"},
)
