"""How does a roster reach people and other systems? A calendar (.ics) for each, and a CSV of shifts."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sim.errors import OutputError
from sim.log.export import csv_text
from sim.report.duties import Span, duties, zone_of
from sim.report.folder import whole_folder
from sim.report.result import Result

if TYPE_CHECKING:
    from icalendar import Event

SHIFTS = "shifts.csv"
"""All spans of all people, for other systems."""
_YEAR = dt.timedelta(days=366)
_BAD = re.compile(r"[^\w .+-]+")
"""Letters that names of files should not have."""


def publish(result: Result, folder: Path, *, zone: str | None = None, force: bool = False) -> list[str]:
    """Write a roster's calendars and its CSV into a *folder*; gives the names of the files.

    Raises
    ------
    ResultError
        If the result is no roster.
    OutputError
        Without the extra `planner`, or if the folder can't be written, or holds something and *force* is not
        given.
    """
    try:
        import icalendar  # noqa: F401, PLC0415  an extra
    except ModuleNotFoundError:
        raise OutputError(f"{folder}: pip install 'livechat-sim[planner]' writes calendars") from None
    spans, name = duties(result, zone), zone_of(result, zone)
    files: dict[str, bytes] = {SHIFTS: shifts_csv(spans, name).encode()}
    for person, theirs in groupby(spans, key=lambda span: span.person):
        files[_file_name(person, files)] = calendar(person, list(theirs), name)
    with whole_folder(folder, force=force) as new_folder:
        for file, content in files.items():
            (new_folder / file).write_bytes(content)
    return list(files)


def _file_name(person: str, taken: dict[str, bytes]) -> str:
    """Name of a person's file; of two that are alike, the second is numbered."""
    clean = _BAD.sub("_", person).strip(" .") or "agent"
    names = (f"{clean}{f' {n}' if n > 1 else ''}.ics" for n in range(1, len(taken) + 2))
    others = {name.casefold() for name in taken}
    return next(name for name in names if name.casefold() not in others)


def calendar(person: str, spans: Sequence[Span], zone: str | None) -> bytes:
    """A person's spans as a calendar (RFC 5545), with the rules of its zone; the same bytes each time."""
    import icalendar  # noqa: PLC0415  an extra

    found = icalendar.Calendar()
    found.add("prodid", "-//livechat-sim//roster//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", person)
    if zone is not None:
        found.add("x-wr-timezone", zone)
    made = _utc(min(span.start for span in spans))
    for span in spans:
        found.add_component(_event(span, made))
    if zone is not None:
        days = [span.start.date() for span in spans]
        found.add_missing_timezones(first_date=min(days) - _YEAR, last_date=max(days) + _YEAR)
    return bytes(found.to_ical())


def _event(span: Span, made: dt.datetime) -> Event:
    import icalendar  # noqa: PLC0415  an extra

    event = icalendar.Event()
    name = f"{span.person}|{_utc(span.start).isoformat()}|{span.activity}"
    event.add("uid", f"{hashlib.sha256(name.encode()).hexdigest()[:32]}@livechat-sim")
    event.add("dtstamp", made)
    start, end = _stamps(span)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", f"{span.group}: {span.activity}" if span.group else span.activity)
    if span.paid_h is not None:
        event.add("description", f"{span.paid_h:g} paid hours")
    return event


def _stamps(span: Span) -> tuple[dt.datetime, dt.datetime]:
    """Begin and end as a calendar can hold them: in UTC, if one is in an hour that the clocks show again.

    There a local time means the first of the two hours (RFC 5545, section 3.3.5).
    """
    ends = span.start, span.end
    is_again = any(moment.tzinfo is not None and moment.fold for moment in ends)
    return (_utc(span.start), _utc(span.end)) if is_again else ends


def _utc(moment: dt.datetime) -> dt.datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def shifts_csv(spans: Sequence[Span], zone: str | None) -> str:
    """All spans as a CSV for other systems: local dates and times, and the instants where there is a zone."""
    columns = {
        "person": [span.person for span in spans],
        "group": [span.group for span in spans],
        "date": [span.start.date().isoformat() for span in spans],
        "start": [span.start.strftime("%H:%M") for span in spans],
        "end_date": [span.end.date().isoformat() for span in spans],
        "end": [span.end.strftime("%H:%M") for span in spans],
        "activity": [span.activity for span in spans],
        "paid_hours": [span.paid_h for span in spans],
        "zone": [zone or ""] * len(spans),
        "start_utc": [_instant_text(span.start) for span in spans],
        "end_utc": [_instant_text(span.end) for span in spans],
    }
    words = {name: pl.Float64 if name == "paid_hours" else pl.String for name in columns}
    return csv_text(pl.DataFrame(columns, schema=words))


def _instant_text(moment: dt.datetime) -> str:
    return "" if moment.tzinfo is None else _utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
