"""Load that ends with the first stage that surely misses a limit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import sim
from sim.drive import run
from sim.drive.abort import at_best_s
from sim.drive.latency import Times
from sim.drive.record import Kind, Who
from sim.drive.run import Ending
from sim.report.data import document
from sim.scenario.stress import Stage, Stress
from tests.drive.test_faulty_servers import centre
from tests.drive.test_server_breaks import saturating
from tests.results import holds

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")


def course(*factors: float) -> sim.Scenario:
    """Ten minutes of each factor of the demand."""
    stages = [Stage(minutes=10, factor=factor) for factor in factors]
    return centre().model_copy(update={"stress": Stress(stages=stages)})


def driven(limits: Sequence[str], *, ends: bool = True, **more: object) -> sim.Result:
    how = {"probes": False, "replays": 1, "server": saturating} | more
    return sim.load_test(course(1, 4, 1), profile="stages", abort_on_fail=ends, fail_if=list(limits), **how)


def test_load_ends_with_the_stage_that_surely_misses_a_limit(tmp_path: Path):
    """Nobody comes afterwards, what is open is closed, and the rush says what it says without an end."""
    cut, whole = (driven(["deliver_p99_ms > 2000"], ends=ends) for ends in (True, False))

    assert [row["stage"] for row in cut.table("stages").rows] == ["stage 1", "stage 2"]
    assert len(whole.table("stages").rows) == 3
    assert (cut.facts["aborted"], whole.facts["aborted"], cut.kept) == (True, False, False)
    (day,) = cut.found.days
    events = day.record.events
    assert day.ending is Ending.ABORTED
    assert max(event.at_s for event in events) == pytest.approx(1200, abs=1)
    opened = {event.row for event in events if event.kind is Kind.OPENED}
    over = {
        event.row for event in events if event.kind in {Kind.LEFT, Kind.CLOSED} and event.who is Who.CUSTOMER
    }
    assert opened <= over
    stopped = [event for event in events if event.note == "stopped" and event.who is Who.CUSTOMER]
    assert len(stopped) > 3
    measured, predicted = cut.found.judgement.measured, cut.found.judgement.predicted
    for outcome in ("offered", "timed_out"):  # who was stopped is no more over than in the twin
        assert measured.figure(outcome).value == predicted.figure(outcome).value
    quiet, rush = (table.table("stages").rows[:2] for table in (cut, whole))
    assert [row["offered"] for row in quiet] == [row["offered"] for row in rush]
    assert quiet[0] == rush[0]
    assert "breaks in stage 2, at × 4 of the demand" in cut.words[0].replace("\xa0", " ")
    assert "--abort-on-fail" in cut.words[1]
    holds(cut, tmp_path)
    assert document(cut)["broken"] == ["deliver_p99_ms > 2000"]


def test_a_key_figure_is_sure_once_all_chats_of_the_stage_are_over():
    """Some of them talk on into the next one; the load ends as soon as they have gone."""
    cut = driven(["offered > 5"], server=None)

    (day,) = cut.found.days
    came = {event.row for event in day.record.events if event.kind is Kind.ARRIVED and event.at_s < 600}
    gone = max(event.at_s for event in day.record.events if event.row in came)
    assert [row["stage"] for row in cut.table("stages").rows] == ["stage 1"]
    assert 600 < day.until_s < gone + 10 < 1800
    assert cut.kept is False


def test_on_the_wall_clock_it_ends_as_well(monkeypatch: pytest.MonkeyPatch):
    """There key figures are measured beside the run; what measures them is loaded before, by a run in virtual time."""
    driven(["offered > 5"], server=None)
    monkeypatch.setattr(run, "LOOK_S", 0.05)
    cut = driven(["offered > 5", "errors > 0"], server=None, speed=200)
    (day,) = cut.found.days
    assert day.ending is Ending.ABORTED
    assert 600 < day.until_s < 1800
    assert cut.kept is False


def test_what_holds_is_driven_to_its_end():
    result = driven(["deliver_p99_ms > 100000", "errors > 0", "lost > 0", "unanswered > 90%"], server=None)
    assert (result.facts["aborted"], len(result.table("stages").rows), result.kept) == (False, 3, True)


@pytest.mark.parametrize("profile", [None, "breakpoint"])
def test_without_stages_there_is_nothing_to_end_with(profile: str | None):
    with pytest.raises(sim.LoadError, match="--abort-on-fail: is for a --profile that goes in stages"):
        sim.load_test(centre(), profile=profile, abort_on_fail=True)


def test_a_percentile_is_too_long_only_if_what_is_pending_can_not_mend_it():
    """Of 100 times of a second and 100 of nothing the upper half is a second; with 100 more of nothing a third."""
    times = Times()
    for _ in range(100):
        times.note(1.0)
    assert at_best_s(times, 99, 0) == pytest.approx(1.0, rel=1e-3)
    assert at_best_s(times, 51, 100) == pytest.approx(1.0, rel=1e-3)
    assert at_best_s(times, 50, 100) == 0.0
    assert at_best_s(times, 66, 200) == 0.0
    assert at_best_s(times, 67, 200) == pytest.approx(1.0, rel=1e-3)
    assert at_best_s(Times(), 99, 3) == at_best_s(Times(), 99, 0) == 0.0
