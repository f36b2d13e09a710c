"""What happens? Engines that obey one rule book: pure functions of a scenario and its draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engines.choice import Engine
from sim.errors import SimError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.draws.record import Draws
    from sim.engines.reference import Choose
    from sim.log.batch import LogBatch
    from sim.log.chatlog import ChatLog
    from sim.scenario.scenario import Scenario

__all__ = ["Engine", "simulate", "simulate_all"]


def simulate(
    scenario: Scenario,
    draws: Draws,
    engine: Engine | str = Engine.KERNEL,
    *,
    policy: Choose | None = None,
) -> ChatLog:
    """Run the centre of *scenario* with the customers of *draws*, and return what happened.

    A *policy* is a routing of one's own: a function of the agents who may take an arriving chat, in order of
    number (each has its `number`, `group`, `slots`, `n_open` and `idle_since`), of the name of the chat's
    queue and of the time in seconds, which returns one of them. It replaces the scenario's, within each tier
    of groups (R7), and the reference engine runs it.
    """
    if not _fit(scenario, draws):
        raise SimError("draws: are another scenario's: draw anew (`sim.draw`) after a change of it")
    if policy is not None:
        from sim.engines import reference  # noqa: PLC0415  an engine is imported when it is used

        return reference.simulate(scenario, draws, policy)
    return simulate_all(scenario, [draws], engine)[0]


def simulate_all(
    scenario: Scenario, draws: Iterable[Draws], engine: Engine | str = Engine.KERNEL
) -> LogBatch:
    """Run the centre of *scenario* with the customers of each of the *draws*."""
    if engine not in list(Engine):
        raise SimError(f"no engine is called {engine!r}: take one of {', '.join(Engine)}")
    match Engine(engine):
        case Engine.KERNEL:
            from sim.engines import kernel  # noqa: PLC0415  an engine is imported when it is used

            return kernel.simulate_all(scenario, draws)
        case Engine.REFERENCE:
            from sim.engines import reference  # noqa: PLC0415  as above

            return reference.simulate_all(scenario, draws)


def _fit(scenario: Scenario, draws: Draws) -> bool:
    """Whether *draws* have what this *scenario* needs: engines read without looking."""
    import numpy as np  # noqa: PLC0415  heavy

    queues, n = scenario.queues, draws.n_chats
    if n == 0 or int(draws.queue.max()) >= len(queues):
        return n == 0
    by_turns = np.array([queue.by_turns for queue in queues])
    return (
        bool((np.isnan(draws.work_s) == by_turns[draws.queue]).all())
        and (len(draws.silent) == n or not any(queue.silence for queue in queues))
        and (len(draws.balk_u) == n or not any(queue.balking for queue in queues))
        and (len(draws.reply_patience_s) == draws.n_turns or not any(q.reply_patience for q in queues))
        and (draws.chains is not None or not any(queue.comes_again for queue in queues))
        and (draws.opinions is not None or scenario.quality is None)
        and (draws.people is None or len(draws.people.speed) == scenario.n_agents)
    )
