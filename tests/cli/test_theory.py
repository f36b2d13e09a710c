"""`sim theory` as a user meets it: numbers with units, tables, documents, and problems in words."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sim.cli.commands import app
from sim.theory.erlang import erlang_b
from tests.conftest import ROOT

CENTRE = ("--per-hour", "240", "--aht", "180")
CHAT = ("chat", "--per-hour", "240", "--aht", "180,210,240", "--patience", "60")
TURNS = ("--agent", "30", "--customer", "60", "--turns", "5")


def theory(*args: str, width: str = "120") -> Result:
    """Run a command of `sim theory` in this process."""
    return CliRunner().invoke(app, ["theory", *args], env={"COLUMNS": width})


def document(*args: str) -> Any:
    """Document of a command, and of nothing else."""
    result = theory(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_erlang_c_finds_the_agents():
    """R's package: 100 in half an hour, 3 minutes, 80 % in 20 s take 14 agents; 88.8 %, 7.84 s."""
    args = ("erlang-c", "--per-hour", "200", "--aht", "180", "--threshold", "20", "--service-level", "0.8")
    result, found = theory(*args), document(*args)

    assert result.exit_code == 0, result.output
    for text in ("Erlang C", "chats an hour 200", "aht 180 s", "88.8 %", "7.84", "17.4 %"):
        assert text in result.stdout
    assert found["formula"] == "Erlang C"
    assert found["given"] == {
        "chats_per_hour": 200.0,
        "aht_s": 180.0,
        "threshold_s": 20.0,
        "service_level": 0.8,
    }
    assert [row["agents"] for row in found["results"]] == [14]
    assert found["results"][0]["asa_s"] == pytest.approx(7.83594, abs=5e-6)
    asa = found["figures"]["asa_s"]
    assert (asa["value"], asa["unit"]) == (pytest.approx(7.83594, abs=5e-6), "s")


def test_a_range_of_agents_is_a_table():
    """Erlang A for 10, 12, 14 and 16 agents: a row each, heads with units, and the same as data."""
    args = ("erlang-a", *CENTRE, "--patience", "60", "--agents", "10:16:2")
    rows = [
        line.split()
        for line in theory(*args).stdout.splitlines()
        if line.split()[:1] and line.split()[0].isdigit()
    ]
    found = document(*args)

    assert [row[0] for row in rows] == ["10", "12", "14", "16"]
    assert rows[2][1] == "7.4"
    assert [row["abandonment"] for row in found["results"]][2] == pytest.approx(0.0743252, abs=5e-8)
    assert (
        document("erlang-a", *CENTRE, "--patience", "60", "--agents", "10:12")["results"][2]["agents"] == 12
    )


def test_no_table_is_cut_on_a_narrow_terminal():
    """Every figure of a row stands in its line on 40 columns, too."""
    wide, narrow = (
        theory("erlang-a", *CENTRE, "--patience", "60", "--agents", "10:11", width=w) for w in ("120", "40")
    )

    assert wide.stdout.splitlines()[2:] == narrow.stdout.splitlines()[3:]


def test_patience_may_be_any_law():
    """A law in the notation of a scenario; an exponential one is the same as its mean."""
    by_law = document(
        "erlang-a", *CENTRE, "--agents", "14", "--patience", '{ law = "exponential", mean_s = 60 }'
    )
    by_mean = document("erlang-a", *CENTRE, "--agents", "14", "--patience", "60")
    fixed = document("erlang-a", *CENTRE, "--agents", "14", "--patience", '{ law = "fixed", mean_s = 60 }')

    def abandonment(found: Any) -> float:
        return float(found["results"][0]["abandonment"])

    assert abandonment(by_law) == pytest.approx(abandonment(by_mean), rel=1e-9)
    assert abandonment(fixed) < 0.8 * abandonment(by_mean)


def test_overloaded_waits_are_infinite():
    """∞ on a terminal, "inf" as data; what has no denominator is null."""
    args = ("erlang-c", *CENTRE, "--agents", "12")

    assert "∞" in theory(*args).stdout
    assert document(*args)["results"][0]["asa_s"] == "inf"
    assert document(*args)["results"][0]["abandoned_wait_s"] is None


def test_erlang_b_and_a_finite_room():
    """15 agents and ten erlangs lose 3.65 %; a room of 0 is the same; the fewest agents for 1 % are 18."""
    lost = document("erlang-b", "--per-hour", "60", "--aht", "600", "--agents", "15")
    room = document("erlang-a", "--per-hour", "60", "--aht", "600", "--agents", "15", "--room", "0")
    fewest = document("erlang-b", "--per-hour", "60", "--aht", "600", "--blocking", "0.01")

    for found in (lost, room):
        assert found["results"][0]["blocked_rate"] == pytest.approx(0.0364969, abs=5e-8)
    assert fewest["results"][0]["agents"] == 18
    assert "3.6 %" in theory("erlang-b", "--per-hour", "60", "--aht", "600", "--agents", "15").stdout


def test_chat_is_ccmaths():
    """15.44 % leave and 86.78 % of the slots are taken, with five agents; 80 % in 20 s take six."""
    found = document(*CHAT, "--agents", "5", "--threshold", "20")["results"][0]
    fewest = document(*CHAT, "--service-level", "0.85", "--threshold", "20")

    assert found["abandonment"] == pytest.approx(0.154391, abs=5e-7)
    assert found["slot_utilisation"] == pytest.approx(0.867770, abs=5e-7)
    assert fewest["results"][0]["agents"] == 6


@pytest.mark.parametrize(
    ("aht", "agents", "remark"),
    [
        ("180,180", "5", "but for occupancy and concurrency"),
        ("180,210,240", "1:5", "which no routing does"),
        ("180,210,240", "1", None),
        ("180", "5", None),
    ],
)
def test_chat_says_what_is_not_exact(aht: str, agents: str, remark: str | None):
    """One agent's figures are; those of several who slow down are not, or none but those that routing decides."""
    said = document("chat", "--per-hour", "15", "--aht", aht, "--agents", agents).get("remark")
    assert (said is None) if remark is None else remark in said


def test_attention_is_machine_repair():
    """A row for each number of slots: replies in 30, 41.5, 57.8 s and so on."""
    found = document("attention", *TURNS, "--slots", "3")

    assert [row["response_s"] for row in found["results"]] == pytest.approx([30, 41.538462, 57.835052])
    assert "57.8" in theory("attention", *TURNS, "--slots", "3").stdout


def test_concurrency_says_which_is_best():
    """Most slots without a promise of replies; three with one of 48 s."""
    args = ("concurrency", "--agents", "1", "--per-hour", "15", *TURNS, "--patience", "180")

    assert document(*args)["remark"] == (
        "Best service level: 6 slots. Handling times are taken for exponential."
    )
    assert "Best service level with replies in time: 3 slots." in theory(*args, "--max-response", "48").stdout


def test_priorities_and_retrials():
    """A row for each queue, one for each number of agents."""
    queues = document("priorities", "--per-hour", "1800,900", "--aht", "2", "--agents", "2")
    tries = document("retrials", "--per-hour", "300", "--aht", "60", "--agents", "5", "--again", "0.8")

    waits = [row["asa_s"] for row in queues["results"]]
    assert waits == pytest.approx([0.6428571 / 0.5, 0.6428571 / 0.125])
    figures = tries["results"][0]
    blocked = float(erlang_b(5, figures["arrivals_per_hour"] / 60))
    assert figures["arrivals_per_hour"] * (1 - 0.8 * blocked) == pytest.approx(300)
    assert figures["attempts"] == pytest.approx(figures["arrivals_per_hour"] / 300)
    assert figures["lost"] == pytest.approx(0.2 * blocked * figures["attempts"])


@pytest.mark.parametrize(
    ("args", "law"),
    [
        (("erlang-c", *CENTRE), "agents: must be given, or a target, --service-level"),
        (("erlang-b", *CENTRE), "agents: must be given, or a target, --blocking"),
        (("erlang-c", *CENTRE, "--agents", "2.5"), "agents: must be a whole number, or a range such as 5:20, got '2.5'"),
        (("erlang-c", *CENTRE, "--agents", "9:5"), "agents: a range must hold from 1 to 1,000 numbers, got '9:5'"),
        (("erlang-c", *CENTRE, "--agents", "0"), "agents: must be from 1 to 10,000,000, got 0"),
        (("erlang-c", *CENTRE, "--service-level", "1"), "'--service-level': must be a number from 1e-06 to 0.999999"),
        (("erlang-c", "--per-hour", "-1", "--aht", "180", "--agents", "3"), "'--per-hour': must be a number from 1e-06 to 10,000,000, got '-1'"),
        (("erlang-c", "--per-hour", "1", "--aht", "0", "--agents", "3"), "'--aht': must be a number from 1e-06 to 10,000,000, got '0'"),
        (("erlang-a", *CENTRE, "--agents", "9", "--patience", "long"), "--patience: must be seconds, or a law such as"),
        (("erlang-a", *CENTRE, "--agents", "9", "--patience", "{ law = 3 }"), "--patience: "),
        (("erlang-a", *CENTRE, "--agents", "9", "--patience", "{ law"), "--patience: "),
        (("chat", "--per-hour", "1", "--aht", "180,x", "--agents", "9"), "'--aht': must be a number from 1e-06 to 10,000,000, got 'x'"),
        (("attention", *TURNS[:4], "--turns", "0"), "'--turns': must be a number from 1 to 100,000, got '0'"),
    ],
)  # fmt: skip
def test_problems_are_told_in_words(args: tuple[str, ...], law: str):
    """Exit code 2, the law on stderr, nothing on stdout, no traceback."""
    result = theory(*args)

    assert result.exit_code == 2
    assert law in result.stderr
    assert result.stdout == ""


def test_help_imports_nothing_heavy():
    """The commands are there without the compiler, pictures, or any part of SciPy."""
    heavy = ("numba", "matplotlib", "scipy", "polars", "numpy")
    code = f"import sys, sim.cli.commands; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert result.stdout == "[]\n"


def test_what_grows_without_end_is_said_in_a_sentence():
    """Ten erlangs: up to ten agents the line never settles; with patience it does."""
    many = theory("erlang-c", "--per-hour", "120", "--aht", "300", "--agents", "9:11")
    left = theory("erlang-a", "--per-hour", "120", "--aht", "300", "--agents", "9:11", "--patience", "60")
    data = document("priorities", "--per-hour", "60,90", "--aht", "300", "--agents", "8")

    assert (
        "With 9, 10 agents: more comes than can be served, and nobody leaves, so the line grows"
        in many.stdout
    )
    assert "grows" not in left.stdout
    assert data["remark"].startswith("In queue 2: more comes than can be served")
