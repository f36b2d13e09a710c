"""Compiling: where compiled code is kept, and what is said while it takes its time."""

from __future__ import annotations

import os
import runpy
import threading
import time
from pathlib import Path

import pytest

from sim import compiled


def test_code_is_kept_in_the_users_cache_where_the_package_can_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """And in the temporary folder where that can't be written either; an own choice stands."""
    package = Path(compiled.__file__).parent
    locked = {package}
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) not in locked and real(path, mode))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(compiled.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))

    monkeypatch.setenv("NUMBA_CACHE_DIR", "mine")
    compiled._choose_cache()
    assert os.environ["NUMBA_CACHE_DIR"] == "mine"

    monkeypatch.delenv("NUMBA_CACHE_DIR")
    compiled._choose_cache()
    assert os.environ.pop("NUMBA_CACHE_DIR") == str(tmp_path / "cache" / "livechat-sim")

    locked.add(tmp_path / "cache" / "livechat-sim")
    compiled._choose_cache()
    assert Path(os.environ.pop("NUMBA_CACHE_DIR")).parent == tmp_path / "tmp"

    locked.clear()
    compiled._choose_cache()
    assert "NUMBA_CACHE_DIR" not in os.environ


def test_a_long_compilation_is_announced_on_stderr_and_a_short_one_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The line comes while it lasts."""
    monkeypatch.setattr(compiled, "NOTICE_AFTER_S", 0.05)
    with compiled._notice():
        pass
    with compiled._notice():
        for timer in threading.enumerate():
            if isinstance(timer, threading.Timer):
                timer.join(timeout=5)

    assert capsys.readouterr().err.count("compiling the engine for this machine: once") == 1


def test_threads_that_wait_for_one_compilation_announce_it_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """All threads of a crew ask for the engine at the same time."""

    class Slow:
        done = False

        def compile(self, signature: object) -> None:
            if not self.done:
                time.sleep(0.15)
                self.done = True

    monkeypatch.setattr(compiled, "NOTICE_AFTER_S", 0.03)
    slow = Slow()
    threads = [threading.Thread(target=compiled.prepare, args=(slow,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert capsys.readouterr().err.count("compiling the engine") == 1


@pytest.mark.skipif(not compiled.IS_COMPILED, reason="nothing is compiled")
def test_what_the_cache_keeps_is_thrown_away_when_another_source_is_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Also what it keeps of functions that are called by the one that is asked for."""
    monkeypatch.setattr(compiled, "_all_compiled", [])
    mine, other = tmp_path / "mine.py", tmp_path / "other.py"
    mine.write_text("from sim.compiled import compiled\n\n@compiled\ndef twice(x):\n    return 2 * x\n")
    other.write_text("")
    twice = runpy.run_path(str(mine))["twice"]
    assert twice(4) == 8

    compiled._forget_older([mine, other])
    assert twice._cache._cache_file._load_index()
    os.utime(other, times=(time.time() + 9, time.time() + 9))
    compiled._forget_older([other])
    assert twice._cache._cache_file._load_index()
    compiled._forget_older([mine, other])
    assert not twice._cache._cache_file._load_index()
