"""A bank's days of 1999, at eleven o'clock, each forecast from the days before it alone: how often does the band hold?"""

from __future__ import annotations

import numpy as np
import pytest

from sim.kpis.intervals import wilson
from sim.scenario.actuals import Day
from sim.studies.intraday.study import intraday
from sim.studies.volumes.pattern import counts
from tests.history.test_volumes import bank, needs_bank
from tests.worlds import by_work, group, queue, world

WEEKDAYS, FIRST, NOW = {6, 0, 1, 2, 3}, 7, 11
"""Sunday to Thursday; the bank opens at seven."""
FEWEST = 8
"""Days of such weekdays before a day is forecast."""


def spreads(before: np.ndarray) -> tuple[float, float]:  # type: ignore[type-arg]
    """Coefficients of variation of a day and of an hour beyond chance, by moments of some days' hours."""
    total, mean = before.sum(axis=1), before.mean(axis=0)
    day = max(total.var(ddof=1) / total.mean() ** 2 - 1 / total.mean(), 0.0)
    some = mean > 0
    expected = mean[some] * (total / total.mean())[:, None]
    off = ((before[:, some] - expected) ** 2 - expected).sum() / (expected**2).sum()
    return float(day**0.5), float(max(off, 0.0) ** 0.5)


@needs_bank
@pytest.mark.nightly
def test_the_bank_s_days_from_eleven_on():
    """The 80 % band of the calls to come holds on 65 to 92 % of its days; the interval of that share is told."""
    hours, weekdays = counts(bank()), np.asarray(bank().weekdays)
    usable = np.isin(weekdays, list(WEEKDAYS)) & ~np.isnan(hours[:, FIRST:]).any(axis=1)
    held = []
    for day in np.flatnonzero(usable):
        before = np.flatnonzero(usable[:day])
        if len(before) < FEWEST:
            continue
        alike = hours[before[weekdays[before] == weekdays[day]]]
        mean = (hours[before].mean(axis=0) if not len(alike) else alike.mean(axis=0)) * (
            np.arange(24) >= FIRST
        )
        day_cv, hour_cv = spreads(np.nan_to_num(hours[before]) * (np.arange(24) >= FIRST))
        arrivals = {"per_hour": mean.tolist(), "busyness_cv": day_cv, "interval_cv": hour_cv}
        scenario = world([queue(arrivals, by_work(60))], [group(60, concurrency=1)], interval_min=60)
        came = np.nan_to_num(hours[day, :NOW]).astype(np.int64)[None] * (np.arange(NOW) >= FIRST)
        nan = np.full(came.shape, np.nan)
        so_far = Day(NOW * 3600.0, came, nan, nan, nan, np.array([-1]), ())
        found = intraday(scenario, so_far, seed=int(day), replications=39, with_moves=False)
        band = found.rest(found.offered)
        held.append(band.low <= hours[day, NOW:].sum() <= band.high)
    share = float(np.mean(held))
    low, high = wilson(share, len(held))
    print(f"held {sum(held)} of {len(held)} days: {share:.1%} ({low:.1%} … {high:.1%})")
    assert len(held) >= 25
    assert 0.65 <= share <= 0.92, (share, low, high)
