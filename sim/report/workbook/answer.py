"""What stands on the first sheet? The answer: what was asked, what was found, and which targets are met."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from sim.report.numbers import HARD
from sim.report.result import Column, Judged, Result
from sim.report.text import remark
from sim.report.workbook.book import Book
from sim.report.workbook.cells import number_format
from sim.report.workbook.sheets import MISSED, TITLE

_LINE = 110
"""Letters of a line of a sentence: cells to its right are empty, so it goes on over them."""
_HEADS = (
    "Target",
    "",
    "Asked",
    "Found",
    "95 % from",
    "to",
    "10 % of days",
    "90 %",
    "Worst interval",
    "Verdict",
)
_LAST_NUMBER = 8
"""Column of the last number of a target."""
_WIDTHS = (34, 10, 11, 11, 11, 11, 13, 11, 14, 30)


def write(book: Book, result: Result) -> None:
    """Write title and basis, the answer, targets with their verdicts, and all other sentences."""
    sheet, row = book.answer, 0
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, result.title, book.form(bold=True, font_size=14, font_color=TITLE))
    first, *others = result.words or ("",)
    row = _sentences(book, 1, result.head.basis.replace(HARD, " ").split("\n"))
    row = _sentences(book, row + 1, [first], is_bold=True)
    if result.judged:
        row = _targets(book, row + 1, result)
    row = _sentences(book, row + 1, others)
    made = f"livechat-sim {result.head.version}" + ("; interrupted" if result.head.interrupted else "")
    book.end_of_answer = _sentences(book, row + 1, [made])


def _sentences(book: Book, row: int, lines: Iterable[str], *, is_bold: bool = False) -> int:
    """Write sentences below each other; gives the row after them."""
    for line in lines:
        for part in textwrap.wrap(line, _LINE, subsequent_indent="   ", break_on_hyphens=False):
            book.answer.write_string(row, 0, part, book.form(bold=is_bold))
            row += 1
    return row


def _targets(book: Book, row: int, result: Result) -> int:
    sheet = book.answer
    for place, title in enumerate(_HEADS):
        side = "right" if 2 <= place <= _LAST_NUMBER else "left"
        sheet.write_string(row, place, title, book.form(bold=True, bottom=1, align=side))
    for k, each in enumerate(result.judged, start=row + 1):
        _target(book, k, each)
    return row + 1 + len(result.judged)


def _target(book: Book, row: int, each: Judged) -> None:
    sheet, found = book.answer, each.quantity
    sheet.write_string(row, 0, f"{each.title}, {each.where}" if each.where else each.title)
    if each.bound is not None:
        sheet.write_string(row, 1, each.side)
    form = number_format(Column("", unit=each.unit), [0.5])
    numbers = (each.bound, found.value, found.low, found.high, found.p10, found.p90, each.worst)
    for place, value in enumerate(numbers, start=2):
        fill = {"bg_color": MISSED} if each.met is False and place == 3 else {}
        if value is not None and abs(value) != float("inf") and value == value:  # noqa: PLR0124  no NaN
            sheet.write_number(row, place, value, book.form(num_format=form, **fill))
    fill = {"bg_color": MISSED} if each.met is False else {}
    sheet.write_string(row, 9, remark(each), book.form(**fill))
