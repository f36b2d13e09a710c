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
