"""When is it what o'clock? Times of a zone's clocks in seconds since the first midnight (R44 to R47)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.scenario.units import DAY_S, clock_text

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY = float(DAY_S)
FARTHEST = 2
"""Days by which the clocks of two zones may differ, and one for a night."""


class Piece(NamedTuple):
    """A part of a local day in which the clocks run on, between midnights and changes."""

    start_s: float
    end_s: float
    clock_s: float
    """What the clocks show at its start, in seconds since midnight ..."""

    @property
    def until_s(self) -> float:
        """... and at its end."""
        return self.clock_s + self.end_s - self.start_s


class LocalTime(NamedTuple):
    """Days and times of clocks. Days are numbered from that of the scenario's first date, 0, on."""

    start: dt.date
    """The date of day 0."""
    zone: str | None = None
    """Name of the time zone; None for clocks that never change."""
    origin: str | None = None
    """Zone of the centre, whose first midnight is second 0."""

    def midnight(self, day: int) -> float:
        """When a day begins."""
        if self.zone is None:
            return day * _DAY
        return _midnight_utc(self.zone, self._date(day)) - _midnight_utc(self.origin or self.zone, self.start)

    def midnights(self, n: int) -> Floats:
        """When days 0 to *n* begin, shape (n + 1,)."""
        if self.zone is None:
            return np.arange(n + 1, dtype=np.float64) * _DAY
        return np.array([self.midnight(day) for day in range(n + 1)])

    def pieces(self, day: int) -> tuple[Piece, ...]:
        """Parts of a day: one, or two if the clocks change on it; none if it is left out altogether."""
        if self.zone is None:
            return (Piece(day * _DAY, (day + 1) * _DAY, 0.0),)
        first = _midnight_utc(self.origin or self.zone, self.start)
        found = _pieces_utc(self.zone, self._date(day))
        return tuple(Piece(piece.start_s - first, piece.end_s - first, piece.clock_s) for piece in found)

    def at(self, day: int, clock_s: float) -> float:
        """When the clocks show a time of a *day*, which may be one of the next day (24:00 or later).

        Of a time that comes twice it is the first; of one that there is not, the moment of the change.
        """
        if self.zone is None:
            return day * _DAY + clock_s
        if clock_s >= DAY_S:
            return self.at(day + 1, clock_s - DAY_S)
        for start_s, _, shown_s in (piece for piece in self.pieces(day) if clock_s < piece.until_s):
            return start_s + max(clock_s - shown_s, 0.0)
        return self.midnight(day + 1)

    def doubt(self, day: int, clock_s: float) -> Literal["missing", "twice"] | None:
        """Whether the clocks of a *day* never show a time, or twice; the moment of a change is no doubt."""
        if self.zone is None:
            return None
        if clock_s >= DAY_S:
            return self.doubt(day + 1, clock_s - DAY_S)
        pieces = self.pieces(day)
        n = sum(piece.clock_s <= clock_s < piece.until_s for piece in pieces)
        is_change = clock_s == 0 or clock_s in [piece.until_s for piece in pieces]
        return "twice" if n > 1 else "missing" if not n and not is_change else None

    def why_in_doubt(self, day: int, clock_s: float) -> str:
        """Say of such a time what the clocks do."""
        day, clock_s = day + int(clock_s // DAY_S), clock_s % DAY_S
        does = "comes twice" if self.doubt(day, clock_s) == "twice" else "does not exist"
        pieces = self.pieces(day)
        if len(pieces) < 2:
            return f"{clock_text(clock_s)} {does} on {self._date(day)} in {self.zone}"
        way = "back" if does == "comes twice" else "forward"
        change = f"{clock_text(pieces[0].until_s)} to {clock_text(pieces[1].clock_s)}"
        return (
            f"{clock_text(clock_s)} {does} on {self._date(day)} in {self.zone}: clocks go {way} from {change}"
        )

    def moment_s(self, moment: dt.datetime) -> float:
        """When a local date and time is, or one with its offset from UTC."""
        if moment.tzinfo is not None:
            first = _midnight_utc(self.origin or self.zone or "UTC", self.start)
            return (moment - _EPOCH).total_seconds() - first
        return self.at(*self._split(moment))

    def moment(self, time_s: float) -> dt.datetime:
        """Date and time that `moment_s` takes for a time: local, or of UTC where there is a zone."""
        if self.zone is None:
            return dt.datetime.combine(self.start, dt.time()) + dt.timedelta(seconds=time_s)
        return _EPOCH + dt.timedelta(seconds=time_s + _midnight_utc(self.origin or self.zone, self.start))

    def moment_doubt(self, moment: dt.datetime) -> str | None:
        """Say why it is not known when a local date and time is, and what to write instead."""
        if moment.tzinfo is not None or self.zone is None:
            return None
        day, clock_s = self._split(moment)
        doubt = self.doubt(day, clock_s)
        if doubt is None:
            return None
        text = self.why_in_doubt(day, clock_s)
        if doubt == "missing":
            return (
                f"{text}; write a time before or after, such as {self._text_of(day, self.at(day, clock_s))}"
            )
        offsets = [moment.replace(tzinfo=ZoneInfo(self.zone), fold=fold).isoformat() for fold in (0, 1)]
        return f"{text}; write {offsets[0]} for the first, or {offsets[1]} for the second"

    def place(self, time_s: float) -> tuple[int, float, bool]:
        """Day and clock time of a time, and whether the clocks show that for the second time."""
        day = int(time_s // DAY_S)
        if self.zone is None:
            return day, time_s - day * DAY_S, False
        while self.midnight(day) > time_s:
            day -= 1
        while self.midnight(day + 1) <= time_s:
            day += 1
        pieces = self.pieces(day)
        k = max(k for k, piece in enumerate(pieces) if piece.start_s <= time_s)
        clock_s = pieces[k].clock_s + time_s - pieces[k].start_s
        return day, clock_s, k > 0 and clock_s < pieces[k - 1].until_s

    def date(self, time_s: float) -> dt.date:
        """Date of a time."""
        return self._date(self.place(time_s)[0])

    def text(self, time_s: float, *, seconds: bool = False) -> str:
        """HH:MM of a time, or HH:MM:SS; *again* if the clocks show it for the second time."""
        _, clock_s, again = self.place(round(time_s) if seconds else time_s)
        rest = f":{int(clock_s % 60):02d}" if seconds else ""
        return clock_text(clock_s) + rest + (" again" if again else "")

    def end_text(self, time_s: float, *, seconds: bool = False) -> str:
        """Text of a time at which something ends: midnight is 24:00."""
        text = self.text(time_s, seconds=seconds)
        is_midnight = self.place(round(time_s) if seconds else time_s)[1] == 0
        return text.replace("00:00", "24:00", 1) if is_midnight else text

    def stamp(self, time_s: float) -> str:
        """Local date and time, to the minute."""
        return f"{self.date(time_s)} {self.text(time_s)}"

    def days_around(self, n: int) -> range:
        """Days of these clocks that may touch *n* days of the centre, or have a night that does."""
        return range(-1, n) if self.zone == self.origin else range(-1 - FARTHEST, n + FARTHEST)

    def changes(self, n: int) -> list[int]:
        """Which of days 0 to *n* - 1 are not the 24 hours from 00:00 to 24:00."""
        if self.zone is None:
            return []
        return [
            day for day in range(n) if [(p.clock_s, p.until_s) for p in self.pieces(day)] != [(0.0, _DAY)]
        ]

    def _date(self, day: int) -> dt.date:
        return self.start + dt.timedelta(days=day)

    def _split(self, moment: dt.datetime) -> tuple[int, float]:
        day = (moment.date() - self.start).days
        return day, (moment - dt.datetime.combine(moment, dt.time())).total_seconds()

    def _text_of(self, day: int, time_s: float) -> str:
        _, clock_s, _ = self.place(time_s)
        return f"{self._date(day)}T{clock_text(clock_s)}:00"


class Cells(NamedTuple):
    """Planning intervals of some days: as many cells each day, in order of time.

    Where the clocks change, the intervals that a day lacks have no width; those that come twice stand apart,
    and have no width on other days.
    """

    edges_s: Floats
    """Shape (n_days × cells + 1,)."""
    clock_s: tuple[float, ...]
    """Of each cell of a day: the clock time at its start ..."""
    again: tuple[bool, ...]
    """... and whether the clocks show it for the second time."""

    @property
    def per_day(self) -> int:
        """Cells of a day."""
        return len(self.clock_s)


def cells(local: LocalTime, n_days: int, interval_s: float) -> Cells:
    """Planning intervals of *n_days* by the centre's clocks; their changes fit into intervals."""
    return _cells(local, n_days, interval_s)


@lru_cache(maxsize=32)
def _cells(local: LocalTime, n_days: int, interval_s: float) -> Cells:
    usual = [k * interval_s for k in range(round(_DAY / interval_s))]
    changing = local.changes(n_days)
    if not changing:
        n = n_days * len(usual)
        return Cells(np.arange(n + 1, dtype=np.float64) * interval_s, tuple(usual), (False,) * len(usual))
    there = {day: _keys(local.pieces(day), interval_s) for day in changing}
    keys = sorted({(at_s, 0, at_s) for at_s in usual}.union(*there.values()))
    widths = np.tile([interval_s * (not again) for _, again, _ in keys], (n_days, 1))
    for day, mine in there.items():
        widths[day] = [interval_s * (key in mine) for key in keys]
    edges_s = np.concatenate([[0.0], np.cumsum(widths)])
    return Cells(edges_s, tuple(key[2] for key in keys), tuple(bool(key[1]) for key in keys))


def _keys(pieces: tuple[Piece, ...], interval_s: float) -> set[tuple[float, int, float]]:
    """Intervals of a day, each by what puts it into order: those that come again follow the first time."""
    found, seen_s = set[tuple[float, int, float]](), 0.0
    for piece in pieces:
        for at_s in np.arange(piece.clock_s, piece.until_s, interval_s).tolist():
            again = at_s < seen_s
            found.add((seen_s - interval_s if again else at_s, int(again), at_s))
        seen_s = piece.until_s
    return found


class Shown(NamedTuple):
    """What the clocks show at some times."""

    day: Ints
    clock_s: Floats
    twice: Flags
    """Whether the clocks show it twice on that day."""
    moved_s: Floats
    """Clock time that does not exist, so much before: what belongs to it comes now (R45). NaN for none."""


def shown(local: LocalTime, n_days: int, times_s: Floats) -> Shown:
    """Look at the clocks at some *times_s* of the centre's *n_days*."""
    if local.zone is None:
        day = (times_s // DAY_S).astype(np.int64)
        no = np.zeros(len(times_s), dtype=np.bool_)
        return Shown(day, times_s % DAY_S, no, np.full(len(times_s), np.nan))
    rows = [(day, piece) for day in local.days_around(n_days + 1) for piece in local.pieces(day)]
    row = np.searchsorted([piece.start_s for _, piece in rows], times_s, side="right") - 1
    days, starts, clocks = (
        np.array(each)[row]
        for each in ([d for d, _ in rows], [p.start_s for _, p in rows], [p.clock_s for _, p in rows])
    )
    clock_s = clocks + times_s - starts
    twice, moved_s = np.zeros(len(times_s), dtype=np.bool_), np.full(len(times_s), np.nan)
    for day in np.unique(days).tolist():
        from_s, to_s = _jump(local.pieces(day))
        mine = days == day
        if to_s > from_s:
            late = mine & (clock_s >= to_s) & (clock_s < to_s + to_s - from_s)
            moved_s[late] = clock_s[late] - (to_s - from_s)
        elif to_s < from_s:
            twice |= mine & (clock_s >= to_s) & (clock_s < from_s)
    return Shown(days.astype(np.int64), clock_s, twice, moved_s)


def profile_edges(local: LocalTime, n_days: int, width_s: float) -> Floats:
    """Times at which clocks show multiples of a width, or at which what comes by them changes (R45)."""
    edges: list[float] = []
    for day in local.days_around(n_days + 1):
        pieces = local.pieces(day)
        from_s, to_s = _jump(pieces)
        special = [] if from_s == to_s else [from_s, to_s, 2 * to_s - from_s]
        for piece in pieces:
            first = -(-piece.clock_s // width_s) * width_s
            clocks = [piece.clock_s, *np.arange(first, piece.until_s, width_s).tolist(), *special]
            edges += [
                piece.start_s + at - piece.clock_s for at in clocks if piece.clock_s <= at < piece.until_s
            ]
    return np.array(edges)


def _jump(pieces: tuple[Piece, ...]) -> tuple[float, float]:
    """From what to what the clocks go on a day; equal if they don't change."""
    if len(pieces) > 1:
        return pieces[0].until_s, pieces[1].clock_s
    return (0.0, pieces[0].clock_s) if pieces else (0.0, 0.0)


@lru_cache(maxsize=1 << 16)
def _midnight_utc(zone: str, date: dt.date) -> float:
    """When a date begins in a zone, in seconds since 1970: the last 00:00, or the change that skips it."""
    clocks = ZoneInfo(zone)
    naive = dt.datetime.combine(date, dt.time())
    both = [_utc(naive.replace(tzinfo=clocks, fold=fold)) for fold in (0, 1)]
    real = [utc for utc in both if _shown_at(clocks, utc) == naive]
    return max(real) if real else _change(clocks, min(both), max(both))


@lru_cache(maxsize=1 << 16)
def _pieces_utc(zone: str, date: dt.date) -> tuple[Piece, ...]:
    clocks = ZoneInfo(zone)
    begin, end = _midnight_utc(zone, date), _midnight_utc(zone, date + dt.timedelta(days=1))
    if begin >= end:
        return ()
    naive = dt.datetime.combine(date, dt.time())
    first_s = (_shown_at(clocks, begin) - naive).total_seconds()
    if _offset(clocks, begin) == _offset(clocks, end - 1):
        return (Piece(begin, end, first_s),)
    change = _change(clocks, begin, end - 1)
    second_s = (_shown_at(clocks, change) - naive).total_seconds()
    return Piece(begin, change, first_s), Piece(change, end, second_s)


def _change(clocks: ZoneInfo, early: float, late: float) -> float:
    """When the clocks change between two times, to the second."""
    before = _offset(clocks, early)
    while late - early > 1:
        middle = (early + late) // 2
        if _offset(clocks, middle) == before:
            early = middle
        else:
            late = middle
    return late


def _utc(moment: dt.datetime) -> float:
    return (moment.astimezone(dt.UTC) - _EPOCH).total_seconds()


def _shown_at(clocks: ZoneInfo, utc: float) -> dt.datetime:
    return (_EPOCH + dt.timedelta(seconds=utc)).astimezone(clocks).replace(tzinfo=None)


def _offset(clocks: ZoneInfo, utc: float) -> dt.timedelta | None:
    return (_EPOCH + dt.timedelta(seconds=utc)).astimezone(clocks).utcoffset()
