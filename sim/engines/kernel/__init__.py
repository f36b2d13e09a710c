"""What happens? The compiled engine: the same rules and the same log as the reference, to the last bit.

Arrays in, arrays out: no objects, no randomness, nothing allocated while it runs. What is announced lives in
a heap, with a calendar for what is far ahead, ordered by (time, order, row); first arrivals and duty, known
beforehand, are read from sorted arrays beside it. Rules are cited by number. Chats, agents and queues are
arrays of records: what belongs to one chat lies together in memory. Functions are handed the address of them
all, which decides how long they take to compile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from sim.arrays import firsts
from sim.compiled import IS_COMPILED, prepare
from sim.draws.record import Draws, DrawsBatch
from sim.engines.happened import Happened, log_batch
from sim.engines.kernel.batch import Batch, Begin, run_all
from sim.engines.kernel.entry import entered
from sim.engines.kernel.layout import Drawn, room_for
from sim.engines.kernel.records import (
    AT_HAND,
    CHAT,
    EVENT,
    N_PAGES,
    NONE,
    NOTE,
    SHARE,
    SPAN,
    TOP,
    TURN,
    VISIT,
    Centre,
    Fixed,
    Records,
    Team,
    chat_rare,
    fixed,
    fixed_with,
    records,
    room,
    team_of,
    with_duty,
)
from sim.engines.kernel.stop import stopped
from sim.engines.state import CentreState, begun
from sim.log.batch import LogBatch
from sim.scenario.duty import DutyPlan
from sim.scenario.scenario import Same, Scenario


def simulate_all(
    scenario: Scenario,
    draws: Iterable[Draws],
    begin: Sequence[CentreState] = (),
    duty: Sequence[DutyPlan] = (),
) -> LogBatch:
    """Run the centre of *scenario* with the customers of each of the *draws*, see `sim.engines`."""
    drawn = DrawsBatch.of(draws)
    if duty:
        prepared = fixed_with(scenario, duty[0])
        teams = [with_duty(scenario, planned) for planned in duty]
    else:
        prepared = fixed(Same(scenario))
        teams = [team_of(prepared, scenario, people) for people in drawn.people]
    c, batch = _begin(prepared, teams, drawn, begin)
    _compiled_run()(c, batch, _initial(prepared))
    return log_batch(scenario, drawn, [team.duty_plan for team in teams], _happened(c, batch), batch.n_events)


def state_at(scenario: Scenario, draws: Draws, now_s: float, duty: DutyPlan | None = None) -> CentreState:
    """Run the centre up to an instant, and tell what holds then (R48)."""
    drawn = DrawsBatch.of([draws])
    prepared = fixed(Same(scenario)) if duty is None else fixed_with(scenario, duty)
    team = team_of(prepared, scenario, draws.people) if duty is None else prepared.team
    c, batch = _begin(prepared, [team], drawn)
    initial = _initial(prepared)
    initial = initial._replace(state=initial.state.copy())
    initial.state["stop_s"] = now_s
    _compiled_run()(c, batch, initial)
    happened = _happened(c, batch)
    if not len(c.chat_rare):
        nothing = Happened.nothing_yet(draws, team.duty_plan)
        happened = replace(happened, **{name: getattr(nothing, name) for name in RARER})
    return stopped(c, happened, draws, team, now_s)


RARER = ("gone_s", "estimate_s", "balked", "resolved")
"""Columns that only some scenarios write."""


def _happened(c: Centre, batch: Batch) -> Happened:
    """Give what the engine has written."""
    columns = batch.written._asdict()
    columns |= {name: c.chat_rare[name] for name in RARER}
    return Happened(**columns, out_s=np.ascontiguousarray(c.spans["out_s"]))


def _begin(
    prepared: Fixed, teams: Sequence[Team], drawn: DrawsBatch, states: Sequence[CentreState] = ()
) -> tuple[Centre, Batch]:
    """Everything as it is at the beginning, of all replications."""
    duties = [begun(state, team.duty_plan) for state, team in zip(states, teams, strict=bool(states))]
    n_agents, n_queues = len(prepared.agents), len(prepared.queues)
    every, first_chat = drawn.together, drawn.first_chat
    first_turn = every.turn_offset[first_chat]
    n_chats, n_turns = np.diff(first_chat), np.diff(first_turn)
    batch = Batch(
        first_chat=first_chat,
        first_turn=first_turn,
        first_span=firsts(len(team.spans) for team in teams),
        first_duty=firsts(len(team.duty) for team in teams),
        n_customers=drawn.n_customers,
        differs=np.array([int(team.differs) for team in teams]),
        drawn=Drawn(**{name: getattr(every, name) for name in Drawn._fields}),
        written=room_for(every.n_chats, every.n_turns),
        agent_speed=np.array([team.duty_plan.speed for team in teams]),
        n_events=np.zeros(len(teams), dtype=np.int64),
        states=entered(states, duties),
    )
    # Ten events a chat at most (wait, the way to its agent, work, that agent's announcements, its arrival),
    # and the end of patience with each reply; untouched memory is free.
    most = 10 * n_chats + n_turns if len(every.reply_patience_s) else 10 * n_chats
    centre = Centre(
        chats=room(n_chats.max(), CHAT),
        chat_cold=room(n_chats.max(), VISIT),
        chat_rare=chat_rare(every, prepared),
        turns=room(n_turns.max(), TURN),
        reply_patience_s=every.reply_patience_s,
        turn_offset=every.turn_offset,
        agents=prepared.agents.copy(),
        shares=records(n_agents, SHARE),
        queues=prepared.queues.copy(),
        groups=prepared.groups,
        tiers=prepared.tiers,
        tier_group=prepared.tier_group,
        skill=prepared.skill,
        spans=_joined([team.spans for team in teams], SPAN),
        duty=_joined([team.duty for team in teams], EVENT),
        heap=room(most.max() + 16, AT_HAND, skipped=TOP),
        entries=room(most.max(), NOTE),
        buckets=np.full(N_PAGES, NONE),
        idle_lists=prepared.idle_lists.copy(),
        free_tree=np.zeros(n_agents + 1, dtype=np.int64),
        taken=np.zeros(prepared.n_slots, dtype=np.int64),
        work_row=np.zeros((n_agents, prepared.n_slots), dtype=np.int64),
        clock_s=np.zeros((n_agents, n_queues)),
        speed=prepared.speed,
        agent_speed=batch.agent_speed[0],
        day_s=prepared.team.duty_plan.day_s,
        opening_s=prepared.opening_s,
        curve=prepared.curve,
        troubles=prepared.troubles,
        state=prepared.state.copy(),
    )
    if duties:
        centre.spans["out_s"] = np.concatenate([duty.out_s for duty in duties])
    return centre, batch


def _initial(prepared: Fixed) -> Begin:
    return Begin(prepared.agents, prepared.shares, prepared.queues, prepared.idle_lists, prepared.state)


def _joined(parts: Sequence[Records], dtype: np.dtype[Any]) -> Records:
    """Records of all replications, one below the other."""
    rows = np.concatenate(parts, dtype=dtype)
    return rows if IS_COMPILED else rows.view(np.recarray)


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
    example = _begin(prepared, [prepared.team], DrawsBatch.of([nobody]))
    prepare(run_all, *example, _initial(prepared))
    return run_all
