"""Waiting lines: any law of patience, a longest wait, priorities, skills, rates and staffing that change."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from sim.kpis.loops import By
from sim.kpis.measure import Kpis
from sim.scenario.demand import ByWork, Queue
from sim.scenario.distributions import Distribution, Exponential, Fixed, Lognormal, Weibull
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group
from sim.theory.chains.model import long_run
from sim.theory.chains.people import Priorities, Skills
from sim.theory.erlang import erlang
from sim.theory.priorities import priorities
from sim.validation.case import Case, Check, Known, OfKpis, Pair, a_run, checks, key_figure
from sim.validation.scenarios import LONG_RUN, centre, of_line


def lines() -> list[Case]:
    """Cases of waiting lines."""
    return [*_patience(), _longest_wait(), _cobham(), _priorities(), _skills(), _changing()]


PATIENCE: Mapping[str, Distribution] = {
    "fixed": Fixed(mean_s=40.0),
    "lognormal": Lognormal(mean_s=40.0, cv=1.5),
    "weibull": Weibull(mean_s=40.0, shape=0.6),
    "exponential or none": Exponential(mean_s=40.0, zero=0.2),
}
"""Distributions of patience, by name."""


def _patience() -> list[Case]:
    cases = []
    for name, patience in PATIENCE.items():
        scenario = _six_agents(patience=patience)
        line = erlang(6, 0.1, 60.0, patience)
        rows = checks("abandonment", "wait_probability", "wait_s", "asa_s", "service_level")
        source = "exact: M/M/n+G (Zeltyn and Mandelbaum, Queueing Systems 51 (2005) 361-402)"
        cases.append(Case(f"Patience: {name}", source, scenario, partial(of_line, line, 20.0), rows, 120))
    return cases


def _six_agents(**waiting: Any) -> Scenario:
    """Six erlangs before six agents: how long a chat waits at most is what matters."""
    demand = Queue(name="chats", arrivals=3600 * 0.1, service=ByWork(work_s=60.0), **waiting)
    return centre(demand, 6, threshold_s=20.0)


def _longest_wait() -> Case:
    """A longest wait is a fixed patience, and its end an overflow."""
    scenario = _six_agents(max_wait_s=40.0)
    line = erlang(6, 0.1, 60.0, Fixed(mean_s=40.0))
    rows = checks("missed_rate", "wait_s", "occupancy")
    source = "exact: M/M/n+D, its abandonment being the overflow"
    return Case("Longest wait of 40 s", source, scenario, partial(of_line, line, 20.0), rows, 120)


def _of_queues(*names: str) -> tuple[Check, ...]:
    """Key figures of two queues."""
    return tuple(
        Check(f"{name} {q}", f"{title}, queue {q + 1}", unit, seen=key_figure(name, By.QUEUE, q))
        for name, title, unit in (TITLES[name] for name in names)
        for q in (0, 1)
    )


TITLES = {
    "abandonment": ("abandonment", "Abandonment", "share"),
    "queue_length": ("queue_length", "Queue length", "chats"),
    "wait_s": ("wait_s", "Wait", "s"),
}


PAIR = Group(name="team", queues=["q0", "q1"], agents=2)


def _cobham() -> Case:
    """Two queues that nobody leaves before two agents."""
    rates, work = (0.08, 0.06), 10.0
    queues = [
        Queue(name=f"q{k}", arrivals=3600 * rate, service=ByWork(work_s=work), priority=k)
        for k, rate in enumerate(rates)
    ]
    scenario = Scenario(queues=queues, groups=[PAIR], **LONG_RUN)
    waits = priorities(2, rates, work).wait_s

    def known() -> Known:
        return {f"wait_s {q}": float(waits[q]) for q in (0, 1)}

    source = "exact: Cobham, Operations Research 2 (1954) 70-76"
    return Case("Priorities, nobody leaves", source, scenario, known, _of_queues("wait_s"), 120)


def _priorities() -> Case:
    model = Priorities(2, (0.12, 0.16), (6.0, 9.0), (15.0, 10.0), capacity=12)
    queues = [
        Queue(
            name=f"q{k}",
            priority=k,
            capacity=12,
            arrivals=3600 * rate,
            patience=patience,
            service=ByWork(work_s=work),
        )
        for k, (rate, work, patience) in enumerate(
            zip(model.arrival, model.work, model.patience, strict=True)
        )
    ]
    rows = _of_queues("abandonment", "queue_length")
    scenario = Scenario(queues=queues, groups=[PAIR], **LONG_RUN)
    return Case("Priorities, customers leave", EXACT, scenario, partial(_two, model), rows, 75)


EXACT = "exact: Markov chain"


def _two(model: Priorities | Skills) -> Known:
    found = long_run(model)
    known = {f"abandonment {q}": found[f"abandoned {q}"] / found[f"offered {q}"] for q in (0, 1)}
    return known | {f"queue_length {q}": found[f"waiting {q}"] for q in (0, 1)} | {
        f"busy {q}": found[f"busy {q}"] for q in (0, 1) if f"busy {q}" in found
    }  # fmt: skip


def _skills() -> Case:
    """A specialist, and two agents who serve both queues."""
    model = Skills(1, 2, (0.2, 0.12), (6.0, 9.0), (12.0, 9.0), capacity=10)
    queues = [
        Queue(
            name="q0",
            priority=2,
            capacity=10,
            prefer=["one"],
            arrivals=3600 * 0.2,
            patience=12.0,
            service=ByWork(work_s=6.0),
        ),
        Queue(name="q1", capacity=10, arrivals=3600 * 0.12, patience=9.0, service=ByWork(work_s=9.0)),
    ]
    groups = [
        Group(name="one", queues=["q0"], agents=1),
        Group(name="both", queues=["q0", "q1"], agents=2),
    ]
    busy = tuple(
        Check(f"busy {k}", f"{('Specialists', 'Others')[k]} busy", "agents", seen=_busy(k)) for k in (0, 1)
    )
    rows = _of_queues("abandonment", "queue_length") + busy
    scenario = Scenario(queues=queues, groups=groups, **LONG_RUN)
    return Case("Skills, specialist preferred", EXACT, scenario, partial(_two, model), rows, 75)


def _busy(cell: int) -> OfKpis:
    """Mean number of a group's agents with a chat."""
    occupancy = key_figure("occupancy", By.GROUP, cell)
    window = key_figure("agents")

    def pair(kpis: Kpis) -> Pair:
        return occupancy(kpis)[0], window(kpis)[1]

    return pair


# Rates and staffing that change


PER_HOUR = (100.0 + 20.0 * np.sin(np.arange(24) * np.pi / 12).round(6)).tolist()
"""Chats an hour, as in Feldman, Mandelbaum, Massey and Whitt, Management Science 54 (2008) 324-338."""
STAFF = (9, 7, 10, 8) * 6
MEAN_S = 300.0
LOOKED_AT = (0, 1, 8, 13, 20)
"""Hours."""


def _changing() -> Case:
    """Patience as long as chats: those present are as many as if nobody ever waited, for any staffing."""
    demand = Queue(name="chats", arrivals=PER_HOUR, patience=MEAN_S, service=ByWork(work_s=MEAN_S))
    team = Group(name="team", queues=["chats"], staffing=STAFF)
    scenario = Scenario(queues=[demand], groups=[team], interval_min=60)
    rows = tuple(
        Check(f"{name} {hour}", f"{title} {hour:02}:00", "chats", seen=seen(hour))
        for name, title, seen in (("offered", "Offered,", _offered), ("present", "Present,", _present))
        for hour in LOOKED_AT
    )
    source = "exact: M_t/M/∞ (Eick, Massey and Whitt 1993), its mean by the hour"
    return Case("Rates and staff by the hour", source, scenario, _expected, rows, 500)


def _offered(hour: int) -> OfKpis:
    return a_run("offered", By.INTERVAL, hour)


def _present(hour: int) -> OfKpis:
    """Mean number waiting or in a slot during an hour; those who finish off duty are in a slot as well."""
    waiting = key_figure("queue_length", By.INTERVAL, hour)
    chats = key_figure("slot_utilisation", By.INTERVAL, hour)

    def pair(kpis: Kpis) -> Pair:
        area, window = waiting(kpis)
        return area + chats(kpis)[0], window

    return pair


def _expected() -> Known:
    """Mean numbers: m' = λ − m ÷ mean, hour by hour from an empty centre."""
    known = {f"offered {hour}": float(rate) for hour, rate in enumerate(PER_HOUR)}
    levels = [rate / 3600 * MEAN_S for rate in PER_HOUR]
    fades = 1 - np.exp(-3600 / MEAN_S)
    start, starts = 0.0, [0.0]
    for level in levels:
        start += (level - start) * fades
        starts.append(start)
    for hour, (begin, _) in enumerate(pairwise(starts)):
        known[f"present {hour}"] = float(levels[hour] + (begin - levels[hour]) * fades * MEAN_S / 3600)
    return known
