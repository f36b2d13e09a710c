"""When does what is announced happen? A calendar: events of the open page in the heap, later ones in notes.

A calendar queue: Brown, *Calendar queues: a fast O(1) priority queue implementation for the simulation event
set problem*, Communications of the ACM 31 (1988) 1220-1227; with a heap for the page that is open. A page has
about as many events in a centre of any size, so the heap stays small, and an event costs the same. What lies
beyond the last page goes into the heap, too: the order is right whatever the pages' length.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, inner
from sim.engines.kernel.fetch import fetch
from sim.engines.kernel.heap import add, instant, seconds
from sim.engines.kernel.records import N_PAGES, NONE, ROWS, TOP, Centre

LATEST = 2**62
"""A key after all others."""
ON_A_PAGE = 16
"""Events expected on a page ..."""
SHORTEST_S = 60.0
"""... if they happen in no less time than this, as long as customers come."""


@inner
def rule_pages(c: Centre, n_customers: int) -> None:
    """Choose the length of the pages before a run."""
    span_s = SHORTEST_S
    if n_customers > 0:
        span_s = max(c.chat_cold[n_customers - 1].arrival_s - c.chat_cold[0].arrival_s, SHORTEST_S)
    # A chat's wait, work and wrap-up, and of each turn the message and the reply.
    n_events = 4 * n_customers + 2 * len(c.turns)
    c.state[0].pages_per_s = n_events / (ON_A_PAGE * span_s)


@inlined
def push(c: Centre, time_s: float, order: int, row: int) -> None:
    """Announce an event."""
    c.state[0].n_events += 1
    key, place, page = order * ROWS + int(row), time_s * c.state[0].pages_per_s, c.state[0].page
    if place >= page + 1 and place < page + N_PAGES:
        note(c, int(place) % N_PAGES, instant(time_s), key)
    else:
        add(c, instant(time_s), key)


@inlined
def note(c: Centre, page: int, instant: int, key: int) -> None:
    """Note an event on its page, on a used note if there is one."""
    i = c.state[0].used_note
    if i == NONE:
        i = c.state[0].n_notes
        c.state[0].n_notes = i + 1
    else:
        c.state[0].used_note = c.entries[i].next
    c.entries[i].instant, c.entries[i].key, c.entries[i].next = instant, key, c.buckets[page]
    c.buckets[page] = i
    c.state[0].n_noted += 1


@inlined
def next_event(c: Centre) -> tuple[float, int]:
    """Tell when the next event happens, and its key; it is the first of the heap. Never, if there is none."""
    turn_pages(c)
    if c.state[0].heap_size == 0:
        return np.inf, LATEST
    return seconds(c.heap[TOP].instant), c.heap[TOP].key


@inlined
def turn_pages(c: Centre) -> None:
    """Turn to the page of the next event: it is then the first of the heap, if there is any."""
    if c.state[0].n_noted == 0 and c.state[0].heap_size > 0:
        c.state[0].page = int(min(seconds(c.heap[TOP].instant) * c.state[0].pages_per_s, float(ROWS)))
    while c.state[0].n_noted > 0 and (
        c.state[0].heap_size == 0
        or seconds(c.heap[TOP].instant) * c.state[0].pages_per_s >= c.state[0].page + 1
    ):
        c.state[0].page += 1
        open_page(c, c.state[0].page % N_PAGES)


@inlined
def open_page(c: Centre, page: int) -> None:
    """Put a page's events into the heap."""
    i = c.buckets[page]
    c.buckets[page] = NONE
    while i != NONE:
        fetch(c.chats, c.entries[i].key % ROWS)
        add(c, c.entries[i].instant, c.entries[i].key)
        following = c.entries[i].next
        c.entries[i].next = c.state[0].used_note
        c.state[0].used_note = i
        c.state[0].n_noted -= 1
        i = following


@inlined
def look_ahead(c: Centre) -> None:
    """Have fetched what the next event will probably look at."""
    if c.state[0].heap_size > 0:
        row = c.heap[TOP].key % ROWS
        fetch(c.turns, c.chats[row].turn)
        fetch(c.agents, c.chats[row].agent)
