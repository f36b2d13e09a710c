"""How do tables leave the house? Those of chats, messages and agents as Parquet and CSV, all others as CSV.

Times are seconds since the first midnight, and beside them local dates and times (`…_at`). In CSV, text that
a spreadsheet would take for a formula has an apostrophe before it; numbers stay numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from sim.log.chatlog import ChatLog
from sim.world.apostrophe import FORMULA, NUMBER, quoted

MOMENTS = {
    "chats": {
        "arrival_s": "requested_at",
        "accepted_s": "assigned_at",
        "first_reply_s": "first_agent_msg_at",
        "ended_s": "ended_at",
        "released_s": "wrapup_end_at",
    },
    "messages": {"sent_s": "sent_at"},
    "agents": {"on_s": "on_at", "off_s": "off_at", "out_s": "out_at"},
}
"""Of each table: columns of seconds, and the names of their local dates and times."""


def frames(log: ChatLog, replication: int) -> dict[str, pl.DataFrame]:
    """Tables of one run by name, each with a column `replication`."""
    tables = {"chats": log.chats(), "messages": log.messages(), "agents": log.agents()}
    return {
        name: table.select(
            pl.lit(replication).alias("replication"), *_moments(name, log.centre.start), pl.all()
        )
        for name, table in tables.items()
    }


def _moments(name: str, start: dt.date) -> Iterator[pl.Expr]:
    midnight = dt.datetime.combine(start, dt.time())
    for seconds, moment in MOMENTS[name].items():
        known = pl.when(pl.col(seconds).is_finite()).then(pl.col(seconds))
        yield (midnight + pl.duration(microseconds=(known * 1e6).round())).alias(moment)


def write(tables: Iterable[dict[str, pl.DataFrame]], folder: Path) -> None:
    """Write the tables of runs, one below the other, as ``chats.parquet``, ``chats.csv`` and so on."""
    runs = list(tables)
    for name in MOMENTS:
        table = pl.concat([run[name] for run in runs])
        table.write_parquet(folder / f"{name}.parquet")
        write_csv(table, folder / f"{name}.csv")


def write_csv(table: pl.DataFrame, file: Path) -> None:
    """Write a *table* to *file*, with nothing in it that a spreadsheet would compute."""
    harmless = table.select(
        _harmless(name) if isinstance(kind, pl.String | pl.Enum | pl.Categorical) else pl.col(name)
        for name, kind in table.schema.items()
    )
    harmless.rename(quoted).write_csv(file, datetime_format="%Y-%m-%dT%H:%M:%S%.3f")


def _harmless(name: str) -> pl.Expr:
    """A column of text, as `sim.world.apostrophe.quoted` makes each."""
    text = pl.col(name).cast(pl.String)
    is_formula = text.str.contains(FORMULA) & ~text.str.contains(NUMBER)
    return pl.when(is_formula).then("'" + text).otherwise(text).alias(name)
