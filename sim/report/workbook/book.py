"""Where does everything stand in a workbook? A sheet a table, and cells that formulas can name.

Tables get their places first; then formulas are made, which name cells by table, column and row; at last all
is written, with the values that formulas have. Text is never a formula, whatever it begins with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from io import BytesIO
from itertools import cycle
from math import isclose
from typing import TYPE_CHECKING, Any, Literal

from sim.report.result import Table
from sim.report.workbook.cells import number_format, sheet_name
from sim.report.workbook.formula import Formula, Span, quoted
from sim.report.workbook.sheets import TOP, Line, cell_name, laid_out, write_numbers, write_sheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MADE = dt.datetime(2000, 1, 1)
"""When each workbook says that it was made: the same result gives the same bytes."""
_CHART_ROWS = 19
"""Rows that a chart covers."""
_INKS = (("#1F4E9E", "solid"), ("#D55E00", "dash"), ("#5B6770", "round_dot"), ("#009E73", "dash_dot"))
"""Colours and dashes of lines, in turn."""
INPUTS = "numbers"
"""Sheet of the numbers that formulas start from, and of the totals that they come to."""


class Book:
    """A workbook in the making.

    A study completes it by `live`, `put_in`, `sum_up`, `chart` and `sheet`; all others are for its writer.
    """

    def __init__(self, tables: Iterable[Table], more: Mapping[str, Collection[str]] | None = None) -> None:
        """Lay all *tables* out; *more*: columns by table that people are not shown, and formulas need."""
        import xlsxwriter  # noqa: PLC0415  an extra

        self._bytes = BytesIO()
        self._book = xlsxwriter.Workbook(
            self._bytes,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False},
        )  # fmt: skip
        self._book.set_properties({"created": MADE})
        self._book.set_calc_mode("auto")
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.taken: set[str] = set()
        """Names of sheets that there are, in small letters."""
        self.answer = self.sheet("answer")
        self.end_of_answer = 0
        """Row of the first sheet below which nothing is written; charts stand there."""
        self._sheets = {each.table.name: each for each in laid_out(tables, self.taken, more or {})}
        self._worksheets = {
            each.name: self._printable(self._book.add_worksheet(each.name)) for each in self._sheets.values()
        }
        self._lines: list[Line] = []
        self._numbers: tuple[str, Worksheet] | None = None
        self._charts = 0

    # What a study completes it by

    def has(self, table: str, column: str = "") -> bool:
        """Whether there is a sheet of this table, with a column of this name."""
        sheet = self._sheets.get(table)
        return sheet is not None and (not column or (column, "value") in sheet.places)

    def columns(self, table: str) -> list[str]:
        """Columns of a table that its sheet has."""
        return list(dict.fromkeys(name for name, _ in self._sheets[table].places))

    def words(self, table: str, column: str) -> list[Any]:
        """What stands in the cells of a column."""
        sheet = self._sheets[table]
        return list(sheet.cells[sheet.places[column, "value"]])

    def count(self, table: str, column: str) -> None:
        """Let words that are all whole numbers be numbers."""
        sheet = self._sheets[table]
        place = sheet.places[column, "value"]
        if all(cell is None or (isinstance(cell, str) and cell.isdecimal()) for cell in sheet.cells[place]):
            sheet.cells[place] = [None if cell is None else int(str(cell)) for cell in sheet.cells[place]]

    def length(self, table: str) -> int:
        """Rows of a table."""
        return len(self._sheets[table].rows)

    def cell(self, table: str, column: str, row: int, end: str = "value") -> Formula:
        """The cell of a table in a *row*, from 0, as a formula; *end*: of a quantity, such as ``high``."""
        sheet = self._sheets[table]
        place = sheet.places[column, end]
        value = sheet.cells[place][row]
        known = isinstance(value, int | float) and not isinstance(value, bool)
        return Formula(f"'{quoted(sheet.name)}'!{cell_name(TOP + row, place)}", value if known else None)  # type: ignore[arg-type]

    def span(self, table: str, column: str, rows: slice = slice(None)) -> Span:
        """The cells of a column, or of some *rows* next to each other."""
        sheet = self._sheets[table]
        place = sheet.places[column, "value"]
        first, last, _ = rows.indices(len(sheet.rows))
        text = f"'{quoted(sheet.name)}'!{cell_name(TOP + first, place)}:{cell_name(TOP + last - 1, place)}"
        values = sheet.cells[place][first:last]
        return Span(text, tuple(each if not isinstance(each, bool) else None for each in values))

    def live(self, table: str, column: str, row: int, formula: Formula) -> bool:
        """Let a cell compute, if the *formula* gives the value that the result has; tells whether it does."""
        sheet = self._sheets[table]
        place = sheet.places[column, "value"]
        value = sheet.cells[place][row]
        if isinstance(value, bool | str) or not _same(formula.value, value):
            return False
        sheet.formulas[row, place] = formula
        return True

    def put_in(self, label: str, value: float, unit: str = "") -> Formula:
        """A number that formulas start from, on the sheet of numbers, where it may be changed: its cell."""
        return self._line(Line(label, unit, value))

    def sum_up(self, label: str, formula: Formula, value: float | None, unit: str = "") -> Formula | None:
        """A number that a *formula* comes to, if that is the *value* of the result: its cell."""
        if not _same(formula.value, value):
            return None
        return self._line(Line(label, unit, formula))

    def sheet(self, name: str) -> Worksheet:
        """A sheet of one's own, after all others so far; its name is made valid."""
        return self._printable(self._book.add_worksheet(sheet_name(name, self.taken)))

    def form(self, **properties: Any) -> Format:
        """A format of cells, by xlsxwriter's names."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def chart(
        self,
        table: str,
        along: str,
        columns: Sequence[str],
        *,
        title: str,
        kind: Literal["column", "line"] = "line",
        is_stacked: bool = False,
    ) -> None:
        """A chart of some *columns* of a table, below the answer."""
        sheet = self._sheets[table]
        columns = [name for name in columns if (name, "value") in sheet.places]
        if not columns or (along, "value") not in sheet.places or len(sheet.rows) < 2:
            return
        options: dict[str, Any] = {"type": kind} | ({"subtype": "stacked"} if is_stacked else {})
        chart = self._book.add_chart(options)
        last = TOP + len(sheet.rows) - 1
        at = sheet.places[along, "value"]
        for name, (ink, dash) in zip(columns, cycle(_INKS), strict=False):
            place = sheet.places[name, "value"]
            look = {"line": {"color": ink, "dash_type": dash, "width": 2}}
            chart.add_series(
                (look if kind == "line" else {"fill": {"color": ink}})
                | {
                    "name": [sheet.name, TOP - 1, place],
                    "categories": [sheet.name, TOP, at, last, at],
                    "values": [sheet.name, TOP, place, last, place],
                }
            )
        along_x: dict[str, Any] = {"text_axis": True, "name": sheet.heads[at]}
        if sheet.columns[at].form == "clock":
            along_x["num_format"] = number_format(sheet.columns[at], sheet.cells[at])
        chart.set_x_axis(along_x)
        chart.set_y_axis({"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
        chart.set_title({"name": title, "overlay": False, "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom"} if len(columns) > 1 else {"none": True})
        chart.set_size({"width": 760, "height": 330})
        row = self.end_of_answer + 1 + self._charts * _CHART_ROWS
        self.answer.insert_chart(row, 0, chart, {"description": title})
        self._charts += 1

    # Its writer's

    def content(self) -> bytes:
        """All of it: nothing can be added afterwards."""
        for sheet in self._sheets.values():
            write_sheet(self._worksheets[sheet.name], sheet, self.form)
        if self._numbers is not None:
            name, worksheet = self._numbers
            write_numbers(worksheet, name, self._lines, self.form)
        self._book.close()
        return self._bytes.getvalue()

    @staticmethod
    def _printable(worksheet: Worksheet) -> Worksheet:
        """Let a sheet be printed as wide as a page, across."""
        worksheet.set_landscape()
        worksheet.set_paper(9)  # A4
        worksheet.fit_to_pages(1, 0)
        return worksheet

    def _line(self, line: Line) -> Formula:
        if self._numbers is None:
            name = sheet_name(INPUTS, self.taken)
            self._numbers = name, self._printable(self._book.add_worksheet(name))
        self._lines.append(line)
        return Formula(f"'{quoted(self._numbers[0])}'!$B${TOP + len(self._lines)}", line.value)


def _same(a: float | None, b: Any) -> bool:
    """Whether two values are the same, but for the dust of sums."""
    if a is None or b is None or isinstance(b, str):
        return False
    return isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
