"""How many chats should an agent hold? As simulated, and as the balanced chain says, by one rule.

The best cap has the highest service level among those with replies in time, as in
:func:`sim.theory.sharing.best_concurrency`; of equals the fewest missed, then the fewest chats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.studies.sweep import Sweep
from sim.theory.applies import Formula, formula_for

_ALIKE = 3
"""Decimals to which service levels and missed shares count as alike: a tenth of a point."""


@dataclass(frozen=True, slots=True)
class Cap:
    """A number of chats that an agent may hold, and what it gives."""

    chats: int
    service_level: float
    missed_rate: float
    response_s: float
    """Mean time from a message to its reply."""


def simulated(found: Sweep) -> list[Cap]:
    """Caps of a sweep over the concurrency of a team that answers by turns; those with figures."""
    caps = []
    for point in found.points:
        level, missed, response_s = (
            point.figures[name].value for name in ("service_level", "missed_rate", "response_s")
        )
        if level is not None and missed is not None and response_s is not None:
            caps.append(Cap(point.values[-1], level, missed, response_s))
    return caps


def by_theory(found: Sweep) -> list[Cap]:
    """What the balanced chain says of the same caps; nothing where no formula fits."""
    formulas = [(point.values[-1], formula_for(point.scenario)) for point in found.points]
    return [_cap(chats, formula) for chats, formula in formulas if isinstance(formula, Formula)]


def best(caps: Iterable[Cap], max_response_s: float = float("inf")) -> Cap | None:
    """The best of *caps* with replies within a time on average; None if there is none."""
    in_time = [cap for cap in caps if cap.response_s <= max_response_s]
    return min(in_time, key=_rank, default=None)


def _rank(cap: Cap) -> tuple[float, float, int]:
    return -round(cap.service_level, _ALIKE), round(cap.missed_rate, _ALIKE), cap.chats


def _cap(chats: int, formula: Formula) -> Cap:
    response_s = float("nan") if formula.response_s is None else formula.response_s
    return Cap(chats, float(formula.figures.service_level), float(formula.figures.missed_rate), response_s)
