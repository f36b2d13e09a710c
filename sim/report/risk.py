"""How does the risk of a promise read? As a table, as data, and as a picture."""

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

from sim.kpis.definitions import BY_NAME
from sim.kpis.targets import bounds, title
from sim.report.numbers import percent
from sim.report.plots import style
from sim.report.plots.style import DARK, INK, MID, ORANGE, PALE, RED, styled
from sim.report.sensitivity import titled
from sim.report.tables import PIPED_WIDTH, SIGNS, Row, narrowed, number, with_unit
from sim.scenario.scenario import Scenario
from sim.studies.risk import Chance, Risk, Share

PARTS = {"luck": "luck", "busyness": "busy and quiet days", "forecast": "forecast error"}
"""Titles of what a variance is made of."""


def table(found: Risk, scenario: Scenario, width: int = PIPED_WIDTH) -> RenderableType:
    """Probability that a day, a week, a month misses each target, and what makes them vary."""
    heads = [f"A {period.name}\n{_days(period.days)}" for period in found.periods]
    columns = [Column("Missed"), *(Column(head, justify="right") for head in heads)]
    rows: list[Row | None] = [
        [
            _label(chance, scenario),
            *(_chance_text(period.chances[k]) for period in found.periods),
        ]
        for k, chance in enumerate(_told(found))
    ]
    missed = narrowed("Probability to miss the promise", columns, rows, width, spare=(), fold=" (")
    parts: list[RenderableType] = [missed, Text(textwrap.fill(method(found), width))]
    if found.periods[0].luck is not None:
        columns = [Column("Made of"), *(Column(head, justify="right") for head in heads)]
        shown = [name for name in PARTS if any(_share(found, k, name) for k in range(len(heads)))]
        rows = [
            [PARTS[name].capitalize(), *(_share_text(getattr(period, name)) for period in found.periods)]
            for name in shown
        ]
        title = f"Variance of {titled(found.kpi, scenario)}, from one {found.periods[0].name} to the next"
        parts.append(narrowed(title, columns, rows, width, spare=(), fold=" ("))
    return Group(*parts)


def _told(found: Risk) -> Sequence[Chance]:
    """Chances that are worth a row: those of a single target are those of any."""
    chances = found.periods[0].chances
    return chances[:1] if len(chances) == 2 else chances


def promise(chance: Chance, scenario: Scenario) -> str:
    """A target in words."""
    bound = chance.bound
    if bound is None:
        return "Any of them"
    return f"{title(bound, scenario)} {SIGNS[bound.side]} {with_unit(BY_NAME[bound.kpi], bound.value)}"


def _label(chance: Chance, scenario: Scenario) -> str:
    """A target in words, its bound in brackets."""
    words, told = promise(chance, scenario), chance.bound is not None
    for sign in SIGNS.values():
        words = words.replace(f" {sign} ", f" ({sign} ")
    return f"{words})" if told else words


def method(found: Risk) -> str:
    """What the probabilities rest on."""
    day, week, month = found.periods
    basis = (
        f"{day.n:,} days, {week.n:,} weeks and {month.n:,} months simulated, all days of each pooled; "
        "Wilson's 95 % intervals."
    )
    if not found.forecast_cv:
        return f"{basis} The forecast is taken to be right."
    return (
        f"{basis} The forecast is assumed to be wrong by one factor a month, lognormal with a standard "
        f"deviation of {percent(found.forecast_cv)}."
    )


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"


def _chance_text(chance: Chance) -> str:
    value, low, high = (number(end, "share") for end in (chance.value, chance.low, chance.high))
    return f"{value} ({low.removesuffix(' %')} … {high})"


def _share(found: Risk, k: int, name: str) -> float:
    share: Share | None = getattr(found.periods[k], name)
    return 0.0 if share is None else share.high


def _share_text(share: Share | None) -> str:
    if share is None:
        return "–"
    return f"{100 * share.value:.0f} % ({100 * share.low:.0f} … {100 * share.high:.0f} %)"


def document(found: Risk) -> dict[str, Any]:
    """The same as data."""
    return {
        "forecast_cv": found.forecast_cv,
        "months": found.months,
        "figure": found.kpi.name,
        "periods": [
            {
                "period": period.name,
                "days": period.days,
                "simulated": period.n,
                "missed": {chance.target: _ends(chance) for chance in period.chances},
                "variance": {name: _ends(getattr(period, name)) for name in PARTS},
            }
            for period in found.periods
        ],
        "method": method(found),
    }


def _ends(value: Any) -> dict[str, float] | None:
    return None if value is None else {"value": value.value, "low": value.low, "high": value.high}


def frame(found: Risk) -> pl.DataFrame:
    """One row a period and target: the probability that it is missed, and its interval."""
    return pl.DataFrame(
        [
            {"period": period.name, "days": period.days, "simulated": period.n, "target": chance.target}
            | {"probability": chance.value, "low": chance.low, "high": chance.high}
            for period in found.periods
            for chance in period.chances
        ]
    )


@styled
def picture(found: Risk, scenario: Scenario) -> Figure:
    """How days differ, how likely a day, a week and a month miss the promise, and what makes them vary."""
    figure = style.canvas(scenario.name, f"the risk, {found.months} months simulated", 7.2)
    grid = figure.add_gridspec(2, 2, height_ratios=(1.0, 1.1))
    _draw_days(figure.add_subplot(grid[0, :]), found, scenario)
    _draw_chances(figure.add_subplot(grid[1, 0]), found, scenario)
    _draw_parts(figure.add_subplot(grid[1, 1]), found, scenario)
    return figure


def _draw_days(axes: Axes, found: Risk, scenario: Scenario) -> None:
    """Draw how many days have which value of the figure."""
    kpi = found.kpi
    known = found.days[~np.isnan(found.days)]
    if len(known):
        axes.hist(known, bins=40, weights=np.full(len(known), 1 / len(known)), color=MID, label="days")
        low, high = np.quantile(known, [0.1, 0.9])
        axes.axvspan(low, high, color=PALE, zorder=0.5, label="10–90 % of days")
        axes.axvline(known.mean(), color=INK, linewidth=1.2, label="mean of days")
    for bound in bounds(scenario):
        if bound.kpi == kpi.name:
            label = f"target: {SIGNS[bound.side]} {with_unit(kpi, bound.value)}"
            axes.axvline(bound.value, color=RED, linestyle="--", linewidth=1.3, label=label)
    axes.set_xlabel(kpi.title if kpi.unit == "share" else f"{kpi.title} [{kpi.unit}]")
    axes.set_ylabel("share of days")
    style.shares(axes.yaxis)
    if kpi.unit == "share":
        style.shares(axes.xaxis)
    style.heading(axes, f"The days' {titled(kpi, scenario)}")


def _draw_chances(axes: Axes, found: Risk, scenario: Scenario) -> None:
    """Draw the probability to miss each target, by length of the period."""
    targets = _told(found)
    looks = ((DARK, ""), (MID, "//"), (PALE, ".."), (ORANGE, ""))
    width = 0.8 / len(targets)
    for k, target in enumerate(targets):
        at = np.arange(len(found.periods)) + (k - (len(targets) - 1) / 2) * width
        chances = [period.chances[k] for period in found.periods]
        values = [chance.value for chance in chances]
        ends = [[c.value - c.low for c in chances], [c.high - c.value for c in chances]]
        colour, hatch = looks[k % len(looks)]
        axes.bar(at, values, width, color=colour, hatch=hatch, label=promise(target, scenario))
        axes.errorbar(at, values, ends, fmt="none", ecolor=INK, elinewidth=1, capsize=2)
    axes.set_xticks(range(len(found.periods)), [f"{p.name}\n({_days(p.days)})" for p in found.periods])
    highest = max(chance.high for period in found.periods for chance in period.chances)
    axes.set_ylim(0, min(1.0, 1.1 * highest))
    style.shares(axes.yaxis)
    style.heading(axes, "Probability to miss, 95 % interval", columns=1)


def _draw_parts(axes: Axes, found: Risk, scenario: Scenario) -> None:
    """Draw what the variance is made of, by length of the period."""
    if found.periods[0].luck is None:
        axes.set_axis_off()
        style.remark(axes, f"{titled(found.kpi, scenario)} does not vary")
        return
    below = np.zeros(len(found.periods))
    for name, colour, hatch in (("luck", PALE, ""), ("busyness", MID, "//"), ("forecast", DARK, "")):
        shares = np.array([getattr(period, name).value for period in found.periods])
        if shares.any():
            at = range(len(shares))
            axes.bar(at, shares, 0.6, bottom=below, color=colour, hatch=hatch, label=PARTS[name])
            below += shares
    axes.set_xticks(range(len(found.periods)), [f"{p.name}\n({_days(p.days)})" for p in found.periods])
    axes.set_ylim(0, 1)
    style.shares(axes.yaxis)
    style.heading(axes, "Their variance is made of", columns=1)
