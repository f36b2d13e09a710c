"""What stands in the cells of a workbook? Values with their places, and everything that can't be read.

Nothing is guessed: merged cells, hidden rows, formulas without values, numbers and dates as text are told.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from warnings import catch_warnings

from sim.errors import Problem
from sim.scenario.excel.layout import SHEETS, Heading, Kind, SheetLayout
from sim.scenario.table import TableError, checked_workbook
from sim.scenario.units import DAY_S, end_text
from sim.scenario.words import did_you_mean

MOST_ROWS, MOST_COLUMNS = 20_000, 100
"""Rows and columns of a sheet that are read."""
_EXCEL_EPOCH = dt.datetime(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and where it stands, as in ``volumes!C5``."""

    value: Any
    at: str


@dataclass(slots=True)
class Row:
    """Cells of a row by the heading of their column."""

    cells: dict[str, Cell]
    at: str
    """The sheet and the first cell of the row."""

    def __getitem__(self, title: str) -> Any:
        cell = self.cells.get(title)
        return None if cell is None else cell.value

    def place(self, title: str) -> str:
        """Where a value stands, or should."""
        cell = self.cells.get(title)
        return self.at if cell is None else cell.at


@dataclass(slots=True)
class Reading:
    """What was read of a workbook: rows by sheet, problems, and remarks on what is not read."""

    file: str
    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def wrong(self, at: str, law: str, got: Any = "", hint: str = "") -> None:
        """Add a problem of a cell."""
        self.problems.append(Problem(self.file, at, law, repr(got) if got != "" else "", hint))


def read_sheets(data: bytes, file: str) -> Reading:
    """Read all sheets of a scenario's workbook; *file* is its name in problems.

    Raises
    ------
    TableError
        If it is none, or can't be read.
    """
    openpyxl = checked_workbook(data)
    try:
        with catch_warnings(action="ignore"):  # of styles that it does not know
            told = openpyxl.load_workbook(io.BytesIO(data))
            values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except Exception as error:  # its reader raises whatever the damage leads to
        raise TableError(f"is a workbook that can't be read: {type(error).__name__}") from None
    reading = Reading(file)
    names = _named(told.sheetnames, reading)
    for layout in SHEETS:
        if layout.name in names:
            name = names[layout.name]
            _Sheet(layout, told[name], values[name], reading).read()
    return reading


def _named(there: list[str], reading: Reading) -> dict[str, str]:
    """Names of our sheets as the workbook writes them; says which are missing, and which are not read."""
    ours = [layout.name for layout in SHEETS]
    names = {name.strip().casefold(): name for name in there}
    found = {name: names[name] for name in ours if name in names}
    others = [name for name in there if name.strip().casefold() not in ours]
    for layout in SHEETS:
        if layout.name in found:
            continue
        hint = did_you_mean(layout.name, others).removeprefix("; ")
        if layout.is_needed or hint:
            law = "the sheet is missing" if layout.is_needed else "a sheet has nearly this name"
            reading.wrong(layout.name, law, "", hint or f"there are {', '.join(there)}")
    for name in others:
        reading.remarks.append(f"{reading.file}: the sheet {name!r} is not read")
    return found


class _Sheet:
    """Reads a sheet."""

    def __init__(self, layout: SheetLayout, told: Any, values: Any, reading: Reading) -> None:
        self.layout, self.told, self.values, self.reading = layout, told, values, reading
        self.name = layout.name

    def read(self) -> None:
        """Give its rows to the reading, and its problems."""
        rows = self.reading.rows.setdefault(self.name, [])
        self._refuse_merged()
        if self.told.sheet_state != "visible":
            self.reading.wrong(self.name, "the sheet is hidden: show it, or delete it")
        top, columns = self._headings()
        if not columns:
            return
        self._refuse_hidden(top, columns)
        for line, cells in enumerate(self._lines(top + 1), start=top + 1):
            found: dict[str, Cell] = {}
            for place, heading in columns.items():
                value = self._value(line, place, heading, cells)
                if value is not None:
                    found[heading.title] = Cell(value, self._at(line, place))
            first = min(columns)
            if found:
                rows.append(Row(found, self._at(line, first)))
                self._refuse_missing(rows[-1], columns, line)

    def _at(self, line: int, place: int) -> str:
        return f"{self.name}!{_letters(place)}{line}"

    def _lines(self, first: int) -> Iterator[tuple[Any, ...]]:
        last = min(self.told.max_row, MOST_ROWS)
        yield from self.told.iter_rows(min_row=first, max_row=last, max_col=MOST_COLUMNS, values_only=True)

    def _refuse_merged(self) -> None:
        for span in sorted(map(str, self.told.merged_cells.ranges)):
            self.reading.wrong(f"{self.name}!{span}", "cells are merged: unmerge them")

    def _headings(self) -> tuple[int, dict[int, Heading]]:
        """The row of headings, and the column of each; the problems of those that nobody knows."""
        known = {heading.title.casefold(): heading for heading in self.layout.headings}
        best: tuple[int, int, dict[int, Any]] = 0, 0, {}
        for line, cells in enumerate(self._lines(1), start=1):
            words = {k: cell for k, cell in enumerate(cells, start=1) if cell is not None}
            n = sum(_bare(word) in known for word in words.values())
            if n > best[0]:
                best = n, line, words
            if line > 20:
                break
        n, top, words = best
        if n < min(2, len(known)):
            wanted = ", ".join(heading.shown for heading in self.layout.headings)
            self.reading.wrong(self.name, "has no row of headings", "", f"they are {wanted}")
            return 0, {}
        columns: dict[int, Heading] = {}
        for place, word in words.items():
            heading = known.get(_bare(word))
            if heading is None:
                names = [each.title for each in self.layout.headings]
                hint = did_you_mean(str(word), names).removeprefix("; ") or f"there are {', '.join(names)}"
                self.reading.wrong(self._at(top, place), "no column has this heading", word, hint)
            elif heading in columns.values():
                self.reading.wrong(self._at(top, place), "stands twice among the headings", word)
            else:
                columns[place] = heading
        for heading in self.layout.headings:
            if heading.is_needed and heading not in columns.values():
                self.reading.wrong(f"{self.name}!{top}:{top}", f"the column {heading.shown} is missing")
        return top, columns

    def _refuse_hidden(self, top: int, columns: dict[int, Heading]) -> None:
        """Say which rows and columns with anything in them are hidden."""
        from openpyxl.utils import column_index_from_string  # noqa: PLC0415  an extra

        for letters, dimension in self.told.column_dimensions.items():
            if dimension.hidden:
                first = dimension.min or column_index_from_string(letters)
                for place in range(first, min(dimension.max or first, MOST_COLUMNS) + 1):
                    if place in columns:
                        self.reading.wrong(
                            f"{self.name}!{_letters(place)}:{_letters(place)}",
                            "the column is hidden: show it, or delete it",
                        )
        for line, dimension in self.told.row_dimensions.items():
            if dimension.hidden and line > top and any(cell.value is not None for cell in self.told[line]):
                self.reading.wrong(f"{self.name}!{line}:{line}", "the row is hidden: show it, or delete it")

    def _refuse_missing(self, row: Row, columns: dict[int, Heading], line: int) -> None:
        for place, heading in columns.items():
            at = self._at(line, place)
            if heading.is_needed and heading.title not in row.cells and not self._is_told(at):
                self.reading.wrong(at, f"{heading.title} is missing: {heading.meaning}")

    def _is_told(self, at: str) -> bool:
        return any(problem.place == at for problem in self.reading.problems)

    def _value(self, line: int, place: int, heading: Heading, cells: tuple[Any, ...]) -> Any:
        """Value of a cell, if there is one that can be read."""
        raw = cells[place - 1] if place <= len(cells) else None
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        at, value = self._at(line, place), self.values.cell(line, place).value
        if isinstance(raw, str) and raw.startswith("=") and self.told.cell(line, place).data_type == "f":
            if value is None:
                law = "the formula has no value: open the workbook in a spreadsheet program and save it"
                self.reading.wrong(at, law, raw)
                return None
        elif type(raw).__name__ in {"ArrayFormula", "DataTableFormula"} and value is None:
            self.reading.wrong(at, "the formula has no value: open the workbook and save it")
            return None
        if self.values.cell(line, place).data_type == "e":
            self.reading.wrong(at, "the cell has an error", value)
            return None
        return self._of_kind(at, value, heading.kind)

    def _of_kind(self, at: str, value: Any, kind: Kind) -> Any:
        """A value as its column wants it; None, with a problem, if it is of another kind."""
        found, law = converted(value, kind)
        if law:
            self.reading.wrong(at, law, str(value) if not isinstance(value, str | int | float) else value)
        return found


def _bare(word: Any) -> str:
    """A heading without its unit and its case."""
    return str(word).split("(")[0].strip().casefold()


def _letters(place: int) -> str:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  an extra

    return str(get_column_letter(place))


def converted(value: Any, kind: Kind) -> tuple[Any, str]:
    """A cell's value as *kind* wants it, and the law that it breaks.

    >>> converted("12,5", "number")
    (None, 'must be a number, and is text')
    >>> converted(8.0, "whole"), converted(0.354166666667, "time"), converted("24:00", "time")
    ((8, ''), ('08:30', ''), ('24:00', ''))
    """
    if kind == "any":
        return (value.strip() if isinstance(value, str) else value), ""
    return _CONVERT[kind](value)


def _text(value: Any) -> tuple[Any, str]:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip(), ""


def _number(value: Any) -> tuple[Any, str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        what = "text" if isinstance(value, str) else "no number"
        return None, f"must be a number, and is {what}"
    return value, ""


def _whole(value: Any) -> tuple[Any, str]:
    number, law = _number(value)
    if law:
        return None, law
    if float(number) != int(number):
        return None, "must be a whole number"
    return int(number), ""


def _time(value: Any) -> tuple[Any, str]:
    """A clock time as scenarios write it."""
    if isinstance(value, dt.datetime):
        seconds = (value - _EXCEL_EPOCH).total_seconds()
    elif isinstance(value, dt.time):
        seconds = value.hour * 3600.0 + value.minute * 60 + value.second + value.microsecond / 1e6
    elif isinstance(value, dt.timedelta):
        seconds = value.total_seconds()
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value * DAY_S
    elif isinstance(value, str) and value.strip().replace(":", "").isdecimal() and ":" in value:
        return value.strip(), ""
    else:
        return None, "must be a time, such as 08:30"
    seconds = float(round(seconds))
    if not 0 <= seconds <= DAY_S:
        return None, "must be a time of a day, 00:00 to 24:00"
    if seconds % 60:
        return f"{end_text(seconds)}:{int(seconds % 60):02d}", ""
    return end_text(seconds), ""


def _date(value: Any) -> tuple[Any, str]:
    if isinstance(value, dt.datetime):
        return value.date(), ""
    if isinstance(value, dt.date):
        return value, ""
    what = "text" if isinstance(value, str) else "no date"
    return None, f"must be a date, and is {what}: type it anew, such as 2026-03-02, in a cell that is no text"


def _list(value: Any) -> tuple[Any, str]:
    words = [word.strip() for word in str(value).replace(";", ",").split(",")]
    return [word for word in words if word], ""


_CONVERT: Mapping[Kind, Callable[[Any], tuple[Any, str]]] = {
    "text": _text, "number": _number, "share": _number, "whole": _whole, "time": _time, "date": _date,
    "list": _list,
}  # fmt: skip
