"""The notebooks as web pages, in a real browser: they answer, and nothing leaves the machine.

Every request is logged, and the browser can find no other host even if it wants to.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT
from tests.notebooks.conftest import NOTEBOOKS

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra `dev`")

FLAGS = (
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
ANSWERS_WITHIN_MS = 240_000
"""For a slow machine whose kernel is not compiled yet. On two cores it is about a second."""
SCREEN = {"width": 1280, "height": 800}
"""Question, sliders, answer and picture stand on it without scrolling."""
SLIDERS = {
    "01_first_day": ["Demand, % of the forecast", "Days simulated", "Other days (seed)"],
    "02_staffing_and_waiting": [
        "Demand, % of the forecast", "Chats at once", "Promised within 30 s, %", "Agents",
    ],
    "03_concurrency": ["Chats an hour", "Agents", "Switching: longer replies, %", "Promised response, s"],
}  # fmt: skip


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of all notebooks, served as `marimo run notebooks/` does."""
    home, port = tmp_path_factory.mktemp("marimo"), free_port()
    address = f"http://127.0.0.1:{port}"
    command = ["marimo", "run", "--headless", "--port", str(port), str(ROOT / "notebooks")]
    environment = os.environ | {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *command], stdout=log, stderr=log, cwd=home, env=environment
        )
    try:
        wait_for(server, address, home / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Wait until somebody answers at an *address*."""
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"marimo does not answer: {log.read_text()}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window; all its pages share what they have read of marimo."""
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium.new_context(viewport=SCREEN)
        chromium.close()


class Visit:
    """A page of a browser, and the hosts that it asked for anything."""

    def __init__(self, browser: Any) -> None:
        self.page = browser.new_page()
        self.page.set_default_timeout(ANSWERS_WITHIN_MS)
        self.hosts: list[str] = []
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("websocket", lambda channel: self._note(channel.url))

    def _note(self, url: str) -> None:
        host = urlsplit(url).hostname
        if host is not None:  # data and blobs are in the page
            self.hosts.append(host)


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """A page that has been nowhere yet."""
    visit = Visit(browser)
    yield visit
    visit.page.close()


def test_the_gallery_has_a_link_to_every_notebook(visit: Visit, address: str):
    """`marimo run notebooks/` is where a reader begins."""
    visit.page.goto(address)
    for notebook in NOTEBOOKS:
        link = visit.page.locator(f'a[href*="{notebook.name}"]').first
        link.wait_for()

    assert set(visit.hosts) == {"127.0.0.1"}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_page_answers_when_a_slider_is_moved_by_keyboard(visit: Visit, address: str, notebook: Path):
    """Heading, sliders by name, answer and picture are there; all of it without leaving the machine."""
    page = visit.page
    page.goto(f"{address}/?file={notebook.name}")
    answer, picture = page.get_by_role("status").first, page.locator("img[alt]").first
    page.get_by_role("heading", level=1).wait_for()
    answer.wait_for()
    picture.wait_for()
    names = SLIDERS[notebook.stem]
    for name in names:
        assert page.get_by_role("slider", name=name, exact=True).count() == 1
    said, shown = answer.inner_text(), picture.evaluate("image => image.src")
    slider = page.get_by_role("slider", name=names[0], exact=True)
    stood = slider.get_attribute("aria-valuenow")

    slider.focus()
    slider.press("ArrowRight")

    page.wait_for_function(
        "([said, shown]) => document.querySelector('[role=status]')?.innerText !== said"
        " && document.querySelector('img[alt]')?.src !== shown"
        " && document.querySelector('img[alt]').naturalWidth > 800",
        arg=[said, shown],
        polling=100,  # else at each frame, and the browser draws frames all the time
    )
    assert slider.get_attribute("aria-valuenow") != stood
    place = picture.bounding_box()
    assert place["height"] > 300
    assert place["y"] + place["height"] <= SCREEN["height"]
    assert page.get_by_text("Traceback").count() == 0
    assert set(visit.hosts) == {"127.0.0.1"}
    assert len(visit.hosts) > 10


def test_a_page_that_asks_elsewhere_is_noticed_and_gets_no_answer(visit: Visit, address: str):
    """The log and the blockade themselves."""
    visit.page.goto(f"{address}/health")
    failed = visit.page.evaluate("fetch('http://elsewhere.example/').then(() => false, () => true)")

    assert failed
    assert "elsewhere.example" in visit.hosts
