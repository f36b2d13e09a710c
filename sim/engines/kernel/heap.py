"""Which of the events at hand comes first? A heap with four children a node, keyed (time, order, row)."""

from __future__ import annotations

import numpy as np

from sim.compiled import inlined
from sim.engines.kernel.records import TOP, Centre


@inlined
def instant(time_s: float) -> int:
    """Give a time, from 0 on, as a whole number that keeps their order: numbers are compared faster."""
    return np.float64(time_s + 0.0).view(np.int64)  # type: ignore[return-value]  # -0.0 + 0.0 is 0.0


@inlined
def seconds(instant: int) -> float:
    """Give the time of an instant."""
    time_s: float = np.int64(instant).view(np.float64)
    return time_s


@inlined
def earlier(time: float, key: int, other_time: float, other_key: int) -> bool:
    """Whether an event comes before another; both times are in seconds, or both are instants."""
    return time < other_time or (time == other_time and key < other_key)


@inlined
def first_of(c: Centre, place: int, other: int) -> int:
    """Choose of two events of the heap the one that comes first.

    By arithmetic and not by a branch, which the processor would guess wrongly every other time.
    """
    here, there = c.heap[place + TOP], c.heap[other + TOP]
    is_other = (there.instant < here.instant) | ((there.instant == here.instant) & (there.key < here.key))
    first: int = place + (other - place) * is_other
    return first


@inlined
def add(c: Centre, instant: int, key: int) -> None:
    """Put an event into the heap."""
    n = c.state[0].heap_size
    c.state[0].heap_size = n + 1
    rise(c, n, instant, key)


@inlined
def rise(c: Centre, place: int, instant: int, key: int) -> None:
    """Put an event into an empty *place* at the bottom, or as far above as it belongs."""
    i = place
    while i > 0:
        above = (i - 1) >> 2
        parent = c.heap[above + TOP]
        if earlier(parent.instant, parent.key, instant, key):
            break
        c.heap[i + TOP].instant, c.heap[i + TOP].key = parent.instant, parent.key
        i = above
    c.heap[i + TOP].instant, c.heap[i + TOP].key = instant, key


@inlined
def pop(c: Centre) -> None:
    """Remove the first event: the first of its children moves up, and so on; the last fills the gap."""
    n = c.state[0].heap_size - 1
    c.state[0].heap_size = n
    gap, child = 0, 1
    while child < n:
        if child + 3 < n:
            best = first_of(c, first_of(c, child, child + 1), first_of(c, child + 2, child + 3))
        else:
            best = child
            for k in range(child + 1, n):
                best = first_of(c, best, k)
        c.heap[gap + TOP].instant, c.heap[gap + TOP].key = c.heap[best + TOP].instant, c.heap[best + TOP].key
        gap, child = best, 4 * best + 1
    rise(c, gap, c.heap[n + TOP].instant, c.heap[n + TOP].key)
