"""How is an imported log measured? As any other: as a `ChatLog`, with what was not recorded left out.

Each chat's times are seconds by the clock on the wall where it was asked for: since the first midnight there,
24 hours a day. So a chat lasts as long as it did, and days of a clock change have their hours.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from sim.importers.canonical import SPOKEN
from sim.importers.folder import Recorded
from sim.log.build import Facts
from sim.log.chatlog import ChatLog

NO_QUEUE, NO_GROUP, UNKNOWN = "(no queue)", "(no group)", "(unknown agent)"
MOST_UNKNOWN = 0.01
"""Share of legs of which something may be unknown: with more, agents' time would be told too short."""
_CHATS = {
    "queued_at": "entered_s", "accepted_at": "accepted_s", "first_reply_at": "first_reply_s",
    "ended_at": "ended_s", "wrapup_end_at": "released_s", "gone_at": "gone_s",
}  # fmt: skip
_LEG_ENDS = {
    "accepted": "finished",
    "transferred_out": "transferred",
    "declined": "declined",
    "timed_out": "timed_out",
}


def chat_log(log: Recorded, *, interval_min: int = 30, by_agent: bool = False) -> ChatLog:
    """Give the `ChatLog` of an imported *log*; *by agent*, each agent is a group of their own."""
    zone = log.fact("zone", "UTC")
    start = _start(log, zone)
    chats = _chats(log, start, zone)
    has_messages = bool(chats["has_messages"].any())
    lacks = {"plan"}
    if chats["accepted_s"].is_null().all():
        lacks.add("accepted_s")
    if set(chats["rating_scale"].drop_nulls().to_list()) != {"1_5"}:
        lacks.add("scores")
    legs = _legs(log, chats, start)
    if _is_patchy(legs) or log.fact("durations", "yes") == "no":
        lacks.add("held")
    facts = Facts(
        name=log.name.removesuffix(".log"), start=start.date(), days=_days(chats), interval_min=interval_min,
        recorded=True, lacks=frozenset(lacks),
    )  # fmt: skip
    duty = None if days_without_status(log) else _duty(log, start, zone)
    columns = _known(
        chats.drop("requested_at", "rating_scale", "has_messages", "gone_s", "offset", "ended_by")
    )
    if by_agent:
        columns = columns.with_columns(pl.col("agent_id").alias("group"))
        duty = None if duty is None else duty.with_columns(pl.col("agent_id").alias("group"))
    return ChatLog.of(columns, _messages(log, chats) if has_messages else None, legs, duty, facts)


def days_without_status(log: Recorded) -> list[dt.date]:
    """Days on which agents took chats and nobody was on duty, where that is recorded of other days.

    None if hardly any chats are of such days.
    """
    zone = log.fact("zone", "UTC")
    spans = _on_duty(log).select(pl.col("start", "end").dt.convert_time_zone(zone).dt.date())
    if spans.is_empty():
        return []
    known = {
        first + dt.timedelta(days=k)
        for first, last in spans.unique().iter_rows()
        for k in range((last - first).days + 1)
    }
    taken = log.legs["accepted_at"].drop_nulls().dt.convert_time_zone(zone).dt.date()
    unknown = taken.filter(~taken.is_in(list(known)))
    return sorted(set(unknown.to_list())) if len(unknown) > MOST_UNKNOWN * len(taken) else []


def _on_duty(log: Recorded) -> pl.DataFrame:
    """Spans in which agents could take chats."""
    return log.duty.filter(pl.col("status").is_in(["available", "wrapup"]) & pl.col("end").is_not_null())


def _is_patchy(legs: pl.DataFrame) -> bool:
    """Whether who held which chats, and when, is not known well enough for agents' time."""
    held = legs.filter(~pl.col("end").is_in(["declined", "timed_out"]))
    is_open = (pl.col("end") == "open") & pl.col("ended_s").is_null()
    unknown = (
        (pl.col("agent_id") == UNKNOWN)
        | pl.col("accepted_s").is_null()
        | (pl.col("released_s").is_null() & ~is_open)
    )
    return int(held.select(unknown.sum()).item()) > MOST_UNKNOWN * len(held)


def _start(log: Recorded, zone: str) -> dt.datetime:
    first = log.chats["requested_at"].min()
    assert isinstance(first, dt.datetime)
    local = pl.Series([first]).dt.convert_time_zone(zone).dt.replace_time_zone(None)[0]
    return dt.datetime.combine(local.date(), dt.time())


def _days(chats: pl.DataFrame) -> int:
    last = chats["arrival_s"].max()
    assert isinstance(last, float)
    return int(last // 86_400) + 1


def _offset(name: str, zone: str) -> pl.Expr:
    """Microseconds from UTC to the clock on the wall at a time."""
    local = pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return local.dt.epoch("us") - pl.col(name).dt.epoch("us")


def _seconds(name: str, start: dt.datetime) -> pl.Expr:
    """Seconds since the first midnight, by the clock of the row's offset."""
    midnight = round(start.replace(tzinfo=dt.UTC).timestamp() * 1e6)
    return (pl.col(name).dt.epoch("us") + pl.col("offset") - midnight) / 1e6


def _chats(log: Recorded, start: dt.datetime, zone: str) -> pl.DataFrame:
    chats = log.chats.with_columns(_offset("requested_at", zone).alias("offset"))
    has_queues = chats["queue"].is_not_null().any()
    rows = chats.select(
        "chat_id", "agent_id", "offset", "requested_at", "rating_scale", "has_messages", "ended_by",
        pl.col("queue").fill_null(NO_QUEUE if has_queues else "chats"),
        pl.col("group").fill_null(NO_GROUP),
        pl.col("outcome").cast(pl.String),
        _seconds("requested_at", start).alias("arrival_s"),
        *(_seconds(name, start).alias(seconds) for name, seconds in _CHATS.items()),
        _csat().alias("csat"),
        "resolved",
    )  # fmt: skip
    held = pl.col("accepted_s").is_not_null() | pl.col("first_reply_s").is_not_null()
    not_held = pl.col("outcome").is_in(["abandoned", "silent"])
    ended = pl.when(not_held).then("gone_s").otherwise("ended_s")
    if log.fact("durations", "yes") == "no":
        ended = pl.when(not_held).then("gone_s").when(held).then(None).otherwise("ended_s")
        rows = rows.with_columns(pl.lit(None, pl.Float64).alias("released_s"))
    never = pl.col("outcome").is_in(["abandoned", "silent", "blocked", "offline", "overflowed", "contained"])
    rows = rows.with_columns(ended.alias("ended_s"), pl.when(~never).then("agent_id").alias("agent_id"))
    if (
        rows["entered_s"].is_null().all()
        or (rows["entered_s"] == rows["arrival_s"]).fill_null(value=True).all()
    ):
        return rows.drop("entered_s")
    return rows.with_columns(pl.coalesce("entered_s", "arrival_s").alias("entered_s"))


def _csat() -> pl.Expr:
    """Ratings as scores from 1 to 5; of those with two or eleven values, the good are a 5 and the bad a 1."""
    rating, scale = pl.col("rating"), pl.col("rating_scale").cast(pl.String)
    good = pl.when(scale == "binary").then(rating >= 0.5).otherwise(rating >= 9)
    return pl.when(scale == "1_5").then(rating.round()).when(good.is_not_null()).then(
        pl.when(good).then(5).otherwise(1)
    ).cast(pl.Int64)  # fmt: skip


def _known(chats: pl.DataFrame) -> pl.DataFrame:
    """Columns of which anything is known; the others nobody knows."""
    unknown = [name for name in ("csat", "resolved", "first_reply_s") if chats[name].is_null().all()]
    if "resolved" not in unknown and "csat" in unknown:
        unknown.append("resolved")
    return chats.drop(unknown)


def _legs(log: Recorded, chats: pl.DataFrame, start: dt.datetime) -> pl.DataFrame:
    """Times that agents held chats; where nobody knows who, somebody unknown did."""
    times = {"accepted_at": "accepted_s", "released_at": "ended_s", "wrapup_end_at": "released_s"}
    offsets = chats.select("chat_id", "offset")
    legs = log.legs.join(offsets, on="chat_id").with_columns(
        *(_seconds(name, start).alias(seconds) for name, seconds in times.items()),
        pl.col("result").cast(pl.String).replace_strict(_LEG_ENDS).alias("end"),
    )
    legs = legs.select(
        "chat_id",
        "agent_id",
        "accepted_s",
        "ended_s",
        pl.coalesce("released_s", "ended_s").alias("released_s"),
        pl.when((pl.col("end") == "finished") & pl.col("ended_s").is_null())
        .then(pl.lit("open"))
        .otherwise("end")
        .alias("end"),
    )
    is_held = ~pl.col("end").is_in(["declined", "timed_out"])
    taken = chats.filter(
        pl.col("outcome").is_in(["served", "left", "timed_out"]) | pl.col("first_reply_s").is_not_null()
    )
    nobody = taken.join(legs.filter(is_held), on="chat_id", how="anti").select(
        "chat_id",
        pl.lit(UNKNOWN).alias("agent_id"),
        "accepted_s",
        "ended_s",
        pl.col("ended_s").alias("released_s"),
        pl.lit("finished").alias("end"),
    )
    return pl.concat([legs, nobody])


def _messages(log: Recorded, chats: pl.DataFrame) -> pl.DataFrame:
    """Messages that count: text and files that both sides saw, of customers and agents."""
    offsets = chats.select("chat_id", "offset", "requested_at", "arrival_s")
    spoken = pl.col("visible") & pl.col("kind").is_in(SPOKEN) & pl.col("role").is_in(["customer", "agent"])
    later = (pl.col("sent_at").dt.epoch("us") - pl.col("requested_at").dt.epoch("us")) / 1e6
    return log.messages.filter(spoken).join(offsets, on="chat_id").select(
        "chat_id", pl.col("seq").cast(pl.Int64), pl.col("role").cast(pl.String),
        (pl.col("arrival_s") + later).alias("sent_s"),
    )  # fmt: skip


def _duty(log: Recorded, start: dt.datetime, zone: str) -> pl.DataFrame | None:
    """Spans in which agents could take chats; None where nobody recorded any."""
    spans = _on_duty(log)
    if spans.is_empty():
        return None
    rows = spans.with_columns(_offset("start", zone).alias("offset"))
    duty = rows.select(
        "agent_id", pl.col("group").fill_null(NO_GROUP), pl.col("max_slots").cast(pl.Int64).alias("slots"),
        _seconds("start", start).alias("on_s"), _seconds("end", start).alias("off_s"),
    )  # fmt: skip
    duty = duty.filter(pl.col("off_s") > pl.max_horizontal("on_s", pl.lit(0.0))).with_columns(
        pl.max_horizontal("on_s", pl.lit(0.0)).alias("on_s")
    )
    return duty.drop("slots") if duty["slots"].null_count() else duty
