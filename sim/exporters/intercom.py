"""How does a log look as an Intercom export? Conversations, each with its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from sim.exporters.base import Export, write_json
from sim.exporters.chats import Chat, Say, chats_of, number, numbered, seconds, unix_s
from sim.importers.folder import Recorded

_CLOSER = "9999"
"""A teammate who closes what nobody took."""
_ASSIGNED, _SAID, _CLOSED = range(3)
"""What comes first of one second."""


def _write(log: Recorded, say: Say, folder: Path) -> None:
    teams = numbered(log.chats["queue"].to_list())
    records = (_conversation(chat, teams) for chat in chats_of(log, say))
    write_json(
        folder,
        "conversations.json",
        "conversations",
        records,
        type="conversation.list",
        total_count=len(log.chats),
    )


def _person(chat: Chat, role: str, author: str | None) -> dict[str, str]:
    if role == "agent":
        name = str(number(author or chat.agent or "0"))
        return {
            "type": "admin",
            "id": name,
            "name": f"Teammate {name}",
            "email": f"teammate{name}@example.com",
        }
    name = str(number(chat.customer))
    return {"type": "user", "id": name, "name": f"User {name}", "email": f"user{name}@example.com"}


def _body(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _conversation(chat: Chat, teams: Mapping[str, int]) -> dict[str, Any]:
    first, *_ = chat.messages
    parts = [part for _, _, part in sorted(_parts(chat), key=lambda each: each[:2])]
    is_over, customer = chat.is_over, _person(chat, "customer", None)
    return {
        "type": "conversation",
        "id": str(number(chat.id) + 1),
        "created_at": unix_s(chat.requested),
        "updated_at": unix_s(chat.ended or chat.messages[-1].at),
        "state": "closed" if is_over else "open",
        "open": not is_over,
        "read": True,
        "priority": "not_priority",
        "waiting_since": None,
        "snoozed_until": None,
        "admin_assignee_id": None if chat.agent is None else number(chat.agent),
        "team_assignee_id": teams[chat.queue],
        "source": {
            "type": "conversation",
            "id": f"s{number(chat.id)}",
            "delivered_as": "customer_initiated",
            "subject": "",
            "body": _body(first.text),
            "author": customer,
            "attachments": [],
            "url": None,
            "redacted": False,
        },
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": customer["id"]}]},
        "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "1", "name": "synthetic"}]},
        "conversation_rating": None if chat.rating is None else {"rating": int(chat.rating), "remark": None},
        "first_contact_reply": {"created_at": unix_s(chat.requested), "type": "conversation", "url": None},
        "statistics": {
            "type": "conversation_statistics",
            "time_to_assignment": seconds(chat.requested, chat.accepted),
            "time_to_admin_reply": seconds(chat.requested, chat.replied),
            "count_reopens": 0,
            "first_admin_reply_at": unix_s(chat.replied),
            "first_close_at": unix_s(chat.ended),
            "last_close_at": unix_s(chat.ended),
            "count_conversation_parts": len(parts) + 1,
        },
        "conversation_parts": {
            "type": "conversation_part.list",
            "conversation_parts": parts,
            "total_count": len(parts),
        },
    }


def _parts(chat: Chat) -> Iterator[tuple[Any, int, dict[str, Any]]]:
    """Time, what comes first of one time, and part of each."""
    name = number(chat.id)

    def part(
        at: Any, rank: int, kind: str, author: Mapping[str, str], k: int, **more: Any
    ) -> tuple[Any, int, dict[str, Any]]:
        found: dict[str, Any] = {
            "type": "conversation_part", "id": f"{name}-{rank}-{k}", "part_type": kind, "body": None,
            "created_at": unix_s(at), "updated_at": unix_s(at), "author": author, "attachments": [],
        }  # fmt: skip
        return at, rank, found | more

    operator = {"type": "bot", "id": "0", "name": "Operator"}
    if chat.accepted is not None and chat.agent is not None:
        to = {"type": "admin", "id": str(number(chat.agent))}
        yield part(chat.accepted, _ASSIGNED, "assignment", operator, 0, assigned_to=to)
    for k, message in enumerate(chat.messages[1:]):
        author = _person(chat, message.role, message.author)
        yield part(message.at, _SAID, "comment", author, k, body=_body(message.text))
    if chat.ended is not None:
        closer = {"type": "admin", "id": _CLOSER, "name": "Teammate"}
        if chat.ended_by == "system":
            closer = operator
        elif chat.agent is not None:
            closer = _person(chat, "agent", chat.agent)
        yield part(chat.ended, _CLOSED, "close", closer, 0)


INTERCOM = Export(
    "intercom",
    "Intercom",
    _write,
    {
        "seconds": "Times are whole seconds.",
        "leaving": "Nobody knows when a customer left: waits are of those accepted, and who left before a "
        "reply has timed out.",
        "durations": "Conversations may be opened again: no durations, no AHT, no time of agents.",
        "duty": "No agents' status: no hours on duty, no occupancy.",
        "closed": "Who came while closed or was turned away is left out.",
        "queues": "Queues are teams with numbers.",
        "resolution": "Nothing says what was resolved.",
    },
    left_out=("offline", "blocked"),
    whole_seconds=True,
    has_leaving=False,
    has_legs=False,
    has_duty=False,
    has_wrap_up=False,
    has_durations=False,
    has_groups=False,
    needs_messages=True,
    outcomes={"left": "timed_out"},
)
