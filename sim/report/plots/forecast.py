"""What is to come, and how far off would it have been? Pictures of a forecast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.plots import style
from sim.report.plots.by_queue import MOST, numbers_of, panels, rows_of
from sim.report.plots.style import DARK, GREY, INK, MID, PALE, styled
from sim.report.result import Result, Row

Times = np.ndarray[tuple[int], np.dtype[np.datetime64]]
_DAYS = 7
"""Days of which the intervals are drawn."""


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Intervals of the first days with their band, all days, and what the past would have said."""
    found: dict[str, Callable[[], Figure]] = {
        "intervals": partial(intervals, result),
        "days": partial(days, result),
    }
    if result.table("backtest").rows:
        found["backtest"] = partial(backtest, result)
    return found


def _queues(result: Result) -> list[str]:
    return list(dict.fromkeys(row["queue"] for row in result.table("by_day").rows))[:MOST]


@styled
def intervals(result: Result) -> Figure:
    """Chats expected an interval on the first days, with the band."""
    figure, every = panels("The first days", result, _queues(result))
    for axes, queue in every:
        rows = rows_of(result, "by_interval", queue)
        n = len({row["day"] for row in rows}) or 1
        rows = rows[: len(rows) // n * min(n, _DAYS)]
        _drawn(axes, rows, _times(rows), "post")
        axes.set_ylabel(f"chats per {result.facts['interval_min']} minutes")
        style.heading(axes, f"{queue}: chats expected by interval", columns=2)
    return figure


@styled
def days(result: Result) -> Figure:
    """Chats expected a day, with the band."""
    figure, every = panels("Day by day", result, _queues(result))
    for axes, queue in every:
        rows = rows_of(result, "by_day", queue)
        _drawn(axes, rows, np.array([row["day"] for row in rows], dtype="datetime64[m]"), "mid")
        axes.set_ylabel("chats")
        style.heading(axes, f"{queue}: chats expected a day", columns=2)
    return figure


def _times(rows: list[Row]) -> Times:
    starts = [dt.datetime.fromisoformat(row["day"]) + dt.timedelta(seconds=row["start_s"]) for row in rows]
    return np.array(starts, dtype="datetime64[m]")


def _drawn(
    axes: Axes,
    rows: list[Row],
    at: np.ndarray[tuple[int], np.dtype[np.datetime64]],
    step: Literal["post", "mid"],
) -> None:
    mean, low, high = (numbers_of(rows, name) for name in ("chats", "low", "high"))
    if np.isfinite(low).any():
        axes.fill_between(at, low, high, step=step, color=PALE, linewidth=0, label="90 % band")
    axes.plot(at, mean, drawstyle=f"steps-{step}", color=DARK, linewidth=1.0, label="expected")
    axes.set_ylim(bottom=0)
    style.dates(axes.xaxis)


@styled
def backtest(result: Result) -> Figure:
    """Misses of each way of forecasting, on past days."""
    rows = result.table("backtest").rows
    names = [row["way"] if len(_queues(result)) == 1 else f"{row['queue']}: {row['way']}" for row in rows]
    figure = style.canvas("Backtest", result.title, 1.5 + 0.34 * len(rows))
    axes = figure.subplots()
    at = np.arange(len(rows))
    axes.barh(at - 0.18, [row["wmape"] for row in rows], 0.34, color=DARK, label="of intervals")
    axes.barh(at + 0.18, [row["wmape_day"] for row in rows], 0.34, color=MID, label="of days")
    axes.set_yticks(at, names)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=GREY, alpha=0.4)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    style.shares(axes.xaxis)
    axes.set_xlabel("misses, over the chats that came (wMAPE)")
    style.heading(axes, "How far off it would have been", columns=2)
    return figure
