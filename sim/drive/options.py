"""How is a day to be played? How fast, by whom, and what happens to the connections on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from sim.drive.adapters import Target
from sim.errors import LoadError
from sim.scenario.words import unknown


class Mode(StrEnum):
    """How a day is played."""

    REACTIVE = "reactive"
    """Everybody reacts to what the server tells them."""
    TIMELINE = "timeline"
    """Everybody does what they did in the twin, at that instant, whatever the server tells them."""

    @classmethod
    def named(cls, name: str) -> Self:
        """Mode by name; raises `LoadError` with the nearest if there is none."""
        if name not in list(cls):
            raise LoadError(f"--mode: {unknown('mode', str(name), map(str, cls))}")
        return cls(name)


@dataclass(frozen=True, slots=True)
class Crew:
    """How many further processes there are to be, and how each reaches the server."""

    n: int
    target: Target
    template: Path | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, that is looked at by itself."""

    name: str
    start_s: float
    """In seconds since the first midnight."""
    end_s: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens to the clients' connections, on purpose."""

    churn_s: float | None = None
    """Each connection breaks once in so many simulated seconds, and comes back. Omitted: none does."""
    storm_s: float | None = None
    """All break at once, so many seconds after the first midnight, and come back at once. Omitted: never."""
    away_s: float = 2.0
    """So long a connection is gone, on the wall clock."""
    slow_share: float = 0.0
    """Share of the clients that read slowly."""
    slow_s: float = 2.0
    """Those read nothing for so long, on the wall clock, then all that has come, and so on."""

    def __bool__(self) -> bool:
        return self.breaks or self.slow_share > 0

    @property
    def breaks(self) -> bool:
        """Whether any connection breaks."""
        return self.churn_s is not None or self.storm_s is not None


NO_TROUBLE = Trouble()


@dataclass(frozen=True, slots=True)
class Options:
    """How a day is to be played."""

    speed: float = 1.0
    """Simulated seconds in one of the wall clock."""
    mode: Mode = Mode.REACTIVE
    max_in_flight: int | None = None
    """Most chats that are open at once: further ones are skipped and counted. Omitted: no limit."""
    crew: Crew | None = None
    """Further processes that play the customers. Omitted: none."""
    virtual: bool = False
    """Without a wall clock: for servers in this process. The speed is then 1."""
    parts: tuple[Part, ...] = ()
    """Parts of the day whose latencies are kept by themselves too."""
    trouble: Trouble = NO_TROUBLE
