"""What stands in a cell that computes? A formula, and the value that it has: both are made together.

So a workbook shows the same before and after it is recalculated, and a formula that would give something else
than the result is never written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

Number = int | float
DUST = 1e-9
"""What sums of numbers may be off by."""


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression over cells, and its value; None where a cell in it is empty, or it has no value.

    >>> hours, contract = Formula("B3", 380.0), Formula("B1", 40.0)
    >>> (hours / (1 - Formula("B2", 0.05)) / contract).text
    'B3/(1-B2)/B1'
    """

    text: str
    """Without the equals sign. Cells are named with their sheet, in quotes."""
    value: float | None
    rank: int = 2
    """What binds its parts: 0 for a sum, 1 for a product, 2 where nothing can come between."""

    def within(self, sheet: str) -> str:
        """How it reads in a cell of a *sheet*, whose own cells need no name of a sheet."""
        own = f"'{quoted(sheet)}'!"
        return f"={self.text.replace(own, '')}"

    def __add__(self, other: Formula | Number) -> Formula:
        return _joined(self, "+", other)

    def __radd__(self, other: Number) -> Formula:
        return _joined(other, "+", self)

    def __sub__(self, other: Formula | Number) -> Formula:
        return _joined(self, "-", other)

    def __rsub__(self, other: Number) -> Formula:
        return _joined(other, "-", self)

    def __mul__(self, other: Formula | Number) -> Formula:
        return _joined(self, "*", other)

    def __rmul__(self, other: Number) -> Formula:
        return _joined(other, "*", self)

    def __truediv__(self, other: Formula | Number) -> Formula:
        return _joined(self, "/", other)

    def __rtruediv__(self, other: Number) -> Formula:
        return _joined(other, "/", self)


@dataclass(frozen=True, slots=True)
class Span:
    """Cells below each other, and their values."""

    text: str
    values: tuple[float | str | None, ...]

    def total(self) -> Formula:
        """Sum of all that are numbers."""
        return Formula(f"SUM({self.text})", float(sum(_numbers(self.values))))

    def where(self, *pairs: tuple[Span, Formula, str]) -> Formula:
        """Sum of those beside whose keys a name stands, for each pair of keys and the name and its cell.

        Names are compared whole, as spreadsheets do: without their case. (SUMIFS would take `*` and `>` in
        them for patterns.)
        """
        total = 0.0
        for k, value in enumerate(self.values):
            if all(str(keys.values[k]).casefold() == name.casefold() for keys, _, name in pairs):
                total += _number(value)
        asked = ",".join(f"--({keys.text}={cell.text})" for keys, cell, _ in pairs)
        return Formula(f"SUMPRODUCT({asked},{self.text})", total)

    def most(self) -> Formula:
        """The greatest."""
        return Formula(f"MAX({self.text})", max(_numbers(self.values), default=0.0))


def hours_of(agents: Span, start: Span, end: Span) -> Formula:
    """Hours of so many agents from *start* to *end*, which are parts of a day."""
    rows = zip(*(map(_number, span.values) for span in (agents, start, end)), strict=True)
    text = f"SUMPRODUCT({agents.text}*({end.text}-{start.text}))*24"
    return Formula(text, 24 * sum(n * (b - a) for n, a, b in rows), rank=1)


def most_at_once(spans: Sequence[Span]) -> Formula:
    """The greatest sum over a row."""
    rows = zip(*(map(_number, span.values) for span in spans), strict=True)
    return Formula(
        f"SUMPRODUCT(MAX({'+'.join(span.text for span in spans)}))", max(map(sum, rows), default=0.0)
    )


def rounded_up(part: Formula) -> Formula:
    """The next whole number, the dust of sums forgiven."""
    value = None if part.value is None else float(ceil(part.value - DUST))
    return Formula(f"ROUNDUP({part.text}-{DUST:.0E},0)", value)


def rounded_down(part: Formula) -> Formula:
    """The whole number below, the dust of sums forgiven."""
    value = None if part.value is None else float(floor(part.value + DUST))
    return Formula(f"ROUNDDOWN({part.text}+{DUST:.0E},0)", value)


def quoted(sheet: str) -> str:
    """Name of a sheet within quotes."""
    return sheet.replace("'", "''")


def most(first: Formula | Number, second: Formula | Number) -> Formula:
    """The greater of two."""
    a, b = _value(first), _value(second)
    value = None if a is None or b is None else max(a, b)
    return Formula(f"MAX({_text(first)},{_text(second)})", value)


def added(some: Sequence[Formula]) -> Formula:
    """Sum of some cells, one by one."""
    return sum(some[1:], start=some[0]) if some else Formula("0", 0.0)


def _joined(left: Formula | Number, sign: Literal["+", "-", "*", "/"], right: Formula | Number) -> Formula:
    a, b = _value(left), _value(right)
    value: float | None
    if a is None or b is None or (sign == "/" and b == 0):
        value = None
    else:
        value = a + b if sign == "+" else a - b if sign == "-" else a * b if sign == "*" else a / b
    rank = 0 if sign in "+-" else 1
    return Formula(f"{_text(left, rank)}{sign}{_text(right, rank + (sign in '-/'))}", value, rank)


def _value(part: Formula | Number) -> float | None:
    return part.value if isinstance(part, Formula) else part


def _text(part: Formula | Number, rank: int = 0) -> str:
    """Text of a part, in brackets if less binds it than what is around it."""
    if isinstance(part, Formula):
        return part.text if part.rank >= rank else f"({part.text})"
    return repr(part) if part >= 0 else f"({part!r})"


def _numbers(values: Sequence[float | str | None]) -> list[float]:
    return [value for value in values if isinstance(value, int | float)]


def _number(value: float | str | None) -> float:
    return value if isinstance(value, int | float) else 0.0
