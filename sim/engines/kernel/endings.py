"""How does a chat end, and does its customer come again? By the last reply, or by what may come before."""

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, inner
from sim.engines.kernel.calendar import push
from sim.engines.kernel.inbox import attend_next, turn_to_next, withdraw
from sim.engines.kernel.line import end_wait
from sim.engines.kernel.pace import end_of, time_of
from sim.engines.kernel.records import GONE, HERE, LEFT_ALREADY, UNANSWERED, Centre
from sim.engines.kernel.slots import free_slot, release, stop
from sim.engines.kernel.work import end_work
from sim.rules import Order, Outcome

MESSAGE, WRAP_UP, PATIENCE = int(Order.MESSAGE), int(Order.WRAP_UP), int(Order.PATIENCE)
TIMEOUT, CLOSE, ARRIVAL = int(Order.TIMEOUT), int(Order.CLOSE), int(Order.ARRIVAL)
SERVED, ABANDONED, SILENT = int(Outcome.SERVED), int(Outcome.ABANDONED), int(Outcome.SILENT)
LEFT, TIMED_OUT = int(Outcome.LEFT), int(Outcome.TIMED_OUT)
OFFLINE, OVERFLOWED = int(Outcome.OFFLINE), int(Outcome.OVERFLOWED)


@inlined
def reply(c: Centre, row: int, now: float) -> None:
    """End a reply: the customer's turn (R15), or the end of the conversation (R16)."""
    turn, agent = c.chats[row].turn, c.chats[row].agent
    if c.chats[row].customer != HERE:
        reply_to_nobody(c, row, now)
        return
    goes_on = turn + 1 < c.chats[row].end_turn
    if goes_on or not c.queues[c.chats[row].queue].wrap_up_attention:
        attend_next(c, agent, now)
    if goes_on:
        c.chats[row].turn = turn + 1
        deliver_s, timeout_s = c.state[0].deliver_s, c.queues[c.chats[row].queue].idle_timeout_s
        away_s = deliver_s + c.turns[turn].customer_s + deliver_s  # R42
        if away_s > timeout_s:
            push(c, now + timeout_s, TIMEOUT, row)  # R23
        else:
            push(c, now + away_s, MESSAGE, row)
    else:
        end_conversation(c, row, now)


@inner
def reply_to_nobody(c: Centre, row: int, now: float) -> None:
    """End a reply whose customer has left: in vain (R21), or not noticed yet (R22)."""
    agent = c.chats[row].agent
    if c.chats[row].customer == LEFT_ALREADY:
        release(c, row, now)
        turn_to_next(c, agent, now)
    else:
        turn_to_next(c, agent, now)
        hold_s = min(c.chat_rare[row].detect_s, c.queues[c.chats[row].queue].idle_timeout_s)
        push(c, now + hold_s, CLOSE, row)


@inlined
def end_conversation(c: Centre, row: int, now: float) -> None:
    """Begin the wrap-up (R16, R18)."""
    c.chat_cold[row].ended_s = now
    if c.state[0].judges:
        resolve(c, row, now)
    wrap_up_s = c.chat_cold[row].wrap_up_s
    if c.state[0].differs:
        wrap_up_s = time_of(c, c.chats[row].agent, wrap_up_s, now)
    push(c, end_of(c, now, wrap_up_s), WRAP_UP, row)


@inner
def resolve(c: Centre, row: int, now: float) -> None:
    """Note whether a conversation resolved what its customer came for; they may come again (R28)."""
    n_replies = max(c.turn_offset[row + 1] - c.turn_offset[row], 1)
    others = c.chats[row].open_chats / n_replies - 1
    resolution = c.state[0].resolution - c.state[0].multitasking * others
    c.chat_rare[row].resolved = c.chat_rare[row].resolve_u < resolution
    if not c.chat_rare[row].resolved and c.chat_rare[row].returns:
        come_again(c, row, now + c.chat_rare[row].return_delay_s)


@inlined
def end_wrap_up(c: Centre, row: int, now: float) -> None:
    """Free the slot, and then the attention if the wrap-up had it."""
    agent = c.chats[row].agent
    c.chat_cold[row].outcome = SERVED
    c.chat_cold[row].released_s = now
    free_slot(c, agent, now)
    if c.queues[c.chats[row].queue].wrap_up_attention:
        attend_next(c, agent, now)


@inner
def finish(c: Centre, row: int, now: float) -> None:
    """End the work of a chat, if the announcement still holds."""
    agent = c.chats[row].agent
    if c.shares[agent].next_finish == row and c.shares[agent].next_finish_s == now:
        end_work(c, agent, row, now)
        end_conversation(c, row, now)


@inner
def give_up(c: Centre, row: int, order: int, now: float) -> None:
    """Let a chat that still waits leave (R4), or its customer without it (R20)."""
    coming = c.chats[row].coming
    if not (c.chats[row].waiting or coming):
        return
    if order == PATIENCE and c.state[0].has_fates and c.chat_rare[row].silent:
        c.chats[row].customer = GONE
        c.chat_rare[row].gone_s = now
        c.chat_cold[row].outcome = SILENT
        go_wrong(c, row, now)
        return
    c.chat_cold[row].ended_s = now
    if c.chats[row].customer == HERE:
        c.chat_cold[row].outcome = ABANDONED if order == PATIENCE else OVERFLOWED
        go_wrong(c, row, now)
    if coming:
        stop(c, row, now)
    else:
        end_wait(c, row)


@inner
def go_wrong(c: Centre, row: int, now: float) -> None:
    """Let the customer of a chat that has just gone wrong, as its outcome says, maybe try again (R27)."""
    if c.state[0].has_fates and c.chat_rare[row].retries:
        retry(c, row, now)


@inner
def retry(c: Centre, row: int, now: float) -> None:
    """Let the customer of a chat try again, if it went wrong in a way after which they do (R27)."""
    q, way, from_s = c.chats[row].queue, c.chat_cold[row].outcome, now
    if way == LEFT and c.chats[row].turn == c.turn_offset[row] - c.turn_offset[0]:
        way = UNANSWERED
    if way == OFFLINE and c.queues[q].from_opening:
        from_s = np.inf  # NOTE: as it arrived, openings that have ended were left behind
        if c.state[0].opening < len(c.opening_s):
            from_s = c.opening_s[c.state[0].opening, 0]
    if (c.queues[q].retry_after >> way) & 1:
        come_again(c, row, from_s + c.chat_rare[row].retry_delay_s)


@inner
def come_again(c: Centre, row: int, arrival_s: float) -> None:
    """Let the customer of a chat make their next attempt (R29)."""
    if arrival_s < c.state[0].horizon_s:
        attempt = c.chat_rare[row].next_row
        c.chat_cold[attempt].arrival_s = arrival_s
        push(c, arrival_s, ARRIVAL, attempt)


@inner
def lose_patience(c: Centre, row: int, now: float) -> None:
    """Let a customer who still waits for a reply leave (R21), maybe without a signal (R22)."""
    turn = c.chats[row].turn
    # What was announced for an earlier turn is over, unless this one's patience ends now as well.
    is_due = c.turns[turn].message_s + c.reply_patience_s[turn] <= now and np.isnan(c.chat_cold[row].ended_s)
    if c.chats[row].customer != HERE or not is_due:
        return
    c.chat_cold[row].outcome = LEFT
    go_wrong(c, row, now)
    if c.state[0].has_fates and c.chat_rare[row].silent:
        c.chats[row].customer = GONE
        c.chat_rare[row].gone_s = now
        return
    c.chats[row].customer = LEFT_ALREADY
    c.chat_cold[row].ended_s = now
    if np.isnan(c.turns[turn].start_s):
        withdraw(c, row)
        release(c, row, now)


@inner
def close(c: Centre, row: int, now: float) -> None:
    """Let an agent close a chat whose customer is gone."""
    c.chat_cold[row].ended_s = now
    release(c, row, now)


@inner
def time_out(c: Centre, row: int, now: float) -> None:
    """Let an agent close a chat whose customer has been quiet for too long (R23)."""
    c.chat_cold[row].outcome = TIMED_OUT
    go_wrong(c, row, now)
    close(c, row, now)
