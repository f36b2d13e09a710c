"""Mapping files of platforms that have no reader: each with a small export in the platform's shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.errors import LogError
from tests.conftest import ROOT
from tests.importers.reading import figures, imported, outcomes

MAPPINGS = ROOT / "docs" / "mappings"


def iso(clock: str) -> str:
    return f"2026-03-02T{clock}.000Z"


def at(clock: str) -> float:
    hours, minutes, seconds = map(int, clock.split(":"))
    return 1_772_409_600 + 3600 * hours + 60 * minutes + seconds


def room(name: str, ts: str, taken: str, closed: str, **more: Any) -> dict[str, Any]:
    found = {
        "_id": name,
        "t": "l",
        "ts": iso(ts),
        "open": not closed,
        "departmentId": "shop",
        "v": {"_id": "v1"},
    }
    if taken:
        found["servedBy"] = {"_id": "a1", "ts": iso(taken)}
    return found | ({"closedAt": iso(closed)} if closed else {}) | more


def line(room: str, ts: str, **more: Any) -> dict[str, Any]:
    return {"_id": f"{room}{ts}", "rid": room, "ts": iso(ts), "u": {"_id": "a1"}, "msg": "x"} | more


FRONT = "https://x.api.frontapp.com/conversations/"
FILES: dict[str, dict[str, Any]] = {
    "rocketchat": {
        "rooms.json": {"rooms": [
            room("r1", "09:00:00", "09:00:20", "09:05:20", closer="user", queuedAt=iso("09:00:00")),
            room("r2", "09:10:00", "", "09:11:00", closer="visitor"),
            room("r3", "09:20:00", "09:20:10", "", closer=None), {"_id": "c", "t": "c", "ts": iso("09:00:00")},
        ], "count": 4, "success": True},
        "messages.json": {"messages": [
            line("r1", "09:00:00", token="t"), line("r1", "09:00:20", t="livechat_transfer_history"),
            line("r1", "09:01:00"), line("r3", "09:20:00", token="t"),
        ]},
    },
    "dynamics": {
        "items.json": {"@odata.context": "https://x", "value": [
            {"msdyn_ocliveworkitemid": "d1", "createdon": iso("09:00:00"), "msdyn_startedon": iso("09:00:20"),
             "msdyn_wrapupinitiatedon": iso("09:05:20"), "msdyn_closedon": iso("09:06:00"), "statuscode": 4,
             "_msdyn_activeagentid_value": "a1", "msdyn_isoutbound": False},
            {"msdyn_ocliveworkitemid": "d2", "createdon": iso("09:10:00"), "msdyn_startedon": None,
             "msdyn_closedon": iso("09:12:00"), "statuscode": 4, "msdyn_isoutbound": False},
            {"msdyn_ocliveworkitemid": "d3", "createdon": iso("09:10:00"), "statuscode": 2, "msdyn_isoutbound": True},
        ]},
    },
    "front": {
        "conversations.json": {"_results": [
            {"_links": {"self": f"{FRONT}cnv_1"}, "id": "cnv_1", "status": "archived", "created_at": at("09:00:00"),
             "assignee": {"id": "tea_1"}},
            {"_links": {"self": f"{FRONT}cnv_2"}, "id": "cnv_2", "status": "assigned", "created_at": at("09:10:00"),
             "assignee": None},
        ]},
        "messages.json": {"_results": [
            {"_links": {"related": {"conversation": f"{FRONT}cnv_1"}}, "id": f"msg_{k}", "is_inbound": inbound,
             "is_draft": False, "created_at": at(clock), "author": {"id": "tea_1"}, "text": "x"}
            for k, (inbound, clock) in enumerate([(True, "09:00:00"), (False, "09:01:00"), (True, "09:02:00")])
        ]},
    },
    "crisp": {
        "conversations.json": {"error": False, "data": [
            {"session_id": "session_1", "created_at": 1000 * at("09:00:00"), "state": "resolved",
             "assigned": {"user_id": "op1"}},
            {"session_id": "session_2", "created_at": 1000 * at("09:10:00"), "state": "pending"},
        ]},
        "messages.json": {"error": False, "data": [
            {"session_id": "session_1", "fingerprint": k, "type": kind, "from": who, "timestamp": 1000 * at(clock),
             "user": {"user_id": "op1"}, "content": "x"}
            for k, (kind, who, clock) in enumerate([
                ("text", "user", "09:00:00"), ("note", "operator", "09:00:30"), ("event", "user", "09:00:40"),
                ("text", "operator", "09:01:00")])
        ]},
    },
}  # fmt: skip
BY_HAND: dict[str, tuple[dict[str, str], dict[str, float | None]]] = {
    "rocketchat": ({"r1": "served", "r2": "abandoned", "r3": "unfinished"},
                   {"asa_s": 15, "frt_s": 60, "duration_s": 300, "messages_per_chat": 2}),
    "dynamics": ({"d1": "served", "d2": "abandoned"}, {"asa_s": 20, "frt_s": None, "duration_s": 300, "aht_s": 340}),
    "front": ({f"{FRONT}cnv_1": "served", f"{FRONT}cnv_2": "unfinished"},
              {"asa_s": None, "frt_s": 60, "messages_per_chat": 3}),
    "crisp": ({"session_1": "served", "session_2": "unfinished"}, {"frt_s": 60, "messages_per_chat": 2}),
}  # fmt: skip


@pytest.mark.parametrize("platform", sorted(path.stem for path in MAPPINGS.glob("*.toml")))
def test_a_mapping_file_reads_its_platform(platform: str, tmp_path: Path):
    for name, data in FILES[platform].items():
        (tmp_path / name).write_text(json.dumps(data))
    log = imported(*(tmp_path / name for name in FILES[platform]), mapping=MAPPINGS / f"{platform}.toml")
    expected, found = BY_HAND[platform]

    assert outcomes(log) == expected
    assert figures(log, list(found)) == found
    assert log.counts().get("malformed", 0) == 0


def test_what_a_mapping_misspells_is_told(tmp_path: Path):
    """Each problem, ours and theirs, with the nearest name: nothing is left out in silence."""
    plan, table = tmp_path / "plan.toml", tmp_path / "t.csv"
    table.write_text("id,at,wait,result\n1,2026-03-02T09:00:00Z,5,served\n")
    columns = '[chats.columns]\nchat_id = "id"\nrequested_at = "at"\n'
    for written, says in (
        (
            f'zoen = "UTC"\n[chats]\ndecimel = ","\n{columns}',
            ["did you mean 'zone'?", "did you mean 'decimal'?"],
        ),
        (
            f'{columns}acepted_at = "wait"\nqueu = "x"\n',
            ["did you mean 'accepted_at'?", "did you mean 'queue'?"],
        ),
    ):
        plan.write_text(written)
        with pytest.raises(LogError) as error:
            imported(table, mapping=plan)
        assert [each for each in says if each not in str(error.value)] == []

    plan.write_text(f'{columns}outcome = "resalt"\n')
    report = imported(table, mapping=plan).report
    missing = report.filter(report["name"] == "missing_columns")
    assert missing["places"].to_list() == ["line 1: 'resalt'; did you mean 'result'?"]
