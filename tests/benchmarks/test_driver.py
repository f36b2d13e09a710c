"""How many open chats does the driver carry? Its lag beside that of a bare loop that only sleeps.

The lag of a send is how late it leaves, whatever the server does. A bare asyncio loop wakes late too. Both are
timed in processor seconds: idle time is skipped, and what else the machine is busy with makes nobody late.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine, Sequence
from typing import Any

import numpy as np
import pytest

from sim.drive import clock
from sim.drive.adapters.loopback import Loopback
from sim.drive.latency import Times
from sim.drive.record import Kind
from sim.drive.run import Driven, Ending, Options, drive
from sim.drive.schedule import Day
from sim.scenario.scenario import Scenario
from tests.worlds import group, queue, world

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")

OPEN, IN_S = 2_000, 10.0
"""Chats that come within so many seconds, and stay open at least as long again."""
MOST_TIMES, MORE_S = 2.0, 0.005
"""The driver's lag is at most so many times that of the bare loop, and a little more."""


SETTING_S = 3.0
"""The bare loop's alarms are all set before the first is due."""


def crowd() -> Scenario:
    """As many chats as agents have slots, each with a message every six seconds or so."""
    law = {"law": "lognormal", "cv": 0.3}
    service = {
        "turns": {"law": "fixed", "mean": 3},
        "agent_s": law | {"mean_s": 0.05},
        "customer_s": law | {"mean_s": 6},
        "wrap_up_s": {"law": "fixed", "mean_s": 0.05},
    }
    arrivals = (np.arange(OPEN) * IN_S / OPEN).tolist()
    return world([queue(arrivals, service)], [group(OPEN // 50, concurrency=50)])


class _Skipping(selectors.DefaultSelector):
    """A selector that skips the time for which it would sleep."""

    skipped_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if not ready and timeout is not None:
            self.skipped_s += max(timeout, 0.0)
        return ready


class OneCore(asyncio.SelectorEventLoop):
    """A loop that has a core to itself, however busy the machine is: its time is that of the processor."""

    def __init__(self) -> None:
        self._idle = _Skipping()
        super().__init__(self._idle)

    def time(self) -> float:
        """Seconds of the processor, and those that were skipped."""
        return self._idle.skipped_s + time.process_time()


def on_one_core(main: Coroutine[Any, Any, Any], **_: object) -> Any:
    """Run a coroutine on such a loop."""
    with asyncio.Runner(loop_factory=OneCore) as runner:
        return runner.run(main)


def bare(instants_s: Sequence[float]) -> Times:
    """Lag of a loop that only sleeps to these instants."""
    lag = Times()

    async def sleep() -> None:
        loop = asyncio.get_running_loop()
        start, last = loop.time() + SETTING_S, loop.create_future()
        for at_s in instants_s:
            loop.call_at(start + at_s, lambda due=start + at_s: lag.note(loop.time() - due))
        loop.call_at(start + max(instants_s) + 0.1, last.set_result, None)
        await last

    on_one_core(sleep())
    return lag


def sends_s(run: Driven) -> list[float]:
    """When the driver meant to send, from the first arrival on."""
    return [event.at_s for event in run.record.events if event.kind in {Kind.SENT, Kind.ARRIVED}]


def most_open(run: Driven) -> int:
    """Most chats open at once."""
    chat = run.log.chat
    times = np.concatenate([chat.arrival_s, chat.released_s])
    steps = np.concatenate([np.ones(len(chat.queue)), -np.ones(len(chat.queue))])
    return int(np.cumsum(steps[np.argsort(times)]).max())


@pytest.mark.nightly
def test_two_thousand_open_chats_on_one_core_lag_hardly_more_than_a_loop_that_only_sleeps(
    monkeypatch: pytest.MonkeyPatch,
):
    """Three rounds, A B A B A B; the medians are compared."""
    monkeypatch.setattr(clock, "run", on_one_core)
    ours, theirs = [], []
    for seed in range(3):
        run = drive(Day.of(crowd(), seed), Loopback(routes=True), Options())
        assert run.ending is Ending.DONE
        assert most_open(run) > 0.95 * OPEN
        ours.append(run.lag.percentile_s(99))
        theirs.append(bare(sends_s(run)).percentile_s(99))
        print(f"{run.lag.n:,} sends, lag p50 {run.lag.percentile_s(50) * 1e3:.1f} ms", end=", ")
        print(f"p99 {ours[-1] * 1e3:.1f} ms, of a bare loop {theirs[-1] * 1e3:.1f} ms")

    assert np.median(ours) <= MOST_TIMES * np.median(theirs) + MORE_S
