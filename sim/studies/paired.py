"""Is one better than the other? Differences of scenarios that saw the same customers, judged together.

Replication *k* brings the same customers to every scenario, so the difference is taken replication by
replication and luck that both share drops out (common random numbers: Law, *Simulation Modeling and
Analysis*, 5th ed., section 11.2). Of ratios it is that of their pseudo-values, whose mean is the pooled
figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from sim.measure.estimate import t_quantile
from sim.world.units import Floats

ALPHA = 0.05
"""Probability that any of the verdicts given together is wrong about equals."""


@dataclass(frozen=True, slots=True)
class Paired:
    """A difference of means of paired values; None where there is none."""

    value: float | None
    low: float | None
    """Ends of its own 95 % interval: Student's t over the replications."""
    high: float | None
    p: float
    """Probability of a difference as large in either direction, were there none; 1 where nobody knows."""
    saved: float | None
    """What pairing saves: so many times as many runs would unpaired ones take to be as sure. None if the
    differences don't vary."""


def paired(first: Floats, second: Floats) -> Paired:
    """Difference *second* − *first* of values of the same replications, shape (n,) each; NaN is left out."""
    known = ~(np.isnan(first) | np.isnan(second))
    first, second = first[known], second[known]
    n = len(first)
    if n == 0:
        return Paired(None, None, None, 1.0, None)
    difference = second - first
    value = float(difference.mean())
    if n == 1:
        return Paired(value, None, None, 1.0, None)
    # A column of equal numbers may still have a spread of a rounding error.
    dust = 1e-12 * float(np.abs(first).max() + np.abs(second).max())
    spread = float(difference.std(ddof=1))
    if spread <= dust:
        return Paired(value, value, value, 1.0 if abs(value) <= dust else 0.0, None)
    error = spread / n**0.5
    half = t_quantile(n) * error
    p = 2 * float(special.stdtr(n - 1, -abs(value) / error))
    return Paired(
        value, value - half, value + half, p, float(first.var(ddof=1) + second.var(ddof=1)) / spread**2
    )


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
