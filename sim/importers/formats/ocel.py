"""What do object-centric events say? OCEL 2.0 with chats, agents and queues, as `sim export` writes it.

An event is one of a chat if it is related to an object of that type under the qualifier `chat`; its type is
that of a table with a row an event.
"""

from __future__ import annotations

from typing import Any

from sim.importers.canonical import ENDERS, OUTCOMES
from sim.importers.formats.base import Format, Kind, Record, listed, needed
from sim.importers.formats.generic import choice, event, rate, span
from sim.importers.out import Out
from sim.importers.raw import Chat
from sim.importers.values import flag, text

_NO_CHATS = frozenset({"agent", "customer", "queue"})
LOGGED_IN, LOGGED_OUT = "logged in", "logged out"


def _values(record: Record) -> Record:
    """Attributes by name; of several values of one, the last."""
    return {str(each.get("name")): each.get("value") for each in listed(record.get("attributes"))}


def _related(record: Record) -> Record:
    """Objects by how they are related, without the type before their name."""
    found: dict[str, Any] = {}
    for each in listed(record.get("relationships")):
        how, name = str(each.get("qualifier")), text(each.get("objectId"))
        found[how] = None if name is None else name.removeprefix(f"{how}:")
    return found


def _object(record: Record, out: Out) -> None:
    if record["type"] in _NO_CHATS:
        return
    if record["type"] != "chat":
        out.count("unknown_values", f"object of type {record['type']!r}")
        return
    name = needed(text(record["id"]), "id")
    values, related = _values(record), _related(record)
    part = Chat(
        name, part=f"{name}:object", queue=text(related.get("queue")), group=text(values.get("group"))
    )
    part.outcome = choice(values.get("outcome"), OUTCOMES, {}, "outcome", out)
    part.sure = part.outcome is not None
    part.closed = None if part.outcome is None else part.outcome != "unfinished"
    part.ended_by = choice(values.get("ended_by"), ENDERS, {}, "ended_by", out)
    part.gone_at = out.clock.moment(values.get("gone_at"))
    part.customer_id = text(related.get("customer"))
    part.resolved = flag(values.get("resolved"))
    rate(part, values, out)
    out.add(part)


def _event(record: Record, out: Out) -> None:
    values, related = _values(record), _related(record)
    if record["type"] == LOGGED_OUT:
        return
    if record["type"] == LOGGED_IN:
        duty = {"agent_id": related.get("agent"), "start": record["time"], "end": values.get("until")}
        more = {"status": "available", "max_slots": values.get("slots"), "group": values.get("group")}
        span(duty | more, out)
        return
    if related.get("chat") is None:
        out.count("unknown_events", f"{record['type']!r} of no chat")
        return
    event(
        {
            "chat_id": related["chat"], "at": record["time"], "event": record["type"],
            "agent_id": related.get("agent"), "queue": related.get("queue"), "text": values.get("text"),
        },
        out,
    )  # fmt: skip


OCEL = Format(
    "ocel",
    "OCEL 2.0",
    (
        Kind(
            "objects",
            frozenset({"id", "type", "attributes", "relationships"}),
            _object,
            lambda each: "time" not in each,
        ),
        Kind("events", frozenset({"id", "type", "time", "relationships"}), _event),
    ),
)
