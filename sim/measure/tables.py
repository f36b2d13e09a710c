"""What does a key figure add up? Rows of logs with the columns that figures are made of.

Several runs of one centre are measured at once, which takes hardly longer than one: every row knows its run,
and a *cell* of a breakdown is a run's queue, group or interval. Rows of chats that arrived in the
warm-up are left out, and time counts from its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.compiled import compiled
from sim.log.chatlog import ChatLog
from sim.measure import timeline
from sim.world.rules import NO_AGENT, Outcome
from sim.world.units import Flags, Floats, Ints


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
        ended: Flags = np.logical_or.reduce([self.outcome == outcome for outcome in outcomes])
        return ended

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
    """Attention it took: composing and wrapping up; 0 by work."""
    replies: Ints
    waiting_s: Floats
    """Sum of the chat's responses."""
    response_s: Floats
    """Mean response of the chat; 0 without one."""


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
    """All tables of some runs."""

    n_runs: int
    sizes: dict[By, int]
    """Cells of each breakdown in one run."""
    chats: ChatRows
    handled: HandledRows
    turns: TurnRows
    duty: DutyRows
    queues: QueueRows
    window: WindowRows


@dataclass(frozen=True)
class WindowRows:
    """Measured time, a row for each run and planning interval."""

    cells: dict[By, Ints]
    window_s: Floats
    peak: Floats
    """Most chats waiting, all queues together."""


@dataclass(frozen=True)
class _Runs:
    """The logs of some runs of one centre, one below the other; agents and turns are numbered through."""

    logs: Sequence[ChatLog]

    @cached_property
    def n(self) -> int:
        return len(self.logs)

    def of(self, column: Callable[[ChatLog], Floats | Ints | Flags]) -> Any:
        """Give a column of all logs."""
        if self.n == 1:
            return column(self.logs[0])
        return np.concatenate([column(log) for log in self.logs])

    def run_of(self, column: Callable[[ChatLog], Floats | Ints]) -> Ints:
        """Give the run of each row of a column."""
        return np.repeat(np.arange(self.n), [len(column(log)) for log in self.logs])

    @cached_property
    def chat_run(self) -> Ints:
        return self.run_of(lambda log: log.chat.arrival_s)

    @cached_property
    def agent(self) -> Ints:
        """Agent of each chat, as its own log numbers him."""
        return np.asarray(self.of(lambda log: log.chat.agent))

    @cached_property
    def first_reply_s(self) -> Floats:
        return np.asarray(self.of(lambda log: log.first_reply_s))

    @cached_property
    def talk(self) -> _Talk:
        """Give what was said."""
        n_chats, n_turns = len(self.chat_run), sum(len(log.turn.reply_s) for log in self.logs)
        talk = _Talk(
            n_replies=np.zeros(n_chats, dtype=np.int64),
            waiting_s=np.zeros(n_chats),
            composing_s=np.zeros(n_chats),
            chat=np.empty(n_turns, dtype=np.int64),
            response_s=np.empty(n_turns),
            start_s=np.empty(n_turns),
            reply_s=np.empty(n_turns),
        )
        chat = n = 0
        for log in self.logs:
            turn = log.turn
            n = _listen(turn.offset, turn.message_s, turn.start_s, turn.reply_s, chat, n, *talk)
            chat += len(turn.offset) - 1
        return talk._replace(**{name: getattr(talk, name)[:n] for name in _Talk._fields[3:]})


class _Talk(NamedTuple):
    """What was said: first columns of chats, then columns of replies."""

    n_replies: Ints
    waiting_s: Floats
    """Sum of the chat's responses."""
    composing_s: Floats
    chat: Ints
    response_s: Floats
    start_s: Floats
    reply_s: Floats


@compiled
def _listen(
    offset: Ints,
    message_s: Floats,
    start_s: Floats,
    reply_s: Floats,
    first_chat: int,
    n: int,
    n_replies: Ints,
    waiting_s: Floats,
    composing_s: Floats,
    chat: Ints,
    response_s: Floats,
    started_s: Floats,
    replied_s: Floats,
) -> int:
    """Go once through a log's turns, fill the columns of `_Talk`, and return the number of replies so far."""
    for row in range(len(offset) - 1):
        for turn in range(offset[row], offset[row + 1]):
            if np.isnan(reply_s[turn]):
                break
            here = first_chat + row
            response_s[n] = reply_s[turn] - message_s[turn]
            chat[n], started_s[n], replied_s[n] = here, start_s[turn], reply_s[turn]
            n_replies[here] += 1
            waiting_s[here] += response_s[n]
            composing_s[here] += reply_s[turn] - start_s[turn]
            n += 1
    return n


def tables(logs: Sequence[ChatLog], threshold_s: float) -> Tables:
    """Tables of *logs* of one centre; service levels look at *threshold_s*."""
    runs, log = _Runs(logs), logs[0]
    centre = log.centre
    edges_s = timeline.edges(centre)
    n_intervals = len(edges_s) - 1
    sizes = {
        By.OVERALL: 1,
        By.QUEUE: len(centre.queues),
        By.GROUP: len(centre.groups),
        By.INTERVAL: n_intervals,
        By.DAY: centre.days,
    }
    arrival_s = runs.of(lambda log: log.chat.arrival_s)
    group = np.append(log.team.group, 0)[runs.agent]
    interval = np.minimum(arrival_s // centre.interval_s, n_intervals - 1).astype(np.int64)
    run = runs.chat_run
    cells = {
        By.OVERALL: run,
        By.QUEUE: run * sizes[By.QUEUE] + runs.of(lambda log: log.chat.queue),
        By.GROUP: run * sizes[By.GROUP] + group,
        By.INTERVAL: run * n_intervals + interval,
    }
    measured = arrival_s >= centre.warm_up_s
    queues, window = _queue_rows(runs, cells[By.QUEUE], edges_s)
    return Tables(
        n_runs=runs.n,
        sizes=sizes,
        chats=_chat_rows(runs, np.flatnonzero(measured), cells, threshold_s),
        handled=_handled_rows(runs, measured, cells),
        turns=_turn_rows(runs, measured, cells),
        duty=_duty_rows(runs, cells[By.GROUP], edges_s),
        queues=queues,
        window=window,
    )


def _picked(cells: dict[By, Ints], rows: Ints, *without: By) -> dict[By, Ints]:
    """Cells of some rows."""
    return {by: column[rows] for by, column in cells.items() if by not in without}


def _chat_rows(runs: _Runs, rows: Ints, cells: dict[By, Ints], threshold_s: float) -> ChatRows:
    outcome = runs.of(lambda log: log.chat.outcome)[rows]
    accepted = runs.agent[rows] != NO_AGENT
    accepted_s = runs.of(lambda log: log.chat.accepted_s)[rows]
    left_s = np.where(accepted, accepted_s, runs.of(lambda log: log.chat.ended_s)[rows])
    wait_s = left_s - runs.of(lambda log: log.chat.arrival_s)[rows]
    chats = ChatRows(
        cells=_picked(cells, rows, By.GROUP),
        outcome=outcome,
        accepted=accepted,
        answered=~np.isnan(runs.first_reply_s[rows]),
        queued=runs.of(lambda log: log.chat.queued)[rows],
        wait_s=wait_s,
        threshold_s=threshold_s,
    )
    wait_s[~chats.entered] = np.nan
    return chats


def _handled_rows(runs: _Runs, measured: Flags, cells: dict[By, Ints]) -> HandledRows:
    centre = runs.logs[0].centre
    rows = np.flatnonzero(measured & (runs.agent != NO_AGENT))
    queue = runs.of(lambda log: log.chat.queue)[rows]
    by_turns = np.array(centre.by_turns)[queue]
    attention = np.array(centre.wrap_up_attention)[queue]
    n_replies, waiting_s = runs.talk.n_replies[rows], runs.talk.waiting_s[rows]
    arrival_s, accepted_s, ended_s, released_s = (
        runs.of(lambda log, name=name: getattr(log.chat, name))[rows]  # type: ignore[misc]
        for name in ("arrival_s", "accepted_s", "ended_s", "released_s")
    )
    first_reply_s = runs.first_reply_s[rows]
    wrap_up_s = np.where(attention, released_s - ended_s, 0.0)
    return HandledRows(
        cells=_picked(cells, rows),
        answered=~np.isnan(first_reply_s),
        served=runs.of(lambda log: log.chat.outcome)[rows] == Outcome.SERVED,
        by_turns=by_turns,
        wait_s=accepted_s - arrival_s,
        frt_s=first_reply_s - arrival_s,
        duration_s=ended_s - accepted_s,
        handling_s=released_s - accepted_s,
        composing_s=np.where(by_turns, runs.talk.composing_s[rows] + wrap_up_s, 0.0),
        replies=n_replies,
        waiting_s=waiting_s,
        response_s=waiting_s / np.maximum(n_replies, 1),
    )


def _turn_rows(runs: _Runs, measured: Flags, cells: dict[By, Ints]) -> TurnRows:
    talk = runs.talk
    if runs.logs[0].centre.warm_up_s == 0:
        return TurnRows(cells=_picked(cells, talk.chat), response_s=talk.response_s)
    counted = measured[talk.chat]
    return TurnRows(cells=_picked(cells, talk.chat[counted]), response_s=talk.response_s[counted])


def _duty_rows(runs: _Runs, group_cell: Ints, edges_s: Floats) -> DutyRows:
    log, centre = runs.logs[0], runs.logs[0].centre
    n_agents, n_groups, n_intervals = len(log.team.group), len(centre.groups), len(edges_s) - 1
    n_labels = runs.n * n_groups
    agent = runs.of(lambda log: log.duty.agent)
    on_s, off_s, out_s = (
        runs.of(lambda log, name=name: getattr(log.duty, name))  # type: ignore[misc]
        for name in ("on_s", "off_s", "out_s")
    )
    label = runs.run_of(lambda log: log.duty.on_s) * n_groups + log.team.group[agent]
    duty_s = timeline.time_within(label, n_labels, on_s, out_s, edges_s)
    slots = log.team.slots[agent].astype(np.float64)
    ended = np.flatnonzero((off_s > edges_s[0]) & (off_s <= edges_s[-1]))
    last = np.clip(np.searchsorted(edges_s, off_s[ended], side="left") - 1, 0, n_intervals - 1)
    cell, size = label[ended] * n_intervals + last, n_labels * n_intervals
    attentive = np.tile(np.array(centre.attentive), runs.n)
    busy_s, chat_s = _held_time(runs, group_cell, n_labels, n_agents, edges_s)
    return DutyRows(
        cells=_grid_cells(By.GROUP, n_groups, runs.n, n_intervals),
        duty_s=duty_s.ravel(),
        slot_s=timeline.time_within(label, n_labels, on_s, out_s, edges_s, slots).ravel(),
        busy_s=busy_s.ravel(),
        chat_s=chat_s.ravel(),
        attention_s=_attention_time(runs, group_cell, n_labels, edges_s).ravel(),
        attentive_s=(duty_s * attentive[:, None]).ravel(),
        overrun_s=_sums(cell, out_s[ended] - off_s[ended], size),
        n_log_offs=_sums(cell, np.ones(len(cell)), size),
    )


def _held_time(
    runs: _Runs, group_cell: Ints, n_labels: int, n_agents: int, edges_s: Floats
) -> tuple[Floats, Floats]:
    """Time with at least one chat, and time of chats in slots, by group of a run."""
    held = np.flatnonzero(runs.agent != NO_AGENT)
    who = runs.chat_run[held] * n_agents + runs.agent[held]
    accepted_s = runs.of(lambda log: log.chat.accepted_s)[held]
    released_s = runs.of(lambda log: log.chat.released_s)[held]
    label = group_cell[held]
    return (
        timeline.busy_time_within(label, n_labels, who, accepted_s, released_s, edges_s),
        timeline.time_within(label, n_labels, accepted_s, released_s, edges_s),
    )


def _attention_time(runs: _Runs, group_cell: Ints, n_labels: int, edges_s: Floats) -> Floats:
    """Time composing or wrapping up, by group of a run."""
    talk = runs.talk
    composing = timeline.time_within(group_cell[talk.chat], n_labels, talk.start_s, talk.reply_s, edges_s)
    takes_attention = np.array(runs.logs[0].centre.wrap_up_attention)[runs.of(lambda log: log.chat.queue)]
    wrapped = np.flatnonzero(takes_attention & (runs.agent != NO_AGENT))
    ended_s = runs.of(lambda log: log.chat.ended_s)[wrapped]
    released_s = runs.of(lambda log: log.chat.released_s)[wrapped]
    return composing + timeline.time_within(group_cell[wrapped], n_labels, ended_s, released_s, edges_s)


def _queue_rows(runs: _Runs, queue_cell: Ints, edges_s: Floats) -> tuple[QueueRows, WindowRows]:
    centre, n_intervals = runs.logs[0].centre, len(edges_s) - 1
    n_queues = len(centre.queues)
    rows = np.flatnonzero(runs.of(lambda log: log.chat.queued))
    start_s = runs.of(lambda log: log.chat.arrival_s)[rows]
    accepted_s, ended_s = (
        runs.of(lambda log: log.chat.accepted_s)[rows],
        runs.of(lambda log: log.chat.ended_s)[rows],
    )
    end_s = np.where(np.isnan(accepted_s), np.where(np.isnan(ended_s), np.inf, ended_s), accepted_s)
    label, n_labels = queue_cell[rows], runs.n * n_queues
    run = runs.chat_run[rows]
    return (
        QueueRows(
            cells=_grid_cells(By.QUEUE, n_queues, runs.n, n_intervals),
            waiting_s=timeline.time_within(label, n_labels, start_s, end_s, edges_s).ravel(),
            peak=timeline.peak_within(label, n_labels, start_s, end_s, edges_s).ravel(),
        ),
        WindowRows(
            cells=_grid_cells(By.OVERALL, 1, runs.n, n_intervals),
            window_s=np.tile(np.diff(edges_s), runs.n),
            peak=timeline.peak_within(run, runs.n, start_s, end_s, edges_s).ravel(),
        ),
    )


def _grid_cells(by: By, n: int, n_runs: int, n_intervals: int) -> dict[By, Ints]:
    """Cells of a table with a row for each run, each of *n* labels and each interval, in this order."""
    run = np.repeat(np.arange(n_runs), n * n_intervals)
    interval = np.tile(np.arange(n_intervals), n_runs * n)
    return {
        By.OVERALL: run,
        By.INTERVAL: run * n_intervals + interval,
    } | ({} if by is By.OVERALL else {by: np.repeat(np.arange(n_runs * n), n_intervals)})


def _sums(cell: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(cell, values, size).astype(np.float64)
