"""What is there to show while the engine is still being compiled? A few days, by the reference engine.

Its logs are the kernel's, bit for bit; it is slow, and needs no compiler. Meanwhile another process compiles,
which outlives this one.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from sim.compile_cache import PACKAGE, folder, is_compiling, is_ready
from sim.compiled import IS_COMPILED, PLAIN
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.runs.tasks import Done, Task

FEWEST, MOST = 5, 20
"""Replications of a first answer: of fewer than that no interval holds."""
MOST_CHATS = 16_000
"""What the reference engine simulates in about five seconds."""
POLITE = 10
"""By so much the process that compiles stands back."""


def has_to_compile() -> bool:
    """Whether a run would wait for the compiler, which another process could do as well."""
    return IS_COMPILED and folder() is not None and not is_ready()


def replications(scenario: Scenario) -> int | None:
    """Replications that the reference engine does in a moment; None: it is quicker to wait for the kernel."""
    from sim.draws.profile import expected_overall  # noqa: PLC0415  looks at rates, which are slow to import

    n = min(MOST, int(MOST_CHATS / max(expected_overall(scenario), 1.0)))
    return n if n >= FEWEST else None


def compile_behind() -> None:
    """Let another process compile what is not compiled yet, unless one does; this one goes on, or ends."""
    if is_compiling():
        return
    code = (
        f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); import {__name__} as it; it.compile_all()"
    )
    environment = {name: value for name, value in os.environ.items() if name != PLAIN}
    nowhere = subprocess.DEVNULL
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        stdin=nowhere, stdout=nowhere, stderr=nowhere, env=environment, **apart,
    )  # fmt: skip


def run_plainly(task: Task) -> Done:
    """Run a *task* in another process, in which nothing is compiled, and wait for what comes of it."""
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); import {__name__} as it; it.answer()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        input=pickle.dumps(task), stdout=subprocess.PIPE, env=os.environ | {PLAIN: "1"}, check=True,
    )  # fmt: skip
    result: Done = pickle.loads(done.stdout)
    return result


def answer() -> None:
    """Run the task that stands on stdin, and write what comes of it to stdout."""
    from sim.runs.tasks import run  # noqa: PLC0415  needs the engines

    sys.stdout.buffer.write(pickle.dumps(run(pickle.load(sys.stdin.buffer))))


def compile_all() -> None:
    """Compile, by a simulation in which all functions are called, and stand back behind other processes."""
    from sim.runs.tasks import Task, run  # noqa: PLC0415  needs the compiler

    if hasattr(os, "nice"):
        os.nice(POLITE)
    run(Task(Scenario.model_validate(EVERYTHING), 1, range(1)))


_SOON: dict[str, Any] = {"law": "lognormal", "mean_s": 60, "cv": 1.0}
_QUEUE: dict[str, Any] = {
    "arrivals": {"per_hour": 60, "busyness_cv": 0.2},
    "patience": _SOON,
    "silence": {"share": 0.5, "detect_s": _SOON},
    "balking": {"estimate": "head", "waits_s": [30, 300], "shares": [0.0, 0.5]},
    "retry": {"probability": 0.5, "delay_s": _SOON},
    "return": {"probability": 0.5, "delay_s": _SOON},
    "service": {
        "turns": {"law": "geometric", "mean": 3},
        "agent_s": _SOON,
        "customer_s": _SOON,
        "wrap_up_s": _SOON,
    },
}
EVERYTHING: dict[str, Any] = {
    "hours": {"open": "08:00:00", "close": "10:00:00"},
    "queues": [{"name": name, **_QUEUE} for name in ("one", "other")],
    "groups": [{"name": "all", "queues": ["one", "other"], "concurrency": 2, "agents": 2, "absence": 0.1}],
    "quality": {"resolution": 0.8},
}
"""A small centre with whatever has functions of its own."""
