"""The table of benchmarks can be printed."""

from __future__ import annotations

from dataclasses import replace

from tests.benchmarks import table


def test_every_row_finds_what_it_times() -> None:
    """Tiny sizes, without other tools: each row asserts its own number of events or chats."""
    rows = list(table.rows(replace(table.QUICK, hours={})))

    assert len(rows) == 12
    assert all(row.measured and row.ratio for row in rows)
