"""From averages to a scenario: what is told comes back, what contradicts is refused, and bands hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError, StudyError
from sim.report.averages import result, scenario_of
from sim.scenario.averages import Averages, Seen
from sim.scenario.averages_shown import last_digit
from sim.scenario.files import parse
from sim.studies.averages.calibrate import Calibration, calibrate
from sim.studies.averages.file import load_averages
from sim.studies.averages.questions import Question
from sim.theory.erlang import erlang
from tests.results import holds
from tests.true_centres import TARGETS, agents_needed, averages_of, true_centres

TODAY = [Question("as today")]


def known(**changes: Any) -> Averages:
    """A centre of 15 agents that hold up to three chats, with averages that agree."""
    averages: dict[str, Any] = {"aht_s": 677, "response_s": 64, "turns_per_chat": 6.0, "wrap_up_s": 20}
    data: dict[str, Any] = {"slots": 3, "offered": 75.0, "agents": 15, "averages": averages}
    data["averages"] = averages | changes.pop("averages", {})
    return Averages(**data | changes)


@pytest.fixture(scope="module")
def plain() -> Calibration:
    """A fit to nine averages of a centre whose truth is known."""
    return calibrate(averages_of(true_centres()["plain"]), questions=TODAY, days=20)


def test_what_the_averages_tell_comes_back(plain: Calibration):
    """Of the scenario the averages come from: 6 turns of 40 s and 55 s, 20 s of wrap-up."""
    found = {number.name: number for number in plain.numbers}

    for name, truth in (("turns", 6.0), ("agent_s", 40.0), ("customer_s", 55.0), ("wrap_up_s", 20.0)):
        assert abs(found[name].value / truth - 1) < 0.05, name
        assert found[name].how == "told"
    assert found["agent_cv"].how == "assumed"
    assert plain.suspects == ()


def test_the_agents_that_it_asks_for_are_those_of_the_true_centre(plain: Calibration):
    """Within 4 %, and inside the band."""
    today = plain.answers[0]
    truth = agents_needed(true_centres()["plain"], TARGETS)

    assert today.agents is not None
    assert today.low is not None
    assert today.high is not None
    assert abs(today.agents / truth - 1) < 0.04
    assert today.low < truth < today.high


def test_handling_time_divided_by_concurrency_needs_half_as_many_agents_again(plain: Calibration):
    """As the pages say: Erlang A with AHT ÷ chats held asks for 11 agents; the centre needs 7."""
    given = plain.averages.given
    aht_s = given[Seen("aht_s")].value / given[Seen("concurrency")].value
    agents = np.arange(5.0, 20.0)
    shown = erlang(agents, 75 / 3600, aht_s, patience=180.0).figures(30.0)
    kept = (shown.service_level >= TARGETS["service_level"]) & (shown.missed_rate <= TARGETS["max_missed"])

    assert agents[kept].min() == 11
    assert plain.answers[0].agents is not None
    assert np.ceil(plain.answers[0].agents) == 7


def test_the_scenario_says_how_each_number_is_known_and_can_be_run(plain: Calibration):
    text = scenario_of(plain)
    scenario = parse(text)

    assert "# told (±" in text
    assert "# assumed (±" in text
    assert "agents = 8 # those given ×" in text
    assert scenario.groups[0].agents == 8
    assert scenario.groups[0].concurrency == 3
    given = plain.averages.given[Seen("response_s")].value
    again = sim.replicate(scenario, replications=50).estimates.figure("response_s").value
    assert again is not None
    assert abs(again / given - 1) < 0.04


def test_the_answer_is_the_same_when_read_back(plain: Calibration, tmp_path: Path):
    answer = holds(result(plain), tmp_path)

    assert "agents on duty at the peak keep the targets as today (90 %:" in answer.words[0]
    assert list(answer.pictures()) == ["averages", "agents"]
    assert {row["average"] for row in answer.table("averages").rows} == {
        seen.name for seen in plain.averages.given
    }


def test_the_same_averages_give_the_same_scenario_on_any_number_of_workers():
    averages = averages_of(true_centres()["one slot"])
    one, two = (calibrate(averages, questions=TODAY, days=3, workers=n) for n in (1, 2))

    assert np.array_equal(one.fit.x, two.fit.x)
    assert one.answers[0].agents == two.answers[0].agents


def test_without_the_response_time_it_is_asked_for_and_the_band_is_wide():
    """Little is known of what an agent's time is and what the customer's; the response time tells it."""
    true = true_centres()["two slots"]
    targets = {"max_response_s": 100.0}
    poor = calibrate(
        averages_of(true, ("aht_s", "missed_rate", "asa_s"), targets=targets), questions=TODAY, days=20
    )
    rich = calibrate(averages_of(true, targets=targets), questions=TODAY, days=20)

    assert {"response_s", "focus_aht_s"} & {each.seen.name for each in poor.worth[:2]}
    widths = []
    for found in (poor, rich):
        low, high = found.answers[0].low, found.answers[0].high
        assert low is not None
        assert high is not None
        widths.append(np.log(high / low))
    assert widths[0] > 1.5 * widths[1]


def test_the_wait_of_those_who_waited_given_as_asa_is_found_out():
    """It is several times the mean over all, which no centre with these averages has."""
    true = true_centres()["one slot"]
    shown = sim.replicate(true, seed=77, replications=20).estimates
    waited = (shown.figure("wait_s").value or 0) / (shown.figure("wait_probability").value or 1)
    wrong = averages_of(true, averages={"asa_s": round(waited)})
    found = calibrate(wrong, questions=[], days=16)

    assert found.fit.misfit > 50
    assert ("asa_s", "waited") in {(each.seen.name, each.reading) for each in found.suspects[:2]}
    assert any("asa_s" in words and "waited" in words for words in result(found).words)
    right = averages_of(true, averages={"asa_s": {"value": round(waited), "of": "waited"}})
    assert calibrate(right, questions=[], days=16).suspects == ()


@pytest.mark.parametrize(
    ("changes", "law"),
    [
        ({"averages": {"aht_s": 356}}, "leaves -48 s, -10 s for each of the customer's 5 messages"),
        ({"averages": {"aht_s": 11}}, "longer than the wrap-up in it, 20 s, got 11; is AHT in minutes"),
        ({"averages": {"aht_s": 51}}, "Is AHT in minutes"),
        ({"averages": {"concurrency": 3.4}}, "above the 3 chats"),
        ({"averages": {"focus_aht_s": 700}}, "can't be above its AHT"),
        ({"averages": {"focus_aht_s": 60}}, "nobody waits longer than about 36 s"),
        ({"agents": 4}, "1,800 chats a day of 677 s are 338.5 hours, and 96.0 hours on duty"),
        ({"averages": {"asa_s": 2, "missed_rate": 0.02, "service_level": 0.75}}, "makes a mean of 6.6 s"),
        ({"averages": {"missed_rate": 5.7}}, "5.7 % is 0.057"),
        (
            {"averages": {"missed_rate": "5.7 %"}},
            "must be a number, without quotation marks, got '5.7 %'; 5.7 % is 0.057",
        ),
        ({"averages": {"response_s": "1 min 4 s"}}, "1 min 4 s is 64 s"),
        ({"averages": {"response_s": "soon"}}, "must be a number, got 'soon'"),
        ({"averages": {"response_s": {"value": 64, "counts": "al"}}}, "did you mean 'all'"),
        ({"averages": {"occupancy": {"value": 0.9, "off": "time"}}}, "did you mean 'of'"),
        ({"averages": {"messages_per_chat": 40}}, "do messages come in bursts"),
        ({"averages": {"concurrency": 0.8}}, 'then say while = "on duty"'),
        ({"offered": (1.0, 2.0, 3.0)}, "24, 48 or 96 rates"),
        ({"hours": {"open": "22:00", "close": "21:50"}}, "open nearly round the clock"),
        ({"averages": {"service_level": 88}}, "88 % is 0.88"),
        ({"by_interval": {"asa": (1.0,) * 24}}, "did you mean 'asa_s'"),
        ({"by_interval": {"missed_rate": (5.0,) * 24}}, "5 % is 0.05"),
        ({"by_interval": {"asa_s": (5.0,) * 23}}, "24, 48 or 96"),
        ({"slots": None}, "the most chats that an agent may hold"),
        ({"handling_s_by_open": (400.0, 520.0, 700.0)}, "by work there are no messages"),
        (
            {"handling_s_by_open": {"1": 400.0, "3": 700.0}},
            'none left out, got {"1": 400.0, "3": 700.0}; it has 1, 3',
        ),
        ({"agents": None}, "exactly one of agents and shifts"),
        ({"agents": (1, 2, 3)}, "24, 48 or 96"),
    ],
)
def test_averages_that_can_not_all_be_true_are_refused_with_the_arithmetic(changes: dict[str, Any], law: str):
    known()
    with pytest.raises(ScenarioError) as caught:
        known(**changes)

    assert law in str(caught.value)


def test_hours_that_contradict_the_averages_are_told_and_doubted():
    """Little's law: 900 chats of 677 s at 1.9 × 0.94 held are 94.8 hours, not 180."""
    centre = known(
        hours={"open": "08:00", "close": "20:00"}, averages={"concurrency": 1.9, "occupancy": 0.94}
    )
    found = calibrate(centre, questions=[], days=10)

    assert found.hours == pytest.approx(900 * 677 / 3600 / (1.9 * 0.94) / 180)
    assert any("94.8 hours on duty a day, not of 180.0" in words for words in result(found).words)


def test_nothing_to_hold_on_to_is_refused():
    with pytest.raises(StudyError, match="none is given"):
        calibrate(Averages(slots=3, offered=75.0, agents=15, averages={}))


@pytest.mark.parametrize(("value", "step"), [(677, 1.0), (0.057, 0.001), (64.5, 0.1)])
def test_the_last_digit_of_a_number_is_seen(value: float, step: float):
    assert last_digit(value) == pytest.approx(step)


def test_a_table_of_days_is_averaged_without_the_days_that_are_not_there(tmp_path: Path):
    """Monday has 10 and 20, Wednesday 30 and 40; Tuesday was not recorded: it is no day of zeros."""
    rows = ["2026-03-02 09:00,10", "2026-03-02 10:00,20", "2026-03-04 09:00,30", "2026-03-04 10:00,40"]
    (tmp_path / "volumes.csv").write_text("start,offered\n" + "\n".join(rows) + "\n")
    (tmp_path / "duty.csv").write_text("start,agents\n09:00,2\n10:00,3\n")
    file = tmp_path / "averages.toml"
    file.write_text('slots = 2\noffered = "volumes.csv"\nagents = "duty.csv"\n[averages]\naht_s = 300\n')
    found, remarks = load_averages(file)

    assert isinstance(found.offered, tuple)
    assert found.offered[9:11] == (20.0, 30.0)
    assert sum(found.offered) == 50.0
    assert found.agents == (*[0] * 9, 2, 3, *[0] * 13)
    assert any("of 2 days, 2 March 2026 to 4 March 2026, averaged" in remark for remark in remarks)


def volumes(folder: Path, rows: list[str], more: str = "") -> Path:
    """A file of averages whose volumes are these rows."""
    (folder / "volumes.csv").write_text("start,offered\n" + "\n".join(rows) + "\n")
    file = folder / "averages.toml"
    file.write_text(f'slots = 2\noffered = "volumes.csv"\nagents = 9\n{more}[averages]\naht_s = 300\n')
    return file


def test_two_rows_of_one_interval_are_refused(tmp_path: Path):
    """Of two channels, nobody knows: their mean would be half of the truth. The same row twice counts once."""
    rows = ["2026-03-02 09:00,10", "2026-03-02 10:00,20", "2026-03-02 09:00,11"]
    with pytest.raises(ScenarioError, match=r"volumes.csv:4: an interval must have one row"):
        load_averages(volumes(tmp_path, rows))
    found, remarks = load_averages(volumes(tmp_path, [*rows[:2], rows[0]]))

    assert found.chats_a_day == 30
    assert any("left out: 1 row that stood there already" in remark for remark in remarks)


def test_intervals_that_some_days_lack_are_told_and_not_taken_for_empty(tmp_path: Path):
    rows = ["2026-03-02 09:00,10", "2026-03-02 10:00,20", "2026-03-03 09:00,30"]
    found, remarks = load_averages(volumes(tmp_path, rows))

    assert isinstance(found.offered, tuple)
    assert found.offered[9:11] == (20.0, 20.0)
    assert any("1 of 2 days have no row for 10:00" in remark for remark in remarks)


def test_what_dates_mean_can_be_said(tmp_path: Path):
    rows = ["02/03/2026 09:00,10", "02/03/2026 10:00,20"]
    with pytest.raises(ScenarioError, match='say dates = "day first"'):
        load_averages(volumes(tmp_path, rows))
    found, _ = load_averages(volumes(tmp_path, rows, 'dates = "day first"\n'))

    assert found.chats_a_day == 30


def test_how_much_days_differ_is_measured_beyond_weekday_and_chance(tmp_path: Path):
    """Forty weekdays of 1,000 chats, every other one 20 % more or less: cv 0.2."""
    lines = ["start,offered"]
    days = [day for day in range(56) if day % 7 < 5]
    for k, day in enumerate(days):
        date = f"{np.datetime64('2026-03-02') + day}"
        chats = 50 * (1.2 if (k // 5) % 2 else 0.8)
        lines += [f"{date} {hour:02d}:00,{chats:g}" for hour in range(20)]
    (tmp_path / "volumes.csv").write_text("\n".join(lines) + "\n")
    file = tmp_path / "averages.toml"
    file.write_text('slots = 2\noffered = "volumes.csv"\nagents = 9\n[averages]\naht_s = 300\n')
    found, _ = load_averages(file)

    assert found.busyness_cv == pytest.approx((0.2**2 * 8 / 7) ** 0.5, abs=0.005)
    assert found.interval_cv == 0


def test_every_problem_of_a_file_is_told_with_its_place(tmp_path: Path):
    (tmp_path / "volumes.csv").write_text("start,offered\n09:00,ten\n")
    file = tmp_path / "averages.toml"
    file.write_text('slots = 0\noffered = "volumes.csv"\nagents = "none.csv"\n[averages]\naht = 300\n')
    with pytest.raises(ScenarioError) as caught:
        load_averages(file)

    said = str(caught.value)
    assert "volumes.csv:2" in said
    assert "'ten'" in said
    assert re.search(r"averages.toml:3:\d+: agents: the table can.t be read", said)
    assert re.search(r"averages.toml:1:\d+: slots: must be at least 1", said)
    assert "averages.toml:5:1: averages.aht: unknown key; did you mean 'aht_s'?" in said
