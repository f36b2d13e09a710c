"""Compiling: where compiled code is kept, and what is said while it takes its time."""

from __future__ import annotations

import os
import threading
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
