"""How is a scenario written that comes from averages? As a file in which each number says how it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit

from sim.scenario.files import parse
from sim.scenario.scenario import Scenario
from sim.scenario.units import clock_text, end_text
from sim.scenario.write import written

_DIGITS = 4


def scenario_text(scenario: Scenario, comments: Mapping[str, str], head: Sequence[str]) -> str:
    """TOML of a *scenario* that comes from averages.

    Parameters
    ----------
    comments
        How each number is known, by its dotted place: ``patience.mean_s``.
    head
        Lines that the file begins with.
    """
    queue, group = scenario.queues[0], scenario.groups[0]
    assert queue.patience is not None, "all customers lose patience some time"
    document: Any = tomlkit.document()
    for line in head:
        document.add(tomlkit.comment(line))
    document.update({"name": scenario.name, "start": scenario.start, "days": scenario.days})
    document["interval_min"] = scenario.interval_min
    hours = None if scenario.hours is None else scenario.hours.on(scenario.start)
    if hours is not None:
        document["hours"] = {
            "open": clock_text(hours[0]),
            "close": end_text(hours[1]),
        }
    document["targets"] = scenario.targets.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    document["targets"]["threshold_s"] = scenario.targets.threshold_s
    about = tomlkit.table()
    about["name"] = queue.name
    about["arrivals"] = queue.arrivals.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    about["patience"] = _numbers(queue.patience.model_dump(mode="json"), "patience", comments)
    about["service"] = tomlkit.table()
    service = queue.service.model_dump(mode="json", exclude_none=True)
    for key in ("turns", "agent_s", "customer_s", "wrap_up_s"):
        if key in service:
            about["service"][key] = _numbers(service[key], key, comments)
    team = tomlkit.table()
    team.update({"name": group.name, "queues": [queue.name], "concurrency": group.concurrency})
    agents = tomlkit.item(group.n_agents)
    if told := comments.get("agents"):
        agents.comment(told)
    team["agents"] = agents
    document["queues"] = tomlkit.aot()
    document["queues"].append(about)
    document["groups"] = tomlkit.aot()
    document["groups"].append(team)
    text = tomlkit.dumps(document)
    if group.agents is None:
        text = written(text, scenario.groups, comment=comments.get("agents", ""))
    parse(text, "the scenario to be written")
    return text


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
