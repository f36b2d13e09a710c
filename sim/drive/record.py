"""What did the server say, to whom, and when? The record of a run: one event each, in the order of seeing.

Times are seconds of the simulated clock since the first midnight, so they read as those of a log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

NO_ROW, NO_ONE = -1, -1


class Who(StrEnum):
    """Who saw or did it."""

    CUSTOMER = "customer"
    AGENT = "agent"
    DRIVER = "driver"


class Kind(StrEnum):
    """What happened."""

    ARRIVED = "arrived"
    """A customer wants a chat: at the drawn instant, whenever the server answers."""
    SKIPPED = "skipped"
    """Not sent to the server: too many chats were open already."""
    OFFLINE = "offline"
    """Not sent to the server: it was outside the opening hours."""
    OPENED = "opened"
    """The server has opened the chat, and named it."""
    WAITING = "waiting"
    """An agent is shown the chat in the list of those that wait; noted where nobody may take it at once."""
    GONE = "gone"
    """That list no longer shows it."""
    ASSIGNED = "assigned"
    """An agent has it: the server has said so to the agent, or to the customer."""
    REFUSED = "refused"
    """The server did not give it to an agent who wanted to take it."""
    BEGAN = "began"
    """An agent begins to compose a reply."""
    SENT = "sent"
    """The server has taken a message. The time is when it was sent: as intended."""
    SEEN = "seen"
    """Somebody is shown a message of the other side."""
    IN_VAIN = "in_vain"
    """An agent has composed a reply to a customer who is gone; it is not sent."""
    ENDED = "ended"
    """The conversation is over for the agent, whose wrap-up begins."""
    DONE = "done"
    """An agent is done with the chat, wrap-up and all, and asks the server to close it."""
    LEFT = "left"
    """The customer leaves, or an agent is told so."""
    CLOSED = "closed"
    """An agent has closed it, or somebody is told that it is closed."""
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    """An agent is out: off duty, with nothing in hand."""
    DROPPED = "dropped"
    """A client's connection breaks, on purpose."""
    BACK = "back"
    """It is there again."""
    FAILED = "failed"
    """The server failed a request, or a connection broke; the cause is the note."""


class Event(NamedTuple):
    """One thing that was seen or done. There are many of them, and a tuple is made fastest."""

    at_s: float
    kind: Kind
    who: Who
    row: int = NO_ROW
    """Row of the chat in the day that is played; −1 where it concerns none, or one that nobody knows."""
    chat: str = ""
    """As the server calls it; empty where it has no name yet."""
    agent: int = NO_ONE
    """Number of the agent concerned."""
    message: str = ""
    """Identity of the message."""
    note: str = ""
    """More: why a customer left or a chat was closed, the verb that failed and the cause."""


@dataclass(slots=True)
class Record:
    """All events of a run, in the order in which they were seen."""

    events: list[Event] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Note an event."""
        self.events.append(event)
