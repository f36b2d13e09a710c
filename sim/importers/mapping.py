"""Which column of a table is what? A TOML file that says so, for exports that no reader knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.errors import LogError
from sim.importers.formats.base import Format, Kind, Record
from sim.importers.formats.generic import COLUMNS, GENERIC
from sim.importers.out import Out
from sim.importers.sources import Layout
from sim.importers.values import is_nothing, seconds
from sim.scenario.words import Place, did_you_mean, problems

_UNITS = {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0}
_RECORD = ConfigDict(extra="forbid", frozen=True)


class Lasting(BaseModel):
    """A time that is another and a duration: ``{ after = "requested_at", column = "Wait", unit = "s" }``."""

    model_config = _RECORD
    after: str
    column: str
    unit: Literal["s", "ms", "min", "h"] = "s"


class Present(BaseModel):
    """One word or another, by whether a column says anything: ``{ present = "token", then = "agent" }``."""

    model_config = _RECORD
    present: str
    then: str
    otherwise: str | None = None


class Table(BaseModel):
    """One table: which files it is in, how they are written, and what their columns are."""

    model_config = _RECORD
    columns: dict[str, str | list[str] | Lasting | Present]
    """Of each of our columns: theirs; two are joined with a space, as a date and a time."""
    file: str = "*"
    """Names of files that have it, with * and ?."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encoding: str | None = None
    header: list[str] = []
    """Names of columns of a file without a head."""
    time_format: str | list[str] = []
    """As of strptime; omitted: ISO, or seconds or milliseconds since 1970."""
    decimal: Literal[".", ","] = "."
    nothing: list[str] = []
    """Words for no value, besides the usual."""
    keep: dict[str, list[str]] = {}
    """Of a column: words of rows that are kept."""
    words: dict[str, dict[str, str]] = {}
    """Of our column: our word for each of theirs."""


class Mapping(BaseModel):
    """What each table is."""

    model_config = _RECORD
    zone: str | None = None
    """Of times that name none."""
    chats: Table | None = None
    events: Table | None = None
    messages: Table | None = None
    legs: Table | None = None
    duty: Table | None = None

    @classmethod
    def read(cls, file: Path) -> Mapping:
        """Read it from *file*; raises `LogError` with place, value and rule of every problem."""
        import tomllib  # noqa: PLC0415

        try:
            written = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise LogError(f"{file}: can't be read: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise LogError(f"{file}: is no TOML: {error}") from None
        try:
            found = cls.model_validate(written)
        except ValidationError as error:
            found_wrong = problems(error, written, str(file), _advice)
            raise LogError("\n".join(map(str, found_wrong))) from None
        if found.chats is None and found.events is None:
            raise LogError(f"{file}: needs [chats.columns], or [events.columns] where a row is an event")
        wrong = []
        for name, table in found.tables().items():
            for column in sorted({*table.columns, *table.words} - COLUMNS[name]):
                hint = (
                    did_you_mean(column, sorted(COLUMNS[name]))
                    or f"; there are {', '.join(sorted(COLUMNS[name]))}"
                )
                wrong.append(f"{file}: {name}: no column of ours is called {column!r}{hint}")
            kind = next(each for each in GENERIC.kinds if each.name == name)
            lacks = sorted(kind.keys - table.columns.keys())
            if lacks and not (name == "legs" and lacks == ["accepted_at"]):
                wrong.append(f"{file}: {name}.columns: needs {', '.join(lacks)}")
        if wrong:
            raise LogError("\n".join(wrong))
        return found

    def tables(self) -> dict[str, Table]:
        """Tables that are there, by name."""
        return {
            name: table
            for name in self.__class__.model_fields
            if isinstance(table := getattr(self, name), Table)
        }


def mapped(plan: Mapping) -> Format:
    """Format of the tables that a mapping describes."""
    tables = plan.tables()
    kinds = [_kind(kind, tables[kind.name]) for kind in GENERIC.kinds if kind.name in tables]
    return replace(GENERIC, title="the mapping", kinds=tuple(kinds), renamed=None)


def _kind(kind: Kind, table: Table) -> Kind:
    """Kind of record with their columns, read as ours."""
    needed = [
        theirs for name in kind.keys if name in table.columns for theirs in _theirs(table.columns[name])
    ]
    nested = [theirs.split(".") for theirs in needed if "." in theirs]
    formats = [table.time_format] if isinstance(table.time_format, str) else list(table.time_format)

    def read(record: Record, out: Out) -> None:
        if any(str(_at(record, column)).strip() not in words for column, words in table.keep.items()):
            _leave(kind, record, table, out)
            return
        before, out.clock.formats = out.clock.formats, formats
        try:
            kind.read(_ours(record, table, out), out)
        finally:
            out.clock.formats = before

    layout = Layout(table.delimiter, table.encoding, tuple(table.header))

    def fits(record: Record) -> bool:
        """Whether columns named with dots are there, flat or nested."""
        return all(".".join(steps) in record or isinstance(record.get(steps[0]), dict) for steps in nested)

    keys = frozenset(theirs for theirs in needed if "." not in theirs)
    named = frozenset(theirs for column in table.columns.values() for theirs in _theirs(column)) | {
        *table.keep
    }
    return Kind(kind.name, keys, read, fits, files=table.file, layout=layout, columns=named)


def _advice(detail: Any, place: Place) -> str:
    """What may have been meant by an unknown key."""
    if detail["type"] != "extra_forbidden" or len(place) > 2:
        return ""
    known = Mapping.model_fields if len(place) == 1 else Table.model_fields
    return did_you_mean(str(place[-1]), list(known)).removeprefix("; ")


def _leave(kind: Kind, record: Record, table: Table, out: Out) -> None:
    """Leave a row aside; its chat is known, so that its messages are left aside with it."""
    name = table.columns.get("chat_id")
    ours = {"chat_id": _cell(record, name, table) if isinstance(name, str | list) else None}
    if kind.name == "chats" and not is_nothing(ours["chat_id"]):
        kind.read(ours | {"drop": "filtered", "requested_at": None}, out)
    else:
        out.count("filtered")


def _theirs(column: str | list[str] | Lasting | Present) -> list[str]:
    if isinstance(column, Present):
        return []  # of what it tells nothing need be there
    if isinstance(column, Lasting):
        return [column.column]
    return [column] if isinstance(column, str) else column


def _ours(record: Record, table: Table, out: Out) -> Record:
    """A record by our names."""
    found: Record = {}
    lasting: dict[str, Lasting] = {}
    for name, column in table.columns.items():
        if isinstance(column, Lasting):
            lasting[name] = column
            continue
        if isinstance(column, Present):
            is_there = not is_nothing(_at(record, column.present))
            found[name] = column.then if is_there else column.otherwise
            continue
        value = _cell(record, column, table)
        words = table.words.get(name)
        found[name] = words.get(str(value).strip(), value) if words is not None else value
    for name, column in lasting.items():
        start = out.clock.moment(found.get(column.after))
        lasted = seconds(_plain(record.get(column.column), table), unit_s=_UNITS[column.unit])
        if start is not None and lasted is not None:
            found[name] = (start + lasted) / 1e6
    return found


def _cell(record: Record, column: str | list[str], table: Table) -> Any:
    if isinstance(column, str):
        return _plain(_at(record, column), table)
    parts = [_plain(_at(record, each), table) for each in column]
    return None if any(is_nothing(part) for part in parts) else " ".join(str(part).strip() for part in parts)


def _at(record: Record, column: str) -> Any:
    """A cell by its name, or by its place in nested objects: ``metrics.wait``."""
    if column in record or "." not in column:
        return record.get(column)
    found: Any = record
    for step in column.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _plain(value: Any, table: Table) -> Any:
    if isinstance(value, str):
        word = value.strip()
        if word in table.nothing:
            return None
        if table.decimal == "," and word.replace(",", "", 1).lstrip("+-").isdigit():
            return word.replace(",", ".")
    return value
