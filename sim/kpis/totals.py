"""What do logs add up to? Tables of totals in every breakdown, and the values of percentiles.

Several runs of one centre are measured at once, which takes hardly longer than one: their chats stand one
below the other, and so do their tables. Time counts from the warm-up's end, and so do chats by their arrival.
Days and the whole run are added up from intervals, so that figures add up to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.arrays import Floats, Ints
from sim.compiled import for_loops
from sim.kpis import loops as tables
from sim.kpis import timeline
from sim.kpis.loops import By, Column, Value
from sim.kpis.samples import Samples
from sim.kpis.sparse import SparseTables
from sim.log.batch import LogBatch
from sim.log.chatlog import ChatLog
from sim.log.schema import Role
from sim.scenario.units import DAY_S

SAMPLE_LIMIT = 100_000
"""A run keeps no more values of a percentile; of more, every second, third, … in order of arrival."""

HALF_A_MICROSECOND_S = 5e-7


_DUTY = [
    Column.DUTY_S, Column.DUTY_H, Column.SLOT_S, Column.ATTENTIVE_S, Column.OVERRUN_S, Column.LOG_OFFS,
    Column.SPEED_S, Column.PLANNED_S, Column.ABSENT_S, Column.LATE_S, Column.PAID_H, Column.SHRUNK_H,
]  # fmt: skip
LACKING: Mapping[str, list[Column]] = {
    "agents": _DUTY,
    "slots": [Column.SLOT_S],
    "speed": [Column.SPEED_S],
    "status": [Column.ABSENT_S, Column.LATE_S],
    "queued": [Column.QUEUED, Column.WAITING_S, Column.MOST_WAITING],
    "customer_id": [
        Column.CUSTOMERS, Column.CUSTOMERS_OFFERED, Column.CUSTOMERS_MISSED, Column.RETRIES, Column.RETURNS,
    ],
    "true_left_s": [Column.WASTED_S],
    "wrap_up_attention": [Column.FOCUS_S, Column.ATTENTION_S],
    "balked": [Column.BALKED],
    "plan": [
        Column.OVERRUN_S, Column.LOG_OFFS, Column.PLANNED_S, Column.ABSENT_S, Column.LATE_S,
        Column.PAID_H, Column.SHRUNK_H,
    ],
    "accepted_s": [Column.ACCEPTED_IN_TIME, Column.ENDED_IN_TIME, Column.CHAT_S, Column.BUSY_S],
    "held": [Column.CHAT_S, Column.BUSY_S],
    "resolved": [Column.RESOLVED],
    "true_csat": [Column.SATISFIED_ALL],
    "csat": [Column.SURVEYED, Column.SATISFIED, Column.CSAT, Column.CSAT_2],
    "scores": [Column.CSAT, Column.CSAT_2],
    "nps": [Column.NPS, Column.NPS_2],
    "ces": [Column.CES, Column.CES_2],
    "converted": [Column.CONVERTED],
    "open_chats": [Column.HELD_MEANWHILE],
}  # fmt: skip
"""What is not known where a log lacks a table or a column: rather no figure than one that would be 0."""


class Times(NamedTuple):
    """What service levels look at, of each queue or one for all."""

    threshold_s: Sequence[float] | float
    """Acceptable wait."""
    short_s: Sequence[float] | float
    """Who gives up so soon is not counted by the service level."""


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """What the logs of some runs add up to."""

    n: int
    """Runs."""
    sizes: Mapping[By, int]
    """Cells of each breakdown in one run."""
    tables: Mapping[By, SparseTables]
    """Shape (n_runs, n_cells, n_columns + 1), the last column being NaN; so is a highest value of nothing."""
    samples: Mapping[Value, Samples]
    bound: Floats
    """Sums of what was bound, above the line and below it: shape (n_runs, n_bounds, 2, n_intervals)."""
    crossed: Mapping[By, Floats] = field(default_factory=dict)
    """Of the queues and groups asked for, in their order: (n_runs, n, n_intervals, n_columns + 1)."""


class _Runs:
    """The logs of some runs, one below the other."""

    def __init__(self, batch: LogBatch, window: timeline.Window | None) -> None:
        self.batch, self.n, self.log = batch, len(batch), batch.together
        self.centre, self.team, self.chat, self.duty = (
            self.log.centre,
            self.log.team,
            self.log.chat,
            self.log.duty,
        )
        self.edges_s = timeline.edges(self.centre, window)
        self.sizes = {
            By.OVERALL: 1,
            By.QUEUE: len(self.centre.queues),
            By.GROUP: len(self.centre.groups),
            By.INTERVAL: len(self.edges_s) - 1,
            By.DAY: self.centre.days if window is None else 1,
        }
        chat = self.chat
        self.places = timeline.room_for_cells(len(chat.queue))
        timeline.locate(
            batch.first_chat, chat.queue, chat.agent, chat.arrival_s, self.team.group,
            self.sizes[By.QUEUE], self.sizes[By.GROUP], float(self.edges_s[0]),
            np.inf if window is None else window.end_s, self.edges_s, self.places,
        )  # fmt: skip

    def rules(self, times: Times) -> tables.Rules:
        """What counts, and how."""
        centre = self.centre
        by_turns, attention = np.array(centre.by_turns), np.array(centre.wrap_up_attention)
        window_s = centre.fcr_window_s or 0.0
        known_until_s = centre.horizon_s - window_s
        returns = np.array(centre.returns)
        threshold_s, short_s = (np.array(np.broadcast_to(each, len(by_turns))) for each in times)
        if centre.recorded:  # to the microsecond: a wait of 30 s is one, however its ends are rounded
            threshold_s, short_s = threshold_s + HALF_A_MICROSECOND_S, short_s + HALF_A_MICROSECOND_S
        return tables.Rules(
            threshold_s, short_s, by_turns, attention, returns, centre.recorded, known_until_s, window_s
        )

    def crossed_cells(self, by: By, chosen: Sequence[int]) -> Ints:
        """Cell of each chat in the table of some queues or groups by interval; −1 where it is in none.

        Of nothing *chosen* there is no table, and nobody asks.
        """
        if not len(chosen):
            return np.empty(0, dtype=np.int64)
        places, n_intervals = self.places, self.sizes[By.INTERVAL]
        nth = np.full(self.sizes[by], -1, dtype=np.int64)
        nth[list(chosen)] = np.arange(len(chosen))
        mine = nth[places.queue if by is By.QUEUE else places.group]
        cells = (places.run * len(chosen) + mine) * n_intervals + places.interval
        return np.where(mine < 0, -1, cells)

    def rows(self) -> timeline.ChatRows:
        """Give the chats."""
        chat = self.chat
        return for_loops(
            timeline.ChatRows(
                chat.queue,
                self.places.group_cell,
                self.places.queue_cell,
                chat.outcome,
                chat.agent,
                chat.queued,
                self.places.measured,
                chat.arrival_s,
                chat.accepted_s,
                chat.ended_s,
                chat.released_s,
                self.log.first_reply_s,
                self.log.answered,
                chat.left_s if len(chat.left_s) else np.full(len(chat.queue), np.nan),
                chat.entered_s if len(chat.entered_s) else chat.arrival_s,
            )
        )

    def legs(self) -> timeline.LegRows:
        """Give the times that agents hold chats."""
        leg = self.log.leg
        run = self.places.run[leg.chat]
        return timeline.LegRows(
            leg.chat,
            run * self.sizes[By.GROUP] + self.team.group[leg.agent],
            run * len(self.team.group) + leg.agent,
            leg.accepted_s,
            leg.ended_s,
            leg.released_s,
        )

    def rarer(self, first_reply_s: Floats) -> tables.RarerRows:
        """Give the columns that only some scenarios have, with what became of their customers."""
        chat, n = self.chat, len(self.chat.customer)
        offered, helped = np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.bool_)
        latest, last_outcome, again_s = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64), np.empty(n)
        for first, end in pairwise(self.batch.first_chat.tolist() if n else []):
            tables.follow_customers(
                chat.customer, chat.outcome, chat.arrival_s, first_reply_s, first, end,
                latest, offered, helped, last_outcome, again_s,
            )  # fmt: skip
        columns = {name: getattr(chat, name) for name in tables.RarerRows._fields[:-4]}
        return tables.RarerRows(
            **columns, offered=offered, helped=helped, last_outcome=last_outcome, again_s=again_s
        )


def totals(
    logs: Iterable[ChatLog],
    times: Times,
    *,
    of_chats: bool = False,
    crossing: Mapping[By, Sequence[int]] | None = None,
    window: timeline.Window | None = None,
) -> Totals:
    """Add up *logs* of one centre; service levels look at the *times*.

    *crossing* are queues and groups, by number, that are wanted by interval as well. If only figures *of
    chats* are wanted, what agents' time went into, the length of the queue and the values of percentiles are
    left out: those columns are NaN. Of a *window* it is as if nothing else were of interest.
    """
    runs = _Runs(LogBatch.of(logs), window)
    rows = runs.rows()
    n_labels, n_intervals = runs.n * runs.sizes[By.GROUP], runs.sizes[By.INTERVAL]
    time = np.zeros((len(timeline.AgentsTime._fields), n_labels, n_intervals))
    agents_time = timeline.AgentsTime(*time)
    talk, responses, spent = _followed(runs, rows, agents_time)
    added = {by: tables.empty(runs.n, size) for by, size in runs.sizes.items()}
    crossing = {by: list((crossing or {}).get(by, ())) for by in (By.QUEUE, By.GROUP)}
    crossed = {by: tables.empty(runs.n, len(some) * n_intervals) for by, some in crossing.items()}
    cells = tables.CrossedCells(*(runs.crossed_cells(by, some) for by, some in crossing.items()))
    _add_chats(runs, rows, talk, runs.rules(times), added, crossed, cells)
    if of_chats:
        _fold(runs, added)
        _finish_crossed(runs, crossed)
        for table in (*added.values(), *crossed.values()):
            table[..., Column.DUTY_S : Column.WINDOW_S] = table[..., Column.LONGEST_WAIT_S :] = np.nan
        nothing = _samples(runs, {Value.RESPONSE_S: responses.first(0)})[Value.RESPONSE_S]
        samples = dict.fromkeys(Value, nothing)
        whole = {by: SparseTables.whole(table) for by, table in added.items()}
        return Totals(runs.n, runs.sizes, whole, samples, _nothing(runs), _by_cell(runs, crossed))
    legs = runs.legs()
    timeline.follow_chats(rows, runs.edges_s, spent.waiting_s)
    timeline.follow_legs(legs, rows, np.array(runs.centre.wrap_up_attention), runs.edges_s, spent)
    waits, first_replies, waiting = _noted(rows)
    _follow_duty(runs, legs, spent, agents_time)
    tables.place(time, int(Column.DUTY_S), added[By.INTERVAL], added[By.GROUP])
    waiting_s = spent.waiting_s.reshape(runs.n, -1, n_intervals)
    added[By.INTERVAL][..., Column.WAITING_S] = waiting_s.sum(axis=1)
    added[By.QUEUE][..., Column.WAITING_S] = waiting_s.sum(axis=2)
    by_queue, overall = _peaks(runs, waiting)
    added[By.QUEUE][..., Column.MOST_WAITING] = by_queue.max(axis=2)
    added[By.INTERVAL][..., Column.MOST_WAITING] = overall[:, 0]
    _fold(runs, added)
    _cross_time(runs, crossing, crossed, (time, waiting_s, by_queue))
    _finish_crossed(runs, crossed)
    values = {Value.WAIT_S: waits, Value.FIRST_REPLY_S: first_replies, Value.RESPONSE_S: responses}
    samples = _samples(runs, values)
    return Totals(runs.n, runs.sizes, _kept(added), samples, _nothing(runs), _by_cell(runs, crossed))


def _nothing(runs: _Runs) -> Floats:
    """Sums of no bound."""
    return np.empty((runs.n, 0, 2, runs.sizes[By.INTERVAL]))


def _cross_time(
    runs: _Runs,
    crossing: Mapping[By, Sequence[int]],
    crossed: Mapping[By, Floats],
    told: tuple[Floats, Floats, Floats],
) -> None:
    """Add to some queues and groups by interval what passes in it: agents' time, and the line."""
    time, waiting_s, most_waiting = told
    n_intervals, width = runs.sizes[By.INTERVAL], tables.END + 1
    queues, groups = (
        crossed[by].reshape(runs.n, len(crossing[by]), n_intervals, width) for by in (By.QUEUE, By.GROUP)
    )
    if len(crossing[By.GROUP]):
        of_groups = time.reshape(len(time), runs.n, runs.sizes[By.GROUP], -1)[:, :, crossing[By.GROUP]]
        end = Column.DUTY_S + len(time)
        groups[..., Column.DUTY_S : end] = np.moveaxis(of_groups, 0, -1)
    if len(crossing[By.QUEUE]):
        queues[..., Column.WAITING_S] = waiting_s[:, crossing[By.QUEUE]]
        queues[..., Column.MOST_WAITING] = most_waiting[:, crossing[By.QUEUE]]


def _finish_crossed(runs: _Runs, crossed: Mapping[By, Floats]) -> None:
    """Add measured time, and what follows from the rest."""
    window_s = np.diff(runs.edges_s)
    for table in crossed.values():
        if not table.size:
            continue
        n = table.shape[1] // runs.sizes[By.INTERVAL]
        table[..., Column.WINDOW_S] = np.tile(window_s, n)
        table[..., Column.DAYS] = np.tile(window_s / DAY_S, n)
        _finish(runs, table)


def _by_cell(runs: _Runs, crossed: Mapping[By, Floats]) -> dict[By, Floats]:
    """Tables by queue or group, then by interval."""
    shape = runs.n, -1, runs.sizes[By.INTERVAL], tables.END + 1
    return {by: table.reshape(shape) for by, table in crossed.items() if table.size}


def _kept(added: Mapping[By, Floats]) -> dict[By, SparseTables]:
    return {by: SparseTables.of(table) for by, table in added.items()}


def _followed(
    runs: _Runs, rows: timeline.ChatRows, agents_time: timeline.AgentsTime
) -> tuple[timeline.TurnTotals, timeline.Samples, timeline.TimeTotals]:
    """What the turns of all chats come to, the responses of those measured, and the time spent on replies."""
    turn, n, n_intervals = runs.log.turn, len(rows.queue), runs.sizes[By.INTERVAL]
    counts = [np.empty(n, dtype=np.int64) for _ in range(3)]
    talk = timeline.TurnTotals(counts[0], counts[1], counts[2], np.empty(n), np.empty(n))
    composing_s, wrap_up_s, waiting_s = (
        np.zeros((runs.n * runs.sizes[by], n_intervals)) for by in (By.GROUP, By.GROUP, By.QUEUE)
    )
    spent = timeline.TimeTotals(composing_s, wrap_up_s, agents_time.chat_s, agents_time.wasted_s, waiting_s)
    responses = timeline.room_to_note(len(turn.reply_s))
    n_responses = timeline.follow_turns(
        for_loops(timeline.TurnRows(turn.offset, turn.message_s, turn.start_s, turn.reply_s)),
        rows,
        runs.edges_s,
        runs.log.centre.deliver_s,
        talk,
        spent.composing_s,
        responses,
    )
    if runs.log.message is not None:
        message = runs.log.message  # several in a row are one turn
        every = message.count(Role.CUSTOMER) + message.count(Role.AGENT)
        talk = talk._replace(n_messages=every - talk.n_sent)
    return talk, responses.first(n_responses), spent


def _noted(rows: timeline.ChatRows) -> list[timeline.Samples]:
    """Waits and first replies of chats measured, and until when those waited who did."""
    notes, counts = [timeline.room_to_note(len(rows.queue)) for _ in range(3)], np.zeros(3, dtype=np.int64)
    timeline.note(rows, notes[0], notes[1], notes[2], counts)
    return [noted.first(n) for noted, n in zip(notes, counts.tolist(), strict=True)]


def _add_chats(
    runs: _Runs,
    rows: timeline.ChatRows,
    talk: timeline.TurnTotals,
    rules: tables.Rules,
    added: dict[By, Floats],
    crossed: Mapping[By, Floats],
    cells: tables.CrossedCells,
) -> None:
    """Add the chats to the tables by interval, and by queue and group where there are several."""
    flat = {
        by: added[by].reshape(-1, tables.END + 1)[: None if runs.sizes[by] > 1 or by is By.INTERVAL else 0]
        for by in (By.INTERVAL, By.QUEUE, By.GROUP)
    }
    tables.add_chats(
        rows,
        for_loops(runs.places.interval_cell),
        talk,
        runs.rarer(rows.first_reply_s),
        rules,
        for_loops(np.empty(tables.END)),
        tables.ChatTotals(
            flat[By.INTERVAL],
            flat[By.QUEUE],
            flat[By.GROUP],
            *(crossed[by].reshape(-1, tables.END + 1) for by in (By.QUEUE, By.GROUP)),
        ),
        for_loops(cells),
    )


def _follow_duty(
    runs: _Runs, legs: timeline.LegRows, spent: timeline.TimeTotals, agents_time: timeline.AgentsTime
) -> None:
    """Fill in the rest of what agents' time went into."""
    batch, centre, duty, lost = runs.batch, runs.centre, runs.duty, runs.log.lost
    agents_time.busy_s[:] = timeline.busy_time_within(
        legs.group, len(agents_time.busy_s), legs.who, legs.accepted_s, legs.released_s, runs.edges_s
    )
    timeline.follow_duty(
        timeline.DutyRows(
            batch.first_span, duty.agent, duty.on_s, duty.off_s, duty.out_s, runs.team.group, runs.team.slots
        ),
        timeline.LostRows(batch.first_lost, lost.agent, lost.on_s, lost.off_s, lost.late),
        timeline.GroupRules(
            np.array(centre.attentive), np.array([1.0 - share for share in centre.shrinkage])
        ),
        _speeds(batch.speed),
        runs.team.day_s,
        runs.edges_s,
        spent,
        agents_time,
    )


def _speeds(of_runs: Sequence[Floats]) -> Floats:
    """Speeds of agents, shape (n_runs, n_agents, days); (0, 0, 0) where all are alike."""
    if all(speed is of_runs[0] for speed in of_runs) and (of_runs[0] == 1).all():
        return np.empty((0, 0, 0))
    return np.array(of_runs)


def _peaks(runs: _Runs, waiting: timeline.Samples) -> tuple[Floats, Floats]:
    """Most chats waiting at once, by queue and in all: shape (n_runs, n_queues or 1, n_intervals)."""
    start_s, shape = runs.chat.arrival_s[waiting.chat], (runs.n, -1, runs.sizes[By.INTERVAL])
    spans = start_s, waiting.value, runs.edges_s
    overall = timeline.peak_within(runs.places.run[waiting.chat], runs.n, *spans).reshape(shape)
    if runs.sizes[By.QUEUE] == 1:
        return overall, overall
    label, n_labels = runs.places.queue_cell[waiting.chat], runs.n * runs.sizes[By.QUEUE]
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
        _finish(runs, table)


def _finish(runs: _Runs, table: Floats) -> None:
    """Fill in what follows from the rest, and leave out what the logs lack."""
    tables.finish(table, not len(runs.chat.customer))
    for name in sorted(runs.log.lacks & set(LACKING)):
        table[..., LACKING[name]] = np.nan


def _samples(runs: _Runs, values: Mapping[Value, timeline.Samples]) -> dict[Value, Samples]:
    """Values of percentiles, with their cells in the fewest bytes."""
    places = {
        by: place.astype(np.min_scalar_type(runs.sizes[by]))
        for by, place in ((By.QUEUE, runs.places.queue), (By.GROUP, runs.places.group))
        if runs.sizes[by] > 1
    }
    found = {}
    for value, noted in values.items():
        chat, kept = _thinned(runs.batch.first_chat, noted)
        cells = {by: place[chat] for by, place in places.items()}
        interval = runs.places.interval_cell[chat]
        found[value] = Samples.of(kept, interval, runs.n, runs.sizes[By.INTERVAL], cells)
    return found


def _thinned(first_chat: Ints, noted: timeline.Samples) -> timeline.Samples:
    """As many values of each run as are kept, and no memory of others; chats are in order."""
    chat, values = noted
    edges = np.searchsorted(chat, first_chat)
    steps = np.diff(edges) // SAMPLE_LIMIT + 1
    if steps.max() == 1:
        return timeline.Samples(chat, values.copy())
    kept = np.concatenate(
        [np.arange(a, b, step) for (a, b), step in zip(pairwise(edges), steps, strict=True)]
    )
    return timeline.Samples(chat[kept], values[kept])
