"""Whose export is it? The platform whose records these are, by their keys."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from sim.errors import LogError, short
from sim.importers.formats import FORMATS
from sim.importers.formats.base import Format, Kind, Record
from sim.importers.sources import Source
from sim.importers.tally import Tally
from sim.scenario.words import did_you_mean

LOOKED_AT = 20
"""Records of a file that are looked at."""
INTERVALS = (
    frozenset({"offered", "handled"}), frozenset({"offered", "aht"}), frozenset({"interval", "offered"}),
    frozenset({"interval", "calls"}), frozenset({"interval", "volume"}),
)  # fmt: skip
"""Words in the heads of files that have a row an interval and not a chat."""


def format_of(name: str) -> Format:
    """Format by *name*; raises `LogError` with the nearest for what is none."""
    known = {each.name: each for each in FORMATS}
    if name not in known:
        hint = did_you_mean(name, list(known)) or f"; there are {', '.join(known)}"
        raise LogError(f"--from: no format is called {short(name)!r}{hint}")
    return known[name]


def head(source: Source) -> list[Record]:
    """First records of a file."""
    return [record for _, record in islice(source.records(Tally()), LOOKED_AT)]


def why_none(source: Source) -> str:
    """Say why a file has no record."""
    tally = Tally()
    for _ in source.records(tally):
        break
    places = [place for counter in tally.counters.values() for place in counter.places]
    if places:
        return places[0]
    return (
        f"it has one line, {short(','.join(source.header), 60)!r}"
        if source.header
        else "is it empty, or cut?"
    )


def within(each: Format, file: str) -> Format:
    """A format of the kinds that may be in a *file*; raises `LogError` if none may."""
    found = each.within(file)
    if not found.kinds:
        named = ", ".join(kind.files for kind in each.kinds)
        raise LogError(f"{file}: the mapping names no table for it: its files are {named}")
    return found


def known_as(records: Sequence[Record], formats: Sequence[Format] = FORMATS) -> tuple[Format, Kind] | None:
    """Format and kind of the first of some records that has one."""
    for record in records:
        for each in formats:
            renamed = each.renamed(record) if each.renamed is not None else record
            kind = each.kind_of(renamed)
            if kind is not None:
                return each, kind
    return None


def recognised(source: Source, records: Sequence[Record], wanted: Format | None) -> tuple[Format, Kind]:
    """Format of a file and kind of its first record.

    Raises
    ------
    LogError
        If it is empty, nobody's that is known, another's than the one *wanted*, or has a row an interval.
    """
    if not records:
        raise LogError(f"{source.name}: has no record: {why_none(source)}")
    keys = {str(key) for record in records for key in record}
    told = short(", ".join(sorted(keys)), 160) or "no keys"
    for each in (wanted,) if wanted else FORMATS:
        for refused, why in dict(each.refused).items():
            if refused <= keys:
                raise LogError(f"{source.name}: {why}")
    found = None if wanted is None else known_as(records, [wanted])
    if found is not None:
        return found
    another = known_as(records)
    if another is not None and wanted is None:
        return another
    if another is not None and wanted is not None:
        raise LogError(
            f"{source.name}: this looks like {another[0].title}, not {wanted.title}: --from {another[0].name}"
        )
    words = {word for key in keys for word in key.lower().replace("_", " ").split()}
    if any(signs <= words for signs in INTERVALS):
        raise LogError(f"{source.name}: has a row an interval, no chats: that is what `sim volumes` reads")
    if wanted is not None:
        needs = " or ".join(
            sorted({f"{kind.name} ({', '.join(sorted(kind.keys))})" for kind in wanted.kinds})
        )
        raise LogError(f"{source.name}: is not of {wanted.title}: it has {told}; needed: {needs}")
    names = ", ".join(each.name for each in FORMATS)
    raise LogError(
        f"{source.name}: whose export is this? It has {told}; say --from ({names}), or, for any table, "
        "--mapping FILE with the names of its columns"
    )
