"""Laws that hold in every world, whatever its features: nothing is lost, nothing is exceeded."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from sim.draws.record import Draws
from sim.engines import simulate
from sim.kpis.loops import By
from sim.kpis.measure import measure
from sim.log.chatlog import ChatLog
from sim.rules import NO_AGENT, Outcome
from sim.scenario.scenario import Scenario
from sim.scenario.troubles import outages
from tests.worlds import SCALE, worlds

pytestmark = pytest.mark.slow

World = tuple[Scenario, Draws]


def left_queue_s(log: ChatLog) -> np.ndarray:
    """End of each chat's wait."""
    return np.where(log.chat.agent == NO_AGENT, log.chat.ended_s, log.chat.accepted_s)


def sent_s(log: ChatLog) -> np.ndarray:
    """When each reply was sent: before its customer is shown it (R42)."""
    return log.turn.reply_s - log.centre.deliver_s


def every_chat_ends_in_exactly_one_outcome_and_they_add_up(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """Arrivals are the sum of all outcomes, and offered that of all but offline, in every breakdown."""
    kpis = measure(log, scenario.targets)
    names = [outcome.name.lower() for outcome in Outcome]

    assert kpis["arrivals"] == len(log.chat.arrival_s)
    assert draws.n_customers <= len(log.chat.arrival_s) <= draws.n_chats
    assert kpis["customers"] == draws.n_customers
    for by in (By.OVERALL, By.QUEUE, By.INTERVAL, By.DAY):
        parts = sum(kpis.values(name, by) for name in names)
        assert parts.tolist() == kpis.values("arrivals", by).tolist()
        assert (parts - kpis.values("offline", by)).tolist() == kpis.values("offered", by).tolist()
    missed = kpis["offered"] - kpis["answered"] - kpis["contained"]
    assert missed == kpis["missed"]


def breakdowns_add_up_to_the_whole(scenario: Scenario, draws: Draws, log: ChatLog) -> None:
    """Sums above and below the line add up over queues, intervals and days."""
    kpis = measure(log, scenario.targets)
    above, below = kpis.top, kpis.bottom
    for by in (By.QUEUE, By.GROUP, By.INTERVAL, By.DAY):
        for sums in (above, below):
            told_apart = ~np.isnan(sums[by]).any(axis=1)
            once = np.abs(sums[by] - sums[By.OVERALL]).max(axis=1) > 0
            counted = told_apart & once
            whole = sums[By.OVERALL][counted, 0]
            per_run = below[By.OVERALL][counted, 0] == 1
            window = np.isclose(whole, scenario.horizon_s) | per_run if sums is below else False
            apart = sums[by][counted].sum(axis=1)
            assert np.all(np.isclose(apart, whole, rtol=1e-9, atol=1e-6) | window)


def the_area_under_the_queue_is_the_sum_of_the_waits(scenario: Scenario, draws: Draws, log: ChatLog) -> None:
    """Counted along the time axis and chat by chat, with whole numbers, exactly."""
    ended = log.chat.queued & ~np.isnan(left_queue_s(log))
    start_s, end_s = log.chat.arrival_s[ended], left_queue_s(log)[ended]
    times = np.unique(np.concatenate([start_s, end_s]))
    length = [np.sum((start_s <= t) & (t < end_s)) for t in times[:-1]]

    assert np.dot(length, np.diff(times)) == np.sum(end_s - start_s)
    if np.array_equal(ended, log.chat.queued):
        measured = measure(log)
        assert np.isclose(measured["queue_length"] * scenario.horizon_s, np.sum(end_s - start_s), atol=1e-6)


def no_agent_holds_more_chats_than_slots_and_no_queue_more_than_its_capacity(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """At every instant of an acceptance or an arrival."""
    chat = log.chat
    for agent, slots in enumerate(log.team.slots):
        mine = chat.agent == agent
        for t in chat.accepted_s[mine]:
            assert np.sum((chat.accepted_s[mine] <= t) & (t < chat.released_s[mine])) <= slots
    left_s = left_queue_s(log)
    for q, queue in enumerate(scenario.queues):
        mine = (chat.queue == q) & chat.queued
        for t in chat.arrival_s[mine]:
            waiting = np.sum((chat.arrival_s[mine] <= t) & ~(left_s[mine] <= t))
            on_its_way = (
                scenario.platform.accept_s > 0
            )  # then it is in no line, and the log does not say since when
            assert queue.capacity is None or waiting <= queue.capacity or on_its_way


def chats_are_accepted_on_duty_by_skill_and_after_they_arrive(
    scenario: Scenario, draws: Draws, log: ChatLog
) -> None:
    """Nobody is answered off duty, before they came, after their patience, or by someone without the skill."""
    for row in np.flatnonzero(log.chat.agent != NO_AGENT):
        accepted_s, agent = log.chat.accepted_s[row], log.chat.agent[row]
        spans = np.flatnonzero(log.duty.agent == agent)
        group = scenario.groups[log.team.group[agent]]

        stays = scenario.closes and group.agents is not None  # after closing (R12)
        until_s = log.duty.out_s if stays else log.duty.off_s
        taken_s = accepted_s - scenario.platform.accept_s
        if not scenario.platform.accept_s or not outages(scenario):  # which come on top (R40)
            assert any(log.duty.on_s[s] <= taken_s < until_s[s] for s in spans)
        assert scenario.queues[log.chat.queue[row]].name in group.queues
        wait_s = accepted_s - log.chat.arrival_s[row]
        assert wait_s >= 0
        assert wait_s <= log.chat.patience_s[row] or log.chat.outcome[row] == Outcome.SILENT


def one_agent_composes_one_reply_at_a_time(scenario: Scenario, draws: Draws, log: ChatLog) -> None:
    """Replies of an agent do not overlap, and a conversation's messages follow each other."""
    turn, chat_of = log.turn, np.repeat(np.arange(len(log.chat.agent)), np.diff(log.turn.offset))
    agent = log.chat.agent[chat_of]
    happened = ~np.isnan(turn.reply_s)
    assert np.all((turn.message_s <= turn.start_s)[happened])
    assert np.all((turn.start_s <= sent_s(log))[happened])
    for k in range(len(log.team.slots)):
        mine = np.flatnonzero(happened & (agent == k))
        order = mine[np.lexsort((turn.reply_s[mine], turn.start_s[mine]))]
        assert np.all(turn.start_s[order][1:] >= sent_s(log)[order][:-1])


def a_free_agent_and_a_waiting_chat_never_coexist(scenario: Scenario, draws: Draws, log: ChatLog) -> None:
    """At the moment a chat begins to wait, every agent with the skill is off duty or full, or can't answer."""
    chat = log.chat
    if scenario.platform.accept_s:  # who gives up on the way has held a slot, and the log does not say whose
        return
    for row in np.flatnonzero(chat.queued):
        t, name = chat.arrival_s[row], scenario.queues[chat.queue[row]].name
        if any(begins_s <= t < over_s for begins_s, over_s in outages(scenario)):
            continue
        for span, agent in enumerate(log.duty.agent):
            on_duty = log.duty.on_s[span] <= t < log.duty.off_s[span]
            if on_duty and name in scenario.groups[log.team.group[agent]].queues:
                mine = chat.agent == agent
                held = np.sum((chat.accepted_s[mine] <= t) & (t < chat.released_s[mine]))
                ending = np.sum((chat.released_s[mine] == t) & (chat.accepted_s[mine] <= t))
                assert held + ending >= log.team.slots[agent]


def doubled(scenario: Scenario, draws: Draws) -> World:
    """The same world with every duration and every time twice as long."""
    data = scenario.model_dump()
    data["interval_min"] *= 2
    if scenario.closes:
        _double(data["hours"], "open", "close")
    for queue in data["queues"]:
        _double(queue, *(name for name in ("max_wait_s", "idle_timeout_s") if queue[name] is not None))
        if queue["balking"] and queue["balking"]["waits_s"]:
            queue["balking"]["waits_s"] = [2 * wait_s for wait_s in queue["balking"]["waits_s"]]
    for group in data["groups"]:
        if group["staffing"]:
            group["staffing"] = group["staffing"][: len(group["staffing"]) // 2]
        for shift in group["shifts"] or ():
            _double(shift, "start", "end")
            for pause in shift["breaks"]:
                _double(pause, "start", "minutes")
    _double(data["platform"], "accept_s", "deliver_s")
    for incident in (data["stress"] or {"incidents": ()})["incidents"]:
        first = dt.datetime.combine(scenario.start, dt.time())
        incident["start"] = first + 2 * (incident["start"] - first)
        _double(incident, "minutes")
    columns = ("arrival_s", "patience_s", "work_s", "wrap_up_s", "agent_s", "customer_s")
    columns += ("reply_patience_s", "detect_s")
    fields = {name: 2 * getattr(draws, name) for name in columns}
    if draws.chains is not None:
        delays = {name: 2 * getattr(draws.chains, name) for name in ("retry_delay_s", "return_delay_s")}
        fields["chains"] = replace(draws.chains, **delays)
    if draws.people is not None:
        fields["people"] = replace(draws.people, late_s=2 * draws.people.late_s)
    return Scenario.model_validate(data), replace(draws, **fields)


def _double(record: dict[str, Any], *keys: str) -> None:
    for key in keys:
        record[key] *= 2


LAWS = (
    every_chat_ends_in_exactly_one_outcome_and_they_add_up,
    breakdowns_add_up_to_the_whole,
    the_area_under_the_queue_is_the_sum_of_the_waits,
    no_agent_holds_more_chats_than_slots_and_no_queue_more_than_its_capacity,
    chats_are_accepted_on_duty_by_skill_and_after_they_arrive,
    one_agent_composes_one_reply_at_a_time,
    a_free_agent_and_a_waiting_chat_never_coexist,
)


@settings(max_examples=80 * SCALE)
@given(worlds())
def test_laws_of_conservation(world: World):
    """All of them, in each world: to make worlds takes longer than to check them."""
    log = simulate(*world)
    for law in LAWS:
        law(*world, log)
