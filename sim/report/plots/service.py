"""How is what is promised kept over the day? A panel a target, its bound, and a clock below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import Floats
from sim.kpis.estimate import Quantity
from sim.report.plots import style
from sim.report.plots.style import RED
from sim.report.promise import DAYS_KEPT
from sim.report.result import Judged, Result, Row, Table


def promised(result: Result) -> list[Judged]:
    """Targets of figures: all but the share of days."""
    return [each for each in result.judged if each.kpi != DAYS_KEPT]


def quantities(rows: Iterable[Row], name: str) -> list[Quantity]:
    """Quantities of a column of *rows*, judged or not."""
    cells = (row[name] for row in rows)
    return [cell.quantity if isinstance(cell, Judged) else cell for cell in cells]


def service(result: Result, table: Table, edges_s: Floats, label: str) -> tuple[Figure, list[Axes]]:
    """Draw each promised figure of a *table*'s rows in a panel of its own; `finish` each at the end."""
    targets, days = promised(result), result.facts["days"] * (result.head.replications or 0)
    figure = style.canvas(result.title, f"what is promised, over {days:,} days", 1.2 + 2.3 * len(targets))
    panels = list(figure.subplots(len(targets), 1, sharex=True, squeeze=False)[:, 0])
    for axes, each, name in zip(panels, targets, result.facts["figures"], strict=True):
        found = quantities(table.rows, name)
        sides = (
            spread(table.rows, [getattr(quantity, side) for quantity in found], edges_s)
            for side in ("value", "low", "high", "p10", "p90")
        )
        style.steps(axes, style.Band(*sides), edges_s, label, "days", days)
        if each.unit == "share":
            style.shares(axes.yaxis)
        else:
            axes.set_ylabel(each.unit)
    time_of_day(panels, result, edges_s)
    return figure, panels


def finish(axes: Axes, each: Judged) -> None:
    """Draw the bound of a target, say what one sees, and name what is drawn."""
    if each.bound is not None:
        axes.axhline(each.bound, color=RED, linestyle="--", linewidth=1.3, label="target")
    style.heading(axes, f"{each.title}, {each.where}" if each.where else each.title)


def edges(result: Result, rows: Sequence[Row]) -> Floats:
    """Edges of the planning intervals from the first of *rows* to the last."""
    width_s = result.facts["interval_s"]
    first, end = round(rows[0]["start_s"] / width_s), round(rows[-1]["end_s"] / width_s)
    return np.asarray(np.arange(first, end + 1) * width_s, dtype=np.float64)


def spread(rows: Sequence[Row], values: Sequence[float | None], edges_s: Floats) -> Floats:
    """A value of each of the *rows* in each interval between the edges; NaN where there is none."""
    found = np.full(len(edges_s) - 1, np.nan)
    for row, value in zip(rows, values, strict=True):
        inside = (edges_s[:-1] >= row["start_s"]) & (edges_s[1:] <= row["end_s"])
        found[inside] = np.nan if value is None else value
    return found


def time_of_day(panels: Sequence[Axes], result: Result, edges_s: Floats) -> None:
    """Label the axis that *panels* share with clock times, and with the day or days that it stands for."""
    local, days = style.clocks(result.facts), result.facts["days"]
    style.clock(panels, local, float(edges_s[0]), float(edges_s[-1]))
    if days > 1:
        last = local.midnight(days - 1)
        span = f"{style.date_text(local, 0)} to {style.date_text(local, last)} {local.date(last).year}"
        panels[-1].set_xlabel(f"time of day, {span}")
