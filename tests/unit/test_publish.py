"""A roster as calendars and CSV: times right on both clock changes, and read back as they were."""

from __future__ import annotations

import csv
import datetime as dt
import sys
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest

from sim.errors import OutputError, ResultError
from sim.report.data import document, read_result, to_json
from sim.report.duties import Span, duties
from sim.report.publish import SHIFTS, publish
from sim.report.result import Column, Head, Result, Table
from tests.commands import sim as command

BERLIN = ZoneInfo("Europe/Berlin")
SHAPE = (
    Column("person", "Person"), Column("group", "Group"), Column("start", "From"), Column("end", "To"),
    Column("activity", "Activity"), Column("paid_hours", "Paid", "h", "number"),
)  # fmt: skip
ROWS = [
    ("Agent 07", "Night; desk", "2026-03-28T22:00:00+01:00", "2026-03-29T06:00:00+02:00", "work", 7.0),
    ("Agent 07", "Night; desk", "2026-10-24T22:00:00+02:00", "2026-10-25T02:30:00+01:00", "work", 5.5),
    ("Agent 07", "Night; desk", "2026-10-25T02:30:00+02:00", "2026-10-25T02:45:00+02:00", "break", None),
    ("Agent/07", "=Day", "2026-07-01T08:00:00", "2026-07-01T16:00:00", "training", 8.0),
]


def named(zone: str | None = "Europe/Berlin") -> Result:
    """A roster of two people, of whom one works through both nights on which clocks change."""
    rows = [dict(zip((column.name for column in SHAPE), row, strict=True)) for row in ROWS]
    head = Head("roster", ("A desk",), "by hand")
    return Result(
        head, tables=(Table("roster", "Roster", SHAPE, rows),), facts={} if zone is None else {"zone": zone}
    )


def events(file: Path) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(file.read_bytes()).events


def test_calendars_read_back_as_the_roster_with_its_zone(tmp_path: Path):
    """The hour that is missing, the hour that comes twice, names that files can't have; the same bytes twice."""
    files = publish(named(), tmp_path / "out")
    publish(named(), tmp_path / "again")

    assert files == [SHIFTS, "Agent 07.ics", "Agent_07.ics"]
    for file in files:
        assert (tmp_path / "out" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()
    found = [*events(tmp_path / "out" / files[1]), *events(tmp_path / "out" / files[2])]
    wanted = duties(named())
    instants = [(each.start.astimezone(dt.UTC), each.end.astimezone(dt.UTC)) for each in found]
    assert instants == [(span.start.astimezone(dt.UTC), span.end.astimezone(dt.UTC)) for span in wanted]
    lengths = [(end - start) / dt.timedelta(hours=1) for start, end in instants]
    assert lengths == [7, 5.5, 0.25, 8]
    assert [str(each["summary"]) for each in found] == [
        "Night; desk: work", "Night; desk: work", "Night; desk: break", "=Day: training",
    ]  # fmt: skip
    assert len({str(each["uid"]) for each in found}) == 4
    text = (tmp_path / "out" / files[1]).read_text(encoding="utf-8")
    assert "DTSTART;TZID=Europe/Berlin:20260328T220000" in text
    assert "DTEND:20261025T013000Z" in text.replace("\r", "")
    assert "BEGIN:VTIMEZONE" in text


def test_the_csv_has_local_times_and_instants(tmp_path: Path):
    """For systems that know zones, and for those that don't; a group's name is no formula."""
    publish(named(), tmp_path / "out")
    rows = list(csv.DictReader(StringIO((tmp_path / "out" / SHIFTS).read_text(encoding="utf-8"))))

    assert rows[1] == {
        "person": "Agent 07", "group": "Night; desk", "date": "2026-10-24", "start": "22:00",
        "end_date": "2026-10-25", "end": "02:30", "activity": "work", "paid_hours": "5.5",
        "zone": "Europe/Berlin", "start_utc": "2026-10-24T20:00:00Z", "end_utc": "2026-10-25T01:30:00Z",
    }  # fmt: skip
    assert (rows[3]["group"], rows[3]["start_utc"]) == ("'=Day", "2026-07-01T06:00:00Z")


def numbered() -> Result:
    """Shifts of one day for numbered agents, on the two days around a clock change."""
    shifts = (
        Column("shift", form="number"), Column("group"), Column("agents", form="number"),
        Column("paid_hours_each", form="number"), Column("start_s", form="clock"), Column("end_s", form="clock"),
    )  # fmt: skip
    rows = [
        {"shift": 1, "group": "A", "agents": 2, "paid_hours_each": 7.5, "start_s": 28800.0, "end_s": 57600.0},
        {"shift": 2, "group": "A", "agents": 1, "paid_hours_each": 4.0, "start_s": 72000.0, "end_s": 86400.0},
    ]
    pauses = [{"shift": 1, "start_s": 43200.0, "end_s": 45000.0}]
    breaks = Table("breaks", "Breaks", tuple(Column(name) for name in ("shift", "start_s", "end_s")), pauses)
    facts = {"start": "2026-03-28", "days": 2}
    return Result(
        Head("roster", ("A day",), ""), tables=(Table("shifts", "Shifts", shifts, rows), breaks), facts=facts
    )


def test_shifts_of_numbered_agents_are_by_the_clocks_of_each_day(tmp_path: Path):
    """08:00 is an hour earlier in UTC once the clocks have changed; without a zone times have none."""
    (tmp_path / "result.json").write_text(to_json(document(numbered())), encoding="utf-8")
    made = command("publish", tmp_path / "result.json", "-o", tmp_path / "out", "--zone", "Europe/Berlin")

    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == f"{tmp_path / 'out'}: 3 calendars, and shifts.csv\n"
    first = events(tmp_path / "out" / "A 01.ics")
    assert [each.start.astimezone(dt.UTC).hour for each in first] == [7, 11, 6, 10]
    assert [str(each["summary"]) for each in first] == ["A: work", "A: break"] * 2
    late = events(tmp_path / "out" / "A 03.ics")
    assert late[0].end == dt.datetime(2026, 3, 29, tzinfo=BERLIN)
    plain = duties(read_result(tmp_path))
    assert plain[0] == Span(
        "A 01", "A", dt.datetime(2026, 3, 28, 8), dt.datetime(2026, 3, 28, 16), "work", 7.5
    )
    publish(numbered(), tmp_path / "plain")
    text = (tmp_path / "plain" / "A 01.ics").read_text(encoding="utf-8").replace("\r", "")
    assert "DTSTART:20260328T080000\n" in text
    assert "VTIMEZONE" not in text


def test_what_is_no_roster_or_no_zone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """And that the extra is missing."""
    with pytest.raises(ResultError, match="the result of run is no roster"):
        publish(Result(Head("run", ("x",), "")), tmp_path / "out")
    with pytest.raises(ResultError, match="no time zone is called 'Berlin'"):
        publish(named(), tmp_path / "out", zone="Berlin")
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(OutputError, match=r"pip install 'livechat-sim\[planner\]'"):
        publish(named(), tmp_path / "out")
    assert not list(tmp_path.iterdir())
