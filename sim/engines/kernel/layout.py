"""How do columns become records, and records columns? Laid out before a run and read out after it.

In one go each, without Python's lock: by numpy it would be a call a column, thirty of them a run.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiled import compiled
from sim.engines.kernel.records import HERE, NONE, Records
from sim.world.rules import NO_AGENT, Outcome
from sim.world.units import Flags, Floats, Ints

# The compiler takes globals for constants.
NOBODY, UNFINISHED = int(NO_AGENT), int(Outcome.UNFINISHED)


class Drawn(NamedTuple):
    """Columns of draws that every run needs."""

    queue: Ints
    turn_offset: Ints
    arrival_s: Floats
    patience_s: Floats
    work_s: Floats
    wrap_up_s: Floats
    route_u: Floats
    agent_s: Floats
    customer_s: Floats


class Written(NamedTuple):
    """Columns that every run writes."""

    arrival_s: Floats
    outcome: Ints
    agent: Ints
    queued: Flags
    accepted_s: Floats
    ended_s: Floats
    released_s: Floats
    open_chats: Ints
    message_s: Floats
    start_s: Floats
    reply_s: Floats


def room_for(n_chats: int, n_turns: int) -> Written:
    """Columns yet to be filled."""
    chats = [np.empty(n_chats) for _ in range(4)]
    numbers = [np.empty(n_chats, dtype=np.int64) for _ in range(3)]
    return Written(
        arrival_s=chats[0],
        outcome=numbers[0],
        agent=numbers[1],
        queued=np.empty(n_chats, dtype=np.bool_),
        accepted_s=chats[1],
        ended_s=chats[2],
        released_s=chats[3],
        open_chats=numbers[2],
        message_s=np.empty(n_turns),
        start_s=np.empty(n_turns),
        reply_s=np.empty(n_turns),
    )


@compiled
def lay_out(drawn: Drawn, first_chat: Ints, chats: Records, visits: Records, turns: Records) -> None:
    """Fill the records of chats, visits and turns before a run.

    Chats of the r-th replication begin at ``first_chat[r]``, and their offsets, one more, at that + r.
    """
    for r in range(len(first_chat) - 1):
        for i in range(first_chat[r], first_chat[r + 1]):
            chat, visit = chats[i], visits[i]
            chat.queue, chat.agent = drawn.queue[i], NOBODY
            chat.turn, chat.end_turn = drawn.turn_offset[i + r], drawn.turn_offset[i + r + 1]
            chat.inbox_next, chat.open_chats, chat.customer = NONE, 0, HERE
            chat.queued, chat.waiting = False, False
            visit.arrival_s, visit.patience_s = drawn.arrival_s[i], drawn.patience_s[i]
            visit.work_s, visit.wrap_up_s, visit.route_u = (
                drawn.work_s[i],
                drawn.wrap_up_s[i],
                drawn.route_u[i],
            )
            visit.accepted_s, visit.ended_s, visit.released_s = np.nan, np.nan, np.nan
            visit.mark_s, visit.outcome = 0.0, UNFINISHED
            visit.wait_next, visit.wait_previous = NONE, NONE
    for k in range(len(turns)):
        turn = turns[k]
        turn.message_s, turn.start_s = np.nan, np.nan
        turn.reply_s, turn.customer_s = drawn.agent_s[k], drawn.customer_s[k]


@compiled
def read_out(chats: Records, visits: Records, turns: Records, written: Written) -> None:
    """Fill the columns from the records of chats, visits and turns after a run."""
    for i in range(len(chats)):
        chat, visit = chats[i], visits[i]
        written.arrival_s[i], written.outcome[i] = visit.arrival_s, visit.outcome
        written.agent[i], written.queued[i], written.open_chats[i] = chat.agent, chat.queued, chat.open_chats
        written.accepted_s[i], written.ended_s[i] = visit.accepted_s, visit.ended_s
        written.released_s[i] = visit.released_s
    for k in range(len(turns)):
        turn = turns[k]
        written.message_s[k], written.start_s[k] = turn.message_s, turn.start_s
        # Where no reply began, the time to compose it still stands in its place.
        written.reply_s[k] = np.nan if np.isnan(turn.start_s) else turn.reply_s
