"""Does each law fit its data? Pictures of a scenario that was fitted to a log."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.plots import style
from sim.report.plots.by_queue import numbers_of, panels, rows_of
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, styled
from sim.report.plots.volumes import WEEKDAYS, days, queues_of, week
from sim.report.result import Result, Row
from sim.scenario.units import DAY_S

_MOST_GROUPS = 4
_TITLES = {
    "agent_s": "An agent's time for a reply", "customer_s": "A customer's time for a message",
    "wrap_up_s": "Wrap-up", "work_s": "Handling time",
}  # fmt: skip


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """A usual week and the days; patience; replies; durations; replies by chats held; staffing."""
    found: dict[str, Callable[[], Figure]] = {"week": partial(week, result), "days": partial(days, result)}
    for name, draw in (("patience", patience), ("hazard", hazard), ("replies", replies), ("by_held", by_held),
                       ("staffing", staffing)):  # fmt: skip
        if result.table(name).rows:
            found[name] = partial(draw, result)
    for what in _TITLES:
        if any(row["what"] == what for row in result.table("durations").rows):
            found[what] = partial(durations, result, what)
    return found


def _queues(result: Result, table: str) -> list[str]:
    """Queues that are drawn of a table, in its order."""
    there = {row["queue"] for row in result.table(table).rows}
    return [queue for queue in queues_of(result) if queue in there]


@styled
def patience(result: Result) -> Figure:
    """Share of customers who would wait longer: as seen, and by the law."""
    figure, every = panels("How long customers wait", result, _queues(result, "patience"))
    for axes, queue in every:
        rows = rows_of(result, "patience", queue)
        at = numbers_of(rows, "at_s")
        share, low, high = (
            np.array([np.nan if (end := getattr(row["share"], side)) is None else end for row in rows])
            for side in ("value", "low", "high")
        )
        axes.fill_between(at, low, high, step="post", color=PALE, linewidth=0, label="95 % interval")
        axes.step(at, share, where="post", color=DARK, label="seen (Kaplan and Meier)")
        axes.plot(at, numbers_of(rows, "law"), color=ORANGE, linestyle="--", label="by the law")
        axes.set_ylim(0, 1.02)
        style.shares(axes.yaxis)
        axes.set_xlabel("wait in s")
        style.heading(axes, f"{queue}: share who would wait longer", columns=3)
    return figure


@styled
def hazard(result: Result) -> Figure:
    """Hazard of giving up by pieces."""
    figure, every = panels("When customers give up", result, _queues(result, "hazard"))
    for axes, queue in every:
        rows = rows_of(result, "hazard", queue)
        begin = numbers_of(rows, "from_s")
        last = 1.5 * begin[-1] if begin[-1] > 0 else 1.0
        edges = np.append(begin, last)
        value, low, high = (
            np.array([getattr(row["per_s"], side) for row in rows], dtype=np.float64)
            for side in ("value", "low", "high")
        )
        style.fill(axes, low, high, edges, color=PALE, linewidth=0, label="95 % interval")
        axes.stairs(value, edges, baseline=None, color=DARK, label="gave up, over the time waited")
        axes.set_ylim(bottom=0)
        axes.set_xlabel("wait in s")
        axes.set_ylabel("per s")
        style.heading(axes, f"{queue}: hazard of giving up", columns=2)
    return figure


@styled
def replies(result: Result) -> Figure:
    """Replies of a chat: as counted, and by the law."""
    figure, every = panels("Replies of a chat", result, _queues(result, "replies"))
    for axes, queue in every:
        rows = rows_of(result, "replies", queue)
        at = numbers_of(rows, "replies")
        axes.bar(at, numbers_of(rows, "share"), 0.8, color=MID, label="seen")
        axes.plot(at, numbers_of(rows, "law"), "o", color=DARK, markersize=3.5, label="by the law")
        style.shares(axes.yaxis)
        axes.set_xlabel("replies")
        style.heading(axes, f"{queue}: chats by replies", columns=2)
    return figure


@styled
def durations(result: Result, what: str) -> Figure:
    """Quantiles as seen against those of the law: on the line where they agree."""
    rows = [row for row in result.table("durations").rows if row["what"] == what]
    queues = [queue for queue in queues_of(result) if any(row["queue"] == queue for row in rows)]
    figure, every = panels(_TITLES[what], result, queues)
    for axes, queue in every:
        mine: list[Row] = [row for row in rows if row["queue"] == queue]
        seen, law = numbers_of(mine, "seen_s"), numbers_of(mine, "law_s")
        share = numbers_of(mine, "share")
        axes.step(seen, share, where="post", color=DARK, label="seen")
        axes.plot(law, share, color=ORANGE, linestyle="--", label="by the law")
        positive = seen[seen > 0]
        if len(positive) and positive.max() > 20 * positive.min():
            axes.set_xscale("log")
        axes.set_ylim(0, 1.02)
        style.shares(axes.yaxis)
        axes.set_xlabel("s")
        style.heading(axes, f"{queue}: share below", columns=2)
    return figure


@styled
def by_held(result: Result) -> Figure:
    """Attention and response by chats held."""
    rows = result.table("by_held").rows
    figure = style.canvas("Replies by chats held", result.title, 3.2)
    axes = figure.subplots()
    held = numbers_of(rows, "held")
    axes.plot(held, numbers_of(rows, "response_s"), "o-", color=DARK, label="response: message to reply")
    axes.plot(held, numbers_of(rows, "attention_s"), "s--", color=MID, label="attention for the reply alone")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("s")
    style.counts(axes.xaxis)
    axes.set_xlabel("chats that the agent held as the reply was begun")
    style.heading(axes, "Mean times by chats held", columns=2)
    return figure


@styled
def staffing(result: Result) -> Figure:
    """Agents on duty by weekday and time, with the range of what is inferred."""
    rows = result.table("staffing").rows
    groups = list(dict.fromkeys(row["group"] for row in rows))[:_MOST_GROUPS]
    figure, every = panels("Agents on duty", result, groups)
    for axes, group in every:
        mine = [row for row in rows if row["group"] == group]
        _week(axes, mine)
        style.heading(axes, f"{group}: agents on duty in a usual week", columns=3)
    return figure


def _week(axes: Axes, rows: list[Row]) -> None:
    n = len(rows)
    edges = np.arange(n + 1) * 7 * float(DAY_S) / n
    low, high = numbers_of(rows, "low"), numbers_of(rows, "high")
    if (high > low + 1e-9).any():
        style.fill(axes, low, high, edges, color=PALE, linewidth=0, label="range of what is inferred")
    axes.stairs(numbers_of(rows, "seen"), edges, baseline=None, color=GREY, label="seen")
    axes.stairs(numbers_of(rows, "agents"), edges, baseline=None, color=INK, linewidth=1.0, label="scenario")
    axes.set_ylim(bottom=0)
    axes.set_xlim(0, 7 * DAY_S)
    axes.set_xticks(np.arange(7) * DAY_S + DAY_S / 2, WEEKDAYS)
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("agents")
    for day in range(1, 7):
        axes.axvline(day * DAY_S, color=GREY, linewidth=0.6, zorder=0.5)
