"""Does what came lie within the bands? A picture of a backtest, a panel for each figure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from sim.kpis.definitions import BY_NAME
from sim.report.plots import style
from sim.report.plots.by_queue import numbers_of
from sim.report.plots.style import DARK, MID, ORANGE, PALE, styled
from sim.report.result import Result
from sim.scenario.units import end_text


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """All figures by interval of the day."""
    return {"by_interval": partial(by_interval, result)} if result.table("by_interval").rows else {}


@styled
def by_interval(result: Result) -> Figure:
    """What came as points, what was predicted as a line with its band; points beside it stand out."""
    rows = result.table("by_interval").rows
    names = list(dict.fromkeys(row["kpi"] for row in rows))
    figure = style.canvas("Backtest", result.title, 1.2 + 1.9 * len(names))
    width_s = result.facts["interval_min"] * 60.0
    for axes, name in zip(figure.subplots(len(names), 1, squeeze=False)[:, 0], names, strict=True):
        mine = [row for row in rows if row["kpi"] == name]
        at = numbers_of(mine, "start_s") + width_s / 2
        low, high = numbers_of(mine, "low"), numbers_of(mine, "high")
        axes.fill_between(
            at, low, high, color=PALE, linewidth=0, label=f"{100 * result.facts['band']:.0f} % band"
        )
        axes.plot(at, numbers_of(mine, "predicted"), color=MID, label="predicted")
        came, inside = numbers_of(mine, "came"), np.array([row["inside"] for row in mine], dtype=np.bool_)
        axes.plot(at[inside], came[inside], "o", color=DARK, markersize=3, label="came")
        if not inside.all():
            axes.plot(
                at[~inside], came[~inside], "D", color=ORANGE, markersize=4, label="came, beside the band"
            )
        axes.set_ylim(bottom=0)
        if BY_NAME[name].unit == "share":
            style.shares(axes.yaxis)
        else:
            axes.set_ylabel(BY_NAME[name].unit)
        ticks = np.arange(0, 25, 3) * 3600
        axes.set_xticks(ticks, [end_text(float(tick)) for tick in ticks])
        axes.set_xlim(at.min() - 1.5 * width_s, at.max() + 1.5 * width_s)
        style.heading(axes, BY_NAME[name].title, columns=4)
    return figure
