"""How does a broken law read? Pydantic's errors as problems, in our words.

A record is made from a file, or in Python by its class; the words are the same.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Problem
from sim.scenario.figures import usual_target
from sim.scenario.toml_positions import Places

Place = tuple[str | int, ...]
Advise = Callable[[ErrorDetails, Place], str]
"""What may have been meant by a value that broke a law, and stands at a place; or nothing."""


class Words(str):
    """What was found, said in words rather than shown as a value: ``2 of them``."""

    __slots__ = ()


TAGS = ("by turns", "by work", "one", "many", "table", "word", "[key]")
"""Names of the alternatives of a union, and of a key: they stand in pydantic's places, not in the file."""
CHOOSING = ("law", "kind")
"""Keys that choose among records: their values stand in pydantic's places, too."""

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
    "union_tag_not_found": "needs a {discriminator}",
    "union_tag_invalid": "unknown {discriminator}",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "model_attributes_type": "must be a table",
    "enum": "must be one of {expected}",
    "literal_error": "must be {expected}, or a table",
}
"""Our words for pydantic's laws, by error type."""


def problems(
    error: ValidationError, data: Any, file: str, advise: Advise, where: Places | None = None
) -> Iterator[Problem]:
    """Problems of a record's raw *data*; *where* they stand in the *file*, if they do."""
    details = error.errors(include_url=False)
    broken = [_in_file(detail["loc"], data) for detail in details]
    for detail, place in zip(details, broken, strict=True):
        consequence = detail["type"] == "too_short" and any(
            other[: len(place)] == place and other != place for other in broken
        )
        if not consequence:
            yield _problem(place, detail, data, file, advise, where)


def problem(place: Place, law: str, got: Any, data: Any, file: str, where: Places | None = None) -> Problem:
    """A *law* (with a hint after "; ") that *got* breaks at a *place* of the *data*."""
    text, _, hint = law.partition("; ")
    line, column = where.of(place) if where else (None, None)
    return Problem(file, dotted(place), text, _shown(_value_at(place, data, got)), hint, line, column)


def did_you_mean(name: str, known: list[str]) -> str:
    """``; did you mean …`` with the nearest of the *known* names, or nothing."""
    if (target := usual_target(name)) in known:
        return f"; did you mean {target!r}?"
    near = get_close_matches(name, known, n=1, cutoff=0.6) or [
        each for each in known if len(each) >= 3 and name.casefold().startswith(each.casefold())
    ]
    return f"; did you mean {near[0]!r}?" if near else ""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Say that no *what* has this name, with the nearest of those *known*, or with all of them.

    >>> unknown("profile", "spik", ["ramp", "spike"])
    "no profile is called 'spik'; did you mean 'spike'?"
    >>> unknown("mode", "fast", ["reactive", "timeline"])
    "no mode is called 'fast'; there are reactive, timeline"
    """
    names = list(known)
    hint = did_you_mean(name, names) or f"; there are {', '.join(names)}"
    return f"no {what} is called {name!r}{hint}"


def _problem(
    place: Place, detail: ErrorDetails, data: Any, file: str, advise: Advise, where: Places | None
) -> Problem:
    kind = detail["type"]
    law, hint = _law_and_hint(detail, place, advise)
    line, column = where.of(place, key=kind == "extra_forbidden") if where else (None, None)
    got = _shown(_value_at(place, data, detail["input"]))
    if kind in {"missing", "union_tag_not_found", "extra_forbidden", "both_models"} or hint.startswith(
        "write [["
    ):
        got = ""
    elif kind == "union_tag_invalid":
        got = repr(detail["ctx"]["tag"])
    return Problem(file, dotted(place), law, got, hint, line, column)


def _value_at(place: Place, data: Any, otherwise: Any) -> Any:
    """The value as it stands in the file; *otherwise* what the law was told, where it says more."""
    for step in place:
        inside = isinstance(data, dict) and step in data
        if not inside and not (isinstance(data, list) and isinstance(step, int) and step < len(data)):
            return otherwise
        data = data[step]
    is_said = isinstance(otherwise, Words) or isinstance(data, dict | list)
    return otherwise if is_said else data


def _law_and_hint(detail: ErrorDetails, place: Place, advise: Advise) -> tuple[str, str]:
    """Our words for a broken law, and what may have been meant."""
    ctx: dict[str, Any] = detail.get("ctx", {})
    words = _WORDS.get(detail["type"])
    told = {name: _plain(value) for name, value in ctx.items()}
    if "discriminator" in told:
        told["discriminator"] = ctx["discriminator"].strip("'")
    law = words.format(**told) if words else detail["msg"]
    law, _, hint = law.partition("; ")
    if detail["type"] == "union_tag_invalid":
        known = re.findall(r"'(\w+)'", ctx["expected_tags"])
        law += f" (known: {', '.join(known)})"
    return law, advise(detail, place) or hint


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
    return step in TAGS or (isinstance(node, dict) and step in [node.get(key) for key in CHOOSING])


def _plain(value: Any) -> Any:
    """A bound as one writes it: 1,000,000 and 0.001."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"
    return value


def dotted(place: Place) -> str:
    """A place as it is written: ``groups.0.agents``."""
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
