"""Which law do durations follow of which some are known only to be longer? Fits by likelihood, and how sure.

Laws are those of a scenario, by their mean and their shape. Points are SciPy's maximum of the censored
likelihood, made sharper by one step of Newton's. Intervals come of the sandwich of scores, with days as
clusters, as durations of a day are alike; of few days, of the information alone. The law with the lowest AIC
is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import gamma as gamma_function
from scipy.stats import t as student

from sim.arrays import Flags, Floats, Ints
from sim.scenario.distributions import Distribution, Exponential, Gamma, Lognormal, Weibull

FEW = 8
"""Durations below which no law is fitted, and days below which clusters tell nothing."""
_MOST_CV, _LEAST_CV = 50.0, 0.01
_STEP = 1e-4
"""Of the logarithms of parameters, for derivatives."""
_MOST_SHAPE, _LEAST_SHAPE = 50.0, 0.05


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was fitted, with its 95 % interval where one is known."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """A law with its parameters as the scenario calls them."""

    law: Distribution
    numbers: Mapping[str, Number]
    """By parameter: mean_s, cv, shape."""
    aic: float
    n: int
    """Durations that are known to their end ..."""
    censored: int
    """... and those of which it is known that they were longer."""

    @property
    def name(self) -> str:
        """Of the law."""
        return self.law.law


@dataclass(frozen=True, slots=True, eq=False)
class Durations:
    """Durations in seconds, shape (n,) each."""

    value_s: Floats
    is_longer: Flags
    """Whether the duration was cut off there."""
    day: Ints
    """Day on which each began: durations of one are alike."""

    @classmethod
    def of(cls, value_s: Floats, day: Ints, is_longer: Flags | None = None) -> Durations:
        """Those that are known; none of the others."""
        known = np.isfinite(value_s)
        longer = np.zeros(len(value_s), dtype=np.bool_) if is_longer is None else is_longer
        return cls(value_s[known], longer[known], day[known])

    @property
    def n(self) -> int:
        """Known to their end."""
        return int((~self.is_longer).sum())

    @property
    def n_days(self) -> int:
        """Days on which they began."""
        return len(np.unique(self.day))

    def some(self, chosen: Flags) -> Durations:
        """Give a part of them."""
        return Durations(self.value_s[chosen], self.is_longer[chosen], self.day[chosen])


@dataclass(frozen=True, slots=True)
class _Family:
    """A law as SciPy has it, by the logarithms of its mean and of its shape."""

    name: str
    shape: str
    """What its shape is called; empty for none."""
    dist: Any
    frozen: Callable[[Floats], tuple[tuple[float, ...], float]]
    """SciPy's shapes, and scale, of such logarithms."""
    logs: Callable[[Sequence[float]], list[float]]
    """Logarithms of what SciPy fits: shapes, location 0, scale."""
    make: Callable[[float, float, float], Distribution]


def _cv_of(sigma: float) -> float:
    return float(np.sqrt(np.expm1(min(sigma**2, 8.0))))


_FAMILIES = (
    _Family(
        "exponential",
        "",
        stats.expon,
        lambda z: ((), float(np.exp(z[0]))),
        lambda p: [np.log(p[-1])],
        lambda mean_s, _, zero: Exponential(mean_s=mean_s, zero=zero),
    ),
    _Family(
        "weibull",
        "shape",
        stats.weibull_min,
        lambda z: ((float(np.exp(z[1])),), float(np.exp(z[0]) / gamma_function(1 + np.exp(-z[1])))),
        lambda p: [np.log(p[-1] * gamma_function(1 + 1 / p[0])), np.log(p[0])],
        lambda mean_s, shape, zero: Weibull(
            mean_s=mean_s, shape=float(np.clip(shape, _LEAST_SHAPE, _MOST_SHAPE)), zero=zero
        ),
    ),
    _Family(
        "lognormal",
        "cv",
        stats.lognorm,
        lambda z: (
            (float(np.sqrt(np.log1p(np.exp(2 * z[1])))),),
            float(np.exp(z[0]) / np.sqrt(1 + np.exp(2 * z[1]))),
        ),
        lambda p: [np.log(p[-1]) + min(p[0] ** 2, 8.0) / 2, np.log(_cv_of(p[0]))],
        lambda mean_s, cv, zero: Lognormal(
            mean_s=mean_s, cv=float(np.clip(cv, _LEAST_CV, _MOST_CV)), zero=zero
        ),
    ),
    _Family(
        "gamma",
        "cv",
        stats.gamma,
        lambda z: ((float(np.exp(-2 * z[1])),), float(np.exp(z[0] + 2 * z[1]))),
        lambda p: [np.log(p[0] * p[-1]), -np.log(p[0]) / 2],
        lambda mean_s, cv, zero: Gamma(mean_s=mean_s, cv=float(np.clip(cv, _LEAST_CV, _MOST_CV)), zero=zero),
    ),
)


def fits_of(seen: Durations) -> list[Fit]:
    """Fit every law to durations, the best first; none where they are too few or all alike.

    Durations of exactly zero are a share of their own, the rest follows the law.
    """
    some = ~seen.is_longer
    is_zero = some & (seen.value_s <= 0)
    n_zero = int(is_zero.sum())
    zero = n_zero / max(len(seen.value_s), 1)
    rest = seen.some(seen.value_s > 0)
    if rest.n < FEW or np.ptp(rest.value_s[~rest.is_longer]) <= 0:
        return []
    found = [_fit(family, rest, zero) for family in _FAMILIES]
    return sorted((each for each in found if each is not None), key=lambda each: each.aic)


def _fit(family: _Family, seen: Durations, zero: float) -> Fit | None:
    try:
        fitted = _fitted(family, seen)
    except (ValueError, RuntimeError, FloatingPointError):
        return None
    with np.errstate(all="ignore"):
        z = np.array(family.logs([float(each) for each in fitted]), dtype=np.float64)
        if not np.isfinite(z).all():
            return None
        z, spread = _sharpened(family, seen, z)
        likelihood = float(_terms(family, seen, z).sum())
    if not np.isfinite(likelihood):
        return None
    freedom = max(seen.n_days - 1, 1) if seen.n_days > FEW else 1_000
    reach = float(student.ppf(0.975, freedom)) * spread
    names = ("mean_s", family.shape)[: len(z)]
    numbers = {
        name: Number(float(np.exp(at)), float(np.exp(at - side)), float(np.exp(at + side)))
        if np.isfinite(side)
        else Number(float(np.exp(at)))
        for name, at, side in zip(names, z, reach, strict=True)
    }
    shape = numbers[family.shape].value if family.shape else 1.0
    law = family.make(float(np.clip(numbers["mean_s"].value, 1e-3, 1e8)), shape, zero)
    return Fit(law, numbers, 2 * len(z) - 2 * likelihood, seen.n, int(seen.is_longer.sum()))


def _fitted(family: _Family, seen: Durations) -> tuple[float, ...]:
    """SciPy's parameters: from durations over those that ended on, where some were cut off."""
    if not seen.is_longer.any():
        return tuple(family.dist.fit(seen.value_s, floc=0))
    data = stats.CensoredData.right_censored(seen.value_s, seen.is_longer)
    mean_s = float(seen.value_s.sum()) / max(seen.n, 1)
    shapes, scale = family.frozen(np.array([np.log(mean_s), 0.0]))
    return tuple(family.dist.fit(data, *shapes, floc=0, scale=scale))


def _terms(family: _Family, seen: Durations, z: Floats) -> Floats:
    """Logarithm of the likelihood of each duration."""
    shapes, scale = family.frozen(z)
    found = np.empty(len(seen.value_s))
    ended = ~seen.is_longer
    found[ended] = family.dist.logpdf(seen.value_s[ended], *shapes, scale=scale)
    found[~ended] = family.dist.logsf(seen.value_s[~ended], *shapes, scale=scale)
    return found


def _sharpened(family: _Family, seen: Durations, z: Floats) -> tuple[Floats, Floats]:
    """Maximum by Newton's method from one that is nearly there, and the standard errors of the logarithms."""
    for _ in range(3):
        scores, information = _scores(family, seen, z)
        try:
            step = np.linalg.solve(information, scores.sum(axis=0))
        except np.linalg.LinAlgError:
            return z, np.full(len(z), np.nan)
        if not np.isfinite(step).all() or np.abs(step).max() > 0.5:
            break
        z = z + step
        if np.abs(step).max() < 1e-7:
            break
    scores, information = _scores(family, seen, z)
    try:
        inverse = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return z, np.full(len(z), np.nan)
    variance = inverse
    days, place = np.unique(seen.day, return_inverse=True)
    if len(days) > FEW:
        by_day = np.stack([np.bincount(place, each, len(days)) for each in scores.T], axis=1)
        variance = inverse @ (by_day.T @ by_day) @ inverse * len(days) / (len(days) - 1)
    return z, np.sqrt(np.where(np.diag(variance) > 0, np.diag(variance), np.nan))


def _scores(family: _Family, seen: Durations, z: Floats) -> tuple[Floats, Floats]:
    """Derivatives of each term, shape (n, n_parameters), and the information, by differences."""
    k = len(z)
    at = _terms(family, seen, z)
    sides = []
    information = np.empty((k, k))
    for i in range(k):
        step = np.eye(k)[i] * _STEP
        up, down = _terms(family, seen, z + step), _terms(family, seen, z - step)
        sides.append((up - down) / (2 * _STEP))
        information[i, i] = -float((up - 2 * at + down).sum()) / _STEP**2
    for i in range(k):
        for j in range(i):
            e, f = np.eye(k)[i] * _STEP, np.eye(k)[j] * _STEP
            cross = sum(
                sign * float(_terms(family, seen, z + a * e + b * f).sum())
                for a, b, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
            )
            information[i, j] = information[j, i] = -cross / (4 * _STEP**2)
    return np.stack(sides, axis=1), information
