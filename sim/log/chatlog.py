"""What happened? The log of a run as columns: facts only, nothing measured.

NaN is a time that did not happen, −1 no agent. Rows of chats are those of the draws.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.world.rules import NO_AGENT, Outcome
from sim.world.units import Flags, Floats, Ints, plural

if TYPE_CHECKING:
    import polars as pl

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

    @property
    def horizon_s(self) -> float:
        """End of the last day."""
        return self.days * 86_400.0


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


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """One row a turn, those of chat i at ``offset[i]`` to ``offset[i + 1]``; NaN where it did not happen."""

    offset: Ints
    message_s: Floats
    """The customer's message is in the agent's inbox; for the first turn that is the acceptance."""
    start_s: Floats
    """The agent takes it up."""
    reply_s: Floats
    """The reply is sent."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Lost:
    """One row a span of duty that was planned and not worked."""

    agent: Ints
    on_s: Floats
    off_s: Floats
    late: Flags
    """Lost to a late log-in, not to an absence."""


@dataclass(frozen=True, slots=True, eq=False)
class ChatLog:
    """The record of one run."""

    centre: Centre
    chat: Chats
    turn: Turns
    duty: Duty
    team: Team
    lost: Lost
    n_events: int
    """Events that the engine processed."""

    def __repr__(self) -> str:
        rows = (self.centre.days, "day"), (len(self.chat.queue), "chat"), (len(self.team.group), "agent")
        return f"<ChatLog {self.centre.name!r}: {', '.join(plural(n, word) for n, word in rows)}>"

    @property
    def first_reply_s(self) -> Floats:
        """First human reply of each chat, shape (n_chats,); by work the acceptance, NaN where none."""
        offset = self.turn.offset
        by_turns = np.array(self.centre.by_turns)[self.chat.queue]
        first = np.minimum(offset[:-1], max(len(self.turn.reply_s) - 1, 0))
        reply_s = self.turn.reply_s[first] if len(self.turn.reply_s) else np.full(len(first), np.nan)
        answered_s = np.where(by_turns, reply_s, self.chat.accepted_s)
        if len(self.chat.left_s):  # a reply to nobody is none
            further = np.append(self.turn.message_s, np.nan)[np.minimum(offset[:-1] + 1, offset[1:] - 1)]
            went_on = (np.diff(offset) > 1) & ~np.isnan(further)
            answered_s[~np.isnan(self.chat.left_s) & ~went_on] = np.nan
        return answered_s

    def chats(self) -> pl.DataFrame:
        """Frame of chats, one row each, times in seconds since the first midnight; null where none."""
        import polars as pl  # noqa: PLC0415  polars is slow to import and engines do without

        chat, no_agent = self.chat, self.chat.agent == NO_AGENT
        outcomes = pl.Enum([outcome.name.lower() for outcome in Outcome])
        n_turns = _replies(self.turn)
        never_waited = np.isin(chat.outcome, [Outcome.OFFLINE, Outcome.BLOCKED])
        waited_until_s = np.where(no_agent, np.where(never_waited, np.nan, chat.ended_s), chat.accepted_s)
        return (
            pl.DataFrame(
                {
                    "chat_id": np.arange(len(chat.arrival_s)),
                    "queue": np.array(self.centre.queues, dtype=object)[chat.queue],
                    "number": chat.number,
                    "arrival_s": chat.arrival_s,
                    "outcome": pl.Series(chat.outcome).replace_strict(
                        {outcome.value: outcome.name.lower() for outcome in Outcome}, return_dtype=outcomes
                    ),
                    "queued": chat.queued,
                    "wait_s": waited_until_s - chat.arrival_s,
                    "accepted_s": chat.accepted_s,
                    "first_reply_s": self.first_reply_s,
                    "ended_s": chat.ended_s,
                    "released_s": chat.released_s,
                    "agent_id": chat.agent,
                    "group": self._names_of_groups(chat.agent),
                    "turns": n_turns,
                    "true_patience_s": chat.patience_s,
                    **self._rarer_columns(),
                },
                schema_overrides={"queue": pl.String, "group": pl.String},
            )
            .with_columns(
                pl.selectors.float().fill_nan(None),
                pl.col("agent_id").replace(NO_AGENT, None),
                pl.col("group").cast(pl.String),
                pl.col("^true_(csat|nps|ces)$").replace(NO_SCORE, None),
            )
            .with_columns(self._known_scores())
        )

    def _known_scores(self) -> list[pl.Expr]:
        """Scores of those who answered the survey, and resolution of those served."""
        import polars as pl  # noqa: PLC0415  as above

        if not len(self.chat.csat):
            return []
        scores = [pl.when("surveyed").then(f"true_{name}").alias(name) for name in ("csat", "nps", "ces")]
        served = pl.col("true_csat").is_not_null()
        return [
            *scores,
            *(pl.when(served).then(name).alias(name) for name in ("resolved", "surveyed", "converted")),
        ]

    def _rarer_columns(self) -> dict[str, Floats | Ints | Flags]:
        """Columns of what only some scenarios have."""
        names = {"customer": "customer_id", "left_s": "true_left_s"}
        names |= {score: f"true_{score}" for score in ("csat", "nps", "ces")}
        rarer = ["customer", "attempt", "left_s", "estimate_s", "balked", "open_chats", "resolved"]
        rarer += ["csat", "nps", "ces", "surveyed", "converted"]
        columns = {names.get(name, name): getattr(self.chat, name) for name in rarer}
        return {name: column for name, column in columns.items() if len(column)}

    def messages(self) -> pl.DataFrame:
        """Frame of messages of the chats that were accepted, customer's and agent's in turn.

        `sent_s` of a customer's first message is their arrival; `inbox_s` is when a customer's message is in
        the agent's inbox, `started_s` when the agent takes it up.
        """
        import polars as pl  # noqa: PLC0415  as above

        turn = self.turn
        counts = np.diff(turn.offset)
        chat_id = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(len(chat_id)) - np.repeat(turn.offset[:-1], counts)
        happened = np.flatnonzero(~np.isnan(turn.message_s))
        answered = np.stack([np.ones(len(happened)), ~np.isnan(turn.reply_s[happened])], axis=1).ravel() > 0
        chat_id, place = chat_id[happened], place[happened]
        message_s = turn.message_s[happened]
        sent_s = np.where(place == 0, self.chat.arrival_s[chat_id], message_s)
        start_s, reply_s = turn.start_s[happened], turn.reply_s[happened]
        none = np.full(len(happened), np.nan)
        pairs = {
            "chat_id": np.repeat(chat_id, 2),
            "seq": np.stack([2 * place, 2 * place + 1], axis=1).ravel(),
            "role": np.tile(np.array(["customer", "agent"], dtype=object), len(happened)),
            "agent_id": np.repeat(self.chat.agent[chat_id], 2),
            "sent_s": np.stack([sent_s, reply_s], axis=1).ravel(),
            "inbox_s": np.stack([message_s, none], axis=1).ravel(),
            "started_s": np.stack([none, start_s], axis=1).ravel(),
        }
        if len(self.chat.left_s):
            last = np.ones(len(chat_id), dtype=np.bool_)
            last[:-1] = chat_id[1:] != chat_id[:-1]
            in_vain = last & ~np.isnan(self.chat.left_s[chat_id])
            pairs["true_in_vain"] = np.stack([np.zeros(len(happened)), in_vain], axis=1).ravel() > 0
        frame = pl.DataFrame(pairs, schema_overrides={"role": pl.String})
        return frame.filter(pl.Series(answered)).with_columns(pl.selectors.float().fill_nan(None))

    def _names_of_groups(self, agent: Ints) -> list[str | None]:
        names = [*self.centre.groups, None]
        groups = np.append(self.team.group, len(self.centre.groups))[agent]
        return [names[group] for group in groups]

    def agents(self) -> pl.DataFrame:
        """Frame of spans of duty worked, one row each, with the agent's speed on the day of log-in."""
        import polars as pl  # noqa: PLC0415  as above

        agent = self.duty.agent
        return pl.DataFrame(
            {
                "agent_id": agent,
                "group": self._names_of_groups(agent),
                "slots": self.team.slots[agent],
                "speed": self.team.speed[agent, (self.duty.on_s // 86_400).astype(np.int64)],
                "on_s": self.duty.on_s,
                "off_s": self.duty.off_s,
                "out_s": self.duty.out_s,
            },
            schema_overrides={"group": pl.String},
        )


def _replies(turn: Turns) -> Ints:
    """Replies that each chat got."""
    cumulated = np.concatenate([[0], np.cumsum(~np.isnan(turn.reply_s))])
    return np.asarray(cumulated[turn.offset[1:]] - cumulated[turn.offset[:-1]], dtype=np.int64)
