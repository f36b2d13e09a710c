"""Numbers of arrivals: Poisson given the day, and over-dispersed over days.

With one gamma factor a day of shape α the count of a day with Λ expected chats has variance Λ + Λ²/α
(Jongbloed and Koole, Appl. Stochastic Models Bus. Ind. 17 (2001) 307-318). The days are those of SSJ's
CallCenter: 1660 chats expected, and printed standard deviations of 93.6 (α = 400) and 513 (α = 10).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.draws.sampling import draw
from sim.scenario.demand import Arrivals
from tests.agree import assert_agrees, assert_disagrees
from tests.theory.centres import by_work, centre
from tests.theory.test_published import EXPECTED, PER_HOUR
from tests.worlds import SCALE


@cache
def counts(shape: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Chats of independent days."""
    scenario = centre(
        arrivals=Arrivals(per_hour=[*[0.0] * 8, *PER_HOUR, *[0.0] * 3], busyness_cv=shape**-0.5),
        service=by_work((1.0,)),
        agents=1,
    )
    return np.array([draw(scenario, 1, day).n_chats for day in range(1000 * SCALE)], dtype=np.float64)


@pytest.mark.parametrize(
    ("shape", "variance", "sees_mean", "sees_variance"),
    [(400.0, 8549.0, 0.01, 0.2), (10.0, 277_220.0, 0.05, 0.25)],
)
def test_days_are_over_dispersed(
    shape: float, variance: float, sees_mean: float, sees_variance: float
) -> None:
    """Mean and variance of a day's chats agree; the variance of a Poisson number doesn't."""
    squares = (counts(shape) - EXPECTED) ** 2

    assert pytest.approx(variance) == EXPECTED + EXPECTED**2 / shape
    assert_agrees(counts(shape), EXPECTED, sees=sees_mean)
    assert_agrees(squares, variance, sees=sees_variance)
    assert_disagrees(counts(shape), 1.06 * EXPECTED)
    assert_disagrees(squares, EXPECTED)
