"""Reports of every study, as whoever is sent one meets them: in a browser, page by page, with tools for access."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sim.report.data import read_result, to_json
from sim.report.documents.build import document
from sim.report.documents.html import html
from sim.report.documents.pdf import pdf
from sim.report.documents.texts import Language
from sim.report.overview import overview
from sim.scenario.files import load
from tests.commands import sim as command
from tests.conftest import ROOT
from tests.desk.test_access import FOUND
from tests.desk.test_page import browser, chromium
from tests.history.exports import daily
from tests.npm import package
from tests.report.test_documents import numbers, text_of, words

__all__ = ["browser", "chromium"]
pytestmark = pytest.mark.nightly
SHOP, ROSTER = "scenarios/web_shop.toml", "scenarios/roster.toml"
HISTORY = "{history}"
"""Stands for a file of volumes that the test writes."""
STUDIES: dict[str, tuple[str, ...]] = {
    "run": ("run", SHOP, "-n", "20"),
    "week": ("run", "scenarios/week.toml", "-n", "20"),
    "staff": ("staff", SHOP),
    "staff_week": ("staff", "scenarios/week.toml"),
    "head_count": ("staff", "scenarios/week.toml", "--head-count", "11"),
    "roster": ("roster", ROSTER),
    "capacity": ("capacity", SHOP),
    "sweep": (
        "sweep",
        SHOP,
        "--vary",
        "groups.0.agents=9:12",
        "--vary",
        "groups.0.concurrency=2:4",
        "-n",
        "20",
    ),
    "compare": ("compare", SHOP, "scenarios/silent_customers.toml", "-n", "20"),
    "best": ("best", SHOP, "--vary", "groups.0.concurrency=2:4"),
    "sensitivity": ("sensitivity", SHOP, "-n", "20"),
    "stress": ("stress", "scenarios/black_friday.toml"),
    "volumes": ("volumes", HISTORY),
    "forecast": ("forecast", HISTORY),
}
SCENARIOS = ("web_shop", "night_desk", "two_languages", "erlang_a", "bpo_bid")


def is_sent(file: Path, page: Any, tmp_path: Path) -> None:
    """What holds of each report, whatever it is of."""
    result = read_result(file)
    for language in (Language.ENGLISH, Language.GERMAN):
        made = document(result, language=language, company="Köhler & Söhne")
        told = html(made)
        written = pdf(made)
        assert len(told.encode()) <= 400_000
        read = text_of(written, tmp_path)
        pages = len(re.findall(r"(?:Page|Seite) \d+ (?:of|von) \d+", read))
        assert 2 <= pages <= 4, (file, language, pages)
        found = set(numbers(read))
        assert [number for number in numbers(words(told)) if number not in found] == []
        (tmp_path / "report.html").write_text(told, encoding="utf-8")
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto((tmp_path / "report.html").as_uri())
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        page.evaluate(f"{(package('axe-core') / 'axe.min.js').read_text(encoding='utf-8')}; null")
        assert page.evaluate(FOUND) == [], (file, language)
        for width in (1366, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (file, width)


@pytest.fixture
def page(chromium: Any) -> Any:
    """A page into which tools may be put: its own policy forbids them."""
    return chromium.new_context(bypass_csp=True).new_page()


@pytest.mark.parametrize("study", STUDIES)
def test_a_report_of_every_study_can_be_sent(study: str, page: Any, tmp_path: Path):
    history = tmp_path / "history.csv"
    history.write_text(daily(70, lambda day, hour: 10 + (day * 7 + hour) % 13))
    done = command(*(word.format(history=history) for word in STUDIES[study]), "--out", tmp_path / "results")
    assert done.returncode in {0, 99}, done.stderr  # stress may break a target
    is_sent(tmp_path / "results" / "result.json", page, tmp_path)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_report_of_a_scenario_can_be_sent(name: str, page: Any, tmp_path: Path):
    found = overview(load(ROOT / "scenarios" / f"{name}.toml"), replications=20)
    (tmp_path / "result.json").write_text(to_json(found.document()), encoding="utf-8")
    is_sent(tmp_path / "result.json", page, tmp_path)


def test_a_fault_would_be_found(page: Any, tmp_path: Path):
    """The tools find a request, and a picture of which nobody is told what it shows."""
    (tmp_path / "bad.html").write_text('<html lang="en"><title>a</title><img src="http://127.0.0.1:9/a.png">')
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "bad.html").as_uri())
    assert "http://127.0.0.1:9/a.png" in asked
    page.evaluate(f"{(package('axe-core') / 'axe.min.js').read_text(encoding='utf-8')}; null")
    assert [each[0] for each in page.evaluate(FOUND)] == ["image-alt"]
