"""Which shifts are cheapest? An integer programme: agents on each shift, so that intervals are covered.

Variables are the agents on each shift that may be planned; the cost is what they are paid. Coverage is asked
for as least numbers of agents, as linear cuts, and as alternatives ("here or there, one more"): for each
number of agents that an alternative speaks of, a binary variable says whether an interval has so many. Solved
by HiGHS through `scipy.optimize.milp`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import gcd, inf
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Floats, Ints
from sim.studies.staffing.patterns import Candidates

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

INFEASIBLE = 2
"""Status of a programme that has no solution."""
Row = int
"""A group and an interval: group × intervals a day + interval."""
Alternative = frozenset[tuple[Row, int]]
"""Rows and agents: one of the rows must have so many."""
Constraint = tuple[Floats, Floats, Floats]
"""Coefficients, a row for each sum, and the ends between which the sums must lie."""


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A cut: the weighted agents of all rows together must be at least so many."""

    weights: Floats
    """Of each row, shape (n_rows,)."""
    at_least: float


@dataclass(slots=True)
class Demands:
    """What coverage is asked for."""

    least: Floats
    """Agents that each row must have, shape (n_rows,)."""
    alternatives: list[Alternative] = field(default_factory=list)
    cuts: list[Linear] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Agents on each shift."""

    agents: Ints
    """Shape (n_shifts,)."""
    cost: float
    """Infinite if none was found."""
    bound: float
    """No solution is cheaper; infinite if there is none."""

    @property
    def is_there(self) -> bool:
        """Whether one was found."""
        return self.cost < inf


class Programme:
    """The integer programme of the shifts that may be planned.

    Parameters
    ----------
    candidates
        The shifts.
    least_heads
        Fewest agents of each group, on all shifts together.
    time_limit_s
        A solution may take so long; then the best one so far is taken, with its bound.
    """

    def __init__(
        self, candidates: Candidates, least_heads: Sequence[int] = (), time_limit_s: float = 20.0
    ) -> None:
        self.candidates = candidates
        self.presence = candidates.presence.reshape(-1, len(candidates))
        """Share of each row that each shift is there, (n_rows, n_shifts)."""
        self.costs = candidates.costs
        self.step = _step(self.costs)
        """Rosters whose costs differ do so by a multiple of it."""
        self.time_limit_s = time_limit_s
        self._limits = self._headcounts(least_heads)

    def coverage(self, agents: Ints) -> Floats:
        """Agents in each row, on average over the interval, shape (n_rows,)."""
        return np.asarray(self.presence @ agents)

    def solve(self, demands: Demands, below: float = inf) -> Solution:
        """The cheapest agents on each shift that meet the *demands* and cost less than *below*."""
        stairs = _Stairs(demands)
        n_shifts, n_levels = len(self.costs), len(stairs.levels)
        n_rows = len(demands.least)
        laws = [
            (np.hstack([self.presence, stairs.heights]), demands.least, np.full(n_rows, inf)),
            *(_beside(law, n_levels) for law in self._laws(demands.cuts, below)),
            (np.hstack([np.zeros((len(stairs.laws), n_shifts)), stairs.laws]), *stairs.ends),
        ]
        result = self._solved(np.append(self.costs, np.zeros(n_levels)), laws, n_levels, 1.0)
        if result.x is None:
            bound = inf if result.status == INFEASIBLE else 0.0
            return Solution(np.zeros(n_shifts, np.int64), inf, bound)
        agents = np.rint(result.x[:n_shifts]).astype(np.int64)
        cost = float(self.costs @ agents)
        return Solution(agents, cost, min(float(result.mip_dual_bound), cost) if result.status else cost)

    def shortfall(self, least: Floats) -> Floats:
        """Agents that rows lack of *least* at best, within the limits of the patterns, shape (n_rows,)."""
        n_shifts, n_rows = len(self.costs), len(least)
        laws = [
            (np.hstack([self.presence, np.eye(n_rows)]), least, np.full(n_rows, inf)),
            *(_beside(law, n_rows) for law in self._limits),
        ]
        result = self._solved(np.append(np.zeros(n_shifts), np.ones(n_rows)), laws, n_rows, inf)
        return least if result.x is None else np.asarray(result.x[n_shifts:])

    def tidied(self, solution: Solution) -> Solution:
        """As cheap a solution that covers as much with fewer different shifts, as far as one is found."""
        n = len(self.costs)
        most = np.maximum(1, solution.agents.sum())
        covered = self.coverage(solution.agents)
        laws = [
            *(_beside(law, n) for law in self._laws([], solution.cost + self.step)),
            _beside((self.presence, covered - 1e-9, np.full(len(covered), inf)), n),
            (np.hstack([np.eye(n), -most * np.eye(n)]), np.full(n, -inf), np.zeros(n)),
        ]
        result = self._solved(np.append(np.zeros(n), np.ones(n)), laws, n, 1.0)
        if result.x is None:
            return solution
        agents = np.rint(result.x[:n]).astype(np.int64)
        return Solution(agents, float(self.costs @ agents), solution.bound)

    def allows(self, agents: Ints, demands: Demands) -> bool:
        """Whether *agents* keep the limits of the patterns and meet the *demands*."""
        covered = self.coverage(agents) + 1e-9
        sums = [(rows @ agents, low, high) for rows, low, high in self._laws(demands.cuts, inf)]
        return (
            bool((covered >= demands.least).all())
            and all(any(covered[row] >= level for row, level in one) for one in demands.alternatives)
            and all((low - 1e-9 <= total <= high + 1e-9).all() for total, low, high in sums)
        )

    def _solved(self, costs: Floats, laws: Sequence[Constraint], n_more: int, most: float) -> OptimizeResult:
        """Solve for the shifts and *n_more* variables of at most so many each."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  heavy

        upper = np.append(np.full(len(costs) - n_more, inf), np.full(n_more, most))
        whole = np.append(np.ones(len(costs) - n_more, np.int64), np.full(n_more, int(most < inf)))
        constraints = [LinearConstraint(rows, low, high) for rows, low, high in laws if len(rows)]
        return milp(
            costs,
            constraints=constraints,
            integrality=whole,
            bounds=Bounds(0, upper),
            options={"mip_rel_gap": 0.0, "time_limit": self.time_limit_s},
        )

    def _laws(self, cuts: Sequence[Linear], below: float) -> list[Constraint]:
        """Limits of the patterns, linear *cuts*, and a cost *below* something."""
        laws = [
            *self._limits,
            *(((c.weights @ self.presence)[None, :], np.array([c.at_least]), np.array([inf])) for c in cuts),
        ]
        if below < inf:
            laws.append((self.costs[None, :], np.array([-inf]), np.array([below - self.step / 2])))
        return laws

    def _headcounts(self, least_heads: Sequence[int]) -> list[Constraint]:
        """Limits of the agents of a pattern, and of those of a group."""
        everybody = self.candidates.all
        limits: list[tuple[list[bool], float, float]] = []
        for g, patterns in enumerate(self.candidates.patterns):
            for p, pattern in enumerate(patterns):
                most = inf if pattern.most_agents is None else float(pattern.most_agents)
                if pattern.least_agents or most < inf:
                    mine = [c.group == g and c.pattern == p for c in everybody]
                    limits.append((mine, float(pattern.least_agents), most))
        for g, heads in enumerate(least_heads):
            if heads:
                limits.append(([c.group == g for c in everybody], float(heads), inf))
        return [
            (np.array([mine], dtype=np.float64), np.array([low]), np.array([high]))
            for mine, low, high in limits
        ]


def _beside(law: Constraint, n: int) -> Constraint:
    """A law of shifts, in a programme that has *n* more variables."""
    rows, low, high = law
    return np.hstack([rows, np.zeros((len(rows), n))]), low, high


class _Stairs:
    """Binary variables that say whether rows have so many agents, for alternatives that are still open."""

    def __init__(self, demands: Demands) -> None:
        least = demands.least
        is_open = [one for one in demands.alternatives if all(level > least[row] for row, level in one)]
        self.levels = sorted({pair for one in is_open for pair in one})
        """Row and agents of each variable."""
        place = {pair: k for k, pair in enumerate(self.levels)}
        n = len(self.levels)
        self.heights = np.zeros((len(least), n))
        """Agents that each variable asks of each row, besides the least and the variable before; negative."""
        laws: list[dict[int, float]] = []
        for k, (row, level) in enumerate(self.levels):
            is_first = k == 0 or self.levels[k - 1][0] != row
            self.heights[row, k] = (least[row] if is_first else self.levels[k - 1][1]) - level
            if not is_first:  # who has two more has one more
                laws.append({k - 1: 1.0, k: -1.0})
        self.ends = np.array([0.0] * len(laws) + [1.0] * len(is_open)), np.full(len(laws) + len(is_open), inf)
        laws += [{place[pair]: 1.0 for pair in one} for one in is_open]
        self.laws = np.array([[law.get(k, 0.0) for k in range(n)] for law in laws]).reshape(len(laws), n)


def _step(costs: Floats) -> float:
    """The number of which all costs are multiples, if they are whole hundredths; or next to nothing."""
    cents = np.rint(costs * 100)
    if not np.allclose(cents, costs * 100, atol=1e-6) or not cents.all():
        return float(1e-6 * costs.min())
    return gcd(*cents.astype(int).tolist()) / 100
