"""What do volumes say? Of each queue the usual week, how much it varies, whether it grows, and odd days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict, TypeVar, Unpack

import numpy as np

from sim.arrays import Floats
from sim.errors import StudyError, printable
from sim.history.account import How
from sim.history.history import History, read_history
from sim.history.mapping import DAY_MIN, Mapping, load_mapping
from sim.history.profile import Profile, assumed, profile_of, spread
from sim.history.series import Series
from sim.scenario.cells import DateOrder, Decimals
from sim.scenario.hours import Holidays
from sim.studies.volumes.dispersion import Dispersion, dispersion
from sim.studies.volumes.forecast import holiday_factor
from sim.studies.volumes.pattern import OddDay, Pattern, Trend, counts, odd_days, pattern, rates, trend


@dataclass(frozen=True, slots=True, eq=False)
class QueueVolumes:
    """What the volumes of a queue say."""

    series: Series
    """By interval: totals of days and months are spread."""
    read: Series
    """As it was read."""
    pattern: Pattern
    dispersion: Dispersion | None
    """Of intervals, or of days' totals; None of months' totals, of numbers that are no counts, and where no
    weekday was seen twice."""
    is_counts: bool
    """Whether all volumes are whole: others are forecasts or means, which say nothing of chance."""
    trend: Trend | None
    odd: tuple[OddDay, ...]
    holidays: dict[dt.date, str]
    """Holidays among its days: they are left out of the usual week, of spreads and of growth."""
    holiday_factor: float | None

    @property
    def name(self) -> str:
        """Its queue, or that there is one alone."""
        return self.series.queue or "chats"


@dataclass(frozen=True, slots=True, eq=False)
class Volumes:
    """What a history says, queue by queue."""

    history: History
    queues: tuple[QueueVolumes, ...]
    profile: Profile | None
    """By which totals were spread over intervals; None where none were."""
    country: str | None
    region: str | None


class Reading(TypedDict, total=False):
    """What may be said of how a history is to be read."""

    zone: str | None
    media: Sequence[str]
    queues: Sequence[str]
    dates: DateOrder | str | None
    decimals: Decimals | str | None
    missing: str
    mapping: Mapping | str | Path | None
    profile_from: Sequence[str | Path]
    country: str | None
    region: str | None
    without: Collection[dt.date]


def volumes(paths: Sequence[str | Path] | str | Path, **reading: Unpack[Reading]) -> Volumes:
    """Look at the volumes in some files of interval history.

    Parameters
    ----------
    reading
        *zone*: time zone of the centre, such as Europe/Berlin. *media*, *queues*: those that are read;
        omitted: all queues, of one medium. *dates*: "day first" or "month first", *decimals*: "point" or
        "comma", where the files don't show it. *missing*: what an interval without a row is, on a day that
        has rows: "unknown" or "zero". *mapping*: which column is what, or the file that says it; omitted:
        found. *profile_from*: history by interval, by whose profile totals of days and months are spread.
        *country*, *region*: whose public holidays are no usual days; *without*: further days that are none.

    Raises
    ------
    ScenarioError
        With every problem of the files, each with file and line.
    StudyError
        If there is no such time zone or word, or a profile is of no use.
    """
    named = [paths] if isinstance(paths, str | Path) else paths
    how, mapping = how_of(reading)
    history = read_history([Path(path) for path in named], how, mapping)
    profile = _profile(history, [Path(path) for path in reading.get("profile_from", ())], how)
    country = reading.get("country")
    if country is None and reading.get("region") is not None:
        raise StudyError("region: needs a country")
    holidays = None if country is None else Holidays(country=country, region=reading.get("region"))
    without = reading.get("without", ())
    queues = tuple(_of_queue(each, profile, holidays, without) for each in history.series)
    return Volumes(history, queues, profile, country, reading.get("region"))


def look(history: History, without: Collection[dt.date] = ()) -> Volumes:
    """Look at a *history* by interval that was not read from files; days *without* are no usual ones."""
    queues = tuple(_of_queue(each, None, None, without) for each in history.series)
    return Volumes(history, queues, None, None, None)


def how_of(reading: Reading) -> tuple[How, Mapping | None]:
    """Give how a history is to be read, and which column is what, where that is said.

    Raises
    ------
    ScenarioError
        If the mapping can't be read.
    StudyError
        If there is no such word.
    """
    mapping = reading.get("mapping")
    known = load_mapping(Path(mapping)) if isinstance(mapping, str | Path) else mapping
    missing = reading.get("missing", "unknown")
    if missing not in {"unknown", "zero"}:
        raise StudyError(f'missing: must be "unknown" or "zero", got {printable(repr(missing))}')
    dates, decimals = reading.get("dates"), reading.get("decimals")
    how = How(
        reading.get("zone"), tuple(reading.get("media", ())), tuple(reading.get("queues", ())),
        None if dates is None else _choice("dates", dates, DateOrder),
        None if decimals is None else _choice("decimals", decimals, Decimals), missing == "zero",
    )  # fmt: skip
    return how, known


Choice = TypeVar("Choice", DateOrder, Decimals)


def _choice(name: str, text: str, kind: type[Choice]) -> Choice:
    """What is meant by a word, as it is or short: day, day-first, day first."""
    meant = text.strip().casefold().replace("-", " ").replace("_", " ")
    found = next((each for each in kind if meant in {each.value, each.value.split()[0]}), None)
    if found is None:
        known = " or ".join(f'"{each}"' for each in kind)
        raise StudyError(f"{name}: must be {known}, got {printable(repr(text))}")
    return found


def _profile(history: History, paths: Sequence[Path], how: How | None) -> Profile | None:
    """Profile of totals; None where volumes are by interval."""
    if history.interval_min < DAY_MIN:
        if paths:
            raise StudyError(
                "--profile-from: the volumes are by interval already, so nothing is to be spread"
            )
        return None
    if not paths:
        return assumed()
    found = read_history(list(paths), how)
    if found.interval_min == DAY_MIN:
        raise StudyError("--profile-from: its history must be by interval, and holds totals of days")
    together = [each.offered for each in found.series]
    first = found.series[0]
    if len({each.shape for each in together}) == 1 and len({each.first for each in found.series}) == 1:
        first = replace(first, offered=np.sum(together, axis=0))
    return profile_of(first, ", ".join(str(path) for path in paths))


def _of_queue(
    read: Series, profile: Profile | None, holidays: Holidays | None, without: Collection[dt.date]
) -> QueueVolumes:
    series = read if profile is None else spread(read, profile)
    off = {} if holidays is None else {
        series.date(day): name for day in range(series.days) if (name := holidays.of(series.date(day)))
    }  # fmt: skip
    found, weekdays = counts(series, {*off, *without}), np.asarray(series.weekdays)
    spreads = None
    if read.is_counts and read.kind != "months":
        own = found if profile is None else counts(read, {*off, *without})
        spreads = dispersion(own, np.asarray(read.weekdays))
    by_days = read.kind != "months"
    return QueueVolumes(
        series, read, pattern(rates(series, {*off, *without}), weekdays), spreads, read.is_counts,
        trend(found, weekdays) if by_days else None,
        tuple(odd_days(series, found)) if by_days else (),
        off, holiday_factor(series, found, off) if off else None,
    )  # fmt: skip


def a_day(found: Pattern) -> Floats:
    """Contacts of a usual day of each weekday, shape (7,); NaN of one of which nothing is known."""
    empty = np.isnan(found.mean).all(axis=1)
    return np.asarray(np.where(empty, np.nan, np.nansum(found.mean, axis=1)))
