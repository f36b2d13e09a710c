"""How does a log look as a LiveChat export? Archives, one thread a chat; and who left the queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.exporters.base import Export, write_json
from sim.exporters.chats import Chat, Say, chats_of, iso, number, numbered
from sim.importers.folder import Recorded

_ENDS = {
    "customer": "manual_archived_customer",
    "agent": "manual_archived_agent",
    "idle": "routing.archived_inactive",
    "system": "system_archived",
}


def _write(log: Recorded, say: Say, folder: Path) -> None:
    groups = numbered(log.chats["queue"].to_list())
    kept = (chat for chat in chats_of(log, say) if chat.outcome != "abandoned")
    archives = [_archive(chat, groups) for chat in kept]
    write_json(folder, "archives.json", "chats", archives, found_chats=len(archives))
    leavers = (chat for chat in chats_of(log, say) if chat.outcome == "abandoned")
    write_json(folder, "queue_left.json", "data", ({chat.id: _leaver(chat, groups)} for chat in leavers))


def _agent(name: str) -> str:
    return f"agent{number(name)}@example.com"


def _archive(chat: Chat, groups: Mapping[str, int]) -> dict[str, Any]:
    agents = [_agent(chat.agent)] if chat.agent is not None else []
    customer = f"customer-{number(chat.customer)}"
    users = [
        {"id": customer, "type": "customer", "name": f"Customer {number(chat.customer)}", "present": False}
    ]
    users += [
        {"id": agent, "type": "agent", "name": agent.partition("@")[0], "present": False} for agent in agents
    ]
    thread: dict[str, Any] = {
        "id": f"T{number(chat.id)}",
        "active": not chat.is_over,
        "user_ids": [customer, *agents],
        "events": list(_events(chat, customer)),
        "properties": {},
        "access": {"group_ids": [groups[chat.queue]]},
        "tags": ["synthetic"],
        "created_at": iso(chat.requested),
        "queues_duration": chat.waited_s if chat.accepted is not None else None,
    }
    if not chat.is_over and chat.agent is None:
        thread["queue"] = {"position": 1, "wait_time": 0, "queued_at": iso(chat.requested)}
    properties: dict[str, Any] = {"source": {"client_id": "synthetic"}}
    if chat.outcome == "offline":
        properties["routing"] = {"offline_message": True}
    if chat.rating is not None:
        properties["rating"] = {"score": int(chat.rating)}
    return {
        "id": f"C{number(chat.id)}", "users": users, "thread": thread, "properties": properties,
        "access": {"group_ids": [groups[chat.queue]]}, "is_followed": False,
    }  # fmt: skip


def _events(chat: Chat, customer: str) -> Iterator[dict[str, Any]]:
    name = f"T{number(chat.id)}"
    for k, message in enumerate(chat.messages, start=1):
        author = _agent(message.author or chat.agent or "0") if message.role == "agent" else customer
        yield {
            "id": f"{name}_{k}", "created_at": iso(message.at), "type": "message", "author_id": author,
            "visibility": "all", "text": message.text, "properties": {},
        }  # fmt: skip
    if chat.ended is not None:
        yield {
            "id": f"{name}_{len(chat.messages) + 1}", "created_at": iso(chat.ended), "type": "system_message",
            "visibility": "all", "system_message_type": _ENDS[chat.ended_by or "system"], "text": "",
        }  # fmt: skip


def _leaver(chat: Chat, groups: Mapping[str, int]) -> dict[str, Any]:
    visitor = {
        "id": f"customer-{number(chat.customer)}",
        "name": f"Customer {number(chat.customer)}",
        "email": "",
    }
    queue = {"duration": chat.waited_s, "group": groups[chat.queue], "start_date": iso(chat.requested)}
    return {"visitor": visitor, "queue": queue}


LIVECHAT = Export(
    "livechat",
    "LiveChat",
    _write,
    {
        "seconds": "Waits are whole seconds.",
        "wrap-up": "No wrap-up: no AHT.",
        "duty": "No agents' status: no hours on duty, no occupancy.",
        "closed": "Who was turned away is no chat there.",
        "queues": "Queues are groups with numbers.",
        "ratings": "Ratings are good (4 and 5 of 5) or bad.",
        "resolution": "Nothing says what was resolved.",
    },
    left_out=("blocked",),
    whole_waits=True,
    has_legs=False,
    has_duty=False,
    has_wrap_up=False,
    has_groups=False,
    binary_ratings=True,
    needs_messages=True,
)
