"""How long do urgent chats wait, and how long the others? Several queues before one team.

Agents take the waiting chat of the most urgent queue and don't interrupt the one in hand; nobody leaves, and
handling times are exponential with one mean for all queues. Means: Cobham, Operations Research 2 (1954)
70-76, with Erlang's C for many agents. Distributions: Kella and Yechiali, Stochastic Models 1 (1985)
257-262: a chat of queue *k* waits for the chats of queues 1, …, k that it finds, and for the busy periods
of all more urgent chats that come meanwhile. Its transform is inverted by Euler summation (Abate and Whitt,
ORSA J. Computing 7 (1995) 36-43), to about 9 digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Floats
from sim.theory.erlang import erlang_c
from sim.theory.inputs import amount, positive, whole

_TERMS, _BINOMIAL = 30, 14
_WEIGHTS = np.array([math.comb(_BINOMIAL, k) for k in range(_BINOMIAL + 1)]) / 2**_BINOMIAL
_ROUNDING = 22.0
"""Error of discretisation is e to the minus this."""


@dataclass(frozen=True, slots=True)
class Priorities:
    """Queues before one team, the most urgent first; a value a queue."""

    per_s: Floats
    aht_s: float
    agents: int
    delayed: float
    """Probability that all agents are taken, the same for all queues."""
    wait_s: Floats
    """Mean wait; infinite from the queue on at which agents have no time left."""

    def accepted_within(self, t_s: float) -> Floats:
        """Share of each queue's chats that are accepted within *t_s*."""
        t = float(amount(t_s, "t_s"))
        beyond = [self._beyond(k, t) for k in range(len(self.per_s))]
        return np.asarray(1 - self.delayed * np.array(beyond))

    def _beyond(self, queue: int, t: float) -> float:
        """Probability that somebody who is delayed waits longer."""
        if math.isinf(self.wait_s[queue]) or t == 0:
            return 1.0
        freed = self.agents / self.aht_s
        spare, urgent = freed - self.per_s[: queue + 1].sum(), self.per_s[:queue].sum()
        if urgent == 0:
            return math.exp(-spare * t)

        def tail(s: complex) -> complex:
            both = urgent + freed + s
            busy = (both - np.sqrt(both**2 - 4 * urgent * freed)) / (2 * urgent)
            return complex((1 - spare / (spare + s + urgent * (1 - busy))) / s)

        middle = _ROUNDING / (2 * t)
        terms = [tail(complex(middle, k * math.pi / t)).real for k in range(1, _TERMS + _BINOMIAL + 1)]
        signs = np.cumsum((-1.0) ** np.arange(1, len(terms) + 1) * terms)
        total = tail(complex(middle)).real / 2 + _WEIGHTS @ signs[_TERMS - 1 :]
        return float(np.clip(math.exp(_ROUNDING / 2) / t * total, 0.0, 1.0))


def priorities(agents: int, per_s: ArrayLike, aht_s: float) -> Priorities:
    """Waits of queues with arrivals *per_s*, the most urgent first, before one team.

    >>> priorities(2, [0.5, 0.25], aht_s=2).wait_s.round(4)
    array([1.2857, 5.1429])

    Raises
    ------
    TheoryError
        If agents are not whole or fewer than 1, or a rate or the duration is negative.
    """
    n, rate = int(whole(agents, "agents", 1)), np.atleast_1d(amount(per_s, "per_s"))
    aht = float(positive(aht_s, "aht_s"))
    load = np.concatenate([[0.0], np.cumsum(rate)]) * aht / n
    delayed = float(erlang_c(n, load[-1] * n))
    spare = np.maximum(1 - load, 0.0)
    both = spare[:-1] * spare[1:]
    wait = np.divide(delayed * aht / n, both, out=np.full(rate.shape, np.inf), where=both > 0)
    return Priorities(rate, aht, n, delayed, wait)
