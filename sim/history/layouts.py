"""Whose export is this? Layouts of WFM tools whose columns are known for sure, told by their header or shape.

Sources: Genesys Cloud, *Prepare the historical data import CSV file* and its forecast import template; Amazon
Connect, *Prepare data for forecasting* and *Override a forecast*; Verint, *Format of the Import File*
(Strategic Planner); Calabrio WFM (Teleopti), *Queue data file format*, and the header of its forecast files;
NICE IEX WFM, *CT Results Export Module* (which fields a file has is agreed upon with each customer, and
stands in its first line). Of others, Eleveo among them, the order of columns is not known for sure: a header
is read by its words, and what has none needs a mapping.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sim.history.mapping import Columns, Mapping
from sim.history.words import folded
from sim.scenario.cells import DateOrder
from sim.scenario.table import Row, Table

_MONTH_FIRST = re.compile(r"\d{1,2}-\d{1,2}-\d{4}")
_STAMP = re.compile(r"(\d{8}|\d{4}-\d{2}-\d{2}) \d{1,2}:\d{2}(:\d{2})?")
_CALABRIO = 21
"""Fields of a row of Calabrio's queue statistics."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout: whose it is, how it is told, and where what stands."""

    name: str
    fits: Callable[[Table], bool]
    mapping: Mapping


def layout_of(table: Table) -> Layout | None:
    """Give the known layout that a *table* has, if it is one."""
    return next((layout for layout in LAYOUTS if layout.fits(table)), None)


def _has(*names: str) -> Callable[[Table], bool]:
    """Whether a header has all these columns."""

    def fits(table: Table) -> bool:
        return {folded(name) for name in names} <= {folded(cell) for cell in table.header.cells}

    return fits


def _rows(table: Table) -> list[Row]:
    """First rows of a table that may have no header."""
    return [table.header, *table.rows[:20]]


def _is_verint(table: Table) -> bool:
    """``queue, M-D-YYYY, volume, AHT`` in every row, and no header."""
    return all(
        len(row.cells) == 4
        and _MONTH_FIRST.fullmatch(row.cells[1])
        and not _MONTH_FIRST.fullmatch(row.cells[0])
        for row in _rows(table)
    )


def _is_calabrio(table: Table) -> bool:
    """Interval length, date, time, queue's number and name, and 16 figures; no header."""
    return all(
        len(row.cells) == _CALABRIO
        and row.cells[0] in {"15", "30", "60"}
        and re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", row.cells[2])
        for row in _rows(table)
    )


def _is_teleopti(table: Table) -> bool:
    """Skill, start, end, tasks, task time, after-task time, perhaps agents; no header."""
    return all(
        len(row.cells) in {6, 7} and _STAMP.fullmatch(row.cells[1]) and _STAMP.fullmatch(row.cells[2])
        for row in _rows(table)
    )


def _is_nice(table: Table) -> bool:
    """A first line that begins with #fields."""
    return table.header.cells[0].casefold().startswith("#fields")


_TELEOPTI = Columns(start=2, end=3, queue=1, offered=4, aht_s=(5, 6))

LAYOUTS = (
    Layout(
        "Genesys Cloud, historical data",
        _has("Interval Start UTC Date", "Queue", "Offered"),
        Mapping(
            times="utc",
            add=("Skill Set", "Language"),
            columns=Columns(
                start="Interval Start UTC Date",
                queue="Queue",
                media="Media Type",
                offered="Offered",
                handled="Interactions Handled",
                handle_s="Total Handle Time (Seconds)",
            ),
        ),
    ),
    Layout(
        "Genesys Cloud, forecast",
        _has("Interval Start UTC Date", "Planning Group", "Offered"),
        Mapping(
            times="utc",
            columns=Columns(
                start="Interval Start UTC Date",
                queue="Planning Group",
                offered="Offered",
                aht_s="Average Handle Time",
            ),
        ),
    ),
    Layout(
        "Amazon Connect",
        _has("QueueName", "ChannelType", "TimeStamp", "IncomingContactVolume"),
        Mapping(
            times="utc",
            columns=Columns(
                start="TimeStamp",
                length="IntervalDuration",
                queue="QueueName",
                media="ChannelType",
                offered="IncomingContactVolume",
                handled="ContactsHandled",
                aht_s="AverageHandleTime",
            ),
        ),
    ),
    Layout(
        "Verint",
        _is_verint,
        Mapping(
            header=False,
            dates=DateOrder.MONTH_FIRST,
            columns=Columns(queue=1, start=2, offered=3, aht_s=4),
        ),
    ),
    Layout(
        "Calabrio WFM, queue statistics",
        _is_calabrio,
        Mapping(
            header=False,
            columns=Columns(
                length=1, date=2, time=3, queue=5, offered=(6, 7), abandoned=8, handled=10, handle_s=(13, 14)
            ),
        ),
    ),
    Layout(
        "Calabrio WFM (Teleopti), forecast",
        _has("skillname", "startdatetime", "tasks", "tasktime"),
        Mapping(columns=_TELEOPTI),
    ),
    Layout("Calabrio WFM (Teleopti), forecast", _is_teleopti, Mapping(header=False, columns=_TELEOPTI)),
)
"""All of them; the first that fits is taken."""


def is_nice(table: Table) -> bool:
    """Whether a table is an export of NICE IEX WFM, whose first line says which fields it has."""
    return _is_nice(table)


def nice_header(table: Table) -> Table:
    """Take the mark off the first field of such a table."""
    first = re.sub(r"^#fields\W*", "", table.header.cells[0], flags=re.IGNORECASE)
    cells = (first, *table.header.cells[1:]) if first else table.header.cells[1:]
    header = Row(table.header.line, cells)
    return Table(header, table.rows, table.mark, table.understood, table.remarks, table.problems, table.lines)
