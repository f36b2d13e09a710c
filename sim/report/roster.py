"""What does a roster answer with? Shifts, coverage, what is kept, and what is proved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.report.numbers import percent
from sim.report.promise import basis, cells, columns, days_kept, judged, name_of, on_days, unless_kept
from sim.report.result import Column, Head, Result, Table, answering
from sim.report.run import calendar
from sim.report.staffing import planned_shrinkage
from sim.scenario.team import Pattern
from sim.scenario.units import clock_text, end_text, plural
from sim.studies.staffing.people import Heads, heads
from sim.studies.staffing.roster import Roster
from sim.studies.staffing.roster import roster as study
from sim.studies.staffing.why import values_of


def result(found: Roster, fte_hours: float | None = None) -> Result:
    """Result of a search for shifts; *fte_hours*: a week's of full-time agents, if other ones."""
    scenario = found.scenario
    people = heads(scenario, found.gross_h, fte_hours)
    text = basis("Cheapest shifts", found.promise, found.replications * scenario.days, found.seed)
    if not found.is_whole:
        text += "\nInterrupted: the best found so far, and cheaper ones may do"
    head = Head(
        "roster", (scenario.name,), text, found.seed, found.replications, interrupted=not found.is_whole
    )
    targets = judged(found.promise, found.trial, scenario)
    tables = shifts(found), coverage(found), breaks(found)
    return Result(head, targets, tuple(_words(found, people)), tables, _facts(found, people), found)


def _facts(found: Roster, people: Heads) -> dict[str, Any]:
    share = days_kept(found.trial)
    return {
        "simulated_replications": found.simulated,
        "per": str(found.promise.per),
        "confidence": found.promise.confidence,
        "kept": found.kept,
        "days_kept": {"value": share.value, "low": share.low, "high": share.high},
        "paid_hours": found.paid_h,
        "paid_hours_with_shrinkage": found.gross_h,
        "fte_hours_per_week": people.contract_h,
        "days_per_week": people.days,
        "fte": people.fte,
        "heads": people.employed,
        "planned_shrinkage": planned_shrinkage(found.scenario),
        "cost": found.cost,
        "cost_of_covering": found.covering_cost,
        "least_cost_proved": found.bound or None,
        "gap": found.gap,
        "is_cheapest": found.is_cheapest,
        "rosters_simulated": len(found.rounds),
        "local_cuts": found.alternatives,
        "linear_cuts": found.linear,
        "confirmations": found.confirmations,
        "figures": [name_of(bound, found.promise) for bound in found.promise.bounds],
        "groups": [group.name for group in found.scenario.groups],
    } | calendar(found.scenario)


# Tables


def shifts(found: Roster) -> Table:
    """One row a shift, with how many agents are on it."""
    several = len(found.scenario.groups) > 1
    shown = (
        Column("shift", form="number", is_shown=False), Column("group", "Group", is_shown=several),
        Column("agents", "Agents", "", "number"), Column("start", "From"), Column("end", "To"),
        Column("breaks", "Breaks"), Column("paid_hours_each", "Paid each", "h", "number", spare=1),
        Column("paid_hours", "Paid", "h", "number"),
        Column("cost", "Cost", "", "number", is_shown=not _costs_hours(found)),
        Column("start_s", form="clock", is_shown=False), Column("end_s", form="clock", is_shown=False),
    )  # fmt: skip
    rows = []
    for number, planned in enumerate(found.shifts, 1):
        each, shift = planned.candidate, planned.candidate.shift
        told = (f"{clock_text(pause.start)} {pause.minutes:g} min" for pause in shift.breaks)
        rows.append(
            {"shift": number, "group": found.scenario.groups[each.group].name, "agents": planned.agents}
            | {"start": clock_text(shift.start), "end": end_text(shift.end), "breaks": ", ".join(told)}
            | {"paid_hours_each": each.paid_h, "paid_hours": planned.agents * each.paid_h}
            | {"cost": planned.agents * each.cost, "start_s": shift.start, "end_s": shift.end}
        )
    return Table("shifts", "Shifts", shown, rows)


def breaks(found: Roster) -> Table:
    """One row a break: of which shift, and when."""
    rows = [
        {"shift": number, "start_s": pause.start, "end_s": pause.start + 60 * pause.minutes}
        for number, planned in enumerate(found.shifts, 1)
        for pause in planned.candidate.shift.breaks
    ]
    shown = (
        Column("shift", form="number", is_shown=False), Column("start_s", form="clock", is_shown=False),
        Column("end_s", form="clock", is_shown=False),
    )  # fmt: skip
    return Table("breaks", "Breaks of each shift", shown, rows, is_shown=False)


def coverage(found: Roster) -> Table:
    """One row an interval: agents needed and on duty by group, and the promised figures."""
    several, names = len(found.scenario.groups) > 1, [group.name for group in found.scenario.groups]
    agents = [
        Column(f"{name}.{group}", f"{group}\n{head}" if several else head, "", "number")
        for group in names
        for name, head in (("needed", "needs"), ("on_duty", "has"), ("spare", "spare"))
    ]
    ends = Column("start_s", "From", "", "clock"), Column("end_s", "To", "", "clock")
    rows, width_s = [], found.scenario.interval_s
    needed, on_duty = found.required, _whole(found.covered)
    for k in _busy(found):
        row: dict[str, Any] = {"start_s": k * width_s, "end_s": (k + 1) * width_s}
        for g, group in enumerate(names):
            needs, has = needed[g, k].item(), on_duty[g, k].item()
            row |= {f"needed.{group}": needs, f"on_duty.{group}": has, f"spare.{group}": has - needs}
        values = values_of(found.trial, slice(k, k + 1))
        row |= cells(found.promise, values, found.scenario)
        rows.append(row | {"kept": all(value.kept for value in values)})
    kept = Column("kept", form="flag", is_shown=False)
    title = "Coverage: agents needed if staffing could change with every interval, and on duty"
    return Table("coverage", title, (*ends, *agents, *columns(found.promise), kept), rows, wraps=True)


def _whole(covered: Floats) -> np.ndarray[Any, Any]:
    """Agents on duty: whole numbers, if all are."""
    near = np.rint(covered)
    return near.astype(np.int64) if np.allclose(covered, near, atol=1e-9) else covered


def _busy(found: Roster) -> range:
    """Intervals from the first to the last in which somebody is needed or there."""
    busy = np.flatnonzero((found.required > 0).any(axis=0) | (found.covered > 0).any(axis=0))
    return range(int(busy[0]), int(busy[-1]) + 1)


# Words


def _words(found: Roster, people: Heads) -> Iterator[str]:
    """Hours and cost, how sure it is that nothing is cheaper, and which patterns were taken."""
    text = f"{found.paid_h:,.1f} paid hours a day"
    if people.paid_h - found.paid_h > 0.05:
        text += f", {people.paid_h:,.1f} with planned shrinkage"
    agents, n_shifts = sum(planned.agents for planned in found.shifts), len(found.shifts)
    on = "one shift" if n_shifts == 1 else f"{n_shifts} different shifts"
    yield f"{text}; {plural(agents, 'agent')} on {on}.{unless_kept(found)}"
    yield on_days(found.trial)
    yield f"{people.sentence()}."
    yield _gap(found)
    yield _covering(found)
    if found.confirmations > 1:
        times = plural(found.confirmations - 1, "time")
        yield (f"Fresh days missed a target {times}: more agents were asked for there, and other days taken.")
    yield from _taken(found)


def _costs_hours(found: Roster) -> bool:
    """Whether the cost is the paid hours."""
    return all(pattern.cost_per_hour == 1 for group in found.candidates.patterns for pattern in group)


def _money(found: Roster, cost: float) -> str:
    return f"{cost:,.1f} paid hours" if _costs_hours(found) else f"{cost:,.2f}"


def _gap(found: Roster) -> str:
    """The cost, the cost below which nothing can do, and how far they are apart."""
    cost = f"Cost {_money(found, found.cost)} a day"
    if found.gap is None:
        return f"{cost}; no lower bound is proved: something cheaper may keep the targets."
    proof = f"{cost}, lower bound {_money(found, found.bound)}, gap {percent(found.gap)}"
    if found.is_cheapest:
        return f"{proof}: nothing is cheaper, if more agents never worsen service."
    return (
        f"{proof}: if more agents never worsen service, the optimum lies between the bound and this roster."
    )


def _covering(found: Roster) -> str:
    """What the requirement of every interval would cost, and how other rosters were looked at."""
    kinds = {"local cut": found.alternatives, "linear cut": found.linear}
    cuts = [plural(n, kind) for kind, n in kinds.items() if n]
    how = f"{plural(len(found.rounds), 'roster')} simulated, {' and '.join(cuts) or 'no cut needed'}"
    covering = "Covering the requirement of every interval"
    if not found.is_whole:
        return f"Interrupted: this is the best roster found so far ({how})."
    if found.covering_cost is None:
        return f"No shifts cover the requirement of every interval; {how}."
    cost = _money(found, found.covering_cost)
    if found.covering_cost - found.cost > 1e-6:
        return f"{covering} would take {cost}: agents to spare in an interval help its neighbours ({how})."
    if found.cost - found.covering_cost > 1e-6:
        return f"{covering} would take {cost}, but falls short of the targets ({how})."
    return f"{covering} takes as much ({how})."


def _taken(found: Roster) -> Iterator[str]:
    """Patterns that groups were given, for they bring none of their own or others were asked for."""
    names: dict[str, list[str]] = {}
    for group, patterns in zip(found.scenario.groups, found.candidates.patterns, strict=True):
        if patterns != group.patterns:
            words = "; ".join(_pattern(pattern) for pattern in patterns)
            names.setdefault(words, []).append(repr(group.name))
    for words, groups in names.items():
        yield f"Shifts of {', '.join(groups)}: {words}."


def _pattern(pattern: Pattern) -> str:
    """A pattern in words."""
    lengths_h = " or ".join(f"{length_h:g}" for length_h in pattern.lengths_h)
    text = f"{lengths_h} h, a start every {pattern.grid_min} min"
    for window in pattern.breaks:
        window_h = f"{window.earliest_h:g} to {window.latest_h:g} h"
        pause = f"{'a paid' if pattern.paid_breaks else 'an unpaid'} break of {window.minutes:g} min"
        text += f", {pause} that begins after {window_h}"
    return text


roster = answering(study, result)
"""`sim.roster`: the study, with a `Result` for its answer."""
