"""How does a log look as object-centric events? OCEL 2.0 as JSON: chats, customers, agents and queues.

One agent holds several chats at once, which a log with one case an event can't say. The form is that of
ocel-standard.org (Berti et al., OCEL 2.0 specification, arXiv 2403.01975).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.exporters.base import Export
from sim.exporters.chats import LABEL, Chat, Say, chats_of, iso
from sim.importers.folder import Recorded

_ALWAYS = "1970-01-01T00:00:00Z"
OBJECTS: Mapping[str, Mapping[str, str]] = {
    "chat": {"outcome": "string", "group": "string", "ended_by": "string", "rating": "float",
             "resolved": "boolean", "gone_at": "time"},
    "customer": {}, "agent": {}, "queue": {"name": "string"},
}  # fmt: skip
EVENTS: Mapping[str, Mapping[str, str]] = {
    "requested": {}, "queued": {}, "accepted": {}, "customer message": {"text": "string"},
    "agent message": {"text": "string"}, "ended": {}, "wrapup end": {},
    "logged in": {"until": "time", "slots": "integer", "group": "string"}, "logged out": {},
}  # fmt: skip
"""Attributes of each type of object and of event, with their types."""


def _write(log: Recorded, say: Say, folder: Path) -> None:
    with (folder / "log.ocel.json").open("w", encoding="utf-8", newline="\n") as out:
        out.write(
            f'{{"objectTypes": {json.dumps(_types(OBJECTS))},\n"eventTypes": {json.dumps(_types(EVENTS))},\n'
        )
        for key, records, end in (
            ("objects", _objects(log, say), ",\n"),
            ("events", _events(log, say), "}\n"),
        ):
            out.write(f'"{key}": [\n')
            for k, record in enumerate(records):
                out.write((",\n" if k else "") + json.dumps(record, ensure_ascii=False))
            out.write(f"\n]{end}")


def _types(types: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "attributes": [{"name": each, "type": kind} for each, kind in attributes.items()]}
        for name, attributes in types.items()
    ]


def _object(
    name: str, kind: str, values: Mapping[str, Any], related: Iterable[tuple[str, str]] = ()
) -> dict[str, Any]:
    return {
        "id": name,
        "type": kind,
        "attributes": [
            {"name": each, "time": _ALWAYS, "value": value}
            for each, value in values.items()
            if value is not None
        ],
        "relationships": [{"objectId": other, "qualifier": how} for how, other in related],
    }


def _objects(log: Recorded, say: Say) -> Iterator[dict[str, Any]]:
    customers: set[str] = set()
    groups = dict(log.chats.select("chat_id", "group").iter_rows())
    agents = sorted(set(log.legs["agent_id"].to_list()) | set(log.duty["agent_id"].to_list()))
    for queue in sorted(set(log.chats["queue"].drop_nulls().to_list())):
        yield _object(f"queue:{queue}", "queue", {"name": queue})
    for agent in agents:
        yield _object(agent, "agent", {})
    for chat in chats_of(log, say):
        if chat.customer not in customers:
            customers.add(chat.customer)
            yield _object(f"customer:{chat.customer}", "customer", {})
        values = {"outcome": chat.outcome, "group": groups[chat.id], "ended_by": chat.ended_by}
        values |= {"rating": chat.rating, "resolved": chat.resolved, "gone_at": iso(chat.gone)}
        related = [("queue", f"queue:{chat.queue}"), ("customer", f"customer:{chat.customer}")]
        yield _object(chat.id, "chat", values, related)


def _event(
    kind: str, at: dt.datetime, related: Iterable[tuple[str, str]], values: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "type": kind,
        "time": iso(at),
        "attributes": [
            {"name": name, "value": value} for name, value in (values or {}).items() if value is not None
        ],
        "relationships": [{"objectId": other, "qualifier": how} for how, other in related],
    }


def _events(log: Recorded, say: Say) -> Iterator[dict[str, Any]]:
    """Events in order of chats, then of duty."""
    wrapped = dict(log.chats.select("chat_id", "wrapup_end_at").iter_rows())
    queued = dict(log.chats.select("chat_id", "queued_at").iter_rows())
    k = 0
    for chat in chats_of(log, say):
        for event in _of_chat(chat, queued[chat.id], wrapped[chat.id]):
            k += 1
            yield {"id": f"e{k}", **event}
    columns = ("agent_id", "start", "end", "max_slots", "group")
    for agent, start, end, slots, group in log.duty.select(columns).iter_rows():
        k += 1
        spent = {"until": iso(end), "slots": slots, "group": group}
        yield {"id": f"e{k}", **_event("logged in", start, [("agent", agent)], spent)}
        if end is not None:
            k += 1
            yield {"id": f"e{k}", **_event("logged out", end, [("agent", agent)])}


def _of_chat(chat: Chat, queued: dt.datetime | None, wrapped: dt.datetime | None) -> Iterator[dict[str, Any]]:
    this = ("chat", chat.id)
    customer = ("customer", f"customer:{chat.customer}")
    agent = [("agent", chat.agent)] if chat.agent is not None else []
    yield _event("requested", chat.requested, [this, customer, ("queue", f"queue:{chat.queue}")])
    if queued is not None and queued != chat.requested:
        yield _event("queued", queued, [this, ("queue", f"queue:{chat.queue}")])
    if chat.accepted is not None:
        yield _event("accepted", chat.accepted, [this, *agent])
    for message in chat.messages:
        text = {} if message.text == LABEL else {"text": message.text}
        is_agent = message.role == "agent"
        who = [("agent", message.author or chat.agent or "")] if is_agent else [customer]
        yield _event(f"{message.role} message", message.at, [this, *who], text)
    if chat.ended is not None:
        yield _event("ended", chat.ended, [this, *agent])
    if wrapped is not None:
        yield _event("wrapup end", wrapped, [this, *agent])


OCEL = Export("ocel", "OCEL 2.0", _write, {}, has_legs=False, has_resolution=True)
