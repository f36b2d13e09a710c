"""How do readers hand over what they read? Record by record: all of one, or nothing of it.

Identities are hashed on the way, so that nothing on disk names a person.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from sim.importers import raw
from sim.importers.raw import Chat, Leg, Message, Span
from sim.importers.spill import Spill
from sim.importers.tally import Tally
from sim.importers.values import Clock, UnreadableError

_PERSONAL = {
    "chats": ("chat_id", "agent_id", "customer_id"), "messages": ("chat_id", "author_id"),
    "legs": ("chat_id", "agent_id"), "duty": ("agent_id",),
}  # fmt: skip
_ROWS = {table: attrgetter(*raw.names(table)) for table in raw.RECORDS}
_TABLES = {record: table for table, record in raw.RECORDS.items()}
_TROUBLES = (
    UnreadableError,
    KeyError,
    TypeError,
    AttributeError,
    ValueError,
    IndexError,
    OverflowError,
    RecursionError,
)
"""What reading a record of any shape may raise."""
_REMEMBERED = 100_000


class Names:
    """Hashes identities with a key, or leaves them as they are."""

    def __init__(self, key: bytes | None, *, keep: bool) -> None:
        self.key = blake2b(secrets.token_bytes(32) if key is None else key).digest()
        self.keep = keep
        self._known: dict[str, str] = {}

    def __call__(self, name: str | None) -> str | None:
        """Hash of a *name*: the same name and key give the same."""
        if name is None or self.keep:
            return name
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = blake2b(name.encode(), key=self.key, digest_size=8).hexdigest()
            self._known[name] = known
        return known


class Out:
    """Takes what readers read."""

    def __init__(self, spill: Spill, tally: Tally, names: Names, clock: Clock, *, keep_text: bool) -> None:
        self.spill, self.tally, self.names, self.clock = spill, tally, names, clock
        self.keep_text = keep_text
        self.chat_of: dict[str, str] = {}
        """Chats that go by another name too: those of parts."""
        self.file, self.place = "", ""
        self._rows: list[Any] = []
        self._counts: list[tuple[str, str, int]] = []

    def add(self, record: Chat | Message | Leg | Span) -> None:
        """Take a row of the record that is read now."""
        self._rows.append(record)

    def count(self, name: str, why: str = "", n: int = 1) -> None:
        """Count something about the record that is read now."""
        self._counts.append((name, why, n))

    @contextmanager
    def record(self, file: str, place: str) -> Iterator[None]:
        """Read a record: what it says is taken if all of it can be read; if not, it is malformed."""
        self.file, self.place = file, place
        self._rows, self._counts = [], []
        try:
            yield
        except _TROUBLES as error:
            why = str(error) if isinstance(error, UnreadableError) else f"{type(error).__name__}: {error}"
            self.tally.count("malformed", file, place, why)
            return
        for name, why, n in self._counts:
            self.tally.count(name, file, place, why, n)
        nested = any(isinstance(row, Chat) for row in self._rows)
        for row in self._rows:
            self._take(row, nested=nested)

    def _take(self, row: Any, *, nested: bool) -> None:
        table = _TABLES[type(row)]
        if table == "messages" and not self.keep_text:
            row.text = None
        bucket = 0
        if table != "duty":
            if isinstance(row, Chat) and row.part and not row.part.startswith(row.chat_id):
                self.chat_of[row.part] = row.chat_id
            row.chat_id = self.chat_of.get(row.chat_id, row.chat_id)
            bucket = self.spill.bucket(row.chat_id)
        for name in _PERSONAL[table]:
            setattr(row, name, self.names(getattr(row, name)))
        self.spill.add(table, bucket, (*_ROWS[table](row), nested, self.file, self.place))
