"""Who simulates? An executor that takes tasks (threads, or a cluster), and a file of finished ones."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent import futures
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from sim.errors import ClusterError
from sim.kpis.measure import Kpis
from sim.kpis.targets import Bound
from sim.kpis.timeline import Window
from sim.runs.checkpoint import Checkpoint
from sim.runs.tasks import Done, Task, pieces, run
from sim.scenario.scenario import Scenario


class Progress(Protocol):
    """Is told how far work has come."""

    def __call__(self, done: int, wanted: int | None, what: str | None = None, /) -> None:
        """Take how many are *done*, how many are *wanted* if that is known, and *what* they are, if new."""


Running = dict[Future[Done], Task]

UNDER_WAY, AHEAD = 2, 8
"""Of each worker: tasks that run or wait for it, and those finished before one that has to come first."""


class Executor:
    """Runs tasks, and gives their results in the order of the tasks, whoever was faster.

    Parameters
    ----------
    pool
        Takes the tasks.
    n
        Its workers.
    checkpoint
        Where finished tasks are kept, and found again.
    cut
        Cuts the replications of a task into pieces that are tasks themselves: batches, as many for each
        worker, if None.
    """

    def __init__(
        self,
        pool: futures.Executor,
        n: int,
        checkpoint: Checkpoint | None = None,
        cut: Callable[[Task], Iterable[range]] | None = None,
    ) -> None:
        self.pool, self.n, self.checkpoint = pool, n, checkpoint
        self.cut = cut or (lambda task: pieces(task.scenario, task.replications, alike=n))
        self._running: list[Running] = []

    def measured(
        self, jobs: Iterable[Task], progress: Progress | None = None
    ) -> Generator[tuple[Task, Done], None, None]:
        """Run *jobs*, cut into tasks, and give what came of each task, in order.

        Tasks that the checkpoint file has are not run again. Tasks that finish are kept there at once, also
        those that finish out of order or while the user interrupts. Logs are not: where they are wanted,
        all tasks are run.
        """
        tasks = [task for job in jobs for task in self._cut(job)]
        under_way: deque[tuple[Task, Future[Done] | Done]] = deque()
        running: Running = {}
        self._running.append(running)
        begun = told = 0
        try:
            while begun < len(tasks) or under_way:
                while begun < len(tasks) and self._has_time(running, under_way):
                    under_way.append(self._begin(*tasks[begun], running))
                    begun += 1
                if progress is not None and begun - len(running) > told:
                    told = begun - len(running)
                    progress(told, len(tasks))
                task, result = under_way[0]
                if isinstance(result, Future):
                    if result in running:
                        self._keep(wait(running, return_when=FIRST_COMPLETED).done, running)
                        continue
                    result = result.result()
                under_way.popleft()
                yield task, result
        finally:
            self._stop(running)
            self._running = [other for other in self._running if other is not running]

    def replications(
        self,
        scenarios: Sequence[Scenario],
        seed: int,
        replications: range,
        progress: Progress | None = None,
        *,
        in_search: bool = False,
        bounds: tuple[Bound, ...] = (),
    ) -> Iterator[list[Kpis]]:
        """Figures of the same *replications* of each of the *scenarios*, in order.

        *in_search* only figures of chats are wanted, and what *bounds* bind, and the scenarios differ in
        their staffing alone.
        """
        jobs = [
            Task(scenario, seed, replications, in_search=in_search, bounds=bounds) for scenario in scenarios
        ]
        runs: list[Kpis] = []
        with closing(self.measured(jobs, progress)) as results:
            for _, result in results:
                runs += result.runs
                if len(runs) >= len(replications):
                    yield runs
                    runs = []

    def windows(
        self,
        scenario: Scenario,
        seed: int,
        replications: range,
        windows: Sequence[Window | None],
        bounds: tuple[Bound, ...] = (),
        progress: Progress | None = None,
    ) -> Iterator[list[list[Kpis]]]:
        """Figures of the *replications* of a *scenario* in each of some *windows*, a few at a time."""
        job = Task(scenario, seed, replications, bounds=bounds, windows=tuple(windows))
        with closing(self.measured([job], progress)) as results:
            for task, result in results:
                yield [result.runs[k * len(task) : (k + 1) * len(task)] for k in range(len(windows))]

    def close(self) -> None:
        """Take no more tasks, and keep those that are finished."""
        for running in self._running:
            self._stop(running)

    def _has_time(self, running: Running, under_way: Sequence[object]) -> bool:
        return len(running) < UNDER_WAY * self.n and len(under_way) < AHEAD * self.n

    def _cut(self, job: Task) -> Iterator[tuple[Task, bool]]:
        """Tasks of a *job*, and whether each is in the checkpoint file."""
        first, finished = job.replications.start, []
        if self.checkpoint is not None and not job.keeps_logs:
            finished = self.checkpoint.finished(job)
        for there in [*finished, None]:
            gap = range(first, there.start if there else job.replications.stop)
            for piece in self.cut(replace(job, replications=gap)) if gap else ():
                yield replace(job, replications=piece), False
            if there:
                yield replace(job, replications=there), True
                first = there.stop

    def _begin(self, task: Task, is_finished: bool, running: Running) -> tuple[Task, Future[Done] | Done]:
        done = self.checkpoint.find(task) if self.checkpoint is not None and is_finished else None
        if done is not None:
            return task, done
        future = self.pool.submit(run, task)
        running[future] = task
        return task, future

    def _keep(self, finished: Iterable[Future[Done]], running: Running) -> None:
        """Write down tasks that are finished, and take them off the list of those running."""
        for future in finished:
            task = running[future]
            fine = not future.cancelled() and future.exception() is None
            if fine and self.checkpoint is not None and not task.keeps_logs:
                self.checkpoint.keep(task, future.result())
            del running[future]

    def _stop(self, running: Running) -> None:
        """Cancel what has not begun; what runs in threads can't be stopped, so let it end and keep it."""
        begun = [future for future in running if not future.cancel()]
        if self.checkpoint is not None:
            wait(begun)
            self._keep(begun, running)
        running.clear()


@contextmanager
def executing(
    workers: int | None = None,
    cluster: str | None = None,
    resume: Path | None = None,
    *,
    given: Executor | None = None,
) -> Iterator[Executor]:
    """Start *workers* threads (as many as processors, if None), or the workers of a *cluster*.

    Finished tasks are kept in the file *resume*, and those that it has are not run again.

    One that is *given* is used instead, and stays at work.

    Raises
    ------
    ClusterError
        If the cluster does not answer or is lost, or its workers run another version.
    OutputError
        If the file *resume* is something else or can't be written to.
    """
    if given is not None:
        yield given
        return
    if cluster is not None and workers is not None:
        raise ClusterError(
            f"{cluster}: a cluster has workers of its own: give --cluster or --workers, not both"
        )
    checkpoint = None if resume is None else Checkpoint(resume)
    try:
        with _threads(workers, checkpoint) if cluster is None else _cluster(cluster, checkpoint) as executor:
            try:
                yield executor
            finally:
                executor.close()
    finally:
        if checkpoint is not None:
            checkpoint.close()


@contextmanager
def _threads(workers: int | None, checkpoint: Checkpoint | None) -> Iterator[Executor]:
    allowed = _processors()
    n = workers or len(allowed) or os.cpu_count() or 1
    pool = ThreadPoolExecutor(n, initializer=_settling(allowed) if n == len(allowed) else None)
    try:
        yield Executor(pool, n, checkpoint)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _processors() -> list[int]:
    """Processors that the program may use; none where the system does not tell."""
    allowed: list[int] = []
    if sys.platform == "linux":
        allowed = sorted(os.sched_getaffinity(0))
    return allowed


def _settling(processors: Iterable[int]) -> Callable[[], None]:
    """Give what each thread does first where there is one of the *processors* for each: keep to it.

    A virtual machine's scheduler takes a processor that has slept for a moment for busy, and lets two threads
    share another one.
    """
    left = iter(processors)

    def settle() -> None:
        if sys.platform == "linux":
            with suppress(OSError):  # where that is forbidden, it goes on where it is
                os.sched_setaffinity(0, {next(left)})

    return settle


@contextmanager
def _cluster(address: str, checkpoint: Checkpoint | None) -> Iterator[Executor]:
    from sim.runs import cluster  # noqa: PLC0415  an extra

    with cluster.connected(address) as (pool, n):
        yield Executor(pool, n, checkpoint, cluster.cut)
