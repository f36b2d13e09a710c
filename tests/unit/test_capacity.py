"""A plan over months: heads worked out by hand with all randomness off, hiring, and what is late."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.report.capacity import result
from sim.scenario.capacity import Capacity, HiringClass
from sim.studies.capacity import WEEKS_A_MONTH, CapacityPlan, capacity, hiring, teams, worth_of
from tests.results import holds
from tests.worlds import by_work, group, queue, world


def desk(plan: dict[str, Any] | None, **more: Any) -> sim.Scenario:
    """A chat of ten minutes every five minutes from 09:00 to 12:00: two agents hold one each, and nobody waits."""
    chats = [float(9 * 3600 + 300 * k) for k in range(36)]
    team = group(2, shrinkage={"holidays": 0.2})
    usual = {"interval_min": 60, "hours": {"open": "09:00", "close": "12:00"}, "fte_hours_per_week": 10.0}
    targets = {"service_level": 0.9, "threshold_s": 1.0}
    return world([queue(chats, by_work(600))], [team], capacity=plan, targets=targets, **usual | more)


TWO_MONTHS = {"months": 2, "people": 6, "attrition": 0.25, "notice_months": 0, "cost_per_hire": 100.0}


@cache
def two_months() -> CapacityPlan:
    return capacity(desk(TWO_MONTHS), replications=20, workers=1)


def test_a_two_month_plan_is_right_to_the_head():
    """Two agents for three hours, seven days, a fifth shrinkage: 52.5 paid hours, 5.25 people of 10 hours.

    Of six people (with two hired, eight) a quarter leaves after the first month: two. Four are left, 1.25 are
    missing, so two begin at once and are trained in the second month. A month late they are still in
    training, and 4 of 5.25 have 5 of the 6 agent hours a day.
    """
    found = two_months()
    assert [month.required for month in found.months] == pytest.approx([5.25, 5.25])
    assert [month.needed for month in found.months] == [6, 6]
    assert found.classes == (HiringClass(month=1, people=2),)
    first, second = (month.team for month in found.months)
    assert (first.hired, first.people, first.in_training, first.productive, first.leavers) == (2, 8, 2, 6, 2)
    assert (second.hired, second.people, second.in_training, second.productive) == (0, 6, 0, 6)
    assert [month.first for month in found.months] == [dt.date(2026, 3, 1), dt.date(2026, 4, 1)]
    assert all(month.kept and month.short == 0 for month in found.months)
    assert found.months[0].cost == pytest.approx(8 * 10 * WEEKS_A_MONTH + 200)

    late = found.late[1]
    assert (late.team.people, late.team.in_training, late.team.productive, late.short) == (6, 2, 4, 1.25)
    assert not late.kept
    assert late.estimates.figure("paid_hours").value == pytest.approx(5 / 0.8)
    assert found.months[1].estimates.figure("service_level").value == 1.0


def test_it_is_one_shape_with_other_answers(tmp_path: Path):
    """Read back it says, shows and draws the same; the sheet has a planner's columns."""
    told = holds(result(two_months()), tmp_path)
    assert set(told.pictures()) == {"people", "kept"}
    assert told.words[0] == "Hire 2 people: 2 in Mar 2026 (decided in Mar 2026)."
    (row, _) = told.table("months").rows
    assert row["volume"] == pytest.approx(36 * 31)
    assert row["workload_h"] == pytest.approx(36 * 31 / 6)
    assert row["shrinkage"] == pytest.approx(0.2)
    assert (row["net_fte"], row["required_fte"]) == pytest.approx((42 / 10, 52.5 / 10))


def test_people_come_and_go_by_the_month():
    """Ten people of whom a tenth leaves, and three hired in the second month: in training, half worth, trained."""
    plan = Capacity(months=4, people=10, attrition=0.1, classes=[{"month": 2, "people": 3}])  # type: ignore[list-item]
    found = teams(plan, plan.classes, (0.0, 0.5))
    assert [team.people for team in found] == [10, 12, 11, 10]
    assert [team.in_training for team in found] == [0, 3, 0, 0]
    assert [team.in_ramp for team in found] == [0, 0, 3, 0]
    assert [team.productive for team in found] == [10, 9, 9.5, 10]
    assert [team.leavers for team in found] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("notice", "classes"),
    [(0, [(1, 2)]), (1, [(2, 4)]), (2, [(3, 2)])],
    ids=["full worth in time", "half worth in time: twice as many", "too late for the third month"],
)
def test_people_are_hired_as_late_as_they_are_worth_most(notice: int, classes: list[tuple[int, int]]):
    """Two more are needed from the third month on; who begins is in training for a month, then worth half.

    With two months of notice the third month stays short: who begins in it is worth half in the fourth, and
    the rest of the plan has two months for the fifth.
    """
    plan = Capacity(months=5, people=10, notice_months=notice, training_months=1, ramp=(0.5,))
    required = [10.0, 10.0, 12.0, 12.0 if notice < 2 else 11.0, 12.0]
    found = hiring(plan, required, (0.0, 0.5))
    assert [(each.month, each.people) for each in found] == classes
    short = [
        wanted > team.productive
        for wanted, team in zip(required, teams(plan, found, (0.0, 0.5)), strict=True)
    ]
    assert short == [False, False, notice == 2, False, False]


def test_people_learn_as_new_hires_of_the_scenario_do():
    """Speed 0.6 that rises over 20 days: 0.86 in the mean of a month, after one in training."""
    scenario = desk(TWO_MONTHS)
    ramp = sim.Ramp(new_hires=1, speed=0.6, days=20)
    learning = scenario.model_copy(update={"groups": (scenario.groups[0].model_copy(update={"ramp": ramp}),)})
    assert scenario.capacity is not None
    assert worth_of(learning, scenario.capacity) == pytest.approx((0.0, (12 + 3.8 + 10) / 30))
    own = scenario.capacity.model_copy(update={"ramp": (0.5, 0.75)})
    assert worth_of(learning, own) == (0.0, 0.5, 0.75)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"volume": [1.0]}, "volume: needs a factor for each of the 2 months, got 1 of them"),
        ({"volume": [1.0, 1.1], "growth": 0.1}, "growth: volume says already how chats grow"),
        ({"classes": [{"month": 3, "people": 1}]}, r"classes.0.month: must be one of the plan's months, 1 to 2"),
        ({"attrition": 1.0}, "attrition: must be below 1, got 1"),
    ],
)  # fmt: skip
def test_a_plan_that_says_what_cannot_be_is_refused(change: dict[str, Any], said: str):
    """By place, law and value."""
    with pytest.raises(sim.ScenarioError, match=said):
        Capacity(**TWO_MONTHS | change)


def test_what_it_takes_is_asked_for():
    """A plan; and demand that can grow."""
    with pytest.raises(sim.StudyError, match=r"capacity: is missing: say how many people there are"):
        capacity(desk(None))
    with pytest.raises(
        sim.StudyError, match=r"queues.0.arrivals.times_s: exact times can't be made more or fewer"
    ):
        capacity(desk(TWO_MONTHS | {"growth": 0.1}))


def test_who_may_begin_later_does():
    """Eleven are needed in the fourth month, fourteen in the fifth: four begun in the third are then worth two.

    So the one who would begin in the second month, to be trained by the fourth, begins with the other three.
    """
    plan = Capacity(months=5, people=10, notice_months=1, ramp=(0.5,))
    found = hiring(plan, [10.0, 10.0, 10.0, 11.0, 14.0], (0.0, 0.5))
    assert [(each.month, each.people) for each in found] == [(3, 4)]
