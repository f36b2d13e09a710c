"""How does one person's client speak to a server? By requests, event streams and sockets of its own.

What goes wrong is a `LoadError` that names the request and the cause. Nothing is tried twice; certificates
are verified.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socket import SHUT_RDWR
from typing import Any

import aiohttp

from sim.errors import LoadError, printable, short

ANSWER_S = 9.0
"""Longest that a server may take for an answer, in seconds of the wall clock."""
GOODBYE_S = 2.0
"""Longest that whoever goes waits for an answer."""
UNREADABLE = (KeyError, TypeError, AttributeError, ValueError)
"""What reading an answer raises that is not as it should be."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered to a request."""

    asked: str
    """The request, as errors name it."""
    status: int
    text: str

    @property
    def json(self) -> Any:
        """The answer's content.

        Raises
        ------
        LoadError
            If it is no JSON.
        """
        try:
            return json.loads(self.text)
        except ValueError:
            raise LoadError(f"{self.asked}: the answer is no JSON: {_said(self.text)}") from None

    def field(self, *path: str) -> Any:
        """Give a field of the answer, which must be there: names of objects within objects.

        Raises
        ------
        LoadError
            If it is missing.
        """
        value = self.json
        for name in path:
            if not isinstance(value, dict) or name not in value:
                raise LoadError(
                    f"{self.asked}: the answer has no field {'.'.join(path)!r}: {_said(self.text)}"
                )
            value = value[name]
        return value


class Client:
    """Connections and cookies of one person.

    Parameters
    ----------
    url
        Address of the server, to which paths are added.
    headers
        Sent with each request.
    """

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self._session = aiohttp.ClientSession(
            headers=headers,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # of addresses as numbers, too
            connector=aiohttp.TCPConnector(limit=0),
        )
        self._asking: set[asyncio.Future[None]] = set()

    def cookie(self, name: str) -> str:
        """Value of a cookie that the server has set; empty if it has not."""
        found = self._session.cookie_jar.filter_cookies(_address(self.url)).get(name)
        return found.value if found is not None else ""

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        fine: Collection[int] = (),
    ) -> Answer:
        """Make a request, with JSON or a form, and read the answer. Redirections are not followed.

        Raises
        ------
        LoadError
            If the server does not answer in time, or with a status of 400 or more that is not in *fine*.
        """
        asked = f"{method} {path}"
        with naming(asked), self._answering():
            async with self._session.request(
                method,
                self.url + path,
                json=body,
                data=form,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=ANSWER_S),
            ) as response:
                answer = Answer(asked, response.status, await response.text())
        if answer.status >= 400 and answer.status not in fine:
            raise LoadError(f"{asked}: the server answered {answer.status}: {_said(answer.text)}")
        return answer

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Be asking something meanwhile."""
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asking.add(answered)
        try:
            yield
        finally:
            self._asking.discard(answered)
            answered.set_result(None)

    async def stream(self, path: str) -> AsyncGenerator[tuple[str, Any], None]:
        """Read a stream of server-sent events, which never ends: the name of each and its data, read as JSON.

        Raises
        ------
        LoadError
            If the server refuses the stream or ends it.
        """
        asked = f"GET {path}"
        with naming(asked):
            async with self._session.get(
                self.url + path,
                headers={"Accept": "text/event-stream"},
                timeout=aiohttp.ClientTimeout(total=None),
            ) as response:
                if response.status != 200:
                    raise LoadError(f"{asked}: the server answered {response.status}")
                name, data = "message", ""
                async for raw in response.content:
                    line = raw.decode("utf-8", "replace").rstrip("\r\n")
                    field, _, value = line.partition(":")
                    value = value.removeprefix(" ")
                    if field == "event":
                        name = value
                    elif field == "data":
                        data += value
                    elif not line and data:
                        yield name, Answer(asked, 200, data).json
                        name, data = "message", ""
        raise LoadError(f"{asked}: the server ended the stream")

    async def socket(self, path: str) -> aiohttp.ClientWebSocketResponse:
        """Open a WebSocket.

        Raises
        ------
        LoadError
            If the server does not answer in time, or refuses it.
        """
        asked = f"WebSocket {path}"
        with naming(asked):
            async with asyncio.timeout(ANSWER_S):
                return await self._session.ws_connect(
                    self.url + path, max_msg_size=0, timeout=aiohttp.ClientWSTimeout(ws_close=GOODBYE_S)
                )

    async def aclose(self) -> None:
        """Close all connections, once what is being asked has been answered, or after a moment."""
        try:
            if self._asking:
                await asyncio.wait(self._asking, timeout=GOODBYE_S)
        finally:
            await self._session.close()


async def stop(reading: asyncio.Task[None] | None) -> None:
    """Stop a task that reads, if there is one, and wait until it has."""
    if reading is not None:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def cut(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Break a WebSocket's connection without the frame that says goodbye."""
    with suppress(OSError):
        plain = socket.get_extra_info("socket")
        if plain is not None:
            plain.shutdown(SHUT_RDWR)


@contextmanager
def naming(asked: str) -> Iterator[None]:
    """Say which request failed, and by what."""
    try:
        yield
    except TimeoutError:
        raise LoadError(f"{asked}: no answer within {ANSWER_S:g} s") from None
    except aiohttp.WSServerHandshakeError as error:
        raise LoadError(f"{asked}: the server answered {error.status}") from None
    except aiohttp.ClientConnectorCertificateError as error:
        raise LoadError(f"{asked}: the certificate is not to be trusted: {error.certificate_error}") from None
    except aiohttp.ClientConnectorError as error:
        cause = error.os_error.strerror or str(error.os_error)
        raise LoadError(f"{asked}: no connection to {error.host}:{error.port}: {cause}") from None
    except (aiohttp.ClientError, ConnectionError) as error:
        raise LoadError(f"{asked}: the connection broke: {_said(str(error))}") from None


def _said(text: str) -> str:
    """What a server said, as an error quotes it."""
    return short(printable(" ".join(text.split()))) or "nothing"


def _address(url: str) -> Any:
    """An address as the jar of cookies takes it."""
    from yarl import URL  # noqa: PLC0415  (of aiohttp)

    return URL(url)
