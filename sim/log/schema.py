"""Which columns does a log have? One table of them: name, kind, unit, meaning, and who can know it.

Frames, files, what is read back and the documentation follow it. Times are seconds since the first midnight;
files also have most of them as local dates and times. A column whose value nobody can know in a real centre
is *true* of simulated chats alone, and its name says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Kind = Literal["number", "whole", "identity", "text", "flag", "outcome", "role", "end", "status"]


class Role(IntEnum):
    """Who sent a message."""

    CUSTOMER = 0
    AGENT = 1
    BOT = 2
    SYSTEM = 3


class LegEnd(IntEnum):
    """How an agent's part of a chat ended."""

    FINISHED = 0
    """The conversation was over."""
    TRANSFERRED = 1
    """Another agent, or the queue, took it over."""
    OPEN = 2
    """Not yet."""
    DECLINED = 3
    """The agent did not take it: offered, never held."""
    TIMED_OUT = 4
    """The agent did not answer the offer in time: never held."""


class Status(IntEnum):
    """What a span of an agent's planned duty was."""

    WORKED = 0
    ABSENT = 1
    LATE = 2
    """Before a late log-in."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table of the log."""

    name: str
    kind: Kind
    unit: str
    """Empty where there is none."""
    meaning: str
    moment: str = ""
    """Name of the same time as a local date and time, in files."""
    needed: bool = False
    """Whether a log can't be without it."""
    only: str = ""
    """In which logs it is; empty: in all."""


RETRIES, QUALITY, LEAVING, ANNOUNCED, HANDED, DELIVERED = (
    "customers who come again",
    "[quality]",
    "silent customers or patience within the chat",
    "an announced wait",
    "a bot or a form before the queue",
    "a platform that takes time to deliver",
)

CHATS = (
    Column("chat_id", "identity", "", "Identity of the chat.", needed=True),
    Column("queue", "text", "", "Name of the queue.", needed=True),
    Column("number", "whole", "", "Number within its queue: the same customer in every plan."),
    Column("arrival_s", "number", "s", "The customer asked for a chat.", "requested_at", needed=True),
    Column("entered_s", "number", "s", "It entered the queue.", "queued_at", only=HANDED),
    Column("outcome", "outcome", "", "What became of it.", needed=True),
    Column("queued", "flag", "", "It found no free slot and waited in line."),
    Column(
        "wait_s", "number", "s", "Time in the queue, whoever was still there; nothing if it never entered."
    ),
    Column("accepted_s", "number", "s", "The first agent took it.", "assigned_at"),
    Column("first_reply_s", "number", "s", "First reply of an agent to the customer.", "first_agent_msg_at"),
    Column("ended_s", "number", "s", "End of the conversation, or the moment of leaving.", "ended_at"),
    Column(
        "released_s", "number", "s", "End of the wrap-up: the last agent's slot is free.", "wrapup_end_at"
    ),
    Column("agent_id", "identity", "", "The first agent who took it."),
    Column("group", "text", "", "That agent's group."),
    Column("turns", "whole", "", "Agents' replies to the customer's messages, those to nobody too."),
    Column("true_patience_s", "number", "s", "How long the customer would have waited in the queue."),
    Column("customer_id", "identity", "", "The chat_id of the same customer's first attempt.", only=RETRIES),
    Column("attempt", "whole", "", "1 for a customer's first attempt, then 2, 3.", only=RETRIES),
    Column(
        "true_left_s", "number", "s", "The customer left, and the chat went on without them.", only=LEAVING
    ),
    Column("estimate_s", "number", "s", "The wait that was announced.", only=ANNOUNCED),
    Column("balked", "flag", "", "The customer was told, and did not join.", only=ANNOUNCED),
    Column("open_chats", "number", "chats", "Mean chats that the agent held at its replies.", only=QUALITY),
    Column("resolved", "flag", "", "It solved what the customer came for.", only=QUALITY),
    Column("true_csat", "whole", "of 5", "The score that the customer would give.", only=QUALITY),
    Column("true_nps", "whole", "of 10", "Likelihood to recommend, likewise.", only=QUALITY),
    Column("true_ces", "whole", "of 7", "Ease, 7 being easiest, likewise.", only=QUALITY),
    Column("surveyed", "flag", "", "The customer answered the survey.", only=QUALITY),
    Column("converted", "flag", "", "The customer went on to buy.", only=QUALITY),
    Column("csat", "whole", "of 5", "The score of those who answered the survey.", only=QUALITY),
    Column("nps", "whole", "of 10", "Likelihood to recommend, likewise.", only=QUALITY),
    Column("ces", "whole", "of 7", "Ease, likewise.", only=QUALITY),
)
MESSAGES = (
    Column("chat_id", "identity", "", "Identity of the chat.", needed=True),
    Column("seq", "whole", "", "Place in the chat, from 0."),
    Column("role", "role", "", "Who sent it: customer, agent, bot or system.", needed=True),
    Column("agent_id", "identity", "", "The agent who has the chat."),
    Column("sent_s", "number", "s", "It was sent.", "sent_at", needed=True),
    Column("inbox_s", "number", "s", "A customer's message is in the agent's inbox."),
    Column("started_s", "number", "s", "The agent took the customer's message up."),
    Column("seen_s", "number", "s", "The other side was shown it.", "seen_at", only=DELIVERED),
    Column("true_in_vain", "flag", "", "A reply to a customer who was gone.", only=LEAVING),
)
LEGS = (
    Column("chat_id", "identity", "", "Identity of the chat.", needed=True),
    Column("leg", "whole", "", "Place among the chat's legs, from 0."),
    Column("agent_id", "identity", "", "The agent who held it.", needed=True),
    Column("accepted_s", "number", "s", "The agent took it; nothing if never.", "accepted_at"),
    Column("ended_s", "number", "s", "The agent's part of the conversation was over.", "ended_at"),
    Column("released_s", "number", "s", "End of the wrap-up: the slot is free.", "wrapup_end_at"),
    Column("end", "end", "", "Finished, transferred, open; declined or timed_out where it was never held."),
)
AGENTS = (
    Column("agent_id", "identity", "", "Identity of the agent.", needed=True),
    Column("group", "text", "", "Name of the group.", needed=True),
    Column("status", "status", "", "Worked; absent or late where the span was planned and lost."),
    Column("slots", "whole", "chats", "Chats that the agent may hold at once."),
    Column("speed", "number", "times", "Speed on the day of log-in."),
    Column("on_s", "number", "s", "Log-in.", "on_at", needed=True),
    Column("off_s", "number", "s", "Planned log-off; infinite where there is none.", "off_at", needed=True),
    Column("out_s", "number", "s", "Log-off, or the end of the last chat in hand.", "out_at"),
)
TABLES: Mapping[str, tuple[Column, ...]] = {
    "chats": CHATS, "messages": MESSAGES, "legs": LEGS, "agents": AGENTS,
}  # fmt: skip
"""Columns of each table, in the order in which files have them."""
