"""How often do intervals hold? Many days of one small centre, and samples of them as a run would see.

The centre is over-dispersed, so most of its days are good and a few are bad: 40 chats an hour for four hours,
three slots, answered by turns. With six agents one chat in 250 is missed and none on nine days of ten; with
five, four and three it grows harder. What is covered is the value of all the days.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import stats

import sim
from sim.arrays import Flags, Floats, Ints
from sim.kpis.definitions import BY_NAME, Kpi
from sim.kpis.estimate import pseudo_values
from sim.kpis.intervals import FEW, Ends, carriers, few_days, skewed_t
from sim.kpis.loops import By
from sim.kpis.measure import ratio
from sim.kpis.ranked import Ranked
from sim.kpis.samples import Samples
from sim.runs.executor import executing
from sim.scenario.scenario import Scenario
from sim.studies.controls import CARRIERS_EACH, regressed

LOADS = {"light": 6, "a5": 5, "medium": 4, "heavy": 3}
"""Agents."""
_A_BATCH = 500


def centre(agents: int) -> Scenario:
    """The centre, with so many agents."""
    service = sim.ByTurns(
        turns=6, agent_s=sim.Lognormal(mean_s=40, cv=0.9), customer_s=sim.Lognormal(mean_s=55, cv=1.4)
    )
    arrivals = sim.Arrivals(per_hour=40, busyness_cv=0.3)
    patience = sim.Lognormal(mean_s=180, cv=1.2)
    return sim.Scenario(
        queues=[sim.Queue(name="q", arrivals=arrivals, patience=patience, service=service)],
        groups=[sim.Group(name="g", queues=["q"], agents=agents, concurrency=3)],
        hours=sim.OpeningHours(open="08:00", close="12:00"),
        interval_min=60,
        quality=sim.Quality(resolution=0.8),
    )


@dataclass(frozen=True)
class Days:
    """What is known of many days of a centre."""

    top: dict[str, Floats]
    """Sums above the line of ratios, shape (n_days,) each."""
    bottom: dict[str, Floats]
    values: dict[str, list[Floats]]
    """Values of percentiles, of each day."""
    came: Floats

    @property
    def n(self) -> int:
        """Days."""
        return len(self.came)

    def ratio(self, name: str) -> float:
        """Value of a ratio over all days."""
        return float(self.top[name].sum() / self.bottom[name].sum())

    def percentile(self, name: str) -> float:
        """Value of a percentile over all days."""
        return float(np.quantile(np.concatenate(self.values[name]), _share(BY_NAME[name])))

    def ranked(self, name: str, days: Ints) -> Ranked:
        """Values of some *days*, in order."""
        return Ranked([Samples.of_one(self.values[name][day]) for day in days], By.OVERALL, 1)


RATIOS = ("missed_rate", "service_level", "asa_s", "nps")
PERCENTILES = ("wait_p90_s", "wait_p95_s", "frt_p90_s")


@cache
def days(load: str, n: int) -> Days:
    """Simulate *n* days."""
    scenario, top, bottom = centre(LOADS[load]), {k: [] for k in RATIOS}, {k: [] for k in RATIOS}
    values: dict[str, list[Floats]] = {name: [] for name in PERCENTILES}
    came = []
    with executing() as executor:
        for first in range(0, n, _A_BATCH):
            runs = next(executor.replications([scenario], 1, range(first, min(first + _A_BATCH, n))))
            for name in RATIOS:
                sums = [run.sums(BY_NAME[name], By.OVERALL) for run in runs]
                top[name] += [a[0] for a, _ in sums]
                bottom[name] += [b[0] for _, b in sums]
            for name in PERCENTILES:
                values[name] += [run.samples[name].values.copy() for run in runs]
            came += [run["customers"] or 0.0 for run in runs]
    sums_of = ({name: np.array(some) for name, some in side.items()} for side in (top, bottom))
    return Days(*sums_of, values, np.array(came))


class Held(NamedTuple):
    """What came of many samples: shares of them."""

    covered: float
    below: float
    """The value lies below the interval, or above it; where there is none it is missed on the lower side if
    the samples' value is above."""
    above: float
    marked: float
    unmarked_missed: float
    """Printed without a mark, and not covering: what a reader is not warned of."""
    half: float
    """Mean half-length, in 1.96 standard deviations of the value: 1 is as short as can be."""


def picks(pool: Days, n: int, samples: int, seed: int = 1) -> Ints:
    """Days of each sample, shape (n, samples)."""
    return np.random.default_rng([seed, n]).integers(0, pool.n, (n, samples))


def held(truth: float, value: Floats, ends: Ends, few: Flags) -> Held:
    """Count what intervals of many samples hold."""
    low, high = (np.where(np.isnan(end), value, end) for end in ends)
    dust = 1e-9 * max(abs(truth), 1e-9)
    below, above = truth < low - dust, truth > high + dust
    missed, finite = below | above, np.isfinite(low) & np.isfinite(high)
    length = (np.where(finite, high - low, 0.0).sum() / max(finite.sum(), 1)) / 2
    spread = 1.96 * float(np.std(value))
    parts = ((~missed).mean(), below.mean(), above.mean(), few.mean(), (missed & ~few).mean())
    return Held(*(float(part) for part in parts), float(length / spread) if spread else 0.0)


def of_ratio(pool: Days, name: str, n: int, samples: int, *, plain: bool = False) -> Held:
    """Samples of *n* days and the intervals of a ratio; *plain*: Student's t without correction."""
    days_ = picks(pool, n, samples)
    top, bottom = pool.top[name][days_], pool.bottom[name][days_]
    said = pseudo_values(top, bottom)
    value = said.mean(axis=0)
    ends = skewed_t(said)
    if plain:
        half = stats.t.ppf(0.975, n - 1) * said.std(axis=0, ddof=1) / n**0.5
        ends = Ends(value - half, value + half)
    return held(pool.ratio(name), value, ends, few_days(ratio(top, bottom)))


def of_controls(pool: Days, name: str, n: int, samples: int) -> Held | None:
    """Samples of *n* days and the intervals of a ratio with control variates; None if these are hardly used."""
    days_ = picks(pool, n, samples)
    top, bottom = pool.top[name][days_], pool.bottom[name][days_]
    said, most = pseudo_values(top, bottom), carriers(ratio(top, bottom)) // CARRIERS_EACH
    score = (pool.came - pool.came.mean()) / pool.came.std()
    controls = np.column_stack([score, score**2 - 1])
    found = [regressed(said[:, k], controls[days_[:, k], : most[k]]) for k in range(samples) if most[k] > 0]
    if len(found) < 200:
        return None
    value, low, high = np.array([(each.value, each.low, each.high) for each in found]).T
    return held(pool.ratio(name), value, Ends(low, high), np.zeros(len(found), dtype=np.bool_))


def of_percentile(pool: Days, name: str, n: int, samples: int) -> Held:
    """Samples of *n* days and the intervals of a pooled percentile."""
    share, found = _share(BY_NAME[name]), []
    for some in picks(pool, n, samples).T:
        ranked = pool.ranked(name, some)
        low, high = ranked.woodruff(share)
        found.append((ranked.quantile(share)[0], low[0], high[0], (ranked.sizes[:, 0] > 0).sum() < FEW))
    value, low, high, few = np.array(found).T
    return held(pool.percentile(name), value, Ends(low, high), (few > 0) | np.isnan(low))


def of_difference(one: Days, other: Days, name: str, n: int, samples: int) -> Held:
    """Samples of *n* days on which both saw the same customers, and the intervals of their difference."""
    days_ = picks(one, n, samples)
    if name in one.top:
        sums = [(pool.top[name][days_], pool.bottom[name][days_]) for pool in (one, other)]
        first, second = (pseudo_values(*each) for each in sums)
        own = ratio(*sums[1]) - ratio(*sums[0])
        truth = other.ratio(name) - one.ratio(name)
    else:
        share = _share(BY_NAME[name])
        first, second = (
            np.stack([_jackknifed(pool.ranked(name, some), share) for some in days_.T], axis=1)
            for pool in (one, other)
        )
        own = second - first
        truth = other.percentile(name) - one.percentile(name)
    difference = second - first
    return held(truth, difference.mean(axis=0), skewed_t(difference), few_days(own))


def _jackknifed(ranked: Ranked, share: float) -> Floats:
    without = ranked.without(share, 0)
    return np.asarray(ranked.quantile(share)[0] - (ranked.n - 1) * (without - without.mean()))


def _share(kpi: Kpi) -> float:
    return float(kpi.form.share)  # type: ignore[union-attr]
