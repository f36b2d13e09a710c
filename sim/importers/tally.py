"""What was dropped, mended or not understood on import? Counters with the first places of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sim.errors import LogError, short

MEANINGS: Mapping[str, str] = {
    "rows": "Records read.",
    "chats": "Chats kept.",
    "messages": "Messages kept.",
    "legs": "Times that an agent held, or was offered, a chat.",
    "duplicates": "The same record again: the copy with the latest stamp stays, else the first.",
    "duplicate_messages": "The same message again: one stays.",
    "unread_files": "Files of a folder whose names say that they are no export: not read.",
    "missing_columns": "Columns that the mapping names and the file has not: left unknown.",
    "duplicate_columns": "Columns with the name of one before them: left aside.",
    "malformed": "Could not be read: dropped.",
    "other_channel": "No chats: dropped.",
    "filtered": "Left aside by the mapping.",
    "offline_messages": "Forms left while nobody was there; no chats: dropped.",
    "outbound_unanswered": "Begun by the centre, and the customer never said a word: dropped.",
    "deleted": "Deleted records: dropped.",
    "no_demand": "Phantom calls of the log itself: dropped.",
    "orphan_messages": "Of no chat in the export: dropped.",
    "orphan_legs": "Agents' parts of no chat in the export: dropped.",
    "orphan_ratings": "Ratings of no chat in the export: dropped.",
    "no_beginning": "Parts of chats whose beginning is not in the export: dropped.",
    "impossible_times": "A time that contradicts the order (accepted before it was asked for): left unknown.",
    "bad_ratings": "Outside their scale: left unknown.",
    "unknown_values": "Words that mean nothing here: left unknown.",
    "unknown_events": "Events of a kind that means nothing here: passed over.",
    "unended_status": "Agents' status whose end is not in the export: no time on duty.",
    "truncated_chats": "Their messages are not all there.",
    "ambiguous_times": "In the hour that a clock change doubles: taken as the earlier.",
    "left_without_details": "Left the queue without a record: counted by the platform, missing here.",
    "missing_days": "Days without any chat between the first and the last: closed, or not exported?",
    "undecodable": "Letters that are none in the file's encoding: shown as �.",
    "too_large": "Larger than is read: dropped.",
}  # fmt: skip
"""What each counter means."""
HARMLESS = frozenset(
    {
        "rows", "chats", "messages", "legs", "other_channel", "filtered", "offline_messages",
        "outbound_unanswered", "deleted", "no_demand", "missing_days", "left_without_details",
        "unended_status", "unread_files",
    }
)  # fmt: skip
"""What is as it should be: `--strict` goes on."""
DROPS = frozenset(
    {
        "duplicates", "malformed", "other_channel", "filtered", "offline_messages", "outbound_unanswered",
        "deleted", "no_demand", "orphan_messages", "orphan_legs", "orphan_ratings", "no_beginning",
        "duplicate_messages", "too_large",
    }
)  # fmt: skip
"""Counters of what is not in the tables."""
SHOWN_PLACES = 3


@dataclass(slots=True)
class Counter:
    """How often something was met in one file, and where first."""

    count: int = 0
    places: list[str] = field(default_factory=list)


class Tally:
    """Counters by name and file, and facts that were found out."""

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.counters: dict[tuple[str, str], Counter] = {}
        self.facts: dict[str, tuple[str, str]] = {}
        """Value and meaning by name."""

    def count(self, name: str, file: str = "", place: str = "", why: str = "", n: int = 1) -> None:
        """Count something, which is told by its *place* and *why*.

        Raises
        ------
        LogError
            If it is strict, and this is not as it should be.
        """
        if self.strict and name not in HARMLESS:
            told = why or MEANINGS[name].rstrip(".")
            raise LogError(": ".join(part for part in (file, place, f"{name}: {told}") if part))
        counter = self.counters.setdefault((name, file), Counter())
        counter.count += n
        if place and len(counter.places) < SHOWN_PLACES:
            counter.places.append(f"{place}: {short(why)}" if why else place)

    def count_rows(self, name: str, rows: Sequence[tuple[str, str]]) -> None:
        """Count rows, each with its file and place."""
        for file, place in rows:
            self.count(name, file, place)

    def say(self, name: str, value: object, meaning: str) -> None:
        """Note a fact."""
        self.facts[name] = str(value), meaning

    def __getitem__(self, name: str) -> int:
        """How often in all files."""
        return sum(counter.count for (each, _), counter in self.counters.items() if each == name)

    def rows(self) -> Iterator[tuple[str, str, int | None, str | None, str, str]]:
        """Rows of the report: facts, then counters in the order of their meanings."""
        for name, (value, meaning) in self.facts.items():
            yield name, "", None, value, "", meaning
        order = list(MEANINGS)
        for (name, file), counter in sorted(
            self.counters.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        ):
            yield name, file, counter.count, None, "; ".join(counter.places), MEANINGS[name]
