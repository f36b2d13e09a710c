"""What stands on a terminal of 80 columns, and with `--wide`."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from sim.cli.commands import app
from tests.conftest import ROOT


def shown(columns: int, *words: str) -> list[str]:
    """Lines of stdout on a terminal of so many columns."""
    result = CliRunner().invoke(app, list(words), env={"COLUMNS": str(columns)})

    assert result.exit_code == 0, result.output
    return [line.rstrip() for line in result.stdout.splitlines() if not line.startswith("Next: ")]


@pytest.mark.parametrize("name", ["web_shop", "unresolved"])
def test_the_interval_is_the_last_thing_to_go(name: str):
    """At 80 columns both tables of a run have it, and nothing is wider; a heading stretches no column."""
    lines = shown(80, "run", str(ROOT / "scenarios" / f"{name}.toml"), "-n", "3")

    assert sum("95 % interval" in line for line in lines) == 2
    assert max(map(len, lines)) <= 80
    assert any("10–90 % of replications: on a wider terminal, or --wide" in line for line in lines)
    assert any(line.strip() == "Satisfaction (assumed)" for line in lines)


def test_a_doubt_is_shown_at_every_width():
    """Where the words of a verdict do not fit, its mark has brackets, and it says so."""
    path = str(ROOT / "scenarios" / "web_shop.toml")
    narrow, wide = (shown(columns, "run", path, "-n", "10") for columns in (80, 120))
    rows = [[line for line in lines if line.lstrip(" (")[:1] in {"✓", "✗"}] for lines in (narrow, wide)]
    doubted = ["not for sure" in row for row in rows[1]]

    assert True in doubted
    for told in rows:
        assert [row.lstrip().startswith("(") for row in told] == doubted
    assert any("In brackets: met or missed, but not for sure." in line for line in narrow)
    assert any("Verdict: on a wider terminal, or --wide" in line for line in narrow)


def test_wide_shows_every_column_and_fills_sentences():
    """On a narrow terminal too."""
    path = str(ROOT / "scenarios" / "web_shop.toml")
    lines = shown(60, "run", path, "-n", "3", "--by", "interval", "--wide")
    swept = shown(60, "sweep", path, "--vary", "groups.0.agents=12,14", "-n", "2", "--wide")

    for told in (lines, swept):
        assert not any("on a wider terminal" in line for line in told)
    assert any("95 % interval" in line and "10–90 % of replications" in line for line in lines)
    assert sum(line.startswith("By interval") for line in lines) == 1
    assert any("attent." in line and "occup." in line for line in swept)
    assert max(len(line) for line in swept if "±: the longer" in line) <= 60
