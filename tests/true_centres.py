"""Centres whose truth is known, and the averages that a platform would show of them."""

from __future__ import annotations

from typing import Any

import sim
from sim.kpis.targets import bounds
from sim.runs.replicate import replicate
from sim.scenario.averages import Averages
from sim.scenario.scenario import Scenario

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
    true: Scenario, targets: dict[str, float], demand: float = 1.0, slots: int | None = None, n: int = 200
) -> float:
    """Agents at the peak that keep the targets of a true centre, interpolated between whole numbers."""
    changes: dict[str, Any] = {f"targets.{key}": value for key, value in targets.items()}
    if slots is not None:
        changes["groups.0.concurrency"] = slots
    rates = true.queues[0].arrivals.per_hour
    more = tuple(rate * demand for rate in rates) if isinstance(rates, tuple) else (rates or 0.0) * demand
    asked = sim.vary(true, changes | {"queues.0.arrivals.per_hour": more})

    def margin(agents: int) -> float:
        plan = sim.vary(asked, {"groups.0.agents": agents})
        shown = replicate(plan, seed=501, replications=n, workers=1).estimates
        apart = []
        for bound in bounds(plan):
            value = float(shown.values(bound.kpi, "overall")[0])
            sign = 1 if bound.side == "at least" else -1
            apart.append(sign * (value - bound.value) / bound.value)
        return min(apart)

    agents = max(1, round(true.groups[0].n_agents * demand * 0.85))
    here = margin(agents)
    step = -1 if here >= 0 else 1
    while True:
        if agents + step < 1:
            return float(agents)
        there = margin(agents + step)
        if (there >= 0) != (here >= 0):
            return agents + step * abs(here) / (abs(here) + abs(there))
        agents, here = agents + step, there
