"""What does a client's request for proposal say? Volumes, handling time, languages, hours, promises.

Hardly any request says all of it: what is left out is assumed, and each assumption is named and priced
(`sim.studies.rfp`). Only the volume and the handling time are needed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from math import floor
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.bid import Bid
from sim.scenario.bid_clauses import Clause
from sim.scenario.bid_cost import Cost
from sim.scenario.bid_laws import BidParts, bid_laws
from sim.scenario.bid_price import Price
from sim.scenario.hours import OpeningHours
from sim.scenario.money import Currency
from sim.scenario.record import BrokenLaw, FrozenDict, Record, law_broken, repeated
from sim.scenario.targets import Targets
from sim.scenario.units import Day, Factor, Name, PositiveSeconds, Seconds, Share, Spread, Zone
from sim.scenario.words import Words, did_you_mean

MONTHS = 12
CHATS, AGENTS = "chats", "Agents"
"""Names of the queue and the team of a request without languages."""
CONCURRENCY = 2.0
"""Chats that an agent may hold, where nothing is said."""
ROUNDED = 0.015
"""Shares that are written in per cent add up to 1 within so much."""

Chats = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False, strict=True)]
Weights = tuple[Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False, strict=True)], ...]
Held = Annotated[float, Field(ge=1, le=20, allow_inf_nan=False, strict=True)]
"""Chats at once."""


def _per_month(given: Any) -> Any:
    """Chats of a month: one number, or one for each month of the year."""
    return [given] * MONTHS if isinstance(given, int | float) and not isinstance(given, bool) else given


def _twelve(chats: tuple[float, ...]) -> tuple[float, ...]:
    if len(chats) != MONTHS:
        raise PydanticCustomError(
            "months",
            "{law}",
            {"law": f"needs one number, or one for each of the {MONTHS} months, January first"},
        )
    return chats


def _many(n: int, what: str) -> AfterValidator:
    """Refuses a list of weights that has not so many, or nothing but zeros."""

    def check(weights: tuple[float, ...]) -> tuple[float, ...]:
        law = f"needs a number for each of the {n} {what}" if len(weights) != n else "must not be all 0"
        if len(weights) != n or not any(weights):
            raise PydanticCustomError("weights", "{law}", {"law": law})
        return weights

    return AfterValidator(check)


class Volume(Record):
    """How many chats come, and when."""

    per_month: Annotated[tuple[Chats, ...], BeforeValidator(_per_month), AfterValidator(_twelve)]
    """Chats of a month: one number, or one for each month of the year, January first."""
    counted: Literal["offered", "handled"] | None = None
    """Whether these are all chats that came, or only those that were answered."""
    growth: Annotated[float, Field(gt=-1, le=10, allow_inf_nan=False, strict=True)] | None = None
    """Chats of the contract's first year, more than these: 0.05 is 5 %."""
    by_weekday: Annotated[Weights, _many(7, "weekdays, Monday first")] | None = None
    """How a week lies over its days, in any unit."""
    by_hour: Annotated[Weights, _many(24, "hours of the day")] | None = None
    """How a day lies over its hours, in any unit."""
    forecast_error: Annotated[float, Field(ge=0, lt=1, strict=True)] | None = None
    """The volume may be so much higher or lower: 0.1 is 10 %."""
    busyness_cv: Spread | None = None
    """How much days differ by more than weekday and chance."""


class ChatService(Record):
    """What a chat takes, and how many an agent holds."""

    kind: Literal["turns", "work"] = "turns"
    """By turns, in which agents answer messages one at a time; or by work, in which further chats make all
    of them slower by a factor."""
    aht_s: PositiveSeconds
    """Mean handling time of a chat by the clock."""
    aht_includes: Literal["wrap-up", "conversation"] = "wrap-up"
    """Whether the wrap-up is part of it."""
    aht_divided: Annotated[bool, Field(strict=True)] | None = None
    """Whether the client has divided it by the chats that an agent holds meanwhile."""
    concurrency: Held | None = None
    """Most chats that an agent may hold at once. A mean of the team: with 2.5 half hold 2, and half 3."""
    held: Held | None = None
    """Chats that agents held at once, on average, when the handling time was measured."""
    response_s: PositiveSeconds | None = None
    """From a customer's message to its reply, on average; by turns."""
    turns: Annotated[float, Field(ge=1, le=1e4, allow_inf_nan=False, strict=True)] | None = None
    """Replies of the agent in a chat; by turns."""
    wrap_up_s: Seconds | None = None
    """Work after the conversation; by turns."""
    switching: Factor | None = None
    """How much longer a reply takes while its agent holds more than one chat; by turns."""
    slowdown: Factor | None = None
    """How much longer a chat takes for each further one that its agent holds, of its time alone; by work."""
    patience_s: PositiveSeconds | None = None
    """How long customers wait for an agent, on average, before they leave."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = list(self._broken())
        if broken:
            raise law_broken(*broken)
        return self

    def _broken(self) -> Iterator[BrokenLaw]:
        of_turns = ("response_s", "turns", "wrap_up_s", "switching")
        foreign = of_turns if self.kind == "work" else ("slowdown",)
        for key in foreign:
            if getattr(self, key) is not None:
                law = f'belongs to kind = "{"turns" if self.kind == "work" else "work"}"'
                yield (key,), law, getattr(self, key)
        if self.held is not None and self.concurrency is not None and self.held > self.concurrency:
            law = f"is above the most that agents may hold, concurrency = {self.concurrency:g}"
            yield ("held",), law, self.held
        if self.kind == "turns" and self.times_held is not None:
            yield from self._time_laws()

    def _time_laws(self) -> Iterator[BrokenLaw]:
        """What can't all be true of a chat's time, with the arithmetic."""
        talk_s = self.talk_s
        if talk_s <= 0:
            law = f"leaves nothing of a handling time of {self.undivided_s:g} s for the conversation"
            yield ("wrap_up_s",), law, self.wrap_up_s
            return
        if self.response_s is not None and self.turns is not None and self.turns > 1:
            replies_s = self.turns * self.response_s
            if replies_s >= talk_s:
                law = (
                    f"{self.turns:g} replies of {self.response_s:g} s are {replies_s:g} s, and the "
                    f"conversation lasts {talk_s:g} s: nothing is left for the customer. "
                    "Is AHT divided by the chats held?"
                )
                yield ("response_s",), law, self.response_s
        elif self.response_s is not None and self.response_s > talk_s:
            law = f"is longer than the conversation, {talk_s:g} s"
            yield ("response_s",), law, self.response_s

    @property
    def times_held(self) -> float | None:
        """By what the handling time is multiplied to be one by the clock; None where nobody says it."""
        return (self.held or self.concurrency) if self.aht_divided else 1.0

    @property
    def undivided_s(self) -> float:
        """Handling time by the clock, as far as that is known."""
        return self.aht_s * (self.times_held or 1.0)

    @property
    def talk_s(self) -> float:
        """The same without a wrap-up that is part of it, as far as that is known."""
        wrap_up_s = (self.wrap_up_s or 0.0) if self.aht_includes == "wrap-up" else 0.0
        return self.undivided_s - wrap_up_s


class Group(NamedTuple):
    """Agents with the same languages and slots."""

    name: str
    team: int
    slots: int
    share: float
    """Of the agents of their team."""


def mix(concurrency: float) -> list[tuple[int, float]]:
    """Slots of agents who may hold so many chats on average, each with its share of them.

    >>> mix(2.5), mix(3)
    ([(2, 0.5), (3, 0.5)], [(3, 1.0)])
    """
    below = floor(concurrency + 1e-9)
    more = round(concurrency - below, 6)
    return [(below, 1 - more), (below + 1, more)] if more > 0 else [(below, 1.0)]


class Language(Record):
    """A language of the customers."""

    name: Name
    share: Share
    """Of all chats."""
    aht_factor: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False, strict=True)] = 1.0
    """Handling time of its chats, times that of all."""


class Speakers(Record):
    """Agents who speak the same languages."""

    name: Name
    languages: tuple[Name, ...] = Field(min_length=1)
    share: Annotated[float, Field(gt=0, le=1, strict=True)] = 1.0
    """Of all agents: how the chats of a language are laid on those who speak it."""


class ContractClause(Clause):
    """A clause, with the contract's own words."""

    text: Annotated[str, Field(max_length=2_000, strict=True)] | None = None
    """As the request has it; written above the clause, and read by nobody but people."""


class Offer(Bid):
    """What is known of the bid: as `[bid]` of a scenario, in which cost and prices may be open still."""

    currency: Currency | None = None  # type: ignore[assignment]
    cost: Cost | None = None  # type: ignore[assignment]
    prices: tuple[Price, ...] = Field(default=(), max_length=20)
    clauses: tuple[ContractClause, ...] = Field(default=(), max_length=100)

    @property
    def lacks(self) -> list[str]:
        """What it needs before it can be judged."""
        return [key for key in ("currency", "cost", "prices") if not getattr(self, key)]


class Rfp(Record):
    """A request for proposal."""

    name: Name = "Bid"
    """The client's name, or the tender's."""
    start: Day = dt.date(2027, 1, 4)
    """When the contract begins."""
    zone: Zone | None = None
    hours: OpeningHours | Literal["always"] | None = None
    """As in a scenario, or "always"."""
    volume: Volume
    service: ChatService
    languages: tuple[Language, ...] = Field(default=(), max_length=20)
    teams: tuple[Speakers, ...] = Field(default=(), max_length=20)
    """Which languages agents speak."""
    targets: Targets | None = None
    """What is promised, as in a scenario."""
    shrinkage: Annotated[dict[Name, Share], AfterValidator(FrozenDict)] | None = None
    """Shares of paid time that are lost, by cause."""
    fte_hours_per_week: Annotated[float, Field(gt=0, le=168, strict=True)] = 40.0
    """Paid hours of a full-time agent's week."""
    bid: Offer | None = None
    """Clauses, and of cost and prices what is known."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = [*self._language_laws(), *self._team_laws(), *self._shrinkage_laws(), *self._bid_laws()]
        if broken:
            raise law_broken(*broken)
        return self

    def _language_laws(self) -> Iterator[BrokenLaw]:
        names = [each.name for each in self.languages]
        for k in repeated(names):
            yield ("languages", k, "name"), "names a language twice", names[k]
        total = sum(each.share for each in self.languages)
        if self.languages and abs(total - 1) > ROUNDED:
            yield ("languages",), "the shares must add up to 1", Words(f"{total:g}")

    def _team_laws(self) -> Iterator[BrokenLaw]:
        names = [each.name for each in self.languages]
        if self.teams and not names:
            yield (
                ("teams",),
                "say which languages agents speak, and there are no [[languages]]",
                Words("none"),
            )
            return
        for k in repeated([each.name for each in self.teams]):
            yield ("teams", k, "name"), "another team is called the same", self.teams[k].name
        for k, team in enumerate(self.teams):
            for n, language in enumerate(team.languages):
                if language not in names:
                    law = f"is none of the languages{did_you_mean(language, names)}"
                    yield ("teams", k, "languages", n), law, language
            for n in repeated(team.languages):
                yield ("teams", k, "languages", n), "names a language twice", team.languages[n]
        spoken = {language for team in self.teams for language in team.languages}
        for k, name in enumerate(names):
            if self.teams and name not in spoken:
                yield ("languages", k, "name"), "no team speaks it", name

    @property
    def queues(self) -> list[str]:
        """Names of the queues that it makes."""
        return [each.name for each in self.languages] or [CHATS]

    @property
    def speakers(self) -> tuple[Speakers, ...]:
        """Its teams; where it has none, one for each language."""
        return self.teams or (
            tuple(Speakers(name=name, languages=(name,)) for name in self.queues)
            if self.languages
            else (Speakers(name=AGENTS, languages=(CHATS,)),)
        )

    @property
    def groups(self) -> list[Group]:
        """The groups that it makes: a team whose agents hold different numbers of chats is two."""
        said = self.service.concurrency
        levels = mix(CONCURRENCY if said is None else said)
        return [
            Group(team.name if len(levels) == 1 else f"{team.name}, {slots} at once", t, slots, share)
            for t, team in enumerate(self.speakers)
            for slots, share in levels
        ]

    def _bid_laws(self) -> Iterator[BrokenLaw]:
        if self.bid is None:
            return
        wages = [] if self.bid.cost is None else list(self.bid.cost.wages)
        parts = BidParts(list(wages), list(self.bid.prices), list(self.bid.clauses))
        groups, has_turns = [group.name for group in self.groups], self.service.kind == "turns"
        yield from bid_laws(parts, self.queues, groups, has_quality=False, has_turns=has_turns)

    def _shrinkage_laws(self) -> Iterator[BrokenLaw]:
        for cause, share in (self.shrinkage or {}).items():
            if share >= 1:
                yield ("shrinkage", cause), "leaves no time to work", share
