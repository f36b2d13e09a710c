"""How much of what was going on, and when? Times and levels within planning intervals, as compiled loops.

Chats are counted where they arrive; agents' time and the queue are measured where they happen, within the
window from the warm-up's end to the horizon. A *label* tells apart whose time it is (a queue of a run, a
group of a run); results have the shape (n_labels, n_intervals). A span whose start or end is NaN did not
happen and counts for nothing. Turns, by far the most numerous spans, are gone through once, and what they
come to for their chat is noted on the way.

All loops stand in this one file because the compiler's cache sees changes of the file that it compiles, not
of others that it calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Flags, Floats, Ints
from sim.compiled import compiled, inner
from sim.log.chatlog import Centre
from sim.rules import NO_AGENT, Outcome

# The compiler takes globals for constants.
NONE, NOBODY = -1, int(NO_AGENT)
"""No span, and no agent."""
SERVED, SILENT, ABANDONED = int(Outcome.SERVED), int(Outcome.SILENT), int(Outcome.ABANDONED)


class ChatRows(NamedTuple):
    """Chats of some runs, one below the other."""

    queue: Ints
    group: Ints
    """Where the agent belongs who accepted, numbered through all runs; any of its run where none did."""
    line: Ints
    """Queue, numbered through all runs."""
    outcome: Ints
    agent: Ints
    queued: Flags
    measured: Flags
    """Whether it arrived after the warm-up."""
    arrival_s: Floats
    accepted_s: Floats
    ended_s: Floats
    released_s: Floats
    first_reply_s: Floats
    answered: Flags
    """Whether an agent replied to the customer, maybe nobody knows when."""
    left_s: Floats
    """When the customer left, if they did: a reply to their last message is said to nobody. NaN if not."""
    entered_s: Floats
    """When it entered the queue: at its arrival, but for a bot or a form."""


class LegRows(NamedTuple):
    """Times that agents hold chats."""

    chat: Ints
    group: Ints
    """Numbered through all runs."""
    who: Ints
    """The agent, likewise."""
    accepted_s: Floats
    ended_s: Floats
    released_s: Floats


class TurnRows(NamedTuple):
    """Their turns; those of chat i stand at ``offset[i]`` to ``offset[i + 1]``."""

    offset: Ints
    message_s: Floats
    start_s: Floats
    reply_s: Floats


class TurnTotals(NamedTuple):
    """What turns come to, a row each for the chats."""

    n_messages: Ints
    """All messages but the agent's replies: the customer's, those that nobody answered too."""
    n_sent: Ints
    """Agent's replies, those to a customer who was gone too."""
    n_replies: Ints
    """Replies that the customer got."""
    response_s: Floats
    """Sum of the chat's responses: message in the inbox to its reply."""
    composing_s: Floats


class TimeTotals(NamedTuple):
    """Time spent on chats; shape (n_labels, n_intervals), labels being groups, or queues for the last."""

    composing_s: Floats
    wrap_up_s: Floats
    """Wrapping up with attention."""
    held_s: Floats
    """In slots."""
    wasted_s: Floats
    """In slots, the customer being gone."""
    waiting_s: Floats


class AgentsTime(NamedTuple):
    """What agents' time went into; shape (n_labels, n_intervals), labels being groups.

    In the order of the columns of :class:`sim.kpis.loops.Column` from `DUTY_S` on, where it says more.
    """

    duty_s: Floats
    duty_h: Floats
    slot_s: Floats
    busy_s: Floats
    chat_s: Floats
    attention_s: Floats
    attentive_s: Floats
    overrun_s: Floats
    log_offs: Floats
    wasted_s: Floats
    speed_s: Floats
    planned_s: Floats
    absent_s: Floats
    late_s: Floats
    paid_h: Floats
    shrunk_h: Floats


class DutyRows(NamedTuple):
    """Spans of duty of some runs, one below the other, and the agents."""

    first: Ints
    """Those of the r-th run stand at ``first[r]`` to ``first[r + 1]``."""
    agent: Ints
    on_s: Floats
    off_s: Floats
    out_s: Floats
    group: Ints
    """Of each agent."""
    slots: Ints
    """Of each agent."""


class LostRows(NamedTuple):
    """Spans that were planned and not worked, likewise."""

    first: Ints
    agent: Ints
    on_s: Floats
    off_s: Floats
    late: Flags


class GroupRules(NamedTuple):
    """Of each group: whether it serves by turns, and the share of paid time that is planned to be worked."""

    attentive: Flags
    worked: Floats


class ChatCells(NamedTuple):
    """Where chats of some runs belong, a row each."""

    interval: NDArray[np.int32]
    """Within its run, and so are group and queue."""
    group: NDArray[np.int32]
    queue: NDArray[np.int32]
    run: Ints
    interval_cell: Ints
    """Numbered through all runs, and so are those that follow."""
    group_cell: Ints
    queue_cell: Ints
    measured: Flags


def room_for_cells(n: int) -> ChatCells:
    """Room for *n* chats."""
    within = [np.empty(n, dtype=np.int32) for _ in range(3)]
    overall = [np.empty(n, dtype=np.int64) for _ in range(4)]
    return ChatCells(
        interval=within[0],
        group=within[1],
        queue=within[2],
        run=overall[0],
        interval_cell=overall[1],
        group_cell=overall[2],
        queue_cell=overall[3],
        measured=np.empty(n, dtype=np.bool_),
    )


class Samples(NamedTuple):
    """Some chats or turns: the row of the chat, and a value."""

    chat: Ints
    value: Floats

    def first(self, n: int) -> Samples:
        """Leave *n* of them."""
        return Samples(self.chat[:n], self.value[:n])


def room_to_note(n: int) -> Samples:
    """Room for *n*."""
    return Samples(np.empty(n, dtype=np.int64), np.empty(n))


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a run that is measured by itself: who arrives in it, and what passes in it."""

    start_s: float
    """Seconds since the first midnight ..."""
    end_s: float
    """... up to which it lasts."""
    n: int = 1
    """Intervals of like length that it has; it is one day."""


def edges(centre: Centre, window: Window | None = None) -> Floats:
    """Edges of all planning intervals, shape (n_intervals + 1,); those in the warm-up have no width.

    Of a *window* they are those of its own intervals.
    """
    if window is not None:
        return np.linspace(max(window.start_s, centre.warm_up_s), window.end_s, window.n + 1)
    return np.asarray(np.maximum(centre.cells.edges_s, centre.warm_up_s), dtype=np.float64)


def intervals(times_s: Floats, edges_s: Floats) -> Ints:
    """Interval of each time; the first of those before the edges, the last of those after them.

    >>> intervals(np.array([4.0, 10.0, 25.0]), np.array([0.0, 10.0, 20.0]))
    array([0, 1, 1])
    """
    found = np.empty(len(times_s), dtype=np.int64)
    _find(times_s, edges_s, found)
    return found


def time_within(
    label: Ints, n_labels: int, start_s: Floats, end_s: Floats, edges_s: Floats, weight: Floats | None = None
) -> Floats:
    """Time that the spans [start, end] of each label spend in each interval, weighted and added up.

    >>> label, edges_s = np.array([0, 0]), np.array([0.0, 10.0, 20.0])
    >>> time_within(label, 1, np.array([0.0, 5.0]), np.array([12.0, np.inf]), edges_s)
    array([[15., 12.]])
    """
    total = np.zeros((n_labels, len(edges_s) - 1))
    weights = np.ones(len(start_s)) if weight is None else weight
    _add_spans(label, start_s, end_s, weights, edges_s, total)
    return total


def busy_time_within(
    label: Ints, n_labels: int, agent: Ints, start_s: Floats, end_s: Floats, edges_s: Floats
) -> Floats:
    """Time in which each label's agents have at least one chat: the union of each agent's spans, added up.

    No order of the spans is needed, but the nearer each agent's are to the order of time, the faster it is.
    """
    total = np.zeros((n_labels, len(edges_s) - 1))
    n = len(start_s)
    latest = np.full(int(agent.max(initial=NONE)) + 1, NONE)
    busy_s, free_s, before = np.empty(n), np.empty(n), np.empty(n, dtype=np.int64)
    _add_busy(agent, start_s, end_s, label, edges_s, latest, busy_s, free_s, before, total)
    return total


def peak_within(label: Ints, n_labels: int, start_s: Floats, end_s: Floats, edges_s: Floats) -> Floats:
    """Highest number of spans of each label open at once in each interval; 0 for one without width.

    A span that ends when another begins is not open beside it.

    >>> label, edges_s = np.array([0, 0]), np.array([0.0, 10.0, 20.0])
    >>> peak_within(label, 1, np.array([0.0, 5.0]), np.array([12.0, 8.0]), edges_s)
    array([[2., 1.]])
    """
    peak = np.zeros((n_labels, len(edges_s) - 1))
    by_start, by_end = np.lexsort((start_s, label)), np.lexsort((end_s, label))
    firsts = np.searchsorted(label[by_start], np.arange(n_labels + 1))
    _raise_peaks(firsts, start_s[by_start], end_s[by_end], edges_s, peak)
    return peak


@inner
def _interval(time_s: float, edges_s: Floats, near: int) -> int:
    """Interval of a time: the one *near*, or by division, mended where it rounds or warm-up has no width."""
    if edges_s[near] <= time_s < edges_s[near + 1]:
        return near
    n = len(edges_s) - 1
    i = min(max(int(time_s * (n / edges_s[n])), 0), n - 1)
    while i > 0 and edges_s[i] > time_s:
        i -= 1
    while i < n - 1 and edges_s[i + 1] <= time_s:
        i += 1
    return i


@compiled
def _find(times_s: Floats, edges_s: Floats, found: Ints) -> None:
    """Find the interval of each time."""
    near = 0
    for k in range(len(times_s)):
        near = _interval(times_s[k], edges_s, near)
        found[k] = near


@compiled
def locate(
    first_chat: Ints, queue: Ints, agent: Ints, arrival_s: Floats, group: Ints,
    n_queues: int, n_groups: int, warm_up_s: float, until_s: float, edges_s: Floats, places: ChatCells,
) -> None:  # fmt: skip
    """Say where chats belong; *group* is that of each agent. From *until_s* on nobody is measured."""
    near, n_intervals = 0, len(edges_s) - 1
    for run in range(len(first_chat) - 1):
        for i in range(first_chat[run], first_chat[run + 1]):
            near = _interval(arrival_s[i], edges_s, near)
            mine = 0 if agent[i] == NOBODY else group[agent[i]]
            places.interval[i], places.group[i], places.queue[i] = near, mine, queue[i]
            places.run[i] = run
            places.interval_cell[i] = run * n_intervals + near
            places.group_cell[i], places.queue_cell[i] = run * n_groups + mine, run * n_queues + queue[i]
            places.measured[i] = warm_up_s <= arrival_s[i] < until_s


@inner
def _add_span(row: Floats, start_s: float, end_s: float, weight: float, edges_s: Floats, near: int) -> int:
    """Add one span's time to a row of intervals; return the interval of its start, *near* which it may be."""
    if edges_s[near] <= start_s < end_s <= edges_s[near + 1]:
        row[near] += weight * (end_s - start_s)
        return near
    return _spread(row, start_s, end_s, weight, edges_s, near)


@inner
def _spread(row: Floats, start_s: float, end_s: float, weight: float, edges_s: Floats, near: int) -> int:
    """Add a span that began elsewhere, or lasts longer than an interval."""
    n = len(edges_s) - 1
    if not start_s < end_s:
        return near
    low, high = max(start_s, edges_s[0]), min(end_s, edges_s[n])
    if low >= high:
        return near
    first = _interval(low, edges_s, near)
    i = first
    while i < n and edges_s[i] < high:
        row[i] += weight * (min(high, edges_s[i + 1]) - max(low, edges_s[i]))
        i += 1
    return first


@compiled
def _add_spans(
    label: Ints, start_s: Floats, end_s: Floats, weight: Floats, edges_s: Floats, total: Floats
) -> None:
    """Add all spans' time."""
    near = 0
    for k in range(len(start_s)):
        near = _add_span(total[label[k]], start_s[k], end_s[k], weight[k], edges_s, near)


@compiled
def follow_turns(
    turns: TurnRows,
    chats: ChatRows,
    edges_s: Floats,
    deliver_s: float,
    talk: TurnTotals,
    composing_s: Floats,
    responses: Samples,
) -> int:
    """Go once through all turns, fill the *talk* of their chats and add up the time *composing_s*.

    A reply takes *deliver_s* to its customer, and by then its agent is done with it. Responses of measured
    chats are noted; their number is returned.
    """
    near, n = 0, 0
    for chat in range(len(turns.offset) - 1):
        n_messages, n_sent, n_replies, sum_s, composed_s = 0, 0, 0, 0.0, 0.0
        mine_s, is_measured = composing_s[chats.group[chat]], chats.measured[chat]
        is_gone, end = not np.isnan(chats.left_s[chat]), turns.offset[chat + 1]
        for turn in range(turns.offset[chat], end):
            start_s, reply_s = turns.start_s[turn], turns.reply_s[turn]
            if np.isnan(turns.message_s[turn]):
                break
            n_messages += 1
            if np.isnan(reply_s):
                break
            near = _add_span(mine_s, start_s, reply_s - deliver_s, 1.0, edges_s, near)
            n_sent += 1
            composed_s += reply_s - deliver_s - start_s
            if is_gone and (turn + 1 == end or np.isnan(turns.message_s[turn + 1])):
                break
            response_s = reply_s - turns.message_s[turn]
            if is_measured:
                responses.chat[n], responses.value[n] = chat, response_s
                n += 1
            n_replies += 1
            sum_s += response_s
        talk.n_messages[chat], talk.n_sent[chat], talk.n_replies[chat] = n_messages, n_sent, n_replies
        talk.response_s[chat], talk.composing_s[chat] = sum_s, composed_s
    return n


@compiled
def follow_chats(chats: ChatRows, edges_s: Floats, waiting_s: Floats) -> None:
    """Add up the time that chats spend waiting."""
    waiting = 0
    for i in range(len(chats.queue)):
        if chats.queued[i]:
            until_s = waited_until(chats.agent[i], chats.outcome[i], chats.accepted_s[i], chats.ended_s[i])
            line_s = waiting_s[chats.line[i]]
            waiting = _add_span(line_s, chats.entered_s[i], until_s, 1.0, edges_s, waiting)


@compiled
def follow_legs(legs: LegRows, chats: ChatRows, attention: Flags, edges_s: Floats, spent: TimeTotals) -> None:
    """Add up the time that chats spend in slots; *attention*: which queues' wrap-up takes it."""
    held = wrapping = wasted = 0
    for k in range(len(legs.chat)):
        i, group = legs.chat[k], legs.group[k]
        accepted_s, ended_s, released_s = legs.accepted_s[k], legs.ended_s[k], legs.released_s[k]
        held = _add_span(spent.held_s[group], accepted_s, released_s, 1.0, edges_s, held)
        if attention[chats.queue[i]] and chats.outcome[i] == SERVED:
            wrapping = _add_span(spent.wrap_up_s[group], ended_s, released_s, 1.0, edges_s, wrapping)
        if not np.isnan(chats.left_s[i]):
            gone_s = max(accepted_s, chats.left_s[i])
            wasted = _add_span(spent.wasted_s[group], gone_s, released_s, 1.0, edges_s, wasted)


@compiled
def follow_duty(
    duty: DutyRows, lost: LostRows, rules: GroupRules, speed: Floats, day_s: Floats, edges_s: Floats,
    spent: TimeTotals, time: AgentsTime,
) -> None:  # fmt: skip
    """Add up the time of agents, all but the time with chats.

    *speed* has the shape (n_runs, n_agents, days), or (0, 0, 0) where all are alike; *day_s* says when each
    agent's days begin, shape (n_agents, days).
    """
    near, n_groups = 0, len(rules.attentive)
    for run in range(len(duty.first) - 1):
        for k in range(duty.first[run], duty.first[run + 1]):
            agent, on_s, off_s, out_s = duty.agent[k], duty.on_s[k], duty.off_s[k], duty.out_s[k]
            label = run * n_groups + duty.group[agent]
            near = _add_span(time.duty_s[label], on_s, out_s, 1.0, edges_s, near)
            near = _add_span(time.slot_s[label], on_s, out_s, float(duty.slots[agent]), edges_s, near)
            near = _add_span(time.planned_s[label], on_s, off_s, 1.0, edges_s, near)
            if edges_s[0] <= off_s < edges_s[-1]:
                near = _interval(off_s, edges_s, near)
                time.overrun_s[label, near] += min(out_s, edges_s[-1]) - off_s
                time.log_offs[label, near] += 1.0
    for run in range(len(lost.first) - 1):
        for k in range(lost.first[run], lost.first[run + 1]):
            grid = time.late_s if lost.late[k] else time.absent_s
            label = run * n_groups + duty.group[lost.agent[k]]
            near = _add_span(grid[label], lost.on_s[k], lost.off_s[k], 1.0, edges_s, near)
    _add_speeds(duty, n_groups, speed, day_s, edges_s, time.speed_s)
    for label in range(len(time.duty_s)):
        attentive, worked = rules.attentive[label % n_groups], rules.worked[label % n_groups]
        for i in range(len(edges_s) - 1):
            duty_s, late_s, absent_s = time.duty_s[label, i], time.late_s[label, i], time.absent_s[label, i]
            planned_s = time.planned_s[label, i] + (late_s + absent_s)
            paid_h = planned_s / worked / 3600
            time.duty_h[label, i] = duty_s / 3600
            time.attention_s[label, i] = spent.composing_s[label, i] + spent.wrap_up_s[label, i]
            time.attentive_s[label, i] = duty_s if attentive else 0.0
            time.planned_s[label, i], time.paid_h[label, i] = planned_s, paid_h
            time.shrunk_h[label, i] = paid_h - (planned_s - late_s - absent_s) / 3600
            if not len(speed):
                time.speed_s[label, i] = duty_s


@inner
def _add_speeds(
    duty: DutyRows, n_groups: int, speed: Floats, day_s: Floats, edges_s: Floats, total: Floats
) -> None:
    """Add duty times the speed of the agent on the day."""
    near, days = 0, day_s.shape[1]
    for day in range(days):
        for run in range(len(speed)):
            for k in range(duty.first[run], duty.first[run + 1]):
                agent = duty.agent[k]
                end_s = day_s[agent, day + 1] if day + 1 < days else np.inf
                on_s, out_s = max(duty.on_s[k], day_s[agent, day]), min(duty.out_s[k], end_s)
                row = total[run * n_groups + duty.group[agent]]
                near = _add_span(row, on_s, out_s, speed[run, agent, day], edges_s, near)


@inner
def waited_until(agent: int, outcome: int, accepted_s: float, ended_s: float) -> float:
    """When a chat that waited stopped waiting: infinite if never, NaN if nobody knows."""
    if agent != NOBODY:
        return accepted_s
    return np.inf if np.isnan(ended_s) and outcome != ABANDONED else ended_s


@compiled
def note(chats: ChatRows, waits: Samples, first_replies: Samples, waiting: Samples, counts: Ints) -> None:
    """Note waits and first replies of measured chats, and until when those waited who did; count them."""
    n_waits = n_replies = n_waiting = 0
    for i in range(len(chats.queue)):
        if chats.queued[i]:
            until_s = waited_until(chats.agent[i], chats.outcome[i], chats.accepted_s[i], chats.ended_s[i])
            waiting.chat[n_waiting], waiting.value[n_waiting] = i, until_s
            n_waiting += 1
        if not chats.measured[i]:
            continue
        if chats.outcome[i] != SILENT and not np.isnan(chats.accepted_s[i]):
            waits.chat[n_waits], waits.value[n_waits] = i, chats.accepted_s[i] - chats.entered_s[i]
            n_waits += 1
        if not np.isnan(chats.first_reply_s[i]):
            first_replies.chat[n_replies] = i
            first_replies.value[n_replies] = chats.first_reply_s[i] - chats.arrival_s[i]
            n_replies += 1
    counts[0], counts[1], counts[2] = n_waits, n_replies, n_waiting


@compiled
def _add_busy(
    agent: Ints, start_s: Floats, end_s: Floats, label: Ints, edges_s: Floats,
    latest: Ints, busy_s: Floats, free_s: Floats, before: Ints, total: Floats,
) -> None:  # fmt: skip
    """Add the time of all agents' united spans; the row before the last is room to unite them."""
    _unite(agent, start_s, end_s, latest, busy_s, free_s, before)
    _add_unions(label, latest, busy_s, free_s, before, edges_s, total)


@inner
def _unite(
    agent: Ints, start_s: Floats, end_s: Floats, latest: Ints, busy_s: Floats, free_s: Floats, before: Ints
) -> None:
    """Unite each agent's spans.

    What is left are spans from `busy_s` to `free_s` that don't touch, each at the row of one of those united:
    an agent's latest is `latest[agent]`, and `before` leads from each to the one before.
    """
    for k in range(len(start_s)):
        if not start_s[k] < end_s[k]:
            continue
        low, high = start_s[k], end_s[k]
        after, span = NONE, latest[agent[k]]
        while span != NONE and busy_s[span] > high:
            after, span = span, before[span]
        while span != NONE and free_s[span] >= low:
            low, high = min(low, busy_s[span]), max(high, free_s[span])
            span = before[span]
        busy_s[k], free_s[k], before[k] = low, high, span
        if after == NONE:
            latest[agent[k]] = k
        else:
            before[after] = k


@inner
def _add_unions(
    label: Ints, latest: Ints, busy_s: Floats, free_s: Floats, before: Ints, edges_s: Floats, total: Floats
) -> None:
    """Add the time of all agents' united spans."""
    near = 0
    for agent in range(len(latest)):
        span = latest[agent]
        while span != NONE:
            near = _add_span(total[label[span]], busy_s[span], free_s[span], 1.0, edges_s, near)
            span = before[span]


@compiled
def _raise_peaks(firsts: Ints, start_s: Floats, end_s: Floats, edges_s: Floats, peak: Floats) -> None:
    """Sweep each label's starts and ends, both in order, and note the highest level of each interval."""
    n = len(edges_s) - 1
    for label in range(len(firsts) - 1):
        start, end, last = firsts[label], firsts[label], firsts[label + 1]
        level = 0
        for i in range(n):
            if edges_s[i] == edges_s[i + 1]:
                continue
            while end < last and end_s[end] <= edges_s[i]:
                level -= 1
                end += 1
            while start < last and start_s[start] < edges_s[i]:
                level += 1
                start += 1
            peak[label, i] = level
            while start < last and start_s[start] < edges_s[i + 1]:
                while end < last and end_s[end] <= start_s[start]:
                    level -= 1
                    end += 1
                level += 1
                start += 1
                peak[label, i] = max(peak[label, i], level)
            while end < last and end_s[end] < edges_s[i + 1]:
                level -= 1
                end += 1
