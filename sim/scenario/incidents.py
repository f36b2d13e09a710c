"""What goes wrong on a bad day? The records of incidents; what they do, the rules say (R33 to R38)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sim.scenario.local_time import LocalTime
from sim.scenario.record import Chosen
from sim.scenario.units import Count, Minutes, Moment, Name, plural

Slowness = Annotated[float, Field(ge=1, le=100, allow_inf_nan=False, strict=True)]
"""How many times as long something takes."""


class _Incident(Chosen):
    """Something that goes wrong for a while."""

    chosen_by: ClassVar[str] = "kind"

    start: Moment = Field(examples=["2026-03-02T10:00:00"])
    minutes: Minutes = Field(examples=[30.0])
    """How long it lasts; its end is no longer part of it."""

    def span_s(self, local: LocalTime) -> tuple[float, float]:
        """Start and end by the centre's clocks, in seconds since its first midnight."""
        start_s = local.moment_s(self.start)
        return start_s, start_s + self.minutes * 60

    @property
    def told(self) -> str:
        """What happens, and when, in words."""
        return f"{self.start:%Y-%m-%d %H:%M}, {self.minutes:g} min: {self._what()}"

    def _what(self) -> str:
        raise NotImplementedError


class AgentsOut(_Incident):
    """Agents of a group fall out: they finish what they have in hand, and are away until it is over (R34)."""

    kind: Literal["agents_out"] = "agents_out"
    group: Name = Field(examples=["Tier 1"])
    agents: Count = Field(examples=[2])
    """How many: of those on duty meanwhile, the ones with the highest numbers."""

    def _what(self) -> str:
        return f"{plural(self.agents, 'agent')} of {self.group!r} out"


class ShiftGap(_Incident):
    """A gap between shifts: a group, or everybody, is off duty (R35)."""

    kind: Literal["shift_gap"] = "shift_gap"
    group: Name | None = Field(default=None, examples=["Tier 1"])
    """Omitted: everybody."""

    def _what(self) -> str:
        return f"{'everybody' if self.group is None else repr(self.group)} off duty"


class SlowSystem(_Incident):
    """What agents begin meanwhile takes longer (R36)."""

    kind: Literal["slow_system"] = "slow_system"
    factor: Slowness = 1.5
    """How many times as long replies, wrap-ups and work take."""

    def _what(self) -> str:
        return f"a slow system, agents take {self.factor:g} times as long"


class Outage(_Incident):
    """Nobody can answer; customers go on arriving, writing and losing patience (R37)."""

    kind: Literal["outage"] = "outage"

    def _what(self) -> str:
        return "an outage, nobody can answer"


class Burst(_Incident):
    """Customers who come on top of the usual ones, as after a newsletter (R38)."""

    kind: Literal["burst"] = "burst"
    queue: Name = Field(examples=["orders"])
    customers: Count = Field(examples=[200])
    """Exactly so many, at times drawn alike over its length."""

    def _what(self) -> str:
        return f"a burst, {plural(self.customers, 'customer')} more in {self.queue!r}"


Incident = Annotated[AgentsOut | ShiftGap | SlowSystem | Outage | Burst, Field(discriminator="kind")]
"""Something that goes wrong, chosen by its `kind`."""
