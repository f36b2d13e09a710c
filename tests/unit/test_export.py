"""Tables as CSV: nothing in them that a spreadsheet computes, and everything as it was when we read them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.log.export import frames, write, write_csv
from sim.log.schema import TABLES
from sim.scenario.table import read_table
from tests.conftest import ROOT
from tests.worlds import by_work, group, queue, run, world

EVIL = [
    '=HYPERLINK("http://x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "'=1",
    "''@",
    "Tier 1",
    "'s",
    "-3.5",
    "+10 %",
    "",
]


def test_text_is_defused_and_numbers_stay_numbers(tmp_path: Path):
    """In cells and in the header; a text that is a number is one."""
    table = pl.DataFrame({
        "=name": EVIL, "n": range(-6, 7), "x": [-0.5] * 13, "at": [dt.datetime(2026, 3, 2, 8)] * 13,
        "kind": pl.Series(["-a", *["b"] * 12], dtype=pl.Enum(["-a", "b"])),
    })  # fmt: skip
    write_csv(table, tmp_path / "t.csv")
    text = (tmp_path / "t.csv").read_text()
    raw = pl.read_csv(tmp_path / "t.csv")

    assert raw["'=name"].fill_null("").to_list() == [f"'{name}" for name in EVIL[:8]] + EVIL[8:]
    assert raw["n"].to_list() == list(range(-6, 7))
    assert raw["x"].dtype == pl.Float64
    assert raw["kind"][0] == "'-a"
    assert "2026-03-02T08:00:00.000" in text
    assert table["=name"].to_list() == EVIL


@given(
    names=st.lists(st.text(st.sampled_from("'=+-@1.ax,;\"")).filter(lambda text: text.strip()), min_size=1)
)
def test_our_own_reader_takes_the_apostrophes_off_again(tmp_path_factory, names: list[str]):
    """Whatever the names."""
    file = tmp_path_factory.getbasetemp() / "names.csv"
    write_csv(pl.DataFrame({"name": names, "n": [1] * len(names)}), file)

    assert [row.cells[0] for row in read_table(file, "names.csv").rows] == names


def test_a_run_writes_its_names_harmless_in_csv_alone(tmp_path: Path):
    """Parquet holds them as they are."""
    log = run(world([queue([0], by_work(10), "=orders")], [group(1, queues=("=orders",))]))
    for name in TABLES:
        write(name, [frames([log], 0)], tmp_path, csv=True)

    assert pl.read_csv(tmp_path / "chats.csv")["queue"].to_list() == ["'=orders"]
    assert pl.read_parquet(tmp_path / "chats.parquet")["queue"].to_list() == ["=orders"]


def test_tables_of_several_runs_are_those_of_each_one_below_the_other():
    """Numbered from the first; identities count within each run."""
    scenario = sim.load(ROOT / "scenarios" / "unresolved.toml")
    logs = [sim.simulate(scenario, sim.draw(scenario, seed=1, replication=k)) for k in range(3)]
    together = frames(logs, 4)
    alone = [frames([log], 4 + k) for k, log in enumerate(logs)]

    for name in TABLES:
        assert together[name].equals(pl.concat([each[name] for each in alone]))
        assert together[name]["replication"].unique(maintain_order=True).to_list() == [4, 5, 6]


def test_all_csv_is_written_in_one_place():
    """Whoever writes a table elsewhere forgets the apostrophes."""
    writing = [
        path.relative_to(ROOT / "sim").as_posix()
        for path in (ROOT / "sim").rglob("*.py")
        if re.search(
            r"\.write_csv\(|csv\.writer|DictWriter", path.read_text().replace("export.write_csv(", "")
        )
    ]

    assert writing == ["log/export.py"]
