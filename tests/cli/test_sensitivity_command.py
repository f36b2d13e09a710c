"""`sim sensitivity` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import SMALL, sim


def test_sensitivity_prints_writes_and_documents(tmp_path: Path):
    """Tornado and risk as tables, as one document, and as pictures; the same document on stdout and in the folder."""
    small = tmp_path / "small.toml"
    small.write_text(SMALL)
    out = tmp_path / "out"
    few = ("--figure", "missed_rate", "-n", "4", "--months", "5", "--vary", "groups.0.agents=2")

    printed = sim("sensitivity", small, *few, "--out", out)
    assert printed.returncode == 0, printed.stderr
    assert "What moves missed share" in printed.stdout
    assert "Probability to miss the promise" in printed.stdout
    assert "Forecast error" in printed.stdout
    assert {path.name for path in out.iterdir()} == {
        "result.json", "result.html", "inputs.csv", "risk.csv", "variance.csv", "tornado.png", "risk.png",
    }  # fmt: skip
    data = json.loads((out / "result.json").read_text())
    assert data["figure"] == "missed_rate"
    assert {"Forecast volume", "Patience", "groups.0.agents"} <= {row["input"] for row in data["inputs"]}
    assert {row["target"] for row in data["risk"]} == {"service_level", "max_missed", "any"}
    assert all({"day", "week", "month"} < set(row) for row in data["risk"])
    assert sim("sensitivity", small, *few, "--json").stdout == (out / "result.json").read_text()


def test_sensitivity_tells_what_is_wrong(tmp_path: Path):
    """A figure that is none, and a scenario without a promise."""
    small = tmp_path / "small.toml"
    small.write_text(SMALL.replace("service_level = 0.99\nmax_missed = 0.5\n", ""))

    wrong = sim("sensitivity", small, "--figure", "asa")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "no key figure is called 'asa'; did you mean 'asa_s'?\n"
    fine = sim("sensitivity", small, "-n", "2")
    assert fine.returncode == 0
    assert "promises nothing" in " ".join(fine.stdout.split())
    assert "Probability" not in fine.stdout
