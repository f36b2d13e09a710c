"""How does a log look as a Zendesk Chat export? Incremental chats, the agents' timeline, routing settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.exporters.base import Export, write_json
from sim.exporters.chats import Chat, Say, chats_of, iso, iso_s, number, numbered, responses_s, seconds
from sim.importers.folder import Recorded

_JOIN, _SAID, _LEAVE = range(3)
"""What comes first of one second."""


def _write(log: Recorded, say: Say, folder: Path) -> None:
    departments = numbered(log.chats["queue"].to_list())
    records = (_chat(chat, departments) for chat in chats_of(log, say))
    write_json(folder, "chats.json", "chats", records, count=len(log.chats))
    write_json(folder, "agent_timeline.json", "agent_timeline", _timeline(log))
    write_json(folder, "routing_settings.json", "data", [_settings(log)])


def _chat(chat: Chat, departments: Mapping[str, int]) -> dict[str, Any]:
    start, end = iso_s(chat.requested), iso_s(chat.ended)
    answered = chat.replied is not None
    responses = responses_s(chat)
    agents = sorted({str(number(leg.agent)) for leg in chat.legs})
    said = [message.role for message in chat.messages]
    is_missed = chat.is_over and not answered
    return {
        "id": f"2603.{number(chat.id)}",
        "type": "chat",
        "timestamp": start,
        "end_timestamp": end,
        "update_timestamp": end or start,
        "duration": seconds(chat.requested, chat.ended),
        "session": {"id": f"s{number(chat.id)}", "start_date": start, "end_date": end},
        "started_by": "visitor",
        "triggered": False,
        "unread": False,
        "missed": is_missed,
        "dropped": answered and chat.is_over and bool(said) and said[-1] == "customer",
        "abandon_time": chat.waited_s if chat.agent is None and chat.gone is not None else None,
        "rating": None if chat.rating is None else "good" if chat.rating else "bad",
        "comment": None,
        "response_time": {
            "first": seconds(chat.requested, chat.replied),
            "avg": round(sum(responses) / len(responses), 1) if responses else None,
            "max": max(responses, default=None),
        },
        "count": {"total": len(said), "agent": said.count("agent"), "visitor": said.count("customer")},
        "agent_ids": agents,
        "agent_names": [f"Agent {name}" for name in agents],
        "department_id": departments.get(chat.queue),
        "department_name": chat.queue,
        "tags": ["synthetic"],
        "visitor": {
            "id": chat.customer,
            "name": f"Visitor {number(chat.customer)}",
            "email": "",
            "phone": "",
            "notes": "",
        },
        "zendesk_ticket_id": None,
        "webpath": [],
        "conversions": [],
        "history": [event for _, _, event in sorted(_history(chat), key=lambda each: each[:2])],
        "engagements": [_engagement(chat, k, departments) for k in range(len(chat.legs))],
    }


def _history(chat: Chat) -> Iterator[tuple[Any, int, dict[str, Any]]]:
    """Time, what comes first of one time, and event of each."""
    who = f"visitor:{chat.customer}"

    def event(at: Any, rank: int, kind: str, nick: str, **more: Any) -> tuple[Any, int, dict[str, Any]]:
        name = f"Visitor {number(chat.customer)}" if nick == who else f"Agent {nick.partition(':')[2]}"
        return (
            at,
            rank,
            {"type": kind, "timestamp": iso_s(at), "nick": nick, "name": name, "channel": "", **more},
        )

    yield event(chat.requested, _JOIN, "chat.memberjoin", who)
    for k, message in enumerate(chat.messages):
        is_agent = message.role == "agent"
        nick = f"agent:{number(message.author or chat.agent or '0')}" if is_agent else who
        yield event(
            message.at, _SAID, "chat.msg", nick, msg=message.text, msg_id=str(k), options="",
            sender_type="Agent" if is_agent else "Visitor",
        )  # fmt: skip
    for leg in chat.legs:
        nick = f"agent:{number(leg.agent)}"
        yield event(leg.accepted, _JOIN, "chat.memberjoin", nick)
        if leg.released is not None:
            yield event(leg.released, _LEAVE, "chat.memberleave", nick)
    if chat.gone is not None and chat.outcome == "left":
        yield event(chat.gone, _SAID, "chat.memberleave", who)


def _engagement(chat: Chat, k: int, departments: Mapping[str, int]) -> dict[str, Any]:
    leg = chat.legs[k]
    return {
        "id": f"{number(chat.id)}:{k}",
        "chat_id": f"2603.{number(chat.id)}",
        "agent_id": str(number(leg.agent)),
        "department_id": departments.get(chat.queue),
        "assigned": True,
        "accepted": True,
        "started_by": "visitor",
        "timestamp": iso_s(leg.accepted),
        "duration": seconds(leg.accepted, leg.released),
    }


def _timeline(log: Recorded) -> Iterator[dict[str, Any]]:
    for agent, start, end in log.duty.select("agent_id", "start", "end").iter_rows():
        yield {
            "id": f"{number(agent)}|{iso(start)}", "agent_id": number(agent), "start_time": iso(start),
            "duration": None if end is None else (end - start).total_seconds(), "status": "online",
        }  # fmt: skip


def _settings(log: Recorded) -> dict[str, Any]:
    slots = log.duty["max_slots"].max()
    limit = {
        "enabled": slots is not None,
        "limit": slots,
        "limit_type": "account",
        "allow_agent_override": False,
    }
    return {
        "routing_mode": "assigned",
        "chat_limit": limit,
        "reassignment": {"enabled": False},
        "auto_accept": True,
    }


ZENDESK = Export(
    "zendesk",
    "Zendesk Chat",
    _write,
    {
        "seconds": "Times of chats are whole seconds.",
        "wrap-up": "No wrap-up: no AHT, and agents are busy without it.",
        "closed": "Who came while closed or was turned away is no chat there.",
        "overflow": "Who overflowed has left the queue there.",
        "groups": "No groups and slots of agents.",
        "ratings": "Ratings are good (4 and 5 of 5) or bad.",
        "resolution": "Nothing says what was resolved.",
    },
    left_out=("offline", "blocked"),
    whole_seconds=True,
    has_wrap_up=False,
    has_groups=False,
    binary_ratings=True,
    needs_messages=True,
    outcomes={"overflowed": "abandoned"},
)
