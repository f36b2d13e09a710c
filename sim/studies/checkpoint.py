"""What is done already? A file of finished tasks, so that Ctrl-C or a crash loses nothing."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from sim import __version__
from sim.errors import OutputError
from sim.measure.packed import pack, unpack
from sim.studies.tasks import Done, Task

_APPLICATION = 0x4C435331
"""What SQLite writes at the head of the file: our mark, and the version of the format."""


class Checkpoint:
    """Finished tasks in an SQLite file: each is there whole or not at all, whenever the program ends.

    A task is found again by its scenario, seed and replications, and by the program's version; a changed
    scenario is another one. Several studies may share a file, one after the other or at a time.

    Raises
    ------
    OutputError
        If the file can't be opened or written to, or is something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = sqlite3.connect(path, isolation_level=None, timeout=60)
            (mark,) = self._file.execute("PRAGMA application_id").fetchone()
            (tables,) = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables and mark != _APPLICATION:
                raise OutputError(f"{path}: is a database, and no checkpoint of this program")
            self._file.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS done"
                " (key TEXT, first INTEGER, end INTEGER, figures BLOB, PRIMARY KEY (key, first, end))"
            )
        except sqlite3.Error as error:
            raise OutputError(f"{path}: can't be a checkpoint file: {error}") from None

    def finished(self, task: Task) -> list[range]:
        """Replications of a *task* that are done, in pieces that don't overlap, in order."""
        query = (
            "SELECT first, end FROM done WHERE key = ? AND first >= ? AND end <= ? ORDER BY first, end DESC"
        )
        found: list[range] = []
        for first, end in self._file.execute(query, (_key(task), *_ends(task))):
            if not found or first >= found[-1].stop:
                found.append(range(first, end))
        return found

    def find(self, task: Task) -> Done:
        """Give what came of a *task* that is finished."""
        query = "SELECT figures FROM done WHERE key = ? AND first = ? AND end = ?"
        (figures,) = self._file.execute(query, (_key(task), *_ends(task))).fetchone()
        return Done(unpack(figures), [])

    def keep(self, task: Task, done: Done) -> None:
        """Write what came of a *task*.

        Raises
        ------
        OutputError
            If the file can't be written to.
        """
        row = (_key(task), *_ends(task), pack(done.runs))
        try:
            self._file.execute("INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise OutputError(f"{self.path}: can't be written to: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _ends(task: Task) -> tuple[int, int]:
    return task.replications.start, task.replications.stop


def _key(task: Task) -> str:
    """Everything that a task's figures depend on; both engines give the same."""
    text = f"{__version__}\n{task.seed}\n{task.scenario.model_dump_json(by_alias=True)}"
    return hashlib.sha256(text.encode()).hexdigest()
