"""What if a group had other agents? Its shifts, or its staffing by interval, scaled to their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.scenario.shifts import crews
from sim.scenario.team import Group


def apportioned(total: int, parts: Sequence[int]) -> list[int]:
    """Whole numbers that add up to *total* and are as near as can be to the shares of *parts* in it.

    By largest remainders; the first of equals. The method is Hamilton's (Balinski and Young, *Fair
    Representation*, 2nd edition, 2001, chapter 3).

    >>> apportioned(8, [4, 4, 4]), apportioned(7, [6, 3, 1])
    ([3, 3, 2], [4, 2, 1])
    """
    whole = sum(parts)
    given = [total * part // whole for part in parts]
    order = sorted(range(len(parts)), key=lambda k: -(total * parts[k] % whole))
    for k in order[: total - sum(given)]:
        given[k] += 1
    return given


def stretched(most: int, levels: Sequence[int], peak: int | None = None) -> list[int]:
    """Staffing of the shape of *levels* with *most* agents at its *peak*; nowhere nobody where somebody was.

    >>> stretched(5, [0, 1, 4, 10])
    [0, 1, 2, 5]
    """
    peak = max(levels) if peak is None else peak
    return [max((2 * level * most + peak) // (2 * peak), min(level, 1)) for level in levels]


def heads(group: dict[str, Any]) -> int | None:
    """Different agents of a *group*, as data; None where it does not say."""
    if group.get("shifts"):
        crews = _crews(group["shifts"])
        return None if crews is None else sum(crews.values())
    if lists := _staffings(group):
        return max((max(_whole(levels), default=0) for levels in lists), default=None) or None
    agents: int | None = group.get("agents")
    return agents


def _crews(shifts: Any) -> dict[Any, int] | None:
    """Agents of each crew of *shifts*, as data, by its name or its place; None where one does not say."""
    crews = {}
    for k, shift in enumerate(shifts):
        if not isinstance(shift, dict) or not _whole([shift.get("agents")]):
            return None
        crews[_crew(k, shift)] = shift["agents"]
    return crews


def _crew(k: int, shift: dict[str, Any]) -> Any:
    return k if shift.get("crew") is None else shift["crew"]


def _staffings(group: dict[str, Any]) -> list[Any]:
    """All lists of staffing by interval of a *group*, as data."""
    by_day = group.get("staffing_by_day")
    by_day = by_day if isinstance(by_day, dict) else {}
    dates = by_day.get("dates")
    lists = [group.get("staffing"), *(levels for day, levels in by_day.items() if day != "dates")]
    return [each for each in (*lists, *(dates.values() if isinstance(dates, dict) else ())) if each]


def _whole(counts: Any) -> list[int]:
    """*counts*, or nothing if they are none: what a user sets is looked at only once all changes are made."""
    is_fine = isinstance(counts, list | tuple) and all(type(n) is int and n >= 0 for n in counts)
    return list(counts) if is_fine else []


def rescale(group: dict[str, Any], agents: int) -> bool:
    """Scale the shifts or the staffing of a *group*, as data, to so many agents, if it can be done.

    Shifts left without agents are dropped.
    """
    peak = heads(group)
    if agents < 1 or not peak or group.get("agents") is not None:
        return False
    if group.get("shifts"):
        crews = _crews(group["shifts"]) or {}
        parts = dict(zip(crews, apportioned(agents, list(crews.values())), strict=True))
        both = [(shift, parts[_crew(k, shift)]) for k, shift in enumerate(group["shifts"])]
        group["shifts"] = [shift | {"agents": n} for shift, n in both if n]
        return True
    if group.get("staffing"):
        group["staffing"] = stretched(agents, group["staffing"], peak)
    if by_day := group.get("staffing_by_day"):
        dates = {day: stretched(agents, levels, peak) for day, levels in (by_day.get("dates") or {}).items()}
        days = {
            day: levels and stretched(agents, levels, peak)
            for day, levels in by_day.items()
            if day != "dates"
        }
        group["staffing_by_day"] = days | ({"dates": dates} if "dates" in by_day else {})
    return True


def scaled_words(before: Group, after: Sequence[Group]) -> str | None:
    """What was made of a group's shifts or staffing where its agents became others; None if nothing was.

    *after* is the group at every value; told are the fewest and the most agents.
    """
    others = [group for group in after if group.agents is None and group.n_agents != before.n_agents]
    if before.agents is not None or not others:
        return None
    ends = [min(others, key=lambda group: group.n_agents), max(others, key=lambda group: group.n_agents)]
    said = list(dict.fromkeys(map(_agents, ends)))
    to = f"from {said[0]} to {said[1]}" if len(said) > 1 else f"to {said[0]}"
    if before.shifts is None:
        peak = f"{_agents(before)} agents at the peak"
        return f"the staffing of {before.name!r} keeps its shape: {peak}, scaled {to}"
    return f"the shifts of {before.name!r} are scaled: {_agents(before)} agents by largest remainders {to}"


def _agents(group: Group) -> str:
    shifts = group.shifts or ()
    return " + ".join(f"{shifts[first].agents:,}" for first, *_ in crews(shifts)) or f"{group.n_agents:,}"
