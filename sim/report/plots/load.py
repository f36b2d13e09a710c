"""How did the day go on the server? Pictures of predicted and measured, and of how long the server took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from sim.report.plots import style
from sim.report.plots.style import DARK, INK, MID, ORANGE, styled
from sim.report.result import Result


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """The day, and the latencies."""
    return {"day": partial(day, result), "latencies": partial(latencies, result)}


@styled
def day(result: Result) -> Figure:
    """Chats that wait and chats that are held over time: in the twin, and on the server."""
    rows = result.table("over_time").rows
    times_s = [row["at_s"] for row in rows]
    figure = style.canvas(result.title, "the day on the server and its simulated twin", 5.4)
    panels = list(figure.subplots(2, 1, sharex=True))
    for axes, what, title in zip(
        panels, ("queue", "open"), ("Chats that wait", "Chats that agents hold"), strict=True
    ):
        predicted = [row[f"predicted_{what}"] for row in rows]
        measured = [row[f"measured_{what}"] for row in rows]
        axes.plot(times_s, predicted, color=DARK, drawstyle="steps-post", label="predicted")
        axes.plot(
            times_s,
            measured,
            color=ORANGE,
            drawstyle="steps-post",
            linestyle="--",
            linewidth=1.3,
            label="measured",
        )
        axes.set_ylim(bottom=0)
        style.counts(axes.yaxis)
        style.heading(axes, title)
    style.clock(panels, dt.date.fromisoformat(result.facts["start"]), times_s[0], times_s[-1])
    return figure


@styled
def latencies(result: Result) -> Figure:
    """How long the server took for each verb: from the median to the longest, on a logarithmic axis."""
    rows = [row for row in result.table("latencies").rows if row["count"]]
    figure = style.canvas(result.title, "how long the server took", 1.7 + 0.42 * len(rows))
    axes = figure.subplots()
    marks = (
        ("p50_ms", "median", "o", DARK),
        ("p95_ms", "p95", "s", MID),
        ("p99_ms", "p99", "D", ORANGE),
        ("max_ms", "longest", "|", INK),
    )
    for k, row in enumerate(rows):
        axes.plot([row["p50_ms"], row["max_ms"]], [k, k], color=INK, linewidth=0.8, zorder=1)
    for name, label, marker, colour in marks:
        axes.plot(
            [row[name] for row in rows], range(len(rows)), marker, color=colour, markersize=5, label=label
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yticks(range(len(rows)), [row["verb"] for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("milliseconds of the wall clock")
    if not rows:
        style.remark(axes, "nothing was asked of the server")
    style.heading(axes, "Times of each verb, from the moment when it should have begun")
    return figure
