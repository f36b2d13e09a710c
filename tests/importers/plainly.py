"""Key figures of a log once more, chat by chat in plain Python, by the rules as they are written down.

It shares nothing with how logs are measured: no arrays, no sums by interval, no engine's columns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sim

Row = dict[str, Any]
IN_TIME_S = 30
OUT = {"blocked", "offline", "contained"}


def mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def gap(start: dt.datetime | None, end: dt.datetime | None) -> float | None:
    return None if start is None or end is None else (end - start).total_seconds()


def by_chat(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["chat_id"], []).append(row)
    return found


def spoken(chat: Row, messages: list[Row]) -> list[Row]:
    """Messages that count: of customers from the queue on, of agents from the request on."""
    entered = chat["queued_at"] or chat["requested_at"]
    since = {"customer": entered, "agent": chat["requested_at"]}
    return [
        each
        for each in sorted(messages, key=lambda each: each["seq"])
        if each["visible"] and each["kind"] in {"text", "file"} and each["role"] in since
        and each["sent_at"] >= since[each["role"]]
    ]  # fmt: skip


def responses(chat: Row, said: list[Row]) -> list[float]:
    """From the oldest unanswered message to its reply; where the agent speaks first, from the acceptance, or the request."""
    found, waiting, is_first = [], None, True
    begun = [each for each in (chat["queued_at"], chat["accepted_at"]) if each]
    for each in said:
        if each["role"] == "customer":
            waiting = waiting or each["sent_at"]
        elif waiting is not None:
            found.append((each["sent_at"] - max([waiting, *begun])).total_seconds())
            waiting = None
        elif is_first:
            found.append((each["sent_at"] - (chat["accepted_at"] or chat["requested_at"])).total_seconds())
        is_first = False
    return found


def wait(chat: Row) -> float | None:
    if chat["outcome"] in OUT:
        return None
    left = {"abandoned": "gone_at", "silent": "gone_at", "overflowed": "ended_at"}.get(chat["outcome"])
    until = chat["accepted_at"] or (chat[left] if left else None)
    return gap(chat["queued_at"] or chat["requested_at"], until)


def overlap(spans: list[tuple[dt.datetime, dt.datetime]]) -> float:
    """Seconds in which any of some spans lasts."""
    total, edge = 0.0, None
    for start, end in sorted(spans):
        begin = start if edge is None else max(start, edge)
        total += max((end - begin).total_seconds(), 0)
        edge = end if edge is None else max(edge, end)
    return total


def of_agents(log: sim.Recorded) -> dict[str, float | None]:
    """Hours on duty, the share of them with a chat, and chats held while there is one."""
    held: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {}
    for leg in log.legs.to_dicts():
        end = leg["wrapup_end_at"] or leg["released_at"]
        if leg["result"] in {"accepted", "transferred_out"} and leg["accepted_at"] and end:
            held.setdefault(leg["agent_id"], []).append((leg["accepted_at"], end))
    busy = sum(overlap(spans) for spans in held.values())
    chat_s = sum((end - start).total_seconds() for spans in held.values() for start, end in spans)
    duty = [row for row in log.duty.to_dicts() if row["status"] in {"available", "wrapup"} and row["end"]]
    on_s = sum((row["end"] - row["start"]).total_seconds() for row in duty)
    return {
        "agent_hours": on_s / 3600 if duty else None, "occupancy": busy / on_s if duty else None,
        "concurrency": chat_s / busy if busy else None,
    }  # fmt: skip


def figures(log: sim.Recorded) -> dict[str, float | None]:
    """Figures by name."""
    chats, messages = log.chats.to_dicts(), by_chat(log.messages.to_dicts())
    said = {chat["chat_id"]: spoken(chat, messages.get(chat["chat_id"], [])) for chat in chats}
    replied = [chat for chat in chats if chat["first_reply_at"]]
    answered = [chat for chat in chats if chat["first_reply_at"] or chat["outcome"] == "served"
                or (chat["outcome"] == "unfinished" and chat["agent_id"] and not messages)]  # fmt: skip
    offered = [chat for chat in chats if chat["outcome"] != "offline"]
    waits = {chat["chat_id"]: wait(chat) for chat in chats}
    accepted = [chat for chat in chats if chat["accepted_at"]]
    known = [chat for chat in chats if waits[chat["chat_id"]] is not None]
    soon = [chat for chat in known if waits[chat["chat_id"]] <= IN_TIME_S]
    good = [chat for chat in soon if chat["accepted_at"]]
    early = [chat for chat in soon if chat["outcome"] in {"abandoned", "silent"}]
    turns = {chat["chat_id"]: responses(chat, said[chat["chat_id"]]) for chat in replied if messages}
    rated = [chat["rating"] >= {"binary": 1, "1_5": 4, "0_10": 9}[chat["rating_scale"]]
             for chat in chats if chat["rating"] is not None]  # fmt: skip
    served = sum(chat["outcome"] == "served" for chat in chats)
    timed = log.fact("durations", "yes") == "yes"
    contained = sum(chat["outcome"] == "contained" for chat in chats)
    return of_agents(log) | {
        "offered": len(offered), "answered": len(answered), "missed": len(offered) - len(answered) - contained,
        "wait_s": mean(waits.values()), "asa_s": mean(waits[chat["chat_id"]] for chat in accepted),
        "service_level": len(good) / (len(known) - len(early)) if accepted else None,
        "frt_s": mean(gap(chat["requested_at"], chat["first_reply_at"]) for chat in replied) if messages else None,
        "frt_agent_s": mean(gap(chat["accepted_at"], chat["first_reply_at"]) for chat in replied) if messages else None,
        "response_s": mean(value for each in turns.values() for value in each),
        "response_mean_of_means_s": mean(mean(each) for each in turns.values()),
        "messages_per_chat": mean(len(said[name]) for name in turns), "turns_per_chat": mean(map(len, turns.values())),
        "duration_s": mean(gap(chat["accepted_at"], chat["ended_at"]) for chat in accepted) if timed else None,
        "aht_s": mean(gap(chat["accepted_at"], chat["wrapup_end_at"]) for chat in accepted) if timed else None,
        "csat": mean(map(float, rated)), "survey_response": len(rated) / served if rated else None,
    }  # fmt: skip
