"""Which days of a scenario are alike? Each as a scenario of one day, and plans of such days as one of all.

A day here is an opening with what comes in it: one that lasts over midnight belongs to the day on which it
begins, and its clock is put back so that it is within one day. Days with the same hours and the same chats
expected are planned once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.draws.profile import demand
from sim.errors import StudyError
from sim.scenario.demand import Arrivals
from sim.scenario.hours import OpeningHours, Stretch, Weekday
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group, StaffingByDay
from sim.scenario.units import DAY_S, clock_text, end_text
from sim.studies.staffing.plan import NOBODY, expected_a_day

WEEK = 7
_NAMES = tuple(Weekday)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Days that are alike: the same opening hours, and as many chats expected at the same times."""

    scenario: Scenario
    """One such day by itself; its clock begins at `begin_s`."""
    days: tuple[int, ...]
    """Places of these days among those of the whole scenario."""
    starts_s: tuple[float, ...]
    """When the clock of each begins, in seconds since the whole scenario's first midnight."""
    begin_s: float
    """Clock time at which the planned day begins: 0, or that of its opening if it lasts over midnight."""
    usual: tuple[Weekday, ...]
    """Weekdays that are mostly like this."""
    dates: tuple[dt.date, ...]
    """Dates among the days that are not like the others of their weekday."""
    has_morning: bool = False
    """Whether the first morning, the end of the eve's night, is like the end of the last, which lies after
    the last midnight."""

    @property
    def title(self) -> str:
        """What it is called: ``Tue``, ``Wed-Thu``, ``Fri 2026-04-03``."""
        places = [_NAMES.index(name) for name in self.usual]
        runs: list[list[int]] = []
        for place in places:
            if runs and runs[-1][-1] == place - 1:
                runs[-1].append(place)
            else:
                runs.append([place])
        names = ["-".join(dict.fromkeys(_NAMES[k].capitalize() for k in (run[0], run[-1]))) for run in runs]
        return ", ".join([*names, *(f"{date:%a} {date}" for date in self.dates)])

    def clock(self, interval: int) -> str:
        """Clock time at which an *interval* of the planned day begins."""
        return clock_text((self.begin_s + interval * self.scenario.interval_s) % DAY_S)


def kinds(scenario: Scenario) -> list[Kind]:
    """Tell the days of a *scenario* apart, in order of the first of each kind.

    Days with the same hours and chats are of one kind, whatever new hires have learnt by then: they are
    planned with what is known on the first.

    Raises
    ------
    StudyError
        If a group goes by other clocks, opening hours don't fit into planning intervals, a day is longer than
        24 hours, or no chat is expected while the centre is open; with all that is wrong.
    """
    _refuse_zones(scenario)
    rates, found, wrong = _expected(scenario), dict[tuple[object, ...], list[_Day]](), list[str]()
    for opening in _openings(scenario):
        if told := _why_not(scenario, opening):
            wrong.append(told)
            continue
        day = _day(scenario, rates, opening)
        if day.chats.any():
            found.setdefault(day.key, []).append(day)
    if wrong:
        raise StudyError("\n".join(dict.fromkeys(wrong)))
    if not found:
        raise StudyError(
            "queues: no chat is expected on any day while the centre is open, so nobody is needed"
        )
    usual = _usual(scenario, [day for days in found.values() for day in days])
    return _with_morning(scenario, rates, [_kind(scenario, days, usual) for days in found.values()])


def is_uneven(scenario: Scenario) -> bool:
    """Whether one day can't be planned for all: days differ, last over midnight, or clocks change."""
    changes = bool(scenario.calendar.local.changes(scenario.days))
    openings = {scenario.calendar.opening(scenario.calendar.date(day)) for day in range(scenario.days)}
    if changes or len(openings) > 1 or any(hours and hours[1] > DAY_S for hours in openings):
        return True
    if scenario.days == 1:
        return False
    rates = _expected(scenario)
    return len({_day(scenario, rates, opening).key for opening in _openings(scenario)}) > 1


@dataclass(frozen=True, slots=True, eq=False)
class _Day:
    opening: Stretch
    begin_s: float
    start_s: float
    chats: Floats
    """Expected in each interval, (n_queues, n_intervals), while it is open."""
    key: tuple[object, ...]
    """Equal for days that are alike."""


def _openings(scenario: Scenario) -> Iterator[Stretch]:
    """Openings that begin on the scenario's days."""
    return (opening for opening in scenario.calendar.openings() if opening.day >= 0)


def _refuse_zones(scenario: Scenario) -> None:
    wrong = [
        f"groups.{g}.zone: agents are planned by the centre's clocks, and {group.name!r} has others: leave it"
        " out, and plan in the centre's local time"
        for g, group in enumerate(scenario.groups)
        if group.zone not in {None, scenario.zone}
    ]
    if wrong:
        raise StudyError("\n".join(wrong))


def _why_not(scenario: Scenario, opening: Stretch) -> str:
    """Why a day can't be planned by itself; nothing if it can."""
    calendar, width_s = scenario.calendar, scenario.interval_s
    date, hours = calendar.date(opening.day), calendar.opening(calendar.date(opening.day))
    assert hours is not None
    off_grid = [at for at in hours if at % width_s]
    if off_grid:
        law = f"staffing is planned in intervals of {scenario.interval_min} min"
        at = clock_text(off_grid[0])
        return f"hours: {law}, and {at} lies within one: choose an interval_min that opening hours fit into"
    if opening.off_s - opening.on_s > DAY_S:
        open_h = (opening.off_s - opening.on_s) / 3600
        law = (
            f"{date:%a} {date} is open for {open_h:g} hours, as the clocks change, and a day of 24 is planned"
        )
        return f"zone: {law}: leave that date out, or close the centre for an hour of it"
    return ""


def _day(scenario: Scenario, rates: Sequence[tuple[Floats, Floats]], opening: Stretch) -> _Day:
    local, width_s = scenario.calendar.local, scenario.interval_s
    hours = scenario.calendar.opening(scenario.calendar.date(opening.day))
    assert hours is not None
    begin_s = hours[0] // width_s * width_s if hours[1] > DAY_S else 0.0
    start_s = local.at(opening.day, begin_s)
    n = round(DAY_S / width_s)
    edges_s = np.clip(start_s + np.arange(n + 1) * width_s, opening.on_s, opening.off_s)
    chats = np.array([np.diff(np.interp(edges_s, at_s, so_far)) for at_s, so_far in rates])
    exact = [_exact(scenario, q, opening, start_s) for q in range(len(scenario.queues))]
    span = opening.on_s - start_s, opening.off_s - start_s
    return _Day(opening, begin_s, start_s, chats, (begin_s, span, np.round(chats, 6).tobytes(), tuple(exact)))


def _expected(scenario: Scenario) -> list[tuple[Floats, Floats]]:
    """Of each queue: some times, and the chats that are expected until then.

    The last night goes on after the last midnight with what its profile says of it.
    """
    lasts = any(opening.off_s > scenario.horizon_s for opening in _openings(scenario))
    if lasts and all(queue.arrivals.per_hour is not None for queue in scenario.queues):
        scenario = scenario.model_copy(update={"days": scenario.days + 1})
    found = []
    for queue, (edges_s, chats) in zip(scenario.queues, demand(scenario), strict=True):
        if queue.arrivals.times_s is None:
            found.append((edges_s, np.concatenate([[0.0], np.cumsum(chats)])))
        else:
            came = np.array(queue.arrivals.times_s)
            at_s = np.arange(0.0, scenario.horizon_s + 1, scenario.interval_s)
            found.append((at_s, np.searchsorted(came, at_s).astype(np.float64)))
    return found


def _exact(scenario: Scenario, q: int, opening: Stretch, start_s: float) -> tuple[float, ...] | None:
    """Arrivals of a queue while it is open, by the day's own clock, where their times are given."""
    times_s = scenario.queues[q].arrivals.times_s
    if times_s is None:
        return None
    return tuple(at - start_s for at in times_s if opening.on_s <= at < opening.off_s)


def _usual(scenario: Scenario, days: Sequence[_Day]) -> dict[Weekday, tuple[object, ...]]:
    """Of each weekday: what most of its ordinary days are like, by their key; the first of equals."""
    keys: dict[Weekday, list[tuple[object, ...]]] = {}
    for day in days:
        if not _is_special(scenario, day.opening.day):
            keys.setdefault(Weekday.of(scenario.calendar.date(day.opening.day)), []).append(day.key)
    return {weekday: max(dict.fromkeys(of), key=of.count) for weekday, of in keys.items()}


def _is_special(scenario: Scenario, day: int) -> bool:
    """Whether something is said of the date itself, so that it is no example of its weekday."""
    calendar = scenario.calendar
    date = calendar.date(day)
    named = calendar.hours is not None and date in calendar.hours.dates
    chats = any(date in queue.arrivals.by_date for queue in scenario.queues)
    return named or chats or bool(calendar.holiday(date)) or day in calendar.local.changes(scenario.days)


def _kind(scenario: Scenario, days: Sequence[_Day], usual: Mapping[Weekday, tuple[object, ...]]) -> Kind:
    first, dates = days[0], [scenario.calendar.date(day.opening.day) for day in days]
    own = [
        date
        for day, date in zip(days, dates, strict=True)
        if _is_special(scenario, day.opening.day) or usual.get(Weekday.of(date)) != first.key
    ]
    return Kind(
        scenario=_alone(scenario, first, dates[0]),
        days=tuple(day.opening.day for day in days),
        starts_s=tuple(day.start_s for day in days),
        begin_s=first.begin_s,
        usual=tuple(name for name in _NAMES if usual.get(name) == first.key),
        dates=tuple(own),
    )


def _alone(scenario: Scenario, day: _Day, date: dt.date) -> Scenario:
    """One day as a scenario: its chats by interval, its hours by its own clock, and nobody on duty yet."""
    on_s, off_s = day.opening.on_s - day.start_s, day.opening.off_s - day.start_s
    is_whole = (on_s, off_s) == (0.0, float(DAY_S))
    hours = None if is_whole else OpeningHours(open=clock_text(on_s), close=end_text(off_s))
    queues = []
    for q, queue in enumerate(scenario.queues):
        varies = {name: getattr(queue.arrivals, name) for name in ("busyness_cv", "interval_cv")}
        exact = _exact(scenario, q, day.opening, day.start_s)
        came: dict[str, Any] = (
            {"per_interval": tuple(day.chats[q].tolist())} | varies if exact is None else {"times_s": exact}
        )
        queues.append(queue.model_copy(update={"arrivals": Arrivals(**came)}))
    groups = [_unstaffed(group, day.opening.day) for group in scenario.groups]
    new = {"start": date, "days": 1, "zone": None, "hours": hours, "holidays": None, "warm_up_h": 0.0}
    return scenario.model_copy(
        update=new | {"queues": tuple(queues), "groups": tuple(groups), "stress": None}
    )


def _unstaffed(group: Group, day: int) -> Group:
    """A group whose new hires know what they have learnt until a *day*."""
    ramp = group.ramp
    if ramp is not None:
        ramp = ramp.model_copy(update={"speed": ramp.learning(day)})
    return group.model_copy(update={"ramp": ramp, "zone": None} | NOBODY | {"agents": group.n_agents})


def together(scenario: Scenario, kinds: Sequence[Kind], staffing: Sequence[Sequence[Ints]]) -> Scenario:
    """Give the *scenario* with the staffing of each kind of day, written by weekday and by date.

    *staffing* has, for each kind, the agents of each group in each interval of its day. What begins before
    midnight goes on in the next day's list; an hour that comes twice has the same agents both times.
    """
    groups = [
        _staffed(scenario, g, kinds, [of_kind[g] for of_kind in staffing])
        for g in range(len(scenario.groups))
    ]
    return scenario.model_copy(update={"groups": tuple(groups)})


def _staffed(scenario: Scenario, g: int, kinds: Sequence[Kind], staffing: Sequence[Ints]) -> Group:
    """A group with its staffing by weekday, and of dates that are not like their weekday."""
    calendar, n = scenario.calendar, round(DAY_S / scenario.interval_s)
    lists = np.zeros((scenario.days + 3, n), dtype=np.int64)  # from the eve on
    for kind, levels in zip(kinds, staffing, strict=True):
        for start_s in kind.starts_s:
            _lay(scenario, lists, start_s, levels)
    _lay_eve(scenario, lists, kinds, staffing)
    of_days = {calendar.date(day): tuple(lists[day + 1].tolist()) for day in range(scenario.days)}
    weekdays = {}
    for name in _NAMES:
        of = [
            levels
            for day, (date, levels) in enumerate(of_days.items())
            if Weekday.of(date) == name and not _is_special(scenario, day)
        ]
        if of:
            weekdays[name.value] = max(dict.fromkeys(of), key=of.count)
    by_day = StaffingByDay(**weekdays)
    group = scenario.groups[g].model_copy(update=NOBODY | {"staffing_by_day": by_day})
    nobody = (0,) * n
    dates = {
        date: levels
        for date, levels in of_days.items()
        if (group.staffing_on(date, calendar.closed_by(date)) or nobody) != levels
    }
    by_day = StaffingByDay(**weekdays, dates=dates)
    return group.model_copy(update={"staffing_by_day": by_day, "zone": None})


def _lay(scenario: Scenario, lists: Ints, start_s: float, levels: Ints) -> None:
    """Write the *levels* of a day that begins at some time into the *lists* of the days from the eve on."""
    width_s = scenario.interval_s
    for k in np.flatnonzero(levels).tolist():
        day, clock_s, _ = scenario.calendar.local.place(start_s + (k + 0.5) * width_s)
        cell = lists[day + 1 : day + 2, int(clock_s // width_s)]
        np.maximum(cell, levels[k], out=cell)


def _with_morning(
    scenario: Scenario, rates: Sequence[tuple[Floats, Floats]], kinds: list[Kind]
) -> list[Kind]:
    """Say of the kind of the last day whether the first morning ends a night like its own."""
    like, last = _of_eve(scenario, kinds), scenario.days - 1
    if like is None or last not in kinds[like].days:
        return kinds
    night = kinds[like]
    start_s = scenario.calendar.local.at(-1, night.begin_s)
    edges_s = start_s + np.arange(night.scenario.intervals_per_day + 1) * scenario.interval_s
    eve = next(opening for opening in scenario.calendar.openings() if opening.day < 0)
    open_s = np.minimum(edges_s, eve.off_s)
    chats = np.array([np.diff(np.interp(open_s, at_s, so_far)) for at_s, so_far in rates])
    within = edges_s[:-1] >= 0
    is_like = np.allclose(chats[:, within], expected_a_day(night.scenario)[:, within])
    kinds[like] = replace(night, has_morning=bool(is_like))
    return kinds


def _of_eve(scenario: Scenario, kinds: Sequence[Kind]) -> int | None:
    """Place of the kind of night that begins on the eve of the first day: its weekday's, or another's."""
    if not any(opening.day < 0 for opening in scenario.calendar.openings()):
        return None
    weekday = Weekday.of(scenario.calendar.date(-1))
    nights = [k for k, kind in enumerate(kinds) if kind.begin_s]
    return next((k for k in nights if weekday in kinds[k].usual), nights[0] if nights else None)


def _lay_eve(scenario: Scenario, lists: Ints, kinds: Sequence[Kind], staffing: Sequence[Ints]) -> None:
    """Write the night of the eve of the first day, which lasts into it: its weekday's, or another's."""
    like = _of_eve(scenario, kinds)
    if like is not None:
        start_s = scenario.calendar.local.at(-1, kinds[like].begin_s)
        _lay(scenario, lists, start_s, staffing[like])
