"""How does a staffing study read? The requirement with its reasons, hours, and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from sim.kpis.waterfall import waterfall
from sim.report.documents import heading, rounded
from sim.report.numbers import percent
from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.tables import (
    PIPED_WIDTH,
    UNSURE,
    below,
    column_of,
    hours,
    mark_of,
    narrowed,
    number,
    target_text,
    with_unit,
)
from sim.scenario.units import clock_text, end_text
from sim.studies.staffing.choice import Per
from sim.studies.staffing.people import heads
from sim.studies.staffing.staff import Staffing
from sim.studies.staffing.why import Fewer, Need, Value

PARTS = {
    "replies": ("work", "writing replies, wrapping up", DARK, ""),
    "concurrency": ("slots", "slots full while customers type", MID, "//"),
    "queue": ("chance", "so that nobody waits too long", PALE, ""),
    "absence": ("absent", "absent or late", GREY, "xx"),
    "shrinkage": ("shrink", "planned shrinkage", "#e3e6e8", ".."),
}
"""Column head, name, colour and hatch of what agents are for."""


def tables(
    found: Staffing, seed: int, fte_hours: float | None = None, width: int = PIPED_WIDTH
) -> Iterator[RenderableType]:
    """Give the promise and how it is kept, the requirement, hours, and other confidences."""
    yield Group(Text(found.scenario.name, style="bold"), Text(_basis(found, seed)))
    yield _promise(found, width)
    yield _requirement(found, width)
    shrunk = hours(found.scenario, found.estimates)
    yield from [shrunk] if shrunk is not None else []
    if found.levels:
        yield _levels(found, fte_hours, width)
    yield Text(_total(found, fte_hours))


def _basis(found: Staffing, seed: int) -> str:
    span = "in every interval" if found.promise.per is Per.INTERVAL else "over the day"
    text = f"Fewest agents that keep the targets {span}, on average over days"
    if found.promise.confidence is not None:
        text += f",\nand on {percent(found.promise.confidence)} of days"
    days = found.replications * found.scenario.days
    text += f"\n{days:,} days that the search did not see, seed {seed}"
    return text if found.is_whole else f"{text}\nInterrupted: the best found so far; one agent fewer may do"


def _total(found: Staffing, fte_hours: float | None) -> str:
    paid = _paid_a_day(found)
    text = f"{found.hours:,.1f} agent hours on duty a day"
    text += f", {paid:,.1f} paid" if paid - found.hours > 0.05 else ""
    most = int(found.plan.sum(axis=0).max())
    people = heads(found.scenario, paid, fte_hours).sentence()
    return f"{text}; at most {most:,} agents at a time.\n{people}."


def _paid_a_day(found: Staffing) -> float:
    """Hours paid a day for the hours planned, with planned shrinkage."""
    by_group = (found.plan * found.blocks.hours).sum(axis=1)
    groups = found.scenario.groups
    return float(sum(h / (1 - group.planned_shrinkage) for h, group in zip(by_group, groups, strict=True)))


def _promise(found: Staffing, width: int) -> RenderableType:
    columns = [Column(""), Column("Figure"), Column("Target"), Column("Day", justify="right"), Column("")]
    rows: list[list[str | Text] | None] = []
    for bound, value in zip(found.promise.bounds, found.day, strict=True):
        kpi = BY_NAME[bound.kpi]
        worst = _worst(found, bound)
        rows.append(
            [
                _mark(found, bound, value),
                title(bound, found.scenario),
                target_text(bound),
                with_unit(kpi, value.value, bound.value),
                f"worst interval {with_unit(kpi, worst.value, bound.value)}"
                if found.promise.per is Per.INTERVAL
                else "",
            ]
        )
    share, between = found.days_kept, found.days_kept_between
    wanted = found.promise.confidence
    rows.append(
        [
            mark_of(kept=share >= wanted) if wanted is not None else "",
            "Days that keep all",
            "" if wanted is None else f"≥ {number(wanted, 'share')}",
            number(share, "share"),
            f"95 %: {' … '.join(number(end, 'share') for end in between)}",
        ]
    )
    listed = narrowed("Targets", columns, rows, width, spare=(4,))
    unsure = any(row is not None and isinstance(row[0], Text) and "(" in row[0].plain for row in rows)
    return Group(listed, *below([UNSURE] if unsure else [], width))


def _mark(found: Staffing, bound: Bound, day: Value) -> Text:
    """Mark of a target over the day and in each interval; in brackets where any of them is not sure."""
    k = found.promise.bounds.index(bound)
    values = [day, *(need.values[k] for need in found.needs if need.values[k].value is not None)]
    kept = all(value.kept for value in values)
    sure = all(value.sure for value in values) if kept else any(v.sure for v in values if not v.kept)
    return mark_of(kept=kept) if sure else Text.assemble("(", mark_of(kept=kept), ")")


def _worst(found: Staffing, bound: Bound) -> Value:
    """Value of a bound's figure in the block where it is worst."""
    k = found.promise.bounds.index(bound)
    known = [need.values[k] for need in found.needs if need.values[k].value is not None]
    sign = 1 if bound.side == "at least" else -1
    return min(known, key=lambda value: sign * (value.value or 0.0)) if known else found.day[k]


def _requirement(found: Staffing, width: int) -> RenderableType:
    names = [group.name for group in found.scenario.groups]
    figures = found.promise.figures
    columns = [Column("From"), Column("Chats", justify="right")]
    columns += [Column(name if len(names) > 1 else "Agents", justify="right") for name in names]
    columns += [column_of(kpi) for kpi in figures]
    columns += [Column("Binds"), Column("One agent fewer")]
    first_part = len(columns)
    columns += [Column(f"Agents\nfor {head}", justify="right") for head, *_ in _parts(found)]
    rows: list[list[str | Text] | None] = [
        [
            clock_text(need.start_s),
            f"{need.chats:.1f}",
            *(f"{need.agents[name]}" for name in names),
            *(_cell(value) for value in need.values),
            BY_NAME[need.binding].shown.head if need.binding else "–",
            "\n".join(_fewer(fewer, len(names)) for fewer in need.fewer) or "–",
            *(f"{getattr(need.parts, part):.1f}" for *_, part in _parts(found)),
        ]
        for need in found.needs
    ]
    spare = [*range(len(columns) - 1, first_part - 1, -1), 2 + len(names)]
    spare += [first_part - 1] if len(names) > 1 else []
    return narrowed("Requirement", columns, rows, width, spare=spare)


def _parts(found: Staffing) -> list[tuple[str, str, str, str, str]]:
    """What agents are for, as far as it ever happens: head, name, colour, hatch, field."""
    return [
        (*look, part)
        for part, look in PARTS.items()
        if any(abs(getattr(need.parts, part)) > 0.005 for need in found.needs)
    ]


def _cell(value: Value) -> Text:
    text = number(value.value, BY_NAME[value.kpi].unit).removesuffix(" %")
    return Text(text) if value.kept else Text(f"{text} ✗")


def _fewer(fewer: Fewer, n_groups: int) -> str:
    """What one agent fewer does, in few words."""
    name = f"{fewer.group}: " if n_groups > 1 else ""
    if fewer.breaks is not None:
        unit = BY_NAME[fewer.breaks].unit
        shown = number(fewer.worst, unit) + ("" if unit == "share" else f" {unit}")
        return f"{name}{BY_NAME[fewer.breaks].shown.head} {shown}"
    if fewer.on_fresh_days:
        return f"{name}fresh days missed"
    return f"{name}{number(fewer.days_kept, 'share')} of days" if fewer.is_needed else f"{name}enough"


def _levels(found: Staffing, fte_hours: float | None, width: int) -> RenderableType:
    columns = [Column("", no_wrap=True)]
    columns += [Column(head, justify="right") for head in ("Hours", "FTE", "Most agents", "Days kept")]
    factor = _paid_a_day(found) / (found.hours or 1.0)
    rows: list[list[str | Text] | None] = [
        [
            f"P{100 * level.confidence:g}",
            f"{level.hours:,.1f}",
            f"{heads(found.scenario, level.hours * factor, fte_hours).fte:,.1f}",
            f"{int(level.plan.sum(axis=0).max()):,}",
            number(level.days_kept, "share"),
        ]
        for level in found.levels
    ]
    return narrowed("Staffing for a share of days", columns, rows, width, spare=())


def document(found: Staffing, seed: int, fte_hours: float | None = None) -> dict[str, Any]:
    """The same as data."""
    paid = _paid_a_day(found)
    people = heads(found.scenario, paid, fte_hours)
    return {
        "scenario": found.scenario.name,
        "seed": seed,
        "version": __version__,
        "per": str(found.promise.per),
        "confidence": found.promise.confidence,
        "replications": found.replications,
        "simulated_replications": found.simulated,
        "kept": found.kept,
        "settled": found.settled,
        "interrupted": not found.is_whole,
        "targets": [
            {"kpi": bound.kpi, "side": bound.side, "bound": bound.value, "day": _value(value)}
            for bound, value in zip(found.promise.bounds, found.day, strict=True)
        ],
        "days_kept": dict(
            zip(("value", "low", "high"), (found.days_kept, *found.days_kept_between), strict=True)
        ),
        "agent_hours": found.hours,
        "paid_hours": paid,
        "fte": people.fte,
        "fte_hours_per_week": people.contract_h,
        "days_per_week": people.days,
        "heads": people.employed,
        "hours": {
            name: [step._asdict() for step in steps]
            for name, steps in waterfall(found.scenario, found.estimates)
        },
        "staffing": {name: list(staffing) for name, staffing in found.staffing().items()},
        "requirement": [_need(need) for need in found.needs],
        "levels": [
            {
                "confidence": level.confidence,
                "agent_hours": level.hours,
                "days_kept": level.days_kept,
                "staffing": {
                    group.name: list(found.blocks.spread(row))
                    for group, row in zip(found.scenario.groups, level.plan.tolist(), strict=True)
                },
            }
            for level in found.levels
        ],
    }


def _need(need: Need) -> dict[str, Any]:
    return {
        "start_s": need.start_s,
        "end_s": need.end_s,
        "chats": need.chats,
        "agents": need.agents,
        "figures": [_value(value) for value in need.values],
        "binding": need.binding,
        "one_fewer": [
            {
                "group": fewer.group,
                "figures": [_value(value) for value in fewer.values],
                "breaks": fewer.breaks,
                "worst": fewer.worst,
                "days_kept": fewer.days_kept,
                "needed": fewer.is_needed,
            }
            for fewer in need.fewer
        ],
        "agents_for": {part: getattr(need.parts, part) for part in PARTS},
    }


def _value(value: Value) -> dict[str, Any]:
    return {
        "kpi": value.kpi,
        "value": value.value,
        "low": value.low,
        "high": value.high,
        "few_days": value.few_days,
        "p10": value.p10,
        "p90": value.p90,
        "kept": value.kept,
        "sure": value.sure,
    }


def requirement_table(found: Staffing) -> pl.DataFrame:
    """One row a block, for a spreadsheet: agents, figures, what one fewer does, and what agents are for.

    As the table names and rounds them, with one kind of value a column.
    """
    is_single = len(found.scenario.groups) == 1
    rows = []
    for need in found.needs:
        row: dict[str, Any] = {"From": clock_text(need.start_s), "To": end_text(need.end_s)}
        row["Chats"] = round(need.chats, 1)
        row |= {"Agents" if is_single else f"Agents, {name}": n for name, n in need.agents.items()}
        row |= {heading(value.kpi): rounded(value.value, BY_NAME[value.kpi].unit) for value in need.values}
        row["Binds"] = BY_NAME[need.binding].title if need.binding else None
        for fewer in need.fewer:
            more = " with one agent fewer" + ("" if is_single else f", {fewer.group}")
            row |= {
                heading(value.kpi, more): rounded(value.value, BY_NAME[value.kpi].unit)
                for value in fewer.values
            }
            row[f"Days kept{more}, %"] = rounded(fewer.days_kept, "share")
            row[f"Broken{more}"] = BY_NAME[fewer.breaks].title if fewer.breaks else None
            row[f"Promise kept{more}"] = "no" if fewer.is_needed else "yes"
        row |= {f"Agents for {head}": round(getattr(need.parts, part), 1) for head, *_, part in _parts(found)}
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def pictures(found: Staffing) -> dict[str, Figure]:
    """All pictures of a study by name."""
    drawn = {"requirement": requirement(found), "service": service(found)}
    if found.levels:
        drawn["levels"] = levels(found)
    return drawn


@styled
def requirement(found: Staffing) -> Figure:
    """Agents over the day, and what they are for."""
    figure = style.canvas(found.scenario.name, "fewest agents, and what they are for", 4.4)
    axes = figure.subplots()
    edges_s = _edges(found)
    base = np.zeros(len(edges_s) - 1)
    for _, name, colour, hatch, part in _parts(found):
        high = base + _spread(found, [getattr(need.parts, part) for need in found.needs])
        axes.stairs(
            np.nan_to_num(high), edges_s, baseline=np.nan_to_num(base), fill=True,
            facecolor=colour, hatch=hatch or None, edgecolor="white", linewidth=0, label=name,
        )  # fmt: skip
        base = high
    agents = _spread(found, found.plan.sum(axis=0).tolist())
    axes.stairs(
        np.nan_to_num(agents), edges_s, baseline=None, color=INK, linewidth=1.6, label="agents needed"
    )
    axes.set_ylim(0, 1.05 * max(float(np.nanmax(base)), float(np.nanmax(agents)), 1.0))
    axes.set_ylabel("agents")
    style.counts(axes.yaxis)
    style.heading(axes, "Requirement", columns=3)
    style.clock((axes,), found.scenario.start, float(edges_s[0]), float(edges_s[-1]))
    axes.set_xlabel("time of day")
    return figure


@styled
def service(found: Staffing) -> Figure:
    """Each promised figure over the day, with one agent fewer, and its bound."""
    bounds = found.promise.bounds
    days = found.replications * found.scenario.days
    figure = style.canvas(found.scenario.name, f"what is promised, over {days} days", 1.2 + 2.3 * len(bounds))
    panels = list(figure.subplots(len(bounds), 1, sharex=True, squeeze=False)[:, 0])
    edges_s = _edges(found)
    for k, (axes, bound) in enumerate(zip(panels, bounds, strict=True)):
        _draw_bound(axes, found, k, edges_s)
        unit = BY_NAME[bound.kpi].unit
        if unit == "share":
            style.shares(axes.yaxis)
        axes.set_ylabel("" if unit == "share" else unit)
        style.heading(axes, title(bound, found.scenario))
    style.clock(panels, found.scenario.start, float(edges_s[0]), float(edges_s[-1]))
    panels[-1].set_xlabel("time of day")
    return figure


def _draw_bound(axes: Axes, found: Staffing, k: int, edges_s: Floats) -> None:
    bound, n = found.promise.bounds[k], found.replications * found.scenario.days
    of_bound = [need.values[k] for need in found.needs]
    value, low, high, p10, p90 = (
        _spread(found, [getattr(figure, name) for figure in of_bound])
        for name in ("value", "low", "high", "p10", "p90")
    )
    style.steps(axes, style.Band(value, low, high, p10, p90), edges_s, "as required", "days", n)
    worse = [_worse([f.values[k] for f in need.fewer], bound) for need in found.needs]
    fewer = _spread(found, worse)
    middles = (edges_s[:-1] + edges_s[1:]) / 2
    axes.plot(middles, fewer, "v", color=ORANGE, markersize=4.5, label="with one agent fewer there")
    axes.axhline(bound.value, color=RED, linestyle="--", linewidth=1.3, label="target")


def _worse(values: Sequence[Value], bound: Bound) -> float | None:
    """Value furthest on the bad side of a bound."""
    known = [value.value for value in values if value.value is not None]
    return (min if bound.side == "at least" else max)(known) if known else None


@styled
def levels(found: Staffing) -> Figure:
    """Agents over the day, for each confidence."""
    figure = style.canvas(found.scenario.name, "agents for a share of days that keep all targets", 4.0)
    axes = figure.subplots()
    edges_s = _edges(found)
    looks = ((GREY, ":"), (MID, "--"), (ORANGE, "-."), (DARK, "-"), (RED, "-"))
    for level, (colour, dash) in zip(found.levels, looks, strict=False):
        agents = _spread(found, level.plan.sum(axis=0).tolist())
        label = f"P{100 * level.confidence:g}: {level.hours:,.1f} h"
        axes.stairs(agents, edges_s, baseline=None, color=colour, linestyle=dash, linewidth=1.7, label=label)
    axes.set_ylabel("agents")
    axes.set_ylim(bottom=0)
    style.counts(axes.yaxis)
    style.heading(axes, "The surer, the more agents")
    style.clock((axes,), found.scenario.start, float(edges_s[0]), float(edges_s[-1]))
    axes.set_xlabel("time of day")
    return figure


def _edges(found: Staffing) -> Floats:
    """Edges of the planning intervals from the first to the last that has a requirement."""
    first, end = int(found.blocks.first[0]), int(found.blocks.end[-1])
    return np.arange(first, end + 1, dtype=np.float64) * found.scenario.interval_s


def _spread(found: Staffing, values: Sequence[float | None]) -> Floats:
    """Values of blocks in each interval between the `_edges`; NaN where there is none."""
    first, end = int(found.blocks.first[0]), int(found.blocks.end[-1])
    spread = np.full(end - first, np.nan)
    ends = zip(found.blocks.first.tolist(), found.blocks.end.tolist(), strict=True)
    for (a, b), value in zip(ends, values, strict=True):
        spread[a - first : b - first] = np.nan if value is None else value
    return spread
