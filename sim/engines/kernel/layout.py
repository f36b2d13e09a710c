"""How do columns become records, and records columns? Laid out before a run and read out after it.

Compiled, as parts of a run: by numpy it would be a call a column, thirty of them, with Python's lock.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.compiled import inner
from sim.engines.kernel.records import HERE, NONE, Records
from sim.rules import NO_AGENT, Outcome

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


@inner
def lay_out(
    drawn: Drawn,
    first: int,
    first_turn: int,
    turn_offset: Ints,
    chats: Records,
    chat_cold: Records,
    turns: Records,
) -> None:
    """Fill the records of a run, whose chats are drawn from row *first* on and turns from *first_turn* on."""
    for i in range(len(chats)):
        chat, visit, k = chats[i], chat_cold[i], first + i
        chat.queue, chat.agent = drawn.queue[k], NOBODY
        chat.turn, chat.end_turn = turn_offset[i] - first_turn, turn_offset[i + 1] - first_turn
        chat.inbox_next, chat.open_chats, chat.customer = NONE, 0, HERE
        chat.queued, chat.waiting, chat.coming = False, False, False
        visit.arrival_s, visit.patience_s = drawn.arrival_s[k], drawn.patience_s[k]
        visit.work_s, visit.wrap_up_s, visit.route_u = drawn.work_s[k], drawn.wrap_up_s[k], drawn.route_u[k]
        visit.accepted_s, visit.ended_s, visit.released_s = np.nan, np.nan, np.nan
        visit.mark_s, visit.outcome = 0.0, UNFINISHED
        visit.wait_next, visit.wait_previous = NONE, NONE
    for i in range(len(turns)):
        turn = turns[i]
        turn.message_s, turn.start_s = np.nan, np.nan
        turn.reply_s, turn.customer_s = drawn.agent_s[first_turn + i], drawn.customer_s[first_turn + i]


@inner
def read_out(
    chats: Records, chat_cold: Records, turns: Records, written: Written, first: int, first_turn: int
) -> None:
    """Write the columns of a run, from row *first* of chats and *first_turn* of turns on."""
    for i in range(len(chats)):
        chat, visit, k = chats[i], chat_cold[i], first + i
        written.arrival_s[k], written.outcome[k] = visit.arrival_s, visit.outcome
        written.agent[k], written.queued[k], written.open_chats[k] = chat.agent, chat.queued, chat.open_chats
        written.accepted_s[k], written.ended_s[k] = visit.accepted_s, visit.ended_s
        written.released_s[k] = visit.released_s
    for i in range(len(turns)):
        turn, k = turns[i], first_turn + i
        written.message_s[k], written.start_s[k] = turn.message_s, turn.start_s
        # Where no reply began, the time to compose it still stands in its place.
        written.reply_s[k] = np.nan if np.isnan(turn.start_s) else turn.reply_s
