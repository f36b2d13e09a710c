"""`sim compare` and `sim sweep` as a user meets them: what they print, where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from sim.cli.commands import app

pytestmark = pytest.mark.slow

SHOP = """
name = "Shop [a]"
[targets]
service_level = 0.8
max_missed = 0.2
[hours]
open = 09:00:00
close = 12:00:00
[[queues]]
name = "orders"
arrivals = { per_hour = 12 }
patience = { law = "exponential", mean_s = 60 }
[queues.service]
turns = { law = "geometric", mean = 3 }
agent_s = { law = "exponential", mean_s = 40 }
customer_s = { law = "exponential", mean_s = 40 }
[[groups]]
name = "team"
queues = ["orders"]
concurrency = 2
shifts = [{ agents = 2, start = 09:00:00, end = 12:00:00 }]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.toml"
    path.write_text(SHOP)
    return path


@pytest.fixture
def bigger(tmp_path: Path) -> Path:
    path = tmp_path / "bigger.toml"
    path.write_text(SHOP.replace("agents = 2", "agents = 4"))
    return path


def sim(*args: str | Path) -> Result:
    """Run a command as a user does, within this process."""
    return CliRunner(env={"COLUMNS": "140"}).invoke(app, list(map(str, args)))


def test_compare_prints_verdicts_and_where_the_files_differ(shop: Path, bigger: Path):
    """Letters tell files of one name apart."""
    result = sim("compare", shop, bigger, "-n", "10")

    assert result.exit_code == 0, result.output
    for words in (f"A  Shop [a] ({shop}) (baseline)", "groups.0.shifts.0.agents", "B against A", "seed 1"):
        assert words in result.stdout, words


def test_compare_json_is_one_document_and_the_same_bytes_twice(shop: Path, bigger: Path):
    """Also on other numbers of workers."""
    first, again = (sim("compare", shop, bigger, "-n", "6", "--json", "--workers", n) for n in ("1", "2"))
    document = json.loads(first.stdout)

    assert first.stdout == again.stdout
    assert document["replications"] == 6
    (changed,) = document["changed"]
    assert (changed["path"], changed["baseline"], changed["value"]) == ("groups.0.shifts.0.agents", 2, 4)
    (hours,) = (row for row in document["differences"] if row["kpi"] == "paid_hours")
    assert hours["difference"]["value"] == 6.0


def test_compare_writes_document_table_and_picture(shop: Path, bigger: Path, tmp_path: Path):
    """All or nothing; a folder that holds something is refused before anything is simulated."""
    out = tmp_path / "out"
    result = sim("compare", shop, bigger, "-n", "5", "--out", out)

    assert result.exit_code == 0, result.output
    assert {path.name for path in out.iterdir()} == {
        "result.json", "result.html", "changed.csv", "differences.csv", "plans.csv", "differences.png",
    }  # fmt: skip
    assert "Service level" in pl.read_csv(out / "differences.csv")["Figure"]
    again = sim("compare", shop, bigger, "--out", out, "-n", "1000000")
    assert again.exit_code == 2
    assert "add --force" in again.stderr


def test_compare_tells_the_problems_of_all_files(shop: Path, tmp_path: Path):
    """Each with its file; one file alone is no comparison."""
    bad = tmp_path / "bad.toml"
    bad.write_text(SHOP.replace("concurrency = 2", "concurrency = -2"))
    result = sim("compare", shop, bad, tmp_path / "none.toml")

    assert result.exit_code == 2
    assert "bad.toml:20:" in result.stderr
    assert "groups.0.concurrency: must be at least 1, got -2" in result.stderr
    assert "none.toml: can't be read" in result.stderr
    alone = sim("compare", shop)
    assert (alone.exit_code, alone.stdout) == (2, "")
    assert "needs a baseline and one to 25 others, got 1 scenario" in alone.stderr


def test_sweep_prints_a_row_a_point_and_what_it_scaled(shop: Path):
    """The remark and the count of chats are on stderr."""
    result = sim("sweep", shop, "--vary", "groups.0.agents=1:3", "-n", "4")

    assert result.exit_code == 0, result.output
    assert "3 points, each 1 day, 4 replications, seed 1" in result.stdout
    assert "SL ≥ 80" in result.stdout
    assert "note: the shifts of 'team' are scaled: " in result.stderr
    assert "12 replications with" in result.stderr


def test_sweep_json_is_one_document_and_the_same_bytes_twice(shop: Path):
    """Of values of any kind."""
    varies = ("--vary", "groups.0.concurrency=1:2", "--vary", "routing.policy=random,least_loaded")
    first, again = (sim("sweep", shop, *varies, "-n", "3", "--json", "--workers", n) for n in ("1", "2"))
    document = json.loads(first.stdout)

    assert first.stdout == again.stdout
    paths = ("groups.0.concurrency", "routing.policy")
    assert [tuple(point[path] for path in paths) for point in document["points"]] == [
        (1, "random"), (1, "least_loaded"), (2, "random"), (2, "least_loaded"),
    ]  # fmt: skip
    tables = sim(
        "sweep", shop, "--vary", 'queues.0.patience={ law = "fixed", mean_s = 5 },{ law = "fixed", mean_s = 9 }',
        "-n", "2", "--json",
    )  # fmt: skip
    assert len(json.loads(tables.stdout)["points"]) == 2


def test_sweep_writes_document_table_and_pictures(shop: Path, tmp_path: Path):
    """Curves for one variable, a heat map for two."""
    one, two = tmp_path / "one", tmp_path / "two"
    agents, slots = ("--vary", "groups.0.agents=1:3"), ("--vary", "groups.0.concurrency=1:2")
    assert sim("sweep", shop, *agents, "-n", "3", "--out", one).exit_code == 0
    assert sim("sweep", shop, *agents, *slots, "-n", "3", "--out", two).exit_code == 0

    for out, pictures in ((one, ("trade_offs", "staffing")), (two, ("heat", "staffing"))):
        assert {path.name for path in out.iterdir()} - {"worse_from.csv", "one_more_chat.csv"} == {
            "result.json", "result.html", "points.csv", "frontier.csv", *(f"{name}.png" for name in pictures),
        }  # fmt: skip
    assert len(pl.read_csv(two / "points.csv")) == 6


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        (["groups.0.agnts=1:3"], "groups.0 has no 'agnts'; did you mean 'agents'?"),
        (["groups.0.agents=3:1"], "the range is empty"),
        (["groups.0.agents=1:1000000000"], "got 20,000,000,000 (1,000,000,000 points × 20)"),
        (["groups.0.agents=-1,0"], "groups.0.agents: must be at least 0, got -1"),
        (["groups.0.agents=1:2", "groups.0.agents=1:2"], "is varied twice"),
    ],
)
def test_sweep_refuses_in_one_sentence(shop: Path, vary: list[str], words: str):
    """Exit code 2, nothing on stdout, no traceback."""
    result = sim("sweep", shop, *(part for text in vary for part in ("--vary", text)))

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_higher_limit_lets_a_sweep_through(shop: Path):
    """`--max-replications` is what is refused above."""
    vary = ("--vary", "groups.0.agents=1:3", "-n", "2")
    refused = sim("sweep", shop, *vary, "--max-replications", "5")

    assert refused.exit_code == 2
    assert "at most 5 replications in all, got 6" in refused.stderr
    assert sim("sweep", shop, *vary, "--max-runs", "6").exit_code == 0


def test_finished_tasks_are_not_run_again(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With `--resume` the second run takes everything from the file, to the same bytes."""
    resume = ("--resume", tmp_path / "done.sqlite", "-n", "3", "--json")
    for command in (("sweep", shop, "--vary", "groups.0.agents=1:2"), ("compare", shop, shop)):
        first = sim(*command, *resume)
        assert first.exit_code == 0, first.output
        with monkeypatch.context() as nobody:
            nobody.setattr("sim.runs.executor.run", lambda task: pytest.fail("simulated again"))
            assert sim(*command, *resume).stdout == first.stdout


def test_a_note_of_what_is_all_alike_stands_where_something_says_so(shop: Path):
    """A table of points has no interval beside a figure: nothing in it is called all alike."""
    nobody_waits = shop.with_name("calm.toml")
    nobody_waits.write_text(SHOP.replace("per_hour = 12", "per_hour = 1"))
    result = sim("sweep", nobody_waits, "--vary", "groups.0.agents=6:7", "-n", "5")
    assert "all alike" not in result.stdout.lower(), result.stdout
