"""What stands on a terminal of 80 columns, and with `--wide`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.commands import app
from sim.cli.common import stderr
from tests.conftest import ROOT
from tests.terminals import all_on


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


def test_keys_that_differ_go_on_below_themselves():
    """Nothing of `compare` is wider than the terminal, and all letters of the values are there."""
    paths = [str(ROOT / "scenarios" / f"{name}.toml") for name in ("web_shop", "two_languages")]
    narrow, wide = (shown(columns, "compare", *paths, "-n", "1") for columns in (80, 130))
    letters = [
        "".join("".join(lines).split("B against A")[0].split()).replace("─", "") for lines in (narrow, wide)
    ]

    assert max(map(len, narrow)) <= 80
    assert any(
        line.split() == ["0.0,", "0.0,", "0.0,", "0.0…", "0.0,", "0.0,", "0.0,", "0.0…"] for line in narrow
    )
    assert sorted(letters[0]) == sorted(letters[1])


@pytest.mark.parametrize(
    "words",
    [
        "chat --per-hour 240 --aht 180,210,240 --patience 60 --agents 5:6",
        "concurrency --agents 4 --per-hour 60 --agent 30 --customer 60 --turns 5",
    ],
)
def test_sentences_of_formulas_fit(words: str):
    """What was asked breaks between its numbers, not within one."""
    lines = shown(80, "theory", *words.split())

    assert max(map(len, lines)) <= 80
    assert all(line.endswith((" s ·", " 0 ·", " 5 ·", " s")) for line in lines if " · " in line)
    assert "over them at all times, which no routing does." in " ".join(lines)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal of one's own")
def test_remarks_fit_a_terminal_and_stay_whole_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """How a forecast was understood takes two lines of 80 columns, neither of which ends within a word."""
    import termios

    text = f"volumes.csv: 48 rows, semicolons, dates day first, column 'Offered', {'and more, ' * 4}the end"
    mine, its = os.openpty()
    termios.tcsetwinsize(its, (25, 80))
    with os.fdopen(its, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        stderr(text)
    lines = all_on(mine).splitlines()
    monkeypatch.undo()
    stderr(text)

    assert len(lines) == 2
    assert max(map(len, lines)) <= 80
    assert " ".join(map(str.strip, lines)) == text
    assert capsys.readouterr().err == f"{text}\n"
