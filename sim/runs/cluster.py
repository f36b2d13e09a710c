"""Where are other machines? A Dask cluster as an executor, with its versions checked."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from sim.draws.profile import expected_overall
from sim.errors import ClusterError, ClusterWarning, SimError
from sim.interrupts import unbroken
from sim.runs.tasks import Task, alike_pieces, pieces
from sim.runs.versions import ARITHMETIC, OURS, PACKAGES, difference, versions

if TYPE_CHECKING:
    from distributed import Client

R = TypeVar("R")

PATIENCE_S = 6.0
"""A scheduler that has not answered by then is not there."""
IMPORT_S = 30.0
"""Machines are given so long to say what they run: imports take time where all has just been started."""
PULSE_S = 2.0
"""How often the scheduler is asked whether it still works for us."""
SILENT_S = 25.0
"""A worker that has said nothing for so long is frozen: busy or not, it says something every second."""
KILL_S = 10.0
"""Time to end a frozen worker, where something watches over it that can."""
GOODBYE_S = 2.0
"""Time to say goodbye: a scheduler that is gone keeps nobody waiting."""
RETRIES = 2
"""A task that fails is tried so often again, elsewhere if there is another worker."""
TRAVELLING = ("distributed", "dask", "cloudpickle", "msgpack", "pydantic", *PACKAGES)
"""What tasks and figures travel with, and are computed with."""

TASK_S = 0.2
"""A task takes at least about so long, if its job does: sending it costs a few milliseconds."""
RUN_S, CHAT_S = 50e-6, 1.5e-6
"""Time that a replication takes, and each of its chats and intervals: measured, roughly."""


def cut(task: Task) -> Iterator[range]:
    """Cut a task's replications into pieces that are long enough to be sent."""
    if task.keeps_logs:  # which take memory, and much longer to send
        return pieces(task.scenario, task.replications)
    intervals = task.scenario.days * task.scenario.intervals_per_day
    one_s = RUN_S + CHAT_S * (expected_overall(task.scenario) + intervals)
    return alike_pieces(task.replications, max(1, len(task) // math.ceil(TASK_S / one_s)))


@contextmanager
def connected(address: str) -> Iterator[tuple[Executor, int]]:
    """Connect to the scheduler at an *address*: gives an executor, and how many tasks run there at a time.

    Raises
    ------
    ClusterError
        If it does not answer, has no workers, or another version runs there.
    """
    try:
        import distributed  # noqa: F401, PLC0415  an extra
    except ImportError:
        raise ClusterError(
            "a cluster needs the extra `cluster`: pip install 'livechat-sim[cluster]'"
        ) from None
    with _quiet():
        client = _client(address, monotonic() + PATIENCE_S)
        try:
            n = _checked(client, address, monotonic() + IMPORT_S)
            with _Far(client, address) as executor:
                yield executor, n
        finally:
            with suppress(Exception):
                _within(monotonic() + GOODBYE_S, client.close)


class _Far(Executor):
    """Workers of a cluster. What is cancelled here is forgotten there when the client is closed."""

    def __init__(self, client: Client, address: str) -> None:
        asked: Any = client
        self._client = asked
        self._there: Executor = asked.get_executor(pure=False, retries=RETRIES)
        self._address = address
        self._awaited: set[Future[Any]] = set()
        self._is_over = Event()
        Thread(target=self._watch, daemon=True).start()

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have *work* done with these arguments on some worker of our version."""
        answer: Future[Any] = Future()
        try:
            with unbroken():  # serialisers may take Ctrl-C for an error of their own
                there = self._there.submit(_of_our_version, versions(TRAVELLING), work, *args, **kwargs)
        except Exception as error:
            raise self._explained(error) from error
        self._awaited.add(answer)
        there.add_done_callback(lambda done: self._pass_on(answer, done.result))
        if self._is_over.is_set():
            self._pass_on(answer, _lost)
        return answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Watch the scheduler no longer; what it still does for us ends when the client is closed."""
        self._is_over.set()

    def _pass_on(self, answer: Future[Any], result: Callable[[], Any]) -> None:
        """Give an *answer*, once, unless nobody waits for it."""
        try:
            self._awaited.remove(answer)
        except KeyError:
            return
        if not answer.set_running_or_notify_cancel():
            return
        try:
            answer.set_result(result())
        except Exception as error:
            answer.set_exception(self._explained(error))

    def _watch(self) -> None:
        """See that the scheduler still works for us: Dask's client does not notice where it ends in order."""
        quiet: set[str] = set()
        try:
            while not self._is_over.wait(PULSE_S) and self._asked(_knows, self._client.id):
                # Twice in a row: a scheduler that was frozen itself has heard of nobody.
                before, quiet = quiet, set(self._asked(_quiet_ones, SILENT_S))
                self._give_up(sorted(before & quiet))
        except Exception:  # no answer, or none in time
            pass
        self._is_over.set()
        for answer in list(self._awaited):
            self._pass_on(answer, _lost)

    def _give_up(self, workers: list[str]) -> None:
        """Have the tasks of frozen workers done by others."""
        if workers:
            self._asked(_end, workers, KILL_S)
            who = f"{self._address}: worker {' and '.join(workers)}"
            why = f"said nothing for {SILENT_S:g} s and was given up: its tasks are done by other workers"
            with suppress(Warning):  # where warnings are errors: the work goes on
                warnings.warn(f"{who} {why}", ClusterWarning, stacklevel=1)

    def _asked(self, what: Callable[..., Any], *about: Any) -> Any:
        """Answer of the scheduler."""
        ask: Any = self._client.run_on_scheduler
        return _within(monotonic() + IMPORT_S, partial(ask, what, *about))

    def _explained(self, error: Exception) -> Exception:
        """An error as the user should read it; one that is a fault of ours stays as it is."""
        from distributed import KilledWorker  # noqa: PLC0415  an extra
        from distributed.client import ClosedClientError  # noqa: PLC0415
        from distributed.comm.core import CommClosedError  # noqa: PLC0415

        match error:
            case SimError():
                return error
            case KilledWorker():
                return ClusterError(f"{self._address}: a task's workers died, one after the other: {error}")
            case ImportError():
                return ClusterError(f"{self._address}: a worker can't run this program: {error}")
            case CancelledError() | ClosedClientError() | CommClosedError():
                return ClusterError(f"{self._address}: the scheduler went away in the middle of the work")
        return error


def _knows(client: str, dask_scheduler: Any) -> bool:
    """Whether a scheduler knows a client: one that was started again does not."""
    return client in dask_scheduler.clients


def _quiet_ones(silent_s: float, dask_scheduler: Any) -> list[str]:
    """Workers that a scheduler has not heard of for so long; of thousands it hears less often."""
    from distributed.metrics import time  # noqa: PLC0415  an extra

    workers = dask_scheduler.workers.values()
    latest = time() - max(silent_s, len(workers) / 20)
    return [worker.address for worker in workers if worker.last_seen < latest]


async def _end(workers: list[str], kill_s: float, dask_scheduler: Any) -> None:
    """Have a scheduler end workers, or at least forget them; a nanny, where there is one, starts another."""
    await dask_scheduler.restart_workers(
        workers, timeout=kill_s, wait_for_workers=False, on_error="return", stimulus_id="frozen"
    )


def _lost() -> None:
    raise CancelledError


def _of_our_version(ours: dict[str, str], work: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Do *work*, on a worker: it may have joined after the others were asked for their versions."""
    if why := difference(ours, versions(TRAVELLING)):
        from distributed import get_worker  # noqa: PLC0415  an extra

        raise ClusterError(f"worker {get_worker().address}: {why}")
    return work(*args, **kwargs)


def _client(address: str, deadline: float) -> Client:
    """Connect to a scheduler, if there is one."""
    from distributed import Client  # noqa: PLC0415  an extra
    from distributed.versions import VersionMismatchWarning  # noqa: PLC0415

    host, port = _place(address)

    def connect() -> Client:
        left_s = max(0.1, deadline - monotonic())
        socket.create_connection((host, port), left_s).close()
        asyncio.run(_shake_hands(address))
        return Client(address, timeout=left_s, set_as_default=False)  # type: ignore[no-untyped-call]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VersionMismatchWarning)  # we look ourselves
        try:
            return _within(deadline, connect)
        except TimeoutError:
            raise ClusterError(f"{address}: no scheduler answers within {PATIENCE_S:g} s") from None
        except OSError as error:
            raise ClusterError(f"{address}: no scheduler answers: {error.strerror or error}") from None
        except Exception as error:
            raise ClusterError(f"{address}: what answers is no scheduler for us: {error}") from None


async def _shake_hands(address: str) -> None:
    """See whether a scheduler answers: Dask's client waits for ever for one that doesn't."""
    from distributed.comm.core import connect  # noqa: PLC0415  an extra

    comm: Any = await connect(address, timeout=PATIENCE_S)  # type: ignore[no-untyped-call]
    await comm.close()


def _place(address: str) -> tuple[str, int]:
    """Host and port of an address."""
    try:
        parts = urlsplit(address)
        if parts.scheme in {"tcp", "tls"} and parts.hostname and parts.port:
            return parts.hostname, parts.port
    except ValueError:
        pass
    raise ClusterError(f"a cluster's address must be of the form tcp://HOST:8786, got {address!r}")


def _checked(client: Client, address: str, deadline: float) -> int:
    """Tasks that a cluster runs at a time, once all its machines have turned out to be as they should.

    Raises
    ------
    ClusterError
        If one is not, or there are no workers.
    """
    ours = versions(TRAVELLING)
    asked: Any = client
    scheduler = f"{address}: the scheduler"
    computed = {name: version for name, version in ours.items() if name != ARITHMETIC}
    theirs = _answer(scheduler, lambda: asked.run_on_scheduler(versions, TRAVELLING), deadline)
    _compare(scheduler, computed, theirs)
    workers = f"{address}: its workers"
    everyone = _answer(workers, lambda: asked.run(versions, TRAVELLING, on_error="return"), deadline)
    for worker, theirs in everyone.items():
        _compare(f"worker {worker}", ours, theirs)
    threads: dict[str, int] = _answer(scheduler, asked.nthreads, deadline)
    if not threads:
        raise ClusterError(
            f"{address}: the scheduler has no workers: start some with `dask worker {address}`"
        )
    return sum(threads.values())


def _answer(who: str, ask: Callable[[], Any], deadline: float) -> Any:
    try:
        return _within(deadline, ask)
    except TimeoutError:
        raise ClusterError(f"{who} did not say within {IMPORT_S:g} s what runs there") from None
    except Exception as error:
        raise _unable(who, error) from None


def _compare(who: str, ours: dict[str, str], theirs: dict[str, str] | Exception) -> None:
    if isinstance(theirs, Exception):
        raise _unable(who, theirs)
    if why := difference(ours, theirs):
        raise ClusterError(f"{who}: {why}")


def _unable(who: str, why: Exception) -> ClusterError:
    return ClusterError(f"{who} can't run this program: {why}: livechat-sim {versions()[OURS]} must be there")


def _within(deadline: float, ask: Callable[[], R]) -> R:
    """Give what *ask* returns, if it does so in time: Dask itself may wait for ever."""
    answer: Future[R] = Future()

    def answering() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=answering, daemon=True).start()
    return answer.result(max(0.0, deadline - monotonic()))


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave Dask's log out: what matters of it is told as our errors."""
    from distributed import Client  # noqa: F401, PLC0415  its loggers are there once it is imported

    names = ("distributed", "tornado", "asyncio")
    loggers = [
        logging.getLogger(name) for name in logging.root.manager.loggerDict if name.split(".")[0] in names
    ]
    before = [(logger, logger.disabled) for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in before:
            logger.disabled = disabled
