"""A result as a workbook: what stands in it, in which format, and that text does nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sim.errors import OutputError
from sim.kpis.estimate import Quantity
from sim.report.result import PER_ROW, Column, Head, Judged, Result, Table
from sim.report.workbook.book import Book
from sim.report.workbook.formula import (
    Formula,
    Span,
    hours_of,
    most,
    most_at_once,
    rounded_down,
    rounded_up,
)
from sim.report.workbook.sheets import MISSED
from sim.report.workbook.write import save, workbook


def known(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value, low, high, False, value, None, None)


EVIL = '=HYPERLINK("http://example.com","x")'
LEVEL = Judged(
    "service_level", "service_level", "Service level", "share", "at least", 0.8,
    known(0.7512, 0.74, 0.76), met=False, sure=True,
)  # fmt: skip


def hostile() -> Result:
    """A result with every form of cell, and with names that spreadsheets take for something else."""
    columns = (
        Column("start_s", "From", form="clock"), Column("end_s", "To", form="clock"),
        Column("queue", "Queue"), Column("chats", "Chats", "chats", "number"),
        Column("level", "Service level", "share", "judged", "misses"),
        Column("wait", "Wait", PER_ROW, "quantity", "interval"), Column("unit"),
        Column("cost", "Cost", "EUR", "number"), Column("kept", "Kept", form="flag"),
        Column("hidden", form="number", is_shown=False),
    )  # fmt: skip
    rows = [
        {"start_s": 30600.0, "end_s": 32400.0, "queue": EVIL, "chats": 12.25, "level": LEVEL,
         "wait": known(31.5, 30.0, float("inf")), "unit": "s", "cost": 1234.5, "kept": False},
        {"start_s": 84600.0, "end_s": 86400.0, "queue": "@SUM(A1)", "chats": None,
         "level": known(0.9), "wait": known(0.25), "unit": "share", "cost": 0.005, "kept": True},
        {"queue": "never", "shown": False},
    ]  # fmt: skip
    table = Table("a/b: [c]?*", "+1 table", columns, rows, notes=("-1 note",))
    empty = Table("none", "Nothing in it", columns, [])
    head = Head("nothing", ("=1+1",), "One day\nand a night", 1, 20)
    return Result(head, (LEVEL,), ("-2+3 agents.", "@other"), (table, replace(table, name="A/B:[C]?"), empty))


def read(content: bytes, *, values: bool = False) -> Workbook:
    return load_workbook(BytesIO(content), data_only=values)


def texts(sheet: Worksheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def test_text_is_inert_and_numbers_are_numbers_in_the_format_of_their_unit(tmp_path: Path):
    """Names that begin like formulas are text; sheets have valid names; nothing is rounded."""
    content = workbook(hostile())
    book = read(content)
    sheet, other = book["a b c"], book["A B C 2"]

    assert book.sheetnames == ["answer", "a b c", "A B C 2"]
    assert texts(sheet) == texts(other)
    for each in book.worksheets:
        assert not [cell for row in each.iter_rows() for cell in row if cell.data_type == "f"]
        assert not each.merged_cells.ranges
    assert {"=1+1", "-2+3 agents.", "@other"} <= set(texts(book["answer"]))
    assert {EVIL, "@SUM(A1)", "+1 table", "-1 note"} <= set(texts(sheet))
    assert [cell.value for cell in sheet[2]] == [
        "From", "To", "Queue", "Chats", "Service level, %", "Service level met", "Wait", "Wait low", "Wait high",
        "Unit", "Cost, EUR", "Kept",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[3]][3:] == [12.25, 0.7512, False, 31.5, 30, "∞", "s", 1234.5, False]
    assert [cell.value for cell in sheet[4]][3:] == [None, 0.9, None, 0.25, None, None, "%", 0.005, True]
    assert sheet.max_row == 6  # a blank one, and the note
    formats = {cell.column_letter: cell.number_format for cell in sheet[3] if cell.value is not None}
    assert (formats["A"], formats["E"], formats["K"]) == ("[hh]:mm", "0.0%", "#,##0.00")
    assert (sheet["G3"].number_format, sheet["G4"].number_format) == (
        "[>=1000]#,##0;[>=10]#,##0.0;0.00",
        "0.0%",
    )
    assert (sheet["A3"].value, sheet["B4"].value) == (timedelta(hours=8.5), timedelta(hours=24))
    assert sheet.freeze_panes == "B3"
    assert sheet.auto_filter.ref == "A2:L4"
    coloured = {
        str(found.sqref): [rule.formula for rule in found.rules] for found in sheet.conditional_formatting
    }
    assert coloured == {
        "E3:E4": [["AND(ISLOGICAL($F3),NOT($F3))"]],
        "F3:F4": [["AND(ISLOGICAL($F3),NOT($F3))"]],
        "L3:L4": [["AND(ISLOGICAL($L3),NOT($L3))"]],
    }
    save(hostile(), tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == content == workbook(hostile())


def test_the_first_sheet_answers(tmp_path: Path):
    """Target, value, interval and verdict; what is missed is filled."""
    sheet = read(workbook(hostile()))["answer"]
    row = next(row for row in sheet.iter_rows() if row[0].value == "Service level")

    assert [cell.value for cell in row] == [
        "Service level", "at least", 0.8, 0.7512, 0.74, 0.76, None, None, None, "missed",
    ]  # fmt: skip
    assert row[3].fill.fgColor.rgb == row[9].fill.fgColor.rgb == f"FF{MISSED[1:]}"
    assert row[2].fill.fgColor.rgb != f"FF{MISSED[1:]}"


def test_a_formula_stands_only_where_it_gives_what_the_result_has():
    """With its value, and the values of what it names; anything else stays a number."""
    columns = tuple(Column(name, name, form="number") for name in ("agents", "hours", "paid", "none"))
    rows = [{"agents": 3, "hours": 8.0, "paid": 24.0}, {"agents": 2, "hours": 6.0, "paid": 13.0}]
    book = Book([Table("shifts", "Shifts", columns, rows)])

    def paid(row: int) -> Formula:
        return book.cell("shifts", "agents", row) * book.cell("shifts", "hours", row)

    assert book.live("shifts", "paid", 0, paid(0))
    assert not book.live("shifts", "paid", 1, paid(1))
    assert not book.live("shifts", "none", 0, paid(0))
    assert not book.live("shifts", "paid", 0, paid(0) / book.cell("shifts", "none", 0))
    share = book.put_in("Shrinkage", 0.25, "share")
    total = book.span("shifts", "paid").total()
    gross = book.sum_up("Paid hours", total / (1 - share), 37 / 0.75, "h")
    assert gross is not None
    assert book.sum_up("Wrong", total, 38.0) is None
    assert most(total, gross).value == gross.value
    agents, hours = book.span("shifts", "agents"), book.span("shifts", "hours")
    assert hours_of(agents, agents, hours).value == 24 * (3 * 5 + 2 * 4)
    keys = Span("A1:A3", ("=x*", "X*", "=X*"))
    only = Span("B1:B3", (1.0, 2.0, 4.0)).where((keys, Formula("C1", None), "=x*"))
    assert (only.text, only.value) == ("SUMPRODUCT(--(A1:A3=C1),B1:B3)", 5)
    assert most_at_once([agents, hours]).value == 11
    assert (rounded_up(share).value, rounded_down(gross).value) == (1, 49)
    both = read(content := book.content()), read(content, values=True)

    assert [each["shifts"]["C3"].value for each in both] == ["=A3*B3", 24]
    assert both[0]["shifts"]["C4"].value == 13
    assert [each["numbers"]["B4"].value for each in both] == ["=SUM('shifts'!C3:C4)/(1-$B$3)", 37 / 0.75]
    assert both[0]["numbers"]["B3"].value == 0.25


def test_hours_of_named_people_are_the_sums_of_their_shifts():
    """As in a roster of weeks: a row a shift, and a row a person; hours that don't add up stay a number."""
    shape = Column("person", "Person"), Column("paid_hours", "Paid", "h", "number")
    roster = [{"person": name, "paid_hours": hours} for name, hours in (("A", 8.0), ("B", 4.0), ("A", 7.5))]
    people = [{"person": name, "paid_hours": hours} for name, hours in (("A", 15.5), ("B", 5.0), ("C", 0.0))]
    tables = Table("roster", "Roster", shape, roster), Table("people", "People", shape, people)
    sheet = read(workbook(Result(Head("roster", ("x",), ""), tables=tables)))["people"]

    same = "=SUMPRODUCT(--('roster'!A3:A5=A{0}),'roster'!B3:B5)"
    assert [sheet.cell(row, 2).value for row in (3, 4, 5)] == [same.format(3), 5, same.format(5)]


@pytest.mark.parametrize(
    ("name", "law"), [("plan.xls", "must end in .xlsx"), ("none/plan.xlsx", "no directory")]
)
def test_a_place_for_no_workbook_is_refused(name: str, law: str, tmp_path: Path):
    """By its name, or as any file."""
    with pytest.raises(OutputError, match=law):
        save(hostile(), tmp_path / name)


def test_without_the_extra_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In a sentence with the command that helps."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(OutputError, match=r"pip install 'livechat-sim\[excel\]'"):
        save(hostile(), tmp_path / "plan.xlsx")
    assert not list(tmp_path.iterdir())
