"""What happens? The compiled engine: the same rules and the same log as the reference, to the last bit.

Arrays in, arrays out: no objects, no randomness, nothing allocated while it runs. Events live in one heap,
ordered by (time, order, row); first arrivals and duty, known beforehand, are read from sorted arrays beside
it. Rules are cited by number. Chats, agents and queues are arrays of records: what belongs to one chat lies
together in memory, and a function is handed a dozen arrays instead of a hundred, which decides how long it
takes to compile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from sim.compiled import IS_COMPILED, prepare
from sim.draws.record import Draws
from sim.engines.happened import Happened, chat_log
from sim.engines.kernel.batch import Batch, Begin, run_all
from sim.engines.kernel.layout import Drawn, room_for
from sim.engines.kernel.records import (
    CHAT,
    EVENT,
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
from sim.world import rules
from sim.world.scenario import Same, Scenario
from sim.world.units import Ints


def simulate_all(scenario: Scenario, draws: Sequence[Draws]) -> list[ChatLog]:
    """Run the centre of *scenario* with the customers of each of the *draws*."""
    prepared = fixed(Same(scenario))
    teams = [team_of(prepared, scenario, each) for each in draws]
    c, batch = _begin(prepared, teams, draws)
    _compiled_run()(c, batch, _initial(prepared))
    columns = batch.written._asdict()
    columns |= {name: np.ascontiguousarray(c.fates[name]) for name in RARER}
    columns["out_s"] = np.ascontiguousarray(c.spans["out_s"])
    return [
        chat_log(scenario, each, team.rota, _happened(columns, batch, r), int(batch.n_events[r]))
        for r, (each, team) in enumerate(zip(draws, teams, strict=True))
    ]


RARER = ("gone_s", "estimate_s", "balked", "resolved")
"""Columns that only some scenarios write."""


def _happened(columns: dict[str, Any], batch: Batch, r: int) -> Happened:
    """Give what the engine has written of one replication."""
    chats = slice(*batch.first_chat[r : r + 2].tolist())
    turns = slice(*batch.first_turn[r : r + 2].tolist())
    spans = slice(*batch.first_span[r : r + 2].tolist())
    rows = {"message_s": turns, "start_s": turns, "reply_s": turns, "out_s": spans}
    return Happened(**{name: column[rows.get(name, chats)] for name, column in columns.items()})


def _begin(prepared: Fixed, teams: Sequence[Team], draws: Sequence[Draws]) -> tuple[Centre, Batch]:
    """Everything as it is at the beginning, of all replications."""
    n_agents, n_queues = len(prepared.agents), len(prepared.queues)
    n_chats, n_turns = [each.n_chats for each in draws], [each.n_turns for each in draws]
    drawn = Drawn(**{name: joined([getattr(each, name) for each in draws]) for name in Drawn._fields})
    batch = Batch(
        first_chat=_firsts(n_chats),
        first_turn=_firsts(n_turns),
        first_span=_firsts(len(team.spans) for team in teams),
        first_duty=_firsts(len(team.duty) for team in teams),
        n_customers=np.array([each.n_customers for each in draws]),
        differs=np.array([int(team.differs) for team in teams]),
        drawn=drawn,
        written=room_for(sum(n_chats), sum(n_turns)),
        agent_speed=np.array([team.rota.speed for team in teams]),
        n_events=np.zeros(len(draws), dtype=np.int64),
    )
    # Eight events a chat at most (wait, work, its agent's announcements, its own arrival), and the end of
    # patience with each reply; untouched memory is free.
    most = max(8 * each.n_chats + len(each.reply_patience_s) for each in draws) + 16
    centre = Centre(
        chats=room(max(n_chats), CHAT),
        visits=room(max(n_chats), VISIT),
        fates=joined([fates(each, prepared) for each in draws]),
        turns=room(max(n_turns), TURN),
        reply_patience_s=joined([each.reply_patience_s for each in draws]),
        turn_offset=drawn.turn_offset,
        agents=prepared.agents.copy(),
        shares=records(n_agents, SHARE),
        queues=prepared.queues.copy(),
        groups=prepared.groups,
        tiers=prepared.tiers,
        tier_group=prepared.tier_group,
        skill=prepared.skill,
        spans=joined([team.spans for team in teams]).copy(),
        duty=joined([team.duty for team in teams]),
        heap=room(most, EVENT, skipped=TOP),
        seats=prepared.seats.copy(),
        free_tree=np.zeros(n_agents + 1, dtype=np.int64),
        pulled=np.zeros(prepared.n_slots, dtype=np.int64),
        work_row=np.zeros((n_agents, prepared.n_slots), dtype=np.int64),
        clock_s=np.zeros((n_agents, n_queues)),
        speed=prepared.speed,
        agent_speed=batch.agent_speed[0],
        curve=prepared.curve,
        desk=prepared.desk.copy(),
    )
    return centre, batch


def _initial(prepared: Fixed) -> Begin:
    return Begin(prepared.agents, prepared.shares, prepared.queues, prepared.seats, prepared.desk)


def _firsts(counts: Iterable[int]) -> Ints:
    """Where the rows of each replication begin, and where those of the last end."""
    return np.array([0, *accumulate(counts)])


def joined(parts: Sequence[Any]) -> Any:
    """Columns or records of all replications, one below the other."""
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate(parts)
    return rows if IS_COMPILED or rows.dtype.names is None else rows.view(np.recarray)


@cache
def _compiled_run() -> Callable[[Centre, Batch, Begin], None]:
    """Give `run_all`, compiled or loaded on the first call; columns always have the same types."""
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
    example = _begin(prepared, [prepared.team], [nobody])
    sources = [
        *Path(__file__).parent.glob("*.py"),
        Path(rules.__file__),
    ]  # numbers of rules are woven in, too
    prepare(run_all, *example, _initial(prepared), woven_from=sources)
    return run_all
