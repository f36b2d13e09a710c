"""What stands in a cell of a workbook, and how is it written? Full precision, in the format of its unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isinf, isnan
from typing import Any

from sim.report.numbers import sign
from sim.report.result import PER_ROW, Column, Row
from sim.scenario.units import DAY_S

MONEY = "#,##0.00"
CLOCK = "[hh]:mm"
_SHARE, _WHOLE, _DIGITS = "0.0%", "#,##0", "[>=1000]#,##0;[>=10]#,##0.0;0.00"
_CURRENCY = re.compile(r"[A-Z]{3}|[€$£¥]")
"""Units that are money."""
_ENDS = {"to", "end", "end_s", "to_s"}
"""Names of columns in which midnight is the end of a day: 24:00."""
_BAD_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
Stored = str | int | float | bool | None
"""What a cell can hold."""


def stored(cell: Any, column: Column) -> Stored:
    """A value as a cell has it: clock times are parts of a day, what has no end is ∞, nothing is left empty.

    >>> stored(30600.0, Column("start_s", form="clock")), stored(float("nan"), Column("asa_s", form="number"))
    (0.3541666666666667, None)
    """
    match cell:
        case str():
            return sign(cell) if column.name == "unit" else cell
        case bool() | None:
            return cell
        case int() | float() if isnan(cell):
            return None
        case int() | float() if isinf(cell):
            return "∞" if cell > 0 else "−∞"
        case int() | float():
            return _part_of_day(cell, column) if column.form == "clock" else cell
    return ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else str(cell)


def _part_of_day(seconds: float, column: Column) -> float:
    is_midnight = seconds == DAY_S and column.name in _ENDS
    return 1.0 if is_midnight else (seconds % DAY_S) / DAY_S


def number_format(column: Column, cells: Sequence[Stored], row: Row | None = None) -> str:
    """Format of the numbers of a *column* with these *cells*; of one *row* where each row has its own unit.

    >>> number_format(Column("occupancy", unit="share"), [0.5]), number_format(Column("agents"), [3, None])
    ('0.0%', '#,##0')
    """
    unit = str((row or {}).get("unit", "")) if column.unit == PER_ROW else column.unit
    if column.form == "clock":
        return CLOCK
    if unit == "share":
        return f"+{_SHARE};-{_SHARE};{_SHARE}" if column.form == "difference" else _SHARE
    if _CURRENCY.fullmatch(unit) or column.name.split("_")[0] == "cost":
        return MONEY
    known = [cell for cell in cells if isinstance(cell, int | float)]
    form = _WHOLE if known and all(float(cell).is_integer() for cell in known) else _DIGITS
    return f"+{_WHOLE};-{_WHOLE};0" if column.form == "difference" and form == _WHOLE else form


def sheet_name(name: str, taken: set[str]) -> str:
    """A *name* that a sheet can have and no other has; it is then one of those *taken*.

    >>> sheet_name("a/b: calls", set()), sheet_name("Hours", {"hours"})
    ('a b calls', 'Hours 2')
    """
    clean = " ".join(_BAD_IN_NAME.sub(" ", name).split()).strip("'")[:_LONGEST_NAME].strip() or "sheet"
    found, n = clean, 1
    while found.casefold() in taken | {"history"}:
        n += 1
        found = f"{clean[: _LONGEST_NAME - len(str(n)) - 1]} {n}"
    taken.add(found.casefold())
    return found
