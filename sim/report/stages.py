"""What does a course of load answer with? Thresholds first, a row a stage, and figures over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

from sim.kpis.definitions import BY_NAME
from sim.kpis.loops import By
from sim.kpis.targets import named
from sim.report import events
from sim.report.naming import zone_of
from sim.report.numbers import HARD, interval, number, target_text
from sim.report.result import Column, Head, Judged, Result, Row, Table, figure_column, judged
from sim.scenario.scenario import Scenario
from sim.scenario.units import plural
from sim.studies.doubts import never_settles
from sim.studies.stress.load import Span
from sim.studies.stress.profiles import told_of
from sim.studies.stress.soak import Backlog
from sim.studies.stress.stages import Checked, Staged

USUAL = ("service_level", "missed_rate", "asa_s", "frt_s", "response_s", "queue_length_max")
"""Figures of each stage, beside those that are judged."""
OVER_TIME = (
    "offered",
    "missed",
    "missed_rate",
    "service_level",
    "asa_s",
    "frt_s",
    "response_s",
    "queue_length",
)
"""Figures over time, likewise."""
METHOD = (
    "Each stage is judged by who arrives in it, on the mean over replications; what becomes of them later "
    "counts as well. The warm-up is left out."
)
CUT = "Load ends with the last stage shown: nobody comes afterwards."


def result(found: Staged) -> Result:
    """Result of days of a course of load."""
    scenario = found.scenario
    basis = (
        f"{found.profile}: {told_of(found.profile, found.stages)}; {plural(scenario.days, 'day')}, "
        f"{plural(found.n, 'replication')}, seed {found.seed}"
    )
    head = Head("stress", (scenario.name,), basis, found.seed, found.n, interrupted=found.interrupted)
    facts: dict[str, Any] = {
        "profile": str(found.profile),
        "aborted": found.aborted,
        "start": scenario.start.isoformat(),
        **zone_of(scenario),
        "days": scenario.days,
        "step_s": (found.steps.end_s - found.steps.start_s) / found.steps.n,
        "backlog": None
        if found.backlog is None
        else {
            "grows": found.backlog.grows,
            "a_day": found.backlog.growth.value,
            "low": found.backlog.growth.low,
            "high": found.backlog.growth.high,
            "never_settles": found.backlog.endless is not None,
        },
        "broken": list(dict.fromkeys(each.check.name for each in found.checks if each.verdict.met is False)),
    }
    tables = (_stages(found), *events.tables(found), _thresholds(found), _over_time(found))
    return Result(head, tuple(_judged(found)), tuple(_words(found)), tables, facts, found)


def _judged(found: Staged) -> Iterator[Judged]:
    """Each threshold where it is missed first, or where it is nearest to that."""
    by_check: dict[Any, list[Checked]] = {}
    for each in found.checks:
        by_check.setdefault(each.check, []).append(each)
    for some in by_check.values():
        worst = _first_broken(some) or max(some, key=_nearness)
        told = judged(worst.verdict, found.scenario)
        where = ", ".join(filter(None, [told.where, _over(worst, found)]))
        yield Judged(
            told.target, told.kpi, told.title, told.unit, told.side, told.bound, told.quantity, told.met,
            told.sure, where,
        )  # fmt: skip


def _nearness(each: Checked) -> float:
    """How near a threshold is to being missed, and below all where it has no value."""
    value, bound = each.verdict.figure.value, each.check.bound
    if value is None:
        return -inf
    return value - bound.value if bound.side == "at most" else bound.value - value


def _first_broken(some: Sequence[Checked]) -> Checked | None:
    """Threshold that is surely missed first, or else that is missed first; the run comes last."""
    broken = [each for each in some if each.verdict.met is False]
    sure = [each for each in broken if each.verdict.sure]
    return min(sure or broken, key=lambda each: inf if each.stage is None else each.stage, default=None)


def _over(each: Checked, found: Staged) -> str:
    """Over what a threshold was judged: ``stage peak``, ``the run``, ``12:00-12:30``."""
    if each.stage is not None:
        return f"stage {found.stages[each.stage].name.removeprefix('stage ')}"
    if each.at_s is None:
        return "the run"
    return f"interval {time_text(each.at_s, each.at_s + found.scenario.interval_s, found.scenario)}"


def _words(found: Staged) -> Iterator[str]:
    """What breaks first, or that nothing does."""
    if found.interrupted:
        yield "Interrupted: fewer replications than were asked for."
    broken = _first_broken(found.checks)
    if not found.checks:
        yield "Nothing is judged: give a threshold, such as --fail-if 'missed_rate > 10%', or targets."
    elif broken is None:
        yield f"{_held(found)}."
    else:
        yield f"{_broken(broken, found)}."
    if found.aborted:
        yield CUT
    yield from events.words(found)
    if found.backlog is not None:
        yield _soaked(found.backlog)
    doubt = never_settles(found.scenario)
    if doubt is not None:
        yield f"{doubt}."


def _held(found: Staged) -> str:
    """Which thresholds hold and over what, and how many nobody can judge: nobody came, say."""
    n_checks = len({each.check for each in found.checks})
    known = [each for each in found.checks if each.verdict.met is not None]
    n_known = len({each.check for each in known})
    if not known:
        return (
            "The threshold can't be judged"
            if n_checks == 1
            else f"None of {n_checks} thresholds can be judged"
        )
    stages = len({each.stage for each in known if each.stage is not None})
    places = {
        "stage": f"in {_each(stages, len(found.stages))}",
        "run": "over the run",
        "interval": "in every interval",
    }
    where = " and ".join(dict.fromkeys(places[each.check.over] for each in known))
    rest = f"; {n_checks - n_known} of {n_checks} can't be judged" if n_known < n_checks else ""
    return f"{_all(n_known, n_checks)} {where}{rest}"


def _all(n_known: int, n_checks: int) -> str:
    if n_checks == 1:
        return "The threshold holds"
    if n_known == n_checks:
        return f"All {n_checks} thresholds hold"
    return f"{plural(n_known, 'threshold')} {'holds' if n_known == 1 else 'hold'}"


def _each(n_known: int, n_stages: int) -> str:
    """Stages in which something is judged."""
    if n_known < n_stages:
        return f"{n_known} of {n_stages} stages, the others can't be judged"
    return "the one stage" if n_stages == 1 else f"all {n_stages} stages"


def _broken(each: Checked, found: Staged) -> str:
    """``Missed ≤ 5.0 % breaks in stage spike, at × 4 of the demand: 38.4 % (37.7 … 39.0 %)``."""
    bound, figure = each.check.bound, each.verdict.figure
    unit = BY_NAME[bound.kpi].unit
    name = f"{named(bound, found.scenario)} {target_text(unit, bound.value, bound.side)}"
    where = _over(each, found)
    load = "" if each.stage is None else f", at {load_text(found.stages[each.stage])} of the demand"
    sure = "" if each.verdict.sure else ", though not for sure"
    ends = interval(figure, unit)
    value = number(figure.value, unit, bound.value) + ("" if unit in {"share", ""} else f" {unit}")
    return f"{name} breaks in {where}{load}{sure}: {value}{f' ({ends})' if ends else ''}"


def _soaked(backlog: Backlog) -> str:
    """Whether the queue grows from day to day."""
    over = f"over the last {plural(backlog.days, 'day')}"
    ends = interval(backlog.growth, "chats", is_difference=True)
    if backlog.grows == "yes":
        later = "" if backlog.endless else " Whether it settles later, so few days do not tell."
        value = number(backlog.growth.value, "chats")
        return f"The backlog grows: by {value} chats a day ({ends}) {over}.{later}"
    if backlog.grows == "no":
        return f"The backlog does not grow from day to day ({ends} chats a day {over})."
    many = f"{ends} chats a day {over}" if ends else "too few days"
    return f"Whether the backlog grows from day to day is not sure: {many}."


def load_text(span: Span) -> str:
    """Load of a stage: ``× 1.5``, or ``× 1 to 1.5``."""
    to = f"{span.factor:g}" if span.before == span.factor else f"{span.before:g} to {span.factor:g}"
    return f"×{HARD}{to}"


def time_text(start_s: float, end_s: float, scenario: Scenario) -> str:
    """Start and end: with the date where there are several days, with seconds where minutes would not do."""
    local = scenario.calendar.local
    date = f"{local.date(start_s):%a %d %b} " if scenario.days > 1 else ""
    end_s = min(end_s, local.midnight(local.place(start_s)[0] + 1))
    if start_s % 60 or end_s % 60:
        return f"{date}{local.text(start_s, seconds=True)}-{local.end_text(end_s, seconds=True)}"
    return f"{date}{local.text(start_s)}-{local.end_text(end_s)}"


def _stages(found: Staged) -> Table:
    """A row a stage."""
    names = list(dict.fromkeys((*(each.check.bound.kpi for each in found.checks), *USUAL)))
    rows = []
    for k, (span, estimates) in enumerate(zip(found.stages, found.of_stages, strict=True)):
        mine = [each.verdict.met for each in found.checks if each.stage == k and each.verdict.met is not None]
        rows.append(
            {
                "stage": span.name,
                "start_s": span.start_s,
                "end_s": span.end_s,
                "time": time_text(span.start_s, span.end_s, found.scenario),
                "load": load_text(span),
                "from_factor": span.before,
                "to_factor": span.factor,
                "met": f"{sum(mine)} of {len(mine)}" if mine else "",
                "offered": estimates.figure("offered"),
                **{name: estimates.figure(name) for name in names},
            }
        )
    columns = (
        Column("stage", "Stage"),
        Column("start_s", form="number", is_shown=False),
        Column("end_s", form="number", is_shown=False),
        Column("time", "Time", spare=2),
        Column("load", "Load"),
        Column("from_factor", form="number", is_shown=False),
        Column("to_factor", form="number", is_shown=False),
        Column("met", "Met"),
        figure_column("offered", form="quantity", spare=1),
        *(
            figure_column(name, form="quantity", look="span" if k < 2 else "", spare=k and k + 2)
            for k, name in enumerate(names)
        ),
    )
    return Table("stages", "Stages", columns, rows, notes=(METHOD,))


def _thresholds(found: Staged) -> Table:
    """A row a threshold and a stage."""
    rows = [
        {
            "threshold": each.check.name,
            "title": named(each.check.bound, found.scenario),
            "figure": each.check.bound.kpi,
            "over": each.check.over,
            "stage": "" if each.stage is None else found.stages[each.stage].name,
            "at_s": each.at_s,
            "value": each.verdict.figure,
            "bound": each.check.bound.value,
            "side": each.check.bound.side,
            "met": each.verdict.met,
            "sure": each.verdict.sure,
            "unit": BY_NAME[each.check.bound.kpi].unit,
        }
        for each in found.checks
    ]
    columns = (
        Column("threshold", "Threshold"),
        Column("title", is_shown=False),
        Column("figure", is_shown=False),
        Column("over", "Over"),
        Column("stage", "Stage"),
        Column("at_s", form="number", is_shown=False),
        Column("value", "Value", "per row", "quantity", "interval"),
        Column("bound", "Bound", "per row", "number"),
        Column("side", is_shown=False),
        Column("met", "Met", form="flag"),
        Column("sure", "Sure", form="flag"),
        Column("unit", is_shown=False),
    )
    return Table("thresholds", "Thresholds", columns, rows, is_shown=False)


def _over_time(found: Staged) -> Table:
    """A row a step: figures with both their bands, and the load."""
    scenario, steps = found.scenario, found.steps
    known = (each.check.bound.kpi for each in found.checks)
    names = [
        name for name in dict.fromkeys((*OVER_TIME, *known)) if By.INTERVAL in BY_NAME[name].form.breakdowns
    ]
    figures = {name: found.over_time.figures(name, By.INTERVAL) for name in names}
    length_s = (steps.end_s - steps.start_s) / steps.n
    local = scenario.calendar.local
    rows: list[Row] = []
    for k in range(steps.n):
        start_s = steps.start_s + k * length_s
        middle_s = start_s + length_s / 2
        stage = next((span for span in found.stages if span.start_s <= middle_s < span.end_s), None)
        load = 1.0 if stage is None else _load_at(stage, middle_s)
        ends = (local.stamp(at) for at in (start_s, start_s + length_s))
        rows.append(
            {"start_s": start_s, "end_s": start_s + length_s}
            | dict(zip(("from", "to"), ends, strict=True))
            | {"stage": "" if stage is None else stage.name, "factor": load}
            | {name: figures[name][k] for name in names}
        )
    columns = (
        Column("start_s", form="number"),
        Column("end_s", form="number"),
        Column("from", "From"),
        Column("to", "To"),
        Column("stage", "Stage"),
        Column("factor", "Load", "×", "number"),
        *(figure_column(name, form="quantity") for name in names),
    )
    return Table("over_time", "Figures over time", columns, rows, is_shown=False)


def _load_at(stage: Span, at_s: float) -> float:
    """Factor of the demand at a time."""
    share = (at_s - stage.start_s) / (stage.end_s - stage.start_s)
    return stage.before + share * (stage.factor - stage.before)
