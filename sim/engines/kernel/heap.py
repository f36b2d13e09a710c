"""When does what happen next? Events in a heap with four children a node, keyed (time, order, row)."""

from __future__ import annotations

from sim.compiled import woven
from sim.engines.kernel.records import ROWS, TOP, Centre


@woven
def earlier(time_s: float, key: int, other_s: float, other_key: int) -> bool:
    """Whether an event comes before another."""
    return time_s < other_s or (time_s == other_s and key < other_key)


@woven
def push(c: Centre, time_s: float, order: int, row: int) -> None:
    """Announce an event."""
    key = order * ROWS + int(row)
    desk = c.desk[0]
    i = desk.heap_size
    desk.heap_size = i + 1
    desk.n_events += 1
    while i > 0:
        above = (i - 1) >> 2
        parent = c.heap[above + TOP]
        if earlier(parent.time_s, parent.key, time_s, key):
            break
        c.heap[i + TOP].time_s, c.heap[i + TOP].key = parent.time_s, parent.key
        i = above
    c.heap[i + TOP].time_s, c.heap[i + TOP].key = time_s, key


@woven
def pop(c: Centre) -> None:
    """Remove the first event."""
    n = c.desk[0].heap_size - 1
    c.desk[0].heap_size = n
    time_s, key = c.heap[n + TOP].time_s, c.heap[n + TOP].key
    i = 0
    while True:
        child = 4 * i + 1
        if child >= n:
            break
        best = child
        first_s, first_key = c.heap[child + TOP].time_s, c.heap[child + TOP].key
        for k in range(child + 1, min(child + 4, n)):
            if earlier(c.heap[k + TOP].time_s, c.heap[k + TOP].key, first_s, first_key):
                best = k
                first_s, first_key = c.heap[k + TOP].time_s, c.heap[k + TOP].key
        if earlier(time_s, key, first_s, first_key):
            break
        c.heap[i + TOP].time_s, c.heap[i + TOP].key = first_s, first_key
        i = best
    c.heap[i + TOP].time_s, c.heap[i + TOP].key = time_s, key
