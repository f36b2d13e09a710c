"""What does a planner know of their centre who has no logs? Volumes, agents, and averages of a platform.

A centre with one queue and one team is said at the top of the file; several are tables, ``[[queues]]`` and
``[[groups]]``, each with the averages that the platform shows of it alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from math import isnan
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.averages_laws import broken_laws
from sim.scenario.averages_shown import Average, Shown, average_of_interval, step_of_intervals
from sim.scenario.cells import DateOrder, Decimals
from sim.scenario.demand import PerHour, one_or_many
from sim.scenario.hours import Opening
from sim.scenario.record import FrozenDict, Record, law_broken
from sim.scenario.shifts import Shift
from sim.scenario.targets import QueueTargets, Targets
from sim.scenario.units import (
    DAY_S,
    HOUR_S,
    Count,
    Day,
    Days,
    Name,
    PositiveSeconds,
    Seconds,
    Slots,
    Spread,
    Zone,
)

By = Literal["overall", "queue", "group", "interval"]
FEWEST_CHATS = 20.0
"""An average of an interval counts if so many chats, over all days, are behind it."""
NEVER_SHARED = ("turns", "agent_s", "customer_s", "wrap_up_s", "patience_s", "handling")
"""Numbers that each queue has of its own, unless the file says that they are shared."""


class Seen(NamedTuple):
    """Which average: its name, and of what it is."""

    name: str
    by: By = "overall"
    cell: int = 0
    """Number of the queue, the group or the interval of the day."""


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
    handling: Known | None = None
    handling_cv: Known | None = None

    def given(self) -> dict[str, Known]:
        """Give those that are known, by name."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: known for name, known in found.items() if known is not None}


def _by_open(given: Any) -> Any:
    """Handling times by the chats open: a list, or a table ``{1 = 400, 2 = 520}`` from 1 on."""
    if not isinstance(given, Mapping):
        return given
    numbers = sorted(int(key) if str(key).isdigit() else 0 for key in given)
    if numbers != list(range(1, len(numbers) + 1)):
        named = ", ".join(map(str, given))
        law = f"needs a time with 1, 2, 3, ... chats open, none left out; it has {named}"
        raise PydanticCustomError("by_open", "{law}", {"law": law})
    return [given[str(k)] if str(k) in given else given[k] for k in numbers]


ByOpen = Annotated[tuple[PositiveSeconds, ...], Field(min_length=1), BeforeValidator(_by_open)]
"""Handling time of a chat while its agent holds 1, 2, 3, … chats, the wrap-up included."""
Agents = (
    Annotated[
        Annotated[Count, Tag("one")] | Annotated[tuple[Count, ...], Tag("many")], Discriminator(one_or_many)
    ]
    | None
)
"""On duty: one number, or one for each hour, half-hour or quarter; in a file also the name of a table."""


def _as_names(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


Names = Annotated[tuple[Name, ...], BeforeValidator(_as_names)]
"""One name, or several."""


class AgentsKnown(StrEnum):
    """Whether agents are those planned, or come from a log of who was on duty."""

    SCHEDULED = "scheduled"
    LOGGED = "logged"


class Missing(StrEnum):
    """What an interval without a row is, on a day of the volumes that has rows."""

    UNKNOWN = "unknown"
    ZERO = "zero"


class Team(Record):
    """Agents who serve the same queues."""

    name: Name = "Agents"
    queues: tuple[Name, ...] | None = Field(default=None, min_length=1)
    """Omitted: all."""
    slots: Slots
    """Concurrency limit: most chats an agent may hold."""
    agents: Agents = None
    shifts: tuple[Shift, ...] | None = Field(default=None, min_length=1)
    """Instead of agents."""
    agents_known: AgentsKnown = AgentsKnown.SCHEDULED
    averages: Shown = Shown()
    """Of its agents alone."""

    def hours_a_day(self, open_h: float) -> float:
        """Hours on duty of a day, of a centre that is open so long."""
        if self.shifts is not None:
            return sum(
                shift.agents
                * (shift.span[1] - shift.span[0] - 60 * sum(pause.minutes for pause in shift.breaks))
                / HOUR_S
                for shift in self.shifts
            )
        if isinstance(self.agents, tuple):
            return sum(self.agents) * 24 / max(len(self.agents), 1)
        return (self.agents or 0) * open_h


class Line(Record):
    """Chats of one kind: how many come, and what the platform shows of them."""

    name: Name = "chats"
    priority: Annotated[int, Field(ge=-1_000_000, le=1_000_000, strict=True)] = 1
    """Lower is served first."""
    offered: PerHour
    busyness_cv: Spread = 0.0
    interval_cv: Spread = 0.0
    averages: Shown = Shown()
    handling_s_by_open: ByOpen | None = None
    known: KnownNumbers | None = None
    targets: QueueTargets = QueueTargets()
    """What is promised of this queue."""


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
    slots: Slots | None = None
    """Concurrency limit: most chats an agent may hold."""
    offered: PerHour | None = None
    """Chats offered an hour: one number, or 24, 48 or 96 for a mean day; in a file the name of a table."""
    agents: Agents = None
    shifts: tuple[Shift, ...] | None = Field(default=None, min_length=1)
    """Instead of agents."""
    agents_known: AgentsKnown = AgentsKnown.SCHEDULED
    """Whether agents are those planned, or come from a log of who was on duty."""
    zone: Zone | None = None
    """Time zone of the centre, for tables whose times are UTC, and for the hours when clocks change."""
    media: Names = ()
    """Kinds of contact that are read of volumes; of a file with several, one must be named."""
    queue: Names = ()
    """Queues that are read of volumes which have several."""
    mapping: Name | None = None
    """A file that says which column of the volumes is what."""
    dates: DateOrder | None = None
    """What 02/03/2026 means in the tables, where they don't show it."""
    decimals: Decimals | None = None
    """What 1.012 means in the tables, where they don't show it."""
    missing: Missing = Missing.UNKNOWN
    """What an interval without a row is, on a day of the volumes that has rows."""
    busyness_cv: Spread = 0.0
    """How much days differ by more than chance; from a table of several days it is measured."""
    interval_cv: Spread = 0.0
    """How much the intervals of a day differ by more than that; measured likewise."""
    averages: Shown = Shown()
    """Of all chats and agents."""
    by_interval: Annotated[dict[str, tuple[float, ...]], AfterValidator(FrozenDict)] = Field(
        default={}, validate_default=True
    )
    """Averages of each hour, half-hour or quarter of the day; in a file the name of a table."""
    handling_s_by_open: ByOpen | None = None
    """For service by work: handling times are put in, and do not come out of replies."""
    known: KnownNumbers | None = None
    """Numbers of the scenario that are known otherwise."""
    queues: tuple[Line, ...] | None = Field(default=None, min_length=1, max_length=20)
    """Several queues, instead of `offered`."""
    groups: tuple[Team, ...] | None = Field(default=None, min_length=1, max_length=20)
    """Several teams, instead of `slots` and `agents`."""
    shared: tuple[Literal["turns", "agent_s", "customer_s", "wrap_up_s", "patience_s", "handling"], ...] = ()
    """Numbers that all queues have in common, besides spreads and who is truly on duty."""
    targets: Targets = Targets()
    """What is promised; where nothing is, the agents are asked for that accept 80 % in time."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = broken_laws(self)
        if broken:
            raise law_broken(*broken)
        return self

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its queues; one, where the file has no tables of queues."""
        if self.queues is not None:
            return self.queues
        return (
            Line.model_construct(
                name="chats", offered=self.offered or 0.0, busyness_cv=self.busyness_cv,
                interval_cv=self.interval_cv, handling_s_by_open=self.handling_s_by_open,
            ),
        )  # fmt: skip

    @property
    def teams(self) -> tuple[Team, ...]:
        """Its groups; one, where the file has no tables of groups."""
        if self.groups is not None:
            return self.groups
        return (
            Team.model_construct(
                name="Agents", slots=self.slots or 1, agents=self.agents, shifts=self.shifts,
                agents_known=self.agents_known,
            ),
        )  # fmt: skip

    def served(self, team: Team) -> tuple[str, ...]:
        """Names of the queues that a team serves."""
        return team.queues if team.queues is not None else tuple(line.name for line in self.lines)

    def shown(self, queue: int) -> Shown:
        """What is known of the chats of a queue: where nothing is said of it, what is said of all."""
        own = self.lines[queue].averages.given()
        return Shown.model_construct(**dict(self.averages) | own)

    def slots_of(self, queue: int) -> int:
        """Most chats that an agent may hold who serves a queue."""
        name = self.lines[queue].name
        return max((team.slots for team in self.teams if name in self.served(team)), default=1)

    @property
    def by_work(self) -> bool:
        """Whether service is by work: handling times by the chats open are given."""
        return any(line.handling_s_by_open is not None for line in self.lines)

    @property
    def given(self) -> dict[Seen, Average]:
        """The averages that are known; one that is known by interval or by queue, only so."""
        apart = set(self.by_interval)
        apart |= self._known_of_all(tuple(line.averages for line in self.queues or ()))
        found = {Seen(name): each for name, each in self.averages.given().items() if name not in apart}
        for by, parts in (("queue", self.queues or ()), ("group", self.groups or ())):
            for k, part in enumerate(parts):
                own: Shown = part.averages  # type: ignore[attr-defined]
                found |= {Seen(name, by, k): each for name, each in own.given().items()}  # type: ignore[arg-type]
        return found | self._given_by_interval()

    @staticmethod
    def _known_of_all(parts: tuple[Shown, ...]) -> set[str]:
        """Averages that are known of each of several parts."""
        return set.intersection(*(set(part.given()) for part in parts)) if parts else set()

    @property
    def not_used(self) -> list[str]:
        """Averages of the whole that are not looked at, since they are known by interval or by queue."""
        return [name for name in self.averages.given() if Seen(name) not in self.given]

    def _given_by_interval(self) -> dict[Seen, Average]:
        found: dict[Seen, Average] = {}
        for name, values in self.by_interval.items():
            usual: Average | None = getattr(self.averages, name)
            chats, step = self.chats_by(len(values)), step_of_intervals(name, values)
            for k, value in enumerate(values):
                if not isnan(value) and chats[k] * self.days >= FEWEST_CHATS:
                    found[Seen(name, "interval", k)] = average_of_interval(name, value, usual, step)
        return found

    @property
    def has_no_wrap_up(self) -> bool:
        """Whether there is no wrap-up, for sure."""
        said = [self.shown(q).wrap_up_s for q in range(len(self.lines))]
        return all(each is not None and each.value == 0 for each in said)

    @property
    def has_targets(self) -> bool:
        """Whether anything is promised."""
        return bool(self.targets.bounds() or any(line.targets.bounds() for line in self.lines))

    @property
    def open_h(self) -> float:
        """Hours of a day for which it is open."""
        return sum(until - begin for begin, until in self.open_spans) / HOUR_S

    @property
    def open_spans(self) -> list[tuple[float, float]]:
        """From and until when it is open on a mean day, in seconds since midnight."""
        if self.hours is None:
            return [(0.0, float(DAY_S))]
        begin, until = self.hours.span
        if until <= DAY_S:
            return [(begin, until)]
        return [(0.0, until - DAY_S), (begin, float(DAY_S))]

    def chats_by(self, n: int, queue: int | None = None) -> list[float]:
        """Chats offered in each of *n* parts of a mean day, of a queue or of all."""
        lines = self.lines if queue is None else self.lines[queue : queue + 1]
        edges = [k * DAY_S / n for k in range(n + 1)]
        return [
            sum(_chats(line, self.open_spans, begin, until) for line in lines)
            for begin, until in pairwise(edges)
        ]

    @property
    def chats_a_day(self) -> float:
        """Chats offered on a mean day, within the opening hours."""
        return self.chats_by(1)[0]

    @property
    def agent_hours_a_day(self) -> float:
        """Hours on duty of a day, as they are said to be."""
        return sum(team.hours_a_day(self.open_h) for team in self.teams)

    def slots_by_hour(self) -> list[float] | None:
        """Slots on duty in each hour of the day; None where shifts say it."""
        found = [0.0] * 24
        for team in self.teams:
            if team.shifts is not None:
                return None
            levels = team.agents if isinstance(team.agents, tuple) else (team.agents or 0,)
            for k in range(24):
                found[k] += team.slots * levels[k * len(levels) // 24]
        return found

    def handling(self, queue: int, most: int) -> tuple[float, ...]:
        """Handling times with 1, 2, ... *most* chats open; beyond those given they go on by the last step."""
        given = self.lines[queue].handling_s_by_open or ()
        step = given[-1] - given[-2] if len(given) > 1 else 0.0
        more = (given[-1] + max(step, 0.0) * (k + 1) for k in range(most - len(given)))
        return (*given, *more)


def _chats(line: Line, open_spans: list[tuple[float, float]], begin: float, until: float) -> float:
    """Chats of a queue offered between two times of a mean day, while the centre is open."""
    rates = line.offered if isinstance(line.offered, tuple) else (line.offered,)
    width_s = DAY_S / len(rates)
    return sum(
        rate * max(min(until, close, (k + 1) * width_s) - max(begin, opens, k * width_s), 0.0) / HOUR_S
        for k, rate in enumerate(rates)
        for opens, close in open_spans
    )


__all__ = ["Average", "Averages", "ByOpen", "Known", "KnownNumbers", "Line", "Seen", "Shown", "Team"]
