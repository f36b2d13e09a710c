"""What does a request leave open? Each point with what is assumed, a low and a high value, and what to ask.

Low and high are meant as values beyond which one in twenty centres lies, on each side. Spreads of chats are
those that averages start from (`sim.studies.averages.model`); the others are this module's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, hypot, inf
from typing import Any

from sim.scenario.hours import OpeningHours
from sim.scenario.rfp import ChatService, Rfp
from sim.scenario.targets import Targets
from sim.studies.averages.model import PRIORS, SWITCHING
from sim.studies.averages.questions import NORMAL
from sim.studies.rfp.complete import (
    BUSYNESS_CV,
    FORECAST_ERROR,
    LEFT,
    SHRINKAGE,
    all_languages,
    completed,
    most_turns,
    typical_day,
    typical_week,
)
from sim.studies.rfp.times import USUAL_RATIO, times_of

PEAKED = 1.5
"""Power that makes a typical day or week more peaked."""
MISSED = 0.05
"""Chats that nobody answered and a client has not counted, of all."""


@dataclass(frozen=True, slots=True)
class Open:
    """A point that a request leaves open."""

    key: str
    """Its place in the file: what to write there once it is known."""
    words: str
    used: str
    """What is assumed; with the unit."""
    low: str
    high: str
    at_low: Rfp | None
    """The request with the low value; None where that is what is assumed."""
    at_high: Rfp | None
    ask: str
    """What to ask the client."""
    is_of_pay: bool = False
    """Whether it changes paid hours alone, and nobody on duty."""


def open_points(rfp: Rfp) -> list[Open]:
    """Give all points that a request leaves open, in the order of the file."""
    return [*_of_hours(rfp), *_of_volume(rfp), *_of_service(rfp), *_of_people(rfp), *_of_targets(rfp)]


def _of_hours(rfp: Rfp) -> Iterator[Open]:
    if rfp.hours is not None:
        return
    short = OpeningHours(open="08:00", close="18:00", sat="closed", sun="closed")
    yield Open(
        "hours", "Opening hours", "08:00 to 20:00 daily", "08:00 to 18:00, Monday to Friday",
        "round the clock",
        rfp.model_copy(update={"hours": short}), rfp.model_copy(update={"hours": "always"}),
        "When is chat open, on which days?",
    )  # fmt: skip


def _of_volume(rfp: Rfp) -> Iterator[Open]:
    said = rfp.volume
    error = FORECAST_ERROR if said.forecast_error is None else said.forecast_error
    if error:
        assumed = "" if said.forecast_error is not None else " (assumed)"
        yield Open(
            "volume.forecast_error", "Volume against the forecast", "as forecast",
            f"− {_percent(error)}{assumed}", f"+ {_percent(error)}{assumed}", _demand(rfp, 1 - error),
            _demand(rfp, 1 + error), "How far were your forecasts off, month by month? Who carries that?",
        )  # fmt: skip
    if said.counted is None:
        high = _of(rfp, "volume", counted="handled")
        yield Open(
            "volume.counted", "What the volume counts", "all chats offered", "all chats offered",
            f"only handled; {_percent(MISSED)} missed", None, high,
            "Are these all chats that came, or those that were answered?",
        )  # fmt: skip
    if said.growth is None:
        low, high = (_of(rfp, "volume", growth=growth) for growth in (-0.05, 0.10))
        yield Open(
            "volume.growth", "Growth until the first year", "none", "− 5 %", "+ 10 %", low, high,
            "Of which months are these volumes, and how do they grow?",
        )  # fmt: skip
    if said.by_weekday is None:
        low, high = (_of(rfp, "volume", by_weekday=typical_week(power)) for power in (0.0, PEAKED))
        yield Open(
            "volume.by_weekday", "Profile of the week", "a typical week", "all open days alike",
            "more peaked", low, high, "How many chats come on each weekday?",
        )  # fmt: skip
    if said.by_hour is None:
        low, high = (_of(rfp, "volume", by_hour=typical_day(power)) for power in (0.0, PEAKED))
        yield Open(
            "volume.by_hour", "Profile of the day", "a typical day", "all open hours alike", "more peaked",
            low, high, "How many chats come in each hour?",
        )  # fmt: skip
    if said.busyness_cv is None:
        low, high = (_of(rfp, "volume", busyness_cv=cv) for cv in (0.0, 2 * BUSYNESS_CV))
        yield Open(
            "volume.busyness_cv", "How much days differ", f"± {_percent(BUSYNESS_CV)}", "by chance alone",
            f"± {_percent(2 * BUSYNESS_CV)}", low, high,
            "May we have the volumes of each day of a few months?",
        )  # fmt: skip


def _of_service(rfp: Rfp) -> Iterator[Open]:
    said, full = rfp.service, completed(rfp).service
    assert full.held is not None
    assert full.concurrency is not None
    if said.aht_divided is None:
        yield Open(
            "service.aht_divided", "What the handling time is", "by the clock", "by the clock",
            f"divided by {full.held:.3g} held", None,
            _of(rfp, "service", aht_divided=True, held=full.held, concurrency=full.concurrency),
            "Is AHT by the clock, or divided by the chats that an agent holds?",
        )  # fmt: skip
    if said.concurrency is None:
        one, three = (1.0, 3.0) if said.held is None else (full.concurrency, full.concurrency + 1)
        yield Open(
            "service.concurrency", "Chats an agent may hold", f"{full.concurrency:g}", f"{one:g}",
            f"{three:g}",
            None if one == full.concurrency else _of(rfp, "service", concurrency=one),
            _of(rfp, "service", concurrency=three), "How many chats may an agent hold at once?",
        )  # fmt: skip
    elif said.held is None and full.concurrency > 1:
        low, high = max(1.0, 0.6 * full.concurrency), full.concurrency
        yield Open(
            "service.held", "Chats held when AHT was measured", f"{full.held:.3g}", f"{low:.3g}",
            f"{high:.3g}",
            _of(rfp, "service", held=low), _of(rfp, "service", held=high),
            "How many chats did an agent hold at once, on average, when AHT was measured?",
        )  # fmt: skip
    yield from _of_work(rfp, full) if said.kind == "work" else _of_turns(rfp, full)
    if said.patience_s is None:
        ask = "What share of chats is missed today, and what is the mean wait?"
        yield _spread(rfp, full, "patience_s", "Patience in the queue", ask)


def _of_work(rfp: Rfp, full: ChatService) -> Iterator[Open]:
    if rfp.service.slowdown is None and full.concurrency is not None and full.concurrency > 1:
        low, high = (_of(rfp, "service", slowdown=each) for each in (0.0, 0.75))
        yield Open(
            "service.slowdown", "Longer with each further chat", _percent(full.slowdown or 0.0), "0 %",
            "75 %", low, high, "What is AHT with one chat open, and with two?",
        )  # fmt: skip


def _of_turns(rfp: Rfp, full: ChatService) -> Iterator[Open]:
    said = rfp.service
    if said.response_s is None:
        bare = full.model_copy(update={"response_s": None})
        ratio = exp(NORMAL * hypot(PRIORS["agent_s"].spread, PRIORS["customer_s"].spread))
        slow, quick = (
            float(f"{times_of(bare, ratio=each).response_s:.3g}")
            for each in (USUAL_RATIO / ratio, USUAL_RATIO * ratio)
        )
        yield Open(
            "service.response_s", "Mean response time", f"{full.response_s:.3g} s", f"{quick:.3g} s",
            f"{slow:.3g} s", _of(rfp, "service", response_s=quick), _of(rfp, "service", response_s=slow),
            "What is the mean time from a customer's message to its reply?",
        )  # fmt: skip
    if said.turns is None:
        ask = "How many messages does a chat have, of each side?"
        yield _spread(rfp, full, "turns", "Replies in a chat", ask)
    if said.wrap_up_s is None:
        ask = "How long is the wrap-up, and is it part of AHT?"
        yield _spread(rfp, full, "wrap_up_s", "Wrap-up", ask)
    if said.switching is None and (full.concurrency or 1.0) > 1:
        yield Open(
            "service.switching", "Switching between chats", "costs nothing", "costs nothing",
            f"replies take {_percent(SWITCHING)} longer", None, _of(rfp, "service", switching=SWITCHING),
            "What is an agent's own time for a reply, with one chat open and with more?",
        )  # fmt: skip


def _of_people(rfp: Rfp) -> Iterator[Open]:
    if len(rfp.languages) > 1 and not rfp.teams:
        yield Open(
            "teams", "Languages of an agent", "one each", "everybody speaks all", "one each",
            rfp.model_copy(update={"teams": all_languages(rfp)}), None,
            "May agents serve several languages, and what does that pay?",
        )  # fmt: skip
    if rfp.shrinkage is None:
        low, high = (dict.fromkeys(SHRINKAGE, share) for share in (0.20, 0.35))
        yield Open(
            "shrinkage", "Shrinkage", _percent(sum(SHRINKAGE.values())), "20 %", "35 %",
            rfp.model_copy(update={"shrinkage": low}), rfp.model_copy(update={"shrinkage": high}),
            "What is paid and not worked: breaks, training, holidays, illness?", is_of_pay=True,
        )  # fmt: skip


def _of_targets(rfp: Rfp) -> Iterator[Open]:
    if rfp.targets is not None and rfp.targets.bounds():
        return
    low, high = (
        rfp.model_copy(update={"targets": Targets(threshold_s=30.0, service_level=level)})
        for level in (0.70, 0.90)
    )
    yield Open(
        "targets", "The promise", "80 % in 30 s", "70 % in 30 s", "90 % in 30 s", low, high,
        "Which service level is asked for, and how is it counted?",
    )  # fmt: skip


def _spread(rfp: Rfp, full: ChatService, key: str, words: str, ask: str) -> Open:
    """A number that is known as far as other centres' are."""
    value, prior = float(getattr(full, key)), PRIORS[key]
    times = exp(NORMAL * prior.spread)
    least, most = (1.5 if key == "turns" else 0.0), inf
    if rfp.service.response_s is not None and full.turns is not None and full.response_s is not None:
        rest_s = full.undivided_s - full.turns * full.response_s
        most = {"turns": most_turns(full), "wrap_up_s": LEFT * rest_s}.get(key, inf)
    low, high = (float(f"{each:.3g}") for each in (max(value / times, least), min(value * times, most)))
    unit = " s" if key.endswith("_s") else ""
    return Open(
        f"service.{key}", words, f"{value:.3g}{unit}", f"{low:.3g}{unit}", f"{high:.3g}{unit}",
        _of(rfp, "service", **{key: low}), _of(rfp, "service", **{key: high}), ask,
    )  # fmt: skip


def _of(rfp: Rfp, table: str, **changes: Any) -> Rfp:
    """The request with other values in a table."""
    return rfp.model_copy(update={table: getattr(rfp, table).model_copy(update=changes)})


def _demand(rfp: Rfp, factor: float) -> Rfp:
    return _of(rfp, "volume", per_month=tuple(factor * chats for chats in rfp.volume.per_month))


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
