"""Which point of a sweep is best, and from where on does one more chat per agent make it worse?

The frontier has the cheapest point that keeps all targets in every row of a grid: for each concurrency the
fewest agents, for each load the fewest agents, or the best concurrency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sim.kpis.definitions import BY_NAME
from sim.kpis.targets import Verdict
from sim.studies.paired import Paired, holm, paired
from sim.studies.sweep import Point, Sweep, is_decided

_ALIKE = 3
"""Decimals to which service levels and missed shares count as alike: a tenth of a point."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best point of a row: the cheapest that keeps all targets or, if none does, the nearest."""

    row: tuple[Any, ...]
    """Value of the row: of the variable that stands still in it; nothing if there is one variable."""
    point: Point
    keeps: bool
    sure: Point | None
    """The cheapest that keeps all targets for sure."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """The best point of each row."""

    inner: int
    """Variable that changes within a row."""
    rows: tuple[Best, ...]
    cheapest: Point | None
    """Of all points that keep all targets. None where there is none, or a row is a circumstance that nobody
    chooses, such as a load."""
    sure: Point | None
    """Of all points that keep all targets for sure; None as with `cheapest`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One more chat per agent, all else equal: what it does to the judged figures."""

    row: tuple[Any, ...]
    before: Point
    after: Point
    changes: Mapping[str, Paired]
    worse: tuple[str, ...]
    """Figures that get worse, all steps judged together by Holm's procedure."""
    better: tuple[str, ...]


def frontier(found: Sweep) -> Frontier | None:
    """Best points of a sweep; None if there are no targets, or nothing in it is decided."""
    inner = _inner(found)
    if inner is None or not any(point.verdicts for point in found.points):
        return None
    others = [v for v in range(len(found.varies)) if v != inner]
    rows = []
    for points in found.along(inner):
        if points:
            best = cheapest(points)
            row = tuple(points[0].values[v] for v in others)
            rows.append(Best(row, best or nearest(points), best is not None, surest(points)))
    chosen = found.points if all(map(is_decided, found.varies)) else ()
    return Frontier(inner, tuple(rows), cheapest(chosen), surest(chosen))


def cheapest(points: Sequence[Point]) -> Point | None:
    """Fewest paid hours among the *points* that keep all targets.

    Of equals one that keeps them for sure, then the best service, then the first. Service levels and missed
    shares that differ by less than a tenth of a point are equals.
    """
    return min((point for point in points if point.keeps), key=_cost, default=None)


def surest(points: Sequence[Point]) -> Point | None:
    """Fewest paid hours among the *points* that keep all targets for sure."""
    return cheapest([point for point in points if point.sure])


def nearest(points: Sequence[Point]) -> Point:
    """Point whose worst shortfall from a target, relative to the target, is least; the cheaper of equals."""
    return min(points, key=lambda point: (max(map(shortfall, point.verdicts), default=0.0), _cost(point)))


def shortfall(verdict: Verdict) -> float:
    """How far a target is missed, as a share of it; 0 where it is kept, 1 where nothing was measured."""
    value, bound = verdict.figure.value, verdict.bound.value
    if value is None:
        return 1.0
    if verdict.met:
        return 0.0
    return abs(value - bound) / bound if bound else float("inf")


def one_more(found: Sweep) -> list[Step]:
    """What one more chat per agent does, step by step; nothing if no concurrency is varied upwards."""
    inner = next((v for v, vary in enumerate(found.varies) if vary.path.endswith(".concurrency")), None)
    if inner is None:
        return []
    others = [v for v in range(len(found.varies)) if v != inner]
    pairs = [
        (tuple(before.values[v] for v in others), before, after)
        for points in found.along(inner)
        for before, after in pairwise(points)
        if _rises(before.values[inner], after.values[inner])
    ]
    changes = [_changes(before, after) for _, before, after in pairs]
    refused = iter(holm([change.p for each in changes for change in each.values()]))
    steps = []
    for (row, before, after), each in zip(pairs, changes, strict=True):
        seen = {name: change for name, change in each.items() if next(refused)}
        worse = tuple(name for name, change in seen.items() if _is_worse(name, change))
        better = tuple(name for name in seen if name not in worse)
        steps.append(Step(row, before, after, each, worse, better))
    return steps


def staffing(found: Sweep) -> int | None:
    """Variable that changes the paid hours: the team's size; None if none does."""
    for v in range(len(found.varies)):
        for points in found.along(v):
            if len({round(point.paid_h, 6) for point in points}) > 1:
                return v
    return None


def _inner(found: Sweep) -> int | None:
    """Variable whose best value is looked for: the team's size if it is varied, else the last decided one."""
    decided = [v for v, vary in enumerate(found.varies) if is_decided(vary)]
    size = staffing(found)
    return size if size in decided else (decided[-1] if decided else None)


def _cost(point: Point) -> tuple[float, bool, float, float]:
    level, missed = (point.figures[name].value or 0.0 for name in ("service_level", "missed_rate"))
    is_unsure = point.keeps and not point.sure
    return round(point.paid_h, 6), is_unsure, -round(level, _ALIKE), round(missed, _ALIKE)


def _is_worse(name: str, change: Paired) -> bool:
    assert change.value is not None
    return (change.value > 0) == (BY_NAME[name].better == "lower")


def _changes(before: Point, after: Point) -> dict[str, Paired]:
    """Difference of each judged figure that there is."""
    found = {name: paired(before.said[name], after.said[name]) for name in before.said}
    return {name: change for name, change in found.items() if change.value is not None}


def _rises(before: Any, after: Any) -> bool:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (before, after))
    return numbers and before < after
