"""Which scenario does a centre make that is known by averages, once its service and patience are numbers?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.scenario.averages import Averages, Line, Team
from sim.scenario.hours import Opening
from sim.scenario.scenario import Scenario
from sim.scenario.shifts import Shift
from sim.scenario.units import DAY_S, HOUR_S

USUAL_LEVEL = 0.80
"""Service level that is asked for where nothing is promised."""
_GRIDS_S = (HOUR_S, HOUR_S // 2, HOUR_S // 4)


def scenario_of(
    centre: Averages,
    services: Sequence[Mapping[str, Any]],
    patiences: Sequence[Mapping[str, Any]],
    switching: float = 0.0,
) -> Scenario:
    """Give the scenario of one day of a *centre*, with tables of service and patience for each queue."""
    queues = [
        _queue(line, service, patience)
        for line, service, patience in zip(centre.lines, services, patiences, strict=True)
    ]
    return Scenario.model_validate(
        {
            "name": centre.name, "start": centre.start, "interval_min": _interval_min(centre),
            "hours": None if centre.hours is None else centre.hours.model_dump(),
            "targets": {"threshold_s": centre.threshold_s, **_promise(centre)},
            "queues": queues, "groups": [_group(centre, team, switching) for team in centre.teams],
        }
    )  # fmt: skip


def _queue(line: Line, service: Mapping[str, Any], patience: Mapping[str, Any]) -> dict[str, Any]:
    arrivals = {"per_hour": line.offered, "busyness_cv": line.busyness_cv, "interval_cv": line.interval_cv}
    queue = {"name": line.name, "arrivals": arrivals, "patience": dict(patience), "service": dict(service)}
    more = {"priority": line.priority, "targets": line.targets.model_dump(exclude_none=True)}
    return queue | more


def _group(centre: Averages, team: Team, switching: float) -> dict[str, Any]:
    group: dict[str, Any] = {
        "name": team.name, "queues": list(centre.served(team)), "concurrency": team.slots,
        "switching": switching,
    }  # fmt: skip
    if team.shifts is not None:
        group["shifts"] = [shift.model_dump() for shift in team.shifts]
    else:
        group["agents" if isinstance(team.agents, int) else "staffing"] = team.agents
    return group


def _interval_min(centre: Averages) -> int:
    """Planning interval: of the averages by interval, or else of the volumes."""
    sizes = [len(values) for values in centre.by_interval.values()]
    sizes += [len(line.offered) for line in centre.lines if isinstance(line.offered, tuple)]
    return 24 * 60 // sizes[0] if sizes else 30


def _promise(centre: Averages) -> dict[str, Any]:
    """What is promised, as a table without the threshold."""
    given = {key: value for key, value in centre.targets.model_dump().items() if value is not None}
    given.pop("threshold_s", None)
    return given if centre.has_targets else {**given, "service_level": USUAL_LEVEL}


def turned(centre: Averages) -> Averages:
    """Give a *centre* that is open over midnight with its clock put back, so that its night is one day.

    A day is simulated by itself, from an empty centre on: it has to begin while the centre is closed.
    """
    back_s = _closed_at(centre)
    if not back_s:
        return centre
    assert centre.hours is not None, "a centre without hours is never closed"
    hours = Opening(open=_back(centre.hours.open, back_s), close=_back(centre.hours.close, back_s) or DAY_S)
    changes: dict[str, Any] = {
        "hours": hours, "agents": _rolled(centre.agents, back_s), "shifts": _shifts(centre.shifts, back_s),
        "offered": _rolled(centre.offered, back_s),
        "by_interval": {name: _rolled(each, back_s) for name, each in centre.by_interval.items()},
    }  # fmt: skip
    if centre.queues is not None:
        changes["queues"] = tuple(
            line.model_copy(update={"offered": _rolled(line.offered, back_s)}) for line in centre.queues
        )
    if centre.groups is not None:
        changes["groups"] = tuple(
            team.model_copy(
                update={"agents": _rolled(team.agents, back_s), "shifts": _shifts(team.shifts, back_s)}
            )
            for team in centre.groups
        )
    return centre.model_copy(update=changes)


def _closed_at(centre: Averages) -> int:
    """A time of day, in seconds, at which a centre is closed; 0 where it is so at midnight."""
    if centre.hours is None or centre.hours.close > centre.hours.open:
        return 0
    widths_s = [DAY_S // len(values) for values in centre.by_interval.values()]
    middle_s = (centre.hours.close + centre.hours.open) / 2
    for grid_s in _GRIDS_S:
        at_s = round(middle_s / grid_s) * grid_s
        if centre.hours.close <= at_s <= centre.hours.open and not any(
            at_s % width_s for width_s in widths_s
        ):
            return at_s
    return 0


def _back(clock_s: float, back_s: int) -> float:
    return (clock_s - back_s) % DAY_S


def _rolled(values: Any, back_s: int) -> Any:
    """Values of a day's parts from a later time on; of quarters, where that time is within a part."""
    if not isinstance(values, tuple):
        return values
    width_s = DAY_S // len(values)
    if back_s % width_s:
        quarter_s = HOUR_S // 4
        values = tuple(value for value in values for _ in range(width_s // quarter_s))
        width_s = quarter_s
    k = back_s // width_s
    return values[k:] + values[:k]


def _shifts(shifts: tuple[Shift, ...] | None, back_s: int) -> tuple[Shift, ...] | None:
    if shifts is None:
        return None
    return tuple(
        shift.model_copy(
            update={
                "start": _back(shift.start, back_s), "end": _back(shift.end, back_s),
                "breaks": tuple(
                    pause.model_copy(update={"start": _back(pause.start, back_s)}) for pause in shift.breaks
                ),
            }
        )
        for shift in shifts
    )  # fmt: skip
