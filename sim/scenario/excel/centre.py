"""Which scenario does a workbook say? TOML text, and the cell that each of its values is from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import tomlkit

from sim.errors import Problem, ScenarioError, short
from sim.scenario.excel.layout import BY_NAME, CLOSED, DAYS, EVERY_DAY, SETTINGS, UNPLANNED
from sim.scenario.excel.sheets import Reading, Row, converted, read_sheets
from sim.scenario.source import read_bytes
from sim.scenario.table import TableError
from sim.scenario.units import clock_s
from sim.scenario.words import did_you_mean

_DAY_MIN = 1_440
_SERVICE: tuple[tuple[str, str, str, dict[str, float]], ...] = (
    ("turns", "Messages of the agent", "geometric", {}),
    ("agent_s", "Time for a reply", "lognormal", {"cv": 0.9}),
    ("customer_s", "Time of the customer", "lognormal", {"cv": 1.4}),
    ("wrap_up_s", "Wrap-up", "exponential", {}),
)
"""Laws of service by key and heading: usual ones, of which the workbook says the means."""
_PATIENCE_CV = 1.2
_STEPS = (15, 30, 60)
"""Minutes that a row of volumes may last: a scenario's profile is by quarter, half-hour or hour."""
_WEEKDAYS = tuple(day.lower() for day in DAYS)


@dataclass(slots=True)
class Sheets:
    """A scenario as its workbook says it."""

    file: str
    text: str
    """TOML."""
    cells: dict[str, str] = field(default_factory=dict)
    """Cell, as ``targets!C3``, by the place of the value in the scenario, as ``targets.service_level``."""
    remarks: tuple[str, ...] = ()
    """What is not read."""

    def placed(self, problem: Problem) -> Problem:
        """A *problem* of the text, told where it stands in the workbook."""
        if problem.file != self.file:
            return problem
        steps = problem.place.split(".")
        for n in range(len(steps), 0, -1):
            if (cell := self.cells.get(".".join(steps[:n]))) is not None:
                return replace(problem, place=f"{cell} ({problem.place})", line=None, column=None)
        return replace(problem, line=None, column=None)


def read_workbook(path: Path) -> Sheets:
    """Read the workbook at *path*.

    Raises
    ------
    ScenarioError
        With every problem, each with its sheet and cell.
    """
    file = str(path)
    try:
        reading = read_sheets(read_bytes(path), file)
    except OSError as error:
        raise ScenarioError([Problem(file, "", f"can't be read: {error.strerror}")]) from None
    except TableError as error:
        raise ScenarioError([Problem(file, "", error.law, error.got, error.hint)]) from None
    centre = _Centre(reading)
    data = centre.data()
    if reading.problems:
        raise ScenarioError(sorted(reading.problems, key=_in_order))
    text = f"# Read from {short(path.name)}.\n\n{tomlkit.dumps(data)}"
    return Sheets(file, text, centre.cells, tuple(reading.remarks))


def _in_order(problem: Problem) -> tuple[int, int, str]:
    """Sheets in their order, each from its top."""
    sheet, _, cell = problem.place.partition("!")
    line = re.search(r"\d+", cell)
    return list(BY_NAME).index(sheet), int(line[0]) if line else 0, cell


class _Centre:
    """Makes a scenario's data of the rows of sheets."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.rows = reading, reading.rows
        self.cells: dict[str, str] = {}
        self.queues = [row["Queue"] for row in self._of("queues")]
        self.groups = [row["Group"] for row in self._of("groups")]

    def _of(self, sheet: str) -> list[Row]:
        return self.rows.get(sheet, [])

    def data(self) -> dict[str, Any]:
        """All of it."""
        data = self._settings()
        if hours := self._hours():
            data["hours"] = hours
            self.cells["hours"] = "hours"
        targets = self._targets()
        if targets[""]:
            data["targets"] = targets[""]
        data["queues"] = [self._queue(k, row, targets) for k, row in enumerate(self._of("queues"))]
        data["groups"] = [
            self._group(k, row, targets, int(data.get("interval_min") or 30))
            for k, row in enumerate(self._of("groups"))
        ]
        self.cells |= {"queues": "queues", "groups": "groups", "targets": "targets"}
        for sheet in ("volumes", "agents", "shifts", "absences"):
            self._refuse_unknown(sheet)
        return data

    def _put(self, table: dict[str, Any], key: str, row: Row, title: str, place: str) -> None:
        """Take a value over, if there is one, and where it is from."""
        if row[title] is not None:
            table[key] = row[title]
        self.cells[f"{place}{key}"] = row.place(title)

    def _settings(self) -> dict[str, Any]:
        known, data = {setting.title.casefold(): setting for setting in SETTINGS}, dict[str, Any]()
        for row in self._of("centre"):
            label = str(row["Setting"]).split("(")[0].strip()
            setting = known.get(label.casefold())
            if setting is None:
                titles = [each.title for each in SETTINGS]
                hint = did_you_mean(label, titles).removeprefix("; ") or f"there are {', '.join(titles)}"
                self.reading.wrong(row.place("Setting"), "no setting is called so", label, hint)
                continue
            if row["Value"] is None:
                continue
            value, law = converted(row["Value"], setting.kind)
            if law:
                self.reading.wrong(row.place("Value"), f"{setting.title} {law}", row["Value"])
            elif setting.key in data:
                self.reading.wrong(row.place("Setting"), "stands twice", label)
            else:
                data[setting.key] = value
            self.cells[setting.key] = row.place("Value")
        return data

    def _hours(self) -> dict[str, Any]:
        hours: dict[str, Any] = {}
        for row in self._of("hours"):
            day, at = row["Day"], row.place("Day")
            said = self._opening(row)
            if said is None:
                continue
            if isinstance(day, dt.datetime | dt.date):
                date = day.date() if isinstance(day, dt.datetime) else day
                hours.setdefault("dates", {})[date.isoformat()] = said
                self.cells[f"hours.dates.{date.isoformat()}"] = at
            elif str(day).casefold() == EVERY_DAY.casefold():
                if isinstance(said, dict):
                    hours |= said
                self.cells |= {"hours.open": row.place("Open"), "hours.close": row.place("Close")}
            elif (key := str(day)[:3].lower()) in _WEEKDAYS and str(day).isalpha():
                hours[key] = said
                self.cells[f"hours.{key}"] = at
            else:
                names = [EVERY_DAY, *DAYS]
                hint = did_you_mean(str(day), names).removeprefix("; ") or f"there are {', '.join(names)}"
                self.reading.wrong(at, "must be a weekday, Every day, or a date", day, hint)
        return hours

    def _opening(self, row: Row) -> dict[str, str] | str | None:
        """Hours of a day, or that it is closed; None if they can't be read."""
        if str(row["Open"]).strip().casefold() == CLOSED:
            return CLOSED
        start, law = converted(row["Open"], "time") if row["Open"] is not None else (None, "is missing")
        if law or row["Close"] is None:
            self.reading.wrong(
                row.place("Open"), f"Open {law or 'has no Close beside it'}; or write {CLOSED}"
            )
            return None
        return {"open": start, "close": row["Close"]}

    def _targets(self) -> dict[str, dict[str, Any]]:
        """Targets of the centre, under no name, and of queues and groups."""
        found: dict[str, dict[str, Any]] = {"": {}} | {name: {} for name in (*self.queues, *self.groups)}
        for row in self._of("targets"):
            of, key = row["Of"] or "", row["Target"]
            if of not in found:
                hint = did_you_mean(of, [name for name in found if name]).removeprefix("; ")
                self.reading.wrong(row.place("Of"), "no queue and no group is called so", of, hint)
                continue
            if key is None:
                continue
            if key in found[of]:
                self.reading.wrong(row.place("Target"), "the target stands twice", key)
            found[of][key] = row["Value"] if row["Value"] is not None else 0.0
            for place in self._places(of):
                self.cells[f"{place}targets.{key}"] = row.place("Value")
        return found

    def _places(self, name: str) -> Iterator[str]:
        if not name:
            yield ""
        yield from (f"queues.{k}." for k, each in enumerate(self.queues) if each == name)
        yield from (f"groups.{k}." for k, each in enumerate(self.groups) if each == name)

    def _queue(self, k: int, row: Row, targets: dict[str, dict[str, Any]]) -> dict[str, Any]:
        place = f"queues.{k}."
        self.cells[place[:-1]] = row.at
        queue: dict[str, Any] = {}
        self._put(queue, "name", row, "Queue", place)
        name = row["Queue"]
        queue["arrivals"] = {"per_hour": self._per_hour(k, name)}
        self._put(queue["arrivals"], "busyness_cv", row, "Days differ by", f"{place}arrivals.")
        if row["Patience"] is not None:
            queue["patience"] = {"law": "lognormal", "mean_s": row["Patience"], "cv": _PATIENCE_CV}
        self.cells[f"{place}patience"] = row.place("Patience")
        service: dict[str, Any] = {}
        for key, title, law, spread in _SERVICE:
            if row[title]:
                mean = "mean" if key == "turns" else "mean_s"
                service[key] = {"law": law, mean: row[title]} | spread
            self.cells[f"{place}service.{key}"] = row.place(title)
        queue["service"] = service
        if name and targets.get(name):
            queue["targets"] = targets[name]
        return queue

    def _per_hour(self, k: int, name: str | None) -> list[float]:
        """Chats an hour of each interval of the week, Monday first."""
        rows = [row for row in self._of("volumes") if row["Queue"] == name and row["From"] is not None]
        step = self._step(rows, "volumes")
        self.cells[f"queues.{k}.arrivals"] = "volumes"
        if step is None:
            return [0.0]
        n = _DAY_MIN // step
        rates = [0.0] * 7 * n
        for row, place in self._intervals(rows, step):
            for d, day in enumerate(DAYS):
                if row[day] is not None:
                    rates[d * n + place] = round(row[day] * 60 / step, 9)
                self.cells[f"queues.{k}.arrivals.per_hour.{d * n + place}"] = row.place(day)
        return rates

    def _step(self, rows: list[Row], sheet: str) -> int | None:
        """Minutes that a row lasts: the least from one to the next."""
        starts = sorted({minute for row in rows if (minute := self._minute(row)) is not None})
        gaps = [late - early for early, late in pairwise(starts)]
        if not gaps:
            if sheet == "volumes" and self._of(sheet):
                self.reading.wrong(sheet, "needs at least two rows of each queue, one each interval")
            return None
        least = min(gaps)
        if least not in _STEPS:
            late = next(early + least for early in starts if early + least in starts)
            row = next(row for row in rows if self._minute(row) == late)
            law = "rows must be 15, 30 or 60 minutes apart"
            self.reading.wrong(row.place("From"), law, f"{least:g} minutes after the one before")
            return None
        return int(least)

    def _minute(self, row: Row) -> float | None:
        try:
            return clock_s(row["From"]) / 60
        except ValueError:  # pydantic's own is one
            return None

    def _intervals(self, rows: list[Row], step: int) -> Iterator[tuple[Row, int]]:
        """Each row with its interval of the day; says which begin within one, or stand twice."""
        seen: set[int] = set()
        for row in rows:
            minute = self._minute(row)
            place = None if minute is None or minute % step or minute >= _DAY_MIN else int(minute // step)
            if place is None:
                law = f"must be the beginning of an interval of {step} minutes"
                self.reading.wrong(row.place("From"), law, row["From"])
            elif place in seen:
                self.reading.wrong(row.place("From"), "the interval stands twice", row["From"])
            else:
                seen.add(place)
                yield row, place

    def _group(
        self, k: int, row: Row, targets: dict[str, dict[str, Any]], interval_min: int
    ) -> dict[str, Any]:
        place = f"groups.{k}."
        self.cells[place[:-1]] = row.at
        group: dict[str, Any] = {}
        self._put(group, "name", row, "Group", place)
        self._put(group, "queues", row, "Queues", place)
        self._put(group, "concurrency", row, "Chats at once", place)
        self._put(group, "agents", row, "Agents", place)
        name = row["Group"]
        group |= self._staffed(k, name, interval_min)
        ways = {"agents": "groups", "staffing_by_day": "agents", "shifts": "shifts"}
        there = [sheet for key, sheet in ways.items() if key in group]
        if len(there) != 1:
            law = "agents must stand on exactly one of the sheets groups, agents and shifts"
            self.reading.wrong(row.at, law, f"{name}: {' and '.join(there) or 'on none'}")
        group |= self._absences(k, name)
        if name and targets.get(name):
            group["targets"] = targets[name]
        return group

    def _staffed(self, k: int, name: str | None, interval_min: int) -> dict[str, Any]:
        """Who is on duty, as the sheets agents and shifts say."""
        found: dict[str, Any] = {}
        rows = [row for row in self._of("agents") if row["Group"] == name and row["From"] is not None]
        if rows:
            found["staffing_by_day"] = self._staffing(k, rows, interval_min)
        shifts = [row for row in self._of("shifts") if row["Group"] == name]
        if shifts:
            found["shifts"] = [self._shift(f"groups.{k}.shifts.{n}", row) for n, row in enumerate(shifts)]
        return found

    def _staffing(self, k: int, rows: list[Row], interval_min: int) -> dict[str, list[int]]:
        if self._step(rows, "agents") not in {None, interval_min}:
            law = f"rows must be as long as the planning interval, {interval_min} minutes"
            self.reading.wrong(rows[0].place("From"), law, "", "see the sheet centre")
            return {}
        levels = {day: [0] * (_DAY_MIN // interval_min) for day in _WEEKDAYS}
        for row, at in self._intervals(rows, interval_min):
            for title, day in zip(DAYS, _WEEKDAYS, strict=True):
                if row[title] is not None:
                    agents, law = converted(row[title], "whole")
                    if law:
                        self.reading.wrong(row.place(title), law, row[title])
                    else:
                        levels[day][at] = agents
                self.cells[f"groups.{k}.staffing_by_day.{day}.{at}"] = row.place(title)
        return {day: agents for day, agents in levels.items() if any(agents)}

    def _shift(self, place: str, row: Row) -> dict[str, Any]:
        self.cells[place] = row.at
        shift: dict[str, Any] = {}
        self._put(shift, "agents", row, "Agents", f"{place}.")
        self._put(shift, "start", row, "From", f"{place}.")
        self._put(shift, "end", row, "To", f"{place}.")
        if days := self._days(row):
            shift["days"] = days
        if row["Break from"] is not None:
            pause: dict[str, Any] = {}
            self._put(pause, "start", row, "Break from", f"{place}.breaks.0.")
            self._put(pause, "minutes", row, "Break", f"{place}.breaks.0.")
            self.cells[f"{place}.breaks"] = row.place("Break from")
            shift["breaks"] = [pause]
        elif row["Break"] is not None:
            self.reading.wrong(row.place("Break"), "a break needs a beginning, in the column Break from")
        return shift

    def _days(self, row: Row) -> list[str]:
        """Weekdays of a shift: single ones, and from one to another."""
        found: list[str] = []
        for word in row["Days"] or []:
            ends = [part.strip()[:3].lower() for part in word.replace("–", "-").split("-")]
            if not all(end in _WEEKDAYS for end in ends) or len(ends) not in {1, 2}:
                law = "must be weekdays such as Mon, Tue or Mon-Fri"
                self.reading.wrong(row.place("Days"), law, word)
                continue
            first, last = _WEEKDAYS.index(ends[0]), _WEEKDAYS.index(ends[-1])
            found += [_WEEKDAYS[d % 7] for d in range(first, last + 1 + 7 * (last < first))]
        return list(dict.fromkeys(found))

    def _absences(self, k: int, name: str | None) -> dict[str, Any]:
        shrinkage: dict[str, float] = {}
        found: dict[str, Any] = {}
        for row in self._of("absences"):
            if row["Group"] != name or row["Cause"] is None or row["Share"] is None:
                continue
            cause = row["Cause"]
            if cause.casefold() == UNPLANNED:
                found["absence"] = row["Share"]
                self.cells[f"groups.{k}.absence"] = row.place("Share")
            elif cause in shrinkage:
                self.reading.wrong(row.place("Cause"), "the cause stands twice", cause)
            else:
                shrinkage[cause] = row["Share"]
                self.cells[f"groups.{k}.shrinkage.{cause}"] = row.place("Share")
        return found | ({"shrinkage": shrinkage} if shrinkage else {})

    def _refuse_unknown(self, sheet: str) -> None:
        """Say which rows are of no queue or group that there is."""
        title, known = ("Queue", self.queues) if sheet == "volumes" else ("Group", self.groups)
        names = [name for name in known if name]
        for row in self._of(sheet) if names else ():
            if row[title] is not None and row[title] not in names:
                hint = did_you_mean(row[title], names).removeprefix("; ") or f"there are {', '.join(names)}"
                self.reading.wrong(row.place(title), f"no {title.lower()} is called so", row[title], hint)
