"""The page for everyone: axe-core finds nothing serious, the keyboard alone moves all of it, and no text is cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk.test_challenge import page_file
from tests.desk.test_page import SIZES, browser, chromium
from tests.npm import package

__all__ = ["browser", "chromium", "page_file"]
pytestmark = pytest.mark.nightly
LANGUAGES = ("en", "de", "fr", "es")
FOUND = """async () => (await axe.run({ resultTypes: ["violations"] })).violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => [each.id, each.nodes.map((node) => node.html)])"""
CUT_OFF = """() => {
    const wide = document.documentElement.clientWidth;
    const outer = ["body", "main", "#columns", "#board", "header p"].map((each) => document.querySelector(each));
    const found = document.documentElement.scrollWidth > wide ? ["the page"] : [];
    for (const each of document.querySelectorAll("body *")) {
        const box = each.getBoundingClientRect();
        if (each.closest(".hidden, svg, input") || outer.includes(each) || box.width === 0) continue;
        const is_inline = getComputedStyle(each).display === "inline";
        const is_over = !is_inline && each.scrollWidth > each.clientWidth + 1;
        const is_out = !each.closest("#columns") && (box.right > wide + 1 || box.left < -1);
        if (is_over || is_out) found.push(`${each.tagName}#${each.id}.${each.className}: ${each.textContent}`);
    }
    return found;
}"""


@pytest.fixture
def page(chromium: Any, page_file: Path) -> Iterator[Any]:
    """A page into which tools may be put: its own policy forbids them."""
    context = chromium.new_context(
        viewport={"width": 1366, "height": 768}, reduced_motion="reduce", bypass_csp=True
    )
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector("#desk[data-state]", timeout=60_000)
    return page


def lesson(page: Any) -> None:
    page.select_option("#lessons", "penalty")
    page.keyboard.press("Enter")
    assert page.is_visible("#votes")


def guess(page: Any) -> None:
    page.keyboard.press("g")
    page.keyboard.press("3")
    page.keyboard.press("ArrowLeft")
    assert page.is_visible("#guess")


def room(page: Any) -> None:
    page.keyboard.press("r")
    assert page.is_hidden("header")


MODES: dict[str, tuple[Callable[[Any], object], str]] = {
    "as it opens": (lambda page: None, "0"),
    "a guess": (guess, "g"),
    "a lesson": (lesson, "Escape"),
    "the challenge": (lambda page: page.click("#challenge-begin"), "Escape"),
    "a room": (room, "Escape"),
}


def test_axe_finds_nothing_serious(page: Any):
    page.evaluate(f"{(package('axe-core') / 'axe.min.js').read_text(encoding='utf-8')}; null")
    for theme in ("light", "dark"):
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        for name, (begin, leave) in MODES.items():
            begin(page)
            assert page.evaluate(FOUND) == [], (name, theme)
            page.keyboard.press(leave)
            page.keyboard.press("0")
    page.evaluate("document.getElementById('language').removeAttribute('aria-label')")
    assert [each[0] for each in page.evaluate(FOUND)] == ["select-name"], "a fault is found"


def test_no_text_is_cut_off_in_any_language(page: Any):
    for language in LANGUAGES:
        page.select_option("#language", language)
        for name, (begin, leave) in MODES.items():
            begin(page)
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                assert page.evaluate(CUT_OFF) == [], (language, name, width)
            page.keyboard.press(leave)
            page.keyboard.press("0")


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def test_every_control_is_reached_by_tab(page: Any):
    """In the order of the page, each seen to be focused, and round again: nothing holds the focus."""
    controls = "button, select, input"
    wanted = [each for each in page.query_selector_all(controls) if each.is_visible() and each.is_enabled()]
    for each in wanted:
        page.keyboard.press("Tab")
        assert each.evaluate("each => each === document.activeElement"), each.inner_text()
        assert each.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "lessons"


def test_the_challenge_by_the_keyboard(page: Any):
    page.focus("#challenge-begin")
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowRight")
    page.focus("#challenge-hand-in")
    page.keyboard.press("Enter")
    assert focused(page) == "challenge-replay"
    page.keyboard.press("Enter")
    assert page.get_attribute("#challenge-replay", "aria-pressed") == "true"
    page.keyboard.press("Escape")
    assert focused(page) == "challenge-begin"
