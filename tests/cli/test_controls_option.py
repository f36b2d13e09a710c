"""`sim run --controls` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import SMALL, sim


def test_figures_are_adjusted_where_that_is_asked_for(tmp_path: Path):
    """As a table and as data; where replications are too few for it, that is said."""
    small = tmp_path / "small.toml"
    small.write_text(SMALL)

    printed = sim("run", small, "-n", "30", "--controls")
    assert printed.returncode == 0, printed.stderr
    assert "With control variates" in printed.stdout
    assert "Gain" in printed.stdout
    assert "fewer than 15 replications" in sim("run", small, "-n", "5", "--controls").stdout
    data = json.loads(sim("run", small, "-n", "30", "--controls", "--json").stdout)
    level = data["controls"]["service_level"]
    assert level["low"] < level["value"] < level["high"]
    assert level["controls"] == 2
