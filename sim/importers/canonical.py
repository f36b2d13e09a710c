"""Which tables does an imported log have? One form for all platforms: names, kinds, meanings, and laws.

Times are UTC, to the microsecond. A value that the platform did not record is null: never 0, −1 or a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from sim.rules import Outcome

MOMENT = pl.Datetime("us", "UTC")
INITIATORS = ("customer", "agent", "system")
ENDERS = ("customer", "agent", "idle", "system", "transfer_out")
WAYS_GONE = ("left", "disconnected", "last_seen")
SCALES = ("binary", "1_5", "0_10")
ROLES = ("customer", "agent", "bot", "system")
KINDS = ("text", "file", "form", "template", "welcome")
RESULTS = ("accepted", "declined", "timed_out", "transferred_out")
STATUSES = ("available", "away", "offline", "wrapup")
SOURCES = ("recorded", "inferred")
OUTCOMES = tuple(outcome.name.lower() for outcome in Outcome)
SPOKEN = ("text", "file")
"""Kinds of messages that count as said."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column."""

    name: str
    kind: pl.DataType
    meaning: str
    needed: bool = False
    """Whether it is never null."""


def _one_of(names: tuple[str, ...]) -> pl.DataType:
    return pl.Enum(list(names))


_TEXT, _COUNT, _FLAG, _NUMBER = pl.String(), pl.Int32(), pl.Boolean(), pl.Float64()

CHATS = (
    Field("chat_id", _TEXT, "One request for service; hashed, unless texts are kept.", True),
    Field("queue", _TEXT, "Queue, department or skill."),
    Field("group", _TEXT, "Team of the agent who took it first."),
    Field("channel", _TEXT, "As the platform calls it."),
    Field("initiated_by", _one_of(INITIATORS), "Who began it.", True),
    Field("requested_at", MOMENT, "First sign of the customer in this chat.", True),
    Field("queued_at", MOMENT, "It entered the queue: later than requested where a bot came first."),
    Field("accepted_at", MOMENT, "The first agent took it, where that is recorded."),
    Field("first_reply_at", MOMENT, "First message of an agent after the request."),
    Field("ended_at", MOMENT, "End of the conversation; the agent's, where that came first."),
    Field("wrapup_end_at", MOMENT, "End of the wrap-up."),
    Field("gone_at", MOMENT, "When the customer really went."),
    Field("gone_by", _one_of(WAYS_GONE), "How that is known."),
    Field("outcome", _one_of(OUTCOMES), "What became of it.", True),
    Field("ended_by", _one_of(ENDERS), "Who ended it."),
    Field("agent_id", _TEXT, "The first agent who took it, or wrote; hashed."),
    Field("n_agents", _COUNT, "Agents who held it."),
    Field("n_transfers", _COUNT, "Times that it was handed on."),
    Field("rating", _NUMBER, "As the customer gave it."),
    Field("rating_scale", _one_of(SCALES), "Binary: 0 or 1."),
    Field("resolved", _FLAG, "Whether it solved what the customer came for."),
    Field("customer_id", _TEXT, "Hashed."),
    Field("reopened", _COUNT, "Times that it was opened again."),
    Field("truncated", _FLAG, "Whether the export cut its messages off.", True),
    Field("has_messages", _FLAG, "Whether its messages are recorded.", True),
)
MESSAGES = (
    Field("chat_id", _TEXT, "Chat.", True),
    Field("seq", _COUNT, "Place in the chat, from 0, in order of time.", True),
    Field("sent_at", MOMENT, "It was sent.", True),
    Field("role", _one_of(ROLES), "Who sent it.", True),
    Field("author_id", _TEXT, "Agent or customer; hashed."),
    Field("visible", _FLAG, "Whether both sides could see it.", True),
    Field("kind", _one_of(KINDS), "Text and files count as messages.", True),
    Field("n_chars", _COUNT, "Letters of its text."),
)
TEXT = Field("text", _TEXT, "What was said: kept only if asked for.")
LEGS = (
    Field("chat_id", _TEXT, "Chat.", True),
    Field("k", _COUNT, "Place among the chat's legs, from 0.", True),
    Field("agent_id", _TEXT, "Agent; hashed.", True),
    Field("offered_at", MOMENT, "It was offered to them."),
    Field("accepted_at", MOMENT, "They took it."),
    Field("released_at", MOMENT, "Their part of the conversation was over."),
    Field("wrapup_end_at", MOMENT, "Their wrap-up was over."),
    Field("result", _one_of(RESULTS), "Held once for each accepted or transferred_out.", True),
)
DUTY = (
    Field("agent_id", _TEXT, "Agent; hashed.", True),
    Field("group", _TEXT, "Their team."),
    Field("start", MOMENT, "From then on ...", True),
    Field("end", MOMENT, "... until then; null: no end is recorded."),
    Field("status", _one_of(STATUSES), "What they were.", True),
    Field("max_slots", _COUNT, "Chats that they might hold at once."),
    Field("source", _one_of(SOURCES), "Recorded, or inferred from chats.", True),
)
REPORT = (
    Field("name", _TEXT, "What was counted, or said.", True),
    Field("file", _TEXT, "In which file; empty: in none."),
    Field("count", pl.Int64(), "How often."),
    Field("value", _TEXT, "What was said."),
    Field("places", _TEXT, "The first three places."),
    Field("meaning", _TEXT, "What it means.", True),
)
TABLES: Mapping[str, tuple[Field, ...]] = {
    "chats": CHATS, "messages": MESSAGES, "legs": LEGS, "duty": DUTY, "report": REPORT,
}  # fmt: skip
"""Columns of each table, in their order."""


def schema_of(table: str) -> dict[str, pl.DataType]:
    """Names and kinds of a table's columns."""
    return {field.name: field.kind for field in TABLES[table]}


LAWS: Mapping[str, pl.Expr] = {
    "requested before queued": pl.col("queued_at") >= pl.col("requested_at"),
    "queued before accepted": pl.col("accepted_at") >= pl.coalesce("queued_at", "requested_at"),
    "accepted before ended": pl.col("ended_at") >= pl.coalesce("accepted_at", "queued_at", "requested_at"),
    "ended before wrapped up": pl.col("wrapup_end_at") >= pl.col("ended_at"),
}
"""What holds of each chat whose times are known."""


def broken(chats: pl.DataFrame, messages: pl.DataFrame, legs: pl.DataFrame) -> Iterator[str]:
    """Say which laws of the form the tables break: none, for what was imported."""
    for law, holds in LAWS.items():
        if n := chats.select((~holds).sum()).item():
            yield f"chats: {law}: not in {n}"
    for name, table in (("messages", messages), ("legs", legs)):
        if n := len(table.join(chats, on="chat_id", how="anti")):
            yield f"{name}: {n} are of no chat"
    if n := int(chats["chat_id"].is_duplicated().sum()):
        yield f"chats: {n} stand twice"
    for name, table in (("chats", chats), ("messages", messages), ("legs", legs)):
        for field in TABLES[name]:
            if field.needed and table[field.name].null_count():
                yield f"{name}: {field.name}: {table[field.name].null_count()} have none"
