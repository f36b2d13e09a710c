"""What does a Zendesk Chat export say? Incremental chats, the agents' timeline, and routing settings.

`nick` says who speaks; triggers speak as an agent, and are none. The session's dates may be years off and are
never used. There is no queue but from arrival to the first agent's joining.
"""

from __future__ import annotations

from typing import Any

from sim.importers.formats.base import Format, Kind, Record, letters, listed, needed, said, table
from sim.importers.out import Out
from sim.importers.raw import Chat, Leg, Message, Span
from sim.importers.values import SECOND, UnreadableError, flag, number, seconds, text, whole

_STATUS = {"online": "available", "away": "away", "invisible": "away", "offline": "offline"}
_STARTED = {"visitor": "customer", "agent": "agent", "trigger": "system"}
_KNOWN = frozenset(
    f"chat.{kind}"
    for kind in ("comment", "memberjoin", "memberleave", "note", "rating", "request.rating", "tags")
)
"""Events that may be passed over."""
_RATINGS = {"good": 1.0, "bad": 0.0}


def _chat(record: Record, out: Out) -> None:
    chat_id = needed(text(record["id"]), "id")
    chat = Chat(chat_id, stamp=out.clock.moment(record.get("update_timestamp")), has_messages=True)
    out.add(chat)
    if record.get("type") == "offline_msg":
        chat.drop = "offline_messages"
        return
    if flag(record.get("deleted")):
        chat.drop = "deleted"
        return
    moment = out.clock.moment
    chat.requested_at = needed(moment(record.get("timestamp")), "timestamp")
    chat.ended_at = moment(record.get("end_timestamp"))
    chat.closed = chat.ended_at is not None
    chat.channel = "chat"
    chat.queue = text(record.get("department_name")) or text(record.get("department_id"))
    chat.initiated_by = _STARTED.get(str(record.get("started_by") or "visitor"), "customer")
    chat.customer_id = text(table(record.get("visitor")).get("id"))
    _rate(chat, record.get("rating"), out)
    _history(chat, record, out)
    _offers(chat_id, record, out)
    waited = seconds(record.get("abandon_time"))
    if (
        chat.accepted_at is None
        and chat.gone_at is None
        and waited is not None
        and flag(record.get("missed"))
    ):
        chat.gone_at, chat.gone_by = chat.requested_at + waited, "left"


def _rate(chat: Chat, rating: Any, out: Out) -> None:
    word = text(rating)
    if word is None:
        return
    if word not in _RATINGS:
        out.count("bad_ratings", f"rating {word!r}")
        return
    chat.rating, chat.rating_scale = _RATINGS[word], "binary"


def _agent(nick: str) -> str | None:
    """Identity of the agent of a *nick*; None for a trigger, and who is no agent."""
    kind, _, name = nick.partition(":")
    return name if kind == "agent" and name not in {"", "trigger", "system"} else None


def _history(chat: Chat, record: Record, out: Out) -> None:
    """Messages, and who came and left."""
    held: dict[str, Leg] = {}
    left_by = ""
    events = [(needed(out.clock.moment(event.get("timestamp")), "timestamp"), event)
              for event in listed(record.get("history"))]  # fmt: skip
    for at, event in sorted(events, key=lambda pair: pair[0]):
        kind, nick = str(event.get("type")), str(event.get("nick") or "")
        agent = _agent(nick)
        if kind in {"chat.msg", "chat.file"}:
            _message(chat.chat_id, at, event, agent, out)
        elif kind == "chat.memberjoin" and agent is not None:
            if chat.accepted_at is None:
                chat.accepted_at, chat.agent_id = at, agent
            held.setdefault(agent, Leg(chat.chat_id, agent, accepted_at=at))
        elif kind == "chat.memberleave" and agent is not None:
            left_by = left_by or "agent"
            if agent in held:
                held[agent].released_at = at
                out.add(held.pop(agent))
        elif kind == "chat.memberleave" and nick.startswith("visitor"):
            left_by, chat.gone_at, chat.gone_by = left_by or "customer", at, "left"
        elif kind in {"chat.transfer", "chat.transfer_department"}:
            chat.n_transfers = (chat.n_transfers or 0) + 1
        elif kind == "chat.rating" and chat.rating is None:
            _rate(chat, event.get("new_rating"), out)
        elif kind not in _KNOWN:
            out.count("unknown_events", kind)
    for leg in held.values():
        leg.released_at = chat.ended_at
        out.add(leg)
    chat.ended_by = left_by or None


def _message(chat_id: str, at: int, event: Record, agent: str | None, out: Out) -> None:
    nick = str(event.get("nick") or "")
    is_trigger = str(event.get("sender_type")).lower() == "trigger" or nick == "agent:trigger"
    role = (
        "system"
        if is_trigger
        else "customer"
        if nick.startswith("visitor")
        else "agent"
        if agent
        else "system"
    )
    out.add(
        Message(
            chat_id, at, role, text(event.get("msg_id")), agent,
            kind="welcome" if is_trigger else "file" if event.get("type") == "chat.file" else "text",
            n_chars=letters(event.get("msg")), text=said(event.get("msg")),
        )
    )  # fmt: skip


def _offers(chat_id: str, record: Record, out: Out) -> None:
    """Offers that nobody took."""
    for offer in listed(record.get("engagements")):
        agent = text(offer.get("agent_id"))
        if agent is not None and flag(offer.get("assigned")) and flag(offer.get("accepted")) is False:
            out.add(
                Leg(chat_id, agent, offered_at=out.clock.moment(offer.get("timestamp")), result="timed_out")
            )


def _timeline(record: Record, out: Out) -> None:
    agent = needed(text(record["agent_id"]), "agent_id")
    start = needed(out.clock.moment(record["start_time"]), "start_time")
    duration_s = number(record.get("duration"))
    status = _STATUS.get(str(record["status"]))
    if status is None:
        raise UnreadableError(f"status: {record['status']!r} is none of {', '.join(_STATUS)}")
    end = None if duration_s is None else start + round(duration_s * SECOND)
    out.add(Span(agent, start, end, status))


def _settings(record: Record, out: Out) -> None:
    limit, again = table(record.get("chat_limit")), table(record.get("reassignment"))
    if flag(limit.get("enabled")):
        out.tally.say("chat_limit", whole(limit.get("limit")), "Most chats at once, by the routing settings.")
    if flag(again.get("enabled")):
        out.tally.say("offer_timeout_s", whole(again.get("timeout")), "Until an offer goes to another agent.")
    out.tally.say("routing_mode", record.get("routing_mode"), "How chats find agents.")


def _is_chat(record: Record) -> bool:
    return record["type"] in {"chat", "offline_msg"} or "deleted" in record


ZENDESK = Format(
    "zendesk",
    "Zendesk Chat",
    (
        Kind("chat", frozenset({"id", "type", "timestamp", "visitor"}), _chat, _is_chat),
        Kind("chat", frozenset({"id", "type", "timestamp", "session"}), _chat, _is_chat),
        Kind("deleted chat", frozenset({"id", "deleted"}), _chat),
        Kind("timeline", frozenset({"agent_id", "start_time", "status"}), _timeline),
        Kind("settings", frozenset({"routing_mode"}), _settings),
    ),
    resolution_s=1.0,
)
