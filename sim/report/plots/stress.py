"""How much demand does each target bear, and how do figures go under load? Pictures of stress."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME
from sim.report.plots import style
from sim.report.plots.service import quantities, spread
from sim.report.plots.style import DARK, FAINT, GREY, INK, ORANGE, RED, styled
from sim.report.result import Result, Row

LETTER = 0.009
"""Width of a stage's letter, as a share of the picture's."""
MOST_PANELS = 5


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Break points; or figures over time, where load went in stages."""
    if result.has("over_time"):
        return {"over_time": partial(over_time, result)}
    return {"break_points": partial(break_points, result)}


@styled
def break_points(result: Result) -> Figure:
    """Each target's break point with its interval, beside today's demand; arrows where none is reached."""
    rows = result.table("break_points").rows
    named = (f"{row['team']}: {row['title']}" if "team" in row else row["title"] for row in rows)
    labels = [textwrap.fill(name, 30) for name in named]
    lines = sum(label.count("\n") + 2.0 for label in labels)
    figure = style.canvas("Break points", result.title, 1.6 + 0.2 * lines)
    axes = figure.subplots()
    axes.axvline(1.0, color=GREY, linewidth=1.0, linestyle="--", label="today's demand")
    label = "demand that a target bears, 95 % interval"
    for k, row in enumerate(rows):
        lower, upper, value = row["lower"], row["upper"], row["load"].value
        if value is not None:
            sides = [[value - lower], [upper - value]]
            axes.errorbar(
                [value], [k], xerr=sides, fmt="o", color=DARK, markersize=4.5, ecolor=INK,
                elinewidth=1.0, capsize=2.5, label=label,
            )  # fmt: skip
            label = "_"
        elif lower is not None:
            axes.plot([lower, upper or lower], [k, k], color=INK, marker="|" if upper else ">", linewidth=1.0)
    axes.set_yticks(range(len(rows)), labels)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("demand, as a multiple of today's")
    style.heading(axes, "When each target breaks", columns=2)
    return figure


@styled
def over_time(result: Result) -> Figure:
    """Figures over time with both bands: who comes, queue, what is judged; stages are shaded."""
    rows = _shown(result.table("over_time").rows)
    edges_s = np.array([*(row["start_s"] for row in rows), rows[-1]["end_s"]])
    days = result.facts["days"] * (result.head.replications or 0)
    judged = [each.kpi for each in result.judged if each.kpi in rows[0]]
    names = list(dict.fromkeys(("offered", "queue_length", *(judged or ["missed_rate"]))))[:MOST_PANELS]
    figure = style.canvas(result.title, f"under load, over {days:,} days", 1.2 + 1.9 * len(names))
    panels = list(figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0])
    minutes = (edges_s[1] - edges_s[0]) / 60
    for axes, name in zip(panels, names, strict=True):
        _panel(axes, rows, name, edges_s, result.head.replications or 0)
        _shade(axes, result, named=axes is panels[0])
        _mark(axes, result, named=axes is panels[1])
        for each in result.judged:
            if each.kpi == name and each.bound is not None and "," not in each.where:
                axes.axhline(each.bound, color=RED, linestyle="--", linewidth=1.2)
        title = f"Chats per {minutes:g} min" if name == "offered" else BY_NAME[name].title
        if axes is panels[0]:
            style.heading(axes, title, columns=2)
        else:
            axes.set_title(title)
    local = style.clocks(result.facts)
    style.clock(panels, local, float(edges_s[0]), float(edges_s[-1]))
    return figure


def _shown(rows: Sequence[Row]) -> list[Row]:
    """Steps from the first to the last in which anybody comes or waits."""
    busy = [
        k for k, row in enumerate(rows) if (row["offered"].value or 0) + (row["queue_length"].value or 0) > 0
    ]
    return list(rows[busy[0] : busy[-1] + 1]) if busy else list(rows)


def _panel(axes: Axes, rows: Sequence[Row], name: str, edges_s: Floats, n: int) -> None:
    found = quantities(rows, name)
    sides = (
        spread(rows, [getattr(quantity, side) for quantity in found], edges_s)
        for side in ("value", "low", "high", "p10", "p90")
    )
    style.steps(axes, style.Band(*sides), edges_s, "mean", "days", n)
    if BY_NAME[name].unit == "share":
        style.shares(axes.yaxis)
    else:
        axes.set_ylabel(BY_NAME[name].unit)


def _mark(axes: Axes, result: Result, *, named: bool) -> None:
    """Underline the times of incidents, and name them in the panel of the queue."""
    first_s, last_s = axes.get_xlim()
    rows = [row for row in result.table("events").rows if row["is_incident"]] if result.has("events") else []
    ends_s: list[float] = []  # of the names in each line
    for row in rows:
        axes.axvspan(row["start_s"], row["end_s"], ymax=0.025, color=ORANGE, zorder=0.5)
        axes.axvline(row["start_s"], color=ORANGE, linewidth=0.8, zorder=0.5)
        if named:
            line = next((k for k, end_s in enumerate(ends_s) if end_s <= row["start_s"]), len(ends_s))
            ends_s[line : line + 1] = [row["start_s"] + len(row["event"]) * LETTER * (last_s - first_s)]
            axes.annotate(
                row["event"], (row["start_s"], 1), xycoords=("data", "axes fraction"),
                xytext=(2, -2 - 10 * line), textcoords="offset points", va="top", fontsize=8, color=INK,
            )  # fmt: skip
    axes.set_xlim(first_s, last_s)


def _shade(axes: Axes, result: Result, *, named: bool) -> None:
    """Shade the stages whose demand is not the usual, and name them in the first panel."""
    first_s, last_s = axes.get_xlim()
    ends_s: list[float] = []  # of the names in each line
    for row in result.table("stages").rows:
        if row["from_factor"] == row["to_factor"] == 1:
            continue
        axes.axvspan(row["start_s"], row["end_s"], color=FAINT, zorder=0)
        axes.axvline(row["start_s"], color=GREY, linewidth=0.6, zorder=0.4)
        if named:
            line = next((k for k, end_s in enumerate(ends_s) if end_s <= row["start_s"]), len(ends_s))
            ends_s[line : line + 1] = [row["start_s"] + len(row["load"]) * LETTER * (last_s - first_s)]
            axes.annotate(
                row["load"], (row["start_s"], 1), xycoords=("data", "axes fraction"),
                xytext=(2, -2 - 10 * line), textcoords="offset points", va="top", fontsize=8, color=INK,
            )  # fmt: skip
