"""What does an average of a platform mean? Simulated figures that are the same, by how the platform reads it.

A reading is made of pooled key figures; what each simulated day says of it follows by the delta method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats
from sim.kpis.estimate import Estimates
from sim.scenario.averages import Average, By

Means = Mapping[str, float]
"""Pooled key figures by name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An average in one of its meanings."""

    figures: tuple[str, ...]
    """Key figures that it is made of."""
    of: Callable[[Means], float]
    """Makes it of them."""
    words: str
    """What it means."""

    def value(self, estimates: Estimates, by: By = "overall", cell: int = 0) -> float:
        """Give it over all days, of the whole or a queue, group or interval; NaN where it does not exist."""
        return self.of({name: float(estimates.values(name, by)[cell]) for name in self.figures})

    def of_days(self, estimates: Estimates, by: By = "overall", cell: int = 0) -> Floats:
        """Give what each day says of it, shape (n_days,): the mean is its value."""
        means = {name: float(estimates.values(name, by)[cell]) for name in self.figures}
        value = self.of(means)
        said = np.full(estimates.n, value)
        for name in self.figures:
            step = 1e-6 * max(abs(means[name]), 1e-3)
            slope = (self.of(means | {name: means[name] + step}) - value) / step
            said += slope * (estimates.pseudo_values(name, by)[:, cell] - means[name])
        return said


def _plain(name: str, words: str) -> Reading:
    return Reading((name,), lambda means: means[name], words)


def _after_the_first(means: Means) -> float:
    """Mean of the replies after the first."""
    turns = means["turns_per_chat"]
    if turns <= 1:
        return float("nan")
    return (means["response_s"] * turns - means["frt_agent_s"]) / (turns - 1)


READINGS: Mapping[str, Mapping[str, Reading]] = {
    "aht_s": {
        "wrap-up": _plain("aht_s", "AHT, the wrap-up included"),
        "conversation": _plain("duration_s", "AHT without the wrap-up"),
    },
    "response_s": {
        "all": _plain("response_s", "Response, over all replies"),
        "after the first": Reading(
            ("response_s", "frt_agent_s", "turns_per_chat"),
            _after_the_first,
            "Response, after the first reply",
        ),
        "chats": _plain("response_mean_of_means_s", "Response, mean of the chats' means"),
    },
    "turns_per_chat": {"replies": _plain("turns_per_chat", "Replies per chat")},
    "messages_per_chat": {"all": _plain("messages_per_chat", "Messages per chat")},
    "missed_rate": {
        "offered": _plain("missed_rate", "Missed, of those offered"),
        "queued": Reading(
            ("missed_rate", "wait_probability"),
            lambda means: means["missed_rate"] / max(means["wait_probability"], 1e-9),
            "Missed, of those who waited",
        ),
    },
    "asa_s": {
        "answered": _plain("asa_s", "ASA, of those accepted"),
        "waited": Reading(
            ("wait_s", "wait_probability"),
            lambda means: means["wait_s"] / max(means["wait_probability"], 1e-9),
            "Wait, of those who waited",
        ),
    },
    "wait_s": {"all": _plain("wait_s", "Wait, of all")},
    "service_level": {
        "usual": _plain("service_level", "Service level"),
        "offered": _plain("service_level_offered", "Service level, of offered"),
        "lenient": _plain("service_level_lenient", "Service level, lenient"),
        "answered": _plain("service_level_answered", "Service level, of accepted"),
    },
    "concurrency": {
        "busy": _plain("concurrency", "Chats held while busy"),
        "on duty": Reading(
            ("concurrency", "occupancy"),
            lambda means: means["concurrency"] * means["occupancy"],
            "Chats held while on duty",
        ),
    },
    "occupancy": {
        "time": _plain("occupancy", "Occupancy"),
        "slots": _plain("slot_utilisation", "Slot utilisation"),
        "attention": _plain("attention", "Attention"),
    },
    "slot_utilisation": {"slots": _plain("slot_utilisation", "Slot utilisation")},
    "attention": {"time": _plain("attention", "Attention")},
    "wrap_up_s": {
        "chats": Reading(
            ("aht_s", "duration_s"), lambda means: means["aht_s"] - means["duration_s"], "Wrap-up"
        )
    },
    "frt_s": {"arrival": _plain("frt_s", "First response, from arrival")},
    "frt_agent_s": {"acceptance": _plain("frt_agent_s", "First response, from acceptance")},
    "focus_aht_s": {"chats": _plain("focus_aht_s", "Focus AHT")},
}  # fmt: skip
"""Readings of each average, the usual one first."""


def given_as(name: str, average: Average) -> str:
    """Give the reading of an average: the usual one, where nothing is said."""
    return average.reading or next(iter(READINGS[name]))


def transformed(name: str, value: float) -> float:
    """Give an average on a scale on which its errors are alike wherever it is."""
    match name:
        case "missed_rate":
            return float(np.log(max(value, 0.0) + 0.005))
        case "asa_s" | "wait_s":
            return float(np.log(max(value, 0.0) + 2))
        case "service_level":
            return float(np.log(1.01 - min(value, 1.0)))
        case "occupancy" | "slot_utilisation" | "attention":
            return float(np.log(1.02 - min(value, 1.0)))
        case _:
            return float(np.log(max(value, 1e-6)))


def slope(name: str, value: float) -> float:
    """Derivative of the transformation."""
    step = 1e-6 * max(abs(value), 1e-3)
    return (transformed(name, value + step) - transformed(name, value - step)) / (2 * step)


BLUR = {"missed_rate": 0.03, "asa_s": 0.03, "wait_s": 0.03, "service_level": 0.003}
"""By how much of itself an average may be off since definitions differ; 0.01 for the others."""


def noise(name: str, value: float, step: float) -> float:
    """Variance of an average as it is written down: its last digit is a *step*, and definitions differ."""
    return step**2 / 12 + (BLUR.get(name, 0.01) * value) ** 2
