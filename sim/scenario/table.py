"""What table does a file hold? Rows of text with their lines, from what spreadsheets and programs export.

Between cells stand commas, semicolons, tabs or bars; letters are UTF-8, UTF-16 or Windows' cp1252. Workbooks
(.xlsx) are read with the extra `excel`: their dates come as 2026-03-02 08:00, their numbers with a point.

Why not a library: csv.Sniffer gives up where rows differ in length, which is a mistake to be told with its
line; detectors of encodings guess, and take a short "Café €" of Windows for cp775; readers of data frames
drop what does not fit, and know no lines.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any
from warnings import catch_warnings

from sim.errors import Problem
from sim.scenario.apostrophe import unquoted
from sim.scenario.source import MOST_BYTES, read_bytes

DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}
"""What may stand between cells, and how it is called."""
MOST_COLUMNS = 1_000
"""Columns of a workbook that are read."""
MOST_UNPACKED = 2 * MOST_BYTES
"""Bytes that the parts of a workbook may have: a few packed ones can become very many."""

_SAMPLE = 200
"""Lines that show what stands between cells."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

_HIDDEN_ROW = re.compile(rb'<row ([^>]*\bhidden="(?:1|true)"[^>]*)>')
_NUMBER = re.compile(rb'\br="(\d+)"')
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z0-9:]+)"')
_NO_VALUE = re.compile(
    rb'<c [^>]*\br="([A-Z]+\d+)"[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
"""In the XML of a sheet: hidden rows, their numbers, merged cells, and formulas without a value."""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of a row, without blanks around them, and the line on which it begins."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Header and rows of a file. Blank rows are left out; a row may be shorter than the header."""

    header: Row
    rows: list[Row]
    mark: str
    """What stands between cells; nothing in a workbook."""
    understood: tuple[str, ...]
    """How the file was read, in words: ``semicolons``, ``UTF-16``."""
    remarks: tuple[str, ...] = ()
    """What was left out."""
    problems: tuple[Problem, ...] = ()
    """Rows that can't be what they say."""
    lines: list[str] = field(default_factory=list, repr=False)
    """Lines of the text; none in a workbook."""

    def column(self, row: Row, cell: int) -> int | None:
        """Column of the file, from 1, in which a cell begins; None if that does not show."""
        if not self.mark or self.lines[row.line - 1] != self.mark.join(row.cells):
            return None
        return 1 + sum(len(before) + 1 for before in row.cells[:cell])

    def text(self, row: Row) -> str:
        """A row as it stands in the file."""
        return self.lines[row.line - 1] if self.mark else " | ".join(row.cells)


class TableError(Exception):
    """A file that holds no table that can be read."""

    def __init__(self, law: str, got: str = "", line: int | None = None, hint: str = "") -> None:
        self.law, self.got, self.line, self.hint = law, got, line, hint
        super().__init__(law)


def read_table(path: Path, shown: str, mark: str | None = None) -> Table:
    """Read the table in the file at *path*; *shown* is its name in problems.

    What stands between cells is found, if no *mark* says it.

    Raises
    ------
    OSError
        If it can't be read, with the reason in `strerror`.
    TableError
        If it holds no table.
    """
    data = read_bytes(path)
    if data.startswith((ZIP, OLD_EXCEL)):
        return _of_workbook(data, shown)
    text, encoding = _decoded(data)
    return _of_text(text.replace("\r\n", "\n").replace("\r", "\n"), encoding, shown, mark)


def _decoded(data: bytes) -> tuple[str, str]:
    """Text of a file, and the encoding's name where it is not UTF-8."""
    try:
        if data.startswith(_UTF_16):
            return data.decode("utf-16"), "UTF-16"
        if data[:200].count(0) > len(data[:200]) / 4:
            return data.decode("utf-16-le" if data[1] == 0 else "utf-16-be"), "UTF-16"
        text, encoding = data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        try:
            text, encoding = data.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            text, encoding = "\0", ""
    if "\0" in text:
        raise TableError("is not text that can be read: neither UTF-8 nor UTF-16 nor cp1252")
    return text, encoding


def _of_text(text: str, encoding: str, shown: str, mark: str | None) -> Table:
    lines = text.split("\n")
    first = 0
    if lines[0].lower().startswith("sep=") and lines[0][4:5] in DELIMITERS and not lines[0][5:].strip('" ,;'):
        first, mark = 1, lines[0][4]
    mark = mark or _between_cells(lines[:_SAMPLE])
    understood = (DELIMITERS[mark], *([encoding] if encoding else []))
    return _table(_csv_rows(lines, first, mark), mark, understood, shown, lines)


def _between_cells(lines: list[str]) -> str:
    """What stands between cells: with it most rows have as many as the header, and the header has most."""

    def fits(mark: str) -> tuple[int, int]:
        try:
            rows = [row for row in csv.reader(lines, delimiter=mark) if any(cell.strip() for cell in row)]
        except csv.Error:
            return 0, 0
        rows = [row for row in rows if len(row) > 1]
        width = len(rows[0]) if rows else 0
        return sum(len(row) == width or _filled(row) == width for row in rows), width

    return max(DELIMITERS, key=lambda mark: (fits(mark), mark == ","))


def _filled(row: list[str]) -> int:
    """Cells up to the last one that is not empty: a mark at the end of a line begins none."""
    return max((k for k, cell in enumerate(row, start=1) if cell.strip()), default=0)


def _csv_rows(lines: list[str], first: int, mark: str) -> Iterator[Row]:
    reader = csv.reader((f"{line}\n" for line in islice(lines, first, None)), delimiter=mark, strict=True)
    while True:
        line = first + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            law = "a quote is never closed" if "unexpected end" in str(error) else f"not CSV: {error}"
            raise TableError(law, line=line) from None
        yield Row(line, tuple(unquoted(cell.strip()) for cell in cells))


def _table(
    all_rows: Iterable[Row], mark: str, understood: tuple[str, ...], shown: str, lines: list[str]
) -> Table:
    """Make a table of rows, the first of which with more than one cell is its header."""
    rows = [row for row in all_rows if any(row.cells)]
    top = next((k for k, row in enumerate(rows) if sum(map(bool, row.cells)) > 1), None)
    if top is None:
        got = repr(lines[rows[0].line - 1] if lines else rows[0].cells[0]) if rows else "an empty file"
        raise TableError("holds no table: a row needs more than one cell", got, 1)
    titles = tuple(
        f"left out as a title: line {row.line}, {next(filter(None, row.cells))!r}" for row in rows[:top]
    )
    table = Table(rows[top], rows[top + 1 :], mark, understood, titles, lines=lines)
    return replace(table, problems=tuple(_too_long(table, shown)))


def _too_long(table: Table, shown: str) -> Iterator[Problem]:
    """Rows with more cells than the header: something in them is cut where it should not be."""
    width = len(table.header.cells)
    for row in table.rows:
        if any(row.cells[width:]):
            is_cut = table.mark == "," and any(
                before[-1:].isdigit() and after[:1].isdigit()
                for before, after in zip(row.cells, row.cells[1:], strict=False)
            )
            why = "looks like a decimal comma: quote it, or use semicolons" if is_cut else "quote cells with "
            why += "" if is_cut else f"{DELIMITERS.get(table.mark, 'more')} in them"
            law = f"a row must not have more cells than the header, which has {width}"
            yield Problem(shown, "", law, repr(table.text(row)), why, row.line)


def checked_workbook(data: bytes) -> Any:
    """Refuse what is no workbook, or a huge one, before it is unpacked; gives the module that reads it.

    Raises
    ------
    TableError
        If it can't be read.
    """
    if data.startswith(OLD_EXCEL):
        raise TableError("is an old Excel workbook, or one with a password: save it as .xlsx or CSV")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names, size = parts.namelist(), sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile:
        raise TableError("is a damaged workbook or archive") from None
    if "xl/workbook.xml" not in names:
        raise TableError("is an archive or another program's document: save it as .xlsx or CSV")
    if size > MOST_UNPACKED:
        law = f"unpacks to {size / 2**20:,.0f} MiB, and at most {MOST_UNPACKED / 2**20:,.0f} are read"
        raise TableError(f"is a workbook that {law}: save the sheet as CSV")
    try:
        import openpyxl  # noqa: PLC0415  an extra
    except ModuleNotFoundError:
        extra = "pip install 'livechat-sim[excel]'"
        raise TableError(f"is an Excel workbook: {extra} reads it, or save it as CSV") from None
    return openpyxl


def _of_workbook(data: bytes, shown: str) -> Table:
    """Read the first sheet of a workbook that holds anything."""
    openpyxl = checked_workbook(data)
    try:
        with catch_warnings(action="ignore"):  # of styles that it does not know
            return _of_sheets(openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True), shown)
    except TableError:
        raise
    except Exception as error:  # its reader raises whatever the damage leads to
        raise TableError(f"is a workbook that can't be read: {type(error).__name__}") from None


def _of_sheets(book: Any, shown: str) -> Table:
    for sheet in book.worksheets:
        rows = list(_sheet_rows(sheet)) if sheet.sheet_state == "visible" else []
        if rows:
            table = _table(rows, "", (f"sheet {sheet.title!r}",), shown, [])
            remarks, problems = _told_of(book, sheet, shown)
            return replace(table, remarks=(*table.remarks, *remarks), problems=(*table.problems, *problems))
    raise TableError("is a workbook whose sheets are empty")


def _told_of(book: Any, sheet: Any, shown: str) -> tuple[list[str], list[Problem]]:
    """What a reader of values alone does not see: hidden rows and merged cells, which are read as they are,
    and formulas that nobody has computed.
    """
    xml = book._archive.read(sheet._worksheet_path)
    hidden = [found[1].decode() for row in _HIDDEN_ROW.finditer(xml) if (found := _NUMBER.search(row[1]))]
    merged = [found[1].decode() for found in _MERGED.finditer(xml)]
    remarks = []
    if hidden:
        some = f"{', '.join(hidden[:5])}{', …' * (len(hidden) > 5)}"
        remarks.append(f"hidden rows of the sheet {sheet.title!r} are read like others: {some}")
    if merged:
        some = f"{', '.join(merged[:5])}{', …' * (len(merged) > 5)}"
        remarks.append(f"of merged cells of the sheet {sheet.title!r} the first alone has a value: {some}")
    law = "the formula has no value: open the workbook in a spreadsheet program and save it"
    problems = [
        Problem(shown, f"{sheet.title}!{found[1].decode()}", law) for found in _NO_VALUE.finditer(xml)
    ]
    return remarks, problems


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    """Rows of a sheet with anything in them, read one by one: a stray cell at its end costs no memory."""
    blank = None  # the same one for all rows that are missing, a million of them before a stray cell
    for line, values in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
        if values is blank:
            continue
        if values.count(None) == len(values):
            blank = values
            continue
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield Row(line, tuple(cells))


def _text(value: Any) -> str:
    """What stands in a cell of a workbook: dates as 2026-03-02 08:00, whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        moment = value.replace(microsecond=0) + dt.timedelta(seconds=round(value.microsecond / 1e6))
        return moment.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()
