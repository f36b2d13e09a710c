"""Rosters: the cheapest of all that were enumerated and simulated, and what is told where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from sim.studies.crew import Crew, crew
from sim.studies.staffing.choice import Per
from sim.studies.staffing.cover import Demands
from sim.studies.staffing.guess import guess
from sim.studies.staffing.patterns import candidates
from sim.studies.staffing.plan import blocks
from sim.studies.staffing.promise import promised
from sim.studies.staffing.roster import Planner
from sim.studies.staffing.search import Days, Search
from sim.world.files import parse
from sim.world.scenario import Scenario

CENTRE = """
interval_min = 60
[hours]
open = 08:00:00
close = {close}:00:00
[targets]
{targets}
[[queues]]
name = "q"
arrivals = {{ per_hour = [0, 0, 0, 0, 0, 0, 0, 0, {rates}] }}
patience = {{ law = "exponential", mean_s = 120 }}
service = {service}
[[groups]]
name = "A"
queues = ["q"]
concurrency = {slots}
agents = 1
patterns = [{patterns}]
"""
WORK = '{ work_s = { law = "exponential", mean_s = 200 } }'
TURNS = """{ turns = { law = "geometric", mean = 4 }, agent_s = { law = "exponential", mean_s = 40 },
  customer_s = { law = "exponential", mean_s = 50 } }""".replace("\n", "")
PEAKS = (20, 30, 45, 25, 20)


def centre(
    patterns: str,
    rates: tuple[int, ...] = PEAKS,
    targets: str = "service_level = 0.8",
    service: str = WORK,
    slots: int = 1,
) -> Scenario:
    padded = [*rates, *[0] * (16 - len(rates))]
    return parse(
        CENTRE.format(
            close=f"{8 + len(rates):02d}",
            targets=targets,
            rates=", ".join(map(str, padded)),
            service=service,
            slots=slots,
            patterns=patterns,
        )
    )


CASES = {
    "two shifts": (centre("{ lengths_h = [3], grid_min = 120 }"), Per.INTERVAL, None),
    "three shifts": (centre("{ lengths_h = [3], grid_min = 60 }"), Per.INTERVAL, None),
    "two lengths": (centre("{ lengths_h = [5, 2], grid_min = 90 }"), Per.INTERVAL, None),
    "a break": (
        centre(
            "{ lengths_h = [5], breaks = [{ minutes = 60, earliest_h = 1, latest_h = 3, grid_min = 60 }] }",
            rates=(10, 20, 20, 10, 10),
        ),
        Per.INTERVAL,
        None,
    ),
    "dear part time": (
        centre(
            "{ lengths_h = [5] }, { lengths_h = [2], grid_min = 60, cost_per_hour = 1.3, most_agents = 2 }"
        ),
        Per.INTERVAL,
        None,
    ),
    "missed chats": (
        centre("{ lengths_h = [3], grid_min = 60 }", targets="max_missed = 0.1"),
        Per.INTERVAL,
        None,
    ),
    "by turns": (
        centre("{ lengths_h = [3], grid_min = 60 }", service=TURNS, slots=2, rates=(15, 30, 20, 30, 10)),
        Per.INTERVAL,
        None,
    ),
    "two targets": (
        centre(
            "{ lengths_h = [3, 2], grid_min = 120 }",
            targets="service_level = 0.75\nmax_response_s = 60",
            service=TURNS,
            slots=3,
        ),
        Per.INTERVAL,
        None,
    ),
    "the day": (centre("{ lengths_h = [3], grid_min = 60 }"), Per.DAY, None),
    "most days": (centre("{ lengths_h = [3], grid_min = 60 }"), Per.DAY, 0.8),
    "most days, every interval": (centre("{ lengths_h = [3], grid_min = 120 }"), Per.INTERVAL, 0.9),
}


@pytest.fixture(scope="module")
def hired() -> Iterator[Crew]:
    with crew(2) as ours:
        yield ours


def planner(scenario: Scenario, per: Per, confidence: float | None, hired: Crew, n: int = 80) -> Planner:
    promise, parts = promised(scenario, per, confidence), blocks(scenario)
    search = Search(parts, promise, hired, seed=1)
    days = Days(n)
    found = search.find(guess(parts, promise), days).plan
    required = np.array([parts.spread(level) for level in found.tolist()])
    return Planner(candidates(scenario), search, required, days, 60, None)


def brute_force(plan: Planner, most: int) -> tuple[float, int]:
    """Least cost of all rosters with up to so many agents on each shift that keep the promise; how many were tried."""
    costs = plan.programme.costs
    rosters = [np.array(levels) for levels in product(range(most + 1), repeat=len(costs))]
    rosters.sort(key=lambda agents: float(costs @ agents))
    nothing = Demands(np.zeros(len(plan.programme.presence)))
    for tried, agents in enumerate(rosters):
        if agents.any() and plan.programme.allows(agents, nothing):
            if plan.cutter.trial(agents, plan.days.fine).kept:
                return float(costs @ agents), tried
    raise AssertionError("none keeps it")


@pytest.mark.parametrize("case", CASES)
def test_cost_equals_brute_force(case: str, hired: Crew):
    """All rosters, from the cheapest on, simulated on the same days: the first that keeps the promise."""
    plan = planner(*CASES[case], hired)
    required = plan.required.ravel().astype(float)
    best = plan.cheapest(Demands(plan.least()), plan.programme.solve(Demands(required)))
    cost, tried = brute_force(plan, most=8)

    assert best.cost == pytest.approx(cost)
