"""How is a target called where it heads a column, and by whose clocks is a result?"""

from __future__ import annotations

from sim.kpis.targets import Bound
from sim.scenario.scenario import Scenario


def head_of(bound: Bound) -> str:
    """A bound in a word or two: ``SL``, ``SL orders``."""
    head, where = bound.counted.shown.head or bound.counted.title, where_of(bound)
    return f"{head} {where}" if where else head


def where_of(bound: Bound) -> str:
    """Name of the queue or group that it binds; nothing for the centre."""
    return "" if bound.where is None else bound.where.name


def zone_of(scenario: Scenario) -> dict[str, str]:
    """Time zone of the clocks that a result's times are read from, if the centre has one."""
    return {} if scenario.zone is None else {"zone": scenario.zone}
