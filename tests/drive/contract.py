"""What does every adapter keep? The protocol, played once against a server: the same for each of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from sim.drive.adapters.base import AgentSession, CustomerSession, Desk, Message, Seen, Server, What

WITHIN_S = 20
DESKS = (Desk(0, 3, ("chat",)), Desk(1, 3, ("chat",)))


def question(chat: int, turn: int = 0) -> Message:
    """A customer's message."""
    return Message(by_agent=False, chat=chat, turn=turn)


def reply(chat: int, turn: int = 0) -> Message:
    """An agent's."""
    return Message(by_agent=True, chat=chat, turn=turn)


async def told(events: AsyncIterator[Seen], *what: What, text: str = "") -> Seen:
    """Read until something of this kind, with this text in it, is told."""
    async with asyncio.timeout(WITHIN_S):
        async for seen in events:
            if seen.what in what and text in seen.text:
                return seen
    raise AssertionError(f"never told: {what} {text}")


async def waits(agent: AgentSession, chat: str, listed: bool = True) -> None:
    """Ask until the list has a chat, or no more."""
    async with asyncio.timeout(WITHIN_S):
        while (chat in {row.chat for row in await agent.waiting()}) is not listed:
            await asyncio.sleep(0.05)


async def keeps_the_protocol(server: Server, *, second_take: bool) -> None:
    """Play one chat to its end, one left in the queue and one left later, with two agents.

    *second_take*: whether the server lets a second agent take a chat that somebody has.
    """
    await server.start(("chat",), DESKS)
    first, second = [await server.agent(desk) for desk in DESKS]
    customers = [await server.customer(str(number)) for number in range(3)]
    try:
        await first.log_in()
        await second.log_in()
        heard = first.events()
        await _whole_chat(customers[0], first, heard, second, second_take)
        await _left_while_waiting(customers[1], first)
        await _left_later(customers[2], first, heard)
        await first.log_out()
    finally:
        for client in (first, second, *customers):
            await client.disconnect()
        await server.stop()


async def _whole_chat(
    customer: CustomerSession,
    agent: AgentSession,
    heard: AsyncIterator[Seen],
    other: AgentSession,
    second_take: bool,
) -> None:
    chat = await customer.open("chat", question(0))
    told_customer = customer.events()
    await waits(other, chat)

    assert await agent.assign(chat)
    assert await other.assign(chat) is second_take
    await waits(other, chat, listed=False)
    seen = await told(heard, What.MESSAGE, text="[c0.0]")
    assert seen.chat == chat
    assert Message.of(seen.text) == question(0)
    await told(told_customer, What.ASSIGNED)
    await agent.send(chat, reply(0))
    assert (await told(told_customer, What.MESSAGE, text="[a0.0]")).chat == chat
    await customer.send(question(0, 1))
    await told(heard, What.MESSAGE, text="[c0.1]")
    await agent.send(chat, reply(0, 1))
    await told(told_customer, What.MESSAGE, text="[a0.1]")
    await agent.close(chat)
    await told(told_customer, What.CLOSED)


async def _left_while_waiting(customer: CustomerSession, agent: AgentSession) -> None:
    chat = await customer.open("chat", question(1))
    await waits(agent, chat)

    await customer.leave()

    await waits(agent, chat, listed=False)


async def _left_later(customer: CustomerSession, agent: AgentSession, heard: AsyncIterator[Seen]) -> None:
    chat = await customer.open("chat", question(2))
    await waits(agent, chat)
    assert await agent.assign(chat)
    await told(heard, What.MESSAGE, text="[c2.0]")

    await customer.leave()

    assert (await told(heard, What.LEFT, What.CLOSED)).chat == chat


def run(play: Callable[[], object]) -> None:
    """Run a coroutine function to its end, within a minute."""

    async def within() -> None:
        async with asyncio.timeout(60):
            await play()  # type: ignore[misc]

    asyncio.run(within())
