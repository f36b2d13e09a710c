"""Averages of several queues and groups, by interval, by work, and of nights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.report.averages import result, scenario_of
from sim.scenario.averages import Averages, Seen
from sim.scenario.averages_scenario import turned
from sim.scenario.files import parse
from sim.studies.averages.calibrate import Calibration, calibrate
from sim.studies.averages.file import load_averages
from sim.studies.averages.model import Model, whole_levels
from sim.studies.averages.questions import Question
from tests.true_centres import (
    TARGETS,
    agents_needed,
    averages_by_queue,
    averages_of,
    by_work,
    intervals_of,
    needed_in_mix,
    true_centres,
    two_queues,
)

TODAY = [Question("as today")]


@pytest.fixture(scope="module")
def both() -> Calibration:
    """A fit to a centre of two queues, served by one group."""
    return calibrate(averages_by_queue(two_queues()), questions=[], days=12)


def test_each_queue_has_its_own_numbers_and_they_come_back(both: Calibration):
    """Of 6 turns of 40 s and 55 s, and of 4 turns of 70 s and 90 s."""
    found = {number.name: number for number in both.numbers}

    truth = {"orders": (6.0, 40.0, 55.0), "returns": (4.0, 70.0, 90.0)}
    for queue, values in truth.items():
        for name, value in zip(("turns", "agent_s", "customer_s"), values, strict=True):
            assert abs(found[f"{name} of {queue}"].value / value - 1) < 0.08, (name, queue)
    assert {"available", "agent_cv"} <= set(found)
    assert both.suspects == ()


def test_what_is_shared_is_said_and_the_scenario_has_both_queues(both: Calibration):
    words = " ".join(result(both).words)
    text = scenario_of(both)
    scenario = parse(text)

    assert "Shared by all queues: agents truly on duty" in words
    assert [queue.name for queue in scenario.queues] == ["orders", "returns"]
    assert scenario.queues[1].service.agent_s.mean == pytest.approx(70, rel=0.08)  # type: ignore[union-attr]
    assert text.count("# told (±") >= 6
    rows = result(both).table("averages").rows
    assert {row["of"] for row in rows} == {"", "orders", "returns"}


def test_shared_numbers_are_looked_for_once():
    given = averages_by_queue(two_queues())
    alone = Model.of(given.model_copy(update={"shared": ("patience_s", "wrap_up_s")}))

    assert "patience_s" in alone.names
    assert "patience_s of orders" not in alone.names
    assert "agent_s of orders" in alone.names


def test_agents_of_several_groups_keep_their_mix():
    centre = Model.of(
        Averages(
            queues=[{"name": "a", "offered": 40.0, "averages": {"aht_s": 600}}],
            groups=[{"name": "one", "slots": 3, "agents": 6}, {"name": "two", "slots": 2, "agents": 3}],
        )
    )
    made = centre.centre(centre.prior).with_total(10.0)

    assert made.agents == pytest.approx((20 / 3, 10 / 3))
    days = [0, 0]
    for scenario, some in made.parts(30):
        for g in range(2):
            days[g] += scenario.groups[g].agents * len(some)  # type: ignore[operator]
    assert days == [200, 100]


@pytest.mark.parametrize(
    ("changes", "law"),
    [
        ({"offered": 5.0}, "stands in each of the [[queues]]"),
        ({"slots": 2}, "stands in each of the [[groups]]"),
        (
            {"groups": [{"name": "one", "slots": 2, "agents": 3, "queues": ["order"]}]},
            "did you mean 'orders'",
        ),
        ({"queues": [{"name": "a", "offered": 1.0}] * 2}, "names of queues must differ"),
        (
            {"queues": [{"name": "a", "offered": 1.0, "averages": {"occupancy": 0.5}}]},
            "is not known of a queue by itself",
        ),
        (
            {
                "queues": [
                    {"name": "a", "offered": 1.0, "handling_s_by_open": (300.0,)},
                    {"name": "c", "offered": 1.0},
                ]
            },
            "all queues have handling times by chats open, or none has",
        ),
    ],
)
def test_queues_and_groups_that_do_not_fit_together_are_refused(changes: dict[str, Any], law: str):
    good: dict[str, Any] = {
        "queues": [{"name": "orders", "offered": 40.0, "averages": {"aht_s": 600}}],
        "groups": [{"name": "one", "slots": 3, "agents": 9}],
    }
    Averages(**good)
    with pytest.raises(ScenarioError) as caught:
        Averages(**good | changes)

    assert law in str(caught.value)


def test_averages_by_interval_stand_in_for_those_of_the_day():
    """Intervals that are closed, unknown or nearly empty do not count."""
    nan = float("nan")
    asa = (*[nan] * 8, 3.0, 9.0, nan, *[4.0] * 9, *[0.0] * 4)
    centre = Averages(
        slots=2, agents=5, offered=(*[0.0] * 8, *[30.0] * 11, 0.2, *[30.0] * 4),
        hours={"open": "08:00", "close": "20:00"},
        averages={"asa_s": {"value": 5, "of": "waited"}, "aht_s": 300}, by_interval={"asa_s": asa},
    )  # fmt: skip

    assert Seen("asa_s") not in centre.given
    assert centre.not_used == ["asa_s"]
    counted = [seen.cell for seen in centre.given if seen.by == "interval"]
    assert counted == [8, 9, *range(11, 19)]
    assert centre.given[Seen("asa_s", "interval", 9)].reading == "waited"
    assert centre.given[Seen("asa_s", "interval", 9)].value == 9.0


def test_a_table_of_averages_by_interval_is_read(tmp_path: Path):
    rows = ["start;asa_s;missed_rate", "09:00;4,5;0,05", "10:00;12;", "11:00;3;0,02"]
    (tmp_path / "intervals.csv").write_text("\n".join(rows) + "\n")
    file = tmp_path / "averages.toml"
    file.write_text(
        'slots = 2\noffered = 30\nagents = 5\nby_interval = "intervals.csv"\n[averages]\naht_s = 300\n'
    )
    found, remarks = load_averages(file)

    assert found.by_interval["asa_s"][9:12] == (4.5, 12.0, 3.0)
    assert found.by_interval["missed_rate"][9] == 0.05
    assert np.isnan(found.by_interval["missed_rate"][10])
    assert any("asa_s, missed_rate by interval" in remark for remark in remarks)


@pytest.mark.parametrize(
    ("column", "cell", "law"),
    [
        ("missed_rate", "2%", "a share must be a number, 0 or more and at most 1, got '2%'; 2 % is 0.02"),
        ("missed_rate", "5,7 %", "got '5,7 %'; 5.7 % is 0.057"),
        ("missed_rate", "57", "got '57'; 57 % is 0.57"),
        ("asa_s", "few", "an average must be a number"),
        ("offered", "few", "a volume must be a number"),
        ("agents", "few", "agents on duty must be a number"),
    ],
)
def test_a_cell_that_is_no_number_is_called_what_it_should_be(
    tmp_path: Path, column: str, cell: str, law: str
):
    key = column if column in {"offered", "agents"} else "by_interval"
    (tmp_path / "table.csv").write_text(f"start;{column}\n09:00;{cell}\n10:00;0,5\n")
    given = {"offered": "30", "agents": "5", key: '"table.csv"'}
    file = tmp_path / "averages.toml"
    file.write_text(
        "slots = 2\n" + "".join(f"{k} = {v}\n" for k, v in given.items()) + "[averages]\naht_s = 300\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load_averages(file)

    assert law in str(caught.value)


def test_volumes_and_agents_of_several_queues_and_groups_come_from_tables(tmp_path: Path):
    rows = ["start,queue,offered", "09:00,a,10", "10:00,a,20", "09:00,b,1", "10:00,b,2"]
    (tmp_path / "volumes.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "duty.csv").write_text("start,one,two\n09:00,4,1\n10:00,5,2\n")
    file = tmp_path / "averages.toml"
    file.write_text(
        '[[queues]]\nname = "a"\noffered = "volumes.csv"\naverages = { aht_s = 300 }\n'
        '[[queues]]\nname = "b"\noffered = "volumes.csv"\n'
        '[[groups]]\nname = "one"\nslots = 2\nagents = "duty.csv"\n'
        '[[groups]]\nname = "two"\nslots = 3\nagents = "duty.csv"\n'
    )
    found, _ = load_averages(file)

    assert [line.offered[9:11] for line in found.lines] == [(10.0, 20.0), (1.0, 2.0)]  # type: ignore[index]
    assert [team.agents[9:11] for team in found.teams] == [(4, 5), (1, 2)]  # type: ignore[index]


def of_volumes(folder: Path, table: str, more: str = "") -> tuple[Averages, list[str]]:
    """Averages of a centre of one queue whose volumes stand in a table."""
    (folder / "volumes.csv").write_text(table)
    file = folder / "averages.toml"
    file.write_text(f'slots = 2\noffered = "volumes.csv"\nagents = 5\n{more}[averages]\naht_s = 300\n')
    return load_averages(file)


def test_volumes_of_one_queue_need_not_be_called_chats(tmp_path: Path):
    table = "start,queue,offered\n09:00,sales,10\n10:00,sales,20\nTotal,Total,30\n"

    assert of_volumes(tmp_path, table)[0].offered[9:11] == (10.0, 20.0)  # type: ignore[index]


def test_volumes_of_several_queues_are_asked_for_their_tables(tmp_path: Path):
    with pytest.raises(
        ScenarioError, match=r"several queues need tables \[\[queues\]\].*got 'sales', 'care'"
    ):
        of_volumes(tmp_path, "start,queue,offered\n09:00,sales,10\n09:00,care,20\n")


def test_contacts_handled_are_told_to_be_fewer_than_those_who_came(tmp_path: Path):
    _, remarks = of_volumes(tmp_path, "start,Handled\n09:00,10\n10:00,20\n")

    assert any("'Handled': who left before an answer is not among them" in said for said in remarks)


def test_an_hour_that_came_twice_counts_twice_in_the_mean_day(tmp_path: Path):
    days = [f"2025-10-{day} {hour:02d}:00,{6}\n" for day in (25, 26, 27) for hour in (1, 2, 3)]
    table = "start,offered\n" + "".join(days) + "2025-10-26 02:00,2\n"
    with pytest.raises(ScenarioError, match='put back that night, say where: zone = "Europe/Berlin"'):
        of_volumes(tmp_path, table)
    found, _ = of_volumes(tmp_path, table, 'zone = "Europe/Berlin"\n')

    assert found.offered[2] == pytest.approx((6 * 3 + 2) / 4)  # type: ignore[index]
    with pytest.raises(ScenarioError, match="an interval must have one row"):
        of_volumes(tmp_path, table + "2025-10-27 02:00,2\n", 'zone = "Europe/Berlin"\n')


def test_an_unknown_key_of_a_queue_is_told_with_its_place(tmp_path: Path):
    file = tmp_path / "averages.toml"
    file.write_text('slots = 2\nagents = 5\n[[queues]]\nname = "a"\nofered = 3\noffered = 3\n')
    with pytest.raises(
        ScenarioError, match=r"averages.toml:5:1: queues.0.ofered: unknown key; did you mean 'offered'"
    ):
        load_averages(file)


def night(**changes: Any) -> Averages:
    """A desk from 22 to 6, with a shift over midnight."""
    rates = (*[20.0] * 6, *[0.0] * 16, 40.0, 30.0)
    shift = {"agents": 4, "start": "22:00", "end": "06:00", "breaks": [{"start": "01:00", "minutes": 30.0}]}
    data: dict[str, Any] = {
        "slots": 2, "offered": rates, "hours": {"open": "22:00", "close": "06:00"}, "shifts": [shift],
        "averages": {"aht_s": 500, "response_s": 50},
    }  # fmt: skip
    return Averages(**data | changes)


def test_a_night_is_simulated_as_one_day_with_its_clock_put_back():
    """From 22 to 6 becomes 8 to 16: chats, agents and breaks move with it."""
    day = turned(night())

    assert day.hours is not None
    assert day.hours.span == (8 * 3600.0, 16 * 3600.0)
    assert day.offered == (*[0.0] * 8, 40.0, 30.0, *[20.0] * 6, *[0.0] * 8)
    assert day.shifts is not None
    assert day.shifts[0].span == (8 * 3600.0, 16 * 3600.0)
    assert day.shifts[0].breaks[0].start == 11 * 3600.0
    assert day.chats_a_day == night().chats_a_day == 190.0
    assert day.agent_hours_a_day == night().agent_hours_a_day == 30.0
    assert turned(day) is day


def test_the_scenario_of_a_night_desk_is_by_its_own_clock():
    levels = (*[3] * 6, *[0] * 16, 4, 4)
    found = calibrate(night(shifts=None, agents=levels), questions=[], days=6)

    again = parse(scenario_of(found))
    assert again.hours is not None
    assert (again.hours.open, again.hours.close) == (22 * 3600.0, 6 * 3600.0)
    assert again.groups[0].staffing is not None
    assert again.groups[0].staffing[22] >= again.groups[0].staffing[0] > 0
    assert again.groups[0].staffing[12] == 0


def test_handling_times_by_chats_open_make_a_scenario_by_work():
    true = by_work()
    names = ("aht_s", "missed_rate", "asa_s", "service_level", "concurrency", "occupancy")
    given = averages_of(true, names, handling_s_by_open={"1": 400.0, "2": 520.0, "3": 700.0})
    found = calibrate(given, questions=TODAY, days=16)

    numbers = {number.name: number.value for number in found.numbers}
    assert numbers["handling"] == pytest.approx(1, abs=0.04)
    assert numbers["available"] == pytest.approx(1, abs=0.06)
    again = parse(scenario_of(found))
    assert again.queues[0].service.aht_s == pytest.approx((400, 520, 700), rel=0.04)  # type: ignore[union-attr]
    today = found.answers[0]
    assert today.agents is not None
    assert today.agents == pytest.approx(agents_needed(true, TARGETS, n=60), rel=0.05)


def test_handling_beyond_the_chats_given_goes_on_by_the_last_step():
    centre = Averages(slots=3, offered=75.0, agents=15, handling_s_by_open=(400.0, 520.0, 700.0))

    assert centre.handling(0, 4) == (400.0, 520.0, 700.0, 880.0)


@pytest.mark.nightly
def test_averages_by_interval_tell_no_less_than_those_of_the_day():
    true = true_centres()["levels"]
    whole = calibrate(averages_of(true), questions=TODAY)
    parts = calibrate(
        averages_of(true, by_interval=intervals_of(true, ("asa_s", "missed_rate"))), questions=TODAY
    )
    truth = needed_in_mix(true, TARGETS)

    for found in (whole, parts):
        today = found.answers[0]
        assert today.agents is not None
        assert today.agents == pytest.approx(truth, rel=0.04)
    assert parts.fit.misfit < 2 * len(parts.fit.told.names)


@pytest.mark.nightly
@pytest.mark.parametrize("groups", [1, 2])
def test_agents_of_two_queues_are_those_of_the_true_centre(groups: int):
    true = two_queues(groups)
    found = calibrate(averages_by_queue(true), questions=TODAY)
    today = found.answers[0]
    truth = needed_in_mix(true, TARGETS)

    assert today.agents is not None
    assert today.low is not None
    assert today.high is not None
    assert today.agents == pytest.approx(truth, rel=0.04)
    assert today.low <= truth <= today.high


def test_levels_of_a_scenario_keep_the_hours_that_the_averages_tell():
    levels = (*[0] * 8, 4, 5, 6, 6, 6, 5, 5, 6, 6, 6, 5, 4, *[0] * 4)
    model = Model.of(Averages(slots=3, offered=30, agents=levels, averages={"aht_s": 690, "response_s": 67}))
    share = np.where(np.array(model.names) == "available", np.log(0.78), model.prior)
    (group,) = model.centre(share).in_whole_agents().groups

    assert group.staffing is not None
    assert sum(group.staffing) == round(0.78 * sum(levels))
    assert max(abs(whole - 0.78 * given) for whole, given in zip(group.staffing, levels, strict=True)) < 1
    assert whole_levels([0.3] * 20 + [4.4] * 5) == [1] * 20 + [4, 4, 5, 4, 5]
