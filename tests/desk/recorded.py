"""How does the page look when somebody moves a slider? `python -m tests.desk.recorded` records README's moving picture."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from sim.report.page.desk import desk_page
from sim.scenario.files import load
from tests.conftest import ROOT
from tests.notebooks.test_pages import CHROMIUM, FLAGS

PICTURE = ROOT / "notebooks" / "pictures" / "desk.gif"
SIZE = {"width": 1366, "height": 768}
SHOWN = 0.62
"""Its size, for that of the page: README is read on screens, not on walls."""
FRAME_MS = 150
COLOURS = 64


def recorded(page: Page) -> list[tuple[Image.Image, int]]:
    """Frames, and for how many milliseconds each is shown: the day goes on, two agents fewer, one more."""
    frames: list[tuple[Image.Image, int]] = []

    def shoot(times: int = 1, ms: int = FRAME_MS) -> None:
        for _ in range(times):
            seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            small = seen.resize((int(seen.width * SHOWN), int(seen.height * SHOWN)), Image.Resampling.LANCZOS)
            frames.append((small, ms))
            page.wait_for_timeout(FRAME_MS)

    page.keyboard.press("w")  # the worst quarter of an hour
    shoot(12)
    page.keyboard.press("3")  # the agents
    for key, rest in (("ArrowLeft", 5), ("ArrowLeft", 8), ("ArrowRight", 5)):
        page.keyboard.press(key)
        shoot(rest)
        frames[-1] = (frames[-1][0], 1_200)
    return frames


def written(frames: list[tuple[Image.Image, int]], path: Path) -> None:
    """Write an endless GIF, of few colours that all frames share."""
    palette = frames[-1][0].quantize(COLOURS)
    few = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame, _ in frames]
    few[0].save(
        path, save_all=True, append_images=few[1:], duration=[ms for _, ms in frames], loop=0, optimize=True
    )


def main(path: Path = PICTURE) -> None:
    """Record the web shop's page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "desk.html"
        file.write_text(desk_page(load(ROOT / "scenarios" / "web_shop.toml")), encoding="utf-8")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport=SIZE, locale="en-GB", color_scheme="light")
        page.goto(file.as_uri())
        page.wait_for_selector("#desk[data-state]", timeout=60_000)
        written(recorded(page), path)
        browser.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
