"""What is known beforehand that makes a figure surer? Control variates: how many came, and were expected.

A day with more customers than expected is a worse day. How many are expected is known exactly, so that much
of a figure's deviation is known to be luck and can be taken off: the figure's pseudo-values are regressed on
the standardised number of arrivals and its square, whose means are 0, and the intercept is the estimate
(Lavenberg and Welch, *A perspective on the use of control variables*, Management Science 27, 1981; Nelson,
*Control variate remedies*, Operations Research 38, 1990). It costs no further run.

Its standard error is the jackknife's, for days with many customers also scatter more, which ordinary least
squares would not see. What is gained is the ratio of the replications needed for an interval as short.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from sim.draws.busyness import expected_volumes, volume_variances
from sim.measure.estimate import Estimates
from sim.measure.figures import BY_NAME
from sim.measure.intervals import CONFIDENCE
from sim.measure.tables import By, Column
from sim.world.scenario import Scenario
from sim.world.units import Floats

REPLICATIONS_EACH = 10
"""Replications that each control asks for: with fewer, its coefficient costs more than it gains."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A figure adjusted for what is known of the arrivals."""

    value: float
    low: float
    """Ends of the 95 % interval."""
    high: float
    controls: int
    """How many controls were used."""
    gain: float
    """So many times as many replications would be needed without controls to be as sure."""
    few_days: bool = False
    """The figure's mark: fewer than five replications carry it."""


def adjusted(figure: str, estimates: Estimates, scenario: Scenario) -> Adjusted | None:
    """Estimate a *figure* with control variates; None where nothing varies, or in too few replications."""
    values = estimates.pseudo_values(figure)[:, 0]
    known = ~np.isnan(values)
    controls = arrival_controls(estimates, scenario)[known]
    n_controls = controls.shape[1]
    if not n_controls or known.sum() < REPLICATIONS_EACH * n_controls or not np.ptp(values[known]):
        return None
    few = estimates.figure(figure).few_days
    found = replace(regressed(values[known], controls), few_days=few)
    if BY_NAME[figure].unit != "share":
        return found
    return replace(found, low=max(found.low, 0.0), high=min(found.high, 1.0))


def regressed(values: Floats, controls: Floats) -> Adjusted:
    """Mean of *values*, shape (n,), given *controls* of mean 0, shape (n, n_controls)."""
    n, n_controls = controls.shape
    design = np.column_stack([np.ones(n), controls])
    inverse = np.linalg.pinv(design)
    coefficients = inverse @ values
    left = values - design @ coefficients
    leverage = np.minimum((design * inverse.T).sum(axis=1), 1 - 1e-9)
    # Without replication r the intercept is less by so much (Efron's jackknife, in closed form).
    without = inverse[0] * left / (1 - leverage)
    error = float(((n - 1) / n * ((without - without.mean()) ** 2).sum()) ** 0.5)
    value, plain = float(coefficients[0]), float(values.std(ddof=1)) / n**0.5
    half = error * _t(n - 1 - n_controls)
    gain = (plain * _t(n - 1) / half) ** 2 if half else float("inf")
    return Adjusted(value, value - half, value + half, n_controls, gain)


def arrival_controls(estimates: Estimates, scenario: Scenario) -> Floats:
    """Arrivals of each replication and their squares, standardised: shape (n, n_controls), of mean 0.

    Of each queue, or of all together where replications are fewer than `REPLICATIONS_EACH` for each of them;
    the squares are left out next.
    """
    came = np.array([run.tables[By.QUEUE][:, Column.CUSTOMERS] for run in estimates.runs])
    expected, variances = expected_volumes(scenario).sum(axis=1), volume_variances(scenario)
    most = estimates.n // REPLICATIONS_EACH
    if 2 * (variances > 0).sum() > most:
        came, expected, variances = (part.sum(axis=-1, keepdims=True) for part in (came, expected, variances))
    moves = variances > 0
    scores = (came - expected)[:, moves] / np.sqrt(variances[moves])
    return np.column_stack([scores, scores**2 - 1]) if 2 * moves.sum() <= most else scores[:, :most]


def _t(degrees: int) -> float:
    return float(special.stdtrit(degrees, (1 + CONFIDENCE) / 2))
