"""How does a roster read? Shifts, coverage and what is kept; as tables, data and pictures."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from sim import __version__
from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME
from sim.kpis.targets import Bound, title
from sim.report.numbers import percent
from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.tables import (
    PIPED_WIDTH,
    Row,
    column_of,
    mark_of,
    narrowed,
    number,
    target_text,
    with_unit,
)
from sim.scenario.duty import pieces
from sim.scenario.team import Pattern
from sim.scenario.units import clock_text, end_text
from sim.studies.staffing.choice import Per
from sim.studies.staffing.people import heads
from sim.studies.staffing.roster import Planned, Roster
from sim.studies.staffing.why import Value, values_of


def tables(
    found: Roster, seed: int, fte_hours: float | None = None, width: int = PIPED_WIDTH
) -> Iterator[RenderableType]:
    """Give the promise and how it is kept, the shifts, coverage, and what is proved."""
    yield Group(Text(found.scenario.name, style="bold"), Text(textwrap.fill(_basis(found, seed), width)))
    yield _promise(found, width)
    yield _shifts(found, width)
    yield _coverage(found, width)
    yield Text("\n".join(textwrap.fill(line, width) for line in sentences(found, fte_hours)))


def _basis(found: Roster, seed: int) -> str:
    span = "in every interval" if found.promise.per is Per.INTERVAL else "over the day"
    text = f"Cheapest shifts that keep the targets {span}, on average over days"
    if found.promise.confidence is not None:
        text += f", and on {percent(found.promise.confidence)} of days"
    text += f"; {_days(found):,} days that the search did not see, seed {seed}"
    return text if found.is_whole else f"{text}; interrupted: the best found so far, and cheaper ones may do"


def _days(found: Roster) -> int:
    return found.replications * found.scenario.days


def sentences(found: Roster, fte_hours: float | None = None) -> list[str]:
    """Hours and cost, how sure it is that nothing is cheaper, and which patterns were taken."""
    paid = found.gross_h
    text = f"{found.paid_h:,.1f} paid hours a day"
    if paid - found.paid_h > 0.05:
        text += f", {paid:,.1f} with planned shrinkage"
    agents = sum(planned.agents for planned in found.shifts)
    people = heads(found.scenario, paid, fte_hours).sentence()
    n_shifts = len(found.shifts)
    shifts = "one shift" if n_shifts == 1 else f"{n_shifts} different shifts"
    lines = [f"{text}; {agents:,} agent{'s' * (agents != 1)} on {shifts}.", f"{people}."]
    return [*lines, *_proof(found), *_taken(found)]


def _costs_hours(found: Roster) -> bool:
    """Whether the cost is the paid hours."""
    return all(pattern.cost_per_hour == 1 for group in found.candidates.patterns for pattern in group)


def _money(found: Roster, cost: float) -> str:
    return f"{cost:,.1f} paid hours" if _costs_hours(found) else f"{cost:,.2f}"


def _proof(found: Roster) -> Iterator[str]:
    """What was found out about other rosters."""
    cuts = [
        f"{n} {name} cut{'s' * (n > 1)}"
        for n, name in ((found.alternatives, "local"), (found.linear, "linear"))
        if n
    ]
    rounds = len(found.rounds)
    how = f"{rounds} roster{'s' * (rounds > 1)} simulated, {' and '.join(cuts) or 'no cut needed'}"
    yield _gap(found)
    if not found.is_whole:
        yield f"Interrupted: this is the best roster found so far ({how})."
    elif found.covering_cost is None:
        yield f"No shifts cover the requirement of every interval; {how}."
    elif found.covering_cost - found.cost > 1e-6:
        yield (
            f"Covering the requirement of every interval would take {_money(found, found.covering_cost)}:"
            f" agents to spare in an interval help its neighbours ({how})."
        )
    elif found.cost - found.covering_cost > 1e-6:
        yield (
            f"Covering the requirement of every interval would take {_money(found, found.covering_cost)}, but"
            f" falls short of the targets ({how})."
        )
    else:
        yield f"Covering the requirement of every interval takes as much ({how})."
    if found.confirmations > 1:
        yield (
            f"Fresh days missed a target {found.confirmations - 1} time"
            f"{'s' * (found.confirmations > 2)}: more agents were asked for there, and other days taken."
        )


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


def _taken(found: Roster) -> Iterator[str]:
    """Standard patterns that groups were given, for they bring none of their own or others were asked for."""
    names: dict[str, list[str]] = {}
    for group, patterns in zip(found.scenario.groups, found.candidates.patterns, strict=True):
        if patterns != group.patterns:
            words = "; ".join(_pattern(pattern) for pattern in patterns)
            names.setdefault(words, []).append(repr(group.name))
    for words, groups in names.items():
        yield f"Shifts of {', '.join(groups)}: {words}."


def _pattern(pattern: Pattern) -> str:
    """A standard pattern in words."""
    (length_h,) = pattern.lengths_h
    text = f"{length_h:g} h, a start every {pattern.grid_min} min"
    for window in pattern.breaks:
        window_h = f"{window.earliest_h:g} to {window.latest_h:g} h"
        text += f", an unpaid break of {window.minutes:g} min that begins after {window_h}"
    return text


def _values(found: Roster) -> list[tuple[Value, ...]]:
    """Promised figures of each interval of the day."""
    return [values_of(found.trial, slice(k, k + 1)) for k in range(found.scenario.intervals_per_day)]


def _promise(found: Roster, width: int) -> RenderableType:
    columns = [Column(""), Column("Figure"), Column("Target"), Column("Day", justify="right"), Column("")]
    rows: list[Row | None] = []
    by_interval = _values(found)
    for k, (bound, day) in enumerate(
        zip(found.promise.bounds, values_of(found.trial, slice(None)), strict=True)
    ):
        kpi = BY_NAME[bound.kpi]
        known = [values[k] for values in by_interval if values[k].value is not None]
        sign = 1 if bound.side == "at least" else -1
        worst = min(known, key=lambda value: sign * (value.value or 0.0)) if known else day
        by_span = found.promise.per is Per.INTERVAL
        rows.append(
            [
                mark_of(kept=day.kept and (worst.kept or not by_span)),
                title(bound, found.scenario),
                target_text(bound),
                with_unit(kpi, day.value, bound.value),
                f"worst interval {with_unit(kpi, worst.value, bound.value)}",
            ]
        )
    share, wanted = found.trial.share_kept(), found.promise.confidence
    target = "" if wanted is None else f"≥ {number(wanted, 'share')}"
    mark = "" if wanted is None else mark_of(kept=share >= wanted)
    rows.append([mark, "Days that keep all", target, number(share, "share"), ""])
    return narrowed("Targets", columns, rows, width, spare=(4,))


def _shifts(found: Roster, width: int) -> RenderableType:
    columns = [
        Column("Group"),
        Column("Agents", justify="right"),
        Column("From"),
        Column("To"),
        Column("Breaks"),
        Column("Paid h\neach", justify="right"),
        Column("Paid h", justify="right"),
        Column("Cost", justify="right"),
    ]
    if len(found.scenario.groups) == 1:
        columns[0] = Column("")
    rows: list[Row | None] = []
    for planned in found.shifts:
        shift, each = planned.candidate.shift, planned.candidate
        name = found.scenario.groups[each.group].name
        rows.append(
            [
                Text(name if len(found.scenario.groups) > 1 else ""),
                str(planned.agents),
                clock_text(shift.start),
                end_text(shift.end),
                ", ".join(f"{clock_text(pause.start)} {pause.minutes:g} min" for pause in shift.breaks),
                f"{each.paid_h:g}",
                f"{planned.agents * each.paid_h:,.1f}",
                f"{planned.agents * each.cost:,.2f}",
            ]
        )
    if _costs_hours(found):
        columns, rows = columns[:-1], [row and row[:-1] for row in rows]
    return narrowed("Shifts", columns, rows, width, spare=(5,))


def _coverage(found: Roster, width: int) -> RenderableType:
    figures = found.promise.figures
    columns = [Column("From")]
    for group in found.scenario.groups:
        mine = f"{group.name}\n" if len(found.scenario.groups) > 1 else ""
        columns += [Column(f"{mine}{head}", justify="right") for head in ("needs", "has", "spare")]
    columns += [column_of(kpi) for kpi in figures]
    rows: list[Row | None] = []
    values = _values(found)
    for k in _busy(found):
        row: list[str | Text] = [clock_text(k * found.scenario.interval_s)]
        for needs, has in zip(found.required[:, k], found.covered[:, k], strict=True):
            spare = has - needs
            row += [str(needs), f"{has:g}", Text(f"{spare:+g}" if abs(spare) > 1e-9 else "")]
        for value in values[k]:
            text = number(value.value, BY_NAME[value.kpi].unit).removesuffix(" %")
            row.append(text if value.kept or found.promise.per is Per.DAY else f"{text} ✗")
        rows.append(row)
    return narrowed("Coverage: agents needed if staffing could change with every interval, and on duty",
                    columns, rows, width, spare=())  # fmt: skip


def _busy(found: Roster) -> range:
    """Intervals from the first to the last in which somebody is needed or there."""
    busy = np.flatnonzero((found.required > 0).any(axis=0) | (found.covered > 0).any(axis=0))
    return range(int(busy[0]), int(busy[-1]) + 1)


def document(found: Roster, seed: int, fte_hours: float | None = None) -> dict[str, Any]:
    """The same as data."""
    people = heads(found.scenario, found.gross_h, fte_hours)
    values = _values(found)
    width_s = found.scenario.interval_s
    names = [group.name for group in found.scenario.groups]
    return {
        "scenario": found.scenario.name,
        "version": __version__,
        "seed": seed,
        "replications": found.replications,
        "simulated": found.simulated,
        "per": str(found.promise.per),
        "confidence": found.promise.confidence,
        "kept": found.kept,
        "days_kept": found.trial.share_kept(),
        "paid_hours": found.paid_h,
        "paid_hours_with_shrinkage": found.gross_h,
        "fte_hours_per_week": people.contract_h,
        "days_per_week": people.days,
        "fte": people.fte,
        "heads": people.employed,
        "cost": found.cost,
        "cost_of_covering": found.covering_cost,
        "least_cost_proved": found.bound or None,
        "gap": found.gap,
        "is_cheapest": found.is_cheapest,
        "interrupted": not found.is_whole,
        "rosters_simulated": len(found.rounds),
        "local_cuts": found.alternatives,
        "linear_cuts": found.linear,
        "confirmations": found.confirmations,
        "targets": [_target(found, bound, value) for bound, value in zip(
            found.promise.bounds, values_of(found.trial, slice(None)), strict=True)],
        "shifts": [_shift(found, planned) for planned in found.shifts],
        "coverage": [
            {
                "start_s": k * width_s,
                "needed": dict(zip(names, found.required[:, k].tolist(), strict=True)),
                "on_duty": dict(zip(names, found.covered[:, k].tolist(), strict=True)),
                "figures": {value.kpi: value.value for value in values[k]},
                "kept": all(value.kept for value in values[k]),
            }
            for k in _busy(found)
        ],
    }  # fmt: skip


def _target(found: Roster, bound: Bound, value: Value) -> dict[str, Any]:
    return {
        "kpi": bound.kpi,
        "side": bound.side,
        "bound": bound.value,
        "value": value.value,
        "low": value.low,
        "high": value.high,
        "few_days": value.few_days,
        "kept": value.kept,
    }


def _shift(found: Roster, planned: Planned) -> dict[str, Any]:
    each = planned.candidate
    return {
        "group": found.scenario.groups[each.group].name,
        "agents": planned.agents,
        "start": clock_text(each.shift.start),
        "end": end_text(each.shift.end),
        "breaks": [
            {"start": clock_text(pause.start), "minutes": pause.minutes} for pause in each.shift.breaks
        ],
        "paid_hours_each": each.paid_h,
        "paid_hours": planned.agents * each.paid_h,
        "cost": planned.agents * each.cost,
    }


def shift_table(found: Roster) -> pl.DataFrame:
    """One row a shift."""
    rows = [_shift(found, planned) for planned in found.shifts]
    for row in rows:
        row["breaks"] = "; ".join(f"{pause['start']} {pause['minutes']:g} min" for pause in row["breaks"])
    return pl.DataFrame(rows)


def coverage_table(found: Roster) -> pl.DataFrame:
    """One row an interval: agents needed and on duty by group, and the promised figures."""
    rows = []
    values = _values(found)
    for k in _busy(found):
        row: dict[str, Any] = {"from": clock_text(k * found.scenario.interval_s)}
        for g, group in enumerate(found.scenario.groups):
            row |= {
                f"needed, {group.name}": int(found.required[g, k]),
                f"on duty, {group.name}": float(found.covered[g, k]),
            }
        rows.append(row | {value.kpi: value.value for value in values[k]})
    return pl.DataFrame(rows, infer_schema_length=None)


def pictures(found: Roster) -> dict[str, Figure]:
    """All pictures of a roster by name."""
    return {"coverage": coverage(found), "shifts": shifts(found), "service": service(found)}


@styled
def coverage(found: Roster) -> Figure:
    """Agents needed and on duty over the day, a panel a group."""
    groups = found.scenario.groups
    figure = style.canvas(found.scenario.name, "agents needed and on duty", 1.2 + 2.9 * len(groups))
    panels = list(figure.subplots(len(groups), 1, sharex=True, squeeze=False)[:, 0])
    edges_s, busy = _edges(found), _busy(found)
    for g, (axes, group) in enumerate(zip(panels, groups, strict=True)):
        needs, has = found.required[g, busy.start : busy.stop], found.covered[g, busy.start : busy.stop]
        low = np.minimum(needs, has)
        axes.stairs(low, edges_s, fill=True, color=PALE, label="needed and there")
        if (has > low).any():
            axes.stairs(has, edges_s, baseline=low, fill=True, color=MID, label="to spare")
        if (needs > low).any():
            axes.stairs(
                needs, edges_s, baseline=low, fill=True, facecolor=ORANGE, hatch="//", edgecolor="white",
                linewidth=0, label="fewer than an interval by itself would need",
            )  # fmt: skip
        axes.stairs(has, edges_s, baseline=None, color=DARK, linewidth=1.6, label="on duty")
        axes.stairs(needs, edges_s, baseline=None, color=INK, linestyle="--", linewidth=1.3, label="needed")
        axes.set_ylim(0, 1.08 * max(float(has.max()), float(needs.max()), 1.0))
        axes.set_ylabel("agents")
        style.counts(axes.yaxis)
        style.heading(axes, group.name)
    _clock(panels, found)
    return figure


@styled
def shifts(found: Roster) -> Figure:
    """Every shift as a bar with its breaks."""
    n = len(found.shifts)
    figure = style.canvas(
        found.scenario.name, f"shifts, {found.paid_h:,.1f} paid hours a day", 1.6 + 0.27 * n
    )
    axes = figure.subplots()
    labels = []
    for row, planned in enumerate(found.shifts):
        shift = planned.candidate.shift
        colour = (DARK, ORANGE, GREY, MID)[planned.candidate.group % 4]
        spans = [(on, off - on) for on, off in pieces(shift)]
        axes.broken_barh(spans, (row - 0.36, 0.72), facecolors=colour, linewidth=0)
        group = found.scenario.groups[planned.candidate.group].name
        labels.append(f"{planned.agents} × {group}")
    axes.set_yticks(range(n), labels)
    axes.set_ylim(n - 0.4, -0.6)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_title("Agents on each shift; gaps are breaks")
    _clock([axes], found)
    return figure


@styled
def service(found: Roster) -> Figure:
    """Each promised figure over the day, and its bound."""
    bounds, n = found.promise.bounds, _days(found)
    figure = style.canvas(found.scenario.name, f"what is promised, over {n:,} days", 1.2 + 2.3 * len(bounds))
    panels = list(figure.subplots(len(bounds), 1, sharex=True, squeeze=False)[:, 0])
    values = [_values(found)[k] for k in _busy(found)]
    for k, (axes, bound) in enumerate(zip(panels, bounds, strict=True)):
        value, low, high, p10, p90 = (
            np.array([getattr(row[k], name) for row in values], dtype=np.float64)
            for name in ("value", "low", "high", "p10", "p90")
        )
        if BY_NAME[bound.kpi].unit == "share":
            style.shares(axes.yaxis)
        else:
            axes.set_ylabel(BY_NAME[bound.kpi].unit)
        style.steps(
            axes, style.Band(value, low, high, p10, p90), _edges(found), "with this roster", "days", n
        )
        axes.axhline(bound.value, color=RED, linestyle="--", linewidth=1.3, label="target")
        style.heading(axes, title(bound, found.scenario))
    _clock(panels, found)
    return figure


def _edges(found: Roster) -> Floats:
    """Edges of the intervals in which somebody is needed or there."""
    busy = _busy(found)
    return np.arange(busy.start, busy.stop + 1, dtype=np.float64) * found.scenario.interval_s


def _clock(panels: list[Axes], found: Roster) -> None:
    edges_s = _edges(found)
    style.clock(panels, found.scenario.start, float(edges_s[0]), float(edges_s[-1]))
    panels[-1].set_xlabel("time of day")
