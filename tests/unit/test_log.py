"""The log's frames: what is told of chats that never waited."""

from __future__ import annotations

from tests.worlds import by_work, group, queue, run, world


def test_chats_that_never_stood_in_line_have_no_wait():
    """One answered at once, one blocked, one offline, and one that leaves after a wait."""
    first = queue([0, 10], by_work(100), patience={"law": "fixed", "mean_s": 20})
    full = queue([20, 7200], by_work(100), "full", capacity=0)
    scenario = world(
        [first, full], [group(1, queues=("q", "full"))], hours={"open": "00:00", "close": "01:00"}
    )
    chats = run(scenario).chats()

    assert chats["outcome"].to_list() == ["served", "abandoned", "blocked", "offline"]
    assert chats["wait_s"].to_list() == [0, 20, None, None]
