"""How do averages come from a file? TOML with the tables that it names: volumes, and agents on duty.

A table of volumes has a row an interval: of one mean day (clock times), or of many days, which are then
averaged interval by interval; a day that is not there is left out, never counted as one without chats.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import ValidationError

from sim.arrays import Floats
from sim.errors import Problem, ScenarioError
from sim.scenario.averages import Averages, KnownNumbers, Line, Shown, Team
from sim.scenario.averages_laws import BY_INTERVAL
from sim.scenario.cells import DateOrder, Decimals
from sim.scenario.demand import RATE_COUNTS
from sim.scenario.files import data_of, text_of
from sim.scenario.record import Record
from sim.scenario.table import Row, Table, TableError, read_table
from sim.scenario.toml_positions import Places
from sim.scenario.units import DAY_S, FROM_FILE, HOUR_S, clock_text
from sim.scenario.volumes import Volume, Wanted, queues_of, read_volumes
from sim.scenario.words import Place, did_you_mean, problems

OFFERED = ("offered", "chats")
AGENTS = ("agents", "agents on duty", "staff", "on duty")
"""Names of the columns of volumes and of agents."""
Choice = TypeVar("Choice", bound=StrEnum)
FEW_DAYS = 8
"""How much days differ is measured if there are so many."""


def load_averages(path: str | Path) -> tuple[Averages, list[str]]:
    """Read the averages in the TOML file at *path*, and say how its tables were understood.

    Raises
    ------
    ScenarioError
        With every problem found: in the file, in its tables, and where averages contradict each other.
    """
    path = Path(path)
    text = text_of(path)
    data, where = data_of(text, str(path))
    reader = _Reader(path, data, where)
    reader.read_all()
    found: Averages | None = None
    try:
        found = Averages.model_validate(data, context=FROM_FILE)
    except ValidationError as error:
        reader.problems += problems(error, data, str(path), _advice, where)
    if reader.problems or found is None:
        raise ScenarioError(reader.problems)
    return found, reader.remarks


def _advice(detail: Any, place: Place) -> str:
    """What may have been meant by an unknown key."""
    if detail["type"] != "extra_forbidden":
        return ""
    kinds: dict[str, type[Record]] = {
        "averages": Shown, "known": KnownNumbers, "queues": Line, "groups": Team,
    }  # fmt: skip
    above = [key for key in place[:-1] if isinstance(key, str)]
    kind = kinds.get(above[-1]) if above else Averages
    return did_you_mean(str(place[-1]), kind.names()).removeprefix("; ") if kind else ""


@dataclass(slots=True)
class _Reader:
    """Puts tables into the data in place of their names."""

    path: Path
    data: dict[str, Any]
    where: Places
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def read_all(self) -> None:
        """Replace all names of tables by what they hold."""
        self.read((), "offered", OFFERED, "chats")
        self.read((), "agents", AGENTS, "chats")
        for kind, key, columns in (("queues", "offered", OFFERED), ("groups", "agents", AGENTS)):
            parts = self.data.get(kind)
            for k, part in enumerate(parts if isinstance(parts, list) else []):
                if isinstance(part, dict):
                    self.read((kind, k), key, columns, str(part.get("name", "chats")))
        self.read_intervals()

    def read(self, place: Place, key: str, columns: tuple[str, ...], whose: str) -> None:
        """Replace the file's name under a *key* by a mean day; *whose* it is, a queue's or a group's."""
        target = self.data
        for step in place:
            target = target[step]  # type: ignore[index]
        name = target.get(key)
        if not isinstance(name, str):
            return
        target[key] = 0  # a file with problems has no consequences
        table = self.table((*place, key), name)
        if table is None:
            return
        shown = str(self.path.parent / name)
        only = queues_of(table) if not place and key == "offered" else []
        if len(only) == 1:
            whose = only[0]
        elif only and whose not in only:
            law = "volumes of several queues need tables [[queues]], each with its name and averages"
            got = ", ".join(map(repr, only[:5])) + (", ..." if len(only) > 5 else "")
            self.problems.append(Problem(shown, "", law, got, "or a file with the rows of one alone"))
            return
        names = [cell.strip().casefold() for cell in table.header.cells]
        known = () if whose.casefold() in names else columns
        chosen = next((table.header.cells[names.index(each)] for each in known if each in names), None)
        found = read_volumes(table, shown, Wanted(whose, chosen, self.choice("dates", DateOrder)))
        self.problems += found.problems
        self.remarks += [f"{shown}: {remark}" for remark in found.remarks]
        if not found.problems:
            self.put(target, key, shown, found.rows)

    def table(self, place: Place, name: str) -> Table | None:
        """Read a table that the file names at a place; None with a problem if it can't be."""
        shown = str(self.path.parent / name)
        line, column = self.where.of(place)
        try:
            return read_table(self.path.parent / name, shown)
        except OSError as error:
            law, got = f"the table can't be read: {error.strerror}", repr(name)
            where = ".".join(map(str, place))
            self.problems.append(Problem(str(self.path), where, law, got, "", line, column))
        except TableError as error:
            self.problems.append(Problem(shown, "", error.law, error.got, error.hint, error.line))
        return None

    def read_intervals(self) -> None:
        """Replace the name of a table of averages by interval by its columns."""
        name = self.data.get("by_interval")
        if not isinstance(name, str):
            return
        self.data["by_interval"] = {}
        table = self.table(("by_interval",), name)
        if table is None:
            return
        shown = str(self.path.parent / name)
        columns = [cell for cell in table.header.cells if cell.strip().casefold() in BY_INTERVAL]
        if not columns:
            law = f"needs a column of averages: {', '.join(BY_INTERVAL)}"
            got = ", ".join(map(repr, table.header.cells))
            self.problems.append(Problem(shown, "", law, got, "", table.header.line))
        read = {column: self.of_column(table, shown, column) for column in columns}
        rows = [row for found in read.values() for row in found]
        width_s = _width(rows)
        if self.problems or not all(self.has_each_once(shown, found) for found in read.values()):
            return
        if width_s is None or any(row.day is not None for row in rows):
            law = "needs a row for each 15, 30 or 60 minutes of a mean day, without dates"
            self.problems.append(Problem(shown, "start", law, f"{len(rows):,} values"))
            return
        for column, found in read.items():
            values = [float("nan")] * int(DAY_S / width_s)
            for row in found:
                values[int(row.clock_s // width_s)] = row.chats
            self.data["by_interval"][column.strip().casefold()] = values
        self.remarks.append(f"{shown}: {', '.join(columns)} by interval")

    def of_column(self, table: Table, shown: str, column: str) -> list[Volume]:
        """Read the values of a column: of rows that have one."""
        wanted = Wanted("chats", column, self.choice("dates", DateOrder), self.choice("decimals", Decimals))
        filled = [row for row in table.rows if _has(row, table.header.cells.index(column))]
        found = read_volumes(replace(table, rows=filled), shown, wanted)
        self.problems += found.problems
        return found.rows

    def choice(self, key: str, kind: type[Choice]) -> Choice | None:
        """What the file says of how its tables write dates; what is no such word is told elsewhere."""
        return next((each for each in kind if each == self.data.get(key)), None)

    def put(self, target: dict[str, Any], key: str, shown: str, rows: list[Volume]) -> None:
        """Put the mean day of some rows under a *key* of a table."""
        width_s = _width(rows)
        if width_s is None:
            law = "rows must be 15, 30 or 60 minutes apart"
            self.problems.append(Problem(shown, "", law, f"{len(rows):,} rows"))
            return
        days = {row.day for row in rows}
        if None in days and len(days) > 1:
            self.problems.append(Problem(shown, "", "dates and mere clock times must not be mixed"))
            return
        if not self.has_each_once(shown, rows):
            return
        n = int(DAY_S / width_s)
        sums, seen = np.zeros(n), np.zeros(n)
        for row in rows:
            sums[int(row.clock_s // width_s)] += row.chats
            seen[int(row.clock_s // width_s)] += 1
        mean = np.divide(sums, seen, out=np.zeros(n), where=seen > 0)
        self.remarks.append(f"{shown}: {len(rows):,} rows of {width_s / 60:g} minutes, {_days_words(days)}")
        self.tell_gaps(shown, seen, width_s, len(days))
        if key == "agents":
            target[key] = [round(float(level)) for level in mean]
            return
        target[key] = [float(chats) * HOUR_S / width_s for chats in mean]
        cv = _busyness(rows)
        if cv is not None and "busyness_cv" not in target:
            target["busyness_cv"] = cv
            self.remarks.append(
                f"{shown}: days differ by {100 * cv:.0f} % beyond weekday and chance (busyness_cv = {cv:g})"
            )

    def has_each_once(self, shown: str, rows: list[Volume]) -> bool:
        """Whether no interval of a day has two rows: of two channels, or read twice, nobody knows."""
        known: dict[tuple[Any, float], int] = {}
        twice: list[str] = []
        for row in rows:
            first = known.setdefault((row.day, row.clock_s), row.line)
            if first != row.line and _may_come_twice(row) and len(twice) < HOUR_S / (_width(rows) or HOUR_S):
                twice.append(f"{row.day} {clock_text(row.clock_s)}")
            elif first != row.line:
                when = f"{row.day or 'every day'} {clock_text(row.clock_s)}"
                law, got = "an interval must have one row", f"a second one for {when}, after line {first}"
                hint = "add up channels first, or keep the one that is meant"
                self.problems.append(Problem(shown, "start", law, got, hint, row.line))
                return False
        if twice:
            self.remarks.append(
                f"{shown}: {twice[0]} has two rows: read as the hour that came twice when clocks were put "
                "back, both count in the mean"
            )
        return True

    def tell_gaps(self, shown: str, seen: Floats, width_s: float, days: int) -> None:
        """Say which intervals some days have no row for."""
        gaps = [k for k in range(len(seen)) if 0 < seen[k] < days]
        if gaps:
            at = clock_text(gaps[0] * width_s)
            more = f" and {len(gaps) - 1} more" if len(gaps) > 1 else ""
            self.remarks.append(
                f"{shown}: {days - int(seen[gaps[0]])} of {days} days have no row for {at}{more}: left out "
                "there, not counted as 0; if nobody came, write 0"
            )


def _may_come_twice(row: Volume) -> bool:
    """Whether clocks may have been put back over the interval: in first hours of a Sunday of those months."""
    day = row.day
    return (
        day is not None and day.weekday() == 6 and day.month in {3, 4, 9, 10, 11} and row.clock_s < 4 * 3600
    )


def _has(row: Row, column: int) -> bool:
    """Whether a row has something in a column: an average that is not there is not known, and not 0."""
    return column < len(row.cells) and row.cells[column].strip() not in {"", "-", "–", "n/a"}


def _days_words(days: set[dt.date | None]) -> str:
    """How many days, and from when to when: volumes of another year are seen at once."""
    known = sorted(day for day in days if day is not None)
    if not known:
        return "of one mean day"
    first, last = (f"{day.day} {day:%B %Y}" for day in (known[0], known[-1]))
    span = first if first == last else f"{first} to {last}"
    return f"of {len(known):,} day{'s' if len(known) != 1 else ''}, {span}, averaged"


def _width(rows: Iterable[Volume]) -> float | None:
    """Seconds between intervals."""
    clocks = np.unique([row.clock_s for row in rows])
    if len(clocks) < 2:
        return None
    width_s = float(np.diff(clocks).min())
    is_known = width_s in {DAY_S / n for n in RATE_COUNTS}
    return width_s if is_known and not (clocks % width_s).any() else None


def _busyness(rows: Sequence[Volume]) -> float | None:
    """Coefficient of variation of whole days beyond weekday and chance; None where days are too few.

    Of a Poisson day with a random factor of mean 1: variance = mean + (cv × mean)².
    """
    totals: dict[Any, float] = {}
    have: dict[Any, int] = {}
    for row in rows:
        if row.day is not None:
            totals[row.day] = totals.get(row.day, 0.0) + row.chats
            have[row.day] = have.get(row.day, 0) + 1
    most = max(have.values(), default=0)
    totals = {day: total for day, total in totals.items() if have[day] == most}  # the others lack a part
    if len(totals) < FEW_DAYS:
        return None
    by_weekday: dict[int, list[float]] = {}
    for day, total in totals.items():
        by_weekday.setdefault(day.weekday(), []).append(total)
    groups = [np.array(each) for each in by_weekday.values() if len(each) > 1 and sum(each) > 0]
    freedom = sum(len(each) - 1 for each in groups)
    if freedom < FEW_DAYS // 2:
        return None
    excess = sum(float(((each - each.mean()) ** 2).sum() - (len(each) - 1) * each.mean()) for each in groups)
    scale = sum((len(each) - 1) * float(each.mean()) ** 2 for each in groups)
    return round(float(np.sqrt(max(excess / scale, 0.0))), 3)
