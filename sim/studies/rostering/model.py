"""Which roster is cheapest? An integer programme over people, days and shifts, solved by HiGHS.

Variables: whether a person works a duty; how many of those on a duty take their breaks in which way; how many
people are at an activity from when on; and for each week where days off together, free weekends and the time
at which shifts begin lie. Rest, days in a row and the same start are written as cliques, which bound well.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from math import inf

import numpy as np

from sim.arrays import Floats, Ints
from sim.studies.rostering.allowed import barred, unmet
from sim.studies.rostering.duties import Duty
from sim.studies.rostering.problem import WEEK, Problem, Worker
from sim.studies.rostering.rows import Reason, Rows

SATURDAY = 5


@dataclass(slots=True)
class Model:
    """The programme of a problem; with *explains*, what bars a duty is a row that can be left out."""

    problem: Problem
    explains: bool = False
    rows: Rows = field(default_factory=Rows)
    works: dict[tuple[int, int], list[tuple[int, Duty]]] = field(default_factory=lambda: defaultdict(list))
    """Variables of a person (by number) on a day, each with its duty."""
    ways: dict[tuple[int, int, int], list[int]] = field(default_factory=dict)
    """Variables of the options of a duty: by group, day and its place."""

    def __post_init__(self) -> None:
        """Write all rows."""
        for number, worker in enumerate(self.problem.workers):
            self._person(number, worker)
        self._cover()

    def _date(self, day: int) -> dt.date:
        return self.problem.scenario.calendar.date(day)

    def _person(self, number: int, worker: Worker) -> None:
        duties = self.problem.duties[worker.group]
        for day, of_day in enumerate(duties):
            why = defaultdict[str, list[int]](list)
            for duty in of_day:
                bar = barred(self.problem, worker, duty, self._date(day))
                if bar and not self.explains:
                    continue
                cost = worker.person.cost_per_hour * duty.paid_min / 60 + unmet(worker, duty, self._date(day))
                variable = self.rows.variable(cost)
                self.works[number, day].append((variable, duty))
                if bar:
                    why[bar].append(variable)
            self.rows.add([(v, 1.0) for v, _ in self.works[number, day]], 0, 1)
            for rule, variables in why.items():
                reason = Reason(rule, worker.name, str(self._date(day)))
                self.rows.add([(v, 1.0) for v in variables], 0, 0, reason)
        self._hours(number, worker)
        self._rest(number, worker)
        self._in_a_row(number, worker)
        for week in range(self.problem.weeks):
            self._together(number, worker, week)
            self._same_start(number, worker, week)
        self._weekends(number, worker)
        self._activities_fit(number, worker)

    def _days(self, number: int, days: range) -> list[tuple[int, Duty]]:
        return [each for day in days for each in self.works[number, day]]

    def _hours(self, number: int, worker: Worker) -> None:
        rules, weeks = self.problem.rules, self.problem.weeks
        person, n = worker.person, self.problem.scenario.days
        paid = [(v, float(duty.paid_min)) for v, duty in self._days(number, range(n))]
        most, least = person.hours_per_week * 60 * weeks, person.least_hours_per_week * 60 * weeks
        self.rows.add(paid, 0, most, Reason("hours_per_week", worker.name))
        if least:
            self.rows.add(paid, least, inf, Reason("least_hours_per_week", worker.name))
        if rules.most_hours_a_week is not None:
            for week in range(weeks):
                days = range(week * WEEK, week * WEEK + WEEK)
                paid = [(v, float(duty.paid_min)) for v, duty in self._days(number, days)]
                reason = Reason("most_hours_a_week", worker.name, f"week of {self._date(days[0])}")
                self.rows.add(paid, 0, rules.most_hours_a_week * 60, reason)

    def _rest(self, number: int, worker: Worker) -> None:
        """After a duty none begins too soon, nor before it is over: a clique for each end of a day."""
        rest_s = (self.problem.rules.rest_h or 0.0) * 3600
        for day in range(self.problem.scenario.days - 1):
            mine = self.works[number, day]
            later = self._days(number, range(day + 1, min(day + 4, self.problem.scenario.days)))
            for off_s in sorted({duty.off_s for _, duty in mine}):
                soon = [(v, duty) for v, duty in later if duty.on_s < off_s + rest_s - 1e-6]
                if soon:
                    before = [v for v, duty in mine if duty.off_s >= off_s]
                    self._clique(before, soon, Reason("rest_h", worker.name, str(self._date(day))))

    def _clique(self, before: list[int], soon: list[tuple[int, Duty]], reason: Reason) -> None:
        """Of two sets of variables, only one may have any at work; those of one day are one at most.

        Variables of several later days may be at work together: each day has a row of its own.
        """
        by_day = defaultdict[int, list[int]](list)
        for variable, duty in soon:
            by_day[duty.day].append(variable)
        for variables in by_day.values():
            self.rows.add([(v, 1.0) for v in (*before, *variables)], 0, 1, reason)

    def _in_a_row(self, number: int, worker: Worker) -> None:
        most = self.problem.rules.most_consecutive_days
        for day in range(self.problem.scenario.days - most if most is not None else 0):
            days = range(day, day + (most or 0) + 1)
            terms = [(v, 1.0) for v, _ in self._days(number, days)]
            when = f"{self._date(days[0])} to {self._date(days[-1])}"
            self.rows.add(terms, 0, most or 0, Reason("most_consecutive_days", worker.name, when))

    def _together(self, number: int, worker: Worker, week: int) -> None:
        n = self.problem.rules.days_off_together
        if n is None:
            return
        first = week * WEEK
        begins = [self.rows.variable() for _ in range(WEEK - n + 1)]
        reason = Reason("days_off_together", worker.name, f"week of {self._date(first)}")
        self.rows.add([(v, 1.0) for v in begins], 1, 1, reason)
        for place in range(WEEK):
            free = [v for k, v in enumerate(begins) if k <= place < k + n]
            self.rows.add([(v, 1.0) for v in free] + self._at_work(number, first + place), 0, 1)

    def _at_work(self, number: int, day: int) -> list[tuple[int, float]]:
        return [(v, 1.0) for v, _ in self.works[number, day]]

    def _weekends(self, number: int, worker: Worker) -> None:
        rules, weeks = self.problem.rules, self.problem.weeks
        if not rules.weekends_off:
            return
        free = []
        for week in range(weeks):
            free.append(self.rows.variable())
            for day in (week * WEEK + SATURDAY, week * WEEK + SATURDAY + 1):
                self.rows.add([(free[-1], 1.0), *self._at_work(number, day)], 0, 1)
        for first in range(weeks - rules.weekends_of + 1):
            reason = Reason("weekends_off", worker.name, f"weeks from {self._date(first * WEEK)}")
            terms = [(v, 1.0) for v in free[first : first + rules.weekends_of]]
            self.rows.add(terms, rules.weekends_off, inf, reason)

    def _same_start(self, number: int, worker: Worker, week: int) -> None:
        within = self.problem.rules.same_start_min
        if within is None:
            return
        days = range(week * WEEK, week * WEEK + WEEK)
        starts = sorted({duty.kind.start_s for _, duty in self._days(number, days)})
        earliest = {start: self.rows.variable() for start in starts}
        reason = Reason("same_start_min", worker.name, f"week of {self._date(days[0])}")
        self.rows.add([(v, 1.0) for v in earliest.values()], 0, 1, reason)
        for day in days:
            for start in starts:
                mine = [(v, 1.0) for v, duty in self.works[number, day] if duty.kind.start_s == start]
                fit = [(v, -1.0) for s, v in earliest.items() if s <= start <= s + within * 60]
                if mine:
                    self.rows.add(mine + fit, -inf, 0)

    def _activities_fit(self, number: int, worker: Worker) -> None:
        """Whoever has activities works at least one shift for each."""
        n = len(self.problem.activities(worker))
        if n:
            every = [(v, 1.0) for v, _ in self._days(number, range(self.problem.scenario.days))]
            self.rows.add(every, n, inf, Reason("activities", worker.name))

    # Cover

    def _cover(self) -> None:
        for g in range(len(self.problem.scenario.groups)):
            self._cover_group(g)

    def _cover_group(self, g: int) -> None:
        problem, scenario = self.problem, self.problem.scenario
        cells: dict[int, list[tuple[int, float]]] = defaultdict(list)
        on = defaultdict[tuple[int, Duty], list[int]](list)
        for (number, day), mine in self.works.items():
            if problem.workers[number].group == g:
                for variable, duty in mine:
                    on[day, duty].append(variable)
        for (day, duty), variables in on.items():
            if len(duty.pauses) == 1:
                counted = variables
                self._present(cells, counted, problem.opened.covered(duty.pieces(0)))
                continue
            ways = [self.rows.variable(most=len(variables)) for _ in duty.pauses]
            self.ways[g, day, problem.duties[g][day].index(duty)] = ways
            self.rows.add([(v, 1.0) for v in variables] + [(v, -1.0) for v in ways], 0, 0)
            for option, way in enumerate(ways):
                self._present(cells, [way], problem.opened.covered(duty.pieces(option)))
        self._activities(g, cells)
        minutes, name = problem.opened.minutes, scenario.groups[g].name
        for cell in np.flatnonzero(problem.required[g]).tolist():
            at_s = float(problem.opened.edges_s[cell])
            reason = Reason(f"cover of {name}", "", str(scenario.local.date(at_s)))
            self.rows.add(cells[cell], float(problem.required[g, cell] * minutes[cell]), inf, reason)

    def _present(
        self, cells: dict[int, list[tuple[int, float]]], variables: list[int], spent: Floats
    ) -> None:
        for cell in np.flatnonzero(spent).tolist():
            cells[cell] += [(v, float(spent[cell])) for v in variables]

    def _activities(self, g: int, cells: dict[int, list[tuple[int, float]]]) -> None:
        """People who are away at activities, from the beginning of intervals on."""
        asked: dict[float, int] = defaultdict(int)
        for worker in self.problem.workers:
            if worker.group == g:
                for each in self.problem.activities(worker):
                    asked[each.minutes] += 1
        edges_s = self.problem.opened.edges_s
        for minutes, n in asked.items():
            begins = []
            for cell in list(cells):
                on_s = float(edges_s[cell])
                spent = self.problem.opened.covered([(on_s, on_s + minutes * 60)])
                begins.append(self.rows.variable(most=n))
                for k in np.flatnonzero(spent).tolist():
                    cells[k].append((begins[-1], -float(spent[k])))
            self.rows.add([(v, 1.0) for v in begins], n, inf)
            for cell in list(cells):
                self.rows.add(cells[cell], 0, inf)


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What the programme says."""

    status: str
    """"best", "feasible", "infeasible" or "unknown": what the time allowed to find or prove."""
    given: dict[tuple[int, int], Duty]
    """Duty of a person on a day."""
    ways: dict[tuple[int, int, int], Ints]
    """How many take each option of a duty."""
    cost: float
    bound: float
    """No roster that covers as much and keeps the rules is cheaper."""


def solve(model: Model, *, gap: float, seconds: float) -> Solved:
    """Solve a *model*, to a relative *gap* or for so many *seconds*."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  heavy

    rows = model.rows
    found = milp(
        np.array(rows.cost),
        integrality=np.ones(len(rows.cost), dtype=np.int64),
        bounds=Bounds(0, np.array(rows.most)),
        constraints=LinearConstraint(rows.matrix, np.array(rows.low), np.array(rows.high)),
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    if found.x is None:
        return Solved("infeasible" if found.status == 2 else "unknown", {}, {}, inf, 0.0)
    values = np.rint(found.x).astype(np.int64)
    given = {key: duty for key, mine in model.works.items() for v, duty in mine if values[v]}
    ways = {key: values[variables] for key, variables in model.ways.items()}
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else 0.0
    return Solved("best" if found.status == 0 else "feasible", given, ways, float(found.fun), float(bound))
