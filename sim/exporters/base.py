"""What is a platform to the exporter? What its export can hold, and how it is written.

A log is first made what the platform would hold (`held`), and then written: so what comes back is that, to
the last digit, and what is lost has a name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from sim.exporters.chats import Say
from sim.importers.canonical import schema_of
from sim.importers.folder import Recorded

Write = Callable[[Recorded, Say, Path], None]


@dataclass(frozen=True, slots=True)
class Export:
    """A platform's export."""

    name: str
    title: str
    write: Write
    lost: Mapping[str, str]
    """What it can't hold, by what is lost, each in a sentence."""
    left_out: tuple[str, ...] = ()
    """Outcomes of chats that are no record there."""
    whole_seconds: bool = False
    """Whether its times are."""
    whole_waits: bool = False
    """Whether it has durations of waits in whole seconds, instead of the time of acceptance."""
    has_acceptance: bool = True
    has_leaving: bool = True
    """Whether it is known when somebody left the queue."""
    has_legs: bool = True
    has_duty: bool = True
    has_wrap_up: bool = True
    has_durations: bool = True
    """Whether a chat's end is that of the work on it."""
    has_groups: bool = True
    has_resolution: bool = False
    """Whether it says what was resolved."""
    binary_ratings: bool = False
    needs_messages: bool = False
    """Whether a reply is known by messages alone."""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """Outcomes that it can't tell from others: as what they come back."""


def held(log: Recorded, export: Export) -> Recorded:
    """Give what an *export* of a *log* holds: as it is when it is imported again."""
    chats = log.chats.filter(~pl.col("outcome").cast(pl.String).is_in(export.left_out))
    messages = log.messages.join(chats.select("chat_id"), on="chat_id", how="semi")
    legs = log.legs.join(chats.select("chat_id"), on="chat_id", how="semi")
    duty = log.duty if export.has_duty else log.duty.clear()
    if export.whole_seconds:
        chats, messages, legs = (_whole(each) for each in (chats, messages, legs))
    chats = _told(chats, export)
    if not export.has_legs:
        legs = _derived(chats)
    if not export.has_wrap_up:
        legs = legs.with_columns(pl.lit(None, legs.schema["wrapup_end_at"]).alias("wrapup_end_at"))
    if not export.has_groups:
        duty = duty.with_columns(
            pl.lit(None, pl.String).alias("group"), pl.lit(None, pl.Int32).alias("max_slots")
        )
    report = log.report.with_columns(
        pl.when(pl.col("name") == "durations")
        .then(pl.lit("yes" if export.has_durations else "no"))
        .otherwise("value")
        .alias("value")
    )
    return replace(log, chats=chats, messages=messages, legs=legs, duty=duty, report=report)


def _whole(rows: pl.DataFrame) -> pl.DataFrame:
    """Times in whole seconds."""
    return rows.with_columns(pl.col(pl.Datetime("us", "UTC")).dt.truncate("1s"))


def _told(chats: pl.DataFrame, export: Export) -> pl.DataFrame:
    """Columns of chats as far as the export has them."""
    nothing = pl.lit(None)
    kinds = schema_of("chats")
    outcome = pl.col("outcome").cast(pl.String)
    lost = [
        *([] if export.has_wrap_up else ["wrapup_end_at"]),
        *([] if export.has_acceptance else ["accepted_at"]),
        *([] if export.has_groups else ["group"]),
        *([] if export.has_resolution else ["resolved"]),
    ]
    if export.whole_waits:
        wait = (
            (pl.coalesce("accepted_at", "gone_at") - pl.col("requested_at")).dt.total_seconds() * 1_000_000
        ).cast(pl.Int64)
        until = pl.col("requested_at") + pl.duration(microseconds=wait)
        left = outcome == "abandoned"
        chats = chats.with_columns(
            pl.when(pl.col("accepted_at").is_not_null()).then(until).alias("accepted_at"),
            *(pl.when(left).then(until).otherwise(name).alias(name) for name in ("gone_at", "ended_at")),
        )
    if not export.has_leaving:
        chats = chats.with_columns(nothing.cast(kinds["gone_at"]).alias("gone_at"))
    if not export.has_acceptance:
        replied = pl.col("first_reply_at").is_not_null()
        chats = chats.with_columns(pl.when(replied).then("agent_id").alias("agent_id"))
    if export.binary_ratings:
        rated = pl.col("rating").is_not_null()
        chats = chats.with_columns(
            pl.when(rated).then((pl.col("rating") >= 4).cast(pl.Float64)).alias("rating"),
            pl.when(rated).then(pl.lit("binary")).cast(kinds["rating_scale"]).alias("rating_scale"),
        )
    turned = (outcome == "overflowed") & pl.lit("overflowed" in export.outcomes)
    return chats.with_columns(
        pl.when(turned).then(pl.coalesce("gone_at", "ended_at")).otherwise("gone_at").alias("gone_at")
        if export.has_leaving
        else pl.col("gone_at"),
        outcome.replace(dict(export.outcomes)).cast(kinds["outcome"]).alias("outcome"),
        *(nothing.cast(kinds[name]).alias(name) for name in lost),
    )


def _derived(chats: pl.DataFrame) -> pl.DataFrame:
    """Legs of the agents whom chats name."""
    kinds = schema_of("legs")
    has_agent = pl.col("agent_id").is_not_null() & (
        pl.col("accepted_at").is_not_null() | pl.col("first_reply_at").is_not_null()
    )
    rows = chats.filter(has_agent).select(
        "chat_id", pl.lit(0).alias("k"), "agent_id", pl.lit(None).alias("offered_at"), "accepted_at",
        pl.col("ended_at").alias("released_at"), "wrapup_end_at", pl.lit("accepted").alias("result"),
    )  # fmt: skip
    return rows.select(pl.col(name).cast(kind) for name, kind in kinds.items())


def write_json(folder: Path, name: str, key: str, records: Iterable[Mapping[str, Any]], **more: Any) -> None:
    """Write records under a *key* of an object, one a line; *more* stands beside them."""
    with (folder / name).open("w", encoding="utf-8", newline="\n") as out:
        out.write(f'{{"{key}": [\n')
        for k, record in enumerate(records):
            out.write(",\n" if k else "")
            out.write(json.dumps(record, ensure_ascii=False))
        rest = "".join(f", {json.dumps(name)}: {json.dumps(value)}" for name, value in more.items())
        out.write(f"\n]{rest}}}\n")
