"""Tables on a terminal: how wide they are is known before they are shown."""

from __future__ import annotations

import pytest
from rich.console import Console

from sim.report.result import Column, Head, Result, Table
from sim.report.text import _columns, _grid, _rows, _width, _Written, plain

WIDE = Console(width=100_000, markup=False, emoji=False)
COLUMNS = (
    Column("name", "Name"),
    Column("wait_s", "Wait", "s", "number", spare=2),
    Column("words", "What is\nsaid of it", look="span", spare=1),
    Column("part", "Part"),
)
ROWS = [
    {"name": "客服", "wait_s": 12.5, "words": "short", "part": "a"},
    {"name": "a name", "wait_s": None, "words": "two lines,\nof which the second is longer", "part": "a"},
    {"name": "x", "wait_s": 1e6, "words": "", "part": "a part whose heading is the longest"},
]


@pytest.mark.parametrize("section", ["", "part"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_table_is_as_wide_as_the_library_that_draws_it_says(n: int, section: str):
    """Letters that take two places, lines within a cell and headings of sections are counted."""
    table = Table("t", "Title", COLUMNS, ROWS, section=section)
    rows = list(_rows(table))
    written = [_Written.of(column, rows) for column in _columns(table)][:n]

    assert _width(written, rows) == WIDE.measure(_grid("Title", written, rows)).maximum


def test_columns_go_in_their_order_until_the_rest_fits():
    """First that of the least place; with room for all, none."""
    result = Result(Head("run", (), "Three rows"), tables=(Table("t", "Title", COLUMNS, ROWS),))
    all_, fewer = plain(result, 110), plain(result, 64)

    assert "Wait" in all_
    assert "said of it" in all_
    assert "Wait" in fewer
    assert "said of it\n" not in fewer
    assert "What is said of it: on a wider terminal, or --wide" in fewer
    assert max(map(len, fewer.splitlines())) <= 64
