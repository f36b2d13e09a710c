"""Who takes an arriving chat? Lists of agents who may take one, and routing among them.

Agents who may take a chat (R6) stand in lists by group and number of open chats, in the order of R7, so that
routing looks at the heads of a few lists and never at all agents.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, inner
from sim.engines.kernel.records import NONE, POLICIES, Centre
from sim.rules import Policy

LEAST_LOADED, MOST_LOADED = POLICIES.index(Policy.LEAST_LOADED), POLICIES.index(Policy.MOST_LOADED)
LONGEST_IDLE, ROUND_ROBIN = POLICIES.index(Policy.LONGEST_IDLE), POLICIES.index(Policy.ROUND_ROBIN)


@inlined
def seat(c: Centre, agent: int) -> None:
    """Put an agent in their list: last, as they are idle since now, but for lower numbers of this instant."""
    group, load = c.agents[agent].group, c.agents[agent].n_open
    before = c.idle_lists[group, load].tail
    while before != NONE and c.agents[before].idle_since == c.agents[agent].idle_since and before > agent:
        before = c.agents[before].seat_previous
    after = c.idle_lists[group, load].head if before == NONE else c.agents[before].seat_next
    c.agents[agent].seat_previous, c.agents[agent].seat_next = before, after
    if before == NONE:
        c.idle_lists[group, load].head = agent
    else:
        c.agents[before].seat_next = agent
    if after == NONE:
        c.idle_lists[group, load].tail = agent
    else:
        c.agents[after].seat_previous = agent
    count_free(c, agent, 1)


@inlined
def unseat(c: Centre, agent: int) -> None:
    """Take an agent out of their list."""
    group, load = c.agents[agent].group, c.agents[agent].n_open
    before, after = c.agents[agent].seat_previous, c.agents[agent].seat_next
    if before == NONE:
        c.idle_lists[group, load].head = after
    else:
        c.agents[before].seat_next = after
    if after == NONE:
        c.idle_lists[group, load].tail = before
    else:
        c.agents[after].seat_previous = before
    count_free(c, agent, -1)


@inlined
def count_free(c: Centre, agent: int, change: int) -> None:
    """Keep the count of free agents by number, where the policy asks for it."""
    if c.state[0].policy > LONGEST_IDLE:
        i = agent + 1
        while i < len(c.free_tree):
            c.free_tree[i] += change
            i += i & -i


@inner
def free_before(c: Centre, agent: int) -> int:
    """Count the free agents with lower numbers."""
    total, i = 0, agent
    while i > 0:
        total += c.free_tree[i]
        i -= i & -i
    return total


@inner
def free_at(c: Centre, place: int) -> int:
    """Find the free agent in a place, from 0, in order of number."""
    agent, step = 0, 1
    while 2 * step < len(c.free_tree):
        step *= 2
    while step > 0:
        if agent + step < len(c.free_tree) and c.free_tree[agent + step] <= place:
            agent += step
            place -= c.free_tree[agent]
        step //= 2
    return agent


@inlined
def route(c: Centre, row: int) -> int:
    """Choose the agent who takes an arriving chat; NONE if nobody may."""
    q = c.chats[row].queue
    for tier in range(c.queues[q].first_tier, c.queues[q].end_tier):
        first, last = c.tiers[tier].first, c.tiers[tier].end
        if c.state[0].policy <= LONGEST_IDLE:
            agent = route_by_seat(c, first, last)
        else:
            agent = route_by_number(c, row, first, last)
        if agent != NONE:
            return agent
    return NONE


@inlined
def route_by_seat(c: Centre, first: int, last: int) -> int:
    """Choose among the heads of the lists of a tier's groups."""
    best, n_loads = NONE, c.idle_lists.shape[1]
    for k in range(first, last):
        group = c.tier_group[k]
        for i in range(n_loads):
            load = n_loads - 1 - i if c.state[0].policy == MOST_LOADED else i
            agent = c.idle_lists[group, load].head
            if agent != NONE:
                if best == NONE or comes_before(c, agent, best):
                    best = agent
                if c.state[0].policy != LONGEST_IDLE:
                    break
    return best


@inlined
def comes_before(c: Centre, agent: int, other: int) -> bool:
    """Whether the policy puts an agent before another."""
    if c.state[0].policy != LONGEST_IDLE and c.agents[agent].n_open != c.agents[other].n_open:
        fewer = c.agents[agent].n_open < c.agents[other].n_open
        return bool(fewer == (c.state[0].policy == LEAST_LOADED))
    if c.agents[agent].idle_since != c.agents[other].idle_since:
        return bool(c.agents[agent].idle_since < c.agents[other].idle_since)
    return agent < other


@inner
def route_by_number(c: Centre, row: int, first: int, last: int) -> int:
    """Choose by order of number among the free agents of a tier's groups: round robin or random."""
    q, n_free, n_passed = c.chats[row].queue, 0, 0
    for k in range(first, last):
        low, high = c.groups[c.tier_group[k]].first_agent, c.groups[c.tier_group[k]].end_agent
        n_free += free_before(c, high) - free_before(c, low)
        passed = min(max(c.queues[q].chosen_last + 1, low), high)
        n_passed += free_before(c, passed) - free_before(c, low)
    if n_free == 0:
        return NONE
    if c.state[0].policy == ROUND_ROBIN:
        place = n_passed if n_passed < n_free else 0
    else:
        place = int(np.floor(c.chat_cold[row].route_u * n_free))
    for k in range(first, last):
        low, high = c.groups[c.tier_group[k]].first_agent, c.groups[c.tier_group[k]].end_agent
        here = free_before(c, high) - free_before(c, low)
        if place < here:
            agent = free_at(c, free_before(c, low) + place)
            if c.state[0].policy == ROUND_ROBIN:
                c.queues[q].chosen_last = agent
            return agent
        place -= here
    return NONE
