"""`sim staff` on days that differ, and `sim capacity`, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sim.cli.commands import app
from sim.scenario.files import load
from tests.conftest import ROOT
from tests.unit.test_staffing_week import CENTRE


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    path = tmp_path / "centre.toml"
    path.write_text(CENTRE)
    return path


def sim(*args: str | Path, columns: int = 80) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], env={"COLUMNS": str(columns)})


def test_a_week_is_staffed_written_and_run(centre: Path, tmp_path: Path):
    """The document, the folder, and a scenario whose every weekday keeps its targets."""
    out, staffed = tmp_path / "out", tmp_path / "staffed.toml"
    result = sim("staff", centre, "-n", "20", "--json", "--out", out, "-o", staffed)
    found = json.loads(result.stdout)

    assert result.exit_code == 0, result.output
    assert found["study"] == "staff_week"
    assert found["kept"]
    assert found["simulated_days"] <= 20 * 20 * 6
    assert found["agent_hours"] < found["agent_hours_of_one_pattern"]
    assert {"day", "start_s", "end_s", "chats", "agents.Desk", "service_level"} <= set(
        found["requirement"][0]
    )
    assert {path.name for path in out.iterdir()} == {
        "result.json", "result.html", "days_of_week.csv", "agents.csv", "hours.csv", "requirement.csv",
        "shrinkage.csv", "week.png", "hours.png",
    }  # fmt: skip
    by_day = load(staffed).groups[0].staffing_by_day
    assert by_day is not None
    assert by_day.mon is not None
    assert [by_day.mon[9:12], by_day.sun[:1] if by_day.sun else None] == [
        tuple(row["agents.Desk"] for row in found["requirement"] if row["day"] == "Mon"),
        (found["requirement"][-1]["agents.Desk"],),
    ]
    again = json.loads(sim("run", staffed, "-n", "40", "--seed", "5", "--by", "weekday", "--json").stdout)
    assert all(
        row["service_level"]["value"] >= 0.8
        for row in again["by_weekday"].values()
        if row["offered"]["value"]
    )


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        (("", ""), ["--head-count", "1", "--fte-hours-per-week", "5"], "and 1 of 5 h have 5.0: it takes 5 people"),
        (("", ""), ["--head-count", "0"], "'--head-count': must be a whole number from 1"),
        (("", ""), ["--fte-hours-per-week", "0"], "'--fte-hours-per-week': must be a number from 1 to 168"),
        (("training = 0.05", "training = 1.0"), [], "shrinkage.training: must be below 1, got 1.0"),
        (("max_response_s = 60", "max_response_s = 20"), [], "Sat: targets: no staffing keeps response_s at most 20 s"),
        (("open = 09:00:00", "open = 08:20:00"), [], "08:20 lies within one: choose an interval_min"),
    ],
)  # fmt: skip
def test_bad_input_is_named(centre: Path, change: tuple[str, str], more: list[str], said: str):
    """What is wrong, where, and what to do; no traceback."""
    centre.write_text(CENTRE.replace(*change))
    result = sim("staff", centre, "-n", "20", *more, columns=200)

    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_plan_over_months_needs_a_section(centre: Path):
    """And says which."""
    result = sim("capacity", centre, columns=200)

    assert result.exit_code == 2
    assert (
        "capacity: is missing: say how many people there are, as in [capacity] people = 24" in result.stderr
    )


@pytest.mark.nightly
def test_every_weekday_of_the_uneven_week_keeps_its_targets_on_fresh_days():
    """The week with a holiday: within the work allowed, on 1,000 weeks of another seed, day by day."""
    import numpy as np

    from sim.runs.executor import executing
    from sim.studies.staffing.week import of_kind, staff_week

    week = staff_week(load(ROOT / "scenarios" / "week.toml"), replications=200)
    assert week.kept
    assert week.simulated <= 20 * 200 * 6
    assert week.hours < week.hours_of_one_pattern
    with executing() as ours:
        (runs,) = ours.replications([week.scenario], 99, range(1000), bounds=week.promise.bounds)
    for plan in week.plans:
        trial = of_kind(week.scenario, plan.kind, week.promise, runs)
        day = [
            bound.kept(np.array(value))
            for bound, value in zip(week.promise.bounds, trial.overall(), strict=True)
        ]
        assert all(day), plan.title
        missed = [
            bound.shortfall(value)
            for bound, value in zip(week.promise.bounds, trial.of_intervals(), strict=True)
        ]
        assert max(float(np.nanmax(each)) for each in missed) < 0.1, plan.title
