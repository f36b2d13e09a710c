"""Laws of silence, second patience, chains and people that hold in every world, whatever its features."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.draws.record import Draws
from sim.engines import simulate
from sim.log.chatlog import ChatLog
from sim.rules import NO_AGENT, From, Outcome
from sim.scenario.scenario import Scenario
from tests.laws.test_conservation import doubled, sent_s
from tests.worlds import SCALE, fixed, without, worlds

World = tuple[Scenario, Draws]


def drawn_rows(draws: Draws, log: ChatLog) -> np.ndarray:
    """Row of the draws of each chat of the log: a customer's number and their attempt tell it."""
    if draws.chains is None:
        return np.arange(draws.n_chats)
    known = zip(draws.number.tolist(), draws.chains.attempt.tolist(), strict=True)
    rows = {key: row for row, key in enumerate(known)}
    logged = zip(log.chat.number.tolist(), log.chat.attempt.tolist(), strict=True)
    return np.array([rows[key] for key in logged], dtype=np.int64)


def customer_left_s(log: ChatLog) -> np.ndarray:
    """When each customer was gone, be it without a signal."""
    if not len(log.chat.left_s):
        return log.chat.ended_s
    return np.where(np.isnan(log.chat.left_s), log.chat.ended_s, log.chat.left_s)


def every_attempt_has_one_outcome_and_every_customer_a_first_attempt(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """Arrivals are the sum of the outcomes, per attempt and per customer; none is lost and none comes from nowhere."""
    first = log.chat.attempt == 1 if draws.chains is not None else np.ones(draws.n_chats, dtype=np.bool_)
    by_attempt = [np.bincount(log.chat.outcome[mine], minlength=len(Outcome)) for mine in (first, ~first)]

    assert by_attempt[0].sum() == draws.n_customers
    assert np.sum(by_attempt) == len(log.chat.outcome) <= draws.n_chats
    assert set(log.chat.outcome.tolist()) <= set(map(int, Outcome))
    rows = drawn_rows(draws, log)
    assert len(set(rows.tolist())) == len(rows)
    assert sorted(log.chat.number[first].tolist()) == sorted(draws.number[: draws.n_customers].tolist())
    np.testing.assert_array_equal(log.chat.queue, draws.queue[rows])
    assert np.all(np.diff(log.chat.arrival_s) >= 0)
    ended = ~np.isin(log.chat.outcome, [Outcome.UNFINISHED, Outcome.SILENT])
    assert not np.isnan(log.chat.ended_s[ended]).any()
    assert np.isnan(log.chat.ended_s[log.chat.outcome == Outcome.UNFINISHED]).all()


def attempts_of_a_customer_are_in_order_and_none_is_left_out(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """They are 1 to n, of one queue, in order of time, and no more than were reserved."""
    if draws.chains is None:
        assert len(log.chat.customer) == len(log.chat.attempt) == 0
        return
    reserved = np.bincount(draws.chains.customer, minlength=draws.n_chats)
    for row in np.flatnonzero(log.chat.attempt == 1):
        mine = np.flatnonzero(log.chat.customer == row)
        assert log.chat.attempt[mine].tolist() == list(range(1, len(mine) + 1))
        assert np.all(np.diff(log.chat.arrival_s[mine]) >= 0)
        assert len(mine) <= reserved[log.chat.number[row]]
        assert len(set(log.chat.queue[mine].tolist())) == 1
    assert np.all(log.chat.attempt[log.chat.customer] == 1)


def who_comes_again_was_missed_or_not_helped_and_comes_the_delay_after_he_left(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """Each attempt follows from the one before exactly as R27 to R29 say, and none that they promise is missing."""
    if draws.chains is None:
        return
    rows, chains, left_s = drawn_rows(draws, log), draws.chains, customer_left_s(log)
    came = dict(zip(rows.tolist(), log.chat.arrival_s.tolist(), strict=True))
    expected = {row: came[row] for row in range(draws.n_customers)}
    for k, row in enumerate(rows):
        outcome = log.chat.outcome[k]
        after_s = np.inf
        retry = scenario.queues[log.chat.queue[k]].retry
        if retry is not None and chains.retries[row] and way_of(log, k) in retry.after:
            waits = outcome == Outcome.OFFLINE and retry.offline_from is From.OPENING
            from_s = next_opening_s(scenario, left_s[k]) if waits else left_s[k]
            after_s = from_s + chains.retry_delay_s[row]
        if chains.returns[row] and outcome == Outcome.SERVED and not log.chat.resolved[k]:
            after_s = log.chat.ended_s[k] + chains.return_delay_s[row]
        if after_s < scenario.horizon_s:
            expected[int(chains.next_row[row])] = after_s

    assert came == expected


def way_of(log: ChatLog, k: int) -> str:
    """In which of the ways of R27 a chat went wrong."""
    messages = log.turn.message_s[log.turn.offset[k] : log.turn.offset[k + 1]]
    if log.chat.outcome[k] == Outcome.LEFT and np.sum(~np.isnan(messages)) == 1:
        return "unanswered"
    return Outcome(log.chat.outcome[k]).name.lower()


def next_opening_s(scenario: Scenario, now_s: float) -> float:
    """The first opening from a moment on."""
    assert scenario.hours is not None
    return min((on for on, _ in scenario.opening_spans if on >= now_s), default=float("inf"))


def every_accepted_chat_gives_its_slot_back_and_no_slot_is_held_twice(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """Counting those that are held for a customer who is gone."""
    chat, accepted = log.chat, log.chat.agent != NO_AGENT

    assert np.all(chat.released_s[accepted] >= chat.accepted_s[accepted])
    assert np.isnan(chat.released_s[~accepted]).all()
    for agent, slots in enumerate(log.team.slots):
        mine = chat.agent == agent
        for t in chat.accepted_s[mine]:
            assert np.sum((chat.accepted_s[mine] <= t) & (t < chat.released_s[mine])) <= slots


def who_is_gone_gets_no_answer_and_no_wrap_up(scenario: Scenario, draws: Draws, log: ChatLog) -> None:
    """A silent chat has no first reply, no second message and no wrap-up, and is closed after its detection time."""
    chat, rows = log.chat, drawn_rows(draws, log)
    silent = chat.outcome == Outcome.SILENT
    closed = (chat.agent != NO_AGENT) & np.isin(chat.outcome, [Outcome.SILENT, Outcome.TIMED_OUT])

    assert np.isnan(log.first_reply_s[silent]).all()
    np.testing.assert_array_equal(chat.released_s[closed], chat.ended_s[closed])
    if not silent.any():
        return
    np.testing.assert_array_equal(chat.left_s[silent], (chat.arrival_s + chat.patience_s)[silent])
    for k in np.flatnonzero(silent & closed):
        queue, first, end = scenario.queues[chat.queue[k]], log.turn.offset[k], log.turn.offset[k + 1]
        assert chat.accepted_s[k] >= chat.left_s[k]
        assert np.isnan(log.turn.message_s[first + 1 : end]).all()
        noticed_from_s = sent_s(log)[first] if queue.by_turns else chat.accepted_s[k]
        hold_s = min(draws.detect_s[rows[k]], queue.idle_timeout_s or np.inf)
        assert chat.ended_s[k] == noticed_from_s + hold_s


def who_left_the_chat_had_waited_as_long_as_his_patience_and_all_others_less(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """The last message of a chat that was left has been in the inbox for the patience drawn; no reply took longer."""
    rows = drawn_rows(draws, log)
    for k, row in enumerate(rows):
        queue = scenario.queues[log.chat.queue[k]]
        first, end, drawn = log.turn.offset[k], log.turn.offset[k + 1], draws.turn_offset[row]
        happened = np.flatnonzero(~np.isnan(log.turn.message_s[first:end]))
        has_left = log.chat.outcome[k] == Outcome.LEFT
        assert not has_left or queue.reply_patience is not None
        if queue.reply_patience is None or log.chat.outcome[k] == Outcome.SILENT or not len(happened):
            continue
        sent_at_s, patience_s = (
            log.turn.message_s[first:end],
            draws.reply_patience_s[drawn : drawn + end - first],
        )
        under_way_s = np.where(np.arange(end - first) > 0, log.centre.deliver_s, 0.0)
        limit_s = np.maximum(sent_at_s + patience_s, sent_at_s + under_way_s)[happened]  # R43
        reply_s = sent_s(log)[first:end][happened]  # which is waited for (R43)
        content = len(happened) - has_left
        assert np.all(reply_s[:content] <= limit_s[:content])
        if has_left:
            assert log.chat.left_s[k] == limit_s[-1]
            assert not reply_s[-1] <= limit_s[-1]


def nobody_is_quiet_for_longer_than_the_idle_timeout(scenario: Scenario, draws: Draws, log: ChatLog) -> None:
    """No message comes later after a reply, and who was timed out was quiet just as long."""
    for k, outcome in enumerate(log.chat.outcome):
        timeout_s = scenario.queues[log.chat.queue[k]].idle_timeout_s
        first, end = log.turn.offset[k], log.turn.offset[k + 1]
        quiet_s = log.turn.message_s[first + 1 : end] + log.centre.deliver_s - sent_s(log)[first : end - 1]
        if timeout_s is None:
            assert outcome != Outcome.TIMED_OUT
            continue
        assert np.all(quiet_s[~np.isnan(quiet_s)] <= timeout_s)
        if outcome == Outcome.TIMED_OUT:
            assert log.chat.ended_s[k] == np.nanmax(sent_s(log)[first:end]) + timeout_s


def attention_is_never_on_two_things_at_once(scenario: Scenario, draws: Draws, log: ChatLog) -> None:
    """Replies, also those to nobody, and wrap-ups that take attention: an agent's follow each other."""
    turn, chat = log.turn, log.chat
    chat_of = np.repeat(np.arange(len(chat.outcome)), np.diff(turn.offset))
    replied, begun = ~np.isnan(turn.reply_s), ~np.isnan(turn.start_s)
    attentive = np.array([queue.wrap_up_attention for queue in scenario.queues])[chat.queue]
    wrapped = (chat.outcome == Outcome.SERVED) & attentive

    np.testing.assert_array_equal(replied, begun)
    assert np.all((turn.message_s <= turn.start_s)[begun])
    assert np.all((turn.start_s <= sent_s(log))[begun])
    start_s = np.concatenate([turn.start_s[begun], chat.ended_s[wrapped]])
    end_s = np.concatenate([sent_s(log)[begun], chat.released_s[wrapped]])
    agent = np.concatenate([chat.agent[chat_of[begun]], chat.agent[wrapped]])
    order = np.lexsort((end_s, start_s, agent))
    same_agent = agent[order][1:] == agent[order][:-1]
    assert np.all((start_s[order][1:] >= end_s[order][:-1])[same_agent])


def only_who_must_wait_is_given_an_estimate_and_only_he_balks(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """An estimate is given to those who wait or balk, and to no others; who balks is blocked at their arrival."""
    chat = log.chat
    balks = np.array([queue.balking is not None for queue in scenario.queues])[chat.queue]
    if not balks.any():
        return
    told = ~np.isnan(chat.estimate_s)

    np.testing.assert_array_equal(told, balks & (chat.queued | chat.balked))
    assert np.all(chat.outcome[chat.balked] == Outcome.BLOCKED)
    assert not chat.queued[chat.balked].any()
    assert np.all(chat.estimate_s[told] >= 0)


def nobody_works_on_a_day_of_absence_or_before_he_has_come(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """What was lost and what was worked do not overlap, and add up to what was planned."""
    planned = simulate(without(scenario, "agents_out"), replace(draws, people=None))

    for agent in range(len(log.team.group)):
        spans = [(*span, True) for span in _spans(log.duty, agent)]
        lost = [(*span, False) for span in _spans(log.lost, agent)]
        together = sorted(spans + lost)
        assert all(early[1] <= late[0] for early, late in pairwise(together))
        finite = sum(min(off, scenario.horizon_s) - on for on, off, _ in together)
        assert finite == sum(min(off, scenario.horizon_s) - on for on, off in _spans(planned.duty, agent))
        if draws.people is not None and draws.people.absent[agent].all():
            assert not spans


def _spans(rows: Any, agent: int) -> list[tuple[float, float]]:
    mine = rows.agent == agent
    return list(zip(rows.on_s[mine].tolist(), rows.off_s[mine].tolist(), strict=True))


def doubling_every_duration_doubles_every_time_bit_for_bit(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """Patience with replies, detection, timeouts, delays, announced waits and late log-ins among them."""
    twice = simulate(*doubled(scenario, draws))

    for record, columns in (
        ("chat", ("arrival_s", "accepted_s", "ended_s", "released_s", "left_s", "estimate_s")),
        ("turn", ("message_s", "start_s", "reply_s")),
    ):
        for name in columns:
            first, second = getattr(getattr(log, record), name), getattr(getattr(twice, record), name)
            np.testing.assert_array_equal(2 * first, second, err_msg=name)
    for name in ("outcome", "agent", "queued", "balked", "customer", "attempt", "resolved", "open_chats"):
        np.testing.assert_array_equal(getattr(log.chat, name), getattr(twice.chat, name), err_msg=name)
    assert log.n_events == twice.n_events


def restless(world: World) -> World:
    """The same world with room for all, whose customers lose patience soon, in silence, and retry if they may."""
    scenario, draws = world
    data = scenario.model_dump() | {"hours": None}
    for queue in data["queues"]:
        queue.update(
            patience=fixed(1), silence={"share": 1.0, "detect_s": fixed(1)}, capacity=None, balking=None
        )
        if scenario.queues[0].by_turns:
            queue["reply_patience"] = fixed(1)
    for group in data["groups"]:
        if group["agents"] is not None:
            group["late_s"] = None
    chains = draws.chains and replace(draws.chains, retries=draws.chains.next_row >= 0)
    silent, patience_s = np.ones(draws.n_chats, dtype=np.bool_), np.minimum(draws.patience_s, 20.0)
    return Scenario.model_validate(data), replace(draws, chains=chains, silent=silent, patience_s=patience_s)


LAWS = (
    every_attempt_has_one_outcome_and_every_customer_a_first_attempt,
    attempts_of_a_customer_are_in_order_and_none_is_left_out,
    who_comes_again_was_missed_or_not_helped_and_comes_the_delay_after_he_left,
    every_accepted_chat_gives_its_slot_back_and_no_slot_is_held_twice,
    who_is_gone_gets_no_answer_and_no_wrap_up,
    who_left_the_chat_had_waited_as_long_as_his_patience_and_all_others_less,
    nobody_is_quiet_for_longer_than_the_idle_timeout,
    attention_is_never_on_two_things_at_once,
    only_who_must_wait_is_given_an_estimate_and_only_he_balks,
    nobody_works_on_a_day_of_absence_or_before_he_has_come,
    doubling_every_duration_doubles_every_time_bit_for_bit,
)


@settings(max_examples=60 * SCALE)
@given(st.one_of(worlds(), worlds().map(restless)))
def test_laws_of_behaviour(world: World):
    """All of them, in each world: to make worlds takes longer than to check them."""
    log = simulate(*world)
    for law in LAWS:
        law(*world, log)
