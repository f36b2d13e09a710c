"""`sim kpis`: all figures, one figure, and the nearest to what is none."""

from __future__ import annotations

import json

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sim.cli.commands import app


def sim(*args: str) -> Result:
    return CliRunner().invoke(app, ["kpis", *args], env={"COLUMNS": "120"})


def test_all_figures_are_listed_with_their_definitions():
    """As a table, and as data with unit and source; `--list` says the same, and is not spoken of."""
    table, data = sim(), sim("--json")
    figures = {figure["name"]: figure for figure in json.loads(data.stdout)["figures"]}

    assert table.exit_code == data.exit_code == 0
    assert {"service_level", "wasted_slots", "nps", "customers_missed_rate", "successful"} <= set(figures)
    assert all(figure["definition"] and figure["unit"] and figure["source"] for figure in figures.values())
    assert all(name in table.stdout for name in figures)
    assert "Assumption" in figures["csat"]["source"]
    sources = {name: figure["source"] for name, figure in figures.items()}
    assert "Zendesk" in sources["frt_s"]
    assert "Amazon Connect" in sources["frt_agent_s"]
    assert "https://support.zendesk.com" in sources["response_mean_of_means_s"]
    assert "https:" in sim("frt_s").stdout
    assert "https:" not in table.stdout
    assert sim("--list").stdout == table.stdout
    assert "--list" not in sim("--help").stdout


def test_a_figure_is_explained():
    """Definition, unit, source and breakdowns of those asked for, and of no other."""
    found = sim("asa_s", "overrun_s")
    (data,) = json.loads(sim("asa_s", "--json").stdout)["figures"]

    assert found.exit_code == 0
    for text in (
        "ASA  asa_s, s, lower is better",
        data["definition"],
        "Source: ",
        "By: queue, group, interval",
    ):
        assert text in found.stdout
    assert "Overrun  overrun_s" in found.stdout
    assert "service_level" not in found.stdout
    assert data["by"] == ["overall", "queue", "group", "interval", "day"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("asa", "did you mean 'asa_s'?"),
        ("missd_rate", "did you mean 'missed_rate'?"),
        ("Focus AHT", "did you mean 'focus_aht_s'?"),
        ("first response", "did you mean 'frt_s'?"),
        ("zzz", "`sim kpis` has all of them"),
    ],
)
def test_what_is_no_figure_is_answered_with_the_nearest(name: str, hint: str):
    """By name or by title; it is a problem of the input."""
    found = sim(name)

    assert (found.exit_code, found.stdout) == (2, "")
    assert f"no key figure is called {name!r}; {hint}" in found.stderr
