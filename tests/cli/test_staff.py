"""`sim staff` as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from sim.cli.commands import app
from sim.runs.executor import Executor, executing
from sim.scenario.files import load
from sim.studies.staffing.staff import staff

SMALL = """
name = "A small desk"
interval_min = 60
hours = { open = 09:00:00, close = 12:00:00 }
targets = { threshold_s = 30, service_level = 0.8, max_response_s = 60 }

[[queues]]
name = "help"
arrivals = { per_hour = [0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 40, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }
patience = { law = "exponential", mean_s = 120 }
service = { turns = { law = "geometric", mean = 4 }, agent_s = { law = "exponential", mean_s = 40 }, customer_s = { law = "exponential", mean_s = 50 } }

[[groups]]
name = "Desk"
queues = ["help"]
concurrency = 2
agents = 1
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(SMALL)
    return path


def sim(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], env={"COLUMNS": "110"})


def test_the_table_has_the_requirement_and_its_reasons(desk: Path):
    """Promise first, a row an interval with what one agent fewer does, hours and FTE at the end."""
    result = sim("staff", desk, "-n", "40", "--confidence", "0.8", "--fte-hours-per-week", "30")
    text = result.stdout

    assert result.exit_code == 0, result.output
    assert "in every interval, on average over days, and on 80 % of days" in text
    assert text.index("Days that keep all") < text.index("Requirement") < text.index("Staffing for a share")
    rows = [line.split() for line in text.splitlines() if line.strip()[:3] in {"09:", "10:", "11:"}]
    assert [row[:2] for row in rows] == [["09:00", "20.0"], ["10:00", "40.0"], ["11:00", "30.0"]]
    agents = [int(row[2]) for row in rows]
    assert f"{sum(agents):.1f} agent hours on duty a day; at most {max(agents)} agents at a time." in text
    people = sum(agents) * 7 / 30
    employed = max(ceil(people), *agents)  # who is on duty at once is there at once
    assert f"{people:.1f} FTE of 30 h a week on 7 open days a week: {employed} people to employ" in text
    assert [f"P{n}" for n in (50, 80, 95)] == [
        line.split()[0] for line in text.splitlines() if line[:3] == "  P"
    ]


def test_the_worst_interval_stands_on_80_columns(desk: Path):
    """A day that keeps its target and is marked as missing it would be a riddle without."""
    told = CliRunner().invoke(app, ["staff", str(desk), "-n", "40"], env={"COLUMNS": "80"}).stdout
    lines = told[told.index("Targets") : told.index("Requirement")].splitlines()

    assert [line for line in lines if "Worst interval" in line]
    assert "of days keep all targets (95 % interval " in told
    assert max(map(len, lines)) <= 80


def test_as_data_and_in_a_folder(desk: Path, tmp_path: Path):
    """The same staffing in the document, in the table, and kept when it is simulated."""
    out = tmp_path / "out"
    result = sim("staff", desk, "-n", "40", "--json", "--out", out)
    found = json.loads(result.stdout)

    assert result.exit_code == 0, result.output
    assert found["kept"]
    assert found["simulated_replications"] <= 40 * 40
    staffing = [row["agents.Desk"] for row in found["staffing"]]
    assert staffing[9:12] == [need["agents.Desk"] for need in found["requirement"]]
    assert sum(staffing) == found["agent_hours"] == found["paid_hours"] == found["fte"] * 40 / 7
    assert (found["heads"], found["interrupted"]) == (max(ceil(found["fte"]), *staffing), False)
    names = {
        "result.json",
        "result.html",
        "requirement.csv",
        "one_fewer.csv",
        "staffing.csv",
        "requirement.png",
        "service.png",
    }
    assert {path.name for path in out.iterdir()} == names
    assert json.loads((out / "result.json").read_text()) == found
    required = pl.read_csv(out / "requirement.csv")
    assert {"From", "To", "Chats", "Agents", "Binds", "Agents for work"} <= set(required.columns)
    assert not [name for name in required.columns if "_" in name or name != name.strip()]
    words = {"From", "To", "Binds", "One agent fewer", "SL met", "reply met"}
    numeric = {name for name, kind in required.schema.items() if kind.is_numeric()}
    assert words | numeric >= set(required.columns)
    assert not words & numeric
    assert required["Agents"].to_list() == staffing[9:12]
    again = sim("staff", desk, "-n", "40", "--json", "--workers", "1")
    assert again.stdout == result.stdout

    staffed = tmp_path / "staffed.toml"
    assert sim("staff", desk, "-n", "40", "--write", staffed).exit_code == 0
    assert load(staffed).groups[0].staffing == tuple(staffing)
    assert sim("run", staffed, "--check", "-n", "40").exit_code == 0
    refused = sim("staff", desk, "-n", "40", "--write", staffed)
    assert (refused.exit_code, refused.stderr) == (2, f"{staffed}: exists; add --force to replace it\n")


def test_names_in_the_document_stay(desk: Path):
    """What programs read: later versions add names, and change none."""
    found = json.loads(sim("staff", desk, "-n", "20", "--json").stdout)
    numbers = (
        "per confidence simulated_replications kept settled days_kept agent_hours paid_hours fte "
        "fte_hours_per_week days_per_week heads figures groups start days interval_s threshold_s"
    )
    tables = "requirement one_fewer hours levels staffing staffing_by_level"
    of_a_block = (
        "start_s end_s chats agents.Desk service_level response_s binding binds one_fewer agents_for.replies "
        "agents_for.concurrency agents_for.queue agents_for.absence agents_for.shrinkage"
    )

    assert {*numbers.split(), *tables.split()} <= set(found)
    assert set(of_a_block.split()) <= set(found["requirement"][0])
    assert {"group", "service_level", "breaks", "worst", "days_kept", "needed"} <= set(found["one_fewer"][0])
    assert {"target", "kpi", "bound", "value", "low", "high", "met", "sure", "worst"} <= set(
        found["targets"][0]
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("max_response_s = 60", "max_response_s = 15"), "no staffing keeps response_s at most 15 s"),
        ((", service_level = 0.8, max_response_s = 60", ""), "targets: needs at least one of service_level"),
    ],
)
def test_what_can_not_be_is_said_in_words(desk: Path, change: tuple[str, str], words: str):
    desk.write_text(SMALL.replace(*change))
    result = sim("staff", desk, "-n", "40")

    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_a_confidence_is_a_share(desk: Path):
    result = sim("staff", desk, "--confidence", "90")

    assert result.exit_code == 2
    assert "a number from 0.01 to 0.9999, got '90'" in result.stderr


def test_hours_of_a_week_by_contract_make_people(desk: Path):
    """35 hours by contract, closed on Sundays, a fifth planned away."""
    weekday = "weekday = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0], per_hour"
    text = SMALL.replace("interval_min", "fte_hours_per_week = 35\ninterval_min").replace("per_hour", weekday)
    desk.write_text(text + "shrinkage = { training = 0.2 }\n")
    found = json.loads(sim("staff", desk, "-n", "20", "--json").stdout)

    assert (found["days_per_week"], found["fte_hours_per_week"]) == (6, 35)
    assert found["paid_hours"] == pytest.approx(found["agent_hours"] / 0.8)
    assert found["fte"] == pytest.approx(found["paid_hours"] * 6 / 35)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("kept", "the targets are not kept on days that the search did not see"),
        ("settled", "one agent fewer may do where it says 'enough'"),
    ],
)
def test_an_answer_that_does_not_hold_is_told(
    desk: Path, field: str, words: str, monkeypatch: pytest.MonkeyPatch
):
    """99: for scripts; and in words."""
    monkeypatch.setattr(
        "sim.studies.staffing.staff.staff",
        lambda *args, **more: replace(staff(*args, **more), **{field: False}),
    )
    result = sim("staff", desk, "-n", "20")

    assert result.exit_code == 99
    assert words in result.stderr


def test_ctrl_c_gives_the_best_so_far(desk: Path, monkeypatch: pytest.MonkeyPatch):
    """Marked as such in the table, on stderr and in the data; 130."""

    class Impatient(Executor):
        calls = 0

        def replications(self, *args: Any, **more: Any) -> Any:
            self.calls += 1
            if self.calls == 5:
                raise KeyboardInterrupt
            return super().replications(*args, **more)

    @contextmanager
    def executor(*args: Any) -> Iterator[Executor]:
        with executing(2) as ours:
            yield Impatient(ours.pool, 2)

    monkeypatch.setattr("sim.runs.executor.executing", executor)
    table, data = sim("staff", desk, "-n", "80"), sim("staff", desk, "-n", "80", "--json")

    assert (table.exit_code, data.exit_code) == (130, 130)
    assert "Interrupted: the best found so far; one agent fewer may do" in table.stdout
    assert "interrupted: this is the best found so far, and one agent fewer may do" in table.stderr
    assert json.loads(data.stdout)["interrupted"]
