"""What do our pictures have in common? Colours, type, bands and a clock on the horizontal axis.

Colours are shades of the colour-blind safe `petroff10`, chosen so that they differ in grey as well; whatever
carries meaning also has a dash, a hatch or a marker. Nothing here touches the settings of the process.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator

from sim.world.scenario import Scenario
from sim.world.units import DAY_S, HOUR_S, Floats, clock_text

INK = "#1d2733"
DARK, MID, PALE, FAINT = "#174a7c", "#6aa7dc", "#cfe2f3", "#eef1f4"
"""Four steps of one blue, from the line of a mean to the ground: 10–90 % bands are pale, intervals mid."""
ORANGE, RED, GREY = "#ffa90e", "#bd1f01", "#94a4a2"

WIDTH_IN = 7.5

_SETTINGS: dict[str, Any] = {
    "figure.dpi": 100.0,
    "savefig.dpi": 150.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "sim",
    "text.parse_math": False,  # a name may contain a dollar
    "text.color": INK,
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#dde2e7",
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.8,
    "hatch.color": "white",
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "legend.fontsize": 9.0,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "legend.handletextpad": 0.5,
    "legend.columnspacing": 1.1,
    "lines.linewidth": 1.6,
}

P = ParamSpec("P")
T = TypeVar("T")


def styled(function: Callable[P, T]) -> Callable[P, T]:
    """Run *function* in our style, whatever the settings of the process, and leave those alone."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        with style.context(["default", _SETTINGS]):
            return function(*args, **kwargs)

    return inside


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A figure in each planning interval, NaN where there is none: all of shape (n_intervals,)."""

    value: Floats
    low: Floats
    """Ends of the 95 % interval of the mean: how sure it is."""
    high: Floats
    p10: Floats
    """Ends of the band in which 80 % of the replications lie: how it varies."""
    p90: Floats


def canvas(title: str, height_in: float) -> Figure:
    """Empty figure of the width of a page, with its *title* at the left."""
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    figure.suptitle(textwrap.fill(title, 74), x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    return figure


def heading(axes: Axes, title: str, columns: int = 4) -> None:
    """Say in a *title* what one sees, and name what is drawn in a row beneath it."""
    handles, labels = axes.get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda k: "10–90" in labels[k] or "interval" in labels[k])
    handles, labels = [handles[k] for k in order], [labels[k] for k in order]
    rows = -(-len(labels) // columns)
    axes.set_title(textwrap.fill(title, 74), pad=6 + 15 * rows)
    if labels:
        axes.legend(
            handles, labels, ncols=columns, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2
        )


def remark(axes: Axes, text: str) -> None:
    """Write *text* in the middle of axes that would else be empty."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", style="italic")


def steps(axes: Axes, band: Band, edges_s: Floats, label: str, days: str, n: int) -> None:
    """Draw a mean of *n* replications as steps over its intervals, with both its bands."""
    if n > 1:
        _fill(axes, band.p10, band.p90, edges_s, PALE, f"10–90 % of {days}")
        _fill(axes, band.low, band.high, edges_s, MID, "95 % interval of the mean")
    axes.stairs(band.value, edges_s, baseline=None, color=DARK, linewidth=1.6, label=label)


def _fill(axes: Axes, low: Floats, high: Floats, edges_s: Floats, colour: str, label: str) -> None:
    lower, upper = np.append(low, low[-1:]), np.append(high, high[-1:])
    axes.fill_between(edges_s, lower, upper, step="post", color=colour, linewidth=0, label=label)


def counts(axis: Axis) -> None:
    """Whole numbers only on an axis."""
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))


def shares(axis: Axis) -> None:
    """Shares in per cent on an axis."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))


def percent(share: float) -> str:
    """A *share* in words.

    >>> percent(0.804), percent(0.003)
    ('80 %', '0.3 %')
    """
    few = 0 < share < 0.095
    return f"{100 * share:.1f} %" if few else f"{100 * share:.0f} %"


def date_text(scenario: Scenario, time_s: float) -> str:
    """Day of a time in seconds since the first midnight, such as "Mon 2 Mar"."""
    day = scenario.start + dt.timedelta(days=int(time_s // DAY_S))
    return f"{day:%a} {day.day} {day:%b}"


def clock(axes: Axes, scenario: Scenario, from_s: float, to_s: float) -> None:
    """Label the horizontal axis with clock times, and with days where there are several."""
    axes.set_xlim(from_s, to_s)
    first, last = int(from_s // DAY_S), int(-(-to_s // DAY_S))
    if last - first > 7:
        ticks = np.arange(first, last + 1) * float(DAY_S)
    else:
        step_s = _step(to_s - from_s)
        ticks = np.arange(-(-from_s // step_s), to_s // step_s + 1) * step_s
    timed = [clock_text(tick) if last - first <= 7 else "" for tick in ticks]
    axes.xaxis.set_major_locator(FixedLocator(ticks.tolist()))
    axes.xaxis.set_major_formatter(FixedFormatter(timed))
    if last - first <= 1:
        axes.set_xlabel(f"time of day, {date_text(scenario, from_s)} {scenario.start.year}")
        return
    days = range(first, last, -(-(last - first) // 10))
    middles = [(max(from_s, day * DAY_S) + min(to_s, (day + 1) * DAY_S)) / 2 for day in days]
    axes.xaxis.set_minor_locator(FixedLocator(middles))
    names = [f"\n{date_text(scenario, day * DAY_S)}" for day in days]
    axes.xaxis.set_minor_formatter(FixedFormatter(names))
    axes.xaxis.remove_overlapping_locs = False
    axes.tick_params(axis="x", which="minor", length=0)
    axes.set_xlabel("time of day")
    for day in range(first + 1, last):
        axes.axvline(day * DAY_S, color=GREY, linewidth=0.8, zorder=0.5)


def _step(span_s: float) -> float:
    """Seconds between labels, so that they fit."""
    for minutes in (5, 10, 15, 30, 60, 120, 180, 240, 360, 720):
        if span_s / (minutes * 60) <= 13:
            return minutes * 60.0
    return float(DAY_S)


def duration_unit(longest_s: float) -> tuple[float, str]:
    """Seconds in the unit in which durations up to *longest_s* read best, and its name.

    >>> duration_unit(240), duration_unit(3000), duration_unit(90000)
    ((1.0, 's'), (60.0, 'min'), (3600.0, 'h'))
    """
    if longest_s <= 900:
        return 1.0, "s"
    return (60.0, "min") if longest_s <= 4 * HOUR_S else (float(HOUR_S), "h")
