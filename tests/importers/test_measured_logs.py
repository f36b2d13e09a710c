"""What is measured of an imported log: days, breakdowns, thresholds; and what is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from tests.importers.reading import imported
from tests.results import holds


def log_of(folder: Path, *rows: str, **options: str) -> sim.Recorded:
    """Log of rows: chat, requested, accepted, ended, queue, agent."""
    file = folder / "chats.csv"
    file.write_text("\n".join(["chat_id,requested_at,accepted_at,ended_at,queue,agent_id", *rows]))
    return imported(file, **options)


def test_a_chat_over_a_clock_change_lasts_as_long_as_it_did(tmp_path: Path):
    """Clocks go on an hour at 01:00 UTC; the day before and the day after have their hours."""
    log = log_of(
        tmp_path,
        "a,2026-03-28T22:30:00Z,2026-03-28T22:30:10Z,2026-03-28T22:40:10Z,q,x",
        "b,2026-03-29T00:59:50Z,2026-03-29T01:00:10Z,2026-03-29T01:10:10Z,q,x",
        "c,2026-03-30T21:45:00Z,2026-03-30T21:45:30Z,2026-03-30T21:55:30Z,q,x",
        zone="Europe/Berlin",
    )
    found = sim.measure_log(log, by="interval")

    assert found["duration_s"].value == 600
    assert found["asa_s"].value == 20
    rows = [row["start"] for row in found.table("by_interval").rows if row["offered"]]
    assert rows == ["Sat 2026-03-28 23:30", "Sun 2026-03-29 01:30", "Mon 2026-03-30 23:30"]
    assert [row["offered"] for row in found.table("by_day").rows] == [1, 1, 1]


def test_a_threshold_includes_its_second_however_times_are_rounded(tmp_path: Path):
    """Accepted after 30.000 s at odd milliseconds of a late day."""
    rows = [
        f"{k},2026-03-{9 + k:02}T10:00:00.{k:03}Z,2026-03-{9 + k:02}T10:00:30.{k:03}Z,2026-03-{9 + k:02}T10:05:00Z,q,x"
        for k in range(20)
    ]
    assert sim.measure_log(log_of(tmp_path, *rows))["service_level"].value == 1
    assert sim.measure_log(log_of(tmp_path, *rows), threshold_s=29.999)["service_level"].value == 0


def test_breakdowns_add_up(tmp_path: Path):
    """By queue, agent, weekday and day; a chat is the agent's who took it first."""
    log = log_of(
        tmp_path,
        "a,2026-03-02T09:00:00Z,2026-03-02T09:00:10Z,2026-03-02T09:10:10Z,p,x",
        "b,2026-03-02T09:01:00Z,2026-03-02T09:01:30Z,2026-03-02T09:11:30Z,q,x",
        "c,2026-03-03T09:00:00Z,2026-03-03T09:00:20Z,2026-03-03T09:10:20Z,q,y",
    )
    found = sim.measure_log(log)
    agents = {row["agent"]: row for row in found.table("by_agent").rows}

    assert {row["queue"]: row["offered"].value for row in found.table("by_queue").rows} == {"p": 1, "q": 2}
    assert {name: row["asa_s"].value for name, row in agents.items()} == {"x": 20, "y": 20}
    assert {row["weekday"]: row["offered"].value for row in found.table("by_weekday").rows} == {
        "Monday": 2,
        "Tuesday": 1,
    }
    assert found["concurrency"].value == pytest.approx(1800 / (680 + 600))
    assert found["occupancy"].value is None
    assert found.facts["null_because"]["occupancy"] == "no log of agents' status was exported"


def test_days_without_a_recorded_status_have_no_hours_instead_of_none(tmp_path: Path):
    """An export of status that begins a day late: no figure of agents' time, and it is said why."""
    days = [f"{k},2026-03-0{k}T09:00:00Z,2026-03-0{k}T09:00:10Z,2026-03-0{k}T09:10:10Z,q,x" for k in (2, 3)]
    spans = ["agent_id,start,end,status", "x,2026-03-03T08:00:00Z,2026-03-03T16:00:00Z,available"]
    (tmp_path / "duty.csv").write_text("\n".join(spans))
    (tmp_path / "chats.csv").write_text(
        "\n".join(["chat_id,requested_at,accepted_at,ended_at,queue,agent_id", *days])
    )
    found = sim.measure_log(imported(tmp_path / "chats.csv", tmp_path / "duty.csv"))
    late = log_of(tmp_path, days[1])
    known = sim.measure_log(imported(tmp_path / "chats.csv", tmp_path / "duty.csv"))

    assert found["agent_hours"].value is None
    assert "not recorded on all days" in found.facts["null_because"]["occupancy"]
    assert "not recorded on 1 of the 2 days (the first: 2026-03-02)" in " ".join(found.words)
    assert len(late.chats) == 1
    assert known["agent_hours"].value == 8
    assert set(found.pictures()) == {"day", "waits"}
    assert set(holds(known, tmp_path).pictures()) == {"day", "agents", "waits"}


def test_a_log_is_read_back_or_it_is_said_why_not(tmp_path: Path):
    """No folder, no log, a table that is none."""
    with pytest.raises(sim.LogError, match="there is no such folder"):
        sim.read_log(tmp_path / "x.log")
    with pytest.raises(sim.LogError, match="is no imported log"):
        sim.read_log(tmp_path)
    out = tmp_path / "x.log"
    log_of(tmp_path, "a,2026-03-02T09:00:00Z,,,p,x")
    sim.import_log(tmp_path / "chats.csv", out)
    assert repr(sim.read_log(out)) == "<Recorded 'x.log': 1 chat, 0 messages>"
    (out / "legs.parquet").write_text("none")
    with pytest.raises(sim.LogError, match=r"legs\.parquet: can't be read"):
        sim.read_log(out)
