"""When does what happen next? Events in a heap with four children a node, keyed (time, order, row)."""

from __future__ import annotations

from sim.compiled import woven
from sim.engines.kernel.records import ROWS, TOP, Centre


@woven
def earlier(time_s: float, key: int, other_s: float, other_key: int) -> bool:
    """Whether an event comes before another."""
    return time_s < other_s or (time_s == other_s and key < other_key)


@woven
def first_of(c: Centre, place: int, other: int) -> int:
    """Choose of two events of the heap the one that comes first.

    By arithmetic and not by a branch, which the processor would guess wrongly every other time.
    """
    here, there = c.heap[place + TOP], c.heap[other + TOP]
    is_other = (there.time_s < here.time_s) | ((there.time_s == here.time_s) & (there.key < here.key))
    first: int = place + (other - place) * is_other
    return first


@woven
def push(c: Centre, time_s: float, order: int, row: int) -> None:
    """Announce an event."""
    n = c.desk[0].heap_size
    c.desk[0].heap_size = n + 1
    c.desk[0].n_events += 1
    rise(c, n, time_s, order * ROWS + int(row))


@woven
def rise(c: Centre, place: int, time_s: float, key: int) -> None:
    """Put an event into an empty *place* at the bottom, or as far above as it belongs."""
    i = place
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
    """Remove the first event: the first of its children moves up, and so on; the last fills the gap."""
    n = c.desk[0].heap_size - 1
    c.desk[0].heap_size = n
    gap, child = 0, 1
    while child < n:
        if child + 3 < n:
            best = first_of(c, first_of(c, child, child + 1), first_of(c, child + 2, child + 3))
        else:
            best = child
            for k in range(child + 1, n):
                best = first_of(c, best, k)
        c.heap[gap + TOP].time_s, c.heap[gap + TOP].key = c.heap[best + TOP].time_s, c.heap[best + TOP].key
        gap, child = best, 4 * best + 1
    rise(c, gap, c.heap[n + TOP].time_s, c.heap[n + TOP].key)
