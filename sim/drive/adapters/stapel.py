"""How is stapel-chat spoken to? REST for the queue and what agents do with it, a WebSocket for each chat.

The server takes its people from signed tokens; the adapter signs one for each customer and agent with the
server's key, which is in the environment (see `credentials`). Agents hear of new chats only by asking for the
queue, of which there is one. A chat whose customer leaves before anybody has taken it stays in that queue,
marked as left: such chats are skipped, as an agent would, and cleared away after a run.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from sim.drive.adapters.base import Desk, Message, Seen, Told, Waiting, What
from sim.drive.adapters.credentials import key
from sim.drive.adapters.http import ANSWER_S, UNREADABLE, Client, cut, naming, stop
from sim.errors import LoadError

PLACE = "/chat"
"""Where the application is, unless the address says otherwise."""
ISSUER = "stapel-auth"
"""Who signs tokens, as the server expects by default."""
TOKEN_S = 86_400
"""How long a token lasts."""
SYSTEM = {"chat.support.assigned": What.ASSIGNED, "chat.support.resolved": What.CLOSED}
"""Lines that the server itself writes into a chat, and what they say."""
LEFT = "chat.participant.left:"
"""Another, followed by who has left."""


class Stapel:
    """A stapel-chat server.

    Parameters
    ----------
    url
        Its address; a path in it is the place of the application.
    """

    name = "stapel"
    routes = False
    poll_s: float | None = 0.4
    comes_back = True

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._site = f"{parts.scheme}://{parts.netloc}"
        self._place = f"{parts.path.rstrip('/') or PLACE}/api/v1"
        self._key = ""
        self._run = uuid.uuid4()
        self._answered = False

    async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
        """See that the server is there, and takes a token that we signed."""
        self._key = key(self.name)
        person = self._person("probe")
        try:
            answer = await person.client.ask("GET", f"{self._place}/conversations", fine=(401, 403))
        finally:
            await person.client.aclose()
        if answer.status != 200:
            raise LoadError(
                f"the server refuses the log-in ({answer.status}): is the key the server's, "
                "and does it take people from tokens?"
            )
        self._answered = True

    async def customer(self, key: str) -> Customer:
        """Give a customer's client."""
        return Customer(self._person(f"customer-{key}"), self._place)

    async def agent(self, desk: Desk) -> Agent:
        """Give an agent's client."""
        return Agent(self._person(f"agent-{desk.number}"), self._place)

    async def stop(self) -> None:
        """Clear the queue of chats whose customer has left, lest the next run begins with a list of them."""
        if not self._answered:
            return
        janitor = Agent(self._person("janitor"), self._place)
        with suppress(LoadError):
            for chat in await janitor.left_behind():
                if await janitor.assign(chat):
                    await janitor.close(chat)
        await janitor.disconnect()

    def _person(self, name: str) -> _Person:
        """Somebody whom the server has never seen: new in each run."""
        identity = str(uuid.uuid5(self._run, name))
        token = _token(self._key, identity, f"{name}-{identity[:8]}")
        return _Person(Client(self._site, {"Authorization": f"Bearer {token}"}), identity)


def _token(key: str, identity: str, name: str) -> str:
    """Sign a token (JWT, HS256: RFC 7519, RFC 7515) that says who somebody is.

    >>> _token("key", "1", "a").count(".")
    2
    """
    now = int(time.time())
    says = {
        "user_id": identity, "username": name, "email": f"{name}@load.invalid", "is_staff": False,
        "is_superuser": False, "is_active": True, "token_type": "access", "iss": ISSUER,
        "iat": now, "exp": now + TOKEN_S, "jti": identity,
    }  # fmt: skip
    signed = f"{_base64({'alg': 'HS256', 'typ': 'JWT'})}.{_base64(says)}"
    return f"{signed}.{_base64(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())}"


def _base64(content: bytes | dict[str, Any]) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class _Person:
    """Somebody's connections, and who they are."""

    def __init__(self, client: Client, identity: str) -> None:
        self.client, self.identity = client, identity


class _Thread:
    """A person's socket of one chat: sends messages, and tells what comes."""

    def __init__(self, person: _Person, chat: str, told: Told) -> None:
        self._person, self._chat, self._told = person, chat, told
        self._path = f"/ws/chat/{quote(chat)}"
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._sent: dict[str, asyncio.Future[None]] = {}
        self._seq = 0
        """Number of the last frame that was told."""
        self._is_there, self._reads = asyncio.Event(), asyncio.Event()
        self._reads.set()

    async def begin(self) -> None:
        """Open the socket, ask for all that was not told yet, and begin to read."""
        self._is_there.clear()
        self._socket = await self._person.client.socket(self._path)
        self._reading = asyncio.create_task(self._read(self._socket))
        await self._frame("hello", {"last_seq": self._seq})

    async def drop(self) -> None:
        """Let the socket break, without a word."""
        await stop(self._reading)
        if self._socket is not None:
            cut(self._socket)

    async def again(self) -> None:
        """Open it again, and wait until all that was missed has been told."""
        await self.drop()
        self._reads.set()
        await self.begin()
        await self._is_there.wait()

    def read(self, *, on: bool) -> None:
        """Read the socket, or let what comes lie in it."""
        if on:
            self._reads.set()
        else:
            self._reads.clear()

    async def send(self, message: Message) -> None:
        """Send a message; it is sent when the server tells it back."""
        came: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sent[message.id] = came
        with naming(f"WebSocket {self._path}, send {message.id}"):
            await self._frame("send", {"body": message.text, "client_msg_id": message.id})
            async with asyncio.timeout(ANSWER_S):
                await came

    async def end(self) -> None:
        """Close the socket and read no more."""
        await stop(self._reading)
        if self._socket is not None:
            await self._socket.close()

    async def _frame(self, kind: str, payload: dict[str, Any]) -> None:
        if self._socket is None:
            raise LoadError(f"WebSocket {self._path}: not open")
        await self._socket.send_json({"v": 1, "type": kind, "payload": payload})

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for frame in socket:
                await self._reads.wait()
                if frame.type is aiohttp.WSMsgType.TEXT and not await self._take(frame.json()):
                    return
            error = LoadError(f"WebSocket {self._path}: the server closed it ({socket.close_code})")
        except UNREADABLE as cause:
            error = LoadError(f"WebSocket {self._path}: can't read what the server tells: {cause!r}")
        self._fail(error)
        self._told.fail(error)

    async def _take(self, frame: dict[str, Any]) -> bool:
        """Take in one frame; False after the last, which says that one has left oneself."""
        match frame["type"]:
            case "ping":
                await self._frame("pong", {})
            case "live" | "replay":
                self._seq = max(self._seq, int(frame.get("seq") or 0))
                self._tell(frame["payload"])
            case "replay_done":
                self._is_there.set()
            case "error":
                self._fail(LoadError(f"WebSocket {self._path}: refused: {frame['payload'].get('message')}"))
            case "kick":
                return False
        return True

    def _tell(self, row: dict[str, Any]) -> None:
        if (came := self._sent.pop(row["client_msg_id"] or "", None)) is not None and not came.done():
            came.set_result(None)
        if row["kind"] != "system":
            self._told.put(Seen(What.MESSAGE, self._chat, row["body"]))
        elif row["body"] in SYSTEM:
            self._told.put(Seen(SYSTEM[row["body"]], self._chat))
        elif row["body"].startswith(LEFT) and row["body"] != LEFT + self._person.identity:
            self._told.put(Seen(What.LEFT, self._chat))

    def _fail(self, error: LoadError) -> None:
        """All that was sent and not told back has failed."""
        for came in self._sent.values():
            if not came.done():
                came.set_exception(error)
        self._sent.clear()


class Customer:
    """A customer's client."""

    def __init__(self, person: _Person, place: str) -> None:
        self._person, self._place = person, place
        self._told = Told()
        self._chat = ""
        self._thread: _Thread | None = None

    async def open(self, queue: str, message: Message) -> str:
        """Open a chat, its socket, and send the first message."""
        answer = await self._person.client.ask(
            "POST", f"{self._place}/conversations", body={"kind": "support"}
        )
        self._chat = str(answer.field("id"))
        self._thread = _Thread(self._person, self._chat, self._told)
        await self._thread.begin()
        await self._thread.send(message)
        return self._chat

    async def send(self, message: Message) -> None:
        """Send a message."""
        if self._thread is None:
            raise LoadError("the chat is not open")
        await self._thread.send(message)

    async def leave(self) -> None:
        """Leave the chat, which stays as it is for everybody else."""
        await self._person.client.ask("DELETE", f"{self._place}/conversations/{self._chat}")

    async def drop(self) -> None:
        """Let the socket break."""
        if self._thread is not None:
            await self._thread.drop()

    async def come_back(self) -> None:
        """Open it again."""
        if self._thread is not None:
            await self._thread.again()

    def read(self, *, on: bool) -> None:
        """Read the socket, or not."""
        if self._thread is not None:
            self._thread.read(on=on)

    async def disconnect(self) -> None:
        """Close the socket."""
        try:
            if self._thread is not None:
                await self._thread.end()
        finally:
            self._told.end()
            await self._person.client.aclose()

    def events(self) -> AsyncIterator[Seen]:
        """What the socket says."""
        return self._told.__aiter__()


class Agent:
    """An agent's client: a socket for each chat in hand, and one of all news, by which they are online."""

    def __init__(self, person: _Person, place: str) -> None:
        self._person, self._place = person, place
        self._told = Told()
        self._threads: dict[str, _Thread] = {}
        self._inbox: aiohttp.ClientWebSocketResponse | None = None
        self._answering: asyncio.Task[None] | None = None

    async def log_in(self) -> None:
        """Open the socket of new messages."""
        self._inbox = await self._person.client.socket("/ws/chat/inbox")
        self._answering = asyncio.create_task(_stay(self._inbox))

    async def log_out(self) -> None:
        """Close that socket."""
        await stop(self._answering)
        if self._inbox is not None:
            await self._inbox.close()
            self._inbox = None

    async def waiting(self) -> list[Waiting]:
        """Give the queue without those whose customer has left."""
        return [Waiting(row["id"], "") for row in await self._queue() if _is_there(row)]

    async def left_behind(self) -> list[str]:
        """And those."""
        return [row["id"] for row in await self._queue() if not _is_there(row)]

    async def _queue(self) -> list[dict[str, Any]]:
        """Give the whole queue, page by page."""
        found: list[dict[str, Any]] = []
        page = f"{self._place}/support/queue?limit=200"
        more = True
        after = ""
        while more:
            answer = await self._person.client.ask("GET", page + after)
            found += answer.field("items")
            more = bool(answer.field("has_next"))
            after = f"&anchor={quote(str(answer.json.get('next_anchor')))}"
        return found

    async def assign(self, chat: str) -> bool:
        """Take a chat, and open its socket; the server refuses what somebody has taken already."""
        path = f"{self._place}/support/conversations/{chat}/assign"
        answer = await self._person.client.ask("POST", path, fine=(404, 409))
        if answer.status != 200:
            return False
        self._threads[chat] = _Thread(self._person, chat, self._told)
        await self._threads[chat].begin()
        return True

    async def send(self, chat: str, message: Message) -> None:
        """Send a reply."""
        if chat not in self._threads:
            raise LoadError(f"the chat {chat} is not in hand")
        await self._threads[chat].send(message)

    async def close(self, chat: str) -> None:
        """Mark the chat as resolved, and close its socket."""
        await self._person.client.ask("POST", f"{self._place}/support/conversations/{chat}/resolve")
        if (thread := self._threads.pop(chat, None)) is not None:
            await thread.end()

    async def drop(self) -> None:
        """Let all sockets break."""
        await stop(self._answering)
        if self._inbox is not None:
            cut(self._inbox)
        await asyncio.gather(*(thread.drop() for thread in self._threads.values()))

    async def come_back(self) -> None:
        """Open them again."""
        if self._inbox is not None:
            await self.log_in()
        await asyncio.gather(*(thread.again() for thread in self._threads.values()))

    def read(self, *, on: bool) -> None:
        """Read the sockets of the chats, or not."""
        for thread in self._threads.values():
            thread.read(on=on)

    async def disconnect(self) -> None:
        """Close all sockets."""
        try:
            await self.log_out()
            for thread in self._threads.values():
                await thread.end()
        finally:
            self._told.end()
            await self._person.client.aclose()

    def events(self) -> AsyncIterator[Seen]:
        """What the sockets of the chats say."""
        return self._told.__aiter__()


def _is_there(row: dict[str, Any]) -> bool:
    """Whether a chat's customer has not left it."""
    return all(person["left_at"] is None for person in row["participants"] if person["role"] == "member")


async def _stay(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Answer the server's question whether one is still there."""
    async for frame in socket:
        if frame.type is aiohttp.WSMsgType.TEXT and frame.json()["type"] == "ping":
            await socket.send_json({"v": 1, "type": "pong", "payload": {}})
