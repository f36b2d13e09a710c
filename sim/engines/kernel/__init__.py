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
from sim.engines.happened import Happened, chat_log
from sim.engines.kernel.layout import Drawn, lay_out, read_out, room_for
from sim.engines.kernel.loop import run
from sim.engines.kernel.records import (
    CHAT,
    EVENT,
    NONE,
    SHARE,
    TOP,
    TURN,
    VISIT,
    Centre,
    Fixed,
    Team,
    fates,
    fixed,
    records,
    room,
    team_of,
)
from sim.log.chatlog import ChatLog
from sim.world.scenario import Same, Scenario


def simulate(scenario: Scenario, draws: Draws) -> ChatLog:
    """Run the centre of *scenario* with the customers of *draws*."""
    prepared = fixed(Same(scenario))
    team = team_of(prepared, scenario, draws)
    c = centre(prepared, team, draws)
    n_events = _compiled_run()(c, draws.n_customers)
    return chat_log(scenario, draws, team.rota, _happened(c), n_events)


def centre(prepared: Fixed, team: Team, draws: Draws) -> Centre:
    """Everything as it is at the beginning."""
    n_agents, n_queues = len(prepared.agents), len(prepared.queues)
    chats, visits = room(draws.n_chats, CHAT), room(draws.n_chats, VISIT)
    turns = room(draws.n_turns, TURN)
    lay_out(Drawn(*(getattr(draws, name) for name in Drawn._fields)), chats, visits, turns)
    desk = prepared.desk.copy()
    desk[0]["differs"] = team.differs
    return Centre(
        chats=chats,
        visits=visits,
        fates=fates(draws, prepared),
        turns=turns,
        reply_patience_s=draws.reply_patience_s,
        turn_offset=draws.turn_offset,
        agents=prepared.agents.copy(),
        shares=records(n_agents, SHARE, span=NONE, next_finish=NONE),
        queues=prepared.queues.copy(),
        groups=prepared.groups,
        tiers=prepared.tiers,
        tier_group=prepared.tier_group,
        skill=prepared.skill,
        spans=team.spans.copy(),
        duty=team.duty,
        # Eight events a chat at most (wait, work, its agent's announcements, its own arrival), and the end of
        # patience with each reply; untouched memory is free.
        heap=room(8 * draws.n_chats + len(draws.reply_patience_s) + 16, EVENT, skipped=TOP),
        seats=prepared.seats.copy(),
        free_tree=np.zeros(n_agents + 1, dtype=np.int64),
        pulled=np.zeros(prepared.n_slots, dtype=np.int64),
        work_row=np.zeros((n_agents, prepared.n_slots), dtype=np.int64),
        clock_s=np.zeros((n_agents, n_queues)),
        speed=prepared.speed,
        agent_speed=team.rota.speed,
        curve=prepared.curve,
        desk=desk,
    )


def _happened(c: Centre) -> Happened:
    """Give what the engine has written, as columns."""
    written = room_for(len(c.chats), len(c.turns))
    read_out(c.chats, c.visits, c.turns, written)
    rarer = {
        name: np.ascontiguousarray(c.fates[name]) for name in ("gone_s", "estimate_s", "balked", "resolved")
    }
    return Happened(**written._asdict(), **rarer, out_s=np.ascontiguousarray(c.spans["out_s"]))


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
