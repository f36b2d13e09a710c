"""What does a plan over months answer with? Heads, hires and what is kept: a planner's yearly sheet."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from typing import Any

from sim.kpis.targets import Verdict
from sim.report.naming import head_of
from sim.report.numbers import number, with_unit
from sim.report.result import Column, Head, Judged, Result, Row, Table, answering, figure_column, judged
from sim.report.run import calendar
from sim.scenario.units import plural
from sim.studies.capacity import LATE_BY, CapacityPlan, Month, month_after
from sim.studies.capacity import capacity as study
from sim.studies.staffing.headcount import paid_h_a_week
from sim.studies.staffing.week import WeekStaffing


def result(found: CapacityPlan) -> Result:
    """Result of a plan over months."""
    levels = ", ".join(f"× {factor:.3g}" for factor in found.factors)
    text = (
        f"{plural(len(found.months), 'month')}, staffed for demand {levels} of today's; each month simulated:"
        f" {found.replications:,} × {plural(found.scenario.days, 'day')}, seed {found.seed}"
    )
    head = Head("capacity", (found.scenario.name,), text, found.seed, found.replications)
    tables = (_months(found), _hires(found), _late(found))
    return Result(head, tuple(_targets(found)), tuple(_words(found)), tables, _facts(found), found)


def _targets(found: CapacityPlan) -> Iterator[Judged]:
    """Each target in the month that keeps it worst."""
    for k in range(len(found.months[0].verdicts)):
        yield judged(_worst([month.verdicts[k] for month in found.months]), found.scenario)


def _worst(some: Sequence[Verdict]) -> Verdict:
    """The verdict of the month that keeps a bound by least, or misses it by most."""
    known = [each for each in some if each.figure.value is not None] or list(some)
    sign = 1 if some[0].bound.side == "at least" else -1
    return min(known, key=lambda each: sign * (each.figure.value or 0.0))


def _words(found: CapacityPlan) -> Iterator[str]:
    hired = sum(each.people for each in found.classes)
    notice = found.capacity.notice_months
    if not found.classes:
        yield "Nobody is to be hired: people are enough in every month."
    elif found.is_found:
        yield f"Hire {_people(hired)}: {_classes_words(found)}."
    else:
        yield f"As planned, {_people(hired)} are hired: {_classes_words(found)}."
    short = [month for month in found.months if month.short > 1e-9]
    for month in short:
        yield f"{_name(month)} is short of {number(month.short, '')} trained people of {month.required:,.1f}."
    if short and found.is_found:
        lead = notice + sum(worth == 0 for worth in found.worth)
        yield f"Nobody hired now is worth anything before {plural(lead, 'month')} are over."
    yield from _missed(found.months, "")
    if found.classes:
        yield from _missed(found.late, f"If hiring is {plural(LATE_BY, 'month')} late, ")


def _people(n: int) -> str:
    return "1 person" if n == 1 else f"{n:,} people"


def _classes_words(found: CapacityPlan) -> str:
    parts = []
    for each in found.classes:
        month = found.months[each.month - 1]
        decide = each.month - found.capacity.notice_months
        when = _name(found.months[decide - 1]) if decide >= 1 else "an earlier month"
        parts.append(f"{each.people:,} in {_name(month)} (decided in {when})")
    return ", ".join(parts)


def _missed(months: Sequence[Month], begin: str) -> Iterator[str]:
    """Months that miss a target, with its value; or that none does."""
    told = []
    for month in months:
        missed = [each for each in month.verdicts if each.met is False]
        if missed:
            values = (
                f"{head_of(v.bound)} {with_unit(v.bound.counted.unit, v.figure.value, v.bound.value)}"
                for v in missed
            )
            told.append(f"{_name(month)} ({', '.join(values)})")
    said = f"targets are missed in {', '.join(told)}" if told else "every month keeps its targets"
    yield f"{begin}{said}." if begin else f"{said[0].upper()}{said[1:]}."


def _name(month: Month) -> str:
    return f"{month.first:%b %Y}"


def _facts(found: CapacityPlan) -> dict[str, Any]:
    plan = found.capacity
    return {
        "months_planned": len(found.months),
        "hired": sum(each.people for each in found.classes),
        "classes_found": found.is_found,
        "kept": all(month.kept for month in found.months),
        "people": plan.people,
        "worth": list(found.worth),
        "growth": None if plan.volume is not None else plan.growth,
        "chats_a_week": _chats_a_week(found),
        "cost_per_hour": plan.cost_per_hour,
        "cost_per_hire": plan.cost_per_hire,
        "attrition": plan.attrition,
        "notice_months": plan.notice_months,
        "training_months": plan.training_months,
        "fte_hours_per_week": found.scenario.fte_hours_per_week,
        "demand_levels": list(found.factors),
        "fte_at_levels": [float(_fte(found, week)) for week in found.levels],
        "simulated_days": found.simulated,
        "figures": [month_name(verdict) for verdict in found.months[0].verdicts],
    } | calendar(found.scenario)


def _fte(found: CapacityPlan, week: WeekStaffing) -> float:
    return paid_h_a_week(week) / found.scenario.fte_hours_per_week


def month_name(verdict: Verdict) -> str:
    """Name of the column of a target."""
    return verdict.bound.kpi if verdict.bound.where is None else verdict.bound.key


def _months(found: CapacityPlan) -> Table:
    """A row a month: demand, work, people needed and there, comings and goings, what is kept, and cost."""
    first = found.months[0]
    shown = (
        Column("month", "Month"), Column("factor", "× demand", "", "number", spare=9),
        Column("volume", "Chats", "", "number", spare=8),
        figure_column("aht_s", spare=1), Column("workload_h", "Work", "h", "number", spare=3),
        figure_column("shrinkage", spare=2), figure_column("occupancy", spare=4),
        Column("net_fte", "FTE\non duty", "", "number", is_shown=False),
        Column("required_fte", "FTE\nneeded", "", "number"), Column("needed", is_shown=False, form="number"),
        Column("people", "People", "", "number"),
        Column("in_training", "In\ntraining", "", "number", spare=6),
        Column("in_ramp", "In\nramp", "", "number", spare=5), Column("productive", "Worth", "", "number"),
        Column("hired", "Hired", "", "number"), Column("leavers", "Leave", "", "number", spare=10),
        Column("short", "Short", "", "number"),
        *(
            Column(month_name(each), head_of(each.bound), each.bound.counted.unit, "judged", "misses")
            for each in first.verdicts
        ),
        Column("cost", "Cost", "", "number", spare=7),
    )  # fmt: skip
    rows = [_month(found, month) for month in found.months]
    notes = ("Worth: what all people are worth, in trained agents. Leave: at the end of the month.",)
    return Table("months", "Month by month", shown, rows, notes=notes)


def _month(found: CapacityPlan, month: Month) -> Row:
    figures = {name: month.estimates.figure(name).value for name in ("aht_s", "shrinkage", "occupancy")}
    weeks = monthrange(month.first.year, month.first.month)[1] / 7
    chats = _chats_a_week(found) * month.factor * weeks
    aht = figures["aht_s"]
    return {
        "month": _name(month), "factor": month.factor, "volume": chats,
        "aht_s": aht, "workload_h": None if aht is None else chats * aht / 3600,
        "shrinkage": figures["shrinkage"], "occupancy": figures["occupancy"],
        "net_fte": month.required * found.levels[0].hours / paid_h_a_week(found.levels[0]),
        "required_fte": month.required, "needed": month.needed, "people": month.team.people,
        "in_training": month.team.in_training, "in_ramp": month.team.in_ramp,
        "productive": month.team.productive, "hired": month.team.hired, "leavers": month.team.leavers,
        "short": month.short, "cost": month.cost,
        **{month_name(each): judged(each, found.scenario) for each in month.verdicts},
    }  # fmt: skip


def _chats_a_week(found: CapacityPlan) -> float:
    """Chats expected in a week of the scenario itself."""
    week, factor = found.levels[0], found.factors[0]
    total = sum(float(plan.chats.sum()) * week.a_week(plan.kind) for plan in week.plans)
    return total / factor if factor else 0.0


def _hires(found: CapacityPlan) -> Table:
    """A row a class: when it is decided, begins, is trained and worth a trained agent."""
    shown = (
        Column("decide", "Decide in"), Column("begin", "Begin in"), Column("people", "People", "", "number"),
        Column("trained", "Trained by"), Column("full", "Full worth from"),
    )  # fmt: skip
    rows = []
    for each in found.classes:
        trained, full = each.month + found.capacity.training_months, each.month + len(found.worth)
        rows.append(
            {
                "decide": _when(found, each.month - found.capacity.notice_months),
                "begin": _when(found, each.month),
                "people": each.people,
                "trained": _when(found, trained),
                "full": _when(found, full),
            }
        )
    return Table("hires", "Classes to hire", shown, rows, is_shown=bool(rows))


def _when(found: CapacityPlan, number: int) -> str:
    """Name of a month of the plan by number; before and after it too."""
    return f"{month_after(found.scenario.start, number - 1):%b %Y}"


def _late(found: CapacityPlan) -> Table:
    """A row a month: people's worth and figures as planned, and if hiring is late."""
    shown = (
        Column("month", "Month"), Column("productive", "Worth", "", "number"),
        Column("productive_late", "Worth,\nlate", "", "number"),
        Column("short_late", "Short,\nlate", "", "number"),
        *(
            Column(
                f"{month_name(each)}_late", f"{head_of(each.bound)},\nlate", each.bound.counted.unit,
                "judged", "misses",
            )
            for each in found.months[0].verdicts
        ),
    )  # fmt: skip
    rows = [
        {
            "month": _name(month), "productive": month.team.productive,
            "productive_late": late.team.productive, "short_late": late.short,
            **{f"{month_name(each)}_late": judged(each, found.scenario) for each in late.verdicts},
        }
        for month, late in zip(found.months, found.late, strict=True)
    ]  # fmt: skip
    title = f"If every class begins {plural(LATE_BY, 'month')} later"
    return Table("late", title, shown, rows, is_shown=bool(found.classes))


capacity = answering(study, result)
"""`sim.capacity`: the study, with a `Result` for its answer."""
