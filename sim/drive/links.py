"""What if connections break, or are read slowly? Each client's link to the server, on which that is done on
purpose.

When a link breaks is no luck of the run: each client has a phase of its own, spread evenly over all. Who is
away sends what is due once they are back, and from then on it counts; a link does not break in the middle of
a request, for nobody would know what became of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from math import ceil
from typing import Any, TypeVar

from sim.drive.adapters.base import AgentSession, CustomerSession
from sim.drive.latency import Verb
from sim.drive.play import Play, is_slow, phase
from sim.drive.record import NO_ONE, NO_ROW, Kind, Who
from sim.errors import LoadError
from sim.rules import Order

T = TypeVar("T")
AGAIN_S = 1.0
"""Whoever does not get back tries again so much later, on the wall clock."""


class Link:
    """A client's link to the server."""

    def __init__(
        self,
        play: Play,
        session: CustomerSession | AgentSession,
        who: Who,
        row: int = NO_ROW,
        agent: int = NO_ONE,
    ) -> None:
        self.play, self.session = play, session
        self.who, self.row, self.agent = who, row, agent
        self.is_used = True
        """Whether the client is there: an agent who is off duty has nothing to lose."""
        self._up, self._idle = asyncio.Event(), asyncio.Event()
        self._up.set()
        self._idle.set()
        self._asking = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def _whose(self) -> int:
        return self.row if self.who is Who.CUSTOMER else self.agent

    def begin(self) -> None:
        """Let happen what is to happen, from now on, until the run ends or the task is cancelled."""
        trouble = self.play.options.trouble
        if trouble.breaks:
            self._tasks.append(self.play.spawn(self._break()))
        if is_slow(trouble, self.who, self._whose):
            self._tasks.append(self.play.spawn(self._dawdle()))

    def end(self) -> None:
        """Let nothing more happen; what is not read is read."""
        for task in self._tasks:
            task.cancel()
        self.session.read(on=True)

    async def ready(self, due_s: float) -> float:
        """Wait until the link is there; give when something is due that was due at *due_s*."""
        if self._up.is_set():
            return due_s
        await self._up.wait()
        return max(due_s, self.play.clock.now_s)

    async def ask(self, verb: Verb | str, due_s: float, request: Coroutine[Any, Any, T], row: int) -> T:
        """Ask the server something, as `Play.ask` does, as soon as the link is there."""
        try:
            due_s = await self.ready(due_s)
        except asyncio.CancelledError:
            request.close()
            raise
        self._asking += 1
        self._idle.clear()
        try:
            return await self.play.ask(verb, due_s, request, self.who, row, self.agent)
        finally:
            self._asking -= 1
            if not self._asking:
                self._idle.set()

    def _times(self, from_s: float) -> Iterator[float]:
        """When it breaks, in order."""
        churn_s, storm_s = self.play.options.trouble.churn_s, self.play.options.trouble.storm_s
        k = 0
        if churn_s is not None:
            first_s = phase(self.who, self._whose) * churn_s
            k = max(ceil((from_s - first_s) / churn_s), 0)
        while True:
            next_s = None if churn_s is None else first_s + k * churn_s
            if storm_s is not None and storm_s >= from_s and (next_s is None or storm_s <= next_s):
                yield storm_s
                storm_s = None
            elif next_s is not None:
                yield next_s
                k += 1
            else:
                return

    async def _break(self) -> None:
        """Break now and then, and come back."""
        play = self.play
        for at_s in self._times(play.clock.now_s):
            await play.clock.until(at_s, Order.PATIENCE, max(self._whose, 0))
            if not self.is_used:
                continue
            self._up.clear()
            await self._idle.wait()
            play.dropped(self.who, self._whose, play.clock.now_s)
            play.note(Kind.DROPPED, self.who, self.row, agent=self.agent)
            with suppress(LoadError):
                await self.session.drop()
            await asyncio.sleep(play.options.trouble.away_s)
            await self._come_back()

    async def _come_back(self) -> None:
        play, due_s = self.play, self.play.clock.now_s
        while not self._up.is_set():
            try:
                await play.ask(
                    Verb.RECONNECT, due_s, self.session.come_back(), self.who, self.row, self.agent
                )
            except LoadError:  # it is noted
                await asyncio.sleep(AGAIN_S)
            else:
                play.note(Kind.BACK, self.who, self.row, agent=self.agent)
                self._up.set()

    async def _dawdle(self) -> None:
        """Read nothing for a while, then all that has come, and so on."""
        slow_s = self.play.options.trouble.slow_s
        await asyncio.sleep(slow_s * phase(self.who, self._whose))
        while True:
            for on, how_long_s in ((False, slow_s), (True, slow_s / 20)):
                if self._up.is_set():
                    self.session.read(on=on)
                await asyncio.sleep(how_long_s)
