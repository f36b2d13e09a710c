"""What do vendors' definitions look at? A recorded log as columns in seconds: chats, replies, legs.

A value that nobody recorded is null, and left out of every mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sim.importers.canonical import SPOKEN
from sim.importers.folder import Recorded

NEVER_ENTERED = ("blocked", "offline", "contained")
"""Outcomes of chats that were in no queue."""
NOT_HELD = (*NEVER_ENTERED, "abandoned", "overflowed", "silent")
_TIMES = (
    "requested_at", "queued_at", "accepted_at", "first_reply_at", "ended_at", "wrapup_end_at", "gone_at",
)  # fmt: skip


def _s(name: str) -> pl.Expr:
    return pl.col(name).dt.epoch("us") / 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A log as definitions look at it."""

    chats: pl.DataFrame
    """One row each: times in seconds without their `_at`, `wait_s`, `entered`, `held`, `answered`, `is_over`,
    and of messages `first_said`, `last_said`, `last_role`, `asked` (the customer's first), `n_customer`."""
    replies: pl.DataFrame
    """One row a turn: `chat_id`, `reply`, whether it is the chat's `first`, and the `oldest` and `latest`
    unanswered message of the customer."""
    legs: pl.DataFrame
    has_messages: bool
    has_offers: bool
    """Whether the log says which offers an agent did not take."""

    @classmethod
    def of(cls, log: Recorded) -> Seen:
        """Look at a *log*."""
        said = _said(log)
        replies = _replies(said)
        per_chat = said.group_by("chat_id").agg(
            pl.col("sent").min().alias("first_said"),
            pl.col("sent").max().alias("last_said"),
            pl.col("role").last().alias("last_role"),
            pl.col("sent").filter(pl.col("role") == "customer").min().alias("asked"),
            (pl.col("role") == "customer").sum().alias("n_customer"),
        )
        chats = log.chats.select(
            "chat_id", pl.col("outcome").cast(pl.String), "rating", pl.col("rating_scale").cast(pl.String),
            pl.col("initiated_by").cast(pl.String), "reopened", "agent_id",
            *(_s(name).alias(name.removesuffix("_at")) for name in _TIMES),
        )  # fmt: skip
        chats = chats.join(per_chat, on="chat_id", how="left", maintain_order="left")
        entered = pl.coalesce("queued", "requested")
        outcome = pl.col("outcome")
        chats = chats.with_columns(entered.alias("entered_at")).with_columns(
            (~outcome.is_in(NEVER_ENTERED)).alias("entered"),
            (
                ~outcome.is_in(NOT_HELD)
                & (pl.col("accepted").is_not_null() | pl.col("agent_id").is_not_null())
            ).alias("held"),
            (pl.col("first_reply").is_not_null() | (outcome == "served")).alias("answered"),
            (outcome != "unfinished").alias("is_over"),
            pl.when(~outcome.is_in(NEVER_ENTERED))
            .then(
                pl.when(pl.col("accepted").is_not_null())
                .then("accepted")
                .when(outcome.is_in(["abandoned", "silent"]))
                .then("gone")
                .when(outcome == "overflowed")
                .then("ended")
                - pl.col("entered_at")
            )
            .alias("wait_s"),
        )
        legs = log.legs.select(
            "chat_id",
            "agent_id",
            pl.col("result").cast(pl.String),
            *(
                _s(name).alias(name.removesuffix("_at"))
                for name in ("accepted_at", "released_at", "wrapup_end_at")
            ),
        )
        offered = (
            log.legs["offered_at"].is_not_null().any()
            or not legs.filter(pl.col("result").is_in(["declined", "timed_out"])).is_empty()
        )
        return cls(chats, replies, legs, not said.is_empty(), bool(offered))


def _said(log: Recorded) -> pl.DataFrame:
    """Messages that count, from the request on, those of customers from the queue on; in order."""
    counts = pl.col("visible") & pl.col("kind").is_in(SPOKEN) & pl.col("role").is_in(["customer", "agent"])
    whose = log.chats.select(
        "chat_id", "requested_at", pl.coalesce("queued_at", "requested_at").alias("entered_at"),
        "accepted_at",
    )  # fmt: skip
    said = log.messages.filter(counts).join(whose, on="chat_id")
    from_then = pl.when(pl.col("role") == "customer").then("entered_at").otherwise("requested_at")
    said = said.filter(pl.col("sent_at") >= from_then).sort("chat_id", "seq")
    return said.select(
        "chat_id", pl.col("role").cast(pl.String), _s("sent_at").alias("sent"),
        _s("entered_at").alias("entered"), _s("accepted_at").alias("accepted"),
    )  # fmt: skip


def _replies(said: pl.DataFrame) -> pl.DataFrame:
    """First message of an agent after some of the customer, with the oldest and the latest of these.

    Where the agent speaks first, the customer's being in the queue is the message.
    """
    runs = said.with_columns(
        (pl.struct("chat_id", "role") != pl.struct("chat_id", "role").shift(1))
        .fill_null(value=True)
        .cum_sum()
        .alias("run")
    )
    each = runs.group_by("run", maintain_order=True).agg(
        pl.col("chat_id", "role", "entered", "accepted").first(),
        pl.col("sent").first().alias("began"),
        pl.col("sent").last().alias("ended"),
    )
    before = pl.col("chat_id").shift(1) == pl.col("chat_id")
    each = each.with_columns(
        pl.when(before).then(pl.col("began").shift(1)).otherwise("entered").alias("oldest"),
        pl.when(before).then(pl.col("ended").shift(1)).otherwise("entered").alias("latest"),
    )
    replies = each.filter(pl.col("role") == "agent")
    return replies.select(
        "chat_id", pl.col("began").alias("reply"), pl.col("chat_id").is_first_distinct().alias("first"),
        "oldest", "latest", "accepted",
    )  # fmt: skip
