"""What does an agent do? Logs in, takes chats up to the slots, works the inbox, wraps up, closes, logs out.

Each is a client with a session of their own (R9 to R16, R21, R23, R30). Where the server does not route, who
takes which chat is decided by the rules, from the list that agents are shown.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sim.drive.adapters.base import AgentSession, Message, Seen, What
from sim.drive.clock import Alarm
from sim.drive.customers import GOODBYE_S
from sim.drive.floor import Call, Floor, Seat
from sim.drive.latency import Verb
from sim.drive.links import Link
from sim.drive.play import Play
from sim.drive.record import NO_ROW, Kind, Who
from sim.drive.schedule import Span
from sim.errors import LoadError
from sim.rules import Order

T = TypeVar("T")
AGAIN_S = 1.0
"""A chat that the server failed to give to an agent is asked for again so much later, on the wall clock."""


class Line:
    """The chats that wait, as the agents are shown them, and who takes which."""

    def __init__(self, play: Play) -> None:
        scenario = play.day.scenario
        priorities = {queue.name: queue.priority for queue in scenario.queues}
        self.play = play
        self.floor = Floor(play.day.desks, scenario.routing.policy, priorities, lambda: play.clock.now_s)
        self.agents = [Agent(self, seat) for seat in self.floor.seats]
        self.released = asyncio.Event()
        """A chat has been let go."""
        self._calls: dict[str, Call] = {}
        self._listed: set[str] = set()
        self._news_s: dict[str, float] = {}
        """When there was news of each chat last: a list that was asked for before says nothing of it."""
        play.when_lost = self.lose

    def shown(self, chat: str, agent: int) -> None:
        """An agent is shown a chat that waits: it goes to whoever may take it (R7)."""
        if chat in self._listed:
            return
        self._listed.add(chat)
        self._news_s[chat] = self.play.clock.now_s
        self.play.when_named(chat, lambda row: self._arrive(chat, row, agent))

    def _arrive(self, chat: str, row: int, agent: int) -> None:
        if chat not in self._listed:
            return
        day = self.play.day
        u = float(day.draws.route_u[row])
        self._calls[chat] = call = Call(chat, day.queue(row).name, self.play.arrival_s[row], row, u)
        seat = self._seat_for(call)
        note = "nobody is free" if seat is None else ""
        self.play.note(Kind.WAITING, Who.AGENT, row, chat=chat, agent=agent, note=note)
        if seat is not None:
            self.play.spawn(self.agents[seat.number].take(call))

    def _seat_for(self, call: Call) -> Seat | None:
        """Who takes a chat, their slot taken; if there is nobody, it waits.

        What comes back, though somebody has it or is about to, or though it is over, is left alone.
        """
        if call.row not in self.play.waiting or any(call.chat in agent.held for agent in self.agents):
            return None
        return self.floor.arrive(call)

    def failed(self, call: Call) -> None:
        """The server failed somebody who wanted a chat: it waits on, where it was."""
        if call.chat in self._listed and (seat := self._seat_for(call)) is not None:
            self.play.spawn(self.agents[seat.number].take(call))

    def refused(self, call: Call) -> None:
        """The server says that a chat is not to be had: until it is listed once more."""
        self._listed.discard(call.chat)
        self._news_s[call.chat] = self.play.clock.now_s

    def lose(self, row: int) -> None:
        """A customer is lost with a process of ours: nobody takes their chat, and who has it lets it go."""
        for call in self._calls.values():
            if call.row == row:
                self.floor.leave(call)
        for agent in self.agents:
            agent.lose(row)

    def gone(self, chat: str, agent: int) -> None:
        """An agent's list no longer shows a chat."""
        if chat not in self._listed:
            return
        self._listed.discard(chat)
        self._news_s[chat] = self.play.clock.now_s
        if chat in self._calls:
            self.play.note(Kind.GONE, Who.AGENT, self._calls[chat].row, chat=chat, agent=agent)
            self.floor.leave(self._calls[chat])

    def list_is(self, chats: list[str], agent: int, asked_s: float) -> None:
        """An agent is shown the whole list, of the queues that they serve, for which they asked then."""
        queues = self.agents[agent].seat.desk.queues
        ours = [chat for chat in self._listed if chat in self._calls and self._calls[chat].queue in queues]
        for chat in chats:
            if self._is_newer(asked_s, chat):
                self.shown(chat, agent)
        for chat in set(ours) - set(chats):
            if self._is_newer(asked_s, chat):
                self.gone(chat, agent)

    def _is_newer(self, asked_s: float, chat: str) -> bool:
        """Whether a list for which somebody asked then is newer than all that is known of a chat."""
        return self._news_s.get(chat, asked_s) <= asked_s

    async def poll(self) -> None:
        """Ask for the list again and again, as one agent of each skill."""
        assert self.play.server.poll_s is not None
        while True:
            skilled = {agent.seat.desk.queues: agent for agent in self.agents if agent.seat.on_duty}
            await asyncio.gather(*(agent.look() for agent in skilled.values()))
            await asyncio.sleep(self.play.server.poll_s)


@dataclass(slots=True, eq=False)
class Held:
    """A chat that an agent holds, or is about to."""

    chat: str
    row: int
    """−1 until a message tells it."""
    turn: int = -1
    """Turn of the customer's message that came last."""
    is_taken: bool = False
    """The server has given it to them."""
    is_composing: bool = False
    is_over: bool = False
    """The conversation has ended, or the customer has left."""
    is_closed: bool = False
    """The server has closed it."""
    timeout: Alarm | None = None
    """Set while the agent awaits a message (R23)."""
    sending: asyncio.Task[None] | None = None
    """The reply that was sent last, until the server has taken it."""


class Agent:
    """An agent at work."""

    def __init__(self, line: Line, seat: Seat) -> None:
        self.line, self.seat, self.play = line, seat, line.play
        self.held: dict[str, Held] = {}
        self.is_out = True
        """Off duty, with nothing in hand."""
        self._inbox: deque[tuple[Held, int]] = deque()
        self._stirred = asyncio.Event()
        self._is_leaving = False
        self._span = -1
        self.session: AgentSession
        self._link: Link | None = None
        """Where connections break or are read slowly."""

    @property
    def holds(self) -> bool:
        """Whether they have chats in hand."""
        return bool(self.held)

    @property
    def number(self) -> int:
        """Number of the agent."""
        return self.seat.number

    # Duty

    async def connect(self) -> None:
        """Make a session, before anything happens."""
        self.session = await self.play.server.agent(self.seat.desk)
        if self.play.options.trouble:
            self._link = Link(self.play, self.session, Who.AGENT, agent=self.number)

    async def work(self) -> None:
        """All spans of duty (R11, R12)."""
        spans = self.play.day.spans(self.number)
        if not spans:
            return
        attending: list[asyncio.Task[None]] = []
        try:
            for span in spans:
                await self.play.clock.until(span.on_s, Order.LOG_ON, span.row)
                await self._log_in(span)
                if not attending and self._link is not None:
                    self._link.begin()
                if not attending:
                    attending = [self.play.spawn(self._read()), self.play.spawn(self._attend())]
                self.fill()
                await self.play.clock.until(span.off_s, Order.LOG_OFF, span.row)
                await self._log_off()
            while not self.is_out:
                self._stirred.clear()
                await self._stirred.wait()
        finally:
            await self._say_goodbye()

    async def _log_in(self, span: Span) -> None:
        if not self.is_out:  # a break that was overrun
            self.play.note(Kind.LOGGED_OUT, Who.AGENT, agent=self.number, note=str(self._span))
        self._span, self.is_out = span.row, False
        self._be_used()
        with suppress(LoadError):  # it is noted
            await self._ask("log in", self.session.log_in())
            self.play.note(Kind.LOGGED_IN, Who.AGENT, agent=self.number, note=str(span.row))
            if not self.play.server.routes:
                await self.look()
        self.seat.on_duty, self._is_leaving = True, False
        self.seat.idle_since = self.play.clock.now_s

    async def _log_off(self) -> None:
        """Take no new chats, or, if constant, none once nothing is in hand."""
        self._is_leaving = True
        if not (self.seat.n_open and self.play.day.stays(self.number)):
            await self._leave_desk()
        self._be_out()

    async def _leave_desk(self) -> None:
        self.seat.on_duty = False
        with suppress(LoadError):
            await self._ask("log out", self.session.log_out())

    def _be_out(self) -> None:
        if self._is_leaving and not self.seat.n_open and not self.is_out:
            self.is_out = True
            self._be_used()
            self.play.note(Kind.LOGGED_OUT, Who.AGENT, agent=self.number, note=str(self._span))
            self._stirred.set()

    def _be_used(self) -> None:
        if self._link is not None:
            self._link.is_used = not self.is_out

    async def _say_goodbye(self) -> None:
        """Close what is in hand at the end of a run, and be gone."""
        with suppress(LoadError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                for held in list(self.held.values()):
                    await self.session.close(held.chat)
                    self.play.note(Kind.CLOSED, Who.AGENT, held.row, chat=held.chat, agent=self.number,
                                   note="stopped")  # fmt: skip
                if not self.is_out:
                    await self.session.log_out()
        await self.session.disconnect()

    # Taking chats

    async def look(self) -> None:
        """Look at the list of chats that wait."""
        asked_s = self.play.clock.now_s
        with suppress(LoadError):
            listed = await self._ask(Verb.LIST, self.session.waiting())
            self.line.list_is([waiting.chat for waiting in listed], self.number, asked_s)

    def fill(self) -> None:
        """Take waiting chats into all free slots, in order (R9, R10)."""
        while not self.play.server.routes and (call := self.line.floor.next_for(self.seat)) is not None:
            self.play.spawn(self.take(call))

    async def take(self, call: Call) -> None:
        """Take a chat for which a slot is taken already; if it is not to be had, another may be."""
        self.held[call.chat] = held = Held(call.chat, call.row)
        try:
            took = await self._ask(Verb.ASSIGN, self.session.assign(call.chat), call.row)
        except LoadError:
            self._drop(held)
            await asyncio.sleep(AGAIN_S)
            self.line.failed(call)
            self.fill()
            return
        if took:
            held.is_taken = True
            self._note(Kind.ASSIGNED, held)
            if call.row in self.play.lost:  # meanwhile
                self._be_left(held)
        else:
            self._note(Kind.REFUSED, held, "assign")
            self._drop(held)
            self.line.refused(call)
            self.fill()

    def _drop(self, held: Held) -> None:
        """Let go of a chat that was not to be had."""
        self.held.pop(held.chat, None)
        self._inbox = deque(each for each in self._inbox if each[0] is not held)
        self.seat.n_open -= 1

    # What the server tells

    async def _read(self) -> None:
        await self.play.listen(self.session, self._hear, Who.AGENT, NO_ROW, self.number)

    def _hear(self, told: Seen) -> None:
        held = self.held.get(told.chat)
        match told.what:
            case What.WAITING:
                self.line.shown(told.chat, self.number)
            case What.GONE:
                self.line.gone(told.chat, self.number)
            case What.ASSIGNED if held is None and self.play.server.routes:
                self._be_given(told.chat)
            case What.MESSAGE:
                self._receive(told, held)
            case What.LEFT if held is not None:
                self._note(Kind.LEFT, held)
                self._be_left(held)
            case What.CLOSED if held is not None and not held.is_over:
                self._note(Kind.CLOSED, held, "by the server")
                held.is_closed = True
                self._be_left(held)
            case _:
                pass

    def _be_given(self, chat: str) -> None:
        """The server has given them a chat."""
        self.held[chat] = held = Held(chat, NO_ROW, is_taken=True)
        self.seat.take(self.play.clock.now_s)
        at_s = self.play.clock.now_s

        def note(row: int) -> None:
            held.row = row
            self._note(Kind.ASSIGNED, held, at_s=at_s)

        self.play.when_named(chat, note)

    def _receive(self, told: Seen, held: Held | None) -> None:
        """A customer's message is in the inbox (R13)."""
        message = Message.of(told.text)
        if message is None or message.by_agent:
            return
        self.play.seen(message, Who.AGENT, told.chat, self.number)
        if held is None or held.is_over or message.turn <= held.turn:
            return
        held.row, held.turn = message.chat, message.turn
        if held.timeout is not None:
            held.timeout.cancel()
        self._inbox.append((held, message.turn))
        self._stirred.set()

    def lose(self, row: int) -> None:
        """Let the chat of a lost customer go."""
        for held in [held for held in self.held.values() if held.row == row and held.is_taken]:
            self._be_left(held)

    def _be_left(self, held: Held) -> None:
        """The customer has left: the slot is freed at once, or once the reply in hand is done (R21)."""
        if held.is_over:
            return
        held.is_over = True
        if held.timeout is not None:
            held.timeout.cancel()
        if not held.is_composing:
            self._inbox = deque(each for each in self._inbox if each[0] is not held)
            self.play.spawn(self._release(held))

    # Working

    async def _attend(self) -> None:
        """Take up one message at a time, in the order in which they came in (R13)."""
        while True:
            while not self._inbox:
                self._stirred.clear()
                await self._stirred.wait()
            await self.play.clock.settled()  # slots are filled before, where the server does so at once (R13)
            if not self._inbox:
                continue
            held, turn = self._inbox.popleft()
            await self._reply(held, turn)

    async def _reply(self, held: Held, turn: int) -> None:
        """Compose and send a reply (R14), and wrap up after the last (R16)."""
        play, day, message = self.play, self.play.day, Message(by_agent=True, chat=held.row, turn=turn)
        rows, queue = day.turns(held.row), day.queue(held.row)
        held.is_composing = True
        self._note(Kind.BEGAN, held, message=message)
        compose_s = float(day.draws.agent_s[rows[turn]]) / day.speed(self.number, play.clock.now_s)
        if self.seat.n_open > 1:
            compose_s *= 1 + day.scenario.groups[day.team.group[self.number]].switching
        due_s = play.clock.now_s + compose_s
        play.late(await play.clock.until(due_s, Order.REPLY, held.row))
        held.is_composing = False
        if held.is_over:  # in vain (R21)
            self._note(Kind.IN_VAIN, held, message=message)
            play.spawn(self._release(held))
            return
        if self._link is not None:
            due_s = await self._link.ready(due_s)
        play.sending(message, due_s)
        held.sending = play.spawn(self._send(held, message, due_s))
        if turn < len(rows) - 1:
            self._await_message(held, queue.idle_timeout_s)
        elif queue.wrap_up_attention:
            await self._wrap_up(held)
        else:
            play.spawn(self._wrap_up(held))

    async def _send(self, held: Held, message: Message, due_s: float) -> None:
        """Send a reply; its agent turns to the next message meanwhile (R42)."""
        with suppress(LoadError):  # noted, and the chat goes on without this reply
            await self._ask(Verb.SEND, self.session.send(held.chat, message), held.row, due_s)
            self._note(Kind.SENT, held, message=message, at_s=due_s)
            if held.row in self.play.left:  # while the reply was on its way, and the server does not say so
                self._be_left(held)

    async def _wrap_up(self, held: Held) -> None:
        held.is_over = True
        self._note(Kind.ENDED, held)
        now_s, day = self.play.clock.now_s, self.play.day
        wrap_up_s = float(day.draws.wrap_up_s[held.row]) / day.speed(self.number, now_s)
        await self.play.clock.until(now_s + wrap_up_s, Order.WRAP_UP, held.row)
        self.play.spawn(self._release(held))

    def _await_message(self, held: Held, idle_timeout_s: float | None) -> None:
        """Close the chat if its customer is quiet for too long (R23)."""

        def close() -> None:
            held.is_over = True
            self._note(Kind.ENDED, held, "timed_out")
            self.play.spawn(self._release(held, "timed_out"))

        if idle_timeout_s is not None:
            until_s = self.play.clock.now_s + idle_timeout_s
            held.timeout = self.play.clock.call(until_s, Order.TIMEOUT, held.row, close)

    async def _release(self, held: Held, note: str = "") -> None:
        """Close a chat; its slot is free, and filled before anything else (R9)."""
        if not held.is_closed:
            self._note(Kind.DONE, held, note)
        with suppress(LoadError):
            if held.sending is not None:  # a chat is closed after its last reply, and not before
                await held.sending
            if not held.is_closed:
                await self._ask(Verb.CLOSE, self.session.close(held.chat), held.row)
                self._note(Kind.CLOSED, held, note)
        self.held.pop(held.chat, None)
        self.line.released.set()
        self.seat.free(self.play.clock.now_s)
        self.fill()
        if self._is_leaving and not self.seat.n_open:
            if self.seat.on_duty:
                await self._leave_desk()
            self._be_out()

    async def _ask(
        self, verb: Verb | str, request: Coroutine[Any, Any, T], row: int = NO_ROW, due_s: float | None = None
    ) -> T:
        due_s = self.play.clock.now_s if due_s is None else due_s
        if self._link is not None:
            return await self._link.ask(verb, due_s, request, row)
        return await self.play.ask(verb, due_s, request, Who.AGENT, row, self.number)

    def _note(
        self,
        kind: Kind,
        held: Held,
        note: str = "",
        *,
        message: Message | None = None,
        at_s: float | None = None,
    ) -> None:
        chat, number = held.chat, self.number
        self.play.note(
            kind, Who.AGENT, held.row, at_s=at_s, chat=chat, agent=number, message=message, note=note
        )
