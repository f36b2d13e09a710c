"""How is a scenario written that comes from averages? As a file in which each number says how it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit

from sim.scenario.demand import Queue
from sim.scenario.files import parse
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group
from sim.scenario.units import clock_text, end_text
from sim.scenario.write import staffed

_DIGITS = 4


def scenario_text(scenario: Scenario, comments: Mapping[str, str], head: Sequence[str]) -> str:
    """TOML of a *scenario* that comes from averages.

    Parameters
    ----------
    comments
        How each number is known, by its dotted place: ``queues.0.patience.mean_s``.
    head
        Lines that the file begins with.
    """
    document: Any = tomlkit.document()
    for line in head:
        document.add(tomlkit.comment(line))
    document.update({"name": scenario.name, "start": scenario.start, "days": scenario.days})
    document["interval_min"] = scenario.interval_min
    hours = None if scenario.hours is None else scenario.hours.on(scenario.start)
    if hours is not None:
        document["hours"] = {"open": clock_text(hours[0]), "close": end_text(_of_day(hours[1]))}
    document["targets"] = scenario.targets.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    document["targets"]["threshold_s"] = scenario.targets.threshold_s
    document.add(tomlkit.nl())
    document["queues"] = tomlkit.aot()
    for q, queue in enumerate(scenario.queues):
        document["queues"].append(_queue(queue, f"queues.{q}", comments))
    document.add(tomlkit.nl())
    document["groups"] = tomlkit.aot()
    for g, group in enumerate(scenario.groups):
        document["groups"].append(_group(group, comments.get(f"groups.{g}.agents", "")))
    text = tomlkit.dumps(document)
    parse(text, "the scenario to be written")
    return text


def _of_day(clock_s: float) -> float:
    """A clock time within a day, of one that may be on the next; midnight is the day's end."""
    return (clock_s - 1) % 86_400 + 1


def _queue(queue: Queue, place: str, comments: Mapping[str, str]) -> Any:
    assert queue.patience is not None, "all customers lose patience some time"
    about = tomlkit.table()
    about["name"] = queue.name
    if queue.priority != 1:
        about["priority"] = queue.priority
    about["arrivals"] = queue.arrivals.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    about["patience"] = _numbers(queue.patience.model_dump(mode="json"), f"{place}.patience", comments)
    about["service"] = tomlkit.table()
    service = queue.service.model_dump(mode="json", exclude_none=True)
    for key in ("turns", "agent_s", "customer_s", "work_s", "wrap_up_s"):
        if key in service:
            about["service"][key] = _numbers(service[key], f"{place}.service.{key}", comments)
    if "aht_s" in service:
        about["service"]["aht_s"] = [float(f"{each:.{_DIGITS}g}") for each in service["aht_s"]]
    if targets := queue.targets.model_dump(mode="json", exclude_none=True):
        about["targets"] = targets
    return about


def _group(group: Group, told: str) -> Any:
    team = tomlkit.table()
    team.update({"name": group.name, "queues": list(group.queues), "concurrency": group.concurrency})
    staffed(team, group, told)
    return team


def _numbers(law: Mapping[str, Any], place: str, comments: Mapping[str, str]) -> Any:
    """A law as a table, each of its numbers with how it is known."""
    table = tomlkit.table()
    for key, value in law.items():
        if value is None or (key == "zero" and not value):
            continue
        item = tomlkit.item(float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value)
        if told := comments.get(f"{place}.{key}"):
            item.comment(told)
        table[key] = item
    return table
