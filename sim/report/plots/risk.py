"""How likely is the promise missed? Days, chances and what they are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.numbers import target_text
from sim.report.plots import style
from sim.report.plots.style import DARK, INK, MID, ORANGE, PALE, RED, styled
from sim.report.result import Result
from sim.scenario.units import plural


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Pictures of a risk by name."""
    return {"risk": partial(risk, result)}


@styled
def risk(result: Result) -> Figure:
    """How days differ, how likely a day, a week and a month miss the promise, and what makes them vary."""
    figure = style.canvas(result.title, f"the risk, {result.facts['months']} months simulated", 7.2)
    grid = figure.add_gridspec(2, 2, height_ratios=(1.0, 1.1))
    _draw_days(figure.add_subplot(grid[0, :]), result)
    _draw_chances(figure.add_subplot(grid[1, 0]), result)
    _draw_parts(figure.add_subplot(grid[1, 1]), result)
    return figure


def _draw_days(axes: Axes, result: Result) -> None:
    """Draw how many days have which value of the figure."""
    of, rows = result.facts["risk_of"], result.table("days").rows
    unit = of["unit"]
    if rows:
        width = rows[0]["to"] - rows[0]["from"]
        axes.bar([row["from"] for row in rows], [row["share"] for row in rows], width, align="edge",
                 color=MID, label="days")  # fmt: skip
        axes.axvspan(*of["p10_p90"], color=PALE, zorder=0.5, label="10–90 % of days")
        axes.axvline(of["mean"], color=INK, linewidth=1.2, label="mean of days")
    for bound in of["bounds"]:
        label = f"target: {target_text(unit, bound['value'], bound['side'])}"
        axes.axvline(bound["value"], color=RED, linestyle="--", linewidth=1.3, label=label)
    axes.set_xlabel(of["title"] if unit == "share" else f"{of['title']} [{unit}]")
    axes.set_ylabel("share of days")
    style.shares(axes.yaxis)
    if unit == "share":
        style.shares(axes.xaxis)
    style.heading(axes, f"The days' {of['in_words']}")


def _draw_chances(axes: Axes, result: Result) -> None:
    """Draw the probability to miss each target, by length of the period."""
    rows, periods = result.table("risk").shown_rows, result.facts["periods"]
    looks = ((DARK, ""), (MID, "//"), (PALE, ".."), (ORANGE, ""))
    width = 0.8 / len(rows)
    for k, row in enumerate(rows):
        at = np.arange(len(periods)) + (k - (len(rows) - 1) / 2) * width
        chances = [row[period["period"]] for period in periods]
        values = [chance.value for chance in chances]
        ends = [[c.value - c.low for c in chances], [c.high - c.value for c in chances]]
        colour, hatch = looks[k % len(looks)]
        axes.bar(at, values, width, color=colour, hatch=hatch, label=row["title"])
        axes.errorbar(at, values, ends, fmt="none", ecolor=INK, elinewidth=1, capsize=2)
    _name_periods(axes, periods)
    highest = max(row[period["period"]].high for row in rows for period in periods)
    axes.set_ylim(0, min(1.0, 1.1 * highest))
    style.shares(axes.yaxis)
    style.heading(axes, "Probability to miss, 95 % interval", columns=1)


def _draw_parts(axes: Axes, result: Result) -> None:
    """Draw what the variance is made of, by length of the period."""
    of, periods = result.facts["risk_of"], result.facts["periods"]
    if not of["varies"]:
        axes.set_axis_off()
        style.remark(axes, f"{of['in_words']} does not vary")
        return
    below = np.zeros(len(periods))
    looks = {"luck": (PALE, ""), "busyness": (MID, "//"), "forecast": (DARK, "")}
    for row in result.table("variance").rows:
        shares = np.array([row[period["period"]].value for period in periods])
        if shares.any():
            colour, hatch = looks[row["part"]]
            label = row["title"].lower()
            axes.bar(range(len(shares)), shares, 0.6, bottom=below, color=colour, hatch=hatch, label=label)
            below += shares
    _name_periods(axes, periods)
    axes.set_ylim(0, 1)
    style.shares(axes.yaxis)
    style.heading(axes, "Their variance is made of", columns=1)


def _name_periods(axes: Axes, periods: Sequence[Mapping[str, Any]]) -> None:
    names = [f"{period['period']}\n({plural(period['days'], 'day')})" for period in periods]
    axes.set_xticks(range(len(periods)), names)
