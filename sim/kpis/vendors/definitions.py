"""How does each vendor define what? Nine vendors' answers to the same questions, a function each.

Read in the vendors' own documentation or source, as named with each of them; where one does not say, it is
said here what is taken instead. A question to which a vendor has no figure has none, and the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from sim.kpis.vendors.seen import Seen

Answer = Callable[[Seen, float], float | None]
"""Value of a log, and a threshold in seconds."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of all vendors."""

    name: str
    title: str
    unit: str
    ours: str
    """Our figure for it."""


QUESTIONS: tuple[Question, ...] = (
    Question("chats", "Chats", "chats", "offered"),
    Question("missed", "Missed", "chats", "missed"),
    Question("abandoned", "Abandoned", "share", "abandonment"),
    Question("wait_s", "Wait", "s", "wait_s"),
    Question("first_s", "First response", "s", "frt_s"),
    Question("response_s", "Response", "s", "response_s"),
    Question("level", "Service level", "share", "service_level"),
    Question("handling_s", "Handling", "s", "aht_s"),
    Question("occupancy", "Occupancy", "share", "occupancy"),
    Question("csat", "CSAT", "share", "csat"),
)
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A vendor's answer to a question."""

    word: str
    """As the vendor calls it; empty where it has no such figure."""
    told: str
    """What it is, or why there is none, in a sentence that says how it differs from ours."""
    answer: Answer | None = None
    figure: str = ""
    """Our figure, where it is the same."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor and its definitions by question."""

    name: str
    title: str
    source: str
    definitions: Mapping[str, Definition]


def _mean(rows: pl.DataFrame, value: pl.Expr) -> float | None:
    """Mean of what is known; none of nothing."""
    known = rows.select(value.alias("value"))["value"].drop_nulls()
    return None if known.is_empty() else float(known.sum()) / len(known)


def _share(of: float, among: float) -> float | None:
    return None if not among else of / among


def _count(rows: pl.DataFrame, which: pl.Expr) -> int:
    return int(rows.select(which.fill_null(value=False).sum()).item())


OUTCOME, HELD, ANSWERED, ENTERED, IS_OVER = (
    pl.col("outcome"), pl.col("held"), pl.col("answered"), pl.col("entered"), pl.col("is_over"),
)  # fmt: skip
WAIT, ACCEPTED = pl.col("wait_s"), pl.col("accepted").is_not_null()
_HAD_TO_WAIT = (WAIT > 0) | WAIT.is_null()
_ON_LINE = OUTCOME != "offline"
_MISSED = _ON_LINE & (OUTCOME != "contained") & ~ANSWERED & IS_OVER
_SETTLED = ENTERED & (ACCEPTED | HELD | IS_OVER)
EVERY = pl.col("chat_id").is_not_null()
LEFT_QUEUE = OUTCOME.is_in(["abandoned", "silent"])


def _chats(which: pl.Expr) -> Answer:
    return lambda seen, _: _count(seen.chats, which)


def _mean_of(which: pl.Expr, value: pl.Expr) -> Answer:
    return lambda seen, _: _mean(seen.chats.filter(which), value)


def _share_of(of: pl.Expr, among: pl.Expr) -> Answer:
    return lambda seen, _: _share(_count(seen.chats, of), _count(seen.chats, among))


def _missed_offers(seen: Seen, _: float) -> float | None:
    if not seen.has_offers:
        return None
    return _count(seen.legs, pl.col("result").is_in(["declined", "timed_out"]))


def _responses(clock: pl.Expr) -> Callable[[Seen], pl.DataFrame]:
    return lambda seen: seen.replies.with_columns((pl.col("reply") - clock).alias("response_s"))


_FROM_OLDEST, _FROM_LATEST = _responses(pl.col("oldest")), _responses(pl.col("latest"))
_OF_AGENTS = _responses(pl.max_horizontal("oldest", "accepted"))
"""From the oldest unanswered message, but never from before the acceptance."""


def _pooled(responses: Callable[[Seen], pl.DataFrame], *, later: bool = False) -> Answer:
    """Sum of all responses over their number; *later*: without each chat's first."""

    def answer(seen: Seen, _: float) -> float | None:
        rows = responses(seen)
        return _mean(rows.filter(~pl.col("first")) if later else rows, pl.col("response_s"))

    return answer


def _by_chat(responses: Callable[[Seen], pl.DataFrame], of: Callable[[pl.Expr], pl.Expr]) -> Answer:
    """Mean over chats of each one's mean, or median."""

    def answer(seen: Seen, _: float) -> float | None:
        rows = (
            responses(seen)
            .group_by("chat_id", maintain_order=True)
            .agg(of(pl.col("response_s")).alias("one"))
        )
        return _mean(rows, pl.col("one"))

    return answer


def _level(early: pl.Expr | None, among: pl.Expr) -> Answer:
    """Share accepted in time; *early*: leaving in time counts as well."""

    def answer(seen: Seen, threshold_s: float) -> float | None:
        known = seen.chats.filter(WAIT.is_not_null())
        in_time = threshold_s >= WAIT
        good = in_time & (ACCEPTED if early is None else ACCEPTED | early)
        return _share(_count(known, good), _count(known, among))

    return answer


def _good() -> pl.Expr:
    scale = pl.col("rating_scale")
    return pl.when(scale == "binary").then(pl.col("rating") >= 0.5).when(scale == "1_5").then(
        pl.col("rating") >= 4
    ).otherwise(pl.col("rating") >= 9)  # fmt: skip


_CSAT = _share_of(_good(), pl.col("rating").is_not_null())
_DURATION = pl.col("ended") - pl.col("accepted")
_WHOLE = pl.col("ended") - pl.col("requested")
_HANDLING = pl.col("wrapup_end") - pl.col("accepted")
_REPLY = pl.col("first_reply")


def _per_leg(seen: Seen, _: float) -> float | None:
    held = seen.legs.filter(pl.col("result").is_in(["accepted", "transferred_out"]))
    return _mean(held, pl.coalesce("wrapup_end", "released") - pl.col("accepted"))


def _zendesk_wait(seen: Seen, _: float) -> float | None:
    served = _REPLY - pl.coalesce("asked", "requested")
    missed = pl.coalesce("gone", "ended") - pl.coalesce("last_said", "requested")
    rows = seen.chats.filter(OUTCOME != "offline")
    return _mean(rows, pl.when(ANSWERED).then(served).when(IS_OVER).then(missed))


def _none(why: str) -> Definition:
    return Definition("", why)


_NO_RATING = _none("No rating among the figures read.")
_NO_LEVEL = _none("No service level among its figures.")
_OFFERS = "Offers that an agent did not take, so one chat may be missed many times."

LIVECHAT = Vendor("livechat", "LiveChat", "LiveChat Reports API 3.6", {
    "chats": Definition("total chats", "Chats that an agent had: who left the queue is in another report.",
                        _chats(HELD)),
    "missed": Definition("not replied", "An agent had it and wrote nothing but the automatic welcome.",
                         _chats(HELD & ~ANSWERED & IS_OVER)),
    "abandoned": _none("Who left the queue is a count, of nothing a share."),
    "wait_s": Definition("queued visitors, average", "Only of those who had to wait, served or not.",
                         _mean_of(ENTERED & (WAIT > 0), WAIT)),
    "first_s": Definition("first response time",
                          "From the assignment, for it is the agent's figure (its page does not "
                          "say from when).", _mean_of(ANSWERED, _REPLY - pl.col("accepted"))),
    "response_s": Definition("response time", "Mean over chats of each one's mean.",
                             _by_chat(_OF_AGENTS, lambda each: each.mean())),
    "level": _NO_LEVEL,
    "handling_s": Definition("chatting time", "Ends with the chat: no wrap-up.", _mean_of(HELD, _DURATION)),
    "occupancy": _none("The most chats at once in an hour, no share of time."),
    "csat": Definition("rated good", "Good ÷ (good + bad).", _CSAT),
})  # fmt: skip
ZENDESK = Vendor("zendesk", "Zendesk Chat", "Zendesk Explore metrics, Chat analytics CSV", {
    "chats": Definition("chats", "All but forms left while nobody was there.", _chats(_ON_LINE)),
    "missed": Definition("missed",
                         "The customer went before any reply: leavers of the queue are in it, chats "
                         "still open are not.",
                         _chats(_MISSED)),
    "abandoned": Definition("missed, share", "All missed, whoever had them, ÷ all chats.",
                            _share_of(_MISSED, _ON_LINE)),
    "wait_s": Definition("wait time",
                         "First response, or if missed from the last unanswered word to leaving: the "
                         "agent's composing is in it.", _zendesk_wait),
    "first_s": Definition("first reply time", "From the customer's first message.",
                          _mean_of(ANSWERED, _REPLY - pl.coalesce("asked", "requested"))),
    "response_s": Definition("average response time",
                             "Mean over chats of each one's mean, from the customer's "
                             "latest message; the wait is in the first.",
                             _by_chat(_FROM_LATEST, lambda each: each.mean())),
    "level": _NO_LEVEL,
    "handling_s": Definition("chat duration",
                             "First message → last message: the wait is in it, the tail is not.",
                             _mean_of(ANSWERED, pl.col("last_said") - pl.col("first_said"))),
    "occupancy": _none("Concurrency in hours with a chat, no share of time."),
    "csat": Definition("satisfaction", "Good ÷ (good + bad).", _CSAT),
})  # fmt: skip
INTERCOM = Vendor("intercom", "Intercom", "Intercom OpenAPI 2.15", {
    "chats": Definition("conversations", "All, also those of closed hours.", _chats(EVERY)),
    "missed": _none("Not missed, but unreplied: a conversation stays open."),
    "abandoned": _none("Nobody leaves: there is no queue."),
    "wait_s": _none("There is no queue."),
    "first_s": Definition("time to admin reply",
                          "From the customer's first message; Intercom also takes closed hours "
                          "out, which no log says.",
                          _mean_of(ANSWERED, _REPLY - pl.coalesce("asked", "requested"))),
    "response_s": Definition("median time to reply", "Median within each conversation; their mean.",
                             _by_chat(_FROM_OLDEST, lambda each: each.median())),
    "level": _none("SLAs are hit, missed or cancelled by a policy."),
    "handling_s": Definition("handling time", "Assignment → close, of those not opened again; no wrap-up.",
                             _mean_of(HELD & (pl.col("reopened") == 0), _DURATION)),
    "occupancy": _none("No time on duty among its figures."),
    "csat": Definition("CSAT", "4 and 5 of 5 ÷ rated.", _CSAT),
})  # fmt: skip
AMAZON = Vendor("amazon_connect", "Amazon Connect", "Amazon Connect metrics definitions", {
    "chats": Definition("contacts queued",
                        "Whoever was put into a queue, and not who was turned away at "
                        "the door or stayed with a bot.",
                        _chats(ENTERED)),
    "missed": Definition("agent non-response", _OFFERS, _missed_offers),
    "abandoned": Definition("abandonment rate", "Left the queue ÷ queued.", _share_of(LEFT_QUEUE, ENTERED)),
    "wait_s": Definition("average queue answer time", "Of those accepted only: who left is not in it.",
                         _mean_of(ENTERED & ACCEPTED, WAIT)),
    "first_s": Definition("contact first response time", "From the queue, not from the request.",
                          _mean_of(ANSWERED, _REPLY - pl.col("entered_at"))),
    "response_s": Definition("agent response time",
                             "Sum of all responses ÷ their number, as here.", _pooled(_OF_AGENTS)),
    "level": Definition("service level",
                        "Whoever was out of the queue in time ÷ queued: leaving early counts as good.",
                        _level(LEFT_QUEUE, ENTERED)),
    "handling_s": Definition("average handle time", "Acceptance → end of wrap-up, as here.",
                             _mean_of(HELD, _HANDLING)),
    "occupancy": Definition("occupancy",
                            "Time with a contact ÷ that and idle time, as here.", figure="occupancy"),
    "csat": _NO_RATING,
})  # fmt: skip
GENESYS = Vendor("genesys", "Genesys Cloud", "Genesys Cloud: configure the service level calculation", {
    "chats": Definition("offered", "Answered + abandoned + sent elsewhere: who still waits is not in it.",
                        _chats(_SETTLED)),
    "missed": Definition("not responding", _OFFERS, _missed_offers),
    "abandoned": Definition("abandon rate",
                            "Abandoned ÷ offered, short ones included unless a switch is set.",
                            _share_of(LEFT_QUEUE, _SETTLED)),
    "wait_s": Definition("average answer time",
                         "Of those accepted only.", _mean_of(ENTERED & ACCEPTED, WAIT)),
    "first_s": Definition("answer + agent response",
                          "Not one figure: answer time and the agent's first response, "
                          "added up.", _mean_of(ANSWERED, _REPLY - pl.col("entered_at"))),
    "response_s": Definition("agent response time",
                             "Each response counts alike, as here.", _pooled(_OF_AGENTS)),
    "level": Definition("service level",
                        "Answered in time ÷ offered: every abandon is a failure, unless a switch takes "
                        "it out.", _level(None, ENTERED)),
    "handling_s": Definition("average handle time",
                             "Talk + hold + wrap-up, as here.", _mean_of(HELD, _HANDLING)),
    "occupancy": Definition("occupancy",
                            "Time interacting ÷ time on the queue, as here.", figure="occupancy"),
    "csat": _NO_RATING,
})  # fmt: skip
DYNAMICS = Vendor("dynamics", "Dynamics 365", "Dynamics 365 omnichannel metrics and dimensions", {
    "chats": Definition("incoming conversations", "Whoever was put into a queue.", _chats(ENTERED)),
    "missed": _none("No figure of its own: abandoned, and ghosted."),
    "abandoned": Definition("abandoned rate", "Left the queue ÷ all in it (its page does not say of which).",
                            _share_of(LEFT_QUEUE, ENTERED)),
    "wait_s": Definition("speed to answer", "Of those accepted only.", _mean_of(ENTERED & ACCEPTED, WAIT)),
    "first_s": Definition("first response time",
                          "From the request, as here; Dynamics counts business hours alone.",
                          _mean_of(ANSWERED, _REPLY - pl.col("requested"))),
    "response_s": Definition("response time",
                             "Time ÷ exchanges, from the message, the wait for an agent included.",
                             _pooled(_FROM_OLDEST)),
    "level": Definition("service level",
                        "Accepted in time ÷ accepted: who left is not in it.", _level(None, ACCEPTED)),
    "handling_s": Definition("handle time", "Only while the agent looked at the chat, and active wrap-up.",
                             figure="focus_aht_s"),
    "occupancy": Definition("capacity utilisation",
                            "Units of capacity in use ÷ those on duty: slots, not agents.",
                            figure="slot_utilisation"),
    "csat": _NO_RATING,
})  # fmt: skip
CHATWOOT = Vendor("chatwoot", "Chatwoot", "Chatwoot source: reporting listener, message callbacks", {
    "chats": Definition("conversations", "All, also those of closed hours.", _chats(EVERY)),
    "missed": _none("Not missed, but without a first reply."),
    "abandoned": _none("Nobody leaves: there is no queue."),
    "wait_s": _none("There is no queue."),
    "first_s": Definition("first response time", "From the bot's hand-off, if there was one.",
                          _mean_of(ANSWERED, _REPLY - pl.col("entered_at"))),
    "response_s": Definition("reply time", "Each reply but the first, from the oldest unanswered message.",
                             _pooled(_FROM_OLDEST, later=True)),
    "level": _NO_LEVEL,
    "handling_s": Definition("resolution time", "Request → resolved: the wait is in it, wrap-up is not.",
                             _mean_of(IS_OVER & (OUTCOME != "contained"), _WHOLE)),
    "occupancy": _none("No share of time among its figures."),
    "csat": Definition("satisfaction", "4 and 5 of 5 ÷ rated.", _CSAT),
})  # fmt: skip
ASAPP = Vendor("asapp", "ASAPP", "ASAPP metrics definitions", {
    "chats": Definition("offered", "Whoever was put into a queue.", _chats(ENTERED)),
    "missed": _none("No figure of its own."),
    "abandoned": Definition("queue abandonment rate", "Left the queue ÷ those who had to wait in it.",
                            _share_of(LEFT_QUEUE & _HAD_TO_WAIT, ENTERED & _HAD_TO_WAIT)),
    "wait_s": Definition("average wait",
                         "Of those accepted, zeros included.", _mean_of(ENTERED & ACCEPTED, WAIT)),
    "first_s": _none("No first response among the figures read."),
    "response_s": _none("No response time among the figures read."),
    "level": _NO_LEVEL,
    "handling_s": Definition("handle time", "Per assignment, not per chat: a transfer makes two.", _per_leg),
    "occupancy": Definition("cumulative occupancy",
                            "Slots in use ÷ slots on duty.", figure="slot_utilisation"),
    "csat": _NO_RATING,
})  # fmt: skip
SALESFORCE = Vendor("salesforce", "Salesforce", "Salesforce LiveChatTranscript fields", {
    "chats": Definition("transcripts", "All requests, those turned away included.", _chats(_ON_LINE)),
    "missed": Definition("status missed", "No agent accepted it; accepted and never answered is none.",
                         _chats(OUTCOME.is_in(["abandoned", "silent", "overflowed"]))),
    "abandoned": _none("A duration (how long who left had waited), no share."),
    "wait_s": Definition("wait time", "All whose wait is known, as here.", _mean_of(ENTERED, WAIT)),
    "first_s": _none("No first response among its fields."),
    "response_s": Definition("average response time, operator", "Mean over chats of each one's mean.",
                             _by_chat(_OF_AGENTS, lambda each: each.mean())),
    "level": _NO_LEVEL,
    "handling_s": Definition("chat duration", "Ends with the chat: no wrap-up.", _mean_of(HELD, _DURATION)),
    "occupancy": _none("No share of time among its fields."),
    "csat": _NO_RATING,
})  # fmt: skip
VENDORS: tuple[Vendor, ...] = (
    LIVECHAT, ZENDESK, INTERCOM, AMAZON, GENESYS, DYNAMICS, CHATWOOT, ASAPP, SALESFORCE,
)  # fmt: skip
BY_NAME: Mapping[str, Vendor] = {vendor.name: vendor for vendor in VENDORS}
