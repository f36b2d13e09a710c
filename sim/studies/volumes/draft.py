"""Which scenario do volumes make? Rates by weekday and interval, spreads, hours measured; the rest assumed.

What no volumes tell is as in the scenario that one starts from: patience, turns and the times of a reply,
which are scaled so that a chat is handled in the measured time while its agent holds two (the machine-repair
model of attention); and agents enough for the busiest interval at that time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import ceil

import numpy as np

from sim.arrays import Flags, Floats
from sim.errors import StudyError
from sim.scenario.units import DAY_S
from sim.studies.volumes.dispersion import Spread
from sim.studies.volumes.pattern import WEEK
from sim.studies.volumes.study import QueueVolumes, Volumes
from sim.theory.attention import machine_repair

TURNS, AGENT_S, CUSTOMER_S, WRAP_UP_S = 6.0, 40.0, 55.0, 20.0
"""Of the scenario that one starts from."""
CONCURRENCY, HELD = 3, 2
"""Chats that an agent may hold, and those that they are assumed to hold when it is busy."""
_ROOM = 1.15
"""Agents over those that the busiest interval would keep busy."""
_NIGHT_H = 2.0
"""Hours in which never anybody comes that make a night of a centre that is open over midnight."""
_LEAST_CV = 1e-3
"""Smallest spread of a scenario."""

Span = tuple[float, float]
"""Opening and closing, in seconds since midnight; a closing before the opening is on the next day."""


@dataclass(frozen=True, slots=True, eq=False)
class DraftQueue:
    """What a queue of the scenario is, and how it is known."""

    name: str
    per_hour: Floats
    """Chats an hour, shape (7, n_intervals), Monday first."""
    days: tuple[int, ...]
    """Days that each weekday's rates are the mean of; 0 where they are those of the other weekdays."""
    busyness: Spread | None
    interval: Spread | None
    aht_s: float | None
    scale: float
    """Times of the assumed chat, over those of the scenario that one starts from."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A scenario of a week, from volumes."""

    name: str
    start: dt.date
    """The first Monday after the history."""
    interval_min: int
    hours: tuple[Span | None, ...] | None
    """Of each weekday, Monday first, None for a closed one; None for a centre that never closes."""
    queues: tuple[DraftQueue, ...]
    agents: int
    notes: tuple[str, ...]
    """What is to be known, in sentences."""
    holidays: tuple[str, str | None, float | None] | None
    """Country, region, and chats on a holiday times the usual, None where the history has none."""


def draft(found: Volumes, name: str) -> Draft:
    """Make a scenario called *name* of volumes.

    Raises
    ------
    StudyError
        If nobody came.
    """
    queues = tuple(_queue(each) for each in found.queues)
    rates = np.sum([queue.per_hour for queue in queues], axis=0)
    if not rates.any():
        raise StudyError("the volumes are all 0, and make no scenario")
    last = max(each.series.last for each in found.queues)
    start = last + dt.timedelta(days=WEEK - last.weekday())
    load = np.sum([queue.per_hour * _handling_s(queue) / 3600 for queue in queues], axis=0)
    agents = max(1, ceil(float(load.max()) / HELD * _ROOM))
    minutes = found.queues[0].series.interval_min
    return Draft(name, start, minutes, opening(rates), queues, agents, tuple(_notes(found)), _holidays(found))


def _queue(each: QueueVolumes) -> DraftQueue:
    per_hour, days = _rates(each)
    spread = each.dispersion
    aht_s = each.series.aht_s
    return DraftQueue(
        each.name, per_hour, days,
        None if spread is None else spread.day,
        None if spread is None else spread.interval,
        aht_s, 1.0 if not aht_s else aht_s / _assumed_s(),
    )  # fmt: skip


def _rates(each: QueueVolumes) -> tuple[Floats, tuple[int, ...]]:
    """Chats an hour of each weekday and interval, and the days that they are the mean of.

    Of a history shorter than a week the weekdays that it lacks are as the others are on average; of a longer
    one they are closed.
    """
    mean, seen = each.pattern.mean, each.pattern.days.max(axis=1)
    per_hour = np.nan_to_num(mean) * (60 / each.series.interval_min)
    if each.series.days < WEEK:
        per_hour[seen == 0] = per_hour[seen > 0].mean(axis=0)
    return per_hour, tuple(int(n) for n in seen)


def _assumed_s() -> float:
    """Handling time of the assumed chat, by the clock, while its agent holds two."""
    reply_s = float(machine_repair(CONCURRENCY, AGENT_S, CUSTOMER_S).reply_s[HELD - 1])
    return TURNS * reply_s + (TURNS - 1) * CUSTOMER_S + WRAP_UP_S


def _handling_s(queue: DraftQueue) -> float:
    return _assumed_s() * queue.scale


def opening(rates: Floats) -> tuple[Span | None, ...] | None:
    """Opening hours in which all came, of each weekday; None where the centre never closes.

    Somebody came over midnight on every day: then it is closed where never anybody came, if that is two
    hours.

    Parameters
    ----------
    rates
        Shape (7, n_intervals), Monday first.
    """
    width_s = DAY_S / rates.shape[1]
    busy = rates > 0
    over_midnight = busy[:, 0].any() and busy[:, -1].any()
    if over_midnight and busy.any(axis=1).all():
        first, length = _longest_gap(np.asarray(~busy.any(axis=0)))
        if length * width_s < _NIGHT_H * 3600:
            return None
        return ((((first + length) * width_s) % DAY_S, first * width_s),) * WEEK
    spans: list[Span | None] = []
    for row in busy:
        slots = np.flatnonzero(row)
        spans.append((slots[0] * width_s, (slots[-1] + 1) * width_s) if len(slots) else None)
    return tuple(spans)


def _longest_gap(quiet: Flags) -> tuple[int, int]:
    """First place and length of the longest stretch of quiet intervals within a day."""
    best = (0, 0)
    first = None
    for k, is_quiet in enumerate([*quiet, False]):
        if is_quiet and first is None:
            first = k
        elif not is_quiet and first is not None:
            best = max(best, (first, k - first), key=lambda each: each[1])
            first = None
    return best


def _holidays(found: Volumes) -> tuple[str, str | None, float | None] | None:
    """Country and region that were named, and the factor of all queues together."""
    if found.country is None:
        return None
    known = [each for each in found.queues if each.holiday_factor is not None]
    came = sum((each.holiday_factor or 0.0) * each.series.total for each in known)
    whole = sum(each.series.total for each in known)
    return found.country, found.region, came / whole if whole > 0 else None


def _notes(found: Volumes) -> list[str]:
    notes = []
    for each in found.queues:
        if each.trend is not None and each.trend.is_sure:
            growth = f"{100 * each.trend.a_week:+.1f} % a week"
            notes.append(f"{each.name} changes by {growth}; the rates are those of all weeks")
    if found.profile is not None:
        notes.append(f"totals were spread over intervals by {found.profile.told}")
    return notes


def spread_of(spread: Spread | None) -> float | None:
    """A spread as a scenario may have it; None where it is not known."""
    if spread is None:
        return None
    return round(spread.value, 3) if spread.value >= _LEAST_CV else 0.0
