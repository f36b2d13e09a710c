"""Which value is the k-th smallest? Found by selection: not sorted, nor, of many, put in one place.

Of millions of values a sample tells between which bounds the wanted ones lie. Those below are counted, and
those between are looked at. If the sample misled, all are: the answer is exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.arrays import Floats, Ints

MANY = 1 << 20
"""More values than these are not put in one place."""
_SAMPLE = 1 << 12
"""Values of a sample ..."""
_MARGIN = 200
"""... and how many places off it the bounds are: six standard errors of a median's place."""


def quantiles_of(pieces: Sequence[Floats], shares: Sequence[float]) -> list[float]:
    """Quantiles of the known values of all *pieces*, at least one, interpolated as `np.quantile` does it.

    To the bit. Several take hardly longer than one, and those of few chats a tenth of its time.
    """
    n = sum(map(len, pieces))
    places = [_place(n, share) for share in shares]
    if n > MANY:
        values = None
    else:
        values = np.concatenate(pieces)
        values.partition(sorted({k for low, high, _ in places for k in (low, high)}))
    found = []
    for low, high, rest in places:
        if values is None:
            below, above = _far_apart(pieces, n, low, high) or _together(np.concatenate(pieces), low, high)
        else:
            below, above = float(values[low]), float(values[high])
        found.append(above - (above - below) * (1 - rest) if rest >= 0.5 else below + (above - below) * rest)
    return found


def quantiles_within(values: Floats, edges: Ints, share: float) -> Floats:
    """Quantiles of *values* that are in order between each two *edges*; NaN where there is none."""
    counts = np.diff(edges)
    found = np.full(len(counts), np.nan)
    some = np.flatnonzero(counts)
    first, count = edges[some], counts[some]
    place = (count - 1) * share
    low = place.astype(np.int64)
    high = np.minimum(low + 1, count - 1)
    found[some] = between(values[first + low], values[first + high], place - low)
    return found


def between(below: Floats, above: Floats, rest: Floats) -> Floats:
    """Interpolate, to the bit as `np.quantile` does it."""
    return np.where(rest >= 0.5, above - (above - below) * (1 - rest), below + (above - below) * rest)


def _place(n: int, share: float) -> tuple[int, int, float]:
    """Between which of *n* values in order a quantile is, and how far on the way from one to the other."""
    place = (n - 1) * share
    low = int(place)
    return low, min(low + 1, n - 1), place - low


def _together(values: Floats, low: int, high: int) -> tuple[float, float]:
    """Values that have *low* and *high* others before them; *values* are put in another order."""
    values.partition((low, high))
    return float(values[low]), float(values[high])


def _far_apart(pieces: Sequence[Floats], n: int, low: int, high: int) -> tuple[float, float] | None:
    """Give the same of *n* values in *pieces*, or None where a sample does not tell."""
    sample = np.sort(np.concatenate([piece[:: n // _SAMPLE] for piece in pieces]))
    place = low * len(sample) // n
    floor = sample[place - _MARGIN] if place >= _MARGIN else -np.inf
    ceiling = sample[place + _MARGIN] if place + _MARGIN < len(sample) else np.inf
    before = sum(int(np.count_nonzero(piece < floor)) for piece in pieces)
    between = np.concatenate([piece[(floor <= piece) & (piece <= ceiling)] for piece in pieces])
    if not before <= low <= high < before + len(between):
        return None
    return _together(between, low - before, high - before)
