"""How does the reference begin from a state, and tell one? Each chat goes on from its stage (R48, R49)."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.engines.happened import Happened
from sim.engines.reference_parts import Agent, Entry
from sim.engines.state import CentreState, Stages, begun, with_turns
from sim.rules import NO_AGENT, Stage

if TYPE_CHECKING:
    from sim.engines.reference import State as Reference


def enter(centre: Reference, state: CentreState) -> None:
    """Put everything where a state says that it is, and let each chat go on from its stage."""
    duty = begun(state, centre.duty_plan)
    centre.log = Happened(
        **{field.name: getattr(state.happened, field.name).copy() for field in fields(Happened)}
    )
    centre.log = replace(centre.log, out_s=duty.out_s)
    centre.chosen_last, centre.last_wait_s = state.chosen_last.tolist(), state.last_wait_s.tolist()
    for agent, n_open in zip(centre.agents, state.n_open.tolist(), strict=True):
        i = agent.number
        agent.on_duty, agent.is_leaving = bool(state.on_duty[i]), bool(duty.leaving[i])
        agent.span, agent.n_open = int(duty.span[i]), n_open
        agent.idle_since, agent.since_s = float(state.idle_since[i]), float(state.since_s[i])
        agent.clock_s = state.clock_s[i].tolist()
    for k, row in enumerate(state.chat.tolist()):
        entry = Entry(Stage(state.stage[k]), float(state.until_s[k]), int(state.turn[k]))
        its_agent = centre.agents[state.agent[k]] if state.agent[k] >= 0 else None
        go_on(centre, row, its_agent, entry, float(state.mark_s[k]))
    for agent in centre.agents:
        centre.announce_finish(agent)
    for row in range(centre.draws.n_customers, centre.draws.n_chats):
        if centre.log.arrival_s[row] >= centre.env.now:
            centre.env.process(centre.arrive(row))


def go_on(centre: Reference, row: int, agent: Agent | None, entry: Entry, mark_s: float) -> None:
    """Let a chat go on from a stage."""
    if agent is None or entry.stage is Stage.COMING:
        centre.env.process(centre.wait_first(row, agent, entry))
        return
    if entry.stage is Stage.COMPOSING or (entry.stage is Stage.WRAP_UP and centre.wrap_up_attends(row)):
        agent.is_attending = True
    if entry.stage is Stage.WORKED_ON:
        agent.work[row], centre.done[row] = mark_s, centre.env.event()
    centre.env.process(centre.be_served(row, entry))


def told(centre: Reference) -> CentreState:
    """Tell what holds now."""
    rows = [(row, Stage.WAITING, NO_AGENT) for line in centre.waiting for row in line]
    rows += [(row, Stage.INBOX, agent.number) for agent in centre.agents for row in agent.inbox]
    ordered = {row for row, *_ in rows}
    accepted = np.flatnonzero(~np.isnan(centre.log.accepted_s) & np.isnan(centre.log.released_s)).tolist()
    for row in sorted({*accepted, *centre.on_its_way} - ordered):
        coming = centre.on_its_way.get(row)
        agent = centre.agents[centre.log.agent[row]] if coming is None else coming[0]
        stage = Stage.WORKED_ON if row in agent.work else centre.stage[row].stage
        rows.append((row, stage, agent.number))
    untimed = {Stage.WAITING, Stage.INBOX, Stage.WORKED_ON}
    ends = [np.nan if stage in untimed else centre.stage[row].until_s for row, stage, _ in rows]
    marks = [centre.agents[n].work.get(row, np.nan) if n >= 0 else np.nan for row, _, n in rows]
    known = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    until_s, mark_s = np.array(ends, dtype=np.float64), np.array(marks, dtype=np.float64)
    by_turns = [centre.scenario.queues[skill[0]].by_turns for skill in centre.skills]
    shares = np.array([not by_turns[agent.group] for agent in centre.agents], dtype=np.bool_)
    clock_s = np.array([agent.clock_s for agent in centre.agents], dtype=np.float64)
    return CentreState(
        now_s=float(centre.env.now),
        team=centre.duty_plan,
        on_duty=np.array([agent.on_duty for agent in centre.agents], dtype=np.bool_),
        idle_since=np.array([agent.idle_since for agent in centre.agents], dtype=np.float64),
        since_s=np.where(shares, np.array([agent.since_s for agent in centre.agents]), 0.0),
        clock_s=np.where(shares[:, None], clock_s.reshape(-1, len(centre.waiting)), 0.0),
        chosen_last=np.array(centre.chosen_last, dtype=np.int64),
        last_wait_s=np.array(centre.last_wait_s, dtype=np.float64),
        **with_turns(Stages(known[0], known[1], known[2], until_s, mark_s), centre.log, centre.draws),
    )
