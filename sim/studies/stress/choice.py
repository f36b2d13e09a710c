"""Which courses of load may be asked for? Their names and sizes: nothing heavy, as help shows them."""

from __future__ import annotations

from enum import StrEnum

SMOKE_MIN, SMOKE = 60.0, 0.25
"""A smoke test is so long and so light."""
SPIKE_MIN, SPIKE = 15.0, 4.0
STRESS = 1.5
RAMP = (1.25, 1.5, 1.75, 2.0)
SOAK_DAYS = 5


class Profile(StrEnum):
    """How the load runs."""

    SMOKE = "smoke"
    AVERAGE = "average"
    RAMP = "ramp"
    STRESS = "stress"
    SPIKE = "spike"
    SOAK = "soak"
    BREAKPOINT = "breakpoint"
    STAGES = "stages"

    @property
    def told(self) -> str:
        """What it is, in a few words."""
        return _TOLD[self]


_TOLD = {
    Profile.SMOKE: f"the first hour, or the day if it is shorter, at {SMOKE:g} times the demand, and no more",
    Profile.AVERAGE: "a day of today's demand",
    Profile.RAMP: f"evenly up to {RAMP[-1]:g} times the demand over the day",
    Profile.STRESS: f"up to {STRESS:g} times the demand, held, and back",
    Profile.SPIKE: f"{SPIKE:g} times the demand for {SPIKE_MIN:g} minutes, at most a third of the day, "
    "and what follows",
    Profile.SOAK: f"{SOAK_DAYS} days of today's demand, or as many as the scenario has",
    Profile.BREAKPOINT: "more and more demand, until every target is missed",
    Profile.STAGES: "the scenario's own [[stress.stages]]",
}
