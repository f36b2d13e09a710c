"""What switching costs no average tells: answers are mixtures over what it may be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from sim.studies.averages.model import SWITCHING
from sim.studies.averages.switching import COSTS, MOST, NONE, WEIGHTS, Mixture


def test_a_mixture_s_quantiles_are_those_of_its_parts_together():
    said = Mixture(np.array([0.0, 1.0]), np.array([0.7, 0.3]), 0.04)
    low, high = said.quantiles((0.05, 0.95))

    for share, value in ((0.05, low), (0.95, high)):
        assert 0.7 * norm.cdf(value / 0.2) + 0.3 * norm.cdf((value - 1) / 0.2) == pytest.approx(share)
    assert said.mean == pytest.approx(0.3)
    assert said.variance == pytest.approx(0.04 + 0.3 * 0.7)
    drawn = np.random.default_rng(1)
    some = np.where(drawn.random(100_000) < 0.3, 1.0, 0.0) + 0.2 * drawn.standard_normal(100_000)
    assert [low, high] == pytest.approx(np.quantile(some, [0.05, 0.95]), abs=0.02)


def test_without_an_effect_of_switching_the_band_is_the_normal_one():
    assert Mixture.of(2.0, 0.0, 0.01).quantiles((0.05, 0.95)) == pytest.approx(
        norm.ppf([0.05, 0.95], 2.0, 0.1)
    )


def test_costs_stand_for_none_and_for_all_up_to_the_most():
    said = Mixture.of(1.0, SWITCHING, 1e-8)  # so that an answer is 1 and the cost

    assert WEIGHTS.sum() == pytest.approx(1)
    assert said.mean == pytest.approx(1 + (1 - NONE) * MOST / 2)
    assert said.variance == pytest.approx((1 - NONE) * MOST**2 / 3 - ((1 - NONE) * MOST / 2) ** 2, rel=0.01)
    assert said.quantiles((0.2,)) == pytest.approx([1], abs=1e-3)
    assert said.quantiles((0.999,)) == pytest.approx([1 + COSTS[-1]], abs=1e-3)
