"""What may be tried after a run: by what came of it, and always something that can be typed."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer.main

from sim.cli.commands import app
from sim.cli.hints import after_run
from sim.kpis.targets import Bound, Verdict
from sim.scenario.files import load
from sim.studies.sweep import read_varies, sweep
from tests.conftest import ROOT

LEVEL = Bound("service_level", "service_level", "at least", 0.8)


def test_the_next_command_answers_the_next_question():
    """Missed, kept and not sure, kept, nothing promised; a name with a blank is quoted."""
    path = ROOT / "scenarios" / "new_hires.toml"
    centre = load(path)
    figure: Any = None
    kept = Verdict(LEVEL, figure, met=True, sure=True)
    unsure, missed = replace(kept, sure=False), replace(kept, met=False)
    unknown = replace(kept, met=None)
    commands: Any = typer.main.get_command(app)

    lines = {
        name: after_run(Path("my file.toml"), centre, promise, 20, 110)
        for name, promise in {
            "kept": [kept, unknown], "unsure": [kept, unsure], "missed": [unsure, missed], "none": [unknown],
        }.items()
    }  # fmt: skip

    assert lines["kept"].startswith("Next: sim sweep 'my file.toml' --vary groups.0.agents=9:15   (")
    assert lines["unsure"].startswith("Next: sim run 'my file.toml' -n 80   (")
    assert lines["missed"].startswith("Next: sim staff 'my file.toml'   (")
    assert lines["none"].startswith("Next: sim run 'my file.toml' --by interval   (")
    assert after_run(Path("my file.toml"), centre, [missed], 20, 30) == "Next: sim staff 'my file.toml'"
    for line in lines.values():
        command, *words = shlex.split(line.removeprefix("Next: sim ").split("   (")[0])
        with commands.commands[command].make_context(command, words) as context:
            assert str(context.params["scenario"]) == "my file.toml"


def test_every_value_of_the_sweep_it_advises_is_allowed():
    """New hires and seniors are not more than the agents."""
    for path in sorted((ROOT / "scenarios").glob("*.toml")):
        centre = load(path)
        verdict: Any = Verdict(LEVEL, None, met=True, sure=True)  # type: ignore[arg-type]
        words = shlex.split(after_run(path, centre, [verdict], 20, 0).split("   (")[0])
        varies = read_varies(words[-1:], centre, 1)
        if path.stem == "new_hires":
            sweep(centre, varies, replications=1)
