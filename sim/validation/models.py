"""The literature's models: Erlang's loss, shared attention, several chats an agent, messages taken in turn.

Figures that no publication prints are solved for. Where only ratios of times matter a minute of the
literature is `QUICK` minutes here: a day is then a long time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from sim.log.chatlog import ChatLog
from sim.rules import Outcome
from sim.scenario.demand import Arrivals, ByTurns, ByWork, Queue
from sim.scenario.distributions import Distribution, Exponential, Fixed, FixedCount, Lognormal
from sim.theory.attention import machine_repair
from sim.theory.chains.desk import Desk
from sim.theory.chains.pool import Pool
from sim.theory.erlang import erlang
from sim.theory.sharing import limited_sharing, processor_sharing
from sim.validation.case import Case, Check, Known, Pair, checks
from sim.validation.scenarios import centre, of_line, pool_case

QUICK = 0.05
WORK: Mapping[str, Callable[..., Distribution]] = {
    "exponential": Exponential,
    "lognormal": partial(Lognormal, cv=1.5),
    "fixed": Fixed,
}
"""Distributions of work, by name: each is given its mean."""


def models() -> list[Case]:
    """Cases of the literature's models."""
    return [
        *_chat(), *_saturated(), _desk(), *_traces(), _mm1(), *_loss(), _room(), *_shared(), *_limited(),
    ]  # fmt: skip


# Several chats an agent

THREE = Pool(0.85, 3, (6.0, 7.5, 9.5), patience=3.0, lines=60)
UNSLOWED = Pool(1.4, 3, (6.0, 6.0, 6.0), patience=2.0, lines=60)
SHARED = Pool(0.4 / QUICK, 3, (6 * QUICK, 12 * QUICK, 18 * QUICK), lines=120)
NAMES = {"least_loaded": "least loaded", "random": "random", "most_loaded": "most loaded"}


def _chat() -> list[Case]:
    source = (
        "exact: chain over agents' loads (the model of Cui and Tezcan, Math. Oper. Res. 41 (2016) 775-807)"
    )
    slowed = checks("abandonment", "wait_probability", "wait_s", "service_level_offered", "duration_s",
                    "slot_utilisation", "occupancy")  # fmt: skip
    short = checks("abandonment", "wait_probability", "duration_s", "occupancy")
    cases = []
    for policy, name in NAMES.items():
        rows = slowed if policy == "least_loaded" else short
        model = replace(THREE, policy=policy)
        cases.append(pool_case(f"B2 three agents, {name}", source, model, 5, 120, rows))
    for policy in ("least_loaded", "most_loaded"):
        model = replace(UNSLOWED, policy=policy)
        rows = checks("abandonment", "wait_probability", "occupancy")
        name = f"B5 no slowdown, {NAMES[policy]}"
        cases.append(pool_case(name, source, model, 4, 90, rows))
    for policy, name in NAMES.items():
        model = replace(SHARED, policy=policy)
        rows = checks("wait_probability", "wait_s", "duration_s", "occupancy")
        cases.append(pool_case(f"B6 sharing, {name}", source, model, 1, 120, rows))
    return cases


# Messages, one at a time

REPAIR = ((1, 30.0, 60.0), (2, 30.0, 60.0), (3, 30.0, 60.0), (6, 30.0, 60.0), (2, 180.0, 300.0),
          (4, 180.0, 300.0))  # fmt: skip
"""Chats that an agent always holds, composing and thinking; the latter's are Airbnb's example."""


def _saturated() -> list[Case]:
    source = "machine repair (Lewis and Beshears, US patent 8,064,589); exact: mean value analysis"
    rows = (
        Check("response_s", of_log=_responses),
        Check("attention"),
    )
    cases = []
    for chats, agent_s, customer_s in REPAIR:
        turns = FixedCount(mean=int(86400 / (agent_s + customer_s) * 1.2) + 20)
        demand = Queue(
            name="chats",
            arrivals=Arrivals(times_s=[0.0] * chats),
            service=ByTurns(turns=turns, agent_s=agent_s, customer_s=customer_s),
        )
        scenario = centre(demand, 1, chats)
        name = f"M1 {chats} chat{'s' * (chats > 1)} held, {agent_s:g} + {customer_s:g} s"
        known = partial(_repair, chats, agent_s, customer_s)
        cases.append(Case(name, source, scenario, known, rows, 300 if agent_s < 60 else 400))
    return cases


def _repair(chats: int, agent_s: float, customer_s: float) -> Known:
    found = machine_repair(chats, agent_s, customer_s)
    return {"response_s": float(found.reply_s[-1]), "attention": float(found.attention[-1])}


def _responses(log: ChatLog) -> Pair:
    """Times from message to reply, of the messages after the warm-up that came before the horizon."""
    turn = log.turn
    counts = (turn.message_s >= log.centre.warm_up_s) & (turn.message_s < log.centre.horizon_s)
    return float((turn.reply_s - turn.message_s)[counts].sum()), float(counts.sum())


def _desk() -> Case:
    desk = Desk(0.25, 3, 0.5, 1.0, 5.0, 3.0)
    service = ByTurns(turns=5, agent_s=30.0, customer_s=60.0)
    demand = Queue(name="chats", arrivals=60 * 0.25, patience=180.0, service=service)
    scenario = centre(demand, 1, 3, 20.0, days=15)
    rows = checks(
        "abandonment", "wait_probability", "wait_s", "asa_s", "service_level_offered", "response_s",
        "duration_s", "attention", "slot_utilisation",
    )  # fmt: skip
    source = "exact: chain over messages, thinkers and waiting customers"
    return Case("M2 three slots, by turns", source, scenario, desk.figures, rows, 120)


# What can be followed by hand, in minutes


def _traces() -> list[Case]:
    return [
        _trace("D1 shared work, patience 4 min", 4.0, (7.25, 8.25, 6.0, 7.0)),
        _trace("D1 shared work, patience 6 min", 6.0, (7.25, 8.5, 14.75, 15.75)),
        _turns_trace(),
    ]


def _trace(name: str, patience: float, ends: tuple[float, ...]) -> Case:
    demand = Queue(
        name="chats",
        arrivals=Arrivals(times_s=[0.0, 60.0, 120.0, 180.0]),
        patience=Fixed(mean_s=60 * patience),
        service=ByWork(work_s=Fixed(mean_s=360.0), aht_s=[360.0, 450.0]),
    )
    rows = tuple(
        Check(f"chat {k + 1}", f"Chat {k + 1} ends after", "s", of_log=partial(_end, k)) for k in range(4)
    )
    known = {f"chat {k + 1}": 60 * end for k, end in enumerate(ends)}
    scenario = centre(demand, 1, 2, warm_up_h=0)
    return Case(name, "by hand", scenario, lambda: known, rows, 1)


def _turns_trace() -> Case:
    service = ByTurns(turns=FixedCount(mean=3), agent_s=Fixed(mean_s=30.0), customer_s=Fixed(mean_s=60.0))
    demand = Queue(name="chats", arrivals=Arrivals(times_s=[0.0, 15.0]), service=service)
    rows = (
        Check("first", "Reply 1 of chat 2 after", "s", of_log=_first_reply),
        Check("chat 1", "Chat 1 ends after", "s", of_log=partial(_end, 0)),
        Check("chat 2", "Chat 2 ends after", "s", of_log=partial(_end, 1)),
    )
    scenario = centre(demand, 1, 2, warm_up_h=0)
    known = {"first": 45.0, "chat 1": 210.0, "chat 2": 240.0}
    return Case("D2 messages take turns", "by hand", scenario, lambda: known, rows, 1)


def _end(chat: int, log: ChatLog) -> Pair:
    return float(log.chat.ended_s[chat]), 1.0


def _first_reply(log: ChatLog) -> Pair:
    turn = log.turn.offset[1]
    return float(log.turn.reply_s[turn] - log.turn.message_s[turn]), 1.0


# Erlang's relatives


def _mm1() -> Case:
    pool = Pool(0.8 / QUICK, 1, (QUICK,), lines=300)
    rows = checks("wait_probability", "wait_s", "service_level", "occupancy")
    case = pool_case("V01 one agent, M/M/1", "exact: Erlang C", pool, 1, 100, rows, 120 * QUICK)
    line = erlang(1, pool.arrival / 60, 60 * QUICK)
    return replace(case, known=partial(of_line, line, 120 * QUICK))


def _loss() -> list[Case]:
    cases = []
    for name, work in WORK.items():
        service = ByWork(work_s=work(mean_s=60.0))
        demand = Queue(name="chats", arrivals=60 * 10, capacity=0, service=service)
        scenario = centre(demand, 15, threshold_s=20.0)
        line = erlang(15, 10 / 60, 60.0, room=0)
        rows = checks("missed_rate", "occupancy")
        title = f"V02 M/G/15/15, {name}"
        known = partial(of_line, line, 20.0)
        cases.append(Case(title, "exact: Erlang B, whatever the law", scenario, known, rows, 60))
    return cases


def _room() -> Case:
    demand = Queue(name="chats", arrivals=3600 * (4.2 / 60), capacity=5, service=ByWork(work_s=120.0))
    scenario = centre(demand, 12, threshold_s=20.0)
    line = erlang(12, 4.2 / 60, 120.0, room=5)
    rows = checks("missed_rate", "wait_probability", "wait_s", "occupancy")
    return Case("V05 M/M/12/17", "exact: birth-death", scenario, partial(of_line, line, 20.0), rows, 150)


def _shared() -> list[Case]:
    """An agent who shares their attention over all chats, however many: up to 80, which is one in 10⁸."""
    cases = []
    for name, work in WORK.items():
        unit_s = 60 * QUICK
        service = ByWork(work_s=work(mean_s=unit_s), aht_s=[unit_s * j for j in range(1, 81)])
        demand = Queue(name="chats", arrivals=3600 * (0.8 / unit_s), service=service)
        scenario = centre(demand, 1, 80)
        rows: tuple[Check, ...] = checks("duration_s")
        if name == "exponential":
            rows += (Check("square", "Deviation, squared", "s²", of_log=_deviation),)
        known = partial(_processor_sharing, unit_s)
        source = "M/G/1 processor sharing (Kleinrock; Coffman, Muntz and Trotter 1970)"
        cases.append(Case(f"V08 sharing, {name}", source, scenario, known, rows, 90))
    return cases


def _processor_sharing(unit_s: float) -> Known:
    found = processor_sharing(0.8 / unit_s, unit_s)
    return {"duration_s": float(found.mean_s), "square": float(found.variance_s2)}


def _deviation(log: ChatLog) -> Pair:
    """Squares of the deviation of chats' lengths from 5 × their mean work, after the warm-up."""
    chat = log.chat
    counts = (chat.arrival_s >= log.centre.warm_up_s) & (chat.outcome == Outcome.SERVED)
    lengths = (chat.ended_s - chat.accepted_s)[counts]
    return float(np.sum((lengths - 5 * 60 * QUICK) ** 2)), float(len(lengths))


def _limited() -> list[Case]:
    cases = []
    for slots in (2, 3, 5):
        unit_s = 60 * QUICK
        service = ByWork(work_s=unit_s, aht_s=[unit_s * j for j in range(1, slots + 1)])
        demand = Queue(name="chats", arrivals=3600 * (0.8 / unit_s), service=service)
        scenario = centre(demand, 1, slots, 20.0)
        rows = checks("wait_probability", "wait_s", "duration_s")
        source = "limited processor sharing (Avi-Itzhak and Halfin 1988)"
        known = partial(_limited_sharing, unit_s, slots)
        cases.append(Case(f"V08b sharing, up to {slots} chats", source, scenario, known, rows, 90))
    return cases


def _limited_sharing(unit_s: float, slots: int) -> Known:
    line = limited_sharing(0.8 / unit_s, unit_s, slots)
    known = dict(of_line(line, 20.0))
    # Little's law: chats in slots ÷ chats that come.
    return known | {"duration_s": known["slot_utilisation"] * slots / (0.8 / unit_s)}
