"""How is each number of a fitted scenario known? Measured, inferred or assumed; how sure; from what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

How = Literal["measured", "inferred", "assumed"]


@dataclass(frozen=True, slots=True)
class Known:
    """A number of the scenario, and how it is known."""

    place: str
    """Dotted, such as ``queues.0.patience.mean_s``."""
    title: str
    value: float | None
    """None of a list: its comment says how it is known."""
    unit: str
    how: How
    source: str
    """What it is made of, in a few words."""
    low: float | None = None
    """Ends of the 95 % interval."""
    high: float | None = None
    n: float | None = None
    """Of how many chats, turns, ..."""
    of: str = ""
    """What those are."""
