"""What does a LivePerson export say? Messaging interactions: info, message records, agent participants.

A bot speaks as "Agent" too: only its participant's type tells. "undefined", "null" and −1 stand for nothing.
"""

from __future__ import annotations

from typing import Any

from sim.importers.formats.base import Format, Kind, Record, letters, listed, needed, said, table
from sim.importers.out import Out
from sim.importers.raw import Chat, Leg, Message
from sim.importers.values import number, text

_ENDS = {"CONSUMER": "customer", "AGENT": "agent", "SYSTEM": "system", "TIMEOUT": "idle"}


def _moment(value: Any, out: Out) -> int | None:
    return None if value in {-1, "-1", 0} else out.clock.moment(value)


def _time(record: Record, name: str, out: Out) -> int | None:
    """A time by its number, else by its text."""
    found = _moment(record.get(f"{name}L"), out)
    return found if found is not None else _moment(record.get(name), out)


def _conversation(record: Record, out: Out) -> None:
    info = table(record["info"])
    chat_id = needed(text(info.get("conversationId")), "info.conversationId")
    chat = Chat(chat_id, channel="messaging", initiated_by="customer", has_messages=True)
    out.add(chat)
    chat.requested_at = needed(_time(info, "startTime", out), "info.startTime")
    status = (text(info.get("status")) or "").upper()
    chat.closed = status in {"CLOSE", "CLOSED"}
    chat.ended_at = _time(info, "endTime", out) if chat.closed else None
    chat.ended_by = _ENDS.get((text(info.get("closeReason")) or "").upper()) if chat.closed else None
    chat.queue = text(info.get("latestSkillName")) or text(info.get("latestSkillId"))
    chat.group = text(info.get("latestAgentGroupName"))
    people = listed(record.get("agentParticipants"))
    bots = {str(each.get("agentId")) for each in people if _kind(each) != "Human"}
    chat.n_transfers = len(listed(record.get("transfers")))
    _held(chat, people, out)
    consumers = listed(record.get("consumerParticipants"))
    chat.customer_id = text(consumers[0].get("participantId")) if consumers else None
    for each in listed(record["messageRecords"]):
        _message(chat_id, each, bots, out)
    score = number(info.get("csat"))
    if score is not None and score >= 0:
        if 1 <= score <= 5:
            chat.rating, chat.rating_scale = score, "1_5"
        else:
            out.count("bad_ratings", f"csat {score:g}")


def _kind(person: Record) -> str:
    return str(person.get("userTypeName") or "Human")


def _held(chat: Chat, people: list[Record], out: Out) -> None:
    """Which agents took it, and when: each until the next, the last until the end."""
    found = [
        (at, agent) for each in people
        if _kind(each) == "Human" and (agent := text(each.get("agentId"))) is not None
        and (at := _time(each, "time", out)) is not None
        and str(each.get("permission") or "ASSIGNED_AGENT") == "ASSIGNED_AGENT"
    ]  # fmt: skip
    found.sort()
    ends = [*(at for at, _ in found[1:]), chat.ended_at]
    for k, (at, agent) in enumerate(found):
        last = k == len(found) - 1
        out.add(
            Leg(
                chat.chat_id,
                agent,
                accepted_at=at,
                released_at=ends[k],
                result="accepted" if last else "transferred_out",
            )
        )
    if found:
        chat.accepted_at, chat.agent_id = found[0]


def _message(chat_id: str, record: Record, bots: set[str], out: Out) -> None:
    who = text(record.get("participantId"))
    sent_by = str(record.get("sentBy"))
    role = (
        "customer"
        if sent_by == "Consumer"
        else "bot"
        if who in bots
        else "agent"
        if sent_by == "Agent"
        else "system"
    )
    data = table(record.get("messageData"))
    body = table(data.get("msg")).get("text")
    kind = str(record.get("type"))
    out.add(
        Message(
            chat_id, needed(_time(record, "time", out), "message's time"), role,
            text(record.get("messageId")), who,
            kind="file" if "file" in data or "FILE" in kind else "template" if "RICH" in kind else "text",
            n_chars=letters(body), text=said(body),
        )
    )  # fmt: skip


LIVEPERSON = Format(
    "liveperson",
    "LivePerson",
    (Kind("conversation", frozenset({"info", "messageRecords"}), _conversation),),
    resolution_s=0.001,
)
