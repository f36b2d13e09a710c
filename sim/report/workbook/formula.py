"""What stands in a cell that computes? A formula, and the value that it has: both are made together.

So a workbook shows the same before and after it is recalculated, and a formula that would give something else
than the result is never written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Number = int | float


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression over cells, and its value; None where a cell in it is empty, or it has no value.

    >>> hours, contract = Formula("B3", 380.0), Formula("B1", 40.0)
    >>> (hours / (1 - Formula("B2", 0.05)) / contract).text
    '(B3/(1-B2))/B1'
    """

    text: str
    """Without the equals sign. Cells are named with their sheet, in quotes."""
    value: float | None
    is_whole: bool = True
    """Whether it may stand in another formula without brackets."""

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

    def where(self, keys: Span, key: Formula, name: str) -> Formula:
        """Sum of those beside whose *keys* a *name* stands, which is in the cell *key*."""
        pairs = zip(keys.values, self.values, strict=True)
        total = sum(_numbers([value for at, value in pairs if at == name]))
        return Formula(f"SUMIF({keys.text},{key.text},{self.text})", float(total))

    def times(self, *others: Span, minus: Span | None = None, factor: Number = 1) -> Formula:
        """Sum of the products with cells of the same rows; of the last, those of another may be taken off.

        Empty cells count as zero.
        """
        columns = [_zeros(each.values) for each in (self, *others)]
        last = [0.0] * len(self.values) if minus is None else _zeros(minus.values)
        total = 0.0
        for k in range(len(self.values)):
            product = 1.0
            for column in columns[:-1]:
                product *= column[k]
            total += product * (columns[-1][k] - last[k])
        texts = [self.text, *(each.text for each in others)]
        if minus is not None:
            texts[-1] = f"({texts[-1]}-{minus.text})"
        text = f"SUMPRODUCT({'*'.join(texts) if minus is not None else ','.join(texts)})"
        return Formula(text, total) if factor == 1 else Formula(text, total) * factor


def quoted(sheet: str) -> str:
    """Name of a sheet within quotes."""
    return sheet.replace("'", "''")


def most(first: Formula | Number, second: Formula | Number) -> Formula:
    """The greater of two."""
    a, b = _value(first), _value(second)
    value = None if a is None or b is None else max(a, b)
    return Formula(f"MAX({_text(first, within=False)},{_text(second, within=False)})", value)


def added(some: Sequence[Formula]) -> Formula:
    """Sum of some cells, one by one."""
    values = [each.value for each in some]
    value = None if None in values else float(sum(_numbers(values)))
    return Formula("+".join(_text(each) for each in some) or "0", value, is_whole=len(some) == 1)


def _joined(left: Formula | Number, sign: Literal["+", "-", "*", "/"], right: Formula | Number) -> Formula:
    a, b = _value(left), _value(right)
    value: float | None
    if a is None or b is None or (sign == "/" and b == 0):
        value = None
    else:
        value = a + b if sign == "+" else a - b if sign == "-" else a * b if sign == "*" else a / b
    return Formula(f"{_text(left)}{sign}{_text(right)}", value, is_whole=False)


def _value(part: Formula | Number) -> float | None:
    return part.value if isinstance(part, Formula) else part


def _text(part: Formula | Number, *, within: bool = True) -> str:
    if isinstance(part, Formula):
        return part.text if part.is_whole or not within else f"({part.text})"
    return repr(part) if part >= 0 or not within else f"({part!r})"


def _numbers(values: Sequence[float | str | None]) -> list[float]:
    return [value for value in values if isinstance(value, int | float)]


def _zeros(values: Sequence[float | str | None]) -> list[float]:
    return [value if isinstance(value, int | float) else 0.0 for value in values]
