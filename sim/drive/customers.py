"""What does a customer do? Opens a chat at the drawn instant, writes, reads, loses patience, comes again.

Each is a client with a session of its own, who knows what the server tells them and nothing else (R1 to R4,
R15, R21, R27).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from math import inf
from typing import Any, TypeVar

from sim.drive.adapters.base import CustomerSession, Message, RefusedError, Seen, What
from sim.drive.clock import Clock
from sim.drive.invariants import GRACE_S
from sim.drive.latency import Verb
from sim.drive.links import Link
from sim.drive.play import Play
from sim.drive.record import Kind, Who
from sim.drive.schedule import Day
from sim.errors import LoadError
from sim.rules import After, From, Order

T = TypeVar("T")
GOODBYE_S = 2.0
"""Whoever has to go at the end of a run is given so long to say so, on the wall clock."""


class Mail:
    """What a client has been told and has not looked at."""

    def __init__(self, clock: Clock, row: int) -> None:
        self._clock, self._row = clock, row
        self._told: deque[Seen] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def put(self, seen: Seen) -> None:
        """Bring something."""
        self._told.append(seen)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def next(self, until_s: float = inf, order: Order = Order.PATIENCE) -> Seen | None:
        """Wait for the next thing told; None if there was none by *until_s*."""
        if not self._told:
            self._waiter = asyncio.get_running_loop().create_future()
            alarm = self._clock.call(until_s, order, self._row, self._wake)
            try:
                await self._waiter
            finally:
                alarm.cancel()
        return self._told.popleft() if self._told else None


class Over(Exception):  # noqa: N818  a chat that is over is no error
    """A chat is over for its customer."""

    def __init__(self, way: After | None, at_s: float) -> None:
        super().__init__()
        self.way, self.at_s = way, at_s
        """How it went wrong (R27), None if it did not; and when."""


async def door(play: Play, rows: Iterable[int], max_in_flight: int | None) -> None:
    """Let customers come at their drawn instants (R1), and wait until the last has gone.

    Those who find the centre closed are noted, and not waited for. Where *max_in_flight* chats are open
    already, a customer is skipped and counted: nobody comes later than drawn.
    """
    async with asyncio.TaskGroup() as visits:
        for row in rows:
            arrival_s = float(play.day.draws.arrival_s[row])
            await _come(play, row, arrival_s)
            visits.create_task(_visits(play, row, arrival_s, max_in_flight))


async def _come(play: Play, row: int, arrival_s: float) -> None:
    """Wait until a customer comes who finds the centre open."""
    if play.day.is_open(arrival_s):
        play.late(await play.clock.until(arrival_s, Order.ARRIVAL, row))


async def _visits(play: Play, row: int, arrival_s: float, max_in_flight: int | None) -> None:
    """All attempts of a customer, from a first one on (R27, R29)."""
    while True:
        is_full = max_in_flight is not None and len(play.waiting) + len(play.open) >= max_in_flight
        if is_full and play.day.is_open(arrival_s):
            play.note(Kind.SKIPPED, Who.DRIVER, row, at_s=arrival_s)
            return
        again_s = _again_s(play.day, row, await _visit(play, row, arrival_s))
        if again_s is None:
            return
        assert play.day.draws.chains is not None
        row, arrival_s = int(play.day.draws.chains.next_row[row]), again_s
        await _come(play, row, arrival_s)


async def _visit(play: Play, row: int, arrival_s: float) -> Over:
    """One attempt."""
    if play.day.is_open(arrival_s):
        return await Customer(play, row, arrival_s).chat()
    play.note(Kind.OFFLINE, Who.DRIVER, row, at_s=arrival_s)
    return Over(After.OFFLINE, arrival_s)


def _again_s(day: Day, row: int, over: Over) -> float | None:
    """When a customer comes again whose chat is over; None if they don't."""
    retry, chains = day.queue(row).retry, day.draws.chains
    if retry is None or chains is None or not chains.retries[row] or over.way not in retry.after:
        return None
    waits = over.way is After.OFFLINE and retry.offline_from is From.OPENING
    from_s = day.next_opening_s(over.at_s) if waits else over.at_s
    again_s = from_s + float(chains.retry_delay_s[row])
    return again_s if again_s < day.scenario.horizon_s else None


class Customer:
    """A customer with a chat."""

    def __init__(self, play: Play, row: int, arrival_s: float) -> None:
        self.play, self.row, self.arrival_s = play, row, arrival_s
        self.chat_id = ""
        self._mail = Mail(play.clock, row)
        self._session: CustomerSession
        self._link: Link | None = None
        """Where connections break or are read slowly."""

    async def chat(self) -> Over:
        """One chat, to its end."""
        try:
            async with self.connected():
                await self._wait()
                await self._converse()
        except Over as over:
            return over
        except LoadError:  # it is noted
            pass
        return Over(None, self.play.clock.now_s)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Have the chat open, and read what the server tells; whoever is stopped in the middle leaves."""
        play = self.play
        try:
            await self._open()
        except LoadError:
            play.note(Kind.LEFT, Who.CUSTOMER, self.row, note="failed")
            raise
        reader = play.spawn(self._read())
        if play.options.trouble:
            self._link = Link(play, self._session, Who.CUSTOMER, self.row)
            self._link.begin()
        try:
            yield
        except LoadError:
            play.note(Kind.LEFT, Who.CUSTOMER, self.row, chat=self.chat_id, note="failed")
            raise
        except asyncio.CancelledError:
            play.note(Kind.LEFT, Who.CUSTOMER, self.row, chat=self.chat_id, note="stopped")
            with suppress(LoadError, TimeoutError):
                await asyncio.wait_for(self._session.leave(), GOODBYE_S)
            raise
        finally:
            if self._link is not None:
                self._link.end()
            reader.cancel()
            await self._session.disconnect()

    async def _open(self) -> None:
        """Open the chat with its first message."""
        play, message = self.play, Message(by_agent=False, chat=self.row, turn=0)
        play.note(Kind.ARRIVED, Who.CUSTOMER, self.row, at_s=self.arrival_s)
        play.sending(message, self.arrival_s)

        async def request() -> str:
            self._session = await play.server.customer(f"{play.day.draws.replication}-{self.row}")
            try:
                return await self._session.open(play.day.queue(self.row).name, message)
            except BaseException:  # nobody else knows of it
                await self._session.disconnect()
                raise

        self.chat_id = await play.ask(Verb.OPEN, self.arrival_s, request(), Who.CUSTOMER, self.row)
        play.note(Kind.OPENED, Who.CUSTOMER, self.row, chat=self.chat_id)
        play.note(Kind.SENT, Who.CUSTOMER, self.row, at_s=self.arrival_s, chat=self.chat_id, message=message)
        play.named(self.chat_id, self.row)

    async def _read(self) -> None:
        """Read what the server tells."""
        await self.play.listen(self._session, self._hear, Who.CUSTOMER, self.row)

    def _hear(self, told: Seen) -> None:
        if told.what is What.ASSIGNED:
            self.play.note(Kind.ASSIGNED, Who.CUSTOMER, self.row, chat=self.chat_id)
        elif told.what is What.CLOSED:
            self.play.note(Kind.CLOSED, Who.CUSTOMER, self.row, chat=self.chat_id)
        else:
            message = Message.of(told.text)
            if message is None or not message.by_agent:
                return
            self.play.seen(message, Who.CUSTOMER, self.chat_id)
        self._mail.put(told)

    async def _wait(self) -> None:
        """Wait for an agent, or leave (R4)."""
        day = self.play.day
        max_wait_s = day.queue(self.row).max_wait_s
        overflow_s = inf if max_wait_s is None else self.arrival_s + max_wait_s
        patience_s = self.arrival_s + float(day.draws.patience_s[self.row])
        if overflow_s <= patience_s:
            until_s, order, way = overflow_s, Order.OVERFLOW, After.OVERFLOWED
        else:
            until_s, order, way = patience_s, Order.PATIENCE, After.ABANDONED
        told = await self._next(until_s, order, After.OVERFLOWED)
        if told is None:
            raise await self.leave(way)
        if told.what is What.MESSAGE:  # a reply tells of the assignment, where nothing else does
            self._mail.put(told)

    async def _converse(self) -> None:
        """Message and reply in turn; then wait until the agent closes the chat."""
        clock, draws, rows = self.play.clock, self.play.day.draws, self.play.day.turns(self.row)
        is_patient = self.play.day.queue(self.row).reply_patience is None
        written_s = clock.now_s  # the first message is in the inbox from the assignment on (R13)
        for turn, row in enumerate(rows):
            patience_s = inf if is_patient else float(draws.reply_patience_s[row])
            await self._reply(turn, written_s + patience_s)
            if row != rows[-1]:
                written_s = clock.now_s + float(draws.customer_s[row])  # R15
                while await self._next(written_s, Order.MESSAGE, After.TIMED_OUT) is not None:
                    pass
                await self.send(turn + 1, written_s)
        await self.be_closed()

    async def be_closed(self) -> None:
        """Wait until the chat is closed."""
        while True:
            await self._next(inf, Order.MESSAGE, None)

    async def _next(self, until_s: float, order: Order, way: After | None) -> Seen | None:
        """Wait for the next thing told, None if there is none by *until_s*; closing ends it in a *way*."""
        told = await (self._mail.next(until_s, order) if self._link is None else self._heard(until_s, order))
        if told is not None and told.what is What.CLOSED:
            raise Over(way, self.play.clock.now_s)
        return told

    async def _heard(self, until_s: float, order: Order) -> Seen | None:
        """Wait likewise where connections break: whom nobody tells that the chat is closed goes at last."""
        clock, was_over = self.play.clock, False
        while True:
            some_s = min(until_s, clock.now_s + GRACE_S * clock.speed)
            told = await self._mail.next(some_s, order)
            if told is not None or some_s == until_s:
                return told
            if was_over:
                raise Over(None, clock.now_s)
            was_over = self.row in self.play.over

    async def _reply(self, turn: int, until_s: float) -> None:
        """Wait for the reply of a turn, or leave (R21)."""
        while (told := await self._next(until_s, Order.REPLY_PATIENCE, After.LEFT)) is not None:
            message = Message.of(told.text)
            if message is not None and message.turn == turn:
                return
        raise await self.leave(After.LEFT if turn else After.UNANSWERED)

    async def send(self, turn: int, due_s: float) -> None:
        """Send the message of a turn."""
        play, message = self.play, Message(by_agent=False, chat=self.row, turn=turn)
        play.late(max(play.clock.loop_s - play.clock.wall(due_s), 0.0))
        if self._link is not None:
            due_s = await self._link.ready(due_s)
        play.sending(message, due_s)
        with suppress(RefusedError):  # closed meanwhile: it will be told
            await self._ask(Verb.SEND, due_s, self._session.send(message))
            play.note(Kind.SENT, Who.CUSTOMER, self.row, at_s=due_s, chat=self.chat_id, message=message)

    async def leave(self, way: After) -> Over:
        """Leave; the chat is over."""
        over = Over(way, self.play.clock.now_s)
        self.play.note(Kind.LEFT, Who.CUSTOMER, self.row, chat=self.chat_id, note=way.value)
        with suppress(LoadError):  # it is noted
            await self._ask("leave", over.at_s, self._session.leave())
        return over

    async def _ask(self, verb: Verb | str, due_s: float, request: Coroutine[Any, Any, T]) -> T:
        if self._link is not None:
            return await self._link.ask(verb, due_s, request, self.row)
        return await self.play.ask(verb, due_s, request, Who.CUSTOMER, self.row)
