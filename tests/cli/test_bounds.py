"""Every number that is typed is finite and within bounds, every text has a depth and a length: or a sentence says so."""

from __future__ import annotations

import inspect
import time
import tomllib
import tracemalloc
from pathlib import Path
from typing import Annotated, get_args, get_origin, get_type_hints

import pytest
from typer.testing import CliRunner

from sim.cli.commands import app
from sim.errors import ScenarioError
from sim.scenario.files import parse
from sim.scenario.scenario import Scenario
from tests.cli.test_commands import SMALL

MANY = "9" * 5_000


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("bounds") / "small.toml"
    path.write_text(SMALL)
    return str(path)


def told(*words: str) -> str:
    """What a command says on stderr, in one line, of input that it refuses."""
    result = CliRunner().invoke(app, list(words))
    assert (result.exit_code, result.stdout) == (2, ""), (result.output, result.exception)
    assert len(result.stderr) < 1_500
    return " ".join(word for word in result.stderr.split() if set(word) - set("│╭╰─╮╯"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["run", "-n", "1" + "0" * 400], "a whole number from 1 to 1,000,000,000, got '1000"),
        (["run", "-n", MANY], "a whole number from 1 to 1,000,000,000, got '9999"),
        (["run", "-n", "1_000"], "a whole number from 1 to 1,000,000,000, got '1_000'"),
        (["run", "--seed", "-1"], "a whole number from 0 to 9,223,372,036,854,775,807, got '-1'"),
        (["run", "--seed", MANY], "a whole number from 0"),
        (["run", "--workers", "1" + "0" * 9], "a whole number from 1 to 1,024"),
        (["run", "--precision", "nan"], "a number from 1e-06 to 1, got 'nan'"),
        (["best", "--within", "inf"], "a number from 1e-06 to 1,000,000, got 'inf'"),
        (["staff", "--confidence", "nan"], "a number from 0.01 to 0.9999, got 'nan'"),
        (["staff", "--fte-hours-per-week", "1e400"], "a number from 1 to 168, got '1e400'"),
        (["roster", "--break", "inf"], "a number from 0 to 1,440, got 'inf'"),
        (["roster", "--lengths", "inf"], "above 0 h and at most 24 h"),
        (["roster", "--lengths", "x" * 5_000], "must be hours such as 8,6,4, got 'xxxx"),
        (["sensitivity", "--forecast", "nan"], "a number from 0 to 0.9, got 'nan'"),
        (["sensitivity", "--months", MANY], "a whole number from 0 to 100,000"),
    ],
)  # fmt: skip
def test_options_are_bounded(small: str, words: list[str], why: str):
    assert why in told(words[0], small, *words[1:])


@pytest.mark.parametrize(
    ("vary", "why"),
    [
        ("groups.0.agents=1:2:1e-320", "the step must be at least 1e-09, got 1e-320"),
        ("groups.0.agents=1:2:0", "the step must be above 0, got 1:2:0"),
        ("groups.0.agents=-1e308:1e308", "numbers of a range must lie between -1e+12 and 1e+12"),
        ("groups.0.agents=1:1e999", "numbers of a range must lie between"),
        ("groups.0.agents=nan", "must be a whole number, got nan"),
        ("groups.0.agents*=nan,2", "vary: groups.0.agents*=nan: 1 would become nan"),
        ("groups.0.agents*=inf", "vary: groups.0.agents*=inf: 1 would become inf"),
        ("queues.0.arrivals.per_hour*=inf", "12 would become inf"),
        (f"groups.0.agents={MANY}", "a whole number must have at most 100 digits"),
        (f"groups.0.agents=1:{MANY}", "numbers of a range must lie between"),
        (f"groups.0.agents={'9' * 18}", "must be at most 1,000,000"),
        ("groups.0.agents=" + "1," * 4_000 + "1", "at most 1,000 values, got 4,001"),
        ("groups.0.agents=" + "[" * 5_000, "nested too deeply"),
        ("a." * 10_000 + "=1", "must have at most 10,000 letters, got 20,002"),
    ],
)
def test_what_varies_is_bounded(small: str, vary: str, why: str):
    """Ranges, lists and factors; the first of them in every study that takes them."""
    for command in ("sweep", "best", "sensitivity") if vary.endswith(("1e-320", "=nan")) else ("sweep",):
        assert why in told(
            command,
            small,
            "--vary",
            vary,
            "-n",
            "5",
            *(["--months", "0"] if command == "sensitivity" else []),
        )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("erlang-c --per-hour 200 --aht 1e308 --agents 5", "--aht': must be a number from 1e-06 to 10,000,000"),
        ("erlang-c --per-hour nan --aht 180 --agents 5", "--per-hour': must be a number"),
        ("erlang-c --per-hour 200 --aht 180 --agents 1:2:0", "the step of a range must be above 0"),
        (f"erlang-c --per-hour 200 --aht 180 --agents {MANY}", "must be a whole number, or a range"),
        ("erlang-c --per-hour 200 --aht 180 --agents 1:999999999", "from 1 to 1,000 numbers"),
        ("erlang-c --per-hour 200 --aht 180 --agents 5 --threshold inf", "--threshold': must be a number"),
        ("erlang-a --per-hour 200 --aht 180 --agents 5 --patience 1e308", "must be seconds, or a law"),
        ("erlang-a --per-hour 200 --aht 180 --agents 5 --patience {law='fixed',mean_s=1e308}", "less than or equal"),
        ("erlang-a --per-hour 200 --aht 180 --agents 5 --patience " + "{a=" * 5_000, "nested too deeply"),
        ("erlang-b --per-hour 60 --aht 600 --blocking 1e-320", "--blocking': must be a number"),
        ("chat --per-hour 60 --aht 60,1e308 --agents 3", "--aht': must be a number from 1e-06 to 10,000,000"),
        ("chat --per-hour 60 --aht " + "60," * 500 + "60 --agents 3", "--aht': must be at most 100 numbers, got 501"),
        ("attention --agent 30 --customer 60 --turns 5 --slots 1" + "0" * 12, "--slots': must be a whole number"),
        ("retrials --per-hour 60 --aht 60 --again nan --agents 3", "--again': must be a number from 0 to 1"),
    ],
)  # fmt: skip
def test_formulas_are_asked_about_bounded_numbers(words: str, why: str):
    """No numpy warning with a path of ours, which would fail this test."""
    assert why in told("theory", *words.split(" "))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (".".join("k" * 1_000) + " = 1", "s.toml:1:1: not TOML that can be read: nested too deeply"),
        ("a = 1\n" + ".".join("k" * 20_000) + " = 1", "s.toml:2:1: not TOML that can be read: nested too deeply"),
        ("[" + ".".join("k" * 20_000) + "]", "nested too deeply"),
        ("a = { " + ".".join(["'k'"] * 20_000) + " = 1 }", "nested too deeply"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("a = " + "[" * 40 + "]" * 40, "s.toml: not TOML that can be read: nested too deeply"),
        (SMALL.replace("agents = 1", f"agents = {MANY}"), "a whole number must have at most 100 digits"),
        (SMALL.replace("agents = 1", f"agents = 0x{'f' * 5_000}"),
         "s.toml:20:10: groups.0.agents: a whole number must have at most 100 digits"),
        (SMALL.replace("orders", "o" * 500), "s.toml:8:8: queues.0.name: takes at most 200 letters"),
        (SMALL.replace("orders", "o" * 50_000, 1), "queues.0.name: takes at most 1,000 letters, got 50,000"),
        (SMALL + f"{'k' * 50_000} = 1", "groups.0: a key takes at most 1,000 letters, got 50,000"),
        ("a" * 20_000_001, "s.toml: must have at most 20,000,000 letters, got 20,000,001"),
    ],
    ids=range(12),
)  # fmt: skip
def test_a_scenario_has_a_depth_and_a_length(text: str, why: str):
    """Told in a moment, and within memory that is a small multiple of the text: 20,000 levels once took gigabytes."""
    began = time.process_time()
    tracemalloc.start()
    with pytest.raises(ScenarioError) as caught:
        parse(text, "s.toml")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert any(why in str(problem) for problem in caught.value.problems), str(caught.value)[:500]
    assert all(len(str(problem)) < 500 for problem in caught.value.problems)
    assert most < 50e6
    assert time.process_time() - began < 3


def test_what_is_within_bounds_is_read_as_before(scenario_file: Path):
    """Every scenario that is shipped, and texts that only look deep."""
    assert isinstance(parse(scenario_file.read_text(), folder=scenario_file.parent), Scenario)
    deep = 'name = "' + ".".join("abcdefghijklmnopqrstuvwxyz" * 2) + '"'
    assert parse(SMALL.replace('name = "Small"', deep)).name.startswith("a.b.c.")


def test_queues_are_counted():
    data = tomllib.loads(SMALL)
    data["queues"] = [data["queues"][0] | {"name": f"q{k}"} for k in range(1_001)]
    with pytest.raises(ValueError, match="at most 1000 items"):
        Scenario.model_validate(data)


def test_every_option_that_is_a_number_has_bounds():
    """Of all commands, also those that are added one day."""
    commands = [*app.registered_commands, *app.registered_groups[0].typer_instance.registered_commands]
    numbers = []
    for command in commands:
        hints = get_type_hints(inspect.unwrap(command.callback), include_extras=True)
        for name, hint in hints.items():
            parts = {part for each in get_args(hint)[:1] for part in (each, *get_args(each))}
            if get_origin(hint) is Annotated and parts & {int, float}:
                numbers.append((command.callback.__name__, name, hint.__metadata__[0].parser))

    assert len(numbers) > 60
    assert not [(command, name) for command, name, parser in numbers if parser is None]
