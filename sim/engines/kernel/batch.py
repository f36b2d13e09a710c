"""How are several replications run at once? Their records stand one below the other; one call runs them all.

What only one run needs at a time (agents, queues, the heap) is there once, and is as it was at the beginning
before each. So a batch costs Python's lock hardly more than one run does.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.compiled import compiled
from sim.engines.kernel.loop import run
from sim.engines.kernel.records import Centre, Records
from sim.world.units import Floats, Ints


class Begin(NamedTuple):
    """What a run begins with a copy of."""

    agents: Records
    shares: Records
    queues: Records
    seats: Records
    desk: Records


class Batch(NamedTuple):
    """Records of all replications; those of the r-th are the rows ``first_…[r]`` to ``first_…[r + 1]``."""

    first_chat: Ints
    first_turn: Ints
    first_span: Ints
    first_duty: Ints
    n_customers: Ints
    differs: Ints
    """Of each replication: 1 if its agents differ in speed."""
    turn_offset: Ints
    """Those of the r-th, one more than its chats, begin at ``first_chat[r] + r``."""
    agent_speed: Floats
    """Shape (n_replications, n_agents, days)."""
    n_events: Ints


@compiled
def begin_again(c: Centre, begin: Begin, differs: bool) -> None:
    """Put everything that a run uses up as it was at the beginning."""
    for agent in range(len(c.agents)):
        c.agents[agent], c.shares[agent] = begin.agents[agent], begin.shares[agent]
        for q in range(c.clock_s.shape[1]):
            c.clock_s[agent, q] = 0.0
        c.free_tree[agent + 1] = 0
    for q in range(len(c.queues)):
        c.queues[q] = begin.queues[q]
    for group in range(c.seats.shape[0]):
        for load in range(c.seats.shape[1]):
            c.seats[group, load] = begin.seats[group, load]
    c.desk[0] = begin.desk[0]
    c.desk[0].differs = differs


@compiled
def run_all(all_of: Centre, batch: Batch, begin: Begin) -> None:
    """Run all replications, one after the other; *all_of* has the records of all where each has its own."""
    for r in range(len(batch.n_events)):
        chat, chat_end = batch.first_chat[r], batch.first_chat[r + 1]
        turn, turn_end = batch.first_turn[r], batch.first_turn[r + 1]
        c = Centre(
            all_of.chats[chat:chat_end],
            all_of.visits[chat:chat_end],
            all_of.fates[chat:chat_end],
            all_of.turns[turn:turn_end],
            all_of.reply_patience_s[turn:turn_end],
            batch.turn_offset[chat + r : chat_end + r + 1],
            all_of.agents,
            all_of.shares,
            all_of.queues,
            all_of.groups,
            all_of.tiers,
            all_of.tier_group,
            all_of.skill,
            all_of.spans[batch.first_span[r] : batch.first_span[r + 1]],
            all_of.duty[batch.first_duty[r] : batch.first_duty[r + 1]],
            all_of.heap,
            all_of.seats,
            all_of.free_tree,
            all_of.pulled,
            all_of.work_row,
            all_of.clock_s,
            all_of.speed,
            batch.agent_speed[r],
            all_of.curve,
            all_of.desk,
        )
        begin_again(c, begin, batch.differs[r] == 1)
        batch.n_events[r] = run(c, batch.n_customers[r])
