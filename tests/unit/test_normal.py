"""The normal law's quantiles."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from sim.scenario.normal import BLOCK, lognormal_quantiles


def quantiles(u: np.ndarray) -> np.ndarray:
    """Standard normal quantiles, by way of the lognormal ones."""
    return np.log(lognormal_quantiles(u, 0.0, 1.0))


def test_quantiles_are_those_of_scipy_to_the_last_digits():
    """The middle, both tails, both far tails, and the seams between them; more than a block."""
    tails = 10.0 ** -np.arange(1.0, 300.0, 0.37)
    seams = np.nextafter([0.075, 0.925, np.exp(-25.0)], [[0.0], [1.0]]).ravel()
    u = np.concatenate([(np.arange(3 * BLOCK + 7) + 0.5) / (3 * BLOCK + 7), tails, 1 - tails[:40], seams])

    np.testing.assert_allclose(quantiles(u), special.ndtri(u), rtol=1e-14, atol=1e-15)


def test_a_lognormal_has_its_mu_and_sigma_and_keeps_the_shape():
    """Values against the formula, in two dimensions."""
    u = np.linspace(0.01, 0.99, 99).reshape(9, 11)

    np.testing.assert_allclose(
        lognormal_quantiles(u, 3.0, 0.5), np.exp(3.0 + 0.5 * special.ndtri(u)), rtol=1e-14
    )


def test_the_ends_are_zero_and_infinite():
    """Probabilities 0 and 1, and what lies beyond the numbers."""
    ends = np.array([0.0, 1.0, 1 - 2.0**-53])

    assert lognormal_quantiles(ends, 1.0, 1.0).tolist()[:2] == [0.0, np.inf]
    assert lognormal_quantiles(ends, 700.0, 100.0)[2] == np.inf
    assert quantiles(np.array([0.5]))[0] == pytest.approx(0.0, abs=1e-16)
