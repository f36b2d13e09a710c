"""What happens? The compiled engine: the same rules and the same log as the reference, to the last bit.

Arrays in, arrays out: no objects, no randomness, nothing allocated while it runs. Events live in one heap,
ordered by (time, order, row); arrivals and duty, known beforehand, are read from sorted arrays beside it.
Agents who may take a chat stand in lists by group and number of open chats, in the order of R7, so that
routing looks at the heads of a few lists and never at all agents. Rules are cited by number.

Everything is in this one file because the compiler's cache sees changes of the file that it compiles, not
of others that it calls. Chats, agents and queues are arrays of records: what belongs to one chat lies
together in memory, and a function is handed a dozen arrays instead of a hundred, which decides how long it
takes to compile.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from sim.compiled import compiled, prepare, woven
from sim.draws.record import Draws
from sim.engines.records import DAY, NONE, POLICIES, ROWS, Centre, centre, fixed
from sim.log.chatlog import ChatLog, Chats, Duty, Turns, chat_log
from sim.world.rules import Order, Outcome, Policy
from sim.world.scenario import Same, Scenario

# The compiler takes globals for constants.
LOG_OFF, LOG_ON = int(Order.LOG_OFF), int(Order.LOG_ON)
REPLY, WRAP_UP, FINISH, MESSAGE = int(Order.REPLY), int(Order.WRAP_UP), int(Order.FINISH), int(Order.MESSAGE)
ARRIVAL, OVERFLOW, PATIENCE = int(Order.ARRIVAL), int(Order.OVERFLOW), int(Order.PATIENCE)
SERVED, ABANDONED, BLOCKED = int(Outcome.SERVED), int(Outcome.ABANDONED), int(Outcome.BLOCKED)
OFFLINE, OVERFLOWED = int(Outcome.OFFLINE), int(Outcome.OVERFLOWED)
LEAST_LOADED, MOST_LOADED = POLICIES.index(Policy.LEAST_LOADED), POLICIES.index(Policy.MOST_LOADED)
LONGEST_IDLE, ROUND_ROBIN = POLICIES.index(Policy.LONGEST_IDLE), POLICIES.index(Policy.ROUND_ROBIN)
LATEST = 2**62
"""A key after all others."""
TOP = 3
"""Place of the first event in the heap."""
FROM_DOOR, FROM_DUTY, FROM_HEAP = 0, 1, 2
"""Where the next event comes from."""

# Heap: four children a node, keyed (time, order, row).


@woven
def earlier(time_s: float, key: int, other_s: float, other_key: int) -> bool:
    """Whether an event comes before another."""
    return time_s < other_s or (time_s == other_s and key < other_key)


@woven
def push(c: Centre, time_s: float, order: int, row: int) -> None:
    """Announce an event."""
    key = order * ROWS + int(row)
    desk = c.desk[0]
    i = desk.heap_size
    desk.heap_size = i + 1
    desk.n_events += 1
    while i > 0:
        above = (i - 1) >> 2
        parent = c.heap[above + TOP]
        if earlier(parent.time_s, parent.key, time_s, key):
            break
        c.heap[i + TOP].time_s, c.heap[i + TOP].key = parent.time_s, parent.key
        i = above
    c.heap[i + TOP].time_s, c.heap[i + TOP].key = time_s, key


@woven
def pop(c: Centre) -> None:
    """Remove the first event."""
    n = c.desk[0].heap_size - 1
    c.desk[0].heap_size = n
    time_s, key = c.heap[n + TOP].time_s, c.heap[n + TOP].key
    i = 0
    while True:
        child = 4 * i + 1
        if child >= n:
            break
        best = child
        first_s, first_key = c.heap[child + TOP].time_s, c.heap[child + TOP].key
        for k in range(child + 1, min(child + 4, n)):
            if earlier(c.heap[k + TOP].time_s, c.heap[k + TOP].key, first_s, first_key):
                best = k
                first_s, first_key = c.heap[k + TOP].time_s, c.heap[k + TOP].key
        if earlier(time_s, key, first_s, first_key):
            break
        c.heap[i + TOP].time_s, c.heap[i + TOP].key = first_s, first_key
        i = best
    c.heap[i + TOP].time_s, c.heap[i + TOP].key = time_s, key


# Seats: agents who may take a chat (R6), by group and number of open chats, in the order of R7.


@woven
def seat(c: Centre, agent: int) -> None:
    """Put an agent in his list: last, as he is idle since now, but for lower numbers of this instant."""
    group, load = c.agents[agent].group, c.agents[agent].n_open
    before = c.seats[group, load].tail
    while before != NONE and c.agents[before].idle_since == c.agents[agent].idle_since and before > agent:
        before = c.agents[before].seat_previous
    after = c.seats[group, load].head if before == NONE else c.agents[before].seat_next
    c.agents[agent].seat_previous, c.agents[agent].seat_next = before, after
    if before == NONE:
        c.seats[group, load].head = agent
    else:
        c.agents[before].seat_next = agent
    if after == NONE:
        c.seats[group, load].tail = agent
    else:
        c.agents[after].seat_previous = agent
    count_free(c, agent, 1)


@woven
def unseat(c: Centre, agent: int) -> None:
    """Take an agent out of his list."""
    group, load = c.agents[agent].group, c.agents[agent].n_open
    before, after = c.agents[agent].seat_previous, c.agents[agent].seat_next
    if before == NONE:
        c.seats[group, load].head = after
    else:
        c.agents[before].seat_next = after
    if after == NONE:
        c.seats[group, load].tail = before
    else:
        c.agents[after].seat_previous = before
    count_free(c, agent, -1)


@woven
def count_free(c: Centre, agent: int, change: int) -> None:
    """Keep the count of free agents by number, where the policy asks for it."""
    if c.desk[0].policy > LONGEST_IDLE:
        i = agent + 1
        while i < len(c.free_tree):
            c.free_tree[i] += change
            i += i & -i


@compiled
def free_before(c: Centre, agent: int) -> int:
    """Count the free agents with lower numbers."""
    total, i = 0, agent
    while i > 0:
        total += c.free_tree[i]
        i -= i & -i
    return total


@compiled
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


# Routing (R7)


@woven
def route(c: Centre, row: int) -> int:
    """Choose the agent who takes an arriving chat; NONE if nobody may."""
    q = c.chats[row].queue
    for tier in range(c.queues[q].first_tier, c.queues[q].end_tier):
        first, last = c.tiers[tier].first, c.tiers[tier].end
        if c.desk[0].policy <= LONGEST_IDLE:
            agent = route_by_seat(c, first, last)
        else:
            agent = route_by_number(c, row, first, last)
        if agent != NONE:
            return agent
    return NONE


@woven
def route_by_seat(c: Centre, first: int, last: int) -> int:
    """Choose among the heads of the lists of a tier's groups."""
    best, n_loads = NONE, c.seats.shape[1]
    for k in range(first, last):
        group = c.tier_group[k]
        for i in range(n_loads):
            load = n_loads - 1 - i if c.desk[0].policy == MOST_LOADED else i
            agent = c.seats[group, load].head
            if agent != NONE:
                if best == NONE or comes_before(c, agent, best):
                    best = agent
                if c.desk[0].policy != LONGEST_IDLE:
                    break
    return best


@woven
def comes_before(c: Centre, agent: int, other: int) -> bool:
    """Whether the policy puts an agent before another."""
    if c.desk[0].policy != LONGEST_IDLE and c.agents[agent].n_open != c.agents[other].n_open:
        fewer = c.agents[agent].n_open < c.agents[other].n_open
        return bool(fewer == (c.desk[0].policy == LEAST_LOADED))
    if c.agents[agent].idle_since != c.agents[other].idle_since:
        return bool(c.agents[agent].idle_since < c.agents[other].idle_since)
    return agent < other


@compiled
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
    if c.desk[0].policy == ROUND_ROBIN:
        place = n_passed if n_passed < n_free else 0
    else:
        place = int(np.floor(c.visits[row].route_u * n_free))
    for k in range(first, last):
        low, high = c.groups[c.tier_group[k]].first_agent, c.groups[c.tier_group[k]].end_agent
        here = free_before(c, high) - free_before(c, low)
        if place < here:
            agent = free_at(c, free_before(c, low) + place)
            if c.desk[0].policy == ROUND_ROBIN:
                c.queues[q].chosen_last = agent
            return agent
        place -= here
    return NONE


# Queue: waiting chats of each queue in order of arrival.


@compiled
def begin_to_wait(c: Centre, row: int, now: float) -> None:
    """Put a chat into its queue, with what will end its wait (R4)."""
    q = c.chats[row].queue
    c.chats[row].queued = True
    c.chats[row].waiting = True
    c.queues[q].n_waiting += 1
    tail = c.queues[q].wait_tail
    c.visits[row].wait_previous, c.visits[row].wait_next = tail, NONE
    if tail == NONE:
        c.queues[q].wait_head = row
    else:
        c.visits[tail].wait_next = row
    c.queues[q].wait_tail = row
    if c.queues[q].max_wait_s < np.inf:
        push(c, now + c.queues[q].max_wait_s, OVERFLOW, row)
    if c.visits[row].patience_s < np.inf:
        push(c, now + c.visits[row].patience_s, PATIENCE, row)


@compiled
def end_wait(c: Centre, row: int) -> None:
    """Take a chat out of its queue."""
    q = c.chats[row].queue
    c.chats[row].waiting = False
    c.queues[q].n_waiting -= 1
    before, after = c.visits[row].wait_previous, c.visits[row].wait_next
    if before == NONE:
        c.queues[q].wait_head = after
    else:
        c.visits[before].wait_next = after
    if after == NONE:
        c.queues[q].wait_tail = before
    else:
        c.visits[after].wait_previous = before


@compiled
def give_up(c: Centre, row: int, outcome: int, now: float) -> None:
    """Let a chat that still waits leave (R4)."""
    if c.chats[row].waiting:
        end_wait(c, row)
        c.visits[row].outcome = outcome
        c.visits[row].ended_s = now


@compiled
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
        elif c.visits[row].arrival_s != c.visits[best].arrival_s:
            if c.visits[row].arrival_s < c.visits[best].arrival_s:
                best = row
        elif row < best:
            best = row
    return best


# Slots


@woven
def accept(c: Centre, row: int, agent: int, now: float) -> None:
    """Give a chat to an agent who may take it."""
    q, shares = c.chats[row].queue, c.groups[c.agents[agent].group].shares
    if shares:
        advance(c, agent, now)
    unseat(c, agent)
    c.agents[agent].n_open += 1
    c.agents[agent].idle_since = now  # R8
    if c.agents[agent].n_open < c.agents[agent].slots:
        seat(c, agent)
    c.chats[row].agent = agent
    c.visits[row].accepted_s = now
    if shares:
        c.visits[row].mark_s = c.clock_s[agent, q] + c.visits[row].work_s  # R17
        c.work_row[agent, c.shares[agent].n_work] = row
        c.shares[agent].n_work += 1
        announce_finish(c, agent, now)


@woven
def free_slot(c: Centre, agent: int, now: float) -> None:
    """Free a slot of an agent; he fills it if he may (R9)."""
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
    if not c.agents[agent].on_duty and c.agents[agent].n_open == 0:  # R11: the end of an overrun
        c.spans[c.shares[agent].span].out_s = now


@compiled
def fill_slots(c: Centre, agent: int, now: float) -> None:
    """Give an agent the waiting chats that he may take, in order (R9), and then their messages (R13)."""
    n_pulled = 0
    while c.agents[agent].on_duty and c.agents[agent].n_open < c.agents[agent].slots:
        row = next_waiting(c, c.agents[agent].group)
        if row == NONE:
            break
        end_wait(c, row)
        accept(c, row, agent, now)
        c.pulled[n_pulled] = row
        n_pulled += 1
    for k in range(n_pulled):
        if c.queues[c.chats[c.pulled[k]].queue].by_turns:
            receive(c, c.pulled[k], now)


# Inbox: attention, message by message (R13 to R16).


@woven
def receive(c: Centre, row: int, now: float) -> None:
    """Put a chat's message in its agent's inbox; he takes it up if nothing has his attention."""
    agent = c.chats[row].agent
    c.turns[c.chats[row].turn].message_s = now
    if not c.agents[agent].attending:
        c.agents[agent].attending = True
        compose(c, row, now)
        return
    tail = c.agents[agent].inbox_tail
    c.chats[row].inbox_next = NONE
    if tail == NONE:
        c.agents[agent].inbox_head = row
    else:
        c.chats[tail].inbox_next = row
    c.agents[agent].inbox_tail = row


@woven
def attend_next(c: Centre, agent: int, now: float) -> None:
    """Let an agent turn to the next message in his inbox."""
    row = c.agents[agent].inbox_head
    if row == NONE:
        c.agents[agent].attending = False
        return
    c.agents[agent].inbox_head = c.chats[row].inbox_next
    if c.agents[agent].inbox_head == NONE:
        c.agents[agent].inbox_tail = NONE
    compose(c, row, now)


@woven
def compose(c: Centre, row: int, now: float) -> None:
    """Begin a reply (R14)."""
    turn, agent = c.chats[row].turn, c.chats[row].agent
    c.turns[turn].start_s = now
    compose_s = c.turns[turn].agent_s
    if c.agents[agent].n_open > 1:
        compose_s *= 1 + c.groups[c.agents[agent].group].switching
    push(c, now + compose_s, REPLY, row)


@woven
def reply(c: Centre, row: int, now: float) -> None:
    """End a reply: the customer's turn (R15), or the end of the conversation (R16)."""
    turn, agent = c.chats[row].turn, c.chats[row].agent
    c.turns[turn].reply_s = now
    if turn + 1 < c.chats[row].end_turn:
        c.chats[row].turn = turn + 1
        attend_next(c, agent, now)
        push(c, now + c.turns[turn].customer_s, MESSAGE, row)
        return
    if not c.queues[c.chats[row].queue].wrap_up_attention:
        attend_next(c, agent, now)
    end_conversation(c, row, now)


@woven
def end_conversation(c: Centre, row: int, now: float) -> None:
    """Begin the wrap-up (R16, R18)."""
    c.visits[row].ended_s = now
    push(c, now + c.visits[row].wrap_up_s, WRAP_UP, row)


@woven
def end_wrap_up(c: Centre, row: int, now: float) -> None:
    """Free the slot, and then the attention if the wrap-up had it."""
    agent = c.chats[row].agent
    c.visits[row].outcome = SERVED
    c.visits[row].released_s = now
    free_slot(c, agent, now)
    if c.queues[c.chats[row].queue].wrap_up_attention:
        attend_next(c, agent, now)


# Sharing: service by work (R17).


@compiled
def advance(c: Centre, agent: int, now: float) -> None:
    """Bring an agent's clocks to now, before the number of his chats changes."""
    if c.agents[agent].n_open > 0:
        group = c.agents[agent].group
        for k in range(c.groups[group].first_skill, c.groups[group].end_skill):
            q = c.skill[k]
            c.clock_s[agent, q] += (now - c.shares[agent].since_s) * c.speed[q, c.agents[agent].n_open]
    c.shares[agent].since_s = now


@compiled
def announce_finish(c: Centre, agent: int, now: float) -> None:
    """Announce which of an agent's chats will be done first; what was announced before is void."""
    c.shares[agent].next_finish = NONE
    first, first_s = NONE, np.inf
    for k in range(c.shares[agent].n_work):
        row = c.work_row[agent, k]
        q = c.chats[row].queue
        rest_s = max(0.0, c.visits[row].mark_s - c.clock_s[agent, q])
        time_s = now + rest_s / c.speed[q, c.agents[agent].n_open]
        if time_s < first_s or (time_s == first_s and row < first):
            first, first_s = row, time_s
    if first != NONE:
        c.shares[agent].next_finish, c.shares[agent].next_finish_s = first, first_s
        push(c, first_s, FINISH, first)


@compiled
def finish(c: Centre, row: int, now: float) -> None:
    """End the work of a chat, if the announcement still holds."""
    agent = c.chats[row].agent
    if c.shares[agent].next_finish != row or c.shares[agent].next_finish_s != now:
        return
    advance(c, agent, now)
    last = c.shares[agent].n_work - 1
    for k in range(last):
        if c.work_row[agent, k] == row:
            c.work_row[agent, k] = c.work_row[agent, last]
    c.shares[agent].n_work = last
    announce_finish(c, agent, now)
    end_conversation(c, row, now)


# Loop


@woven
def arrive(c: Centre, row: int, now: float) -> None:
    """Let a chat arrive (R1 to R3)."""
    q = c.chats[row].queue
    if not c.desk[0].open_s <= now % DAY < c.desk[0].close_s:
        c.visits[row].outcome = OFFLINE
        c.visits[row].ended_s = now
        return
    agent = route(c, row)
    if agent != NONE:
        accept(c, row, agent, now)
        if c.queues[q].by_turns:
            receive(c, row, now)
    elif c.queues[q].n_waiting >= c.queues[q].capacity:
        c.visits[row].outcome = BLOCKED
        c.visits[row].ended_s = now
    else:
        begin_to_wait(c, row, now)


@compiled
def log_on(c: Centre, span: int, now: float) -> None:
    """Begin a span of duty (R10, R11)."""
    agent = c.spans[span].agent
    if c.agents[agent].n_open > 0:
        c.spans[c.shares[agent].span].out_s = now
    c.shares[agent].span = span
    c.agents[agent].on_duty = True
    c.agents[agent].idle_since = now  # R8
    if c.agents[agent].n_open < c.agents[agent].slots:
        seat(c, agent)
    fill_slots(c, agent, now)


@compiled
def log_off(c: Centre, span: int) -> None:
    """End a span of duty: no new chats (R11)."""
    agent = c.spans[span].agent
    if c.agents[agent].n_open < c.agents[agent].slots:
        unseat(c, agent)
    c.agents[agent].on_duty = False


@woven
def happen(c: Centre, order: int, row: int, now: float) -> None:
    """Let one event of the heap happen."""
    if order == REPLY:
        reply(c, row, now)
    elif order == MESSAGE:
        receive(c, row, now)
    elif order == WRAP_UP:
        end_wrap_up(c, row, now)
    elif order == FINISH:
        finish(c, row, now)
    elif order == OVERFLOW:
        give_up(c, row, OVERFLOWED, now)
    else:
        give_up(c, row, ABANDONED, now)


@compiled
def run(c: Centre) -> int:
    """Let everything happen until nothing more can (R5); return the number of events."""
    row, n_chats, duty, n_duty = 0, len(c.chats), 0, len(c.duty)
    while True:
        now, key, source = np.inf, LATEST, NONE
        if row < n_chats:
            now, key, source = c.visits[row].arrival_s, ARRIVAL * ROWS + row, FROM_DOOR
        if duty < n_duty and earlier(c.duty[duty].time_s, c.duty[duty].key, now, key):
            now, key, source = c.duty[duty].time_s, c.duty[duty].key, FROM_DUTY
        if c.desk[0].heap_size > 0 and earlier(c.heap[TOP].time_s, c.heap[TOP].key, now, key):
            now, key, source = c.heap[TOP].time_s, c.heap[TOP].key, FROM_HEAP
        if source == FROM_HEAP:
            pop(c)
            happen(c, key // ROWS, key % ROWS, now)
        elif source == FROM_DOOR:
            arrive(c, row, now)
            row += 1
        elif source == FROM_DUTY:
            duty += 1
            if key // ROWS == LOG_ON:
                log_on(c, key % ROWS, now)
            else:
                log_off(c, key % ROWS)
        else:
            return int(c.desk[0].n_events) + n_chats + n_duty


def simulate(scenario: Scenario, draws: Draws) -> ChatLog:
    """Run the centre of *scenario* with the customers of *draws*."""
    prepared = fixed(Same(scenario))
    c = centre(prepared, draws)
    n_events = _compiled_run()(c)
    chat, visit, turn, team = c.chats, c.visits, c.turns, prepared.team
    chats = Chats(
        queue=draws.queue,
        number=draws.number,
        arrival_s=draws.arrival_s,
        patience_s=draws.patience_s,
        outcome=visit["outcome"].astype(np.int64),
        agent=chat["agent"].astype(np.int64),
        queued=np.ascontiguousarray(chat["queued"]),
        accepted_s=np.ascontiguousarray(visit["accepted_s"]),
        ended_s=np.ascontiguousarray(visit["ended_s"]),
        released_s=np.ascontiguousarray(visit["released_s"]),
    )
    turns = Turns(
        draws.turn_offset,
        np.ascontiguousarray(turn["message_s"]),
        np.ascontiguousarray(turn["start_s"]),
        np.ascontiguousarray(turn["reply_s"]),
    )
    duty = Duty(team.agent, team.on_s, team.off_s, np.ascontiguousarray(c.spans["out_s"]))
    return chat_log(scenario, team, chats, turns, duty, n_events)


@cache
def _compiled_run() -> Callable[[Centre], int]:
    """Give `run`, compiled or loaded on the first call; columns always have the same types."""
    row, time_s = np.zeros(0, dtype=np.int64), np.zeros(0)
    nobody = Draws(0, 0, row, row, *(time_s,) * 5, np.zeros(1, dtype=np.int64), time_s, time_s)
    service = {"work_s": {"law": "fixed", "mean_s": 0}}
    smallest = Scenario.model_validate(
        {
            "queues": [{"name": "q", "arrivals": {"times_s": []}, "service": service}],
            "groups": [{"name": "g", "queues": ["q"], "agents": 1}],
        }
    )
    prepare(run, centre(fixed(Same(smallest)), nobody))
    return run
