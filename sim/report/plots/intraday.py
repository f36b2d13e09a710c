"""How does today go on? Pictures of a day in progress."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import Floats
from sim.kpis.estimate import Quantity
from sim.report.plots import style
from sim.report.plots.style import DARK, INK, MID, PALE, RED, styled
from sim.report.result import Result, Row


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """The day so far and to come, and what can be done."""
    found: dict[str, Callable[[], Figure]] = {"day": partial(day, result)}
    if result.table("moves").rows:
        found["moves"] = partial(moves, result)
    return found


@styled
def day(result: Result) -> Figure:
    """Chats, and missed ones, by interval: what came, then the band of what is to come."""
    rows = result.table("intervals").rows
    width = result.facts["interval_s"]
    edges_s = np.append([row["start_s"] for row in rows], rows[-1]["start_s"] + width)
    figure = style.canvas(result.title, f"the day at {result.facts['now']}", 5.4)
    panels = figure.subplots(2, 1, sharex=True)
    for axes, name, title in zip(panels, ("offered", "missed"), ("Chats", "Missed"), strict=True):
        _draw(axes, rows, name, edges_s)
        if name == "offered":
            forecast = [row["forecast"] for row in rows]
            axes.stairs(forecast, edges_s, baseline=None, color=MID, linestyle="--", label="forecast")
        axes.axvline(result.facts["now_s"], color=RED, linewidth=1.0, label="now")
        axes.set_ylim(bottom=0)
        axes.set_ylabel(f"in {width / 60:g} minutes")
        style.counts(axes.yaxis)
        style.heading(axes, title, columns=4)
    style.clock(panels, style.clocks(result.facts), float(edges_s[0]), float(edges_s[-1]))
    return figure


def _draw(axes: Axes, rows: Sequence[Row], name: str, edges_s: Floats) -> None:
    low, middle, high = (
        np.array([np.nan if row[key] is None else row[key] for row in rows])
        for key in (f"{name}_low", name, f"{name}_high")
    )
    style.fill(axes, low, high, edges_s, facecolor=PALE, edgecolor=DARK, linewidth=0.5, label="80 % band")
    axes.stairs(middle, edges_s, baseline=None, color=DARK, label="came, then median")


@styled
def moves(result: Result) -> Figure:
    """Each move: chance more, and missed chats more, with 95 % intervals."""
    rows = result.table("moves").rows
    labels = [textwrap.fill(f"{row['move']} ({row['hours']:+.1f} h)", 44) for row in rows]
    figure = style.canvas(result.title, "what can be done", 1.6 + 0.36 * len(rows))
    panels = figure.subplots(1, 2, sharey=True)
    for axes, name, title in zip(
        panels, ("chance", "missed"), ("Chance, more", "Chats missed, more"), strict=True
    ):
        _bars(axes, [row[name] for row in rows])
        style.heading(axes, title)
    panels[0].set_yticks(np.arange(len(rows)), labels)
    panels[0].set_ylim(len(rows) - 0.4, -0.6)
    style.shares(panels[0].xaxis)
    return figure


def _bars(axes: Axes, values: Sequence[Quantity]) -> None:
    at = np.arange(len(values))
    middle = np.array([value.value or 0.0 for value in values])
    low = np.array([middle[k] if value.low is None else value.low for k, value in enumerate(values)])
    high = np.array([middle[k] if value.high is None else value.high for k, value in enumerate(values)])
    axes.barh(at, middle, height=0.6, color=MID)
    axes.errorbar(middle, at, xerr=[middle - low, high - middle], fmt="none", ecolor=INK, capsize=2)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
