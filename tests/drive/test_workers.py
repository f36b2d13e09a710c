"""Customers played by two further processes, on a server of JSON over WebSockets of ours."""

from __future__ import annotations

import os
import signal
import threading

import pytest

import sim
from sim.drive.adapters import Target
from sim.drive.adapters.loopback import Loopback
from sim.drive.latency import Verb
from sim.drive.record import Kind, Who
from sim.drive.run import Ending, Mode, Options, drive
from sim.drive.schedule import Day
from sim.drive.workers import Crew
from sim.kpis.measure import measure
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT
from tests.worlds import by_turns, group, queue, world

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")
pytest.importorskip("aiohttp", reason="driving servers needs the extra `load`")

from tests.drive.chat_server import TOKEN, served

TEMPLATE = ROOT / "docs" / "templates" / "json_ws.toml"


def small_day(n: int = 20) -> Scenario:
    """A chat every five seconds."""
    return world([queue([5.0 * k for k in range(n)], by_turns(10, 15, 2, 5))], [group(6, concurrency=3)])


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the template wants it."""
    monkeypatch.setenv("CHAT_TOKEN", TOKEN)


def test_two_workers_play_all_customers_and_one_record_has_everything():
    """Each customer once; messages are delivered from process to process, and their times known."""
    day = Day.of(small_day())
    with served() as place:
        target = Target.parse(f"json-ws+ws://{place}")
        run = drive(day, target.server(TEMPLATE), Options(speed=40, crew=Crew(2, target, TEMPLATE)))

    assert (run.ending, run.causes) == (Ending.DONE, {})
    assert sorted(event.row for event in run.record.events if event.kind is Kind.ARRIVED) == list(range(20))
    kpis = measure(run.log, day.scenario)
    assert (kpis["offered"], kpis["served"]) == (20, 20)
    counts = {verb: run.latencies[verb].n for verb in Verb if verb is not Verb.RECONNECT}
    assert counts.pop(Verb.LIST) > 6  # each at log-in, then again and again
    assert counts == {"open": 20, "send": 20 * 3, "deliver": 20 * 3, "assign": 20, "close": 20}
    assert 0 < run.latencies[Verb.DELIVER].percentile_s(50) < 1
    assert run.lag.n == 20 * (1 + 1 + 2)


@pytest.mark.nightly
def test_ctrl_c_stops_the_workers_too():
    """They leave their chats, and what they saw is kept."""
    day = Day.of(small_day(400))
    with served() as place:
        target = Target.parse(f"json-ws+ws://{place}")
        started = threading.Event()

        def watch(live: object) -> None:
            if getattr(live, "offered", 0) > 5 and not started.is_set():
                started.set()
                os.kill(os.getpid(), signal.SIGINT)

        run = drive(day, target.server(TEMPLATE), Options(speed=20, crew=Crew(2, target, TEMPLATE)), watch)

    assert run.ending is Ending.INTERRUPTED
    came = [event.row for event in run.record.events if event.kind is Kind.ARRIVED]
    assert 5 < len(came) < 300
    customers = [event for event in run.record.events if event.who is Who.CUSTOMER]
    assert {event.note for event in customers if event.kind is Kind.LEFT} == {"stopped"}


def test_our_own_server_and_a_timeline_take_no_workers():
    """Said before anything starts."""
    day, crew = Day.of(small_day()), Crew(2, Target("loopback", ""))
    with pytest.raises(sim.LoadError, match="loopback is in this process"):
        drive(day, Loopback(), Options(crew=crew))
    crew = Crew(2, Target("supchat", "http://127.0.0.1:1"))
    with pytest.raises(sim.LoadError, match="a timeline is played by one process"):
        drive(day, Loopback(), Options(crew=crew, mode=Mode.TIMELINE))
