"""One rule of the world each, against the exact chain of a small centre that has it.

Times are a few seconds, so that a day is a long time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import comb, inf
from typing import Any

from sim.kpis.loops import By
from sim.kpis.measure import Kpis
from sim.scenario.behaviour import Again, Balking, Retry, Silence
from sim.scenario.demand import ByTurns, ByWork, Queue
from sim.scenario.distributions import FixedCount
from sim.scenario.quality import Quality
from sim.scenario.scenario import Routing, Scenario
from sim.scenario.team import Group
from sim.theory.chains.model import Figures, Model, long_run
from sim.theory.chains.pair import Pair as TwoAgents
from sim.theory.chains.people import Speeds
from sim.theory.chains.quiet import Idle, OneChat
from sim.theory.chains.turns import ReturnsByTurns, TurnTotals
from sim.theory.chains.work import Returns, Work
from sim.validation.case import Case, Check, Known, OfKpis, Pair, key_figure, over
from sim.validation.scenarios import centre

SOURCE = "exact: Markov chain, written from the rules"


def rules() -> list[Case]:
    """Cases of one rule each."""
    return [
        *_routing(), *_silence(), *_wrap_up(), *_retries(), *_leaving(), _idle(), _one_chat(), _balking(),
        *_returns(), _speeds(), _absence(),
    ]  # fmt: skip


# What is looked at


@dataclass(frozen=True, slots=True)
class Look:
    """A figure of a chain, which is a ratio of two of its rates or levels, and how a run shows it."""

    title: str
    unit: str
    top: str
    bottom: str
    seen: OfKpis

    @property
    def name(self) -> str:
        """Name among what is known."""
        return f"{self.top} ÷ {self.bottom}"


def share_of(outcome: str, of: str = "offered") -> Look:
    """Share of chats, or of customers, with an outcome."""
    title = outcome.capitalize().replace("_", " ")
    return Look(f"{title} ÷ {of}", "share", outcome, of, over(outcome, of))


def _chats(kpis: Kpis) -> Pair:
    """Chats in slots, on average over time."""
    return key_figure("slot_utilisation")(kpis)[0], key_figure("agents")(kpis)[1]


WAITING = Look("Queue length", "chats", "waiting", "time", key_figure("queue_length"))
HELD = Look("Chats in slots", "chats", "held", "time", _chats)
WASTED = Look("Wasted slots", "share", "wasted", "held", key_figure("wasted_slots"))
COMPOSING = Look("Attention", "share", "composing", "time", key_figure("attention"))
ATTEMPTS = Look("Attempts per customer", "chats", "offered", "customers", key_figure("attempts_per_customer"))
RESOLVED = Look("Resolution", "share", "resolved", "served", key_figure("resolution"))
ABANDONED, SILENT, SERVED, BLOCKED = map(share_of, ("abandoned", "silent", "served", "blocked"))
LEFT, TIMED_OUT, BALKED = map(share_of, ("left", "timed_out", "balked"))
SERVED_IN_THE_END = share_of("served", "customers")


def a_case(name: str, model: Model | OneChat, scenario: Scenario, looks: Sequence[Look], n: int = 75) -> Case:
    """Case of a chain."""
    rows = tuple(Check(look.name, look.title, look.unit, seen=look.seen) for look in looks)
    return Case(name, SOURCE, scenario, partial(_known, model, tuple(looks)), rows, n)


def _known(model: Model | OneChat, looks: Sequence[Look]) -> Known:
    found: Figures = model.figures() if isinstance(model, OneChat) else long_run(model)
    return {look.name: found[look.top] / found[look.bottom] for look in looks}


# Scenarios of the chains


def _work(model: Work, **more: Any) -> Scenario:
    demand = Queue(
        name="chats",
        arrivals=3600 * model.arrival,
        capacity=model.capacity,
        patience=model.patience,
        service=ByWork(work_s=model.aht[0], aht_s=model.aht, wrap_up_s=model.wrap_up or None),
        **more,
    )
    return centre(demand, 1, len(model.aht))


def _talk(model: TurnTotals, **more: Any) -> Scenario:
    service = ByTurns(
        turns=model.mean_turns,
        agent_s=model.compose,
        customer_s=model.think,
        wrap_up_s=model.wrap_up or None,
        wrap_up_attention=model.attention,
    )
    demand = Queue(
        name="chats",
        arrivals=3600 * model.arrival,
        capacity=model.capacity,
        patience=model.patience if model.patience < inf else None,
        reply_patience=model.reply_patience if model.reply_patience < inf else None,
        service=service,
        **more,
    )
    agent = Group(name="team", queues=["chats"], agents=1, concurrency=model.slots, switching=model.switching)
    return centre(demand, groups=[agent])


def _silence_of(model: Work | TurnTotals | OneChat) -> Silence:
    return Silence(share=model.share, detect_s=model.detect)


# The cases


def _routing() -> list[Case]:
    cases = []
    for policy, name in (("longest_idle", "longest idle"), ("round_robin", "in turn")):
        model = TwoAgents(0.24, (8.0, 11.0, 15.0), 12.0, 10, policy)
        service = ByWork(work_s=model.aht[0], aht_s=model.aht)
        demand = Queue(name="chats", arrivals=3600 * 0.24, capacity=10, patience=12.0, service=service)
        scenario = centre(demand, 2, 3, routing=Routing(policy=policy))
        busy = Look("Busy agents", "agents", "busy", "time", _busy)
        cases.append(a_case(f"Routing: {name}", model, scenario, (ABANDONED, WAITING, HELD, busy)))
    return cases


def _busy(kpis: Kpis) -> Pair:
    return key_figure("occupancy")(kpis)[0], key_figure("agents")(kpis)[1]


def _silence() -> list[Case]:
    work = Work(0.24, (8.0, 11.0, 15.0), patience=12.0, capacity=5, share=0.6, detect=9.0)
    turns = TurnTotals(0.1, 3, 2.0, 4.0, 3.0, capacity=4, patience=8.0, share=0.6, detect=8.0)
    return [
        a_case("Silent customers, by work", work, _work(work, silence=_silence_of(work)),
               (ABANDONED, SILENT, SERVED, BLOCKED, WASTED)),
        a_case("Silent customers, by turns", turns, _talk(turns, silence=_silence_of(turns)),
               (ABANDONED, SILENT, COMPOSING, WASTED), 120),
    ]  # fmt: skip


def _wrap_up() -> list[Case]:
    work = Work(0.2, (8.0, 11.0, 15.0), patience=10.0, capacity=12, wrap_up=6.0)
    turns = TurnTotals(0.12, 3, 2.0, 4.0, 2.0, capacity=12, patience=10.0, wrap_up=3.0, switching=0.25)
    beside = replace(turns, attention=False, wrap_up=6.0, arrival=0.15)
    return [
        a_case("Wrap-up beside, by work", work, _work(work), (ABANDONED, WAITING, HELD)),
        a_case("Wrap-up with attention", turns, _talk(turns), (ABANDONED, WAITING, HELD), 120),
        a_case("Wrap-up beside, by turns", beside, _talk(beside), (ABANDONED, WAITING, HELD, COMPOSING)),
    ]


def _retries() -> list[Case]:
    plain = Work(0.2, (10.0, 10.0), patience=8.0, capacity=2, retry=0.6, delay=15.0, orbit=40)
    silent = Work(
        0.06, (8.0,), patience=10.0, capacity=3, share=0.7, detect=20.0, retry=0.5, delay=3.0, orbit=30
    )
    again, soon = Retry(probability=0.6, delay_s=15.0), Retry(probability=0.5, delay_s=3.0)
    return [
        a_case("Retries", plain, _work(plain, retry=again, max_attempts=100),
               (ATTEMPTS, SERVED_IN_THE_END, ABANDONED, BLOCKED, WAITING)),
        a_case("Retries of silent customers", silent,
               _work(silent, retry=soon, max_attempts=100, silence=_silence_of(silent)),
               (ATTEMPTS, SERVED_IN_THE_END, SILENT), 120),
    ]  # fmt: skip


def _leaving() -> list[Case]:
    hurried = TurnTotals(0.12, 2, 3.0, 5.0, 3.0, capacity=3, reply_patience=8.0)
    silent = replace(hurried, patience=12.0, share=0.5, detect=6.0)
    return [
        a_case("Leaving the chat", hurried, _talk(hurried), (LEFT, SERVED, BLOCKED, WAITING, COMPOSING)),
        a_case("Leaving, half silently", silent, _talk(silent, silence=_silence_of(silent)),
               (LEFT, SILENT, SERVED, COMPOSING, WASTED)),
    ]  # fmt: skip


def _idle() -> Case:
    model = Idle(0.18, 3, 2.0, 5.0, 3.0, timeout=6.0)
    service = ByTurns(turns=3.0, agent_s=2.0, customer_s=5.0)
    demand = Queue(name="chats", arrivals=3600 * 0.18, capacity=0, idle_timeout_s=6.0, service=service)
    looks = (BLOCKED, TIMED_OUT, SERVED, HELD, COMPOSING)
    return a_case("Idle customers time out", model, centre(demand, 1, 3), looks)


def _one_chat() -> Case:
    model = OneChat(
        0.15, 2, 2.0, 4.0, 3.0, reply_patience=6.0, timeout=5.0, share=0.5, detect=8.0, wrap_up=4.0
    )
    demand = Queue(
        name="chats",
        arrivals=3600 * 0.15,
        capacity=0,
        idle_timeout_s=5.0,
        reply_patience=6.0,
        silence=_silence_of(model),
        service=ByTurns(turns=3.0, agent_s=2.0, customer_s=4.0, wrap_up_s=4.0),
    )
    looks = (BLOCKED, SERVED, LEFT, TIMED_OUT, HELD)
    return a_case("All that may end a chat", model, centre(demand, 2), looks)


def _balking() -> Case:
    model = Work(0.3, (10.0, 10.0), patience=20.0, capacity=5, balking=(0.1, 0.3, 0.5, 0.6, 0.7, 0.8))
    curve = Balking(places=[0.0, 2.0, 6.0], shares=[0.1, 0.5, 0.9])
    return a_case("Balking by place", model, _work(model, balking=curve), (BALKED, ABANDONED, WAITING))


def _returns() -> list[Case]:
    work = Returns(
        0.12, (8.0, 11.0, 15.0), patience=15.0, capacity=6,
        resolution=0.9, multitasking=0.25, probability=0.8, delay=20.0, orbit=40,
    )  # fmt: skip
    turns = ReturnsByTurns(
        0.1, 2, 2.0, 4.0, patience=15.0, capacity=5,
        resolution=0.9, multitasking=0.5, probability=0.8, delay=15.0, orbit=22,
    )  # fmt: skip
    shared = ByWork(work_s=work.aht[0], aht_s=work.aht)
    two_turns = ByTurns(turns=FixedCount(mean=2), agent_s=2.0, customer_s=4.0)
    looks = (RESOLVED, ATTEMPTS, ABANDONED)
    return [
        a_case("Unresolved return, by work", work, _returning(work, shared, 3), looks),
        a_case("Unresolved return, by turns", turns, _returning(turns, two_turns, 2),
               (*looks, COMPOSING)),
    ]  # fmt: skip


def _returning(model: Returns | ReturnsByTurns, service: ByWork | ByTurns, slots: int) -> Scenario:
    demand = Queue(
        name="chats",
        arrivals=3600 * model.arrival,
        capacity=model.capacity,
        patience=model.patience,
        max_attempts=100,
        returns=Again(probability=model.probability, delay_s=model.delay),
        service=service,
    )
    quality = Quality(resolution=model.resolution, multitasking=model.multitasking)
    return centre(demand, 1, slots, quality=quality)


def _speeds() -> Case:
    model = Speeds(0.18, (1.25, 0.5), 6.0, 3.0, patience=15.0, capacity=12)
    service = ByWork(work_s=6.0, wrap_up_s=3.0)
    demand = Queue(name="chats", arrivals=3600 * 0.18, capacity=12, patience=15.0, service=service)
    groups = [
        Group(name=name, queues=["chats"], agents=1, speed=speed)
        for name, speed in zip(("fast", "slow"), model.speeds, strict=True)
    ]
    busy = tuple(
        Look(f"{name} agent busy", "share", f"busy {k}", "time", key_figure("occupancy", By.GROUP, k))
        for k, name in enumerate(("Fast", "Slow"))
    )
    return a_case(
        "Agents of different speed", model, centre(demand, groups=groups), (ABANDONED, WAITING, *busy)
    )


TEAM, ABSENCE, DAYS = 3, 1 / 3, 20


def _absence() -> Case:
    """Days with a binomial number of agents; a centre without agents loses all."""
    model = Work(0.1, (22.0,) * TEAM, patience=30.0, capacity=20)
    service = ByWork(work_s=22.0)
    demand = Queue(name="chats", arrivals=3600 * 0.1, capacity=20, patience=30.0, service=service)
    team = Group(name="team", queues=["chats"], agents=TEAM, absence=ABSENCE)
    scenario = centre(demand, groups=[team], days=DAYS, warm_up_h=0)
    looks = (ABANDONED, WAITING)
    rows = tuple(Check(look.name, look.title, look.unit, seen=look.seen) for look in looks)
    source = "exact: mixture of chains over the agents present"
    return Case("Absent agents", source, scenario, partial(_mixture, model, looks), rows, 120)


def _mixture(model: Work, looks: Sequence[Look]) -> Known:
    known = dict.fromkeys((look.name for look in looks), 0.0)
    for n in range(TEAM + 1):
        chance = comb(TEAM, n) * (1 - ABSENCE) ** n * ABSENCE ** (TEAM - n)
        of_day = _known(replace(model, aht=model.aht[:1] * n), looks)
        for name in known:
            known[name] += chance * of_day[name]
    return known
