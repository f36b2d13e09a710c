"""How many chats does a forecast file expect in each planning interval?

A forecast is a CSV file with a header: the first column is the start of an interval (or the first two,
`date` and `time`), the volume stands in the column `chats` (or the one named after the queue, or the only
other one). Starts are local dates and times without a time zone, ``2026-03-02 08:00``, or clock times,
``08:00``, which then hold for every day. Rows outside the
scenario's days are left aside; nights need no rows, but between the first and the last row of a day none
may be missing, nor within the opening hours.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sim.errors import Problem
from sim.world.source import read_bytes
from sim.world.units import DAY_S, clock_s, clock_text

VOLUME_NAMES = ("chats", "volume", "offered", "contacts")
"""Names that the column of volumes may have."""
MOST_CHATS = 10_000_000
"""Largest volume of an interval."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a forecast is held against: the scenario's days and planning interval."""

    start: dt.date
    days: int
    interval_min: int
    open_s: float | None
    """Opening time of day; None where the scenario has no opening hours."""
    close_s: float | None


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    start_s: float
    """Since the first midnight; for clock times, since midnight."""
    chats: float
    has_date: bool


class _TimeZoneError(Exception):
    """A start with a time zone: its local time is not known."""


class _Reader:
    """Reads one file and collects its problems."""

    def __init__(self, path: Path, shown: str, queue: str, calendar: Calendar) -> None:
        self.path, self.shown, self.queue, self.calendar = path, shown, queue, calendar
        self.problems: list[Problem] = []
        self.lines: list[str] = []
        self.n_starts = 1
        """Columns that the start takes: 2 where date and time stand apart."""

    def broken(
        self, law: str, got: str = "", line: int | None = None, place: str = "", column: int | None = None
    ) -> None:
        self.problems.append(Problem(self.shown, place, law, got, line=line, column=column))

    def column(self, cells: list[str], cell: int, line: int) -> int | None:
        """Column of the file in which a cell begins; None in a line with quotes."""
        if self.lines[line - 1] != ",".join(cells):
            return None
        return 1 + sum(len(before) + 1 for before in cells[:cell])

    def rows(self) -> list[_Row]:
        try:
            text = read_bytes(self.path).decode("utf-8-sig")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            self.broken(f"the forecast file can't be read: {why}")
            return []
        self.lines = text.splitlines()
        lines = csv.reader(self.lines)
        rows = []
        try:
            column = self.volume_column(next(lines, []))
            for cells in lines if column is not None else ():
                if column is not None and any(cell.strip() for cell in cells):
                    row = self.row(cells, column, lines.line_num)
                    if row is not None:
                        rows.append(row)
        except csv.Error as error:
            self.broken(f"not CSV: {error}", line=lines.line_num)
        return rows

    def volume_column(self, first: list[str]) -> int | None:
        if first and self.is_start(first[0].strip()):
            law = "the first line must be a header such as start,chats"
            self.broken(law, repr(",".join(first)), 1)
            return None
        header = [name.strip().lower() for name in first]
        self.n_starts = 2 if header[:2] == ["date", "time"] else 1
        for name in (self.queue.lower(), *VOLUME_NAMES):
            if name in header[self.n_starts :]:
                return header.index(name, self.n_starts)
        if len(header) == self.n_starts + 1:
            return self.n_starts
        law = "the header must name the start of the interval and a column 'chats', with commas between"
        self.broken(law, repr(",".join(first)) if first else "an empty file", 1)
        return None

    def is_start(self, text: str) -> bool:
        try:
            return self.start_of(text)[0] is not None
        except _TimeZoneError:
            return True

    def row(self, cells: list[str], column: int, line: int) -> _Row | None:
        if len(cells) <= column:
            self.broken("a row needs a start and a volume", ",".join(cells), line)
            return None
        text = " ".join(cell.strip() for cell in cells[: self.n_starts])
        start, has_date = None, False
        law = "must be a date and time such as 2026-03-02 08:00, or a clock time such as 08:00"
        try:
            start, has_date = self.start_of(text)
        except _TimeZoneError:
            law = "must be local time, without a time zone"
        if start is None:
            self.broken(law, repr(text), line, "start", self.column(cells, 0, line))
        chats = _volume(cells[column])
        if chats is None:
            law = f"a volume must be a number, 0 or more and at most {MOST_CHATS:,}"
            got = repr(cells[column].strip())
            self.broken(law, got, line, "chats", self.column(cells, column, line))
            return None
        return None if start is None else _Row(line, start, chats, has_date)

    def start_of(self, text: str) -> tuple[float | None, bool]:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is not None:
            if moment.tzinfo is not None:
                raise _TimeZoneError
            first = dt.datetime.combine(self.calendar.start, dt.time())
            return (moment - first).total_seconds(), True
        try:
            return float(clock_s(text)), False
        except ValueError:
            return None, False

    def volumes(self) -> list[float]:
        rows = self.rows()
        interval_s = self.calendar.interval_min * 60.0
        if self.problems:
            return []
        if len({row.has_date for row in rows}) > 1:
            self.broken("dates and mere clock times must not be mixed")
            return []
        repeats = rows and not rows[0].has_date
        span_s = DAY_S if repeats else self.calendar.days * DAY_S
        rows = sorted((row for row in rows if 0 <= row.start_s < span_s), key=lambda row: row.start_s)
        if not rows:
            self.broken("no row lies within the scenario's days", str(self.calendar.start))
            return []
        self.check_steps(rows, interval_s)
        volumes = [0.0] * round(span_s / interval_s)
        for row in rows:
            volumes[min(int(row.start_s // interval_s), len(volumes) - 1)] = row.chats
        if not self.problems:
            self.check_cover(
                {int(row.start_s // interval_s) for row in rows}, 1 if repeats else self.calendar.days
            )
        return volumes * (self.calendar.days if repeats else 1)

    def check_steps(self, rows: list[_Row], interval_s: float) -> None:
        for row in rows:
            if row.start_s % interval_s:
                law = f"rows must start on the planning interval of {self.calendar.interval_min} minutes"
                self.broken(law, self.time_text(row.start_s), row.line, "start")
        steps = [(late.start_s - early.start_s, late) for early, late in pairwise(rows)]
        same_day = [step for step, late in steps if late.start_s % DAY_S >= step]
        positive = [step for step in same_day if step > 0]
        is_daily = len({row.start_s // DAY_S for row in rows}) == len(rows)
        if is_daily and interval_s < DAY_S and not self.is_open_one_interval(interval_s):
            law = f"rows must be {self.calendar.interval_min} minutes apart, the planning interval"
            self.broken(law, "one row a day")
            return
        if positive and min(positive) > interval_s:
            law = f"rows must be {self.calendar.interval_min} minutes apart, the planning interval"
            self.broken(law, f"{min(positive) / 60:g} minutes")
            return
        for step, late in steps:
            when = self.time_text(late.start_s)
            if step == 0:
                self.broken("an interval must have one row", f"a second one for {when}", late.line, "start")
            elif step > interval_s and late.start_s // DAY_S == (late.start_s - step) // DAY_S:
                gap = self.time_text(late.start_s - step + interval_s)
                self.broken("no interval of a day may be missing", f"no row for {gap}", late.line, "start")

    def is_open_one_interval(self, interval_s: float) -> bool:
        """Whether the opening hours lie within one planning interval."""
        if self.calendar.open_s is None or self.calendar.close_s is None:
            return False
        return self.calendar.open_s // interval_s == -(-self.calendar.close_s // interval_s) - 1

    def check_cover(self, have: set[int], days: int) -> None:
        per_day = 24 * 60 // self.calendar.interval_min
        for day in range(days):
            slots = {slot - day * per_day for slot in have if slot // per_day == day}
            if not slots:
                self.broken("no day of the scenario may be missing", self.time_text(day * DAY_S))
            if self.calendar.open_s is None or self.calendar.close_s is None:
                continue
            interval_s = self.calendar.interval_min * 60
            wanted = range(
                int(self.calendar.open_s // interval_s), -int(-self.calendar.close_s // interval_s)
            )
            missing = [slot for slot in wanted if slots and slot not in slots]
            if missing:
                gap = self.time_text(day * DAY_S + missing[0] * interval_s)
                self.broken("every interval of the opening hours must have a row", f"no row for {gap}")

    def time_text(self, seconds: float) -> str:
        day = self.calendar.start + dt.timedelta(days=seconds // DAY_S)
        return f"{day} {clock_text(seconds)}"


def _volume(text: str) -> float | None:
    """Volume in a cell; None if it is none. Python's own underscores in numbers are no numbers here."""
    try:
        chats = float(text) if "_" not in text else float("nan")
    except ValueError:
        return None
    return chats if 0 <= chats <= MOST_CHATS else None


def read_forecast(
    path: Path, shown: str, queue: str, calendar: Calendar
) -> tuple[list[float], list[Problem]]:
    """Read the expected chats of a *queue* in each planning interval, and every problem of the file.

    *shown* is the file's name in the problems. Returns (volumes, problems); with problems the volumes are
    of no use.
    """
    reader = _Reader(path, shown, queue, calendar)
    volumes = reader.volumes()
    return volumes, reader.problems
