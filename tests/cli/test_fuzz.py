"""Whatever is typed: a result, or a sentence; no crash, no warning of a library, and both engines agree."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.main import get_command

import sim
from sim.cli.commands import app
from sim.draws.memory import expected_bytes
from sim.draws.profile import expected_overall
from sim.draws.sampling import draw
from sim.engines import simulate
from sim.errors import ScenarioError, StudyError
from sim.scenario.files import parse
from sim.scenario.scenario import Scenario
from tests import fuzz
from tests.cli.test_commands import SMALL
from tests.conftest import ROOT
from tests.worlds import SCALE

COMMANDS: Any = get_command(app)
STUDIES = ("run", "compare", "sweep", "best", "staff", "roster", "sensitivity", "stress")
FORMULAS = sorted(COMMANDS.commands["theory"].commands)
NOT_FOR_TESTS = ("--help", "--cluster", "--resume", "--out", "--write", "--force", "--workers")
FORECAST = SMALL.replace("per_hour = 12", 'file = "volumes.csv"').replace(
    "interval_min = 60", "interval_min = 30"
)


def understood(text: str, folder: Path) -> Scenario | None:
    """The scenario, or None where its problems are told: each in a line that a terminal can show."""
    try:
        return parse(text, "s.toml", folder)
    except ScenarioError as error:
        told = list(map(str, error.problems))
    assert told
    assert all(problem.startswith(("s.toml", str(folder))) and len(problem) < 2_000 for problem in told)
    return None


@settings(max_examples=40 * SCALE)
@given(fuzz.scenario_texts())
def test_a_scenario_is_understood_or_its_problems_are_told(text: str):
    """What is understood and small is simulated by both engines, which agree."""
    scenario = understood(text, ROOT / "scenarios")
    if scenario is None or expected_bytes(scenario) > 5e6 or expected_overall(scenario) > 300 * SCALE:
        return
    draws = draw(scenario, seed=1, replication=0)
    logs = [simulate(scenario, draws, engine) for engine in ("kernel", "reference")]
    for column in ("accepted_s", "ended_s", "outcome", "agent"):
        one, other = (getattr(log.chat, column) for log in logs)
        np.testing.assert_array_equal(one, other)


@settings(max_examples=25 * SCALE)
@given(fuzz.tables())
def test_a_forecast_is_understood_or_its_problems_are_told(data: bytes):
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "volumes.csv").write_bytes(data)
        understood(FORECAST, Path(place))


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Files that are scenarios, and some that are none."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "small.toml").write_text(SMALL)
    (folder / "broken.toml").write_text(SMALL.replace("agents", "agnets"))
    (folder / "notes.txt").write_bytes(b"\xff\x00 Remember the milk")
    return [
        str(folder / name) for name in ("small.toml", "small.toml", "broken.toml", "notes.txt", "none", "")
    ] + ["\x1b"]


@pytest.fixture
def _idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything is read and looked at, and nothing simulated."""

    def nobody(*_: object, **__: object) -> None:
        raise StudyError("nothing is simulated here")

    for name in sim.__all__:
        getattr(sim, name)  # whoever asks the executor by its own name has got the real one
    monkeypatch.setattr("sim.runs.executor.executing", nobody)
    return


def ends_well(words: list[str]) -> None:
    """Run a command: a result or a sentence."""
    out, told = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(told), pytest.raises(SystemExit) as end:
        COMMANDS.main(words, prog_name="sim")
    assert end.value.code in {0, 2, 99}
    assert end.value.code != 2 or 0 < len(told.getvalue()) < 20_000


@pytest.mark.usefixtures("_idle")
@settings(max_examples=12 * SCALE)
@given(st.data())
def test_a_study_ends_with_a_result_or_a_sentence(arguments: list[str], data: st.DataObject):
    name = data.draw(st.sampled_from(STUDIES))
    ends_well([name, *data.draw(fuzz.command_lines(COMMANDS.commands[name], arguments, NOT_FOR_TESTS))])


@settings(max_examples=25 * SCALE)
@given(st.data())
def test_a_formula_ends_with_a_result_or_a_sentence(data: st.DataObject):
    """All of them are computed."""
    name = data.draw(st.sampled_from(FORMULAS))
    command = COMMANDS.commands["theory"].commands[name]
    ends_well(["theory", name, *data.draw(fuzz.command_lines(command, [], NOT_FOR_TESTS))])
