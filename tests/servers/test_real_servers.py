"""Adapters against the real servers: they keep the protocol, and say by name what is refused."""

from __future__ import annotations

import asyncio

import pytest

from sim.drive.adapters import Target
from sim.drive.adapters.credentials import KEY
from sim.drive.adapters.stapel import Stapel
from sim.errors import LoadError
from tests.drive.contract import DESKS, keeps_the_protocol, question, run
from tests.servers.running import Running

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def credentials(servers: dict[str, Running], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the adapters look for accounts and keys."""
    for server in servers.values():
        for variable, value in server.environ.items():
            monkeypatch.setenv(variable, value)


@pytest.mark.parametrize(("name", "second_take"), [("supchat", True), ("stapel", False)])
def test_an_adapter_keeps_the_protocol(servers: dict[str, Running], name: str, second_take: bool):
    """And the server lets two agents take one chat, or refuses the second: known of each."""
    server = Target.parse(servers[name].target).server()

    run(lambda: keeps_the_protocol(server, second_take=second_take))


def test_stapel_is_left_without_chats_of_customers_who_have_gone(servers: dict[str, Running]):
    """They would stay in its queue, and every agent would be shown them for ever."""
    server = Stapel(servers["stapel"].url)

    async def play() -> None:
        await server.start(("chat",), DESKS)
        customer, agent = await server.customer("gone"), await server.agent(DESKS[0])
        await customer.open("chat", question(0))
        await customer.leave()
        left = [len(await agent.left_behind())]
        await server.stop()
        left.append(len(await agent.left_behind()))
        await asyncio.gather(customer.disconnect(), agent.disconnect())
        assert left == [1, 0]

    run(play)


def test_a_wrong_key_is_refused_by_name(servers: dict[str, Running], monkeypatch: pytest.MonkeyPatch):
    """The key itself is not in the message."""
    monkeypatch.setenv(KEY, "not-the-key-of-this-server")
    server = Target.parse(servers["stapel"].target).server()

    with pytest.raises(LoadError, match="refuses the log-in") as refused:
        run(lambda: server.start(("chat",), DESKS))
    assert "not-the-key" not in str(refused.value)
