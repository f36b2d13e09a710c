"""What is simulated at a time? Tasks: some replications of one scenario, drawn, simulated and measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, starmap
from typing import Any

from sim import compile_cache
from sim.compiled import IS_COMPILED
from sim.draws.profile import expected_overall
from sim.draws.sampling import draw_all
from sim.engines import Engine, simulate_all
from sim.kpis.measure import Kpis, measure_all
from sim.kpis.packed import pack, unpack
from sim.kpis.promised import are_of_chats, are_of_opinions
from sim.kpis.targets import Bound
from sim.kpis.timeline import Window
from sim.log.chatlog import ChatLog
from sim.runs.kept import KeptDraws
from sim.scenario.scenario import Same, Scenario

CHATS_A_BATCH = 12_500
"""Replications that are drawn, simulated and measured at once bring about so many chats ..."""
LONGEST_BATCH = 32
"""... and are no more than so many."""
_KEPT = KeptDraws()


@dataclass(frozen=True, slots=True)
class Task:
    """Replications of a scenario. What comes of them depends on nothing else, wherever they run."""

    scenario: Scenario
    seed: int
    replications: range
    engine: Engine | str = Engine.KERNEL
    keeps_logs: bool = False
    in_search: bool = False
    """Whether it is one of many plans that meet the same customers, of which only figures of chats are
    wanted, and what is bound: nothing else of agents, of percentiles and of satisfaction."""
    bounds: tuple[Bound, ...] = ()
    """What is to be added up by interval besides."""
    windows: tuple[Window | None, ...] = (None,)
    """Parts of a run that are measured each by itself; None is the whole."""

    def __len__(self) -> int:
        """Replications."""
        return len(self.replications)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task: figures of each replication in order, and their logs if they were wanted."""

    runs: list[Kpis]
    """Of several windows, those of the first come first."""
    logs: list[ChatLog]
    packed: bytes = b""
    """The runs as they are kept in files, where they came from another machine like that."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel packed."""
        return _arrived, (self.packed or pack(self.runs), self.logs)


def _arrived(packed: bytes, logs: list[ChatLog]) -> Done:
    return Done(unpack(packed), logs, packed)


def run(task: Task) -> Done:
    """Draw, simulate and measure a task's replications, a batch at a time."""
    of_windows: list[list[Kpis]] = [[] for _ in task.windows]
    logs: list[ChatLog] = []
    of_chats = task.in_search and are_of_chats(task.bounds)
    is_plain = task.in_search and not are_of_opinions(task.bounds)
    scenario = _without_opinions(Same(task.scenario)) if is_plain else task.scenario
    draw = _KEPT.draw_all if task.in_search else draw_all
    for batch in pieces(task.scenario, task.replications):
        done = simulate_all(scenario, draw(scenario, task.seed, batch), task.engine)
        for runs, window in zip(of_windows, task.windows, strict=True):
            runs.extend(measure_all(done, scenario, of_chats=of_chats, bounds=task.bounds, window=window))
        logs += done if task.keeps_logs else []
    if IS_COMPILED and task.engine == Engine.KERNEL:
        compile_cache.mark_ready()
    return Done([run for runs in of_windows for run in runs], logs)


@lru_cache(maxsize=8)
def _without_opinions(same: Same) -> Scenario:
    """The same centre without its model of quality, where nobody comes again because of it.

    One plan comes in several tasks: that it is the same scenario each time spares preparing it anew.
    """
    scenario = same.scenario
    if scenario.quality is None or any(queue.returns for queue in scenario.queues):
        return scenario
    return scenario.model_copy(update={"quality": None})


def pieces(scenario: Scenario, replications: range, alike: int = 1) -> Iterator[range]:
    """Replications in batches of like length: a multiple of *alike*, if possible."""
    longest = max(1, min(LONGEST_BATCH, int(CHATS_A_BATCH / max(expected_overall(scenario), 1.0))))
    rounds = -(-len(replications) // (longest * alike))
    return alike_pieces(replications, min(rounds * alike, len(replications)))


def alike_pieces(replications: range, n_pieces: int) -> Iterator[range]:
    """Replications in so many pieces of like length."""
    first, n = replications.start, len(replications)
    edges = [first + k * n // n_pieces for k in range(n_pieces + 1)] if n else [first]
    return starmap(range, pairwise(edges))
