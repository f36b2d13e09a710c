"""What does a key figure add up? Rows of a log with the columns that figures are made of.

Each table says by which breakdowns its rows can be told apart; rows of chats that arrived in the warm-up are
left out, and time counts from its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from sim.log.chatlog import ChatLog
from sim.measure import timeline
from sim.world.rules import NO_AGENT, Outcome
from sim.world.units import DAY_S, Flags, Floats, Ints


class By(StrEnum):
    """Breakdowns of figures."""

    OVERALL = "overall"
    QUEUE = "queue"
    GROUP = "group"
    INTERVAL = "interval"
    DAY = "day"


@dataclass(frozen=True)
class ChatRows:
    """All chats offered, a row each."""

    cells: dict[By, Ints]
    outcome: Ints
    accepted: Flags
    answered: Flags
    queued: Flags
    wait_s: Floats
    """Time in the queue, however it ended; NaN while unfinished and for those who entered no queue."""
    threshold_s: float

    def ended(self, *outcomes: Outcome) -> Flags:
        """Whether a chat ended in one of the *outcomes*."""
        return np.isin(self.outcome, outcomes)

    @cached_property
    def entered(self) -> Flags:
        """Offered to the queue: not turned away before it."""
        return ~self.ended(Outcome.BLOCKED, Outcome.OFFLINE, Outcome.CONTAINED)

    @cached_property
    def abandoned(self) -> Flags:
        """Left the queue, known or not."""
        return self.ended(Outcome.ABANDONED, Outcome.SILENT)

    @cached_property
    def accepted_in_time(self) -> Flags:
        """Accepted within the threshold."""
        return self.accepted & (self.wait_s <= self.threshold_s)

    @cached_property
    def abandoned_in_time(self) -> Flags:
        """Abandoned within the threshold."""
        return self.abandoned & (self.wait_s <= self.threshold_s)

    @cached_property
    def waited(self) -> Flags:
        """Whether the time in the queue is known."""
        return ~np.isnan(self.wait_s)


@dataclass(frozen=True)
class HandledRows:
    """Chats that an agent accepted, a row each."""

    cells: dict[By, Ints]
    answered: Flags
    served: Flags
    by_turns: Flags
    wait_s: Floats
    frt_s: Floats
    """Arrival to first human reply; NaN without one."""
    duration_s: Floats
    handling_s: Floats
    composing_s: Floats
    """Attention it took: composing and wrapping up; NaN by work."""
    replies: Ints
    response_s: Floats
    """Mean response of the chat; NaN without one."""


@dataclass(frozen=True)
class TurnRows:
    """Replies, a row each."""

    cells: dict[By, Ints]
    response_s: Floats
    """The customer's message is in the inbox, to the reply."""


@dataclass(frozen=True)
class DutyRows:
    """Agents' time, a row for each group and planning interval."""

    cells: dict[By, Ints]
    duty_s: Floats
    slot_s: Floats
    busy_s: Floats
    """With at least one chat."""
    chat_s: Floats
    """Of chats in slots."""
    attention_s: Floats
    attentive_s: Floats
    """Duty of groups that serve by turns."""
    overrun_s: Floats
    """Of spans that ended in the interval."""
    n_log_offs: Floats


@dataclass(frozen=True)
class QueueRows:
    """Waiting, a row for each queue and planning interval."""

    cells: dict[By, Ints]
    waiting_s: Floats
    peak: Floats


@dataclass(frozen=True)
class Tables:
    """All tables of a log."""

    sizes: dict[By, int]
    chats: ChatRows
    handled: HandledRows
    turns: TurnRows
    duty: DutyRows
    queues: QueueRows
    window_s: Floats
    """Measured time of each planning interval."""
    peak: Floats
    """Most chats waiting in each planning interval, all queues together."""


def tables(log: ChatLog, threshold_s: float) -> Tables:
    """Tables of a *log*; service levels look at *threshold_s*."""
    centre = log.centre
    edges_s = timeline.edges(centre)
    n_intervals = len(edges_s) - 1
    measured = log.chat.arrival_s >= centre.warm_up_s
    interval = np.minimum(log.chat.arrival_s // centre.interval_s, n_intervals - 1).astype(np.int64)
    group = np.append(log.team.group, NO_AGENT)[log.chat.agent]
    cells = {
        By.QUEUE: log.chat.queue,
        By.GROUP: group,
        By.INTERVAL: interval,
        By.DAY: (interval * centre.interval_s // DAY_S).astype(np.int64),
    }
    handled = np.flatnonzero(measured & (log.chat.agent != NO_AGENT))
    queues, peak = _queue_rows(log, edges_s)
    return Tables(
        sizes={
            By.OVERALL: 1,
            By.QUEUE: len(centre.queues),
            By.GROUP: len(centre.groups),
            By.INTERVAL: n_intervals,
            By.DAY: centre.days,
        },
        chats=_chat_rows(log, np.flatnonzero(measured), cells, threshold_s),
        handled=_handled_rows(log, handled, cells),
        turns=_turn_rows(log, measured, cells),
        duty=_duty_rows(log, edges_s, group),
        queues=queues,
        window_s=np.diff(edges_s),
        peak=peak,
    )


def _picked(cells: dict[By, Ints], rows: Ints, *breakdowns: By) -> dict[By, Ints]:
    return {by: cells[by][rows] for by in breakdowns}


def _chat_rows(log: ChatLog, rows: Ints, cells: dict[By, Ints], threshold_s: float) -> ChatRows:
    chat = log.chat
    outcome = chat.outcome[rows]
    accepted = chat.agent[rows] != NO_AGENT
    left_s = np.where(accepted, chat.accepted_s[rows], chat.ended_s[rows])
    no_queue = np.isin(outcome, (Outcome.BLOCKED, Outcome.OFFLINE, Outcome.CONTAINED))
    return ChatRows(
        cells=_picked(cells, rows, By.QUEUE, By.INTERVAL, By.DAY),
        outcome=outcome,
        accepted=accepted,
        answered=~np.isnan(log.first_reply_s[rows]),
        queued=chat.queued[rows],
        wait_s=np.where(no_queue, np.nan, left_s - chat.arrival_s[rows]),
        threshold_s=threshold_s,
    )


def _handled_rows(log: ChatLog, rows: Ints, cells: dict[By, Ints]) -> HandledRows:
    chat, turn = log.chat, log.turn
    queue = chat.queue[rows]
    by_turns = np.array(log.centre.by_turns)[queue]
    replies = _chat_sums(turn.offset, (~np.isnan(turn.reply_s)).astype(np.float64))[rows]
    response_s = _chat_sums(turn.offset, np.nan_to_num(turn.reply_s - turn.message_s))[rows]
    composing_s = _chat_sums(turn.offset, np.nan_to_num(turn.reply_s - turn.start_s))[rows]
    wrap_up_s = np.nan_to_num(chat.released_s - chat.ended_s)[rows]
    attention = np.array(log.centre.wrap_up_attention)[queue]
    first_reply_s = log.first_reply_s[rows]
    return HandledRows(
        cells=_picked(cells, rows, By.QUEUE, By.GROUP, By.INTERVAL, By.DAY),
        answered=~np.isnan(first_reply_s),
        served=chat.outcome[rows] == Outcome.SERVED,
        by_turns=by_turns,
        wait_s=chat.accepted_s[rows] - chat.arrival_s[rows],
        frt_s=first_reply_s - chat.arrival_s[rows],
        duration_s=chat.ended_s[rows] - chat.accepted_s[rows],
        handling_s=chat.released_s[rows] - chat.accepted_s[rows],
        composing_s=np.where(by_turns, composing_s + np.where(attention, wrap_up_s, 0.0), np.nan),
        replies=replies.astype(np.int64),
        response_s=np.divide(response_s, replies, out=np.full(len(rows), np.nan), where=replies > 0),
    )


def _turn_rows(log: ChatLog, measured: Flags, cells: dict[By, Ints]) -> TurnRows:
    turn = log.turn
    chat = np.repeat(np.arange(len(measured)), np.diff(turn.offset))
    rows = np.flatnonzero(~np.isnan(turn.reply_s) & measured[chat])
    return TurnRows(
        cells=_picked(cells, chat[rows], By.QUEUE, By.GROUP, By.INTERVAL, By.DAY),
        response_s=turn.reply_s[rows] - turn.message_s[rows],
    )


def _duty_rows(log: ChatLog, edges_s: Floats, group_of_chat: Ints) -> DutyRows:
    n_groups, n_intervals = len(log.centre.groups), len(edges_s) - 1
    duty, team, chat, turn = log.duty, log.team, log.chat, log.turn
    group = team.group[duty.agent]

    def within(label: Ints, start_s: Floats, end_s: Floats, weight: Floats | None = None) -> Floats:
        return timeline.by_label(label, n_groups, start_s, end_s, edges_s, weight).ravel()

    duty_s = within(group, duty.on_s, duty.out_s)
    held = np.flatnonzero(chat.agent != NO_AGENT)
    busy_agent, busy_on_s, busy_off_s = timeline.busy_spans(
        chat.agent[held], chat.accepted_s[held], chat.released_s[held]
    )
    replied = np.flatnonzero(~np.isnan(turn.reply_s))
    replying = np.repeat(group_of_chat, np.diff(turn.offset))[replied]
    wrapping = held[np.array(log.centre.wrap_up_attention)[chat.queue[held]]]
    ended = np.flatnonzero((duty.off_s < np.inf) & (duty.off_s > edges_s[0]) & (duty.off_s <= edges_s[-1]))
    last = np.clip(np.searchsorted(edges_s, duty.off_s[ended], side="left") - 1, 0, n_intervals - 1)
    cell = group[ended] * n_intervals + last
    size = n_groups * n_intervals
    return DutyRows(
        cells=_grid_cells(By.GROUP, n_groups, log, n_intervals),
        duty_s=duty_s,
        slot_s=within(group, duty.on_s, duty.out_s, team.slots[duty.agent].astype(np.float64)),
        busy_s=within(team.group[busy_agent], busy_on_s, busy_off_s),
        chat_s=within(group_of_chat[held], chat.accepted_s[held], chat.released_s[held]),
        attention_s=within(replying, turn.start_s[replied], turn.reply_s[replied])
        + within(group_of_chat[wrapping], chat.ended_s[wrapping], chat.released_s[wrapping]),
        attentive_s=duty_s * np.repeat(np.array(log.centre.attentive), n_intervals),
        overrun_s=_sums(cell, duty.out_s[ended] - duty.off_s[ended], size),
        n_log_offs=_sums(cell, np.ones(len(cell)), size),
    )


def _queue_rows(log: ChatLog, edges_s: Floats) -> tuple[QueueRows, Floats]:
    chat, n_queues = log.chat, len(log.centre.queues)
    rows = np.flatnonzero(chat.queued)
    queue, start_s = chat.queue[rows], chat.arrival_s[rows]
    end_s = np.where(chat.agent[rows] == NO_AGENT, chat.ended_s[rows], chat.accepted_s[rows])
    end_s = np.where(np.isnan(end_s), np.inf, end_s)
    peaks = [timeline.peak_within(start_s[queue == q], end_s[queue == q], edges_s) for q in range(n_queues)]
    return (
        QueueRows(
            cells=_grid_cells(By.QUEUE, n_queues, log, len(edges_s) - 1),
            waiting_s=timeline.by_label(queue, n_queues, start_s, end_s, edges_s).ravel(),
            peak=np.concatenate(peaks),
        ),
        timeline.peak_within(start_s, end_s, edges_s),
    )


def _grid_cells(by: By, n: int, log: ChatLog, n_intervals: int) -> dict[By, Ints]:
    """Cells of a table with a row for each of *n* labels and each interval."""
    interval = np.tile(np.arange(n_intervals), n)
    day = (interval * log.centre.interval_s // DAY_S).astype(np.int64)
    return {by: np.repeat(np.arange(n), n_intervals), By.INTERVAL: interval, By.DAY: day}


def _sums(cell: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(cell, values, size).astype(np.float64)


def _chat_sums(offset: Ints, values: Floats) -> Floats:
    """Sums of turns' values by chat, shape (n_chats,)."""
    cumulated = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(cumulated[offset[1:]] - cumulated[offset[:-1]], dtype=np.float64)
