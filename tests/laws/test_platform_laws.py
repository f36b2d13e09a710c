"""Laws of a platform that takes its time, which hold in every world, whatever its features (R39 to R43)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.draws.record import Draws
from sim.engines import simulate
from sim.rules import NO_AGENT
from sim.scenario.scenario import Scenario
from tests.parity.test_parity import assert_same
from tests.worlds import SCALE, worlds

pytestmark = pytest.mark.slow

World = tuple[Scenario, Draws]


def on_platform(scenario: Scenario, **delays: float) -> Scenario:
    """The same scenario on another platform; nobody is given up before an answer could have come."""
    queues = tuple(queue.model_copy(update={"idle_timeout_s": None}) for queue in scenario.queues)
    return scenario.model_copy(update={"queues": queues, "platform": sim.Platform(**delays)})


@settings(max_examples=25 * SCALE)
@given(worlds())
def test_a_platform_that_takes_no_time_is_none(world: World):
    """Bit for bit, with as many events: written out or left out."""
    scenario, draws = world
    data = on_platform(scenario).model_dump(by_alias=True)
    without = {key: value for key, value in data.items() if key != "platform"}
    zero = {"platform": {"accept_s": 0.0, "deliver_s": 0.0}}

    first, second = (
        Scenario.model_validate(each, context={"from_dump": True}) for each in (without, without | zero)
    )
    assert_same(simulate(first, draws), simulate(second, draws))


@settings(max_examples=25 * SCALE)
@given(worlds(), st.sampled_from([5.0, 30.0]))
def test_by_work_nothing_is_delivered(world: World, deliver_s: float):
    """A delay of messages changes nothing where there are none."""
    scenario, draws = world
    if not scenario.queues[0].by_turns:
        late = on_platform(scenario, deliver_s=deliver_s)
        ours, theirs = (simulate(each, draws) for each in (on_platform(scenario), late))
        np.testing.assert_array_equal(ours.chat.released_s, theirs.chat.released_s)
        np.testing.assert_array_equal(ours.chat.outcome, theirs.chat.outcome)


@settings(max_examples=40 * SCALE)
@given(worlds(), st.sampled_from([0.0, 5.0, 30.0]), st.sampled_from([0.0, 2.5, 10.0]))
def test_nothing_is_there_before_it_can_be(world: World, accept_s: float, deliver_s: float):
    """No chat before its way is over, no message and no reply before it is delivered; on its way it has its slot."""
    scenario, draws = world
    log = simulate(on_platform(scenario, accept_s=accept_s, deliver_s=deliver_s), draws)
    chat, turn = log.chat, log.turn
    held = chat.agent != NO_AGENT

    assert np.all(chat.accepted_s[held] - chat.arrival_s[held] >= accept_s)
    later = np.ones(len(turn.start_s), dtype=np.bool_)
    later[turn.offset[:-1][np.diff(turn.offset) > 0]] = False
    began, replied = ~np.isnan(turn.start_s), ~np.isnan(turn.reply_s)
    assert np.all((turn.start_s - turn.message_s)[began & later] >= deliver_s)
    assert np.all((turn.reply_s - turn.start_s)[replied] >= deliver_s)
    following = np.flatnonzero(later & ~np.isnan(turn.message_s))
    assert np.all(turn.message_s[following] >= turn.reply_s[following - 1])
    _never_more_than_the_slots(log, accept_s, scenario)


def _never_more_than_the_slots(log: sim.ChatLog, accept_s: float, scenario: Scenario) -> None:
    """Chats on their way and chats held, by agent: where nothing is down, from `accept_s` before acceptance on."""
    if scenario.incidents:
        return
    for agent in range(len(log.team.slots)):
        mine = log.chat.agent == agent
        times_s = np.concatenate([log.chat.accepted_s[mine] - accept_s, log.chat.released_s[mine]])
        change = np.repeat([1, -1], np.sum(mine))
        order = np.lexsort((change, times_s))
        assert np.cumsum(change[order]).max(initial=0) <= log.team.slots[agent]


@settings(max_examples=40 * SCALE)
@given(worlds(once_by_turns=True), st.sampled_from([0.0, 5.0, 30.0]))
def test_with_an_agent_for_everybody_all_is_later_by_so_much(world: World, deliver_s: float):
    """Acceptance by its way; after it each turn by a message there and back."""
    scenario, draws = world
    n, accept_s = max(draws.n_chats, 1), 5.0
    group = sim.Group(
        name="everybody", queues=[queue.name for queue in scenario.queues], agents=n, concurrency=1
    )
    plain = {"silence": None, "reply_patience": None, "balking": None, "retry": None, "returns": None}
    plain |= {"prefer": (), "max_wait_s": None}
    queues = tuple(queue.model_copy(update=plain) for queue in scenario.queues)
    update = {"queues": queues, "groups": (group,), "stress": None, "quality": None, "hours": None}
    centre = scenario.model_copy(update=update)
    patience_s = np.full(draws.n_chats, np.inf)
    patient = replace(draws, patience_s=patience_s, opinions=None, people=None)
    at_once = simulate(on_platform(centre), patient)
    late = simulate(on_platform(centre, accept_s=accept_s, deliver_s=deliver_s), patient)

    place = np.arange(len(late.turn.start_s)) - np.repeat(late.turn.offset[:-1], np.diff(late.turn.offset))
    np.testing.assert_array_equal(late.chat.accepted_s, at_once.chat.accepted_s + accept_s)
    np.testing.assert_array_equal(late.turn.start_s, at_once.turn.start_s + accept_s + 2 * place * deliver_s)
    np.testing.assert_array_equal(
        late.turn.reply_s, at_once.turn.reply_s + accept_s + (2 * place + 1) * deliver_s
    )
