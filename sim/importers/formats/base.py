"""What is a platform to the importer? Its name, and how each kind of record is known and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import Any

from sim.importers.out import Out
from sim.importers.sources import Layout
from sim.importers.values import UnreadableError

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record."""

    name: str
    keys: frozenset[str]
    """Keys that each such record has."""
    read: Callable[[Record, Out], None]
    """Hands over what it says; raises `UnreadableError` for what can't be read."""
    fits: Callable[[Record], bool] = lambda record: True
    """Whether a record with these keys is one."""
    files: str = "*"
    """Names of files in which it may be, with * and ?."""
    layout: Layout = field(default_factory=Layout)
    """How these are written, where that is not found out."""
    columns: frozenset[str] = frozenset()
    """What a mapping names; a CSV that lacks one of them is told so."""

    def is_one(self, record: Record) -> bool:
        """Whether a *record* is of this kind: not if what should tell it is of another shape."""
        try:
            return self.keys <= record.keys() and self.fits(record)
        except (TypeError, AttributeError, ValueError):
            return False


@dataclass(frozen=True, slots=True)
class Format:
    """A platform's export."""

    name: str
    title: str
    kinds: Sequence[Kind]
    """Chats first: what follows may refer to them."""
    resolution_s: float = 0.0
    """Of its times."""
    has_durations: bool = True
    """Whether a chat's end is that of the agent's work: not where conversations are opened again."""
    zone: str = "UTC"
    """Of times that name none."""
    layout: Layout = field(default_factory=Layout)
    """How its files are written, where that is not found out."""
    refused: Mapping[frozenset[str], str] = field(default_factory=dict)
    """Keys of records that are known, and not read: why."""
    renamed: Callable[[Record], Record] | None = None
    """Gives the columns of a CSV the names that the kinds know."""

    def within(self, file: str) -> Format:
        """It, of the kinds that may be in a *file*."""
        kinds = [kind for kind in self.kinds if fnmatch(file, kind.files)]
        return self if len(kinds) == len(self.kinds) else replace(self, kinds=tuple(kinds))

    def kind_of(self, record: Record) -> Kind | None:
        """Kind of a *record*; None if it is none of this platform's."""
        return next((kind for kind in self.kinds if kind.is_one(record)), None)


def listed(value: Any) -> list[Record]:
    """Objects of a list; nothing where there is none."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadableError(f"must be a list, is {type(value).__name__}")
    return [each for each in value if isinstance(each, dict)]


def table(value: Any) -> Record:
    """An object; an empty one where there is none."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnreadableError(f"must be an object, is {type(value).__name__}")
    return value


def needed(value: Any, what: str) -> Any:
    """A value that there must be."""
    if value is None:
        raise UnreadableError(f"has no {what}")
    return value


def letters(value: Any) -> int | None:
    """Letters of a text; None where there is none."""
    return len(value) if isinstance(value, str) else None


def said(value: Any) -> str | None:
    """A text as it can be kept."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None
