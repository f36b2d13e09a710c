"""Tables that averages name are read as history is: exports of tools, time zones, channels, spreadsheets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.scenario.averages import Averages
from sim.studies.averages.file import load_averages
from tests.history import exports

PARTS = """[[queues]]
name = "orders"
offered = "volumes.csv"
[[queues]]
name = "billing"
offered = "volumes.csv"
"""


def load(folder: Path, table: str, more: str = "", duty: str | None = None) -> tuple[Averages, list[str]]:
    """Averages whose volumes, and perhaps agents, stand in tables."""
    (folder / "volumes.csv").write_text(table)
    (folder / "duty.csv").write_text(duty or "")
    offered = "" if "[[queues]]" in more else 'offered = "volumes.csv"\n'
    agents = "agents = 50\n" if duty is None else 'agents = "duty.csv"\n'
    file = folder / "averages.toml"
    file.write_text(f"slots = 2\n{offered}{agents}{more}\n[averages]\naht_s = 300\n")
    return load_averages(file)


def refused(folder: Path, table: str, more: str = "", duty: str | None = None) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(folder, table, more, duty)
    return str(caught.value)


def test_an_export_of_genesys_cloud_is_read_with_its_channel_and_time_zone(tmp_path: Path):
    """8:00 UTC is 9:00 in Berlin; skills add up, calls are left out, a row that stands twice counts once."""
    assert 'choose with media = "chat"' in refused(tmp_path, exports.GENESYS)
    found, remarks = load(tmp_path, exports.GENESYS, 'media = "chat"\nzone = "Europe/Berlin"')

    assert found.offered == (*[0] * 36, 32, 0, 28, *[0] * 57)
    assert any("Genesys Cloud" in said for said in remarks)
    assert any("1 row of other media" in said for said in remarks)
    _, remarks = load(tmp_path, exports.GENESYS, 'media = "chat"')
    assert any("times are UTC" in said and 'zone = "Europe/Berlin"' in said for said in remarks)


def test_each_of_several_queues_has_its_rows_and_one_may_be_chosen(tmp_path: Path):
    found, _ = load(tmp_path, exports.CALABRIO, PARTS)

    assert [sum(line.offered) / 4 for line in found.lines] == [22, 3]  # type: ignore[arg-type]
    assert sum(load(tmp_path, exports.CALABRIO, 'queue = "billing"')[0].offered) / 4 == 3  # type: ignore[arg-type]
    told = refused(tmp_path, exports.CALABRIO)
    assert "several queues need tables [[queues]]" in told
    assert 'such as queue = "orders"' in told
    assert "did you mean 'billing'?" in refused(
        tmp_path, exports.CALABRIO, PARTS.replace("billing", "biling")
    )


def test_volumes_of_all_count_for_no_two_queues(tmp_path: Path):
    told = refused(tmp_path, "start,chats\n08:00,1\n09:00,4\n", PARTS)
    found, _ = load(tmp_path, "start,orders,billing\n08:00,1,2\n09:00,4,5\n", PARTS)

    assert (
        "no column that tells queues apart, and would count for several, got 'orders' and 'billing'" in told
    )
    assert [line.offered[8:10] for line in found.lines] == [(1, 4), (2, 5)]  # type: ignore[index]


def test_what_stands_where_may_be_said_by_a_mapping(tmp_path: Path):
    (tmp_path / "mapping.toml").write_text(exports.ELEVEO_MAPPING)
    found, _ = load(tmp_path, exports.ELEVEO, 'mapping = "mapping.toml"\nzone = "Europe/Berlin"')

    assert found.offered[32:35] == (16, 0, 24)  # type: ignore[index]


def test_spreadsheets_with_a_column_for_each_interval_are_read(tmp_path: Path):
    wide = "Date,08:00,08:30\n2026-03-02,4,5\n2026-03-03,4,7\n"
    found, _ = load(tmp_path, wide, duty=wide)

    assert found.offered[16:18] == (8, 12)  # type: ignore[index]
    assert found.agents[16:18] == (4, 6)  # type: ignore[index]


def test_totals_of_days_are_spread_by_a_profile_that_is_called_assumed(tmp_path: Path):
    rows = "".join(f"2026-03-{day:02d},{90 + 20 * (day % 2)}\n" for day in range(1, 29))
    found, remarks = load(tmp_path, f"Date,Chats\n{rows}")

    assert found.chats_a_day == pytest.approx(100)
    assert any("an ASSUMED profile" in said for said in remarks)
    assert "needs a row for each 15, 30 or 60 minutes" in refused(tmp_path, rows, duty=f"Date,Staff\n{rows}")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("start,offered\n08:00,0\n09:00,0\n", "volumes.csv: nobody came: all volumes are 0"),
        (
            "start,offered\n00:07,3\n00:37,4\n",
            "rows must begin on quarters, halves or whole hours, got 00:07",
        ),
        ("start,offered\n08:00,3\n2026-03-02 09:00,4\n", "dates and mere clock times must not be mixed"),
        ("start,offered\n08:00,3\n08:00,4\n", "every day 08:00: 3 contacts at"),
        ("start,a,b\n08:00,3,4\n", "no column has a name such as offered"),
    ],
)
def test_what_is_wrong_with_a_table_is_told(tmp_path: Path, table: str, told: str):
    said = refused(tmp_path, table)

    assert told in said
    assert "averages.aht_s" not in said  # a table with problems has no consequences


def test_spreads_of_days_and_of_intervals_are_told_apart(tmp_path: Path):
    """Ten weeks of days that differ by 20 % and hours that differ by 30 % beyond chance."""
    random = np.random.default_rng(5)
    day = random.gamma(25, 1 / 25, size=(70, 1))
    hour = random.gamma(1 / 0.09, 0.09, size=(70, 12))
    counts = random.poisson(200 * day * hour)
    rows = [
        f"{np.datetime64('2026-03-02') + d} {8 + h:02d}:00,{counts[d, h]}"
        for d in range(70)
        for h in range(12)
    ]
    found, remarks = load(tmp_path, "start,offered\n" + "\n".join(rows) + "\n")

    assert found.busyness_cv == pytest.approx(0.2, abs=0.04)
    assert found.interval_cv == pytest.approx(0.3, abs=0.03)
    assert any("intervals of a day differ by" in said for said in remarks)
