"""What does the staffing of a week answer with? Each day's requirement and verdict, hours, and people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.kpis.estimate import Quantity
from sim.report.naming import head_of
from sim.report.numbers import interval, number, percent, with_unit
from sim.report.promise import DAYS_KEPT, cells, columns, judged, name_of
from sim.report.result import PER_ROW, Column, Head, Judged, Result, Row, Table, answering
from sim.report.run import calendar
from sim.report.staffing import planned_shrinkage
from sim.scenario.units import DAY_S, plural
from sim.studies.staffing.choice import Over, Per
from sim.studies.staffing.headcount import HeadCount, paid_h_a_week, people_for
from sim.studies.staffing.headcount import head_count as head_count_study
from sim.studies.staffing.people import Heads
from sim.studies.staffing.trial import Evaluation
from sim.studies.staffing.week import DayPlan, WeekStaffing, open_span
from sim.studies.staffing.week import staff_week as study

WEEK = "Week"
"""Name of the row of all days together."""
AS_PLACED = "So many people, beside the fewest agents"
"""What is found where people are given."""


def result(found: WeekStaffing, fte_hours: float | None = None) -> Result:
    """Result of a search for the fewest agents of a week; *fte_hours*: a week's of full-time agents."""
    people = _people(found, fte_hours)
    head = Head("staff_week", (found.scenario.name,), _basis(found), found.seed, found.replications)
    tables = tuple(_tables(found, people.contract_h))
    return Result(head, targets(found), tuple(_words(found, people)), tables, _facts(found, people), found)


def head_count_result(found: HeadCount) -> Result:
    """Result of what some people can promise."""
    reached = found.reached
    head = Head(
        "head_count", (reached.scenario.name,), _basis(reached, AS_PLACED), reached.seed, reached.replications
    )
    people = _people(reached, found.contract_h)
    tables = (_kept_at(found), *_tables(reached, found.contract_h))
    facts = _facts(reached, people) | {
        "people": found.people,
        "people_needed": found.people_needed,
        "needed_agent_hours": found.needed.hours,
        "needed_paid_hours": paid_h_a_week(found.needed),
        "simulated_days": found.simulated,
    }
    return Result(head, targets(reached), tuple(_head_words(found)), tables, facts, found)


def _people(found: WeekStaffing, contract_h: float | None) -> Heads:
    """People that the week takes."""
    return people_for(found, contract_h or found.scenario.fte_hours_per_week)


def _basis(found: WeekStaffing, what: str = "Fewest agents") -> str:
    span = "in every interval of each day" if found.promise.per is Per.INTERVAL else "over each day"
    text = f"{what} that keep the targets {span}, on average over such days"
    if found.confidence is not None:
        of = "of them" if found.over is Over.DAY else "of weeks, on all days"
        text += f", and on {percent(found.confidence)} {of}"
    days_ = plural(found.scenario.days, "day")
    return f"{text}\n{found.replications:,} × {days_} that the search did not see, seed {found.seed}"


def targets(found: WeekStaffing) -> tuple[Judged, ...]:
    """Each target over all days together: met if every day and interval keeps it; then the share of days."""
    trials = [plan.trial for plan in found.plans]
    pooled = Evaluation(
        found.promise,
        np.concatenate([trial.top.sum(axis=2, keepdims=True) for trial in trials], axis=1),
        np.concatenate([trial.bottom.sum(axis=2, keepdims=True) for trial in trials], axis=1),
    )
    whole = judged(replace(found.promise, per=Per.DAY), pooled, found.scenario)
    of_days = [judged(found.promise, plan.trial, plan.kind.scenario) for plan in found.plans]
    targets = [_all_days(each, [days[k] for days in of_days]) for k, each in enumerate(whole[:-1])]
    return (*targets, _kept_share(found, whole[-1], [days[-1] for days in of_days]))


def _all_days(whole: Judged, days: Sequence[Judged]) -> Judged:
    """A target over all days, judged by every one of them."""
    known = [day for day in days if day.met is not None]
    met = all(day.met for day in known) if known else None
    sure = all(day.sure for day in known) if met else any(day.sure for day in known if not day.met)
    values = [value for day in known for value in (day.worst, day.quantity.value) if value is not None]
    worst = (min if whole.side == "at least" else max)(values, default=None)
    return replace(whole, met=met, sure=sure, worst=worst)


def _kept_share(found: WeekStaffing, whole: Judged, days: Sequence[Judged]) -> Judged:
    """Share of days that keep all targets, judged by every kind of day; or of weeks."""
    if found.over is Over.DAY or found.confidence is None:
        return replace(_all_days(whole, days), worst=None)
    share = Quantity(found.weeks_kept, *found.weeks_kept_between, False, None, None, None)
    met = found.weeks_kept >= found.confidence
    end = found.weeks_kept_between[0 if met else 1]
    sure = (end >= found.confidence) == met
    return Judged(
        "confidence",
        DAYS_KEPT,
        "Weeks that keep all",
        "share",
        "at least",
        found.confidence,
        share,
        met,
        sure,
    )


def _words(found: WeekStaffing, people: Heads) -> Iterator[str]:
    yield _hours_words(found, people)
    one = found.hours_of_one_pattern
    if one - found.hours > 0.05:
        yield (
            f"One pattern for all days, with as many at each time as the busiest day needs, would take"
            f" {one:,.1f} hours a week: {one - found.hours:,.1f} more."
        )
    yield from _verdict(found)
    yield _people_words(people)


def _hours_words(found: WeekStaffing, people: Heads) -> str:
    paid = f", {people.paid_h:,.1f} paid" if people.paid_h - found.hours > 0.05 else ""
    most = max(int(plan.plan.sum(axis=0).max()) for plan in found.plans)
    return f"{found.hours:,.1f} agent hours on duty a week{paid}; at most {most:,} agents at a time."


def _people_words(people: Heads) -> str:
    fte = f"{people.fte:,.1f} FTE of {people.contract_h:g} h a week"
    return f"{fte}: {people.employed:,} people to employ full time{people.grounds}."


def _verdict(found: WeekStaffing) -> Iterator[str]:
    """Which days miss their targets, where; and which is nearest to it."""
    missed = [plan for plan in found.plans if not plan.kept]
    for plan in missed:
        yield f"{plan.title} misses its targets{_where(plan)}."
    if not missed:
        plan, _ = found.first_to_fail
        yield f"Every day keeps its targets; nearest to missing them is {plan.title}{_where(plan)}."
    if found.over is Over.WEEK and found.confidence is not None:
        share = Quantity(found.weeks_kept, *found.weeks_kept_between, False, None, None, None)
        told = f"{number(share.value, 'share')} of weeks keep all targets on all days"
        yield f"{told} (95 % interval {interval(share, 'share')})."
    spare = sum(plan.spare for plan in found.plans)
    if spare:
        yield f"In {plural(spare, 'place')} one agent fewer may do: the search had no days left to try."


def _where(plan: DayPlan) -> str:
    """The figure that a kind of day misses by most, or keeps by least, and when."""
    promise = plan.trial.promise
    by_interval = promise.per is Per.INTERVAL
    _, worst = plan.margin()
    values = plan.trial.of_intervals()[:, worst] if by_interval else plan.trial.overall()
    margins = plan.trial.margins()[:, worst]
    k = int(margins.argmin())
    bound = promise.bounds[k]
    if promise.confidence is not None and not plan.kept and margins[k] >= 0:
        share = with_unit("share", plan.trial.share_kept())
        return f": {share} of such days keep all, not {percent(promise.confidence)}"
    at = f" at {plan.kind.clock(worst)}" if by_interval else ""
    unit = bound.counted.unit
    value = with_unit(unit, float(values[k]), bound.value)
    return f"{at}: {head_of(bound)} {value}, {bound.side} {with_unit(unit, bound.value, bound.value)}"


def _head_words(found: HeadCount) -> Iterator[str]:
    reached, hours = found.reached, found.people * found.contract_h
    people = f"{found.people:,} people of {found.contract_h:g} h a week have {hours:,.1f} paid hours"
    spare = hours - paid_h_a_week(reached)
    left = f", {spare:,.1f} of them not placed" if spare > 0.05 else ""
    needed = (
        f"the targets take {found.people_needed:,} people and {paid_h_a_week(found.needed):,.1f} paid hours"
    )
    yield f"{people}{left}; {needed}."
    yield "They can promise, in every interval of every day: " + ", ".join(_promises(reached)) + "."
    plan, _ = reached.first_to_fail
    verb = "fails first" if not plan.kept else "is nearest to failing"
    yield f"{plan.title} {verb}{_where(plan)}."
    yield from (each for each in _verdict(reached) if each.startswith(tuple(p.title for p in reached.plans)))


def _promises(found: WeekStaffing) -> Iterator[str]:
    """What the worst interval of all days keeps of each target."""
    for each in targets(found)[:-1]:
        value = each.worst if each.worst is not None else each.quantity.value
        yield f"{each.title}{' ' + each.where if each.where else ''} {with_unit(each.unit, value)}"


def _facts(found: WeekStaffing, people: Heads) -> dict[str, Any]:
    plan, _ = found.first_to_fail
    return {
        "per": str(found.promise.per),
        "confidence": found.confidence,
        "confidence_over": str(found.over),
        "simulated_days": found.simulated,
        "kept": found.kept,
        "settled": found.settled,
        "first_to_fail": plan.title,
        "weeks_kept": {
            "value": found.weeks_kept,
            "low": found.weeks_kept_between[0],
            "high": found.weeks_kept_between[1],
        },
        "agent_hours": found.hours,
        "agent_hours_of_one_pattern": found.hours_of_one_pattern,
        "paid_hours": people.paid_h,
        "fte": people.fte,
        "fte_hours_per_week": people.contract_h,
        "heads": people.employed,
        "planned_shrinkage": planned_shrinkage(found.scenario),
        "figures": [name_of(bound, found.promise) for bound in found.promise.bounds],
        "groups": [group.name for group in found.scenario.groups],
        "day_titles": [plan.title for plan in found.plans],
    } | calendar(found.scenario)


def _tables(found: WeekStaffing, contract_h: float) -> Iterator[Table]:
    yield days(found)
    yield agents(found)
    yield hours(found, contract_h)
    yield requirement(found)
    yield shrinkage(found)


def days(found: WeekStaffing) -> Table:
    """One row a kind of day: agents, hours, targets over the day and in each interval, and the verdict."""
    shown = (
        Column("day", "Day"), Column("a_week", "A week", "", "number", spare=3),
        Column("chats", "Chats", "", "number", spare=2), Column("agent_hours", "Hours", "", "number"),
        Column("most_agents", "Most agents", "", "number", spare=1),
        *(replace(each, form="judged", look="misses") for each in columns(found.promise)),
        Column("days_kept", "Days kept", "share", "number"), Column("kept", "Kept", "", "flag"),
        Column("worst_s", "Worst at", "", "clock", is_shown=False),
        Column("simulated", is_shown=False, form="number"),
    )  # fmt: skip
    rows = [_day(found, plan) for plan in found.plans]
    notes = ("Figures are of the day; a mark says that an interval of it misses the target.",)
    return Table(
        "days_of_week", "Days", shown, rows, notes=notes if found.promise.per is Per.INTERVAL else ()
    )


def _day(found: WeekStaffing, plan: DayPlan) -> Row:
    of_day = judged(found.promise, plan.trial, plan.kind.scenario)
    by_name = {
        name_of(bound, found.promise): each for bound, each in zip(found.promise.bounds, of_day, strict=False)
    }
    _, worst = plan.margin()
    return {
        "day": plan.title,
        "a_week": found.a_week(plan.kind),
        "chats": float(plan.chats.sum()),
        "agent_hours": float(plan.hours.sum()),
        "most_agents": int(plan.plan.sum(axis=0).max()),
        **by_name,
        "days_kept": plan.trial.share_kept(),
        "kept": plan.kept,
        "worst_s": _clock_s(found, plan, worst)[0] if found.promise.per is Per.INTERVAL else None,
        "simulated": plan.simulated,
    }


def _clock_s(found: WeekStaffing, plan: DayPlan, k: int) -> tuple[float, float]:
    """From and until when an interval of a kind of day is, by the clocks; midnight as an end is 24:00."""
    width_s = found.scenario.interval_s
    start_s = (plan.kind.begin_s + k * width_s) % DAY_S
    return start_s, start_s + width_s


def agents(found: WeekStaffing) -> Table:
    """Who is where: a row a time of day, a column a kind of day; of several groups ``Tier 1+Tier 2``."""
    first = (Column("start_s", "From", "", "clock"), Column("end_s", "To", "", "clock", spare=1))
    shown = (*first, *(Column(f"agents.{plan.title}", plan.title) for plan in found.plans))
    rows: dict[float, dict[str, Any]] = {}
    for plan in found.plans:
        open_s, close_s = open_span(plan.kind)
        levels = np.array(plan.levels())
        for k in range(levels.shape[1]):
            if open_s <= k * found.scenario.interval_s < close_s:
                start_s, end_s = _clock_s(found, plan, k)
                row = rows.setdefault(start_s, {"start_s": start_s, "end_s": end_s})
                row[f"agents.{plan.title}"] = "+".join(f"{n:,}" for n in levels[:, k].tolist())
    names = [column.name for column in shown]
    filled = [{name: rows[at].get(name) for name in names} for at in sorted(rows)]
    groups = [group.name for group in found.scenario.groups]
    notes = (f"Agents of {' + '.join(groups)}.",) if len(groups) > 1 else ()
    return Table("agents", "Agents, by time and day", shown, filled, notes=notes)


def requirement(found: WeekStaffing) -> Table:
    """One row a day and interval: agents, figures of fresh weeks, and what binds."""
    shown = (
        Column("day", "Day"), Column("start_s", "From", "", "clock"), Column("end_s", "To", "", "clock"),
        Column("chats", "Chats", "", "number"),
        *(Column(f"agents.{group.name}", group.name, "", "number") for group in found.scenario.groups),
        *columns(found.promise), Column("binding", is_shown=False),
    )  # fmt: skip
    rows = [row for plan in found.plans for row in _needed(found, plan)]
    return Table("requirement", "Requirement by day and interval", shown, rows, divide="day", is_shown=False)


def _needed(found: WeekStaffing, plan: DayPlan) -> Iterator[Row]:
    (open_s, close_s), width_s = open_span(plan.kind), found.scenario.interval_s
    chats, levels = plan.chats, np.array(plan.levels())
    names = [group.name for group in found.scenario.groups]
    binding = {need.start_s: need.binding for need in plan.needs}
    for k in range(levels.shape[1]):
        if open_s <= k * width_s < close_s:
            start_s, end_s = _clock_s(found, plan, k)
            bound = binding.get(k * width_s)
            yield {
                "day": plan.title, "start_s": start_s, "end_s": end_s, "chats": float(chats[k]),
                **{f"agents.{name}": int(n) for name, n in zip(names, levels[:, k], strict=True)},
                **cells(found.promise, plan.interval(k), plan.kind.scenario),
                "binding": None if bound is None else name_of(bound, found.promise),
            }  # fmt: skip


def _causes(found: WeekStaffing) -> list[str]:
    """Causes of planned shrinkage of all groups, in the order in which files name them."""
    return list(dict.fromkeys(cause for group in found.scenario.groups for cause in group.shrinkage))


def _waterfall(found: WeekStaffing) -> tuple[Column, ...]:
    """Columns from hours on duty to hours paid."""
    absent, late = (any(each.any() for each in lost) for lost in (found.duty.absent, found.duty.late))
    return (
        Column("on_duty_h", "On duty", "h", "number"),
        Column("absent_h", "Absent", "h", "number", is_shown=absent, spare=3),
        Column("late_h", "Late", "h", "number", is_shown=late, spare=2),
        Column("planned_h", "Planned", "h", "number", spare=1),
        *(
            Column(f"shrinkage.{cause}", cause.capitalize(), "h", "number", spare=4)
            for cause in _causes(found)
        ),
        Column("paid_h", "Paid", "h", "number"),
    )


def _lost(found: WeekStaffing, k: int, cells: slice, times: float = 1.0) -> dict[str, float]:
    """Hours of kind *k* of day within some intervals: worked, lost by each cause, planned and paid."""
    planned = found.duty.planned[k][:, cells].sum(axis=1) * times
    absent = float(found.duty.absent[k][cells].sum()) * times
    late = float(found.duty.late[k][cells].sum()) * times
    causes = dict.fromkeys(_causes(found), 0.0)
    paid = 0.0
    for group, hours_ in zip(found.scenario.groups, planned.tolist(), strict=True):
        left = hours_ / (1 - group.planned_shrinkage)
        paid += left
        for cause, share in group.shrinkage.items():
            causes[cause] += left * share
            left *= 1 - share
    total = float(planned.sum())
    return {
        "on_duty_h": total - absent - late, "absent_h": absent, "late_h": late, "planned_h": total,
        **{f"shrinkage.{cause}": lost for cause, lost in causes.items()}, "paid_h": paid,
    }  # fmt: skip


def hours(found: WeekStaffing, contract_h: float) -> Table:
    """From hours on duty to paid hours, and full-time equivalents: a row a kind of day, then the week."""
    shown = (Column("day", "Day"), *_waterfall(found), Column("fte", "FTE", "", "number"))
    of_days = {
        plan.title: _lost(found, k, slice(None), found.a_week(plan.kind))
        for k, plan in enumerate(found.plans)
    }
    week = {name: sum(lost[name] for lost in of_days.values()) for name in next(iter(of_days.values()))}
    rows: list[Row] = [
        {"day": day, **lost, "fte": lost["paid_h"] / contract_h}
        for day, lost in (of_days | {WEEK: week}).items()
    ]
    notes = (
        "Hours a week of all such days; absence and lateness as simulated, planned shrinkage by its shares.",
    )
    return Table("hours", "From hours on duty to paid hours", shown, rows, notes=notes)


def shrinkage(found: WeekStaffing) -> Table:
    """The same for each interval of one such day: adds up to the week's hours."""
    first = (Column("day", "Day"), Column("start_s", "From", "", "clock"), Column("end_s", "To", "", "clock"))
    rows = []
    for k, plan in enumerate(found.plans):
        for cell in np.flatnonzero(found.duty.planned[k].sum(axis=0)).tolist():
            start_s, end_s = _clock_s(found, plan, cell)
            row = {"day": plan.title, "start_s": start_s, "end_s": end_s}
            rows.append(row | _lost(found, k, slice(cell, cell + 1)))
    title = "From hours on duty to paid hours, by interval of one such day"
    return Table("shrinkage", title, (*first, *_waterfall(found)), rows, divide="day", is_shown=False)


def _kept_at(found: HeadCount) -> Table:
    """One row a target: what is kept of it over the week, on the worst day and in the worst interval."""
    shown = (
        Column("title", "Target"), Column("where", is_shown=False), Column("kpi", is_shown=False),
        Column("unit"),
        Column("bound", "Asked", PER_ROW, "number", is_shown=False),
        Column("week", "Week", PER_ROW, "number", is_shown=False),
        Column("day", "Worst day"), Column("of_day", "keeps", PER_ROW, "number"),
        Column("at", "Worst interval"), Column("of_interval", "keeps", PER_ROW, "number"),
    )  # fmt: skip
    promised = targets(found.reached)[:-1]
    rows = [_kept_of(found.reached, k, each) for k, each in enumerate(promised)]
    return Table("promise", "What can be promised", shown, rows)


def _kept_of(found: WeekStaffing, k: int, each: Judged) -> Row:
    sign = 1.0 if each.side == "at least" else -1.0
    of_days = [(sign * float(plan.trial.overall()[k]), plan) for plan in found.plans]
    of_days = [(value, plan) for value, plan in of_days if not np.isnan(value)]
    value, worst = min(of_days, key=lambda pair: pair[0]) if of_days else (float("nan"), None)
    intervals = [
        (sign * float(v), plan, i)
        for plan in found.plans
        for i, v in enumerate(plan.trial.of_intervals()[k])
        if not np.isnan(v)
    ]
    lowest = min(intervals, key=lambda one: one[0]) if intervals else None
    return {
        "title": each.title, "where": each.where, "kpi": each.kpi, "unit": each.unit, "bound": each.bound,
        "week": each.quantity.value, "day": None if worst is None else worst.title,
        "of_day": None if worst is None else sign * value,
        "at": None if lowest is None else f"{lowest[1].title} {lowest[1].kind.clock(lowest[2])}",
        "of_interval": None if lowest is None else sign * lowest[0],
    }  # fmt: skip


staff_week = answering(study, result)
"""`sim.staff_week`: the study, with a `Result` for its answer."""
head_count = answering(head_count_study, head_count_result)
"""`sim.head_count`: the study, with a `Result` for its answer."""
