"""Why is there no roster? A smallest set of rules that can't be kept together, with people and dates.

A set is halved and searched on both sides (QuickXplain: U. Junker, Preferred explanations and relaxations for
over-constrained problems, AAAI 2004). No rule can be left out of what remains, as far as each question could
be decided in its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from sim.studies.rostering.model import Model
from sim.studies.rostering.problem import Problem
from sim.studies.rostering.rows import STRUCTURE, Reason

SECONDS = 60.0
"""For all questions together ..."""
EACH_S = 15.0
"""... and for each."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules that can't be kept together."""

    reasons: tuple[Reason, ...]
    is_smallest: bool
    """Whether it is proved that none of them can be left out."""


class _Filter:
    def __init__(self, problem: Problem) -> None:
        self.rows = Model(problem, explains=True).rows
        self.matrix = self.rows.matrix
        self.low, self.high = np.array(self.rows.low), np.array(self.rows.high)
        self.until, self.sure = monotonic() + SECONDS, True
        names = [reason for reason in dict.fromkeys(self.rows.reasons) if reason != STRUCTURE]
        self.names: list[Reason] = sorted(names, key=lambda reason: reason.rule.startswith("cover"))

    def breaks(self, reasons: Sequence[Reason]) -> bool:
        """Whether it is proved that some rules can't be kept together."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  heavy

        kept = {STRUCTURE, *reasons}
        at = np.array([k for k, reason in enumerate(self.rows.reasons) if reason in kept])
        left = self.until - monotonic()
        if left <= 0:
            self.sure = False
            return False
        found = milp(
            np.zeros(len(self.rows.cost)),
            integrality=np.ones(len(self.rows.cost), dtype=np.int64),
            bounds=Bounds(0, np.array(self.rows.most)),
            constraints=LinearConstraint(self.matrix[at], self.low[at], self.high[at]),
            options={"time_limit": min(left, EACH_S)},
        )
        if found.status not in {0, 2} and found.x is None:
            self.sure = False
        return bool(found.status == 2)

    def smallest(self, held: list[Reason], parts: list[Reason], has_new: bool) -> list[Reason]:
        if has_new and self.breaks(held):
            return []
        if len(parts) == 1:
            return parts
        first, second = parts[: len(parts) // 2], parts[len(parts) // 2 :]
        of_second = self.smallest(held + first, second, bool(first))
        of_first = self.smallest(held + of_second, first, bool(of_second))
        return of_first + of_second


def conflict(problem: Problem) -> Conflict | None:
    """A smallest set of rules of a *problem* that can't be kept together; None if no clash is proved."""
    found = _Filter(problem)
    if not found.names or not found.breaks(found.names):
        return None
    reasons = found.smallest([], found.names, False)
    return Conflict(tuple(reasons), found.sure)
