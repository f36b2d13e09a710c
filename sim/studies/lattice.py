"""Where in a grid does a point stand? Points in a row, of which the last variable changes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeVar

T = TypeVar("T")


def at(points: Sequence[T], shape: Sequence[int], places: Sequence[int]) -> T | None:
    """Point at the *places* of its values in a grid of a *shape*; None if it is not done."""
    place = 0
    for k, n in zip(places, shape, strict=True):
        place = place * n + k
    return points[place] if place < len(points) else None


def along(points: Sequence[T], shape: Sequence[int], variable: int) -> Iterator[list[T]]:
    """Rows of points that differ in one *variable* alone, as far as they are done."""
    sizes = [range(n) if v != variable else range(1) for v, n in enumerate(shape)]
    for places in product(*sizes):
        row = [
            at(points, shape, [k if v == variable else place for v, place in enumerate(places)])
            for k in range(shape[variable])
        ]
        yield [point for point in row if point is not None]
