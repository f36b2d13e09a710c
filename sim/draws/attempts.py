"""Who comes again, and how often? The chains of attempts, drawn ahead (R27 to R29).

A customer's further attempts are rows of their own, reserved whether they will happen or not. The k-th
attempts of a queue's customers are a *block* of rows with streams of its own, in order of the customers, so
more load, which appends customers, appends rows to each block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats, Ints
from sim.draws.bursts import APART
from sim.draws.streams import Stream, Streams
from sim.scenario.scenario import Scenario
from sim.scenario.troubles import bursts

LEVEL = 1000
"""The streams of the k-th attempts have the number of those of the first + (k - 1) times this."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The k-th attempts of one queue's customers, the usual ones or those of a burst, in all replications."""

    queue: int
    burst: int
    """In which burst its customers first come, from 1; 0 for the usual customers."""
    attempt: int
    ends: Ints
    """Shape (n_replications + 1): those of the r-th are the block's rows ``ends[r]`` to ``ends[r + 1]``."""
    persist_u: Floats
    """Uniform that decides whether a further attempt is reserved; empty where no queue has any."""
    again: NDArray[np.intp]
    """Rows of the block with a further attempt; they are the next block's rows, in order."""

    def uniforms(self, streams: Streams, names: Sequence[Stream], ends: Ints) -> Floats:
        """Uniforms of some streams of this block, shape (n_streams, n_rows)."""
        level = LEVEL * (self.attempt - 1) + APART * self.burst
        return streams.columns(self.queue, [name + level for name in names], ends)


def blocks(scenario: Scenario, streams: Streams, came: list[Ints]) -> list[Block]:
    """All attempts: first the first ones, which *came* in these rows, then the second ones, …

    First attempts are those of the queues' usual customers, then those of each burst.
    """
    sources = [*((q, 0) for q in range(len(scenario.queues))),
               *((q, k) for k, (q, _) in enumerate(bursts(scenario), start=1))]  # fmt: skip
    level = [_block(scenario, streams, *each, 1, ends) for each, ends in zip(sources, came, strict=True)]
    every: list[Block] = []
    while level:
        every += level
        level = [
            _block(
                scenario,
                streams,
                block.queue,
                block.burst,
                block.attempt + 1,
                np.searchsorted(block.again, block.ends),
            )
            for block in level
            if len(block.again)
        ]
    return every


def _block(scenario: Scenario, streams: Streams, q: int, burst: int, attempt: int, ends: Ints) -> Block:
    queue = scenario.queues[q]
    block = Block(q, burst, attempt, ends, np.empty(0), np.empty(0, dtype=np.intp))
    if not any(each.most_attempts > 1 for each in scenario.queues):
        return block
    (u,) = block.uniforms(streams, [Stream.PERSIST], ends)
    goes_on = u < queue.comes_again if attempt < queue.most_attempts else np.zeros(len(u), dtype=np.bool_)
    return Block(q, burst, attempt, ends, u, np.flatnonzero(goes_on))


def links(scenario: Scenario, every: list[Block]) -> dict[str, NDArray[Any]]:
    """Columns of all blocks, one after the other: who is whose next attempt, and who wants one.

    `customer` and `next_row` are rows of these columns.
    """
    firsts = np.cumsum([0] + [int(block.ends[-1]) for block in every])
    n = int(firsts[-1])
    customer, next_row = np.arange(n), np.full(n, -1)
    retries, returns = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    for k, (block, (first, end)) in enumerate(zip(every, pairwise(firsts.tolist()), strict=True)):
        if not len(block.again):
            continue
        whose = block.queue, block.burst
        after = next(j for j in range(k + 1, len(every)) if (every[j].queue, every[j].burst) == whose)
        next_row[first + block.again] = np.arange(firsts[after], firsts[after + 1])
        customer[firsts[after] : firsts[after + 1]] = customer[first:end][block.again]
        retry, back = scenario.queues[block.queue].retry, scenario.queues[block.queue].returns
        u = block.persist_u[block.again]
        retries[first + block.again] = u < (retry.probability if retry else 0.0)
        returns[first + block.again] = u < (back.probability if back else 0.0)
    attempt = np.repeat([block.attempt for block in every], np.diff(firsts))
    return {
        "customer": customer,
        "attempt": attempt,
        "next_row": next_row,
        "retries": retries,
        "returns": returns,
    }
