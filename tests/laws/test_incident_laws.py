"""Laws of incidents that hold in every world, whatever its features (R33 to R38)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sim
from sim.draws.record import Draws
from sim.draws.sampling import draw_all
from sim.engines import simulate
from sim.rules import NO_AGENT
from sim.scenario.scenario import Scenario, under_stress
from sim.scenario.troubles import outages
from tests.conftest import ROOT
from tests.parity.test_parity import assert_same
from tests.worlds import SCALE, incident, worlds

pytestmark = pytest.mark.slow

World = tuple[Scenario, Draws]
Kind = Callable[[Scenario], dict[str, Any]]

OF_NO_ACCOUNT: tuple[Kind, ...] = (
    lambda scenario: {"kind": "agents_out", "group": scenario.groups[0].name, "agents": 0},
    lambda scenario: {"kind": "slow_system", "factor": 1.0},
    lambda scenario: {"kind": "burst", "queue": scenario.queues[0].name, "customers": 0},
)
LASTING: tuple[Kind, ...] = (
    lambda scenario: {"kind": "shift_gap", "group": scenario.groups[0].name},
    lambda scenario: {"kind": "shift_gap"},
    lambda scenario: {"kind": "slow_system", "factor": 1.5},
    lambda scenario: {"kind": "outage"},
)
start, half_minutes = st.integers(0, 12), st.integers(1, 6)


def with_incidents(scenario: Scenario, *incidents: dict[str, Any], in_force: bool = True) -> Scenario:
    """The same scenario with further incidents."""
    have = scenario.stress.incidents if scenario.stress else ()
    stress = sim.Stress.model_validate({"incidents": [*have, *incidents], "in_force": in_force})
    return scenario.model_copy(update={"stress": stress})


@settings(max_examples=25 * SCALE)
@given(worlds(), st.sampled_from(OF_NO_ACCOUNT), start, half_minutes)
def test_what_is_of_no_account_changes_nothing(world: World, kind: Kind, begins: int, length: int):
    """Nobody out, a system as quick as always, a burst of nobody: bit for bit."""
    scenario, draws = world
    more = with_incidents(scenario, incident(**kind(scenario), start_s=30 * begins, minutes=length / 2))

    assert_same(simulate(scenario, draws), simulate(more, draws))


@settings(max_examples=30 * SCALE)
@given(worlds(), st.sampled_from(LASTING), start, half_minutes, half_minutes)
def test_two_that_touch_are_one(world: World, kind: Kind, begins: int, first: int, second: int):
    """Bit for bit, with as many events."""
    scenario, draws = world
    what = kind(scenario)
    one = incident(**what, start_s=30 * begins, minutes=(first + second) / 2)
    two = (
        incident(**what, start_s=30 * begins, minutes=first / 2),
        incident(**what, start_s=30 * (begins + first), minutes=second / 2),
    )

    assert_same(
        simulate(with_incidents(scenario, one), draws), simulate(with_incidents(scenario, *two), draws)
    )


@settings(max_examples=25 * SCALE)
@given(worlds())
def test_on_ordinary_days_nothing_goes_wrong(world: World):
    """Incidents that are not in force change nothing."""
    scenario, draws = world
    assume(scenario.incidents)
    ordinary = with_incidents(scenario, in_force=False)

    assert ordinary.incidents == ()
    assert under_stress(ordinary).incidents == scenario.incidents
    assert_same(simulate(ordinary, draws), simulate(scenario.model_copy(update={"stress": None}), draws))


@settings(max_examples=30 * SCALE)
@given(worlds(), start, half_minutes)
def test_in_an_outage_nobody_accepts_and_no_reply_begins_or_ends(world: World, begins: int, length: int):
    """Nor is a wrap-up done; only what ends as the outage begins ends then."""
    scenario, draws = world
    scenario = with_incidents(scenario, incident("outage", 30 * begins, length / 2))
    log = simulate(scenario, draws)
    served = log.chat.released_s[(log.chat.agent != NO_AGENT) & (log.chat.outcome == sim.Outcome.SERVED)]
    for begins_s, over_s in outages(scenario):
        ways_end_then = (
            scenario.platform.accept_s > 0
        )  # what ends as it begins ends then: a chat's way too (R40)
        first_s = np.nextafter(begins_s, np.inf) if ways_end_then else begins_s
        assert not np.any((first_s <= log.chat.accepted_s) & (log.chat.accepted_s < over_s))
        assert not np.any((begins_s <= log.turn.start_s) & (log.turn.start_s < over_s))
        for at_s in (log.turn.reply_s - log.centre.deliver_s, served):
            assert not np.any((begins_s < at_s) & (at_s < over_s))


@settings(max_examples=25 * SCALE)
@given(worlds(), start, half_minutes)
def test_whoever_is_out_or_in_a_gap_accepts_nothing(world: World, begins: int, length: int):
    """All agents are in a gap, so nobody accepts; but who stays after closing."""
    scenario, draws = world
    scenario = with_incidents(scenario, incident("shift_gap", 30 * begins, length / 2))
    log = simulate(scenario, draws)
    closed = scenario.closes and scenario.hours is not None and 30 * (begins + length) > scenario.hours.close
    taken_s = log.chat.accepted_s - scenario.platform.accept_s
    assume(not scenario.platform.accept_s or not outages(scenario))

    assert closed or not np.any((30 * begins <= taken_s) & (taken_s < 30 * (begins + length)))


def test_a_burst_leaves_everybody_else_as_they_are():
    """Exactly so many more, within the minutes, in every replication; the usual customers to the last bit."""
    scenario = sim.load(ROOT / "scenarios" / "unresolved.toml")
    name = scenario.queues[0].name
    newsletter = incident("burst", 10 * 3600, 20, queue=name, customers=40)
    second = incident("burst", 11 * 3600, 5, queue=name, customers=7)
    usual = draw_all(scenario, 3, range(3))
    more = draw_all(with_incidents(scenario, newsletter, second), 3, range(3))
    for before, after in zip(usual, more, strict=True):
        assert after.chains is not None
        extra = after.number >= 10**9
        first = extra & (after.chains.attempt == 1)
        came_s = after.arrival_s[first]
        assert np.sum((came_s >= 36_000) & (came_s < 37_200)) == 40
        assert np.sum((came_s >= 39_600) & (came_s < 39_900)) == 7
        assert len(came_s) == 47
        assert after.n_customers == before.n_customers + 47
        for column in ("queue", "number", "arrival_s", "patience_s", "wrap_up_s", "route_u"):
            np.testing.assert_array_equal(getattr(after, column)[~extra], getattr(before, column), column)
        mine = np.repeat(~extra, np.diff(after.turn_offset))
        np.testing.assert_array_equal(after.agent_s[mine], before.agent_s)
        assert sorted(after.number[first].tolist()) == [
            *range(10**9, 10**9 + 40),
            *range(2 * 10**9, 2 * 10**9 + 7),
        ]
        kin = after.chains.customer[extra]
        np.testing.assert_array_equal(after.number[kin], after.number[extra])
