"""How are several replications run at once? Their columns stand one below the other; one call runs them all.

Records are there once, for the longest: laid out before each run and read out after it, they stay in the
processor's cache. And a batch costs Python's lock hardly more than one run does.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.arrays import Floats, Ints
from sim.compiled import compiled, inner
from sim.engines.kernel.entry import Entered, enter
from sim.engines.kernel.layout import Drawn, Written, lay_out, read_out
from sim.engines.kernel.loop import run
from sim.engines.kernel.records import Centre, Records


class Begin(NamedTuple):
    """What a run begins with a copy of."""

    agents: Records
    shares: Records
    queues: Records
    idle_lists: Records
    state: Records


class Batch(NamedTuple):
    """Columns of all replications; those of the r-th are the rows ``first_…[r]`` to ``first_…[r + 1]``."""

    first_chat: Ints
    first_turn: Ints
    first_span: Ints
    first_duty: Ints
    n_customers: Ints
    differs: Ints
    """Of each replication: 1 if its agents differ in speed."""
    drawn: Drawn
    """Offsets of turns count through all."""
    written: Written
    agent_speed: Floats
    """Shape (n_replications, n_agents, days)."""
    n_events: Ints
    states: Entered
    """From which the runs begin; none if they begin at first."""


@inner
def begin_again(c: Centre, begin: Begin, differs: bool) -> None:
    """Put everything that a run uses up as it was at the beginning."""
    for agent in range(len(c.agents)):
        c.agents[agent], c.shares[agent] = begin.agents[agent], begin.shares[agent]
        for q in range(c.clock_s.shape[1]):
            c.clock_s[agent, q] = 0.0
        c.free_tree[agent + 1] = 0
    for q in range(len(c.queues)):
        c.queues[q] = begin.queues[q]
    for group in range(c.idle_lists.shape[0]):
        for load in range(c.idle_lists.shape[1]):
            c.idle_lists[group, load] = begin.idle_lists[group, load]
    c.state[0] = begin.state[0]
    c.state[0].differs = differs or begin.state[0].slows


@compiled
def run_all(workshop: Centre, batch: Batch, begin: Begin) -> None:
    """Run all replications, one after the other, in a *workshop* with room for the longest.

    Fates, patience with replies, spans and duty stand in it one below the other.
    """
    for r in range(len(batch.n_events)):
        chat, chat_end = batch.first_chat[r], batch.first_chat[r + 1]
        turn, turn_end = batch.first_turn[r], batch.first_turn[r + 1]
        c = Centre(
            workshop.chats[: chat_end - chat],
            workshop.chat_cold[: chat_end - chat],
            workshop.chat_rare[chat:chat_end],
            workshop.turns[: turn_end - turn],
            workshop.reply_patience_s[turn:turn_end],
            batch.drawn.turn_offset[chat : chat_end + 1],
            workshop.agents,
            workshop.shares,
            workshop.queues,
            workshop.groups,
            workshop.tiers,
            workshop.tier_group,
            workshop.skill,
            workshop.spans[batch.first_span[r] : batch.first_span[r + 1]],
            workshop.duty[batch.first_duty[r] : batch.first_duty[r + 1]],
            workshop.heap,
            workshop.entries,
            workshop.buckets,
            workshop.idle_lists,
            workshop.free_tree,
            workshop.taken,
            workshop.work_row,
            workshop.clock_s,
            workshop.speed,
            batch.agent_speed[r],
            workshop.day_s,
            workshop.opening_s,
            workshop.curve,
            workshop.troubles,
            workshop.state,
        )
        lay_out(batch.drawn, chat, turn, c.turn_offset, c.chats, c.chat_cold, c.turns)
        begin_again(c, begin, batch.differs[r] == 1)
        if len(batch.states.now_s) > 0:
            enter(c, batch.states, r, chat, turn, batch.n_customers[r])
        batch.n_events[r] = run(c, batch.n_customers[r])
        read_out(c.chats, c.chat_cold, c.turns, batch.written, chat, turn)
