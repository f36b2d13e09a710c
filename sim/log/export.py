"""How do tables leave the house? The log's as Parquet and CSV, all others as CSV.

Times are seconds since the first midnight, and beside them local dates and times (`…_at`). In CSV, text that
a spreadsheet would take for a formula has an apostrophe before it; numbers stay numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from sim.log.chatlog import ChatLog
from sim.log.schema import TABLES
from sim.scenario.apostrophe import FORMULA, NUMBER, quoted


def frames(log: ChatLog, replication: int) -> dict[str, pl.DataFrame]:
    """Tables of one run by name, each with a column `replication`."""
    tables = {name: getattr(log, name)() for name in TABLES}
    return {
        name: table.select(
            pl.lit(replication).alias("replication"), *_moments(name, table, log.centre.start), pl.all()
        )
        for name, table in tables.items()
    }


def _moments(name: str, table: pl.DataFrame, start: dt.date) -> Iterator[pl.Expr]:
    midnight = dt.datetime.combine(start, dt.time())
    for column in TABLES[name]:
        if column.moment and column.name in table.columns:
            known = pl.when(pl.col(column.name).is_finite()).then(pl.col(column.name))
            yield (midnight + pl.duration(microseconds=(known * 1e6).round())).alias(column.moment)


def write(name: str, runs: Sequence[Mapping[str, pl.DataFrame]], folder: Path, *, csv: bool) -> None:
    """Write the table of this *name* of all *runs*, one below the other, as Parquet, and as CSV if wanted."""
    table = pl.concat([run[name] for run in runs])
    table.write_parquet(folder / f"{name}.parquet")
    if csv:
        write_csv(table, folder / f"{name}.csv")


def write_csv(table: pl.DataFrame, file: Path) -> None:
    """Write a *table* to *file*, with nothing in it that a spreadsheet would compute."""
    harmless = table.select(
        _harmless(name) if isinstance(kind, pl.String | pl.Enum | pl.Categorical) else pl.col(name)
        for name, kind in table.schema.items()
    )
    harmless.rename(quoted).write_csv(file, datetime_format="%Y-%m-%dT%H:%M:%S%.3f")


def _harmless(name: str) -> pl.Expr:
    """A column of text, as `sim.scenario.apostrophe.quoted` makes each."""
    text = pl.col(name).cast(pl.String)
    is_formula = text.str.contains(FORMULA) & ~text.str.contains(NUMBER)
    return pl.when(is_formula).then("'" + text).otherwise(text).alias(name)
