"""By how much do scenarios differ? A forest of differences, a panel a scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.kpis.definitions import BY_NAME
from sim.report.numbers import signed
from sim.report.plots import style
from sim.report.plots.style import DARK, FAINT, GREY, INK, RED, styled
from sim.report.result import Judged, Result, Row
from sim.studies.compare import Seen

DRAWN = (
    "service_level", "missed_rate", "response_s", "asa_s", "wait_p90_s", "frt_s", "response_p90_s", "aht_s",
    "occupancy", "attention", "agent_hours", "paid_hours", "resolution", "csat", "conversion",
)  # fmt: skip
"""Figures of the forest plot, as far as they differ or have a target."""
_LOOKS: dict[str, tuple[str, str, str]] = {
    Seen.BETTER: ("o", DARK, DARK),
    Seen.WORSE: ("X", RED, RED),
    Seen.HIGHER: ("D", GREY, GREY),
    Seen.LOWER: ("D", GREY, GREY),
    Seen.UNSURE: ("s", INK, "white"),
    Seen.NONE: ("o", INK, "white"),
    Seen.SAME: ("|", INK, INK),
    Seen.UNKNOWN: ("|", GREY, GREY),
}
"""Marker, colour and filling of each verdict."""
_WIDEST = 1.5
"""Differences of more than about so many times the baseline, and intervals that go further, end in arrows."""


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """The one picture of a comparison."""
    return {"differences": partial(forest, result)}


@styled
def forest(result: Result) -> Figure:
    """Each figure's difference from the baseline as a share of it, with its interval, a panel a scenario."""
    names = drawn(result)
    _, *others = result.table("plans").rows
    n = len(others)
    subject = f"differences from A, {result.head.replications} replications, the same customers"
    height_in = 1.3 + n * (0.55 + 0.27 * max(len(names), 1))
    figure = style.canvas(result.head.scenarios[0], subject, height_in)
    panels = figure.subplots(n, 1, squeeze=False)[:, 0]
    for axes, plan in zip(panels, others, strict=True):
        rows = {row["kpi"]: row for row in _rows(result) if row["scenario"] == plan["label"]}
        _draw_forest(axes, [rows[name] for name in names], f"{plan['label']}: {plan['name']}")
    panels[-1].set_xlabel("difference from the baseline, as a share of it, with its 95 % interval")
    figure.legend(handles=_handles(result, names), loc="outside lower left", ncols=3)
    return figure


def drawn(result: Result) -> list[str]:
    """Figures that have a target or differ, in any of the scenarios."""
    rows = _rows(result)
    bound = {row["kpi"] for row in rows if Judged in {type(row["baseline"]), type(row["other"])}}
    wanted = {
        row["kpi"]
        for row in rows
        if row["difference"].value is not None and (row["kpi"] in bound or row["seen"] != Seen.SAME)
    }
    return [name for name in DRAWN if name in wanted]


def _rows(result: Result) -> Sequence[Row]:
    """Figures of whole centres."""
    return [row for row in result.table("differences").rows if not row["where"]]


def _draw_forest(axes: Axes, rows: Sequence[Row], title: str) -> None:
    sizes = [abs(_ends(row)[1]) for row in rows]
    edge = 1.25 * min(max(sizes, default=0.0), _WIDEST) or 0.1
    for place, row in enumerate(rows):
        if place % 2 == 0:
            axes.axhspan(place - 0.5, place + 0.5, color=FAINT, linewidth=0, zorder=0)
        if row["difference"].value is None:
            continue
        text = signed(row["difference"].value, row["unit"])
        axes.text(1.02, place, text, transform=axes.get_yaxis_transform(), va="center", fontsize=9)
        if row["relative"] is not None:
            _draw_row(axes, row, place, edge)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set(xlim=(-edge, edge), ylim=(len(rows) - 0.5, -0.5))
    axes.set_yticks(range(len(rows)), [BY_NAME[row["kpi"]].title for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    style.shares(axes.xaxis)
    axes.set_title(title)


def _draw_row(axes: Axes, row: Row, place: int, edge: float) -> None:
    """Draw a difference with its interval; what goes past an *edge* ends in an arrow."""
    marker, colour, face = _LOOKS[row["seen"]]
    low, at, high = _ends(row)
    axes.plot([max(low, -edge), min(high, edge)], [place, place], color=colour, linewidth=2)
    for end, beyond in ((-edge, low < -edge), (edge, high > edge)):
        if beyond:  # the interval goes on
            axes.plot([end], [place], "<" if end < 0 else ">", color=colour, markersize=5, clip_on=False)
    if abs(at) > edge:
        marker = ">" if at > 0 else "<"
    look: dict[str, Any] = {"color": colour, "markerfacecolor": face, "markersize": 7}
    axes.plot([min(max(at, -edge), edge)], [place], marker, clip_on=False, zorder=3, **look)


def _ends(row: Row) -> tuple[float, float, float]:
    """Low end, difference and high end, as shares of the baseline; none where that is zero."""
    by, baseline = row["difference"], row["baseline"]
    size = (baseline.quantity if isinstance(baseline, Judged) else baseline).value
    if not size or by.value is None:
        return (0.0, 0.0, 0.0)
    low = by.value if by.low is None else by.low
    high = by.value if by.high is None else by.high
    return low / abs(size), by.value / abs(size), high / abs(size)


def _handles(result: Result, names: Sequence[str]) -> list[Any]:
    """Legend of the verdicts that occur."""
    seen = {row["seen"] for row in _rows(result) if row["kpi"] in names}
    labels = {Seen.HIGHER: "higher or lower", Seen.LOWER: "higher or lower"}
    handles: dict[str, Any] = {}
    for verdict, (marker, colour, face) in _LOOKS.items():
        if verdict in seen:
            label = labels.get(Seen(verdict), str(verdict))
            look: dict[str, Any] = {"color": colour, "markerfacecolor": face, "linewidth": 2, "markersize": 7}
            handles[label] = Line2D([], [], marker=marker, label=label, **look)
    return list(handles.values())
