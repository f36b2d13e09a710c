"""Rules R39 to R43, hand-worked with whole numbers, in both engines: a platform that takes its time."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

import sim
from sim.scenario.scenario import Scenario
from tests.rules.test_behaviour import INF, NAN, again, outcomes, run, same, silence
from tests.worlds import by_turns, by_work, fixed, group, incident, queue, world


def late(
    queues: list[dict[str, Any]],
    groups: list[dict[str, Any]] | None = None,
    a: float = 0,
    d: float = 0,
    **more: Any,
) -> Scenario:
    """A world whose platform brings a chat to its agent in *a* seconds, and a message to the other side in *d*."""
    return world(queues, groups, platform={"accept_s": a, "deliver_s": d}, **more)


# R40: a chat on its way


def test_r40_a_chat_is_accepted_so_much_later_than_its_agent_is_chosen():
    """At once as it comes, and the next when the slot is free: at 14 by the wrap-up, so accepted at 17."""
    log = run(late([queue([0, 1], by_turns(10, 5, 1, 1))], a=3))

    assert log.chat.accepted_s.tolist() == [3, 17]
    assert log.turn.message_s.tolist() == [3, 17]
    assert log.turn.reply_s.tolist() == [13, 27]
    assert log.chat.released_s.tolist() == [14, 28]
    assert log.chat.queued.tolist() == [False, True]


def test_r40_on_its_way_it_holds_the_slot():
    """Two slots: who comes at 1 and 2 finds one, then none; the third waits though nobody is accepted before 5."""
    log = run(late([queue([1, 2, 3], by_turns(10, 5, 1))], [group(concurrency=2)], a=5))

    assert log.chat.accepted_s.tolist() == [6, 7, 21]
    assert log.chat.queued.tolist() == [False, False, True]


def test_r40_it_counts_where_chats_held_are_counted():
    """At 5 the reply of 10 begins beside a chat on its way, and takes 20; the least loaded is who holds none."""
    scenario = late([queue([0, 4], by_turns(10, 5, 1))], [group(concurrency=2, switching=1.0)], a=5)
    assert run(scenario).turn.reply_s.tolist() == [25, 35]

    log = run(late([queue([0, 1], by_turns(10, 5, 1))], [group(2, concurrency=2)], a=5))
    assert log.chat.agent.tolist() == [0, 1]


def test_r40_it_is_in_no_line():
    """With room for nobody to wait, two on their way block neither each other nor the line's estimate."""
    balking = {"estimate": "last", "waits_s": [0.0, 10.0], "shares": [0.0, 0.0]}
    scenario = late(
        [queue([0, 1, 2, 9], by_turns(1, 5, 1), capacity=1, balking=balking)], [group(concurrency=2)], a=5
    )
    log = run(scenario)

    assert outcomes(log) == ["served"] * 4
    assert same(log.chat.estimate_s, [NAN, NAN, 0, NAN])  # nobody has been accepted yet at 2


def test_r40_by_work_it_holds_the_slot_and_is_not_worked_on():
    """Work of 20 at half speed with two: 5 alone, 5 beside one on its way, 5 of its work are left at 15."""
    scenario = late([queue([0, 10], by_work(20, aht_s=[20, 40]))], [group(concurrency=2)], a=5)
    log = run(scenario)

    # From 5 alone to 10: 5 done. From 10 on the other holds a slot: half speed, so 15 take 30 s, until 40. It is
    # accepted at 15 and at 40 has 12.5 of 20; 7.5 alone last until 47.5.
    assert log.chat.accepted_s.tolist() == [5, 15]
    assert log.chat.ended_s.tolist() == [40, 47.5]


def test_r40_who_goes_off_duty_meanwhile_still_gets_it():
    """The shift ends at 60: the chat of 58 is accepted at 63 and finished at 73."""
    shift = {"agents": 1, "start": "00:00", "end": "00:01"}
    log = run(late([queue([58], by_turns(10, 0, 1))], [group(shifts=[shift])], a=5))

    assert log.chat.accepted_s.tolist() == [63]
    assert log.duty.out_s.tolist() == [73]


def test_r40_an_outage_comes_on_top():
    """From 10 to 40: the chat of 8 has three seconds to go, and is accepted at 43; that of 5 at 10, as it begins."""
    scenario = late(
        [queue([5, 8], by_turns(10, 0, 1))],
        [group(concurrency=2)],
        a=5,
        stress={"incidents": [incident("outage", 10, 0.5)], "in_force": True},
    )
    log = run(scenario)

    assert log.chat.accepted_s.tolist() == [10, 43]
    assert log.turn.start_s.tolist() == [40, 50]


# R41: patience on the way


def test_r41_who_loses_patience_on_the_way_frees_the_slot_at_once():
    """Gone at 4: the next in line, who came at 1, is on its way then and accepted at 9; at 9 acceptance is first."""
    scenario = late([queue([0, 1], by_turns(10, 5, 1), patience=fixed(1))], a=5)
    log = run(scenario, patience_s=[4, 8])

    assert outcomes(log) == ["abandoned", "served"]
    assert log.chat.ended_s.tolist() == [4, 19]
    assert log.chat.agent.tolist() == [-1, 0]
    assert same(log.chat.accepted_s, [NAN, 9])


def test_r41_who_has_waited_the_maximum_on_the_way_is_sent_to_a_form():
    """At 4, before acceptance at 5; who waits exactly the maximum is accepted."""
    log = run(late([queue([0], by_turns(10, 5, 1), max_wait_s=4)], a=5))
    assert outcomes(log) == ["overflowed"]

    log = run(late([queue([0], by_turns(10, 5, 1), max_wait_s=5)], a=5))
    assert outcomes(log) == ["served"]


def test_r41_who_leaves_silently_on_the_way_is_accepted_all_the_same():
    """Gone at 2, accepted at 5, answered in vain at 15, closed at 35."""
    scenario = late([queue([0], by_turns(10, 5, 2), patience=fixed(2), silence=silence(20))], a=5)
    log = run(scenario)

    assert outcomes(log) == ["silent"]
    assert (log.chat.accepted_s.tolist(), log.chat.released_s.tolist()) == ([5], [35])


def test_r41_a_silent_chat_that_overflows_on_its_way_is_over():
    """Gone at 2 and sent to a form at 3: nobody accepts it, and the next is on its way at 3."""
    scenario = late(
        [queue([0, 1], by_turns(10, 5, 1), patience=fixed(2), silence=silence(20), max_wait_s=3)], a=5
    )
    log = run(scenario, patience_s=[2, INF])

    assert outcomes(log) == ["silent", "overflowed"]
    assert log.chat.ended_s.tolist() == [3, 4]
    assert log.chat.agent.tolist() == [-1, -1]


def test_r41_who_gave_up_on_the_way_comes_again():
    """Gone at 4, back at 4 + 6 = 10, when the agent is free."""
    scenario = late([queue([0], by_turns(10, 5, 1), patience=fixed(4), retry=again(6), max_attempts=2)], a=5)
    log = run(scenario, patience_s=[4, 5])

    assert outcomes(log) == ["abandoned", "served"]
    assert same(log.chat.accepted_s, [NAN, 15])


# R42: messages on their way


def test_r42_a_reply_and_a_message_take_so_long():
    """Sent at 10, shown at 12; 5 later, at 17, the customer writes, and it is in the inbox at 19."""
    log = run(late([queue([0], by_turns(10, 5, 2, 4))], d=2))

    assert log.turn.start_s.tolist() == [0, 19]
    assert log.turn.message_s.tolist() == [0, 17]
    assert log.turn.reply_s.tolist() == [12, 31]
    assert log.chat.ended_s.tolist() == [29]
    assert log.chat.released_s.tolist() == [33]
    assert log.messages().select("sent_s", "inbox_s", "seen_s").rows() == [
        (0, 0, 0), (10, None, 12), (17, 19, 19), (29, None, 31),
    ]  # fmt: skip


def test_r42_the_agent_turns_to_the_next_message_as_soon_as_the_reply_is_sent():
    """The chat of 1 is taken up at 10, not at 12."""
    log = run(late([queue([0, 1], by_turns(10, 5, 1))], [group(concurrency=2)], d=2))

    assert log.turn.start_s.tolist() == [0, 10]
    assert log.turn.reply_s.tolist() == [12, 22]


def test_r42_the_agent_waits_for_an_answer_from_the_reply_on():
    """Timed out at 10 + 8 = 18: 5 s of the customer and twice 2 on the way are 9."""
    service = by_turns(10, 5, 2)
    log = run(late([queue([0], service, idle_timeout_s=8)], d=2))
    assert (outcomes(log), log.chat.ended_s.tolist()) == (["timed_out"], [18])
    assert same(log.turn.message_s, [0, NAN])

    log = run(late([queue([0], service, idle_timeout_s=9)], d=2))
    assert outcomes(log) == ["served"]  # a message at that very instant comes first


def test_r42_a_timeout_that_no_answer_could_keep_is_refused():
    """There and back are 4 s."""
    with pytest.raises(
        ValidationError, match="must be longer than a message takes to the customer and back, 4 s"
    ):
        late([queue([0], by_turns(10, 5, 2), idle_timeout_s=4)], d=2)


def test_r42_by_work_there_is_nothing_to_deliver():
    log = run(late([queue([0], by_work(10))], d=2))

    assert log.chat.ended_s.tolist() == [10]


# R43: the customer's clock


def test_r43_responses_are_as_the_customer_has_them():
    """First reply at 3 + 10 + 2 after the arrival; the second at 2 + 10 + 2 after the message. Composing is 20 s."""
    scenario = late([queue([0], by_turns(10, 5, 2, 4))], a=3, d=2)
    kpis = sim.measure(run(scenario), scenario)

    assert kpis["asa_s"] == 3
    assert kpis["frt_s"] == 15
    assert kpis["response_s"] == (12 + 14) / 2
    assert kpis["focus_aht_s"] == 24  # with the wrap-up
    assert kpis["aht_s"] == 10 + 2 + 5 + 2 + 10 + 4


def test_r43_patience_counts_from_the_message_s_being_sent():
    """Sent at 17, in the inbox at 19 behind another; 10 later, at 27, the customer leaves."""
    scenario = late(
        [queue([0, 10], by_turns(10, 5, 2), reply_patience=fixed(10))], [group(concurrency=2)], d=2
    )
    log = run(scenario, reply_patience_s=[INF, 10, INF, INF], agent_s=[10, 10, 30, 10])

    assert outcomes(log)[0] == "left"
    assert log.chat.ended_s.tolist()[0] == 27
    assert log.chat.released_s.tolist()[0] == 27


def test_r43_nobody_leaves_before_their_message_is_in_the_inbox():
    """With no patience at all: sent at 17, gone at 19, when the reply has been begun; it is in vain at 29."""
    scenario = late([queue([0], by_turns(10, 5, 2), reply_patience=fixed(10))], d=2)
    log = run(scenario, reply_patience_s=[INF, 0])

    assert outcomes(log) == ["left"]
    assert (log.chat.ended_s.tolist(), log.chat.released_s.tolist()) == ([19], [29])


def test_r43_a_reply_that_has_been_sent_is_waited_for():
    """Patience until 29, when the reply is sent; it is shown at 31."""
    scenario = late([queue([0], by_turns(10, 5, 2), reply_patience=fixed(10))], d=2)

    assert outcomes(run(scenario, reply_patience_s=[INF, 12])) == ["served"]
    assert outcomes(run(scenario, reply_patience_s=[INF, 11])) == ["left"]
