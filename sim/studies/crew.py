"""Who simulates? An executor that takes tasks (threads, or a cluster), and a file of finished ones."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sim.measure.kpis import Kpis
from sim.studies.checkpoint import Checkpoint
from sim.studies.tasks import Done, Task, pieces, run
from sim.world.scenario import Scenario

Progress = Callable[[int, int], None]
"""Told how many are done, and how many are wanted."""


class Crew:
    """An executor at work. Results come in the order of the tasks, whoever was faster."""

    def __init__(
        self,
        executor: Executor,
        n: int,
        checkpoint: Checkpoint | None = None,
        cut: Callable[[Scenario, range], Iterable[range]] | None = None,
    ) -> None:
        self.executor = executor
        self.n = n
        """Workers: twice as many tasks are under way at a time."""
        self.checkpoint = checkpoint
        self.cut = cut or (lambda scenario, replications: pieces(scenario, replications, alike=n))
        """How the replications of a scenario are cut into tasks."""

    def measured(self, jobs: Iterable[Task]) -> Iterator[tuple[Task, Done]]:
        """Run *jobs*, cut into tasks, and give what came of each task, in order.

        Tasks that the checkpoint file has are not run again. Tasks that finish are kept there at once, also
        those that finish out of order or while the user interrupts.
        """
        tasks = (task for job in jobs for task in self._cut(job))
        under_way: deque[tuple[Task, Future[Done] | Done]] = deque()
        running: dict[Future[Done], Task] = {}
        try:
            while True:
                while len(under_way) < 2 * self.n and (following := next(tasks, None)) is not None:
                    under_way.append(self._begin(*following, running))
                if not under_way:
                    return
                task, result = under_way[0]
                if isinstance(result, Future):
                    if not result.done() or result in running:
                        self._keep(wait(running, return_when=FIRST_COMPLETED).done, running)
                        continue
                    result = result.result()
                under_way.popleft()
                yield task, result
        finally:
            self._keep([future for future in running if future.done()], running)
            for future in running:
                future.cancel()

    def replications(
        self, scenarios: Sequence[Scenario], seed: int, replications: range, progress: Progress | None = None
    ) -> Iterator[list[Kpis]]:
        """Figures of the same *replications* of each of the *scenarios*, in order."""
        jobs = [Task(scenario, seed, replications) for scenario in scenarios]
        wanted = len(jobs) * len(replications)
        runs: list[Kpis] = []
        done = 0
        for _, result in self.measured(jobs):
            runs += result.runs
            done += len(result.runs)
            if progress is not None:
                progress(done, wanted)
            if len(runs) >= len(replications):
                yield runs
                runs = []

    def _cut(self, job: Task) -> Iterator[tuple[Task, bool]]:
        """Tasks of a *job*, and whether each is in the checkpoint file."""
        first, finished = job.replications.start, []
        if self.checkpoint is not None and not job.keeps_logs:
            finished = self.checkpoint.finished(job)
        for there in [*finished, None]:
            gap = range(first, there.start if there else job.replications.stop)
            for piece in self.cut(job.scenario, gap) if gap else ():
                yield replace(job, replications=piece), False
            if there:
                yield replace(job, replications=there), True
                first = there.stop

    def _begin(
        self, task: Task, is_finished: bool, running: dict[Future[Done], Task]
    ) -> tuple[Task, Future[Done] | Done]:
        if is_finished and self.checkpoint is not None:
            return task, self.checkpoint.find(task)
        future = self.executor.submit(run, task)
        running[future] = task
        return task, future

    def _keep(self, finished: Iterable[Future[Done]], running: dict[Future[Done], Task]) -> None:
        """Take tasks that are finished off the list of those running, and write them down."""
        for future in finished:
            task = running.pop(future)
            if self.checkpoint is None or task.keeps_logs or future.cancelled() or future.exception():
                continue
            self.checkpoint.keep(task, future.result())


@contextmanager
def crew(
    workers: int | None = None, cluster: str | None = None, resume: Path | None = None
) -> Iterator[Crew]:
    """Hire *workers* threads (as many as processors, if None), or the workers of a *cluster*.

    Finished tasks are kept in the file *resume*, and those that it has are not run again.

    Raises
    ------
    ClusterError
        If the cluster does not answer, or its workers run another version.
    OutputError
        If the file *resume* is something else or can't be written to.
    """
    checkpoint = None if resume is None else Checkpoint(resume)
    try:
        if cluster is not None:
            from sim.studies.cluster import connected  # noqa: PLC0415  an extra

            with connected(cluster) as (executor, n, cut):
                yield Crew(executor, n, checkpoint, cut)
        else:
            n = workers or os.cpu_count() or 1
            pool = ThreadPoolExecutor(n)
            try:
                yield Crew(pool, n, checkpoint)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
    finally:
        if checkpoint is not None:
            checkpoint.close()
