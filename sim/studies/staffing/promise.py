"""What must a plan keep? Bounds of figures, over which span of time, and on how many days.

A search adds up what is bound, interval by interval, and takes agents away until a bound would break. So it
knows sums, and figures that more agents improve; of a percentile it counts the values within the bound. What
else a scenario promises is refused by name, for a plan that leaves it aside would not keep the promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Flags, Floats
from sim.errors import StudyError
from sim.kpis.definitions import BY_NAME, Peak, Ratio
from sim.kpis.definitions.forms import DAYS, RUNS
from sim.kpis.measure import ratio
from sim.kpis.promised import of_sums
from sim.kpis.targets import Bound, bounds
from sim.scenario.figures import NAMED
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per

FALL = (
    "occupancy",
    "slot_utilisation",
    "attention",
    "concurrency",
    "mean_open_chats",
    "chats_per_agent_hour",
)
"""Figures that are the lower the more agents there are."""
RISE = ("agents",)
"""Figures that are the higher, besides all of which higher is better."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a plan must keep."""

    bounds: tuple[Bound, ...]
    """Of sums: see `searched`."""
    per: Per = Per.INTERVAL
    confidence: float | None = None
    """Share of days that must each keep every bound, besides; None: on average alone."""

    def __post_init__(self) -> None:
        if self.confidence is not None and not 0 < self.confidence < 1:
            raise StudyError(f"confidence: must be above 0 and below 1, got {self.confidence:g}")

    def of_days(self, top: Floats, bottom: Floats) -> Flags:
        """Which days keep every bound, given the sums of each by bound and day, shape (n_bounds, n_days)."""
        values = ratio(top, bottom)
        kept = [bound.kept(value) for bound, value in zip(self.bounds, values, strict=True)]
        return np.asarray(np.all(kept, axis=0))


def promised(scenario: Scenario, per: Per = Per.INTERVAL, confidence: float | None = None) -> Promise:
    """Give the promise that a *scenario*'s targets make.

    Raises
    ------
    StudyError
        If it has no target, or any that can't be searched for.
    """
    found = bounds(scenario)
    if not found:
        some = ", ".join(NAMED)
        raise StudyError(f"targets: needs at least one of {some}, or min_ or max_ of any figure, got none")
    return Promise(searched(found), per, confidence)


def searched(found: Sequence[Bound]) -> tuple[Bound, ...]:
    """Bounds of sums that say the same: of a percentile, a share of values within the bound.

    Raises
    ------
    StudyError
        With every bound that can't be searched for, and why.
    """
    reasons = [(bound, why_not(bound)) for bound in found]
    told = [
        f"{bound.place}: can't be searched for, as {why}: leave it out, and see `sim run --check`"
        for bound, why in reasons
        if why
    ]
    if told:
        raise StudyError("\n".join(told))
    return tuple(map(of_sums, found))


def why_not(bound: Bound) -> str:
    """Why a bound can't be searched for; nothing if it can."""
    kpi = BY_NAME[bound.kpi]
    match kpi.form:
        case Peak():
            return "highest values don't add up over days"
        case Ratio(bottom=bottom) if bottom in {RUNS, DAYS}:
            return "it counts over a whole run, and staffing is found interval by interval"
    rises = kpi.better == "higher" or kpi.name in RISE
    falls = kpi.better == "lower"
    if kpi.name in FALL:
        rises, falls = False, True
    if (bound.side == "at least" and rises) or (bound.side == "at most" and falls):
        return ""
    if not (rises or falls):
        return "more agents don't move it one way"
    return "more agents make it worse"
