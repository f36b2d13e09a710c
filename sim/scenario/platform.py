"""How late is the chat platform itself? The record of `[platform]`; the rules for it are R39 to R43."""

from __future__ import annotations

from sim.scenario.record import Record
from sim.scenario.units import Seconds


class Platform(Record):
    """Delays of the chat platform, the same each time: `sim load` measures those of a real server."""

    accept_s: Seconds = 0.0
    """From the moment when an agent could have a chat until they have it; the slot is held (R40)."""
    deliver_s: Seconds = 0.0
    """From a message's being sent to the other side's being shown it (R42)."""

    def __bool__(self) -> bool:
        """Whether it takes any time."""
        return max(self.accept_s, self.deliver_s) > 0
