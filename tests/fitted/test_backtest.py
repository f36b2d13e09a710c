"""Two weeks fit, the week after them is predicted: by the true centre's own log, and by one whose team slows down."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import pytest

import sim
from sim.importers.folder import Recorded
from tests.commands import sim as command
from tests.fitted.simulated import recorded
from tests.fitted.test_a_month import centre
from tests.results import holds

SPLIT = dt.date(2026, 3, 16)


@cache
def three_weeks() -> Recorded:
    """Days from 2 to 21 March."""
    truth = centre(days=20)
    return recorded(sim.simulate(truth, sim.draw(truth, seed=5, replication=0)))


def test_the_week_after_a_fortnight_is_predicted(tmp_path: Path):
    """Of the very centre that is simulated: most figures and intervals lie in their bands."""
    found = sim.backtest(three_weeks(), SPLIT, seed=3)
    holds(found, tmp_path)
    rows = {row["kpi"]: row for row in found.table("figures").rows}

    assert set(rows) == {
        "offered",
        "missed_rate",
        "asa_s",
        "service_level",
        "frt_s",
        "response_s",
        "duration_s",
    }
    assert sum(row["inside"] for row in rows.values()) >= 5
    cells = [row["inside"] for row in found.table("by_interval").rows]
    assert len(cells) > 100
    assert sum(cells) / len(cells) > 0.8
    assert found.found.is_recorded
    assert found.found.scenario.days == 6
    assert found.words[0].endswith("with forecast arrivals.")


@pytest.mark.nightly
def test_given_the_true_arrivals_they_are_met_to_the_chat_and_another_team_is_noticed():
    """Offered is what came; agents who take twice as long in the later week give slower responses than predicted."""
    truth = centre(days=20)
    slow = sim.vary(truth, {"queues.0.service.agent_s.mean_s": 90.0})
    late = recorded(sim.simulate(slow, sim.draw(slow, seed=6, replication=0)))
    early = three_weeks()
    from sim.studies.fitted.backtest import parts

    before, after = parts(early, SPLIT)[0], parts(late, SPLIT)[1]
    import polars as pl

    both = Recorded(
        "both.log",
        *(
            pl.concat([getattr(before, name), getattr(after, name).with_columns(
                *([("late" + pl.col("chat_id")).alias("chat_id")] if "chat_id" in getattr(after, name).columns else [])
            )])
            for name in ("chats", "messages", "legs", "duty")
        ),
        report=early.report,
    )  # fmt: skip
    found = sim.backtest(both, SPLIT, given="arrivals", seed=3)
    rows = {row["kpi"]: row for row in found.table("figures").rows}

    assert rows["offered"]["came"] == pytest.approx(rows["offered"]["predicted"].value)
    assert rows["response_s"]["came"] > 1.5 * rows["response_s"]["predicted"].high
    assert rows["response_s"]["verdict"] == "badly"


def test_what_can_not_be_tested_is_said(tmp_path: Path):
    """A split outside the log, too few days before it, another word, no date."""
    with pytest.raises(
        sim.StudyError, match="must lie within the log, after 2026-03-02 and up to 2026-03-21"
    ):
        sim.backtest(three_weeks(), dt.date(2026, 3, 22))
    with pytest.raises(sim.StudyError, match="5 days with chats before 2026-03-07"):
        sim.backtest(three_weeks(), dt.date(2026, 3, 7))
    with pytest.raises(sim.StudyError, match="given: must be arrivals"):
        sim.backtest(three_weeks(), SPLIT, given="weather")
    assert "--split: needs a date" in command("backtest", tmp_path, "--split", "soon").stderr
    assert "is no imported log" in command("backtest", tmp_path, "--split", "2026-03-30").stderr
