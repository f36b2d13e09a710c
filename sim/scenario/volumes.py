"""Which volumes does a table hold? For one queue: rows with a day, a clock time and a number of chats.

The start stands in the column that holds dates and clock times, or in two of them; the volume in the column
`chats`, or the one named after the queue, or *Offered*, *Volume*, *Calls* and the like, or the one that the
scenario names, or the only other one. A column *Queue* picks the queue's rows; totals are left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from sim.errors import Problem
from sim.scenario.cells import (
    DateOrder,
    Decimals,
    Stamp,
    TimeZoneError,
    date_order,
    decimals_shown,
    is_stamp,
    looks_like,
    may_be_two,
    read_number,
    read_stamp,
    shows_nothing,
)
from sim.scenario.table import Row, Table
from sim.scenario.words import did_you_mean

VOLUME_NAMES = (
    "chats", "offered", "volume", "contacts", "calls", "arrivals", "chats offered", "offered chats",
    "contacts offered", "offered contacts", "calls offered", "offered calls", "chat volume", "contact volume",
    "call volume", "conversations", "interactions", "requests", "forecast",
)  # fmt: skip
"""Names that the column of volumes may have, the likeliest first; capitals, blanks and dashes are all one."""
QUEUE_NAMES = ("queue", "queue name", "skill", "skill name", "skill group")
"""Names that the column of queues may have."""
TOTALS = {"total", "totals", "subtotal", "subtotals", "grand", "sum", "sums", "overall", "gesamt", "summe"}
"""First words of a row of totals."""
MOST_CHATS = 10_000_000
"""Largest volume of an interval."""

_SAMPLE = 200
"""Cells that show what a column holds."""
_SERIAL = re.compile(r"[34567]\d{4}(?:[.,]\d+)?")
"""Days since 1900, from 1982 on: what a spreadsheet holds where a date is not formatted as one."""
_DAY = re.compile(r"\bda(te|y)\b")
_HANDLING = re.compile(r"\baht\b|\b(handle|handling|talk) time\b|\bacw\b")
_ANSWERED = re.compile(r"\b(handled|answered|accepted)\b")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a table: the queue, and what the scenario says of how it is written."""

    queue: str
    column: str | None = None
    """Name of the column of volumes."""
    dates: DateOrder | None = None
    decimals: Decimals | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """Chats of an interval."""

    line: int
    day: dt.date | None
    """None for a clock time that holds for every day."""
    clock_s: float
    chats: float


@dataclass(slots=True)
class Volumes:
    """Rows that could be read, problems of the others, and what is to be said of the table."""

    n: int = 0
    """Rows of the queue, those that could not be read too."""
    rows: list[Volume] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    """How it was read, in words."""
    remarks: list[str] = field(default_factory=list)
    """What was left out, a sentence each."""


def read_volumes(table: Table, shown: str, wanted: Wanted) -> Volumes:
    """Read the volumes that a table holds for a queue; *shown* is the file's name in problems."""
    reader = _Reader(table, shown, wanted)
    reader.read()
    return reader.found


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a row what stands."""

    starts: tuple[int, ...]
    """One column, or two where date and time stand apart."""
    volume: int
    queue: int | None


class _Reader:
    def __init__(self, table: Table, shown: str, wanted: Wanted) -> None:
        self.table, self.shown, self.wanted = table, shown, wanted
        self.names = [_folded(name) for name in table.header.cells]
        self.total = ""
        """The total that the table names, if there is one for the queue alone."""
        self.found = Volumes(0, [], list(table.problems), list(table.understood), list(table.remarks))

    def broken(
        self, law: str, got: str = "", hint: str = "", row: Row | None = None, place: str = "", cell: int = 0
    ) -> None:
        column = self.table.column(row, cell) if row is not None and place else None
        line = row.line if row is not None else None
        self.found.problems.append(Problem(self.shown, place, law, got, hint, line, column))

    def broken_header(self, law: str, hint: str = "") -> None:
        self.broken(law, repr(self.table.text(self.table.header)), hint, self.table.header)

    def read(self) -> None:
        columns = self.columns()
        if columns is None:
            return
        rows = self.of_queue(self.without_totals(self.table.rows, columns), columns)
        self.found.n = len(rows)
        decimals = self.decimals([_cell(row, columns.volume) for row in rows])
        stamps = [self.stamp(row, columns) for row in rows]
        order = self.order([(row, stamp) for row, stamp in zip(rows, stamps, strict=True) if stamp], columns)
        for row, stamp in zip(rows, stamps, strict=True):
            chats = self.volume(row, columns.volume, decimals)
            day = stamp.day_by(order) if stamp else None
            if stamp and order and stamp.has_date and day is None:
                text = repr(self.start_text(row, columns))
                self.broken(f"is no date, read {order}", text, "", row, "start", columns.starts[0])
            elif stamp and chats is not None:
                self.found.rows.append(Volume(row.line, day, stamp.clock_s or 0.0, chats))
        if self.found.rows and not self.found.problems:
            self.check_total(decimals)
        self.found.understood.append(f"column {self.table.header.cells[columns.volume]!r}")
        self.unused(columns)

    def columns(self) -> _Columns | None:
        """Find the columns; None with a problem if one is missing, or there are two of it."""
        stamps = [k for k, name in enumerate(self.table.header.cells) if any(looks_like(name))]
        if stamps[:1] == [0]:
            law = "the first line must be a header such as start,chats"
            self.broken_header(law, "; ".join(self.table.remarks))
            return None
        if len(stamps) > 2:
            self.broken_header("the table must have a row for each interval, not a column")
            return None
        queue = next((self.names.index(name) for name in QUEUE_NAMES if name in self.names), None)
        starts = self.starts(
            [k for k, name in enumerate(self.names) if k != queue and not _HANDLING.search(name)]
        )
        volume = self.volume_column({*starts, queue})
        if volume is None:
            return None
        meant = _folded(self.wanted.queue)
        if self.names[volume] == meant and not any(
            _folded(_cell(r, queue)) == meant for r in self.table.rows
        ):
            queue = None  # a column for each queue
        if _ANSWERED.search(self.names[volume]):
            self.found.remarks.append(
                f"chats are those of {self.table.header.cells[volume]!r}: who left before an answer is not "
                "among them, so more came than is said here"
            )
        used = [*starts, volume, *([] if queue is None else [queue])]
        for k in used:
            if self.names.count(self.names[k]) > 1:
                self.broken_header(f"the header must not name {self.table.header.cells[k]!r} twice")
                return None
        return _Columns(starts, volume, queue)

    def starts(self, columns: Sequence[int]) -> tuple[int, ...]:
        """Columns in which most cells are dates and clock times: the first of both, or one of each.

        Days that there are not, and other dates that can't be read, are told as such later on.
        """
        dates: list[int] = []
        clocks: list[int] = []
        for k in columns:
            filled = (row.cells[k] for row in self.table.rows if len(row.cells) > k and row.cells[k])
            cells = list(islice(filled, _SAMPLE))
            looks = [looks for looks in map(looks_like, cells) if any(looks)]
            are_serial = _DAY.search(self.names[k]) and all(map(_SERIAL.fullmatch, cells))
            if 2 * len(looks) <= len(cells) and not (cells and are_serial):
                continue
            if any(map(all, looks)):
                return (k,)
            (dates if are_serial or any(has_date for has_date, _ in looks) else clocks).append(k)
        return (*dates[:1], *clocks[:1]) or (min(columns, default=0),)

    def volume_column(self, others: set[int | None]) -> int | None:
        free = [k for k in range(len(self.names)) if k not in others]
        meant = self.wanted.column
        names = [_folded(meant)] if meant is not None else [_folded(self.wanted.queue), *VOLUME_NAMES]
        for name in names:
            if found := [k for k in free if self.names[k] == name]:
                return found[0]
        shown = [self.table.header.cells[k] for k in free if self.names[k]]
        if meant is not None:
            hint = did_you_mean(meant, shown).removeprefix("; ")
            self.broken_header(f"the header must name the column {meant!r}", hint)
            return None
        likely = [k for k in free if not _HANDLING.search(self.names[k])]
        if len(likely) == 1:
            return likely[0]
        law = "the header must name the start of the interval and a column 'chats'"
        self.broken_header(law, f'or write column = "{shown[0]}" in the arrivals' if shown else "")
        return None

    def of_queue(self, rows: list[Row], columns: _Columns) -> list[Row]:
        """Rows of the queue, where a column names queues."""
        if columns.queue is None or not rows:
            return rows
        meant = _folded(self.wanted.queue)
        own = [row for row in rows if _folded(_cell(row, columns.queue)) == meant]
        if own:
            self.found.understood.insert(0, f"those of queue {self.wanted.queue!r}")
        else:
            names = list(dict.fromkeys(filter(None, (_cell(row, columns.queue) for row in rows))))
            got = ", ".join(map(repr, names[:5])) + (", ..." if len(names) > 5 else "")
            hint = did_you_mean(self.wanted.queue, names).removeprefix("; ")
            self.broken(f"no row is of the queue {self.wanted.queue!r}", got, hint)
        return own

    def without_totals(self, rows: list[Row], columns: _Columns) -> list[Row]:
        """Leave out rows of totals, and say so."""
        totals = [row for row in rows if _is_total(row, columns)]
        for row in totals[:1]:
            name = next(cell for k, cell in enumerate(row.cells) if k != columns.volume and _is_word(cell))
            more = f", and {len(totals) - 1:,} more" if len(totals) > 1 else ""
            what = f"line {row.line}, {name!r} {_cell(row, columns.volume)}"
            self.found.remarks.append(f"left out as a total: {what}{more}")
            if not more and columns.queue is None:
                self.total = _cell(row, columns.volume)
        return [row for row in rows if row not in totals] if totals else rows

    def check_total(self, decimals: Decimals) -> None:
        """Say it if the rows do not add up to their total."""
        total, added = read_number(self.total, decimals), sum(row.chats for row in self.found.rows)
        if total is not None and abs(total - added) > 0.5 + total / 1000:
            self.found.remarks.append(f"the rows add up to {added:,.12g}, not to the total of {self.total}")

    def decimals(self, texts: list[str]) -> Decimals:
        """How the volumes are written; asked for where that does not show and matters."""
        shown, unclear = decimals_shown(texts), [text for text in dict.fromkeys(texts) if may_be_two(text)]
        is_number = not self.table.mark and not any("," in text for text in unclear)  # of a workbook
        decimals = self.wanted.decimals
        if decimals is None and len(shown) == 1:
            (decimals,) = shown
        if decimals is None and unclear and not is_number:
            law = 'volumes may be read in two ways: write decimals = "comma" or "point" in the arrivals'
            readings = " or ".join(f"{read_number(unclear[0], each):,.12g}" for each in Decimals)
            self.broken(law, repr(unclear[0]), f"which is {readings}")
        if decimals is Decimals.COMMA and any("," in text for text in texts):
            self.found.understood.append("decimal commas")
        return decimals or Decimals.POINT

    def start_text(self, row: Row, columns: _Columns) -> str:
        return " ".join(_cell(row, k) for k in columns.starts).strip()

    def stamp(self, row: Row, columns: _Columns) -> Stamp | None:
        """The start of a row, whose date is perhaps not known yet."""
        law, stamp, text = "", None, self.start_text(row, columns)
        try:
            stamp = read_stamp(text)
        except TimeZoneError:
            law = "must be local time, without a time zone"
        if stamp is None:
            law = law or "must be a date and time such as 2026-03-02 08:00, or a clock time such as 08:00"
            hint = "there is no such day or time" if any(looks_like(text)) else ""
            if any(_SERIAL.fullmatch(_cell(row, k)) for k in columns.starts):
                hint = "this is a spreadsheet's serial number: format the column as date and time"
            self.broken(law, repr(text), hint, row, "start", columns.starts[0])
        return stamp

    def order(self, starts: list[tuple[Row, Stamp]], columns: _Columns) -> DateOrder | None:
        """Whether days or months come first; asked for where the dates don't show it."""
        if all(stamp.is_iso for _, stamp in starts):
            return self.wanted.dates
        orders, order = date_order(stamp for _, stamp in starts), self.wanted.dates
        unclear = next(((row, stamp) for row, stamp in starts if shows_nothing(stamp)), None)
        if order is None and not orders:
            self.broken("dates must all have the day first, or all the month")
            return None
        if order is None and len(orders) == 2 and unclear is not None:
            row, stamp = unclear
            law = 'dates may be read in two ways: write dates = "day first" or "month first" in the arrivals'
            ways = " or ".join(f"{stamp.day_by(each):%d %B}".lstrip("0") for each in DateOrder)
            self.broken(law, repr(self.start_text(row, columns)), f"which is {ways}")
            return None
        order = order or max(orders, key=lambda each: each is DateOrder.DAY_FIRST)
        self.found.understood.append(f"dates {order}")
        return order

    def volume(self, row: Row, column: int, decimals: Decimals) -> float | None:
        text = _cell(row, column)
        chats = read_number(text, decimals)
        if chats is None or not 0 <= chats <= MOST_CHATS:
            law = f"a volume must be a number, 0 or more and at most {MOST_CHATS:,}"
            self.broken(law, repr(text), "", row, "chats", column)
            return None
        return chats

    def unused(self, columns: _Columns) -> None:
        """Say which columns look as if they counted, and don't."""
        for k, name in enumerate(self.names):
            if k != columns.volume and _HANDLING.search(name):
                shown = self.table.header.cells[k]
                self.found.remarks.append(
                    f"column {shown!r} is not used: handling times stand in [queues.service]"
                )


def _is_total(row: Row, columns: _Columns) -> bool:
    """Whether a row has no start, and a word that says that it is a total."""
    has_word = any(_is_word(cell) for k, cell in enumerate(row.cells) if k != columns.volume)
    return has_word and not is_stamp(_cell(row, columns.starts[-1]))


def _is_word(cell: str) -> bool:
    return not cell[:1].isdigit() and _folded(cell).split(" ")[0] in TOTALS


@lru_cache(maxsize=1024)
def _folded(name: str) -> str:
    """A name as names are compared: capitals, blanks, dashes and brackets are all one."""
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _cell(row: Row, column: int | None) -> str:
    return row.cells[column] if column is not None and column < len(row.cells) else ""
