"""How much demand does each target bear? The break points of a centre, and how far off they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, nan

import numpy as np

from sim.draws.memory import refuse_too_large
from sim.errors import ScenarioError, StudyError
from sim.kpis.definitions import BY_NAME, Ratio
from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.kpis.measure import Kpis
from sim.kpis.targets import Bound, Verdict, bounds, verdicts
from sim.runs.executor import Executor, Progress, executing
from sim.runs.replicate import usual_replications
from sim.scenario.scenario import Scenario
from sim.studies.controls import adjusted
from sim.studies.stress.load import most_fewer, with_demand, with_fewer
from sim.studies.stress.search import FIRST, MOST, WIDEST, Margin, Root, Search

MOST_TIMES = 4
"""Agents are added to so many times as many, where a target is missed already."""
OF_TEAMS = 100
"""Replications with another number of agents."""
KEPT = 200
"""Replications of a load that are kept, to go on from."""


@dataclass(frozen=True, slots=True)
class BreakPoint:
    """How much demand a target bears, in factors of the scenario's."""

    bound: Bound
    root: Root
    agents: int | None = None
    """So many agents fewer keep the target at today's demand, one more does not; below 0 so many more do.
    None where no number does, or agents can't be taken away."""
    at_s: float | None = None
    """Start of the interval that misses most of it where it breaks, in seconds since the first midnight."""
    queue: str | None = None
    """Queue that misses most of it there, of several."""


@dataclass(frozen=True, slots=True, eq=False)
class Breakpoints:
    """The break points of a centre."""

    scenario: Scenario
    points: tuple[BreakPoint, ...]
    """What breaks first comes first; what is not reached last."""
    today: tuple[Verdict, ...]
    """On each target at today's demand."""
    seed: int
    loads: dict[float, int]
    """Replications of each factor of the demand."""
    of_teams: int
    """Replications with other numbers of agents."""
    interrupted: bool = False

    def __repr__(self) -> str:
        first = f"{self.points[0].bound.kpi} first" if self.points else "nothing"
        return f"<Breakpoints of {self.scenario.name!r}: {first}, {self.replications:,} replications>"

    @property
    def replications(self) -> int:
        """Replications in all."""
        return sum(self.loads.values()) + self.of_teams


def stress(
    scenario: Scenario,
    *,
    seed: int = 1,
    widest: float = WIDEST,
    most: int = MOST,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Breakpoints:
    """Find how many times its demand a *scenario* bears before each target breaks, with 95 % confidence.

    Bounds are to be less than *widest* apart, unless that takes more than *most* replications at a load.
    *progress* is told how many replications are done. Ctrl-C ends it with what is known so far. An *executor*
    that is given simulates, else *workers* threads.

    Raises
    ------
    StudyError
        If there is no target, or chats come at exact times.
    """
    targets = bounds(scenario)
    if not targets:
        raise StudyError("stress: needs a target that can break, such as [targets] max_missed = 0.05")
    with_demand(scenario, 2.0)  # what can't be made more is refused before anything is simulated
    interrupted = False
    with executing(workers, given=executor) as ours:
        centre = _Centre(scenario, targets, ours, seed, progress)
        today = centre.today()
        search = Search(centre.margins, len(targets), widest, min(FIRST, most), most)
        spare: dict[int, int | None] = {}
        try:
            search.run()
            for k in range(len(targets)):
                spare[k] = _spare_agents(centre, k, search.root(k).value)
        except KeyboardInterrupt:
            interrupted = True
    points = [
        BreakPoint(bound, search.root(k), spare.get(k), *centre.worst(k, search.root(k).value))
        for k, bound in enumerate(targets)
    ]
    points.sort(key=_order)
    return Breakpoints(scenario, tuple(points), today, seed, centre.loads, centre.of_teams, interrupted)


@dataclass(slots=True)
class _Centre:
    """A centre at any load and of any team, simulated as it is asked for."""

    scenario: Scenario
    targets: Sequence[Bound]
    executor: Executor
    seed: int
    progress: Progress | None
    loads: dict[float, int] = field(default_factory=dict)
    """Replications that were simulated, by factor of the demand."""
    of_teams: int = 0
    kept: dict[float, list[Kpis]] = field(default_factory=dict)
    """Replications of cheap trials; those of many days are not kept, they take too much memory."""
    places: dict[float, list[tuple[float | None, str | None]]] = field(default_factory=dict)
    """By factor: where most of each target is missed."""
    teams: dict[int, list[Margin]] = field(default_factory=dict)
    """Margins at today's demand with so many agents fewer."""

    def today(self) -> tuple[Verdict, ...]:
        """Verdicts at today's demand, on as many replications as a run has."""
        return tuple(verdicts(self._estimates(1.0, usual_replications([self.scenario])), self.scenario))

    def margins(self, factor: float, n: int) -> list[Margin]:
        """Margins of all targets at a *factor* of the demand."""
        estimates, scenario = self._estimates(factor, n), with_demand(self.scenario, factor)
        self.places[factor] = [_worst_place(bound, estimates, scenario) for bound in self.targets]
        return [_margin(bound, estimates, scenario) for bound in self.targets]

    def with_fewer(self, fewer: int) -> list[Margin]:
        """Margins of all targets with *fewer* agents; they are missed by all means where that can't be."""
        if fewer not in self.teams:
            try:
                scenario = with_fewer(self.scenario, fewer)
            except ScenarioError:
                return [Margin(nan, nan, nan) for _ in self.targets]
            estimates = Estimates(self._simulated(scenario, range(OF_TEAMS)))
            self.of_teams += OF_TEAMS
            self.teams[fewer] = [_margin(bound, estimates, scenario) for bound in self.targets]
        return self.teams[fewer]

    def worst(self, k: int, factor: float | None) -> tuple[float | None, str | None]:
        """Interval and queue that miss most of a target at the load next to a *factor*; nothing without."""
        if factor is None:
            return None, None
        return self.places[min(self.places, key=lambda other: abs(other - factor))][k]

    def _estimates(self, factor: float, n: int) -> Estimates:
        have = self.kept.get(factor, [])
        if len(have) < n:
            have = have + self._simulated(with_demand(self.scenario, factor), range(len(have), n))
            self.loads[factor] = self.loads.get(factor, 0) + n - len(self.kept.get(factor, []))
            self.kept[factor] = have[:KEPT]
        return Estimates(have[:n])

    def _simulated(self, scenario: Scenario, replications: range) -> list[Kpis]:
        refuse_too_large(scenario, len(replications))
        if self.progress is not None:
            self.progress(sum(self.loads.values()) + self.of_teams, None)
        return next(self.executor.replications([scenario], self.seed, replications))


def _margin(bound: Bound, estimates: Estimates, scenario: Scenario) -> Margin:
    """By how much a target is missed, with its interval: from the day's number of customers, if they help."""
    if bound.where is None and isinstance(BY_NAME[bound.kpi].form, Ratio):
        found = adjusted(bound.kpi, estimates, scenario)
        if found is not None:
            return _missed(bound, found.value, found.low, found.high)
    figure = bound.figure(estimates)
    low, high = figure.certain(BY_NAME[bound.kpi].unit, estimates.n) or (-inf, inf)
    return _missed(bound, nan if figure.value is None else figure.value, low, high)


def _missed(bound: Bound, value: float, low: float, high: float) -> Margin:
    if bound.side == "at most":
        return Margin(value - bound.value, low - bound.value, high - bound.value)
    return Margin(bound.value - value, bound.value - high, bound.value - low)


def _worst_place(bound: Bound, estimates: Estimates, scenario: Scenario) -> tuple[float | None, str | None]:
    """Interval, and of several queues the queue, in which most of a target is missed."""
    form = BY_NAME[bound.kpi].form
    if bound.where is not None or not isinstance(form, Ratio):
        return None, None
    at_s = queue = None
    if By.INTERVAL in form.breakdowns:
        at_s = float(scenario.cells.edges_s[_worst_cell(bound, estimates, By.INTERVAL)])
    if By.QUEUE in form.breakdowns and len(scenario.queues) > 1:
        queue = scenario.queues[_worst_cell(bound, estimates, By.QUEUE)].name
    return at_s, queue


def _worst_cell(bound: Bound, estimates: Estimates, by: By) -> int:
    """Cell that adds most to what is beyond the bound: top − bound × bottom."""
    top, bottom = (part.sum(axis=0) for part in estimates.sums(bound.kpi, by))
    beyond = top - bound.value * bottom
    return int(np.argmax(beyond if bound.side == "at most" else -beyond))


def _spare_agents(centre: _Centre, k: int, root: float | None) -> int | None:
    """Most agents fewer that keep target *k* at today's demand; below 0 so many more; None if there is none.

    More agents are taken to make nothing worse. The search begins where demand per agent is as at the *root*.
    """
    if root is None:
        return None
    agents = sum(group.n_agents for group in centre.scenario.groups)
    most, least = most_fewer(centre.scenario), -agents * (MOST_TIMES - 1)
    near = min(max(round(agents * (1 - 1 / root)), least), most)

    def is_kept(fewer: int) -> bool:
        return centre.with_fewer(fewer)[k].value <= 0

    if is_kept(near):
        while near < most and is_kept(near + 1):
            near += 1
        return near
    while near > least:
        near -= 1
        if is_kept(near):
            return near
    return None


def _order(point: BreakPoint) -> float:
    """What breaks first comes first."""
    root = point.root
    return next((end for end in (root.value, root.upper) if end is not None), inf)
