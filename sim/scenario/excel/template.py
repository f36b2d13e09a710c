"""What does the workbook to fill in look like? An example, with what each column means and may hold."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sim.errors import OutputError
from sim.scenario.excel.layout import BY_NAME, DAYS, SETTINGS, SHEETS, Heading, Kind, SheetLayout

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MADE = dt.datetime(2000, 1, 1)
"""When each template says that it was made: all are the same bytes."""
_FORMATS: dict[Kind, str] = {"share": "0.0%", "time": "[hh]:mm", "date": "yyyy-mm-dd"}
_MOST_ROWS = 1_000
"""Rows in which cells are checked as they are filled in."""
_CHECKS: dict[Kind, dict[str, Any]] = {
    "number": {"validate": "decimal", "criteria": ">=", "value": 0},
    "whole": {"validate": "integer", "criteria": ">=", "value": 0},
    "share": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
    "time": {"validate": "time", "criteria": "between", "minimum": 0, "maximum": 1},
}


def template() -> bytes:
    """The workbook to fill in, as bytes.

    Raises
    ------
    OutputError
        Without the extra `excel`.
    """
    try:
        import xlsxwriter  # noqa: PLC0415  an extra
    except ModuleNotFoundError:
        raise OutputError("a workbook: pip install 'livechat-sim[excel]' writes it") from None
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": MADE})
        for layout in SHEETS:
            _sheet(book, layout)
    return file.getvalue()


def _sheet(book: Workbook, layout: SheetLayout) -> None:
    sheet = book.add_worksheet(layout.name)
    sheet.write_string(0, 0, layout.meaning, book.add_format({"italic": True, "font_color": "#5B6770"}))
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(2, 2 if layout.name in {"volumes", "agents"} else 1)
    for place, heading in enumerate(layout.headings):
        fill = {} if not heading.is_needed else {"bg_color": "#DCE6F1"}
        sheet.write_string(1, place, heading.shown, book.add_format(head | fill))
        sheet.write_comment(1, place, heading.meaning, {"author": "livechat-sim"})
        width = 7 if heading.title in DAYS else max(12, min(len(heading.shown) + 2, 24))
        sheet.set_column(place, place, width)
        if heading.kind in _CHECKS and layout.name != "targets":
            told = {"error_title": heading.shown, "error_message": heading.meaning, "error_type": "warning"}
            sheet.data_validation(2, place, _MOST_ROWS, place, _CHECKS[heading.kind] | told)
    if layout.name == "centre":
        _settings(book, sheet)
        return
    for row, cells in enumerate(layout.examples, start=2):
        for place, (cell, heading) in enumerate(zip(cells, layout.headings, strict=True)):
            _cell(book, sheet, (row, place), cell, _kind(layout, heading, cells))
    if layout.name == "hours":
        days = ["Every day", *DAYS]
        rule = {"validate": "list", "source": days, "error_type": "information"}
        sheet.data_validation(2, 0, _MOST_ROWS, 0, rule)


def _kind(layout: SheetLayout, heading: Heading, cells: tuple[Any, ...]) -> Kind:
    """Kind of a cell: of targets that which the target has, of opening hours a time or a word."""
    if layout is BY_NAME["targets"] and heading.title == "Value":
        return "number" if str(cells[1]).endswith("_s") else "share"
    if layout is BY_NAME["hours"] and heading.title == "Open":
        return "time" if ":" in str(cells[1]) else "text"
    return heading.kind


def _settings(book: Workbook, sheet: Worksheet) -> None:
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 60)
    for row, setting in enumerate(SETTINGS, start=2):
        unit = f" ({setting.unit})" if setting.unit else ""
        sheet.write_string(row, 0, f"{setting.title}{unit}")
        _cell(book, sheet, (row, 1), setting.example, setting.kind)
        sheet.write_string(row, 2, setting.meaning)


def _cell(book: Workbook, sheet: Worksheet, at: tuple[int, int], cell: Any, kind: Kind) -> None:
    form = book.add_format(
        {"num_format": _FORMATS.get(kind, "General"), "align": "left" if kind == "date" else ""}
    )
    if cell is None:
        return
    if kind == "time":
        hour, minute = str(cell).split(":")
        sheet.write_number(*at, (int(hour) * 60 + int(minute)) / 1440, form)
    elif kind == "date":
        sheet.write_datetime(*at, dt.datetime.fromisoformat(cell), form)
    elif isinstance(cell, str):
        sheet.write_string(*at, cell)
    else:
        sheet.write_number(*at, cell, form)
