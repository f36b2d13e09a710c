"""What is to be rostered? People one by one, their duties, and how many are needed in each interval."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.arrays import Floats, Ints
from sim.errors import StudyError
from sim.scenario.duty import duty_plan
from sim.scenario.hours import Span
from sim.scenario.people import Activity, Person, RosterRules
from sim.scenario.scenario import Scenario
from sim.scenario.units import DAY_S
from sim.studies.rostering.duties import Duty, Kind, duties_of, kinds_of

WEEK = 7


@dataclass(frozen=True, slots=True)
class Worker:
    """One person."""

    name: str
    person: Person
    group: int


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A roster to be found."""

    scenario: Scenario
    """Of so many days as the roster has."""
    workers: tuple[Worker, ...]
    rules: RosterRules
    duties: tuple[tuple[tuple[Duty, ...], ...], ...]
    """Of each group, on each day."""
    required: Ints
    """Agents of each group in each interval of all days: (n_groups, n_cells)."""
    opened: OpenTime = field(repr=False)
    eve: tuple[tuple[Kind, int], ...] = ()
    """Shifts of the night before, which are of another roster: so many are taken to work them."""

    @property
    def weeks(self) -> int:
        """Weeks from Monday to Sunday."""
        return self.scenario.days // WEEK

    def activities(self, worker: Worker) -> list[Activity]:
        """Activities of a person, each as often as they have it."""
        name = self.scenario.groups[worker.group].name
        mine = [each for each in self.rules.activities if not each.groups or name in each.groups]
        return [each for each in mine for _ in range(each.times)]


class OpenTime:
    """Minutes of planning intervals in which the centre is open, and how many of them some spans cover."""

    def __init__(self, scenario: Scenario) -> None:
        spans = [(on, min(off, scenario.horizon_s)) for on, off in scenario.opening_spans]
        self.edges_s = scenario.cells.edges_s
        known = np.array(spans, dtype=np.float64).reshape(-1, 2)
        self._at, self._open = known.ravel(), np.concatenate([[0.0], np.cumsum(known[:, 1] - known[:, 0])])
        self._counts = self._before(self.edges_s[1:]) - self._before(self.edges_s[:-1]) > 0

    def _before(self, time_s: Floats) -> Floats:
        """Open time before each time."""
        k = np.searchsorted(self._at, time_s, side="right")
        n = k // 2
        inside = np.where(k % 2 == 1, time_s - self._at[np.maximum(k - 1, 0)], 0.0)
        return np.asarray(self._open[n] + inside, dtype=np.float64)

    @property
    def minutes(self) -> Floats:
        """Open minutes of each interval, shape (n_cells,); all of them where it never is open."""
        return self.covered([(float(self.edges_s[0]), float(self.edges_s[-1]))])

    def covered(self, spans: list[Span]) -> Floats:
        """Minutes of each interval that some *spans* cover, while it is open."""
        total = np.zeros(len(self.edges_s) - 1)
        for on, off in spans:
            low, high = np.clip(self.edges_s[:-1], on, off), np.clip(self.edges_s[1:], on, off)
            total += np.where(self._counts, self._before(high) - self._before(low), high - low)
        return total / 60


def problem_of(scenario: Scenario, required: Ints) -> Problem:
    """Make the problem of a *scenario* whose days are those of the roster.

    Raises
    ------
    StudyError
        If it names nobody, does not begin on a Monday, or shifts of its patterns can't be.
    """
    refuse_others(scenario)
    places = {group.name: g for g, group in enumerate(scenario.groups)}
    workers = tuple(
        Worker(name, person, places[person.group]) for person in scenario.people for name in person.all_names
    )
    duties = tuple(
        tuple(tuple(day) for day in duties_of(scenario, kinds_of(scenario, g)))
        for g in range(len(scenario.groups))
    )
    eve, asked = _eve(scenario, required)
    rules = scenario.roster or RosterRules()
    return Problem(scenario, workers, rules, duties, asked, OpenTime(scenario), eve)


def _eve(scenario: Scenario, required: Ints) -> tuple[tuple[tuple[Kind, int], ...], Ints]:
    """Shifts that last from the eve into the first morning, and what is required without that morning.

    What they cover is left to them up to the time at which the first shift of the roster begins.
    """
    found, asked = list[tuple[Kind, int]](), required.copy()
    edges_s = scenario.cells.edges_s
    for g, group in enumerate(scenario.groups):
        kinds = kinds_of(scenario, g)
        nights = [kind for kind in kinds if kind.end_s > DAY_S]
        if not nights:
            continue
        local = scenario.calendar.local_of(group.zone)
        last = max(nights, key=lambda kind: (kind.end_s, -kind.start_s))
        until_s = min(local.at(0, min(kind.start_s for kind in kinds)), local.at(-1, last.end_s))
        cells = np.flatnonzero(edges_s[:-1] < until_s)
        agents = int(required[g, cells].max(initial=0))
        if agents:
            found.append((last, agents))
            asked[g, cells] = 0
    return tuple(found), asked


def refuse_others(scenario: Scenario) -> None:
    """Refuse scenarios that name nobody, or whose weeks don't begin on a Monday."""
    if not scenario.people:
        raise StudyError(
            "people: a roster of weeks needs [[people]], each with a name, a group and hours_per_week"
        )
    if scenario.start.weekday():
        raise StudyError(
            f"start: weeks of a roster begin on a Monday, got {scenario.start:%A} {scenario.start}"
        )


def on_duty(scenario: Scenario) -> Ints:
    """Agents of each group on duty in the middle of each interval of all days, as planned."""
    plan, edges_s = duty_plan(scenario), scenario.cells.edges_s
    middles = (edges_s[:-1] + edges_s[1:]) / 2
    found = np.zeros((len(scenario.groups), len(middles)), dtype=np.int64)
    for agent, on_s, off_s in zip(plan.agent, plan.on_s, plan.off_s, strict=True):
        found[plan.group[agent]] += (middles >= on_s) & (middles < off_s)
    return found
