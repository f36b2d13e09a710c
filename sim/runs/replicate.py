"""How good is a scenario over many days? Independent replications, in parallel, until it is sure enough.

Replications run in tasks that are measured as they come: their logs are dropped, and what stays are sums.
Results are put together in order of replication, so they are the same on any number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from sim.draws.memory import refuse_too_large
from sim.engines import Engine
from sim.errors import SimError
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates, Quantity
from sim.kpis.measure import Kpis
from sim.kpis.targets import bounds
from sim.log.chatlog import ChatLog
from sim.runs.executor import Executor, Progress, executing
from sim.runs.tasks import Task
from sim.scenario.scenario import Scenario

MOST_REPLICATIONS = 10_000
"""The search for a precision gives up here."""
USUAL_DAYS, FEWEST = 200, 20
"""Days that are simulated if nobody says how many, and the replications that it takes at least."""
MARGIN = 1.1
"""A further stage aims at more replications than the last stage's spread asks for."""


@dataclass(frozen=True, slots=True)
class Replications:
    """Replications 0, 1, … of a scenario, measured."""

    estimates: Estimates
    wanted: int
    """Replications asked for, or that the precision called for."""
    interrupted: bool
    """Whether the user stopped before all were done."""
    precise: bool
    """Whether the wanted precision was reached; True where none was asked for."""

    def __repr__(self) -> str:
        _, _, level = repr(self.estimates).partition(": ")
        return f"<Replications: {self.estimates.n:,} of {self.wanted:,}, {level}"


Each = Callable[[int, ChatLog], None]


def replicate(
    scenario: Scenario,
    seed: int = 1,
    replications: int | None = None,
    engine: Engine | str = Engine.KERNEL,
    workers: int | None = None,
    precision: float | None = None,
    each: Each | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Replications:
    """Simulate and measure *replications* of a *scenario*, `usual_replications` if omitted.

    With a *precision* (such as 0.02) they are only the first stage: stages follow, each as long as the spread
    so far calls for but at most twice what there is, until the longer side of the 95 % interval of every
    figure that a target binds (the service level, if there is none) is below the precision, absolutely for
    shares and relative to the value otherwise, or until `MOST_REPLICATIONS` are done. *each* is shown every
    log in order of replication, and *progress* the number of tasks done and to be done. Ctrl-C ends it with
    what is done, if anything is. An *executor* that is given simulates, else *workers* threads.
    """
    if not isinstance(scenario, Scenario):
        raise SimError(f"must be a scenario (`sim.load` reads one from a file), got {scenario!r}")
    if replications is None:
        replications = usual_replications([scenario], engine)
    if not isinstance(replications, int) or replications < 1 or (precision is not None and precision <= 0):
        raise SimError(
            f"replications must be at least 1 and a precision above 0, got {replications!r}, {precision}"
        )
    refuse_too_large(scenario, replications, keeps_logs=each is not None)
    runs: list[Kpis] = []
    wanted, tasks = replications, 0
    with executing(workers, given=executor) as ours:
        try:
            while True:
                job = Task(scenario, seed, range(len(runs), wanted), engine, keeps_logs=each is not None)
                with closing(ours.measured([job], _after(tasks, progress))) as results:
                    for task, done in results:
                        for replication, log in zip(task.replications, done.logs, strict=False):
                            if each is not None:
                                each(replication, log)
                        runs += done.runs
                        tasks += 1
                more = _further(Estimates(runs), scenario, precision)
                if not more or wanted >= MOST_REPLICATIONS:
                    return Replications(Estimates(runs), wanted, interrupted=False, precise=not more)
                wanted = min(more, MOST_REPLICATIONS)
        except KeyboardInterrupt:
            if not runs:
                raise
            return Replications(Estimates(runs), wanted, interrupted=True, precise=precision is None)


def usual_replications(scenarios: Sequence[Scenario], engine: Engine | str = Engine.KERNEL) -> int:
    """Give the replications that make `USUAL_DAYS` of each scenario, and no fewer than `FEWEST`.

    The reference engine gets the fewest, for it is slow.
    """
    if engine == Engine.REFERENCE:
        return FEWEST
    return max(FEWEST, *(-(-USUAL_DAYS // scenario.days) for scenario in scenarios))


def figures_to_be_sure_of(estimates: Estimates, scenario: Scenario) -> list[tuple[str, Quantity]]:
    """Figures that the targets of a *scenario* bind, with their names; the service level if it has none."""
    found = [(bound.kpi, bound.figure(estimates)) for bound in bounds(scenario)]
    return found or [("service_level", estimates.figure("service_level"))]


def longer_side(name: str, figure: Quantity, n: int) -> float:
    """Longer side of a figure's interval from *n* replications, absolute for a share, else relative.

    A share that few replications carry, or that is the same in all, is as unsure as days that were not seen
    make it. It is 0 for another figure that does not vary, or does not exist.
    """
    if figure.value is None:
        return 0.0
    if BY_NAME[name].unit == "share":
        ends = figure.certain("share", n)
        return float("inf") if ends is None else max(figure.value - ends[0], ends[1] - figure.value)
    if figure.alike or not figure.value:
        return 0.0
    return float("inf") if figure.reach is None else figure.reach / abs(figure.value)


def _after(tasks: int, progress: Progress | None) -> Progress | None:
    """Progress of a stage that follows some *tasks*."""
    if progress is None:
        return None

    def after(done: int, wanted: int | None, _: str | None = None, /) -> None:
        progress(tasks + done, None if wanted is None else tasks + wanted)

    return after


def _further(estimates: Estimates, scenario: Scenario, precision: float | None) -> int:
    """Replications that the precision calls for, or 0 where it is reached (or not asked for)."""
    if precision is None:
        return 0
    n = estimates.n
    widths = [longer_side(name, figure, n) for name, figure in figures_to_be_sure_of(estimates, scenario)]
    widest = max(widths) if n > 2 else float("inf")
    if widest < precision:
        return 0
    return n + max(1, int(min(n, n * ((widest / precision) ** 2 * MARGIN - 1))))
