"""How does a scenario come from a file? TOML text in, a valid scenario out, or every problem at once."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Problem, ScenarioError
from sim.world import advice
from sim.world.cells import DateOrder, Decimals
from sim.world.demand import TAGS
from sim.world.forecast import Calendar, read_forecast
from sim.world.laws import Words
from sim.world.places import Places, places
from sim.world.scenario import Parts, Scenario, laws_between
from sim.world.source import read_bytes
from sim.world.toml import UnboundedError, read_toml
from sim.world.units import FROM_FILE
from sim.world.volumes import Wanted

Place = tuple[str | int, ...]
Choice = TypeVar("Choice", DateOrder, Decimals)

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "finite_number": "must be a finite number",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "needs at least {min_length}",
    "too_long": "takes at most {max_length}",
    "string_too_short": "must not be empty",
    "string_too_long": "takes at most {max_length} letters",
    "union_tag_not_found": "needs a law",
    "union_tag_invalid": "unknown law",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "model_attributes_type": "must be a table",
    "enum": "must be one of {expected}",
}
"""Our words for pydantic's laws, by error type."""


Tell = Callable[[str], None]
"""Is told how each forecast file was understood, and what of it was left out: a sentence at a time."""


def load(path: str | Path, tell: Tell | None = None) -> Scenario:
    """Read the scenario file at *path*, with the forecast files that it names (relative to it).

    How each of them was understood is said to *tell*.

    Raises
    ------
    ScenarioError
        With every problem found, each with file, line and column, place, law and value.
    """
    path = Path(path)
    try:
        text = read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise ScenarioError([Problem(str(path), "", f"can't be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise ScenarioError([Problem(str(path), "", f"must be UTF-8 text: {error.reason}")]) from None
    return parse(text, str(path), path.parent, tell)


def parse(
    text: str, file: str = "<scenario>", folder: Path | None = None, tell: Tell | None = None
) -> Scenario:
    """Read a scenario from TOML *text*; *file* is its name in problems, *folder* where its forecasts lie."""
    try:
        data = read_toml(text)
        where = places(text)
    except UnboundedError as error:
        raise ScenarioError([_unbounded_problem(error, text, file)]) from None
    except ValueError as error:
        raise ScenarioError([_syntax_problem(str(error), text, file)]) from None
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
    return Problem(file, _dotted(error.place), error.law, error.got, "", line, column)


def _read_forecasts(
    data: dict[str, Any], folder: Path, file: str, where: Places
) -> tuple[list[Problem], list[str]]:
    """Replace each forecast file in *data* by its volumes; gives the problems of the files, and remarks."""
    calendar = _calendar(data)
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
        n = calendar.days * 24 * 60 // calendar.interval_min if calendar else 0
        arrivals["per_interval"] = [0.0] * n
        if calendar is None:
            continue
        try:
            found = read_forecast(folder / name, str(folder / name), _wanted(queue, arrivals), calendar)
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


def _calendar(data: Mapping[str, Any]) -> Calendar | None:
    parts = Parts.of(data, FROM_FILE)
    if parts.start is None or parts.days is None or not parts.interval_min or 1440 % parts.interval_min:
        return None
    hours = parts.hours
    return Calendar(
        parts.start,
        parts.days,
        parts.interval_min,
        hours.open if hours else None,
        hours.close if hours else None,
    )


def problems_of(
    error: ValidationError, data: dict[str, Any], file: str, where: Places | None = None
) -> Iterator[Problem]:
    """Problems of a scenario's raw *data*, in our words; *where* they stand in the file, if they do."""
    details = error.errors(include_url=False)
    places_broken = [_in_file(detail["loc"], data) for detail in details]
    for detail, place in zip(details, places_broken, strict=True):
        consequence = detail["type"] == "too_short" and any(
            other[: len(place)] == place and other != place for other in places_broken
        )
        if not consequence:
            yield _problem(place, detail, data, file, where)
    for place, law, got in laws_between(Parts.of(data, FROM_FILE)):
        text, _, hint = law.partition("; ")
        line, column = where.of(place) if where else (None, None)
        yield Problem(file, _dotted(place), text, _shown(_value_at(place, data, got)), hint, line, column)


def _problem(place: Place, detail: ErrorDetails, data: Any, file: str, where: Places | None) -> Problem:
    kind = detail["type"]
    law, hint = _law_and_hint(detail, place)
    line, column = where.of(place, key=kind == "extra_forbidden") if where else (None, None)
    got = _shown(_value_at(place, data, detail["input"]))
    if (
        kind in {"missing", "union_tag_not_found", "extra_forbidden", "both_models"}
        or hint in advice.SINGLE_TABLES.values()
    ):
        got = ""
    elif kind == "union_tag_invalid":
        got = repr(detail["ctx"]["tag"])
    return Problem(file, _dotted(place), law, got, hint, line, column)


def _value_at(place: Place, data: Any, otherwise: Any) -> Any:
    """The value as it stands in the file; *otherwise* what the law was told, where it says more."""
    for step in place:
        inside = isinstance(data, dict) and step in data
        if not inside and not (isinstance(data, list) and isinstance(step, int) and step < len(data)):
            return otherwise
        data = data[step]
    is_said = isinstance(otherwise, Words) or isinstance(data, dict | list)
    return otherwise if is_said else data


def _law_and_hint(detail: ErrorDetails, place: Place) -> tuple[str, str]:
    """Our words for a broken law, and what may have been meant."""
    ctx: dict[str, Any] = detail.get("ctx", {})
    words = _WORDS.get(detail["type"])
    numbers = {name: _plain(value) for name, value in ctx.items()}
    law = words.format(**numbers) if words else detail["msg"]
    law, _, hint = law.partition("; ")
    if detail["type"] == "union_tag_invalid":
        known = re.findall(r"'(\w+)'", ctx["expected_tags"])
        law += f" (known: {', '.join(known)})"
    return law, advice.hint(detail, place) or hint


def _in_file(loc: Place, data: Any) -> Place:
    """A pydantic place without the names of union alternatives, which do not stand in the file."""
    place: list[str | int] = []
    node = data
    for k, step in enumerate(loc):
        is_key = isinstance(node, dict) and step in node
        is_index = isinstance(node, list) and isinstance(step, int) and step < len(node)
        if is_key or is_index:
            node = node[step]
        elif k < len(loc) - 1 or _is_alternative(step, node):
            continue
        place.append(step)
    return tuple(place)


def _is_alternative(step: str | int, node: Any) -> bool:
    return step in TAGS or (isinstance(node, dict) and node.get("law") == step)


def _plain(value: Any) -> Any:
    """A bound as one writes it: 1,000,000 and 0.001."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"
    return value


def _dotted(place: Place) -> str:
    return ".".join(str(step) for step in place)


def _shown(value: Any) -> str:
    """A value as its file would show it, shortened."""
    if isinstance(value, Words):
        text = str(value)
    elif isinstance(value, dict | list | tuple):
        text = json.dumps(value, default=str)
    elif isinstance(value, dt.date | dt.time):
        text = str(value)
    elif isinstance(value, bool):
        text = str(value).lower()
    elif value is None:
        text = ""
    else:
        text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
