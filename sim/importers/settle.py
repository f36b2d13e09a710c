"""What became of each chat? The rules for all platforms, applied to what readers handed over.

The copy of a record with the latest stamp stays. A chat that the centre began was asked for when the customer
first spoke. A time that contradicts the order is unknown. Answered and ended is served, whoever ended it;
accepted and never answered is left or timed out; never accepted is what the record says, overflowed where the
system ended it, else abandoned.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sim.importers.canonical import MOMENT, SPOKEN, schema_of
from sim.importers.tally import DROPS, Tally
from sim.importers.values import SECOND

TIMES = (
    "requested_at", "queued_at", "accepted_at", "first_reply_at", "ended_at", "wrapup_end_at", "gone_at",
)  # fmt: skip
_FIRST = (
    "channel", "queue", "group", "initiated_by", "queued_at", "accepted_at", "first_reply_at", "agent_id",
    "customer_id", "has_messages",
)  # fmt: skip
"""Of the parts of a chat, the first that is known."""
_LAST = ("outcome", "rating", "rating_scale", "resolved", "gone_at", "gone_by")
"""The last that is known."""
_HELD = pl.col("result").is_in(["accepted", "transferred_out"])
SAID = pl.col("visible") & pl.col("kind").is_in(SPOKEN)
"""Messages that count."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Tables of the canonical form."""

    chats: pl.DataFrame
    messages: pl.DataFrame
    legs: pl.DataFrame


def settle(chats: pl.DataFrame, messages: pl.DataFrame, legs: pl.DataFrame, tally: Tally) -> Settled:
    """Apply the rules to the raw rows of a bucket; what is dropped or mended is counted."""
    chats, twice = _latest(chats)
    _tell(tally, "duplicates", twice)
    known = chats.select("chat_id").unique()
    parts = chats.select("chat_id", "file", "row")
    dropped = chats.filter(pl.col("drop").is_not_null())
    for reason in sorted(set(dropped["drop"].to_list())):
        _tell(tally, reason if reason in DROPS else "filtered", dropped.filter(pl.col("drop") == reason))
    gone = dropped.select("chat_id").unique()
    handed = _handed(chats.join(gone, on="chat_id", how="anti"))
    chats = _whole(chats.join(gone, on="chat_id", how="anti")).with_columns(
        pl.col("accepted_at").is_not_null().alias("was_accepted")  # maybe nobody knows when
    )
    nameless = chats.filter(pl.col("requested_at").is_null())
    has_times = pl.any_horizontal(pl.col(TIMES).is_not_null())
    _tell(tally, "orphan_ratings", nameless.filter(~has_times & pl.col("rating").is_not_null()))
    _tell(tally, "no_beginning", nameless.filter(has_times | pl.col("rating").is_null()))
    chats = chats.filter(pl.col("requested_at").is_not_null())
    messages = _mine(messages, parts, known, "orphan_messages", tally)
    legs = _mine(legs, parts, known, "orphan_legs", tally)
    messages = _ordered(messages.join(chats, on="chat_id", how="semi"), tally)
    chats = _asked(chats, messages, tally)
    messages = messages.join(chats, on="chat_id", how="semi")
    legs = legs.join(chats, on="chat_id", how="semi")
    chats = _in_order(_answered(chats, messages), tally)
    chats = _judged(chats)
    legs = _held(chats, _ended(chats, legs, handed))
    _tell(tally, "truncated_chats", chats.filter(pl.col("truncated")))
    return Settled(_chats(chats, legs), _messages(messages), _legs(legs))


def _tell(tally: Tally, name: str, rows: pl.DataFrame) -> None:
    if len(rows):
        tally.count_rows(name, rows.select("file", "row").rows())


def _latest(chats: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Latest copy of each part of a chat, and the others."""
    order = (
        chats.with_columns(pl.col("part").fill_null(""))
        .with_row_index("nth")
        .sort(["chat_id", "part", "stamp", "nth"], descending=[False, False, True, False], nulls_last=True)
    )
    is_first = pl.struct("chat_id", "part").is_first_distinct()
    return order.filter(is_first).sort("nth"), order.filter(~is_first).sort("nth")


def _whole(parts: pl.DataFrame) -> pl.DataFrame:
    """Put the parts of a chat together."""
    if not parts["chat_id"].is_duplicated().any():
        return parts
    ordered = parts.sort("requested_at", "nth", nulls_last=True)
    last_held = pl.col("ended_at").filter(pl.col("accepted_at").is_not_null()).max()
    held_wrapup = pl.col("wrapup_end_at").filter(pl.col("accepted_at").is_not_null()).max()
    asked = pl.col("requested_at").is_not_null()
    return ordered.group_by("chat_id", maintain_order=True).agg(
        pl.col("nth", "file", "row", "nested", "part", "stamp", "drop").first(),
        pl.col("requested_at").min(),
        *(pl.col(name).drop_nulls().first() for name in _FIRST),
        *(pl.col(name).drop_nulls().last() for name in _LAST),
        pl.coalesce(last_held, pl.col("ended_at").max()).alias("ended_at"),
        pl.coalesce(held_wrapup, pl.col("wrapup_end_at").max()).alias("wrapup_end_at"),
        pl.coalesce(pl.col("closed").filter(asked).last(), pl.col("closed").max()),
        pl.coalesce(pl.col("ended_by").filter(asked).last(), pl.col("ended_by").drop_nulls().last()),
        pl.col("n_transfers").sum(),
        pl.col("reopened").max(),
        pl.col("truncated", "sure").any(),
    )


def _mine(
    rows: pl.DataFrame, parts: pl.DataFrame, known: pl.DataFrame, orphans: str, tally: Tally
) -> pl.DataFrame:
    """Rows of chats that there are: those within a record, of the copy that stays."""
    of_copies = rows.filter("nested").join(
        parts, on=["chat_id", "file", "row"], how="semi", maintain_order="left"
    )
    own = rows.filter(~pl.col("nested"))
    _tell(tally, orphans, own.join(known, on="chat_id", how="anti", maintain_order="left"))
    return pl.concat([of_copies, own.join(known, on="chat_id", how="semi", maintain_order="left")])


def _ordered(messages: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Messages in order of time, each once."""
    named = pl.col("message_id").is_not_null()
    again = named & ~pl.struct("chat_id", "message_id").is_first_distinct()
    messages = messages.with_row_index("nth").with_columns(again.alias("again"))
    _tell(tally, "duplicate_messages", messages.filter("again"))
    messages = messages.filter(~pl.col("again")).sort("chat_id", "sent_at", "nth")
    return messages.with_columns(pl.int_range(pl.len()).over("chat_id").cast(pl.Int32).alias("seq"))


def _asked(chats: pl.DataFrame, messages: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """When the customer asked for it: of chats that the centre began, when they first spoke."""
    spoke = (
        messages.filter(SAID & (pl.col("role") == "customer"))
        .group_by("chat_id")
        .agg(pl.col("sent_at").min().alias("spoke_at"))
    )
    counts = messages.group_by("chat_id").agg(pl.len().alias("n_messages"))
    chats = chats.join(spoke, on="chat_id", how="left").join(counts, on="chat_id", how="left")
    chats = chats.with_columns(
        pl.coalesce("has_messages", pl.col("n_messages") > 0, pl.lit(value=False)).alias("has_messages"),
        pl.col("initiated_by").fill_null("customer"),
    )
    begun = pl.col("has_messages") & (pl.col("initiated_by") != "customer")
    unheard = begun & pl.col("spoke_at").is_null()
    _tell(tally, "outbound_unanswered", chats.filter(unheard))
    chats = chats.filter(~unheard)
    later = pl.col("spoke_at")
    return chats.with_columns(
        pl.when(begun).then(later).otherwise("requested_at").alias("requested_at"),
        *(
            pl.when(begun & (pl.col(name) < later)).then(None).otherwise(name).alias(name)
            for name in ("queued_at", "accepted_at")
        ),
    )


def _answered(chats: pl.DataFrame, messages: pl.DataFrame) -> pl.DataFrame:
    """First message of an agent after the request, where messages are recorded; and who wrote it."""
    asked = messages.filter(SAID & (pl.col("role") == "agent")).join(
        chats.select("chat_id", "requested_at"), on="chat_id"
    )
    replies = asked.filter(pl.col("sent_at") >= pl.col("requested_at")).sort("chat_id", "seq")
    first = replies.group_by("chat_id", maintain_order=True).agg(
        pl.col("sent_at").first().alias("replied_at"), pl.col("author_id").first().alias("replied_by")
    )
    chats = chats.join(first, on="chat_id", how="left")
    counted = pl.col("has_messages") & (pl.col("n_messages") > 0) | pl.col("first_reply_at").is_null()
    return chats.with_columns(
        pl.when(counted).then("replied_at").otherwise("first_reply_at").alias("first_reply_at"),
        pl.coalesce("agent_id", "replied_by").alias("agent_id"),
    )


def _in_order(chats: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Leave out times that contradict the order."""
    entered = pl.coalesce("queued_at", "requested_at")
    begun = pl.coalesce("accepted_at", "queued_at", "requested_at")
    laws = {
        "queued_at": pl.col("queued_at") < pl.col("requested_at"),
        "accepted_at": (pl.col("accepted_at") < entered)
        | (pl.col("accepted_at") > pl.col("first_reply_at") + SECOND),
        "ended_at": pl.col("ended_at") < begun,
        "wrapup_end_at": pl.col("wrapup_end_at") < pl.coalesce("ended_at", "requested_at"),
        "gone_at": pl.col("gone_at") < pl.col("requested_at"),
        "first_reply_at": pl.col("first_reply_at") < pl.col("requested_at"),
    }
    for name, is_broken in laws.items():
        chats = chats.with_columns(is_broken.fill_null(value=False).alias("broken"))
        for file, place in chats.filter("broken").select("file", "row").rows():
            tally.count("impossible_times", file, place, name)
        chats = chats.with_columns(pl.when("broken").then(None).otherwise(name).alias(name))
    return chats.drop("broken")


def _judged(chats: pl.DataFrame) -> pl.DataFrame:
    """Say what became of each."""
    closed = pl.coalesce("closed", pl.col("ended_at").is_not_null())
    accepted = pl.col("was_accepted")
    said = pl.col("outcome")
    never = pl.when(closed & said.is_in(["blocked", "offline", "contained", "overflowed"])).then(said)
    outcome = (
        pl.when(pl.col("is_answered") & closed).then(pl.lit("served"))
        .when(pl.col("is_answered")).then(pl.lit("unfinished"))
        .when(~closed).then(pl.lit("unfinished"))
        .when(accepted & (pl.col("ended_by") == "customer")).then(pl.lit("left"))
        .when(accepted).then(pl.lit("timed_out"))
        .otherwise(
            never.when(pl.col("ended_by").is_in(["system", "idle"])).then(pl.lit("overflowed"))
            .otherwise(pl.lit("abandoned"))
        )
    )  # fmt: skip
    chats = chats.with_columns(
        (pl.col("was_accepted") | pl.col("agent_id").is_not_null() & ~pl.col("has_messages")).alias(
            "was_accepted"
        ),
    ).with_columns(
        (
            pl.col("first_reply_at").is_not_null()
            | (
                ~pl.col("has_messages")
                & pl.col("was_accepted")
                & ~said.is_in(UNANSWERED).fill_null(value=False)
            )
        ).alias("is_answered")
    )
    explicit = said.is_in(TRUSTED) & (pl.col("sure") | ~pl.col("has_messages"))
    return chats.with_columns(
        pl.when(explicit.fill_null(value=False)).then(said).otherwise(outcome).alias("outcome"),
        *(pl.when(closed).then(name).alias(name) for name in ("ended_at", "wrapup_end_at", "ended_by")),
    )


UNANSWERED = ["left", "timed_out", "abandoned", "blocked", "offline", "overflowed", "contained", "silent"]
TRUSTED = [*UNANSWERED, "served", "unfinished"]
"""Outcomes that a record without messages may say itself."""


def _held(chats: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    """Legs in order; where there are none, of the agent whom the chat names, if they took it."""
    without = chats.join(legs.filter(_HELD), on="chat_id", how="anti").filter(
        pl.col("agent_id").is_not_null()
        & (
            pl.col("accepted_at").is_not_null()
            | pl.col("first_reply_at").is_not_null()
            | pl.col("was_accepted")
        )
    )
    derived = without.select(
        "chat_id", "agent_id", pl.lit(None, pl.Int64).alias("offered_at"), "accepted_at",
        pl.col("ended_at").alias("released_at"), "wrapup_end_at", pl.lit("accepted").alias("result"),
    )  # fmt: skip
    both = pl.concat([legs.select(derived.columns), derived])
    both = both.join(chats.select("chat_id", "requested_at", "initiated_by"), on="chat_id").with_columns(
        *(
            pl.when(pl.col(name) >= pl.col("requested_at"))
            .then(name)
            .when((pl.col("initiated_by") != "customer") & pl.col(name).is_not_null())
            .then("requested_at")  # who began it has it from when it counts
            .alias(name)
            for name in ("offered_at", "accepted_at")
        ),
        # an end before it all is as impossible
        pl.when(pl.col("released_at") >= pl.col("requested_at")).then("released_at").alias("released_at"),
    )
    ordered = both.sort(
        "chat_id", pl.coalesce("accepted_at", "offered_at", "released_at"), "agent_id", nulls_last=True
    )
    return ordered.with_columns(pl.int_range(pl.len()).over("chat_id").alias("k"))


def _handed(parts: pl.DataFrame) -> pl.DataFrame:
    """Legs of chats of which parts say who took them and when they were handed on, each a part of its own.

    Each lasts until it is handed on, or until the next agent takes it; the last one's end is the chat's.
    """
    hands = parts.filter(pl.col("handed_at").is_not_null()).select("chat_id", "handed_at").sort("handed_at")
    takes = (
        parts.filter(pl.col("accepted_at").is_not_null() & pl.col("agent_id").is_not_null())
        .join(hands, on="chat_id", how="semi")
        .select("chat_id", "agent_id", "accepted_at")
        .sort("accepted_at", maintain_order=True)
    )
    following = pl.col("accepted_at").shift(-1).over("chat_id")
    legs = takes.join_asof(
        hands, left_on="accepted_at", right_on="handed_at", by="chat_id", strategy="forward",
        check_sortedness=False,
    ).with_columns(pl.min_horizontal("handed_at", following).alias("released_at"))  # fmt: skip
    is_last = pl.col("released_at").is_null()
    return legs.with_columns(
        pl.when(is_last).then(pl.lit("accepted")).otherwise(pl.lit("transferred_out")).alias("result"),
        *(pl.lit(None, pl.Int64).alias(name) for name in ("offered_at", "wrapup_end_at")),
    )


def _ended(chats: pl.DataFrame, legs: pl.DataFrame, handed: pl.DataFrame) -> pl.DataFrame:
    """Legs of readers, and those *handed* on, of which the last ends with its chat."""
    if handed.is_empty():
        return legs
    ends = chats.select("chat_id", "ended_at", pl.col("wrapup_end_at").alias("wrapped_at"))
    is_last = pl.col("released_at").is_null()
    more = handed.join(ends, on="chat_id").with_columns(
        pl.when(is_last).then("ended_at").otherwise("released_at").alias("released_at"),
        pl.when(is_last).then("wrapped_at").otherwise("wrapup_end_at").alias("wrapup_end_at"),
    )
    columns = ("chat_id", "agent_id", "offered_at", "accepted_at", "released_at", "wrapup_end_at", "result")
    return pl.concat([legs.select(columns), more.select(columns)])


def _cast(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    return rows.select(
        pl.from_epoch(name, "us").dt.replace_time_zone("UTC").cast(MOMENT)
        if kind == MOMENT
        else pl.col(name).cast(kind)
        for name, kind in schema_of(table).items()
    )


def _chats(chats: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    agents = legs.filter(_HELD).group_by("chat_id").agg(pl.col("agent_id").n_unique().alias("n_agents"))
    known = chats.join(agents, on="chat_id", how="left").with_columns(
        pl.col("n_agents").fill_null(0), pl.col("n_transfers").fill_null(0), pl.col("reopened").fill_null(0)
    )
    return _cast(known.sort("requested_at", "chat_id"), "chats")


def _messages(messages: pl.DataFrame) -> pl.DataFrame:
    rows = _cast(messages, "messages")
    if messages["text"].null_count() < len(messages):
        rows = rows.with_columns(messages["text"])
    return rows


def _legs(legs: pl.DataFrame) -> pl.DataFrame:
    return _cast(legs, "legs")
