"""What is measured of a server that is slow, stands still, fails or dies, and of a run that is stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Sequence

import numpy as np
import pytest

import sim
from sim.drive.adapters.base import Desk
from sim.drive.adapters.loopback import Loopback, LoopbackAgent
from sim.drive.clock import Clock
from sim.drive.latency import Verb
from sim.drive.play import Live
from sim.drive.record import Kind
from sim.drive.run import Driven, Ending, Mode, Options, drive
from sim.drive.schedule import Day
from sim.kpis.measure import measure
from sim.scenario.scenario import Scenario
from tests.drive.test_twin import assert_equals_the_twin
from tests.worlds import by_turns, group, queue, world

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")

VIRTUAL = Options(virtual=True)


def busy() -> Scenario:
    """A chat every two seconds for five minutes, and a message of theirs every few."""
    arrivals = [2.0 * k for k in range(150)]
    return world([queue(arrivals, by_turns(3, 4, 5, 1))], [group(40, concurrency=3)])


class Scripted(Loopback):
    """Our server, to which something happens at a time."""

    def __init__(self, at_s: float, happens: str) -> None:
        super().__init__()
        self._at_s, self._happens = at_s, happens

    async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
        """Set the alarm."""
        await super().start(queues, agents)
        what = {"stall": lambda: self.stall(2.0), "die": lambda: self.die("connection reset by peer")}
        asyncio.get_running_loop().call_later(self._at_s, what[self._happens])


def p95s(run: Driven) -> dict[Verb, float]:
    """The 95th percentile of each verb."""
    return {verb: run.latencies[verb].percentile_s(95) for verb in Verb}


def test_a_server_that_stands_still_for_two_seconds_shows_in_p95():
    """Twenty seconds of load: of each twenty requests more than one falls into the two seconds."""
    scenario = world([queue([0.5 * k for k in range(40)], by_turns(3, 4, 2, 1))], [group(40, concurrency=3)])
    healthy, stalled = (
        drive(Day.of(scenario), each, VIRTUAL) for each in (Loopback(), Scripted(10.0, "stall"))
    )

    assert max(p95s(healthy).values()) < 1e-3
    assert 0.5 < p95s(stalled)[Verb.OPEN] <= 2.0
    assert 0.5 < p95s(stalled)[Verb.SEND] <= 2.0
    assert stalled.ending is Ending.DONE
    assert measure(stalled.log, scenario)["served"] == 40
    # Open load: who came from 10 to 12 s, each half second, came then, and was let in when it went on.
    opened = [event.at_s for event in stalled.record.events if event.kind is Kind.OPENED]
    assert sum(at_s == 12.0 for at_s in opened) == 5


def test_every_verb_counts_from_the_intended_time():
    """A delay of 0.3 s is one of 0.3 s; what is told takes no longer."""
    run = drive(Day.of(busy()), Loopback(delay_s=0.3), VIRTUAL)

    verbs = [verb for verb in Verb if verb is not Verb.RECONNECT]
    assert {verb: round(run.latencies[verb].percentile_s(50), 2) for verb in verbs} == dict.fromkeys(
        verbs, 0.3
    )
    assert {verb: run.latencies[verb].n for verb in verbs} == {
        "open": 150, "send": 150 * 9, "deliver": 150 * 9, "list": 40, "assign": 150, "close": 150,
    }  # fmt: skip
    assert run.lag.max_s < 1e-3
    assert run.live.deliver_p99_s == pytest.approx(0.3)


def test_a_server_that_dies_ends_the_run_which_keeps_what_was_measured():
    """And names the cause."""
    run = drive(Day.of(busy()), Scripted(100.0, "die"), VIRTUAL)

    assert run.ending is Ending.GONE
    assert run.cause.endswith("connection reset by peer")
    assert 100 < run.live.now_s < 110
    kpis = measure(run.log, run.day.scenario)
    assert 30 < kpis["served"] < 50
    assert run.live.failures > 3
    assert "connection reset" in next(e.note for e in run.record.events if e.kind is Kind.FAILED)


def test_more_chats_than_may_be_open_are_skipped_and_counted_and_never_come_later():
    """Customers come when they would have come."""
    day = Day.of(busy())
    run = drive(day, Loopback(), Options(virtual=True, max_in_flight=10))

    came = [event.row for event in run.record.events if event.kind is Kind.ARRIVED]
    skipped = [event.row for event in run.record.events if event.kind is Kind.SKIPPED]
    assert len(skipped) == run.live.skipped > 20
    assert sorted(came + skipped) == list(range(150))
    assert all(e.at_s == day.draws.arrival_s[e.row] for e in run.record.events if e.kind is Kind.ARRIVED)
    assert len(run.log.chat.queue) == len(came)


def test_a_server_that_refuses_to_start_is_told_before_anybody_comes():
    """The error of the adapter, and one that takes too long."""

    class Shut(Loopback):
        async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
            raise sim.LoadError("log-in refused: 401")

    class Silent(Loopback):
        async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
            await asyncio.sleep(3600)

    with pytest.raises(sim.LoadError, match="log-in refused: 401"):
        drive(Day.of(busy()), Shut(), VIRTUAL)
    with pytest.raises(sim.LoadError, match="loopback: no answer within 10 s"):
        drive(Day.of(busy()), Silent(), VIRTUAL)


def test_an_error_of_the_server_concerns_one_chat_and_is_counted():
    """Each twentieth chat is not opened: turned away, as the log sees it."""

    class Flaky(Loopback):
        async def open(self, queue: str, text: str, told: object) -> str:
            self.n = getattr(self, "n", 0) + 1
            if self.n % 20 == 0:
                raise sim.LoadError("500 Internal Server Error")
            return await super().open(queue, text, told)  # type: ignore[arg-type]

    run = drive(Day.of(busy()), Flaky(), VIRTUAL)

    assert run.ending is Ending.DONE
    assert run.causes == {"open: 500 Internal Server Error": 7}
    kpis = measure(run.log, run.day.scenario)
    assert (kpis["offered"], kpis["served"], kpis["blocked"]) == (150, 143, 7)


def test_ctrl_c_stops_arrivals_closes_what_is_open_and_keeps_what_was_measured():
    """On the wall clock, by a real signal."""
    server, told = Loopback(), []

    def watch(live: Live) -> None:
        if live.over > 2 and not told:
            told.append(live)
            os.kill(os.getpid(), signal.SIGINT)

    run = drive(Day.of(busy()), server, Options(speed=60), watch)

    assert run.ending is Ending.INTERRUPTED
    assert 3 < len(run.log.chat.queue) < 150
    assert all(room.stage.name == "CLOSED" or room.has_left for room in server._rooms.values())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert measure(run.log, run.day.scenario)["served"] > 0


def closed_most_of_the_day() -> Scenario:
    """Open from 08:00 to 08:30; two customers come at night, three by day, one in the evening."""
    arrivals = [3600.0, 7200.0, 28_810.0, 28_820.0, 28_830.0, 72_000.0]
    hours = {"open": "08:00", "close": "08:30"}
    return world([queue(arrivals, by_turns(10, 15, 2, 5))], [group(3)], hours=hours)


@pytest.mark.parametrize("mode", Mode)
def test_who_finds_the_centre_closed_is_counted_and_not_waited_for(mode: Mode):
    """The run begins with the opening and ends with the last chat; of the offline it knows what the twin knows."""
    run = drive(Day.of(closed_most_of_the_day()), Loopback(), Options(virtual=True, mode=mode))

    assert run.day.start_s == 28_800
    assert run.live.now_s == run.day.end_s == np.nanmax(run.log.chat.released_s) < 28_900
    assert_equals_the_twin(run)
    assert measure(run.log, run.day.scenario)["offline"] == 3
    assert run.lag.n == 3 * (1 + 1 + 2)


def test_nobody_is_late_because_agents_took_long_to_connect():
    """On the wall clock: it begins to run once all are there."""

    class Slow(Loopback):
        async def agent(self, desk: Desk) -> LoopbackAgent:
            await asyncio.sleep(0.5)
            return await super().agent(desk)

    begun = time.monotonic()
    run = drive(Day.of(closed_most_of_the_day()), Slow(), Options(speed=60))

    assert run.ending is Ending.DONE
    assert run.lag.max_s < 0.5
    assert time.monotonic() - begun < 30


def test_on_the_wall_clock_the_day_is_much_like_its_twin():
    """Ten simulated minutes in ten seconds: all chats are served, and waits are short."""
    scenario = world(
        [queue([3.0 * k for k in range(60)], by_turns(10, 15, 3, 5))], [group(12, concurrency=3)]
    )
    shown = []

    run = drive(Day.of(scenario), Loopback(), Options(speed=60), watch=shown.append)

    kpis = measure(run.log, scenario)
    assert (kpis["offered"], kpis["served"]) == (60, 60)
    assert kpis["wait_s"] < 60 * 0.25
    assert shown[-1].offered > 0
    assert run.lag.n == 60 * (1 + 2 + 3)


def two_mornings() -> Scenario:
    """Open from 08:00 to 08:05 on two days, a customer in each minute."""
    arrivals = [day * 86_400 + 28_800 + 60.0 * k for day in (0, 1) for k in range(5)]
    hours = {"open": "08:00", "close": "08:05"}
    return world([queue(arrivals, by_turns(10, 15, 2, 5))], [group(3)], hours=hours, days=2)


def test_nights_between_days_are_not_played_in_real_time(monkeypatch: pytest.MonkeyPatch):
    """24 hours at speed 600 would take 144 s; a night takes as long as a server may be late, here two seconds."""
    monkeypatch.setattr("sim.drive.run.LATE_WALL_S", 2.0)
    day = Day.of(two_mornings())
    ((gone_s, back_s),) = day.gaps(later_s=600.0)
    assert gone_s == pytest.approx(np.nanmax(day.twin.duty.out_s[day.twin.duty.out_s < 80_000]) + 600, abs=60)
    assert back_s == 86_400 + 28_800 - 60

    begun = time.monotonic()
    run = drive(day, Loopback(), Options(speed=600))
    took_s = time.monotonic() - begun
    assert run.ending is Ending.DONE
    assert took_s < 30
    assert measure(run.log, day.scenario)["served"] == 10
    assert_outcomes_are_those_of_the_twin(run)


def assert_outcomes_are_those_of_the_twin(run: Driven) -> None:
    assert run.log.chat.outcome.tolist() == run.day.twin.chat.outcome.tolist()
    assert np.allclose(run.log.chat.ended_s, run.day.twin.chat.ended_s, atol=240)


def test_time_jumps_over_gaps_and_is_the_same_both_ways():
    """Of each instant outside the gaps the wall's time and back again; within them none passes."""

    async def try_() -> None:
        clock = Clock(
            100.0, speed=10.0, origin_s=asyncio.get_running_loop().time(), gaps=[(200, 300), (400, 900)]
        )
        origin = clock.origin_s
        for time_s, wall_s in ((100, 0), (200, 10), (250, 10), (300, 10), (350, 15), (400, 20), (901, 20.1)):
            assert clock.wall(time_s) - origin == pytest.approx(wall_s)
        assert 100 <= clock.now_s < 110

    asyncio.run(try_())


def test_chats_that_are_open_when_a_night_begins_end_the_run():
    """As at the end of a day: a server that keeps them open so long is late."""

    class NeverGives(Loopback):
        async def assign(self, chat: str, agent: int) -> bool:
            return False

    run = drive(Day.of(two_mornings()), NeverGives(), Options(virtual=True))
    assert run.ending is Ending.LATE
    assert run.live.now_s < 80_000


def test_an_exception_that_breaks_the_loop_off_leaves_ctrl_c_as_it_was():
    """Asyncio ends the day's coroutine after its own handler is gone, which would put it back."""

    def watch(_: Live) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drive(Day.of(busy()), Loopback(), Options(speed=60), watch)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
