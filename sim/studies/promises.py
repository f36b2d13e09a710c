"""Are these the targets that were meant? What a valid scenario promises and can't mean, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.scenario.demand import Queue
from sim.scenario.figures import FIGURES
from sim.scenario.scenario import Scenario
from sim.scenario.targets import Set
from sim.scenario.team import Group

if TYPE_CHECKING:
    from sim.kpis.targets import Bound

OF_QUALITY = {
    "resolution", "mean_open_chats", "survey_response", "csat", "csat_score", "csat_all", "nps", "ces",
    "conversion",
}  # fmt: skip
"""Figures that there are with a model of quality alone."""
OF_TURNS = {
    "frt_agent_s", "response_s", "response_p90_s", "response_mean_of_means_s", "messages_per_chat",
    "turns_per_chat", "focus_aht_s", "attention",
}  # fmt: skip
"""Figures of queues that are served by turns."""
OF_ANNOUNCED = {"estimate_error_s", "estimate_bias_s"}
"""Figures of queues with announced waits."""


def doubts_of_targets(scenario: Scenario) -> Iterator[str]:
    """Sentences on targets that are never measured, or that ask for what is worse."""
    for place, targets, queues, groups in _tables(scenario):
        for target in targets:
            why = _never(scenario, target.figure, queues, groups)
            if why is not None:
                yield f"{place}.{target.key}: is never measured: {why}"
            better = FIGURES[target.figure].better
            if (better, target.side) in {("lower", "at least"), ("higher", "at most")}:
                other = f"{'max' if target.side == 'at least' else 'min'}_{target.figure}"
                yield f"{place}.{target.key}: of {target.figure} {better} is better: was {other} meant?"


def why_never(scenario: Scenario, bound: Bound) -> str:
    """Why what a *bound* binds was not measured."""
    around = _around(scenario, str(bound.by), bound.cell)
    return _never(scenario, bound.kpi, *around) or "nothing came that it counts"


def _tables(scenario: Scenario) -> Iterator[tuple[str, list[Set], list[Queue], list[Group]]]:
    """Tables of targets: place, those that are set, and the queues and groups that they look at."""
    yield "targets", scenario.targets.bounds(), *_around(scenario, "centre", 0)
    for q, queue in enumerate(scenario.queues):
        yield f"queues.{queue.name}.targets", queue.targets.bounds(), *_around(scenario, "queue", q)
    for g, group in enumerate(scenario.groups):
        yield f"groups.{group.name}.targets", group.targets.bounds(), *_around(scenario, "group", g)


def _around(scenario: Scenario, by: str, cell: int) -> tuple[list[Queue], list[Group]]:
    """Queues and groups that figures of a queue, a group or the centre are of."""
    queues, groups = list(scenario.queues), list(scenario.groups)
    if by == "queue":
        return [queues[cell]], [group for group in groups if queues[cell].name in group.queues]
    if by == "group":
        return [queue for queue in queues if queue.name in groups[cell].queues], [groups[cell]]
    return queues, groups


def _never(scenario: Scenario, figure: str, queues: list[Queue], groups: list[Group]) -> str | None:
    """Why there is no such figure of some queues and groups; None where there is one."""
    if figure in OF_QUALITY and scenario.quality is None:
        return "the scenario has no [quality]"
    if figure in OF_TURNS and not any(queue.by_turns for queue in queues):
        return "no queue is served by turns"
    if figure in OF_ANNOUNCED and not any(queue.balking for queue in queues):
        return "no queue announces waits ([queues.balking])"
    if figure == "first_contact_resolution" and not any(queue.returns for queue in queues):
        return "no queue has returns ([queues.return])"
    has_hours = scenario.hours is not None or scenario.holidays is not None
    if figure == "overrun_s" and not has_hours and all(group.agents is not None for group in groups):
        return "nobody ever logs off"
    return None
