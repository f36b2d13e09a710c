"""Does the fitted scenario give the figures of the log? What was measured beside what is simulated.

The scenario is a usual week; the log has its odd days, too. So this shows whether the parts fit together, and
not how well they predict: for that there is the backtest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.draws.profile import expected_overall
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates, Quantity, ratios_over_days
from sim.kpis.loops import By
from sim.kpis.measure import Kpis, measure_all
from sim.log.chatlog import ChatLog
from sim.runs.executor import Executor, Progress
from sim.runs.replicate import replicate
from sim.scenario.scenario import Scenario
from sim.scenario.targets import Targets

FIGURES = (
    "missed_rate",
    "asa_s",
    "wait_s",
    "service_level",
    "frt_s",
    "response_s",
    "turns_per_chat",
    "duration_s",
    "aht_s",
    "concurrency",
)
"""Ratios that are compared, as far as the log has them."""
_REPLICATIONS, _MOST_CHATS = 20, 300_000
"""Weeks that are simulated, or as many as have so many chats."""
_LIKE = 0.1
"""A simulated figure that is off by no more than a tenth is near."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of the log and of the fitted scenario."""

    kpi: str
    log: Quantity
    simulated: Quantity

    @property
    def off(self) -> float | None:
        """Simulated over measured, minus one; shares by their difference."""
        if self.log.value is None or self.simulated.value is None:
            return None
        if BY_NAME[self.kpi].unit == "share":
            return self.simulated.value - self.log.value
        return self.simulated.value / self.log.value - 1 if self.log.value else None

    @property
    def is_near(self) -> bool | None:
        """Whether it lies within the log's interval, or within a tenth (of shares: five points)."""
        if self.off is None or self.simulated.value is None:
            return None
        low, high = self.log.low, self.log.high
        inside = low is not None and high is not None and low <= self.simulated.value <= high
        return inside or abs(self.off) <= (_LIKE if BY_NAME[self.kpi].unit != "share" else _LIKE / 2)


def compare_with(
    chats: ChatLog,
    scenario: Scenario,
    seed: int,
    progress: Progress | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
) -> list[Compared]:
    """Simulate weeks of a fitted *scenario*, and give its figures beside those of the log."""
    n = int(np.clip(_MOST_CHATS / max(expected_overall(scenario), 1.0), 5, _REPLICATIONS))
    found = replicate(scenario, seed, n, progress=progress, executor=executor, workers=workers)
    measured = measured_by_day(chats, scenario.targets, FIGURES)
    return [
        Compared(name, of_log, found.estimates.figure(name))
        for name, of_log in zip(FIGURES, measured, strict=True)
        if of_log.value is not None
    ]


def measured_by_day(chats: ChatLog, targets: Targets, names: Sequence[str]) -> list[Quantity]:
    """Ratios of a log, with intervals of its days."""
    (kpis,) = measure_all([chats], targets)
    return of_days(kpis, names)


def of_days(kpis: Kpis, names: Sequence[str]) -> list[Quantity]:
    """Ratios with the intervals of the days of one log; without where they can't be told apart by day."""
    known = [BY_NAME[name] for name in names]
    sums = [kpis.sums(kpi, By.DAY) for kpi in known]
    top, bottom = (np.stack([each[k] for each in sums], axis=1) for k in (0, 1))
    days = np.nan_to_num(bottom).sum(axis=1) > 0
    by_day = ratios_over_days(top[days], bottom[days], known) if days.any() else []
    whole = [Estimates([kpis]).figure(kpi.name) for kpi in known]
    return [
        each if each.value is not None else other for each, other in zip(by_day or whole, whole, strict=True)
    ]
