"""Is the promise kept? The scenario's targets held against the figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates, Figure
from sim.scenario.scenario import Targets

TARGETS: dict[str, tuple[str, Literal["at least", "at most"]]] = {
    "service_level": ("service_level", "at least"),
    "max_missed": ("missed_rate", "at most"),
    "max_response_s": ("response_s", "at most"),
}
"""Of each target in a scenario: the figure it binds, and from which side."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target, what was measured, and whether it is met."""

    target: str
    """Its key in the scenario."""
    kpi: str
    side: Literal["at least", "at most"]
    bound: float
    figure: Figure
    met: bool | None
    """None where the figure does not exist, such as a response time by work."""
    sure: bool
    """Whether the whole 95 % interval lies on the same side, and days that were not seen can't change it."""


def verdicts(estimates: Estimates, targets: Targets) -> list[Verdict]:
    """Verdict on each target that is set."""
    result = []
    for target, (kpi, side) in TARGETS.items():
        bound = getattr(targets, target)
        if bound is not None:
            figure = estimates.figure(kpi)
            met, ends = _keeps(figure.value, side, bound), figure.certain(BY_NAME[kpi].unit, estimates.n)
            sure = ends is not None and all(_keeps(end, side, bound) == met for end in ends)
            result.append(Verdict(target, kpi, side, bound, figure, met, sure))
    return result


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


def _keeps(value: float | None, side: str, bound: float) -> bool | None:
    if value is None:
        return None
    return value >= bound if side == "at least" else value <= bound
