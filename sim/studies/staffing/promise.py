"""What must a plan keep? Bounds of figures, over which span of time, and on how many days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.arrays import Flags, Floats
from sim.errors import StudyError
from sim.kpis.definitions import BY_NAME, Ratio
from sim.kpis.measure import ratio
from sim.kpis.targets import TARGETS
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure that is a ratio of sums, and what it must not fall below or rise above."""

    kpi: str
    side: Literal["at least", "at most"]
    value: float

    def __post_init__(self) -> None:
        if not isinstance(BY_NAME[self.kpi].form, Ratio):
            raise StudyError(f"{self.kpi}: only figures that add up over intervals can be staffed for")

    def shortfall(self, values: Floats) -> Floats:
        """By how much *values* miss it, relative to the bound; 0 where it is kept or there is no value."""
        above = (values - self.value) / (self.value or 1.0)
        return np.maximum(np.nan_to_num(-above if self.side == "at least" else above), 0.0)

    def kept(self, values: Floats) -> Flags:
        """Whether each of the *values* keeps it; where there is none it is kept."""
        return np.asarray(self.shortfall(values) == 0)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a plan must keep."""

    bounds: tuple[Bound, ...]
    per: Per = Per.INTERVAL
    confidence: float | None = None
    """Share of days that must each keep every bound, besides; None: on average alone."""

    def __post_init__(self) -> None:
        if self.confidence is not None and not 0 < self.confidence < 1:
            raise StudyError(f"confidence: must be above 0 and below 1, got {self.confidence:g}")

    @property
    def figures(self) -> tuple[str, ...]:
        """Figures that are bound."""
        return tuple(bound.kpi for bound in self.bounds)

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
        If it has no target.
    """
    bounds = [
        Bound(kpi, side, float(getattr(scenario.targets, target)))
        for target, (kpi, side) in TARGETS.items()
        if getattr(scenario.targets, target) is not None
    ]
    if not bounds:
        raise StudyError(f"targets: needs at least one of {', '.join(TARGETS)}, got none")
    return Promise(tuple(bounds), per, confidence)
