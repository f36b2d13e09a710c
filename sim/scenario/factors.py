"""Which laws do factors without a unit follow? Those of durations, around 1."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.arrays import Floats
from sim.scenario.distributions import Empirical, Fixed, Gamma, Lognormal, Uniform
from sim.scenario.record import ByDistribution, law_broken, plain
from sim.scenario.units import Cv, Weight

PositiveFactor = Annotated[float, Field(ge=0.05, le=100, allow_inf_nan=False, strict=True)]


class _Factor(ByDistribution):
    """A law of factors: the law of durations with the same shape, read without the unit."""

    def _law(self) -> Fixed | Lognormal | Gamma | Uniform | Empirical:
        raise NotImplementedError

    def sample(self, u: Floats) -> Floats:
        """Values from independent uniforms *u* in [0, 1), a value each."""
        return self._law().sample(u)


class FixedFactor(_Factor):
    """The same for all."""

    law: Literal["fixed"] = "fixed"
    mean: PositiveFactor = Field(examples=[1.0])

    def _law(self) -> Fixed:
        return Fixed(law="fixed", mean_s=self.mean)


class LognormalFactor(_Factor):
    """Mean and coefficient of variation; never 0."""

    law: Literal["lognormal"] = "lognormal"
    mean: PositiveFactor = Field(default=1.0, examples=[1.0])
    cv: Cv = Field(examples=[0.2])

    def _law(self) -> Lognormal:
        return Lognormal(law="lognormal", mean_s=self.mean, cv=self.cv)


class GammaFactor(_Factor):
    """Mean and coefficient of variation."""

    law: Literal["gamma"] = "gamma"
    mean: PositiveFactor = Field(default=1.0, examples=[1.0])
    cv: Annotated[float, Field(ge=1e-3, le=0.5, strict=True)] = Field(examples=[0.2])
    """At most 0.5: beyond it some agents would hardly move."""

    def _law(self) -> Gamma:
        return Gamma(law="gamma", mean_s=self.mean, cv=self.cv)


class UniformFactor(_Factor):
    """Anything between `low` and `high` alike."""

    law: Literal["uniform"] = "uniform"
    low: PositiveFactor = Field(examples=[0.8])
    high: PositiveFactor = Field(examples=[1.2])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if self.low >= self.high:
            raise law_broken((("high",), f"must be above low, {self.low:g}", self.high))
        return self

    def _law(self) -> Uniform:
        return Uniform(law="uniform", low_s=self.low, high_s=self.high)


class EmpiricalFactor(_Factor):
    """The values themselves, with weights (alike where there are none)."""

    law: Literal["empirical"] = "empirical"
    values: tuple[PositiveFactor, ...] = Field(min_length=1, examples=[[0.8, 1.0, 1.1]])
    weights: tuple[Weight, ...] | None = None

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if self.weights is not None and len(self.weights) != len(self.values):
            law = f"needs a weight for each of the {len(self.values)} values"
            raise law_broken((("weights",), law, list(self.weights)))
        return self

    def _law(self) -> Empirical:
        return Empirical(law="empirical", values_s=self.values, weights=self.weights)


FactorDistribution = Annotated[
    Annotated[
        FixedFactor | LognormalFactor | GammaFactor | UniformFactor | EmpiricalFactor,
        Field(discriminator="law"),
    ],
    plain("mean", law="fixed"),
]
"""A law of factors, chosen by its `law`; in Python a number is that of all."""
