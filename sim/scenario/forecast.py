"""How many chats does a forecast file expect in each planning interval?

A forecast is a table with a header (what files hold one, `sim.scenario.table` says; what stands where in it,
`sim.scenario.volumes`): a row an interval. Starts are local dates and times, or clock times, which then hold
for every day. Rows outside the scenario's days are left aside; nights need no rows, but between the first and
the last row of a day none may be missing, nor within the opening hours. By the clocks of a zone a time that
comes twice has one row or two, and one that there is not needs none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from sim.errors import Problem
from sim.scenario.hours import Calendar
from sim.scenario.local_time import LocalTime, shown
from sim.scenario.table import TableError, read_table
from sim.scenario.units import DAY_S, clock_text
from sim.scenario.volumes import Volumes, Wanted, read_volumes


@dataclass(frozen=True, slots=True)
class Grid:
    """What a forecast is held against: the scenario's days and planning interval."""

    calendar: Calendar
    interval_min: int
    zone: str | None = None
    """Zone of the file's clocks. Omitted: the centre's."""

    @property
    def n(self) -> int:
        """Planning intervals of the whole scenario."""
        return round(self.calendar.horizon_s / 60 / self.interval_min)

    @property
    def local(self) -> LocalTime:
        """Clocks of the file."""
        return self.calendar.local_of(self.zone)

    @property
    def days(self) -> range:
        """Days of the file's clocks that touch the scenario."""
        return range(self.local.place(0.0)[0], self.local.place(self.calendar.horizon_s - 1)[0] + 1)

    @property
    def start(self) -> dt.date:
        """The first of them."""
        return self.calendar.date(self.days.start)

    @property
    def has_hours(self) -> bool:
        """Whether the centre is closed at times, as far as is said."""
        return self.calendar.hours is not None or self.calendar.holidays is not None

    def open_slots(self, day: int) -> list[int]:
        """Planning intervals of a day of the file in which the centre is open, counted from its midnight."""
        interval_s, found = self.interval_min * 60, set[int]()
        pieces = self.local.pieces(self.days.start + day)
        for on_s, off_s, _ in self.calendar.openings():
            for start_s, end_s, clock_s in pieces:
                first_s, last_s = max(on_s, start_s), min(off_s, end_s, self.calendar.horizon_s)
                if first_s < last_s:
                    ahead_s = clock_s - start_s
                    first, last = (first_s + ahead_s) // interval_s, -(-(last_s + ahead_s) // interval_s)
                    found |= {*range(int(first), int(last))}
        return sorted(found)

    def doubt(self, start_s: float) -> str | None:
        """Whether a clock time, counted from the file's first midnight, is "missing" or comes "twice"."""
        day = int(start_s // DAY_S)
        if self.local.zone is None:
            return None
        at = self.local.pieces(self.days.start + day)
        n = sum(piece.clock_s <= start_s % DAY_S < piece.until_s for piece in at)
        return {0: "missing", 1: None}.get(n, "twice")

    def laid(self, volumes: list[float], second: Mapping[int, float]) -> list[float]:
        """Volumes by the file's clocks in the planning intervals of the scenario (R45).

        *second* are those of times that come twice, the second time, where they have a row of their own.
        """
        if self.local.zone is None:
            return volumes
        interval_s, per_day = self.interval_min * 60.0, 24 * 60 // self.interval_min
        at = np.arange(self.n, dtype=np.float64) * interval_s
        now = shown(self.local, self.calendar.n, at)
        found = []
        for k in range(self.n):
            first = (int(now.day[k]) - self.days.start) * per_day
            cell = first + int(now.clock_s[k] // interval_s)
            chats = volumes[cell]
            if now.twice[k]:
                is_second = self.local.place(float(at[k]))[2]
                chats = (second[cell] if is_second else chats) if cell in second else chats / 2
            if not np.isnan(now.moved_s[k]):
                chats += volumes[first + int(now.moved_s[k] // interval_s)]
            found.append(chats)
        return found

    def __str__(self) -> str:
        """The days, from the first to the last."""
        return _days_text(self.calendar.date(0), self.calendar.date(self.calendar.n - 1))


@dataclass(frozen=True, slots=True)
class Forecast:
    """Volumes of a file, and every problem of it; with any, the volumes are of no use."""

    volumes: list[float]
    problems: list[Problem]
    remarks: list[str]
    """How the file was understood, and what was left out: a sentence each."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    start_s: float
    """Since the first midnight; for clock times, since midnight."""
    chats: float


class _Reader:
    """Lays volumes into the scenario's planning intervals, and collects the problems."""

    def __init__(self, found: Volumes, shown: str, grid: Grid) -> None:
        self.found, self.shown, self.grid = found, shown, grid
        self.problems = list(found.problems)

    def broken(
        self, law: str, got: str = "", line: int | None = None, place: str = "", hint: str = ""
    ) -> None:
        self.problems.append(Problem(self.shown, place, law, got, hint, line=line))

    def volumes(self) -> list[float]:
        rows, interval_s = self.found.rows, self.grid.interval_min * 60.0
        repeats = all(row.day is None for row in rows)
        span_s = DAY_S if repeats else len(self.grid.days) * DAY_S
        inside = self.rows(span_s)
        n, n_inside = self.found.n, len(inside)
        some = f", {n_inside:,} of them in the scenario's days" if n_inside < len(rows) else ""
        self.found.understood.insert(0, f"{n:,} row{'s' if n != 1 else ''}{some}")
        if self.problems:
            return []
        if not repeats and any(row.day is None for row in rows):
            self.broken("dates and mere clock times must not be mixed")
            return []
        if not inside:
            days = [row.day for row in rows if row.day is not None]
            got = f"rows of {_days_text(min(days), max(days))}" if days else "no rows"
            hint = f"begin the scenario with start = {min(days)} (and days = ...)" if days else ""
            self.broken(f"no row lies within the scenario's days, {self.grid}", got, hint=hint)
            return []
        self.check_steps(inside, interval_s)
        volumes, second = [0.0] * round(span_s / interval_s), dict[int, float]()
        have = set[int]()
        for row in inside:
            cell = min(int(row.start_s // interval_s), len(volumes) - 1)
            if cell not in have:
                volumes[cell] = row.chats
                have.add(cell)
            elif cell in second or repeats:
                law, got = "an interval must have one row", f"one more for {self.time_text(row.start_s)}"
                self.broken(f"{law}, or two if it comes twice", got, row.line, "start")
            else:
                second[cell] = row.chats
        if not self.problems:
            self.check_cover(have, repeats=repeats)
            self.check_clocks(interval_s)
            self.tell_clocks([row for row in inside if int(row.start_s // interval_s) not in second])
        every = volumes * (len(self.grid.days) if repeats else 1)
        return every if self.problems else self.grid.laid(every, second)

    def tell_clocks(self, rows: list[_Row]) -> None:
        """Say by whose clocks the *rows* are read, and what becomes of times in doubt (R45)."""
        if self.grid.zone is not None:
            self.found.understood.append(f"times of {self.grid.zone}")
        for doubt, does in (
            ("missing", "do not exist: their chats come as much later as the clocks jump"),
            ("twice", "come twice: half of their chats come each time"),
        ):
            some = [row for row in rows if row.chats and self.grid.doubt(row.start_s) == doubt]
            if some:
                first = self.time_text(some[0].start_s)
                more = f" and {len(some) - 1} more" if len(some) > 1 else ""
                self.found.remarks.append(f"times that {does}: {first}{more}")

    def check_clocks(self, interval_s: float) -> None:
        """Refuse clocks whose intervals begin within those of the centre."""
        local = self.grid.local
        marks = [local.place(0.0)[1], *(p.clock_s for day in self.grid.days for p in local.pieces(day))]
        marks += [p.start_s for day in self.grid.days for p in local.pieces(day)]
        if any(mark % interval_s for mark in marks):
            law = f"rows in the time of {local.zone} must begin with planning intervals of the centre"
            self.broken(
                law, f"intervals of {self.grid.interval_min} minutes", hint="write interval_min = 30, or 15"
            )

    def rows(self, span_s: float) -> list[_Row]:
        """Rows that lie within the scenario's days, in their order."""
        first = self.grid.start
        starts = (
            (row, row.clock_s + ((row.day - first).days * DAY_S if row.day else 0)) for row in self.found.rows
        )
        rows = (_Row(row.line, start_s, row.chats) for row, start_s in starts if 0 <= start_s < span_s)
        return sorted(rows, key=lambda row: row.start_s)

    def check_steps(self, rows: list[_Row], interval_s: float) -> None:
        for row in rows:
            if row.start_s % interval_s:
                law = f"rows must start on the planning interval of {self.grid.interval_min} minutes"
                self.broken(law, self.time_text(row.start_s), row.line, "start")
        steps = [(late.start_s - early.start_s, late) for early, late in pairwise(rows)]
        same_day = [step for step, late in steps if late.start_s % DAY_S >= step]
        positive = [step for step in same_day if step > 0]
        is_daily = len({row.start_s // DAY_S for row in rows}) == len(rows)
        if is_daily and interval_s < DAY_S and not self.is_open_one_interval(interval_s):
            law = f"rows must be {self.grid.interval_min} minutes apart, the planning interval"
            self.broken(law, "one row a day")
            return
        if positive and min(positive) > interval_s:
            law = f"rows must be {self.grid.interval_min} minutes apart, the planning interval"
            self.broken(law, f"{min(positive) / 60:g} minutes")
            return
        for step, late in steps:
            when = self.time_text(late.start_s)
            if step == 0 and self.grid.doubt(late.start_s) == "twice":
                continue
            if step == 0:
                self.broken("an interval must have one row", f"a second one for {when}", late.line, "start")
            elif step > interval_s and late.start_s // DAY_S == (late.start_s - step) // DAY_S:
                between = np.arange(late.start_s - step + interval_s, late.start_s, interval_s).tolist()
                gap = next((at for at in between if self.grid.doubt(at) != "missing"), None)
                if gap is not None:
                    said = f"no row for {self.time_text(gap)}"
                    self.broken("no interval of a day may be missing", said, late.line, "start")

    def is_open_one_interval(self, interval_s: float) -> bool:
        """Whether the opening hours lie within one planning interval."""
        days = [self.grid.open_slots(day) for day in range(len(self.grid.days))]
        return self.grid.has_hours and max(map(len, days)) == 1

    def check_cover(self, have: set[int], *, repeats: bool) -> None:
        per_day = 24 * 60 // self.grid.interval_min
        for day in range(len(self.grid.days)):
            first = 0 if repeats else day * per_day
            slots = {slot - first for slot in have if 0 <= slot - first < per_day}
            wanted = self.grid.open_slots(day) if self.grid.has_hours else []
            if not slots and (wanted or not self.grid.has_hours):
                date = self.time_text(day * DAY_S).split()[0]
                self.broken("no day of the scenario may be missing", f"no row for {date}")
            missing = [slot for slot in wanted if slots and slot not in slots]
            if missing:
                gap = self.time_text(day * DAY_S + missing[0] * self.grid.interval_min * 60)
                self.broken("every interval of the opening hours must have a row", f"no row for {gap}")
                if repeats:
                    break

    def time_text(self, seconds: float) -> str:
        day = self.grid.start + dt.timedelta(days=seconds // DAY_S)
        return f"{day} {clock_text(seconds)}"


def _days_text(first: dt.date, last: dt.date) -> str:
    return str(first) if first == last else f"{first} to {last}"


def read_forecast(path: Path, shown: str, wanted: Wanted, grid: Grid) -> Forecast:
    """Read the expected chats of a queue in each planning interval; *shown* is the file's name in problems.

    Raises
    ------
    OSError
        If the file can't be read, with the reason in `strerror`.
    """
    try:
        table = read_table(path, shown)
    except TableError as error:
        return Forecast([], [Problem(shown, "", error.law, error.got, error.hint, error.line)], [])
    found = read_volumes(table, shown, wanted)
    reader = _Reader(found, shown, grid)
    volumes = reader.volumes()
    understood = [", ".join(found.understood)] if found.n else []  # of no rows a problem says more
    remarks = [f"{shown}: {said}" for said in (*understood, *found.remarks)]
    return Forecast(volumes, reader.problems, remarks)
