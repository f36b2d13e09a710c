"""A simulated log as a platform would have recorded it: in the canonical form, without any truth.

What a platform can't see is lost on the way: who left without a signal was answered like anybody else, and a chat
in which an agent wrote and that is over was served, whoever ended it.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

import sim
from sim.importers.canonical import MOMENT, schema_of
from sim.importers.folder import Recorded

_HELD = ["accepted", "transferred_out"]


def _moment(name: str, start: dt.date) -> pl.Expr:
    midnight = dt.datetime.combine(start, dt.time(), tzinfo=dt.UTC)
    us = pl.when(pl.col(name).is_finite()).then((pl.col(name) * 1e6).round()).cast(pl.Int64)
    return (pl.lit(midnight) + pl.duration(microseconds=us)).cast(MOMENT)


def _table(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Columns of a canonical table; those that are not there are null."""
    wanted = schema_of(table)
    return frame.with_columns(
        pl.lit(None).cast(kind).alias(name) for name, kind in wanted.items() if name not in frame.columns
    ).select(pl.col(name).cast(kind) for name, kind in wanted.items())


def recorded(
    log: sim.ChatLog, name: str = "simulated.log", *, duty: bool = True, messages: bool = True,
    knows_when_gone: bool = False,
) -> Recorded:  # fmt: skip
    """Give what a platform records of a simulated *log*.

    Parameters
    ----------
    duty, messages
        Whether it records agents' status, and messages.
    knows_when_gone
        Whether it sees when a customer closed the page.
    """
    start = log.centre.start
    chats = log.chats().with_columns(pl.col("chat_id").cast(pl.String))
    said = log.messages().with_columns(pl.col("chat_id").cast(pl.String))
    wrote = said.filter(pl.col("role") == "agent")["chat_id"].unique().to_list()
    accepted, ended = pl.col("accepted_s").is_not_null(), pl.col("ended_s").is_not_null()
    answered = pl.col("chat_id").is_in(wrote) if messages else accepted & ~pl.col("outcome").is_in(["left"])
    outcome = pl.col("outcome").cast(pl.String)
    seen = (
        pl.when(accepted & ended & answered).then(pl.lit("served"))
        .when(accepted & ended & (outcome == "left")).then(pl.lit("left"))
        .when(accepted & ended).then(pl.lit("timed_out"))
        .when(accepted).then(pl.lit("unfinished"))
        .when(outcome == "silent").then(pl.lit("overflowed"))
        .otherwise(outcome)
    )  # fmt: skip
    by_customer = outcome.is_in(["abandoned", "left"])
    gone = pl.lit(None, pl.Float64)
    if knows_when_gone and "true_left_s" in chats.columns:
        gone = pl.col("true_left_s")
    chats = chats.with_columns(
        seen.alias("outcome"), gone.alias("gone_s"),
        pl.when(ended).then(pl.when(by_customer).then(pl.lit("customer")).otherwise(pl.lit("agent"))).alias("ended_by"),
        *([] if "customer_id" in chats.columns else [pl.lit(None).alias("customer_id")]),
    )  # fmt: skip
    gone_s = pl.when(outcome == "abandoned").then("ended_s").otherwise("gone_s")
    of_chats = chats.with_columns(gone_s.alias("gone_s")).select(
        "chat_id", "queue", "group", "outcome", "ended_by", pl.col("agent_id").cast(pl.String),
        pl.col("customer_id").cast(pl.String), *(["resolved"] if "resolved" in chats.columns else []),
        pl.lit("customer").alias("initiated_by"), pl.lit(value=False).alias("truncated"),
        pl.lit(messages).alias("has_messages"), pl.lit(0).alias("n_transfers"), pl.lit(0).alias("reopened"),
        *(_moment(column, start).alias(at) for column, at in (
            ("arrival_s", "requested_at"), ("arrival_s", "queued_at"), ("accepted_s", "accepted_at"),
            ("ended_s", "ended_at"), ("released_s", "wrapup_end_at"), ("gone_s", "gone_at"),
        )),
    )  # fmt: skip
    of_legs = log.legs().with_columns(pl.col("chat_id").cast(pl.String)).select(
        "chat_id", pl.col("leg").alias("k"), pl.col("agent_id").cast(pl.String), pl.lit("accepted").alias("result"),
        *(_moment(column, start).alias(at) for column, at in (
            ("accepted_s", "accepted_at"), ("ended_s", "released_at"), ("released_s", "wrapup_end_at"),
        )),
    )  # fmt: skip
    of_messages = said.select(
        "chat_id", "seq", pl.col("role").cast(pl.String), pl.lit(value=True).alias("visible"),
        pl.lit("text").alias("kind"), _moment("sent_s", start).alias("sent_at"),
    )  # fmt: skip
    of_duty = log.agents().filter(pl.col("status") == "worked").select(
        pl.col("agent_id").cast(pl.String), "group", pl.lit("available").alias("status"),
        pl.lit("recorded").alias("source"),
        *(_moment(column, start).alias(at) for column, at in (("on_s", "start"), ("off_s", "end"))),
    )  # fmt: skip
    report = pl.DataFrame([{"name": "zone", "value": "UTC", "meaning": ""}])
    return Recorded(
        name, _table(of_chats, "chats"),
        _table(of_messages if messages else of_messages.clear(), "messages"), _table(of_legs, "legs"),
        _table(of_duty if duty else of_duty.clear(), "duty"), _table(report, "report"),
    )  # fmt: skip
