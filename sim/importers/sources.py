"""What stands in a file? Its records one after the other, whatever wraps them: gzip, encodings, CSV, JSON.

A file is read as a stream, and a record that is larger than any chat, or a file that unpacks to far more than
it should, is refused before it fills the memory.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from sim.errors import LogError, short
from sim.importers.tally import Tally
from sim.importers.unpacking import RECORD_BYTES, CutError, Unpacked
from sim.scenario.apostrophe import unquoted

HEAD_BYTES = 1 << 16
"""So much is looked at to see what a file is."""
DELIMITERS = ",;\t|"
ENVELOPES = frozenset(
    {
        "chats", "conversations", "conversationHistoryRecords", "data", "payload", "results", "records",
        "agent_timeline", "agent_events", "userDetails", "objects", "events",
        "rooms", "messages", "value", "_results",
    }
)  # fmt: skip
"""Keys of an object on top under which a list of records may stand."""
IDENTITIES = frozenset({"id", "ContactId", "conversationId"})
"""Keys of what is a record itself, whatever lists it has."""
UNREAD = frozenset({".parquet", ".xlsx", ".xls", ".zip", ".pdf", ".toml", ".md", ".png", ".key"})
"""Ends of names of files that are no export."""
NO_TEXT = {
    b"PK\x03\x04": "a spreadsheet (.xlsx) or a .zip: save it as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "a spreadsheet (.xls): save it as CSV",
    b"PAR1": "a Parquet file: save it as CSV or JSON",
    b"%PDF": "a PDF, no export",
    b"\x89PNG": "a picture, no export",
}
"""What files are that begin like this, and are not read."""
Form = Literal["csv", "lines", "json"]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a CSV is written, where that is not found out."""

    delimiter: str | None = None
    encoding: str | None = None
    header: tuple[str, ...] = ()
    """Names of columns of a file that has none."""


@dataclass(slots=True)
class Source:
    """A file of an export."""

    path: Path
    name: str
    """As it is told."""
    layout: Layout = field(default_factory=Layout)
    header: tuple[str, ...] = ()
    """Columns of a CSV, once its first row was read."""
    n_read: Callable[[], int] = int
    """Bytes of it that were read."""

    def records(self, tally: Tally) -> Iterator[tuple[str, Record]]:
        """Place and record of each that can be read; what can't be is counted.

        Raises
        ------
        LogError
            If the file can't be opened, or is none that could be read.
        """
        try:
            with self.path.open("rb") as file:
                self.n_read = file.tell
                yield from self._records(file, tally)
                self.n_read = int
        except CutError as error:
            tally.count("malformed", self.name, "end of file", str(error))
        except OSError as error:
            raise LogError(f"{self.name}: can't be read: {error.strerror or error}") from None

    def _records(self, file: BinaryIO, tally: Tally) -> Iterator[tuple[str, Record]]:
        stream = Unpacked(file)
        head = stream.peek(HEAD_BYTES)
        for mark, what in NO_TEXT.items():
            if head.startswith(mark):
                raise LogError(f"{self.name}: is {what}")
        encoding = self.layout.encoding or encoding_of(head)
        form = form_of(head.decode(encoding, "replace"))
        if form == "json":
            utf8 = stream if encoding in {"utf-8", "utf-8-sig"} else Recoded(stream, encoding)
            yield from _json(utf8, self.name, tally)
            return
        raw = io.BufferedReader(cast(Any, stream), 1 << 16)
        reader = io.TextIOWrapper(raw, encoding, errors="replace", newline="" if form == "csv" else None)
        yield from self._csv(reader, tally) if form == "csv" else _lines(reader, self.name, tally)

    def _csv(self, reader: io.TextIOBase, tally: Tally) -> Iterator[tuple[str, Record]]:
        first = reader.readline(RECORD_BYTES)
        while first and not first.strip():
            first = reader.readline(RECORD_BYTES)
        delimiter = self.layout.delimiter or max(DELIMITERS, key=first.count)
        again = _Again(first, reader)
        csv.field_size_limit(RECORD_BYTES)
        rows = csv.reader(again, delimiter=delimiter, strict=True)
        try:
            header = self.layout.header or tuple(short(name.strip(), 200) for name in next(rows, []))
        except csv.Error as error:
            tally.count("malformed", self.name, "line 1", f"its head can't be read: {error}")
            return
        for k, each in enumerate(header):
            if each and each in header[:k]:
                tally.count("duplicate_columns", self.name, f"line 1, column {k + 1}", each)
        self.header = header
        width = len(header)
        while True:
            try:
                row = next(rows, None)
            except csv.Error as error:
                tally.count("malformed", self.name, f"line {rows.line_num}", str(error))
                continue
            if row is None:
                return
            place = f"line {rows.line_num}"
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            if len(row) > width and not any(row[width:]):
                row = row[:width]
            if len(row) != width:
                tally.count("malformed", self.name, place, f"has {len(row)} cells, the head {width}")
                continue
            yield (
                place,
                {
                    name: unquoted(cell) if cell[:1] == "'" else cell
                    for name, cell in zip(reversed(header), reversed(row), strict=True)
                },
            )


class _Again(Iterator[str]):
    """Lines of a reader, the first of which was read already; none is endless."""

    def __init__(self, first: str, reader: io.TextIOBase) -> None:
        self.first, self.reader = first, reader

    def __next__(self) -> str:
        line, self.first = self.first or self.reader.readline(RECORD_BYTES), ""
        if not line:
            raise StopIteration
        return line.replace("\0", "")


def encoding_of(head: bytes) -> str:
    """Encoding of a file that begins like this."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return name
    if len(head) > 3 and head[1:2] == head[3:4] == b"\0":
        return "utf-16-le"
    if len(head) > 3 and head[0:1] == head[2:3] == b"\0":
        return "utf-16-be"
    try:
        head[: len(head) - 4 if len(head) > 8 else None].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 8:
            return "cp1252"
    return "utf-8"


def form_of(head: str) -> Form:
    """Form of a file that begins like this."""
    start = head.lstrip("\ufeff \t\r\n")
    if start[:1] not in {"{", "["}:
        return "csv"
    first, newline, rest = start.partition("\n")
    if start[0] == "{" and newline:
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            return "lines" if re.match(r"\s*\{", rest) and first.rstrip().endswith("}") else "json"
        return "lines" if rest.strip() else "json"
    return "json"


def _lines(reader: io.TextIOBase, name: str, tally: Tally) -> Iterator[tuple[str, Record]]:
    """Records of JSON lines."""
    for k, line in enumerate(iter(lambda: reader.readline(RECORD_BYTES), ""), start=1):
        if not line.strip():
            continue
        place = f"line {k}"
        try:
            found = json.loads(line.lstrip("\ufeff"))
        except (ValueError, RecursionError) as error:
            tally.count("malformed", name, place, f"is no JSON: {error}")
            continue
        yield from _unwrapped(found, place, name, tally)


def _unwrapped(found: Any, place: str, name: str, tally: Tally) -> Iterator[tuple[str, Record]]:
    """Records within what singer and airbyte write around them; and of a list."""
    if isinstance(found, list):
        for k, each in enumerate(found, start=1):
            yield from _unwrapped(each, f"{place}, record {k}", name, tally)
        return
    if not isinstance(found, dict):
        tally.count("malformed", name, place, f"must be an object, is {type(found).__name__}")
        return
    if (
        str(found.get("type")) in {"SCHEMA", "STATE", "ACTIVATE_VERSION", "LOG", "SPEC", "TRACE"}
        and "id" not in found
    ):
        return
    for key in ("record", "data", "_airbyte_data"):
        inner = found.get(key)
        if isinstance(inner, dict) and ("stream" in found or "type" in found or key == "_airbyte_data"):
            yield from _unwrapped(inner, place, name, tally)
            return
    lists = [key for key in ENVELOPES & found.keys() if isinstance(found[key], list)]
    lists += [key for key in ("data", "payload") if isinstance(found.get(key), dict)]
    if lists and not IDENTITIES & found.keys():
        for key in sorted(lists):
            yield from _unwrapped(found[key], f"{place}, {key}", name, tally)
        return
    yield place, found


class Recoded:
    """Bytes of a text in another encoding, as UTF-8."""

    def __init__(self, stream: Unpacked, encoding: str) -> None:
        self.stream = stream
        self._reader = io.TextIOWrapper(
            io.BufferedReader(cast(Any, stream), 1 << 16), encoding, errors="replace"
        )

    def read(self, n: int = -1) -> bytes:
        """Up to *n* letters."""
        return self._reader.read(n).encode("utf-8", "replace")

    def rest(self) -> None:
        """Begin to count what one record takes."""
        self.stream.rest()

    def check(self) -> None:
        """Refuse a record that is larger than any chat."""
        self.stream.check()


def _json(stream: Unpacked | Recoded, name: str, tally: Tally) -> Iterator[tuple[str, Record]]:
    """Records of a JSON document: those of a list on top or under an envelope's key, or the object itself."""
    import ijson  # noqa: PLC0415  slow to import

    k = 0
    try:
        for found in _values(stream):
            k += 1
            yield from _unwrapped(found, f"record {k}", name, tally)
            stream.rest()
    except (ijson.JSONError, ValueError, UnicodeDecodeError) as error:
        if isinstance(error, CutError):
            raise
        told = " ".join(str(error).split())
        if "premature EOF" in told or "ncomplete JSON" in told:
            why = "the file ends in the middle of it"
        else:
            why = f"is no JSON, and nothing after it is read: {short(told, 80)}"
        tally.count("malformed", name, f"record {k + 1}", why)


def _values(stream: Unpacked | Recoded) -> Iterator[Any]:
    """Records one by one; what stands beside a list of them on top is left aside, unless there is none."""
    import ijson  # noqa: PLC0415  as above

    top = _Top()
    inside: list[Any] = []
    """Lists and objects that are open, of the record that is read now ..."""
    keys: list[str] = []
    """... and the key that each is at."""
    for event, value in ijson.basic_parse(_Marked(stream), use_float=True, multiple_values=True):
        opened: Any = {} if event == "start_map" else [] if event == "start_array" else None
        if not inside:
            if opened is None or not top.is_record(event):
                yield from top.take(event, value)
                continue
        elif event == "map_key":
            keys[-1] = value
            continue
        elif event in _ENDS:
            keys.pop()
            found = inside.pop()
            if not inside:
                yield from top.whole(found)
            continue
        else:
            holder, each = inside[-1], value if opened is None else opened
            if type(holder) is list:
                holder.append(each)
            else:
                holder[keys[-1]] = each
        if opened is not None:
            inside.append(opened)
            keys.append("")
            if len(inside) > MOST_NESTED:
                raise ValueError(f"is nested deeper than {MOST_NESTED}")


_ENDS = frozenset({"end_map", "end_array"})
MOST_NESTED = 500
"""No record has lists in lists in lists ... so deep."""


class _Top:
    """What is open on top of a JSON document: a list of records, or an object that may hold one or be one."""

    def __init__(self) -> None:
        self.now: Literal["", "list", "object", "listed"] = ""
        """Listed: within a list under a key of the object."""
        self.outer: dict[str, Any] = {}
        self.key = ""
        self.has_list = False

    def is_record(self, event: str) -> bool:
        """Whether what opens now is a record or a part of one: no list of them, not the object on top."""
        is_list = self.now == "object" and event == "start_array" and self.key in ENVELOPES
        return bool(self.now) and not is_list

    def take(self, event: str, value: Any) -> Iterator[Any]:
        """Take in what the parser met outside of records."""
        if not self.now:
            tops: dict[str, Literal["list", "object"]] = {"start_array": "list", "start_map": "object"}
            self.now = tops.get(event, "")
            if not self.now:
                yield value
        elif event == "map_key":
            self.key = value
        elif event == "end_array":
            self.now = "object" if self.now == "listed" else ""
        elif event == "end_map":
            if not self.has_list or IDENTITIES & self.outer.keys():
                yield self.outer
            self.now, self.outer, self.has_list = "", {}, False
        elif event == "start_array":
            self.now, self.has_list = "listed", True
        else:
            yield from self.whole(value)

    def whole(self, found: Any) -> Iterator[Any]:
        """Take in a record that is whole, or what stands under a key of the object on top."""
        if self.now == "object":
            self.outer[self.key] = found
        else:
            yield found


class _Marked:
    """Bytes without the mark that UTF-8 may begin with."""

    def __init__(self, stream: Unpacked | Recoded) -> None:
        self.stream, self.is_first = stream, True

    def read(self, n: int = -1) -> bytes:
        """Up to *n* bytes."""
        found = self.stream.read(n)
        self.stream.check()
        if self.is_first and found:
            self.is_first = False
            return found.removeprefix(b"\xef\xbb\xbf") or self.stream.read(n)
        return found
