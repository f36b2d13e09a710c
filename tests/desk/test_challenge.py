"""The day that a room staffs itself is judged as a run of that staffing is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import SimError
from sim.report.page.challenge import challenge_of
from tests.commands import sim as command
from tests.conftest import ROOT
from tests.desk.test_page import WEB_SHOP, Opened, browser, chromium

__all__ = ["browser", "chromium"]
SMALL = """
name = "a small shop"
start = 2026-03-02
interval_min = 60
[hours]
open = 08:00:00
close = 12:00:00
[targets]
max_missed = 0.1
[[queues]]
name = "chat"
arrivals = { per_hour = 30 }
patience = { law = "exponential", mean_s = 120 }
[queues.service]
turns = { law = "geometric", mean = 4 }
agent_s = { law = "exponential", mean_s = 30 }
customer_s = { law = "exponential", mean_s = 30 }
[[groups]]
name = "agents"
queues = ["chat"]
staffing = [0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
concurrency = 2
"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("challenge")
    (folder / "small.toml").write_text(SMALL)
    done = command("desk", folder / "small.toml", "-o", folder / "desk.html", "--days", "4", "--challenge")
    assert done.returncode == 0, done.stderr
    return folder / "desk.html"


def data_of(file: Path) -> dict[str, Any]:
    text = file.read_text().split('type="application/json">')[1].split("</script>")[0]
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_plan_is_judged_as_a_run_of_that_staffing_on_the_rooms_customers(chromium: Any, page_file: Path):
    opened = Opened(chromium, page_file)
    page, challenge = opened.page, data_of(page_file)["challenge"]
    n = len(challenge["plan"])
    assert challenge["width_s"] * n == 4 * 3600
    page.click("#challenge-begin")
    page.fill("#challenge-room", "7")
    page.keyboard.press("Enter")
    assert page.is_disabled("#challenge-hand-in")
    # One agent less in the first interval, one more in the last: another plan, within the same hours.
    plan = [challenge["plan"][0] - 1, *challenge["plan"][1:-1], challenge["plan"][-1] + 1]
    for k, agents in enumerate(plan):
        page.focus(f"#column-{k}")
        for _ in range(agents):
            page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert "too many" in page.inner_text("#budget-said")
    assert page.is_disabled("#challenge-hand-in")
    page.keyboard.press("ArrowDown")
    page.click("#challenge-hand-in")

    first = int(challenge["first_s"] // challenge["width_s"])
    staffing = [0] * first + plan + [0] * (int(86_400 // challenge["width_s"]) - first - n)
    scenario = sim.vary(sim.load(page_file.parent / "small.toml"), {"groups.0.staffing": staffing})
    result = sim.run(scenario, seed=7, replications=4)
    said = page.inner_text("#sentence")
    assert said.startswith("Room 7: ")
    shown_share = float(said.removeprefix("Room 7: ").split("\u202f")[0])
    assert shown_share == pytest.approx(100 * (result["missed_rate"].value or 0), abs=0.51)
    logs = [sim.simulate(scenario, sim.draw(scenario, 7, day)) for day in range(4)]
    shares = []
    for k in range(n):
        offered = missed = 0
        for log in logs:
            inside = (log.chat.arrival_s - challenge["first_s"]) // challenge["width_s"] == k
            offered += int(inside.sum())
            missed += int((inside & (log.chat.accepted_s != log.chat.accepted_s)).sum())
        shares.append(missed / offered)
    shown = [each.inner_text() for each in page.query_selector_all(".result")]
    for share, text in zip(shares, shown, strict=True):
        assert float(text.split("\u202f")[0]) == pytest.approx(100 * share, abs=0.51)
        assert text.endswith("✗") == (share > 0.1)
    assert page.locator(".searched:visible").count() == n

    page.click("#challenge-replay")
    assert page.is_visible("#scene")
    page.click("#challenge-replay")
    page.fill("#score-name", "<b>3</b>")
    page.fill("#score-share", "4,2")
    page.click("#score-add")
    assert page.inner_text("#scores li").startswith("<b>3</b> 4.2\u202f%")
    page.click("#challenge-leave")
    assert page.is_visible("#sliders")
    assert opened.faults == []


def test_a_page_without_one_has_no_button(chromium: Any, tmp_path: Path):
    done = command("desk", WEB_SHOP, "-o", tmp_path / "desk.html", "--days", "3")
    assert done.returncode == 0
    assert Opened(chromium, tmp_path / "desk.html").page.is_hidden("#challenge-begin")


def test_what_a_challenge_needs_is_said():
    for name, need in (("two_languages", "one group"), ("new_hires", "one day")):
        with pytest.raises(SimError, match=f"challenge: needs {need}"):
            challenge_of(sim.load(ROOT / "scenarios" / f"{name}.toml"), 1)
