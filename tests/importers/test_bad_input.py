"""What is wrong with a file is counted and named, or said in a sentence: never a traceback, never a silent drop."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import LogError
from tests.commands import sim as command
from tests.importers.reading import EXPORTS, imported, outcomes, written

ZENDESK = (EXPORTS / "zendesk.json").read_text()


def chat(name: str, **more: Any) -> dict[str, Any]:
    """A chat of Zendesk's that nobody answered."""
    usual = {
        "id": name, "type": "chat", "timestamp": "2026-03-02T09:00:00Z", "end_timestamp": "2026-03-02T09:01:00Z",
        "visitor": {"id": "v"}, "session": {}, "missed": True, "abandon_time": 60, "history": [],
    }  # fmt: skip
    return usual | more


@pytest.mark.parametrize(
    "wrapped", ["gzip", "utf-8-sig", "utf-16", "lines", "pretty", "airbyte", "singer", "two gzips"]
)
def test_however_it_is_wrapped_it_reads_alike(wrapped: str, tmp_path: Path):
    """The same chats from the same records."""
    chats = json.loads(ZENDESK)["chats"]
    file = tmp_path / "export.json"
    lines = {
        "lines": chats,
        "airbyte": [{"stream": "chats", "data": each, "emitted_at": 1} for each in chats],
        "singer": [
            {"type": "SCHEMA", "stream": "chats"},
            *({"type": "RECORD", "stream": "chats", "record": each} for each in chats),
        ],
    }
    if wrapped in lines:
        written(tmp_path, "export.json", *lines[wrapped])
    elif wrapped == "gzip":
        file.write_bytes(gzip.compress(ZENDESK.encode()))
    elif wrapped == "two gzips":
        half = len(ZENDESK) // 2
        file.write_bytes(gzip.compress(ZENDESK[:half].encode()) + gzip.compress(ZENDESK[half:].encode()))
    elif wrapped == "pretty":
        file.write_text(json.dumps(chats, indent=4))
    else:
        file.write_bytes(ZENDESK.encode(wrapped))
    log, plain = imported(file), imported("zendesk.json")

    assert log.chats.equals(plain.chats)
    assert log.messages.equals(plain.messages)
    assert log.counts()["duplicates"] == 1


def test_order_and_number_of_files_change_nothing(tmp_path: Path):
    """Records upside down and in two files; and with a key names are the same twice."""
    chats = json.loads(ZENDESK)["chats"][::-1]
    first, second = written(tmp_path, "a.json", *chats[:3]), written(tmp_path, "b.json", *chats[3:])
    key = tmp_path / "log.key"
    key.write_text("0123456789abcdef")
    split = imported(first, second, keep_text=False, key=key)
    whole = imported("zendesk.json", keep_text=False, key=key)

    assert split.chats.equals(whole.chats)
    assert split.messages.equals(whole.messages)
    assert split.legs.equals(whole.legs)
    assert not imported("zendesk.json", keep_text=False).chats["chat_id"].equals(whole.chats["chat_id"])


def test_nothing_personal_is_kept(tmp_path: Path):
    """No text, no name, no identity as it was, in any file of the folder."""
    out = tmp_path / "x.log"
    sim.import_log(EXPORTS / "zendesk.json", out)
    log = sim.read_log(out)
    every = "".join(str(table.rows()) for table in (log.chats, log.messages, log.legs, log.duty))

    assert "text" not in log.messages.columns
    assert not [word for word in ("Zoe", "zoe@", "4711", "2603.1001", "v1'", "'12'") if word in every]
    assert log.messages["n_chars"].sum() > 0
    assert imported("zendesk.json").messages["text"][0] == "hello"


def test_a_file_cut_in_the_middle_keeps_what_came_before(tmp_path: Path):
    """Of JSON, of lines and of a gzip: the cut is counted with its place."""
    lines = "".join(json.dumps(chat(f"c{k}")) + "\n" for k in range(3))
    files = {
        "cut.jsonl": lines[:-40].encode(),
        "cut.json": json.dumps([chat(f"c{k}") for k in range(3)])[:-60].encode(),
        "cut.gz": gzip.compress(lines.encode() * 2000)[:-2000],
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        log = imported(tmp_path / name)
        assert log.counts()["malformed"] >= 1, name
        assert {"c0", "c1"} <= set(outcomes(log)), name


def test_impossible_times_are_unknown_and_the_chat_stays(tmp_path: Path):
    """Accepted before it was asked for; ended before it began; left before."""
    join = {"type": "chat.memberjoin", "nick": "agent:1", "timestamp": "2026-03-02T08:59:00Z"}
    file = written(
        tmp_path,
        "x.json",
        chat("early", history=[join]),
        chat("ended", end_timestamp="2026-03-02T08:00:00Z", abandon_time=None),
    )
    log = imported(file)

    assert outcomes(log) == {"early": "timed_out", "ended": "abandoned"}
    assert log.counts()["impossible_times"] == 2
    assert log.chats["accepted_at"].null_count() == log.chats["ended_at"].null_count() + 1 == 2


def test_events_of_no_known_kind_are_counted_by_name(tmp_path: Path):
    odd = {"type": "chat.frobnicate", "timestamp": "2026-03-02T09:00:30Z"}
    usual = {"type": "chat.memberjoin", "nick": "visitor:v", "timestamp": "2026-03-02T09:00:00Z"}
    log = imported(written(tmp_path, "x.json", chat("1", history=[usual, odd])))
    (row,) = log.report.filter(name="unknown_events").to_dicts()
    assert (row["count"], row["places"]) == (1, "record 1: chat.frobnicate")


def test_a_status_without_an_end_is_said(tmp_path: Path):
    """The last of each agent's: nobody knows how long; the ones before end where the next begins."""
    states = [
        {"agent_id": 5, "start_time": f"2026-03-02T{hour}:00:00Z", "duration": None, "status": "online"}
        for hour in ("08", "10")
    ]
    log = imported(written(tmp_path, "x.json", chat("1")), written(tmp_path, "agents.json", *states))
    (row,) = log.report.filter(name="unended_status").to_dicts()
    assert (row["file"], row["count"], row["places"]) == ("agents.json", 1, "line 2")
    assert sim.measure_log(log)["agent_hours"].value == 2


def test_a_chat_without_a_beginning_is_no_rating(tmp_path: Path):
    rows = ["chat_id,at,event", "1,2026-03-02T09:00:00Z,requested", "2,2026-03-02T09:00:00Z,accepted"]
    (tmp_path / "x.csv").write_text("\n".join(rows))
    (tmp_path / "x.toml").write_text('[events.columns]\nchat_id = "chat_id"\nat = "at"\nevent = "event"\n')
    counts = imported(tmp_path / "x.csv", mapping=tmp_path / "x.toml").counts()
    assert counts["no_beginning"] == 1
    assert "orphan_ratings" not in counts


def test_strict_stops_at_the_first(tmp_path: Path):
    """With its place; what is as it should be does not stop it."""
    with pytest.raises(LogError, match=r"zendesk\.json: record 4: bad_ratings: rating 'great'"):
        imported("zendesk.json", strict=True)
    assert (
        len(
            imported(written(tmp_path, "x.json", chat("a"), chat("b", type="offline_msg")), strict=True).chats
        )
        == 1
    )


@pytest.mark.parametrize(
    ("name", "content", "options", "says"),
    [
        ("x.json", "", {}, "x.json: has no record: is it empty, or cut?"),
        ("x.json", "[]", {}, "has no record"),
        ("x.json", '[{"a": 1}]', {}, "whose export is this? It has a; say --from"),
        ("x.json", '{"a": 1', {}, "has no record"),
        ("x.json", "[[[[[[", {}, "has no record"),
        ("x.json", '[{"type": {"a": 1}, "x": []}]', {}, "whose export is this? It has type, x; say --from"),
        ("x.json", json.dumps([chat("a", type={})]), {}, "whose export is this? It has abandon_time"),
        ("x.csv", "interval;offered;aht\n1;2;3\n", {}, "has a row an interval, no chats: that is what `sim volumes` reads"),
        ("x.csv", "chat_id,requested_at\n1,yesterday\n", {}, "1 malformed (x.csv, line 2: must be a time, is 'yesterday')"),
        ("x.csv", "<html>Log in</html>", {}, "x.csv: has no record: it has one line, '<html>Log in</html>'"),
        ("x.json", '[{"id": NaN}]', {}, "record 1: is no JSON, and nothing after it is read: lexical error"),
        ("x.json", '[{"id": 1}, {"id": 2', {}, "It has id"),
        ("x.xlsx", "PK\x03\x04rest", {}, "x.xlsx: is a spreadsheet (.xlsx) or a .zip: save it as CSV"),
        ("x.json", "[{}]", {}, "It has no keys"),
        ("x.json", json.dumps([{"started_timestamp": 1, "ended_timestamp": 2, "id": 3}]), {}, "LiveChat's API 2"),
        ("x.json", json.dumps([chat("a")]), {"platform": "intercom"}, "this looks like Zendesk Chat, not Intercom"),
        ("x.json", json.dumps([chat("a")]), {"platform": "zendesc"}, "did you mean 'zendesk'?"),
        ("x.json", json.dumps([chat("a")]), {"zone": "Mars/Olympus"}, "no time zone is called 'Mars/Olympus'"),
        ("x.json", json.dumps([chat("a", type="offline_msg")]), {}, "no chat is left of 1 records: 1 offline_messages"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_said_in_a_sentence(
    name: str, content: str, options: Any, says: str, tmp_path: Path
):
    """Which file, what it has, and what would help."""
    (tmp_path / name).write_text(content)
    with pytest.raises(LogError) as error:
        imported(tmp_path / name, **options)

    assert says in str(error.value)


def test_columns_of_one_name_and_files_passed_over_are_counted(tmp_path: Path):
    """The first column of a name counts; what a folder has that is no export is named, and does not stop anybody."""
    (tmp_path / "x.csv").write_text("chat_id,requested_at,chat_id\n1,2026-03-02T09:00:00Z,2\n")
    (tmp_path / "more.xlsx").write_bytes(b"PK\x03\x04")

    log = imported(tmp_path, keep_text=True)

    assert log.chats["chat_id"].to_list() == ["1"]
    counted = {(row["name"], row["file"]): row["places"] for row in log.report.iter_rows(named=True)}
    assert counted["duplicate_columns", "x.csv"] == "line 1, column 3: chat_id"
    assert ("unread_files", "more.xlsx") in counted
    with pytest.raises(LogError, match=r"x\.csv: line 1, column 3: duplicate_columns: chat_id"):
        imported(tmp_path, strict=True)


def test_no_agent_lets_go_of_a_chat_before_it_was_asked_for(tmp_path: Path):
    """An impossible end is unknown on the leg, as it is on the chat."""
    said = {
        "type": "chat.msg",
        "timestamp": "2026-03-02T09:00:20Z",
        "sender_type": "Agent",
        "nick": "agent:1",
        "msg": "x",
    }
    early = chat("a", end_timestamp="2026-03-02T08:00:00Z", agent_ids=["1"], missed=False, history=[said])

    log = imported(written(tmp_path, "x.json", early))

    assert log.chats["ended_at"].to_list() == log.legs["released_at"].to_list() == [None]


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A gzip that unpacks to far more than itself, and a record that is larger than any chat."""
    monkeypatch.setattr("sim.importers.unpacking.FREE_BYTES", 1 << 16)
    monkeypatch.setattr("sim.importers.unpacking.RECORD_BYTES", 1 << 20)
    (tmp_path / "alone.json").write_bytes(gzip.compress(b"[" + b" " * (2 << 20)))
    with pytest.raises(LogError, match="has no record: end of file: unpacks to more than 300 times"):
        imported(tmp_path / "alone.json")
    good = json.dumps(chat("a"))
    (tmp_path / "bomb.json").write_bytes(gzip.compress(f"[{good}, ".encode() + b" " * (2 << 20)))
    (tmp_path / "huge.json").write_text(f'[{good}, {{"x": "{"y" * (5 << 18)}"}}]')

    (tmp_path / "deep.json").write_text(f"[{good}, {'[' * 100_000}")
    whys = {
        "bomb.json": "unpacks to more than 300 times",
        "huge.json": "larger than",
        "deep.json": "nested deeper",
    }

    for name, why in whys.items():
        log = imported(tmp_path / name)
        (row,) = log.report.filter(log.report["name"] == "malformed").to_dicts()
        assert why in row["places"]
        assert outcomes(log) == {"a": "abandoned"}


def test_the_commands_speak(tmp_path: Path):
    """Import, measure, as JSON; and what is no log."""
    out = tmp_path / "centre.log"
    made = command("import", EXPORTS / "zendesk.json", "-o", out)
    again = command("import", EXPORTS / "zendesk.json", "-o", out)
    shown = command("kpis", out, "--by", "queue", "--by", "agent", "--by", "weekday")
    data = json.loads(command("kpis", out, "--json", "--threshold", "20").stdout)
    wrong = [
        command("kpis", tmp_path / "none.log"),
        command("kpis", out, "--by", "agnt"),
        command("import", tmp_path / "x", "-o", out),
        command("kpis", "asa_s", "--by", "day"),
        command("kpis", "--out", tmp_path / "figures"),
    ]

    assert made.returncode == shown.returncode == 0, made.stderr + shown.stderr
    assert "1 offline message" in made.stdout
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert "By queue" in shown.stdout
    assert "Monday" in shown.stdout
    assert data["kpis"]["asa_s"]["value"] == 30
    assert data["by_queue"]["Orders"]["offered"]["value"] == 3
    assert data["null_because"]["occupancy"] == "no log of agents' status was exported"
    assert [each.returncode for each in wrong] == [2] * 5
    assert "did you mean 'agent'" in wrong[1].stderr
    assert "--by is for a log" in wrong[3].stderr
    assert "--out is for a log" in wrong[4].stderr
