"""Where do paid hours go? Planned shrinkage, absence and lateness, down to hours on duty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group


class Step(NamedTuple):
    """What is left after one cause."""

    title: str
    share: float | None
    """What it takes of what was left before it; None for the first and the last."""
    hours: float


def waterfall(scenario: Scenario, estimates: Estimates) -> Iterator[tuple[str, list[Step]]]:
    """Steps of each group, from its paid hours to its planned duty that is worked; hours a run."""
    figures = {name: estimates.values(name, By.GROUP) for name in ("paid_hours", "absence", "lateness")}
    for g, group in enumerate(scenario.groups):
        paid_h, absence, lateness = (float(values[g]) for values in figures.values())
        if paid_h > 0:
            yield group.name, _steps(group, paid_h, absence, lateness)


def _steps(group: Group, paid_h: float, absence: float, lateness: float) -> list[Step]:
    steps, left_h = [Step("Paid", None, paid_h)], paid_h
    for cause, share in group.shrinkage.items():
        left_h *= 1 - share
        steps.append(Step(f"after {cause}", share, left_h))
    planned_h = left_h
    for cause, lost in (("absence", absence), ("late log-ins", lateness)):
        if lost > 0:
            before_h, left_h = left_h, left_h - planned_h * lost
            steps.append(Step(f"after {cause}", lost * planned_h / before_h, left_h))
    steps.append(Step("On duty as planned", None, left_h))
    return steps
