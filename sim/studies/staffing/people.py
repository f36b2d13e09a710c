"""How many people are paid hours? Full-time equivalents and heads to employ, from the hours of a week."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from sim.draws.busyness import expected_volumes
from sim.scenario.demand import Arrivals
from sim.scenario.scenario import Scenario

WEEK = 7


@dataclass(frozen=True, slots=True)
class Heads:
    """What the paid hours of a day come to in people, when every open day of the week is like it."""

    paid_h: float
    """Paid hours a day, with those lost to planned shrinkage."""
    days: int
    """Days a week on which the centre is open."""
    contract_h: float
    """Paid hours of a full-time agent's week."""
    peak: int = 0
    """Most agents on duty at once: fewer people can't be there, however few hours they are paid."""

    @property
    def fte(self) -> float:
        """Full-time equivalents."""
        return self.paid_h * self.days / self.contract_h

    @property
    def employed(self) -> int:
        """Full-time people to employ."""
        return max(ceil(self.fte - 1e-9), self.peak)

    @property
    def grounds(self) -> str:
        """Why more people are employed than their hours come to; nothing where they aren't."""
        return ", as many as are on duty at once" if self.peak > ceil(self.fte - 1e-9) else ""

    def sentence(self) -> str:
        """Say how many, and on which grounds."""
        return (
            f"{self.fte:,.1f} FTE of {self.contract_h:g} h a week on {self.days} open day"
            f"{'s' * (self.days > 1)} a week: {self.employed:,} people to employ full time{self.grounds}"
        )


def heads(scenario: Scenario, paid_h: float, contract_h: float | None = None, peak: int = 0) -> Heads:
    """Give the people that *paid_h* a day come to, at *contract_h* a week or as the *scenario* says.

    *peak* is the most that are on duty at once.
    """
    return Heads(paid_h, days_a_week(scenario), contract_h or scenario.fte_hours_per_week, peak)


def days_a_week(scenario: Scenario) -> int:
    """Days of a week on which chats are expected, as far as the scenario tells them apart; else all seven."""
    if scenario.days >= WEEK:
        week = expected_volumes(scenario).sum(axis=0)[:WEEK] > 0
    else:
        factors = [_of_weekdays(queue.arrivals) for queue in scenario.queues]
        week = np.any(np.array(factors) > 0, axis=0)
    return int(week.sum()) or WEEK


def _of_weekdays(arrivals: Arrivals) -> tuple[float, ...]:
    """Chats of each weekday, as far as the demand tells them apart: more than none, or none."""
    if arrivals.is_weekly and isinstance(arrivals.per_hour, tuple):
        return tuple(np.array(arrivals.per_hour).reshape(WEEK, -1).sum(axis=1).tolist())
    return arrivals.weekday or (1.0,) * WEEK
