"""Who answers? The records of groups of agents; of their shifts, see `sim.scenario.shifts`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from math import prod
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from sim.scenario.distributions import Distribution
from sim.scenario.factors import FactorDistribution
from sim.scenario.hours import Weekday
from sim.scenario.record import BrokenLaw, FrozenDict, Record, law_broken, repeated
from sim.scenario.shifts import Shift, crews
from sim.scenario.targets import GroupTargets
from sim.scenario.units import (
    Clock,
    Count,
    Day,
    Factor,
    Hours,
    Minutes,
    Name,
    PositiveCount,
    Share,
    Slots,
    Zone,
    clock_text,
)
from sim.scenario.words import Place, Words

Lost = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False, strict=True)]
"""Share of something that is lost: never all of it."""
ShiftHours = Annotated[float, Field(gt=0, le=24, allow_inf_nan=False, strict=True)]
"""Length of a shift."""


class StaffingByDay(Record):
    """Agents on duty in each planning interval of some weekdays and dates, lists as long as `staffing`."""

    mon: tuple[Count, ...] | None = None
    tue: tuple[Count, ...] | None = None
    wed: tuple[Count, ...] | None = None
    thu: tuple[Count, ...] | None = None
    fri: tuple[Count, ...] | None = None
    sat: tuple[Count, ...] | None = None
    sun: tuple[Count, ...] | None = None
    dates: Annotated[dict[Day, tuple[Count, ...]], AfterValidator(FrozenDict)] = Field(
        default={}, validate_default=True, examples=[{"2026-03-02": [0] * 24}]
    )
    """Of single dates: what is said here goes before the weekday's staffing, holidays and closed days."""

    def of_weekday(self, weekday: Weekday) -> tuple[int, ...] | None:
        """What is said of a weekday by its name; None for nothing."""
        said: tuple[int, ...] | None = getattr(self, weekday)
        return said

    @property
    def lists(self) -> list[tuple[Place, tuple[int, ...]]]:
        """All lists, each with its place in the record."""
        of_weekdays = [
            ((name.value,), said) for name in Weekday if (said := self.of_weekday(name)) is not None
        ]
        return [*of_weekdays, *((("dates", str(day)), said) for day, said in self.dates.items())]


class BreakWindow(Record):
    """A break of shifts that are to be planned: how long it is, and when it may begin."""

    minutes: Minutes = Field(default=30.0, examples=[30.0])
    earliest_h: Hours = Field(examples=[3.0])
    """Hours after the shift's start from which it may begin ..."""
    latest_h: Hours = Field(examples=[5.0])
    """... and until which it must have begun."""
    grid_min: PositiveCount = 30
    """It may begin every so many minutes from the earliest time."""
    least_length_h: Hours = Field(default=0.0, examples=[6.0])
    """Shorter shifts go without it."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if self.latest_h < self.earliest_h:
            raise law_broken(
                (("latest_h",), f"must be at least earliest_h, {self.earliest_h:g}", self.latest_h)
            )
        return self


class Pattern(Record):
    """Shifts that may be planned: how long, when, with which breaks, for how many agents, at what cost."""

    lengths_h: tuple[ShiftHours, ...] = Field(min_length=1, examples=[[8.0, 4.0]])
    """From log-in to log-off, breaks included."""
    earliest: Clock | None = Field(default=None, examples=["08:00"])
    """Earliest start; omitted: when the centre opens, or midnight."""
    latest: Clock | None = Field(default=None, examples=["20:00"])
    """Latest end; omitted: when the centre closes, or midnight."""
    over_midnight: bool = False
    """Whether the latest end is on the next day: shifts over midnight, which `sim roster --weeks` plans."""
    grid_min: PositiveCount = 30
    """A shift may begin every so many minutes from the earliest start."""
    breaks: tuple[BreakWindow, ...] = ()
    """In the order in which they are taken."""
    paid_breaks: bool = False
    least_agents: Count = 0
    """Fewest agents on all shifts of the pattern together."""
    most_agents: Count | None = None
    """Most agents on all shifts of the pattern together. Omitted: no limit."""
    cost_per_hour: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False, strict=True)] = 1.0
    """Of each paid hour, in any currency: 1 for all makes the cost the paid hours."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = [
            (("lengths_h", k), "names a length twice", length_h)
            for k, length_h in enumerate(self.lengths_h)
            if length_h in self.lengths_h[:k]
        ]
        if self.most_agents is not None and self.most_agents < self.least_agents:
            broken.append(
                (("most_agents",), f"must be at least least_agents, {self.least_agents}", self.most_agents)
            )
        if self.over_midnight and (self.earliest is None or self.latest is None):
            broken.append((("over_midnight",), "needs an earliest start and a latest end", True))
        ends = None if self.over_midnight else self.latest
        if self.earliest is not None and ends is not None and ends <= self.earliest:
            hint = '; for midnight write "24:00"' if ends == 0 else ""
            broken.append((("latest",), f"must be after the earliest start{hint}", clock_text(ends)))
        broken += self._break_laws()
        if broken:
            raise law_broken(*broken)
        return self

    def _break_laws(self) -> Iterator[BrokenLaw]:
        for k, window in enumerate(self.breaks):
            shortest_h = min((h for h in self.lengths_h if h >= window.least_length_h), default=float("inf"))
            if window.latest_h + window.minutes / 60 > shortest_h:
                law = f"the break must end within a shift of {shortest_h:g} h; or give it a least_length_h"
                yield ("breaks", k, "latest_h"), law, window.latest_h


class Ramp(Record):
    """New hires: the last agents of their group, slower at first, better by the day."""

    new_hires: PositiveCount = Field(examples=[3])
    """How many of the group's agents are new: the ones with the highest numbers."""
    speed: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, strict=True)] = Field(examples=[0.6])
    """Their speed on the scenario's first day, as a share of what it will be."""
    days: PositiveCount = Field(examples=[20])
    """Days until they have learnt everything: in between, their speed rises by the same step every day."""

    def learning(self, day: int) -> float:
        """Share of the full speed that new hires have on a *day*, from 0."""
        return min(1.0, self.speed + (1 - self.speed) * day / self.days)


class Seniority(Record):
    """Some agents of a group with slots of their own."""

    agents: PositiveCount = Field(examples=[2])
    concurrency: Slots = Field(examples=[4])


class Group(Record):
    """A team of agents with the same skills, who may differ in speed, slots and reliability."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Tier 1", "queues": ["orders"], "agents": 8}]}
    )

    name: Name = Field(examples=["Tier 1"])
    queues: tuple[Name, ...] = Field(min_length=1, examples=[["orders"]])
    """Skills: the queues that its agents serve."""
    concurrency: Slots = 1
    """Slots: how many chats an agent may hold at once."""
    switching: Factor = 0.0
    """How much longer a reply takes while its agent holds more than one chat: 0.18 is 18 % longer."""
    zone: Zone | None = Field(default=None, examples=["Asia/Manila"])
    """Time zone of its shifts and staffing. Omitted: the centre's."""
    agents: Count | None = None
    """Constant: on duty while the centre is open, and then until nobody waits whom they may serve."""
    staffing: tuple[Count, ...] | None = None
    """Agents on duty in each planning interval of a day (or in each hour, half-hour or quarter)."""
    staffing_by_day: StaffingByDay | None = None
    """The same on some weekdays and dates; without `staffing`, nobody is on duty on the others."""
    shifts: tuple[Shift, ...] | None = Field(default=None, min_length=1)
    patterns: tuple[Pattern, ...] = ()
    """Shifts that `sim roster` may plan for the group; they change nothing in a run."""
    seniority: tuple[Seniority, ...] = ()
    """Slots of the group's first agents, in order of number; the others have `concurrency`."""
    speed: FactorDistribution | None = None
    """Speed of each agent, at least 0.05: at 1.25 a reply takes 1 / 1.25 of its time. Omitted: speed 1."""
    ramp: Ramp | None = None
    """New hires, who are slower at first. Omitted: none."""
    absence: Share = 0.0
    """Unplanned: probability that an agent is away for a whole day, drawn for each agent and day."""
    late_s: Distribution | None = None
    """How late an agent logs in on each day of duty. Omitted: punctual."""
    shrinkage: Annotated[dict[Name, Lost], AfterValidator(FrozenDict)] = Field(
        default={}, validate_default=True, examples=[{"holiday": 0.1, "training": 0.04}]
    )
    """Planned: shares of paid time lost to holidays, training, meetings, … by cause. They change no staffing:
    they turn hours on duty into paid hours."""
    targets: GroupTargets = GroupTargets()
    """What is promised of this group."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        is_staffed = bool(self.staffings) or self.staffing is not None
        ways = sum((self.agents is not None, is_staffed, self.shifts is not None))
        if ways != 1:
            law = "give exactly one of agents, staffing and shifts"
            raise law_broken(((), law, Words(f"{ways} of them")))
        broken: list[BrokenLaw] = [
            (("queues", k), "names a queue twice", self.queues[k]) for k in repeated(self.queues)
        ]
        broken += self._crew_laws()
        broken += self._people_laws()
        if broken:
            raise law_broken(*broken)
        return self

    def _crew_laws(self) -> Iterator[BrokenLaw]:
        shifts = self.shifts or ()
        for first, *others in crews(shifts):
            for k in others:
                if shifts[k].agents != shifts[first].agents:
                    law = f"the crew {shifts[k].crew!r} has {shifts[first].agents} agents in its other shift"
                    yield ("shifts", k, "agents"), law, shifts[k].agents
        for place, staffing in self.staffings[1:]:
            if len(staffing) != len(self.staffings[0][1]):
                law = f"all staffing of a group has as many numbers, here {len(self.staffings[0][1])}"
                yield place, law, Words(f"{len(staffing)} numbers")

    def _people_laws(self) -> Iterator[BrokenLaw]:
        if self.ramp is not None and self.ramp.new_hires > self.n_agents:
            yield ("ramp", "new_hires"), f"the group has {self.n_agents} agents", self.ramp.new_hires
        seniors = sum(level.agents for level in self.seniority)
        if seniors > self.n_agents:
            yield ("seniority",), f"the group has {self.n_agents} agents", Words(f"{seniors} in all")

    @property
    def slots(self) -> list[int]:
        """Slots of each agent, in order of number."""
        seniors = [level.concurrency for level in self.seniority for _ in range(level.agents)]
        return seniors + [self.concurrency] * (self.n_agents - len(seniors))

    @property
    def most_slots(self) -> int:
        """Slots of the agent who has most."""
        return max([self.concurrency, *(level.concurrency for level in self.seniority)])

    @property
    def planned_shrinkage(self) -> float:
        """Share of paid time that is planned to be lost: the causes multiplied out."""
        return 1 - prod(1 - share for share in self.shrinkage.values())

    @property
    def n_agents(self) -> int:
        """Different agents in the group."""
        if self.agents is not None:
            return self.agents
        if self.shifts is None:
            return max((max(staffing, default=0) for _, staffing in self.staffings), default=0)
        return sum(self.shifts[first].agents for first, *_ in crews(self.shifts))

    @property
    def staffings(self) -> list[tuple[Place, tuple[int, ...]]]:
        """Staffing of every day and of some days, each with its place in the group."""
        lists: list[tuple[Place, tuple[int, ...]]] = []
        if self.staffing is not None:
            lists.append((("staffing",), self.staffing))
        if self.staffing_by_day is not None:
            lists += [(("staffing_by_day", *place), said) for place, said in self.staffing_by_day.lists]
        return lists

    def staffing_on(
        self, date: dt.date, closed_by: Literal["weekday", "date"] | None
    ) -> tuple[int, ...] | None:
        """Staffing of a date (R12), *closed_by* its weekday, as a date, or not at all; None for nobody."""
        by_day = self.staffing_by_day or StaffingByDay()
        if (said := by_day.dates.get(date)) is not None:
            return said
        if closed_by != "date" and (said := by_day.of_weekday(Weekday.of(date))) is not None:
            return said
        return self.staffing if closed_by is None else None
