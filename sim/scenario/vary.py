"""What if one number were another? Scenarios with other values at dotted paths, and ranges in words.

A path goes from the scenario down by key, and into lists by number or by name: ``groups.0.agents``,
``groups.Tier 1.concurrency``; ``*`` stands for every item of a list. What results is validated like a file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import floor, isfinite
from typing import Any, Literal

from pydantic import ValidationError

from sim.errors import ScenarioError, TooManyValuesError, VaryError
from sim.scenario.advice import known_keys
from sim.scenario.demand import OF_FILES
from sim.scenario.files import problems_of
from sim.scenario.heads import heads, rescale
from sim.scenario.scenario import Scenario
from sim.scenario.toml import UnboundedError, read_toml
from sim.scenario.units import FROM_DUMP
from sim.scenario.words import did_you_mean

MOST_VALUES = 1_000
"""A range of more values is taken for a slip."""
MOST_LETTERS = 10_000
"""Of a change as it is typed."""
_MOST, _LEAST_STEP = 1e12, 1e-9
"""Bounds of the numbers of a range, and of its step."""
Operator = Literal["=", "*=", "+="]
Place = tuple[str | int, ...]

_INSTEAD = (
    ("agents", "staffing", "staffing_by_day", "shifts"),
    ("per_hour", "file", "per_interval", "times_s"),
)
"""Keys of one table of which exactly one is given: whoever sets one takes the others away ..."""
_TOGETHER = {"staffing", "staffing_by_day"}
"""... except that these go together."""
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER}):({_NUMBER})(?::({_NUMBER}))?")
_ASSIGNMENT = re.compile(r"\s*([^=]*?)\s*(\*=|\+=|=)\s*(.*?)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Change:
    """Another value at a path: set, or what stands there times or plus a number (lists item by item)."""

    path: str
    operator: Operator
    value: Any

    def __str__(self) -> str:
        """As one would type it."""
        return f"{self.path}{self.operator}{_shown(self.value)}"


@dataclass(frozen=True, slots=True)
class Vary:
    """A path, and the values that it is to take one after the other."""

    path: str
    operator: Operator
    values: tuple[Any, ...]

    def changes(self) -> list[Change]:
        """A change for each value."""
        return [Change(self.path, self.operator, value) for value in self.values]


def read_vary(text: str) -> Vary:
    """Read ``PATH=VALUES``: a range ``6:16`` or ``0.8:1.4:0.1`` (its end included), or values between commas.

    ``*=`` and ``+=`` change what stands there. Values are TOML (``"08:00"``,
    ``{ law = "fixed", mean_s = 60 }``) or a plain word.

    >>> read_vary("groups.0.agents=6:9").values
    (6, 7, 8, 9)
    >>> read_vary("queues.0.arrivals.per_hour*=0.8:1.1:0.1").values
    (0.8, 0.9, 1.0, 1.1)
    >>> read_vary("routing.policy=least_loaded,random").values
    ('least_loaded', 'random')

    Raises
    ------
    VaryError
        If it is no such text, or a range is empty or has more than `MOST_VALUES` values.
    """
    if len(text) > MOST_LETTERS:
        raise VaryError(f"vary: must have at most {MOST_LETTERS:,} letters, got {len(text):,}")
    match = _ASSIGNMENT.fullmatch(text)
    if not match or not match[1]:
        raise VaryError(f"vary: must be PATH=VALUES, such as groups.0.agents=6:16, got {text!r}")
    path, operator, values = match[1], match[2], match[3]
    assert operator in {"=", "*=", "+="}
    numbers = _RANGE.fullmatch(values)
    return Vary(path, operator, _range(path, *numbers.groups()) if numbers else _listed(path, values))  # type: ignore[arg-type]


def vary(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Give a *scenario* with other values at some paths; they may be records, too.

    >>> import sim
    >>> shop = sim.Scenario(
    ...     queues=[sim.Queue(name="orders", arrivals=60, service=sim.ByWork(work_s=600))],
    ...     groups=[sim.Group(name="Tier 1", queues=["orders"], agents=8, concurrency=3)],
    ... )
    >>> sim.vary(shop, {"groups.0.agents": 9, "queues.*.patience": sim.Fixed(mean_s=90)})
    <Scenario 'A live-chat centre': 1 day, 1 queue, 9 agents>

    Raises
    ------
    VaryError
        If a path leads nowhere.
    ScenarioError
        If the result breaks a law of scenarios, with every problem.
    """
    if not isinstance(changes, Mapping):
        raise VaryError(
            f"vary: must be paths with their values, such as {{'groups.0.agents': 9}}, got {changes!r}"
        )
    return _with([Change(path, "=", plain(value)) for path, value in changes.items()], scenario, context=None)


def plain(value: Any) -> Any:
    """A *value* as scenarios have it: numbers of numpy are Python's."""
    return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value


def varied(scenario: Scenario, changes: Sequence[Change]) -> Scenario:
    """Give a *scenario* with *changes*, made one after the other.

    Agents of a group that has shifts, or staffing, scale these (`sim.scenario.heads`). Setting its staffing
    or shifts takes the other ways away; so it is with the ways to say how many chats arrive.

    Raises
    ------
    VaryError
        If a path leads nowhere, or its value can't be multiplied or added to.
    ScenarioError
        If the result breaks a law of scenarios, with every problem.
    """
    return _with(changes, scenario, FROM_DUMP)


def _with(changes: Sequence[Change], scenario: Scenario, context: dict[str, bool] | None) -> Scenario:
    data = scenario.model_dump(by_alias=True)
    for change in changes:
        places = list(_places(data, change.path))
        for place in places:
            _change(data, place, change)
    try:
        return Scenario.model_validate(data, context=context)
    except ValidationError as error:
        raise ScenarioError(list(problems_of(error, data, ", ".join(map(str, changes))))) from None


def values_at(scenario: Scenario, path: str) -> list[Any]:
    """Values that stand at a *path*: several if it has a ``*``.

    Raises
    ------
    VaryError
        If the path leads nowhere.
    """
    data = scenario.model_dump(by_alias=True)
    return [_value(data, place) for place in _places(data, path)]


def differences(first: Scenario, second: Scenario) -> list[tuple[str, Any, Any]]:
    """Paths at which two scenarios differ, each with both values; None where there is none."""
    return list(_differences("", first.model_dump(by_alias=True), second.model_dump(by_alias=True)))


def _range(path: str, first: str, last: str, step: str | None) -> tuple[float, ...]:
    whole = all(re.fullmatch(r"[-+]?\d+", part) for part in (first, last, step or "1"))
    kind: Callable[[str], float] = int if whole else float
    if any(not abs(float(part)) <= _MOST for part in (first, last, step or "1")):
        raise VaryError(f"vary: {path}: numbers of a range must lie between -{_MOST:g} and {_MOST:g}")
    low, high, by = kind(first), kind(last), kind(step or "1")
    if 0 < by < _LEAST_STEP:
        raise VaryError(f"vary: {path}: the step must be at least {_LEAST_STEP:g}, got {step}")
    if by <= 0 or high < low:
        law = "the step must be above 0" if by <= 0 else "must not fall"
        shown = ":".join(part for part in (first, last, step) if part)
        raise VaryError(f"vary: {path}: the range is empty: {law}, got {shown}")
    n = floor((high - low) / by + 1e-9) + 1
    if n > MOST_VALUES:
        raise TooManyValuesError(f"vary: {path}: at most {MOST_VALUES:,} values, got {n:,}", n)
    return tuple(low + k * by if whole else round(low + k * by, 12) for k in range(n))


def _listed(path: str, text: str) -> tuple[Any, ...]:
    if not text:
        raise VaryError(f"vary: {path}: needs values, got none")
    try:
        return _not_too_many(path, read_toml(f"values = [{text}]")["values"])
    except UnboundedError as error:
        raise VaryError(f"vary: {path}: {error.law}") from None
    except tomllib.TOMLDecodeError:
        if re.search(r"[\[\]{}\"']", text):
            raise VaryError(f"vary: {path}: must be values that TOML can read, got {text}") from None
    return _not_too_many(path, [_word(word.strip()) for word in text.split(",")])


def _not_too_many(path: str, values: Sequence[Any]) -> tuple[Any, ...]:
    if len(values) > MOST_VALUES:
        raise TooManyValuesError(
            f"vary: {path}: at most {MOST_VALUES:,} values, got {len(values):,}", len(values)
        )
    return tuple(values)


def _word(text: str) -> Any:
    try:
        return read_toml(f"value = {text}")["value"]
    except ValueError:
        return text


def _places(data: dict[str, Any], path: str) -> Iterator[Place]:
    """Places that a *path* leads to in a scenario's *data*.

    Raises
    ------
    VaryError
        If there is none.
    """
    steps, found = path.split("."), [((), data)]  # type: list[str], list[tuple[Place, Any]]
    for k, step in enumerate(steps):
        is_last = k == len(steps) - 1
        found = [inner for place, node in found for inner in _step(path, place, node, step, is_last)]
    yield from (place for place, _ in found)


def _step(path: str, place: Place, node: Any, step: str, is_last: bool) -> Iterator[tuple[Place, Any]]:
    around = ".".join(map(str, place))
    if isinstance(node, dict):
        if step not in node:
            keys = sorted({*known_keys((*place, "")), *node})
            if step not in keys:
                known = did_you_mean(step, keys) or (f"; known: {', '.join(keys)}" if keys else "")
                raise VaryError(f"vary: {path}: {around or 'a scenario'} has no {step!r}{known}")
        if not is_last and node.get(step) is None:
            raise VaryError(f"vary: {path}: this scenario has no {'.'.join(map(str, (*place, step)))}")
        yield (*place, step), node.get(step)
    elif isinstance(node, list | tuple):
        yield from (((*place, k), node[k]) for k in _items(path, around, node, step))
    else:
        raise VaryError(f"vary: {path}: {around} is {_shown(node)} and holds nothing")


def _items(path: str, around: str, node: Sequence[Any], step: str) -> range:
    """Items of a list that a step means: a number, a name, or all."""
    if step == "*" and node:
        return range(len(node))
    if re.fullmatch(r"\d+", step) and int(step) < len(node):
        return range(int(step), int(step) + 1)
    names = [str(item["name"]) for item in node if isinstance(item, dict) and "name" in item]
    if step in names:
        return range(names.index(step), names.index(step) + 1)
    hint = did_you_mean(step, names) or (f"; known: 0 to {len(node) - 1}" if node else "; it is empty")
    raise VaryError(f"vary: {path}: {around} has no {step!r}{hint}")


def _value(data: Any, place: Place) -> Any:
    for step in place:
        data = data[step] if not isinstance(data, dict) else data.get(step)
    return data


def _change(data: dict[str, Any], place: Place, change: Change) -> None:
    """Make a change in a scenario's *data*, whose tuples become lists on the way."""
    node: Any = data
    for step in place[:-1]:
        if isinstance(node[step], tuple):
            node[step] = list(node[step])
        node = node[step]
    last = place[-1]
    value = change.value
    if change.operator != "=":
        if last == "per_hour" and node[last] is None and node.get("per_interval"):
            instead = change.path.replace("per_hour", "per_interval")
            raise VaryError(f"vary: {change}: the volumes come from a file here; vary {instead} instead")
        value = _changed(_standing(node, place), change)
    if _is_team(place) and type(value) is int and rescale(node, value):
        return
    node[last] = value
    for keys in _INSTEAD:
        if last in keys and (change.operator == "=" or _is_team(place)):
            others = (*keys, *(OF_FILES if "file" in keys and last != "file" else ()))
            taken = (key for key in others if key != last and not {key, last} <= _TOGETHER)
            node.update({key: None for key in taken if key in node})


def _is_team(place: Place) -> bool:
    """Whether it is the number of a group's agents."""
    return place[0] == "groups" and place[2:] == ("agents",)


def _standing(node: Any, place: Place) -> Any:
    """What stands at the *place*, the last step of which is in *node*; agents are also those of shifts."""
    if _is_team(place):
        return heads(node)
    return node.get(place[-1]) if isinstance(node, dict) else node[place[-1]]


def _changed(value: Any, change: Change) -> Any:
    """A number, or each of a list, times or plus the change's; whole numbers stay whole, half to even."""
    by = change.value
    if isinstance(value, list | tuple):
        return [_changed(item, change) for item in value]
    if any(isinstance(x, bool) or not isinstance(x, int | float) for x in (value, by)):
        raise VaryError(f"vary: {change}: needs numbers, and {_shown(value)} stands there")
    result = value * by if change.operator == "*=" else value + by
    if not isfinite(result):
        raise VaryError(f"vary: {change}: {_shown(value)} would become {result}")
    return round(result) if isinstance(value, int) else result


def _differences(path: str, first: Any, second: Any) -> Iterator[tuple[str, Any, Any]]:
    if first == second:
        return
    if isinstance(first, dict) and isinstance(second, dict):
        for key in [*first, *(key for key in second if key not in first)]:
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(inner, first.get(key), second.get(key))
    elif _are_tables(first) and _are_tables(second):
        for k, (one, other) in enumerate(zip_longest(first, second)):
            yield from _differences(f"{path}.{k}", one, other)
    else:
        yield path, first, second


def _are_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, dict) for item in value)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
