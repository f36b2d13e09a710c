"""What do our pictures have in common? Colours, type, bands and a clock on the horizontal axis.

Colours are shades of the colour-blind safe `petroff10`, chosen so that they differ in grey as well; whatever
carries meaning also has a dash, a hatch or a marker. Nothing here touches the settings of the process.
"""

from __future__ import annotations

import datetime as dt
import textwrap
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.layout_engine import LayoutEngine
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator

from sim.arrays import Floats
from sim.scenario.local_time import LocalTime
from sim.scenario.units import DAY_S, clock_text

INK = "#1d2733"
DARK, MID, PALE, FAINT = "#174a7c", "#6aa7dc", "#cfe2f3", "#eef1f4"
"""Four steps of one blue, from the line of a mean to the ground: 10–90 % bands are pale, intervals mid."""
ORANGE, RED, GREY = "#ffa90e", "#bd1f01", "#94a4a2"

WIDTH_IN = 7.5
_LINE = 74
"""Letters of a title that fit in a line."""

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

_SCRIPTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "PingFang SC", "Hiragino Sans",
    "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "WenQuanYi Zen Hei", "Noto Sans Arabic",
)  # fmt: skip
"""Fonts for names in scripts that matplotlib's own font lacks, where the machine has them."""

P = ParamSpec("P")
T = TypeVar("T")


def styled(function: Callable[P, T]) -> Callable[P, T]:
    """Run *function* in our style, whatever the settings of the process, and leave those alone.

    A letter that no font of the machine has is drawn as a box, and nothing is said about it.
    """

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        fonts = {"font.family": ["DejaVu Sans", *(name for name in _SCRIPTS if name in _installed())]}
        with style.context(["default", _SETTINGS, fonts]), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
            return function(*args, **kwargs)

    return inside


@cache
def _installed() -> frozenset[str]:
    return frozenset(fontManager.get_font_names())


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


def canvas(name: str, subject: str, height_in: float, layout: LayoutEngine | None = None) -> Figure:
    """Empty figure of the width of a page, with the *name* of the scenario and its *subject* at the left."""
    figure = Figure(figsize=(WIDTH_IN, height_in), layout=layout or "constrained")
    title = f"{name}: {subject}"
    if len(title) > _LINE:
        title = f"{textwrap.fill(name, _LINE)}\n{subject}"
    figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    return figure


def heading(axes: Axes, title: str, columns: int | None = None) -> None:
    """Say in a *title* what one sees, and name what is drawn beneath it: in one row, or in two if need be."""
    handles, labels = axes.get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda k: "10–90" in labels[k] or "interval" in labels[k])
    handles, labels = [handles[k] for k in order], [labels[k] for k in order]
    if columns is None:
        short = sum(len(label) + 4 for label in labels) <= 88
        columns = max(len(labels) if short else -(-len(labels) // 2), 1)
    rows = -(-len(labels) // columns)
    axes.set_title(textwrap.fill(title, _LINE), pad=6 + 15 * rows)
    if labels:
        axes.legend(
            handles, labels, ncols=columns, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2
        )


def remark(axes: Axes, text: str) -> None:
    """Write *text* in the middle of axes that would else be empty."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", style="italic")


def steps(axes: Axes, band: Band, edges_s: Floats, label: str, days: str, n: int) -> None:
    """Draw a mean of *n* replications as steps over its intervals, with both its bands."""
    width = line_width(len(edges_s))
    if n > 1:
        dotted: dict[str, Any] = {"edgecolor": DARK, "linestyle": ":", "linewidth": 0.55 * width}
        fill(axes, band.p10, band.p90, edges_s, facecolor=PALE, label=f"10–90 % of {days}", **dotted)
        fill(axes, band.low, band.high, edges_s, color=MID, linewidth=0, label="95 % interval of the mean")
        fill(axes, band.p10, band.p90, edges_s, facecolor="none", **dotted)  # the wider may be either
    axes.stairs(band.value, edges_s, baseline=None, color=DARK, linewidth=width, label=label)


def fill(axes: Axes, low: Floats, high: Floats, edges_s: Floats, **look: Any) -> None:
    """Fill between two lines of steps over intervals."""
    lower, upper = np.append(low, low[-1:]), np.append(high, high[-1:])
    axes.fill_between(edges_s, lower, upper, step="post", **look)


def line_width(n_intervals: int) -> float:
    """Width of a line through so many intervals."""
    return 1.6 if n_intervals <= 150 else 0.8


def counts(axis: Axis) -> None:
    """Whole numbers only on an axis."""
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))


def shares(axis: Axis) -> None:
    """Shares in per cent on an axis."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.4g} %"))


def clocks(facts: Mapping[str, Any]) -> LocalTime:
    """Clocks of the centre that a result is about."""
    zone = facts.get("zone")
    return LocalTime(dt.date.fromisoformat(facts["start"]), zone, zone)


def date_text(local: LocalTime, time_s: float) -> str:
    """Day of a time in seconds since the first midnight, such as "Mon 2 Mar"."""
    day = local.date(time_s)
    return f"{day:%a} {day.day} {day:%b}"


def clock(panels: Sequence[Axes], local: LocalTime, from_s: float, to_s: float) -> None:
    """Label the horizontal axis that *panels* share with clock times, and with days if there are several."""
    first = local.place(from_s)[0]
    last = first + 1
    while local.midnight(last) < to_s:
        last += 1
    axes = panels[-1]
    axes.set_xlim(from_s, to_s)
    step_s = _step(to_s - from_s)
    ticks = _ticks(local, range(first, last + 1), step_s, from_s, to_s)
    timed = [local.end_text(tick) if tick == to_s else clock_text(local.place(tick)[1]) for tick in ticks]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FixedFormatter([] if step_s == DAY_S else timed))
    if last - first <= 1:
        axes.set_xlabel(f"time of day, {date_text(local, from_s)} {local.start.year}")
        return
    days = range(first, last, -(-(last - first) // 8))
    middles = [(max(from_s, local.midnight(day)) + min(to_s, local.midnight(day + 1))) / 2 for day in days]
    names = [date_text(local, local.midnight(day)) for day in days]
    axes.xaxis.set_minor_locator(FixedLocator(middles))
    axes.xaxis.set_minor_formatter(FixedFormatter(names))
    axes.xaxis.remove_overlapping_locs = False
    axes.set_xlabel("day" if step_s == DAY_S else "time of day")
    for panel in panels:
        panel.tick_params(axis="x", which="minor", length=0, pad=4 if step_s == DAY_S else 19)
        for day in range(first + 1, last):
            panel.axvline(local.midnight(day), color=GREY, linewidth=0.8, zorder=0.5)


def _ticks(local: LocalTime, days: range, step_s: float, from_s: float, to_s: float) -> list[float]:
    """Times at which the clocks show multiples of a step."""
    found = []
    for piece in (piece for day in days for piece in local.pieces(day)):
        shown = np.arange(-(-piece.clock_s // step_s) * step_s, piece.until_s, step_s)
        found += (piece.start_s + shown - piece.clock_s).tolist()
    return [tick for tick in found if from_s <= tick <= to_s]


def dates(axis: Axis) -> None:
    """Label an axis with dates, as few letters as say them."""
    locator = AutoDateLocator(maxticks=8)  # type: ignore[no-untyped-call]
    axis.set_major_locator(locator)
    axis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def _step(span_s: float) -> float:
    """Seconds between labels, so that they fit."""
    for minutes in (5, 10, 15, 30, 60, 120, 180, 240, 360, 720):
        if span_s / (minutes * 60) <= 13:
            return minutes * 60.0
    return float(DAY_S)
