"""What does a roster of people answer with? Who works when, cover against need, hours, and wishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from sim.report.numbers import percent
from sim.report.result import Column, Head, Result, Row, Table, answering
from sim.report.run import calendar
from sim.report.staffing_week import targets
from sim.scenario.scenario import Scenario
from sim.scenario.units import plural
from sim.studies.rostering.check import check
from sim.studies.rostering.place import Placed, Shift
from sim.studies.rostering.problem import WEEK
from sim.studies.rostering.roster import PeopleRoster
from sim.studies.rostering.roster import roster_people as study

WORK, BREAK = "work", "break"


def result(found: PeopleRoster) -> Result:
    """Result of a search for a roster of people."""
    problem = found.problem
    n, days = len(problem.workers), plural(found.scenario.days, "day")
    people = "1 person" if n == 1 else f"{n:,} people"
    text = (
        f"A roster for {people} and {plural(problem.weeks, 'week')}\n"
        f"{found.replications:,} × {days} that the search did not see, seed {found.seed}"
    )
    head = Head("people_roster", (found.scenario.name,), text, found.seed, found.replications)
    rows = list(rows_of(found.scenario, found.placed))
    broken = check(rows, found.scenario, problem.weeks)
    tables = (_people(found), _cover_by_day(found), _cover(found), _table(rows))
    words = tuple(_words(found, [str(each) for each in broken]))
    return Result(head, targets(found.staffing), words, tables, _facts(found, len(broken)), found)


def _words(found: PeopleRoster, broken: list[str]) -> Iterator[str]:
    costs_hours = all(worker.person.cost_per_hour == 1 for worker in found.problem.workers)
    shifts = plural(len(found.placed.shifts), "shift")
    yield f"{shifts}, {found.paid_h:,.1f} paid hours. " + (
        "Fresh weeks keep every target." if found.kept else "Fresh weeks miss a target."
    )
    paid = "" if costs_hours else f" {found.wage_cost:,.2f} of them for paid hours,"
    yield (
        f"Cost {found.solved.cost:,.1f}:{paid} {found.wish_cost:,.1f} for unmet wishes. Lower bound"
        f" {found.solved.bound:,.1f}, gap {percent(found.gap)}: no roster that covers as much and keeps the"
        " rules is cheaper than the bound."
    )
    short_h = float(found.placed.short.sum()) / 60
    if short_h > 1e-6:
        yield f"Cover falls short by {short_h:,.1f} agent hours, for breaks and activities."
    for name, activity in found.placed.homeless:
        yield f"{name}: no shift has room for {activity}."
    yield from (f"Broken: {each}." for each in broken)
    if not broken:
        yield "The checker, which shares nothing with the search, finds no rule broken."


def _facts(found: PeopleRoster, broken: int) -> dict[str, Any]:
    return {
        "weeks": found.problem.weeks,
        "kept": found.kept,
        "paid_hours": found.paid_h,
        "cost": found.solved.cost,
        "cost_of_hours": found.wage_cost,
        "cost_of_wishes": found.wish_cost,
        "least_cost_proved": found.solved.bound,
        "gap": found.gap,
        "rules_broken": broken,
        "short_hours": float(found.placed.short.sum()) / 60,
        "rosters_simulated": found.rounds,
        "groups": [group.name for group in found.scenario.groups],
    } | calendar(found.scenario)


def _moment(scenario: Scenario, shift: Shift, time_s: float) -> str:
    """A time by the clocks of the shift's group: with its offset, if they have a zone."""
    local = scenario.calendar.local_of(scenario.groups[shift.worker.group].zone)
    moment = local.moment(round(time_s))
    return (moment if local.zone is None else moment.astimezone(ZoneInfo(local.zone))).isoformat()


def rows_of(scenario: Scenario, placed: Placed) -> Iterator[dict[str, Any]]:
    """A row a shift, and one for each break and activity in it."""
    for shift in sorted(placed.shifts, key=lambda each: (each.worker.name, each.duty.on_s)):
        group = scenario.groups[shift.worker.group].name
        date = str(scenario.calendar.date(shift.duty.day))
        away_h = sum(off - on for _, on, off in shift.activities) / 3600
        spans = [
            (shift.duty.on_s, shift.duty.off_s, WORK, shift.duty.paid_min / 60 - away_h),
            *((on, off, BREAK, 0.0) for on, off in shift.breaks),
            *((on, off, name, (off - on) / 3600) for name, on, off in shift.activities),
        ]
        pauses = ", ".join(_moment(scenario, shift, on)[11:16] for on, _ in shift.breaks)
        for on_s, off_s, activity, paid_h in spans:
            start, end = _moment(scenario, shift, on_s), _moment(scenario, shift, off_s)
            yield {
                "person": shift.worker.name, "group": group, "date": date, "start": start, "end": end,
                "activity": activity, "paid_hours": paid_h, "breaks": pauses if activity == WORK else "",
            }  # fmt: skip


def _table(rows: Sequence[Row]) -> Table:
    shown = (
        Column("person", "Person"), Column("group", "Group"), Column("date", "Date"),
        Column("start", "From"), Column("end", "To"), Column("activity", "Activity"),
        Column("paid_hours", "Paid", "h", "number"), Column("breaks", "Breaks at"),
    )  # fmt: skip
    return Table("roster", "Roster", shown, rows, is_shown=False)


def _people(found: PeopleRoster) -> Table:
    """A row a person: hours, shifts, free weekends, wishes, and what they work each day, a letter a day."""
    by_name = defaultdict[str, list[Shift]](list)
    for shift in found.placed.shifts:
        by_name[shift.worker.name].append(shift)
    rows = []
    for worker in found.problem.workers:
        mine = by_name[worker.name]
        days = {shift.duty.day for shift in mine}
        weeks = range(found.problem.weeks)
        broken = found.wishes_broken(worker.name)
        rows.append(
            {"person": worker.name, "group": found.scenario.groups[worker.group].name}
            | {"paid_hours": sum(shift.duty.paid_min for shift in mine) / 60, "shifts": len(mine)}
            | {"contract_hours": worker.person.hours_per_week * found.problem.weeks}
            | {"weekends_off": sum(not days & {WEEK * week + 5, WEEK * week + 6} for week in weeks)}
            | {"wishes_broken": broken}
        )
    several = len(found.scenario.groups) > 1
    shown = (
        Column("person", "Person"), Column("group", "Group", is_shown=several),
        Column("paid_hours", "Paid", "h", "number"), Column("contract_hours", "Contract", "h", "number"),
        Column("shifts", "Shifts", "", "number"), Column("weekends_off", "Weekends\noff", "", "number"),
        Column("wishes_broken", "Wishes\nbroken", "", "number"),
    )  # fmt: skip
    return Table("people", "People", shown, rows)


def _cover_by_day(found: PeopleRoster) -> Table:
    """A row a date: agent hours needed and on chats, and what is short."""
    placed, scenario = found.placed, found.scenario
    rows, n = [], scenario.cells.per_day
    for day in range(scenario.days):
        cells = slice(day * n, day * n + n)
        needed, covered, short = (
            float(each[:, cells].sum()) / 60 for each in (placed.needed, placed.covered, placed.short)
        )
        shifts = sum(shift.duty.day == day for shift in placed.shifts)
        if needed or shifts:
            date = scenario.calendar.date(day)
            rows.append(
                {
                    "day": f"{date:%a} {date}",
                    "shifts": shifts,
                    "needed": needed,
                    "on_duty": covered,
                    "short": short,
                }
            )
    shown = (
        Column("day", "Day"), Column("shifts", "Shifts", "", "number"),
        Column("needed", "Needs", "h", "number"), Column("on_duty", "Has", "h", "number"),
        Column("short", "Short", "h", "number"),
    )  # fmt: skip
    return Table("cover_by_day", "Agent hours of each day: needed, and on chats", shown, rows)


def _cover(found: PeopleRoster) -> Table:
    """A row an interval and group: agents needed and on chats."""
    placed, scenario = found.placed, found.scenario
    edges_s, minutes = scenario.cells.edges_s, found.problem.opened.minutes
    rows = []
    for g, group in enumerate(scenario.groups):
        for cell in np.flatnonzero(placed.needed[g] + placed.covered[g] > 0).tolist():
            has = float(placed.covered[g, cell] / minutes[cell]) if minutes[cell] else 0.0
            at_s = float(edges_s[cell])
            rows.append(
                {
                    "group": group.name,
                    "date": str(scenario.local.date(at_s)),
                    "start": scenario.local.text(at_s),
                }
                | {"start_s": at_s, "end_s": float(edges_s[cell + 1])}
                | {"needed": int(found.problem.required[g, cell]), "on_duty": has}
            )
    shown = (
        Column("group", "Group"), Column("date", "Date"), Column("start", "From"),
        Column("start_s", form="number", is_shown=False), Column("end_s", form="number", is_shown=False),
        Column("needed", "Needs", "", "number"), Column("on_duty", "Has", "", "number"),
    )  # fmt: skip
    return Table("cover", "Agents needed and on chats in each interval", shown, rows, is_shown=False)


roster_people = answering(study, result)
"""`sim.roster_people`: the study, with a `Result` for its answer."""
