"""Who answers, and when? The records of groups of agents."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from sim.world.laws import BrokenLaw, Record, Words, law_broken, repeated
from sim.world.units import Clock, Count, Factor, Minutes, Name, PositiveCount, Slots, clock_text


class Break(Record):
    """A break within a shift: no new chats; those in hand are finished."""

    start: Clock = Field(examples=["12:00"])
    minutes: Minutes = Field(examples=[30.0])

    @property
    def end(self) -> float:
        """Clock time, in seconds since midnight, at which the break is over."""
        return self.start + self.minutes * 60


class Shift(Record):
    """Some agents who come and go together, every day."""

    agents: PositiveCount = Field(examples=[6])
    start: Clock = Field(examples=["08:00"])
    end: Clock = Field(examples=["16:00"])
    breaks: tuple[Break, ...] = ()

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = []
        if self.end <= self.start:
            hint = 'for midnight write "24:00"' if self.end == 0 else "one over midnight is written as two"
            broken.append((("end",), f"a shift must end after it starts; {hint}", clock_text(self.end)))
        else:
            broken += self._break_laws()
        if broken:
            raise law_broken(*broken)
        return self

    def _break_laws(self) -> Iterator[BrokenLaw]:
        for k, pause in enumerate(self.breaks):
            if pause.start < self.start or pause.end > self.end:
                yield ("breaks", k), "a break must lie within its shift", Words(clock_text(pause.start))
        order = sorted(range(len(self.breaks)), key=lambda k: self.breaks[k].start)
        for early, late in pairwise(order):
            if self.breaks[late].start < self.breaks[early].end:
                yield ("breaks", late), "breaks must not overlap", Words(clock_text(self.breaks[late].start))


class Group(Record):
    """A team of agents with the same skills and slots."""

    name: Name = Field(examples=["Tier 1"])
    queues: tuple[Name, ...] = Field(min_length=1, examples=[["orders"]])
    """Skills: the queues that its agents serve."""
    concurrency: Slots = 1
    """Slots: how many chats an agent may hold at once."""
    switching: Factor = 0.0
    """How much longer a reply takes while its agent holds more than one chat: 0.18 is 18 % longer."""
    agents: Count | None = None
    """Constant: on duty throughout."""
    staffing: tuple[Count, ...] | None = None
    """Agents on duty in each planning interval of a day (or in each hour, half-hour or quarter)."""
    shifts: tuple[Shift, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _laws(self) -> Self:
        ways = sum(way is not None for way in (self.agents, self.staffing, self.shifts))
        if ways != 1:
            law = "give exactly one of agents, staffing and shifts"
            raise law_broken(((), law, Words(f"{ways} of them")))
        broken = [(("queues", k), "names a queue twice", self.queues[k]) for k in repeated(self.queues)]
        if broken:
            raise law_broken(*broken)
        return self

    @property
    def n_agents(self) -> int:
        """Different agents in the group."""
        if self.agents is not None:
            return self.agents
        if self.staffing is not None:
            return max(self.staffing, default=0)
        return sum(shift.agents for shift in self.shifts or ())
