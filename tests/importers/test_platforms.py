"""Each platform's export in its real shape, with its traps, and its figures worked out by hand."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from sim.importers.canonical import broken
from tests.importers import plainly
from tests.importers.reading import figures, imported, outcomes


class Case(NamedTuple):
    files: tuple[str, ...]
    outcomes: dict[str, str]
    counts: dict[str, int]
    """Of what was dropped or mended."""
    figures: dict[str, float | None]


CASES = {
    # z1 comes twice, with another rating; z4 and z5 are begun by an agent, z5's customer never speaks.
    "zendesk": Case(
        ("zendesk.json", "zendesk_agents.json"),
        {"2603.1001": "served", "2603.1002": "abandoned", "2603.1004": "served", "2603.1006": "left"},
        {"duplicates": 2, "duplicate_messages": 1, "offline_messages": 1, "outbound_unanswered": 1, "deleted": 1,
         "bad_ratings": 1},
        {"offered": 4, "missed": 2, "wait_s": (20 + 45 + 40) / 3, "asa_s": 30, "service_level": 1 / 3,
         "frt_s": (50 + 30) / 2, "frt_agent_s": 30, "response_s": (30 + 40 + 30) / 3,
         "response_mean_of_means_s": (35 + 30) / 2, "messages_per_chat": (6 + 2) / 2, "turns_per_chat": 3 / 2,
         "duration_s": (340 + 260) / 2, "aht_s": None, "csat": 0, "survey_response": 1 / 2, "agent_hours": 9,
         "occupancy": round((340 + 540 + 260) / 32_400, 4), "concurrency": 1, "wait_probability": None},
    ),
    # A welcome is no reply, a note to agents no message; T3's queue can't be told apart after its transfer.
    "livechat": Case(
        ("livechat.json", "livechat_left.json"),
        {"T1": "served", "T2": "abandoned", "T3": "served", "T4": "timed_out", "T5": "unfinished",
         "left:PJ0MRSHTDG:1772443800000000": "abandoned"},
        {"duplicates": 1, "bad_ratings": 1},
        {"offered": 6, "answered": 3, "missed": 3, "wait_s": (30 + 50 + 90 + 0 + 10) / 5, "asa_s": 40 / 3,
         "service_level": 3 / 5, "frt_s": (60 + 30 + 40) / 3, "frt_agent_s": 30, "response_s": 30,
         "messages_per_chat": (5 + 3 + 2) / 3, "turns_per_chat": 4 / 3, "duration_s": (150 + 1200) / 2,
         "aht_s": None, "csat": 1, "survey_response": 1 / 2, "concurrency": None},
    ),
    # A note is none, a closing word and a redacted part are; 3 was handed on by a bot; 2 is a campaign.
    "intercom": Case(
        ("intercom.json",),
        {"1": "served", "3": "served", "4": "contained", "5": "abandoned", "6": "unfinished"},
        {"outbound_unanswered": 1, "bad_ratings": 1, "truncated_chats": 1},
        {"offered": 5, "answered": 3, "missed": 1, "asa_s": 10, "frt_s": (60 + 90 + 30) / 3, "frt_agent_s": 50,
         "response_s": (50 + 90 + 30 + 90 + 30) / 5, "messages_per_chat": (7 + 1 + 2) / 3, "turns_per_chat": 5 / 3,
         "duration_s": None, "aht_s": None, "concurrency": None, "csat": 1, "survey_response": 1 / 2},
    ),
    # Private, failed, templates, activities and bots are no messages; 2 was begun by an agent.
    "chatwoot": Case(
        ("chatwoot.json", "chatwoot_events.json", "chatwoot_csat.json"),
        {"1": "served", "2": "unfinished", "3": "contained", "4": "abandoned"},
        {"orphan_ratings": 1, "bad_ratings": 1},
        {"offered": 4, "answered": 2, "missed": 1, "wait_s": None, "asa_s": None, "service_level": None,
         "frt_s": (30 + 60) / 2, "frt_agent_s": None, "response_s": (30 + 40 + 60) / 3,
         "messages_per_chat": (5 + 2) / 2, "turns_per_chat": 3 / 2, "duration_s": None, "csat": 1,
         "survey_response": 1},
    ),
    # The alert lies within the wait; hold is part of the chat; no messages, so no responses.
    "genesys": Case(
        ("genesys.json",),
        {"g1": "served", "g2": "abandoned", "g5": "unfinished", "g6": "contained"},
        {"malformed": 1, "other_channel": 1},
        {"offered": 4, "answered": 2, "missed": 1, "wait_s": (20 + 60 + 10) / 3, "asa_s": 15, "service_level": 2 / 3,
         "frt_s": None, "response_s": None, "messages_per_chat": None, "duration_s": 460, "aht_s": 480},
    ),
    # a1 is delivered twice, b1 goes on as b2; what a1's customer told the bot does not count.
    "amazon_connect": Case(
        ("amazon_contacts.jsonl", "amazon_a1.json", "amazon_b2.json"),
        {"a1": "served", "b1": "served", "c1": "abandoned", "d1": "contained"},
        {"duplicates": 1, "duplicate_messages": 1, "other_channel": 1},
        {"offered": 4, "answered": 2, "missed": 1, "wait_s": (30 + 10 + 60) / 3, "asa_s": 20,
         "frt_s": (62 + 50) / 2, "frt_agent_s": (30 + 40) / 2, "response_s": (30 + 40 + 40 + 60) / 4,
         "messages_per_chat": (5 + 4) / 2, "turns_per_chat": 2, "duration_s": (460 + 470) / 2,
         "aht_s": (520 + 470) / 2, "csat": None},
    ),
    # One name for both who speak tells nothing; an escaped name, "( 5s ) X:" within a text, and a cut end.
    "salesforce": Case(
        ("salesforce.csv",),
        {"570A": "served", "570B": "abandoned", "570C": "served", "570D": "blocked", "570E": "unfinished"},
        {"deleted": 1, "unknown_values": 1, "truncated_chats": 1},
        {"offered": 5, "answered": 2, "missed": 3, "wait_s": (30 + 50 + 10 + 20) / 4, "asa_s": 20,
         "service_level": 3 / 4, "frt_s": 70, "frt_agent_s": 40, "response_s": (30 + 47) / 2, "messages_per_chat": 5,
         "turns_per_chat": 2, "duration_s": 300, "aht_s": None, "csat": None},
    ),
    # 1 was handed over by a bot after 5 s; a wait of 1 is none; of 3 the browser was last heard after a minute.
    "livehelperchat": Case(
        ("livehelperchat.json", "livehelperchat_messages.json"),
        {"1": "served", "2": "served", "3": "abandoned", "4": "contained", "5": "unfinished", "6": "unfinished"},
        {"orphan_messages": 1},
        {"offered": 6, "answered": 2, "missed": 3, "wait_s": (25 + 0 + 60 + 40) / 4, "asa_s": 65 / 3,
         "service_level": 2 / 4, "frt_s": (60 + 20) / 2, "frt_agent_s": (30 + 20) / 2,
         "response_s": (30 + 50 + 20) / 3, "messages_per_chat": (4 + 2) / 2, "turns_per_chat": 3 / 2,
         "duration_s": (270 + 300) / 2, "csat": 1 / 2, "survey_response": 1},
    ),
    # A bot says "Agent" too; -1, "undefined" and "null" are nothing; L2 is open whatever its closeReason.
    "liveperson": Case(
        ("liveperson.json",),
        {"L1": "served", "L2": "unfinished", "L3": "timed_out"},
        {"bad_ratings": 1},
        {"offered": 3, "answered": 1, "missed": 2, "wait_s": (40 + 10) / 2, "service_level": 1 / 2, "frt_s": 70,
         "frt_agent_s": 30, "response_s": (30 + 300) / 2, "messages_per_chat": 4, "turns_per_chat": 2,
         "duration_s": (560 + 290) / 2, "csat": 1, "survey_response": 1},
    ),
    # What was said before the queue was for a bot; o3 is open still; an invoice and its event are of no chat.
    "ocel": Case(
        ("ocel.json",),
        {"o1": "served", "o2": "abandoned", "o3": "unfinished"},
        {"unknown_events": 1, "unknown_values": 2},
        {"offered": 3, "answered": 2, "missed": 1, "wait_s": (20 + 40 + 10) / 3, "asa_s": 15, "service_level": 2 / 3,
         "frt_s": (60 + 40) / 2, "frt_agent_s": 30, "response_s": (30 + 30) / 2, "messages_per_chat": (2 + 1) / 2,
         "duration_s": 300, "aht_s": 330, "csat": 1, "survey_response": 1, "agent_hours": 8},
    ),
    # Hung up in the menu is no abandonment; 6 goes over midnight.
    "anonymous_bank": Case(
        ("anonymous_bank.txt",),
        {"990103:AA0101:1": "served", "990103:AA0101:2": "served", "990103:AA0101:3": "abandoned",
         "990103:AA0101:4": "contained", "990103:AA0101:6": "served"},
        {"malformed": 1, "no_demand": 1},
        {"offered": 5, "answered": 3, "missed": 1, "wait_s": (60 + 0 + 40 + 40) / 4, "asa_s": 100 / 3,
         "service_level": 1 / 4, "frt_s": None, "duration_s": 100, "aht_s": 100},
    ),
}  # fmt: skip


@pytest.mark.parametrize("platform", CASES)
def test_an_export_gives_the_figures_worked_out_by_hand(platform: str):
    """It is recognised, everything dropped is counted, and the laws of the form hold."""
    case = CASES[platform]
    log = imported(*case.files)
    kept = {"rows", "chats", "messages", "legs"}

    assert log.fact("platform") == platform
    assert outcomes(log) == case.outcomes
    assert {name: n for name, n in log.counts().items() if name not in kept} == case.counts
    assert list(broken(log.chats, log.messages, log.legs)) == []
    assert figures(log, list(case.figures)) == {
        name: None if value is None else round(value, 4) for name, value in case.figures.items()
    }


def test_places_of_what_was_dropped_are_told():
    """File and record, and why."""
    rows: list[dict[str, Any]] = imported("genesys.json").report.to_dicts()
    (malformed,) = [row for row in rows if row["name"] == "malformed"]

    assert malformed["file"] == "genesys.json"
    assert malformed["places"] == "record 4: must be a time, is '2026-04-2T09:20:00.000Z'"


@pytest.mark.parametrize("platform", CASES)
def test_figures_worked_out_chat_by_chat_agree(platform: str):
    """A second computation that shares nothing with the first, in plain Python."""
    case = CASES[platform]
    again = plainly.figures(imported(*case.files))
    unknown = {name for name, value in case.figures.items() if value is None}  # and why is another matter

    for name, value in case.figures.items():
        if name not in unknown:
            assert again[name] == pytest.approx(value, abs=1e-4), name
