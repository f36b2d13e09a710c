"""Records made in Python: valid from birth, told in our words, hashable, and frozen to the last part."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import sim
from sim.errors import ScenarioError
from sim.scenario.demand import Arrivals, ByTurns, Queue
from sim.scenario.distributions import Exponential, GeometricCount, Lognormal
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group
from sim.scenario.vary import read_vary, varied

TURNS = {"turns": 6, "agent_s": 40, "customer_s": 55}


def shop(**changes: Any) -> Scenario:
    queue = Queue(name="orders", arrivals=60, patience=180, service=ByTurns(**TURNS))
    group = Group(name="Tier 1", queues=["orders"], agents=8, concurrency=3, shrinkage={"holiday": 0.1})
    return Scenario(**{"queues": [queue], "groups": [group]} | changes)


def test_a_plain_number_is_the_usual_record_with_that_mean() -> None:
    queue = shop().queues[0]
    assert queue.arrivals == Arrivals(per_hour=60)
    assert queue.patience == Exponential(mean_s=180) == Exponential(law="exponential", mean_s=180)
    assert queue.service == ByTurns(
        turns=GeometricCount(mean=6), agent_s=Exponential(mean_s=40), customer_s=Exponential(mean_s=55)
    )


def test_in_a_file_it_is_not() -> None:
    toml = """
[[queues]]
name = "orders"
arrivals = 60
service = { turns = 6, agent_s = 40, customer_s = 55 }
[[groups]]
name = "Tier 1"
queues = ["orders"]
agents = 8
"""
    with pytest.raises(ScenarioError) as told:
        sim.parse(toml)
    places = {problem.place for problem in told.value.problems}
    assert places == {"queues.0.arrivals", *(f"queues.0.service.{name}" for name in TURNS)}
    with pytest.raises(ScenarioError, match=r"queues\.0\.patience"):
        varied(shop(), read_vary("queues.0.patience=90").changes())


def test_what_a_record_breaks_is_told_in_our_words_all_at_once() -> None:
    with pytest.raises(ScenarioError) as told:
        Lognormal(mean_s=-1, men_s=3)
    assert str(told.value).split("\n") == [
        "Lognormal: mean_s: must be above 0, got -1",
        "Lognormal: cv: is missing",
        "Lognormal: men_s: unknown key; did you mean 'mean_s'?",
    ]
    with pytest.raises(
        ScenarioError, match=r"^Scenario: interval_min: the planning interval must divide .* 7$"
    ):
        shop(interval_min=7)
    with pytest.raises(ScenarioError, match="did you mean 'orders'"):
        shop(groups=[Group(name="Tier 1", queues=["order"], agents=8)])
    with pytest.raises(ScenarioError, match="unknown key; did you mean 'max_missed'"):
        sim.Targets(missed_rate=0.05)
    with pytest.raises(TypeError, match="takes its fields by name: zero, law, mean_s"):
        Exponential(180)


def test_a_copy_is_as_valid_as_any_record() -> None:
    scenario = shop()
    assert scenario.model_copy(update={"days": 3}) == shop(days=3)
    assert scenario.queues[0].model_copy(update={"priority": 2}).priority == 2
    with pytest.raises(ScenarioError, match="must divide the day"):
        scenario.model_copy(update={"interval_min": 7})


def test_a_scenario_is_hashed_by_what_it_holds() -> None:
    assert hash(shop()) == hash(shop())
    assert {shop(): 1}[shop()] == 1
    assert hash(shop()) != hash(shop(days=2))
    assert pickle.loads(pickle.dumps(shop())) == shop()


@pytest.mark.parametrize(
    "change",
    [
        lambda causes: causes.update(training=0.2),
        lambda causes: causes.clear(),
        lambda causes: causes.__setitem__("holiday", 2.0),
        lambda causes: causes.pop("holiday"),
    ],
)
def test_nothing_within_a_record_can_be_changed(change: Any) -> None:
    group = shop().groups[0]
    with pytest.raises(TypeError, match="frozen"):
        change(group.shrinkage)
    assert group.shrinkage == {"holiday": 0.1}
