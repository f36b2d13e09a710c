"""What does a risk answer with? How likely a day, a week or a month misses the promise, and what varies."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Quantity
from sim.kpis.targets import bounds, named
from sim.report.numbers import number, percent, target_text, titled
from sim.report.result import Column, Head, Result, Row, Table, answering
from sim.scenario.units import plural
from sim.studies.risk import Chance, Period, Risk, Share
from sim.studies.risk import risk as simulate

PARTS = {"luck": "luck", "busyness": "busy and quiet days", "forecast": "forecast error"}
"""Titles of what a variance is made of."""
_BINS = 40


def result(found: Risk) -> Result:
    """Result of a risk."""
    basis = f"{found.months} months simulated, seed {found.seed}"
    head = Head("risk", (found.scenario.name,), basis, found.seed, found.months)
    made, facts = tables(found)
    return Result(head, (), tuple(words(found)), made, facts | {"figure": found.kpi.name}, found)


def words(found: Risk) -> list[str]:
    """How likely the promise is missed, in a sentence."""
    told = (f"a {period.name} {number(period.chances[-1].value, 'share')}" for period in found.periods)
    return [f"Probability to miss the promise: {', '.join(told)}."]


def tables(found: Risk) -> tuple[tuple[Table, ...], dict[str, Any]]:
    """Chances, what the variance is made of, and the days; and facts for their picture."""
    known = found.days[~np.isnan(found.days)]
    kpi = found.kpi
    facts: dict[str, Any] = {
        "forecast_cv": found.forecast_cv,
        "months": found.months,
        "periods": [
            {"period": period.name, "days": period.days, "simulated": period.n} for period in found.periods
        ],
        "risk_of": {
            "title": kpi.title, "unit": kpi.unit, "in_words": titled(kpi, found.scenario),
            "varies": found.periods[0].luck is not None,
            "mean": float(known.mean()) if len(known) else None,
            "p10_p90": np.quantile(known, [0.1, 0.9]).tolist() if len(known) else None,
            "bounds": [
                {"side": bound.side, "value": bound.value}
                for bound in bounds(found.scenario) if bound.kpi == kpi.name and bound.where is None
            ],
        },
    }  # fmt: skip
    made = (_chances(found), *_variance(found), _days(known))
    return made, facts


def _chances(found: Risk) -> Table:
    """A row a target; that of a single one is that of any, and stands alone."""
    some = found.periods[0].chances
    rows: list[Row] = [
        {"target": chance.target, "title": _label(chance, found), "shown": not (len(some) == 2 and k == 1)}
        | {period.name: _quantity(period.chances[k]) for period in found.periods}
        for k, chance in enumerate(some)
    ]
    columns = (
        Column("target", is_shown=False),
        Column("shown", form="flag", is_shown=False),
        Column("title", "Missed", look="span"),
        *(Column(period.name, _head(period), "share", "quantity", "span") for period in found.periods),
    )
    return Table("risk", "Probability to miss the promise", columns, rows, notes=(method(found),))


def _variance(found: Risk) -> tuple[Table, ...]:
    """What the variance is made of; nothing where the figure does not vary."""
    if found.periods[0].luck is None:
        return ()
    rows: list[Row] = []
    for part, name in PARTS.items():
        shares: list[Share | None] = [getattr(period, part) for period in found.periods]
        if any(share is not None and share.high for share in shares):
            each = zip(found.periods, shares, strict=True)
            cells = {period.name: share and _quantity(share) for period, share in each}
            rows.append({"part": part, "title": name.capitalize(), **cells})
    columns = (
        Column("part", is_shown=False),
        Column("title", "Made of"),
        *(Column(period.name, _head(period), "share", "quantity", "span") for period in found.periods),
    )
    subject = f"Variance of {titled(found.kpi, found.scenario)}, from one {found.periods[0].name} to the next"
    return (Table("variance", subject, columns, rows),)


def _days(known: Any) -> Table:
    """How many of the simulated days have which value of the figure; for the picture."""
    counts, edges = np.histogram(known, _BINS) if len(known) else (np.zeros(0), np.zeros(1))
    ends = zip(edges[:-1].tolist(), edges[1:].tolist(), (counts / max(len(known), 1)).tolist(), strict=True)
    columns = tuple(Column(name, form="number", is_shown=False) for name in ("from", "to", "share"))
    rows = [{"from": low, "to": high, "share": share} for low, high, share in ends]
    return Table("days", "Days by value", columns, rows, is_shown=False)


def _head(period: Period) -> str:
    return f"A {period.name}\n{plural(period.days, 'day')}"


def _quantity(found: Chance | Share) -> Quantity:
    return Quantity(found.value, found.low, found.high, False, None, None, None)


def _label(chance: Chance, found: Risk) -> str:
    """A target in words, its bound in brackets."""
    bound = chance.bound
    if bound is None:
        return "Any of them"
    return f"{named(bound, found.scenario)} ({target_text(BY_NAME[bound.kpi].unit, bound.value, bound.side)})"


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


risk = answering(simulate, result)
