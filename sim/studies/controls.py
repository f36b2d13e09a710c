"""What is known beforehand that makes a figure surer? Control variates: how many came, and were expected.

A day with more customers than expected is a worse day. How many are expected is known exactly, so that much
of a figure's deviation is known to be luck and can be taken off: the figure's pseudo-values are regressed on
the standardised number of arrivals and its square, whose means are 0, and the intercept is the estimate
(Lavenberg and Welch, *A perspective on the use of control variables*, Management Science 27, 1981; Nelson,
*Control variate remedies*, Operations Research 38, 1990). It costs no further run.

What each replication says of the intercept is the jackknife's pseudo-value, for days with many customers
also scatter more, which ordinary least squares would not see. Their interval is corrected for skewness as all
others are. A figure that few replications carry can't bear a regression: a control takes 15 of them. What is
gained is the ratio of the replications needed for an interval as short.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Floats
from sim.draws.busyness import expected_volumes, volume_variances
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates
from sim.kpis.intervals import carriers, skewed_t
from sim.kpis.loops import By, Column
from sim.kpis.measure import columns
from sim.scenario.scenario import Scenario

CARRIERS_EACH = 15
"""Replications that each control asks for, all of which carry the figure: with fewer, its coefficient costs
more than it gains, and the interval holds less often than it says."""


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


def adjusted(figure: str, estimates: Estimates, scenario: Scenario) -> Adjusted | None:
    """Estimate a *figure* with control variates; None where nothing varies or few replications carry it."""
    values = estimates.pseudo_values(figure)[:, 0]
    known = ~np.isnan(values)
    most = min(known.sum(), carriers(estimates.own_values(figure))[0]) // CARRIERS_EACH
    controls = arrival_controls(estimates, scenario, int(most))[known]
    if not controls.shape[1] or not np.ptp(values[known]):
        return None
    found = regressed(values[known], controls)
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
    value = float(coefficients[0])
    said = value + (n - 1) * (without - without.mean())
    ends, plain = skewed_t(said[:, None], spent=n_controls), skewed_t(values[:, None])
    low, high = (value if np.isnan(end[0]) else float(end[0]) for end in ends)
    gain = float((plain.high - plain.low)[0] / (high - low)) ** 2 if high > low else float("inf")
    return Adjusted(value, low, high, n_controls, gain)


def arrival_controls(estimates: Estimates, scenario: Scenario, most: int) -> Floats:
    """Arrivals of each replication and their squares, standardised: shape (n, n_controls), of mean 0.

    Of each queue, or of all together where these are more than *most*; the squares are left out next.
    """
    came = columns(estimates.runs, By.QUEUE, [Column.CUSTOMERS])[:, 0]
    expected, variances = expected_volumes(scenario).sum(axis=1), volume_variances(scenario)
    if 2 * (variances > 0).sum() > most:
        came, expected, variances = (part.sum(axis=-1, keepdims=True) for part in (came, expected, variances))
    moves = variances > 0
    scores = (came - expected)[:, moves] / np.sqrt(variances[moves])
    return np.column_stack([scores, scores**2 - 1]) if 2 * moves.sum() <= most else scores[:, :most]
