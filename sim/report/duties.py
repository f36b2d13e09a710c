"""Who works when? A roster as spans of people, by the clocks of its zone: for calendars and other systems.

Two shapes are read: a table ``roster`` with a row a span (person, group, start, end, activity, paid hours),
and the shifts of a day, whose agents are numbered and come on every day of the scenario.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sim.errors import ResultError
from sim.report.result import Result, Row
from sim.scenario.units import known_zone

WORK, BREAK = "work", "break"


@dataclass(frozen=True, slots=True)
class Span:
    """What somebody does from when until when."""

    person: str
    group: str
    start: dt.datetime
    end: dt.datetime
    """Both in the roster's zone; without any if it has none: by the clocks on the wall."""
    activity: str
    paid_h: float | None = None
    """Paid hours of the span, where they are known of it."""


def zone_of(result: Result, zone: str | None = None) -> str | None:
    """The zone of a roster: the one that is asked for, or its own.

    Raises
    ------
    ResultError
        If nobody knows it.
    """
    name = zone or result.facts.get("zone")
    if name is not None and known_zone(name) is None:
        raise ResultError(f"no time zone is called {name!r}; they are called after a city: Europe/Berlin")
    return name


def duties(result: Result, zone: str | None = None) -> list[Span]:
    """Spans of all people of a roster, by person and time.

    Raises
    ------
    ResultError
        If the result is no roster, or *zone* is none.
    """
    name = zone_of(result, zone)
    clocks = None if name is None else ZoneInfo(name)
    if result.has("roster"):
        found = [_of_row(row, clocks) for row in result.table("roster").rows]
    elif result.has("shifts") and result.head.study == "roster":
        found = list(_of_shifts(result, clocks))
    else:
        raise ResultError(f"the result of {result.head.study} is no roster: sim roster makes one")
    return sorted(found, key=lambda span: (span.person, _instant(span.start)))


def _instant(moment: dt.datetime) -> float:
    """Seconds by which moments are put in order; those without a zone as if they were UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


def _of_row(row: Row, clocks: ZoneInfo | None) -> Span:
    """A row of a table of named people."""
    start, end = (_moment(row[name], clocks) for name in ("start", "end"))
    return Span(
        str(row["person"]), str(row.get("group") or ""), start, end, str(row.get("activity") or WORK),
        row.get("paid_hours"),
    )  # fmt: skip


def _moment(cell: Any, clocks: ZoneInfo | None) -> dt.datetime:
    """A moment in the roster's zone: one that names its offset is an instant, another is a clock time."""
    moment = cell if isinstance(cell, dt.datetime) else dt.datetime.fromisoformat(str(cell))
    if clocks is None:
        return moment
    return moment.astimezone(clocks) if moment.tzinfo else moment.replace(tzinfo=clocks)


def _of_shifts(result: Result, clocks: ZoneInfo | None) -> Iterator[Span]:
    """Spans of numbered agents, who work the same shifts every day."""
    first = dt.date.fromisoformat(str(result.facts["start"])[:10])
    pauses = result.table("breaks").rows if result.has("breaks") else ()
    rows, numbers = result.table("shifts").rows, dict[str, int]()
    for row in rows:
        group = row["group"]
        of_shift = [pause for pause in pauses if pause["shift"] == row["shift"]]
        for _ in range(int(row["agents"])):
            numbers[group] = numbers.get(group, 0) + 1
            person = f"{group} {numbers[group]:02d}"
            for day in range(int(result.facts["days"])):
                midnight = dt.datetime.combine(first + dt.timedelta(days=day), dt.time(), clocks)
                yield from _of_shift(person, row, of_shift, midnight)


def _of_shift(person: str, row: Row, pauses: list[Row], midnight: dt.datetime) -> Iterator[Span]:
    """One agent's shift and its breaks: clock times, so they are the same where clocks change."""

    def at(seconds: float) -> dt.datetime:
        by_clock = midnight + dt.timedelta(seconds=seconds)  # whatever the zone's offset is then
        return by_clock.astimezone(dt.UTC).astimezone(midnight.tzinfo) if midnight.tzinfo else by_clock

    group = row["group"]
    yield Span(person, group, at(row["start_s"]), at(row["end_s"]), WORK, row["paid_hours_each"])
    for pause in pauses:
        yield Span(person, group, at(pause["start_s"]), at(pause["end_s"]), BREAK)
