"""Break points of a centre: all targets in one search, agents to spare, and what a sweep says of them."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

import sim
from sim.errors import StudyError
from sim.report.stress import result
from sim.scenario.vary import Vary
from sim.studies.stress import breakpoint as study
from sim.studies.stress.breakpoint import Breakpoints, stress
from sim.studies.stress.load import most_fewer, with_demand, with_fewer
from tests.conftest import ROOT
from tests.results import holds


@pytest.fixture(scope="module")
def shop() -> sim.Scenario:
    return sim.load(ROOT / "scenarios" / "web_shop.toml")


@pytest.fixture(scope="module")
def found(shop: sim.Scenario) -> Breakpoints:
    return stress(shop)


def small(**more: Any) -> sim.Scenario:
    """Four hours of one queue."""
    usual: dict[str, Any] = {
        "hours": sim.OpeningHours(open="08:00", close="12:00"),
        "queues": [sim.Queue(name="q", arrivals=40, patience=90, service=sim.ByWork(work_s=300))],
        "groups": [sim.Group(name="g", queues=["q"], agents=4)],
        "targets": sim.Targets(max_missed=0.3),
    }
    return sim.Scenario(**usual | more)


def test_all_targets_break_in_order_within_narrow_bounds(found: Breakpoints):
    """What breaks first is first, and no bounds are 3 % apart."""
    roots = [point.root for point in found.points]
    assert [point.bound.target for point in found.points] == ["max_response_s", "max_missed", "service_level"]
    for root in roots:
        assert root.lower is not None
        assert root.value is not None
        assert root.upper is not None
        assert 1 < root.lower < root.value < root.upper < 1.03 * root.lower


@pytest.mark.slow
def test_together_they_cost_less_than_twice_the_dearest_alone(shop: sim.Scenario, found: Breakpoints):
    """Replications at all loads, agents and all; alone each target finds the same break point."""
    alone = {}
    for target in ("service_level", "max_missed", "max_response_s"):
        kept = {"threshold_s": 30.0, target: getattr(shop.targets, target)}
        alone[target] = stress(shop.model_copy(update={"targets": sim.Targets(**kept)}))

    assert found.replications < 2 * max(each.replications for each in alone.values())
    assert found.replications < 2_000
    for point in found.points:
        (other,) = alone[point.bound.target].points
        assert other.root.value == pytest.approx(point.root.value, rel=0.02)
        assert other.agents == point.agents


def test_a_sweep_says_the_same(shop: sim.Scenario, found: Breakpoints):
    """On other days: below each target's lower bound it is kept, above its upper one missed."""
    ends = sorted({round(end, 3) for point in found.points for end in (point.root.lower, point.root.upper)})  # type: ignore[type-var]
    seen = sim.sweep(shop, [Vary("queues.*.arrivals.per_hour", "*=", tuple(ends))],
                     seed=7, replications=300).found  # fmt: skip
    for point in found.points:
        for at in seen.points:
            (verdict,) = (each for each in at.verdicts if each.bound == point.bound)
            factor = at.values[0]
            if factor < 0.985 * point.root.lower or factor > 1.015 * point.root.upper:  # type: ignore[operator]
                assert verdict.met is (factor < point.root.lower), (point.bound.key, factor)  # type: ignore[operator]


def test_agents_to_spare_are_those_whose_loss_keeps_the_target(shop: sim.Scenario, found: Breakpoints):
    """One more would miss it, on the same days."""
    for point in found.points:
        assert point.agents is not None
        for fewer, is_kept in ((point.agents, True), (point.agents + 1, False)):
            runs = sim.replicate(with_fewer(shop, fewer), replications=study.OF_TEAMS).estimates
            assert point.bound.keeps(point.bound.figure(runs).value) is is_kept


def test_a_target_that_is_missed_already_breaks_below_todays_demand():
    """And agents are missing."""
    answer = sim.stress(small(targets=sim.Targets(max_missed=0.05)), most=300)
    row = answer.table("break_points").rows[0]

    assert answer.kept is False
    assert row["lower"] < row["upper"] < 1
    assert row["agents"] < 0
    assert "is missed already" in answer.words[0]
    assert "more would keep it" in answer.words[0]


def test_what_nothing_breaks_is_not_reached():
    """Nobody is missed whose patience has no end, and a bound of 100 % is never passed."""
    answer = sim.stress(small(targets=sim.Targets(max_missed=1.0)))
    row = answer.table("break_points").rows[0]

    assert (row["lower"], row["upper"], row["agents"]) == (5.0, None, None)
    assert answer.facts["breaks_first"] is None
    assert "not reached up to × 5.00" in answer.words[0].replace("\xa0", " ")


def test_targets_of_queues_break_each_by_itself():
    """Two queues, one of them busier: it breaks first, and the centre's target names it."""
    queues = [
        sim.Queue(name=name, arrivals=rate, patience=90, service=sim.ByWork(work_s=300),
                  targets={"max_missed": 0.2})
        for name, rate in (("calm", 20), ("busy", 60))
    ]  # fmt: skip
    groups = [sim.Group(name=f"g{name}", queues=[name], agents=4) for name in ("calm", "busy")]
    answer = sim.stress(small(queues=queues, groups=groups, targets=sim.Targets(max_missed=0.2)), most=200)
    rows = {row["target"]: row for row in answer.table("break_points").rows}

    assert rows["queues.busy.targets.max_missed"]["upper"] < rows["queues.calm.targets.max_missed"]["lower"]
    assert rows["max_missed"]["queue"] == "busy"
    assert answer.facts["breaks_first"] == "queues.busy.targets.max_missed"


def test_demand_rises_everywhere_and_agents_go_by_their_shares():
    """Rates times the factor; every group keeps an agent."""
    base = small(groups=[sim.Group(name=n, queues=["q"], agents=k) for n, k in (("a", 5), ("b", 1))])
    assert with_demand(base, 1.5).queues[0].arrivals.per_hour == 60.0
    assert most_fewer(base) == 4
    for fewer, left in ((1, [4, 1]), (4, [1, 1]), (-2, [7, 1])):
        assert [group.n_agents for group in with_fewer(base, fewer).groups] == left
    assert with_fewer(base, 0) == base


def test_what_cant_be_stressed_is_refused():
    """No target; exact times, of which nobody knows what more would be."""
    with pytest.raises(StudyError, match=r"needs a target"):
        stress(small(targets=sim.Targets()))
    exact = sim.Queue(name="q", arrivals=sim.Arrivals(times_s=[30000]), service=sim.ByWork(work_s=300))
    with pytest.raises(StudyError, match=r"'q' has exact arrival times"):
        stress(small(queues=[exact]))


def test_an_interrupted_search_keeps_what_single_loads_say(monkeypatch: pytest.MonkeyPatch):
    """Bounds hold, wide as they are."""
    whole = stress(small(), most=300).points[0].root
    asked = study._Centre.margins

    def interrupted(self: Any, factor: float, n: int) -> Any:
        if n > 40:
            raise KeyboardInterrupt
        return asked(self, factor, n)

    monkeypatch.setattr(study._Centre, "margins", interrupted)
    found = stress(small())
    (point,) = found.points

    assert found.interrupted
    assert point.root.value is None
    assert whole.value is not None
    assert point.root.lower is not None
    assert point.root.lower < whole.value < (point.root.upper or inf)
    assert "Interrupted" in result(found).words[0]


def test_teams_are_compared_by_their_break_points(tmp_path: Any):
    """The larger team bears more, for sure; each has the break points that it has alone."""
    one = small(name="four")
    two = small(name="six", groups=[sim.Group(name="g", queues=["q"], agents=6)])
    answer = holds(sim.stress([one, two], most=100), tmp_path)
    first, second = answer.table("break_points").rows

    assert [first["team"], second["team"]] == ["four", "six"]
    assert first["upper"] < second["lower"]
    assert answer.words[0].startswith("Missed share ≤ 30.0 %: six bears most: ×")
    alone = sim.stress(one, most=100).table("break_points").rows[0]
    assert {key: first[key] for key in alone} == alone
    with pytest.raises(StudyError, match="compared by their break points"):
        sim.stress([one, two], "spike")


def test_teams_that_meet_other_customers_are_told_so():
    """What differs in who comes is named; teams that differ in agents alone meet the same."""
    one = small(name="one", targets=sim.Targets(max_missed=0.1))
    busier = sim.vary(one, {"name": "busier", "queues.q.arrivals.per_hour": 60})
    bigger = sim.vary(one, {"name": "bigger", "groups.g.agents": 12})
    answer = sim.stress([one, bigger, busier], most=100)

    assert "the same customers" not in answer.head.basis
    assert "busier has other customers than one (arrivals differ)" in answer.words[-1]
    assert not any("bigger has other customers" in words for words in answer.words)
    same = sim.stress([one, bigger], most=100)
    assert "the same customers" in same.head.basis
    assert not any("other customers" in words for words in same.words)
