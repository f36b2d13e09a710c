"""What time is it in the centre? Simulated seconds on a wall clock that runs as fast as is asked, or on none.

On the wall clock the driver wakes a little late; how much is measured. In virtual time there is none: when
nothing more can be done at an instant, time jumps to the next that somebody waits for, and events of one
instant come in the order of the rule book, each with all its consequences before the next. On the wall clock
it jumps over the *gaps* that it is given, in which nobody does anything.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import selectors
import signal
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from sim.rules import Order

T = TypeVar("T")
_BEFORE_ALL = -1
"""Order of what comes before all events of an instant."""


class Alarm:
    """Something that is to happen at an instant, unless it is cancelled."""

    __slots__ = ("_handle", "call", "is_off")

    def __init__(self, call: Callable[[], None]) -> None:
        self.call = call
        self.is_off = False
        self._handle: asyncio.TimerHandle | None = None

    def cancel(self) -> None:
        """Let it not happen."""
        self.is_off = True
        if self._handle is not None:
            self._handle.cancel()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is simulated: it jumps to the next alarm when nothing is ready."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s
        self._alarms: list[tuple[float, int, int, int, Alarm]] = []
        self._count = itertools.count()
        super().__init__(_Idle(self))

    def time(self) -> float:
        """Seconds since the first midnight."""
        return self.now_s

    def alarm(self, time_s: float, order: int, row: int, alarm: Alarm) -> None:
        """Set an alarm among its contemporaries."""
        heapq.heappush(self._alarms, (max(time_s, self.now_s), order, row, next(self._count), alarm))

    def jump(self, most_s: float | None) -> bool:
        """Go to the next alarm, or to the loop's own next timer, in *most_s*; False if there is neither."""
        while self._alarms and self._alarms[0][-1].is_off:
            heapq.heappop(self._alarms)
        if self._alarms and (most_s is None or self._alarms[0][0] <= self.now_s + most_s):
            self.now_s, *_, alarm = heapq.heappop(self._alarms)
            alarm.call()
        elif most_s is not None:
            self.now_s += most_s
        else:
            return False
        return True


class _Idle(selectors.DefaultSelector):
    """A selector that lets time jump where it would sleep."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See what is ready; where nothing is, let time jump."""
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        return [] if self._loop.jump(timeout) else super().select(timeout)


class Clock:
    """Simulated time, in seconds since the first midnight, in a running event loop."""

    def __init__(
        self,
        start_s: float,
        speed: float = 1.0,
        origin_s: float | None = None,
        gaps: Sequence[tuple[float, float]] = (),
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.speed = 1.0 if isinstance(self._loop, VirtualLoop) else speed
        """Simulated seconds in one of the loop's."""
        self._start_s, self._origin = start_s, self._loop.time() if origin_s is None else origin_s
        self.gaps = tuple(gaps)
        """Spans of simulated time that take none, in order."""
        if isinstance(self._loop, VirtualLoop):
            self._start_s = self._origin = 0.0
            self.gaps = ()

    def begin(self, in_s: float) -> None:
        """Let it be the start in so many of the loop's seconds; virtual time has begun already."""
        if not isinstance(self._loop, VirtualLoop):
            self._origin = self._loop.time() + in_s

    @property
    def now_s(self) -> float:
        """The time."""
        now_s = self._start_s + (self._loop.time() - self._origin) * self.speed
        for start_s, end_s in self.gaps:
            if now_s < start_s:
                break
            now_s += end_s - start_s
        return now_s

    @property
    def origin_s(self) -> float:
        """When it began, by the event loop's time: other processes of the machine can keep the same time."""
        return self._origin

    @property
    def loop_s(self) -> float:
        """The time of the event loop, on which lags and latencies are measured."""
        return self._loop.time()

    def wall(self, time_s: float) -> float:
        """Time of the event loop at which it is *time_s*."""
        for start_s, end_s in reversed(self.gaps):
            if time_s > start_s:
                time_s -= min(time_s, end_s) - start_s
        return self._origin + (time_s - self._start_s) / self.speed

    def call(self, time_s: float, order: Order, row: int, happen: Callable[[], None]) -> Alarm:
        """Let something of *row* happen at *time_s*, at once if that has passed, never if it is infinite."""
        alarm = Alarm(happen)
        if time_s == math.inf:
            return alarm
        if isinstance(self._loop, VirtualLoop):
            self._loop.alarm(time_s, order, row, alarm)
        else:
            alarm._handle = self._loop.call_at(self.wall(time_s), happen)
        return alarm

    async def settled(self) -> None:
        """Wait until nothing more can be done at this instant, before its next event; not on a wall clock."""
        if not isinstance(self._loop, VirtualLoop):
            return
        woken = self._loop.create_future()
        wake = Alarm(lambda: None if woken.done() else woken.set_result(None))
        self._loop.alarm(self.now_s, _BEFORE_ALL, 0, wake)
        await woken

    async def until(self, time_s: float, order: Order, row: int) -> float:
        """Sleep until *time_s*, for ever if it is infinite; give how late it woke, in the loop's seconds."""
        due = max(self.wall(time_s), self._loop.time()) if time_s < math.inf else math.inf
        woken = self._loop.create_future()
        alarm = self.call(time_s, order, row, lambda: None if woken.done() else woken.set_result(None))
        try:
            await woken
        finally:
            alarm.cancel()
        return self._loop.time() - due


def run(main: Coroutine[Any, Any, T], *, virtual_from_s: float | None = None) -> T:
    """Run a coroutine to its end, on the wall clock or in virtual time that begins at *virtual_from_s*.

    Ctrl-C is afterwards handled as before, also where an exception broke the loop off: asyncio, which then
    ends the coroutine last, would leave its own handler, of a loop that is closed.
    """
    before = signal.getsignal(signal.SIGINT)
    try:
        if virtual_from_s is None:
            return asyncio.run(main)
        with asyncio.Runner(loop_factory=lambda: VirtualLoop(virtual_from_s)) as runner:
            return runner.run(main)
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)
