"""To what is a centre put when it is stressed? The record of `[stress]`, which `sim stress` plays."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.incidents import Incident
from sim.scenario.record import Record


class Stress(Record):
    """What goes wrong under stress; on the ordinary days of every other command nothing of it does."""

    incidents: tuple[Incident, ...] = Field(default=(), max_length=1_000)
    """What happens beside the demand."""
    in_force: Annotated[bool, Field(strict=True)] = False
    """Whether the incidents happen in every command, not in `sim stress` alone."""
