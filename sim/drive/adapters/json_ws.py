"""How is any server spoken to that takes JSON over WebSockets? As a template says: see `template`."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from sim.drive.adapters.base import Desk, Message, RefusedError, Seen, Told, Waiting
from sim.drive.adapters.http import ANSWER_S, UNREADABLE, Client, naming, stop
from sim.drive.adapters.pattern import fill, fit
from sim.drive.adapters.template import AgentSide, Connection, CustomerSide, Step, read_template
from sim.errors import LoadError


class JsonWs:
    """A server that takes JSON over WebSockets.

    Parameters
    ----------
    url
        Its address.
    template
        File that says what is sent and what is answered.
    """

    name = "json-ws"
    comes_back = False  # no template says how a chat is gone on with

    def __init__(self, url: str, template: Path | None = None) -> None:
        if template is None:
            raise LoadError(
                "--template: the adapter json-ws needs a file that says how the server is spoken to"
            )
        self._url = url
        self._template = read_template(Path(template))
        self._run = uuid.uuid4().hex[:8]
        self.routes = self._template.routes
        self.poll_s = self._template.poll_s

    async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
        """See that the server takes an agent's connection."""
        agent = await self.agent(agents[0])
        try:
            await agent.log_in()
            await agent.log_out()
        finally:
            await agent.disconnect()

    async def customer(self, key: str) -> Customer:
        """Give a customer's client."""
        return Customer(self._url, self._template.customer, f"{self._run}-{key}")

    async def agent(self, desk: Desk) -> Agent:
        """Give an agent's client."""
        return Agent(self._url, self._template.agent, desk)

    async def stop(self) -> None:
        """Do nothing: all connections are the clients' own."""


@dataclass(slots=True, eq=False)
class _Ask:
    """A step that waits for its answer."""

    step: Step
    values: dict[str, Any]
    answered: asyncio.Future[dict[str, Any] | None]


class _Line:
    """One person's connection."""

    def __init__(self, url: str, side: Connection, values: dict[str, Any]) -> None:
        self._url, self._side, self.values = url, side, values
        self.told = Told()
        self._client: Client | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._asks: list[_Ask] = []
        self._numbers = count(1)
        self._reads = asyncio.Event()
        self._reads.set()

    async def begin(self) -> None:
        """Connect, unless one is connected, and say who one is."""
        if self._socket is not None:
            return
        self._client = Client(self._url, fill(self._side.headers, self.values))
        self._socket = await self._client.socket(fill(self._side.path, self.values))
        self._reading = asyncio.create_task(self._read(self._socket))
        if self._side.auth is not None and await self.ask("auth", self._side.auth) is None:
            raise LoadError("auth: the server refuses the log-in")

    async def ask(self, name: str, step: Step, **more: Any) -> dict[str, Any] | None:
        """Take a step and wait for its answer: give what was found in it, None if it was refused."""
        if self._socket is None:
            raise LoadError(f"{name}: not connected")
        values = {**self.values, **more, "ask": next(self._numbers)}
        asked = _Ask(step, values, asyncio.get_running_loop().create_future())
        if step.match is not None:
            self._asks.append(asked)
        try:
            with naming(name):
                await self._socket.send_json(fill(step.send, values))
                if step.match is None:
                    return {}
                async with asyncio.timeout(ANSWER_S):
                    return await asked.answered
        finally:
            if asked in self._asks:
                self._asks.remove(asked)

    def read(self, *, on: bool) -> None:
        """Read what comes, or not."""
        if on:
            self._reads.set()
        else:
            self._reads.clear()

    async def end(self) -> None:
        """Go away."""
        try:
            await stop(self._reading)
            if self._socket is not None:
                await self._socket.close()
        finally:
            self.told.end()
            if self._client is not None:
                await self._client.aclose()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for raw in socket:
                await self._reads.wait()
                if raw.type is aiohttp.WSMsgType.TEXT:
                    await self._take(socket, json.loads(raw.data))
            error = LoadError(f"the server closed the connection ({socket.close_code})")
        except ConnectionError as cause:
            error = LoadError(f"the connection broke: {cause}")
        except UNREADABLE as cause:
            error = LoadError(f"can't read what the server sent: {cause!r}")
        self._break(error)

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, frame: Any) -> None:
        """Take in one frame."""
        self._answer(frame)
        self._tell(frame)
        for reply in self._side.replies:
            if (found := fit(reply.match, frame, self.values)) is not None:
                await socket.send_json(fill(reply.send, {**self.values, **found}))

    def _answer(self, frame: Any) -> None:
        """Give a frame to the first who asked for it."""
        for asked in self._asks:
            refused = (
                asked.step.refused is not None and fit(asked.step.refused, frame, asked.values) is not None
            )
            found = None if refused else fit(asked.step.match, frame, asked.values)
            if refused or found is not None:
                self._asks.remove(asked)
                asked.answered.set_result(found)
                return

    def _tell(self, frame: Any) -> None:
        """Tell all that a frame says."""
        own = {"chat": self.values["chat"]} if self.values.get("chat") else {}
        for telling in self._side.told:
            if (found := fit(telling.match, frame, own)) is not None:
                chat = str(found.get("chat", own.get("chat", "")))
                text, queue = (str(found.get(name, "")) for name in ("text", "queue"))
                self.told.put(Seen(telling.what, chat, text, queue))

    def _break(self, error: LoadError) -> None:
        """The connection is gone: nobody gets an answer any more."""
        for asked in self._asks:
            if not asked.answered.done():
                asked.answered.set_exception(error)
        self.told.end(error)


class Customer:
    """A customer's client."""

    def __init__(self, url: str, side: CustomerSide, key: str) -> None:
        self._side = side
        self._line = _Line(url, side, {"key": key})

    async def open(self, queue: str, message: Message) -> str:
        """Connect and open a chat."""
        await self._line.begin()
        found = await self._line.ask("open", self._side.open, queue=queue, text=message.text, id=message.id)
        if found is None:
            raise RefusedError("open: the server refuses the chat")
        self._line.values |= {"chat": str(found["chat"]), "queue": queue}
        return str(found["chat"])

    async def send(self, message: Message) -> None:
        """Send a message."""
        if await self._line.ask("send", self._side.send, text=message.text, id=message.id) is None:
            raise RefusedError(f"send {message.id}: the server refuses it")

    async def leave(self) -> None:
        """Leave, if there is a way to say so."""
        if self._side.leave is not None:
            await self._line.ask("leave", self._side.leave)

    async def drop(self) -> None:
        """Never asked for: see `JsonWs.comes_back`."""

    async def come_back(self) -> None:
        """Never asked for, either."""

    def read(self, *, on: bool) -> None:
        """Read what comes, or let it lie in the connection."""
        self._line.read(on=on)

    async def disconnect(self) -> None:
        """Close the connection."""
        await self._line.end()

    def events(self) -> AsyncIterator[Seen]:
        """What the server tells."""
        return self._line.told.__aiter__()


class Agent:
    """An agent's client."""

    def __init__(self, url: str, side: AgentSide, desk: Desk) -> None:
        self._side = side
        self._line = _Line(
            url, side, {"number": desk.number, "slots": desk.slots, "queues": list(desk.queues)}
        )

    async def log_in(self) -> None:
        """Connect, if not yet, and be there for new chats."""
        await self._line.begin()
        if self._side.log_in is not None and await self._line.ask("log_in", self._side.log_in) is None:
            raise LoadError("log_in: the server refuses the log-in")

    async def log_out(self) -> None:
        """Take no new chats."""
        if self._side.log_out is not None:
            await self._line.ask("log_out", self._side.log_out)

    async def waiting(self) -> list[Waiting]:
        """Give the list of chats that wait."""
        if self._side.waiting is None:
            return []
        found = await self._line.ask("waiting", self._side.waiting)
        if found is None or not isinstance(found["rows"], list):
            raise LoadError("waiting: the server gives no list")
        rows = [fit(self._side.waiting.row, row, {}) for row in found["rows"]]
        return [Waiting(str(row["chat"]), str(row.get("queue", ""))) for row in rows if row is not None]

    async def assign(self, chat: str) -> bool:
        """Take a chat."""
        if self._side.assign is None:
            raise LoadError("assign: the server assigns chats itself")
        return await self._line.ask("assign", self._side.assign, chat=chat) is not None

    async def send(self, chat: str, message: Message) -> None:
        """Send a reply."""
        asked = {"chat": chat, "text": message.text, "id": message.id}
        if await self._line.ask("send", self._side.send, **asked) is None:
            raise RefusedError(f"send {message.id}: the server refuses it")

    async def close(self, chat: str) -> None:
        """Close a chat."""
        if await self._line.ask("close", self._side.close, chat=chat) is None:
            raise RefusedError(f"close {chat}: the server refuses it")

    async def drop(self) -> None:
        """Never asked for: see `JsonWs.comes_back`."""

    async def come_back(self) -> None:
        """Never asked for, either."""

    def read(self, *, on: bool) -> None:
        """Read what comes, or let it lie in the connection."""
        self._line.read(on=on)

    async def disconnect(self) -> None:
        """Close the connection."""
        await self._line.end()

    def events(self) -> AsyncIterator[Seen]:
        """What the server tells."""
        return self._line.told.__aiter__()
