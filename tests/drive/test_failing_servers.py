"""Servers that fail: each adapter names the request and the cause, and soon."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from sim.drive.adapters import Target, http
from sim.drive.adapters.base import Server
from sim.drive.adapters.credentials import ACCOUNTS_FILE, KEY
from sim.errors import LoadError
from tests.conftest import ROOT
from tests.drive.chat_server import TOKEN, Fault, served
from tests.drive.contract import DESKS, question, reply, run, told, waits

ADAPTERS = {"supchat": "http", "stapel": "http", "json-ws": "ws"}
TEMPLATE = ROOT / "docs" / "templates" / "json_ws.toml"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What each adapter needs to begin; gives the file of accounts."""
    path = tmp_path / "accounts.txt"
    path.write_text("ada:secret-of-ada\nben:secret-of-ben\n")
    monkeypatch.setenv(ACCOUNTS_FILE, str(path))
    monkeypatch.setenv(KEY, "secret-key")
    monkeypatch.setenv("CHAT_TOKEN", TOKEN)
    return path


def server_at(adapter: str, place: str) -> Server:
    """The adapter for the server at a place."""
    template = TEMPLATE if adapter == "json-ws" else None
    return Target.parse(f"{adapter}+{ADAPTERS[adapter]}://{place}").server(template=template)


def cause_of(adapter: str, place: str) -> str:
    """Why a server can't be started with; no secret is in it."""
    server = server_at(adapter, place)
    with pytest.raises(LoadError) as failed:
        run(lambda: server.start(("chat",), DESKS))
    assert "secret" not in str(failed.value)
    assert TOKEN not in str(failed.value)
    return str(failed.value)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_server_that_is_not_there_is_told_at_once(adapter: str):
    """Nobody listens on that port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"

        assert f"no connection to {place}" in cause_of(adapter, place)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_server_that_does_not_answer_is_told_within_ten_seconds(
    adapter: str, monkeypatch: pytest.MonkeyPatch
):
    """Ten seconds are the promise; the test takes less."""
    assert http.ANSWER_S < 10
    monkeypatch.setattr(http, "ANSWER_S", 0.2)

    with served(Fault.SILENT) as place:
        assert "no answer within 0.2 s" in cause_of(adapter, place)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_server_that_is_out_of_order_is_told_with_its_status(adapter: str):
    """500, to whatever it is asked."""
    with served(Fault.ERRORS) as place:
        assert "the server answered 500" in cause_of(adapter, place)


def test_a_log_in_that_is_refused_is_told():
    """By a frame that the template names."""
    with served(Fault.DENIED) as place:
        assert cause_of("json-ws", place) == "log_in: the server refuses the log-in"


def test_what_is_no_json_is_told():
    """A page, as of a proxy."""
    with served(Fault.NONSENSE) as place:
        assert "can't read what the server sent" in cause_of("json-ws", place)


def test_a_server_that_dies_in_the_middle_fails_what_is_asked_and_ends_what_is_told():
    """Both clients learn it, and nobody waits for an answer that never comes."""

    async def play(place: str) -> None:
        server = server_at("json-ws", place)
        agent, customer = await server.agent(DESKS[0]), await server.customer("a")
        await agent.log_in()
        chat = await customer.open("chat", question(0))
        await waits(agent, chat)
        assert await agent.assign(chat)
        with pytest.raises(LoadError, match="the server closed the connection"):
            await agent.send(chat, reply(0))
        with pytest.raises(LoadError, match="the server closed the connection"):
            await told(customer.events())
        with pytest.raises(LoadError):
            await agent.close(chat)
        await asyncio.gather(agent.disconnect(), customer.disconnect())

    with served(Fault.DIES) as place:
        run(lambda: play(place))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (None, "the adapter supchat needs SIM_LOAD_ACCOUNTS_FILE in the environment"),
        ("ada:secret\n", "the scenario has 2 agents, the file accounts for 1"),
        ("ada:secret\nben\n", "line 2 must be name:password"),
    ],
)
def test_accounts_that_are_missing_are_told(
    credentials: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, cause: str
):
    """Before the first connection."""
    if text is None:
        monkeypatch.delenv(ACCOUNTS_FILE)
    else:
        credentials.write_text(text)

    assert cause in cause_of("supchat", "127.0.0.1:1")
