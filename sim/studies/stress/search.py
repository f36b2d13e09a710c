"""At which load does each target break? A search among simulated days, with an interval for every answer.

The mean margin of a target (by how much it is missed) rises with the load and passes 0 at the break point.
All loads see the same days, so the break point is the root of one curve, that of the days' mean (sample
average approximation: Pasupathy and Kim, *The stochastic root-finding problem*, ACM TOMACS 21 (2011), 19).
Its 95 % interval are the loads at which the interval of the margin holds 0: a test turned round, which holds
the root whenever the margin's interval holds 0 there. One test decides, however many loads are looked at,
and so nothing is paid for looking.

Rejected: probabilistic bisection (Waeber, Frazier and Henderson, SIAM J. Control Optim. 51 (2013) 2261-2279).
It asks on which side of a load the root is; each answer needs a sequential test of its own, on days of its
own, and the days of one load say nothing at the next. Here a day says at every load how far off it is.

Cheap trials come first: a few days at rising loads find the bracket of every target at once, a few more its
root and its slope. They tell how many days it takes; these are simulated at two loads beside the root, and
the ends of the interval are read off straight lines between them. Targets that break near each other share
loads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, exp, inf, isfinite, isnan, log
from typing import NamedTuple

HIGHEST, LOWEST = 5.0, 0.1
"""Factors between which break points are looked for."""
WIDEST = 0.03
"""Bounds are to be less than this share apart."""
FIRST, LEAST, MOST = 40, 100, 20_000
"""Replications of a cheap trial, and the fewest and the most of a load that bounds are read off."""
_STEP = 1.2
"""Each trial's load is so many times the last one's, until everything breaks."""
_AIM = 0.75
"""Bounds are aimed at so much of the widest, for spreads are only estimated."""
_GRID = 1e-3
"""Loads lie on a geometric grid so fine, so that targets meet at the same."""
_STRAIGHT = 0.06
"""Over such a share of the load a margin's ends are taken for straight lines."""
_TRIALS, _ROUNDS, _BESIDE = 5, 5, 12
"""Most trials that locate a root, rounds of more replications, and loads beside it in each."""


class Margin(NamedTuple):
    """By how much a target is missed at a load, with the ends of its 95 % interval; below 0 it is kept."""

    value: float
    """NaN where the figure does not exist."""
    low: float
    """Minus infinity where nobody knows."""
    high: float


See = Callable[[float, int], Sequence[Margin]]
"""Gives the margin of each target at a factor of the load, on the first n replications."""


@dataclass(frozen=True, slots=True)
class Root:
    """Factor at which a target breaks, between bounds; None where there is none within reach."""

    value: float | None
    lower: float | None
    """The target holds up to here, surely."""
    upper: float | None
    """And no further than here, surely."""
    replications: int
    """At each of the loads that the bounds are read off."""
    is_narrow: bool
    """Whether the bounds are as close as was wanted."""


@dataclass(slots=True)
class Search:
    """One search for the break points of several targets."""

    see: See
    n_targets: int
    widest: float = WIDEST
    first: int = FIRST
    most: int = MOST
    seen: dict[tuple[float, int], Sequence[Margin]] = field(default_factory=dict)
    """Margins by factor and replications."""
    roots: dict[int, Root] = field(default_factory=dict)
    """Of the targets that are done."""

    def run(self) -> None:
        """Find all roots. What is interrupted leaves what is known so far."""
        self._scan()
        need = {target: self._need(target) for target in range(self.n_targets) if self._bracket(target)}
        for target in sorted(need, key=lambda target: -need[target][1]):
            self.roots[target] = self._narrowed(target, *need[target])

    def root(self, target: int) -> Root:
        """Break point of a target; of one that is not done, what the loads so far say for sure."""
        return self.roots.get(target) or self._so_far(target)

    @property
    def replications(self) -> dict[float, int]:
        """Replications of each load."""
        found: dict[float, int] = {}
        for factor, n in self.seen:
            found[factor] = max(n, found.get(factor, 0))
        return dict(sorted(found.items()))

    def _at(self, factor: float, n: int) -> Sequence[Margin]:
        if (factor, n) not in self.seen:
            self.seen[factor, n] = self.see(factor, n)
        return self.seen[factor, n]

    def _scan(self) -> None:
        """Cheap trials at rising loads until every target breaks, and at falling ones until each is kept."""
        factor, missed = 1.0, self._at(1.0, self.first)
        while factor < HIGHEST and not all(margin.value > 0 for margin in missed):
            factor = min(on_grid(factor * _STEP), HIGHEST)
            missed = self._at(factor, self.first)
        factor, missed = 1.0, self._at(1.0, self.first)
        while factor > LOWEST and any(margin.value > 0 for margin in missed):
            factor = max(on_grid(factor / _STEP), LOWEST)
            missed = self._at(factor, self.first)

    def _line(self, target: int, n: int) -> list[tuple[float, Margin]]:
        """Factors with *n* replications, and the target's margin there."""
        found = [(f, margins[target]) for (f, m), margins in self.seen.items() if m == n]
        return sorted((f, margin) for f, margin in found if not isnan(margin.value))

    def _bracket(self, target: int) -> tuple[tuple[float, Margin], tuple[float, Margin]] | None:
        """Trials between which a target first breaks."""
        for one, other in pairwise(self._line(target, self.first)):
            if one[1].value <= 0 < other[1].value:
                return one, other
        return None

    def _need(self, target: int) -> tuple[float, int]:
        """Where cheap trials see the root, and the replications that its bounds take."""
        for _ in range(_TRIALS):
            left, right = self._sides(target)
            near = min(left, right, key=lambda end: abs(end[1].value))
            is_near = right[0] / left[0] < 1 + 2 * _STRAIGHT
            if is_near and near[1].low < 0 < near[1].high:
                break
            root = between(left[0], right[0], left[1].value, right[1].value)
            least, gap = log(left[0]), log(right[0] / left[0])
            inner = exp(min(max(log(root), least + 0.15 * gap), least + 0.85 * gap))
            if on_grid(inner) in (left[0], right[0]):
                break
            self._at(on_grid(inner), self.first)
        left, right = self._sides(target)
        root = between(left[0], right[0], left[1].value, right[1].value)
        slope = (right[1].value - left[1].value) / log(right[0] / left[0])
        _, nearest = min(left, right, key=lambda end: abs(end[1].value))
        return root, self._enough(self.first, (nearest.high - nearest.low) / slope)

    def _sides(self, target: int) -> tuple[tuple[float, Margin], tuple[float, Margin]]:
        bracket = self._bracket(target)
        assert bracket is not None
        return bracket

    def _enough(self, n: int, width: float) -> int:
        """Replications that make bounds as close as is aimed at, where *n* make them so wide."""
        times = 4.0 if not isfinite(width) else (width / (_AIM * self.widest)) ** 2
        return int(min(max(LEAST, ceil(n * times)), self.most))

    def _narrowed(self, target: int, root: float, n: int) -> Root:
        """Bounds of a target whose root is near *root*, with *n* replications to begin with."""
        for _ in range(_ROUNDS):
            n = self._shared(root, n)
            found = self._bounds(target, root, n)
            if found is None:
                return self._so_far(target)
            lower, middle, upper = found
            width = upper / lower - 1
            if width < self.widest or n >= self.most:
                break
            root, n = middle, max(self._enough(n, width), ceil(1.2 * n))
            n = min(n, self.most)
        return Root(middle, lower, upper, n, width < self.widest)

    def _shared(self, root: float, n: int) -> int:
        """Give the replications of loads nearby, if there are enough and not too many."""
        near = [m for f, m in self.seen if n <= m <= 2 * n and abs(log(f / root)) < _STRAIGHT / 2]
        return min(near, default=n)

    def _bounds(self, target: int, root: float, n: int) -> tuple[float, float, float] | None:
        """Lower bound, root and upper bound on *n* replications; None where no load is sure enough."""
        beside = _AIM * self.widest / 2
        for _ in range(_BESIDE):
            there = [(f, m) for f, m in self._line(target, n) if abs(log(f / root)) < 4 * _STRAIGHT]
            ends = [
                crossing([(f, getattr(m, end)) for f, m in there], root, beside)
                for end in ("high", "value", "low")
            ]
            wanted = next((f for f, is_known in ends if not is_known), None)
            if wanted is None:
                lower, middle, upper = (f for f, _ in ends)
                return lower, min(max(middle, lower), upper), upper
            if (on_grid(wanted), n) in self.seen or not LOWEST / 2 < wanted < HIGHEST * 1.2:
                return None
            self._at(on_grid(wanted), n)
        return None

    def _so_far(self, target: int) -> Root:
        """What is sure of a target from single loads: up to which it holds, and from which it is missed."""
        margins = sorted((f, margins[target]) for (f, _), margins in self.seen.items())
        breaks = [f for f, margin in margins if margin.low > 0]
        upper = min(breaks, default=None)
        holds = [f for f, margin in margins if margin.high < 0 and f < (upper or inf)]
        n = min((n for _, n in self.seen), default=0)
        return Root(None, max(holds, default=None), upper, n, is_narrow=False)


def on_grid(factor: float) -> float:
    """Nearest factor of the grid.

    >>> on_grid(1.0), on_grid(1.1004)
    (1.0, 1.100759)
    """
    return round(exp(round(log(factor) / _GRID) * _GRID), 6)


def between(left: float, right: float, low: float, high: float) -> float:
    """Factor at which a line through two margins passes 0; lines are straight over the load's logarithm.

    >>> between(1.0, 4.0, -1.0, 1.0)
    2.0
    """
    return exp(log(left) + log(right / left) * low / (low - high))


def crossing(points: Sequence[tuple[float, float]], root: float, beside: float) -> tuple[float, bool]:
    """Where a line through *points* (factor, margin) first passes 0; or the factor to look at for it.

    Points are wanted close to each other, and not much further from the passage than they are *beside* the
    *root* to begin with.

    >>> crossing([(1.0, -1.0), (1.05, 1.0)], 1.02, 0.01)
    (1.024695, True)
    >>> crossing([(1.0, -1.0)], 1.02, 0.01)
    (1.030251, False)
    """
    for way in (-1, 1):
        if not any(0 < way * log(f / root) < _STRAIGHT for f, _ in points):
            return round(root * exp(way * beside), 6), False
    known = [(f, margin) for f, margin in points if isfinite(margin)]
    for (left, low), (right, high) in pairwise(known):
        if low < 0 <= high:
            at = between(left, right, low, high)
            if log(right / left) < _STRAIGHT:
                return round(at, 6), True
            return round(min(max(at, left * exp(beside)), right / exp(beside)), 6), False
    falls = not known or known[-1][1] < 0
    edge = points[-1][0] if falls else points[0][0]
    further = edge * exp((1 if falls else -1) * 2 * beside)
    if len(known) > 1:
        (left, low), (right, high) = known[-2:] if falls else known[:2]
        at = between(left, right, low, high) if high > low else further
        if abs(log(at / edge)) < beside:
            return round(at, 6), True
    return round(further, 6), False
