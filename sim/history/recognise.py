"""What stands where in a table of no known layout? Told by words of its header, and looks of cells."""

from __future__ import annotations

from itertools import islice

from sim.history.account import How
from sim.history.mapping import Columns, Mapping
from sim.history.times import is_month, read_moment
from sim.history.words import (
    ABANDONED,
    END,
    HANDLED,
    LENGTH,
    MEAN_TIME,
    MEDIA,
    QUEUE,
    SOME_TIME,
    TOTAL_TIME,
    ZONE,
    first_of,
    folded,
)
from sim.scenario.cells import Decimals, looks_like, read_number
from sim.scenario.table import Table

_SAMPLE = 200
"""Cells that show what a column holds."""
_MOST = 0.5
"""Share of a column's cells that have the looks of what it holds, at least."""


class UnknownTableError(Exception):
    """A table whose header does not say what stands where."""

    def __init__(self, law: str, hint: str = "") -> None:
        super().__init__(law)
        self.law, self.hint = law, hint


def recognised(table: Table, how: How) -> Mapping:
    """Find what stands where in a *table*, each column by its number.

    Raises
    ------
    UnknownTableError
        If the header leaves it open.
    """
    return _Finder(table, how).mapping()


def cells_of(table: Table, column: int) -> list[str]:
    """The first filled cells of a *column*."""
    filled = (row.cells[column] for row in table.rows if len(row.cells) > column and row.cells[column])
    return list(islice(filled, _SAMPLE))


class _Finder:
    def __init__(self, table: Table, how: How) -> None:
        self.table, self.how = table, how
        self.header = [folded(cell) for cell in table.header.cells]
        self.free = set(range(len(self.header)))

    def take(self, *names: str) -> int | None:
        """Number of the first column with one of the *names*, which is then taken; None for none."""
        found = first_of(names, self.header, self.free)
        if found is None:
            return None
        self.free.discard(found)
        return found + 1

    def mapping(self) -> Mapping:
        if not self.table.rows:
            raise UnknownTableError("holds no row below its header")
        if any(read_moment(cell) for cell in self.table.header.cells):
            raise UnknownTableError(
                "the first line must name the columns",
                "a file without such a line needs a mapping with header = false and columns by number",
            )
        named = self.take(*self.how.names)
        queue, media = self.take(*QUEUE), self.take(*MEDIA)
        length = self.length()
        zone = self.take(*ZONE)
        total, mean = self.take(*TOTAL_TIME), self.take(*MEAN_TIME)
        either = self.take(*SOME_TIME) if total is None and mean is None else None
        times = self.times()
        offered = named or self.told_apart() or self.only_number()
        handled, abandoned = self.take(*HANDLED), self.take(*ABANDONED)
        if either is not None:
            contacts = handled or (offered if isinstance(offered, int) else offered[0])
            total, mean = (either, None) if self.is_sum(either, contacts) else (None, either)
        return Mapping(
            columns=Columns(
                **times, length=length, queue=queue, media=media, zone=zone, offered=offered,
                handled=handled, abandoned=abandoned, handle_s=total, aht_s=None if total else mean,
            )
        )  # fmt: skip

    def length(self) -> int | None:
        """Column of intervals' lengths; one named "interval" if it holds 15, 30 or 60."""
        found = self.take(*LENGTH)
        if found is None and "interval" in self.header:
            k = self.header.index("interval")
            cells = cells_of(self.table, k)
            if cells and all(cell in {"15", "30", "60"} for cell in cells):
                self.free.discard(k)
                return k + 1
        return found

    def times(self) -> dict[str, int]:
        """Columns of the start: one of both, or a date and a time; and of the end."""
        both: list[int] = []
        dates: list[int] = []
        clocks: list[int] = []
        for k in sorted(self.free):
            cells = cells_of(self.table, k)
            moments = [moment for cell in cells if (moment := read_moment(cell)) is not None]
            plain = self.header[k] in {"time", "period", "interval", "start time"} and all(
                cell.isdigit() and len(cell) in {3, 4} for cell in cells
            )
            if cells and plain:
                clocks.append(k)
                continue
            if not moments or sum(map(_looks, cells)) <= _MOST * len(cells):
                continue  # days that there are not have the looks of dates, and are told later
            dated = [moment for moment in moments if moment.stamp.has_date]
            timed = [moment for moment in moments if moment.stamp.clock_s is not None]
            (both if dated and timed else dates if dated else clocks).append(k)
        found = self.chosen(both, dates, clocks)
        for k in found.values():
            self.free.discard(k - 1)
        return found

    def chosen(self, both: list[int], dates: list[int], clocks: list[int]) -> dict[str, int]:
        """Of the columns that hold times, those of the start and of the end."""
        ends = {k for k in (*both, *clocks) if END.search(self.header[k])}
        starts, clocks = [k for k in both if k not in ends], [k for k in clocks if k not in ends]
        if starts:
            end = {"end": min(ends) + 1} if ends & set(both) else {}
            return {"start": starts[0] + 1, **end}
        if dates:
            return {"date": dates[0] + 1, **({"time": clocks[0] + 1} if clocks else {})}
        if clocks and self.how.takes_clocks:
            return {"start": clocks[0] + 1}
        if clocks:
            raise UnknownTableError(
                "history needs dates, and there are clock times alone",
                "name the column of dates in a mapping",
            )
        hint = "a spreadsheet's serial numbers must be formatted as dates" if self.has_serials() else ""
        if self.has_months():
            hint = "months need their year: January 2026, or 2026-01"
        raise UnknownTableError("no column holds dates and times such as 2026-03-02 08:00", hint)

    def has_serials(self) -> bool:
        """Whether a column holds what a spreadsheet has where a date is not formatted as one."""

        def is_serial(cell: str) -> bool:
            return cell[:5].isdigit() and "30000" <= cell[:5] <= "79999" and (cell[5:6] or ".") in ".,"

        columns = [cells_of(self.table, k) for k in self.free]
        return any(cells and all(map(is_serial, cells)) for cells in columns)

    def has_months(self) -> bool:
        """Whether a column holds names of months without a year."""
        columns = [cells_of(self.table, k) for k in self.free]
        return any(cells and all(map(is_month, cells)) for cells in columns)

    def told_apart(self) -> tuple[int, int] | None:
        """Columns of those who were answered and of those who left, which together are all who came."""
        places = (first_of(names, self.header, self.free) for names in (HANDLED, ABANDONED))
        handled, abandoned = places
        return None if handled is None or abandoned is None else (handled + 1, abandoned + 1)

    def only_number(self) -> int:
        """The only column that holds numbers, which then are the contacts."""
        numbers = [k for k in sorted(self.free) if self.is_numeric(k)]
        likely = [
            k
            for k in numbers
            if not {"time", "wait", "asa", "level", "id", "pct"} & set(self.header[k].split())
        ]
        if len(likely) == 1:
            self.free.discard(likely[0])
            return likely[0] + 1
        names = ", ".join(repr(self.table.header.cells[k]) for k in likely[:6])
        raise UnknownTableError(
            f"no column has a name such as {', '.join(self.how.names[:4])}",
            f"say which in a mapping: [columns] offered = ...; there are {names}" if names else "",
        )

    def is_numeric(self, column: int) -> bool:
        cells = cells_of(self.table, column)
        fine = sum(any(read_number(cell, each) is not None for each in Decimals) for cell in cells)
        return bool(cells) and fine > _MOST * len(cells)

    def is_sum(self, time: int, contacts: int) -> bool:
        """Whether handling times are sums: divided by the contacts they vary less than as they are."""
        pairs = []
        for row in self.table.rows[:2_000]:
            cells = [row.cells[k - 1] if len(row.cells) >= k else "" for k in (time, contacts)]
            seconds, n = (read_number(cell, Decimals.POINT) for cell in cells)
            if seconds and n and n > 0:
                pairs.append((seconds, n))
        if len(pairs) < 2:
            return False
        return _variation([seconds / n for seconds, n in pairs]) < _variation(
            [seconds for seconds, _ in pairs]
        )


def _looks(cell: str) -> bool:
    """Whether a cell is a time, or has the looks of one."""
    return any(looks_like(cell)) or read_moment(cell) is not None


def _variation(values: list[float]) -> float:
    """Coefficient of variation."""
    mean = sum(values) / len(values)
    return float((sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5 / mean)
