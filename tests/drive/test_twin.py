"""A healthy server without delay gives the simulated day, chat by chat and to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import sim
from sim.draws.record import Draws
from sim.drive.adapters.loopback import Loopback
from sim.drive.run import Driven, Ending, Mode, Options, drive
from sim.drive.schedule import Day
from sim.kpis.measure import measure
from sim.rules import Outcome
from sim.scenario.duty import duty_plan
from sim.scenario.scenario import Scenario
from tests.worlds import SCALE, by_turns, fixed, group, queue, world, worlds

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")


def healthy(scenario: Scenario, *, routes: bool = False) -> Loopback:
    """Our own server, which knows priorities and the policy, should it route."""
    priorities = {each.name: each.priority for each in scenario.queues}
    return Loopback(routes=routes, policy=scenario.routing.policy, priorities=priorities)


def driven(day: Day, mode: Mode = Mode.REACTIVE, *, routes: bool = False) -> Driven:
    """Run a day on a healthy server, in virtual time."""
    return drive(day, healthy(day.scenario, routes=routes), Options(virtual=True, mode=mode))


def assert_equals_the_twin(run: Driven) -> None:
    """Every column of chats, turns and duty that a server can tell."""
    log, twin = run.log, run.day.twin
    unfinished = Outcome.UNFINISHED in twin.chat.outcome  # they wait for ever, and the driver does not
    assert run.ending is (Ending.LATE if unfinished else Ending.DONE)
    assert (run.live.failures, run.live.skipped) == (0, 0), run.causes
    for name in ("queue", "arrival_s", "outcome", "agent", "accepted_s", "ended_s", "released_s"):
        np.testing.assert_array_equal(getattr(log.chat, name), getattr(twin.chat, name), err_msg=name)
    if not run.routes:
        np.testing.assert_array_equal(log.chat.queued, twin.chat.queued)
    for name in ("message_s", "start_s", "reply_s"):
        ours, theirs = (getattr(each.turn, name) for each in (log, twin))
        np.testing.assert_array_equal(ours[~np.isnan(ours)], theirs[~np.isnan(theirs)], err_msg=name)
    for name in ("agent", "on_s", "off_s", "out_s"):
        np.testing.assert_array_equal(getattr(log.duty, name), getattr(twin.duty, name), err_msg=name)


def two_groups(**more: Any) -> Scenario:
    """Two queues and two groups, one of which has both skills, with shifts, breaks and closing."""
    law = {"law": "exponential"}
    service = {
        "turns": {"law": "geometric", "mean": 3},
        "agent_s": law | {"mean_s": 40},
        "customer_s": law | {"mean_s": 50},
        "wrap_up_s": law | {"mean_s": 20},
    }
    patient = {"patience": law | {"mean_s": 90}}
    rates = [0.0] * 8 + [60.0, 90.0, 60.0] + [20.0] * 13
    orders = queue({"per_hour": rates}, service, "orders", priority=2, prefer=["both"], **patient, **more)
    returns = queue({"per_hour": rates}, service | {"wrap_up_attention": False}, "returns", **patient)
    shifts = [
        {"agents": 2, "start": "08:00", "end": "10:00", "breaks": [{"start": "08:50", "minutes": 15}]},
        {"agents": 1, "start": "09:00", "end": "12:00"},
    ]
    return world(
        [orders, returns],
        [
            group(name="both", queues=("orders", "returns"), shifts=shifts, concurrency=2, switching=0.2),
            group(2, "orders alone", ("orders",), concurrency=3),
        ],
        hours={"open": "08:00", "close": "11:00"},
    )


@pytest.mark.parametrize("mode", Mode)
def test_two_groups_with_skills_priorities_shifts_and_breaks_equal_their_twin(mode: Mode):
    """A morning of some 300 chats; every figure is the same, too."""
    run = driven(Day.of(two_groups(), seed=3), mode)

    assert_equals_the_twin(run)
    measured, predicted = (measure(log, run.day.scenario) for log in (run.log, run.day.twin))
    assert {name: measured[name] for name in measured} == {name: predicted[name] for name in predicted}
    assert measured["abandoned"] > 5


@pytest.mark.parametrize("policy", ["least_loaded", "most_loaded", "longest_idle", "round_robin"])
def test_a_server_that_routes_by_the_rules_gives_the_same_day(policy: str):
    """It, not the driver, says who takes which chat."""
    scenario = two_groups().model_copy(update={"routing": sim.Routing(policy=policy)})

    assert_equals_the_twin(driven(Day.of(scenario, seed=4), routes=True))


def test_customers_with_patience_for_a_reply_timeouts_and_retries_equal_their_twin():
    """They leave the chat, are timed out, are sent to a form, and come again."""
    exponential = {"law": "exponential", "mean_s": 60}
    scenario = two_groups(
        reply_patience={"law": "exponential", "mean_s": 100},
        idle_timeout_s=90,
        max_wait_s=15,
        retry={
            "probability": 0.7,
            "delay_s": exponential,
            "after": ["unanswered", "abandoned", "timed_out", "offline"],
        },
    )
    run = driven(Day.of(scenario, seed=5))

    assert_equals_the_twin(run)
    kpis = measure(run.log, scenario)
    assert all(kpis[name] for name in ("left", "timed_out", "overflowed", "offline"))
    assert kpis["arrivals"] > kpis["customers"]


def playable(scenario: Scenario, draws: Draws) -> Day:
    """A world without what no server can play."""
    plain = {"capacity": None, "silence": None, "balking": None, "returns": None}
    queues = tuple(each.model_copy(update=plain) for each in scenario.queues)
    scenario = scenario.model_copy(
        update={"queues": queues, "quality": None, "stress": None, "platform": sim.Platform()}
    )
    return Day(scenario, draws, duty_plan(scenario, draws.people))


@settings(max_examples=40 * SCALE)
@given(worlds(most_days=2).filter(lambda world: world[0].queues[0].by_turns))
def test_worlds_full_of_ties_equal_their_twins(given_world: tuple[Scenario, Draws]):
    """Small whole times, every feature that can be played mixed with every other."""
    assert_equals_the_twin(driven(playable(*given_world)))


def test_a_chat_that_is_answered_late_is_no_longer_the_twin_s():
    """The comparison can fail: a server that takes two seconds for everything."""
    scenario = world([queue([10.0, 40.0], by_turns(30, 20, 2))])
    run = drive(Day.of(scenario), Loopback(delay_s=2.0), Options(virtual=True))

    assert run.ending is Ending.DONE
    with pytest.raises(AssertionError):
        assert_equals_the_twin(run)
    assert run.log.chat.accepted_s[0] > run.day.twin.chat.accepted_s[0]


def test_unplayable_features_are_refused_by_name_before_the_first_connection():
    """All of them at once."""
    scenario = world(
        [
            queue([1.0], by_turns(1, 1, 1), "a", capacity=3, balking={"places": [0.0], "shares": [0.5]}),
            queue(
                [1.0], by_turns(1, 1, 1), "b", patience=fixed(1), silence={"share": 0.5, "detect_s": fixed(1)}
            ),
        ],
        [group(queues=("a", "b"))],
    )

    with pytest.raises(sim.LoadError) as refused:
        drive(Day.of(scenario), Loopback(), Options(virtual=True))

    assert [line.strip().split(":")[0] for line in str(refused.value).splitlines()[1:]] == [
        "queues.0.capacity", "queues.0.balking", "queues.1.silence",
    ]  # fmt: skip
