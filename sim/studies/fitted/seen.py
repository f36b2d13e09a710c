"""What does a log show of each chat and turn? Columns for the fits, and no numbers yet.

When an agent took a message up is not recorded. They attend to one thing at a time, so it is when the message
came, or when they had finished what they did before (a message, a wrap-up), whichever is later: the rule by
which they work in the simulator (R13), and the latest time at which a reply can have been begun in any case.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from sim.arrays import Flags, Floats, Ints
from sim.importers.folder import Recorded
from sim.importers.measured import chat_log
from sim.log.chatlog import ChatLog
from sim.log.schema import LegEnd, Role
from sim.rules import NO_AGENT, Outcome
from sim.scenario.units import DAY_S

_NEVER_HELD = (LegEnd.DECLINED, LegEnd.TIMED_OUT)
_AT_ONCE_S = 1.0
"""A chat whose conversation ends so soon after its last reply ends with it."""
_APART = 0.05
"""Share of wrap-ups with a reply in another chat meanwhile, from which on they take no attention."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Times that agents held chats, in order of agents and of time: shape (n_legs,) each."""

    agent: Ints
    chat: Ints
    accepted_s: Floats
    ended_s: Floats
    released_s: Floats
    """Infinite where the end is not known."""

    def at(self, agent: Ints, time_s: Floats) -> Ints:
        """Chats that each of some agents holds at a time."""
        held = np.zeros(len(agent), dtype=np.int64)
        order = np.argsort(agent, kind="stable")
        bounds = np.searchsorted(agent[order], np.arange(agent.max(initial=-1) + 2))
        for a in np.unique(agent):
            mine, rows = self.agent == a, order[bounds[a] : bounds[a + 1]]
            begun = np.sort(self.accepted_s[mine])
            over = np.sort(self.released_s[mine])
            held[rows] = np.searchsorted(begun, time_s[rows], side="right") - np.searchsorted(
                over, time_s[rows], side="right"
            )
        return held


@dataclass(frozen=True, slots=True, eq=False)
class TurnsSeen:
    """Turns with a reply, shape (n_turns,) each."""

    chat: Ints
    place: Ints
    """Place within its chat, from 0."""
    agent: Ints
    message_s: Floats
    start_s: Floats
    """The agent took the message up; NaN where nobody knows."""
    reply_s: Floats
    next_s: Floats
    """The customer's next message; NaN for none."""
    held: Ints
    """Chats that the agent held then."""

    @property
    def compose_s(self) -> Floats:
        """An agent's attention for the reply."""
        return np.asarray(self.reply_s - self.start_s)


@dataclass(frozen=True, eq=False)
class Seen:
    """A log as fits look at it: rows of chats in order of arrival."""

    recorded: Recorded
    chats: ChatLog

    @cached_property
    def asked(self) -> ChatLog:
        """The log without those who asked no agent, for a bot had them to the end."""
        outcome = self.recorded.chats["outcome"].cast(pl.String)
        if not (outcome == "contained").any():
            return self.chats
        kept = self.recorded.chats.filter(outcome != "contained")
        return chat_log(
            replace(self.recorded, chats=kept, legs=self.recorded.legs.join(kept, on="chat_id", how="semi"),
                    messages=self.recorded.messages.join(kept, on="chat_id", how="semi")),
            interval_min=round(self.chats.centre.interval_s / 60),
        )  # fmt: skip

    @property
    def start(self) -> dt.date:
        """The first day."""
        return self.chats.centre.start

    @property
    def n_days(self) -> int:
        """Days from the first chat to the last."""
        return self.chats.centre.days

    @cached_property
    def rows(self) -> pl.DataFrame:
        """Rows of the imported chats, in the order of the columns."""
        if self.chats.identity is None:
            return self.recorded.chats
        order = pl.DataFrame({"chat_id": list(self.chats.identity.chats)})
        return order.join(self.recorded.chats, on="chat_id", how="left", maintain_order="left")

    @cached_property
    def day(self) -> Ints:
        """Day of each chat, from 0."""
        return np.asarray(self.chats.chat.arrival_s // DAY_S, dtype=np.int64)

    @cached_property
    def entered_s(self) -> Floats:
        """When each entered the queue."""
        chat = self.chats.chat
        return chat.entered_s if len(chat.entered_s) else chat.arrival_s

    @cached_property
    def is_accepted(self) -> Flags:
        """Whether an agent took it, at a known time."""
        return np.asarray(np.isfinite(self.chats.chat.accepted_s))

    @cached_property
    def wait_s(self) -> Floats:
        """Time in the queue until they were accepted, gave up, or were sent away; NaN if unknown."""
        chat = self.chats.chat
        until = np.where(self.is_accepted, chat.accepted_s, np.nan)
        gone = np.isin(chat.outcome, [Outcome.ABANDONED, Outcome.SILENT, Outcome.OVERFLOWED])
        until = np.where(gone, chat.ended_s, until)
        return np.asarray(until - self.entered_s)

    @cached_property
    def gave_up(self) -> Flags:
        """Whether they left the queue, and the platform knew."""
        return np.asarray(self.chats.chat.outcome == Outcome.ABANDONED)

    @cached_property
    def gone_before(self) -> Flags:
        """Whether it is recorded that they had gone, without a signal, when an agent took the chat."""
        gone_s = self.seconds("gone_at")
        is_silent = self.chats.chat.outcome == Outcome.SILENT
        return np.asarray(
            is_silent | (np.isfinite(gone_s) & self.is_accepted & (gone_s < self.chats.chat.accepted_s))
        )

    def seconds(self, name: str) -> Floats:
        """A time of the imported chats, on the clock of the columns."""
        later = (self.rows[name].dt.epoch("us") - self.rows["requested_at"].dt.epoch("us")) / 1e6
        return np.asarray(self.chats.chat.arrival_s + later.fill_null(float("nan")).to_numpy())

    @cached_property
    def ended_by(self) -> list[str | None]:
        """Who ended each chat."""
        return self.rows["ended_by"].cast(pl.String).to_list()

    @cached_property
    def has_messages(self) -> Flags:
        """Whether messages of a chat are recorded as a whole."""
        whole = self.rows["has_messages"] & ~self.rows["truncated"]
        return np.asarray(whole.to_numpy(), dtype=np.bool_)

    @cached_property
    def last_reply_s(self) -> Floats:
        """Last message of an agent in each chat; NaN for none."""
        return self._last(Role.AGENT)

    @cached_property
    def last_words_s(self) -> Floats:
        """Last message of the customer; NaN for none."""
        return self._last(Role.CUSTOMER)

    def _last(self, role: Role) -> Floats:
        found = np.full(len(self.day), np.nan)
        message = self.chats.message
        if message is not None:
            chat = np.repeat(np.arange(len(found)), np.diff(message.offset))
            mine = message.role == role
            found[chat[mine]] = message.sent_s[mine]  # in order of time: the last stays
        return found

    @cached_property
    def n_replies(self) -> Ints:
        """Replies in each chat."""
        return self.chats.n_replies

    @cached_property
    def held(self) -> Held:
        """Times that agents held chats; where not recorded, from their first message to the last."""
        leg, first_s, last_s = self.chats.leg, self.chats.first_reply_s, self.last_reply_s
        accepted = np.where(np.isnan(leg.accepted_s), first_s[leg.chat], leg.accepted_s)
        rows = np.flatnonzero(
            ~np.isin(leg.end, _NEVER_HELD) & np.isfinite(accepted) & (leg.agent != NO_AGENT)
        )
        rows = rows[np.lexsort((accepted[rows], leg.agent[rows]))]
        ended = leg.ended_s[rows]
        over = self.chats.chat.outcome[leg.chat[rows]] != Outcome.UNFINISHED
        ended = np.where(np.isnan(ended) & over, last_s[leg.chat[rows]], ended)
        ended = np.where(np.isnan(ended), np.inf, ended)
        released = np.where(np.isnan(leg.released_s[rows]), ended, leg.released_s[rows])
        return Held(leg.agent[rows], leg.chat[rows], accepted[rows], ended, np.maximum(released, ended))

    @cached_property
    def is_one_leg(self) -> Flags:
        """Whether one agent held the chat to its end."""
        leg = self.chats.leg
        held = leg.chat[~np.isin(leg.end, _NEVER_HELD)]
        return np.asarray(np.bincount(held, minlength=len(self.day)) == 1)

    @cached_property
    def turns(self) -> TurnsSeen | None:
        """Turns with a reply of chats that one agent held; None where no messages are recorded."""
        turn, chat = self.chats.turn, self.chats.chat
        if not len(turn.reply_s):
            return None
        of = np.repeat(np.arange(len(self.day)), np.diff(turn.offset))
        place = np.arange(len(of)) - turn.offset[of]
        follows = np.append(turn.message_s[1:], np.nan)
        follows[turn.offset[1:][np.diff(turn.offset) > 0] - 1] = np.nan
        fine = np.isfinite(turn.reply_s) & self.has_messages[of] & (chat.agent[of] != NO_AGENT)
        rows = np.flatnonzero(fine)
        agent, of, place = chat.agent[of[rows]], of[rows], place[rows]
        start_s = np.maximum(turn.message_s[rows], self._finished_before(agent, turn.reply_s[rows]))
        is_unknown = ~self.is_one_leg[of] | ((place == 0) & ~self.is_accepted[of])
        start_s[is_unknown] = np.nan
        held = np.maximum(self.held.at(agent, np.nan_to_num(start_s)), 1)
        return TurnsSeen(
            of, place, agent, turn.message_s[rows], start_s, turn.reply_s[rows], follows[rows], held
        )

    def _finished_before(self, agent: Ints, reply_s: Floats) -> Floats:
        """When each agent had finished what they did before a reply; −infinity for nothing."""
        message, chat = self.chats.message, self.chats.chat
        assert message is not None
        of = np.repeat(np.arange(len(self.day)), np.diff(message.offset))
        said = (message.role == Role.AGENT) & (chat.agent[of] != NO_AGENT)
        who, when = [chat.agent[of[said]]], [message.sent_s[said]]
        if self.wrap_up_attention:
            known = np.isfinite(self.held.released_s)
            who.append(self.held.agent[known])
            when.append(self.held.released_s[known])
        every_agent, every_s = np.concatenate(who), np.concatenate(when)
        found = np.full(len(agent), -np.inf)
        for a in np.unique(agent):
            mine, done = agent == a, np.sort(every_s[every_agent == a])
            place = np.searchsorted(done, reply_s[mine], side="left") - 1
            found[mine] = np.where(place >= 0, done[np.maximum(place, 0)], -np.inf)
        return found

    @cached_property
    def wrap_up_s(self) -> Floats:
        """From the end of each conversation, or its last reply, to the release of the slot."""
        chat, last_s = self.chats.chat, self.last_reply_s
        begins = chat.ended_s if self.ends_with_reply else np.where(np.isnan(last_s), chat.ended_s, last_s)
        released = np.where(np.isnan(chat.released_s), chat.ended_s, chat.released_s)
        served = chat.outcome == Outcome.SERVED
        return np.asarray(np.where(served, np.maximum(released - begins, 0.0), np.nan))

    @cached_property
    def ends_with_reply(self) -> bool:
        """Whether conversations end with the last reply: else their slots are held for a while after it."""
        chat = self.chats.chat
        quiet_s = (chat.ended_s - self.last_reply_s)[(chat.outcome == Outcome.SERVED) & self.has_messages]
        quiet_s = quiet_s[np.isfinite(quiet_s)]
        return not len(quiet_s) or float(np.median(quiet_s)) <= _AT_ONCE_S

    @cached_property
    def wrap_up_attention(self) -> bool:
        """Whether agents write nothing in other chats while they wrap up: it takes their attention."""
        message, chat, held = self.chats.message, self.chats.chat, self.held
        if message is None or not self.ends_with_reply:
            return False
        of = np.repeat(np.arange(len(self.day)), np.diff(message.offset))
        said = (message.role == Role.AGENT) & (chat.agent[of] != NO_AGENT)
        who, when = chat.agent[of[said]], message.sent_s[said]
        n = n_broken = 0
        for a in np.unique(held.agent):
            mine = (held.agent == a) & np.isfinite(held.released_s) & (held.released_s > held.ended_s + 1)
            sent = np.sort(when[who == a])
            inside = np.searchsorted(sent, held.released_s[mine] - 0.5) - np.searchsorted(
                sent, held.ended_s[mine] + 0.5
            )
            busy = self.held.at(np.full(int(mine.sum()), a), held.ended_s[mine]) > 1
            n, n_broken = n + int(busy.sum()), n_broken + int(((inside > 0) & busy).sum())
        return n_broken <= _APART * n


def look_at(log: Recorded, interval_min: int = 30) -> Seen:
    """Give an imported *log* as fits look at it."""
    return Seen(log, chat_log(log, interval_min=interval_min))
