"""Courses of load: stages are parts of the same days, thresholds say what breaks in which of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

import sim
from sim.draws.profile import demand
from sim.draws.sampling import draw
from sim.errors import ScenarioError, StudyError, ThresholdError, UnknownNameError
from sim.kpis.loops import By
from sim.kpis.timeline import Window
from sim.runs.executor import executing
from sim.scenario.stress import Stage, Stress
from sim.scenario.thresholds import read_threshold
from sim.studies.stress.choice import Profile
from sim.studies.stress.load import spans, staged
from sim.studies.stress.profiles import course
from sim.studies.stress.stages import run_stages
from tests.unit.test_stress import small

NINE, TEN, ELEVEN, NOON = (hour * 3600.0 for hour in (9, 10, 11, 12))


def four(**more: Any) -> sim.Scenario:
    """Four hours of which the third has three times the demand."""
    stages = [Stage(minutes=120, factor=1.0), Stage(name="rush", minutes=60, factor=3.0)]
    return small(stress=Stress(stages=stages, **more))


def cumulated(scenario: sim.Scenario) -> np.ndarray:
    """Chats expected up to 8, 9, …, 12 o'clock."""
    edges_s, expected = demand(scenario)[0]
    return np.interp([8 * 3600.0, NINE, TEN, ELEVEN, NOON], edges_s, np.cumsum([0.0, *expected]))


def test_stages_multiply_demand_and_a_ramp_rises_minute_by_minute():
    """40 an hour: × 2 for an hour; evenly from × 2 to × 4; none; and as usual again."""
    course_ = spans([Stage(minutes=60, factor=2), Stage(minutes=60, factor=4, ramp="linear"),
                     Stage(minutes=60, factor=0)], 8 * 3600)  # fmt: skip
    loaded = staged(small(), course_)
    assert np.diff(cumulated(loaded)) == pytest.approx([80, 120, 0, 40])
    minutes = [factor for *_, factor in course_[1].steps()]
    assert len(minutes) == 60
    assert minutes[:2] == pytest.approx([2 + 1 / 60, 2 + 3 / 60])
    assert staged(small(), course_[:0]) == small()


def test_customers_before_a_stage_stay_the_same():
    """One way of drawing: the first hour is that of the ordinary day, to the last bit."""
    loaded = staged(small(), spans([Stage(minutes=60, factor=5)], NINE))
    usual, more = (draw(each, 3, 0).arrival_s for each in (small(), loaded))
    n = int((usual < NINE).sum())
    assert np.array_equal(usual[:n], more[:n])
    assert len(more) > len(usual) + 100


def test_windows_are_as_if_nothing_else_were_of_interest():
    """Counts of windows add up to those of the run; one that is all of it has its figures to the last bit."""
    day = 86_400.0
    windows = [None, Window(0, day), Window(0, NINE), Window(NINE, TEN, 6), Window(TEN, day)]
    with executing(1) as executor:
        (some,) = executor.windows(small(), 1, range(3), windows)
    for run in range(3):
        whole, same, *parts = (of_window[run] for of_window in some)
        assert dict(whole) == pytest.approx(dict(same), nan_ok=True)
        for figure in ("offered", "missed", "agent_hours"):
            assert sum(part[figure] or 0 for part in parts) == pytest.approx(whole[figure])
        assert max(part["queue_length_max"] or 0 for part in parts) == whole["queue_length_max"]
        assert parts[1].values("offered", By.INTERVAL).sum() == parts[1]["offered"]
    assert windows[3].n == some[3][0].sizes[By.INTERVAL]  # type: ignore[union-attr]


def test_a_threshold_breaks_in_the_stage_that_breaks_it():
    """Three times the demand is too much, and the exit code says so; the hours before are fine."""
    answer = sim.stress(four(fail_if=["missed_rate > 30%", "q.missed > 1000 over run"]), replications=40)
    rows = {(row["threshold"], row["stage"]): row for row in answer.table("thresholds").rows}

    assert answer.kept is False
    assert answer.facts["broken"] == ["missed_rate > 30%"]
    assert rows["missed_rate > 30%", "stage 1"]["met"] is True
    assert (rows["missed_rate > 30%", "rush"]["met"], rows["missed_rate > 30%", "rush"]["sure"]) == (
        False,
        True,
    )
    assert rows["q.missed > 1000 over run", ""]["met"] is True
    assert "breaks in stage rush, at × 3 of the demand" in answer.words[0].replace("\xa0", " ")
    usual, rush = answer.table("stages").rows
    assert (usual["met"], rush["met"], rush["time"]) == ("1 of 1", "0 of 1", "10:00-11:00")
    assert rush["offered"].value == pytest.approx(120, rel=0.1)


def test_over_an_interval_the_worst_one_decides():
    """Missed in the half-hours of the rush; of the queue it is the same."""
    limits = ["missed_rate > 30% over interval", "q.missed_rate > 30% over interval"]
    answer = sim.stress(four(fail_if=limits), replications=40)
    first, second = answer.table("thresholds").rows
    assert first["met"] is second["met"] is False
    assert first["value"].value == pytest.approx(second["value"].value)
    assert TEN <= first["at_s"] < ELEVEN


@pytest.mark.parametrize(("date", "shift_h"), [("2026-03-29", -1), ("2026-10-25", 1)])
def test_times_are_those_that_the_clocks_show_on_a_day_when_they_change(date: str, shift_h: int):
    """An hour is missing or comes twice before the centre opens: the rush is still that from 10 to 11."""
    when = {"start": dt.date.fromisoformat(date), "zone": "Europe/Berlin"}
    stages = [Stage(minutes=120, factor=1.0), Stage(name="rush", minutes=60, factor=3.0)]
    stress = Stress(stages=stages, fail_if=["missed_rate > 30% over interval"])
    centre = small(stress=stress, **when)
    answer = sim.stress(centre, replications=40)
    (found,) = answer.table("thresholds").rows
    assert TEN <= found["at_s"] - 3600 * shift_h < ELEVEN
    assert answer.table("stages").rows[1]["time"] == "10:00-11:00"
    assert answer.judged[0].where.startswith("interval 10:")

    points = sim.stress(small(**when), most=100).table("break_points").rows
    assert dt.time(8) <= dt.time.fromisoformat(points[0]["worst_at"].split("-")[0]) < dt.time(12)


def test_stages_that_are_no_whole_minutes_are_shown_with_seconds():
    """A spike of a third of a short day; how long it is, is said as well."""
    short = small(hours=sim.OpeningHours(open="08:00", close="08:05"))
    answer = sim.stress(short, profile="spike", replications=20)
    times = [row["time"] for row in answer.table("stages").rows]
    assert times == ["08:00:00-08:01:40", "08:01:40-08:03:20", "08:03:20-08:05:00"]
    assert answer.head.basis.startswith("spike: 4 times the demand for 1 min 40 s, and what follows")


def test_load_ends_with_the_stage_that_surely_breaks_a_threshold():
    """Stages that follow are not played; the one that broke says the same but for who comes later."""
    stages = [Stage(minutes=60, factor=factor) for factor in (1, 4, 2)]
    centre = small(stress=Stress(stages=stages, fail_if=["missed_rate > 0.4"]))
    whole, cut = (
        run_stages(centre, Profile.STAGES, replications=40, abort_on_fail=ends) for ends in (False, True)
    )

    assert (len(whole.stages), len(cut.stages), whole.aborted, cut.aborted) == (3, 2, False, True)
    assert cut.run.figure("offered").value == pytest.approx(
        sum(each.figure("offered").value or 0 for each in cut.of_stages)
    )
    first, second = (each.of_stages[0].figure("missed").value for each in (whole, cut))
    assert first == pytest.approx(second, rel=0.02)
    kept = run_stages(centre, Profile.AVERAGE, replications=20, abort_on_fail=True)
    assert not kept.aborted


@pytest.mark.parametrize("profile", [each for each in Profile if each not in {"breakpoint", "stages"}])
def test_every_profile_fits_the_centre(profile: Profile):
    """Stages follow each other from opening on, within the days; targets stand in for thresholds."""
    played = course(small(), profile)
    assert played.stages[0].start_s == 8 * 3600
    for one, other in zip(played.stages, played.stages[1:], strict=False):
        assert one.end_s == pytest.approx(other.start_s)
    assert played.stages[-1].end_s <= played.scenario.horizon_s
    found = run_stages(small(), profile, replications=3)
    assert {each.check.name for each in found.checks} == {"max_missed"}
    assert len(found.checks) == len(found.stages)


def test_a_soak_lasts_days_and_repeats_what_is_expected():
    """A forecast of one day comes five times."""
    rates = [float(k) for k in range(48)]
    forecast = small(queues=[sim.Queue(name="q", arrivals=sim.Arrivals(per_interval=rates),
                                       service=sim.ByWork(work_s=300))], hours=None)  # fmt: skip
    played = course(forecast, Profile.SOAK)
    assert (played.scenario.days, len(played.stages)) == (5, 5)
    assert demand(played.scenario)[0][1].sum() == pytest.approx(5 * sum(rates))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("missed_rat > 0.1", "no key figure is called 'missed_rat'; did you mean 'missed_rate'?"),
        ("missed_rate = 0.1", "is no threshold; write one such as"),
        ("missed_rate > 10", "can't be 10: it is from 0 to 1; 10 % is 0.1"),
        ("missed_rate < 200%", "missed_rate can't be 200%: it is from 0 to 100 %"),
        ("asa_s > 10%", "asa_s is no share: give it in s, without %"),
        ("asa_s > soon", "no number on the right of its sign but 'soon'"),
        ("asa_s > 10 over day", "is judged over stage, run or interval, not over day"),
        ("ordres.asa_s > 10", "no queue or group is called 'ordres'; did you mean 'orders'?"),
        (
            "orders.occupancy > 0.9",
            "occupancy is not known of a queue by itself: bind it for the centre or a group",
        ),
    ],
)
def test_what_is_no_threshold_is_told(text: str, told: str):
    with pytest.raises(ThresholdError) as error:
        read_threshold(text, ["orders", "help.desk"], ["Tier 1"])
    assert told in str(error.value)


def test_thresholds_are_read_in_all_their_forms():
    """Per cent, spaces, names with dots, groups, both signs."""
    for text, wanted in (
        ("missed_rate>5 %", ("missed_rate", "at most", 0.05, "stage", "", "")),
        (" help.desk.asa_s >= 30 over run ", ("asa_s", "at most", 30.0, "run", "queue", "help.desk")),
        ("Tier 1.occupancy < 0.5", ("occupancy", "at least", 0.5, "stage", "group", "Tier 1")),
    ):
        assert read_threshold(text, ["orders", "help.desk"], ["Tier 1"])[1:] == wanted


def test_a_scenario_tells_what_is_wrong_with_its_stages():
    """All at once, with places: no length, too long, a threshold on nothing."""
    with pytest.raises(ScenarioError, match=r"stress\.stages\.1\.minutes.*1080 minutes too long"):
        small(stress={"stages": [{"minutes": 120, "factor": 1}, {"minutes": 1920, "factor": 1}]})
    with pytest.raises(ScenarioError, match=r"stress\.stages\.1\.name.*another stage is called the same"):
        small(stress={"stages": [{"name": "peak", "minutes": 60, "factor": 2}] * 2})
    with pytest.raises(ScenarioError, match=r"stress\.fail_if\.0.*did you mean 'missed_rate'"):
        small(stress={"fail_if": ["missedrate > 1"]})
    with pytest.raises(ScenarioError, match=r"minutes.*must be above 0"):
        Stage(minutes=0, factor=1)
    with pytest.raises(ScenarioError, match=r"stages must begin within the scenario's days"):
        small(stress=Stress(start="2026-04-01T00:00:00", stages=[Stage(minutes=1, factor=1)]))


def test_what_cant_be_played_is_refused():
    """No stages, no such profile, exact times, thresholds that nobody can judge."""
    with pytest.raises(StudyError, match=r"has no \[\[stress.stages\]\]"):
        sim.stress(small(), "stages")
    with pytest.raises(UnknownNameError, match=r"did you mean 'spike'"):
        sim.stress(small(), "spik")
    exact = sim.Queue(name="q", arrivals=sim.Arrivals(times_s=[30000]), service=sim.ByWork(work_s=300))
    with pytest.raises(StudyError, match=r"'q' has exact arrival times"):
        sim.stress(small(queues=[exact]), "spike")
    assert sim.stress(small(queues=[exact]), "average", replications=3).kept
    for text, why in (
        ("daily_chats > 3 over interval", "not known of a planning interval"),
        ("q.wait_p90_s > 3 over interval", "of one queue or group"),
        ("missed_rat > 1", "did you mean 'missed_rate'"),
    ):
        with pytest.raises(StudyError, match=why):
            sim.stress(small(), "average", fail_if=[text])
    with pytest.raises(StudyError, match="--fail-if is for other profiles"):
        sim.stress(small(), "breakpoint", fail_if=["missed_rate > 1%"])


def test_a_spike_is_held_against_the_same_days_without_it():
    """The queue peaks after it began; what is missed more is what both kinds of days say."""
    answer = sim.stress(four(), replications=60)
    (row,) = answer.table("events").rows
    cost = {each["kpi"]: each for each in answer.table("cost").rows}
    (kept,) = answer.table("recovery").rows

    assert (row["event"], row["time"]) == ("rush", "10:00-11:00")
    assert TEN <= row["worst_s"] <= ELEVEN
    assert row["queue_length_max"].low > row["worst_queue"].high > 0
    for each in cost.values():
        assert each["difference"].value == pytest.approx(
            each["stressed"].value - each["ordinary"].value, abs=1e-9 + 0.02 * abs(each["stressed"].value)
        )
    assert cost["missed"]["difference"].low > 0
    assert kept["was_missed"]
    assert 0 <= kept["minutes"].low <= kept["minutes"].value <= kept["minutes"].high
    assert row["back"].low <= row["back"].value <= row["back"].high
    assert answer.words[1].startswith("Rush, from 10:00: the queue peaks at")


def test_a_target_that_is_kept_all_along_and_one_that_never_is_again_are_said():
    """Nothing is averaged away: days on which the queue is not back are counted."""
    stages = [Stage(minutes=120, factor=1.0), Stage(name="rush", minutes=100, factor=10.0)]
    centre = small(
        queues=[sim.Queue(name="q", arrivals=40, service=sim.ByWork(work_s=300))],
        stress=Stress(stages=stages), targets=sim.Targets(max_wait_max_s=1e6, max_asa_s=60),
    )  # fmt: skip
    answer = sim.stress(centre, replications=20)
    (row,) = answer.table("events").rows
    long, asa = sorted(answer.table("recovery").rows, key=lambda each: each["was_missed"])

    assert (long["was_missed"], long["minutes"].value) == (False, 0.0)
    assert (asa["was_missed"], asa["minutes"].value, asa["minutes"].high) == (True, None, None)
    assert "is not kept again as long as it is looked at" in answer.words[-1]
    assert f"after its end on half of the days; on {row['never']} days of 20 it is not" in answer.words[1]


@pytest.mark.parametrize(
    ("load", "grows", "endless"), [(0.5, "no", False), (0.95, "no", False), (1.05, "yes", True)]
)
def test_a_soak_says_whether_the_backlog_grows(load: float, grows: str, endless: bool):
    """Ten agents round the clock, twelve chats an hour each, nobody leaves: six an hour too many, or none."""
    centre = sim.Scenario(
        queues=[sim.Queue(name="q", arrivals=120 * load, service=sim.ByWork(work_s={"law": "exponential", "mean_s": 300}))],
        groups=[sim.Group(name="g", queues=["q"], agents=10)],
    )  # fmt: skip
    answer = sim.stress(centre, "soak", replications=30)
    told = answer.facts["backlog"]

    assert (told["grows"], told["never_settles"]) == (grows, endless)
    if endless:
        assert told["low"] < 6 * 24 < told["high"]
        assert "more comes than can be served" in answer.words[-1]
    else:
        assert told["high"] < 0.01 * 24 * 120 * load


def test_next_to_full_a_soak_is_not_sure():
    """Of two days' replications nobody can tell at a load of 0.995."""
    centre = sim.Scenario(
        queues=[sim.Queue(name="q", arrivals=119.4, service=sim.ByWork(work_s={"law": "exponential", "mean_s": 300}))],
        groups=[sim.Group(name="g", queues=["q"], agents=10)],
    )  # fmt: skip
    answer = sim.stress(centre, "soak", replications=4, seed=3)
    assert answer.facts["backlog"]["grows"] == "not sure"
    assert "is not sure" in answer.words[-1]


def test_a_threshold_that_nobody_can_judge_does_not_hold():
    """Nobody comes while the shop is closed: shares of nobody are unknown, and it is said which are."""
    closed = [Stage(minutes=60, factor=2.0)]
    limits = ["missed_rate > 10%", "asa_s > 60"]
    never = small(stress=Stress(start="2026-03-02T23:00:00", stages=closed, fail_if=limits))
    answer = sim.stress(never, replications=3)
    assert answer.words[0] == "None of 2 thresholds can be judged."
    assert answer.kept is None
    some = sim.stress(never, fail_if="missed_rate > 99% over run", replications=3)
    assert some.words[0] == "1 threshold holds over the run; 2 of 3 can't be judged."
    half = Stress(start="2026-03-02T11:00:00", stages=[*closed, *closed], fail_if=["missed_rate > 99%"])
    one = sim.stress(small(stress=half), replications=3)
    assert one.words[0] == "The threshold holds in 1 of 2 stages, the others can't be judged."


def test_what_holds_says_over_what_it_was_judged():
    for over, where in (
        ("stage", "in all 2 stages"),
        ("run", "over the run"),
        ("interval", "in every interval"),
    ):
        answer = sim.stress(four(fail_if=[f"missed_rate > 99% over {over}"]), replications=3)
        assert answer.words[0] == f"The threshold holds {where}."


def test_a_break_hours_later_is_not_what_the_spike_did():
    """All agents but one are at lunch from 11:00 to 11:30, with or without twice the demand at 8:30."""
    shifts = [
        sim.Shift(agents=7, start="08:00", end="12:00", breaks=[sim.Break(start="11:00", minutes=30)]),
        sim.Shift(agents=1, start="08:00", end="12:00"),
    ]
    groups = [sim.Group(name="g", queues=["q"], shifts=shifts)]
    rush = Stress(start="2026-03-02T08:30:00", stages=[Stage(name="rush", minutes=30, factor=2.0)])
    answer = sim.stress(small(groups=groups, stress=rush), replications=60)
    (row,), (kept,) = answer.table("events").rows, answer.table("recovery").rows
    (cost,) = (each for each in answer.table("cost").rows if each["kpi"] == "queue_length_max")

    assert (kept["was_missed"], kept["minutes"].value) == (False, 0.0)
    assert row["queue_length_max"].high < cost["stressed"].low
    assert row["worst_s"] < TEN
    assert row["wait_max_s"].high < 90


def test_days_without_end_where_an_aborted_load_ends():
    """A burst that would come later is neither played nor told; both kinds of days have the same hours."""
    late = [{"kind": "burst", "start": "2026-03-02T11:30:00", "minutes": 10, "queue": "q", "customers": 50}]
    stages = [Stage(minutes=60, factor=factor) for factor in (1, 4, 2)]
    centre = small(stress=Stress(stages=stages, fail_if=["missed_rate > 0.4"], incidents=late))
    answer = sim.stress(centre, replications=40, abort_on_fail=True)
    (row,) = answer.table("events").rows
    offered = next(each for each in answer.table("cost").rows if each["kpi"] == "offered")

    assert answer.facts["aborted"]
    assert row["event"] == "stage 2"
    assert offered["ordinary"].value == pytest.approx(40, rel=0.1)
    assert offered["stressed"].value == pytest.approx(160, rel=0.1)


def test_each_event_is_held_against_the_same_days_without_it_alone():
    """A burst of exactly 50 under three times the demand costs what these 50 do; and none come of an outage."""
    incidents = [
        {"kind": "burst", "start": "2026-03-02T10:20:00", "minutes": 10, "queue": "q", "customers": 50},
        {"kind": "outage", "start": "2026-03-02T11:30:00", "minutes": 10},
    ]
    answer = sim.stress(four(incidents=incidents), replications=40)
    cost = {(row["event"], row["kpi"]): row for row in answer.table("cost").rows}
    calm = sim.stress(four(incidents=incidents[1:]), replications=40)

    assert cost["burst", "offered"]["difference"].value == pytest.approx(50)
    assert cost["outage", "offered"]["difference"].value == pytest.approx(0)
    assert cost["outage", "missed"]["difference"].low > 0
    assert cost["rush", "offered"]["difference"].value == pytest.approx(80, rel=0.1)
    window = [each for each in calm.found.after if each.event.name == "outage"]
    assert window
    assert cost["burst", "offered"]["ordinary"].value > 100  # of the rush, which is there without it


def test_an_incident_after_the_hour_of_a_smoke_test_is_not_played():
    """Nobody comes any more by then; one within it is."""
    early, late = (
        {"kind": "outage", "start": f"2026-03-02T{hour}:30:00", "minutes": 10} for hour in ("08", "10")
    )
    found = run_stages(four(incidents=[early, late]), Profile.SMOKE, replications=3)
    assert [each.start_s for each in (one.event for one in found.after)] == [8.5 * 3600]
    both = run_stages(four(incidents=[early, late]), Profile.AVERAGE, replications=3)
    assert len(both.after) == 2


def test_a_backlog_that_grows_by_next_to_nothing_is_no_alarm(monkeypatch: pytest.MonkeyPatch):
    """0.02 chats a day, however sure, are nothing of 300; they are if more comes than can be served."""
    from sim.studies.stress import soak

    def told(growth: float, endless: str | None) -> str:
        days = np.arange(6.0)

        class Run:
            n = 3

            def own_values(self, name: str, by: By) -> np.ndarray:
                return np.stack([5 + growth * days + 1e-6 * k * days for k in range(3)])

            def figure(self, name: str) -> Any:
                return sim.Quantity(1800.0, None, None, False, None, None, None)

        monkeypatch.setattr(soak, "never_settles", lambda _: endless)
        found = soak.backlog(small(days=6), Run())  # type: ignore[arg-type]
        assert found is not None
        assert found.growth.low is not None
        assert found.growth.low > 0
        return found.grows

    assert told(0.02, None) == "no"
    assert told(0.02, "more comes than can be served") == "yes"
    assert told(30.0, None) == "yes"


@pytest.mark.parametrize("profile", ["stages", "breakpoint"])
def test_no_table_is_wider_than_eighty_letters(profile: str):
    """With long names of stages, several incidents and targets."""
    from sim.report.text import plain

    stages = [
        Stage(name="the early birds of the morning", minutes=120, factor=2.5),
        Stage(minutes=60, factor=3),
    ]
    incidents = [
        {"kind": "burst", "start": "2026-03-02T10:20:00", "minutes": 10, "queue": "q", "customers": 50},
        {"kind": "agents_out", "start": "2026-03-02T08:30:00", "minutes": 60, "group": "g", "agents": 1},
    ]
    centre = small(
        stress=Stress(stages=stages, incidents=incidents, fail_if=["wait_p90_s > 1000", "missed_rate > 99%"]),
        targets=sim.Targets(max_missed=0.05, max_wait_max_s=1e6, max_asa_s=60),
    )
    answer = sim.stress(centre, profile, replications=3, most=100)
    for line in plain(answer, 80).splitlines():
        assert len(line.rstrip()) <= 80, line


def test_incidents_are_marked_in_the_picture():
    """By name in the panel of the queue, and underlined in all of them."""
    outage = [{"kind": "outage", "start": "2026-03-02T11:00:00", "minutes": 30}]
    answer = sim.stress(four(incidents=outage), replications=3)
    figure = answer.plot("over_time")
    names = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert "outage" in names[1]
    plain_ = sim.stress(four(), replications=3).plot("over_time")
    for marked, bare in zip(figure.axes, plain_.axes, strict=True):
        assert len(marked.patches) == len(bare.patches) + 1
