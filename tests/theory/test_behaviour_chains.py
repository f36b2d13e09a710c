"""Silence, wrap-up, retries, priorities, leaving in the chat, absence: the simulator against exact chains.

The chains are those of :mod:`sim.theory.chains`; the derivations stand there. Customers are in a
hurry here: times are a few seconds, so that a day is a long time. A centre runs for a day a replication, of
which the first and the last hour are not looked at. What is looked at are columns of the log: a share is
counted over the customers who first came in between, an average over time is the area between.

Each check has a false-alarm rate of 1e-4 on a new seed, and states the bias it sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import comb, inf
from typing import Any

import numpy as np
import pytest

from sim.arrays import Flags, Floats
from sim.log.chatlog import ChatLog
from sim.rules import Outcome
from sim.scenario.behaviour import Again, Retry, Silence
from sim.scenario.demand import ByTurns, ByWork, Queue
from sim.scenario.distributions import FixedCount
from sim.scenario.quality import Quality
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group, Ramp
from sim.theory.chains.model import Figures, long_run
from sim.theory.chains.people import Priorities, Speeds
from sim.theory.chains.quiet import Idle, OneChat
from sim.theory.chains.turns import ReturnsByTurns, TurnTotals
from sim.theory.chains.work import Returns, Work
from tests.agree import Evidence, assert_agrees, assert_disagrees, evidence, ratio
from tests.theory.centres import batches
from tests.worlds import SCALE

Centre = Work | Returns | ReturnsByTurns | Priorities | Speeds | TurnTotals | Idle | OneChat
"""A model of a small centre."""

HOUR_S, DAY_S = 3600.0, 86_400.0


def chats(rate: float, service: ByTurns | ByWork, **more: Any) -> Queue:
    """A queue with Poisson arrivals at a *rate* a second."""
    return Queue(name="chats", arrivals=3600 * rate, service=service, **more)


def centre(queue: Queue, agents: int, slots: int = 1, **more: Any) -> Scenario:
    """A queue, and a constant group of which *more* is said."""
    team = Group(name="team", queues=["chats"], agents=agents, concurrency=slots, **more)
    return Scenario(queues=[queue], groups=[team])


def by_work(aht: tuple[float, ...], wrap_up: float = 0.0) -> ByWork:
    """Service by work: mean handling times with 1, 2, 3, … chats open."""
    return ByWork(work_s=aht[0], aht_s=aht, wrap_up_s=wrap_up or None)


def silent(model: Work | TurnTotals | OneChat) -> Silence | None:
    """Who leaves silently, if anybody does."""
    return Silence(share=model.share, detect_s=model.detect) if model.share else None


# What the log says


def observed(log: ChatLog, begin: float = HOUR_S, end: float = DAY_S - HOUR_S) -> Figures:
    """Counts over the customers who first came between *begin* and *end*, and areas between them."""
    chat, turn = log.chat, log.turn
    born_s = chat.arrival_s[chat.customer] if len(chat.customer) else chat.arrival_s
    counts = (born_s >= begin) & (born_s < end)

    def area(from_s: Floats, to_s: Floats) -> float:
        within = np.minimum(to_s, end) - np.maximum(from_s, begin)
        return float(np.nansum(np.maximum(within, 0.0)))

    def count(which: Flags) -> float:
        return float(np.count_nonzero(which & counts))

    accepted = chat.agent >= 0
    waited_s = np.where(accepted, chat.accepted_s, np.where(chat.queued, chat.ended_s, chat.arrival_s))
    gone_s = chat.left_s if len(chat.left_s) else np.full(len(chat.agent), np.nan)
    served = chat.outcome == Outcome.SERVED
    figures = {
        "time": end - begin,
        "customers": count(chat.attempt == 1) if len(chat.attempt) else count(accepted | True),
        "offered": count(accepted | True),
        "queued": count(chat.queued),
        "waiting": area(chat.arrival_s, waited_s),
        "waiting_here": area(chat.arrival_s, np.fmin(waited_s, gone_s)),
        "held": area(chat.accepted_s, chat.released_s),
        "wasted": area(np.maximum(chat.accepted_s, gone_s), chat.released_s),
        "wrapping": area(np.where(served, chat.ended_s, np.nan), chat.released_s),
        "composing": area(turn.start_s, turn.reply_s),
        "replies": float(np.count_nonzero(~np.isnan(turn.reply_s) & np.repeat(counts, np.diff(turn.offset)))),
    }
    if len(turn.reply_s):
        gone_by_turn_s = np.repeat(gone_s, np.diff(turn.offset))
        figures["in_vain"] = area(np.maximum(turn.start_s, gone_by_turn_s), turn.reply_s)
        figures["vain"] = float(
            np.count_nonzero((turn.reply_s > gone_by_turn_s) & np.repeat(counts, np.diff(turn.offset)))
        )
    balked = chat.balked if len(chat.balked) else np.zeros(len(chat.agent), dtype=np.bool_)
    figures["balked"] = count(balked)
    for outcome in Outcome:
        figures[outcome.name.lower()] = count((chat.outcome == outcome) & ~balked)
    if len(chat.resolved):
        figures["resolved"] = count(served & chat.resolved)
        figures["unresolved"] = count(served & ~chat.resolved)
    for q in range(len(log.centre.queues)):
        mine = chat.queue == q
        figures[f"offered {q}"] = count(mine)
        figures[f"waiting {q}"] = area(chat.arrival_s[mine], waited_s[mine])
        for outcome in (Outcome.SERVED, Outcome.ABANDONED, Outcome.BLOCKED):
            figures[f"{outcome.name.lower()} {q}"] = count(mine & (chat.outcome == outcome))
    for agent in range(len(log.team.group)):
        mine = chat.agent == agent
        figures[f"served by {agent}"] = count(mine & served)
        figures[f"busy {agent}"] = area(chat.accepted_s[mine], chat.released_s[mine])
    return figures


def logs(scenario: Scenario, replications: int, seed: int = 1) -> Iterator[ChatLog]:
    """Logs of `SCALE` × some *replications*."""
    for batch in batches(scenario, SCALE * replications, seed):
        yield from batch


# The centres


@dataclass(frozen=True)
class Case:
    """A chain, the scenario of the same centre, what is seen, and what is not to be taken for it."""

    model: Centre
    scenario: Scenario
    figures: tuple[tuple[str, str, float, float], ...]
    """Above the line, below it, the exact value, and the smallest relative bias that is seen."""
    wrong: tuple[tuple[Mapping[str, Any], str, str], ...]
    """Fields of a wrong chain, and the figure that does not agree with it."""
    replications: int = 100


@cache
def _exact(model: Centre) -> Figures:
    return model.figures() if isinstance(model, OneChat) else long_run(model)


CASES: dict[str, Case] = {}


def work_centre(model: Work, **more: Any) -> Scenario:
    """The scenario of a :class:`Work`."""
    queue = chats(
        model.arrival,
        by_work(model.aht, model.wrap_up),
        capacity=model.capacity,
        patience=model.patience,
        silence=silent(model),
        retry=Retry(probability=model.retry, delay_s=model.delay) if model.retry else None,
        **more,
    )
    return centre(queue, 1, len(model.aht))


def talk_centre(model: TurnTotals, speed: float = 1.0) -> Scenario:
    """The scenario of a :class:`TurnTotals`, whose agent may have a *speed* at which drawn times become its own (R30)."""
    service = ByTurns(
        turns=model.mean_turns,
        agent_s=speed * model.compose,
        customer_s=model.think,
        wrap_up_s=speed * model.wrap_up or None,
        wrap_up_attention=model.attention,
    )
    queue = chats(
        model.arrival,
        service,
        capacity=model.capacity,
        patience=model.patience if model.patience < inf else None,
        reply_patience=model.reply_patience if model.reply_patience < inf else None,
        silence=silent(model),
    )
    return centre(queue, 1, model.slots, switching=model.switching, speed=speed if speed != 1 else None)


def returning(model: Returns | ReturnsByTurns, service: ByTurns | ByWork, slots: int) -> Scenario:
    """A centre to which those return whose chat resolved nothing."""
    queue = chats(
        model.arrival,
        service,
        capacity=model.capacity,
        patience=model.patience,
        max_attempts=100,
        returns=Again(probability=model.probability, delay_s=model.delay),
    )
    quality = Quality(resolution=model.resolution, multitasking=model.multitasking)
    team = Group(name="team", queues=["chats"], agents=1, concurrency=slots)
    return Scenario(queues=[queue], groups=[team], quality=quality)


SILENT_WORK = Work(0.24, (8.0, 11.0, 15.0), patience=12.0, capacity=5, share=0.6, detect=9.0)
CASES["silent, by work"] = Case(
    SILENT_WORK,
    work_centre(SILENT_WORK),
    (
        ("abandoned", "offered", 0.128461, 0.015),
        ("silent", "offered", 0.192691, 0.01),
        ("served", "offered", 0.622031, 0.01),
        ("blocked", "offered", 0.0568173, 0.03),
        ("waiting", "time", 1.339, 0.015),
        ("waiting_here", "time", 0.924918, 0.015),
        ("wasted", "time", 0.416213, 0.015),
        ("wasted", "held", 0.168698, 0.015),
    ),
    (
        ({"detect": 1e-3}, "silent", "offered"),
        ({"share": 0.0}, "abandoned", "offered"),
        ({"counted": False}, "silent", "offered"),
        ({"share": 0.55}, "wasted", "time"),
    ),
)

SILENT_TURNS = TurnTotals(0.1, 3, 2.0, 4.0, 3.0, capacity=4, patience=8.0, share=0.6, detect=8.0)
CASES["silent, by turns"] = Case(
    SILENT_TURNS,
    talk_centre(SILENT_TURNS),
    (
        ("abandoned", "offered", 0.0615178, 0.03),
        ("silent", "offered", 0.0922766, 0.03),
        ("waiting", "time", 0.207976, 0.03),
        ("wasted", "time", 0.1087, 0.03),
        ("vain", "time", 0.00922766, 0.03),
        ("composing", "time", 0.5229, 0.01),
        ("in_vain", "time", 0.0184553, 0.04),
    ),
    (
        ({"unread": True}, "composing", "time"),
        ({"detect": 1e-3}, "silent", "offered"),
        ({"share": 0.0}, "abandoned", "offered"),
    ),
)

WRAP_WORK = Work(0.2, (8.0, 11.0, 15.0), patience=10.0, capacity=12, wrap_up=6.0)
CASES["wrap-up, by work"] = Case(
    WRAP_WORK,
    work_centre(WRAP_WORK),
    (
        ("abandoned", "offered", 0.365191, 0.01),
        ("queued", "offered", 0.683974, 0.01),
        ("waiting", "time", 0.730382, 0.015),
        ("held", "time", 2.52126, 0.005),
        ("wrapping", "time", 0.761771, 0.005),
    ),
    (
        ({"counted": False}, "abandoned", "offered"),
        ({"wrap_up": 0.0}, "abandoned", "offered"),
    ),
)

WRAP_TURNS = TurnTotals(0.12, 3, 2.0, 4.0, 2.0, capacity=12, patience=10.0, wrap_up=3.0, switching=0.25)
CASES["wrap-up with attention, by turns"] = Case(
    WRAP_TURNS,
    talk_centre(WRAP_TURNS, speed=1.25),
    (
        ("abandoned", "offered", 0.188386, 0.02),
        ("waiting", "time", 0.226063, 0.03),
        ("held", "time", 1.87123, 0.01),
        ("composing", "time", 0.457844, 0.01),
        ("wrapping", "time", 0.292181, 0.01),
    ),
    (
        ({"attention": False}, "abandoned", "offered"),
        ({"switching": 0.2}, "composing", "time"),
        ({"compose": 2.1}, "composing", "time"),
    ),
)

WRAP_BESIDE = replace(WRAP_TURNS, attention=False, wrap_up=6.0, arrival=0.15)
CASES["wrap-up beside, by turns"] = Case(
    WRAP_BESIDE,
    talk_centre(WRAP_BESIDE),
    (
        ("abandoned", "offered", 0.218341, 0.015),
        ("waiting", "time", 0.327512, 0.02),
        ("held", "time", 2.0762, 0.005),
        ("composing", "time", 0.572384, 0.005),
        ("wrapping", "time", 0.703493, 0.005),
    ),
    (
        ({"attention": True}, "abandoned", "offered"),
        ({"wrap_up": 0.0}, "abandoned", "offered"),
        ({"switching": 0.2}, "composing", "time"),
    ),
)

RETRY = Work(0.2, (10.0, 10.0), patience=8.0, capacity=2, retry=0.6, delay=15.0, orbit=40)
CASES["retries"] = Case(
    RETRY,
    work_centre(RETRY, max_attempts=100),
    (
        ("offered", "customers", 1.32905, 0.005),
        ("served", "customers", 0.780632, 0.005),
        ("served", "offered", 0.58736, 0.01),
        ("abandoned", "offered", 0.246222, 0.01),
        ("blocked", "offered", 0.166418, 0.02),
        ("waiting", "time", 0.523587, 0.015),
    ),
    (
        ({"retry": 0.0}, "served", "customers"),
        ({"retry": 0.57}, "offered", "customers"),
        ({"delay": 1e3, "orbit": 250}, "served", "offered"),
    ),
)

RETRY_SILENT = Work(
    0.06, (8.0,), patience=10.0, capacity=3, share=0.7, detect=20.0, retry=0.5, delay=3.0, orbit=30
)
CASES["retries of silent customers"] = Case(
    RETRY_SILENT,
    work_centre(RETRY_SILENT, max_attempts=100),
    (
        ("offered", "customers", 1.50107, 0.01),
        ("served", "customers", 0.498931, 0.02),
        ("silent", "offered", 0.234083, 0.015),
        ("blocked", "offered", 0.333211, 0.03),
        ("wasted", "time", 0.42165, 0.03),
    ),
    (
        ({"from_close": True}, "offered", "customers"),
        ({"retry": 0.48}, "offered", "customers"),
    ),
)

PRIORITIES = Priorities(2, (0.12, 0.16), (6.0, 9.0), (15.0, 10.0), capacity=12)
CASES["priorities"] = Case(
    PRIORITIES,
    Scenario(
        queues=[
            Queue(
                name=name,
                priority=k,
                capacity=PRIORITIES.capacity,
                arrivals=3600 * rate,
                patience=patience,
                service=by_work((work,)),
            )
            for k, (name, rate, work, patience) in enumerate(
                zip("ab", PRIORITIES.arrival, PRIORITIES.work, PRIORITIES.patience, strict=True)
            )
        ],
        groups=[Group(name="team", queues=["a", "b"], agents=PRIORITIES.agents)],
    ),
    (
        ("abandoned 0", "offered 0", 0.169459, 0.015),
        ("abandoned 1", "offered 1", 0.331206, 0.01),
        ("waiting 0", "time", 0.305026, 0.015),
        ("waiting 1", "time", 0.52993, 0.015),
        ("held", "time", 1.56105, 0.005),
    ),
    (
        ({"first": 1}, "abandoned 0", "offered 0"),
        ({"first": 1}, "abandoned 1", "offered 1"),
        ({"patience": (15.0, 15.0)}, "abandoned 1", "offered 1"),
    ),
)

HURRIED = TurnTotals(0.12, 2, 3.0, 5.0, 3.0, capacity=3, reply_patience=8.0)
CASES["leaving the chat"] = Case(
    HURRIED,
    talk_centre(HURRIED),
    (
        ("left", "offered", 0.595726, 0.005),
        ("served", "offered", 0.358666, 0.01),
        ("blocked", "offered", 0.045608, 0.04),
        ("waiting", "time", 0.386709, 0.02),
        ("held", "time", 1.14756, 0.01),
        ("composing", "time", 0.532619, 0.01),
        ("in_vain", "time", 0.14526, 0.01),
        ("vain", "left", 0.677324, 0.005),
    ),
    (
        ({"stops": True}, "composing", "time"),
        ({"stops": True}, "left", "offered"),
        ({"until_taken_up": True}, "left", "offered"),
        ({"reply_patience": 8.4}, "left", "offered"),
    ),
)

HURRIED_SILENT = replace(HURRIED, patience=12.0, share=0.5, detect=6.0)
CASES["leaving the chat, half of them silently"] = Case(
    HURRIED_SILENT,
    talk_centre(HURRIED_SILENT),
    (
        ("left", "offered", 0.461728, 0.01),
        ("silent", "offered", 0.101488, 0.02),
        ("abandoned", "offered", 0.101488, 0.02),
        ("served", "offered", 0.300489, 0.01),
        ("waiting", "time", 0.394549, 0.02),
        ("wasted", "time", 0.457705, 0.01),
        ("composing", "time", 0.505024, 0.005),
        ("in_vain", "time", 0.180496, 0.01),
        ("vain", "time", 0.0601652, 0.01),
    ),
    (
        ({"unread": True}, "composing", "time"),
        ({"share": 0.45}, "silent", "offered"),
        ({"detect": 1e-3}, "wasted", "time"),
    ),
)

IDLE = Idle(0.18, 3, 2.0, 5.0, 3.0, timeout=6.0)
CASES["idle customers"] = Case(
    IDLE,
    centre(
        chats(
            IDLE.arrival,
            ByTurns(turns=IDLE.mean_turns, agent_s=IDLE.compose, customer_s=IDLE.think),
            capacity=0,
            idle_timeout_s=IDLE.timeout,
        ),
        1,
        IDLE.slots,
    ),
    (
        ("blocked", "offered", 0.202287, 0.01),
        ("timed_out", "offered", 0.299886, 0.01),
        ("served", "offered", 0.497828, 0.005),
        ("held", "time", 1.46656, 0.005),
        ("composing", "time", 0.537654, 0.005),
    ),
    (
        ({"for_all": True}, "held", "time"),
        ({"timeout": 6.3}, "timed_out", "offered"),
        ({"timeout": 600.0}, "served", "offered"),
    ),
)

ONE_CHAT = OneChat(
    0.15, 2, 2.0, 4.0, 3.0, reply_patience=6.0, timeout=5.0, share=0.5, detect=8.0, wrap_up=4.0
)
CASES["one chat at a time"] = Case(
    ONE_CHAT,
    centre(
        chats(
            ONE_CHAT.arrival,
            ByTurns(
                turns=ONE_CHAT.mean_turns,
                agent_s=ONE_CHAT.compose,
                customer_s=ONE_CHAT.think,
                wrap_up_s=ONE_CHAT.wrap_up,
            ),
            capacity=0,
            idle_timeout_s=ONE_CHAT.timeout,
            reply_patience=ONE_CHAT.reply_patience,
            silence=silent(ONE_CHAT),
        ),
        ONE_CHAT.agents,
    ),
    (
        ("blocked", "offered", 0.233081, 0.01),
        ("served", "offered", 0.298063, 0.01),
        ("left", "offered", 0.298063, 0.01),
        ("timed_out", "offered", 0.170793, 0.01),
        ("held", "time", 0.874826, 0.005),
        ("replies", "offered", 1.19225, 0.005),
    ),
    (
        ({"cut": False}, "held", "time"),
        ({"wrap_up": 0.0}, "held", "time"),
        ({"reply_patience": 6.3}, "left", "offered"),
    ),
)

CURVE = {"places": [0.0, 2.0, 6.0], "shares": [0.1, 0.5, 0.9]}
BALKING = Work(0.3, (10.0, 10.0), patience=20.0, capacity=5, balking=(0.1, 0.3, 0.5, 0.6, 0.7, 0.8))
CASES["balking by place"] = Case(
    BALKING,
    work_centre(BALKING, balking=CURVE),
    (
        ("balked", "offered", 0.255535, 0.01),
        ("blocked", "offered", 0.00466687, 0.08),
        ("abandoned", "offered", 0.162044, 0.01),
        ("queued", "offered", 0.526406, 0.005),
        ("waiting", "time", 0.972265, 0.01),
    ),
    (
        ({"balking": (0.1, 0.1, 0.5, 0.5, 0.5, 0.5)}, "balked", "offered"),
        ({"balking": (0.3, 0.5, 0.6, 0.7, 0.8)}, "balked", "offered"),
        ({"balking": ()}, "abandoned", "offered"),
    ),
)

RETURNS = Returns(
    0.12, (8.0, 11.0, 15.0), patience=15.0, capacity=6,
    resolution=0.9, multitasking=0.25, probability=0.8, delay=20.0, orbit=40,
)  # fmt: skip
CASES["returns"] = Case(
    RETURNS,
    returning(RETURNS, by_work(RETURNS.aht), 3),
    (
        ("resolved", "served", 0.559015, 0.01),
        ("resolved", "customers", 0.682338, 0.01),
        ("offered", "customers", 1.43062, 0.005),
        ("abandoned", "offered", 0.146116, 0.015),
        ("held", "time", 1.852, 0.01),
    ),
    (
        ({"multitasking": 0.24}, "resolved", "served"),
        ({"multitasking": 0.0}, "resolved", "served"),
        ({"probability": 0.75}, "offered", "customers"),
    ),
)

RETURNS_BY_TURNS = ReturnsByTurns(
    0.1, 2, 2.0, 4.0, patience=15.0, capacity=5,
    resolution=0.9, multitasking=0.5, probability=0.8, delay=15.0, orbit=22,
)  # fmt: skip
CASES["returns, by turns"] = Case(
    RETURNS_BY_TURNS,
    returning(
        RETURNS_BY_TURNS,
        ByTurns(
            turns=FixedCount(mean=2), agent_s=RETURNS_BY_TURNS.compose, customer_s=RETURNS_BY_TURNS.think
        ),
        RETURNS_BY_TURNS.slots,
    ),
    (
        ("resolved", "served", 0.602943, 0.005),
        ("resolved", "customers", 0.727954, 0.005),
        ("offered", "customers", 1.3835, 0.005),
        ("abandoned", "offered", 0.126508, 0.015),
        ("composing", "time", 0.482933, 0.01),
    ),
    (
        ({"first_only": True}, "resolved", "served"),
        ({"multitasking": 0.48}, "resolved", "served"),
        ({"probability": 0.75}, "offered", "customers"),
    ),
)

SPEEDS = Speeds(0.18, (1.25, 0.5), 6.0, 3.0, patience=15.0, capacity=12)
CASES["agents of different speed"] = Case(
    SPEEDS,
    centre(
        chats(
            SPEEDS.arrival,
            by_work((SPEEDS.work,), SPEEDS.wrap_up),
            capacity=SPEEDS.capacity,
            patience=SPEEDS.patience,
        ),
        2,
        speed=1.25,
        ramp=Ramp(new_hires=1, speed=0.4, days=5),
    ),
    (
        ("abandoned", "offered", 0.216282, 0.01),
        ("waiting", "time", 0.583961, 0.015),
        ("served by 0", "offered", 0.534766, 0.005),
        ("served by 1", "offered", 0.248952, 0.01),
        ("busy 0", "time", 0.693056, 0.005),
        ("busy 1", "time", 0.806606, 0.005),
        ("wrapping", "time", 0.499887, 0.005),
    ),
    (
        ({"lowest": True}, "busy 1", "time"),
        ({"speeds": (0.875, 0.875)}, "abandoned", "offered"),
        ({"speeds": (1.25, 0.55)}, "busy 1", "time"),
    ),
)


# What is simulated


@cache
def _seen(name: str) -> list[Figures]:
    """What the log of each replication of a case says; cases have customers of their own."""
    case, seed = CASES[name], 1 + list(CASES).index(name)
    return [observed(log) for log in logs(case.scenario, case.replications, seed)]


def found(seen: list[Figures], top: str, bottom: str) -> Evidence:
    """A figure of some logs, or of parts of them."""
    return ratio([each[top] for each in seen], [each[bottom] for each in seen])


def exact(model: Centre, top: str, bottom: str) -> float:
    """A figure of a chain."""
    figures = _exact(model)
    return figures[top] / figures[bottom]


@pytest.mark.parametrize(
    ("name", "top", "bottom", "digits", "sees"),
    [
        pytest.param(name, *figure, id=f"{name}: {figure[0]}")
        for name, case in CASES.items()
        for figure in case.figures
    ],
)
def test_simulated_centre_agrees(name: str, top: str, bottom: str, digits: float, sees: float) -> None:
    """The chain gives the exact figure, and the simulator agrees with it."""
    theory = exact(CASES[name].model, top, bottom)

    assert theory == pytest.approx(digits, rel=1e-5)
    assert_agrees(found(_seen(name), top, bottom), theory, sees=sees)


@pytest.mark.parametrize(
    ("name", "change", "top", "bottom"),
    [
        pytest.param(name, *wrong, id=f"{name}: {' '.join(wrong[0])}")
        for name, case in CASES.items()
        for wrong in case.wrong
    ],
)
def test_another_centre_is_seen(name: str, change: Mapping[str, Any], top: str, bottom: str) -> None:
    """Negative control: the simulator does not agree with a chain in which one rule or number is another."""
    wrong = exact(replace(CASES[name].model, **change), top, bottom)

    assert_disagrees(found(_seen(name), top, bottom), wrong)


@pytest.mark.parametrize("model", [RETRY, RETRY_SILENT, RETURNS, RETURNS_BY_TURNS])
def test_orbit_is_large_enough(model: Centre) -> None:
    """Hardly ever are as many customers between two attempts as the chain has room for."""
    assert exact(model, "full_orbit", "time") < 1e-12


def test_law_of_a_quiet_time_matters_by_its_mean_alone() -> None:
    """The figures with idle customers are the same for quiet times of one stage and of four."""
    four = long_run(replace(IDLE, stages=4))

    assert long_run(IDLE) == pytest.approx(four, rel=1e-9)


# Days that differ

HIRES = (0, 2, 4)
"""Days of learning that are looked at."""


@cache
def _learning() -> list[list[Figures]]:
    """What the logs of the centre with a new hire say of each of its days."""
    scenario = CASES["agents of different speed"].scenario.model_copy(update={"days": 5})
    found_ = [
        [observed(log, day * DAY_S + HOUR_S, (day + 1) * DAY_S - HOUR_S) for day in HIRES]
        for log in logs(scenario, 20)
    ]
    return [list(of_day) for of_day in zip(*found_, strict=True)]


@pytest.mark.parametrize("day", HIRES)
def test_new_hire_learns(day: int) -> None:
    """On each day the new hire has the speed that they have learnt by then; that of the day after is seen.

    Their share of the full speed 1.25 rises from 0.4 by 0.12 a day (R30), and each day is long enough to be the
    long run of :class:`Speeds`.
    """
    today, tomorrow = (replace(SPEEDS, speeds=(1.25, 1.25 * (0.4 + 0.12 * d))) for d in (day, day + 1))
    seen = _learning()[HIRES.index(day)]

    assert_agrees(found(seen, "busy 1", "time"), exact(today, "busy 1", "time"), sees=0.02)
    assert_agrees(found(seen, "served by 1", "offered"), exact(today, "served by 1", "offered"), sees=0.03)
    assert_disagrees(found(seen, "busy 1", "time"), exact(tomorrow, "busy 1", "time"))


TEAM, ABSENCE = 3, 1 / 3
PRESENT = Work(0.02, (110.0,) * TEAM, patience=150.0, capacity=20)
DAYS = 10


def with_agents(n: int) -> Work:
    """The centre on a day on which *n* agents came."""
    return replace(PRESENT, aht=PRESENT.aht[:1] * n)


@cache
def _absent() -> list[list[tuple[int, Figures]]]:
    """Agents present, and what the log says, of each day of each replication."""
    service = by_work(PRESENT.aht[:1])
    queue = chats(PRESENT.arrival, service, capacity=PRESENT.capacity, patience=PRESENT.patience)
    scenario = centre(queue, TEAM, absence=ABSENCE).model_copy(update={"days": DAYS})
    seen = []
    for log in logs(scenario, 150):
        gone = np.bincount((log.lost.on_s // DAY_S).astype(int), minlength=DAYS)
        days = [observed(log, day * DAY_S + HOUR_S, (day + 1) * DAY_S - HOUR_S) for day in range(DAYS)]
        seen.append([(TEAM - int(gone[day]), days[day]) for day in range(DAYS)])
    return seen


def binomial(n: int) -> float:
    """Probability that *n* agents come."""
    return comb(TEAM, n) * (1 - ABSENCE) ** n * ABSENCE ** (TEAM - n)


@pytest.mark.parametrize("n", range(TEAM + 1))
def test_days_with_so_many_agents(n: int) -> None:
    """As many days as the binomial law says have *n* agents, and each is a day of a centre of *n* agents.

    Absence is drawn anew for each agent and day (R31), and the centre forgets the day before within minutes.
    A centre with an agent more, and days on which all come or none, are not taken for it.
    """
    share = evidence([np.mean([present == n for present, _ in days]) for days in _absent()])
    seen = [figures for days in _absent() for present, figures in days if present == n]

    assert_agrees(share, binomial(n), sees=0.6)
    assert_disagrees(share, {0: ABSENCE, TEAM: 1 - ABSENCE}.get(n, 0.0))
    for top, bottom, sees in (
        ("waiting", "time", 0.03),
        ("abandoned", "offered", 0.03),
        ("held", "time", 0.01),
    ):
        if n or top == "waiting":  # without agents all abandon and none is held, exactly
            assert_agrees(found(seen, top, bottom), exact(with_agents(n), top, bottom), sees=sees)
            assert_disagrees(found(seen, top, bottom), exact(with_agents(n + 1), top, bottom))


def test_absence_is_a_mixture_of_days() -> None:
    """The figures of all days are the mixture over the agents present, not those of the mean number of agents.

    Arrivals are the same every day, so the share who abandon is the mean of the days' shares. The mean number is 2.
    """
    seen = [figures for days in _absent() for _, figures in days]
    for top, bottom, sees in (("abandoned", "offered", 0.08), ("waiting", "time", 0.08)):
        mixture = sum(binomial(n) * exact(with_agents(n), top, bottom) for n in range(TEAM + 1))

        assert_agrees(found(seen, top, bottom), mixture, sees=sees)
        assert_disagrees(found(seen, top, bottom), exact(with_agents(2), top, bottom))
