"""Hints: whoever obeys one is not told off again."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from sim.scenario.files import parse, problems_of
from sim.scenario.scenario import Scenario
from sim.scenario.units import FROM_FILE
from tests.conftest import ROOT
from tests.unit.test_files import GOOD, one, problems

Place = tuple[str | int, ...]
WRONG: tuple[Any, ...] = (0.32, 3.0, 80, -1, "8", "0,8", "80 %", "yes", 32, True, {})


def starter() -> dict[str, Any]:
    """The starter, with every example in it switched on."""
    text = (ROOT / "sim" / "scenario" / "starter.toml").read_text()
    text = re.sub(r"(?m)^# (\[{0,2}[a-z_.]+\]{0,2} *(?:=.*)?(?:#.*)?)$", r"\1", text)
    text = re.sub(r"(?m)^(file|dates|decimals|column|times_s|work_s|aht_s) =.*$", "", text)
    return tomllib.loads(text)


def places(data: Any, place: Place = ()) -> Iterator[Place]:
    """Places of all keys, not those of the items of lists of numbers."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(key, str) or isinstance(value, dict):
            yield (*place, key)
        if isinstance(value, dict | list):
            yield from places(value, (*place, key))


def told(data: dict[str, Any], place: Place) -> list[tuple[str, str]]:
    """Laws that are broken at a place or within it, each with its hint."""
    try:
        Scenario.model_validate(data, context=FROM_FILE)
    except ValidationError as error:
        dotted = ".".join(map(str, place))
        at = [p for p in problems_of(error, data, "f") if f"{p.place}.".startswith(f"{dotted}.")]
        return [(problem.law, problem.hint) for problem in at]
    return []


def changed(data: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """The same data with another value at a place."""
    new = copy.deepcopy(data)
    node: Any = new
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    return new


@pytest.mark.parametrize(
    "values", [WRONG[::4], pytest.param(WRONG, marks=pytest.mark.nightly)], ids=["some", "all"]
)
def test_whatever_is_advised_is_accepted(values: tuple[Any, ...]):
    """Every key of the starter, with wrong values: what is to be written instead is right."""
    data, n = starter(), 0
    by_key = {place[-1] if isinstance(place[-1], str) else place: place for place in places(data)}
    for place in by_key.values() if values is not WRONG else places(data):
        for value in values:
            hints = {hint for _, hint in told(changed(data, place, value), place) if hint}
            for hint in hints:
                wrote = re.search(
                    r"(?:write|such as) ([^a-z].*?|true|false)(?:, without quotes|, and a further.*)?$", hint
                )
                if wrote and "[[" not in hint:
                    n += 1
                    meant = tomllib.loads(f"value = {wrote[1]}")["value"]
                    again = told(changed(data, place, meant), place)
                    assert not [law for law, _ in again if "must be" in law and "earliest_h" not in law], (
                        place,
                        value,
                        hint,
                        again,
                    )

    assert n > 20 * len(values)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("agents = 3", "agents = 3\nshrinkage = 0.32", "must be a table, got 0.32; write { planned = 0.32 }"),
        ("agents = 3", 'agents = 3\nshrinkage = "32 %"', "got '32 %'; write { planned = 0.32 }"),
        ("agents = 3", 'agents = 3\nshrinkage = "0.5%"', "got '0.5%'; write { planned = 0.005 }"),
        ("\n[[queues]]", "[targets]\nservice_level = 80\n[[queues]]", "must be at most 1, got 80; write 0.80"),
        ("\n[[queues]]", "[targets]\nmax_missed = 7.5\n[[queues]]", "got 7.5; write 0.075"),
        ("mean_s = 60 }", "mean_s = 60 }, aht_s = 620", "must be a list, got 620; write [620], and a further number for each further chat at once"),
        ("agents = 3", "agents = 3\nconcurrency = 2.5", "got 2.5; give some agents 2 and some 3: concurrency = 2, and seniority = [{ agents = 1, concurrency = 3 }]"),
        ("agents = 3", 'agents = "3"', "got '3'; write 3, without quotes"),
        ("agents = 3", "agents = 3.0", "got 3.0; write 3"),
        ('queues = ["orders"]', 'queues = "orders"', 'must be a list, got \'orders\'; write ["orders"]'),
        ('{ law = "exponential", mean_s = 60 }', "60", 'must be a table, got 60; write a law, such as { law = "fixed", mean_s = 60 }'),
        ('{ law = "exponential", mean_s = 60 } }', '{ law = "fixed", mean_s = 1 }, wrap_up_s = 5.5 }', 'write a law, such as { law = "fixed", mean_s = 5.5 }'),
        ("\n[[queues]]", "targets = 80\n[[queues]]", "write a table, such as { threshold_s = 80 }"),
        ('name = "orders"', 'name = "orders"\nretry = 0.4', "write a table, such as { probability = 0.4, delay_s = { law ="),
        ('name = "orders"', "name = 7", 'must be text, got 7; write "7"'),
    ],
)  # fmt: skip
def test_what_was_meant_is_told(old: str, new: str, hint: str):
    """Shares in per cent, numbers where there should be lists or tables, half chats at once."""
    assert hint in one(old, new)


def test_each_hint_leads_to_the_next_until_all_is_well():
    """A handling time alone becomes a list, gets the work that belongs to it, and a number for each slot."""
    text = GOOD.replace(
        'service = { work_s = { law = "exponential", mean_s = 60 } }', "service = { aht_s = 620 }"
    )
    text = text.replace("agents = 3", "agents = 3\nconcurrency = 2")
    steps = {
        "write [620], and a further number": ("aht_s = 620", "aht_s = [620]"),
        'is missing; write a law, such as { law = "fixed", mean_s = 620 }': (
            "aht_s =", 'work_s = { law = "fixed", mean_s = 620 }, aht_s =',
        ),
        "2 slots of 'team', got 1 of them; write [620, 620] if further chats slow nobody down": ("[620]", "[620, 620]"),
    }  # fmt: skip
    for hint, (old, new) in steps.items():
        assert hint in problems(text)[-1]
        text = text.replace(old, new)

    assert parse(text).queues[0].service.aht_s == (620, 620)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("start = 08:00", 'write 08:00:00 or "08:00"'),
        ("start = 8:00:30", "write 08:00:30 or"),
        ("shifts = [{ agents = 6, start = 08:00:00, end = 16:30 }]", "write 16:30:00 or"),
        ("start = 2026-3-2", "write 2026-03-02"),
        ("start = 02.03.2026", "a date is written 2026-03-02: year, month, day"),
        ("service_level = 80 %", "write 0.80"),
        ("switching = 0,18", "numbers have a decimal point: write 0.18"),
        ("switching = .18", "write 0.18"),
        ("paid_breaks = True", "write true"),
        ("name = Tier 1", 'text stands in quotes: write "Tier 1"'),
        ("name = “Tier 1”", "text stands in straight quotes"),
        ("agents = # how many?", "a value is missing"),
        ("agents = [1, 2", ""),
    ],
)
def test_slips_of_toml_are_told(line: str, hint: str):
    """What the standard library's reader stops at says little about what is wrong."""
    (problem,) = problems(f"days = 1\n{line}\n" + GOOD)

    assert problem.endswith(hint) if not hint else hint in problem
    assert hint or ";" not in problem
