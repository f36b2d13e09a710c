"""Which sheets does a scenario's workbook have, with which headings? Written and read by the same table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "number", "whole", "share", "time", "date", "list", "any"]
"""What a cell must hold: a list is words with commas between."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EVERY_DAY = "Every day"
CLOSED = "closed"
UNPLANNED = "unplanned"
"""Cause of the absences that nobody plans."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column to fill in."""

    title: str
    kind: Kind
    meaning: str
    unit: str = ""
    is_needed: bool = False

    @property
    def shown(self) -> str:
        """As it stands on the sheet: with its unit in brackets."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A sheet to fill in."""

    name: str
    meaning: str
    headings: tuple[Heading, ...]
    examples: tuple[tuple[Any, ...], ...]
    """Rows of the template."""
    is_needed: bool = False
    plain: tuple[str, ...] = ()
    """Settings that its rows may have, where each row is one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the first sheet: a key of the scenario itself."""

    title: str
    key: str
    kind: Kind
    meaning: str
    example: Any
    unit: str = ""


SETTINGS = (
    Setting("Name", "name", "text", "what pictures and tables call it", "My chat centre"),
    Setting("First day", "start", "date", "a Monday, if weekdays are to stand in their order", "2026-03-02"),
    Setting("Days", "days", "whole", "7 for a week", 7),
    Setting("Planning interval", "interval_min", "whole", "for which agents and figures are told", 30, "min"),
    Setting("Time zone", "zone", "text", "such as Europe/Berlin, where clocks change; may stay empty", None),
    Setting(
        "Contract hours a week", "fte_hours_per_week", "number", "paid hours of a full-time agent", 40, "h"
    ),
)
_QUEUE = Heading("Queue", "text", "kind of chat", is_needed=True)
_GROUP = Heading("Group", "text", "team", is_needed=True)
_FROM = Heading("From", "time", "when the interval begins", is_needed=True)


def _by_day(what: str) -> tuple[Heading, ...]:
    return tuple(Heading(day, "number", what) for day in DAYS)


def _week(
    levels: Sequence[float], factors: tuple[float, ...], *, open_h: int = 8
) -> tuple[tuple[Any, ...], ...]:
    """Rows of half-hours with the levels of a day, times a factor for each weekday."""
    return tuple(
        (f"{open_h + k // 2:02d}:{30 * (k % 2):02d}", *(round(level * factor) for factor in factors))
        for k, level in enumerate(levels)
    )


_CHATS = [20, 20, 30, 30, 40, 40, 45, 45, 35, 35, 30, 30, 40, 40, 45, 45, 35, 35, 25, 25, 20, 20, 15, 15]
_AGENTS = [4, 4, 6, 7, 8, 8, 9, 9, 8, 8, 7, 7, 8, 8, 9, 9, 8, 7, 6, 6, 5, 5, 4, 4]
SHEETS = (
    SheetLayout(
        "centre",
        "The centre: days, planning interval, and contract hours.",
        (
            Heading("Setting", "text", "which", is_needed=True),
            Heading("Value", "any", "what you know"),
            Heading("Meaning", "text", "what it is; nothing to fill in"),
        ),
        (),
        is_needed=True,
    ),
    SheetLayout(
        "hours",
        "When chats may arrive; without this sheet always. A close before the open is on the next day.",
        (
            Heading("Day", "any", "Every day, Mon … Sun, or a date", is_needed=True),
            Heading("Open", "any", "a time, or closed"),
            Heading("Close", "time", "a time; 24:00 for midnight"),
        ),
        ((EVERY_DAY, "08:00", "20:00"), ("Sun", CLOSED, None)),
    ),
    SheetLayout(
        "queues",
        "Each kind of chat: how long customers wait, and how much talk it takes.",
        (
            _QUEUE,
            Heading(
                "Patience", "number", "mean time until a customer who waits leaves; empty: for ever", "s"
            ),
            Heading("Messages of the agent", "number", "mean replies of the agent in a chat", is_needed=True),
            Heading(
                "Time for a reply", "number", "mean time to read, think and write, alone", "s", is_needed=True
            ),
            Heading(
                "Time of the customer", "number", "mean time until the next message", "s", is_needed=True
            ),
            Heading("Wrap-up", "number", "mean work after a chat", "s"),
            Heading("Days differ by", "share", "how much days are busier than others, beyond chance"),
        ),
        (("orders", 180, 6, 40, 55, 20, 0.15),),
        is_needed=True,
    ),
    SheetLayout(
        "groups",
        "Each team: its chats, and how many at once. Agents stand here, or on the sheets agents or shifts.",
        (
            _GROUP,
            Heading("Queues", "list", "kinds of chat, with commas between", is_needed=True),
            Heading("Chats at once", "whole", "most chats that an agent holds", is_needed=True),
            Heading(
                "Agents", "whole", "on duty whenever it is open; empty: as the sheets agents or shifts say"
            ),
        ),
        (("Tier 1", "orders", 3, None),),
        is_needed=True,
    ),
    SheetLayout(
        "volumes",
        "Chats that come, by interval and weekday. Rows every 15, 30 or 60 minutes; what is missing is none.",
        (_QUEUE, _FROM, *_by_day("chats expected in the interval")),
        tuple(("orders", *row) for row in _week(_CHATS, (1.25, 1.0, 0.95, 0.95, 1.0, 0.7, 0.0))),
        is_needed=True,
    ),
    SheetLayout(
        "agents",
        "Agents on duty. Rows as long as the planning interval; what is missing is none.",
        (_GROUP, _FROM, *_by_day("agents on duty in the interval")),
        tuple(("Tier 1", *row) for row in _week(_AGENTS, (1.2, 1.0, 1.0, 1.0, 1.0, 0.75, 0.0))),
    ),
    SheetLayout(
        "shifts",
        "Shifts instead of agents by interval. An end before the start is on the next day.",
        (
            _GROUP,
            Heading("Agents", "whole", "who come and go together", is_needed=True),
            Heading("From", "time", "log-in", is_needed=True),
            Heading("To", "time", "log-off", is_needed=True),
            Heading("Days", "list", "Mon, Tue, … or Mon-Fri; empty: each day that is open"),
            Heading("Break from", "time", "beginning of the break; empty: none"),
            Heading("Break", "number", "length of the break", "min"),
        ),
        (),
    ),
    SheetLayout(
        "targets",
        "What is promised. Shares as 80 %, times in seconds.",
        (
            Heading("Of", "text", "a queue or a group; empty: the centre"),
            Heading(
                "Target", "text", "service_level, threshold_s, max_missed, max_response_s, …", is_needed=True
            ),
            Heading("Value", "number", "the bound", is_needed=True),
        ),
        (
            (None, "threshold_s", 30),
            (None, "service_level", 0.8),
            (None, "max_missed", 0.05),
            (None, "max_response_s", 60),
        ),
    ),
    SheetLayout(
        "absences",
        "Shares of paid time: planned ones by cause, and the unplanned absences of a day.",
        (
            _GROUP,
            Heading("Cause", "text", f"holidays, training, …; or {UNPLANNED}", is_needed=True),
            Heading("Share", "share", "share of paid time; of unplanned ones, of agents", is_needed=True),
        ),
        (("Tier 1", "holidays", 0.1), ("Tier 1", "training", 0.04), ("Tier 1", UNPLANNED, 0.05)),
    ),
)
BY_NAME = {layout.name: layout for layout in SHEETS}
