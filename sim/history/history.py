"""Which history is this? Files in; series of queues, and what became of each row, out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from sim.history.account import Account, How
from sim.history.clock import zone_of
from sim.history.mapping import Mapping
from sim.history.reader import Part, read_part
from sim.history.series import Series, gaps_told, series_of
from sim.scenario.units import plural

_APART = 0.02
"""Share of those offered that may be neither handled nor abandoned: carried over at the end."""
_WIDE = 60
"""Days in a row without any row that make two histories of one."""
_OLD = 180
"""Days since the last one of a history, from which on it is called old."""
_SHORT_S, _LONG_S = 20.0, 4 * 3600.0
"""Mean handling times below and above these are probably in another unit."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Series of all queues, on the same intervals, and how they were read."""

    series: tuple[Series, ...]
    account: Account
    zone: str | None
    """Time zone whose clock the days are of; None where nobody said it."""
    files: tuple[str, ...]

    @property
    def interval_min(self) -> int:
        """Minutes of an interval."""
        return self.series[0].interval_min


def read_history(paths: Sequence[Path], how: How | None = None, mapping: Mapping | None = None) -> History:
    """Read the history in the files at *paths*.

    Raises
    ------
    ScenarioError
        With the problems found, each with file and line.
    StudyError
        If the time zone is none.
    """
    how, account = how or How(), Account()
    zone = None if how.zone is None else zone_of(how.zone)
    parts = [read_part(path, mapping, how, account, zone) for path in paths]
    named = _named_zone(parts, zone, account, how)
    zone_name = how.zone or (named.key if named is not None else None)
    series = series_of(parts, account, zone or named, how)
    account.remarks += [told for each in series for told in gaps_told(each, how)]
    for each in series:
        account.remarks += _doubts(each)
    return History(tuple(series), account, zone_name, tuple(str(path) for path in paths))


def age_told(last: dt.date) -> str:
    """Say that a history ended long ago, or ends in the future; empty if neither."""
    age = (dt.date.today() - last).days
    if age > _OLD:
        return f"these volumes end on {last}, {age:,} days ago: are they of the year that is meant?"
    return f"these volumes end on {last}, which is to come: a forecast, or another year?" if age < 0 else ""


def _named_zone(parts: Sequence[Part], zone: ZoneInfo | None, account: Account, how: How) -> ZoneInfo | None:
    """Time zone that the files name, where the user does not; the account is told of it."""
    if zone is not None:
        return zone
    names = {part.zone for part in parts if part.zone is not None}
    if len(names) == 1 and all(part.zone is not None for part in parts):
        (name,) = names
        account.understood.append(f"times are of {name}, as the rows say")
        return zone_of(name)
    utc = [part.shown for part in parts if part.is_utc]
    if utc:
        account.remarks.append(
            f"{utc[0]}: times are UTC, and so are days and hours here: name your place, such as "
            f"{how.said('zone', 'Europe/Berlin')}"
        )
    return None


def _doubts(series: Series) -> list[str]:
    """What looks wrong in the numbers of a queue."""
    told, name = [], f"{series.queue}: " if series.queue else ""
    empty = np.flatnonzero(~series.has_rows)
    runs = np.split(empty, np.flatnonzero(np.diff(empty) > 1) + 1) if len(empty) else []
    wide = [run for run in runs if len(run) >= _WIDE and series.kind == "intervals"]
    if wide:
        early, late = series.date(int(wide[0][0]) - 1), series.date(int(wide[0][-1]) + 1)
        told.append(
            f"{name}nothing is known between {early} and {late}, {plural(len(wide[0]), 'day')}: are rows of "
            "both ends of the year that is meant?"
        )
    aht = series.aht_s
    if aht is not None and 0 < aht < _SHORT_S:
        told.append(
            f"{name}a mean handling time of {aht:.3g} s is very short: are these minutes? Write "
            'durations = "min" in a mapping'
        )
    elif aht is not None and aht > _LONG_S:
        told.append(f"{name}a mean handling time of {aht / 3600:,.1f} h is very long: milliseconds, or sums?")
    handled, offered = (float(np.nansum(each)) for each in (series.handled, series.offered))
    if handled > 1.02 * offered > 0:
        told.append(
            f"{name}{handled:,.0f} were handled of {offered:,.0f} offered: carried over, or of another count"
        )
    all_known = ~np.isnan(series.offered + series.handled + series.abandoned)
    offered, handled, abandoned = (
        float(each[all_known].sum()) for each in (series.offered, series.handled, series.abandoned)
    )
    if offered > (1 + _APART) * (handled + abandoned):
        told.append(
            f"{name}{handled:,.0f} handled and {abandoned:,.0f} abandoned are {handled + abandoned:,.0f} of "
            f"{offered:,.0f} offered: are those who left soon, or were passed on, counted nowhere?"
        )
    return told
