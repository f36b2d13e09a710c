"""How is a scenario written in which each number says how it is known? TOML of plain data, with comments.

::

    commented({"name": "Shop", "queues": [{"name": "orders", "arrivals": {"per_hour": [...]}}]},
              {"queues.0.arrivals.per_hour": "measured, 28 days"}, ["Fitted to shop.log."])
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tomlkit

from sim.scenario.files import parse
from sim.scenario.hours import Weekday

_AT = 40
"""Column at which comments begin ..."""
_WIDE = 118
"""... and beyond which none goes on: it stands above its line."""
_A_LINE = 8
"""Numbers of a list that is written in one line."""
_PER_LINE = 12
_A_WEEK = tuple(day.value for day in Weekday)


def commented(data: Mapping[str, Any], comments: Mapping[str, str], head: Sequence[str]) -> str:
    """TOML of a scenario's *data*, each number with its comment by dotted place, below some lines of *head*.

    Raises
    ------
    ScenarioError
        If it is no scenario.
    """
    lines = [f"# {one_line(line)}" if line else "#" for line in head]
    lines += ["", *_table(data, "", "", comments)]
    text = "\n".join(lines) + "\n"
    parse(text, "the scenario to be written")
    return text


def one_line(text: str) -> str:
    """Text that may stand in a comment."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _table(data: Mapping[str, Any], path: str, place: str, comments: Mapping[str, str]) -> Iterator[str]:
    """Lines of a table: its values first, then the tables in it."""
    inside = {key: value for key, value in data.items() if _is_table(value) and not _is_day(value, place)}
    for key, value in data.items():
        if key not in inside:
            yield from _value(key, value, _joined(place, key), comments)
    for key, value in inside.items():
        name, where = _joined(path, _key(key)), _joined(place, key)
        if isinstance(value, Mapping):
            yield from ["", *_said(f"[{name}]", comments.get(where, ""))]
            yield from _table(value, name, where, comments)
            continue
        for k, item in enumerate(value):
            yield from ["", f"[[{name}]]"]
            yield from _table(item, name, f"{where}.{k}", comments)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    )


def _is_day(value: Any, place: str) -> bool:
    """Whether it is the opening hours of one of several days: they stand in a line."""
    return bool(place) and isinstance(value, Mapping) and set(value) == {"open", "close"}


def _value(key: str, value: Any, place: str, comments: Mapping[str, str]) -> Iterator[str]:
    comment = comments.get(place, "")
    if isinstance(value, list) and len(value) > _A_LINE:
        yield from _said(f"{_key(key)} = [", comment)
        yield from (f"    {line}" for line in _rows(value))
        yield "]"
        return
    yield from _said(f"{_key(key)} = {text_of(value)}", comment)


def _rows(values: Sequence[Any]) -> Iterator[str]:
    """Lines of a long list; those of a week have a day each."""
    is_week = len(values) in {168, 336, 672}
    width = len(values) // 7 if is_week else _PER_LINE
    for k in range(0, len(values), width):
        row = ", ".join(text_of(each) for each in values[k : k + width])
        yield f"{row},{f'  # {_A_WEEK[k // width]}' if is_week else ''}"


def _said(line: str, comment: str) -> list[str]:
    """A line with its comment, or below it where there is no room."""
    if not comment:
        return [line]
    both = f"{line:<{_AT - 1}} # {one_line(comment)}"
    if len(both) <= _WIDE:
        return [both]
    above = textwrap.wrap(
        one_line(comment), _WIDE, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
    return [*above, line]


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _key(key: str) -> str:
    return tomlkit.key(key).as_string()


def text_of(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(key)} = {text_of(each)}' for key, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(text_of(each) for each in value)}]"
    return str(tomlkit.item(value).as_string())
