"""`sim calibrate --averages`: from a file of averages to a scenario."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.studies.averages import simulated
from sim.studies.averages.file import load_averages
from tests.commands import sim

SMALL = """slots = 3
offered = 20.0
agents = 3
[hours]
open = "08:00"
close = "12:00"
[averages]
aht_s = 620
response_s = 55
turns_per_chat = 6.0
"""


def test_averages_become_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(simulated, "CHATS", 2_000)
    file, mine = tmp_path / "averages.toml", tmp_path / "mine.toml"
    file.write_text(SMALL)
    done = sim("calibrate", "--averages", file, "-o", mine, "--json")

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert {row["average"] for row in answer["averages"]} == {"aht_s", "response_s", "turns_per_chat"}
    assert answer["agents_needed"][0]["agents"] >= 1
    assert sim("check", mine).returncode == 0
    again = sim("calibrate", "--averages", file, "-o", mine)
    assert again.returncode == 2
    assert "exists; add --force" in again.stderr


def test_the_file_to_fill_in_can_be_read_as_it_stands(tmp_path: Path):
    assert sim("new", "--averages", tmp_path / "averages.toml").returncode == 0
    found, remarks = load_averages(tmp_path / "averages.toml")

    assert len(found.given) == 9
    assert remarks == []


def test_a_slip_is_told_in_a_sentence_with_its_place(tmp_path: Path):
    file = tmp_path / "averages.toml"
    file.write_text("slots = 3\noffered = 75.0\nagents = 15\n[averages]\nmissed_rate = 5.7\n")
    done = sim("calibrate", "--averages", file)

    assert done.returncode == 2
    assert f"{file}:5:" in done.stderr
    assert "5.7 % is 0.057" in done.stderr
