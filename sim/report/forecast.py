"""What does a forecast answer with? Chats by day and interval with bands, and how far off it had been."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from sim.log.export import csv_text
from sim.report.numbers import number, percent
from sim.report.result import Column, Head, Result, Row, Table, answering
from sim.report.volumes import DAYS, left_out, read_words
from sim.scenario.units import clock_text, plural
from sim.studies.volumes.backtest import Backtest
from sim.studies.volumes.forecast import BAND, Forecast
from sim.studies.volumes.outlook import Outlook
from sim.studies.volumes.outlook import forecast as look_ahead
from sim.studies.volumes.study import QueueVolumes

WAYS = {"mean": "mean of the last weeks", "trend": "… with its trend", "naive": "the same day last week"}
"""How it is forecast, in words."""
_BAND = f"{100 * BAND:.0f} %"
NOTE = (
    "wMAPE: the misses of all intervals together, over the chats that came. Band: share of intervals within "
    f"the {_BAND} band of a negative binomial; chance alone: within that of a Poisson."
)


def result(found: Outlook) -> Result:
    """Result of a forecast."""
    volumes, settings = found.volumes, found.settings
    first, last = found.forecasts[0].first, found.forecasts[0].date(found.ahead - 1)
    basis = f"{first} to {last}; mean of the last {plural(settings.weeks, 'week')} by weekday and interval"
    head = Head("forecast", (), basis, title=", ".join(volumes.history.files))
    facts: dict[str, Any] = {
        "weeks": settings.weeks, "ahead": found.ahead, "band": BAND, "with_trend": settings.trend,
        "interval_min": volumes.queues[0].series.interval_min, "zone": volumes.history.zone,
    }  # fmt: skip
    tables = (_backtests(found), _days(found), _intervals(found), left_out(volumes.history.account))
    return Result(head, (), tuple(_words(found)), tables, facts, found)


def _pairs(found: Outlook) -> Iterator[tuple[QueueVolumes, Forecast, Backtest | None]]:
    yield from zip(found.volumes.queues, found.forecasts, found.backtests, strict=True)


def _words(found: Outlook) -> Iterator[str]:
    for each, forecast, back in _pairs(found):
        yield _expected(each, forecast)
        yield from _judged(each.name, back, found)
        yield from _more(each, forecast, found)
    if found.volumes.profile is not None:
        yield f"Totals were spread over intervals by {found.volumes.profile.told}."
    yield from read_words(found.volumes.history.account)


def _expected(each: QueueVolumes, forecast: Forecast) -> str:
    days = forecast.days
    known = np.flatnonzero(np.isfinite(days))
    if not len(known):
        return f"{each.name}: nothing is known of the weekdays to come."
    most = int(known[np.argmax(days[known])])
    low, high = (float(end[most]) for end in forecast.day_band)
    band = "" if np.isnan(low) else f" ({_BAND}: {low:,.0f} to {high:,.0f})"
    date = forecast.date(most)
    return (
        f"{each.name}: {float(np.nansum(days)):,.0f} chats in {plural(len(days), 'day')}; most on "
        f"{DAYS[date.weekday()]} {date}, {days[most]:,.0f}{band}."
    )


def _judged(name: str, back: Backtest | None, found: Outlook) -> Iterator[str]:
    """How far off it would have been, and whether it beats the naive one."""
    if back is None:
        yield f"{name}: the history is too short to look back, so nobody knows how far off this is."
        return
    mean, naive, trend = (back.scores[way] for way in ("mean", "naive", "trend"))
    times = plural(back.origins, "time")
    span = plural(back.ahead, "day")
    yield (
        f"{name}: made {times} in the past for up to {span} ahead, it missed by {_share(mean.wmape)} of the "
        f"chats of an interval and {_share(mean.wmape_day)} of a day's; the same day last week by "
        f"{_share(naive.wmape)} and {_share(naive.wmape_day)}. {_verdict(back)}"
    )
    if mean.band is not None and mean.poisson is not None:
        yield (
            f"{name}: the {_BAND} band held {_share(mean.band)} of the intervals; one of chance alone would "
            f"have held {_share(mean.poisson)}."
        )
    if found.settings.trend:
        better = "nearer" if trend.wmape < mean.wmape else "further off"
        yield f"{name}: with its trend it would have been {better}, {_share(trend.wmape)} an interval."


_FEW_TIMES = 3
"""Past days from which on it is said that a forecast beats another."""


def _verdict(back: Backtest) -> str:
    """Whether it beats the naive one, and how often it did."""
    often = f"nearer {back.wins:,} of {plural(back.origins, 'time')}"
    if back.gain > 0 and 2 * back.wins > back.origins >= _FEW_TIMES:
        return f"It beats that naive forecast: {often}, with {percent(back.gain)} fewer misses."
    if back.gain > 0:
        return f"Whether it beats the naive is not clear: {often}, with {percent(back.gain)} fewer misses."
    return (
        f"It does NOT beat that naive forecast: {often}. What changed in the last weeks? Try fewer --weeks."
    )


def _share(share: float) -> str:
    return number(share, "share")


def _more(each: QueueVolumes, forecast: Forecast, found: Outlook) -> Iterator[str]:
    if forecast.alpha is None:
        yield f"{each.name}: no band, as it is not known how much days vary."
    elif each.read.kind == "days":
        yield f"{each.name}: bands of intervals are those of days; how intervals vary within is not known."
    if found.settings.trend:
        yield f"{each.name}: {100 * forecast.growth:+.1f} % a week is gone on with."
    if forecast.holidays:
        named = ", ".join(f"{name} {day}" for day, name in list(forecast.holidays.items())[:3])
        if forecast.holiday_factor is None:
            yield f"{each.name}: {named}: the history has no holiday, so these are forecast as usual days."
        else:
            factor = number(forecast.holiday_factor, "")
            yield f"{each.name}: {named}: with {factor} times the usual chats, as on past holidays."


def _backtests(found: Outlook) -> Table:
    rows: list[Row] = []
    for each, _, back in _pairs(found):
        if back is None:
            continue
        for way, score in back.scores.items():
            rows.append(
                {
                    "queue": each.name, "way": WAYS[way], "wmape": score.wmape, "wmape_day": score.wmape_day,
                    "bias": score.bias, "band": score.band, "chance": score.poisson, "width": score.width,
                    "times": back.origins, "intervals": back.cells,
                }
            )  # fmt: skip
    columns = (
        Column("queue", "Queue"),
        Column("way", "Forecast"),
        Column("wmape", "wMAPE", "share", "number"),
        Column("wmape_day", "of days", "share", "number"),
        Column("bias", "Bias", "share", "number"),
        Column("band", "Band holds", "share", "number", spare=3),
        Column("chance", "chance alone", "share", "number", spare=2),
        Column("width", "Width", "chats", "number", spare=1),
        Column("times", "Times", form="setting", is_shown=False),
        Column("intervals", "Intervals", form="setting", is_shown=False),
    )
    return Table("backtest", "How far off it would have been", columns, rows, notes=(NOTE,), divide="queue")


def _days(found: Outlook) -> Table:
    rows: list[Row] = []
    for each, forecast, _ in _pairs(found):
        low, high = forecast.day_band
        for k, mean in enumerate(forecast.days):
            date = forecast.date(k)
            rows.append(
                {
                    "queue": each.name, "day": str(date), "weekday": DAYS[date.weekday()],
                    "chats": _known(mean), "low": _known(low[k]), "high": _known(high[k]),
                    "holiday": forecast.holidays.get(date, ""),
                }
            )  # fmt: skip
    columns = (
        Column("queue", "Queue"),
        Column("day", "Day"),
        Column("weekday", "Weekday"),
        Column("chats", "Chats", "chats", "number"),
        Column("low", f"{_BAND}: from", "chats", "number"),
        Column("high", "to", "chats", "number"),
        Column("holiday", "Holiday"),
    )
    return Table("by_day", "Chats expected, day by day", columns, rows, divide="queue")


def _intervals(found: Outlook) -> Table:
    rows: list[Row] = []
    for each, forecast, _ in _pairs(found):
        low, high = forecast.band
        for k, slot in np.ndindex(forecast.mean.shape):
            rows.append(
                {
                    "queue": each.name, "day": str(forecast.date(k)),
                    "start_s": slot * each.series.interval_min * 60.0,
                    "chats": _known(float(forecast.mean[k, slot])), "low": _known(float(low[k, slot])),
                    "high": _known(float(high[k, slot])),
                }
            )  # fmt: skip
    columns = (
        Column("queue", "Queue"),
        Column("day", "Day"),
        Column("start_s", "Start", form="clock"),
        Column("chats", "Chats", "chats", "number"),
        Column("low", f"{_BAND}: from", "chats", "number"),
        Column("high", "to", "chats", "number"),
    )
    return Table("by_interval", "Chats expected, interval by interval", columns, rows, is_shown=False)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def forecast_csv(result: Result) -> str:
    """Give the forecast as a file that arrivals of a scenario can name: a row each interval that is known."""
    known = [row for row in result.table("by_interval").rows if row["chats"] is not None]
    columns = {
        "queue": [row["queue"] for row in known],
        "start": [f"{row['day']} {clock_text(row['start_s'])}" for row in known],
        "chats": [_short(row["chats"]) for row in known],
        **{
            end: [None if row[end] is None else f"{row[end]:.0f}" for row in known] for end in ("low", "high")
        },
    }
    return csv_text(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))


def _short(chats: float) -> str:
    return f"{chats:.2f}".rstrip("0").rstrip(".")


forecast = answering(look_ahead, result)
