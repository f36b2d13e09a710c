"""How right is the simulator, and how wrong are formulas for chat?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator
from scipy import special

from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.result import Result, Row


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Pictures of trust by name."""
    drawn = {"trust": trust} | ({"formulas": formulas} if result.has("formulas") else {})
    return {name: partial(draw, result) for name, draw in drawn.items()}


LOOKS = {"share": ("o", "shares", DARK), "s": ("s", "times in seconds", ORANGE), "": ("^", "numbers", GREY)}
"""Marker, name and colour of the figures of a unit, any other at the end."""


@styled
def trust(result: Result) -> Figure:
    """Simulated against exact values, and the z-scores against what chance alone would give."""
    rows = result.table("rows").rows
    figure = style.canvas("Trust", f"{len(rows)} figures that are known, and the simulator's", 4.2)
    values, scores = figure.subplots(1, 2)
    _draw_values(values, rows)
    _draw_scores(scores, rows, result.facts["alpha"])
    return figure


def _draw_values(axes: Axes, known: Sequence[Row]) -> None:
    """Every figure but squares: exact across, simulated up, so that all should lie on the diagonal."""
    drawn = [row for row in known if not row["unit"].endswith("²")]
    for unit, (marker, label, colour) in LOOKS.items():
        rows = [row for row in drawn if _look(row) == unit]
        exact, value = [row["exact"] for row in rows], [row["simulated"] for row in rows]
        axes.plot(exact, value, marker, color=colour, label=label, markersize=4, markeredgewidth=0)
    wrong = [row for row in drawn if not row["agrees"]]
    if wrong:
        exact, value = [row["exact"] for row in wrong], [row["simulated"] for row in wrong]
        axes.plot(exact, value, "x", color=RED, label="disagrees", markersize=8, markeredgewidth=2)
    axes.set(xscale="log", yscale="log", xlabel="exact or published", ylabel="simulated")
    both = [part for row in drawn for part in (row["exact"], row["simulated"]) if part > 0]
    ends = (0.5 * min(both), 2 * max(both))
    axes.plot(ends, ends, color=INK, linewidth=0.8, zorder=0.5)
    axes.set(xlim=ends, ylim=ends)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_locator(NullLocator())
    axes.set_title("Each figure")
    axes.legend(loc="upper left")


def _look(row: Row) -> str:
    unit = row["unit"]
    return unit if unit in LOOKS else ""


def _draw_scores(axes: Axes, known: Sequence[Row], alpha: float) -> None:
    """Deviations in order against those of as many normal numbers, and how far the outermost may lie."""
    scores = np.sort([row["z"] for row in known if row["half"] > 0 and row["z"] is not None])
    n = len(scores)
    places = np.arange(1, n + 1)
    expected = special.ndtri((places - 0.5) / n)
    low, high = (special.ndtri(special.betaincinv(places, n + 1 - places, p)) for p in (0.025, 0.975))
    axes.fill_between(
        expected, low, high, color=PALE, linewidth=0, label="95 % band of chance, if independent"
    )
    axes.plot(expected, scores, "o", color=DARK, markersize=3.5, markeredgewidth=0, label="figures in order")
    bound = float(-special.ndtri(alpha / len(known) / 2))
    for side, label in ((-bound, "bound of the table, 1 %"), (bound, "")):
        axes.axhline(side, color=RED, linestyle=":", linewidth=1.3, label=label)
    ends = (float(expected[0]) - 0.3, float(expected[-1]) + 0.3)
    axes.plot(ends, ends, color=MID, linewidth=0.8)
    axes.set(
        xlabel="expected by chance alone [standard errors]",
        ylabel="simulated − exact [standard errors]",
        xlim=ends,
        ylim=(-1.4 * bound, 2 * bound),
    )
    axes.set_title("Their differences")
    axes.legend(loc="upper left", borderaxespad=0.2)


LINES = {
    "erlang_c": ("AHT alone ÷ slots, Erlang C", RED, "--", "v"),
    "erlang_a": ("AHT alone ÷ slots, Erlang A", ORANGE, "--", "^"),
    "measured": ("AHT measured ÷ slots, Erlang A", GREY, "-.", "D"),
    "factors": ("balanced chain, factors 1, 1.7, 2.5, 2.9", MID, ":", "s"),
    "repair": ("balanced chain, machine repair", DARK, "-", ""),
}
"""Name, colour, dash and marker of each formula."""


@styled
def formulas(result: Result) -> Figure:
    """Service level over load, as simulated and as formulas have it, and how far these are off."""
    table = result.table("formulas")
    points = table.rows
    figure = style.canvas("Formulas for chat", table.title, 6.4)
    slots = sorted({point["slots"] for point in points})
    panels = figure.subplots(2, len(slots), sharex=True, sharey="row", squeeze=False)
    for column, n in enumerate(slots):
        mine = [point for point in points if point["slots"] == n]
        _draw_levels(panels[0, column], mine)
        _draw_errors(panels[1, column], mine)
        panels[0, column].set_title(f"{n} slots an agent")
    panels[0, 0].set_ylabel("service level")
    panels[1, 0].set_ylabel("formula − simulation [points]")
    panels[1, len(slots) // 2].set_xlabel("load: chats ÷ the most that the agents can carry")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=2)
    return figure


def _draw_levels(axes: Axes, points: Sequence[Row]) -> None:
    loads = [point["load"] for point in points]
    for name, (label, colour, dash, marker) in LINES.items():
        values = [point[name] for point in points]
        axes.plot(loads, values, dash, color=colour, marker=marker, markersize=3.5, label=label)
    values = [point["simulated"].value or 0.0 for point in points]
    low, high = [point["simulated"].low for point in points], [point["simulated"].high for point in points]
    # An end that is not known is not drawn.
    lows = [np.nan if end is None else value - end for value, end in zip(values, low, strict=True)]
    highs = [np.nan if end is None else end - value for value, end in zip(values, high, strict=True)]
    look: dict[str, Any] = {"fmt": "o", "color": INK, "markersize": 4, "capsize": 2}
    axes.errorbar(loads, values, [lows, highs], label="simulated, 95 % interval", **look)
    axes.set_ylim(0, 1.04)
    style.shares(axes.yaxis)
    style.shares(axes.xaxis)


def _draw_errors(axes: Axes, points: Sequence[Row]) -> None:
    loads = [point["load"] for point in points]
    for name, (_, colour, dash, marker) in LINES.items():
        values = [100 * (point[name] - (point["simulated"].value or 0.0)) for point in points]
        axes.plot(loads, values, dash, color=colour, marker=marker, markersize=3.5)
    axes.axhline(0.0, color=INK, linewidth=0.8, zorder=0.5)
    axes.set_ylim(-55, 45)
    axes.set_xticks([0.6, 0.8, 1.0, 1.2])
