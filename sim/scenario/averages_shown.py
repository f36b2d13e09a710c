"""What does a platform show? Averages, each a number with the way in which it is to be read.

An average is a number, or a table that says how the platform reads it: ``response_s = { value = 64, counts =
"after the first" }``. What is not known is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isnan
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from sim.errors import printable
from sim.scenario.amounts import AmountError, number, seconds, share
from sim.scenario.record import Record
from sim.scenario.words import did_you_mean

Way = Literal["includes", "counts", "averaged", "of", "while"]
WAYS: Mapping[str, Mapping[str, str]] = {
    "aht_s": {"wrap-up": "includes", "conversation": "includes"},
    "response_s": {"all": "counts", "after the first": "counts", "replies": "averaged", "chats": "averaged"},
    "missed_rate": {"offered": "of", "queued": "of"},
    "asa_s": {"answered": "of", "waited": "of"},
    "service_level": {"usual": "of", "offered": "of", "lenient": "of", "answered": "of"},
    "concurrency": {"busy": "while", "on duty": "while"},
    "occupancy": {"time": "of", "slots": "of", "attention": "of"},
}
"""How an average may be read, each with the key that says so; the first is what a mere number means."""
SHARES = ("missed_rate", "service_level", "occupancy", "slot_utilisation", "attention")
"""Averages that are shares."""
_SHARE_STEP = 0.01
"""Shares are shown to a per cent at least: 0.9 is 90 %."""
_USUAL = {"replies": "all"}
"""Words that mean another reading's."""


class Average(Record):
    """An average as a platform shows it, and how it is read."""

    value: Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False, strict=True)]
    reading: str = ""
    """One of the readings of `WAYS`; empty where there is only one."""
    step: Annotated[float, Field(gt=0, le=1e6, strict=True)] = 1.0
    """Its last digit: 677 is known to 1, 0.057 to 0.001."""
    burst: Annotated[float, Field(ge=1, le=20, strict=True)] = 1.0
    """Messages that stand together and count as one: messages a chat ÷ 2 ÷ this are its turns."""
    is_said: bool = False
    """Whether it was said how it is read; or else it is read as usual."""


def last_digit(value: float) -> float:
    """Give the step of the last digit of a number as it is written.

    >>> last_digit(677), last_digit(0.057), last_digit(64.5)
    (1.0, 0.001, 0.1)
    """
    exponent = Decimal(repr(value)).as_tuple().exponent
    return 10.0 ** min(int(exponent), 0)


def usual_step(name: str, value: float) -> float:
    """Last digit of an average, where nothing else is said: of a share it is a per cent or less."""
    return min(last_digit(value), _SHARE_STEP if name in SHARES else 1.0)


def _average(name: str) -> BeforeValidator:
    """Reads an average: a number, or a table with its value and reading."""
    ways = WAYS.get(name, {})

    def read(given: Any) -> Any:
        if given is None or isinstance(given, Average):
            return given
        table = dict(given) if isinstance(given, Mapping) else {"value": given}
        value, burst, reading = table.pop("value", None), table.pop("burst", 1.0), ""
        step = table.pop("step", None)
        for key, word in table.items():
            known = [other for other, way in ways.items() if way == key]
            if not known:
                keys = sorted(
                    {"value", "step", *ways.values(), *(["burst"] if name == "messages_per_chat" else [])}
                )
                law = f"{name}: unknown key {key!r} (known: {', '.join(keys)}){did_you_mean(key, keys)}"
                raise PydanticCustomError("reading", "{law}", {"law": law})
            if word not in known:
                law = f"{key} must be one of {', '.join(map(repr, known))}{did_you_mean(str(word), known)}"
                raise PydanticCustomError("reading", "{law}", {"law": law})
            reading = _USUAL.get(word, word) if not reading or word != "replies" else reading
        if isinstance(value, bool) or not isinstance(value, int | float):
            law = "must be a number" + (_meant(name, value) if isinstance(value, str) else "")
            raise PydanticCustomError("number", "{law}", {"law": law})
        if name in SHARES and value > 1:
            law = f"must be a share, at most 1; {value:g} % is {value / 100:g}"
            raise PydanticCustomError("share", "{law}", {"law": law})
        usual = next(iter(ways), "")
        if step is None:
            step = usual_step(name, value)
        return {
            "value": value, "reading": reading or usual, "step": step, "burst": burst,
            "is_said": isinstance(given, Mapping) and bool({*ways.values(), "burst"} & set(given)),
        }  # fmt: skip

    return BeforeValidator(read)


def _meant(name: str, text: str) -> str:
    """What to write for a text such as "5.7 %" or "11 min"; nothing where it is no amount."""
    try:
        value = share(text) if name in SHARES else seconds(text) if name.endswith("_s") else number(text)
    except AmountError:
        return ""
    unit = " s" if name.endswith("_s") else ""
    return f", without quotation marks; {printable(text)} is {value:g}{unit}"


class Shown(Record):
    """The averages that a platform shows; each may be left out."""

    aht_s: Annotated[Average | None, _average("aht_s")] = None
    """Handling time of a chat by the clock, not divided by the chats held meanwhile."""
    response_s: Annotated[Average | None, _average("response_s")] = None
    """From a customer's message to its reply: of all averages the one that tells most."""
    turns_per_chat: Annotated[Average | None, _average("turns_per_chat")] = None
    """Replies of the agent in a chat."""
    messages_per_chat: Annotated[Average | None, _average("messages_per_chat")] = None
    """Messages of both sides; `burst` says how many stand together."""
    missed_rate: Annotated[Average | None, _average("missed_rate")] = None
    asa_s: Annotated[Average | None, _average("asa_s")] = None
    wait_s: Annotated[Average | None, _average("wait_s")] = None
    """Mean wait of all, those who left too."""
    service_level: Annotated[Average | None, _average("service_level")] = None
    concurrency: Annotated[Average | None, _average("concurrency")] = None
    """Chats that an agent holds at once, on average."""
    occupancy: Annotated[Average | None, _average("occupancy")] = None
    slot_utilisation: Annotated[Average | None, _average("slot_utilisation")] = None
    attention: Annotated[Average | None, _average("attention")] = None
    wrap_up_s: Annotated[Average | None, _average("wrap_up_s")] = None
    """Work after the conversation; 0 if there is none."""
    frt_s: Annotated[Average | None, _average("frt_s")] = None
    """From the customer's arrival to the first reply."""
    frt_agent_s: Annotated[Average | None, _average("frt_agent_s")] = None
    """From the acceptance to the first reply."""
    focus_aht_s: Annotated[Average | None, _average("focus_aht_s")] = None
    """An agent's own time for a chat: writing and wrapping up."""

    def given(self) -> dict[str, Average]:
        """Give the averages that are known, by name."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: average for name, average in found.items() if average is not None}

    @property
    def turns(self) -> float | None:
        """Replies in a chat, as averages tell them."""
        if self.turns_per_chat is not None:
            return self.turns_per_chat.value
        if self.messages_per_chat is not None:
            return self.messages_per_chat.value / 2 / self.messages_per_chat.burst
        return None

    @property
    def duration_s(self) -> float | None:
        """From acceptance to the end of the conversation, as averages tell it at the longest."""
        if self.aht_s is None:
            return None
        wrap_up_s = self.wrap_up_s.value if self.wrap_up_s is not None else 0.0
        return self.aht_s.value - (wrap_up_s if self.aht_s.reading == "wrap-up" else 0.0)

    @property
    def handled_s(self) -> float | None:
        """Handling time, the wrap-up included; None where that is not known."""
        if self.aht_s is None:
            return None
        if self.aht_s.reading == "wrap-up":
            return self.aht_s.value
        return None if self.wrap_up_s is None else self.aht_s.value + self.wrap_up_s.value

    @property
    def missed(self) -> float:
        """Share of chats missed; 0 where it is not known."""
        return self.missed_rate.value if self.missed_rate is not None else 0.0


SHARE_OF_INTERVAL = 0.01
"""Last digit of shares by interval: 0 and 1 alone do not say that others could not stand there."""


def average_of_interval(name: str, value: float, whole: Average | None, step: float) -> Average:
    """Give an average of an interval, read as that of the *whole* is, if it is known."""
    reading = whole.reading if whole is not None else next(iter(WAYS.get(name, {})), "")
    return Average(value=value, reading=reading, step=step)


def step_of_intervals(name: str, values: Sequence[float]) -> float:
    """Last digit with which averages of intervals are written: the finest of any, of a share a per cent.

    >>> step_of_intervals("concurrency", [2.0, 1.5]), step_of_intervals("missed_rate", [0.0, 0.1])
    (0.1, 0.01)
    """
    known = [value for value in values if not isnan(value)]
    finest = min((last_digit(value) if value % 1 else 1.0 for value in known), default=1.0)
    return min(finest, SHARE_OF_INTERVAL) if name in SHARES else finest
