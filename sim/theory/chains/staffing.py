"""A day staffed by the hour, whose agents finish the calls in hand when they go: L'Ecuyer's example for SSJ.

Rates are per hour and times in hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Floats
from sim.theory.markov import Chain, Moves, through

State = tuple[int, ...]
NODES, SHARES = (1 + np.polynomial.legendre.leggauss(4)[0]) / 2, np.polynomial.legendre.leggauss(4)[1] / 2
"""Places and weights of quadrature over an interval from 0 to 1."""
EMPTY: State = (0, 0)
ACCEPTED = -1
"""Number ahead of a customer who waits no longer."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """A day staffed by the hour: Poisson arrivals, exponential calls and patience, some refuse to wait.

    A state is the number of customers with or before the agents on duty, then the number of agents who have
    gone off duty and finish a call. Agents leave *by number*, busy or not, as in the simulator; or else one
    who finishes a call leaves while more are busy than on duty, as in L'Ecuyer's example for SSJ.
    """

    agents: tuple[int, ...]
    per_hour: tuple[float, ...]
    call_h: float
    patience_h: float
    balk: float
    """Share of those who would have to wait who leave at once."""
    by_number: bool = True
    size: int = 50
    """Most customers in the chain."""

    def late(self, busyness: float, hours: float) -> float:
        """Expected calls in a day with arrivals × *busyness* that wait longer than *hours*, lost or not."""
        days = [*zip(self.agents, self.per_hour, strict=True), (self.agents[-1], 0.0)]
        weights: dict[State, float] = {EMPTY: 1.0}
        found = 0.0
        for hour, ((on_duty, rate), (after, _)) in enumerate(pairwise(days)):
            moves = self._moves(on_duty, busyness * rate)
            parts = [1 - hours, *np.diff(hours * NODES, prepend=0.0), hours * NODES[0]]
            changed = partial(self._changed_at_first, hour)
            stages = through(weights, [(part, moves) for part in parts], changed)
            joining = busyness * rate * (1 - self.balk)
            found += joining * self._still(
                stages[0].chain, stages[0].occupied_s, on_duty, on_duty, hours, 0.0
            )
            for stage, node, share in zip(stages[2:], NODES, SHARES, strict=True):
                beyond = hours * node
                found += joining * hours * share * self._still(
                    stage.chain, stage.start, on_duty, after, hours - beyond, beyond)  # fmt: skip
            last = stages[-1]
            weights = dict(zip(last.chain.states, last.end.tolist(), strict=True))
        return found

    def _still(
        self, chain: Chain[State], weights: Floats, before: int, after: int, hours: float, beyond: float
    ) -> float:
        """Weight of who joins a line and still waits some *hours* later and *beyond*, with other agents."""
        waits: dict[State, float] = {
            (present - before, leaving): float(weight)
            for (present, leaving), weight in zip(chain.states, weights, strict=True)
            if present >= before
        }

        def changed(k: int, state: State) -> Iterator[tuple[State, float]]:
            ahead, leaving = state
            if k == 0 or ahead < 0:
                yield state, 1.0
            elif after < before:
                yield (ahead, before - after), 1.0
            else:
                yield (max(ahead - (after - before), ACCEPTED), leaving), 1.0

        stages = through(waits, [(hours, self._ahead(before)), (beyond, self._ahead(after))], changed)
        last = stages[-1]
        return float(last.end @ last.chain.values(lambda state: state[0] >= 0))

    def _ahead(self, on_duty: int) -> Moves[State]:
        def moves(state: State) -> Iterator[tuple[State, float]]:
            ahead, leaving = state
            if ahead < 0:
                return
            if leaving and not self.by_number:
                yield (ahead, leaving - 1), (on_duty + leaving) / self.call_h
            else:
                yield (ahead - 1, leaving), on_duty / self.call_h
            yield (ahead - 1, leaving), ahead / self.patience_h
            yield (ACCEPTED, leaving), 1 / self.patience_h

        return moves

    def lost_and_waited(self, busyness: float) -> Floats:
        """Expected lost calls and hours of waiting in a day with arrivals × *busyness*, till it is empty."""
        hours = [*zip(self.agents, self.per_hour, strict=True), (self.agents[-1], 0.0)]
        moves = [(1.0, self._moves(on_duty, busyness * rate)) for on_duty, rate in hours]
        result = np.zeros(2)
        for (on_duty, rate), stage in zip(hours, through({EMPTY: 1.0}, moves, self._changed), strict=True):
            present = np.array(stage.chain.states)[:, 0]
            waited = float(stage.occupied_s @ np.maximum(present - on_duty, 0))
            balked = self.balk * busyness * rate * float(stage.occupied_s[present >= on_duty].sum())
            result += [balked + waited / self.patience_h, waited]
        return result

    def mean(self, shape: float, nodes: int = 3) -> Floats:
        """The same over days of a busyness with this *shape*, as in :meth:`over_days`."""
        return self.over_days(self.lost_and_waited, shape, nodes)

    def over_days(self, of_day: Callable[[float], ArrayLike], shape: float, nodes: int) -> Floats:
        """Mean of anything of a day over days whose busyness is gamma with mean 1 and this *shape*.

        Gauss-Laguerre quadrature by its matrix: SciPy's overflows with large shapes.
        """
        k = np.arange(nodes)
        beside = np.sqrt(k[1:] * (k[1:] + shape - 1))
        places, vectors = np.linalg.eigh(np.diag(2 * k + shape) + np.diag(beside, 1) + np.diag(beside, -1))
        days = [of_day(place / shape) for place in places]
        return np.asarray(vectors[0] ** 2 @ np.array(days))

    def _moves(self, on_duty: int, rate: float) -> Moves[State]:
        def moves(state: State) -> Iterator[tuple[State, float]]:
            present, leaving = state
            if present < self.size:
                yield (present + 1, leaving), rate * (1 - self.balk * (present >= on_duty))
            yield (max(present - 1, 0), leaving), max(present - on_duty, 0) / self.patience_h
            busy = min(present, on_duty)
            if self.by_number:
                yield (max(present - 1, 0), leaving), busy / self.call_h
                yield (present, max(leaving - 1, 0)), leaving / self.call_h
            elif leaving:
                yield (present, leaving - 1), (busy + leaving) / self.call_h
            else:
                yield (max(present - 1, 0), 0), busy / self.call_h

        return moves

    def _changed_at_first(self, hour: int, part: int, state: State) -> Iterable[tuple[State, float]]:
        """The same in the first *part* of an hour; later nobody comes or goes."""
        return self._changed(hour, state) if part == 0 else [(state, 1.0)]

    def _changed(self, hour: int, state: State) -> Iterator[tuple[State, float]]:
        """What a state becomes when the number on duty changes; busy agents are any of them, alike."""
        before, after = (0, *self.agents, self.agents[-1])[hour : hour + 2]
        present, _ = state
        gone, busy = max(before - after, 0), min(present, before)
        if not gone:
            yield state, 1.0
            return
        # Who left earlier has finished within the hour, but for a share too small to matter.
        for more in range(min(gone, busy) + 1):
            if self.by_number:
                share = comb(gone, more) * comb(after, busy - more) / comb(before, busy)
            else:
                share = float(more == max(busy - after, 0))
            yield (present - more, more), share
