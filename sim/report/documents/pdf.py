"""How does a document become a PDF? By typst, which gets all words as data: none is read as markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst

from sim.report.documents.content import Block, Document, Grid, Picture

_WORDY = 60
"""Letters of a last column's cell from which on it takes the room that others leave."""

_MOST_TALL = 1.2
"""Height of all pictures of a part, of the width of a page: then they stand on one."""
_NARROWEST = 0.5
"""Pictures are not made smaller than that."""
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def pdf(document: Document) -> bytes:
    """A *document* as a PDF of A4 pages; the same document is the same bytes."""
    here = files("sim.report.documents").joinpath("report.typ").read_bytes()
    return bytes(
        typst.compile(
            here,
            font_paths=typst.Fonts(font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")]),
            format="pdf",
            timestamp=0,
            sys_inputs={"document": json.dumps(_data(document), ensure_ascii=False)},
        )
    )


def _data(document: Document) -> dict[str, Any]:
    """What the template reads."""
    logo = document.logo
    return {
        "language": str(document.language),
        "title": document.title,
        "subtitle": document.subtitle,
        "company": document.company,
        "logo": None if logo is None else list(logo.content),
        "logo_form": None if logo is None else logo.form,
        "made_by": document.made_by,
        "page": document.page,
        "parts": [{"title": part.title, "blocks": list(_blocks(part.blocks))} for part in document.parts],
    }


def _blocks(blocks: tuple[Block, ...]) -> Iterator[dict[str, Any]]:
    tall = sum(_height(block) for block in blocks if isinstance(block, Picture))
    width = max(_NARROWEST, min(1.0, _MOST_TALL / tall)) if tall else 1.0
    for block in blocks:
        if isinstance(block, Grid):
            yield {**asdict(block), "wide": _is_wordy(block)}
        else:
            yield {**asdict(block), "width": width} if isinstance(block, Picture) else asdict(block)


def _height(picture: Picture) -> float:
    """Height of a picture, of its width."""
    found = _BOX.search(picture.svg)
    return float(found[2]) / float(found[1]) if found else 1.0


def _is_wordy(grid: Grid) -> bool:
    """Whether words of the last column need more than a line."""
    return any(len(row) == len(grid.heads) and len(row[-1]) > _WORDY for row in grid.rows)
