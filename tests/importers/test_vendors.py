"""Nine vendors' definitions on the same handful of chats, each number worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from sim.kpis.vendors.definitions import QUESTIONS, VENDORS
from sim.report.vendors import by_definitions, by_definitions_simulated
from tests.commands import sim as command
from tests.importers.reading import imported
from tests.results import holds

# A waited 15 s after 5 s with a bot; B none; C and D left the queue after 10 s and 60 s; E was accepted after
# 40 s and left before a word; F waited 100 s, was declined by z, and handed on from y to x; G came while
# closed, H was turned away, I still waits.
CHATS = """chat_id,requested_at,queued_at,accepted_at,ended_at,wrapup_end_at,gone_at,outcome,ended_by,agent_id,rating
A,09:00:00,09:00:05,09:00:20,09:05:00,09:05:30,,served,agent,x,5
B,09:10:00,,09:10:00,09:12:00,09:12:00,,served,agent,x,2
C,09:20:00,,,09:20:10,,09:20:10,abandoned,customer,,
D,09:30:00,,,09:31:00,,09:31:00,abandoned,customer,,
E,09:40:00,,09:40:40,09:41:40,09:41:40,09:41:40,left,customer,y,
F,09:50:00,,09:51:40,09:56:40,09:57:40,,served,agent,y,
G,10:00:00,,,,,,offline,,,
H,10:05:00,,,,,,blocked,,,
I,10:10:00,,,,,,unfinished,,,
"""
SAID = """A customer 09:00:00, A customer 09:00:10, A agent 09:00:50, A customer 09:02:00, A customer 09:02:20,
A agent 09:03:00, B customer 09:10:00, B agent 09:10:30, B customer 09:11:00, C customer 09:20:00,
D customer 09:30:00, D customer 09:30:20, E customer 09:40:00, F customer 09:50:00, F agent 09:52:40,
F customer 09:53:40, F agent 09:54:40, I customer 10:10:00"""
LEGS = """chat_id,agent_id,offered_at,accepted_at,released_at,wrapup_end_at,result
A,x,,09:00:20,09:05:00,09:05:30,accepted
B,x,,09:10:00,09:12:00,09:12:00,accepted
E,y,,09:40:40,09:41:40,09:41:40,accepted
F,z,09:50:30,,,,declined
F,y,,09:51:40,09:53:00,09:53:00,transferred_out
F,x,,09:53:00,09:56:40,09:57:40,accepted
"""
DUTY = """agent_id,start,end,status,max_slots
x,09:00:00,10:20:00,available,3
y,09:30:00,10:20:00,available,3
"""
BUSY = 310 + 120 + 280 + 60 + 80
OCCUPANCY, SLOTS = BUSY / (4800 + 3000), BUSY / (3 * 7800)
BY_HAND = {
    "livechat": (4, 1, None, 225 / 5, (30 + 30 + 60) / 3, (45 + 30 + 60) / 3, None, (280 + 120 + 60 + 300) / 4, None, 0.5),
    "zendesk": (8, 4, 4 / 8, (40 + 30 + 160 + 10 + 40 + 100) / 6, (40 + 30 + 160) / 3, (40 + 30 + 110) / 3, None,
                (170 + 60 + 280) / 3, None, 0.5),
    "intercom": (9, None, None, None, (40 + 30 + 160) / 3, (50 + 30 + 110) / 3, None, 760 / 4, None, 0.5),
    "amazon_connect": (7, 1, 2 / 7, (15 + 0 + 40 + 100) / 4, (45 + 30 + 160) / 3, (30 + 60 + 30 + 60 + 60) / 5, 3 / 6,
                       (310 + 120 + 60 + 360) / 4, OCCUPANCY, None),
    "genesys": (6, 1, 2 / 6, 155 / 4, 235 / 3, 240 / 5, 2 / 6, 850 / 4, OCCUPANCY, None),
    "dynamics": (7, None, 2 / 7, 155 / 4, (50 + 30 + 160) / 3, (40 + 60 + 30 + 160 + 60) / 5, 2 / 4, None, SLOTS, None),
    "chatwoot": (9, None, None, None, 235 / 3, (60 + 60) / 2, None, (300 + 120 + 10 + 60 + 100 + 400) / 6, None, 0.5),
    "asapp": (7, None, 2 / 6, 155 / 4, None, None, None, (310 + 120 + 60 + 80 + 280) / 5, SLOTS, None),
    "salesforce": (8, 2, None, 225 / 6, None, 45, None, 760 / 4, None, None),
}  # fmt: skip
OURS = (8, 5, 2 / 8, 225 / 6, 240 / 3, 240 / 5, 2 / 5, 850 / 4, OCCUPANCY, 0.5)


def dated(table: str) -> str:
    """Clock times as those of a day."""
    return "\n".join(
        ",".join(f"2026-03-02T{cell}Z" if cell[2:3] == ":" else cell for cell in line.split(","))
        for line in table.strip().splitlines()
    )


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> sim.Recorded:
    folder = tmp_path_factory.mktemp("chats")
    words = [each.split() for each in SAID.replace("\n", " ").split(", ")]
    messages = "\n".join(["chat_id,role,sent_at", *(",".join(each) for each in words)])
    tables = {"chats": CHATS, "messages": messages, "legs": LEGS, "duty": DUTY}
    files = []
    for name, table in tables.items():
        files.append(folder / f"{name}.csv")
        files[-1].write_text(dated(table))
    return imported(*files)


def test_each_vendor_counts_as_it_says(log: sim.Recorded, tmp_path: Path):
    found = by_definitions(log)
    rows = {row["vendor"]: row for row in found.table("answers").rows}
    names = [question.name for question in QUESTIONS]

    assert found.words == ("Same chats, nine answers.",)
    for vendor in VENDORS:
        assert [rows[vendor.title][name] for name in names] == pytest.approx(BY_HAND[vendor.name]), (
            vendor.name
        )
    assert [rows["here"][name] for name in names] == pytest.approx(OURS)
    told = [(row["vendor"], row["told"]) for row in found.table("differences").rows]
    assert len(told) == 10 * len(QUESTIONS)
    assert all(sentence.endswith(".") for _, sentence in told)
    holds(found, tmp_path)


def test_one_vendor_beside_ours_and_of_a_simulated_day(log: sim.Recorded):
    """A platform does not see who left without a signal; where nothing is hidden, both count alike."""
    rows = {
        row["figure"]: row for row in by_definitions(log, "zendesk", threshold_s=20).table("definitions").rows
    }
    assert (rows["missed"]["value"], rows["missed"]["ours"], rows["missed"]["word"]) == (4, 5, "missed")
    shop = sim.load("scenarios/web_shop.toml")
    answers = {row["vendor"]: row for row in by_definitions_simulated(shop).table("answers").rows}
    ours = answers["here"]
    assert answers["Zendesk Chat"]["chats"] == ours["chats"]
    assert answers["Amazon Connect"]["response_s"] == pytest.approx(ours["response_s"])
    assert answers["Genesys Cloud"]["handling_s"] == pytest.approx(ours["handling_s"])
    assert answers["Salesforce"]["wait_s"] == pytest.approx(ours["wait_s"])
    assert answers["Dynamics 365"]["handling_s"] < ours["handling_s"]
    with pytest.raises(sim.StudyError, match="did you mean 'zendesk'"):
        by_definitions(log, "zendesc")


def test_the_command_knows_them(tmp_path: Path):
    data = json.loads(
        command("kpis", "scenarios/web_shop.toml", "--definitions", "chatwoot", "--json").stdout
    )
    assert data["definitions"]["Missed"]["word"] == "no such figure"
    wrong = command("kpis", "asa_s", "--definitions", "all")
    assert wrong.returncode == 2
    assert "--definitions is for a log" in wrong.stderr
