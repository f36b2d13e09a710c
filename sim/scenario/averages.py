"""What does a planner know of their centre who has no logs? Volumes, agents, and averages of a platform.

An average is a number, or a table that says how the platform reads it: ``response_s = { value = 64, counts =
"after the first" }``. What is not known is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.cells import DateOrder
from sim.scenario.demand import RATE_COUNTS, PerHour
from sim.scenario.hours import Opening
from sim.scenario.record import BrokenLaw, Record, law_broken
from sim.scenario.scenario import Scenario
from sim.scenario.shifts import Shift
from sim.scenario.targets import Targets
from sim.scenario.units import DAY_S, HOUR_S, Count, Day, Days, Name, Seconds, Slots, Spread, clock_text
from sim.scenario.words import Words, did_you_mean

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
USUAL_LEVEL = 0.80
"""Service level that is asked for where nothing is promised."""
_USUAL = {"replies": "all"}
"""Words that mean another reading's."""


class Average(Record):
    """An average as a platform shows it, and how it is read."""

    value: Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False, strict=True)]
    reading: str = ""
    """One of the readings of `WAYS`; empty where there is only one."""
    step: float = 1.0
    """Its last digit: 677 is known to 1, 0.057 to 0.001."""
    burst: Annotated[float, Field(ge=1, le=20, strict=True)] = 1.0
    """Messages that stand together and count as one: messages a chat ÷ 2 ÷ this are its turns."""


def last_digit(value: float) -> float:
    """Give the step of the last digit of a number as it is written.

    >>> last_digit(677), last_digit(0.057), last_digit(64.5)
    (1.0, 0.001, 0.1)
    """
    exponent = Decimal(repr(value)).as_tuple().exponent
    return 10.0 ** min(int(exponent), 0)


def _average(name: str) -> BeforeValidator:
    """Reads an average: a number, or a table with its value and reading."""
    ways = WAYS.get(name, {})

    def read(given: Any) -> Any:
        if given is None or isinstance(given, Average):
            return given
        table = dict(given) if isinstance(given, Mapping) else {"value": given}
        value, burst, reading = table.pop("value", None), table.pop("burst", 1.0), ""
        for key, word in table.items():
            known = [other for other, way in ways.items() if way == key]
            if not known:
                keys = sorted({"value", *ways.values(), *(["burst"] if name == "messages_per_chat" else [])})
                law = f"{name}: unknown key {key!r} (known: {', '.join(keys)}){did_you_mean(key, keys)}"
                raise PydanticCustomError("reading", "{law}", {"law": law})
            if word not in known:
                law = f"{key} must be one of {', '.join(map(repr, known))}{did_you_mean(str(word), known)}"
                raise PydanticCustomError("reading", "{law}", {"law": law})
            reading = _USUAL.get(word, word) if not reading or word != "replies" else reading
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise PydanticCustomError("float_type", "must be a number")
        if name in SHARES and value > 1:
            law = f"must be a share, at most 1; {value:g} % is {value / 100:g}"
            raise PydanticCustomError("share", "{law}", {"law": law})
        usual = next(iter(ways), "")
        return {"value": value, "reading": reading or usual, "step": last_digit(value), "burst": burst}

    return BeforeValidator(read)


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


class Known(Record):
    """A number of the scenario that is known otherwise, and how well."""

    value: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False, strict=True)]
    spread: Annotated[float, Field(gt=0, le=10, strict=True)] = 0.05
    """So much more or less is as usual: 0.1 is ± 10 %."""


class KnownNumbers(Record):
    """Numbers of the scenario that are known otherwise."""

    turns: Known | None = None
    agent_s: Known | None = None
    customer_s: Known | None = None
    wrap_up_s: Known | None = None
    patience_s: Known | None = None
    available: Known | None = None
    agent_cv: Known | None = None
    customer_cv: Known | None = None
    patience_cv: Known | None = None


class Averages(Record):
    """A centre as far as its volumes, its agents and its averages tell it."""

    name: Name = "My centre"
    start: Day = dt.date(2026, 3, 2)
    days: Days = 20
    """Days over which the averages were taken."""
    hours: Opening | None = None
    """Of every day; omitted: round the clock."""
    threshold_s: Seconds = 30.0
    """Of the service level."""
    slots: Slots
    """Concurrency limit: most chats an agent may hold."""
    offered: PerHour
    """Chats offered an hour: one number, or 24, 48 or 96 for a mean day; in a file the name of a table."""
    agents: Annotated[Count | tuple[Count, ...] | None, Field(union_mode="left_to_right")] = None
    """On duty: one number, or one for each hour, half-hour or quarter; in a file also the name of a table."""
    shifts: tuple[Shift, ...] | None = Field(default=None, min_length=1)
    """Instead of agents."""
    agents_known: Literal["scheduled", "logged"] = "scheduled"
    """Whether agents are those planned, or come from a log of who was on duty."""
    dates: DateOrder | None = None
    """What 02/03/2026 means in the tables, where they don't show it."""
    busyness_cv: Spread = 0.0
    """How much days differ by more than chance; from a table of several days it is measured."""
    averages: Shown
    known: KnownNumbers | None = None
    """Numbers of the scenario that are known otherwise."""
    targets: Targets = Targets()
    """What is promised; where nothing is, the agents are asked for that accept 80 % in time."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        ways = (self.agents is not None) + (self.shifts is not None)
        if ways != 1:
            raise law_broken(((), "give exactly one of agents and shifts", Words(f"{ways} of them")))
        if isinstance(self.agents, tuple) and len(self.agents) not in RATE_COUNTS:
            law = "agents of a day are 24, 48 or 96 (by hour, half-hour or quarter)"
            raise law_broken((("agents",), law, Words(f"{len(self.agents)} numbers")))
        broken = list(self._mean_day_laws()) or list(contradictions(self))
        if broken:
            raise law_broken(*broken)
        return self

    def _mean_day_laws(self) -> Iterator[BrokenLaw]:
        """What a mean day can't have."""
        if self.hours is not None and self.hours.close <= self.hours.open:
            law = "a mean day must close after it opens; give a night desk's averages shifted to the day"
            yield ("hours", "close"), law, clock_text(self.hours.close)
        if isinstance(self.offered, tuple) and len(self.offered) not in RATE_COUNTS:
            law = "chats of a day are 24, 48 or 96 rates (by hour, half-hour or quarter)"
            yield ("offered",), law, Words(f"{len(self.offered)} numbers")
        for k, shift in enumerate(self.shifts or ()):
            if shift.days or shift.dates:
                law = "averages are of a mean day: give its shifts without days and dates"
                yield ("shifts", k), law, Words("of some days")

    @property
    def given(self) -> dict[str, Average]:
        """The averages that are known, by name."""
        return self.averages.given()

    @property
    def known_numbers(self) -> dict[str, Known]:
        """Numbers that are known otherwise, by name."""
        if self.known is None:
            return {}
        found = {name: getattr(self.known, name) for name in KnownNumbers.model_fields}
        return {name: known for name, known in found.items() if known is not None}

    @property
    def has_no_wrap_up(self) -> bool:
        """Whether there is no wrap-up, for sure."""
        return self.averages.wrap_up_s is not None and self.averages.wrap_up_s.value == 0

    @property
    def has_targets(self) -> bool:
        """Whether anything is promised."""
        return bool(self.targets.bounds())

    @property
    def chats_a_day(self) -> float:
        """Chats offered on a mean day, within the opening hours."""
        return sum(rate * hours for rate, hours in self._open_rates())

    def _open_rates(self) -> Iterator[tuple[float, float]]:
        """Rates an hour, each with the hours of a day for which it holds and the centre is open."""
        rates = self.offered if isinstance(self.offered, tuple) else (self.offered,)
        opens, closes = (self.hours.open, self.hours.close) if self.hours else (0.0, float(DAY_S))
        width_s = DAY_S / len(rates)
        for k, rate in enumerate(rates):
            overlap_s = min(closes, (k + 1) * width_s) - max(opens, k * width_s)
            if overlap_s > 0:
                yield rate, overlap_s / HOUR_S

    @property
    def agent_hours_a_day(self) -> float:
        """Hours on duty of a day, as they are said to be."""
        if self.shifts is not None:
            return sum(
                shift.agents
                * (shift.span[1] - shift.span[0] - 60 * sum(pause.minutes for pause in shift.breaks))
                / HOUR_S
                for shift in self.shifts
            )
        if isinstance(self.agents, tuple):
            return sum(self.agents) * 24 / len(self.agents)
        span_s = self.hours.close - self.hours.open if self.hours else DAY_S
        return (self.agents or 0) * span_s / HOUR_S

    @property
    def turns(self) -> float | None:
        """Replies in a chat, as averages tell them."""
        shown = self.averages
        if shown.turns_per_chat is not None:
            return shown.turns_per_chat.value
        if shown.messages_per_chat is not None:
            return shown.messages_per_chat.value / 2 / shown.messages_per_chat.burst
        return None

    @property
    def duration_s(self) -> float | None:
        """From acceptance to the end of the conversation, as averages tell it at the longest."""
        shown = self.averages
        if shown.aht_s is None:
            return None
        wrap_up_s = shown.wrap_up_s.value if shown.wrap_up_s is not None else 0.0
        return shown.aht_s.value - (wrap_up_s if shown.aht_s.reading == "wrap-up" else 0.0)

    def scenario(
        self, service: Mapping[str, Any], patience: Mapping[str, Any], switching: float = 0.0
    ) -> Scenario:
        """Give the scenario of one day of this centre, with a table of service and one of patience."""
        group: dict[str, Any] = {
            "name": "Agents", "queues": ["chats"], "concurrency": self.slots, "switching": switching,
        }  # fmt: skip
        if self.shifts is not None:
            group["shifts"] = [shift.model_dump() for shift in self.shifts]
        else:
            group["agents" if isinstance(self.agents, int) else "staffing"] = self.agents
        arrivals: dict[str, Any] = {"per_hour": self.offered, "busyness_cv": self.busyness_cv}
        queue = {"name": "chats", "arrivals": arrivals, "patience": dict(patience), "service": dict(service)}
        width_min = 24 * 60 // len(self.offered) if isinstance(self.offered, tuple) else 30
        return Scenario.model_validate(
            {
                "name": self.name, "start": self.start, "interval_min": width_min,
                "hours": None if self.hours is None else self.hours.model_dump(),
                "targets": {"threshold_s": self.threshold_s, **self._promise()},
                "queues": [queue], "groups": [group],
            }
        )  # fmt: skip

    def _promise(self) -> dict[str, Any]:
        """What is promised, as a table without the threshold."""
        given = {key: value for key, value in self.targets.model_dump().items() if value is not None}
        given.pop("threshold_s", None)
        return given if self.has_targets else {**given, "service_level": USUAL_LEVEL}


def contradictions(centre: Averages) -> Iterator[BrokenLaw]:
    """Averages that can't all be true, each with the arithmetic."""
    shown, turns, duration_s = centre.averages, centre.turns, centre.duration_s
    if shown.messages_per_chat is not None and shown.turns_per_chat is not None and turns is not None:
        told = shown.messages_per_chat.value / 2 / shown.messages_per_chat.burst
        if not 0.4 < told / max(turns, 1e-9) < 2.5:
            law = (
                f"{shown.messages_per_chat.value:g} messages are not those of {turns:g} replies; "
                "do messages come in bursts? then say burst"
            )
            yield ("averages", "messages_per_chat"), law, shown.messages_per_chat.value
    if turns is not None and turns < 1:
        yield ("averages", "turns_per_chat"), "a chat has at least one reply", turns
    if shown.response_s is not None and turns is not None and duration_s is not None:
        yield from _replies_too_long(centre, shown.response_s, turns, duration_s)
    if shown.concurrency is not None and shown.concurrency.value > centre.slots:
        law = (
            f"is above the {centre.slots} chats that an agent may hold (slots); "
            "is it of the team, or is the limit higher?"
        )
        yield ("averages", "concurrency"), law, shown.concurrency.value
    if shown.concurrency is not None and shown.concurrency.reading == "busy" and shown.concurrency.value < 1:
        law = 'who holds any chat holds at least 1; is it while on duty? then say while = "on duty"'
        yield ("averages", "concurrency"), law, shown.concurrency.value
    if shown.focus_aht_s is not None and shown.aht_s is not None:
        if shown.focus_aht_s.value > shown.aht_s.value * 1.01:
            law = (
                f"an agent's own time for a chat can't be above its AHT, {shown.aht_s.value:g} s; "
                "is AHT already divided by concurrency?"
            )
            yield ("averages", "focus_aht_s"), law, shown.focus_aht_s.value
        if shown.response_s is not None and turns is not None:
            most = 1.2 * centre.slots * shown.focus_aht_s.value / turns
            if shown.response_s.value > most:
                law = (
                    f"with {centre.slots} chats at once of {shown.focus_aht_s.value:g} s of work in "
                    f"{turns:g} replies nobody waits longer than about {most:.0f} s for a reply; "
                    "is it the first response, waiting included?"
                )
                yield ("averages", "response_s"), law, shown.response_s.value
    if shown.aht_s is not None:
        yield from _too_much_work(centre, shown.aht_s)
    if shown.asa_s is not None and shown.service_level is not None:
        yield from _too_fast(centre, shown.asa_s, shown.service_level)


def _replies_too_long(
    centre: Averages, response: Average, turns: float, duration_s: float
) -> Iterator[BrokenLaw]:
    """Replies that take longer than the chat."""
    n = turns if response.reading != "after the first" else turns - 1
    replies_s = n * response.value
    if replies_s <= duration_s * 1.01:
        return
    left_s = duration_s - replies_s
    each = (
        f", {left_s / (turns - 1):.0f} s for each of the customer's {turns - 1:g} messages"
        if turns > 1
        else ""
    )
    minutes = " Is AHT in minutes?" if duration_s < 60 else ""
    law = (
        f"{n:g} replies of {response.value:g} s are {replies_s:.0f} s; a chat of {duration_s:g} s leaves "
        f"{left_s:.0f} s{each}. Is AHT already divided by concurrency? Do messages come in bursts?{minutes}"
    )
    yield ("averages", "response_s"), law, response.value


def _too_much_work(centre: Averages, aht: Average) -> Iterator[BrokenLaw]:
    """More handling than slots on duty hold."""
    missed = centre.averages.missed_rate.value if centre.averages.missed_rate is not None else 0.0
    handled, hours = centre.chats_a_day * (1 - missed), centre.agent_hours_a_day
    need, have = handled * aht.value / HOUR_S, hours * centre.slots
    if need > have * 1.03:
        law = (
            f"{handled:,.0f} chats a day of {aht.value:g} s are {need:,.1f} hours, and {hours:,.1f} hours on "
            f"duty with {centre.slots} chats at once are {have:,.1f}; "
            "is somebody missing from the agents, or are the chats those of more days?"
        )
        yield ("averages", "aht_s"), law, aht.value


def _too_fast(centre: Averages, asa: Average, level: Average) -> Iterator[BrokenLaw]:
    """A mean wait below what those who waited longer than the threshold make alone."""
    if asa.reading != "answered":
        return
    missed = 0.0
    if level.reading != "answered":
        if centre.averages.missed_rate is None:
            return
        missed = centre.averages.missed_rate.value
    late = 1 - level.value - level.step - missed
    least_s = late * centre.threshold_s
    if asa.value + asa.step < least_s:
        law = (
            f"at least {100 * late:.1f} % were accepted after {centre.threshold_s:g} s, which alone makes a "
            f"mean of {least_s:.1f} s; is it another threshold?"
        )
        yield ("averages", "asa_s"), law, asa.value
