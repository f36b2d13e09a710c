"""Does the simulator agree with theory? The statistical check that all theory tests share.

Evidence is a mean over independent replications, or a ratio of their sums with the error of the delta method
(Law, *Simulation Modeling and Analysis*, 5th ed., section 9.5). It agrees with a theory when the theory lies
within its t-interval. With the default *alpha* a right simulator fails one check in 10,000 on a new seed;
fixed seeds never flake. A check without power is worth nothing, so each states by *sees* the smallest
relative bias that it would see (the interval's half-width), and fails if it can't see that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy import stats

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates
from sim.kpis.loops import By

ALPHA = 1e-4
"""False alarms of a check, on a new seed."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What independent replications say about a quantity."""

    value: float
    error: float
    """Standard error of the value."""
    n: int
    """Replications."""

    def reach(self, alpha: float) -> float:
        """Half-width of the t-interval that misses the truth with probability *alpha*."""
        return float(stats.t.ppf(1 - alpha / 2, self.n - 1)) * self.error

    def __str__(self) -> str:
        """Value ± standard error."""
        return f"{self.value:.6g} ± {self.error:.2g}"


Replications: TypeAlias = Evidence | ArrayLike
"""Evidence, or the values of the replications."""


def evidence(replications: Replications) -> Evidence:
    """Mean of independent *replications*, with its standard error."""
    if isinstance(replications, Evidence):
        return replications
    values = np.asarray(replications, dtype=np.float64)
    return Evidence(float(values.mean()), float(stats.sem(values)), len(values))


def ratio(tops: ArrayLike, bottoms: ArrayLike) -> Evidence:
    """Ratio of the sums of *tops* and *bottoms*, a replication each, with its delta-method error."""
    top, bottom = np.asarray(tops, dtype=np.float64), np.asarray(bottoms, dtype=np.float64)
    value = top.sum() / bottom.sum()
    return Evidence(float(value), float(stats.sem(top - value * bottom) / bottom.mean()), len(top))


def tops(estimates: Estimates, name: str, by: By = By.OVERALL, cell: int = 0) -> Floats:
    """What a key figure adds up above its line, a replication each."""
    return np.array([run.sums(BY_NAME[name], by)[0][cell] for run in estimates.runs])


def bottoms(estimates: Estimates, name: str, by: By = By.OVERALL, cell: int = 0) -> Floats:
    """What a key figure adds up below its line, a replication each."""
    return np.array([run.sums(BY_NAME[name], by)[1][cell] for run in estimates.runs])


def figure(estimates: Estimates, name: str, by: By = By.OVERALL, cell: int = 0) -> Evidence:
    """Pooled value of a key figure, of the whole run or of one cell of a breakdown."""
    return ratio(tops(estimates, name, by, cell), bottoms(estimates, name, by, cell))


def assert_agrees(
    replications: Replications, theory: float, alpha: float = ALPHA, sees: float | None = None
) -> None:
    """The theory lies within the replications' t-interval, which is no wider than *sees* × theory."""
    found = evidence(replications)
    reach = found.reach(alpha)

    assert abs(found.value - theory) <= reach, f"{found}, theory {theory:.6g}"
    if sees is not None:
        assert reach <= sees * abs(theory), f"sees {reach / abs(theory):.2g}, should see {sees:.2g}"


def assert_disagrees(replications: Replications, wrong: float, alpha: float = ALPHA) -> None:
    """The negative control: the same check fails against a *wrong* theory."""
    with pytest.raises(AssertionError, match="theory"):
        assert_agrees(replications, wrong, alpha)
