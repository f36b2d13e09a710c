"""A month of a simulated centre, recorded and fitted again: its numbers come back, and are written down."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.importers.folder import Recorded
from sim.report.fitted import Calibration, scenario_of
from sim.report.fitted import result as result_of
from sim.studies.fitted.calibrate import Fitted, fit
from sim.studies.fitted.compared import compare_with
from sim.studies.fitted.known import Known
from tests.commands import sim as command
from tests.fitted.simulated import recorded
from tests.results import holds

HOURS = {"open": "08:00", "close": "18:00", "sat": {"open": "09:00", "close": "14:00"}, "sun": "closed"}
LEVELS = [2, 3, 3, 4, 4, 5, 5, 5, 4, 4, 4, 5, 5, 5, 5, 4, 4, 3, 3, 2]
"""Agents by half-hour, from 8:00 on."""


def centre(days: int = 28, **more: object) -> sim.Scenario:
    """A centre of one queue with a week of its own."""
    staffing = [0] * 16 + LEVELS + [0] * 12
    saturday = [0] * 18 + [2] * 10 + [0] * 20
    return sim.Scenario.model_validate(
        {
            "name": "truth", "start": "2026-03-02", "days": days, "hours": HOURS,
            "queues": [
                {
                    "name": "orders",
                    "arrivals": {
                        "per_hour": [0.0] * 8 + [20, 30, 40, 36, 34, 38, 42, 36, 28, 20.0] + [0.0] * 6,
                        "weekday": [1.2, 1, 1, 1, 0.9, 0.4, 0],
                    },
                    "patience": {"law": "lognormal", "mean_s": 180.0, "cv": 1.2},
                    "service": {
                        "turns": {"law": "geometric", "mean": 5.0},
                        "agent_s": {"law": "lognormal", "mean_s": 45.0, "cv": 0.9},
                        "customer_s": {"law": "lognormal", "mean_s": 60.0, "cv": 1.3},
                        "wrap_up_s": {"law": "exponential", "mean_s": 25.0},
                    },
                } | more
            ],
            "groups": [
                {
                    "name": "Tier 1", "queues": ["orders"], "concurrency": 3, "switching": 0.15,
                    "staffing_by_day": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), staffing)
                    | {"sat": saturday},
                }
            ],
        }
    )  # fmt: skip


@cache
def month(seed: int = 1, *, duty: bool = True, days: int = 28) -> Recorded:
    """What was recorded of four weeks, or of some days."""
    truth = centre(days)
    return recorded(sim.simulate(truth, sim.draw(truth, seed=seed, replication=0)), duty=duty)


@cache
def fitted(*, duty: bool = True) -> Fitted:
    return fit(month(duty=duty))


def known(found: Fitted, place: str) -> Known:
    """How a number of the scenario is known."""
    return next(each for each in found.known if each.place == place)


TRUE = {
    "queues.0.patience.mean_s": 180.0, "queues.0.patience.cv": 1.2, "queues.0.service.turns.mean": 5.0,
    "queues.0.service.agent_s.mean_s": 45.0, "queues.0.service.agent_s.cv": 0.9,
    "queues.0.service.customer_s.mean_s": 60.0, "queues.0.service.customer_s.cv": 1.3,
    "queues.0.service.wrap_up_s.mean_s": 25.0, "groups.0.switching": 0.15,
}  # fmt: skip


def test_the_numbers_of_a_simulated_month_come_back():
    """Seven of nine within their intervals, all near them; laws, limits and hours are the true ones."""
    found = fitted()
    truth, learnt = centre().queues[0], found.scenario.queues[0]

    off = {}
    for place, value in TRUE.items():
        number = known(found, place)
        assert number.value is not None
        assert number.low is not None
        assert number.high is not None
        assert number.high - number.low < 0.45 * value, place
        assert number.how == "measured"
        off[place] = (number.value - value) / ((number.high - number.low) / 2)
    assert sum(abs(each) <= 1 for each in off.values()) >= 7, off
    assert all(abs(each) < 1.8 for each in off.values()), off
    assert isinstance(truth.service, sim.ByTurns)
    assert isinstance(learnt.service, sim.ByTurns)
    assert learnt.patience is not None
    assert learnt.patience.law == "lognormal"
    assert [learnt.service.turns.law, learnt.service.agent_s.law, learnt.service.customer_s.law] == [
        "geometric", "lognormal", "lognormal",
    ]  # fmt: skip
    assert learnt.service.wrap_up_attention
    assert found.scenario.groups[0].concurrency == 3
    assert found.scenario.hours is not None
    for day in range(7):
        date = found.scenario.start + dt.timedelta(days=day)
        assert found.scenario.calendar.opening(date) == centre().calendar.opening(date)
    week = known(found, "queues.0.arrivals.per_hour")
    expected = 324 * (1.2 + 3 + 0.9) + 0.4 * (30 + 40 + 36 + 34 + 38)
    assert week.low is not None
    assert week.high is not None
    assert week.low < expected < week.high


def test_recorded_duty_is_the_staffing_of_the_scenario():
    """To the agent, in every interval of every weekday."""
    meant, learnt = centre().groups[0].staffing_by_day, fitted().scenario.groups[0].staffing_by_day
    assert meant is not None
    assert learnt is not None
    assert learnt == meant


@pytest.mark.nightly
def test_duty_that_nobody_recorded_is_a_range_and_near_the_truth():
    """Within an agent in nine of ten intervals; the range holds the hours of the truth, and says that it is one."""
    found = fitted(duty=False)
    meant, learnt = centre().groups[0].staffing_by_day, found.scenario.groups[0].staffing_by_day
    assert meant is not None
    assert learnt is not None
    off = np.array(learnt.mon) - np.array(meant.mon)

    assert (np.abs(off[16:36]) <= 1).mean() >= 0.9
    hours = known(found, "groups.0.staffing_by_day")
    assert hours.how == "inferred"
    assert hours.low is not None
    assert hours.high is not None
    assert 0.95 * hours.low < (5 * sum(LEVELS) + 20) / 2 < hours.high


def test_the_answer_has_its_parts_and_the_scenario_gives_the_figures_of_the_log(tmp_path: Path):
    """Tables, pictures, and the file: what it says is what was simulated."""
    compared = compare_with(fitted().seen.asked, fitted().scenario, 2)
    result = result_of(Calibration(fitted(), tuple(compared), 2))
    holds(result, tmp_path)
    text = scenario_of(result.found)

    assert sim.parse(text) == result.found.fitted.scenario
    assert "# measured (4" in text
    assert "lognormal" in text
    rows = {row["kpi"]: row for row in result.table("compared").rows}
    assert all(
        rows[name]["near"] for name in ("missed_rate", "frt_s", "response_s", "turns_per_chat", "aht_s")
    )
    held = result.table("by_held").rows
    assert held[1]["attention_s"] / held[0]["attention_s"] == pytest.approx(1.15, abs=0.04)
    assert {"patience", "agent_s", "staffing", "week"} <= set(result.pictures())
    assert result.words[0].startswith("Fitted to ")


def test_the_command_writes_a_scenario_that_runs(tmp_path: Path):
    """From a folder; both a log and averages, or none, are refused."""
    log, mine = tmp_path / "x.log", tmp_path / "mine.toml"
    log.mkdir()
    for table in ("chats", "messages", "legs", "duty", "report"):
        getattr(month(days=10), table).write_parquet(log / f"{table}.parquet")
    done = command("calibrate", log, "-o", mine, "--json")

    assert done.returncode == 0, done.stderr
    assert {row["number"] for row in json.loads(done.stdout)["numbers"]} >= set(TRUE)
    assert tomllib.loads(mine.read_text())["queues"][0]["name"] == "orders"
    assert command("run", mine, "-n", "1").returncode == 0
    assert command("calibrate").returncode == 2
    assert "not in the log" in command("calibrate", log, "--without", "2025-01-01").stderr
