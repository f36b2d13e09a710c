"""Which pictures has a document? The day and what changes do, in its language; of other studies their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FuncFormatter

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Quantity
from sim.report.documents.answers import change_name, tightest
from sim.report.documents.content import Picture, Words
from sim.report.documents.local import Local
from sim.report.documents.svg import svg_of
from sim.report.plots import style
from sim.report.plots.style import DARK, INK, MID, PALE, RED, styled
from sim.report.result import Judged, Result, Table

MOST_LETTERS = 240_000
"""Of all pictures of a document together: a page of a few hundred kilobytes can be sent."""
MOST_PICTURES = 2
"""Of a study whose pictures are its own."""


def pictures(result: Result, local: Local) -> Iterator[Picture | Words]:
    """Pictures of a *result*, and a sentence about those that are too large."""
    room, left_out = MOST_LETTERS, list[str]()
    for name, title, figure, is_english in _figures(result, local):
        svg = svg_of(figure, f"p{len(left_out)}-{name}".replace("_", "-"), title)
        if len(svg) > room:
            left_out.append(title)
            continue
        room -= len(svg)
        yield Picture(svg, title, is_english)
        if is_english and local.language != "en":
            yield Words(local.say("picture_english"), look="note")
    if left_out:
        yield Words(local.say("left_out", list=", ".join(left_out)), look="note")


def _figures(result: Result, local: Local) -> Iterator[tuple[str, str, Figure, bool]]:
    """Name, title and picture, and whether it is labelled in English."""
    if has_day(result):
        kpi = _of_day(result)
        yield (
            "day",
            local.say("day_picture", figure=local.name(_title(result, kpi))),
            _day(result, kpi, local),
            False,
        )
        each = tightest(result)
        if each is not None and not each.where and result.has("changes"):
            title = local.say("change_picture", figure=local.title(each))
            yield "changes", title, _changes(result, each, local), False
        return
    for name, draw in list(result.pictures().items())[:MOST_PICTURES]:
        figure = draw()
        yield name, " ".join(figure.get_suptitle().split()) or name.replace("_", " "), figure, True


def has_day(result: Result) -> bool:
    """Whether a result has figures by interval, with what they rest on: not each table of that name."""
    if not result.has("intervals") or "interval_s" not in result.facts:
        return False
    return any(isinstance(row.get("offered"), Quantity) for row in result.table("intervals").rows)


def _of_day(result: Result) -> str:
    """Figure that is drawn along the day: the one that binds, if intervals have it."""
    names = {column.name for column in result.table("intervals").columns}
    each = tightest(result)
    return each.kpi if each is not None and each.kpi in names and not each.where else "service_level"


def _title(result: Result, kpi: str) -> str:
    return next(
        (each.title for each in result.judged if each.kpi == kpi and not each.where), BY_NAME[kpi].title
    )


@styled
def _day(result: Result, kpi: str, local: Local) -> Figure:
    table = result.table("intervals")
    rows = [k for k, row in enumerate(table.rows) if row.get("shown", True)]
    first, last = (min(rows), max(rows) + 1) if rows else (0, len(table.rows))
    starts = [float(row["start_s"]) for row in table.rows] + [
        float(table.rows[-1]["start_s"]) + float(result.facts["interval_s"])
    ]
    edges = np.array(starts[first : last + 1])
    figure = Figure(figsize=(style.WIDTH_IN, 4.9), layout="constrained")
    panels = list(figure.subplots(3, 1, sharex=True, height_ratios=(3, 3, 2)))
    for axes, name, unit in zip(panels, ("offered", kpi, "agents"), ("", BY_NAME[kpi].unit, ""), strict=True):
        _steps(axes, table, name, edges, first, unit, result, local)
    judged = [each for each in result.judged if each.kpi == kpi and not each.where and each.bound is not None]
    for each in judged:
        assert each.bound is not None
        panels[1].axhline(each.bound, color=RED, linestyle="--", linewidth=1.4)
    marks = [f"{local.say('target')}: {local.bound(each)}" for each in judged]
    titles = (local.name("Chats offered"), local.name(_title(result, kpi)), local.name("Agents on duty"))
    for axes, title, more in zip(panels, titles, ("", "  – –  ".join(["", *marks]), ""), strict=True):
        axes.set_title(f"{title}{more}")
    _explained(panels[0], result, local)
    _clock(panels, result, edges, local)
    return figure


def _steps(
    axes: Axes,
    table: Table,
    name: str,
    edges: Floats,
    first: int,
    unit: str,
    result: Result,
    local: Local,
) -> None:
    """A figure along the day: its mean, and the band in which most days lie."""
    cells = [row.get(name) for row in table.rows[first : first + len(edges) - 1]]
    found = [cell if isinstance(cell, Quantity) else None for cell in cells]

    def column(end: str) -> Floats:
        values = [None if cell is None else getattr(cell, end) for cell in found]
        return np.array([np.nan if value is None else float(value) for value in values])

    if (result.head.replications or 1) > 1:
        style.fill(axes, column("p10"), column("p90"), edges, facecolor=PALE, edgecolor=MID, linewidth=0.6)
    axes.stairs(column("value"), edges, baseline=None, color=DARK, linewidth=style.line_width(len(edges)))
    scale, more = (100.0, " %") if unit == "share" else (1.0, f" {local.name(unit)}" if unit else "")
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: local.numbers(f"{scale * value:,.4g}") + more)
    )
    axes.margins(y=0.08)
    if not unit:
        axes.set_ylim(bottom=0)


def _explained(axes: Axes, result: Result, local: Local) -> None:
    """Say what line and band are."""
    if (result.head.replications or 1) < 2:
        return
    band = "eight_in_ten" if result.facts.get("days") == 1 else "eight_runs_in_ten"
    axes.text(
        1.0, 1.03, f"━ {local.say('mean')}   ▒ {local.say(band)}", transform=axes.transAxes, ha="right",
        fontsize=9, color=INK,
    )  # fmt: skip


def _clock(panels: list[Axes], result: Result, edges: Floats, local: Local) -> None:
    """Clock times below the panels; days by their names in this language."""
    clocks = style.clocks(result.facts)
    style.clock(panels, clocks, float(edges[0]), float(edges[-1]))
    axes = panels[-1]
    date = clocks.date(float(edges[0]))
    middles = [float(at) for at in axes.get_xticks(minor=True)]
    if not middles:
        axes.set_xlabel(f"{local.say('time_of_day')}, {local.date(date, 'medium')}")
        return
    names = [local.date(clocks.date(at), "EEE d MMM") for at in middles]
    axes.xaxis.set_minor_formatter(FixedFormatter(names))
    axes.set_xlabel("")


@styled
def _changes(result: Result, each: Judged, local: Local) -> Figure:
    """The figure that binds with each change alone, the widest span first."""
    now = each.quantity.value
    assert now is not None
    bars: dict[str, list[tuple[str, float]]] = {}
    for row in result.table("changes").rows:
        cell = row.get(each.kpi)
        if isinstance(cell, Judged) and cell.quantity.value is not None:
            named = change_name({**row, "label": ""}, local).rstrip()
            bars.setdefault(named, []).append((local.cell(str(row["label"])), cell.quantity.value))
    order = sorted(bars, key=lambda name: max(abs(value - now) for _, value in bars[name]))
    figure = Figure(figsize=(style.WIDTH_IN, 0.9 + 0.3 * len(order)), layout="constrained")
    axes = figure.subplots()
    scale = 100.0 if each.unit == "share" else 1.0
    for y, name in enumerate(order):
        for k, (label, value) in enumerate(bars[name]):
            axes.barh(
                y, scale * (value - now), left=scale * now, height=0.62, color=(DARK, MID)[k % 2],
                hatch=("", "//")[k % 2],
            )  # fmt: skip
            side = "right" if value < now else "left"
            axes.annotate(
                label, (scale * value, y), xytext=(-3 if value < now else 3, 0), textcoords="offset points",
                ha=side, va="center", fontsize=8.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    axes.axvline(scale * now, color=INK, linewidth=1.2)
    if each.bound is not None:
        axes.axvline(scale * each.bound, color=RED, linestyle="--", linewidth=1.4)
    axes.set_yticks(range(len(order)), order)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    sign = " %" if each.unit == "share" else f" {local.name(each.unit)}" if each.unit else ""
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: local.numbers(f"{value:,.4g}") + sign))
    axes.margins(x=0.12)
    axes.set_title(
        f"━ {local.say('as_it_is')}    – – {local.say('target')}: {local.bound(each)}", fontweight="normal"
    )
    return figure
