"""What does a run answer with? Targets, key figures, where paid hours go, and figures broken down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from math import isnan
from typing import Any, Protocol

import numpy as np

from sim.arrays import Flags, Floats
from sim.draws.sampling import draw
from sim.engines import Engine, simulate
from sim.kpis.definitions import BY_NAME, KPIS, Kpi
from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.kpis.targets import verdicts
from sim.kpis.waterfall import waterfall
from sim.kpis.weekdays import figures as figures_by_weekday
from sim.log.chatlog import ChatLog
from sim.report.agent_hour import agent_hour
from sim.report.intervals import table as intervals
from sim.report.naming import zone_of
from sim.report.numbers import caveats, in_words, target_text, with_unit
from sim.report.result import PER_ROW, Column, Head, Judged, Look, Result, Table, figure_column, judged
from sim.report.waits import table as waits
from sim.runs.executor import Executor, Progress
from sim.runs.replicate import replicate
from sim.scenario.local_time import Cells, LocalTime
from sim.scenario.scenario import Scenario
from sim.scenario.units import clock_text, plural

SECTIONS = {"satisfaction": "Satisfaction (assumed)"}
"""Titles of sections that are not their name."""
ASSUMED = "Satisfaction is what the model in the scenario's [quality] gives: an assumption, nothing measured."
ACROSS = {by: tuple(kpi.name for kpi in KPIS if by in kpi.shown.across) for by in By}
"""Columns of each breakdown."""
ALWAYS = {"offered", "missed_rate"}
"""Figures that are shown even where they say nothing."""


class Named(Protocol):
    """A queue or a group."""

    @property
    def name(self) -> str:
        """What it is called."""


class Shape(Protocol):
    """What a breakdown must know of what was measured: a scenario knows it, and so does a log."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def start(self) -> dt.date:
        """First day."""

    @property
    def days(self) -> int:
        """How many."""

    @property
    def local(self) -> LocalTime:
        """Its clocks."""

    @property
    def cells(self) -> Cells:
        """Planning intervals of all days."""

    @property
    def queues(self) -> Sequence[Named]:
        """In their order."""

    @property
    def groups(self) -> Sequence[Named]:
        """In their order."""


def result(
    scenario: Scenario,
    estimates: Estimates,
    seed: int,
    engine: Engine = Engine.KERNEL,
    *,
    by: Collection[By] = (),
    weekdays: bool = False,
    everything: bool = False,
    theory: bool = False,
    controls: bool = False,
    interrupted: bool = False,
    log: ChatLog | None = None,
    pictures: bool = True,
) -> Result:
    """Result of replications of a *scenario*.

    Figures are broken down *by* what is asked for, and by *weekdays*; *everything* is shown and not only the
    usual, what *theory* says stands beside it, and figures adjusted by *controls* below. Only with its
    *pictures* it has the tables that these are drawn from; they show the chats of a *log*, or of the first
    replication.
    """
    found = tuple(judged(verdict, scenario) for verdict in verdicts(estimates, scenario))
    adjusted, beside, told, formula = _beside(scenario, estimates, theory=theory, controls=controls)
    tables = (
        kpis(estimates, everything=everything, judged=found),
        hours(scenario, estimates),
        *(breakdown(scenario, estimates, part, everything=everything, is_shown=part in by)
          for part in (By.QUEUE, By.GROUP, By.INTERVAL, By.DAY) if pictures or part in by),
        *((by_weekday(scenario, estimates, everything=everything),) if weekdays else ()),
        *adjusted,
        *beside,
        *((intervals(scenario, estimates, everything=everything),) if pictures else ()),
    )  # fmt: skip
    facts = {"engine": str(engine)} | calendar(scenario) | formula
    if pictures:
        hour, whose = agent_hour(log or simulate(scenario, draw(scenario, seed, 0), engine))
        tables, facts = (
            (*tables, waits(scenario.days, scenario.targets.threshold_s, estimates), hour),
            facts | whose,
        )
    head = Head(
        "run",
        (scenario.name,),
        _basis(scenario, estimates.n, seed),
        seed,
        estimates.n,
        interrupted=interrupted,
    )
    return Result(head, found, (*answer(found), *told, *_stressed(scenario)), tables, facts, estimates)


def _stressed(scenario: Scenario) -> Iterator[str]:
    """Say whether what a scenario has under stress happened."""
    if scenario.incidents:
        yield f"With {'; '.join(incident.told for incident in scenario.incidents)}."
    elif scenario.stress is not None:
        yield "Ordinary days: what the scenario has under [stress] happens in sim stress alone."


def _beside(
    scenario: Scenario, estimates: Estimates, *, theory: bool, controls: bool
) -> tuple[tuple[Table, ...], tuple[Table, ...], tuple[str, ...], dict[str, Any]]:
    """Adjusted figures; and the formula's table, sentences and facts: as far as they are asked for."""
    adjusted: tuple[Table, ...] = ()
    if controls:
        from sim.report.controls import table as controls_table  # noqa: PLC0415  heavy

        adjusted = (controls_table(scenario, estimates),)
    if not theory:
        return adjusted, (), (), {}
    from sim.report.theory_table import table as theory_table  # noqa: PLC0415  heavy

    return adjusted, *theory_table(scenario, estimates)


def calendar(scenario: Scenario) -> dict[str, Any]:
    """What a picture over time must know: first day, days, seconds of a planning interval, threshold."""
    return {
        "start": str(scenario.start), "days": scenario.days, "interval_s": scenario.interval_s,
        "threshold_s": usual_threshold_s(scenario),
    } | zone_of(scenario)  # fmt: skip


def usual_threshold_s(scenario: Scenario) -> float:
    """Acceptable wait in all queues, or the centre's where they differ."""
    own = set(scenario.thresholds_s)
    return own.pop() if len(own) == 1 else scenario.targets.threshold_s


def _basis(scenario: Scenario, n: int, seed: int) -> str:
    runs = f"{plural(scenario.days, 'day')}, {plural(n, 'replication')}, seed {seed}"
    return f"{runs} (the same seed gives the same result)"


def answer(found: Sequence[Judged]) -> Iterator[str]:
    """Say in a sentence whether the targets are met, which are not, and which nobody can tell."""
    known = [each for each in found if each.met is not None]
    unknown = len(found) - len(known)
    rest = f"; {unknown} of {len(found)} can't be measured" if unknown else ""
    if not known:
        if found:
            yield f"None of {plural(len(found), 'target')} can be measured."
        return
    missed = [each for each in known if not each.met]
    if not missed:
        sure = "" if all(each.sure for each in known) else ", but not for sure"
        whose = (
            "The target" if len(found) == 1 else f"{'All ' if not rest else ''}{plural(len(known), 'target')}"
        )
        yield f"{whose} {'is' if len(known) == 1 else 'are'} met{sure}{rest}."
        return
    told = "; ".join(missed_words(each) for each in missed)
    sure = "" if any(each.sure for each in missed) else ", but not for sure"
    yield f"{len(missed)} of {plural(len(found), 'target')} missed{sure}: {told}{rest}."


def missed_words(each: Judged) -> str:
    """A target that is missed: what was found, and what was asked for."""
    assert each.bound is not None
    where = f" of {each.where}" if each.where else ""
    value = with_unit(each.unit, each.quantity.value, each.bound)
    return f"{in_words(each.title)}{where} {value} (target {target_text(each.unit, each.bound, each.side)})"


def kpis(
    estimates: Estimates, *, everything: bool = False, judged: Sequence[Judged] = (), recorded: bool = False
) -> Table:
    """Key figures of the whole scenario, in sections; of a *recorded* log nothing is assumed."""
    shown = {kpi.name for kpi in KPIS if everything or _is_shown(estimates, kpi)}
    rows = [
        {
            "kpi": kpi.name,
            "title": kpi.title,
            "section": kpi.section.capitalize()
            if recorded
            else SECTIONS.get(kpi.section, kpi.section.capitalize()),
        }
        | {
            "value": estimates.figure(kpi.name),
            "unit": kpi.unit,
            "better": kpi.better,
            "shown": kpi.name in shown,
        }
        for kpi in KPIS
    ]
    told = [(BY_NAME[name], estimates.figure(name)) for name in BY_NAME if name in shown]
    told += [(BY_NAME[each.kpi], each.quantity) for each in judged]
    assumed = not recorded and any(kpi.section == "satisfaction" for kpi, _ in told)
    look: Look = "spread" if estimates.n > 1 else "interval"
    columns = (
        Column("kpi", is_shown=False),
        Column("title", "Figure"),
        Column("section", is_shown=False),
        Column("value", "Value", PER_ROW, "quantity", look),
        Column("unit"),
        Column("better", is_shown=False),
        Column("shown", form="flag", is_shown=False),
    )
    notes = (*caveats(estimates.n, told), *([ASSUMED] if assumed else []))
    return Table("kpis", "Key figures", columns, rows, key="kpi", section="section", notes=notes)


def _is_shown(estimates: Estimates, kpi: Kpi) -> bool:
    """Whether a figure is usual, and says something in this scenario."""
    value = estimates.figure(kpi.name).value
    is_empty = value is None or (kpi.section == "volume" and value == 0) or _is_idle(estimates, kpi.name)
    return kpi.shown.usual and not (is_empty and kpi.name not in ALWAYS)


def _is_idle(estimates: Estimates, name: str) -> bool:
    """Whether a figure says nothing in this scenario."""
    if name == "completion":  # then it is what missed leaves
        return estimates.figure("served").value == estimates.figure("answered").value
    if name in {"successful", "success_rate"}:  # there is no model of resolution
        return estimates.figure("resolution").value is None
    idle = BY_NAME[name].shown.idle
    return idle is not None and estimates.figure(idle[0]).value == idle[1]


def hours(scenario: Scenario, estimates: Estimates) -> Table:
    """From paid hours to hours on duty: what each cause takes, group by group; shown where any does."""
    rows = [
        {"group": name, "step": step.title, "share": step.share, "hours": step.hours, "shown": len(steps) > 2}
        for name, steps in waterfall(scenario, estimates)
        for step in steps
    ]
    columns = (
        Column("group", is_shown=False),
        Column("step"),
        Column("share", "Share", "share", "number"),
        Column("hours", "", "h", "number"),
        Column("shown", form="flag", is_shown=False),
    )
    title = "From paid hours to hours on duty"
    return Table("hours", title, columns, rows, section="group", is_shown=any(row["shown"] for row in rows))


def breakdown(
    scenario: Shape, estimates: Estimates, by: By, *, everything: bool = False, is_shown: bool = True
) -> Table:
    """One row a cell of a breakdown; intervals and days in which nothing happens are not shown."""
    names = [kpi.name for kpi in KPIS if by in kpi.form.breakdowns]
    usual = {
        name
        for name in ACROSS[by]
        if estimates.figure(name).value is not None and not _is_idle(estimates, name)
    }
    named = by in {By.QUEUE, By.GROUP}
    values: dict[str, Sequence[Any]]
    if named:
        values = {name: estimates.figures(name, by) for name in names}
    else:
        values = {
            name: [None if isnan(v) else float(v) for v in estimates.values(name, by)] for name in names
        }
    rows = []
    starts, there = _starts(scenario, by)
    for cell, label in enumerate(labels(scenario, by)):
        if not (named or there[cell]):
            continue
        row: dict[str, Any] = {str(by): label} if named else {"start_s": float(starts[cell]), "start": label}
        row |= {name: values[name][cell] for name in names}
        rows.append(row if named else row | {"shown": any((row[name] or 0) > 0 for name in usual)})
    first = [Column(str(by), by.capitalize())] if named else [
        Column("start_s", is_shown=False), Column("start", by.capitalize()),
        Column("shown", form="flag", is_shown=False),
    ]  # fmt: skip
    order = [
        *(name for name in ACROSS[by] if name in names),
        *(name for name in names if name not in ACROSS[by]),
    ]
    figures = [
        _column(name, "quantity" if named else "number", everything or name in usual) for name in order
    ]
    key = str(by) if named else ""
    return Table(f"by_{by}", f"By {by}", (*first, *figures), rows, key=key, is_shown=is_shown, wraps=True)


def by_weekday(scenario: Shape, estimates: Estimates, *, everything: bool = False) -> Table:
    """One row a weekday of the scenario's days, Monday first: all days of that name together."""
    names = [kpi.name for kpi in KPIS if By.DAY in kpi.form.breakdowns]
    usual = [name for name in ACROSS[By.DAY] if not _is_idle(estimates, name)]
    values = {name: figures_by_weekday(estimates, name, scenario.start.weekday()) for name in names}
    first = [scenario.start + dt.timedelta(days=day) for day in range(min(scenario.days, 7))]
    rows = [
        {"weekday": f"{date:%A}"} | {name: values[name][date.weekday()] for name in names}
        for date in sorted(first, key=lambda date: date.weekday())
    ]
    order = [*usual, *(name for name in names if name not in usual)]
    figures = [_column(name, "quantity", everything or name in usual) for name in order]
    return Table(
        "by_weekday", "By weekday", (Column("weekday", "Weekday"), *figures), rows, key="weekday", wraps=True
    )


def _starts(scenario: Shape, by: By) -> tuple[Floats, Flags]:
    """When days or intervals begin, and whether they exist: none of other breakdowns."""
    if by not in {By.DAY, By.INTERVAL}:
        return np.empty(0), np.empty(0, dtype=np.bool_)
    edges_s = scenario.cells.edges_s if by is By.INTERVAL else scenario.local.midnights(scenario.days)
    return edges_s[:-1], np.diff(edges_s) > 0


def _column(name: str, form: Any, is_shown: bool) -> Column:
    column = figure_column(name, form=form)
    return Column(column.name, column.title, column.unit, column.form, is_shown=is_shown)


def labels(scenario: Shape, by: By) -> list[str]:
    """Names of the cells of a breakdown."""
    match by:
        case By.OVERALL:
            return [scenario.name]
        case By.QUEUE:
            return [queue.name for queue in scenario.queues]
        case By.GROUP:
            return [group.name for group in scenario.groups]
        case By.DAY:
            return [day_text(scenario, day) for day in range(scenario.days)]
        case By.INTERVAL:
            cells = scenario.cells
            times = [
                clock_text(clock_s) + (" again" if again else "")
                for clock_s, again in zip(cells.clock_s, cells.again, strict=True)
            ]
            if scenario.days == 1:
                return times
            return [f"{day_text(scenario, day)} {time}" for day in range(scenario.days) for time in times]


def day_text(scenario: Shape, day: int) -> str:
    """Weekday and date of a day of the scenario."""
    return f"{scenario.start + dt.timedelta(days=day):%a %Y-%m-%d}"


def run(
    scenario: Scenario,
    *,
    seed: int = 1,
    replications: int | None = None,
    engine: Engine | str = Engine.KERNEL,
    precision: float | None = None,
    by: Collection[By | str] | str = (),
    everything: bool = False,
    theory: bool = False,
    controls: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Result:
    """Simulate a *scenario* and answer with its key figures, targets, breakdowns and pictures.

    As many *replications* as make 200 days if omitted; with a *precision*, as many as it takes (see
    `replicate`). What it says beside its key figures is *by* ``interval``, ``queue``, ``group``, ``day`` or
    ``weekday``, *everything* and not only the usual figures, what a formula of *theory* says, and figures
    adjusted by *controls*; all breakdowns but that by weekday are tables of the result anyway. An *executor*
    that is given simulates, else *workers* threads. Ctrl-C answers with what is done.

    Raises
    ------
    SimError
        For fewer than one replication, an unknown engine or breakdown, or more memory than there is.
    """
    found = replicate(
        scenario, seed, replications, engine, workers, precision, progress=progress, executor=executor
    )
    asked = [by] if isinstance(by, str) else by
    return result(
        scenario,
        found.estimates,
        seed,
        Engine(engine),
        by=[By(each) for each in asked if each != "weekday"],
        weekdays="weekday" in asked,
        everything=everything,
        theory=theory,
        controls=controls,
        interrupted=found.interrupted,
    )
