"""How good is a scenario over many days? Independent replications of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.draws.sampling import draw
from sim.engines import Engine, simulate
from sim.log.chatlog import ChatLog
from sim.measure.estimate import Estimates
from sim.measure.kpis import measure
from sim.world.scenario import Scenario


def logs(
    scenario: Scenario, seed: int, replications: int, engine: Engine | str = Engine.REFERENCE
) -> Iterator[ChatLog]:
    """Simulate replications 0, 1, … of a *scenario*, one log each."""
    for replication in range(replications):
        yield simulate(scenario, draw(scenario, seed, replication), engine)


def replicate(
    scenario: Scenario,
    seed: int = 1,
    replications: int = 20,
    engine: Engine | str = Engine.REFERENCE,
    each: Callable[[ChatLog], None] | None = None,
) -> Estimates:
    """Estimate the key figures of a *scenario*; *each* is shown every log as it comes."""
    runs = []
    for log in logs(scenario, seed, replications, engine):
        runs.append(measure(log, scenario.targets))
        if each is not None:
            each(log)
    return Estimates(runs)
