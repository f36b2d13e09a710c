"""How does other staffing get into a scenario's file? Its groups alone change; comments and layout stay.

::

    write(Path("centre.toml"), roster.scenario.groups, Path("rostered.toml"))
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import tomlkit

from sim.output import write_text
from sim.scenario.files import parse, scenario_text
from sim.scenario.hours import Weekday
from sim.scenario.scenario import Scenario
from sim.scenario.shifts import Break, Shift
from sim.scenario.team import Group, StaffingByDay
from sim.scenario.units import DAY_S, clock_text

_WAYS = ("agents", "staffing", "shifts")
"""Keys of a group of which exactly one is written."""
_ALL_WAYS = (*_WAYS, "staffing_by_day")
"""Those that say who is on duty."""
_A_LINE = 12
"""Numbers of a long list in a line."""


def write(
    source: Path, groups: Sequence[Group], target: Path, *, comment: str = "", force: bool = False
) -> None:
    """Write the scenario file *source*, with the staffing of *groups*, to *target*.

    Raises
    ------
    OutputError
        If *target* exists and is not to be replaced by *force*, or can't be written to.
    """
    write_text(target, written(read(source), groups, source.parent, target.parent, comment), force=force)


def read(source: Path) -> str:
    """Text of a scenario file, as `sim.scenario.files.load` reads it; of a workbook the TOML that it says."""
    return scenario_text(source)


def written(
    text: str,
    groups: Sequence[Group],
    folder: Path | None = None,
    new_folder: Path | None = None,
    comment: str = "",
) -> str:
    """TOML *text* of a scenario, with the staffing (constant, by interval, or shifts) of other *groups*.

    Parameters
    ----------
    text
        A valid scenario.
    groups
        As many as it has, in its order. Only what says who is on duty is taken from them.
    folder, new_folder
        Where the text lies, and where it is to lie: paths of forecasts are relative to it.
    comment
        Stands beside what is new.

    Raises
    ------
    ScenarioError
        If the scenario would break a law with these groups.
    """
    document: Any = tomlkit.parse(text)
    folder, new_folder = folder or Path(), new_folder or Path()
    before = parse(text, folder=folder).groups
    for table, group, was in zip(document["groups"], groups, before, strict=True):
        if not _are_alike(group, was):
            staffed(table, group, comment)
    _proof(tomlkit.dumps(document), groups, folder)
    if folder.resolve() != new_folder.resolve():
        _move_forecasts(document["queues"], folder, new_folder)
    return tomlkit.dumps(document)


def written_weeks(text: str, scenario: Scenario, folder: Path, new_folder: Path) -> str:
    """TOML *text* of a scenario with the days and the shifts of a roster of weeks."""
    document: Any = tomlkit.parse(text)
    document["days"] = scenario.days
    for table, group in zip(document["groups"], scenario.groups, strict=True):
        staffed(table, group, "by sim roster --weeks")
    _proof(tomlkit.dumps(document), scenario.groups, folder)
    if folder.resolve() != new_folder.resolve():
        _move_forecasts(document["queues"], folder, new_folder)
    return tomlkit.dumps(document)


def staffed(table: Any, group: Group, comment: str) -> None:
    """Say who is on duty in a *table* of a group, in place of what says it there; a *comment* beside it."""
    ways = [way for way in _WAYS if getattr(group, way) is not None]
    for other in _ALL_WAYS:
        if other in table and (other not in ways or not isinstance(table[other], tomlkit.items.Array)):
            del table[other]
    is_table = isinstance(table, tomlkit.items.Table)
    for way in ways:
        value = tomlkit.value(_text(getattr(group, way)))
        if comment and is_table:
            value.comment(comment)
        table[way] = value
    if group.staffing_by_day is not None:
        by_day = _by_day(group.staffing_by_day, tomlkit.table if is_table else tomlkit.inline_table)
        if comment and is_table and not ways:
            by_day.comment(comment)
        table["staffing_by_day"] = by_day


def _by_day(by_day: StaffingByDay, new: Callable[[], Any]) -> Any:
    """Staffing of some days as it stands in a file: a table, or one in a line."""
    table = new()
    for name in Weekday:
        if (levels := by_day.of_weekday(name)) is not None:
            table[name.value] = tomlkit.value(_text(levels))
    if by_day.dates:
        dates = new()
        for date, levels in by_day.dates.items():
            dates[str(date)] = tomlkit.value(_text(levels))
        table["dates"] = dates
    return table


def _text(staff: int | Sequence[int] | Sequence[Shift]) -> str:
    """Who is on duty, as it stands in a file."""
    if isinstance(staff, int):
        return str(staff)
    if all(isinstance(level, int) for level in staff):
        lines = [", ".join(map(str, staff[k : k + _A_LINE])) for k in range(0, len(staff), _A_LINE)]
        return _listed(lines) if len(lines) > 2 else f"[{', '.join(lines)}]"
    return _listed(_shift_text(shift) for shift in staff if isinstance(shift, Shift))


def _listed(lines: Iterable[str]) -> str:
    return "[\n" + "".join(f"    {line},\n" for line in lines) + "]"


def _shift_text(shift: Shift) -> str:
    pauses = ", ".join(_break_text(pause) for pause in shift.breaks)
    breaks = f", breaks = [{pauses}]" if pauses else ""
    more = breaks
    if shift.days:
        names = ", ".join(f'"{day.value}"' for day in shift.days)
        more += f", days = [{names}]"
    if shift.dates:
        more += f", dates = [{', '.join(map(str, shift.dates))}]"
    if shift.not_on:
        more += f", not_on = [{', '.join(map(str, shift.not_on))}]"
    if shift.crew is not None:
        more += f", crew = {tomlkit.string(shift.crew).as_string()}"
    return f"{{ agents = {shift.agents}, start = {_clock(shift.start)}, end = {_clock(shift.end)}{more} }}"


def _break_text(pause: Break) -> str:
    return f"{{ start = {_clock(pause.start)}, minutes = {pause.minutes:g} }}"


def _clock(time_s: float) -> str:
    """A clock time as TOML has it; midnight at the end of a day is text."""
    return '"24:00"' if time_s == DAY_S else f"{clock_text(time_s)}:{int(time_s % 60):02d}"


def _move_forecasts(queues: Any, folder: Path, new_folder: Path) -> None:
    """Name forecast files as they are called from the new folder."""
    for queue in queues:
        arrivals = queue.get("arrivals", {})
        if "file" in arrivals and not Path(arrivals["file"]).is_absolute():
            path = (folder / arrivals["file"]).resolve()
            try:
                arrivals["file"] = Path(os.path.relpath(path, new_folder.resolve())).as_posix()
            except ValueError:  # another drive
                arrivals["file"] = path.as_posix()


def _proof(text: str, groups: Sequence[Group], folder: Path) -> None:
    """Read what is to be written, and see that it is what was meant."""
    found = parse(text, "the scenario to be written", folder)
    for group, meant in zip(found.groups, groups, strict=True):
        assert _are_alike(group, meant), group.name


def _are_alike(group: Group, other: Group) -> bool:
    """Whether the same agents are on duty at the same times."""
    return all(getattr(group, way) == getattr(other, way) for way in _ALL_WAYS)
