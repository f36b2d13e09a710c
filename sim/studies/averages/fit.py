"""Which numbers reproduce the averages best? Gauss-Newton on simulated averages, with prior spreads.

The misfit of averages in their own errors, plus that of the numbers in their prior spreads, is made small
(maximum a posteriori; a Gauss-Newton step is that of generalised least squares, damped as by Levenberg and
Marquardt). An average's errors are those of the days behind it and of those simulated, its rounding, and
that definitions differ a little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np

from sim.arrays import Floats
from sim.kpis.estimate import Estimates
from sim.studies.averages.model import Model, prior_of
from sim.studies.averages.readings import noise, slope
from sim.studies.averages.simulated import Bench, Told

ROUNDS = 6
GAIN = 0.1
"""It stops where the misfit falls by less."""
DAMPING = (0.0, 0.3, 1.0, 4.0, 20.0)
LONGEST = 0.7
"""Longest step of a logarithm."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Numbers that fit, and how sure they are."""

    model: Model
    told: Told
    x: Floats
    """Logarithms of the numbers."""
    estimates: Estimates
    """The simulated centre that they make."""
    jacobian: Floats
    """Of the transformed averages by the logarithms, shape (n_averages, n_numbers)."""
    noise: Floats
    """Covariance of the averages, shape (n_averages, n_averages)."""
    covariance: Floats
    """Of the logarithms, given the averages, shape (n_numbers, n_numbers)."""
    unmoved: Estimates
    """The simulated centre about which the slopes were taken, a last small step before the end ..."""
    moved: list[Estimates]
    """... and with each number moved by its step."""
    rounds: int

    @property
    def apart(self) -> Floats:
        """Given minus reproduced averages, transformed."""
        return self.told.wanted() - self.told.found(self.estimates)

    @property
    def misfit(self) -> float:
        """χ² of the averages."""
        return misfit(self.apart, self.noise)

    def spreads(self) -> dict[str, float]:
        """Give the standard deviation of each number's logarithm."""
        return dict(zip(self.model.names, np.sqrt(np.diag(self.covariance)), strict=True))


def fit(model: Model, told: Told, bench: Bench, days: int, x: Floats, tell: Callable[[], None]) -> Fit:
    """Look for the numbers, from *x* on; averages are over so many *days*."""
    estimates = bench.measured([model.centre(x)])[0]
    steps = np.array([prior_of(name).step for name in model.names])
    weight = np.diag(model.spread**-2)
    for rounds in count(1):
        moved = bench.measured([model.centre(x + step) for step in np.diag(steps)])
        unmoved, now = estimates, told.found(estimates)
        columns = [(told.found(each) - now) / step for each, step in zip(moved, steps, strict=True)]
        jacobian = np.array(columns).T
        covariance = noise_of(told, estimates, days, bench.days)
        inverse = np.linalg.inv(covariance)
        tell()
        curvature = jacobian.T @ inverse @ jacobian + weight
        pull = jacobian.T @ inverse @ (told.wanted() - now) - weight @ (x - model.prior)
        better = None
        if rounds <= ROUNDS:
            cost = _cost(told.wanted() - now, covariance, x, model)
            better = _step(model, told, bench, x, curvature, pull, covariance, cost)
        if better is not None:
            x, estimates, gained = better
        if better is None or (gained < GAIN and rounds >= 2):
            break
    of_numbers = np.linalg.inv(curvature)
    return Fit(model, told, x, estimates, jacobian, covariance, of_numbers, unmoved, moved, rounds)


def refitted(fit: Fit, model: Model, bench: Bench, rounds: int = 2) -> tuple[Floats, Estimates]:
    """Fit a neighbouring *model* with the slopes of a fit."""
    x, weight = fit.x, np.diag(model.spread**-2)
    inverse = np.linalg.inv(fit.noise)
    curvature = fit.jacobian.T @ inverse @ fit.jacobian + weight
    estimates = bench.measured([model.centre(x)])[0]
    for _ in range(rounds):
        apart = fit.told.wanted() - fit.told.found(estimates)
        cost = _cost(apart, fit.noise, x, model)
        pull = fit.jacobian.T @ inverse @ apart - weight @ (x - model.prior)
        better = _step(model, fit.told, bench, x, curvature, pull, fit.noise, cost)
        if better is None:
            break
        x, estimates, _ = better
    return x, estimates


def noise_of(told: Told, estimates: Estimates, days: int, simulated: int) -> Floats:
    """Covariance of given minus reproduced averages, transformed."""
    whole = told.spread(estimates) * (1 / days + 1 / simulated)
    own = [
        slope(seen.name, average.value) ** 2 * noise(seen.name, average.value, average.step)
        for seen, average in told.given.items()
    ]
    return np.asarray(whole + np.diag(own))


def _step(
    model: Model,
    told: Told,
    bench: Bench,
    x: Floats,
    curvature: Floats,
    pull: Floats,
    covariance: Floats,
    cost: float,
) -> tuple[Floats, Estimates, float] | None:
    """Take the first damped step that is better; None if none is."""
    for damping in DAMPING:
        step = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), pull)
        step *= min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-12))
        estimates = bench.measured([model.centre(x + step)])[0]
        gained = cost - _cost(told.wanted() - told.found(estimates), covariance, x + step, model)
        if gained > 0:
            return x + step, estimates, gained
    return None


def _cost(apart: Floats, covariance: Floats, x: Floats, model: Model) -> float:
    return misfit(apart, covariance) + float((((x - model.prior) / model.spread) ** 2).sum())


def misfit(apart: Floats, covariance: Floats) -> float:
    """χ² of transformed averages that are so far *apart*; infinite where one does not exist."""
    if not np.isfinite(apart).all():
        return float("inf")
    return float(apart @ np.linalg.solve(covariance, apart))
