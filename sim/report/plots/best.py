"""Which plan is best, and how much was each simulated? A picture of a choice."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.kpis.definitions import BY_NAME
from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, MID, styled
from sim.report.result import Result, Row


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """The one picture of a choice."""
    return {"best": partial(plans, result)}


@styled
def plans(result: Result) -> Figure:
    """Each plan's figure with its interval, and how many replications it got."""
    rows, kpi = result.table("plans").rows, BY_NAME[result.facts["figure"]]
    labels = [textwrap.fill(row["plan"], 36) for row in rows]
    lines = sum(label.count("\n") + 1.6 for label in labels)
    figure = style.canvas("The best plan", result.facts["best"], 2.0 + 0.17 * lines)
    values, runs = figure.subplots(1, 2, sharey=True, width_ratios=(2, 1))
    for given_up, marker, colour, label in (
        (False, "o", DARK, "not given up"),
        (True, "s", GREY, "given up"),
    ):
        some = [(k, row) for k, row in enumerate(rows) if row["given_up"] == given_up]
        if some:
            _draw_values(values, some, marker, colour, f"{label}, 95 % interval")
    runs.barh(np.arange(len(rows)), [row["replications"] for row in rows], height=0.7, color=MID)
    values.set_yticks(np.arange(len(rows)), labels)
    values.set_ylim(len(rows) - 0.4, -0.6)
    for axes in (values, runs):
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.tick_params(axis="y", length=0)
    values.set_xlabel(kpi.title if kpi.unit == "share" else f"{kpi.title} [{kpi.unit}]")
    runs.set_xlabel("replications")
    if kpi.unit == "share":
        style.shares(values.xaxis)
    style.heading(values, kpi.title, columns=1)
    style.heading(runs, "Until given up")
    return figure


def _draw_values(axes: Axes, some: list[tuple[int, Row]], marker: str, colour: str, label: str) -> None:
    at = [row["value"].value or 0.0 for _, row in some]
    lows = [value - _or(row["value"].low, value) for value, (_, row) in zip(at, some, strict=True)]
    highs = [_or(row["value"].high, value) - value for value, (_, row) in zip(at, some, strict=True)]
    axes.errorbar(
        at, [k for k, _ in some], xerr=[lows, highs], fmt=marker, color=colour,
        markersize=4.5, ecolor=INK, elinewidth=1.0, capsize=2.5, label=label,
    )  # fmt: skip


def _or(end: float | None, value: float) -> float:
    return value if end is None else end
