"""How does shared work go on? Service by work: clocks, and the chat that will be done first (R17)."""

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, inner
from sim.engines.kernel.calendar import push
from sim.engines.kernel.pace import end_of, stood_still
from sim.engines.kernel.records import NONE, Centre
from sim.rules import Order

FINISH = int(Order.FINISH)


@inlined
def advance(c: Centre, agent: int, now: float) -> None:
    """Bring an agent's clocks to now, before the number of their chats changes."""
    if c.agents[agent].n_open > 0:
        group, still_s = c.agents[agent].group, 0.0
        if c.state[0].stops:
            still_s = stood_still(c, c.shares[agent].since_s, now)
        for k in range(c.groups[group].first_skill, c.groups[group].end_skill):
            q = c.skill[k]
            worked_s = now - c.shares[agent].since_s - still_s
            c.clock_s[agent, q] += worked_s * c.speed[q, c.agents[agent].n_open]
    c.shares[agent].since_s = now


@inlined
def announce_finish(c: Centre, agent: int, now: float) -> None:
    """Announce which of an agent's chats will be done first; what was announced before is void."""
    c.shares[agent].next_finish = NONE
    first, first_s = NONE, np.inf
    for k in range(c.shares[agent].n_work):
        row = c.work_row[agent, k]
        q = c.chats[row].queue
        rest_s = max(0.0, c.chat_cold[row].mark_s - c.clock_s[agent, q])
        time_s = end_of(c, now, rest_s / c.speed[q, c.agents[agent].n_open])
        if time_s < first_s or (time_s == first_s and row < first):
            first, first_s = row, time_s
    if first != NONE:
        c.shares[agent].next_finish, c.shares[agent].next_finish_s = first, first_s
        push(c, first_s, FINISH, first)


@inner
def end_work(c: Centre, agent: int, row: int, now: float) -> None:
    """Take a chat whose work is done out of its agent's work."""
    advance(c, agent, now)
    last = c.shares[agent].n_work - 1
    for k in range(last):
        if c.work_row[agent, k] == row:
            c.work_row[agent, k] = c.work_row[agent, last]
    c.shares[agent].n_work = last
    announce_finish(c, agent, now)
