"""`sim best` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import SMALL, sim


def test_best_prints_writes_and_documents(tmp_path: Path):
    """Plans of two files and of the values of a field; the same document on stdout and in the folder."""
    one, two, out = tmp_path / "one.toml", tmp_path / "two.toml", tmp_path / "out"
    one.write_text(SMALL)
    two.write_text(SMALL.replace("per_hour = 12", "per_hour = 14"))
    these = (one, two, "--vary", "groups.0.agents=1,3", "-n", "6", "--within", "0.05")

    printed = sim("best", *these, "--out", out)
    assert printed.returncode == 0, printed.stderr
    assert "% saved" in printed.stdout
    assert "one, agents=3" in printed.stdout
    assert {path.name for path in out.iterdir()} == {"result.json", "result.html", "plans.csv", "best.png"}
    data = json.loads((out / "result.json").read_text())
    assert data["best"].endswith("agents=3")
    assert {row["plan"] for row in data["plans"]} == {
        "one, agents=1", "one, agents=3", "two, agents=1", "two, agents=3",
    }  # fmt: skip
    assert sim("best", *these, "--json").stdout == (out / "result.json").read_text()


def test_best_tells_what_is_wrong(tmp_path: Path):
    """A single plan, and too many."""
    one = tmp_path / "one.toml"
    one.write_text(SMALL)

    alone = sim("best", one)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert alone.stderr == "best: needs at least 2 plans, got 1\n"
    many = sim("best", one, "--vary", "groups.0.agents=1:900", "--vary", "groups.0.concurrency=1:20")
    assert many.returncode == 2
    assert "360,000" in many.stderr
