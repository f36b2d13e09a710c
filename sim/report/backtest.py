"""What does a backtest answer with? What came beside what was predicted, and whether it lies in the band."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim.importers.folder import Recorded, read_log
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Quantity
from sim.report.numbers import in_words, number, percent, with_unit
from sim.report.result import PER_ROW, Column, Head, Result, Row, Table
from sim.runs.executor import Progress
from sim.scenario.units import plural
from sim.studies.fitted.backtest import BAND, Backtest, Prediction
from sim.studies.fitted.backtest import backtest as find_predictions

WELL, PARTLY = 0.8, 0.5
"""Share of intervals inside the band, from which on a figure is predicted well, or partly."""


def backtest(
    log: Recorded | str | Path,
    split: dt.date | str,
    *,
    given: str | None = None,
    interval_min: int = 30,
    without: Collection[dt.date] = (),
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Result:
    """Fit the days of a *log* before the *split*, predict those from it on, and hold them against each other.

    The later days have the staffing that was recorded for them, or that their chats show, and the arrivals
    that were to be expected.

    Parameters
    ----------
    given
        "arrivals": the later part's true arrivals are given. Omitted: they are forecast.
    interval_min
        Planning interval: 15, 30 or 60 minutes.
    without
        Days before the split that were not usual.

    Raises
    ------
    LogError
        If the folder is no imported log.
    StudyError
        If the split is not within the log, or too few days or chats are before it.
    """
    found = log if isinstance(log, Recorded) else read_log(log)
    day = dt.date.fromisoformat(split) if isinstance(split, str) else split
    return result(
        find_predictions(
            found,
            day,
            given=given,
            interval_min=interval_min,
            seed=seed,
            without=frozenset(without),
            workers=workers,
            progress=progress,
        )
    )


def result(found: Backtest) -> Result:
    """Result of a backtest."""
    seen, later = found.fitted.seen, found.later
    before = seen.start + dt.timedelta(days=seen.n_days - 1)
    until = later.start + dt.timedelta(days=later.n_days - 1)
    basis = (
        f"fitted to {seen.start} to {before}, held against {found.split} to {until}; "
        f"{found.replications} replications, seed {found.seed}"
    )
    head = Head(
        "backtest",
        (found.scenario.name,),
        basis,
        found.seed,
        found.replications,
        title=seen.chats.centre.name,
    )
    facts: dict[str, Any] = {
        "split": str(found.split),
        "given": found.given,
        "band": BAND,
        "staffing_recorded": found.is_recorded,
        "interval_min": round(later.chats.centre.interval_s / 60),
    }
    return Result(head, (), tuple(_words(found)), (_figures(found), _intervals(found)), facts, found)


def verdict(each: Prediction) -> str:
    """Whether a figure is predicted: well, partly, or badly."""
    share = each.share_inside
    if share is None:
        return "not to be told"
    if share >= WELL and each.is_inside:
        return "well"
    return "partly" if share >= PARTLY else "badly"


def _words(found: Backtest) -> Iterator[str]:
    told = [each for each in found.predictions if each.share_inside is not None]
    well = [each for each in told if verdict(each) == "well"]
    n = plural(len(told), "figure")
    answer = (
        f"All {n} are predicted well"
        if len(well) == len(told)
        else f"Of {n} {len(well)} are predicted well"
        if well
        else f"None of {n} is predicted well"
    )
    arrivals = "the true arrivals" if found.given == "arrivals" else "forecast arrivals"
    yield f"{answer}, with {arrivals}."
    for each in told:
        yield _sentence(each)
    if not found.is_recorded:
        yield (
            "Nobody recorded who was on duty: staffing of the later days is inferred from their own chats, "
            "so it knows something of what it is to predict."
        )
    yield (
        f"A band of {percent(BAND)} holds {percent(BAND)} of intervals if the scenario is right: chance is "
        "in it, and how sure the numbers are."
    )


def _sentence(each: Prediction) -> str:
    kpi = BY_NAME[each.kpi]
    came, told = (with_unit(kpi.unit, value) for value in (each.observed, each.predicted))
    ends = f"{number(each.low, kpi.unit)} to {number(each.high, kpi.unit)}"
    inside = percent(each.share_inside or 0.0)
    where = "" if each.is_inside else ", beside the band"
    title = in_words(kpi.title) + (" a day" if each.kpi == "offered" else "")
    intervals = plural(int(each.known.sum()), "interval")
    return (
        f"{title[:1].upper()}{title[1:]}: {came}, predicted {told} ({ends}){where}; of {intervals} of the "
        f"day {inside} in their bands: {verdict(each)}."
    )


def _figures(found: Backtest) -> Table:
    rows: list[Row] = [
        {
            "kpi": each.kpi,
            "title": BY_NAME[each.kpi].title + (" a day" if each.kpi == "offered" else ""),
            "unit": BY_NAME[each.kpi].unit,
            "came": each.observed,
            "predicted": Quantity(each.predicted, each.low, each.high, False, each.predicted, None, None),
            "inside": each.is_inside,
            "intervals": int(each.known.sum()),
            "share_inside": each.share_inside,
            "verdict": verdict(each),
        }
        for each in found.predictions
    ]
    columns = (
        Column("kpi", is_shown=False),
        Column("title", "Figure"),
        Column("unit", is_shown=False),
        Column("came", "Came", PER_ROW, "number"),
        Column("predicted", "Predicted, band", PER_ROW, "quantity", "span"),
        Column("inside", "Inside", form="flag", spare=2),
        Column("intervals", "Intervals", form="setting", spare=3),
        Column("share_inside", "in band", "share", "number", spare=1),
        Column("verdict", "Predicted"),
    )
    note = (
        f"Well: the whole lies in its {percent(BAND)} band, and at least {percent(WELL)} of the intervals "
        f"of the day do; partly: {percent(PARTLY)} of them."
    )
    return Table("figures", "What came, and what was predicted", columns, rows, notes=(note,))


def _intervals(found: Backtest) -> Table:
    """Each figure by interval of the day."""
    width_s = found.later.chats.centre.interval_s
    rows: list[Row] = []
    for each in found.predictions:
        of = each.by_interval
        rows += [
            {
                "kpi": each.kpi,
                "start_s": k * width_s,
                "came": float(of["observed"][k]),
                "predicted": float(of["predicted"][k]),
                "low": float(of["low"][k]),
                "high": float(of["high"][k]),
                "inside": bool(each.inside[k]),
            }
            for k in np.flatnonzero(each.known)
        ]
    columns = (
        Column("kpi", "Figure"),
        Column("start_s", "Start", form="clock"),
        Column("came", "Came", form="number"),
        Column("predicted", "Predicted", form="number"),
        Column("low", "Band from", form="number"),
        Column("high", "to", form="number"),
        Column("inside", "Inside", form="flag"),
    )
    return Table("by_interval", "By interval of the day", columns, rows, is_shown=False)
