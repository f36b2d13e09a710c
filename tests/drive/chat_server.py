"""What does a small chat server of JSON over WebSockets look like? The one of the example template, in a thread.

It is correct; and it can be told to fail in each way in which servers do (`Fault`).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import count
from typing import Any

from aiohttp import web

TOKEN = "the-token-of-this-test"


class Fault(Enum):
    """How the server fails."""

    NONE = auto()
    SILENT = auto()
    """It takes connections, and answers nothing."""
    ERRORS = auto()
    """It answers 500 to whatever it is asked."""
    DENIED = auto()
    """It refuses each log-in."""
    DIES = auto()
    """It breaks all connections once a message has been sent in a chat that somebody has taken."""
    CLOSES_IN_SILENCE = auto()
    """It tells no customer that their chat is closed."""
    NONSENSE = auto()
    """It sends what is no JSON."""


@dataclass
class Chat:
    """A chat."""

    name: str
    queue: str
    customer: web.WebSocketResponse
    messages: list[str]
    state: str = "waiting"
    agent: web.WebSocketResponse | None = None


@dataclass
class ChatServer:
    """All chats, and the handlers of both kinds of connections."""

    fault: Fault = Fault.NONE
    chats: dict[str, Chat] = field(default_factory=dict)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection to its end."""
        if self.fault is Fault.SILENT:
            await asyncio.sleep(60)
        if self.fault is Fault.ERRORS:
            return web.Response(status=500, text="out of order")
        if request.path == "/agent" and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "ping"})
        async for raw in socket:
            if self.fault is Fault.NONSENSE:
                await socket.send_str("<html>")
                continue
            frame = raw.json()
            await getattr(self, f"on_{frame['type']}")(socket, frame)
        return socket

    async def on_pong(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        """Somebody is still there."""

    async def on_hello(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        await socket.send_json({"type": "denied" if self.fault is Fault.DENIED else "welcome"})

    async def on_open(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        name = f"chat-{next(self._numbers)}"
        self.chats[name] = Chat(name, frame["queue"], socket, [frame["text"]])
        await socket.send_json({"type": "opened", "ask": frame["ask"], "chat": name})

    async def on_log_in(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        kind = "denied" if self.fault is Fault.DENIED else "logged_in"
        await socket.send_json({"type": kind, "ask": frame["ask"]})

    async def on_log_out(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        await socket.send_json({"type": "logged_out", "ask": frame["ask"]})

    async def on_list(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        rows = [{"chat": chat.name, "queue": chat.queue, "state": chat.state} for chat in self.chats.values()]
        await socket.send_json({"type": "list", "ask": frame["ask"], "chats": rows})

    async def on_take(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        chat = self.chats[frame["chat"]]
        if chat.state != "waiting":
            await socket.send_json({"type": "error", "ask": frame["ask"], "why": "taken"})
            return
        chat.state, chat.agent = "open", socket
        await socket.send_json({"type": "taken", "ask": frame["ask"]})
        for text in chat.messages:
            await socket.send_json({"type": "message", "chat": chat.name, "text": text})
        await tell(chat.customer, {"type": "assigned", "chat": chat.name})

    async def on_message(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        chat = self.chats[frame["chat"]]
        chat.messages.append(frame["text"])
        if self.fault is Fault.DIES and chat.agent is not None:
            for other in self.sockets:
                await other.close()
            return
        await socket.send_json({"type": "sent", "ask": frame["ask"]})
        other = chat.agent if socket is chat.customer else chat.customer
        if other is not None:
            await tell(other, {"type": "message", "chat": chat.name, "text": frame["text"]})

    async def on_leave(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        chat = self.chats[frame["chat"]]
        chat.state = "closed"
        await socket.send_json({"type": "left", "ask": frame["ask"]})
        if chat.agent is not None:
            await tell(chat.agent, {"type": "customer_left", "chat": chat.name})

    async def on_close(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        chat = self.chats[frame["chat"]]
        chat.state = "closed"
        await socket.send_json({"type": "closed", "ask": frame["ask"]})
        if self.fault is not Fault.CLOSES_IN_SILENCE:
            await tell(chat.customer, {"type": "closed", "chat": chat.name})


async def tell(other: web.WebSocketResponse, frame: dict[str, Any]) -> None:
    """Send to the other side of a chat, if it is there: that it is not must not break who is."""
    with suppress(ConnectionError):
        await other.send_json(frame)


@contextmanager
def served(fault: Fault = Fault.NONE) -> Iterator[str]:
    """Serve on a free port of 127.0.0.1, in a thread; give the place, ``127.0.0.1:PORT``."""
    loop = asyncio.new_event_loop()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", ChatServer(fault).handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    try:
        yield f"127.0.0.1:{asyncio.run_coroutine_threadsafe(start(), loop).result(10)}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
