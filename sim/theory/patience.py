"""How long do impatient customers wait? M/M/n+G: any law of patience, by quadrature.

Somebody who would wait *x* has left by then with probability G(x), their patience's law. While all slots are
taken the virtual wait has a density in proportion to e^φ(x), φ(x) = λ H(x) − x × (rate at which slots are
freed), H(x) = ∫₀ˣ (1 − G). Every figure is an integral over it: the *building blocks* of Zeltyn and
Mandelbaum, Queueing Systems 51 (2005) 361-402, after Baccelli and Hebuterne, *Performance '81*,
159-179.

φ is concave. The integrals are taken by Gauss and Legendre over pieces that halve towards φ's peak, so a line
of seconds and one of hours, of one agent and of 100,000, have the same digits: about 12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import scipy
from numpy.typing import ArrayLike

from sim.arrays import Floats, Ints
from sim.scenario.distributions import (
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Fixed,
    Gamma,
    Hyperexponential,
    Lognormal,
    PiecewiseHazard,
    Uniform,
    Weibull,
)
from sim.theory.inputs import amount
from sim.theory.line import Line, Team

Function = Callable[[Floats], Floats]

NEGLIGIBLE = 45.0
"""e to the minus this is nothing beside 1."""
HALVINGS = 40
"""Pieces between a peak and the end: the smallest is 2 to the minus this."""
BLOCK = 256
"""Lines that are integrated at once."""
NODES, WEIGHTS = (np.asarray(array, dtype=np.float64) for array in np.polynomial.legendre.leggauss(16))


@dataclass(frozen=True, slots=True)
class Patience:
    """A law of patience as the integrals need it; functions of seconds."""

    beyond: Function
    """Probability that a customer's patience is longer."""
    held: Function
    """Mean of the smaller of their patience and the time: H."""
    quantile: Function
    kinks: Floats
    """Times at which the law is not smooth, in order."""


def exponential(mean_s: Floats) -> Patience:
    """Exponential patience with one mean, or with one for each line; 0 is nobody who waits."""
    mean = np.atleast_1d(mean_s)[:, None]
    rate = np.divide(1.0, mean, out=np.full(mean.shape, np.inf), where=mean > 0)

    def beyond(x: Floats) -> Floats:
        return np.asarray(np.where(mean > 0, np.exp(-x * np.where(mean > 0, rate, 0.0)), 0.0))

    return Patience(
        beyond,
        lambda x: np.asarray(-mean * np.expm1(-x * np.where(mean > 0, rate, 0.0))),
        lambda u: np.asarray(-mean * np.log1p(-u)),
        np.array([]),
    )


def patience_of(law: Distribution) -> Patience:
    """Patience of a law of the scenario's."""
    beyond, held, kinks = _functions(law)
    some = 1 - law.zero
    return Patience(
        lambda x: some * beyond(x),
        lambda x: some * held(x),
        law.quantile,
        np.asarray(kinks, dtype=np.float64),
    )


def _functions(law: Distribution) -> tuple[Function, Function, ArrayLike]:
    """Survival, mean of the smaller of patience and time, and kinks, of the part that is not zero."""
    kinks: ArrayLike = []
    match law:
        case Exponential(mean_s=mean):
            pair = _mixture(np.array([mean]), np.array([1.0]))
        case Hyperexponential(means_s=means, weights=weights):
            pair = _mixture(np.array(means), np.array(weights) / sum(weights))
        case Fixed(mean_s=mean):
            pair, kinks = _discrete(np.array([mean]), np.array([1.0])), [mean]
        case Empirical(values_s=values, weights=weights):
            share = np.ones(len(values)) if weights is None else np.array(weights)
            pair, kinks = _discrete(np.array(values), share / share.sum()), np.unique(values)
        case Uniform():
            low = float(law.quantile(np.array([law.zero]))[0])
            high = 2 * law.mean / (1 - law.zero) - low
            pair, kinks = _flat(low, high), [low, high]
        case Erlang() | Gamma():
            shape = float(law.cv**-2 if isinstance(law, Gamma) else law.shape or round((law.cv or 1.0) ** -2))
            pair = _gamma(shape, law.mean_s / shape)
        case Lognormal(mean_s=mean, cv=cv):
            pair = _lognormal(mean, cv)
        case Weibull(mean_s=mean, shape=shape):
            pair = _weibull(mean, shape)
        case PiecewiseHazard():
            pair, kinks = _by_hazard(law), law.edges_s
    return *pair, kinks


def _mixture(means: Floats, shares: Floats) -> tuple[Function, Function]:
    def beyond(x: Floats) -> Floats:
        return np.asarray(np.exp(-x[..., None] / means) @ shares)

    def held(x: Floats) -> Floats:
        return np.asarray(-np.expm1(-x[..., None] / means) @ (shares * means))

    return beyond, held


def _discrete(values: Floats, shares: Floats) -> tuple[Function, Function]:
    order = np.argsort(values)
    at, share = values[order], shares[order]
    left = np.append(np.cumsum(share[::-1])[::-1], 0.0)
    done = np.concatenate([[0.0], np.cumsum(share * at)])

    def beyond(x: Floats) -> Floats:
        return np.asarray(left[np.searchsorted(at, x, side="right")])

    def held(x: Floats) -> Floats:
        place = np.searchsorted(at, x, side="right")
        return np.asarray(done[place] + np.where(left[place] > 0, left[place] * x, 0.0))

    return beyond, held


def _flat(low: float, high: float) -> tuple[Function, Function]:
    width = high - low

    def beyond(x: Floats) -> Floats:
        return np.asarray(np.clip((high - x) / width, 0.0, 1.0))

    def held(x: Floats) -> Floats:
        within = np.clip(x, low, high) - low
        return np.asarray(np.minimum(x, low) + within * (1 - within / (2 * width)))

    return beyond, held


def _gamma(shape: float, scale: float) -> tuple[Function, Function]:
    def beyond(x: Floats) -> Floats:
        return np.asarray(scipy.special.gammaincc(shape, x / scale))

    def held(x: Floats) -> Floats:
        return np.asarray(x * beyond(x) + shape * scale * scipy.special.gammainc(shape + 1, x / scale))

    return beyond, held


def _lognormal(mean: float, cv: float) -> tuple[Function, Function]:
    sigma = np.sqrt(np.log1p(cv**2))
    mu = np.log(mean) - sigma**2 / 2

    def score(x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray((np.log(x) - mu) / sigma)

    def held(x: Floats) -> Floats:
        return np.asarray(x * scipy.special.ndtr(-score(x)) + mean * scipy.special.ndtr(score(x) - sigma))

    return lambda x: np.asarray(scipy.special.ndtr(-score(x))), held


def _weibull(mean: float, shape: float) -> tuple[Function, Function]:
    scale = mean / scipy.special.gamma(1 + 1 / shape)

    def hazard(x: Floats) -> Floats:
        """Cumulated hazard; from some point on its power would overflow, and nobody is left."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.exp(np.minimum(shape * np.log(x / scale), 700.0)))

    def beyond(x: Floats) -> Floats:
        return np.asarray(np.exp(-hazard(x)))

    def held(x: Floats) -> Floats:
        return np.asarray(mean * scipy.special.gammainc(1 / shape, hazard(x)))

    return beyond, held


def _by_hazard(law: PiecewiseHazard) -> tuple[Function, Function]:
    hazard = np.array(law.hazard_per_s, dtype=np.float64)
    edges = np.array(law.edges_s[: len(hazard)], dtype=np.float64)
    survival = np.exp(-np.concatenate([[0.0], np.cumsum(hazard[:-1] * np.diff(edges))]))

    def lived(piece: Ints, time: Floats) -> Floats:
        """Mean time within a piece of those who reach it, and stay at most a *time*."""
        rate = hazard[piece]
        falling = np.divide(-np.expm1(-rate * time), rate, out=time.copy(), where=rate > 0)
        return np.asarray(falling * survival[piece])

    pieces = np.arange(len(hazard) - 1)
    before = np.concatenate([[0.0], np.cumsum(lived(pieces, np.diff(edges)))])

    def beyond(x: Floats) -> Floats:
        piece = np.searchsorted(edges, x, side="right") - 1
        return np.asarray(survival[piece] * np.exp(-hazard[piece] * (x - edges[piece])))

    def held(x: Floats) -> Floats:
        piece = np.searchsorted(edges, x, side="right") - 1
        return np.asarray(before[piece] + lived(piece, x - edges[piece]))

    return beyond, held


@dataclass(frozen=True, slots=True)
class _Means:
    """Means over those who find every slot taken; a row a line."""

    weight: Floats
    """Integral of e to φ less its peak."""
    peak: Floats
    left: Floats
    wait_s: Floats
    left_s: Floats
    virtual_s: Floats
    accepted_in: Floats
    """Accepted before the cut."""
    left_in: Floats
    virtual_in: Floats


def _means(patience: Patience, rate: Floats, drain: Floats, cut: Floats) -> _Means:
    """Integrals of lines, of shape (lines, 1), with those up to a *cut* in seconds."""

    def exponent(x: Floats) -> Floats:
        return np.asarray(rate * patience.held(x) - drain * x)

    peak = _peak(patience, rate, drain)
    top = exponent(peak)
    edges = _edges(exponent, peak, top, 1 / drain, patience.kinks, cut)
    half = np.diff(edges, axis=1)[..., None] / 2
    x = (edges[:, :-1, None] + half + half * NODES).reshape(len(rate), -1)
    mass = (half * WEIGHTS).reshape(len(rate), -1) * np.exp(exponent(x) - top)
    weight = mass.sum(axis=1, keepdims=True)
    mass = mass / weight
    stays, held = patience.beyond(x), patience.held(x)
    early = mass * (x < cut)

    def total(values: Floats) -> Floats:
        return np.asarray(values.sum(axis=1, keepdims=True))

    gone_by_cut = 1 - patience.beyond(cut)
    return _Means(
        weight,
        top,
        total(mass * (1 - stays)),
        total(mass * held),
        total(mass * (held - x * stays)),
        total(mass * x),
        total(early * stays),
        total(early * (1 - stays)) + gone_by_cut * total(mass - early),
        total(early),
    )


def _peak(patience: Patience, rate: Floats, drain: Floats) -> Floats:
    """Where φ is largest: as many leave by then as come in excess of the slots that are freed."""
    excess = 1 - np.divide(drain, rate, out=np.ones(rate.shape), where=rate > drain)
    return np.asarray(np.where(excess > 0, patience.quantile(excess), 0.0))


def _edges(exponent: Function, peak: Floats, top: Floats, step: Floats, kinks: Floats, cut: Floats) -> Floats:
    """Ends of the pieces, in order, of shape (lines, pieces + 1)."""
    right = step
    while np.any(short := exponent(peak + right) > top - NEGLIGIBLE):
        right = np.where(short, 2 * right, right)
    left = np.minimum(step, peak)
    while np.any(short := (left < peak) & (exponent(peak - left) > top - NEGLIGIBLE)):
        left = np.where(short, np.minimum(2 * left, peak), left)
    low, high = peak - left, peak + right
    halves = 2.0 ** -np.arange(HALVINGS)
    pieces = [low, peak, peak + right * halves, np.clip(cut, low, high)]
    if np.any(left > 0):
        pieces += [peak - left * halves, low + left * halves]
    if len(kinks):
        pieces += [np.clip(kinks, low, high)]
    return np.sort(np.concatenate(pieces, axis=1), axis=1)


class Impatient(Line):
    """A line without end whose customers leave when their patience is over.

    It is stable if those who never leave, if any, are fewer than the slots that are freed; otherwise waits
    are infinite, and everybody leaves who ever would.
    """

    def __init__(self, per_s: Floats, team: Team, patience: Callable[[Ints], Patience]) -> None:
        """Line before a *team*; *patience* gives the law of some of the lines, by number."""
        self.per_s, self.team = per_s, team
        self._patience = patience
        self._last: tuple[Floats, Ints, _Means, Floats] | None = None
        """What was found for the last time asked for: the figures of a threshold ask for it thrice."""
        rows = np.arange(per_s.size)
        never = patience(rows).beyond(np.full((per_s.size, 1), 1e300))
        drain = team.drain_per_s.reshape(-1, 1)
        self._is_stable = per_s.reshape(-1, 1) * never < drain
        # The integrals of an unstable line are taken as if nobody came, and not used.
        self._rate = np.where(self._is_stable, per_s.reshape(-1, 1), 0.0)
        self._drain = drain
        means = self._integrals(rows, np.zeros(drain.shape))
        loss = team.loss.reshape(-1, 1)
        all_taken = loss * drain * means.weight
        self._delayed = np.where(
            self._is_stable, all_taken / ((1 - loss) * np.exp(-means.peak) + all_taken), 1.0
        )
        self.blocked = np.zeros(per_s.shape)
        self.delayed = self._delayed.reshape(per_s.shape)
        self.abandoned = self._of_entered(means.left, 1 - never)
        self.wait_s = self._of_entered(means.wait_s, np.inf)
        self.left_s = self._of_entered(means.left_s, np.inf)
        self.virtual_s = self._of_entered(means.virtual_s, np.inf)

    def accepted_within(self, t_s: ArrayLike) -> Floats:
        """Share of those entered who are accepted within *t_s*."""
        return self._within(t_s, lambda means, _: (means.accepted_in, 0.0), at_once=1.0)

    def left_within(self, t_s: ArrayLike) -> Floats:
        """Share of those entered who leave within *t_s*."""
        return self._within(t_s, lambda means, gone: (means.left_in, gone), at_once=0.0)

    def virtual_within(self, t_s: ArrayLike) -> Floats:
        """Probability that the virtual wait is at most *t_s*."""
        return self._within(t_s, lambda means, _: (means.virtual_in, 0.0), at_once=1.0)

    def _of_entered(self, of_delayed: Floats, unstable: ArrayLike) -> Floats:
        of_all = np.where(self._is_stable, self._delayed * of_delayed, unstable)
        return np.asarray(of_all.reshape(self.per_s.shape))

    def _within(
        self, t_s: ArrayLike, of_delayed: Callable[[_Means, Floats], tuple[Floats, ArrayLike]], at_once: float
    ) -> Floats:
        """A share of those who find a slot at once, and of the others, in a stable line or not."""
        t = amount(t_s, "t_s")
        shape = np.broadcast_shapes(self.per_s.shape, t.shape)
        if self._last is None or not np.array_equal(self._last[0], t):
            self._last = (t.copy(), *self._until(t, shape))
        _, rows, means, gone = self._last
        stable, unstable = of_delayed(means, gone)
        delayed = self._delayed[rows]
        share = (1 - delayed) * at_once + delayed * np.where(self._is_stable[rows], stable, unstable)
        return np.asarray(share.reshape(shape))

    def _until(self, t: Floats, shape: tuple[int, ...]) -> tuple[Ints, _Means, Floats]:
        """Lines of a shape by number, their integrals up to *t*, and the shares of patience over by then."""
        rows = np.broadcast_to(np.arange(self.per_s.size).reshape(self.per_s.shape), shape).ravel()
        cut = np.broadcast_to(t, shape).reshape(-1, 1)
        return rows, self._integrals(rows, cut), 1 - self._patience(rows).beyond(cut)

    def _integrals(self, rows: Ints, cut: Floats) -> _Means:
        """Integrals of some lines, up to a *cut* each; a block at a time, as each has thousands of nodes."""
        blocks = [slice(k, k + BLOCK) for k in range(0, max(len(rows), 1), BLOCK)]
        parts = [
            _means(self._patience(rows[k]), self._rate[rows[k]], self._drain[rows[k]], cut[k]) for k in blocks
        ]
        names = [field.name for field in fields(_Means)]
        return _Means(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
