"""What does a staffing study answer with? The requirement with its reasons, hours, and people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.kpis.targets import Bound
from sim.report.naming import head_of
from sim.report.numbers import with_unit
from sim.report.promise import (
    basis,
    cells,
    columns,
    days_kept,
    judged,
    name_of,
    on_days,
    unless_kept,
)
from sim.report.result import PER_ROW, Column, Head, Result, Table, answering
from sim.report.run import calendar, hours
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per
from sim.studies.staffing.people import Heads, heads
from sim.studies.staffing.staff import Staffing
from sim.studies.staffing.staff import staff as study
from sim.studies.staffing.why import Fewer

PARTS = {
    "replies": "work",
    "concurrency": "slots",
    "queue": "chance",
    "absence": "absent",
    "shrinkage": "shrink",
}
"""What agents are for: its name in data, and in the head of a column."""
_FEWER = {
    Per.INTERVAL: "the target that is then missed by most, there or soon after, and its value there.",
    Per.DAY: "the target that the day then misses by most, and its value over the day.",
}
"""Of which time it is told what one agent fewer does."""
_REMARKS = {
    "enough": "enough: no target is missed.",
    "fresh days missed": "fresh days missed: no target was missed in the search, but one was on new days.",
    "of days": "of days: no target is missed on average, but only so many days keep all.",
}
"""What is said of one agent fewer where no target is missed, and what it means."""


def result(found: Staffing, fte_hours: float | None = None) -> Result:
    """Result of a search for the fewest agents; *fte_hours*: a week's of full-time agents, if other ones."""
    scenario = found.scenario
    people = heads(scenario, _paid_h(found), fte_hours, int(found.plan.sum(axis=0).max()))
    text = basis("Fewest agents", found.promise, found.replications * scenario.days, found.seed)
    if not found.is_whole:
        text += "\nInterrupted: the best found so far; one agent fewer may do"
    head = Head(
        "staff", (scenario.name,), text, found.seed, found.replications, interrupted=not found.is_whole
    )
    tables = (
        requirement(found), hours(scenario, found.estimates), levels(found, people), one_fewer(found),
        staffing(found), staffing_by_level(found),
    )  # fmt: skip
    targets = judged(found.promise, found.trial, scenario)
    return Result(head, targets, tuple(_words(found, people)), tables, _facts(found, people), found)


def _paid_h(found: Staffing) -> float:
    """Hours paid a day for the hours planned, with planned shrinkage."""
    by_group = (found.plan * found.blocks.hours).sum(axis=1)
    groups = found.scenario.groups
    return float(sum(h / (1 - group.planned_shrinkage) for h, group in zip(by_group, groups, strict=True)))


def _words(found: Staffing, people: Heads) -> Iterator[str]:
    """Hours and agents, whether they keep the targets, and people."""
    most = int(found.plan.sum(axis=0).max())
    paid = f", {people.paid_h:,.1f} paid" if people.paid_h - found.hours > 0.05 else ""
    hours = f"{found.hours:,.1f} agent hours on duty a day{paid}"
    yield f"{hours}; at most {most:,} agents at a time.{unless_kept(found)}"
    yield on_days(found.trial)
    yield f"{people.sentence()}."


def _facts(found: Staffing, people: Heads) -> dict[str, Any]:
    share = days_kept(found.trial)
    return {
        "per": str(found.promise.per),
        "confidence": found.promise.confidence,
        "simulated_replications": found.simulated,
        "kept": found.kept,
        "settled": found.settled,
        "days_kept": {"value": share.value, "low": share.low, "high": share.high},
        "agent_hours": found.hours,
        "paid_hours": people.paid_h,
        "fte": people.fte,
        "fte_hours_per_week": people.contract_h,
        "days_per_week": people.days,
        "heads": people.employed,
        "planned_shrinkage": planned_shrinkage(found.scenario),
        "figures": [name_of(bound, found.promise) for bound in found.promise.bounds],
        "groups": [group.name for group in found.scenario.groups],
    } | calendar(found.scenario)


def planned_shrinkage(scenario: Scenario) -> dict[str, dict[str, float]]:
    """Share of paid hours that each cause takes from what those before it leave, by group."""
    return {group.name: dict(group.shrinkage) for group in scenario.groups}


def requirement(found: Staffing) -> Table:
    """One row a block: agents, figures, what binds, what one agent fewer does, and what agents are for."""
    happens = {part for part in PARTS if any(abs(getattr(need.parts, part)) > 0.005 for need in found.needs)}
    several = len(found.scenario.groups) > 1
    parts = [
        Column(f"agents_for.{part}", f"Agents\nfor {head}", "", "number", is_shown=part in happens, spare=k)
        for part, head, k in zip(PARTS, PARTS.values(), range(len(PARTS) + 1, 1, -1), strict=True)
    ]
    shown = (
        *_span(spare=1), Column("chats", "Chats", "", "number"), *_agents(found.scenario),
        *columns(found.promise, spare=len(PARTS) + 2), Column("binding", is_shown=False),
        Column("binds", "Binds"), Column("one_fewer", "One agent fewer", spare=several * (len(PARTS) + 3)),
        *parts,
    )  # fmt: skip
    rows = [
        {"start_s": need.start_s, "end_s": need.end_s, "chats": need.chats}
        | {f"agents.{name}": n for name, n in need.agents.items()}
        | cells(found.promise, need.values, found.scenario)
        | _binds(found, need.binding)
        | {"one_fewer": "\n".join(_fewer(found, fewer) for fewer in need.fewer) or None}
        | {f"agents_for.{part}": getattr(need.parts, part) for part in PARTS}
        for need in found.needs
    ]
    said = "\n".join(row["one_fewer"] or "" for row in rows)
    told = (remark for words, remark in _REMARKS.items() if words in said)
    return Table(
        "requirement",
        "Requirement",
        shown,
        rows,
        notes=(f"One agent fewer: {_FEWER[found.promise.per]}", *told),
    )


def _span(spare: int = 0) -> tuple[Column, Column]:
    """Columns of when a row begins and ends."""
    return Column("start_s", "From", "", "clock"), Column("end_s", "To", "", "clock", spare=spare)


def _agents(scenario: Scenario) -> Iterator[Column]:
    """A column for the agents of each group."""
    several = len(scenario.groups) > 1
    for group in scenario.groups:
        yield Column(f"agents.{group.name}", group.name if several else "Agents", "", "number")


def _binds(found: Staffing, bound: Bound | None) -> dict[str, Any]:
    """The bound that would be missed first, as data and people call it."""
    if bound is None:
        return {"binding": None, "binds": None}
    return {"binding": name_of(bound, found.promise), "binds": head_of(bound)}


def _fewer(found: Staffing, fewer: Fewer) -> str:
    """What one agent fewer does, in few words."""
    name = f"{fewer.group}: " if len(found.scenario.groups) > 1 else ""
    if fewer.breaks is not None:
        return f"{name}{head_of(fewer.breaks)} {with_unit(fewer.breaks.counted.unit, fewer.worst)}"
    if fewer.on_fresh_days:
        return f"{name}fresh days missed"
    return f"{name}{with_unit('share', fewer.days_kept)} of days" if fewer.is_needed else f"{name}enough"


def one_fewer(found: Staffing) -> Table:
    """One row a block and group: what would be with one agent fewer there."""
    shown = (
        *_span(), Column("group", "Group"), *columns(found.promise), Column("breaks", is_shown=False),
        Column("missed", "Missed by most"), Column("worst", "Its value", PER_ROW, "number"), Column("unit"),
        Column("days_kept", "Days kept", "share", "number"), Column("needed", "Needed", "", "flag"),
        Column("on_fresh_days", is_shown=False, form="flag"),
    )  # fmt: skip
    rows = [
        {"start_s": need.start_s, "end_s": need.end_s, "group": fewer.group}
        | cells(found.promise, fewer.values, found.scenario)
        | _breaks(found, fewer)
        | {"days_kept": fewer.days_kept, "needed": fewer.is_needed, "on_fresh_days": fewer.on_fresh_days}
        for need in found.needs
        for fewer in need.fewer
    ]
    notes = (f"Figures are of the interval itself. Missed by most: {_FEWER[found.promise.per]}",)
    return Table("one_fewer", "With one agent fewer", shown, rows, notes=notes, is_shown=False)


def _breaks(found: Staffing, fewer: Fewer) -> dict[str, Any]:
    """The bound that is missed by most, its value there, and in what unit that is."""
    if fewer.breaks is None:
        return {"breaks": None, "missed": None, "worst": None, "unit": ""}
    names = {"breaks": name_of(fewer.breaks, found.promise), "missed": head_of(fewer.breaks)}
    return names | {"worst": fewer.worst, "unit": fewer.breaks.counted.unit}


def levels(found: Staffing, people: Heads) -> Table:
    """Staffing for other shares of days, in a row each; shown where a share was asked for."""
    shown = (
        Column("level"), Column("confidence", "Share of days", "share", "number", is_shown=False),
        Column("agent_hours", "Hours", "", "number"), Column("fte", "FTE", "", "number"),
        Column("most_agents", "Most agents", "", "number"),
        Column("days_kept", "Days kept", "share", "number"),
    )  # fmt: skip
    rows = [
        {
            "level": f"P{100 * level.confidence:g}",
            "confidence": level.confidence,
            "agent_hours": level.hours,
            "fte": people.fte * level.hours / (found.hours or 1.0),
            "most_agents": int(level.plan.sum(axis=0).max()),
            "days_kept": level.days_kept,
        }
        for level in found.levels
    ]
    title = "Staffing for a share of days"
    return Table("levels", title, shown, rows, is_shown=bool(rows))


def staffing(found: Staffing) -> Table:
    """Agents of each group in each planning interval of the day."""
    rows = list(_by_interval(found, found.staffing()))
    title = "Agents in every planning interval"
    return Table("staffing", title, (*_span(), *_agents(found.scenario)), rows, is_shown=False)


def staffing_by_level(found: Staffing) -> Table:
    """The same for each other share of days."""
    rows = [
        {"level": f"P{100 * level.confidence:g}"} | row
        for level in found.levels
        for row in _by_interval(found, found.staffing(level.plan))
    ]
    shown = (Column("level"), *_span(), *_agents(found.scenario))
    title = "Agents in every planning interval, for a share of days"
    return Table("staffing_by_level", title, shown, rows, is_shown=False)


def _by_interval(found: Staffing, agents: dict[str, tuple[int, ...]]) -> Iterator[dict[str, Any]]:
    """A row a planning interval of the day, with the *agents* of each group."""
    width_s = found.scenario.interval_s
    for k in range(found.scenario.intervals_per_day):
        span = {"start_s": k * width_s, "end_s": (k + 1) * width_s}
        yield span | {f"agents.{name}": levels[k] for name, levels in agents.items()}


staff = answering(study, result)
"""`sim.staff`: the study, with a `Result` for its answer."""
