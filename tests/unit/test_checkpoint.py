"""The file of finished tasks: what it has is found, what is another task or damaged is not."""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import OutputError
from sim.kpis.packed import pack
from sim.runs import checkpoint as module
from sim.runs.checkpoint import Checkpoint
from sim.runs.executor import executing
from sim.runs.replicate import replicate
from sim.runs.tasks import Task, run
from sim.scenario.files import load
from sim.scenario.scenario import Scenario
from tests.worlds import by_turns, fixed, group, queue, world


def shop(agents: int = 2) -> Scenario:
    return world(
        [queue(20, by_turns(30, 60, 3), patience=fixed(60))],
        [group(agents, concurrency=2)],
    )


TASK = Task(shop(), 1, range(4))


def test_a_new_file_that_nothing_could_be_written_to_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A full disk: the name is there, and no byte. What was there before stays."""

    def full(self: Checkpoint) -> None:
        raise OutputError(f"{self.path}: database or disk is full")

    monkeypatch.setattr(Checkpoint, "_open", full)
    new, old = tmp_path / "new.done", tmp_path / "old.done"
    old.touch()
    for file in (new, old):
        with pytest.raises(OutputError, match="full"):
            Checkpoint(file)

    assert not new.exists()
    assert old.exists()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with one finished task."""
    path = tmp_path / "done.sqlite"
    file = Checkpoint(path)
    file.keep(TASK, run(TASK))
    file.close()
    return path


def test_a_finished_task_is_found_again(path: Path):
    """Its figures to the last bit; pieces of a longer task, in order and without an overlap."""
    file = Checkpoint(path)
    for replications in (range(2), range(6, 9), range(3, 5)):
        other = replace(TASK, replications=replications)
        file.keep(other, run(other))
    found = file.find(TASK)

    assert found is not None
    assert pack(found.runs) == pack(run(TASK).runs)
    assert file.finished(replace(TASK, replications=range(10))) == [range(4), range(6, 9)]
    assert file.finished(replace(TASK, replications=range(3))) == [range(2)]


@pytest.mark.parametrize(
    "other",
    [
        replace(TASK, seed=2),
        replace(TASK, scenario=shop(3)),
        replace(TASK, engine="reference"),
        replace(TASK, replications=range(4, 8)),
    ],
    ids=["seed", "scenario", "engine", "replications"],
)
def test_another_task_is_not_taken_for_it(path: Path, other: Task):
    file = Checkpoint(path)

    assert file.finished(other) == []
    assert file.find(other) is None


def test_another_version_is_another_task(path: Path, monkeypatch: pytest.MonkeyPatch):
    """Of our own sources, or of a package that computes."""
    monkeypatch.setattr(module, "versions", lambda: {"livechat-sim": "0.1"})

    assert Checkpoint(path).finished(TASK) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE done SET figures = substr(figures, 1, length(figures) - 9)",
        "UPDATE done SET figures = x'00'",
        "UPDATE done SET figures = NULL",
        "UPDATE done SET end = 5",
    ],
)
def test_what_is_damaged_is_run_again(path: Path, damage: str):
    """And never a wrong result."""
    with sqlite3.connect(path) as file:
        file.execute(damage)
    file.close()
    with executing(2, resume=path) as executor:
        result = replicate(TASK.scenario, TASK.seed, 8, executor=executor)

    assert pack(result.estimates.runs) == pack(replicate(TASK.scenario, TASK.seed, 8).estimates.runs)


def test_a_byte_that_flipped_is_noticed(path: Path):
    """Anywhere in the figures."""
    with sqlite3.connect(path) as file:
        ((figures,),) = file.execute("SELECT figures FROM done").fetchall()
        for place in range(0, len(figures), len(figures) // 7):
            wrong = bytearray(figures)
            wrong[place] ^= 1
            file.execute("UPDATE done SET figures = ?", (bytes(wrong),))
            file.commit()
            assert Checkpoint(path).find(TASK) is None
    file.close()


def test_a_file_cut_short_is_refused_or_run_again(path: Path):
    """Wherever it was cut."""
    whole = path.read_bytes()
    expected = pack(run(TASK).runs)
    for length in range(0, len(whole), len(whole) // 9):
        path.write_bytes(whole[:length])
        told = ""
        try:
            with executing(1, resume=path) as executor:
                ((_, done),) = executor.measured([TASK])
        except OutputError as error:
            told = str(error)
        assert told.startswith(f"{path}: can't be used for finished tasks: ") or pack(done.runs) == expected


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path):
    """A text, another program's database, a directory, a place that isn't there."""
    text, database = tmp_path / "notes.txt", tmp_path / "other.sqlite"
    text.write_text("Remember the milk. " * 50)
    with sqlite3.connect(database) as file:
        file.execute("CREATE TABLE milk (litres REAL)")
    file.close()
    for path, why in (
        (text, "file is not a database"),
        (database, "is a database of something else, not a file of finished tasks"),
        (tmp_path, "it is not a file"),
        (tmp_path / "no" / "where", "unable to open database file"),
    ):
        before = path.read_bytes() if path.is_file() else b""
        with pytest.raises(OutputError, match=why), executing(1, resume=path):
            pass
        assert before == (path.read_bytes() if path.is_file() else b"")


def test_a_file_of_another_layout_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_FORMAT", 2)
    with pytest.raises(OutputError, match="was written by another version of this program"):
        Checkpoint(path)


def forged(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Figures of the task after a *change* of their arrays, as somebody might write them."""
    with np.load(io.BytesIO(pack(run(TASK).runs))) as arrays:
        columns = dict(arrays)
    change(columns)
    file = io.BytesIO()
    np.savez_compressed(file, **columns)
    return file.getvalue()


def bomb() -> bytes:
    """A small archive of a large array."""
    return forged(lambda columns: columns.update({"0.table.overall": np.zeros((4, 1, 10_000_000))}))


@pytest.mark.parametrize(
    "written",
    [
        lambda: b"",
        lambda: b"PK",
        lambda: b"not an archive at all",
        lambda: forged(lambda columns: columns.clear()),
        lambda: forged(lambda columns: columns.pop("0.table.day")),
        lambda: forged(lambda columns: columns.update({"0.table.day": columns["0.table.day"][:, :, 1:]})),
        lambda: forged(lambda columns: columns.update({"0.table.queue": columns["0.table.queue"].astype(str)})),
        lambda: forged(lambda columns: columns.update({"0.wait_s.edges": np.array([0, 10**9, 1, 2, 3])})),
        lambda: forged(lambda columns: columns.update({"0.wait_s.edges": columns["0.wait_s.edges"] + 10**9})),
        lambda: forged(lambda columns: columns.update({"0.wait_s.edges": columns["0.wait_s.edges"][:, ::-1]})),
        lambda: forged(lambda columns: columns.update({"0.wait_s.edges": columns["0.wait_s.edges"].astype(np.uint64)})),
        lambda: forged(lambda columns: columns.update({"0.wait_s.cells.queue": np.zeros(3)})),
        lambda: forged(lambda columns: columns.update({"0.wait_s.cells.nonsense": np.zeros(3)})),
        bomb,
    ],
    ids=range(14),
)  # fmt: skip
def test_what_cannot_be_figures_of_the_task_is_run_again(path: Path, written: Callable[[], bytes]):
    """Though its digest is right: whoever wrote the file, no figure of it is trusted to have a shape."""
    figures = written()
    key = module._key(TASK)
    with sqlite3.connect(path) as file:
        file.execute("UPDATE done SET figures = ?, digest = ?", (figures, module._digest(key, TASK, figures)))
    file.close()
    with executing(1, resume=path) as executor:
        ((_, done),) = executor.measured([TASK])

    assert pack(done.runs) == pack(run(TASK).runs)


def test_the_figures_of_every_scenario_are_what_they_should_be(scenario_file: Path, tmp_path: Path):
    """None is run again that is whole."""
    task = Task(load(scenario_file), 1, range(1))
    file = Checkpoint(tmp_path / "done")
    done = run(task)
    file.keep(task, done)
    found = file.find(task)

    assert found is not None
    assert pack(found.runs) == pack(done.runs)


def test_a_pipe_is_refused_before_it_is_opened(tmp_path: Path):
    """To open it would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="can't be used for finished tasks: it is not a file"):
        Checkpoint(tmp_path / "pipe")
