"""Staffing of days that differ: which are alike, what each needs, what it costs, and what people can promise."""

from __future__ import annotations

import datetime as dt
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.report.staffing_week import head_count_result, result
from sim.runs.executor import executing
from sim.scenario.duty import duty_plan
from sim.scenario.files import parse
from sim.scenario.write import written
from sim.studies.staffing.headcount import head_count, paid_h_a_week
from sim.studies.staffing.people import Heads
from sim.studies.staffing.week import MOST_WORK, WeekStaffing, of_kind, staff_week, window
from sim.studies.staffing.weekdays import is_uneven, kinds, together
from tests.conftest import ROOT
from tests.results import holds

CENTRE = """
name = "A small week"
start = 2026-03-02
days = 7
interval_min = 60
fte_hours_per_week = 30.0

[hours]
open = 09:00:00
close = 12:00:00
sat = { open = 22:00:00, close = 01:00:00 }
sun = "closed"

[targets]
threshold_s = 30
service_level = 0.8
max_response_s = 60

[[queues]]
name = "help"
patience = { law = "exponential", mean_s = 120 }
service = { turns = { law = "geometric", mean = 4 }, agent_s = { law = "exponential", mean_s = 40 }, customer_s = { law = "exponential", mean_s = 50 } }

[queues.arrivals]
per_hour = [20, 0, 0, 0, 0, 0, 0, 0, 0, 20, 40, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 30]
weekday = [1.5, 1, 1, 1, 0.5, 1, 1]

[[groups]]
name = "Desk"
queues = ["help"]
concurrency = 2
absence = 0.05
shrinkage = { holidays = 0.1, training = 0.05 }
agents = 1
"""


def centre(*changes: tuple[str, str], **more: Any) -> sim.Scenario:
    """The small week, with some of its text replaced."""
    text = CENTRE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return parse(text).model_copy(update=more) if more else parse(text)


@cache
def found() -> WeekStaffing:
    """Its staffing, held against 40 weeks."""
    return staff_week(centre(), replications=40, workers=1)


# Which days are alike


def test_days_with_the_same_hours_and_chats_are_of_one_kind():
    """Three alike weekdays, a busy and a quiet one, and a night; the closed Sunday is none."""
    assert [(kind.title, kind.days) for kind in kinds(centre())] == [
        ("Mon", (0,)), ("Tue-Thu", (1, 2, 3)), ("Fri", (4,)), ("Sat", (5,)),
    ]  # fmt: skip
    assert [kind.begin_s for kind in kinds(centre())] == [0, 0, 0, 22 * 3600]
    night = kinds(centre())[-1].scenario
    assert night.queues[0].arrivals.per_interval == (30, 30, 20, *[0] * 21)
    assert (night.hours.open, night.hours.close) == (0, 3 * 3600)  # type: ignore[union-attr]


def test_a_date_of_which_something_is_said_is_no_example_of_its_weekday():
    """Two weeks: the second Monday has other chats, and the second Tuesday is closed."""
    dates = 'sun = "closed"\ndates = { 2026-03-10 = "closed" }'
    scenario = centre(
        ('sun = "closed"', dates),
        ("days = 7", "days = 14"),
        ("weekday =", "by_date = { 2026-03-09 = 3.0 }\nweekday ="),
    )
    found = {kind.title: kind.days for kind in kinds(scenario)}
    assert found == {
        "Mon": (0,), "Tue-Thu": (1, 2, 3, 9, 10), "Fri": (4, 11), "Sat": (5, 12), "Mon 2026-03-09": (7,),
    }  # fmt: skip


def test_one_day_is_planned_for_all_where_all_are_alike():
    """Not with other hours, chats, nights, or clocks that change."""
    even = centre(
        ('sat = { open = 22:00:00, close = 01:00:00 }\nsun = "closed"\n', ""),
        ("weekday = [1.5, 1, 1, 1, 0.5, 1, 1]\n", ""),
    )
    assert not is_uneven(even)
    assert is_uneven(centre())
    assert is_uneven(sim.vary(even, {"queues.0.arrivals.weekday": [1, 1, 1, 1, 1, 1, 2]}))
    assert is_uneven(even.model_copy(update={"start": dt.date(2026, 3, 23), "zone": "Europe/Berlin"}))
    assert is_uneven(sim.load(ROOT / "scenarios" / "night_desk.toml"))


def test_staffing_of_a_night_stands_in_the_lists_of_two_days():
    """Saturday's three hours: two in its list, one in Sunday's, and before the first day in none."""
    scenario = centre()
    each = [[np.array([k + 1, 9 * (k == 3), 8 * (k == 3), *[0] * 6, 1, 1, 1, *[0] * 12])] for k in range(4)]
    for levels in each[:3]:
        levels[0][:3] = 0
    each[3][0][9:12] = 0
    staffed = together(scenario, kinds(scenario), each).groups[0].staffing_by_day
    assert staffed is not None
    assert staffed.sat == (0,) * 22 + (4, 9)
    assert staffed.sun == (8, *[0] * 23)
    assert staffed.mon == (0,) * 9 + (1, 1, 1) + (0,) * 12
    assert not staffed.dates


def test_nights_of_a_clock_change_have_the_hours_that_there_are():
    """A night of seven hours in spring has seven hourly intervals, one of nine has nine; both are dates."""
    night = (
        'open = 09:00:00\nclose = 12:00:00\nsat = { open = 22:00:00, close = 01:00:00 }\nsun = "closed"',
        "open = 22:00:00\nclose = 06:00:00",
    )
    hourly = (
        "per_hour = [20, 0, 0, 0, 0, 0, 0, 0, 0, 20, 40, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 30]\nweekday = [1.5, 1, 1, 1, 0.5, 1, 1]",
        "per_hour = 10",
    )
    for start, change, n in (
        (dt.date(2026, 3, 23), "Sat 2026-03-28", 7),
        (dt.date(2026, 10, 19), "Sat 2026-10-24", 9),
    ):
        scenario = centre(night, hourly, start=start, zone="Europe/Berlin")
        by_title = {kind.title: kind for kind in kinds(scenario)}
        odd = next(kind for title, kind in by_title.items() if len(kind.days) == 1)
        assert sum(chats > 0 for chats in odd.scenario.queues[0].arrivals.per_interval or ()) == n, change
        each = [
            [np.array([int(chats > 0) for chats in kind.scenario.queues[0].arrivals.per_interval or ()])]
            for kind in by_title.values()
        ]
        staffed = together(scenario, list(by_title.values()), each)
        duty = duty_plan(staffed)
        hours = ((duty.off_s - duty.on_s) / 3600).tolist()
        assert hours == [6, 8, 8, 8, 8, 8, n, 8]  # the night before the first day is there too


@pytest.mark.parametrize(
    ("changes", "more", "said"),
    [
        ((("open = 09:00:00", "open = 08:30:00"),), {}, "hours: staffing is planned in intervals of 60 min, and 08:30 lies"),
        ((("[1.5, 1, 1, 1, 0.5, 1, 1]", "[0, 0, 0, 0, 0, 0, 0]"),), {}, "queues: no chat is expected on any day while"),
        ((("max_response_s = 60", "max_response_s = 30"),), {}, r"Mon: targets: no staffing keeps response_s at most 30 s(.|\n)*Sat: targets"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused_by_name(changes: Any, more: dict[str, Any], said: str):
    """Hours within an interval, nobody who comes, and targets that no staffing keeps: every day that misses them."""
    with pytest.raises(sim.StudyError, match=said):
        staff_week(centre(*changes, **more), replications=40, workers=1)


def test_a_day_of_25_hours_round_the_clock_is_refused():
    """And named, with what to do."""
    scenario = centre(
        (
            '[hours]\nopen = 09:00:00\nclose = 12:00:00\nsat = { open = 22:00:00, close = 01:00:00 }\nsun = "closed"\n',
            "",
        ),
        start=dt.date(2026, 10, 19),
        zone="Europe/Berlin",
    )
    with pytest.raises(
        sim.StudyError, match=r"zone: Sun 2026-10-25 is open for 25 hours, .*: leave that date out"
    ):
        kinds(scenario)


# What each day needs


def test_every_day_keeps_its_targets_within_the_work_allowed():
    """On fresh weeks; with fewer hours than one pattern for all days."""
    week = found()
    assert week.kept
    assert all(plan.kept and plan.margin()[0] >= 0 for plan in week.plans)
    assert week.simulated <= MOST_WORK * 40 * 6
    assert week.hours < week.hours_of_one_pattern
    assert week.hours == sum(
        float(plan.hours.sum()) * n for plan, n in zip(week.plans, (1, 3, 1, 1), strict=True)
    )
    busiest = np.max([plan.levels()[0][9:12] for plan in week.plans[:3]], axis=0)
    assert week.hours_of_one_pattern == 5 * busiest.sum() + week.plans[3].hours.sum()


def test_the_written_scenario_keeps_them_too_on_days_of_another_seed():
    """Every interval of every kind of day, as far as those days tell."""
    week = found()
    written_week = parse(written(CENTRE, week.scenario.groups, comment="found"))
    assert written_week.groups == week.scenario.groups
    with executing(1) as ours:
        (runs,) = ours.replications([written_week], 77, range(60), bounds=week.promise.bounds)
    for plan in week.plans:
        trial = of_kind(written_week, plan.kind, week.promise, runs)
        assert not trial.surely_missed(3), plan.title


def test_the_waterfall_reconciles_to_the_hour():
    """On duty, absent, late, planned, each cause and paid: by interval, by day, in the week, and as the run says."""
    week = found()
    told = result(week)
    rows, parts = told.table("hours").rows, told.table("shrinkage").rows
    names = [
        "on_duty_h",
        "absent_h",
        "late_h",
        "planned_h",
        "shrinkage.holidays",
        "shrinkage.training",
        "paid_h",
    ]
    for name in names:
        by_day = {
            plan.title: week.a_week(plan.kind) * sum(row[name] for row in parts if row["day"] == plan.title)
            for plan in week.plans
        }
        assert [row[name] for row in rows] == pytest.approx([*by_day.values(), sum(by_day.values())])
    for row in [*rows, *parts]:
        lost = row["absent_h"] + row["late_h"]
        assert row["on_duty_h"] + lost == pytest.approx(row["planned_h"])
        causes = row["shrinkage.holidays"] + row["shrinkage.training"]
        assert row["planned_h"] + causes == pytest.approx(row["paid_h"])
        assert row["planned_h"] == pytest.approx(row["paid_h"] * 0.9 * 0.95)
    total = rows[-1]
    assert total["absent_h"] > 0
    assert (
        total["paid_h"]
        == pytest.approx(paid_h_a_week(week))
        == pytest.approx(week.estimates.figure("paid_hours").value)
    )
    assert total["planned_h"] == pytest.approx(week.hours)
    assert told.facts["fte"] == pytest.approx(total["paid_h"] / 30)
    on_duty = max(int(plan.plan.sum(axis=0).max()) for plan in week.plans)
    assert told.facts["heads"] == on_duty > ceil(total["paid_h"] / 30), (
        "they can't be there at once otherwise"
    )


@pytest.mark.nightly
def test_the_answer_is_one_shape_with_others(tmp_path: Path):
    """Read back it says, shows and draws the same; 80 columns are enough."""
    told = holds(result(found()), tmp_path)
    assert set(told.pictures()) == {"week", "hours"}
    assert "nearest to missing them is" in "\n".join(told.words)


@pytest.mark.nightly
def test_a_confidence_over_weeks_is_that_of_all_days_together():
    """Six days of 0.9 each are kept together in 0.53 of weeks, so each is staffed for more."""
    week = staff_week(centre(), confidence=0.7, over="week", replications=20, workers=1)
    assert week.promise.confidence == pytest.approx(0.7 ** (1 / 6))
    assert week.kept == (week.weeks_kept >= 0.7 and all(plan.kept for plan in week.plans))
    assert week.hours > found().hours


# What people can promise


def test_too_few_people_promise_less_and_one_day_fails_first():
    """Two people of 20 hours have fewer than the targets take: who is where is within their hours."""
    few = head_count(centre(), 2, contract_h=22.0, replications=20, workers=1)
    assert paid_h_a_week(few.reached) <= 44 + 1e-9
    assert few.people_needed > 2
    assert few.people_needed == result(few.needed, 22.0).facts["heads"]
    assert not few.reached.kept
    assert max(int(plan.plan.sum(axis=0).max()) for plan in few.reached.plans) <= 2
    first, _ = few.reached.first_to_fail
    assert first.margin()[0] == min(plan.margin()[0] for plan in few.reached.plans) < 0
    with pytest.raises(
        sim.StudyError, match=r"one agent at all open times takes 21\.1 paid hours a week, and 2 of 5 h"
    ):
        head_count(centre(), 2, contract_h=5.0, replications=20, workers=1)


def test_people_are_as_many_as_are_on_duty_at_once():
    """Sixty paid hours are two people of 40, but three are there at noon."""
    assert (Heads(60.0, 1, 40.0).employed, Heads(60.0, 1, 40.0, peak=3).employed) == (2, 3)
    assert (
        Heads(60.0, 1, 40.0, peak=3)
        .sentence()
        .endswith("3 people to employ full time, as many as are on duty at once")
    )
    assert Heads(60.0, 1, 40.0, peak=2).grounds == ""


@pytest.mark.nightly
def test_people_enough_keep_the_targets_and_place_what_is_left(tmp_path: Path):
    """With hours to spare the worst interval is better than with the fewest agents."""
    many = head_count(centre(), 12, contract_h=6.0, replications=20, workers=1)
    assert many.reached.kept
    assert many.reached.hours > many.needed.hours
    assert many.reached.first_to_fail[0].margin()[0] > many.needed.first_to_fail[0].margin()[0]
    with pytest.raises(
        sim.StudyError, match=r"head-count: must be at most \d+0, 10 times the people who keep"
    ):
        head_count(centre(), 1_000_000, contract_h=6.0, replications=20, workers=1)
    assert 72 - paid_h_a_week(many.reached) < 1 / 0.9 / 0.95 * 3
    told = holds(head_count_result(many), tmp_path)
    assert told.words[0].startswith("12 people of 6 h a week have 72.0 paid hours")


def test_the_end_of_the_last_night_is_that_of_the_first_morning():
    """Seven alike nights: 56 hourly cells of the week, each once. Of other nights it is not known."""
    night = ('open = 09:00:00\nclose = 12:00:00\nsat = { open = 22:00:00, close = 01:00:00 }\nsun = "closed"', "open = 22:00:00\nclose = 06:00:00")  # fmt: skip
    even = centre(night, ("weekday = [1.5, 1, 1, 1, 0.5, 1, 1]\n", ""))
    (kind,) = kinds(even)
    cells = window(even, kind)[:, :8]
    assert sorted(cells.ravel().tolist()) == [
        24 * day + hour for day in range(7) for hour in (*range(6), 22, 23)
    ]
    other = centre(
        night,
        ("weekday = [1.5, 1, 1, 1, 0.5, 1, 1]", "weekday = [1, 2, 1, 1, 1, 1, 1]"),
        start=dt.date(2026, 3, 3),
        days=5,
    )
    assert (window(other, kinds(other)[-1])[-1, 2:8] == -1).all()
