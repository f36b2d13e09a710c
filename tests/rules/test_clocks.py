"""Worked by hand: time zones, days of 23 and 25 hours, and queues and groups in other zones (R44 to R47)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
import tomlkit

import sim
from sim.draws.busyness import expected_volumes
from sim.draws.profile import demand
from sim.engines import simulate
from sim.kpis.loops import By
from sim.log.chatlog import ChatLog
from sim.scenario.duty import duty_plan
from sim.scenario.local_time import LocalTime, cells
from sim.scenario.scenario import Scenario
from tests.parity.test_parity import assert_same
from tests.worlds import by_turns, by_work, fixed, group, queue, world

HOUR = 3_600
BERLIN = {"zone": "Europe/Berlin"}
SPRING = BERLIN | {"start": "2026-03-29"}
"""A Sunday of 23 hours: clocks go from 02:00 to 03:00."""
AUTUMN = BERLIN | {"start": "2026-10-25"}
"""One of 25 hours: clocks go from 03:00 back to 02:00."""
NIGHT = {"agents": 1, "start": "22:00", "end": "06:00"}


def run(scenario: Scenario) -> ChatLog:
    """One run by the kernel, which is held against the reference."""
    draws = sim.draw(scenario, 1)
    log = simulate(scenario, draws, "kernel")
    assert_same(simulate(scenario, draws, "reference"), log)
    return log


def spans(scenario: Scenario) -> list[tuple[float, float]]:
    """Log-in and log-off of all spans, in hours since the first midnight."""
    plan = duty_plan(scenario)
    return list(zip((plan.on_s / HOUR).tolist(), (plan.off_s / HOUR).tolist(), strict=True))


def by_hour(scenario: Scenario, q: int = 0) -> list[float]:
    """Chats that a queue is expected to get in each real hour."""
    edges_s, chats = demand(scenario)[q]
    return np.bincount((edges_s[:-1] // HOUR).astype(int), chats).round(9).tolist()


def hours(**levels: int) -> list[int]:
    """A number for some hours of the day, such as ``h2=1``, and 0 for the others."""
    return [levels.get(f"h{hour}", 0) for hour in range(24)]


# R44: what lasts over the change


@pytest.mark.parametrize(
    ("start", "found", "horizon_h"),
    [
        ("2026-03-28", [(0, 6), (22, 29), (45, 53)], 47),
        ("2026-10-24", [(0, 6), (22, 31), (47, 55)], 49),
        ("2026-03-02", [(0, 6), (22, 30), (46, 54)], 48),
    ],
)
def test_r44_a_night_over_the_change_lasts_7_or_9_hours(
    start: str, found: list[tuple[int, int]], horizon_h: int
):
    """Two days: the eve's night, that of the change, and the next, which goes on over the horizon; hours alike."""
    more = BERLIN | {"start": start, "days": 2}
    scenario = world([queue([0], by_work(1))], [group(shifts=[NIGHT])], **more)
    opened = world([queue([0], by_work(1))], hours={"open": "22:00", "close": "06:00"}, **more)

    assert spans(scenario) == found == spans(opened)
    assert [(on / HOUR, off / HOUR) for on, off in opened.opening_spans] == found
    assert scenario.horizon_s == horizon_h * HOUR


@pytest.mark.parametrize(("start", "worked_h"), [("2026-03-28", 6 + 7 + 2), ("2026-10-24", 6 + 9 + 2)])
def test_r44_pay_is_for_the_hours_really_worked(start: str, worked_h: int):
    """The eve's night after midnight, the night of the change, and two hours of the next one before midnight."""
    scenario = world([queue([0], by_work(1))], [group(shifts=[NIGHT])], days=2, start=start, **BERLIN)
    kpis = sim.measure(run(scenario), scenario)

    assert kpis["agent_hours"] == kpis["paid_hours"] == worked_h


def test_r44_a_break_has_its_length_whatever_the_clocks_do():
    """From 01:45 for half an hour, and from 04:00: in spring 01:45 to 03:15, and 04:00 two real hours later."""
    pauses = [{"start": "01:45", "minutes": 30}, {"start": "04:00", "minutes": 15}]
    scenario = world(
        [queue([0], by_work(1))], [group(shifts=[NIGHT | {"breaks": pauses, "days": ["sat"]}])], **SPRING
    )

    assert spans(scenario) == [(0, 1.75), (2.25, 3), (3.25, 5)]


@pytest.mark.parametrize(("day", "midnight_h"), [(SPRING, 23), (AUTUMN, 25)])
def test_r44_an_agent_is_as_fast_as_on_the_day_that_the_clocks_show(day: dict[str, str], midnight_h: int):
    """Half speed on the first day: the last minute before its midnight is slow, the first after it is not."""
    times_s = [0, midnight_h * HOUR - 60, midnight_h * HOUR, 24 * HOUR + 7200]
    ramp = {"new_hires": 1, "speed": 0.5, "days": 1}
    log = run(world([queue(times_s, by_turns(10, 5, 1))], [group(ramp=ramp)], days=2, **day))

    assert (log.turn.reply_s - log.turn.start_s).tolist() == [20, 20, 10, 10]
    assert log.team.speed_at(np.zeros(4, dtype=int), np.array(times_s)).tolist() == [0.5, 0.5, 1, 1]


def test_r44_constant_agents_of_a_centre_that_never_closes_are_absent_by_real_days():
    """Never there on any day: 23, 24 and 24 hours are lost."""
    scenario = world([queue([0], by_work(1))], [group(absence=1.0)], days=3, **SPRING)

    assert run(scenario).lost.off_s[:2].tolist() == [23 * HOUR, 47 * HOUR]


# R45: volumes


PROFILE = [float(hour + 1) for hour in range(24)]


def test_r45_chats_of_an_hour_that_does_not_exist_come_an_hour_later():
    """Hour 2 has 3 chats and hour 3 has 4: 7 come from 03:00 on; the day has its 300 as any other."""
    scenario = world([queue({"per_hour": PROFILE}, by_work(1))], **SPRING)

    assert by_hour(scenario) == [1, 2, 3 + 4, *range(5, 25)]


def test_r45_half_the_chats_of_an_hour_that_comes_twice_come_each_time():
    """Of the 3 chats of hour 2, 1.5 each time."""
    scenario = world([queue({"per_hour": PROFILE}, by_work(1))], **AUTUMN)

    assert by_hour(scenario) == [1, 2, 1.5, 1.5, *range(4, 25)]


@pytest.mark.parametrize("rates", [24, 48, 96])
@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Berlin", "2026-03-28"), ("Europe/Berlin", "2026-10-24"), ("America/Sao_Paulo", "2018-11-03"),
        ("Africa/Cairo", "2026-10-28"), ("Australia/Lord_Howe", "2026-04-04"), ("Asia/Tokyo", "2026-03-28"),
    ],
)  # fmt: skip
def test_r45_each_day_keeps_its_volume(zone: str, start: str, rates: int):
    """Also where clocks change at midnight, or by half an hour; by weekday, with factors of the day."""
    profile = np.random.default_rng(1).integers(0, 50, rates).astype(float).tolist()
    arrivals = {"per_hour": profile, "weekday": [1.0, 0.5, 2.0, 1.0, 3.0, 0.25, 4.0]}
    scenario = world([queue(arrivals, by_work(1))], days=3, start=start, zone=zone)
    usual = world([queue(arrivals, by_work(1))], days=3, start=start)
    volumes, wanted = (expected_volumes(each) for each in (scenario, usual))

    np.testing.assert_allclose(volumes, wanted, rtol=1e-12)


def test_r45_a_forecast_may_have_one_row_or_two_for_an_hour_that_comes_twice(tmp_path: Any):
    """Hour 2 has 10 chats in one row, or 4 and 6 in two."""
    for rows, expected in ((["02:00,10"], [5, 5]), (["02:00,4", "02:00,6"], [4, 6])):
        lines = ["start,chats", "00:00,1", "01:00,2", *rows, *(f"{hour:02d}:00,3" for hour in range(3, 24))]
        dated = [lines[0], *(f"2026-10-25 {line}" for line in lines[1:])]
        (tmp_path / "v.csv").write_text("\n".join(dated))

        assert _loaded(tmp_path, AUTUMN) == [1, 2, *expected, *[3] * 21]


@pytest.mark.parametrize(("rows", "expected"), [([], [1, 2, 3]), (["02:00,10"], [1, 2, 13])])
def test_r45_a_forecast_needs_no_row_for_an_hour_that_does_not_exist(
    tmp_path: Any, rows: list[str], expected: list[int]
):
    """What it has for it comes an hour later."""
    lines = ["00:00,1", "01:00,2", *rows, *(f"{hour:02d}:00,3" for hour in range(3, 24))]
    (tmp_path / "v.csv").write_text("\n".join(["start,chats", *(f"2026-03-29 {line}" for line in lines)]))

    assert _loaded(tmp_path, SPRING) == [*expected, *[3] * 20]


def test_r47_a_forecast_in_the_customers_time_is_laid_into_the_centres(tmp_path: Any):
    """Midnight in New York is 06:00 in Berlin; hours of two of its days touch one of Berlin's."""
    lines = [f"2026-03-{day:02d} {hour:02d}:00,{100 * day + hour}" for day in (1, 2) for hour in range(24)]
    (tmp_path / "v.csv").write_text("\n".join(["start,chats", *lines]))
    found = _loaded(tmp_path, BERLIN | {"start": "2026-03-02"}, zone="America/New_York")

    assert found == [*range(118, 124), *range(200, 218)]


def test_what_becomes_of_rows_in_doubt_is_said_and_a_third_one_is_refused(tmp_path: Any):
    """One row for both times of 02:00 in autumn, and three."""
    said: list[str] = []
    for rows in (["02:00,10"], ["02:00,10"] * 3):
        lines = ["00:00,1", "01:00,2", *rows, *(f"{hour:02d}:00,3" for hour in range(3, 24))]
        (tmp_path / "v.csv").write_text("\n".join(["start,chats", *(f"2026-10-25 {line}" for line in lines)]))
        if len(rows) == 1:
            _loaded(tmp_path, AUTUMN, zone="Europe/Paris")
            sim.load(tmp_path / "s.toml", said.append)
            assert "times of Europe/Paris" in said[0]
            assert said[1].endswith(
                "times that come twice: half of their chats come each time: 2026-10-25 02:00"
            )
        else:
            with pytest.raises(
                sim.ScenarioError, match="or two if it comes twice, got one more for 2026-10-25 02:00"
            ):
                _loaded(tmp_path, AUTUMN)


def _loaded(folder: Any, day: dict[str, str], **arrivals: str) -> list[float]:
    """Chats of each real hour of a scenario with the forecast v.csv."""
    queues = [queue({"file": "v.csv"} | arrivals, by_work(1))]
    data = {"queues": queues, "groups": [group()], "interval_min": 60} | day
    (folder / "s.toml").write_text(tomlkit.dumps(data))
    return by_hour(sim.load(folder / "s.toml"))


# R46: staffing


def test_r46_staffing_of_an_hour_that_does_not_exist_is_nobodys_and_of_one_that_comes_twice_is_there_twice():
    """Hour 2 alone, and hours 1 to 3: in spring two hours without a gap, in autumn four."""
    for day, alone, around in ((SPRING, [], (1, 3)), (AUTUMN, [(2, 4)], (1, 5))):
        staffed = [world([queue([0], by_work(1))], [group(staffing=each)], **day) for each in (hours(h2=1), hours(h1=1, h2=1, h3=1))]  # fmt: skip

        assert spans(staffed[0]) == alone
        assert spans(staffed[1]) == [around]


# R47: other zones


def test_r47_customers_come_by_their_own_clocks():
    """New York's 09:00 is 15:00 in Berlin; for three weeks in March 14:00, as its clocks go forward earlier."""
    arrivals = {"per_hour": [0.0] * 9 + [12.0] + [0.0] * 14, "zone": "America/New_York"}
    for start, hour in (("2026-03-02", 15), ("2026-03-16", 14)):
        scenario = world([queue(arrivals, by_work(1))], start=start, **BERLIN)

        assert np.flatnonzero(by_hour(scenario)).tolist() == [hour]
        assert sum(by_hour(scenario)) == 12


def test_r47_weekdays_and_dates_of_customers_are_theirs():
    """A Monday in Berlin: until 06:00 it is Sunday in New York."""
    arrivals = {"per_hour": 1.0, "zone": "America/New_York", "weekday": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 5.0]}
    named = arrivals | {"by_date": {"2026-03-01": 7.0}}

    assert by_hour(world([queue(arrivals, by_work(1))], **BERLIN)) == [5] * 6 + [1] * 18
    assert by_hour(world([queue(named, by_work(1))], **BERLIN)) == [7] * 6 + [1] * 18


def test_r47_a_team_elsewhere_works_by_its_own_clocks():
    """Manila is 7 hours ahead: its Monday's 06:00 is Sunday 23:00, and its 22:00 is 15:00."""
    early = {"agents": 1, "start": "06:00", "end": "14:00", "days": ["mon", "tue"]}
    late = {"agents": 1, "start": "22:00", "end": "06:00"}
    more = {"zone": "Asia/Manila"}
    scenario = world(
        [queue([0], by_work(1))], [group(shifts=[early], **more), group(name="h", shifts=[late], **more)],
        **BERLIN,
    )  # fmt: skip

    assert spans(scenario) == [(0, 7), (23, 31), (15, 23)]


def test_r47_a_shift_elsewhere_belongs_to_the_centres_day_on_which_it_begins():
    """06:00 in Manila is 23:00 of the day before in Berlin: late on the eve, punctual on the first day."""
    early = {"agents": 1, "start": "06:00", "end": "14:00"}
    scenario = world(
        [queue([0], by_work(1))], [group(shifts=[early], zone="Asia/Manila", late_s=fixed(1800))], days=2, **BERLIN
    )  # fmt: skip
    plan = duty_plan(scenario, sim.draw(scenario, 1).people)

    assert (plan.on_s / HOUR).tolist() == [0, 23.5, 47.5]
    assert plan.lost_on_s.tolist() == [23 * HOUR, 47 * HOUR]


def test_r47_staffing_elsewhere_is_by_its_own_clocks():
    """Hours 0 and 23 of Manila are 17:00 and 16:00 of Berlin; on a closed day of its own nobody is there."""
    scenario = world(
        [queue([0], by_work(1))], [group(staffing=hours(h0=1, h23=1), zone="Asia/Manila")], **BERLIN
    )

    assert spans(scenario) == [(16, 18)]


# Laws


def test_a_zone_whose_clocks_do_not_change_changes_nothing():
    """A week in March, with nights, staffing and busyness: every column of the log is the same."""
    arrivals = {"per_hour": PROFILE, "busyness_cv": 0.3, "interval_cv": 0.2, "weekday": [1.0] * 6 + [0.5]}
    groups = [group(shifts=[NIGHT], late_s=fixed(90)), group(name="h", staffing=[1] * 24, absence=0.2)]
    logs = [
        run(world([queue(arrivals, by_turns(60, 60, 3), patience=fixed(300))], groups, days=7, **more))
        for more in ({}, BERLIN)
    ]

    np.testing.assert_array_equal(logs[0].chat.arrival_s, logs[1].chat.arrival_s)
    for name in ("outcome", "accepted_s", "ended_s", "agent"):
        np.testing.assert_array_equal(*(getattr(log.chat, name) for log in logs))


@pytest.mark.parametrize(("day", "length_h"), [(SPRING, 23), (AUTUMN, 25)])
def test_the_day_of_a_change_is_a_part_of_two_ordinary_days(day: dict[str, str], length_h: int):
    """Written in real hours without a zone: the same chats are accepted by the same agents at the same times."""
    times_s = np.sort(np.random.default_rng(1).integers(0, length_h * 60, 300) * 60.0).tolist()
    shifted = 5 if length_h == 23 else 7
    written = [
        {"agents": 2, "start": "00:30", "end": "06:00"},
        {"agents": 1, "start": "06:00", "end": "12:00"},
    ]
    real = [
        {"agents": 2, "start": "00:30", "end": f"{shifted:02d}:00"},
        {"agents": 1, "start": f"{shifted:02d}:00", "end": f"{shifted + 6:02d}:00"},
    ]
    logs = [
        run(world([queue(times_s, by_work(600), patience=fixed(900))], [group(shifts=shifts)], days=2, **more))
        for shifts, more in ((written, day | {"hours": {"open": "00:00", "close": "24:00", "mon": "closed"}}),
                             (real, {"hours": {"open": "00:00", "close": f"{length_h:02d}:00"}} if length_h < 24
                              else {}))
    ]  # fmt: skip
    n = len(times_s) if length_h < 24 else np.searchsorted(times_s, 12 * HOUR)

    for name in ("outcome", "accepted_s", "ended_s", "agent"):
        np.testing.assert_array_equal(*(getattr(log.chat, name)[:n] for log in logs))


# Figures by local time


@pytest.mark.parametrize(
    ("day", "labels", "n"),
    [
        (SPRING, ["01:30", "03:00", "03:30"], 46),
        (AUTUMN, ["01:30", "02:00", "02:30", "02:00 again", "02:30 again", "03:00"], 50),
    ],
)
def test_intervals_bear_the_times_that_the_clocks_show(day: dict[str, str], labels: list[str], n: int):
    """A chat every quarter of an hour: two an interval, in each that there is, and all of them in the day."""
    times_s = np.arange(0.0, n * 1800.0, 900).tolist()
    result = sim.run(world([queue(times_s, by_work(1))], **day), replications=1)
    rows = result.table("by_interval").rows
    names = [row["start"] for row in rows]
    first = names.index("01:30")

    assert len(rows) == n
    assert names[first : first + len(labels)] == labels
    assert [row["start_s"] for row in rows] == [1800.0 * k for k in range(n)]
    assert {row["offered"] for row in rows} == {2}
    assert [row["offered"] for row in result.table("by_day").rows] == [2 * n]
    assert [row["from"][-11:] for row in result.table("intervals").rows][first].endswith("01:30")


def test_intervals_of_several_days_stand_below_each_other():
    """Saturday to Monday of the autumn's change: as many cells each day, of which one day alone fills all."""
    scenario = world([queue([0, 26.5 * HOUR, 27.5 * HOUR, 49 * HOUR], by_work(1))], days=3, **BERLIN | {"start": "2026-10-24"})  # fmt: skip
    found = sim.measure(run(scenario), scenario)
    came = np.nan_to_num(found.values("offered", By.INTERVAL))

    assert scenario.intervals_per_day == 50
    assert np.flatnonzero(came).tolist() == [0, 50 + 5, 50 + 7, 100]
    assert found.values("offered", By.DAY).tolist() == [1, 2, 1]


def test_exported_times_are_local():
    """The last second before the change, the change, and an hour later."""
    from sim.log.export import frames

    log = run(world([queue([2 * HOUR - 1, 2 * HOUR, 3 * HOUR], by_work(1))], **SPRING))
    told = frames([log], 0)["chats"]["requested_at"].dt.strftime("%H:%M:%S").to_list()

    assert told == ["01:59:59", "03:00:00", "04:00:00"]


def test_cells_have_no_width_where_the_clocks_leave_them_out():
    """Quarters of the spring's day: 92 of them, in 96 cells."""
    found = cells(LocalTime(dt.date(2026, 3, 29), "Europe/Berlin", "Europe/Berlin"), 1, 900.0)

    assert found.per_day == 96
    assert np.count_nonzero(np.diff(found.edges_s)) == 92
    assert np.flatnonzero(np.diff(found.edges_s) == 0).tolist() == [8, 9, 10, 11]


def test_a_moment_that_comes_twice_is_told_by_its_offset():
    """02:30 of summer time and of winter time; a spike of one hour in each."""
    arrivals = {"per_hour": 1.0}
    for offset, hour in (("+02:00", 2.5), ("+01:00", 3.5)):
        spike = {"start": f"2026-10-25T02:30:00{offset}", "minutes": 60, "factor": 11.0}
        scenario = world([queue(arrivals | {"spikes": [spike]}, by_work(1))], **AUTUMN)
        edges_s, chats = demand(scenario)[0]
        rates = chats / np.diff(edges_s)

        assert edges_s[:-1][rates > 5 / HOUR][0] == hour * HOUR


# Bad input


HOURS = {"open": "08:00", "close": "20:00"}


def incident(start: str) -> dict[str, Any]:
    """An outage from a local time on."""
    return {"stress": {"incidents": [{"kind": "outage", "start": start, "minutes": 10}]}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zone": "Europe/Berln"}, "zone: no time zone has this name, got 'Europe/Berln'; did you mean 'Europe/Berlin'?"),
        ({"zone": "Berlin", "groups": [group(zone="Asia/Manila")]}, "did you mean 'Europe/Berlin'?"),
        ({"zone": "new york"}, "did you mean 'America/New_York'?"),
        ({"zone": "../etc/passwd"}, "zone: no time zone has this name"),
        ({"zone": 3}, 'zone: must be a time zone such as "Europe/Berlin", got 3'),
        ({"groups": [group(zone="Asia/Manila")]},
         "groups.0.zone: needs a time zone of the centre, got 'Asia/Manila'; write one above its tables"),
        ({"arrivals": {"per_hour": 1.0, "zone": "Asia/Manila"}}, "queues.0.arrivals.zone: needs a time zone of the centre"),
        (incident("2026-03-02T02:30:00+01:00"),
         "stress.incidents.0.start: must be local time, without a time zone"),
        (SPRING | incident("2026-03-29T02:30:00"),
         "stress.incidents.0.start: must be one moment: 02:30 does not exist on 2026-03-29 in Europe/Berlin: clocks go "
         "forward from 02:00 to 03:00, got 2026-03-29 02:30:00; write a time before or after, such as 2026-03-29T03:00:00"),
        (AUTUMN | incident("2026-10-25T02:30:00"),
         "02:30 comes twice on 2026-10-25 in Europe/Berlin: clocks go back from 03:00 to 02:00, got 2026-10-25 02:30:00; "
         "write 2026-10-25T02:30:00+02:00 for the first, or 2026-10-25T02:30:00+01:00 for the second"),
        (SPRING | {"arrivals": {"per_hour": 1.0, "spikes": [{"start": "2026-03-29T02:30:00", "minutes": 5, "factor": 2.0}]}},
         "queues.0.arrivals.spikes.0.start: must be one moment: 02:30 does not exist"),
        (SPRING | {"groups": [group(shifts=[{"agents": 1, "start": "02:30", "end": "10:00"}])]},
         "groups.0.shifts.0.start: must be one moment: 02:30 does not exist on 2026-03-29 in Europe/Berlin: clocks go forward "
         "from 02:00 to 03:00, got '02:30'; write not_on = [\"2026-03-29\"] here, and add a shift of other times with dates"),
        (AUTUMN | {"groups": [group(shifts=[NIGHT | {"breaks": [{"start": "02:00", "minutes": 30}]}])]},
         "groups.0.shifts.0.breaks.0.start: must be one moment: 02:00 comes twice on 2026-10-25"),
        (AUTUMN | {"hours": {"open": "22:00", "close": "02:30"}},
         "hours.close: must be one moment: 02:30 comes twice on 2026-10-25 in Europe/Berlin"),
        (AUTUMN | {"hours": HOURS | {"sun": {"open": "02:00", "close": "20:00"}}},
         "hours.sun.open: must be one moment: 02:00 comes twice"),
        (SPRING | {"interval_min": 120, "zone": "Australia/Lord_Howe", "start": "2026-04-05"},
         "interval_min: clocks must change between planning intervals, and don't on 2026-04-05, got 120; write 30"),
        (SPRING | {"warm_up_h": 23}, "warm_up_h: the warm-up must end before the last day does, at 23 h"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_times_that_are_not_one_moment_are_refused_with_what_to_write(change: dict[str, Any], said: str):
    """Place, law, value, and a way out."""
    data: dict[str, Any] = {
        "queues": [queue(change.get("arrivals", {"per_hour": 1.0}), by_work(60))],
        "groups": change.get("groups", [group()]),
    }
    with pytest.raises(sim.ScenarioError) as found:
        sim.parse(tomlkit.dumps(data | {key: value for key, value in change.items() if key != "arrivals"}))

    assert said in str(found.value)
    assert len(found.value.problems) == 1


@pytest.mark.parametrize(
    "change",
    [
        SPRING | {"groups": [group(shifts=[{"agents": 1, "start": "02:00", "end": "10:00"}])]},
        SPRING | {"groups": [group(shifts=[{"agents": 1, "start": "02:30", "end": "10:00", "not_on": ["2026-03-29"]},
                                           {"agents": 1, "start": "03:30", "end": "10:00", "dates": ["2026-03-29"]}])]},
        SPRING | {"hours": {"open": "02:30", "close": "20:00", "dates": {"2026-03-29": {"open": "03:00", "close": "20:00"}}}},
        AUTUMN | {"groups": [group(shifts=[{"agents": 1, "start": "02:30", "end": "10:00", "days": ["mon"]}])], "days": 2},
    ],
)  # fmt: skip
def test_what_to_write_instead_is_accepted(change: dict[str, Any]):
    """The moment of the change itself, a day that is left out, hours of its own, and another day."""
    assert sim.parse(tomlkit.dumps({"queues": [queue([0.0], by_work(60))], "groups": [group()]} | change))


def test_plans_for_all_days_refuse_days_of_other_lengths_and_teams_by_other_clocks():
    """Staffing and rosters are of one day of 24 hours by the centre's clocks."""
    from sim.studies.staffing.plan import usual_hours

    day = [queue({"per_hour": 10.0}, by_work(60))]
    with pytest.raises(
        sim.StudyError, match="zone: a day of 24 hours is planned for all, and the clocks change on 2026"
    ):
        usual_hours(world(day, **SPRING))
    with pytest.raises(
        sim.StudyError, match=r"groups.0.zone: agents are planned by the centre's clocks, and 'g' has"
    ):
        usual_hours(world(day, [group(shifts=[NIGHT], zone="Asia/Manila")], **BERLIN))
