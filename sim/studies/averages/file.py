"""How do averages come from a file? TOML with the tables that it names: volumes, and agents on duty.

Tables are read as history is (`sim.history`): exports of WFM tools, spreadsheets, or a row for each interval
of one mean day (clock times alone). Many days are averaged interval by interval; a day that is not there is
left out, never counted as one without chats.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import ValidationError

from sim.arrays import Floats
from sim.errors import Problem, ScenarioError, StudyError
from sim.history.account import How
from sim.history.clock import zone_of
from sim.history.history import age_told, read_history
from sim.history.mapping import Mapping as Columns
from sim.history.mapping import load_mapping
from sim.history.profile import assumed, spread
from sim.history.reader import MEAN_DAY
from sim.history.series import Series
from sim.history.words import OFFERED, folded
from sim.scenario.averages import Averages, KnownNumbers, Line, Shown, Team
from sim.scenario.averages_laws import BY_INTERVAL
from sim.scenario.averages_shown import SHARES
from sim.scenario.cells import DateOrder, Decimals
from sim.scenario.files import data_of, text_of
from sim.scenario.record import Record
from sim.scenario.table import TableError, read_table
from sim.scenario.toml_positions import Places
from sim.scenario.units import FROM_FILE, clock_text
from sim.scenario.words import Place, did_you_mean, problems
from sim.studies.volumes.dispersion import dispersion
from sim.studies.volumes.draft import spread_of
from sim.studies.volumes.pattern import counts
from sim.studies.volumes.study import how_of

AGENTS = ("agents", "agents on duty", "staff", "on duty")
"""Names of the column of agents, besides that of their group."""
Choice = TypeVar("Choice", bound=StrEnum)
_PLENTY = 100_000
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
        raise ScenarioError(list(dict.fromkeys(reader.problems)))
    return found, list(dict.fromkeys(reader.remarks))


def looked_at(path: Path, said: Mapping[str, Any]) -> list[str]:
    """Read volumes alone, as *said* by the keys of a file of averages, and say how they were understood.

    Raises
    ------
    ScenarioError, StudyError
        If they can't be read so.
    """
    names = {"queue": "queues"}
    how, columns = how_of({names.get(key, key): each for key, each in said.items()})  # type: ignore[arg-type]
    found = read_history([path], replace(how, takes_clocks=True), columns)
    if len(found.series) > 1:
        names_of = ", ".join(repr(each.queue) for each in found.series)
        hint = how.said("queue", found.series[0].queue)
        raise StudyError(f"{path} has volumes of several queues, {names_of}: choose one, such as {hint}")
    return [*found.account.understood, *found.account.remarks]


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
    whose: dict[str, str] = field(default_factory=dict)
    """Queue whose volumes a file was read for that does not tell queues apart."""

    def read_all(self) -> None:
        """Replace all names of tables by what they hold."""
        how, mapping = self.how(), self.mapping()
        self.read_volumes((), self.data, "", how, mapping)
        self.read_agents((), self.data, "", how)
        for kind in ("queues", "groups"):
            parts = self.data.get(kind)
            for k, part in enumerate(parts if isinstance(parts, list) else []):
                if isinstance(part, dict) and kind == "queues":
                    self.read_volumes((kind, k), part, str(part.get("name", "")), how, mapping)
                elif isinstance(part, dict):
                    self.read_agents((kind, k), part, str(part.get("name", "")), how)
        self.read_intervals(how)

    def how(self) -> How:
        """What the file says of how its tables are written; what can't be meant is told elsewhere."""
        zone = self.data.get("zone")
        try:
            zone = zone_of(zone).key if isinstance(zone, str) else None
        except StudyError:
            zone = None
        return How(
            zone, self.names("media"), self.names("queue"), self.choice("dates", DateOrder),
            self.choice("decimals", Decimals), self.data.get("missing") == "zero", takes_clocks=True,
            is_of_file=True,
        )  # fmt: skip

    def names(self, key: str) -> tuple[str, ...]:
        """A name, or several of a list."""
        said = self.data.get(key)
        return tuple(each for each in (said if isinstance(said, list) else [said]) if isinstance(each, str))

    def choice(self, key: str, kind: type[Choice]) -> Choice | None:
        """A word of the file, if it is one of some."""
        return next((each for each in kind if each == self.data.get(key)), None)

    def mapping(self) -> Columns | None:
        """Which column of the volumes is what, where the file names a mapping."""
        name = self.data.get("mapping")
        try:
            return load_mapping(self.path.parent / name) if isinstance(name, str) else None
        except ScenarioError as error:
            self.problems += error.problems
        return None

    def read_volumes(
        self, place: Place, target: dict[str, Any], queue: str, how: How, mapping: Columns | None
    ) -> None:
        """Replace the name of a table of volumes by a mean day."""
        name = target.get("offered")
        if not isinstance(name, str):
            return
        target["offered"] = 0  # a table with problems has no consequences: nobody comes ...
        own = (folded(queue), *OFFERED) if queue else OFFERED
        queues = (queue,) if queue else how.queues
        found = self.series((*place, "offered"), name, replace(how, names=own, queues=queues), mapping)
        if not found:
            return
        shown = str(self.path.parent / name)
        if len(found) > 1:
            law = "volumes of several queues need tables [[queues]], each with its name and averages"
            names = [each.queue for each in found]
            got = ", ".join(map(repr, names[:5])) + (", ..." if len(names) > 5 else "")
            hint = f"or choose one, such as {how.said('queue', names[0])}"
            self.problems.append(Problem(shown, "", law, got, hint))
            return
        (series,) = found
        if queue and not series.queue and not self.has_column(shown, queue):
            first = self.whose.setdefault(name, queue)
            if first != queue:
                law = "has no column that tells queues apart, and would count for several"
                self.problems.append(Problem(shown, "", law, f"{first!r} and {queue!r}"))
        if series.total <= 0:
            self.problems.append(Problem(shown, "", "nobody came: all volumes are 0"))
            return
        self.put_volumes(target, shown, series)

    def has_column(self, shown: str, queue: str) -> bool:
        """Whether a table has a column that is named after a queue."""
        try:
            cells = read_table(Path(shown), shown).header.cells
        except (OSError, TableError):
            return False
        return folded(queue) in map(folded, cells)

    def put_volumes(self, target: dict[str, Any], shown: str, series: Series) -> None:
        """Put the mean day of volumes into a table, and how much days and intervals differ."""
        if series.last != MEAN_DAY and (told := age_told(series.last)):
            self.remarks.append(f"{shown}: {told}")
        if series.kind != "intervals":
            profile = assumed()
            series = spread(series, profile)
            self.remarks.append(f"{shown}: totals were spread over intervals by {profile.told}")
        mean = self.mean_day(shown, series)
        target["offered"] = [float(chats) * 60 / series.interval_min for chats in mean]
        if not series.is_counts or int(series.has_rows.sum()) < FEW_DAYS:
            return
        found = dispersion(counts(series), np.asarray(series.weekdays), sure=False)
        if found is None:
            return
        for key, value in (("busyness_cv", found.day), ("interval_cv", found.interval)):
            cv = spread_of(value)
            if cv is not None and key not in target:
                target[key] = cv
                self.remarks.append(
                    f"{shown}: {'days' if key == 'busyness_cv' else 'intervals of a day'} differ by "
                    f"{100 * cv:.0f} % beyond weekday and chance ({key} = {cv:g})"
                )

    def read_agents(self, place: Place, target: dict[str, Any], group: str, how: How) -> None:
        """Replace the name of a table of agents by those of a mean day."""
        name = target.get("agents")
        if not isinstance(name, str):
            return
        target["agents"] = _PLENTY  # ... and all are there
        own = (folded(group), *AGENTS) if group else AGENTS
        asked = replace(how, names=own, media=(), queues=(group,) if group else (), what="agents on duty")
        found = self.series((*place, "agents"), name, asked, None)
        if not found:
            return
        shown = str(self.path.parent / name)
        if len(found) > 1 or found[0].kind != "intervals":
            law = "needs a row for each 15, 30 or 60 minutes, of one group"
            got = ", ".join(map(repr, (each.queue for each in found))) if len(found) > 1 else found[0].kind
            self.problems.append(Problem(shown, "", law, got))
            return
        target["agents"] = [round(float(level)) for level in self.mean_day(shown, found[0])]

    def series(self, place: Place, name: str, how: How, mapping: Columns | None) -> tuple[Series, ...] | None:
        """Read a table that the file names at a place; None with problems if it can't be."""
        path = self.path.parent / name
        try:
            path.open("rb").close()
        except OSError as error:
            line, column = self.where.of(place)
            law, where = f"the table can't be read: {error.strerror}", ".".join(map(str, place))
            self.problems.append(Problem(str(self.path), where, law, repr(name), "", line, column))
            return None
        try:
            found = read_history([path], how, mapping)
        except ScenarioError as error:
            self.problems += error.problems
            return None
        account = found.account
        self.remarks += [*account.understood, *account.remarks]
        if account.left_out:
            self.remarks.append(f"{path}: {'; '.join(account.words())}")
        return found.series

    def mean_day(self, shown: str, series: Series) -> Floats:
        """Mean of each interval over the days on which it came and is known; 0 where none has a row."""
        known = ~np.isnan(series.offered) & (series.passes > 0) & ~series.unsure
        n = np.where(known, series.passes, 0.0).sum(axis=0)
        total = np.where(known, series.offered, 0.0).sum(axis=0)
        mean = np.divide(total, n, out=np.zeros_like(total), where=n > 0)
        days = [series.date(int(day)) for day in np.flatnonzero(series.has_rows)]
        rows, minutes = int((~np.isnan(series.offered)).sum()), series.interval_min
        self.remarks.append(f"{shown}: {rows:,} intervals of {minutes} minutes, {_days_words(days)}")
        came = (series.passes > 0) & series.has_rows[:, None]
        self.tell_gaps(shown, known.sum(axis=0), came.sum(axis=0), minutes)
        return np.asarray(mean, dtype=np.float64)

    def tell_gaps(self, shown: str, seen: Floats, days: Floats, minutes: int) -> None:
        """Say which intervals some days have no row for."""
        gaps = np.flatnonzero((seen > 0) & (seen < days))
        if len(gaps):
            k = int(gaps[0])
            more = f" and {len(gaps) - 1} more" if len(gaps) > 1 else ""
            self.remarks.append(
                f"{shown}: {int(days[k] - seen[k])} of {int(days[k])} days have no row for "
                f"{clock_text(k * minutes * 60.0)}{more}: left out there, not counted as 0; if nobody came, "
                "write 0"
            )

    def read_intervals(self, how: How) -> None:
        """Replace the name of a table of averages by interval by its columns."""
        name = self.data.get("by_interval")
        if not isinstance(name, str):
            return
        self.data["by_interval"] = {}
        shown = str(self.path.parent / name)
        try:
            cells = read_table(Path(shown), shown).header.cells
        except OSError:
            cells = ()  # told where it is read
        except TableError as error:
            self.problems.append(Problem(shown, "", error.law, error.got, error.hint, error.line))
            return
        columns = [cell for cell in cells if cell.strip().casefold() in BY_INTERVAL]
        if cells and not columns:
            law = f"needs a column of averages: {', '.join(BY_INTERVAL)}"
            self.problems.append(Problem(shown, "", law, ", ".join(map(repr, cells))))
        before = list(self.remarks)
        for column in columns or (["asa_s"] if not cells else []):
            asked = replace(how, names=(folded(column),), media=(), queues=(), what="an average")
            if column.strip().casefold() in SHARES:
                asked = replace(asked, what="a share", most=1.0)
            found = self.series(("by_interval",), name, asked, None)
            if not found:
                return
            (series, *others) = found
            if others or series.kind != "intervals" or series.first != MEAN_DAY:
                law = "needs a row for each 15, 30 or 60 minutes of a mean day, without dates and queues"
                self.problems.append(Problem(shown, "start", law))
                return
            self.data["by_interval"][column.strip().casefold()] = [float(each) for each in series.offered[0]]
        self.remarks = [*before, f"{shown}: {', '.join(columns)} by interval"]


def _days_words(days: list[dt.date]) -> str:
    """How many days, and from when to when: volumes of another year are seen at once."""
    if days == [MEAN_DAY]:
        return "of one mean day"
    first, last = (f"{day.day} {day:%B %Y}" for day in (days[0], days[-1]))
    span = first if first == last else f"{first} to {last}"
    return f"of {len(days):,} day{'s' if len(days) != 1 else ''}, {span}, averaged"
