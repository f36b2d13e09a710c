"""Who waits, and who is next? Waiting chats of each queue in order of arrival (R4, R9, R25, R26)."""

from __future__ import annotations

import numpy as np

from sim.compiled import inner
from sim.engines.kernel.calendar import push
from sim.engines.kernel.records import HEAD, NONE, Centre
from sim.rules import Order

OVERFLOW, PATIENCE = int(Order.OVERFLOW), int(Order.PATIENCE)


@inner
def begin_to_wait(c: Centre, row: int, now: float) -> None:
    """Put a chat into its queue, with what will end its wait."""
    c.chats[row].queued = True
    join_line(c, row)
    limit_wait(c, row, now)


@inner
def join_line(c: Centre, row: int) -> None:
    """Put a chat last into the line of its queue."""
    q = c.chats[row].queue
    c.chats[row].waiting = True
    c.queues[q].n_waiting += 1
    tail = c.queues[q].wait_tail
    c.chat_cold[row].wait_previous, c.chat_cold[row].wait_next = tail, NONE
    if tail == NONE:
        c.queues[q].wait_head = row
    else:
        c.chat_cold[tail].wait_next = row
    c.queues[q].wait_tail = row


@inner
def limit_wait(c: Centre, row: int, now: float) -> None:
    """Announce what will end a chat's wait, in line or on its way (R4, R41)."""
    q = c.chats[row].queue
    if c.queues[q].max_wait_s < np.inf:
        push(c, now + c.queues[q].max_wait_s, OVERFLOW, row)
    if c.chat_cold[row].patience_s < np.inf:
        push(c, now + c.chat_cold[row].patience_s, PATIENCE, row)


@inner
def end_wait(c: Centre, row: int) -> None:
    """Take a chat out of its queue."""
    q = c.chats[row].queue
    c.chats[row].waiting = False
    c.queues[q].n_waiting -= 1
    before, after = c.chat_cold[row].wait_previous, c.chat_cold[row].wait_next
    if before == NONE:
        c.queues[q].wait_head = after
    else:
        c.chat_cold[before].wait_next = after
    if after == NONE:
        c.queues[q].wait_tail = before
    else:
        c.chat_cold[after].wait_previous = before


@inner
def next_waiting(c: Centre, group: int) -> int:
    """Find the waiting chat that an agent of a group takes next (R9); NONE if none waits."""
    best = NONE
    for k in range(c.groups[group].first_skill, c.groups[group].end_skill):
        row = c.queues[c.skill[k]].wait_head
        if row == NONE:
            continue
        if best == NONE:
            best = row
            continue
        priority, best_priority = (
            c.queues[c.chats[row].queue].priority,
            c.queues[c.chats[best].queue].priority,
        )
        if priority != best_priority:
            if priority < best_priority:
                best = row
        elif c.chat_cold[row].arrival_s != c.chat_cold[best].arrival_s:
            if c.chat_cold[row].arrival_s < c.chat_cold[best].arrival_s:
                best = row
        elif row < best:
            best = row
    return best


@inner
def balks(c: Centre, row: int, now: float) -> bool:
    """Announce the wait to a customer who would have to wait (R25); say whether they do not join (R26)."""
    q = c.chats[row].queue
    if c.queues[q].estimate == NONE:
        return False
    estimate_s = c.queues[q].last_wait_s
    if c.queues[q].estimate == HEAD:
        head = c.queues[q].wait_head
        estimate_s = 0.0 if head == NONE else now - c.chat_cold[head].arrival_s
    c.chat_rare[row].estimate_s = estimate_s
    x = float(c.queues[q].n_waiting) if c.queues[q].by_place else estimate_s
    c.chat_rare[row].balked = c.chat_rare[row].balk_u < share_at(c, q, x)
    return bool(c.chat_rare[row].balked)


@inner
def share_at(c: Centre, q: int, x: float) -> float:
    """Read the share that does not join off a queue's curve (R26)."""
    first, last = c.queues[q].first_point, c.queues[q].end_point - 1
    if x <= c.curve[first].x:
        return float(c.curve[first].share)
    for k in range(first, last):
        if x < c.curve[k + 1].x:
            low, high = c.curve[k].share, c.curve[k + 1].share
            return float(low + (high - low) * (x - c.curve[k].x) / (c.curve[k + 1].x - c.curve[k].x))
    return float(c.curve[last].share)
