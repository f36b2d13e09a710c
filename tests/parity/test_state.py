"""A run that begins from a state is the run that never stopped (R48 to R50): on both engines, bit for bit."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.draws.record import Draws
from sim.engines import simulate, simulate_all, state_at
from sim.engines.state import CentreState
from sim.log.chatlog import ChatLog
from sim.rules import Stage
from sim.scenario.duty import duty_plan
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT
from tests.worlds import A_NIGHT_S, SCALE, by_turns, group, queue, world, worlds

ENGINES = ("reference", "kernel")
instants = st.builds(lambda k, night: (15.0 * k, night), st.integers(1, 50), st.booleans())
"""Half of them when something happens; before or after the first midnight."""


def assert_same_log(first: ChatLog, second: ChatLog) -> None:
    """Every column is array-equal. As many events are not: of those before the instant nothing is left."""
    for record in ("chat", "turn", "duty", "team", "lost"):
        for name in getattr(first, record).__slots__:
            columns = (getattr(getattr(log, record), name) for log in (first, second))
            np.testing.assert_array_equal(*columns, err_msg=f"{record}.{name}")


def assert_same_state(first: CentreState, second: CentreState) -> None:
    """Both tell the same, to the last bit."""
    for record, other in ((first, second), (first.happened, second.happened)):
        for field in fields(record):
            if field.name not in {"team", "happened"}:
                columns = getattr(record, field.name), getattr(other, field.name)
                np.testing.assert_array_equal(*columns, err_msg=field.name)


def assert_never_stopped(scenario: Scenario, draws: Draws, now_s: float) -> None:
    whole = simulate(scenario, draws, "reference")
    states = [state_at(scenario, draws, now_s, engine) for engine in ENGINES]
    assert_same_state(*states)
    for state, engine in zip(states, reversed(ENGINES), strict=True):
        assert_same_log(whole, simulate(scenario, draws, engine, begin=state))
        assert_same_state(*states)  # it is not used up


@settings(max_examples=30 * SCALE)
@given(worlds(most_days=2, calendar=True), instants)
def test_a_run_from_a_state_is_the_run_that_never_stopped(
    world: tuple[Scenario, Draws], instant: tuple[float, bool]
):
    """Worlds full of ties, every feature mixed with every other, stopped at any time."""
    now_s, night = instant
    assert_never_stopped(*world, now_s + (A_NIGHT_S - 60.0 if night and world[0].days > 1 else 0.0))


@pytest.mark.nightly
@settings(max_examples=3000 * SCALE)
@given(worlds(most_days=3, calendar=True), instants)
def test_it_is_in_very_many_worlds(world: tuple[Scenario, Draws], instant: tuple[float, bool]):
    now_s, night = instant
    assert_never_stopped(*world, now_s + (A_NIGHT_S - 60.0 if night and world[0].days > 1 else 0.0))


@pytest.mark.parametrize("name", ["web_shop", "two_languages"])
def test_days_of_scenarios_go_on_from_eleven(name: str):
    """Real-valued times; several replications at once; and duty that is given is that of the scenario."""
    scenario = sim.load(ROOT / "scenarios" / f"{name}.toml")
    days = [sim.draw(scenario, seed=1, replication=r) for r in range(3)]
    states = [state_at(scenario, day, 11 * 3600.0) for day in days]
    assert_same_state(states[0], state_at(scenario, days[0], 11 * 3600.0, "reference"))
    assert len(states[0].chat) > 3
    duty = [duty_plan(scenario, day.people) for day in days]
    whole = simulate_all(scenario, days)
    for again in (
        simulate_all(scenario, days, begin=states),
        simulate_all(scenario, days, begin=states, duty=duty),
    ):
        for r in range(len(days)):
            assert_same_log(whole[r], again[r])


def test_a_state_tells_who_waits_and_who_is_held():
    """By hand: one agent with two slots; turns of 10 s, customers take 60 s; four chats, stopped at 25 s."""
    scenario = world([queue([0.0, 5.0, 20.0, 24.0], by_turns(10, 60, 2, wrap_up_s=7))])
    scenario = sim.vary(scenario, {"groups.0.concurrency": 2})
    draws = sim.draw(scenario, seed=1)
    state = state_at(scenario, draws, 25.0)
    table = state.chats(scenario, draws)
    assert table["row"].to_list() == [2, 3, 0, 1]
    assert table["stage"].to_list() == ["waiting", "waiting", "writing", "writing"]
    assert table["whose_turn"].to_list() == [None, None, "customer", "customer"]
    assert table["agent_id"].to_list() == [None, None, 0, 0]
    assert table["turn"].to_list() == [0, 0, 1, 1]
    assert table["since_s"].to_list() == [20.0, 24.0, 10.0, 20.0]
    assert table["until_s"].to_list() == [None, None, 70.0, 80.0]
    assert state.agents().rows() == [(0, True, 2, 5.0)]
    assert repr(state) == "<State at 25 s: 2 chats wait, 2 are held>"
    at_77 = state_at(scenario, draws, 77.0).chats(scenario, draws)
    assert at_77["stage"].to_list() == ["waiting", "waiting", "composing", "writing"]
    assert at_77["since_s"].to_list() == [20.0, 24.0, 70.0, 20.0]


def test_a_state_that_says_otherwise_makes_another_day():
    """Negative controls: a chat's stage ends later, or nobody is there, and the log is no longer the same."""
    scenario = world([queue([0.0, 5.0, 20.0], by_turns(10, 60, 2))])
    draws = sim.draw(scenario, seed=1)
    state = state_at(scenario, draws, 9.0)
    assert state.stage.tolist() == [Stage.WAITING, Stage.COMPOSING]
    later = simulate(scenario, draws, begin=replace(state, until_s=np.array([np.nan, 11.0])))
    assert later.turn.reply_s[0] == 11.0
    away = replace(state, on_duty=np.zeros(1, dtype=np.bool_))
    for engine in ENGINES:
        log = simulate(scenario, draws, engine, begin=away)
        assert (log.chat.agent == [0, -1, -1]).all()


def test_a_state_of_other_draws_is_refused():
    scenario = world([queue([0.0, 5.0, 20.0], by_turns(10, 60, 2))])
    other = world([queue([0.0, 5.0], by_turns(10, 60, 2))])
    state = state_at(scenario, sim.draw(scenario, seed=1), 9.0)
    with pytest.raises(sim.SimError, match=r"3 chats, 6 turns and 1 queues, these have 2 chats"):
        simulate(other, sim.draw(other, seed=1), begin=state)
    with pytest.raises(sim.SimError, match="now_s must be more than 0"):
        state_at(scenario, sim.draw(scenario, seed=1), 0.0)


def test_what_is_rare_in_random_worlds_goes_on_too():
    """A reply that ends at the instant itself; whom round robin chose last; the wait announced from the last chat."""
    reply_then = world([queue([0.0], by_turns(10, 60, 2))])
    assert_never_stopped(reply_then, sim.draw(reply_then, seed=1), 10.0)
    robin = world(
        [queue([0.0, 20.0, 40.0], by_turns(5, 60, 1))], [group(2)], routing={"policy": "round_robin"}
    )
    assert_never_stopped(robin, sim.draw(robin, seed=1), 15.0)
    balking = {"estimate": "last", "waits_s": [0.0, 5.0], "shares": [0.0, 1.0]}
    waits = world([queue([0.0, 1.0, 35.0], by_turns(30, 60, 1), balking=balking)])
    waits = sim.vary(waits, {"groups.0.concurrency": 1})
    draws = sim.draw(waits, seed=1)
    assert simulate(waits, draws).chat.balked.tolist() == [False, False, True]
    assert_never_stopped(waits, draws, 33.0)
