"""What does the sheet of a table look like? Frozen heads, widths, formats, and colours on what is missed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sim.errors import OutputError
from sim.report.data import flat, head
from sim.report.result import PER_ROW, Column, Row, Table
from sim.report.workbook.cells import Stored, number_format, sheet_name, stored
from sim.report.workbook.formula import Formula

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

TOP = 2
"""Rows above the first row of a table: its title and the heads of its columns."""
MOST_ROWS = 1_000_000
"""Rows of a table: a sheet has hardly more."""
MISSED, INPUT, TITLE, NOTE = "#F9DDB5", "#1F4E9E", "#1D2733", "#5B6770"
"""Fill of what is missed; ink of what is put in, which may be changed; of titles; of notes."""
_WIDEST, _NARROWEST = 48, 8
"""Letters of a column."""
_LINE_PT = 15
"""Height of a line."""
_ENDS = ("value", "low", "high", "p10", "p90", "met")
"""Which cells a quantity has, in the order of `flat`."""
Form = Callable[..., "Format"]
"""Gives a format by its properties."""


@dataclass(slots=True)
class Sheet:
    """A table's sheet: where its columns stand, and what is in them."""

    name: str
    table: Table
    rows: list[Row]
    heads: list[str] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    """Column of the table that each column of the sheet is of."""
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    """Column of the sheet by column of the table and which end of it, as ``("asa_s", "high")``."""
    cells: list[list[Stored]] = field(default_factory=list)
    """What stands in each column, row by row."""
    formulas: dict[tuple[int, int], Formula] = field(default_factory=dict)
    """Formulas by row, from 0, and column."""

    @property
    def last(self) -> int:
        """Last row of the sheet that the table has."""
        return TOP + len(self.rows) - 1

    def add(self, column: Column, end: str, title: str, cells: list[Stored]) -> None:
        """Give a column the next place."""
        title = f"{title[:1].upper()}{title[1:]}"
        self.places[column.name, end] = len(self.cells)
        self.heads.append(title if title not in self.heads else f"{title}, {column.name}")
        self.columns.append(column)
        self.cells.append(cells)


@dataclass(frozen=True, slots=True)
class Line:
    """A number by itself, with what it is called: one that is put in, or a formula."""

    label: str
    unit: str
    content: float | Formula

    @property
    def value(self) -> float | None:
        """What stands there."""
        return self.content.value if isinstance(self.content, Formula) else self.content


def laid_out(
    tables: Iterable[Table], taken: set[str], more: Mapping[str, Collection[str]]
) -> Iterator[Sheet]:
    """Give each table with anything to show a sheet, whose name is none of those *taken*.

    *more*: columns by table that people are not shown, and formulas need.
    """
    for table in tables:
        rows = table.shown_rows
        if len(rows) > MOST_ROWS:
            raise OutputError(f"the table {table.name} has {len(rows):,} rows, too many for a workbook")
        also = {table.section, *more.get(table.name, ())}
        columns = [each for each in table.columns if each.is_shown or each.name in also]
        if not rows or not columns:
            continue  # what is for pictures alone shows no column
        sheet = Sheet(sheet_name(table.name, taken), table, rows)
        for column in columns:
            for end, (_, words, value) in zip(_ENDS, flat(column), strict=False):
                cells = [stored(value(row), column) for row in rows]
                if end == "value" or (_shows(column, end) and any(each is not None for each in cells)):
                    sheet.add(column, end, head(column, words), cells)
        yield sheet


def _shows(column: Column, end: str) -> bool:
    """Whether people are shown so much of a quantity; of what is judged, its verdict always."""
    return end == "met" or column.look in {"interval", "spread", "reach", "span"}


def write_sheet(worksheet: Worksheet, sheet: Sheet, form: Form) -> None:
    """Write a table, its notes below it."""
    worksheet.write_string(0, 0, sheet.table.title, form(bold=True, font_color=TITLE, font_size=12))
    worksheet.freeze_panes(TOP, 1)
    worksheet.repeat_rows(0, TOP - 1)
    lines = [_write_column(worksheet, sheet, place, form) for place in range(len(sheet.columns))]
    worksheet.set_row(TOP - 1, _LINE_PT * max(lines) + 3)
    worksheet.autofilter(TOP - 1, 0, sheet.last, len(sheet.heads) - 1)
    _colour(worksheet, sheet, form)
    for k, note in enumerate(sheet.table.notes):
        worksheet.write_string(sheet.last + 2 + k, 0, note, form(italic=True, font_color=NOTE))


def _write_column(worksheet: Worksheet, sheet: Sheet, place: int, form: Form) -> int:
    """Write a column; gives the lines that its head takes."""
    title, column, cells = sheet.heads[place], sheet.columns[place], sheet.cells[place]
    texts = [len(cell) for cell in cells if isinstance(cell, str)]
    longest = max(title.split(), key=len, default="")
    width = min(max([_NARROWEST, len(longest) + 2, *texts]), _WIDEST)
    worksheet.set_column(place, place, width)
    indent, side = int(bool(texts) and place > 0), "left" if texts else "right"
    look = form(bold=True, text_wrap=True, valign="bottom", bottom=1, align=side, indent=indent)
    worksheet.write_string(TOP - 1, place, title, look)
    usual = number_format(column, cells)
    for k, cell in enumerate(cells):
        numbers = usual if column.unit != PER_ROW else number_format(column, [cell], sheet.rows[k])
        _write_cell(worksheet, sheet, (k, place), cell, numbers, form)
    return len(wrap(title, max(width - 2, 1)))


def _write_cell(
    worksheet: Worksheet, sheet: Sheet, at: tuple[int, int], cell: Stored, numbers: str, form: Form
) -> None:
    row, place = TOP + at[0], at[1]
    formula = sheet.formulas.get(at)
    if formula is not None:
        worksheet.write_formula(row, place, formula.within(sheet.name), form(num_format=numbers), cell)
    elif isinstance(cell, bool):
        worksheet.write_boolean(row, place, cell)
    elif isinstance(cell, str):
        is_long = len(cell) > _WIDEST or "\n" in cell
        look: dict[str, Any] = {"text_wrap": True, "valign": "top"} if is_long else {}
        worksheet.write_string(row, place, cell, form(indent=int(place > 0), **look))
    elif cell is not None:
        worksheet.write_number(row, place, cell, form(num_format=numbers))


def _colour(worksheet: Worksheet, sheet: Sheet, form: Form) -> None:
    """Fill what misses its target: figures that are judged, and verdicts."""
    for (name, end), place in sheet.places.items():
        if end != "met" and not (sheet.columns[place].form == "flag" and name in {"kept", "met"}):
            continue
        verdict = cell_name(TOP, place, fixed=True)
        missed = f"=AND(ISLOGICAL({verdict}),NOT({verdict}))"
        rule = {"type": "formula", "criteria": missed, "format": form(bg_color=MISSED)}
        for filled in sorted({place, sheet.places[name, "value"]}):
            worksheet.conditional_format(TOP, filled, sheet.last, filled, rule)


def write_numbers(worksheet: Worksheet, name: str, lines: Iterable[Line], form: Form) -> None:
    """Write numbers that are put in, and those that formulas come to, below each other."""
    worksheet.set_column(0, 0, _WIDEST)
    worksheet.set_column(1, 1, 14)
    told = "Blue numbers are put in and may be changed; black ones are computed."
    worksheet.write_string(0, 0, told, form(italic=True, font_color=NOTE))
    worksheet.freeze_panes(TOP, 0)
    for place, title in enumerate(("Number", "Value", "Unit")):
        side = "right" if place == 1 else "left"
        worksheet.write_string(TOP - 1, place, title, form(bold=True, bottom=1, align=side))
    for row, line in enumerate(lines, start=TOP):
        numbers = number_format(Column(line.unit, unit=line.unit), [line.value])
        worksheet.write_string(row, 0, line.label)
        if isinstance(line.content, Formula):
            worksheet.write_formula(row, 1, line.content.within(name), form(num_format=numbers), line.value)
        else:
            worksheet.write_number(row, 1, line.content, form(num_format=numbers, font_color=INPUT))
        worksheet.write_string(row, 2, "" if line.unit in {"share", "cost"} else line.unit, form(indent=1))


def cell_name(row: int, column: int, *, fixed: bool = False) -> str:
    """Name of a cell, such as D4; *fixed*: its column stays where a formula is copied to."""
    from xlsxwriter.utility import xl_rowcol_to_cell  # noqa: PLC0415  an extra

    return str(xl_rowcol_to_cell(row, column, col_abs=fixed))
