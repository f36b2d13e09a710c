"""What do the people and their places cost? The record of `[bid.cost]`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.scenario.capacity import Leavers, Pace
from sim.scenario.money import Money, Multiple
from sim.scenario.record import BrokenLaw, Record, law_broken
from sim.scenario.units import Clock, Hours, Name, clock_text
from sim.scenario.words import Words


class DayName(StrEnum):
    """A day of the week, or a public holiday of `[holidays]`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
    HOLIDAY = "holiday"


Span = Annotated[float, Field(gt=0, le=1_000, allow_inf_nan=False, strict=True)]
"""Agents to one supervisor."""


class Wage(Record):
    """What some hours are paid, where that is not the usual wage."""

    days: tuple[DayName, ...] = Field(default=(), examples=[["sat", "sun", "holiday"]])
    """Omitted: all days."""
    start: Clock = Field(default=0.0, validate_default=False, examples=["20:00"])
    """By the centre's clocks."""
    end: Clock = Field(default=86_400.0, validate_default=False, examples=["24:00"])
    groups: tuple[Name, ...] = ()
    """Whose hours. Omitted: all groups'."""
    wage_per_hour: Money | None = Field(default=None, examples=[18.0])
    """What the hour is paid ..."""
    premium_share: Multiple | None = Field(default=None, examples=[0.25])
    """... or how much more than the usual wage: 0.25 is a quarter more."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = []
        if (self.wage_per_hour is None) == (self.premium_share is None):
            ways = Words("none of them" if self.wage_per_hour is None else "both")
            broken.append(((), "give exactly one of wage_per_hour and premium_share", ways))
        if self.end <= self.start:
            law = "must be after the start: hours over midnight are two entries"
            broken.append((("end",), law, clock_text(self.end)))
        if broken:
            raise law_broken(*broken)
        return self


class Cost(Record):
    """What the work costs: a month's amounts are for the hours, people and chats of the month."""

    wage_per_hour: Money | None = Field(default=None, examples=[15.0])
    """The usual wage of a paid hour. Omitted: `wages` must say it for all hours that somebody works."""
    wages: tuple[Wage, ...] = Field(default=(), max_length=100)
    """Hours with a wage of their own; the first entry that an hour falls under counts."""
    on_cost_share: Multiple = Decimal(0)
    """The employer's contributions and benefits, a share of all wages."""
    attrition_per_month: Leavers = 0.0
    """Share of the people who leave in a month, and are replaced."""
    begins_new: Annotated[bool, Field(strict=True)] = False
    """Whether everybody is new in the first month: a launch. Else the team is trained."""
    ramp: tuple[Pace, ...] = Field(default=(), max_length=24, examples=[[0.7, 0.9]])
    """What somebody new is worth in each month from the first with chats on, of a trained agent."""
    recruiting_per_hire: Money = Decimal(0)
    training_h_per_hire: Hours = 0.0
    """Hours of training before the first chat, paid at the month's mean wage, on-cost included."""
    training_per_hire: Money = Decimal(0)
    """Trainers, rooms and material."""
    supervisor_per_month: Money = Decimal(0)
    """Of one supervisor, all included."""
    span_agents_per_supervisor: Span | None = None
    """Agents to one supervisor; parts of a supervisor are paid as parts."""
    seat_per_month: Money = Decimal(0)
    """Of one place to work."""
    seats_per_agent: Multiple = Decimal(1)
    """Places for each full-time agent: below 1 where shifts share them."""
    licence_per_agent_month: Money = Decimal(0)
    """Software, for each full-time agent."""
    platform_per_chat: Money = Decimal(0)
    """What the chat platform or the telephone takes for each chat offered."""
    fixed_per_month: Money = Decimal(0)
    """Whatever does not depend on the size of the team."""
    overhead_share: Multiple = Decimal(0)
    """General overhead, a share of all other costs."""
    setup: Money = Decimal(0)
    """Once, in the first month."""
    inflation_per_year: Multiple = Decimal(0)
    """How much dearer everything is from each 13th month on."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = list(self._broken())
        if broken:
            raise law_broken(*broken)
        return self

    def _broken(self) -> Iterator[BrokenLaw]:
        if self.wage_per_hour is None and not self.wages:
            yield ("wage_per_hour",), "is missing, and no wages say what hours are paid", Words("none")
        for k, wage in enumerate(self.wages):
            if wage.premium_share is not None and self.wage_per_hour is None:
                law = "is more than the usual wage, which is missing: give cost.wage_per_hour"
                yield ("wages", k, "premium_share"), law, str(wage.premium_share)
        if self.supervisor_per_month and self.span_agents_per_supervisor is None:
            yield ("span_agents_per_supervisor",), "is missing: how many agents have one supervisor?", None
        if self.begins_new and not self.ramp:
            law = "a team of new people learns: give a ramp such as [0.7, 0.9], or [1.0] if it does not"
            yield ("ramp",), law, Words("none")
