"""What do readers of exports hand over? Facts of chats, messages, legs and duty, as the platform has them.

Readers decide nothing: what becomes of them, by the rules for all platforms, is `sim.importers.settle`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import polars as pl


@dataclass(slots=True)
class Chat:
    """A record of a chat, or of a part of it; times in microseconds since 1970."""

    chat_id: str
    part: str = ""
    """Name of the part: copies of one part are duplicates, parts of one chat belong together."""
    stamp: int | None = None
    """When the record was updated: the latest copy stays."""
    drop: str | None = None
    """Counter under which it is dropped, if it is no chat."""
    channel: str | None = None
    queue: str | None = None
    group: str | None = None
    initiated_by: str | None = None
    requested_at: int | None = None
    queued_at: int | None = None
    accepted_at: int | None = None
    first_reply_at: int | None = None
    ended_at: int | None = None
    handed_at: int | None = None
    """When its agent handed it on, where a part says only that."""
    wrapup_end_at: int | None = None
    gone_at: int | None = None
    gone_by: str | None = None
    closed: bool | None = None
    """Whether it is over, maybe nobody knows when."""
    outcome: str | None = None
    """Where the record says so itself ..."""
    sure: bool = False
    """... whatever its messages say."""
    ended_by: str | None = None
    agent_id: str | None = None
    n_transfers: int | None = None
    rating: float | None = None
    rating_scale: str | None = None
    resolved: bool | None = None
    customer_id: str | None = None
    reopened: int | None = None
    truncated: bool = False
    has_messages: bool | None = None
    """Whether the record has all messages of the chat; None: it does if there are any."""


@dataclass(slots=True)
class Message:
    """A message."""

    chat_id: str
    sent_at: int
    role: str
    message_id: str | None = None
    author_id: str | None = None
    visible: bool = True
    kind: str = "text"
    n_chars: int | None = None
    text: str | None = None


@dataclass(slots=True)
class Leg:
    """A time that an agent held a chat, or an offer."""

    chat_id: str
    agent_id: str
    offered_at: int | None = None
    accepted_at: int | None = None
    released_at: int | None = None
    wrapup_end_at: int | None = None
    result: str = "accepted"


@dataclass(slots=True)
class Span:
    """A span of an agent's status."""

    agent_id: str
    start: int
    end: int | None
    status: str
    group: str | None = None
    max_slots: int | None = None
    source: str = "recorded"


RECORDS: Mapping[str, type] = {"chats": Chat, "messages": Message, "legs": Leg, "duty": Span}
"""Records by table."""
_KINDS = {"str": pl.String(), "int": pl.Int64(), "float": pl.Float64(), "bool": pl.Boolean()}
ORIGIN = {"nested": pl.Boolean(), "file": pl.String(), "row": pl.String()}
"""Where a row comes from; nested: within a chat's record, and dropped with that."""


def names(table: str) -> list[str]:
    """Fields of a table's records."""
    return [field.name for field in fields(RECORDS[table])]


def schema_of(table: str) -> dict[str, pl.DataType]:
    """Names and kinds of the columns of raw rows."""
    kinds = {field.name: _KINDS[str(field.type).split(" ")[0]] for field in fields(RECORDS[table])}
    return kinds | ORIGIN
