"""Customers played by two further processes, on a server of JSON over WebSockets of ours."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.drive.adapters import Target
from sim.drive.adapters.base import Server
from sim.drive.adapters.loopback import Loopback
from sim.drive.invariants import Centre, Invariant, check
from sim.drive.latency import Verb
from sim.drive.options import Trouble
from sim.drive.play import Live
from sim.drive.record import Kind, Who
from sim.drive.run import Ending, Mode, Options, drive
from sim.drive.schedule import Day
from sim.drive.trial import load_test
from sim.drive.workers import Crew
from sim.kpis.measure import measure
from sim.rules import Policy
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT
from tests.worlds import by_turns, group, queue, world

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")
pytest.importorskip("aiohttp", reason="driving servers needs the extra `load`")

from sim.drive.adapters.json_ws import JsonWs
from tests.drive.chat_server import TOKEN, Fault, served

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


class ComesBack(JsonWs):
    """Like one whose clients may come back to their chats: none is really away."""

    comes_back = True


class Returning(Target):
    """Its target."""

    def server(self, template: Path | None = None, **options: Any) -> Server:
        return ComesBack(self.url, template)


def test_customers_of_workers_whom_nobody_tells_that_their_chat_is_closed_go_at_last():
    """Their agents, who know it, are in another process; what the server kept quiet about is told."""
    day = Day.of(small_day(6))
    with served(Fault.CLOSES_IN_SILENCE) as place:
        target = Returning("json-ws", f"ws://{place}")
        options = Options(
            speed=20, crew=Crew(2, target, TEMPLATE), trouble=Trouble(churn_s=30.0, away_s=0.01)
        )
        run = drive(day, target.server(TEMPLATE), options)

    assert (run.ending, run.causes) == (Ending.DONE, {})
    assert measure(run.log, day.scenario)["served"] == 6
    centre = Centre(day.desks, Policy.LEAST_LOADED, routes=False, grace_s=20)
    assert {failure.name for failure in check(run.record.events, centre)} == {Invariant.CLOSE_UNTOLD}


def test_a_worker_that_is_killed_loses_its_customers_alone():
    """As by a machine that has run out of memory: what the other one measured is kept, and the cause is told."""
    shown: list[int] = []

    def show(_: int, live: Live) -> None:
        if not shown and live.over > 2:
            shown.append(live.offered)
            multiprocessing.active_children()[0].kill()

    with served() as place:
        found = load_test(small_day(60), f"json-ws+ws://{place}", speed=40, workers=2, template=TEMPLATE,
                          probes=False, replays=1, show=show, fail_if=["errors > 0", "offered < 31"])  # fmt: skip

    (day,) = found.days
    assert (day.ending, day.causes) == (Ending.DONE, {})
    lost = {event.row for event in day.record.events if event.note == "lost"}
    came = {event.row for event in day.record.events if event.kind is Kind.ARRIVED}
    assert {row % 2 for row in lost} == {row % 2 for row in set(range(60)) - came} != {0, 1}
    assert 10 < day.lost == 60 - len(came) + len(lost) < 31
    kpis = measure(day.log, day.day.scenario)
    # Whether the last of those lost had been opened, or ended by their agent, hangs on when it was.
    at_s = {kind: {event.row: event.at_s for event in day.record.events if event.kind is kind and not event.note}
            for kind in (Kind.OPENED, Kind.ENDED)}  # fmt: skip
    lost_s = {event.row: event.at_s for event in day.record.events if event.note == "lost"}
    assert kpis["served"] == len(at_s[Kind.ENDED]) >= 60 - day.lost >= 30
    assert came - lost <= at_s[Kind.ENDED].keys()
    assert all(ended_s <= lost_s.get(row, ended_s) for row, ended_s in at_s[Kind.ENDED].items())
    assert came - at_s[Kind.OPENED].keys() <= lost
    assert found.latencies[Verb.OPEN].n == len(at_s[Kind.OPENED])
    assert found.lag.n >= 4 * 30
    told = f"--workers: a process that played customers was killed, and with it {day.lost} customers"
    assert found.judgement.doubts[0].startswith(told)
    assert [each.met for each in found.limits] == [True, True]
    assert not found.failures


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
