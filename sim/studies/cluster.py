"""Where are other machines? A Dask cluster as an executor, with its versions checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from sim.errors import ClusterError
from sim.studies.tasks import pieces
from sim.world.scenario import Scenario

BATCHES_A_TASK = 8
"""A task is long enough (100 ms or more) that sending it costs little."""
PATIENCE_S = 10
"""A cluster that does not answer within this is not there."""


def _cut(scenario: Scenario, replications: range) -> Iterable[range]:
    return pieces(scenario, replications, batches=BATCHES_A_TASK)


@contextmanager
def connected(address: str) -> Iterator[tuple[Executor, int, Callable[[Scenario, range], Iterable[range]]]]:
    """Connect to the scheduler at an *address*: its executor, its workers, and how it likes its tasks.

    Raises
    ------
    ClusterError
        If it does not answer, has no workers, or another version runs there.
    """
    try:
        from distributed import Client  # noqa: PLC0415  an extra
    except ImportError:
        raise ClusterError(
            "a cluster needs the extra `cluster`: pip install 'livechat-sim[cluster]'"
        ) from None
    try:
        client = Client(address, timeout=PATIENCE_S)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ClusterError(f"{address}: no scheduler answers: {error}") from None
    with client:
        n = sum(client.nthreads().values())  # type: ignore[no-untyped-call]
        with client.get_executor(pure=False, retries=2) as executor:  # type: ignore[no-untyped-call]
            yield executor, n, _cut
