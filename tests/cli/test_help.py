"""What `--help` says: every command under a heading, with something to type, in whole words."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from sim.cli.commands import app

COMMANDS = typer.main.get_command(app)
FAMILIES: Any = {"": COMMANDS, "theory": COMMANDS.commands["theory"]}  # type: ignore[attr-defined]
NAMES = [
    *(name for name in FAMILIES[""].commands),
    *(f"theory {name}" for name in FAMILIES["theory"].commands),
]


def told(*args: str) -> str:
    """Help on a terminal of 80 columns."""
    result = CliRunner().invoke(app, [*args, "--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})

    assert result.exit_code == 0
    return result.stdout


def test_commands_stand_in_groups_in_the_order_of_a_planners_work():
    """Look, plan, prove, prepare; the exit codes below."""
    shown = told()
    names = ["Look:", "run", "Plan:", "staff", "roster", "sweep", "compare", "best", "sensitivity", "stress", "load",
             "Prove:", "trust", "theory", "Prepare:", "new", "check", "schema", "kpis"]  # fmt: skip

    places = [re.search(rf"^[│╭─]+ {name}", shown, re.MULTILINE) for name in names]
    assert all(places)
    assert sorted(places, key=lambda place: place.start() if place else 0) == places
    assert "Exit codes: 0 fine" in shown


@pytest.mark.parametrize("name", ["", *NAMES])
def test_every_help_has_an_example_that_can_be_typed_and_no_type_of_python(name: str):
    """Each line is read by the command that it names, without running it; nothing is cut."""
    shown = told(*name.split())
    lines = shown.split("Example", 1)[1].splitlines()[1:]
    typed = [shlex.split(line) for line in lines if line.startswith("   sim ")]

    assert typed
    assert "bool" not in shown
    assert not re.search(r"<(path|str|list)|list\[", shown)
    assert not re.search(r"\w{3}…", shown)
    for _, *words in typed:
        family = FAMILIES[words[0] if words[0] in FAMILIES else ""]
        command, *arguments = words if family is COMMANDS else words[1:]
        assert command == name.rsplit(maxsplit=1)[-1] if name not in FAMILIES else command in family.commands
        if arguments != ["--help"]:
            whole = arguments[: arguments.index(">")] if ">" in arguments else arguments
            with family.commands[command].make_context(command, whole) as context:
                assert context.args == []


def test_options_are_understood_by_their_former_names():
    """And are shown by the new ones alone."""
    sweep = FAMILIES[""].commands["sweep"]
    for words in (["--max-runs", "7"], ["--max-runs=7"], ["--max-replications", "7"]):
        with sweep.make_context("sweep", ["x.toml", "--vary", "days=1:2", *words]) as context:
            assert context.params["max_runs"] == 7

    assert "--max-replications" in told("sweep")
    assert "--max-runs" not in told("sweep")


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_a_help_is_taken_for_mark_up(name):
    """What stands in square brackets, as a table of TOML does, would be left out silently."""
    family, _, last = name.rpartition(" ")
    command = FAMILIES[family].commands[last]
    texts = [command.help, *(getattr(param, "help", None) for param in command.params)]

    assert not [text for text in texts if text and re.search(r"(?<!\\)\[[a-z#/@]", text)]
