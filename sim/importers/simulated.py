"""What would a platform have recorded of a simulated day? The log in the form of imported ones.

It has what an observer sees, and no truth: whoever left without a signal is a customer who does not write any
more. Outcomes are by the rules for all platforms: answered and over is served, whoever closed it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from sim.importers.canonical import MOMENT, schema_of
from sim.importers.folder import Recorded, report_of
from sim.importers.tally import Tally
from sim.log.chatlog import ChatLog

_RESULTS = {
    "finished": "accepted", "open": "accepted", "transferred": "transferred_out", "declined": "declined",
    "timed_out": "timed_out",
}  # fmt: skip
_NEVER = ("blocked", "offline", "overflowed", "abandoned")
_CHATS = {
    "arrival_s": "requested_at", "entered_s": "queued_at", "accepted_s": "accepted_at", "ended_s": "ended_at",
    "released_s": "wrapup_end_at",
}  # fmt: skip


def recorded_of(log: ChatLog) -> Recorded:
    """Give the record of a simulated *log*.

    A chat has its customer's first message at its arrival, where its queue is served by turns; by work nobody
    knows of messages. Ratings are of those who answered the survey. Agents are available from log-in until
    they log out, at the latest until the horizon.
    """
    turned = [name for name, by_turns in zip(log.centre.queues, log.centre.by_turns, strict=True) if by_turns]
    messages = _messages(log, turned)
    chats = _chats(log, messages, turned)
    legs, duty = _legs(log), _duty(log)
    tally = Tally()
    zone = log.centre.zone or "UTC"
    tally.say("platform", "simulated", "Whose export it is.")
    tally.say("zone", zone, "Whose days are counted, and of times that named no zone.")
    tally.say("resolution_s", "1e-06", "Of its times, in seconds.")
    tally.say("durations", "yes", "Whether a chat's end is that of the work on it.")
    for name, table in (("chats", chats), ("messages", messages), ("legs", legs)):
        tally.count(name, n=len(table))
    return Recorded(log.centre.name, chats, messages, legs, duty, report_of(tally))


def _moment(log: ChatLog, seconds: str | pl.Expr) -> pl.Expr:
    """Seconds since the first midnight as a time; without a zone the centre's clocks show UTC."""
    found = pl.col(seconds) if isinstance(seconds, str) else seconds
    midnight = pl.lit(log.centre.local.moment(0.0).replace(tzinfo=dt.UTC), MOMENT)
    known = pl.when(found.is_finite()).then(found)
    return (midnight + pl.duration(microseconds=(known * 1e6).round())).cast(MOMENT)


def _named(column: str, letter: str) -> pl.Expr:
    """A number as a name; names stay as they are."""
    return pl.when(pl.col(column).is_not_null()).then(pl.format(f"{letter}{{}}", pl.col(column)))


def _of_form(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    kinds = schema_of(table)
    lacking = [pl.lit(None).alias(name) for name in kinds if name not in rows.columns]
    return rows.with_columns(lacking).select(pl.col(name).cast(kind) for name, kind in kinds.items())


def _messages(log: ChatLog, turned: Sequence[str]) -> pl.DataFrame:
    """Messages up to the end of their chats, those of customers whom nobody answered included."""
    chats = (
        log.chats().select("chat_id", "queue", "arrival_s", "ended_s").filter(pl.col("queue").is_in(turned))
    )
    sent = log.messages().select("chat_id", pl.col("role").cast(pl.String), "agent_id", "sent_s")
    sent = sent.join(chats.select("chat_id", "ended_s"), on="chat_id").filter(
        (pl.col("sent_s") <= pl.col("ended_s")).fill_null(value=True)
    )
    sent = sent.drop("ended_s")
    asked = chats.join(sent, on="chat_id", how="anti").select(
        "chat_id", pl.lit("customer").alias("role"), pl.lit(None, sent["agent_id"].dtype).alias("agent_id"),
        pl.col("arrival_s").alias("sent_s"),
    )  # fmt: skip
    rows = pl.concat([sent, asked]).sort("chat_id", "sent_s", maintain_order=True)
    rows = rows.select(
        _named("chat_id", "c").alias("chat_id"),
        pl.int_range(pl.len()).over("chat_id").alias("seq"),
        _moment(log, "sent_s").alias("sent_at"),
        "role",
        pl.when(pl.col("role") == "agent").then(_named("agent_id", "a")).alias("author_id"),
        pl.lit(value=True).alias("visible"),
        pl.lit("text").alias("kind"),
    )
    return _of_form(rows, "messages")


def _chats(log: ChatLog, messages: pl.DataFrame, turned: Sequence[str]) -> pl.DataFrame:
    known = log.chats()
    columns = set(known.columns)
    rows = known.with_columns(
        _named("chat_id", "c").alias("chat_id"), pl.col("outcome").cast(pl.String).alias("was")
    )
    replies = messages.filter(pl.col("role") == "agent").group_by("chat_id").agg(
        pl.col("sent_at").min().alias("first_reply_at")
    )  # fmt: skip
    rows = rows.join(replies, on="chat_id", how="left", maintain_order="left")
    is_held, is_over = pl.col("accepted_s").is_not_null(), pl.col("ended_s").is_finite()
    has_messages = pl.col("queue").is_in(turned)
    is_answered = pl.when(has_messages).then(pl.col("first_reply_at").is_not_null()).otherwise(is_held)
    went = pl.col("was") == "left"
    if "true_left_s" in columns:  # who goes with a signal ends the chat, and a reply under way is in vain
        went &= pl.col("true_left_s") >= pl.col("ended_s")
    was = pl.col("was")
    outcome = (
        pl.when(was.is_in(_NEVER)).then(was)
        .when(is_answered & is_over).then(pl.lit("served"))
        .when(is_answered | ~is_over).then(pl.lit("unfinished"))
        .when(is_held & went).then(pl.lit("left"))
        .when(is_held).then(pl.lit("timed_out"))
        .otherwise(pl.lit("overflowed"))
    )  # fmt: skip
    ended_by = (
        pl.when((was == "abandoned") | went).then(pl.lit("customer"))
        .when(was == "timed_out").then(pl.lit("idle"))
        .when(is_held & is_over).then(pl.lit("agent"))
        .when(is_over).then(pl.lit("system"))
    )  # fmt: skip
    gone = pl.when(was.is_in(["abandoned"]) | (is_over & went)).then("ended_s")
    times = {theirs: ours for theirs, ours in _CHATS.items() if theirs in columns}
    rows = rows.with_columns(
        *(_moment(log, theirs).alias(ours) for theirs, ours in times.items()),
        outcome.alias("outcome"),
        ended_by.alias("ended_by"),
        _moment(log, gone).alias("gone_at"),
        pl.when(gone.is_not_null()).then(pl.lit("left")).alias("gone_by"),
        _named("agent_id", "a").alias("agent_id"),
        pl.lit("chat").alias("channel"),
        pl.lit("customer").alias("initiated_by"),
        is_held.cast(pl.Int32).alias("n_agents"),
        pl.lit(0).alias("n_transfers"),
        pl.lit(0).alias("reopened"),
        pl.lit(value=False).alias("truncated"),
        has_messages.alias("has_messages"),
        (
            _named("customer_id", "u")
            if "customer_id" in columns
            else pl.col("chat_id").str.replace("c", "u")
        ).alias("customer_id"),
        *([pl.col("csat").cast(pl.Float64).alias("rating")] if "csat" in columns else []),
        *(
            [pl.when(pl.col("csat").is_not_null()).then(pl.lit("1_5")).alias("rating_scale")]
            if "csat" in columns
            else []
        ),
    )
    rows = rows.with_columns(
        pl.when(pl.col("accepted_at").is_not_null()).then("wrapup_end_at").alias("wrapup_end_at")
    )
    return _of_form(rows, "chats").sort("requested_at", "chat_id")


def _legs(log: ChatLog) -> pl.DataFrame:
    rows = log.legs().select(
        _named("chat_id", "c").alias("chat_id"),
        pl.col("leg").alias("k"),
        _named("agent_id", "a").alias("agent_id"),
        _moment(log, "accepted_s").alias("accepted_at"),
        _moment(log, "ended_s").alias("released_at"),
        _moment(log, "released_s").alias("wrapup_end_at"),
        pl.col("end").cast(pl.String).replace_strict(_RESULTS).alias("result"),
    )
    return _of_form(rows, "legs")


def _duty(log: ChatLog) -> pl.DataFrame:
    """Spans of duty, which begin before the horizon."""
    end = log.centre.horizon_s
    out = pl.when(pl.col("out_s").is_finite()).then("out_s").otherwise(end)
    rows = log.agents().filter((pl.col("status").cast(pl.String) == "worked") & (pl.col("on_s") < end))
    rows = rows.select(
        _named("agent_id", "a").alias("agent_id"),
        "group",
        _moment(log, "on_s").alias("start"),
        _moment(log, out).alias("end"),
        pl.lit("available").alias("status"),
        pl.col("slots").alias("max_slots"),
        pl.lit("recorded").alias("source"),
    )
    return _of_form(rows.sort("agent_id", "start"), "duty")
