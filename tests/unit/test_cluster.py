"""Other machines: the same bytes as threads give, also when a worker dies; what is not as it should be is told."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import ClusterError, ClusterWarning
from sim.kpis.packed import pack
from sim.runs import cluster as module
from sim.runs.cluster import connected, cut
from sim.runs.executor import executing
from sim.runs.replicate import replicate
from sim.runs.tasks import Task, run
from sim.runs.versions import versions
from sim.scenario.files import load
from tests.conftest import SCENARIOS
from tests.unit.test_checkpoint import shop

pytestmark = pytest.mark.slow

distributed = pytest.importorskip("distributed")

SHOP, N = shop(), 400
OURS = sim.__version__


@pytest.fixture(scope="module")
def local() -> Iterator[Any]:
    """A scheduler, and two workers that are processes of their own."""
    with distributed.LocalCluster(
        processes=True, n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as started:
        yield started


@pytest.fixture(scope="module")
def expected() -> bytes:
    """Figures that threads give."""
    return pack(replicate(SHOP, 7, N).estimates.runs)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may run on a busy machine; short tasks make many of them."""
    monkeypatch.setattr(module, "IMPORT_S", 120.0)
    monkeypatch.setattr(module, "TASK_S", 0.01)


def test_one_worker_is_killed_and_the_figures_are_the_same(local: Any, expected: bytes, tmp_path: Path):
    """Killed once the first task is done: what it had is done again, and all is kept in the file."""
    victim = next(iter(local.workers.values())).pid
    told: list[tuple[int, int]] = []

    def kill(done: int, wanted: int) -> None:
        if not told:
            os.kill(victim, signal.SIGKILL)
        told.append((done, wanted))

    with executing(cluster=local.scheduler_address, resume=tmp_path / "done") as executor:
        result = replicate(SHOP, 7, N, progress=kill, executor=executor)

    assert pack(result.estimates.runs) == expected
    assert told[0][0] < told[0][1] == told[-1][0]
    with executing(1, resume=tmp_path / "done") as executor:
        assert len(list(executor.checkpoint.finished(Task(SHOP, 7, range(N))))) == told[-1][1]
        assert pack(replicate(SHOP, 7, N, executor=executor).estimates.runs) == expected


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a process can't be frozen here")
def test_a_worker_that_freezes_is_given_up_with_a_remark(
    local: Any, expected: bytes, monkeypatch: pytest.MonkeyPatch
):
    """Frozen once the first task is done: its tasks run elsewhere, well before Dask's own five minutes are over."""
    assert module.SILENT_S + 2 * module.PULSE_S + module.KILL_S < 60
    monkeypatch.setattr(module, "PULSE_S", 0.2)
    monkeypatch.setattr(module, "SILENT_S", 2.0)
    monkeypatch.setattr(module, "KILL_S", 2.0)
    victim, frozen = next(iter(local.workers.values())), []

    def freeze(done: int, wanted: int) -> None:
        if not frozen:
            os.kill(victim.pid, signal.SIGSTOP)
            frozen.append(victim.worker_address)

    with (
        pytest.warns(ClusterWarning, match="said nothing for 2 s and was given up") as told,
        executing(cluster=local.scheduler_address) as executor,
    ):
        result = replicate(SHOP, 7, N, progress=freeze, executor=executor)

    assert frozen[0] in str(told[0].message)
    assert pack(result.estimates.runs) == expected


def test_logs_travel_too(local: Any):
    """Chats of each replication, in order."""
    here: list[Any] = []
    there: list[Any] = []
    replicate(SHOP, 7, 3, each=lambda _, log: here.append(log.chat.arrival_s.tobytes()))
    with executing(cluster=local.scheduler_address) as executor:
        replicate(
            SHOP, 7, 3, each=lambda _, log: there.append(log.chat.arrival_s.tobytes()), executor=executor
        )

    assert here == there
    assert len(set(here)) == 3


@pytest.fixture
def other_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Any], None]]:
    """Make this process another version than the workers are: something of `sim.runs.versions` is replaced."""

    def replaced(name: str, value: Any) -> None:
        monkeypatch.setattr(name, value)
        versions.cache_clear()

    yield replaced
    monkeypatch.undo()
    versions.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("sim.__version__", "9.9", f"worker tcp://.*: livechat-sim {sim.__version__} there, 9.9 here"),
        (
            "sim.runs.versions._version",
            lambda package: "9.9",
            "worker tcp://.*: distributed .* there, 9.9 here",
        ),
        (
            "sim.runs.versions._arithmetic",
            lambda: "other",
            "worker tcp://.*: its processor or C library rounds",
        ),
    ],
)
def test_another_version_is_told_before_anything_is_run(
    local: Any, other_here: Callable[[str, Any], None], name: str, value: Any, why: str
):
    """The machine, and both versions."""
    other_here(name, value)
    with pytest.raises(ClusterError, match=why), connected(local.scheduler_address):
        pass


def test_a_worker_that_joins_later_with_another_version_is_told(
    local: Any, other_here: Callable[[str, Any], None]
):
    """Each task looks for itself."""
    with connected(local.scheduler_address) as (executor, n):
        assert n >= 1
        other_here("sim.__version__", "9.9")
        error = executor.submit(run, Task(SHOP, 1, range(1))).exception(timeout=120)

    assert isinstance(error, ClusterError)
    assert str(error).startswith("worker tcp://")
    assert str(error).endswith(f"livechat-sim {OURS} there, 9.9 here")


def test_a_scheduler_that_ends_in_the_middle_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Ended in order, which Dask's client does not notice; what was finished is kept."""
    monkeypatch.setattr(module, "PULSE_S", 0.1)
    with (
        distributed.LocalCluster(
            processes=False, n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50,
            protocol="tcp",
        ) as started,
        pytest.raises(ClusterError, match="the scheduler went away in the middle of the work"),
        executing(cluster=started.scheduler_address, resume=tmp_path / "done") as executor,
    ):  # fmt: skip
        replicate(SHOP, 7, 10_000, progress=lambda *_: started.close(), executor=executor)
    with executing(1, resume=tmp_path / "done") as executor:
        assert executor.checkpoint.finished(Task(SHOP, 7, range(10_000)))


@pytest.mark.parametrize(
    "address", ["", "localhost", "foo://x:1", "tcp://host", "tcp://host:a", "tcp://h:99999"]
)
def test_an_address_that_is_none_is_told(address: str):
    with pytest.raises(ClusterError, match="must be of the form tcp://HOST:8786, got"), connected(address):
        pass


def test_what_does_not_answer_is_told_in_time(monkeypatch: pytest.MonkeyPatch):
    """A port that is closed, one that says nothing, and one that says something else."""
    assert module.PATIENCE_S + module.GOODBYE_S < 10
    monkeypatch.setattr(module, "PATIENCE_S", 1.0)
    with socket.socket() as silent, socket.socket() as closed:
        for each in (silent, closed):
            each.bind(("127.0.0.1", 0))
        silent.listen()
        for port, why in ((closed.getsockname()[1], "refused"), (silent.getsockname()[1], "within 1 s")):
            began = time.monotonic()
            with (
                pytest.raises(ClusterError, match=f"no scheduler answers.*{why}"),
                connected(f"tcp://127.0.0.1:{port}"),
            ):
                pass
            assert time.monotonic() - began < 10


def test_a_cluster_without_workers_is_told():
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, dashboard_address=":0", protocol="tcp"
        ) as empty,
        pytest.raises(ClusterError, match="has no workers: start some with `dask worker tcp://"),
        connected(empty.scheduler_address),
    ):
        pass


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_tasks_are_long_enough_to_be_sent(path: Path, monkeypatch: pytest.MonkeyPatch):
    """No shorter than what takes the wanted time, if there is enough to do; each replication once."""
    monkeypatch.undo()
    scenario = load(path)
    one_s = module.RUN_S + module.CHAT_S * scenario.days * scenario.intervals_per_day
    for n in (1, 7, 3_000):
        pieces = list(cut(Task(scenario, 1, range(n))))

        assert [k for piece in pieces for k in piece] == list(range(n))
        assert len(pieces) == 1 or min(map(len, pieces)) >= min(n, 2)
        assert len(pieces) * module.TASK_S < 2 * n * one_s + 2 * n or len(pieces) == 1
    assert len(list(cut(replace(Task(scenario, 1, range(64)), keeps_logs=True)))) > 1
