"""How many will come to each queue, and how far off would that have been? A forecast with its backtest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from sim.errors import StudyError
from sim.scenario.hours import Holidays
from sim.studies.volumes.backtest import Backtest, backtest
from sim.studies.volumes.forecast import Forecast, Settings, forecast_of
from sim.studies.volumes.study import Reading, Volumes, volumes

MOST_AHEAD = 366
"""Days that are forecast, at most."""
_BACK = 28
"""Days ahead that are looked at in the past, at most."""
LEAST_DAYS = 7
"""Days of history without which nothing is forecast."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Forecasts of all queues, in the order of the volumes."""

    volumes: Volumes
    forecasts: tuple[Forecast, ...]
    backtests: tuple[Backtest | None, ...]
    """None where the history is too short to look back."""
    settings: Settings
    ahead: int


def forecast(
    paths: Sequence[str | Path] | str | Path,
    *,
    weeks: int = 4,
    ahead: int = 14,
    trend: bool = False,
    progress: Callable[[int, int], None] | None = None,
    **reading: Unpack[Reading],
) -> Outlook:
    """Forecast the days after a history: the mean of the last weeks, by weekday and interval.

    Parameters
    ----------
    weeks
        Weeks whose mean it is.
    ahead
        Days that are forecast.
    trend
        Whether growth from week to week goes on.
    progress
        Is told how many past days are done, and of how many.
    reading
        As of `volumes`. Public holidays to come get the factor of those that were.

    Raises
    ------
    ScenarioError
        With every problem of the files, each with file and line.
    StudyError
        If the history is shorter than a week, or a number is out of bounds.
    """
    if not 1 <= ahead <= MOST_AHEAD or not 1 <= weeks <= 52:
        raise StudyError(f"a forecast is of 1 to {MOST_AHEAD} days, from the mean of 1 to 52 weeks")
    found = volumes(paths, **reading)
    for each in found.queues:
        if each.series.days < LEAST_DAYS:
            law = f"a forecast needs a week of history at least, and {each.name} has {each.series.days} days"
            raise StudyError(law)
    country = reading.get("country")
    holidays = None if country is None else Holidays(country=country, region=reading.get("region")).of
    settings = Settings(weeks, trend, holidays, frozenset(reading.get("without", ())))
    forecasts = tuple(forecast_of(each.series, ahead, settings, each.dispersion) for each in found.queues)
    backtests = tuple(
        None
        if each.read.kind == "months"
        else backtest(each.read, min(ahead, _BACK), settings, progress=progress)
        for each in found.queues
    )
    return Outlook(found, forecasts, backtests, settings, ahead)
