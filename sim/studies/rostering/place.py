"""Who takes which break, and when is whose training? Placed where fewest are away and most are to spare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from sim.arrays import Floats
from sim.scenario.hours import Span
from sim.studies.rostering.duties import Duty
from sim.studies.rostering.model import Solved
from sim.studies.rostering.problem import Problem, Worker

GRID_S = 900.0
"""Activities begin every quarter of an hour."""
MOST_MOVES = 2_000
"""Breaks that are moved away from those of others."""
SHORT = 1_000.0
"""What a minute short of the requirement counts, beside one person more away."""


@dataclass(slots=True, eq=False)
class Shift:
    """A duty of somebody, with the breaks and activities that they have in it."""

    worker: Worker
    duty: Duty
    option: int = 0
    activities: list[tuple[str, float, float]] = field(default_factory=list)
    """Name, from when and until when."""

    @property
    def breaks(self) -> tuple[Span, ...]:
        """Breaks, in seconds since the roster's first midnight."""
        return self.duty.pauses[self.option]

    @property
    def on_chats(self) -> list[Span]:
        """Spans in which they take chats."""
        away = sorted([*self.breaks, *((on, off) for _, on, off in self.activities)])
        edges = [self.duty.on_s, *(edge for span in away for edge in span), self.duty.off_s]
        return [(on, off) for on, off in zip(edges[::2], edges[1::2], strict=True) if on < off]


class Placed:
    """Shifts with all that is in them, and the cover that they make."""

    def __init__(self, problem: Problem, solved: Solved) -> None:
        self.problem = problem
        self.shifts = [
            Shift(problem.workers[number], duty)
            for (number, _), duty in sorted(solved.given.items(), key=lambda kv: kv[0])
        ]
        self._share_out(solved)
        self.covered = np.zeros(problem.required.shape)
        """Minutes of agents on chats: (n_groups, n_cells)."""
        for shift in self.shifts:
            self.covered[shift.worker.group] += problem.opened.covered(shift.on_chats)
        self.needed = problem.required * problem.opened.minutes
        self._stagger()
        self.homeless = list(self._activities())
        """Who has no shift for which activity."""

    def _share_out(self, solved: Solved) -> None:
        """Give the options of a duty to those who work it, in turn."""
        alike = defaultdict[tuple[int, int, int], list[Shift]](list)
        for shift in self.shifts:
            of_day = self.problem.duties[shift.worker.group][shift.duty.day]
            alike[shift.worker.group, shift.duty.day, of_day.index(shift.duty)].append(shift)
        for key, shifts in alike.items():
            counts = solved.ways.get(key, np.array([len(shifts)]))
            options = np.repeat(np.arange(len(counts)), counts).tolist()
            for shift, option in zip(shifts, options, strict=True):
                shift.option = option

    def _worth(self, group: int, change: Floats) -> float:
        """What a *change* of the minutes covered costs: minutes short, and little to spare."""
        at = np.flatnonzero(change)
        before, after = (self.covered[group, at] - self.needed[group, at] + add for add in (0.0, change[at]))
        short = np.maximum(-after, 0) - np.maximum(-before, 0)
        tight = change[at] / (1 + np.maximum(np.minimum(before, after), 0) / 60)
        return float(SHORT * short.sum() - tight.sum())

    def _stagger(self) -> None:
        """Move breaks of the same group to where more are to spare, while that makes anything better."""
        moves = 0
        for shift in self.shifts:
            if len(shift.duty.pauses) == 1 or moves >= MOST_MOVES:
                continue
            now = self.problem.opened.covered(shift.on_chats)
            best, option = -1e-6, shift.option
            for other in range(len(shift.duty.pauses)):
                change = self.problem.opened.covered(shift.duty.pieces(other)) - now
                if other != shift.option and (worth := self._worth(shift.worker.group, change)) < best:
                    best, option = worth, other
            if option != shift.option:
                shift.option, moves = option, moves + 1
                self.covered[shift.worker.group] += self.problem.opened.covered(shift.on_chats) - now

    def _activities(self) -> Iterator[tuple[str, str]]:
        """Place all activities; gives people and activities for which no shift has room."""
        mine = defaultdict[str, list[Shift]](list)
        for shift in self.shifts:
            mine[shift.worker.name].append(shift)
        for worker in self.problem.workers:
            for each in self.problem.activities(worker):
                if not self._place(mine[worker.name], each.name, each.minutes * 60):
                    yield worker.name, each.name

    def _place(self, shifts: list[Shift], name: str, seconds: float) -> bool:
        """Place an activity in the shift and at the time at which it hurts least; one a shift."""
        best: tuple[float, Shift, float] | None = None
        for shift in shifts:
            if any(shift.activities):
                continue
            for on_s in np.arange(shift.duty.on_s, shift.duty.off_s - seconds + 1, GRID_S).tolist():
                if any(on_s < off and on < on_s + seconds for on, off in shift.breaks):
                    continue
                change = -self.problem.opened.covered([(on_s, on_s + seconds)])
                worth = self._worth(shift.worker.group, change)
                if best is None or worth < best[0] - 1e-9:
                    best = worth, shift, on_s
        if best is None:
            return False
        _, shift, on_s = best
        shift.activities.append((name, on_s, on_s + seconds))
        self.covered[shift.worker.group] -= self.problem.opened.covered([(on_s, on_s + seconds)])
        return True

    @property
    def short(self) -> Floats:
        """Minutes that each interval lacks: (n_groups, n_cells)."""
        return np.asarray(np.maximum(self.needed - self.covered, 0.0))
