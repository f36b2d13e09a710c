"""The search for break points alone: responses whose roots are known, with the noise of simulated days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from sim.kpis.intervals import skewed_t
from sim.studies.stress.search import WIDEST, Margin, Search
from tests.worlds import SCALE


class Days:
    """Margins whose mean passes 0 at known roots, on skewed days that all loads and targets share.

    A day is as much worse at a load as busy as it is, and a little of its luck is another one at each load.
    """

    def __init__(self, roots: Sequence[float], seed: int, steep: float = 3.0, spread: float = 0.5) -> None:
        self.roots, self.seed, self.steep = roots, seed, steep
        rng = np.random.default_rng(seed)
        sigma = np.log(1 + spread**2) ** 0.5
        self.busy = np.exp(sigma * rng.normal(size=20_000) - sigma**2 / 2)

    def __call__(self, factor: float, n: int) -> list[Margin]:
        own = np.random.default_rng([self.seed, int(1e6 * factor)]).normal(size=n)
        found = []
        for root in self.roots:
            days = (factor / root) ** self.steep * (self.busy[:n] + 0.1 * own) - 1
            low, high = (float(end[0]) for end in skewed_t(days[:, None]))
            found.append(Margin(float(days.mean()), low, high))
        return found


def held(roots: Sequence[float], seeds: range) -> list[list[bool]]:
    """Whether each root lies in its bounds, a search a seed; all bounds are as narrow as they should be."""
    found = []
    for seed in seeds:
        search = Search(Days(roots, seed), len(roots))
        search.run()
        bounds = [search.root(k) for k in range(len(roots))]
        for each in bounds:
            assert each.lower is not None
            assert each.upper is not None
            assert each.is_narrow
            assert 1 < each.upper / each.lower < 1 + WIDEST
        found.append([each.lower <= root <= each.upper for root, each in zip(roots, bounds, strict=True)])
    return found


ROOTS = (0.83, 1.02, 1.37, 2.9)


@pytest.mark.parametrize(
    "n", [200, pytest.param(2_000, marks=pytest.mark.nightly)], ids=["normal", "nightly"]
)
def test_bounds_hold_the_root_as_often_as_they_say(n: int):
    """93 of 100 for each of four targets of one search, less what luck takes off 95 in so many trials."""
    share = np.mean(held(ROOTS, range(n * SCALE)), axis=0)

    assert share.mean() >= 0.93
    assert (share >= 0.93 - 1.7 * (0.95 * 0.05 / (n * SCALE)) ** 0.5).all(), share
