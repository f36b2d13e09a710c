"""What does a Live Helper Chat export say? Rows of lh_chat, lh_msg and lh_users_online_session.

Seconds since 1970, 0 where there is none. The queue is entered at pnd_time, after a bot; a wait of 1 stands
for none. `lsync` is when the visitor's browser was last heard: who really left, and when.
"""

from __future__ import annotations

from typing import Any

from sim.importers.formats.base import Format, Kind, Record, letters, needed, said
from sim.importers.out import Out
from sim.importers.raw import Chat, Message, Span
from sim.importers.values import SECOND, UnreadableError, text, whole

_PENDING, _ACTIVE, _CLOSED, _BOT = 0, 1, 2, 5
_STATUS = {"pending": _PENDING, "active": _ACTIVE, "closed": _CLOSED, "bot": _BOT}
_RATINGS = {1: 1.0, 2: 0.0}


def _time(value: Any, out: Out) -> int | None:
    """A time; 0 is none."""
    return None if str(value).strip() in {"0", "0.0"} else out.clock.moment(value)


def _chat(record: Record, out: Out) -> None:
    chat_id = needed(text(record["id"]), "id")
    asked = needed(_time(record["time"], out), "time")
    word = str(record["status"]).strip().lower()
    status = _STATUS[word] if word in _STATUS else whole(record["status"])
    queued = _time(record.get("pnd_time"), out) or asked
    chat = Chat(chat_id, channel="chat", initiated_by="customer", requested_at=asked, queued_at=queued)
    out.add(chat)
    chat.queue = text(record.get("department")) or (
        f"department {name}" if (name := text(record.get("dep_id"))) else None
    )
    if str(whole(record.get("chat_initiator")) or 0) == "1":
        chat.initiated_by = "system"  # a visitor who was invited
    agent, waited = text(record.get("user_id")), whole(record.get("wait_time")) or 0
    chat.closed = status == _CLOSED
    if agent not in {None, "0"} and (waited > 0 or status in {_ACTIVE, _CLOSED}):
        chat.agent_id = agent
        if waited > 0:
            chat.accepted_at = queued + (0 if waited == 1 else waited) * SECOND
    elif (
        chat.closed
        and text(record.get("gbot_id")) not in {None, "0"}
        and not _time(record.get("pnd_time"), out)
    ):
        chat.outcome = "contained"
    chat.ended_at = _time(record.get("cls_time"), out) if chat.closed else None
    left, heard = _time(record.get("user_closed_ts"), out), _time(record.get("lsync"), out)
    if left is not None:
        chat.gone_at, chat.gone_by = left, "left"
    elif heard is not None and chat.closed and (chat.ended_at is None or heard < chat.ended_at):
        chat.gone_at, chat.gone_by = heard, "last_seen"
    if chat.closed:
        chat.ended_by = "customer" if left is not None else None
    if (rating := whole(record.get("fbst")) or 0) in _RATINGS:
        chat.rating, chat.rating_scale = _RATINGS[rating], "binary"
    elif rating:
        out.count("bad_ratings", f"fbst {rating}")


def _message(record: Record, out: Out) -> None:
    who = whole(record["user_id"])
    if who is None:
        raise UnreadableError("has no user_id")
    role = {0: "customer", -1: "system", -2: "bot"}.get(who, "agent" if who > 0 else "system")
    out.add(
        Message(
            needed(text(record["chat_id"]), "chat_id"), needed(_time(record["time"], out), "time"), role,
            text(record.get("id")), str(who) if who > 0 else None,
            n_chars=letters(record.get("msg")), text=said(record.get("msg")),
        )
    )  # fmt: skip


def _online(record: Record, out: Out) -> None:
    start = needed(_time(record["time"], out), "time")
    out.add(
        Span(
            needed(text(record["user_id"]), "user_id"),
            start,
            start + (whole(record["duration"]) or 0) * SECOND,
            "available",
        )
    )


LIVEHELPERCHAT = Format(
    "livehelperchat",
    "Live Helper Chat",
    (
        Kind("lh_chat", frozenset({"id", "time", "status", "dep_id", "wait_time"}), _chat),
        Kind("lh_msg", frozenset({"chat_id", "user_id", "time", "msg"}), _message),
        Kind("lh_users_online_session", frozenset({"user_id", "time", "duration", "lactivity"}), _online),
    ),
    resolution_s=1.0,
)
