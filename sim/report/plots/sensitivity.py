"""What moves a figure? A tornado: a bar for each change, the widest swing on top."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.numbers import target_text, with_unit
from sim.report.plots import style
from sim.report.plots.risk import risk
from sim.report.plots.style import DARK, INK, MID, RED, styled
from sim.report.result import Result, Row


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Pictures of a sensitivity by name."""
    drawn = {"tornado": tornado} | ({"risk": risk} if result.has("risk") else {})
    return {name: partial(draw, result) for name, draw in drawn.items()}


@styled
def tornado(result: Result) -> Figure:
    """A bar for each change, from the figure as it is to what it becomes: the widest swing on top."""
    table, unit, title = result.table("inputs"), result.facts["unit"], result.facts["figure_title"]
    inputs = list(dict.fromkeys(row["input"] for row in table.rows))
    subject = f"what moves {result.facts['in_words']}"
    figure = style.canvas(result.title, subject, 1.9 + 0.27 * len(table.rows) + 0.16 * len(inputs))
    axes = figure.subplots()
    place, ticks, rows = 0.0, [], []  # type: float, list[float], list[tuple[float, Row]]
    for name in inputs:
        mine = [row for row in table.rows if row["input"] == name]
        ticks.append(place + (len(mine) - 1) / 2)
        rows += [(place + k, row) for k, row in enumerate(mine)]
        place += len(mine) + 0.6
    _draw_effects(axes, rows, result)
    value = result.facts["value"] or 0.0
    axes.axvline(value, color=INK, linewidth=2.0, label=f"as it is: {with_unit(unit, value)}")
    for bound in result.facts["bounds"]:
        label = f"target: {target_text(unit, bound['value'], bound['side'])}"
        axes.axvline(bound["value"], color=RED, linestyle="--", linewidth=1.3, label=label)
    axes.set_yticks(ticks, [textwrap.fill(name, 30) for name in inputs])
    axes.set_ylim(place - 0.9, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.margins(x=0.16)
    axes.set_xlabel(title if unit == "share" else f"{title} [{unit}]")
    if unit == "share":
        style.shares(axes.xaxis)
    style.heading(axes, f"One input changed at a time, {result.head.replications} replications of each")
    return figure


def _draw_effects(axes: Axes, rows: Sequence[tuple[float, Row]], result: Result) -> None:
    """Draw each effect at its place: a bar, the interval of the difference, and what was changed."""
    base, better = result.facts["value"] or 0.0, result.facts["better"]
    places = np.array([place for place, _ in rows])
    differences = [row["difference"] for _, row in rows]
    values = np.array([each.value or 0.0 for each in differences])
    lows, highs = (
        np.array([v if getattr(each, side) is None else getattr(each, side)
                  for v, each in zip(values, differences, strict=True)])
        for side in ("low", "high")
    )  # fmt: skip
    rises = ("better", "worse") if better == "higher" else ("worse", "better")
    for is_here, label in ((values > 0, rises[0]), (values < 0, rises[1])):
        look: dict[str, Any] = {"color": MID if label == "better" else DARK, "label": label}
        if better == "neither":
            look = {"color": DARK}
        if is_here.any():
            axes.barh(places[is_here], values[is_here], left=base, height=0.82, **look)
    if (result.head.replications or 0) > 1:
        reach = np.array([values - lows, highs - values])
        look = {"ecolor": INK, "elinewidth": 1.0, "capsize": 2.5, "label": "95 % interval of the difference"}
        axes.errorbar(base + values, places, xerr=reach, fmt="none", **look)
    for (place, row), value, low, high in zip(rows, values, lows, highs, strict=True):
        side = -1 if value < 0 else 1
        axes.annotate(
            row["change"],
            (base + (low if side < 0 else high), place),
            xytext=(5 * side, 0),
            textcoords="offset points",
            ha="right" if side < 0 else "left",
            va="center",
            fontsize=8.5,
        )
