"""In which order do the customers of several queues come? By arrival, then queue, then number (R1)."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.compiled import compiled


def merged(arrival_s: Floats, ends: Ints) -> Ints:
    """Rows of the customers in the order in which they come, replication by replication.

    *arrival_s* holds the arrivals of all queues one after the other, and of each all replications; those of
    the r-th replication in queue q are the rows ``ends[q, r]`` to ``ends[q, r + 1]``, in order.
    """
    rows = np.empty(len(arrival_s), dtype=np.int64)
    _merge(arrival_s, ends, ends[:, 0].copy(), rows)
    return rows


def turn_rows(rows: Ints, offset: Ints) -> Ints:
    """Rows of the turns of the chats in these *rows*: of row i, ``offset[i]`` to ``offset[i + 1]``."""
    turns = np.empty(offset[-1], dtype=np.int64)
    _follow(rows, offset, turns)
    return turns


def numbers(queues: Ints, begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Queue of each customer, and their number within their block of rows and their replication.

    Blocks stand one after the other, each of one of the *queues*, with *ends* as above that count from its
    own first row; its numbers *begin* somewhere.
    """
    n = ends[:, -1].sum()
    queue, number = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    _count(queues, begins, ends, queue, number)
    return queue, number


@compiled
def _count(queues: Ints, begins: Ints, ends: Ints, queue: Ints, number: Ints) -> None:
    n = 0
    for block in range(len(ends)):
        for r in range(ends.shape[1] - 1):
            for k in range(ends[block, r + 1] - ends[block, r]):
                queue[n], number[n] = queues[block], begins[block] + k
                n += 1


@compiled
def _merge(arrival_s: Floats, ends: Ints, heads: Ints, rows: Ints) -> None:
    """Take the earliest of the queues' *heads* again and again; of equals, that of the first queue."""
    n_queues, n = len(ends), 0
    for r in range(ends.shape[1] - 1):
        while True:
            first = -1
            for q in range(n_queues):
                if heads[q] < ends[q, r + 1] and (first < 0 or arrival_s[heads[q]] < arrival_s[heads[first]]):
                    first = q
            if first < 0:
                break
            rows[n] = heads[first]
            heads[first] += 1
            n += 1


@compiled
def _follow(rows: Ints, offset: Ints, turns: Ints) -> None:
    n = 0
    for row in rows:
        for turn in range(offset[row], offset[row + 1]):
            turns[n] = turn
            n += 1
