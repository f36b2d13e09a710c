"""What if nobody reacts? The twin's sends at their instants, whatever the server tells anybody.

Customers open, write and leave, agents take, answer and close as they did in the simulated log. What the
server does late changes nothing of what it is asked next, so that its times are those of exactly this load.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from math import inf, isnan
from typing import TypeVar

from sim.drive.adapters.base import AgentSession, Message, RefusedError, Seen, What
from sim.drive.agents import Line
from sim.drive.customers import Customer, Over
from sim.drive.latency import Verb
from sim.drive.play import Play
from sim.drive.record import NO_ROW, Kind, Who
from sim.errors import LoadError
from sim.rules import After, Order, Outcome

T = TypeVar("T")
_LEAVING = {Outcome.ABANDONED, Outcome.OVERFLOWED, Outcome.LEFT}
"""Chats that their customer ends."""


async def replay(play: Play, line: Line) -> None:
    """Replay the twin's day, to its last chat.

    Raises
    ------
    LoadError
        If the server itself decides who takes which chat.
    """
    if play.server.routes:
        who = f"{play.server.name} routes chats itself"
        raise LoadError(f"{who}, so that no timeline can say who takes which")
    due: dict[int, asyncio.Event] = {}
    """Log-outs until the last chat is over, by span: they still belong to the day."""
    for agent in line.agents:
        spans = play.day.spans(agent.number)
        out_s = play.day.twin.duty.out_s
        due |= {span.row: asyncio.Event() for span in spans if out_s[span.row] <= play.day.end_s}
        if spans:
            play.spawn(_duty(play, agent.number, agent.session, due))
    async with asyncio.TaskGroup() as sides:
        for place, row in enumerate(_rows(play)):
            chat = _Replayed(play, place, row)
            sides.create_task(chat.customer_side())
            if chat.agent >= 0:
                sides.create_task(chat.agent_side(line.agents[chat.agent].session))
    for logged_out in due.values():
        await logged_out.wait()


def _rows(play: Play) -> list[int]:
    """Row in the draws of each chat of the twin's log."""
    draws, chat = play.day.draws, play.day.twin.chat
    if draws.chains is None:
        return list(range(draws.n_chats))
    keys = zip(draws.queue.tolist(), draws.number.tolist(), draws.chains.attempt.tolist(), strict=True)
    row_of = {key: row for row, key in enumerate(keys)}
    return [
        row_of[key]
        for key in zip(chat.queue.tolist(), chat.number.tolist(), chat.attempt.tolist(), strict=True)
    ]


async def _duty(play: Play, agent: int, session: AgentSession, due: dict[int, asyncio.Event]) -> None:
    """Be logged in when the twin's agent was, and note what is told."""
    listening: asyncio.Task[None] | None = None
    try:
        for span in play.day.spans(agent):
            await play.clock.until(span.on_s, Order.LOG_ON, span.row)
            with suppress(LoadError):  # it is noted, here and below
                await play.ask("log in", span.on_s, session.log_in(), Who.AGENT, NO_ROW, agent)
                play.note(Kind.LOGGED_IN, Who.AGENT, agent=agent, note=str(span.row))
            listening = listening or play.spawn(_listen(play, session, agent))
            out_s = float(play.day.twin.duty.out_s[span.row])
            await play.clock.until(out_s, Order.PATIENCE, span.row)
            with suppress(LoadError):
                await play.ask("log out", out_s, session.log_out(), Who.AGENT, NO_ROW, agent)
                play.note(Kind.LOGGED_OUT, Who.AGENT, agent=agent, note=str(span.row))
            if span.row in due:
                due[span.row].set()
    finally:
        await session.disconnect()


async def _listen(play: Play, session: AgentSession, agent: int) -> None:
    """Note what an agent is told, and do nothing about it."""

    def hear(told: Seen) -> None:
        message = Message.of(told.text)
        if message is not None and not message.by_agent:
            play.seen(message, Who.AGENT, told.chat, agent)
        elif told.what is What.LEFT:
            row = play.row_of.get(told.chat, NO_ROW)
            play.note(Kind.LEFT, Who.AGENT, row, chat=told.chat, agent=agent)

    await play.listen(session, hear, Who.AGENT, NO_ROW, agent)


class _Replayed:
    """One chat of the twin, and what it becomes on the server."""

    def __init__(self, play: Play, place: int, row: int) -> None:
        self._play, self._place, self._row = play, place, row
        self.agent = int(play.day.twin.chat.agent[place])
        self._outcome = Outcome(int(play.day.twin.chat.outcome[place]))
        self._platform = play.day.scenario.platform
        """Whose delays are in the twin's times: what is sent, is sent before the other side has it."""
        self._chat_id = ""
        self._opened = asyncio.Event()
        """The server has answered, be it with a failure."""

    def _time(self, column: str) -> float:
        return float(getattr(self._play.day.twin.chat, column)[self._place])

    def _turns(self, column: str) -> list[float]:
        """A column of the chat's turns, those that happened."""
        turn = self._play.day.twin.turn
        times = getattr(turn, column)[turn.offset[self._place] : turn.offset[self._place + 1]].tolist()
        return [time_s for time_s in times if not isnan(time_s)]

    async def customer_side(self) -> None:
        """Open, write and leave as in the twin."""
        play, arrival_s = self._play, self._time("arrival_s")
        if self._outcome is Outcome.OFFLINE:
            play.note(Kind.OFFLINE, Who.DRIVER, self._row, at_s=arrival_s)
            return
        play.late(await play.clock.until(arrival_s, Order.ARRIVAL, self._row))
        customer = Customer(play, self._row, arrival_s)
        with suppress(LoadError, Over):  # it is noted
            try:
                async with customer.connected():
                    self._chat_id = customer.chat_id
                    self._opened.set()
                    if play.day.twin.chat.queued[self._place]:
                        play.note(Kind.WAITING, Who.DRIVER, self._row, chat=self._chat_id, note="in the twin")
                    for turn, sent_s in enumerate(self._turns("message_s")[1:], 1):
                        await play.clock.until(sent_s, Order.MESSAGE, self._row)
                        await customer.send(turn, sent_s)
                    if self._outcome in _LEAVING:
                        await play.clock.until(self._time("ended_s"), Order.PATIENCE, self._row)
                        await customer.leave(self._way)
                    else:
                        await customer.be_closed()
            finally:
                self._opened.set()

    @property
    def _way(self) -> After:
        """How the customer leaves."""
        if self._outcome is Outcome.LEFT:
            return After.LEFT if len(self._turns("message_s")) > 1 else After.UNANSWERED
        return After(self._outcome.name.lower())

    async def agent_side(self, session: AgentSession) -> None:
        """Take, answer and close as in the twin."""
        with suppress(LoadError):  # it is noted
            taken_s = await self._due("accepted_s", Order.ARRIVAL, -self._platform.accept_s)
            await self._opened.wait()
            if not self._chat_id:
                return
            if not await self._ask(Verb.ASSIGN, taken_s, session.assign(self._chat_id)):
                self._note(Kind.REFUSED, note="assign")
                return
            self._note(Kind.ASSIGNED)
            begun_s, replies_s = self._turns("start_s"), self._turns("reply_s")
            for turn, reply_s in enumerate(replies_s):
                due_s = reply_s - self._platform.deliver_s
                await self._play.clock.until(due_s, Order.REPLY, self._row)
                await self._reply(session, turn, begun_s[turn], due_s)
            if self._outcome in {Outcome.SERVED, Outcome.TIMED_OUT}:
                ended_s = await self._due("ended_s", Order.TIMEOUT)
                note = "timed_out" if self._outcome is Outcome.TIMED_OUT else ""
                self._note(Kind.ENDED, at_s=ended_s, note=note)
            released_s = await self._due("released_s", Order.WRAP_UP)
            self._note(Kind.DONE, at_s=released_s)
            await self._ask(Verb.CLOSE, released_s, session.close(self._chat_id))
            self._note(Kind.CLOSED)

    async def _due(self, column: str, order: Order, shift_s: float = 0.0) -> float:
        """Sleep until a time of the chat, so much later, and give it; for ever if it never came."""
        time_s = self._time(column) + shift_s
        await self._play.clock.until(inf if isnan(time_s) else time_s, order, self._row)
        return time_s

    async def _reply(self, session: AgentSession, turn: int, begun_s: float, due_s: float) -> None:
        """Send a reply, if its customer is there."""
        play, message = self._play, Message(by_agent=True, chat=self._row, turn=turn)
        self._note(Kind.BEGAN, at_s=begun_s, message=message)
        if self._row in play.left:
            self._note(Kind.IN_VAIN, message=message)
            return
        play.late(max(play.clock.loop_s - play.clock.wall(due_s), 0.0))
        play.sending(message, due_s)
        with suppress(RefusedError):
            await self._ask(Verb.SEND, due_s, session.send(self._chat_id, message))
            self._note(Kind.SENT, at_s=due_s, message=message)

    async def _ask(self, verb: Verb, due_s: float, request: Awaitable[T]) -> T:
        return await self._play.ask(verb, due_s, request, Who.AGENT, self._row, self.agent)

    def _note(
        self, kind: Kind, *, at_s: float | None = None, message: Message | None = None, note: str = ""
    ) -> None:
        chat, agent = self._chat_id, self.agent
        self._play.note(kind, Who.AGENT, self._row, at_s=at_s, chat=chat, agent=agent, message=message,
                        note=note)  # fmt: skip
