"""What does an exporter write of? Chats one by one, each with its messages and legs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sim.importers.folder import Recorded

Say = Callable[[str, int, int, str], str]
"""Text of a message: chat, place in it, how many it has, role."""
LABEL = "[synthetic]"
"""Marks what nobody said."""


def unsaid(chat: str, k: int, n: int, role: str) -> str:
    """Text where none was asked for."""
    return LABEL


@dataclass(frozen=True, slots=True)
class Message:
    """A message."""

    at: dt.datetime
    role: str
    author: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Leg:
    """A time that an agent held the chat."""

    agent: str
    accepted: dt.datetime | None
    released: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat; times are UTC, None what did not happen or nobody knows."""

    id: str
    queue: str
    requested: dt.datetime
    accepted: dt.datetime | None
    replied: dt.datetime | None
    ended: dt.datetime | None
    gone: dt.datetime | None
    outcome: str
    ended_by: str | None
    agent: str | None
    customer: str
    rating: float | None
    resolved: bool | None
    messages: Sequence[Message]
    legs: Sequence[Leg]

    @property
    def is_over(self) -> bool:
        """Whether it is closed."""
        return self.outcome != "unfinished"

    @property
    def waited_s(self) -> int:
        """Whole seconds in the queue, of who accepted or left."""
        until = self.accepted or self.gone or self.ended
        return 0 if until is None else (until - self.requested) // dt.timedelta(seconds=1)


_COLUMNS = {
    "chat_id": "id", "queue": "queue", "requested_at": "requested", "accepted_at": "accepted",
    "first_reply_at": "replied", "ended_at": "ended", "gone_at": "gone", "outcome": "outcome",
    "ended_by": "ended_by", "agent_id": "agent", "customer_id": "customer", "rating": "rating",
    "resolved": "resolved",
}  # fmt: skip
"""Of our columns: what they are called here."""


def chats_of(log: Recorded, say: Say) -> Iterator[Chat]:
    """Give the chats of a *log* in order of arrival."""
    said = _lists(log.messages.sort("chat_id", "seq"), ("sent_at", "role", "author_id"))
    legs = _lists(
        log.legs.filter(pl.col("result").is_in(["accepted", "transferred_out"])).sort("chat_id", "k"),
        ("agent_id", "accepted_at", "released_at"),
    )
    for row in log.chats.select(pl.col(theirs).alias(ours) for theirs, ours in _COLUMNS.items()).iter_rows(
        named=True
    ):
        name, its = row["id"], said.get(row["id"], [])
        messages = [
            Message(at, role, author, say(name, k, len(its), role))
            for k, (at, role, author) in enumerate(its)
        ]
        held = [Leg(*each) for each in legs.get(name, [])]
        known = row | {"queue": row["queue"] or "chats", "customer": row["customer"] or name}
        yield Chat(**known, messages=messages, legs=held)


def _lists(rows: pl.DataFrame, columns: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of each chat."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name, *values in rows.select("chat_id", *columns).iter_rows():
        found.setdefault(name, []).append(tuple(values))
    return found


def number(name: str) -> int:
    """Number in a simulated identity: 12 of c12."""
    return int(name.lstrip("cau"))


def numbered(names: Sequence[str | None]) -> dict[str, int]:
    """Numbers from 1 for names, in their order."""
    return {name: k for k, name in enumerate(sorted({name for name in names if name is not None}), start=1)}


def iso(moment: dt.datetime | None) -> str | None:
    """ISO to the microsecond."""
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def iso_s(moment: dt.datetime | None) -> str | None:
    """ISO to the second."""
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def unix_s(moment: dt.datetime | None) -> int | None:
    """Whole seconds since 1970."""
    return None if moment is None else int(moment.timestamp())


def seconds(start: dt.datetime | None, end: dt.datetime | None) -> int | None:
    """Whole seconds between two times."""
    return None if start is None or end is None else (end - start) // dt.timedelta(seconds=1)


def answered(chat: Chat) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Of each reply to a message: when the oldest unanswered one was sent, and the reply."""
    asked: dt.datetime | None = None
    for message in chat.messages:
        if message.role == "customer":
            asked = asked or message.at
        elif asked is not None:
            yield asked, message.at
            asked = None


def responses_s(chat: Chat) -> list[int]:
    """Whole seconds from the oldest unanswered message to its reply, of each reply."""
    return [(replied - asked) // dt.timedelta(seconds=1) for asked, replied in answered(chat)]
