"""Rules R20 to R32, hand-worked with whole numbers, in both engines: silence, second patience, people who come again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.draws.record import Draws
from sim.draws.sampling import draw, draw_all
from sim.engines import simulate
from sim.log.chatlog import ChatLog
from sim.rules import NO_AGENT, Outcome
from sim.scenario.duty import People
from sim.scenario.scenario import Scenario
from tests.parity.test_parity import assert_same
from tests.worlds import by_turns, by_work, fixed, group, queue, world

DAY = 86_400
MINUTE = {"open": "00:01", "close": "00:02"}
NAN = float("nan")
INF = float("inf")


def run(scenario: Scenario, **columns: Any) -> ChatLog:
    """What both engines say of a scenario, with some columns of its draws as given; in `people` its agents."""
    draws = with_columns(draw(scenario, 1), **columns)
    log = simulate(scenario, draws, "reference")
    assert_same(log, simulate(scenario, draws, "kernel"))
    return log


def with_columns(draws: Draws, **columns: Any) -> Draws:
    """Draws with columns of numbers in place of the drawn ones; that of `opinions` is `resolve_u`."""
    if "resolve_u" in columns:
        assert draws.opinions is not None
        resolve_u = np.array(columns.pop("resolve_u"), dtype=np.float64)
        columns["opinions"] = replace(draws.opinions, resolve_u=resolve_u)
    for name, column in columns.items():
        if isinstance(column, list):
            old = getattr(draws, name)
            columns[name] = np.array(column, dtype=old.dtype)
            assert len(column) == len(old), name
    return replace(draws, **columns)


def people(absent: list[list[bool]] | None = None, late_s: list[list[float]] | None = None) -> People:
    """Agents of speed 1, with absences or delays, a row each and in it a day each."""
    shape = np.shape(absent if absent is not None else late_s)
    return People(
        speed=np.ones(shape[0]),
        absent=np.array(absent) if absent is not None else np.zeros(shape, dtype=np.bool_),
        late_s=np.array(late_s, dtype=np.float64) if late_s is not None else np.zeros(shape),
    )


def outcomes(log: ChatLog) -> list[str]:
    """Outcomes by name."""
    return [Outcome(k).name.lower() for k in log.chat.outcome]


def same(column: np.ndarray, expected: list[float]) -> bool:
    """Whether a column is as *expected*, where NaN is itself."""
    return np.array_equal(column, np.array(expected, dtype=np.float64), equal_nan=True)


def silence(detect_s: float, share: float = 1.0) -> dict[str, Any]:
    """Customers who leave without a signal: all of them, unless told otherwise."""
    return {"share": share, "detect_s": fixed(detect_s)}


def again(delay_s: float, probability: float = 1.0) -> dict[str, Any]:
    """Customers who come again: all of them, unless told otherwise."""
    return {"probability": probability, "delay_s": fixed(delay_s)}


# R20: silence in the queue


def test_r20_a_silent_customer_keeps_his_place_is_answered_once_and_holds_the_slot_until_detected():
    """Gone at 6, accepted at 29, answered in vain at 39, closed 20 s later, without a second reply or wrap-up."""
    scenario = world([queue([0, 1, 7], by_turns(10, 5, 2, 4), patience=fixed(5), silence=silence(20))])
    log = run(scenario, patience_s=[5, 5, 1000])

    assert outcomes(log) == ["served", "silent", "served"]
    assert log.chat.accepted_s.tolist() == [0, 29, 59]
    assert same(log.turn.reply_s, [10, 25, 39, NAN, 69, 84])
    assert log.chat.released_s.tolist() == [29, 59, 88]
    assert same(log.chat.left_s, [NAN, 6, NAN])
    assert same(log.first_reply_s, [10, NAN, 69])


def test_r20_a_silent_chat_takes_attention_for_one_reply_and_then_the_slot_alone():
    """Two slots: answered at 30 and 40, the silent chats are held until 130 and 140, side by side."""
    service = by_turns(10, 5, 1)
    scenario = world(
        [queue([0, 0, 1, 12], service, patience=fixed(5), silence=silence(100))], [group(concurrency=2)]
    )
    log = run(scenario)

    assert outcomes(log) == ["served", "served", "silent", "silent"]
    assert log.chat.accepted_s.tolist() == [0, 0, 10, 20]
    assert log.turn.reply_s.tolist() == [10, 20, 30, 40]
    assert log.chat.released_s.tolist() == [10, 20, 130, 140]


def test_r20_a_silent_chat_is_held_and_so_its_agent_is_switching():
    """Alone 10 s, with two chats 20 s: the chat of 50 is answered beside a silent one and takes until 70."""
    scenario = world(
        [queue([0, 0, 1, 50], by_turns(10, 5, 1), patience=fixed(5), silence=silence(100))],
        [group(concurrency=2, switching=1.0)],
    )
    log = run(scenario)

    assert outcomes(log) == ["served", "served", "silent", "served"]
    assert log.turn.reply_s.tolist() == [10, 30, 40, 70]


def test_r20_by_work_a_silent_chat_holds_its_slot_from_its_acceptance():
    """Gone at 6, accepted after the first one's wrap-up, at 17, and closed 20 s later, without a wrap-up."""
    scenario = world(
        [queue([0, 1, 9], by_work(10, wrap_up_s=fixed(7)), patience=fixed(5), silence=silence(20))]
    )
    log = run(scenario, patience_s=[5, 5, 1000])

    assert outcomes(log) == ["served", "silent", "served"]
    assert log.chat.accepted_s.tolist() == [0, 17, 37]
    assert log.chat.released_s.tolist() == [17, 37, 54]
    assert same(log.first_reply_s, [0, NAN, 37])


def test_r20_by_work_a_silent_chat_slows_the_others():
    """Half speed with two chats open: the chat of 210 has done 20 of its 100 s when the silent one is closed."""
    service = by_work(100, aht_s=[100, 200])
    scenario = world(
        [queue([0, 0, 1, 210], service, patience=fixed(5), silence=silence(50))], [group(concurrency=2)]
    )
    log = run(scenario)

    assert outcomes(log) == ["served", "served", "silent", "served"]
    assert log.chat.released_s.tolist() == [200, 200, 250, 330]


def test_r20_the_longest_wait_ends_a_silent_chat_which_stays_silent():
    """Gone at 6, out of the line at 31: which leaves room for the chat of 32."""
    scenario = world(
        [queue([0, 1, 32], by_work(100), patience=fixed(5), max_wait_s=30, capacity=1, silence=silence(20))]
    )
    log = run(scenario, patience_s=[5, 5, 1000], silent=[True, True, False])
    overflowed = run(scenario, patience_s=[5, 1000, 1000])

    assert outcomes(log) == ["served", "silent", "overflowed"]
    assert log.chat.ended_s.tolist() == [100, 31, 62]
    assert same(log.chat.left_s, [NAN, 6, NAN])
    assert log.chat.agent.tolist() == [0, NO_AGENT, NO_AGENT]
    assert outcomes(overflowed) == ["served", "overflowed", "overflowed"]


def test_r20_who_overflows_at_the_instant_his_patience_ends_has_not_gone_before():
    """Longest wait and patience both end at 6: overflowed."""
    scenario = world([queue([0, 1], by_work(100), patience=fixed(5), max_wait_s=5, silence=silence(20))])
    log = run(scenario)

    assert outcomes(log) == ["served", "overflowed"]
    assert same(log.chat.left_s, [NAN, NAN])


def test_r20_a_slot_that_is_freed_at_the_instant_his_patience_ends_is_his():
    """Freed at 10, patience until 10: they are answered."""
    log = run(world([queue([0, 1], by_work(10), patience=fixed(9), silence=silence(20))]))

    assert outcomes(log) == ["served", "served"]


def test_r20_a_silent_chat_takes_room_in_the_queue():
    """Room for one: who arrives at 8 is blocked by a customer who has been gone since 6."""
    scenario = world([queue([0, 1, 8], by_work(10), patience=fixed(5), capacity=1, silence=silence(20))])
    signalled = world([queue([0, 1, 8], by_work(10), patience=fixed(5), capacity=1)])

    assert outcomes(run(scenario)) == ["served", "silent", "blocked"]
    assert outcomes(run(signalled)) == ["served", "abandoned", "served"]


def test_r20_only_those_drawn_as_silent_are():
    """The first of two who lose patience gives a signal; the second does not."""
    scenario = world([queue([0, 1, 2], by_work(100), patience=fixed(5), silence=silence(20, 0.5))])
    log = run(scenario, silent=[False, False, True])

    assert outcomes(log) == ["served", "abandoned", "silent"]
    assert same(log.chat.accepted_s, [0, NAN, 100])
    assert log.chat.ended_s[1] == 6


def test_r20_a_silent_chat_that_nobody_ever_accepts_stays_silent():
    """No agents: their chat never ends, and it is silent, not unfinished (R5)."""
    scenario = world([queue([3], by_work(10), patience=fixed(5), silence=silence(20))], [group(0)])
    log = run(scenario)

    assert outcomes(log) == ["silent"]
    assert same(log.chat.ended_s, [NAN])
    assert same(log.chat.left_s, [8])


def test_r04_a_patience_of_zero_takes_room_in_line_for_the_arrivals_of_its_instant():
    """Two at 1 and room for one: the second is blocked, though the first is gone within the instant; at 2 there is room."""
    log = run(world([queue([0, 1, 1, 2], by_work(10), capacity=1, patience=fixed(0))]))

    assert outcomes(log) == ["served", "abandoned", "blocked", "abandoned"]


def test_r20_a_silent_chat_counts_in_line_for_who_may_balk():
    """Gone at 6, it still makes the line of 8 one long: the next does not join."""
    curve = {"places": [0.0, 1.0], "shares": [0.0, 1.0]}
    log = run(world([queue([0, 1, 8], by_work(10), patience=fixed(5), silence=silence(20), balking=curve)]))

    assert outcomes(log) == ["served", "silent", "blocked"]


def test_r25_last_is_the_chat_accepted_last_by_any_agent_though_its_customer_is_gone():
    """Accepted at 10, gone since 6, with a wait of 9: what the chat at 12 is told."""
    more = {"patience": fixed(5), "silence": silence(20), "balking": joining("last")}
    log = run(world([queue([0, 1, 12], by_work(10), **more)]))

    assert same(log.chat.estimate_s, [NAN, 0, 9])


def test_r20_a_patience_of_zero_without_a_signal_is_gone_at_once_and_keeps_its_place():
    """Arrived and gone at 1; accepted at 10, closed at 30."""
    log = run(world([queue([0, 1], by_work(10), patience=fixed(0), silence=silence(20))]))

    assert outcomes(log) == ["served", "silent"]
    assert same(log.chat.left_s, [NAN, 1])
    assert log.chat.released_s.tolist() == [10, 30]


# R21: patience within the chat


def test_r21_a_message_not_taken_up_leaves_the_inbox_and_frees_the_slot_at_once():
    """Three slots, all at 0, 1, 2 in hand: chat 1 leaves at 6, chat 3 takes its slot, and chat 2 keeps its turn."""
    scenario = world(
        [queue([0, 1, 2, 3], by_turns(10, 5, 1, 4, wrap_up_attention=False), reply_patience=fixed(9))],
        [group(concurrency=3)],
    )
    log = run(scenario, reply_patience_s=[INF, 5, INF, INF])

    assert outcomes(log) == ["served", "left", "served", "served"]
    assert log.chat.accepted_s.tolist() == [0, 1, 2, 6]
    assert same(log.turn.start_s, [0, NAN, 10, 20])
    assert same(log.turn.reply_s, [10, NAN, 20, 30])
    assert log.chat.ended_s.tolist() == [10, 6, 20, 30]
    assert log.chat.released_s.tolist() == [14, 6, 24, 34]


@pytest.mark.parametrize(
    ("gone", "starts"),
    [(1, [0, NAN, 10, 20]), (2, [0, 10, NAN, 20]), (3, [0, 10, 20, NAN])],
)
def test_r21_whoever_leaves_the_others_keep_their_order_in_the_inbox(gone: int, starts: list[float]):
    """The first, the middle or the last of three waiting messages is taken out."""
    scenario = world(
        [queue([0, 1, 2, 3], by_turns(10, 5, 1), reply_patience=fixed(9))], [group(concurrency=4)]
    )
    log = run(scenario, reply_patience_s=[5.0 if k == gone else INF for k in range(4)])

    assert same(log.turn.start_s, starts)
    assert log.chat.released_s[gone] == gone + 5


def test_r21_a_message_can_come_in_after_the_whole_inbox_has_left():
    """Both messages waiting behind the first leave at 6 and 7; that of 8 is taken up at 10."""
    scenario = world(
        [queue([0, 1, 2, 8], by_turns(10, 5, 1), reply_patience=fixed(9))], [group(concurrency=4)]
    )
    log = run(scenario, reply_patience_s=[INF, 5, 5, INF])

    assert outcomes(log) == ["served", "left", "left", "served"]
    assert same(log.turn.start_s, [0, NAN, NAN, 10])


def test_r21_a_reply_being_composed_is_finished_in_vain_without_a_wrap_up():
    """Left at 5, the reply done and the slot free at 10, for the chat that waits."""
    scenario = world([queue([0, 1], by_turns(10, 5, 2, 50), reply_patience=fixed(9))])
    log = run(scenario, reply_patience_s=[5, INF, INF, INF])

    assert outcomes(log) == ["left", "served"]
    assert same(log.turn.reply_s, [10, NAN, 20, 35])
    assert same(log.turn.message_s, [0, NAN, 10, 25])
    assert log.chat.released_s.tolist() == [10, 85]
    assert same(log.first_reply_s, [NAN, 20])


def test_r21_after_a_reply_in_vain_the_slot_is_free_before_the_next_message_is_taken_up():
    """With two chats a reply takes twice as long: chat 1's is begun at 10, with one chat in hand."""
    scenario = world(
        [queue([0, 1], by_turns(10, 5, 1), reply_patience=fixed(9))], [group(concurrency=2, switching=1.0)]
    )
    log = run(scenario, reply_patience_s=[5, INF])

    assert log.turn.start_s.tolist() == [0, 10]
    assert log.turn.reply_s.tolist() == [10, 20]


def test_r21_a_slot_freed_after_a_reply_in_vain_is_filled_before_the_next_message_is_taken_up():
    """At 10 chat 2 gets the slot; chat 1's reply then begins with two chats in hand."""
    scenario = world(
        [queue([0, 1, 2], by_turns(10, 5, 1), reply_patience=fixed(9))], [group(concurrency=2, switching=1.0)]
    )
    log = run(scenario, reply_patience_s=[5, INF, INF])

    assert log.chat.accepted_s.tolist() == [0, 1, 10]
    assert log.turn.reply_s.tolist() == [10, 30, 40]


def test_r21_a_reply_at_the_instant_patience_ends_comes_first():
    """Patience 10, reply at 10: served."""
    log = run(world([queue([0], by_turns(10, 5, 2), reply_patience=fixed(10))]))

    assert outcomes(log) == ["served"]
    assert log.turn.reply_s.tolist() == [10, 25]


def test_r21_each_message_has_its_own_patience():
    """Content with the first reply; the second message, of 15, has waited 5 s at 20."""
    scenario = world([queue([0], by_turns(10, 5, 3, 50), reply_patience=fixed(9))])
    log = run(scenario, reply_patience_s=[10, 5, INF])

    assert outcomes(log) == ["left"]
    assert same(log.turn.reply_s, [10, 25, NAN])
    assert log.chat.released_s.tolist() == [25]
    assert log.first_reply_s.tolist() == [10]


def test_r21_patience_runs_from_the_inbox_not_from_the_arrival():
    """Accepted at 10 after 9 s in the queue, with a patience of 10 for the reply of 20: served."""
    log = run(world([queue([0, 1], by_turns(10, 5, 1), reply_patience=fixed(10))]))

    assert outcomes(log) == ["served", "served"]


def test_r21_a_patience_of_zero_waits_for_nobody():
    """Taken up at 0 and gone at 0: answered in vain; behind it, gone at 1 and the slot free at once."""
    scenario = world([queue([0, 1], by_turns(10, 5, 1), reply_patience=fixed(0))], [group(concurrency=2)])
    log = run(scenario)

    assert outcomes(log) == ["left", "left"]
    assert same(log.turn.reply_s, [10, NAN])
    assert log.chat.released_s.tolist() == [10, 1]


def test_r21_who_leaves_during_the_chat_had_no_reply_and_was_missed():
    """Left before the first reply: accepted, and never answered."""
    scenario = world([queue([0, 1], by_turns(10, 5, 1), reply_patience=fixed(9))], [group(concurrency=2)])
    log = run(scenario, reply_patience_s=[INF, 5])

    assert log.chat.agent.tolist() == [0, 0]
    assert same(log.first_reply_s, [10, NAN])


# R22: silence within the chat


def test_r22_who_leaves_the_chat_in_silence_is_answered_in_his_turn_and_then_detected():
    """Gone at 6, their message answered at 20, and the slot held until 50."""
    scenario = world(
        [queue([0, 1, 2], by_turns(10, 5, 2, 4), reply_patience=fixed(9), silence=silence(30))],
        [group(concurrency=2)],
    )
    log = run(scenario, reply_patience_s=[INF, INF, 5, INF, INF, INF])

    assert outcomes(log) == ["served", "left", "served"]
    assert same(log.turn.reply_s, [10, 30, 20, NAN, 44, 59])
    assert log.chat.accepted_s.tolist() == [0, 1, 34]
    assert log.chat.released_s.tolist() == [34, 50, 63]
    assert same(log.chat.left_s, [NAN, 6, NAN])
    assert same(log.first_reply_s, [10, NAN, 44])


def test_r22_a_reply_being_composed_for_one_who_is_gone_is_followed_by_the_detection():
    """Gone at 5, the reply done at 10, the slot free at 40."""
    scenario = world([queue([0, 1], by_turns(10, 5, 2), reply_patience=fixed(9), silence=silence(30))])
    log = run(scenario, reply_patience_s=[5, INF, INF, INF])

    assert outcomes(log) == ["left", "served"]
    assert same(log.turn.reply_s, [10, NAN, 50, 65])
    assert log.chat.released_s.tolist() == [40, 65]


def test_r22_after_a_first_reply_silence_takes_no_answer_away():
    """Gone at 20 with the second message: the first reply was one, the second is in vain, closed at 55."""
    scenario = world([queue([0], by_turns(10, 5, 3), reply_patience=fixed(9), silence=silence(30))])
    log = run(scenario, reply_patience_s=[INF, 5, INF])

    assert outcomes(log) == ["left"]
    assert same(log.turn.reply_s, [10, 25, NAN])
    assert log.chat.released_s.tolist() == [55]
    assert log.first_reply_s.tolist() == [10]
    assert log.chat.left_s.tolist() == [20]


def test_r22_who_is_gone_from_the_queue_has_no_patience_left_to_lose():
    """Silent since 6; their reply patience would end in the chat, which is silent all the same."""
    scenario = world(
        [queue([0, 1], by_turns(10, 5, 1), patience=fixed(5), reply_patience=fixed(9), silence=silence(30))]
    )
    log = run(scenario, reply_patience_s=[INF, 2])

    assert outcomes(log) == ["served", "silent"]
    assert log.turn.reply_s.tolist() == [10, 20]
    assert log.chat.released_s.tolist() == [10, 50]
    assert same(log.chat.left_s, [NAN, 6])


# R23: idle customers


def test_r23_a_quiet_customer_is_timed_out_without_a_wrap_up():
    """Reply at 10, quiet for 30 s: closed at 40, though they would have written at 110; the waiting chat is next."""
    scenario = world([queue([0, 1], by_turns(10, 100, 2, 50), idle_timeout_s=30)])
    log = run(scenario, customer_s=[100, 100, 20, 20])

    assert outcomes(log) == ["timed_out", "served"]
    assert same(log.turn.reply_s, [10, NAN, 50, 80])
    assert log.chat.ended_s.tolist() == [40, 80]
    assert log.chat.released_s.tolist() == [40, 130]


def test_r23_a_message_at_the_very_instant_comes_first():
    """Timeout and message both at 40: the chat goes on."""
    log = run(world([queue([0], by_turns(10, 30, 2), idle_timeout_s=30)]))

    assert outcomes(log) == ["served"]
    assert log.turn.reply_s.tolist() == [10, 50]


def test_r23_the_agent_is_quiet_too_but_that_closes_nothing():
    """The second reply takes from 15 to 65, beyond 40, when the first one's timeout would have been over."""
    scenario = world([queue([0], by_turns(10, 5, 3), idle_timeout_s=30)])
    log = run(scenario, agent_s=[10, 50, 10])

    assert outcomes(log) == ["served"]
    assert log.turn.reply_s.tolist() == [10, 65, 80]


def test_r23_nobody_is_timed_out_after_the_last_reply():
    """One reply, and a wrap-up longer than the timeout."""
    log = run(world([queue([0], by_turns(10, 100, 1, 50), idle_timeout_s=30)]))

    assert outcomes(log) == ["served"]
    assert log.chat.released_s.tolist() == [60]


def test_r23_closing_takes_no_attention_and_frees_the_slot_while_a_reply_is_composed():
    """Chat 0 is closed at 40, chat 2 accepted then, and its message waits for the reply that ends at 60."""
    scenario = world([queue([0, 1, 2], by_turns(10, 100, 2), idle_timeout_s=30)], [group(concurrency=2)])
    log = run(scenario, agent_s=[10, 10, 50, 10, 10, 10])

    assert outcomes(log) == ["timed_out"] * 3
    assert log.chat.accepted_s.tolist() == [0, 1, 40]
    assert same(log.turn.reply_s, [10, NAN, 60, NAN, 70, NAN])
    assert log.chat.released_s.tolist() == [40, 90, 100]


@pytest.mark.parametrize(("detect_s", "closed_s"), [(100, 50), (30, 50), (20, 40)])
def test_r23_a_silent_chat_is_closed_by_the_timeout_at_the_latest_and_stays_silent(
    detect_s: float, closed_s: float
):
    """Answered in vain at 20: closed after the detection time or after 30 s, whichever comes first."""
    scenario = world(
        [queue([0, 1], by_turns(10, 5, 1), patience=fixed(5), silence=silence(detect_s), idle_timeout_s=30)]
    )
    log = run(scenario)

    assert outcomes(log) == ["served", "silent"]
    assert log.chat.released_s.tolist() == [10, closed_s]


@pytest.mark.parametrize(("detect_s", "closed_s"), [(100, 40), (30, 40), (20, 30)])
def test_r23_a_chat_left_in_silence_is_closed_by_the_timeout_at_the_latest(detect_s: float, closed_s: float):
    """Gone at 5, answered in vain at 10."""
    scenario = world(
        [
            queue(
                [0], by_turns(10, 5, 2), reply_patience=fixed(5), silence=silence(detect_s), idle_timeout_s=30
            )
        ]
    )
    log = run(scenario)

    assert outcomes(log) == ["left"]
    assert log.chat.released_s.tolist() == [closed_s]


# R24: no wrap-up (in each test above that has one: R20, R21, R22 and R23)


def test_r24_after_no_chat_that_ends_otherwise_than_served_is_there_a_wrap_up():
    """A silent one, one who left, one who left in silence and one timed out, each with a wrap-up of 1000 s drawn."""
    more: dict[str, Any] = {"silence": silence(20), "patience": fixed(5), "reply_patience": fixed(9)}
    service = by_turns(10, 100, 2, 1000)
    one = world([queue([0], service, idle_timeout_s=30, **more)])
    timed_out = run(one, reply_patience_s=[INF, INF])
    left = run(one, reply_patience_s=[5, INF], silent=[False])
    left_in_silence = run(one, reply_patience_s=[5, INF])
    late = world(
        [queue([0], service, **more)], [group(shifts=[{"agents": 1, "start": "00:01", "end": "01:00"}])]
    )
    silent = run(late)

    for log, outcome, released_s in (
        (timed_out, "timed_out", 40),
        (left, "left", 10),
        (left_in_silence, "left", 30),
        (silent, "silent", 90),
    ):
        assert outcomes(log) == [outcome]
        assert log.chat.released_s.tolist() == [released_s]


# R25 and R26: the announced wait and balking


def joining(estimate: str, **more: Any) -> dict[str, Any]:
    """A curve that lets everybody join."""
    return {"estimate": estimate, "places": [0.0], "shares": [0.0]} | more


@pytest.mark.parametrize(("estimate", "estimates"), [("head", [NAN, 0, 2, 11]), ("last", [NAN, 0, 0, 9])])
def test_r25_the_estimate_is_the_wait_of_the_first_in_line_or_of_the_last_accepted(
    estimate: str, estimates: list[float]
):
    """Work of 10: at 14 the first in line has waited since 3; the last accepted, at 10, had waited since 1."""
    log = run(world([queue([0, 1, 3, 14], by_work(10), balking=joining(estimate))]))

    assert log.chat.accepted_s.tolist() == [0, 10, 20, 30]
    assert same(log.chat.estimate_s, estimates)
    assert not log.chat.balked.any()


@pytest.mark.parametrize(
    ("estimate", "estimates"), [("head", [NAN, NAN, 0, 0, 0, 35]), ("last", [NAN, NAN, 0, 0, 9, 0])]
)
def test_r25_each_queue_has_an_estimate_of_its_own(estimate: str, estimates: list[float]):
    """Queue b's line at 5 and its wait of 9 s until 10 are none of queue a's business at 5 and 40."""
    queues = [
        queue([0, 5, 40], by_work(100), "a", balking=joining(estimate)),
        queue([0, 1, 11], by_work(10), "b", balking=joining(estimate)),
    ]
    log = run(world(queues, [group(1, "ga", ("a",)), group(1, "gb", ("b",))]))

    assert log.chat.queue.tolist() == [0, 1, 1, 0, 1, 0]
    assert same(log.chat.estimate_s, estimates)


def test_r25_who_is_taken_at_once_had_waited_0():
    """The first wait of 9 s is forgotten when the chat of 50 is taken at once."""
    log = run(world([queue([0, 1, 50, 51], by_work(10), balking=joining("last"))]))

    assert same(log.chat.estimate_s, [NAN, 0, NAN, 0])


def test_r25_a_silent_chat_is_in_line_like_any_other():
    """Gone at 6, and at 8 still the first in line, with a wait of 7."""
    scenario = world(
        [queue([0, 1, 8], by_work(10), patience=fixed(5), silence=silence(20), balking=joining("head"))]
    )

    assert same(run(scenario).chat.estimate_s, [NAN, 0, 7])


def test_r25_nobody_estimates_where_the_line_is_full():
    """Room for one: the third is blocked, and was told nothing."""
    log = run(world([queue([0, 1, 2], by_work(10), capacity=1, balking=joining("head"))]))

    assert outcomes(log) == ["served", "served", "blocked"]
    assert same(log.chat.estimate_s, [NAN, 0, NAN])


def test_r26_nobody_balks_who_need_not_wait_or_is_blocked_by_the_capacity():
    """All who would have to wait balk, except the one without room; each of them is blocked."""
    all_balk = {"places": [0.0], "shares": [1.0]}
    free = run(world([queue([0, 20], by_work(10), balking=all_balk)]))
    room = run(world([queue([0, 1, 20], by_work(10), balking=all_balk, capacity=1)]))
    full = run(world([queue([0, 1], by_work(10), balking=all_balk, capacity=0)]))

    assert outcomes(free) == ["served", "served"]
    assert outcomes(room) == ["served", "blocked", "served"]
    assert room.chat.balked.tolist() == [False, True, False]
    assert same(room.chat.estimate_s, [NAN, 0, NAN])
    assert outcomes(full) == ["served", "blocked"]
    assert full.chat.balked.tolist() == [False, False]
    assert same(full.chat.estimate_s, [NAN, NAN])


def test_r26_places_are_counted_before_he_joins_and_the_curve_is_straight_between_points():
    """None of those who find nobody, half of those who find one, all who find two or more; u = share joins."""
    curve = {"places": [0.0, 2.0], "shares": [0.0, 1.0]}
    scenario = world([queue([0, 1, 2, 3, 4, 5], by_work(100), balking=curve)])
    log = run(scenario, balk_u=[0, 0, 0.49, 0.5, 0.99, 0])

    assert log.chat.balked.tolist() == [False, False, True, False, True, True]
    assert outcomes(log) == ["served", "served", "blocked", "served", "blocked", "blocked"]
    assert not log.chat.queued[log.chat.balked].any()


@pytest.mark.parametrize(
    ("estimate_s", "share"),
    [
        (4, 0.25),
        (10, 0.25),
        (15, 0.375),
        (20, 0.5),
        (30, 0.75),
        (35, 0.5),
        (40, 0.25),
        (41, 0.25),
        (90, 0.25),
    ],
)
def test_r26_the_curve_over_the_announced_wait(estimate_s: float, share: float):
    """Points at 10, 30 and 40 s: the first one's share before, the last one's after, straight lines between."""
    curve = {"waits_s": [10.0, 30.0, 40.0], "shares": [0.25, 0.75, 0.25]}
    scenario = world([queue([0, 1, 1 + estimate_s, 1 + estimate_s], by_work(100), balking=curve)])
    log = run(scenario, balk_u=[0, 0.25, share - 2**-10, share])

    assert log.chat.balked.tolist() == [False, False, True, False]
    assert same(log.chat.estimate_s, [NAN, 0, estimate_s, estimate_s])


# R27 to R29: customers who come again


@pytest.mark.parametrize(
    ("outcome", "more", "left_s"),
    [
        ("abandoned", {"patience": fixed(5)}, 6),
        ("silent", {"patience": fixed(5), "silence": silence(3)}, 6),
        ("blocked", {"capacity": 0}, 1),
        ("blocked", {"balking": {"places": [0.0], "shares": [1.0]}}, 1),
        ("overflowed", {"max_wait_s": 5}, 6),
    ],
)
def test_r27_who_was_missed_tries_again_the_delay_after_he_left(
    outcome: str, more: dict[str, Any], left_s: float
):
    """The agent is busy until 500: three attempts, 20 s after each leaving, whenever a silent chat is closed."""
    scenario = world([queue([0, 1], by_work(500), retry=again(20), max_attempts=3, **more)])
    log = run(scenario)

    second, third = left_s + 20, 2 * left_s + 39
    assert outcomes(log) == ["served", outcome, outcome, outcome]
    assert log.chat.arrival_s.tolist() == [0, 1, second, third]
    assert log.chat.customer.tolist() == [0, 1, 1, 1]
    assert log.chat.attempt.tolist() == [1, 1, 2, 3]


def test_r27_who_was_timed_out_tries_again_the_delay_after_the_closing():
    """Closed at 40 and 100, each time 20 s before they come again."""
    scenario = world([queue([0], by_turns(10, 100, 2), idle_timeout_s=30, retry=again(20), max_attempts=2)])
    log = run(scenario)

    assert outcomes(log) == ["timed_out", "timed_out"]
    assert log.chat.arrival_s.tolist() == [0, 60]


def test_r27_who_was_served_or_found_it_closed_does_not_try_again_unless_told():
    """One served, one offline: one attempt each."""
    service = by_turns(10, 5, 1)
    more: dict[str, Any] = {"retry": again(20), "max_attempts": 2}
    served = world([queue([0], service, **more)])
    offline = world([queue([0], service, **more)], hours=MINUTE)

    for scenario, outcome in ((served, "served"), (offline, "offline")):
        log = run(scenario)
        assert outcomes(log) == [outcome]
        assert log.chat.arrival_s.tolist() == [0]


@pytest.mark.parametrize("silently", [False, True])
@pytest.mark.parametrize(
    ("after", "first_s", "second_s"),
    [
        # Without `after`, who was never answered comes again, and who left after a reply does not.
        (None, 25, None),
        (["unanswered"], 25, None),
        (["left"], None, 40),
        (["unanswered", "left"], 25, 40),
        (["abandoned"], None, None),
    ],
)
def test_r27_who_left_the_chat_tries_again_by_whether_they_had_a_reply(
    after: list[str] | None, first_s: float | None, second_s: float | None, silently: bool
):
    """Replies of 10 and 3 s and patience of 5: one leaves the first at 5; or, with 10, the second at 20."""
    told = {} if after is None else {"after": after}
    more: dict[str, Any] = {"retry": again(20) | told, "max_attempts": 2, "reply_patience": fixed(5)}
    more |= {"silence": silence(3)} if silently else {}
    scenario = world([queue([0], by_turns(10, 5, 2), **more)])
    first = run(scenario, reply_patience_s=[5, 5, 50, 50])
    second = run(scenario, reply_patience_s=[50, 5, 50, 50])

    for log, again_s in ((first, first_s), (second, second_s)):
        assert outcomes(log)[0] == "left"
        assert log.chat.arrival_s.tolist() == [0] + ([] if again_s is None else [again_s])


@pytest.mark.parametrize(
    ("arrival_s", "offline_from", "again_s"),
    [
        (10, "opening", 80),  # before opening: 20 s after 60
        (10, "leaving", 30),  # 20 s after it left, and still closed
        (120, "opening", DAY + 80),  # after closing: tomorrow
        (DAY - 10, "opening", DAY + 80),
        (DAY + 120, "opening", None),  # there is no third day
    ],
)
def test_r27_who_found_it_closed_comes_again_the_delay_after_the_next_opening(
    arrival_s: float, offline_from: str, again_s: float | None
):
    """Open from 60 to 120 on two days."""
    retry = again(20) | {"after": ["offline"], "offline_from": offline_from}
    log = run(world([queue([arrival_s], by_work(5), retry=retry, max_attempts=2)], hours=MINUTE, days=2))

    assert log.chat.arrival_s.tolist() == [arrival_s] + ([] if again_s is None else [again_s])


def test_r27_with_no_delay_last_nights_visitors_stand_at_the_door_and_the_agents_are_there():
    """Three come at night; at the opening, at 60, two agents take two of them, and the third waits."""
    retry = again(0) | {"after": ["offline"]}
    log = run(world([queue([1, 2, 3], by_work(5), retry=retry)], [group(2)], hours=MINUTE))

    assert outcomes(log) == ["offline"] * 3 + ["served"] * 3
    assert log.chat.arrival_s.tolist() == [1, 2, 3, 60, 60, 60]
    assert log.chat.accepted_s[3:].tolist() == [60, 60, 65]
    assert log.chat.customer[3:].tolist() == [0, 1, 2]


def test_r27_each_queue_has_ways_of_its_own():
    """Both are blocked; of queue a who is blocked comes again, of b who abandons."""
    queues = [
        queue([0, 1], by_work(9), name, capacity=0, retry=again(20) | {"after": after}, max_attempts=2)
        for name, after in (("a", ["blocked"]), ("b", ["abandoned"]))
    ]
    log = run(world(queues, [group(1, "ga", ("a",)), group(1, "gb", ("b",))]))

    assert outcomes(log) == ["served", "served", "blocked", "blocked", "served"]
    assert log.chat.queue.tolist() == [0, 1, 0, 1, 0]


def test_r09_of_those_who_arrived_at_one_instant_the_first_in_line_is_first_whatever_their_rows():
    """Both come again without delay at 6, the one of 1 (row 4) after the one of 2 (row 5): first come, first served."""
    scenario = world([queue([0, 1, 2], by_work(100), patience=fixed(5), retry=again(0), max_attempts=2)])
    log = run(scenario, patience_s=[INF, 5, 4, INF, INF, INF])

    assert log.chat.arrival_s.tolist() == [0, 1, 2, 6, 6]
    assert log.chat.customer[3:].tolist() == [1, 2]
    assert log.chat.accepted_s[3:].tolist() == [100, 200]


def test_r27_only_those_drawn_to_retry_do():
    """Both are blocked at 1 and 2; the second one's attempt alone is one to retry from."""
    scenario = world([queue([0, 1, 2], by_work(500), capacity=0, retry=again(20), max_attempts=2)])
    draws = draw(scenario, 1)
    assert draws.chains is not None
    retries = np.array([True, False, True, False, False, False])
    log = run(scenario, chains=replace(draws.chains, retries=retries))

    assert log.chat.arrival_s.tolist() == [0, 1, 2, 22]
    assert log.chat.customer.tolist() == [0, 1, 2, 2]


def test_r27_a_customer_with_no_more_rows_does_not_come_again():
    """No attempt is reserved at a probability of zero."""
    log = run(world([queue([0, 1], by_work(500), capacity=0, retry=again(20, 0.0))]))

    assert outcomes(log) == ["served", "blocked"]


def test_r27_a_further_attempt_is_routed_waits_and_is_served_like_any_other():
    """Abandoned at 6, again at 26, waits for the slot freed at 30."""
    scenario = world([queue([0, 1], by_work(30), patience=fixed(5), retry=again(20))])
    log = run(scenario)

    assert outcomes(log) == ["served", "abandoned", "served"]
    assert same(log.chat.accepted_s, [0, NAN, 30])
    assert log.chat.ended_s.tolist() == [30, 6, 60]


def test_r27_a_first_attempt_comes_before_a_further_one_of_the_same_instant():
    """Both at 26 with one slot free: the lower row of the draws gets it."""
    scenario = world(
        [queue([0, 1, 26], by_work(26), patience=fixed(5), retry=again(20), max_attempts=2)],
    )
    log = run(scenario)

    assert log.chat.arrival_s.tolist() == [0, 1, 26, 26]
    assert outcomes(log) == ["served", "abandoned", "served", "abandoned"]
    assert log.chat.attempt.tolist() == [1, 1, 1, 2]


def test_r28_by_turns_resolution_falls_with_the_chats_held_at_each_reply():
    """Chats 0 and 1 begin one reply alone and one beside the other, chat 2 both alone: shares 0.75 and 1."""
    quality = {"resolution": 1.0, "multitasking": 0.5}
    scenario = world([queue([0, 1, 100], by_turns(10, 5, 2))], [group(concurrency=2)], quality=quality)
    low = run(scenario, resolve_u=[0.75, 0.74, 0.99])
    high = run(scenario, resolve_u=[0.74, 0.75, 0.99])

    assert low.turn.start_s.tolist() == [0, 20, 10, 30, 100, 115]
    assert low.chat.open_chats.tolist() == [1.5, 1.5, 1]
    assert low.chat.resolved.tolist() == [False, True, True]
    assert high.chat.resolved.tolist() == [True, False, True]


def test_r28_by_work_resolution_falls_with_the_chats_held_at_the_acceptance():
    """The first holds one, the second two, the third three: shares 0.75, 0.5 and 0.25."""
    quality = {"resolution": 0.75, "multitasking": 0.25}
    scenario = world([queue([0, 1, 2], by_work(100))], [group(concurrency=3)], quality=quality)
    below = run(scenario, resolve_u=[0.74, 0.49, 0.24])
    at = run(scenario, resolve_u=[0.75, 0.5, 0.25])

    assert below.chat.open_chats.tolist() == [1, 2, 3]
    assert below.chat.resolved.tolist() == [True, True, True]
    assert at.chat.resolved.tolist() == [False, False, False]


def test_r28_only_a_served_chat_is_resolved():
    """The second abandons, whatever their uniform."""
    scenario = world([queue([0, 1], by_work(100), patience=fixed(5))], quality={"resolution": 1.0})
    log = run(scenario, resolve_u=[0.5, 0.0])

    assert log.chat.resolved.tolist() == [True, False]
    assert same(log.chat.open_chats, [1, NAN])


@pytest.mark.parametrize("service", [by_turns(10, 5, 1, 7), by_work(10, wrap_up_s=fixed(7))])
def test_r28_who_was_not_helped_comes_again_the_delay_after_the_conversation(service: dict[str, Any]):
    """Ended at 10, wrapped up at 17, again at 30; ended at 40, again at 60."""
    queue_ = queue([0], service, max_attempts=3) | {"return": again(20)}
    log = run(world([queue_], quality={"resolution": 0.0}))

    assert outcomes(log) == ["served"] * 3
    assert log.chat.arrival_s.tolist() == [0, 30, 60]
    assert log.chat.released_s.tolist() == [17, 47, 77]
    assert log.chat.attempt.tolist() == [1, 2, 3]


def test_r28_who_was_helped_does_not_return_and_who_was_missed_does_not_either():
    """Resolved, or abandoned: one attempt; the others return."""
    queue_ = queue([0, 1, 20], by_work(10), patience=fixed(5), max_attempts=2) | {"return": again(50)}
    scenario = world([queue_], quality={"resolution": 0.5, "multitasking": 0.0})
    log = run(scenario, resolve_u=[0.5, 0.5, 0.49, 0.49, 0.49, 0.49])

    assert outcomes(log) == ["served", "abandoned", "served", "served"]
    assert log.chat.arrival_s.tolist() == [0, 1, 20, 60]
    assert log.chat.customer.tolist() == [0, 1, 2, 0]


def test_r28_only_those_drawn_to_return_do():
    """Neither was helped; both have a further attempt reserved, and the second alone makes it."""
    queue_ = queue([0, 20], by_work(10), max_attempts=2) | {"return": again(50)}
    scenario = world([queue_], quality={"resolution": 0.0})
    draws = draw(scenario, 1)
    assert draws.chains is not None
    returns = np.array([False, True, False, False])
    log = run(scenario, chains=replace(draws.chains, returns=returns))

    assert log.chat.arrival_s.tolist() == [0, 20, 80]
    assert log.chat.customer.tolist() == [0, 1, 1]


def test_r28_a_customer_may_retry_and_return_in_one_chain():
    """Blocked at 1, again at 21 and served until 31, unresolved, and back 40 s later."""
    queue_ = queue([0, 1], by_work(10), capacity=0, retry=again(20), max_attempts=3) | {"return": again(40)}
    log = run(world([queue_], quality={"resolution": 0.0}))

    assert log.chat.arrival_s.tolist() == [0, 1, 21, 50, 71, 100]
    assert log.chat.customer.tolist() == [0, 1, 1, 0, 1, 0]
    assert log.chat.attempt.tolist() == [1, 1, 2, 2, 3, 3]
    assert outcomes(log) == ["served", "blocked", *["served"] * 4]


@pytest.mark.parametrize(("delay_s", "arrivals_s"), [(4, [86_390, 86_399]), (5, [86_390])])
def test_r29_nobody_comes_again_from_the_horizon_on(delay_s: float, arrivals_s: list[float]):
    """Served until 86,395: back at 86,399, but not at 86,400."""
    queue_ = queue([86_390], by_work(5), max_attempts=2) | {"return": again(delay_s)}
    log = run(world([queue_], quality={"resolution": 0.0}))

    assert log.chat.arrival_s.tolist() == arrivals_s


@pytest.mark.parametrize("most", [2, 5])
def test_r29_a_customer_makes_no_more_attempts_than_he_may(most: int):
    """Blocked for ever, always ready to try again."""
    log = run(world([queue([0, 1], by_work(5000), capacity=0, retry=again(20), max_attempts=most)]))

    assert log.chat.attempt.tolist() == [1, *range(1, most + 1)]


@pytest.mark.parametrize("keeps", [[], ["patience"], ["needs"], ["patience", "needs"]])
@pytest.mark.parametrize("turns", [True, False])
def test_r29_attempts_keep_what_the_queue_says_and_the_rest_is_drawn_anew(keeps: list[str], turns: bool):
    """Columns of every further attempt against those of the same customer's first, over two queues and two days."""
    some = {"law": "exponential", "mean_s": 60.0}
    service: dict[str, Any] = {"work_s": some, "wrap_up_s": some}
    if turns:
        count = {"law": "geometric", "mean": 3.0}
        service = {"turns": count, "agent_s": some, "customer_s": some, "wrap_up_s": some}
    more = {"patience": some, "retry": again(20, 0.7), "attempts_keep": keeps}
    more |= {"reply_patience": some} if turns else {}
    queues = [queue([float(k) for k in range(40)], service, name, **more) for name in ("a", "b")]
    scenario = world(queues, [group(queues=("a", "b"))])
    for draws in draw_all(scenario, 1, [0, 1]):
        assert draws.chains is not None
        first, later = draws.chains.customer, np.flatnonzero(draws.chains.attempt > 1)
        assert len(later) > 100
        counts = np.diff(draws.turn_offset)
        needs = ["wrap_up_s", *(["work_s"] if not turns else [])]
        columns = {name: ("needs" in keeps, getattr(draws, name)) for name in needs}
        columns["patience_s"] = ("patience" in keeps, draws.patience_s)
        if turns:
            assert (counts[later] == counts[first[later]]).all() == ("needs" in keeps)
            for name in ("agent_s", "customer_s", "reply_patience_s"):
                head = getattr(draws, name)[draws.turn_offset[:-1]]
                tail = getattr(draws, name)[draws.turn_offset[1:] - 1]
                columns |= {
                    f"first {name}": ("needs" in keeps, head),
                    f"last {name}": ("needs" in keeps, tail),
                }
        for name, (is_kept, column) in columns.items():
            alike = column[later] == column[first[later]]
            assert alike.all() if is_kept else not alike.any(), name


def test_r29_what_is_kept_moves_nothing_else():
    """First attempts, delays, and who comes again are the same as without."""
    some = {"law": "exponential", "mean_s": 60.0}
    service = {"turns": {"law": "geometric", "mean": 3.0}, "agent_s": some, "customer_s": some}
    plain, kept = (
        draw(world([queue([0, 1, 2], service, patience=some, retry=again(20, 0.9), attempts_keep=keeps)]), 1)
        for keeps in ([], ["patience", "needs"])
    )

    assert plain.chains is not None
    assert kept.chains is not None
    assert plain.n_chats == kept.n_chats > 6
    np.testing.assert_array_equal(plain.chains.retry_delay_s, kept.chains.retry_delay_s)
    np.testing.assert_array_equal(plain.patience_s[:3], kept.patience_s[:3])


def test_r29_a_retry_outside_the_opening_hours_is_offline_and_the_last_one():
    """Closed from 60 on: abandoned at 6, again at 66."""
    scenario = world(
        [queue([0, 1], by_work(500), patience=fixed(5), retry=again(60), max_attempts=3)],
        hours={"open": "00:00", "close": "00:01"},
    )
    log = run(scenario)

    assert outcomes(log) == ["served", "abandoned", "offline"]
    assert log.chat.arrival_s.tolist() == [0, 1, 66]


# R30: speed


def test_r30_a_fast_agent_needs_less_time_for_replies_and_wrap_ups_and_the_customer_none_less():
    """Twice as fast: replies of 5 s, of 10 s beside another chat, wrap-ups of 2."""
    speed = {"law": "fixed", "mean": 2.0}
    team = [group(concurrency=2, switching=1.0, speed=speed)]
    log = run(world([queue([0, 6], by_turns(10, 20, 2, 4))], team))

    assert log.turn.start_s.tolist() == [0, 25, 6, 37]
    assert log.turn.reply_s.tolist() == [5, 35, 16, 42]
    assert log.chat.released_s.tolist() == [37, 44]


def test_r30_a_fast_agent_needs_less_time_for_work():
    """Twice as fast: work of 100 in 50, wrap-up of 10 in 5; and sharing slows them down as it does the others."""
    speed = {"law": "fixed", "mean": 2.0}
    service = by_work(100, aht_s=[100, 200], wrap_up_s=fixed(10))
    alone = run(world([queue([0], service)], [group(speed=speed)]))
    two = run(world([queue([0, 0], service)], [group(concurrency=2, speed=speed)]))

    assert alone.chat.ended_s.tolist() == [50]
    assert alone.chat.released_s.tolist() == [55]
    assert two.chat.ended_s.tolist() == [100, 100]


def test_r30_detection_and_idle_customers_are_not_faster_with_a_fast_agent():
    """Reply to nobody from 5 to 10, detected 20 s later, at 30."""
    speed = {"law": "fixed", "mean": 2.0}
    scenario = world(
        [queue([0, 1], by_turns(10, 5, 1), patience=fixed(2), silence=silence(20))], [group(speed=speed)]
    )

    assert run(scenario).chat.released_s.tolist() == [5, 30]


def test_r30_each_agent_has_his_own_speed():
    """Agent 0 at speed 1, agent 1 at speed 2, agent 2 at speed 0.5."""
    scenario = world([queue([0, 0, 0], by_work(10))], [group(3, speed={"law": "fixed", "mean": 1.0})])
    team = People(
        speed=np.array([1, 2, 0.5]), absent=np.zeros((3, 1), dtype=np.bool_), late_s=np.zeros((3, 1))
    )
    log = run(scenario, people=team)

    assert log.chat.agent.tolist() == [0, 1, 2]
    assert log.chat.ended_s.tolist() == [10, 5, 20]
    assert log.team.speed.tolist() == [[1], [2], [0.5]]


def test_r30_new_hires_are_the_last_of_their_group_and_learn_by_the_day():
    """Half speed, three quarters and full speed on days 0, 1 and 2; the other agent is as fast every day."""
    ramp = {"new_hires": 1, "speed": 0.5, "days": 2}
    times_s = [day * DAY + second for day in range(4) for second in (0, 1)]
    log = run(world([queue(times_s, by_work(12))], [group(2, ramp=ramp)], days=4))

    assert log.chat.agent.tolist() == [0, 1] * 4
    assert (log.chat.ended_s - log.chat.accepted_s).tolist() == [12, 24, 12, 16, 12, 12, 12, 12]


def test_r30_ramp_and_speed_multiply():
    """Half of twice as fast: as fast as the others; on the next day twice as fast."""
    team = [group(speed={"law": "fixed", "mean": 2.0}, ramp={"new_hires": 1, "speed": 0.5, "days": 1})]
    log = run(world([queue([0, DAY], by_work(10))], team, days=2))

    assert log.chat.ended_s.tolist() == [10, DAY + 5]
    assert log.team.speed.tolist() == [[1, 2]]


def test_r30_a_reply_and_a_wrap_up_have_the_speed_of_the_day_on_which_they_begin():
    """Half speed until midnight: the reply begun 10 s before takes 20 s, the next one 10, the wrap-up 8."""
    ramp = {"new_hires": 1, "speed": 0.5, "days": 1}
    log = run(world([queue([DAY - 10], by_turns(10, 5, 2, 8))], [group(ramp=ramp)], days=2))

    assert log.turn.reply_s.tolist() == [DAY + 10, DAY + 25]
    assert log.chat.released_s.tolist() == [DAY + 33]


def test_r30_a_wrap_up_begun_before_midnight_is_slow_to_its_end():
    """Reply until 4 s before midnight, wrap-up of 8 at half speed: until 12 s after."""
    ramp = {"new_hires": 1, "speed": 0.5, "days": 1}
    log = run(world([queue([DAY - 24], by_turns(10, 5, 1, 8))], [group(ramp=ramp)], days=2))

    assert log.turn.reply_s.tolist() == [DAY - 4]
    assert log.chat.released_s.tolist() == [DAY + 12]


def test_r30_work_has_the_speed_of_the_day_of_its_acceptance():
    """Accepted 10 s before midnight: 20 s at half speed; the wrap-up begins on the next day."""
    ramp = {"new_hires": 1, "speed": 0.5, "days": 1}
    times_s = [DAY - 10, DAY + 100]
    log = run(world([queue(times_s, by_work(10, wrap_up_s=fixed(8)))], [group(ramp=ramp)], days=2))

    assert log.chat.ended_s.tolist() == [DAY + 10, DAY + 110]
    assert log.chat.released_s.tolist() == [DAY + 18, DAY + 118]


# R31 and R32: absence and late log-ins


@pytest.mark.parametrize(
    "duty",
    [
        {"agents": 2},
        {"staffing": [2] * 24},
        {"shifts": [{"agents": 2, "start": "00:00", "end": "24:00"}]},
    ],
    ids=["constant", "staffing", "shifts"],
)
def test_r31_who_is_absent_all_the_time_takes_no_chat(duty: dict[str, Any]):
    """An absence of 1 for both agents on both days."""
    log = run(world([queue([0, DAY], by_work(10))], [group(**{"absence": 1.0} | duty)], days=2))

    assert outcomes(log) == ["unfinished", "unfinished"]
    assert len(log.duty.agent) == 0
    assert sorted(set(log.lost.agent.tolist())) == [0, 1]
    assert not log.lost.late.any()


@pytest.mark.parametrize(
    "duty",
    [
        {"agents": 1},
        {"staffing": [1] * 24},
        {"shifts": [{"agents": 1, "start": "00:00", "end": "24:00"}]},
    ],
    ids=["constant", "staffing", "shifts"],
)
@pytest.mark.parametrize(
    ("absent", "on_s", "accepted_s"),
    [
        ([True, False, False], [DAY], [DAY, DAY + 50, 2 * DAY + 50]),
        ([False, True, False], [0, 2 * DAY], [50, 2 * DAY, 2 * DAY + 50]),
        ([False, False, True], [0], [50, DAY + 50, NAN]),
        ([False, False, False], [0], [50, DAY + 50, 2 * DAY + 50]),
    ],
)
def test_r31_duty_over_midnight_is_lost_by_the_day(
    duty: dict[str, Any], absent: list[bool], on_s: list[float], accepted_s: list[float]
):
    """One agent round the clock for three days, a chat 50 s into each."""
    times_s = [day * DAY + 50 for day in range(3)]
    scenario = world([queue(times_s, by_work(10))], [group(**{"absence": 0.5} | duty)], days=3)
    log = run(scenario, people=people(absent=[absent]))

    assert log.duty.on_s.tolist() == on_s
    assert same(log.chat.accepted_s, accepted_s)


def test_r31_who_is_absent_finishes_what_he_took_the_day_before():
    """Accepted 5 s before midnight and finished 5 s after; the chat of midnight is not theirs."""
    scenario = world([queue([DAY - 5, DAY], by_work(10))], [group(absence=0.5)], days=2)
    log = run(scenario, people=people(absent=[[False, True]]))

    assert outcomes(log) == ["served", "unfinished"]
    assert log.chat.ended_s[0] == DAY + 5
    assert log.duty.off_s.tolist() == [DAY]
    assert log.duty.out_s.tolist() == [DAY + 5]


def test_r31_who_is_absent_on_the_last_day_does_not_come_after_it():
    """Constant duty clears what waits at the horizon, except that of the absent."""
    scenario = world([queue([DAY - 10, DAY - 5], by_work(20))], [group(2, absence=0.5)])
    log = run(scenario, people=people(absent=[[True], [False]]))

    assert log.chat.agent.tolist() == [1, 1]
    assert log.chat.accepted_s.tolist() == [DAY - 10, DAY + 10]


def test_r31_an_absence_loses_all_the_spans_of_a_day_and_no_other_day():
    """A shift in two pieces on two days: that of the second day is lost, both pieces."""
    shifts = [{"agents": 1, "start": "00:01", "end": "00:04", "breaks": [{"start": "00:02", "minutes": 1}]}]
    scenario = world([queue([60, DAY + 60], by_work(10))], [group(shifts=shifts, absence=0.5)], days=2)
    log = run(scenario, people=people(absent=[[False, True]]))

    assert outcomes(log) == ["served", "unfinished"]
    assert log.duty.on_s.tolist() == [60, 180]
    assert log.lost.on_s.tolist() == [DAY + 60, DAY + 180]
    assert log.lost.off_s.tolist() == [DAY + 120, DAY + 240]
    assert log.lost.agent.tolist() == [0, 0]


def test_r32_who_is_late_is_on_duty_only_from_then_on():
    """A shift from 60 on, half a minute late."""
    shifts = [{"agents": 1, "start": "00:01", "end": "00:10"}]
    log = run(world([queue([0], by_work(10))], [group(shifts=shifts, late_s=fixed(30))]))

    assert log.chat.accepted_s.tolist() == [90]
    assert log.duty.on_s.tolist() == [90]
    assert (log.lost.on_s.tolist(), log.lost.off_s.tolist(), log.lost.late.tolist()) == ([60], [90], [True])


def test_r32_staffed_agents_are_late_too():
    """The second hour is staffed: on duty from 3,630 on."""
    log = run(world([queue([0], by_work(10))], [group(staffing=[0, 1] + [0] * 22, late_s=fixed(30))]))

    assert log.chat.accepted_s.tolist() == [3630]


@pytest.mark.parametrize(
    ("late_s", "on_s", "lost_s"),
    [
        (30, [90, 180], [(60, 90)]),
        (60, [180], [(60, 120)]),
        (90, [180], [(60, 120)]),
        (150, [210], [(60, 120), (180, 210)]),
        (180, [], [(60, 120), (180, 240)]),
        (1000, [], [(60, 120), (180, 240)]),
    ],
)
def test_r32_the_delay_counts_from_the_first_log_in_of_the_day(
    late_s: float, on_s: list[float], lost_s: list[tuple[float, float]]
):
    """A shift from 60 to 240 with a break from 120 to 180: nobody is late a second time after it."""
    shifts = [{"agents": 1, "start": "00:01", "end": "00:04", "breaks": [{"start": "00:02", "minutes": 1}]}]
    log = run(world([queue([0], by_work(10))], [group(shifts=shifts, late_s=fixed(late_s))]))

    assert log.duty.on_s.tolist() == on_s
    assert list(zip(log.lost.on_s.tolist(), log.lost.off_s.tolist(), strict=True)) == lost_s


def test_r32_each_day_has_its_own_delay():
    """30 s late on the first day, punctual on the second, 10 s late on the third."""
    shifts = [{"agents": 1, "start": "00:01", "end": "00:10"}]
    times_s = [day * DAY + 60 for day in range(3)]
    scenario = world([queue(times_s, by_work(5))], [group(shifts=shifts, late_s=fixed(1))], days=3)
    log = run(scenario, people=people(late_s=[[30, 0, 10]]))

    assert log.chat.accepted_s.tolist() == [90, DAY + 60, 2 * DAY + 70]


def test_r32_who_is_on_duty_over_midnight_is_not_late():
    """Logged in at 23:00 until 01:00 of the next day: 30 s late at 23:00, and on duty at midnight."""
    staffing = [1] + [0] * 22 + [1]
    scenario = world(
        [queue([23 * 3600, DAY + 5], by_work(5))], [group(staffing=staffing, late_s=fixed(1))], days=2
    )
    log = run(scenario, people=people(late_s=[[0, 0]]))
    late = run(scenario, people=people(late_s=[[0, 30]]))

    assert log.chat.accepted_s.tolist() == late.chat.accepted_s.tolist() == [23 * 3600, DAY + 5]
    # The hour from midnight on belongs to the log-in of the day before; that of 23:00 is late.
    assert late.duty.on_s.tolist() == [0, 23 * 3600, DAY + 23 * 3600 + 30]


def test_slots_by_seniority_are_those_of_the_first_agents():
    """Agent 0 may hold three chats, agent 1 two, agent 2 the group's one: the seventh waits."""
    seniority = [{"agents": 1, "concurrency": 3}, {"agents": 1, "concurrency": 2}]
    log = run(world([queue([1, 2, 3, 4, 5, 6, 7], by_work(100))], [group(3, seniority=seniority)]))

    assert log.team.slots.tolist() == [3, 2, 1]
    assert log.chat.agent.tolist() == [0, 1, 2, 0, 1, 0, 0]
    assert log.chat.accepted_s.tolist() == [1, 2, 3, 4, 5, 6, 101]
