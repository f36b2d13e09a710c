"""How does a log look as tables of one's own? A CSV each of chats, messages, legs and duty."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sim.exporters.base import Export
from sim.exporters.chats import Say
from sim.importers.canonical import MOMENT, TEXT
from sim.importers.folder import Recorded
from sim.log.export import write_csv


def _write(log: Recorded, say: Say, folder: Path) -> None:
    counts = log.messages.select("chat_id", "seq", "role", pl.len().over("chat_id").alias("n"))
    texts = [say(chat, seq, n, role) for chat, seq, role, n in counts.iter_rows()]
    messages = log.messages.with_columns(pl.Series(TEXT.name, texts, pl.String))
    for name, table in (("chats", log.chats), ("messages", messages), ("legs", log.legs), ("duty", log.duty)):
        known = table.select(
            column for column in table.columns if table[column].null_count() < len(table) or not len(table)
        )
        write_csv(known.with_columns(_iso(known)), folder / f"{name}.csv")


def _iso(table: pl.DataFrame) -> list[pl.Expr]:
    """Times to the microsecond, UTC."""
    return [
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        for name, kind in table.schema.items()
        if kind == MOMENT
    ]


TABLES = Export("csv", "tables of one's own", _write, {}, has_resolution=True)
