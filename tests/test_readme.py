"""The README says what is so: its code runs, and its output is the real one."""

from __future__ import annotations

import contextlib
import io
import os
import re

import pytest

from sim.scenario.files import parse
from tests.conftest import ROOT, SCENARIOS

TEXT = (ROOT / "README.md").read_text()


def fences(language: str) -> list[str]:
    """Code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_its_python_prints_what_it_shows(monkeypatch: pytest.MonkeyPatch):
    """The block of Python against the block of output that follows it."""
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(fences("python")[0], {})

    assert printed.getvalue() == fences("text")[0]


def test_its_scenario_is_fine():
    """The example can be loaded as it stands."""
    assert parse(fences("toml")[0]).queues[0].name == "orders"


def test_it_names_every_scenario_and_no_file_that_is_not_there():
    """Links lead somewhere."""
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", TEXT)

    assert all(os.path.exists(ROOT / link) for link in links), links
    assert {f"scenarios/{path.name}" for path in SCENARIOS} <= set(links)


def test_its_two_commands_are_marked_for_continuous_integration():
    """`.ci/run` takes them from here."""
    assert len(re.findall(r"^<!-- ci:(?:run|test) -->\n```bash\n.+\n```", TEXT, re.MULTILINE)) == 2
