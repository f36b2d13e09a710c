"""Rules R33 to R38, hand-worked with whole numbers, in both engines: what goes wrong on a bad day."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.scenario.scenario import Scenario
from tests.rules.test_behaviour import INF, NAN, outcomes, people, run, same
from tests.worlds import by_turns, by_work, fixed, group, incident, queue, world

MINUTES = {"open": "00:01", "close": "00:03"}


def bad_day(queues: list[dict[str, Any]], groups: list[dict[str, Any]], *bad: Any, **more: Any) -> Scenario:
    """A world in which something goes wrong."""
    return world(queues, groups, stress={"incidents": list(bad), "in_force": True}, **more)


def spans(log: sim.ChatLog) -> list[tuple[int, float, float]]:
    """Agent, log-in and log-off of each span of duty."""
    return list(zip(log.duty.agent.tolist(), log.duty.on_s.tolist(), log.duty.off_s.tolist(), strict=True))


def lost(log: sim.ChatLog) -> list[tuple[int, float, float, bool]]:
    """Agent, beginning and end of what was lost, and whether to a late log-in."""
    columns = log.lost.agent, log.lost.on_s, log.lost.off_s, log.lost.late
    return list(zip(*(column.tolist() for column in columns), strict=True))


# R33


def test_r33_an_incident_happens_under_stress_alone_and_its_end_is_no_part_of_it():
    """From 10 to 40 nobody can answer: the chat of 10 waits, that of 40 does not; on an ordinary day none does."""
    bad = incident("outage", 10, 0.5)
    stressed = bad_day([queue([10, 40], by_work(1))], [group(2)], bad)
    ordinary = world([queue([10, 40], by_work(1))], [group(2)], stress={"incidents": [bad]})

    assert run(stressed).chat.accepted_s.tolist() == [40, 40]
    assert run(ordinary).chat.accepted_s.tolist() == [10, 40]
    assert sim.under_stress(ordinary) == stressed


# R34: agents out


def test_r34_the_highest_numbers_are_out_finish_what_they_hold_and_come_back():
    """Agent 1 of two is out from 60 to 120: their chat lasts until 70, and who comes at 61 waits for agent 0."""
    scenario = bad_day(
        [queue([50, 50, 61, 62, 119, 120], by_work(20))],
        [group(2)],
        incident("agents_out", 60, 1, group="g", agents=1),
    )
    log = run(scenario)

    assert log.chat.agent.tolist() == [0, 1, 0, 0, 0, 1]
    assert log.chat.accepted_s.tolist() == [50, 50, 70, 90, 119, 120]
    assert spans(log) == [(0, 0, INF), (1, 0, 60), (1, 120, INF)]
    assert log.duty.out_s.tolist() == [INF, 70, INF]
    assert lost(log) == [(1, 60, 120, False)]


def test_r34_only_who_would_be_on_duty_meanwhile_is_out():
    """From 120 to 180 the late shift is not there yet: of the early one, agent 1 is out."""
    early = {"agents": 2, "start": "00:00", "end": "00:05"}
    late = {"agents": 2, "start": "00:04", "end": "00:08"}
    scenario = bad_day(
        [queue([], by_work(1))],
        [group(shifts=[early, late])],
        incident("agents_out", 120, 1, group="g", agents=1),
    )

    assert lost(run(scenario)) == [(1, 120, 180, False)]


def test_r34_two_that_overlap_take_two_and_one_after_the_other_the_same():
    """The second begins while agent 2 is out and takes agent 1; the third takes agent 2 again."""
    outs = [
        incident("agents_out", 90, 1, group="g", agents=1),
        incident("agents_out", 60, 1, group="g", agents=1),
        incident("agents_out", 150, 1, group="g", agents=1),
    ]
    log = run(bad_day([queue([], by_work(1))], [group(3)], *outs))

    assert lost(log) == [(1, 90, 150, False), (2, 60, 120, False), (2, 150, 210, False)]


def test_r34_who_is_absent_can_not_fall_out_too():
    """Agent 2 is absent and agent 1 late until 100, so agent 1 loses 60 to 100 by being late and the rest out."""
    scenario = bad_day(
        [queue([], by_work(1))],
        [group(3, absence=0.5, late_s=fixed(1))],
        incident("agents_out", 90, 1, group="g", agents=1),
        hours=MINUTES,
    )
    log = run(scenario, people=people([[False], [False], [True]], [[0], [40], [0]]))

    assert lost(log) == [(1, 60, 100, True), (1, 100, 150, False), (2, 60, 180, False)]
    assert spans(log) == [(0, 60, 180), (1, 150, 180)]


def test_r34_with_fewer_there_than_fall_out_all_do():
    """Of a shift of one and a break: both are out, and each comes back for what is left."""
    shift = {"agents": 2, "start": "00:00", "end": "00:05"}
    shift_ = shift | {"agents": 1, "start": "00:05", "end": "00:09"}
    log = run(
        bad_day(
            [queue([100], by_work(1))],
            [group(shifts=[shift, shift_])],
            incident("agents_out", 60, 2, group="g", agents=3),
        )
    )

    assert lost(log) == [(0, 60, 180, False), (1, 60, 180, False)]
    assert log.chat.accepted_s.tolist() == [180]


# R35: a gap between shifts


def test_r35_in_a_gap_nobody_is_on_duty_and_nothing_is_lost():
    """Constant agents finish what they hold and do not stay, as they would after closing, for who waits."""
    scenario = bad_day(
        [queue([60, 65, 70], by_work(20))], [group(1)], incident("shift_gap", 75, 0.5), hours=MINUTES
    )
    log = run(scenario)

    assert log.chat.accepted_s.tolist() == [60, 105, 125]
    assert spans(log) == [(0, 60, 75), (0, 105, 180)]
    assert log.duty.out_s.tolist() == [80, 180]
    assert lost(log) == []


def test_r35_a_gap_of_a_group_leaves_the_others_there():
    """The chat of 70 is the other group's."""
    scenario = bad_day(
        [queue([70], by_work(5))], [group(1, "a"), group(1, "b")], incident("shift_gap", 60, 1, group="a")
    )

    assert run(scenario).chat.agent.tolist() == [1]


def test_r35_at_closing_constant_agents_stay_as_ever():
    """The gap from 70 to 80 is not their closing, at 180: who waits then is still answered."""
    scenario = bad_day(
        [queue([170, 171], by_work(20))], [group(1)], incident("shift_gap", 70, 1 / 6), hours=MINUTES
    )
    log = run(scenario)

    assert log.chat.accepted_s.tolist() == [170, 190]
    assert log.duty.out_s.tolist() == [70, 210]


def test_r35_a_gap_is_no_new_log_in_to_be_late_for():
    """Late by 15 from 60 on: on duty from 75, in the gap from 70 to 80 not, and back at 80."""
    scenario = bad_day(
        [queue([], by_work(1))],
        [group(1, late_s=fixed(1))],
        incident("shift_gap", 70, 1 / 6),
        hours=MINUTES,
    )
    log = run(scenario, people=people(late_s=[[15]]))

    assert spans(log) == [(0, 80, 180)]
    assert lost(log) == [(0, 60, 70, True)]


# R36: a slow system


def test_r36_what_begins_while_the_system_is_slow_takes_longer():
    """Replies of 10 s begun at 20 and 40 take 15, and the wrap-up of 4 begun at 55 takes 6; 10 the reply of 5."""
    scenario = bad_day(
        [queue([5], by_turns(10, 5, 3, 4))], [group(1)], incident("slow_system", 20, 40 / 60, factor=1.5)
    )
    log = run(scenario)

    assert log.turn.start_s.tolist() == [5, 20, 40]
    assert log.turn.reply_s.tolist() == [15, 35, 55]
    assert log.chat.released_s.tolist() == [61]


def test_r36_by_work_the_work_of_chats_accepted_meanwhile_is_more():
    """Work of 10 accepted at 19 takes 10 s, at 29 it takes 20; its wrap-up of 4, begun at 49, takes 8."""
    scenario = bad_day(
        [queue([19, 20], by_work(10, wrap_up_s=fixed(4)))],
        [group(1)],
        incident("slow_system", 20, 1, factor=2.0),
    )
    log = run(scenario)

    assert log.chat.accepted_s.tolist() == [19, 37]
    assert log.chat.ended_s.tolist() == [29, 57]
    assert log.chat.released_s.tolist() == [37, 65]


def test_r36_factors_of_several_multiply_and_speeds_count():
    """At speed 2 a reply of 12 takes 6; with two slow systems, of 2 and 3, it takes 36."""
    slow = [incident("slow_system", 0, 1, factor=2.0), incident("slow_system", 0, 1, factor=3.0)]
    scenario = bad_day(
        [queue([0, 60], by_turns(12, 0, 1))], [group(1, speed={"law": "fixed", "mean": 2.0})], *slow
    )

    assert run(scenario).turn.reply_s.tolist() == [36, 66]


# R37: an outage


def test_r37_a_reply_under_way_stands_still_and_the_backlog_is_taken_afterwards():
    """Of the reply of 10 begun at 15, half is done at 20; the rest after 50. Who comes meanwhile is taken at 50."""
    scenario = bad_day(
        [queue([0, 15, 25, 30], by_turns(10, 5, 1, 4))],
        [group(1, concurrency=2)],
        incident("outage", 20, 0.5),
    )
    log = run(scenario)

    assert log.chat.accepted_s.tolist() == [0, 15, 50, 59]
    assert log.turn.start_s.tolist() == [0, 15, 59, 73]
    assert log.turn.reply_s.tolist() == [10, 55, 69, 83]
    assert log.chat.released_s.tolist() == [14, 59, 73, 87]


def test_r37_messages_gather_in_the_inbox_and_the_oldest_is_taken_up_first():
    """The customer writes again at 15; at 40 the chat of 20 is accepted, and then the message of 15 is answered."""
    scenario = bad_day(
        [queue([0, 20], by_turns(10, 5, 2))], [group(1, concurrency=2)], incident("outage", 10, 0.5)
    )
    log = run(scenario)

    assert log.chat.accepted_s.tolist() == [0, 40]
    assert log.turn.message_s.tolist() == [0, 15, 40, 65]
    assert log.turn.start_s.tolist() == [0, 40, 50, 65]


def test_r37_a_wrap_up_stands_still_too():
    """Of the wrap-up of 10 begun at 15, five seconds are left at 20, and at 50."""
    scenario = bad_day([queue([5], by_turns(10, 0, 1, 10))], [group(1)], incident("outage", 20, 0.5))

    assert run(scenario).chat.released_s.tolist() == [55]


def test_r37_what_ends_as_it_begins_is_done():
    """The reply ends at 10, as the outage begins; so it is sent then, and its wrap-up waits."""
    scenario = bad_day([queue([0], by_turns(10, 0, 1, 6))], [group(1)], incident("outage", 10, 0.5))
    log = run(scenario)

    assert log.turn.reply_s.tolist() == [10]
    assert log.chat.released_s.tolist() == [46]


def test_r37_by_work_the_clocks_stand_still():
    """Two chats at half speed: 10 of 20 are done at 20; at 50 they go on, and both end at 70."""
    scenario = bad_day(
        [queue([0, 0, 30], by_work(20, aht_s=[20, 40]))],
        [group(1, concurrency=2)],
        incident("outage", 20, 0.5),
    )
    log = run(scenario)

    assert log.chat.accepted_s.tolist() == [0, 0, 70]
    assert log.chat.ended_s.tolist() == [70, 70, 90]


def test_r37_customers_go_on_losing_patience():
    """In the queue at 35, and with the reply, which is finished in vain at 60."""
    scenario = bad_day(
        [queue([0, 25], by_turns(20, 5, 1), patience=fixed(10), reply_patience=fixed(40))],
        [group(1)],
        incident("outage", 10, 40 / 60),
    )
    log = run(scenario)

    assert outcomes(log) == ["left", "abandoned"]
    assert log.chat.ended_s.tolist() == [40, 35]
    assert log.chat.released_s.tolist()[0] == 60


def test_r37_who_leaves_the_inbox_frees_a_slot_that_nobody_fills_before_it_is_over():
    """The message in the inbox since 5 is given up at 25; the chat of 12 is accepted at 40 all the same."""
    scenario = bad_day(
        [queue([0, 5, 12], by_turns(30, 5, 1), reply_patience=fixed(20))],
        [group(1, concurrency=2)],
        incident("outage", 10, 0.5),
    )
    log = run(scenario, reply_patience_s=[INF, 20, INF])

    assert outcomes(log) == ["served", "left", "served"]
    assert same(log.chat.accepted_s, [0, 5, 40])
    assert same(log.turn.start_s, [0, NAN, 60])


def test_r37_agents_come_and_go_meanwhile_and_fill_their_slots_in_order_when_it_is_over():
    """The shift of 60 to 120 begins and another ends in the outage of 30 to 90: at 90 agent 1 takes two."""
    shifts = [
        {"agents": 1, "start": "00:00", "end": "00:01"},
        {"agents": 2, "start": "00:01", "end": "00:03"},
    ]
    scenario = bad_day(
        [queue([40, 41, 42, 43], by_work(30))],
        [group(shifts=shifts, concurrency=2)],
        incident("outage", 30, 1),
    )
    log = run(scenario)

    assert log.chat.agent.tolist() == [1, 1, 2, 2]
    assert log.chat.accepted_s.tolist() == [90] * 4


def test_r37_who_logs_off_as_it_ends_takes_nothing():
    """Log-off at 60, the end of the outage, comes first: the chat is for who logs in then."""
    shifts = [
        {"agents": 1, "start": "00:00", "end": "00:01"},
        {"agents": 1, "start": "00:01", "end": "00:02"},
    ]
    scenario = bad_day([queue([40], by_work(5))], [group(shifts=shifts)], incident("outage", 30, 0.5))

    assert run(scenario).chat.agent.tolist() == [1]


def test_r37_outages_that_overlap_are_one():
    """From 10 to 40 and from 30 to 60: the chat of 20 is accepted at 60."""
    bad = incident("outage", 10, 0.5), incident("outage", 30, 0.5)

    assert run(bad_day([queue([20], by_work(5))], [group(1)], *bad)).chat.accepted_s.tolist() == [60]


# R38: a burst


@pytest.mark.parametrize("minutes", [1.0, 10.0])
def test_r38_a_burst_brings_exactly_so_many_within_its_minutes(minutes: float):
    """Beside exact arrivals: these and their times stay."""
    scenario = bad_day(
        [queue([0, 5000], by_work(1))], [group(1)], incident("burst", 3600, minutes, queue="q", customers=30)
    )
    log = run(scenario)
    more = log.chat.arrival_s[1:-1]

    assert [log.chat.arrival_s[0], log.chat.arrival_s[-1]] == [0, 5000]
    assert len(more) == 30
    assert more.min() >= 3600
    assert more.max() < 3600 + 60 * minutes


# Together


def test_alone_or_together():
    """Agent 1 out from 0 to 60, slow × 2 until 60, an outage from 20 to 50: one reply of 10 from 15 on takes 50."""
    bad = [
        incident("agents_out", 0, 1, group="g", agents=1),
        incident("slow_system", 0, 1, factor=2.0),
        incident("outage", 20, 0.5),
    ]
    log = run(bad_day([queue([15, 16], by_turns(10, 0, 1))], [group(2)], *bad))

    assert log.chat.agent.tolist() == [0, 1]
    assert log.turn.start_s.tolist() == [15, 60]
    assert log.turn.reply_s.tolist() == [65, 70]
