"""How long do the accepted wait? The share that waits longer than a time, for every time."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats
from sim.kpis.estimate import Estimates, Quantity
from sim.report.numbers import duration_unit, percent
from sim.report.result import Column, Table

_POINTS = 200


def table(days: int, threshold_s: float, estimates: Estimates) -> Table:
    """A row a time: the share of the accepted that waits longer, and the band of replications.

    Each of these has so many *days*. Its title says how many need not wait, and how long the longest wait is.
    """
    samples = [np.sort(run.samples["wait_p50_s"].values) for run in estimates.runs]
    pooled = np.sort(np.concatenate(samples))
    columns = (
        Column("after_s", unit="s", form="number", is_shown=False),
        Column("longer", unit="share", form="quantity", is_shown=False),
    )
    if not len(pooled):
        return Table("waits", "Waits of the accepted chats", columns, [], is_shown=False)
    end_s = max(2 * threshold_s, 10.0, float(np.quantile(pooled, 0.995)))
    at_s = np.linspace(0.0, end_s, _POINTS)
    low, high = _band(samples, at_s)
    rows = [
        {"after_s": time_s, "longer": Quantity(share, None, None, False, None, p10, p90)}
        for time_s, share, p10, p90 in zip(
            at_s.tolist(), _longer(pooled, at_s).tolist(), low, high, strict=True
        )
    ]
    return Table("waits", _title(pooled, estimates.n * days), columns, rows, is_shown=False)


def _band(samples: list[Floats], at_s: Floats) -> tuple[list[float | None], list[float | None]]:
    """Band in which the curves of 80 % of the replications lie; none of a single one."""
    if len(samples) == 1:
        return [None] * len(at_s), [None] * len(at_s)
    curves = np.array([_longer(sample, at_s) for sample in samples if len(sample)])
    low, high = np.quantile(curves, [0.1, 0.9], axis=0)
    return low.tolist(), high.tolist()


def _longer(sorted_s: Floats, at_s: Floats) -> Floats:
    """Share of the sorted waits that are longer than each of *at_s*."""
    return np.asarray(1 - np.searchsorted(sorted_s, at_s, side="right") / len(sorted_s), dtype=np.float64)


def _title(sorted_s: Floats, n_days: int) -> str:
    at_once = float(np.mean(sorted_s <= 0))
    if at_once == 1:
        return "No accepted chat had to wait"
    unit_s, unit = duration_unit(sorted_s[-1])
    text = f"{percent(at_once)} of the accepted chats need not wait"
    longest = "the longest wait" if n_days == 1 else f"the longest wait in {n_days} days"
    return f"{text}; {longest} is {sorted_s[-1] / unit_s:.0f} {unit}"
