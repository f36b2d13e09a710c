"""When was that, by the clock of the centre? Time zones, and the two days a year that have 23 or 25 hours.

A day's intervals are those of its clock. Where the clock is put forward an interval does not come at all,
where it is put back one comes twice: how often each came is its number of passes, which rates are divided by.
"""

from __future__ import annotations

import datetime as dt
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np

from sim.arrays import Floats
from sim.errors import StudyError

_UTC = dt.UTC


def zone_of(name: str) -> ZoneInfo:
    """Time zone by its name.

    Raises
    ------
    StudyError
        If there is none of that name; says which is nearest.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    known = sorted(available_timezones())
    lower = {each.casefold(): each for each in known}
    lower |= {each.rsplit("/", 1)[-1].casefold(): each for each in known if "/" in each}
    near = get_close_matches(name.casefold(), list(lower), n=1, cutoff=0.6)
    hint = f"; did you mean {lower[near[0]]!r}?" if near else "; such as Europe/Berlin or America/New_York"
    raise StudyError(f"zone: there is no time zone {name!r}{hint}")


def at_centre(utc: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime, int]:
    """Clock time of the centre at a moment of UTC, and whether it is its first (0) or second (1) pass."""
    local = utc.astimezone(zone)
    return local.replace(tzinfo=None, fold=0), local.fold


def kind_of(local: dt.datetime, zone: ZoneInfo) -> str:
    """Whether a clock time comes once, twice or never: "once", "twice", "never"."""
    early, late = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if early == late:
        return "once"
    assert early is not None
    assert late is not None
    return "twice" if early > late else "never"


@lru_cache(maxsize=20_000)
def passes_of(day: dt.date, zone: ZoneInfo | None, interval_min: int) -> Floats | None:
    """How often each interval of a day came; None for a day like any other."""
    if zone is None:
        return None
    midnights = [dt.datetime.combine(each, dt.time(), zone) for each in (day, day + dt.timedelta(days=1))]
    first, last = (int(each.timestamp()) for each in midnights)
    if last - first == 86_400:
        return None
    passes = np.zeros(1_440 // interval_min)
    step = 60 * min(interval_min, 15)
    for moment in range(first, last, step):
        local = dt.datetime.fromtimestamp(moment, zone)
        passes[(local.hour * 60 + local.minute) // interval_min] += step / (60 * interval_min)
    return passes
