"""How are answers to questions kept? As a file of averages, each with its question beside it."""

from __future__ import annotations

import tomllib
from typing import Any

import tomlkit

from sim.errors import Problem, ScenarioError
from sim.scenario.averages_asked import QUESTIONS
from sim.scenario.toml import UnboundedError, read_toml

FIRST_LINE = "# Answers to: sim new --ask"
"""Files that begin with it were written here, and may be written again."""
OF_TABLES = ("zone", "media", "queue", "mapping", "dates", "decimals", "missing")
"""Keys that say how the volumes are read: typed behind the name of their file, and no questions."""
_ABOVE = ("averages", "targets")
"""Tables whose keys are asked one by one."""


def text_of_answers(answers: dict[str, Any]) -> str:
    """TOML of *answers*, which stand by their dotted places."""
    document: Any = tomlkit.document()
    document.add(tomlkit.comment(FIRST_LINE.removeprefix("# ")))
    document.add(
        tomlkit.comment("sim calibrate --averages THIS_FILE reads it; what is left out is not known.")
    )
    tables = {name: tomlkit.table() for name in _ABOVE}
    later: list[tuple[str, Any]] = []
    for question in QUESTIONS:
        if question.key not in answers:
            continue
        value = answers[question.key]
        above, _, name = question.key.rpartition(".")
        item = _item(value)
        if not isinstance(value, list):
            item.comment(question.title)
        if question.kind == "hours":
            later.append((name, value))
        elif above:
            tables[above][name] = item
        else:
            document[name] = item
    for name in OF_TABLES:
        if name in answers:
            document[name] = answers[name]
    for name, value in later:
        document[name] = value
    tables["averages"].comment("as the platform shows them")
    document["averages"] = tables["averages"]
    if tables["targets"]:
        document["targets"] = tables["targets"]
    return tomlkit.dumps(document)


def _item(value: Any) -> Any:
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    return tomlkit.item(value)


def answers_in(text: str, file: str) -> dict[str, Any]:
    """Give the answers that a file of them has, by their dotted places.

    Raises
    ------
    ScenarioError
        If it is no TOML.
    """
    try:
        data = read_toml(text)
    except (tomllib.TOMLDecodeError, UnboundedError) as error:
        raise ScenarioError([Problem(file, "", "is no TOML that can be read", str(error))]) from None
    found = {key: data[key] for key in OF_TABLES if key in data}
    for question in QUESTIONS:
        above, _, name = question.key.rpartition(".")
        table = data.get(above, {}) if above else data
        if isinstance(table, dict) and name in table:
            found[question.key] = table[name]
    return found
