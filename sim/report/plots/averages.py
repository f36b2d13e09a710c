"""Does the scenario reproduce the averages, and how sure are its agents? Pictures of a calibration."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, styled
from sim.report.result import Result

_FAR = 4.0
"""Averages further off than so many errors are drawn at the edge."""


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Averages given and reproduced, and agents with their bands, where there are any."""
    found: dict[str, Callable[[], Figure]] = {"averages": partial(averages, result)}
    if any(row["agents"] is not None for row in result.table("agents_needed").rows):
        found["agents"] = partial(agents, result)
    return found


@styled
def averages(result: Result) -> Figure:
    """How far each reproduced average is from the given one, in errors of its own."""
    rows = result.table("averages").rows
    figure = style.canvas("Averages", result.title, 1.6 + 0.32 * len(rows))
    axes = figure.subplots()
    axes.axvspan(-2, 2, color=GREY, alpha=0.25, linewidth=0, label="as given, within two errors")
    for k, row in enumerate(rows):
        off = row["difference"]
        inside = max(min(off, _FAR), -_FAR)
        mark = "o" if off == inside else ">" if off > 0 else "<"
        axes.plot([inside], [k], mark, color=DARK if abs(off) <= 2 else INK, markersize=5)
    axes.axvline(0.0, color=GREY, linewidth=1.0)
    axes.set_yticks(range(len(rows)), [textwrap.fill(row["title"], 34) for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-_FAR - 0.3, _FAR + 0.3)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("given minus reproduced, in errors of the average")
    style.heading(axes, "Averages, given and reproduced", columns=1)
    return figure


@styled
def agents(result: Result) -> Figure:
    """Agents that keep the targets, with the band of 90 % of possible centres."""
    rows = [row for row in result.table("agents_needed").rows if row["exact"] is not None]
    figure = style.canvas("Agents needed", result.title, 1.6 + 0.45 * len(rows))
    axes = figure.subplots()
    label = "agents needed, 90 % band"
    for k, row in enumerate(rows):
        sides = [[row["exact"] - row["exact_low"]], [row["exact_high"] - row["exact"]]]
        axes.errorbar(
            [row["exact"]], [k], xerr=sides, fmt="o", color=DARK, markersize=4.5, ecolor=INK,
            elinewidth=1.0, capsize=2.5, label=label,
        )  # fmt: skip
        label = "_"
    axes.set_yticks(range(len(rows)), [row["question"] for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("agents on duty at the peak")
    style.heading(axes, "Agents that keep the targets", columns=1)
    return figure
