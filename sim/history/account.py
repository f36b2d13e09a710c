"""What became of each row that was read? Kept, or left out for a reason, with the first places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.history.words import OFFERED
from sim.scenario.cells import DateOrder, Decimals
from sim.scenario.units import plural
from sim.scenario.volumes import MOST_CHATS

_PLACES = 3
"""Places that are told of what was left out."""


@dataclass(frozen=True, slots=True)
class How:
    """What the user says of how their history is to be read."""

    zone: str | None = None
    """Time zone of the centre."""
    media: tuple[str, ...] = ()
    """Kinds of contact that are read; where there are several in a file, one must be named."""
    queues: tuple[str, ...] = ()
    """Queues that are read; none for all."""
    dates: DateOrder | None = None
    decimals: Decimals | None = None
    fills: bool = False
    """Whether an interval without a row, on a day that has rows, had no contacts; else nobody knows."""
    names: tuple[str, ...] = OFFERED
    """Names that the column of contacts may have, the surest first: agents on duty are read alike."""
    what: str = "a volume"
    """What their cells are called where one is no number ..."""
    most: float = MOST_CHATS
    """... from 0 to so much: 1 of a share."""
    takes_clocks: bool = False
    """Whether rows may have clock times alone: they are then of a mean day."""
    is_of_file: bool = False
    """Whether all this stands in a file, and not on the command line."""

    def said(self, name: str, value: str) -> str:
        """Say how one of these is given, such as ``--zone Europe/Berlin``.

        >>> How().said("dates", "day first"), How(is_of_file=True).said("dates", "day first")
        ('--dates "day first"', 'dates = "day first"')
        """
        if self.is_of_file:
            return f'{name} = "{value}"'
        return f'--{name} "{value}"' if " " in value else f"--{name} {value}"


@dataclass(slots=True)
class LeftOut:
    """Rows that were left out for one reason."""

    n: int = 0
    places: list[str] = field(default_factory=list)
    contacts: float = 0.0
    """Contacts in them, as far as they say."""


@dataclass(slots=True)
class Account:
    """Rows read, kept and left out: ``rows`` is ``kept`` and all that was left out."""

    rows: int = 0
    kept: int = 0
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    understood: list[str] = field(default_factory=list)
    """How each file was read: a sentence a file."""
    remarks: list[str] = field(default_factory=list)
    """What is to be known of the numbers."""

    def leave_out(self, why: str, place: str, contacts: float = 0.0) -> None:
        """Count a row that is not kept."""
        left = self.left_out.setdefault(why, LeftOut())
        left.n += 1
        left.contacts += contacts
        if len(left.places) < _PLACES:
            left.places.append(place)

    def words(self) -> Iterator[str]:
        """Say what was read, and what was left out and where."""
        yield f"{plural(self.rows, 'row')} read, {self.kept:,} kept"
        for why, left in self.left_out.items():
            more = ", ..." if left.n > len(left.places) else ""
            yield f"left out: {plural(left.n, 'row')} {why} ({', '.join(left.places)}{more})"
