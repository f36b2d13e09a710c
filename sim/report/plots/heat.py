"""How do two things trade against each other? A heat map of each figure with a target over both."""

from __future__ import annotations

from collections.abc import Sequence
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
from sim.report.numbers import SIGNS, number, percent
from sim.report.plots import style
from sim.report.plots.grid import Grid, column, exists, target
from sim.report.plots.style import DARK, FAINT, INK, MID, ORANGE, PALE, RED, styled
from sim.report.result import Judged, Result, Row

BLUES = LinearSegmentedColormap.from_list("blues", [FAINT, PALE, MID, DARK])
_USUAL = ("service_level", "missed_rate")
"""Figures that are shown where none has a target."""
_MOST_NUMBERS = 14
"""A heat map with more columns or rows has no numbers in its cells."""
Cells = list[list[Row | None]]


@styled
def heat(result: Result) -> Figure:
    """Figures with targets over two variables, the targets' contours, and what keeps all of them.

    Raises
    ------
    ValueError
        If not two variables are varied.
    """
    grid = Grid(result)
    if len(grid.varies) != 2:
        raise ValueError("a heat map needs two variables")
    across = _across(grid)
    names = [name for name in grid.targets or _USUAL if exists(grid.points, name)]
    n = len(names) + bool(grid.targets)
    n_rows = -(-n // 2)
    figure = style.canvas(grid.name, f"two variables, {grid.basis}", 0.9 + 3.0 * n_rows)
    panels = list(figure.subplots(n_rows, 2, squeeze=False).flat)
    cells = _cells(grid, across)
    for name, axes in zip(names, panels, strict=False):
        _draw_heat(figure, axes, cells, name)
    if grid.targets:
        _draw_kept(panels[n - 1], grid, cells)
    for axes in panels[:n]:
        _label(axes, grid, across)
    for axes in panels[n:]:
        axes.set_axis_off()
    if grid.targets:
        figure.legend(handles=_handles(grid, across), loc="outside lower left", ncols=4)
    return figure


def _across(grid: Grid) -> int:
    """Variable of the horizontal axis: the team's size, else a circumstance such as the load, or the last."""
    if grid.size is not None:
        return grid.size
    return next((v for v, decided in enumerate(grid.decided) if not decided), 1)


def _cells(grid: Grid, across: int) -> Cells:
    """Points by row and column of the map."""
    n_rows, n_columns = grid.shape[1 - across], grid.shape[across]
    return [
        [grid.at(*((column, row) if across == 0 else (row, column))) for column in range(n_columns)]
        for row in range(n_rows)
    ]


def _draw_heat(figure: Figure, axes: Axes, cells: Cells, name: str) -> None:
    values = np.array([column(row, name, "value") for row in cells])
    judged = [[target(point, name) for point in row] for row in cells]
    known = [each for row in judged for each in row if each is not None]
    kpi = BY_NAME[known[0].kpi if known else name]
    bound = known[0].bound if known else None
    top = float(np.nanmax(values))
    if kpi.better == "lower" and bound:
        top = min(top, 3 * bound)  # what is far off need not be told apart
    colours = axes.pcolormesh(values, cmap=BLUES, vmin=0, vmax=top or 1.0, **_edges(values.shape))
    where = f", {known[0].where}" if known and known[0].where else ""
    title = f"{kpi.title}{where}" + ("" if bound is None else f" {_bound_text(known)}")
    axes.set_title(title if kpi.unit == "share" or bound is not None else f"{title} [{kpi.unit}]")
    if _fits(values.shape):
        _write_numbers(axes, values, kpi.unit, top)
    else:
        bar = figure.colorbar(colours, ax=axes, extend="max" if np.nanmax(values) > top else "neither")
        if kpi.unit == "share":
            style.shares(bar.ax.yaxis)
    _draw_contour(axes, [[each is not None and each.met is True for each in row] for row in judged])


def _bound_text(judged: Sequence[Judged]) -> str:
    """Target of a figure, if it is one and the same everywhere."""
    if len({(each.side, each.bound) for each in judged}) != 1:
        return "(targets vary)"
    side, bound, unit = judged[0].side, judged[0].bound or 0.0, judged[0].unit
    return f"{SIGNS[side]} {percent(bound) if unit == 'share' else f'{bound:g} {unit}'}"


def _write_numbers(axes: Axes, values: Floats, unit: str, top: float) -> None:
    for (row, place), value in np.ndenumerate(values):
        if isfinite(value):
            shown = 100 * value if unit == "share" else value
            text = f"{shown:.0f}" if abs(shown) >= 9.95 or shown == 0 else f"{shown:.1f}"
            colour = "white" if value > 0.6 * top else INK
            axes.text(place + 0.5, row + 0.5, text, ha="center", va="center", fontsize=7.5, color=colour)


def _draw_contour(axes: Axes, kept: Sequence[Sequence[bool]]) -> None:
    """Draw the edge between cells that keep a target and cells that miss it; nothing in between is known."""
    cells = np.array(kept)
    look: dict[str, Any] = {"color": RED, "linewidth": 2.2, "solid_capstyle": "projecting", "clip_on": False}
    for row, place in np.argwhere(cells[:, 1:] != cells[:, :-1]):
        axes.plot([place + 1, place + 1], [row, row + 1], **look)
    for row, place in np.argwhere(cells[1:] != cells[:-1]):
        axes.plot([place, place + 1], [row + 1, row + 1], **look)


def _draw_kept(axes: Axes, grid: Grid, cells: Cells) -> None:
    """Draw which cells keep all targets, what they cost, and the frontier with the cheapest."""
    kept = np.array(
        [[point is not None and point["keeps_all_targets"] is True for point in row] for row in cells]
    )
    missing = np.array([[point is None for point in row] for row in cells])
    shade = np.where(missing, np.nan, np.where(kept, 0.55, 0.0))
    axes.pcolormesh(shade, cmap=BLUES, vmin=0, vmax=1, **_edges(kept.shape))
    _draw_contour(axes, kept.tolist())
    fits = _fits(kept.shape)
    has_costs = grid.size is not None and fits
    axes.set_title("All targets" + (", paid hours a day" if has_costs else ""))
    for (row, place), is_kept in np.ndenumerate(kept):
        point, middle = cells[row][place], (place + 0.5, row + 0.5)
        if point is None:
            continue
        if point is grid.cheapest:
            star: dict[str, Any] = {"color": ORANGE, "markersize": 17 if fits else 9}
            axes.plot(*middle, "*", markeredgecolor=INK, **star)
        elif any(point is each for each in grid.best):
            axes.plot(*middle, "o", color="white", markeredgecolor=INK, markersize=15 if fits else 5)
        if is_kept and point is not grid.cheapest and has_costs:
            text = number(point["paid_h_a_day"], "h").removesuffix(".0")
            axes.text(*middle, text, ha="center", va="center", fontsize=7)


def _fits(shape: tuple[int, ...]) -> bool:
    """Whether numbers fit into the cells."""
    return max(shape) <= _MOST_NUMBERS


def _edges(shape: tuple[int, ...]) -> dict[str, Any]:
    """Lines between cells, unless these are as narrow themselves."""
    return {"edgecolors": "white", "linewidth": 0.5} if _fits(shape) else {}


def _label(axes: Axes, grid: Grid, across: int) -> None:
    axes.grid(visible=False)
    for v, axis in ((across, axes.xaxis), (1 - across, axes.yaxis)):
        texts = grid.value_texts(v)
        shown = range(0, len(texts), -(-len(texts) // 12))
        axis.set_ticks([k + 0.5 for k in shown], [texts[k] for k in shown])
        axis.set_tick_params(length=0)
    axes.set_xlabel(grid.titles[across])
    axes.set_ylabel(grid.titles[1 - across])


def _handles(grid: Grid, across: int) -> list[Any]:
    handles: list[Any] = [Line2D([], [], color=RED, linewidth=2.2, label="edge of the target")]
    handles.append(Patch(color=BLUES(0.55), label="keeps all targets"))
    if grid.best_of is None:
        return handles
    costs = grid.size is not None
    label = f"{'cheapest' if costs else 'best'} of its {'row' if grid.best_of == across else 'column'}"
    look: dict[str, Any] = {"linestyle": "", "markeredgecolor": INK}
    handles.append(Line2D([], [], marker="o", color="white", markersize=9, label=label, **look))
    if grid.cheapest is not None:
        label = f"{'cheapest' if costs else 'best'} of all"
        if costs:
            label += f", {number(grid.cheapest['paid_h_a_day'], 'h').removesuffix('.0')} h"
        label += "" if grid.cheapest["sure"] else ", not for sure"
        handles.append(Line2D([], [], marker="*", color=ORANGE, markersize=13, label=label, **look))
    return handles
