"""Erlang's formulas beside those of published packages: the same digits, or a reason why not.

`pip install livechat-sim[oracles]` installs them; without it these tests are skipped. `python -m
tests.theory.test_other_packages` prints how long a call takes. What differs:

- pyworkforce calls the acceptable wait `asa`, starts its search for agents at load + 1 rounded, so may miss
  smaller teams, and its probability of waiting is no probability for an overloaded team.
- pyqueueing's Erlang A adds up at most 500 states, so more than 500 agents never wait; its service level takes the
  wait to be exponential; its mean wait of who is answered is that of all who enter over the share answered, so waits
  that ended by leaving count as well.
"""

from __future__ import annotations

from collections.abc import Callable
from timeit import repeat
from typing import Any

import numpy as np
import pytest

from sim.theory.erlang import erlang, erlang_b, erlang_c
from sim.theory.inverse import Goal, agents_for

SIZES = [10, 1_000, 100_000]


def oracle(name: str) -> Any:
    """A module of an optional package, or a skipped test."""
    return pytest.importorskip(name, reason=f"{name} is not installed: pip install livechat-sim[oracles]")


def pyworkforce(agents: int) -> tuple[Any, float]:
    """Its Erlang C for 3 minutes a chat and 20 seconds, and the load in erlangs: agents less their root."""
    load = agents - agents**0.5
    return oracle("pyworkforce.queuing").ErlangC(transactions=10 * load, aht=3, interval=30, asa=1 / 3), load


@pytest.mark.parametrize("agents", SIZES)
def test_pyworkforce_agrees_on_erlang_c(agents: int):
    """Probability of waiting, service level and occupancy to ten digits, for each size."""
    theirs, load = pyworkforce(agents)
    figures = erlang(agents, load / 180, 180).figures(20)

    assert theirs.waiting_probability(agents) == pytest.approx(float(figures.wait_probability), rel=1e-10)
    assert theirs.service_level(agents) == pytest.approx(float(figures.service_level), rel=1e-10)
    assert theirs.achieved_occupancy(agents) == pytest.approx(float(figures.occupancy), rel=1e-12)


def test_pyworkforce_agrees_on_agents():
    """80 % in 20 s for 100 in half an hour; and a small team that its search steps over."""
    queue = oracle("pyworkforce.queuing").ErlangC
    goal = Goal("service_level", 0.8, 20)

    usual = queue(transactions=100, aht=3, interval=30, asa=1 / 3).required_positions(service_level=0.8)
    assert usual["raw_positions"] == agents_for(lambda n: erlang(n, 100 / 1800, 180), 100 / 1800, goal) == 14
    small = queue(transactions=16, aht=0.9, interval=30, asa=5).required_positions(service_level=0.5)
    ours = agents_for(lambda n: erlang(n, 16 / 1800, 54), 16 / 1800, Goal("service_level", 0.5, 300))
    assert (small["raw_positions"], int(ours)) == (1, 1)
    skipped = queue(transactions=16, aht=3, interval=30, asa=60).required_positions(service_level=0.5)
    ours = agents_for(lambda n: erlang(n, 16 / 1800, 180), 16 / 1800, Goal("service_level", 0.5, 3600))
    assert (skipped["raw_positions"], int(ours)) == (3, 2)


def test_pyworkforce_has_no_answer_to_overload():
    """Its probability of waiting is above 1 there; ours is 1."""
    theirs = oracle("pyworkforce.queuing").ErlangC(transactions=100, aht=3, interval=30, asa=1 / 3)

    assert theirs.waiting_probability(9) > 1
    assert float(erlang_c(9, 10.0)) == 1


@pytest.mark.parametrize("agents", SIZES)
def test_pyqueueing_agrees_on_erlang_b_and_c(agents: int):
    """Both formulas, for each size."""
    load = agents - agents**0.5
    blocked = oracle("pyqueueing.models.erlang_b").erlang_b_formula(agents, load)
    theirs = oracle("pyqueueing.models.erlang_c").ErlangC(load, 1.0, agents)

    assert blocked == pytest.approx(float(erlang_b(agents, load)), rel=1e-10)
    assert theirs.prob_wait() == pytest.approx(float(erlang_c(agents, load)), rel=1e-8)
    assert theirs.service_level(0.1) == pytest.approx(float(erlang(agents, load, 1.0).accepted_within(0.1)))


def test_pyqueueing_agrees_on_erlang_a():
    """Garnett's 50 agents: waiting, leaving and the wait of all; not the two figures it approximates."""
    theirs = oracle("pyqueueing.models.erlang_a").ErlangA(48.0, 1.0, 50, 0.5)
    line = erlang(50, 48 / 60, 60, patience=120)
    figures = line.figures(6.0)

    assert theirs.prob_wait() == pytest.approx(float(figures.wait_probability), rel=1e-9)
    assert theirs.prob_abandon() == pytest.approx(float(figures.abandonment), rel=1e-9)
    assert 60 * theirs.mean_wait() == pytest.approx(float(figures.wait_s), rel=1e-9)
    assert 60 * theirs.mean_wait_answered() == pytest.approx(
        float(line.wait_s / (1 - line.abandoned)), rel=1e-9
    )
    assert 60 * theirs.mean_wait_answered() > 1.05 * float(figures.asa_s)
    assert theirs.service_level(0.1) < 0.95 * float(figures.service_level_offered)


def test_pyqueueing_cuts_large_erlang_a():
    """Of 1,000 agents near their load a good share waits; its 500 states say nearly nobody does."""
    load = 1_000 - 1_000**0.5
    theirs = oracle("pyqueueing.models.erlang_a").ErlangA(load, 1.0, 1_000, 0.5)

    assert float(erlang(1_000, load / 60, 60, patience=120).delayed) > 0.15
    assert theirs.prob_wait() < 0.02


def seconds(call: Callable[[], object]) -> float:
    """Best time of a call."""
    number = 1
    while True:
        best = min(repeat(call, number=number, repeat=3)) / number
        if best * number > 0.01:
            return best
        number *= 4


def times(agents: int) -> str:
    """Time of our call for a team of some size, and how many times as long theirs take."""
    theirs, load = pyworkforce(agents)
    queue = oracle("pyqueueing.models.erlang_c").ErlangC
    impatient = oracle("pyqueueing.models.erlang_a").ErlangA
    loads = np.full(1_000, load)
    ours, ours_each = (
        seconds(lambda: erlang_c(agents, load)),
        seconds(lambda: erlang_c(agents, loads)) / 1_000,
    )
    ours_a = seconds(lambda: erlang(agents, load, 1.0, 2.0).figures(0.1))
    loop = seconds(lambda: theirs.waiting_probability(agents))
    queues = seconds(lambda: queue(load, 1.0, agents).prob_wait())
    queues_a = seconds(lambda: impatient(load, 1.0, agents, 0.5).summary())
    return (
        f"{agents:>7,} agents: Erlang C {ours * 1e6:.0f} µs (each of 1,000 at once {ours_each * 1e6:.2f} µs), "
        f"pyworkforce {loop / ours:.2g} × ({loop / ours_each:.2g} ×), pyqueueing {queues / ours:.2g} ×; "
        f"Erlang A, all figures, {ours_a * 1e3:.2f} ms, pyqueueing {queues_a / ours_a:.2g} ×"
    )


if __name__ == "__main__":
    print("\n".join(times(agents) for agents in SIZES))
