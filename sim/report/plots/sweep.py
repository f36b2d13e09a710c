"""How does one thing trade against another? Pictures of a sweep: curves, staffing against service, heat maps.

A curve has two bands: the 95 % interval of the mean says how sure it is, and 10–90 % of days how days vary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME
from sim.report.plots import style
from sim.report.plots.grid import Grid, bounds, column, exists
from sim.report.plots.heat import BLUES, heat
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.result import Result, Row

PANELS = ("service_level", "missed_rate", "asa_s", "frt_s", "response_s")
"""Figures that have a panel of their own among the trade-offs; the last panel shows the agents' time."""
TEAM = (("occupancy", "-", "o"), ("attention", "--", "s"), ("slot_utilisation", ":", "^"))
_MARKERS = "osD^vP*X"
_MOST_LINES = 8


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """All pictures of a sweep by name."""
    found: dict[str, Callable[[], Figure]] = {}
    if len(result.facts["vary"]) == 1:
        found["trade_offs"] = partial(trade_offs, result)
    else:
        found["heat"] = partial(heat, result)
    if result.facts["changes_paid_hours"] is not None:
        found["staffing"] = partial(staffing_trade_off, result)
    return found


@styled
def trade_offs(result: Result) -> Figure:
    """Service, waits, replies and the agents' time over one variable, with both bands and the targets."""
    grid = Grid(result)
    names = [name for name in PANELS if exists(grid.points, name)]
    n_rows = -(-(len(names) + 1) // 2)
    figure = style.canvas(grid.name, f"trade-offs, {grid.basis}", 1.1 + 2.3 * n_rows)
    panels = list(figure.subplots(n_rows, 2, sharex=True, squeeze=False).flat)
    for name, axes in zip(names, panels, strict=False):
        _draw_curve(axes, grid, name)
    _draw_team(panels[len(names)], grid)
    for axes in panels[: len(names) + 1]:
        if grid.cheapest is not None:
            place = _places(grid)[grid.points.index(grid.cheapest)]
            axes.axvline(place, color=ORANGE, linewidth=5, alpha=0.35, zorder=0.6)
        _label_values(axes, grid)
    for axes in panels[len(names) + 1 :]:
        axes.set_axis_off()
    for axes in panels[len(names) - 1 : len(names) + 1]:
        axes.set_xlabel(grid.titles[0])
        axes.tick_params(labelbottom=True)
    figure.legend(handles=_curve_handles(grid), loc="outside lower left", ncols=3)
    return figure


@styled
def staffing_trade_off(result: Result) -> Figure:
    """Wait and missed chats over staffing; a line for each value of the other variable.

    Raises
    ------
    ValueError
        If nothing that is varied changes the paid hours.
    """
    grid = Grid(result)
    size = grid.size
    if size is None:
        raise ValueError("nothing that is varied changes the staffing")
    figure = style.canvas(grid.name, f"staffing against wait and missed chats, {grid.basis}", 4.6)
    wait, missed = figure.subplots(1, 2)
    lines = [line for line in grid.along(size) if line]
    chosen = [lines[k] for k in np.unique(np.linspace(0, len(lines) - 1, _MOST_LINES).round().astype(int))]
    for axes, name in ((wait, "asa_s"), (missed, "missed_rate")):
        colours = [BLUES(x) for x in np.linspace(1.0, 0.45, len(chosen))]
        for line, colour, marker in zip(chosen, colours, cycle(_MARKERS), strict=False):
            _draw_staffed(axes, grid, size, line, name, colour, marker)
        _draw_bound(axes, grid.points, name)
        if grid.cheapest is not None:
            value = column([grid.cheapest], name, "value")
            axes.plot(_staff(grid, size, [grid.cheapest]), value, "*", color=ORANGE, markeredgecolor=INK,
                      markersize=16, zorder=5)  # fmt: skip
        axes.set_xlabel(_staff_label(grid, size))
        axes.set_ylim(bottom=0)
        _finish(axes, name)
    wait.set_title("Wait (ASA) [s]")
    figure.legend(handles=_staff_handles(grid, size, chosen), loc="outside lower left", ncols=3)
    return figure


# Curves


def _draw_curve(axes: Axes, grid: Grid, name: str) -> None:
    at = _places(grid)
    sides = {side: column(grid.points, name, side) for side in ("value", "low", "high", "p10", "p90")}
    is_curve = _is_curve(grid)
    if grid.replications > 1 and is_curve:
        axes.fill_between(at, sides["p10"], sides["p90"], facecolor=PALE, linewidth=0)
        axes.fill_between(at, sides["low"], sides["high"], color=MID, linewidth=0)
        for side in ("p10", "p90"):
            axes.plot(at, sides[side], ":", color=DARK, linewidth=0.9)
    elif grid.replications > 1:
        axes.vlines(at, sides["p10"], sides["p90"], color=PALE, linewidth=14)
        axes.vlines(at, sides["low"], sides["high"], color=MID, linewidth=7)
    axes.plot(at, sides["value"], "o-" if is_curve else "o", color=DARK, markersize=4)
    _draw_bound(axes, grid.points, name)
    axes.set_ylim(bottom=0)
    _finish(axes, name)
    if BY_NAME[name].unit == "share":
        axes.set_ylim(top=min(axes.get_ylim()[1], 1.03))


def _draw_team(axes: Axes, grid: Grid) -> None:
    at = _places(grid)
    for (name, dash, marker), colour in zip(TEAM, (DARK, MID, GREY), strict=True):
        values = column(grid.points, name, "value")
        look: dict[str, Any] = {"linestyle": dash if _is_curve(grid) else "none", "marker": marker}
        axes.plot(at, values, color=colour, markersize=4, label=BY_NAME[name].title, **look)
    axes.set_ylim(0, 1.03)
    axes.set_title("Agents' time on duty")
    style.shares(axes.yaxis)
    axes.legend(loc="best", labelspacing=0.2)


def _draw_bound(axes: Axes, points: Sequence[Row], name: str) -> None:
    """Draw the target of a figure, as a line over all points, for it may be varied itself."""
    for bound in bounds(points, name):
        axes.axhline(bound, color=RED, linestyle="--", linewidth=1.3, zorder=1.5)


def _finish(axes: Axes, name: str) -> None:
    kpi = BY_NAME[name]
    axes.set_title(kpi.title if kpi.unit == "share" else f"{kpi.title} [{kpi.unit}]")
    if kpi.unit == "share":
        style.shares(axes.yaxis)


def _curve_handles(grid: Grid) -> list[Any]:
    handles: list[Any] = [Line2D([], [], color=DARK, marker="o", markersize=4, label="mean")]
    if grid.targets:
        handles.append(Line2D([], [], color=RED, linestyle="--", linewidth=1.3, label="target"))
    if grid.cheapest is not None:
        label = "best that keeps all targets" if grid.size is None else "cheapest that keeps all targets"
        handles.append(Patch(color=ORANGE, alpha=0.35, label=label))
    if grid.replications > 1:
        handles.append(Patch(color=MID, label="95 % interval of the mean"))
        label = f"10–90 % of {grid.days}"
        handles.append(Patch(facecolor=PALE, edgecolor=DARK, linestyle=":", label=label))
    return handles


def _places(grid: Grid) -> Floats:
    """Where values stand on an axis: numbers where they belong, words in order."""
    vary = grid.varies[0]
    values = [point[vary.path] for point in grid.points]
    if not grid.is_numeric(0):
        values = [vary.values.index(value) for value in values]
    return np.array(values, dtype=np.float64)


def _label_values(axes: Axes, grid: Grid) -> None:
    if not grid.is_numeric(0):
        names = grid.value_texts(0)
        axes.set_xticks(range(len(names)), names, rotation=20, ha="right")
        axes.set_xlim(-0.5, len(names) - 0.5)
    elif all(isinstance(value, int) for value in grid.varies[0].values):
        style.counts(axes.xaxis)


def _is_curve(grid: Grid) -> bool:
    """Whether there is anything between the points: numbers, and more than one."""
    return grid.is_numeric(0) and len(grid.points) > 1


# Staffing


def _draw_staffed(
    axes: Axes, grid: Grid, size: int, line: Sequence[Row], name: str, colour: Any, marker: str
) -> None:
    at = _staff(grid, size, line)
    sides = {side: column(line, name, side) for side in ("value", "low", "high", "p10", "p90")}
    if grid.replications > 1:
        axes.vlines(at, sides["p10"], sides["p90"], color=colour, linewidth=1.0, alpha=0.7)
        axes.vlines(at, sides["low"], sides["high"], color=colour, linewidth=4.0, alpha=0.6)
    axes.plot(at, sides["value"], color=colour, linewidth=1.2)
    for keeps, face in ((True, colour), (False, "white")):
        some = [k for k, point in enumerate(line) if (point["keeps_all_targets"] is not False) == keeps]
        axes.plot(at[some], sides["value"][some], marker, markeredgecolor=colour, markerfacecolor=face,
                  markersize=6, zorder=3)  # fmt: skip


def _staff(grid: Grid, size: int, points: Sequence[Row]) -> Floats:
    """Staffing of *points*: what is varied if it is a number that is set, else paid hours a day."""
    key = grid.varies[size].path if _is_set(grid, size) else "paid_h_a_day"
    return np.array([point[key] for point in points], dtype=np.float64)


def _staff_label(grid: Grid, size: int) -> str:
    return grid.titles[size] if _is_set(grid, size) else "paid hours a day"


def _is_set(grid: Grid, size: int) -> bool:
    alone = all(
        len({round(point["paid_h_a_day"], 6) for point in points}) == 1
        for v in range(len(grid.varies))
        if v != size
        for points in grid.along(v)
    )
    return alone and grid.varies[size].operator == "=" and grid.is_numeric(size)


def _staff_handles(grid: Grid, size: int, lines: Sequence[Sequence[Row]]) -> list[Any]:
    handles: list[Any] = []
    if len(grid.varies) > 1:
        colours = [BLUES(x) for x in np.linspace(1.0, 0.45, len(lines))]
        for line, colour, marker in zip(lines, colours, cycle(_MARKERS), strict=False):
            label = grid.setting(1 - size, line[0])
            handles.append(Line2D([], [], color=colour, marker=marker, label=label))
    if grid.targets:
        handles.append(Line2D([], [], color=RED, linestyle="--", linewidth=1.3, label="target"))
        look: dict[str, Any] = {"linestyle": "", "marker": "o", "markeredgecolor": DARK}
        handles.append(Line2D([], [], markerfacecolor=DARK, label="keeps all targets", **look))
        handles.append(Line2D([], [], markerfacecolor="white", label="misses one", **look))
    if grid.cheapest is not None:
        star: dict[str, Any] = {"linestyle": "", "marker": "*", "color": ORANGE, "markeredgecolor": INK}
        handles.append(Line2D([], [], markersize=13, label="cheapest that keeps all", **star))
    if grid.replications > 1:
        handles.append(Line2D([], [], color=DARK, linewidth=4, alpha=0.6, label="95 % interval of the mean"))
        handles.append(Line2D([], [], color=DARK, linewidth=1, label=f"10–90 % of {grid.days}"))
    return handles
