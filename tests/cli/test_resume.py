"""`sim run --resume FILE`: after Ctrl-C or a crash, the same command goes on, and gives the same bytes."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_commands import SMALL, sim
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

N = 256
ONE_DAY = SMALL.replace("interval_min = 60", "interval_min = 1440").replace("per_hour = 12", "per_hour = 2")
RUN = ("run", "-n", str(N), "--json", "--engine", "reference")
"""It takes its time."""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "small.toml"
    path.write_text(ONE_DAY)
    return path


@pytest.fixture(scope="module")
def never_stopped(scenario: Path) -> str:
    """What a run prints that nobody stops."""
    return sim(*RUN, scenario).stdout


def finished(path: Path) -> dict[tuple[int, int], bytes]:
    """Tasks that a file has, and what came of them."""
    if not path.exists():
        return {}
    with sqlite3.connect(path, timeout=60) as file:
        try:
            rows = file.execute("SELECT first, end, figures FROM done").fetchall()
        except sqlite3.OperationalError:  # not there yet
            rows = []
    file.close()
    return {(first, end): figures for first, end, figures in rows}


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_stopped_in_the_middle_it_goes_on(
    scenario: Path, never_stopped: str, tmp_path: Path, how: signal.Signals, code: int
):
    """Stopped once some tasks are done; these are not run again, and the figures are as if nothing had been."""
    file = tmp_path / "done"
    command = [*RUN, str(scenario), "--resume", str(file)]
    with subprocess.Popen(
        [sys.executable, "-m", "sim", *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 300
        while len(finished(file)) < 2 and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(how)
        _, stderr = process.communicate(timeout=120)
    before = finished(file)
    resumed = sim(*command)
    after = finished(file)

    assert process.returncode == code, stderr
    assert "Traceback" not in stderr
    assert 2 <= len(before) < len(after)
    assert before.items() <= after.items()
    assert sum(end - first for first, end in after) == N
    assert resumed.stdout == never_stopped


def test_a_file_of_something_else_and_logs_are_refused(scenario: Path, tmp_path: Path):
    """One sentence each, exit code 2."""
    notes = tmp_path / "notes.txt"
    notes.write_text("Remember the milk. " * 50)
    wrong = sim("run", scenario, "-n", "2", "--resume", notes)
    both = sim("run", scenario, "-n", "2", "--resume", tmp_path / "done", "--out", tmp_path / "out")

    assert (wrong.returncode, both.returncode) == (2, 2)
    assert wrong.stderr == f"{notes}: can't be used for finished tasks: file is not a database\n"
    assert "give --resume or --out, not both" in both.stderr
    assert not (tmp_path / "out").exists()


def test_a_cluster_that_is_not_there_is_told():
    """At once, without a word of Dask's."""
    began = time.monotonic()
    result = sim("run", "scenarios/web_shop.toml", "--cluster", "tcp://127.0.0.1:1")

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "tcp://127.0.0.1:1: no scheduler answers: Connection refused\n"
    assert time.monotonic() - began < 30
