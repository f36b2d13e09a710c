"""How does an imported log lie on disk, and how is it read? A folder with a Parquet file for each table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sim.errors import LogError
from sim.importers.canonical import TABLES, schema_of
from sim.importers.tally import Tally
from sim.scenario.units import plural


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """An imported log: tables in the canonical form."""

    name: str
    chats: pl.DataFrame
    messages: pl.DataFrame
    legs: pl.DataFrame
    duty: pl.DataFrame
    report: pl.DataFrame
    """What was read, dropped, mended and not understood; and facts, such as the time zone."""

    def __repr__(self) -> str:
        rows = plural(len(self.chats), "chat"), plural(len(self.messages), "message")
        return f"<Recorded {self.name!r}: {', '.join(rows)}>"

    def fact(self, name: str, usual: str = "") -> str:
        """A fact of the report, or what is *usual*."""
        found = self.report.filter((pl.col("name") == name) & pl.col("value").is_not_null())["value"]
        return str(found[0]) if len(found) else usual

    def counts(self) -> dict[str, int]:
        """What was counted, in all files together."""
        return counts_of(self.report)


def counts_of(report: pl.DataFrame) -> dict[str, int]:
    """What a report counted, in all files together."""
    rows = report.filter(pl.col("count").is_not_null())
    return dict(rows.group_by("name", maintain_order=True).agg(pl.col("count").sum()).rows())


def is_log(folder: Path) -> bool:
    """Whether a folder is an imported log."""
    return (folder / "chats.parquet").is_file() and (folder / "report.parquet").is_file()


def read_log(folder: str | Path) -> Recorded:
    """Read an imported log.

    Raises
    ------
    LogError
        If the folder has not all tables, or these are not of the canonical form.
    """
    place = Path(folder)
    if not place.exists():
        raise LogError(f"{folder}: there is no such folder; `sim import EXPORT -o {folder}` makes one")
    if not is_log(place):
        raise LogError(f"{folder}: is no imported log; `sim import EXPORT -o centre.log` makes one")
    return Recorded(place.name, **{table: _read(place, table) for table in TABLES})


def read_report(folder: Path) -> tuple[pl.DataFrame, dt.datetime, dt.datetime]:
    """Report of an imported log, and when its first and last chat were asked for; no more in memory."""
    asked = pl.scan_parquet(folder / "chats.parquet").select(
        pl.col("requested_at").min().alias("first"), pl.col("requested_at").max().alias("last")
    )
    first, last = asked.collect().row(0)
    return _read(folder, "report"), first, last


def _read(folder: Path, table: str) -> pl.DataFrame:
    file = folder / f"{table}.parquet"
    try:
        rows = pl.read_parquet(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LogError(f"{file}: can't be read: {str(error).splitlines()[0]}") from None
    wanted = schema_of(table)
    missing = [name for name in wanted if name not in rows.columns]
    if missing:
        raise LogError(f"{file}: lacks the column {missing[0]!r}")
    try:
        return rows.with_columns(rows[name].cast(kind) for name, kind in wanted.items())
    except pl.exceptions.PolarsError as error:
        raise LogError(f"{file}: is not of the form: {str(error).splitlines()[0]}") from None


def write(folder: Path, parts: Mapping[str, Iterable[Path]], duty: pl.DataFrame, tally: Tally) -> None:
    """Write tables of which there are *parts* on disk, one below the other; duty, and the report."""
    for table, files in parts.items():
        scan = pl.scan_parquet(list(files), missing_columns="insert", extra_columns="ignore")
        scan.sink_parquet(folder / f"{table}.parquet")
    duty.write_parquet(folder / "duty.parquet")
    report_of(tally).write_parquet(folder / "report.parquet")


def report_of(tally: Tally) -> pl.DataFrame:
    """Counters and facts as a table."""
    return pl.DataFrame(list(tally.rows()), schema=schema_of("report"), orient="row")
