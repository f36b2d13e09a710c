"""From paid hours to hours on duty: each step from the one above it, by its share, as formulas."""

from __future__ import annotations

from sim.report.result import Result
from sim.report.workbook.book import Book

TABLE = "hours"


def complete(result: Result, book: Book) -> None:
    """Let each cause take its share of the hours that those above it leave."""
    if not (book.has(TABLE, "share") and book.has(TABLE, "group")):
        return
    groups = book.words(TABLE, "group")
    for row in range(1, book.length(TABLE)):
        if groups[row] != groups[row - 1]:
            continue
        before, share = book.cell(TABLE, "hours", row - 1), book.cell(TABLE, "share", row)
        book.live(TABLE, "hours", row, before if share.value is None else before * (1 - share))
