"""One test for each rule of the rule book, hand-worked with whole numbers."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.log.chatlog import ChatLog
from sim.rules import Outcome
from sim.scenario.targets import Targets
from tests.worlds import by_turns, by_work, fixed, group, queue, run, world


def outcomes(log: ChatLog) -> list[str]:
    """Outcomes by name."""
    return [Outcome(k).name.lower() for k in log.chat.outcome]


def test_r01_nobody_arrives_after_the_horizon_and_the_run_goes_on_until_every_chat_has_ended():
    """The last chat arrives before midnight and ends after it."""
    log = run(world([queue([86_399], by_work(10))]))

    assert log.chat.ended_s.tolist() == [86_409]


def test_r02_a_chat_outside_the_opening_hours_is_offline_and_closing_does_not_stop_service():
    """Open [60, 120): chats at 59 and 120 find it closed; one at 119 is served after closing."""
    hours = {"open": "00:01", "close": "00:02"}
    log = run(world([queue([59, 60, 119, 120], by_work(30))], [group(2)], hours=hours))

    assert outcomes(log) == ["offline", "served", "served", "offline"]
    assert log.chat.ended_s.tolist() == [59, 90, 149, 120]


def test_r03_a_chat_waits_for_a_slot_or_is_blocked_when_the_queue_is_full():
    """One agent, room for one waiting chat: the third of three is blocked."""
    log = run(world([queue([0, 1, 2], by_work(10), capacity=1)]))

    assert outcomes(log) == ["served", "served", "blocked"]
    assert log.chat.accepted_s[:2].tolist() == [0, 10]
    assert log.chat.queued.tolist() == [False, True, False]


def test_r04_patience_and_the_longest_wait_end_a_wait():
    """A patience of 5 abandons at 6; at the same instant as the longest wait it overflows."""
    abandoned = run(world([queue([0, 1], by_work(100), patience=fixed(5), max_wait_s=9)]))
    overflowed = run(world([queue([0, 1], by_work(100), patience=fixed(9), max_wait_s=9)]))

    assert outcomes(abandoned) == ["served", "abandoned"]
    assert abandoned.chat.ended_s[1] == 6
    assert outcomes(overflowed) == ["served", "overflowed"]
    assert overflowed.chat.ended_s[1] == 10


def test_r04_an_answer_comes_before_the_end_of_patience_at_the_same_instant():
    """A slot that is freed at 10 goes to the chat whose patience ends at 10."""
    log = run(world([queue([0, 1], by_work(10), patience=fixed(9))]))

    assert log.chat.accepted_s.tolist() == [0, 10]


def test_r04_a_patience_of_zero_takes_an_agent_at_once_or_nobody():
    """The first is answered at once, the second leaves at once."""
    log = run(world([queue([0, 1], by_work(10), patience=fixed(0))]))

    assert outcomes(log) == ["served", "abandoned"]
    assert log.chat.ended_s.tolist() == [10, 1]


def test_r05_a_chat_that_nobody_will_ever_answer_is_unfinished():
    """No agents and endless patience."""
    log = run(world([queue([3], by_work(10))], [group(0)]))

    assert outcomes(log) == ["unfinished"]
    assert np.isnan(log.chat.ended_s[0])


def test_r06_an_agent_takes_only_chats_of_his_skills_and_only_into_free_slots():
    """Group a serves qa alone: the second chat of qa waits although b is idle."""
    queues = [queue([0, 1], by_work(10), "qa"), queue([2], by_work(10), "qb")]
    log = run(world(queues, [group(1, "a", ("qa",)), group(1, "b", ("qb",))]))

    assert log.chat.agent.tolist() == [0, 0, 1]
    assert log.chat.accepted_s.tolist() == [0, 10, 2]


@pytest.mark.parametrize(
    ("policy", "agents"),
    [
        # With as many chats each, the one who was given their last chat earlier takes the next.
        ("least_loaded", [0, 1, 0, 1, 0, 1]),
        # Agent 0 is filled first.
        ("most_loaded", [0, 0, 0, 1, 1, 1]),
        ("longest_idle", [0, 1, 0, 1, 0, 1]),
        ("round_robin", [0, 1, 0, 1, 0, 1]),
    ],
)
def test_r07_the_policy_chooses_among_the_free(policy: str, agents: list[int]):
    """Six chats, two agents with three slots."""
    log = run(
        world([queue([1, 2, 3, 4, 5, 6], by_work(99))], [group(2, concurrency=3)], routing={"policy": policy})
    )

    assert log.chat.agent.tolist() == agents


def test_r07_longest_idle_looks_at_idleness_alone():
    """At 20 agent 0 is empty and idle since 16, agent 1 holds one chat and is idle since 2."""
    services = [queue([1], by_work(15), "short"), queue([2, 20], by_work(100), "long")]
    team = [group(2, concurrency=2, queues=("short", "long"))]
    idle = run(world(services, team, routing={"policy": "longest_idle"}))
    least = run(world(services, team, routing={"policy": "least_loaded"}))

    assert idle.chat.agent.tolist() == [0, 1, 1]
    assert least.chat.agent.tolist() == [0, 1, 0]


def test_r07_round_robin_goes_on_after_the_last_chosen_and_begins_again():
    """Chats of 1 s each go to 0, 1, 2, 0 though 0 was always free again."""
    log = run(world([queue([0, 10, 20, 30], by_work(1))], [group(3)], routing={"policy": "round_robin"}))

    assert log.chat.agent.tolist() == [0, 1, 2, 0]


def test_r07_random_takes_the_place_that_the_uniform_names():
    """Of two free agents, u below a half takes the first."""
    scenario = world([queue([0, 10, 20, 30], by_work(1))], [group(2)], routing={"policy": "random"})
    from sim.draws.sampling import draw

    draws = draw(scenario, 1)
    log = run(scenario)

    assert log.chat.agent.tolist() == [int(2 * u) for u in draws.route_u]
    assert len(set(log.chat.agent.tolist())) == 2


def test_r07_preferred_groups_come_first_and_the_others_last():
    """The queue prefers b, then the rest."""
    team = [group(1, "a"), group(1, "b")]
    log = run(world([queue([0, 1, 2], by_work(10), prefer=["b"])], team))

    assert log.chat.agent.tolist() == [1, 0, 1]


def test_r08_an_agent_is_idle_since_his_last_freed_slot():
    """At 20 both are empty: 1 freed their slot at 11, 0 at 15."""
    queues = [queue([0], by_work(15), "long"), queue([1, 20], by_work(10), "short")]
    log = run(world(queues, [group(2, queues=("long", "short"))]))

    assert log.chat.agent.tolist() == [0, 1, 1]


def test_r09_a_freed_slot_goes_to_the_highest_priority_then_to_the_longest_wait():
    """Waiting at 10: normal since 1 and 2, urgent since 3 and 4."""
    queues = [queue([0, 1, 2], by_work(10), "normal", priority=2), queue([3, 4], by_work(10), "urgent")]
    log = run(world(queues, [group(1, queues=("normal", "urgent"))]))

    assert log.chat.accepted_s.tolist() == [0, 30, 40, 10, 20]


def test_r10_an_agent_who_logs_in_fills_all_his_slots():
    """Two of three waiting chats at the log-in at 60."""
    shifts = [{"agents": 1, "start": "00:01", "end": "01:00"}]
    log = run(world([queue([0, 1, 2], by_work(10))], [group(shifts=shifts, concurrency=2)]))

    assert log.chat.accepted_s.tolist() == [60, 60, 70]


def test_r11_a_break_and_a_shift_end_drain():
    """The chat in hand at the break (60) is finished at 70; the next is taken at its end (120)."""
    shifts = [{"agents": 1, "start": "00:00", "end": "00:03", "breaks": [{"start": "00:01", "minutes": 1}]}]
    log = run(world([queue([50, 61, 170], by_work(20), patience=fixed(1000))], [group(shifts=shifts)]))

    assert log.chat.accepted_s.tolist() == [50, 120, 170]
    assert log.chat.ended_s.tolist() == [70, 140, 190]
    assert log.duty.off_s.tolist() == [60, 180]
    assert log.duty.out_s.tolist() == [70, 190]


def test_r11_at_log_off_an_agent_takes_no_chat_that_arrives_at_that_instant():
    """A chat at 60 meets an agent who logs off at 60; one who logs in at 60 takes it."""
    early, late = ({"agents": 1, "start": s, "end": e} for s, e in (("00:00", "00:01"), ("00:01", "00:02")))
    alone = run(world([queue([60], by_work(5), patience=fixed(7))], [group(shifts=[early])]))
    relieved = run(world([queue([60], by_work(5), patience=fixed(7))], [group(shifts=[early, late])]))

    assert outcomes(alone) == ["abandoned"]
    assert relieved.chat.agent.tolist() == [1]


def test_r12_constant_agents_clear_what_waits_at_the_horizon_and_staffed_ones_do_not():
    """A chat that waits at midnight is answered by constant duty; with staffing it is unfinished."""
    chats = [queue([86_390, 86_391], by_work(20))]
    constant = run(world(chats))
    staffed = run(world(chats, [group(staffing=[1] * 24)]))

    assert constant.chat.accepted_s.tolist() == [86_390, 86_410]
    assert outcomes(staffed) == ["served", "unfinished"]


HOURS = {"open": "00:01", "close": "00:02"}


def test_r12_constant_agents_come_at_opening_and_leave_at_closing():
    """Two days, open [60, 120): agent 0 finishes at 125 what they hold, agent 1 has nothing in hand."""
    log = run(world([queue([115], by_work(10))], [group(2)], hours=HOURS, days=2))

    assert log.duty.agent.tolist() == [0, 0, 1, 1]
    assert log.duty.on_s.tolist() == [60, 86_460, 60, 86_460]
    assert log.duty.off_s.tolist() == [120, 86_520, 120, 86_520]
    assert log.duty.out_s.tolist() == [125, 86_520, 120, 86_520]


def test_r12_after_closing_constant_agents_stay_until_nobody_waits_whom_they_may_serve():
    """Three chats of 50 s at 100: agent a takes the two of its queue at 100 and 150, b has none to wait for."""
    queues = [queue([100, 100], by_work(50), "qa"), queue([100], by_work(30), "qb")]
    team = [group(1, "a", ("qa",)), group(1, "b", ("qb",))]
    log = run(world(queues, team, hours=HOURS))

    assert log.chat.accepted_s.tolist() == [100, 150, 100]
    assert log.duty.out_s.tolist() == [200, 130]


def test_r12_a_group_of_several_queues_stays_for_each_of_them_and_a_shift_for_none():
    """Closing at 120: the constant agent answers both queues' chats; the one on a shift until then goes."""
    queues = [queue([100, 110], by_work(30), "qa"), queue([111], by_work(30), "qb")]
    shifts = [{"agents": 1, "start": "00:01", "end": "00:02"}]
    team = [group(1, "both", ("qa", "qb")), group(name="shift", queues=("qb",), shifts=shifts)]
    busy = [queue([90], by_work(25), "qb"), *queues[:1]]
    log = run(world(queues, team, hours=HOURS))
    beside = run(world(busy, team, hours=HOURS))

    assert log.chat.agent.tolist() == [0, 0, 1]
    assert log.chat.accepted_s.tolist() == [100, 130, 111]
    assert log.duty.out_s.tolist() == [160, 141]
    assert beside.chat.agent.tolist() == [0, 0, 0]
    assert beside.duty.out_s.tolist() == [175, 120]


def test_r12_with_free_slots_they_leave_when_those_in_hand_are_done():
    """Three slots, at closing two chats in hand and nobody waits: out at the end of the longer."""
    queues = [queue([100], by_work(30), "short"), queue([100], by_work(70), "long")]
    log = run(world(queues, [group(concurrency=3, queues=("short", "long"))], hours=HOURS))

    assert log.duty.out_s.tolist() == [170]


def test_r12_who_waits_leaves_and_the_agent_with_them():
    """The chat that waits at closing gives up at 140: the agent is out at 150, with the chat in hand."""
    log = run(world([queue([100, 110], by_work(50), patience=fixed(30))], hours=HOURS))

    assert outcomes(log) == ["served", "abandoned"]
    assert log.duty.out_s.tolist() == [150]


def test_r12_who_comes_while_an_agent_stays_is_offline():
    """At 125 the agent holds a chat with two slots: the centre is closed all the same."""
    log = run(world([queue([110, 125], by_work(50))], [group(concurrency=2)], hours=HOURS))

    assert outcomes(log) == ["served", "offline"]


def test_r12_an_agent_who_stays_until_the_next_opening_begins_a_new_span_then():
    """Two chats of a day each: at the second opening the first overrun ends, and the third chat finds no slot."""
    chats = [queue([100, 110, 86_470], by_work(86_400), patience=fixed(1e6))]
    log = run(world(chats, hours=HOURS, days=2))

    assert log.chat.accepted_s.tolist() == [100, 86_500, 172_900]
    assert log.duty.out_s.tolist() == [86_460, 259_300]


def test_r12_hours_all_day_are_no_hours():
    """From 00:00 to 24:00 nobody logs off at midnight, nor at the horizon."""
    log = run(world([queue([86_390, 86_391], by_work(20))], hours={"open": "00:00", "close": "24:00"}))

    assert log.chat.accepted_s.tolist() == [86_390, 86_410]
    assert log.duty.off_s.tolist() == [np.inf]


def test_r12_closing_at_midnight_on_the_last_day_clears_what_waits_at_the_horizon():
    """Open until 24:00: the chat that waits at midnight is answered, and the agent out at its end."""
    log = run(world([queue([86_390, 86_391], by_work(20))], hours={"open": "08:00", "close": "24:00"}))

    assert log.chat.accepted_s.tolist() == [86_390, 86_410]
    assert log.duty.off_s.tolist() == [86_400]
    assert log.duty.out_s.tolist() == [86_430]


def test_r12_the_duty_of_constant_agents_is_what_is_paid_and_the_rest_overrun():
    """Eight agents for twelve hours: 96 paid hours, at 32 % shrinkage 141.2; work after closing is worked on top."""
    hours = {"open": "08:00", "close": "20:00"}
    chats = [queue([71_000.0, 71_990.0], by_work(300))]
    kpis = sim.measure(run(world(chats, [group(8, shrinkage={"all": 0.32})], hours=hours)), Targets())

    assert kpis["paid_hours"] == pytest.approx(96 / 0.68)
    assert kpis["agent_hours"] == pytest.approx(96 + 290 / 3600)


def test_r12_agents_of_a_staffed_group_come_and_go_by_number():
    """Staffed 1, 2, 0 by the hour: the second agent works the second hour alone."""
    log = run(world([queue([0], by_work(1))], [group(staffing=[1, 2] + [0] * 22)]))

    assert log.duty.agent.tolist() == [0, 1]
    assert log.duty.on_s.tolist() == [0, 3600]
    assert log.duty.off_s.tolist() == [7200, 7200]


def test_r13_messages_are_answered_in_the_order_in_which_they_came_in():
    """Three chats at 0, 1, 2; replies take 10: at 10, 20, 30."""
    log = run(world([queue([0, 1, 2], by_turns(10, 5, 1))], [group(concurrency=3)]))

    assert log.turn.start_s.tolist() == [0, 10, 20]
    assert log.turn.reply_s.tolist() == [10, 20, 30]


def test_r14_a_reply_takes_longer_while_its_agent_holds_more_than_one_chat():
    """Alone 10 s, beside another chat 15 s; at 125 the other chat has just ended, and it is 10 s again."""
    log = run(world([queue([0, 1], by_turns(10, 100, 2))], [group(concurrency=2, switching=0.5)]))

    assert log.turn.start_s.tolist() == [0, 110, 10, 125]
    assert log.turn.reply_s.tolist() == [10, 125, 25, 135]


def test_r15_a_customer_takes_his_time_between_replies_and_none_after_the_last():
    """Reply 10, customer 5, reply 10: ends at 25."""
    log = run(world([queue([0], by_turns(10, 5, 2))]))

    assert log.turn.message_s.tolist() == [0, 15]
    assert log.chat.ended_s.tolist() == [25]


def test_r16_a_wrap_up_holds_the_slot_and_the_attention_unless_told_otherwise():
    """Both chats' first replies at 10 and, after a wrap-up of 100, at 120, or at once, at 20."""
    attentive = run(world([queue([0, 1], by_turns(10, 5, 1, 100))], [group(concurrency=2)]))
    beside = run(
        world([queue([0, 1], by_turns(10, 5, 1, 100, wrap_up_attention=False))], [group(concurrency=2)])
    )

    assert attentive.turn.reply_s.tolist() == [10, 120]
    assert attentive.chat.released_s.tolist() == [110, 220]
    assert beside.turn.reply_s.tolist() == [10, 20]
    assert beside.chat.released_s.tolist() == [110, 120]


def test_r16_the_slot_is_free_only_after_the_wrap_up():
    """One slot: the waiting chat is accepted at 30, after reply and wrap-up."""
    log = run(world([queue([0, 1], by_turns(10, 5, 1, 20))]))

    assert log.chat.accepted_s.tolist() == [0, 30]


def test_r17_shared_work_slows_down_with_the_number_of_open_chats():
    """Work 6 min, speed 0.8 each with two open; the third and fourth lose patience after 4 min."""
    service = by_work(360, aht_s=[360, 450])
    team = [group(concurrency=2)]
    short = run(world([queue([0, 60, 120, 180], service, patience=fixed(240))], team))
    long = run(world([queue([0, 60, 120, 180], service, patience=fixed(360))], team))

    assert short.chat.ended_s.tolist() == [435, 495, 360, 420]
    assert outcomes(short) == ["served", "served", "abandoned", "abandoned"]
    assert long.chat.ended_s.tolist() == [435, 510, 885, 945]


def test_r17_each_queue_has_its_own_speed_at_the_same_agent():
    """Two chats of 100 s side by side: one queue slows to a half, the other not at all."""
    queues = [
        queue([0], by_work(100, aht_s=[100, 200]), "slow"),
        queue([0], by_work(100, aht_s=[100, 100]), "steady"),
    ]
    log = run(world(queues, [group(concurrency=2, queues=("slow", "steady"))]))

    assert log.chat.ended_s.tolist() == [150, 100]


def test_r18_a_wrap_up_by_work_holds_the_slot_and_still_slows_the_others():
    """Chats of 100 s at half speed are done at 200; wrap-ups of 50 hold the slots until 250."""
    service = by_work(100, aht_s=[100, 200], wrap_up_s=fixed(50))
    log = run(world([queue([0, 0, 1], service)], [group(concurrency=2)]))

    assert log.chat.ended_s[:2].tolist() == [200, 200]
    assert log.chat.released_s[:2].tolist() == [250, 250]
    assert log.chat.accepted_s[2] == 250


def test_r19_open_chats_stay_with_their_agent():
    """Agent 1 is empty from 11 on, and agent 0 goes on sharing their time between two chats."""
    queues = [
        queue([0, 2], by_work(100, aht_s=[100, 200]), "long"),
        queue([1], by_work(10, aht_s=[10, 10]), "short"),
    ]
    team = [group(2, concurrency=2, queues=("long", "short"))]
    log = run(world(queues, team, routing={"policy": "least_loaded"}))

    assert log.chat.agent.tolist() == [0, 1, 0]
    assert log.chat.ended_s.tolist() == [198, 11, 200]


def test_order_a_slot_freed_at_an_instant_goes_to_the_waiting_before_the_arriving():
    """Freed at 10: the chat waiting since 1 gets it, the one that arrives at 10 waits."""
    log = run(world([queue([0, 1, 10], by_work(10))]))

    assert log.chat.accepted_s.tolist() == [0, 10, 20]


def test_order_chats_of_one_instant_are_taken_by_row():
    """Three at once, two slots: the third waits."""
    log = run(world([queue([5, 5, 5], by_work(10))], [group(2)]))

    assert log.chat.accepted_s.tolist() == [5, 5, 15]


def test_two_chats_side_by_side_are_answered_as_worked_out_by_hand():
    """Compose 30, think 60, three replies; chats at 0 and 15 end at 210 and 240."""
    log = run(world([queue([0, 15], by_turns(30, 60, 3))], [group(concurrency=2)]))

    assert (log.turn.reply_s - log.turn.message_s).tolist() == [30, 30, 30, 45, 30, 30]
    assert log.chat.ended_s.tolist() == [210, 240]
