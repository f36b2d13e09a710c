"""Is the promise kept? The bounds that a scenario sets, and the figures held against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.arrays import Flags, Floats
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates, Figure
from sim.kpis.loops import By
from sim.scenario.scenario import Scenario

Sided = Literal["at least", "at most"]

_TARGETS: dict[str, tuple[str, Sided]] = {
    "service_level": ("service_level", "at least"),
    "max_missed": ("missed_rate", "at most"),
    "max_response_s": ("response_s", "at most"),
}
"""Of each target in a scenario: the figure it binds, and from which side."""
KEYS = tuple(_TARGETS)
"""Targets as they are written, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Where:
    """One queue, or one group."""

    by: By
    cell: int
    """Its number among them."""
    name: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure, and what it must not fall below or rise above."""

    target: str
    """Its key as it is written in the scenario."""
    kpi: str
    side: Sided
    value: float
    where: Where | None = None
    """The queue or group that it binds; None for the centre."""

    @property
    def key(self) -> str:
        """Its place in the scenario: ``max_asa_s``, ``queues.orders.max_asa_s``."""
        return self.target if self.where is None else f"{self.where.by}s.{self.where.name}.{self.target}"

    @property
    def by(self) -> By:
        """Breakdown in which its figure is found."""
        return By.OVERALL if self.where is None else self.where.by

    @property
    def cell(self) -> int:
        """Cell of the breakdown."""
        return 0 if self.where is None else self.where.cell

    def figure(self, estimates: Estimates) -> Figure:
        """Give the figure that it binds."""
        return estimates.figures(self.kpi, self.by)[self.cell]

    def keeps(self, value: float | None) -> bool | None:
        """Whether a *value* keeps it; None where there is none."""
        if value is None:
            return None
        return value >= self.value if self.side == "at least" else value <= self.value

    def shortfall(self, values: Floats) -> Floats:
        """By how much *values* miss it, relative to the bound; 0 where it is kept or there is no value."""
        above = (values - self.value) / (self.value or 1.0)
        return np.maximum(np.nan_to_num(-above if self.side == "at least" else above), 0.0)

    def kept(self, values: Floats) -> Flags:
        """Whether each of the *values* keeps it; where there is none it is kept."""
        return np.asarray(self.shortfall(values) == 0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target, what was measured, and whether it is met."""

    bound: Bound
    figure: Figure
    met: bool | None
    """None where the figure does not exist, such as a response time by work."""
    sure: bool
    """Whether the whole 95 % interval lies on the same side, and days that were not seen can't change it."""


def bounds(scenario: Scenario) -> tuple[Bound, ...]:
    """Give every target that a *scenario* sets."""
    found = ((target, getattr(scenario.targets, target)) for target in KEYS)
    return tuple(
        Bound(target, *_TARGETS[target], float(value)) for target, value in found if value is not None
    )


def verdicts(estimates: Estimates, scenario: Scenario) -> list[Verdict]:
    """Verdict on each target that a *scenario* sets."""
    return [_verdict(bound, bound.figure(estimates), estimates.n) for bound in bounds(scenario)]


def _verdict(bound: Bound, figure: Figure, n: int) -> Verdict:
    met, ends = bound.keeps(figure.value), figure.certain(BY_NAME[bound.kpi].unit, n)
    return Verdict(bound, figure, met, ends is not None and all(bound.keeps(end) == met for end in ends))


def title(bound: Bound, scenario: Scenario) -> str:
    """Name of a target as people read it, without its value: ``Service level in 30 s``."""
    name = BY_NAME[bound.kpi].title
    return f"{name} in {scenario.targets.threshold_s:g} s" if bound.kpi == "service_level" else name


def in_order(some: Iterable[Bound]) -> list[Bound]:
    """Give different bounds, of several scenarios maybe, in the order in which they are shown."""
    places = {by: place for place, by in enumerate(By)}
    return sorted(
        dict.fromkeys(some), key=lambda bound: (places[bound.by], bound.cell, KEYS.index(bound.target))
    )


def all_kept(promise: Iterable[Verdict]) -> bool | None:
    """Whether all targets that can be measured are kept; None if there is none."""
    found = [verdict.met for verdict in promise if verdict.met is not None]
    return all(found) if found else None


def is_sure(promise: Iterable[Verdict]) -> bool:
    """Whether that is sure: of all targets where they are kept, else of any that is missed."""
    known = [verdict for verdict in promise if verdict.met is not None]
    if all_kept(known):
        return all(verdict.sure for verdict in known)
    return any(verdict.sure for verdict in known if not verdict.met)
