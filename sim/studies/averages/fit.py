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
SLOPES = 3
"""Slopes are measured on one of so many of the days."""
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
    days: int
    """Days behind the averages."""
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

    @property
    def covariance(self) -> Floats:
        """Of the logarithms, given the averages, shape (n_numbers, n_numbers)."""
        inverse = np.linalg.inv(self.noise)
        curvature = self.jacobian.T @ inverse @ self.jacobian + np.diag(self.model.spread**-2)
        return np.asarray(np.linalg.inv(curvature), dtype=np.float64)

    @property
    def gain(self) -> Floats:
        """By how much the numbers move with each average, shape (n_numbers, n_averages)."""
        return self.covariance @ self.jacobian.T @ np.linalg.inv(self.noise)

    @property
    def error(self) -> Floats:
        """Covariance of the logarithms' errors, apart from that of the simulated days."""
        exact = noise_of(self.told, self.estimates, self.days, None)
        blind = np.eye(len(self.x)) - self.gain @ self.jacobian
        return np.asarray(self.gain @ exact @ self.gain.T + blind @ np.diag(self.model.spread**2) @ blind.T)

    def spreads(self) -> dict[str, float]:
        """Give the standard deviation of each number's logarithm."""
        return dict(zip(self.model.names, np.sqrt(np.diag(self.covariance)), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class _Goal:
    """What is made small: the misfit of averages, and that of the numbers."""

    model: Model
    told: Told
    wanted: Floats
    """Averages to be reproduced, transformed."""
    prior: Floats
    """Logarithms of numbers about which they are looked for."""
    noise: Floats
    """Covariance of the averages."""

    def cost(self, estimates: Estimates, x: Floats) -> float:
        """Misfit of the averages in their errors, and of the numbers in their spreads."""
        of_numbers = (((x - self.prior) / self.model.spread) ** 2).sum()
        return misfit(self.wanted - self.told.found(estimates), self.noise) + float(of_numbers)

    def step(
        self, bench: Bench, at: tuple[Floats, Estimates], jacobian: Floats
    ) -> tuple[Floats, Estimates, float] | None:
        """Take the first damped step that is better, and say by how much; None if none is."""
        x, estimates = at
        inverse, weight = np.linalg.inv(self.noise), np.diag(self.model.spread**-2)
        curvature = jacobian.T @ inverse @ jacobian + weight
        pull = jacobian.T @ inverse @ (self.wanted - self.told.found(estimates)) - weight @ (x - self.prior)
        cost = self.cost(estimates, x)
        for damping in DAMPING:
            step = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), pull)
            step *= min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-12))
            found = bench.measured([self.model.centre(x + step)])[0]
            gained = cost - self.cost(found, x + step)
            if gained > 0:
                return x + step, found, gained
        return None


def fit(model: Model, told: Told, bench: Bench, days: int, x: Floats, tell: Callable[[], None]) -> Fit:
    """Look for the numbers, from *x* on; averages are over so many *days*.

    Slopes are measured on fewer days, which costs no more than a few points on all of them.
    """
    estimates = bench.measured([model.centre(x)])[0]
    for rounds in count(1):
        slopes = _slopes(model, told, bench, x)
        covariance = noise_of(told, estimates, days, bench.days)
        tell()
        goal = _Goal(model, told, told.wanted(), model.prior, covariance)
        better = goal.step(bench, (x, estimates), slopes.jacobian) if rounds <= ROUNDS else None
        gained = 0.0
        if better is not None:
            x, estimates, gained = better
        if better is None or (gained < GAIN and rounds >= 2):
            break
    jacobian = slopes.jacobian
    return Fit(model, told, x, estimates, jacobian, covariance, days, slopes.unmoved, slopes.moved, rounds)


@dataclass(frozen=True, slots=True, eq=False)
class _Slopes:
    """What each number does to the averages."""

    jacobian: Floats
    unmoved: Estimates
    moved: list[Estimates]


def _slopes(model: Model, told: Told, bench: Bench, x: Floats) -> _Slopes:
    """Move each number by its step."""
    steps = np.array([prior_of(name).step for name in model.names])
    points = [model.centre(x), *(model.centre(x + step) for step in np.diag(steps))]
    unmoved, *moved = bench.part(SLOPES).measured(points)
    here = told.found(unmoved)
    columns = [(told.found(each) - here) / step for each, step in zip(moved, steps, strict=True)]
    return _Slopes(np.array(columns).T, unmoved, moved)


def refitted(
    fit: Fit, model: Model, bench: Bench, rounds: int = 2, *, alike: bool = False, start: Floats | None = None
) -> tuple[Floats, Estimates]:
    """Fit a neighbouring *model* with the slopes of a fit; to what the fit gives, if it is to be *alike*.

    It begins at *start*, or where the fit ended.
    """
    x, wanted, prior = fit.x if start is None else start, fit.told.wanted(), model.prior
    if alike:
        wanted, prior = fit.told.found(bench.measured([fit.model.centre(x)])[0]), x
    goal = _Goal(model, fit.told, wanted, prior, fit.noise)
    estimates = bench.measured([model.centre(x)])[0]
    for _ in range(rounds):
        better = goal.step(bench, (x, estimates), fit.jacobian)
        if better is None:
            break
        x, estimates, _ = better
    return x, estimates


def noise_of(told: Told, estimates: Estimates, days: int, simulated: int | None) -> Floats:
    """Covariance of given minus reproduced averages, transformed; of *simulated* days if there are any."""
    whole = told.spread(estimates) * (1 / days + (0 if simulated is None else 1 / simulated))
    own = [
        slope(seen.name, average.value) ** 2 * noise(seen.name, average.value, average.step)
        for seen, average in told.given.items()
    ]
    return np.asarray(whole + np.diag(own))


def misfit(apart: Floats, covariance: Floats) -> float:
    """χ² of transformed averages that are so far *apart*; infinite where one does not exist."""
    if not np.isfinite(apart).all():
        return float("inf")
    return float(apart @ np.linalg.solve(covariance, apart))
