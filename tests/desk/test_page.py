"""The page in a real browser: it answers at once, asks nothing of a network, and names are only names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import SimError
from sim.report.page.bundle import bundled
from sim.report.page.desk import desk_data, desk_page
from tests.commands import sim as command
from tests.conftest import ROOT
from tests.notebooks.test_pages import CHROMIUM, FLAGS

playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra `dev`")
WEB_SHOP = ROOT / "scenarios" / "web_shop.toml"
HOSTILE = "</script><script>document.title='hacked'</script>"
SIZES = [(1366, 768), (1366, 650), (1920, 1080), (390, 844)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def chromium(browser: Any) -> Iterator[Any]:
    """The browser, whose pages are closed after a test: they would go on to show a day."""
    yield browser
    for context in browser.contexts:
        context.close()


class Opened:
    """A page that is open, with what went wrong and what it asked for."""

    def __init__(self, chromium: Any, file: Path, width: int = 1366, height: int = 768) -> None:
        self.page = chromium.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("#desk[data-state]", timeout=60_000)

    def state(self) -> dict[str, Any]:
        """Figures and settings that the page shows."""
        return dict(json.loads(self.page.get_attribute("#desk", "data-state")))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The web shop's page, as the command writes it."""
    path = tmp_path_factory.mktemp("desk") / "desk.html"
    done = command("desk", WEB_SHOP, "-o", path, "--days", "5")
    assert done.returncode == 0, done.stderr
    assert "open it in a browser" in done.stdout
    return path


def test_a_slider_moved_by_the_keyboard_answers_as_a_run_does(chromium: Any, file: Path):
    opened = Opened(chromium, file)
    page = opened.page
    page.keyboard.press("3")  # the agents
    page.keyboard.press("ArrowLeft")

    scenario = sim.vary(sim.load(WEB_SHOP), {"groups.0.agents": 11})
    missed = sim.run(scenario, seed=1, replications=5)["missed_rate"]
    assert opened.state()["figures"]["missed_rate"]["value"] == pytest.approx(missed.value, rel=1e-9)
    assert page.inner_text("#sentence").startswith("11 agents: ")
    shown = re.search(r"[\d.]+", page.inner_text("#tile-missed_rate b"))
    assert shown is not None
    assert float(shown[0]) == pytest.approx(100 * (missed.value or 0), abs=0.051)
    assert "Against before" in page.inner_text("#second")
    assert page.get_attribute("#slider-2", "aria-valuetext") == "11, was 12"
    assert (opened.faults, opened.asked) == ([], [file.as_uri()])


def test_incidents_pins_and_keys(chromium: Any, file: Path):
    opened = Opened(chromium, file)
    page = opened.page
    usual = opened.state()["figures"]["missed_rate"]["value"]
    for k, words in enumerate(("two sick", "newsletter at 11:00", "slow system", "an outage")):
        page.click(f"#incidents button >> nth={k}")
        assert words in page.inner_text("#sentence")
    assert opened.state()["figures"]["missed_rate"]["value"] > usual
    page.keyboard.press("0")
    assert opened.state()["figures"]["missed_rate"]["value"] == usual
    page.keyboard.press("b")
    assert page.get_attribute("#pin", "aria-pressed") == "true"
    page.keyboard.press("c")
    assert page.get_attribute("#over-slots", "aria-selected") == "true"
    page.keyboard.press("w")
    assert page.inner_text("#time") != "08:00"
    page.keyboard.press("r")
    assert page.is_hidden("header")
    page.keyboard.press("Escape")
    assert page.is_visible("header")
    assert opened.faults == []


def test_what_is_said_for_sure_is_what_a_run_is_sure_of(chromium: Any, tmp_path: Path):
    """Nobody is missed on any day: that proves a service level of 50 %, and no promise to miss 5 % at most."""
    plan = {"groups.0.agents": 30, "targets.service_level": 0.5}
    scenario = sim.vary(sim.load(ROOT / "scenarios" / "concurrency.toml"), plan)
    targets = sim.run(scenario, seed=1, replications=5).judged
    judged = {each.kpi: (each.met, each.sure) for each in targets}
    (tmp_path / "desk.html").write_text(desk_page(scenario, days=5), encoding="utf-8")
    page = Opened(chromium, tmp_path / "desk.html").page
    for name in ("missed_rate", "service_level", "response_s"):
        met, sure = judged[name]
        mark = "✓" if met else "✗"
        assert page.inner_text(f"#tile-{name} .mark").startswith(mark if sure else f"({mark})"), name
    assert page.inner_text("#sentence").endswith("promise kept, but not for sure.")
    assert "One agent fewer: 0.0\u202f% missed. One more: 0.0\u202f%." in page.inner_text("#second")


def test_promises_go_back_as_well(chromium: Any, file: Path):
    page = Opened(chromium, file).page
    given = page.inner_text("#tile-missed_rate .mark")
    page.focus("#slider-6")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#tile-missed_rate .mark") != given
    page.keyboard.press("0")
    assert page.inner_text("#tile-missed_rate .mark") == given


def test_the_chart_says_which_settings_break_a_promise(chromium: Any, tmp_path: Path):
    """A point is hollow where any promise is broken, the present one as well; without a promise there is no key."""
    scenario = sim.vary(sim.load(WEB_SHOP), {"groups.0.agents": 9})
    (tmp_path / "desk.html").write_text(desk_page(scenario, days=3), encoding="utf-8")
    page = Opened(chromium, tmp_path / "desk.html").page
    assert "broken" in page.inner_text("#sentence")
    assert page.locator("svg .now.breaks").count() == 2
    assert page.is_visible("#marks")

    free = sim.vary(scenario, {"targets": {"threshold_s": 30}})
    (tmp_path / "free.html").write_text(desk_page(free, days=3), encoding="utf-8")
    page = Opened(chromium, tmp_path / "free.html").page
    assert page.locator("svg .breaks").count() == 0
    assert page.is_hidden("#marks")


def test_nothing_is_cut_off(chromium: Any, file: Path):
    page = Opened(chromium, file).page
    page.keyboard.press("1")
    page.keyboard.press("ArrowRight")  # the figures before stand beside those now
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)
        assert_nothing_is_cut_off(page, width)


def assert_nothing_is_cut_off(page: Any, width: int) -> None:
    assert page.locator("#scene").bounding_box()["height"] >= 180, "the team can be made out"
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    for selector in (
        "#sentence",
        "#second",
        ".tile",
        ".tile p",
        ".tile h2",
        "#clock",
        ".slider",
        "#incidents button",
    ):
        for each in page.query_selector_all(selector):
            over = each.evaluate("each => each.scrollWidth - each.clientWidth")
            assert over <= 1, (selector, each.inner_text())
            box = each.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width + 1, (selector, each.inner_text())


def test_names_are_inert(chromium: Any, tmp_path: Path):
    scenario = sim.vary(sim.load(WEB_SHOP), {"name": HOSTILE, "groups.0.name": "@data@"})
    (tmp_path / "desk.html").write_text(desk_page(scenario, days=3), encoding="utf-8")
    opened = Opened(chromium, tmp_path / "desk.html")
    assert opened.page.title() == HOSTILE
    assert opened.page.inner_text("#name") == HOSTILE
    assert opened.faults == []


def test_the_same_page_twice_and_no_word_of_a_network():
    scenario = sim.load(WEB_SHOP)
    page = desk_page(scenario)
    assert page == desk_page(scenario)
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    data = page.split('type="application/json">')[1].split("</script>")[0]
    assert len(page.encode()) - len(data.encode()) <= 200_000


def test_what_is_not_judged_is_called_by_its_queue():
    scenario = sim.vary(sim.load(WEB_SHOP), {"queues.0.targets": {"max_missed": 0.1}})
    assert desk_data(scenario, 1, 3)["unshown"] == ["Missed share, orders"]


def test_a_day_without_its_stress_is_called_ordinary():
    said = {
        name: desk_data(sim.load(ROOT / "scenarios" / f"{name}.toml"), 1, 3)["ordinary"]
        for name in ("black_friday", "web_shop")
    }
    assert said == {"black_friday": True, "web_shop": False}


def test_modules_that_import_each_other_are_refused(tmp_path: Path):
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nexport const a = b;\n')
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nexport const b = a;\n')
    with pytest.raises(ValueError, match=r"a\.js imports itself, by a\.js, b\.js"):
        bundled(tmp_path / "a.js")


def test_a_text_over_several_lines_is_refused(tmp_path: Path):
    """Indents are taken away, and there they would mean something."""
    (tmp_path / "a.js").write_text("export const a = `one\n  two`;\n")
    with pytest.raises(ValueError, match=r"a\.js has a text that runs over several lines"):
        bundled(tmp_path / "a.js")


def test_too_few_days_are_refused(tmp_path: Path):
    with pytest.raises(SimError, match="days: must be 3 or more"):
        desk_page(sim.load(WEB_SHOP), days=2)
    done = command("desk", WEB_SHOP, "--days", "2", "-o", tmp_path / "desk.html")
    assert done.returncode == 2
    (tmp_path / "desk.html").write_text("mine")
    done = command("desk", WEB_SHOP, "-o", tmp_path / "desk.html")
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert (tmp_path / "desk.html").read_text() == "mine"
