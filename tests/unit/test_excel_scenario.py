"""A scenario in a workbook: the template, what it is read as, and what is wrong by sheet and cell."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

import sim
from sim.errors import OutputError, ScenarioError
from sim.scenario.excel.layout import SHEETS
from sim.scenario.excel.template import template
from sim.scenario.files import scenario_text
from sim.scenario.write import written
from tests.commands import sim as command


def filled(folder: Path, change: Callable[[Workbook], object] | None = None) -> Path:
    """The template, with some of it changed by hand."""
    book = load_workbook(BytesIO(template()))
    if change is not None:
        change(book)
    path = folder / "centre.xlsx"
    book.save(path)
    return path


def problems(folder: Path, change: Callable[[Workbook], object]) -> list[str]:
    """What is wrong with it, without the name of the file."""
    path = filled(folder, change)
    with pytest.raises(ScenarioError) as told:
        sim.load(path)
    assert {problem.file for problem in told.value.problems} == {str(path)}
    return [str(problem).removeprefix(f"{path}: ") for problem in told.value.problems]


def put(book: Workbook, **cells: Any) -> None:
    """Fill cells in, such as ``volumes_C5=3``."""
    for name, value in cells.items():
        sheet, cell = name.split("_")
        book[sheet][cell].value = value


def test_the_template_is_a_scenario_and_so_is_what_it_becomes(tmp_path: Path):
    """A week of half-hours: the same from the workbook and from TOML; with comments, checks and units."""
    made = command("new", "--excel", tmp_path / "centre.xlsx")
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "centre.xlsx").read_bytes() == template()
    told = command("new", tmp_path / "mine.toml", "--workbook", tmp_path / "centre.xlsx")
    assert told.returncode == 0, told.stderr
    scenario = sim.load(tmp_path / "centre.xlsx")

    assert sim.load(tmp_path / "mine.toml") == scenario
    assert (scenario.start, scenario.days, scenario.interval_min) == (dt.date(2026, 3, 2), 7, 30)
    orders, team = scenario.queues[0], scenario.groups[0]
    assert isinstance(orders.arrivals.per_hour, tuple)
    assert orders.arrivals.per_hour[14:20] == (0, 0, 50, 50, 76, 76)  # Monday: 25 in half an hour, from 08:00
    assert orders.arrivals.per_hour[-48:] == (0,) * 48
    assert team.staffing_by_day is not None
    assert team.staffing_by_day.tue[14:19] == (0, 0, 4, 4, 6)  # type: ignore[index]
    assert team.staffing_by_day.sun is None
    assert team.shrinkage == {"holidays": 0.1, "training": 0.04}
    assert (team.absence, scenario.targets.service_level) == (0.05, 0.8)
    book = load_workbook(tmp_path / "centre.xlsx")
    assert book.sheetnames == [layout.name for layout in SHEETS]
    for layout in SHEETS:
        heads = book[layout.name][2]
        assert [cell.value for cell in heads] == [heading.shown for heading in layout.headings]
        assert [cell.comment.text for cell in heads] == [heading.meaning for heading in layout.headings]
    assert book["volumes"].data_validations.count >= 8
    assert book["volumes"]["B3"].number_format == "[hh]:mm"
    checked = command("check", tmp_path / "centre.xlsx")
    assert (checked.returncode, "7 days, 1 queue, 1 group" in checked.stdout) == (0, True)


def test_other_staffing_is_written_as_toml(tmp_path: Path):
    """As `sim staff -o` does it: of a workbook the TOML that it says, with the groups replaced."""
    path = filled(tmp_path)
    team = sim.load(path).groups[0].model_copy(update={"staffing_by_day": None, "agents": 9})
    text = written(scenario_text(path), [team])
    (tmp_path / "new.toml").write_text(text, encoding="utf-8")

    assert sim.load(tmp_path / "new.toml").groups == (team,)


def test_shifts_two_queues_hours_of_dates_and_formulas_with_values(tmp_path: Path):
    """Days of shifts from one to another, breaks, a night, a closed date, times as words, agents of one team."""

    def change(book: Workbook) -> None:
        book.remove(book["agents"])
        for row in (
            ("Tier 1", 3, "08:00", dt.time(16), "Mon-Fri", "12:00", 30),
            ("Tier 1", 2, dt.time(22), dt.time(6), "Sat, sun", None, None),
        ):
            book["shifts"].append(row)
        book["queues"].append(("returns", None, 4, 30, 40, None, None))
        book["groups"].append(("Tier 2", "returns; orders", 2, 1))
        for hour in ("09:00", "10:00"):
            book["volumes"].append(("returns", hour, 6, *[0] * 6))
        book["hours"].append((dt.datetime(2026, 3, 6), "closed"))
        book["hours"].append(("Saturday", "20:00", "24:00"))
        book["targets"].append(("returns", "max_missed", 0.2))
        book["targets"].append(("Tier 2", "max_occupancy", 0.9))
        book["centre"]["B7"].value = "Europe/Berlin"

    centre = sim.load(filled(tmp_path, change))
    early, night = centre.groups[0].shifts or ()
    assert (early.agents, early.start, early.end, early.days) == (
        3,
        8 * 3600,
        16 * 3600,
        ("mon", "tue", "wed", "thu", "fri"),
    )
    assert (early.breaks[0].start, early.breaks[0].minutes) == (12 * 3600, 30)
    assert (night.start, night.end, night.days, night.breaks) == (22 * 3600, 6 * 3600, ("sat", "sun"), ())
    returns = centre.queues[1]
    assert (returns.patience, returns.service.wrap_up_s, len(returns.arrivals.per_hour)) == (None, None, 168)  # type: ignore[arg-type]
    assert returns.arrivals.per_hour[9:11] == (6, 6)  # type: ignore[index]
    assert returns.targets.max_missed == 0.2
    assert centre.groups[1].queues == ("returns", "orders")
    assert [each.key for each in centre.groups[1].targets.bounds()] == ["max_occupancy"]
    assert centre.hours is not None
    assert centre.hours.dates == {dt.date(2026, 3, 6): "closed"}
    assert centre.hours.sat.close == 86400  # type: ignore[union-attr]
    assert centre.zone == "Europe/Berlin"


def test_everything_wrong_is_told_at_once_by_sheet_and_cell(tmp_path: Path):
    """Merged cells, dates and numbers as text, hidden rows and columns, formulas without values, headings."""

    def change(book: Workbook) -> None:
        put(
            book, centre_B4="02/03/2026", centre_A5="Dais", volumes_C5="25", volumes_D6="=20+1", volumes_B8=0.4,
            volumes_B9=1.5, volumes_A10="order", queues_C2="Message of the agent", queues_D3=None,
            agents_E4=2.5, targets_B4="service_level", targets_A6="Tier 9", hours_A4="Sonday", groups_D3=4,
            absences_C3="10 %",
        )  # fmt: skip
        book["volumes"].merge_cells("G20:H21")
        book["volumes"].row_dimensions[12].hidden = True
        book["agents"].column_dimensions["G"].hidden = True
        book["shifts"].sheet_state = "hidden"
        book.create_sheet("notes")

    assert problems(tmp_path, change) == [
        "centre!B4: First day must be a date, and is text: type it anew, such as 2026-03-02, in a cell that is no text, got '02/03/2026'",
        "centre!A5: no setting is called so, got 'Dais'; did you mean 'Days'?",
        "hours!A4: must be a weekday, Every day, or a date, got 'Sonday'; there are Every day, Mon, Tue, Wed, Thu, Fri, Sat, Sun",
        "queues!2:2: the column Messages of the agent is missing",
        "queues!C2: no column has this heading, got 'Message of the agent'; did you mean 'Messages of the agent'?",
        "queues!D3: Time for a reply is missing: mean time to read, think and write, alone",
        "groups!A3: agents must stand on exactly one of the sheets groups, agents and shifts, got 'Tier 1: groups and agents'",
        "volumes!C5: must be a number, and is text, got '25'",
        "volumes!D6: the formula has no value: open the workbook in a spreadsheet program and save it, got '=20+1'",
        "volumes!B8: rows must be 15, 30 or 60 minutes apart, got '6 minutes after the one before'",
        "volumes!B9: must be a time of a day, 00:00 to 24:00, got '1 day, 12:00:00'",
        "volumes!A10: no queue is called so, got 'order'; did you mean 'orders'?",
        "volumes!12:12: the row is hidden: show it, or delete it",
        "volumes!G20:H21: cells are merged: unmerge them",
        "agents!G:G: the column is hidden: show it, or delete it",
        "agents!E4: must be a whole number, got 2.5",
        "shifts: the sheet is hidden: show it, or delete it",
        "targets!A6: no queue and no group is called so, got 'Tier 9'; did you mean 'Tier 1'?",
        "absences!C3: must be a number, and is text, got '10 %'",
    ]


def test_what_a_scenario_forbids_is_told_with_its_cell(tmp_path: Path):
    """A share of 80, a threshold below zero, an unknown target, a skill that nobody has, a zone."""

    def change(book: Workbook) -> None:
        put(
            book,
            targets_C4=80,
            targets_B5="max_mised",
            groups_B3="sales",
            centre_B7="Europe/Berlim",
            queues_B3=-1,
        )

    assert problems(tmp_path, change) == [
        "centre!B7 (zone): no time zone has this name, got 'Europe/Berlim'; did you mean 'Europe/Berlin'?",
        "targets!C4 (targets.service_level): must be at most 1, got 80; write 0.80",
        "queues!A3 (queues.0.name): no group serves this queue, got 'orders'",
        "queues!B3 (queues.0.patience.mean_s): must be above 0, got -1",
        "groups!B3 (groups.0.queues.0): no queue has this name, got 'sales'",
    ]


def test_missing_sheets_and_headings_are_told(tmp_path: Path):
    """With the nearest name."""

    def change(book: Workbook) -> None:
        book["volumes"].title = "volume"
        book.remove(book["queues"])
        for cell in book["groups"][2]:
            cell.value = None

    assert problems(tmp_path, change) == [
        "queues: the sheet is missing; there are centre, hours, groups, volume, agents, shifts, targets, absences",
        "groups: has no row of headings; they are Group, Queues, Chats at once, Agents",
        "volumes: the sheet is missing; did you mean 'volume'?",
    ]


def test_what_is_no_workbook_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Damaged, of another program, old; and without the library that reads or writes it."""
    for name, content, law in (
        ("a.xlsx", b"PK\x03\x04", "damaged"),
        ("b.xls", b"\xd0\xcf\x11\xe0", "old Excel workbook"),
        ("c.xlsx", b"name = 1", "damaged"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ScenarioError, match=law):
            sim.load(tmp_path / name)
    with pytest.raises(ScenarioError, match="can't be read"):
        sim.load(tmp_path / "none.xlsx")
    path = filled(tmp_path)
    for library, does in (("openpyxl", lambda: sim.load(path)), ("xlsxwriter", template)):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, library, None)
            with pytest.raises((ScenarioError, OutputError), match=r"livechat-sim\[excel\]"):
                does()
