"""What a load test answers with: one result, as every study's; its contract in JSON."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.drive import judge
from sim.drive.adapters.base import Desk, Waiting
from sim.drive.adapters.loopback import Loopback
from sim.drive.judge import Verdict
from sim.drive.run import Ending
from sim.drive.schedule import Day, arrivals_within
from sim.report.data import document
from tests.drive import faulty
from tests.drive.test_faulty_servers import centre
from tests.results import holds

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")


def slow() -> Loopback:
    return Loopback(delay_s=0.25)


@pytest.fixture(scope="module")
def healthy() -> sim.Result:
    return sim.load_test(centre(), server=slow, replays=40, fail_if=["deliver_p99_ms > 500", "errors > 0"])


@pytest.fixture(scope="module")
def broken() -> sim.Result:
    return sim.load_test(centre(), server=faulty.LeavesSlotsIdle, replays=1, fail_if=["missed_rate > 1%"])


def test_a_load_test_is_the_same_when_read_back(healthy: sim.Result, broken: sim.Result, tmp_path: Path):
    """Healthy, and with broken laws and limits; its pictures too: in virtual time none of times."""
    for result in (healthy, broken):
        assert list(holds(result, tmp_path).pictures()) == ["day"]


def test_the_answer_comes_first(healthy: sim.Result, broken: sim.Result):
    assert healthy.words[0].startswith("loopback keeps the predicted figures: all ")
    assert broken.words[0].startswith("loopback differs from what is predicted in ")
    assert broken.words[1].startswith("Laws that no server may break were broken: a slot stayed free")
    assert (healthy.kept, broken.kept) == (True, False)


def test_its_document_keeps_its_contract(healthy: sim.Result, broken: sim.Result):
    """Predicted and measured by name, each with its ends; what differs by name; broken laws as a list."""
    told = document(broken)
    assert told["study"] == "load"
    for side in ("predicted", "measured"):
        assert {"value", "low", "high", "unit"} <= set(told[side]["asa_s"])
        assert told[side]["offered"]["value"] == told["offered"]
    assert set(told["differs"]) <= set(told["predicted"])
    assert "occupancy" in told["differs"]
    assert {"name", "chats", "at_s"} <= set(told["invariants"][0])
    assert told["invariants"][0]["name"] == "slot_idle"
    assert told["invariants"][0]["chats"][0].startswith("room-")
    assert {"verb", "count", "p50_ms", "p95_ms", "p99_ms", "max_ms"} <= set(told["latencies"][0])

    fine = document(healthy)
    assert (fine["differs"], fine["invariants"], fine["judged"]) == ([], [], True)
    assert fine["accept_s"] == pytest.approx(0.5, rel=0.01)
    assert fine["deliver_s"] == pytest.approx(0.25, rel=0.01)


def test_latencies_are_those_of_the_server(healthy: sim.Result):
    """Each verb takes its delay; a message that waited with its chat is not late for that."""
    rows = {row["verb"]: row for row in healthy.table("latencies").rows}

    for verb in ("open", "send", "deliver", "assign", "close"):
        assert rows[verb]["p50_ms"] == pytest.approx(250, rel=0.01)
        assert rows[verb]["max_ms"] < 1100
    assert rows["driver's lag"]["max_ms"] < 1
    assert rows["list"]["count"] == 3  # at log-in alone, as agents are told of what comes


class SlowList(faulty.Polled):
    """Healthy, and its list takes three seconds."""

    async def listed(self, desk: Desk) -> list[Waiting]:
        await asyncio.sleep(3.0)
        return await super().listed(desk)


def test_a_server_whose_list_is_slow_is_not_called_different_for_it():
    """The list's time is part of the blur, beside half of the time between two looks."""
    at_ease = sim.vary(centre(), {"groups.desk.agents": 12})  # nobody waits but for the list
    found = sim.load_test(
        at_ease,
        server=lambda: SlowList(delay_s=0.25),
        replays=40,
        probes=False,
        fail_if=["list_p50_ms > 3100"],
    )
    rows = {row["verb"]: row for row in found.table("latencies").rows}

    assert rows["list"]["p50_ms"] == pytest.approx(3250, rel=0.01)
    assert found.facts["accept_s"] == pytest.approx(0.25 + 3.25 + 0.5 + 0.25, rel=0.01)
    assert found.found.judgement.differs == ()
    assert [each.met for each in found.judged] == [False]


class Dies(Loopback):
    """Answers nobody any more after a quarter of an hour."""

    async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
        await super().start(queues, agents)
        asyncio.get_running_loop().call_later(900, self.die, "the connection was refused")


def test_a_server_that_dies_is_named_with_its_cause_and_what_was_measured_is_kept():
    """That is a law broken, and what it did until then is held against a twin that is broken off there, too."""
    result = sim.load_test(centre(), server=Dies, replays=1, probes=False)

    assert re.match(
        r"loopback stopped answering at 00:14 \(.*the connection was refused\), which", result.words[0]
    )
    assert result.found.gone
    assert not result.kept
    (broken,) = document(result)["invariants"]
    assert broken["name"] == "stopped"
    assert broken["at_s"] >= result.found.days[0].day.start_s + 840
    assert broken["chats"]
    figures = result.found.judgement.figures
    assert figures["offered"].predicted.value == figures["offered"].measured.value
    assert (
        set(result.facts["differs"])
        == {name for name, each in figures.items() if each.verdict is Verdict.DIFFERS}
        != set()
    )
    assert result.table("measured").frame().filter(kpi="offered")["value"][0] > 10
    assert result.facts["errors"] > 0


def test_ctrl_c_while_a_day_that_was_played_is_judged_keeps_what_was_measured(
    monkeypatch: pytest.MonkeyPatch,
):
    """The replays of a long day take their time: the day itself is not lost for them."""
    replayed = judge._replayed

    def stopped(*args: Any) -> Any:
        if args[4] > 1:
            raise KeyboardInterrupt
        return replayed(*args)

    monkeypatch.setattr(judge, "_replayed", stopped)
    found = sim.load_test(centre(), server=lambda: Loopback(delay_s=0.25), replays=40, probes=False)

    assert found.head.interrupted
    assert found.found.judgement.doubts == ("it was interrupted before it was over",)
    assert found.found.judgement.measured.figure("served").value > 0


class Stops(Loopback):
    """Our server, at which the user presses Ctrl-C on the third day."""

    days = 0

    def __init__(self, press: Callable[[], None], at_s: float) -> None:
        super().__init__(delay_s=0.25)
        self._press, self._at_s = press, at_s

    async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
        """Set the alarm."""
        await super().start(queues, agents)
        Stops.days += 1
        if Stops.days == 3:
            asyncio.get_running_loop().call_later(self._at_s, self._press)


def _break_in() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("press", "at_s"), [(_break_in, 0.0), (partial(os.kill, os.getpid(), signal.SIGINT), 600.0)]
)
def test_ctrl_c_between_days_or_in_one_keeps_those_that_were_whole(press: Callable[[], None], at_s: float):
    """They are judged, as of fewer days; what was begun is left out."""
    Stops.days = 0
    found = sim.load_test(
        centre(), server=lambda: Stops(press, at_s), replications=8, replays=1, probes=False
    )

    assert found.head.interrupted
    assert (found.head.replications, found.found.wanted) == (2, 8)
    assert [day.ending for day in found.found.days] == [Ending.DONE, Ending.DONE]
    assert (found.found.judgement.doubts, found.found.gone) == ((), False)
    assert "2 of 8 replications" in found.head.basis
    two = sim.load_test(
        centre(), server=lambda: Loopback(delay_s=0.25), replications=2, replays=1, probes=False
    )
    assert two.table("figures").rows == found.table("figures").rows


def test_a_server_that_does_not_come_up_again_on_a_later_day_is_told_with_its_cause():
    class Once(Loopback):
        async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
            Stops.days += 1
            if Stops.days > 1:
                raise sim.LoadError("connection refused")
            await super().start(queues, agents)

    Stops.days = 0
    found = sim.load_test(centre(), server=Once, replications=3, replays=1, probes=False)
    assert (found.found.gone, found.found.cause, found.found.is_missed) == (True, "connection refused", True)
    assert "(connection refused), which is a failure" in found.words[0]


def test_a_later_day_that_is_too_much_is_refused_before_the_first_is_driven():
    """Its rate is known beforehand."""

    class Never(Loopback):
        async def start(self, queues: Sequence[str], agents: Sequence[Desk]) -> None:
            raise AssertionError

    rates = [arrivals_within(Day.of(centre(), 1, replication).opened_s, 60.0) for replication in range(6)]
    later = max(range(6), key=lambda replication: rates[replication])
    assert rates[0] < rates[later]
    with pytest.raises(sim.LoadError, match="--max-rate"):
        sim.load_test(centre(), "supchat+http://127.0.0.1:9", server=Never, speed=60, replications=6,
                      max_rate=rates[later] - 0.5, probes=False)  # fmt: skip
