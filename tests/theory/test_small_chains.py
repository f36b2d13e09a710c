"""Chains of two agents and of skills, where they must give what other chains and formulas give."""

from __future__ import annotations

import pytest

from sim.theory.chains.model import long_run
from sim.theory.chains.pair import Pair
from sim.theory.chains.people import Priorities, Skills
from sim.theory.chains.pool import Pool
from sim.theory.erlang import erlang

POLICIES = ("longest_idle", "round_robin")


@pytest.mark.parametrize("policy", POLICIES)
def test_without_slowdown_two_agents_are_six(policy: str) -> None:
    """Two agents with three chats that don't slow each other down are six with one, however they are routed."""
    found = long_run(Pair(0.9, (8.0, 8.0, 8.0), 12.0, 20, policy))
    six = erlang(6, 0.9, 8.0, 12.0, room=20).figures(0.0)

    assert found["waiting"] == pytest.approx(float(six.queue_length), rel=1e-9)
    assert found["abandoned"] / found["offered"] == pytest.approx(float(six.abandonment), rel=1e-9)


def test_with_a_slot_each_two_agents_are_a_pool() -> None:
    """Which of two idle agents is chosen is nothing to the line."""
    pool = Pool(0.4 * 60, 2, (6.0 / 60,), patience=10.0 / 60, lines=15).figures()
    for policy in POLICIES:
        found = long_run(Pair(0.4, (6.0,), 10.0, 15, policy))
        assert found["waiting"] == pytest.approx(pool["queue_length"], rel=1e-9)
        assert found["busy"] / 2 == pytest.approx(pool["occupancy"], rel=1e-9)


def test_agents_are_alike_and_routing_matters() -> None:
    """Both serve as many, though their numbers differ; in turn spreads chats better than the longest idle."""
    idle, turn = (long_run(Pair(0.24, (8.0, 11.0, 15.0), 12.0, 10, policy)) for policy in POLICIES)

    for found in (idle, turn):
        assert found["served by 0"] == pytest.approx(found["served by 1"], rel=1e-9)
    assert turn["busy"] > 1.01 * idle["busy"]
    assert turn["abandoned"] < idle["abandoned"]


def test_without_specialists_skills_are_priorities() -> None:
    """All agents serve both queues, the second first: the chain of priorities, the other way round."""
    skills = long_run(Skills(0, 2, (0.12, 0.16), (6.0, 9.0), (15.0, 10.0), 12))
    both = long_run(Priorities(2, (0.12, 0.16), (6.0, 9.0), (15.0, 10.0), 12, first=1))

    for name in ("abandoned 0", "abandoned 1", "waiting 0", "waiting 1"):
        assert skills[name] == pytest.approx(both[name], rel=1e-9)


def test_specialists_alone_are_erlang_a() -> None:
    """Nobody comes to the second queue and only specialists are there: M/M/n+M with a finite room."""
    found = long_run(Skills(3, 0, (0.5, 0.0), (6.0, 9.0), (15.0, 10.0), 12))
    line = erlang(3, 0.5, 6.0, 15.0, room=12).figures(0.0)

    assert found["waiting 0"] == pytest.approx(float(line.queue_length), rel=1e-9)
    assert found["abandoned 0"] / 0.5 == pytest.approx(float(line.abandonment), rel=1e-9)
    assert found["busy 0"] / 3 == pytest.approx(float(line.occupancy), rel=1e-9)
