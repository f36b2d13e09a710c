"""Does a table have a column for each interval, or for each day? Then it is turned: a row for each cell."""

from __future__ import annotations

from dataclasses import replace

from sim.history.recognise import UnknownTableError
from sim.history.times import Moment, read_moment
from sim.history.words import is_total
from sim.scenario.table import Row, Table

_FEWEST = 2
"""Columns that are named after times or days, at least; fewer are a mistake, or data without a header."""
_WEEKDAYS = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
}  # fmt: skip
_HOURS = [str(hour) for hour in range(24)]


def long_of(table: Table) -> Table:
    """Give a *table* with a row for each interval, whether it has columns or rows for them.

    Of columns named 08:00, 08:30, … each cell of a row is one interval of its day; of columns named after
    days, one of its clock time. What stands in the other columns goes with each cell; totals are left out.

    Raises
    ------
    UnknownTableError
        If columns are named after weekdays, which are no dates.
    """
    names = _named(table.header.cells)
    found = {k: moment for k, name in enumerate(names) if (moment := read_moment(name)) is not None}
    if 0 in found or len(found) < _FEWEST:
        _refuse_weekdays(table)
        return table
    are_days = all(moment.stamp.has_date and moment.stamp.clock_s is None for moment in found.values())
    if not are_days and not all(_is_clock(moment) for moment in found.values()):
        return table
    others = [k for k, name in enumerate(names) if k not in found and name and not is_total(name)]
    column = "Date" if are_days else "Time"
    header = Row(table.header.line, (*(names[k] for k in others), column, "Offered"))
    rows = [
        Row(row.line, (*(_cell(row, j) for j in others), names[k], _cell(row, k)))
        for row in table.rows
        if not any(is_total(_cell(row, j)) for j in others)
        for k in found
    ]
    what = "day" if are_days else "interval"
    said = (*table.understood, f"a column for each {what}")
    return replace(table, header=header, rows=rows, understood=said)


def _named(cells: tuple[str, ...]) -> list[str]:
    """Names of columns; hours of the day that are mere numbers, all of them, as clock times."""
    numbers = [cell.lstrip("0") or "0" for cell in cells if cell.isdigit()]
    if numbers != _HOURS:
        return list(cells)
    return [f"{int(cell):02d}:00" if cell.isdigit() else cell for cell in cells]


def _is_clock(moment: Moment) -> bool:
    return not moment.stamp.has_date and moment.stamp.clock_s is not None


def _refuse_weekdays(table: Table) -> None:
    weekdays = [cell for cell in table.header.cells if cell.strip(" .").casefold() in _WEEKDAYS]
    if len(weekdays) > _FEWEST:
        law = "columns must be named after days such as 2026-03-02, and are named after weekdays"
        hint = "export the days; a usual week alone can stand in a scenario, as 168 rates of per_hour"
        raise UnknownTableError(law, hint)


def _cell(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""
