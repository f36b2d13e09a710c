"""`sim roster` as a user meets it: shifts, coverage, files, and what is wrong with the input."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sim.cli.commands import app
from sim.report.numbers import percent
from sim.scenario.files import load
from tests.conftest import SCENARIOS

ROSTER = next(path for path in SCENARIOS if path.stem == "roster")
TINY = """name = "Tiny"            # a small one
interval_min = 60
[hours]
open = 08:00:00
close = 12:00:00
[targets]
service_level = 0.8
[[queues]]
name = "q"
arrivals = { file = "volumes.csv" }
patience = { law = "exponential", mean_s = 120 }
service = { work_s = { law = "exponential", mean_s = 200 } }
[[groups]]
name = "A"
queues = ["q"]
agents = 1               # of old
patterns = [{ lengths_h = [2], grid_min = 60 }]
"""


def sim(*args: str, width: str = "100") -> Result:
    return CliRunner().invoke(app, args, env={"COLUMNS": width})


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    rows = "\n".join(
        f"{hour:02d}:00,{chats}" for hour, chats in zip(range(8, 12), (20, 40, 30, 20), strict=True)
    )
    (tmp_path / "volumes.csv").write_text(f"start,chats\n{rows}\n")
    (tmp_path / "tiny.toml").write_text(TINY)
    return tmp_path / "tiny.toml"


def test_shifts_coverage_and_files(tiny: Path, tmp_path: Path):
    """Table, data and written scenario say the same; the scenario keeps its targets and its comments."""
    out, copy = tmp_path / "results" / "out", tmp_path / "shifts.toml"
    args = ("roster", str(tiny), "-n", "60")
    result = sim(*args, "--out", str(out), "--write", str(copy))
    document = json.loads((out / "result.json").read_text())
    shown = result.stdout.split("Coverage:")[0].split("Shifts")[1]
    rows = [line.split() for line in shown.splitlines() if ":" in line]

    assert result.exit_code == 0, result.output
    assert [(int(row[0]), row[1], row[2]) for row in rows] == [
        (shift["agents"], shift["start"], shift["end"]) for shift in document["shifts"]
    ]
    assert (
        sum(shift["paid_hours"] for shift in document["shifts"]) == document["paid_hours"] == document["cost"]
    )
    told = " ".join(result.stdout.split())
    assert f"{document['paid_hours']:.1f} paid hours a day" in told
    proof = ": nothing is cheaper" if document["is_cheapest"] else ": if more agents never worsen service"
    assert (
        f"Cost {document['cost']:.1f} paid hours a day, lower bound {document['least_cost_proved']:.1f} paid hours,"
        f" gap {percent(document['gap'])}{proof}" in told
    )
    assert "at the least cost" not in told
    assert document["fte"] == document["paid_hours_with_shrinkage"] * 7 / 40
    assert (
        f"{document['fte']:.1f} FTE of 40 h a week on 7 open days a week: {document['heads']} people" in told
    )
    assert document["kept"]
    assert {path.name for path in out.iterdir()} == {
        "result.json", "result.html", "shifts.csv", "coverage.csv", "scenario.toml",
        *(f"{name}.png" for name in ("coverage", "shifts", "service")),
    }  # fmt: skip
    for path in (copy, out / "scenario.toml"):
        assert "# a small one" in path.read_text()
        assert "by sim roster --seed 1" in path.read_text()
        (group,) = load(path).groups
        assert group.shifts is not None
        assert sum(shift.agents for shift in group.shifts) == sum(row["agents"] for row in document["shifts"])
    assert sim("run", str(copy), "--check", "-n", "40").exit_code == 0
    coverage = list(csv.DictReader((out / "coverage.csv").read_text().splitlines()))
    assert [float(row["has"]) for row in coverage] == [row["on_duty.A"] for row in document["coverage"]]


def test_json_alone_and_again(tiny: Path):
    """One document, the same on other workers, whose names stay; --out and --write refuse what exists."""
    first, again = (sim("roster", str(tiny), "-n", "40", "--json", "--workers", n) for n in ("1", "2"))

    assert first.stdout == again.stdout
    found = json.loads(first.stdout)
    assert found["per"] == "interval"
    names = (
        "simulated_replications per confidence kept days_kept paid_hours paid_hours_with_shrinkage fte_hours_per_week fte "
        "days_per_week heads cost cost_of_covering least_cost_proved gap is_cheapest rosters_simulated "
        "local_cuts linear_cuts confirmations figures groups start days interval_s threshold_s breaks"
    )
    assert set(names.split()) <= set(found)
    of_a_shift = "shift group agents start end breaks paid_hours_each paid_hours cost start_s end_s"
    assert set(of_a_shift.split()) <= set(found["shifts"][0])
    of_an_interval = "start_s end_s needed.A on_duty.A spare.A service_level kept"
    assert set(of_an_interval.split()) <= set(found["coverage"][0])
    assert sim("roster", str(tiny), "--write", str(tiny)).stderr.endswith(
        "exists; add --force to replace it\n"
    )
    assert sim("roster", str(tiny), "--out", str(tiny.parent)).exit_code == 2


def test_lengths_of_the_command_line(tiny: Path):
    """They take the place of the file's patterns, and are said."""
    result = sim("roster", str(tiny), "-n", "40", "--lengths", "3,1", "--grid", "60", "--break", "0")

    assert result.exit_code == 0, result.output
    assert "Shifts of 'A': 3 h, a start every 60 min; 1 h, a start every 60 min." in " ".join(
        result.stdout.split()
    )


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--lengths", "8,x"), "--lengths: must be hours such as 8,6,4, got '8,x'"),
        (("--lengths", "0"), "lengths: must be above 0 h and at most 24 h, got 0 h"),
        (("--lengths", "nan"), "lengths: must be above 0 h"),
        (("--lengths", "1", "--grid", "240"), "no shift covers it"),
    ],
)
def test_what_makes_no_roster_is_told(tiny: Path, args: tuple[str, ...], said: str):
    """Exit code 2, one sentence, no traceback."""
    result = sim("roster", str(tiny), "-n", "20", *args)

    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert len(result.stderr.splitlines()) == 1


def test_without_targets_there_is_nothing_to_plan(tiny: Path):
    tiny.write_text(TINY.replace("service_level = 0.8\n", ""))

    assert "targets: needs at least one of" in sim("roster", str(tiny)).stderr
