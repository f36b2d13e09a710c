"""What is done already? A file of finished tasks, so that Ctrl-C or a crash loses nothing."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.draws.memory import expected_bytes
from sim.engines import Engine
from sim.errors import OutputError
from sim.interrupts import unbroken
from sim.kpis.loops import By
from sim.kpis.packed import pack, unpack_checked
from sim.kpis.timeline import Window
from sim.runs.tasks import Done, Task
from sim.runs.versions import versions
from sim.scenario.scenario import Scenario

_OURS, _FORMAT = 0x4C435331, 1
"""What SQLite writes at the head of the file: our mark, and the version of the format."""


class Checkpoint:
    """Finished tasks in an SQLite file: each is there whole or not at all, whenever the program ends.

    A task is found again by everything that its figures depend on: scenario, seed, replications, engine and
    :func:`~sim.runs.versions.versions`. A changed scenario is another one. What was damaged since it was
    written is not found, nor what can't be figures of such a task, whoever wrote it. Several studies may
    share a file, one after the other or at a time.

    Raises
    ------
    OutputError
        If the file can't be read or written to, is something else, or is damaged as a whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        is_new = not path.exists()
        if not is_new and not path.is_file():
            raise OutputError(f"{path}: can't be used for finished tasks: it is not a file")
        with self._problems_told():
            self._file = sqlite3.connect(path, isolation_level=None, timeout=60)
        try:
            self._open()
        except OutputError:
            self._file.close()
            if is_new and path.is_file() and not path.stat().st_size:
                path.unlink()  # a full disk has room for the name alone
            raise

    def finished(self, task: Task) -> list[range]:
        """Replications of a *task* that are done, in pieces that don't overlap, in order."""
        query = (
            "SELECT first, end FROM done WHERE key = ? AND first >= ? AND end <= ? ORDER BY first, end DESC"
        )
        found: list[range] = []
        for first, end in self._rows(query, (_key(task), *_ends(task))):
            is_whole = isinstance(first, int) and isinstance(end, int) and first < end
            if is_whole and (not found or first >= found[-1].stop):
                found.append(range(first, end))
        return found

    def find(self, task: Task) -> Done | None:
        """Give what came of a *task* that is finished; None if it is not there, or damaged."""
        query = "SELECT digest, figures FROM done WHERE key = ? AND first = ? AND end = ?"
        key = _key(task)
        for digest, figures in self._rows(query, (key, *_ends(task))):
            if isinstance(figures, bytes) and digest == _digest(key, task, figures):
                with suppress(ValueError):
                    runs = unpack_checked(figures, *_shape(task), _most_bytes(task))
                    return Done(runs, [], figures)
        return None

    def keep(self, task: Task, done: Done) -> None:
        """Write what came of a *task*."""
        with unbroken():
            key, figures = _key(task), done.packed or pack(done.runs)
            row = (key, *_ends(task), _digest(key, task, figures), figures)
            self._rows("INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?, ?)", row)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _open(self) -> None:
        """See whether the file is ours; make it so if it is empty, all at once."""
        self._rows("BEGIN IMMEDIATE")
        ((mark,),) = self._rows("PRAGMA application_id")
        ((layout,),) = self._rows("PRAGMA user_version")
        ((tables,),) = self._rows("SELECT count(*) FROM sqlite_master")
        if not tables and not mark:
            columns = "key TEXT, first INTEGER, end INTEGER, digest TEXT, figures BLOB"
            self._rows(f"CREATE TABLE done ({columns}, PRIMARY KEY (key, first, end))")
            self._rows(f"PRAGMA user_version = {_FORMAT}")
            self._rows(f"PRAGMA application_id = {_OURS}")
        elif mark != _OURS:
            raise OutputError(f"{self.path}: is a database of something else, not a file of finished tasks")
        elif layout != _FORMAT:
            raise OutputError(f"{self.path}: was written by another version of this program")
        self._rows("COMMIT")

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._problems_told():
            return self._file.execute(query, values).fetchall()

    @contextmanager
    def _problems_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OutputError(f"{self.path}: can't be used for finished tasks: {error}") from None


def _sizes(scenario: Scenario, window: Window | None) -> dict[By, int]:
    """Cells of each breakdown of a scenario's figures, in a window or in all of it."""
    n_intervals = scenario.days * scenario.intervals_per_day if window is None else window.n
    return {
        By.OVERALL: 1,
        By.QUEUE: len(scenario.queues),
        By.GROUP: len(scenario.groups),
        By.INTERVAL: n_intervals,
        By.DAY: scenario.days if window is None else 1,
    }


def _shape(task: Task) -> tuple[list[tuple[int, dict[By, int]]], int]:
    """Replications and cells of each breakdown of a task's windows, and its bounds."""
    sizes = [_sizes(task.scenario, window) for window in task.windows]
    return [(len(task), each) for each in sizes], len(task.bounds)


def _most_bytes(task: Task) -> float:
    """Of a task's figures: many times what is expected of it, for days are busier than expected."""
    return 2**26 + 10 * expected_bytes(task.scenario, len(task)) * len(task.windows)


def _ends(task: Task) -> tuple[int, int]:
    return task.replications.start, task.replications.stop


def _key(task: Task) -> str:
    """Everything that a task's figures depend on, replications aside."""
    with unbroken():  # it may take Ctrl-C for an error of its own
        scenario = task.scenario.model_dump_json(by_alias=True)
    parts = repr(task.bounds), repr(task.windows)
    what = (versions(), str(Engine(task.engine)), task.seed, scenario, task.in_search, *parts)
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def _digest(key: str, task: Task, figures: bytes) -> str:
    """Tells whether a row is as it was written."""
    return hashlib.sha256(f"{key}\n{_ends(task)}\n".encode() + figures).hexdigest()
