"""A log from tables: the same figures as the log they came from, and nothing made of what nobody knows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sim
from sim.errors import LogError
from sim.kpis.definitions import KPIS
from sim.kpis.loops import By
from sim.log.build import Facts
from sim.log.chatlog import ChatLog
from sim.log.export import frames, write
from sim.log.schema import TABLES, LegEnd
from tests.conftest import ROOT

SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))


def same_figures(one: ChatLog, other: ChatLog) -> list[str]:
    """Names of figures that differ in any cell of any breakdown."""
    first, second = sim.measure(one), sim.measure(other)
    return [
        f"{kpi.name} by {by}"
        for kpi in KPIS
        for by in By
        if by in kpi.form.breakdowns
        and not np.array_equal(first.values(kpi.name, by), second.values(kpi.name, by), equal_nan=True)
    ]


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_what_is_written_gives_the_same_figures_when_it_is_read(file: Path, tmp_path: Path):
    """To the last bit, in every breakdown; the files are shuffled before they are read."""
    keep_the_same_figures(sim.load(file), tmp_path)


def test_so_do_those_of_a_platform_that_takes_its_time(tmp_path: Path):
    """Messages have two times: when they were sent, and when the other side was shown them."""
    scenario = sim.load(ROOT / "scenarios" / "web_shop.toml")
    late = scenario.model_copy(update={"platform": sim.Platform(accept_s=1.7, deliver_s=0.6)})

    keep_the_same_figures(late, tmp_path)


def keep_the_same_figures(scenario: sim.Scenario, tmp_path: Path) -> None:
    log = sim.simulate(scenario, sim.draw(scenario, seed=1, replication=0))
    written = [frames([log], 0)]
    for name in TABLES:
        write(name, written, tmp_path, csv=False)
    tables = {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in TABLES}
    read = ChatLog.of(
        **{name: table.sample(fraction=1.0, shuffle=True, seed=3) for name, table in tables.items()},
        facts=log.centre,
    )

    assert same_figures(log, read) == []
    assert read.chats().equals(log.chats())
    assert read.legs().equals(log.legs())


def chats(**columns: list) -> pl.DataFrame:
    """Three chats of one queue: served, abandoned, and served with another agent."""
    usual = {
        "chat_id": ["a", "b", "c"], "queue": ["q"] * 3, "arrival_s": [0.0, 100.0, 200.0],
        "outcome": ["served", "abandoned", "served"], "ended_s": [300.0, 140.0, 500.0],
    }  # fmt: skip
    return pl.DataFrame(usual | columns)


ACCEPTED = {
    "agent_id": ["Ann", None, "Bob"],
    "accepted_s": [10.0, None, 240.0],
    "released_s": [320.0, None, 500.0],
}


def test_what_nobody_knows_is_no_figure():
    """Of chats alone: what came and what became of it, and nothing else; never a zero."""
    kpis = sim.measure(ChatLog.of(chats()))
    known = {name for name in kpis if kpis[name] is not None}

    assert kpis["offered"] == 3
    assert kpis["abandonment"] == pytest.approx(1 / 3)
    assert known.isdisjoint(
        {"agent_hours", "occupancy", "frt_s", "response_s", "aht_s", "asa_s", "messages_per_chat", "wait_probability",
         "queue_length", "customers", "retries", "balked", "speed", "absence", "paid_hours", "wasted_slots", "csat"}
    )  # fmt: skip


def test_one_unknown_time_leaves_out_that_chat_and_not_the_figure():
    """Bob's acceptance is not recorded: handling times and waits are those of the others."""
    columns = ACCEPTED | {"accepted_s": [10.0, None, None]}
    kpis = sim.measure(ChatLog.of(chats(**columns)))

    assert kpis["asa_s"] == 10
    assert kpis["duration_s"] == 290
    assert kpis["aht_s"] == 310
    assert kpis["service_level"] == 0.5  # of the one accepted and the one who left after 40 s
    assert kpis["served"] == 2


def test_what_tables_do_not_say_of_attention_is_no_figure():
    """Whether a wrap-up takes it stands in no table: without the centre's facts nobody knows."""
    scenario = sim.load(ROOT / "scenarios" / "web_shop.toml")
    log = sim.simulate(scenario, sim.draw(scenario, seed=1, replication=0))
    read = ChatLog.of(log.chats(), log.messages(), log.legs(), log.agents())

    assert sim.measure(read)["focus_aht_s"] is sim.measure(read)["attention"] is None
    assert sim.measure(read)["aht_s"] == sim.measure(log)["aht_s"]


def test_several_messages_in_a_row_are_one_turn_and_all_are_counted():
    """The clock runs from the oldest unanswered message; a bot's word is nobody's."""
    rows = [
        ("a", "customer", 0.0), ("a", "bot", 1.0), ("a", "customer", 5.0), ("a", "agent", 40.0), ("a", "agent", 45.0),
        ("a", "customer", 60.0), ("a", "customer", 70.0), ("a", "agent", 90.0),
        ("c", "agent", 250.0), ("c", "customer", 260.0), ("c", "customer", 150.0),
    ]  # fmt: skip
    messages = pl.DataFrame(rows, schema=["chat_id", "role", "sent_s"], orient="row")
    log = ChatLog.of(chats(**ACCEPTED), messages)
    kpis = sim.measure(log)

    # a: accepted at 10, replies at 40 and 90; c: the agent speaks first, at 250, accepted at 240
    assert kpis["response_s"] == pytest.approx((30 + 30 + 10) / 3)
    assert kpis["frt_s"] == pytest.approx((40 + 50) / 2)
    assert kpis["frt_agent_s"] == pytest.approx((30 + 10) / 2)
    assert kpis["messages_per_chat"] == pytest.approx((7 + 2) / 2)
    assert kpis["focus_aht_s"] is None  # nobody knows when they composed
    assert log.messages().height == 10


def test_a_chat_that_two_agents_held_keeps_both_busy():
    """Ann hands it over; a declined offer in between holds nobody."""
    legs = pl.DataFrame(
        {
            "chat_id": ["a", "a", "a"], "agent_id": ["Ann", "Cy", "Bob"], "accepted_s": [10.0, None, 110.0],
            "ended_s": [100.0, None, 300.0], "released_s": [100.0, None, 320.0],
            "end": ["transferred", "declined", "finished"],
        }
    )  # fmt: skip
    agents = pl.DataFrame(
        {
            "agent_id": ["Ann", "Bob", "Cy"],
            "group": ["one", "two", "two"],
            "on_s": [0.0] * 3,
            "off_s": [1000.0] * 3,
        }
    )
    log = ChatLog.of(chats(), legs=legs, agents=agents)
    kpis = sim.measure(log)

    assert kpis["aht_s"] == 310  # from the first acceptance to the last release
    assert kpis.values("occupancy", "group").tolist() == [90 / 1000, 210 / 2000]
    assert log.legs()["leg"].to_list() == [0, 1, 2]
    assert log.chats()["agent_id"].to_list() == ["Ann", None, None]
    assert log.leg.end.tolist() == [LegEnd.TRANSFERRED, LegEnd.FINISHED, LegEnd.DECLINED]


def test_facts_say_what_tables_do_not():
    """Names in their order, days, intervals."""
    facts = Facts("Bank", dt.date(2026, 1, 5), days=2, interval_min=60, queues=("p", "q"))
    log = ChatLog.of(chats(), facts=facts)

    assert repr(log) == "<ChatLog 'Bank': 2 days, 3 chats, 0 agents>"
    assert sim.measure(log).values("offered", "queue").tolist() == [0, 3]
    assert sim.measure(log).sizes[By.INTERVAL] == 48


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"chats": chats().drop("queue")}, "chats: needs the column 'queue'; has chat_id, arrival_s"),
        ({"chats": chats(outcome=["served", "lost", "served"])}, "chats: outcome: row 2 has 'lost'; there are served,"),
        ({"chats": chats(arrival_s=[0.0, None, 1.0])}, "chats: arrival_s: row 2 has none"),
        ({"chats": chats(arrival_s=["0", "x", "1"])}, "chats: arrival_s: must be numbers, is String"),
        ({"chats": chats(chat_id=["a", "b", "a"])}, "chats: chat_id: 'a' stands twice"),
        (
            {"chats": chats(), "messages": pl.DataFrame({"chat_id": ["z"], "role": ["agent"], "sent_s": [1.0]})},
            "messages: chat_id: no chat is called 'z'",
        ),
        ({"chats": chats(), "facts": Facts(queues=("p",))}, "chats: queue: 'q' is none of p"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_place(tables: dict, message: str):
    """Table, column, row and value."""
    with pytest.raises(LogError) as told:
        ChatLog.of(**tables)

    assert str(told.value).startswith(message)


def test_every_column_of_a_frame_is_in_the_schema_and_says_what_it_is():
    """Of a scenario with everything in it."""
    scenario = sim.load(ROOT / "scenarios" / "unresolved.toml")
    log = sim.simulate(scenario, sim.draw(scenario, seed=1, replication=0))
    for name, columns in TABLES.items():
        known = {column.name: column for column in columns}
        assert set(getattr(log, name)().columns) <= set(known)
        assert all(column.meaning.endswith(".") for column in columns)
        assert all(column.name.endswith("_s") == (column.unit == "s") for column in columns)
