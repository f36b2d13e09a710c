"""How is a linear programme written down? Rows with a name each, by which a conflict is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array


class Reason(NamedTuple):
    """Why there is a row: a rule, of whom, and when."""

    rule: str
    who: str = ""
    when: str = ""

    def __str__(self) -> str:
        return ", ".join(part for part in (self.rule, self.who, self.when) if part)


STRUCTURE = Reason("")
"""Of rows that say what variables are: they are never in doubt."""


@dataclass(slots=True)
class Rows:
    """Variables and rows, as they are added."""

    cost: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    """Upper ends of the variables; all begin at 0 and are whole."""
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    _row: list[int] = field(default_factory=list)
    _column: list[int] = field(default_factory=list)
    _value: list[float] = field(default_factory=list)

    def variable(self, cost: float = 0.0, most: float = 1.0) -> int:
        """Add a whole variable from 0 to *most*."""
        self.cost.append(cost)
        self.most.append(most)
        return len(self.cost) - 1

    def add(
        self, terms: Iterable[tuple[int, float]], low: float, high: float, reason: Reason = STRUCTURE
    ) -> None:
        """Add a row: the weighted sum of some variables lies between *low* and *high*."""
        row = len(self.low)
        for column, value in terms:
            self._row.append(row)
            self._column.append(column)
            self._value.append(value)
        self.low.append(low)
        self.high.append(high)
        self.reasons.append(reason)

    @property
    def matrix(self) -> csr_array:
        """Coefficients."""
        shape = len(self.low), len(self.cost)
        return csr_array((np.array(self._value, dtype=np.float64), (self._row, self._column)), shape=shape)
