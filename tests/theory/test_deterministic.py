"""Traces that can be followed by hand, to the last digit. Times are in minutes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws.sampling import draw
from sim.engines import simulate
from sim.log.chatlog import ChatLog
from sim.rules import Outcome
from sim.scenario.demand import Arrivals, ByTurns, ByWork
from sim.scenario.distributions import Fixed, FixedCount
from sim.scenario.scenario import Scenario
from tests.theory.centres import ENGINE, centre

EXACT = 1e-12
"""Relative: the numbers of a trace in minutes are not all binary fractions."""


def fixed(minutes: float) -> Fixed:
    """A duration that is always the same."""
    return Fixed(mean_s=60.0 * minutes)


def trace(arrivals: list[float], service: ByTurns | ByWork, patience: float | None = None) -> ChatLog:
    """What happens to an agent with two slots when chats arrive at given minutes."""
    scenario: Scenario = centre(
        arrivals=Arrivals(times_s=[60.0 * minute for minute in arrivals]),
        service=service,
        patience=None if patience is None else fixed(patience),
        agents=1,
        slots=2,
    )
    return simulate(scenario, draw(scenario, seed=1), **ENGINE)


# One agent, two slots, 6 minutes of work each: speed 1 alone, 0.8 each with two chats open.
# Chat 1 is alone for 1 minute and has 5 left, which take 6.25 at 0.8: it ends at 7.25. Chat 2 has then done 5.
SHARED = ByWork(work_s=fixed(6), aht_s=[360.0, 450.0])
ARRIVALS = [0.0, 1.0, 2.0, 3.0]


def test_work_is_shared_and_the_impatient_leave() -> None:
    """With a patience of 4 minutes the last two chats leave, and chat 2 finishes alone at full speed."""
    log = trace(ARRIVALS, SHARED, patience=4)

    assert log.chat.outcome.tolist() == [Outcome.SERVED] * 2 + [Outcome.ABANDONED] * 2
    assert log.chat.ended_s / 60 == pytest.approx([7.25, 8.25, 6.0, 7.0], rel=EXACT)


def test_work_is_shared_and_the_patient_follow() -> None:
    """With a patience of 6 minutes freed slots are filled at once, so speed 1 comes back only for the last."""
    log = trace(ARRIVALS, SHARED, patience=6)

    assert log.chat.outcome.tolist() == [Outcome.SERVED] * 4
    assert log.chat.ended_s / 60 == pytest.approx([7.25, 8.5, 14.75, 15.75], rel=EXACT)
    assert (log.chat.accepted_s - log.chat.arrival_s) / 60 == pytest.approx([0.0, 0.0, 5.25, 5.5], rel=EXACT)


def test_messages_take_turns() -> None:
    """Two chats of three replies: only the second chat's first message has to wait, a quarter of a minute."""
    service = ByTurns(turns=FixedCount(mean=3), agent_s=fixed(0.5), customer_s=fixed(1.0))
    log = trace([0.0, 0.25], service)
    response = (log.turn.reply_s - log.turn.message_s).reshape(2, 3) / 60

    assert response.tolist() == [[0.5, 0.5, 0.5], [0.75, 0.5, 0.5]]
    assert (log.chat.ended_s / 60).tolist() == [3.5, 4.0]
    assert np.array_equal(log.chat.released_s, log.chat.ended_s)
