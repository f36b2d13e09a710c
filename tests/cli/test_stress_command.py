"""`sim stress` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import SMALL, sim

QUICK = ("--max-replications", "100")


def test_stress_prints_writes_and_documents(tmp_path: Path):
    """The same document on stdout and in the folder, with the bounds of each target."""
    file, out = tmp_path / "small.toml", tmp_path / "out"
    file.write_text(SMALL.replace("service_level = 0.99\n", ""))

    printed = sim("stress", file, *QUICK, "--out", out)
    assert printed.returncode == 0, printed.stderr
    assert "Missed share ≤ 50.0 % breaks" in printed.stdout
    assert {path.name for path in out.iterdir()} == {
        "result.json", "result.html", "break_points.csv", "loads.csv", "break_points.png",
    }  # fmt: skip
    data = json.loads((out / "result.json").read_text())
    (row,) = data["break_points"]
    assert row["figure"] == "missed_rate"
    assert 1 < row["lower"] < row["upper"]
    named = sim("stress", file, *QUICK, "--profile", "breakpoint", "--json")
    assert named.stdout == (out / "result.json").read_text()


def test_a_target_missed_today_is_exit_code_99(tmp_path: Path):
    """And it is said how much too much comes."""
    file = tmp_path / "small.toml"
    file.write_text(SMALL.replace("max_missed = 0.5\n", ""))

    printed = sim("stress", file, *QUICK)
    assert printed.returncode == 99, printed.stderr
    assert "is missed already" in printed.stdout


def test_stress_tells_what_is_wrong(tmp_path: Path):
    """No target; a profile that there is not."""
    file = tmp_path / "small.toml"
    file.write_text(SMALL.replace("service_level = 0.99\nmax_missed = 0.5\n", ""))

    alone = sim("stress", file)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert alone.stderr == "stress: needs a target that can break, such as [targets] max_missed = 0.05\n"
    assert sim("stress", file, "--profile", "wave").returncode == 2


def test_stages_of_a_file_and_of_the_command_line(tmp_path: Path):
    """Exit code 99 for a threshold that fails in a stage, 0 for one that holds; both are in the document."""
    file = tmp_path / "small.toml"
    stages = '[stress]\nfail_if = ["missed_rate > 99%"]\n[[stress.stages]]\nminutes = 60\nfactor = 2.0\n'
    file.write_text(SMALL + stages)

    fine = sim("stress", file, "-n", 5, "--json")
    assert fine.returncode == 0, fine.stderr
    data = json.loads(fine.stdout)
    assert data["profile"] == "stages"
    assert [row["to_factor"] for row in data["stages"]] == [2.0]
    broken = sim("stress", file, "-n", 5, "--profile", "spike", "--fail-if", "offered > 0", "--abort-on-fail")
    assert broken.returncode == 99, broken.stderr
    wrong = sim("stress", file, "--fail-if", "missed > ")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("stress: 'missed > ' is no threshold; write one such as")


def test_help_shows_the_brackets_of_stages():
    """Markup does not take them for a style."""
    printed = sim("stress", "--help")
    assert "[[stress.stages]]" in " ".join(printed.stdout.replace("│", " ").split())
