"""Agents who hold several chats, by work, before one line: exact for each way of routing.

Rates are per minute and times in minutes, as the literature has them; the figures bear the simulator's names
and are in seconds, as there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats
from sim.theory.markov import Chain, explore

State = tuple[int, ...]
Figures = dict[str, float]
"""Key figures by name."""
ACCEPTED, LEFT = -1, -2
"""Numbers ahead of a customer who waits no longer."""


@dataclass(frozen=True)
class Ahead:
    """The waiting line while all slots are full: they free at rate *drain*, each customer leaves at *leave*.

    A customer who joins waits for those ahead and for one more freed slot; who comes later does not matter.
    Arrays have a value for each number ahead, from 0.
    """

    drain: float
    leave: float
    size: int

    def _moves(self, ahead: int) -> Iterator[tuple[int, float]]:
        if ahead >= 0:
            yield (ahead - 1 if ahead else ACCEPTED), self.drain + ahead * self.leave
            yield LEFT, self.leave

    @cached_property
    def _chain(self) -> Chain[int]:
        return explore(self._moves, *range(self.size), ACCEPTED, LEFT)

    def served_within(self, minutes: float) -> Floats:
        """Probability that a customer is accepted within some *minutes*."""
        return self._chain.expected(self._chain.at(ACCEPTED), minutes)[:-2]

    def left_within(self, minutes: float) -> Floats:
        """Probability that a customer has left within some *minutes*."""
        return self._chain.expected(self._chain.at(LEFT), minutes)[:-2]

    def served(self) -> Floats:
        """Probability that a customer is accepted in the end."""
        return self._chain.absorbed(self._chain.at(ACCEPTED))[:-2]

    def served_wait(self) -> Floats:
        """Mean wait × whether accepted."""
        accepted = self._chain.absorbed(self._chain.at(ACCEPTED))
        return self._chain.absorbed(np.zeros(len(accepted)), accepted)[:-2]


@dataclass(frozen=True, slots=True)
class Pool:
    """Agents with slots, service by work: Poisson arrivals, exponential work and patience, one line.

    A state is the number of agents with 0, 1, …, K chats, then the number of customers waiting. An agent with
    j chats finishes them at rate j / aht[j]; open chats are never moved (Cui and Tezcan, Math. Oper. Res. 41
    (2016) 775-807, have this model; with one slot it is Erlang's, with impatience Palm's).
    """

    arrival: float
    agents: int
    aht: tuple[float, ...]
    """Mean handling time with 1, 2, …, K chats open."""
    patience: float | None = None
    policy: str = "least_loaded"
    lines: int = 150
    """Most who may wait."""

    @property
    def slots(self) -> int:
        """Slots of an agent."""
        return len(self.aht)

    @property
    def leave(self) -> float:
        """Rate at which a waiting customer leaves."""
        return 0.0 if self.patience is None else 1 / self.patience

    @property
    def empty(self) -> State:
        """Nobody there."""
        return (self.agents, *[0] * (self.slots + 1))

    def moves(self, state: State) -> Iterator[tuple[State, float]]:
        """States that may follow a state, with their rates."""
        waiting = state[-1]
        if state[-2] < self.agents:
            for share, load in self._choices(state):
                yield _moved(state, load, load + 1), self.arrival * share
        elif waiting < self.lines:
            yield (*state[:-1], waiting + 1), self.arrival
        for load in range(1, self.slots + 1):
            after = (*state[:-1], waiting - 1) if waiting else _moved(state, load, load - 1)
            yield after, state[load] * load / self.aht[load - 1]
        yield (*state[:-1], max(waiting - 1, 0)), waiting * self.leave

    def _choices(self, state: State) -> Iterator[tuple[float, int]]:
        """Loads of the agents who may take an arriving chat, each with its share."""
        free = [load for load in range(self.slots) if state[load]]
        if self.policy == "random":
            yield from ((state[load] / sum(state[k] for k in free), load) for load in free)
        else:
            yield 1.0, min(free) if self.policy == "least_loaded" else max(free)

    def chain(self) -> Chain[State]:
        """The chain from the empty centre."""
        return explore(self.moves, self.empty)

    def figures(self, threshold: float = 1 / 3) -> Figures:
        """Key figures in the long run; service levels look at a *threshold* in minutes."""
        chain = self.chain()
        states, weight = np.array(chain.states), chain.stationary
        figures = self._measured(states, weight, threshold)
        waiting, chats = float(weight @ states[:, -1]), float(weight @ self._chats(states))
        entered = self.arrival * (1 - figures["blocked_rate"])
        accepted = self.arrival * (1 - figures["missed_rate"])
        little = {
            "wait_s": 60 * waiting / entered,
            "duration_s": 60 * chats / accepted,
            "queue_length": waiting,
        }
        return figures | little

    def day(self, minutes: float, threshold: float = 1 / 3) -> Figures:
        """Key figures of who arrives in a day of some *minutes* that begins empty, and drains in the end."""
        chain = self.chain()
        _, spent = chain.path(chain.at(self.empty), minutes)
        return self._measured(np.array(chain.states), spent / minutes, threshold)

    def _chats(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(states[:, :-1] @ np.arange(self.slots + 1))

    def _measured(self, states: NDArray[np.int64], weight: Floats, threshold: float) -> Figures:
        """Key figures of a centre that spends the share *weight* of its time in each of the *states*."""
        idle, full, waiting = states[:, 0], states[:, -2] == self.agents, states[:, -1]
        blocked = float(weight[waiting == self.lines].sum())
        joins = full & (waiting < self.lines)
        ahead, joining = waiting[joins], weight[joins] / (1 - blocked)
        line = Ahead(self.agents * self.slots / self.aht[-1], self.leave, int(waiting.max()) + 1)

        def of_joiners(values: Floats) -> float:
            return float(joining @ values[ahead])

        at_once = 1.0 - float(joining.sum())
        accepted = at_once + of_joiners(line.served())
        in_time = at_once + of_joiners(line.served_within(threshold))
        left_in_time = of_joiners(line.left_within(threshold))
        chats, busy = float(weight @ self._chats(states)), self.agents - float(weight @ idle)
        return {
            "blocked_rate": blocked,
            "missed_rate": 1 - accepted * (1 - blocked),
            "abandonment": (1 - accepted) * (1 - blocked),
            "wait_probability": 1 - at_once,
            "asa_s": 60 * of_joiners(line.served_wait()) / accepted,
            "service_level": in_time / (1 - left_in_time),
            "service_level_offered": in_time,
            "service_level_lenient": in_time + left_in_time,
            "service_level_answered": in_time / accepted,
            "occupancy": busy / self.agents,
            "slot_utilisation": chats / (self.agents * self.slots),
            "concurrency": chats / busy,
        }


def _moved(state: State, load: int, after: int) -> State:
    """The state when an agent with *load* chats has *after*."""
    counts = list(state)
    counts[load] -= 1
    counts[after] += 1
    return tuple(counts)
