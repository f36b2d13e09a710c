"""What users bring themselves from Python: a routing policy and a figure, in a few lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.rules import Policy
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def shop() -> sim.Scenario:
    return sim.load(ROOT / "scenarios" / "two_languages.toml")


RULES: dict[Policy, Any] = {
    Policy.LEAST_LOADED: lambda free, *_: min(free, key=lambda a: (a.n_open, a.idle_since, a.number)),
    Policy.MOST_LOADED: lambda free, *_: min(free, key=lambda a: (-a.n_open, a.idle_since, a.number)),
    Policy.LONGEST_IDLE: lambda free, *_: min(free, key=lambda a: (a.idle_since, a.number)),
}


@pytest.mark.parametrize("policy", RULES)
def test_a_policy_of_ones_own_that_is_one_of_ours_does_the_same(shop: sim.Scenario, policy: Policy):
    """To the last bit, whatever the scenario says."""
    draws = sim.draw(shop, seed=3, replication=0)
    ours = sim.simulate(sim.vary(shop, {"routing.policy": str(policy)}), draws)
    own = sim.simulate(shop, draws, policy=RULES[policy])

    assert own.chats().equals(ours.chats())
    assert own.agents().equals(ours.agents())


def test_it_sees_who_may_take_the_chat_of_which_queue_and_when(shop: sim.Scenario):
    """Agents with a free slot, in order of number, of one tier of groups at a time (R7)."""
    seen: list[tuple[list[int], str, float]] = []

    def last(free: list[Any], queue: str, at_s: float) -> Any:
        assert all(agent.n_open < agent.slots for agent in free)
        seen.append(([agent.number for agent in free], queue, at_s))
        return free[-1]

    log = sim.simulate(shop, sim.draw(shop, seed=1, replication=0), policy=last)

    assert {queue for _, queue, _ in seen} == {queue.name for queue in shop.queues}
    assert all(numbers == sorted(numbers) for numbers, *_ in seen)
    assert [at_s for *_, at_s in seen] == sorted(at_s for *_, at_s in seen)
    at_once = log.chats().filter((log.chats()["wait_s"] == 0) & log.chats()["agent_id"].is_not_null())
    assert at_once["agent_id"].to_list()[:20] == [numbers[-1] for numbers, *_ in seen[:20]]


def test_who_is_not_among_them_is_refused(shop: sim.Scenario):
    """With a sentence, and no chat given to somebody without a slot."""
    with pytest.raises(sim.StudyError, match="policy: must choose one of the agents"):
        sim.simulate(shop, sim.draw(shop, seed=1, replication=0), policy=lambda *_: None)  # type: ignore[arg-type,return-value]


def test_a_figure_of_ones_own_has_an_interval(shop: sim.Scenario):
    """Of a value of each replication: the longest chat, and one of ours for comparison."""
    longest: list[float] = []
    offered: list[float] = []

    def look(_: int, log: sim.ChatLog) -> None:
        chats = log.chats()
        longest.append(float((chats["ended_s"] - chats["accepted_s"]).max()))  # type: ignore[arg-type]
        offered.append(float(len(chats.filter(chats["outcome"] != "offline"))))

    found = sim.replicate(shop, seed=1, replications=20, each=look).estimates
    mine, ours = sim.mean_of(longest), found.figure("offered")

    assert mine.value == pytest.approx(np.mean(longest))
    assert mine.low is not None
    assert mine.high is not None
    assert mine.low < np.mean(longest) < mine.high
    both = sim.mean_of(offered)
    assert (both.value, both.low, both.high) == pytest.approx((ours.value, ours.low, ours.high))
    assert sim.mean_of([1.0, None, float("nan")]).value == 1.0
    assert sim.mean_of([1.0]).low is None
    assert sim.mean_of([2.0, 2.0, 2.0]).alike
    assert sim.mean_of([]).value is None


def test_a_run_is_one_call(shop: sim.Scenario):
    """The same figures as replications; breakdowns are asked for by name, or refused by it."""
    result = sim.run(shop, seed=2, replications=5, by=["queue"])

    assert result["asa_s"] == sim.replicate(shop, seed=2, replications=5).estimates.figure("asa_s")
    assert "By queue" in str(result)
    assert "By group" not in str(result)
    with pytest.raises(sim.UnknownNameError, match="no breakdown is called 'team'"):
        sim.run(shop, replications=1, by=["team"])
