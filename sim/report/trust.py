"""How does the trust table read? On a terminal, as data, and as a picture."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby
from math import isfinite
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator
from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text
from scipy import special

from sim import __version__
from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, MID, ORANGE, PALE, RED, styled
from sim.report.tables import PIPED_WIDTH, Row, mark_of, narrowed
from sim.validation.formulas import AGENTS, THRESHOLD_S, Point
from sim.validation.suite import ALPHA, Trust
from sim.validation.suite import Row as Judged

METHOD = (
    f"Judged together by Holm's procedure: of {1 / ALPHA:.0f} tables of a right simulator, each with another "
    "seed, at most one has a row that fails. z is in standard errors."
)


def digits(value: float, unit: str, significant: int = 5) -> str:
    """Text of a value with so many *significant* digits, a share in per cent.

    >>> digits(0.0986286, "share"), digits(1815.27, "chats"), digits(0.00021, "s", 2)
    ('9.8629', '1815.3', '0.00021')
    """
    shown = 100 * value if unit == "share" else value
    if not isfinite(shown):
        return "–"
    return f"{shown:.{significant}g}" if abs(shown) < 10**significant else f"{shown:.0f}"


def table(found: Trust, width: int = PIPED_WIDTH) -> RenderableType:
    """Verdict, a row a figure, why rows differ from a publication, and the sources; within a *width*."""
    reasons = list(dict.fromkeys(row.check.why for row in found.rows if row.check.why))
    columns = [
        Column("Figure"),
        Column("Published"),
        Column("Exact", justify="right"),
        Column("Simulated", justify="right"),
        Column("± 95 %", justify="right"),
        Column("z", justify="right"),
        Column(""),
    ]
    rows: list[Row | None] = []
    for case, group in groupby(found.rows, key=lambda row: row.case):
        rows += [None, [Text(case.name, style="bold")]]
        rows += [_cells(row, reasons) for row in group]
    text = [verdict(found), METHOD]
    parts = [Text(textwrap.fill(line, width)) for line in text]
    listed = narrowed("Figures", columns, rows, width, spare=(1,))
    return Group(*parts, listed, *_notes(found, reasons, width))


def verdict(found: Trust) -> str:
    """The table in one sentence."""
    n, centres = len(found.rows), len({row.case.name for row in found.rows})
    head = f"{n} figures of {centres} centres whose figures are known, simulated with seed {found.seed}: "
    if found.interrupted:
        head = f"interrupted; {head}"
    if not found.failed:
        return f"{head}all agree."
    return f"{head}{len(found.failed)} disagree{'s' * (len(found.failed) == 1)}."


def _cells(row: Judged, reasons: Sequence[str]) -> Row:
    unit = row.check.in_unit()
    note = f" [{reasons.index(row.check.why) + 1}]" if row.check.why else ""
    mark = mark_of(kept=row.agrees)
    sign = " %" if unit == "share" else ""
    return [
        Text(f"  {row.check.heading()}{' [s]' if unit == 's' else ''}{note}"),
        Text(row.check.published),
        digits(row.exact, unit) + sign,
        digits(row.value, unit) + sign,
        digits(row.half, unit, 2) + sign if row.half else "0",
        f"{row.z:+.1f}" if isfinite(row.z) else "∞",
        mark,
    ]


def _notes(found: Trust, reasons: Sequence[str], width: int) -> list[Text]:
    """Why exact values differ from published ones, and where all values come from."""
    notes = [Text("Where a published value differs", style="bold")] if reasons else []
    notes += [Text(_hanging(f"[{k}] {reason}", width)) for k, reason in enumerate(reasons, start=1)]
    notes.append(Text("Sources", style="bold"))
    sources = {row.case.name: row.case.source for row in found.rows}
    by_source: dict[str, list[str]] = {}
    for name, source in sources.items():
        by_source.setdefault(source, []).append(name)
    notes += [Text(_hanging(f"{' · '.join(names)}: {source}", width)) for source, names in by_source.items()]
    return notes


def _hanging(text: str, width: int) -> str:
    return textwrap.fill(text, width, initial_indent="  ", subsequent_indent="    ")


def document(found: Trust) -> dict[str, Any]:
    """The same as data."""
    return {
        "version": __version__,
        "seed": found.seed,
        "interrupted": found.interrupted,
        "method": "Holm",
        "alpha": ALPHA,
        "failed": len(found.failed),
        "rows": [_row(row) for row in found.rows],
    }


def _row(row: Judged) -> dict[str, Any]:
    return {
        "case": row.case.name,
        "source": row.case.source,
        "figure": row.check.name,
        "title": row.check.heading(),
        "unit": row.check.in_unit(),
        "published": row.check.published or None,
        "differs_because": row.check.why or None,
        "exact": row.exact,
        "simulated": row.value if isfinite(row.value) else None,
        "low": row.value - row.half if isfinite(row.value) else None,
        "high": row.value + row.half if isfinite(row.value) else None,
        "replications": row.n,
        "z": row.z if isfinite(row.z) else None,
        "p": row.p,
        "agrees": row.agrees,
    }


LOOKS = {"share": ("o", "shares", DARK), "s": ("s", "times in seconds", ORANGE), "": ("^", "numbers", GREY)}
"""Marker, name and colour of the figures of a unit, any other at the end."""


@styled
def picture(found: Trust) -> Figure:
    """Simulated against exact values, and the z-scores against what chance alone would give."""
    figure = style.canvas("Trust", f"{len(found.rows)} figures that are known, and the simulator's", 4.2)
    values, scores = figure.subplots(1, 2)
    _draw_values(values, found)
    _draw_scores(scores, found)
    return figure


def _draw_values(axes: Axes, found: Trust) -> None:
    """Every figure but squares: exact across, simulated up, so that all should lie on the diagonal."""
    drawn = [row for row in found.rows if not row.check.in_unit().endswith("²")]
    for unit, (marker, label, colour) in LOOKS.items():
        rows = [row for row in drawn if _look(row) == unit]
        exact, value = [row.exact for row in rows], [row.value for row in rows]
        axes.plot(exact, value, marker, color=colour, label=label, markersize=4, markeredgewidth=0)
    wrong = [row for row in drawn if not row.agrees]
    if wrong:
        exact, value = [row.exact for row in wrong], [row.value for row in wrong]
        axes.plot(exact, value, "x", color=RED, label="disagrees", markersize=8, markeredgewidth=2)
    axes.set(xscale="log", yscale="log", xlabel="exact or published", ylabel="simulated")
    both = [part for row in drawn for part in (row.exact, row.value) if part > 0]
    ends = (0.5 * min(both), 2 * max(both))
    axes.plot(ends, ends, color=INK, linewidth=0.8, zorder=0.5)
    axes.set(xlim=ends, ylim=ends)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_locator(NullLocator())
    axes.set_title("Each figure")
    axes.legend(loc="upper left")


def _look(row: Judged) -> str:
    unit = row.check.in_unit()
    return unit if unit in LOOKS else ""


def _draw_scores(axes: Axes, found: Trust) -> None:
    """Deviations in order against those of as many normal numbers, and how far the outermost may lie."""
    scores = np.sort([row.z for row in found.rows if row.half > 0 and isfinite(row.z)])
    n = len(scores)
    places = np.arange(1, n + 1)
    expected = special.ndtri((places - 0.5) / n)
    low, high = (special.ndtri(special.betaincinv(places, n + 1 - places, p)) for p in (0.025, 0.975))
    axes.fill_between(
        expected, low, high, color=PALE, linewidth=0, label="95 % band of chance, if independent"
    )
    axes.plot(expected, scores, "o", color=DARK, markersize=3.5, markeredgewidth=0, label="figures in order")
    bound = float(-special.ndtri(ALPHA / len(found.rows) / 2))
    for side, label in ((-bound, "bound of the table, 1 %"), (bound, "")):
        axes.axhline(side, color=RED, linestyle=":", linewidth=1.3, label=label)
    ends = (float(expected[0]) - 0.3, float(expected[-1]) + 0.3)
    axes.plot(ends, ends, color=MID, linewidth=0.8)
    axes.set(
        xlabel="expected by chance alone [standard errors]",
        ylabel="simulated − exact [standard errors]",
        xlim=ends,
        ylim=(-1.4 * bound, 2 * bound),
    )
    axes.set_title("Their differences")
    axes.legend(loc="upper left", borderaxespad=0.2)


LINES = {
    "erlang_c": ("AHT alone ÷ slots, Erlang C", RED, "--", "v"),
    "erlang_a": ("AHT alone ÷ slots, Erlang A", ORANGE, "--", "^"),
    "measured": ("AHT measured ÷ slots, Erlang A", GREY, "-.", "D"),
    "factors": ("balanced chain, factors 1, 1.7, 2.5, 2.9", MID, ":", "s"),
    "repair": ("balanced chain, machine repair", DARK, "-", ""),
}
"""Name, colour, dash and marker of each formula."""


@styled
def formulas(points: Sequence[Point]) -> Figure:
    """Service level over load, as simulated and as formulas have it, and how far these are off."""
    subject = f"service level in {THRESHOLD_S:g} s of {AGENTS} agents who answer message by message"
    figure = style.canvas("Formulas for chat", subject, 6.4)
    slots = sorted({point.slots for point in points})
    panels = figure.subplots(2, len(slots), sharex=True, sharey="row", squeeze=False)
    for column, n in enumerate(slots):
        mine = [point for point in points if point.slots == n]
        _draw_levels(panels[0, column], mine)
        _draw_errors(panels[1, column], mine)
        panels[0, column].set_title(f"{n} slots an agent")
    panels[0, 0].set_ylabel("service level")
    panels[1, 0].set_ylabel("formula − simulation [points]")
    panels[1, len(slots) // 2].set_xlabel("load: chats ÷ the most that the agents can carry")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=2)
    return figure


def _draw_levels(axes: Axes, points: Sequence[Point]) -> None:
    loads = [point.load for point in points]
    for name, (label, colour, dash, marker) in LINES.items():
        values = [point.predicted[name] for point in points]
        axes.plot(loads, values, dash, color=colour, marker=marker, markersize=3.5, label=label)
    values = [point.simulated.value or 0.0 for point in points]
    low, high = [point.simulated.low for point in points], [point.simulated.high for point in points]
    # An end that is not known is not drawn.
    lows = [np.nan if end is None else value - end for value, end in zip(values, low, strict=True)]
    highs = [np.nan if end is None else end - value for value, end in zip(values, high, strict=True)]
    look: dict[str, Any] = {"fmt": "o", "color": INK, "markersize": 4, "capsize": 2}
    axes.errorbar(loads, values, [lows, highs], label="simulated, 95 % interval", **look)
    axes.set_ylim(0, 1.04)
    style.shares(axes.yaxis)
    style.shares(axes.xaxis)


def _draw_errors(axes: Axes, points: Sequence[Point]) -> None:
    loads = [point.load for point in points]
    for name, (_, colour, dash, marker) in LINES.items():
        values = [100 * (point.predicted[name] - (point.simulated.value or 0.0)) for point in points]
        axes.plot(loads, values, dash, color=colour, marker=marker, markersize=3.5)
    axes.axhline(0.0, color=INK, linewidth=0.8, zorder=0.5)
    axes.set_ylim(-55, 45)
    axes.set_xticks([0.6, 0.8, 1.0, 1.2])
