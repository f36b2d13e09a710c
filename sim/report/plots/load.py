"""How did the day go on the server? Pictures of predicted and measured, and of how long the server took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from sim.report.plots import style
from sim.report.plots.style import DARK, FAINT, GREY, INK, MID, ORANGE, RED, styled
from sim.report.result import Result, Row

PANELS = (
    ("deliver_p99_ms", "Time to deliver, p99", "ms"),
    ("unanswered", "Unanswered, beyond what is predicted", "share"),
    ("errors", "Failed requests", ""),
    ("lost", "Messages lost", ""),
)
"""What is drawn of each load."""


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """The loads that were driven, the day, and the latencies: in virtual time there is nothing to see of
    these.
    """
    found: dict[str, Callable[[], Figure]] = {}
    if result.has("trials"):
        found["loads"] = partial(loads, result)
    found["day"] = partial(day, result)
    if not result.facts["virtual"]:
        found["latencies"] = partial(latencies, result)
    return found


@styled
def loads(result: Result) -> Figure:
    """What was measured of each load, beside its limit; where the server broke is shaded."""
    rows = result.table("trials").rows
    figure = style.canvas(result.title, "each load that was driven", 1.2 + 1.7 * len(PANELS))
    panels = list(figure.subplots(len(PANELS), 1, sharex=True))
    lower, upper = result.facts["lower"], result.facts["upper"]
    for axes, (name, title, unit) in zip(panels, PANELS, strict=True):
        if lower is not None and upper is not None:
            axes.axvspan(lower, upper, color=FAINT, zorder=0, label="between held and broken")
        _panel(axes, rows, name)
        for each in result.judged:
            if each.kpi == name and each.bound is not None:
                axes.axhline(each.bound, color=RED, linestyle="--", linewidth=1.2, label="limit")
        axes.set_ylim(bottom=0)
        if unit == "share":
            style.shares(axes.yaxis)
        else:
            axes.set_ylabel(unit)
        if axes is panels[0]:
            style.heading(axes, title, columns=4)
        else:
            axes.set_title(title)
    who = "customers" if result.facts["same_team"] else "customers and agents"
    panels[-1].set_xlabel(f"load: {who}, as a multiple of the scenario's")
    return figure


def _panel(axes: Axes, rows: Sequence[Row], name: str) -> None:
    """One figure over the loads: those at which all limits held, and those at which one did not."""
    known = [row for row in rows if row[name] is not None]
    axes.plot(
        [row["factor"] for row in known], [row[name] for row in known], color=GREY, linewidth=0.8, zorder=1
    )
    kinds = (
        ("all limits held", "o", DARK, [row for row in known if not row["broken"]]),
        ("a limit was missed", "X", RED, [row for row in known if row["broken"] and not row["doubt"]]),
        ("not judged", "s", MID, [row for row in known if row["doubt"]]),
    )
    for label, marker, colour, some in kinds:
        if some:
            axes.plot(
                [row["factor"] for row in some], [row[name] for row in some], marker, color=colour,
                markersize=6, label=label,
            )  # fmt: skip


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
        _shade(axes, result, named=axes is panels[0])
        style.heading(axes, title)
    style.clock(panels, style.clocks(result.facts), times_s[0], times_s[-1])
    return figure


def _shade(axes: Axes, result: Result, *, named: bool) -> None:
    """Shade the stages whose demand is not the usual, and name them in the first panel."""
    first_s, last_s = axes.get_xlim()
    for row in result.table("stages").rows if result.has("stages") else ():
        if row["from_factor"] == row["to_factor"] == 1:
            continue
        axes.axvspan(max(row["start_s"], first_s), min(row["end_s"], last_s), color=FAINT, zorder=0)
        axes.axvline(row["start_s"], color=GREY, linewidth=0.6, zorder=0.4)
        if named:
            axes.annotate(
                row["load"], (row["start_s"], 1), xycoords=("data", "axes fraction"), xytext=(2, -2),
                textcoords="offset points", va="top", fontsize=8, color=INK,
            )  # fmt: skip
    axes.set_xlim(first_s, last_s)


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
