"""What does a correct server do? Our own, in-process: to test the driver with, and to learn an adapter from.

It takes requests in the order in which they come, tells every client what concerns it, and refuses a second
assignment. As a server that routes it gives chats to agents itself, by the rules; otherwise agents take them
from its list. Delays and stalls are those of a slow one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from sim.drive.adapters.base import Desk, Message, RefusedError, Seen, Told, Waiting, What
from sim.drive.floor import Call, Floor
from sim.errors import LoadError
from sim.rules import Policy


class _Stage(Enum):
    WAITING = auto()
    ASSIGNED = auto()
    CLOSED = auto()


@dataclass(slots=True)
class Room:
    """One chat, as the server keeps it."""

    call: Call
    customer: Told
    messages: list[str] = field(default_factory=list)
    stage: _Stage = _Stage.WAITING
    agent: int = -1
    has_left: bool = False


class Loopback:
    """A chat server of our own, without a wire."""

    name = "loopback"
    poll_s: float | None = None
    comes_back = True

    def __init__(
        self,
        *,
        routes: bool = False,
        policy: Policy = Policy.LEAST_LOADED,
        priorities: dict[str, int] | None = None,
        delay_s: float = 0.0,
    ) -> None:
        self.routes = routes
        self.delay_s = delay_s
        """Seconds of the event loop's clock that each request takes, and each thing told."""
        self._policy, self._priorities = policy, priorities
        self._rooms: dict[str, Room] = {}
        self._agents: dict[int, LoopbackAgent] = {}
        self._floor: Floor
        self._running: asyncio.Event
        self._death = ""

    async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
        """Open the doors; nobody is logged in yet."""
        loop = asyncio.get_running_loop()
        priorities = self._priorities or dict.fromkeys(queues, 1)
        self._floor = Floor(agents, self._policy, priorities, loop.time)
        self._running = asyncio.Event()
        self._running.set()

    async def customer(self, key: str) -> LoopbackCustomer:
        """Let a customer in."""
        return LoopbackCustomer(self, key)

    async def agent(self, desk: Desk) -> LoopbackAgent:
        """Let an agent in."""
        self._agents[desk.number] = LoopbackAgent(self, desk)
        return self._agents[desk.number]

    async def stop(self) -> None:
        """Do nothing: there is nothing to give back."""

    def stall(self, seconds: float) -> None:
        """Do nothing for so long, as a process that is stopped (SIGSTOP); then go on where it was."""
        self._running.clear()
        asyncio.get_running_loop().call_later(seconds, self._running.set)

    def die(self, cause: str) -> None:
        """Answer nobody any more."""
        self._death = cause
        error = LoadError(cause)
        for told in [*(agent.told for agent in self._agents.values()), *self._customers()]:
            told.end(error)

    def _customers(self) -> list[Told]:
        return [room.customer for room in self._rooms.values() if room.stage is not _Stage.CLOSED]

    # What clients ask for

    async def arrived(self) -> None:
        """Let a request take its time on its way, and wait while the server stands still."""
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if not self._running.is_set():
            await self._running.wait()
        if self._death:
            raise LoadError(self._death)

    async def answered(self) -> None:
        """Let the others hear of it before the one who asked goes on."""
        await asyncio.sleep(0)

    async def open(self, queue: str, text: str, told: Told) -> str:
        """Open a chat, which somebody takes or which waits."""
        await self.arrived()
        number = len(self._rooms)
        call = Call(f"room-{number}", queue, asyncio.get_running_loop().time(), number)
        self._rooms[call.chat] = room = Room(call, told, [text])
        if self.routes:
            seat = self._floor.arrive(call)
            if seat is not None:
                self._give(room, seat.number)
        else:
            self._tell_agents(Seen(What.WAITING, call.chat, queue=queue), queue)
        await self.answered()
        return call.chat

    async def assign(self, chat: str, agent: int) -> bool:
        """Give a chat to an agent who wants it; False if it no longer waits."""
        await self.arrived()
        room = self._rooms[chat]
        if room.stage is _Stage.WAITING:
            self._give(room, agent)
            self._tell_agents(Seen(What.GONE, chat), room.call.queue)
        await self.answered()
        return room.agent == agent

    async def post(self, chat: str, text: str) -> None:
        """Take a message, and show it to both sides."""
        await self.arrived()
        room = self._rooms[chat]
        if room.stage is _Stage.CLOSED:
            raise RefusedError(f"{chat} is closed")
        room.messages.append(text)
        self._tell_both(room, Seen(What.MESSAGE, chat, text))
        await self.answered()

    async def leave(self, chat: str) -> None:
        """Let a customer go: a waiting chat is over, the agent of another is told."""
        await self.arrived()
        room = self._rooms[chat]
        if room.stage is _Stage.WAITING:
            room.stage = _Stage.CLOSED
            self._floor.leave(room.call)
            self._tell_agents(Seen(What.GONE, chat), room.call.queue)
        elif room.stage is _Stage.ASSIGNED:
            room.has_left = True
            self._agents[room.agent].told.put(Seen(What.LEFT, chat))
        await self.answered()

    async def close(self, chat: str) -> None:
        """Close a chat: its slot is free."""
        await self.arrived()
        room = self._rooms[chat]
        if room.stage is _Stage.ASSIGNED:
            room.stage = _Stage.CLOSED
            self._tell_both(room, Seen(What.CLOSED, chat))
            if self.routes:
                seat = self._floor.seats[room.agent]
                seat.free(asyncio.get_running_loop().time())
                self._fill(room.agent)
        await self.answered()

    async def listed(self, desk: Desk) -> list[Waiting]:
        """Give the chats that wait and that an agent may take, the oldest first."""
        await self.arrived()
        waiting = (room.call for room in self._rooms.values() if room.stage is _Stage.WAITING)
        return [Waiting(call.chat, call.queue) for call in waiting if call.queue in desk.queues]

    async def seat(self, agent: int, *, on_duty: bool) -> None:
        """Let an agent log in or out."""
        await self.arrived()
        seat = self._floor.seats[agent]
        seat.on_duty = on_duty
        if on_duty:
            seat.idle_since = asyncio.get_running_loop().time()
        if self.routes and on_duty:
            self._fill(agent)
        await self.answered()

    async def returned(self, told: Told) -> None:
        """Let somebody connect again, and tell them what they have missed."""
        await self.arrived()
        told.hold(on=False)
        await self.answered()

    # What they are told

    def _give(self, room: Room, agent: int) -> None:
        """Assign a chat, and show its agent what was written before."""
        room.stage, room.agent = _Stage.ASSIGNED, agent
        seen = Seen(What.ASSIGNED, room.call.chat)
        room.customer.put(seen)
        if self.routes:
            self._agents[agent].told.put(seen)
        for text in room.messages:
            self._agents[agent].told.put(Seen(What.MESSAGE, room.call.chat, text))

    def _fill(self, agent: int) -> None:
        """Fill an agent's slots (R9)."""
        while (call := self._floor.next_for(self._floor.seats[agent])) is not None:
            self._give(self._rooms[call.chat], agent)

    def _tell_both(self, room: Room, seen: Seen) -> None:
        room.customer.put(seen)
        if room.stage is not _Stage.WAITING:
            self._agents[room.agent].told.put(seen)

    def _tell_agents(self, seen: Seen, queue: str) -> None:
        """Tell those who are logged in and may take such chats."""
        for number, agent in self._agents.items():
            if self._floor.seats[number].on_duty and queue in agent.desk.queues:
                agent.told.put(seen)


class LoopbackCustomer:
    """A customer's client."""

    def __init__(self, server: Loopback, key: str) -> None:
        self._server, self.key = server, key
        self._told = Told()
        self._chat = ""

    async def open(self, queue: str, message: Message) -> str:
        """Open a chat."""
        self._chat = await self._server.open(queue, message.text, self._told)
        return self._chat

    async def send(self, message: Message) -> None:
        """Send a message."""
        await self._server.post(self._chat, message.text)

    async def leave(self) -> None:
        """Leave."""
        await self._server.leave(self._chat)

    async def drop(self) -> None:
        """Lose the connection: what is told lies with the server."""
        self._told.hold(on=True)

    async def come_back(self) -> None:
        """Connect again: what was told meanwhile comes, in its order."""
        await self._server.returned(self._told)

    def read(self, *, on: bool) -> None:
        """Read, or not."""
        self._told.hold(on=not on)

    async def disconnect(self) -> None:
        """Listen no more."""
        self._told.end()

    def events(self) -> AsyncIterator[Seen]:
        """What the server tells."""
        return aiter(self._told)


class LoopbackAgent:
    """An agent's client."""

    def __init__(self, server: Loopback, desk: Desk) -> None:
        self._server, self.desk = server, desk
        self.told = Told()

    async def log_in(self) -> None:
        """Be there for new chats."""
        await self._server.seat(self.desk.number, on_duty=True)

    async def log_out(self) -> None:
        """Take no new chats."""
        await self._server.seat(self.desk.number, on_duty=False)

    async def waiting(self) -> list[Waiting]:
        """Give the list."""
        return await self._server.listed(self.desk)

    async def assign(self, chat: str) -> bool:
        """Take a chat."""
        return await self._server.assign(chat, self.desk.number)

    async def send(self, chat: str, message: Message) -> None:
        """Send a reply."""
        await self._server.post(chat, message.text)

    async def close(self, chat: str) -> None:
        """Close a chat."""
        await self._server.close(chat)

    async def drop(self) -> None:
        """Lose the connection: what is told lies with the server."""
        self.told.hold(on=True)

    async def come_back(self) -> None:
        """Connect again: what was told meanwhile comes, in its order."""
        await self._server.returned(self.told)

    def read(self, *, on: bool) -> None:
        """Read, or not."""
        self.told.hold(on=not on)

    async def disconnect(self) -> None:
        """Listen no more."""
        self.told.end()

    def events(self) -> AsyncIterator[Seen]:
        """What the server tells."""
        return aiter(self.told)
