"""How much demand does each target bear? A picture of break points."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, styled
from sim.report.result import Result


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """The one picture of break points."""
    return {"break_points": partial(break_points, result)}


@styled
def break_points(result: Result) -> Figure:
    """Each target's break point with its interval, beside today's demand; arrows where none is reached."""
    rows = result.table("break_points").rows
    labels = [textwrap.fill(row["title"], 30) for row in rows]
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
