"""The log's frames: what is told of chats that never waited, of replies to nobody, of opinions."""

from __future__ import annotations

import numpy as np

from sim.kpis.measure import measure
from tests.worlds import by_turns, by_work, fixed, group, queue, run, world


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


def test_a_message_nobody_answered_has_no_reply_and_one_in_vain_is_marked():
    """One agent, two slots, a reply of 10 and a patience of 8: one leaves while it is written, one unread."""
    chats = queue([0, 0], by_turns(10, 1, 1), reply_patience=fixed(8))
    log = run(world([chats], [group(concurrency=2)]))
    messages = log.messages()

    assert log.chats()["outcome"].to_list() == ["left", "left"]
    assert messages.select("chat_id", "role", "sent_s", "true_in_vain").rows() == [
        (0, "customer", 0.0, False),
        (0, "agent", 10.0, True),
        (1, "customer", 0.0, False),
    ]


def test_scores_are_known_of_the_surveyed_alone_and_resolution_of_the_served():
    """Nobody answers a survey of which no share answers; who is blocked is neither resolved nor not."""
    quality = {"survey_response": [0.0] * 5}
    chats = run(world([queue([0, 1], by_work(10), capacity=0)], quality=quality)).chats()

    assert chats["outcome"].to_list() == ["served", "blocked"]
    assert chats["csat"].to_list() == [None, None]
    assert chats["true_csat"].is_null().to_list() == [False, True]
    assert chats["resolved"].is_null().to_list() == [False, True]


def test_first_contact_resolution_is_told_where_customers_come_again():
    """Two days: of the queue with returns, and of none without."""
    again = {"return": {"probability": 1.0, "delay_s": fixed(60)}}
    quality = {"resolution": 0.0, "fcr_window_h": 1.0}
    queues = [queue([0], by_work(10), "a", max_attempts=2, **again), queue([0], by_work(10), "b")]
    kpis = measure(run(world(queues, [group(2, queues=("a", "b"))], quality=quality)))

    assert kpis.values("first_contact_resolution", "queue")[0] == 0.5
    assert np.isnan(kpis.values("first_contact_resolution", "queue")[1])
