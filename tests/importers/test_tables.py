"""Tables of one's own: columns by their names, by a mapping, a row an event; and a simulated log again."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import sim
from sim.errors import LogError
from tests.importers.reading import figures, imported, outcomes

GERMAN = """Ticket;Datum;Uhrzeit;Wartezeit;Dauer;Kanal;Ergebnis;Agent;Note
1;02.03.2026;10:00:00;0:20;300;Chat;Fertig;a;5
2;02.03.2026;10:05:00;1:30;k. A.;Chat;Verloren;;k. A.
3;02.03.2026;10:06:00;0:10;60;Mail;Fertig;a;4
4;02.03.2026;10:07;0:10;60;Chat;Fertig;a;4
5;02.03.2026;10:08:00;0:40;120,5;Chat;Fertig;b;1
"""
MAPPING = """zone = "Europe/Berlin"
[chats]
delimiter = ";"
time_format = "%d.%m.%Y %H:%M:%S"
decimal = ","
nothing = ["k. A."]
keep = { Kanal = ["Chat"] }
[chats.columns]
chat_id = "Ticket"
requested_at = ["Datum", "Uhrzeit"]
accepted_at = { after = "requested_at", column = "Wartezeit" }
ended_at = { after = "requested_at", column = "Dauer" }
gone_at = { after = "requested_at", column = "Wartezeit" }
outcome = "Ergebnis"
agent_id = "Agent"
rating = "Note"
[chats.words.outcome]
Fertig = "served"
Verloren = "abandoned"
"""


def test_a_mapping_reads_any_table(tmp_path: Path):
    """Date and time in two columns, local, with durations, a decimal comma, and rows of another channel."""
    (tmp_path / "tickets.csv").write_text(GERMAN, encoding="utf-16")
    (tmp_path / "columns.toml").write_text(MAPPING)
    log = imported(tmp_path / "tickets.csv", mapping=tmp_path / "columns.toml")

    assert outcomes(log) == {"1": "served", "2": "abandoned", "5": "served"}
    assert log.fact("zone") == "Europe/Berlin"
    assert str(log.chats["requested_at"][0]) == "2026-03-02 09:00:00+00:00"
    counts = log.counts()
    assert (counts["filtered"], counts["malformed"]) == (1, 1)
    assert figures(log, ["wait_s", "asa_s", "duration_s", "service_level", "csat", "answered"]) == {
        "wait_s": 50, "asa_s": 30, "duration_s": (280 + 80.5) / 2, "service_level": 0.3333, "csat": 0.5, "answered": 2,
    }  # fmt: skip


def test_rows_that_are_events_make_chats(tmp_path: Path):
    """In any order."""
    rows = [
        "chat_id,at,event,agent_id", "a,2026-03-02T09:05:00Z,ended,", "a,2026-03-02T09:00:00Z,requested,",
        "a,2026-03-02T09:00:20Z,accepted,x", "a,2026-03-02T09:00:01Z,customer_message,", "a,2026-03-02T09:01:00Z,agent_message,x",
        "b,2026-03-02T09:10:00Z,requested,", "b,2026-03-02T09:10:40Z,left,", "b,2026-03-02T09:10:41Z,sneezed,",
    ]  # fmt: skip
    (tmp_path / "events.csv").write_text("\n".join(rows))
    log = imported(tmp_path / "events.csv")

    assert outcomes(log) == {"a": "served", "b": "abandoned"}
    assert log.counts()["unknown_values"] == 1
    assert figures(log, ["wait_s", "frt_s", "response_s", "duration_s", "messages_per_chat"]) == {
        "wait_s": 30, "frt_s": 60, "response_s": 40, "duration_s": 280, "messages_per_chat": 2,
    }  # fmt: skip


def test_a_transfer_ends_the_leg_of_the_agent_who_had_it(tmp_path: Path):
    """Until the transfer, not until the next takes it: nobody has it meanwhile."""
    rows = [
        "chat_id,at,event,agent_id", "a,2026-03-02T09:00:00Z,requested,", "a,2026-03-02T09:00:10Z,accepted,x",
        "a,2026-03-02T09:02:10Z,transfer,x", "a,2026-03-02T09:02:40Z,accepted,y", "a,2026-03-02T09:05:00Z,ended,",
        "b,2026-03-02T09:00:00Z,requested,", "b,2026-03-02T09:00:20Z,accepted,x", "b,2026-03-02T09:10:20Z,ended,",
    ]  # fmt: skip
    (tmp_path / "events.csv").write_text("\n".join(rows))
    log = imported(tmp_path / "events.csv")
    held = log.legs.with_columns(
        (pl.col("released_at") - pl.col("accepted_at")).dt.total_seconds().alias("s")
    )

    assert held.select("chat_id", "agent_id", "s", "result").rows() == [
        ("a", "x", 120, "transferred_out"), ("a", "y", 140, "accepted"), ("b", "x", 600, "accepted"),
    ]  # fmt: skip
    assert log.chats.select("chat_id", "n_agents", "n_transfers").rows() == [("a", 2, 1), ("b", 1, 0)]


SAME = (
    "offered", "served", "abandoned", "silent", "timed_out", "left", "answered", "missed_rate", "service_level", "wait_s",
    "asa_s", "wait_p90_s", "frt_s", "frt_agent_s", "response_s", "messages_per_chat", "turns_per_chat", "duration_s",
    "aht_s", "concurrency", "agent_hours", "occupancy", "slot_utilisation",
)  # fmt: skip


def test_a_simulated_day_comes_back_with_its_figures(tmp_path: Path):
    """Written as CSV, imported and measured: as it was, to the millisecond of its files."""
    shop = sim.load("scenarios/web_shop.toml")
    log = sim.simulate(shop, sim.draw(shop, seed=1, replication=0))
    from sim.log.export import frames, write
    from sim.log.schema import TABLES

    written = [frames([log], 0)]
    for name in TABLES:
        write(name, written, tmp_path, csv=True)
    found = imported(*sorted(tmp_path.glob("*.csv")))
    kpis, again = sim.measure(log, shop), sim.measure_log(found, threshold_s=shop.targets.threshold_s)

    assert found.fact("platform") == "csv"
    for name in SAME:
        assert again[name].value == pytest.approx(kpis[name], abs=2e-3, rel=1e-4), name


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("[chats.columns]\nchat_id = 'a'\n", "chats.columns: needs requested_at"),
        ("[messages.columns]\nchat_id = 'a'\n", "needs [chats.columns]"),
        ("[chats]\ncolumns = 3\n", "chats.columns"),
        ("[chats\n", "is no TOML"),
        ("[chats]\ncolour = 1\n[chats.columns]\nchat_id='a'\nrequested_at='b'\n", "chats.colour"),
        ("[chats.columns]\nchat_id='Nr'\nrequested_at='Start'\n", "is not of the mapping: it has"),
    ],
)
def test_a_mapping_that_is_wrong_is_said_so(mapping: str, says: str, tmp_path: Path):
    """File, place and rule."""
    (tmp_path / "tickets.csv").write_text(GERMAN)
    (tmp_path / "columns.toml").write_text(mapping)
    with pytest.raises(LogError) as error:
        imported(tmp_path / "tickets.csv", mapping=tmp_path / "columns.toml")

    assert says in str(error.value)
