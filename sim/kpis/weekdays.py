"""How do weekdays differ? Figures of all Mondays together, of all Tuesdays, ... of a scenario's days.

Sums of days add up; a percentile is that of all values of such days, and a highest value the highest of them.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.kpis.definitions import BY_NAME, Peak, Quantile, Ratio
from sim.kpis.estimate import Estimates, Quantity, few_carry, figures_of, pseudo_values
from sim.kpis.intervals import skewed_t
from sim.kpis.loops import By
from sim.kpis.measure import pieces, ratio
from sim.kpis.ranked import Ranked
from sim.kpis.samples import Samples

WEEK = 7


def figures(estimates: Estimates, name: str, first: int) -> list[Quantity | None]:
    """Figure of each weekday, Monday first; None for one that the days don't have.

    The *first* day's weekday is 0 for a Monday.
    """
    kpi = BY_NAME[name]
    weekday = (first + np.arange(estimates.runs[0].sizes[By.DAY])) % WEEK
    there = np.unique(weekday)
    match kpi.form:
        case Ratio():
            top, bottom = (_added(side, weekday)[:, there] for side in estimates.sums(name, By.DAY))
            value, per_run = ratio(top.sum(axis=0), bottom.sum(axis=0)), ratio(top, bottom)
            ends = skewed_t(pseudo_values(top, bottom))
        case Quantile(value=kind, share=share):
            cell = np.searchsorted(there, weekday)
            samples = [
                _labelled(data.samples[kind].of_runs(some), cell) for data, some in pieces(estimates.runs)
            ]
            ranked = Ranked(samples, By.DAY, len(there))
            value, per_run, ends = ranked.quantile(share), ranked.of_days(share), ranked.woodruff(share)
        case Peak():
            days = estimates.own_values(name, By.DAY)
            per_run = np.stack([days[:, weekday == day].max(axis=1) for day in there], axis=1)
            value, ends = per_run.mean(axis=0), skewed_t(per_run)
    found = figures_of(kpi, value, ends, few_carry(kpi, per_run, ends.low), per_run)
    by_weekday: list[Quantity | None] = [None] * WEEK
    for day, quantity in zip(there.tolist(), found, strict=True):
        by_weekday[day] = quantity
    return by_weekday


def _added(by_day: Floats, weekday: Ints) -> Floats:
    """Sums of days added up by weekday, shape (n_runs, 7)."""
    found = np.zeros((len(by_day), WEEK))
    for day in range(by_day.shape[1]):
        found[:, weekday[day]] += by_day[:, day]
    return found


def _labelled(samples: Samples, cell: Ints) -> Samples:
    """Values whose day is told by the *cell* of its weekday."""
    counts = np.diff(samples.edges_of(By.DAY, len(cell)), axis=1)
    label = np.repeat(np.tile(cell, len(samples)), counts.ravel())
    return Samples(samples.values, samples.edges, {By.DAY: label})
