"""Which column of a table is what? A mapping: of a known layout, found by words, or the user's own file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationError, model_validator

from sim.errors import ScenarioError
from sim.scenario.cells import DateOrder, Decimals
from sim.scenario.files import data_of, text_of
from sim.scenario.record import BrokenLaw, FrozenDict, Record, law_broken
from sim.scenario.units import FROM_FILE, Name
from sim.scenario.words import Place, Words, did_you_mean, problems

DAY_MIN = 1_440
"""Minutes of a day: the length of a row that holds a day's total."""


class Durations(StrEnum):
    """Unit of the durations of a table that are mere numbers."""

    SECONDS = "s"
    MINUTES = "min"
    MILLISECONDS = "ms"


def _one_or_many(value: Any) -> str:
    return "many" if isinstance(value, list | tuple) else "one"


Number = Annotated[int, Field(ge=1, le=1_000, strict=True)]


def _kind(value: Any) -> str:
    return "number" if isinstance(value, int) else "name"


Column = Annotated[Annotated[Number, Tag("number")] | Annotated[Name, Tag("name")], Discriminator(_kind)]
"""A column by its name, or by its number from 1."""
OneOrMany = Annotated[
    Annotated[Column, Tag("one")] | Annotated[tuple[Column, ...], Tag("many")], Discriminator(_one_or_many)
]
"""A column, or several whose numbers are added up."""
Kept = Annotated[
    Annotated[Name, Tag("one")] | Annotated[tuple[Name, ...], Tag("many")], Discriminator(_one_or_many)
]


class Columns(Record):
    """What stands in which column."""

    start: Column | None = None
    """Date and time at which the interval begins, or the date of a day's or month's total."""
    date: Column | None = None
    """The date, where date and time stand apart ..."""
    time: Column | None = None
    """... and the clock time."""
    end: Column | None = None
    """When the interval ends; omitted: the distance between rows says how long one is."""
    length: Column | None = None
    """How long the interval is: 15, "30mins", "daily"."""
    queue: Column | None = None
    media: Column | None = None
    """Kind of contact: chat, voice, ..."""
    zone: Column | None = None
    """Time zone of the row."""
    offered: OneOrMany | None = None
    """Contacts that came. Several columns are added up."""
    handled: OneOrMany | None = None
    abandoned: OneOrMany | None = None
    handle_s: OneOrMany | None = None
    """Handling time of all contacts of the interval together. Several columns are added up."""
    aht_s: OneOrMany | None = None
    """Mean handling time of a contact. Several columns are added up."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = []
        if (self.start is None) == (self.date is None):
            found = Words("both" if self.start is not None else "neither")
            broken.append(((), "name the column start, or date (and time)", found))
        if self.time is not None and self.date is None:
            broken.append((("time",), "needs date beside it", self.time))
        if self.offered is None:
            broken.append((("offered",), "is missing: the column of the contacts that came", None))
        if self.handle_s is not None and self.aht_s is not None:
            law = "is said already by handle_s: name the one or the other"
            broken.append((("aht_s",), law, Words("both")))
        if broken:
            raise law_broken(*broken)
        return self


class Mapping(Record):
    """How a table of interval history is written."""

    columns: Columns | None = None
    """Omitted: those of the layout that is known, or that the header's words tell."""
    header: Annotated[bool, Field(strict=True)] = True
    """Whether the first line names the columns. Without it they are told by their numbers, from 1."""
    delimiter: Literal[",", ";", "|", "tab"] | None = None
    """What stands between cells; omitted: found."""
    times: Literal["local", "utc"] | None = None
    """What times without a time zone are. Omitted: local."""
    dates: DateOrder | None = None
    """What 02/03/2026 means, where the dates don't show it."""
    decimals: Decimals | None = None
    """What 1.012 means, where the numbers don't show it."""
    durations: Durations = Durations.SECONDS
    interval_min: Literal[15, 30, 60, 1440] | None = None
    """Length of an interval; omitted: found."""
    add: tuple[Column, ...] = ()
    """Columns that split an interval's contacts further, as by language: rows that differ in them add up."""
    keep: Annotated[dict[Name, Kept], AfterValidator(FrozenDict)] = Field(default={}, validate_default=True)
    """Only rows with one of these values in the column are read: { Channel = "chat" }."""


_KINDS: dict[Place, type[Record]] = {(): Mapping, ("columns",): Columns}


def load_mapping(path: Path) -> Mapping:
    """Read the mapping in the TOML file at *path*.

    Raises
    ------
    ScenarioError
        With every problem found, each with its line.
    """
    data, where = data_of(text_of(path), str(path))
    try:
        return Mapping.model_validate(data, context=FROM_FILE)
    except ValidationError as error:
        raise ScenarioError(list(problems(error, data, str(path), _advice, where))) from None


def _advice(detail: Any, place: Place) -> str:
    """What may have been meant by an unknown key."""
    kind = _KINDS.get(place[:-1])
    if detail["type"] != "extra_forbidden" or kind is None:
        return ""
    return did_you_mean(str(place[-1]), kind.names()).removeprefix("; ")
