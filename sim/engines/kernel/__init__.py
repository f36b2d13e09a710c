"""What happens? The compiled engine: the same rules and the same log as the reference, to the last bit.

Arrays in, arrays out: no objects, no randomness, nothing allocated while it runs. Events live in one heap,
ordered by (time, order, row); first arrivals and duty, known beforehand, are read from sorted arrays beside
it. Rules are cited by number. Chats, agents and queues are arrays of records: what belongs to one chat lies
together in memory, and a function is handed a dozen arrays instead of a hundred, which decides how long it
takes to compile.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from sim.compiled import prepare
from sim.draws.record import Draws
from sim.engines.happened import chat_log
from sim.engines.kernel.loop import run
from sim.engines.kernel.records import Centre, centre, fixed, happened, team_of
from sim.log.chatlog import ChatLog
from sim.world.scenario import Same, Scenario


def simulate(scenario: Scenario, draws: Draws) -> ChatLog:
    """Run the centre of *scenario* with the customers of *draws*."""
    prepared = fixed(Same(scenario))
    team = team_of(prepared, scenario, draws)
    c = centre(prepared, team, draws)
    n_events = _compiled_run()(c, draws.n_customers)
    return chat_log(scenario, draws, team.rota, happened(c), n_events)


@cache
def _compiled_run() -> Callable[[Centre, int], int]:
    """Give `run`, compiled or loaded on the first call; columns always have the same types."""
    row, time_s = np.zeros(0, dtype=np.int64), np.zeros(0)
    nobody = Draws(0, 0, row, row, *(time_s,) * 5, np.zeros(1, dtype=np.int64), time_s, time_s)
    service = {"work_s": {"law": "fixed", "mean_s": 0}}
    smallest = Scenario.model_validate(
        {
            "queues": [{"name": "q", "arrivals": {"times_s": []}, "service": service}],
            "groups": [{"name": "g", "queues": ["q"], "agents": 1}],
        }
    )
    prepared = fixed(Same(smallest))
    example = centre(prepared, team_of(prepared, smallest, nobody), nobody)
    prepare(run, example, 0, woven_from=sorted(Path(__file__).parent.glob("*.py")))
    return run
