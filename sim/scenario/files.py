"""How does a scenario come from a file? TOML text in, a valid scenario out, or every problem at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from sim.errors import Problem, ScenarioError
from sim.scenario import advice
from sim.scenario.cells import DateOrder, Decimals
from sim.scenario.forecast import Grid, read_forecast
from sim.scenario.scenario import Parts, Scenario, laws_between
from sim.scenario.source import read_bytes
from sim.scenario.table import OLD_EXCEL, ZIP
from sim.scenario.toml import UnboundedError, read_toml
from sim.scenario.toml_positions import Places, places
from sim.scenario.units import FROM_FILE, known_zone
from sim.scenario.volumes import Wanted
from sim.scenario.words import dotted, problem, problems

Choice = TypeVar("Choice", DateOrder, Decimals)

Tell = Callable[[str], None]
"""Is told how each forecast file was understood, and what of it was left out: a sentence at a time."""


def load(path: str | Path, tell: Tell | None = None) -> Scenario:
    """Read the scenario file at *path*, with the forecast files that it names (relative to it).

    It is TOML, or a workbook as `sim new --excel` writes one: problems then have a sheet and a cell.

    How each of them was understood is said to *tell*.

    Raises
    ------
    ScenarioError
        With every problem found, each with file, line and column, place, law and value.
    """
    path = Path(path)
    if not is_workbook(path):
        return parse(text_of(path), str(path), path.parent, tell)
    from sim.scenario.excel.centre import read_workbook  # noqa: PLC0415  an extra

    book = read_workbook(path)
    if tell is not None:
        for remark in book.remarks:
            tell(remark)
    try:
        return parse(book.text, str(path), path.parent, tell)
    except ScenarioError as error:
        raise ScenarioError([book.placed(problem) for problem in error.problems]) from None


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook: by its name, or by what it begins with."""
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls"}:
        return True
    try:
        return read_bytes(path).startswith((ZIP, OLD_EXCEL))
    except OSError:
        return False


def scenario_text(path: Path) -> str:
    """TOML text of the scenario at *path*, which may be a workbook.

    Raises
    ------
    ScenarioError
        As `load`, of what can't be read.
    """
    if not is_workbook(path):
        return text_of(path)
    from sim.scenario.excel.centre import read_workbook  # noqa: PLC0415  an extra

    return read_workbook(path).text


def text_of(path: Path) -> str:
    """Text of a TOML file.

    Raises
    ------
    ScenarioError
        If it can't be read, or is not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise ScenarioError([Problem(str(path), "", f"can't be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise ScenarioError([Problem(str(path), "", f"must be UTF-8 text: {error.reason}")]) from None


def data_of(text: str, file: str) -> tuple[dict[str, Any], Places]:
    """Read TOML *text*; gives the data, and where each of them stands.

    Raises
    ------
    ScenarioError
        If it is no TOML, or beyond all bounds.
    """
    try:
        return read_toml(text), places(text)
    except UnboundedError as error:
        raise ScenarioError([_unbounded_problem(error, text, file)]) from None
    except ValueError as error:
        raise ScenarioError([_syntax_problem(str(error), text, file)]) from None


def parse(
    text: str, file: str = "<scenario>", folder: Path | None = None, tell: Tell | None = None
) -> Scenario:
    """Read a scenario from TOML *text*; *file* is its name in problems, *folder* where its forecasts lie."""
    data, where = data_of(text, file)
    problems, remarks = _read_forecasts(data, folder or Path(), file, where)
    if tell is not None:
        for remark in remarks:
            tell(remark)
    try:
        scenario = Scenario.model_validate(data, context=FROM_FILE)
    except ValidationError as error:
        problems += problems_of(error, data, file, where)
        scenario = None
    if problems:
        raise ScenarioError(_in_order(problems, file)) from None
    assert scenario is not None, "a broken law is a problem"
    return scenario


def schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, with which editors complete it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Scenario.model_json_schema(),
        "title": "A live-chat centre",
    }


def _in_order(problems: list[Problem], file: str) -> list[Problem]:
    """Problems, each once, in order of their place: the scenario's first, then those of its forecasts."""

    def position(problem: Problem) -> tuple[bool, str, int, int]:
        return problem.file != file, problem.file, problem.line or 0, problem.column or 0

    return sorted(dict.fromkeys(problems), key=position)


def _syntax_problem(message: str, text: str, file: str) -> Problem:
    lines = text.split("\n")
    match = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if match:
        line, column = int(match[1]), int(match[2])
        meant = advice.syntax_hint(lines[line - 1], column)
        return Problem(file, "", f"not TOML: {message[: match.start()]}", "", meant, line, column)
    law = f"not TOML: {message.removesuffix(' (at end of document)')}, at the end of the file"
    return Problem(file, "", law, line=len(lines), column=len(lines[-1]) + 1)


def _unbounded_problem(error: UnboundedError, text: str, file: str) -> Problem:
    line = column = None
    if error.place:
        line, column = places(text).of(error.place)
    elif error.offset is not None:
        line, column = Places(text).line_column(error.offset)
    return Problem(file, dotted(error.place), error.law, error.got, "", line, column)


def _read_forecasts(
    data: dict[str, Any], folder: Path, file: str, where: Places
) -> tuple[list[Problem], list[str]]:
    """Replace each forecast file in *data* by its volumes; gives the problems of the files, and remarks."""
    grid = _grid(data)
    problems: list[Problem] = []
    remarks: dict[str, None] = {}
    queues = data.get("queues")
    for q, queue in enumerate(queues if isinstance(queues, list) else []):
        arrivals = queue.get("arrivals") if isinstance(queue, dict) else None
        name = arrivals.get("file") if isinstance(arrivals, dict) else None
        if not isinstance(name, str) or not isinstance(arrivals, dict):
            continue
        line, column = where.of(("queues", q, "arrivals", "file"))
        if "per_interval" in arrivals:
            law = "give exactly one of per_hour, file, per_interval and times_s"
            problems.append(Problem(file, f"queues.{q}.arrivals", law, "2 of them", line=line, column=column))
            continue
        # A file with problems counts as one of zeros, or they would have consequences.
        arrivals["per_interval"] = [0.0] * (grid.n if grid else 0)
        if grid is None:
            continue
        try:
            own = replace(grid, zone=known_zone(arrivals.get("zone")))
            found = read_forecast(folder / name, str(folder / name), _wanted(queue, arrivals), own)
        except OSError as error:
            law, place = f"the forecast file can't be read: {error.strerror}", f"queues.{q}.arrivals.file"
            problems.append(Problem(file, place, law, repr(name), line=line, column=column))
            continue
        if not found.problems:
            arrivals["per_interval"] = found.volumes
        problems += found.problems
        remarks |= dict.fromkeys(found.remarks)
    return problems, list(remarks)


def _wanted(queue: Mapping[str, Any], arrivals: Mapping[str, Any]) -> Wanted:
    """What a queue says of its forecast file; an order or decimals that there are not are told elsewhere."""
    column, dates, decimals = (arrivals.get(key) for key in ("column", "dates", "decimals"))
    return Wanted(
        str(queue.get("name", "")),
        column if isinstance(column, str) else None,
        None if dates is None else _choice(DateOrder, dates),
        None if decimals is None else _choice(Decimals, decimals),
    )


def _choice(kind: type[Choice], value: Any) -> Choice:
    """The choice that a file has made; the first of all if there is none like it."""
    return next((choice for choice in kind if choice == value), next(iter(kind)))


def _grid(data: Mapping[str, Any]) -> Grid | None:
    parts = Parts.of(data, FROM_FILE)
    if parts.calendar is None or not parts.interval_min or 1440 % parts.interval_min:
        return None
    return Grid(parts.calendar, parts.interval_min)


def problems_of(
    error: ValidationError, data: dict[str, Any], file: str, where: Places | None = None
) -> Iterator[Problem]:
    """Problems of a scenario's raw *data*, in our words; *where* they stand in the file, if they do."""
    yield from problems(error, data, file, advice.hint, where)
    for place, law, got in laws_between(Parts.of(data, FROM_FILE)):
        yield problem(place, law, got, data, file, where)
