"""What does a staffing study look like? Agents and what they are for, what is promised, other confidences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

import numpy as np
from matplotlib.figure import Figure

from sim.report.plots import style
from sim.report.plots.service import edges, finish, promised, quantities, spread, time_of_day
from sim.report.plots.service import service as drawn
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.result import Judged, Result, Row

_PARTS = {
    "replies": ("writing replies, wrapping up", DARK, ""),
    "concurrency": ("slots full while customers type", MID, "//"),
    "queue": ("so that nobody waits too long", PALE, ""),
    "absence": ("absent or late", GREY, "xx"),
    "shrinkage": ("planned shrinkage", "#e3e6e8", ".."),
}
"""Name, colour and hatch of what agents are for."""


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """All pictures of a study by name."""
    drawn = [requirement, service, *([levels] if result.table("levels").rows else [])]
    return {function.__name__: partial(function, result) for function in drawn}


@styled
def requirement(result: Result) -> Figure:
    """Agents over the day, and what they are for."""
    figure = style.canvas(result.title, "fewest agents, and what they are for", 4.4)
    axes, rows = figure.subplots(), result.table("requirement").rows
    edges_s = edges(result, rows)
    base = np.zeros(len(edges_s) - 1)
    for part, (name, colour, hatch) in _PARTS.items():
        values = [row[f"agents_for.{part}"] for row in rows]
        if all(abs(value) <= 0.005 for value in values):
            continue
        high = base + spread(rows, values, edges_s)
        axes.stairs(
            np.nan_to_num(high), edges_s, baseline=np.nan_to_num(base), fill=True,
            facecolor=colour, hatch=hatch or None, edgecolor="white", linewidth=0, label=name,
        )  # fmt: skip
        base = high
    agents = spread(rows, _agents(result, rows), edges_s)
    axes.stairs(
        np.nan_to_num(agents), edges_s, baseline=None, color=INK, linewidth=1.6, label="agents needed"
    )
    axes.set_ylim(0, 1.05 * max(float(np.nanmax(base)), float(np.nanmax(agents)), 1.0))
    axes.set_ylabel("agents")
    style.counts(axes.yaxis)
    style.heading(axes, "Requirement", columns=3)
    time_of_day((axes,), result, edges_s)
    return figure


def _agents(result: Result, rows: Sequence[Row]) -> list[float]:
    """Agents of all groups in each row."""
    return [float(sum(row[f"agents.{group}"] for group in result.facts["groups"])) for row in rows]


@styled
def service(result: Result) -> Figure:
    """Each promised figure over the day, with one agent fewer, and its bound."""
    table = result.table("requirement")
    edges_s = edges(result, table.rows)
    middles_s = (edges_s[:-1] + edges_s[1:]) / 2
    figure, panels = drawn(result, table, edges_s, "as required")
    for axes, each, name in zip(panels, promised(result), result.facts["figures"], strict=True):
        fewer = spread(table.rows, [_fewer(result, row, name, each) for row in table.rows], edges_s)
        axes.plot(middles_s, fewer, "v", color=ORANGE, markersize=4.5, label="with one agent fewer there")
        finish(axes, each)
    return figure


def _fewer(result: Result, block: Row, name: str, each: Judged) -> float | None:
    """Value of a promised figure in a block with one agent fewer: of the group whose is worst."""
    there = (row for row in result.table("one_fewer").rows if row["start_s"] == block["start_s"])
    known = [quantity.value for quantity in quantities(there, name) if quantity.value is not None]
    return (min if each.side == "at least" else max)(known, default=None)


@styled
def levels(result: Result) -> Figure:
    """Agents over the day, for each confidence."""
    figure = style.canvas(result.title, "agents for a share of days that keep all targets", 4.0)
    axes, edges_s = figure.subplots(), edges(result, result.table("requirement").rows)
    looks = ((GREY, ":"), (MID, "--"), (ORANGE, "-."), (DARK, "-"), (RED, "-"))
    hours = {row["level"]: row["agent_hours"] for row in result.table("levels").rows}
    by_level = groupby(result.table("staffing_by_level").rows, key=lambda row: row["level"])
    for (level, of_level), (colour, dash) in zip(by_level, looks, strict=False):
        rows = list(of_level)
        agents, label = spread(rows, _agents(result, rows), edges_s), f"{level}: {hours[level]:,.1f} h"
        axes.stairs(agents, edges_s, baseline=None, color=colour, linestyle=dash, linewidth=1.7, label=label)
    axes.set_ylabel("agents")
    axes.set_ylim(bottom=0)
    style.counts(axes.yaxis)
    style.heading(axes, "The surer, the more agents")
    time_of_day((axes,), result, edges_s)
    return figure
