"""Who holds which chats? Slots: taking chats and freeing slots (R3, R9, R11)."""

from __future__ import annotations

from sim.compiled import inlined, inner
from sim.engines.kernel.calendar import push
from sim.engines.kernel.idle_lists import seat, unseat
from sim.engines.kernel.inbox import receive, turn_to_next
from sim.engines.kernel.line import end_wait, next_waiting
from sim.engines.kernel.pace import end_of, time_of
from sim.engines.kernel.records import HERE, NONE, Centre
from sim.engines.kernel.work import advance, announce_finish
from sim.rules import NO_AGENT, Order

# The compiler takes globals for constants.
ACCEPT, CLOSE = int(Order.ACCEPT), int(Order.CLOSE)
NOBODY = int(NO_AGENT)


@inlined
def take(c: Centre, row: int, agent: int, now: float) -> None:
    """Let an agent who may take a chat hold a slot for it, and have it at once if the platform does."""
    shares = c.groups[c.agents[agent].group].shares
    if shares:
        advance(c, agent, now)
    unseat(c, agent)
    c.agents[agent].n_open += 1
    c.agents[agent].idle_since = now  # R8
    if c.agents[agent].n_open < c.agents[agent].slots:
        seat(c, agent)
    c.chats[row].agent = agent
    if c.state[0].accept_s > 0:
        send(c, row, agent, now)
    else:
        accept(c, row, now)
        if shares:
            begin_work(c, row, agent, now)


@inlined
def accept(c: Centre, row: int, now: float) -> None:
    """Let an agent have a chat."""
    c.chat_cold[row].accepted_s = now
    c.queues[c.chats[row].queue].last_wait_s = now - c.chat_cold[row].arrival_s  # R25


@inner
def send(c: Centre, row: int, agent: int, now: float) -> None:
    """Send a chat on its way to its agent (R40)."""
    c.chats[row].coming = True
    if c.groups[c.agents[agent].group].shares:
        announce_finish(c, agent, now)
    push(c, end_of(c, now, c.state[0].accept_s), ACCEPT, row)


@inner
def come(c: Centre, row: int, now: float) -> bool:
    """Let a chat be with its agent, unless it has ended on its way; say if it brings a message (R40)."""
    if not c.chats[row].coming:
        return False
    agent = c.chats[row].agent
    shares = c.groups[c.agents[agent].group].shares
    c.chats[row].coming = False
    accept(c, row, now)
    if shares:
        advance(c, agent, now)
        begin_work(c, row, agent, now)
    return not shares


@inner
def stop(c: Centre, row: int, now: float) -> None:
    """Stop a chat on its way, and free the slot that was held for it (R41)."""
    agent = c.chats[row].agent
    c.chats[row].coming, c.chats[row].agent = False, NOBODY
    vacate(c, agent, now)


@inlined
def begin_work(c: Centre, row: int, agent: int, now: float) -> None:
    """Begin the work of a chat just accepted (R17), or notice that nobody is there (R20)."""
    if c.chats[row].customer == HERE:
        work_s = c.chat_cold[row].work_s
        if c.state[0].differs:
            work_s = time_of(c, agent, work_s, now)
        c.chat_cold[row].mark_s = c.clock_s[agent, c.chats[row].queue] + work_s
        c.work_row[agent, c.shares[agent].n_work] = row
        c.shares[agent].n_work += 1
        c.chats[row].open_chats = c.agents[agent].n_open
    else:
        push(c, now + c.chat_rare[row].detect_s, CLOSE, row)
    announce_finish(c, agent, now)


@inlined
def free_slot(c: Centre, agent: int, now: float) -> None:
    """Free a slot of an agent; they fill it if they may (R9)."""
    shares = c.groups[c.agents[agent].group].shares
    if shares:
        advance(c, agent, now)
    if c.agents[agent].on_duty and c.agents[agent].n_open < c.agents[agent].slots:
        unseat(c, agent)
    c.agents[agent].n_open -= 1
    c.agents[agent].idle_since = now  # R8
    if c.agents[agent].on_duty:
        seat(c, agent)
    if shares:
        announce_finish(c, agent, now)
    fill_slots(c, agent, now)
    if c.agents[agent].leaving and c.agents[agent].n_open == 0:
        end_overrun(c, agent, now)


@inner
def end_overrun(c: Centre, agent: int, now: float) -> None:
    """Let an agent leave who has finished what they held (R11), and whom nobody waits for (R12)."""
    c.spans[c.shares[agent].span].out_s = now
    end_duty(c, agent)


@inner
def end_duty(c: Centre, agent: int) -> None:
    """Let an agent take no more chats."""
    if c.agents[agent].on_duty and c.agents[agent].n_open < c.agents[agent].slots:
        unseat(c, agent)
    c.agents[agent].on_duty = False


@inner
def fill_slots(c: Centre, agent: int, now: float) -> None:
    """Give an agent the waiting chats that they may take, in order (R9), and then their messages (R13)."""
    n_pulled = 0
    while (
        c.agents[agent].on_duty and c.agents[agent].n_open < c.agents[agent].slots and not c.state[0].is_down
    ):
        row = next_waiting(c, c.agents[agent].group)
        if row == NONE:
            break
        end_wait(c, row)
        take(c, row, agent, now)
        c.taken[n_pulled] = row
        n_pulled += 1
    if c.state[0].accept_s > 0:
        return
    for k in range(n_pulled):
        if c.queues[c.chats[c.taken[k]].queue].by_turns:
            receive(c, c.taken[k], now, 0.0)


@inner
def release(c: Centre, row: int, now: float) -> None:
    """Free the slot of a chat that ends without a wrap-up (R24)."""
    c.chat_cold[row].released_s = now
    vacate(c, c.chats[row].agent, now)


@inner
def vacate(c: Centre, agent: int, now: float) -> None:
    """Free a slot of an agent, where that is rare enough for a call."""
    free_slot(c, agent, now)


@inner
def recover(c: Centre, now: float) -> None:
    """Let agents turn to what has gathered in an outage that is over: who waits, then their inbox (R37)."""
    c.state[0].is_down = False
    for agent in range(len(c.agents)):
        turns_to_it = not c.agents[agent].attending and c.agents[agent].inbox_head != NONE
        c.agents[agent].attending = c.agents[agent].attending or turns_to_it
        fill_slots(c, agent, now)
        if turns_to_it:
            turn_to_next(c, agent, now)
