"""How does a log come of tables? Chats, messages, legs and agents, from whatever recorded them.

What a table or a column would say and does not is unknown: it is never guessed, and no figure is made of it.
Only turns follow from messages, by one rule: the first reply after some messages of the customer ends a
turn, whose clock runs from the oldest of them, or from the acceptance where that is later; where the agent
speaks first, the request itself is the message. Messages before the chat was asked for are left out, and the
customer's before it was in the queue: they were for a bot.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from sim.arrays import Flags, Floats, Ints, cut
from sim.compiled import compiled
from sim.errors import LogError
from sim.log.chatlog import Centre, ChatLog, Chats, Duty, Identity, Legs, Lost, Messages, Team, Turns
from sim.log.frames import CHOICES
from sim.log.schema import TABLES, Column, LegEnd, Role, Status
from sim.rules import NO_AGENT, Outcome
from sim.scenario.local_time import LocalTime
from sim.scenario.units import DAY_S

NOBODY, CUSTOMER, AGENT = int(NO_AGENT), int(Role.CUSTOMER), int(Role.AGENT)
_NEVER_HELD = (LegEnd.DECLINED, LegEnd.TIMED_OUT)
_DTYPES: Mapping[str, Any] = {"number": pl.Float64, "whole": pl.Int64, "flag": pl.Boolean, "text": pl.String}


@dataclass(frozen=True, slots=True)
class Facts:
    """What tables don't say of a centre."""

    name: str = "A log"
    start: dt.date = dt.date(2026, 3, 2)
    """Day whose midnight is second 0."""
    days: int | None = None
    """Omitted: up to the last chat."""
    zone: str | None = None
    """Time zone of the centre, as a scenario names it. Omitted: clocks that never change."""
    interval_min: int = 30
    warm_up_s: float = 0.0
    queues: Sequence[str] = ()
    """In their order; omitted: in that of their names."""
    recorded: bool = False
    """Whether a platform recorded it: see `sim.log.chatlog.Centre.recorded`."""
    lacks: frozenset[str] = frozenset()
    """What nobody knows, besides what has no column: keys of `sim.kpis.totals.LACKING`."""


def log_of(
    chats: pl.DataFrame,
    messages: pl.DataFrame | None = None,
    legs: pl.DataFrame | None = None,
    agents: pl.DataFrame | None = None,
    facts: Facts | Centre | None = None,
) -> ChatLog:
    """Build a log from tables with the columns of `sim.log.schema`; others are left aside.

    Raises
    ------
    LogError
        If a column is missing that a log can't be without, holds what it can't, or names a chat that there is
        not.
    """
    calls = _read("chats", chats).sort("arrival_s", maintain_order=True)
    held = _read("legs", legs) if legs is not None else _single(calls)
    spans = None if agents is None else _read("agents", agents)
    who = _People.of(calls, held, spans, facts.groups if isinstance(facts, Centre) else ())
    row = _rows(calls)
    leg, is_held = _legs(held, row, who)
    queues = _queues(calls, facts)
    recorded = isinstance(facts, Facts) and facts.recorded
    chat = _chats(calls, row, who, leg, is_held, queues, recorded=recorded)
    if messages is not None or "first_reply_s" not in calls.columns:
        chat = replace(chat, first_reply_s=np.empty(0))
    sent = None if messages is None else _messages(_read("messages", messages), row)
    turn, message = _turns(sent, chat, len(calls))
    has_turns = np.bincount(chat.queue, np.diff(turn.offset), minlength=len(queues)) > 0
    if recorded:
        has_turns[:] = sent is not None
    centre = facts if isinstance(facts, Centre) else _centre(facts or Facts(), queues, who, has_turns, chat)
    duty, lost, team = _duty(spans, who, centre.local.midnights(centre.days))
    return ChatLog(
        centre=centre,
        chat=chat,
        turn=turn,
        leg=leg,
        duty=duty,
        team=team,
        lost=lost,
        n_events=0,
        message=message,
        identity=_identity(calls, who),
        lacks=_lacks(calls, held, spans, messages, is_simulated=isinstance(facts, Centre))
        | (facts.lacks if isinstance(facts, Facts) else frozenset()),
    )


def _read(table: str, frame: Any) -> pl.DataFrame:
    """Columns of a *table* that the schema knows, in its types; what is no frame is made one if it can be."""
    if not isinstance(frame, pl.DataFrame):
        try:
            frame = pl.DataFrame(frame)
        except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
            raise LogError(f"{table}: must be a table, is {type(frame).__name__}: {error}") from None
    missing = [column.name for column in TABLES[table] if column.needed and column.name not in frame.columns]
    if missing:
        raise LogError(f"{table}: needs the column {missing[0]!r}; has {', '.join(frame.columns) or 'none'}")
    known = [column for column in TABLES[table] if column.name in frame.columns]
    return pl.DataFrame([_typed(table, column, frame[column.name]) for column in known])


def _typed(table: str, column: Column, values: pl.Series) -> pl.Series:
    choice = CHOICES.get(column.kind)
    if column.needed and values.null_count():
        raise LogError(f"{table}: {column.name}: row {_first(values.is_null())} has none")
    if choice is not None:
        known = [member.name.lower() for member in choice]
        wrong = ~values.cast(pl.String).is_in(known) & values.is_not_null()
        if wrong.any():
            raise LogError(
                f"{table}: {column.name}: row {_first(wrong)} has {values.filter(wrong)[0]!r}; "
                f"there are {', '.join(known)}"
            )
        return values.cast(pl.String)
    if column.kind == "identity":
        return values
    try:
        return values.cast(_DTYPES[column.kind])
    except pl.exceptions.PolarsError:
        kind = {"number": "numbers", "whole": "whole numbers", "flag": "true or false"}[column.kind]
        raise LogError(f"{table}: {column.name}: must be {kind}, is {values.dtype}") from None


def _first(flags: pl.Series) -> int:
    """Row of the first that is set, from 1."""
    return int(flags.arg_max() or 0) + 1


def _single(chats: pl.DataFrame) -> pl.DataFrame:
    """Legs of chats of which each was held by one agent, as far as they say so."""
    if "agent_id" not in chats.columns:
        return pl.DataFrame({"chat_id": [], "agent_id": [], "accepted_s": []})
    names = ("chat_id", "agent_id", "accepted_s", "ended_s", "released_s")
    held = chats.filter(pl.col("agent_id").is_not_null())
    return held.select(name for name in names if name in held.columns)


@dataclass(frozen=True, slots=True)
class _People:
    """Agents and groups, numbered."""

    agents: dict[Any, int]
    groups: dict[str, int]
    group: list[int]
    """Of each agent."""

    @classmethod
    def of(
        cls, chats: pl.DataFrame, legs: pl.DataFrame, spans: pl.DataFrame | None, groups: Sequence[str]
    ) -> _People:
        """In the order of their names, whatever that of the rows; *groups* in theirs, if it is known."""
        parts = [part for part in (spans, legs, chats) if part is not None and "agent_id" in part.columns]
        groups_of: dict[Any, str] = {}
        for part in (spans, chats):
            if part is not None and {"agent_id", "group"} <= set(part.columns):
                pairs = part.select("agent_id", "group").drop_nulls().unique(maintain_order=True)
                groups_of = dict(pairs.rows()) | groups_of
        every = {name for part in parts for name in part["agent_id"].drop_nulls().to_list()}
        names = sorted(every)
        if names and all(isinstance(name, int) for name in names):
            names = list(range(max(names) + 1))
        belong = [groups_of.get(name, "") for name in names]
        order = groups or sorted(set(belong))
        unknown = next((name for name in belong if name not in order), None)
        if unknown is not None:
            raise LogError(f"agents: group: {unknown!r} is none of {', '.join(order)}")
        number = {name: g for g, name in enumerate(order)}
        return cls({name: k for k, name in enumerate(names)}, number, [number[name] for name in belong])

    def rows(self, ids: pl.Series) -> Ints:
        """Number of each of some agents; −1 where there is none."""
        names = ids.to_list()
        return np.array([NOBODY if name is None else self.agents[name] for name in names], dtype=np.int64)


def _rows(chats: pl.DataFrame) -> dict[Any, int]:
    """Row of each chat by its identity."""
    ids = chats["chat_id"].to_list()
    row = {name: k for k, name in enumerate(ids)}
    if len(row) < len(ids):
        twice = chats.filter(chats["chat_id"].is_duplicated())["chat_id"][0]
        raise LogError(f"chats: chat_id: {twice!r} stands twice")
    return row


def _rows_of(table: str, ids: pl.Series, row: Mapping[Any, int]) -> Ints:
    """Row of each of some chats that another *table* names."""
    names = ids.to_list()
    unknown = next((name for name in names if name not in row), None)
    if unknown is not None:
        raise LogError(f"{table}: chat_id: no chat is called {unknown!r}")
    return np.array([row[name] for name in names], dtype=np.int64)


def _legs(held: pl.DataFrame, row: Mapping[Any, int], who: _People) -> tuple[Legs, Flags]:
    """Legs in order of chats and of time, and which of them an agent held."""
    chat, accepted_s = _rows_of("legs", held["chat_id"], row), _numbers(held, "accepted_s")
    if "end" in held.columns:
        end = _choices(held["end"], LegEnd)
    else:
        end = np.where(np.isnan(_numbers(held, "released_s")), LegEnd.OPEN, LegEnd.FINISHED)
    order = np.lexsort((np.nan_to_num(accepted_s, nan=np.inf), chat))
    legs = Legs(
        chat=chat[order],
        agent=who.rows(held["agent_id"])[order],
        accepted_s=accepted_s[order],
        ended_s=_numbers(held, "ended_s")[order],
        released_s=_numbers(held, "released_s")[order],
        end=end[order],
    )
    return legs, ~np.isin(legs.end, _NEVER_HELD)


def _chats(
    frame: pl.DataFrame,
    row: Mapping[Any, int],
    who: _People,
    leg: Legs,
    is_held: Flags,
    queues: Sequence[str],
    *,
    recorded: bool,
) -> Chats:
    """Columns of chats; who took them first, and when the last let go, is what their legs say."""
    n, held = len(frame), cut(leg, np.flatnonzero(is_held))
    rows, first = np.unique(held.chat, return_index=True)
    last = np.append(first[1:], len(held.chat)) - 1
    agent, accepted_s, released_s = np.full(n, NOBODY), np.full(n, np.nan), np.full(n, np.nan)
    agent[rows], accepted_s[rows] = held.agent[first], held.accepted_s[first]
    released_s[rows] = held.released_s[last[: len(rows)]]
    if recorded:  # a leg's end is known where that of a wrap-up is not
        accepted_s, released_s = _numbers(frame, "accepted_s"), _numbers(frame, "released_s")
    queue = np.array([queues.index(name) for name in frame["queue"].to_list()], dtype=np.int64)
    has, none = set(frame.columns), np.empty(0, dtype=np.int64)
    return Chats(
        queue=queue,
        number=_wholes(frame, "number") if "number" in has else _numbered(queue),
        arrival_s=_numbers(frame, "arrival_s"),
        patience_s=_numbers(frame, "true_patience_s"),
        outcome=_choices(frame["outcome"], Outcome),
        agent=agent,
        queued=_flags(frame, "queued"),
        accepted_s=accepted_s,
        ended_s=_numbers(frame, "ended_s"),
        released_s=released_s,
        first_reply_s=_numbers(frame, "first_reply_s"),
        left_s=_numbers(frame, "true_left_s") if "true_left_s" in has else np.empty(0),
        estimate_s=_numbers(frame, "estimate_s") if "balked" in has else np.empty(0),
        balked=_flags(frame, "balked") if "balked" in has else none > 0,
        customer=_rows_of("chats", frame["customer_id"], row) if "customer_id" in has else none,
        attempt=_wholes(frame, "attempt") if "attempt" in has else none,
        **_opinions(frame),
        entered_s=_numbers(frame, "entered_s") if "entered_s" in has else np.empty(0),
    )


def _opinions(frame: pl.DataFrame) -> dict[str, Any]:
    """What customers think; empty where no scores are recorded."""
    scores, flags = ("csat", "nps", "ces"), ("resolved", "surveyed", "converted")
    if "true_csat" not in frame.columns and "csat" in frame.columns:
        return _ratings(frame)
    if "true_csat" not in frame.columns:
        none = np.empty(0, dtype=np.int64)
        return dict.fromkeys(scores, none) | dict.fromkeys(flags, none > 0) | {"open_chats": np.empty(0)}
    return (
        {name: _wholes(frame, f"true_{name}") for name in scores}
        | {name: _flags(frame, name) for name in flags}
        | {"open_chats": _numbers(frame, "open_chats")}
    )


def _ratings(frame: pl.DataFrame) -> dict[str, Any]:
    """What a survey says of those who answered it, who are all that anybody knows of."""
    n = len(frame)
    unknown, csat = np.full(n, -1, dtype=np.int64), _wholes(frame, "csat")
    resolved = _flags(frame, "resolved") if "resolved" in frame.columns else np.ones(n, dtype=np.bool_)
    return {
        "csat": csat, "nps": unknown, "ces": unknown, "surveyed": csat >= 0, "resolved": resolved,
        "converted": np.zeros(n, dtype=np.bool_), "open_chats": np.full(n, np.nan),
    }  # fmt: skip


def _queues(chats: pl.DataFrame, facts: Facts | Centre | None) -> list[str]:
    """Names of the queues, in their order."""
    named = list(facts.queues) if facts is not None else []
    found = sorted(set(chats["queue"].to_list()))
    unknown = [name for name in found if named and name not in named]
    if unknown:
        raise LogError(f"chats: queue: {unknown[0]!r} is none of {', '.join(named)}")
    return named or found


def _numbered(queue: Ints) -> Ints:
    """Number of each chat within its queue."""
    order = np.argsort(queue, kind="stable")
    starts = np.searchsorted(queue[order], queue[order])
    number = np.empty(len(queue), dtype=np.int64)
    number[order] = np.arange(len(queue)) - starts
    return number


@dataclass(frozen=True, slots=True)
class _Sent:
    """Messages in order of chats and of time."""

    chat: Ints
    sent_s: Floats
    role: Ints
    started_s: Floats
    shown_s: Floats
    """When the other side was shown it, if that is known; else when it was sent."""


def _messages(frame: pl.DataFrame, row: Mapping[Any, int]) -> _Sent:
    chat, sent_s = _rows_of("messages", frame["chat_id"], row), _numbers(frame, "sent_s")
    seq = _wholes(frame, "seq") if "seq" in frame.columns else np.arange(len(frame))
    order = np.lexsort((seq, sent_s, chat))
    role = _choices(frame["role"], Role)
    seen_s = _numbers(frame, "seen_s")
    shown_s = np.where(np.isnan(seen_s), sent_s, seen_s)
    return _Sent(chat[order], sent_s[order], role[order], _numbers(frame, "started_s")[order], shown_s[order])


def _turns(sent: _Sent | None, chat: Chats, n: int) -> tuple[Turns, Messages | None]:
    """Turns of all chats, and the messages where these are more than turns say."""
    offset = np.zeros(n + 1, dtype=np.int64)
    if sent is None:
        return Turns(offset, np.empty(0), np.empty(0), np.empty(0)), None
    entered_s = chat.entered_s if len(chat.entered_s) else chat.arrival_s
    since_s = np.where(sent.role == CUSTOMER, entered_s[sent.chat], chat.arrival_s[sent.chat])
    kept = sent.sent_s >= since_s
    rows = sent.chat[kept]
    message = Messages(
        np.searchsorted(rows, np.arange(n + 1)), sent.sent_s[kept], sent.role[kept], sent.started_s[kept]
    )
    room = [np.full(len(rows) + n, np.nan) for _ in range(3)]
    n_turns = pair(message.offset, message.sent_s, sent.shown_s[kept], message.role, message.started_s,
                   chat.arrival_s, entered_s, chat.accepted_s, offset, *room)  # fmt: skip
    return Turns(offset, *(column[:n_turns] for column in room)), message


@compiled
def pair(
    first: Ints, sent_s: Floats, shown_s: Floats, role: Ints, started_s: Floats,
    arrival_s: Floats, entered_s: Floats, accepted_s: Floats, offset: Ints,
    message_s: Floats, start_s: Floats, reply_s: Floats,
) -> int:  # fmt: skip
    """Pair the messages of chat i, from ``first[i]`` to ``first[i + 1]``, to turns; count these."""
    n = 0
    for i in range(len(first) - 1):
        offset[i] = n
        taken_s, asked_s = accepted_s[i], accepted_s[i]
        if np.isnan(accepted_s[i]):
            taken_s, asked_s = entered_s[i], arrival_s[i]
        oldest_s, has_spoken = np.nan, False
        for k in range(first[i], first[i + 1]):
            if role[k] == CUSTOMER:
                has_spoken = True
                if np.isnan(oldest_s):
                    oldest_s = sent_s[k]
            elif role[k] == AGENT:
                if not np.isnan(oldest_s) or not has_spoken:
                    message_s[n] = max(oldest_s, taken_s) if has_spoken else asked_s
                    message_s[n] = min(message_s[n], sent_s[k])  # stamps may be rounded
                    start_s[n], reply_s[n] = started_s[k], shown_s[k]
                    n += 1
                oldest_s, has_spoken = np.nan, True
        if not np.isnan(oldest_s):
            message_s[n] = max(oldest_s, taken_s)
            n += 1
    offset[len(first) - 1] = n
    return n


def _centre(facts: Facts, queues: Sequence[str], who: _People, has_turns: Flags, chat: Chats) -> Centre:
    """What the tables tell of the centre, and nothing that they don't."""
    last_s = float(chat.arrival_s.max(initial=0.0))
    local = LocalTime(facts.start, facts.zone, facts.zone)
    return Centre(
        name=facts.name,
        start=facts.start,
        days=facts.days or local.place(last_s)[0] + 1,
        interval_s=facts.interval_min * 60.0,
        warm_up_s=facts.warm_up_s,
        queues=tuple(queues),
        groups=tuple(who.groups) or ("",),
        by_turns=tuple(has_turns.tolist()),
        wrap_up_attention=(False,) * len(queues),
        attentive=(False,) * max(len(who.groups), 1),
        shrinkage=(0.0,) * max(len(who.groups), 1),
        returns=(False,) * len(queues),
        fcr_window_s=None,
        recorded=facts.recorded,
        zone=facts.zone,
    )


def _duty(spans: pl.DataFrame | None, who: _People, midnights: Floats) -> tuple[Duty, Lost, Team]:
    """Spans worked and lost, and the agents with their slots and speeds."""
    n, days = len(who.agents), len(midnights) - 1
    slots, speed = np.ones(n, dtype=np.int64), np.ones((n, days))
    group = np.array(who.group, dtype=np.int64)
    if spans is None:
        spans = pl.DataFrame({"agent_id": [], "on_s": [], "off_s": []})
    agent, on_s, off_s = who.rows(spans["agent_id"]), _numbers(spans, "on_s"), _numbers(spans, "off_s")
    out_s = _numbers(spans, "out_s")
    out_s = np.where(np.isnan(out_s), off_s, out_s)
    status = np.full(len(spans), Status.WORKED)
    if "status" in spans.columns:
        status = _choices(spans["status"], Status)
    day = np.clip(np.searchsorted(midnights, on_s, side="right") - 1, None, days - 1).astype(np.int64)
    day_s = np.tile(midnights[:-1], (n, 1))
    nights = (off_s > midnights[day + 1]) & (off_s - on_s <= DAY_S) & (day < days - 1)
    day_s[agent[nights], day[nights] + 1] = off_s[nights]
    if "slots" in spans.columns:
        slots[agent] = _wholes(spans, "slots")
    if "speed" in spans.columns:
        speed[agent, day] = _numbers(spans, "speed")
    order = np.lexsort((on_s, agent))
    worked, lost = (order[kept] for kept in (status[order] == Status.WORKED, status[order] != Status.WORKED))
    return (
        Duty(agent[worked], on_s[worked], off_s[worked], out_s[worked]),
        Lost(agent[lost], on_s[lost], off_s[lost], status[lost] == Status.LATE),
        Team(group, slots, speed, day_s),
    )


def _identity(chats: pl.DataFrame, who: _People) -> Identity | None:
    """Names of chats and agents, if they are not their numbers."""
    ids, agents = chats["chat_id"].to_list(), list(who.agents)
    if ids == list(range(len(ids))) and agents == list(range(len(agents))):
        return None
    return Identity([str(name) for name in ids], [str(name) for name in agents])


def _lacks(
    chats: pl.DataFrame,
    legs: pl.DataFrame,
    spans: pl.DataFrame | None,
    messages: pl.DataFrame | None,
    *,
    is_simulated: bool,
) -> frozenset[str]:
    """What nobody knows: columns of chats and agents that are not there, and tables.

    What a simulated log lacks because its scenario has no such thing is known: it did not happen.
    """
    lacks = {
        column.name
        for column in TABLES["chats"]
        if column.name not in (*chats.columns, *legs.columns) and not (column.only and is_simulated)
    }
    if not is_simulated:
        lacks.add("wrap_up_attention")
    if messages is not None:
        lacks -= {"first_reply_s", "turns"}
    if spans is None:
        lacks.add("agents")
    else:
        lacks |= {column.name for column in TABLES["agents"] if column.name not in spans.columns}
    return frozenset(lacks - {"number", "wait_s", "group"})


def _numbers(frame: pl.DataFrame, name: str) -> Floats:
    """Numbers of a column; NaN where there is none."""
    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    return np.asarray(frame[name].fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _wholes(frame: pl.DataFrame, name: str) -> Ints:
    """Whole numbers of a column; −1 where there is none."""
    return np.asarray(frame[name].fill_null(-1).to_numpy(), dtype=np.int64)


def _flags(frame: pl.DataFrame, name: str) -> Flags:
    """Flags of a column; not set where there is none."""
    if name not in frame.columns:
        return np.zeros(len(frame), dtype=np.bool_)
    return np.asarray(frame[name].fill_null(value=False).to_numpy(), dtype=np.bool_)


def _choices(values: pl.Series, choice: Any) -> Ints:
    """Numbers of choices by name."""
    numbers = {member.name.lower(): member.value for member in choice}
    return np.array([numbers[name] for name in values.to_list()], dtype=np.int64)
