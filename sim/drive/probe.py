"""What if two agents take one chat at the same moment? Asked of a server before the day, as no day does it.

The driver gives each waiting chat to one agent, by the rules, so it would never find out. Real agents do it
all day long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from sim.drive.adapters.base import AgentSession, CustomerSession, Desk, Message, RefusedError, Server
from sim.drive.play import ANSWER_S
from sim.drive.schedule import Day
from sim.errors import LoadError


def taken_twice(day: Day, server: Server) -> str | None:
    """Name of a chat that a *server* has given to two agents at once; None if it gives none to two.

    None too where it can't be tried: the server assigns chats itself, or no two agents serve one queue.

    Raises
    ------
    LoadError
        If the server does not answer.
    """
    pair = None if server.routes else _pair(day.desks)
    if pair is None:
        return None
    return asyncio.run(_tried(day, server, *pair))


def _pair(desks: Sequence[Desk]) -> tuple[Desk, Desk, str] | None:
    """Two agents with a queue in common, and that queue."""
    for place, one in enumerate(desks):
        for other in desks[place + 1 :]:
            if common := [queue for queue in one.queues if queue in other.queues]:
                return one, other, common[0]
    return None


async def _tried(day: Day, server: Server, one: Desk, other: Desk, queue: str) -> str | None:
    customer: CustomerSession | None = None
    agents: list[AgentSession] = []
    try:
        async with asyncio.timeout(ANSWER_S):
            await server.start([each.name for each in day.scenario.queues], day.desks)
            agents = [await server.agent(desk) for desk in (one, other)]
            for agent in agents:
                await agent.log_in()
            customer = await server.customer("probe")
            chat = await customer.open(queue, Message(by_agent=False, chat=day.draws.n_chats, turn=0))
            for agent in agents:
                await agent.waiting()
            took = await asyncio.gather(*(_takes(agent, chat) for agent in agents))
            with suppress(LoadError):
                await agents[took.index(True) if True in took else 0].close(chat)
            for agent in agents:
                await agent.log_out()
    except TimeoutError:
        raise LoadError(f"{server.name}: no answer within {ANSWER_S:g} s") from None
    finally:
        for agent in agents:
            await agent.disconnect()
        if customer is not None:
            await customer.disconnect()
        await server.stop()
    return chat if all(took) else None


async def _takes(agent: AgentSession, chat: str) -> bool:
    try:
        return await agent.assign(chat)
    except RefusedError:
        return False
