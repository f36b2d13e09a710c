"""What must a plan keep? Bounds of figures, over which span of time, and on how many days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Flags, Floats
from sim.errors import StudyError
from sim.kpis.definitions import BY_NAME, Ratio
from sim.kpis.measure import ratio
from sim.kpis.targets import KEYS, Bound, bounds
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per


@dataclass(frozen=True, slots=True)
class Promise:
    """What a plan must keep."""

    bounds: tuple[Bound, ...]
    per: Per = Per.INTERVAL
    confidence: float | None = None
    """Share of days that must each keep every bound, besides; None: on average alone."""

    def __post_init__(self) -> None:
        for bound in self.bounds:
            if not isinstance(BY_NAME[bound.kpi].form, Ratio):
                raise StudyError(f"{bound.kpi}: only figures that add up over intervals can be staffed for")
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
    found = bounds(scenario)
    if not found:
        raise StudyError(f"targets: needs at least one of {', '.join(KEYS)}, got none")
    return Promise(found, per, confidence)
