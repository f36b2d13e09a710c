"""Laws of durations and counts, against scipy's own distributions and against their inverse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import integrate, stats

from sim.scenario.distributions import CountDistribution, Distribution, gamma_factor

U = np.linspace(0.0005, 0.9995, 400)


def law(**data: Any) -> Any:
    return TypeAdapter(Distribution).validate_python(data)


def count(**data: Any) -> Any:
    return TypeAdapter(CountDistribution).validate_python(data)


ORACLES = [
    (law(law="exponential", mean_s=50.0), stats.expon(scale=50)),
    (law(law="uniform", low_s=10.0, high_s=40.0), stats.uniform(10, 30)),
    (law(law="uniform", mean_s=30.0, cv=0.3), stats.uniform(30 - 9 * 3**0.5, 18 * 3**0.5)),
    (law(law="erlang", mean_s=60.0, shape=3), stats.erlang(3, scale=20)),
    (law(law="erlang", mean_s=60.0, cv=0.5), stats.erlang(4, scale=15)),
    (law(law="gamma", mean_s=60.0, cv=0.8), stats.gamma(0.8**-2, scale=60 * 0.8**2)),
    (
        law(law="lognormal", mean_s=60.0, cv=1.2),
        stats.lognorm(np.sqrt(np.log(2.44)), scale=60 / np.sqrt(2.44)),
    ),
    (law(law="weibull", mean_s=60.0, shape=1.0), stats.expon(scale=60)),
    (law(law="piecewise_hazard", edges_s=[0.0], hazard_per_s=[0.02]), stats.expon(scale=50)),
]


@pytest.mark.parametrize(("ours", "oracle"), ORACLES, ids=lambda x: getattr(x, "law", ""))
def test_quantile_and_mean_are_those_of_scipy(ours: Any, oracle: Any):
    """Quantiles at 400 probabilities, and the mean."""
    np.testing.assert_allclose(ours.quantile(U), oracle.ppf(U), rtol=1e-9)
    assert ours.mean == pytest.approx(oracle.mean())


@pytest.mark.parametrize(
    "ours",
    [
        *(ours for ours, _ in ORACLES),
        law(law="weibull", mean_s=60.0, shape=0.7),
        law(law="hyperexponential", weights=[0.7, 0.3], means_s=[20.0, 200.0]),
        law(law="empirical", values_s=[30.0, 10.0, 60.0], weights=[1.0, 2.0, 1.0]),
        law(law="piecewise_hazard", edges_s=[0.0, 10.0, 60.0], hazard_per_s=[0.01, 0.0, 0.005]),
        law(law="exponential", mean_s=50.0, zero=0.25),
        law(law="fixed", mean_s=7.0),
    ],
    ids=lambda x: x.law,
)
def test_the_mean_is_the_integral_of_the_quantile_function_and_of_the_samples(ours: Any):
    """The mean of quantiles, and of samples, at 200,000 midpoints agrees with the stated mean within 1 %."""
    u = (np.arange(200_000) + 0.5) / 200_000

    assert ours.quantile(u).mean() == pytest.approx(ours.mean, rel=0.01)
    assert ours.sample(u).mean() == pytest.approx(ours.mean, rel=0.01)
    assert np.all(np.diff(ours.quantile(u)) >= 0)


def test_hyperexponential_samples_follow_its_distribution_function():
    """Kolmogorov-Smirnov on 20,000 samples; false alarm 1e-6, and half of the weights is seen."""
    ours = law(law="hyperexponential", weights=[0.7, 0.3], means_s=[20.0, 200.0])
    sample = ours.sample(np.random.default_rng(1).random(20_000))

    def cdf(x: np.ndarray, first: float = 0.7) -> np.ndarray:
        return 1 - first * np.exp(-x / 20) - (1 - first) * np.exp(-x / 200)

    assert stats.kstest(sample, cdf).pvalue > 1e-6
    assert stats.kstest(sample, lambda x: cdf(x, 0.35)).pvalue < 1e-6
    np.testing.assert_allclose(cdf(ours.quantile(U)), U, atol=1e-12)


def test_piecewise_hazard_survives_as_worked_out_by_hand():
    """Hazard 0.01 to 100 s, then 0.02: S(100) = exp(-1), S(150) = exp(-2)."""
    ours = law(law="piecewise_hazard", edges_s=[0.0, 100.0], hazard_per_s=[0.01, 0.02])

    assert ours.quantile(1 - np.exp([-1.0, -2.0])).tolist() == pytest.approx([100, 150])
    assert ours.mean == pytest.approx(
        integrate.quad(lambda t: np.exp(-(0.01 * t)), 0, 100)[0] + np.exp(-1) / 0.02
    )


def test_a_last_hazard_of_zero_leaves_people_who_never_leave():
    """Half of them survive to 100 s and then stay for ever."""
    ours = law(law="piecewise_hazard", edges_s=[0.0, 100.0], hazard_per_s=[np.log(2) / 100, 0.0])

    assert ours.mean == float("inf")
    assert ours.quantile(np.array([0.4, 0.6]))[1] == float("inf")


def test_zero_adds_a_probability_of_exactly_zero():
    """A quarter is zero; the rest is the law itself, stretched."""
    ours = law(law="fixed", mean_s=8.0, zero=0.25)

    assert ours.quantile(np.array([0.0, 0.24, 0.25, 0.9])).tolist() == [0, 0, 8, 8]
    assert ours.mean == 6


@pytest.mark.parametrize(
    ("ours", "oracle"),
    [
        (count(law="geometric", mean=6.0), stats.geom(1 / 6)),
        (count(law="poisson", mean=6.0), stats.poisson(5, loc=1)),
    ],
    ids=["geometric", "poisson"],
)
def test_counts_are_those_of_scipy_and_at_least_one(ours: Any, oracle: Any):
    """Quantiles at 400 probabilities, and the mean."""
    assert ours.quantile(U).tolist() == oracle.ppf(U).tolist()
    assert ours.quantile(np.zeros(1)).tolist() == [1]
    assert ours.mean == pytest.approx(oracle.mean())


def test_counts_of_one_value_and_of_weights():
    """Fixed and empirical counts."""
    assert count(law="fixed", mean=3).quantile(U[:2]).tolist() == [3, 3]
    assert count(law="empirical", values=[5, 1], weights=[1.0, 3.0]).quantile(
        np.array([0.7, 0.8])
    ).tolist() == [1, 5]
    assert count(law="geometric", mean=1.0).quantile(U[:2]).tolist() == [1, 1]


def test_busyness_has_mean_one_and_the_stated_variation():
    """Gamma factors at 200,000 midpoints; a variation of zero is no factor."""
    u = (np.arange(200_000) + 0.5) / 200_000
    factors = gamma_factor(u, 0.3)

    assert factors.mean() == pytest.approx(1, rel=1e-3)
    assert factors.std() == pytest.approx(0.3, rel=1e-2)
    assert gamma_factor(u[:2], 0.0).tolist() == [1, 1]


@pytest.mark.parametrize(
    "data",
    [
        {"law": "exponential"},
        {"law": "exponential", "mean_s": 0.0},
        {"law": "exponential", "mean_s": float("nan")},
        {"law": "exponential", "mean_s": "60"},
        {"law": "exponential", "mean_s": 60.0, "zero": 1.0},
        {"law": "uniform", "low_s": 5.0},
        {"law": "uniform", "low_s": 5.0, "high_s": 5.0},
        {"law": "uniform", "mean_s": 5.0, "cv": 0.6},
        {"law": "erlang", "mean_s": 5.0},
        {"law": "erlang", "mean_s": 5.0, "cv": 0.6},
        {"law": "hyperexponential", "weights": [1.0], "means_s": [1.0, 2.0]},
        {"law": "empirical", "values_s": [1.0], "weights": [1.0, 1.0]},
        {"law": "piecewise_hazard", "edges_s": [1.0], "hazard_per_s": [0.1]},
        {"law": "piecewise_hazard", "edges_s": [0.0, 5.0, 5.0], "hazard_per_s": [0.1, 0.1, 0.1]},
        {"law": "piecewise_hazard", "edges_s": [0.0], "hazard_per_s": [0.1, 0.1]},
    ],
)
def test_a_law_that_breaks_its_own_laws_is_refused(data: dict[str, Any]):
    """Missing, negative, contradictory or unknown parameters."""
    with pytest.raises(ValidationError):
        TypeAdapter(Distribution).validate_python(data)
