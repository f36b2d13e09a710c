"""Rosters: the cheapest of all that were enumerated and simulated, and what is told where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest

from sim.errors import StudyError
from sim.runs.executor import Executor, executing
from sim.scenario.files import load, parse
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per
from sim.studies.staffing.cover import Demands, Solution
from sim.studies.staffing.guess import guess
from sim.studies.staffing.patterns import candidates
from sim.studies.staffing.plan import blocks
from sim.studies.staffing.promise import promised
from sim.studies.staffing.roster import Planner, roster
from sim.studies.staffing.search import Days, Search
from sim.studies.staffing.trial import Evaluation
from tests.conftest import SCENARIOS

pytestmark = pytest.mark.slow

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
def executor() -> Iterator[Executor]:
    with executing(2) as ours:
        yield ours


def planner(
    scenario: Scenario, per: Per, confidence: float | None, executor: Executor, n: int = 80
) -> Planner:
    promise, parts = promised(scenario, per, confidence), blocks(scenario)
    search = Search(parts, promise, executor, seed=1)
    days = Days(n)
    found = search.find(guess(parts, promise), days).plan
    required = np.array([parts.spread(level) for level in found.tolist()])
    return Planner(candidates(scenario), search, required, days, 60, None)


def brute_force(plan: Planner, most: int = 8) -> float:
    """Least cost of all rosters with up to so many agents on each shift that keep the promise."""
    costs = plan.programme.costs
    rosters = [np.array(levels) for levels in product(range(most + 1), repeat=len(costs)) if any(levels)]
    rosters.sort(key=lambda agents: float(costs @ agents))
    nothing = Demands(np.zeros(len(plan.programme.presence)))
    for agents in rosters:
        if plan.programme.allows(agents, nothing) and plan.cutter.trial(agents, plan.days.fine).kept:
            return float(costs @ agents)
    raise AssertionError("none keeps it")


@cache
def cheapest(case: str, executor: Executor) -> tuple[Planner, float, float]:
    """The planner, the cost of the roster that it finds, and that of covering the requirement."""
    plan = planner(*CASES[case], executor)
    covering = plan.programme.solve(Demands(plan.required.ravel().astype(float)))
    return plan, plan.cheapest(Demands(plan.least()), covering).cost, covering.cost


@pytest.mark.parametrize("case", CASES)
def test_cost_equals_brute_force(case: str, executor: Executor):
    """All rosters, from the cheapest on, simulated on the same days: the first that keeps the promise."""
    plan, cost, _ = cheapest(case, executor)

    assert cost == pytest.approx(brute_force(plan))


def test_covering_the_requirement_is_not_enough(executor: Executor):
    """Agents to spare help their neighbours; and who comes in the middle of an hour is there for half of it."""
    _, cost, covering = cheapest("two targets", executor)
    assert cost < covering
    plan, cost, covering = cheapest("two lengths", executor)
    assert cost > covering
    assert plan.n_alternatives > 0


@pytest.mark.parametrize("confidence", [None, 0.9])
def test_the_roster_keeps_its_promise_on_fresh_seeds(confidence: float | None, executor: Executor):
    """Days of another seed: each interval's targets and the share of days, within what chance allows."""
    scenario = load(next(path for path in SCENARIOS if path.stem == "roster"))
    found = roster(scenario, confidence=confidence, replications=60, rounds=8, executor=executor)
    (runs,) = executor.replications([found.scenario], 1_000, range(300), bounds=found.promise.bounds)
    trial = Evaluation.of(found.promise, found.scenario, runs)
    told = zip(found.promise.bounds, trial.of_intervals(), trial.errors(), strict=True)

    assert found.kept
    for bound, values, errors in told:  # of 20 figures, all within 4 standard errors: one in 1,500 isn't
        sign = 1 if bound.side == "at least" else -1
        assert not bound.shortfall(values + sign * 4 * np.nan_to_num(errors)).any()
    if confidence is not None:
        assert trial.share_kept() > confidence - 4 * (confidence * (1 - confidence) / 300) ** 0.5


def test_one_agent_fewer_breaks_it(executor: Executor):
    """The check above can fail."""
    scenario = load(next(path for path in SCENARIOS if path.stem == "roster"))
    shifts = scenario.groups[0].shifts
    assert shifts is not None
    group = scenario.groups[0].model_copy(update={"shifts": shifts[:-1]})
    fewer = scenario.model_copy(update={"groups": (group,)})
    promise = promised(scenario)
    (runs,) = executor.replications([fewer], 1_000, range(50), bounds=promise.bounds)

    assert not Evaluation.of(promise, fewer, runs).kept


def test_breaks_of_one_shift_are_staggered(executor: Executor):
    """Twelve on one shift, half away at ten, half at eleven: four each, at nine too, for plenty are there."""
    plan = planner(*CASES["a break"], executor)
    together = np.array([0, 6, 6])
    assert [c.shift.breaks[0].start / 3600 for c in plan.possible.all] == [9, 10, 11]
    plenty = Solution(together, float(plan.programme.costs @ together), 0.0)
    nothing = Demands(np.zeros(len(plan.programme.presence)))
    staggered = plan._staggered(plenty, nothing)

    assert staggered.agents.tolist() == [4, 4, 4]
    assert staggered.cost == plenty.cost


def test_breaks_stay_where_the_promise_needs_them(executor: Executor):
    """As few as can do: whoever moves a break leaves a peak short."""
    plan, cost, _ = cheapest("a break", executor)
    found = plan.planned()
    agents = np.array(
        [sum(p.agents for p in found.shifts if p.candidate is candidate) for candidate in plan.possible.all]
    )

    assert found.cost == cost
    assert plan.cutter.trial(agents, plan.days.fine).kept
    for other in plan.possible.less_together(agents):
        assert not plan.cutter.trial(other, plan.days.fine).kept


def test_an_interrupted_roster_is_the_best_so_far(executor: Executor, monkeypatch: pytest.MonkeyPatch):
    """After the first that keeps the promise; before that there is none."""
    plan = planner(*CASES["three shifts"], executor)
    monkeypatch.setattr(plan, "_cut_off", interrupted)
    found = plan.planned()

    assert not found.is_whole
    assert any(one.kept and one.cost == found.cost for one in found.rounds)
    monkeypatch.setattr(plan, "_best", type(plan._best)())
    monkeypatch.setattr(plan, "_try", interrupted)
    with pytest.raises(KeyboardInterrupt):
        plan.planned()


def interrupted(*args: Any) -> None:
    raise KeyboardInterrupt


# What can't be


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        (
            "{ lengths_h = [3], earliest = 09:00:00 }",
            r"groups.0.patterns: 08:00–09:00 needs about \d agents? of 'A' for 'q', and no shift covers it: "
            "they begin at 09:00 at the earliest and end at 13:00 at the latest",
        ),
        (
            "{ lengths_h = [3], earliest = 08:30:00 }",
            "08:00–09:00 needs about .*: they begin at 08:30 at the earliest and end at 13:00 at the latest",
        ),
        (
            "{ lengths_h = [5], most_agents = 3 }",
            "groups.*.patterns: no roster keeps the targets within the limits of agents: 10:00–11:00 lacks 1 of the "
            "4 agents of 'A'",
        ),
    ],
)
def test_patterns_that_do_not_do(patterns: str, said: str, executor: Executor):
    """No shift at all in an interval, and too few agents: told with the interval."""
    with pytest.raises(StudyError, match=said):
        roster(centre(patterns), replications=60, executor=executor)


def test_targets_that_nobody_can_keep(executor: Executor):
    """However many agents there are, a reply takes as long as it takes."""
    scenario = centre(
        "{ lengths_h = [5] }", targets="max_response_s = 20", service=TURNS, rates=(15, 30, 20, 30, 10)
    )
    with pytest.raises(StudyError, match="no staffing keeps response_s"):
        roster(scenario, replications=40, executor=executor)
