"""The command line as a user meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import polars as pl
import psutil
import pytest

from sim.errors import OutputError
from sim.report.data import read_result
from sim.report.folder import refuse_existing, whole_folder
from sim.report.workbook.write import workbook
from tests.commands import PROGRAM, sim
from tests.conftest import ROOT

SMALL = """
name = "Small"
interval_min = 60
[targets]
service_level = 0.99
max_missed = 0.5
[[queues]]
name = "orders"
arrivals = { per_hour = 12 }
patience = { law = "exponential", mean_s = 60 }
[queues.service]
turns = { law = "geometric", mean = 3 }
agent_s = { law = "exponential", mean_s = 40 }
customer_s = { law = "exponential", mean_s = 40 }
wrap_up_s = { law = "exponential", mean_s = 20 }
[[groups]]
name = "team"
queues = ["orders"]
concurrency = 2
agents = 1
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.mark.slow
def test_in_this_process_the_command_says_what_the_program_says(small: Path, tmp_path: Path):
    """Results, problems, the parser's sentences and help: exit code and both streams are the same."""
    none = str(tmp_path / "none.toml")
    for args in (
        ["run", str(small), "-n", "2", "--check"],
        ["check", none],
        ["run", str(small), "-n", "0"],
        [],
    ):
        program = subprocess.run(
            [*PROGRAM, *args], capture_output=True, text=True, check=False, cwd=ROOT,
            env=os.environ | {"COLUMNS": "70"},
        )  # fmt: skip
        here = sim(*args, COLUMNS="70")
        assert (here.returncode, here.stdout, here.stderr) == (
            program.returncode, program.stdout, program.stderr,
        )  # fmt: skip


def test_run_prints_targets_and_figures(small: Path):
    """Targets first, with their verdicts; then figures with intervals; the seed to repeat it."""
    result = sim("run", small, "-n", "3", "--seed", "5", "--by", "queue", "--by", "interval")

    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    for text in (
        "seed 5",
        "Targets",
        "✗",
        "✓",
        "Service level in 30 s",
        "95 % interval",
        "By queue",
        "By interval",
        "23:00",
    ):
        assert text in result.stdout
    assert (
        result.stdout.index("Targets") < result.stdout.index("Key figures") < result.stdout.index("By queue")
    )


def test_json_is_one_document_and_the_same_bytes_twice(small: Path):
    """As the contract says, and nothing else on stdout."""
    first, again = (sim("run", small, "--seed", "7", "-n", "3", "--json") for _ in range(2))
    document = json.loads(first.stdout)

    assert first.stdout == again.stdout
    assert (document["scenario"], document["seed"], document["replications"]) == ("Small", 7, 3)
    assert set(document["kpis"]["asa_s"]) >= {"value", "low", "high", "unit", "better"}
    asa = document["by_queue"]["orders"]["asa_s"]
    assert asa == {name: document["kpis"]["asa_s"][name] for name in asa}
    assert sum(row["offered"] for row in document["by_interval"]) == pytest.approx(
        document["kpis"]["offered"]["value"]
    )
    assert document["by_interval"][8]["start_s"] == 28_800


def test_check_exits_with_99_when_a_target_is_missed(small: Path):
    """The service level of 99 % is missed; without it all is well."""
    assert sim("run", small, "-n", "2", "--check").returncode == 99
    small.write_text(SMALL.replace("service_level = 0.99", ""))
    assert sim("run", small, "-n", "2", "--check").returncode == 0


def test_out_writes_tables_documents_and_pictures(small: Path, tmp_path: Path):
    """All of them readable, for every replication, agreeing with each other; fewer unless asked for.

    A folder that is there is refused before anything is simulated; with --force other people's files stay.
    """
    out = tmp_path / "out"
    book = tmp_path / "book.xlsx"
    result = sim("run", small, "-n", "2", "--out", out, "--csv", "--svg", "--xlsx", book)
    assert result.returncode == 0, result.stderr
    assert book.read_bytes() == workbook(read_result(out))

    tables, pictures = ("chats", "messages", "legs", "agents"), ("day", "agents", "waits", "gantt")
    for name in tables:
        table = pl.read_parquet(out / f"{name}.parquet")
        assert len(pl.read_csv(out / f"{name}.csv")) == len(table)
    all_files = {"result.json", "result.html", "kpis.csv", "intervals.csv"}
    all_files |= {f"by_{part}.csv" for part in ("queue", "group", "interval", "day")}
    all_files |= {f"{name}.{end}" for name in tables for end in ("parquet", "csv")}
    all_files |= {f"{name}.{end}" for name in pictures for end in ("png", "svg")}
    assert {path.name for path in out.iterdir()} == all_files
    chats = pl.read_parquet(out / "chats.parquet")
    document = json.loads((out / "result.json").read_text())
    assert len(chats) / 2 == document["kpis"]["offered"]["value"]
    assert sorted(chats["replication"].unique()) == [0, 1]
    messages = pl.read_parquet(out / "messages.parquet")
    assert len(messages) == 2 * chats["turns"].sum()

    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "mine.txt").write_text("mine")
    refused = sim("run", small, "-n", "2", "--out", plain)
    assert (refused.returncode, "--force" in refused.stderr) == (2, True)
    assert [path.name for path in plain.iterdir()] == ["mine.txt"]
    refused = sim("run", small, "-n", "2", "--xlsx", book)
    assert (refused.returncode, refused.stderr) == (2, f"{book}: exists; add --force to replace it\n")
    forced = sim("run", small, "-n", "2", "--out", plain, "--force")
    assert forced.returncode == 0, forced.stderr
    assert (plain / "mine.txt").read_text() == "mine"
    (plain / "mine.txt").unlink()
    left_out = {"messages.csv", *(f"{name}.svg" for name in pictures)}
    assert {path.name for path in plain.iterdir()} == all_files - left_out
    for path in plain.iterdir():
        assert path.read_bytes() == (out / path.name).read_bytes(), path.name
    assert not list(tmp_path.glob(".out*"))


def test_problems_go_to_stderr_with_exit_code_2_and_no_traceback(tmp_path: Path):
    """Every problem at once, with its place."""
    bad = tmp_path / "bad.toml"
    bad.write_text(SMALL.replace("agents = 1", "agnets = 1").replace("mean_s = 60", "mean_s = -60"))
    for command in ("check", "run"):
        result = sim(command, bad)
        assert result.returncode == 2
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        assert f"{bad}:20:1: groups.0.agnets: unknown key; did you mean 'agents'?" in result.stderr
        assert "queues.0.patience.mean_s: must be above 0, got -60" in result.stderr
    assert sim("check", tmp_path / "none.toml").returncode == 2
    assert sim("run", bad, "--by", "hour").returncode == 2
    assert sim("run", bad, "-n", "0").returncode == 2


def test_a_demand_beyond_memory_is_refused(small: Path):
    """With the figure, at once."""
    small.write_text(
        SMALL.replace("per_hour = 12", "per_hour = 1e7").replace("interval_min", "days = 1000\ninterval_min")
    )
    result = sim("run", small)

    assert result.returncode == 2
    assert "240,000,000,000 chats, which need about" in result.stderr


def test_what_is_kept_of_many_replications_counts_as_well(small: Path, tmp_path: Path):
    """A million replications of a small day, with and without logs; a million agents for years."""
    for more in ([], ["--out", tmp_path / "out"]):
        result = sim("run", small, "-n", "100000000", *more)
        assert result.returncode == 2
        assert "each of 100,000,000 replications expects 288 chats, which need about" in result.stderr
    duty = 'shifts = [{ agents = 1000000, start = "08:00", end = "16:00" }]'
    small.write_text("days = 3000\n" + SMALL.replace("agents = 1\n", f"{duty}\n"))
    result = sim("run", small, "-n", "1")
    assert result.returncode == 2
    assert "with 1,000,000 agents and 3,000 days" in result.stderr


@pytest.mark.slow
def test_a_reader_who_leaves_early_loses_nothing(small: Path, tmp_path: Path):
    """Results are written, the exit code is that of the targets, and nothing is said."""
    out = tmp_path / "out"
    for more, said in ((["--out", str(out)], [f"written to {out}"]), (["--json"], [])):
        args = ["run", str(small), "-n", "2", "--check", *more]
        reader, writer = os.pipe()
        os.close(reader)
        with subprocess.Popen(
            [*PROGRAM, *args], stdout=writer, stderr=subprocess.PIPE, text=True, cwd=ROOT
        ) as process:
            os.close(writer)
            _, stderr = process.communicate(timeout=120)
        assert process.returncode == 99
        assert [line for line in stderr.splitlines() if "Files: " not in line] == said
    assert (out / "result.json").exists()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("words", [["run", "SMALL", "-n", "1"], ["--help"]])
def test_a_full_disk_under_stdout_is_told(small: Path, words: list[str], buffered: str):
    """In words, with exit code 2, whoever prints: a command, or the parser; with a buffer and without."""
    args = [str(small) if word == "SMALL" else word for word in words]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [*PROGRAM, *args], env={**os.environ, "PYTHONUNBUFFERED": buffered},
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
    assert result.returncode == 2
    assert result.stderr == "standard output: can't be written to: No space left on device\n"


def test_places_that_cannot_be_written_to_are_refused_before_anything_is_simulated(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Below a file; a read-only directory (for root none is, so access is asked of a stand-in)."""
    (tmp_path / "afile").write_text("")
    result = sim("run", small, "-n", "1", "--out", tmp_path / "afile" / "sub")
    assert result.returncode == 2
    assert result.stderr.endswith(f"can't be made, for {tmp_path / 'afile'} is a file\n")

    result = sim("run", small, "-n", "1", "--xlsx", tmp_path / "book.csv")
    assert result.returncode == 2
    assert result.stderr.endswith("a workbook's name must end in .xlsx\n")

    (tmp_path / "locked").mkdir()
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "locked")
    for name in ("locked", "locked/new"):
        with pytest.raises(OutputError, match="locked is read-only"):
            refuse_existing(tmp_path / name, force=False)
    refuse_existing(tmp_path / "open", force=False)


def test_a_directory_in_place_of_a_file_is_not_replaced(tmp_path: Path):
    """And neither is any other file."""
    out = tmp_path / "out"
    (out / "b.csv").mkdir(parents=True)
    (out / "a.csv").write_text("old")

    def write() -> None:
        with whole_folder(out, force=True) as folder:
            (folder / "a.csv").write_text("new")
            (folder / "b.csv").write_text("new")

    with pytest.raises(OutputError, match="is a directory"):
        write()

    assert (out / "a.csv").read_text() == "old"
    assert sorted(path.name for path in out.iterdir()) == ["a.csv", "b.csv"]


def test_a_target_that_cannot_be_measured_is_a_warning(small: Path):
    """By work there are no messages; the exit code stays 0."""
    service = SMALL[SMALL.index("[queues.service]") : SMALL.index("[[groups]]")]
    work = 'service = { work_s = { law = "fixed", mean_s = 60 } }\n'
    text = SMALL.replace(service, work).replace("service_level = 0.99", "max_response_s = 60")
    small.write_text(text)
    result = sim("run", small, "-n", "2", "--check")

    assert result.returncode == 0
    assert result.stderr == "warning: max_response_s can't be measured: no queue is served by turns\n"


def test_nothing_offered_is_said(small: Path):
    """Chats offered are shown even if there are none."""
    small.write_text(SMALL.replace("per_hour = 12", "per_hour = 0"))
    assert re.search(r"Chats offered +0.00", sim("run", small, "-n", "2").stdout)


@cache
def told_within(columns: int) -> str:
    """Three days of two languages on a terminal that is so wide."""
    file = ROOT / "scenarios" / "two_languages.toml"
    return sim("run", file, "-n", "3", "--by", "INTERVAL", "--by", "queue", COLUMNS=str(columns)).stdout


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120])
def test_no_number_and_no_name_is_cut_on_a_narrow_terminal(columns: int):
    """Columns go, or tables are split, but what is shown is whole; names are no markup."""
    told = [told_within(width) for width in (columns, 500)]
    notes = re.compile(
        r"^  (\*:|≥:|All alike:|In brackets:|3 replications are few).*?(?=^\S)", re.DOTALL | re.MULTILINE
    )
    assert all("3 replications are few" in text for text in told)
    sentences = [" ".join(text[: text.index("Targets")].split()) for text in told]
    rows = [notes.sub("", text[text.index("Targets") :]).splitlines() for text in told]

    assert sentences[0] == sentences[1]
    narrow, wide = ([re.split(r"  +", row.strip()) for row in lines] for lines in rows)
    words = {word for row in wide for word in row}
    shown = {word for row in narrow for word in row}
    assert {word for word in shown - words if "wider" not in word and "continued" not in word} <= {
        word for word in shown if set(word) == {"─"}
    }  # fmt: skip
    if columns >= 60:
        assert max(len(row) for row in rows[0] if not row.startswith("Next: ")) <= columns
    for row in wide:
        assert columns < 60 or row[0] in shown or set(row[0]) == {"─"}


@pytest.mark.slow
def test_names_are_text_and_no_markup(small: Path, tmp_path: Path):
    """Brackets, colons and other scripts, on the terminal and in pictures."""
    small.write_text(SMALL.replace('"orders"', '"[vip]"').replace('"team"', '"[/b] :smile: 客服"'))
    result = sim("run", small, "-n", "2", "--by", "queue", "--by", "group", "--out", tmp_path / "out")

    assert result.returncode == 0
    assert result.stderr.splitlines()[-1] == f"written to {tmp_path / 'out'}"
    assert "[vip]" in result.stdout
    assert "[/b] :smile: 客服" in result.stdout


def test_interrupted_while_it_is_loading_it_leaves_without_a_traceback():
    """Ctrl-C during the imports."""
    code = """
import sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from sim.cli import main
main()
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert (result.returncode, result.stderr) == (130, "")


def test_after_the_start_garbage_is_looked_for_again():
    """Only while modules are imported it is not."""
    code = """
import atexit, gc, sys
from sim.cli import main
atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 10_000))
sys.argv = ["sim", "check", "scenarios/web_shop.toml"]
main()
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert result.stdout.endswith("True True\n"), result.stderr


def test_help_names_what_is_asked_for():
    """No Python types."""
    text = sim("run", "--help").stdout

    assert "SCENARIO" in text
    assert "list[str]" not in text


def test_check_says_what_a_good_file_holds(scenario_file: Path):
    """Every scenario that is shipped."""
    result = sim("check", scenario_file)

    assert result.returncode == 0, result.stderr
    assert "fine" in result.stdout
    assert "(s)" not in result.stdout
    assert "1 days" not in result.stdout


def test_new_writes_a_scenario_that_is_fine_and_overwrites_nothing(tmp_path: Path):
    """The starter passes its own check."""
    file = tmp_path / "mine.toml"

    assert sim("new", file).returncode == 0
    assert sim("check", file).returncode == 0
    assert sim("new", file).returncode == 2
    assert sim("new", file, "--force").returncode == 0
    assert sim("new", tmp_path / "no" / "mine.toml").returncode == 2


def test_schema_is_json():
    """An editor can read it."""
    document = json.loads(sim("schema").stdout)

    assert "queues" in document["properties"]
    assert document["title"] == "A live-chat centre"


@pytest.mark.parametrize(
    ("commands", "heavy"),
    [
        (
            [["--help"], ["run", "--help"], ["check", "scenarios/web_shop.toml"]],
            ["numba", "matplotlib", "scipy.special", "simpy", "polars", "numpy.ma", "sim.theory.applies"],
        ),
        (
            [
                ["run", "scenarios/web_shop.toml", "-n", "3", *more] for more in ([], ["--json"])
            ],  # compiles nothing
            ["numba.np.random.distributions", "scipy.linalg", "matplotlib", "simpy", "polars"],
        ),
    ],
)
def test_commands_answer_at_once(commands: list[list[str]], heavy: list[str]):
    """None imports what is heavy and not needed."""
    code = f"""
import sys
from typer.testing import CliRunner
from sim.cli.commands import app
for args in {commands}:
    assert CliRunner().invoke(app, args).exit_code == 0, args
print([name for name in {heavy} if name in sys.modules])
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert result.stdout == "[]\n", result.stderr


@pytest.mark.slow
def test_interrupted_it_keeps_what_is_done_and_leaves_no_half_written_file(small: Path, tmp_path: Path):
    """Ctrl-C after some replications: their figures, all files whole, exit code 130.

    Three seconds of the processor are enough to be in the middle of it, however busy the machine is.
    """
    out = tmp_path / "out"
    command = [*PROGRAM, "run", str(small), "-n", "20000", "--json", "--out", str(out)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        spent = psutil.Process(process.pid).cpu_times
        while process.poll() is None and sum(spent()[:2]) < 3:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)

    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    if stdout:
        n = json.loads(stdout)["replications"]
        assert f"interrupted after {n} of 20000 replications" in stderr
        assert json.loads((out / "result.json").read_text())["replications"] == n
    assert not list(tmp_path.glob(".out*"))


def test_interrupted_while_it_writes_it_ends_soon_and_leaves_nothing(small: Path, tmp_path: Path):
    """Ctrl-C between tables and pictures, which are written at the same time: exit code 130, no file."""
    out = tmp_path / "out"
    command = [*PROGRAM, "run", str(small), "-n", "50", "--out", str(out), "--csv", "--svg"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT) as process:
        while not list(tmp_path.glob(".out-*/out/chats.parquet")) and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=20)

    assert process.returncode == 130
    assert stderr.endswith(b"interrupted\n")
    assert b"Traceback" not in stderr
    assert [path.name for path in tmp_path.iterdir()] == [small.name]


def test_a_precision_runs_on_until_it_is_sure(small: Path):
    """More replications than the first stage, with every target's figure sure to five points; any workers alike."""
    small.write_text(SMALL.replace("interval_min", "days = 1\ninterval_min"))
    one, two = (
        sim("run", small, "-n", "3", "--precision", "0.02", "--workers", n, "--json") for n in ("1", "2")
    )
    document = json.loads(one.stdout)

    assert one.stdout == two.stdout
    assert document["engine"] == "kernel"
    assert document["replications"] > 3
    for target in document["targets"]:
        assert (target["high"] - target["low"]) / 2 < 0.02


def test_the_web_shop_shows_satisfaction_and_calls_it_an_assumption():
    """CSAT and NPS with an interval, also of a single run, whose sample is its surveys."""
    many = sim("run", "scenarios/web_shop.toml", "-n", "3")
    one = json.loads(sim("run", "scenarios/web_shop.toml", "-n", "1", "--json").stdout)["kpis"]

    assert "Satisfaction (assumed)" in many.stdout
    assert re.search(r"CSAT +\d\d\.\d %", many.stdout)
    assert re.search(r"NPS +-?\d+\.\d+ +points", many.stdout)
    assert one["nps"]["low"] < one["nps"]["value"] < one["nps"]["high"]
    assert one["surveys"]["value"] > 0
    assert one["asa_s"]["low"] is None


def test_planned_shrinkage_is_multiplied_out_and_changes_no_staffing(tmp_path: Path):
    """Two causes of a tenth and a fifth: 24 agents' hours on duty are 24 / (0.9 × 0.8) paid hours."""
    path = tmp_path / "shrunk.toml"
    path.write_text(SMALL + "shrinkage = { holidays = 0.1, training = 0.2 }\n")
    plain = tmp_path / "plain.toml"
    plain.write_text(SMALL)
    figures, before = (json.loads(sim("run", p, "-n", "2", "--json").stdout)["kpis"] for p in (path, plain))
    table = sim("run", path, "-n", "2").stdout

    assert figures["paid_hours"]["value"] == pytest.approx(24 / (0.9 * 0.8))
    assert figures["shrinkage"]["value"] == pytest.approx(0.28)
    assert figures["agent_hours"] == before["agent_hours"]
    assert re.search(r"after training +20\.0 +24\.0", table)
