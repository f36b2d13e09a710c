"""The first run answers at once: its first days by the reference engine, while another process compiles."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import sim
from sim import compile_cache, compiled
from sim.cli import first as on_terminal
from sim.cli.commands import app
from sim.runs import first
from sim.runs.tasks import Task, run
from tests.conftest import ROOT
from tests.terminals import all_on
from tests.unit.test_compiled import another_process_compiling, cache  # noqa: F401  a fixture
from tests.worlds import by_turns, queue, world

SHOP = ROOT / "scenarios" / "web_shop.toml"
SMALL = """
[[queues]]
name = "q"
arrivals = { per_hour = 2 }
service = { work_s = { law = "exponential", mean_s = 300 } }
[[groups]]
name = "g"
queues = ["q"]
agents = 1
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A scenario that both engines are soon done with."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def on_a_terminal(cache_: Path, *words: str, before: str = "") -> tuple[int, str]:
    """Exit code and what stands on the terminal of a command with an own, maybe empty, cache."""
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals")
    ours, theirs = pty.openpty()
    code = f"import sys; sys.argv[0] = 'sim'\n{before}\nfrom sim.cli import main; main()"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache_), "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    with subprocess.Popen(
        [sys.executable, "-c", code, *words], env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = all_on(ours)
    return process.returncode, shown


def figures(text: str) -> list[str]:
    """Rows of the table of key figures, without colours."""
    lines = [line.split() for line in text.splitlines() if " … " in line]
    return [" ".join(words) for words in lines]


def test_the_first_run_shows_the_first_days_and_says_so(tmp_path: Path, small: Path):
    """The figures are the kernel's; no cache is there yet, and nobody waits for the compiler."""
    fake = "from sim.runs import first\nfirst.compile_behind = lambda: print('another process compiles')\n"
    fake += "import atexit\natexit.register(lambda: print('with the compiler:', 'numba' in sys.modules))"
    code, shown = on_a_terminal(tmp_path / "cache", "run", str(small), before=fake)

    assert code == 0, shown
    assert "another process compiles" in shown
    assert "Until then, the first 20 days:" in shown
    assert shown.endswith(
        "Only the first 20 days of 200, while the engine is compiled.\n"
        f"All of them, in half a minute: sim run {small}\nwith the compiler: False\n"
    )
    assert not list((tmp_path / "cache").glob("*/*.nbi")), "nothing was compiled"
    kernels = CliRunner().invoke(app, ["run", str(small), "-n", "20"], env={"COLUMNS": "80"})
    assert figures(shown) == figures(kernels.stdout)
    assert len(figures(shown)) > 10


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be done for a first run on a terminal, none of which is done."""
    done: list[str] = []
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(first, "has_to_compile", lambda: True)
    monkeypatch.setattr(first, "compile_behind", lambda: done.append("compile"))
    monkeypatch.setattr(on_terminal, "_stay_plain", lambda: done.append("plain"))
    return done


def first_days(*options: str) -> int | None:
    """What a run of the web shop with these options shows first."""
    command: Any = typer.main.get_command(app)
    context = command.commands["run"].make_context("run", [str(SHOP), *options])
    return on_terminal.first_days(context, sim.load(SHOP))


@pytest.mark.parametrize("options", ["", "--wide"])
def test_a_plain_run_on_a_terminal_shows_the_first_days(asked: list[str], options: str):
    """Another process is started before this one gives up the compiler."""
    assert first_days(*options.split()) == 20
    assert asked == ["compile", "plain"]


OPTIONS = (
    "-n 200", "--seed 1", "--engine kernel", "--engine reference", "--workers 1", "--resume kept",
    "--cluster tcp://h:1", "--precision 0.1", "--by queue", "--all", "--theory", "--controls", "--json", "--check",
    "--out there", "--force",
)  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS)
def test_an_option_that_fixes_or_judges_a_figure_asks_for_the_whole_answer(asked: list[str], options: str):
    """Given as it would be anyway, too."""
    assert first_days(*options.split()) is None
    assert asked == []


def test_without_a_terminal_the_whole_answer_is_waited_for(asked: list[str], monkeypatch: pytest.MonkeyPatch):
    """A script would take the first days for all."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert first_days() is None
    assert asked == []


def test_where_no_process_can_be_started_the_whole_answer_is_waited_for(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
):
    """Nor is the compiler given up."""

    def no_room() -> None:
        raise OSError

    monkeypatch.setattr(first, "compile_behind", no_room)
    assert first_days() is None
    assert asked == []


def test_what_the_reference_engine_takes_long_for_waits_for_the_kernel():
    """A day of fifty agents takes it longer than the compiler takes; of fewer than five replications no
    interval holds.
    """
    assert first.replications(sim.load(ROOT / "scenarios" / "erlang_a.toml")) is None
    assert first.replications(sim.load(ROOT / "scenarios" / "unresolved.toml")) == 5
    assert first.replications(sim.load(SHOP)) == 20


def test_nothing_is_compiled_behind_where_it_can_not_be_kept(
    cache: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
):
    """It would be thrown away."""
    monkeypatch.setattr(first, "IS_COMPILED", True)
    assert first.has_to_compile()
    monkeypatch.setattr(first, "folder", lambda: None)
    assert not first.has_to_compile()


@pytest.mark.skipif(not compiled.IS_COMPILED, reason="nothing is compiled")
def test_a_run_by_the_kernel_leaves_nothing_to_compile(cache: Path):  # noqa: F811
    """One by the reference engine says nothing of it."""
    scenario = world([queue([1.0, 2.0], by_turns(1, 1, 1))])
    run(Task(scenario, 1, range(1), "reference"))
    assert first.has_to_compile()
    run(Task(scenario, 1, range(1)))
    assert not first.has_to_compile()


def test_one_process_compiles_behind_and_outlives_the_command(
    cache: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
):
    """It has a session and a group of its own and nothing to say, and compiles whatever this one may not."""
    started: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setenv(compiled.PLAIN, "1")
    monkeypatch.setattr(first.subprocess, "Popen", lambda words, **how: started.append((words, how)))
    compile_cache.folder()
    first.compile_behind()
    ((words, how),) = started
    assert how["stdin"] == how["stdout"] == how["stderr"] == subprocess.DEVNULL
    assert how.get("start_new_session") or how.get("creationflags")
    assert compiled.PLAIN not in how["env"]
    compile(words[-1], "code", "exec")


def test_no_second_process_is_started_while_one_compiles(
    cache: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
):
    """Whoever runs a command again meanwhile starts nothing."""
    started: list[object] = []
    with another_process_compiling() as other:
        monkeypatch.setattr(first.subprocess, "Popen", lambda *words, **how: started.append(words))
        first.compile_behind()
        other.kill()
    assert started == []


def wait_until_ready(place: Path) -> None:
    """Wait for the process that compiles behind."""
    until = time.monotonic() + 900
    while time.monotonic() < until and not list(place.glob("*/*.ready")):
        time.sleep(1)


@pytest.mark.nightly
@pytest.mark.skipif(not compiled.IS_COMPILED, reason="nothing is compiled")
def test_after_a_minute_the_same_command_shows_all(tmp_path: Path, small: Path):
    """And no scenario that is shipped compiles anything more."""
    place = tmp_path / "cache"
    code, shown = on_a_terminal(place, "run", str(small))
    assert (code, "Only the first 20 days" in shown) == (0, True), shown
    wait_until_ready(place)
    code, shown = on_a_terminal(place, "run", str(small))
    assert (code, "Only the first" in shown, "200 replications" in shown) == (0, False, True), shown

    there = set(place.glob("*/*.nbc"))
    for path in sorted((ROOT / "scenarios").glob("*.toml")):
        assert on_a_terminal(place, "run", str(path), "-n", "1")[0] == 0
    assert set(place.glob("*/*.nbc")) == there
