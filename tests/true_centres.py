"""Centres whose truth is known, and the averages that a platform would show of them."""

from __future__ import annotations

from typing import Any

import numpy as np

import sim
from sim.arrays import Floats
from sim.kpis.estimate import Estimates
from sim.kpis.targets import bounds
from sim.runs.replicate import replicate
from sim.scenario.averages import Averages
from sim.scenario.scenario import Scenario
from sim.studies.averages.model import Centre

DAY = [0.0] * 8 + [0.5, 0.8, 1.1, 1.2, 0.95, 0.8, 1.1, 1.2, 0.95, 0.7, 0.6, 0.4] + [0.0] * 4
NINE = (
    "aht_s", "response_s", "turns_per_chat", "missed_rate", "asa_s", "service_level", "concurrency",
    "occupancy", "wrap_up_s",
)  # fmt: skip
DECIMALS = {"turns_per_chat": 1, "missed_rate": 3, "service_level": 2, "concurrency": 1, "occupancy": 2}
TARGETS = {"service_level": 0.8, "max_missed": 0.05}


def lognormal(mean_s: float, cv: float) -> dict[str, Any]:
    return {"law": "lognormal", "mean_s": mean_s, "cv": cv}


def exponential(mean_s: float) -> dict[str, Any]:
    return {"law": "exponential", "mean_s": mean_s}


def geometric(mean: float) -> dict[str, Any]:
    return {"law": "geometric", "mean": mean}


def centre(name: str, rate: float | list[float], slots: int, staff: dict[str, Any], **how: Any) -> Scenario:
    """One queue, one group, a day from 8 to 20."""
    service = {key: how[key] for key in ("turns", "agent_s", "customer_s", "wrap_up_s") if key in how}
    arrivals = {"per_hour": rate, "busyness_cv": how.get("busyness_cv", 0.0)}
    queue = {"name": "chats", "arrivals": arrivals, "patience": how["patience"], "service": service}
    group = {"name": "Agents", "queues": ["chats"], "concurrency": slots, **staff}
    hours = {"open": "08:00", "close": "20:00"}
    data = {"name": name, "interval_min": 60, "hours": hours, "queues": [queue], "groups": [group]}
    return Scenario.model_validate(data | {"targets": {"threshold_s": 30.0}})


def _curve(per_hour: float) -> list[float]:
    return [per_hour * share / 0.86 for share in DAY]


def true_centres() -> dict[str, Scenario]:
    """Ten centres of different kinds: slots, sizes, laws, shifts, absence, switching."""
    usual = {
        "turns": geometric(6.0), "agent_s": lognormal(40.0, 0.9), "customer_s": lognormal(55.0, 1.4),
        "wrap_up_s": exponential(20.0), "patience": lognormal(180.0, 1.2),
    }  # fmt: skip
    levels = [0] * 8 + [6, 8, 11, 12, 10, 8, 11, 12, 9, 8, 7, 5] + [0] * 4
    low = [0] * 8 + [5, 7, 9, 10, 8, 7, 9, 10, 8, 6, 5, 4] + [0] * 4
    early = {"agents": 6, "start": "08:00", "end": "16:00", "breaks": [{"start": "12:00", "minutes": 30.0}]}
    late = {"agents": 6, "start": "12:00", "end": "20:00", "breaks": [{"start": "15:30", "minutes": 30.0}]}
    made = [
        centre("plain", 75.0, 3, {"agents": 8}, **usual),
        centre("levels", _curve(95.0), 3, {"staffing": levels}, **usual),
        centre(
            "one slot", 20.0, 1, {"agents": 4}, turns=geometric(5.0), agent_s=lognormal(35.0, 0.8),
            customer_s=lognormal(50.0, 1.0), wrap_up_s=exponential(60.0), patience=exponential(240.0),
        ),
        centre(
            "two slots", _curve(40.0), 2, {"agents": 6}, turns={"law": "poisson", "mean": 4.0},
            agent_s=lognormal(70.0, 0.7), customer_s=lognormal(90.0, 1.2), patience=lognormal(300.0, 0.8),
            busyness_cv=0.15,
        ),
        centre(
            "five slots", 200.0, 5, {"agents": 13}, turns=geometric(8.0), agent_s=lognormal(22.0, 1.0),
            customer_s=lognormal(60.0, 1.5), wrap_up_s=exponential(10.0), patience=lognormal(120.0, 1.0),
        ),
        centre(
            "fixed turns", 60.0, 3, {"agents": 7}, turns={"law": "fixed", "mean": 7},
            agent_s={"law": "gamma", "mean_s": 38.0, "cv": 0.7}, customer_s=lognormal(45.0, 1.0),
            wrap_up_s=exponential(30.0), patience={"law": "weibull", "mean_s": 150.0, "shape": 0.9},
        ),
        centre("switching", _curve(70.0), 3, {"staffing": low, "switching": 0.18}, **usual),
        centre(
            "absent", 80.0, 3, {"agents": 10, "absence": 0.06},
            **usual | {"patience": exponential(180.0), "busyness_cv": 0.1},
        ),
        centre("large", 170.0, 3, {"agents": 17}, **usual | {"agent_s": lognormal(42.0, 0.9)}),
        centre(
            "shifts", _curve(60.0), 3, {"shifts": [early, late]}, **usual | {"turns": geometric(5.0)},
        ),
    ]  # fmt: skip
    return {each.name: each for each in made}


def averages_of(
    true: Scenario, names: tuple[str, ...] = NINE, days: int = 20, seed: int = 77, **changes: Any
) -> Averages:
    """What a platform shows of some days of a centre, rounded as platforms round."""
    shown = replicate(true, seed=seed, replications=days, workers=1).estimates
    given: dict[str, Any] = {}
    for name in names:
        if name == "wrap_up_s":
            value = (shown.figure("aht_s").value or 0.0) - (shown.figure("duration_s").value or 0.0)
        else:
            value = shown.figure(name).value or 0.0
        decimals = DECIMALS.get(name, 0)
        given[name] = round(value, decimals) if decimals else round(value)
    group, queue = true.groups[0], true.queues[0]
    staff: dict[str, Any] = {"agents": group.agents if group.agents is not None else group.staffing}
    if group.shifts is not None:
        staff = {"shifts": [shift.model_dump() for shift in group.shifts]}
    return Averages(
        name=true.name,
        days=days,
        hours={"open": "08:00", "close": "20:00"},
        slots=group.concurrency,
        offered=queue.arrivals.per_hour,
        busyness_cv=queue.arrivals.busyness_cv,
        averages=given | changes.pop("averages", {}),
        targets=changes.pop("targets", TARGETS),
        **staff | changes,
    )


def agents_needed(
    true: Scenario,
    targets: dict[str, float],
    demand: float = 1.0,
    more: int = 0,
    n: int = 200,
    about: float | None = None,
) -> float:
    """Agents at the peak that keep the targets of a true centre, interpolated between whole numbers.

    Where they are *about* so many, that is where they are first looked for, which is faster.
    """
    changes: dict[str, Any] = {f"targets.{key}": value for key, value in targets.items()}
    if more:
        changes["groups.0.concurrency"] = true.groups[0].concurrency + more
    rates = true.queues[0].arrivals.per_hour
    demanded = tuple(rate * demand for rate in rates) if isinstance(rates, tuple) else (rates or 0.0) * demand
    asked = sim.vary(true, changes | {"queues.0.arrivals.per_hour": demanded})

    def margins(agents: int) -> Floats:
        plan = sim.vary(asked, {"groups.0.agents": agents})
        shown = replicate(plan, seed=501, replications=n, workers=1).estimates
        return np.array([bound.margin(shown.values(bound.kpi, "overall"))[0] for bound in bounds(plan)])

    agents = max(1, round(true.groups[0].n_agents * demand * 0.85) if about is None else int(about))
    few, many = margins(agents), margins(agents + 1)
    while few.min() >= 0 and agents > 1:
        agents, few, many = agents - 1, margins(agents - 1), few
    while many.min() < 0:
        agents, few, many = agents + 1, many, margins(agents + 2)
    missed = few < 0  # each target is kept from a point of its own on
    return agents + float(np.max(-few[missed] / (many - few)[missed], initial=0.0))


def two_queues(groups: int = 1) -> Scenario:
    """Two queues of different chats, served by one group, or one of them by a second group alone."""
    patience = {"orders": lognormal(180.0, 1.2), "returns": lognormal(300.0, 1.0)}
    service = {
        "orders": {
            "turns": geometric(6.0),
            "agent_s": lognormal(40.0, 0.9),
            "customer_s": lognormal(55.0, 1.3),
        },
        "returns": {
            "turns": geometric(4.0),
            "agent_s": lognormal(70.0, 0.9),
            "customer_s": lognormal(90.0, 1.2),
        },
    }
    queues = [
        {
            "name": name, "arrivals": {"per_hour": rate}, "patience": patience[name],
            "service": service[name] | {"wrap_up_s": exponential(20.0)},
        }
        for name, rate in (("orders", 50.0), ("returns", 30.0))
    ]  # fmt: skip
    teams = [{"name": "All", "queues": ["orders", "returns"], "concurrency": 3, "agents": 9}]
    if groups == 2:
        teams[0]["agents"] = 6
        teams.append({"name": "Returns", "queues": ["returns"], "concurrency": 2, "agents": 4})
    return Scenario.model_validate(
        {
            "name": "two queues", "interval_min": 60, "hours": {"open": "08:00", "close": "20:00"},
            "targets": {"threshold_s": 30.0}, "queues": queues, "groups": teams,
        }
    )  # fmt: skip


def averages_by_queue(true: Scenario, days: int = 20, seed: int = 77) -> Averages:
    """What a platform shows of each queue, and of the agents together."""
    shown = replicate(true, seed=seed, replications=days, workers=1).estimates

    def rounded(name: str, by: str = "overall", cell: int = 0) -> float:
        value = float(shown.values(name, by)[cell])
        return round(value, DECIMALS[name]) if name in DECIMALS else round(value)

    queues = []
    for q, queue in enumerate(true.queues):
        given = {name: rounded(name, "queue", q) for name in NINE[:6]}
        given["wrap_up_s"] = rounded("aht_s", "queue", q) - rounded("duration_s", "queue", q)
        queues.append({"name": queue.name, "offered": queue.arrivals.per_hour, "averages": given})
    groups = [
        {"name": group.name, "queues": list(group.queues), "slots": group.concurrency, "agents": group.agents}
        for group in true.groups
    ]
    of_all = {name: rounded(name) for name in ("concurrency", "occupancy")}
    return Averages(
        name=true.name, days=days, hours={"open": "08:00", "close": "20:00"}, queues=queues, groups=groups,
        averages=of_all, targets=TARGETS,
    )  # fmt: skip


def by_work() -> Scenario:
    """A centre whose handling times are 400, 520 and 700 s with 1, 2 and 3 chats open."""
    queue = {
        "name": "chats", "arrivals": {"per_hour": 75.0}, "patience": lognormal(180.0, 1.1),
        "service": {"work_s": lognormal(400.0, 0.9), "aht_s": [400.0, 520.0, 700.0]},
    }  # fmt: skip
    group = {"name": "Agents", "queues": ["chats"], "concurrency": 3, "agents": 6}
    hours = {"open": "08:00", "close": "20:00"}
    data = {"name": "by work", "interval_min": 60, "hours": hours, "queues": [queue], "groups": [group]}
    return Scenario.model_validate(data | {"targets": {"threshold_s": 30.0}})


def intervals_of(
    true: Scenario, names: tuple[str, ...], days: int = 20, seed: int = 77
) -> dict[str, list[float]]:
    """Averages by hour that a platform would show, rounded."""
    shown = replicate(true, seed=seed, replications=days, workers=1).estimates
    decimals = {"missed_rate": 2, "service_level": 2}
    return {
        name: [round(float(each), decimals.get(name, 0)) for each in shown.values(name, "interval")]
        for name in names
    }


def needed_in_mix(true: Scenario, targets: dict[str, float], n: int = 200) -> float:
    """Agents of all groups, in the mix that they have, that keep the targets; between whole numbers by days."""
    asked = sim.vary(true, {f"targets.{key}": value for key, value in targets.items()})
    now = tuple(float(group.n_agents) for group in asked.groups)

    def margin(total: float) -> float:
        parts = Centre(asked, now).with_total(total).parts(n)
        runs = [
            run
            for plan, some in parts
            for run in replicate(plan, seed=501, replications=n, workers=1).estimates.runs[
                some.start : some.stop
            ]
        ]
        shown = Estimates(runs)
        return min(
            float(bound.margin(shown.values(bound.kpi, bound.by))[bound.cell]) for bound in bounds(asked)
        )

    low, high = 0.6 * sum(now), 1.6 * sum(now)
    while high - low > 0.01 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if margin(middle) < 0 else (low, middle)
    return (low + high) / 2
