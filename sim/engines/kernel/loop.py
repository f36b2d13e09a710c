"""What happens next, until nothing more can? Arrivals, duty and what is announced, in one order."""

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, inner
from sim.engines.kernel.address import by_address
from sim.engines.kernel.calendar import LATEST, look_ahead, next_event, rule_pages
from sim.engines.kernel.endings import (
    close,
    end_wrap_up,
    finish,
    give_up,
    go_wrong,
    lose_patience,
    reply,
    time_out,
)
from sim.engines.kernel.heap import earlier, pop
from sim.engines.kernel.idle_lists import route, seat
from sim.engines.kernel.inbox import receive
from sim.engines.kernel.line import balks, begin_to_wait, limit_wait
from sim.engines.kernel.records import NONE, ROWS, Centre
from sim.engines.kernel.slots import come, end_duty, fill_slots, recover, take
from sim.rules import Order, Outcome

# The compiler takes globals for constants.
LOG_ON, LOG_OFF, ARRIVAL = int(Order.LOG_ON), int(Order.LOG_OFF), int(Order.ARRIVAL)
FAILURE = int(Order.FAILURE)
REPLY, WRAP_UP, FINISH, MESSAGE = int(Order.REPLY), int(Order.WRAP_UP), int(Order.FINISH), int(Order.MESSAGE)
ACCEPT = int(Order.ACCEPT)
TIMEOUT, CLOSE, REPLY_PATIENCE = int(Order.TIMEOUT), int(Order.CLOSE), int(Order.REPLY_PATIENCE)
OVERFLOW, PATIENCE = int(Order.OVERFLOW), int(Order.PATIENCE)
BLOCKED, OFFLINE = int(Outcome.BLOCKED), int(Outcome.OFFLINE)
FROM_DOOR, FROM_DUTY, FROM_HEAP = 0, 1, 2
"""Where the next event comes from."""


@inner
def run(centre: Centre, n_customers: int) -> int:
    """Let everything happen until nothing more can (R5), or it is stopped; return the number of events."""
    c = by_address(centre)
    rule_pages(c, n_customers)
    row, duty, n_duty = int(c.state[0].first_customer), int(c.state[0].first_duty), len(c.duty)
    while True:
        now, key, source = np.inf, LATEST, NONE
        if row < n_customers:
            now, key, source = c.chat_cold[row].arrival_s, ARRIVAL * ROWS + row, FROM_DOOR
        if duty < n_duty and earlier(c.duty[duty].time_s, c.duty[duty].key, now, key):
            now, key, source = c.duty[duty].time_s, c.duty[duty].key, FROM_DUTY
        next_s, next_key = next_event(c)
        if earlier(next_s, next_key, now, key):
            now, key, source = next_s, next_key, FROM_HEAP
        if now >= c.state[0].stop_s:
            return int(c.state[0].n_events) + n_customers + n_duty
        arriving, receiving = NONE, NONE
        if source == FROM_HEAP:
            pop(c)
            look_ahead(c)
            if key // ROWS == ARRIVAL:
                arriving = key % ROWS
            else:
                receiving = happen(c, key // ROWS, key % ROWS, now)
        elif source == FROM_DOOR:
            arriving = row
            row += 1
        else:
            duty += 1
            change_duty(c, key // ROWS, key % ROWS, now)
        if arriving != NONE:
            receiving = arrive(c, arriving, now)
        if receiving != NONE:
            receive(c, receiving, now, c.state[0].deliver_s if key // ROWS == MESSAGE else 0.0)


@inlined
def happen(c: Centre, order: int, row: int, now: float) -> int:
    """Let one event of the heap happen; return the chat whose agent receives a message, or NONE."""
    if order == REPLY:
        reply(c, row, now)
    elif order == WRAP_UP:
        end_wrap_up(c, row, now)
    elif order == FINISH:
        finish(c, row, now)
    elif order in (OVERFLOW, PATIENCE):
        give_up(c, row, order, now)
    elif order == REPLY_PATIENCE:
        lose_patience(c, row, now)
    elif order == CLOSE:
        close(c, row, now)
    elif order == TIMEOUT:
        time_out(c, row, now)
    elif order == ACCEPT:
        return row if come(c, row, now) else NONE
    return row if order == MESSAGE else NONE


@inlined
def arrive(c: Centre, row: int, now: float) -> int:
    """Let a chat arrive (R1 to R3); return it if its agent receives its first message, else NONE."""
    q = c.chats[row].queue
    if not is_open(c, now):
        c.chat_cold[row].outcome = OFFLINE
        turn_away(c, row, now)
        return NONE
    agent = NONE if c.state[0].is_down else route(c, row)
    if agent != NONE:
        take(c, row, agent, now)
        if c.state[0].accept_s > 0:
            limit_wait(c, row, now)
            return NONE
        return row if c.queues[q].by_turns else NONE
    if c.queues[q].n_waiting >= c.queues[q].capacity or balks(c, row, now):
        c.chat_cold[row].outcome = BLOCKED
        turn_away(c, row, now)
    else:
        begin_to_wait(c, row, now)
    return NONE


@inlined
def is_open(c: Centre, now: float) -> bool:
    """Whether chats may arrive (R2); time does not go back, so openings that have ended are left behind."""
    opening = c.state[0].opening
    while opening < len(c.opening_s) and c.opening_s[opening, 1] <= now:
        opening += 1
    c.state[0].opening = opening
    return bool(opening < len(c.opening_s) and c.opening_s[opening, 0] <= now)


@inner
def turn_away(c: Centre, row: int, now: float) -> None:
    """Let a chat end as it arrives: offline (R2) or blocked (R3, R26)."""
    c.chat_cold[row].ended_s = now
    go_wrong(c, row, now)


@inner
def change_duty(c: Centre, order: int, row: int, now: float) -> None:
    """Begin or end a span of duty, or an outage (R37)."""
    if order == LOG_ON:
        log_on(c, row, now)
    elif order == LOG_OFF:
        log_off(c, row)
    elif order == FAILURE:
        c.state[0].is_down = True
    else:
        recover(c, now)


@inner
def log_on(c: Centre, span: int, now: float) -> None:
    """Begin a span of duty (R10, R11)."""
    agent = c.spans[span].agent
    if c.agents[agent].n_open > 0:
        c.spans[c.shares[agent].span].out_s = now
    end_duty(c, agent)
    c.shares[agent].span = span
    c.agents[agent].on_duty, c.agents[agent].leaving = True, False
    c.agents[agent].idle_since = now  # R8
    if c.agents[agent].n_open < c.agents[agent].slots:
        seat(c, agent)
    fill_slots(c, agent, now)


@inner
def log_off(c: Centre, span: int) -> None:
    """End a span of duty: no new chats (R11), but those that wait at closing (R12)."""
    agent = c.spans[span].agent
    c.agents[agent].leaving = True
    if not c.spans[span].stays or c.agents[agent].n_open == 0:
        end_duty(c, agent)
