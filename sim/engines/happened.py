"""How does a log come of what an engine wrote? Rows that happened, in order of arrival, with what follows.

Engines write a row for each row of the draws. Of the rows reserved for further attempts (R29) only those that
happened are kept, and what customers say about their chats is read off their draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import NamedTuple, Self

import numpy as np

from sim.arrays import Flags, Floats, Ints, firsts, stacked
from sim.draws.record import Draws, DrawsBatch
from sim.engines.opinions import opinions
from sim.log.batch import LogBatch
from sim.log.chatlog import Centre, ChatLog, Chats, Duty, Legs, Lost, Team, Turns
from sim.rules import NO_AGENT, Outcome
from sim.scenario.duty import DutyPlan
from sim.scenario.scenario import Same, Scenario

NO_TIMES: Floats = np.empty(0)
NO_ROWS: Ints = np.empty(0, dtype=np.int64)
NO_FLAGS: Flags = np.empty(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Happened:
    """What an engine writes: columns of chats, of turns and of spans of duty, in the rows of the draws.

    Columns that only some scenarios need may be empty in the others, and need not lie together in memory.
    """

    arrival_s: Floats
    """NaN for a reserved row that did not happen."""
    outcome: Ints
    agent: Ints
    queued: Flags
    accepted_s: Floats
    ended_s: Floats
    released_s: Floats
    gone_s: Floats
    """When the customer left without a signal (R20, R22)."""
    estimate_s: Floats
    """The wait that was announced (R25)."""
    balked: Flags
    open_chats: Ints
    """Adds up m of R28."""
    resolved: Flags
    message_s: Floats
    start_s: Floats
    reply_s: Floats
    out_s: Floats

    @classmethod
    def nothing_yet(cls, draws: Draws, team: DutyPlan) -> Self:
        """Columns before anything has happened."""
        n, times = draws.n_chats, (np.full(draws.n_chats, np.nan) for _ in range(5))
        flags = (np.zeros(n, dtype=np.bool_) for _ in range(3))
        turns = (np.full(draws.n_turns, np.nan) for _ in range(3))
        return cls(
            arrival_s=draws.arrival_s.copy(),
            outcome=np.full(n, Outcome.UNFINISHED, dtype=np.int64),
            agent=np.full(n, NO_AGENT, dtype=np.int64),
            queued=next(flags),
            accepted_s=next(times),
            ended_s=next(times),
            released_s=next(times),
            gone_s=next(times),
            estimate_s=next(times),
            balked=next(flags),
            open_chats=np.zeros(n, dtype=np.int64),
            resolved=next(flags),
            message_s=next(turns),
            start_s=next(turns),
            reply_s=next(turns),
            out_s=team.off_s.copy(),
        )


def log_batch(
    scenario: Scenario, draws: DrawsBatch, teams: Sequence[DutyPlan], happened: Happened, n_events: Ints
) -> LogBatch:
    """Logs of some runs of *scenario*; what *happened* in them stands one below the other, as draws do."""
    every, first_chat = draws.together, draws.first_chat
    turns = Turns(every.turn_offset, happened.message_s, happened.start_s, happened.reply_s)
    chats = _chats(scenario, every, happened, turns)
    if every.chains is not None:
        rows, first_chat = _in_order(happened.arrival_s, draws.first_chat)
        customer = _first_attempts(every.chains.customer, rows, draws.first_chat, first_chat)
        chats = _picked(chats, rows, customer)
        turns = _turns_of(turns, rows)
    alike = all(team is teams[0] for team in teams)
    spans = _spans_alike(teams[0], len(teams)) if alike else _spans(teams)
    return LogBatch(
        together=ChatLog(
            centre=_centre(Same(scenario)),
            chat=chats,
            turn=turns,
            leg=Legs.single(chats),
            duty=replace(spans.duty, out_s=happened.out_s),
            team=Team(teams[0].group, teams[0].slots, teams[0].speed, teams[0].day_s),
            lost=spans.lost,
            n_events=int(n_events.sum()),
        ),
        first_chat=first_chat,
        first_span=spans.first_duty,
        first_lost=spans.first_lost,
        speed=[team.speed for team in teams],
        n_events=n_events,
    )


class _Spans(NamedTuple):
    """Spans of duty of several teams as planned, and those lost, and where those of each begin."""

    duty: Duty
    first_duty: Ints
    lost: Lost
    first_lost: Ints


def _spans(teams: Sequence[DutyPlan]) -> _Spans:
    return _Spans(
        duty=stacked([Duty(team.agent, team.on_s, team.off_s, team.off_s) for team in teams]),
        first_duty=firsts(len(team.agent) for team in teams),
        lost=stacked(
            [Lost(team.lost_agent, team.lost_on_s, team.lost_off_s, team.lost_late) for team in teams]
        ),
        first_lost=firsts(len(team.lost_agent) for team in teams),
    )


@lru_cache(maxsize=8)
def _spans_alike(team: DutyPlan, n: int) -> _Spans:
    """Those of the same team *n* times: where nobody is absent or late, every batch asks."""
    return _spans([team] * n)


def _in_order(arrival_s: Floats, first_chat: Ints) -> tuple[Ints, Ints]:
    """Rows that happened, run by run in order of arrival, then of row; and where those of each run begin."""
    rows = np.flatnonzero(~np.isnan(arrival_s))
    run = np.searchsorted(first_chat, rows, side="right") - 1
    return rows[np.lexsort((arrival_s[rows], run))], np.searchsorted(rows, first_chat)


def _first_attempts(customer: Ints, rows: Ints, drawn: Ints, kept: Ints) -> Ints:
    """Of the chats that happened: the row of the same customer's first attempt, as its run counts.

    Runs begin at *drawn* where rows are those of the draws, as *rows* and *customer* are, and at *kept* where
    they are those that happened.
    """
    place, counts = np.zeros(drawn[-1], dtype=np.int64), np.diff(kept)
    place[rows] = np.arange(len(rows)) - np.repeat(kept[:-1], counts)
    first: Ints = place[np.repeat(drawn[:-1], counts) + customer[rows]]
    return first


def _picked(chats: Chats, rows: Ints, customer: Ints) -> Chats:
    """Take those that happened, and say whose they are."""
    columns = {field.name: getattr(chats, field.name) for field in fields(Chats)}
    picked = {name: column[rows] for name, column in columns.items() if len(column)}
    return Chats(**(columns | picked | {"customer": customer}))


def _chats(scenario: Scenario, draws: Draws, happened: Happened, turns: Turns) -> Chats:
    """Columns of chats, in the rows of the draws; those of features that the scenario lacks are empty."""
    queues, chains = scenario.queues, draws.chains
    left = any(queue.silence is not None or queue.reply_patience is not None for queue in queues)
    balks = any(queue.balking is not None for queue in queues)
    return Chats(
        queue=draws.queue,
        number=draws.number,
        arrival_s=happened.arrival_s,
        patience_s=draws.patience_s,
        outcome=happened.outcome,
        agent=happened.agent,
        queued=happened.queued,
        accepted_s=happened.accepted_s,
        ended_s=happened.ended_s,
        released_s=happened.released_s,
        first_reply_s=NO_TIMES,
        left_s=_left_s(happened) if left else NO_TIMES,
        estimate_s=np.ascontiguousarray(happened.estimate_s) if balks else NO_TIMES,
        balked=np.ascontiguousarray(happened.balked) if balks else NO_FLAGS,
        customer=NO_ROWS,
        attempt=NO_ROWS if chains is None else chains.attempt,
        **opinions(scenario, draws, happened.outcome, happened.arrival_s, happened.accepted_s,
                   happened.open_chats, np.ascontiguousarray(happened.resolved), turns),
    )  # fmt: skip


def _left_s(happened: Happened) -> Floats:
    """When customers left whose chats went on without them: with a signal only while a reply was composed."""
    known = (happened.outcome == Outcome.LEFT) & np.isnan(happened.gone_s)
    return np.where(known, happened.ended_s, happened.gone_s)


def _turns_of(turns: Turns, rows: Ints) -> Turns:
    """Turns of some chats, in their order."""
    counts = np.diff(turns.offset)[rows]
    offset = np.concatenate([[0], np.cumsum(counts)])
    picked = np.arange(offset[-1]) + np.repeat(turns.offset[rows] - offset[:-1], counts)
    return Turns(offset, turns.message_s[picked], turns.start_s[picked], turns.reply_s[picked])


@lru_cache(maxsize=8)
def _centre(same: Same) -> Centre:
    """What a reader of the log must know of the centre."""
    scenario = same.scenario
    by_turns = {queue.name: queue.by_turns for queue in scenario.queues}
    return Centre(
        name=scenario.name,
        start=scenario.start,
        days=scenario.days,
        interval_s=scenario.interval_s,
        warm_up_s=scenario.warm_up_s,
        queues=tuple(by_turns),
        groups=tuple(group.name for group in scenario.groups),
        by_turns=tuple(by_turns.values()),
        wrap_up_attention=tuple(queue.wrap_up_attention for queue in scenario.queues),
        attentive=tuple(by_turns[group.queues[0]] for group in scenario.groups),
        shrinkage=tuple(group.planned_shrinkage for group in scenario.groups),
        returns=tuple(queue.returns is not None for queue in scenario.queues),
        fcr_window_s=None if scenario.quality is None else scenario.quality.fcr_window_h * 3600.0,
        deliver_s=scenario.platform.deliver_s,
        zone=scenario.zone,
    )
