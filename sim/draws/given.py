"""What is still to come of a chat that is here? Draws of what is left, given what has passed.

A time of which t has passed is drawn by inversion from beyond it: with a uniform u, Q(F(t) + u (1 − F(t))), Q
being the law's quantile function and F its distribution function.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Protocol

import numpy as np

from sim.arrays import Floats
from sim.draws.record import Draws
from sim.draws.streams import Stream, Streams


class Law(Hashable, Protocol):
    """What has quantiles: a law."""

    def quantile(self, u: Floats) -> Floats:
        """Values below which shares *u* lie, a value each."""


def uniforms(draws: Draws, k: int, n: int) -> Floats:
    """The first *n* uniforms for what is left of the k-th chat that is here, in the replication drawn."""
    streams = Streams(draws.seed, [draws.replication])
    return streams.uniforms(k, Stream.GIVEN, np.array([0, n]))


_HALVINGS = 53
_LARGEST = 1 - 2.0**-53


@lru_cache(maxsize=10_000)
def share_up_to(law: Law, t: float) -> float:
    """Distribution function of a *law*: the largest u, to a double, whose quantile is no more than *t*."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if law.quantile(np.array([min(middle, _LARGEST)]))[0] <= t:
            low = middle
        else:
            high = middle
    return low


def beyond(law: Law, t: float, u: Floats) -> Floats:
    """Values of a *law* drawn by uniforms *u*, given that each is more than *t*.

    Where the law holds none that large, it is over now: *t*.
    """
    share = share_up_to(law, t)
    drawn = law.quantile(np.minimum(share + u * (1 - share), _LARGEST))
    return np.asarray(np.maximum(drawn, t), dtype=np.float64)
