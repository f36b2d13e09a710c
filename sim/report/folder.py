"""How do results get into a folder? All of them or none: half-written files are never seen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import OutputError
from sim.interrupts import unbroken
from sim.output import move, on_disk, problems_told, reason, scratch

if TYPE_CHECKING:
    from sim.report.result import Result


def refuse_existing(folder: Path, *, force: bool) -> None:
    """Refuse a folder that can't be written to, or holds something unless *force* lets it be replaced."""
    with problems_told(folder):
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder}: is a file, not a directory")
        if not force and folder.is_dir() and any(folder.iterdir()):
            raise OutputError(f"{folder}: exists and is not empty; add --force to replace the files in it")
        nearest = folder.absolute()
        while not nearest.exists():
            nearest = nearest.parent
    if not nearest.is_dir():
        raise OutputError(f"{folder}: can't be made, for {nearest} is a file")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: can't be written to: {nearest} is read-only")


@contextmanager
def whole_folder(folder: Path, *, force: bool) -> Iterator[Path]:
    """Give a folder to write to, whose files are in *folder* once all is well; if not, nothing is.

    Files in *folder* that bear other names stay.
    """
    refuse_existing(folder, force=force)
    with problems_told(folder):
        place = folder.resolve()  # a link stays one
        place.parent.mkdir(parents=True, exist_ok=True)
        # Within a folder that exists already: the one around it may be read-only.
        with scratch(place if place.is_dir() else place.parent, place.name) as beside:
            new = beside / place.name
            new.mkdir()
            with _libraries_told(folder):
                yield new
            files = sorted(new.iterdir())
            for file in files:
                on_disk(file)
                if (place / file.name).is_dir():
                    raise OutputError(f"{folder / file.name}: is a directory, and is not replaced by a file")
            with unbroken():
                if place.is_dir():
                    for file in files:
                        move(file, place / file.name)
                else:
                    new.rename(place)
                    on_disk(place.parent)


@contextmanager
def _libraries_told(folder: Path) -> Iterator[None]:
    """Say in a sentence what polars has against a full disk: it need not be an OSError."""
    from polars.exceptions import PolarsError  # noqa: PLC0415  heavy

    try:
        yield
    except PolarsError as error:
        raise OutputError(f"{folder}: can't be written to: {reason(error)}") from None


def save(
    result: Result,
    folder: Path,
    *,
    svg: bool = False,
    force: bool = False,
    more: Callable[[Path], None] | None = None,
) -> None:
    """Write all of a *result* into a *folder*: result.json, result.html, a CSV for each table, its pictures.

    *more* writes what else belongs there.

    Raises
    ------
    OutputError
        If the folder can't be written, or holds something and *force* is not given.
    """
    from sim.log.export import write_csv  # noqa: PLC0415  heavy
    from sim.report.data import FILE, document, spreadsheet, to_json  # noqa: PLC0415  heavy
    from sim.report.html import page  # noqa: PLC0415  heavy
    from sim.report.plots.files import save as save_pictures  # noqa: PLC0415  heavy

    with whole_folder(folder, force=force) as new:
        if more is not None:
            more(new)
        (new / FILE).write_text(to_json(document(result)) + "\n", encoding="utf-8")
        for table in result.tables:
            rows = spreadsheet(table)
            if not rows.is_empty():  # what is for pictures alone shows no column
                write_csv(rows, new / f"{table.name}.csv")
        pictures = {name: draw() for name, draw in result.pictures().items()}
        save_pictures(pictures, new, svg=svg)
        (new / "result.html").write_text(page(result, [f"{name}.png" for name in pictures]), encoding="utf-8")
