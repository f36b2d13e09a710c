"""Which laws do durations and counts follow?

A law is a frozen record: its parameters, its `mean`, its `quantile` function, and `sample`, which turns
drawn uniforms into values. Sampling by inversion keeps common random numbers common: the customer
who drew u = 0.9 stays among the patient ones whatever the parameters. `mean_s` is the mean of the
part that is not zero; `zero` adds a probability of zero to any law of durations.

Formulas: Law, *Simulation Modeling and Analysis*, 5th ed., section 6.2 (continuous) and 6.3 (discrete).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

import numpy as np
import scipy
from pydantic import Field, model_validator

from sim.arrays import Floats
from sim.scenario.record import ByDistribution, law_broken, plain
from sim.scenario.units import Cv, PositiveCount, PositiveSeconds, Rate, Seconds, Weight
from sim.scenario.words import Words


class _Duration(ByDistribution):
    """A law of durations in seconds."""

    zero: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False, strict=True)] = 0.0
    """Probability of exactly zero; the rest follows the law."""

    @property
    def mean(self) -> float:
        """Mean in seconds, zeros included."""
        return (1 - self.zero) * self._mean()

    def quantile(self, u: Floats) -> Floats:
        """Quantiles in seconds at the probabilities *u* in [0, 1)."""
        return self._with_zero(u, self._quantile)

    def sample(self, u: Floats) -> Floats:
        """Values in seconds from independent uniforms *u* in [0, 1), a value each."""
        return self._with_zero(u, self._sample)

    def _with_zero(self, u: Floats, function: Callable[[Floats], Floats]) -> Floats:
        if self.zero == 0.0:
            return function(u)
        rest = np.maximum(u - self.zero, 0.0) / (1 - self.zero)
        return np.where(u < self.zero, 0.0, function(rest))

    def _mean(self) -> float:
        raise NotImplementedError

    def _quantile(self, u: Floats) -> Floats:
        raise NotImplementedError

    def _sample(self, u: Floats) -> Floats:
        return self._quantile(u)


class Exponential(_Duration):
    """Memoryless: the law of Erlang's formulas."""

    law: Literal["exponential"] = "exponential"
    mean_s: PositiveSeconds = Field(examples=[120.0])

    def _mean(self) -> float:
        return self.mean_s

    def _quantile(self, u: Floats) -> Floats:
        return np.asarray(-self.mean_s * np.log1p(-u), dtype=np.float64)


class Fixed(_Duration):
    """Always the same duration."""

    law: Literal["fixed"] = "fixed"
    mean_s: Seconds = Field(examples=[120.0])

    def _mean(self) -> float:
        return self.mean_s

    def _quantile(self, u: Floats) -> Floats:
        return np.full(u.shape, float(self.mean_s))


class Uniform(_Duration):
    """Anything between `low_s` and `high_s` alike; or given by `mean_s` and `cv`."""

    law: Literal["uniform"] = "uniform"
    low_s: Seconds | None = Field(default=None, examples=[30.0])
    high_s: PositiveSeconds | None = Field(default=None, examples=[90.0])
    mean_s: PositiveSeconds | None = Field(default=None, examples=[60.0])
    cv: Rate | None = Field(default=None, examples=[0.3])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        by_range = self.low_s is not None and self.high_s is not None
        by_mean = self.mean_s is not None and self.cv is not None
        if by_range == by_mean or (self.low_s is None) != (self.high_s is None):
            raise law_broken(((), "a uniform law takes either low_s and high_s, or mean_s and cv", None))
        if self.low_s is not None and self.high_s is not None and self.low_s >= self.high_s:
            raise law_broken((("high_s",), f"must be above low_s, {self.low_s:g}", self.high_s))
        if self.cv is not None and self.cv > 3**-0.5:
            raise law_broken((("cv",), "must be at most 0.577, or durations would be negative", self.cv))
        return self

    def _range(self) -> tuple[float, float]:
        if self.mean_s is not None and self.cv is not None:
            half = self.mean_s * self.cv * 3**0.5
            return self.mean_s - half, self.mean_s + half
        return float(self.low_s or 0.0), float(self.high_s or 0.0)

    def _mean(self) -> float:
        return sum(self._range()) / 2

    def _quantile(self, u: Floats) -> Floats:
        low, high = self._range()
        return low + (high - low) * u


class _Gamma(_Duration):
    """Common part of the gamma family: a mean and a shape."""

    def _shape(self) -> float:
        raise NotImplementedError

    def _mean(self) -> float:
        raise NotImplementedError

    def _quantile(self, u: Floats) -> Floats:
        shape = self._shape()
        return np.asarray(scipy.special.gammaincinv(shape, u) * (self._mean() / shape), dtype=np.float64)


class Erlang(_Gamma):
    """Sum of `shape` exponential stages; or given by the `cv`, 1 / √shape."""

    law: Literal["erlang"] = "erlang"
    mean_s: PositiveSeconds = Field(examples=[120.0])
    shape: PositiveCount | None = Field(default=None, examples=[2])
    cv: Cv | None = Field(default=None, examples=[0.5])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if (self.shape is None) == (self.cv is None):
            raise law_broken(((), "an erlang law takes either shape or cv", None))
        if self.cv is not None and abs(self._shape() ** -0.5 - self.cv) > 0.01 * self.cv:
            law = f"must be 1 / √n for a whole n, such as {self._shape() ** -0.5:.4f} (or take a gamma law)"
            raise law_broken((("cv",), law, self.cv))
        return self

    def _mean(self) -> float:
        return self.mean_s

    def _shape(self) -> float:
        return float(self.shape or max(1, round((self.cv or 1.0) ** -2)))


class Gamma(_Gamma):
    """Mean and coefficient of variation; with `cv` = 1 it is exponential."""

    law: Literal["gamma"] = "gamma"
    mean_s: PositiveSeconds = Field(examples=[120.0])
    cv: Cv = Field(examples=[0.8])

    def _mean(self) -> float:
        return self.mean_s

    def _shape(self) -> float:
        return self.cv**-2


class Lognormal(_Duration):
    """The law that handling times follow best (Brown et al., JASA 100, 2005, section 4)."""

    law: Literal["lognormal"] = "lognormal"
    mean_s: PositiveSeconds = Field(examples=[120.0])
    cv: Cv = Field(examples=[1.0])

    def _mean(self) -> float:
        return self.mean_s

    def _quantile(self, u: Floats) -> Floats:
        from sim.scenario.normal import lognormal_quantiles  # noqa: PLC0415  the compiler is slow to import

        sigma = np.sqrt(np.log1p(self.cv**2))
        mu = np.log(self.mean_s) - sigma**2 / 2
        return lognormal_quantiles(u, mu, sigma)


class Weibull(_Duration):
    """Mean and shape: below 1 the hazard falls with time, above 1 it rises."""

    law: Literal["weibull"] = "weibull"
    mean_s: PositiveSeconds = Field(examples=[120.0])
    shape: Annotated[float, Field(ge=0.05, le=50, allow_inf_nan=False, strict=True)] = Field(examples=[0.8])

    def _mean(self) -> float:
        return self.mean_s

    def _quantile(self, u: Floats) -> Floats:
        scale = self.mean_s / scipy.special.gamma(1 + 1 / self.shape)
        return np.asarray(scale * (-np.log1p(-u)) ** (1 / self.shape), dtype=np.float64)


class Hyperexponential(_Duration):
    """A mixture of exponentials: mean `means_s[i]` with weight `weights[i]`."""

    law: Literal["hyperexponential"] = "hyperexponential"
    weights: tuple[Weight, ...] = Field(min_length=1, examples=[[0.8, 0.2]])
    means_s: tuple[PositiveSeconds, ...] = Field(min_length=1, examples=[[60.0, 600.0]])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        _same_length(self.weights, self.means_s, "means_s")
        return self

    def _mean(self) -> float:
        return float(np.dot(_shares(self.weights), self.means_s))

    def _quantile(self, u: Floats) -> Floats:
        """By bisection of the distribution function, to the last bit."""
        shares, means = np.array(_shares(self.weights)), np.array(self.means_s)
        low = np.zeros(u.shape)
        high = -means.max() * np.log1p(-u)
        for _ in range(200):
            middle = (low + high) / 2
            above = 1 - np.exp(-middle[..., None] / means) @ shares > u
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return np.asarray((low + high) / 2, dtype=np.float64)

    def _sample(self, u: Floats) -> Floats:
        """By composition: u chooses the component, and what is left of it the value."""
        edges = np.concatenate([[0.0], np.cumsum(_shares(self.weights))])
        component = np.minimum(np.searchsorted(edges, u, side="right") - 1, len(self.weights) - 1)
        rest = (u - edges[component]) / (edges[component + 1] - edges[component])
        values = -np.array(self.means_s)[component] * np.log1p(-np.minimum(rest, 1 - 2.0**-53))
        return np.asarray(values, dtype=np.float64)


class Empirical(_Duration):
    """The values themselves, with weights (alike where there are none)."""

    law: Literal["empirical"] = "empirical"
    values_s: tuple[Seconds, ...] = Field(min_length=1, examples=[[30.0, 60.0, 90.0]])
    weights: tuple[Weight, ...] | None = Field(default=None, examples=[[1.0, 2.0, 1.0]])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        _same_length(self.weights or self.values_s, self.values_s, "values_s")
        return self

    def _mean(self) -> float:
        return float(np.average(self.values_s, weights=self.weights))

    def _quantile(self, u: Floats) -> Floats:
        return _discrete_quantile(np.array(self.values_s, dtype=np.float64), self.weights, u)


class PiecewiseHazard(_Duration):
    """Hazard `hazard_per_s[i]` from `edges_s[i]` on, up to the next edge; the last one holds on for ever.

    The first edge is 0. One more edge than hazards may be given: beyond it the last hazard holds on too.
    A last hazard of zero leaves a share of customers who never leave, and the mean is infinite.
    """

    law: Literal["piecewise_hazard"] = "piecewise_hazard"
    edges_s: tuple[Seconds, ...] = Field(min_length=1, examples=[[0.0, 60.0]])
    hazard_per_s: tuple[Rate, ...] = Field(min_length=1, examples=[[0.003, 0.002]])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if len(self.edges_s) - len(self.hazard_per_s) not in {0, 1}:
            raise law_broken(
                (
                    ("hazard_per_s",),
                    f"needs a hazard for each of the {len(self.edges_s)} edges",
                    self.hazard_per_s,
                )
            )
        if self.edges_s[0] != 0:
            raise law_broken((("edges_s",), "the first edge must be 0", self.edges_s[0]))
        if any(late <= early for early, late in zip(self.edges_s, self.edges_s[1:], strict=False)):
            raise law_broken((("edges_s",), "edges must rise", self.edges_s))
        return self

    def _pieces(self) -> tuple[Floats, Floats, Floats]:
        """Edges, hazards and the cumulated hazard at each edge."""
        hazard = np.array(self.hazard_per_s, dtype=np.float64)
        edges = np.array(self.edges_s[: len(hazard)], dtype=np.float64)
        return edges, hazard, np.concatenate([[0.0], np.cumsum(hazard[:-1] * np.diff(edges))])

    def _mean(self) -> float:
        edges, hazard, cumulated = self._pieces()
        survival = np.exp(-cumulated)
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = np.append(np.diff(edges), np.inf) * survival
            falling = (survival - np.append(survival[1:], 0.0)) / hazard
        return float(np.where(hazard > 0, falling, flat).sum())

    def _quantile(self, u: Floats) -> Floats:
        edges, hazard, cumulated = self._pieces()
        target = -np.log1p(-u)
        piece = np.searchsorted(cumulated, target, side="right") - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            beyond = (target - cumulated[piece]) / hazard[piece]
        return edges[piece] + np.where(target == cumulated[piece], 0.0, beyond)


Distribution = Annotated[
    Annotated[
        Exponential
        | Fixed
        | Uniform
        | Erlang
        | Gamma
        | Lognormal
        | Weibull
        | Hyperexponential
        | Empirical
        | PiecewiseHazard,
        Field(discriminator="law"),
    ],
    plain("mean_s", law="exponential"),
]
"""A law of durations, chosen by its `law`; in Python a number is the mean of an exponential one."""


class _Counts(ByDistribution):
    """A law of whole numbers, at least 1, with a `mean`."""

    def quantile(self, u: Floats) -> Floats:
        """Quantiles, whole numbers as floats, at the probabilities *u* in [0, 1)."""
        raise NotImplementedError

    def sample(self, u: Floats) -> Floats:
        """Values, whole numbers as floats, from independent uniforms *u* in [0, 1)."""
        return self.quantile(u)


MeanCount = Annotated[float, Field(ge=1, le=100_000, allow_inf_nan=False, strict=True)]
WholeCount = Annotated[int, Field(ge=1, le=100_000, strict=True)]


class GeometricCount(_Counts):
    """1, 2, 3, …: after each the same probability, 1 / mean, that it was the last."""

    law: Literal["geometric"] = "geometric"
    mean: MeanCount = Field(examples=[6.0])

    def quantile(self, u: Floats) -> Floats:
        """Quantiles of the count."""
        if self.mean == 1:
            return np.ones(u.shape)
        counts = np.ceil(np.log1p(-u) / np.log1p(-1 / self.mean))
        return np.asarray(np.maximum(1.0, counts), dtype=np.float64)


class FixedCount(_Counts):
    """Always the same whole number."""

    law: Literal["fixed"] = "fixed"
    mean: WholeCount = Field(examples=[6])

    def quantile(self, u: Floats) -> Floats:
        """The count, as often as asked for."""
        return np.full(u.shape, float(self.mean))


class PoissonCount(_Counts):
    """1 + a Poisson number, so at least 1, with the given mean."""

    law: Literal["poisson"] = "poisson"
    mean: MeanCount = Field(examples=[6.0])

    def quantile(self, u: Floats) -> Floats:
        """Quantiles of the count."""
        rate = self.mean - 1
        top = int(rate + 12 * np.sqrt(rate + 1) + 30)
        place = np.searchsorted(scipy.special.pdtr(np.arange(top), rate), u, side="right")
        return np.asarray(1.0 + place, dtype=np.float64)


class EmpiricalCount(_Counts):
    """The counts themselves, with weights (alike where there are none)."""

    law: Literal["empirical"] = "empirical"
    values: tuple[WholeCount, ...] = Field(min_length=1, examples=[[3, 6, 9]])
    weights: tuple[Weight, ...] | None = Field(default=None, examples=[[1.0, 2.0, 1.0]])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        _same_length(self.weights or self.values, self.values, "values")
        return self

    @property
    def mean(self) -> float:
        """Mean of the count."""
        return float(np.average(self.values, weights=self.weights))

    def quantile(self, u: Floats) -> Floats:
        """Quantiles of the count."""
        return _discrete_quantile(np.array(self.values, dtype=np.float64), self.weights, u)


CountDistribution = Annotated[
    Annotated[GeometricCount | FixedCount | PoissonCount | EmpiricalCount, Field(discriminator="law")],
    plain("mean", law="geometric"),
]
"""A law of whole numbers, chosen by its `law`; in Python a number is the mean of a geometric one."""


def gamma_factor(u: Floats, cv: float) -> Floats:
    """Gamma factors of mean 1 and coefficient of variation *cv* from uniforms *u*: busy and quiet days.

    The Poisson-gamma model of Jongbloed and Koole, Appl. Stochastic Models Bus. Ind. 17 (2001) 307-318.
    """
    if cv == 0:
        return np.ones(u.shape)
    return np.asarray(scipy.special.gammaincinv(cv**-2, u) * cv**2, dtype=np.float64)


def _shares(weights: tuple[float, ...]) -> list[float]:
    total = sum(weights)
    return [weight / total for weight in weights]


def _same_length(weights: tuple[Any, ...], values: tuple[Any, ...], name: str) -> None:
    if len(weights) != len(values):
        raise law_broken((("weights",), f"needs one weight for each of the {len(values)} {name}", weights))


def _discrete_quantile(values: Floats, weights: tuple[float, ...] | None, u: Floats) -> Floats:
    order = np.argsort(values, kind="stable")
    share = np.ones(len(values)) if weights is None else np.array(weights)
    cumulated = np.cumsum(share[order] / share.sum())
    place = np.searchsorted(cumulated, u, side="right")
    return values[order][np.minimum(place, len(values) - 1)]


def finite_means(**laws: _Duration | None) -> None:
    """Refuse a law by which something that must end might last for ever; names are those of the fields."""
    for name, law in laws.items():
        if law is not None and law.mean == float("inf"):
            raise law_broken(
                ((name,), "this duration must end: its last hazard must not be 0", Words("mean inf"))
            )
