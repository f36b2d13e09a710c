"""How does a workbook get to its place? Whole, and the same bytes for the same result."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import OutputError
from sim.output import refuse_target, write_bytes

if TYPE_CHECKING:
    from sim.report.result import Result


def refuse_workbook(target: Path, *, force: bool = False) -> None:
    """Refuse a *target* that can't be a new workbook, or is a file unless *force* lets it be replaced.

    Raises
    ------
    OutputError
        In one sentence: by its name it is none, the library that writes them is missing, or as `write_bytes`.
    """
    if target.suffix.lower() != ".xlsx":
        raise OutputError(f"{target}: a workbook's name must end in .xlsx")
    _library(str(target))
    refuse_target(target, force=force)


def workbook(result: Result) -> bytes:
    """A *result* as a workbook (.xlsx): the answer, a sheet a table, and what its study adds.

    Raises
    ------
    OutputError
        Without the extra `excel`, or if a table has more rows than a sheet.
    """
    _library("a workbook")
    from sim.report.workbook import HOMES, answer  # noqa: PLC0415  an extra
    from sim.report.workbook.book import Book  # noqa: PLC0415
    from sim.report.workbook.charts import draw  # noqa: PLC0415

    name = HOMES.get(result.head.study)
    home = None if name is None else import_module(name)
    book = Book(result.tables, getattr(home, "MORE", None))
    answer.write(book, result)
    draw(book, result)
    if home is not None:
        home.complete(result, book)
    return book.content()


def save(result: Result, target: Path, *, force: bool = False) -> None:
    """Write a *result* as a workbook to the file *target*.

    Raises
    ------
    OutputError
        As `workbook`; or if *target* exists and *force* is not given, or can't be written to.
    """
    refuse_workbook(target, force=force)
    write_bytes(target, workbook(result), force=force)


def _library(what: str) -> None:
    try:
        import xlsxwriter  # noqa: F401, PLC0415  an extra
    except ModuleNotFoundError:
        raise OutputError(f"{what}: pip install 'livechat-sim[excel]' writes workbooks") from None
