"""What is searched? Agents of each group in each block of the day, and the scenario that they make.

A block is one or more planning intervals with the same staffing. Where nobody is expected nobody is on duty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np

from sim.draws.profile import demand
from sim.errors import StudyError
from sim.studies.staffing.choice import Step
from sim.world.scenario import Scenario
from sim.world.units import DAY_S, Floats, Ints, clock_text


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Blocks of a scenario's day, in order: ``[first, end)`` in planning intervals."""

    scenario: Scenario
    first: Ints
    end: Ints

    def __len__(self) -> int:
        """Blocks."""
        return len(self.first)

    @property
    def hours(self) -> Floats:
        """Length of each block in hours."""
        return np.asarray((self.end - self.first) * self.scenario.interval_s / 3600)

    def apply(self, levels: Ints) -> Scenario:
        """Give the scenario with the *levels* as staffing, shape (n_groups, n_blocks).

        A group that is there all day without end is constant, so that it clears what waits at the horizon.
        """
        groups = []
        for group, level in zip(self.scenario.groups, levels.tolist(), strict=True):
            staffing = self.spread(level)
            constant = len(set(staffing)) == 1 and group.late_s is None
            new = {"agents": staffing[0]} if constant else {"staffing": staffing}
            groups.append(group.model_copy(update={"agents": None, "staffing": None, "shifts": None} | new))
        return self.scenario.model_copy(update={"groups": tuple(groups)})

    def spread(self, level: Sequence[int]) -> tuple[int, ...]:
        """Agents in each interval of the day, of a level for each block."""
        staffing = [0] * self.scenario.intervals_per_day
        for first, end, agents in zip(self.first.tolist(), self.end.tolist(), level, strict=True):
            staffing[first:end] = [agents] * (end - first)
        return tuple(staffing)

    def clock(self, interval: int) -> str:
        """Clock time at which an *interval* of the day begins."""
        return clock_text(interval * self.scenario.interval_s)

    def least_peak(self) -> list[int]:
        """Agents that each group must have at its busiest: its seniors and new hires are some of them."""
        return [
            max(group.ramp.new_hires if group.ramp else 0, sum(level.agents for level in group.seniority))
            for group in self.scenario.groups
        ]


def blocks(scenario: Scenario, step: Step = Step.INTERVAL) -> Blocks:
    """Cut the hours of a *scenario*'s day in which chats are expected into blocks.

    Raises
    ------
    StudyError
        If no chat is expected.
    """
    expected = expected_a_day(scenario).sum(axis=0)
    busy = np.flatnonzero(expected > 0)
    if not len(busy):
        raise StudyError("queues: no chat is expected on any day, so nobody is needed")
    per_day = scenario.intervals_per_day
    length = {Step.INTERVAL: 1, Step.HOUR: max(1, round(3600 / scenario.interval_s)), Step.DAY: per_day}[step]
    edges = sorted({int(busy[0]), *range(length * ceil((busy[0] + 1) / length), int(busy[-1]) + 1, length)})
    cut = [(a, b) for a, b in pairwise([*edges, int(busy[-1]) + 1]) if expected[a:b].any()]
    return Blocks(scenario, *(np.array(ends, dtype=np.int64) for ends in zip(*cut, strict=True)))


def expected_a_day(scenario: Scenario) -> Floats:
    """Chats expected of each queue in each interval of the day, a mean over days: (n_queues, n_intervals)."""
    edges_s = np.arange(scenario.days * scenario.intervals_per_day + 1) * scenario.interval_s
    rows = []
    for queue, (pieces_s, chats) in zip(scenario.queues, demand(scenario), strict=True):
        if queue.arrivals.times_s is not None:
            counts = np.histogram(np.array(queue.arrivals.times_s), edges_s)[0].astype(np.float64)
        else:
            so_far = np.concatenate([[0.0], np.cumsum(chats)])
            counts = np.diff(np.interp(edges_s, pieces_s, so_far))
        rows.append(counts.reshape(scenario.days, -1).mean(axis=0))
    assert scenario.intervals_per_day * scenario.interval_s == DAY_S
    return np.array(rows)
