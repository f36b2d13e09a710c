"""What does an import answer with? How many chats there are, and what was dropped or not understood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from sim.errors import LogError
from sim.importers.folder import counts_of, read_report
from sim.importers.load import Progress, convert
from sim.importers.tally import DROPS, HARMLESS
from sim.report.folder import whole_folder
from sim.report.result import Column, Head, Result, Table
from sim.scenario.units import plural

_KEPT = ("rows", "chats", "messages", "legs")


def import_log(
    exports: str | Path | Iterable[str | Path],
    out: str | Path,
    *,
    platform: str | None = None,
    mapping: str | Path | None = None,
    zone: str | None = None,
    key: str | Path | None = None,
    keep_text: bool = False,
    strict: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Read a *platform*'s export, files or folders, into the folder *out*; answer with the import report.

    Without a *platform* it is recognised; a *mapping* names the columns of any other table. Local times are
    of the *zone*. Identities are hashed with what is in the file *key*, or with a random key that is thrown
    away. Texts and names are kept only with *keep_text*. With *strict* it stops at the first record that is
    not as it should be.

    Raises
    ------
    LogError
        If there is nothing to read, or nothing that can be; says the file and the place.
    OutputError
        If the folder can't be written, or holds something and *force* is not given.
    """
    folder = Path(out)
    with whole_folder(folder, force=force) as new:
        convert(
            exports, new, platform=platform, mapping=mapping, zone=zone, key=_key(key), keep_text=keep_text,
            strict=strict, progress=progress,
        )  # fmt: skip
    return _result(folder)


def _key(file: str | Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        found = Path(file).read_bytes().strip()
    except OSError as error:
        raise LogError(f"--key: {file}: can't be read: {error.strerror}") from None
    if len(found) < 16:
        raise LogError(f"--key: {file}: must have at least 16 letters, has {len(found)}")
    return found


def _result(folder: Path) -> Result:
    """Result of an import, without its tables in memory."""
    report, *ends = read_report(folder)
    counts = counts_of(report)
    facts = dict(report.filter(pl.col("value").is_not_null()).select("name", "value").rows())
    rows = report.filter(pl.col("count").is_not_null()).to_dicts()
    table = Table(
        "report",
        "What was read",
        (
            Column("name", "What"), Column("file", "File"), Column("count", "Count", form="number"),
            Column("places", "First places", look="span"), Column("meaning", is_shown=False),
            Column("value", is_shown=False),
        ),
        rows,
        notes=tuple(
            dict.fromkeys(f"{row['name']}: {row['meaning']}" for row in rows if row["name"] not in _KEPT)
        ),
    )  # fmt: skip
    head = Head("import", (folder.name.removesuffix(".log"),), _basis(facts), title=folder.name)
    words = tuple(_words(counts, ends, facts["zone"]))
    return Result(head, (), words, (table,), {"facts": facts, "counts": counts})


def _basis(facts: dict[str, str]) -> str:
    return f"{facts['platform']}, {facts['zone']}; identities {facts['identities']}, texts {facts['texts']}"


def _words(counts: Mapping[str, int], ends: Sequence[dt.datetime], zone: str) -> Iterator[str]:
    """Say what is there, what was dropped, and what was mended."""
    first, last = (f"{end.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for end in ends)
    yield (
        f"{plural(counts.get('chats', 0), 'chat')}, {plural(counts.get('messages', 0), 'message')} of "
        f"{plural(counts.get('rows', 0), 'record')}, {first} to {last} {zone}."
    )
    dropped = {name: n for name, n in counts.items() if name in DROPS}
    if dropped:
        yield f"Dropped: {_told(dropped)}."
    rest = {name: n for name, n in counts.items() if name not in {*DROPS, *_KEPT} and name not in HARMLESS}
    if rest:
        yield f"Kept, with something unknown in them: {_told(rest)}."
    if n := counts.get("missing_days"):
        yield f"{plural(n, 'day')} without any chat: closed, or not exported?"


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in counts.items())
