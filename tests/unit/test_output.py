"""Files on their way out: whole at their place, or not there, whatever happens on the way."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from sim import interrupts, output
from sim.cli import main
from sim.cli.commands import app
from sim.errors import OutputError
from sim.interrupts import listen, unbroken
from sim.output import refuse_target, write_text
from sim.report.folder import whole_folder
from sim.scenario.files import load
from sim.scenario.write import write
from tests.cli.test_commands import SMALL


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full once the first letters are written, and says so where a file is brought onto it."""

    def on_disk(place: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(place))

    monkeypatch.setattr(output, "on_disk", on_disk)
    monkeypatch.setattr("sim.report.folder.on_disk", on_disk)


@pytest.fixture
def _listening() -> Iterator[None]:
    """Signals as the command line takes them."""
    numbers = [number for name in interrupts._NAMES if (number := getattr(signal, name, None))]
    before = {number: signal.getsignal(number) for number in numbers}
    hook, door = sys.unraisablehook, interrupts._DOOR
    interrupts._DOOR = interrupts._Door()
    for number in numbers:
        signal.signal(number, signal.SIG_DFL)  # run in the background, tests inherit that some are ignored
    listen()
    yield
    interrupts._DOOR, sys.unraisablehook = door, hook
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("full")
def test_on_a_full_disk_a_file_stays_as_it_was(tmp_path: Path):
    """By `sim new --force`, `--write --force` and `--out --force`; and nothing new or hidden is there."""
    mine, out, plan = tmp_path / "mine.toml", tmp_path / "out", tmp_path / "plan.toml"
    plan.write_text(SMALL)
    out.mkdir()
    for file in (mine, out / "kpis.json"):
        file.write_text("good")
    commands = [
        ["new", mine, "--force"],
        ["new", tmp_path / "other.toml"],
    ]
    for command in commands:
        result = CliRunner().invoke(app, [str(word) for word in command])
        assert result.exit_code == 2, result.output
        assert "can't be written to: No space left on device\n" in result.stderr

    for folder in (out, tmp_path / "new" / "out"):
        with (
            pytest.raises(OutputError, match=f"{folder.name}: can't be written to: No space left on device"),
            whole_folder(folder, force=True) as beside,
        ):
            (beside / "kpis.json").write_text("new")
    with pytest.raises(OutputError, match="No space left on device"):
        write(plan, load(plan).groups, mine, force=True)

    assert mine.read_text() == (out / "kpis.json").read_text() == "good"
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "kpis.json",
        "mine.toml",
        "new",
        "out",
        "plan.toml",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="a limit on the size of files")
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_what_a_library_says_of_a_full_disk_is_a_sentence(tmp_path: Path, format_: str):
    """Of polars, which writes with its own machine code: a limit of the system stands in for the disk."""
    import resource

    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        with (
            pytest.raises(OutputError, match=r"out: can't be written to: File too large$"),
            whole_folder(tmp_path / "out", force=False) as folder,
        ):
            getattr(pl.DataFrame({"a": list(range(20_000))}), f"write_{format_}")(folder / "a")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)

    assert not list(tmp_path.iterdir())


def test_a_new_file_takes_the_place_of_the_old_one_and_its_rights(tmp_path: Path):
    """Rights stay as they were, a link stays a link, and a new file is as open as any other."""
    old, link = tmp_path / "old.toml", tmp_path / "link.toml"
    old.write_text("old")
    old.chmod(0o640)
    link.symlink_to(old)
    write_text(link, "new é\n", force=True)
    write_text(tmp_path / "new.toml", "new\n")
    (tmp_path / "plain").touch()

    assert old.read_bytes() == "new é\n".encode()
    assert link.is_symlink()
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert (tmp_path / "new.toml").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert len(list(tmp_path.iterdir())) == 4


def test_a_new_folder_appears_with_all_of_its_files_at_once(tmp_path: Path):
    """As open as any other; while it is written, only something hidden is there."""
    (tmp_path / "plain").mkdir()
    with whole_folder(tmp_path / "a" / "out", force=False) as folder:
        (folder / "one").write_text("1")
        (folder / "two").write_text("2")
        assert [path.name[:5] for path in (tmp_path / "a").iterdir()] == [".out-"]

    assert sorted(path.name for path in (tmp_path / "a" / "out").iterdir()) == ["one", "two"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]
    assert (tmp_path / "a" / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_is_no_file_is_not_replaced(tmp_path: Path):
    """A device, a pipe, a directory; a place that isn't there."""
    os.mkfifo(tmp_path / "pipe")
    for target, why in (
        (Path(os.devnull), "is a device or a pipe, not a file"),
        (tmp_path / "pipe", "is a device or a pipe, not a file"),
        (tmp_path, "is a directory, not a file"),
        (tmp_path / "no" / "a.toml", "there is no directory"),
        (tmp_path / ("x" * 300), "File name too long"),
    ):
        with pytest.raises(OutputError, match=why):
            refuse_target(target, force=True)


@pytest.mark.usefixtures("_listening")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_to_end_breaks_in_but_not_into_what_must_be_whole(tmp_path: Path, name: str):
    """It waits until that is done; and what had been begun is cleared away."""
    done = []

    def write() -> None:
        with whole_folder(tmp_path / "out", force=False) as folder:
            (folder / "one").write_text("1")
            with unbroken():
                signal.raise_signal(getattr(signal, name))
                done.append("whole")
            done.append("broken")

    with pytest.raises(KeyboardInterrupt):
        write()

    assert done == ["whole"]
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("_listening")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", [["--version"], ["schema"], ["run", "--help"]])
def test_a_full_disk_is_told_of_what_the_parser_prints_too(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", ["sim", *words])
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as end:
            main()

    assert end.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("standard output: can't be ")
    assert said.endswith(": No space left on device\n")


def test_a_file_name_that_is_no_text_is_shown_and_written(tmp_path: Path):
    """Names of files are bytes; in documents and tables those that are no letters are written out."""
    plan = tmp_path / os.fsdecode(b"a\xff.toml")
    plan.write_text(SMALL)
    result = CliRunner().invoke(app, ["compare", str(plan), str(plan), "-n", "2", "--json"])

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.encode())["scenarios"][0]


@pytest.mark.usefixtures("_listening")
def test_an_interrupt_that_is_lost_comes_again():
    """While an object is cleared away, errors lead nowhere."""

    class Cleared:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def work() -> None:
        Cleared()
        threading.Event().wait(10)

    with pytest.raises(KeyboardInterrupt):
        work()


@pytest.mark.usefixtures("_listening")
def test_what_a_library_makes_of_an_interrupt_is_an_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An error of its own, after Ctrl-C, is no fault of ours; the same without Ctrl-C is one."""

    def serialise(*_: object) -> None:
        try:
            if ends:
                signal.raise_signal(signal.SIGTERM)
        finally:
            raise ValueError("can't be serialised")

    monkeypatch.setattr("sim.scenario.files.schema", serialise)
    ends = False
    assert isinstance(CliRunner().invoke(app, ["schema"]).exception, ValueError)
    ends = True
    result = CliRunner().invoke(app, ["schema"])
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")
