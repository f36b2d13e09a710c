"""How good is a scenario over many days? Independent replications of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.draws.sampling import draw
from sim.engines import Engine, simulate
from sim.log.chatlog import ChatLog
from sim.measure.estimate import Estimates
from sim.measure.kpis import Kpis, measure
from sim.world.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Replications:
    """Replications 0, 1, … of a scenario, measured."""

    estimates: Estimates
    interrupted: bool
    """Whether the user stopped before all were done."""


def replicate(
    scenario: Scenario,
    seed: int = 1,
    replications: int = 20,
    engine: Engine | str = Engine.REFERENCE,
    each: Callable[[int, ChatLog], None] | None = None,
) -> Replications:
    """Simulate and measure *replications* of a *scenario*; *each* is shown every log as it comes.

    Ctrl-C ends it with what is done, if anything is.
    """
    runs: list[Kpis] = []
    try:
        for replication in range(replications):
            log = simulate(scenario, draw(scenario, seed, replication), engine)
            runs.append(measure(log, scenario.targets))
            if each is not None:
                each(replication, log)
    except KeyboardInterrupt:
        if not runs:
            raise
    return Replications(Estimates(runs), interrupted=len(runs) < replications)
