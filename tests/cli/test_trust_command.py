"""`sim trust` and `sim run --theory` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sim.cli.commands import app
from sim.report import trust as show
from sim.validation import formulas
from sim.validation import suite as trust_suite
from sim.validation.case import Case
from tests.conftest import SCENARIOS

pytestmark = pytest.mark.slow

FEW = ("P3", "P11", "D1", "D2", "M1 3")


def sim(*args: str, width: str = "80") -> Result:
    return CliRunner().invoke(app, args, env={"COLUMNS": width})


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """A handful of the cases, so that the command takes a second."""
    cases = [case for case in trust_suite.suite() if case.name.startswith(FEW)]
    monkeypatch.setattr(trust_suite, "suite", lambda: cases)
    return cases


def test_the_table_fits_and_names_every_figure(few: list[Case]):
    """80 columns; exact, simulated, interval, z and verdict of every row; sources; exit code 0."""
    result = sim("trust", "--workers", "1")
    lines = result.stdout.splitlines()

    assert result.exit_code == 0, result.output
    assert max(map(len, lines)) <= 80
    told = " ".join(" ".join(lines[:5]).split())
    assert f"{sum(len(case.checks) for case in few)} figures of {len(few)} centres" in told
    assert "all agree." in told
    for case in few:
        assert case.name in result.stdout
        for check in case.checks:
            assert check.heading() in result.stdout
    assert sum(line.rstrip().endswith("✓") for line in lines) == sum(len(case.checks) for case in few)
    assert "CCmath's Erlang Chat example" in " ".join(line.strip() for line in lines)
    assert "Published: on a wider terminal" in result.stdout
    assert "15.44 %" in sim("trust", width="120").stdout


def test_as_data_and_as_a_picture(few: list[Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One document, in which each row says all there is; the same in the folder, with the picture."""
    monkeypatch.setattr(formulas, "REPLICATIONS", 2)
    monkeypatch.setattr(formulas, "LOADS", (1.0,))
    result = sim("trust", "--json", "--seed", "2", "--out", str(tmp_path / "trust"))
    found: Any = json.loads(result.stdout)

    assert result.exit_code == 0, result.output
    assert (found["seed"], found["alpha"], found["failed"]) == (2, 0.01, 0)
    rows = {(row["case"], row["figure"]): row for row in found["rows"]}
    assert len(rows) == sum(len(case.checks) for case in few)
    chat = rows["P11 CCmath Erlang Chat", "abandonment"]
    assert chat["exact"] == pytest.approx(0.155469, abs=5e-7)
    assert chat["published"] == "15.44 %"
    assert "handing them over" in chat["differs_because"]
    assert chat["low"] < chat["simulated"] < chat["high"]
    assert abs(chat["z"]) < 4
    assert rows["D2 messages take turns", "chat 2"]["simulated"] == pytest.approx(240.0)
    assert json.loads((tmp_path / "trust" / "result.json").read_text()) == found
    assert {path.name for path in (tmp_path / "trust").iterdir()} == {
        "result.json",
        "result.html",
        "rows.csv",
        "trust.png",
        "formulas.png",
    }
    assert sim("trust", "--out", str(tmp_path / "trust")).exit_code == 2


def test_a_figure_that_disagrees_is_named(few: list[Case], monkeypatch: pytest.MonkeyPatch):
    """Exit code 99, the figure on stderr and marked in the table."""
    wrong = dict(few[1].known())
    wrong["occupancy"] *= 0.99
    object.__setattr__(few[1], "known", lambda: wrong)
    result = sim("trust")

    assert result.exit_code == 99
    told = [line for line in result.stderr.splitlines() if not line.startswith("Centres: ")]  # slow machines
    assert told == [f"disagrees: {few[1].name}: Occupancy"]
    assert sum(line.rstrip().endswith("✗") for line in result.stdout.splitlines()) == 1
    assert "1 disagrees." in " ".join(" ".join(result.stdout.splitlines()[:5]).split())


def test_interrupted_it_shows_what_is_done(few: list[Case], monkeypatch: pytest.MonkeyPatch):
    """Exit code 130; the centres done are judged."""

    def stop() -> Any:
        raise KeyboardInterrupt

    object.__setattr__(few[2], "known", stop)
    result = sim("trust")

    assert result.exit_code == 130
    assert few[0].name in result.stdout
    assert few[2].name not in result.stdout
    assert f"interrupted after 2 of {len(few)} centres" in result.stderr


def test_picture_shows_every_figure(few: list[Case]):
    """A mark for each row on the left, one for each random one on the right."""
    found = trust_suite.trust(1, few, share=0.05)
    values, scores = show.result(found).plot("trust").axes
    marks = [line for line in values.lines if line.get_marker() in "os^"]

    assert sum(len(line.get_xdata()) for line in marks) == len(found.rows)
    random = [line for line in scores.lines if line.get_marker() == "o"]
    assert len(random[0].get_xdata()) == sum(row.half > 0 for row in found.rows)


# Beside the formula


def scenario(name: str) -> str:
    return str(next(path for path in SCENARIOS if path.stem == name))


def test_a_run_beside_its_formula():
    """Erlang A's figures beside the run's, why they differ, and the same as data."""
    args = ("run", scenario("erlang_a"), "--theory", "-n", "5")
    result = sim(*args)
    document = json.loads(sim(*args, "--json").stdout)
    found = document["formula"]

    assert result.exit_code == 0, result.output
    assert "Beside the formula: Erlang A" in result.stdout
    assert "exact in the long run" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert found["name"] == "Erlang A"
    assert found["is_exact"]
    abandonment = document["theory"]["abandonment"]
    assert abandonment["formula"] == pytest.approx(0.0309122, abs=5e-7)
    assert abandonment["low"] < abandonment["formula"] < abandonment["high"]
    assert abandonment["unit"] == "share"


def test_an_approximation_says_so():
    """The machine-repair agent and the balanced chain: replies are among the figures."""
    args = ("run", scenario("concurrency"), "--theory", "-n", "2")
    found = json.loads(sim(*args, "--json").stdout)

    assert "The formula is an approximation: its handling times are exponential" in sim(*args).stdout
    assert not found["formula"]["is_exact"]
    assert found["theory"]["response_s"]["formula"] > found["theory"]["asa_s"]["formula"]


def test_what_routing_decides_is_not_said_to_be_exact(tmp_path: Path):
    """Chats that don't slow each other down: waits are exact, occupancy and concurrency are not, and are marked."""
    text = Path(scenario("erlang_a")).read_text()
    file = tmp_path / "slots.toml"
    file.write_text(text.replace("concurrency = 1", "concurrency = 2").replace("agents = 50", "agents = 25"))
    result = sim("run", str(file), "--theory", "-n", "2")
    document = json.loads(sim("run", str(file), "--theory", "-n", "2", "--json").stdout)
    found = document["formula"]

    assert " ".join(found["why"].split()).startswith(
        "The formula is exact in the long run, but for occupancy and chats held, mean: its chats are spread evenly over "
        "agents at all times; here they are never moved from one to another."
    )
    assert not found["is_exact"]
    inexact = [name for name, figure in document["theory"].items() if figure["exact"] == "≈"]
    assert sorted(inexact) == ["concurrency", "occupancy"]
    assert result.stdout.count("≈") == 2


def test_no_formula_says_why():
    """A web shop closes at night."""
    args = ("run", scenario("web_shop"), "--theory", "-n", "2")
    found = json.loads(sim(*args, "--json").stdout)["formula"]

    assert "No formula fits this scenario: formulas know no hours" in sim(*args).stdout
    assert found["name"] is None
    assert "formulas know no hours" in found["why"]
    assert "theory" not in json.loads(sim("run", scenario("web_shop"), "--json", "-n", "2").stdout)
