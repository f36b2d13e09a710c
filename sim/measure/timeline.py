"""How much of what was going on, and when? Times and levels within planning intervals.

Chats are counted where they arrive; agents' time and the queue are measured where they happen, within the
window from the warm-up's end to the horizon.
"""

from __future__ import annotations

import numpy as np

from sim.log.chatlog import Centre
from sim.world.units import Flags, Floats, Ints


def edges(centre: Centre) -> Floats:
    """Edges of all planning intervals, shape (n_intervals + 1,); those in the warm-up have no width."""
    n = round(centre.horizon_s / centre.interval_s)
    return np.asarray(np.maximum(np.arange(n + 1) * centre.interval_s, centre.warm_up_s), dtype=np.float64)


def time_within(start_s: Floats, end_s: Floats, edges_s: Floats, weight: Floats | None = None) -> Floats:
    """Time that the spans [start, end] spend in each interval between *edges_s*, weighted and added up.

    Takes n log n steps for n spans, however many intervals they touch.

    >>> time_within(np.array([0.0, 5.0]), np.array([12.0, np.inf]), np.array([0.0, 10.0, 20.0]))
    array([15., 12.])
    """
    return np.diff(_time_before(start_s, edges_s, weight) - _time_before(end_s, edges_s, weight))


def _time_before(since_s: Floats, at_s: Floats, weight: Floats | None) -> Floats:
    """Sum over k of weight_k × max(0, at − since_k), at each of *at_s*."""
    since_s = np.clip(since_s, at_s[0], at_s[-1])
    order = np.argsort(since_s, kind="stable")
    weights = np.ones(len(since_s)) if weight is None else weight
    sums = np.concatenate([[0.0], np.cumsum(weights[order])])
    moments = np.concatenate([[0.0], np.cumsum((weights * since_s)[order])])
    place = np.searchsorted(since_s[order], at_s, side="right")
    return np.asarray(at_s * sums[place] - moments[place], dtype=np.float64)


def peak_within(start_s: Floats, end_s: Floats, edges_s: Floats) -> Floats:
    """Highest number of spans open at once in each interval between *edges_s*; 0 for one without width.

    >>> peak_within(np.array([0.0, 5.0]), np.array([12.0, 8.0]), np.array([0.0, 10.0, 20.0]))
    array([2., 1.])
    """
    times = np.concatenate([end_s, edges_s, start_s])
    kinds = np.repeat([0, 1, 2], [len(end_s), len(edges_s), len(start_s)])
    order = np.lexsort((kinds, times))
    level = np.cumsum((kinds - 1)[order])
    places = np.flatnonzero(kinds[order] == 1)
    peaks = np.maximum.reduceat(np.append(level, 0), places)[:-1].astype(np.float64)
    return np.where(np.diff(edges_s) > 0, peaks, 0.0)


def busy_spans(agent: Ints, start_s: Floats, end_s: Floats) -> tuple[Ints, Floats, Floats]:
    """Spans in which an agent has at least one chat: (agent, start, end), from the spans of his chats."""
    agents = np.concatenate([agent, agent])
    times = np.concatenate([start_s, end_s])
    steps = np.repeat([1, -1], len(agent))
    order = np.lexsort((-steps, times, agents))
    level, steps = np.cumsum(steps[order]), steps[order]
    begins = order[(level == 1) & (steps == 1)]
    finishes = order[level == 0]
    return agents[begins], times[begins], times[finishes]


def by_label(
    label: Ints, n_labels: int, start_s: Floats, end_s: Floats, edges_s: Floats, weight: Floats | None = None
) -> Floats:
    """Time within each interval for each label (queue or group), shape (n_labels, n_intervals)."""
    rows = []
    for k in range(n_labels):
        mine: Flags = label == k
        part = None if weight is None else weight[mine]
        rows.append(time_within(start_s[mine], end_s[mine], edges_s, part))
    return np.array(rows).reshape(n_labels, len(edges_s) - 1)
