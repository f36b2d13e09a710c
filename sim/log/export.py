"""How do tables leave the house? The log's as Parquet and CSV, all others as CSV.

Times are seconds since the first midnight, and beside them local dates and times (`…_at`). In CSV, text that
a spreadsheet would take for a formula has an apostrophe before it; numbers stay numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from sim.arrays import Ints
from sim.log.chatlog import ChatLog
from sim.log.frames import table
from sim.log.schema import TABLES
from sim.scenario.apostrophe import FORMULA, NUMBER, quoted
from sim.scenario.local_time import LocalTime


def frames(logs: Sequence[ChatLog], first: int) -> dict[str, pl.DataFrame]:
    """Tables by name of runs of one centre, of which the *first* has this number: column `replication`."""
    return {name: _numbered(name, *table(name, logs), logs[0].centre.local, first) for name in TABLES}


def _numbered(name: str, rows: pl.DataFrame, n_rows: Ints, local: LocalTime, first: int) -> pl.DataFrame:
    replication = np.repeat(np.arange(first, first + len(n_rows), dtype=np.int32), n_rows)
    return rows.select(pl.Series("replication", replication), *_moments(name, rows, local), pl.all())


def _moments(name: str, table: pl.DataFrame, local: LocalTime) -> Iterator[pl.Expr]:
    midnight = local.moment(0.0)
    for column in TABLES[name]:
        if column.moment and column.name in table.columns:
            known = pl.when(pl.col(column.name).is_finite()).then(pl.col(column.name))
            moment = midnight + pl.duration(microseconds=(known * 1e6).round())
            if local.zone is not None:
                moment = moment.dt.convert_time_zone(local.zone).dt.replace_time_zone(None)
            yield moment.alias(column.moment)


def write(name: str, parts: Sequence[Mapping[str, pl.DataFrame]], folder: Path, *, csv: bool) -> None:
    """Write the table of this *name* of all *parts*, one below the other, as Parquet, and CSV if wanted."""
    rows = pl.concat([part[name] for part in parts])
    rows.write_parquet(folder / f"{name}.parquet")
    if csv:
        write_csv(rows, folder / f"{name}.csv")


def write_csv(table: pl.DataFrame, file: Path) -> None:
    """Write a *table* to *file*, with nothing in it that a spreadsheet would compute."""
    _harmless_table(table).write_csv(file, datetime_format="%Y-%m-%dT%H:%M:%S%.3f")


def csv_text(table: pl.DataFrame) -> str:
    """Give the same as text, of a *table* without times."""
    return _harmless_table(table).write_csv()


def _harmless_table(table: pl.DataFrame) -> pl.DataFrame:
    """A table in which, names of columns included, nothing begins a formula."""
    harmless = table.select(
        _harmless(name) if isinstance(kind, pl.String | pl.Enum | pl.Categorical) else pl.col(name)
        for name, kind in table.schema.items()
    )
    return harmless.rename(quoted)


def _harmless(name: str) -> pl.Expr:
    """A column of text, as `sim.scenario.apostrophe.quoted` makes each."""
    text = pl.col(name).cast(pl.String)
    is_formula = text.str.contains(FORMULA) & ~text.str.contains(NUMBER)
    return pl.when(is_formula).then("'" + text).otherwise(text).alias(name)
