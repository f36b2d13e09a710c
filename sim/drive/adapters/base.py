"""What must a chat server be able to do, to be driven? The protocol that each adapter keeps.

An adapter translates: verbs become requests of its server, and what the server tells a client becomes `Seen`.
It keeps no time, decides nothing, repeats nothing and draws nothing; a failure is a `LoadError` with its
cause. Names of chats are the server's own.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

from sim.errors import LoadError

_ID = re.compile(r"\[([ca])(\d+)\.(\d+)\]")


class RefusedError(LoadError):
    """A server does what it should in refusing: the chat is closed, or somebody else's. It is no failure."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a run. Its text bears its identity, so that whoever reads it knows which one it is."""

    by_agent: bool
    chat: int
    """Row of the chat in the day that is played."""
    turn: int
    """Turn within the chat, from 0: the customer's message and the agent's reply to it."""

    @property
    def id(self) -> str:
        """Unique in a run.

        >>> Message(by_agent=True, chat=17, turn=0).id
        'a17.0'
        """
        return f"{'a' if self.by_agent else 'c'}{self.chat}.{self.turn}"

    @property
    def text(self) -> str:
        """What is sent."""
        side = "The answer to question" if self.by_agent else "A question, number"
        return f"[{self.id}] {side} {self.turn + 1} of chat {self.chat}."

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Read the message off a text; None if it is no message of a run.

        >>> Message.of("<p>[c17.2] A question</p>")
        Message(by_agent=False, chat=17, turn=2)
        """
        found = _ID.search(text)
        return cls(found[1] == "a", int(found[2]), int(found[3])) if found else None


class What(StrEnum):
    """What a server tells a client."""

    WAITING = "waiting"
    """Agents: a chat is in the list of those that wait."""
    GONE = "gone"
    """Agents: a chat has left that list, for whatever reason."""
    ASSIGNED = "assigned"
    """An agent has the chat: told to the customer, or to that agent by a server that routes itself."""
    MESSAGE = "message"
    """A message of the chat; one's own may be told too, and a message of before the assignment after it."""
    LEFT = "left"
    """Agents: the customer has left the chat."""
    CLOSED = "closed"
    """The chat is closed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that a server tells a client."""

    what: What
    chat: str
    """As the server calls it."""
    text: str = ""
    """Of a message."""
    queue: str = ""
    """Of a chat that waits."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A chat in the list of those that wait."""

    chat: str
    queue: str
    """Name of the scenario's queue; empty where the list does not say it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An agent, as a server must know them."""

    number: int
    slots: int
    """Chats that they may hold at once."""
    queues: tuple[str, ...]
    """Names of the queues whose chats they take, in the order of the scenario."""
    prefer: tuple[int, ...] = ()
    """Of each of these queues: the tier of this agent (R7), from 0, the first to be tried."""


class CustomerSession(Protocol):
    """One customer's client. Opens one chat."""

    async def open(self, queue: str, message: Message) -> str:
        """Open a chat with its first message, and give its name."""

    async def send(self, message: Message) -> None:
        """Send a further message.

        Raises `RefusedError` where the chat is closed, as all verbs of both sides do.
        """

    async def leave(self) -> None:
        """Leave the chat, so that the server knows."""

    async def drop(self) -> None:
        """Lose all connections without a word, as in a tunnel; `events` goes on once they are back. Never
        fails.
        """

    async def come_back(self) -> None:
        """Connect again as who one was, and be told what one has missed, once, by `events`."""

    def read(self, *, on: bool) -> None:
        """Read what the server tells, or let it lie where it is: in the connection, if there is one."""

    async def disconnect(self) -> None:
        """Go away without a word; `events` ends. Never fails."""

    def events(self) -> AsyncIterator[Seen]:
        """What this client is told, in the order in which it is told. Asked for once the chat is open.

        Nothing is missing of what came since then, and a chat that is closed is told to be.

        Raises
        ------
        LoadError
            If the connection breaks. Asked for again, it goes on after that, or ends.
        """


class AgentSession(Protocol):
    """One agent's client."""

    async def log_in(self) -> None:
        """Be there for new chats."""

    async def log_out(self) -> None:
        """Take no new chats; those in hand stay in hand."""

    async def waiting(self) -> list[Waiting]:
        """Give the list of chats that wait, as this agent is shown it: where the server does not route.

        Asked for at log-in, and every `Server.poll_s`.
        """

    async def assign(self, chat: str) -> bool:
        """Take a waiting chat; False if the server refuses, as when somebody else has it.

        Its messages of before are told by `events` afterwards.
        """

    async def send(self, chat: str, message: Message) -> None:
        """Send a reply."""

    async def close(self, chat: str) -> None:
        """Close a chat: its slot is free. Asked for too when the customer has left."""

    async def drop(self) -> None:
        """Lose all connections without a word, as in a tunnel; `events` goes on once they are back. Never
        fails.
        """

    async def come_back(self) -> None:
        """Connect again as who one was, and be told what one has missed, once, by `events`."""

    def read(self, *, on: bool) -> None:
        """Read what the server tells, or let it lie where it is: in the connection, if there is one."""

    async def disconnect(self) -> None:
        """Go away without a word; `events` ends. Never fails."""

    def events(self) -> AsyncIterator[Seen]:
        """What this client is told, likewise. Asked for once they are logged in for the first time."""


class Server(Protocol):
    """A chat server under test."""

    name: str
    """Of the adapter, as in ``--target``."""
    routes: bool
    """Whether the server itself assigns chats; if not, agents take them from the list by the rules."""
    poll_s: float | None
    """How often the list of waiting chats is to be asked for, in seconds of the wall clock; None where agents
    are told (`What.WAITING`, `What.GONE`)."""

    comes_back: bool
    """Whether a client whose connection broke can go on with its chats: if not, none is broken on purpose."""

    async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
        """Prepare what is to be there before the first client: departments, accounts, log-ins."""

    async def customer(self, key: str) -> CustomerSession:
        """Give a new customer's client; *key* is unique in a run."""

    async def agent(self, desk: Desk) -> AgentSession:
        """Give an agent's client, not yet logged in."""

    async def stop(self) -> None:
        """Give back all connections. Never fails."""


class Told:
    """What a client is told and has not read yet: for adapters whose servers push.

    ``put`` what comes, ``fail`` what breaks, ``end`` when nothing more will; iterate over it to read.
    """

    def __init__(self) -> None:
        self._unread: deque[Seen | LoadError | None] = deque()
        self._reader: asyncio.Future[None] | None = None
        self._is_held = False

    def put(self, seen: Seen) -> None:
        """Tell the client."""
        self._add(seen)

    def fail(self, error: LoadError) -> None:
        """Tell that something broke: reading raises it, and may go on."""
        self._add(error)

    def end(self, error: LoadError | None = None) -> None:
        """Tell nothing more; with an *error*, reading raises it first."""
        self._is_held = False
        if error is not None:
            self.fail(error)
        self._add(None)

    def hold(self, *, on: bool) -> None:
        """Let what comes lie unread, or read it."""
        self._is_held = on
        self._wake()

    def _add(self, what: Seen | LoadError | None) -> None:
        self._unread.append(what)
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def __aiter__(self) -> AsyncIterator[Seen]:
        """Read until the end."""
        while True:
            while self._unread and not self._is_held:
                what = self._unread.popleft()
                if what is None:
                    return
                if isinstance(what, LoadError):
                    raise what
                yield what
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
