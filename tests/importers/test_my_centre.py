"""The export that the docs lead from is what its centre gives, and has the figures that the page says."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import sim
from tests.conftest import ROOT

FOLDER = ROOT / "scenarios" / "my_centre"


@pytest.mark.nightly
def test_the_export_is_that_of_its_centre_and_has_the_figures_of_the_page(tmp_path: Path):
    sim.export_log(sim.load(FOLDER / "centre.toml"), tmp_path / "export", to="zendesk")
    files = sorted((FOLDER / "export").iterdir())
    for file in files:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        assert content == (tmp_path / "export" / file.name.removesuffix(".gz")).read_bytes(), file.name
    answer = sim.import_log(FOLDER / "export", tmp_path / "x.log")
    log = sim.read_log(tmp_path / "x.log")
    found = sim.measure_log(log, by="weekday")
    page = " ".join((ROOT / "docs" / "my_centre.md").read_text().split())

    assert len(files) == 4
    assert set(answer.facts["counts"]) == {"rows", "chats", "messages", "legs", "missing_days"}
    assert f"{len(log.chats):,} chats with {len(log.messages):,} messages" in page
    assert f"Service level in 30 s {found['service_level'].value:.1%}".replace("%", " %") in page
    assert f"{found['missed_rate'].value:.1%} of the chats missed".replace("%", " %") in page
