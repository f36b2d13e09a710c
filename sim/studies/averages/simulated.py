"""What are the averages of a centre that is made of some numbers? Simulated, on the same days each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Floats
from sim.kpis.estimate import Estimates
from sim.kpis.measure import Kpis
from sim.kpis.targets import bounds
from sim.runs.executor import Executor
from sim.runs.tasks import Task
from sim.scenario.averages import Average, Averages, Seen
from sim.studies.averages.model import Centre
from sim.studies.averages.readings import READINGS, Reading, given_as, slope, transformed

CHATS = 36_000
"""Chats that are simulated at each point ..."""
FEWEST, MOST = 24, 160
"""... in no fewer and no more days than so many."""


def days_of(averages: Averages) -> int:
    """Give the days that are simulated at each point."""
    return int(min(max(CHATS / max(averages.chats_a_day, 1.0), FEWEST), MOST))


@dataclass(frozen=True, slots=True)
class Bench:
    """Simulates centres on the same days."""

    executor: Executor
    seed: int
    days: int

    def part(self, share: int) -> Bench:
        """Give a bench with so small a *share* of the days: enough for slopes, on the same customers."""
        return replace(self, days=min(max(self.days // share, FEWEST // 2), self.days))

    def measured(self, centres: Sequence[Centre], *, in_search: bool = False) -> list[Estimates]:
        """Give the figures of each centre; *in_search* those of chats alone, if targets bind no others."""
        parts = [centre.parts(self.days) for centre in centres]
        jobs = [
            Task(scenario, self.seed, days, in_search=in_search, bounds=tuple(bounds(scenario)) * in_search)
            for part in parts
            for scenario, days in part
            if len(days)
        ]
        runs: list[Kpis] = []
        with closing(self.executor.measured(jobs)) as results:
            for _, done in results:
                runs += done.runs
        return [Estimates(runs[k * self.days : (k + 1) * self.days]) for k in range(len(centres))]


@dataclass(frozen=True, slots=True)
class Told:
    """Averages by name, and how each is read."""

    given: Mapping[Seen, Average]

    @property
    def names(self) -> list[Seen]:
        """Which averages, in order."""
        return list(self.given)

    def reading(self, seen: Seen) -> Reading:
        """Give the reading of an average."""
        return READINGS[seen.name][given_as(seen.name, self.given[seen])]

    def value(self, seen: Seen, estimates: Estimates) -> float:
        """Give an average of a simulated centre."""
        return self.reading(seen).value(estimates, seen.by, seen.cell)

    def wanted(self) -> Floats:
        """Give the transformed averages."""
        return np.array([transformed(seen.name, average.value) for seen, average in self.given.items()])

    def found(self, estimates: Estimates) -> Floats:
        """Give the same of a simulated centre, transformed."""
        return np.array([transformed(seen.name, self.value(seen, estimates)) for seen in self.given])

    def of_days(self, estimates: Estimates) -> Floats:
        """Give what each simulated day says of the transformed averages, shape (n_averages, n_days)."""
        columns = []
        for seen in self.given:
            said = self.reading(seen).of_days(estimates, seen.by, seen.cell)
            columns.append(self._scale(seen, self.value(seen, estimates)) * said)
        return np.nan_to_num(np.array(columns))

    def _scale(self, seen: Seen, value: float) -> float:
        """Slope of the transformation at a simulated *value*.

        Of an interval it is that between the value and what is given: a few chats are often so far off that
        the transformation is not straight in between, and would make much of little.
        """
        given = self.given[seen].value
        if seen.by != "interval" or abs(given - value) < 1e-6 * max(abs(value), 1e-3):
            return slope(seen.name, value)
        return (transformed(seen.name, given) - transformed(seen.name, value)) / (given - value)

    def spread(self, estimates: Estimates) -> Floats:
        """Give the covariance of the transformed averages of a single day, as simulated days vary.

        Those of different queues, groups and intervals are taken to vary by themselves: there may be more of
        them than there are days to tell how they vary together.
        """
        places = [(seen.by, seen.cell) for seen in self.given]
        together = np.array([[one == other for other in places] for one in places])
        return np.where(together, np.atleast_2d(np.cov(self.of_days(estimates))), 0.0)
