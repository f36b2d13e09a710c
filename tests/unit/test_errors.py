"""Problems in words: the same mistake once, not too many, and nothing in them that does anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.errors import MOST_TOLD, Problem, ScenarioError
from tests.unit.test_files import GOOD, one, problems


def rows(n: int, law: str = "must be a number", first: int = 2) -> list[Problem]:
    """The same mistake in so many rows."""
    return [Problem("v.csv", "chats", law, repr(f"x{k}"), line=k, column=7) for k in range(first, first + n)]


def test_the_same_mistake_is_told_once_with_three_places_and_a_count():
    """Up to three times each by itself, beyond that in one line."""
    assert str(ScenarioError(rows(3))).count("\n") == 2
    assert str(ScenarioError(rows(1000))) == (
        "v.csv:2:7: chats: must be a number, got 'x2' (1,000 times: also 3:7 ('x3'), 4:7 ('x4'), ...)"
    )
    assert len(ScenarioError(rows(1000)).problems) == 1000


def test_items_of_a_list_are_one_place():
    """A day of negative rates is one mistake."""
    with pytest.raises(ScenarioError, match=r"per_hour\.0: must be at least 0, got -1 \(24 times: also"):
        raise ScenarioError(
            [
                Problem("s.toml", f"queues.0.arrivals.per_hour.{k}", "must be at least 0", "-1")
                for k in range(24)
            ]
        )
    text = str(ScenarioError([Problem("", f"groups.{k}.agents", "is missing") for k in range(4)]))
    assert text == ": groups.0.agents: is missing (4 times: also groups.1.agents, groups.2.agents, ...)"


def test_at_most_fifty_problems_are_told():
    """And how many more there are."""
    many = [problem for k in range(60) for problem in rows(1, f"law {k}", k)]
    lines = str(ScenarioError(many)).split("\n")

    assert len(lines) == MOST_TOLD + 1
    assert lines[-1] == "... and 10 more problems"


@pytest.mark.parametrize("character", ["\x1b", "\x00", "\n", "\t", "\x7f", "\x85", "\u2028", "\u202e"])
def test_names_hold_no_control_characters(character: str):
    """Nor do keys that are names; and what is told of them does nothing to a terminal."""
    escape = f"\\u{ord(character):04x}"
    for old, new in (
        ('name = "team"', f'name = "te{escape}am"'),
        ('queues = ["orders"]', f'queues = ["orders", "te{escape}am"]'),
        ('name = "orders"', f'name = "orders"\nprefer = ["te{escape}am"]'),
        ("\n[[queues]]", f'name = "te{escape}am"\n[[queues]]'),
        ("agents = 3", f'agents = 3\nshrinkage = {{ "te{escape}am" = 0.1 }}'),
    ):
        told = problems(GOOD.replace(old, new))[0]
        assert "must not hold control characters" in told
        assert character not in told
    told = one("agents = 3", f'agents = 3\n"a{escape}b" = 1')
    assert character not in told
    assert "unknown key" in told


@pytest.mark.parametrize("name", ["Équipe 1", "客服", "🇨🇭 Team", "نیم\u200cفاصله", '=cmd|"x"', "a.b*c"])
def test_names_may_hold_anything_else(name: str):
    """Letters of all scripts, pictures and punctuation."""
    from sim.scenario.files import parse

    assert parse(GOOD.replace('"team"', f"'{name}'")).groups[0].name == name


def test_what_is_named_on_the_command_line_does_nothing_to_the_terminal(tmp_path: Path):
    """A file's name may hold anything; it is shown written out."""
    from sim.cli.commands import app

    good = tmp_path / "\x1b[31mred.toml"
    good.write_text(GOOD)
    for args in (["check", str(good)], ["check", f"{good}x"], ["run", str(tmp_path / "\x1b]0;a\x07")]):
        result = CliRunner().invoke(app, args)
        assert r"\x1b" in result.output
        assert "\x1b" not in result.output
