"""How do logs read as tables? Polars frames of chats, messages, legs and agents, by the schema.

A value that there is not, or that nobody knows, is null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from itertools import chain
from typing import Any

import numpy as np
import polars as pl

from sim.arrays import Flags, Floats, Ints
from sim.log.chatlog import ChatLog, Messages
from sim.log.schema import TABLES, Column, LegEnd, Role, Status
from sim.rules import NO_AGENT, Outcome

CHOICES: Mapping[str, type[IntEnum]] = {
    "outcome": Outcome, "role": Role, "end": LegEnd, "status": Status,
}  # fmt: skip
"""Of each kind of column that holds a choice: what there is to choose from."""
Columns = Mapping[str, Floats | Ints | Flags | Sequence[str | None] | pl.Series]


def _chats(log: ChatLog) -> Columns:
    """One row a chat, in order of arrival."""
    chat = log.chat
    who = _agents(log, chat.agent)
    columns: dict[str, Any] = {
        "chat_id": _chat_ids(log, np.arange(len(chat.queue))),
        "queue": np.array(log.centre.queues, dtype=object)[chat.queue],
        "number": chat.number,
        "arrival_s": chat.arrival_s,
        "outcome": chat.outcome,
        "queued": chat.queued,
        "wait_s": _waits(log),
        "accepted_s": chat.accepted_s,
        "first_reply_s": log.first_reply_s,
        "ended_s": chat.ended_s,
        "released_s": chat.released_s,
        **who,
        "turns": log.n_replies,
        "true_patience_s": chat.patience_s,
    }
    rarer: dict[str, Any] = {
        "customer_id": chat.customer,
        "attempt": chat.attempt,
        "true_left_s": chat.left_s,
        "entered_s": chat.entered_s,
    }
    rarer |= {"estimate_s": chat.estimate_s, "balked": chat.balked, "open_chats": chat.open_chats}
    columns |= {name: column for name, column in rarer.items() if len(column)}
    return columns | _opinions(log)


def _waits(log: ChatLog) -> Floats:
    """Time in the queue, of chats that entered it."""
    chat = log.chat
    never = np.isin(chat.outcome, [outcome for outcome in Outcome if not outcome.enters])
    until_s = np.where(chat.agent == NO_AGENT, np.where(never, np.nan, chat.ended_s), chat.accepted_s)
    return np.asarray(until_s - (chat.entered_s if len(chat.entered_s) else chat.arrival_s), dtype=np.float64)


def _opinions(log: ChatLog) -> dict[str, Any]:
    """What those served think, and scores of those who answered the survey."""
    chat = log.chat
    if not len(chat.csat):
        return {}
    served, scores = chat.csat >= 0, {"csat": chat.csat, "nps": chat.nps, "ces": chat.ces}
    flags = {"resolved": chat.resolved, "surveyed": chat.surveyed, "converted": chat.converted}
    return (
        {f"true_{name}": np.where(served, score, -1) for name, score in scores.items()}
        | {name: _where(served, flag) for name, flag in flags.items()}
        | {name: np.where(served & chat.surveyed, score, -1) for name, score in scores.items()}
    )


def _messages(log: ChatLog) -> Columns:
    """One row a message of the chats that were accepted, in order of time.

    `sent_s` of a customer's first message is the arrival; `inbox_s` is when it is in the agent's inbox,
    `started_s` when the agent takes it up.
    """
    if log.message is not None:
        return _as_sent(log, log.message)
    turn, counts = log.turn, np.diff(log.turn.offset)
    chat = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(chat)) - np.repeat(turn.offset[:-1], counts)
    happened = np.flatnonzero(~np.isnan(turn.message_s))
    chat, place, message_s = chat[happened], place[happened], turn.message_s[happened]
    reply_s, none, deliver_s = turn.reply_s[happened], np.full(len(happened), np.nan), log.centre.deliver_s
    inbox_s = np.where(place == 0, message_s, message_s + deliver_s)
    sent = np.ravel(np.stack([np.ones(len(happened), dtype=np.bool_), ~np.isnan(reply_s)], axis=1))

    def in_turn(customers: Any, agents: Any) -> Any:
        return np.stack([customers, agents], axis=1).ravel()[sent]

    rows = in_turn(chat, chat)
    columns: dict[str, Any] = {
        "chat_id": _chat_ids(log, rows),
        "seq": in_turn(2 * place, 2 * place + 1),
        "role": in_turn(np.full(len(chat), Role.CUSTOMER), np.full(len(chat), Role.AGENT)),
        "agent_id": _agents(log, log.chat.agent[rows])["agent_id"],
        "sent_s": in_turn(np.where(place == 0, log.chat.arrival_s[chat], message_s), reply_s - deliver_s),
        "inbox_s": in_turn(inbox_s, none),
        "started_s": in_turn(none, turn.start_s[happened]),
    }
    if deliver_s:
        columns["seen_s"] = in_turn(inbox_s, reply_s)
    if len(log.chat.left_s):
        last = np.append(chat[1:] != chat[:-1], np.ones(min(len(chat), 1), dtype=np.bool_))
        in_vain = last & ~np.isnan(log.chat.left_s[chat])
        columns["true_in_vain"] = in_turn(np.zeros(len(chat), dtype=np.bool_), in_vain)
    return columns


def _as_sent(log: ChatLog, message: Messages) -> Columns:
    counts = np.diff(message.offset)
    chat = np.repeat(np.arange(len(counts)), counts)
    columns: dict[str, Any] = {
        "chat_id": _chat_ids(log, chat),
        "seq": np.arange(len(chat)) - np.repeat(message.offset[:-1], counts),
        "role": message.role,
        "agent_id": _agents(log, log.chat.agent[chat])["agent_id"],
        "sent_s": message.sent_s,
        "started_s": message.started_s,
    }
    return columns


def _legs(log: ChatLog) -> Columns:
    """One row a time that an agent holds a chat."""
    leg = log.leg
    first = np.searchsorted(leg.chat, leg.chat)
    columns: dict[str, Any] = {
        "chat_id": _chat_ids(log, leg.chat),
        "leg": np.arange(len(leg.chat)) - first,
        "agent_id": _agents(log, leg.agent)["agent_id"],
        "accepted_s": leg.accepted_s,
        "ended_s": leg.ended_s,
        "released_s": leg.released_s,
        "end": leg.end,
    }
    return columns


def _agents_on_duty(log: ChatLog) -> Columns:
    """One row a span of planned duty: worked, with the agent's speed at log-in; or lost."""
    duty, lost, team = log.duty, log.lost, log.team
    agent, on_s = np.append(duty.agent, lost.agent), np.append(duty.on_s, lost.on_s)
    none = np.full(len(lost.agent), np.nan)
    columns: dict[str, Any] = {
        **_agents(log, agent),
        "status": np.append(
            np.full(len(duty.agent), Status.WORKED), np.where(lost.late, Status.LATE, Status.ABSENT)
        ),
        "slots": team.slots[agent],
        "speed": team.speed_at(agent, on_s),
        "on_s": on_s,
        "off_s": np.append(duty.off_s, lost.off_s),
        "out_s": np.append(duty.out_s, none),
    }  # fmt: skip
    return columns


def _chat_ids(log: ChatLog, rows: Ints) -> Ints | list[str]:
    return rows if log.identity is None else np.array(log.identity.chats, dtype=object)[rows].tolist()


def _agents(log: ChatLog, agent: Ints) -> dict[str, Any]:
    """Identity and group of each of some agents."""
    groups = np.array([*log.centre.groups, None], dtype=object)
    group = groups[np.append(log.team.group, len(log.centre.groups))[agent]].tolist()
    if log.identity is None:
        return {"agent_id": agent, "group": group}
    return {"agent_id": np.array([*log.identity.agents, None], dtype=object)[agent].tolist(), "group": group}


def _where(known: Flags, values: Floats | Ints | Flags) -> pl.Series:
    """Values where they are known, else null."""
    return pl.select(pl.when(pl.Series(known)).then(pl.Series(values))).to_series()


_COLUMNS = {"chats": _chats, "messages": _messages, "legs": _legs, "agents": _agents_on_duty}
"""Columns of each table of a log."""


def table(name: str, logs: Sequence[ChatLog]) -> tuple[pl.DataFrame, Ints]:
    """Table of the runs of one centre, one below the other, and the rows of each.

    Several are read as fast as one.
    """
    runs = [_COLUMNS[name](log) for log in logs]
    names = dict.fromkeys(column for run in runs for column in run)
    columns = {column: _below([run[column] for run in runs if column in run]) for column in names}
    n_rows = np.array([len(next(iter(run.values()))) for run in runs], dtype=np.int64)
    return _framed(name, columns, logs[0].lacks), n_rows


def _below(parts: Sequence[Any]) -> Any:
    """Columns of several runs, one below the other."""
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return pl.concat(parts) if isinstance(parts[0], pl.Series) else list(chain.from_iterable(parts))


def _framed(table: str, columns: Columns, lacks: frozenset[str]) -> pl.DataFrame:
    """Frame of those *columns* of a *table* that the log has, in the order of the schema."""
    known = [column for column in TABLES[table] if column.name in columns and column.name not in lacks]
    raw = pl.DataFrame([_raw(column, columns[column.name]) for column in known])
    return raw.select(_read(column, raw.schema[column.name]) for column in known)  # all of them at once


def _raw(column: Column, values: Any) -> pl.Series:
    """Values of a *column* as they are."""
    is_text = column.kind == "text" or (column.kind == "identity" and not isinstance(values, np.ndarray))
    return pl.Series(column.name, values, dtype=pl.String if is_text else None)


def _read(column: Column, kind: pl.DataType) -> pl.Expr:
    """A *column* of some *kind* as a frame has it: NaN and negative identities and counts are null."""
    found = pl.col(column.name)
    if column.kind in CHOICES:
        choice = CHOICES[column.kind]
        names = {member.value: member.name.lower() for member in choice}
        return found.replace_strict(names, return_dtype=pl.Enum(list(names.values())))
    if column.kind == "number":
        return found.cast(pl.Float64).fill_nan(None)
    if column.kind == "flag" or kind == pl.String:
        return found
    return pl.when(found >= 0).then(found)
