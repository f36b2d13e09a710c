"""What happens in a small centre, exactly? Markov chains whose states and rates are a Python function.

A model is a function that gives, of a state, the states that may follow with their rates::

    def moves(chats):
        yield chats + 1, rate
        if chats:
            yield chats - 1, min(chats, agents) / aht_s

:func:`explore` finds all states and keeps their rates as a sparse matrix. A state is anything that can be a
key of a dictionary. With it every rule that is memoryless is exact for small teams: routing without
re-balancing, skills, priorities, silent customers, wrap-up, leaving during the chat. A customer's own fate is
a chain too, in which they are absorbed when they are accepted or have left.
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from scipy import sparse, special
from scipy.sparse import csgraph
from scipy.sparse.linalg import splu

from sim.arrays import Flags, Floats, Ints
from sim.errors import TheoryError
from sim.theory.inputs import amount

State = TypeVar("State", bound=Hashable)
Moves = Callable[[State], Iterable[tuple[State, float]]]
"""States that may follow a state, each with its rate; a rate of 0 is no move."""

MOST_STATES = 2_000_000
"""States that a chain may have, unless more are asked for."""


@dataclass(frozen=True, eq=False)
class Chain(Generic[State]):
    """States and the rates between them; distributions and values have a number a state, in their order."""

    states: tuple[State, ...]
    rates: sparse.csr_array
    """Rates between different states, of shape (states, states)."""

    def __len__(self) -> int:
        """Number of states."""
        return len(self.states)

    @cached_property
    def place(self) -> dict[State, int]:
        """Place of each state."""
        return {state: k for k, state in enumerate(self.states)}

    @cached_property
    def out(self) -> Floats:
        """Rate out of each state."""
        return np.asarray(self.rates.sum(axis=1), dtype=np.float64)

    @cached_property
    def generator(self) -> sparse.csr_array:
        """Rates, with the rate out of each state subtracted on the diagonal."""
        return sparse.csr_array(self.rates - sparse.diags_array(self.out))

    def values(self, function: Callable[[State], float]) -> Floats:
        """Value of a function in each state."""
        return np.array([function(state) for state in self.states], dtype=np.float64)

    def at(self, weights: Mapping[State, float] | State) -> Floats:
        """Distribution with the given *weights*, or at one state."""
        distribution = np.zeros(len(self))
        for state, weight in weights.items() if isinstance(weights, Mapping) else [(weights, 1.0)]:
            distribution[self.place[state]] = weight
        return distribution

    @cached_property
    def stationary(self) -> Floats:
        """Share of time in each state in the long run.

        Raises
        ------
        TheoryError
            If it depends on where the chain starts.
        """
        inner = self._recurrent
        weights = np.zeros(len(self))
        weights[inner] = _balance(sparse.csc_array(self.generator[inner][:, inner].T))
        return weights

    @cached_property
    def _recurrent(self) -> Ints:
        """Places of the states to which the chain comes back for ever."""
        n, part = csgraph.connected_components(self.rates, connection="strong")
        sources, targets = self.rates.nonzero()
        is_left = np.zeros(n, dtype=bool)
        is_left[part[sources[part[sources] != part[targets]]]] = True
        if (~is_left).sum() != 1:
            raise TheoryError(
                f"chain: must have one set of states it never leaves, got {int((~is_left).sum())}"
            )
        return np.asarray(np.flatnonzero(~is_left[part]), dtype=np.int64)

    def mean(self, values: Floats) -> float:
        """Time average of *values* in the long run."""
        return float(self.stationary @ values)

    def asymptotic_variance(self, values: Floats) -> float:
        """Variance of the time average of *values* over a long time, × that time.

        So a time average over T seconds has the standard error √(this / T). It is 2 × the stationary mean of
        centred values × the solution of Poisson's equation (Whitt, Management Science 35 (1989) 1341-1366;
        Asmussen and Glynn, *Stochastic Simulation*, chapter IV).
        """
        inner, weights = self._recurrent, self.stationary[self._recurrent]
        centred = values[inner] - weights @ values[inner]
        solution = np.zeros(len(inner))
        if len(inner) > 1:  # only differences matter, so one state's value is 0
            rest = sparse.csc_array(self.generator[inner[1:]][:, inner[1:]])
            solution[1:] = splu(rest).solve(-centred[1:])
        return float(2 * (weights * centred) @ solution)

    def transient(self, start: Floats, t_s: float) -> Floats:
        """Distribution after *t_s* from a distribution *start*, by uniformisation.

        Jensen, Skandinavisk Aktuarietidskrift 36 (1953) 87-91; Grassmann, Computers & Operations Research 4
        (1977) 47-53. All terms are positive, so small probabilities keep their digits.
        """
        return self._jumped(self._step_back, start, t_s)[0]

    def path(self, start: Floats, t_s: float) -> tuple[Floats, Floats]:
        """Distribution after *t_s* from *start*, and expected seconds in each state until then."""
        return self._jumped(self._step_back, start, t_s)

    def expected(self, values: Floats, t_s: float) -> Floats:
        """Mean of *values* after *t_s*, from each state: a number a state where to start."""
        return self._jumped(self._step, values, t_s)[0]

    def absorbed(self, into: Floats, earning: Floats | None = None) -> Floats:
        """Mean of the value *into* of the state in which the chain ends, from each state.

        What is *earning* a second until it ends is added: with ones, and an *into* of zeros, that is the mean
        time. States that are never left are the ends.

        Raises
        ------
        TheoryError
            If some state leads to no end.
        """
        is_end = self.out == 0
        self._refuse_endless(is_end)
        inner = np.flatnonzero(~is_end)
        result = np.where(is_end, into, 0.0)
        right = self.rates[inner] @ result + (0.0 if earning is None else earning[inner])
        if len(inner):
            result[inner] = splu(sparse.csc_array(-self.generator[inner][:, inner])).solve(right)
        return np.asarray(result, dtype=np.float64)

    def _refuse_endless(self, is_end: Flags) -> None:
        leads, known = is_end, -1
        while leads.sum() > known:
            known = int(leads.sum())
            leads = leads | (self.rates @ leads.astype(np.float64) > 0)
        if known < len(self):
            raise TheoryError(f"chain: must come to an end from every state, got {len(self) - known} without")

    @cached_property
    def _fastest(self) -> float:
        return float(self.out.max(initial=0.0))

    @cached_property
    def _step(self) -> sparse.csr_array:
        """Probabilities of the next state at jumps that come alike in all states, some of them to itself."""
        fastest = self._fastest or 1.0
        return sparse.csr_array(self.rates / fastest + sparse.diags_array(1 - self.out / fastest))

    @cached_property
    def _step_back(self) -> sparse.csr_array:
        """The same, transposed: what a distribution becomes."""
        return sparse.csr_array(self._step.T)

    def _jumped(self, step: sparse.csr_array, vector: Floats, t_s: float) -> tuple[Floats, Floats]:
        """A vector after the jumps of *t_s*, and its integral until then."""
        jumps = self._fastest * amount(t_s, "t_s").item()
        if jumps == 0:
            return vector.copy(), vector * t_s
        after, held = np.zeros(len(self)), np.zeros(len(self))
        for exactly, more in zip(*_poisson(jumps), strict=True):
            after += exactly * vector
            held += more * vector
            vector = step @ vector
        return after, held / self._fastest


def _balance(matrix: sparse.csc_array) -> Floats:
    """Distribution that a transposed generator of one recurrent class leaves as it is.

    First with the sum in the place of one equation, to find the likeliest state; then relative to that state,
    which keeps the digits of small probabilities.
    """
    n = matrix.shape[0]
    if n == 1:
        return np.ones(1)
    summed = sparse.csc_array(
        sparse.vstack([sparse.csr_array(matrix)[:-1], sparse.csr_array(np.ones((1, n)))])
    )
    first = splu(summed).solve(np.eye(1, n, n - 1)[0])
    likeliest = int(np.argmax(first))
    others = np.delete(np.arange(n), likeliest)
    weights = np.ones(n)
    weights[others] = splu(matrix[others][:, others]).solve(-matrix[others][:, [likeliest]].toarray()[:, 0])
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _poisson(mean: float) -> tuple[Floats, Floats]:
    """Probabilities of 0, 1, … jumps, and of more than that, as far as they matter."""
    counts = np.arange(int(mean + 10 * math.sqrt(mean) + 40))
    # A large mean costs the probabilities some digits, most of them alike, which the division gives back.
    exactly = np.exp(special.xlogy(counts, mean) - mean - special.gammaln(counts + 1))
    return exactly / exactly.sum(), np.asarray(special.pdtrc(counts, mean), dtype=np.float64)


def explore(moves: Moves[State], *starts: State, most: int = MOST_STATES) -> Chain[State]:
    """Chain of all states that can be reached from the *starts*.

    Raises
    ------
    TheoryError
        If a rate is negative or not finite, or there are more than *most* states.
    """
    place = {state: k for k, state in enumerate(dict.fromkeys(starts))}
    todo = deque(place)
    rows, columns, rates = array("q"), array("q"), array("d")
    while todo:
        state = todo.popleft()
        for after, rate in moves(state):
            if rate == 0 or after == state:
                continue
            if not 0 < rate < math.inf:
                raise TheoryError(f"chain: rates must be at least 0, and finite, got {rate} in {state}")
            if after not in place:
                if len(place) >= most:
                    raise TheoryError(f"chain: must have at most {most:,} states")
                place[after] = len(place)
                todo.append(after)
            rows.append(place[state])
            columns.append(place[after])
            rates.append(rate)
    entries = (np.array(rates), (np.array(rows), np.array(columns)))
    return Chain(tuple(place), sparse.csr_array(sparse.coo_array(entries, shape=(len(place), len(place)))))


@dataclass(frozen=True, eq=False)
class Stage(Generic[State]):
    """An interval of a centre whose rates change from one interval to the next."""

    chain: Chain[State]
    start: Floats
    """Distribution at its beginning."""
    end: Floats
    """Distribution at its end."""
    occupied_s: Floats
    """Expected seconds in each state."""


def through(
    weights: Mapping[State, float],
    intervals: Iterable[tuple[float, Moves[State]]],
    changed: Callable[[int, State], Iterable[tuple[State, float]]] | None = None,
) -> list[Stage[State]]:
    """Stages of a day from a distribution over states; an interval is its length in seconds and its moves.

    *changed* gives what a state becomes, with probabilities, when interval *k* begins: agents who come and
    go.
    """
    stages: list[Stage[State]] = []
    for k, (length_s, moves) in enumerate(intervals):
        if changed is not None:
            weights = _mixed((changed(k, state), weight) for state, weight in weights.items())
        chain = explore(moves, *weights)
        start = chain.at(weights)
        end, occupied = chain.path(start, length_s)
        stages.append(Stage(chain, start, end, occupied))
        weights = dict(zip(chain.states, end.tolist(), strict=True))
    return stages


def _mixed(parts: Iterable[tuple[Iterable[tuple[State, float]], float]]) -> dict[State, float]:
    mixture: dict[State, float] = {}
    for outcomes, weight in parts:
        for state, chance in outcomes:
            mixture[state] = mixture.get(state, 0.0) + weight * chance
    return mixture
