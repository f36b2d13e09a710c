"""How does a day go on a server? Its customers and agents play it; what they saw is kept, however it ends."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from sim.drive import clock
from sim.drive.adapters.base import Server
from sim.drive.agents import Line
from sim.drive.clock import Clock
from sim.drive.customers import door
from sim.drive.latency import Latencies, Times
from sim.drive.measured import log_of_day
from sim.drive.options import Mode, Options
from sim.drive.play import ANSWER_S, Live, Play
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


class Ending(StrEnum):
    """How a run ended."""

    DONE = "done"
    INTERRUPTED = "interrupted"
    """By the user."""
    GONE = "gone"
    """The server no longer answered."""
    LATE = "late"
    """Chats were open long after they should have been over."""


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

    @cached_property
    def log(self) -> ChatLog:
        """What the server said of the day's chats; those skipped are not in it."""
        return log_of_day(self.day, self.record.events, routes=self.routes)


Watch = Callable[[Live], None]


def drive(day: Day, server: Server, options: Options | None = None, watch: Watch | None = None) -> Driven:
    """Play a *day* on a *server*; *watch* is shown how it stands, some times a second.

    Ctrl-C stops it: nobody comes any more, what is open is closed, and what was measured is kept.

    Raises
    ------
    LoadError
        If the scenario can't be played, or the server does not answer, before anybody comes.
    """
    options = options or Options()
    refuse_unplayable(day.scenario, server.name)
    _refuse_crew(server, options)
    _refuse_trouble(day, server, options)
    from_s = day.start_s if options.virtual else None
    return clock.run(_drive(day, server, options, watch), virtual_from_s=from_s)


def _refuse_crew(server: Server, options: Options) -> None:
    """Refuse further processes that could not play."""
    if options.crew is None:
        return
    if options.virtual or not options.crew.target.url:
        raise LoadError(f"--workers: {server.name} is in this process, where no other can reach it")
    if options.mode is Mode.TIMELINE:
        raise LoadError("--workers: a timeline is played by one process")


def _refuse_trouble(day: Day, server: Server, options: Options) -> None:
    """Refuse to break connections where nobody could come back."""
    if options.trouble and options.mode is Mode.TIMELINE:
        raise LoadError("--churn, --storm and --slow: a timeline is played by clients that are always there")
    if options.trouble.breaks and not server.comes_back:
        raise LoadError(f"--churn and --storm: the adapter {server.name} has no way to come back to a chat")
    storm_s = options.trouble.storm_s
    if storm_s is not None and not day.start_s < storm_s < day.end_s:
        text = day.scenario.calendar.local.text
        within = f"from {text(day.start_s)} to {text(day.end_s)}"
        raise LoadError(f"--storm: {text(storm_s)} is not within the driven day, {within}")


async def _drive(day: Day, server: Server, options: Options, watch: Watch | None) -> Driven:
    day.end_s  # noqa: B018  the twin is simulated before the clock runs
    with _interrupted() as stop, _undisturbed(), _hired(day, options) as workers:
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
            ending = await _played(play, line, options, watch, stop, workers)
        except TimeoutError:
            raise LoadError(f"{server.name}: no answer within {ANSWER_S:g} s") from None
        finally:
            await server.stop()
    if play.broken is not None:
        raise play.broken
    often = max(play.causes, key=lambda cause: play.causes[cause], default="")
    cause = often if ending is Ending.GONE else ""
    return Driven(day, server.name, server.routes, server.poll_s, options, ending, cause, play.record,
                  play.latencies, play.lag, play.live(), play.causes, tuple(play.of_parts),
                  play.clock.loop_s - begun_s)  # fmt: skip


async def _played(
    play: Play,
    line: Line,
    options: Options,
    watch: Watch | None,
    stop: asyncio.Event,
    workers: Workers | None,
) -> Ending:
    """Play to the end, whichever it is, and leave nobody behind."""
    later_s = _later_s(options.speed)
    ends = {
        asyncio.ensure_future(_all_over(play, line, options, workers)): Ending.DONE,
        asyncio.ensure_future(stop.wait()): Ending.INTERRUPTED,
        asyncio.ensure_future(play.gone.wait()): Ending.GONE,
        asyncio.ensure_future(_too_late(play, later_s)): Ending.LATE,
    }
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


async def _watch(play: Play, watch: Watch) -> None:
    while True:
        watch(play.live())
        await asyncio.sleep(WATCH_S)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Spare Python's search for cycles all that is there already: it takes a tenth of a second at a time."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
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
