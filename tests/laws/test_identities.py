"""Figures that an identity binds: two ways to the same number, in every world.

What is counted by chat and what is measured over time agree where all of it lies within measured time: no
warm-up, and nothing goes on at the horizon. All else holds always.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.draws.record import Draws
from sim.engines import simulate
from sim.kpis.loops import By, Column
from sim.kpis.measure import measure
from sim.log.chatlog import ChatLog
from sim.rules import NO_AGENT, Outcome
from sim.scenario.scenario import Scenario
from sim.scenario.targets import Targets
from tests.laws.test_behaviour_laws import restless
from tests.worlds import SCALE, worlds

Look = Callable[[str], float]


class Seen:
    """A log, and what was measured of it."""

    def __init__(self, log: ChatLog, threshold_s: float = 30) -> None:
        self.log, self.kpis = log, measure(log, Targets(threshold_s=threshold_s))
        self.horizon_s = log.centre.horizon_s

    def __call__(self, name: str) -> float:
        """Value of a figure, 0 where it does not exist: then what it is multiplied by is 0 too."""
        value = self.kpis[name]
        return 0.0 if value is None else value

    def column(self, column: Column) -> float:
        """What figures are made of, over the whole run."""
        return float(self.kpis.tables[By.OVERALL][0, column])

    @property
    def is_over(self) -> bool:
        """Whether nothing waits, and no slot is held, at the horizon."""
        chat = self.log.chat
        until_s = np.where(chat.agent == NO_AGENT, chat.ended_s, chat.released_s)
        return bool(np.all(until_s <= self.horizon_s))


def volumes(seen: Seen) -> None:
    """Who arrived is offered or offline, a first attempt or a further one, and ends in one way."""
    outcomes = {outcome: seen(outcome.name.lower()) for outcome in Outcome}
    assert seen("arrivals") == seen("offered") + seen("offline") == sum(outcomes.values())
    assert seen("offered") == sum(outcomes.values()) - outcomes[Outcome.OFFLINE]
    assert seen("offered") == seen("answered") + seen("missed") + seen("contained")
    assert seen("arrivals") == seen("customers") + seen("retries") + seen("returns")
    assert seen("attempts_per_customer") * seen("customers") == pytest.approx(seen("arrivals"))
    assert seen("daily_chats") * seen.log.centre.days == pytest.approx(seen("offered"))
    for rate, count in (
        ("missed_rate", seen("missed")),
        ("completion", seen("served")),
        ("success_rate", seen("successful")),
        ("known_abandonment", seen("abandoned")),
        ("abandonment", seen("abandoned") + seen("silent")),
    ):
        assert seen(rate) * seen("offered") == pytest.approx(count)
    assert seen("balked") <= seen("blocked")
    assert seen("served") <= seen("answered")


def success(seen: Seen) -> None:
    """Successful are the served who were resolved; who was served, where nobody asks."""
    judged = seen("served") if seen.kpis["resolution"] is not None else 0.0
    if len(seen.log.chat.resolved):
        assert seen("successful") == pytest.approx(seen("resolution") * judged)
    else:
        assert seen("successful") == seen("served")
    assert seen("survey_response") * judged == pytest.approx(seen("surveys"))


def service_levels(seen: Seen) -> None:
    """The four have one top and differ by what they make of those who left; Little bounds keep their order."""
    entered, accepted = seen.column(Column.ENTERED), seen.column(Column.ACCEPTED)
    in_time = seen("service_level_offered") * entered
    gone = (seen("service_level_lenient") - seen("service_level_offered")) * entered
    assert seen("service_level") * (entered - gone) == pytest.approx(in_time, abs=1e-6)
    assert seen("service_level_answered") * accepted == pytest.approx(in_time)
    assert entered == pytest.approx(seen("offered") - seen("blocked") - seen("contained"))
    assert seen("service_level_offered") <= seen("service_level") + 1e-12
    assert seen("service_level_offered") <= seen("service_level_lenient") + 1e-12
    if entered - gone > 0:
        assert seen("service_level") <= seen("service_level_lenient") + 1e-12
    if accepted:
        assert seen("service_level") <= seen("service_level_answered") + 1e-12


def waits(seen: Seen) -> None:
    """Little's law of the queue: as many wait as come times how long they do; and percentiles are in order."""
    chat = seen.log.chat
    if seen.is_over:
        until_s = np.where(chat.agent == NO_AGENT, chat.ended_s, chat.accepted_s)
        enters = np.array([outcome.enters for outcome in Outcome])[chat.outcome]
        on_way_s = (until_s - chat.arrival_s)[enters & ~chat.queued].sum()  # in no line (R40)
        waited_s = seen("wait_s") * seen.column(Column.WAITED) - on_way_s
        assert seen("queue_length") * seen.horizon_s == pytest.approx(waited_s, abs=1e-6)
        for q, length in enumerate(seen.kpis.values("queue_length", By.QUEUE)):
            mine = (chat.queue == q) & chat.queued
            until_s = np.where(chat.agent == NO_AGENT, chat.ended_s, chat.accepted_s)[mine]
            assert length * seen.horizon_s == pytest.approx((until_s - chat.arrival_s[mine]).sum(), abs=1e-6)
    assert seen("queue_length") <= seen("queue_length_max")
    names = ("wait_p50_s", "wait_p80_s", "wait_p90_s", "wait_p95_s", "wait_max_s")
    percentiles = [seen(name) for name in names]
    assert percentiles == sorted(percentiles)
    assert seen("asa_s") <= seen("wait_max_s") + 1e-9
    assert abs(seen("estimate_bias_s")) <= seen("estimate_error_s") + 1e-9


def first_responses(seen: Seen) -> None:
    """A first response is a wait and the agent's first response; by work it is the wait."""
    log = seen.log
    answered = ~np.isnan(log.first_reply_s)
    by_turns = np.array(log.centre.by_turns)[log.chat.queue]
    waited_s = (log.chat.accepted_s - log.chat.arrival_s)[answered].sum()
    agents_s = seen("frt_agent_s") * seen.column(Column.TURNED)
    assert seen("frt_s") * seen("answered") == pytest.approx(waited_s + agents_s, abs=1e-6)
    assert seen.column(Column.TURNED) == np.sum(answered & by_turns)
    if not by_turns.any():
        assert seen.kpis["frt_s"] == pytest.approx(seen.kpis["asa_s"])


def messages(seen: Seen) -> None:
    """Messages are two a turn, and those that nobody answered; all of them stand in the log."""
    frame = seen.log.messages()
    if not len(frame):
        assert seen.kpis["messages_per_chat"] is seen.kpis["turns_per_chat"] is None
        return
    role, chat_id = frame["role"].to_numpy(), frame["chat_id"].to_numpy()
    written_to = np.unique(chat_id[role == "agent"])
    inside = np.isin(chat_id, written_to)
    customers, agents = np.sum(inside & (role == "customer")), np.sum(inside & (role == "agent"))
    unanswered = np.isnan(seen.log.turn.reply_s) & ~np.isnan(seen.log.turn.message_s)
    chat_of = np.repeat(np.arange(len(seen.log.chat.agent)), np.diff(seen.log.turn.offset))

    turns = seen("turns_per_chat") * len(written_to)
    assert turns == pytest.approx(agents)
    assert seen("messages_per_chat") * len(written_to) == pytest.approx(customers + agents)
    assert customers == pytest.approx(turns + np.isin(chat_of[unanswered], written_to).sum())
    in_vain = frame["true_in_vain"].sum() if "true_in_vain" in frame.columns else 0
    assert agents == seen.column(Column.REPLIES) + in_vain


def handling(seen: Seen) -> None:
    """Handling is conversation and wrap-up; attention to a chat is what its agent gives."""
    chat = seen.log.chat
    held = chat.agent != NO_AGENT
    wrap_up_s = (chat.released_s - chat.ended_s)[held].sum()
    conversation_s = seen("duration_s") * held.sum()
    assert seen("aht_s") * held.sum() == pytest.approx(conversation_s + wrap_up_s, abs=1e-6)
    if seen.is_over:
        attention_s = seen("attention") * seen.column(Column.ATTENTIVE_S)
        focus_s = seen("focus_aht_s") * seen.column(Column.BY_TURNS)
        assert focus_s == pytest.approx(attention_s, abs=1e-6)


def slots(seen: Seen) -> None:
    """Little's law of the slots: as many are taken as are accepted times how long they are held."""
    duty_s = seen("agents") * seen.horizon_s
    busy_s = seen("occupancy") * duty_s
    held_s = seen("slot_utilisation") * seen.column(Column.SLOT_S)
    assert seen("agent_hours") * 3600 == pytest.approx(duty_s)
    assert seen("concurrency") * busy_s == pytest.approx(held_s)
    assert seen("chats_per_agent_hour") * seen("agent_hours") == pytest.approx(
        seen("served") if duty_s else 0.0
    )
    assert seen("wasted_slots") <= 1 + 1e-9
    assert busy_s <= min(duty_s, held_s) + 1e-6
    if seen.is_over:
        handled = np.sum(seen.log.chat.agent != NO_AGENT)
        assert held_s == pytest.approx(seen("aht_s") * handled, abs=1e-6)


def duty(seen: Seen) -> None:
    """Hours on duty are those planned, but for absence and lateness, and the overrun."""
    planned_s = seen.column(Column.PLANNED_S)
    lost_s = (seen("absence") + seen("lateness")) * planned_s
    overrun_s = seen("overrun_s") * seen.column(Column.LOG_OFFS)
    assert seen("agent_hours") * 3600 == pytest.approx(planned_s - lost_s + overrun_s, abs=1e-6)
    paid_h, shrunk_h = seen("paid_hours"), seen("shrinkage") * seen("paid_hours")
    assert (paid_h - shrunk_h) * 3600 == pytest.approx(planned_s - lost_s, abs=1e-6)
    offs = seen.log.duty.off_s
    assert seen.column(Column.LOG_OFFS) == np.sum((offs >= 0) & (offs < seen.horizon_s))


IDENTITIES = (
    volumes, success, service_levels, waits, first_responses, messages, handling, slots, duty,
)  # fmt: skip


@settings(max_examples=25 * SCALE)
@given(st.one_of(worlds(), worlds().map(restless)), st.integers(0, 60))
def test_identities_hold_in_any_world(world: tuple[Scenario, Draws], threshold_s: int):
    """Any mixture of features, and ties everywhere."""
    seen = Seen(simulate(*world), threshold_s)
    for identity in IDENTITIES:
        identity(seen)


def everything(*, by_turns: bool, policy: str) -> Scenario:
    """Three days with every behaviour on; the evening's chats have ended long before midnight."""
    law = {"law": "exponential"}
    service: dict[str, Any] = {"work_s": law | {"mean_s": 300.0}, "aht_s": [300, 400, 520]}
    if by_turns:
        service = {
            "turns": {"law": "geometric", "mean": 4},
            "agent_s": law | {"mean_s": 45.0},
            "customer_s": {"law": "lognormal", "mean_s": 60.0, "cv": 1.3},
            "wrap_up_attention": False,
        }
    queue: dict[str, Any] = {
        "arrivals": {"per_hour": [0] * 6 + [30] * 14 + [0] * 4, "busyness_cv": 0.2},
        "patience": law | {"mean_s": 240.0},
        "capacity": 6,
        "max_wait_s": 900,
        "silence": {"share": 0.5, "detect_s": law | {"mean_s": 120.0}},
        "balking": {"places": [0, 3], "shares": [0.05, 0.4]},
        "retry": {"probability": 0.5, "delay_s": law | {"mean_s": 600.0}},
        "return": {"probability": 0.5, "delay_s": law | {"mean_s": 3600.0}},
        "service": service | {"wrap_up_s": law | {"mean_s": 30.0}},
    }
    if by_turns:
        queue |= {"reply_patience": law | {"mean_s": 900.0}, "idle_timeout_s": 300}
    group: dict[str, Any] = {
        "queues": ["a", "b"],
        "concurrency": 3,
        "switching": 0.1,
        "speed": {"law": "lognormal", "cv": 0.2},
        "absence": 0.1,
        "late_s": law | {"mean_s": 300.0},
        "shrinkage": {"training": 0.1},
    }
    day = {"agents": 3, "start": "07:00", "end": "15:10", "breaks": [{"start": "11:00", "minutes": 30}]}
    late = {"agents": 2, "start": "11:00", "end": "19:00"}
    return Scenario.model_validate(
        {
            "days": 3,
            "hours": {"open": "07:00", "close": "19:00"},
            "quality": {},
            "queues": [{"name": "a"} | queue, {"name": "b", "priority": 2} | queue],
            "groups": [
                {"name": "g", "shifts": [day, late]} | group,
                {"name": "h", "staffing": [0] * 7 + [2] * 12 + [0] * 5} | group,
            ],
            "routing": {"policy": policy},
        }
    )


@pytest.mark.parametrize("by_turns", [True, False])
@pytest.mark.parametrize("policy", ["least_loaded", "most_loaded", "longest_idle", "round_robin", "random"])
def test_identities_hold_with_every_behaviour_on(policy: str, *, by_turns: bool):
    """Real-valued times; each behaviour is seen, so that none of the identities holds for want of it."""
    scenario = everything(by_turns=by_turns, policy=policy)
    seen = Seen(simulate(scenario, sim.draw(scenario, seed=3)))
    for identity in IDENTITIES:
        identity(seen)

    assert seen.is_over
    happens = ["offline", "abandoned", "silent", "blocked", "balked", "retries", "returns", "overrun_s"]
    happens += ["absence", "lateness", "shrinkage", "wasted_slots", "successful", "estimate_error_s"]
    happens += ["left", "timed_out", "messages_per_chat"] if by_turns else []
    assert [name for name in happens if not seen(name)] == []
    if by_turns:
        assert seen("messages_per_chat") > 2 * seen("turns_per_chat")
        assert seen.column(Column.SENT) > seen.column(Column.REPLIES)
