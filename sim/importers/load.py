"""How does an export become a log? Its files are read record by record, and settled bucket by bucket."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from sim.errors import LogError
from sim.importers.folder import Recorded, read_log, write
from sim.importers.formats.base import Format, Kind, Record
from sim.importers.mapping import Mapping, mapped
from sim.importers.out import Names, Out
from sim.importers.recognise import format_of, head, recognised, within
from sim.importers.settle import settle
from sim.importers.sources import UNREAD, Layout, Source
from sim.importers.spans import settle_duty
from sim.importers.spill import Spill
from sim.importers.tally import Tally
from sim.importers.values import Clock, zone_of
from sim.output import problems_told
from sim.scenario.words import did_you_mean

Progress = Callable[[int, int], None]
"""Is told of bytes read, and of how many there are."""


def load(exports: str | Path | Iterable[str | Path], out: Path, **options: Any) -> Recorded:
    """Do as `convert` does, and read the log that it wrote: all of it, in memory."""
    convert(exports, out, **options)
    return read_log(out)


def convert(
    exports: str | Path | Iterable[str | Path],
    out: Path,
    *,
    platform: str | None = None,
    mapping: str | Path | None = None,
    zone: str | None = None,
    key: bytes | None = None,
    keep_text: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> None:
    """Read files or folders of a *platform*'s export and write the log into the folder *out*, which is there.

    Local times are of the *zone*, whose days are counted later. Identities are hashed with the *key*, or with
    a random one that nobody knows.

    Raises
    ------
    LogError
        If a file can't be read or recognised, or has no chat; if *strict*, at the first record that is not as
        it should be.
    """
    plan = None if mapping is None else Mapping.read(Path(mapping))
    wanted = mapped(plan) if plan is not None else None if platform is None else format_of(platform)
    if plan is not None and platform not in {None, "csv"}:
        raise LogError("--mapping: is for tables of one's own: leave out --from, or say --from csv")
    tally = Tally(strict=strict)
    sources = _sources(exports, wanted, tally)
    known = _known(sources, wanted, tally)
    first = known[0][1]
    zone_name = zone or (plan.zone if plan is not None else None) or first.zone
    clock = Clock(zone_of(zone_name))
    size = sum(source.path.stat().st_size for source, _, _ in known)
    with tempfile.TemporaryDirectory(prefix="sim-import-") as scratch:
        spill = Spill(Path(scratch), size * (8 if any(s.path.suffix == ".gz" for s, _, _ in known) else 1))
        sink = Out(spill, tally, Names(key, keep=keep_text), clock, keep_text=keep_text)
        _read(known, sink, progress, size)
        _facts(tally, first, zone_name, clock, key, keep_text=keep_text)
        with problems_told(out):
            _settle(spill, Path(scratch), out, tally)


def _sources(exports: str | Path | Iterable[str | Path], wanted: Format | None, tally: Tally) -> list[Source]:
    """Files to read, in the order of their names; others of a folder are counted."""
    named = [exports] if isinstance(exports, str | Path) else list(exports)
    found: dict[Path, Source] = {}
    for each in map(Path, named):
        if not each.exists():
            raise LogError(f"{each}: there is no such file or folder")
        inside = sorted(each.rglob("*")) if each.is_dir() else [each]
        files = [file for file in inside if file.is_file() and not file.name.startswith(".")]
        for file in files:
            if file != each and file.suffix.lower() in UNREAD:
                tally.count("unread_files", str(file.relative_to(each)))
        files = [file for file in files if file == each or file.suffix.lower() not in UNREAD]
        if not files:
            raise LogError(f"{each}: has no file that could be an export")
        for file in files:
            name = str(file.relative_to(each)) if each.is_dir() else file.name
            kinds = within(wanted, name).kinds if wanted is not None else ()
            layout = kinds[0].layout if kinds and kinds[0].layout != Layout() else Layout()
            if wanted is not None and wanted.layout != Layout():
                layout = wanted.layout
            found.setdefault(file.resolve(), Source(file, name, layout))
    if not found:
        raise LogError("no export is named")
    return list(found.values())


def _known(
    sources: Sequence[Source], wanted: Format | None, tally: Tally
) -> list[tuple[Source, Format, Kind]]:
    """Whose each file is; what refers to chats comes after these. All have to be of one platform."""
    found: list[tuple[Source, Format, Kind]] = []
    for source in sources:
        records = head(source)
        if not records and len(sources) > 1 and source.path.stat().st_size == 0:
            tally.count("malformed", source.name, "file", "is empty")
            continue
        its = wanted or (found[0][1] if found else None)
        each, kind = recognised(source, records, None if its is None else within(its, source.name))
        for column in sorted(kind.columns - {*source.header}) if source.header else ():
            hint = did_you_mean(column, list(source.header))
            tally.count("missing_columns", source.name, "line 1", f"{column!r}{hint}")
        if source.layout == Layout():
            source.layout = each.layout
        found.append((source, each, kind))
    if not found:
        raise LogError(f"{sources[0].name}: has no record: is it empty, or cut?")
    order = [kind.name for kind in (wanted or found[0][1]).kinds]
    return sorted(found, key=lambda one: order.index(one[2].name))


def _read(
    known: Sequence[tuple[Source, Format, Kind]], sink: Out, progress: Progress | None, size: int
) -> None:
    done = 0
    for source, each, _ in known:
        n = 0
        sink.clock.ambiguous = lambda: sink.count("ambiguous_times")
        for place, record in source.records(sink.tally):
            n += 1
            _take(source.name, place, record, each, sink)
            if progress is not None and n % 1_000 == 0:
                progress(done + source.n_read(), size)
        sink.tally.count("rows", source.name, n=n)
        done += source.path.stat().st_size
        if progress is not None:
            progress(done, size)


def _take(file: str, place: str, record: Record, each: Format, sink: Out) -> None:
    with sink.record(file, place):
        if each.renamed is not None:
            record = each.renamed(record)
        kind = each.kind_of(record)
        if kind is None:
            lacks = sorted(each.kinds[0].keys - record.keys())
            raise ValueError(f"has no {', '.join(lacks)}" if lacks else f"is no record of {each.title}")
        kind.read(record, sink)


def _facts(
    tally: Tally, first: Format, zone: str, clock: Clock, key: bytes | None, *, keep_text: bool
) -> None:
    tally.say("platform", first.name, "Whose export it is.")
    tally.say("zone", zone, "Whose days are counted, and of times that named no zone.")
    coarse = first.resolution_s or (1.0 if clock.coarsest == 0 else 1e-6)
    tally.say("resolution_s", f"{coarse:g}", "Of its times, in seconds.")
    tally.say(
        "durations", "yes" if first.has_durations else "no", "Whether a chat's end is that of the work on it."
    )
    said = (
        "kept as they are"
        if keep_text
        else "hashed with a key"
        if key
        else "hashed with a random key, thrown away"
    )
    tally.say("identities", said, "Of customers, agents and chats.")
    tally.say("texts", "kept" if keep_text else "not kept", "What was said, and names.")


def _settle(spill: Spill, folder: Path, out: Path, tally: Tally) -> None:
    """Settle bucket by bucket, and put the tables together."""
    parts: dict[str, list[Path]] = {"chats": [], "messages": [], "legs": []}
    days: set[dt.date] = set()
    for bucket in spill.buckets():
        chats, messages, legs = (spill.read(table, bucket) for table in parts)
        settled = settle(chats, messages, legs, tally)
        local = settled.chats["requested_at"].dt.convert_time_zone(tally.facts["zone"][0])
        days |= set(local.dt.date().to_list())
        for table, files in parts.items():
            rows = getattr(settled, table)
            tally.count(table, n=len(rows))
            name = f"settled.{table}.{bucket}.parquet"
            rows.write_parquet(folder / name)
            files.append(folder / name)
    if not days:
        dropped = "; ".join(
            f"{each.count:,} {name} ({', '.join((file, *each.places))})"
            if each.places
            else f"{each.count:,} {name}"
            for (name, file), each in tally.counters.items()
            if each.count and name != "rows"
        )
        raise LogError(f"no chat is left of {tally['rows']:,} records{f': {dropped}' if dropped else ''}")
    _missing(days, tally)
    duty = settle_duty(spill.read("duty", 0), tally)
    write(out, parts, duty, tally)


def _missing(days: set[dt.date], tally: Tally) -> None:
    """Count days without a chat."""
    first, last = min(days), max(days)
    every = [first + dt.timedelta(days=k) for k in range((last - first).days + 1)]
    for day in every:
        if day not in days:
            tally.count("missing_days", "", str(day))
