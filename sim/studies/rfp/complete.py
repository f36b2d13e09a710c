"""What is assumed where a request says nothing? The request with every gap filled in."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, TypeVar

import numpy as np

from sim.history.profile import assumed
from sim.scenario.hours import OpeningHours
from sim.scenario.record import Record
from sim.scenario.rfp import CONCURRENCY, ChatService, Rfp, Speakers, Volume
from sim.scenario.targets import Targets
from sim.studies.averages.model import PRIORS
from sim.studies.rfp.times import times_of

Said = TypeVar("Said", bound=Record)
HELD = 0.8
"""Chats held, on average, of the most that agents may hold."""
WRAP_UP_SHARE = 0.1
"""A wrap-up that nobody knows is as usual, and no more than this of the handling time."""
LEFT = 0.9
"""Share of the conversation that replies that nobody has counted take at most."""
SLOWDOWN = 0.25
BUSYNESS_CV = 0.10
FORECAST_ERROR = 0.10
SHRINKAGE = {"holidays, illness, breaks and training": 0.25}
HOURS = OpeningHours(open="08:00", close="20:00")
TARGETS = Targets(threshold_s=30.0, service_level=0.80)
AT_NIGHT = 0.1
"""Chats of a typical day's quietest hours, of its busiest: the assumed profile has none outside 8 to 20."""


def typical_day(power: float = 1.0) -> tuple[float, ...]:
    """Chats of each hour of a typical day over those of its busiest; even to the *power* of 0."""
    hours = assumed().of_intervals[0].reshape(24, -1).sum(axis=1)
    shares = np.maximum(hours / hours.max(), AT_NIGHT) ** power
    return tuple(float(f"{each:.4g}") for each in shares)


def typical_week(power: float = 1.0) -> tuple[float, ...]:
    """Chats of each weekday of a typical week over those of its mean day."""
    return tuple(float(f"{each:.4g}") for each in assumed().of_days ** power)


def completed(rfp: Rfp) -> Rfp:
    """Fill in what a request leaves open."""
    changes: dict[str, object] = {
        "volume": _volume(rfp.volume),
        "service": _service(rfp.service),
        "hours": HOURS if rfp.hours is None else rfp.hours,
        "targets": TARGETS if rfp.targets is None or not rfp.targets.bounds() else rfp.targets,
        "shrinkage": SHRINKAGE if rfp.shrinkage is None else rfp.shrinkage,
    }
    return rfp.model_copy(update=changes)


def all_languages(rfp: Rfp) -> tuple[Speakers, ...]:
    """Give a team of which everybody speaks all."""
    return (Speakers(name="Agents", languages=tuple(each.name for each in rfp.languages)),)


def _volume(said: Volume) -> Volume:
    usual = {
        "counted": "offered", "growth": 0.0, "by_weekday": typical_week(), "by_hour": typical_day(),
        "forecast_error": FORECAST_ERROR, "busyness_cv": BUSYNESS_CV,
    }  # fmt: skip
    return _filled(said, usual)


def _service(said: ChatService) -> ChatService:
    concurrency = CONCURRENCY if said.concurrency is None else said.concurrency
    if said.held is not None:
        concurrency = max(concurrency, said.held)
    usual: dict[str, Any] = {
        "concurrency": concurrency, "held": max(1.0, HELD * concurrency), "aht_divided": False,
        "patience_s": PRIORS["patience_s"].usual,
    }  # fmt: skip
    if said.kind == "work":
        return _filled(said, usual | {"slowdown": SLOWDOWN})
    wrap_up_s = min(PRIORS["wrap_up_s"].usual, WRAP_UP_SHARE * said.aht_s)
    known = _filled(said, usual | {"wrap_up_s": wrap_up_s, "switching": 0.0})
    known = _filled(known, {"turns": min(PRIORS["turns"].usual, most_turns(known))})
    if known.response_s is not None:
        return known
    return _filled(known, {"response_s": times_of(known).response_s})


def most_turns(service: ChatService) -> float:
    """Give the most replies that leave a customer time between them, where the response time is known."""
    return inf if service.response_s is None else LEFT * service.talk_s / service.response_s


def _filled(said: Said, usual: Mapping[str, object]) -> Said:
    """A record with what is *usual* where it says nothing."""
    return said.model_copy(update={key: value for key, value in usual.items() if getattr(said, key) is None})
