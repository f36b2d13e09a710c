"""What if those who are lost try again? The load that a team meets in the end.

Of those who are blocked or leave, a share comes again, after so long that the centre has forgotten them. Then
arrivals are a Poisson process of a rate that solves: rate = first attempts + share × those lost at that rate.
The limit of long pauses of the retrial queue (Cohen, Philips Telecommunication Review 18 (1957) 49-100; Falin
and Templeton, *Retrial Queues*, 1997); with short pauses attempts come in crowds, and more are lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Floats
from sim.errors import TheoryError
from sim.theory.inputs import amount
from sim.theory.line import Line

_DOUBLINGS = 30
"""A rate so many times doubled is endless; beyond, a share lost of nearly 1 has too few digits."""


@dataclass(frozen=True, slots=True)
class Retrials:
    """A line and those who come to it again; arrays of one shape."""

    per_s: Floats
    """Arrivals a second, retrials among them; infinite if the team can't carry the first attempts."""
    attempts: Floats
    """Mean attempts of a customer; NaN where nobody comes."""
    lost: Floats
    """Share of customers who are never served."""


def retrials(line_of: Callable[[Floats], Line], first_per_s: ArrayLike, again: ArrayLike) -> Retrials:
    """Arrivals at a line when a share *again* of those lost comes again.

    *line_of* gives the line of a rate of arrivals, of the shape of *first_per_s* and *again* together. The
    rate is found by halving: what a line carries, and what it loses for good, rise with what comes.

    Raises
    ------
    TheoryError
        If the rate of first attempts is negative, or *again* no share.
    """
    first, share = np.broadcast_arrays(amount(first_per_s, "first_per_s"), amount(again, "again"))
    if np.any(share > 1):
        raise TheoryError(f"again: must be at most 1, got {share.max():g}")

    def gone(rate: Floats) -> Floats:
        """Customers a second who are served or lost for good."""
        return np.asarray(rate * (1 - share * _lost(line_of(rate))))

    low, high = np.zeros(first.shape), first
    for _ in range(_DOUBLINGS):
        short = gone(high) < first
        if not np.any(short):
            break
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    endless = gone(high) < first
    for _ in range(100):
        middle = (low + high) / 2
        if np.all((middle == low) | (middle == high)):
            break
        short = gone(middle) < first
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    rate = np.where(endless, np.inf, high)
    attempts = np.divide(rate, first, out=np.full(first.shape, np.nan), where=first > 0)
    lost = _lost(line_of(np.where(endless, 0.0, rate)))
    for_good = np.where(endless, np.where(share < 1, 1.0, np.nan), (1 - share) * lost / (1 - share * lost))
    return Retrials(rate, attempts, np.asarray(for_good))


def _lost(line: Line) -> Floats:
    return np.asarray(line.blocked + (1 - line.blocked) * line.abandoned)
