"""What if one core does not carry all customers? Further processes, each of which plays whole customers.

Agents stay in the first process, and so does the record: what the others see and measure is sent there, a
moment later at most, with the times at which they saw it. So a process that is killed loses nothing but the
customers whom it still had to play. All share the machine's monotonic clock.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from sim.drive.adapters.base import Server
from sim.drive.clock import Clock
from sim.drive.customers import door
from sim.drive.latency import Verb
from sim.drive.options import Crew, Options
from sim.drive.play import ANSWER_S, Play
from sim.drive.record import Event, Record
from sim.drive.schedule import Day
from sim.errors import LoadError

SEND_S = 0.005
"""How often a worker sends what it has seen."""
READY_S = 60.0
"""A worker that is not ready by then is not coming: importing takes time on a busy machine."""
KILLED = "a process that played customers was killed"
_STOP = -1
"""Tells a worker to stop; any other number is the row of a chat that is over."""


@dataclass(frozen=True, slots=True)
class _Orders:
    """What a worker plays."""

    day: Day
    crew: Crew
    rows: range
    options: Options


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a worker has seen and measured since it sent last."""

    events: list[Event]
    took: list[tuple[Verb, float, float]]
    """How long things took: the verb, when it was due, and seconds of the wall clock."""
    late: list[float]
    """How late the worker itself was."""


@dataclass(frozen=True, slots=True)
class _End:
    """A worker is at its end."""

    error: str
    """What broke it; empty if nothing did."""


class Workers:
    """The further processes of a run, as the first one sees them."""

    def __init__(self, shares: Mapping[Connection, range], processes: list[BaseProcess]) -> None:
        self._shares, self._processes = shares, processes
        """The rows of whose customers each plays; and the processes."""
        self._ends = list(shares)
        self._at_work = set(shares)
        self._over = asyncio.Event()

    async def ready(self) -> None:
        """Wait until each has imported what it needs and has connected."""
        for end in self._ends:
            async with asyncio.timeout(READY_S):
                while not end.poll():
                    await asyncio.sleep(SEND_S)
            if (error := _received(end)) != "ready":
                raise LoadError(f"--workers: {KILLED} before it was ready" if error is None else str(error))

    async def play(self, play: Play) -> None:
        """Let them play, and take in what they see, until their last customer has gone."""
        loop = asyncio.get_running_loop()
        for end in self._ends:
            with suppress(OSError):  # who is gone is heard of below
                end.send((play.day.start_s, play.clock.speed, play.clock.origin_s, play.clock.gaps))
            loop.add_reader(end.fileno(), self._take_in, end, play)
        if play.options.trouble.breaks:  # customers whom no server tells go at last
            play.when_over = self._tell
        try:
            await self._over.wait()
        except asyncio.CancelledError:
            self._tell(_STOP)
            await self._over.wait()
            raise
        finally:
            for end in self._ends:
                loop.remove_reader(end.fileno())

    def _tell(self, what: int) -> None:
        """Tell those at work which chat is over, or to stop."""
        for end in self._at_work:
            with suppress(OSError):
                end.send(what)

    def _take_in(self, end: Connection, play: Play) -> None:
        """Take in what a worker has sent."""
        got = _received(end)
        if isinstance(got, _Seen):
            for event in got.events:
                play.take_in(event)
            for verb, due_s, took_s in got.took:
                play.took(verb, due_s, took_s)
            for late_s in got.late:
                play.late(late_s)
            return
        if not isinstance(got, _End):
            play.lose(_rows(self._shares[end], play))
        elif got.error:
            play.broken = RuntimeError(got.error)
            play.gone.set()
        asyncio.get_running_loop().remove_reader(end.fileno())
        self._at_work.discard(end)
        if not self._at_work:
            self._over.set()

    def dismiss(self) -> None:
        """End what is left of them."""
        for end in self._ends:
            end.close()
        for process in self._processes:
            process.join(ANSWER_S / 2)
            process.kill()


def _rows(share: range, play: Play) -> list[int]:
    """Rows of a share's customers: those who come first, and those of them who have come again."""
    chains = play.day.draws.chains
    again = [] if chains is None else [row for row in play.arrival_s if int(chains.customer[row]) in share]
    return list(dict.fromkeys([*share, *again]))


def _received(end: Connection) -> Any:
    """What a worker has sent; None if it is gone."""
    try:
        return end.recv()
    except (EOFError, OSError):
        return None


@contextmanager
def hired(crew: Crew, day: Day, options: Options) -> Iterator[Workers]:
    """Start further processes, and leave none behind."""
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _ in range(crew.n)]
    most = options.max_in_flight
    share = replace(options, max_in_flight=None if most is None else -(-most // crew.n))
    processes: list[BaseProcess] = []
    shares = [range(k, day.draws.n_customers, crew.n) for k in range(crew.n)]
    for rows, (_, theirs) in zip(shares, pipes, strict=True):
        orders = _Orders(day, crew, rows, share)
        processes.append(context.Process(target=_work, args=(orders, theirs), daemon=True))
        processes[-1].start()
        theirs.close()
    workers = Workers(dict(zip([ours for ours, _ in pipes], shares, strict=True)), processes)
    try:
        yield workers
    finally:
        workers.dismiss()


def _work(orders: _Orders, end: Connection) -> None:
    """Be a worker."""
    with suppress(KeyboardInterrupt, BrokenPipeError):  # the first process says when to stop
        try:
            asyncio.run(_played(orders, end))
        except LoadError as error:
            end.send(str(error))


class _Distant(Play):
    """A run as a worker plays it: what it sees and measures is sent on, and not kept."""

    def __init__(self, day: Day, server: Server, clock: Clock, options: Options) -> None:
        super().__init__(day, server, clock, options, Record())
        self._took: list[tuple[Verb, float, float]] = []
        self._late: list[float] = []

    def took(self, verb: Verb, due_s: float, took_s: float) -> None:
        """Note how long something took."""
        self._took.append((verb, due_s, took_s))

    def late(self, late_s: float) -> None:
        """Note how late the worker was."""
        self._late.append(late_s)

    def drain(self) -> _Seen:
        """Give what came since the last time."""
        seen = _Seen(self.record.events, self._took, self._late)
        self.record.events, self._took, self._late = [], [], []
        return seen


async def _played(orders: _Orders, end: Connection) -> None:
    """Play a share of the customers."""
    server = orders.crew.target.server(orders.crew.template)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    async with asyncio.timeout(ANSWER_S):
        await server.start([queue.name for queue in orders.day.scenario.queues], orders.day.desks)
    try:
        end.send("ready")
        clock = Clock(*await loop.run_in_executor(None, end.recv))
        play = _Distant(orders.day, server, clock, orders.options)

        def hear() -> None:
            row = _received(end)
            if row in {_STOP, None}:
                loop.remove_reader(end.fileno())
                stop.set()
            else:
                play.over.add(row)

        loop.add_reader(end.fileno(), hear)
        sending = play.spawn(_send(play, end))
        customers = asyncio.ensure_future(door(play, orders.rows, orders.options.max_in_flight))
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait({customers, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in (customers, stopped):
            task.cancel()
        results = await asyncio.gather(customers, stopped, return_exceptions=True)
        sending.cancel()
        await play.give_up()
        broken = [repr(each) for each in [*results, play.broken] if isinstance(each, Exception)]
        end.send(play.drain())
        end.send(_End(", ".join(broken)))
    finally:
        await server.stop()


async def _send(play: _Distant, end: Connection) -> None:
    while True:
        await asyncio.sleep(SEND_S)
        seen = play.drain()
        if seen.events or seen.took or seen.late:
            end.send(seen)
