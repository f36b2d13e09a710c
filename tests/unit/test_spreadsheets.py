"""What a planner opens in a spreadsheet: the words of the tables, rounded, one kind of value a column."""

from __future__ import annotations

import re

import polars as pl

from sim.kpis.definitions import BY_NAME
from sim.kpis.loops import By
from sim.report.data import rounded, spreadsheet
from sim.report.intervals import NUMBERS
from sim.report.intervals import table as intervals
from sim.report.numbers import number
from sim.report.run import ACROSS
from sim.runs.replicate import replicate
from sim.scenario.files import load
from tests.conftest import ROOT


def test_intervals_have_the_usual_figures_and_no_empty_night():
    """Each rounded as on the terminal; all figures where they are asked for."""
    shop = load(ROOT / "scenarios" / "web_shop.toml")
    estimates = replicate(shop, replications=3).estimates
    table = spreadsheet(intervals(shop, estimates))
    whole = spreadsheet(intervals(shop, estimates, everything=True))

    assert table.columns[:5] == ["From", "To", "Chats offered", "Chats offered low", "Chats offered high"]
    assert table["From"][0] == "2026-03-02 08:00"
    assert table["To"][0] == "2026-03-02 08:30"
    assert len(table) == len(whole) < 30
    values = {name for name in table.columns if not re.search(r" (low|high|p10|p90)(,|$)", name)}
    assert len(values) == 2 + len(ACROSS[By.INTERVAL]) + len(NUMBERS)
    assert set(table.columns) < set(whole.columns)
    kinds = dict(table.schema)
    assert [name for name, kind in kinds.items() if kind == pl.String] == ["From", "To"]
    assert all(kind.is_numeric() for name, kind in kinds.items() if name not in {"From", "To"})
    nine = next(k for k, start in enumerate(table["From"]) if start.endswith("09:00"))
    for name in ("service_level", "asa_s"):
        value = estimates.figures(name, By.INTERVAL)[18].value
        unit = "share" if name == "service_level" else "s"
        shown = number(value, unit).removesuffix(" %")
        assert (
            table[f"{BY_NAME[name].title}, {'%' if unit == 'share' else unit}"][nine]
            == rounded(value, unit)
            == float(shown)
        )
