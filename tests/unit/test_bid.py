"""A bid on simulated months: worked by hand without chance, and against exact enumeration with it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import stats

import sim
from sim.report.bid import result
from sim.runs.executor import executing
from sim.scenario.bid_clauses import Clause
from sim.scenario.money import cents
from sim.studies.bid.case import Case, case, case_of
from sim.studies.bid.contract import Contract, contracts
from sim.studies.bid.measures import measures_of, sentence, sentences
from sim.studies.bid.outcome import chance
from sim.studies.bid.prices import price_for
from sim.studies.bid.simulated import COUNTS, Pool
from sim.studies.bid.study import bid
from tests.results import holds
from tests.worlds import by_work, group, queue, world

D = Decimal
COST = {"wage_per_hour": 12, "on_cost_share": 0.25, "platform_per_chat": 0.05}
CLAUSES = [
    {"name": "Fast", "kind": "bonus", "promise": ["service_level >= 95%"], "share_of_charges": 0.02},
    {"name": "Pace", "promise": ["chats_per_agent_hour >= 7"], "amount": 500},
]


def offer(arrivals: Any, **more: Any) -> sim.Scenario:
    """Two agents from 09:00 to 12:00, a fifth shrinkage, chats of ten minutes; 22 open days a month."""
    asked = {
        "currency": "EUR",
        "days_per_month": 22,
        "cost": COST,
        "clauses": CLAUSES,
        "prices": [{"kind": "chat", "per_chat": "2.10"}],
    }
    return world(
        [queue(arrivals, by_work(600))], [group(2, shrinkage={"holidays": 0.2})], interval_min=60,
        hours={"open": "09:00", "close": "12:00"}, targets={"service_level": 0.9, "threshold_s": 1.0}, bid=asked | more,
    )  # fmt: skip


EVERY_FIVE_MINUTES = [float(9 * 3600 + 300 * k) for k in range(36)]


def of_counts(sums: np.ndarray[Any, Any], clauses: list[dict[str, Any]], **more: Any) -> Case:
    """Contracts of months of one day, whose (condition, side, month) *sums* are known: nothing is simulated."""
    asked = {"clauses": clauses, "days_per_month": 1} | more
    contract = Contract.of(offer(EVERY_FIVE_MINUTES, **asked))
    some = sentences(contract.scenario)
    n = sums.shape[-1]
    pool = Pool(contract, np.zeros((1, n, 1, len(COUNTS))) + 100, sums[:, :, None, :, None])
    return case_of(pool, contracts(contract, 3, n), contract.hours(), some, measures_of(some))


def test_a_month_with_two_clauses_is_right_to_the_cent():
    """36 chats a day, 792 a month: 1,663.20 charged, 2 % bonus 33.264, and 500 for 6 chats an hour, not 7.

    132 hours on duty are 165 paid, 1,980.00; on-cost 495.00; 39.60 for the platform: 2,514.60. So each month
    is −1,318.136, and twelve are −15,817.632.
    """
    found = bid(offer(EVERY_FIVE_MINUTES), months=5, is_brief=True, workers=1)
    out = found.outcome
    assert cents(out.mean(out.charged)) == D("19958.40")
    assert cents(out.mean(out.cost)) == D("30175.20")
    assert cents(out.mean(out.service)) == D("-5600.83")
    assert {cents(month) for row in out.results for month in row} == {D("-1318.14")}
    assert cents(out.mean(out.results)) == D("-15817.63"), "rounded once, not by the month"
    # 1.02 × 2.10 × f × 792 × 12 = 30,175.20 + 6,000
    assert found.break_even == pytest.approx(36175.20 / (19958.40 * 1.02))
    assert found.wanted.factor == pytest.approx((30175.20 / 0.85 + 6000) / (19958.40 * 1.02))
    assert found.wanted.best == pytest.approx(0.15)
    assert [month.parts for month in found.base.costs] == [found.base.costs[0].parts] * 12


def test_chance_agrees_with_the_hand_in_the_mean_and_months_are_alike_bit_for_bit(tmp_path):
    """As many chats on average, 12 an hour: with nobody to learn or leave the first month is the last."""
    rates = [12.0 if 9 <= hour < 12 else 0.0 for hour in range(24)]
    clauses = [
        *CLAUSES[1:],
        {
            "name": "Both",
            "promise": ["service_level >= 60%", "wait_p90_s <= 900"],
            "share_of_charges": 0.05,
            "window": "quarter",
        },
    ]
    found = bid(
        offer({"per_hour": rates}, clauses=clauses, forecast_cv=0.1), months=20, agents=(1,), workers=1
    )
    out = found.outcome
    charged = out.mean_with_interval(out.charged)
    half = charged.high - charged.value
    assert abs(charged.value - 19958.40) < 2 * half < 4000
    first, last = ([row[k] for row in out.results] for k in (0, 11))
    assert sorted(first) != sorted(first)[:1] * len(first), "months differ"
    monthly = [[row[k] for row in out.charged] for k in (0, 11)]
    assert sum(monthly[0]) == sum(monthly[1])
    assert sorted(monthly[0]) == sorted(monthly[1])
    assert len(first) == len(last)

    # A quarter is three months of the pool: all triples there are, against the contracts drawn of them.
    top, bottom = found.base.pool.sums[1, :, 0].sum(axis=2)
    kept = [
        sum(top[k] for k in each) >= 0.6 * sum(bottom[k] for k in each)
        for each in product(range(20), repeat=3)
    ]
    flags = found.base.windows[1].each[0]
    assert abs(flags.mean() - np.mean(kept)) < 0.03

    shown = holds(result(found), tmp_path)
    assert shown.facts["mean_left"] == float(cents(out.mean(out.results)))
    forms = {(row["clause"], row["form"]) for row in shown.table("forms").rows}
    assert {
        ("Pace", "daily"),
        ("Pace", "yearly"),
        ("Both", "service_level >= 60% alone"),
        ("Both", "any of them enough"),
    } < forms
    assert [row["added"] for row in shown.table("agents").rows] == [0, 1]
    again = bid(
        offer({"per_hour": rates}, clauses=clauses, forecast_cv=0.1),
        months=20,
        agents=(),
        is_brief=True,
        workers=2,
    )
    assert again.outcome.results == out.results
    new = offer({"per_hour": rates}, cost=COST | {"begins_new": True, "ramp": [0.5]}, clauses=[])
    hours = [month.paid_h for month in bid(new, months=5, is_brief=True, workers=1).base.costs]
    assert hours[0] == 2 * hours[11]


def test_probabilities_are_those_of_exact_enumeration():
    """Months of 100 chats, each in time with probability 0.8: of a month, a quarter, and any month of twelve."""
    n = 600
    rng = np.random.default_rng(5)
    top = rng.binomial(100, 0.8, n).astype(float)
    late = 100 - top + rng.binomial(4, 0.5, n)
    sums = np.array([[top, np.full(n, 100.0)], [late, np.full(n, 100.0)]])
    both = {"name": "Both", "promise": ["service_level >= 80%", "abandonment <= 20%"], "amount": 100}
    found = of_counts(sums, [both])
    monthly = found.judged(
        sentence(found.contract.scenario, Clause(name="M", promise=("service_level >= 80%",), amount=1))
    )
    quarterly = found.judged(
        sentence(
            found.contract.scenario,
            Clause(name="Q", promise=("service_level >= 80%",), amount=1, window="quarter"),
        )
    )
    p = stats.binom.cdf(79, 100, 0.8)
    assert abs((~monthly.kept).mean() - p) < 3 * (p * (1 - p) / n) ** 0.5
    q = stats.binom.cdf(239, 300, 0.8)
    assert abs((~quarterly.kept).mean() - q) < 3 * (q * (1 - q) / (n / 3)) ** 0.5
    assert abs((~monthly.kept).any(axis=1).mean() - (1 - (1 - p) ** 12)) < 0.02
    told = chance(~monthly.kept, monthly.ends, found.contract, monthly.days, found.taken, n)
    assert (told.high - told.low) / 2 == pytest.approx(1.96 * (p * (1 - p) / n) ** 0.5, rel=0.05)
    assert not abs((~monthly.kept).mean() - stats.binom.cdf(81, 100, 0.8)) < 3 * (p * (1 - p) / n) ** 0.5, (
        "a control"
    )

    own = found.windows[0].each
    together = own.all(axis=0).mean()
    assert together > own[0].mean() * own[1].mean() + 0.1, "and is not the product"


def test_busy_days_outages_and_client_dictated_staffing_are_left_out():
    top, bottom = np.array([50.0, 90.0, 90.0]), np.full(3, 100.0)
    clauses = [
        {"name": "All", "promise": ["service_level >= 80%"], "amount": 1},
        {"name": "Usual days", "promise": ["service_level >= 80%"], "amount": 1, "excluded_above_forecast": 1.2},
        {"name": "Theirs", "promise": ["service_level >= 80%"], "amount": 1, "client_dictates_staffing": True},
        {"name": "Grace", "promise": ["service_level >= 80%"], "amount": 1, "grace_months": 11},
    ]  # fmt: skip
    found = of_counts(np.array([[top, bottom]]), clauses)
    assert [each.is_due.sum() * 3 for each in found.windows] == [found.taken.size, 0, 0, len(found.taken)]
    # 100 chats a day where 36 are forecast: nothing is measured.
    assert not found.windows[1].is_measured.any()


def test_a_price_that_no_margin_can_be_reached_with_says_the_best():
    top, bottom = np.full(5, 50.0), np.full(5, 100.0)
    lost = [{"name": "All", "promise": ["service_level >= 80%"], "share_of_charges": 1}]
    found = of_counts(np.array([[top, bottom]]), lost)
    out = found.outcome()
    reached = price_for(found, out, 0.15, 0.9)
    assert reached.factor is None
    assert reached.best == float("-inf")
    half = of_counts(np.array([[top, bottom]]), [lost[0] | {"share_of_charges": 0.5}])
    assert price_for(half, half.outcome(), 0.15, 0.9).best == pytest.approx(0.15)


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(sim.StudyError, match=r"no \[bid\]"):
        sim.bid(offer(EVERY_FIVE_MINUTES).model_copy(update={"bid": None}))
    with pytest.raises(sim.StudyError, match="can't be made more or fewer"):
        sim.bid(offer(EVERY_FIVE_MINUTES, forecast_cv=0.1))
    with pytest.raises(sim.StudyError, match="at least 5 months"):
        sim.bid(offer(EVERY_FIVE_MINUTES), months=4)
    with pytest.raises(sim.StudyError, match="no wage for Mon"):
        sim.bid(offer(EVERY_FIVE_MINUTES, cost={"wages": [{"days": ["sun"], "wage_per_hour": 9}]}))


def test_more_agents_cost_what_they_are_paid():
    with executing(1) as executor:
        base, more = (case(Contract.of(offer(EVERY_FIVE_MINUTES), added), 5, executor, 1) for added in (0, 1))
    assert more.costs[0].parts["wages"] == base.costs[0].parts["wages"] * 3 / 2
    assert more.concurrency == base.concurrency == 1.0
    assert more.occupancy == pytest.approx(base.occupancy * 2 / 3, rel=0.01)
    cheaper = replace(base).outcome()
    assert cheaper.margins[0] == pytest.approx(float(-15817.632 / (19958.40 - 5600.832)))


def test_a_day_with_an_outage_is_not_measured_where_the_clause_says_so():
    """Two days in turn, the second with an outage in force: every other day is left out."""
    outage = {"kind": "outage", "start": "2026-03-03T10:00:00", "minutes": 10}
    clauses = [
        {
            "name": "SL",
            "promise": ["service_level >= 80%"],
            "amount": 1,
            "window": "day",
            "excludes_outages": True,
        }
    ]
    arrivals = [*EVERY_FIVE_MINUTES, *(at + 86_400 for at in EVERY_FIVE_MINUTES)]
    asked = {
        "currency": "EUR",
        "days_per_month": 4,
        "cost": COST,
        "clauses": clauses,
        "prices": [{"kind": "hour", "per_hour": 30}],
    }
    centre = world(
        [queue(arrivals, by_work(600))], [group(2)], hours={"open": "09:00", "close": "12:00"}, days=2,
        stress={"in_force": True, "incidents": [outage]}, bid=asked,
    )  # fmt: skip
    with executing(1) as executor:
        found = case(Contract.of(centre), 5, executor, 1)
    assert found.windows[0].is_measured[0, :4].tolist() == [True, False, True, False]
