"""How does a result read in a browser? Title, answer, targets, tables and sentences, as a piece of HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from sim.report.result import Result
from sim.report.text import parts

_WIDE = 100_000
"""Letters a line: a page scrolls."""
_LOOK = """
.sim { font-family: system-ui, sans-serif; color: #1d2733; overflow-x: auto }
.sim table { border-collapse: collapse; margin: 0.4rem 0 1rem }
.sim caption { text-align: left; font-weight: bold }
.sim th, .sim td { padding: 0.15rem 0.7rem 0.15rem 0; text-align: left; vertical-align: top }
.sim th, .sim td { white-space: pre-line }
.sim thead th { border-bottom: 1px solid #94a4a2; vertical-align: bottom }
.sim .right { text-align: right; font-variant-numeric: tabular-nums }
.sim .section { font-weight: bold; padding-top: 0.5rem } .sim .note { color: #5b6770; font-size: 0.9em }
"""


def fragment(result: Result, pictures: Iterable[str] = ()) -> str:
    """A piece of HTML with everything that a terminal shows; *pictures*: addresses of images below it."""
    shown = "".join(_part(part) for part in parts(result, _WIDE, _WIDE))
    drawn = "".join(
        f'<p><img src="{escape(src)}" alt="{escape(src.split(".")[0])}" style="max-width: 100%"></p>'
        for src in pictures
    )
    return f'<div class="sim"><style>{_LOOK}</style>{shown}{drawn}</div>'


def page(result: Result, pictures: Iterable[str] = ()) -> str:
    """A whole page; *pictures*: addresses of images to go with it."""
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head += f"<title>{escape(result.title)}</title>"
    body = fragment(result, pictures)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _part(part: RenderableType) -> str:
    """A sentence or a table."""
    if isinstance(part, Grid):
        return f"<table>{''.join(_grid(part))}</table>"
    assert isinstance(part, Text)
    look = ' class="note"' if part.style == "dim" else ""
    told = escape(part.plain.strip())
    return f"<h3>{told}</h3>" if part.style == "bold" else f"<p{look}>{told}</p>" if told else ""


def _grid(grid: Grid) -> Iterator[str]:
    """A table, row by row; a row of one cell is the heading of a section."""
    yield f"<caption>{escape(str(grid.title))}</caption><thead><tr>"
    sides = [' class="right"' if column.justify == "right" else "" for column in grid.columns]
    for column, side in zip(grid.columns, sides, strict=True):
        yield f'<th scope="col"{side}>{escape(str(column.header))}</th>'
    yield "</tr></thead><tbody>"
    cells = [list(column.cells) for column in grid.columns]
    for k in range(grid.row_count):
        row = [_text(column[k]) for column in cells]
        if row[0] and not any(row[1:]) and len(row) > 1:
            yield f'<tr><td class="section" colspan="{len(row)}">{escape(row[0])}</td></tr>'
        else:
            told = (f"<td{side}>{escape(cell)}</td>" for cell, side in zip(row, sides, strict=True))
            yield f"<tr>{''.join(told)}</tr>"
    yield "</tbody>"


def _text(cell: RenderableType) -> str:
    return cell.plain.rstrip() if isinstance(cell, Text) else str(cell)
