"""Each scenario's figures, as they were: a change of behaviour is seen, and meant.

`SIM_GOLDEN=write pytest tests/golden` writes them anew; the difference belongs into the commit.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import sim
from sim.kpis.definitions import KPIS

GOLDEN = Path(__file__).parent / "figures"


def test_figures_are_as_they_were(scenario_file: Path):
    """Replications 0 and 1 with seed 1, to six digits: other processors may round the last ones otherwise."""
    estimates = sim.replicate(sim.load(scenario_file), seed=1, replications=2).estimates
    now = {kpi.name: estimates.figure(kpi.name).value for kpi in KPIS}
    path = GOLDEN / f"{scenario_file.stem}.json"
    if os.environ.get("SIM_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(now, indent=1) + "\n")
    golden = json.loads(path.read_text())

    assert now.keys() == golden.keys()
    for name, value in golden.items():
        assert now[name] == (value if value is None else pytest.approx(value, rel=1e-6, abs=1e-9)), name


def test_each_scenario_opens_with_its_question_and_says_what_is_assumed(scenario_file: Path):
    """The first lines are a comment with a question mark, and the word assumption or measured stands somewhere."""
    text = scenario_file.read_text()
    head = text[: text.index("\nname")]

    assert head.startswith("# ")
    assert "?" in "".join(head.split("#")[:4])
    assert "assum" in head.lower() or "measured" in head.lower()
