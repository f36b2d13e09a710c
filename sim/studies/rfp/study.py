"""How many agents does a request ask for, and what would that be if what it leaves open were otherwise?

Every centre is simulated with the same customers, over the same weeks; its agents are scaled until its
promise is just kept, which takes parts of agents: they are there in some intervals and weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

import numpy as np
from scipy.optimize import brentq

from sim.arrays import Floats, Ints
from sim.kpis.estimate import Estimates
from sim.kpis.measure import Kpis
from sim.kpis.targets import Bound, bounds
from sim.runs.executor import Executor, Progress, executing
from sim.runs.tasks import Task
from sim.scenario.rfp import Rfp
from sim.scenario.scenario import Scenario
from sim.studies.averages.questions import NORMAL
from sim.studies.rfp.centre import Centre, chats_a_week
from sim.studies.rfp.complete import completed
from sim.studies.rfp.open import Open, open_points

CHATS = 24_000
"""Chats that are simulated of each staffing ..."""
FEWEST, MOST = 4, 24
"""... in no fewer and no more weeks than so many."""
PARTS = 6
"""Weeks are cut into so many parts, each with a staffing of its own, that parts of agents are in the mean."""
SURER = 4
"""Whole agents are judged on so many times the weeks."""
MOST_TIMES = 6.0
"""Agents are looked for up to so many times the first guess."""
WIDER = 1.25
CLOSE = 0.004
"""Agents are found as closely as this (of their logarithm)."""
STEP = 0.01
"""Whole agents are made more by so much at a time, until they keep the promise."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a centre needs."""

    hours: float
    """On duty in a week, with parts of agents."""
    peak: float
    """Agents on duty at the busiest time."""
    fte: float
    """Full-time agents who are paid."""


@dataclass(frozen=True, slots=True)
class Priced:
    """An open point, and what the centre needs at its low and high value; None where nothing is enough."""

    open: Open
    low: Need | None
    high: Need | None

    def ratios(self, base: Need) -> tuple[float | None, float | None]:
        """Paid agents at the low and the high value, of those at what is assumed."""
        return (
            None if self.low is None else self.low.fte / base.fte,
            None if self.high is None else self.high.fte / base.fte,
        )

    def reach(self, base: Need) -> float:
        """How far apart they are, by which points are ranked: infinite where one can't be staffed."""
        found = [1.0, *self.ratios(base)]
        known = [each for each in found if each is not None]
        return float("inf") if len(known) < len(found) else log(max(known) / min(known))


@dataclass(frozen=True, slots=True, eq=False)
class Sizing:
    """The centre that a request makes, with the agents that it needs."""

    rfp: Rfp
    """As it was said."""
    centre: Centre
    """With every gap filled in."""
    levels: Ints
    """Whole agents of each group in each part of the week."""
    base: Need | None
    """With parts of agents; None where no number of agents keeps the promise."""
    whole: Need
    busiest: Need | None
    """In the busiest month of the year; None where all are alike, or nothing is enough."""
    estimates: Estimates
    """Of the scenario that is written."""
    error: float
    """Standard error of the logarithm of agents: the simulated weeks are some of many."""
    priced: tuple[Priced, ...]
    """Points that are open, by how much they matter."""
    weeks: int
    seed: int

    def __repr__(self) -> str:
        return f"<Sizing of {self.rfp.name!r}: {self.whole.fte:.1f} FTE, {len(self.priced)} points open>"

    @property
    def scenario(self) -> Scenario:
        """The week, staffed with whole agents."""
        return self.centre.staffed(self.levels)

    def band(self) -> tuple[float, float | None]:
        """Paid agents between which 90 % of the centres lie that the request allows; None for no end.

        Open points are taken to be independent, and their effects on the logarithm to add up in squares.
        """
        assert self.base is not None
        below, above, has_end = [NORMAL * self.error], [NORMAL * self.error], True
        for point in self.priced:
            ratios = [1.0, *(each for each in point.ratios(self.base) if each is not None)]
            below.append(log(min(ratios)))
            above.append(log(max(ratios)))
            has_end &= len(ratios) == 3
        low, high = (float(np.linalg.norm(each)) for each in (below, above))
        return self.whole.fte * exp(-low), self.whole.fte * exp(high) if has_end else None


def size_rfp(
    rfp: Rfp,
    *,
    seed: int = 1,
    weeks: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Sizing:
    """Find the agents that a request asks for, and what each point that it leaves open is worth.

    So many *weeks* of each staffing are simulated; if omitted, those of about 24,000 chats.
    """
    full = completed(rfp)
    n = round(min(max(CHATS / chats_a_week(full), FEWEST), MOST)) if weeks is None else weeks
    points = open_points(rfp)
    with executing(workers, given=executor) as ours:
        bench = _Bench(ours, seed, n)
        steps = 2 + sum((each.at_low is not None) + (each.at_high is not None) for each in points)
        done = 0

        def tell() -> None:
            nonlocal done
            done += 1
            if progress is not None:
                progress(done, steps)

        centre = Centre(full)
        scale = bench.needed(centre)
        base = None if scale is None else need(centre, centre.parts(scale))
        tell()
        surer = _Bench(ours, seed, SURER * n)
        levels, estimates = surer.whole(centre, scale)
        error = 0.0 if scale is None else surer.error(centre, scale)
        busiest = bench.busiest(rfp, scale)
        tell()
        start = 1.0 if scale is None else scale
        priced = []
        for point in points:
            ends = []
            for changed in (point.at_low, point.at_high):
                ends.append(base if changed is None else bench.need(changed, start, point))
                if changed is not None:
                    tell()
            priced.append(Priced(point, *ends))
    priced.sort(
        key=lambda each: each.low is None and each.high is None if base is None else -each.reach(base)
    )
    whole = need(centre, levels)
    return Sizing(
        rfp, centre, levels, base, whole, busiest, estimates, error, tuple(priced), n, seed
    )  # fmt: skip


def need(centre: Centre, levels: Ints | Floats) -> Need:
    """What a centre needs that has so many agents in each part of the week, in all rows together."""
    hours, peak = float(levels.sum()) * centre.grid_min / 60, float(levels.sum(axis=0).max())
    lost = 1.0
    for share in (centre.rfp.shrinkage or {}).values():
        lost *= 1 - share
    return Need(hours, peak, hours / lost / centre.rfp.fte_hours_per_week)


@dataclass(frozen=True, slots=True)
class _Bench:
    """Simulates centres over the same weeks."""

    executor: Executor
    seed: int
    weeks: int

    def measured(self, scenarios: Sequence[Scenario]) -> Estimates:
        """Figures over all weeks, of which each part has its own staffing, in order."""
        bound = tuple(bounds(scenarios[0]))
        edges = [round(self.weeks * k / len(scenarios)) for k in range(len(scenarios) + 1)]
        jobs = [
            Task(scenario, self.seed, range(*span), in_search=True, bounds=bound)
            for scenario, span in zip(scenarios, pairwise(edges), strict=True)
        ]
        runs: list[Kpis] = []
        with closing(self.executor.measured(jobs)) as results:
            for _, done in results:
                runs += done.runs
        return Estimates(runs)

    def at(self, centre: Centre, scale: float) -> Estimates:
        """Figures with parts of agents."""
        n = min(PARTS, self.weeks)
        offsets = (np.arange(n) + 0.25) / n
        return self.measured([centre.staffed(centre.levels(scale, float(each))) for each in offsets])

    def needed(self, centre: Centre, start: float = 1.0) -> float | None:
        """Scale of the staffing that just keeps the promise; None if none does."""

        def margin(z: float) -> float:
            return _margin(self.at(centre, exp(z)), centre.scenario)

        low = high = log(start)
        at_low = at_high = margin(low)
        while at_high < 0:
            if high > log(MOST_TIMES):
                return None
            low, at_low, high = high, at_high, high + log(WIDER)
            at_high = margin(high)
        while at_low >= 0:
            if low < -log(MOST_TIMES):
                return exp(low)  # an agent of each team is enough
            high, at_high, low = low, at_low, low - log(WIDER)
            at_low = margin(low)
        known = {low: at_low, high: at_high}
        found = brentq(lambda z: known[z] if z in known else margin(z), low, high, xtol=CLOSE)
        return exp(float(found))

    def need(self, changed: Rfp, start: float, point: Open) -> Need | None:
        """What the centre of a changed request needs."""
        centre = Centre(completed(changed))
        scale = start if point.is_of_pay else self.needed(centre, start)
        return None if scale is None else need(centre, centre.parts(scale))

    def busiest(self, rfp: Rfp, start: float | None) -> Need | None:
        """What the busiest month of the year needs, where months differ."""
        months = rfp.volume.per_month
        if start is None or max(months) == min(months):
            return None
        volume = rfp.volume.model_copy(update={"per_month": (max(months),) * len(months)})
        centre = Centre(completed(rfp.model_copy(update={"volume": volume})))
        scale = self.needed(centre, start)
        return None if scale is None else need(centre, centre.parts(scale))

    def whole(self, centre: Centre, scale: float | None) -> tuple[Ints, Estimates]:
        """Fewest whole agents, in steps of a hundredth, that keep the promise over these weeks."""
        factor, most = (1.0, 0) if scale is None else (scale * (1 - 2 * STEP), 30)
        for k in range(most + 1):
            levels = centre.levels(factor * (1 + STEP) ** k)
            estimates = self.measured([centre.staffed(levels)])
            if _margin(estimates, centre.scenario) >= 0:
                break
        return levels, estimates

    def error(self, centre: Centre, scale: float) -> float:
        """Standard error of the logarithm of agents: that of the margin, over its slope."""
        few, many = (self.at(centre, scale * times) for times in (0.95, 1.05))
        slope = (_margin(many, centre.scenario) - _margin(few, centre.scenario)) / log(1.05 / 0.95)
        said = (_of_weeks(few, centre.scenario) + _of_weeks(many, centre.scenario)) / 2
        return float(np.nanstd(said, ddof=1) / len(said) ** 0.5 / max(slope, 1e-3))


def _margin(estimates: Estimates, scenario: Scenario) -> float:
    """By how much the promise is kept, that of the target that is kept worst: below 0 one is missed."""
    return min(_of(bound, estimates) for bound in bounds(scenario))


def _of(bound: Bound, estimates: Estimates) -> float:
    return float(bound.margin(estimates.values(bound.kpi, bound.by))[bound.cell])


def _of_weeks(estimates: Estimates, scenario: Scenario) -> Floats:
    """What each week says of the margin."""
    worst = min(bounds(scenario), key=lambda bound: _of(bound, estimates))
    return np.asarray(worst.margin(estimates.pseudo_values(worst.kpi, worst.by)[:, worst.cell]))
