"""What does a plan over months look like? People needed and there, and what is kept with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.numbers import target_text
from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.result import Judged, Result, Row


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """People by month, and each promised figure."""
    return {"people": partial(people, result), "kept": partial(kept, result)}


@styled
def people(result: Result) -> Figure:
    """People needed by month, and who is there: trained, in ramp, in training."""
    rows = result.table("months").rows
    figure = style.canvas(result.title, "people needed, and people there", 4.2)
    axes, at = figure.subplots(), np.arange(len(rows))
    base = np.zeros(len(rows))
    trained = [row["people"] - row["in_training"] - row["in_ramp"] for row in rows]
    ramp, training = ([row[name] for row in rows] for name in ("in_ramp", "in_training"))
    looks = (
        (trained, "trained", DARK, ""),
        (ramp, "in ramp", MID, "//"),
        (training, "in training", PALE, ".."),
    )
    for values, label, colour, hatch in looks:
        if any(values):
            axes.bar(at, values, bottom=base, color=colour, hatch=hatch or None, width=0.7, label=label)
            base = base + np.array(values)
    needed = np.array([row["required_fte"] for row in rows])
    axes.plot(at, needed, "o-", color=INK, markersize=4, label="needed (FTE)")
    axes.plot(
        at,
        [row["productive"] for row in rows],
        "s--",
        color=ORANGE,
        markersize=4,
        label="worth of those there",
    )
    late = result.table("late").rows
    if result.facts["hired"]:
        axes.plot(
            at, [row["productive_late"] for row in late], ":", color=RED, label="worth if hiring is late"
        )
    _months(axes, rows)
    axes.set_ylabel("people")
    axes.set_ylim(0, 1.05 * max(float(base.max()), float(needed.max()), 1.0))
    style.counts(axes.yaxis)
    style.heading(axes, "People by month", columns=3)
    return figure


@styled
def kept(result: Result) -> Figure:
    """Each promised figure by month: as planned, and if hiring is late."""
    names = result.facts["figures"]
    rows, late = result.table("months").rows, result.table("late").rows
    figure = style.canvas(result.title, "what is kept, month by month", 1.0 + 2.1 * len(names))
    panels = figure.subplots(len(names), 1, squeeze=False, sharex=True).flat
    for axes, name in zip(panels, names, strict=True):
        cells = [row[name] for row in rows]
        at = np.arange(len(rows))
        axes.plot(at, _values(cells), "o-", color=DARK, markersize=4, label="as planned")
        if result.facts["hired"]:
            values = _values([row[f"{name}_late"] for row in late])
            axes.plot(at, values, "s:", color=ORANGE, markersize=4, label="if hiring is late")
        first = next(each for each in cells if isinstance(each, Judged))
        if first.bound is not None:
            text = f"target {target_text(first.unit, first.bound, first.side)}"
            axes.axhline(first.bound, color=RED, linestyle="--", linewidth=1.2, label=text)
        if first.unit == "share":
            style.shares(axes.yaxis)
        else:
            axes.set_ylabel(first.unit)
        where = f", {first.where}" if first.where else ""
        style.heading(axes, f"{first.title}{where}")
        _months(axes, rows)
    return figure


def _values(cells: Sequence[Judged]) -> list[float]:
    return [np.nan if each.quantity.value is None else each.quantity.value for each in cells]


def _months(axes: Axes, rows: Sequence[Row]) -> None:
    step = max(1, len(rows) // 12)
    axes.set_xticks(range(0, len(rows), step), [row["month"].replace(" ", "\n") for row in rows[::step]])
    axes.tick_params(axis="x", length=0, color=GREY)
