"""Load that goes in stages, and load that rises until a server breaks: where it breaks is known beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.drive.adapters.loopback import Loopback
from sim.drive.limits import OF_SERVERS
from sim.report.data import document
from sim.scenario.stress import Stage, Stress
from sim.studies.driven.breakpoint import find_break
from tests.drive import faulty
from tests.drive.test_faulty_servers import centre
from tests.results import holds

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")

SLOWEST_S = 0.8
"""Of a server that answers five requests in four seconds."""


def saturating() -> Loopback:
    return faulty.Saturates(SLOWEST_S)


def ten_minutes() -> sim.Scenario:
    """Of such days a load takes a fraction of a second."""
    return centre().model_copy(update={"hours": sim.OpeningHours(open="00:00", close="00:10")})


@pytest.fixture(scope="module")
def broken() -> sim.Result:
    return sim.load_test(ten_minutes(), profile="breakpoint", probes=False, server=saturating, replays=20,
                         fail_if=["deliver_p99_ms > 4000", "lost > 0"])  # fmt: skip


def test_a_server_breaks_where_more_is_asked_than_it_can_answer(broken: sim.Result):
    """At the load that breaks it more is asked than it answers in the busiest quarter of an hour, or nearly."""
    first, second = broken.table("break_points").rows[:2]
    assert first["limit"] == "deliver_p99_ms > 4000"
    assert 1 <= first["lower"] < first["upper"] <= 1.1 * first["lower"] + 0.011
    assert first["at_lower"] <= 4000 < first["at_upper"]
    assert (second["upper"], second["lower"]) != (first["upper"], None)
    assert broken.facts["upper"] == first["upper"]
    rate = {row["factor"]: row["messages_per_s"] for row in broken.table("trials").rows}
    # Of each message three requests are made at most, with openings, assignments and closings.
    assert 0.4 < rate[first["upper"]] * SLOWEST_S * 1.5 < 1.5


def test_customers_and_agents_grow_together_or_customers_alone(broken: sim.Result):
    for row in broken.table("trials").rows:
        assert row["agents"] == -(-3 * row["factor"] // 1)
    alone = find_break(ten_minutes(), same_team=True, highest=1.5, replays=1, probes=False)
    assert {trial.agents for trial in alone.trials} == {3}
    chats = [trial.loaded.days[0].live.offered for trial in alone.trials]
    assert chats[1] == pytest.approx(1.5 * chats[0], rel=0.2)


def test_a_breakpoint_is_the_same_when_read_back(broken: sim.Result, tmp_path: Path):
    """With its contract in JSON, and a picture of the loads."""
    assert list(holds(broken, tmp_path).pictures()) == ["loads", "day"]
    told = document(broken)
    assert (told["study"], told["profile"]) == ("load", "breakpoint")
    assert {"figure", "lower", "upper"} <= set(told["break_points"][0])
    assert told["predicted"]["offered"]["value"] == told["measured"]["offered"]["value"]
    assert isinstance(told["differs"], list)
    # Near its limit the server gives chats so late that a slot is free while somebody waits: that is its own doing.
    assert {each["name"] for each in told["invariants"]} <= {"slot_idle"}
    assert (
        broken.words[0]
        .replace("\xa0", " ")
        .startswith(f"Time to deliver, p99 ≤ 4,000 ms broke at × {broken.facts['upper']:g}")
    )


def test_what_does_not_break_is_not_said_to():
    result = sim.load_test(ten_minutes(), profile="breakpoint", probes=False, up_to=2, replays=1)
    assert result.facts["breaks_first"] is None
    assert "Nothing broke up to × 2.00" in result.words[0].replace("\xa0", " ")
    assert {row["limit"] for row in result.table("break_points").rows} == {*OF_SERVERS, "ends"}
    assert result.kept


def test_what_is_broken_already_is_looked_for_below():
    result = sim.load_test(ten_minutes(), profile="breakpoint", probes=False, server=lambda: faulty.Saturates(1.5), replays=1,
                           fail_if="deliver_p99_ms > 4000")  # fmt: skip
    (row,) = (each for each in result.table("break_points").rows if each["limit"] != "ends")
    assert row["lower"] < row["upper"] <= 1
    assert result.kept is False


def test_a_load_that_can_not_be_driven_ends_the_search_and_says_so():
    """The first one is refused as ever; a later one leaves what is known."""

    class Small(Loopback):
        async def start(self, queues, agents):  # type: ignore[no-untyped-def]
            if len(agents) > 4:
                raise sim.LoadError(f"the scenario has {len(agents)} agents, the file accounts for 4")
            await super().start(queues, agents)

    result = sim.load_test(ten_minutes(), profile="breakpoint", probes=False, server=Small, replays=1)
    assert (
        result.facts["ended"]
        == "× 1.5 could not be driven: the scenario has 5 agents, the file accounts for 4"
    )
    assert "The search ended before its bounds were close" in " ".join(result.words)
    with pytest.raises(sim.LoadError, match="the scenario has 6 agents"):
        sim.load_test(sim.vary(ten_minutes(), {"groups.desk.agents": 6}), profile="breakpoint", server=Small)


def test_a_server_that_dies_under_load_has_broken():
    """With whatever limits: its day did not come to its end."""

    class Dies(Loopback):
        async def open(self, queue, text, told):  # type: ignore[no-untyped-def]
            if len(self._rooms) > 50:
                self.die("out of memory")
            return await super().open(queue, text, told)

    result = sim.load_test(
        centre(), profile="breakpoint", server=Dies, replays=1, fail_if="deliver_p99_ms > 4000"
    )
    first = result.table("break_points").rows[0]
    assert (first["limit"], first["shown"]) == ("ends", True)
    assert first["lower"] < first["upper"]
    assert "A day that comes to its end broke at" in result.words[0]


def test_ctrl_c_between_two_loads_keeps_what_is_known():
    """And says so; before anything is known there is nothing to keep."""
    loads: list[int] = []

    class Stopped(Loopback):
        async def start(self, queues, agents):  # type: ignore[no-untyped-def]
            loads.append(len(agents))
            if len(loads) > 2:
                raise KeyboardInterrupt
            await super().start(queues, agents)

    found = find_break(ten_minutes(), server=Stopped, replays=1, probes=False)
    assert found.interrupted
    assert [trial.factor for trial in found.trials] == [1.0, 1.5]
    assert {point.lower for point in found.points} == {1.5}


def test_a_driver_that_is_late_says_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch):
    """Neither that it holds nor that it breaks: the search ends, and nothing is judged."""
    monkeypatch.setattr("sim.drive.latency.Times.percentile_s", lambda _, percent: 3.0)
    result = sim.load_test(
        ten_minutes(), profile="breakpoint", replays=1, probes=False, fail_if="deliver_p99_ms > 1000"
    )
    assert len(result.table("trials").rows) == 1
    assert result.words[0] == "Nothing can be said of any load."
    assert "the driver itself was late, 1 % of its sends by more than 3,000 ms" in result.words[1]
    assert result.kept is None
    assert not result.found.is_missed


# Stages


def staged(**more: object) -> sim.Scenario:
    """Ten minutes as usual, ten of four times the demand, ten as usual."""
    stages = [
        Stage(minutes=10, factor=1),
        Stage(name="rush", minutes=10, factor=4),
        Stage(minutes=10, factor=1),
    ]
    return centre().model_copy(update={"stress": Stress(stages=stages, **more)})


@pytest.fixture(scope="module")
def rush() -> sim.Result:
    return sim.load_test(staged(), profile="stages", probes=False, server=saturating, replays=20,
                         fail_if=["deliver_p99_ms > 2000", "errors > 0 over run"])  # fmt: skip


def test_each_stage_is_judged_by_what_began_in_it(rush: sim.Result):
    """Its counts add up to those of the run; the rush breaks what the quiet before it keeps."""
    rows = rush.table("stages").rows
    assert [row["stage"] for row in rows] == ["stage 1", "rush", "stage 3"]
    assert rows[0]["deliver_p99_ms"] <= 2000 < rows[1]["deliver_p99_ms"]
    assert [row["met"] for row in rows[:2]] == ["1 of 1", "0 of 1"]
    assert sum(row["offered"] for row in rows) == rush.facts["offered"]
    assert rows[1]["offered"] > 2 * rows[0]["offered"]
    assert (
        rush.words[0]
        .replace("\xa0", " ")
        .startswith("Time to deliver, p99 ≤ 2,000 ms breaks in stage rush, at × 4 of the demand: ")
    )
    assert {each.target: (each.met, each.where) for each in rush.judged} == {
        "deliver_p99_ms > 2000": (False, "stage rush"), "errors > 0 over run": (True, ""),
    }  # fmt: skip


def test_stages_are_the_same_when_read_back(rush: sim.Result, tmp_path: Path):
    assert list(holds(rush, tmp_path).pictures()) == ["day"]
    assert document(rush)["broken"] == ["deliver_p99_ms > 2000"]


@pytest.mark.parametrize("profile", ["smoke", "average", "ramp", "stress", "spike"])
def test_every_profile_is_driven_and_a_healthy_server_keeps_the_usual_limits(profile: str):
    result = sim.load_test(staged(), profile=profile, probes=False, replays=1)
    assert result.kept
    assert result.table("stages").rows
    assert result.words[0].startswith("All 4 limits hold in ")
    assert "the usual ones of a server" in result.words[-1]


def test_incidents_are_not_played_and_it_is_said():
    late = [{"kind": "burst", "start": "2026-03-02T00:10:00", "minutes": 5, "queue": "help", "customers": 5}]
    centre_ = staged(incidents=late)
    for result in (sim.load_test(centre_, replays=1), sim.load_test(centre_, profile="average", replays=1)):
        assert "incidents are not played" in " ".join(result.words)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lost > 5%", "lost is no share: give it without %"),
        ("unanswered > 5", "unanswered is a share, from 0 to 100 %; write 5%"),
        ("unaswered > 5%", "did you mean 'unanswered'"),
        ("asa_s > 5 over interval", "a driven day is judged over the run, not over intervals"),
    ],
)
def test_limits_that_are_none_are_told(text: str, told: str):
    with pytest.raises(sim.LoadError, match=told):
        sim.load_test(centre(), fail_if=text)


def test_a_limit_of_a_load_that_is_not_judged_is_not_said_to_be_unmeasured(monkeypatch: pytest.MonkeyPatch):
    """Its value stands beside it."""
    monkeypatch.setattr("sim.drive.latency.Times.percentile_s", lambda _, percent: 3.0)
    result = sim.load_test(
        ten_minutes(), profile="breakpoint", replays=1, probes=False, fail_if="deliver_p99_ms > 1000"
    )
    assert "not judged" in str(result)
    assert "not measured" not in str(result)
