"""How does a usual week look, and which days were unlike it? Pictures of volumes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.plots import style
from sim.report.plots.by_queue import MOST, numbers_of, panels, rows_of
from sim.report.plots.heat import BLUES
from sim.report.plots.style import DARK, GREY, MID, ORANGE, styled
from sim.report.result import Result, Row
from sim.scenario.units import DAY_S, end_text

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """A usual week by weekday and interval, and the days one by one."""
    return {"week": partial(week, result), "days": partial(days, result)}


def queues_of(result: Result) -> list[str]:
    """Queues that are drawn: those with the most chats."""
    rows = sorted(result.table("queues").rows, key=lambda row: -row["chats"])
    return [row["queue"] for row in rows[:MOST]]


@styled
def week(result: Result) -> Figure:
    """Chats an interval, by weekday and time of day."""
    figure, every = panels("A usual week", result, queues_of(result), 2.1)
    for axes, queue in every:
        rows = rows_of(result, "usual_week", queue)
        cells = numbers_of(rows, "chats").reshape(7, -1)
        drawn = axes.imshow(
            np.ma.masked_invalid(cells), aspect="auto", cmap=BLUES, vmin=0, interpolation="nearest",
            extent=(0.0, float(DAY_S), 7.0, 0.0),
        )  # fmt: skip
        axes.set_facecolor(GREY)
        axes.grid(visible=False)
        axes.set_yticks(np.arange(7) + 0.5, WEEKDAYS)
        ticks = np.arange(0, 25, 3) * 3600
        axes.set_xticks(ticks, [end_text(float(tick)) for tick in ticks])
        minutes = result.facts["interval_min"]
        figure.colorbar(drawn, ax=axes, label=f"chats per {minutes} minutes", pad=0.01)
        style.heading(axes, f"{queue}: mean chats by weekday and time (grey: nobody knows)", columns=1)
    return figure


@styled
def days(result: Result) -> Figure:
    """Chats of each day, beside a usual one of its weekday."""
    figure, every = panels("Day by day", result, queues_of(result))
    for axes, queue in every:
        _days(axes, rows_of(result, "by_day", queue))
        style.heading(axes, f"{queue}: chats a day", columns=4)
    return figure


def _days(axes: Axes, rows: list[Row]) -> None:
    dates = [dt.date.fromisoformat(row["day"]) for row in rows]
    at = np.array(dates, dtype="datetime64[D]")
    came = numbers_of(rows, "chats")
    usual = numbers_of(rows, "usual")
    axes.plot(at, usual, color=MID, linewidth=1.0, linestyle=":", label="usual of the weekday")
    axes.plot(at, came, "o-", color=DARK, markersize=2.5, linewidth=0.9, label="came")
    odd = np.array([row["odd"] for row in rows], dtype=np.bool_)
    if odd.any():
        axes.plot(at[odd], came[odd], "D", color=ORANGE, markersize=5, label="unlike others")
    gone = np.isnan(came) & np.isfinite(usual)
    if gone.any():
        axes.plot(at[gone], np.zeros(gone.sum()), "x", color=GREY, markersize=6, label="nobody knows")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("chats")
    style.dates(axes.xaxis)
