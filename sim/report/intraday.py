"""What does a day in progress answer with? The rest of it, the chance to keep the promise, and moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.kpis.estimate import Quantity
from sim.kpis.targets import Bound
from sim.report.naming import head_of
from sim.report.numbers import percent, with_unit
from sim.report.result import PER_ROW, Column, Head, Result, Row, Table, answering, change
from sim.report.run import calendar
from sim.scenario.units import clock_text, plural
from sim.studies.intraday.study import Band, Chance, Intraday, Tried, band
from sim.studies.intraday.study import intraday as study


def result(found: Intraday) -> Result:
    """Result of a day in progress."""
    at = clock_text(found.day.now_s)
    ways = f"{found.n:,} ways in which the day may go on, seed {found.seed}"
    text = f"{found.centre.start:%a %-d %b} at {at}, {ways}"
    head = Head("intraday", (found.centre.name,), text, found.seed, found.n)
    tables = (_intervals(found), _rest(found), _chances(found), _moves(found))
    return Result(head, (), tuple(_words(found)), tables, _facts(found), found)


def _ends(band: Band | None, name: str = "figure") -> dict[str, float | None]:
    """Cells of a median and of its 80 % band, under a *name*; None where there is none."""
    values = (np.nan,) * 3 if band is None else (band.value, band.low, band.high)
    names = name, f"{name}_low", f"{name}_high"
    return {key: None if np.isnan(value) else float(value) for key, value in zip(names, values, strict=True)}


def _columns(name: str, title: str, unit: str, spare: int = 0) -> tuple[Column, ...]:
    """Columns of the same."""
    return (
        Column(name, title, unit, "number"),
        Column(f"{name}_low", "80 %:\nfrom", unit, "number", spare=spare),
        Column(f"{name}_high", "to", unit, "number", spare=spare),
    )


def _words(found: Intraday) -> Iterator[str]:
    to_come, missed = found.rest(found.offered), found.rest(found.missed)
    came = int(found.day.offered.sum())
    forecast = float(found.forecast[: found.now].sum())
    share = f", {came / forecast:.0%} of the forecast {forecast:,.0f}" if forecast else ""
    yield f"{plural(came, 'chat')} came until {clock_text(found.day.now_s)}{share}."
    yield (
        f"{_span(to_come)} are to come where {found.forecast[found.now :].sum():,.0f} were forecast, and "
        f"{_span(missed)} of them will be missed (80 % band)."
    )
    if found.chances:
        yield f"The day keeps its promise with a chance of {_share(found.chances[-1])}."
    helps = [tried for tried in found.moves if _gain(tried) > 0 or (tried.missed.high or 0.0) < 0]
    if found.moves and helps:
        best = helps[0]
        does = f"{_signed(best.missed.value)} chats are missed"
        if found.chances:
            does = f"the chance becomes {percent(best.kept)}, {does}"
        yield f"What helps most for its paid hours: {best.move.title} ({best.hours:+.1f} h): {does}."
    elif found.moves:
        yield "No move that was tried helps."
    for each in found.assumed:
        yield f"Not told, and assumed as simulated: {each}."


def _span(band: Band) -> str:
    return f"{band.low:,.0f} to {band.high:,.0f} chats"


def _share(chance: Chance) -> str:
    return f"{percent(chance.value)} ({percent(chance.low)} … {percent(chance.high)})"


def _gain(tried: Tried) -> float:
    return tried.chance.value or 0.0


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.1f}"


def _facts(found: Intraday) -> dict[str, Any]:
    return {
        "now_s": found.day.now_s,
        "now": clock_text(found.day.now_s),
        "came": int(found.day.offered.sum()),
        "band": 0.8,
        "factors": [
            {"queue": queue.name, "mean": factor.mean, "cv": factor.cv}
            for queue, factor in zip(found.centre.queues, found.factors, strict=True)
        ],
        "assumed": list(found.assumed),
    } | calendar(found.centre)


def _levels(found: Intraday) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(found.levels > 0, found.in_time / found.levels, np.nan)


def _intervals(found: Intraday) -> Table:
    """A row an interval in which anything is forecast or came."""
    shown = (
        Column("start_s", "From", "s", "clock"), Column("over", "Over", form="flag", is_shown=False),
        Column("forecast", "Forecast", "", "number"), *_columns("offered", "Chats", ""),
        *_columns("missed", "Missed", ""), *_columns("service_level", "SL", "share", 1),
    )  # fmt: skip
    rows: list[Row] = []
    levels = _levels(found)
    for k in range(len(found.forecast)):
        if not found.forecast[k] and not found.offered[:, k].any():
            continue
        rows.append(
            {
                "start_s": float(found.edges_s[k]),
                "over": k < found.now,
                "forecast": float(found.forecast[k]),
            }
            | _ends(band(found.offered[:, k]), "offered")
            | _ends(band(found.missed[:, k]), "missed")
            | _ends(band(levels[:, k]), "service_level")
        )
    at = clock_text(found.day.now_s)
    note = f"Until {at} what came; then the median, and the band that holds 80 % of all ways."
    return Table("intervals", "The day so far and to come", shown, rows, notes=(note,))


def _rest(found: Intraday) -> Table:
    """What is to come in all, from now on and on the whole day."""
    shown = (
        Column("what", "From now on"), Column("unit", is_shown=False),
        *_columns("figure", "Median", PER_ROW),
    )  # fmt: skip
    now = found.now
    levels = found.in_time[:, now:].sum(axis=1) / np.maximum(found.levels[:, now:].sum(axis=1), 1)
    rows = [
        {"what": what, "unit": unit} | _ends(values)
        for what, unit, values in (
            ("chats", "chats", found.rest(found.offered)),
            ("missed", "chats", found.rest(found.missed)),
            ("service level", "share", band(levels)),
            ("mean wait", "s", band(found.wait_s)),
            ("chats of the whole day", "chats", band(found.offered.sum(axis=1))),
            ("missed on the whole day", "chats", band(found.missed.sum(axis=1))),
        )
    ]
    return Table("rest", "What is to come", shown, rows, key="what")


def _chances(found: Intraday) -> Table:
    """A row a target: the chance that the day keeps it."""
    shown = (
        Column("target", "Target"), Column("chance", "Chance to keep it", "share", "quantity", "interval"),
        Column("unit", is_shown=False), *_columns("figure", "The day's\nfigure", PER_ROW),
    )  # fmt: skip
    rows: list[Row] = [
        {
            "target": "all" if chance.bound is None else _target(chance.bound),
            "chance": Quantity(chance.value, chance.low, chance.high, False, chance.value, None, None),
            "unit": "" if chance.bound is None else chance.bound.counted.unit,
        }
        | _ends(chance.figure)
        for chance in found.chances
    ]
    note = (
        "Chance: with the 95 % interval of the simulation; that the scenario is right is taken for granted."
    )
    return Table("chances", "Is the promise kept?", shown, rows, notes=(note,), is_shown=bool(rows))


def _target(bound: Bound) -> str:
    return f"{head_of(bound)} {bound.side} {with_unit(bound.counted.unit, bound.value)}"


def _moves(found: Intraday) -> Table:
    """A row a move, those that help most first."""
    shown = (
        Column("move", "Move"), Column("kind", is_shown=False),
        Column("hours", "Paid\nhours", "", "number"),
        Column("kept", "Chance", "share", "number", spare=1),
        Column("chance", "Chance,\nmore", "share", "difference"),
        Column("missed", "Missed,\nmore", "", "difference"),
    )  # fmt: skip
    rows = [
        {
            "move": tried.move.title,
            "kind": tried.move.kind,
            "hours": tried.hours,
            "kept": tried.kept,
            "chance": change(tried.chance),
            "missed": change(tried.missed),
        }
        for tried in found.moves
    ]
    note = (
        "Each on the same customers from the same moment; first what adds most to the chance for a paid hour."
    )
    return Table("moves", "What can be done", shown, rows, notes=(note,), is_shown=bool(rows))


intraday = answering(study, result)
"""`sim.intraday`: the study, with a `Result` for its answer."""
