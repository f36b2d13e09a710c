"""How much of what was going on, and when? Times and levels within planning intervals, as compiled loops.

Chats are counted where they arrive; agents' time and the queue are measured where they happen, within the
window from the warm-up's end to the horizon. A *label* tells apart whose time it is (a queue of a run, a
group of a run); results have the shape (n_labels, n_intervals).
"""

from __future__ import annotations

import numpy as np

from sim.compiled import compiled
from sim.log.chatlog import Centre
from sim.world.units import Floats, Ints


def edges(centre: Centre) -> Floats:
    """Edges of all planning intervals, shape (n_intervals + 1,); those in the warm-up have no width."""
    n = round(centre.horizon_s / centre.interval_s)
    return np.asarray(np.maximum(np.arange(n + 1) * centre.interval_s, centre.warm_up_s), dtype=np.float64)


def time_within(
    label: Ints, n_labels: int, start_s: Floats, end_s: Floats, edges_s: Floats, weight: Floats | None = None
) -> Floats:
    """Time that the spans [start, end] of each label spend in each interval, weighted and added up.

    >>> label, edges_s = np.array([0, 0]), np.array([0.0, 10.0, 20.0])
    >>> time_within(label, 1, np.array([0.0, 5.0]), np.array([12.0, np.inf]), edges_s)
    array([[15., 12.]])
    """
    total = np.zeros((n_labels, len(edges_s) - 1))
    weights = np.ones(len(start_s)) if weight is None else weight
    _add_spans(label, start_s, end_s, weights, edges_s, total)
    return total


def busy_time_within(
    label: Ints, n_labels: int, agent: Ints, start_s: Floats, end_s: Floats, edges_s: Floats
) -> Floats:
    """Time in which each label's agents have at least one chat: the union of each agent's spans, added up."""
    total = np.zeros((n_labels, len(edges_s) - 1))
    order = np.lexsort((start_s, agent))
    _add_unions(label[order], agent[order], start_s[order], end_s[order], edges_s, total)
    return total


def peak_within(label: Ints, n_labels: int, start_s: Floats, end_s: Floats, edges_s: Floats) -> Floats:
    """Highest number of spans of each label open at once in each interval; 0 for one without width.

    A span that ends when another begins is not open beside it.

    >>> label, edges_s = np.array([0, 0]), np.array([0.0, 10.0, 20.0])
    >>> peak_within(label, 1, np.array([0.0, 5.0]), np.array([12.0, 8.0]), edges_s)
    array([[2., 1.]])
    """
    peak = np.zeros((n_labels, len(edges_s) - 1))
    by_start, by_end = np.lexsort((start_s, label)), np.lexsort((end_s, label))
    firsts = np.searchsorted(label[by_start], np.arange(n_labels + 1))
    _raise_peaks(firsts, start_s[by_start], end_s[by_end], edges_s, peak)
    return peak


@compiled
def _add_span(row: Floats, start_s: float, end_s: float, weight: float, edges_s: Floats) -> None:
    """Add one span's time to a row of intervals."""
    n = len(edges_s) - 1
    low, high = max(start_s, edges_s[0]), min(end_s, edges_s[n])
    if low >= high:
        return
    i = np.searchsorted(edges_s, low, side="right") - 1
    while i < n and edges_s[i] < high:
        row[i] += weight * (min(high, edges_s[i + 1]) - max(low, edges_s[i]))
        i += 1


@compiled
def _add_spans(
    label: Ints, start_s: Floats, end_s: Floats, weight: Floats, edges_s: Floats, total: Floats
) -> None:
    """Add all spans' time."""
    for k in range(len(start_s)):
        _add_span(total[label[k]], start_s[k], end_s[k], weight[k], edges_s)


@compiled
def _add_unions(
    label: Ints, agent: Ints, start_s: Floats, end_s: Floats, edges_s: Floats, total: Floats
) -> None:
    """Add the time of the unions of spans that stand in order of agent, then of start."""
    k = 0
    while k < len(start_s):
        low, high, last = start_s[k], end_s[k], k + 1
        while last < len(start_s) and agent[last] == agent[k] and start_s[last] <= high:
            high = max(high, end_s[last])
            last += 1
        _add_span(total[label[k]], low, high, 1.0, edges_s)
        k = last


@compiled
def _raise_peaks(firsts: Ints, start_s: Floats, end_s: Floats, edges_s: Floats, peak: Floats) -> None:
    """Sweep each label's starts and ends, both in order, and note the highest level of each interval."""
    n = len(edges_s) - 1
    for label in range(len(firsts) - 1):
        start, end, last = firsts[label], firsts[label], firsts[label + 1]
        level = 0
        for i in range(n):
            if edges_s[i] == edges_s[i + 1]:
                continue
            while end < last and end_s[end] <= edges_s[i]:
                level -= 1
                end += 1
            while start < last and start_s[start] < edges_s[i]:
                level += 1
                start += 1
            peak[label, i] = level
            while start < last and start_s[start] < edges_s[i + 1]:
                while end < last and end_s[end] <= start_s[start]:
                    level -= 1
                    end += 1
                level += 1
                start += 1
                peak[label, i] = max(peak[label, i], level)
            while end < last and end_s[end] < edges_s[i + 1]:
                level -= 1
                end += 1
