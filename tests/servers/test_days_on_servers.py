"""Days on real servers: both are driven side by side, and what is said of them is what is known of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.servers.running import Running, running
from tests.servers.scenarios import text

pytestmark = pytest.mark.servers

OUTCOMES = ("served", "abandoned", "left", "timed_out", "overflowed", "blocked")
KNOWN = {"supchat": ["taken_twice"], "stapel": []}
"""Laws that each server is known to break."""


def load(server: Running, scenario: Path, *options: str) -> dict[str, Any]:
    """Load a server with `sim load`, in a process of its own; give what it says."""
    command = [sys.executable, "-m", "sim", "load", scenario, "--target", server.target, "--json", *options]
    environ = {
        **os.environ,
        **server.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "default::ResourceWarning",
    }
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert "Traceback" not in run.stderr, run.stderr[-3000:]
    assert "ResourceWarning" not in run.stderr, run.stderr[-3000:]
    assert run.stdout, run.stderr[-3000:]
    found: dict[str, Any] = json.loads(run.stdout)
    if found["endings"][-1] == "done":
        assert run.returncode == (99 if found["differs"] or found["invariants"] else 0)
    return found


def side_by_side(servers: Mapping[str, Running], scenario: Path, *options: str) -> dict[str, dict[str, Any]]:
    """Load all servers at once."""
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda server: load(server, scenario, *options), servers.values())
        return dict(zip(servers, found, strict=True))


def test_five_minutes_at_ten_times_their_speed_end_with_all_chats_accounted_for(
    servers: dict[str, Running], tmp_path: Path
):
    """As many are offered as predicted, no law is broken but the known one, and whoever lags is not judged."""
    scenario = tmp_path / "five_minutes.toml"
    scenario.write_text(text(5))

    for name, found in side_by_side(servers, scenario, "--speed", "10", "--seed", "8").items():
        measured = {figure: each["value"] for figure, each in found["measured"].items()}
        assert (found["endings"], found["errors"], found["skipped"]) == (["done"], 0, 0), found["causes"]
        assert measured["offered"] == found["predicted"]["offered"]["value"] == 20
        assert sum(measured[outcome] for outcome in OUTCOMES) == 20
        assert [each["name"] for each in found["invariants"]] == KNOWN[name], found["invariants"]
        if found["doubts"]:
            assert not found["judged"]
            assert not found["differs"]
            assert found["words"][0].startswith("Not judged: ")
        counts = {row["verb"]: row["count"] for row in found["latencies"]}
        assert counts["open"] == 20
        assert counts["assign"] >= counts["close"] >= measured["served"]


@pytest.mark.nightly
def test_eight_times_twenty_minutes_are_as_predicted_on_both_at_once(
    servers: dict[str, Running], tmp_path: Path
):
    """With the delays of a day before, no figure differs at 1 %, and what is named is within its blur and three errors."""
    for name, found in days_with_their_delays(servers, tmp_path).items():
        figures = {row["kpi"]: row for row in found["figures"]}
        assert (found["endings"], found["errors"]) == (["done"] * 8, 0), (name, found["causes"])
        assert found["doubts"] == [], name
        assert found["differs"] == [], name
        assert [each["name"] for each in found["invariants"]] == KNOWN[name]
        for figure in ("wait_s", "service_level", "frt_s", "response_s"):
            # The blur is part of the band; where it is too wide for a verdict, the difference is within it all the same.
            assert figures[figure]["verdict"] in {"as predicted", "too blurred to tell"}, (
                name,
                figures[figure],
            )
            assert figures[figure]["errors"] <= 3, (name, figures[figure])


def days_with_their_delays(servers: Mapping[str, Running], folder: Path) -> dict[str, dict[str, Any]]:
    """Load all servers for eight days at once, each predicted with the delays that it had on a day before."""
    day = folder / "day.toml"
    day.write_text(text(20, 160, 240))

    def days(name: str) -> dict[str, Any]:
        delays, scenario = folder / f"{name}_delays.toml", folder / f"{name}.toml"
        load(servers[name], day, "--speed", "10", "--seed", "77", "--platform", delays)
        scenario.write_text(f"{day.read_text()}\n{delays.read_text()}")
        return load(servers[name], scenario, "--speed", "10", "--replications", "8")

    with ThreadPoolExecutor() as pool:
        return dict(zip(servers, pool.map(days, servers), strict=True))


@pytest.mark.nightly
def test_a_server_with_eight_threads_is_called_different(tmp_path: Path):
    """Each open chat has two streams of events, which hold a thread each until long after they are over."""
    scenario = tmp_path / "twenty_minutes.toml"
    scenario.write_text(text(20, 160, 240))

    with running("supchat", tmp_path, detuned=True) as server:
        found = load(server, scenario, "--speed", "10")

    assert found["differs"] or found["endings"] != ["done"], found["words"]
