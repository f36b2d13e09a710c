"""Files that are named: what is no file, or is too large, is refused before it is read."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.files import load
from sim.scenario.source import read_bytes
from tests.unit.test_files import FORECAST

UNIX = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")


def scenario(path: Path) -> str:
    """Problems of the scenario file at a path."""
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


@UNIX
def test_what_is_no_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A pipe waits for a writer for ever, and a device gives bytes for ever."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("folder").mkdir()
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("socket")
        for name, why in (
            ("pipe", "it is a pipe"), ("folder", "it is a directory"), ("socket", "it is a socket"),
            ("/dev/zero", "it is a device"),
        ):  # fmt: skip
            assert scenario(Path(name)) == f"{name}: can't be read: {why}" + (
                ": write to a file first, and name that" if name == "pipe" else ""
            )
            Path("s.toml").write_text(FORECAST.replace("volumes.csv", name))
            assert f"s.toml:4:21: queues.0.arrivals.file: the forecast file can't be read: {why}" in scenario(
                Path("s.toml")
            )


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path):
    """Its size says so; where it does not, reading stops."""
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(5 * 2**30)
    assert scenario(tmp_path / "huge").endswith("can't be read: it has 5,120 MiB, and at most 64 are read")
    (tmp_path / "small").write_bytes(b"123")
    assert read_bytes(tmp_path / "small", 3) == b"123"
    with pytest.raises(OSError, match="at most"):
        read_bytes(tmp_path / "small", 2)


@UNIX
def test_a_file_without_a_size_is_read_up_to_the_limit():
    """As those of the kernel are, which say that they have none."""
    with pytest.raises(OSError, match="the most that is read"):
        read_bytes(Path("/proc/self/maps"), 10)


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path):
    """The system's own answer would be a traceback."""
    (tmp_path / "s.toml").write_text(FORECAST.replace("volumes.csv", "a\\u0000b"))

    assert "the forecast file can't be read: no file has such a name" in scenario(tmp_path / "s.toml")
