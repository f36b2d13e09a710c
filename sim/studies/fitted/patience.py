"""How long do customers wait before they give up, if whoever is answered first never says?

Who gave up tells their patience, who was answered only that it was longer. Four answers: Kaplan and Meier's
curve (J. Am. Stat. Assoc. 53 (1958) 457-481), a hazard by pieces (those who gave up in a piece over the time
waited in it), and laws by the censored likelihood. Where some leave without a signal, their chats are
answered like any other and nobody writes back: whether they are among those who waited, and did not write, is
hidden. Then the hazards, the share of the silent, and the share of those present who write once alone are the
maximum of the likelihood, by expectation and maximisation (Castellanos, Yom-Tov and Goldberg, arXiv
2304.11754, with pieces in place of an exponential law). Chats that were answered at once tell the last from
the others.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import stats
from scipy.stats import t as student

from sim.arrays import Flags, Floats, Ints
from sim.scenario.distributions import Distribution, PiecewiseHazard
from sim.studies.fitted.laws import FEW, Durations, Fit, Number, fits_of

GRID_S = (0, 5, 10, 15, 20, 30, 40, 50, 55, 60, 65, 80, 100, 120, 180, 300, 600)
"""Edges of the pieces where customers are many: fine where people look at a clock or hear an announcement."""
_A_PIECE = 20
"""Who gave up in a piece, at least; else it is one with the next."""
_STEPS, _NEAR = 2_000, 1e-8
"""Of the expectation and maximisation, at most, and the change at which they end."""
_SILENT_FROM = 0.01
"""A smaller share of silent customers is taken for none."""


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """Waits of customers who had to wait, shape (n,) each."""

    wait_s: Floats
    gave_up: Flags
    """Whether the wait ended as they left; else it was cut off, as a rule by an answer."""
    day: Ints
    wrote: Flags
    """Whether they wrote after they were answered, or left in some way that shows they were there."""
    was_silent: Flags
    """Whether it is recorded that they had left without a signal by then."""

    @property
    def seen(self) -> Durations:
        """Patience as far as it shows."""
        return Durations(self.wait_s, ~self.gave_up, self.day)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Share of customers who would wait longer, with its 95 % interval: shape (n_points,) each."""

    at_s: Floats
    share: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Hazard:
    """Hazard of giving up by pieces."""

    edges_s: Floats
    """Where each piece begins."""
    per_s: Floats
    low: Floats
    high: Floats
    events: Floats
    exposure_s: Floats
    aic: float

    @property
    def law(self) -> Distribution:
        """As the scenario has it."""
        return PiecewiseHazard(
            edges_s=tuple(float(each) for each in self.edges_s),
            hazard_per_s=tuple(float(each) for each in self.per_s),
        )


@dataclass(frozen=True, slots=True)
class Silent:
    """Customers who leave without a signal, of those whose patience ends."""

    share: Number
    customers: float
    """Expected number of them."""
    how: str
    """Recorded, or by expectation and maximisation."""


@dataclass(frozen=True, slots=True, eq=False)
class Patience:
    """What is known of how long customers wait."""

    curve: Curve
    hazard: Hazard | None
    fits: tuple[Fit, ...]
    """Laws, the best first."""
    silent: Silent | None
    n: int
    """Customers who had to wait."""
    gave_up: int

    @property
    def pieces(self) -> Hazard | None:
        """The hazard by pieces, where the scenario takes it; None where the AIC of a law is lower."""
        best = self.fits[0] if self.fits else None
        return (
            self.hazard if self.hazard is not None and (best is None or self.hazard.aic < best.aic) else None
        )

    @property
    def law(self) -> Distribution | None:
        """What the scenario takes: the hazard by pieces, or a law whose AIC is lower; None of nobody."""
        if self.pieces is not None:
            return self.pieces.law
        return self.fits[0].law if self.fits else None


def patience_of(waits: Waits) -> Patience | None:
    """Learn patience from those who had to wait; None where too few gave up."""
    known = waits.wait_s > 0
    waits = Waits(*(getattr(waits, name)[known] for name in Waits.__dataclass_fields__))
    recorded = bool(waits.was_silent.any())
    if recorded:
        waits = replace(waits, gave_up=waits.gave_up | waits.was_silent, wrote=waits.wrote | waits.was_silent)
    n_gone = int(waits.gave_up.sum())
    if n_gone < FEW:
        return None
    silent = _recorded(waits) if recorded else None
    return Patience(
        curve_of(waits.seen),
        hazard_of(waits.seen),
        tuple(fits_of(waits.seen)),
        silent,
        len(waits.wait_s),
        n_gone,
    )


def curve_of(seen: Durations) -> Curve:
    """Kaplan and Meier's curve, at the times at which somebody gave up."""
    found = stats.ecdf(stats.CensoredData.right_censored(seen.value_s, seen.is_longer)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where all are gone there is no interval
        ends = found.confidence_interval(confidence_level=0.95, method="log-log")
    parts: list[Any] = [found, ends.low, ends.high]
    points = [
        np.asarray(found.quantiles, dtype=np.float64),
        *(np.asarray(each.probabilities, dtype=np.float64) for each in parts),
    ]
    return Curve(*points)


def hazard_of(seen: Durations) -> Hazard | None:
    """Hazard by pieces, as many as there are customers for."""
    edges = _edges(seen)
    if edges is None:
        return None
    events, exposure = _counts(seen, edges)
    hazard = events / exposure
    with np.errstate(divide="ignore"):
        likelihood = float((events * np.log(hazard)).sum() - (hazard * exposure).sum())
    reach = _reach(seen, edges, hazard, events)
    low, high = hazard * np.exp(-reach), hazard * np.exp(reach)
    return Hazard(edges, hazard, low, high, events, exposure, 2 * len(edges) - 2 * likelihood)


def _edges(seen: Durations) -> Floats | None:
    """Where pieces begin: those of the grid in each of which enough gave up."""
    gone = seen.value_s[~seen.is_longer]
    if len(gone) < 2 * _A_PIECE:
        return None
    counts = np.histogram(gone, [*GRID_S[:1], *(each + 1e-9 for each in GRID_S[1:]), np.inf])[0]
    edges: list[float] = []
    pending = 0
    for edge, count in zip(GRID_S, counts, strict=True):
        if not edges or pending >= _A_PIECE:
            edges.append(float(edge))
            pending = 0
        pending += int(count)
    if pending < _A_PIECE and len(edges) > 1:
        edges.pop()
    return np.array(edges)


def _counts(seen: Durations, edges: Floats) -> tuple[Floats, Floats]:
    """Who gave up in each piece (edge, next edge], and the time waited in it."""
    upper = np.append(edges[1:], np.inf)
    exposure = np.array(
        [np.clip(seen.value_s - low, 0.0, high - low).sum() for low, high in zip(edges, upper, strict=True)]
    )
    piece = np.searchsorted(edges, seen.value_s[~seen.is_longer], side="left") - 1
    return np.bincount(np.maximum(piece, 0), minlength=len(edges)).astype(np.float64), exposure


def _reach(seen: Durations, edges: Floats, hazard: Floats, events: Floats) -> Floats:
    """How far the logarithm of each hazard may be off, with days as clusters where there are enough."""
    days = np.unique(seen.day)
    if len(days) <= FEW:
        return np.asarray(1.96 / np.sqrt(np.maximum(events, 1.0)))
    scores = np.zeros((len(days), len(edges)))
    for k, day in enumerate(days):
        its_events, its_exposure = _counts(seen.some(seen.day == day), edges)
        scores[k] = its_events - hazard * its_exposure
    n = len(days)
    spread = np.sqrt((scores**2).sum(axis=0) * n / (n - 1)) / events
    return np.asarray(student.ppf(0.975, n - 1) * spread)


def _recorded(waits: Waits) -> Silent:
    """Share of the silent where a platform knows when customers had gone."""
    n, silent = int(waits.gave_up.sum()), int(waits.was_silent.sum())
    ends = stats.binomtest(silent, n).proportion_ci(0.95, "wilson")
    return Silent(Number(silent / n, float(ends.low), float(ends.high)), silent, "recorded")


# The hidden silent


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """Patience and silence where it does not show who had left without a signal."""

    hazard: Hazard
    silent: Silent
    once: float
    """Share of those present who write no more after the first reply."""
    weight: Floats
    """Of each wait, the probability that its customer had left without a signal."""


def hidden_of(waits: Waits, at_once: int, at_once_quiet: int) -> Hidden | None:
    """Patience, where some may have left without a signal; None where there is no sign of it.

    Parameters
    ----------
    at_once, at_once_quiet
        Chats that were answered without a wait, and those of them whose customer never wrote again: nobody
        of them was silent.
    """
    edges = _edges(waits.seen)
    if edges is None or at_once < 2 * _A_PIECE:
        return None
    found = _maximised(waits, edges, at_once, at_once_quiet)
    share, once, hazard, _ = found
    if share < _SILENT_FROM:
        return None
    likelihood = _likelihood(waits, edges, hazard, share, once, at_once, at_once_quiet)
    none = _likelihood(waits, edges, *_without(waits, edges, at_once, at_once_quiet), at_once, at_once_quiet)
    if 2 * (likelihood - none) < stats.chi2.ppf(0.99, 1):
        return None
    return _sure(waits, edges, found, likelihood, (at_once, at_once_quiet))


def _quiet(waits: Waits) -> Flags:
    return np.asarray(~waits.gave_up & ~waits.wrote)


def _without(waits: Waits, edges: Floats, at_once: int, at_once_quiet: int) -> tuple[Floats, float, float]:
    """The best parameters where nobody is silent."""
    events, exposure = _counts(waits.seen, edges)
    present = at_once + int((~waits.gave_up).sum())
    return events / exposure, 0.0, (at_once_quiet + int(_quiet(waits).sum())) / present


def _maximised(
    waits: Waits, edges: Floats, at_once: int, at_once_quiet: int, given: tuple[Floats, Floats] | None = None
) -> tuple[float, float, Floats, Floats]:
    """Share of the silent, share of those who write once, hazards, and the probability of each wait.

    *given* a weight of each wait and of those that were at once (of their numbers), such as without a day.
    """
    quiet = _quiet(waits)
    base_events, base_exposure = _counts(waits.seen.some(~quiet), edges)
    wait_s = waits.wait_s[quiet]
    gone = float(waits.gave_up.sum())
    present = at_once + float((~waits.gave_up & waits.wrote).sum())
    share, once = 0.5, max(at_once_quiet, 1) / max(at_once, 1)
    hazard = base_events / np.maximum(base_exposure, 1e-9)
    for _ in range(_STEPS):
        left = 1 - _beyond(wait_s, edges, hazard)
        silent = share * left
        probability = silent / np.maximum(silent + (1 - left) * once, 1e-300)
        events, exposure = _expected(wait_s, edges, hazard, probability)
        n_silent = float(probability.sum())
        stays = float((1 - probability).sum())
        new = (base_events + events) / np.maximum(base_exposure + exposure, 1e-9)
        new_share = n_silent / max(n_silent + gone, 1e-9)
        new_once = (at_once_quiet + stays) / max(present + stays, 1e-9)
        change = max(abs(new_share - share), abs(new_once - once), float(np.abs(new / hazard - 1).max()))
        share, once, hazard = new_share, new_once, new
        if change < _NEAR:
            break
    weight = np.zeros(len(waits.wait_s))
    weight[quiet] = probability
    return share, once, hazard, weight


def _beyond(at_s: Floats, edges: Floats, hazard: Floats) -> Floats:
    """Probability that patience is longer."""
    upper = np.append(edges[1:], np.inf)
    total = sum(
        np.clip(at_s - low, 0.0, high - low) * h for low, high, h in zip(edges, upper, hazard, strict=True)
    )
    return np.asarray(np.exp(-total))


def _expected(wait_s: Floats, edges: Floats, hazard: Floats, probability: Floats) -> tuple[Floats, Floats]:
    """Expected numbers of the hidden who gave up in each piece, and the time that all of them waited in it.

    A customer who had left, with this *probability*, did so some time before *wait_s*; one who had not
    waited all of it.
    """
    upper = np.append(edges[1:], np.inf)
    beyond, begins = _beyond(wait_s, edges, hazard), _beyond(edges, edges, hazard)
    left = np.maximum(1 - beyond, 1e-300)
    events, exposure = np.empty(len(edges)), np.empty(len(edges))
    for k, (low, high, h, begin) in enumerate(zip(edges, upper, hazard, begins, strict=True)):
        within = np.clip(wait_s - low, 0.0, high - low)
        falls = begin * -np.expm1(-h * within)  # gives up within the piece, before the answer
        area = falls / h if h > 0 else begin * within  # ∫ S over that part of the piece
        events[k] = float((probability * falls / left).sum())
        # E[time in the piece; gave up before the answer] = ∫ S − (part of the piece) S(answer)
        spent = np.maximum(area - within * beyond, 0.0) / left
        exposure[k] = float((probability * spent + (1 - probability) * within).sum())
    return events, exposure


def _likelihood(
    waits: Waits, edges: Floats, hazard: Floats, share: float, once: float, at_once: int, at_once_quiet: int
) -> float:
    """Logarithm of the likelihood of all that shows."""
    quiet, gone = _quiet(waits), waits.gave_up
    beyond = _beyond(waits.wait_s, edges, hazard)
    piece = np.maximum(np.searchsorted(edges, waits.wait_s, side="left") - 1, 0)
    with np.errstate(divide="ignore"):
        ended = np.log(hazard[piece[gone]]) + np.log(beyond[gone]) + np.log(1 - share)
        hidden = np.log(share * (1 - beyond[quiet]) + beyond[quiet] * once)
        there = np.log(beyond[~gone & ~quiet]) + np.log(1 - once)
        prompt = at_once_quiet * np.log(max(once, 1e-12)) + (at_once - at_once_quiet) * np.log(1 - once)
    return float(ended.sum() + hidden.sum() + there.sum() + prompt)


def _sure(
    waits: Waits,
    edges: Floats,
    found: tuple[float, float, Floats, Floats],
    likelihood: float,
    at_once: tuple[int, int],
) -> Hidden:
    """Intervals, of the information of the likelihood in all parameters, by differences."""
    share, once, hazard, weight = found
    at = np.array([np.log(share / (1 - share)), np.log(once / (1 - once)), *np.log(hazard)])

    def told(z: Floats) -> float:
        logistic = 1 / (1 + np.exp(-z[:2]))
        return _likelihood(waits, edges, np.exp(z[2:]), float(logistic[0]), float(logistic[1]), *at_once)

    information = -_hessian(told, at)
    try:
        spread = np.sqrt(np.maximum(np.diag(np.linalg.inv(information)), 0.0))
    except np.linalg.LinAlgError:
        spread = np.full(len(at), np.nan)
    low, high = (1 / (1 + np.exp(-(at[0] + side * 1.96 * spread[0]))) for side in (-1, 1))
    reach = 1.96 * spread[2:]
    events, exposure = _counts(waits.seen, edges)
    of_share = Number(share, float(low), float(high)) if np.isfinite(low) else Number(share)
    return Hidden(
        Hazard(
            edges,
            hazard,
            hazard * np.exp(-reach),
            hazard * np.exp(reach),
            events,
            exposure,
            2 * len(at) - 2 * likelihood,
        ),
        Silent(of_share, float(weight.sum()), "by expectation and maximisation"),
        once,
        weight,
    )


def _hessian(function: Callable[[Floats], float], at: Floats, step: float = 1e-3) -> Floats:
    """Second derivatives of a function of several numbers, by differences."""
    k, eye = len(at), np.eye(len(at)) * step
    found = np.empty((k, k))
    middle = function(at)
    for i in range(k):
        found[i, i] = (function(at + eye[i]) - 2 * middle + function(at - eye[i])) / step**2
        for j in range(i):
            corners = [
                sign * function(at + a * eye[i] + b * eye[j])
                for a, b, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
            ]
            found[i, j] = found[j, i] = sum(corners) / (4 * step**2)
    return found
