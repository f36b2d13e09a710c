"""To what is a centre put when it is stressed? The record of `[stress]`, which `sim stress` plays."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.incidents import Incident
from sim.scenario.record import Record
from sim.scenario.units import Factor, Minutes, Moment, Name


class Stage(Record):
    """A time in which so many times as many chats come as usual."""

    minutes: Minutes = Field(examples=[30.0])
    factor: Factor = Field(examples=[2.0])
    """So many times the scenario's own demand comes at its end."""
    ramp: Literal["step", "linear"] = "step"
    """Whether it comes from the beginning, or demand rises or falls to it evenly, minute by minute."""
    name: Name | None = None
    """What the stage is called. Omitted: by its number."""


class Stress(Record):
    """What goes wrong under stress; on the ordinary days of every other command nothing of it does."""

    start: Moment | None = None
    """When the first stage begins. Omitted: when the centre first opens, the warm-up being over."""
    stages: tuple[Stage, ...] = Field(default=(), max_length=1_000)
    """How demand goes, one stage after the other; before and after them it is the usual."""
    fail_if: tuple[str, ...] = Field(default=(), max_length=1_000, examples=[["missed_rate > 0.1"]])
    """Thresholds, such as ``orders.frt_p90_s > 120``; over each stage, or ``over run``, ``over interval``."""
    incidents: tuple[Incident, ...] = Field(default=(), max_length=1_000)
    """What happens beside the demand."""
    in_force: Annotated[bool, Field(strict=True)] = False
    """Whether the incidents happen in every command, not in `sim stress` alone."""
