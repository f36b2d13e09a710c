"""How does the choice of the best plan read? As a table, as data, and as a picture."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import polars as pl
from matplotlib.figure import Figure
from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from sim import __version__
from sim.report.plots import style
from sim.report.plots.style import DARK, GREY, INK, MID, styled
from sim.report.sensitivity import in_words, signed
from sim.report.tables import PIPED_WIDTH, Row, below, caveats, interval, narrowed, number
from sim.studies.selection import Best, Ranked


def table(found: Best, seed: int, width: int = PIPED_WIDTH) -> RenderableType:
    """What was chosen, a row a plan from best to worst, and what it took; within a *width*."""
    columns = [
        Column("Plan"),
        Column(found.kpi.title, justify="right"),
        Column("95 % interval", justify="right"),
        Column("To the best,\nsame days", justify="right"),
        Column("Replications", justify="right"),
        Column(""),
    ]
    rows: list[Row | None] = [_row(found, each, k) for k, each in enumerate(found.ranked)]
    said = [Text(textwrap.fill(text, width)) for text in (*words(found), f"Seed {seed}.")]
    fewest = min(each.replications for each in found.ranked)
    notes = below(caveats(fewest, ((found.kpi, each.figure) for each in found.ranked)), width)
    return Group(said[0], narrowed("Plans", columns, rows, width, spare=(4, 5, 2)), *notes, *said[1:])


def _row(found: Best, each: Ranked, place: int) -> Row:
    kpi = found.kpi
    first = "best" if found.selection.decided else "leads"
    verdict = first if place == 0 else ("not told apart" if each.is_left else "given up")
    unit = "" if kpi.unit == "share" or each.figure.value is None else f" {kpi.unit}"
    return [
        Text(each.plan.name),
        number(each.figure.value, kpi.unit) + unit,
        interval(each.figure, kpi.unit),
        "" if place == 0 else signed(each.difference.value, kpi, unit=True),
        f"{each.replications:,}",
        verdict,
    ]


def words(found: Best) -> list[str]:
    """What was chosen, what that means, and what it took."""
    name, done = found.ranked[0].plan.name, found.selection
    is_share = found.kpi.unit == "share"
    points = f"{100 * found.within:.3g}"
    zone = f"{points} point{'s' * (points != '1')}" if is_share else f"{found.within:.3g} {found.kpi.unit}"
    if done.interrupted:
        return [_interrupted_words(found)]
    if done.decided:
        sure = (
            f"{name} is best: with a probability of at least {100 * found.confidence:g} %, no other is "
            f"better by more than {zone} of {in_words(found.kpi)}."
        )
    else:
        sure = (
            f"Undecided between {len(done.left)} plans; {name} leads. More --max-replications, or a wider "
            f"zone than {zone}, would decide it."
        )
    used, n = sum(done.used), len(done.used)
    took = (
        f"It took {used:,} replications. Had none been given up, it would have taken {n} × "
        f"{max(done.used):,} = {n * max(done.used):,}: {100 * done.saved:.0f} % saved."
    )
    fixed = (
        f"With a number fixed after the first stage, and the same guarantee, it is {n} × {done.fixed:,} = "
        f"{n * done.fixed:,} (Clark and Yang)."
    )
    return [sure, f"{took} {fixed}"]


def _interrupted_words(found: Best) -> str:
    """Which plan led when the user stopped."""
    name, n = found.ranked[0].plan.name, len(found.selection.left)
    unseen = f" Not simulated yet: {', '.join(found.unseen)}." if found.unseen else ""
    return f"Interrupted and undecided: {name} leads so far, of {n} plans not given up.{unseen}"


def document(found: Best, seed: int) -> dict[str, Any]:
    """The same as data."""
    done = found.selection
    return {
        "figure": found.kpi.name,
        "unit": found.kpi.unit,
        "better": found.kpi.better,
        "seed": seed,
        "version": __version__,
        "best": found.ranked[0].plan.name,
        "decided": done.decided,
        "interrupted": done.interrupted,
        "not_simulated": list(found.unseen),
        "confidence": found.confidence,
        "within": found.within,
        "first_stage": found.first,
        "replications": sum(done.used),
        "had_none_been_given_up": None if done.interrupted else max(done.used) * len(done.used),
        "fixed_number": None if done.interrupted else done.fixed * len(done.used),
        "saved": None if done.interrupted else done.saved,
        "plans": [
            {
                "plan": each.plan.name,
                "value": each.figure.value,
                "low": each.figure.low,
                "high": each.figure.high,
                "few_days": each.figure.few_days,
                "replications": each.replications,
                "given_up": not each.is_left,
                "to_the_best": {
                    "value": each.difference.value,
                    "low": each.difference.low,
                    "high": each.difference.high,
                },
            }
            for each in found.ranked
        ],
        "words": words(found),
    }


def frame(found: Best) -> pl.DataFrame:
    """One row a plan."""
    return pl.DataFrame(
        [
            {"plan": each.plan.name, found.kpi.name: each.figure.value, "low": each.figure.low}
            | {"high": each.figure.high, "replications": each.replications, "given_up": not each.is_left}
            for each in found.ranked
        ]
    )


def _or(end: float | None, value: float) -> float:
    return value if end is None else end


@styled
def picture(found: Best) -> Figure:
    """Each plan's figure with its interval, and how many replications it got."""
    n, kpi = len(found.ranked), found.kpi
    labels = [textwrap.fill(each.plan.name, 36) for each in found.ranked]
    rows = sum(label.count("\n") + 1.6 for label in labels)
    figure = style.canvas("The best plan", found.ranked[0].plan.name, 2.0 + 0.17 * rows)
    values, runs = figure.subplots(1, 2, sharey=True, width_ratios=(2, 1))
    places = np.arange(n)
    for keeps, colour, label in ((True, DARK, "not given up"), (False, GREY, "given up")):
        some = [(k, each) for k, each in enumerate(found.ranked) if each.is_left == keeps]
        if not some:
            continue
        at = [each.figure.value or 0.0 for _, each in some]
        lows = [value - _or(each.figure.low, value) for value, (_, each) in zip(at, some, strict=True)]
        highs = [_or(each.figure.high, value) - value for value, (_, each) in zip(at, some, strict=True)]
        values.errorbar(
            at, [k for k, _ in some], xerr=[lows, highs], fmt="o" if keeps else "s", color=colour,
            markersize=4.5, ecolor=INK, elinewidth=1.0, capsize=2.5, label=f"{label}, 95 % interval",
        )  # fmt: skip
    runs.barh(places, [each.replications for each in found.ranked], height=0.7, color=MID)
    values.set_yticks(places, labels)
    values.set_ylim(n - 0.4, -0.6)
    for axes in (values, runs):
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.tick_params(axis="y", length=0)
    values.set_xlabel(kpi.title if kpi.unit == "share" else f"{kpi.title} [{kpi.unit}]")
    runs.set_xlabel("replications")
    if kpi.unit == "share":
        style.shares(values.xaxis)
    style.heading(values, kpi.title, columns=1)
    style.heading(runs, "Until given up")
    return figure
