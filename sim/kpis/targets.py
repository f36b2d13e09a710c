"""Is the promise kept? The bounds that a scenario sets, and the figures held against them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sim.arrays import Flags, Floats
from sim.kpis.definitions import BY_NAME, Kpi
from sim.kpis.loops import By
from sim.scenario.figures import TARGETS, Sided
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.kpis.estimate import Estimates, Quantity

_KEYS = list(TARGETS)
_PLACES = {by: place for place, by in enumerate(By)}


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
    within: float | None = None
    """Where a percentile is counted, as searches do: what its values are to be no longer than. Then `value`
    is the share of those that are to be."""

    @property
    def place(self) -> str:
        """Path to it in the scenario: ``targets.max_asa_s``, ``queues.orders.targets.max_asa_s``."""
        there = "" if self.where is None else f"{self.where.by}s.{self.where.name}."
        return f"{there}targets.{self.target}"

    @property
    def key(self) -> str:
        """What it is called among others: its target, or its place if it is a queue's or group's."""
        return self.target if self.where is None else self.place

    @property
    def counted(self) -> Kpi:
        """The figure that it binds; of a percentile that is counted, the share within the time."""
        kpi = BY_NAME[self.kpi]
        if self.within is None:
            return kpi
        name = kpi.title.partition(",")[0]
        head = f"{kpi.shown.head or name} ≤ {self.within:g}"
        shown = replace(kpi.shown, head=head)
        title_ = f"{name} within {self.within:g} s"
        return replace(kpi, title=title_, unit="share", better="higher", shown=shown)

    @property
    def by(self) -> By:
        """Breakdown in which its figure is found."""
        return By.OVERALL if self.where is None else self.where.by

    @property
    def cell(self) -> int:
        """Cell of the breakdown."""
        return 0 if self.where is None else self.where.cell

    def figure(self, estimates: Estimates) -> Quantity:
        """Give the figure that it binds."""
        return estimates.figures(self.kpi, self.by)[self.cell]

    def keeps(self, value: float | None) -> bool | None:
        """Whether a *value* keeps it; None where there is none."""
        if value is None:
            return None
        return value >= self.value if self.side == "at least" else value <= self.value

    def margin(self, values: Floats) -> Floats:
        """By how much *values* keep it, relative to the bound; below 0 where they miss it."""
        above = (values - self.value) / (self.value or 1.0)
        return above if self.side == "at least" else -above

    def shortfall(self, values: Floats) -> Floats:
        """By how much *values* miss it, relative to the bound; 0 where it is kept or there is no value."""
        return np.fmax(-self.margin(values), 0.0)  # 0 where it is NaN

    def kept(self, values: Floats) -> Flags:
        """Whether each of the *values* keeps it; where there is none it is kept."""
        return np.asarray(self.shortfall(values) == 0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target, what was measured, and whether it is met."""

    bound: Bound
    figure: Quantity
    met: bool | None
    """None where the figure does not exist, such as a response time by work."""
    sure: bool
    """Whether the whole 95 % interval lies on the same side, and days that were not seen can't change it."""


def bounds(scenario: Scenario) -> tuple[Bound, ...]:
    """Give every target that a *scenario* sets: the centre's, the queues', the groups'."""
    return tuple(_bounds(scenario))


def _bounds(scenario: Scenario) -> Iterator[Bound]:
    variant = scenario.targets.service_level_variant
    yield from (Bound(*each) for each in scenario.targets.bounds(variant))
    for q, queue in enumerate(scenario.queues):
        where = Where(By.QUEUE, q, queue.name)
        own = queue.targets.service_level_variant or variant
        yield from (Bound(*each, where) for each in queue.targets.bounds(own))
    for g, group in enumerate(scenario.groups):
        where = Where(By.GROUP, g, group.name)
        yield from (Bound(*each, where) for each in group.targets.bounds())


def verdicts(estimates: Estimates, scenario: Scenario) -> list[Verdict]:
    """Verdict on each target that a *scenario* sets."""
    return [verdict_on(bound, bound.figure(estimates), estimates.n) for bound in bounds(scenario)]


def verdict_on(bound: Bound, figure: Quantity, n: int) -> Verdict:
    """Verdict on one bound by a *figure* from *n* replications."""
    met, ends = bound.keeps(figure.value), figure.certain(BY_NAME[bound.kpi].unit, n)
    return Verdict(bound, figure, met, ends is not None and all(bound.keeps(end) == met for end in ends))


def title(bound: Bound, scenario: Scenario) -> str:
    """Figure that a target binds as people read it: ``Service level in 30 s``."""
    return titled(bound.kpi, scenario, bound.where) if bound.within is None else bound.counted.title


def named(bound: Bound, scenario: Scenario) -> str:
    """The same with the queue or group: ``Service level in 30 s, orders``."""
    name = title(bound, scenario)
    return name if bound.where is None else f"{name}, {bound.where.name}"


def titled(kpi: str, scenario: Scenario, where: Where | None = None) -> str:
    """Title of a figure; that of a service level with its threshold, if it is one and the same."""
    name = BY_NAME[kpi].title
    if not kpi.startswith("service_level"):
        return name
    mine = scenario.thresholds_s if where is None else scenario.thresholds_s[where.cell : where.cell + 1]
    comma = "," * ("," in name)
    return f"{name}{comma} in {mine[0]:g} s" if len(set(mine)) == 1 else f"{name}{comma} in each queue's time"


def in_order(some: Iterable[Bound]) -> list[Bound]:
    """Give different bounds, of several scenarios maybe, in the order in which they are shown."""

    def place(bound: Bound) -> tuple[int, int, int]:
        return _PLACES[bound.by], bound.cell, _KEYS.index(bound.target)

    return sorted(dict.fromkeys(some), key=place)


class HasMet(Protocol):
    """What says whether it is met."""

    @property
    def met(self) -> bool | None:
        """True or False; None if nobody knows."""


def all_kept(promise: Iterable[HasMet]) -> bool | None:
    """Whether all targets that can be measured are kept; None if there is none."""
    found = [verdict.met for verdict in promise if verdict.met is not None]
    return all(found) if found else None


def is_sure(promise: Iterable[Verdict]) -> bool:
    """Whether that is sure: of all targets where they are kept, else of any that is missed."""
    known = [verdict for verdict in promise if verdict.met is not None]
    if all_kept(known):
        return all(verdict.sure for verdict in known)
    return any(verdict.sure for verdict in known if not verdict.met)


class Promising:
    """What has verdicts on its targets, and so keeps its promise or not."""

    __slots__ = ()
    verdicts: Sequence[Verdict]

    @property
    def keeps(self) -> bool | None:
        """Whether all its targets that can be measured are kept; None if there is none."""
        return all_kept(self.verdicts)

    @property
    def sure(self) -> bool:
        """Whether that is sure: of all targets, or of any that is missed."""
        return is_sure(self.verdicts)
