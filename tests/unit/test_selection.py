"""Choosing the best of many plans: how often it is right, what it saves, and where it ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from sim.errors import StudyError
from sim.report.best import result
from sim.runs.executor import executing
from sim.scenario.vary import read_vary, varied
from sim.studies.selection import Best, Plan, Selection, best, select
from tests.worlds import SCALE, by_turns, fixed, group, queue, world


class Noise:
    """Plans of known means whose replications share half of their variance, as with common random numbers."""

    def __init__(self, means: Sequence[float], seed: int, spread: float = 1.0, n: int = 3000) -> None:
        rng = np.random.default_rng(seed)
        common, own = rng.normal(size=n), rng.normal(size=(len(means), n))
        self.values = np.array(means)[:, None] + spread * (common + own) / 2**0.5
        self.asked: list[tuple[list[int], int]] = []

    def __call__(self, plans: Sequence[int], n: int) -> np.ndarray:
        self.asked.append((list(plans), n))
        return self.values[list(plans), :n]


@pytest.mark.parametrize(
    ("means", "worst"),
    [
        ([0.0] + [-0.3] * 19, 0.95),  # all others worse by just the zone: the hardest case
        ([-0.3 * k for k in range(20)], 0.95),
    ],
    ids=["slippage", "steps"],
)
def test_of_twenty_plans_the_best_is_chosen_at_the_stated_rate(means: list[float], worst: float):
    """200 times: a rate of 0.95 would give fewer than 183 with a probability below 0.5 %."""
    n = 200 * SCALE
    found = [select(Noise(means, seed), 20, 0.3) for seed in range(n)]

    right = sum(each.best == 0 for each in found)
    assert right >= n * worst - 2.6 * (n * worst * (1 - worst)) ** 0.5
    assert all(each.decided for each in found)
    assert np.mean([each.saved for each in found]) > 0.4
    assert np.mean([sum(each.used) for each in found]) < 0.3 * np.mean([20 * each.fixed for each in found])


def test_wider_zones_and_common_luck_take_fewer_replications():
    """What is looked for decides what it takes; luck that all plans share does not count."""
    means = [0.0, -0.2, -0.2, -0.5]
    used = [sum(select(Noise(means, 3), 4, zone).used) for zone in (0.1, 0.2, 0.5)]
    assert used[0] > used[1] > used[2]

    noise = Noise(means, 3)
    noise.values += 50 * np.random.default_rng(1).normal(size=3000)
    assert sum(select(noise, 4, 0.2).used) == used[1]


def test_plans_that_are_given_up_are_not_simulated_further():
    """Each stage asks for those that are left alone."""
    noise = Noise([0.0, -0.1, -5.0], 1)
    found = select(noise, 3, 0.1)

    assert noise.asked[0] == ([0, 1, 2], 20)
    assert noise.asked[1] == ([0, 1], 25)
    assert found.used[2] == 20
    assert found.used[0] == found.used[1] == noise.asked[-1][1]
    assert found.saved == pytest.approx(1 - sum(found.used) / (3 * max(found.used)))


def test_equal_plans_end_undivided():
    """Two names for one plan: nothing can tell them apart, and nothing goes on for ever."""
    noise = Noise([0.0, -3.0], 1)
    noise.values = noise.values[[0, 0, 1]]
    found = select(noise, 3, 0.1)

    assert found.decided
    assert (found.best, found.left) == (0, (0, 1))


def test_the_budget_ends_it_undecided():
    """Never more than may be spent."""
    found = select(Noise([0.0, 0.0], 1), 2, 0.01, budget=100)

    assert not found.decided
    assert found.left == (0, 1)
    assert sum(found.used) <= 100
    for wrong in ({"within": 0.0}, {"confidence": 0.4}, {"first": 1}):
        with pytest.raises(StudyError, match="selection: needs"):
            select(Noise([0.0, 0.0], 1), 2, **{"within": 0.1} | wrong)


def teams() -> list[Plan]:
    """One to six agents: more are better, up to where all are served at once."""
    orders = queue({"per_hour": 40, "busyness_cv": 0.1}, by_turns(40, 60, 4), patience=fixed(90))
    shop = world([orders], [group(2, concurrency=2)])
    return [Plan(f"{c.value} agents", varied(shop, [c])) for c in read_vary("groups.0.agents=1:6").changes()]


def chosen(figure: str, seed: int = 1, **more: float) -> Best:
    with executing(1) as executor:
        return best(teams(), figure, executor=executor, seed=seed, **more)  # type: ignore[arg-type]


def test_the_largest_team_is_best_and_small_ones_are_given_up_at_once():
    """In days of a centre: of six teams, by a figure of which less is better."""
    for seed in (1, 2, 3):
        found = chosen("missed_rate", seed, within=0.0005)

        assert found.ranked[0].plan.name == "6 agents"
        assert [each.plan.name for each in found.ranked] == [f"{n} agents" for n in range(6, 0, -1)]
        assert found.ranked[-1].replications == 20
        assert found.ranked[-1].difference.low > 0  # type: ignore[operator]
        assert not found.ranked[-1].is_left
        assert found.selection.saved > 0


def test_a_zone_is_absolute_for_shares_and_relative_else():
    """One point of a service level; one per cent of the best first response."""
    assert chosen("service_level").within == 0.01
    found = chosen("frt_s", within=0.05)
    values = [each.figure.value for each in found.ranked]
    assert found.within == pytest.approx(0.05 * min(values), rel=0.05)  # type: ignore[type-var]


def test_what_cannot_be_ranked_is_refused():
    """A figure that is none, has no better side, or does not exist; fewer than two plans."""
    for figure, said in (
        ("missd_rate", "did you mean 'missed_rate'"),
        ("offered", "neither"),
        ("csat", "no csat"),
    ):
        with pytest.raises(StudyError, match=said):
            chosen(figure)
    with executing(1) as executor, pytest.raises(StudyError, match="at least 2 plans, got 1"):
        best(teams()[:1], "frt_s", executor=executor)


def test_ctrl_c_gives_the_leader_so_far():
    """In a later stage of all plans, in the first of those that had it; before two had, of none."""

    def stopped(after: int) -> Best:
        """Of plans so close that they are not told apart, stopped once so many replications are done."""

        def stop(done: int, _: int) -> None:
            if done >= after:
                raise KeyboardInterrupt

        loads = read_vary("queues.0.arrivals.per_hour=40,40.1,40.2,40.3").changes()
        plans = [Plan(f"plan {k}", varied(teams()[1].scenario, [c])) for k, c in enumerate(loads)]
        with executing(1) as executor:
            return best(plans, "frt_s", executor=executor, within=1e-4, progress=stop)

    late = stopped(95)
    assert late.selection.interrupted
    assert not late.selection.decided
    assert [each.replications for each in late.ranked] == [20] * 4
    assert late.unseen == ()
    early = stopped(40)
    assert early.selection.interrupted
    assert {each.plan.name for each in early.ranked} == {"plan 0", "plan 1"}
    assert early.unseen == ("plan 2", "plan 3")
    told = result(early)
    assert told.words == (
        "Interrupted and undecided: plan 0 leads so far, of 2 plans not given up. "
        "Not simulated yet: plan 2, plan 3.",
    )
    assert told.head.interrupted
    assert (told.facts["decided"], told.facts["saved"]) == (False, None)
    with pytest.raises(KeyboardInterrupt):
        stopped(20)


def test_saved_counts_from_the_last_stage():
    assert Selection(0, (0,), (100, 20, 30), 500, decided=True).saved == pytest.approx(0.5)
