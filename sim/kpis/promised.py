"""What do runs add up to for each bound, interval by interval? Sums that studies pool as they like.

A ratio's sums are those of its columns. Of a percentile they count the values: with at least nine tenths of
them no longer than a bound, the 90th percentile is (to one value) no longer either, and counts add up where
percentiles don't. Of a highest value there are the highest of each interval, and how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME, Peak, Quantile, Ratio
from sim.kpis.definitions.forms import RUNS
from sim.kpis.loops import By, Column
from sim.kpis.targets import Bound
from sim.kpis.totals import Totals
from sim.scenario.figures import Sided

_OF_TIME = frozenset(column for column in Column if Column.DUTY_S <= column < Column.WINDOW_S)
"""Columns of agents' time and of the line."""
_RESOLVED = ("successful", "success_rate")


def crossing(bounds: Sequence[Bound]) -> dict[By, list[int]]:
    """Queues and groups, by number, that have to be added up by interval for some *bounds*."""
    found: dict[By, list[int]] = {}
    for bound in bounds:
        if bound.where is not None and not isinstance(BY_NAME[bound.kpi].form, Quantile):
            found.setdefault(bound.by, []).append(bound.cell)
    return {by: sorted(set(cells)) for by, cells in found.items()}


def are_of_chats(bounds: Sequence[Bound]) -> bool:
    """Whether *bounds* bind sums over chats alone, which searches have without all the rest."""
    forms = [BY_NAME[bound.kpi].form for bound in bounds]
    return all(isinstance(form, Ratio) for form in forms) and not any(map(is_of_time, bounds))


def is_of_time(bound: Bound) -> bool:
    """Whether a *bound* binds what passes in an interval, and not the chats that came in it."""
    form = BY_NAME[bound.kpi].form
    return isinstance(form, Ratio) and bool({form.top.column, form.bottom.column} & _OF_TIME)


def is_a_run(bound: Bound) -> bool:
    """Whether a *bound* binds what a whole run adds up to."""
    form = BY_NAME[bound.kpi].form
    return isinstance(form, Ratio) and form.bottom is RUNS


def are_of_opinions(bounds: Sequence[Bound]) -> bool:
    """Whether any of the *bounds* binds what customers think, or what was resolved."""
    return any(BY_NAME[bound.kpi].section == "satisfaction" or bound.kpi in _RESOLVED for bound in bounds)


def of_sums(bound: Bound) -> Bound:
    """Give the bound of sums that says the same: of a percentile, one of the share of values within it."""
    form = BY_NAME[bound.kpi].form
    if not isinstance(form, Quantile):
        return bound
    side: Sided = "at least" if bound.side == "at most" else "at most"
    return replace(bound, side=side, value=form.share, within=bound.value)


def bound_sums(data: Totals, bounds: Sequence[Bound]) -> Floats:
    """Sums above and below the line, shape (n_runs, n_bounds, 2, n_intervals)."""
    n_intervals, cells = data.sizes[By.INTERVAL], crossing(bounds)
    found = np.empty((data.n, len(bounds), 2, n_intervals))
    for k, bound in enumerate(bounds):
        form = BY_NAME[bound.kpi].form
        if isinstance(form, Quantile):
            found[:, k] = _counts(data, bound, form)
            continue
        nth = cells[bound.by].index(bound.cell) if data.sizes[bound.by] > 1 else None
        if isinstance(form, Peak):
            values = _column(data, bound.by, nth, form.highest.column)
            found[:, k, 0], found[:, k, 1] = np.nan_to_num(values), ~np.isnan(values)
            continue
        for side, part in enumerate((form.top, form.bottom)):
            found[:, k, side] = _column(data, bound.by, nth, part.column)
        if is_a_run(bound):  # one a run, and not one an interval
            found[:, k, 1] = 1 / n_intervals
    return found


def _column(data: Totals, by: By, nth: int | None, column: Column) -> Floats:
    """Column by interval, of the whole centre or of one that was crossed: (n_runs, n_intervals)."""
    if nth is None:
        return data.tables[By.INTERVAL].column(column)
    values: Floats = data.crossed[by][:, nth, :, column]
    return values


def _counts(data: Totals, bound: Bound, form: Quantile) -> Floats:
    """How many values are no longer than a bound, and how many there are: (n_runs, 2, n_intervals)."""
    samples, n_intervals = data.samples[form.value], data.sizes[By.INTERVAL]
    mine = np.ones(len(samples.values), dtype=np.bool_)
    if bound.by in samples.cells:
        mine = samples.cells[bound.by] == bound.cell
    within = samples.values <= (bound.value if bound.within is None else bound.within)
    counts = [samples.count(By.INTERVAL, n_intervals, each) for each in (mine & within, mine)]
    return np.stack(counts, axis=1).astype(np.float64)
