"""Does a backlog grow from day to day? The slope of the queue over the later days of a long run.

The first half of the days is left out: a queue that settles grows while it fills. A slope is fitted to the
mean queue of each day, in each replication, and its interval is that of the mean of these slopes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.kpis.estimate import Estimates, Quantity, mean_of
from sim.kpis.loops import By
from sim.scenario.scenario import Scenario
from sim.studies.doubts import never_settles

LEAST_DAYS = 4
"""Fewer days say nothing of days to come."""
NEXT_TO_NOTHING = 0.01
"""A growth below this share of a day's chats is none that one could see, unless it is known never to end."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the queue goes from day to day."""

    growth: Quantity
    """Chats by which the mean queue of a day rises each day, over the later half of the days."""
    days: int
    """Days in that half."""
    grows: Literal["yes", "no", "not sure"]
    endless: str | None
    """Why it never settles, where more comes than can be served and nobody leaves."""


def backlog(scenario: Scenario, run: Estimates) -> Backlog | None:
    """Say whether the queue of a *run* grows; None for too few days."""
    if scenario.days < LEAST_DAYS:
        return None
    queues = run.own_values("queue_length", By.DAY)[:, scenario.days // 2 :]
    days = np.arange(queues.shape[1]) - (queues.shape[1] - 1) / 2
    growth = mean_of((queues @ days / (days @ days)).tolist())
    a_day = (run.figure("offered").value or 0.0) / scenario.days
    endless = never_settles(scenario)
    grows: Literal["yes", "no", "not sure"] = "not sure"
    matters = 0.0 if endless is not None else NEXT_TO_NOTHING * a_day
    if growth.low is not None and growth.low > matters:
        grows = "yes"
    elif growth.alike or (growth.high is not None and growth.high < NEXT_TO_NOTHING * a_day):
        grows = "no"
    return Backlog(growth, queues.shape[1], grows, endless)
