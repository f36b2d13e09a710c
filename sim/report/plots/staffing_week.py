"""What does the staffing of a week look like? Who is on duty by day and time, and what is kept there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import Floats
from sim.report.numbers import number, target_text
from sim.report.plots import style
from sim.report.plots.heat import BLUES
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.result import Judged, Result, Row
from sim.scenario.units import HOUR_S, end_text

_CAUSES = ((DARK, ""), (MID, "//"), (ORANGE, ".."), (PALE, "xx"), (GREY, "\\\\"))
"""Colours and hatches of hours on duty and of what is lost, in turn."""


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Who is there and what is kept, by day and interval; and where paid hours go."""
    return {"week": partial(week, result), "hours": partial(hours, result)}


@styled
def week(result: Result) -> Figure:
    """Agents by day and time, and each promised figure there; missed targets are framed."""
    rows, days = result.table("requirement").rows, list(result.facts["day_titles"])
    names = [name for name in result.facts["figures"] if any(isinstance(row[name], Judged) for row in rows)]
    n = 1 + len(names)
    figure = style.canvas(
        result.title, "agents by day and time, and what is kept", 1.1 + n * (0.7 + 0.28 * len(days))
    )
    panels = list(figure.subplots(n, 1, squeeze=False, sharex=True).flat)
    starts = sorted({row["start_s"] for row in rows})
    groups = result.facts["groups"]
    agents = _cells(rows, days, starts, lambda row: float(sum(row[f"agents.{group}"] for group in groups)))
    _draw(panels[0], agents, days, "Agents on duty", "agents")
    for axes, name in zip(panels[1:], names, strict=True):
        _draw_figure(axes, rows, days, starts, name)
    _clock(panels[-1], starts, result.facts["interval_s"])
    return figure


def _cells(
    rows: Sequence[Row], days: list[str], starts: list[float], value: Callable[[Row], float | None]
) -> Floats:
    """Values by day and time; NaN where there is none."""
    cells = np.full((len(days), len(starts)), np.nan)
    for row in rows:
        found = value(row)
        cells[days.index(row["day"]), starts.index(row["start_s"])] = np.nan if found is None else found
    return cells


def _draw(axes: Axes, cells: Floats, days: list[str], title: str, unit: str) -> None:
    axes.pcolormesh(np.ma.masked_invalid(cells), cmap=BLUES, vmin=0, edgecolors="white", linewidth=0.4)
    axes.set_facecolor("white")
    axes.grid(visible=False)
    axes.set_yticks(np.arange(len(days)) + 0.5, days)
    axes.set_ylim(len(days), 0)
    axes.tick_params(length=0)
    axes.set_title(title)
    top = float(np.nanmax(cells)) if np.isfinite(cells).any() else 0.0
    size = 7.5 if cells.shape[1] <= 26 else 5.5
    if cells.shape[1] > 56:
        return
    for (day, at), value in np.ndenumerate(cells):
        if np.isfinite(value):
            shown = 100 * value if unit == "share" else value
            text = f"{shown:.0f}" if abs(shown) >= 9.95 or shown == 0 or unit == "agents" else f"{shown:.1f}"
            colour = "white" if value > 0.6 * top else INK
            axes.text(at + 0.5, day + 0.5, text, ha="center", va="center", fontsize=size, color=colour)


def _draw_figure(axes: Axes, rows: Sequence[Row], days: list[str], starts: list[float], name: str) -> None:
    """A promised figure; where it is missed there is a frame."""
    judged = [row[name] for row in rows]
    first = next(each for each in judged if isinstance(each, Judged))
    cells = _cells(rows, days, starts, lambda row: row[name].quantity.value)
    bound = "" if first.bound is None else f" ({target_text(first.unit, first.bound, first.side)})"
    where = f", {first.where}" if first.where else ""
    unit = " [%]" if first.unit == "share" else f" [{first.unit}]"
    _draw(axes, cells, days, f"{first.title}{where}{unit}{bound}; framed: missed", first.unit)
    for row in rows:
        if row[name].met is False:
            at, day = starts.index(row["start_s"]), days.index(row["day"])
            axes.plot(
                [at, at + 1, at + 1, at, at],
                [day, day, day + 1, day + 1, day],
                color=RED,
                linewidth=1.8,
                clip_on=False,
            )


def _clock(axes: Axes, starts: list[float], width_s: float) -> None:
    """Clock times below the columns: every hour or two."""
    step = max(1, round(HOUR_S / width_s)) * (1 if len(starts) * width_s <= 14 * HOUR_S else 2)
    places = list(range(0, len(starts), step))
    axes.set_xticks(places, [end_text(starts[k]) for k in places])


@styled
def hours(result: Result) -> Figure:
    """Paid hours of each day: on duty, and what is lost to each cause."""
    table = result.table("hours")
    rows = [row for row in table.rows if row["day"] in result.facts["day_titles"]]
    figure = style.canvas(result.title, "where paid hours go", 3.6)
    axes = figure.subplots()
    parts = [
        column
        for column in table.columns
        if column.unit == "h" and column.name not in {"planned_h", "paid_h"}
    ]
    base = np.zeros(len(rows))
    for column, (colour, hatch) in zip(parts, _CAUSES * len(parts), strict=False):
        values = np.array([row[column.name] for row in rows])
        if not values.any():
            continue
        label = f"{column.title.lower()}: {number(float(values.sum()), 'h')} h"
        axes.bar(
            np.arange(len(rows)),
            values,
            bottom=base,
            color=colour,
            hatch=hatch or None,
            width=0.7,
            label=label,
        )
        base = base + values
    axes.set_xticks(range(len(rows)), [row["day"] for row in rows])
    axes.set_ylabel("hours a week")
    style.heading(axes, "Hours a week of each kind of day")
    return figure
