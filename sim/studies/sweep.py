"""What if a number were another? A scenario at every value of one or two fields, on the same customers.

Of each point stay its figures and what every replication says of those that are judged; the runs are dropped,
so a sweep of a thousand points needs no more memory than one of ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from time import perf_counter
from typing import Any

from sim.arrays import Floats
from sim.draws.memory import refuse_too_large
from sim.draws.profile import expected_overall
from sim.errors import ScenarioError, StudyError, TooManyValuesError, VaryError
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates, Quantity
from sim.kpis.targets import Verdict, all_kept, is_sure, verdicts
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.heads import scaled_words
from sim.scenario.scenario import Scenario
from sim.scenario.units import plural
from sim.scenario.vary import Change, Vary, plain, read_vary, varied
from sim.studies import lattice

FIGURES = (
    "arrivals", "offered", "served", "missed_rate", "abandonment", "service_level", "wait_probability",
    "asa_s", "wait_p90_s", "frt_s", "response_s", "aht_s", "agents", "agent_hours", "paid_hours",
    "occupancy", "slot_utilisation", "attention", "concurrency", "chats_per_agent_hour", "resolution",
    "csat", "conversion",
)  # fmt: skip
"""Figures that are kept of each point."""

MOST_VARIED = 2
MOST_RUNS = 100_000
"""A sweep of more runs is refused, unless the user says otherwise."""
SECONDS_A_RUN, SECONDS_A_CHAT = 0.5e-3, 4e-6
"""What a run takes on two cores, from draw to figures, and each of its chats: measured, for estimates."""

JUDGED = ("service_level", "missed_rate", "response_s", "frt_s")
"""Figures by which points are held against each other, whatever targets bind."""

_DECIDED = {
    "agents", "staffing", "staffing_by_day", "shifts", "concurrency", "seniority", "queues",
    "priority", "prefer", "capacity", "max_wait_s",
}  # fmt: skip
"""Keys of fields that a planner decides on, besides the routing; the others are circumstances."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A scenario with some values, and what it gives."""

    changes: tuple[Change, ...]
    """One of each variable."""
    scenario: Scenario
    figures: dict[str, Quantity]
    """`FIGURES` over the whole scenario, and those that targets bind."""
    verdicts: tuple[Verdict, ...]
    """On each target that is set."""
    said: dict[str, Floats]
    """What each replication says of the `JUDGED` figures, shape (n_replications,) each, and of those that
    targets of the centre bind and of which one way is better."""

    @property
    def values(self) -> tuple[Any, ...]:
        """The value of each variable."""
        return tuple(change.value for change in self.changes)

    @property
    def keeps(self) -> bool:
        """Whether all targets that can be measured are kept, and there is one."""
        return bool(all_kept(self.verdicts))

    @property
    def sure(self) -> bool:
        """Whether it is sure that targets are kept: all of them, or that any is missed."""
        return is_sure(self.verdicts)

    @property
    def paid_h(self) -> float:
        """Paid hours a run, which say what is cheaper."""
        return self.figures["paid_hours"].value or 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """A scenario at every value."""

    scenario: Scenario
    varies: tuple[Vary, ...]
    seed: int
    replications: int
    points: tuple[Point, ...]
    """The last variable changes fastest."""
    seconds: float
    """From the first draw to the last figure."""
    interrupted: bool
    """Whether the user stopped before all points were done."""

    def __repr__(self) -> str:
        points = f"{len(self.points):,} of {prod(self.shape):,} points"
        return f"<Sweep of {self.scenario.name!r}: {points}, {plural(self.replications, 'replication')} each>"

    @property
    def shape(self) -> tuple[int, ...]:
        """Values of each variable."""
        return tuple(len(vary.values) for vary in self.varies)

    @property
    def chats(self) -> int:
        """Chats that came in all runs together."""
        return round(
            sum((point.figures["arrivals"].value or 0.0) for point in self.points) * self.replications
        )

    def at(self, *places: int) -> Point | None:
        """Point at the places of its values, or None if the user stopped before it."""
        return lattice.at(self.points, self.shape, places)

    def along(self, variable: int) -> Iterator[list[Point]]:
        """Rows of points that differ in one *variable* alone, as far as they are done."""
        return lattice.along(self.points, self.shape, variable)


def sweep(
    scenario: Scenario,
    varies: Sequence[Vary] | Mapping[str, Iterable[Any]],
    *,
    seed: int = 1,
    replications: int = 20,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    most_runs: int = MOST_RUNS,
) -> Sweep:
    """Simulate a *scenario* with every value of one or two variables, each with the same customers.

    Values stand beside their paths, as in ``{"groups.0.agents": range(6, 12)}``, or come from `read_varies`.
    *progress* is told tasks done and wanted. Ctrl-C ends it with the points that are done, if any is. An
    *executor* that is given simulates, else *workers* threads.

    Raises
    ------
    VaryError
        If a path leads nowhere, or there are not one or two.
    ScenarioError
        If a point breaks a law of scenarios: every problem of every point, before anything is simulated.
    StudyError
        If it would be more than *most_runs*.
    """
    if not isinstance(varies, Mapping) and any(isinstance(vary, str) for vary in varies):
        raise VaryError("vary: must be paths with their values, such as {'groups.0.agents': range(6, 12)}")
    if isinstance(varies, Mapping):
        varies = [
            Vary(path, "=", tuple(map(plain, _several(path, values)))) for path, values in varies.items()
        ]
    _refuse_variables(varies)
    refuse_explosion(scenario, [len(vary.values) for vary in varies], replications, most_runs)
    changes, scenarios = _points(scenario, varies)
    for each in scenarios:
        refuse_too_large(each, replications)
    points: list[Point] = []
    interrupted, began = False, perf_counter()
    with executing(workers, given=executor) as ours:
        try:
            found = ours.replications(scenarios, seed, range(replications), progress)
            for change, each, runs in zip(changes, scenarios, found, strict=True):
                points.append(_point(change, each, Estimates(runs)))
        except KeyboardInterrupt:
            if not points:
                raise
            interrupted = True
    seconds = perf_counter() - began
    return Sweep(scenario, tuple(varies), seed, replications, tuple(points), seconds, interrupted)


def read_varies(
    texts: Sequence[str], scenario: Scenario, replications: int, most_runs: int = MOST_RUNS
) -> list[Vary]:
    """Read what is to vary, as `sim.scenario.vary.read_vary` does; problems of all *texts* at once.

    Raises
    ------
    VaryError
        If one can't be read.
    StudyError
        If together they are more than *most_runs*.
    """
    read: list[Vary] = []
    counts: list[int] = []
    wrong: list[str] = []
    endless: list[str] = []
    for text in texts:
        try:
            read.append(read_vary(text))
            counts.append(len(read[-1].values))
        except TooManyValuesError as error:
            endless.append(str(error))
            counts.append(error.n)
        except VaryError as error:
            wrong.append(str(error))
    if not wrong and counts:
        refuse_explosion(scenario, counts, replications, most_runs)
    if wrong or endless:
        raise VaryError("\n".join(wrong + endless))
    return read


def refuse_explosion(scenario: Scenario, counts: Sequence[int], replications: int, most_runs: int) -> None:
    """Refuse so many values of each variable if they make more than *most_runs*.

    Raises
    ------
    StudyError
        With the number of runs, and the time that they would take.
    """
    points = prod(counts)
    runs = points * replications
    if runs <= most_runs:
        return
    time = duration_text(expected_seconds(scenario, runs))
    grid = f"{' × '.join(f'{n:,}' for n in counts)} points" if len(counts) > 1 else f"{points:,} points"
    raise StudyError(
        f"vary: at most {most_runs:,} replications in all, got {runs:,} ({grid} × {replications:,}), which "
        f"would take about {time}: take fewer values or replications, or raise --max-replications"
    )


def expected_seconds(scenario: Scenario, runs: int) -> float:
    """Time that so many *runs* of a *scenario* are expected to take on two cores."""
    return runs * (SECONDS_A_RUN + SECONDS_A_CHAT * expected_overall(scenario))


def duration_text(seconds: float) -> str:
    """Words for a time that something takes.

    >>> duration_text(3.2), duration_text(600), duration_text(9000), duration_text(5e5), duration_text(1e9)
    ('3 s', '10 min', '2.5 h', '5.8 days', '32 years')
    """
    units = ((365.25 * 86_400, "years"), (86_400, "days"), (3_600, "h"), (60, "min"))
    for size, unit in units:
        if seconds >= 2 * size:
            value = seconds / size
            return f"{value:.1f}".removesuffix(".0") + f" {unit}" if value < 10 else f"{value:,.0f} {unit}"
    return f"{seconds:.0f} s"


def is_decided(vary: Vary) -> bool:
    """Whether a planner decides on it (staff, concurrency, routing), and not the world (load, patience)."""
    first, *rest = vary.path.split(".")
    return first == "routing" or (first in {"groups", "queues"} and not _DECIDED.isdisjoint(rest))


def scalings(scenario: Scenario, others: Sequence[Scenario]) -> list[str]:
    """What became of shifts and staffing in *others* that were made of a *scenario*, in words, by group."""
    groups = (
        scaled_words(group, [other.groups[g] for other in others]) for g, group in enumerate(scenario.groups)
    )
    return [words for words in groups if words is not None]


def _several(path: str, values: Any) -> Iterable[Any]:
    """Values of a variable; refuses what is a single one."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise VaryError(f"vary: {path}: must be several values, such as [{values!r}], got {values!r}")
    return values


def _refuse_variables(varies: Sequence[Vary]) -> None:
    if not 1 <= len(varies) <= MOST_VARIED:
        hint = "; put the others into the file, or sweep once for each of their values" * (len(varies) > 2)
        raise VaryError(f"vary: must be one or two variables, got {len(varies)}{hint}")
    if len(varies) == MOST_VARIED and varies[0].path == varies[1].path:
        raise VaryError(f"vary: {varies[0].path}: is varied twice")
    for vary in varies:
        if not vary.values:
            raise VaryError(f"vary: {vary.path}: needs at least one value, got none")


def _points(scenario: Scenario, varies: Sequence[Vary]) -> tuple[list[tuple[Change, ...]], list[Scenario]]:
    """Changes and scenario of each point; every problem of every point is told."""
    changes = list(product(*(vary.changes() for vary in varies)))
    scenarios, problems = [], []
    for some in changes:
        try:
            scenarios.append(varied(scenario, some))
        except ScenarioError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise ScenarioError(problems)
    return changes, scenarios


def _point(changes: tuple[Change, ...], scenario: Scenario, estimates: Estimates) -> Point:
    promise = tuple(verdicts(estimates, scenario))
    bound = [verdict.bound.kpi for verdict in promise if verdict.bound.where is None]
    judged = [name for name in bound if BY_NAME[name].better != "neither"]
    return Point(
        changes,
        scenario,
        {name: estimates.figure(name) for name in dict.fromkeys((*FIGURES, *bound))},
        promise,
        {name: estimates.pseudo_values(name)[:, 0] for name in dict.fromkeys((*JUDGED, *judged))},
    )
