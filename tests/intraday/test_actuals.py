"""What has come so far, from a file: what is read, and every problem with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.scenario.actuals import Chat, Day, load_actuals
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT

ELEVEN_S = 11 * 3600.0
EXAMPLE = ROOT / "scenarios" / "intraday" / "web_shop_at_11.toml"


@pytest.fixture(scope="module")
def shop() -> Scenario:
    return sim.load(ROOT / "scenarios" / "web_shop.toml")


def told(shop: Scenario, tmp_path: Path, *changes: tuple[str, str], now_s: float = ELEVEN_S) -> Day:
    """The example, changed."""
    text = EXAMPLE.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path = tmp_path / "actuals.toml"
    path.write_text(text)
    return load_actuals(path, shop, now_s)


def test_the_example_is_read(shop: Scenario):
    day = load_actuals(EXAMPLE, shop, ELEVEN_S)
    assert day.offered.shape == (1, 22)
    assert day.offered[0, 16:].tolist() == [24, 28, 37, 41, 47, 52]
    assert (day.missed[0, 16:].sum(), day.in_time[0, 16:].sum()) == (12, 191)
    assert np.isnan(day.aht_s).all()
    assert day.logged_in.tolist() == [7]
    assert day.chats is not None
    assert day.chats[:3] == (
        Chat(0, -1, ELEVEN_S - 70, 0, is_customers=False),
        Chat(0, -1, ELEVEN_S - 25, 0, is_customers=False),
        Chat(0, 0, ELEVEN_S - 50, 2, is_customers=False),
    )


BAD = [
    ("start = 08:30:00", "start = 08:20:00", "intervals.1.start: no planning interval starts then"),
    ("start = 10:30:00", "start = 11:00:00", "intervals.5.start: is not over at 11:00, got 11:00"),
    ("start = 08:30:00", "start = 08:00:00", "intervals.1.start: stands here twice"),
    ("start = 08:00:00", "start = 07:00:00", "has no interval at 08:00 of queue 'orders'"),
    (
        "in_time = 23",
        "in_time = 25",
        "intervals.0: missed and in_time are more than offered, got 0 + 25 of 24",
    ),
    ("offered = 24 ", "ofered = 24 ", "intervals.0.ofered: unknown key; did you mean 'offered'?"),
    ("since = 10:58:50", "since = 11:00:00", "waiting.0.since: must be before now, 11:00"),
    ('group = "Tier 1"', 'group = "Tier One"', "logged_in.0.group: no group of the scenario has this name"),
    ("agents = 7 ", "agents = 13 ", "logged_in.0.agents: group 'Tier 1' has 12 agents, got 13"),
    ("agent = 3", "agent = 13", "open.3.agent: group 'Tier 1' has 12 agents, got 13"),
    ("turn = 1\n", "", "open.2: needs turn and whose: its queue is served by turns"),
    ("turn = 2\n", "turn = 1\n", "open.1.turn: the first message came with the chat"),
]


@pytest.mark.parametrize(("before", "after", "law"), BAD)
def test_what_is_wrong_is_named_with_its_place(
    shop: Scenario, tmp_path: Path, before: str, after: str, law: str
):
    with pytest.raises(ScenarioError) as caught:
        told(shop, tmp_path, (before, after))
    found = [str(each) for each in caught.value.problems]
    assert any(law in each for each in found), found
    assert all("actuals.toml:" in each for each in found)


def test_all_problems_are_told_at_once_and_slots_and_sums_are_counted(shop: Scenario, tmp_path: Path):
    text = EXAMPLE.read_text()
    one = text[text.index("[[open]]") :].split("\n\n")[0]
    path = tmp_path / "actuals.toml"
    path.write_text(text.replace("since = 10:58:50", "since = 12:00:00") + "\n" + f"\n{one}\n" * 3)
    with pytest.raises(ScenarioError) as caught:
        load_actuals(path, shop, ELEVEN_S)
    found = [str(each) for each in caught.value.problems]
    assert len(found) == 2
    assert "the agent has 3 slots, and holds more chats, got agent 1" in found[1]
    nobody = "[[intervals]]\nstart = 08:00:00\noffered = 1\n"
    path.write_text(nobody + text[text.index("[[waiting]]") :])
    with pytest.raises(ScenarioError, match="more chats are here than came to queue 'orders'"):
        load_actuals(path, shop, 8.5 * 3600)
