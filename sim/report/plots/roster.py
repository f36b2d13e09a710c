"""What does a roster look like? Agents needed and on duty, shifts with their breaks, what is promised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from sim.report.plots import style
from sim.report.plots.service import edges, finish, promised, time_of_day
from sim.report.plots.service import service as drawn
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, styled
from sim.report.result import Result, Row


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """All pictures of a roster by name."""
    return {
        "coverage": partial(coverage, result),
        "shifts": partial(shifts, result),
        "service": partial(service, result),
    }


@styled
def coverage(result: Result) -> Figure:
    """Agents needed and on duty over the day, a panel a group."""
    table = result.table("coverage")
    groups = result.facts["groups"]
    figure = style.canvas(result.title, "agents needed and on duty", 1.2 + 2.9 * len(groups))
    panels = list(figure.subplots(len(groups), 1, sharex=True, squeeze=False)[:, 0])
    edges_s = edges(result, table.rows)
    for axes, group in zip(panels, groups, strict=True):
        needs, has = (
            np.array([row[f"{name}.{group}"] for row in table.rows], dtype=np.float64)
            for name in ("needed", "on_duty")
        )
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
        style.heading(axes, group)
    time_of_day(panels, result, edges_s)
    return figure


@styled
def shifts(result: Result) -> Figure:
    """Every shift as a bar with its breaks."""
    rows, coverage = result.table("shifts").rows, result.table("coverage")
    paid = f"shifts, {result.facts['paid_hours']:,.1f} paid hours a day"
    figure = style.canvas(result.title, paid, 1.6 + 0.27 * len(rows))
    axes, groups = figure.subplots(), result.facts["groups"]
    for place, row in enumerate(rows):
        colour = (DARK, ORANGE, GREY, MID)[groups.index(row["group"]) % 4]
        spans = [(on, off - on) for on, off in _worked(result, row)]
        axes.broken_barh(spans, (place - 0.36, 0.72), facecolors=colour, linewidth=0)
    axes.set_yticks(range(len(rows)), [f"{row['agents']} × {row['group']}" for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_title("Agents on each shift; gaps are breaks")
    time_of_day([axes], result, edges(result, coverage.rows))
    return figure


def _worked(result: Result, shift: Row) -> Iterator[tuple[float, float]]:
    """Spans of a shift between its breaks."""
    on = shift["start_s"]
    for pause in sorted(result.table("breaks").rows, key=lambda row: row["start_s"]):
        if pause["shift"] == shift["shift"]:
            yield on, pause["start_s"]
            on = pause["end_s"]
    yield on, shift["end_s"]


@styled
def service(result: Result) -> Figure:
    """Each promised figure over the day, and its bound."""
    table = result.table("coverage")
    figure, panels = drawn(result, table, edges(result, table.rows), "with this roster")
    for axes, each in zip(panels, promised(result), strict=True):
        finish(axes, each)
    return figure
