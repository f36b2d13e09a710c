"""When was who on duty? Spans of agents' status: each recorded once, none over the next."""

from __future__ import annotations

import polars as pl

from sim.importers.canonical import MOMENT, schema_of
from sim.importers.tally import Tally


def settle_duty(raw: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Spans in order; the same again is dropped, and what ends after the next begins ends there."""
    alike = ["agent_id", "start", "status"]
    again = raw.filter(~pl.struct(alike).is_first_distinct())
    tally.count_rows("duplicates", again.select("file", "row").rows())
    rows = raw.filter(pl.struct(alike).is_first_distinct()).sort("agent_id", "start")
    reversed_ = rows.filter(pl.col("end") < pl.col("start"))
    tally.count_rows("impossible_times", reversed_.select("file", "row").rows())
    following = pl.col("start").shift(-1).over("agent_id")
    rows = rows.filter((pl.col("end") >= pl.col("start")).fill_null(value=True)).with_columns(
        pl.min_horizontal(pl.coalesce("end", following), pl.coalesce(following, "end")).alias("end")
    )
    tally.count_rows("unended_status", rows.filter(pl.col("end").is_null()).select("file", "row").rows())
    return rows.select(
        pl.from_epoch(name, "us").dt.replace_time_zone("UTC").cast(MOMENT)
        if kind == MOMENT
        else pl.col(name).cast(kind)
        for name, kind in schema_of("duty").items()
    )
