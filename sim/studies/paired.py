"""Is one better than the other? Differences of scenarios that saw the same customers, judged together.

Replication *k* brings the same customers to every scenario, so the difference is taken replication by
replication and luck that both share drops out (common random numbers: Law, *Simulation Modeling and
Analysis*, 5th ed., section 11.2). It is that of pseudo-values, whose mean is the pooled figure: so
differences are those of the figures that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats
from sim.kpis.estimate import Estimates
from sim.kpis.intervals import chance_of, few_days, skewed_t
from sim.kpis.loops import By

ALPHA = 0.05
"""Probability that any of the verdicts given together is wrong about equals."""


@dataclass(frozen=True, slots=True)
class Paired:
    """A difference of means of paired values; None where there is none."""

    value: float | None
    low: float | None
    """Ends of its own 95 % interval over the replications. None for fewer than three, and where the
    difference is the same in all of them."""
    high: float | None
    p: float
    """Probability of a difference as large in either direction, were there none; 1 where nobody knows, and 0
    where the difference is `steady`."""
    saved: float | None
    """What pairing saves: so many times as many runs would unpaired ones take to be as sure. None if the
    differences don't vary."""
    few_days: bool = False
    """The mark: in all but fewer than five replications the difference is the same."""
    same: bool = False
    """Whether there is no difference in any of several replications."""

    @property
    def steady(self) -> bool:
        """Whether there is a difference, the same in all of several replications.

        That *p* is 0 does not say so: it is rounded to 0 where the difference is very sure.
        """
        return self.low is None and self.p == 0.0


_NONE = Paired(None, None, None, 1.0, None)


def paired(first: Floats, second: Floats, own: Floats | None = None) -> Paired:
    """Difference *second* − *first* of values of the same replications, shape (n,) each; NaN is left out.

    *own* are the differences of the replications' own figures, which show how many of them carry it; the
    difference of values if omitted.
    """
    known = ~(np.isnan(first) | np.isnan(second))
    # A column of equal numbers may still have a spread of a rounding error.
    dust = 1e-12 * float(np.abs(first[known]).max(initial=0.0) + np.abs(second[known]).max(initial=0.0))
    first, second = first[known], second[known]
    n, difference = len(first), second - first
    if n == 0:
        return _NONE
    value = float(difference.mean())
    if n == 1:
        return Paired(value, None, None, 1.0, None)
    spread = float(difference.std(ddof=1))
    if spread <= dust:
        same = abs(value) <= dust
        return Paired(value, None, None, 1.0 if same else 0.0, None, few_days=True, same=same)
    few = bool(few_days((difference if own is None else own[known])[:, None])[0])
    saved = float(first.var(ddof=1) + second.var(ddof=1)) / spread**2
    if n == 2:
        return Paired(value, None, None, 1.0, saved, few)
    low, high = (float(end[0]) for end in skewed_t(difference[:, None]))
    return Paired(value, low, high, chance_of(difference), saved, few)


def difference(
    figure: str, first: Estimates, second: Estimates, by: By = By.OVERALL, cells: tuple[int, int] = (0, 0)
) -> Paired:
    """Difference *second* − *first* of a *figure*, in a cell of each if it is broken down."""
    both = tuple(zip((first, second), cells, strict=True))
    before, after = (each.pseudo_values(figure, by)[:, cell] for each, cell in both)
    mine, theirs = (each.own_values(figure, by)[:, cell] for each, cell in both)
    return paired(before, after, theirs - mine)


def holm(p: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Which of the equalities with probabilities *p* are refused, by Holm's step-down procedure.

    The probability that any true one is refused is at most *alpha*, however they depend on each other
    (Scandinavian J. of Statistics 6 (1979) 65-70).

    >>> holm([0.06, 0.001, 0.02])
    [False, True, True]
    >>> holm([0.03, 0.001, 0.03])
    [False, True, False]
    """
    refused = [False] * len(p)
    for place, k in enumerate(sorted(range(len(p)), key=lambda k: p[k])):
        if p[k] > alpha / (len(p) - place):
            break
        refused[k] = True
    return refused
