"""Who comes on top of the usual customers? Bursts: exactly so many, at drawn times (R38).

A burst is a block of customers with streams of its own, so everybody else stays who they are.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.draws.streams import Stream, Streams
from sim.scenario.scenario import Scenario
from sim.scenario.troubles import bursts

APART = 2_000_000
"""The streams of the k-th burst, from 1, have the number of those of the usual customers + k times this."""
NUMBERED = 1_000_000_000
"""Customers of the k-th burst are numbered within their queue from k times this on."""


def burst_arrivals(scenario: Scenario, k: int, streams: Streams) -> tuple[Floats, Ints]:
    """Arrival times in the *k*-th burst, from 1: all replications', one after the other, and their ends."""
    q, burst = bursts(scenario)[k - 1]
    start_s, end_s = burst.span_s(scenario.calendar.local)
    ends = np.arange(len(streams) + 1) * burst.customers
    u = streams.uniforms(q, Stream.ARRIVAL + APART * k, ends).reshape(len(streams), burst.customers)
    arrival_s = np.minimum(start_s + np.sort(u, axis=1) * (end_s - start_s), np.nextafter(end_s, 0.0))
    return arrival_s.ravel(), ends


def expected_in_bursts(scenario: Scenario, q: int, edges_s: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of the customers of queue *q* who come between *edges_s* in bursts: binomial."""
    means, variances = np.zeros(len(edges_s) - 1), np.zeros(len(edges_s) - 1)
    for mine, burst in bursts(scenario):
        if mine == q:
            share = np.diff(np.interp(edges_s, burst.span_s(scenario.calendar.local), (0.0, 1.0)))
            means += burst.customers * share
            variances += burst.customers * share * (1 - share)
    return means, variances
