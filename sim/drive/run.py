"""How does a day go on a server? Its customers and agents play it; what they saw is kept, however it ends."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from math import inf
from typing import Protocol

from sim.drive import clock
from sim.drive.adapters.base import Server
from sim.drive.agents import Line
from sim.drive.clock import Clock
from sim.drive.customers import door
from sim.drive.latency import Latencies, Times, copies
from sim.drive.measured import log_of_day
from sim.drive.options import Mode, Options
from sim.drive.play import ANSWER_S, Live, Pending, Play
from sim.drive.record import Record
from sim.drive.schedule import Day, refuse_unplayable
from sim.drive.timeline import replay
from sim.drive.workers import Workers, hired
from sim.errors import LoadError
from sim.interrupts import telling
from sim.log.chatlog import ChatLog
from sim.rules import Order

LATE_S, LATE_WALL_S = 600.0, 30.0
"""A run ends so much after its twin, in simulated seconds and on the wall clock, whatever is still open."""
SOON_S = 0.5
"""A run begins so much before the first log-in or chat, on the wall clock, once everybody is connected."""
WATCH_S = 0.25
"""How often a run is watched."""
YOUNG = (500, 4, 1_000_000)
"""New objects after which Python looks for cycles among them, and how often before the older ones follow."""
LOOK_S = 1.0
"""How often it is looked whether all chats of a part are over, on the wall clock."""


class Ending(StrEnum):
    """How a run ended."""

    DONE = "done"
    INTERRUPTED = "interrupted"
    """By the user."""
    GONE = "gone"
    """The server no longer answered."""
    LATE = "late"
    """Chats were open long after they should have been over."""
    ABORTED = "aborted"
    """A part of the day surely broke a limit, at which it was to end."""


@dataclass(frozen=True, eq=False)
class Driven:
    """A day as it went on a server."""

    day: Day
    server: str
    routes: bool
    poll_s: float | None
    """See `Server`."""
    options: Options
    ending: Ending
    cause: str
    """Why it ended before the day was over; empty if it did not."""
    record: Record
    latencies: Latencies
    lag: Times
    """How late the driver itself was with what it had to send, on the wall clock."""
    live: Live
    """How it stood at the end."""
    causes: dict[str, int]
    """How often requests failed, by verb and cause."""
    of_parts: tuple[Latencies, ...] = ()
    """Latencies of each part of the day."""
    wall_s: float = 0.0
    """How long it took, in seconds of the event loop's clock."""
    lost: int = 0
    """Customers who were lost with a process of ours that was killed."""
    last_part: int | None = None
    """The part that surely broke a limit, after which it ended; None if none did."""

    def __repr__(self) -> str:  # asyncio writes it out at the end of each run
        return f"<Driven {self.day!r} on {self.server!r}: {self.ending}>"

    @cached_property
    def log(self) -> ChatLog:
        """What the server said of the day's chats; those skipped are not in it."""
        return log_of_day(self.day, self.record.events, routes=self.routes)

    @property
    def until_s(self) -> float:
        """When it was broken off; infinite if it was not."""
        if self.ending in {Ending.DONE, Ending.LATE}:
            return inf
        return max((event.at_s for event in self.record.events), default=self.day.start_s)


Watch = Callable[[Live], None]


class Guard(Protocol):
    """Knows whether a part of a day surely breaks a limit, while the day goes on."""

    def at_end(self, part: int, so_far: Driven, pending: Pending) -> bool:
        """At its end, whatever becomes of what is *pending*; answers at once."""

    def when_over(self, part: int, so_far: Driven) -> bool:
        """Once all its chats are over. It may take a while, and be asked in another thread."""


def drive(
    day: Day,
    server: Server,
    options: Options | None = None,
    watch: Watch | None = None,
    guard: Guard | None = None,
) -> Driven:
    """Play a *day* on a *server*; *watch* is shown how it stands, some times a second.

    Ctrl-C stops it: nobody comes any more, what is open is closed, and what was measured is kept. So does a
    *guard* that says of a part of the day that it surely breaks a limit.

    Raises
    ------
    LoadError
        If the scenario can't be played, or the server does not answer, before anybody comes.
    """
    options = options or Options()
    refuse_unplayable(day.scenario, server.name)
    _refuse_crew(server, options)
    refuse_trouble(day, server, options)
    from_s = day.start_s if options.virtual else None
    return clock.run(_drive(day, server, options, watch, guard), virtual_from_s=from_s)


def _refuse_crew(server: Server, options: Options) -> None:
    """Refuse further processes that could not play."""
    if options.crew is None:
        return
    if options.virtual or not options.crew.target.url:
        raise LoadError(f"--workers: {server.name} is in this process, where no other can reach it")
    if options.mode is Mode.TIMELINE:
        raise LoadError("--workers: a timeline is played by one process")


def refuse_trouble(day: Day, server: Server, options: Options) -> None:
    """Refuse to break connections where nobody could come back, or nobody is there.

    Raises
    ------
    LoadError
        Which says why.
    """
    if options.trouble and options.mode is Mode.TIMELINE:
        raise LoadError("--churn, --storm and --slow: a timeline is played by clients that are always there")
    if options.trouble.breaks and not server.comes_back:
        raise LoadError(f"--churn and --storm: the adapter {server.name} has no way to come back to a chat")
    storm_s = options.trouble.storm_s
    if storm_s is not None and not day.start_s < storm_s < day.end_s:
        text = day.scenario.calendar.local.text
        within = f"from {text(day.start_s)} to {text(day.end_s)}"
        raise LoadError(f"--storm: {text(storm_s)} is not within the driven day, {within}")


async def _drive(
    day: Day, server: Server, options: Options, watch: Watch | None, guard: Guard | None
) -> Driven:
    day.end_s  # noqa: B018  the twin is simulated before the clock runs
    with _interrupted() as stop, _undisturbed(options), _hired(day, options) as workers:
        try:
            if workers is not None:
                await workers.ready()
            async with asyncio.timeout(ANSWER_S):
                await server.start([queue.name for queue in day.scenario.queues], day.desks)
            gaps = () if options.virtual else day.gaps(_later_s(options.speed))
            play = Play(day, server, Clock(day.start_s, options.speed, gaps=gaps), options)
            line = Line(play)
            for agent in line.agents:
                async with asyncio.timeout(ANSWER_S):
                    await agent.connect()
            play.clock.begin(in_s=SOON_S)
            begun_s = play.clock.loop_s
            ending = await _played(play, line, watch, stop, workers, guard)
        except TimeoutError:
            raise LoadError(f"{server.name}: no answer within {ANSWER_S:g} s") from None
        finally:
            await server.stop()
    if play.broken is not None:
        raise play.broken
    return replace(_so_far(play, ending), wall_s=play.clock.loop_s - begun_s)


def _so_far(play: Play, ending: Ending) -> Driven:
    """Give what is known of a run."""
    server = play.server
    often = max(play.causes, key=lambda cause: play.causes[cause], default="")
    return Driven(
        play.day, server.name, server.routes, server.poll_s, play.options, ending,
        often if ending is Ending.GONE else "", play.record, play.latencies, play.lag, play.live(),
        play.causes, tuple(play.of_parts), lost=len(play.lost), last_part=play.last_part,
    )  # fmt: skip


async def _played(
    play: Play,
    line: Line,
    watch: Watch | None,
    stop: asyncio.Event,
    workers: Workers | None,
    guard: Guard | None,
) -> Ending:
    """Play to the end, whichever it is, and leave nobody behind."""
    options = play.options
    later_s = _later_s(options.speed)
    ends = {
        asyncio.ensure_future(_all_over(play, line, options, workers)): Ending.DONE,
        asyncio.ensure_future(stop.wait()): Ending.INTERRUPTED,
        asyncio.ensure_future(play.gone.wait()): Ending.GONE,
        asyncio.ensure_future(_too_late(play, later_s)): Ending.LATE,
    }
    if guard is not None:
        ends[asyncio.ensure_future(_failing(play, guard))] = Ending.ABORTED
    if watch is not None and not options.virtual:
        play.spawn(_watch(play, watch))
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        return next(ending for task, ending in ends.items() if task in done)
    finally:
        for task in ends:
            task.cancel()
        results = await asyncio.gather(*ends, return_exceptions=True)
        await play.give_up()
        for result in results:
            if isinstance(result, Exception):
                play.broken = result


def _later_s(speed: float) -> float:
    """So much after its twin a day may end, in simulated seconds."""
    return max(LATE_S, LATE_WALL_S * speed)


def lasts_s(day: Day, speed: float) -> float:
    """How long a *day* takes of the wall clock, nights left out."""
    nights_s = sum(end_s - start_s for start_s, end_s in day.gaps(_later_s(speed)))
    return (day.end_s - day.start_s - nights_s) / speed


async def _too_late(play: Play, later_s: float) -> None:
    """Wait until chats are open long after the last should have been over: at the end, or before a night."""
    for start_s, _ in play.day.gaps(later_s):
        await play.clock.until(start_s, Order.PATIENCE, 0)
        if play.waiting or play.open:
            return
        gc.collect()  # of the day that is over: nobody is kept waiting at night
    await play.clock.until(play.day.end_s + later_s, Order.PATIENCE, 0)


async def _all_over(play: Play, line: Line, options: Options, workers: Workers | None) -> None:
    """Play the whole day; it is over when nobody comes any more and nobody has a chat in hand."""
    if options.mode is Mode.TIMELINE:
        await replay(play, line)
        return
    for agent in line.agents:
        play.spawn(agent.work())
    if play.server.poll_s is not None and not play.server.routes:
        play.spawn(line.poll())
    if workers is None:
        await door(play, range(play.day.draws.n_customers), options.max_in_flight)
    else:
        await workers.play(play)
    while any(agent.holds for agent in line.agents):
        line.released.clear()
        await line.released.wait()


async def _failing(play: Play, guard: Guard) -> None:
    """Wait until a part surely breaks a limit, and note which; for ever if none does."""
    found = asyncio.get_running_loop().create_future()

    async def look(k: int) -> None:
        if await _is_failing(play, guard, k) and not found.done():
            found.set_result(k)

    for k in range(len(play.options.parts)):
        play.spawn(look(k))
    play.last_part = await found


async def _is_failing(play: Play, guard: Guard, k: int) -> bool:
    """Say whether part *k* surely breaks a limit: at its end, or once all its chats are over."""
    part, clock = play.options.parts[k], play.clock
    await clock.until(part.end_s, Order.PATIENCE, 0)
    if guard.at_end(k, _so_far(play, Ending.ABORTED), play.pending()):
        return True
    rows = {row for row, at_s in play.arrival_s.items() if part.start_s <= at_s < part.end_s}
    while not rows <= play.over:
        await clock.until(clock.now_s + LOOK_S * clock.speed, Order.PATIENCE, 0)
    so_far = _so_far(play, Ending.ABORTED)
    if play.options.virtual:
        return guard.when_over(k, so_far)
    still = replace(so_far, record=Record(list(play.record.events)), of_parts=copies(play.of_parts))
    return await asyncio.to_thread(guard.when_over, k, still)


async def _watch(play: Play, watch: Watch) -> None:
    while True:
        watch(play.live())
        await asyncio.sleep(WATCH_S)


@contextmanager
def _undisturbed(options: Options) -> Iterator[None]:
    """Let Python look for cycles among young objects alone: among all it takes a tenth of a second.

    In virtual time that makes nobody late.
    """
    if options.virtual:
        yield
        return
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*YOUNG)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _hired(day: Day, options: Options) -> Iterator[Workers | None]:
    """Further processes, if there are to be any."""
    if options.crew is None:
        yield None
    else:
        with hired(options.crew, day, options) as workers:
            yield workers


@contextmanager
def _interrupted() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C sets; a second Ctrl-C breaks in."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def hear() -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(stop.set)

    with telling(hear):
        yield stop
