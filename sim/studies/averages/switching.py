"""What does switching between chats cost, and what does not knowing it make of an answer?

No average shows it, nor do all of them together: a centre in which it costs something is fitted as well
without. So an answer is a mixture of those of centres with each cost, weighed as is thought beforehand: three
of ten have none, and in the others it is anything up to a quarter of a reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from sim.arrays import Floats
from sim.studies.averages.model import SWITCHING

NONE = 0.3
"""Share of centres in which switching costs nothing, as far as is known beforehand."""
MOST = 0.25
"""In the others it costs anything up to so much of a reply."""
COSTS = np.array([0.0, *(np.arange(8) + 0.5) * MOST / 8])
"""Costs that are weighed: none, and eight that stand for the others."""
WEIGHTS = np.array([NONE, *[(1 - NONE) / 8] * 8])
"""How likely each of them is."""
_FAR = 8.0
"""Standard deviations beyond which no quantile that is asked for lies."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """An answer that is normal about each of several means."""

    means: Floats
    weights: Floats
    about: float
    """Variance about each of the means."""

    @classmethod
    def of(cls, base: float, away: float, variance: float) -> Mixture:
        """Give an answer that is *base* where switching costs nothing, and *away* from it at `SWITCHING`."""
        return cls(base + away * COSTS / SWITCHING, WEIGHTS, variance)

    @property
    def mean(self) -> float:
        """Mean of all."""
        return float(self.weights @ self.means)

    @property
    def variance(self) -> float:
        """Variance about the mean of all."""
        return float(self.about + self.weights @ (self.means - self.mean) ** 2)

    def quantiles(self, shares: Sequence[float]) -> list[float]:
        """Give the values below which it is with these probabilities.

        >>> one = Mixture(np.array([1.0]), np.array([1.0]), 4.0)
        >>> [round(each, 2) for each in one.quantiles([0.05, 0.5])]
        [-2.29, 1.0]
        """
        spread = max(self.about, 1e-12) ** 0.5

        def lack(value: float, share: float) -> float:
            return float(self.weights @ norm.cdf((value - self.means) / spread)) - share

        ends = float(self.means.min()) - _FAR * spread, float(self.means.max()) + _FAR * spread
        return [float(brentq(lack, *ends, args=(share,))) for share in shares]
