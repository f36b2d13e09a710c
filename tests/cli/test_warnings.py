"""What is probably a slip is told on stderr, beside the answer and not instead of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sim.cli.commands import app

CENTRE = """
[hours]
open = 08:00:00
close = 10:00:00
[[queues]]
name = "orders"
arrivals = {{ per_hour = {per_hour} }}
service = {{ work_s = {{ law = "fixed", mean_s = 300 }} }}
[[groups]]
name = "team"
queues = ["orders"]
agents = 1
"""
OPEN = [0] * 8 + [11, 11] + [0] * 14
TOO_MANY = [0] * 8 + [13, 13] + [0] * 14


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the scenario is written."""
    return tmp_path / "s.toml"


def run(*args: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, list(map(str, args)), env={"COLUMNS": "120"})


def test_check_warns_of_what_never_settles_and_of_who_finds_it_closed(file: Path):
    """Twelve an hour is what one agent can do; a file with warnings is still one that can be run."""
    file.write_text(CENTRE.format(per_hour=OPEN))
    fine = run("check", file)
    file.write_text(CENTRE.format(per_hour=13))
    result = run("check", file)

    assert fine.exit_code == result.exit_code == 0
    assert "fine" in fine.stdout
    assert "warning" not in fine.stderr
    assert "can be run, with warnings" in result.stdout
    assert "warning: 'orders': 286.0 of 312.0 chats expected come while the centre is closed" in result.stderr
    assert "warning: 'orders': more comes than can be served" in result.stderr


def test_run_says_in_one_sentence_that_nothing_settles(file: Path):
    """On stderr: what is printed, and the document, are as before."""
    file.write_text(CENTRE.format(per_hour=TOO_MANY))
    told = run("run", file, "-n", "2", "--json")
    file.write_text(CENTRE.format(per_hour=OPEN))
    silent = run("run", file, "-n", "2", "--json")

    assert told.stderr.count("warning: 'orders': more comes than can be served: ") == 1
    assert json.loads(told.stdout)["replications"] == 2
    assert "served" not in silent.stderr
