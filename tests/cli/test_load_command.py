"""`sim load` as a user meets it."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli.load import interrupted_text, lasting, standing, storm_s
from sim.drive.play import Live
from sim.errors import LoadError
from sim.scenario.local_time import LocalTime
from tests.cli.test_commands import sim

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")

SMALL = """
name = "Five minutes"
interval_min = 5
hours = { open = 00:00:00, close = 00:05:00 }

[[queues]]
name = "help"
arrivals = { per_hour = [150, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }
patience = { law = "exponential", mean_s = 120 }
service = { turns = { law = "fixed", mean = 2 }, agent_s = { law = "fixed", mean_s = 15 }, customer_s = { law = "fixed", mean_s = 20 } }

[[groups]]
name = "desk"
queues = ["help"]
agents = 2
concurrency = 2
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(SMALL)
    return file


def test_load_writes_the_delays_of_the_platform_for_the_scenario(small: Path, tmp_path: Path):
    """Put below its file they are part of it; an existing file is not replaced, before anything is driven."""
    delays = tmp_path / "delays.toml"
    done = sim("load", small, "--platform", delays)
    assert (done.returncode, "written to" in done.stderr) == (0, True)
    assert tomllib.loads(delays.read_text())["platform"] == {"accept_s": 0.0, "deliver_s": 0.0}

    small.write_text(f"{small.read_text()}\n{delays.read_text()}".replace("accept_s = 0.0", "accept_s = 9.0"))
    late = sim("load", small)
    assert late.returncode == 99, late.stdout
    assert "the scenario's [platform] has" not in late.stdout  # our own server is not late
    again = sim("load", small, "--platform", delays)
    assert (again.returncode, "exists; add --force" in again.stderr) == (2, True)
    profiled = sim("load", small, "--platform", tmp_path / "other.toml", "--profile", "spike")
    assert (profiled.returncode, "--platform: is for a run without" in profiled.stderr) == (2, True)


def test_load_prints_writes_and_documents(small: Path, tmp_path: Path):
    """On our own server the day is as predicted; the same document on stdout and in the folder."""
    out = tmp_path / "out"
    printed = sim("load", small, "--target", "loopback", "--out", out)

    assert printed.returncode == 0, printed.stderr
    assert "loopback keeps the predicted figures" in printed.stdout
    assert {path.name for path in out.iterdir()} == {
        "result.json", "result.html", "figures.csv", "predicted.csv", "measured.csv", "latencies.csv",
        "platform.csv", "over_time.csv", "day.png",
    }  # fmt: skip
    assert "there is no picture of it" in printed.stdout
    data = json.loads((out / "result.json").read_text())
    assert (data["differs"], data["invariants"], data["target"]) == ([], [], "loopback")
    assert data["predicted"]["asa_s"] == data["measured"]["asa_s"]


def test_what_is_too_much_is_exit_code_99(small: Path):
    """And stands among the targets."""
    printed = sim("load", small, "--fail-if", "help.offered > 1", "--fail-if", "errors > 0")

    assert printed.returncode == 99, printed.stderr
    assert "✗" in printed.stdout
    assert "✓" in printed.stdout


def test_how_long_it_takes_is_said_beforehand(small: Path):
    """On the wall clock: five minutes, and not the rest of the hour in which customers find it closed."""
    begun = time.monotonic()
    printed = sim("load", small, "--speed", "100")

    assert re.fullmatch(r"at speed 100 the day takes about [345] s of real time", printed.stderr.strip())
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    ("days", "wall_s", "told"),
    [
        (1, 89.6, "the day takes about 90 s"),
        (1, 2970, "the day takes about 50 min"),
        (3, 3.0 * 3599, "3 days take about 3 h 0 min"),
    ],
)
def test_a_long_time_is_told_in_minutes_and_hours(days: int, wall_s: float, told: str):
    assert lasting(days, wall_s, 2.5) == f"at speed 2.5 {told} of real time"


def test_the_live_line_has_deliveries_once_there_are_any():
    now = Live(32_400.0, 5, 1, 2, 2, 0, 1, 0.0616)
    assert standing(0, 1, now, LocalTime(dt.date(2026, 3, 2))).endswith("errors 1 · deliver p99 62 ms")
    assert standing(0, 1, replace(now, deliver_p99_s=None), LocalTime(dt.date(2026, 3, 2))).endswith(
        "errors 1"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--target", "http://127.0.0.1"), "needs an adapter before it"),
        (("--target", "supchat+http://192.0.2.1"), "is another machine: load only what you may"),
        (("--target", "supchat+http://me:secret@127.0.0.1"), "must not hold a user name or a password"),
        (("--fail-if", "deliver_p98_ms > 1"), "no figure is called 'deliver_p98_ms'; did you mean"),
        (("--fail-if", "asa_s > 10%"), "asa_s > 10%': asa_s is no share"),
        (("--fail-if", "quick"), "is no limit: write one such as"),
        (("--fail-if", "shop.asa_s > 10"), "no queue or group is called 'shop'"),
        (("--workers", "2"), "loopback is in this process"),
        (("--target", "supcaht+http://127.0.0.1"), "no adapter is called 'supcaht'; did you mean 'supchat'?"),
        (("--abort-on-fail",), "--abort-on-fail: is for a --profile that goes in stages"),
        (("--storm", "9 o'clock"), "is no time of the day: write 09:30"),
        (("--storm", "00:01+01:00"), "has an offset from UTC, and the scenario has no zone"),
    ],
)
def test_load_tells_what_is_wrong(small: Path, words: tuple[str, ...], told: str):
    """In a sentence, before anything is connected, and never with a password."""
    printed = sim("load", small, *words)

    assert (printed.returncode, printed.stdout) == (2, "")
    assert told in printed.stderr
    assert "secret" not in printed.stderr
    assert printed.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "word", "told"),
    [
        ("--profile", "spik", "no profile is called 'spik'; did you mean 'spike'?"),
        ("--mode", "timelin", "no mode is called 'timelin'; did you mean 'timeline'?"),
        ("--export", "curl", "no tool is called 'curl'; there are locust, k6, jsonl"),
    ],
)
def test_a_word_that_an_option_does_not_know_is_told_with_the_nearest(option: str, word: str, told: str):
    printed = sim("load", "none.toml", option, word)
    assert (printed.returncode, printed.stdout) == (2, "")
    assert told in " ".join(printed.stderr.replace("│", " ").split())


def test_a_storm_breaks_when_the_clocks_show_its_time():
    """An hour earlier or later where they change before it; a time that comes twice needs its offset."""
    plain, spring, autumn = (
        LocalTime(dt.date.fromisoformat(date), zone, zone)
        for date, zone in [
            ("2026-03-29", None), ("2026-03-29", "Europe/Berlin"), ("2026-10-25", "Europe/Berlin"),
        ]
    )  # fmt: skip
    assert [storm_s("12:00", each) / 3600 for each in (plain, spring, autumn)] == [12, 11, 13]
    assert [storm_s(f"02:30+0{hours}:00", autumn) / 3600 for hours in (2, 1)] == [2.5, 3.5]
    assert storm_s("2026-10-25T02:30:00+01:00", autumn) == 3.5 * 3600
    with pytest.raises(LoadError, match=r"--storm: 02:30 comes twice .* write 2026-10-25T02:30:00\+02:00"):
        storm_s("02:30", autumn)
    with pytest.raises(LoadError, match="--storm: 02:30 does not exist"):
        storm_s("02:30", spring)


def test_days_of_other_clocks_are_driven(small: Path):
    """On a night when the clocks go back, on our own server, all is as predicted."""
    text = small.read_text().replace(
        "interval_min = 5", 'interval_min = 5\nstart = 2026-10-25\nzone = "Europe/Berlin"'
    )
    small.write_text(text.replace('queues = ["help"]', 'queues = ["help"]\nzone = "Europe/Madrid"'))
    printed = sim("load", small)
    assert (printed.returncode, "keeps the predicted figures" in printed.stdout) == (0, True), printed.stderr


def test_ctrl_c_says_what_is_left():
    assert interrupted_text(["it was interrupted before it was over"], 1, 8).endswith(
        "nothing of it is judged"
    )
    assert "2 of 8 days were whole, and are shown and judged" in interrupted_text([], 2, 8)


def test_a_scenario_that_cannot_be_played_is_refused_by_name(tmp_path: Path):
    """By work there are no messages."""
    file = tmp_path / "work.toml"
    before, _, after = SMALL.partition("service = ")
    work = '{ work_s = { law = "fixed", mean_s = 300 } }'
    file.write_text(f"{before}service = {work}\n{after.partition(chr(10))[2]}")
    for more in ((), ("--export", "jsonl")):
        printed = sim("load", file, *more)
        assert (printed.returncode, printed.stdout) == (2, "")
        assert "queues.0.service: 'help' is served by work" in printed.stderr


def test_a_schedule_is_exported_and_overwrites_nothing(small: Path, tmp_path: Path):
    """As lines of JSON on stdout, and as a file for another tool."""
    lines = sim("load", small, "--export", "jsonl", "--speed", "10").stdout.splitlines()
    head, *steps = map(json.loads, lines)
    assert (head["scenario"], head["speed"]) == ("Five minutes", 10)
    assert {step["does"] for step in steps} <= {"open", "assign", "send", "reply", "leave", "close"}
    assert [step["at_s"] for step in steps] == sorted(step["at_s"] for step in steps)

    file = tmp_path / "locustfile.py"
    assert sim("load", small, "--export", "locust", "-o", file).returncode == 0
    compile(file.read_text(), "locustfile.py", "exec")
    again = sim("load", small, "--export", "locust", "-o", file)
    assert again.returncode == 2
    assert "add --force to replace it" in again.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-o", "x.json"), "-o: is for --export alone"),
        (("--export", "jsonl", "-n", "3"), "so -n would be ignored"),
        (("--export", "k6", "--profile", "ramp", "--json"), "so --profile, --json would be ignored"),
        (("--up-to", "3"), "--up-to and --same-team: are for --profile breakpoint alone"),
        (("--profile", "stages"), "has no [[stress.stages]]"),
        (("--storm", "25:00"), "--storm: '25:00' is no time of the day: write 09:30"),
        (("--storm", "12:00"), "--storm: 12:00 is not within the driven day"),
    ],
)
def test_options_that_would_be_ignored_are_refused(small: Path, words: tuple[str, ...], told: str):
    printed = sim("load", small, *words)
    assert (printed.returncode, printed.stdout) == (2, "")
    assert told in printed.stderr
    assert not Path("x.json").exists()


def test_a_profile_is_driven_and_judged_stage_by_stage(small: Path):
    """Exit code 99 for a limit that is missed in a stage; 0 for the usual ones on our own server."""
    fine = sim("load", small, "--profile", "spike", "--json")
    assert fine.returncode == 0, fine.stderr
    told = json.loads(fine.stdout)
    assert [row["stage"] for row in told["stages"]] == ["before", "spike", "after"]
    assert (told["differs"], told["invariants"], told["broken"]) == ([], [], [])
    broken = sim("load", small, "--profile", "ramp", "--fail-if", "offered > 0")
    assert broken.returncode == 99, broken.stderr
    assert "breaks in stage to" in broken.stdout


def test_a_breakpoint_of_our_own_server_is_not_reached(small: Path):
    printed = sim("load", small, "--profile", "breakpoint", "--up-to", "1.5", "--churn", "2")
    assert printed.returncode == 0, printed.stderr
    assert "Nothing broke up to" in printed.stdout


def test_the_head_of_an_export_counts_those_who_come_in(tmp_path: Path):
    """Who finds the centre closed opens nothing."""
    file = tmp_path / "late.toml"
    file.write_text(SMALL.replace("150, 0, 0", "150, 100, 100"))
    head, *steps = map(json.loads, sim("load", file, "--export", "jsonl").stdout.splitlines())
    assert head["chats"] == len({step["chat"] for step in steps}) < 40
