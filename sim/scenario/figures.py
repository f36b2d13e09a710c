"""Which figures may a target bind, and by which key? What a scenario must know of key figures.

What they mean and how they are made stands with the key figures themselves, floors above.
"""

from __future__ import annotations

from itertools import product
from typing import Literal, NamedTuple

Sided = Literal["at least", "at most"]


class Bindable(NamedTuple):
    """What a scenario knows of a key figure."""

    unit: str
    better: Literal["higher", "lower", "neither"]
    queue: bool = True
    """Whether it is known of a queue by itself ..."""
    group: bool = True
    """... and of a group."""


FIGURES: dict[str, Bindable] = {
    "arrivals": Bindable("chats", "neither", group=False),
    "offered": Bindable("chats", "neither", group=False),
    "daily_chats": Bindable("chats/day", "neither", group=False),
    "served": Bindable("chats", "higher", group=False),
    "abandoned": Bindable("chats", "lower", group=False),
    "silent": Bindable("chats", "lower", group=False),
    "left": Bindable("chats", "lower", group=False),
    "timed_out": Bindable("chats", "neither", group=False),
    "blocked": Bindable("chats", "lower", group=False),
    "offline": Bindable("chats", "neither", group=False),
    "overflowed": Bindable("chats", "lower", group=False),
    "contained": Bindable("chats", "higher", group=False),
    "unfinished": Bindable("chats", "lower", group=False),
    "answered": Bindable("chats", "higher", group=False),
    "missed": Bindable("chats", "lower", group=False),
    "missed_rate": Bindable("share", "lower", group=False),
    "abandonment": Bindable("share", "lower", group=False),
    "known_abandonment": Bindable("share", "lower", group=False),
    "completion": Bindable("share", "higher", group=False),
    "successful": Bindable("chats", "higher", group=False),
    "success_rate": Bindable("share", "higher", group=False),
    "service_level": Bindable("share", "higher", group=False),
    "service_level_offered": Bindable("share", "higher", group=False),
    "service_level_lenient": Bindable("share", "higher", group=False),
    "service_level_answered": Bindable("share", "higher", group=False),
    "wait_probability": Bindable("share", "lower", group=False),
    "wait_s": Bindable("s", "lower", group=False),
    "asa_s": Bindable("s", "lower"),
    "wait_p50_s": Bindable("s", "lower"),
    "wait_p80_s": Bindable("s", "lower"),
    "wait_p90_s": Bindable("s", "lower"),
    "wait_p95_s": Bindable("s", "lower"),
    "wait_max_s": Bindable("s", "lower"),
    "queue_length": Bindable("chats", "lower", group=False),
    "queue_length_max": Bindable("chats", "lower", group=False),
    "frt_s": Bindable("s", "lower"),
    "frt_p90_s": Bindable("s", "lower"),
    "frt_agent_s": Bindable("s", "lower"),
    "response_s": Bindable("s", "lower"),
    "response_p90_s": Bindable("s", "lower"),
    "response_mean_of_means_s": Bindable("s", "lower"),
    "messages_per_chat": Bindable("messages", "neither"),
    "turns_per_chat": Bindable("turns", "neither"),
    "duration_s": Bindable("s", "lower"),
    "aht_s": Bindable("s", "lower"),
    "focus_aht_s": Bindable("s", "lower"),
    "agent_hours": Bindable("h", "neither", queue=False),
    "agents": Bindable("agents", "neither", queue=False),
    "occupancy": Bindable("share", "neither", queue=False),
    "slot_utilisation": Bindable("share", "neither", queue=False),
    "attention": Bindable("share", "neither", queue=False),
    "concurrency": Bindable("chats", "neither", queue=False),
    "chats_per_agent_hour": Bindable("chats/h", "higher", queue=False),
    "overrun_s": Bindable("s", "lower", queue=False),
    "wasted_slots": Bindable("share", "lower", queue=False),
    "speed": Bindable("times", "higher", queue=False),
    "absence": Bindable("share", "lower", queue=False),
    "lateness": Bindable("share", "lower", queue=False),
    "paid_hours": Bindable("h", "neither", queue=False),
    "shrinkage": Bindable("share", "neither", queue=False),
    "balked": Bindable("chats", "lower", group=False),
    "estimate_error_s": Bindable("s", "lower", group=False),
    "estimate_bias_s": Bindable("s", "neither", group=False),
    "customers": Bindable("customers", "neither", group=False),
    "retries": Bindable("chats", "lower", group=False),
    "returns": Bindable("chats", "lower", group=False),
    "attempts_per_customer": Bindable("chats", "lower", group=False),
    "customers_missed_rate": Bindable("share", "lower", group=False),
    "resolution": Bindable("share", "higher"),
    "first_contact_resolution": Bindable("share", "higher"),
    "mean_open_chats": Bindable("chats", "neither"),
    "surveys": Bindable("chats", "neither"),
    "survey_response": Bindable("share", "higher"),
    "csat": Bindable("share", "higher"),
    "csat_score": Bindable("of 5", "higher"),
    "csat_all": Bindable("share", "higher"),
    "nps": Bindable("points", "higher"),
    "ces": Bindable("of 7", "higher"),
    "conversion": Bindable("share", "higher"),
}
"""Of each key figure, by name, in the order in which they are shown."""


class Target(NamedTuple):
    """What a key of a table of targets binds."""

    figure: str
    side: Sided


NAMED: dict[str, Target] = {
    "service_level": Target("service_level", "at least"),
    "max_missed": Target("missed_rate", "at most"),
    "max_response_s": Target("response_s", "at most"),
}
"""Targets with names of their own. So `max_missed` is a share, and the count has no target."""
_SIDES: tuple[tuple[str, Sided], ...] = (("min", "at least"), ("max", "at most"))
TARGETS: dict[str, Target] = NAMED | {
    f"{way}_{name}": Target(name, side)
    for name, (way, side) in product(FIGURES, _SIDES)
    if name != "missed" and f"{way}_{name}" not in NAMED
}
"""All targets by key, in the order in which they are shown."""


def usual_target(name: str) -> str | None:
    """Key of the target that binds the figure *name* from its bad side; None if there is no such figure.

    >>> usual_target("missed_rate"), usual_target("csat"), usual_target("occupancy"), usual_target("x")
    ('max_missed', 'min_csat', 'max_occupancy', None)
    """
    if name == "missed":
        return "max_missed"
    if name not in FIGURES:
        return None
    named = (key for key, target in NAMED.items() if target.figure == name)
    return next(named, f"{'min' if FIGURES[name].better == 'higher' else 'max'}_{name}")
