"""What does one file of history hold? Its rows as entries: when, which queue, how many contacts, how long."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan, nan
from pathlib import Path
from zoneinfo import ZoneInfo

from sim.errors import Problem, ScenarioError
from sim.history.account import Account, How
from sim.history.clock import at_centre, kind_of
from sim.history.layouts import is_nice, layout_of, nice_header
from sim.history.mapping import DAY_MIN, Column, Durations, Mapping
from sim.history.recognise import UnknownTableError, recognised
from sim.history.times import Moment, Order, joined, order_of, read_moment
from sim.history.wide import long_of
from sim.history.words import ABANDONED, HANDLED, folded, is_any, is_total
from sim.scenario.cells import DateOrder, Decimals, decimals_shown, may_be_two, read_number
from sim.scenario.table import Row, Table, TableError, read_table
from sim.scenario.units import plural
from sim.scenario.volumes import MOST_CHATS
from sim.scenario.words import did_you_mean

MEAN_DAY = dt.date(2001, 1, 1)
"""Stands for the day of rows with clock times alone."""
MOST_SECONDS = 1e9
"""Longest handling time of all contacts of a row together."""
_MOST_PROBLEMS = 1_000
"""Problems of a file after which it is not read on."""
_NOTHING = {"", "-", "–", "—", "n/a", "na", "#n/a", "null", "none", "undefined", "nan"}
"""What stands in a cell that says nothing."""
_LENGTHS = {
    "daily": DAY_MIN,
    "day": DAY_MIN,
    "1 day": DAY_MIN,
    "hourly": 60,
    "hour": 60,
    "1 hour": 60,
    "1h": 60,
}
_MINUTES = re.compile(r"(\d{1,4})\s*(?:m|min|mins|minutes)?")
_SPELT = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{2})(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of history."""

    place: str
    """File and line."""
    queue: str
    day: dt.date
    """By the clock of the centre."""
    start_s: float
    """Seconds since midnight by that clock; 0 of totals."""
    second: bool | None
    """Whether it is of the second pass of an hour that came twice; None where the row does not say."""
    minutes: int | None
    """Length, where the row says it."""
    is_month: bool
    split: tuple[str, ...]
    """Medium, language and whatever else splits the contacts of the interval."""
    offered: float
    handled: float
    abandoned: float
    handle_s: float
    """Handling time of all contacts together; NaN where it is not known, as of all figures."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a file gives: its entries, and whether they are of UTC and no zone of the centre is known."""

    shown: str
    entries: list[Entry]
    is_utc: bool
    zone: str | None
    """Time zone that the file names itself."""
    has_clock: bool
    """Whether any row has a clock time: without it, rows are totals of days or months."""


def read_part(path: Path, mapping: Mapping | None, how: How, account: Account, zone: ZoneInfo | None) -> Part:
    """Read the file at *path*; what became of its rows goes to the *account*.

    Raises
    ------
    ScenarioError
        With the problems found, each with file and line.
    """
    shown, table = str(path), _table(path, mapping)
    name, is_known = "a mapping", False
    try:
        if mapping is None or mapping.columns is None:
            table, found, name, is_known = _found(table, mapping, how)
            said = {} if mapping is None else {key: getattr(mapping, key) for key in mapping.model_fields_set}
            mapping = found.model_copy(update=said | {"columns": found.columns})
        reader = _Reader(table, shown, mapping, how, account, zone)
        part = reader.read(name, has_optional=is_known)
    except UnknownTableError as error:
        law, got = error.law, repr(table.text(table.header))
        raise ScenarioError([Problem(shown, "", law, got, error.hint, table.header.line)]) from None
    if reader.problems:
        raise ScenarioError(reader.problems)
    return part


def _found(table: Table, said: Mapping | None, how: How) -> tuple[Table, Mapping, str, bool]:
    """What stands where in a table, by whose words, and whether these are a known layout's."""
    name = "its header"
    if is_nice(table):
        table, name = nice_header(table), "NICE IEX WFM: the fields of its first line"
    layout = layout_of(table)
    if layout is not None:
        return table, layout.mapping, layout.name, True
    if said is not None and not said.header:
        raise UnknownTableError("without a header the mapping must have [columns], told by their numbers")
    table = long_of(table)
    return table, recognised(table, how), name, False


def _table(path: Path, mapping: Mapping | None) -> Table:
    shown, mark = str(path), mapping.delimiter if mapping is not None else None
    try:
        return read_table(path, shown, "\t" if mark == "tab" else mark)
    except OSError as error:
        raise ScenarioError([Problem(shown, "", f"can't be read: {error.strerror}")]) from None
    except TableError as error:
        raise ScenarioError([Problem(shown, "", error.law, error.got, error.hint, error.line)]) from None


@dataclass(frozen=True, slots=True)
class _At:
    """Where in a row what stands, counted from 0."""

    start: tuple[int, ...]
    end: int | None
    length: int | None
    queue: int | None
    media: int | None
    zone: int | None
    offered: tuple[int, ...]
    handled: tuple[int, ...]
    abandoned: tuple[int, ...]
    handle: tuple[int, ...]
    aht: tuple[int, ...]
    add: tuple[int, ...]
    keep: tuple[tuple[int, frozenset[str]], ...]


class _Reader:
    def __init__(
        self, table: Table, shown: str, mapping: Mapping, how: How, account: Account, zone: ZoneInfo | None
    ) -> None:
        self.table, self.shown, self.mapping, self.how = table, shown, mapping, how
        self.account, self.zone = account, zone
        self.rows = table.rows if mapping.header else [table.header, *table.rows]
        self.problems: list[Problem] = list(table.problems)
        self.zone_name: str | None = None
        self.mark = Decimals.POINT
        self.totals: list[tuple[float, Row]] = []
        self.known: dict[tuple[str, ...], tuple[dt.date, float, bool | None]] = {}

    def broken(
        self, law: str, got: str = "", hint: str = "", row: Row | None = None, place: str = ""
    ) -> None:
        line = row.line if row is not None else None
        self.problems.append(Problem(self.shown, place, law, got, hint, line))

    def place(self, row: Row) -> str:
        return f"{self.shown}:{row.line}"

    def read(self, name: str, *, has_optional: bool) -> Part:
        """Read all rows; a layout's columns need not all be there, those of a mapping must."""
        at = self.columns(has_optional=has_optional)
        self.account.rows += len(self.rows)
        self.mark = decimals = self.decimals(self.rows, at)
        rows = self.without_totals(self.rows, at)
        self.check_total(rows, at)
        rows = self.of_media(self.of_queues(self.filtered(rows, at), at), at)
        moments = [self.moment(row, at) for row in rows]
        order = self.order([moment for moment in moments if moment is not None])
        self.zone_of_rows(rows, at)
        if len({moment.stamp.has_date for moment in moments if moment is not None}) > 1:
            self.broken("dates and mere clock times must not be mixed")
        entries: list[Entry] = []
        for row, moment in zip(rows, moments, strict=True):
            if len(self.problems) > _MOST_PROBLEMS:
                break
            entry = self.entry(row, moment, at, decimals, order) if moment is not None else None
            if entry is not None:
                entries.append(entry)
        self.tell(name, order, decimals, at)
        is_utc = self.zone is None and any(moment and self.offset(moment) == 0 for moment in moments)
        has_clock = any(moment and moment.stamp.clock_s is not None for moment in moments)
        return Part(self.shown, entries, is_utc, self.zone_name, has_clock)

    def tell(self, name: str, order: DateOrder | None, decimals: Decimals, at: _At) -> None:
        details = [f"read by {name}", *self.table.understood]
        if order is not None:
            details.append(f"dates {order}{self.why}")
        if decimals is Decimals.COMMA:
            details.append("decimal commas")
        self.account.understood.append(f"{self.shown}: {', '.join(details)}")
        self.account.remarks += self.of_handled(at)
        self.account.remarks += [f"{self.shown}: {remark}" for remark in self.table.remarks]

    def of_handled(self, at: _At) -> list[str]:
        """Say it where the contacts that came are those of a column of contacts handled."""
        names = [self.name_of(k) for k in at.offered]
        handled = [name for name in names if is_any(name, HANDLED)]
        if not handled:
            return []
        if any(is_any(name, ABANDONED) for name in names):
            return [f"{self.shown}: contacts that came are {' and '.join(map(repr, names))} together"]
        return [
            f"{self.shown}: contacts are those of {handled[0]!r}: who left before an answer is not among "
            "them, so more came than is said here"
        ]

    # Columns

    def columns(self, *, has_optional: bool) -> _At:
        """Find the columns that the mapping names."""
        names, by_name = self.mapping.columns, self.mapping.header
        if names is None:
            raise TypeError("a mapping is completed before it is read by")
        header = [folded(cell) for cell in self.table.header.cells]

        def one(key: str, column: Column) -> int | None:
            if isinstance(column, int):
                if column > len(header):
                    law = f"a row has {len(header)} columns"
                    self.broken(law, f"{key} = {column}", "", self.table.header)
                return column - 1
            if not by_name:
                self.broken("without a header columns are told by their numbers", f"{key} = {column!r}")
                return None
            meant = folded(column)
            if meant in header:
                return header.index(meant)
            if has_optional:  # (Seconds) or not
                near = [k for k, head in enumerate(header) if head and (meant + " ").startswith(head + " ")]
                return near[0] if near else None
            hint = did_you_mean(column, list(self.table.header.cells)).removeprefix("; ")
            law = f"the header must name the column {column!r} ({key} of the mapping)"
            self.broken(law, repr(self.table.text(self.table.header)), hint, self.table.header)
            return None

        def many(key: str) -> tuple[int, ...]:
            said = getattr(names, key)
            columns = () if said is None else said if isinstance(said, tuple) else (said,)
            return tuple(k for column in columns if (k := one(key, column)) is not None)

        def single(key: str) -> int | None:
            found = many(key)
            return found[0] if found else None

        start = many("start") or (*many("date"), *many("time"))
        keep = []
        for column, said in self.mapping.keep.items():
            k = one("keep", column)
            wanted = said if isinstance(said, tuple) else (said,)
            if k is not None:
                keep.append((k, frozenset(folded(each) for each in wanted)))
        add = tuple(k for column in self.mapping.add if (k := one("add", column)) is not None)
        at = _At(
            start, single("end"), single("length"), single("queue"), single("media"), single("zone"),
            many("offered"), many("handled"), many("abandoned"), many("handle_s"), many("aht_s"), add,
            tuple(keep),
        )  # fmt: skip
        if self.problems and (
            not at.start or not at.offered or any(p.line is not None for p in self.problems)
        ):
            raise ScenarioError(self.problems)
        return at

    # Rows

    def without_totals(self, rows: list[Row], at: _At) -> list[Row]:
        """Leave out rows of totals: no start and a word that says it, or a queue of that name."""
        kept = []
        for row in rows:
            words = [cell for k, cell in enumerate(row.cells) if k not in at.offered]
            has_word = any(is_total(cell) for cell in words if cell)
            is_row = read_moment(_cell(row, at.start[0])) is not None and not any(
                is_total(_cell(row, k)) for k in at.start[1:]
            )
            is_queue = at.queue is not None and is_total(_cell(row, at.queue))
            if has_word and (not is_row or is_queue):
                self.account.leave_out("of totals", self.place(row), self.quiet(row, at))
                self.totals.append((self.quiet(row, at), row))
            else:
                kept.append(row)
        return kept

    def check_total(self, rows: list[Row], at: _At) -> None:
        """Say it if rows do not add up to the largest total, of all or of a day, an interval, a queue."""
        largest: dict[tuple[tuple[int, str], ...], tuple[float, Row]] = {}
        for total, row in self.totals:
            of = _said(row, at)
            largest[of] = max(largest.get(of, (total, row)), (total, row), key=lambda each: each[0])
        off = []
        for columns in {tuple(k for k, _ in of) for of in largest}:
            added: dict[tuple[tuple[int, str], ...], float] = {}
            for each in rows:
                of = tuple((k, _cell(each, k)) for k in columns)
                added[of] = added.get(of, 0.0) + self.quiet(each, at)
            off += [
                (row, added[of], total)
                for of, (total, row) in largest.items()
                if of in added and abs(total - added[of]) > 0.5 + total / 1000
            ]
        off.sort(key=lambda each: each[0].line)
        for row, found, total in off[:1]:
            more = f" ({plural(len(off), 'total')} in all do not fit)" if len(off) > 1 else ""
            self.account.remarks.append(
                f"{self.place(row)}: the rows add up to {found:,.12g}, not to the total of {total:,.12g}"
                + more
            )

    def filtered(self, rows: list[Row], at: _At) -> list[Row]:
        """Rows that the mapping keeps."""
        for k, wanted in at.keep:
            kept = [row for row in rows if folded(_cell(row, k)) in wanted]
            for row in rows:
                if folded(_cell(row, k)) not in wanted:
                    self.account.leave_out(
                        "that the mapping does not keep", self.place(row), self.quiet(row, at)
                    )
            rows = kept
        return rows

    def of_queues(self, rows: list[Row], at: _At) -> list[Row]:
        """Rows of the queues that are wanted."""
        wanted = {folded(name) for name in self.how.queues}
        if at.queue is None or not wanted:
            return rows
        kept = []
        for row in rows:
            if folded(_cell(row, at.queue)) in wanted:
                kept.append(row)
            else:
                self.account.leave_out("of other queues", self.place(row), self.quiet(row, at))
        if rows and not kept:
            names = list(dict.fromkeys(_cell(row, at.queue) for row in rows))
            hint = did_you_mean(self.how.queues[0], names).removeprefix("; ")
            got = ", ".join(map(repr, names[:5])) + (", ..." if len(names) > 5 else "")
            self.broken(f"no row is of the queue {self.how.queues[0]!r}", got, hint)
        return kept

    def of_media(self, rows: list[Row], at: _At) -> list[Row]:
        """Rows of the media that are wanted; of several, one must be."""
        if at.media is None:
            return rows
        wanted = {folded(name) for name in self.how.media}
        counts: dict[str, int] = {}
        for row in rows:
            counts[_cell(row, at.media)] = counts.get(_cell(row, at.media), 0) + 1
        if not wanted:
            if len({folded(name) for name in counts}) > 1:
                got = ", ".join(f"{name or '(empty)'} ({n:,} rows)" for name, n in counts.items())
                law = "kinds of contact must not be mixed: their times and waits are not alike"
                chat = next((name for name in counts if "chat" in folded(name)), next(iter(counts)))
                self.broken(law, got, f"choose with {self.how.said('media', folded(chat) or 'chat')}")
            return rows
        kept = []
        for row in rows:
            if folded(_cell(row, at.media)) in wanted:
                kept.append(row)
            else:
                self.account.leave_out("of other media", self.place(row), self.quiet(row, at))
        if rows and not kept:
            got = ", ".join(map(repr, counts))
            self.broken(f"no row is of the medium {', '.join(self.how.media)}", got)
        return kept

    def quiet(self, row: Row, at: _At) -> float:
        """Contacts of a row that is left out, as far as they can be read."""
        numbers = (read_number(_cell(row, k), self.mark) for k in at.offered)
        return sum(number for number in numbers if number is not None and isfinite(number))

    # Numbers

    def decimals(self, rows: list[Row], at: _At) -> Decimals:
        """How numbers are written; asked for where that does not show and matters."""
        said = self.how.decimals or self.mapping.decimals
        counts = [_cell(row, k) for row in rows for k in at.offered]
        times = [_cell(row, k) for row in rows for k in (*at.handle, *at.aht)]
        shown = decimals_shown(counts) & decimals_shown(times)
        if said is not None:
            return said
        if len(shown) == 1:
            return next(iter(shown))
        unclear = next((text for text in counts if may_be_two(text)), None)
        of_workbook = not self.table.mark and unclear is not None and "," not in unclear
        if unclear is not None and not of_workbook:
            readings = " or ".join(f"{read_number(unclear, each):,.12g}" for each in Decimals)
            ways = " or ".join(self.how.said("decimals", each) for each in Decimals)
            law = f"volumes may be read in two ways: say {ways}"
            self.broken(law, repr(unclear), f"which is {readings}")
        return Decimals.POINT

    def number(self, row: Row, columns: Sequence[int], decimals: Decimals, what: str, most: float) -> float:
        """The sum of some cells; NaN where one of them says nothing. A problem where one is no number."""
        total = 0.0
        for k in columns:
            text = _cell(row, k)
            if text.casefold() in _NOTHING:
                return nan
            value = read_number(text, decimals)
            if value is None or not 0 <= value <= most:
                law = f"{what} must be a number, 0 or more and at most {most:,.0f}"
                percent = read_number(text.rstrip("% "), decimals) if most == 1 else None
                hint = "" if percent is None or percent < 0 else f"{percent:g} % is {percent / 100:.6g}"
                self.broken(law, repr(text), hint, row, self.name_of(k))
                return nan
            total += value
        return total if columns else nan

    def seconds(self, row: Row, columns: Sequence[int], decimals: Decimals) -> float:
        """The sum of some durations in seconds: numbers in the mapping's unit, or 0:06:40."""
        total = 0.0
        unit = {Durations.SECONDS: 1.0, Durations.MINUTES: 60.0, Durations.MILLISECONDS: 1e-3}
        for k in columns:
            text = _cell(row, k)
            if spelt := _SPELT.fullmatch(text):
                total += int(spelt[1] or 0) * 3600.0 + int(spelt[2]) * 60.0 + int(spelt[3])
                continue
            total += (
                self.number(row, (k,), decimals, "a handling time", MOST_SECONDS)
                * unit[self.mapping.durations]
            )
        return total if columns else nan

    def name_of(self, column: int) -> str:
        header = self.table.header.cells
        return header[column] if self.mapping.header and column < len(header) else f"column {column + 1}"

    # Times

    def moment(self, row: Row, at: _At) -> Moment | None:
        """The start of a row."""
        text = _cell(row, at.start[0])
        moment = read_moment(text)
        if moment is not None and len(at.start) > 1 and moment.stamp.clock_s is None:
            text = f"{text} {_cell(row, at.start[1])}"
            moment = joined(moment, _cell(row, at.start[1]))
        is_of_mean_day = moment is not None and self.how.takes_clocks and moment.stamp.clock_s is not None
        if moment is None or not (moment.stamp.has_date or is_of_mean_day):
            hint = "" if moment is None else "there is a clock time alone: name the column of its date"
            law = "must be a date and time such as 2026-03-02 08:00"
            self.broken(law, repr(text), hint, row, self.name_of(at.start[0]))
            return None
        return moment

    why = ""

    def order(self, moments: list[Moment]) -> DateOrder | None:
        """Whether days or months come first."""
        found = order_of([moment.stamp for moment in moments], self.how.dates or self.mapping.dates)
        if isinstance(found, Order):
            self.why = f" ({found.why})" if found.why else ""
            return found.order
        if not found.readings:
            self.broken("dates must all have the day first, or all the month")
        else:
            ways = " or ".join(self.how.said("dates", each) for each in DateOrder)
            law = f"dates may be read in two ways: say {ways}"
            self.broken(law, repr(found.text), f"which is {' or '.join(found.readings)}")
        raise ScenarioError(self.problems)

    def offset(self, moment: Moment) -> int | None:
        """Seconds that the row's clock is ahead of UTC; None for local time."""
        if moment.offset_s is None and self.mapping.times == "utc" and moment.stamp.clock_s is not None:
            return 0
        return moment.offset_s

    def zone_of_rows(self, rows: list[Row], at: _At) -> None:
        """Time zone that the rows name, which must be one."""
        if at.zone is None or self.zone is not None:
            return
        names = list(dict.fromkeys(name for row in rows if (name := _cell(row, at.zone))))
        if len(names) > 1:
            law = "rows must be of one time zone: choose the queues of one"
            hint = f"or say {self.how.said('zone', 'Europe/Berlin')}"
            self.broken(law, ", ".join(map(repr, names[:5])), hint)
        elif names:
            self.zone_name = names[0]
            try:
                self.zone = ZoneInfo(names[0])
            except (ValueError, OSError):
                self.zone_name = None
                self.account.remarks.append(
                    f"{self.shown}: time zone {names[0]!r} does not say when clocks change: name the place "
                    f"such as {self.how.said('zone', 'America/Chicago')}"
                )

    def entry(
        self, row: Row, moment: Moment, at: _At, decimals: Decimals, order: DateOrder | None
    ) -> Entry | None:
        """A row as an entry; None if it can't be one."""
        offered = self.number(row, at.offered, decimals, self.how.what, self.how.most)
        handled = self.number(row, at.handled, decimals, "a volume", MOST_CHATS)
        abandoned = self.number(row, at.abandoned, decimals, "a volume", MOST_CHATS)
        if at.aht:
            mean_s = self.seconds(row, at.aht, decimals)
            weight = handled if at.handled else offered
            handle_s = 0.0 if weight == 0 else mean_s * weight
        else:
            handle_s = self.seconds(row, at.handle, decimals)
        key = tuple(_cell(row, k) for k in at.start)
        when = self.known.get(key) or self.when(row, moment, order, offered)
        if when is None:
            return None
        self.known[key] = day, start_s, second = when
        if isnan(offered):
            self.account.leave_out("without a volume, which is not 0", self.place(row))
            return None
        self.account.kept += 1
        split = tuple(_cell(row, k) for k in (*at.add, *(() if at.media is None else (at.media,))))
        queue = _cell(row, at.queue) if at.queue is not None else ""
        minutes = self.minutes(row, at)
        return Entry(
            self.place(row), queue, day, start_s, second, minutes, moment.is_month, split, offered, handled,
            abandoned, handle_s,
        )  # fmt: skip

    def when(
        self, row: Row, moment: Moment, order: DateOrder | None, offered: float
    ) -> tuple[dt.date, float, bool | None] | None:
        """Day and clock time at the centre."""
        stamp = moment.stamp
        if not stamp.has_date:
            return MEAN_DAY, stamp.clock_s or 0.0, None
        day = stamp.day_by(order)
        if day is None:
            self.broken(f"is no date, read {order}", repr(self.table.text(row)), "", row)
            return None
        if stamp.clock_s is None:
            return day, 0.0, None
        offset = self.offset(moment)
        try:
            local = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=stamp.clock_s)
            if offset is not None and self.zone is not None:
                utc = (local - dt.timedelta(seconds=offset)).replace(tzinfo=dt.UTC)
                local, fold = at_centre(utc, self.zone)
                second = bool(fold) if kind_of(local, self.zone) == "twice" else None
            else:
                second = None
        except OverflowError:
            self.broken("must be a date of our age", repr(self.table.text(row)), "", row)
            return None
        if offset is None and self.zone is not None and kind_of(local, self.zone) == "never":
            self.never(row, local, offered)
            return None
        seconds = (local - dt.datetime.combine(local.date(), dt.time())).total_seconds()
        return local.date(), seconds, second

    def never(self, row: Row, local: dt.datetime, offered: float) -> None:
        """A clock time that did not come, as clocks were put forward over it."""
        if offered > 0:
            law = f"{local:%Y-%m-%d %H:%M} did not come in {self.zone}: clocks were put forward over it"
            self.broken(law, f"{offered:g} contacts", "are the times of another zone, or UTC?", row)
            return
        self.account.leave_out("of an hour that clocks were put forward over", self.place(row))

    def minutes(self, row: Row, at: _At) -> int | None:
        """Length of a row's interval, where the row or the mapping says it."""
        if self.mapping.interval_min is not None:
            return self.mapping.interval_min
        if at.length is not None and (text := _cell(row, at.length).casefold()):
            return self.length(row, text, at.length)
        return None if at.end is None else self.until(row, at, at.end)

    def length(self, row: Row, text: str, column: int) -> int | None:
        """Minutes that a cell says."""
        if text in _LENGTHS:
            return _LENGTHS[text]
        match = _MINUTES.fullmatch(text)
        if match is None:
            law = "must be a length such as 15, 30mins or daily"
            self.broken(law, repr(text), "", row, self.name_of(column))
            return None
        return int(match[1])

    def until(self, row: Row, at: _At, column: int) -> int | None:
        """Minutes until the end that a cell says."""
        end = read_moment(_cell(row, column))
        start = read_moment(_cell(row, at.start[0]))
        if end is None or end.stamp.clock_s is None or start is None or start.stamp.clock_s is None:
            return None
        return round((end.stamp.clock_s - start.stamp.clock_s) % 86_400 / 60) or DAY_MIN


def _said(row: Row, at: _At) -> tuple[tuple[int, str], ...]:
    """The day, time and queue that a row of totals is of, as far as it says: columns and cells."""
    columns = at.start if at.queue is None else (*at.start, at.queue)
    return tuple((k, cell) for k in columns if (cell := _cell(row, k)) and not is_total(cell))


def _cell(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""
