"""How will the team be months from now? The record of `[capacity]`, which `sim capacity` plans with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.scenario.record import BrokenLaw, Record, law_broken
from sim.scenario.units import Count, Factor, PositiveCount
from sim.scenario.words import Words

Months = Annotated[int, Field(ge=1, le=60, strict=True)]
"""How many months are planned."""
Wait = Annotated[int, Field(ge=0, le=24, strict=True)]
"""Months that something takes."""
Growth = Annotated[float, Field(gt=-1, le=1, allow_inf_nan=False, strict=True)]
"""More chats from month to month, a share of those before."""
Leavers = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False, strict=True)]
"""Share of the people who leave in a month."""
Pace = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, strict=True)]
"""What somebody new is worth, as a share of a trained agent."""
Money = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False, strict=True)]
"""An amount in any currency."""


class HiringClass(Record):
    """People who begin together."""

    month: PositiveCount = Field(examples=[3])
    """In which month of the plan they begin; 1 is the first."""
    people: PositiveCount = Field(examples=[4])


class Capacity(Record):
    """People, growth, leavers and hiring over months; the scenario itself is the first of them."""

    months: Months = 12
    """How many months are planned, from that of the scenario's first day on."""
    people: Count = Field(examples=[24])
    """Trained people who are employed when the first month begins, each with the contract hours."""
    growth: Growth = 0.0
    """Chats of a month, more than in the month before: 0.02 is 2 %."""
    volume: tuple[Factor, ...] | None = Field(default=None, examples=[[1.0, 1.1]])
    """Chats of each month, times the scenario's, instead of growth: season and all."""
    attrition: Leavers = 0.0
    """Share of the people employed at the beginning of a month who leave in it."""
    notice_months: Wait = 1
    """Months from the decision to hire until people begin: no class can begin in fewer."""
    training_months: Wait = 1
    """Months in training, paid and without chats."""
    ramp: tuple[Pace, ...] = Field(default=(), max_length=24, examples=[[0.6, 0.8]])
    """What they are worth in each month after it. Omitted: as a group's `ramp` says, or full worth."""
    cost_per_hour: Money = 1.0
    """Of each paid hour: 1 makes costs paid hours."""
    cost_per_hire: Money = 0.0
    """Of each person hired."""
    classes: tuple[HiringClass, ...] = Field(default=(), max_length=100)
    """Classes that are hired. Omitted: `sim capacity` finds the fewest people, as late as can be."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = list(self._broken())
        if broken:
            raise law_broken(*broken)
        return self

    def _broken(self) -> Iterator[BrokenLaw]:
        if self.volume is not None and len(self.volume) != self.months:
            law = f"needs a factor for each of the {self.months} months"
            yield ("volume",), law, Words(f"{len(self.volume)} of them")
        if self.volume is not None and self.growth:
            yield ("growth",), "volume says already how chats grow: leave one of them out", self.growth
        for k, each in enumerate(self.classes):
            if each.month > self.months:
                law = f"must be one of the plan's months, 1 to {self.months}"
                yield ("classes", k, "month"), law, each.month

    @property
    def factors(self) -> tuple[float, ...]:
        """Chats of each month, times the scenario's own."""
        if self.volume is not None:
            return self.volume
        return tuple((1 + self.growth) ** month for month in range(self.months))
