"""How is django-supchat spoken to? By HTTP requests; what it tells comes as a stream of events for each chat.

A customer is a guest with a cookie. An agent is an account that may enter the administration (its name and
password come from a file, see `credentials`); they are shown one list of chats, the latest 50 of all, and
only learn of new ones by asking for it. The server has no queues and no log-off. It tells no customer
that somebody has their chat, but, once an agent has opened it, that their message has been read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

from sim.drive.adapters.base import Desk, Message, RefusedError, Seen, Told, Waiting, What
from sim.drive.adapters.credentials import accounts
from sim.drive.adapters.http import UNREADABLE, Answer, Client, stop
from sim.errors import LoadError

PLACE = "/supchat"
"""Where the application is, unless the address says otherwise."""
AGAIN_S = 5.0
"""A browser opens a stream that broke again so much later: the server tells it so, unless set otherwise."""


class Supchat:
    """A django-supchat server.

    Parameters
    ----------
    url
        Its address; a path in it is the place of the application.
    """

    name = "supchat"
    routes = False
    poll_s: float | None = 0.2
    comes_back = True

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._site = f"{parts.scheme}://{parts.netloc}"
        self._place = parts.path.rstrip("/") or PLACE
        self._accounts: list[tuple[str, str]] = []

    async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
        """See that the server is there, and that each agent has an account."""
        self._accounts = accounts(self.name, len(agents))
        client = Client(self._site)
        try:
            await client.ask("GET", "/admin/login/")
        finally:
            await client.aclose()

    async def customer(self, key: str) -> Customer:
        """Give a guest's client."""
        return Customer(Client(self._site), self._place)

    async def agent(self, desk: Desk) -> Agent:
        """Give an agent's client."""
        return Agent(Client(self._site), self._place, *self._accounts[desk.number])

    async def stop(self) -> None:
        """Do nothing: all connections are the clients' own."""


class Customer:
    """A guest's client."""

    def __init__(self, client: Client, place: str) -> None:
        self._client, self._place = client, place
        self._chat = ""
        self._told = Told()
        self._followed: _Followed | None = None

    @property
    def _path(self) -> str:
        return f"{self._place}/conversations/{self._chat}"

    async def open(self, queue: str, message: Message) -> str:
        """Open a chat, begin to read its events, and send the first message."""
        self._chat = str(
            (await self._client.ask("POST", f"{self._place}/start/")).field("conversation", "id")
        )
        stream, history = f"{self._path}/events/", f"{self._path}/messages/"
        self._followed = _Followed(self._client, self._told, self._chat, stream, history, by_guest=True)
        self._followed.begin()
        await self.send(message)
        return self._chat

    async def send(self, message: Message) -> None:
        """Send a message."""
        path = f"{self._path}/messages/"
        _taken(await self._client.ask("POST", path, body={"text": message.text}, fine=(403,)))

    async def leave(self) -> None:
        """Close the chat: a guest may."""
        await self._client.ask("POST", f"{self._path}/close/")

    async def drop(self) -> None:
        """Break off the stream of events."""
        if self._followed is not None:
            await self._followed.end()

    async def come_back(self) -> None:
        """Open the stream again."""
        if self._followed is not None:
            await self._followed.again()

    def read(self, *, on: bool) -> None:
        """Read the stream, or not."""
        if self._followed is not None:
            self._followed.read(on=on)

    async def disconnect(self) -> None:
        """Break off the stream of events."""
        try:
            await self.drop()
        finally:
            self._told.end()
            await self._client.aclose()

    def events(self) -> AsyncIterator[Seen]:
        """What the stream of events says."""
        return self._told.__aiter__()


class Agent:
    """An agent's client: one stream of events for each chat in hand."""

    def __init__(self, client: Client, place: str, name: str, password: str) -> None:
        self._client, self._place = client, f"{place}/operator"
        self._name, self._password = name, password
        self._told = Told()
        self._followed: dict[str, _Followed] = {}

    async def log_in(self) -> None:
        """Log in by the form of the administration, unless one has, and ask for the list of chats."""
        if self._client.cookie("sessionid"):
            return
        path = "/admin/login/"
        await self._client.ask("GET", path)
        answer = await self._client.ask(
            "POST",
            path,
            form={
                "username": self._name,
                "password": self._password,
                "csrfmiddlewaretoken": self._client.cookie("csrftoken"),
                "next": f"{self._place}/",
            },
            headers={"Referer": self._client.url + path},
            fine=(403,),
        )
        if answer.status != 302:
            raise LoadError(
                f"the server refuses the log-in of the agent {self._name!r}: is the password right?"
            )
        await self._client.ask("GET", f"{self._place}/conversations/")

    async def log_out(self) -> None:
        """Do nothing: the server knows no log-off, and chats in hand stay in hand."""

    async def waiting(self) -> list[Waiting]:
        """Open chats in the list that nobody has, those first that were silent longest."""
        rows = (await self._client.ask("GET", f"{self._place}/conversations/")).field("conversations")
        free = [row["id"] for row in rows if row["status"] == "open" and row["assigned_operator"] is None]
        return [Waiting(chat, "") for chat in reversed(free)]

    async def assign(self, chat: str) -> bool:
        """Take a chat, which this server never refuses, and begin to read its events."""
        answer = await self._post(f"{chat}/assign/", {}, fine=(404, 409))
        if answer.status != 200:
            return False
        path = f"{self._place}/conversations/{chat}/"
        follow = _Followed(self._client, self._told, chat, f"{path}events/", path, by_guest=False)
        self._followed[chat] = follow
        follow.begin()
        return True

    async def send(self, chat: str, message: Message) -> None:
        """Send a reply."""
        _taken(await self._post(f"{chat}/send/", {"text": message.text}, fine=(403,)))

    async def close(self, chat: str) -> None:
        """Close a chat, and read its events no more."""
        await self._post(f"{chat}/close/", {})
        if (followed := self._followed.pop(chat, None)) is not None:
            await followed.end()

    async def drop(self) -> None:
        """Break off all streams of events."""
        await asyncio.gather(*(followed.end() for followed in self._followed.values()))

    async def come_back(self) -> None:
        """Open them again."""
        await asyncio.gather(*(followed.again() for followed in self._followed.values()))

    def read(self, *, on: bool) -> None:
        """Read the streams, or not."""
        for followed in self._followed.values():
            followed.read(on=on)

    async def disconnect(self) -> None:
        """Break off all streams of events."""
        try:
            await self.drop()
        finally:
            self._told.end()
            await self._client.aclose()

    def events(self) -> AsyncIterator[Seen]:
        """What the streams of events say."""
        return self._told.__aiter__()

    async def _post(self, path: str, body: dict[str, str], fine: tuple[int, ...] = ()) -> Answer:
        """Change something as an agent, which needs the token against forged requests."""
        headers = {"X-CSRFToken": self._client.cookie("csrftoken"), "Referer": self._client.url}
        path = f"{self._place}/conversations/{path}"
        return await self._client.ask("POST", path, body=body, headers=headers, fine=fine)


def _taken(answer: Answer) -> None:
    """See that a message was taken: in a closed chat it is refused, and to whoever sends too many."""
    if answer.status == 403:
        error = str(answer.field("error"))
        kind = LoadError if "rate limit" in error.lower() else RefusedError
        raise kind(f"{answer.asked}: the server refuses the message: {error}")


class _Followed:
    """A chat's events, and what was before them."""

    def __init__(
        self, client: Client, told: Told, chat: str, stream: str, history: str, *, by_guest: bool
    ) -> None:
        self._client, self._client_is_told, self._chat = client, told, chat
        self._stream, self._history = stream, history
        self._reading: asyncio.Task[None] | None = None
        self._is_there, self._reads = asyncio.Event(), asyncio.Event()
        self._reads.set()
        self._known: set[int] = set()
        self._awaits_reader = by_guest
        """Whether one is a guest whose messages no agent has read yet."""

    def begin(self) -> None:
        """Open the stream."""
        self._is_there.clear()
        self._reading = asyncio.create_task(self._into(self._client_is_told))

    async def end(self) -> None:
        """Break it off."""
        await stop(self._reading)

    async def again(self) -> None:
        """Open it again, and wait until it is there, with all that was missed."""
        await self.end()
        self._reads.set()
        self.begin()
        await self._is_there.wait()

    def read(self, *, on: bool) -> None:
        """Read the stream, or let it lie in the connection."""
        if on:
            self._reads.set()
        else:
            self._reads.clear()

    async def _into(self, told: Told) -> None:
        """Tell the client all that there is of a chat. As in a browser, a broken stream is opened again."""
        while True:
            try:
                await self._follow(told)
            except LoadError as error:
                told.fail(error)
            except UNREADABLE as error:
                told.fail(LoadError(f"GET {self._stream}: can't read what the server tells: {error!r}"))
            await asyncio.sleep(AGAIN_S)

    async def _follow(self, told: Told) -> None:
        """Read a stream; once it is there, all messages of before."""
        async with aclosing(self._client.stream(self._stream)) as events:
            async for event, data in events:
                await self._reads.wait()
                seen = await self._before() if event == "connected" else self._told(event, data)
                for each in seen:
                    told.put(each)
                self._is_there.set()

    async def _before(self) -> list[Seen]:
        answer = await self._client.ask("GET", self._history)
        rows = answer.field("messages")
        seen = self._read() if any(row["is_read"] for row in rows) else []
        seen += self._messages(rows)
        if answer.json.get("conversation", {}).get("status") == "closed":
            seen.append(Seen(What.CLOSED, self._chat))
        return seen

    def _told(self, event: str, data: dict[str, Any]) -> list[Seen]:
        match event:
            case "message.created":
                return self._messages([data])
            case "message.read":
                return self._read()
            case "conversation.closed":
                return [Seen(What.CLOSED, self._chat)]
            case _:
                return []

    def _read(self) -> list[Seen]:
        """An agent has opened the chat: no other sign tells a guest that somebody has it."""
        seen = [Seen(What.ASSIGNED, self._chat)] if self._awaits_reader else []
        self._awaits_reader = False
        return seen

    def _messages(self, rows: Sequence[dict[str, Any]]) -> list[Seen]:
        """Messages that were not told yet."""
        new = [row for row in rows if row["id"] not in self._known]
        self._known.update(row["id"] for row in new)
        return [Seen(What.MESSAGE, self._chat, row["text"]) for row in new]
