"""What happened? The log of a run as columns: facts only, nothing measured.

NaN is a time that did not happen, −1 no agent. Rows of chats are those of the draws.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.log.schema import LegEnd, Role
from sim.rules import NO_AGENT, Outcome
from sim.scenario.local_time import Cells, LocalTime, cells
from sim.scenario.units import plural

if TYPE_CHECKING:
    import polars as pl

    from sim.log.build import Facts

NO_SCORE = -1
"""The score of a customer who gave none."""


@dataclass(frozen=True, slots=True)
class Centre:
    """What a reader of the log must know of the centre."""

    name: str
    start: dt.date
    days: int
    interval_s: float
    warm_up_s: float
    """Chats that arrived earlier are not measured."""
    queues: tuple[str, ...]
    groups: tuple[str, ...]
    by_turns: tuple[bool, ...]
    """Of each queue: whether it is served by turns."""
    wrap_up_attention: tuple[bool, ...]
    """Of each queue: whether its wrap-up takes attention."""
    attentive: tuple[bool, ...]
    """Of each group: whether it serves by turns, so that its attention is known."""
    shrinkage: tuple[float, ...]
    """Of each group: planned share of paid time that is not worked."""
    returns: tuple[bool, ...]
    """Of each queue: whether customers who were not helped come again."""
    fcr_window_s: float | None
    """Who comes again so soon was not helped by their first contact; None without a model of quality."""
    recorded: bool = False
    """Whether it is a real centre's: what its platform did not record is left out of its figures."""
    deliver_s: float = 0.0
    """How long a message takes to the other side (R42)."""
    zone: str | None = None
    """Its time zone; None for clocks that never change."""

    @property
    def local(self) -> LocalTime:
        """Its clocks."""
        return LocalTime(self.start, self.zone, self.zone)

    @property
    def horizon_s(self) -> float:
        """End of the last day."""
        return self.local.midnight(self.days)

    @property
    def cells(self) -> Cells:
        """Planning intervals of all days."""
        return cells(self.local, self.days, self.interval_s)


@dataclass(frozen=True, slots=True, eq=False)
class Chats:
    """One row a chat, in order of arrival. Columns of what no queue of the scenario has are empty."""

    queue: Ints
    number: Ints
    """Number within its queue: the same customer in every run with the same seed and replication."""
    arrival_s: Floats
    patience_s: Floats
    """Truth that no real log has; infinite where patience has no end."""
    outcome: Ints
    """An :class:`Outcome` each."""
    agent: Ints
    """Agent who accepted; −1 if none did."""
    queued: Flags
    """Whether it found no free slot and entered the waiting line."""
    accepted_s: Floats
    ended_s: Floats
    """End of the conversation, or the moment of leaving; where the customer left without a signal, the moment
    when the agent closed the chat. NaN while unfinished."""
    released_s: Floats
    """End of the wrap-up, or of the chat where there is none: the slot is free."""
    first_reply_s: Floats
    """As it was recorded; empty where turns tell it."""
    left_s: Floats
    """When the customer left, where their chat went on without them: a reply to their last message is said to
    nobody. Truth that no real log has."""
    estimate_s: Floats
    """The wait that was announced to them; NaN if they did not have to wait."""
    balked: Flags
    """Whether they were told, and did not join."""
    customer: Ints
    """Row of the same customer's first attempt."""
    attempt: Ints
    """1 for a customer's first attempt, 2 for their second, …"""
    open_chats: Floats
    """Mean number of chats that the agent held when they began the chat's replies; NaN if not served."""
    resolved: Flags
    csat: Ints
    """1 to 5; −1 if not served. All customers' truth: see `surveyed`."""
    nps: Ints
    """0 to 10; −1 if not served."""
    ces: Ints
    """1 to 7, 7 being easiest; −1 if not served."""
    surveyed: Flags
    """Whether the customer answered the survey, so that the centre knows the scores."""
    converted: Flags
    """Whether they went on to buy."""
    entered_s: Floats = field(default_factory=lambda: np.empty(0))
    """When it entered the queue; empty where that is its arrival."""


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """One row a turn, those of chat i at ``offset[i]`` to ``offset[i + 1]``; NaN where it did not happen."""

    offset: Ints
    message_s: Floats
    """The customer's message is sent; for the first turn that is the acceptance, with which it is in the
    agent's inbox, where the others are `Centre.deliver_s` later."""
    start_s: Floats
    """The agent takes it up."""
    reply_s: Floats
    """The customer is shown the reply: `Centre.deliver_s` after it was sent."""


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """One row a leg: a time that an agent holds a chat. In order of chats, those of one in order of time."""

    chat: Ints
    """Row of the chat."""
    agent: Ints
    accepted_s: Floats
    ended_s: Floats
    """The agent's part of the conversation is over; NaN while it is not."""
    released_s: Floats
    """End of the wrap-up, or of the leg where there is none: the slot is free."""
    end: Ints
    """A :class:`LegEnd` each."""

    @classmethod
    def single(cls, chat: Chats) -> Legs:
        """Those of chats that one agent holds from acceptance to release."""
        rows = np.flatnonzero(chat.agent != NO_AGENT)
        ended_s = chat.ended_s[rows]
        end = np.where(np.isnan(ended_s), LegEnd.OPEN, LegEnd.FINISHED)
        return cls(rows, chat.agent[rows], chat.accepted_s[rows], ended_s, chat.released_s[rows], end)


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """One row a message, of which several in a row may be one side's; those of chat i at ``offset[i]`` on."""

    offset: Ints
    """Shape (n_chats + 1,)."""
    sent_s: Floats
    role: Ints
    """A :class:`Role` each."""
    started_s: Floats
    """When an agent began to compose it; NaN where nobody knows."""

    def count(self, role: Role) -> Ints:
        """Messages of one *role* in each chat, shape (n_chats,)."""
        cumulated = np.concatenate([[0], np.cumsum(self.role == role)])
        return np.asarray(np.diff(cumulated[self.offset]), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Duty:
    """One row a span of duty."""

    agent: Ints
    on_s: Floats
    off_s: Floats
    """Planned log-off; infinite for constant agents of a centre that never closes."""
    out_s: Floats
    """Log-off or, later, the end of the last chat in hand, but at the latest the next log-in."""


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """One row an agent."""

    group: Ints
    slots: Ints
    speed: Floats
    """Shape (n_agents, days)."""
    day_s: Floats
    """When each agent's days begin, same shape: at midnight, or when a shift of the day before ends."""

    def speed_at(self, agent: Ints, times_s: Floats) -> Floats:
        """Speed of some agents, each at a time of their day."""
        last = self.speed.shape[1] - 1
        day = np.minimum(times_s // 86_400, last).astype(np.int64)
        while (late := (times_s < self.day_s[agent, day]) & (day > 0)).any():
            day -= late
        while (early := (day < last) & (times_s >= self.day_s[agent, np.minimum(day + 1, last)])).any():
            day += early
        return np.asarray(self.speed[agent, day], dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Lost:
    """One row a span of duty that was planned and not worked."""

    agent: Ints
    on_s: Floats
    off_s: Floats
    late: Flags
    """Lost to a late log-in, not to an absence."""


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """What a real log calls its chats and agents."""

    chats: Sequence[str]
    agents: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class ChatLog:
    """The record of one run."""

    centre: Centre
    chat: Chats
    turn: Turns
    leg: Legs
    duty: Duty
    team: Team
    lost: Lost
    n_events: int
    """Events that the engine processed; 0 where none did."""
    message: Messages | None = None
    """As they were sent, where turns don't say it all; None where each turn is a message and its reply."""
    identity: Identity | None = None
    """Names of chats and agents; None where they are numbers: the rows."""
    lacks: frozenset[str] = frozenset()
    """Columns and tables that nobody knows anything of, so that no figure is made of them."""

    def __repr__(self) -> str:
        rows = (self.centre.days, "day"), (len(self.chat.queue), "chat"), (len(self.team.group), "agent")
        return f"<ChatLog {self.centre.name!r}: {', '.join(plural(n, word) for n, word in rows)}>"

    @property
    def first_reply_s(self) -> Floats:
        """First human reply of each chat, shape (n_chats,); by work the acceptance, NaN where none."""
        if "first_reply_s" in self.lacks:
            return np.full(len(self.chat.queue), np.nan)
        if len(self.chat.first_reply_s):
            return self.chat.first_reply_s
        offset = self.turn.offset
        by_turns = np.array(self.centre.by_turns)[self.chat.queue]
        first = np.minimum(offset[:-1], max(len(self.turn.reply_s) - 1, 0))
        reply_s = self.turn.reply_s[first] if len(self.turn.reply_s) else np.full(len(first), np.nan)
        reply_s = np.where(np.diff(offset) > 0, reply_s, np.nan)
        answered_s = np.where(by_turns, reply_s, self.chat.accepted_s)
        if len(self.chat.left_s):  # a reply to nobody is none
            further = np.append(self.turn.message_s, np.nan)[np.minimum(offset[:-1] + 1, offset[1:] - 1)]
            went_on = (np.diff(offset) > 1) & ~np.isnan(further)
            answered_s[~np.isnan(self.chat.left_s) & ~went_on] = np.nan
        return answered_s

    @property
    def answered(self) -> Flags:
        """Whether an agent replied to the customer; where no replies are recorded, whether one accepted."""
        outcome, is_unknown = self.chat.outcome, "first_reply_s" in self.lacks
        accepted, replied = self.chat.agent != NO_AGENT, ~np.isnan(self.first_reply_s)
        if self.centre.recorded:
            open_still = accepted & is_unknown & (outcome == Outcome.UNFINISHED)
            return np.asarray(replied | open_still | (outcome == Outcome.SERVED))
        return np.asarray(accepted if is_unknown else replied)

    @property
    def n_replies(self) -> Ints:
        """Agents' replies in each chat, those to nobody too, shape (n_chats,)."""
        cumulated = np.concatenate([[0], np.cumsum(~np.isnan(self.turn.reply_s))])
        return np.asarray(cumulated[self.turn.offset[1:]] - cumulated[self.turn.offset[:-1]], dtype=np.int64)

    @classmethod
    def of(
        cls,
        chats: pl.DataFrame,
        messages: pl.DataFrame | None = None,
        legs: pl.DataFrame | None = None,
        agents: pl.DataFrame | None = None,
        facts: Facts | Centre | None = None,
    ) -> ChatLog:
        """Build a log from tables, with the columns that these frames have: see `sim.log.schema`.

        Only `chats` is needed, and of its columns `chat_id`, `queue`, `arrival_s` and `outcome`. What is not
        there is unknown: no figure is made of it. *facts* say what tables don't: start, days, interval.

        Raises
        ------
        LogError
            If a table lacks a column that it can't be without, or holds what it can't.
        """
        from sim.log.build import log_of  # noqa: PLC0415  polars is slow to import and engines do without

        return log_of(chats, messages, legs, agents, facts)

    def chats(self) -> pl.DataFrame:
        """Frame of chats, one row each, times in seconds since the first midnight; null where none."""
        from sim.log import frames  # noqa: PLC0415  polars is slow to import and engines do without

        return frames.table("chats", [self])[0]

    def messages(self) -> pl.DataFrame:
        """Frame of messages of the chats that were accepted."""
        from sim.log import frames  # noqa: PLC0415  as above

        return frames.table("messages", [self])[0]

    def legs(self) -> pl.DataFrame:
        """Frame of legs: one row a time that an agent holds a chat."""
        from sim.log import frames  # noqa: PLC0415  as above

        return frames.table("legs", [self])[0]

    def agents(self) -> pl.DataFrame:
        """Frame of spans of planned duty, worked or lost, one row each."""
        from sim.log import frames  # noqa: PLC0415  as above

        return frames.table("agents", [self])[0]
