"""The README and its pages say what is so: their code runs, its output is the real one, commands exist."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from sim.cli.commands import app
from sim.scenario.files import parse
from tests.conftest import ROOT, SCENARIOS

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]


def fences(language: str, page: Path) -> list[str]:
    """Code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_python_prints_what_it_shows(page: Path, monkeypatch: pytest.MonkeyPatch):
    """Each block of Python against the block of output that follows it."""
    monkeypatch.chdir(ROOT)
    pairs = re.findall(
        r"^```python\n(.*?)^```\n\n```text\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL
    )

    assert len(pairs) == len(fences("python", page))
    for code, shown in pairs:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, {})
        assert printed.getvalue() == shown


def test_its_scenario_is_fine():
    """The example can be loaded as it stands."""
    assert parse(fences("toml", ROOT / "docs" / "scenario.md")[0]).queues[0].name == "orders"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path):
    """To files, from where the page lies; and every page can be reached."""
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_scenario_and_every_page_is_named():
    """By a link."""
    links = {
        os.path.normpath(page.parent / link)
        for page in PAGES
        for link in re.findall(r"\]\(((?!http)[^)#]+)\)", page.read_text())
    }

    assert {str(path) for path in [*SCENARIOS, *PAGES[1:]]} <= links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_is_shown_exists_with_its_options(page: Path):
    """As typer knows them."""
    known = get_command(app).commands
    for shown in re.findall(r"`sim (\w[^`]*)`", page.read_text()):
        words = shlex.split(shown)
        command = known[words[0]]
        rest = words[1:]
        if hasattr(command, "commands") and rest:
            command = command.commands[rest[0]]
        options = {name for param in command.params for name in param.opts} | {"--help"}
        assert [word for word in rest if word.startswith("--") and word not in options] == [], shown


def test_the_readme_is_short():
    """What is long stands in the pages."""
    assert README.read_text().count("\n") <= 200


def test_its_two_commands_are_marked_for_continuous_integration():
    """`.ci/run` takes them from here."""
    assert (
        len(re.findall(r"^<!-- ci:(?:run|test) -->\n```bash\n.+\n```", README.read_text(), re.MULTILINE)) == 2
    )
