"""What people and machines may type: scenarios, tables and command lines, sound but for a few places."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import json
import tomllib
from typing import Any

from hypothesis import strategies as st

from tests.conftest import SCENARIOS

ODD_NUMBERS: list[Any] = [
    0, 1, -1, 2, 7, 0.5, 1e-320, 1e-9, 1e15, 1e308, -1e308, float("nan"), float("inf"), -float("inf"), 2**63, 10**99,
    10**400, True,
]  # fmt: skip
ODD_TEXTS = [
    "", " ", "x", "*", "0", "08:30", "24:00", "25:61", "2026-02-30", "orders", "Tier 1", "[/b]", "{}", "=1+1", "\x00", "\x1b[2J",
    "\u202e", "é客服🙂", "a" * 300, "a" * 2_000, "../..", "/dev/null", "none.csv", "least_loaded", "lognormal", "nan", "NaN",
]  # fmt: skip
ODD_VALUES: list[Any] = [
    *ODD_NUMBERS, *ODD_TEXTS, [], {}, [[]], [0], [1.0, "x"], {"law": "fixed"}, {"law": "fixed", "mean_s": 1e308},
    {"law": "empirical", "values_s": []}, {"law": {"law": {}}}, dt.date(1, 1, 1), dt.time(23, 59, 59, 999_999),
    dt.datetime(2026, 3, 2, 13), [dt.time(1)], [1] * 1_440, [0.0] * 24, ["orders"] * 2, functools.reduce(lambda x, _: [x], range(40), []),
]  # fmt: skip

Place = tuple[Any, ...]


@functools.cache
def _originals() -> list[str]:
    """Scenarios that are shipped, as JSON but for dates and times: to be copied quickly."""
    return [path.read_text() for path in SCENARIOS]


@functools.cache
def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def places(node: Any, place: Place = ()) -> list[Place]:
    """Places of all values in nested tables and lists; of a long list the first alone."""
    found = [place] if place else []
    steps = (
        list(node) if isinstance(node, dict) else range(min(len(node), 3)) if isinstance(node, list) else []
    )
    for step in steps:
        found += places(node[step], (*place, step))
    return found


@st.composite
def scenario_texts(draw: st.DrawFn) -> str:
    """A scenario that is shipped, with other values, keys or letters in some places."""
    text = draw(st.sampled_from(_originals()))
    data = copy.deepcopy(_read(text))
    for _ in range(draw(st.integers(0, 3))):
        _change(draw, data)
    text = toml(data)
    if draw(st.integers(0, 4)) == 0:
        text = _slip(draw, text)
    return text


def _change(draw: st.DrawFn, data: dict[str, Any]) -> None:
    every = places(data)
    if not every:
        return
    place = draw(st.sampled_from(every))
    node = data
    for step in place[:-1]:
        node = node[step]
    match draw(st.sampled_from(["replace", "replace", "replace", "drop", "double", "add", "scale"])):
        case "replace":
            node[place[-1]] = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
        case "drop":
            del node[place[-1]]
        case "double" if isinstance(node, list):
            node.append(copy.deepcopy(node[place[-1]]))
        case "add" if isinstance(node, dict):
            node[draw(st.sampled_from(ODD_TEXTS))] = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
        case "scale" if isinstance(node[place[-1]], int | float):
            node[place[-1]] *= draw(st.sampled_from([-1, 0, 0.01, 0.5, 3, 1_000, 1e9]))
        case _:
            node[place[-1]] = [node[place[-1]]]


def _slip(draw: st.DrawFn, text: str) -> str:
    """A slip of the pen: some letters gone, doubled, or others in between."""
    at = draw(st.integers(0, len(text)))
    match draw(st.sampled_from(["cut", "drop", "double", "insert"])):
        case "cut":
            return text[:at]
        case "drop":
            return text[:at] + text[at + draw(st.integers(1, 5)) :]
        case "double":
            return text[:at] + text[max(0, at - 20) : at] + text[at:]
        case _:
            return (
                text[:at]
                + draw(st.sampled_from([*"[]{}\"'=.,#\n\\\0", '"""', "[[", "\r", "a.b.c", "\ufeff"]))
                + text[at:]
            )


def toml(node: dict[str, Any]) -> str:
    """TOML of nested tables, whatever they hold: tables inline but for the first level."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in node.items() if not _has_sections(value)]
    for key, value in node.items():
        if _has_sections(value):
            for item in value:
                lines += [f"[[{_key(key)}]]", *(f"{_key(k)} = {_value(v)}" for k, v in item.items())]
    return "\n".join(lines) + "\n"


def _has_sections(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _key(key: str) -> str:
    return json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool | str):
        return json.dumps(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return repr(value)


HEADERS = [
    "start,chats", "date,time,chats", "start;chats", "start\tchats", "Date,Time,Offered", "chats,start", "start,chats,chats", "", "start",
    "Interval,Queue,Calls", "start,chats,aht_s", "\ufeffstart,chats", '"start","chats"', "08:00,3",
]  # fmt: skip
STARTS = [
    "08:00",
    "08:30",
    "2026-03-02 08:00",
    "02.03.2026 08:00",
    "03/02/2026 8:00",
    "2026-03-02T08:00+01:00",
    "2026-03-02,08:00",
    "x",
    "",
]
VOLUMES = [
    "3",
    "1.5",
    "1,5",
    "1.012,6",
    "-1",
    "nan",
    "inf",
    "1e400",
    "9" * 5_000,
    "1_000",
    "",
    " ",
    '"3',
    "3,3,3",
    "x",
    "١",
    "\x00",
    "=1+1",
]


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A forecast's file: a header, and rows of a day by half-hours, some of which are odd."""
    separator = draw(st.sampled_from([",", ",", ";", "\t"]))
    rows = [f"2026-03-02 {k // 2:02d}:{k % 2 * 30:02d}{separator}{k}" for k in range(48)]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(rows) - 1))
        odd = draw(st.sampled_from(STARTS)) + separator + draw(st.sampled_from(VOLUMES))
        rows[at : at + draw(st.integers(0, 1))] = [odd]
    header = draw(st.sampled_from(HEADERS)) if draw(st.booleans()) else f"start{separator}chats"
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join([header, *rows])
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"])), "replace")
    at, odd_bytes = (
        draw(st.integers(0, len(data))),
        draw(st.sampled_from([b"", b"", b"\x00", b"\xff", b'"', b"\n\n"])),
    )
    return data[:at] + odd_bytes + data[at:]


NUMBERS = [
    "5", "20", "1", "0.5", "0", "2", "0.95", "0.999999", "1e-6", "1e-5", "1e6", "1e7", "1e9", "-1", "nan", "inf", "1e308", "1e-320",
    "9" * 400, "9" * 5_000, "x", "", " 5 ", "5,6", "１",
]  # fmt: skip
VARIES = [
    "groups.0.agents=1:3", "groups.*.agents=1,2", "queues.0.patience.mean_s*=0.5:2:0.5", "targets.service_level=0:1:0.1", "groups.0.agents=3:1", "groups.0.agents=1:2:0", "groups.0.agents=1:2:1e-320", "groups.*.agents=1,2", "=1", "a",
    "queues.0.patience.mean_s*=0.5:2:0.5", "queues.*.arrivals.per_hour*=-1e308:1e308", "groups.0.agents*=nan", "groups.9.agents=1", "*=1",
    "groups.0.agents+=0.5", "name=a,b", "name+=1", "days*=1e9", "start=2026-03-02", "queues.0.patience={law='fixed',mean_s=60},3",
    "hours.open=08:00,25:00", "routing.policy=random,x", "queues=1", "groups.0=1", "groups.0.shifts=[]", "..=1", "queues.0.name=\x1b[2J,\x00",
    "groups.0.agents=" + "[" * 2_000, "groups.0.agents=" + "9" * 5_000, "targets.service_level=0:1:0.1", "interval_min=7,30",
]  # fmt: skip
AGENTS = [
    "5",
    "5:8",
    "8:5",
    "1:2:0",
    "1:999999999",
    "0",
    "-1",
    "5.5",
    "9" * 400,
    "",
    "5:",
    ":5",
    "a:b",
    "1:1000:1",
]
LAWS = ["60", "600", "{ law = 'fixed', mean_s = 60 }", "{ law = 'lognormal', mean_s = 180, cv = 1.2 }", "0", "nan", "1e308", "{ law = 'lognormal', mean_s = 1e9, cv = 100 }", "{", "{a=" * 500,
        "{ law = 'weibull', mean_s = 1e-300, shape = 0.05 }", "{ law = 'piecewise_hazard', edges_s = [0], hazard_per_s = [0] }"]  # fmt: skip
LISTS = ["60", "60,70", "60,70,90", "30,45", "60,0", "60,nan", "1e308", "", ",", "60," * 300 + "60", "70,60"]
KINDS = {"N|A:B[:STEP]": AGENTS, "S|LAW": LAWS, "S,S,…": LISTS, "CHATS,…": LISTS, "H,H,…": ["8,6,4", "4", "6,3", "8", "0", "nan", "8,x", "8," * 99 + "8"],
         "PATH=VALUES": VARIES, "NAME": ["frt_s", "service_level", "asa_s", "missed_rate", "x", "", "\x1b"]}  # fmt: skip
"""What an option of this kind may be given, by what its help calls it, numbers otherwise; the first four are sound."""


@st.composite
def command_lines(draw: st.DrawFn, command: Any, arguments: list[str], kept: tuple[str, ...]) -> list[str]:
    """Options of a *command*, some with odd values; each of its arguments is one of these. Some are *kept* out."""
    words = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            words += [draw(st.sampled_from(arguments)) for _ in range(draw(st.integers(1, 2)))]
            continue
        name = max(parameter.opts, key=len)
        is_wanted = parameter.required or draw(st.integers(0, 3)) == 0
        if name in kept or not is_wanted:
            continue
        words.append(name)
        if not getattr(parameter, "is_flag", False):
            values = KINDS.get(parameter.metavar, NUMBERS)
            words.append(draw(st.sampled_from(values[:4] if draw(st.integers(0, 4)) else values)))
    return words
