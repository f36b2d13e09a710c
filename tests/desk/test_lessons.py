"""Lessons, guesses and languages of the page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import SimError
from sim.report.page.desk import desk_page
from sim.report.page.lessons import LESSONS, lacking
from tests.commands import sim as command
from tests.conftest import ROOT
from tests.desk.test_page import WEB_SHOP, Opened, browser, chromium, file

__all__ = ["browser", "chromium", "file"]
LANGUAGES = ("en", "de", "fr", "es")
PAGE = ROOT / "sim" / "report" / "page"


def exported(module: str, *names: str) -> Any:
    """What a module of the page exports, read by Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    wanted = ", ".join(names)
    script = (
        f'import {{ {wanted} }} from "{(PAGE / module).as_uri()}"; console.log(JSON.stringify([{wanted}]));'
    )
    done = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def places(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


def test_each_language_says_all_with_the_same_values():
    languages, texts = exported("texts.js", "LANGUAGES", "TEXTS")
    assert tuple(languages) == LANGUAGES
    for key, row in texts.items():
        assert len(row) == len(LANGUAGES), key
        for text in row:
            assert text.strip(), key
            assert places(text) == places(row[0]), (key, text)
            assert text.count("|") == row[0].count("|"), (key, text)


def test_each_language_gives_all_lessons():
    texts, steps = lessons()
    assert tuple(steps) == LESSONS
    for language in LANGUAGES:
        for name in LESSONS:
            ours, english = texts[language][name], texts["en"][name]
            assert len(ours["lines"]) == len(ours["notes"]) == len(steps[name]), (language, name)
            assert len(ours["debrief"]) == 4
            assert bool(ours["votes"]) == any(step.get("vote") for step in steps[name]), (language, name)
            assert len(ours["votes"]) == len(english["votes"])
            for mine, theirs in zip(ours["lines"], english["lines"], strict=True):
                assert places(mine) == places(theirs), (language, name)


def lessons() -> tuple[Any, Any]:
    return exported("lesson_texts.js", "LESSON_TEXTS")[0], exported("lessons.js", "LESSONS")[0]


def test_the_room_guesses_before_it_sees(chromium: Any, file: Path):
    """Nothing gives the answer away until it is shown; the guess stays beside it."""
    opened = Opened(chromium, file)
    page = opened.page
    page.keyboard.press("g")
    page.keyboard.press("3")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#sentence") == "Agents: 11 instead of 12. What share will be missed?"
    assert page.inner_text("#tile-missed_rate b") == "?"
    assert page.locator("svg .point").count() == 0
    assert page.locator("#values tr").count() == 0
    assert page.locator("svg .ring.open").count() == 1
    page.keyboard.press("ArrowLeft")  # the question goes on
    assert "10 instead of 12" in page.inner_text("#sentence")

    box = page.locator("#curves").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    page.mouse.down()
    page.mouse.up()
    dragged = opened.state()["guess"]
    assert 0.08 < dragged < 0.15
    page.focus("#guess-value")
    page.keyboard.press("ArrowRight")
    assert opened.state()["guess"] == pytest.approx(dragged + 0.005)
    page.keyboard.press("Enter")

    missed = sim.run(sim.vary(sim.load(WEB_SHOP), {"groups.0.agents": 10}), seed=1, replications=5)[
        "missed_rate"
    ]
    assert opened.state()["figures"]["missed_rate"]["value"] == pytest.approx(missed.value, rel=1e-9)
    assert page.inner_text("#second").startswith("The room guessed ")
    assert page.inner_text("#sentence").startswith("10 agents: ")
    assert page.is_hidden("#guess")
    assert page.text_content("svg text.guess").startswith("guess ")
    assert opened.faults == []


def test_a_lesson_from_its_first_step_to_its_last(chromium: Any, tmp_path: Path):
    path = tmp_path / "lesson.html"
    done = command("desk", WEB_SHOP, "-o", path, "--days", "5", "--lesson", "power_of_one")
    assert done.returncode == 0, done.stderr
    opened = Opened(chromium, path)
    page = opened.page
    page.wait_for_selector("#lesson-step:text('1 of 6')")
    assert page.is_hidden("#sliders")
    assert page.is_hidden("#tile-attention")
    page.keyboard.press("Enter")
    assert page.inner_text("#sentence") == "One agent stays home. What share leaves then?"
    assert page.inner_text("#second") == ""
    page.click("#guess-show")
    page.click("#lesson-next")

    scenario = sim.load(WEB_SHOP)
    shares = [
        100
        * (
            sim.run(sim.vary(scenario, {"groups.0.agents": n}), seed=1, replications=5)["missed_rate"].value
            or 0
        )
        for n in (12, 11)
    ]
    said = re.findall(r"([\d.]+)\u202f%", page.inner_text("#sentence"))
    assert [float(each) for each in said] == pytest.approx(shares, abs=0.051)
    with page.expect_popup() as notes:
        page.keyboard.press("n")
    assert "Say the three numbers" in notes.value.inner_text("body")
    for _ in range(3):
        page.click("#lesson-next")
    assert page.is_visible("#debrief")
    assert page.locator("#debrief li").count() == 3
    assert page.is_disabled("#lesson-next")
    assert "What do we take home?" in notes.value.inner_text("body")
    page.keyboard.press("Escape")
    assert page.is_visible("#sliders")
    assert page.inner_text("#sentence").startswith("12 agents: ")
    assert opened.faults == []


def test_votes_are_counted_and_every_lesson_ends(chromium: Any, file: Path):
    opened = Opened(chromium, file)
    page = opened.page
    for name in LESSONS:
        page.select_option("#lessons", name)
        for _ in range(8):
            if page.is_visible("#votes"):
                assert page.inner_text("#tile-missed_rate b") == "?"
                page.click("#votes button >> nth=1")
                page.click("#votes button >> nth=1")
                counts = [each.inner_text() for each in page.query_selector_all("#votes b")]
                assert counts == ["0", "2", "0"]
            for text in (page.inner_text("#sentence"), page.inner_text("#second")):
                assert not re.search(r"[{}]|NaN|undefined", text), (name, text)
            if page.is_disabled("#lesson-next"):
                break
            page.click("#lesson-next")
        assert page.is_visible("#debrief")
        page.click("#lesson-leave")
    assert opened.faults == []


def test_every_language_fits_and_writes_its_own_numbers(chromium: Any, file: Path):
    for width, height in ((1366, 650), (390, 844)):
        opened = Opened(chromium, file, width, height)
        page = opened.page
        value = opened.state()["figures"]["missed_rate"]["value"]
        for language in LANGUAGES:
            page.select_option("#language", language)
            assert page.get_attribute("html", "lang") == language
            mark = "." if language == "en" else ","
            assert (
                page.inner_text("#tile-missed_rate b") == f"{100 * value:.1f}".replace(".", mark) + "\u202f%"
            )
            page.keyboard.press("1")
            page.keyboard.press("ArrowRight")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, language
            for selector in (
                "#sentence",
                "#second",
                ".tile p",
                "#incidents button",
                "nav button",
                "#clock",
                "#guess",
            ):
                for each in page.query_selector_all(selector):
                    if each.is_visible():
                        over = each.evaluate("each => each.scrollWidth - each.clientWidth")
                        assert over <= 1, (language, selector, each.inner_text())
            page.keyboard.press("0")
        assert opened.faults == []


def test_the_page_speaks_as_the_browser_does(chromium: Any, file: Path):
    context = chromium.new_context(locale="de-AT", reduced_motion="reduce")
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector("#desk[data-state]")
    assert page.inner_text("#sentence").startswith("12 Agenten: ")
    assert page.input_value("#language") == "de"
    context.close()


def test_a_lesson_that_a_centre_cannot_show_is_refused_by_what_it_needs():
    scenario = sim.load(ROOT / "scenarios" / "two_languages.toml")
    assert lacking(scenario, "pooling") is not None
    with pytest.raises(
        SimError, match="pooling needs one group of 2 to 12 agents; this scenario can show power_of_one"
    ):
        desk_page(scenario, days=3, lesson="pooling")
    with pytest.raises(SimError, match="did you mean 'patience'"):
        desk_page(scenario, days=3, lesson="patiense")


def test_a_guess_and_a_lesson_by_the_keyboard(chromium: Any, file: Path):
    opened = Opened(chromium, file)
    page = opened.page
    page.keyboard.press("g")
    page.keyboard.press("3")
    page.keyboard.press("ArrowLeft")
    assert page.is_visible("#guess")
    page.keyboard.press("Enter")
    assert page.is_hidden("#guess"), "Enter shows the answer, from wherever it is pressed"
    page.keyboard.press("g")
    page.keyboard.press("0")

    page.focus("#lessons")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.is_visible("#explore"), "a lesson that is only passed does not begin"
    passed = page.input_value("#lessons")
    page.keyboard.press("Enter")
    assert page.get_attribute("html", "data-lesson") == passed
    for _ in range(8):
        if page.is_visible("#debrief"):
            break
        page.keyboard.press("Enter")
    assert page.is_visible("#debrief")
    page.keyboard.press("Backspace")
    assert page.is_hidden("#debrief")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "lessons"
    assert opened.faults == []
