"""How does a frame of JSON fit a pattern, and how is one written? Texts of a pattern hold ``{names}``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sim.errors import LoadError

_NAME = re.compile(r"\{((?:env:)?[A-Za-z_]\w*)\}")
ENVIRONMENT = "env:"
"""Begins a name whose value is a variable of the environment: ``{env:CHAT_TOKEN}``."""


def names(pattern: Any) -> Iterator[str]:
    """Names in a pattern.

    >>> sorted(names({"to": "room-{chat}", "rows": ["{text}"]}))
    ['chat', 'text']
    """
    if isinstance(pattern, str):
        yield from _NAME.findall(pattern)
    elif isinstance(pattern, Mapping):
        for value in pattern.values():
            yield from names(value)
    elif isinstance(pattern, list):
        for value in pattern:
            yield from names(value)


def fill(pattern: Any, values: Mapping[str, Any]) -> Any:
    """Write the values of its names into a pattern. A text that is one name alone becomes the value itself.

    Raises
    ------
    LoadError
        If a variable of the environment is not set.

    >>> fill({"to": "room-{chat}", "slots": "{slots}"}, {"chat": "7", "slots": 3})
    {'to': 'room-7', 'slots': 3}
    """
    if isinstance(pattern, str):
        alone = _NAME.fullmatch(pattern)
        if alone:
            return _value(alone[1], values)
        return _NAME.sub(lambda name: str(_value(name[1], values)), pattern)
    if isinstance(pattern, Mapping):
        return {key: fill(value, values) for key, value in pattern.items()}
    if isinstance(pattern, list):
        return [fill(value, values) for value in pattern]
    return pattern


def fit(pattern: Any, frame: Any, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the names of a pattern stand for in a frame; None if it does not fit.

    An object fits if the keys of the pattern do, whatever else it has. A name that has a value already must
    stand for that value, and any name for the same throughout.

    >>> fit({"type": "message", "room": "room-{chat}"}, {"type": "message", "room": "room-7", "n": 1}, {})
    {'chat': '7'}
    >>> fit({"room": "{chat}"}, {"room": 7}, {"chat": "8"}) is None
    True
    """
    found: dict[str, Any] = {}
    return found if _fits(pattern, frame, values, found) else None


def _fits(pattern: Any, frame: Any, values: Mapping[str, Any], found: dict[str, Any]) -> bool:
    if isinstance(pattern, Mapping):
        return isinstance(frame, Mapping) and all(
            key in frame and _fits(value, frame[key], values, found) for key, value in pattern.items()
        )
    if isinstance(pattern, list):
        return (
            isinstance(frame, list)
            and len(frame) == len(pattern)
            and all(_fits(value, item, values, found) for value, item in zip(pattern, frame, strict=True))
        )
    if not isinstance(pattern, str):
        return bool(pattern == frame) and isinstance(pattern, bool) is isinstance(frame, bool)
    alone = _NAME.fullmatch(pattern)
    if alone:
        return _means(alone[1], frame, values, found)
    if not isinstance(frame, str):
        return False
    parts = _NAME.split(pattern)  # text, name, text, name, ..., text
    match = re.fullmatch("(.+?)".join(map(re.escape, parts[::2])), frame, re.DOTALL)
    return match is not None and all(
        _means(name, value, values, found) for name, value in zip(parts[1::2], match.groups(), strict=True)
    )


def _means(name: str, value: Any, values: Mapping[str, Any], found: dict[str, Any]) -> bool:
    """Whether a name may stand for a value: it may have one already, which a server may write as a number."""
    if name in values or name in found or name.startswith(ENVIRONMENT):
        known = found[name] if name in found else _value(name, values)
        return str(known) == str(value)
    found[name] = value
    return True


def _value(name: str, values: Mapping[str, Any]) -> Any:
    """Value of a name."""
    if not name.startswith(ENVIRONMENT):
        return values[name]
    variable = name.removeprefix(ENVIRONMENT)
    if variable not in os.environ:
        raise LoadError(f"the template needs {variable} in the environment")
    return os.environ[variable]
