"""How does a sensitivity read? As a table, as data, and as a tornado."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from sim.kpis.definitions import Kpi
from sim.kpis.targets import bounds
from sim.report.plots import style
from sim.report.plots.style import DARK, INK, MID, RED, styled
from sim.report.tables import (
    FEW_SIGN,
    PIPED_WIDTH,
    SIGNS,
    Row,
    below,
    caveats,
    interval,
    narrowed,
    number,
    with_unit,
)
from sim.scenario.scenario import Scenario
from sim.studies.sensitivity import Effect, Sensitivity

METHOD = (
    "Each change alone, on the same customers; differences are paired, replication by replication. An "
    "interval that holds 0 means that no difference was seen."
)


def table(found: Sensitivity, scenario: Scenario, seed: int, width: int = PIPED_WIDTH) -> RenderableType:
    """Every change of every input, the widest swing first; within a *width*."""
    columns = [
        Column("Input"),
        Column("Change"),
        Column(found.kpi.title, justify="right"),
        Column("Difference", justify="right"),
        Column("95 % interval", justify="right"),
        Column(""),
    ]
    rows: list[Row | None] = []
    for bar in found.bars:
        rows.append(None)
        for k, effect in enumerate(bar.effects):
            rows.append([bar.title if k == 0 else "", effect.side.label, *_cells(effect, found.kpi)])
    base = with_unit(found.kpi, found.base.value)
    days = "1 day" if scenario.days == 1 else f"{scenario.days} days"
    basis = f"{days}, {found.replications} replications of each change, seed {seed}"
    if found.unseen:
        basis += f"\nInterrupted; not simulated yet: {', '.join(found.unseen)}"
    title = (
        f"What moves {titled(found.kpi, scenario)}, which is {base} ({interval(found.base, found.kpi.unit)})"
    )
    figures = [found.base, *(effect.figure for bar in found.bars for effect in bar.effects)]
    notes = caveats(found.replications, ((found.kpi, figure) for figure in figures))
    return Group(
        Text(scenario.name, style="bold"),
        Text(textwrap.fill(basis, width, replace_whitespace=False)),
        narrowed(title, columns, rows, width, spare=(5, 4)),
        *below(notes, width),
        Text(textwrap.fill(METHOD, width)),
    )


def _cells(effect: Effect, kpi: Kpi) -> list[str]:
    difference = effect.difference
    ends = [signed(end, kpi) for end in (difference.low, difference.high) if end is not None]
    return [
        number(effect.figure.value, kpi.unit),
        signed(difference.value, kpi, unit=True),
        " … ".join(ends) + FEW_SIGN * (bool(ends) and difference.few_days),
        "" if is_seen(effect) or not (ends or difference.same) else "not seen",
    ]


def is_seen(effect: Effect) -> bool:
    """Whether the whole interval of a difference lies on one side of zero."""
    low, high = effect.difference.low, effect.difference.high
    return effect.difference.steady or (low is not None and high is not None and (low > 0 or high < 0))


def signed(value: float | None, kpi: Kpi, *, unit: bool = False) -> str:
    """Text of a difference, that of shares in points."""
    if value is None:
        return "–"
    size = abs(value)
    text = f"{100 * size:.1f}" if kpi.unit == "share" else number(size, kpi.unit)
    sign = "±" if float(text.replace(",", "")) == 0 else ("−" if value < 0 else "+")
    name = "points" if kpi.unit == "share" else kpi.unit
    return f"{sign}{text} {name}" if unit else f"{sign}{text}"


def titled(kpi: Kpi, scenario: Scenario) -> str:
    """Title of a figure within a sentence, that of the service level with its threshold."""
    threshold = f" in {scenario.targets.threshold_s:g} s" if kpi.name == "service_level" else ""
    return in_words(kpi) + threshold


def in_words(kpi: Kpi) -> str:
    """Title of a figure within a sentence: abbreviations stay in capitals."""
    return kpi.title if kpi.title[:2].isupper() else kpi.title[0].lower() + kpi.title[1:]


def document(found: Sensitivity, left_out: Sequence[str]) -> dict[str, Any]:
    """The same as data, with what was *left out*."""
    base = found.base
    return {
        "figure": found.kpi.name,
        "unit": found.kpi.unit,
        "better": found.kpi.better,
        "replications": found.replications,
        "not_simulated": list(found.unseen),
        "value": base.value,
        "low": base.low,
        "high": base.high,
        "few_days": base.few_days,
        "inputs": [
            {
                "input": bar.title,
                "swing": bar.swing,
                "effects": [_effect(effect) for effect in bar.effects],
            }
            for bar in found.bars
        ],
        "left_out": list(left_out),
    }


def _effect(effect: Effect) -> dict[str, Any]:
    difference = effect.difference
    return {
        "change": effect.side.label,
        "changes": [str(change) for change in effect.side.changes],
        "value": effect.figure.value,
        "low": effect.figure.low,
        "high": effect.figure.high,
        "few_days": effect.figure.few_days,
        "difference": {
            "value": difference.value,
            "low": difference.low,
            "high": difference.high,
            "few_days": difference.few_days,
        },
    }


def frame(found: Sensitivity) -> pl.DataFrame:
    """One row a change: value, difference and the ends of their intervals."""
    rows = [
        {
            "input": bar.title,
            "change": effect.side.label,
            found.kpi.name: effect.figure.value,
            "difference": effect.difference.value,
            "difference_low": effect.difference.low,
            "difference_high": effect.difference.high,
        }
        for bar in found.bars
        for effect in bar.effects
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


@styled
def tornado(found: Sensitivity, scenario: Scenario) -> Figure:
    """A bar for each change, from the figure as it is to what it becomes: the widest swing on top."""
    n = sum(len(bar.effects) for bar in found.bars)
    subject = f"what moves {titled(found.kpi, scenario)}"
    figure = style.canvas(scenario.name, subject, 1.9 + 0.27 * n + 0.16 * len(found.bars))
    axes = figure.subplots()
    place, ticks, rows = 0.0, [], []  # type: float, list[float], list[tuple[float, Effect]]
    for bar in found.bars:
        ticks.append(place + (len(bar.effects) - 1) / 2)
        rows += [(place + k, effect) for k, effect in enumerate(bar.effects)]
        place += len(bar.effects) + 0.6
    _draw_effects(axes, rows, found)
    value = found.base.value or 0.0
    axes.axvline(value, color=INK, linewidth=2.0, label=f"as it is: {with_unit(found.kpi, value)}")
    _draw_target(axes, found.kpi, scenario)
    axes.set_yticks(ticks, [textwrap.fill(bar.title, 30) for bar in found.bars])
    axes.set_ylim(place - 0.9, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.margins(x=0.16)
    axes.set_xlabel(found.kpi.title if found.kpi.unit == "share" else f"{found.kpi.title} [{found.kpi.unit}]")
    if found.kpi.unit == "share":
        style.shares(axes.xaxis)
    style.heading(axes, f"One input changed at a time, {found.replications} replications of each")
    return figure


def _draw_effects(axes: Axes, rows: Sequence[tuple[float, Effect]], found: Sensitivity) -> None:
    """Draw each effect at its place: a bar, the interval of the difference, and what was changed."""
    base, better = found.base.value or 0.0, found.kpi.better
    places = np.array([place for place, _ in rows])
    values = np.array([effect.difference.value or 0.0 for _, effect in rows])
    ends = [(effect.difference.low, effect.difference.high) for _, effect in rows]
    lows = np.array([value if low is None else low for value, (low, _) in zip(values, ends, strict=True)])
    highs = np.array([value if high is None else high for value, (_, high) in zip(values, ends, strict=True)])
    rises = ("better", "worse") if better == "higher" else ("worse", "better")
    for is_here, label in ((values > 0, rises[0]), (values < 0, rises[1])):
        look: dict[str, Any] = {"color": MID if label == "better" else DARK, "label": label}
        if better == "neither":
            look = {"color": DARK}
        if is_here.any():
            axes.barh(places[is_here], values[is_here], left=base, height=0.82, **look)
    if found.replications > 1:
        reach = np.array([values - lows, highs - values])
        look = {"ecolor": INK, "elinewidth": 1.0, "capsize": 2.5, "label": "95 % interval of the difference"}
        axes.errorbar(base + values, places, xerr=reach, fmt="none", **look)
    for (place, effect), value, low, high in zip(rows, values, lows, highs, strict=True):
        side = -1 if value < 0 else 1
        axes.annotate(
            effect.side.label,
            (base + (low if side < 0 else high), place),
            xytext=(5 * side, 0),
            textcoords="offset points",
            ha="right" if side < 0 else "left",
            va="center",
            fontsize=8.5,
        )


def _draw_target(axes: Axes, kpi: Kpi, scenario: Scenario) -> None:
    for bound in bounds(scenario):
        if bound.kpi == kpi.name:
            label = f"target: {SIGNS[bound.side]} {with_unit(kpi, bound.value)}"
            axes.axvline(bound.value, color=RED, linestyle="--", linewidth=1.3, label=label)
