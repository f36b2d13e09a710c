"""What do logs add up to? Tables of totals in every breakdown, and the values of percentiles.

Several runs of one centre are measured at once, which takes hardly longer than one: their chats stand one
below the other, and so do their tables. Time counts from the warm-up's end, and so do chats by their arrival.
Days and the whole run are added up from intervals, so that figures add up to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.log.batch import LogBatch
from sim.log.chatlog import ChatLog
from sim.measure import tables, timeline
from sim.measure.tables import By, Column, Value
from sim.world.units import DAY_S, Floats, Ints

SAMPLE_LIMIT = 100_000
"""A run keeps no more values of a percentile; of more, every second, third, … in order of arrival."""

Grids = dict[Column, Floats]
"""Of some columns: shape (n_labels of all runs, n_intervals), a label being a queue or a group of a run."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Values of one run that percentiles are taken of, with the cell of each in every breakdown."""

    values: Floats
    cells: Mapping[By, NDArray[np.integer]]
    n_intervals: int

    def cell(self, by: By, size: int) -> NDArray[np.integer]:
        """Cell of each value in a breakdown with *size* cells."""
        if by is By.DAY:
            return self.cells[By.INTERVAL] * size // self.n_intervals
        return self.cells[by] if size > 1 or by is By.INTERVAL else np.zeros(len(self.values), dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """What the logs of some runs add up to."""

    sizes: Mapping[By, int]
    """Cells of each breakdown in one run."""
    tables: Mapping[By, Floats]
    """Shape (n_runs, n_cells, n_columns + 1), the last column being NaN; so is a highest value of nothing."""
    samples: Sequence[Mapping[Value, Sample]]
    """Of each run."""


class _Runs:
    """The logs of some runs, one below the other."""

    def __init__(self, batch: LogBatch) -> None:
        self.batch, self.n, self.log = batch, len(batch), batch.together
        self.centre, self.team, self.chat, self.duty = (
            self.log.centre,
            self.log.team,
            self.log.chat,
            self.log.duty,
        )
        self.edges_s = timeline.edges(self.centre)
        self.sizes = {
            By.OVERALL: 1,
            By.QUEUE: len(self.centre.queues),
            By.GROUP: len(self.centre.groups),
            By.INTERVAL: len(self.edges_s) - 1,
            By.DAY: self.centre.days,
        }
        run = _owner(batch.first_chat)
        group = np.append(self.team.group, 0)[self.chat.agent]
        self.places = {
            By.QUEUE: self.chat.queue,
            By.GROUP: group,
            By.INTERVAL: timeline.intervals(self.chat.arrival_s, self.edges_s),
        }
        """Cell of each chat within its run."""
        self.cells = {by: run * self.sizes[by] + place for by, place in self.places.items()}
        """Cell of each chat in a table of all runs."""
        self.who = run * len(self.team.group) + self.chat.agent
        """Agent of each chat, numbered through all runs."""
        self.run = run

    def rules(self, threshold_s: float) -> tables.Rules:
        """What counts, and how."""
        centre = self.centre
        by_turns, attention = np.array(centre.by_turns), np.array(centre.wrap_up_attention)
        window_s = centre.fcr_window_s or 0.0
        known_until_s = centre.horizon_s - window_s
        returns = np.array(centre.returns)
        return tables.Rules(threshold_s, by_turns, attention, returns, known_until_s, window_s)

    def rows(self) -> timeline.ChatRows:
        """Give the chats."""
        chat = self.chat
        return timeline.ChatRows(
            chat.queue,
            self.cells[By.GROUP],
            self.cells[By.QUEUE],
            chat.outcome,
            chat.agent,
            chat.queued,
            chat.arrival_s >= self.centre.warm_up_s,
            chat.arrival_s,
            chat.accepted_s,
            chat.ended_s,
            chat.released_s,
            self.log.first_reply_s,
            chat.left_s if len(chat.left_s) else np.full(len(chat.queue), np.nan),
        )

    def rarer(self, first_reply_s: Floats) -> tables.RarerRows:
        """Give the columns that only some scenarios have, with what became of their customers."""
        chat, n = self.chat, len(self.chat.customer)
        helped, last_outcome, again_s = np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.int64), np.empty(n)
        latest = np.empty(n, dtype=np.int64)
        for first, end in pairwise(self.batch.first_chat.tolist() if n else []):
            tables.follow_customers(
                chat.customer, chat.outcome, chat.arrival_s, first_reply_s, first, end,
                latest, helped, last_outcome, again_s,
            )  # fmt: skip
        columns = {name: getattr(chat, name) for name in tables.RarerRows._fields[:-3]}
        return tables.RarerRows(**columns, helped=helped, last_outcome=last_outcome, again_s=again_s)


def totals(logs: Iterable[ChatLog], threshold_s: float) -> Totals:
    """Add up *logs* of one centre; service levels look at *threshold_s*."""
    runs = _Runs(LogBatch.of(logs))
    rows = runs.rows()
    talk, responses, spent = _followed(runs, rows)
    waits, first_replies, waiting = _noted(rows)
    added = {by: tables.empty(runs.n, size) for by, size in runs.sizes.items()}
    _add_chats(runs, rows, talk, runs.rules(threshold_s), added)
    _place(added, By.GROUP, _agents_time(runs, spent))
    _place(added, By.QUEUE, {Column.WAITING_S: spent.waiting_s})
    by_queue, overall = _peaks(runs, waiting)
    added[By.QUEUE][..., Column.MOST_WAITING] = by_queue.max(axis=2)
    added[By.INTERVAL][..., Column.MOST_WAITING] = overall[:, 0]
    _fold(runs, added)
    values = {Value.WAIT_S: waits, Value.FIRST_REPLY_S: first_replies, Value.RESPONSE_S: responses}
    return Totals(runs.sizes, added, _samples(runs, values))


def _owner(firsts: Ints) -> Ints:
    """Run of each row, those of the r-th run being the rows ``firsts[r]`` to ``firsts[r + 1]``."""
    return np.repeat(np.arange(len(firsts) - 1), np.diff(firsts))


def _followed(runs: _Runs, rows: timeline.ChatRows) -> tuple[timeline.Talk, timeline.Noted, timeline.Spent]:
    """What the turns of all chats come to, the responses of those measured, and the time spent on all."""
    turn, n, n_intervals = runs.log.turn, len(rows.queue), runs.sizes[By.INTERVAL]
    talk = timeline.Talk(np.empty(n, dtype=np.int64), np.empty(n), np.empty(n))
    by = (By.GROUP, By.GROUP, By.GROUP, By.GROUP, By.QUEUE)
    spent = timeline.Spent(*(np.zeros((runs.n * runs.sizes[each], n_intervals)) for each in by))
    responses = timeline.room_to_note(len(turn.reply_s))
    n_responses = timeline.follow_turns(
        timeline.TurnRows(turn.offset, turn.message_s, turn.start_s, turn.reply_s),
        rows,
        runs.edges_s,
        talk,
        spent.composing_s,
        responses,
    )
    timeline.follow_chats(rows, np.array(runs.centre.wrap_up_attention), runs.edges_s, spent)
    return talk, responses.first(n_responses), spent


def _noted(rows: timeline.ChatRows) -> list[timeline.Noted]:
    """Waits and first replies of chats measured, and until when those waited who did."""
    notes, counts = [timeline.room_to_note(len(rows.queue)) for _ in range(3)], np.zeros(3, dtype=np.int64)
    timeline.note(rows, notes[0], notes[1], notes[2], counts)
    return [noted.first(n) for noted, n in zip(notes, counts.tolist(), strict=True)]


def _add_chats(
    runs: _Runs,
    rows: timeline.ChatRows,
    talk: timeline.Talk,
    rules: tables.Rules,
    added: dict[By, Floats],
) -> None:
    """Add the chats to the tables by interval, and by queue and group where there are several."""
    flat = {
        by: added[by].reshape(-1, tables.END + 1)[: None if runs.sizes[by] > 1 or by is By.INTERVAL else 0]
        for by in (By.INTERVAL, By.QUEUE, By.GROUP)
    }
    tables.add_chats(
        rows,
        runs.cells[By.INTERVAL],
        talk,
        runs.rarer(rows.first_reply_s),
        rules,
        np.empty(tables.END),
        tables.ChatTotals(flat[By.INTERVAL], flat[By.QUEUE], flat[By.GROUP]),
    )


def _place(added: dict[By, Floats], by: By, grids: Grids) -> None:
    """Put neighbouring columns of time into the tables by interval and by queue or group."""
    n_runs, size = added[by].shape[:2]
    columns = sorted(grids)
    stacked = np.stack([grids[column] for column in columns], axis=-1).reshape(n_runs, size, -1, len(columns))
    place = slice(columns[0], columns[-1] + 1)
    added[By.INTERVAL][..., place] = stacked.sum(axis=1)
    added[by][..., place] = stacked.sum(axis=2)


def _agents_time(runs: _Runs, spent: timeline.Spent) -> Grids:
    """What agents' time went into, by group."""
    duty, team, edges_s = runs.duty, runs.team, runs.edges_s
    n_groups = runs.sizes[By.GROUP]
    n_labels, n_intervals = runs.n * n_groups, runs.sizes[By.INTERVAL]
    label = _owner(runs.batch.first_span) * n_groups + team.group[duty.agent]
    duty_s = timeline.time_within(label, n_labels, duty.on_s, duty.out_s, edges_s)
    slots = team.slots[duty.agent].astype(np.float64)
    ended = np.flatnonzero((duty.off_s > edges_s[0]) & (duty.off_s <= edges_s[-1]))
    last = np.clip(np.searchsorted(edges_s, duty.off_s[ended], side="left") - 1, 0, n_intervals - 1)
    cell, shape = label[ended] * n_intervals + last, (n_labels, n_intervals)
    overrun_s = np.bincount(cell, duty.out_s[ended] - duty.off_s[ended], n_labels * n_intervals)
    chat, group = runs.chat, runs.cells[By.GROUP]
    return {
        Column.DUTY_S: duty_s,
        Column.DUTY_H: duty_s / 3600,
        Column.SLOT_S: timeline.time_within(label, n_labels, duty.on_s, duty.out_s, edges_s, slots),
        Column.BUSY_S: timeline.busy_time_within(
            group, n_labels, runs.who, chat.accepted_s, chat.released_s, edges_s
        ),
        Column.CHAT_S: spent.held_s,
        Column.ATTENTION_S: spent.composing_s + spent.wrap_up_s,
        Column.ATTENTIVE_S: duty_s * np.tile(np.array(runs.centre.attentive), runs.n)[:, None],
        Column.OVERRUN_S: overrun_s.reshape(shape),
        Column.LOG_OFFS: np.bincount(cell, minlength=n_labels * n_intervals).reshape(shape),
        Column.WASTED_S: spent.wasted_s,
        **_people_time(runs, label, n_labels, duty_s),
    }


def _people_time(runs: _Runs, label: Ints, n_labels: int, duty_s: Floats) -> Grids:
    """Duty by speed, and as planned, lost and paid, by group."""
    duty, lost, n_groups = runs.duty, runs.log.lost, runs.sizes[By.GROUP]
    planned_s = timeline.time_within(label, n_labels, duty.on_s, duty.off_s, runs.edges_s)
    whose = _owner(runs.batch.first_lost) * n_groups + runs.team.group[lost.agent]
    late_s, absent_s = (
        timeline.time_within(whose, n_labels, lost.on_s, lost.off_s, runs.edges_s, counts.astype(np.float64))
        for counts in (lost.late, ~lost.late)
    )
    planned_s += late_s + absent_s
    worked_share = np.tile(1 - np.array(runs.centre.shrinkage), runs.n)
    paid_h = planned_s / worked_share[:, None] / 3600
    return {
        Column.SPEED_S: _speed_time(runs, label, duty_s),
        Column.PLANNED_S: planned_s,
        Column.LATE_S: late_s,
        Column.ABSENT_S: absent_s,
        Column.PAID_H: paid_h,
        Column.SHRUNK_H: paid_h - (planned_s - late_s - absent_s) / 3600,
    }


def _speed_time(runs: _Runs, label: Ints, duty_s: Floats) -> Floats:
    """Duty times the speed of the agent on the day, by group."""
    speed = np.array(runs.batch.speed)
    if (speed == 1).all():
        return duty_s
    total = np.zeros_like(duty_s)
    duty, run = runs.duty, _owner(runs.batch.first_span)
    days = np.arange(runs.centre.days + 1) * float(DAY_S)
    days[-1] = np.inf
    for day, (first_s, end_s) in enumerate(pairwise(days.tolist())):
        on_s, out_s = np.maximum(duty.on_s, first_s), np.minimum(duty.out_s, end_s)
        weight = speed[run, duty.agent, day]
        total += timeline.time_within(label, len(duty_s), on_s, out_s, runs.edges_s, weight)
    return total


def _peaks(runs: _Runs, waiting: timeline.Noted) -> tuple[Floats, Floats]:
    """Most chats waiting at once, by queue and in all: shape (n_runs, n_queues or 1, n_intervals)."""
    start_s, shape = runs.chat.arrival_s[waiting.chat], (runs.n, -1, runs.sizes[By.INTERVAL])
    spans = start_s, waiting.value, runs.edges_s
    overall = timeline.peak_within(runs.run[waiting.chat], runs.n, *spans).reshape(shape)
    if runs.sizes[By.QUEUE] == 1:
        return overall, overall
    label, n_labels = runs.cells[By.QUEUE][waiting.chat], runs.n * runs.sizes[By.QUEUE]
    return timeline.peak_within(label, n_labels, *spans).reshape(shape), overall


def _fold(runs: _Runs, added: dict[By, Floats]) -> None:
    """Add measured time, then days from intervals and the whole from days."""
    window_s = np.diff(runs.edges_s)
    added[By.INTERVAL][..., Column.WINDOW_S] = window_s
    added[By.INTERVAL][..., Column.DAYS] = window_s / DAY_S
    tables.fold(added[By.INTERVAL], added[By.DAY])
    tables.fold(added[By.DAY], added[By.OVERALL])
    for by in (By.QUEUE, By.GROUP):
        if runs.sizes[by] == 1:
            added[by] = added[By.OVERALL].copy()
        for column in (Column.WINDOW_S, Column.DAYS):
            added[by][..., column] = added[By.OVERALL][..., column]
    for table in added.values():
        tables.finish(table, not len(runs.chat.customer))


def _samples(runs: _Runs, values: Mapping[Value, timeline.Noted]) -> list[dict[Value, Sample]]:
    """Values of percentiles, for each run."""
    places = {
        by: place.astype(np.int32)
        for by, place in runs.places.items()
        if by is By.INTERVAL or runs.sizes[by] > 1
    }
    samples: list[dict[Value, Sample]] = [{} for _ in range(runs.n)]
    for value, noted in values.items():
        for run, sample in enumerate(_split(runs, noted.chat, noted.value, places)):
            samples[run][value] = sample
    return samples


def _split(runs: _Runs, chat: Ints, values: Floats, places: Mapping[By, NDArray[np.int32]]) -> list[Sample]:
    """Sample of each run from the *values* of all, each belonging to a *chat*; chats are in order."""
    edges = np.searchsorted(chat, runs.batch.first_chat)
    steps = np.diff(edges) // SAMPLE_LIMIT + 1
    if steps.max() > 1:
        kept = np.concatenate(
            [np.arange(a, b, step) for (a, b), step in zip(pairwise(edges), steps, strict=True)]
        )
        chat, values, edges = chat[kept], values[kept], np.searchsorted(kept, edges)
    else:
        values = values.copy()  # the room that was not needed can go
    cells = {by: place[chat] for by, place in places.items()}
    n_intervals = runs.sizes[By.INTERVAL]
    return [
        Sample(values[a:b], {by: cell[a:b] for by, cell in cells.items()}, n_intervals)
        for a, b in pairwise(edges.tolist())
    ]
