"""What happens? Engines that obey one rule book: pure functions of a scenario and its draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engines.choice import Engine
from sim.errors import SimError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sim.draws.record import Draws
    from sim.engines.reference_parts import Choose
    from sim.engines.state import CentreState
    from sim.log.batch import LogBatch
    from sim.log.chatlog import ChatLog
    from sim.scenario.duty import DutyPlan
    from sim.scenario.scenario import Scenario

__all__ = ["Engine", "simulate", "simulate_all", "state_at"]


def simulate(
    scenario: Scenario,
    draws: Draws,
    engine: Engine | str = Engine.KERNEL,
    *,
    policy: Choose | None = None,
    begin: CentreState | None = None,
) -> ChatLog:
    """Run the centre of *scenario* with the customers of *draws*, and return what happened.

    A *policy* is a routing of one's own: a function of the agents who may take an arriving chat, in order of
    number (each has its `number`, `group`, `slots`, `n_open` and `idle_since`), of the name of the chat's
    queue and of the time in seconds, which returns one of them. It replaces the scenario's, within each tier
    of groups (R7), and the reference engine runs it.

    A run may *begin* from a state (`state_at`) instead of the first instant (R48 to R50).

    Raises
    ------
    SimError
        If the draws or the state are of another scenario.
    """
    if not _fit(scenario, draws):
        raise SimError("draws: are another scenario's: draw anew (`sim.draw`) after a change of it")
    if policy is not None:
        from sim.engines import reference  # noqa: PLC0415  an engine is imported when it is used

        if begin is not None:
            _refuse_other_state(begin, scenario, draws)
        return reference.simulate(scenario, draws, policy, begin=begin)
    return simulate_all(scenario, [draws], engine, begin=() if begin is None else (begin,))[0]


def simulate_all(
    scenario: Scenario,
    draws: Iterable[Draws],
    engine: Engine | str = Engine.KERNEL,
    *,
    begin: Sequence[CentreState] = (),
    duty: Sequence[DutyPlan] = (),
) -> LogBatch:
    """Run the centre of *scenario* with the customers of each of the *draws*.

    The runs may *begin* from states, one for each, and agents work by plans of *duty*, one for each, instead
    of the scenario's; all plans have the same agents.
    """
    if begin:
        draws = list(draws)
        for state, its in zip(begin, draws, strict=True):
            _refuse_other_state(state, scenario, its)
    match _engine(engine):
        case Engine.KERNEL:
            from sim.engines import kernel  # noqa: PLC0415  an engine is imported when it is used

            return kernel.simulate_all(scenario, draws, begin, duty)
        case Engine.REFERENCE:
            from sim.engines import reference  # noqa: PLC0415  as above

            return reference.simulate_all(scenario, draws, begin, duty)


def state_at(
    scenario: Scenario,
    draws: Draws,
    now_s: float,
    engine: Engine | str = Engine.KERNEL,
    *,
    duty: DutyPlan | None = None,
) -> CentreState:
    """Run the centre of *scenario* up to *now_s*, in seconds since the first midnight: its state then (R48).

    Agents work by a plan of *duty* that is given, instead of the scenario's.

    Raises
    ------
    SimError
        If that is not after the first midnight, or no engine is called so.
    """
    if not 0 < now_s < float("inf"):
        raise SimError(f"state_at: now_s must be more than 0 and finite, got {now_s!r}")
    match _engine(engine):
        case Engine.KERNEL:
            from sim.engines import kernel  # noqa: PLC0415  an engine is imported when it is used

            return kernel.state_at(scenario, draws, now_s, duty)
        case Engine.REFERENCE:
            from sim.engines import reference  # noqa: PLC0415  as above

            return reference.state_at(scenario, draws, now_s, duty)


def _engine(name: Engine | str) -> Engine:
    if name not in list(Engine):
        raise SimError(f"no engine is called {name!r}: take one of {', '.join(Engine)}")
    return Engine(name)


def _refuse_other_state(state: CentreState, scenario: Scenario, draws: Draws) -> None:
    """Refuse a state that is not of this scenario and these draws: engines read without looking."""
    has = len(state.happened.arrival_s), len(state.happened.message_s), len(state.last_wait_s)
    needs = draws.n_chats, draws.n_turns, len(scenario.queues)
    if has != needs:
        has_it, need_it = ("{} chats, {} turns and {} queues".format(*each) for each in (has, needs))
        raise SimError(f"state: is of other draws or another scenario: it has {has_it}, these have {need_it}")


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
