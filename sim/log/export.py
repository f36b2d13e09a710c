"""How does a log leave the house? Tables of chats, messages and agents as Parquet and CSV.

Times are seconds since the first midnight, and beside them local dates and times (`…_at`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from sim.log.chatlog import ChatLog

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
        table.write_csv(folder / f"{name}.csv", datetime_format="%Y-%m-%dT%H:%M:%S%.3f")
