"""The arithmetic of a bid, worked by hand to the cent. All numbers are ours."""

from __future__ import annotations

from decimal import Decimal

import pytest

import sim
from sim.scenario.bid_clauses import Clause
from sim.scenario.bid_cost import Cost
from sim.scenario.bid_price import Anchored, PerChat, PerHour, PerMinute
from sim.scenario.money import cents
from sim.studies.bid.clauses import Judged, due, settled, within_risk
from sim.studies.bid.cost import Month, month_costs
from sim.studies.bid.hours import hours_by_day
from sim.studies.bid.people import teams
from sim.studies.bid.price import Volumes, charges, scaled
from tests.worlds import by_work, group, queue, world

D = Decimal
ANCHORED = Anchored(
    baseline_chats=1000, per_month=50000, deadband_share=0.1,
    additional=[{"until_chats": 1200, "per_chat": 45}, {"per_chat": 40}],
    reduced=[{"until_chats": 850, "per_chat": 30.05}, {"per_chat": 25}],
)  # fmt: skip


@pytest.mark.parametrize(
    ("chats", "amount"),
    [
        (800, "47247.50"),  # 50 × 30.05 and 50 × 25 less
        (850, "48497.50"),
        (900, "50000.00"),
        (1000, "50000.00"),
        (1100, "50000.00"),
        (1101, "50045.00"),
        (1250, "56500.00"),  # 100 × 45 and 50 × 40 more
    ],
)
def test_within_the_deadband_the_fee_stays_and_beyond_it_each_band_has_its_charge(chats, amount):
    assert cents(charges(ANCHORED, Volumes(offered=D(chats)))) == D(amount)


def test_tiers_minimums_and_fees():
    tiered = PerChat(
        per_chat="2.10",
        tiers=[{"above_chats": 100, "per_chat": 1.5}, {"above_chats": 150, "per_chat": 1}],
        fixed_per_month=5,
    )
    assert charges(tiered, Volumes(handled=D(170))) == D("310")  # 5 + 100 × 2.10 + 50 × 1.50 + 20
    least = PerChat(per_chat=2, counted="offered", minimum_share_of_forecast=0.9)
    assert charges(least, Volumes(offered=D(70), forecast=D(100))) == 180
    assert charges(least, Volumes(offered=D(95), forecast=D(100))) == 190
    assert charges(PerMinute(per_minute=0.5, minimum_per_month=40), Volumes(minutes=D(61))) == 40
    dearer = scaled(ANCHORED, D("1.1"))
    assert cents(charges(dearer, Volumes(offered=D(1250)))) == D("62150.00")
    assert (dearer.baseline_chats, dearer.deadband_share) == (1000, D("0.1"))


def test_a_cost_an_hour_of_nine_factors():
    """A trained person: 160 paid hours, a fifth of them lost; the second month replaces a twentieth.

    On duty 128 h × 14.00 = 1,792.00; holidays 448.00; on-cost 22 % of 2,240.00 = 492.80; recruiting
    0.05 × 1,200 = 60.00; training 0.05 × (300 + 80 h × 17.08) = 83.32; supervisors 4,000 / 12.5 = 320.00;
    seats 0.8 × 250 = 200.00; licences 90.00; overhead 10 % of 3,486.12 = 348.612. Together 3,834.732.
    """
    cost = Cost(
        wage_per_hour=14, on_cost_share=0.22, attrition_per_month=0.05, recruiting_per_hire=1200,
        training_h_per_hire=80.0, training_per_hire=300, supervisor_per_month=4000,
        span_agents_per_supervisor=12.5, seat_per_month=250, seats_per_agent=0.8, licence_per_agent_month=90,
        platform_per_chat=0.05, overhead_share=0.1, setup=1000, inflation_per_year=0.03,
    )  # fmt: skip
    month = Month(D(128), D(160), D(1792), {"holidays": D(448)})
    found = month_costs(cost, [month] * 14, D(160))
    second = found[1]
    assert {name: cents(amount) for name, amount in second.parts.items() if amount} == {
        "wages": D("1792.00"), "shrinkage: holidays": D("448.00"), "on-cost": D("492.80"),
        "recruiting": D("60.00"), "training": D("83.32"), "supervisors": D("320.00"), "seats": D("200.00"),
        "licences": D("90.00"), "overhead": D("348.61"),
    }  # fmt: skip
    assert second.fixed == D("3834.732")
    assert cents(second.fixed / second.duty_h) == D("29.96")
    assert cents(second.total(D(1000))) == D("3889.73")  # 1,000 × 0.05 × 1.1 more
    assert found[0].fixed == second.fixed - (D(60) + D("83.32")) * D("1.1") + 1000
    assert cents(found[12].fixed) == cents(found[11].fixed * D("1.03"))


def test_with_nobody_to_learn_or_leave_all_months_are_the_same():
    months = [Month(D(128), D(160), D(1792), {})] * 12
    found = month_costs(Cost(wage_per_hour=14, on_cost_share=0.3, ramp=(0.5,)), months, D("140.1"))
    assert found[0] == found[11]
    new = month_costs(Cost(wage_per_hour=14, begins_new=True, ramp=(0.5, 0.8)), months, D(160))
    assert [month.paid_h for month in new[:4]] == [320, 200, 160, 160]
    assert new[0].parts["learning"] == new[0].parts["wages"]


def test_a_team_learns_and_loses_people():
    """New ones are worth half in their first month; a tenth leaves every month.

    Two people do the work of one; a month later 1.8 are left, of whom one is needed. Then 0.9 are left, and
    0.2 new people make up for the tenth that is missing.
    """
    found = teams(Cost(wage_per_hour=1, attrition_per_month=0.1, begins_new=True, ramp=(0.5,)), 3)
    assert found == ((2, 2), (1, 0), (D("1.10"), D("0.2")))


def test_a_malus_of_points_is_a_share_of_the_charges():
    """Promised 98 %, reached 95.5 %: 2.5 points, 2.5 % of 80,000."""
    clause = Clause(
        name="Availability", promise=["service_level >= 98%"], share_of_charges=0.01, per_point=True
    )
    window = Judged(False, 0, points_off=D("2.5"), charges=D(80000))
    assert due(clause, window) == D("-2000")
    assert due(clause.model_copy(update={"cap_share_of_charges": D("0.02")}), window) == D("-1600")
    assert due(clause.model_copy(update={"cap": D(700)}), window) == D("-700")
    assert due(clause.model_copy(update={"client_dictates_staffing": True}), window) == 0
    assert due(clause, Judged(False, 0, is_measured=False)) == 0


def test_steps_sums_and_bonuses():
    clause = Clause(
        name="SL", promise=["service_level >= 80%"], amount=500,
        steps=[{"beyond": 0.75, "share_of_charges": 0.05}, {"beyond": 0.7, "per_chat": 0.25}],
    )  # fmt: skip
    windows = [Judged(False, 0, step=step, chats=D(9000), charges=D(40000)) for step in (None, 0, 1)]
    assert [due(clause, window) for window in windows] == [-500, -2000, -2250]
    bonus = Clause(name="Good", kind="bonus", promise=["service_level >= 90%"], amount=300)
    assert [due(bonus, Judged(kept, 0)) for kept in (True, False)] == [300, 0]


def test_months_of_grace_and_earning_back():
    clause = Clause(
        name="SL", promise=["service_level >= 80%"], amount=100, grace_months=2, earn_back_windows=2
    )
    missed = [0, 2, 5, 10]
    windows = [Judged(month not in missed, month) for month in range(12)]
    found = settled(clause, windows, 12)
    # Month 0 is of grace; 2 is paid back by 3 and 4, 5 by 6 and 7; after 10 only one month follows.
    assert {month: amount for month, amount in enumerate(found) if amount} == {
        2: -100,
        4: 100,
        5: -100,
        7: 100,
        10: -100,
    }
    assert within_risk(D(-300), D(1000), D("0.2")) == -200
    assert within_risk(D(-300), D(1000), None) == -300


def test_wages_by_hour_weekday_holiday_and_group():
    """Two agents from 10:00 to 14:00, Saturday, Sunday and a Monday that is a holiday of Germany; one at night.

    Saturday: 2 × 4 h × 10; Sunday half as much again; Easter Monday twice as much; after 12:00 all hours are 11.
    """
    cost = Cost(
        wage_per_hour=10, wages=[{"days": ["holiday"], "premium_share": 1}, {"days": ["sun"], "premium_share": 0.5}, {"start": "12:00", "groups": ["A"], "wage_per_hour": 11}],
    )  # fmt: skip
    shift = {"agents": 2, "start": "10:00", "end": "14:00", "days": ["sat", "sun"], "dates": ["2026-04-06"]}
    centre = world(
        [queue([0.0], by_work(60))], [{"name": "A", "queues": ["q"], "shifts": [shift], "shrinkage": {"ill": 0.2}}],
        start="2026-04-04", days=3, holidays={"country": "DE", "closed": False},
    )  # fmt: skip
    days = hours_by_day(centre, cost)
    assert [day.wages for day in days] == [2 * 2 * 10 + 2 * 2 * 11, 8 * 15, 8 * 20]
    assert [day.duty_h for day in days] == [8, 8, 8]
    assert [day.paid_h for day in days] == [10, 10, 10]
    assert days[1].lost == {"ill": 30}
    with pytest.raises(
        sim.errors.StudyError, match=r"no wage for Sat 2026-04-04 00:00 to 24:00, in which 'A' works 8 h"
    ):
        hours_by_day(centre, Cost(wages=[{"days": ["sun", "holiday"], "wage_per_hour": 9}]))


def test_hours_at_night_belong_to_their_day():
    centre = world([queue([0.0], by_work(60))], [group(1)])
    assert hours_by_day(centre, Cost(wage_per_hour=7))[0].wages == 24 * 7
    assert scaled(PerHour(per_hour=30), D(2)).per_hour == 60
