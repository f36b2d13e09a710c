"""What has an agent's attention? Their inbox, message by message (R13 to R15, R21)."""

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, inner
from sim.engines.kernel.calendar import push
from sim.engines.kernel.pace import end_of, time_of
from sim.engines.kernel.records import HERE, NONE, Centre
from sim.rules import Order

REPLY, REPLY_PATIENCE = int(Order.REPLY), int(Order.REPLY_PATIENCE)


@inlined
def receive(c: Centre, row: int, now: float, took_s: float) -> None:
    """Put a chat's message, which took so long (R42), in its agent's inbox.

    They take it up if nothing has their attention.
    """
    agent, turn = c.chats[row].agent, c.chats[row].turn
    c.turns[turn].message_s = now - took_s
    if c.state[0].patient:
        be_patient(c, row, turn, now)
    if not c.agents[agent].attending and not c.state[0].is_down:
        c.agents[agent].attending = True
        compose(c, row, now)
        return
    line_up(c, agent, row)


@inlined
def line_up(c: Centre, agent: int, row: int) -> None:
    """Put a chat's message last in its agent's inbox."""
    tail = c.agents[agent].inbox_tail
    c.chats[row].inbox_next = NONE
    if tail == NONE:
        c.agents[agent].inbox_head = row
    else:
        c.chats[tail].inbox_next = row
    c.agents[agent].inbox_tail = row


@inlined
def attend_next(c: Centre, agent: int, now: float) -> None:
    """Let an agent turn to the next message in their inbox (R37)."""
    row = c.agents[agent].inbox_head
    if row == NONE or c.state[0].is_down:
        c.agents[agent].attending = False
        return
    c.agents[agent].inbox_head = c.chats[row].inbox_next
    if c.agents[agent].inbox_head == NONE:
        c.agents[agent].inbox_tail = NONE
    compose(c, row, now)


@inner
def turn_to_next(c: Centre, agent: int, now: float) -> None:
    """Let an agent turn to the next message in their inbox, where that is rare enough for a call."""
    attend_next(c, agent, now)


@inlined
def compose(c: Centre, row: int, now: float) -> None:
    """Begin a reply (R14, R30, R36, R37)."""
    turn, agent = c.chats[row].turn, c.chats[row].agent
    n_open = c.agents[agent].n_open
    compose_s = c.turns[turn].reply_s  # NOTE: the drawn composing time stands where the reply will
    if c.state[0].differs:
        compose_s = time_of(c, agent, compose_s, now)
    if n_open > 1:
        compose_s *= 1 + c.groups[c.agents[agent].group].switching
    c.chats[row].open_chats += n_open
    reply_s = end_of(c, now, compose_s)
    c.turns[turn].start_s, c.turns[turn].reply_s = now, reply_s + c.state[0].deliver_s  # R43
    push(c, reply_s, REPLY, row)


@inner
def be_patient(c: Centre, row: int, turn: int, now: float) -> None:
    """Announce the end of a customer's patience with a reply (R21)."""
    if c.queues[c.chats[row].queue].patient and c.chats[row].customer == HERE:
        patience_s = c.reply_patience_s[turn]
        if patience_s < np.inf:
            push(c, max(c.turns[turn].message_s + patience_s, now), REPLY_PATIENCE, row)  # R43


@inner
def withdraw(c: Centre, row: int) -> None:
    """Take a message that nobody has taken up out of its agent's inbox."""
    agent, before = c.chats[row].agent, NONE
    here = c.agents[agent].inbox_head
    while here != row:
        before, here = here, c.chats[here].inbox_next
    after = c.chats[row].inbox_next
    if before == NONE:
        c.agents[agent].inbox_head = after
    else:
        c.chats[before].inbox_next = after
    if after == NONE:
        c.agents[agent].inbox_tail = before
