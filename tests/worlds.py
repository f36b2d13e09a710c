"""Worlds to test with: small hand-made ones, and Hypothesis's, full of ties."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.draws.record import Chains, Draws, Opinions
from sim.draws.sampling import draw
from sim.engines import simulate
from sim.log.chatlog import ChatLog
from sim.rules import After, From
from sim.scenario.duty import People, any_on_eve
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group
from sim.scenario.units import DAY_S

SCALE = int(os.environ.get("SIM_SCALE", "1"))
"""How many times longer than in the normal test run the random tests run."""


def fixed(mean_s: float) -> dict[str, Any]:
    """A law that always gives the same."""
    return {"law": "fixed", "mean_s": mean_s}


def by_turns(
    agent_s: float, customer_s: float, turns: int, wrap_up_s: float = 0, **more: Any
) -> dict[str, Any]:
    """Service by turns with fixed times."""
    return {
        "turns": {"law": "fixed", "mean": turns},
        "agent_s": fixed(agent_s),
        "customer_s": fixed(customer_s),
        "wrap_up_s": fixed(wrap_up_s),
    } | more


def by_work(work_s: float, **more: Any) -> dict[str, Any]:
    """Service by work of a fixed size."""
    return {"work_s": fixed(work_s)} | more


def queue(
    arrivals: list[float] | float | dict[str, Any], service: dict[str, Any], name: str = "q", **more: Any
) -> dict[str, Any]:
    """A queue whose chats arrive at exact times, if they are a list; otherwise as any queue's."""
    given = {"times_s": arrivals} if isinstance(arrivals, list) else arrivals
    return {"name": name, "arrivals": given, "service": service} | more


def group(agents: int = 1, name: str = "g", queues: tuple[str, ...] = ("q",), **more: Any) -> dict[str, Any]:
    """A constant group, unless told otherwise."""
    way = {} if {"shifts", "staffing"} & set(more) else {"agents": agents}
    return {"name": name, "queues": list(queues)} | way | more


def world(queues: list[dict[str, Any]], groups: list[dict[str, Any]] | None = None, **more: Any) -> Scenario:
    """A scenario from dictionaries."""
    return Scenario.model_validate({"queues": queues, "groups": groups or [group()]} | more)


def run(scenario: Scenario, seed: int = 1) -> ChatLog:
    """One run of a scenario."""
    return simulate(scenario, draw(scenario, seed))


MONDAY = "2026-03-02"
"""The first day, unless a scenario says otherwise."""
A_NIGHT_S = DAY_S - 60.0
"""Until the next day's first minutes."""
SMALL = range(13)
small = st.sampled_from(SMALL).map(float)
OPENING = [
    None,
    {"open": "00:00", "close": "00:05"},
    {"open": "00:01", "close": "00:03"},
    {"open": "00:00", "close": "24:00"},
]
"""Opening hours in the first minutes, and all day."""
CALENDARS = [
    *OPENING,
    {"open": "23:58", "close": "00:03"},
    {
        "open": "00:00",
        "close": "00:05",
        "tue": {"open": "23:59", "close": "00:02"},
        "wed": {"open": "00:02", "close": "00:05"},
    },
    {"mon": {"open": "00:01", "close": "24:00"}, "tue": {"open": "00:00", "close": "00:04"}},
    {"open": "00:00", "close": "24:00", "sun": "closed", "dates": {MONDAY: "closed"}},
]
"""Also over midnight, and by weekday and date, from a Monday on."""
CLOCKS = [None, None, None, "2026-03-29", "2026-10-25"]
"""First days of 23 and 25 hours in Berlin; of most worlds the clocks never change."""
ELSEWHERE = ["Africa/Lagos", "Asia/Manila"]
"""Zones of groups: an hour behind Berlin while it has summer time, and far ahead of it."""


@st.composite
def patterns(draw: st.DrawFn, calendar: bool = False) -> dict[str, Any]:
    """Duty of a group: constant, by staffing, or by shifts with breaks; all in the first hours.

    With a *calendar* also in the last minutes, and on some days alone.
    """
    match draw(st.sampled_from(["agents", "staffing", "shifts"])):
        case "agents":
            return {"agents": draw(st.integers(0, 3))}
        case "staffing":
            head = draw(st.lists(st.integers(0, 3), min_size=1, max_size=6))
            staffing: dict[str, Any] = {"staffing": head + [draw(st.integers(0, 1))] * (1440 - len(head))}
            if calendar:
                evening = draw(st.integers(0, 2))
                staffing["staffing"][-2:] = [evening] * 2
                if draw(st.booleans()):
                    staffing["staffing_by_day"] = {draw(st.sampled_from(["mon", "tue"])): [evening] * 1440}
            return staffing
        case _:
            return {"shifts": [draw(shifts(calendar)) for _ in range(draw(st.integers(1, 2)))]}


@st.composite
def shifts(draw: st.DrawFn, calendar: bool = False) -> dict[str, Any]:
    """A shift of some minutes at the start of the day, maybe with a break of a minute or two.

    With a *calendar* maybe over midnight, and on some days alone.
    """

    def clock(minute: int) -> str:
        return f"{minute % 1440 // 60:02d}:{minute % 60:02d}"

    starts = [0, 1, 2, -1, -3] if calendar else [0, 1, 2]
    start, length = draw(st.sampled_from(starts)), draw(st.integers(1, 6))
    shift: dict[str, Any] = {
        "agents": draw(st.integers(1, 2)),
        "start": clock(start),
        "end": clock(start + length),
    }
    if length > 2 and draw(st.booleans()):
        shift["breaks"] = [{"start": clock(start + 1), "minutes": draw(st.integers(1, length - 1))}]
    if calendar:
        days = st.sampled_from([{}, {}, {"days": ["mon"]}, {"days": ["sun", "tue"]}, {"dates": [MONDAY]}])
        shift |= draw(days)
    return shift


@st.composite
def worlds(
    draw: st.DrawFn, most_days: int = 1, calendar: bool = False, once_by_turns: bool = False
) -> tuple[Scenario, Draws]:
    """A scenario with any mixture of features, and customers with small whole times: ties everywhere.

    What a scenario says of laws is not looked at: the draws are Hypothesis's. On two days some chats last the
    night. With a *calendar*, hours and shifts last over midnight, and days differ. Or all is by turns, and who
    has been there comes no more: *once_by_turns*.
    """
    n_queues = draw(st.integers(1, 3))
    turns = once_by_turns or draw(st.booleans())
    names = [f"q{q}" for q in range(n_queues)]
    n_groups = draw(st.integers(1, 3))
    concurrency = [draw(st.integers(1, 3)) for _ in range(n_groups)]
    skills = [draw(st.sets(st.sampled_from(names), min_size=1)) for _ in range(n_groups)]
    skills[0] |= set(names) - set().union(*skills)
    groups = [
        {
            "name": f"g{g}",
            "queues": sorted(skills[g]),
            "concurrency": concurrency[g],
            "switching": draw(st.sampled_from([0.0, 1.0])),
        }
        | draw(patterns(calendar))
        for g in range(n_groups)
    ]
    hours = draw(st.sampled_from(CALENDARS if calendar else OPENING))
    for each in groups:
        _people(draw, each, hours is not None)
    queues = []
    for name in names:
        able = [f"g{g}" for g in range(n_groups) if name in skills[g]]
        queues.append(_queue(draw, name, turns, able))
        if once_by_turns:
            queues[-1] = {key: value for key, value in queues[-1].items() if key not in {"retry", "return"}}
    policy = draw(st.sampled_from(["least_loaded", "most_loaded", "longest_idle", "round_robin", "random"]))
    more: dict[str, Any] = {"interval_min": 1, "routing": {"policy": policy}}
    more["days"] = draw(st.sampled_from([1, 1, most_days]))
    if draw(st.booleans()) or any("return" in queue_ for queue_ in queues):
        more["quality"] = {"resolution": 0.75, "multitasking": 0.25}
    if hours is not None:
        more["hours"] = hours
    more["stress"] = _stress(draw, names, groups, more["days"])
    more["platform"] = _platform(draw, queues)
    scenario = world(**_by_clocks(draw, {"queues": queues, "groups": groups} | more, calendar))
    return scenario, _customers(draw, scenario)


def _by_clocks(draw: st.DrawFn, data: dict[str, Any], calendar: bool) -> dict[str, Any]:
    """Let the clocks of a world change on its first day, in two worlds of five with a *calendar*."""
    start = draw(st.sampled_from(CLOCKS)) if calendar else None
    if start is None:
        return data
    moved = dt.date.fromisoformat(start) - dt.date.fromisoformat(MONDAY)
    found: dict[str, Any] = _moved(data, start, moved) | {"start": start, "zone": "Europe/Berlin"}
    for each in found["groups"]:
        if "agents" not in each and draw(st.booleans()):
            each["zone"] = draw(st.sampled_from(ELSEWHERE))
    return found


def _moved(data: Any, start: str, days: dt.timedelta) -> Any:
    """The same with another first day."""
    if isinstance(data, dict):
        return {_moved(key, start, days): _moved(value, start, days) for key, value in data.items()}
    if isinstance(data, list):
        return [_moved(each, start, days) for each in data]
    if isinstance(data, dt.datetime):
        return data + days
    return start if isinstance(data, str) and data == MONDAY else data


def _queue(draw: st.DrawFn, name: str, turns: bool, groups: list[str]) -> dict[str, Any]:
    service = (
        by_turns(1, 1, 1, wrap_up_attention=draw(st.booleans()))
        if turns
        else by_work(1, aht_s=draw(st.sampled_from([None, [2.0, 3.0, 4.0], [4.0, 8.0, 16.0]])))
    )
    queue_: dict[str, Any] = {
        "name": name,
        "arrivals": {"per_hour": 0},
        "service": service,
        "priority": draw(st.integers(1, 2)),
        "prefer": draw(st.permutations(groups))[: draw(st.integers(0, len(groups)))],
    }
    if draw(st.booleans()):
        queue_["capacity"] = draw(st.integers(0, 3))
    if draw(st.booleans()):
        queue_["max_wait_s"] = draw(small) * 10
    return queue_ | _behaviour(draw, turns)


def _behaviour(draw: st.DrawFn, turns: bool) -> dict[str, Any]:
    """What the customers of a queue do besides waiting; each feature in one world out of three."""
    rarely = st.sampled_from([True, False, False])
    more: dict[str, Any] = {}
    if draw(rarely):
        more |= {"patience": fixed(1), "silence": {"share": 0.5, "detect_s": fixed(1)}}
    if turns and draw(rarely):
        more["reply_patience"] = fixed(1)
    if turns and draw(rarely):
        more["idle_timeout_s"] = draw(small) * 10 + 5
    if draw(rarely):
        curve = draw(st.sampled_from(["places", "waits_s"]))
        scale = 1 if curve == "places" else 20
        more["balking"] = {
            "estimate": draw(st.sampled_from(["head", "last"])),
            curve: [float(scale * x) for x in range(draw(st.integers(1, 3)))],
        }
        more["balking"]["shares"] = [draw(st.integers(0, 4)) / 4 for _ in more["balking"][curve]]
    for name in ("retry", "return"):
        if draw(rarely):
            more[name] = {"probability": 0.5, "delay_s": fixed(1)}
    if "retry" in more and draw(st.booleans()):
        more["retry"]["after"] = draw(st.lists(st.sampled_from(list(After)), min_size=1, unique=True))
        more["retry"]["offline_from"] = draw(st.sampled_from(list(From)))
    if draw(rarely):
        more["attempts_keep"] = draw(st.sampled_from([["patience"], ["needs"], ["patience", "needs"]]))
    return more


def _people(draw: st.DrawFn, group_: dict[str, Any], has_hours: bool) -> None:
    """Let the agents of a group differ, in one world out of three."""
    if not draw(st.sampled_from([True, False, False])):
        return
    if draw(st.booleans()):
        group_["speed"] = {"law": "fixed", "mean": 1.0}
    if draw(st.booleans()):
        group_["absence"] = 0.5
    if ("agents" not in group_ or has_hours) and draw(st.booleans()):
        group_["late_s"] = fixed(1)
    n_agents = _n_agents(group_)
    if n_agents and draw(st.booleans()):
        group_["ramp"] = {"new_hires": draw(st.integers(1, n_agents)), "speed": 0.5, "days": 2}
    if n_agents and draw(st.booleans()):
        group_["seniority"] = [{"agents": 1, "concurrency": draw(st.integers(1, 3))}]


def incident(kind: str, start_s: float, minutes: float, **more: Any) -> dict[str, Any]:
    """Something that goes wrong from so many seconds after the first midnight."""
    start = dt.datetime(2026, 3, 2) + dt.timedelta(seconds=start_s)
    return {"kind": kind, "start": start, "minutes": minutes} | more


def without(scenario: Scenario, kind: str) -> Scenario:
    """The same scenario without its incidents of a kind."""
    if scenario.stress is None:
        return scenario
    rest = tuple(each for each in scenario.stress.incidents if each.kind != kind)
    return scenario.model_copy(update={"stress": scenario.stress.model_copy(update={"incidents": rest})})


def _stress(
    draw: st.DrawFn, queues: list[str], groups: list[dict[str, Any]], days: int
) -> dict[str, Any] | None:
    """Up to three incidents in the first minutes, or around the first midnight; in one world out of three."""
    if not draw(st.sampled_from([True, False, False])):
        return None
    some = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["agents_out", "shift_gap", "slow_system", "outage", "burst"]))
        start_s = draw(st.sampled_from([0.0, A_NIGHT_S] if days > 1 else [0.0])) + 30 * draw(small)
        group_ = draw(st.sampled_from(groups))
        more: dict[str, Any] = {
            "agents_out": {"group": group_["name"], "agents": draw(st.integers(0, _n_agents(group_)))},
            "shift_gap": {"group": draw(st.sampled_from([None, group_["name"]]))},
            "slow_system": {"factor": draw(st.sampled_from([1.0, 1.5, 3.0]))},
            "outage": {},
            "burst": {"queue": draw(st.sampled_from(queues)), "customers": draw(st.integers(0, 20))},
        }[kind]
        some.append(incident(kind, start_s, draw(st.integers(1, 6)) / 2, **more))
    return {"incidents": some, "in_force": True}


def _platform(draw: st.DrawFn, queues: list[dict[str, Any]]) -> dict[str, float]:
    """Delays of the platform, in one world out of three; no agent gives up before an answer could have come."""
    if not draw(st.sampled_from([True, False, False])):
        return {}
    shortest_s = min(each.get("idle_timeout_s", np.inf) for each in queues)
    deliver_s = draw(st.sampled_from([0.0, 1.0, 2.5, 7.5]))
    return {
        "accept_s": draw(st.sampled_from([0.0, 5.0, 10.0, 30.0])),
        "deliver_s": deliver_s if 2 * deliver_s < shortest_s else 0.0,
    }


def _n_agents(group_: dict[str, Any]) -> int:
    return Group.model_validate(group_).n_agents


def _customers(draw: st.DrawFn, scenario: Scenario) -> Draws:
    n = draw(st.integers(0, 25))
    before_s = draw(st.sampled_from([0.0, 180.0])) if scenario.days > 1 else 0.0
    midnights = scenario.calendar.local.midnights(scenario.days)
    arrival_s = 30.0 * _integers(draw, n, SMALL[-1]) + midnights[_integers(draw, n, scenario.days - 1)]
    arrival_s = np.sort(np.maximum(arrival_s - before_s, 0.0))
    queue_ = _integers(draw, n, len(scenario.queues) - 1)
    chains, queue_ = _chains(draw, scenario, queue_)
    n_rows = len(queue_)
    turns = scenario.queues[0].by_turns
    counts = 1 + _integers(draw, n_rows, 3) if turns else np.zeros(n_rows, dtype=np.int64)
    total = int(counts.sum())
    long_s = [A_NIGHT_S] * (scenario.days > 1)
    return Draws(
        seed=0,
        replication=0,
        queue=queue_,
        number=np.arange(n_rows) if chains is None else chains.customer,
        arrival_s=np.concatenate([arrival_s, np.full(n_rows - n, np.nan)]).astype(np.float64),
        patience_s=_times(draw, n_rows, 20, np.inf),
        work_s=_times(draw, n_rows, 10, *long_s) if not turns else np.full(n_rows, np.nan),
        wrap_up_s=_times(draw, n_rows, 5),
        route_u=_integers(draw, n_rows, 7) / 8,
        turn_offset=np.concatenate([[0], np.cumsum(counts)]),
        agent_s=_times(draw, total, 5),
        customer_s=_times(draw, total, 10, *long_s),
        reply_patience_s=_times(draw, total, 5, np.inf),
        silent=_integers(draw, n_rows, 1).astype(np.bool_),
        detect_s=_times(draw, n_rows, 10),
        balk_u=_integers(draw, n_rows, 3) / 4,
        chains=chains,
        opinions=_opinions(draw, n_rows) if scenario.quality else None,
        people=_drawn_people(draw, scenario),
    )


def _integers(draw: st.DrawFn, n: int, most: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return _picked(draw, n, np.arange(most + 1))


def _times(draw: st.DrawFn, n: int, unit: float, *more: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Small multiples of a unit, and as often one of *more* or none: ties everywhere."""
    odd = [*more, 0.0]
    return _picked(draw, n, np.array([unit * x for x in SMALL] * len(odd) + odd * len(SMALL)))


def _picked(draw: st.DrawFn, n: int, values: np.ndarray[Any, Any]) -> Any:
    """Some of a few *values*: as bytes, for hypothesis draws and shrinks a text far faster than a list."""
    places = np.frombuffer(draw(st.binary(min_size=n, max_size=n)), dtype=np.uint8)
    return values[places % len(values)]


def _chains(
    draw: st.DrawFn, scenario: Scenario, queue_: np.ndarray[Any, np.dtype[np.int64]]
) -> tuple[Chains | None, np.ndarray[Any, np.dtype[np.int64]]]:
    """Further attempts of some customers, in rows after the first ones, and the queue of every row."""
    if not any(each.most_attempts > 1 for each in scenario.queues):
        return None, queue_
    customer, attempt, next_row = list(range(len(queue_))), [1] * len(queue_), []
    row = 0
    while row < len(customer):
        mine = scenario.queues[queue_[customer[row]]]
        goes_on = mine.most_attempts > 1 and attempt[row] < 3 and draw(st.booleans())
        next_row.append(len(customer) if goes_on else -1)
        if goes_on:
            customer.append(customer[row])
            attempt.append(attempt[row] + 1)
        row += 1
    n, goes_on = len(customer), np.array(next_row, dtype=np.int64) >= 0
    rows = np.array(customer, dtype=np.int64)
    returns = np.array([each.returns is not None for each in scenario.queues])[queue_[rows]]
    chains = Chains(
        customer=rows,
        attempt=np.array(attempt, dtype=np.int64),
        next_row=np.array(next_row, dtype=np.int64),
        retries=goes_on & (_integers(draw, n, 1) == 1),
        returns=goes_on & returns,
        retry_delay_s=_times(draw, n, 10),
        return_delay_s=_times(draw, n, 10),
    )
    return chains, queue_[rows]


def _opinions(draw: st.DrawFn, n: int) -> Opinions:
    return Opinions(*(_integers(draw, n, 7) / 8 for _ in range(6)))


def _drawn_people(draw: st.DrawFn, scenario: Scenario) -> People | None:
    if not any(each.speed or each.absence or each.late_s for each in scenario.groups):
        return None
    n, days = scenario.n_agents, scenario.days
    absence = np.repeat([each.absence > 0 for each in scenario.groups], [g.n_agents for g in scenario.groups])
    late = np.repeat(
        [each.late_s is not None for each in scenario.groups], [g.n_agents for g in scenario.groups]
    )
    absent = _integers(draw, n * days, 1).reshape(n, days) == 1
    on_eve = any_on_eve(scenario)
    return People(
        speed=2.0 ** (_integers(draw, n, 2) - 1),
        absent=absent & absence[:, None],
        late_s=_times(draw, n * days, 15).reshape(n, days) * late[:, None],
        absent_on_eve=(_integers(draw, n, 1) == 1) & absence if on_eve else absent[:0, 0],
        late_on_eve_s=_times(draw, n, 60) * late if on_eve else np.zeros(0),
    )


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A whole scenario of a few hundred chats with any mixture of features, whose customers the sampler draws."""
    turns = draw(st.booleans())
    names = [f"q{q}" for q in range(draw(st.integers(1, 2)))]
    rarely = st.sampled_from([True, False, False])
    queues = []
    for name in names:
        queue_ = _behaviour(draw, turns) | {
            "name": name,
            "arrivals": {
                "per_hour": draw(st.integers(1, 12)),
                "busyness_cv": draw(st.sampled_from([0.0, 0.5])),
            },
            "patience": {"law": "exponential", "mean_s": 600.0},
            "service": _random_service(draw, turns),
        }
        if draw(rarely):
            queue_["capacity"] = draw(st.integers(0, 5))
        if "silence" in queue_:
            queue_["silence"]["detect_s"] = {"law": "exponential", "mean_s": 300.0}
        if "reply_patience" in queue_:
            queue_["reply_patience"] = {"law": "exponential", "mean_s": 900.0}
        for again in {"retry", "return"} & set(queue_):
            queue_[again]["delay_s"] = {"law": "exponential", "mean_s": 900.0, "zero": 0.2}
        queues.append(queue_)
    groups = []
    hours = draw(
        st.sampled_from(
            [
                None,
                {"open": "06:00", "close": "22:00"},
                {"open": "20:00", "close": "10:00", "mon": {"open": "12:00", "close": "02:00"}},
            ]
        )
    )
    for g in range(draw(st.integers(1, 2))):
        skills = names if g == 0 else draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        group_: dict[str, Any] = {"name": f"g{g}", "queues": skills, "concurrency": draw(st.integers(1, 3))}
        group_ |= draw(patterns(calendar=True)) if draw(rarely) else {"agents": draw(st.integers(1, 4))}
        _people(draw, group_, hours is not None)
        if "speed" in group_:
            group_["speed"] = {"law": "lognormal", "cv": 0.3}
        groups.append(group_)
    more: dict[str, Any] = {"days": draw(st.integers(1, 2)), "interval_min": 1}
    if hours is not None:
        more["hours"] = hours
    if any("return" in queue_ for queue_ in queues) or draw(st.booleans()):
        more["quality"] = {}
    policy = draw(st.sampled_from(["least_loaded", "most_loaded", "longest_idle", "round_robin", "random"]))
    more["stress"] = _stress(draw, names, groups, more["days"])
    more["platform"] = _platform(draw, queues)
    more["routing"] = {"policy": policy}
    return world(**_by_clocks(draw, {"queues": queues, "groups": groups} | more, calendar=True))


def _random_service(draw: st.DrawFn, turns: bool) -> dict[str, Any]:
    """Service with random times."""
    wrap_up = {"wrap_up_s": {"law": "exponential", "mean_s": 60.0}}
    if not turns:
        aht_s = draw(st.sampled_from([None, [300.0, 400.0, 500.0]]))
        return {"work_s": {"law": "exponential", "mean_s": 600.0}, "aht_s": aht_s} | wrap_up
    return {
        "turns": {"law": "geometric", "mean": 3.0},
        "agent_s": {"law": "exponential", "mean_s": 120.0},
        "customer_s": {"law": "lognormal", "mean_s": 120.0, "cv": 1.0},
        "wrap_up_attention": draw(st.booleans()),
    } | wrap_up
