"""What may have been meant? Hints for values that break a law, each of which is accepted when it is obeyed.

What a place takes is asked of the schema: its keys, its laws, its bounds and its examples.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from pydantic_core import ErrorDetails

from sim.scenario.scenario import Scenario
from sim.scenario.words import CHOOSING, did_you_mean

Place = tuple[str | int, ...]

SINGLE_TABLES: dict[Place, str] = {
    place: f"write [[{'.'.join(place)}]]"
    for place in (
        ("queues",),
        ("groups",),
        ("stress", "incidents"),
        ("stress", "stages"),
        ("capacity", "classes"),
        ("bid", "prices"),
        ("bid", "clauses"),
        ("bid", "cost", "wages"),
    )
}
"""Of each list of tables: what to write instead of a single table."""


def hint(detail: ErrorDetails, place: Place) -> str:
    """What may have been meant by a value that broke a law, or nothing; *place* is where it stands."""
    advise = _BY_LAW.get(detail["type"])
    return advise(detail, place) if advise else ""


def known_keys(loc: Place) -> list[str]:
    """Keys that the schema knows at the table around *loc*."""
    return sorted({key for node in _nodes(loc[:-1]) for key in node.get("properties", {})})


def syntax_hint(line: str, column: int) -> str:
    """What may have been meant in a *line* that is not TOML from the *column* on, which counts from 1."""
    for pattern, meant in _SLIPS:
        for match in re.finditer(rf"(?<=[=\[,]){pattern}", line):
            if match.start() <= column - 1 <= match.end():
                return meant(match)
    return ""


def _clock_meant(match: re.Match[str]) -> str:
    clock = f"{int(match[1]):02d}:{match[2]}"
    return (
        f'a clock time has two digits and seconds, or is text: write {clock}:{match[3] or "00"} or "{clock}"'
    )


_SLIPS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"\s*(\d{1,2}):(\d{2})(?::(\d{2}))?(?![\d:])", _clock_meant),
    (r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b", lambda m: f"write {m[1]}-{int(m[2]):02d}-{int(m[3]):02d}"),
    (r"\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b", lambda _: "a date is written 2026-03-02: year, month, day"),
    (r"\s*(-?\d+)\s*%", lambda m: f"write {_share(float(m[1]))}"),
    (r"\s*(-?\d+),(\d+)\s*(?=[#}\]]|$)", lambda m: f"numbers have a decimal point: write {m[1]}.{m[2]}"),
    (r"\s*(-?)\.(\d+)", lambda m: f"write {m[1]}0.{m[2]}"),
    (r"\s*(True|False|TRUE|FALSE)\b", lambda m: f"write {m[1].lower()}"),
    (r"\s*[“”„«‘’]", lambda _: 'text stands in straight quotes: "..."'),
    (r"\s*([^\W\d_][\w -]*?)\s*(?=[,#}\]]|$)", lambda m: f'text stands in quotes: write "{m[1]}"'),
    (r"\s*(?=#|$)", lambda _: "a value is missing"),
)
"""What people write where TOML wants something else, and what that is."""


def _key_meant(detail: ErrorDetails, place: Place) -> str:
    return did_you_mean(str(place[-1]), known_keys(detail["loc"])).removeprefix("; ")


def _tag_meant(detail: ErrorDetails, _: Place) -> str:
    ctx = detail.get("ctx", {})
    return did_you_mean(str(ctx["tag"]), re.findall(r"'(\w+)'", ctx["expected_tags"])).removeprefix("; ")


def _word_meant(detail: ErrorDetails, _: Place) -> str:
    known = re.findall(r"'([^']+)'", detail.get("ctx", {})["expected"])
    return did_you_mean(str(detail["input"]), known).removeprefix("; ")


def _list_meant(detail: ErrorDetails, place: Place) -> str:
    """A list of one item, if the value is one that the place takes."""
    value = detail["input"]
    if place in SINGLE_TABLES:
        return SINGLE_TABLES[place]
    lists = [node for node in _nodes(detail["loc"]) if node.get("minItems", 1) == 1]
    items = [item for node in lists if "items" in node for item in _branches(node["items"])]
    if isinstance(value, dict) and any("properties" in item for item in items):
        return "write it in brackets: [{ ... }]"
    if not any(_takes(item, value) for item in items):
        return ""
    if place[-1] == "aht_s":
        return f"write [{_toml(value)}], and a further number for each further chat at once"
    return f"write [{_toml(value)}]"


def _table_meant(detail: ErrorDetails, _: Place) -> str:
    """A table that the place takes, with the number that stands there in it if it fits."""
    value, nodes = detail["input"], list(_nodes(detail["loc"]))
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    by_date = next((node for node in nodes if node.get("propertyNames", {}).get("format") == "date"), None)
    if by_date is not None:
        return f"write a table, such as {_toml(by_date['examples'][0])}"
    free = next((node["additionalProperties"] for node in nodes if "additionalProperties" in node), False)
    if isinstance(free, dict):
        per_cent = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", value.strip()) if isinstance(value, str) else None
        number = float(per_cent[1]) if per_cent else number
        is_per_cent = per_cent or (number is not None and 1 < number < 100)
        share = number / 100 if number is not None and is_per_cent else number
        return f"write {{ planned = {_toml(share if share is not None and 0 <= share < 1 else 0.1)} }}"
    tables = [node for node in nodes if "properties" in node]
    simple = {"fixed", "geometric"}
    laws = [node for node in tables if node["properties"].get("law", {}).get("const") in simple]
    ways = (_filled(table, fill) for fill in (number, None) for table in laws or tables)
    text = next(filter(None, ways), "")
    return f"write a {'law' if laws else 'table'}, such as {text}" if text else ""


def _missing_meant(detail: ErrorDetails, place: Place) -> str:
    """A table that was left out, by an example: the work of a chat is what it takes with one chat open."""
    given = (
        detail["input"].get("aht_s") if place[-1] == "work_s" and isinstance(detail["input"], dict) else None
    )
    alone = given[0] if isinstance(given, list) and given else given
    table: ErrorDetails = {**detail, "input": alone}
    return _table_meant(table, place)


def _filled(node: dict[str, Any], number: float | None) -> str:
    """A table of a kind, as text: what it needs, by its examples, or the first key if it needs none.

    A *number* takes the place of the only one that is needed, or of the first of a law's. Nothing where it
    may not, nor where an example is missing.
    """
    if examples := node.get("examples"):
        return _toml(examples[0])
    properties = node["properties"]
    names = node.get("required") or list(properties)[:1]
    parts, left = [], number
    if "law" not in properties and sum(_takes(properties[name], 1) for name in names) != 1:
        left = None
    for name in names:
        child = properties[name]
        if left is not None and _takes(child, left):
            value, left = _toml(left), None
        elif left is not None and "law" in properties and name != "law":
            return ""
        else:
            value = _toml(child["const"]) if "const" in child else _example(child)
        if not value:
            return ""
        parts.append(f"{name} = {value}")
    return f"{{ {', '.join(parts)} }}"


def _example(node: dict[str, Any]) -> str:
    """An example of what a place takes, as text; nothing if there is none."""
    for branch in _branches(node):
        if examples := node.get("examples") or branch.get("examples"):
            return _toml(examples[0])
        if "properties" in branch and (text := _filled(branch, None)):
            return text
    return _toml(node["default"]) if node.get("default") is not None else ""


def _takes(node: dict[str, Any], value: Any) -> bool:
    """Whether a place of the schema takes a number or a text."""
    branches = _branches(node)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    if isinstance(value, str):
        return any(branch.get("type") == "string" and "enum" not in branch for branch in branches)
    return any(
        branch.get("type") in ({"number", "integer"} if isinstance(value, int) else {"number"})
        and branch.get("minimum", value) <= value <= branch.get("maximum", value)
        and branch.get("exclusiveMinimum", -1e300) < value < branch.get("exclusiveMaximum", 1e300)
        for branch in branches
    )


def _number_meant(detail: ErrorDetails, place: Place) -> str:
    """A number in quotes, or one that should be whole."""
    value, nodes = detail["input"], list(_nodes(detail["loc"]))

    def may_be(number: float) -> bool:
        return any(_takes(node, number) for node in nodes)

    if isinstance(value, str):
        return _quoted_number(value.strip(), may_be)
    if not isinstance(value, float) or not 0 <= value < 1e9:
        return ""
    low = int(value)
    if value == low:
        return f"write {low}" if may_be(low) else ""
    if place[:1] == ("groups",) and place[2:] == ("concurrency",) and may_be(low):
        return (
            f"give some agents {low} and some {low + 1}: concurrency = {low}, "
            f"and seniority = [{{ agents = 1, concurrency = {low + 1} }}] for the first of them"
        )
    return ""


def _quoted_number(text: str, may_be: Callable[[float], bool]) -> str:
    match = re.fullmatch(r"(-?\d{1,9})(?:[.,](\d{1,9}))?\s*(%?)", text)
    if not match:
        return ""
    number = f"{match[1]}.{match[2]}" if match[2] else match[1]
    if match[3]:
        return f"write {_share(float(number))}" if may_be(float(number) / 100) and not may_be(100) else ""
    value = float(number) if match[2] else int(number)
    return f"write {_toml(value)}, without quotes" if may_be(value) else ""


def _bound_meant(detail: ErrorDetails, _: Place) -> str:
    """A share that was written as a percentage."""
    value, ctx = detail["input"], detail.get("ctx", {})
    bound = ctx.get("le", ctx.get("lt"))
    if bound != 1 or not isinstance(value, int | float) or not 1 < value <= 100:
        return ""
    return f"write {_share(value)}" if value < 100 or "le" in ctx else ""


def _text_meant(detail: ErrorDetails, _: Place) -> str:
    value = detail["input"]
    return f'write "{_toml(value)}"' if isinstance(value, int | float) else ""


def _truth_meant(detail: ErrorDetails, _: Place) -> str:
    meant = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}
    word = meant.get(str(detail["input"]).strip().lower())
    return f"write {word}" if word else ""


_BY_LAW: dict[str, Callable[[ErrorDetails, Place], str]] = {
    "missing": _missing_meant,
    "extra_forbidden": _key_meant,
    "union_tag_invalid": _tag_meant,
    "enum": _word_meant,
    "tuple_type": _list_meant,
    "model_type": _table_meant,
    "dict_type": _table_meant,
    "model_attributes_type": _table_meant,
    "float_type": _number_meant,
    "int_type": _number_meant,
    "int_from_float": _number_meant,
    "less_than": _bound_meant,
    "less_than_equal": _bound_meant,
    "string_type": _text_meant,
    "bool_type": _truth_meant,
}
"""Who advises on which of pydantic's errors."""


def _share(percent: float) -> str:
    """A percentage as a share: 0.80, 0.075."""
    return max(f"{percent / 100:.2f}", f"{percent / 100:.6g}", key=float if percent < 0 else len)


def _toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(item)}' for key, item in value.items())} }}"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


@cache
def _schema() -> dict[str, Any]:
    """Schema of scenarios, which takes pydantic longer than all else here."""
    return Scenario.model_json_schema()


def _nodes(loc: Place) -> Iterator[dict[str, Any]]:
    """What the schema says of a place, its references and alternatives followed."""
    nodes = [_schema()]
    for step in loc:
        nodes = [child for node in nodes for branch in _branches(node) for child in _step(branch, step)]
    return (branch for node in nodes for branch in _branches(node))


def _branches(node: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema node with its references and alternatives followed."""
    if "$ref" in node:
        return _branches(_schema()["$defs"][node["$ref"].rsplit("/", 1)[-1]])
    alternatives = node.get("anyOf") or node.get("oneOf")
    if alternatives:
        return [branch for child in alternatives for branch in _branches(child)]
    return [node]


def _step(node: dict[str, Any], step: str | int) -> list[dict[str, Any]]:
    """Children of a schema node under a key or index; a union's tag leads to its own alternative."""
    if isinstance(step, int):
        return [node["items"]] if "items" in node else []
    properties = node.get("properties", {})
    if step in properties:
        return [properties[step]]
    own_key = {"by turns": "agent_s", "by work": "work_s"}.get(step)
    chosen = [properties[key].get("const") for key in CHOOSING if key in properties]
    is_own = own_key in properties if own_key else step in chosen
    return [node] if is_own else []
