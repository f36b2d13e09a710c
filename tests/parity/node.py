"""The browser's engine in Node: worlds in, logs out."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.draws.record import Draws, DrawsBatch
from sim.engines.browser import draws_of, plan_of, team_of
from sim.engines.happened import Happened, log_batch
from sim.log.chatlog import ChatLog
from sim.scenario.duty import duty_plan
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT

TYPES = {"outcome": np.int64, "agent": np.int64, "open_chats": np.int64}
FLAGS = ("queued", "balked", "resolved")


class Node:
    """A process of Node that simulates what it is handed, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Hand one line in, and read one."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question, allow_nan=False) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert "error" not in found, found["error"]
        return found

    def simulate(self, scenario: Scenario, draws: Draws) -> ChatLog:
        """What the browser's engine says happened, as a log."""
        found = self.ask(
            {
                "ask": "simulate",
                "plan": plan_of(scenario),
                "team": team_of(scenario, draws.people),
                "draws": draws_of(draws),
            }
        )
        columns = {name: read(column) for name, column in found["columns"].items()}
        columns |= {name: columns[name].astype(dtype) for name, dtype in TYPES.items()}
        columns |= {name: columns[name].astype(np.bool_) for name in FLAGS}
        team = duty_plan(scenario, draws.people)
        return log_batch(
            scenario, DrawsBatch.of([draws]), [team], Happened(**columns), np.array([found["n_events"]])
        )[0]

    def columns(self, question: dict[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
        """Ask for columns."""
        return {name: read(column) for name, column in self.ask(question).items()}


def read(column: dict[str, str]) -> np.ndarray[Any, Any]:
    """A column as it travels."""
    ((dtype, text),) = column.items()
    return np.frombuffer(base64.b64decode(text), dtype=np.dtype(dtype).newbyteorder("<")).astype(dtype)


@contextmanager
def node(root: Path = ROOT) -> Iterator[Node]:
    """A process of Node with the engine below *root*; skipped where there is none."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node is not installed: the browser's engine can't be run here")
    command = [program, str(root / "tests" / "parity" / "answers.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Node(process)
        assert process.stdin is not None
        process.stdin.close()
