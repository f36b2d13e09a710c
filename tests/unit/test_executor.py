"""Crews: one result on any of them, in order, tasks counted; finished tasks are kept, whatever happens."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sim.errors import ClusterError
from sim.kpis.packed import pack
from sim.runs import executor as module
from sim.runs.checkpoint import Checkpoint
from sim.runs.executor import Executor, executing
from sim.runs.replicate import replicate
from sim.runs.tasks import Done, Task, run
from tests.unit.test_checkpoint import shop

SHOPS = [shop(2), shop(3)]


def cut(task: Task) -> list[range]:
    """One replication a task."""
    return [range(k, k + 1) for k in task.replications]


def test_scenarios_are_measured_in_order_on_any_number_of_workers():
    """The same customers for each, every figure to the last digit."""
    expected = [pack(run(Task(scenario, 4, range(40))).runs) for scenario in SHOPS]
    for workers in (1, 3):
        with executing(workers) as executor:
            assert [pack(runs) for runs in executor.replications(SHOPS, 4, range(40))] == expected


def test_progress_counts_tasks(tmp_path: Path):
    """All of them, those that were finished before among them; none is told twice."""
    file = tmp_path / "done"
    told: list[tuple[int, int]] = []
    for n in (3, 5):
        told.clear()
        with ThreadPoolExecutor(2) as pool:
            executor = Executor(pool, 2, Checkpoint(file), cut)
            assert len(list(executor.replications(SHOPS, 1, range(n), lambda *at: told.append(at)))) == 2
        assert told == sorted(set(told))
        assert told[-1] == (2 * n, 2 * n)


def test_another_number_of_workers_goes_on_with_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Tasks are cut in another way; what is there is not run again, and the figures are the same."""
    with executing(2, resume=tmp_path / "done") as executor:
        replicate(SHOPS[0], 1, 30, executor=executor)
    begun: list[range] = []

    def counted(task: Task) -> Done:
        begun.append(task.replications)
        return run(task)

    monkeypatch.setattr(module, "run", counted)
    with executing(3, resume=tmp_path / "done") as executor:
        result = replicate(SHOPS[0], 1, 70, executor=executor)

    assert pack(result.estimates.runs) == pack(run(Task(SHOPS[0], 1, range(70))).runs)
    assert sorted(k for replications in begun for k in replications) == list(range(30, 70))


def test_interrupted_it_keeps_what_is_finished_also_out_of_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The first task still runs when the user interrupts, and others are done: all are kept, and found again."""
    others_done, go_on = threading.Semaphore(0), threading.Event()

    def slow_at_first(task: Task) -> Done:
        if task.replications[0] == 0:
            go_on.wait(60)
        else:
            others_done.release()
        return run(task)

    def interrupt(*_: object) -> None:
        for _ in range(2):
            assert others_done.acquire(timeout=60)
        go_on.set()
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "run", slow_at_first)
    file = Checkpoint(tmp_path / "done")
    job = Task(SHOPS[0], 1, range(6))
    with ThreadPoolExecutor(3) as pool:
        executor = Executor(pool, 3, file, cut)
        with pytest.raises(KeyboardInterrupt):
            list(executor.measured([job], interrupt))
    finished = file.finished(job)

    assert [range(k, k + 1) for k in range(3)] == finished[:3]


def test_a_task_that_fails_stops_the_study_and_keeps_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its error is the study's."""

    def fails_at_two(task: Task) -> Done:
        if 2 in task.replications:
            raise ZeroDivisionError
        return run(task)

    monkeypatch.setattr(module, "run", fails_at_two)
    file, job = Checkpoint(tmp_path / "done"), Task(SHOPS[0], 1, range(4))
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        list(Executor(pool, 1, file, cut).measured([job]))

    assert file.finished(job)[:2] == [range(1), range(1, 2)]


def test_threads_and_a_cluster_are_not_both_hired():
    with (
        pytest.raises(ClusterError, match="give --cluster or --workers, not both"),
        executing(2, "tcp://a:1"),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads stay where they are put")
def test_as_many_threads_as_processors_have_one_each():
    """More or fewer threads may go anywhere, and so may the caller."""
    allowed = os.sched_getaffinity(0)
    for n in (len(allowed), len(allowed) + 1):
        together = threading.Barrier(n)

        def settled(together: threading.Barrier = together) -> frozenset[int]:
            together.wait(10)
            return frozenset(os.sched_getaffinity(0))

        with executing(n) as executor:
            found = {future.result() for future in [executor.pool.submit(settled) for _ in range(n)]}

        assert found == ({frozenset({one}) for one in allowed} if n == len(allowed) else {frozenset(allowed)})
    assert os.sched_getaffinity(0) == allowed
