"""How does one thing trade against another? Pictures of a sweep: curves, staffing against service, heat maps.

A curve has two bands: the 95 % interval of the mean says how sure it is, and 10–90 % of days how days vary.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from math import isfinite
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME
from sim.kpis.targets import Verdict
from sim.report.numbers import percent
from sim.report.plots import style
from sim.report.plots.style import DARK, FAINT, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.sweep import setting, value_text, variable
from sim.report.tables import SIGNS, number
from sim.studies.frontier import cheapest, frontier, staffing
from sim.studies.sweep import Point, Sweep, is_decided

PANELS = ("service_level", "missed_rate", "asa_s", "frt_s", "response_s")
"""Figures that have a panel of their own among the trade-offs; the last panel shows the agents' time."""
TEAM = (("occupancy", "-", "o"), ("attention", "--", "s"), ("slot_utilisation", ":", "^"))
_MARKERS = "osD^vP*X"
_MOST_LINES = 8
_MOST_NUMBERS = 14
"""A heat map with more columns or rows has no numbers in its cells."""
_BLUES = LinearSegmentedColormap.from_list("blues", [FAINT, PALE, MID, DARK])


def pictures(found: Sweep) -> dict[str, Figure]:
    """All pictures of a sweep by name."""
    result = {}
    if len(found.varies) == 1:
        result["trade_offs"] = trade_offs(found)
    else:
        result["heat"] = heat(found)
    if staffing(found) is not None:
        result["staffing"] = staffing_trade_off(found)
    return result


@styled
def trade_offs(found: Sweep) -> Figure:
    """Service, waits, replies and the agents' time over one variable, with both bands and the targets."""
    points = found.points
    names = [name for name in PANELS if any(point.figures[name].value is not None for point in points)]
    n_rows = -(-(len(names) + 1) // 2)
    figure = style.canvas(found.scenario.name, f"trade-offs, {_basis(found)}", 1.1 + 2.3 * n_rows)
    panels = figure.subplots(n_rows, 2, sharex=True, squeeze=False)
    best = cheapest(points) if is_decided(found.varies[0]) else None
    for name, axes in zip(names, panels.flat, strict=False):
        _draw_curve(axes, found, name)
    team = list(panels.flat)[len(names)]
    _draw_team(team, found)
    for axes in list(panels.flat)[: len(names) + 1]:
        if best is not None:
            place = _places(found, 0)[points.index(best)]
            axes.axvline(place, color=ORANGE, linewidth=5, alpha=0.35, zorder=0.6)
        _label_values(axes, found, 0)
    for axes in list(panels.flat)[len(names) + 1 :]:
        axes.set_axis_off()
    for axes in list(panels.flat)[len(names) - 1 : len(names) + 1]:
        axes.set_xlabel(variable(found.scenario, found.varies[0]))
        axes.tick_params(labelbottom=True)
    figure.legend(handles=_curve_handles(found, best), loc="outside lower left", ncols=3)
    return figure


@styled
def staffing_trade_off(found: Sweep) -> Figure:
    """Wait and missed chats over staffing; a line for each value of the other variable.

    Raises
    ------
    ValueError
        If nothing that is varied changes the paid hours.
    """
    size = staffing(found)
    if size is None:
        raise ValueError("nothing that is varied changes the staffing")
    figure = style.canvas(
        found.scenario.name, f"staffing against wait and missed chats, {_basis(found)}", 4.6
    )
    wait, missed = figure.subplots(1, 2)
    lines = [line for line in found.along(size) if line]
    chosen = [lines[k] for k in np.unique(np.linspace(0, len(lines) - 1, _MOST_LINES).round().astype(int))]
    best = cheapest(found.points) if all(map(is_decided, found.varies)) else None
    for axes, name in ((wait, "asa_s"), (missed, "missed_rate")):
        colours = [_BLUES(x) for x in np.linspace(1.0, 0.45, len(chosen))]
        for line, colour, marker in zip(chosen, colours, cycle(_MARKERS), strict=False):
            _draw_staffed(axes, found, size, line, name, colour, marker)
        _draw_bound(axes, found.points, name)
        if best is not None:
            value = best.figures[name].value
            axes.plot(_staff(found, size, [best]), [value], "*", color=ORANGE, markeredgecolor=INK,
                      markersize=16, zorder=5)  # fmt: skip
        axes.set_xlabel(_staff_label(found, size))
        axes.set_ylim(bottom=0)
        _finish(axes, name)
    wait.set_title("Wait (ASA) [s]")
    figure.legend(handles=_staff_handles(found, size, chosen, best), loc="outside lower left", ncols=3)
    return figure


@styled
def heat(found: Sweep) -> Figure:
    """Figures with targets over two variables, the targets' contours, and what keeps all of them.

    Raises
    ------
    ValueError
        If not two variables are varied.
    """
    if len(found.varies) != 2:
        raise ValueError("a heat map needs two variables")
    across = _across(found)
    names = [verdict.bound.kpi for verdict in found.points[0].verdicts] or list(PANELS[:2])
    names = [name for name in names if any(point.figures[name].value is not None for point in found.points)]
    has_targets = any(point.verdicts for point in found.points)
    n = len(names) + has_targets
    n_rows = -(-n // 2)
    figure = style.canvas(found.scenario.name, f"two variables, {_basis(found)}", 0.9 + 3.0 * n_rows)
    panels = list(figure.subplots(n_rows, 2, squeeze=False).flat)
    grid = _grid(found, across)
    for name, axes in zip(names, panels, strict=False):
        _draw_heat(figure, axes, grid, name)
    if has_targets:
        _draw_kept(panels[n - 1], found, grid, across)
    for axes in panels[:n]:
        _label_grid(axes, found, across)
    for axes in panels[n:]:
        axes.set_axis_off()
    if has_targets:
        figure.legend(handles=_heat_handles(found, across), loc="outside lower left", ncols=4)
    return figure


# Curves


def _draw_curve(axes: Axes, found: Sweep, name: str) -> None:
    at = _places(found, 0)
    sides = {side: _column(found.points, name, side) for side in ("value", "low", "high", "p10", "p90")}
    is_curve = _is_curve(found)
    if found.replications > 1 and is_curve:
        axes.fill_between(at, sides["p10"], sides["p90"], facecolor=PALE, linewidth=0)
        axes.fill_between(at, sides["low"], sides["high"], color=MID, linewidth=0)
        for side in ("p10", "p90"):
            axes.plot(at, sides[side], ":", color=DARK, linewidth=0.9)
    elif found.replications > 1:
        axes.vlines(at, sides["p10"], sides["p90"], color=PALE, linewidth=14)
        axes.vlines(at, sides["low"], sides["high"], color=MID, linewidth=7)
    axes.plot(at, sides["value"], "o-" if is_curve else "o", color=DARK, markersize=4)
    _draw_bound(axes, found.points, name)
    axes.set_ylim(bottom=0)
    _finish(axes, name)
    if BY_NAME[name].unit == "share":
        axes.set_ylim(top=min(axes.get_ylim()[1], 1.03))


def _draw_team(axes: Axes, found: Sweep) -> None:
    at = _places(found, 0)
    for (name, dash, marker), colour in zip(TEAM, (DARK, MID, GREY), strict=True):
        values = _column(found.points, name, "value")
        look: dict[str, Any] = {"linestyle": dash if _is_curve(found) else "none", "marker": marker}
        axes.plot(at, values, color=colour, markersize=4, label=BY_NAME[name].title, **look)
    axes.set_ylim(0, 1.03)
    axes.set_title("Agents' time on duty")
    style.shares(axes.yaxis)
    axes.legend(loc="best", labelspacing=0.2)


def _draw_bound(axes: Axes, points: Sequence[Point], name: str) -> None:
    """Draw the target of a figure, as a line over all points, for it may be varied itself."""
    bounds = {v.bound.value for point in points for v in point.verdicts if v.bound.kpi == name}
    for bound in bounds:
        axes.axhline(bound, color=RED, linestyle="--", linewidth=1.3, zorder=1.5)


def _finish(axes: Axes, name: str) -> None:
    kpi = BY_NAME[name]
    axes.set_title(kpi.title if kpi.unit == "share" else f"{kpi.title} [{kpi.unit}]")
    if kpi.unit == "share":
        style.shares(axes.yaxis)


def _curve_handles(found: Sweep, best: Point | None) -> list[Any]:
    handles: list[Any] = [Line2D([], [], color=DARK, marker="o", markersize=4, label="mean")]
    if any(point.verdicts for point in found.points):
        handles.append(Line2D([], [], color=RED, linestyle="--", linewidth=1.3, label="target"))
    if best is not None:
        costs = staffing(found) is not None
        label = "cheapest that keeps all targets" if costs else "best that keeps all targets"
        handles.append(Patch(color=ORANGE, alpha=0.35, label=label))
    if found.replications > 1:
        handles.append(Patch(color=MID, label="95 % interval of the mean"))
        handles.append(
            Patch(facecolor=PALE, edgecolor=DARK, linestyle=":", label=f"10–90 % of {_days(found)}")
        )
    return handles


# Staffing


def _draw_staffed(
    axes: Axes, found: Sweep, size: int, line: Sequence[Point], name: str, colour: Any, marker: str
) -> None:
    at = _staff(found, size, line)
    sides = {side: _column(line, name, side) for side in ("value", "low", "high", "p10", "p90")}
    if found.replications > 1:
        axes.vlines(at, sides["p10"], sides["p90"], color=colour, linewidth=1.0, alpha=0.7)
        axes.vlines(at, sides["low"], sides["high"], color=colour, linewidth=4.0, alpha=0.6)
    axes.plot(at, sides["value"], color=colour, linewidth=1.2)
    for keeps, face in ((True, colour), (False, "white")):
        some = [k for k, point in enumerate(line) if (point.keeps or not point.verdicts) == keeps]
        axes.plot(at[some], sides["value"][some], marker, markeredgecolor=colour, markerfacecolor=face,
                  markersize=6, zorder=3)  # fmt: skip


def _staff(found: Sweep, size: int, points: Sequence[Point]) -> Floats:
    """Staffing of *points*: what is varied if it is a number that is set, else paid hours a day."""
    if _is_set(found, size):
        return np.array([point.values[size] for point in points], dtype=np.float64)
    return np.array([point.paid_h / found.scenario.days for point in points])


def _staff_label(found: Sweep, size: int) -> str:
    return variable(found.scenario, found.varies[size]) if _is_set(found, size) else "paid hours a day"


def _is_set(found: Sweep, size: int) -> bool:
    vary = found.varies[size]
    alone = all(
        len({round(point.paid_h, 6) for point in points}) == 1
        for v in range(len(found.varies))
        if v != size
        for points in found.along(v)
    )
    return alone and vary.operator == "=" and _numeric(vary.values)


def _staff_handles(
    found: Sweep, size: int, lines: Sequence[Sequence[Point]], best: Point | None
) -> list[Any]:
    handles: list[Any] = []
    if len(found.varies) > 1:
        other = 1 - size
        colours = [_BLUES(x) for x in np.linspace(1.0, 0.45, len(lines))]
        for line, colour, marker in zip(lines, colours, cycle(_MARKERS), strict=False):
            label = setting(found.scenario, found.varies[other], line[0].changes[other])
            handles.append(Line2D([], [], color=colour, marker=marker, label=label))
    if any(point.verdicts for point in found.points):
        handles.append(Line2D([], [], color=RED, linestyle="--", linewidth=1.3, label="target"))
        look: dict[str, Any] = {"linestyle": "", "marker": "o", "markeredgecolor": DARK}
        handles.append(Line2D([], [], markerfacecolor=DARK, label="keeps all targets", **look))
        handles.append(Line2D([], [], markerfacecolor="white", label="misses one", **look))
    if best is not None:
        star: dict[str, Any] = {"linestyle": "", "marker": "*", "color": ORANGE, "markeredgecolor": INK}
        handles.append(Line2D([], [], markersize=13, label="cheapest that keeps all", **star))
    if found.replications > 1:
        handles.append(Line2D([], [], color=DARK, linewidth=4, alpha=0.6, label="95 % interval of the mean"))
        handles.append(Line2D([], [], color=DARK, linewidth=1, label=f"10–90 % of {_days(found)}"))
    return handles


# Heat maps


def _across(found: Sweep) -> int:
    """Variable of the horizontal axis: the team's size, else a circumstance such as the load, or the last."""
    size = staffing(found)
    if size is not None:
        return size
    return next((v for v, vary in enumerate(found.varies) if not is_decided(vary)), 1)


def _grid(found: Sweep, across: int) -> list[list[Point | None]]:
    """Points by row and column of the map."""
    n_rows, n_columns = found.shape[1 - across], found.shape[across]
    return [
        [found.at(*((column, row) if across == 0 else (row, column))) for column in range(n_columns)]
        for row in range(n_rows)
    ]


def _draw_heat(figure: Figure, axes: Axes, grid: list[list[Point | None]], name: str) -> None:
    kpi = BY_NAME[name]
    values = np.array([[_value(point, name) for point in row] for row in grid], dtype=np.float64)
    verdicts = [[_verdict(point, name) for point in row] for row in grid]
    bound = next((verdict.bound.value for row in verdicts for verdict in row if verdict is not None), None)
    top = float(np.nanmax(values))
    if kpi.better == "lower" and bound:
        top = min(top, 3 * bound)  # what is far off need not be told apart
    colours = axes.pcolormesh(values, cmap=_BLUES, vmin=0, vmax=top or 1.0, **_edges(values.shape))
    title = kpi.title if bound is None else f"{kpi.title} {_bound_text(name, verdicts)}"
    axes.set_title(title if kpi.unit == "share" or bound is not None else f"{title} [{kpi.unit}]")
    if _fits(values.shape):
        _write_numbers(axes, values, kpi.unit, top)
    else:
        bar = figure.colorbar(colours, ax=axes, extend="max" if np.nanmax(values) > top else "neither")
        if kpi.unit == "share":
            style.shares(bar.ax.yaxis)
    _draw_contour(
        axes, [[verdict is not None and verdict.met is True for verdict in row] for row in verdicts]
    )


def _bound_text(name: str, verdicts: list[list[Verdict | None]]) -> str:
    """Target of a figure, if it is one and the same everywhere."""
    known = {(v.bound.side, v.bound.value) for row in verdicts for v in row if v is not None}
    if len(known) != 1:
        return "(targets vary)"
    side, bound = known.pop()
    unit = BY_NAME[name].unit
    return f"{SIGNS[side]} {percent(bound) if unit == 'share' else f'{bound:g} {unit}'}"


def _write_numbers(axes: Axes, values: Floats, unit: str, top: float) -> None:
    for (row, column), value in np.ndenumerate(values):
        if isfinite(value):
            shown = 100 * value if unit == "share" else value
            text = f"{shown:.0f}" if abs(shown) >= 9.95 or shown == 0 else f"{shown:.1f}"
            colour = "white" if value > 0.6 * top else INK
            axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=7.5, color=colour)


def _draw_contour(axes: Axes, kept: Sequence[Sequence[bool]]) -> None:
    """Draw the edge between cells that keep a target and cells that miss it; nothing in between is known."""
    cells = np.array(kept)
    look: dict[str, Any] = {"color": RED, "linewidth": 2.2, "solid_capstyle": "projecting", "clip_on": False}
    for row, column in np.argwhere(cells[:, 1:] != cells[:, :-1]):
        axes.plot([column + 1, column + 1], [row, row + 1], **look)
    for row, column in np.argwhere(cells[1:] != cells[:-1]):
        axes.plot([column, column + 1], [row + 1, row + 1], **look)


def _draw_kept(axes: Axes, found: Sweep, grid: list[list[Point | None]], across: int) -> None:
    """Draw which cells keep all targets, what they cost, and the frontier with the cheapest."""
    kept = np.array([[point is not None and point.keeps for point in row] for row in grid])
    missing = np.array([[point is None for point in row] for row in grid])
    shade = np.where(missing, np.nan, np.where(kept, 0.55, 0.0))
    axes.pcolormesh(shade, cmap=_BLUES, vmin=0, vmax=1, **_edges(kept.shape))
    _draw_contour(axes, kept.tolist())
    costs = staffing(found) is not None
    axes.set_title("All targets" + (", paid hours a day" if costs and _fits(kept.shape) else ""))
    best = frontier(found)
    rows = [row.point for row in best.rows if row.keeps] if best is not None else []
    star = best.cheapest if best is not None else None
    for r, row in enumerate(grid):
        for c, point in enumerate(row):
            middle = (c + 0.5, r + 0.5)
            if point is not None and point is star:
                axes.plot(
                    *middle, "*", color=ORANGE, markeredgecolor=INK, markersize=17 if _fits(kept.shape) else 9
                )
            elif point is not None and any(point is one for one in rows):
                axes.plot(
                    *middle,
                    "o",
                    color="white",
                    markeredgecolor=INK,
                    markersize=15 if _fits(kept.shape) else 5,
                )
            if point is not None and point.keeps and point is not star and costs and _fits(kept.shape):
                text = number(point.paid_h / found.scenario.days, "h").removesuffix(".0")
                axes.text(*middle, text, ha="center", va="center", fontsize=7)


def _fits(shape: tuple[int, ...]) -> bool:
    """Whether numbers fit into the cells."""
    return max(shape) <= _MOST_NUMBERS


def _edges(shape: tuple[int, ...]) -> dict[str, Any]:
    """Lines between cells, unless these are as narrow themselves."""
    return {"edgecolors": "white", "linewidth": 0.5} if _fits(shape) else {}


def _label_grid(axes: Axes, found: Sweep, across: int) -> None:
    axes.grid(visible=False)
    for v, axis in ((across, axes.xaxis), (1 - across, axes.yaxis)):
        changes = found.varies[v].changes()
        shown = range(0, len(changes), -(-len(changes) // 12))
        axis.set_ticks([k + 0.5 for k in shown], [value_text(changes[k]) for k in shown])
        axis.set_tick_params(length=0)
    axes.set_xlabel(variable(found.scenario, found.varies[across]))
    axes.set_ylabel(variable(found.scenario, found.varies[1 - across]))


def _heat_handles(found: Sweep, across: int) -> list[Any]:
    handles: list[Any] = [Line2D([], [], color=RED, linewidth=2.2, label="edge of the target")]
    handles.append(Patch(color=_BLUES(0.55), label="keeps all targets"))
    best = frontier(found)
    if best is not None:
        costs = staffing(found) is not None
        label = f"{'cheapest' if costs else 'best'} of its {'row' if best.inner == across else 'column'}"
        look: dict[str, Any] = {"linestyle": "", "markeredgecolor": INK}
        handles.append(Line2D([], [], marker="o", color="white", markersize=9, label=label, **look))
        if best.cheapest is not None:
            label = f"{'cheapest' if costs else 'best'} of all"
            if costs:
                label += f", {number(best.cheapest.paid_h / found.scenario.days, 'h').removesuffix('.0')} h"
            label += "" if best.cheapest.sure else ", not for sure"
            handles.append(Line2D([], [], marker="*", color=ORANGE, markersize=13, label=label, **look))
    return handles


# Shared


def _places(found: Sweep, variable_: int) -> Floats:
    """Where values stand on an axis: numbers where they belong, words in order."""
    values = found.varies[variable_].values
    if _numeric(values):
        return np.array([point.values[variable_] for point in found.points], dtype=np.float64)
    return np.array([values.index(point.values[variable_]) for point in found.points], dtype=np.float64)


def _label_values(axes: Axes, found: Sweep, variable_: int) -> None:
    changes = found.varies[variable_].changes()
    if not _numeric(found.varies[variable_].values):
        names = [value_text(change) for change in changes]
        axes.set_xticks(range(len(changes)), names, rotation=20, ha="right")
        axes.set_xlim(-0.5, len(changes) - 0.5)
    elif all(isinstance(change.value, int) for change in changes):
        style.counts(axes.xaxis)


def _is_curve(found: Sweep) -> bool:
    """Whether there is anything between the points: numbers, and more than one."""
    return _numeric(found.varies[0].values) and len(found.points) > 1


def _numeric(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _column(points: Sequence[Point], name: str, side: str) -> Floats:
    """One side of a figure over *points*; NaN where there is none."""
    return np.array([getattr(point.figures[name], side) for point in points], dtype=np.float64)


def _value(point: Point | None, name: str) -> float:
    value = None if point is None else point.figures[name].value
    return float("nan") if value is None else value


def _verdict(point: Point | None, name: str) -> Verdict | None:
    found = [verdict for verdict in point.verdicts if verdict.bound.kpi == name] if point is not None else []
    return found[0] if found else None


def _days(found: Sweep) -> str:
    return "days" if found.scenario.days == 1 else "replications"


def _basis(found: Sweep) -> str:
    """What a picture rests on."""
    if found.replications == 1:
        return "one replication, so without bands"
    return f"{found.replications} {_days(found)} at each point"
