"""What came in each interval of each day? Entries laid on the clock of the centre, a series a queue.

An interval without a row is not known, and never 0. Rates are contacts divided by passes: on the days on
which clocks change an interval may not come, or come twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isnan
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from sim.arrays import Flags, Floats
from sim.errors import Problem, ScenarioError
from sim.history.account import Account, How
from sim.history.clock import kind_of, passes_of
from sim.history.mapping import DAY_MIN
from sim.history.reader import MEAN_DAY, Entry, Part
from sim.scenario.units import clock_text, plural

INTERVALS = (15, 30, 60)
"""Lengths of intervals in minutes, those of scenarios."""
FIGURES = ("offered", "handled", "abandoned", "handle_s")
"""What is known of an interval."""
MOST_DAYS = 3_660
"""Days between the first and the last, at most: ten years."""
Kind = Literal["intervals", "days", "months"]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Contacts of a queue, shape (n_days, n_intervals a day) each; NaN where nobody knows."""

    queue: str
    first: dt.date
    interval_min: int
    """Minutes of an interval; a day's for totals of days."""
    offered: Floats
    handled: Floats
    abandoned: Floats
    handle_s: Floats
    """Handling time of all contacts of an interval together."""
    passes: Floats
    """How often the interval came that day: 1, or 0 and 2 where clocks change."""
    unsure: Flags
    """Whether it came twice and has one row: of both passes, or of one; nobody knows."""
    kind: Kind = "intervals"
    """What the rows are totals of."""
    is_spread: bool = False
    """Whether totals of days or months were spread over intervals by a profile."""

    @property
    def days(self) -> int:
        """Days from the first to the last."""
        return len(self.offered)

    @property
    def last(self) -> dt.date:
        """The last day."""
        return self.date(self.days - 1)

    @property
    def weekdays(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Weekday of each day, Monday 0."""
        return (self.first.weekday() + np.arange(self.days)) % 7

    def date(self, day: int) -> dt.date:
        """Date of a day by its place."""
        return self.first + dt.timedelta(days=day)

    @property
    def has_rows(self) -> Flags:
        """Whether anything is known of a day."""
        return np.asarray(~np.isnan(self.offered).all(axis=1))

    @property
    def open_weekdays(self) -> Flags:
        """Whether any day of a weekday has rows, Monday first; without one it is taken to be closed."""
        return np.bincount(self.weekdays[self.has_rows], minlength=7) > 0

    @property
    def missing_days(self) -> list[dt.date]:
        """Days of which nothing is known, though others of their weekday have rows."""
        gone = ~self.has_rows & self.open_weekdays[self.weekdays]
        return [self.date(int(day)) for day in np.flatnonzero(gone)]

    @property
    def aht_s(self) -> float | None:
        """Mean handling time weighted by the contacts it is of; None where it is not known."""
        weight = self.handled if not np.isnan(self.handled).all() else self.offered
        both = ~np.isnan(self.handle_s) & ~np.isnan(weight)
        contacts = float(weight[both].sum())
        return float(self.handle_s[both].sum()) / contacts if contacts > 0 else None

    @property
    def is_counts(self) -> bool:
        """Whether all numbers are whole: others are forecasts or means, which say nothing of chance."""
        known = self.offered[~np.isnan(self.offered)]
        return not self.is_spread and bool((known == np.round(known)).all())

    @property
    def total(self) -> float:
        """All contacts that are known."""
        return float(np.nansum(self.offered))

    def tail(self, until: int) -> Series:
        """The series up to a day, that day not included."""
        names = (*FIGURES, "passes", "unsure")
        return replace(self, **{name: getattr(self, name)[:until] for name in names})


def series_of(parts: Sequence[Part], account: Account, zone: ZoneInfo | None, how: How) -> list[Series]:
    """Lay the entries of all files on days and intervals, a series for each queue.

    Parameters
    ----------
    zone
        Time zone of the centre, if it is known.
    how
        How the files are to be read.

    Raises
    ------
    ScenarioError
        Where two rows say different things of one interval, rows don't stand on the intervals, or days lie
        too far apart.
    """
    chunks: list[tuple[str, list[Entry], int]] = []
    lengths: dict[str, int] = {}
    months = set[str]()
    for part in parts:
        for queue, entries in _by_queue(part.entries).items():
            minutes, is_month = _length(part, entries)
            months |= {queue} if is_month else set()
            lengths[queue] = max(minutes, lengths.get(queue, 0))
            chunks.append((queue, entries, minutes))
    if not chunks:
        raise ScenarioError([Problem(parts[0].shown, "", "holds no row that can be used")])
    common = max(lengths.values())
    if common == DAY_MIN and min(lengths.values()) < DAY_MIN:
        law = "totals of days and volumes of intervals must not be mixed: read them one by one"
        raise ScenarioError([Problem(parts[0].shown, "", law)])
    by_queue: dict[str, list[Entry]] = {}
    for queue, entries, minutes in chunks:
        told = [replace(entry, minutes=minutes) for entry in entries] if minutes < common else entries
        by_queue.setdefault(queue, []).extend(told)
    return [
        _laid(queue, entries, common, account, zone, how, is_month=queue in months)
        for queue, entries in by_queue.items()
    ]


def _by_queue(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.queue, []).append(entry)
    return found


def _length(part: Part, entries: Sequence[Entry]) -> tuple[int, bool]:
    """Minutes of the rows of a queue in a file, and whether they are totals of months."""
    said = {entry.minutes for entry in entries if entry.minutes is not None}
    if said:
        if not said <= {*INTERVALS, DAY_MIN, 5, 10} or (len(said) > 1 and DAY_MIN in said):
            got = ", ".join(f"{minutes} minutes" for minutes in sorted(said))
            law = "intervals must have 15, 30 or 60 minutes, or a day"
            raise ScenarioError([Problem(part.shown, "", law, got)])
        found = max(said)
        return (found if found in INTERVALS or found == DAY_MIN else 15), False
    days = sorted({entry.day for entry in entries})
    clocks = np.unique([entry.start_s for entry in entries])
    if not part.has_clock or (len(clocks) == 1 and clocks[0] == 0 and len(days) > 1):
        gaps = [(late - early).days for early, late in pairwise(days)]
        is_month = any(entry.is_month for entry in entries) or (
            bool(gaps) and min(gaps) >= 28 and len({day.day for day in days}) <= 3
        )
        return DAY_MIN, is_month
    step = float(np.diff(clocks).min()) / 60 if len(clocks) > 1 else 60.0
    off = float(np.gcd.reduce(np.round(clocks).astype(np.int64))) / 60 if len(clocks) > 1 else 60.0
    fits = [minutes for minutes in INTERVALS if minutes <= max(step, 15) and not off % minutes]
    if not fits:
        law = "rows must begin on quarters, halves or whole hours"
        got = f"{clock_text(float(clocks[np.flatnonzero(clocks % 900)[0]]))}" if (clocks % 900).any() else ""
        raise ScenarioError([Problem(part.shown, "start", law, got)])
    return max(fits), False


def _laid(
    queue: str, entries: list[Entry], minutes: int, account: Account, zone: ZoneInfo | None, how: How, *,
    is_month: bool,
) -> Series:  # fmt: skip
    """Lay the entries of a queue on its days."""
    first, last = min(entry.day for entry in entries), max(entry.day for entry in entries)
    n = (last - first).days + 1
    if n > MOST_DAYS:
        law = f"rows must lie within {MOST_DAYS // 366} years"
        places = [next(entry.place for entry in entries if entry.day == day) for day in (first, last)]
        got = f"{first} ({places[0]}) and {last} ({places[1]})"
        raise ScenarioError([Problem(places[1].rpartition(":")[0], "", law, got)])
    per_day = DAY_MIN // minutes
    figures = np.zeros((4, n, per_day))
    rows = np.zeros((n, per_day))
    both: set[tuple[int, int]] = set()
    parts: dict[tuple[int, int], set[tuple[float, bool]]] = {}
    have = np.full((n, per_day), minutes)
    for entry, is_second in _each_once(entries, account, zone, queue, how):
        day, slot = (entry.day - first).days, int(entry.start_s // (60 * minutes))
        slot = min(slot, per_day - 1)
        figures[:, day, slot] += (entry.offered, entry.handled, entry.abandoned, entry.handle_s)
        rows[day, slot] += 1
        if is_second:
            both.add((day, slot))
        if entry.minutes is not None and entry.minutes < minutes:
            parts.setdefault((day, slot), set()).add((entry.start_s, is_second))
            have[day, slot] = len(parts[day, slot]) * entry.minutes
    for day, slot in np.argwhere((rows > 0) & (have < minutes)):
        n_rows, rows[day, slot] = int(rows[day, slot]), 0
        account.kept -= n_rows
        when = f"{first + dt.timedelta(days=int(day))} {clock_text(float(slot) * minutes * 60)}"
        for _ in range(n_rows):
            account.leave_out(f"of intervals of {minutes} minutes that lack a part", when)
    seen = rows > 0
    passes = np.ones((n, per_day))
    if minutes < DAY_MIN:
        for day in range(n):
            uneven = passes_of(first + dt.timedelta(days=day), zone, minutes)
            if uneven is not None:
                passes[day] = uneven
    unsure = np.zeros((n, per_day), dtype=np.bool_)
    for day, slot in np.argwhere((passes > 1) & seen):
        unsure[day, slot] = (int(day), int(slot)) not in both
    if how.fills and minutes < DAY_MIN:
        _fill(figures, seen, passes)
    figures[:, ~seen] = np.nan
    if unsure.any():
        day, slot = np.argwhere(unsure)[0]
        when = f"{first + dt.timedelta(days=int(day))} {clock_text(float(slot) * minutes * 60)}"
        account.remarks.append(
            f"{when} came twice and has one row: of both hours or of one, nobody knows; it counts in sums, "
            "and not in rates"
        )
    kind: Kind = "intervals" if minutes < DAY_MIN else "months" if is_month else "days"
    offered, handled, abandoned, handle_s = figures
    return Series(queue, first, minutes, offered, handled, abandoned, handle_s, passes, unsure, kind)


def _fill(figures: Floats, seen: Flags, passes: Floats) -> None:
    """Let intervals without a row have no contacts, on days with rows, between the first and the last row."""
    flat = np.flatnonzero(seen.ravel())
    between = np.zeros(seen.size, dtype=np.bool_)
    between[flat[0] : flat[-1] + 1] = True
    new = between.reshape(seen.shape) & seen.any(axis=1, keepdims=True) & ~seen & (passes > 0)
    for figure in figures:
        figure[new] = np.nan if np.isnan(figure[seen]).all() else 0.0
    seen |= new


def _each_once(
    entries: list[Entry], account: Account, zone: ZoneInfo | None, queue: str, how: How
) -> Iterable[tuple[Entry, bool]]:
    """Entries without those that stand twice, each with whether it is the second pass of its hour."""
    known: dict[tuple[object, ...], Entry] = {}
    problems: list[Problem] = []
    kept: list[tuple[Entry, bool]] = []
    for entry in entries:
        key = (entry.day, entry.start_s, entry.split, bool(entry.second))
        before = known.setdefault(key, entry)
        if before is entry:
            kept.append((entry, bool(entry.second)))
            continue
        local = dt.datetime.combine(entry.day, dt.time()) + dt.timedelta(seconds=entry.start_s)
        if entry.second is None and zone is not None and kind_of(local, zone) == "twice":
            again = (*key[:3], True)
            if again not in known:
                known[again] = entry
                kept.append((entry, True))
                continue
        if _alike(before, entry):
            account.kept -= 1
            account.leave_out("that stood there already", entry.place, entry.offered)
            continue
        problems.append(_conflict(before, entry, zone, queue, how))
        if len(problems) > MOST_PROBLEMS:
            break
    if problems:
        raise ScenarioError(problems)
    return kept


MOST_PROBLEMS = 100
"""Rows that contradict others after which no more are looked for."""


def _alike(one: Entry, other: Entry) -> bool:
    figures = ((each.offered, each.handled, each.abandoned, each.handle_s) for each in (one, other))
    return all(a == b or (isnan(a) and isnan(b)) for a, b in zip(*figures, strict=True))


def _conflict(before: Entry, entry: Entry, zone: ZoneInfo | None, queue: str, how: How) -> Problem:
    """Two rows that say different things of one interval."""
    file, _, line = entry.place.rpartition(":")
    day = "every day" if entry.day == MEAN_DAY else entry.day
    when = f"{day} {clock_text(entry.start_s)}" + (f" of {queue!r}" if queue else "")
    got = f"{when}: {before.offered:g} contacts at {before.place}, and {entry.offered:g} here"
    is_autumn = zone is None and entry.day.month in {3, 4, 9, 10, 11} and entry.day.weekday() == 6
    hint = (
        f"if clocks were put back that night, say where: {how.said('zone', 'Europe/Berlin')}"
        if is_autumn and entry.start_s <= 4 * 3600
        else "choose one by queue or media, or name what tells them apart in the mapping's add"
    )
    return Problem(file, "", "an interval must have one row", got, hint, int(line))


def gaps_told(series: Series, how: How) -> list[str]:
    """Say which days and intervals nobody knows, and whether the file seems to leave zeros out."""
    told = []
    missing = series.missing_days
    name = f"{series.queue}: " if series.queue else ""
    if missing and series.kind != "months":
        shown = ", ".join(f"{day:%a} {day}" for day in missing[:3]) + (", ..." if len(missing) > 3 else "")
        of = f"{plural(len(missing), 'day')} of {series.days:,}"
        told.append(f"{name}{of} without any row ({shown}): not known, so left out, and not counted as 0")
    closed = sorted(set(range(7)) - set(series.weekdays[series.has_rows].tolist()))
    if closed and series.days >= 7 and series.kind != "months":
        names = ", ".join(f"{dt.date(2001, 1, 1 + k):%A}s" for k in closed)
        told.append(f"{name}no row on {names}: taken as closed")
    if series.kind != "intervals":
        return told
    inside = inner_gaps(series)
    if inside.any():
        day, slot = (int(k) for k in np.argwhere(inside)[0])
        when = f"{series.date(day)} {clock_text(slot * series.interval_min * 60.0)}"
        told.append(
            f"{name}{plural(int(inside.sum()), 'interval')} without a row within hours that have rows on "
            f"other days (first: {when}): not known, so left out, and not counted as 0"
        )
        if not (series.offered == 0).any():
            told.append(
                f"{name}no row has 0 contacts: if your tool leaves such intervals out, say "
                f"{how.said('missing', 'zero')}, or quiet intervals are overestimated"
            )
    return told


def inner_gaps(series: Series) -> Flags:
    """Intervals without a row on days that have some, between those that have rows on that weekday."""
    known = ~np.isnan(series.offered)
    gaps = np.zeros_like(known)
    flat = np.flatnonzero(known.ravel())
    between = np.zeros(known.size, dtype=np.bool_)
    between[flat[0] : flat[-1] + 1] = True
    for weekday in range(7):
        rows = (series.weekdays == weekday) & series.has_rows
        slots = np.flatnonzero(known[rows].any(axis=0))
        if len(slots):
            inside = np.zeros(known.shape[1], dtype=np.bool_)
            inside[slots[0] : slots[-1] + 1] = True
            gaps[rows] = ~known[rows] & inside
    return np.asarray(gaps & between.reshape(known.shape) & (series.passes > 0))
