"""How does a run begin from a state? All is put where the state says, and announced again (R48, R49)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Flags, Floats, Ints, firsts
from sim.compiled import inner
from sim.engines.happened import Happened
from sim.engines.kernel.address import by_address
from sim.engines.kernel.calendar import push, rule_pages
from sim.engines.kernel.idle_lists import seat
from sim.engines.kernel.inbox import line_up
from sim.engines.kernel.layout import Written, room_for
from sim.engines.kernel.line import join_line
from sim.engines.kernel.records import GONE, HERE, LEFT_ALREADY, ROWS, Centre
from sim.engines.kernel.work import announce_finish
from sim.engines.state import Begun, CentreState
from sim.rules import Order, Outcome, Stage

# The compiler takes globals for constants.
WAITING, COMING, INBOX, COMPOSING = (
    int(Stage.WAITING),
    int(Stage.COMING),
    int(Stage.INBOX),
    int(Stage.COMPOSING),
)
WRAP_UP, WORKED_ON, LEFT = int(Stage.WRAP_UP), int(Stage.WORKED_ON), int(Outcome.LEFT)
ENDS = tuple(int(stage.end or 0) for stage in Stage)
"""Of each stage: the order of the event that ends it; 0 for none."""
ARRIVAL, OVERFLOW, PATIENCE = int(Order.ARRIVAL), int(Order.OVERFLOW), int(Order.PATIENCE)
REPLY_PATIENCE = int(Order.REPLY_PATIENCE)


class Entered(NamedTuple):
    """Columns of the states from which runs begin, see `CentreState`; empty where they begin with the day."""

    now_s: Floats
    first: Ints
    """Shape (n_replications + 1): where the chats of each that wait or are held begin, and the last ends."""
    chat: Ints
    stage: Ints
    agent: Ints
    turn: Ints
    until_s: Floats
    mark_s: Floats
    happened: Written
    """Of all chats and turns, one replication below the other, as they are drawn."""
    gone_s: Floats
    estimate_s: Floats
    balked: Flags
    resolved: Flags
    span: Ints
    """Shape (n_replications, n_agents), as all that follows of agents."""
    leaving: Flags
    on_duty: Flags
    idle_since: Floats
    since_s: Floats
    by_idle: Ints
    """Agents in order of the time since which they are idle, then of number."""
    clock_s: Floats
    """Shape (n_replications, n_agents, n_queues)."""
    chosen_last: Ints
    """Shape (n_replications, n_queues)."""
    last_wait_s: Floats


LIVE = ("chat", "stage", "agent", "turn", "until_s", "mark_s")
RARE = ("gone_s", "estimate_s", "balked", "resolved")
OF_TEAM = ("on_duty", "idle_since", "since_s", "clock_s", "chosen_last", "last_wait_s")


def entered(states: Sequence[CentreState], duties: Sequence[Begun]) -> Entered:
    """Columns of *states*, and of what their plans of duty say; of no states, none."""
    if not states:
        return _nothing_entered()
    joined = {name: np.concatenate([getattr(state, name) for state in states]) for name in LIVE}
    happened = [state.happened for state in states]
    return Entered(
        now_s=np.array([state.now_s for state in states]),
        first=firsts(len(state.chat) for state in states),
        happened=Written(*(_below(happened, name) for name in Written._fields)),
        span=np.array([duty.span for duty in duties]),
        leaving=np.array([duty.leaving for duty in duties]),
        by_idle=np.array([np.argsort(state.idle_since, kind="stable") for state in states]),
        **joined,
        **{name: _below(happened, name) for name in RARE},
        **{name: np.array([getattr(state, name) for state in states]) for name in OF_TEAM},
    )


def _below(happened: Sequence[Happened], name: str) -> NDArray[Any]:
    """A column of what has happened in all runs, one below the other."""
    return np.concatenate([getattr(each, name) for each in happened])


@cache
def _nothing_entered() -> Entered:
    """Columns of no states: every run without one asks."""
    real, whole, flags = np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    of_team: dict[str, Any] = {
        "span": whole, "leaving": flags, "on_duty": flags, "idle_since": real, "since_s": real,
        "by_idle": whole, "chosen_last": whole, "last_wait_s": real,
    }  # fmt: skip
    return Entered(
        now_s=real, first=np.zeros(1, dtype=np.int64), chat=whole, stage=whole, agent=whole, turn=whole,
        until_s=real, mark_s=real, happened=room_for(0, 0), gone_s=real, estimate_s=real, balked=flags,
        resolved=flags, clock_s=real.reshape(0, 0, 0),
        **{name: column.reshape(0, 0) for name, column in of_team.items()},
    )  # fmt: skip


@inner
def enter(centre: Centre, states: Entered, r: int, first: int, first_turn: int, n_customers: int) -> None:
    """Begin the r-th run from its state; its chats are drawn from row *first* on, as its turns."""
    c, now = by_address(centre), states.now_s[r]
    rule_pages(c, n_customers)
    c.state[0].page = int(min(now * c.state[0].pages_per_s, float(ROWS)))
    recall(c, states, first, first_turn)
    for row in range(n_customers, len(c.chats)):
        announce(c, c.chat_cold[row].arrival_s, ARRIVAL, row, now)
    skip_what_is_over(c, now, n_customers)
    for agent in range(len(c.agents)):
        c.agents[agent].on_duty, c.agents[agent].leaving = states.on_duty[r, agent], states.leaving[r, agent]
        c.agents[agent].idle_since = states.idle_since[r, agent]
        c.shares[agent].span, c.shares[agent].since_s = states.span[r, agent], states.since_s[r, agent]
        for q in range(len(c.queues)):
            c.clock_s[agent, q] = states.clock_s[r, agent, q]
    for q in range(len(c.queues)):
        c.queues[q].chosen_last = states.chosen_last[r, q]
        c.queues[q].last_wait_s = states.last_wait_s[r, q]
    for k in range(states.first[r], states.first[r + 1]):
        go_on(c, states, k, now)
    for k in range(len(c.agents)):
        agent = states.by_idle[r, k]
        if c.agents[agent].on_duty and c.agents[agent].n_open < c.agents[agent].slots:
            seat(c, agent)
        if c.shares[agent].n_work > 0:
            announce_finish(c, agent, c.shares[agent].since_s)


@inner
def recall(c: Centre, states: Entered, first: int, first_turn: int) -> None:
    """Write down what has happened."""
    happened = states.happened
    for row in range(len(c.chats)):
        k = first + row
        c.chat_cold[row].arrival_s, c.chat_cold[row].outcome = happened.arrival_s[k], happened.outcome[k]
        c.chat_cold[row].accepted_s, c.chat_cold[row].ended_s = happened.accepted_s[k], happened.ended_s[k]
        c.chat_cold[row].released_s = happened.released_s[k]
        c.chats[row].agent, c.chats[row].queued = happened.agent[k], happened.queued[k]
        c.chats[row].open_chats = happened.open_chats[k]
        if happened.outcome[k] == LEFT and not np.isnan(happened.ended_s[k]):
            c.chats[row].customer = LEFT_ALREADY
        if c.state[0].has_fates:
            c.chat_rare[row].gone_s, c.chat_rare[row].estimate_s = states.gone_s[k], states.estimate_s[k]
            c.chat_rare[row].balked, c.chat_rare[row].resolved = states.balked[k], states.resolved[k]
            if not np.isnan(states.gone_s[k]):
                c.chats[row].customer = GONE
    for turn in range(len(c.turns)):
        k = first_turn + turn
        c.turns[turn].message_s, c.turns[turn].start_s = happened.message_s[k], happened.start_s[k]
        if not np.isnan(happened.reply_s[k]):
            c.turns[turn].reply_s = happened.reply_s[k]


@inner
def skip_what_is_over(c: Centre, now: float, n_customers: int) -> None:
    """Leave behind who has arrived, and the duty and outages that have begun or ended."""
    row, duty = 0, 0
    while row < n_customers and c.chat_cold[row].arrival_s < now:
        row += 1
    while duty < len(c.duty) and c.duty[duty].time_s < now:
        duty += 1
    c.state[0].first_customer, c.state[0].first_duty = row, duty
    for k in range(len(c.troubles)):
        if c.troubles[k].factor == np.inf and c.troubles[k].begins_s < now <= c.troubles[k].over_s:
            c.state[0].is_down = True


@inner
def announce(c: Centre, time_s: float, order: int, row: int, now: float) -> None:
    """Announce an event again, unless it has been, or never is."""
    if now <= time_s < np.inf:
        push(c, time_s, order, row)


@inner
def go_on(c: Centre, states: Entered, k: int, now: float) -> None:
    """Let a chat go on from its stage."""
    row, stage, agent, until_s = states.chat[k], states.stage[k], states.agent[k], states.until_s[k]
    c.chats[row].turn = c.turn_offset[row] - c.turn_offset[0] + states.turn[k]
    if agent >= 0:
        c.chats[row].agent = agent
        c.agents[agent].n_open += 1
    if stage in (WAITING, COMING):
        arrival_s, q = c.chat_cold[row].arrival_s, c.chats[row].queue
        announce(c, arrival_s + c.queues[q].max_wait_s, OVERFLOW, row, now)
        announce(c, arrival_s + c.chat_cold[row].patience_s, PATIENCE, row, now)
    elif stage in (INBOX, COMPOSING):
        be_patient_still(c, row, now)
    if ENDS[stage] > 0:
        announce(c, until_s, ENDS[stage], row, now)
    if stage == WAITING:
        join_line(c, row)
    elif stage == COMING:
        c.chats[row].coming = True
    elif stage == INBOX:
        line_up(c, agent, row)
    elif stage == COMPOSING:
        c.turns[c.chats[row].turn].reply_s = until_s + c.state[0].deliver_s  # R43
        c.agents[agent].attending = True
    elif stage == WRAP_UP:
        q = c.chats[row].queue
        if c.queues[q].by_turns and c.queues[q].wrap_up_attention:
            c.agents[agent].attending = True
    elif stage == WORKED_ON:
        c.chat_cold[row].mark_s = states.mark_s[k]
        c.work_row[agent, c.shares[agent].n_work] = row
        c.shares[agent].n_work += 1


@inner
def be_patient_still(c: Centre, row: int, now: float) -> None:
    """Announce again the end of a customer's patience with a reply (R21)."""
    if c.state[0].patient and c.queues[c.chats[row].queue].patient and c.chats[row].customer == HERE:
        turn = c.chats[row].turn
        announce(c, c.turns[turn].message_s + c.reply_patience_s[turn], REPLY_PATIENCE, row, now)
