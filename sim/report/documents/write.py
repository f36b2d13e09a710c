"""How does a document get to its place? In the form that its name says, and whole."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import OutputError, ResultError
from sim.output import refuse_target, write_bytes
from sim.report.documents.content import Logo
from sim.report.documents.texts import Language

if TYPE_CHECKING:
    from sim.report.result import Result

MOST_LOGO_BYTES = 100_000
"""A page of a few hundred kilobytes can be sent."""
_PNG = b"\x89PNG\r\n\x1a\n"
NEEDED = {".html": ("babel", "jinja2"), ".pdf": ("babel", "typst"), ".xlsx": ("xlsxwriter",)}
"""Forms by the end of a file's name, and the libraries of extras that write them."""
_EXTRAS = {".html": "report", ".pdf": "report", ".xlsx": "excel"}


def refuse_document(target: Path, *, force: bool = False) -> None:
    """Refuse a *target* that can't be a new document, or is a file unless *force* lets it be replaced.

    Raises
    ------
    OutputError
        In one sentence: its name says no form that we write, a library is missing, or as `refuse_target`.
    """
    form = target.suffix.lower()
    if form not in NEEDED:
        raise OutputError(f"{target}: a report's name must end in .html, .pdf or .xlsx")
    if any(find_spec(library) is None for library in NEEDED[form]):
        raise OutputError(f"{target}: pip install 'livechat-sim[{_EXTRAS[form]}]' writes {form[1:]} files")
    refuse_target(target, force=force)


def content(
    result: Result,
    form: str,
    *,
    language: Language = Language.ENGLISH,
    company: str = "",
    logo: Logo | None = None,
) -> bytes:
    """A *result* in a *form*: ``.html``, ``.pdf``, or ``.xlsx``, which is English and says no sender."""
    if form == ".xlsx":
        from sim.report.workbook.write import workbook  # noqa: PLC0415  an extra

        return workbook(result)
    from sim.report.documents.build import document  # noqa: PLC0415  an extra

    built = document(result, language=language, company=company, logo=logo)
    if form == ".html":
        from sim.report.documents.html import html  # noqa: PLC0415  an extra

        return html(built).encode("utf-8", "replace")
    from sim.report.documents.pdf import pdf  # noqa: PLC0415  an extra

    return pdf(built)


def save(
    result: Result,
    target: Path,
    *,
    language: Language = Language.ENGLISH,
    company: str = "",
    logo: Logo | None = None,
    force: bool = False,
) -> None:
    """Write a *result* as a document to the file *target*, in the form that its name ends in.

    Raises
    ------
    OutputError
        As `refuse_document`; or if *target* can't be written to.
    """
    refuse_document(target, force=force)
    written = content(result, target.suffix.lower(), language=language, company=company, logo=logo)
    write_bytes(target, written, force=force)


def read_logo(file: Path) -> Logo:
    """Read a picture of whoever sends the document.

    Raises
    ------
    ResultError
        If the file can't be read, is too large, or is neither PNG nor SVG.
    """
    try:
        read = file.read_bytes()
    except OSError as error:
        raise ResultError(f"{file}: can't be read: {error.strerror}") from None
    if len(read) > MOST_LOGO_BYTES:
        raise ResultError(f"{file}: a logo may have {MOST_LOGO_BYTES:,} bytes at most, got {len(read):,}")
    if read.startswith(_PNG):
        return Logo(read, "png")
    if b"<!ENTITY" not in read:  # whose expansion may be without end
        try:
            root = ET.fromstring(read)
        except ET.ParseError:
            pass
        else:
            if root.tag == "{http://www.w3.org/2000/svg}svg":
                return Logo(read, "svg")
    raise ResultError(f"{file}: a logo must be a PNG or SVG picture")
