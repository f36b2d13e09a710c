"""How far it is: a bar on a terminal, a line now and then without one."""

from __future__ import annotations

import os
import sys
from threading import Event

import pytest

from sim.cli import progress as module
from sim.cli.progress import progress
from tests.terminals import all_on


def test_long_work_in_a_pipe_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch):
    """From a thread of its own: also while nothing gets done."""
    lines: list[str] = []
    said = Event()
    monkeypatch.setattr(module, "LINE_AFTER_S", 0.02)
    monkeypatch.setattr(module, "stderr", lambda text: (lines.append(text), said.set()))

    with progress("Days", 1000) as show:
        assert said.wait(10)
        assert lines[0].startswith("Days: 0 of 1,000 after ")
        show(300, 2000)
        said.clear()
        assert said.wait(10)
        show(1, None, "Rosters")
        said.clear()
        assert said.wait(10)

    assert any(line.startswith("Days: 300 of 2,000 after ") for line in lines)
    assert lines[-1].startswith("Rosters: 1 after ")
    n = len(lines)
    said.clear()
    assert not said.wait(0.1)
    assert len(lines) == n


def test_short_work_says_nothing(capsys: pytest.CaptureFixture[str]):
    """Neither a bar nor a line."""
    with progress() as show:
        show(1, 2)

    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal of one's own")
def test_a_terminal_sees_a_bar(monkeypatch: pytest.MonkeyPatch):
    """And no lines between."""
    mine, its = os.openpty()
    monkeypatch.setattr(module, "BAR_AFTER_S", 0.0)
    monkeypatch.setattr(module, "LINE_AFTER_S", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(its, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress("Days") as show:
            show(3, 9)
            show(4, 9, "Rosters")
    shown = all_on(mine)

    assert "Days" in shown
    assert "3/9" in shown
    assert "Rosters" in shown
    assert "after" not in shown
