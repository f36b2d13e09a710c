"""Simulated, exported, imported: the same figures, but for what the platform can't hold, which is named."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import sim
from sim.exporters.base import held
from sim.exporters.chats import LABEL
from sim.exporters.registry import EXPORTS
from sim.importers.canonical import broken
from sim.importers.measured import chat_log
from sim.importers.simulated import recorded_of
from sim.kpis.definitions import KPIS
from sim.kpis.estimate import Estimates
from sim.kpis.measure import measure_all
from sim.scenario.targets import Targets
from tests.commands import sim as command
from tests.conftest import ROOT

SHOP = ROOT / "scenarios" / "web_shop.toml"
HARD = """
name = "=2+2 hard"
days = 2
[hours]
open = 09:00:00
close = 11:00:00
[[queues]]
name = "@orders"
capacity = 6
max_wait_s = 150
arrivals = { per_hour = [0, 0, 0, 0, 0, 0, 0, 0, 5, 100, 100, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }
patience = { law = "exponential", mean_s = 120 }
silence = { share = 0.5, detect_s = { law = "fixed", mean_s = 90 } }
reply_patience = { law = "exponential", mean_s = 90 }
idle_timeout_s = 300
retry = { probability = 0.5, delay_s = { law = "fixed", mean_s = 300 } }
[queues.service]
turns = { law = "geometric", mean = 4 }
agent_s = { law = "exponential", mean_s = 40 }
customer_s = { law = "exponential", mean_s = 60 }
wrap_up_s = { law = "exponential", mean_s = 20 }
[[groups]]
name = "+team"
queues = ["@orders"]
agents = 3
concurrency = 2
[quality]
resolution = 0.8
"""
"""Everybody does what a customer may do, and names begin like formulas."""


@pytest.fixture(scope="module")
def hard() -> sim.Scenario:
    return sim.parse(HARD)


def imported(scenario: sim.Scenario, to: str, folder: Path, **options: bool) -> sim.Recorded:
    sim.export_log(scenario, folder / to, to=to, **options)
    sim.import_log(folder / to, folder / f"{to}.log", keep_text=True)
    return sim.read_log(folder / f"{to}.log")


def figures(log: sim.Recorded) -> dict[str, float | None]:
    found = Estimates(measure_all([chat_log(log)], Targets()))
    return {kpi.name: found.figure(kpi.name).value for kpi in KPIS}


@pytest.mark.parametrize("to", EXPORTS)
def test_what_comes_back_is_what_the_platform_holds(to: str, hard: sim.Scenario, tmp_path: Path):
    """All figures to the last digit, of customers who do all that they may do."""
    log = recorded_of(sim.simulate(hard, sim.draw(hard, 1, 0)))
    export = EXPORTS[to]
    kept, found = held(log, export), imported(hard, to, tmp_path)
    outcomes = {"served", "left", "abandoned", "overflowed", "blocked", "offline"}

    assert set(log.chats["outcome"].cast(str).to_list()) >= outcomes
    assert found.fact("platform") == to
    assert list(broken(found.chats, found.messages, found.legs)) == []
    assert len(found.chats) == len(kept.chats) > 100
    ours, theirs = figures(kept), figures(found)
    for name, value in ours.items():
        assert theirs[name] == pytest.approx(value, abs=1e-6), name
    assert (len(kept.chats) < len(log.chats)) == bool(export.left_out)


def test_what_is_lost_is_named_and_the_rest_is_as_simulated(tmp_path: Path):
    """The web shop as each platform: figures as simulated, or without what the export says that it lacks."""
    changes = {
        "hours": {"open": "09:00:00", "close": "12:00:00"},
        "groups.0.shifts": None,
        "groups.0.agents": 6,
    }
    shop = sim.vary(sim.load(SHOP), changes)
    kpis = sim.measure(sim.simulate(shop, sim.draw(shop, 1, 0)), shop)
    alike = {
        "offered": 0, "served": 0, "missed": 0, "csat": 1e-9, "survey_response": 1e-9, "messages_per_chat": 1e-9,
        "turns_per_chat": 1e-9, "frt_s": 1, "response_s": 1, "wait_s": 1, "asa_s": 1, "frt_agent_s": 1,
        "duration_s": 1, "aht_s": 1e-3, "agent_hours": 1e-3, "slot_utilisation": 1e-3,
    }  # fmt: skip
    gone = {
        "zendesk": {"aht_s", "slot_utilisation"}, "livechat": {"aht_s", "agent_hours", "slot_utilisation"},
        "intercom": {"aht_s", "duration_s", "agent_hours", "slot_utilisation"},
        "chatwoot": {"aht_s", "duration_s", "agent_hours", "slot_utilisation", "wait_s", "asa_s", "frt_agent_s"},
        "csv": set(), "ocel": set(),
    }  # fmt: skip
    otherwise = {("intercom", "wait_s"), ("chatwoot", "response_s")}
    for to, lacking in gone.items():
        again = figures(imported(shop, to, tmp_path))
        assert {name for name in alike if again[name] is None} == lacking, to
        for name, most in alike.items():
            if name not in lacking and (to, name) not in otherwise:
                assert again[name] == pytest.approx(kpis[name], abs=most), (to, name)


def test_texts_are_made_up_labelled_and_harmless(hard: sim.Scenario, tmp_path: Path):
    """The same twice; none of them, and no name, begins a formula in a spreadsheet."""
    log = imported(hard, "csv", tmp_path, messages=True)
    texts = log.messages.sort("chat_id", "seq")
    first = texts.filter(pl.col("seq") == 0)["text"]

    assert first.str.starts_with(f"{LABEL} ").all()
    assert texts["text"].n_unique() > 100
    assert not texts["text"].str.contains("[<>]").any()
    assert log.chats["queue"].unique().to_list() == ["@orders"]
    files = sorted((tmp_path / "csv").glob("*.csv"))
    cells = [cell for file in files for line in file.read_text().splitlines() for cell in line.split(",")]
    assert [
        cell for cell in cells if cell[:1] in {"=", "+", "-", "@", '"'} and cell[1:2] in {"=", "+", "-", "@"}
    ] == []
    assert [cell for cell in cells if cell[:1] in "=+@" and cell] == []
    assert "'@orders" in cells
    again = tmp_path / "again"
    sim.export_log(hard, again, to="csv", messages=True)
    assert (again / "messages.csv").read_bytes() == (tmp_path / "csv" / "messages.csv").read_bytes()


def test_ocel_is_of_its_form(hard: sim.Scenario, tmp_path: Path):
    """Types and their attributes are declared; each relationship leads to an object."""
    sim.export_log(hard, tmp_path / "x", to="ocel", messages=True)
    log = json.loads((tmp_path / "x" / "log.ocel.json").read_text())
    objects = {each["id"]: each["type"] for each in log["objects"]}

    assert sorted(log) == ["eventTypes", "events", "objectTypes", "objects"]
    for records, types in ((log["objects"], log["objectTypes"]), (log["events"], log["eventTypes"])):
        known = {each["name"]: {attribute["name"] for attribute in each["attributes"]} for each in types}
        assert len({each["id"] for each in records}) == len(records)
        for each in records:
            assert {attribute["name"] for attribute in each["attributes"]} <= known[each["type"]]
            assert {related["objectId"] for related in each["relationships"]} <= objects.keys()


def test_the_commands_speak(tmp_path: Path):
    """Export and import; a log's arrivals in a scenario; and what can't be."""
    made = command("export", SHOP, "--to", "zendesk", "-o", tmp_path / "x")
    command("import", tmp_path / "x", "-o", tmp_path / "x.log")
    log = sim.read_log(tmp_path / "x.log")
    run = command("run", SHOP, "--arrivals", tmp_path / "x.log", "-n", "2", "--json")
    wrong = [
        command("export", SHOP, "--to", "zendesc", "-o", tmp_path / "y"),
        command("export", SHOP, "--to", "zendesk", "-o", tmp_path / "x"),
        command("export", "scenarios/erlang_a.toml", "--to", "intercom", "-o", tmp_path / "y"),
        command("run", "scenarios/two_languages.toml", "--arrivals", tmp_path / "x.log"),
    ]

    assert made.returncode == run.returncode == 0, made.stderr + run.stderr
    assert "whole seconds" in made.stdout
    assert json.loads(run.stdout)["kpis"]["offered"]["value"] == len(log.chats)
    assert [each.returncode for each in wrong] == [2] * 4
    assert "did you mean 'zendesk'" in wrong[0].stderr
    assert "--force" in wrong[1].stderr
    assert "served by work" in wrong[2].stderr
    assert "no queue 'orders'" in wrong[3].stderr


def test_arrivals_are_those_of_the_log_to_the_second(tmp_path: Path):
    """By the clocks of the scenario's zone, and each queue its own."""
    (tmp_path / "c.csv").write_text(
        "chat_id,requested_at,queue\n1,2026-03-28T08:00:00Z,a\n2,2026-03-30T08:30:00.5Z,b\n3,2026-03-29T09:00:00Z,a\n"
    )
    sim.import_log(tmp_path / "c.csv", tmp_path / "c.log", zone="Europe/Berlin")
    log = sim.read_log(tmp_path / "c.log")
    from sim.importers.replay import replayed

    work = sim.ByWork(work_s=60)
    queues = [sim.Queue(name=name, arrivals=5, service=work) for name in ("a", "b")]
    groups = [sim.Group(name="g", queues=["a", "b"], agents=1)]
    times = {}
    for zone in (None, "Europe/Berlin"):
        centre = replayed(sim.Scenario(queues=queues, groups=groups, zone=zone), log)
        assert (str(centre.start), centre.days) == ("2026-03-28", 3)
        times[zone] = [queue.arrivals.times_s for queue in centre.queues]
    assert times[None] == [(32_400.0, 86_400 + 39_600.0), (2 * 86_400 + 37_800.5,)]
    assert times["Europe/Berlin"] == [(32_400.0, 86_400 + 36_000.0), (2 * 86_400 + 34_200.5,)]
