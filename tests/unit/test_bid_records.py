"""`[bid]` in a scenario: amounts are decimals, and everything that is wrong with it is told at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

import sim
from sim.scenario.bid import Bid
from sim.scenario.bid_clauses import Clause, read_condition
from sim.scenario.bid_cost import Cost
from sim.scenario.bid_price import Anchored, PerHour
from sim.scenario.files import parse
from tests.worlds import by_work, group, queue, world

CENTRE = """
[[queues]]
name = "orders"
arrivals = { times_s = [0.0] }
service = { work_s = { law = "fixed", mean_s = 60 }, aht_s = [60.0] }
[[groups]]
name = "Tier 1"
queues = ["orders"]
agents = 1
[bid]
currency = "EUR"
"""
BROKEN = (
    CENTRE
    + """
months = 2
at_risk_share = 0.1
[bid.cost]
on_cost_share = "a fifth"
wages = [{ days = ["sun"], premium_share = 0.5, groups = ["Tier 2"] }]
[[bid.prices]]
kind = "chat"
per_chat = "3.00 USD"
counted = "resolved"
[[bid.prices]]
kind = "anchored"
baseline_chats = 1000
per_month = 50000.0
deadband_share = 0.1
additional = [{ until_chats = 1050, per_chat = 40 }, { per_chat = 30 }]
[[bid.clauses]]
name = "Bonus"
kind = "bonus"
promise = ["service_level >= 60%"]
amount = 500
cap = 400
[[bid.clauses]]
name = "Good"
kind = "bonus"
promise = ["service_level >= 60%"]
amount = 500
[[bid.clauses]]
name = "Bad"
promise = ["service_level >= 75%"]
share_of_charges = 0.05
[[bid.clauses]]
name = "Opinions"
promise = ["csat >= 80%", "order.asa_s <= 60", "frt_s <= 60"]
amount = 10
[[bid.clauses]]
name = "Two amounts"
promise = ["service_level >= 75%"]
amount = 10
per_chat = 0.1
"""
)


def bid(**more: object) -> Bid:
    usual = {"currency": "EUR", "cost": Cost(wage_per_hour=15), "prices": [PerHour(per_hour=30)]}
    return Bid(**usual | more)


def test_everything_wrong_with_a_bid_is_told_at_once_with_its_place():
    with pytest.raises(sim.ScenarioError) as error:
        parse(BROKEN)
    told = {problem.place: (problem.line, problem.law) for problem in error.value.problems}
    assert all(line for line, _ in told.values())
    laws = {
        "bid.cost.on_cost_share": "must be a number",
        "bid.cost.wages.0.groups.0": "no group has this name",
        "bid.prices.0.per_chat": "currencies are mixed: the bid is in EUR",
        "bid.prices.0.counted": "needs a [quality] table",
        "bid.prices.1.additional.0.until_chats": "a band ends above where it begins, at 1100",
        "bid.clauses.0.amount": "is above the clause's cap, 400",
        "bid.clauses.1.promise.0": "contradicts the malus 'Bad'",
        "bid.clauses.3.promise.0": "the scenario has no csat",
        "bid.clauses.3.promise.1": "no queue or group is called 'order'",
        "bid.clauses.3.promise.2": "the scenario has no frt_s",
        "bid.clauses.4": "give exactly one of share_of_charges, amount and per_chat",
    }
    assert {place: told.get(place, (0, ""))[1][: len(law)] for place, law in laws.items()} == laws
    assert "queues" not in " ".join(told), "nothing else is wrong"


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"clauses": [{"name": "A", "promise": ["asa_s <= 9"], "amount": 1, "window": "quarter"}], "months": 2}, "clauses.0.window"),
        ({"clauses": [{"name": "A", "promise": ["asa_s <= 9"], "amount": 1, "grace_months": 2}], "months": 2}, "clauses.0.grace_months"),
        ({"clauses": [{"name": "A", "promise": ["asa_s <= 9"], "amount": 1}] * 2}, "clauses.1.name"),
        ({"clauses": [{"name": "A", "promise": ["asa_s <= 9"], "share_of_charges": 0.1, "cap_share_of_charges": 0.5}], "at_risk_share": 0.2}, "clauses.0.cap_share_of_charges"),
        ({"volume": [1.0]}, "volume"),
        ({"cost": {}}, "cost.wage_per_hour"),
        ({"cost": {"wage_per_hour": 15, "begins_new": True}}, "cost.ramp"),
        ({"cost": {"wage_per_hour": 15, "supervisor_per_month": 1}}, "cost.span_agents_per_supervisor"),
        ({"cost": {"wage_per_hour": "15 CHF"}}, "cost.wage_per_hour"),
        ({"cost": {"wage_per_hour": float("nan")}}, "cost.wage_per_hour"),
        ({"prices": []}, "prices"),
    ],
)  # fmt: skip
def test_a_bid_that_cannot_be_is_refused_with_its_place(wrong, place):
    with pytest.raises(sim.ScenarioError) as error:
        bid(**wrong)
    assert [problem.place.removeprefix("Bid.") for problem in error.value.problems] == [place]


def test_amounts_are_what_was_typed():
    typed = bid(cost={"wage_per_hour": "15.10 EUR", "on_cost_share": 0.1})
    assert typed.cost.wage_per_hour + typed.cost.on_cost_share == Decimal("15.20")
    assert typed == bid(cost={"wage_per_hour": 15.1, "on_cost_share": 0.1})
    centre = world([queue([0.0], by_work(60))], [group(1)], bid=typed)
    assert centre.model_copy(update={"name": "another"}).bid == typed
    assert sim.vary(centre, {"bid.cost.wage_per_hour": 16.3}).bid.cost.wage_per_hour == Decimal("16.3")


def test_a_promise_is_kept_on_the_side_that_it_names():
    assert read_condition("orders.wait_p90_s <= 60", ["orders"], [])[1:5] == (
        "wait_p90_s",
        "at most",
        60.0,
        "queue",
    )
    with pytest.raises(sim.errors.ThresholdError, match="the window of the clause"):
        read_condition("asa_s <= 60 over run", [], [])


def test_bands_and_steps_go_outwards():
    with pytest.raises(sim.ScenarioError, match="a band ends below where it begins, at 900"):
        Anchored(
            baseline_chats=1000,
            per_month=1,
            deadband_share=0.1,
            reduced=[{"until_chats": 950, "per_chat": 1}, {"per_chat": 1}],
        )
    with pytest.raises(sim.ScenarioError, match="needs a promise of one figure"):
        Clause(name="A", promise=["asa_s <= 9", "abandonment <= 5%"], per_point=True, amount=1)
    text = CENTRE + (
        "cost = { wage_per_hour = 1 }\nprices = [{ kind = 'hour', per_hour = 2 }]\n"
        "clauses = [{ name = 'A', promise = ['service_level >= 80%'], amount = 1, steps = [{ beyond = 0.9, amount = 2 }] }]"
    )
    with pytest.raises(sim.ScenarioError, match=r"bid.clauses.0.steps.0.beyond: each step goes further off"):
        parse(text)
